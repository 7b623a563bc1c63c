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

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import cache, partial
from math import ceil, floor

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coverage import months, projection, scenarios
from coverage.errors import NothingToShow
from coverage.projection import Flows, Levers, Plan, Programme, Start, Wobble
from coverage.scenarios import Scenario
from coverage.scope import View
from coverage.tables import SEGMENTS
from coverage.texts import Texts

Array = NDArray[np.float64]
Places = NDArray[np.int64]

RATES = ("new", "lapse", "back")
PEOPLE = ("extra", "workers")
NAMES = (*RATES, *PEOPLE)
"""The levers that can be solved for: those of a segment, and the workers of a funded programme."""
TOTAL = "total"
"""All segments together: `total.new` is the same change in each of them."""
_HAIR = 1e-6  # less than this below a target is float noise, not a missing person
_SIDE_BY_SIDE = 32
_PLACES = 48
_COARSE = 0.01
_FINEST = 1e-9
_LONGEST = 600


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The smallest value of a lever that reaches the target, and what comes of it.

    `value` is None where the target is out of reach; `covered` and `chance` are then those at the lever's `limit`, and
    `scenario` is the start. `covered` is the projection without wobble in the month asked for, registrations of the
    target's year where the target counts those (`measure`); `at_limit` the same at the lever's declared limit.
    `chance` is a share of the drawn futures, None without draws. `reached_month` is the first month at the target
    (with a required chance: the first in which the chance is as high as that). `a_month` are the people whom the lever
    moves, on average of the months: registrations, lapses, returns; `usual` the same in the baseline.
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
    scenario: Scenario


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """When a scenario reaches the target: without wobble, and by when a tenth, half and nine tenths of the drawn
    futures have; None is never within `longest` months. `chance` is that of being there in the month `by`."""

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


def solve(
    view: View,
    scenario: Scenario,
    lever: str,
    *,
    by: date | None = None,
    chance: float | None = None,
    wobble: Wobble | None = None,
) -> Answer:
    """Return the smallest value of a lever (`informal.new`, `total.lapse`) with which the target is reached by a month.

    Everything else stays as the scenario has it. What the scenario says of this lever is replaced: the search begins
    where the lever asks for nothing, at 0, or at the scenario's own value where that is worse than nothing (fewer
    registrations, more lapses), and the value found is the one nearest to that. A branch's own lever stays. `workers`
    are those of one more programme that begins next month and is still paid in the month asked for; its terms
    are those of the scenario's first programme of the segment, else the settings'.

    `by` is the target's month unless another is named; `chance` (0 to 1) the share of the draws of `wobble` that have
    to be at the target then. Raises `NothingToShow` where nothing can be asked: an unknown lever or segment, no
    target, a month that has passed, no draws, or a rule that sets the registrations whatever the lever says.
    """
    segment, name = _named(view, lever)
    goal = _goal(view, segment, by)
    if chance is not None and wobble is None:
        raise NothingToShow("solve_no_draws")
    span = _span(scenario, segment, name, view)
    problem = _problem(view, scenario, segment, name, goal, chance, wobble)
    found = _search(problem, span)
    tried = span.limit if found is None else found
    path = problem.paths(np.array([tried]))[:, 0]
    drawn = problem.drawn_paths(tried) if wobble is not None else None
    put = partial(_with_value, view, scenario, segment, name, goal.ahead)
    return Answer(
        lever=f"{segment}.{name}",
        segment=segment,
        name=name,
        value=found,
        unit=_unit(name),
        by=goal.by,
        reached_month=None if found is None else _first_month(view, goal, path, drawn, chance),
        covered=float(path[goal.ahead]),
        target=goal.target,
        chance=None if drawn is None else float(_at(drawn[goal.ahead], goal.target).mean()),
        required=chance,
        reachable=found is not None,
        limit=span.limit,
        at_limit=float(path[goal.ahead] if found is None else problem.figures(np.array([span.limit]))[0]),
        measure=goal.measure,
        a_month=_a_month(projection.run(problem.start, problem.plan_of(np.array([tried])), goal.ahead), name),
        usual=_usual(view, goal, name),
        scenario=scenario if found is None else put(found),
    )


