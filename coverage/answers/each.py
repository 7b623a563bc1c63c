"""What does each branch need, so that every one of them reaches its own target?

Model, section 8. A sum may be reached while a branch is far from its own: what one has too many of fills the sum, and
nobody else's gap. So each branch is asked by itself, with its own lever and its own month; whether any branch ever did
as much says how hard that is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from coverage.answers import arrivals, goals, realism, seek, trials
from coverage.answers.arrivals import Arrival
from coverage.answers.seek import Question, Solution
from coverage.base.errors import NothingToShow
from coverage.base.tables import branch_key
from coverage.model import runs
from coverage.model.chance import on_ground
from coverage.model.levers import Levers
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


def targeted_branches(view: View, segment: str) -> list[str]:
    """Return the branches that have a target for a segment, or for any of them."""
    inside = np.isfinite(view.target)
    if segment != goals.TOTAL:
        inside &= (view.series["segment"] == segment).to_numpy()
    return [str(name) for name in view.series.filter(pl.Series(inside))["branch"].unique().sort().to_list()]


def needs_of_branches(
    view: View,
    scenario: Scenario,
    lever: str,
    *,
    by: date | None = None,
    chance: float | None = None,
    futures: Futures | None = None,
) -> list[Need]:
    """Return what each branch needs of a lever, by its name; raise `NothingToShow` where no branch has a target.

    All are looked for at once, in runs of all branches together (`trials`); each finds what `seek.solve` finds of it.
    """
    segment = lever.rpartition(".")[0]
    names = targeted_branches(view, segment)
    if not names:
        raise NothingToShow("solve_no_target")
    known = realism.records(view, runs.horizon(view, until=by))
    here, drawn = on_ground(view, scenario, futures)
    plan = runs.plan(here, scenario)
    questions: dict[str, Question] = {}
    refusals: dict[str, NothingToShow] = {}
    for name in names:
        try:
            questions[name] = seek.ask(here, scenario, lever, plan, by=by, chance=chance, futures=drawn, branch=name)
        except NothingToShow as error:
            if error.code in {"solve_lever", "segment_unknown"} or (drawn is None and error.code == "solve_no_draws"):
                raise  # the same for every branch
            refusals[name] = error
    searches = [seek.solving(question) for question in questions.values()]
    answers = trials.answer_together(searches, [question.problem for question in questions.values()])
    by_branch = dict(zip(questions, answers, strict=True))
    records = _records(view, known, scenario, by_branch)
    return [
        Need(branch=name, answer=by_branch.get(name), record=records.get(name), refusal=refusals.get(name))
        for name in names
    ]


def _records(
    view: View, known: realism.Records, scenario: Scenario, answers: Mapping[str, Solution]
) -> dict[str, dict[str, Any]]:
    """Return who ever did as much as each branch needs; of none that needs nothing, or several segments.

    One run has what all of them need that are asked for the same month: no branch acts upon another.
    """
    results: dict[str, dict[str, Any]] = {}
    wanted = {branch: answer for branch, answer in answers.items() if answer.value and len(answer.segments) == 1}
    for due in sorted({answer.by for answer in wanted.values()}):
        mine = {branch: answer for branch, answer in wanted.items() if answer.by == due}
        levers: dict[str, dict[str, Levers]] = {}
        programmes = list(scenario.programme)
        for branch, answer in mine.items():
            (segment,) = answer.segments
            programmes += answer.scenario.programme[len(scenario.programme) :]
            own = answer.scenario.branch_levers
            levers.setdefault(segment, {}).update(
                {
                    name: branch_levers
                    for (of, name), branch_levers in own.items()
                    if of == segment and branch_key(name) == branch_key(branch)
                }
            )
        together = scenario
        for segment, of_branches in levers.items():
            together = together.with_branches(segment, of_branches)
        together = together.model_copy(update={"programme": tuple(programmes)})
        run = runs.flows(view, together, runs.horizon(view, until=due))
        of = {branch: answer.segments[0] for branch, answer in mine.items()}
        results |= realism.of_branches(view, known, together, run, of, next(iter(mine.values())).name)
    return results


def arrivals_of_branches(
    view: View, scenario: Scenario, *, segment: str, by: date | None = None, futures: Futures | None = None
) -> Iterator[tuple[str, Arrival]]:
    """Yield each branch with the month in which a scenario brings it to its own target."""
    names = targeted_branches(view, segment)
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
