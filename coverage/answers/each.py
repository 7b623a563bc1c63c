"""What does each branch need, so that every one of them reaches its own target?

Model, section 8. A sum may be reached while a branch is far from its own: what one has too many of fills the sum, and
nobody else's gap. So each branch is asked by itself, with its own lever and its own month; whether any branch ever did
as much says how hard that is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from coverage.answers import arrivals, goals, realism, seek
from coverage.answers.arrivals import Arrival
from coverage.answers.seek import Solution
from coverage.base.errors import NothingToShow
from coverage.model import runs
from coverage.model.projection import Futures
from coverage.model.scenarios import Scenario
from coverage.model.view import View


@dataclass(frozen=True, kw_only=True)
class Need:
    """What one branch needs: the answer, and the record of who ever did as much (a row of `REALISM`; none where nothing
    is asked of it, or several segments are). `refusal` says why nothing can be asked of the branch."""

    branch: str
    answer: Solution | None
    record: dict[str, Any] | None = None
    refusal: NothingToShow | None = None


def branches(view: View, segment: str) -> list[str]:
    """Return the branches that have a target for a segment, or for any of them."""
    inside = np.isfinite(view.target)
    if segment != goals.TOTAL:
        inside &= (view.series["segment"] == segment).to_numpy()
    return [str(name) for name in view.series.filter(pl.Series(inside))["branch"].unique().sort().to_list()]


def solve(
    view: View,
    scenario: Scenario,
    lever: str,
    *,
    by: date | None = None,
    chance: float | None = None,
    futures: Futures | None = None,
) -> list[Need]:
    """Return what each branch needs of a lever, by its name; raise `NothingToShow` where no branch has a target."""
    segment = lever.rpartition(".")[0]
    names = branches(view, segment)
    if not names:
        raise NothingToShow("solve_no_target")
    known = realism.records(view, runs.horizon(view, until=by))
    needs = []
    for name in names:
        try:
            answer = seek.solve(view, scenario, lever, by=by, chance=chance, futures=futures, branch=name)
        except NothingToShow as error:
            if error.code in {"solve_lever", "solve_no_draws", "segment_unknown"}:  # the same for every branch
                raise
            needs.append(Need(branch=name, answer=None, refusal=error))
            continue
        needs.append(Need(branch=name, answer=answer, record=_record(view, known, answer, name)))
    return needs


def _record(view: View, known: realism.Records, answer: Solution, branch: str) -> dict[str, Any] | None:
    if not answer.value or len(answer.segments) != 1:
        return None
    run = runs.flows(view, answer.scenario, runs.horizon(view, until=answer.by))
    return realism.of_segments(view, known, answer.scenario, run, answer.segments, answer.name, branch)[0]


def when(
    view: View, scenario: Scenario, *, segment: str, by: date | None = None, futures: Futures | None = None
) -> Iterator[tuple[str, Arrival]]:
    """Yield each branch with the month in which a scenario brings it to its own target."""
    names = branches(view, segment)
    if not names:
        raise NothingToShow("solve_no_target")
    for name in names:
        yield name, arrivals.when(view, scenario, segment=segment, by=by, futures=futures, branch=name)


def hardest(needs: list[Need]) -> Need | None:
    """Return the branch that needs most of the lever, of those that reach their target at all and need any."""
    wanted = [need for need in needs if need.answer is not None and need.answer.value]
    return max(wanted, key=lambda need: abs(need.answer.value or 0) if need.answer else 0, default=None)


def row(need: Need) -> dict[str, Any]:
    """Return a need as a row of the table that people read."""
    names = ("value", "unit", "reached_month", "covered", "target", "chance")
    record = need.record or {}
    return (
        {"branch": need.branch}
        | {name: getattr(need.answer, name, None) for name in names}
        | {name: record.get(name) for name in ("branches", "never")}
    )