def when(
    view: View, scenario: Scenario, *, segment: str = TOTAL, by: date | None = None, wobble: Wobble | None = None
) -> Arrival:
    """Return the first month in which a scenario is at the target; `total` is all segments in view together.

    Looks `eta_months` ahead (a setting). The chance is that of the target's month, or of `by`. Raises
    `NothingToShow` where there is no target.
    """
    goal = _goal(view, _segment(view, segment), by, past=by is None)
    longest = max(view.settings.whole("eta_months"), goal.ahead)
    start, plan, shaken = _some(view.start, scenarios.plan(view, scenario), wobble, goal.inside)
    path = _achieved(start, plan, goal, longest)[:, 0]
    place = _first(path, goal.target)
    early: list[date | None] = [None] * 3
    sure = None
    if shaken is not None:
        drawn = _achieved(start, plan, goal, longest, shaken)
        there = _at(drawn, goal.target)
        arrives = np.sort(np.where(there.any(axis=0), there.argmax(axis=0), longest + 1))
        for index, share in enumerate((0.1, 0.5, 0.9)):
            then = int(arrives[ceil(round(share * len(arrives), 9)) - 1])
            early[index] = months.add(view.as_of, then) if then <= longest else None
        sure = float(there[goal.ahead].mean()) if goal.ahead >= 0 else None
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
    )


def targeted(view: View) -> list[str]:
    """Return the segments in view that have a target, in their order."""
    there = set(view.series.filter(pl.Series(np.isfinite(view.target)))["segment"].cast(pl.String).to_list())
    return [one for one in SEGMENTS if one in there]


def due(view: View, segment: str) -> date:
    """Return the latest month of a segment's targets; raise `NothingToShow` where it has none."""
    return _goal(view, _segment(view, segment), None, past=True).by


def in_words(answer: Answer, texts: Texts) -> str:
    """Say in a sentence what it takes, or that it is out of reach and how far the lever's limit leads."""
    value, name = answer.value, answer.name
    said = {
        "segment": texts(f"segment.{answer.segment}"),
        "target": texts.people(answer.target),
        "month": texts.month(answer.by),
        "lever": texts(f"solve.lever.{name}"),
        "sure": "" if answer.required is None else texts("solve.sure", chance=texts.share(answer.required, 0)),
    }
    said["goal"] = texts(f"solve.goal.{answer.measure}", **said)
    if value is None:
        return _out_of_reach(answer, said, texts)
    if not value:
        return texts("solve.enough", **said)
    if name in PEOPLE:
        said["value"] = texts.people(value)
    else:
        must = (value < 0) == (name == "lapse")
        said["verb"] = texts(f"solve.{'must' if must else 'may'}_{'rise' if value > 0 else 'fall'}")
        # Rounded so that what is said is enough, too.
        tenths = ceil(abs(value) * 1000 - 1e-6) if must else floor(abs(value) * 1000 + 1e-6)
        said["value"] = texts.share(tenths / 1000, 1 if tenths % 10 else 0)
    kind = name if name in PEOPLE else "rate"
    return texts(f"solve.takes.{kind}", a_month=texts.people(answer.a_month), usual=texts.people(answer.usual), **said)


def _out_of_reach(answer: Answer, said: dict[str, str], texts: Texts) -> str:
    limit = (
        texts.people(answer.limit)
        if answer.name == "workers"
        else scenarios.shown(answer.limit, _unit(answer.name), texts)
    )
    attained = texts("solve.attains", at_limit=texts.people(answer.at_limit), **said)
    if answer.required is not None and answer.chance is not None:
        attained = texts("solve.attains_chance", chance=texts.share(answer.chance, 0))
    return texts("solve.unreachable", limit=limit, attained=attained, **said)


def arrival_in_words(arrival: Arrival, texts: Texts) -> str:
    """Say in which month a scenario is at the target, and between which months in 8 of 10 futures."""
    said = {
        "segment": texts(f"segment.{arrival.segment}"),
        "target": texts.people(arrival.target),
        "month": texts.month(arrival.month),
        "longest": texts.count("unit.months", arrival.longest),
        "p10": texts.month(arrival.p10),
        "p90": texts.month(arrival.p90),
    }
    said["goal"] = texts(f"solve.goal.{arrival.measure}", **said)
    first = texts(f"solve.date_{'never' if arrival.month is None else 'there'}", **said)
    if not arrival.drawn:
        return first
    if arrival.p10 is None:
        kind = "hardly"
    elif arrival.p90 is None:
        kind = "open"
    else:
        kind = "same" if arrival.p10 == arrival.p90 else "between"
    return f"{first} {texts(f'solve.date_{kind}', **said)}"


