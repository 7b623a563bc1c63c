"""What would it take: which is the smallest value of one lever that reaches the target by its month?

Model, section 8. Candidate values are tried side by side as draws of one run of the projection, so that what is found
is what the projection itself says, never a shortcut of it. More of a lever may leave fewer covered (the projection's
tests name the cases: who is funded takes the place of who would have stayed), so the whole span of a lever is looked
at before the first stretch that crosses the target is narrowed.

What exact means. `extra` and `workers` are whole people: with the value the target is reached, with one fewer it is
missed. `new`, `lapse` and `back` are multiples of a power of ten that is worth less than one worker in the target's
month: with the value the target is reached, one step before it is missed, and so nobody beyond the last one that was
needed is asked for. The span is looked at in some fifty places first: a stretch narrower than that, in which the
target is reached and lost again, is not seen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from math import ceil

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coverage.answers import goals, lever_values, line_search, trials
from coverage.answers.line_search import Ask, Search
from coverage.answers.trials import LeverProblem
from coverage.base import months
from coverage.base.errors import NothingToShow
from coverage.model import runs, scenarios
from coverage.model.chance import on_ground
from coverage.model.equations.month import flow_moved_by
from coverage.model.levers import ACTS, Programme
from coverage.model.plan import Enrolment, Plan
from coverage.model.projection import Futures
from coverage.model.scenarios import Scenario
from coverage.model.view import View

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Solution:
    """The smallest value of a lever that reaches the target, and what comes of it.

    `value` is None where the target is out of reach; `covered` and `chance` are then those at the lever's `limit`, and
    `scenario` is the start. `covered` is the projection without futures in the month asked for, registrations of the
    target's year where the target counts those (`measure`); `at_limit` the same at the lever's declared limit.
    `chance` is a share of the drawn futures, None without draws. `reached_month` is the first month at the target
    (with a required chance: the first in which the chance is as high as that). `a_month` are the people a month
    whom the lever asks for: registrations, lapses, returns; `usual` those of the baseline, on average of the months.
    `added` is what extra registrations add to those a month: less than their value where not all can come or count.
    `short` are those who are still missing then, branch by branch and segment by segment.
    """

    lever: str
    segment: str
    name: str
    value: float | None
    unit: str
    by: date
    reached_month: date | None
    covered: float
    target: float
    chance: float | None
    required: float | None
    reachable: bool
    limit: float
    at_limit: float
    measure: str
    a_month: float | None
    usual: float | None
    added: float | None
    short: float
    scenario: Scenario
    segments: tuple[str, ...]  # those that the lever is set for
    shared: tuple[tuple[str, float], ...] = ()  # of the total's people: so many for each segment
    onto: str = "baseline"  # what all else is as: without new steps (baseline), or as the scenario has it (scenario)
    basis: str = "uncovered"  # what they are shared in proportion to: uncovered | active


def solve(
    view: View,
    scenario: Scenario,
    lever: str,
    *,
    by: date | None = None,
    chance: float | None = None,
    futures: Futures | None = None,
    branch: str | None = None,
) -> Solution:
    """Return the smallest value of a lever (`informal.new`, `total.lapse`) with which the target is reached by a month.

    Everything else stays as the scenario has it. What the scenario says of this lever is replaced: the search begins
    where the lever asks for nothing, at 0, or at the scenario's own value where that is worse than nothing (fewer
    registrations, more lapses), and the value found is the one nearest to that. A branch's own lever stays. `workers`
    are those of one more programme that begins next month and is still paid in the month asked for; its terms
    are those of the scenario's first programme of the segment, else the settings'.

    People of all segments together (`total.extra`, `total.workers`) are shared among the segments that have a target,
    as the projection shares a segment's among its branches (model, section 5): in proportion to the uncovered, to the
    active where the eligible of any series is unknown; whole people, by largest remainder.

    Parts that are due in different months count each in its own (`own_months`), unless `by` names one for all. Of one
    `branch` its own target is looked at, and its own lever is set: what it needs by itself.

    `by` is the target's month unless another is named; `chance` (0 to 1) the share of the draws of `futures` that have
    to be at the target then. Raises `NothingToShow` where nothing can be asked: an unknown lever or segment, no
    target, a month that has passed, no draws, or a rule that sets the registrations whatever the lever says.
    """

    def solved() -> Solution:
        grounded, drawn = on_ground(view, scenario, futures)
        plan = runs.plan(grounded, scenario)
        question = ask(grounded, scenario, lever, plan, by=by, chance=chance, futures=drawn, branch=branch)
        return trials.answered(solving(question), question.problem)

    if futures is not None:
        return solved()
    return view.once(("solve", scenario.model_dump_json(), lever, by, chance, branch), solved)


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked of a lever: of which series, with which values, and in how many draws.

    The view is that on whose ground the scenario's running programmes run.
    """

    view: View
    scenario: Scenario
    segment: str
    name: str
    chance: float | None
    span: line_search.Span
    sharing: lever_values.Sharing
    problem: LeverProblem

    @property
    def goal(self) -> goals.Goal:
        """What has to be reached."""
        return self.problem.goal


