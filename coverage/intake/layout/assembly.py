"""What comes of a file that was laid out: rows as the intake joins them, targets, problems, and each line's fate."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coverage.base import tables
from coverage.intake import names
from coverage.intake.layout import context, long_form, meaning, remarks
from coverage.intake.layout.columns import RecapColumn
from coverage.intake.layout.figures import with_parts
from coverage.intake.layout.grid import Mask
from coverage.intake.layout.keys import SEGMENTS, VALUES
from coverage.intake.layout.meaning import Meaning
from coverage.intake.layout.recap import Recap
from coverage.intake.rows import Rows

TARGETS: tables.Schema = {
    "branch": pl.String(),
    "segment": pl.String(),
    "by": pl.Date(),
    "measure": pl.String(),
    "value": pl.Float64(),
    "file": pl.Int32(),
    "line": pl.Int64(),
    "column": pl.String(),
}
"""Targets as `Intake.targets` has them, with the number of the file in the place of its name."""


_NOTHING = pl.DataFrame()


@dataclass(frozen=True, kw_only=True)
class Assembled:
    """The rows and the targets of a file of any layout."""

    result: Rows
    targets: pl.DataFrame


def assemble(recap: Recap, *, first: int, answered: Collection[str] = ()) -> Assembled:
    """Put rows, targets and problems together; the sheets of the file are numbered from `first` on, and
    `answered` are the flows of which somebody said what they are."""
    figures = recap.figures
    unsplit = SEGMENTS.index(context.segments_together())
    actual = long_form.added(figures)
    together = (actual["segment"] < 0) & (actual["kind"] != VALUES["kind"].index("target"))
    if together.any():
        segment = np.where(together.to_numpy(), unsplit, actual["segment"].to_numpy())
        actual = with_parts(actual, pl.Series("segment", segment, dtype=pl.Int32))
    table, used = long_form.rows(actual)
    given = long_form.targets(actual)
    of_targets = np.unique(given["lines"].explode().to_numpy()) if given.height else np.zeros(0, dtype=np.int64)
    lines = _lines(recap, np.concatenate([used, of_targets]))
    believed = frozenset((first + at, flow) for at in range(len(recap.grids)) for flow in answered)
    result = _rows(recap, table, lines, first)
    return Assembled(
        result=replace(result, believed=believed, beside_targets=_beside(of_targets, first)),
        targets=_targets(recap, given, first),
    )


def _rows(recap: Recap, table: pl.DataFrame, lines: _Lines, first: int) -> Rows:
    is_whole = table["active"].is_not_null()
    whole, partial = table, None
    if not is_whole.all():
        whole, partial = table.filter(is_whole), table.filter(~is_whole)
    spellings = [_name(place) for place in recap.places]
    problems = remarks.every(recap)
    file = lines.sheet + np.int32(first)
    return Rows(
        rows=_canonical(recap, whole, first),
        partial=_NOTHING if partial is None else _canonical(recap, partial, first),
        problems=[pl.concat(problems).with_columns(pl.col("file") + first)] if problems else [],
        spellings=spellings,
        keys=[tables.branch_key(place) for place in spellings],
        file=file,
        line=lines.row + 1,
        branch=lines.spelling,
        blank=file[lines.blank],
        totals=file[lines.total],
        beside=_beside(lines.number[lines.kept], first),
    )


def _beside(numbers: long_form.Numbers, first: int) -> pl.DataFrame:
    """Return lines (by `long_form.numbered_lines`) by file and line."""
    file = pl.Series("file", (numbers >> 32) + first, dtype=pl.Int32)
    return pl.DataFrame([file, pl.Series("line", (numbers & 0xFFFFFFFF) + 1, dtype=pl.Int64)])


def _name(place: str) -> str:
    return names.place(place)


def _canonical(recap: Recap, table: pl.DataFrame, first: int) -> pl.DataFrame:
    """Return rows in the columns that the intake joins."""
    return pl.DataFrame(
        [
            table["month"],
            table["spelling"].alias("branch"),
            table["segment"].cast(pl.Int16),
            (table["sheet"] + first).alias("file"),
            (table["row"].cast(pl.Int64) + 1).alias("line"),
            *table[list(tables.COUNTS)],
            *_texts(recap, table),
        ]
    )


def _texts(recap: Recap, whole: pl.DataFrame) -> list[pl.Series]:
    """Return the sources and the status that stand beside the figures."""
    results = []
    for name in ("eligible_source", "source", "status"):
        if not any(name in table.keys.texts for table in recap.tables):
            continue
        values: list[str | None] = []
        for block, row in zip(whole["block"].to_list(), whole["row"].to_list(), strict=True):
            table = recap.tables[block]
            codes = table.keys.texts.get(name)
            text = recap.grids[table.sheet].texts[codes[row - table.block.start]] if codes is not None else ""
            values.append(_text_value(name, text))
        results.append(pl.Series(name, values, dtype=tables.Status if name == "status" else pl.String))
    return results


def _text_value(name: str, text: str) -> str | None:
    if name == "status":
        return tables.STATUS_WORDS.get(tables.plain(text))
    return names.trimmed(text) or None


@dataclass(frozen=True, kw_only=True)
class _Lines:
    """The lines inside the blocks: number, sheet, row and the place that each names, and which are kept, totals or
    blank; the others are set aside."""

    number: long_form.Numbers
    sheet: NDArray[np.int32]
    row: long_form.Numbers
    spelling: NDArray[np.int32]
    kept: Mask
    total: Mask
    blank: Mask


def _lines(recap: Recap, used: long_form.Numbers) -> _Lines:
    """Say what becomes of each line; `used` are those of which a figure is used."""
    numbers, blanks = [], []
    for part in recap.tables:
        block = part.block
        blank = ~(recap.grids[part.sheet].code[block.start : block.stop, block.left : block.right] != 0).any(axis=1)
        inside = np.flatnonzero(part.keys.data | blank)
        numbers.append((part.sheet << 32) + block.start + inside)
        blanks.append(blank[inside])
    every, known = np.concatenate(numbers), np.concatenate(blanks)
    first = np.sort(np.unique(every, return_index=True)[1])  # tables side by side share their lines
    number, blank = every[first], known[first]
    of_figures = long_form.lines_of(recap.figures)
    fate = recap.figures["fate"]
    summed = of_figures[(fate == "sum").to_numpy()]
    open_ = of_figures[(fate == "").to_numpy()]
    kept = ~blank & np.isin(number, used)
    return _Lines(
        number=number,
        sheet=(number >> 32).astype(np.int32),
        row=number & 0xFFFFFFFF,
        spelling=_spelled(recap, of_figures, number),
        kept=kept,
        total=~blank & ~kept & np.isin(number, summed) & ~np.isin(number, open_),
        blank=blank,
    )


def _spelled(recap: Recap, of_figures: long_form.Numbers, lines: long_form.Numbers) -> NDArray[np.int32]:
    """Return the place that the first figure of each of these lines names; -1 where there is none."""
    known, first = np.unique(of_figures, return_index=True)
    at = np.searchsorted(known, lines).clip(max=len(known) - 1)
    spelling = recap.figures["spelling"].to_numpy()[first]
    return np.where(known[at] == lines, spelling[at], -1).astype(np.int32)


def _targets(recap: Recap, given: pl.DataFrame, first: int) -> pl.DataFrame:
    """One row per target that the file holds."""
    if not given.height:
        return pl.DataFrame(schema=TARGETS)
    columns_ = {
        (number, column.at): column.path.shown for number, part in enumerate(recap.tables) for column in part.columns
    }
    spelled = [_name(recap.places[place]) for place in given["spelling"].to_list()]
    header = [columns_[block, column] for block, column in given.select("block", "column").iter_rows()]
    return given.select(
        branch=pl.Series(spelled, dtype=pl.String),
        segment=pl.Series([long_form.segment_name(number) for number in given["segment"].to_list()], dtype=pl.String),
        by=pl.date(pl.col("by") // 12, pl.col("by") % 12 + 1, 1),
        measure=pl.col("name"),
        value=pl.col("number").cast(pl.Float64),
        file=(pl.col("sheet") + first).cast(pl.Int32),
        line=(pl.col("row") + 1).cast(pl.Int64),
        column=pl.Series(header, dtype=pl.String),
    ).unique(["branch", "segment", "by", "measure", "value"], keep="first", maintain_order=True)


def describe(column: RecapColumn, state: Meaning | None) -> str | None:
    """Return what a column was taken for, as a map names it; nothing where it is not used."""
    if column.part != "figures":
        return {"place": "place", "mixed": "place"}.get(column.part, column.part if column.part in _NAMED else None)
    if state is None or state.state in (meaning.UNUSED, meaning.UNCLEAR, meaning.SHARE):
        return None
    words = ["target of"] if column.path.get("kind") == "target" else []
    words.append(column.path.get("measure") or "active")
    if column.path.get("segment"):
        words += ["of", column.path.get("segment")]
    return " ".join(words)


_NAMED = frozenset({"month", "year", "segment", "region"})
