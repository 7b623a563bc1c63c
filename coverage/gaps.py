"""How far is each branch, segment or region from its target, and will it get there at today's pace?

Model, section 4. `gap` is signed: positive is missing, negative is surplus; `short` never lets one branch's
surplus hide another's shortage.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coverage import months
from coverage.scope import View
from coverage.tables import GAPS, Gaps, Standing

Array = NDArray[np.float64]


def by(view: View, keys: Sequence[str] = ("segment",)) -> Gaps:
    """One row per key (`region`, `province`, `branch`, `segment`; none: one row in all) at the as-of month.

    Where only some series of a key have a target, `active`, `eligible` and everything after them are theirs
    alone, so that attainment compares like with like; `untargeted` counts the active workers left out. `due` is
    where a straight line from twelve months before the target's month would stand today. `late` counts series
    that have not reported the month. With a target for registrations, `achieved` are those of the year so far.
    """
    rows, place = view.groups(keys)
    count = rows.height
    targeted = np.isfinite(view.target)
    partly = np.bincount(place[targeted], minlength=count)[place] > 0
    counted = targeted | ~partly
    active = view.series["active"].to_numpy().astype(np.float64)

    def total(values: Array, where: NDArray[np.bool_] = counted) -> Array:
        return np.bincount(place[where], weights=values[where], minlength=count).astype(np.float64)

    registrations = view.measure == "registrations"
    achieved = view.registered if registrations else active
    has_target = np.bincount(place[targeted], minlength=count) > 0
    target = np.where(has_target, total(np.nan_to_num(view.target)), np.nan)
    done, have = total(achieved), total(active)
    gap = target - done
    short = np.where(has_target, total(np.maximum(np.nan_to_num(view.target) - achieved, 0)), np.nan)
    eligible = _known(view.series["eligible"], place, counted, count)
    pace = _known(view.series["new"] if registrations else view.series["pace"], place, counted, count)
    left = months.between(view.as_of, view.target_month) if view.target_month else None
    path = _path(view, place, counted, count)
    expected = path[left] if left is not None and left >= 0 else np.full(count, np.nan)
    span = _least(view.series["months_of_history"].to_numpy(), place, counted, count)
    target_month = pl.Series([view.target_month if one else None for one in has_target], dtype=pl.Date)
    return rows.with_columns(
        month=pl.lit(view.as_of),
        active=pl.Series(have),
        eligible=_nulls(eligible),
        target=_nulls(target),
        target_month=target_month,
        attainment=_nulls(np.divide(done, target, out=np.full(count, np.nan), where=target > 0)),
        coverage=_nulls(np.divide(have, eligible, out=np.full(count, np.nan), where=eligible > 0)),
        gap=_nulls(gap),
        short=_nulls(short),
        pace=_nulls(np.where(span > 0, pace, np.nan)),
        required_pace=_nulls(_required(gap, left)),
        expected=_nulls(np.where(has_target, expected, np.nan)),
        status=_status(gap, target, expected, span, view.settings["tolerance"]),
        eta=_eta(path, target, view),
        months_of_history=pl.Series(span),
        achieved=pl.Series(done),
        due=_nulls(np.where(has_target, _due(view, place, counted, count, target), np.nan)),
        untargeted=pl.Series(total(active, ~counted)),
        late=pl.Series(_late(view, rows, keys)),
        measure=pl.lit(view.measure),
    ).select(*rows.columns, *GAPS.keys(), "achieved", "due", "untargeted", "late", "measure")


def _nulls(values: Array) -> pl.Series:
    return pl.Series(values).fill_nan(None)


def _known(column: pl.Series, place: NDArray[np.intp], counted: NDArray[np.bool_], count: int) -> Array:
    """Sum a column by key; unknown for one is unknown for the sum."""
    values = column.cast(pl.Float64).fill_null(np.nan).to_numpy()
    return np.bincount(place[counted], weights=values[counted], minlength=count).astype(np.float64)


def _least(
    values: NDArray[np.int64], place: NDArray[np.intp], counted: NDArray[np.bool_], count: int
) -> NDArray[np.int64]:
    """Return the shortest history of each key: a sum is known only as far back as all its parts."""
    least = np.full(count, np.iinfo(np.int64).max)
    np.minimum.at(least, place[counted], values[counted])
    return np.where(least == np.iinfo(np.int64).max, 0, least)


def _required(gap: Array, left: int | None) -> Array:
    """Return gap over months left: 0 when reached, unknown when no month is left."""
    if left is None or left <= 0:
        return np.where(gap <= 0, 0.0, np.nan)
    return np.where(gap <= 0, 0.0, gap / left)


def _path(view: View, place: NDArray[np.intp], counted: NDArray[np.bool_], count: int) -> Array:
    """Return the baseline by month and key (months + 1, keys): members, or registrations of the year so far."""
    member = np.zeros((len(place), count))
    member[np.flatnonzero(counted), place[counted]] = 1
    if view.measure == "registrations":
        return (view.registered + np.cumsum(view.baseline.new[:, :, 0], axis=0)) @ member
    return view.baseline.covered[:, :, 0] @ member


def _status(gap: Array, target: Array, expected: Array, span: NDArray[np.int64], tolerance: float) -> pl.Series:
    """Name where each key stands; the expected figure comes from the same projection as the simulation."""
    known = np.isfinite(target)
    reached = known & (gap <= 0)
    unknown = ~known | (span == 0)
    with np.errstate(invalid="ignore"):
        # A hair below is float noise: nobody is off track for a millionth of a worker.
        on_track = expected >= target - 1e-6
        at_risk = expected >= target - tolerance * gap - 1e-6
    names = np.select([reached, unknown, on_track, at_risk], ["reached", "unknown", "on_track", "at_risk"], "off_track")
    return pl.Series(names, dtype=Standing)


def _eta(path: Array, target: Array, view: View) -> pl.Series:
    """Return the first month in which the baseline reaches the target within the limit; null if never."""
    limit = view.settings.whole("eta_months")
    reached: NDArray[np.bool_] = np.greater_equal(path[: limit + 1], target - 1e-6)
    found = [months.add(view.as_of, int(np.argmax(one))) if one.any() else None for one in reached.T]
    return pl.Series(found, dtype=pl.Date)


def _due(view: View, place: NDArray[np.intp], counted: NDArray[np.bool_], count: int, target: Array) -> Array:
    if view.target_month is None:
        return np.full(count, np.nan)
    base = months.add(view.target_month, -12)
    passed = min(max(months.between(base, view.as_of), 0), 12)
    if view.measure == "registrations":
        return target * passed / 12
    if passed == 0:
        return np.full(count, np.nan)  # the target's year has not begun: nothing is due yet
    then = view.series.select("branch", "segment").join(
        view.table.filter(pl.col("month") == base).select("branch", "segment", pl.col("active").cast(pl.Float64)),
        on=["branch", "segment"],
        how="left",
        validate="1:1",
        maintain_order="left",
    )["active"]
    level = _known(then, place, counted, count)
    return level + (target - level) * passed / 12


def _late(view: View, rows: pl.DataFrame, keys: Sequence[str]) -> NDArray[np.int64]:
    shared = [key for key in keys if key in view.late.columns]
    if not shared or view.late.is_empty():
        return np.full(rows.height, 0 if shared else view.late.height, dtype=np.int64)
    counts = view.late.group_by(shared).len()
    return (
        rows.join(counts, on=shared, how="left", maintain_order="left")["len"].fill_null(0).to_numpy().astype(np.int64)
    )


def history(view: View, keys: Sequence[str] = ("segment",)) -> pl.DataFrame:
    """One row per key and month so far: `active`, and `attainment` against today's target (a share).

    A month in which any of a key's branches and segments is missing has a null: a sum of the others would look like
    a fall.
    """
    rows, place = view.groups(keys)
    targeted = np.isfinite(view.target)
    partly = np.bincount(place[targeted], minlength=rows.height)[place] > 0
    members = view.series.select("branch", "segment").with_columns(
        place=pl.Series(place, dtype=pl.Int64), target=pl.Series(view.target).fill_nan(None), own=targeted | ~partly
    )
    members = members.filter("own")
    sizes = members.group_by("place").agg(size=pl.len(), target=pl.col("target").sum())
    sums = (
        view.table.join(members.select("branch", "segment", "place"), on=["branch", "segment"], validate="m:1")
        .group_by("place", "month")
        .agg(pl.col("active").sum().cast(pl.Float64), reported=pl.len())
        .join(sizes, on="place", validate="m:1")
        .with_columns(active=pl.when(pl.col("reported") == pl.col("size")).then("active"))
        .with_columns(attainment=pl.when(pl.col("target") > 0).then(pl.col("active") / pl.col("target")))
        .sort("place", "month")
    )
    return pl.concat([rows[sums["place"]], sums.select("month", "active", "attainment")], how="horizontal")
