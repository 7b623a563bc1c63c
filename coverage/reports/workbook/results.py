"""What do all sheets tell, and where do they find each other's figures?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray
from xlsxwriter.utility import xl_rowcol_to_cell

from coverage.base import months
from coverage.base.texts import Texts
from coverage.model import projection, runs
from coverage.model.plan import Plan
from coverage.model.projection import Flows
from coverage.model.scenarios import Scenario
from coverage.model.view import View
from coverage.reports.workbook import equations
from coverage.reports.workbook.equations import Cell, Live
from coverage.reports.workbook.sheets import HEAD
from coverage.wording import sentences

Array = NDArray[np.float64]
MOST_FORMULAS = 60_000
"""So many formulas of months are written and opened within seconds (bench/README.md); beyond it values stand there."""
PROJECTED = ("segment", "branch", "month", "baseline", "covered", "difference", "target", "gap")
"""The first columns of the projection's sheet, to which others refer."""


@dataclass(frozen=True, kw_only=True)
class CellBlock:
    """A run of rows on the projection's sheet: one group, month by month."""

    keys: tuple[str, ...]
    place: int  # among the view's groups by these keys
    branch: str | None
    segment: str | None


@dataclass(frozen=True, kw_only=True)
class WorkbookResults:
    """One scenario of one view; `live` says whether its projection is written as formulas.

    `scenario` has what runs already written out behind the `own` programmes: the cells move both, but what runs is part
    of every scenario, and neither a difference nor money of this one.
    """

    view: View
    own: Scenario
    scenario: Scenario
    plan: Plan
    run: Flows
    compared: Mapping[str, Scenario]
    live: bool
    texts: Texts

    @property
    def horizon(self) -> int:
        return len(self.run.covered) - 1

    @property
    def end(self) -> date:
        return months.add(self.view.as_of, self.horizon)

    @cached_property
    def segments(self) -> list[str]:
        return [str(name) for name in self.view.series["segment"].unique().sort().to_list()]

    @cached_property
    def wide(self) -> list[CellBlock]:
        """Return the blocks that the projection begins with: all together where there are several segments, and each
        segment."""
        total = [CellBlock(keys=(), place=0, branch=None, segment=None)] if len(self.segments) > 1 else []
        each = [
            CellBlock(keys=("segment",), place=i, branch=None, segment=name) for i, name in enumerate(self.segments)
        ]
        return total + each

    @cached_property
    def blocks(self) -> list[CellBlock]:
        """Return all blocks: the wide ones, and each branch and segment where a segment has several branches."""
        if self.view.series.height == len(self.segments):
            return self.wide
        keys = ("branch", "segment")
        rows, _ = self.view.groups(keys)
        return self.wide + [
            CellBlock(keys=keys, place=place, branch=str(branch), segment=str(segment))
            for place, (branch, segment) in enumerate(rows.iter_rows())
        ]

    @cached_property
    def everywhere(self) -> str:
        """Return what a sum over branches is called: the branch itself where there is but one."""
        names = self.view.series["branch"].unique().to_list()
        return str(names[0]) if len(names) == 1 else self.texts("frame.all_branches")

    def segment(self, name: str | None) -> str:
        return sentences.segment_name(name, self.texts)

    def head(self, name: str) -> str:
        """Return a column's heading."""
        return next(
            self.texts(f"{room}.{name}")
            for room in ("workbook.head", "table", "flow")
            if f"{room}.{name}" in self.texts
        )

    def sheet(self, name: str) -> str:
        """Return a sheet's name as formulas write it."""
        return "'" + self.texts(f"workbook.sheet.{name}").replace("'", "''") + "'"

    def members(self, block: CellBlock) -> NDArray[np.bool_]:
        """Say which series belong to a block (series,)."""
        return np.asarray(self.view.compared(block.keys)[1] == block.place)

    @cached_property
    def series_of(self) -> dict[CellBlock, int]:
        """Return the place of the series that a block of a branch has for its own."""
        return {block: int(np.flatnonzero(self.members(block))[0]) for block in self.blocks if block.branch}

    @cached_property
    def left_out(self) -> dict[CellBlock, list[tuple[str, str | None]]]:
        """Name the series whose members a wide block does not count, for they have no target: segment and branch; no
        branch where a whole segment is left out."""
        return {block: self._left_out(block) for block in self.wide}

    def _left_out(self, block: CellBlock) -> list[tuple[str, str | None]]:
        place = self.view.groups(block.keys)[1]
        apart = (place == block.place) & ~self.members(block)
        series = self.view.series.select("branch", "segment").with_columns(apart=pl.Series(apart))
        results: list[tuple[str, str | None]] = []
        for (segment,), rows in series.group_by("segment", maintain_order=True):
            name = str(segment)
            if rows["apart"].all():
                results.append((name, None))
            else:
                results += [(name, str(branch)) for branch in rows.filter("apart")["branch"]]
        return results

    def outcome(self, block: CellBlock, run: Flows | None = None) -> dict[str, float]:
        """Return a block's figures at the last month, under the scenario or another run; NaN without a target."""
        members = self.members(block)
        covered = float((run or self.run).covered[-1, members, 0].sum())
        baseline = float(self.view.baseline.covered[self.horizon, members, 0].sum())
        target = float(runs.group_targets(self.view, block.keys, run or self.run)[block.place])
        return {
            "baseline": baseline,
            "covered": covered,
            "difference": covered - baseline,
            "target": target,
            "gap": target - covered,
        }

    def rows_of(self, block: int) -> tuple[int, int]:
        """Return the first and last row of a block of the projection, counted from 0."""
        return HEAD + 1 + block * (self.horizon + 1), HEAD + (block + 1) * (self.horizon + 1)

    def projected(self, block: int, name: str) -> str:
        """Return the reference to a block's last month on the projection's sheet."""
        return f"{self.sheet('projection')}!{xl_rowcol_to_cell(self.rows_of(block)[1], PROJECTED.index(name))}"

    def span(self, column: str) -> str:
        """Return the reference to a whole column of the calculation."""
        letter = equations.columns(len(self.plan.enrolments))[column]
        last = equations.row_of(self.view.series.height - 1, self.horizon, self.horizon)
        return f"{self.sheet('calculation')}!${letter}${equations.FIRST + 1}:${letter}${last}"

    def either(self, formula: str, value: float) -> Cell:
        """Return the formula where the workbook is live, else its value."""
        return Live(formula=f"={formula}", value=value) if self.live else value


def results_of(
    view: View, scenario: Scenario, compared: Mapping[str, Scenario], until: date | None, texts: Texts, most: int
) -> WorkbookResults:
    """Run the scenario, and see whether formulas for all of it stay within the limit."""
    scenario = scenario.at(view.as_of)
    horizon = runs.horizon(view, scenario, until)
    view = runs.grounded(view, scenario)
    own, scenario = scenario, runs.with_running(view, scenario)
    plan = runs.plan(view, scenario)
    return WorkbookResults(
        view=view,
        own=own,
        scenario=scenario,
        plan=plan,
        run=projection.run(view.start, plan, horizon),
        compared={name: other.at(view.as_of) for name, other in compared.items()},
        live=equations.size(view, plan, horizon) <= most,
        texts=texts,
    )
