"""Which mix of levers and funded workers reaches the target by its month for the least money?

Every lever is tried over its whole range by the full projection, the others as they stand; what it adds and what it
costs then is a chain of straight pieces, and a linear programme chooses the pieces (HiGHS, by way of SciPy). The
choice is put into the full projection again, and the pieces are measured anew around it, until nothing changes: so
that levers that help or hinder each other are priced as they are, and no answer is shown that the projection does not
give. With less money than that takes, the answer lies on one path from nothing to the whole mix on which no lever
ever goes back: more money never leaves more people missing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coverage.answers import piecewise
from coverage.answers.costs import PRICED, Costs
from coverage.answers.mix_problem import Array, Problem, problems_by_beginning, state_problem
from coverage.answers.mix_trial import Result, confirm, try_settings
from coverage.base import months
from coverage.model import runs
from coverage.model.scenarios import Scenario
from coverage.model.view import View

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
    shortage. `branches` are those with a target: of several, a reached sum is not every branch's own (`short`).
    `settled` is False where the search ended before the projection confirmed the target: a better mix may
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
    branches: int
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
    problem = state_problem(view, scenario, costs or Costs(), segment, by, name)
    # Of equal answers the one that renews comes first: nobody is paid for twice in the months before.
    search = min(
        (_searched(begun) for begun in reversed(problems_by_beginning(problem))),
        key=lambda search: _rank(search.missing, search.cost),
    )
    within = budget is None or search.cost <= budget
    best = search.best if within else _along(search, float(budget or 0))
    return _mix_of(search, best, budget)


def curve(mix: Mix) -> pl.DataFrame:
    """One row per step of money: `budget_rupiah, gap`, from nothing to the whole mix without a cap.

    Each step is an answer that the projection gave; what a smaller budget bought stays bought.
    """
    spent, missing = _measured(mix._search)
    # The first node is nothing, and costs nothing but the noise of floats.
    steps = {"budget_rupiah": np.maximum.accumulate(spent.round()), "gap": np.minimum.accumulate(missing)}
    return pl.DataFrame(steps).unique(maintain_order=True)


def rows_with_totals(mix: Mix) -> pl.DataFrame:
    """One row per segment and lever as in `Mix.rows`, each with the whole: month, covered, target, gap, total cost."""
    return mix.rows.with_columns(
        month=pl.lit(mix.month),
        covered=pl.lit(mix.covered),
        target=pl.lit(mix.target),
        gap=pl.lit(mix.gap),
        total_rupiah=pl.lit(mix.cost_rupiah),
        budget_rupiah=pl.lit(mix.budget_rupiah, dtype=pl.Float64),
        reached=pl.lit(mix.reached),
    )


@dataclass(frozen=True, kw_only=True)
class _Search:
    """The whole mix without a cap on the money, what it costs, and who is short with and without it."""

    problem: Problem
    best: Array  # (S, L)
    cost: float
    missing: float
    before: float
    least: float  # who is short even with every lever at its limit

    @property
    def settled(self) -> bool:
        return self.missing <= self.least + 2 * HALF_A_PERSON


def _searched(problem: Problem) -> _Search:
    """Find the whole mix; where whole workers and shared parts fall short of it, aim a little higher."""
    ends = try_settings(problem, np.stack([np.zeros_like(problem.limit), problem.limit], axis=2)).missing(problem)
    aim, best_search = problem.target.copy(), None
    for _ in range(_RETRIES):
        best = _descended(problem, aim)
        result = confirm(problem, best)[1]
        missing, cost = float(result.missing(problem)[0]), float(result.cost(problem).sum())
        candidate = _Search(
            problem=problem, best=best, cost=cost, missing=missing, before=float(ends[0]), least=float(ends[1])
        )
        if best_search is None or _rank(candidate.missing, candidate.cost) < _rank(
            best_search.missing, best_search.cost
        ):
            best_search = candidate
        if missing < HALF_A_PERSON or missing <= ends[1] + HALF_A_PERSON:
            break
        aim = aim + np.maximum(problem.target - result.covered[:, 0], 0) * 1.1 + 1
    if best_search is None:
        raise RuntimeError("a search without rounds")
    return best_search


def _rank(missing: float, cost: float) -> tuple[float, float]:
    """Order answers: the fewer missing the better, then the cheaper; less than half a person is no difference."""
    return (float(np.floor(missing / HALF_A_PERSON)), float(np.round(cost)))


def _descended(problem: Problem, aim: Array) -> Array:
    """Choose, try, measure anew around the choice, until it stays; return the best settings that were tried (S, L)."""
    x = np.zeros_like(problem.limit)
    best, rank = x, (np.inf, np.inf)
    for turn in range(_ROUNDS):
        grid = _grid(problem.limit, x, local=turn > 0)
        tried = try_settings(problem, _around(x, grid))
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
    settings_ = np.repeat(x[:, :, None], 1 + len(PRICED) * count, axis=2)
    for lever in range(len(PRICED)):
        settings_[:, lever, 1 + lever * count : 1 + (lever + 1) * count] = grid[:, lever]
    return settings_


def _rounded(problem: Problem, x: Array, way: Callable[[Array], Array]) -> Array:
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
    tried = try_settings(problem, _around(whole, grid))
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
    tried = try_settings(search.problem, np.moveaxis(_path(search), 0, 2))
    return tried.cost(search.problem).sum(axis=0), tried.missing(search.problem)


def _along(search: _Search, budget: float) -> Array:
    """Return the settings furthest along the path that the budget pays for, each step of the way paid as well."""
    problem, way = search.problem, _path(search)
    for _ in range(_LEVELS):
        spent = np.maximum.accumulate(try_settings(problem, np.moveaxis(way, 0, 2)).cost(problem).sum(axis=0))
        place = max(int((spent <= budget).sum()) - 1, 0)
        low, high = way[place], way[min(place + 1, len(way) - 1)]
        way = low + np.linspace(0, 1, _PARTS + 1)[:, None, None] * (high - low)
    return _rounded(problem, low, np.floor)


def _mix_of(search: _Search, x: Array, budget: float | None) -> Mix:
    problem = search.problem
    scenario, result = confirm(problem, x)
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
        branches=_branches(problem),
        gap_before=search.before,
        cost_rupiah=cost,
        budget_rupiah=budget,
        reached=reached,
        settled=search.settled and (budget is None or cost <= budget + 1),
        funded_until=months.add(problem.view.as_of, min(ends)) if ends else None,
        _search=search,
    )


def _branches(problem: Problem) -> int:
    targeted = pl.Series(problem.counted.any(axis=0))
    return int(problem.view.series.filter(targeted)["branch"].n_unique())


def _short(problem: Problem, scenario: Scenario) -> float:
    """Return what is missing to each series' own target in its own month."""
    covered = runs.flows(problem.view, scenario, int(problem.due.max())).covered[:, :, 0]
    reached = covered[problem.ends, np.arange(len(problem.ends))]
    missing = np.maximum(np.nan_to_num(problem.aims) - reached, 0)  # (series,)
    return float((missing * problem.counted).sum())


