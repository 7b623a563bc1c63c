"""What is each column of a table: a key, figures, or of no use?

The header's words decide first, the kinds of the cells second. One column is the place; others with names of places
are its regions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from coverage.intake import months
from coverage.intake.layout import headers
from coverage.intake.layout.blocks import Block
from coverage.intake.layout.context import known_place, original
from coverage.intake.layout.grid import BLANK, FIGURE, MONTH, NO_VALUE, TIME, WORDS, YEAR, Grid
from coverage.intake.layout.headers import HeaderPath
from coverage.intake.layout.vocabulary import PLACES, words_of
from coverage.intake.mapping import NOTHING, Said, parted

ACROSS = "across"
FIGURES, MIXED, UNUSED, UNKNOWN = "figures", "mixed", "unused", "unknown"
SAID = "said"
"""The level of a column of figures of which somebody said what it holds."""
_TEXTS = ("eligible_source", "source", "status")
_MOSTLY = 0.5
_SAID_INSTEAD = frozenset({"measure", "kind", "segment", "share", "derived", "foreign", "role", "counted", "total"})
_MOST_LOOKED_AT = 400


@dataclass(frozen=True, kw_only=True)
class RecapColumn:
    """A column: where it stands, what its header says, and its part: a role, `figures`, `mixed`, `unused`, `unknown`.

    `level` is the kind of place of a column of names.
    """

    at: int
    path: HeaderPath
    part: str
    level: str = ""


def understand(grid: Grid, block: Block, reading: Said = NOTHING) -> list[RecapColumn]:
    """Say what each column of a block is; what somebody `said` of a header goes before what it says itself."""
    paths = headers.paths(grid, block)
    columns = [_column(grid, block, block.left + at, path) for at, path in enumerate(paths)]
    columns = [_as_said(column, reading) for column in columns]
    columns = [_flow_as_said(column, reading) for column in columns]
    columns = _without_serials(grid, block, columns)
    return _with_places_across(_with_place(grid, block, columns))


def _with_places_across(columns: list[RecapColumn]) -> list[RecapColumn]:
    """Let headers that are known names of places name the places of their figures, where no column does."""
    if any(column.part in ("place", MIXED) for column in columns):
        return columns
    return [
        replace(column, level=ACROSS, path=replace(column.path, place=place))
        if column.part == FIGURES and (place := _place_of(column.path))
        else column
        for column in columns
    ]


def _place_of(path: HeaderPath) -> str:
    """Return the place that the words left over of a header name, if all of them do and it is a known one."""
    words = " ".join(path.rest)
    if not words or known_place(words) != words:
        return ""
    return next((original(text, words) for text in path.texts if words in " ".join(words_of(text))), "")


def _flow_as_said(column: RecapColumn, answers: Said) -> RecapColumn:
    """Take a flow for what somebody said of all flows of its kind: sums since January, or a stock, and so unused."""
    flow = answers.flows.get(column.path.get("measure"), "")
    if column.part != FIGURES or not flow or column.path.get("kind") == "target":
        return column
    if flow == "stock":
        return replace(column, part=UNUSED)
    span = "since_january" if flow == "since January" else "this_month"
    return replace(column, path=replace(column.path, facets={**column.path.facets, "span": span}))


def _as_said(column: RecapColumn, reading: Said) -> RecapColumn:
    meaning = reading.of(column.path.shown) or reading.of(column.path.lowest)
    if meaning is None:
        return column
    if meaning == "ignore":
        return replace(column, part=UNUSED)
    if meaning in ("place", "region"):
        return replace(column, part=meaning, level="branch")
    if meaning in ("month", "year", "segment"):
        return replace(column, part=meaning)
    measure, segment = parted(meaning)
    facets = {name: value for name, value in column.path.facets.items() if name not in _SAID_INSTEAD}
    facets |= {"measure": measure.removeprefix("target of "), "counted": "members"}
    facets |= {"kind": "target" if measure.startswith("target of ") else "actual"}
    facets |= {"segment": segment} if segment else {}
    return replace(column, part=FIGURES, path=replace(column.path, facets=facets, rest=()), level=SAID)


def _column(grid: Grid, block: Block, at: int, path: HeaderPath) -> RecapColumn:
    kinds = _kinds(grid, block, at)
    role = path.get("role")
    filled = int(kinds.sum() - kinds[BLANK])
    counts = int(kinds[FIGURE] + kinds[YEAR] + kinds[MONTH] + kinds[NO_VALUE])
    named = bool(path.get("measure") or path.get("segment") or path.get("kind") or path.time) and not path.rest
    mostly = counts > filled * _MOSTLY or (named and counts == filled * _MOSTLY)  # of two cells one may be spoilt
    has_counts = filled > 0 and mostly and kinds[FIGURE] + kinds[YEAR] + kinds[MONTH] > 0
    if path.get("text"):
        return RecapColumn(at=at, path=path, part=path.get("text"))
    if role == "ignore":
        return RecapColumn(at=at, path=path, part=UNUSED)
    if role in ("month", "year") and not path.get("measure") and (not has_counts or _are_times(grid, block, at)):
        return RecapColumn(at=at, path=path, part=role)
    if has_counts and role not in ("month", "year", "company"):
        return RecapColumn(at=at, path=path, part=FIGURES)
    if role in ("company", "status"):
        return RecapColumn(at=at, path=path, part=role)
    if role in PLACES:
        return RecapColumn(at=at, path=path, part="place", level=role)
    if role == "version" and _is_status(grid, block, at):
        return RecapColumn(at=at, path=path, part="status")
    if role and role not in ("value", "indicator"):
        return RecapColumn(at=at, path=path, part=role)
    if filled == 0:
        return RecapColumn(at=at, path=path, part=FIGURES if path.get("measure") or path.get("kind") else UNUSED)
    return RecapColumn(at=at, path=path, part=_by_cells(grid, block, at, named=role == "indicator"))


def _codes(grid: Grid, block: Block, at: int) -> np.ndarray:
    return np.unique(grid.code[block.start : block.stop, at])


def _kinds(grid: Grid, block: Block, at: int) -> np.ndarray:
    return np.bincount(grid.kind[block.start : block.stop, at], minlength=8)


def _are_times(grid: Grid, block: Block, at: int) -> bool:
    """Say whether figures below a word for months or years are months or years."""
    texts = [grid.texts[code].strip() for code in _codes(grid, block, at)[:_MOST_LOOKED_AT] if code]
    read = sum(months.read(text) is not None or _is_small_or_year(text) for text in texts)
    return read > len(texts) * _MOSTLY


def _is_small_or_year(text: str) -> bool:
    bare = text.removesuffix(".0")
    return bare.isdigit() and (1 <= int(bare) <= 12 or months.FIRST_YEAR <= int(bare) <= months.LAST_YEAR)


def _is_status(grid: Grid, block: Block, at: int) -> bool:
    from coverage.base import tables

    texts = {tables.plain(grid.texts[code]) for code in _codes(grid, block, at) if code}
    return bool(texts) and texts <= set(tables.STATUS_WORDS)


def _by_cells(grid: Grid, block: Block, at: int, *, named: bool) -> str:
    """Say what a column without a known header holds: times, segments, a mixture of names and words, or other text."""
    codes = [int(code) for code in _codes(grid, block, at)[:_MOST_LOOKED_AT] if code]
    words = [code for code in codes if grid.cells[code].kind in (WORDS, TIME)]
    if not words:
        return UNUSED
    readings = [grid.reading(code) for code in words]
    timed = sum(
        reading.time is not None and not reading.rest and not reading.speaks_besides_time for reading in readings
    )
    if timed > len(words) * 0.8:
        return "month"
    for facet, role in (
        ("segment", "segment"),
        ("gender", "gender"),
        ("version", "version"),
        ("programme", "programme"),
    ):
        of_facet = sum(facet in reading.facets and not reading.rest for reading in readings)
        total = sum(bool(reading.get("total")) and not reading.rest for reading in readings)
        if (
            of_facet
            and of_facet + total == len(words)
            and all(not reading.get("measure") and not reading.get("kind") for reading in readings)
        ):
            return role
    fully = sum(reading.known for reading in readings)
    if named or (fully and fully < len(words)) or fully == len(words):
        return MIXED
    return UNKNOWN


def _without_serials(grid: Grid, block: Block, columns: list[RecapColumn]) -> list[RecapColumn]:
    """Leave out a first column that only numbers the lines."""
    results: list[RecapColumn] = []
    for column in columns:
        if (
            column.part == FIGURES
            and not column.path.facets
            and not any(before.part == FIGURES for before in results)
            and _counts_lines(grid, block, column.at)
        ):
            column = replace(column, part=UNUSED)
        results.append(column)
    return results


def _counts_lines(grid: Grid, block: Block, at: int) -> bool:
    texts = [
        grid.texts[code].strip().rstrip(".").removesuffix(".0")
        for code in grid.code[block.start : block.stop, at]
        if code
    ]
    figures = [int(text) for text in texts if text.isdigit() and len(text) < 6]
    if not figures or len(figures) < len(texts) * 0.8 or figures[0] > 1:
        return False
    steps = [after - before for before, after in pairwise(figures)]
    return all(step in (0, 1) or after == 1 for step, after in zip(steps, figures[1:], strict=False))


def _with_place(grid: Grid, block: Block, columns: list[RecapColumn]) -> list[RecapColumn]:
    """Choose the column of places: the one with the most different names, the finer level breaking a tie."""
    named = [column for column in columns if column.part == "place"]
    if not named:
        return _unnamed_place(grid, block, columns)
    counts = {column.at: _names(grid, block, column.at) for column in named}
    rank = {level: -at for at, level in enumerate(PLACES)}
    chosen = max(named, key=lambda column: (counts[column.at], rank.get(column.level, 0), -column.at))
    return [
        replace(column, part="region") if column in named and column is not chosen else column for column in columns
    ]


def _names(grid: Grid, block: Block, at: int) -> int:
    return sum(
        1
        for code in _codes(grid, block, at)
        if code and grid.cells[code].kind == WORDS and not grid.reading(int(code)).get("total")
    )


def _unnamed_place(grid: Grid, block: Block, columns: list[RecapColumn]) -> list[RecapColumn]:
    """Take the text column whose cells are no known words and differ most for the places, if none is called so."""
    if any(column.part == MIXED and _has_names(grid, block, column.at) for column in columns):
        return columns
    texts = [column for column in columns if column.part == UNKNOWN and not column.path.rest]
    if not texts:
        return columns
    chosen = max(texts, key=lambda column: (_names(grid, block, column.at), -column.at))
    return [replace(column, part="place", level="") if column is chosen else column for column in columns]


def _has_names(grid: Grid, block: Block, at: int) -> bool:
    """Say whether some cells of a mixed column are no known words."""
    codes = [int(code) for code in _codes(grid, block, at) if code and grid.cells[code].kind == WORDS]
    return any(grid.reading(code).rest or grid.reading(code).get("nation") for code in codes)


def keys_left_over(columns: Sequence[RecapColumn]) -> list[RecapColumn]:
    """Return the key columns of which nobody knows what they hold: their lines may be parts of anything."""
    return [column for column in columns if column.part == UNKNOWN]