@dataclass(frozen=True, kw_only=True)
class _Goal:
    """What has to be reached: by which series of the view, how much, how many months ahead."""

    inside: NDArray[np.intp]  # the series asked about
    member: Array  # (1, inside): 1 for those that count towards the target
    target: float
    by: date
    ahead: int
    measure: str
    first: int  # registrations count from this month on
    registered: float  # and so many have been


def _goal(view: View, segment: str, by: date | None, *, past: bool = False) -> _Goal:
    """Find the target; as in `gaps`, only series that have one count. `past`: its month may be over."""
    inside = np.flatnonzero((view.series["segment"] == segment).to_numpy() | (segment == TOTAL))
    counted = np.isfinite(view.target[inside])
    if not counted.any():
        raise NothingToShow("solve_no_target")
    left = int(np.nanmax(view.months_left[inside]))
    ahead = left if by is None else months.between(view.as_of, by)
    month = months.add(view.as_of, ahead)
    if not (past or ahead >= 1) or ahead > _LONGEST:
        raise NothingToShow("solve_month", found=months.code(month), allowed=_allowed(view, 1))
    due = months.add(view.as_of, left)
    first = months.between(view.as_of, date(due.year, 1, 1))
    if view.measure == "registrations" and ahead < first:
        raise NothingToShow("solve_month", found=months.code(month), allowed=_allowed(view, first))
    targeted = inside[counted]
    return _Goal(
        inside=inside,
        member=counted[None, :].astype(np.float64),
        target=float(view.target[targeted].sum()),
        by=month,
        ahead=ahead,
        measure=view.measure,
        first=first,
        registered=float(view.registered[targeted].sum()) if view.measure == "registrations" else 0.0,
    )


def _allowed(view: View, first: int) -> str:
    return f"{months.code(months.add(view.as_of, first))} … {months.code(months.add(view.as_of, _LONGEST))}"


def _segment(view: View, segment: str) -> str:
    there = view.series["segment"].unique().cast(pl.String).to_list()
    if segment != TOTAL and segment not in there:
        raise NothingToShow(
            "segment_unknown", found=segment, allowed=" | ".join(one for one in SEGMENTS if one in there)
        )
    return segment


def _named(view: View, lever: str) -> tuple[str, str]:
    """Read `informal.new`; people are added to one segment, not to all alike."""
    segment, _, name = lever.rpartition(".")
    if name not in NAMES or not segment or (segment == TOTAL and name in PEOPLE):
        allowed = " | ".join([*(f"informal.{one}" for one in NAMES), *(f"{TOTAL}.{one}" for one in RATES)])
        raise NothingToShow("solve_lever", found=lever, allowed=allowed)
    return _segment(view, segment), name


def _unit(name: str) -> str:
    return scenarios.unit_of(Programme.model_fields[name] if name == "workers" else Levers.model_fields[name])


@dataclass(frozen=True, kw_only=True)
class _Span:
    """The values of a lever as whole steps: value = begin + step × tick, up to the declared limit."""

    begin: float
    limit: float
    tick: float

    def value(self, step: Places | int) -> Array:
        low, high = min(self.begin, self.limit), max(self.begin, self.limit)
        sign = 1 if self.limit >= self.begin else -1
        exact = self.begin + sign * self.tick * np.asarray(step, dtype=np.float64)
        return np.clip(np.round(exact, 12), low, high) + 0.0  # never -0.0

    @property
    def last(self) -> int:
        return ceil(round(abs(self.limit - self.begin) / self.tick, 6))

    def coarse(self) -> Places:
        """Return the steps that are tried first: evenly spread for rates, ever wider apart for people."""
        apart = np.geomspace if self.tick == 1 else np.linspace
        spread = apart(1, max(self.last, 1), _PLACES)
        return np.unique(np.concatenate([[0], np.round(spread).astype(np.int64), [self.last]])).astype(np.int64)

    def finer(self, tick: float) -> tuple[_Span, int]:
        """Return the span in smaller steps, and how many of them are one of the old."""
        return replace(self, tick=tick), round(self.tick / tick)


