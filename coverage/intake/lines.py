"""Which cells stand in which line of a text file?

Polars reads the lines, all files of one shape in one scan; every oddity that it passes over in silence (short lines,
merged lines, NUL) is looked for before and after. What it cannot read is read by hand, line by line, so that one bad
line never costs the others. One physical line is always one row: `line` is what a text editor shows.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coverage import tables
from coverage.intake import dialect
from coverage.intake.dialect import Dialect
from coverage.intake.headers import YEAR, Header

EXTRA = "extra"
_TEXTS = {column.name for column in tables.COLUMNS if column.kind not in ("count", "percentage")}
_SHOWN = 60
_PIECE = 1 << 18

Broken: TypeAlias = pl.DataFrame
"""One row per line that cannot be split into cells: `row`, `code` and what stands there (`value`)."""
_Bad: TypeAlias = tuple[int, str, str]
_BROKEN = {"row": pl.Int64(), "code": pl.String(), "value": pl.String()}


@dataclass(frozen=True, kw_only=True)
class Part:
    """What stands in one file: its number among the files, its text and how it is written."""

    file: int
    body: bytes
    dialect: Dialect


@dataclass(frozen=True, kw_only=True)
class Lines:
    """The cells of one or several files with the same headers: one row per line below the header.

    `cells` has the columns "0", "1", … in the order of the file; `file` and `line` say where each row stands.
    """

    header: Header
    cells: pl.DataFrame
    file: NDArray[np.int32]
    line: NDArray[np.int64]
    blank: NDArray[np.bool_]
    broken: Broken


def categories(column: str) -> bool:
    """Say whether a column holds few different texts, so that each is looked at once."""
    return column in _TEXTS or column == YEAR


def read(parts: Sequence[Part]) -> list[Lines]:
    """Read files of the same headers and separator, together where that works."""
    mended = [_mend(part) for part in parts]
    together = _scan(mended, digits=True) or _scan(mended, digits=False)
    if together is not None:
        return [together]
    return [_scan([one], digits=False) or _by_hand(one) for one in mended]


def schema(header: Header, *, digits: bool = False) -> dict[str, pl.DataType]:
    """Return the types in which cells are read: text, with few different values as categories of their own.

    With `digits`, counts are read as whole numbers at once; Polars refuses all else there (measured: also 174.000).
    """
    kinds: dict[str, pl.DataType] = {}
    for position, field in enumerate(header.fields):
        kinds[str(position)] = pl.String()
        if field is not None and categories(field.column):
            kinds[str(position)] = pl.Categorical(pl.Categories.random())  # codes of its own, from 0 on
        elif field is not None and digits and field.column in tables.COUNTS:
            kinds[str(position)] = pl.Int64()
    return kinds


def no_lines_broken() -> Broken:
    return pl.DataFrame(schema=_BROKEN)


@dataclass(frozen=True, kw_only=True)
class _Mended:
    part: Part
    body: bytes
    start: int  # where the line below the header begins
    rows: int
    broken: list[_Bad]


def _mend(part: Part) -> _Mended:
    """Blank the lines that Polars would merge with the next: odd quotes, and NUL bytes."""
    body = part.body if part.body.endswith(b"\n") else part.body + b"\n"
    start = 0
    for _ in range(part.dialect.header_line):
        start = body.index(b"\n", start) + 1
    broken: list[_Bad] = []
    if part.dialect.wrapped:
        body, start = _unwrapped(body[start:]), 0
    if b'"' in body or b"\0" in body:
        body, broken = _without_broken(body[start:])
        start = 0
    return _Mended(part=part, body=body, start=start, rows=_line_feeds(body, start), broken=broken)


def _line_feeds(body: bytes, start: int) -> int:
    """Count the lines; in pieces that fit the processor's cache, twice as fast as `bytes.count`."""
    characters = np.frombuffer(body, dtype=np.uint8)
    pieces = range(start, len(body), _PIECE)
    return sum(int(np.count_nonzero(characters[at : at + _PIECE] == 10)) for at in pieces)


def _unwrapped(body: bytes) -> bytes:
    """Take each record out of the one quoted cell that it stands in."""
    lines = body.split(b"\n")
    return b"\n".join(
        line[1:-1].replace(b'""', b'"') if len(line) > 1 and line[:1] == line[-1:] == b'"' else line for line in lines
    )


