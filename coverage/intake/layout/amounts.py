"""How many people does each figure mean: which mark parts thousands, is it said in thousands, is it since January?

Plain figures go the way of all others (`intake.numbers`); only those of a column in thousands or millions have
decimals.
"""

from __future__ import annotations

import polars as pl

from coverage.intake import numbers
from coverage.intake.layout.figures import Figures
from coverage.intake.layout.keys import VALUES

ERRORS = (*numbers.ERRORS, "unit_unclear")
"""What makes a cell no figure that can be used."""
COUNTED = ("read", "assumed", "unclear")
"""States of columns (`meaning`) whose figures are people."""
MOST_IN_ONE_PLACE = 20_000_000
"""More members than any place of the country has."""
THOUSANDS, MILLIONS = VALUES["unit"].index("thousands"), VALUES["unit"].index("millions")


def with_numbers(figures: Figures) -> Figures:
    """Return the figures with `number` (null: no value), `code` (what is wrong, if anything) and `mark`."""
    factor = (
        pl.when(pl.col("size") > 1)
        .then(pl.col("size"))
        .when(pl.col("unit") == THOUSANDS)
        .then(1_000)
        .when(pl.col("unit") == MILLIONS)
        .then(1_000_000)
        .otherwise(1)
    )
    sized = figures.with_columns(factor=factor.cast(pl.Int64), place_in_order=pl.int_range(pl.len()))
    counted = pl.col("state").is_in(COUNTED) & ~pl.col("derived")  # a percentage proves nothing of thousands
    plain = _people(sized.filter(counted, pl.col("factor") == 1))
    large = _large(sized.filter(counted, pl.col("factor") > 1))
    return (
        pl.concat([plain, large, sized.filter(~counted)], how="diagonal").sort("place_in_order").drop("place_in_order")
    )


def _people(figures: Figures) -> Figures:
    """Read figures that are people: digits at once, others by what their kind in the file proves."""
    position = (pl.col("measure") * 2 + (pl.col("kind") == 1).cast(pl.Int32)).cast(pl.Int32)
    numbered = figures.with_columns(
        number=pl.col("text").cast(pl.Int64, strict=False), position=position, file=pl.col("sheet")
    )
    odd = numbered.filter(pl.col("number").is_null() & (pl.col("text") != ""))
    fine = numbered.filter(pl.col("number").is_not_null() | (pl.col("text") == ""))
    too_large = pl.col("number").abs() > numbers.MOST_PEOPLE
    fine = fine.with_columns(
        code=pl.when(too_large).then(pl.lit("number_too_large")),
        number=pl.when(~too_large).then("number"),
        mark=pl.lit(None, dtype=pl.String),
    )
    if not odd.height:
        return fine.drop("position", "file")
    plain_large = (
        fine.filter(pl.col("number") >= 1000)
        .group_by("file", "position")
        .agg(large=pl.len())
        .with_columns(pl.col("large").cast(pl.UInt32))
    )
    judged = numbers.read(odd.drop("number"), plain_large)
    return pl.concat([fine, judged.select(fine.columns)]).drop("position", "file")


def _large(figures: Figures) -> Figures:
    """Read figures in thousands or millions: their decimals are people."""
    if not figures.height:
        return figures.with_columns(
            number=pl.lit(None, dtype=pl.Int64), code=pl.lit(None, dtype=pl.String), mark=pl.lit(None, dtype=pl.String)
        )
    clean = pl.col("text").str.replace_all(r"[\s  %]", "")
    with_clean = figures.with_columns(clean=clean)
    by = ["sheet", "block", "measure", "kind"]
    decimals = with_clean.with_columns(
        comma=pl.col("clean").str.contains(r"^\d+(\.\d{3})*,(\d{1,2}|\d{4,})$").any().over(by),
        dot=pl.col("clean").str.contains(r"^\d+(,\d{3})*\.(\d{1,2}|\d{4,})$").any().over(by),
        grouped=pl.col("clean").str.contains(r"^\d{1,3}([.,]\d{3}){2,}$").any().over(by),
        every=pl.col("clean").str.contains(r"^\d{1,3}[.,]\d{3}$").all().over(by),
    )
    as_comma = pl.col("clean").str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True)
    as_dot = pl.col("clean").str.replace_all(",", "", literal=True)
    as_whole = pl.col("clean").str.replace_all(r"[.,]", "")
    text = pl.when(pl.col("comma") & ~pl.col("dot")).then(as_comma).when(pl.col("dot") & ~pl.col("comma")).then(as_dot)
    read_ = text.when(~pl.col("comma") & ~pl.col("dot")).then(as_whole).cast(pl.Float64, strict=False)
    valued = decimals.with_columns(value=read_)
    people = pl.col("value") * pl.col("factor")
    beyond = (people > MOST_IN_ONE_PLACE).any().over(by)
    either = ~pl.col("comma") & ~pl.col("dot") & pl.col("clean").str.contains(r"[.,]")
    unclear = either & ~beyond & (pl.col("every") | ~pl.col("grouped"))
    return valued.with_columns(
        number=pl.when(unclear)
        .then(None)
        .when(beyond)
        .then(pl.col("value"))
        .otherwise(people)
        .round()
        .cast(pl.Int64, strict=False),
        code=pl.when(pl.col("clean") == "")
        .then(None)
        .when(pl.col("comma") & pl.col("dot"))
        .then(pl.lit("separators_contradict"))
        .when(pl.col("value").is_null())
        .then(pl.lit("number_unreadable"))
        .when(unclear)
        .then(pl.lit("unit_unclear"))
        .when(beyond)
        .then(pl.lit("unit_not_so")),
        mark=pl.lit(None, dtype=pl.String),
    ).drop("clean", "comma", "dot", "grouped", "every", "value")
