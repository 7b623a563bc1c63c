"""Which cells stand in which row of an ODS workbook?

Cells and rows may stand for many: a sheet of LibreOffice ends with a row that is repeated a million times. What is
empty is only counted; what is filled is looked at before it is repeated. (OpenDocument 1.3, part 3, section 9.)
"""

from __future__ import annotations

from collections.abc import Iterator

from coverage.base.errors import FileRefused
from coverage.intake import grid, markup
from coverage.intake.grid import IncomingCells, Limits, Sheet
from coverage.intake.packed import Packed

_MOST_LETTERS = 1 << 20
_ASIDE = frozenset({"annotation", "shapes", "shape", "ruby-text", "note"})
"""What stands in a cell's element and is no part of its text."""


def read(content: bytes, *, file: str, limits: Limits) -> Iterator[Sheet]:
    """Yield the sheets of a workbook; raise `FileRefused` for one that is encrypted, broken or far too large."""
    packed = Packed(content, file=file, limit=limits.unpacked)
    if "META-INF/manifest.xml" in packed:
        about = markup.elements(packed.chunks("META-INF/manifest.xml"), file=file)
        if any(name == "encryption-data" for name, _given in about):
            raise FileRefused("workbook_encrypted", file=file)
    events = _Events(file, limits)
    made = markup.parser(file=file)
    made.StartElementHandler, made.EndElementHandler = events.start, events.end
    made.CharacterDataHandler = events.characters
    for chunk in packed.chunks("content.xml"):
        markup.parse_some(made, chunk, file=file)
        yield from events.ready()
    markup.parse(made, (), file=file)
    yield from events.ready()


class _Events:
    """What the elements of a workbook's content say, one after the other."""

    def __init__(self, file: str, limits: Limits) -> None:
        self._file, self._limits = file, limits
        self._ready: list[Sheet] = []
        self._hidden_styles: set[str] = set()
        self._style = ""
        self._cells: IncomingCells | None = None
        self._hidden = False
        self._row = self._column = 0
        self._rows = 1  # how many rows this one stands for
        self._line: list[tuple[int, int, str]] = []  # first column, how many, text
        self._given: dict[str, str] | None = None
        self._said: list[str] = []
        self._length = 0
        self._aside = self._tables = 0
        self._paragraph = False

    def ready(self) -> list[Sheet]:
        """Return the sheets that ended since the last call."""
        sheets, self._ready = self._ready, []
        return sheets

    def start(self, name: str, given: dict[str, str]) -> None:
        name = markup.bare(name)
        if self._given is not None and (self._aside or name in _ASIDE):
            self._aside += name in _ASIDE
        elif self._given is not None and name in ("p", "h"):
            self._say(" " if self._said else "")
            self._paragraph = True
        elif self._given is not None and name == "s":
            self._say(" " * min(_count(given, "text:c"), 100))
        elif name in ("line-break", "tab"):
            self._say(" ")
        elif name in ("table-cell", "covered-table-cell") and self._cells is not None:
            self._given = given
        elif name == "table-row":
            self._column, self._line = 0, []
            self._rows = _count(given, "table:number-rows-repeated")
        elif name == "table":
            self._start_table(given)
        elif name == "style" and given.get("style:family") == "table":
            self._style = given.get("style:name", "")
        elif name == "table-properties" and given.get("table:display") == "false":
            self._hidden_styles.add(self._style)

    def end(self, name: str) -> None:
        name = markup.bare(name)
        if self._aside:
            self._aside -= name in _ASIDE
        elif name in ("p", "h"):
            self._paragraph = False
        elif name in ("table-cell", "covered-table-cell") and self._given is not None:
            self._end_cell(self._given)
        elif name == "table-row":
            self._end_row()
        elif name == "table":
            self._tables -= 1
            if self._cells is not None and not self._tables:
                self._ready.append(self._cells.sheet(hidden=self._hidden))
                self._cells = None

    def characters(self, text: str) -> None:
        if self._paragraph and not self._aside:
            self._say(text)

    def _say(self, text: str) -> None:
        self._length += len(text)
        if self._length > _MOST_LETTERS:
            raise FileRefused("workbook_broken", file=self._file)
        if text:
            self._said.append(text)

    def _start_table(self, given: dict[str, str]) -> None:
        self._tables += 1
        if self._tables == 1:
            name = given.get("table:name", "")
            self._cells = IncomingCells(file=self._file, name=name, limit=self._limits.cells)
            self._hidden = given.get("table:style-name", "") in self._hidden_styles
            self._row = 0

    def _end_cell(self, given: dict[str, str]) -> None:
        text = _meaning(given, grid.one_line("".join(self._said)))
        self._given, self._said, self._length = None, [], 0
        many = _count(given, "table:number-columns-repeated")
        if text and self._cells is not None:
            self._cells.reach(self._row + self._rows - 1, self._column + many - 1)
            self._line.append((self._column, many, text))
        across, down = _count(given, "table:number-columns-spanned"), _count(given, "table:number-rows-spanned")
        if self._cells is not None and (across > 1 or down > 1):
            self._cells.merge((self._row, self._column, self._row + down - 1, self._column + across - 1))
        self._column += many

    def _end_row(self) -> None:
        if self._cells is not None and self._line:
            for first, many, text in self._line:
                for column in range(first, first + many):
                    self._cells.put(self._row, column, text)
            self._cells.repeat(self._row, self._rows)
        self._row += self._rows


def _meaning(given: dict[str, str], text: str) -> str:
    """Return what a cell says: an exact number where it has one, else the text that people see."""
    kind = given.get("office:value-type", "")
    if given.get("calcext:value-type") == "error":
        return text or "#N/A"
    if kind in ("float", "percentage", "currency"):
        try:
            number = float(given.get("office:value", ""))
        except ValueError:
            return text
        if not abs(number) < float("inf"):
            return text
        return grid.percent(number) if kind == "percentage" else grid.digits(number)
    if kind == "date":
        return given.get("office:date-value", text)[:10]
    if kind == "boolean":
        return "TRUE" if given.get("office:boolean-value") == "true" else "FALSE"
    if not kind and not text and given.get("table:formula"):
        return grid.UNCALCULATED
    return text


def _count(given: dict[str, str], name: str) -> int:
    text = given.get(name, "1")
    return max(int(text), 1) if text.isdecimal() and len(text) < 10 else 1
