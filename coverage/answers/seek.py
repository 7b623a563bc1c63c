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

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from math import ceil

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coverage.answers import goals, lever_values, line_search
from coverage.base import months
from coverage.base.errors import NothingToShow
from coverage.model import projection, runs
from coverage.model.chance import on_ground
from coverage.model.equations.month import flow_moved_by
from coverage.model.levers import ACTS, Programme
from coverage.model.plan import Plan
from coverage.model.projection import Futures, Start
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
    view, futures = on_ground(view, scenario, futures)
    segment, name = lever_values.named(view, lever)
    goal = goals.find(view, segment, by, growth=runs.plan(view, scenario)["eligible_growth"], branch=branch)
    futures = goals.tellable(goal, futures)
    if chance is not None and futures is None:
        raise NothingToShow("solve_no_draws")
    span = lever_values.span_of(scenario, segment, name, view)
    sharing = lever_values.sharing_of(view, segment, name, branch)
    problem = _problem(view, scenario, sharing, name, goal, chance, futures)
    result = line_search.first_value(problem.trial, span)
    tried = span.limit if result is None else result
    path = problem.paths(np.array([tried]))[:, 0]
    drawn = problem.drawn_paths(tried) if futures is not None else None
    usual = _usual(view, goal, name)
    every = None if usual is None else float(usual @ goal.member[0])
    a_month, without = (_a_month(problem, name, value, usual) for value in (tried, 0.0))
    return Solution(
        lever=f"{segment}.{name}",
        segment=segment,
        name=name,
        value=result,
        unit=lever_values.unit_of(name),
        by=goal.by,
        reached_month=None if result is None else _first_month(view, goal, path, drawn, chance),
        covered=float(path[goal.ahead]),
        target=goal.target,
        chance=None if drawn is None else float(line_search.at(drawn[goal.ahead], goal.target).mean()),
        required=chance,
        reachable=result is not None,
        limit=span.limit,
        at_limit=float(path[goal.ahead] if result is None else problem.paths(np.array([span.limit]))[goal.ahead, 0]),
        measure=goal.measure,
        a_month=a_month,
        usual=every,
        added=a_month - without if name == "extra" and a_month is not None and without is not None else None,
        short=goals.missing(problem.start, problem.plan_of(np.array([tried])), goal, goal.ahead),
        scenario=scenario
        if result is None
        else lever_values.with_value(view, scenario, sharing, name, goal.ahead, result),
        segments=tuple(sharing.segments),
        shared=tuple(sharing.parts(result).items()) if result and sharing.weights is not None else (),
        basis=sharing.basis,
    )


_FLOWS = {name: flow for name in ACTS if (flow := flow_moved_by(name)) is not None}


def _a_month(problem: _Problem, name: str, value: float, usual: Array | None) -> float | None:
    """Return the people a month whom a lever asks for, from the month on in which it holds in full.

    A relative lever asks for its part of the usual (a branch's own lever for that branch's), whatever the other levers
    do, and whether or not there is room for as many; extra registrations come on top of all others, so the run tells.
    Funded workers are no flow. Those who have no target are not counted, as nowhere where all are summed.
    """
    if usual is None:
        return None
    plan, member = problem.plan_of(np.array([value])), problem.goal.member[0]
    if lever_values.unit_of(name) == "change":
        lever = np.broadcast_to(_column(plan[name]), (len(usual), 1))[:, 0]
        return float((usual * np.maximum(1 + lever, 0)) @ member)
    run = projection.run(problem.start, plan, problem.goal.ahead)
    return float((run.new[1:, :, 0] @ member).mean())


def _column(values: Array) -> Array:
    return values if values.ndim == 2 else values[:, None]


def _usual(view: View, goal: goals.Goal, name: str) -> Array | None:
    """Return the people of each series a month without new steps (inside,); nothing where a lever moves no flow."""
    if name not in _FLOWS:
        return None
    flow: Array = getattr(view.baseline, _FLOWS[name])[1 : goal.ahead + 1, goal.inside, 0].mean(axis=0)
    return flow


