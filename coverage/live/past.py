"""What was reported of each group so far, month by month, without a break in the calendar?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from coverage.base import months
from coverage.model.view import View

FIGURES = ("active", "new", "lapsed", "returned")


def by_group(view: View) -> dict[str, pl.DataFrame]:
    """Return the months of each segment, and of all together as `total`: `month` and `FIGURES`.

    A figure is null in a month in which any branch of the group has not reported it: a sum of the others would look
    like a fall.
    """
    histories = {}
    for keys in (["segment"], []):
        rows, place = view.compared(keys)
        names = [str(segment) for segment in rows["segment"]] if keys else ["total"]
        members = view.series.select("branch", "segment").with_columns(place=pl.Series(place, dtype=pl.Int64))
        for index, name in enumerate(names):
            histories[name] = _months(view, members.filter(pl.col("place") == index))
    return histories


def milestones_of_groups(view: View) -> dict[str, pl.DataFrame]:
    """Return what each group is to reach on the way, where each of its branches and segments has a milestone then."""
    sums_by_group = {}
    for keys in (["segment"], []):
        rows, place = view.compared(keys)
        names = [str(segment) for segment in rows["segment"]] if keys else ["total"]
        members = view.series.select("branch", "segment").with_columns(place=pl.Series(place, dtype=pl.Int64))
        for index, name in enumerate(names):
            inside = members.filter(pl.col("place") == index)
            marks = view.milestones.join(inside, on=["branch", "segment"], how="semi")
            sums = marks.group_by("month").agg(pl.col("workers").sum(), there=pl.len()).sort("month")
            sums_by_group[name] = sums.filter(pl.col("there") == inside.height).select("month", "workers")
    return sums_by_group


def _months(view: View, members: pl.DataFrame) -> pl.DataFrame:
    rows = view.table.join(members, on=["branch", "segment"], how="semi")
    whole = [
        pl.when(pl.col(name).is_not_null().sum() == members.height)
        .then(pl.col(name).sum())
        .cast(pl.Float64)
        .alias(name)
        for name in FIGURES
    ]
    summed = rows.group_by("month").agg(whole)
    return _calendar(view).join(summed, on="month", how="left", maintain_order="left")


def _calendar(view: View) -> pl.DataFrame:
    first = view.table["month"].min()
    begin = first if isinstance(first, date) else view.as_of
    count = months.between(begin, view.as_of)
    return pl.DataFrame({"month": [months.add(begin, t) for t in range(count + 1)]}, schema={"month": pl.Date})


def longest(past: Mapping[str, pl.DataFrame], most: int) -> dict[str, pl.DataFrame]:
    """Keep the last months so many: no chart goes back farther."""
    return {name: rows.tail(most) for name, rows in past.items()}