def _span(scenario: Scenario, segment: str, name: str, view: View) -> _Span:
    declared = (Programme if name == "workers" else Levers).model_fields[name].metadata
    bounds = {kind: getattr(one, kind) for one in declared for kind in ("ge", "le") if hasattr(one, kind)}
    if name in PEOPLE:
        return _Span(begin=0, limit=float(bounds["le"]), tick=1)
    own = [getattr(wide, name) for one, wide in scenario.levers.items() if str(one) in _segments(view, segment)]
    if name == "lapse":
        return _Span(begin=max([0.0, *own]), limit=float(bounds["ge"]), tick=_COARSE)
    return _Span(begin=min([0.0, *own]), limit=float(bounds["le"]), tick=_COARSE)


def _segments(view: View, segment: str) -> list[str]:
    return view.series["segment"].unique().cast(pl.String).to_list() if segment == TOTAL else [segment]


def _with_value(view: View, scenario: Scenario, segment: str, name: str, ahead: int, value: float) -> Scenario:
    """Put a value of the lever into a scenario; no workers are no programme."""
    if name == "workers":
        if not value:
            return scenario
        one = _programme(view, scenario, segment, ahead).model_copy(update={"workers": int(value)})
        return scenario.model_copy(update={"programme": (*scenario.programme, one)})
    for one_segment in _segments(view, segment):
        scenario = scenario.with_levers(one_segment, **{name: value})
    return scenario


def _programme(view: View, scenario: Scenario, segment: str, ahead: int) -> Programme:
    """Return the programme whose workers are asked for: paid from next month until after the target's month."""
    terms: dict[str, object] = {
        "name": f"Target {months.code(months.add(view.as_of, ahead))}",
        "segment": segment,
        "workers": 0,
        "starts": months.add(view.as_of, 1),
        "months": min(ahead, 240),
    }
    like = next((one for one in scenario.programme if one.segment == segment), None)
    if like is not None:
        return like.model_copy(update={key: value for key, value in terms.items() if key != "segment"})
    return Programme.model_validate(terms)


_FLOWS = {"new": "new", "extra": "new", "lapse": "lapsed", "back": "returned"}


def _a_month(run: Flows, name: str) -> float | None:
    """Return the flow that a lever moves, a month on average; funded workers are no flow."""
    if name not in _FLOWS:
        return None
    return float(getattr(run, _FLOWS[name])[1:, :, 0].sum(axis=1).mean())


def _usual(view: View, goal: _Goal, name: str) -> float | None:
    if name not in _FLOWS:
        return None
    flow = getattr(view.baseline, _FLOWS[name])[1 : goal.ahead + 1, goal.inside, 0]
    return float(flow.sum(axis=1).mean())


@dataclass(frozen=True, kw_only=True)
class _Problem:
    """The series asked about, and what a value of the lever makes of their plan."""

    goal: _Goal
    start: Start
    plan_of: Callable[[Array], Plan]  # values -> a plan with a column for each
    wobble: Wobble | None
    needed: int | None  # so many draws have to be at the target

    def paths(self, values: Array) -> Array:
        """Return what is achieved without wobble (months + 1, values)."""
        return _achieved(self.start, self.plan_of(values), self.goal, self.goal.ahead)

    def figures(self, values: Array) -> Array:
        """Return what is achieved in the month asked for (values,)."""
        at = range(0, len(values), _SIDE_BY_SIDE)
        parts = [self.paths(values[first : first + _SIDE_BY_SIDE])[self.goal.ahead] for first in at]
        found: Array = np.concatenate(parts)
        return found

    def rise(self, low: Array, high: Array) -> float:
        """Return how many more one value achieves than another, in the draws if they are what counts."""
        if self.needed is not None:
            return self.sure(float(high)) - self.sure(float(low))
        figures = self.figures(np.array([low, high]))
        return float(figures[1] - figures[0])

    def drawn_paths(self, value: float) -> Array:
        """Return what is achieved in each draw (months + 1, draws)."""
        return _achieved(self.start, _thin(self.plan_of(np.array([value]))), self.goal, self.goal.ahead, self.wobble)

    def sure(self, value: float) -> float:
        """Return what as many draws as are needed achieve at least."""
        figures = np.sort(self.drawn_paths(value)[self.goal.ahead])[::-1]
        return float(figures[(self.needed or 1) - 1])