def ask(
    view: View,
    scenario: Scenario,
    lever: str,
    plan: Plan,
    *,
    by: date | None,
    chance: float | None,
    futures: Futures | None,
    branch: str | None,
) -> Question:
    """Return what `solve` has to find; `plan` is that of the scenario, the same for every branch."""
    segment, name = lever_values.parse_lever(view, lever)
    goal = goals.find(view, segment, by, growth=plan["eligible_growth"], branch=branch)
    futures = goals.tellable(goal, futures)
    if chance is not None and futures is None:
        raise NothingToShow("solve_no_draws")
    sharing = lever_values.sharing_of(view, segment, name, branch)
    return Question(
        view=view,
        scenario=scenario,
        segment=segment,
        name=name,
        chance=chance,
        span=lever_values.span_of(scenario, segment, name, view),
        sharing=sharing,
        problem=_problem(view, scenario, plan, sharing, name, goal, chance, futures),
    )


def solving(question: Question) -> Search[Solution]:
    """Search the value that is asked for, and see what comes of it."""
    view, scenario, name, goal = question.view, question.scenario, question.name, question.goal
    span, sharing, chance, problem = question.span, question.sharing, question.chance, question.problem
    result = yield from line_search.first_value(goal.target, span, drawn=problem.needed is not None)
    tried = np.array([span.limit if result is None else result])
    path = yield Ask(kind="path", values=tried)
    drawn = None if problem.futures is None else (yield Ask(kind="drawn", values=tried))
    covered, new = yield Ask(kind="run", values=tried)
    limit = path if result is None else (yield Ask(kind="path", values=np.array([span.limit])))
    usual = _usual(view, goal, name)
    a_month, added = None, None
    if usual is not None and lever_values.unit_of(name) == "change":
        a_month = _asked_a_month(problem, tried, usual)
    elif usual is not None:
        _, without = yield Ask(kind="run", values=np.zeros(1))
        a_month = _came_a_month(goal, new)
        added = a_month - _came_a_month(goal, without)
    return Solution(
        lever=f"{question.segment}.{name}",
        segment=question.segment,
        name=name,
        value=result,
        unit=lever_values.unit_of(name),
        by=goal.by,
        reached_month=None if result is None else _first_month(view, goal, path, drawn, chance),
        covered=float(path[goal.ahead]),
        target=goal.target,
        chance=None if drawn is None else float(line_search.at_target(drawn[goal.ahead], goal.target).mean()),
        required=chance,
        reachable=result is not None,
        limit=span.limit,
        at_limit=float(limit[goal.ahead]),
        measure=goal.measure,
        a_month=a_month,
        usual=None if usual is None else float(usual @ goal.member[0]),
        added=added if name == "extra" else None,
        short=goals.missing_of(goal, covered, new),
        scenario=scenario
        if result is None
        else lever_values.with_value(view, scenario, sharing, name, goal.ahead, result),
        segments=tuple(sharing.segments),
        shared=tuple(sharing.parts(result).items()) if result and sharing.weights is not None else (),
        onto="scenario" if scenarios.simplified(scenario).keys() & set(_ACTING) else "baseline",
        basis=sharing.basis,
    )


_ACTING = ("levers", "rule", "programme")
"""What a scenario changes something with."""
_FLOWS = {name: flow for name in ACTS if (flow := flow_moved_by(name)) is not None}


def _asked_a_month(problem: LeverProblem, value: Array, usual: Array) -> float:
    """Return the people a month whom a relative lever asks for, from the month on in which it holds in full: its part
    of the usual (a branch's own lever for that branch's), whatever the other levers do, and whether or not there is
    room for as many. Those who have no target are not counted, as nowhere where all are summed.
    """
    (lever,) = problem.moved(value)
    return float((usual * np.maximum(1 + lever[:, 0], 0)) @ problem.goal.member[0])


def _came_a_month(goal: goals.Goal, new: Array) -> float:
    """Return the registrations a month of a run: extra ones come on top of all others, so the run tells."""
    return float((new[1:] @ goal.member[0]).mean())


def _usual(view: View, goal: goals.Goal, name: str) -> Array | None:
    """Return the people of each series a month without new steps (inside,); nothing where a lever moves no flow:
    funded workers are none."""
    if name not in _FLOWS:
        return None
    flow: Array = getattr(view.baseline, _FLOWS[name])[1 : goal.ahead + 1, goal.inside, 0].mean(axis=0)
    return flow


