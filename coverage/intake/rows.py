"""What does each line say: a row of the canonical table, a total, nothing, or a problem?

The columns are read whole, each different text once (months, branches, segments) or all cells at once (counts);
only what is odd is looked at closely. A line leaves with exactly one fate, so that the account always adds up.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coverage.base import tables
from coverage.intake import fates, names, numbers, row_counts
from coverage.intake.headers import Field
from coverage.intake.lines import Lines
from coverage.intake.problem_rows import problem
from coverage.intake.row_reader import Codes, Mask, Named, RowReader, Whole, pick

SLICE = 1 << 15
"""Rows whose figures the processor's cache holds: column by column in such slices takes a third of the time."""

LINES: tables.Schema = {"file": pl.Int32(), "line": pl.Int64()}
_NO_LINES, _NO_FIGURES = pl.DataFrame(schema=LINES), pl.DataFrame(schema=fates.NUMBERED)
_MOST_TOTALS = 200  # totals compared per file; a report has one, or one for each month


@dataclass(frozen=True, kw_only=True)
class Rows:
    """What some files of the same headers hold.

    `rows`: one row per branch, segment and month that can be read, with `file`, `month` and `branch` as numbers
    (`branch` counts in `spellings`, and in `keys`, which are the same for one branch).
    `blank` and `totals`: the numbers of the files, once per such line. `beside`: lines of which figures are used
    although no row stands in them (parts that were added up); `beside_targets`: lines of targets. `blank_keys`: the
    numbers of the files in which a key is only written where it changes. `believed`: flows of files of which somebody
    said what they are. `partial`: rows without active members; another file may tell those. `figures`: what became of
    each figure of a clean long table.
    """

    rows: pl.DataFrame
    problems: list[pl.DataFrame]
    spellings: list[str]
    keys: list[str]
    file: NDArray[np.int32]
    line: NDArray[np.int64]
    branch: Whole
    blank: NDArray[np.int32]
    totals: NDArray[np.int32]
    thousands: dict[int, str] = dataclasses.field(default_factory=dict)
    blank_keys: set[int] = dataclasses.field(default_factory=set)
    believed: frozenset[tuple[int, str]] = frozenset()
    partial: pl.DataFrame = dataclasses.field(default_factory=pl.DataFrame)
    beside: pl.DataFrame = dataclasses.field(default_factory=_NO_LINES.clone)
    figures: pl.DataFrame = dataclasses.field(default_factory=_NO_FIGURES.clone)
    beside_targets: pl.DataFrame = dataclasses.field(default_factory=_NO_LINES.clone)


def read_rows(lines: Lines, files: list[Named]) -> Rows:
    """Read the lines of files with the same headers."""
    sheet = RowReader(lines, files)
    sheet.read_months()
    sheet.read_branches()
    sheet.read_segments()
    sheet.settle_lines()
    row_counts.read_counts(sheet)
    compare_totals(sheet)
    sheet.report_keys()
    rows = _table_of(sheet)
    return Rows(
        rows=rows,
        problems=sheet.problems,
        spellings=sheet.spellings,
        keys=sheet.keys,
        file=lines.file,
        line=lines.line,
        branch=sheet.branch,
        blank=lines.file[lines.blank],
        totals=lines.file[sheet.total],
        thousands=sheet.thousands,
        blank_keys=sheet.blank_keys,
        figures=fates.of_lines(sheet),
    )


def compare_totals(reader: RowReader) -> None:
    """Compare each line of totals with the sum of the lines it may stand for: all, since the last, of its keys."""
    rows = np.flatnonzero(reader.total)
    for file in np.unique(reader.lines.file[rows]):
        of_file = rows[reader.lines.file[rows] == file][:_MOST_TOTALS]
        start, stop = np.searchsorted(reader.lines.file, [file, file + 1])  # files stand one after the other
        before = int(start) - 1
        for row in of_file.tolist():
            _compare_total(reader, row, int(start), int(stop), before)
            before = row


def _compare_total(reader: RowReader, row: int, start: int, stop: int, before: int) -> None:
    place = np.arange(start, stop)
    alive = ~reader.dead[start:stop]
    keyed = alive.copy()
    for key in (reader.month, reader.segment, reader.branch if Field("branch") in reader.positions else None):
        if key is not None and key[row] >= 0:
            keyed &= key[start:stop] == key[row]
    since = (place > before) & (place < row)
    ways = (keyed, keyed & since, alive, alive & since)
    for field, number in reader.counts.items():
        stated = number[row]
        if stated is None:
            continue
        part = number[start:stop]
        sums = [int(part.filter(pl.Series(way)).sum() or 0) for way in ways]
        if stated not in sums:
            reader.problems.append(
                problem(
                    "totals_contradict",
                    "warning",
                    file=[int(reader.lines.file[row])],
                    line=int(reader.lines.line[row]),
                    column=reader.name(field),
                    value=str(reader.column(field)[row]).strip(),
                    details=f'{{"sum": {min(sums, key=lambda total: abs(total - stated))}}}',
                )
            )


