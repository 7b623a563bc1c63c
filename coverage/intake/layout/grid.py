"""Of what kind is each cell of a sheet: figure, time, words, nothing?

Each different text is looked at once. Counts that look like years or months (`2013`, `202305`) stay undecided here:
their column decides.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from typing import TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coverage.intake import months, numbers
from coverage.intake.layout import vocabulary
from coverage.intake.layout.vocabulary import Reading
from coverage.intake.sheets import Sheet

Codes: TypeAlias = NDArray[np.int32]
Mask: TypeAlias = NDArray[np.bool_]

BLANK, FIGURE, YEAR, MONTH, TIME, NO_VALUE, WORDS = range(7)

_LONGEST = 11  # digits in a row that a count may have; a NIP or a card's number has more
NO_VALUES = frozenset(numbers.NO_VALUE) | {"nihil", "nil", "*", "**", "tidak tersedia"}
_DIGIT = re.compile(r"\d")
_NO_VALUES = sorted(NO_VALUES)
_NUMBER = re.compile(
    r"(?:\(\s*)?[-+−–]?\s*(?:rp|idr)?\.?\s*[0-9](?:[0-9.,   '’]*[0-9])?[.,]?(?:[eE][+-]?[0-9]{1,3})?\s*\)?-?\s*%?",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"\s*(?:[*†‡¹²³ᵃᵇ]+|\s[0-9a-z]\)|\([a-z0-9*]\)|\s[rpes])+\s*$"  # marks of footnotes
)
_UNITS = re.compile(
    r"\s*\b(?P<size>ribu|rb|juta|jt|thousand|million)?\s*"
    r"(?:orang|jiwa|org|peserta|tk|tenaga kerja|pekerja|people|persons|workers|members)?\.?\s*$",
    re.IGNORECASE,
)
_LOST = re.compile(numbers.LOST)
_NUMBERED = re.compile(r"\(?\[?([0-9]{1,3})[)\]]?(?:\s*=.*)?")
_SIZES = {"ribu": 1_000, "rb": 1_000, "thousand": 1_000, "juta": 1_000_000, "jt": 1_000_000, "million": 1_000_000}


@dataclass(frozen=True)
class Cell:
    """A text's kind; of a figure what is left without its unit and marks, and the size that it says itself."""

    kind: int
    figure: str = ""
    size: int = 1


@dataclass(frozen=True, kw_only=True, eq=False)
class Grid:
    """A sheet by the numbers of its different texts: `code` is one number per cell, 0 for nothing."""

    name: str
    texts: list[str]
    code: Codes
    cells: list[Cell]
    merged: tuple[tuple[int, int, int, int], ...] = ()
    _readings: dict[int, Reading] = field(default_factory=dict, repr=False)

    @cached_property
    def kind(self) -> NDArray[np.int8]:
        """Return the kind of every cell."""
        return np.array([cell.kind for cell in self.cells], dtype=np.int8)[self.code]

    @cached_property
    def sizes(self) -> NDArray[np.int32]:
        """Return for each text the size that it says itself (`139,2 ribu`: 1 000)."""
        return np.array([cell.size for cell in self.cells], dtype=np.int32)

    @property
    def height(self) -> int:
        return len(self.code)

    @property
    def width(self) -> int:
        return self.code.shape[1] if self.code.ndim == 2 else 0

    def reading(self, code: int) -> Reading:
        """Return what the text of a number says."""
        known = self._readings.get(code)
        if known is None:
            known = self._readings[code] = vocabulary.read(self.texts[code])
        return known

    def text(self, row: int, column: int) -> str:
        return self.texts[int(self.code[row, column])]


def of_sheet(sheet: Sheet) -> Grid:
    """Number the different texts of a sheet."""
    width = max((len(row) for row in sheet.cells), default=0)
    numbered = defaultdict(count(1).__next__, {"": 0})
    code = np.zeros((len(sheet.cells), width), dtype=np.int32)
    for at, row in enumerate(sheet.cells):
        code[at, : len(row)] = [numbered[cell] for cell in row]
    texts = list(numbered)
    spaces = [number for number, text in enumerate(texts) if text.isspace()]
    if spaces:
        code[np.isin(code, spaces)] = 0
    return Grid(name=sheet.name, texts=texts, code=code, cells=_looked(texts), merged=sheet.merged)


