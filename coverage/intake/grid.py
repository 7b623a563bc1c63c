"""A sheet's cells while they come in: where each stands is looked at before room is made for any.

Two cells, A1 and XFD1048576, span 17 thousand million; a reader that makes a rectangle of them first dies of it. Here a
cell is kept by its address, and the sheet is refused as soon as the rectangle of its filled cells outgrows the limit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from coverage.base.errors import FileRefused

Range: TypeAlias = tuple[int, int, int, int]
"""First row, first column, last row, last column, counted from 0."""

_MOST_COLUMNS = 1 << 14
"""As many as a sheet of Excel has."""
UNCALCULATED = "=…"
"""What stands in a cell whose formula was never calculated."""


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A sheet's name, whether people see it, its cells as text from row 1 on, and its merged ranges.

    Every row is as long as the longest. The text of a merged range stands in its first cell.
    """

    name: str
    hidden: bool
    cells: list[list[str]]
    merged: tuple[Range, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How much a file may hold: bytes when unpacked, and cells in the rectangle that a sheet's filled cells span."""

    unpacked: int
    cells: int


class IncomingCells:
    """The filled cells of one sheet, by row and column from 0."""

    def __init__(self, *, file: str, name: str, limit: int) -> None:
        self._file, self._name, self._limit = file, name, limit
        self._rows: dict[int, list[str]] = {}  # each as long as its last filled cell
        self._height = self._width = 0
        self._merged: list[Range] = []

    def put(self, row: int, column: int, text: str) -> None:
        """Keep a cell's text; raise `FileRefused` where the sheet's rectangle becomes too large."""
        cells = self._rows.get(row)
        if cells is None:
            cells = self._rows[row] = []
        if row >= self._height or column >= self._width:
            self.reach(row, column)
        if column == len(cells):
            cells.append(text)
        elif column < len(cells):
            cells[column] = text
        else:
            cells += [""] * (column - len(cells))
            cells.append(text)

    def repeat(self, row: int, times: int) -> None:
        """Let a row stand so many times, itself the first; room was looked for before."""
        for below in range(row + 1, row + times):
            self._rows[below] = list(self._rows[row])

    def reach(self, row: int, column: int) -> None:
        """Let the rectangle reach as far as this cell; raise `FileRefused` where that is too far."""
        self.check(row, column)
        self._height, self._width = max(self._height, row + 1), max(self._width, column + 1)

    def check(self, row: int, column: int) -> None:
        """Raise `FileRefused` where the rectangle would become too large with this cell."""
        if column >= _MOST_COLUMNS or max(self._height, row + 1) * max(self._width, column + 1) > self._limit:
            raise FileRefused(
                "sheet_too_wide",
                file=f"{self._file}#{self._name}",
                found=f"{letters(column)}{row + 1}",
                allowed=self._limit,
            )

    def merge(self, area: Range) -> None:
        self._merged.append(area)

    def sheet(self, *, hidden: bool) -> Sheet:
        """Return the sheet, its rows filled up to the longest; merged ranges are cut to it."""
        cells = [self._rows.pop(row, []) for row in range(self._height)]
        for line in cells:
            line += [""] * (self._width - len(line))
        last_row, last_column = self._height - 1, self._width - 1
        merged = tuple(
            (top, left, min(bottom, last_row), min(right, last_column))
            for top, left, bottom, right in self._merged
            if top <= last_row and left <= last_column
        )
        return Sheet(name=self._name, hidden=hidden, cells=cells, merged=merged)


def letters(column: int) -> str:
    """Return the letters of a column counted from 0: `A`, `Z`, `AA`."""
    name, rest = "", column + 1
    while rest:
        rest, letter = divmod(rest - 1, 26)
        name = chr(65 + letter) + name
    return name


_EXACT = 2**53  # above, not every whole number has a float of its own


def digits(number: float) -> str:
    """Write a number; a fraction never with three decimals, which would read as thousands.

    One so large that its last digits are lost (a NIK that begins with 91, say) is written as shortened.
    """
    if abs(number) > _EXACT:
        return f"{number:E}"
    if number == int(number):
        return str(int(number))
    text = f"{number:.10f}".rstrip("0")
    return text + "0" if len(text.partition(".")[2]) == 3 else text


def percent(number: float) -> str:
    """Write a share as the percentage that people see: `0.654` is `65.4%`."""
    return digits(round(number * 100, 8)) + "%"


_FIRST_DAY, _FIRST_DAY_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)
_LAST_SERIAL = 2_958_466  # the day after 9999-12-31


def day(serial: float, *, since_1904: bool) -> str:
    """Return the date of a spreadsheet's serial number as ISO; a time of day alone as `07:30:00`."""
    if not 0 <= serial < _LAST_SERIAL - (1462 if since_1904 else 0):
        return digits(serial)
    if serial < 1:
        return str(timedelta(seconds=round(serial * 86400)))
    if since_1904:
        return (_FIRST_DAY_1904 + timedelta(days=serial)).date().isoformat()
    early = 1 if serial < 60 else 0  # Excel believes in 29 February 1900
    return (_FIRST_DAY + timedelta(days=serial + early)).date().isoformat()


def one_line(text: str) -> str:
    return text.replace("\r\n", " ").replace("\n", " ").replace("\r", " ") if "\n" in text or "\r" in text else text
