"""Which is the first step of a lever at which a target is reached?

The span of a lever is looked at in some fifty places, and the first stretch that crosses the target is narrowed. What a
value achieves is asked of the caller, many values side by side; or one by one, where each costs hundreds of runs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from math import ceil

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Places = NDArray[np.int64]

_HAIR = 1e-6  # less than this below a target is float noise, not a missing person
_SIDE_BY_SIDE = 32
_PLACES = 48
_FINEST = 1e-9


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What has to be reached, and what values of a lever achieve.

    `several` tells it of up to 32 values at once; `sure`, where a chance is required, of one value in as many draws as
    have to be there.
    """

    target: float
    several: Callable[[Array], Array]
    sure: Callable[[float], float] | None

    def figures(self, values: Array) -> Array:
        """Return what is achieved without futures (values,)."""
        parts = [self.several(values[place : place + _SIDE_BY_SIDE]) for place in range(0, len(values), _SIDE_BY_SIDE)]
        result: Array = np.concatenate(parts)
        return result

    def rise(self, low: Array, high: Array) -> float:
        """Return how many more one value achieves than another, in the draws if they are what counts."""
        if self.sure is not None:
            return self.sure(float(high)) - self.sure(float(low))
        figures = self.figures(np.array([low, high]))
        return float(figures[1] - figures[0])


@dataclass(frozen=True, kw_only=True)
class Span:
    """The values of a lever as whole steps: value = begin + step × tick, up to the declared limit."""

    begin: float
    limit: float
    tick: float

    def value(self, step: Places | int) -> Array:
        low, high = min(self.begin, self.limit), max(self.begin, self.limit)
        sign = 1 if self.limit >= self.begin else -1
        exact = self.begin + sign * self.tick * np.asarray(step, dtype=np.float64)
        return np.clip(np.round(exact, 12), low, high) + 0.0  # never -0.0

    @property
    def last(self) -> int:
        return ceil(round(abs(self.limit - self.begin) / self.tick, 6))

    def coarse(self) -> Places:
        """Return the steps that are tried first: evenly spread for rates, ever wider apart for people."""
        apart = np.geomspace if self.tick == 1 else np.linspace
        spread = apart(1, max(self.last, 1), _PLACES)
        return np.unique(np.concatenate([[0], np.round(spread).astype(np.int64), [self.last]])).astype(np.int64)

    def finer(self, tick: float) -> tuple[Span, int]:
        """Return the span in smaller steps, and how many of them are one of the old."""
        return replace(self, tick=tick), round(self.tick / tick)


def at(figures: Array, target: float) -> NDArray[np.bool_]:
    """Say which figures are at the target."""
    return figures >= target - _HAIR


def first(path: Array, target: float) -> int | None:
    """Return the first place at the target."""
    reached = at(path, target)
    return int(reached.argmax()) if reached.any() else None


def first_value(trial: Trial, span: Span) -> float | None:
    """Return the first value that reaches the target, None where none does."""
    grid = span.coarse()
    figures = trial.figures(span.value(grid))
    sure = trial.sure
    place = first(figures, trial.target) if sure is None else _first_sure(trial, sure, span, grid, figures)
    if place is None:
        return None
    if place == 0:
        return float(span.value(0))
    low, high = int(grid[place - 1]), int(grid[place])
    if span.tick == 1:
        return float(span.value(_narrowed(trial, span, low, high)))
    return _finest(trial, span, low, high)


def _finest(trial: Trial, span: Span, low: int, high: int) -> float:
    """Narrow down to a step that is worth less than one worker."""
    tick, worth = span.tick, trial.rise(span.value(low), span.value(high)) / (high - low)
    while worth >= 0.5 and tick > _FINEST:
        tick, worth = round(tick / 10, 12), worth / 10
    finer, many = span.finer(tick)
    step = _narrowed(trial, finer, low * many, high * many)
    # That was a guess from both ends of a stretch: near a bend a step may still be worth more than a worker.
    while finer.tick > _FINEST:
        if trial.rise(finer.value(step - 1), finer.value(step)) < 1:
            break
        finer, many = finer.finer(round(finer.tick / 10, 12))
        step = _narrowed(trial, finer, (step - 1) * many, step * many)
    return float(finer.value(step))


def _narrowed(trial: Trial, span: Span, low: int, high: int) -> int:
    """Return the first step above `low` that reaches the target; `low` misses it, `high` reaches it."""
    if trial.sure is not None:
        return _narrowed_sure(trial.target, trial.sure, span, low, high)
    while high - low > 1:
        steps = np.unique(np.linspace(low, high, _SIDE_BY_SIDE + 2)[1:-1].astype(np.int64))
        steps = steps[(steps > low) & (steps < high)]
        place = first(trial.figures(span.value(steps)), trial.target)
        if place is None:
            low = int(steps[-1])
        else:
            low, high = int(steps[place - 1]) if place else low, int(steps[place])
    return high


def _first_sure(
    trial: Trial, sure_of: Callable[[float], float], span: Span, grid: Places, figures: Array
) -> int | None:
    """Return the first place of the grid that is sure enough.

    Drawn futures cost as many runs as there are draws, so that not every place is tried: the shape over the span is
    that of the run without futures, shifted by what the draws differ from it.
    """
    last = len(grid) - 1
    sure = cache(lambda place: sure_of(float(span.value(int(grid[place])))))

    def guess(shift: float) -> int:
        place = first(figures - shift, trial.target)
        return last if place is None else place

    place = guess(0)
    place = guess(float(figures[place]) - sure(place))
    while place > 0 and at(np.array(sure(place - 1)), trial.target):
        place -= 1
    while place < last and not at(np.array(sure(place)), trial.target):
        place += 1
    return place if at(np.array(sure(place)), trial.target) else None


def _narrowed_sure(target: float, sure_of: Callable[[float], float], span: Span, low: int, high: int) -> int:
    """Narrow with few runs: where a straight line meets the target, then a little before or behind it."""
    sure = cache(lambda step: sure_of(float(span.value(step))))
    while high - low > 1:
        width = high - low
        rise = sure(high) - sure(low)
        part = (target - sure(low)) / rise if rise > 0 else 0.5
        step = min(max(low + ceil(part * width), low + 1), high - 1)
        margin = max(width // 64, 1)
        for value in _round(step, margin, target, sure):
            if low < value < high:
                low, high = (low, value) if at(np.array(sure(value)), target) else (value, high)
        if high - low > width // 2 and high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if at(np.array(sure(middle)), target) else (middle, high)
    return high


def _round(step: int, margin: int, target: float, sure: Callable[[int], float]) -> Sequence[int]:
    """Return a step, and one beyond it on the side where the crossing is."""
    return step, step - margin if at(np.array(sure(step)), target) else step + margin
