"""Which measure has a column that does not say it, and which columns nobody can know without asking?

*Active* is assumed only where no word of the header is left over, figures are whole and something speaks of members:
a table of wages has the same shape as one of members.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from coverage.intake.layout.columns import ACROSS, FIGURES, SAID, RecapColumn, keys_left_over
from coverage.intake.layout.context import Context
from coverage.intake.layout.figures import DEFAULT, Figures
from coverage.intake.layout.keys import VALUES
from coverage.intake.layout.vocabulary import MEASURES

ACTIVE = MEASURES.index("active")
TARGET = VALUES["kind"].index("target")
_BRANCHES = ("branch", "office", "region", "area")
_LARGEST_SHARE = 200
_LARGE_UNITS = (VALUES["unit"].index("thousands"), VALUES["unit"].index("millions"))
STATES = READ, ASSUMED, UNCLEAR, UNUSED, SHARE = "read", "assumed", "unclear", "unused", "share"
_STATES = pl.Series(STATES)


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """What is made of a column of figures: read, assumed to be active, unclear, unused or a share; and the words that
    are in the way."""

    block: int
    column: int
    state: str
    words: tuple[str, ...] = ()


def settle(figures: Figures, columns: Sequence[Sequence[RecapColumn]], contexts: Sequence[Context]) -> list[Meaning]:
    """Return what each column of figures of each block means."""
    if not figures.height:
        return []
    grouped = figures.group_by("block", "column", maintain_order=True).agg(
        nameless=((pl.col("measure") < 0) & ~pl.col("derived")).any(),
        unsaid=((pl.col("measure") < 0) & ~pl.col("derived") & (pl.col("kind") != TARGET)).any(),
        bare_active=(pl.col("measure") == ACTIVE).any(),
        derived=pl.col("derived").all(),
        share=pl.col("share").first(),
        unit=pl.col("unit").max(),
        segment=(pl.col("segment") >= 0).any(),
        target=(pl.col("kind") == TARGET).any(),
        whole=pl.col("text").str.contains(_WHOLE).fill_null(True).mean(),
        largest=pl.col("text").str.replace_all(r"\D", "").str.len_chars().max(),
        long=(
            pl.col("text").str.contains(_WHOLE)
            & (pl.col("text").str.replace_all(r"\D", "").cast(pl.Int64, strict=False) > _LARGEST_SHARE)
        ).mean(),
    )
    results = [
        _column(row, _of(columns[row["block"]], row["column"]), columns[row["block"]], contexts[row["block"]])
        for row in grouped.iter_rows(named=True)
    ]
    return _beside_others(results, grouped)


_WHOLE = r"^-?[0-9]{1,3}([., '][0-9]{3})*$|^[0-9]+([.,]0{1,2})?$|^$|^[0-9]+\.(0000|9999)"


def _of(columns: Sequence[RecapColumn], at: int) -> RecapColumn:
    return next(column for column in columns if column.at == at)


def _column(row: dict[str, object], column: RecapColumn, columns: Sequence[RecapColumn], context: Context) -> Meaning:
    path = column.path

    def state(word: str, *words: str) -> Meaning:
        return Meaning(block=int(str(row["block"])), column=column.at, state=word, words=tuple(words))

    if column.level == SAID:
        return state(READ)
    rupiah = VALUES["unit"].index("rupiah")
    if path.get("foreign") or row["unit"] == rupiah:
        return state(UNUSED, path.shown)
    if row["share"] is not None and not path.get("measure"):
        if (
            row["share"] != "derived"
            and row["share"] != "share"
            and float(str(row["long"] or 0)) > 0.5
            and not path.get("unit")
        ):
            return state(READ)  # `Capaian` above whole numbers of more than 200 is a count
        return state(SHARE)
    if row["derived"] or _is_total_of_measures(column, columns):
        return state(SHARE)
    if context.foreign:
        return state(UNCLEAR, context.foreign)
    left_over = path.rest if column.level != ACROSS else ()
    if left_over:
        return state(UNCLEAR, path.shown)
    unknown = [key.path.shown or "?" for key in keys_left_over(columns)]
    if row["nameless"] and unknown:
        return state(UNCLEAR, *unknown, path.shown)
    if not row["nameless"] and not row["bare_active"]:
        return state(READ)
    if row["unsaid"] and not path.shown:  # no header at all: nothing says what is counted
        return state(UNCLEAR, "?")
    speaks = (
        bool(row["segment"]) or bool(row["target"]) or context.members or bool(path.get("kind")) or _speaking(columns)
    )
    whole = float(str(row["whole"] or 0)) > 0.9 or row["unit"] in _LARGE_UNITS
    if row["unsaid"]:
        return state(ASSUMED) if whole and (speaks or path.get("counted") == "members") else state(UNCLEAR, path.shown)
    of_office = any(key.level in _BRANCHES for key in columns)
    return state(READ) if speaks or path.get("counted") or of_office else state(UNCLEAR, path.shown)


def _is_total_of_measures(column: RecapColumn, columns: Sequence[RecapColumn]) -> bool:
    """Say whether a column sums others that count different things: `Aktif`, `Tidak Aktif`, `Jumlah`."""
    own = {other.path.get("measure") for other in columns if other.part == FIGURES and not other.path.is_total}
    return column.path.is_total and not column.path.get("measure") and len(own - {""}) > 1


def _speaking(columns: Sequence[RecapColumn]) -> bool:
    """Say whether a header of the table speaks of members."""
    return any(
        column.part in ("segment", "standing")
        or column.path.get("counted") == "members"
        or column.path.get("segment")
        or column.path.get("kind")
        for column in columns
    )


def _beside_others(results: list[Meaning], grouped: pl.DataFrame) -> list[Meaning]:
    """Only note an unclear column where another of its block says what is active: it is in nobody's way."""
    named = {
        meaning.block
        for meaning, row in zip(results, grouped.iter_rows(named=True), strict=True)
        if meaning.state == READ and row["bare_active"] and not row["target"]
    }
    return [
        Meaning(block=meaning.block, column=meaning.column, state=UNUSED, words=meaning.words)
        if meaning.state == UNCLEAR and meaning.block in named
        else meaning
        for meaning in results
    ]


def assumed(figures: Figures, meanings: Sequence[Meaning]) -> Figures:
    """Put *active* where it is assumed, leave out what is no count, and mark what is unclear."""
    block, column, measure = (figures[name].to_numpy() for name in ("block", "column", "measure"))
    states = np.zeros((int(block.max()) + 1, int(column.max()) + 1), dtype=np.int32)
    for meaning in meanings:
        states[meaning.block, meaning.column] = STATES.index(meaning.state)
    state = states[block, column]
    open_ = (measure < 0) & ((state == STATES.index(READ)) | (state == STATES.index(ASSUMED)))
    origin = np.where(open_, DEFAULT, figures["from_measure"].to_numpy())
    return figures.with_columns(
        pl.Series("from_measure", origin, dtype=pl.UInt8),
        pl.Series("measure", np.where(open_, ACTIVE, measure), dtype=pl.Int32),
        _STATES[state].alias("state"),
    )