@dataclass(frozen=True, kw_only=True)
class _Problem:
    """The series asked about, and what a value of the lever makes of their plan."""

    goal: goals.Goal
    start: Start
    plan_of: Callable[[Array], Plan]  # values -> a plan with a column for each
    futures: Futures | None
    needed: int | None  # so many draws have to be at the target

    def paths(self, values: Array) -> Array:
        """Return what is achieved without futures (months + 1, values)."""
        return goals.achieved(self.start, self.plan_of(values), self.goal, self.goal.ahead)

    @property
    def trial(self) -> line_search.Trial:
        return line_search.Trial(
            target=self.goal.target,
            several=lambda values: self.paths(values)[self.goal.ahead],
            sure=None if self.needed is None else partial(self.sure, self.needed),
        )

    def drawn_paths(self, value: float) -> Array:
        """Return what is achieved in each draw (months + 1, draws)."""
        return goals.achieved(
            self.start, _thin(self.plan_of(np.array([value]))), self.goal, self.goal.ahead, self.futures
        )

    def sure(self, needed: int, value: float) -> float:
        """Return what as many draws as are needed achieve at least."""
        figures = np.sort(self.drawn_paths(value)[self.goal.ahead])[::-1]
        return float(figures[needed - 1])


def _problem(
    view: View,
    scenario: Scenario,
    sharing: lever_values.Sharing,
    name: str,
    goal: goals.Goal,
    chance: float | None,
    futures: Futures | None,
) -> _Problem:
    needed = None
    if chance is not None and futures is not None:
        count = futures.draws
        needed = min(max(ceil(round(chance * count, 9)), 1), count)
    still = scenario
    if name != "workers":
        still = lever_values.with_lever(scenario, name, dict.fromkeys(sharing.segments, 0.0), sharing.branch)
    start, base, shaken = goals.cut_out(view.start, runs.plan(view, still), futures, goal.inside)
    if _FLOWS.get(name) == "new" and base.path is not None:
        names = view.series["segment"].cast(pl.String).gather(goal.inside).to_numpy()
        known = np.isfinite(base.path[1])
        ruled = [segment for segment in sharing.segments if known[names == segment].all()]
        if ruled:
            raise NothingToShow("solve_ruled", found=", ".join(f"{segment}.{name}" for segment in ruled))
    if name == "workers":
        several = len(sharing.segments) > 1
        added = [
            lever_values.new_programme(view, scenario, segment, goal.ahead, several=several, branch=sharing.branch)
            for segment in sharing.segments
        ]
        plan_of = partial(_funding, view, added, sharing, base, goal.inside)
    else:
        # A lever's effect on the plan is proportional to its value, whatever branches share it or have their own.
        ones = lever_values.with_lever(scenario, name, dict.fromkeys(sharing.segments, 1.0), sharing.branch)
        unit = runs.plan(view, ones)[name][goal.inside] - base[name]
        # Series of other segments have a unit of 0, so that it does not matter whose part they are given.
        at = {segment: place for place, segment in enumerate(sharing.segments)}
        place = np.array([at.get(segment, 0) for segment in view.series["segment"].cast(pl.String).gather(goal.inside)])
        plan_of = partial(_moved, base, name, unit, lambda values: sharing.of(values)[place])
    return _Problem(goal=goal, start=start, plan_of=plan_of, futures=shaken, needed=needed)


def _moved(base: Plan, name: str, unit: Array, parts_of: Callable[[Array], Array], values: Array) -> Plan:
    """Move a lever of each series by its segment's part (series, values) of the values."""
    moved = base[name][:, None] + unit[:, None] * parts_of(values)
    return base.moved(**{name: moved})


def _funding(
    view: View,
    added: Sequence[Programme],
    sharing: lever_values.Sharing,
    base: Plan,
    inside: NDArray[np.intp],
    values: Array,
) -> Plan:
    """Let one more programme of each segment enrol its part, shared over the branches as the scenario would."""
    enrolments = list(base.enrolments)
    for programme, parts in zip(added, sharing.of(values), strict=True):
        several = tuple(programme.model_copy(update={"workers": int(part)}) for part in parts)
        tried = runs.plan(view, Scenario().model_copy(update={"programme": several})).enrolments[: len(several)]
        workers = np.concatenate([enrolment.workers for enrolment in tried], axis=1)[inside]
        enrolments.append(replace(tried[0], workers=workers))
    return replace(base, enrolments=tuple(enrolments))


def _thin(plan: Plan) -> Plan:
    """Return a plan of one column as one that is the same in every draw: the kernel runs those in parts."""
    return plan.moved(**{name: values[:, 0] for name, values in plan.levers.items() if values.ndim == 2})


def _first_month(view: View, goal: goals.Goal, path: Array, drawn: Array | None, chance: float | None) -> date | None:
    if chance is not None and drawn is not None:
        shares = line_search.at(drawn, goal.target).mean(axis=1)
        place = line_search.first(shares, chance)
    else:
        place = line_search.first(path, goal.target)
    return None if place is None else months.add(view.as_of, place)
