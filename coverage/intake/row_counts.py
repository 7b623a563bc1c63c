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

_MANY = 1_000  # cells that are no plain digits; fewer are looked at one by one


def read_counts(reader: RowReader) -> None:
    kinds = {column.name: column for column in tables.COLUMNS}
    for field in reader.positions:
        kind = kinds[field.column].kind if field.column in kinds else ""
        if kind == "percentage":
            _read_shares(reader, field)
        if kind == "count":
            reader.counts[field] = reader.column(field).cast(pl.Int64, strict=False)
            reader.wrong[field] = np.zeros(reader.size, dtype=np.bool_)
    bounds = _bounds(reader.counts)
    alive = ~reader.dead | reader.total
    odd = {field: _odd(reader.column(field), number, *bounds[field]) for field, number in reader.counts.items()}
    if any(where is not None for where in odd.values()):
        _read_odd(reader, {field: where & alive for field, where in odd.items() if where is not None})
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


def _read_odd(reader: RowReader, odd: dict[Field, Mask]) -> None:
    """Read the cells that are no plain digits, with what their file and column prove.

    Where many have dots between their thousands, a few of these speak for all, as long as nothing speaks against them.
    """
    dotted = {
        field: numbers.dotted(reader.column(field))
        for field, where in odd.items()
        if reader.column(field).dtype == pl.String and np.count_nonzero(where) > _MANY
    }
    plain_large = pl.concat([_plain_large(reader, field) for field in reader.counts])
    speaking = [_few(reader, field, number, odd[field]) for field, number in dotted.items()]
    rest = {
        field: where & dotted[field].is_null().to_numpy() if field in dotted else where for field, where in odd.items()
    }
    judged = numbers.read(pl.concat([*speaking, *(_cells(reader, *cells) for cells in rest.items())]), plain_large)
    if judged.head(sum(cells.height for cells in speaking))["code"].is_not_null().any():
        dotted = {}
        judged = numbers.read(pl.concat([_cells(reader, *cells) for cells in odd.items()]), plain_large)
    for field in reader.counts:
        part = judged.filter(pl.col("position") == reader.positions[field])
        rows = part["row"].to_numpy()
        if field in dotted:
            reader.counts[field] = reader.counts[field].zip_with(reader.counts[field].is_not_null(), dotted[field])
        reader.counts[field] = reader.counts[field].scatter(rows, part["number"])
        coded = part.filter(pl.col("code").is_not_null())
        reader.wrong[field][coded.filter(pl.col("code").is_in(numbers.ERRORS))["row"].to_numpy()] = True
        _report_numbers(reader, field, coded)
    _note_thousands(reader, judged)


def _cells(reader: RowReader, field: Field, where: Mask) -> pl.DataFrame:
    rows = np.flatnonzero(where)
    text = reader.column(field)[rows].cast(pl.String)
    return _numbered(reader, field, rows).with_columns(text=text, many=pl.lit(1, dtype=pl.UInt32))


def _few(reader: RowReader, field: Field, number: pl.Series, where: Mask) -> pl.DataFrame:
    """One row per file and kind of figure (with a million, in whole thousands): the first such cell, and how many."""
    table = pl.DataFrame({"file": reader.lines.file, "number": number, "where": where})
    kind = pl.col("file") * 4 + (pl.col("number") >= 1_000_000) * 2 + (pl.col("number") % 1_000 == 0)
    kinds = (
        table.select(kind=pl.when("where").then(kind), row=pl.int_range(pl.len()))
        .group_by("kind")
        .agg(pl.col("row").min(), many=pl.len())
        .drop_nulls("kind")
    )
    rows = kinds["row"].to_numpy()
    text = reader.column(field)[rows]
    return _numbered(reader, field, rows).with_columns(text=text, many=kinds["many"].cast(pl.UInt32))


def _numbered(reader: RowReader, field: Field, rows: NDArray[np.int64]) -> pl.DataFrame:
    position = pl.lit(reader.positions[field], dtype=pl.Int32)
    return pl.DataFrame({"file": reader.lines.file[rows], "row": rows}).with_columns(position=position)


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
    reader.beyond[field] = negative, below
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
