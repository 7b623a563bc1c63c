"""Between which bounds does a total lie while some branches have not reported the month, and how much is missing?

Model, section 4. A branch that has not reported is never carried forward. Its own history says how far it ever moved in
so many months: k months after its last report it stands between its last figure times the lowest and times the highest
factor by which it changed over any k months that it reported, neither above who could be covered. The bounds of a total
add those up to what was reported; they are bounds, not a forecast, and grow wider with every month of silence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coverage.base.tables import Gaps, Standing
from coverage.model import history
from coverage.model.view import View

Array = NDArray[np.float64]
NEEDED = 12
"""So many changes must have been seen before they bound anything: the two or three of a short history are too like
each other."""
LATEST = 12
"""Who has been silent for longer than so many months may be anywhere."""
_SERIES = ["branch", "segment", "region", "province"]
_YEAR = 12


def bounds_of_missing(view: View, keys: Sequence[str] = ("segment",)) -> pl.DataFrame:
    """One row per key: `reported` (the active members of those that did), `late` (series that did not), `branches`
    and `late_branches`, `low` and `high` (bounds of the total), `unbounded` (late series that a bound is unknown of).

    Without a late series low and high are what was reported; null where one of the late has no such bound.
    """
    reported = view.series.filter(pl.col("late") == 0).select(*_SERIES, reported=pl.col("active").cast(pl.Float64))
    rows = pl.concat([reported, late_series(view).drop("last", "last_month")], how="diagonal")
    late = pl.col("reported").is_null()
    known = pl.col("reported").fill_null(0).sum()

    def bound(name: str) -> pl.Expr:
        present = (late & pl.col(name).is_null()).sum() == 0
        return pl.when(present).then(known + pl.col(name).fill_null(0).sum()).alias(name)

    measures = [
        known.alias("reported"),
        late.sum().cast(pl.Int64).alias("late"),
        pl.col("branch").n_unique().cast(pl.Int64).alias("branches"),
        pl.col("branch").filter(late).n_unique().cast(pl.Int64).alias("late_branches"),
        bound("low"),
        bound("high"),
        (late & (pl.col("low").is_null() | pl.col("high").is_null())).sum().cast(pl.Int64).alias("unbounded"),
    ]
    if not keys:
        return rows.select(pl.lit("total").alias("scope"), *measures)
    return rows.group_by(keys).agg(measures).sort(keys, nulls_last=True)


def late_series(view: View) -> pl.DataFrame:
    """One row per branch and segment that has not reported: `branch, segment, region, province, last, last_month,
    low, high`; `high` is null where nothing bounds it: too few changes over so many months are known, or the silence
    is too long, and the eligible are unknown.
    """
    past = history.grid(view.table, as_of=view.as_of)
    wanted = view.late.join(
        past.keys.with_row_index("place"), on=["branch", "segment"], how="left", validate="1:1", maintain_order="left"
    )
    growth = view.settings["eligible_growth"]
    results = [_bound(past, int(place), growth) for place in wanted["place"].to_list()]
    columns = {"last": pl.Float64(), "silent": pl.Int64(), "low": pl.Float64(), "high": pl.Float64()}
    return (
        view.late.hstack(pl.DataFrame(results, schema=columns, orient="row"))
        .with_columns(last_month=pl.lit(view.as_of).dt.offset_by(pl.format("-{}mo", "silent")))
        .select(*_SERIES, "last", "last_month", "low", "high")
    )


def _bound(past: history.MonthGrid, place: int, growth: float) -> tuple[float, int, float, float | None]:
    """Return the last report, how many months ago it is, and the bounds of today's figure."""
    active = past.active[place]
    present = int(np.flatnonzero(np.isfinite(active))[-1])
    last, silent = float(active[present]), len(active) - 1 - present
    eligible = float(past.eligible[place, present])
    most = eligible * (1 + growth) ** (silent / _YEAR) if np.isfinite(eligible) else None
    before, after = active[: len(active) - silent], active[silent:]
    usable = np.isfinite(before) & np.isfinite(after) & (before > 0)
    if silent > LATEST or usable.sum() < NEEDED:
        return last, silent, 0.0, most
    factors = after[usable] / before[usable]
    low, high = last * float(factors.min()), last * float(factors.max())
    return last, silent, low if most is None else min(low, most), high if most is None else min(high, most)


