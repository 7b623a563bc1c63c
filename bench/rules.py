"""What does a growth rule cost beside the same projection without one, and what do strain and late bounds cost?

`python -m bench.rules` measures everything by turns in one run and prints a Markdown table of medians, for
650 series of ten years. The floor of a rule is a plain NumPy loop of the month's equations.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import polars as pl

from bench import projection as peer
from bench import turns
from coverage.base import settings, tables
from coverage.model import rules, runs, scenarios
from coverage.model import view as views
from coverage.model.plan import resolved
from coverage.model.rules import Rule
from coverage.model.targets import TargetSet
from coverage.model.view import Scope, View
from coverage.standing import missing_reports, target_difficulty

FLOOR = "plain NumPy loop of the same equations, no rule"
TARGETS = TargetSet.model_validate({"target": [{"by": "2023-12", "workers": 9_000_000}]})


def tasks(view: View, silent: View) -> dict[str, Callable[[], object]]:
    """Name what is measured."""
    still = resolved(view.series, {}, {}, (), as_of=view.as_of, growth=0.02)
    best = {"formal": Rule(kind="like_best"), "informal": Rule(kind="reach")}
    scenario = scenarios.Scenario(rule=best)
    dip = {"formal": Rule(kind="dip"), "informal": Rule(kind="dip")}

    def anew(chosen: dict[str, Rule]) -> Callable[[], object]:
        return lambda: rules.paths_of_rules(replace(view, ruled={}), chosen, still["eligible_growth"])

    return {
        FLOOR: lambda: peer.plain(view.start, still, peer.AHEAD),
        "kernel without a rule": lambda: runs.flows(view, scenarios.Scenario(), peer.AHEAD),
        "kernel under two rules, their paths known": lambda: runs.flows(view, scenario, peer.AHEAD),
        "the paths of two rules, 600 months, seen first": anew(best),
        "the paths of two dips, 600 months, seen first": anew(dip),
        "strain of every share": lambda: target_difficulty.strain(view),
        "shared out by another rule": lambda: target_difficulty.shared(view, TARGETS, "active"),
        "milestones of every series": lambda: target_difficulty.way_to_targets(view),
        "bounds with 65 branches late": lambda: missing_reports.bounds_of_missing(silent, ["segment"]),
    }


def measure(repetitions: int) -> None:
    table = peer.history()
    register = pl.DataFrame(schema=tables.REGISTER)

    def look(rows: tables.BranchMonths) -> View:
        return views.of(rows, register, TARGETS, scope=Scope(), as_of=None, settings=settings.load())

    silent = table.filter((pl.col("month") < peer.AS_OF) | (pl.col("branch") >= "Cabang 065"))
    found = tasks(look(table), look(silent))
    print(turns.table(turns.taken(found, repetitions, before=3), floor=FLOOR))


if __name__ == "__main__":
    measure(turns.repetitions(__doc__, 20))
