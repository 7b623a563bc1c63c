"""How many people does each cell of a count say, and which cells cannot be read?

All cells of a column are read at once; only what is no plain number is looked at closely, with what its file proves.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coverage.base import tables
from coverage.intake import numbers
from coverage.intake.headers import Field
from coverage.intake.problem_rows import problem
from coverage.intake.row_reader import Mask, RowReader


def read_counts(reader: RowReader) -> None:
    failing = []
    kinds = {column.name: column for column in tables.COLUMNS}
    for field in reader.positions:
        kind = kinds[field.column].kind if field.column in kinds else ""
        if kind == "percentage":
            _read_shares(reader, field)
        if kind == "count":
            reader.counts[field] = reader.column(field).cast(pl.Int64, strict=False)
            reader.wrong[field] = np.zeros(reader.size, dtype=np.bool_)
    bounds = _bounds(reader.counts)
    for field, number in reader.counts.items():
        text = reader.column(field)
        if (odd := _odd(text, number, *bounds[field])) is not None:
            rows = np.flatnonzero(odd & (~reader.dead | reader.total))
            failing.append(
                pl.DataFrame(
                    {"file": reader.lines.file[rows], "row": rows, "text": text[rows].cast(pl.String)}
                ).with_columns(position=pl.lit(reader.positions[field], dtype=pl.Int32))
            )
    if failing:
        _read_odd(reader, pl.concat(failing))
        bounds = _bounds(reader.counts)
    for field, (least, _most) in bounds.items():
        if least < kinds[field.column].low:
            _bound(reader, field, kinds[field.column].low)


def _read_shares(reader: RowReader, field: Field) -> None:
    """Read stated percentages; what cannot be read is only not compared."""
    text = reader.column(field).cast(pl.String).str.strip_chars()
    reader.shares[field] = _shares(text, reader.lines.file)
    stated = ~text.str.to_lowercase().is_in(["", *numbers.NO_VALUE]) & text.is_not_null()
    reader.report(
        (stated & reader.shares[field].is_null()).to_numpy() & ~reader.dead, "percentage_unreadable", "warning", field
    )


def _read_odd(reader: RowReader, cells: pl.DataFrame) -> None:
    """Read the cells that are no plain digits, with what their file and column prove."""
    judged = numbers.read(cells, pl.concat([_plain_large(reader, field) for field in reader.counts]))
    for field in reader.counts:
        part = judged.filter(pl.col("position") == reader.positions[field])
        rows = part["row"].to_numpy()
        reader.counts[field] = reader.counts[field].scatter(rows, part["number"])
        coded = part.filter(pl.col("code").is_not_null())
        reader.wrong[field][coded.filter(pl.col("code").is_in(numbers.ERRORS))["row"].to_numpy()] = True
        _report_numbers(reader, field, coded)
    _note_thousands(reader, judged)


def _plain_large(reader: RowReader, field: Field) -> pl.DataFrame:
    """One row per file: how many plain figures of 4 or more digits stand in a column."""
    large = (reader.counts[field] >= 1000).fill_null(False).to_numpy()
    many = np.bincount(reader.lines.file[large], minlength=len(reader.files))
    return pl.DataFrame(
        {"file": range(len(reader.files)), "position": [reader.positions[field]] * len(reader.files), "large": many},
        schema={"file": pl.Int32, "position": pl.Int32, "large": pl.UInt32},
    )


def _report_numbers(reader: RowReader, field: Field, part: pl.DataFrame) -> None:
    alive = part.filter(pl.Series(~reader.dead[part["row"].to_numpy()]))
    for (code,), cells in alive.group_by("code", maintain_order=True):
        severity = _worst(field) if code in numbers.ERRORS else "warning" if code == "ambiguous_number" else "note"
        if severity == "note":
            cells = cells.unique("file", keep="first", maintain_order=True)
        rows = cells["row"].to_numpy()
        digits = cells["number"].cast(pl.String)
        details = cells.select(pl.struct(number="number").struct.json_encode()).to_series()
        reader.problems.append(
            problem(
                str(code),
                severity,
                file=reader.lines.file[rows],
                line=reader.lines.line[rows],
                column=reader.name(field),
                value=cells["text"].str.strip_chars(),
                details=details if digits.is_not_null().any() else None,
            )
        )


def _note_thousands(reader: RowReader, judged: pl.DataFrame) -> None:
    marked = judged.lazy().filter(pl.col("number") >= 1000).drop_nulls("mark").select("file", "row", "mark")
    first = marked.group_by("file").agg(pl.col("mark").get(pl.col("row").arg_min())).collect()
    reader.thousands = {file: mark if mark in ".," else " " for file, mark in first.iter_rows()}


def _bound(reader: RowReader, field: Field, low: int) -> None:
    """Report negative counts, and counts below what can be."""
    number = reader.counts[field]
    negative = (number < 0).fill_null(False).to_numpy() & ~reader.dead
    below = (number < low).fill_null(False).to_numpy() & ~reader.dead & ~negative
    reader.report(negative, "negative", _worst(field), field)
    reader.report(below, "below_lowest", "warning", field, f'{{"lowest": {low}}}')
    reader.wrong[field] |= negative
    reader.counts[field] = number.scatter(np.flatnonzero(negative | below), None)


def _worst(field: Field) -> str:
    """Say how bad a count is that cannot be: one that is only compared costs nothing but the comparison."""
    return "error" if field.column in tables.COUNTS else "warning"


def _bounds(counts: dict[Field, pl.Series]) -> dict[Field, tuple[int, int]]:
    """Return the least and the largest figure of each column (0 where there is none), on all cores."""
    exprs = [bound for number in counts.values() for bound in (pl.lit(number).min(), pl.lit(number).max())]
    row = pl.select(bound.alias(str(at)) for at, bound in enumerate(exprs)).row(0)
    return {field: (row[2 * at] or 0, row[2 * at + 1] or 0) for at, field in enumerate(counts)}


def _odd(text: pl.Series, number: pl.Series, least: int, most: int) -> Mask | None:
    """Return where a cell is no plain number, or far too large; nothing where none is."""
    odd = None
    if text.dtype == pl.String and number.null_count():
        odd = (number.is_null() & (text != "")).fill_null(False)
    if max(-least, most) > numbers.MOST_PEOPLE:
        large = (number.abs() > numbers.MOST_PEOPLE).fill_null(False)
        odd = large if odd is None else odd | large
    return odd.to_numpy() if odd is not None and odd.any() else None


def _shares(column: pl.Series, file: NDArray[np.int32]) -> pl.Series:
    """Return stated percentages as shares; without `%`, a file whose figures exceed 1.5 means percent."""
    table = pl.DataFrame({"file": file, "text": column.cast(pl.String)}).with_columns(
        share=numbers.share(pl.col("text"))
    )
    marked = pl.col("text").str.contains("%", literal=True)
    bare = pl.col("share").filter(~marked).max().over("file")
    percent = ~marked & (bare > 1.5)
    return table.select(pl.when(percent).then(pl.col("share") / 100).otherwise(pl.col("share"))).to_series()