@dataclass(frozen=True, kw_only=True)
class Missing:
    """How much is missing at one end of the bounds (keys,): net, and series by series; NaN where it is unknown."""

    gap: Array
    short: Array


def least_and_most(
    view: View, rows: pl.DataFrame, keys: Sequence[str], gap: Array, short: Array
) -> tuple[Missing, Missing]:
    """Return the least and the most that is missing of all targets, the late ones' too.

    `gap` and `short` (keys,) are those of the series that reported, whose `rows` have the keys.
    """
    owed = late_series(view).join(
        view.late_targets.select("branch", "segment", "target"), on=["branch", "segment"], how="inner", validate="1:1"
    )
    if view.measure == "registrations":  # what a late one registered has no bounds
        owed = owed.with_columns(pl.lit(None, pl.Float64).alias("low"), pl.lit(None, pl.Float64).alias("high"))
    return (_missing(owed, "high", rows, keys, gap, short), _missing(owed, "low", rows, keys, gap, short))


def with_the_silent(view: View, rows: Gaps, keys: Sequence[str]) -> Gaps:
    """Add to a table of gaps the keys of which nobody has reported for so long that nobody is run: what they are asked
    for and between which bounds it is missing is known, all else is not (model, section 4)."""
    shared = [key for key in keys if key in _SERIES]
    if not shared or len(shared) < len(keys):
        return rows
    silent = view.not_run.select(shared).unique(maintain_order=True).join(rows, on=shared, how="anti", nulls_equal=True)
    if silent.is_empty():
        return rows
    nothing = np.zeros(silent.height)
    low, high = least_and_most(view, silent, keys, nothing, nothing)
    aims = view.not_run.join(view.late_targets, on=["branch", "segment"], how="left").group_by(shared)
    owed = silent.join(
        aims.agg(
            target=pl.when(pl.col("target").count() > 0).then(pl.col("target").sum()),
            target_month=pl.col("target_month").max(),
            target_source=pl.col("target_source").drop_nulls().unique().sort().str.join("; "),
            late=pl.len().cast(pl.Int64),
        ),
        on=shared,
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )
    known = pl.col("target").is_not_null()
    bounds = {"gap_low": low.gap, "gap_high": high.gap, "short_low": low.short, "short_high": high.short}
    worded = owed.with_columns(
        *(pl.when(known).then(pl.Series(name, values)).alias(name) for name, values in bounds.items()),
        month=pl.lit(view.as_of),
        status=pl.lit("unknown", Standing),
        months_of_history=pl.lit(0, pl.Int64),
        measure=pl.lit(view.measure),
    ).with_columns(pl.col(*bounds).fill_nan(None))
    result: Gaps = pl.concat([rows, worded], how="diagonal").sort(keys, nulls_last=True).select(rows.columns)
    return result


def _missing(
    owed: pl.DataFrame, bound: str, rows: pl.DataFrame, keys: Sequence[str], gap: Array, short: Array
) -> Missing:
    """Add what the late lack, where they stand at a bound, to what the others lack."""
    if owed.is_empty():
        return Missing(gap=gap, short=short)
    lacking = owed.with_columns(lack=pl.col("target") - pl.col(bound)).with_columns(
        short=pl.col("lack").clip(lower_bound=0)
    )
    sums = [
        pl.when(pl.col(name).null_count() == 0).then(pl.col(name).sum()).otherwise(float("nan")).alias(f"late_{name}")
        for name in ("lack", "short")
    ]
    if keys:
        joined = rows.select(keys).join(
            lacking.group_by(keys).agg(sums), on=list(keys), how="left", nulls_equal=True, maintain_order="left"
        )
    else:
        joined = pl.concat([lacking.select(sums)] * rows.height)
    lack, more = (joined[f"late_{name}"].fill_null(0).to_numpy() for name in ("lack", "short"))
    return Missing(gap=gap + lack, short=short + more)
