"""What became of each figure of the files: used, a target, a total, or set aside, and why?

A bad cell among 24 of a line costs the line nothing, and would vanish in an account by line.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from coverage.base import tables
from coverage.intake.fates import NO_ACTIVE, NUMBERED, SCHEMA, TARGET, TOTAL, TWICE, USED, WRONG
from coverage.intake.layout.keys import VALUES
from coverage.intake.layout.recap import Recap
from coverage.intake.rows import Rows


def of_recap(laid: Recap, *, first: int) -> pl.DataFrame:
    """Count the figures of a file by their fate; cells that say no value are none."""
    figures = laid.figures
    if not figures.height:
        return pl.DataFrame(schema=NUMBERED)
    target = pl.col("kind") == VALUES["kind"].index("target")
    fate = (
        pl.when((pl.col("fate") == "") & target)
        .then(pl.lit(TARGET))
        .when(pl.col("fate") == "")
        .then(pl.lit(USED))
        .when(pl.col("fate") == "sum")
        .then(pl.lit(TOTAL))
        .otherwise("fate")
    )
    counted = figures.filter(pl.col("text") != "", pl.col("fate") != "empty")
    fates = counted.select((pl.col("sheet") + first).cast(pl.Int32).alias("file"), fate.alias("fate"))
    spoilt = pl.DataFrame({"file": [cell.sheet + first for cell in laid.spoilt]}, schema={"file": pl.Int32})
    every = pl.concat([fates, spoilt.with_columns(fate=pl.lit(WRONG))])
    return every.group_by("file", "fate").agg(count=pl.len().cast(pl.Int64)).sort("file", "fate")


def settled(
    counted: Sequence[pl.DataFrame],
    results: Sequence[Rows],
    kept: pl.DataFrame,
    summed: pl.DataFrame,
    used: pl.DataFrame,
    labels: pl.Series,
) -> pl.DataFrame:
    """Return the account of all files; what was read and is not kept in the end is taken from what is used."""
    every = pl.concat([pl.DataFrame(schema=NUMBERED), *counted])
    if every.is_empty():
        return pl.DataFrame(schema=SCHEMA)
    lines = ["file", "line"]
    lost = []
    if kept.height < sum(result.rows.height for result in results):
        held = kept.select(lines).unique()
        lost = [_lost(result.rows.join(held, on=lines, how="anti"), summed.select(lines)) for result in results]
    lost += [
        _counts(result.partial.join(used, on=lines, how="anti"), NO_ACTIVE)
        for result in results
        if result.partial.height
    ]
    moved = pl.concat([pl.DataFrame(schema=NUMBERED), *lost])
    moved = moved.filter(pl.col("file").is_in(every["file"].unique().implode()))
    back = moved.group_by("file").agg(pl.col("count").sum()).select("file", fate=pl.lit(USED), count=-pl.col("count"))
    whole = pl.concat([every, moved, back.select(*NUMBERED)]).group_by("file", "fate").agg(pl.col("count").sum())
    whole = whole.filter(pl.col("count") > 0).sort("file", "fate")
    return whole.with_columns(file=labels.gather(whole["file"])).select(*SCHEMA)


def _lost(rows: pl.DataFrame, summed: pl.DataFrame) -> pl.DataFrame:
    """Count the figures of rows that are not kept: those of places that are sums are totals."""
    if not rows.height:
        return pl.DataFrame(schema=NUMBERED)
    sums = summed.unique()
    of_sums, others = (rows.join(sums, on=["file", "line"], how=how) for how in ("semi", "anti"))
    return pl.concat([_counts(of_sums, TOTAL), _counts(others, TWICE)])


def _counts(rows: pl.DataFrame, fate: str) -> pl.DataFrame:
    measures = [name for name in tables.COUNTS if name in rows.columns]
    if not rows.height or not measures:
        return pl.DataFrame(schema=NUMBERED)
    figures = pl.sum_horizontal(pl.col(name).is_not_null().cast(pl.Int64) for name in measures)
    return (
        rows.group_by("file")
        .agg(count=figures.sum())
        .select(pl.col("file").cast(pl.Int32), fate=pl.lit(fate), count="count")
    )
