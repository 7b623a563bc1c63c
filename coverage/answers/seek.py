"""What would it take: the smallest value of one lever that reaches the target by its month, and when it is reached.

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

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from math import ceil

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coverage.answers import line_search
from coverage.base import months
from coverage.base.errors import NothingToShow
from coverage.base.tables import SEGMENTS, branch_key
from coverage.model import moving_targets, own_months, projection, runs, scenarios
from coverage.model import view as views
from coverage.model.chance import on_ground
from coverage.model.equations.month import flow_moved_by
from coverage.model.levers import ACTS, LESS, Levers, Programme, extra_of
from coverage.model.plan import Plan
from coverage.model.projection import Futures, Start
from coverage.model.scenarios import Scenario
from coverage.model.shares import room_weights, share_out
from coverage.model.view import View

Array = NDArray[np.float64]

RATES = tuple(name for name in ACTS if extra_of(Levers.model_fields[name], "unit") in {"change", "share"})
PEOPLE = (*(name for name in ACTS if name not in RATES), "workers")
NAMES = (*RATES, *PEOPLE)
"""The levers that can be solved for: those of a segment, and the workers of a funded programme."""
TOTAL = "total"
"""All segments together: `total.new` is the same change in each of them, `total.extra` and `total.workers` are people
who are shared among them."""
_COARSE = 0.01
_LONGEST = 600


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


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """When a scenario reaches the target: without futures, and by when a tenth, half and nine tenths of the drawn
    futures have; None is never within `longest` months. `chance` is that of being there in the month `by`; `lost` is
    the first month after the arrival, up to that one, in which the target is missed again, with who is covered in `by`.
    `short` are those who are still missing in the month of arrival, branch by branch and segment by segment.
    """

    segment: str
    by: date
    month: date | None
    covered: float  # in that month, or after `longest` months where it never arrives
    target: float
    measure: str
    longest: int
    drawn: bool
    p10: date | None
    p50: date | None
    p90: date | None
    chance: float | None
    short: float = 0.0
    lost: date | None = None
    covered_by: float | None = None


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
    segment, name = _named(view, lever)
    goal = _goal(view, segment, by, growth=runs.plan(view, scenario)["eligible_growth"], branch=branch)
    futures = _tellable(goal, futures)
    if chance is not None and futures is None:
        raise NothingToShow("solve_no_draws")
    span = _span(scenario, segment, name, view)
    sharing = _sharing(view, segment, name, branch)
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
        unit=_unit(name),
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
        short=_short(problem.start, problem.plan_of(np.array([tried])), goal, goal.ahead),
        scenario=scenario if result is None else _with_value(view, scenario, sharing, name, goal.ahead, result),
        segments=tuple(sharing.segments),
        shared=tuple(sharing.parts(result).items()) if result and sharing.weights is not None else (),
        basis=sharing.basis,
    )


def when(
    view: View,
    scenario: Scenario,
    *,
    segment: str = TOTAL,
    by: date | None = None,
    futures: Futures | None = None,
    branch: str | None = None,
) -> Arrival:
    """Return the first month in which a scenario is at the target; `total` is all segments in view together.

    Looks `eta_months` ahead (a setting). The chance is that of the target's month, or of `by`. Raises
    `NothingToShow` where there is no target.
    """
    view, futures = on_ground(view, scenario, futures)
    growth = runs.plan(view, scenario)["eligible_growth"]
    goal = _goal(view, _segment(view, segment), by, past=by is None, growth=growth, branch=branch)
    futures = _tellable(goal, futures)
    longest = max(view.settings.whole("eta_months"), goal.ahead)
    start, plan, shaken = _some(view.start, runs.plan(view, scenario), futures, goal.inside)
    path = _achieved(start, plan, goal, longest)[:, 0]
    place = line_search.first(path, goal.target)
    early: list[date | None] = [None] * 3
    sure = None
    if shaken is not None:
        drawn = _achieved(start, plan, goal, longest, shaken)
        reached = line_search.at(drawn, goal.target)
        arrives = np.sort(np.where(reached.any(axis=0), reached.argmax(axis=0), longest + 1))
        for index, share in enumerate((0.1, 0.5, 0.9)):
            then = int(arrives[ceil(round(share * len(arrives), 9)) - 1])
            early[index] = months.add(view.as_of, then) if then <= longest else None
        sure = float(reached[goal.ahead].mean()) if goal.ahead >= 0 else None
    return Arrival(
        segment=segment,
        by=goal.by,
        month=None if place is None else months.add(view.as_of, place),
        covered=float(path[longest if place is None else place]),
        target=goal.target,
        measure=goal.measure,
        longest=longest,
        drawn=shaken is not None,
        p10=early[0],
        p50=early[1],
        p90=early[2],
        chance=sure,
        short=0.0 if place is None else _short(start, plan, goal, place),
        lost=_lost(view, path[: goal.ahead + 1], goal.target, place),
        covered_by=float(path[goal.ahead]) if goal.ahead >= 0 else None,
    )


def _lost(view: View, path: Array, target: float, arrival: int | None) -> date | None:
    """Return the first month after the arrival in which the target is missed, if it still is at the end of the path."""
    if arrival is None or arrival >= len(path) or line_search.at(path, target)[-1]:
        return None
    return months.add(view.as_of, arrival + int(np.argmin(line_search.at(path[arrival:], target))))


def targeted(view: View) -> list[str]:
    """Return the segments in view that have a target, in their order."""
    present = set(view.series.filter(pl.Series(np.isfinite(view.target)))["segment"].cast(pl.String).to_list())
    return [segment for segment in SEGMENTS if segment in present]


def due(view: View, segment: str) -> date:
    """Return the latest month of a segment's targets; raise `NothingToShow` where it has none."""
    return _goal(view, _segment(view, segment), None, past=True).by


