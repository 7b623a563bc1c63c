"""Which cells stand in which row of a workbook?

What a workbook is decides its content, not its name. A number in a numeric cell is exact and needs no rule about
separators; it becomes text in a form that the readers of text cannot mistake.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import python_calamine as calamine

from coverage.base.errors import FileRefused
from coverage.intake import grid, xlsx
from coverage.intake.grid import Grid, Limits, Sheet
from coverage.intake.packed import Packed

__all__ = ["ENDINGS", "Limits", "Sheet", "read"]

ENDINGS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")


def read(content: bytes, *, file: str, limits: Limits) -> Iterator[Sheet]:
    """Yield the sheets of a workbook; raise `FileRefused` for one that is encrypted, broken or far too large."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise FileRefused("workbook_encrypted", file=file)
    if content.startswith(b"PK"):
        packed = Packed(content, file=file, limit=limits.unpacked)
        if "xl/workbook.bin" not in packed and "content.xml" not in packed:
            yield from xlsx.read(content, file=file, limits=limits)
            return
    yield from _others(content, file, limits)


def _others(content: bytes, file: str, limits: Limits) -> Iterator[Sheet]:
    """Yield the sheets of an XLS, XLSB or ODS workbook."""
    try:
        with calamine.load_workbook(io.BytesIO(content)) as book:
            for about in book.sheets_metadata:
                if about.typ != calamine.SheetTypeEnum.WorkSheet:
                    continue
                sheet = book.get_sheet_by_name(about.name)
                cells = Grid(file=file, name=about.name, limit=limits.cells)
                for row, line in enumerate(sheet.to_python(skip_empty_area=False)):
                    for column, cell in enumerate(line):
                        if cell != "":
                            cells.put(row, column, _text(cell))
                for first, last in sheet.merged_cell_ranges or ():
                    cells.merge((*first, *last))
                yield cells.sheet(hidden=about.visible != calamine.SheetVisibleEnum.Visible)
    except calamine.PasswordError as error:
        raise FileRefused("workbook_encrypted", file=file) from error
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise FileRefused("workbook_broken", file=file) from error


def _text(cell: float | str | bool | time | date | datetime | timedelta) -> str:
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | float):
        return grid.digits(float(cell))
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    return grid.one_line(str(cell))