def _problem(
    view: View,
    scenario: Scenario,
    plan: Plan,
    sharing: lever_values.Sharing,
    name: str,
    goal: goals.Goal,
    chance: float | None,
    futures: Futures | None,
) -> LeverProblem:
    needed = None
    if chance is not None and futures is not None:
        count = futures.draws
        needed = min(max(ceil(round(chance * count, 9)), 1), count)
    names = view.series["segment"].cast(pl.String).to_numpy()[goal.inside]
    if _FLOWS.get(name) == "new" and plan.path is not None:
        known = np.isfinite(plan.path[1, goal.inside])
        ruled = [segment for segment in sharing.segments if known[names == segment].all()]
        if ruled:
            raise NothingToShow("solve_ruled", found=", ".join(f"{segment}.{name}" for segment in ruled))
    usual = np.zeros(len(goal.inside))
    added: tuple[Enrolment, ...] = ()
    if name == "workers":
        added, moved = _funding(view, scenario, sharing, goal, names)
    else:
        usual, unit = _lever(view, scenario, plan, sharing, name, goal, names)
        # Series of other segments have a unit of 0, so that it does not matter whose part they are given.
        at = {segment: place for place, segment in enumerate(sharing.segments)}
        moved = partial(_moved, usual, unit, sharing, np.array([at.get(segment, 0) for segment in names]))
    return LeverProblem(
        goal=goal,
        start=view.start,
        plan=plan,
        futures=futures,
        name=name,
        usual=usual,
        moved=moved,
        added=added,
        needed=needed,
    )


def _lever(
    view: View,
    scenario: Scenario,
    plan: Plan,
    sharing: lever_values.Sharing,
    name: str,
    goal: goals.Goal,
    names: NDArray[np.str_],
) -> tuple[Array, Array]:
    """Return the lever of each series where nothing is asked of it, and what one more of it is there (inside,).

    Its effect on the plan is proportional to its value, whatever branches share it. A branch's own is its own: it
    stands in the place of the segment's, and nobody shares it.
    """
    if sharing.branch is not None:
        own = np.isin(names, sharing.segments)
        return np.where(own, 0.0, plan[name][goal.inside]), own.astype(np.float64)
    still, ones = (
        runs.plan(view, lever_values.with_lever(scenario, name, dict.fromkeys(sharing.segments, value)))[name]
        for value in (0.0, 1.0)
    )
    return still[goal.inside], (ones - still)[goal.inside]


def _moved(
    usual: Array, unit: Array, sharing: lever_values.Sharing, place: NDArray[np.intp], values: Array
) -> list[Array]:
    """Move a lever of each series by its segment's part (inside, values) of the values."""
    return [usual[:, None] + unit[:, None] * sharing.of(values)[place]]


def _funding(
    view: View, scenario: Scenario, sharing: lever_values.Sharing, goal: goals.Goal, names: NDArray[np.str_]
) -> tuple[tuple[Enrolment, ...], Callable[[Array], list[Array]]]:
    """Return one more programme of each segment, and the workers whom it enrols of values, by series."""
    several = len(sharing.segments) > 1
    programmes = [
        lever_values.new_programme(view, scenario, segment, goal.ahead, several=several, branch=sharing.branch)
        for segment in sharing.segments
    ]
    nobody = np.zeros((len(goal.inside), 1))
    added = tuple(
        Enrolment(
            starts=(starts := months.between(view.as_of, months.at(programme.starts, view.as_of))),
            ends=starts + programme.months,
            workers=nobody,
            stay=programme.stay,
            weight=programme.weight,
        )
        for programme in programmes
    )

    def workers(values: Array) -> list[Array]:
        return [
            _workers(view, programme, goal, names, parts)
            for programme, parts in zip(programmes, sharing.of(values), strict=True)
        ]

    return added, workers


def _workers(view: View, programme: Programme, goal: goals.Goal, names: NDArray[np.str_], parts: Array) -> Array:
    """Return whom a programme of so many workers enrols, shared over the branches as the scenario would
    (inside, values)."""
    own = names == programme.segment
    if programme.branches is not None and own.sum() == 1:  # a branch's only series has all of them
        return np.where(own[:, None], np.floor(parts)[None, :], 0.0)
    several = tuple(programme.model_copy(update={"workers": int(part)}) for part in parts)
    tried = runs.plan(view, Scenario().model_copy(update={"programme": several})).enrolments[: len(several)]
    return np.concatenate([enrolment.workers for enrolment in tried], axis=1)[goal.inside]


def _first_month(view: View, goal: goals.Goal, path: Array, drawn: Array | None, chance: float | None) -> date | None:
    if chance is not None and drawn is not None:
        shares = line_search.at_target(drawn, goal.target).mean(axis=1)
        place = line_search.first(shares, chance)
    else:
        place = line_search.first(path, goal.target)
    return None if place is None else months.add(view.as_of, place)
