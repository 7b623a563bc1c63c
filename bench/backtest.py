"""What does it cost to hold the projection against the past: 24 origins of 325 branches, beside a plain NumPy floor?

`python -m bench.backtest` measures everything by turns in one run and prints a Markdown table of medians.
The floor runs the plain loop of the same equations (`bench/projection.py`) once for every origin, with as many draws.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from bench import projection as floor
from bench import turns
from coverage.answers import backtest
from coverage.base import settings, tables
from coverage.intake import read
from coverage.model import chance, runs
from coverage.model import view as views
from coverage.model.scenarios import Scenario
from coverage.model.view import Scope

EVERYTHING = ((), ("segment",), ("segment", "branch"))
LIMIT_SAMPLE, LIMIT_LARGE = 1_000.0, 10_000.0


def tasks() -> dict[str, tuple[Callable[[], object], float | None]]:
    rules, anywhere = settings.load(), pl.DataFrame(schema=tables.REGISTER)
    large = floor.history()
    sample = read.read(read.find([str(settings.DATA / "samples/sumbagsel")]), settings=rules).table
    view = views.of(large, anywhere, None, scope=Scope(), as_of=None, settings=rules)
    futures, plan = chance.draw_futures(view), runs.plan(view, Scenario())
    count = len(backtest.origins(large, rules))

    def held(table: tables.BranchMonths, by: tuple[tuple[str, ...], ...]) -> Callable[[], object]:
        return lambda: backtest.groupings(table, anywhere, scope=Scope(), settings=rules, by=by)

    def plain() -> None:
        for _ in range(count):
            if futures is not None:
                floor.plain_drawn(view.start, plan, max(backtest.HORIZONS), futures)

    return {
        "sample, 9 branches x 37 months: total, segments and branches": (held(sample, EVERYTHING), LIMIT_SAMPLE),
        "325 branches x 120 months x 2 segments: total": (held(large, ((),)), LIMIT_LARGE),
        "the same: total, segments and branches": (held(large, EVERYTHING), LIMIT_LARGE),
        "plain NumPy loop of its 24 origins and the law's draws, covered alone": (plain, None),
    }


def measure(repetitions: int) -> None:
    found = tasks()
    told = turns.taken({name: act for name, (act, _) in found.items()}, repetitions)
    print(turns.table(told, {name: limit for name, (_, limit) in found.items()}))
    names = list(found)
    ratio = turns.ratio(told, names[2], names[3])
    print(f"\nEverything about the large history takes {ratio:.1f} x the time of the plain loop.")


if __name__ == "__main__":
    measure(turns.repetitions(__doc__, 5))
