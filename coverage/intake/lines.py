"""Which cells stand in which line of a text file?

Polars reads the lines, all files of one shape in one scan; every oddity that it passes over in silence (short lines,
merged lines, NUL) is looked for before and after. The lines that it cannot read are taken out and read by hand, so that
one bad line never costs the others, nor their speed. One physical line is always one row: `line` is what a text editor
shows.
"""

from __future__ import annotations

import csv
import dataclasses
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coverage.base import tables
from coverage.base.errors import FileRefused
from coverage.intake import chunks, dialect, empty_cells
from coverage.intake.chunks import Piece
from coverage.intake.dialect import Dialect
from coverage.intake.headers import YEAR, Header

EXTRA = "extra"
_TEXTS = {column.name for column in tables.COLUMNS if column.kind not in ("count", "percentage")}
SHOWN = 60
_MOSTBROKEN = 50_000  # lines; a file that has more is broken as a whole
_LARGE = 1 << 19  # bytes
_READINGS = ((True, False), (True, True), (False, False), (False, True))
"""Digits, and a surplus cell: counts as whole numbers or as text, and not a cell too many or one.

Each is slower than the one before, and reads what that refused.
"""
_FIRST = 1 << 14  # bytes in which is looked for counts that are no whole numbers

Broken: TypeAlias = pl.DataFrame
"""One row per line that cannot be split into cells: `row`, `code` and what stands there (`value`)."""
_Bad: TypeAlias = tuple[int, str, str]
_ByHand: TypeAlias = tuple[pl.DataFrame, list[_Bad]]
BROKEN = {"row": pl.Int64(), "code": pl.String(), "value": pl.String()}


@dataclass(frozen=True, kw_only=True)
class Part:
    """What stands in one file: its number among the files, its text and how it is written."""

    file: int
    pieces: chunks.Text
    dialect: Dialect
    label: str = ""


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
    mended: Broken = dataclasses.field(default_factory=lambda: pl.DataFrame(schema=BROKEN))
    """Lines of which a part is used: `code` lists the headers of the figures that are lost."""

    @property
    def only_file(self) -> int | None:
        """Return the number of the file whose lines all are, where it is held once for all of them."""
        return int(self.file[0]) if len(self.file) and self.file.strides == (0,) else None


def categories(column: str) -> bool:
    """Say whether a column holds few different texts, so that each is looked at once."""
    return column in _TEXTS or column == YEAR


def read_lines(parts: Sequence[Part]) -> list[Lines]:
    """Read files of the same headers and separator, together where that works."""
    mended = [_mend(part) for part in parts]
    for more in (None, _without_long, _without_quotes):
        mended = [more(file) for file in mended] if more else mended
        if (together := _scan(mended)) is not None:
            return [together]
    return [_scan([file]) or _by_hand(file) for file in mended]


def schema(header: Header, *, digits: bool = False, few: bool = False) -> dict[str, pl.DataType]:
    """Return the types in which cells are read: text, with few different values as categories of their own.

    With `digits`, counts are read as whole numbers at once; Polars refuses all else there (measured: also 174.000).
    With `few`, it refuses more than 65 535 categories in a column, and reads a tenth faster; and segments stay text:
    a million cells are compared with two or three words in a fifth of the time of making categories of them.
    """
    kinds: dict[str, pl.DataType] = {}
    for position, field in enumerate(header.fields):
        kinds[str(position)] = pl.String()
        if field is not None and categories(field.column) and not (few and field.column == "segment"):
            # Codes of their own, from 0 on.
            own = pl.Categories.random(physical=pl.UInt16 if few else pl.UInt32)
            kinds[str(position)] = pl.Categorical(own)
        elif field is not None and digits and field.column in tables.COUNTS:
            kinds[str(position)] = pl.Int64()
    return kinds


def no_lines_broken() -> Broken:
    return pl.DataFrame(schema=BROKEN)


@dataclass(frozen=True, kw_only=True)
class _Mended:
    """A file's lines below its header as Polars can read them; empty where a line was taken out."""

    part: Part
    pieces: list[bytes]
    rows: int
    quoted: bool
    broken: list[_Bad] = dataclasses.field(default_factory=list)  # taken out for good
    apart: dict[int, bytes] = dataclasses.field(default_factory=dict)  # taken out, to be read by hand

    @property
    def header(self) -> Header:
        return self.part.dialect.header

    @property
    def separator(self) -> str:
        return self.part.dialect.separator