@dataclass(frozen=True, kw_only=True)
class _Goal:
    """What has to be reached: by which series of the view, how much, how many months ahead."""

    inside: NDArray[np.intp]  # the series asked about
    member: Array  # (1, inside): 1 for those that count towards the target
    target: float
    by: date
    ahead: int
    measure: str
    first: NDArray[np.intp]  # (inside,): registrations count from this month on, each target's January, for a year
    had: Array  # (inside,): and so many have been
    aims: Array  # (inside,): each one's own target, NaN for none
    ends: (
        NDArray[np.intp] | None
    )  # (inside,): the months to each one's own, where they differ and no other is asked for

    def counts(self, horizon: int) -> NDArray[np.bool_]:
        """Say in which months registrations count, each in its own target's year (months + 1, inside)."""
        t = np.arange(horizon + 1)[:, None]
        result = (t >= np.maximum(self.first, 1)) & (t < self.first + 12)
        return result if self.ends is None else result & (t <= self.ends)


def _goal(
    view: View,
    segment: str,
    by: date | None,
    *,
    past: bool = False,
    growth: Array | None = None,
    branch: str | None = None,
) -> _Goal:
    """Find the target; as in `gaps`, only series that have one count. `past`: its month may be over.

    A share of the eligible is one of those that `growth` leads to (series,).
    """
    inside = np.flatnonzero(((view.series["segment"] == segment).to_numpy() | (segment == TOTAL)) & _are(view, branch))
    target = view.target if growth is None else moving_targets.aimed_at(view, growth)
    counted = np.isfinite(target[inside])
    if not counted.any():
        raise NothingToShow("solve_no_target")
    left = int(np.nanmax(view.months_left[inside]))
    ahead = left if by is None else months.between(view.as_of, by)
    month = months.add(view.as_of, ahead)
    if not (past or ahead >= 1) or ahead > _LONGEST:
        raise NothingToShow("solve_month", found=months.code(month), allowed=_allowed(view, 1))
    first = np.nan_to_num(view.months_left - views.months_of_year(view) + 1).astype(np.intp)[inside]
    if view.measure == "registrations" and ahead < first[counted].max():
        raise NothingToShow("solve_month", found=months.code(month), allowed=_allowed(view, int(first[counted].max())))
    targeted = inside[counted]
    ends = np.where(counted, np.maximum(np.nan_to_num(view.months_left[inside]), 0), 0).astype(np.intp)
    several = by is None and len(np.unique(ends[counted])) > 1
    return _Goal(
        inside=inside,
        member=counted[None, :].astype(np.float64),
        target=float(target[targeted].sum()),
        by=month,
        ahead=ahead,
        measure=view.measure,
        first=first,
        had=view.registered[inside] if view.measure == "registrations" else np.zeros(len(inside)),
        aims=target[inside],
        ends=ends if several else None,
    )


