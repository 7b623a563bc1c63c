"""Where do the filled cells of an old XLS workbook lie, and which of them hold an error?

Calamine reads the values, but makes a rectangle of them first, and gives an error as an empty cell. So the records are
looked through before: each has a number, a length and, for a cell, its row and column ([MS-XLS] 2.4, [MS-CFB] 2).
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import python_calamine as calamine

from coverage.base.errors import FileRefused
from coverage.intake import grid
from coverage.intake.grid import IncomingCells, Limits, Sheet

_FREE = 0xFFFFFFFA  # sectors from here on are no sectors
_BOF, _EOF, _BOUNDSHEET, _FILEPASS = (0x0809, 0x0409, 0x0209, 0x0009), 0x000A, 0x0085, 0x002F
_BOOLERR, _FORMULA = (0x0205, 0x0005), (0x0006, 0x0206, 0x0406)
_FILLED = frozenset([0x0203, 0x0003, 0x0204, 0x0004, 0x00FD, 0x027E, 0x007E, 0x00D6, 0x0002, *_BOOLERR, *_FORMULA])
_MANY = 0x00BD
ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}


def read(content: bytes, *, file: str, limits: Limits) -> Iterator[Sheet]:
    """Yield the sheets of a workbook; raise `FileRefused` for one that is encrypted, broken or far too large."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise FileRefused("workbook_encrypted", file=file)
    try:
        stream = _workbook(content)
        if stream is None:
            raise FileRefused("office_file", file=file)
        errors = list(_looked_through(stream, file, limits))
    except (struct.error, IndexError, ValueError, OverflowError) as error:
        raise FileRefused("workbook_broken", file=file) from error
    yield from calamined(content, file, limits, errors)


def calamined(content: bytes, file: str, limits: Limits, errors: list[list[tuple[int, int, str]]]) -> Iterator[Sheet]:
    """Yield what Calamine reads; where a cell is empty to it, the error that stands there."""
    try:
        with calamine.load_workbook(io.BytesIO(content)) as book:
            for place, about in enumerate(book.sheets_metadata):
                if about.typ != calamine.SheetTypeEnum.WorkSheet:
                    continue
                sheet = book.get_sheet_by_index(place)
                cells = IncomingCells(file=file, name=about.name, limit=limits.cells)
                for row, column, text in errors[place] if place < len(errors) else ():
                    cells.put(row, column, text)
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
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # Rust's; it has no name that could be imported
            raise
        raise FileRefused("workbook_broken", file=file) from error


def _text(cell: float | str | bool | time | date | datetime | timedelta) -> str:
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | float):
        return grid.digits(float(cell))
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    return grid.one_line(str(cell))


def _workbook(content: bytes) -> bytes | None:
    """Return the stream of the workbook out of the compound file; nothing where it holds another document.

    Chains of sectors are followed once: one that runs in a circle is broken.
    """
    if len(content) < 512:
        raise ValueError
    sector = 1 << struct.unpack_from("<H", content, 30)[0]
    if sector not in (512, 4096):
        raise ValueError
    tables, first = struct.unpack_from("<II", content, 44)
    small_first, small_tables, more, _more_tables = struct.unpack_from("<IIII", content, 60)
    holders = [sector for sector in struct.unpack_from("<109I", content, 76) if sector < _FREE]
    seen: set[int] = set()
    while more < _FREE and more not in seen:
        seen.add(more)
        *listed, more = struct.unpack_from(f"<{sector // 4}I", content, (more + 1) * sector)
        holders += [sector for sector in listed if sector < _FREE]
    following: list[int] = []
    for holder in holders[: min(tables, len(content) // sector + 1)]:
        following += struct.unpack_from(f"<{sector // 4}I", content, (holder + 1) * sector)
    view = memoryview(content)

    def chain(start: int) -> bytes:
        return b"".join(view[(at + 1) * sector : (at + 2) * sector] for at in _chain(start, following))

    directory = chain(first)
    place: tuple[int, int] | None = None
    root = 0
    for at in range(0, len(directory) - 127, 128):
        length, kind = struct.unpack_from("<H", directory, at + 64)[0], directory[at + 66]
        name = directory[at : at + max(min(length, 64) - 2, 0)].decode("utf-16-le", "replace").casefold()
        start, size = struct.unpack_from("<II", directory, at + 116)
        if kind == 5:
            root = start
        elif kind == 2 and (name == "workbook" or (name == "book" and place is None)):
            place = start, size
    if place is None:
        return None
    start, size = place
    if size >= 4096:
        return chain(start)[:size]
    small = chain(small_first) if small_tables else b""
    numbers = list(struct.unpack(f"<{len(small) // 4}I", small[: len(small) // 4 * 4]))
    held = chain(root)
    return b"".join(held[at * 64 : at * 64 + 64] for at in _chain(start, numbers))[:size]


def _chain(start: int, following: list[int]) -> list[int]:
    places: list[int] = []
    while start < _FREE:
        places.append(start)
        if len(places) > len(following):  # in a circle
            raise ValueError
        start = following[start]
    return places


def _looked_through(stream: bytes, file: str, limits: Limits) -> Iterator[list[tuple[int, int, str]]]:
    """Yield for each sheet its errors; raise `FileRefused` where its filled cells span too much."""
    sheets: list[tuple[int, str]] = []
    for code, at, size in _records(stream, 0):
        if code == _FILEPASS:
            raise FileRefused("workbook_encrypted", file=file)
        if code == _BOUNDSHEET and size > 8:
            start, length, wide = struct.unpack_from("<I", stream, at)[0], stream[at + 6], stream[at + 7] & 1
            raw = stream[at + 8 : at + 8 + length * (1 + wide)]
            sheets.append((start, raw.decode("utf-16-le" if wide else "latin-1", "replace")))
        if code == _EOF:
            break
    for start, name in sheets or [(0, "")]:
        yield _errors(stream, start, IncomingCells(file=file, name=name, limit=limits.cells))


def _errors(stream: bytes, start: int, cells: IncomingCells) -> list[tuple[int, int, str]]:
    errors: list[tuple[int, int, str]] = []
    depth = 0
    for code, at, size in _records(stream, start):
        if code in _BOF:
            depth += 1
        elif code == _EOF:
            depth -= 1
            if depth <= 0:
                break
        elif size >= 6 and (code in _FILLED or code == _MANY):
            row, column = struct.unpack_from("<HH", stream, at)
            cells.reach(row, struct.unpack_from("<H", stream, at + size - 2)[0] if code == _MANY else column)
            if code in _BOOLERR and size >= 8 and stream[at + 7]:
                errors.append((row, column, ERRORS.get(stream[at + 6], "#N/A")))
            elif code in _FORMULA and size >= 14 and stream[at + 12 : at + 14] == b"\xff\xff" and stream[at + 6] == 2:
                errors.append((row, column, ERRORS.get(stream[at + 8], "#N/A")))
    return errors


def _records(stream: bytes, start: int) -> Iterator[tuple[int, int, int]]:
    """Yield the records from here on: number, where its data begin, and how long they are."""
    at, end = start, len(stream)
    while at + 4 <= end:
        code, size = struct.unpack_from("<HH", stream, at)
        yield code, at + 4, min(size, end - at - 4)
        at += 4 + size
