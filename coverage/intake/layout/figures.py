"""Which address has each figure of a block: month, place, segment, measure and the rest, and where does each come from?

One row per figure, in columns: the parts of its line, of its header, of captions, title, sheet, file and folder, the
nearest first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coverage.intake.layout.blocks import Block
from coverage.intake.layout.columns import ACROSS, FIGURES, RecapColumn
from coverage.intake.layout.context import FACETS, FROM, Context
from coverage.intake.layout.grid import FIGURE, MONTH, NO_VALUE, YEAR, Grid
from coverage.intake.layout.keys import VALUES, Keys, Numbers
from coverage.intake.layout.times import Time

Figures: TypeAlias = pl.DataFrame
"""One row per figure of a file: where it stands (`sheet`, `row`, `column`), what stands there (`text`, `size`), and its
address; -1 where a part of it is not known. `FROM_…` says where a part comes from."""

CELL, HEADER, CAPTION, DEFAULT = (FROM.index(word) for word in ("cell", "header", "caption", "default"))
SHARES = ("attainment", "coverage", "share", "derived")
_FILLED = (FIGURE, YEAR, MONTH, NO_VALUE)
PARTS = ("month", "place", "segment", "measure")
"""Parts of an address whose origin is kept."""


Chunk: TypeAlias = dict[str, NDArray[np.generic]]
"""Some figures of one column: an array for each part of their addresses."""


def of_block(
    grid: Grid, block: Block, columns: Sequence[RecapColumn], keys: Keys, context: Context, *, number: int
) -> tuple[list[Chunk], list[str]]:
    """Return the figures of a block, column by column, and the names of their places by number."""
    places = list(keys.places)
    if context.place and (keys.place < 0).all():
        places.append(context.place)
    chunks = []
    counts = [column for column in columns if column.part == FIGURES]
    summed = any(not column.path.is_total and not column.path.get("share") for column in counts)
    spoken = {facet for facet in FACETS if (keys.facets[facet] >= 0).any() or (keys.captions[facet] >= 0).any()}
    captions = _captions(keys)
    for column in counts:
        kinds = grid.kind[block.start : block.stop, column.at]
        lines = np.flatnonzero(np.isin(kinds, _FILLED) & keys.data)
        if len(lines):
            farther = [*_captions_of(captions, lines), _of_context(context, len(lines))]
            chunk = _of_column(grid, block, column, keys, context, lines, places, spoken=spoken, farther=farther)
            # `Jumlah` alone is no total of anything.
            chunk["total"] = keys.total[lines] | (summed and column.path.is_total)
            chunk["block"] = np.full(len(lines), number, dtype=np.int32)
            chunks.append(chunk)
    return chunks, places


def joined(chunks: Sequence[Chunk]) -> Chunk:
    """Return all figures together."""
    return {name: np.concatenate([chunk[name] for chunk in chunks]) for name in chunks[0]}


def table(figures: Chunk, texts: Sequence[Sequence[str]]) -> Figures:
    """Return figures as a table; `texts` are the different figures of each sheet, by number."""
    data = dict(figures)
    starts = np.cumsum([0, *(len(of_sheet) for of_sheet in texts)])
    code = starts[data["sheet"].astype(np.int64)] + data.pop("code")
    written = pl.Series([text for of_sheet in texts for text in of_sheet], dtype=pl.String)
    shares = _SHARES[data.pop("share")]
    return pl.DataFrame(
        [*(pl.Series(name, part) for name, part in data.items()), written[code].alias("text"), shares.alias("share")]
    )


def with_parts(figures: Figures, *parts: pl.Series) -> Figures:
    """Return figures with other columns, or more: a tenth of the time of a query."""
    known = set(figures.columns)
    changed = figures.clone()
    for part in parts:
        if part.name in known:
            changed.replace_column(changed.get_column_index(part.name), part)
    return changed.hstack([part for part in parts if part.name not in known])


_SHARES = pl.Series([None, *SHARES], dtype=pl.String)


def _of_column(
    grid: Grid,
    block: Block,
    column: RecapColumn,
    keys: Keys,
    context: Context,
    lines: NDArray[np.int64],
    places: list[str],
    *,
    spoken: set[str],
    farther: list[_Times],
) -> Chunk:
    code = grid.code[block.start : block.stop, column.at][lines]
    data: Chunk = {
        "row": (lines + block.start).astype(np.int32),
        "column": np.full(len(lines), column.at, dtype=np.int32),
        "code": code,
        "size": grid.sizes[code],
        "company": keys.company[lines],
    }
    for facet in FACETS:
        data[facet], source = (
            _facet(facet, column, keys, context, lines)
            if facet in spoken
            else _of_header(facet, column, context, len(lines))
        )
        if facet in PARTS:
            data[f"from_{facet}"] = source
    data |= _months(column, keys, lines, farther, target=data["kind"])
    data |= _place(column, keys, context, lines, places)
    unread = [line for line, _ in keys.unread]
    data["unread"] = np.isin(lines, unread) if unread else np.zeros(len(lines), dtype=np.bool_)
    share = column.path.get("share") or ("derived" if column.path.get("derived") else "")
    data["share"] = np.full(len(lines), SHARES.index(share) + 1 if share else 0, dtype=np.int32)
    data["derived"] = _derived(column, data["unit"])
    since = bool(column.path.time and column.path.time.since) | keys.since[lines]
    span = data["span"].astype(np.int32)
    data["span"] = np.where((span < 0) & since, VALUES["span"].index("since_january"), span).astype(np.int32)
    return data


def _derived(column: RecapColumn, unit: NDArray[np.generic]) -> NDArray[np.bool_]:
    units = np.asarray(unit)
    percent: NDArray[np.bool_] = units == VALUES["unit"].index("persen")
    return percent | bool(column.path.get("derived"))


def _facet(
    facet: str, column: RecapColumn, keys: Keys, context: Context, lines: NDArray[np.int64]
) -> tuple[Numbers, NDArray[np.uint8]]:
    """Return a facet of each figure: the line's, else the header's, the caption's, that of title and names."""
    of_line = keys.facets[facet][lines]
    header = column.path.get(facet)
    above = context.facets.get(facet, "")
    value = of_line.copy()
    source = np.where(of_line >= 0, CELL, 0).astype(np.uint8)
    for given, word in ((header, HEADER), (None, CAPTION), (above, FROM.index(context.sources.get(facet, "")))):
        more = (
            keys.captions[facet][lines]
            if given is None
            else np.full(len(lines), VALUES[facet].index(given) if given else -1)
        )
        open_ = (value < 0) & (more >= 0)
        value[open_] = more[open_]
        source[open_] = word
    if facet == "kind" and header == "target":  # anywhere in a header: a column called Aktif under a heading TARGET
        value[:] = VALUES["kind"].index("target")
    return value, source


