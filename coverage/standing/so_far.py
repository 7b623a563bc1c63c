"""How many have been active month by month so far, and since when is that known?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coverage.model.view import View


def _who_reported(view: View, place: NDArray[np.intp], count: int) -> NDArray[np.intp]:
    """Leave the late ones out of each key in which others have reported: what was reported stays one line."""
    late = (view.series["late"] > 0).to_numpy()
    reported = np.bincount(place[~late & (place >= 0)], minlength=count) > 0
    return np.where(late & (place >= 0) & reported[place], -1, place)


def history(view: View, keys: Sequence[str] = ("segment",)) -> pl.DataFrame:
    """One row per key and month so far: `active`, and `attainment` against today's target (a share).

    A month in which any of a key's branches and segments is missing has a null: a sum of the others would look like
    a fall. Members are not compared with a target for registrations.
    """
    rows, place = view.compared(keys)
    place = _who_reported(view, place, rows.height)
    targeted = np.isfinite(view.target) & (view.measure == "workers")
    members = view.series.select("branch", "segment").with_columns(
        place=pl.Series(place, dtype=pl.Int64),
        target=pl.Series(np.where(targeted, view.target, np.nan)).fill_nan(None),
    )
    members = members.filter(pl.col("place") >= 0)
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


def late_beginning(view: View, past: pl.DataFrame) -> tuple[date, list[str]] | None:
    """Return from which month on a `history` is known although some began earlier, and the branches that began then.

    None where it is known from its first month on, or in no month. No names where a gap, no late beginning, is why.
    """
    known = past.drop_nulls("active")
    if known.is_empty() or known["month"][0] == past["month"][0]:
        return None
    since = known["month"][0]
    rows = view.table.filter(segment=known["segment"][0]) if "segment" in known.columns else view.table
    begun = rows.drop_nulls("active").group_by("branch", "segment").agg(pl.col("month").min())
    return since, begun.filter(month=since)["branch"].unique().sort().to_list()


def latest_first(past: pl.DataFrame, branches: Sequence[str]) -> pl.DataFrame:
    """Keep the rows of some branches of a `history`, the latest month of each first."""
    return past.filter(pl.col("branch").is_in(list(branches))).sort(
        "branch", "segment", "month", descending=[False, False, True]
    )
