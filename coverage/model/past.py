"""What is known of every month of the past, once what follows from it is added?

Model, sections 5.1 and 5.2: flows that follow from the balance, months bridged by a straight line, relative changes,
and the pool of lapsed people. Arrays are shaped (series, months of the calendar), NaN where nothing is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Places = NDArray[np.intp]
Flags = NDArray[np.bool_]


class Reports(Protocol):
    """What was reported, as arrays (series, months of the calendar), NaN where nothing was; the last month is as-of."""

    @property
    def active(self) -> Array: ...
    @property
    def eligible(self) -> Array: ...
    @property
    def new(self) -> Array: ...
    @property
    def lapsed(self) -> Array: ...
    @property
    def returned(self) -> Array: ...
    @property
    def funded(self) -> Array: ...


@dataclass(frozen=True, kw_only=True)
class Past:
    """The reports and what follows from them (series, months)."""

    active: Array  # as reported
    eligible: Array
    funded: Array
    returned: Array
    new: Array  # reported, or from the balance
    lapsed: Array
    pool: Array  # as if the series' flows counted; none where only stocks are known (see rates)
    bridged: Array  # active, with the months between two reports on a straight line
    change: Array  # d: relative to the month before, bridges included
    plain: Array  # d where neither month is bridged
    first: Places  # (series,) the first report; after the last month where there is none
    last: Places  # (series,) the last report; -1 where there is none


@dataclass(frozen=True, kw_only=True)
class Cuts:
    """The months from which the law looks ahead: a series and a month that it reported, place by place."""

    series: Places
    month: Places


def of(reports: Reports) -> Past:
    """Complete the flows, bridge the holes, follow the pool."""
    active = reports.active
    new, lapsed = complete(reports)
    bridged = bridge(active)
    change = _change(bridged)
    hole = np.isnan(active)
    touches = hole.copy()
    touches[:, 1:] |= hole[:, :-1]
    known = np.isfinite(active)
    some, months = known.any(axis=1), active.shape[1]
    return Past(
        active=active,
        eligible=reports.eligible,
        funded=reports.funded,
        returned=reports.returned,
        new=new,
        lapsed=lapsed,
        pool=pool(reports, lapsed),
        bridged=bridged,
        change=change,
        plain=np.where(touches, np.nan, change),
        first=np.where(some, np.argmax(known, axis=1), months),
        last=np.where(some, months - 1 - np.argmax(known[:, ::-1], axis=1), -1),
    )


def a_month_before(array: Array) -> Array:
    """Shift by a month, so that each month faces the month before it; unknown before the calendar's first month."""
    result = np.full_like(array, np.nan)
    result[:, 1:] = array[:, :-1]
    return result


def complete(reports: Reports) -> tuple[Array, Array]:
    """Return `new` and `lapsed`; a missing one follows from the balance (model, section 5.1):

    lapsed = max(new + returned - net change, 0), new = max(net change + lapsed - returned, 0), where the active of
    that month and of the month before were reported. An unknown `returned` counts as 0 here.
    """
    net = reports.active - a_month_before(reports.active)
    returned = np.nan_to_num(reports.returned)
    lapsed = np.where(np.isnan(reports.lapsed), np.maximum(reports.new + returned - net, 0), reports.lapsed)
    new = np.where(np.isnan(reports.new), np.maximum(net + reports.lapsed - returned, 0), reports.new)
    return new, lapsed


def pool(reports: Reports, lapsed: Array) -> Array:
    """Return the pool of lapsed people at the end of each month:

    P_m = min(max(P_{m-1} + lapsed - returned, 0), max(E_m - active_m, 0)), from 0 before the first month. An unknown
    flow adds nothing, an unknown E or active is no limit. The limit is the one that the projection keeps (step 8).
    """
    change = np.nan_to_num(lapsed) - np.nan_to_num(reports.returned)
    uncovered = np.maximum(reports.eligible - reports.active, 0)
    limit = np.where(np.isfinite(uncovered), uncovered, np.inf)
    result = np.empty_like(change)
    now = np.zeros(change.shape[0])
    for month in range(change.shape[1]):
        now = np.minimum(np.maximum(now + change[:, month], 0), limit[:, month])
        result[:, month] = now
    return result


def bridge(active: Array) -> Array:
    """Fill the months between two reports by a straight line; before the first and after the last stay unknown."""
    known = np.isfinite(active)
    if known.all():
        return active
    months = active.shape[1]
    place = np.arange(months)
    left = np.maximum.accumulate(np.where(known, place, -1), axis=1)
    right = np.minimum.accumulate(np.where(known, place, months)[:, ::-1], axis=1)[:, ::-1]
    rows, columns = np.nonzero(~known & (left >= 0) & (right < months))
    start, end = left[rows, columns], right[rows, columns]
    lower, upper = active[rows, start], active[rows, end]
    result = active.copy()
    result[rows, columns] = lower + (upper - lower) * (columns - start) / (end - start)
    return result


def _change(active: Array) -> Array:
    """Return d_m = (y_m - y_{m-1}) / y_{m-1}, unknown where y_{m-1} = 0."""
    base = a_month_before(active)
    result = np.full_like(active, np.nan)
    np.divide(active - base, base, out=result, where=base > 0)
    return result


def months_up_to(array: Array, cuts: Cuts, width: int) -> Array:
    """Return the `width` months up to each cut, the cut's own month last (cuts, width)."""
    padded = np.concatenate([np.full((array.shape[0], width - 1), np.nan), array], axis=1)
    views = np.lib.stride_tricks.sliding_window_view(padded, width, axis=1)
    result: Array = views[cuts.series, cuts.month]
    return result


def sum_of_known(values: Array, axis: int = -1) -> tuple[Array, NDArray[np.int64]]:
    """Return the sum over what is known, and how many that are."""
    known = np.isfinite(values)
    return np.where(known, values, 0).sum(axis=axis), known.sum(axis=axis)


def mean(values: Array, axis: int = -1) -> Array:
    """Return the mean over what is known, NaN where nothing is."""
    summed, count = sum_of_known(values, axis)
    return np.where(count > 0, summed / np.maximum(count, 1), np.nan)
