"""What does it cost to ask for a lever's value: by its month, and with a chance, for 325 branches in two segments?

`python -m bench.seek` measures everything by turns in one run (other work on the machine then hurts all alike) and
prints a Markdown table of medians. The floor is a plain NumPy loop of the same equations: one run of all candidates
that a search tries at least once (fifty values beside each other), and of the 200 drawn futures of a single value.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from bench import branches, turns
from coverage.answers import arrivals, each, lever_values, seek
from coverage.base import settings
from coverage.intake import read as intake
from coverage.intake import register
from coverage.model import chance, projection
from coverage.model import view as views
from coverage.model.scenarios import Scenario
from coverage.model.targets import TargetSet
from coverage.model.view import Scope, View

WITHOUT, DRAWN = 40.0, 400.0
VALUES, DRAWS = 50, 200


def look(folder: Path, ahead: str) -> View:
    """Return both segments of 325 branches, against a target for the informal one by that month."""
    branches.write_branches(folder, branches=325, months=120)
    table = intake.read(intake.find([str(folder)]), settings=settings.load()).table
    target = {"by": ahead, "segment": "informal", "growth": 0.1, "from": "2022-12"}
    chosen = TargetSet.model_validate({"target": [target]})
    empty = register.read(folder / "branches.csv")
    return views.of(table, empty, chosen, scope=Scope(), as_of=None, settings=settings.load())


def within_reach(view: View, name: str) -> View:
    """Ask for half of what the lever could add: all that a search does is measured only where it finds something."""
    limit = seek.solve(replace(view, target=view.target * 100), Scenario(), f"informal.{name}").at_limit
    inside = np.isfinite(view.target)
    usual = float(view.baseline.covered[int(np.nanmax(view.months_left)), inside, 0].sum())
    wanted = usual + 0.5 * (min(limit, 1.5 * usual) - usual)
    return replace(view, target=view.target * wanted / np.nansum(view.target))


def plain(view: View, columns: int, horizon: int) -> np.ndarray:
    """The month's equations of the informal series without programmes, as a person would write them."""
    inside = (view.series["segment"] == "informal").to_numpy()
    start = view.start
    a = np.repeat((start.paying + start.funded)[inside], columns, axis=1)
    p, e = np.repeat(start.pool[inside], columns, axis=1), start.eligible[inside].copy()
    pushed = start.new[inside] * (1 + np.linspace(0, 5, columns))
    sums = np.empty((horizon + 1, columns))
    for t in range(1, horizon + 1):
        e = e * 1.02 ** (1 / 12)
        lapsed = np.minimum(start.lapse[inside] * start.season_lapse[inside, t % 12][:, None], 1) * a
        returned = np.minimum(start.back[inside], 1) * p
        a, p = a - lapsed + returned, p + lapsed - returned
        a = np.minimum(a, e)
        room = e - a
        new = np.minimum(pushed * start.season_new[inside, t % 12][:, None], room)
        a += new
        p = np.minimum(p, room - new)
        sums[t] = a.sum(axis=0)
    return sums


def tasks(ahead_views: dict[int, View]) -> dict[str, tuple[Callable[[], object], float | None]]:
    found: dict[str, tuple[Callable[[], object], float | None]] = {}
    for ahead, view in ahead_views.items():
        futures = chance.draw_futures(view)
        if futures is None:
            raise SystemExit("the history has no flows to draw from")
        found[f"{VALUES} values, {ahead} months, plain loop"] = (lambda v=view, h=ahead: plain(v, VALUES, h), None)
        found[f"{DRAWS} draws, {ahead} months, plain loop"] = (lambda v=view, h=ahead: plain(v, DRAWS, h), None)
        for name in lever_values.NAMES:
            lever, asked = f"informal.{name}", within_reach(view, name)
            found[f"{lever}, {ahead} months"] = (lambda v=asked, n=lever: seek.solve(v, Scenario(), n), WITHOUT)
            found[f"{lever}, {ahead} months, chance 80 %"] = (
                lambda v=asked, n=lever, w=futures: seek.solve(v, Scenario(), n, chance=0.8, futures=w),
                DRAWN,
            )
        for name in ("new", "workers"):
            lever, asked = f"informal.{name}", within_reach(view, name)
            found[f"{lever} of each of 325 branches, {ahead} months"] = (
                lambda v=asked, n=lever: each.needs_of_branches(v, Scenario(), n),
                None,
            )
        found["the date, the law's draws, 120 months"] = (
            lambda v=view, w=futures: arrivals.when(v, Scenario(), segment="informal", futures=w),
            DRAWN,
        )
    return found


def measure(repetitions: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        ahead_views = {12: look(Path(folder), "2023-12"), 24: look(Path(folder), "2024-12")}
    found = tasks(ahead_views)
    runs = count_runs(found)
    told = turns.taken({name: act for name, (act, _) in found.items()}, repetitions)
    print(turns.table(told, {name: limit for name, (_, limit) in found.items()}))
    print("\nRuns of the projection: " + "; ".join(f"{name}: {count}" for name, count in runs.items() if count))


def count_runs(found: dict[str, tuple[Callable[[], object], float | None]]) -> dict[str, int]:
    """Count the runs of the projection that each answer takes."""
    kept = projection.covered
    counted = 0

    def counting(*given: object) -> object:
        nonlocal counted
        counted += 1
        return kept(*given)  # type: ignore[arg-type]

    runs = {}
    projection.covered = counting  # type: ignore[assignment]
    for name, (act, _) in found.items():
        counted = 0
        act()
        runs[name] = counted
    projection.covered = kept
    return runs


if __name__ == "__main__":
    measure(turns.repetitions(__doc__, 8))
