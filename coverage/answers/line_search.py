"""Which is the first step of a lever at which a target is reached?

The span of a lever is looked at in some fifty places, and the first stretch that crosses the target is narrowed. What a
value achieves is asked of the caller, many values side by side; or one by one, where each is a run of every draw. A
search is a generator of such questions, so that many searches can be answered together, each in one run of all.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from math import ceil
from typing import Literal, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Places = NDArray[np.int64]

_HAIR = 1e-6  # less than this below a target is float noise, not a missing person
_SIDE_BY_SIDE = 32
_PLACES = 48
_FINEST = 1e-9


@dataclass(frozen=True, kw_only=True)
class Ask:
    """A question about values of a lever.

    `figures`: what each of them achieves by the month asked for, without futures (values,). Of a single one, `sure`:
    what as many draws as have to be there achieve at least (1,); `path` and `drawn`: what is achieved month by month
    (months + 1,), and in each draw (months + 1, draws); `run`: covered and new (2, months + 1, series).
    """

    kind: Literal["figures", "sure", "path", "drawn", "run"]
    values: Array


Answer = TypeVar("Answer")
Search: TypeAlias = Generator[Ask, Array, Answer]


@dataclass(frozen=True, kw_only=True)
class Span:
    """The values of a lever as whole steps: value = begin + step × tick, up to the declared limit."""

    begin: float
    limit: float
    tick: float

    def value(self, step: Places | int) -> Array:
        """Return the values at these steps, never beyond the limit."""
        low, high = min(self.begin, self.limit), max(self.begin, self.limit)
        sign = 1 if self.limit >= self.begin else -1
        exact = self.begin + sign * self.tick * np.asarray(step, dtype=np.float64)
        return np.clip(np.round(exact, 12), low, high) + 0.0  # never -0.0

    @property
    def last(self) -> int:
        """The step at the limit."""
        return ceil(round(abs(self.limit - self.begin) / self.tick, 6))

    def coarse(self) -> Places:
        """Return the steps that are tried first: evenly spread for rates, ever wider apart for people."""
        apart = np.geomspace if self.tick == 1 else np.linspace
        spread = apart(1, max(self.last, 1), _PLACES)
        return np.unique(np.concatenate([[0], np.round(spread).astype(np.int64), [self.last]])).astype(np.int64)

    def finer(self, tick: float) -> tuple[Span, int]:
        """Return the span in smaller steps, and how many of them are one of the old."""
        return replace(self, tick=tick), round(self.tick / tick)


def at_target(figures: Array, target: float) -> NDArray[np.bool_]:
    """Say which figures are at the target."""
    return figures >= target - _HAIR


def first(path: Array, target: float) -> int | None:
    """Return the first place at the target."""
    reached = at_target(path, target)
    return int(reached.argmax()) if reached.any() else None


def first_value(target: float, span: Span, *, drawn: bool) -> Search[float | None]:
    """Find the first value that reaches the target, None where none does; `drawn`: in as many draws as have to."""
    grid = span.coarse()
    figures = yield Ask(kind="figures", values=span.value(grid))
    place = (yield from _first_sure(target, span, grid, figures)) if drawn else first(figures, target)
    if place is None:
        return None
    if place == 0:
        return float(span.value(0))
    low, high = int(grid[place - 1]), int(grid[place])
    if span.tick == 1:
        return float(span.value((yield from _narrowed(target, span, low, high, drawn=drawn))))
    return (yield from _finest(target, span, low, high, drawn=drawn))


def _finest(target: float, span: Span, low: int, high: int, *, drawn: bool) -> Search[float]:
    """Narrow down to a step that is worth less than one worker."""
    tick = span.tick
    worth = (yield from _rise(span, low, high, drawn=drawn)) / (high - low)
    while worth >= 0.5 and tick > _FINEST:
        tick, worth = round(tick / 10, 12), worth / 10
    finer, many = span.finer(tick)
    step = yield from _narrowed(target, finer, low * many, high * many, drawn=drawn)
    # That was a guess from both ends of a stretch: near a bend a step may still be worth more than a worker.
    while finer.tick > _FINEST:
        if (yield from _rise(finer, step - 1, step, drawn=drawn)) < 1:
            break
        finer, many = finer.finer(round(finer.tick / 10, 12))
        step = yield from _narrowed(target, finer, (step - 1) * many, step * many, drawn=drawn)
    return float(finer.value(step))


def _rise(span: Span, low: int, high: int, *, drawn: bool) -> Search[float]:
    """Find how many more one step achieves than another, in the draws if they are what counts."""
    if drawn:
        sure = _Sure(span)
        upper = yield from sure.at(high)
        return upper - (yield from sure.at(low))
    figures = yield Ask(kind="figures", values=span.value(np.array([low, high])))
    return float(figures[1] - figures[0])


class _Sure:
    """What steps achieve in as many draws as have to be there, each asked once."""

    def __init__(self, span: Span) -> None:
        self._span = span
        self._known: dict[int, float] = {}

    def at(self, step: int) -> Search[float]:
        if step not in self._known:
            self._known[step] = float((yield Ask(kind="sure", values=np.atleast_1d(self._span.value(step))))[0])
        return self._known[step]

    def reaches(self, step: int, target: float) -> Search[bool]:
        return bool(at_target(np.array((yield from self.at(step))), target))


def _narrowed(target: float, span: Span, low: int, high: int, *, drawn: bool) -> Search[int]:
    """Find the first step above `low` that reaches the target; `low` misses it, `high` reaches it."""
    if drawn:
        return (yield from _narrowed_sure(target, _Sure(span), low, high))
    while high - low > 1:
        steps = np.unique(np.linspace(low, high, _SIDE_BY_SIDE + 2)[1:-1].astype(np.int64))
        steps = steps[(steps > low) & (steps < high)]
        place = first((yield Ask(kind="figures", values=span.value(steps))), target)
        if place is None:
            low = int(steps[-1])
        else:
            low, high = int(steps[place - 1]) if place else low, int(steps[place])
    return high


def _first_sure(target: float, span: Span, grid: Places, figures: Array) -> Search[int | None]:
    """Find the first place of the grid that is sure enough.

    Drawn futures cost as many runs as there are draws, so that not every place is tried: the shape over the span is
    that of the run without futures, shifted by what the draws differ from it.
    """
    last, sure = len(grid) - 1, _Sure(span)

    def guess(shift: float) -> int:
        place = first(figures - shift, target)
        return last if place is None else place

    place = guess(0)
    place = guess(float(figures[place]) - (yield from sure.at(int(grid[place]))))
    while place > 0 and (yield from sure.reaches(int(grid[place - 1]), target)):
        place -= 1
    while place < last and not (yield from sure.reaches(int(grid[place]), target)):
        place += 1
    return place if (yield from sure.reaches(int(grid[place]), target)) else None


def _narrowed_sure(target: float, sure: _Sure, low: int, high: int) -> Search[int]:
    """Narrow with few runs: where a straight line meets the target, then a little before or behind it."""
    while high - low > 1:
        width, upper = high - low, (yield from sure.at(high))
        rise = upper - (yield from sure.at(low))
        part = (target - (yield from sure.at(low))) / rise if rise > 0 else 0.5
        step = min(max(low + ceil(part * width), low + 1), high - 1)
        margin = max(width // 64, 1)
        # The step, and one beyond it on the side where the crossing is.
        beyond = step - margin if (yield from sure.reaches(step, target)) else step + margin
        for value in (step, beyond):
            if low < value < high:
                low, high = (low, value) if (yield from sure.reaches(value, target)) else (value, high)
        if high - low > width // 2 and high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if (yield from sure.reaches(middle, target)) else (middle, high)
    return high