def _table_of(reader: RowReader) -> pl.DataFrame:
    """One row per branch, segment and month whose cells can all be read."""
    if not reader.header.wide:
        rows, absent = _rows_of(reader, None)
        _report_absent(reader, absent, Field("active"))
        return rows
    parts, lines_absent, lines_any = [], ~reader.dead & ~reader.bad, np.zeros(reader.size, dtype=np.bool_)
    for segment in tables.SEGMENTS:
        fields = [field for field in reader.counts if field.segment == segment and field.column in tables.COUNTS]
        if not any(field.column == "active" for field in fields):
            continue
        given = np.zeros(reader.size, dtype=np.bool_)
        for field in fields:
            given |= reader.counts[field].is_not_null().to_numpy() | reader.wrong[field]
        rows, absent = _rows_of(reader, segment)
        _report_absent(reader, absent & given, Field("active", segment))
        lines_any |= given
        parts.append(rows)
    _report_absent(
        reader, lines_absent & ~lines_any, next(field for field in reader.counts if field.column == "active")
    )
    return pl.concat(parts, how="diagonal")


def _report_absent(reader: RowReader, where: Mask, field: Field) -> None:
    reader.report(where, "no_active", "error", field)


def _rows_of(reader: RowReader, segment: str | None) -> tuple[pl.DataFrame, Mask]:
    fields = {field.column: field for field in reader.counts if field.segment == segment}
    active = reader.counts[fields["active"]]
    without = np.zeros(reader.size, dtype=np.bool_)
    if active.null_count():
        without = active.is_null().to_numpy() & ~reader.wrong[fields["active"]] & ~reader.dead
    lost = reader.dead | reader.bad | without
    for name in tables.COUNTS:  # what is only compared costs no line
        if name in fields:
            lost |= reader.wrong[fields[name]]
    keep = ~lost
    if not keep.all():
        reader.kept[segment], reader.without[segment] = keep, without
    index = reader.segment if segment is None else np.full(reader.size, tables.SEGMENTS.index(segment), dtype=np.int16)
    columns: dict[str, object] = {
        "month": reader.month,
        "branch": reader.branch,
        "segment": index,
        "line": reader.lines.line,
    }
    columns |= {name: reader.counts[field] for name, field in fields.items()}
    columns |= {field.column: share for field, share in reader.shares.items() if field.segment == segment}
    only = reader.lines.only_file
    file = pl.lit(pl.Series(reader.lines.file) if only is None else only, dtype=pl.Int32)
    rows = pl.DataFrame(columns).with_columns(file=file, **_texts(reader, keep))
    return (rows if keep.all() else rows.filter(pl.Series(keep))), without


def _texts(reader: RowReader, keep: Mask) -> dict[str, pl.Expr]:
    columns: dict[str, pl.Expr] = {}
    for field in reader.positions:
        if field.column == "status":
            codes, texts = reader.codes(field)
            words = [tables.STATUS_WORDS.get(tables.plain(text)) for text in texts]
            unknown = [
                word is None and tables.plain(text) != "" and text.strip().lower() not in numbers.NO_VALUE
                for word, text in zip(words, texts, strict=True)
            ]
            if any(unknown):
                where = pick([int(is_unknown) for is_unknown in unknown], codes) == 1
                reader.report(where & keep, "status_unknown", "warning", field)
            columns["status"] = _worded(pl.Series([*words, None], dtype=tables.Status), codes)
        elif field.column in ("source", "eligible_source"):
            codes, texts = reader.codes(field)
            clean = [None if text.strip().lower() in ("", *numbers.NO_VALUE) else names.trimmed(text) for text in texts]
            columns[field.column] = _worded(pl.Series([*clean, None], dtype=pl.String), codes)
    return columns


def _worded(words: pl.Series, codes: Codes) -> pl.Expr:
    """Pick the words of each line; where all say the same (one source for a whole file), they are held once."""
    if len(codes) and codes.min() == codes.max():
        return pl.lit(words[int(str(codes[0]))], dtype=words.dtype)
    return pl.lit(words).gather(pl.lit(codes))
