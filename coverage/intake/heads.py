"""Which header has a text whose line of headers is off by one against the lines below it?

A separator too many or too few in one line would cost the whole file. The header is aligned by the kinds of its columns
(month, name, whole number), if there is just one way, and that is told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from coverage.base.errors import FileRefused
from coverage.intake import dialect, flaws, headers
from coverage.intake.chunks import Text
from coverage.intake.dialect import SEPARATORS, Dialect
from coverage.intake.headers import Header

_HEAD, _BELOW, _LOOK = 256 * 1024, 40, 60


def find(content: Text, *, file: str) -> Dialect:
    """Find the header and the separator, and align the header where it is off by one; raise `FileRefused` as
    `dialect.find` does."""
    try:
        written = dialect.find(content, file=file)
    except FileRefused as error:
        if error.code != "header_not_understood" or (glued := _glued(_head(content))) is None:
            raise
        return glued
    if written.wrapped:
        return written
    most = written.header_line + _BELOW
    raw = [line for line in content[0].content[:_HEAD].split(b"\n", most)[written.header_line : most] if line.strip()]
    width = 1 + max((at for at, cell in enumerate(written.header.cells) if cell.strip()), default=0)
    if _usual(raw, written.separator.encode()) in (0, width) or any(b'"' in line for line in raw[:3]):
        return written
    lines = _head(content)
    below = [line for line in lines[written.header_line : most] if line.strip()]
    common, rows = _rows(below, written.separator)
    if common == 1 and width > 2:
        return _with_other_separator(written, below, width)
    if common == width + 1:
        return _glued([*[""] * (written.header_line - 1), *lines[written.header_line - 1 :]]) or written
    if common == width - 1:
        without = [at for at, cell in enumerate(written.header.cells) if not cell.strip()]
        ways = [written.header.cells[:at] + written.header.cells[at + 1 :] for at in without]
        return _chosen(written, ways, rows) or written
    return written


def _head(content: Text) -> list[str]:
    return content[0].content[:_HEAD].decode("utf-8", errors="replace").split("\n")


def _usual(below: Sequence[bytes], separator: bytes) -> int:
    """Return the usual number of cells of these lines, 0 without a line; counted, which is cheaper than cut."""
    counts = [line.count(separator) for line in below]
    if not counts:
        return 0
    return (counts[0] if counts.count(counts[0]) == len(counts) else Counter(counts).most_common(1)[0][0]) + 1


def _rows(below: Sequence[str], separator: str) -> tuple[int, list[list[str]]]:
    """Return the usual number of cells of these lines, and the lines that have it."""
    cells = [line.split(separator) for line in below]
    if not cells:
        return 0, []
    common = Counter(len(row) for row in cells).most_common(1)[0][0]
    return common, [row for row in cells if len(row) == common]


def _with_other_separator(written: Dialect, below: Sequence[str], width: int) -> Dialect:
    """Read the lines by the sign that parts them, where the header alone has another one."""
    for separator in SEPARATORS:
        common, rows = _rows(below, separator)
        if separator != written.separator and common == width and _fits(written.header, rows):
            return replace(written, separator=separator, mended=True)
    return written


def _glued(lines: Sequence[str]) -> Dialect | None:
    """Return the header of which two names run together, where only one reading of it names all that is needed."""
    for number, line in enumerate(lines[:_LOOK], start=1):
        for separator in SEPARATORS:
            if line.count(separator) < 2:
                continue
            common, rows = _rows([row for row in lines[number : number + _BELOW] if row.strip()], separator)
            cells = tuple(cell.strip() for cell in line.split(separator))
            if common != len(cells) + 1:
                continue
            ways = [
                (*cells[:at], cell[:cut], cell[cut:], *cells[at + 1 :])
                for at, cell in enumerate(cells)
                if headers.understand((cell,)).understood == 0
                for cut in range(2, len(cell) - 1)
                if headers.understand((cell[:cut],)).understood and headers.understand((cell[cut:],)).understood
            ]
            whole = Dialect(separator=separator, header_line=number, header=headers.understand(cells))
            if (chosen := _chosen(whole, ways, rows)) is not None:
                return chosen
    return None


def _chosen(written: Dialect, ways: Sequence[tuple[str, ...]], rows: Sequence[Sequence[str]]) -> Dialect | None:
    """Return the header under which all these lines hold what their columns say, if there is just one."""
    fitting: dict[tuple[object, ...], Header] = {}
    for cells in ways:
        header = headers.understand(cells)
        if not header.missing and not header.personal and _fits(header, rows):
            fitting[header.fields] = header
    return replace(written, header=next(iter(fitting.values())), mended=True) if len(fitting) == 1 else None


def _fits(header: Header, rows: Sequence[Sequence[str]]) -> bool:
    columns = flaws.kinds(header, [])
    good = [
        row
        for row in rows
        if len(row) == len(columns) and all(kind.fits(cell) for kind, cell in zip(columns, row, strict=True))
    ]
    return len(good) > len(rows) * 0.8
