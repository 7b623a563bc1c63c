"""What does the cheapest mix cost to find, beside a plain NumPy loop that projects the same settings one by one?

`python -m bench.mix` measures by turns in one run and prints a Markdown table of medians.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl

from bench import projection as loops
from bench import turns
from coverage.answers import mix
from coverage.base import settings, tables
from coverage.intake import read as intake
from coverage.intake import register as registers
from coverage.model import projection, runs, targets
from coverage.model import view as views
from coverage.model.plan import Plan
from coverage.model.scenarios import Scenario
from coverage.model.targets import TargetSet
from coverage.model.view import Scope, View

SAMPLE = settings.DATA / "samples" / "sumbagsel"


def sample() -> View:
    handed = intake.read(intake.find([str(SAMPLE)]), settings=settings.load())
    book = targets.load(settings.DATA / "targets.toml")
    register = registers.read(settings.DATA / "branches.csv")
    return views.of(handed.table, register, book.named(None), scope=Scope(), as_of=None, settings=settings.load())


def large() -> View:
    """325 branches with two segments, each some way below its target."""
    wanted = [
        {"by": "2023-12", "segment": "formal", "workers": 8_400_000},
        {"by": "2023-12", "segment": "informal", "workers": 6_700_000},
    ]
    register = pl.DataFrame(schema=tables.REGISTER)
    chosen = TargetSet.model_validate({"target": wanted})
    return views.of(loops.history(), register, chosen, scope=Scope(), as_of=None, settings=settings.load())


def tried(view: View) -> int:
    """Count the settings that one search puts into the projection."""
    count, kernel = [0], projection.run

    def counting(start: projection.Start, plan: Plan, horizon: int) -> projection.Flows:
        count[0] += plan["new"].shape[1] if plan["new"].ndim == 2 else 1
        return kernel(start, plan, horizon)

    projection.run = counting
    try:
        mix.solve(view, Scenario())
    finally:
        projection.run = kernel
    return count[0]


def plain(view: View, settings_tried: int) -> None:
    """Project as many settings as the search does, one after the other, keeping nothing but the covered."""
    plan = runs.plan(view, Scenario())
    horizon = runs.horizon(view)
    for place in range(settings_tried):
        loops.plain(view.start, plan.moved(new=plan["new"] + np.float64(place / settings_tried)), horizon)


def tasks() -> dict[str, tuple[Callable[[], object], float | None]]:
    found: dict[str, tuple[Callable[[], object], float | None]] = {}
    for name, view, limit in (("sample, 9 branches", sample(), 100.0), ("325 branches", large(), 500.0)):
        whole = mix.solve(view, Scenario())
        half, count = whole.cost_rupiah / 2, tried(view)
        found[f"mix, {name}"] = (lambda view=view: mix.solve(view, Scenario()), limit)
        found[f"plain loop of the same {count} settings, {name}"] = (
            lambda view=view, count=count: plain(view, count),
            None,
        )
        found[f"mix within half the money, {name}"] = (
            lambda view=view, half=half: mix.solve(view, Scenario(), budget=half),
            limit,
        )
        found[f"curve of 12 budgets, {name}"] = (lambda whole=whole: mix.curve(whole), limit)
    return found


def measure(repetitions: int) -> None:
    found = tasks()
    told = turns.taken({name: act for name, (act, _) in found.items()}, repetitions)
    print(turns.table(told, {name: limit for name, (_, limit) in found.items()}))
    for name in found:
        if name.startswith("mix, "):
            floor = next(one for one in found if one.startswith("plain") and one.endswith(name[5:]))
            print(f"\n{name}: {turns.ratio(told, name, floor):.2f} x the plain loop's time, solver included.")


if __name__ == "__main__":
    measure(turns.repetitions(__doc__, 10))
