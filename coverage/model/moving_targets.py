"""How many people is a share of the eligible, in a run in which the workforce grows otherwise than in the baseline?

Model, section 3: share × E(T), where E(T) is the eligible of the target's month in the run that is looked at.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from coverage.model import projection
from coverage.model.view import View

Array = NDArray[np.float64]


def aimed(view: View, run: projection.Flows) -> Array:
    """Return the people that each series has to reach in a run (series,): a share of the eligible is one of those that
    the run has in the target's month. Where the workforce grows more than in the baseline, it asks for more.
    """
    if len(run.eligible) < 2 or not np.isfinite(view.share).any():
        return view.target
    today, later = run.eligible[0, :, 0], run.eligible[1, :, 0]
    known = np.isfinite(today) & np.isfinite(later) & (today > 0)
    monthly = np.divide(later, today, out=np.ones(len(today)), where=known)  # the same every month
    return aimed_at(view, monthly**12 - 1)


def aimed_at(view: View, growth: Array) -> Array:
    """Return the people that each series has to reach where its eligible grow by so much a year (series,)."""
    moving = np.isfinite(view.share) & (view.months_left > 0)
    if not moving.any():
        return view.target
    years = view.months_left[moving] / 12
    usual = (1 + view.settings["eligible_growth"]) ** years
    target = view.target.copy()
    moved = (1 + growth[moving]) ** years - usual
    target[moving] += view.share[moving] * view.start.eligible[moving, 0] * moved
    return target
