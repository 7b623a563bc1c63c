"""Between which bounds will the covered end? The band is the record of this forecast.

Model, section 7, "Paths", "Who has no error" and "Draws": what each series' error would be month by month, were a past
month's to come again, in either direction. The same past month and direction serves every series in a draw, so that
branches err together as they did and sums are honest. Nothing is drawn by chance.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from coverage.model import past, record
from coverage.model.past import Array, Places
from coverage.model.record import REACH, Record

_OWN = 6
"""From so many past months with errors on, a series' own errors say how large they are."""
_YOUNG = 2.0
"""A series too young to have a record errs so many times as much as its like (model, section 7: tried and measured)."""


@dataclass(frozen=True, kw_only=True)
class Band:
    """The errors of each past month and series without holes, and one number for the tail: what a browser needs too."""

    errors: Array  # (past months, series, 13), 0 months ahead first; holes filled; 0 after the last known month
    last: Places  # (past months, series): the last known month ahead
    tail: Array  # (past months, series): sign x size; times g(h) after the last known month
    size: Array  # g for 0 ... 12 months ahead
    factor: float  # 1 + 2 / K

    @property
    def draws(self) -> int:
        """Return how many draws there are: two for each past month."""
        return 2 * len(self.errors)

    def of(self, series: Places) -> Band:
        """Return the band of some series."""
        return replace(self, errors=self.errors[:, series], last=self.last[:, series], tail=self.tail[:, series])

    def paths(self, horizon: int, late: Places | None = None) -> Array:
        """Return the errors of each draw as shares of the last figure (months + 1, series, draws).

        Months are counted from the as-of month; a late series' errors are those since its last report, `late` months
        before it, and 0 at the as-of month.
        """
        months, series = self.last.shape
        since = np.zeros(series, dtype=np.intp) if late is None else late
        ahead = np.arange(horizon + 1)[:, None] + since[None, :]
        furthest = int(ahead.max(initial=0))
        growing = record.sizes(self.size, furthest)[ahead]
        near = np.minimum(ahead, REACH)
        result = np.empty((horizon + 1, series, 2 * months))
        each = np.arange(series)[None, :]
        for place in range(months):
            known = ahead <= self.last[place][None, :]
            line = np.where(known, self.errors[place][each, near], self.tail[place][None, :] * growing)
            line[0] = 0
            result[:, :, 2 * place] = self.factor * line
            result[:, :, 2 * place + 1] = -self.factor * line
        return result


def of(own_record: Record, segments: NDArray[np.str_], stood: Array) -> Band:
    """Return the band of all series; `stood` is what each reported in the past months used (past months, series)."""
    errors = _with_likes(own_record.errors, np.unique(segments, return_inverse=True)[1], stood)
    known = np.isfinite(errors)
    last = REACH - np.argmax(known[:, :, ::-1], axis=2)
    last[~known.any(axis=2)] = 0
    line = np.concatenate([np.zeros((*last.shape, 1)), errors], axis=2)
    line = _filled(line)
    return Band(
        errors=line,
        last=last,
        tail=_tail(line, last, own_record.size),
        size=own_record.size,
        factor=1 + 2 / own_record.count,
    )


def _with_likes(errors: Array, segment: Places, stood: Array) -> Array:
    """Give those who have no error at a past month that of their segment, or of all where the segment has none.

    It is scaled to the size of their own errors where they have a record, else to twice that of their like.
    """
    known = np.isfinite(errors)
    own = known.any(axis=2)
    if own.all():
        return errors
    groups = np.arange(segment.max(initial=0) + 1)
    members = np.concatenate([segment[None, :] == groups[:, None], np.ones((1, len(segment)), dtype=np.bool_)])
    weights = members.astype(np.float64)
    filled, here = np.where(known, errors, 0), np.where(known, stood[:, :, None], 0)
    people, base = np.matmul(weights, filled * here), np.matmul(weights, here)  # (past months, groups, 12)
    common = np.divide(people, base, out=np.full_like(people, np.nan), where=base > 0)
    absolute, counts = np.abs(filled).sum(axis=(0, 2)), known.sum(axis=(0, 2))  # (series,)
    typical = past.mean(np.abs(np.moveaxis(common, 1, 0)).reshape(len(weights), -1))
    of_members = _per(weights @ absolute, weights @ counts)
    alone = own.sum(axis=0) >= _OWN
    place, series = np.nonzero(~own)
    has = np.isfinite(common).any(axis=2)[place, segment[series]]
    group = np.where(has, segment[series], len(weights) - 1)
    wanted = np.where(alone, _per(absolute, counts), 0)[series]
    wanted = np.where(alone[series], wanted, _YOUNG * of_members[group])
    result = errors.copy()
    result[place, series] = common[place, group] * _per(wanted, typical[group])[:, None]
    return result


def _per(summed: Array, count: Array) -> Array:
    return np.divide(summed, count, out=np.zeros_like(summed), where=count > 0)


def _filled(line: Array) -> Array:
    """Fill holes between known months by a straight line; what comes after the last known month is 0 (see tail)."""
    known = np.isfinite(line)
    if not known.all():
        flat = line.reshape(-1, line.shape[2])
        line = np.nan_to_num(past.bridge(flat)).reshape(line.shape)
    return line


def _tail(line: Array, last: Places, size: Array) -> Array:
    """Return the sign of the last known error x the root mean square of error / g over its last three months."""
    recent = last[:, :, None] - np.arange(3)
    ratio = np.take_along_axis(line, np.maximum(recent, 1), axis=2) / size[np.maximum(recent, 1)]
    squares = np.where(recent >= 1, ratio**2, 0).sum(axis=2)
    sign = np.sign(np.take_along_axis(line, last[:, :, None], axis=2)[:, :, 0])
    size_of_it: Array = np.sqrt(squares / np.maximum(np.minimum(last, 3), 1))
    return sign * size_of_it