def _are(view: View, branch: str | None) -> NDArray[np.bool_]:
    """Say which series are the branch's; all of them where none is named."""
    if branch is None:
        return np.ones(view.series.height, dtype=bool)
    wanted = branch_key(branch)
    return np.array([branch_key(str(name)) == wanted for name in view.series["branch"].to_list()], dtype=bool)


def _tellable(goal: _Goal, futures: Futures | None) -> Futures | None:
    """Return the futures; None where nobody is covered of those asked about."""
    return futures if futures is not None and futures.of(goal.inside).tells(goal.member)[0] else None


def _allowed(view: View, first: int) -> str:
    return f"{months.code(months.add(view.as_of, first))} … {months.code(months.add(view.as_of, _LONGEST))}"


def _segment(view: View, segment: str) -> str:
    present = view.series["segment"].unique().cast(pl.String).to_list()
    if segment != TOTAL and segment not in present:
        raise NothingToShow(
            "segment_unknown", found=segment, allowed=" | ".join(name for name in SEGMENTS if name in present)
        )
    return segment


def _named(view: View, lever: str) -> tuple[str, str]:
    """Read `informal.new`."""
    segment, _, name = lever.rpartition(".")
    if name not in NAMES or not segment:
        allowed = " | ".join(f"{part}.{name}" for part in ("informal", TOTAL) for name in NAMES)
        raise NothingToShow("solve_lever", found=lever, allowed=allowed)
    return _segment(view, segment), name


def _unit(name: str) -> str:
    return scenarios.unit_of(Programme.model_fields[name] if name == "workers" else Levers.model_fields[name])


def _span(scenario: Scenario, segment: str, name: str, view: View) -> line_search.Span:
    declared = (Programme if name == "workers" else Levers).model_fields[name].metadata
    bounds = {kind: getattr(bound, kind) for bound in declared for kind in ("ge", "le") if hasattr(bound, kind)}
    if name in PEOPLE:
        return line_search.Span(begin=0, limit=float(bounds["le"]), tick=1)
    own = [getattr(wide, name) for key, wide in scenario.levers.items() if str(key) in _segments(view, segment)]
    if name in LESS:
        return line_search.Span(begin=max([0.0, *own]), limit=float(bounds["ge"]), tick=_COARSE)
    return line_search.Span(begin=min([0.0, *own]), limit=float(bounds["le"]), tick=_COARSE)


def _segments(view: View, segment: str) -> list[str]:
    return view.series["segment"].unique().cast(pl.String).to_list() if segment == TOTAL else [segment]


@dataclass(frozen=True, kw_only=True)
class _Sharing:
    """Which segments a lever is set for, and in what proportion they share people (None: the same change in each)."""

    segments: list[str]
    branch: str | None = None  # whose own lever it is
    weights: Array | None = None  # (segments,)
    basis: str = "uncovered"

    def of(self, values: Array) -> Array:
        """Return what values of the lever are for each segment (segments, values)."""
        if self.weights is None:
            return np.tile(values, (len(self.segments), 1))
        return np.stack([share_out(int(value), self.weights) for value in values], axis=1).astype(np.float64)

    def parts(self, value: float) -> dict[str, float]:
        return dict(zip(self.segments, self.of(np.array([value]))[:, 0].tolist(), strict=True))


def _sharing(view: View, segment: str, name: str, branch: str | None = None) -> _Sharing:
    """Find who shares: a segment alone has all; a segment without a target gets none of the total's people."""
    if segment != TOTAL or name not in PEOPLE:
        return _Sharing(segments=_segments(view, segment), branch=branch)
    mine = pl.Series(_are(view, branch))
    aimed = view.series.filter(mine & pl.Series(np.isfinite(view.target)))["segment"].cast(pl.String).unique().to_list()
    segments = [name for name in SEGMENTS if name in aimed]
    rows = view.series.filter(mine & pl.col("segment").cast(pl.String).is_in(segments))
    eligible, active = (rows[column].cast(pl.Float64).fill_null(np.nan).to_numpy() for column in ("eligible", "active"))
    place = [segments.index(each_segment) for each_segment in rows["segment"].cast(pl.String)]
    return _Sharing(
        segments=segments,
        branch=branch,
        weights=np.bincount(place, room_weights(eligible, active)).astype(np.float64),
        basis="uncovered" if np.isfinite(eligible).all() else "active",
    )


