"""Where are the tables of a sheet: which lines are headers, which are figures, what stands above and between?

A block is a run of lines with figures below one header of up to four lines. A line that is a header again begins a new
block with its own columns. Titles, filters, notes and signatures stay outside.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from coverage.intake.layout import grid as grids
from coverage.intake.layout import vocabulary
from coverage.intake.layout.grid import BLANK, FIGURE, MONTH, TIME, WORDS, YEAR, Grid, Mask
from coverage.intake.layout.vocabulary import PLACES, Reading

_MOST_HEADERS, _MOST_BLANKS = 4, 2
_KNOWN_SHARE = 0.7
KEYS = frozenset(
    {*PLACES, "month", "year", "segment", "standing", "kind", "version", "indicator", "gender", "company", "programme"}
)


@dataclass(frozen=True, kw_only=True)
class Block:
    """A table: its lines of headers (top first), its first line and the one behind its last, the lines above it that
    may say something of it, and the columns it spans (from, to)."""

    headers: tuple[int, ...]
    start: int
    stop: int
    above: tuple[int, ...]
    left: int
    right: int


@lru_cache(maxsize=64)
def tables_of(grid: Grid) -> tuple[Block, ...]:
    """Return the tables of a sheet, found once."""
    return tuple(find(grid))


def find(grid: Grid) -> list[Block]:
    """Return the tables of a sheet from the top, side by side ones from the left."""
    if not grid.height or not grid.width:
        return []
    return [part for block in _stacked(grid) for part in _beside(grid, block)]


def _stacked(grid: Grid) -> list[Block]:
    data = _data_lines(grid)
    places = np.flatnonzero(data)
    if not len(places):
        return []
    blocks: list[Block] = []
    begin = 0  # where lines above the next block may begin
    start = int(places[0])
    while True:
        headers = _header_lines(grid, start, begin, data)
        top = min(headers, default=start)
        again = next((line for line in range(start, grid.height) if _is_header_again(grid, line, data)), grid.height)
        of_block = places[(places >= start) & (places < again)]
        stop = int(of_block[-1]) + 1 if len(of_block) else start
        above = tuple(line for line in range(begin, top) if grid.code[line].any())
        if len(of_block):
            blocks.append(Block(headers=tuple(headers), start=start, stop=stop, above=above, left=0, right=grid.width))
        later = places[places > again]
        if again >= grid.height or not len(later):
            return blocks
        begin, start = stop, int(later[0])


def _data_lines(grid: Grid) -> Mask:
    """Say which lines hold figures. A line whose only numbers look like years or months is one if it has a name of its
    own, or stands below figures in the same columns and is no header."""
    kind = grid.kind
    filled = kind != BLANK
    figures = kind == FIGURE
    data: Mask = figures.any(axis=1) & (filled.sum(axis=1) >= 2)
    first = grid.code[np.arange(grid.height), (grid.code != 0).argmax(axis=1)].tolist()
    for line in np.flatnonzero(data).tolist():
        if grid.texts[first[line]].strip()[:1] in "([0123456789" and _are_numbers_of_columns(grid, line):
            data[line] = False
    like = (kind == YEAR) | (kind == MONTH)
    seen = np.zeros(grid.width, dtype=np.bool_)
    for line in range(grid.height):
        if data[line]:
            seen |= figures[line]
        elif like[line].any() and filled[line].sum() >= 2 and not figures[line].any():
            data[line] = _is_data_of_years(grid, line, seen, like[line])
    return data


def _are_numbers_of_columns(grid: Grid, line: int) -> bool:
    return grids.are_numbers_of_columns(grid.texts[code] for code in grid.code[line])


def _is_data_of_years(grid: Grid, line: int, seen: Mask, like: Mask) -> bool:
    words = [grid.reading(int(code)) for code in grid.code[line] if grid.cells[code].kind in (WORDS, TIME)]
    own_name = any(reading.rest for reading in words)
    if own_name and not any(reading.get("role") in KEYS and not reading.rest for reading in words):
        return True
    if not (seen & like).any() or _is_among_headers(grid, line):
        return False
    return not any(reading.get("role") in KEYS and not reading.rest for reading in words)


def _is_among_headers(grid: Grid, line: int) -> bool:
    """Say whether a line of years stands next to the names of keys, or between lines without figures."""
    filled = [at for at in range(grid.height) if grid.code[at].any()] if line < 1 else _neighbours(grid, line)
    plain = [not (grid.kind[at] == FIGURE).any() for at in filled]
    return any(_names_keys(grid, at) for at in filled) or (len(plain) == 2 and all(plain))


def _neighbours(grid: Grid, line: int) -> list[int]:
    """Return the next lines above and below that are not blank."""
    above = next((at for at in range(line - 1, -1, -1) if grid.code[at].any()), None)
    below = next((at for at in range(line + 1, grid.height) if grid.code[at].any()), None)
    return [at for at in (above, below) if at is not None]


def _names_keys(grid: Grid, line: int) -> bool:
    filled = [int(code) for code in grid.code[line] if code]
    if len(filled) < 2 or (grid.kind[line] == FIGURE).any():
        return False
    readings = [grid.reading(code) for code in filled]
    known = sum(reading.known for reading in readings)
    return known >= _KNOWN_SHARE * len(filled) and any(
        reading.get("role") in KEYS and not reading.rest for reading in readings
    )


def _header_lines(grid: Grid, start: int, begin: int, data: Mask) -> list[int]:
    """Return the lines of the header above the first line with figures, top first."""
    headers: list[int] = []
    blanks = 0
    line = start - 1
    while line >= begin and len(headers) < _MOST_HEADERS:
        codes = grid.code[line]
        if not codes.any():
            blanks += 1
            if blanks > _MOST_BLANKS or (headers and blanks > 1):
                break
        elif _are_numbers_of_columns(grid, line):
            pass
        elif data[line] or _ends_header(grid, line, start):
            break
        else:
            headers.append(line)
            blanks = 0
        line -= 1
    return headers[::-1]


def _ends_header(grid: Grid, line: int, start: int) -> bool:
    """Say whether a line above a table is no header: a title, a caption, a pair of key and value, a figure."""
    filled = np.flatnonzero(grid.code[line])
    if (grid.kind[line] == FIGURE).any():
        return True
    if len(filled) == 1:
        return not _heads_figures(grid, line, int(filled[0]), start)
    return len(filled) == 2 and key_and_value(grid, line) is not None


def _heads_figures(grid: Grid, line: int, column: int, start: int) -> bool:
    """Say whether a single cell stands over columns of figures and is no title over the whole table."""
    if column == 0 or (grid.kind[start, column] == BLANK and not _spans(grid, line, column)):
        return False
    below = grid.kind[start : start + 20, column]
    if not np.isin(below, (FIGURE, YEAR, MONTH)).any():
        return False
    span = _spans(grid, line, column)
    return span is None or span[0] > 0


def _spans(grid: Grid, line: int, column: int) -> tuple[int, int] | None:
    for top, left, bottom, right in grid.merged:
        if top <= line <= bottom and left <= column <= right:
            return left, right
    return None


def key_and_value(grid: Grid, line: int) -> tuple[str, str] | None:
    """Return the role and the value of a line like `Periode : Januari 2023`; nothing where it is none."""
    filled = [int(code) for code in grid.code[line] if code]
    texts = [grid.texts[code].strip() for code in filled]
    texts = [text.strip(" :=") for text in texts if text.strip(" :=")]
    if len(texts) == 1 and ":" in texts[0]:
        texts = [part.strip() for part in texts[0].split(":", 1)]
    if len(texts) != 2 or not texts[1]:
        return None
    key, value = (vocabulary.read(text) for text in texts)
    role = key.get("role") or ("unit" if key.get("unit") else "")
    if not role or key.rest or role in ("ignore", "value"):
        return None
    if _is_value(role, value):
        return role, texts[1]
    return None


def _is_value(role: str, value: Reading) -> bool:
    """Say whether a text is a value of this role: a time of a month's word, a name of a place's."""
    if role in ("month", "year"):
        return value.time is not None and not value.rest
    if value.get("total") and not value.rest and set(value.facets) <= {"total", "role"}:  # `Jenis Kelamin | Semua`
        return True
    if role in PLACES:
        return not value.known or (value.get("role") in PLACES and bool(value.rest)) or bool(value.get("nation"))
    return role in value.facets and role != "role"


def _is_header_again(grid: Grid, line: int, data: Mask) -> bool:
    """Say whether a line is a header: no figures, nearly all of its cells known words, one of them a key's name."""
    if data[line]:
        return False
    filled = [int(code) for code in grid.code[line] if code]
    if len(filled) < 2 or (grid.kind[line] == FIGURE).any():
        return False
    readings = [grid.reading(code) for code in filled]
    known = sum(
        reading.known or grid.cells[code].kind in (TIME, YEAR) for reading, code in zip(readings, filled, strict=True)
    )
    keys = any(reading.get("role") in KEYS and not reading.rest for reading in readings)
    return keys and known >= _KNOWN_SHARE * len(filled) and key_and_value(grid, line) is None


def _beside(grid: Grid, block: Block) -> list[Block]:
    """Part a block where a column without anything stands between two tables that each have a key of their own."""
    lines = [*block.headers, *range(block.start, block.stop)]
    empty = ~(grid.code[lines] != 0).any(axis=0)
    parts: list[tuple[int, int]] = []
    left = 0
    for column in [*np.flatnonzero(empty).tolist(), grid.width]:
        if column > left:
            parts.append((left, column))
        left = column + 1
    if len(parts) < 2 or not all(_has_key(grid, block, *part) for part in parts):
        return [block]
    return [replace(block, left=start, right=stop) for start, stop in parts]


def _has_key(grid: Grid, block: Block, left: int, right: int) -> bool:
    codes = [int(code) for line in block.headers for code in grid.code[line, left:right] if code]
    return any(grid.reading(code).get("role") in KEYS for code in codes)
