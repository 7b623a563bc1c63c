"""What the reader of workbooks gives: cells as text, at their own addresses, and the ranges that were merged."""

from __future__ import annotations

import io

import openpyxl

from coverage.intake import sheets


def read(content: bytes, *, file: str = "a.xlsx") -> list[sheets.Sheet]:
    return list(sheets.read(content, file=file, unpacked_limit=1 << 30))


def saved(book: openpyxl.Workbook) -> bytes:
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def test_a_merged_range_is_given_by_its_first_and_last_cell_from_nought() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["B2"] = "Rekap"
    sheet.merge_cells("B2:E3")
    sheet.merge_cells("A4:A9")

    (found,) = read(saved(book))

    assert set(found.merged) == {(1, 1, 2, 4), (3, 0, 8, 0)}
    assert found.cells[1][1] == "Rekap"


def test_a_sheet_without_merged_cells_has_none() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"] = 1
    assert read(saved(book))[0].merged == ()
