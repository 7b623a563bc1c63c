"""How does a table leave, so that programs and spreadsheets read back exactly what was meant?

Names are those of the interface, numbers plain with `.`, months `YYYY-MM`, null empty or `null`, whatever the
language. A text cell that a spreadsheet would run as a formula gets an apostrophe in front; the intake takes it off
again (OWASP, "CSV Injection").
"""

from __future__ import annotations

import json as json_module

import polars as pl

PLACES = 6
"""Decimals of a number that is not whole; a millionth of a worker is nobody."""

_FORMULA = r"^(\s*[=+\-@＝＋－＠\t\r\n])"


def csv(frame: pl.DataFrame) -> str:
    """Write a table as CSV: comma, line feed, quotes only where needed."""
    columns = [_cell(name, dtype) for name, dtype in frame.schema.items()]
    return frame.select(columns).write_csv()


def json(frame: pl.DataFrame) -> str:
    """Write a table as a JSON list of objects, one to a line."""
    months = [pl.col(name).dt.strftime("%Y-%m") for name, dtype in frame.schema.items() if dtype == pl.Date]
    floats = [name for name, dtype in frame.schema.items() if dtype.is_float()]
    # Infinite and not-a-number are no JSON: they are unknown.
    known = [pl.when(pl.col(name).is_finite()).then(pl.col(name).round(PLACES)) for name in floats]
    rows = frame.with_columns(*months, *known).iter_rows(named=True)
    lines = [json_module.dumps(_whole(row, floats), ensure_ascii=False, allow_nan=False) for row in rows]
    return "[\n" + ",\n".join(lines) + "\n]\n" if lines else "[]\n"


def _cell(name: str, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if dtype == pl.Date:
        return column.dt.strftime("%Y-%m")
    if dtype.is_float():
        finite = pl.when(column.is_finite()).then(column.round(PLACES))
        rounded = pl.when(finite != 0).then(finite).otherwise(finite.abs())  # no minus zero
        # Small ones through a decimal, so that none comes out as 2e-5.
        small = pl.when(rounded.abs() < 1).then(rounded).cast(pl.Decimal(38, PLACES)).cast(pl.String)
        written = pl.coalesce(small.str.strip_chars_end("0").str.strip_chars_end("."), rounded.cast(pl.String))
        return written.str.strip_suffix(".0").alias(name)
    if dtype == pl.String:
        return column.str.replace(_FORMULA, "'$1")
    return column


def _whole(row: dict[str, object], floats: list[str]) -> dict[str, object]:
    """Write whole numbers without `.0`, as the CSV does."""
    for name in floats:
        value = row[name]
        if isinstance(value, float) and value.is_integer():
            row[name] = int(value)
    return row
