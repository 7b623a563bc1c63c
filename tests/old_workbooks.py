"""Old XLS workbooks, written record by record: sound ones, and ones that no program would write.

[MS-CFB] for the compound file, [MS-XLS] for the records; nothing of the program's own is used.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

SECTOR = 512
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
ERRORS = {"#NULL!": 0, "#DIV/0!": 7, "#VALUE!": 15, "#REF!": 23, "#NAME?": 29, "#NUM!": 36, "#N/A": 42}


def record(code: int, body: bytes) -> bytes:
    return struct.pack("<HH", code, len(body)) + body


def cell(row: int, column: int, value: object) -> bytes:
    """Return the record of a cell; a text that is an error becomes one, `=…` a formula that came to an error."""
    place = struct.pack("<HHH", row, column, 0)
    if isinstance(value, str) and value.startswith("="):
        result = bytes([2, 0, ERRORS[value[1:]], 0, 0, 0, 0xFF, 0xFF])
        return record(0x0006, place + result + struct.pack("<HIH", 0, 0, 0))
    if isinstance(value, str) and value in ERRORS:
        return record(0x0205, place + bytes([ERRORS[value], 1]))
    if isinstance(value, str):
        return record(0x0204, place + struct.pack("<HB", len(value), 1) + value.encode("utf-16-le"))
    return record(0x0203, place + struct.pack("<d", float(str(value))))


def stream(cells: Sequence[tuple[int, int, object]], *, merged: Sequence[tuple[int, int, int, int]] = ()) -> bytes:
    """Return the stream of a workbook with one sheet."""
    begin = struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0)
    name = b"Data"
    head = record(0x0809, begin)
    sheet_at = len(head) + 4 + 8 + len(name) + 4
    head += record(0x0085, struct.pack("<IBBBB", sheet_at, 0, 0, len(name), 0) + name) + record(0x000A, b"")
    sheet = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    sheet += b"".join(cell(*one) for one in cells)
    if merged:
        ranges = b"".join(struct.pack("<HHHH", top, bottom, left, right) for top, left, bottom, right in merged)
        sheet += record(0x00E5, struct.pack("<H", len(merged)) + ranges)
    return head + sheet + record(0x000A, b"")


def compound(body: bytes, *, name: str = "Workbook", circle: bool = False, astray: bool = False) -> bytes:
    """Put a stream into a compound file; with `circle` its sectors lead back to the first, with `astray` nowhere."""
    body = body.ljust(4096, b"\0")
    body += b"\0" * (-len(body) % SECTOR)
    count = len(body) // SECTOR
    tables = -(-(count + 2) // 127)
    following = [FAT] * tables + [END]  # the tables themselves, then the directory
    first = tables + 1
    following += [*range(first + 1, first + count), first if circle else 10_000_000 if astray else END]
    following += [FREE] * (tables * 128 - len(following))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(24, b"\0") + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    header += b"\0" * 10 + struct.pack("<IIIIIIII", tables, tables, 0, 4096, END, 0, END, 0)
    header += struct.pack("<109I", *[*range(tables), *[FREE] * (109 - tables)])
    entries = _entry("Root Entry", 5, 1, END, 0) + _entry(name, 2, FREE, first, len(body))
    directory = entries + _entry("", 0, FREE, 0, 0) * 2
    return header + struct.pack(f"<{len(following)}I", *following) + directory + body


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    raw = name.encode("utf-16-le")
    about = struct.pack("<HBBIII", len(raw) + 2 if raw else 0, kind, 1, FREE, FREE, child)
    return raw.ljust(64, b"\0") + about + b"\0" * 36 + struct.pack("<II", start, size) + b"\0" * 4
