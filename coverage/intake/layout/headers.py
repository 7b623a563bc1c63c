"""What do the lines of a header say of each column below them?

Texts of upper lines hold for the columns to their right: as far as cells are merged, and in a file without merged
cells as far as blanks reach over columns that have a word further down. The lowest line wins, `target` anywhere wins.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from coverage.intake.layout import slips, vocabulary
from coverage.intake.layout.blocks import Block
from coverage.intake.layout.grid import Grid
from coverage.intake.layout.times import Time, of_month
from coverage.intake.layout.vocabulary import Reading


@dataclass(frozen=True, kw_only=True)
class HeaderPath:
    """What stands above a column, top first, and what that says together; `rest` are words that nothing is known of.

    `lowest` is the text right above the figures, `line` the line where it stands. `dated_target`: one text says both
    that these are targets and when they are due. `slips`: texts that are read as if a letter were another.
    """

    texts: tuple[str, ...] = ()
    facets: Mapping[str, str] = field(default_factory=dict)
    time: Time | None = None
    rest: tuple[str, ...] = ()
    line: int = -1
    place: str = ""
    dated_target: bool = False
    slips: tuple[tuple[str, str], ...] = ()

    @cached_property
    def shown(self) -> str:
        """Return the header as a person would call it."""
        return " · ".join(dict.fromkeys(text.strip() for text in self.texts if text.strip()))

    @property
    def lowest(self) -> str:
        return self.texts[-1].strip() if self.texts else ""

    @cached_property
    def is_total(self) -> bool:
        """Say whether a whole header is a word for a total or a mean: `Jumlah Peserta Aktif` is none."""
        named = any(self.get(facet) for facet in ("measure", "counted", "kind", "segment", "gender"))
        return bool(self.get("derived")) or (bool(self.get("total")) and not named)

    def get(self, facet: str) -> str:
        return self.facets.get(facet, "")


def paths(grid: Grid, block: Block) -> list[HeaderPath]:
    """Return what stands above each column of a block."""
    table = [[int(code) for code in grid.code[line, block.left : block.right]] for line in block.headers]
    carried = _carried(grid, block, table)
    results = []
    for column in range(block.right - block.left):
        codes = [(line, row[column]) for line, row in zip(block.headers, carried, strict=True) if row[column]]
        results.append(_path(grid, codes))
    return results


def _carried(grid: Grid, block: Block, table: list[list[int]]) -> list[list[int]]:
    """Carry texts right where they hold for several columns."""
    carried = [list(row) for row in table]
    merged = [span for span in grid.merged if span[0] in block.headers or span[2] in block.headers]
    for top, left, bottom, right in merged:
        for line in range(top, bottom + 1):
            if line not in block.headers:
                continue
            row = block.headers.index(line)
            for column in range(left, right + 1):
                at = column - block.left
                if 0 <= at < len(carried[row]) and line == top:
                    carried[row][at] = int(grid.code[top, left])
    for row in range(len(table) - 1):
        if any(span[0] <= block.headers[row] <= span[2] and span[3] > span[1] for span in merged):
            continue  # merged ranges are facts: nothing else is believed of a line that has them
        _carry_blanks(table, carried, row)
    return carried


def _carry_blanks(table: list[list[int]], carried: list[list[int]], row: int) -> None:
    for column in range(1, len(table[row])):
        if carried[row][column] or not carried[row][column - 1]:
            continue
        below = any(line[column] for line in table[row + 1 :])
        beside = any(line[column - 1] for line in table[row + 1 :])
        parted = any(line[column] for line in table[:row])  # a group of an upper line begins here
        if below and beside and not parted:
            carried[row][column] = carried[row][column - 1]


def _path(grid: Grid, codes: list[tuple[int, int]]) -> HeaderPath:
    distinct = list({code: line for line, code in codes}.items())
    slips_of = {code: slips.mended(grid.texts[code]) for code, _ in distinct if grid.reading(code).rest}
    readings = [
        (vocabulary.read(meant) if (meant := slips_of.get(code)) else grid.reading(code), line)
        for code, line in distinct
    ]
    facets: dict[str, str] = {}
    rest: list[str] = []
    time: Time | None = None
    for reading, _ in reversed(readings):
        for facet, value in reading.facets.items():
            facets.setdefault(facet, value)
        rest = [*reading.rest, *rest]
        time = join(time, reading.time)
    if any(reading.get("kind") == "target" for reading, _ in readings):
        facets["kind"] = "target"
    lowest = readings[-1][0] if readings else Reading()
    if "role" in facets and "role" not in lowest.facets:
        del facets["role"]  # only the word right above the cells says what they are
    return HeaderPath(
        texts=tuple(grid.texts[code] for code, _ in distinct),
        facets=facets,
        time=time,
        rest=tuple(rest),
        line=readings[-1][1] if readings else -1,
        place=lowest.place,
        slips=tuple((grid.texts[code].strip(), meant) for code, meant in slips_of.items() if meant),
        dated_target=any(reading.get("kind") == "target" and reading.time is not None for reading, _ in readings),
    )


def join(near: Time | None, far: Time | None) -> Time | None:
    """Join two times, the nearer first: a month without a year takes the year of the other."""
    if near is None or far is None:
        return near or far
    if near.month >= 0 or near.slashed is not None:
        return near
    if near.of_year and far.year:
        return of_month(far.year * 12 + near.of_year - 1, near.grain, since=near.since)
    if near.year and not near.of_year and far.of_year and not far.year:
        return of_month(near.year * 12 + far.of_year - 1, far.grain, since=far.since)
    return near