def _with_value(view: View, scenario: Scenario, sharing: _Sharing, name: str, ahead: int, value: float) -> Scenario:
    """Put a value of the lever into a scenario; no workers are no programme."""
    parts = sharing.parts(value)
    if name == "workers":
        added = [
            _programme(view, scenario, segment, ahead, several=len(parts) > 1, branch=sharing.branch).model_copy(
                update={"workers": int(part)}
            )
            for segment, part in parts.items()
            if part
        ]
        return scenario.model_copy(update={"programme": (*scenario.programme, *added)})
    return _set(scenario, name, parts, sharing.branch)


def _set(scenario: Scenario, name: str, parts: Mapping[str, float], branch: str | None = None) -> Scenario:
    """Set a lever of some segments, or a branch's own in them."""
    for segment, part in parts.items():
        if branch is None:
            scenario = scenario.with_levers(segment, **{name: part})
            continue
        wide = next((levers for key, levers in scenario.levers.items() if key == segment), None)
        own = {key: levers.model_dump(exclude_unset=True) for key, levers in wide.branch.items()} if wide else {}
        known = next((key for key in own if branch_key(key) == branch_key(branch)), branch)
        scenario = scenario.with_levers(segment, branch=own | {known: own.get(known, {}) | {name: part}})
    return scenario


def _programme(
    view: View, scenario: Scenario, segment: str, ahead: int, *, several: bool, branch: str | None = None
) -> Programme:
    """Return the programme whose workers are asked for: paid from next month until after the target's month.

    `several`: there is one for each of some segments, so that its name tells which.
    """
    name = f"Target {months.code(months.add(view.as_of, ahead))}"
    terms: dict[str, object] = {
        "name": f"{name} ({segment})" if several else name,
        "segment": segment,
        "workers": 0,
        "starts": months.add(view.as_of, 1),
        "months": min(ahead, 240),
    } | ({} if branch is None else {"branches": (branch,)})
    like = next((programme for programme in scenario.programme if programme.segment == segment), None)
    if like is not None:
        return like.model_copy(update={key: value for key, value in terms.items() if key != "segment"})
    return Programme.model_validate(terms)


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
    if _unit(name) == "change":
        lever = np.broadcast_to(_column(plan[name]), (len(usual), 1))[:, 0]
        return float((usual * np.maximum(1 + lever, 0)) @ member)
    run = projection.run(problem.start, plan, problem.goal.ahead)
    return float((run.new[1:, :, 0] @ member).mean())


def _column(values: Array) -> Array:
    return values if values.ndim == 2 else values[:, None]


def _usual(view: View, goal: _Goal, name: str) -> Array | None:
    """Return the people of each series a month without new steps (inside,); nothing where a lever moves no flow."""
    if name not in _FLOWS:
        return None
    flow: Array = getattr(view.baseline, _FLOWS[name])[1 : goal.ahead + 1, goal.inside, 0].mean(axis=0)
    return flow


@dataclass(frozen=True, kw_only=True)
class _Problem:
    """The series asked about, and what a value of the lever makes of their plan."""

    goal: _Goal
    start: Start
    plan_of: Callable[[Array], Plan]  # values -> a plan with a column for each
    futures: Futures | None
    needed: int | None  # so many draws have to be at the target

    def paths(self, values: Array) -> Array:
        """Return what is achieved without futures (months + 1, values)."""
        return _achieved(self.start, self.plan_of(values), self.goal, self.goal.ahead)

    @property
    def trial(self) -> line_search.Trial:
        return line_search.Trial(
            target=self.goal.target,
            several=lambda values: self.paths(values)[self.goal.ahead],
            sure=None if self.needed is None else partial(self.sure, self.needed),
        )

    def drawn_paths(self, value: float) -> Array:
        """Return what is achieved in each draw (months + 1, draws)."""
        return _achieved(self.start, _thin(self.plan_of(np.array([value]))), self.goal, self.goal.ahead, self.futures)

    def sure(self, needed: int, value: float) -> float:
        """Return what as many draws as are needed achieve at least."""
        figures = np.sort(self.drawn_paths(value)[self.goal.ahead])[::-1]
        return float(figures[needed - 1])


