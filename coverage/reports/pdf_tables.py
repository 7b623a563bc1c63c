"""How wide are a printed table's columns, and which lines has each cell, so that none is cut?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from coverage.reports import pictures
from coverage.reports.page_parts import Table

SIZES = (8.5, 8, 7.5)
"""Points of a table's letters: the last are the smallest that a page on paper may have."""


LINE = 1.25


POINT = 25.4 / 72


_ROW, _BETWEEN = 5.2, 3.0
"""Millimetres of a row of one line, and between two columns."""


_WORD = 0.3
"""The share of the width beyond which a single word is broken."""


_WHOLE = 18
"""So many letters of a cell stay on one line: a figure, a month, a status; what is longer breaks between words."""


@dataclass(frozen=True, kw_only=True)
class LaidTable:
    """A table as it will stand on paper: its letters, the columns' widths, and the lines of each cell, heads first."""

    table: Table
    size: float
    widths: Sequence[float]
    rows: Sequence[Sequence[Sequence[str]]]

    def bold(self, place: int) -> bool:
        return place == 0 or (self.table.strong and place == len(self.rows) - 1)

    def row_height(self, place: int) -> float:
        lines = max(len(cell) for cell in self.rows[place])
        return max(_ROW, lines * self.size * LINE * POINT + 1.6)

    def height(self, most: int | None = None) -> float:
        """Return the millimetres of the whole table, or of its first `most` rows and the heads."""
        return sum(map(self.row_height, range(len(self.rows))[: None if most is None else most + 1]))


def lay(table: Table, room: float) -> LaidTable:
    """Return a table in the largest letters in which no cell needs a second line, else with words that wrap."""
    for size in SIZES:
        wished = [_widest(place, table, size, words=False) for place in range(len(table.heads))]
        if sum(wished) <= room:
            return _laid(table, size, [wish + (room - sum(wished)) / len(wished) for wish in wished])
    for size in SIZES:
        least = [min(_widest(place, table, size, words=True), room * _WORD) for place in range(len(table.heads))]
        wished = [_widest(place, table, size, words=False) for place in range(len(table.heads))]
        if sum(least) <= room:
            break
    if sum(least) > room:  # rather than leave the page, figures too are broken
        return _laid(table, SIZES[-1], [wide * room / sum(least) for wide in least])
    soft = [max(wish - wide, 0.0) for wish, wide in zip(wished, least, strict=True)]
    spare = room - sum(least)
    return _laid(
        table, size, [wide + spare * part / max(sum(soft), 1e-9) for wide, part in zip(least, soft, strict=True)]
    )


def _laid(table: Table, size: float, widths: Sequence[float]) -> LaidTable:
    rows = []
    for number, row in enumerate([table.heads, *table.rows]):
        bold = number == 0 or (table.strong and number == len(table.rows))
        rows.append(
            [
                pictures.wrapped(cell, wide - _BETWEEN + 0.01, size * POINT, bold=bold) or [""]
                for cell, wide in zip(row, widths, strict=True)
            ]
        )
    return LaidTable(table=table, size=size, widths=widths, rows=rows)


def _widest(place: int, table: Table, size: float, *, words: bool) -> float:
    """Return how wide a column's widest cell is, or with `words` its widest part that is not to be broken."""
    texts = list(table.heads[place].split(" ") if words else [table.heads[place]])
    for row in table.rows:
        texts += row[place].split(" ") if words and len(row[place]) > _WHOLE else [row[place]]
    return max(pictures.width_of(text, size * POINT, bold=True) for text in texts) + _BETWEEN
