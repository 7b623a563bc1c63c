"""Random runs for the equations: people who leave, several programmes, unknown eligible, nobody at all, all at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coverage.model.equations.steps import Equations

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Case:
    """One run: its size, and its inputs by name.

    By series (series,); by month, series and draw (rows, series, draws or 1); by month and series (rows, series); by
    programme (programmes,); by programme and series (programmes, series). A lever is (series,).
    """

    series: int
    draws: int
    months: int
    programmes: int
    given: Mapping[str, Array]

    def alone(self, equations: Equations, s: int, d: int) -> dict[str, float | list[float]]:
        """Return the inputs of one series in one draw, as the oracle takes them."""
        found: dict[str, float | list[float]] = {}
        for name, values in self.given.items():
            by = equations.input[name].by
            if by == ("programme",):
                found[name] = values.tolist()
            elif by == ("programme", "series"):
                found[name] = values[:, s].tolist()
            elif by == ("month", "series"):
                found[name] = values[:, s].tolist()
            elif "month" in by:
                found[name] = values[:, s, min(d, values.shape[2] - 1)].tolist()
            else:
                found[name] = float(values[s])
        return found


def case(seed: int, *, series: int = 6, months: int = 14) -> Case:
    """Return the random run of a seed; a quarter of them have each of the hard kinds."""
    draw = np.random.default_rng(seed)
    hard = draw.random(8) < 0.35
    draws = int(draw.integers(1, 4)) if hard[0] else 1
    rows = months + 1 + int(draw.integers(0, 3))

    def some(low: float, high: float, *shape: int, none: float = 0.15) -> Array:
        values = draw.uniform(low, high, shape)
        return np.where(draw.random(shape) < none, 0.0, values)

    eligible = some(0, 5000, series)
    if hard[1]:
        eligible[draw.random(series) < 0.5] = np.inf
    members = np.where(np.isfinite(eligible), eligible, 3000) * some(0, 1.1 if hard[2] else 1, series)
    funded = members * some(0, 1, series, none=0.4)
    count = int(draw.integers(1, 5)) if hard[3] or hard[4] else 0
    growth = draw.uniform(-0.5, 0.1, series) if hard[4] else draw.uniform(0, 0.05, series)
    starts = draw.integers(-3 if hard[5] else 1, months + 2, count).astype(np.float64)
    ends = starts + draw.integers(1, months, count)
    held = np.zeros((count, series))
    free = funded.copy()
    for k in range(count):
        if starts[k] < 1 <= ends[k]:
            held[k] = np.minimum(some(0, 500, series), free)
            free -= held[k]
    given: dict[str, Array] = {
        "eligible_0": eligible,
        "paying_0": members - funded,
        "funded_0": funded,
        "pool_0": some(0, 800, series, none=0.4),
        "new_rate": some(0, 200, rows, series, draws, none=0.1),
        "lapse_rate": some(0, 0.3, rows, series, draws if hard[6] else 1, none=0.2),
        "back_rate": some(0, 0.4, series, none=0.3),
        "lever_eligible_growth": growth,
    }
    levers = {"new": (-1, 3), "lapse": (-1, 5), "back": (-1, 5), "extra": (0, 300)}
    given |= {f"lever_{name}": some(low, high, series, none=0.5) for name, (low, high) in levers.items()}
    given["lever_starts"] = draw.integers(-1, months, series).astype(np.float64)
    given["lever_ramp"] = draw.integers(0, 6, series).astype(np.float64)
    if count:
        given |= {
            "starts_k": starts,
            "ends_k": ends,
            "stay_k": some(0, 1, count),
            "weight_k": np.ones(count) if hard[7] else some(0, 1, count),
            "workers_k": some(0, 4000, count, series),
            "held_k": held,
        }
    if hard[7]:
        for name in ("path", "floor"):
            line = some(0, 4000, rows, series)
            line[:, draw.random(series) < 0.5] = np.nan
            given[name] = line
    return Case(series=series, draws=draws, months=months, programmes=count, given=given)
