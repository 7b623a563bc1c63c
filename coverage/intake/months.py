"""Which month does a cell mean?

Every form that branches write: `2023-01`, `202301`, `01/2023`, `Januari 2023`, `Jan-23`, `31/01/2023`, Excel's
serial numbers. `05/06/2023` alone is not guessed: the file's other dates decide (`day_first`), or it is a problem.
A month is held as one whole number, `year * 12 + month - 1`, so that neighbours differ by one.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Collection
from datetime import date, timedelta
from typing import TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coverage.base import tables

Slashed: TypeAlias = tuple[int, int, int]
"""Two numbers that may be day and month or month and day, and the year."""

FIRST_YEAR, LAST_YEAR = 1977, 2100
"""The scheme began in 1977 (PP 33/1977, Astek); what lies outside is a slip of the pen."""
_YEAR_0 = 1970 * 12  # the month from which NumPy and Polars count
_SLICE = 1 << 15  # so many rows the processor's cache holds

_NAMES = (
    "jan januari january",
    "feb peb februari pebruari february",
    "mar maret march mrt",
    "apr april",
    "mei may",
    "jun juni june",
    "jul juli july",
    "agu agt ags agust agustus aug august",
    "sep sept september",
    "okt oct oktober october",
    "nov nop november nopember",
    "des dec desember december",
)
_MONTH_OF_NAME = {name: number for number, names in enumerate(_NAMES, start=1) for name in names.split()}

_TIME = re.compile(r"[T ]+[0-9]{1,2}[:.][0-9]{2}(?:[:.][0-9]{2})?(?:\.[0-9]+)?(?: ?[AP]M)?Z?$", re.IGNORECASE)
_YEAR_FIRST = re.compile(r"([0-9]{4}) ?[-/. ] ?([0-9]{1,2})(?: ?[-/. ] ?([0-9]{1,2}))?")
_MONTH_YEAR = re.compile(r"([0-9]{1,2}) ?[-/. ] ?([0-9]{4})")
_SLASHED = re.compile(r"([0-9]{1,2}) ?[-/.] ?([0-9]{1,2}) ?[-/.] ?([0-9]{4}|[0-9]{2})")
_NAME_YEAR = re.compile(r"([a-z]+)\.? ?[-/.,' ]? ?([0-9]{4}|[0-9]{2})")
_DAY_NAME_YEAR = re.compile(r"([0-9]{1,2}) ?[-/. ] ?([a-z]+)\.? ?[-/., ] ?([0-9]{4}|[0-9]{2})")
_YEAR_NAME = re.compile(r"([0-9]{4}) ?[-/. ] ?([a-z]+)\.?")
_EXCEL_ZERO = date(1899, 12, 30)
_EXCEL_SERIALS = range(30000, 55000)  # 1982 to 2050; other five-digit numbers are no dates


def number(year: int, month: int) -> int | None:
    """Return the month as one whole number; nothing where there is no such month."""
    if FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12:
        return year * 12 + month - 1
    return None


def read(text: str) -> int | Slashed | None:
    """Return the month that a cell means; a `Slashed` where day and month cannot be told apart in this cell alone."""
    cell = _TIME.sub("", text.replace("\u00a0", " ").strip().lstrip("'").strip()).strip().casefold()
    if cell.isdigit() and cell.isascii():
        return _digits(cell)
    if match := _YEAR_FIRST.fullmatch(cell):
        year, month, day = int(match[1]), int(match[2]), int(match[3] or 1)
        return number(year, month) if _is_day(year, month, day) else None
    if match := _MONTH_YEAR.fullmatch(cell):
        return number(int(match[2]), int(match[1]))
    if match := _SLASHED.fullmatch(cell):
        return _slashed(int(match[1]), int(match[2]), _year(match[3]))
    if match := _DAY_NAME_YEAR.fullmatch(cell):
        year, month = _year(match[3]), _MONTH_OF_NAME.get(match[2], 0)
        return number(year, month) if _is_day(year, month, int(match[1])) else None
    if match := _NAME_YEAR.fullmatch(cell):
        return number(_year(match[2]), _MONTH_OF_NAME.get(match[1], 0))
    if match := _YEAR_NAME.fullmatch(cell):
        return number(int(match[1]), _MONTH_OF_NAME.get(match[2], 0))
    return None


_HALF_A_YEAR = 6


def day_first(dates: Collection[Slashed]) -> bool | None:
    """Say whether the day stands first in all these dates of one file; nothing where they do not prove it.

    Proof is a date that only works one way round, or a part that is 1 throughout: monthly files carry a constant
    day (the last days of months exceed 12 and so prove themselves). The first of a month is written day first, as
    anywhere here; that the month stands first takes half a year of them, for 02/01 and 03/01 may be two days.
    """
    first_works = all(_is_day(year, second, first) for first, second, year in dates)
    second_works = all(_is_day(year, first, second) for first, second, year in dates)
    if first_works != second_works:
        return first_works
    if not first_works:
        return None
    firsts, seconds = {day[0] for day in dates}, {day[1] for day in dates}
    if firsts == {1}:
        return True
    return False if seconds == {1} and len(firsts) >= _HALF_A_YEAR else None


def settle(slashed: Slashed, *, day_is_first: bool | None) -> int | None:
    """Return the month of a date with two small numbers, given what the file proves; nothing where it is open."""
    first, second, year = slashed
    ways = [number(year, second)] if _is_day(year, second, first) else []
    ways += [number(year, first)] if _is_day(year, first, second) else []
    if len(set(ways)) == 1:
        return ways[0]
    if not ways or day_is_first is None:
        return None
    return number(year, second if day_is_first else first)


def of_name(word: str) -> int:
    """Return the number of a month's name in either language, written out or short; 0 where it is none."""
    return _MONTH_OF_NAME.get(word, 0)