def _without_broken(body: bytes) -> tuple[bytes, list[_Bad]]:
    characters = np.frombuffer(body, dtype=np.uint8)
    ends = np.flatnonzero(characters == 10)
    quotes = np.searchsorted(ends, np.flatnonzero(characters == 34))
    odd = np.flatnonzero(np.bincount(quotes, minlength=len(ends)) % 2)
    nul = np.unique(np.searchsorted(ends, np.flatnonzero(characters == 0)))
    bad = {int(row): "odd_quotes" for row in odd} | {int(row): "nul_bytes" for row in nul}
    if not bad:
        return body, []
    lines = body.split(b"\n")
    rows = sorted(bad)
    broken = [(row, bad[row], _excerpt(lines[row])) for row in rows]
    for row in rows:
        lines[row] = b""
    return b"\n".join(lines), broken


def _excerpt(line: bytes) -> str:
    return line.decode("utf-8", errors="replace").replace("\0", "�")[:_SHOWN]


def _scan(files: Sequence[_Mended], *, digits: bool) -> Lines | None:
    """Read all these files in one scan; nothing where Polars cannot, or where a row is not exactly a line."""
    header, separator = files[0].part.dialect.header, files[0].part.dialect.separator
    quoted = any(b'"' in one.body for one in files)
    if quoted and any(_loose_quotes(one.body, separator) for one in files):
        return None
    alone = len(files) == 1  # a large file is not copied to leave its headers out
    body = files[0].body if alone else b"".join(memoryview(one.body)[one.start :] for one in files)
    skipped = files[0].start if alone else 0
    kinds = schema(header, digits=digits)
    cells = _cells(body, kinds, separator, quoted=quoted, skip_lines=body.count(b"\n", 0, skipped))
    rows = np.array([one.rows for one in files])
    if cells is None or cells.height != rows.sum():
        return None
    try:
        blank, uneven = _uneven(cells, header, body, separator, quoted=quoted, skipped=skipped)
    except csv.Error:
        return None
    starts = np.concatenate([[0], np.cumsum(rows)[:-1]])
    first = [one.part.dialect.header_line + 1 for one in files]
    moved = [(row + int(start), *bad) for one, start in zip(files, starts, strict=True) for row, *bad in one.broken]
    broken = pl.DataFrame(moved, schema=_BROKEN, orient="row")
    blank[broken["row"].to_numpy()] = False  # they were blanked here, not by those who wrote the file
    return Lines(
        header=header,
        cells=cells.drop(EXTRA),
        file=np.repeat(np.array([one.part.file for one in files], dtype=np.int32), rows),
        line=np.concatenate([np.arange(start, start + many) for start, many in zip(first, rows, strict=True)]),
        blank=blank,
        broken=pl.concat([broken, uneven.filter(~pl.col("row").is_in(broken["row"].implode()))]),
    )


def _cells(
    body: bytes, kinds: dict[str, pl.DataType], separator: str, *, quoted: bool, skip_lines: int
) -> pl.DataFrame | None:
    """Read text into cells, one surplus cell a line into `EXTRA`; nothing where Polars finds more, or is at a loss."""
    try:
        return pl.scan_csv(
            body,
            has_header=False,
            skip_lines=skip_lines,
            separator=separator,
            quote_char='"' if quoted else None,
            schema=kinds | {EXTRA: pl.String()},
            missing_columns="insert",
            empty_string_is_null=False,
        ).collect()
    except pl.exceptions.PolarsError:
        return None


def _loose_quotes(body: bytes, separator: str) -> bool:
    """Say whether a quote stands inside a cell without being doubled: Polars would drop what follows it."""
    other = b'[^"\n' + re.escape(separator.encode()) + b"]"
    return re.search(other + b'"' + other, body) is not None