def _problem(
    view: View,
    scenario: Scenario,
    segment: str,
    name: str,
    goal: _Goal,
    chance: float | None,
    wobble: Wobble | None,
) -> _Problem:
    needed = None
    if chance is not None and wobble is not None:
        count = wobble.picks.shape[1]
        needed = min(max(ceil(round(chance * count, 9)), 1), count)
    put = partial(_with_value, view, scenario, segment, name, goal.ahead)
    plan = scenarios.plan(view, scenario if name == "workers" else put(0.0))
    start, base, shaken = _some(view.start, plan, wobble, goal.inside)
    if name in {"new", "extra"} and base.path is not None and np.isfinite(base.path[1]).all():
        raise NothingToShow("solve_ruled", found=f"{segment}.{name}")
    if name == "workers":
        programme = _programme(view, scenario, segment, goal.ahead)
        plan_of = partial(_funding, view, programme, base, goal.inside)
    else:
        # A lever's effect on the plan is proportional to its value, whatever branches share it or have their own.
        unit = getattr(scenarios.plan(view, put(1.0)), name)[goal.inside] - getattr(base, name)
        plan_of = partial(_moved, base, name, unit)
    return _Problem(goal=goal, start=start, plan_of=plan_of, wobble=shaken, needed=needed)


def _moved(base: Plan, name: str, unit: Array, values: Array) -> Plan:
    still = getattr(base, name)[:, None]
    return Plan(**{one.name: getattr(base, one.name) for one in fields(base)} | {name: still + unit[:, None] * values})


def _funding(view: View, programme: Programme, base: Plan, inside: NDArray[np.intp], values: Array) -> Plan:
    """Let one more programme enrol so many, each value's people shared over the branches as the scenario would."""
    several = [programme.model_copy(update={"workers": int(value)}) for value in values]
    enrolments = scenarios.plan(view, Scenario().model_copy(update={"programme": tuple(several)})).enrolments
    workers = np.concatenate([one.workers for one in enrolments], axis=1)[inside]
    return replace(base, enrolments=(*base.enrolments, replace(enrolments[0], workers=workers)))


def _thin(plan: Plan) -> Plan:
    """Return a plan of one column as one that is the same in every draw: the kernel runs those in parts."""
    narrow = {one: getattr(plan, one)[:, 0] for one in (*RATES, "extra") if getattr(plan, one).ndim == 2}
    return replace(plan, **narrow)


def _some(
    start: Start, plan: Plan, wobble: Wobble | None, inside: NDArray[np.intp]
) -> tuple[Start, Plan, Wobble | None]:
    """Cut out some series: those of other segments never act upon them."""
    rows = {one.name: getattr(start, one.name)[inside] for one in fields(start) if one.name != "month"}
    columns = {one: getattr(plan, one)[inside] for one in (*RATES, "extra", "growth", "starts", "ramp")}
    for one in ("path", "floor"):
        known = getattr(plan, one)
        columns[one] = None if known is None else known[:, inside]
    enrolments = tuple(replace(one, workers=one.workers[inside]) for one in plan.enrolments)
    cut = None if wobble is None else replace(wobble, new=wobble.new[inside], lapse=wobble.lapse[inside])
    return replace(start, **rows), replace(plan, enrolments=enrolments, **columns), cut


def _achieved(start: Start, plan: Plan, goal: _Goal, horizon: int, wobble: Wobble | None = None) -> Array:
    """Return the covered who count, or the registrations of the target's year so far (months + 1, draws)."""
    if goal.measure != "registrations":
        return projection.covered(start, plan, horizon, goal.member, wobble)[:, 0]
    counts = np.arange(horizon + 1)[:, None] >= max(goal.first, 1)
    new = np.tensordot(goal.member[0], projection.run(start, plan, horizon, wobble).new, axes=(0, 1))
    registered: Array = goal.registered + np.cumsum(np.where(counts, new, 0), axis=0)
    return registered


def _at(figures: Array, target: float) -> NDArray[np.bool_]:
    return figures >= target - _HAIR


def _first(path: Array, target: float) -> int | None:
    there = _at(path, target)
    return int(there.argmax()) if there.any() else None


