"""Which sheets does a file hold, whatever program wrote it?

What a workbook is decides its content, not its name: what is called `.xls` is as often a web page, an XML file or plain
text. A number in a numeric cell is exact and needs no rule about separators; it becomes text in a form that the readers
of text cannot mistake.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from coverage.base.errors import FileRefused
from coverage.intake import excel_xml, html, ods, xls, xlsb, xlsx
from coverage.intake.grid import Limits, Sheet
from coverage.intake.packed import Packed

__all__ = ["ENDINGS", "PAGES", "Limits", "Sheet", "holds", "read"]

ENDINGS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
PAGES = (".htm", ".html")
_OLE = b"\xd0\xcf\x11\xe0"
_HEAD = 2048


def holds(content: bytes, *, name: str) -> bool:
    """Say whether a file is read as sheets; what is called `.xls` and holds plain text is read as text."""
    ending = PurePath(name).suffix.lower()
    if ending == ".xls":
        return content.startswith((b"PK", _OLE)) or _is_markup(content) or not content.strip() or b"\0" in content
    return ending in (*ENDINGS, *PAGES, ".zip")  # an archive was unpacked before: this is a workbook


def read(content: bytes, *, file: str, limits: Limits) -> Iterator[Sheet]:
    """Yield the sheets of a file; raise `FileRefused` for one that is encrypted, broken or far too large."""
    cells = 0
    for sheet in _read(content, file, limits):
        cells += sum(map(len, sheet.cells))
        if cells > limits.cells:  # many sheets, each of which alone is not too large
            raise FileRefused("sheets_too_many", file=file, allowed=limits.cells)
        yield sheet


def _read(content: bytes, file: str, limits: Limits) -> Iterator[Sheet]:
    if not content.strip():
        raise FileRefused("empty_file", file=file)
    if content.startswith(_OLE):
        yield from xls.read(content, file=file, limits=limits)
    elif content.startswith(b"PK"):
        packed = Packed(content, file=file, limit=limits.unpacked)
        if "content.xml" in packed and "xl/workbook.xml" not in packed:
            yield from ods.read(content, file=file, limits=limits)
        elif xlsb.WORKBOOK in packed:
            yield from xlsb.read(content, packed, file=file, limits=limits)
        else:
            yield from xlsx.read(content, file=file, limits=limits)
    elif excel_xml.NAMESPACE in content[: 4 * _HEAD]:
        yield from excel_xml.read(content, file=file, limits=limits)
    elif _is_markup(content):
        yield from html.read(content, file=file, limits=limits)
    else:
        raise FileRefused("workbook_broken", file=file)


def _is_markup(content: bytes) -> bool:
    head = content[:_HEAD].replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe")
    return head.lstrip().startswith(b"<")