def _mend(part: Part) -> _Mended:
    """Take out the lines that Polars would merge with the next, or cut short: odd and loose quotes, and NUL bytes."""
    below = below_header(part)
    quoted = any(piece.quoted for piece in below)
    mended = _Mended(
        part=part, pieces=[piece.content for piece in below], rows=sum(piece.lines for piece in below), quoted=quoted
    )
    if any(piece.nul for piece in below):
        mended = _taken(mended, lambda piece: chunks.lines_with(b"\0", piece), code="nul_bytes")
    if quoted:
        mended = _taken(mended, chunks.odd_quotes, code="odd_quotes")
        mended = _taken(mended, lambda piece: chunks.loose_quotes(piece, part.dialect.separator))
    return mended


def below_header(part: Part) -> list[Piece]:
    """Return the lines below the header; each ends with a line feed."""
    below = [piece.content for piece in part.pieces if piece.content]
    if not below[-1].endswith(b"\n"):
        below[-1] += b"\n"
    start = 0
    for _ in range(part.dialect.header_line):
        start = below[0].index(b"\n", start) + 1
    below[0] = below[0][start:]
    if part.dialect.wrapped:
        below = [_unwrapped(piece) for piece in below]
    seen = {id(piece.content): piece for piece in part.pieces}
    return [seen.get(id(piece)) or chunks.looked_through((piece,))[0] for piece in below if piece]


def _unwrapped(body: bytes) -> bytes:
    """Take each record out of the one quoted cell that it stands in."""
    lines = body.split(b"\n")
    return b"\n".join(
        line[1:-1].replace(b'""', b'"') if len(line) > 1 and line[:1] == line[-1:] == b'"' else line for line in lines
    )


def _without_long(file: _Mended) -> _Mended:
    """Take out the lines with more surplus cells than the one that Polars can be told to expect."""
    most = len(file.header.cells) + 1
    return _taken(file, lambda piece: np.flatnonzero(chunks.cells_per_line(piece, file.separator) > most))


def _without_quotes(file: _Mended) -> _Mended:
    """Take out every line with a quote: some combine them in a way that is neither odd nor loose, and yet wrong."""
    return replace(_taken(file, lambda piece: chunks.lines_with(b'"', piece)), quoted=False)


def _taken(file: _Mended, which: Callable[[bytes], chunks.Places], *, code: str | None = None) -> _Mended:
    """Take lines out, for good under the code of a problem, else to be read by hand."""
    kept: list[bytes] = []
    taken: dict[int, bytes] = {}
    row = 0
    for piece in file.pieces:
        places = which(piece).tolist()
        if code is not None and len(taken) + len(places) > _MOSTBROKEN:
            raise FileRefused("too_many_broken", file=file.part.label, found=len(taken) + len(places))
        rest, lines = chunks.take(piece, places) if places else (piece, [])
        kept.append(rest)
        taken |= {row + place: line for place, line in zip(places, lines, strict=True)}
        row += chunks.line_feeds(piece)
    if code is None:
        return replace(file, pieces=kept, apart=file.apart | taken)
    return replace(file, pieces=kept, broken=file.broken + [(at, code, _excerpt(line)) for at, line in taken.items()])


def _excerpt(line: bytes) -> str:
    return line.decode("utf-8", errors="replace").replace("\0", "\ufffd")[:SHOWN]


def _scan(files: Sequence[_Mended]) -> Lines | None:
    """Read all these files in one scan; nothing where Polars cannot, or where a row is not exactly a line."""
    rows = np.array([each_file.rows for each_file in files])
    starts = np.concatenate([[0], np.cumsum(rows)[:-1]]).tolist()
    apart = {
        row + start: line
        for each_file, start in zip(files, starts, strict=True)
        for row, line in each_file.apart.items()
    }
    by_hand, bad = _cells_by_hand(((row, line.decode()) for row, line in apart.items()), files[0])
    bad += [
        (row + start, *what) for each_file, start in zip(files, starts, strict=True) for row, *what in each_file.broken
    ]
    sources = _sources(files)
    like = replace(files[0], quoted=any(each_file.quoted for each_file in files))
    cells = _cells(sources, like, int(rows.sum()), by_hand, np.array([*apart], dtype=np.int64))
    if cells is None:
        return None
    settled = np.array([*apart, *(row for row, *_ in bad)], dtype=np.int64)
    blank, uneven = _uneven(cells, sources, files[0], settled)
    broken = pl.DataFrame(bad, schema=BROKEN, orient="row")
    blank[broken["row"].to_numpy()] = False  # they were emptied here, not by those who wrote the file
    file, line = _whereabouts(files)
    return Lines(
        header=files[0].header,
        cells=cells.drop(EXTRA, strict=False),
        file=file,
        line=line,
        blank=blank,
        broken=pl.concat([broken, uneven]),
    )


