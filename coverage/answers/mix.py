"""Which mix of levers and funded workers reaches the target by its month for the least money?

Every lever is tried over its whole range by the full projection, the others as they stand; what it adds and what it
costs then is a chain of straight pieces, and a linear programme chooses the pieces (HiGHS, by way of SciPy). The
choice is put into the full projection again, and the pieces are measured anew around it, until nothing changes: so
that levers that help or hinder each other are priced as they are, and no answer is shown that the projection does not
give. With less money than that takes, the answer lies on one path from nothing to the whole mix on which no lever
ever goes back: more money never leaves more people missing.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coverage.answers import piecewise
from coverage.answers.costs import LEVERS, Costs, LeverCosts
from coverage.base import months
from coverage.base.errors import NothingToShow
from coverage.model import projection, runs
from coverage.model.levers import Levers, Programme
from coverage.model.plan import Enrolment, Plan
from coverage.model.projection import Flows
from coverage.model.scenarios import Scenario
from coverage.model.shares import room_weights
from coverage.model.view import View

Array = NDArray[np.float64]
UNITS = {"new": "registrations", "lapse": "lapses_avoided", "back": "returns", "workers": "funded_workers"}
"""What a lever's amount counts: people registered, kept, won back, or paid for, beyond the scenario's own."""
SCHEMA: dict[str, pl.DataType] = {
    "segment": pl.String(),
    "lever": pl.String(),
    "value": pl.Float64(),  # what the lever is set to: a change, or workers
    "amount": pl.Float64(),  # people
    "unit": pl.String(),
    "people": pl.Float64(),
    "cost_rupiah": pl.Float64(),
    "marginal_rupiah": pl.Float64(),
    "at_limit": pl.Boolean(),
    "unit_rupiah": pl.Float64(),
    "cost_basis": pl.String(),
}
_ROUNDS = 8
_RETRIES = 3
_STEP = 1e-4
"""A change is set in steps of a hundredth of a percent: small enough, and still a number that a person can read."""
_GLOBAL = np.array([0.0, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 1.0])
_LOCAL = np.array([-0.05, -0.01, -0.002, 0.002, 0.01, 0.05])
_NODES = 12
_PARTS = 8
_LEVELS = 4
HALF_A_PERSON = 0.5  # less than half a person missing is nobody, as everywhere


@dataclass(frozen=True, kw_only=True)
class Mix:
    """The cheapest mix, as the full projection confirms it.

    `rows` (`SCHEMA`) has a row for each segment and lever: its setting, the people whom it registers, keeps, wins back
    or funds, what it adds at the target's month (the cheapest lever first, so that the parts add up) and costs;
    `marginal_rupiah` is what one more worker at the target's month would cost by it, null where it adds nobody more.
    `gap` is what is still missing in the segments that are short, `gaps` the same by segment, `gap_before` without the
    mix, `short` what is missing branch by branch with it: in a segment one branch's surplus may make up for another's
    shortage. `settled` is False where the search ended before the projection confirmed the target: a better mix may
    exist.
    """

    rows: pl.DataFrame
    scenario: Scenario
    month: date
    covered: float
    target: float
    gap: float
    gaps: dict[str, float]
    gap_before: float
    short: float
    cost_rupiah: float
    budget_rupiah: float | None
    reached: bool
    settled: bool
    funded_until: date | None  # the first month without money for the funded workers of the mix
    _search: _Search = field(repr=False, compare=False)


def solve(
    view: View,
    scenario: Scenario,
    costs: Costs | None = None,
    *,
    segment: str | None = None,
    budget: float | None = None,
    by: date | None = None,
    name: str = "mix",
) -> Mix:
    """Find the cheapest way from a scenario to the target by its month, or the closest that the budget buys.

    Every segment with a target has to reach its own, or only the `segment` asked for; `by` replaces the target's
    month. `name` is what a programme of funded workers is called. Raises `NothingToShow` without a target for members
    in a month to come.
    """
    problem = _problem(view, scenario, costs or Costs(), segment, by, name)
    # Of equal answers the one that renews comes first: nobody is paid for twice in the months before.
    search = min(
        (_searched(one) for one in reversed(_beginnings(problem))), key=lambda one: _rank(one.missing, one.cost)
    )
    within = budget is None or search.cost <= budget
    best = search.best if within else _along(search, float(budget or 0))
    return _told(search, best, budget)


def curve(found: Mix) -> pl.DataFrame:
    """One row per step of money: `budget_rupiah, gap`, from nothing to the whole mix without a cap.

    Each step is an answer that the projection gave; what a smaller budget bought stays bought.
    """
    spent, missing = _measured(found._search)
    # The first node is nothing, and costs nothing but the noise of floats.
    steps = {"budget_rupiah": np.maximum.accumulate(spent.round()), "gap": np.minimum.accumulate(missing)}
    return pl.DataFrame(steps).unique(maintain_order=True)


def table(found: Mix) -> pl.DataFrame:
    """One row per segment and lever as in `Mix.rows`, each with the whole: month, covered, target, gap, total cost."""
    return found.rows.with_columns(
        month=pl.lit(found.month),
        covered=pl.lit(found.covered),
        target=pl.lit(found.target),
        gap=pl.lit(found.gap),
        total_rupiah=pl.lit(found.cost_rupiah),
        budget_rupiah=pl.lit(found.budget_rupiah, dtype=pl.Float64),
        reached=pl.lit(found.reached),
    )


@dataclass(frozen=True, kw_only=True)
class _Problem:
    """A view and a scenario in the terms of the search: arrays by segment (S), lever (L, as `LEVERS`) and series."""

    view: View
    scenario: Scenario
    name: str
    plan: Plan
    segments: list[str]
    own: list[LeverCosts]
    member: Array  # (S, series): which series are of the segment
    counted: Array  # (S, series): which of them have a target
    due: NDArray[np.intp]  # (S,) months from now
    target: Array  # (S,)
    price: Array  # (S, L) rupiah a person
    limit: Array  # (S, L)
    now: Array  # (S, 3): what the scenario sets already
    moves: Array  # (3, series): 1 where the segment's lever moves the series
    share: Array  # (series,): a segment's funded workers over its series
    starts: NDArray[np.intp]  # (S,) month in which the money begins
    usual: tuple[Array, Array, Array]  # registrations, lapse and return rates of the scenario (months + 1, series)
    ramp: Array  # (months + 1, series)


def _problem(view: View, scenario: Scenario, costs: Costs, segment: str | None, by: date | None, name: str) -> _Problem:
    targeted = np.isfinite(view.target)
    names = view.series["segment"].cast(pl.String).to_numpy()
    there = [str(one) for one in dict.fromkeys(names[targeted].tolist()) if segment in {None, one}]
    if view.measure == "registrations":
        raise NothingToShow("mix_registrations")
    if not there:
        raise NothingToShow("mix_no_target")
    member = np.array([(names == one).astype(np.float64) for one in there])
    counted = member * targeted
    if by is not None:
        due = np.full(len(there), runs.horizon(view, until=by))
    else:
        due = np.array([int(view.months_left[one > 0].max()) for one in counted])
    if (due < 1).all():
        raise NothingToShow("mix_past", found=months.code(view.as_of))
    if (due < 1).any():
        kept = due >= 1
        there = [one for one, keep in zip(there, kept, strict=True) if keep]
        member, counted, due = member[kept], counted[kept], due[kept]
    plan = runs.plan(view, scenario)
    own = [costs.of(one) for one in there]
    ramp, usual = _usual(view, plan, int(due.max()))
    target = counted @ np.nan_to_num(view.target)
    now = np.array([_now(scenario, one) for one in there])
    return _Problem(
        view=view,
        scenario=scenario,
        name=name,
        plan=plan,
        segments=there,
        own=own,
        member=member,
        counted=counted,
        due=due.astype(np.intp),
        target=target,
        price=np.array([[one.unit_rupiah(lever) for lever in LEVERS] for one in own]),
        limit=_limits(own, now, target),
        now=now,
        moves=_moves(view, scenario, plan, there),
        share=_share(view, member),
        starts=np.maximum(1, due - np.array([one.months for one in own]) + 1).astype(np.intp),
        usual=usual,
        ramp=ramp,
    )


def _beginnings(problem: _Problem) -> list[_Problem]:
    """Return the problem with each month in which the money for funded workers might begin.

    As early as its months reach the target's month; or where a programme of the scenario ends, which it then renews:
    beginning before that, it would take the room of those who are funded already.
    """
    view, found = problem.view, [problem]
    ends = {
        (str(one.segment), months.between(view.as_of, one.starts) + one.months) for one in problem.scenario.programme
    }
    for name, end in sorted(ends):
        if name not in problem.segments:
            continue
        place = problem.segments.index(name)
        if problem.limit[place, 3] > 0 and problem.starts[place] < end <= problem.due[place]:
            starts = problem.starts.copy()
            starts[place] = end
            found.append(replace(problem, starts=starts))
    return found


def _now(scenario: Scenario, segment: str) -> list[float]:
    levers = next((wide for name, wide in scenario.levers.items() if name == segment), Levers())
    return [levers.new, levers.lapse, levers.back]


def _limits(own: Sequence[LeverCosts], now: Array, target: Array) -> Array:
    """Return how far each lever can go beyond the scenario (S, L), within what the lever itself can be."""
    rows = []
    for one, (new, lapse, back), goal in zip(own, now, target, strict=True):
        # Nobody funds more workers than the target counts; room and gap bound the rest.
        workers = float(np.ceil(goal)) if one.workers_limit is None else float(one.workers_limit)
        rows.append(
            [
                max(min(one.new_limit, 5 - new), 0),
                max(min(one.lapse_limit, 1 + lapse), 0),
                max(min(one.back_limit, 5 - back), 0),
                workers,
            ]
        )
    return np.array(rows)


def _moves(view: View, scenario: Scenario, plan: Plan, segments: Sequence[str]) -> Array:
    """Return for each of the three levers which series follow their segment's (3, series).

    A branch with a lever of its own does not; registrations that a rule sets follow no lever.
    """
    moved = scenario
    for segment in segments:
        now = dict(zip(LEVERS, _now(scenario, segment), strict=False))
        moved = moved.with_levers(
            segment, **{lever: value + (0.1 if value < 4 else -0.1) for lever, value in now.items()}
        )
    other = runs.plan(view, moved)
    follow = [other.new != plan.new, other.lapse != plan.lapse, other.back != plan.back]
    for ruled in (plan.path, plan.floor):
        if ruled is not None:
            follow[0] = follow[0] & ~np.isfinite(ruled).any(axis=0)
    return np.array(follow, dtype=np.float64)


def _share(view: View, member: Array) -> Array:
    """Return each series' part of its segment's funded workers (series,), in proportion to the uncovered."""
    active = view.series["active"].to_numpy().astype(np.float64)
    eligible = view.series["eligible"].fill_null(np.nan).to_numpy().astype(np.float64)
    share = np.zeros(len(active))
    for one in member > 0:
        room = room_weights(eligible[one], active[one])
        share[one] = room / room.sum() if room.sum() > 0 else 1 / one.sum()
    return share


def _usual(view: View, plan: Plan, horizon: int) -> tuple[Array, tuple[Array, Array, Array]]:
    """Return the levers' ramp, and registrations wanted, lapse and return rates, all (months + 1, series).

    The equations are those of step 2 and 7 of the month (model, section 5) without the mix.
    """
    start, t = view.start, np.arange(horizon + 1)
    ramp = np.clip((t[:, None] - plan.starts + 1) / plan.ramp, 0, 1)
    calendar = (months.number(start.month) + t) % 12
    season_new, season_lapse = start.season_new.T[calendar], start.season_lapse.T[calendar]
    wanted = start.new[:, 0] * season_new * np.maximum(0, 1 + plan.new * ramp) + plan.extra * ramp
    lapse = np.minimum(start.lapse[:, 0] * season_lapse * np.maximum(0, 1 + plan.lapse * ramp), 1)
    back = np.minimum(start.back[:, 0] * np.maximum(0, 1 + plan.back * ramp), 1)
    return ramp, (wanted, lapse, back)


class _Result(NamedTuple):
    """What settings lead to: covered (S, D) at the due month, and the people of each lever (S, L, D)."""

    covered: Array
    people: Array

    def missing(self, problem: _Problem) -> Array:
        """Return who is short in each draw (D,); one segment's surplus fills no other's gap."""
        short: Array = np.maximum(problem.target[:, None] - self.covered, 0).sum(axis=0)
        return short

    def cost(self, problem: _Problem) -> Array:
        """Return the cost in rupiah by segment and draw (S, D)."""
        rupiah: Array = (self.people * problem.price[:, :, None]).sum(axis=1)
        return rupiah


def _tried(problem: _Problem, x: Array) -> _Result:
    """Put settings (S, L, D) into the full projection, all side by side as draws."""
    lift = np.einsum("sn,sld->lnd", problem.member, x)  # (L, series, D)
    plan = problem.plan
    moved = problem.moves[:, :, None] * lift[:3]
    workers = problem.share[:, None] * lift[3]
    paid = tuple(
        Enrolment(
            starts=int(problem.starts[place]),
            ends=int(problem.starts[place]) + problem.own[place].months,
            workers=workers * problem.member[place][:, None],
            stay=0.0,
            weight=1.0,
        )
        for place in _funded(problem)
    )
    tried = replace(
        plan,
        new=plan.new[:, None] + moved[0],
        lapse=np.maximum(plan.lapse[:, None] - moved[1], -1),
        back=plan.back[:, None] + moved[2],
        enrolments=plan.enrolments + paid,
    )
    run = projection.run(problem.view.start, tried, int(problem.due.max()))
    return _counted(problem, tried.back, run, _funded(problem))


def _funded(problem: _Problem) -> list[int]:
    """Return the segments in which workers can be funded."""
    return [place for place, most in enumerate(problem.limit[:, 3]) if most > 0]


def _counted(problem: _Problem, back: Array, run: Flows, funded: Sequence[int]) -> _Result:
    """Count the covered at the due month, and the people whom each lever brought until then.

    A lapse is avoided where a member stays who would have lapsed at the scenario's own rate; a return and a
    registration count as far as they exceed the scenario's own. The last programmes of the run are the `funded`.
    """
    wanted, lapse, usual_back = problem.usual
    before = run.covered[:-1] - run.funded[:-1]
    lever = back if back.ndim == 2 else back[:, None]
    rate = np.minimum(problem.view.start.back * np.maximum(0, 1 + lever * problem.ramp[:, :, None]), 1)
    more = 1 - np.divide(usual_back[:, :, None], rate, out=np.ones_like(rate), where=rate > 0)
    flows = (
        np.maximum(run.new[1:] - wanted[1:, :, None], 0) * problem.moves[0][:, None],
        np.maximum(lapse[1:, :, None] * before - run.lapsed[1:], 0) * problem.moves[1][:, None],
        np.maximum(run.returned[1:] * more[1:], 0) * problem.moves[2][:, None],
    )
    place = np.arange(len(problem.due))
    covered = np.matmul(problem.counted, run.covered)[problem.due, place]
    within = np.arange(1, len(run.covered))[:, None, None] <= problem.due[:, None]
    sums = [(np.matmul(problem.member, flow) * within).sum(axis=0) for flow in flows]
    people = np.stack([*sums, np.zeros_like(sums[0])], axis=1)
    first = len(run.paid) - len(funded)
    for number, one in enumerate(funded):
        people[one, 3] = run.paid[first + number, problem.starts[one]].sum(axis=0)
    return _Result(covered=covered, people=people)


@dataclass(frozen=True, kw_only=True)
class _Search:
    """The whole mix without a cap on the money, what it costs, and who is short with and without it."""

    problem: _Problem
    best: Array  # (S, L)
    cost: float
    missing: float
    before: float
    least: float  # who is short even with every lever at its limit

    @property
    def settled(self) -> bool:
        return self.missing <= self.least + 2 * HALF_A_PERSON


def _searched(problem: _Problem) -> _Search:
    """Find the whole mix; where whole workers and shared parts fall short of it, aim a little higher."""
    ends = _tried(problem, np.stack([np.zeros_like(problem.limit), problem.limit], axis=2)).missing(problem)
    aim, found = problem.target.copy(), None
    for _ in range(_RETRIES):
        best = _descended(problem, aim)
        result = _confirmed(problem, best)[1]
        missing, cost = float(result.missing(problem)[0]), float(result.cost(problem).sum())
        one = _Search(
            problem=problem, best=best, cost=cost, missing=missing, before=float(ends[0]), least=float(ends[1])
        )
        if found is None or _rank(one.missing, one.cost) < _rank(found.missing, found.cost):
            found = one
        if missing < HALF_A_PERSON or missing <= ends[1] + HALF_A_PERSON:
            break
        aim = aim + np.maximum(problem.target - result.covered[:, 0], 0) * 1.1 + 1
    if found is None:
        raise RuntimeError("a search without rounds")
    return found


def _rank(missing: float, cost: float) -> tuple[float, float]:
    """Order answers: the fewer missing the better, then the cheaper; less than half a person is no difference."""
    return (float(np.floor(missing / HALF_A_PERSON)), float(np.round(cost)))


def _descended(problem: _Problem, aim: Array) -> Array:
    """Choose, try, measure anew around the choice, until it stays; return the best settings that were tried (S, L)."""
    x = np.zeros_like(problem.limit)
    best, rank = x, (np.inf, np.inf)
    for turn in range(_ROUNDS):
        grid = _grid(problem.limit, x, local=turn > 0)
        tried = _tried(problem, _around(x, grid))
        cost = tried.cost(problem)
        mine = _rank(float(np.maximum(aim - tried.covered[:, 0], 0).sum()), float(cost[:, 0].sum()))
        if mine < rank:
            best, rank = x, mine
        elif turn > 2:
            break
        chain = piecewise.measured(grid, tried.covered, cost)
        need = np.maximum(aim - chain.without(tried.covered[:, 0]), 0)
        chosen = _rounded(problem, piecewise.cheapest(chain, need, problem.limit.shape), np.ceil)
        if (chosen == x).all():
            break
        x = chosen
    return best


def _grid(limit: Array, x: Array, *, local: bool) -> Array:
    """Return the values of each lever that are tried (S, L, points), in order: over its range, and close around x."""
    points = limit[:, :, None] * _GLOBAL
    if local:
        near = np.clip(x[:, :, None] + limit[:, :, None] * _LOCAL, 0, limit[:, :, None])
        points = np.concatenate([points, near, x[:, :, None]], axis=2)
    return np.sort(points, axis=2)


def _around(x: Array, grid: Array) -> Array:
    """Return settings side by side (S, L, 1 + levers x points): x itself, then each lever at each of its points."""
    count = grid.shape[2]
    settings_ = np.repeat(x[:, :, None], 1 + len(LEVERS) * count, axis=2)
    for lever in range(len(LEVERS)):
        settings_[:, lever, 1 + lever * count : 1 + (lever + 1) * count] = grid[:, lever]
    return settings_


def _rounded(problem: _Problem, x: Array, way: Callable[[Array], Array]) -> Array:
    """Round changes to steps and workers to people, up or down, within the limits."""
    step = np.array([_STEP, _STEP, _STEP, 1.0])
    hair = -1e-6 if way is np.ceil else 1e-6
    rounded: Array = np.clip(way(x / step + hair) * step, 0, problem.limit)
    return rounded


def _path(search: _Search) -> Array:
    """Return settings from nothing to the whole mix (nodes, S, L): what each part of its money buys at best.

    No lever ever goes back on it, so that more money never leaves more people missing.
    """
    problem, whole = search.problem, search.best
    grid = whole[:, :, None] * _GLOBAL
    tried = _tried(problem, _around(whole, grid))
    chain = piecewise.measured(grid, tried.covered, tried.cost(problem))
    nodes = [np.zeros_like(whole)]
    filled = np.zeros(len(chain.gain))
    for step in range(_NODES):
        money = np.array([search.cost * step / _NODES])
        if len(filled):
            filled = piecewise.fill(-chain.gain, rows=chain.cost[None, :], least=money, low=filled)
        nodes.append(np.maximum(nodes[-1], np.minimum(chain.settings(filled, whole.shape), whole)))
    return np.array([*nodes, whole])


def _measured(search: _Search) -> tuple[Array, Array]:
    """Return what each node of the path costs, and who is short there."""
    tried = _tried(search.problem, np.moveaxis(_path(search), 0, 2))
    return tried.cost(search.problem).sum(axis=0), tried.missing(search.problem)


def _along(search: _Search, budget: float) -> Array:
    """Return the settings furthest along the path that the budget pays for, each step of the way paid as well."""
    problem, way = search.problem, _path(search)
    for _ in range(_LEVELS):
        spent = np.maximum.accumulate(_tried(problem, np.moveaxis(way, 0, 2)).cost(problem).sum(axis=0))
        place = max(int((spent <= budget).sum()) - 1, 0)
        low, high = way[place], way[min(place + 1, len(way) - 1)]
        way = low + np.linspace(0, 1, _PARTS + 1)[:, None, None] * (high - low)
    return _rounded(problem, low, np.floor)


def _confirmed(problem: _Problem, x: Array) -> tuple[Scenario, _Result]:
    """Write the settings into the scenario, run the full projection of that, and count."""
    moved = problem.scenario
    for segment, now, more in zip(problem.segments, problem.now, x, strict=True):
        sign = {"new": 1, "lapse": -1, "back": 1}
        values = {
            lever: round(float(now[place] + way * more[place]), 6)
            for place, (lever, way) in enumerate(sign.items())
            if more[place] > 0
        }
        moved = moved.with_levers(segment, **values) if values else moved
    funded = [place for place in range(len(x)) if x[place, 3] >= 1]
    paid = tuple(_programme(problem, place, int(x[place, 3])) for place in funded)
    moved = moved.model_copy(update={"programme": (*moved.programme, *paid)})
    plan = runs.plan(problem.view, moved)
    run = projection.run(problem.view.start, plan, int(problem.due.max()))
    return moved, _counted(problem, plan.back, run, funded)


def _programme(problem: _Problem, place: int, workers: int) -> Programme:
    return Programme.model_validate(
        {
            "name": _free(problem.name, [one.name for one in problem.scenario.programme]),
            "segment": problem.segments[place],
            "workers": workers,
            "starts": months.add(problem.view.as_of, int(problem.starts[place])),
            "months": problem.own[place].months,
            "premium": problem.own[place].premium,
        }
    )


def _free(name: str, taken: Sequence[str]) -> str:
    """Return a name that no other programme has: a mix may be added to a mix."""
    numbered = (f"{name} {number}" for number in itertools.count(2))
    return next(one for one in itertools.chain([name], numbered) if one not in taken)


def _told(search: _Search, x: Array, budget: float | None) -> Mix:
    problem = search.problem
    scenario, result = _confirmed(problem, x)
    rows, gap = _rows(problem, x, result), float(result.missing(problem)[0])
    cost = float(rows["cost_rupiah"].sum())
    reached = gap < HALF_A_PERSON
    ends = [int(problem.starts[place]) + problem.own[place].months for place in range(len(x)) if x[place, 3] >= 1]
    return Mix(
        rows=rows,
        scenario=scenario,
        month=months.add(problem.view.as_of, int(problem.due.max())),
        covered=float(result.covered.sum()),
        target=float(problem.target.sum()),
        gap=0.0 if reached else gap,
        gaps=dict(zip(problem.segments, np.maximum(problem.target - result.covered[:, 0], 0).tolist(), strict=True)),
        short=_short(problem, scenario),
        gap_before=search.before,
        cost_rupiah=cost,
        budget_rupiah=budget,
        reached=reached,
        settled=search.settled and (budget is None or cost <= budget + 1),
        funded_until=months.add(problem.view.as_of, min(ends)) if ends else None,
        _search=search,
    )


def _short(problem: _Problem, scenario: Scenario) -> float:
    """Return what is missing to each series' own target in its segment's month."""
    covered = runs.flows(problem.view, scenario, int(problem.due.max())).covered[:, :, 0]
    missing = np.maximum(np.nan_to_num(problem.view.target) - covered[problem.due], 0)  # (S, series)
    return float((missing * problem.counted).sum())


def _rows(problem: _Problem, x: Array, result: _Result) -> pl.DataFrame:
    """One row per segment and lever (`SCHEMA`), the cheapest next worker first."""
    marginal = _marginal(problem, x)
    order = np.argsort(np.where(np.isfinite(marginal), marginal, np.inf), axis=1, kind="stable")
    added = _added(problem, x, order)
    rows = []
    for place, (segment, own) in enumerate(zip(problem.segments, problem.own, strict=True)):
        for lever in order[place]:
            if problem.limit[place, lever] <= 0:
                continue
            name = LEVERS[lever]
            people = float(result.people[place, lever, 0]) if x[place, lever] > 0 else 0.0
            sign = -1 if name == "lapse" else 1
            rows.append(
                {
                    "segment": segment,
                    "lever": name,
                    "value": round((problem.now[place, lever] if lever < 3 else 0) + sign * x[place, lever], 6),
                    "amount": people,
                    "unit": UNITS[name],
                    "people": added[place, lever],
                    "cost_rupiah": people * problem.price[place, lever],
                    "marginal_rupiah": marginal[place, lever],
                    "at_limit": bool(x[place, lever] >= problem.limit[place, lever] - 1e-9),
                    "unit_rupiah": problem.price[place, lever],
                    "cost_basis": own.basis(name),
                }
            )
    return pl.DataFrame(rows, schema=SCHEMA, orient="row").with_columns(pl.col("marginal_rupiah").fill_nan(None))


def _added(problem: _Problem, x: Array, order: NDArray[np.intp]) -> Array:
    """Return what each lever adds to the covered when the levers are taken in order (S, L); the parts add up."""
    steps = np.zeros((*x.shape, len(LEVERS) + 1))
    for place, sequence in enumerate(order):
        for step, lever in enumerate(sequence, 1):
            steps[place, lever, step:] = x[place, lever]
    gains = np.diff(_tried(problem, steps).covered, axis=1)
    added = np.zeros_like(x)
    np.put_along_axis(added, order, gains, axis=1)
    return added


def _marginal(problem: _Problem, x: Array) -> Array:
    """Return what one more worker at the due month costs by each lever (S, L), NaN where it adds nobody.

    A lever at its limit is priced by its last step.
    """
    step = np.maximum(problem.limit * 0.005, np.array([1e-4, 1e-4, 1e-4, 1.0]))
    full = x + step > problem.limit
    step = np.where(full, -np.minimum(step, x), step)
    settings_ = np.repeat(x[:, :, None], 1 + len(LEVERS), axis=2)
    for lever in range(len(LEVERS)):
        settings_[:, lever, 1 + lever] += step[:, lever]
    tried = _tried(problem, settings_)
    gain = tried.covered[:, 1:] - tried.covered[:, :1]
    cost = tried.cost(problem)[:, 1:] - tried.cost(problem)[:, :1]
    # Less than a tenth of a person for a whole step is nobody: its price would be noise.
    several = np.abs(gain) > 0.1 * np.abs(step).clip(max=1)
    # Where a segment is full, more of one lever may take from another: that has no price either.
    return np.divide(cost, gain, out=np.full_like(gain, np.nan), where=several & (cost * gain >= 0))
