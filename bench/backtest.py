"""What does it cost to hold the projection against the past: 24 origins of 325 branches, beside a plain NumPy floor?

`PYTHONPATH=. python bench/backtest.py` measures everything by turns in one run and prints a Markdown table of medians.
The floor runs the plain loop of the same equations (`bench/projection.py`) once for every origin, with as many draws.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import polars as pl

from bench import projection as floor
from coverage import backtest, chance, scenarios, scope, settings, tables
from coverage.intake import read
from coverage.scenarios import Scenario
from coverage.scope import Scope

EVERYTHING = ((), ("segment",), ("segment", "branch"))
LIMIT_SAMPLE, LIMIT_LARGE = 1.0, 10.0


def tasks() -> dict[str, tuple[Callable[[], object], float | None]]:
    rules, anywhere = settings.load(), pl.DataFrame(schema=tables.REGISTER)
    large = floor.history()
    sample = read.read(read.find([str(settings.DATA / "samples/sumbagsel")]), settings=rules).table
    view = scope.look(large, anywhere, None, scope=Scope(), as_of=None, settings=rules)
    wobble, plan = chance.draw(view), scenarios.plan(view, Scenario())
    count = len(backtest.origins(large, rules))

    def held(table: tables.BranchMonths, by: tuple[tuple[str, ...], ...]) -> Callable[[], object]:
        return lambda: backtest.groupings(table, anywhere, scope=Scope(), settings=rules, by=by)

    def plain() -> None:
        for _ in range(count):
            if wobble is not None:
                floor.plain_drawn(view.start, plan, max(backtest.HORIZONS), wobble)

    return {
        "sample, 9 branches x 37 months: total, segments and branches": (held(sample, EVERYTHING), LIMIT_SAMPLE),
        "325 branches x 120 months x 2 segments: total": (held(large, ((),)), LIMIT_LARGE),
        "the same: total, segments and branches": (held(large, EVERYTHING), LIMIT_LARGE),
        "plain NumPy loop of its 24 origins, 200 draws, covered alone": (plain, None),
    }


def measure(repetitions: int) -> None:
    found = tasks()
    told: dict[str, list[float]] = {name: [] for name in found}
    gc.collect()
    gc.freeze()
    for turn in range(repetitions + 1):
        for name, (act, _) in found.items():
            began = time.perf_counter()
            act()
            if turn:
                told[name].append(time.perf_counter() - began)
    print(f"| measured ({repetitions} times, by turns) | median, s | slowest, s | limit, s |")
    print("|---|---:|---:|---:|")
    for name, (_, limit) in found.items():
        print(f"| {name} | {statistics.median(told[name]):.2f} | {max(told[name]):.2f} | {limit or '–'} |")
    names = list(found)
    ratio = statistics.median(told[names[2]]) / statistics.median(told[names[3]])
    print(f"\nEverything about the large history takes {ratio:.1f} x the time of the plain loop.")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=5)
    measure(parser.parse_args().repetitions)
