"""What can be saved of a line that somebody's hand has spoilt: a separator or a quote too many, or one too few?

What lies before the flaw is certain, and so is all on which every explanation of the line agrees, given the kinds that
the other lines of the file have in each column. What is not certain is left empty and told; where that is a needed
cell, the line is set aside.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from coverage.base import tables
from coverage.intake import names
from coverage.intake.headers import YEAR, Field, Header
from coverage.intake.layout.grid import FIGURE, MONTH, NO_VALUE, cell_of
from coverage.intake.layout.grid import YEAR as YEAR_LIKE

SEPARATORS = (",", ";", "\t", "|")
_AROUND = 5
"""A count is as large as others of its column if it is at most so many times as large, or as small."""
_ENOUGH = 3  # good lines that show how large the counts of a column are
_NEEDED = frozenset({"month", "branch", "segment", "active"})
Cells = tuple[str | None, ...]
"""The cells of a line; None where nobody can know."""


@dataclass(frozen=True, kw_only=True)
class ColumnKind:
    """What the cells of a column look like: a kind of `tables.Column`, `text`, `none` (no header: nothing
    may stand there) or ``, the names seen, and the counts.

    `plain`: its counts of thousands have no mark, or no text in it begins with a digit.
    """

    kind: str
    known: frozenset[str] = frozenset()
    low: int = 0
    high: int = 0
    plain: bool = False

    def fits(self, cell: str) -> bool:
        """Say whether a cell may stand in this column."""
        text = cell.strip()
        if not text:
            return self.kind not in ("month", "branch", "segment")
        if self.kind == "none" or ('"' in text and self.kind != "text"):
            return False
        if self.kind == "month":
            return (isinstance(month := names.month(text), int) and month >= 0) or not isinstance(month, int)
        if self.kind == "segment":
            return names.segment(text) >= 0
        if self.kind == "branch":
            return text in self.known or self._may_be_name(text)
        if self.kind == "status":
            return tables.plain(text) in tables.STATUS_WORDS
        if self.kind == "count":
            return self._fits_count(text)
        return self.kind != "text" or not (text[:1] if self.plain else text).isdigit()

    def _may_be_name(self, text: str) -> bool:
        """Say whether a text may be the name of a branch: no segment, no month, and no name with a segment behind."""
        if not _has_letters(text) or names.segment(text) >= 0 or names.month(text) != names.UNREADABLE:
            return False
        return not any(text.startswith(name) and names.segment(text[len(name) :]) >= 0 for name in self.known)

    def _fits_count(self, text: str) -> bool:
        cell = cell_of(text)
        if cell.kind == NO_VALUE:
            return True
        if cell.kind not in (FIGURE, YEAR_LIKE, MONTH):
            return False
        digits = "".join(character for character in cell.figure if character.isdigit())
        if not self.high or not digits:
            return bool(digits)
        return self.low // _AROUND <= int(digits) <= self.high * _AROUND


@dataclass(frozen=True, kw_only=True)
class Mended:
    """A line as it can be used: its cells, and the headers of the columns whose figures are lost."""

    cells: tuple[str, ...]
    lost: tuple[str, ...]


def _has_letters(text: str) -> bool:
    return any(character.isalpha() for character in text)


def kinds(header: Header, good: Sequence[Sequence[str]]) -> list[ColumnKind]:
    """Return what the columns of a file look like in its good lines."""
    declared = {column.name: column.kind for column in tables.COLUMNS}
    kinds_found = []
    for position, field in enumerate(header.fields):
        cells = [row[position].strip() for row in good if position < len(row) and row[position].strip()]
        kind = "" if field is None else "count" if field.column == YEAR else declared.get(field.column, "")
        if field is None and not header.cells[position].strip():
            kind = "none"
        elif field is None and cells and not any(cell.isdigit() for cell in cells):
            kind = "text"
        low = high = 0
        if kind == "text":
            plain = bool(cells) and not any(cell[:1].isdigit() for cell in cells)
        else:
            plain = any(cell.isdigit() and len(cell) > 3 for cell in cells)
        if kind == "count" and len(cells) >= _ENOUGH:
            counts = [int(digits) for cell in cells if (digits := "".join(filter(str.isdigit, cell)))]
            low, high = (min(counts), max(max(counts), 1)) if counts else (0, 0)
        kinds_found.append(
            ColumnKind(
                kind=kind, known=frozenset(cells) if kind == "branch" else frozenset(), low=low, high=high, plain=plain
            )
        )
    return kinds_found


def mend(text: str, separator: str, header: Header, columns: Sequence[ColumnKind]) -> Mended | None:
    """Return what is certain of a spoilt line of text; nothing where a needed cell is not."""
    if "\0" in text or not text.strip():
        return None
    lines = [_split(variant, separator) for variant in _without_quote(text)]
    others = [sign for sign in SEPARATORS if sign != separator and text.count(sign) >= len(columns) - 1]
    lines += [_split(text, sign) for sign in others]
    return settle(lines, header, columns)


def settle(lines: Iterable[Sequence[str]], header: Header, columns: Sequence[ColumnKind]) -> Mended | None:
    """Return what all explanations of these readings of a line agree on."""
    ways = {way for line in lines for way in _ways(tuple(line), columns) if _holds(way, columns)}
    if not ways:
        return None
    agreed = tuple(
        values.pop() if len(values := {way[at] for way in ways}) == 1 else None for at in range(len(columns))
    )
    lost = []
    for cell, field, name in zip(agreed, header.fields, header.cells, strict=True):
        if cell is None and field is not None:
            if field.column in _NEEDED or field == Field(YEAR):
                return None
            lost.append(name.strip())
    return Mended(cells=tuple(cell or "" for cell in agreed), lost=tuple(lost))


def _same(values: set[str | None]) -> str | None:
    """Return the cell on which all agree."""
    return next(iter(values)) if len(values) == 1 else None


def _without_quote(text: str) -> list[str]:
    """Return a line as it is, or without each of its quotes where their number is odd: one is too many."""
    if text.count('"') % 2 == 0:
        return [text]
    places = [at for at, character in enumerate(text) if character == '"']
    return [text[:at] + text[at + 1 :] for at in places if _stands_at_edge(text, at)]


def _stands_at_edge(text: str, at: int) -> bool:
    """Say whether a quote stands beside a separator or at an end of the line, and not within a word."""
    beside = (text[at - 1 : at] or ",", text[at + 1 : at + 2] or ",")
    return any(character in SEPARATORS for character in beside)


def _split(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=separator, strict=True), [])
    except csv.Error:
        return line.split(separator)


def _ways(cells: tuple[str, ...], columns: Sequence[ColumnKind]) -> list[Cells]:
    """Return the ways in which these cells may belong to the columns: as they are, with one too many, one too few."""
    width = len(columns)
    while len(cells) > width and not cells[-1].strip():
        cells = cells[:-1]
    if len(cells) == width:
        return [cells]
    if len(cells) == width + 1:
        return _with_one_too_many(cells, columns)
    return _with_one_too_few(cells, columns) if len(cells) == width - 1 else []


def _with_one_too_many(cells: tuple[str, ...], columns: Sequence[ColumnKind]) -> list[Cells]:
    ways: list[Cells] = [cells[:at] + cells[at + 1 :] for at, cell in enumerate(cells) if not cell.strip()]
    for at, column in enumerate(columns):
        both = cells[at], cells[at + 1]
        if column.kind in ("text", ""):
            if not any(part.strip().isdigit() for part in both):
                ways.append((*cells[:at], f"{both[0]},{both[1]}", *cells[at + 2 :]))
        elif (
            column.kind == "count"
            and not any(kind.plain for kind in columns if kind.kind == "count")
            and 1 <= len(both[0].strip()) <= 3
            and len(both[1].strip()) == 3
        ):
            ways.append((*cells[:at], None, *cells[at + 2 :]))  # 139,200 may be one figure
    return ways


def _with_one_too_few(cells: tuple[str, ...], columns: Sequence[ColumnKind]) -> list[Cells]:
    ways: list[Cells] = [(*cells[:at], "", *cells[at:]) for at in range(len(columns))]
    for at, cell in enumerate(cells):
        cuts = [
            (cell[:cut], cell[cut:])
            for cut in range(1, len(cell))
            if _is_own(columns[at], cell[:cut]) and _is_own(columns[at + 1], cell[cut:])
        ]
        if len(cuts) == 1:
            ways.append((*cells[:at], *cuts[0], *cells[at + 1 :]))
        elif cuts or not columns[at].fits(cell) or columns[at].kind in ("text", ""):
            ways.append((*cells[:at], None, None, *cells[at + 1 :]))
    return ways


def _is_own(column: ColumnKind, part: str) -> bool:
    """Say whether a part of two cells that run together is surely a cell of this column."""
    if column.kind == "branch":
        return part in column.known
    if column.kind in ("text", ""):
        return not part[:1].isdigit()
    return column.fits(part)


def _holds(way: Cells, columns: Sequence[ColumnKind]) -> bool:
    return all(cell is None or column.fits(cell) for cell, column in zip(way, columns, strict=True))