def _uneven(
    cells: pl.DataFrame, header: Header, body: bytes, separator: str, *, quoted: bool, skipped: int
) -> tuple[NDArray[np.bool_], Broken]:
    """Find blank lines, and lines with more or fewer cells than there are headers; empty surplus cells are allowed."""
    needed = 1 + max((position for position, cell in enumerate(header.cells) if cell.strip()), default=0)
    surplus = cells[EXTRA]
    long = np.zeros(0, dtype=np.int64)
    if (surplus != "").any():
        long = np.flatnonzero((surplus.is_not_null() & (surplus.str.strip_chars() != "")).to_numpy())
    blank = np.zeros(cells.height, dtype=np.bool_)
    suspects = _empty(cells[str(needed - 1)])
    if not len(suspects):
        return blank, _broken_rows(long, "too_many_cells", cells)
    few = cells[suspects].select(pl.all().cast(pl.String).fill_null("").str.strip_chars())
    blank[suspects] = few.select(pl.all_horizontal(pl.all() == "")).to_series().to_numpy()
    suspects = suspects[~blank[suspects]]
    short = suspects[_cells_in(body, suspects, separator, quoted=quoted, skipped=skipped) < needed]
    return blank, pl.concat([_broken_rows(long, "too_many_cells", cells), _broken_rows(short, "too_few_cells", cells)])


def _empty(cells: pl.Series) -> NDArray[np.int64]:
    """Return the rows whose cell is empty; cheap where there is none, as in most files."""
    if cells.dtype == pl.Int64 or isinstance(cells.dtype, pl.Categorical):
        several = cells.unique() if isinstance(cells.dtype, pl.Categorical) else cells.head(0)
        if not cells.null_count() and not (several.cast(pl.String).str.strip_chars() == "").any():
            return np.zeros(0, dtype=np.int64)
    texts = cells.cast(pl.String).str.strip_chars()
    return np.flatnonzero((texts.is_null() | (texts == "")).to_numpy())


def _cells_in(body: bytes, rows: NDArray[np.int64], separator: str, *, quoted: bool, skipped: int) -> NDArray[np.int64]:
    """Count the cells of these lines of the text."""
    characters = np.frombuffer(body, dtype=np.uint8)[skipped:]
    ends = np.flatnonzero(characters == 10)
    starts = np.concatenate([[0], ends[:-1] + 1])
    if quoted:
        text = characters.tobytes()
        found = [_count(text[starts[row] : ends[row]].decode(), separator) for row in rows]
        return np.array(found, dtype=np.int64)
    separators = np.add.reduceat(characters == ord(separator), starts, dtype=np.int32)
    return separators[rows].astype(np.int64) + 1


def _count(line: str, separator: str) -> int:
    return len(dialect.cells(line, separator))


def _broken_rows(rows: NDArray[np.int64], code: str, cells: pl.DataFrame) -> Broken:
    shown = cells[rows].select(pl.concat_str(pl.all().cast(pl.String).fill_null(""), separator=" ").str.strip_chars())
    return pl.DataFrame(
        {"row": rows, "code": [code] * len(rows), "value": shown.to_series().str.slice(0, _SHOWN)}, schema=_BROKEN
    )


def _by_hand(file: _Mended) -> Lines:
    """Read one file line by line: slower, but nothing that one line holds can spoil another."""
    header, separator = file.part.dialect.header, file.part.dialect.separator
    width = len(header.cells)
    needed = 1 + max((position for position, cell in enumerate(header.cells) if cell.strip()), default=0)
    table: list[list[str]] = []
    broken = file.broken.copy()
    for row, line in enumerate(file.body[file.start :].decode("utf-8").split("\n")[: file.rows]):
        try:
            found = dialect.cells(line, separator)
        except csv.Error:
            broken.append((row, "odd_quotes", line[:_SHOWN]))
            found = []
        if any(one.strip() for one in found):
            if len(found) < needed:
                broken.append((row, "too_few_cells", line[:_SHOWN]))
            if any(one.strip() for one in found[width:]):
                broken.append((row, "too_many_cells", line[:_SHOWN]))
        table.append((found + [""] * width)[:width])
    cells = pl.DataFrame(table, schema=dict.fromkeys(map(str, range(width)), pl.String), orient="row")
    lost = pl.DataFrame(broken, schema=_BROKEN, orient="row")
    blank = cells.select(pl.all_horizontal(pl.all().str.strip_chars() == "")).to_series().to_numpy().copy()
    blank[lost["row"].to_numpy()] = False
    return Lines(
        header=header,
        cells=cells.cast(dict(schema(header).items())),
        file=np.full(cells.height, file.part.file, dtype=np.int32),
        line=np.arange(cells.height) + file.part.dialect.header_line + 1,
        blank=blank,
        broken=lost,
    )
