"""How much of which lever costs least, when each is a chain of straight pieces? A linear programme, nothing more.

Where each segment has its own need, the cheapest pieces of a segment are filled first, and that is the whole answer;
where one sum of money is shared, the solver is HiGHS, by way of SciPy. What the pieces are worth is measured elsewhere,
by the full projection (`mix`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
_NOBODY = 1e-6  # fewer covered than that is the noise of floats


@dataclass(frozen=True, kw_only=True)
class Lever:
    """One lever of one segment as a chain of straight pieces, each dearer for a person than the one before."""

    segment: int
    lever: int
    first: float  # covered with the lever at nothing
    gain: Array  # covered that each piece adds (pieces,)
    cost: Array  # rupiah that each piece adds (pieces,)
    z: Array  # all settings that were tried and added somebody, and what was covered then: both ascend (points,)
    covered: Array


@dataclass(frozen=True, kw_only=True)
class Pieces:
    """All pieces of all levers, one after the other."""

    levers: list[Lever]

    @property
    def gain(self) -> Array:
        """The people that each piece adds (pieces,)."""
        return np.concatenate([lever.gain for lever in self.levers])

    @property
    def cost(self) -> Array:
        """The rupiah that each piece adds (pieces,)."""
        return np.concatenate([lever.cost for lever in self.levers])

    @property
    def segment(self) -> NDArray[np.intp]:
        """The place of each piece's segment (pieces,)."""
        return np.concatenate([np.full(len(lever.gain), lever.segment) for lever in self.levers]).astype(np.intp)

    def without(self, covered: Array) -> Array:
        """Return what the covered (S,) would be with every lever at nothing, as far as the pieces tell."""
        least = covered.copy()
        for lever in self.levers:
            least[lever.segment] += lever.first - covered[lever.segment]
        return least

    def settings(self, filled: Array, shape: tuple[int, ...]) -> Array:
        """Return the settings (S, L) where so much of each piece is filled (pieces,).

        They are read off what was tried: a piece that ends where nobody is left to cover bends within itself, and the
        setting that lies in the same proportion would be paid for twice over.
        """
        x = np.zeros(shape)
        place = 0
        for lever in self.levers:
            count = len(lever.gain)
            covered = lever.first + float((filled[place : place + count] * lever.gain).sum())
            x[lever.segment, lever.lever] = np.interp(covered, lever.covered, lever.z)
            place += count
        return x


def measured(grid: Array, covered: Array, cost: Array) -> Pieces:
    """Turn what was tried into pieces.

    A point that a straight line between its neighbours beats is left out: the chain bends one way only, so that a
    linear programme fills the pieces in their order.
    """
    count, levers = grid.shape[2], []
    for segment in range(grid.shape[0]):
        for lever in range(grid.shape[1]):
            draws = np.s_[1 + lever * count : 1 + (lever + 1) * count]
            z, gain, price = grid[segment, lever], covered[segment, draws], cost[segment, draws]
            kept = _hull(gain, price)
            most = np.maximum.accumulate(gain)
            rising = np.flatnonzero(np.diff(most, prepend=-np.inf) > _NOBODY)
            levers.append(
                Lever(
                    segment=segment,
                    lever=lever,
                    first=float(gain[0]),
                    gain=np.diff(gain[kept]),
                    cost=np.diff(price[kept]),
                    z=z[rising],
                    covered=gain[rising],
                )
            )
    return Pieces(levers=levers)


def _hull(gain: Array, cost: Array) -> list[int]:
    """Return the points of the lower convex hull of cost over gain, from the first on; points that add nobody go."""
    kept = [0]
    for point in range(1, len(gain)):
        if gain[point] <= gain[kept[-1]] + _NOBODY:
            continue
        while len(kept) > 1:
            a, b = kept[-2], kept[-1]
            if (cost[b] - cost[a]) * (gain[point] - gain[a]) < (cost[point] - cost[a]) * (gain[b] - gain[a]):
                break
            kept.pop()
        kept.append(point)
    return kept


def cheapest(pieces: Pieces, need: Array, shape: tuple[int, ...]) -> Array:
    """Fill the pieces for the least money so that each segment gains what it needs, or all that there is (S, L)."""
    gain, price, segment = pieces.gain, _price(pieces.cost), pieces.segment
    filled = np.zeros(len(gain))
    for place in range(shape[0]):
        own = np.flatnonzero(segment == place)
        order = own[np.argsort(price[own] / gain[own], kind="stable")]
        before = np.cumsum(gain[order]) - gain[order]
        filled[order] = np.clip((need[place] - before) / gain[order], 0, 1)
    filled[price < 0] = 1  # what saves money is done whether it is needed or not
    return pieces.settings(filled, shape)


def fill(cost: Array, *, rows: Array, least: Array, low: Array) -> Array:
    """Minimise cost over `rows @ x <= least`, `low <= x <= 1`; numbers are scaled, for a solver's tolerance is not."""
    # SciPy takes a third of a second to import: only who asks what a budget buys waits for it.
    from scipy.optimize import linprog

    scale = np.maximum(np.abs(rows).max(axis=1), 1e-9)
    answer = linprog(
        _price(cost), A_ub=rows / scale[:, None], b_ub=least / scale, bounds=np.stack([low, np.ones_like(low)], axis=1)
    )
    # A programme that the solver gives up on leaves everything as it was; the search tells that it did not settle.
    return low if answer.x is None else np.clip(answer.x, low, 1)


def _price(cost: Array) -> Array:
    """Scale the costs; what costs nothing is not used for nothing either."""
    return cost / max(float(np.abs(cost).max(initial=0)), 1e-9) + 1e-7
