"""How are people shared out over branches?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def room_weights(eligible: Array, active: Array) -> Array:
    """Return uncovered workers of each series; active ones for all, if the eligible of any is unknown (NaN)."""
    return np.maximum(eligible - active, 0) if np.isfinite(eligible).all() else active


def share_out(total: int, weights: Array) -> NDArray[np.int64]:
    """Share whole people out in proportion to weights by largest remainder; the parts add up to the total.

    Where no weight is positive everybody gets the same.
    """
    if not len(weights):
        return np.zeros(0, dtype=np.int64)
    weights = np.maximum(np.nan_to_num(weights), 0)
    if weights.sum() <= 0:
        weights = np.ones_like(weights)
    exact = total * (weights / weights.sum())
    parts: NDArray[np.int64] = np.floor(exact).astype(np.int64)
    # Stable order: of equal remainders the first series is served first, on every machine.
    order = np.argsort(-(exact - parts), kind="stable")
    missing = int(total - parts.sum())
    np.add.at(parts, order[np.arange(abs(missing)) % len(parts)], int(np.sign(missing)))
    return parts
