"""Who has a hand in the difference between two scenarios?

Model, section 8. The movers, who are the players of the game in `credit`:

- a lever of a segment, with its start and build-up: they say when the lever works and do nothing alone. Only where
  both scenarios move a series, at different times, is the time a mover of its own;
- a branch's own lever: it replaces the segment's there, so the whole difference at that branch is its part;
- each programme; one that both scenarios have, but differently, is one mover; one that they share is none;
- a growth rule, where a scenario has one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coverage.base.tables import branch_key
from coverage.model.levers import LEVERS, Levers, Programme, extra_of
from coverage.model.plan import Enrolment, Plan
from coverage.model.scenarios import Scenario
from coverage.model.view import View

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

LEVER, TIME, RULE, PROGRAMME = "lever", "time", "rule", "programme"
MOVED = tuple(name for name, field in Levers.model_fields.items() if extra_of(field, "unit") not in {"month", "months"})
"""The levers that do something; the others say when they do."""
_RAMPED = tuple(name for name in MOVED if extra_of(Levers.model_fields[name], "unit") != "growth")
MOVER: dict[str, pl.DataType] = {
    "lever": pl.String(),  # as links name it: informal.new, informal.branch.Palembang.new; programme.NAME
    "kind": pl.String(),
    "of_segment": pl.String(),
    "of_branch": pl.String(),
    "name": pl.String(),
}
"""The columns that say who a row is about."""


@dataclass(frozen=True, kw_only=True)
class Mover:
    """Somebody who had a hand in it: a lever (with its time), a start, a growth rule or a programme."""

    kind: str
    segment: str
    branch: str | None = None
    name: str
    turn: int = 1  # the second programme of one name is another mover

    @property
    def code(self) -> str:
        """The name that links and tables call it by."""
        if self.kind == PROGRAMME:
            return f"programme.{self.name}" + (f".{self.turn}" if self.turn > 1 else "")
        return f"{self.segment}." + (f"branch.{self.branch}." if self.branch is not None else "") + self.name

    def cells(self) -> dict[str, object]:
        """Return the cells of `MOVER`."""
        name = f"{self.name} ({self.turn})" if self.turn > 1 else self.name
        return dict(zip(MOVER, (self.code, self.kind, self.segment, self.branch, name), strict=True))


def begun(scenario: Scenario, plan: Plan) -> tuple[list[Programme], list[Enrolment]]:
    """Return a scenario's programmes that are still to begin, and their enrolments."""
    pairs = [
        (programme, enrolment)
        for programme, enrolment in zip(scenario.programme, plan.enrolments, strict=False)
        if enrolment.held is None
    ]
    return [programme for programme, _ in pairs], [enrolment for _, enrolment in pairs]


def in_one_time(first: Plan, second: Plan) -> tuple[Plan, Plan]:
    """Let levers that only one of the plans moves carry their time into the other, where it has no effect."""
    first_moves, two = (np.any([plan[name] != 0 for name in _RAMPED], axis=0) for plan in (first, second))
    before = {name: np.where(first_moves, first[name], second[name]) for name in ("starts", "ramp")}
    after = {name: np.where(two, second[name], before[name]) for name in ("starts", "ramp")}
    return first.moved(**before), second.moved(**after)


def levers_moved(view: View, baseline: Scenario, alternative: Scenario, first: Plan, second: Plan) -> dict[Mover, Mask]:
    """Say which series each lever's, start's and rule's mover touches, in the order of segments and levers."""
    segments = view.series["segment"].cast(pl.String).to_list()
    branches = view.series["branch"].to_list()
    own = _own(baseline) | _own(alternative)
    moved = {(LEVER, name): first[name] != second[name] for name in MOVED}
    moved[TIME, "starts"] = (first["starts"] != second["starts"]) | (first["ramp"] != second["ramp"])
    apart = [
        baseline.rule.get(segment) != alternative.rule.get(segment) for segment in view.series["segment"].to_list()
    ]
    moved[RULE, "rule"] = np.array(apart, dtype=bool) & paths_differ(first, second)
    touches: dict[Mover, Mask] = {}
    for (kind, name), differs in moved.items():
        for index in np.flatnonzero(differs):
            branch = branches[index] if (segments[index], branch_key(branches[index]), name) in own else None
            mover = Mover(kind=kind, segment=segments[index], branch=branch, name=name)
            touches.setdefault(mover, np.zeros(len(segments), dtype=bool))[index] = True
    order = view.series["segment"].unique(maintain_order=True).cast(pl.String).to_list()
    return dict(sorted(touches.items(), key=lambda item: (order.index(item[0].segment), item[0].branch or "")))


def _own(scenario: Scenario) -> set[tuple[str, str, str]]:
    """Return (segment, branch, lever) that a scenario sets for single branches; a time of its own makes every lever
    that builds up the branch's own, but for its part of the extra registrations."""
    own: set[tuple[str, str, str]] = set()
    for (segment, branch), levers in scenario.branch_levers.items():
        names = set(levers.model_fields_set & LEVERS)
        if names & {"starts", "ramp"}:
            names |= {*_RAMPED, "starts"} - {"extra"}
        own |= {(str(segment), branch_key(branch), name) for name in names}
    return own


def paths_differ(first: Plan, second: Plan) -> Mask:
    """Say for which series (series,) the paths or floors of rules differ; None and NaN are no rule."""
    differ = np.zeros(len(first["new"]), dtype=bool)
    for pair, two in ((first.path, second.path), (first.floor, second.floor)):
        if pair is None and two is None:
            continue
        before, after = (np.full((1, len(differ)), np.nan) if path is None else path for path in (pair, two))
        differ |= ((before != after) & ~(np.isnan(before) & np.isnan(after))).any(axis=0)
    return differ


def programmes_moved(
    first: Sequence[Programme],
    enrolled: Sequence[Enrolment],
    second: Sequence[Programme],
    enrolled_then: Sequence[Enrolment],
) -> Iterator[tuple[Mover | None, Enrolment, bool]]:
    """Yield both scenarios' programmes in an order that keeps that of each (who enrols first has the room), with the
    mover who takes it away (False) or brings it (True); None where both scenarios have the very same."""
    turns: dict[tuple[bool, str], int] = {}

    def mover(programme: Programme, *, present: bool) -> Mover:
        turn = turns[present, programme.name] = turns.get((present, programme.name), 0) + 1
        return Mover(kind=PROGRAMME, segment=str(programme.segment), name=programme.name, turn=turn)

    for kind, begin, end, begin_then, end_then in SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from ((None, enrolled[index], True) for index in range(begin, end))
            continue
        yield from ((mover(first[index], present=False), enrolled[index], False) for index in range(begin, end))
        yield from (
            (mover(second[index], present=True), enrolled_then[index], True) for index in range(begin_then, end_then)
        )


def mover_rows(
    movers: Sequence[Mover], rows: pl.DataFrame, touched: Mask, numbers: Mapping[str, Array], month: date
) -> pl.DataFrame:
    """One row per key and mover that touches it, with its numbers (movers, groups)."""
    group, mover = np.nonzero(touched.T)
    who = pl.DataFrame([movers[int(index)].cells() for index in mover], schema=MOVER, orient="row")
    who = who.insert_column(0, pl.Series("month", [month] * len(mover), dtype=pl.Date))
    return rows[group].hstack(who).hstack([pl.Series(name, array[mover, group]) for name, array in numbers.items()])
