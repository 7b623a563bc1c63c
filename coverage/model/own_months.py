"""How does a sum count whose parts are due in different months?

Model, section 4: each part at its own month. A part that was there in its month is counted as it was then; it takes
nothing from a sum that it falls back later, and it gives nothing that it grows later.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Places = NDArray[np.intp]
_NEVER = np.iinfo(np.intp).max


@dataclass(frozen=True, kw_only=True)
class Parts:
    """The groups of series cut into those that are due in the same month: parts.

    `place` (series,) is the part of each series, -1 for none; `owner` (parts,) the group of each part; `end` (parts,)
    the months until it is due, without end where all of its group are due together.
    """

    place: Places
    owner: Places
    end: Places
    groups: int

    @property
    def differ(self) -> NDArray[np.bool_]:
        """Say which groups have parts due in different months (groups,)."""
        return np.bincount(self.owner, minlength=self.groups) > 1

    def together(self, sums: Array) -> Array:
        """Add sums by part (months + 1, parts, ...) up to groups, as they are (months + 1, groups, ...)."""
        whole = np.zeros((len(sums), self.groups, *sums.shape[2:]))
        for part, owner in enumerate(self.owner):
            whole[:, owner] += sums[:, part]
        return whole

    def counted(self, sums: Array) -> Array:
        """Add sums by part up to groups, each part as it was in its own month from that month on."""
        t = np.minimum(np.arange(len(sums))[:, None], np.maximum(self.end, 0)[None, :])
        return self.together(sums[t, np.arange(len(self.owner))[None, :]])


def parts(place: Places, left: Array, groups: int) -> Parts:
    """Cut groups (series,; -1 is in none) into parts by the months left to each series' target (NaN: no target)."""
    inside = place >= 0
    months = np.full(len(place), _NEVER, dtype=np.intp)
    months[np.isfinite(left)] = left[np.isfinite(left)].astype(np.intp)
    keys, number = np.unique(np.stack([place[inside], months[inside]], axis=1), axis=0, return_inverse=True)
    owner = keys[:, 0].astype(np.intp)
    result = np.full(len(place), -1, dtype=np.intp)
    result[inside] = number.reshape(-1)
    several = np.bincount(owner, minlength=groups) > 1
    return Parts(place=result, owner=owner, end=np.where(several[owner], keys[:, 1], _NEVER), groups=groups)


def required_pace(gap: Array, left: Array, place: Places, groups: int) -> Array:
    """Return what each group needs a month (groups,): over the months still ahead, the sum of the net gap of the parts
    due then, if anything is missing, ÷ the months left to it.

    A surplus counts only against parts due in the same month. Parts that are due already are left out; nothing is known
    where all are, unless they are reached (0).
    """
    cut = parts(np.where(np.isfinite(gap), place, -1), left, groups)
    known = cut.place >= 0
    net = np.bincount(cut.place[known], weights=gap[known], minlength=len(cut.owner))
    month = np.zeros(len(cut.owner))
    month[cut.place[known]] = left[known]
    ahead = month > 0
    pace = np.bincount(cut.owner[ahead], weights=np.maximum(net[ahead], 0) / month[ahead], minlength=groups) + np.zeros(
        groups
    )
    some = np.bincount(cut.owner[ahead], minlength=groups) > 0
    reached = np.bincount(cut.owner, weights=net, minlength=groups) <= 0
    present = np.bincount(cut.owner, minlength=groups) > 0
    return np.where(some, pace, np.where(present & reached, 0.0, np.nan))


def due_already(left: Array, target: Array, place: Places, groups: int) -> NDArray[np.int64]:
    """Count the series of each group whose target is due, so that they have no part in its pace (groups,)."""
    due = np.isfinite(target) & (left <= 0) & (place >= 0)
    return np.bincount(place[due], minlength=groups).astype(np.int64)