def _first_month(view: View, goal: _Goal, path: Array, drawn: Array | None, chance: float | None) -> date | None:
    if chance is not None and drawn is not None:
        shares = _at(drawn, goal.target).mean(axis=1)
        place = _first(shares, chance)
    else:
        place = _first(path, goal.target)
    return None if place is None else months.add(view.as_of, place)


def _search(problem: _Problem, span: _Span) -> float | None:
    """Return the first value that reaches the target, None where none does."""
    grid = span.coarse()
    figures = problem.figures(span.value(grid))
    if problem.needed is None:
        place = _first(figures, problem.goal.target)
    else:
        place = _first_sure(problem, span, grid, figures)
    if place is None:
        return None
    if place == 0:
        return float(span.value(0))
    low, high = int(grid[place - 1]), int(grid[place])
    if span.tick == 1:
        return float(span.value(_narrowed(problem, span, low, high)))
    return _finest(problem, span, low, high)


def _finest(problem: _Problem, span: _Span, low: int, high: int) -> float:
    """Narrow down to a step that is worth less than one worker."""
    tick, worth = span.tick, problem.rise(span.value(low), span.value(high)) / (high - low)
    while worth >= 0.5 and tick > _FINEST:
        tick, worth = round(tick / 10, 12), worth / 10
    finer, many = span.finer(tick)
    step = _narrowed(problem, finer, low * many, high * many)
    # That was a guess from both ends of a stretch: near a bend a step may still be worth more than a worker.
    while finer.tick > _FINEST:
        if problem.rise(finer.value(step - 1), finer.value(step)) < 1:
            break
        finer, many = finer.finer(round(finer.tick / 10, 12))
        step = _narrowed(problem, finer, (step - 1) * many, step * many)
    return float(finer.value(step))


def _narrowed(problem: _Problem, span: _Span, low: int, high: int) -> int:
    """Return the first step above `low` that reaches the target; `low` misses it, `high` reaches it."""
    if problem.needed is not None:
        return _narrowed_sure(problem, span, low, high)
    while high - low > 1:
        steps = np.unique(np.linspace(low, high, _SIDE_BY_SIDE + 2)[1:-1].astype(np.int64))
        steps = steps[(steps > low) & (steps < high)]
        place = _first(problem.figures(span.value(steps)), problem.goal.target)
        if place is None:
            low = int(steps[-1])
        else:
            low, high = int(steps[place - 1]) if place else low, int(steps[place])
    return high


def _first_sure(problem: _Problem, span: _Span, grid: Places, figures: Array) -> int | None:
    """Return the first place of the grid that is sure enough.

    Drawn futures cost as many runs as there are draws, so that not every place is tried: the shape over the span is
    that of the run without wobble, shifted by what the draws differ from it.
    """
    last = len(grid) - 1
    sure = cache(lambda place: problem.sure(float(span.value(int(grid[place])))))

    def guess(shift: float) -> int:
        place = _first(figures - shift, problem.goal.target)
        return last if place is None else place

    place = guess(0)
    place = guess(float(figures[place]) - sure(place))
    while place > 0 and _at(np.array(sure(place - 1)), problem.goal.target):
        place -= 1
    while place < last and not _at(np.array(sure(place)), problem.goal.target):
        place += 1
    return place if _at(np.array(sure(place)), problem.goal.target) else None


def _narrowed_sure(problem: _Problem, span: _Span, low: int, high: int) -> int:
    """Narrow with few runs: where a straight line meets the target, then a little before or behind it."""
    target = problem.goal.target
    sure = cache(lambda step: problem.sure(float(span.value(step))))
    while high - low > 1:
        width = high - low
        rise = sure(high) - sure(low)
        part = (target - sure(low)) / rise if rise > 0 else 0.5
        step = min(max(low + ceil(part * width), low + 1), high - 1)
        margin = max(width // 64, 1)
        for one in _round(step, margin, target, sure):
            if low < one < high:
                low, high = (low, one) if _at(np.array(sure(one)), target) else (one, high)
        if high - low > width // 2 and high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if _at(np.array(sure(middle)), target) else (middle, high)
    return high


def _round(step: int, margin: int, target: float, sure: Callable[[int], float]) -> Sequence[int]:
    """Return a step, and one beyond it on the side where the crossing is."""
    return step, step - margin if _at(np.array(sure(step)), target) else step + margin
