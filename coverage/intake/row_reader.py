"""Which month, branch and segment does each line name, and which lines hold no row at all?

Columns are read whole, each different text once; a line leaves with exactly one fate, so that the account adds up.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import add
from typing import TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coverage.base import tables
from coverage.base.errors import FileRefused
from coverage.intake import months, names
from coverage.intake.headers import YEAR, Field
from coverage.intake.lines import Lines
from coverage.intake.problem_rows import problem

Mask: TypeAlias = NDArray[np.bool_]
Whole: TypeAlias = NDArray[np.signedinteger]
Codes: TypeAlias = pl.Series
"""For each line the number of its text (UInt16 or UInt32)."""

_MOST_TEXTS = {"month": 5_000, "branch": 50_000, "segment": 5_000, "status": 5_000}
"""So many different months, branches or segments are no report, but an accident or an attack."""
_FEW, _SAMPLE = 4, 4096  # texts that are compared, and cells in which they are sought


@dataclass(frozen=True, kw_only=True)
class Named:
    """A file or sheet as the account names it, and the branch that its name may stand for."""

    label: str
    stem: str


class RowReader:
    """The lines while they are being read: what is known of each line so far, and the problems found.

    `given` is the month of lines that have no column for it.
    """

    def __init__(self, lines: Lines, files: list[Named], given: int = names.NONE) -> None:
        self.lines = lines
        self.files = files
        self.header = lines.header
        self.size = lines.cells.height
        self.problems: list[pl.DataFrame] = []
        self.positions = {field: at for at, field in enumerate(self.header.fields) if field is not None}
        self.dead: Mask = lines.blank.copy()  # lines that hold no row: blank, broken, totals, text
        self.dead[lines.broken["row"].to_numpy()] = True
        self.month: Whole
        self.total: Mask = np.zeros(self.size, dtype=np.bool_)
        self.bad: Mask = np.zeros(self.size, dtype=np.bool_)  # lines with an error in a key
        self.spellings: list[str] = []
        self.keys: list[str] = []
        self.thousands: dict[int, str] = {}
        self.blank_keys: set[int] = set()
        self.given = given
        self.numbered: dict[Field, tuple[Codes, list[str]]] = {}  # the texts of keys, and which each line has
        self.shares: dict[Field, pl.Series] = {}
        self.counts: dict[Field, pl.Series] = {}
        self.wrong: dict[Field, Mask] = {}
        self.beyond: dict[Field, tuple[Mask, Mask]] = {}  # where a count is negative, and where below what can be
        self.kept: dict[str | None, Mask] = {}  # by segment, where not all lines are; and those without active members
        self.without: dict[str | None, Mask] = {}

    def column(self, field: Field) -> pl.Series:
        return self.lines.cells[str(self.positions[field])]

    def name(self, field: Field) -> str:
        return self.header.cells[self.positions[field]].strip()

    def codes(self, field: Field) -> tuple[Codes, list[str]]:
        """Return the different texts of a column, and for each line the number of its text (the last: none)."""
        self.numbered[field] = self._codes(field)
        return self.numbered[field]

    def _codes(self, field: Field) -> tuple[Codes, list[str]]:
        column = self.column(field)
        if field.column == "month" and Field(YEAR) in self.positions:
            column = self._with_year(column)
        if column.dtype == pl.String and (compared := _compared(column)) is not None:
            return compared
        column = column.cast(pl.Categorical(pl.Categories.random())) if column.dtype == pl.String else column
        own = column.dtype
        texts = own.categories.to_series().to_list() if isinstance(own, pl.Categorical) and len(column) else []
        codes = column.to_physical().rechunk()
        if codes.null_count():
            codes = codes.cast(pl.UInt32).fill_null(len(texts))
        if len(texts) > _MOST_TEXTS.get(field.column, self.size):
            own_texts = (
                pl.DataFrame({"file": self.lines.file, "code": codes}).group_by("file").agg(pl.col("code").n_unique())
            )
            worst = own_texts.sort("code", "file", descending=[True, False]).row(0)
            raise FileRefused(
                "too_many_values", file=self.files[worst[0]].label, column=self.name(field), found=worst[1]
            )
        return codes, texts

    def _with_year(self, column: pl.Series) -> pl.Series:
        """Join the month's name or number with the year beside it."""
        both = pl.DataFrame({"month": column.cast(pl.String), "year": self.column(Field(YEAR)).cast(pl.String)})
        alone = pl.col("month").str.contains(r"^\s*([^\d]+|\d{1,2})\s*$")
        year = pl.col("year").str.strip_chars().str.strip_suffix(".0")
        joined = pl.when(alone).then(pl.concat_str(pl.col("month").str.strip_chars(), year, separator=" "))
        return both.select(joined.otherwise(pl.col("month"))).to_series().cast(column.dtype)

    def read_months(self) -> None:
        if Field("month") not in self.positions:
            self.month = np.full(self.size, self.given, dtype=np.int32)
            self.numbered[Field("month")] = pl.zeros(self.size, pl.UInt16, eager=True), []
            return
        codes, texts = self.codes(Field("month"))
        meanings = [names.month(text) for text in texts]
        settled = [
            meaning if isinstance(meaning, int) else months.settle(meaning, day_is_first=None) or names.SLASHED
            for meaning in meanings
        ]
        self.month = pick(settled, codes)
        if names.SLASHED in settled:
            self._settle_slashed(meanings)

    def _settle_slashed(self, meanings: list[int | months.Slashed]) -> None:
        """Read `05/06/2023` by what the other dates of its file prove."""
        slashed = np.array([not isinstance(meaning, int) for meaning in meanings] + [False])
        codes, texts = self.numbered[Field("month")]
        of_line = codes.to_numpy()
        self.month = self.month.copy()
        for file in np.unique(self.lines.file[self.month == names.SLASHED]):
            of_file = self.lines.file == file
            of_dates = np.unique(of_line[of_file & slashed[of_line] & ~self.dead])
            dates = {code: meaning for code in of_dates.tolist() if not isinstance(meaning := meanings[code], int)}
            day_is_first = months.day_first(dates.values())
            for code, meaning in dates.items():
                month = months.settle(meaning, day_is_first=day_is_first)
                self.month[of_file & (of_line == code)] = names.SLASHED if month is None else month
            if day_is_first is False:  # as nobody here writes it, so whoever sent it is told
                first = np.flatnonzero(of_file & np.isin(of_line, list(dates)))[0]
                self.problems.append(
                    problem(
                        "month_first",
                        "note",
                        file=[int(file)],
                        line=int(self.lines.line[first]),
                        column=self.name(Field("month")),
                        value=texts[of_line[first]],
                    )
                )

    def read_branches(self) -> None:
        if Field("branch") not in self.positions:
            self.spellings = [names.trimmed(file.stem) for file in self.files]
            self.keys = [tables.branch_key(spelling) for spelling in self.spellings]
            self.branch: Whole = self.lines.file
            self.numbered[Field("branch")] = pl.Series(self.lines.file, dtype=pl.UInt32), self.spellings
            for file in np.unique(self.lines.file):
                self.problems.append(
                    problem("branch_from_name", "note", file=[int(file)], value=self.spellings[int(file)])
                )
            return
        codes, texts = self.codes(Field("branch"))
        odd = names.is_one_odd(texts)  # once for all: a fifth of the time
        self.spellings = [names.place(text) for text in texts] if odd else texts
        self.keys = [tables.branch_key(text) for text in self.spellings]
        known = list(range(len(self.keys)))
        if odd or "" in self.keys:
            known = [
                names.branch(text, key, at)
                for at, (text, key) in enumerate(zip(self.spellings, self.keys, strict=True))
            ]
        self.branch = pick(known, codes)

    def read_segments(self) -> None:
        if Field("segment") not in self.positions:
            self.segment: Whole = np.full(self.size, names.NONE, dtype=np.int16)
            return
        codes, texts = self.codes(Field("segment"))
        self.segment = pick([names.segment(text) for text in texts], codes)

    @cached_property
    def clear(self) -> bool:
        """Say whether every line has a month, a branch and (in the long form) a segment."""
        keys = [self.month, self.branch, *([self.segment] if Field("segment") in self.positions else [])]
        return all(int(key.min(initial=0)) >= 0 for key in keys)

    def settle_lines(self) -> None:
        """Set apart the lines that hold no row: totals, repeated headers, lines of text."""
        self._report_broken()
        self._report_mended()
        if self.clear:
            return
        self._report_text()
        totals = (self.month == names.TOTAL) | (self.branch == names.TOTAL) | (self.segment == names.TOTAL)
        odd = np.flatnonzero(((self.month < 0) | (self.branch < 0)) & ~self.lines.blank & ~totals)
        if len(odd):
            totals[odd] = (
                self._first_texts(odd).str.contains("(?i)" + names.TOTAL_WORDS.pattern).fill_null(False).to_numpy()
            )
        self.total = totals & ~self.dead
        self.dead |= self.total
        again = (self.month == names.HEADER) & ~self.dead
        self.report(again, "header_again", "note", Field("month"))
        elsewhere = again & self._is_other_header(np.flatnonzero(again))
        self.report(elsewhere, "header_elsewhere", "warning", Field("month"))
        self.dead |= again

    def _is_other_header(self, rows: NDArray[np.int64]) -> Mask:
        """Say which of these lines hold the headers in another order, or other ones."""
        other = np.zeros(self.size, dtype=np.bool_)
        for row in rows.tolist():
            cells = [str(cell or "").strip().casefold() for cell in self.lines.cells.row(row)]
            other[row] = cells != [cell.strip().casefold() for cell in self.header.cells]
        return other

    def _report_mended(self) -> None:
        """Tell which lines are used although they are spoilt, and what of them is lost."""
        mended = self.lines.mended
        if mended.height:
            rows = mended["row"].to_numpy()
            details = [json.dumps({"lost": lost or "–"}, ensure_ascii=False) for lost in mended["code"].to_list()]
            self.problems.append(
                problem(
                    "line_mended",
                    "warning",
                    file=self.lines.file[rows],
                    line=self.lines.line[rows],
                    value=mended["value"],
                    details=pl.Series(details, dtype=pl.String),
                )
            )

    def _report_broken(self) -> None:
        """Report lines that cannot be split into cells; a line that holds nothing but words is only noted."""
        if self.lines.broken.is_empty():
            return
        broken = self.lines.broken.unique("row", keep="first", maintain_order=True)
        rows = broken["row"].to_numpy()
        words = self._is_text(rows, broken["code"].to_numpy() == "too_few_cells")
        self._lines(rows[words], "text_line", "note", broken["value"].filter(pl.Series(words)))
        for code in broken["code"].unique():
            of_code = (broken["code"].to_numpy() == code) & ~words
            self._lines(rows[of_code], code, "error", broken["value"].filter(pl.Series(of_code)))

    def _report_text(self) -> None:
        """Set aside the lines that hold words in the place of a month, and nothing else."""
        others = np.flatnonzero((self.month == names.UNREADABLE) & ~self.dead)
        text = others[self._is_text(others, np.ones(len(others), dtype=np.bool_))]
        self._lines(text, "text_line", "note", self._first_texts(text))
        self.dead[text] = True

    def _lines(self, rows: NDArray[np.int64], code: str, severity: str, value: pl.Series) -> None:
        if len(rows):
            file, line = self.lines.file[rows], self.lines.line[rows]
            details = (
                f'{{"headers": {sum(bool(cell.strip()) for cell in self.header.cells)}}}'
                if code.startswith("too_")
                else None
            )
            self.problems.append(problem(code, severity, file=file, line=line, value=value, details=details))

    def _first_texts(self, rows: NDArray[np.int64]) -> pl.Series:
        """Return the first cell that is not empty of these lines."""
        texts = self.lines.cells[rows].select(pl.all().cast(pl.String).str.strip_chars())
        return texts.select(pl.coalesce(pl.when(pl.all() != "").then(pl.all()))).to_series()

    def _is_text(self, rows: NDArray[np.int64], may: Mask) -> Mask:
        """Say which of these lines hold words in one cell and no figure: a footnote, a source, a signature."""
        if not may.any():
            return np.zeros(len(rows), dtype=np.bool_)
        texts = self.lines.cells[rows].select(pl.all().cast(pl.String).fill_null("").str.strip_chars())
        filled = texts.select(pl.sum_horizontal(pl.all() != "")).to_series().to_numpy()
        first = self._first_texts(rows)
        words = first.str.contains(r"\pL{2}") & ~first.str.contains(r"^\W*\d")
        month = self.month[rows] < 0
        named = first.str.contains("(?i)" + names.TOTAL_WORDS.pattern)
        text = (words & ~named).fill_null(False).to_numpy()
        return np.asarray(may & (filled == 1) & month & text)

    def report(self, where: Mask, code: str, severity: str, field: Field, details: str | None = None) -> None:
        """Tell of a column's cells in these lines; a month with the year beside it, where they were read together."""
        rows = np.flatnonzero(where)
        if len(rows):
            self.problems.append(
                problem(
                    code,
                    severity,
                    file=self.lines.file[rows],
                    line=self.lines.line[rows],
                    column=self.name(field) if field in self.positions else None,
                    value=self._written(field, rows).str.strip_chars().replace("", None),
                    details=details,
                )
            )

    def _written(self, field: Field, rows: NDArray[np.int64]) -> pl.Series:
        if field not in self.numbered:
            return self.column(field)[rows].cast(pl.String)
        codes, texts = self.numbered[field]
        return pl.Series([*texts, None], dtype=pl.String).gather(codes.gather(rows))

    def report_keys(self) -> None:
        """Report lines whose month, branch or segment is missing or cannot be read."""
        if self.clear:
            return
        alive = ~self.dead
        month, branch, segment = Field("month"), Field("branch"), Field("segment")
        odd_months = {names.NONE: "no_month", names.UNREADABLE: "month_unreadable", names.SLASHED: "month_ambiguous"}
        for state, code in (odd_months | {names.LOST: "formula_lost"}).items():
            self.report(alive & (self.month == state), code, "error", month)
        for state, code in ((names.NONE, "no_branch"), (names.LOST, "formula_lost")):
            self.report(alive & (self.branch == state), code, "error", branch)
        self.bad = (self.month < 0) | (self.branch < 0)
        self._note_blank_keys(alive)
        if segment in self.positions:
            for state, code in (
                (names.NONE, "no_segment"),
                (names.UNREADABLE, "segment_unknown"),
                (names.LOST, "formula_lost"),
            ):
                self.report(alive & (self.segment == state), code, "error", segment)
            self.bad |= self.segment < 0

    def _note_blank_keys(self, alive: Mask) -> None:
        """Note the files in which a month or branch is blank wherever it is that of the line above."""
        for key, name in ((self.month, "month"), (self.branch, "branch")):
            codes, _ = self.numbered[Field(name)]
            blank = alive & (key == names.NONE)
            if Field(name) not in self.positions or not blank.any():
                continue
            for file in np.unique(self.lines.file[blank]).tolist():
                of_file = alive & (self.lines.file == file)
                written = np.where(key[of_file] == names.NONE, -1, codes.to_numpy()[of_file].astype(np.int64))
                again = (written[1:] == written[:-1]) & (written[1:] >= 0)
                if len(written) > 1 and written[0] >= 0 and not again.any():
                    self.blank_keys.add(int(file))


