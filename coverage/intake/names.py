"""What does the text of a month, branch or segment say: which one it is, a total, a repeated header, nothing?

Each different text of a column is asked once. What is said is a number, or one of the six below.
"""

from __future__ import annotations

import re
from pathlib import PurePath

import polars as pl

from coverage.base import settings, tables
from coverage.intake import months, numbers

NONE, UNREADABLE, SLASHED, HEADER, TOTAL, LOST = -1, -2, -3, -4, -5, -6

TOTAL_WORDS = re.compile(
    r"^\W*(?:(?:grand |sub[ -]?)?(?:t ?o ?t ?a ?l|j ?u ?m ?l ?a ?h|jml|jlh)\b"
    r"|(?:(?:semua|seluruh|all)(?: (?:kantor|cabang|segmen|wilayah|branches|offices|segments))*"
    r"|keseluruhan|gabungan|rekap|rekapitulasi|overall)\W*$)",
    re.IGNORECASE,
)
_LOST_VALUE = re.compile(numbers.LOST)
_ODD_NAME = "(?i)" + "|".join(
    [
        r"^[\s'0-9]|[)\]\s]$|\s\s|[\pZ\pC&&[^ ]]|^\W*$",  # padding, a code, an apostrophe, invisible signs, no letter
        TOTAL_WORDS.pattern,
        numbers.LOST,
        "^(?:" + "|".join(map(re.escape, numbers.NO_VALUE)) + ")$",
    ]
)
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00-\x1f]")
_SEGMENTS = {
    tables.plain(word): index
    for index, segment in enumerate(settings.load().segments)
    for word in (segment.name, *segment.synonyms)
}


def month(text: str) -> int | months.Slashed:
    """Return a month's number, or its day and month in the one order or the other."""
    if text.strip().lower() in ("", *numbers.NO_VALUE):
        return NONE
    if TOTAL_WORDS.match(text):
        return TOTAL
    read = months.read(text)
    if read is not None:
        return read
    if months.is_header(text):
        return HEADER
    return LOST if _LOST_VALUE.match(text.strip()) else UNREADABLE


def branch(text: str, key: str, number: int) -> int:
    """Return the number given to a branch, if its trimmed text names one."""
    if _LOST_VALUE.match(text):
        return LOST
    if not key or text.lower() in numbers.NO_VALUE:
        return NONE
    return TOTAL if TOTAL_WORDS.match(text) else number


def segment(text: str) -> int:
    """Return a segment's place among all, by its name or a synonym of the settings."""
    words = tables.plain(text)
    if _LOST_VALUE.match(text.strip()):
        return LOST
    if not words or text.strip().lower() in numbers.NO_VALUE:
        return NONE
    if words in _SEGMENTS:
        return _SEGMENTS[words]
    return TOTAL if TOTAL_WORDS.match(text) else UNREADABLE


def trimmed(text: str) -> str:
    """Trim a name: no padding, no invisible characters, no apostrophe that a spreadsheet put in front."""
    if text.isprintable() and "  " not in text and text[:1] not in "' " and text[-1:] != " ":
        return text  # by far the most names; the rest costs ten times as much
    return " ".join(_INVISIBLE.sub("", text).strip().removeprefix("'").split())


def is_one_odd(texts: list[str]) -> bool:
    """Say whether one of these may be more than the bare name of a place, or none: nearly always, none of many is."""
    return bool(pl.Series(texts, dtype=pl.String).str.contains(_ODD_NAME).any())


def place(text: str) -> str:
    """Return the trimmed name of a place without a number or code: `01. Palembang` is Palembang."""
    return tables.without_code(trimmed(text))


def stem(name: str) -> str:
    """Return the branch that a file's name stands for: `kc_palembang.csv` is `kc palembang`."""
    return PurePath(name).stem.replace("_", " ")
