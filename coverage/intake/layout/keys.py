"""What do the keys of each line say: month, place, segment, status, and captions between the lines?

Each different text of a column is asked once; blanks take the value above where they may. Everything is held in
columns of whole numbers, one per line of the block.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from coverage.base import settings
from coverage.intake import months, names
from coverage.intake.layout import context, filling
from coverage.intake.layout.blocks import Block
from coverage.intake.layout.columns import FIGURES, MIXED, UNUSED, RecapColumn
from coverage.intake.layout.context import FACETS
from coverage.intake.layout.grid import BLANK, FIGURE, MONTH, NO_VALUE, TIME, WORDS, YEAR, Grid, Mask
from coverage.intake.layout.times import Time
from coverage.intake.layout.vocabulary import MEASURES, PLACES, Reading

Numbers = NDArray[np.int32]

SEGMENTS = tuple(segment.name for segment in settings.load().segments)
VALUES: dict[str, tuple[str, ...]] = {
    "segment": SEGMENTS,
    "measure": MEASURES,
    "kind": ("actual", "target"),
    "span": ("this_month", "since_january"),
    "unit": ("people", "thousands", "millions", "rupiah", "persen"),
    "version": ("preliminary", "updated"),
    "gender": ("men", "women"),
    "funding": ("own", "funded"),
    "programme": ("jkk", "jkm", "jht", "jp", "jkp"),
}
_NO_TIME = Time()
_LONGEST_NAME = 60
_WHAT = frozenset({"measure", "kind", "span", "unit", "derived"})
"""What a figure counts: a cell that says any of it says all of it anew."""


@dataclass(kw_only=True)
class Keys:
    """What the lines of a block say; one number per line, -1 where nothing is said.

    `place` counts in `places`, `company` and `source` number the texts of the grid. `total` says that a line names a
    total, `data` that it has figures. `cut` are the lines (of the block) that are captions or notes.
    """

    facets: dict[str, Numbers]
    month: Numbers
    of_year: Numbers
    year: Numbers
    since: Mask
    place: Numbers
    places: list[str]
    parent: Numbers
    company: Numbers
    total: Mask
    data: Mask
    outside: Mask
    texts: dict[str, Numbers]
    captions: dict[str, Numbers]
    caption_time: list[Time]
    filled: dict[str, int] = field(default_factory=dict)
    unread: list[tuple[int, int]] = field(default_factory=list)
    slashed: dict[int, months.Slashed] = field(default_factory=dict)
    quarters: bool = False
    speaks: bool = False


def read_keys(grid: Grid, block: Block, columns: list[RecapColumn]) -> Keys:
    """Read the keys of a block."""
    return _Reader(grid, block, columns).read()


class _Reader:
    """The lines of a block while their keys are being read."""

    def __init__(self, grid: Grid, block: Block, columns: list[RecapColumn]) -> None:
        self.grid, self.block, self.columns = grid, block, columns
        self.size = block.stop - block.start
        self.code = grid.code[block.start : block.stop]
        self.kind = grid.kind[block.start : block.stop]
        figures = [column.at for column in columns if column.part == FIGURES]
        self.first_figure = min(figures, default=block.right)
        counts = (
            np.isin(self.kind[:, figures], (FIGURE, YEAR, MONTH)) if figures else np.zeros((self.size, 0), dtype=bool)
        )
        empty = np.isin(self.kind[:, figures], (NO_VALUE,)) if figures else counts
        self.keys = Keys(
            facets={facet: self._nothing() for facet in FACETS},
            month=self._nothing(), of_year=np.zeros(self.size, dtype=np.int32),
            year=np.zeros(self.size, dtype=np.int32),
            since=np.zeros(self.size, dtype=np.bool_), place=self._nothing(), places=[], parent=self._nothing(),
            company=self._nothing(), total=np.zeros(self.size, dtype=np.bool_),
            data=(counts.any(axis=1) | (empty.any(axis=1) & (self._words_left() > 0))),
            outside=np.zeros(self.size, dtype=np.bool_), texts={},
            captions={facet: self._nothing() for facet in FACETS}, caption_time=[_NO_TIME] * self.size,
        )  # fmt: skip
        self.place_at: dict[str, int] = {}

    def _nothing(self) -> Numbers:
        return np.full(self.size, -1, dtype=np.int32)

    def _words_left(self) -> Numbers:
        keys = [column.at for column in self.columns if column.part != FIGURES]
        return (self.kind[:, keys] != BLANK).sum(axis=1) if keys else np.zeros(self.size, dtype=np.int64)

    def read(self) -> Keys:
        self._totals()
        self._without_notes()
        filled = self._filled_down()
        for column in self.columns:
            if column.part in ("month", "year"):
                self._times(column, filled[column.at])
            elif column.part == "place":
                self._places(column, filled[column.at])
            elif column.part == MIXED:
                self._mixed(column)
            elif column.part == "region":
                self.keys.parent = filled[column.at]
            elif column.part == "company":
                self.keys.company = (
                    np.where(filled[column.at] > 0, filled[column.at], -1)
                    if "nama" in column.path.lowest.casefold() or (self.keys.company < 0).all()
                    else self.keys.company
                )
            elif column.part in ("segment", "standing", "kind", "version", "gender", "programme", "unit"):
                self._facets(column, filled.get(column.at, self.code[:, column.at]))
            elif column.part in ("eligible_source", "source", "status"):
                self.keys.texts[column.part] = self.code[:, column.at]
        self._captions()
        return self.keys

    def _totals(self) -> None:
        """Find the lines that call themselves totals, in any cell before their figures."""
        for column in self.columns:
            if column.at >= self.first_figure and column.part not in ("place", MIXED, "segment"):
                continue
            if column.part == FIGURES:
                continue
            codes = np.unique(self.code[:, column.at])
            of_total = [code for code in codes if code and self._is_total(self.grid.reading(int(code)), int(code))]
            if of_total:
                self.keys.total |= np.isin(self.code[:, column.at], of_total)

    def _is_total(self, reading: Reading, code: int) -> bool:
        if not (reading.get("total") and not reading.get("counted") and not reading.get("measure")):
            return bool(names.TOTAL_WORDS.match(self.grid.texts[code])) and not reading.speaks
        return self.grid.cells[code].kind == WORDS

    def _without_notes(self) -> None:
        """Leave notes and captions out: lines without figures, of one text."""
        filled = (self.code != 0).sum(axis=1)
        self.keys.outside = ~self.keys.data & (filled > 0)

    def _filled_down(self) -> dict[int, Numbers]:
        """Return the keys of the columns in which a blank may stand for what is written above it."""
        lines = filling.BlockLines(
            grid=self.grid, block=self.block, columns=self.columns, data=self.keys.data, total=self.keys.total
        )
        results = {}
        for column in self.columns:
            if column.part in filling.FILLED:
                results[column.at], count = filling.filled(lines, column)
                if count:
                    self.keys.filled[column.path.shown or str(column.at + 1)] = count
        return results

    def _each(self, codes: Numbers, meaning: Callable[[int], int]) -> Numbers:
        """Return the meaning of each line's text, each different text asked once."""
        distinct, inverse = np.unique(codes, return_inverse=True)
        meant = np.array([meaning(int(code)) if code else -1 for code in distinct], dtype=np.int32)
        return meant[inverse]

    def _times(self, column: RecapColumn, codes: Numbers) -> None:
        distinct, inverse = np.unique(codes, return_inverse=True)
        times = [self._time(int(code), column.part) for code in distinct]
        unread = [bool(code) and time is None for code, time in zip(distinct, times, strict=True)]
        month = np.array([time.month if time else -1 for time in times], dtype=np.int32)[inverse]
        of_year = np.array([time.of_year if time else 0 for time in times], dtype=np.int32)[inverse]
        year = np.array([time.year if time else 0 for time in times], dtype=np.int32)[inverse]
        self.keys.since |= np.array([bool(time and time.since) for time in times])[inverse]
        self.keys.quarters |= any(time is not None and time.grain in ("quarter", "half") for time in times)
        for code, time in zip(distinct, times, strict=True):
            if time is not None and time.slashed is not None:
                for line in np.flatnonzero(codes == code):
                    self.keys.slashed[int(line)] = time.slashed
        self.keys.month = np.where(month >= 0, month, self.keys.month)
        self.keys.of_year = np.where(of_year > 0, of_year, self.keys.of_year)
        self.keys.year = np.where(year > 0, year, self.keys.year)
        lost = np.array(unread)[inverse] & self.keys.data & ~self.keys.total
        self.keys.unread += [(int(line), column.at) for line in np.flatnonzero(lost)]

    def _time(self, code: int, part: str) -> Time | None:
        text = self.grid.texts[code].strip().removesuffix(".0")
        if not text or self.grid.cells[code].kind == NO_VALUE:
            return _NO_TIME
        if text.isdigit() and len(text) <= 2 and 1 <= int(text) <= 12:
            return Time(of_year=int(text))
        if text.isdigit() and len(text) == 4 and months.FIRST_YEAR <= int(text) <= months.LAST_YEAR:
            return Time(year=int(text), grain="year")
        from coverage.intake.layout import times, vocabulary

        if text.isdigit():
            return times.whole(text)
        return vocabulary.read(text).time if part == "month" or not text.isdigit() else None

    def _place_code(self, name: str) -> int:
        key = names.trimmed(name)
        if key not in self.place_at:
            self.place_at[key] = len(self.keys.places)
            self.keys.places.append(key)
        return self.place_at[key]

    def _places(self, column: RecapColumn, codes: Numbers) -> None:
        distinct = [int(code) for code in np.unique(codes) if code]
        if any(self._gives_facets(self.grid.reading(code)) for code in distinct):
            self._mixed(column)
            return
        self.keys.place = self._each(codes, self._place)

    def _place(self, code: int) -> int:
        cell, reading = self.grid.cells[code], self.grid.reading(code)
        if cell.kind == NO_VALUE or (self._is_total(reading, code) and not reading.rest):
            return -1
        return self._place_code(self.grid.texts[code])

    def _gives_facets(self, reading: Reading) -> bool:
        """Say whether a text among names is no name: all its words are known and give a facet."""
        return (
            not reading.rest
            and reading.get("role") not in PLACES
            and (reading.time is not None or any(reading.get(facet) for facet in FACETS if facet != "unit"))
        )

    def _mixed(self, column: RecapColumn) -> None:
        """Read a column of names and words: what begins first is the group, and ends what stands within it."""
        codes = self.code[:, column.at]
        order: list[str] = []
        now: dict[str, object] = {}
        for line in range(self.size):
            code = int(codes[line])
            if code and self.grid.cells[code].kind in (WORDS, TIME, YEAR) and not self._is_note(line, code):
                self._step(self._words_of(code), order, now)
            self._write(line, now)

    def _is_note(self, line: int, code: int) -> bool:
        if self.keys.data[line]:
            return False
        reading = self.grid.reading(code)
        return (
            bool(reading.get("note"))
            or len(self.grid.texts[code]) > _LONGEST_NAME
            or ("," in self.grid.texts[code] and reading.time is not None and bool(reading.rest))
        )

    def _words_of(self, code: int) -> dict[str, object]:
        """Return what a cell of a mixed column says, by facet."""
        reading = self.grid.reading(code)
        self.keys.speaks = self.keys.speaks or bool(reading.get("counted") or reading.get("segment"))
        if self._is_total(reading, code) and not reading.rest:
            return {"total": True} | {facet: reading.get(facet) for facet in FACETS if reading.get(facet)}
        if reading.rest or reading.get("role") in PLACES or reading.get("nation"):
            return {"place": self._place_code(self.grid.texts[code])}
        words: dict[str, object] = {facet: reading.get(facet) for facet in FACETS if reading.get(facet)}
        if reading.time is not None:
            words["time"] = reading.time
        if reading.get("share") or reading.get("derived"):
            words["derived"] = True
        return words

    @staticmethod
    def _step(numbers_seen: dict[str, object], order: list[str], now: dict[str, object]) -> None:
        if not numbers_seen:
            return
        said_facets = ["what" if facet in _WHAT else facet for facet in numbers_seen]
        order += [facet for facet in dict.fromkeys(said_facets) if facet not in order]
        if not _WHAT.isdisjoint(numbers_seen):
            for facet in _WHAT & set(now):
                del now[facet]
        if "total" in numbers_seen:
            now.clear()
            now.update(numbers_seen)
            return
        now.pop("total", None)
        now.pop("derived", None)
        level = min(order.index(facet) for facet in said_facets)
        for facet in list(now):
            if order.index("what" if facet in _WHAT else facet) > level or facet in numbers_seen:
                del now[facet]
        now.update(numbers_seen)

    def _write(self, line: int, now: dict[str, object]) -> None:
        for facet, value in now.items():
            if facet == "place":
                self.keys.place[line] = int(str(value))
            elif isinstance(value, Time):
                self.keys.month[line], self.keys.of_year[line], self.keys.year[line] = (
                    value.month,
                    value.of_year,
                    value.year,
                )
            elif facet == "derived":
                self.keys.facets["unit"][line] = VALUES["unit"].index("persen")
            elif facet in VALUES and self.keys.facets[facet][line] < 0:
                self.keys.facets[facet][line] = VALUES[facet].index(str(value))

    def _facets(self, column: RecapColumn, codes: Numbers) -> None:
        """Read a column of segments, statuses, versions and the like."""
        distinct, inverse = np.unique(codes, return_inverse=True)
        readings = [self.grid.reading(int(code)) if code else Reading() for code in distinct]
        for facet in FACETS:
            meant = np.array([_number(reading, facet) for reading in readings], dtype=np.int32)[inverse]
            self.keys.facets[facet] = np.where(meant >= 0, meant, self.keys.facets[facet])
        if column.part in ("segment", "standing", "version", "gender"):
            wanted = {"standing": "measure"}.get(column.part, column.part)
            lost = np.array(
                [
                    bool(code)
                    and not reading.get(wanted)
                    and not reading.get("total")
                    and self.grid.cells[int(code)].kind != NO_VALUE
                    and not _short(column.part, self.grid.texts[int(code)])
                    for code, reading in zip(distinct, readings, strict=True)
                ]
            )[inverse]
            self.keys.unread += [
                (int(line), column.at) for line in np.flatnonzero(lost & self.keys.data & ~self.keys.total)
            ]
            short = np.array([_short(column.part, self.grid.texts[int(code)]) for code in distinct])[inverse]
            for number in (1, 2):
                self.keys.facets[wanted] = np.where(short == number, number - 1, self.keys.facets[wanted])

    def _captions(self) -> None:
        """Let a line of known words alone hold for the lines below it, until another says otherwise."""
        mixed = {column.at for column in self.columns if column.part == MIXED}
        filled = self.code != 0
        lines = np.flatnonzero(self.keys.outside & (filled.sum(axis=1) == 1))
        now: dict[str, int] = {}
        time = _NO_TIME
        changes: dict[int, tuple[dict[str, int], Time]] = {}
        for line in lines.tolist():
            at = int(np.flatnonzero(filled[line])[0])
            reading = self.grid.reading(int(self.code[line, at]))
            if at in mixed or not reading.known or not reading.speaks or reading.get("note"):
                continue
            text = context.of_reading(reading, "", "caption")
            now = now | {facet: VALUES[facet].index(value) for facet, value in text.facets.items()}
            time = text.time or time
            changes[int(line)] = now, time
        if not changes:
            return
        now, time = {}, _NO_TIME
        for line in range(self.size):
            now, time = changes.get(line, (now, time))
            self.keys.caption_time[line] = time
            for facet, value in now.items():
                self.keys.captions[facet][line] = value


def _number(reading: Reading, facet: str) -> int:
    value = reading.get(facet)
    return VALUES[facet].index(value) if value else -1


def _short(part: str, text: str) -> int:
    """Return 1 or 2 where a single letter names the first or second value: P and U, L and P."""
    letter = text.strip().casefold().rstrip(".")
    if part == "version":
        return {"p": 1, "u": 2, "s": 1, "t": 2, "n": 1, "y": 2}.get(letter, 0)
    if part == "gender":
        return {"l": 1, "p": 2, "m": 1, "f": 2, "w": 2}.get(letter, 0)
    return 0


__all__ = ["UNUSED", "VALUES", "Keys", "read_keys"]
