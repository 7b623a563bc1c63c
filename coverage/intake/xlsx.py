"""Which cells stand in which row of an XLSX or XLSM workbook?

The sheet's XML is read event by event, so that an address is looked at before room is made for it, and what other
readers pass over is found: an error (`#N/A`), a formula whose value nobody saved, a percentage.
(ECMA-376, part 1, section 18.3: rows and cells may leave out their address; then they follow the one before.)
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

from coverage.base.errors import FileRefused
from coverage.intake import grid, markup
from coverage.intake.grid import IncomingCells, Limits, Sheet
from coverage.intake.packed import Packed

_SEEN = "visible"
_NUMBER, _DATE, _PERCENT = range(3)
_DATE_FORMATS = frozenset([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)])
_PERCENT_FORMATS = frozenset([9, 10])
_NO_PATTERN = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_MOST_ROWS, _MOST_COLUMNS = 1 << 20, 1 << 14
_MOST_LETTERS = 1 << 20  # Excel allows 32 767 in a cell
_LONGEST_FORMAT = 255  # as Excel allows
_LETTERS = [grid.letters(column) for column in range(_MOST_COLUMNS)]


@dataclass(frozen=True, kw_only=True)
class _Book:
    """What the sheets of a workbook share."""

    texts: list[str]
    kinds: list[int]  # of each style: number, date or percentage
    since_1904: bool


@dataclass(frozen=True, kw_only=True)
class _Place:
    """A sheet of the workbook: its name, the part that holds it, and whether people see it."""

    name: str
    part: str
    hidden: bool


def read(content: bytes, *, file: str, limits: Limits) -> Iterator[Sheet]:
    """Yield the sheets of a workbook; raise `FileRefused` for one that is broken or far too large."""
    packed = Packed(content, file=file, limit=limits.unpacked)
    workbook = _workbook_part(packed, file)
    parts = related(packed, workbook, file)
    about = markup.elements(packed.chunks(workbook), file=file)
    since_1904 = any(name == "workbookPr" and _true(given.get("date1904", "")) for name, given in about)
    places = [
        _Place(name=given.get("name", ""), part=parts[given["id"]][1], hidden=given.get("state", _SEEN) != _SEEN)
        for name, given in about
        if name == "sheet" and parts.get(given.get("id", ""), ("", ""))[0] == "worksheet"
    ]
    shared = {kind: part for kind, part in parts.values() if part in packed}
    book = _Book(
        texts=_shared_texts(packed, shared["sharedStrings"], file) if "sharedStrings" in shared else [],
        kinds=_kinds(markup.elements(packed.chunks(shared["styles"]), file=file)) if "styles" in shared else [],
        since_1904=since_1904,
    )
    for place in places:
        yield _sheet(packed, place, book, file, limits)


def _workbook_part(packed: Packed, file: str) -> str:
    if "_rels/.rels" in packed:
        for kind, part in related(packed, "", file).values():
            if kind == "officeDocument":
                return part
    return "xl/workbook.xml"


def related(packed: Packed, part: str, file: str) -> dict[str, tuple[str, str]]:
    """Return what a part of the package leads to: kind and path, by the key that it uses."""
    folder, name = posixpath.split(part)
    path = posixpath.join(folder, "_rels", f"{name}.rels")
    if path not in packed:
        return {}
    results = {}
    for element, given in markup.elements(packed.chunks(path), file=file):
        target = given.get("Target", "").replace("\\", "/")
        if element == "Relationship" and given.get("TargetMode") != "External":
            absolute = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
            results[given.get("Id", "")] = (given.get("Type", "").rpartition("/")[2], posixpath.normpath(absolute))
    return results


def _kinds(elements: list[tuple[str, dict[str, str]]]) -> list[int]:
    """Return for each style of a cell what its number is: a date, a percentage, or just a number."""
    formats: dict[str, int] = {}
    kinds: list[int] = []
    inside = False
    for name, given in elements:
        if name == "numFmt":
            formats[given.get("numFmtId", "")] = _kind_of(given.get("formatCode", ""))
        elif name in ("cellXfs", "cellStyleXfs", "cellStyles", "dxfs"):
            inside = name == "cellXfs"
        elif name == "xf" and inside:
            key = given.get("numFmtId", "0")
            built_in = int(key) if key.isdecimal() else 0
            kind = _DATE if built_in in _DATE_FORMATS else _PERCENT if built_in in _PERCENT_FORMATS else _NUMBER
            kinds.append(formats.get(key, kind))
    return kinds


def _kind_of(code: str) -> int:
    """Say what a number format shows; what it only quotes, and its colours and currencies, are no part of it."""
    pattern = _NO_PATTERN.sub("", code[:_LONGEST_FORMAT]).partition(";")[0].casefold()
    if "general" in pattern:
        return _NUMBER
    if any(letter in pattern for letter in "ymdhs"):
        return _DATE
    return _PERCENT if "%" in pattern else _NUMBER


def _shared_texts(packed: Packed, part: str, file: str) -> list[str]:
    """Return the texts that cells refer to by number; readings aid (phonetic) text is none of them."""
    texts: list[str] = []
    shared: list[str] = []
    skipped = taken = False

    def start(name: str, _given: dict[str, str]) -> None:
        nonlocal skipped, taken
        name = markup.bare(name)
        if name == "t":
            taken = not skipped
        elif name == "rPh":
            skipped = True

    def end(name: str) -> None:
        nonlocal skipped, taken
        name = markup.bare(name)
        if name == "t":
            taken = False
        elif name == "rPh":
            skipped = False
        elif name == "si":
            texts.append(_text("".join(shared)))
            shared.clear()

    def characters(text: str) -> None:
        if taken:
            shared.append(text)

    made = markup.parser(file=file)
    made.StartElementHandler, made.EndElementHandler, made.CharacterDataHandler = start, end, characters
    markup.parse(made, packed.chunks(part), file=file)
    return texts


def _text(raw: str) -> str:
    """Return a text as people see it, on one line; Excel writes a sign that XML cannot hold as `_x000D_`."""
    if "_x" in raw:
        raw = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), raw)
    return grid.one_line(raw)


def _sheet(packed: Packed, place: _Place, book: _Book, file: str, limits: Limits) -> Sheet:
    cells = IncomingCells(file=file, name=place.name, limit=limits.cells)
    made = markup.parser(file=file)
    events = _Events(cells, book, file)
    made.StartElementHandler, made.EndElementHandler = events.start, events.end
    made.CharacterDataHandler = events.characters
    markup.parse(made, packed.chunks(place.part), file=file)
    return cells.sheet(hidden=place.hidden)


class _Events:
    """What the elements of a sheet's XML say, one after the other.

    `start`, `end` and `characters` run for each of millions of elements: they do their work in place, the commonest
    first (measured: 5 µs a cell with a method for each element, 2 so).
    """

    def __init__(self, cells: IncomingCells, book: _Book, file: str) -> None:
        self._cells, self._book, self._file = cells, book, file
        self._row, self._column, self._row_text = -1, -1, "0"
        self._kind = self._style = ""
        self._formula = self._taken = self._skipped = False
        self._said = ""
        self._columns: dict[str, int] = {}

    def start(self, name: str, given: dict[str, str]) -> None:
        if ":" in name:
            name = markup.bare(name)
        if name == "c":
            address = given.get("r")
            self._column += 1
            if address is None or self._column >= _MOST_COLUMNS:
                self._row, self._column = self._address(address or f"{grid.letters(self._column)}{self._row + 1}")
            elif address != f"{_LETTERS[self._column]}{self._row_text}":
                self._row, self._column = self._address(address)
            self._kind, self._style = given.get("t", ""), given.get("s", "")
            self._formula = False
        elif name in ("v", "t"):
            self._taken = not self._skipped
        elif name == "f":
            self._formula = True
        elif name == "row":
            number = given.get("r")
            self._row = self._row + 1 if number is None else self._whole(number, _MOST_ROWS) - 1
            self._column, self._row_text = -1, str(self._row + 1)
        elif name == "mergeCell":
            self._merge(given)
        elif name == "rPh":
            self._skipped = True

    def end(self, name: str) -> None:
        if ":" in name:
            name = markup.bare(name)
        if name in ("v", "t"):
            self._taken = False
        elif name == "c":
            text = self._said
            if text:
                self._said = ""
                if (
                    self._kind
                    or self._style
                    or len(text) > 15
                    or text[0] == "0"
                    or not (text.isdigit() and text.isascii())
                ):
                    text = self._meaning(text)
            elif self._formula and self._kind != "str":
                text = grid.UNCALCULATED
            if text:  # an empty cell with a border is none
                self._cells.put(self._row, self._column, text)
        elif name == "rPh":
            self._skipped = False

    def characters(self, text: str) -> None:
        if self._taken:
            self._said += text
            if len(self._said) > _MOST_LETTERS:
                raise FileRefused("workbook_broken", file=self._file)

    def _meaning(self, raw: str) -> str:
        kind = self._kind
        if kind == "s":
            place = self._whole(raw.strip(), len(self._book.texts) - 1, least=0)
            return self._book.texts[place]
        if kind in ("", "n"):
            return self._number(raw)
        if kind == "b":
            return "TRUE" if _true(raw.strip()) else "FALSE"
        if kind == "d":
            return raw.strip()[:10]
        return _text(raw)

    def _number(self, raw: str) -> str:
        style = int(self._style) if self._style.isdecimal() else 0
        meant = self._book.kinds[style] if style < len(self._book.kinds) else _NUMBER
        if meant == _NUMBER and raw.isdecimal() and raw.isascii() and len(raw) < 16:
            return str(int(raw))
        try:
            number = float(raw)
        except ValueError:
            return _text(raw.strip())
        if not abs(number) < float("inf"):
            return _text(raw.strip())
        if meant == _DATE:
            return grid.day(number, since_1904=self._book.since_1904)
        return grid.percent(number) if meant == _PERCENT else grid.digits(number)

    def _merge(self, given: dict[str, str]) -> None:
        first, _, last = given.get("ref", "").partition(":")
        self._cells.merge((*self._address(first), *self._address(last or first)))

    def _address(self, text: str) -> tuple[int, int]:
        """Return row and column, from 0, of an address such as `AB12`; raise `FileRefused` for what is none."""
        name = text.rstrip("0123456789")
        column = self._columns.get(name)
        if column is None:
            column = 0
            for letter in name.replace("$", "").upper():
                column = column * 26 + ord(letter) - 64 if "A" <= letter <= "Z" else _MOST_COLUMNS + 1
            if not 1 <= column <= _MOST_COLUMNS or len(name) > 4:
                raise FileRefused("workbook_broken", file=self._file)
            self._columns[name] = column = column - 1
        return self._whole(text[len(name) :], _MOST_ROWS) - 1, column

    def _whole(self, text: str, most: int, *, least: int = 1) -> int:
        if text.isdecimal() and len(text) < 10 and least <= int(text) <= most:
            return int(text)
        raise FileRefused("workbook_broken", file=self._file)


def _true(text: str) -> bool:
    return text.casefold() in ("1", "true", "on")
