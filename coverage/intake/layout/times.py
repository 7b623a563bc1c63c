"""Which time does a text name: a month, a month of some year, a year, a quarter?

A quarter or half year stands at its last month. `s.d. Maret 2023` is March, counted since January.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from coverage.intake import months

ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_QUARTER = frozenset({"tw", "triwulan", "kuartal", "kwartal", "quarter", "trw"})
_HALF = frozenset({"semester", "smt", "smtr", "half"})
_YEAR_WORDS = frozenset({"tahun", "thn", "th", "year", "ta"})
_UNTIL = frozenset({"s", "sd", "sampai", "hingga", "until"})
_JOINED = re.compile(r"(?:(?P<y1>[0-9]{4})[ -]?)?(?P<kind>tw|q|smt|s)[ -]?(?P<n>[1-4])(?:[ -]?(?P<y2>[0-9]{4}))?")
_DATE = re.compile(
    r"(?<![0-9])(?:[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{4}|[0-9]{4}[-/.][0-9]{1,2}(?:[-/.][0-9]{1,2})?"
    r"|[0-9]{1,2}[-/][0-9]{4})(?![0-9])"
)
_SHORT_YEAR = re.compile(r"['’]([0-9]{2})(?![0-9])")


@dataclass(frozen=True)
class Time:
    """A month (`year * 12 + month - 1`), or what is known of one: the month of a year, the year.

    `grain` is month, quarter, half or year; `since` says that it counts from January on. 0 or -1: not said.
    """

    month: int = -1
    of_year: int = 0
    year: int = 0
    grain: str = "month"
    since: bool = False
    slashed: months.Slashed | None = None


@dataclass(frozen=True)
class Found:
    """A time among the words of a text, and which of them say it."""

    time: Time
    start: int
    stop: int


def of_month(number: int, grain: str = "month", *, since: bool = False) -> Time:
    return Time(month=number, of_year=number % 12 + 1, year=number // 12, grain=grain, since=since)


@lru_cache(maxsize=20_000)
def whole(text: str) -> Time | None:
    """Return the time that a text says and nothing else, as `months.read` knows it, and dates inside longer text."""
    read = months.read(text)
    if isinstance(read, int):
        return of_month(read)
    return Time(slashed=read) if read is not None else None


def dates(text: str) -> tuple[list[Time], str]:
    """Return the dates in figures that stand in a text, and the text without them."""
    times = [time for match in _DATE.findall(text) if (time := whole(match)) is not None]
    return (times, _DATE.sub(" ", text)) if times else ([], text)


def spread(text: str) -> str:
    """Write `'23` as `2023` and `Q1-2023` as `q 1 2023`, so that words can be told apart."""
    return _SHORT_YEAR.sub(r" 20\1", text)


def find(words: list[str], at: int) -> Found | None:
    """Return the time that begins at this word, the longest reading first."""
    for reader in (_joined, _part, _day, _named, _numbered, _year):
        if (result := reader(words, at)) is not None:
            return result
    return None


def _word(words: list[str], at: int) -> str:
    return words[at] if at < len(words) else ""


def _full_year(word: str) -> int:
    if len(word) == 4 and word.isdigit() and months.FIRST_YEAR <= int(word) <= months.LAST_YEAR:
        return int(word)
    return 0


def _year_at(words: list[str], at: int) -> tuple[int, int]:
    """Return the year at this place, `tahun` before it passed over, and where it ends."""
    start = at + 1 if _word(words, at) in _YEAR_WORDS else at
    year = _full_year(_word(words, start))
    return (year, start + 1) if year else (0, at)


def _year(words: list[str], at: int) -> Found | None:
    year, stop = _year_at(words, at)
    return Found(Time(year=year, grain="year"), at, stop) if year else None


def _named(words: list[str], at: int) -> Found | None:
    """Read `januari 2023`, `jan 23`, `jan`, `2023 januari`, also as the last of `januari s d maret 2023`."""
    year = _full_year(words[at])
    if year and (number := months.of_name(_word(words, at + 1))):
        return Found(of_month(year * 12 + number - 1), at, at + 2)
    number = months.of_name(words[at])
    if not number:
        return None
    year, stop = _year_at(words, at + 1)
    short = _word(words, at + 1)
    if not year and len(short) == 2 and short.isdigit() and at + 2 == len(words):
        year, stop = 2000 + int(short), at + 2
    if year:
        return Found(of_month(year * 12 + number - 1), at, stop)
    return Found(Time(of_year=number), at, at + 1)


def _numbered(words: list[str], at: int) -> Found | None:
    """Read `01 januari` where the number is the month's, and `202301`."""
    word = words[at]
    if word.isdigit() and len(word) <= 2 and months.of_name(_word(words, at + 1)) == int(word) > 0:
        after = _named(words, at + 1)
        return Found(after.time, at, after.stop) if after else None
    if len(word) == 6 and word.isdigit() and (time := whole(word)) is not None:
        return Found(time, at, at + 1)
    return None


def _day(words: list[str], at: int) -> Found | None:
    """Read `31 desember 2023`."""
    word = words[at]
    if not (word.isdigit() and len(word) <= 2 and 1 <= int(word) <= 31):
        return None
    after = _named(words, at + 1) if at + 1 < len(words) else None
    return Found(after.time, at, after.stop) if after and after.time.month >= 0 else None


def _part(words: list[str], at: int) -> Found | None:
    """Read `tw i 2023`, `triwulan ke 1 tahun 2023`, `semester ii`."""
    kind = words[at]
    if kind not in _QUARTER and kind not in _HALF:
        return None
    start = at + 2 if _word(words, at + 1) == "ke" else at + 1
    number = ROMAN.get(_word(words, start), 0)
    if not number or (kind in _HALF and number > 2):
        return None
    year, stop = _year_at(words, start + 1)
    return Found(_of_part(kind in _HALF, number, year), at, stop if year else start + 1)


def _of_part(half: bool, number: int, year: int) -> Time:
    last = number * (6 if half else 3)
    grain = "half" if half else "quarter"
    return of_month(year * 12 + last - 1, grain) if year else Time(of_year=last, grain=grain)


def _joined(words: list[str], at: int) -> Found | None:
    """Read `q1`, `tw1 2023`, `2023q1`, `smt2`."""
    match = _JOINED.fullmatch(words[at])
    if match is None or (match["kind"] in ("s", "smt") and int(match["n"]) > 2):
        return None
    year, stop = int(match["y1"] or match["y2"] or 0), at + 1
    if not year:
        year, stop = _year_at(words, at + 1)
        stop = stop if year else at + 1
    return Found(_of_part(match["kind"] in ("s", "smt"), int(match["n"]), year), at, stop)
