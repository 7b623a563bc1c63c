"""Which rows of the canonical table come of the figures, and which line does each stand in?

One row per month, place and segment, as often as a measure is told again of it: the intake compares what stands twice.
"""

from __future__ import annotations

import polars as pl

from coverage.intake.layout.figures import Figures
from coverage.intake.layout.keys import SEGMENTS, VALUES
from coverage.intake.layout.vocabulary import MEASURES

KEYS = ["month", "place", "segment"]
KEPT = tuple(measure for measure in MEASURES if measure != "inactive")
"""Measures that the canonical table has."""
_ORIGINS = ("from_month", "from_place", "from_segment", "from_measure")
TARGET = VALUES["kind"].index("target")


def added(figures: Figures) -> Figures:
    """Add up companies, genders and who pays: one row per figure of the table, with the lines of its parts (`rows`)."""
    alive = figures.filter(pl.col("fate") == "", pl.col("number").is_not_null())
    keys = [*KEYS, "sheet", "measure", "kind", "due"]
    parted = pl.any_horizontal(pl.col(facet) >= 0 for facet in ("gender", "funding", "company"))
    alive = alive.with_columns(rows_of=pl.struct("sheet", "row"))
    whole = alive.filter(~parted).with_columns(
        rows_of=pl.concat_list("rows_of"), funded_part=pl.lit(None, dtype=pl.Int64)
    )
    funded = pl.col("funding") == VALUES["funding"].index("funded")
    parts = (
        alive.filter(parted)
        .group_by(keys, maintain_order=True)
        .agg(
            pl.col("number").sum(),
            pl.col("row").first(),
            pl.col("column").first(),
            pl.col("block").first(),
            pl.col("spelling").first(),
            *(pl.col(origin).first() for origin in _ORIGINS),
            pl.col("rows_of"),
            funded_part=pl.col("number").filter(funded).sum(),
            has_funded=funded.any(),
        )
        .with_columns(funded_part=pl.when("has_funded").then("funded_part"))
    )
    shared = [*keys, "number", "row", "column", "block", "spelling", "rows_of", "funded_part", *_ORIGINS]
    return pl.concat([whole.select(shared), parts.select(shared)]).sort(
        "sheet", "block", "row", "column", maintain_order=True
    )


def rows(figures: Figures) -> pl.DataFrame:
    """One row per month, place, segment and time it is told: `sheet`, `row`, the measures, and the lines used."""
    actual = figures.filter(pl.col("kind") != TARGET, pl.col("measure") != MEASURES.index("inactive"))
    names = pl.Series(MEASURES, dtype=pl.String)
    named = actual.with_columns(name=names.gather(actual["measure"].cast(pl.UInt32)))
    extra = named.filter(pl.col("funded_part").is_not_null()).with_columns(
        name=pl.lit("funded"), number=pl.col("funded_part")
    )
    known = named.filter(pl.col("name") == "funded").select(*KEYS)
    extra = extra.join(known, on=KEYS, how="anti")
    every = pl.concat([named, extra])
    # A measure that a key has already begins a further row: what stands twice is compared later.
    every = every.with_columns(turn=pl.int_range(pl.len()).over(*KEYS, "name"))
    return every.group_by(*KEYS, "turn", maintain_order=True).agg(
        *(pl.col("number").filter(pl.col("name") == measure).first().alias(measure) for measure in KEPT),
        *(
            pl.col(name).filter(pl.col("name") == "active").first().fill_null(pl.col(name).first()).alias(name)
            for name in (
                "sheet",
                "row",
                "column",
                "block",
                "spelling",
                "from_month",
                "from_place",
                "from_segment",
                "from_measure",
            )
        ),
        rows_of=pl.col("rows_of").explode(),
    )


def targets(figures: Figures) -> pl.DataFrame:
    """One row per target: place, segment, when it is due, which measure, how many and where it stands."""
    given = figures.filter(pl.col("kind") == TARGET)
    measures = {"active": "workers", "new": "new"}
    named = given.with_columns(
        name=pl.Series(MEASURES, dtype=pl.String)
        .gather(given["measure"].cast(pl.UInt32))
        .replace_strict(measures, default=None, return_dtype=pl.String)
    ).filter(pl.col("name").is_not_null())
    # The same figure for all months of a year, or a single month: due in December. Changing within the year: a path.
    year = pl.when(pl.col("due") >= 0).then(pl.col("due") // 12).otherwise(pl.col("month") // 12)
    series = ["place", "segment", "name", "_year"]
    dated = named.with_columns(_year=year).with_columns(_steady=(pl.col("number").n_unique().over(series) == 1))
    december = pl.col("_year") * 12 + 11
    by = (
        pl.when(pl.col("due") >= 0)
        .then("due")
        .when(pl.col("_steady") | (pl.col("month") < 0))
        .then(december)
        .otherwise("month")
    )
    return (
        dated.with_columns(by=by)
        .filter(pl.col("by") >= 12)
        .unique(["place", "segment", "name", "by", "number"], keep="first", maintain_order=True)
    )


def segment_name(number: int) -> str | None:
    return SEGMENTS[number] if number >= 0 else None
