"""Which cells stand in which row of a workbook?

Calamine gives typed cells with the sheet's own row numbers. A number in a numeric cell is exact and needs no rule
about separators; it becomes text in a form that the readers of text cannot mistake.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import python_calamine as calamine

from coverage.errors import FileRefused

ENDINGS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A sheet's name, whether people see it, and its cells as text from row 1 on."""

    name: str
    hidden: bool
    cells: list[list[str]]


def read(content: bytes, *, file: str, unpacked_limit: int) -> Iterator[Sheet]:
    """Yield the sheets of a workbook; raise `FileRefused` for one that is encrypted, broken or far too large."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise FileRefused("workbook_encrypted", file=file)
    if content.startswith(b"PK"):
        _refuse_bomb(content, file=file, limit=unpacked_limit)
    try:
        with calamine.load_workbook(io.BytesIO(content)) as book:
            for about in book.sheets_metadata:
                if about.typ != calamine.SheetTypeEnum.WorkSheet:
                    continue
                rows = book.get_sheet_by_name(about.name).to_python(skip_empty_area=False)
                yield Sheet(
                    name=about.name,
                    hidden=about.visible != calamine.SheetVisibleEnum.Visible,
                    cells=[[_text(cell) for cell in row] for row in rows],
                )
    except calamine.PasswordError as error:
        raise FileRefused("workbook_encrypted", file=file) from error
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise FileRefused("workbook_broken", file=file) from error


def _refuse_bomb(content: bytes, *, file: str, limit: int) -> None:
    """Add up what the parts say they unpack to, before anything is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            size = sum(part.file_size for part in packed.infolist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise FileRefused("workbook_broken", file=file) from error
    if size > limit:
        raise FileRefused("unpacked_too_large", file=file, found=size, allowed=limit)


def _text(cell: float | str | bool | time | date | datetime | timedelta) -> str:
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | float):
        return _digits(float(cell))
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    return str(cell).replace("\n", " ").replace("\r", " ")


def _digits(number: float) -> str:
    """Write a number; a fraction never with three decimals, which would read as thousands."""
    if number == int(number):
        return str(int(number))
    text = f"{number:.10f}".rstrip("0")
    return text + "0" if len(text.partition(".")[2]) == 3 else text
