"""What may the cheapest mix set, how far, at which price, and by when does it have to be there?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coverage.answers.costs import PRICED, Costs, LeverCosts
from coverage.base import months
from coverage.base.errors import NothingToShow
from coverage.model import moving_targets, projection, runs
from coverage.model.levers import Levers
from coverage.model.plan import Plan
from coverage.model.scenarios import Scenario
from coverage.model.shares import room_weights
from coverage.model.view import View

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A view and a scenario in the terms of the search: arrays by segment (S), lever (L, as `PRICED`) and series."""

    view: View
    scenario: Scenario
    name: str
    plan: Plan
    segments: list[str]
    own: list[LeverCosts]
    member: Array  # (S, series): which series are of the segment
    counted: Array  # (S, series): which of them have a target
    due: NDArray[np.intp]  # (S,) months from now
    ends: NDArray[np.intp]  # (series,): to the month in which each counts, its own unless one is named for all
    aims: Array  # (series,): each one's own target, NaN for none
    target: Array  # (S,)
    price: Array  # (S, L) rupiah a person
    limit: Array  # (S, L)
    now: Array  # (S, 3): what the scenario sets already
    moves: Array  # (3, series): 1 where the segment's lever moves the series
    share: Array  # (series,): a segment's funded workers over its series
    starts: NDArray[np.intp]  # (S,) month in which the money begins
    usual: tuple[Array, Array, Array]  # registrations, lapse and return rates of the scenario (months + 1, series)


def state_problem(
    view: View, scenario: Scenario, costs: Costs, segment: str | None, by: date | None, name: str
) -> Problem:
    """Put a view, a scenario and costs into the terms of the search.

    `segment` None is all that have a target, `by` None the month of each one's own.

    Raises `NothingToShow` where the target counts registrations, where there is none, or where its month has passed.
    """
    view = runs.grounded(view, scenario)
    targeted = np.isfinite(view.target)
    names = view.series["segment"].cast(pl.String).to_numpy()
    present = [str(name) for name in dict.fromkeys(names[targeted].tolist()) if segment in {None, name}]
    if view.measure == "registrations":
        raise NothingToShow("mix_registrations")
    if not present:
        raise NothingToShow("mix_no_target")
    member = np.array([(names == name).astype(np.float64) for name in present])
    counted = member * targeted
    if by is not None:
        due = np.full(len(present), runs.horizon(view, until=by))
    else:
        due = np.array([int(view.months_left[series > 0].max()) for series in counted])
    if (due < 1).all():
        raise NothingToShow("mix_past", found=months.code(view.as_of))
    if (due < 1).any():
        kept = due >= 1
        present = [name for name, keep in zip(present, kept, strict=True) if keep]
        member, counted, due = member[kept], counted[kept], due[kept]
    plan = runs.plan(view, scenario)
    own = [costs.of(name) for name in present]
    aims = moving_targets.aimed_at(view, plan["eligible_growth"])
    target = counted @ np.nan_to_num(aims)
    last = int(due.max())
    ends = np.full(view.series.height, last) if by is not None else np.clip(np.nan_to_num(view.months_left), 0, last)
    now = np.array([_now(scenario, name) for name in present])
    return Problem(
        view=view,
        scenario=scenario,
        name=name,
        plan=plan,
        segments=present,
        own=own,
        member=member,
        counted=counted,
        due=due.astype(np.intp),
        ends=ends.astype(np.intp),
        aims=aims,
        target=target,
        price=np.array([[costs_of_segment.unit_rupiah(lever) for lever in PRICED] for costs_of_segment in own]),
        limit=_limits(own, now, target),
        now=now,
        moves=_moves(view, scenario, plan, present),
        share=_share(view, member),
        starts=np.maximum(1, due - np.array([costs_of_segment.months for costs_of_segment in own]) + 1).astype(np.intp),
        usual=_usual(view, plan, int(due.max())),
    )


def problems_by_beginning(problem: Problem) -> list[Problem]:
    """Return the problem with each month in which the money for funded workers might begin.

    As early as its months reach the target's month; or where a programme of the scenario ends, which it then renews:
    beginning before that, it would take the room of those who are funded already.
    """
    view, result = problem.view, [problem]
    ends = {
        (str(programme.segment), months.between(view.as_of, programme.starts) + programme.months)
        for programme in problem.scenario.programme
    }
    for name, end in sorted(ends):
        if name not in problem.segments:
            continue
        place = problem.segments.index(name)
        if problem.limit[place, 3] > 0 and problem.starts[place] < end <= problem.due[place]:
            starts = problem.starts.copy()
            starts[place] = end
            result.append(replace(problem, starts=starts))
    return result


def _now(scenario: Scenario, segment: str) -> list[float]:
    levers = next((wide for name, wide in scenario.levers.items() if name == segment), Levers())
    return [levers.new, levers.lapse, levers.back]


def _limits(own: Sequence[LeverCosts], now: Array, target: Array) -> Array:
    """Return how far each lever can go beyond the scenario (S, L), within what the lever itself can be."""
    rows = []
    for costs, (new, lapse, back), goal in zip(own, now, target, strict=True):
        # Nobody funds more workers than the target counts; room and gap bound the rest.
        workers = float(np.ceil(goal)) if costs.workers_limit is None else float(costs.workers_limit)
        rows.append(
            [
                max(min(costs.new_limit, 5 - new), 0),
                max(min(costs.lapse_limit, 1 + lapse), 0),
                max(min(costs.back_limit, 5 - back), 0),
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
        now = dict(zip(PRICED, _now(scenario, segment), strict=False))
        moved = moved.with_levers(
            segment, **{lever: value + (0.1 if value < 4 else -0.1) for lever, value in now.items()}
        )
    other = runs.plan(view, moved)
    follow = [other["new"] != plan["new"], other["lapse"] != plan["lapse"], other["back"] != plan["back"]]
    for ruled in (plan.path, plan.floor):
        if ruled is not None:
            follow[0] = follow[0] & ~np.isfinite(ruled).any(axis=0)
    return np.array(follow, dtype=np.float64)


def _share(view: View, member: Array) -> Array:
    """Return each series' part of its segment's funded workers (series,), in proportion to the uncovered."""
    active = view.series["active"].to_numpy().astype(np.float64)
    eligible = view.series["eligible"].fill_null(np.nan).to_numpy().astype(np.float64)
    share = np.zeros(len(active))
    for members in member > 0:
        room = room_weights(eligible[members], active[members])
        share[members] = room / room.sum() if room.sum() > 0 else 1 / members.sum()
    return share


def _usual(view: View, plan: Plan, horizon: int) -> tuple[Array, Array, Array]:
    """Return registrations wanted, lapse and return rates without the mix (months + 1, series), as the run has them."""
    run = projection.run(view.start, plan, horizon)
    return run.wanted[:, :, 0], run.lapse_share[:, :, 0], run.back_share[:, :, 0]
