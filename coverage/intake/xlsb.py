"""Where do the filled cells of a binary workbook (XLSB) lie, and which of them hold an error?

Calamine reads the values, but makes a rectangle of them first, and gives an error as an empty cell. So the records are
looked through before: each has a number, a length and, for a cell, its column; a row begins with its own ([MS-XLSB]
2.1.4, 2.4).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from coverage.base.errors import FileRefused
from coverage.intake import xls, xlsx
from coverage.intake.grid import IncomingCells, Limits, Sheet
from coverage.intake.packed import Packed

WORKBOOK = "xl/workbook.bin"
_ROW, _CELLS, _ERRORS, _SHEET = 0, range(2, 12), (3, 11), 156


def read(content: bytes, packed: Packed, *, file: str, limits: Limits) -> Iterator[Sheet]:
    """Yield the sheets of a workbook; raise `FileRefused` for one that is broken or far too large."""
    try:
        parts = xlsx.related(packed, WORKBOOK, file)
        errors = [_errors(packed.read(part), name, file, limits) for name, part in _sheets(packed, parts)]
    except (struct.error, IndexError, ValueError, OverflowError, KeyError) as error:
        raise FileRefused("workbook_broken", file=file) from error
    yield from xls.calamined(content, file, limits, errors)


def _sheets(packed: Packed, parts: dict[str, tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield the name and the part of each sheet, in the workbook's order."""
    for kind, body in _records(packed.read(WORKBOOK)):
        if kind == _SHEET:
            key, after = _text(body, 8)
            name, _ = _text(body, after)
            yield name, parts[key][1]


def _errors(part: bytes, name: str, file: str, limits: Limits) -> list[tuple[int, int, str]]:
    cells = IncomingCells(file=file, name=name, limit=limits.cells)
    errors = []
    row = 0
    for kind, body in _records(part):
        if kind == _ROW:
            row = struct.unpack_from("<I", body)[0]
        elif kind in _CELLS:
            column = struct.unpack_from("<I", body)[0]
            cells.reach(row, column)
            if kind in _ERRORS:
                errors.append((row, column, xls.ERRORS.get(body[8], "#N/A")))
    return errors


def _text(body: memoryview, at: int) -> tuple[str, int]:
    """Return the text that stands at a place, and where it ends."""
    end = at + 4 + 2 * struct.unpack_from("<I", body, at)[0]
    return bytes(body[at + 4 : end]).decode("utf-16-le"), end


def _records(part: bytes) -> Iterator[tuple[int, memoryview]]:
    """Yield the number and the body of each record; both number and length are written seven bits a byte."""
    view, at = memoryview(part), 0
    while at < len(part):
        kind, at = _number(part, at, most=2)
        size, at = _number(part, at, most=4)
        yield kind, view[at : at + size]
        at += size


def _number(part: bytes, at: int, *, most: int) -> tuple[int, int]:
    number = 0
    for place in range(most):
        number |= (part[at + place] & 0x7F) << 7 * place
        if part[at + place] < 0x80:
            return number, at + place + 1
    return number, at + most
