"""Between which bounds does a total lie while some branches have not reported the month?

A branch that has not reported is never carried forward. Its own history says how far it ever moved in so many months:
k months after its last report it stands between its last figure times the lowest and times the highest factor by
which it changed over any k months that it reported. The bounds of a total add those up to what was reported; they
are bounds, not a forecast, and grow wider with every month of silence.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coverage.model import history
from coverage.model.view import View

Array = NDArray[np.float64]
NEEDED = 12
"""So many changes must have been seen before they bound anything: the two or three of a short history are too like
each other."""
_SERIES = ["branch", "segment", "region", "province"]


def bounds(view: View, keys: Sequence[str] = ("segment",)) -> pl.DataFrame:
    """One row per key: `reported` (the active members of those that did), `late` (series that did not), `branches`
    and `late_branches`, `low` and `high` (bounds of the total), `unbounded` (late series whose history is too short).

    Without a late series low and high are what was reported; with an unbounded one they are null.
    """
    reported = view.series.select(*_SERIES, reported=pl.col("active").cast(pl.Float64))
    rows = pl.concat([reported, series(view).drop("last", "last_month")], how="diagonal")
    late = pl.col("reported").is_null()
    known = pl.col("reported").fill_null(0).sum()
    bounded = (late & pl.col("low").is_null()).sum() == 0
    measures = [
        known.alias("reported"),
        late.sum().cast(pl.Int64).alias("late"),
        pl.col("branch").n_unique().cast(pl.Int64).alias("branches"),
        pl.col("branch").filter(late).n_unique().cast(pl.Int64).alias("late_branches"),
        pl.when(bounded).then(known + pl.col("low").fill_null(0).sum()).alias("low"),
        pl.when(bounded).then(known + pl.col("high").fill_null(0).sum()).alias("high"),
        (late & pl.col("low").is_null()).sum().cast(pl.Int64).alias("unbounded"),
    ]
    if not keys:
        return rows.select(pl.lit("total").alias("scope"), *measures)
    return rows.group_by(keys).agg(measures).sort(keys, nulls_last=True)


def series(view: View) -> pl.DataFrame:
    """One row per branch and segment that has not reported: `branch, segment, region, province, last, last_month,
    low, high`; low and high are null where fewer than twelve changes over so many months are known.

    `high` is not above the eligible workers of the last report, if they are known.
    """
    past = history.grid(view.table, as_of=view.as_of)
    wanted = view.late.join(
        past.keys.with_row_index("place"), on=["branch", "segment"], how="left", validate="1:1", maintain_order="left"
    )
    found = [_bound(past, int(place)) for place in wanted["place"].to_list()]
    columns = {"last": pl.Float64(), "silent": pl.Int64(), "low": pl.Float64(), "high": pl.Float64()}
    return (
        view.late.hstack(pl.DataFrame(found, schema=columns, orient="row"))
        .with_columns(last_month=pl.lit(view.as_of).dt.offset_by(pl.format("-{}mo", "silent")))
        .select(*_SERIES, "last", "last_month", "low", "high")
    )


def _bound(past: history.Grid, place: int) -> tuple[float, int, float | None, float | None]:
    """Return the last report, how many months ago it is, and the bounds of today's figure."""
    active = past.active[place]
    there = int(np.flatnonzero(np.isfinite(active))[-1])
    last, silent = float(active[there]), len(active) - 1 - there
    before, after = active[: len(active) - silent], active[silent:]
    usable = np.isfinite(before) & np.isfinite(after) & (before > 0)
    if usable.sum() < NEEDED:
        return last, silent, None, None
    factors = after[usable] / before[usable]
    eligible = past.eligible[place, there]
    most = max(float(eligible), last) if np.isfinite(eligible) else np.inf
    return last, silent, last * float(factors.min()), min(last * float(factors.max()), most)
