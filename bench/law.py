"""What does the law cost: baseline, flows and band of 650 series of ten years, all past months included?

`python -m bench.law` measures everything by turns in one run and prints a Markdown table of medians. The floor is the
law read series by series and month by month (`tests/slow_law.py`), for a tenth of the series.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench import turns
from coverage.model import course
from coverage.model.course import Law
from tests import slow_law
from tests.slow_law import Reported

Array = NDArray[np.float64]
SERIES, MONTHS, AHEAD, TENTH = 650, 120, 24, 65
EVERYTHING = "everything: 650 series x 120 months, 24 draws x 24 months, quantiles"
OURS, FLOOR = "everything, of 65 series", "the same 65 series, one by one"
_FIRST = 2013 * 12


@dataclass(frozen=True, kw_only=True)
class Arrays:
    """Reports as arrays (series, months), NaN where nothing was reported."""

    active: Array
    eligible: Array
    new: Array
    lapsed: Array
    returned: Array
    funded: Array


def reports() -> Arrays:
    """Flows with seasons and noise, in balance; three months of a hundred are missing."""
    dice = np.random.default_rng(1)
    now = dice.uniform(1_000, 100_000, SERIES)
    columns: list[list[Array]] = [[], [], [], []]
    for month in range(MONTHS):
        new = np.floor(now * 0.03 * (1 + 0.3 * np.sin(month / 2)) * dice.gamma(5, 0.2, SERIES))
        lapsed = np.floor(now * 0.025 * dice.gamma(5, 0.2, SERIES))
        returned = np.floor(now * 0.003 * dice.random(SERIES))
        now = now + new - lapsed + returned
        for column, values in zip(columns, (now, new, lapsed, returned), strict=True):
            column.append(values)
    active, new, lapsed, returned = (np.array(column).T for column in columns)
    eligible, funded = np.floor(active * 2 + 1000), np.floor(active * 0.05)
    hole = dice.random(active.shape) < 0.03
    hole[:, [0, -1]] = False
    for figure in (active, eligible, new, lapsed, returned, funded):
        figure[hole] = np.nan
    return Arrays(active=active, eligible=eligible, new=new, lapsed=lapsed, returned=returned, funded=funded)


def of(told: Arrays, count: int) -> Law:
    """Return the law of the first series, nothing of it worked out yet."""
    segment = np.array(["formal", "informal", "construction"])[np.arange(count) % 3]
    return course.of(Arrays(**{name: figure[:count] for name, figure in vars(told).items()}), segment, growth=0.02)


def one_by_one(told: Arrays, count: int) -> list[Reported]:
    """Return the same as what the slow reading takes."""
    segments = ("formal", "informal", "construction")
    return [
        Reported(
            branch=str(place),
            segment=segments[place % 3],
            **{
                name: [None if np.isnan(value) else float(value) for value in figure[place]]
                for name, figure in vars(told).items()
            },
        )
        for place in range(count)
    ]


def bounds(told: Arrays, count: int) -> Array:
    """Baseline, flows, band, draws and their quantiles."""
    law = of(told, count)
    way = law.course(np.arange(count), AHEAD)
    errors = way.errors
    if errors is None or way.drawn(AHEAD) is None:
        raise SystemExit("the history is too short for a band")
    drawn: Array = np.sort(course.goals(way.goal, errors, way.supported.funded, way.eligible), axis=2)
    return drawn[:, :, [2, -3]]


def tasks() -> dict[str, tuple[Callable[[], object], float | None]]:
    told = reports()
    known, few = of(told, SERIES), one_by_one(told, TENTH)
    return {
        EVERYTHING: (lambda: bounds(told, SERIES), 250.0),
        "of it the record of all past months, and the band": (lambda: of(told, SERIES).band, None),
        "of it baseline and flows, 24 months": (lambda: known.course(np.arange(SERIES), AHEAD), None),
        "baseline and flows, 120 months": (lambda: known.course(np.arange(SERIES), 120), None),
        OURS: (lambda: bounds(told, TENTH), None),
        FLOOR: (lambda: slow_law.law(few, first_month=_FIRST, horizon=AHEAD), None),
    }


def measure(repetitions: int) -> None:
    found = tasks()
    told = turns.taken({name: act for name, (act, _) in found.items()}, repetitions)
    print(turns.table(told, {name: limit for name, (_, limit) in found.items()}))
    print(f"\nOf 65 series the law takes {turns.ratio(told, OURS, FLOOR):.3f} x the time of reading it one by one.")


if __name__ == "__main__":
    measure(turns.repetitions(__doc__, 9))
