"""A binary workbook (XLSB), written record by record: numbers, texts and errors of one sheet ([MS-XLSB] 2.1)."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Sequence

_ERROR = 0x2A  # #N/A


def record(kind: int, body: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size, left = b"", len(body)
    while True:
        size += bytes([left & 0x7F | (0x80 if left > 0x7F else 0)])
        left >>= 7
        if not left:
            return head + size + body


def wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _cell(column: int, value: str | float | None) -> bytes:
    place = struct.pack("<II", column, 0)
    if value is None:
        return record(3, place + bytes([_ERROR]))
    return record(6, place + wide(value)) if isinstance(value, str) else record(5, place + struct.pack("<d", value))


def workbook(lines: Sequence[Sequence[str | float | None]]) -> bytes:
    """Return a workbook with one sheet of these cells; None is an error."""
    height, width = len(lines), max(map(len, lines))
    rows = b"".join(
        record(0, struct.pack("<IIHHBI", at, 0, 300, 0, 0, 0))
        + b"".join(_cell(column, value) for column, value in enumerate(line))
        for at, line in enumerate(lines)
    )
    sheet = record(129) + record(148, struct.pack("<4I", 0, height - 1, 0, width - 1))
    sheet += record(145) + rows + record(146) + record(130)
    book = record(131) + record(143) + record(156, struct.pack("<II", 0, 1) + wide("rId1") + wide("Data"))
    book += record(144) + record(132)
    base = "http://schemas.openxmlformats.org"
    kind = f"{base}/officeDocument/2006/relationships/worksheet"
    links = (
        f'<Relationships xmlns="{base}/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{kind}" Target="worksheets/sheet1.bin"/></Relationships>'
    )
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        packed.writestr("xl/workbook.bin", book)
        packed.writestr("xl/_rels/workbook.bin.rels", links)
        packed.writestr("xl/worksheets/sheet1.bin", sheet)
    return content.getvalue()
