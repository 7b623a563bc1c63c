"""What stands beside a view and a scenario, and what is computed once for all the charts and tables of both?

What depends on a choice of the viewer's is as the screen opens: the cheapest mix at the prices of the settings, the
plan of half a year ago.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import polars as pl

from coverage.answers import backtest, mix, plans
from coverage.base.errors import NothingToShow
from coverage.base.tables import BranchMonths, Problems, Register
from coverage.model import chance, runs
from coverage.model import view as views
from coverage.model.scenarios import Scenario
from coverage.model.targets import TargetBook, TargetSet
from coverage.model.view import Scope
from coverage.reports import provenance
from coverage.reports.results import Results
from coverage.wording.scenarios import describe_scenario

COMPARED = 4
"""At most this many scenarios stand in one chart."""


@dataclass(frozen=True, kw_only=True)
class Beside:
    """What else the app knows: all months and branches, every set of targets, other scenarios, the problems."""

    table: BranchMonths
    register: Register
    scope: Scope
    chosen: TargetSet
    book: TargetBook
    presets: Mapping[str, Scenario]
    problems: Problems


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A view and a scenario with what stands beside them; what several charts and tables need is computed once."""

    results: Results
    beside: Beside

    @cached_property
    def mixed(self) -> mix.Mix | None:
        """The cheapest mix at the usual prices; none without a target ahead."""
        try:
            return mix.solve(self.results.view, self.results.scenario, name=self.results.texts("mix.programme"))
        except NothingToShow:
            return None

    @cached_property
    def chosen(self) -> dict[str, Scenario]:
        """What is compared: nothing new, the scenario, and others that ship."""
        texts = self.results.texts
        results = {provenance.scenario_name(Scenario(), texts): Scenario()}
        if self.results.changed:
            results[self.results.source.scenario] = self.results.scenario
        for preset in reversed(list(self.beside.presets.values())):
            if len(results) < COMPARED and describe_scenario(preset, texts):
                results.setdefault(provenance.scenario_name(preset, texts), preset)
        return results

    @cached_property
    def outcomes(self) -> dict[str, pl.DataFrame]:
        """Where each of them leads all together."""
        view, ahead = self.results.view, self.results.ahead
        return {
            name: runs.table_of_run(view, runs.flows(view, scenario, ahead), name=name, keys=[])
            for name, scenario in self.chosen.items()
        }

    @cached_property
    def ends(self) -> pl.DataFrame:
        """How they differ in the end."""
        return plans.differences_at_end(
            self.results.view, self.chosen, self.results.ahead, futures=self.results.futures
        )

    @cached_property
    def held(self) -> tuple[date, pl.DataFrame] | None:
        """When a plan without new steps was made, and what came since; none where nothing was known then."""
        view, beside = self.results.view, self.beside
        made = plans.usual_month(view)
        if made is None:
            return None
        try:
            then = views.of(
                beside.table,
                beside.register,
                beside.chosen,
                scope=beside.scope,
                as_of=made,
                settings=view.settings,
            )
        except NothingToShow:
            return None
        held = plans.against(then, Scenario(), view, futures=chance.draw_futures(then))
        return None if held.is_empty() else (made, held)

    @cached_property
    def judged(self) -> dict[tuple[str, ...], pl.DataFrame]:
        """How far off projections of the past were, for all, by segment, and by segment and branch."""
        view, beside = self.results.view, self.beside
        known = beside.table.filter(pl.col("month") <= view.as_of)
        by = ((), ("segment",), ("segment", "branch"))
        return backtest.groupings(known, beside.register, scope=beside.scope, settings=view.settings, by=by)
