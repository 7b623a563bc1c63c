"""Which measure has a column that does not say it, and which columns nobody can know without asking?

*Active* is assumed only where no word of the header is left over, figures are whole and something speaks of members:
a table of wages has the same shape as one of members.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import polars as pl

from coverage.intake.layout.columns import ACROSS, FIGURES, SAID, RecapColumn, keys_left_over
from coverage.intake.layout.context import Context
from coverage.intake.layout.figures import DEFAULT, Figures, with_parts
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
    of_columns = _of_columns(figures)
    results = [
        _column(given, _of(columns[given.block], given.column), columns[given.block], contexts[given.block])
        for given in of_columns
    ]
    return _beside_others(results, of_columns)


@dataclass(frozen=True, kw_only=True)
class _Column:
    """What the figures of a column say: whether some lack a measure (`nameless`; of those that are no targets,
    `unsaid`), are called active, are of a segment or targets; whether all are derived; the share they are, and their
    unit; how many of them are whole numbers, and such above the largest share (0 to 1)."""

    block: int
    column: int
    nameless: bool
    unsaid: bool
    bare_active: bool
    segment: bool
    target: bool
    derived: bool
    share: str | None
    unit: int
    whole: float
    long: float


def _of_columns(figures: Figures) -> list[_Column]:
    """Return what the figures of each column say, which stand together."""
    block, column, measure, kind, unit, segment = (
        figures[name].to_numpy() for name in ("block", "column", "measure", "kind", "unit", "segment")
    )
    starts = np.flatnonzero((np.diff(block, prepend=-1) != 0) | (np.diff(column, prepend=-1) != 0))
    derived, share = figures["derived"].to_numpy(), figures["share"]
    nameless = (measure < 0) & ~derived
    unsaid = nameless & (kind != TARGET)
    whole = long = np.zeros(len(block), dtype=np.bool_)
    has_shares = share.null_count() < len(share)
    if has_shares or unsaid.any():  # else nothing depends on it
        whole = figures["text"].str.contains(_WHOLE).to_numpy()
    if has_shares:
        digits = figures["text"].str.replace_all(r"\D", "").cast(pl.Int64, strict=False)
        long = whole & (digits.to_numpy() > _LARGEST_SHARE)
    sizes = np.diff(starts, append=len(block))
    some = [nameless, unsaid, measure == ACTIVE, segment >= 0, kind == TARGET]
    every: list[list[Any]] = [
        block[starts].tolist(),
        column[starts].tolist(),
        *(np.logical_or.reduceat(which, starts).tolist() for which in some),
        np.logical_and.reduceat(derived, starts).tolist(),
        share[starts].to_list(),
        np.maximum.reduceat(unit, starts).tolist(),
        *((np.add.reduceat(which.astype(np.int64), starts) / sizes).tolist() for which in (whole, long)),
    ]
    names = [field.name for field in fields(_Column)]
    return [_Column(**dict(zip(names, values, strict=True))) for values in zip(*every, strict=True)]


_WHOLE = r"^-?[0-9]{1,3}([., '][0-9]{3})*$|^[0-9]+([.,]0{1,2})?$|^$|^[0-9]+\.(0000|9999)"


def _of(columns: Sequence[RecapColumn], at: int) -> RecapColumn:
    return next(column for column in columns if column.at == at)


def _column(given: _Column, column: RecapColumn, columns: Sequence[RecapColumn], context: Context) -> Meaning:
    path = column.path

    def state(word: str, *words: str) -> Meaning:
        return Meaning(block=given.block, column=column.at, state=word, words=tuple(words))

    if column.level == SAID:
        return state(READ)
    rupiah = VALUES["unit"].index("rupiah")
    if path.get("foreign") or given.unit == rupiah:
        return state(UNUSED, path.shown)
    if given.share is not None and not path.get("measure"):
        if given.share != "derived" and given.share != "share" and given.long > 0.5 and not path.get("unit"):
            return state(READ)  # `Capaian` above whole numbers of more than 200 is a count
        return state(SHARE)
    if given.derived or _is_total_of_measures(column, columns):
        return state(SHARE)
    if context.foreign:
        return state(UNCLEAR, context.foreign)
    left_over = path.rest if column.level != ACROSS else ()
    if left_over:
        return state(UNCLEAR, path.shown)
    unknown = [key.path.shown or "?" for key in keys_left_over(columns)]
    if given.nameless and unknown:
        return state(UNCLEAR, *unknown, path.shown)
    if not given.nameless and not given.bare_active:
        return state(READ)
    if given.unsaid and not path.shown:  # no header at all: nothing says what is counted
        return state(UNCLEAR, "?")
    speaks = given.segment or given.target or context.members or bool(path.get("kind")) or _speaking(columns)
    whole = given.whole > 0.9 or given.unit in _LARGE_UNITS
    if given.unsaid:
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


def _beside_others(results: list[Meaning], of_columns: Sequence[_Column]) -> list[Meaning]:
    """Only note an unclear column where another of its block says what is active: it is in nobody's way."""
    named = {
        meaning.block
        for meaning, given in zip(results, of_columns, strict=True)
        if meaning.state == READ and given.bare_active and not given.target
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
    return with_parts(
        figures,
        pl.Series("from_measure", origin, dtype=pl.UInt8),
        pl.Series("measure", np.where(open_, ACTIVE, measure), dtype=pl.Int32),
        _STATES[state].alias("state"),
    )