def _compared(column: pl.Series) -> tuple[Codes, list[str]] | None:
    """Number texts by comparing them with the few that stand in a sample of the column; nothing if there are others."""
    texts = column.gather_every(1 + len(column) // _SAMPLE).drop_nulls().unique(maintain_order=True).to_list()
    if not texts or len(texts) > _FEW:
        return None
    same = pl.select((pl.lit(column) == text).alias(str(at)) for at, text in enumerate(texts))
    if sum(int(of_text.sum()) for of_text in same) < len(column) - column.null_count():
        return None
    numbers = [pl.col(str(at)).cast(pl.UInt16) * at for at in range(len(texts))]
    codes = same.select(reduce(add, numbers[1:] or numbers)).to_series().rechunk()
    return (codes.fill_null(len(texts)) if codes.null_count() else codes), texts


def pick(meanings: Iterable[int], codes: Codes) -> Whole:
    """Return the meaning of each line's text; `names.NONE` where there is no text (the last code)."""
    known = [*meanings, names.NONE]
    small = max(known) <= np.iinfo(np.int16).max  # months and segments are: half the memory
    if _in_turn(known[:-1]) and codes.max() != len(known) - 1:
        # Texts that first stand in the order of their meanings, as in any sorted file: nothing has to be looked up.
        meant: Whole = codes.to_numpy().astype(np.int16 if small else np.int32)
        meant += known[0]
        return meant
    values = pl.Series(known, dtype=pl.Int16 if small else pl.Int32)
    return values.gather(codes).to_numpy()


def _in_turn(meanings: list[int]) -> bool:
    return bool(meanings) and meanings == list(range(meanings[0], meanings[0] + len(meanings)))
