"""Which cells stand in the tables of a web page? Many programs write one and call it `.xls`.

Tables that only arrange others are looked into: the innermost ones count. Excel keeps the exact number of a cell
beside what it shows (`x:num`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from coverage.base.errors import FileRefused
from coverage.intake import grid
from coverage.intake.grid import IncomingCells, Limits, Sheet

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_UNSEEN = frozenset({"script", "style", "head", "title", "template"})
_BREAKS = frozenset({"br", "p", "div", "li"})
_MOST_ACROSS, _MOST_DOWN = 1_000, 65_534  # as browsers read `colspan` and `rowspan`
_MOST_TABLES = 1_000
_DEEPEST = 5_000  # elements in each other; those that a sloppy page leaves open count
_MOST_LETTERS = 1 << 20  # in a cell
_CHUNK = 1 << 16


@dataclass
class _Table:
    cells: IncomingCells
    row: int = -1
    column: int = 0
    filled: bool = False
    text: list[str] | None = None  # of the open cell
    given: dict[str, str] = field(default_factory=dict)
    held: dict[int, int] = field(default_factory=dict)  # by column, the last row that a cell from above reaches into


def read(content: bytes, *, file: str, limits: Limits) -> Iterator[Sheet]:
    """Yield the tables of a page as sheets; raise `FileRefused` where it has none."""
    page = _Page(file, limits)
    try:
        parser = etree.HTMLParser(target=page, encoding=_encoding(content), no_network=True)
        for at in range(0, len(content), _CHUNK):
            if page.refused is None:
                parser.feed(content[at : at + _CHUNK])
        parser.close()
    except (etree.LxmlError, LookupError, ValueError, AssertionError) as error:  # an assertion: nothing but blanks
        raise FileRefused("web_page", file=file) from error
    if page.refused is not None:
        raise page.refused
    if not page.sheets:
        raise FileRefused("web_page", file=file)
    yield from page.sheets


def _encoding(content: bytes) -> str:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return encoding
    named = _CHARSET.search(content[:4096])
    if named:
        return named[1].decode("ascii")
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "windows-1252"
    return "utf-8"


class _Page:
    """What the elements of a page say, one after the other; lxml calls these four."""

    def __init__(self, file: str, limits: Limits) -> None:
        self._file, self._limits = file, limits
        self._open: list[_Table] = []
        self._unseen = self._depth = self._length = 0
        self.sheets: list[Sheet] = []
        self.refused: FileRefused | None = None

    def start(self, tag: str, given: dict[str, str]) -> None:
        if self.refused is not None:
            return
        self._depth += 1
        if self._depth > _DEEPEST:
            self.refused = FileRefused("web_page", file=self._file)
        elif tag in _UNSEEN:
            self._unseen += 1
        elif tag == "table":
            self._start_table()
        elif self._open and tag == "tr":
            self._end_cell()
            self._open[-1].row += 1
            self._open[-1].column = 0
        elif self._open and tag in ("td", "th"):
            self._end_cell()
            self._open[-1].given, self._open[-1].text = dict(given), []
        elif self._open and tag in _BREAKS:
            self.data(" ")

    def end(self, tag: str) -> None:
        if self.refused is not None:
            return
        self._depth -= 1
        if tag in _UNSEEN:
            self._unseen = max(self._unseen - 1, 0)
        elif self._open and tag in ("td", "th", "tr"):
            self._end_cell()
        elif self._open and tag == "table":
            self._end_cell()
            table = self._open.pop()
            if table.filled:
                self.sheets.append(table.cells.sheet(hidden=False))

    def data(self, text: str) -> None:
        if self._open and not self._unseen and (cell := self._open[-1].text) is not None:
            cell.append(text)
            self._length += len(text)
            if self._length > _MOST_LETTERS:
                self.refused = FileRefused("web_page", file=self._file)

    def close(self) -> None:
        while self._open and self.refused is None:
            self.end("table")

    def _start_table(self) -> None:
        if len(self._open) + len(self.sheets) >= _MOST_TABLES:
            self.refused = FileRefused("web_page", file=self._file)
            return
        if self._open:  # it only arranges
            self._open[-1].text = None
        name = str(len(self.sheets) + len(self._open) + 1)
        self._open.append(_Table(IncomingCells(file=self._file, name=name, limit=self._limits.cells)))

    def _end_cell(self) -> None:
        table = self._open[-1]
        if table.text is None:
            return
        text, table.text = " ".join("".join(table.text).split()), None
        self._length = 0
        table.row = max(table.row, 0)
        while table.held.get(table.column, -1) >= table.row:
            table.column += 1
        across = _count(table.given.get("colspan", "1"), _MOST_ACROSS)
        down = _count(table.given.get("rowspan", "1"), _MOST_DOWN)
        try:
            if text:
                table.filled = True
                table.cells.check(table.row, table.column + across - 1)
                table.cells.put(table.row, table.column, _number(table.given) or text)
            else:
                table.cells.check(table.row, table.column + across - 1)
        except FileRefused as error:
            self.refused = error  # lxml would lose it
            return
        if across > 1 or down > 1:
            last = table.row + down - 1
            table.cells.merge((table.row, table.column, last, table.column + across - 1))
            if down > 1:
                table.held |= dict.fromkeys(range(table.column, table.column + across), last)
        table.column += across


def _number(given: dict[str, str]) -> str:
    """Return the exact number that Excel wrote beside what it shows; nothing where it wrote none."""
    text = given.get("x:num", "")
    try:
        number = float(text) if text else float("nan")
    except ValueError:
        return ""
    return grid.digits(number) if abs(number) < float("inf") else ""


def _count(text: str, most: int) -> int:
    text = text.strip()
    return min(max(int(text), 1), most) if text.isdecimal() and len(text) < 10 else 1