def _of_header(facet: str, column: RecapColumn, context: Context, size: int) -> tuple[Numbers, NDArray[np.uint8]]:
    """Return a facet of which no line and no caption of the table says anything: the same for all figures."""
    header, above = column.path.get(facet), context.facets.get(facet, "")
    word = HEADER if header else FROM.index(context.sources.get(facet, "")) if above else 0
    value = VALUES[facet].index(header or above) if header or above else -1
    return np.full(size, value, dtype=np.int32), np.full(size, word, dtype=np.uint8)


def _months(
    column: RecapColumn, keys: Keys, lines: NDArray[np.int64], farther: list[_Times], *, target: NDArray[np.generic]
) -> Chunk:
    """Return the month of each figure, or the year of those of which no month is known."""
    size = len(lines)
    head = column.path.time or Time()
    month, of_year, year = keys.month[lines].copy(), keys.of_year[lines].copy(), keys.year[lines].copy()
    source = np.where((month >= 0) | (of_year > 0) | (year > 0), CELL, 0).astype(np.uint8)
    is_target = np.asarray(target) == VALUES["kind"].index("target")
    due_year = np.zeros(size, dtype=np.int32)
    if head.month >= 0:
        month[:] = head.month
        source[:] = HEADER
    elif head.of_year:
        known = month >= 0
        year = np.where(known, month // 12, year)
        month[:], of_year[:] = -1, head.of_year
        source[:] = HEADER
    elif head.year:
        due_year[:] = head.year
        open_ = month < 0
        year = np.where(open_, head.year, year)
        source[open_ & (of_year == 0)] = HEADER
    for nearest in farther:
        month, of_year, year, source = _joined(month, of_year, year, source, nearest)
    full = (month < 0) & (of_year > 0) & (year > 0)
    month = np.where(full, year * 12 + of_year - 1, month)
    due = np.where(is_target & (due_year > 0), due_year * 12 + 11, -1)
    if head.month >= 0 and column.path.dated_target:
        due = np.where(is_target, head.month, due)
    return {
        "month": month.astype(np.int32),
        "year": np.where(month < 0, year, 0).astype(np.int32),
        "of_year": np.where(month < 0, of_year, 0).astype(np.int32),
        "due": due.astype(np.int32),
        "from_month": source,
    }


_Times: TypeAlias = tuple[Numbers, Numbers, Numbers, NDArray[np.uint8] | int]
"""Months, months of a year and years of figures, and where they come from."""


def _captions(keys: Keys) -> tuple[Numbers, Numbers, Numbers] | None:
    """Return what captions say of the time of each line of a block; nothing where they say nothing."""
    times = keys.caption_time
    if not any(time.month >= 0 or time.of_year or time.year for time in times):
        return None
    month, of_year, year = zip(*((time.month, time.of_year, time.year) for time in times), strict=True)
    return np.array(month, dtype=np.int32), np.array(of_year, dtype=np.int32), np.array(year, dtype=np.int32)


def _captions_of(captions: tuple[Numbers, Numbers, Numbers] | None, lines: NDArray[np.int64]) -> list[_Times]:
    """Return what captions say of the time of these lines, if they say anything of it."""
    if captions is None:
        return []
    month, of_year, year = (numbers[lines] for numbers in captions)
    return [(month, of_year, year, CAPTION)] if ((month >= 0) | (of_year > 0) | (year > 0)).any() else []


def _of_context(context: Context, size: int) -> _Times:
    """Return the time that title, sheet, file and folder say of so many figures."""
    above = context.time or Time()
    month, of_year, year = (np.full(size, part, dtype=np.int32) for part in (above.month, above.of_year, above.year))
    return month, of_year, year, FROM.index(context.sources.get("time", ""))


def _joined(
    month: Numbers, of_year: Numbers, year: Numbers, source: NDArray[np.uint8], farther: _Times
) -> tuple[Numbers, Numbers, Numbers, NDArray[np.uint8]]:
    """Fill in what the nearer does not say: a whole month, the year of a month's name, the month of a year."""
    far_month, far_of_year, far_year, word = farther
    nothing = (month < 0) & (of_year == 0) & (year == 0)
    source = np.where(nothing & ((far_month >= 0) | (far_of_year > 0) | (far_year > 0)), word, source).astype(np.uint8)
    month = np.where(nothing, far_month, month)
    named = (month < 0) & (of_year > 0) & (year == 0)
    year = np.where(named | nothing, far_year, year)
    dated = (month < 0) & (of_year == 0) & (year > 0) & ((far_year == 0) | (far_year == year))
    of_year = np.where(dated | nothing, far_of_year, of_year)
    return month, of_year, year, source


def _place(column: RecapColumn, keys: Keys, context: Context, lines: NDArray[np.int64], places: list[str]) -> Chunk:
    place = keys.place[lines].copy()
    source = np.where(place >= 0, CELL, 0).astype(np.uint8)
    if column.level == ACROSS and column.path.place:
        if column.path.place not in places:
            places.append(column.path.place)
        place[:] = places.index(column.path.place)
        source[:] = HEADER
    elif context.place and (keys.place < 0).all():
        place[:] = places.index(context.place)
        source[:] = FROM.index(context.sources.get("place", ""))
    return {"place": place.astype(np.int32), "parent": keys.parent[lines], "from_place": source}
