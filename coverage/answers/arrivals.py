"""When does a scenario reach the target?

Model, section 8.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import ceil

import numpy as np
from numpy.typing import NDArray

from coverage.answers import goals, line_search
from coverage.base import months
from coverage.model import runs
from coverage.model.chance import on_ground
from coverage.model.projection import Futures
from coverage.model.scenarios import Scenario
from coverage.model.view import View

Array = NDArray[np.float64]


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


def when(
    view: View,
    scenario: Scenario,
    *,
    segment: str = goals.TOTAL,
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
    goal = goals.find(view, goals.known_segment(view, segment), by, past=by is None, growth=growth, branch=branch)
    futures = goals.tellable(goal, futures)
    longest = max(view.settings.whole("eta_months"), goal.ahead)
    start, plan, shaken = goals.cut_out(view.start, runs.plan(view, scenario), futures, goal.inside)
    path = goals.achieved(start, plan, goal, longest)[:, 0]
    place = line_search.first(path, goal.target)
    early: list[date | None] = [None] * 3
    sure = None
    if shaken is not None:
        drawn = goals.achieved(start, plan, goal, longest, shaken)
        reached = line_search.at_target(drawn, goal.target)
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
        short=0.0 if place is None else goals.missing(start, plan, goal, place),
        lost=_lost(view, path[: goal.ahead + 1], goal.target, place),
        covered_by=float(path[goal.ahead]) if goal.ahead >= 0 else None,
    )


def _lost(view: View, path: Array, target: float, arrival: int | None) -> date | None:
    """Return the first month after the arrival in which the target is missed, if it still is at the end of the path."""
    if arrival is None or arrival >= len(path) or line_search.at_target(path, target)[-1]:
        return None
    return months.add(view.as_of, arrival + int(np.argmin(line_search.at_target(path[arrival:], target))))
