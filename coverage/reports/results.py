"""What do the pages of a report speak of: a view and a scenario, with all that comes of them?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from coverage.base import months
from coverage.base.tables import Gaps, Projection
from coverage.base.texts import Texts
from coverage.charts.flows import IN, OUT, flows_by_year
from coverage.model import chance, runs, scenarios
from coverage.model.projection import Flows, Futures
from coverage.model.scenarios import Scenario
from coverage.model.view import View
from coverage.reports.provenance import Provenance
from coverage.standing import gaps

COURSE = ("baseline", "scenario")
"""The terms that the slides of a course need."""


BEYOND_MONTHS = 24  # months that the slide of the money's end may look further than the others


@dataclass(frozen=True, kw_only=True)
class Results:
    """What every slide is made from: computed once."""

    view: View
    scenario: Scenario
    texts: Texts
    ahead: int
    run: Flows
    changed: bool
    segments: Gaps
    total: Gaps
    futures: Futures | None
    source: Provenance

    @property
    def end(self) -> date:
        return months.add(self.view.as_of, self.ahead)

    def table(self, segment: str | None) -> tuple[Projection, Projection]:
        """Return the baseline and the scenario, month by month, of one segment or of all together."""
        keys = ["segment"] if segment else []
        both = (
            runs.baseline_table(self.view, self.ahead, keys),
            runs.table_of_run(self.view, self.run, name="", keys=keys),
        )
        still, moved = (table.filter(segment=segment) if segment else table for table in both)
        return still, moved

    @property
    def flows(self) -> list[str]:
        """Name the flows that move anybody in the months shown; none where only stocks are known (model, 5.1)."""
        rates = self.view.series.select("new", "lapse")
        if not any((rates[name].fill_null(0) > 0).any() for name in rates.columns):
            return []
        years = flows_by_year(self.table(only_segment(self))[1])
        return [name for name in (*IN, *OUT) if years[name].sum() > 0.5]

    def fan(self, segment: str | None) -> pl.DataFrame | None:
        if self.futures is None:
            return None
        keys = ["segment"] if segment else []
        return chance.rows_of_segment(
            chance.fan(self.view, self.scenario, self.ahead, keys, futures=self.futures), segment
        )


def of(
    view: View, scenario: Scenario, texts: Texts, until: date | None, futures: Futures | None, source: Provenance
) -> Results:
    scenario = scenario.at(view.as_of)
    ahead = runs.horizon(view, scenario, until)
    return Results(
        view=view,
        scenario=scenario,
        texts=texts,
        ahead=ahead,
        run=runs.flows(view, scenario, ahead),
        changed=bool(scenarios.simplified(scenario).keys() & {"levers", "rule", "programme"}),
        segments=gaps.by(view),
        total=gaps.by(view, []),
        futures=futures,
        source=source,
    )


def only_segment(results: Results) -> str | None:
    """Return the scope's segment where it has one alone."""
    return str(results.segments["segment"][0]) if results.segments.height == 1 else None