def _rows(problem: Problem, x: Array, result: Result) -> pl.DataFrame:
    """One row per segment and lever (`SCHEMA`), the cheapest next worker first."""
    marginal = _marginal(problem, x)
    order = np.argsort(np.where(np.isfinite(marginal), marginal, np.inf), axis=1, kind="stable")
    added = _added(problem, x, order)
    rows = []
    for place, (segment, own) in enumerate(zip(problem.segments, problem.own, strict=True)):
        for lever in order[place]:
            if problem.limit[place, lever] <= 0:
                continue
            name = PRICED[lever]
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


def _added(problem: Problem, x: Array, order: NDArray[np.intp]) -> Array:
    """Return what each lever adds to the covered when the levers are taken in order (S, L); the parts add up."""
    steps = np.zeros((*x.shape, len(PRICED) + 1))
    for place, sequence in enumerate(order):
        for step, lever in enumerate(sequence, 1):
            steps[place, lever, step:] = x[place, lever]
    gains = np.diff(try_settings(problem, steps).covered, axis=1)
    added = np.zeros_like(x)
    np.put_along_axis(added, order, gains, axis=1)
    return added


def _marginal(problem: Problem, x: Array) -> Array:
    """Return what one more worker at the due month costs by each lever (S, L), NaN where it adds nobody.

    A lever at its limit is priced by its last step.
    """
    step = np.maximum(problem.limit * 0.005, np.array([1e-4, 1e-4, 1e-4, 1.0]))
    full = x + step > problem.limit
    step = np.where(full, -np.minimum(step, x), step)
    settings_ = np.repeat(x[:, :, None], 1 + len(PRICED), axis=2)
    for lever in range(len(PRICED)):
        settings_[:, lever, 1 + lever] += step[:, lever]
    tried = try_settings(problem, settings_)
    gain = tried.covered[:, 1:] - tried.covered[:, :1]
    cost = tried.cost(problem)[:, 1:] - tried.cost(problem)[:, :1]
    # Less than a tenth of a person for a whole step is nobody: its price would be noise.
    several = np.abs(gain) > 0.1 * np.abs(step).clip(max=1)
    # Where a segment is full, more of one lever may take from another: that has no price either.
    return np.divide(cost, gain, out=np.full_like(gain, np.nan), where=several & (cost * gain >= 0))