def _problem(
    view: View,
    scenario: Scenario,
    sharing: _Sharing,
    name: str,
    goal: _Goal,
    chance: float | None,
    futures: Futures | None,
) -> _Problem:
    needed = None
    if chance is not None and futures is not None:
        count = futures.draws
        needed = min(max(ceil(round(chance * count, 9)), 1), count)
    still = scenario
    if name != "workers":
        still = _set(scenario, name, dict.fromkeys(sharing.segments, 0.0), sharing.branch)
    start, base, shaken = _some(view.start, runs.plan(view, still), futures, goal.inside)
    if _FLOWS.get(name) == "new" and base.path is not None:
        names = view.series["segment"].cast(pl.String).gather(goal.inside).to_numpy()
        known = np.isfinite(base.path[1])
        ruled = [segment for segment in sharing.segments if known[names == segment].all()]
        if ruled:
            raise NothingToShow("solve_ruled", found=", ".join(f"{segment}.{name}" for segment in ruled))
    if name == "workers":
        several = len(sharing.segments) > 1
        added = [
            _programme(view, scenario, segment, goal.ahead, several=several, branch=sharing.branch)
            for segment in sharing.segments
        ]
        plan_of = partial(_funding, view, added, sharing, base, goal.inside)
    else:
        # A lever's effect on the plan is proportional to its value, whatever branches share it or have their own.
        ones = _set(scenario, name, dict.fromkeys(sharing.segments, 1.0), sharing.branch)
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
    view: View, added: Sequence[Programme], sharing: _Sharing, base: Plan, inside: NDArray[np.intp], values: Array
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


def _some(
    start: Start, plan: Plan, futures: Futures | None, inside: NDArray[np.intp]
) -> tuple[Start, Plan, Futures | None]:
    """Cut out some series: those of other segments never act upon them."""
    return start.of(inside), plan.of(inside), None if futures is None else futures.of(inside)


def _achieved(start: Start, plan: Plan, goal: _Goal, horizon: int, futures: Futures | None = None) -> Array:
    """Return the covered who count, or the registrations of the target's year so far (months + 1, draws)."""
    if goal.measure != "registrations":
        if goal.ends is None:
            return projection.covered(start, plan, horizon, goal.member, futures)[:, 0]
        cut = own_months.parts(np.where(goal.member[0] > 0, 0, -1).astype(np.intp), goal.ends.astype(np.float64), 1)
        member = (cut.place[None, :] == np.arange(len(cut.owner))[:, None]).astype(np.float64)
        return cut.counted(projection.covered(start, plan, horizon, member, futures))[:, 0]
    weights = goal.counts(horizon) * goal.member[0]  # (months + 1, inside)
    new = np.einsum("ts,tsd->td", weights, projection.run(start, plan, horizon, futures).new)
    registered: Array = goal.member[0] @ goal.had + np.cumsum(new, axis=0)
    return registered


def _short(start: Start, plan: Plan, goal: _Goal, ahead: int) -> float:
    """Return who is missing then, each series by itself: a surplus of one fills no other's gap (model, section 4)."""
    run = projection.run(start, plan, ahead)
    when = np.full(len(goal.inside), ahead) if goal.ends is None else np.minimum(goal.ends, ahead)
    done = run.covered[when, np.arange(len(when)), 0]
    if goal.measure == "registrations":
        done = goal.had + np.where(goal.counts(ahead), run.new[:, :, 0], 0).sum(axis=0)
    return float(np.nansum(np.maximum(goal.aims - done, 0)))


def _first_month(view: View, goal: _Goal, path: Array, drawn: Array | None, chance: float | None) -> date | None:
    if chance is not None and drawn is not None:
        shares = line_search.at(drawn, goal.target).mean(axis=1)
        place = line_search.first(shares, chance)
    else:
        place = line_search.first(path, goal.target)
    return None if place is None else months.add(view.as_of, place)
