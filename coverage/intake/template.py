"""How does an empty file look that a branch can fill in without asking anybody?

The columns are those of `tables.CANONICAL`; what each means, and its cell in the one example row, stand in the
language files. The example names its branch as one, so that a row left standing shows; it reads back without error.
"""

from __future__ import annotations

import csv as csv_module
import io
from datetime import datetime

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from coverage.base import months, settings, tables
from coverage.base.tables import CANONICAL, Column
from coverage.base.texts import Texts

_ROWS = 5000
"""So many rows of the sheet know which words and numbers may stand in them."""
_WIDTHS = {"month": 10, "branch": 26, "segment": 14, "count": 12, "text": 30, "status": 14}


def csv(texts: Texts) -> bytes:
    """Write title lines that explain each column, the canonical header and the example row.

    The separator is a semicolon where the language writes a decimal comma, and the file starts with a byte order
    mark: so Excel opens it in columns, with every letter right.
    """
    comma = texts.decimal(0.5) == "0.5"
    text = io.StringIO()
    writer = csv_module.writer(text, delimiter="," if comma else ";", lineterminator="\r\n")
    writer.writerow([texts("cli.template.title")])
    for column in CANONICAL:
        line = texts(
            "cli.template.line",
            column=column.name,
            needed=_needed(column, texts),
            meaning=texts(f"column.{column.name}.meaning"),
        )
        writer.writerow([line])
    writer.writerow([column.name for column in CANONICAL])
    writer.writerow([_example(column, texts) for column in CANONICAL])
    return text.getvalue().encode("utf-8-sig")


def workbook(texts: Texts) -> bytes:
    """Write a sheet with the header and the example row, and one that explains each column."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        bold = book.add_format({"bold": True, "bottom": 1})
        month, count = book.add_format({"num_format": "yyyy-mm"}), book.add_format({"num_format": "#,##0"})
        _data_sheet(book.add_worksheet(texts("cli.template.data_sheet")), texts, bold, month, count)
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        _words_sheet(book.add_worksheet(texts("cli.template.words_sheet")), texts, bold, wrapped)
    return content.getvalue()


def _data_sheet(sheet: Worksheet, texts: Texts, bold: Format, month: Format, count: Format) -> None:
    for place, column in enumerate(CANONICAL):
        formats = {"month": month, "count": count}
        sheet.set_column(place, place, _WIDTHS[column.kind], formats.get(column.kind))
        sheet.write_string(0, place, column.name, bold)
        example = _example(column, texts)
        if column.kind == "month":
            first = months.parse(example)
            sheet.write_datetime(1, place, datetime(first.year, first.month, 1), month)
        elif column.kind == "count":
            sheet.write_number(1, place, int(example), count)
        else:
            sheet.write_string(1, place, example)
        allowed = _allowed(column)
        if allowed:
            sheet.data_validation(1, place, _ROWS, place, allowed)
    sheet.freeze_panes(1, 0)


def _words_sheet(sheet: Worksheet, texts: Texts, bold: Format, wrapped: Format) -> None:
    sheet.write_string(0, 0, texts("cli.template.title"))
    heads = ("column", "obligation", "meaning", "also")
    for place, (head, width) in enumerate(zip(heads, (18, 14, 60, 60), strict=True)):
        sheet.set_column(place, place, width, wrapped)
        sheet.write_string(2, place, texts(f"cli.template.{head}"), bold)
    for row, column in enumerate(CANONICAL, 3):
        sheet.write_string(row, 0, column.name, wrapped)
        sheet.write_string(row, 1, _needed(column, texts), wrapped)
        sheet.write_string(row, 2, texts(f"column.{column.name}.meaning"), wrapped)
        sheet.write_string(row, 3, ", ".join(_also(column)), wrapped)
    sheet.freeze_panes(3, 0)


def _also(column: Column) -> list[str]:
    """Return what else is understood: headers, and for a segment the words in its cells."""
    if column.kind != "segment":
        return list(column.synonyms)
    cells = [f"{segment.name} = {segment.code}" for segment in settings.load().segments]
    return [*column.synonyms, *cells]


def _allowed(column: Column) -> dict[str, object]:
    """Return what a spreadsheet lets people type; a warning, not a wall, for files are checked anyway."""
    if column.kind in {"segment", "status"}:
        words = tables.SEGMENTS if column.kind == "segment" else tables.STATUSES
        return {"validate": "list", "source": list(words), "error_type": "warning"}
    if column.kind == "count":
        return {"validate": "integer", "criteria": ">=", "value": column.low, "error_type": "warning"}
    return {}


def _needed(column: Column, texts: Texts) -> str:
    return texts("cli.template.needed" if column.needed else "cli.template.optional")


def _example(column: Column, texts: Texts) -> str:
    """Return what stands in the example row: the language's own, else the least that may stand there."""
    key = f"cli.example.{column.name}"
    if key in texts:
        return texts(key)
    return str(column.low) if column.kind == "count" else ""
