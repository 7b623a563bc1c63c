"""How many people does each figure mean: which mark parts thousands, is it said in thousands, is it since January?

Plain figures go the way of all others (`intake.numbers`); only those of a column in thousands or millions have
decimals.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial, reduce
from operator import or_

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coverage.intake import numbers
from coverage.intake.layout.figures import Figures, with_parts
from coverage.intake.layout.keys import VALUES

ERRORS = (*numbers.ERRORS, "unit_unclear")
"""What makes a cell no figure that can be used."""
COUNTED = ("read", "assumed", "unclear")
"""States of columns (`meaning`) whose figures are people."""
MOST_IN_ONE_PLACE = 20_000_000
"""More members than any place of the country has."""
THOUSANDS, MILLIONS = VALUES["unit"].index("thousands"), VALUES["unit"].index("millions")


def with_numbers(figures: Figures) -> Figures:
    """Return the figures with `number` (null: no value) and `code` (what is wrong, if anything)."""
    text, size, unit = figures["text"], figures["size"].to_numpy(), figures["unit"].to_numpy()
    of_unit = np.where(unit == THOUSANDS, 1_000, np.where(unit == MILLIONS, 1_000_000, 1))
    factor = np.where(size > 1, size, of_unit).astype(np.int64)
    # A percentage proves nothing of thousands.
    counted = (_is_one_of(figures["state"], COUNTED) & ~figures["derived"]).to_numpy()
    number = text.cast(pl.Int64, strict=False)
    whole = number.to_numpy()
    beyond, is_text = np.abs(whole) > numbers.MOST_PEOPLE, (text != "").to_numpy()
    people = counted & (factor == 1)
    number = number.scatter(np.flatnonzero(~people | beyond), None)
    code = pl.Series("code", [None], dtype=pl.String).new_from_index(0, len(text))
    code = code.scatter(np.flatnonzero(people & beyond), "number_too_large")
    odd, large = people & is_text & np.isnan(whole), counted & (factor > 1)
    for which, read in ((odd, partial(_odd, figures, number)), (large, partial(_large, figures, factor))):
        at = np.flatnonzero(which)
        if len(at):
            judged = read(pl.Series(which))
            number, code = number.scatter(at, judged["number"]), code.scatter(at, judged["code"])
    return with_parts(figures, number.alias("number"), code)


def _is_one_of(words: pl.Series, wanted: Sequence[str]) -> pl.Series:
    return reduce(or_, [words == word for word in wanted])


def _odd(figures: Figures, number: pl.Series, which: pl.Series) -> Figures:
    """Read figures that are people and no plain digits: by what their kind in the file proves."""
    position = figures["measure"].to_numpy() * 2 + (figures["kind"].to_numpy() == 1)
    kinds = pl.DataFrame([figures["sheet"].alias("file"), pl.Series("position", position, dtype=pl.Int32)])
    large = pl.Series(number.to_numpy() >= 1000)
    plain_large = kinds.filter(large).group_by("file", "position").agg(large=pl.len().cast(pl.UInt32))
    return numbers.read(kinds.hstack([figures["text"]]).filter(which), plain_large)


def _large(figures: Figures, factor: NDArray[np.int64], which: pl.Series) -> Figures:
    """Read figures in thousands or millions: their decimals are people."""
    clean = pl.col("text").str.replace_all(r"[\s  %]", "")
    with_clean = figures.hstack([pl.Series("factor", factor)]).filter(which).with_columns(clean=clean)
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
    return valued.select(
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
    )