def _whereabouts(files: Sequence[_Mended]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Return for each row the number of its file, and its line there."""
    first = [each_file.part.dialect.header_line + 1 for each_file in files]
    many = [each_file.rows for each_file in files]
    numbers = [each_file.part.file for each_file in files]
    if len(files) == 1:  # held once; the lines in Polars's memory, which is used again
        file = np.broadcast_to(np.int32(numbers[0]), many[0])
        return file, pl.int_range(first[0], first[0] + many[0], eager=True).to_numpy()
    lines = [np.arange(start, start + rows) for start, rows in zip(first, many, strict=True)]
    return np.repeat(np.array(numbers, dtype=np.int32), many), np.concatenate(lines)


def _sources(files: Sequence[_Mended]) -> list[bytes]:
    """Join small files, because each source of a scan has its cost; leave large ones uncopied."""
    every = [piece for file in files for piece in file.pieces]
    runs = groupby(every, key=lambda piece: len(piece) >= _LARGE)
    return [piece for large, run in runs for piece in (run if large else [b"".join(run)])]


def _cells(
    sources: list[bytes], like: _Mended, height: int, by_hand: pl.DataFrame, places: NDArray[np.int64]
) -> pl.DataFrame | None:
    """Read text into cells, and put those that were read by hand into their places; nothing where that fails."""
    marked = _are_marked(sources, like)
    for digits, surplus in _READINGS[2 if marked else 0 :]:
        kinds = schema(like.header, digits=digits, few=not surplus) | ({EXTRA: pl.String()} if surplus else {})
        cells = _scanned(sources, like, kinds)
        if cells is not None and cells.height == height and (complete := filled(cells, by_hand, places)) is not None:
            return complete
    return None


def _are_marked(sources: list[bytes], like: _Mended) -> bool:
    """Say whether the first line already has a count that is no whole number: then none has to be tried as one."""
    counts = [at for at, field in enumerate(like.header.fields) if field is not None and field.column in tables.COUNTS]
    lines = (line for line in sources[0][:_FIRST].split(b"\n") if line.strip()) if sources else iter(())
    cells = next(lines, b"").split(like.separator.encode())
    return any(b"." in cells[at] for at in counts if at < len(cells))


def _scanned(sources: list[bytes], like: _Mended, kinds: dict[str, pl.DataType]) -> pl.DataFrame | None:
    """Read text into cells; nothing where Polars finds more cells than kinds, or is at a loss."""
    try:
        return pl.scan_csv(
            sources,
            has_header=False,
            separator=like.separator,
            quote_char='"' if like.quoted else None,
            schema=kinds,
            missing_columns="insert",
            empty_string_is_null=False,
        ).collect()
    except pl.exceptions.PolarsError:
        return None


def filled(cells: pl.DataFrame, by_hand: pl.DataFrame, places: NDArray[np.int64]) -> pl.DataFrame | None:
    """Put rows of text into their places; nothing where a cell does not fit its column of whole numbers."""
    if not by_hand.height:
        return cells
    texts = by_hand.with_columns(pl.lit("").alias(EXTRA)).select(cells.columns)
    fit = texts.cast(dict(cells.schema.items()), strict=False)
    if any(((texts[name] != "") & fit[name].is_null()).any() for name in cells.columns):
        return None
    order = np.arange(cells.height)
    order[places] = cells.height + np.arange(len(places))
    return pl.concat([cells, fit])[order]


def _uneven(
    cells: pl.DataFrame, sources: list[bytes], like: _Mended, settled: NDArray[np.int64]
) -> tuple[NDArray[np.bool_], Broken]:
    """Find blank lines, and lines with more or fewer cells than there are headers; empty surplus cells are allowed.

    `settled` are lines that were judged before; of these only the blank ones are found.
    """
    needed = _needed(like.header)
    long = np.zeros(0, dtype=np.int64)
    # What stands below no header: Excel ends every line with separators, but a cell there may be half of `139,200`.
    for name in (*map(str, range(needed, len(like.header.cells))), EXTRA):
        if name in cells.columns and (cells[name] != "").any():
            rows = np.flatnonzero((cells[name].fill_null("").str.strip_chars() != "").to_numpy())
            long = np.union1d(long, rows)
    blank = np.zeros(cells.height, dtype=np.bool_)
    suspects = without = empty_cells.find(cells[str(needed - 1)])
    if not len(suspects) and not len(long):
        return blank, no_lines_broken()
    for name in reversed(cells.columns):  # few lines remain after a column or two
        without = without[empty_cells.find(cells[name][without])]
    blank[without] = True
    long = np.setdiff1d(long, settled)
    suspects = np.setdiff1d(suspects[~blank[suspects]], settled, assume_unique=True)
    short = suspects[_cells_in(sources, suspects, like.separator) < needed]
    return blank, pl.concat([_broken_rows(long, "too_many_cells", cells), _broken_rows(short, "too_few_cells", cells)])


def _needed(header: Header) -> int:
    """Return how many cells a line must have: empty headers at the end do not count."""
    return 1 + max((position for position, cell in enumerate(header.cells) if cell.strip()), default=0)


def _cells_in(sources: list[bytes], rows: NDArray[np.int64], separator: str) -> NDArray[np.int64]:
    """Count the cells of these lines of the text; `rows` ascend."""
    places = [np.zeros(0, dtype=np.int64)]
    start = 0
    for source in sources if len(rows) else ():
        stop = start + chunks.line_feeds(source)
        here = rows[np.searchsorted(rows, start) : np.searchsorted(rows, stop)]
        if len(here):
            places.append(chunks.cells_per_line(source, separator)[here - start])
        start = stop
    return np.concatenate(places)


def _broken_rows(rows: NDArray[np.int64], code: str, cells: pl.DataFrame) -> Broken:
    shown = cells[rows].select(pl.concat_str(pl.all().cast(pl.String).fill_null(""), separator=" ").str.strip_chars())
    return pl.DataFrame(
        {"row": rows, "code": [code] * len(rows), "value": shown.to_series().str.slice(0, SHOWN)}, schema=BROKEN
    )


def _by_hand(file: _Mended) -> Lines:
    """Read one file line by line: slower, but nothing that one line holds can spoil another."""
    lines = b"".join(file.pieces).decode().split("\n")[: file.rows]
    for row, line in file.apart.items():
        lines[row] = line.decode()
    cells, bad = _cells_by_hand(enumerate(lines), file)
    lost = pl.DataFrame(file.broken + bad, schema=BROKEN, orient="row")
    blank = cells.select(pl.all_horizontal(pl.all().str.strip_chars() == "")).to_series().to_numpy().copy()
    blank[lost["row"].to_numpy()] = False
    return Lines(
        header=file.header,
        cells=cells.cast(dict(schema(file.header).items())),
        file=np.full(cells.height, file.part.file, dtype=np.int32),
        line=np.arange(cells.height) + file.part.dialect.header_line + 1,
        blank=blank,
        broken=lost,
    )


def _cells_by_hand(lines: Iterable[tuple[int, str]], like: _Mended) -> _ByHand:
    """Return the cells of each line as text, and the lines (given with their numbers) that are broken."""
    width, needed = len(like.header.cells), _needed(like.header)
    table: list[list[str]] = []
    broken: list[_Bad] = []
    for row, line in lines:
        try:
            values = dialect.cells(line, like.separator)
        except csv.Error:
            broken.append((row, "odd_quotes", line[:SHOWN]))
            values = []
        if any(cell.strip() for cell in values):
            if len(values) < needed:
                broken.append((row, "too_few_cells", line[:SHOWN]))
            if any(cell.strip() for cell in values[needed:]):
                broken.append((row, "too_many_cells", line[:SHOWN]))
        table.append((values + [""] * width)[:width])
    return pl.DataFrame(table, schema=dict.fromkeys(map(str, range(width)), pl.String), orient="row"), broken
