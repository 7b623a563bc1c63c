"""What has to be reached: by which series of a view, how much, by which month; and what does a plan achieve of it?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coverage.base import months
from coverage.base.errors import NothingToShow
from coverage.base.tables import SEGMENTS, branch_key
from coverage.model import moving_targets, own_months, projection
from coverage.model import view as views
from coverage.model.plan import Plan
from coverage.model.projection import Futures, Start
from coverage.model.view import View

Array = NDArray[np.float64]

TOTAL = "total"
"""All segments together: `total.new` is the same change in each of them, `total.extra` and `total.workers` are people
who are shared among them."""
_LONGEST = 600  # months ahead, at most


def targeted(view: View) -> list[str]:
    """Return the segments in view that have a target, in their order."""
    present = set(view.series.filter(pl.Series(np.isfinite(view.target)))["segment"].cast(pl.String).to_list())
    return [segment for segment in SEGMENTS if segment in present]


def due(view: View, segment: str) -> date:
    """Return the latest month of a segment's targets; raise `NothingToShow` where it has none."""
    return find(view, known_segment(view, segment), None, past=True).by


@dataclass(frozen=True, kw_only=True)
class Goal:
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
    # (inside,): the months to each one's own, where they differ and no other is asked for
    ends: NDArray[np.intp] | None

    def counts(self, horizon: int) -> NDArray[np.bool_]:
        """Say in which months registrations count, each in its own target's year (months + 1, inside)."""
        t = np.arange(horizon + 1)[:, None]
        result = (t >= np.maximum(self.first, 1)) & (t < self.first + 12)
        return result if self.ends is None else result & (t <= self.ends)


def find(
    view: View,
    segment: str,
    by: date | None,
    *,
    past: bool = False,
    growth: Array | None = None,
    branch: str | None = None,
) -> Goal:
    """Find the target; as in `gaps`, only series that have one count. `past`: its month may be over.

    A share of the eligible is one of those that `growth` (a year, series,) leads to. `by` None is the last month of the
    targets. Raises `NothingToShow` where there is no target, or the month has passed or is too far ahead.
    """
    inside = np.flatnonzero(
        ((view.series["segment"] == segment).to_numpy() | (segment == TOTAL)) & series_of(view, branch)
    )
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
    return Goal(
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


def series_of(view: View, branch: str | None) -> NDArray[np.bool_]:
    """Say which series are the branch's; all of them where none is named."""
    if branch is None:
        return np.ones(view.series.height, dtype=bool)
    wanted = branch_key(branch)
    return np.array([branch_key(str(name)) == wanted for name in view.series["branch"].to_list()], dtype=bool)


def tellable(goal: Goal, futures: Futures | None) -> Futures | None:
    """Return the futures; None where nobody is covered of those asked about."""
    return futures if futures is not None and futures.of(goal.inside).tells(goal.member)[0] else None


def _allowed(view: View, first: int) -> str:
    return f"{months.code(months.add(view.as_of, first))} … {months.code(months.add(view.as_of, _LONGEST))}"


def known_segment(view: View, segment: str) -> str:
    """Return the segment, or `total`; raise `NothingToShow` where nobody of it is in view."""
    present = view.series["segment"].unique().cast(pl.String).to_list()
    if segment != TOTAL and segment not in present:
        raise NothingToShow(
            "segment_unknown", found=segment, allowed=" | ".join(name for name in SEGMENTS if name in present)
        )
    return segment


def cut_out(
    start: Start, plan: Plan, futures: Futures | None, inside: NDArray[np.intp]
) -> tuple[Start, Plan, Futures | None]:
    """Cut out some series: those of other segments never act upon them."""
    return start.of(inside), plan.of(inside), None if futures is None else futures.of(inside)


def achieved(start: Start, plan: Plan, goal: Goal, horizon: int, futures: Futures | None = None) -> Array:
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


def missing(start: Start, plan: Plan, goal: Goal, ahead: int) -> float:
    """Return who is missing then, each series by itself: a surplus of one fills no other's gap (model, section 4)."""
    run = projection.run(start, plan, ahead)
    return missing_of(goal, run.covered[:, :, 0], run.new[:, :, 0])


def missing_of(goal: Goal, covered: Array, new: Array) -> float:
    """Return who is `missing` in the last month of a run, by its covered and new (months + 1, inside)."""
    ahead = len(covered) - 1
    when = np.full(len(goal.inside), ahead) if goal.ends is None else np.minimum(goal.ends, ahead)
    done = covered[when, np.arange(len(when))]
    if goal.measure == "registrations":
        done = goal.had + np.where(goal.counts(ahead), new, 0).sum(axis=0)
    return float(np.nansum(np.maximum(goal.aims - done, 0)))