def is_header(text: str) -> bool:
    """Say whether the cell repeats the header: two files were pasted below each other."""
    return tables.plain(text) in _HEADERS


_HEADERS = {
    tables.plain(name)
    for column in tables.COLUMNS
    if column.kind == "month"
    for name in (column.name, *column.synonyms)
}


def _digits(cell: str) -> int | None:
    if len(cell) == 6:
        return number(int(cell[:4]), int(cell[4:])) or number(int(cell[2:]), int(cell[:2]))  # 202301, 012023
    if len(cell) == 8 and _is_day(int(cell[:4]), int(cell[4:6]), int(cell[6:])):
        return number(int(cell[:4]), int(cell[4:6]))
    if len(cell) == 5 and int(cell) in _EXCEL_SERIALS:
        day = _EXCEL_ZERO + timedelta(days=int(cell))
        return number(day.year, day.month)
    return None


def _slashed(first: int, second: int, year: int) -> Slashed | None:
    return (first, second, year) if _is_day(year, second, first) or _is_day(year, first, second) else None


def _year(digits: str) -> int:
    return int(digits) + 2000 if len(digits) == 2 else int(digits)


def _is_day(year: int, month: int, day: int) -> bool:
    if not (FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12):
        return False
    return 1 <= day <= calendar.monthrange(year, month)[1]


def first_days(months: NDArray[np.signedinteger]) -> pl.Series:
    """Return the first day of each of these months; each different one is looked up in the calendar once."""
    first, last = (int(months.min()), int(months.max())) if len(months) else (_YEAR_0, _YEAR_0)
    days_of = np.arange(first - _YEAR_0, last - _YEAR_0 + 1).astype("datetime64[M]").astype("datetime64[D]")
    known, days = days_of.astype(np.int32), np.empty(len(months), dtype=np.int32)
    for at in range(0, len(months), _SLICE):
        known.take(months[at : at + _SLICE] - first, out=days[at : at + _SLICE], mode="clip")
    return pl.Series(days).cast(pl.Date)