def _looked(texts: list[str]) -> list[Cell]:
    """Say of what kind each text is; plain figures and years, by far the most, all at once."""
    written = pl.DataFrame([pl.Series("text", texts, dtype=pl.String)]).with_columns(digits=_IS_DIGITS, length=_LENGTH)
    kinds = written.select(pl.when(_IS_YEAR).then(YEAR).when(_IS_PLAIN).then(FIGURE).when(_IS_WORDS).then(WORDS))
    return [
        cell_of(text) if kind is None else Cell(WORDS) if kind == WORDS else Cell(kind, text)
        for text, kind in zip(texts, kinds.to_series().to_list(), strict=True)
    ]


_TEXT = pl.col("text")
_IS_DIGITS = _TEXT.str.contains(r"^\d{1,11}$")
_LENGTH = _TEXT.str.len_chars()
_IS_YEAR = (
    pl.col("digits")
    & (pl.col("length") == 4)
    & _TEXT.cast(pl.Int64, strict=False).is_between(months.FIRST_YEAR, months.LAST_YEAR)
)
_IS_PLAIN = _TEXT.str.contains(r"^[1-9]\d{0,2}([.,]\d{3})+$") | (pl.col("digits") & (pl.col("length") != 6))
_IS_WORDS = _TEXT.str.contains(r"^[\p{L} ]*\p{L}[\p{L} ]*$") & ~_TEXT.str.strip_chars().str.to_lowercase().is_in(
    _NO_VALUES
)


def cell_of(text: str) -> Cell:
    """Say of what kind a text is."""
    plain = text.strip().lstrip("'").strip()
    if not plain:
        return Cell(BLANK)
    if plain.casefold() in NO_VALUES:
        return Cell(NO_VALUE)
    if _LOST.match(plain):
        return Cell(FIGURE, plain)
    if not _DIGIT.search(plain):
        return Cell(WORDS)
    if plain.isdigit():
        return _digits(plain)
    is_month = months.read(plain) is not None
    if is_month and "." not in plain:
        return Cell(TIME)
    return _figure(plain, is_month=is_month)


def _digits(plain: str) -> Cell:
    if len(plain) > _LONGEST:
        return Cell(WORDS)
    if len(plain) == 4 and months.FIRST_YEAR <= int(plain) <= months.LAST_YEAR:
        return Cell(YEAR, plain)
    if len(plain) == 6 and months.read(plain) is not None:
        return Cell(MONTH, plain)
    return Cell(FIGURE, plain)


def _figure(plain: str, *, is_month: bool) -> Cell:
    bare = _AFTER.sub("", plain)
    unit = _UNITS.search(bare)
    size = _SIZES.get((unit["size"] or "").casefold(), 1) if unit else 1
    bare = (bare[: unit.start()] if unit else bare).strip()
    if _NUMBER.fullmatch(bare) and not _is_date(bare):
        whole = bare.removesuffix(".0")
        if whole.isdigit() and whole != bare and len(whole) == 4 and size == 1:
            return Cell(YEAR if _digits(whole).kind == YEAR else FIGURE, bare, size)
        return Cell(FIGURE, bare, size)
    return Cell(TIME if is_month else WORDS)


def _is_date(bare: str) -> bool:
    """Say whether dots part a date (`31.12.2023`) and no thousands."""
    parts = bare.split(".")
    return len(parts) == 3 and len(parts[2]) == 4 and months.read(bare) is not None


def are_numbers_of_columns(texts: Iterable[str]) -> bool:
    """Say whether the filled cells of a line count its columns: `(1) (2) (3)`, `1 2 3 4=3/2`."""
    last = None
    counted = 0
    for text in texts:
        plain = text.strip()
        if not plain:
            continue
        match = _NUMBERED.fullmatch(plain)
        number = int(match[1]) if match else -1
        if number != (last + 1 if last is not None else number) or (last is None and number not in (0, 1, 2)):
            return False  # nearly always at the first or second cell
        last = number
        counted += 1
    return counted >= 2
