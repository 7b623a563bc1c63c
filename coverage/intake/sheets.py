"""Which cells stand in which row of a workbook?

Calamine gives typed cells with the sheet's own row numbers. A number in a numeric cell is exact and needs no rule
about separators; it becomes text in a form that the readers of text cannot mistake.
"""

from __future__ import annotations

import contextlib
import html
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import python_calamine as calamine

from coverage.base.errors import FileRefused

ENDINGS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A sheet's name, whether people see it, its cells as text from row 1 on, and its merged ranges.

    A merged range is its first row and column and its last ones, counted from 0; its text stands in the first cell.
    """

    name: str
    hidden: bool
    cells: list[list[str]]
    merged: tuple[tuple[int, int, int, int], ...] = ()


def read(content: bytes, *, file: str, unpacked_limit: int) -> Iterator[Sheet]:
    """Yield the sheets of a workbook; raise `FileRefused` for one that is encrypted, broken or far too large."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise FileRefused("workbook_encrypted", file=file)
    if content.startswith(b"PK"):
        _refuse_bomb(content, file=file, limit=unpacked_limit)
    lost = _Lost(content)
    try:
        with calamine.load_workbook(io.BytesIO(content)) as book:
            for about in book.sheets_metadata:
                if about.typ != calamine.SheetTypeEnum.WorkSheet:
                    continue
                sheet = book.get_sheet_by_name(about.name)
                rows = sheet.to_python(skip_empty_area=False)
                cells = [[_text(cell) for cell in row] for row in rows]
                for row, column, said in lost(about.name):
                    if row < len(cells) and column < len(cells[row]) and not cells[row][column]:
                        cells[row][column] = said
                yield Sheet(
                    name=about.name,
                    hidden=about.visible != calamine.SheetVisibleEnum.Visible,
                    cells=cells,
                    merged=tuple((*first, *last) for first, last in sheet.merged_cell_ranges or ()),
                )
    except calamine.PasswordError as error:
        raise FileRefused("workbook_encrypted", file=file) from error
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise FileRefused("workbook_broken", file=file) from error


class _Lost:
    """The cells that Calamine gives as empty although something stands there: an error (`#REF!`), and a formula whose
    value nobody saved. They are no numbers, and have to be told."""

    _SHEET = re.compile(r'<sheet\b[^>]*?\bname="([^"]*)"[^>]*?\br:id="([^"]*)"')
    _PART = re.compile(r"<Relationship\b[^>]*>")
    _CELL = re.compile(r'<c r="([A-Z]{1,3})(\d+)"([^>]*)>(.*?)</c>', re.DOTALL)

    def __init__(self, content: bytes) -> None:
        self._paths: dict[str, str] = {}
        self._packed: zipfile.ZipFile | None = None
        with contextlib.suppress(zipfile.BadZipFile, KeyError, UnicodeDecodeError):  # no XLSX: other forms keep errors
            packed = zipfile.ZipFile(io.BytesIO(content))
            parts = {}
            for one in self._PART.findall(packed.read("xl/_rels/workbook.xml.rels").decode()):
                said = dict(re.findall(r'\b(Id|Target)="([^"]*)"', one))
                parts[said.get("Id", "")] = said.get("Target", "")
            for name, key in self._SHEET.findall(packed.read("xl/workbook.xml").decode()):
                target = parts.get(key, "")
                self._paths[html.unescape(name)] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            self._packed = packed

    def __call__(self, name: str) -> Iterator[tuple[int, int, str]]:
        """Yield row and column, from 0, and what stands there, of each such cell of a sheet."""
        path = self._paths.get(name, "")
        if self._packed is None or path not in self._packed.namelist():
            return
        sheet = self._packed.read(path).decode("utf-8", errors="replace")
        if 't="e"' not in sheet and "<f" not in sheet:
            return
        for letters, row, about, inside in self._CELL.findall(sheet):
            value = re.search(r"<v>(.+?)</v>", inside)
            if 't="e"' in about and value:
                yield int(row) - 1, _column(letters), html.unescape(value[1])
            elif "<f" in inside and not value and 't="str"' not in about:  # a formula may well give no text
                yield int(row) - 1, _column(letters), _FORMULA


_FORMULA = "=…"  # what stands in a cell whose formula was never calculated


def _column(letters: str) -> int:
    place = 0
    for one in letters:
        place = place * 26 + ord(one) - 64
    return place - 1


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


_EXACT = 2**53  # above, not every whole number has a float of its own


def _digits(number: float) -> str:
    """Write a number; a fraction never with three decimals, which would read as thousands.

    One so large that its last digits are lost (a NIK that begins with 91, say) is written as shortened.
    """
    if abs(number) > _EXACT:
        return f"{number:E}"
    if number == int(number):
        return str(int(number))
    text = f"{number:.10f}".rstrip("0")
    return text + "0" if len(text.partition(".")[2]) == 3 else text
