"""What is each month's own part of figures that are said to count since January?

Differences inside the year; the first month only if it is January or follows one that is known. Where the month's own
figure stands beside, that one is used.
"""

from __future__ import annotations

import polars as pl

from coverage.intake.layout.figures import Figures, with_parts
from coverage.intake.layout.keys import VALUES
from coverage.intake.layout.vocabulary import MEASURES

FLOWS = [MEASURES.index(measure) for measure in ("new", "lapsed", "returned")]
SINCE = VALUES["span"].index("since_january")
_SERIES = ["place", "segment", "measure", "gender", "funding", "company", "programme"]


def settle(figures: Figures) -> Figures:
    """Put differences in the place of sums since January; spans of stocks say nothing."""
    is_flow = pl.col("measure").is_in(FLOWS) & (pl.col("kind") != VALUES["kind"].index("target"))
    span = pl.Series("span", [-1], dtype=pl.Int32).new_from_index(0, figures.height)
    if not (figures["span"] == SINCE).any():
        return with_parts(figures, span)
    summed = is_flow & (pl.col("span") == SINCE) & (pl.col("fate") == "") & (pl.col("month") >= 0)
    if not figures.select(summed.any()).item():
        return with_parts(figures, span)
    own = (
        figures.filter(is_flow & (pl.col("span") != SINCE) & (pl.col("fate") == "")).select(*_SERIES, "month").unique()
    )
    series = (
        figures.with_row_index("_at")
        .filter(summed)
        .sort(*_SERIES, "month", maintain_order=True)
        .with_columns(
            _before=pl.col("number").shift(1).over(_SERIES),
            _follows=(pl.col("month") - pl.col("month").shift(1).over(_SERIES) == 1),
        )
        .with_columns(
            _part=pl.when(pl.col("month") % 12 == 0)
            .then("number")
            .when("_follows")
            .then(pl.col("number") - pl.col("_before"))
        )
        .join(own.with_columns(_own=pl.lit(True)), on=[*_SERIES, "month"], how="left", maintain_order="left")
        .select("_at", "_part", _own=pl.col("_own").fill_null(False), _summed=pl.lit(True))
    )
    joined = figures.with_row_index("_at").join(series, on="_at", how="left", maintain_order="left", validate="1:1")
    is_summed = pl.col("_summed").fill_null(False)
    return joined.with_columns(
        number=pl.when(is_summed).then("_part").otherwise("number"),
        fate=pl.when(is_summed & pl.col("_own"))
        .then(pl.lit("since"))
        .when(is_summed & (pl.col("_part").is_null() | (pl.col("_part") < 0)))
        .then(pl.lit("since_unknown"))
        .otherwise("fate"),
        since=is_summed,
        span=span,
    ).drop("_at", "_part", "_own", "_summed")
