"""The backtest, one origin and one series at a time, with the law of `slow_law`: a judge of the quick one.

From each of the latest 24 months that have a year before them and a month after them (model, section 8), with what was
known then; a sum is judged where all its series are known.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tests import slow_law
from tests.slow_law import Reported

HORIZONS = (1, 3, 6, 12)
ORIGINS = 24


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What was said of a key from an origin so many months ahead, and what came."""

    key: str
    origin: int
    horizon: int
    came: float
    ways: Mapping[str, float]
    bounds: tuple[float, float] | None


def judge(data: Sequence[Reported], first_month: int, key_of: Callable[[Reported], str]) -> list[Judged]:
    """Hold the law and the naive ways against what came; every series has reported every month."""
    last = len(data[0].active) - 1
    results: list[Judged] = []
    for origin in range(max(12, last - ORIGINS), last):
        then = [told.until(origin) for told in data]
        law = slow_law.law(then, first_month=first_month, horizon=max(HORIZONS))
        for key in dict.fromkeys(key_of(told) for told in data):
            mine = [place for place, told in enumerate(data) if key_of(told) == key]
            known = [horizon for horizon in HORIZONS if origin + horizon <= last]
            results += [_judged(data, law, mine, key, origin, horizon) for horizon in known]
    return results


def _judged(
    data: Sequence[Reported], law: slow_law.SlowLaw, mine: Sequence[int], key: str, origin: int, horizon: int
) -> Judged:
    def reported(month: int) -> float:
        return math.fsum(data[place].active[month] or 0.0 for place in mine)

    now, year_before = reported(origin), reported(origin - 12)
    ways = {
        "model": math.fsum(run.run[horizon] for place in mine if (run := law.runs[place]) is not None),
        "last": now,
        "year": reported(origin + horizon - 12),
        "moves": now + reported(origin + horizon - 12) - year_before,
        "line": now + horizon * (now - year_before) / 12,
    }
    bounds = None
    if law.band.reason is None:
        count = 2 * len(law.band.used)
        sums = [
            math.fsum(run.draws[k][horizon] for place in mine if (run := law.runs[place]) is not None)
            for k in range(count)
        ]
        bounds = slow_law.quantile(sums, 0.1), slow_law.quantile(sums, 0.9)
    return Judged(key=key, origin=origin, horizon=horizon, came=reported(origin + horizon), ways=ways, bounds=bounds)


def errors(judged: Sequence[Judged], way: str) -> dict[int, float]:
    """Return the mean absolute error of a way by horizon, a share of what came."""
    return {
        horizon: _mean([abs(row.ways[way] / row.came - 1) for row in judged if row.horizon == horizon])
        for horizon in HORIZONS
    }


def inside(judged: Sequence[Judged]) -> dict[int, float]:
    """Return the share of the truths within the bounds by horizon."""
    return {
        horizon: _mean(
            [
                float(row.bounds[0] <= row.came <= row.bounds[1])
                for row in judged
                if row.horizon == horizon and row.bounds is not None
            ]
        )
        for horizon in HORIZONS
    }


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)
