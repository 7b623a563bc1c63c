"""How is this file written: encoding, line ends, separator, where are its headers; or is it no table at all?

The header decides: the separator is the one under which a line names the columns that are needed. That finds it
below title lines and in files of one line, where counting separators guesses wrong.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from coverage.base.errors import FileRefused
from coverage.intake import chunks, headers
from coverage.intake.chunks import Pieces
from coverage.intake.headers import Header

SEPARATORS = (",", ";", "\t", "|")
_LOOK_LINES = 60
_LOOK_BYTES = 256 * 1024
_SHOWN = 12
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "zip"), (b"PK\x05\x06", "zip"), (b"\xd0\xcf\x11\xe0", "office"), (b"\x1f\x8b", "packed"),
    (b"\x28\xb5\x2f\xfd", "packed"), (b"BZh", "packed"), (b"\xfd7zXZ", "packed"), (b"7z\xbc\xaf", "packed"),
    (b"Rar!", "packed"), (b"%PDF", "pdf"), (b"\x89PNG", "binary"), (b"\xff\xd8\xff", "binary"), (b"GIF8", "binary"),
    (b"PAR1", "binary"), (b"SQLite format 3", "binary"), (b"MZ\x90", "binary"), (b"\x7fELF", "binary"),
)  # fmt: skip
_MAGICS = tuple(magic for magic, _ in _MAGIC)
_WEB = re.compile(rb"^(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|head|body|table|\?xml|meta|script|style)", re.IGNORECASE)
_SEP_LINE = re.compile(r'^"?sep=(.)"?$', re.IGNORECASE)
_MARK = b"\xef\xbb\xbf"
_NOTHING = _MARK + b"\xff\xfe \t\r\n\x00\x1a"
_ASCII = bytes(range(128))
_CONTROL = bytes(set(range(32)) - {0, 9, 10, 12, 13, 26, 27})


@dataclass(frozen=True, kw_only=True)
class Text:
    """A file's text as UTF-8 with plain line feeds and no byte order mark, and how it was written."""

    pieces: chunks.Text
    encoding: str
    foreign_line: int | None = None  # the first line that is not UTF-8 in a file of Windows-1252


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """Which line holds the headers (counted from 1), under which separator, and what they mean.

    `wrapped` is a table whose every record stands in one quoted cell, as a spreadsheet saves text it did not split.
    `mended` headers were off by one against the lines below them.
    """

    separator: str
    header_line: int
    header: Header
    wrapped: bool = False
    mended: bool = False


def text(content: Pieces, *, file: str) -> Text:
    """Decode a file; raise `FileRefused` for what is no text."""
    if not content[0][:_LOOK_BYTES].strip(_NOTHING) and not b"".join(content).strip(_NOTHING):
        raise FileRefused("empty_file", file=file)
    refuse_other_kinds(content, file=file)
    encoding = _marked(content[0])
    if encoding is None:
        unmarked = _unmarked(content, file=file)
        _refuse_odd_lines(unmarked.pieces, file=file)
        return unmarked
    try:
        body = content if encoding == "utf-8-sig" else (b"".join(content).decode(encoding).encode(),)
        plain = _plain_lines((body[0].removeprefix(_MARK), *body[1:]))
    except UnicodeError as error:
        raise FileRefused("encoding_unknown", file=file) from error
    sample = body[0][:_LOOK_BYTES]
    if len(sample.translate(None, _ASCII)) > len(sample) / 2:
        raise FileRefused("binary_file", file=file)
    _refuse_odd_lines(plain, file=file)
    return Text(pieces=plain, encoding=encoding)


_LONGEST_LINE = 1 << 18  # bytes; a table of 10 years across has lines of 10 000
_MOST_BLANK, _SHORTEST = 2_000_000, 4  # lines, and bytes that a line of a table has at least


def _refuse_odd_lines(content: chunks.Text, *, file: str) -> None:
    """Refuse what is no table by its lines: one without an end, or millions with nothing in them.

    A line feed is looked for in steps of the longest line, from the far end: a file of 43 MB takes 170 looks.
    """
    size = sum(len(piece.content) for piece in content)
    lines = sum(piece.lines for piece in content)
    if lines > _MOST_BLANK and size < _SHORTEST * lines:
        raise FileRefused("blank_lines", file=file, found=lines)
    for piece in content:
        steps = range(0, len(piece.content) - _LONGEST_LINE, _LONGEST_LINE)
        at = next((at for at in steps if piece.content.rfind(b"\n", at, at + _LONGEST_LINE) < 0), None)
        if at is not None:
            raise FileRefused("line_too_long", file=file, found=_LONGEST_LINE)


def find(content: chunks.Text, *, file: str) -> Dialect:
    """Find the header line and the separator; raise `FileRefused` where no line names the columns needed."""
    best: tuple[int, int, int, str, Header] | None = None
    personal: Header | None = None
    for number, readings in _readings(content):
        for separator, header, _wrapped in readings:
            personal = header if personal is None and header.personal else personal
            if best is None or (header.understood, len(header.cells)) > best[:2]:
                best = (header.understood, len(header.cells), -number, separator, header)
        complete = [reading for reading in readings if not reading[1].missing]
        if complete:
            separator, header, wrapped = max(complete, key=lambda reading: reading[1].understood)
            if header.personal:
                break
            return Dialect(separator=separator, header_line=number, header=header, wrapped=wrapped)
    if personal is not None:
        raise FileRefused("person_level", file=file, found=shown(personal.personal))
    if best is None or any(piece.nul for piece in content):
        raise FileRefused("binary_file", file=file)
    raise FileRefused(
        "header_not_understood",
        file=file,
        line=-best[2],
        found=shown(best[4].cells),
        missing=", ".join(best[4].missing),
    )


def find_in_cells(table: list[list[str]], *, file: str) -> Dialect:
    """Find the header row of a sheet; raise `FileRefused` as `find` does."""
    best: tuple[int, int, Header] | None = None
    for number, row in enumerate(table[:_LOOK_LINES], start=1):
        header = headers.understand(tuple(cell.strip() for cell in row))
        if header.personal:
            raise FileRefused("person_level", file=file, found=shown(header.personal))
        if not header.missing:
            return Dialect(separator="", header_line=number, header=header)
        if any(row) and (best is None or header.understood > best[0]):
            best = (header.understood, number, header)
    if best is None:
        raise FileRefused("empty_file", file=file)
    filled = tuple(cell for cell in best[2].cells if cell)
    raise FileRefused(
        "header_not_understood", file=file, line=best[1], found=shown(filled), missing=", ".join(best[2].missing)
    )


def find_persons(content: chunks.Text, *, file: str) -> Dialect:
    """Find the header line and the separator of a list of persons; raise `FileRefused` where it is none, or where
    nothing says to which segment a person belongs."""
    best: tuple[int, Dialect] | None = None
    for number, readings in _readings(content):
        for separator, every, wrapped in readings:
            header = headers.of_persons(every.cells)
            rank = len(header.personal) + header.understood
            if header.personal and (best is None or rank > best[0]):
                best = rank, Dialect(separator=separator, header_line=number, header=header, wrapped=wrapped)
    return _of_persons(best[1] if best else None, file=file)


def find_persons_in_cells(table: list[list[str]], *, file: str) -> Dialect:
    """Find the header row of a sheet that lists persons; raise `FileRefused` as `find_persons` does."""
    best: tuple[int, Dialect] | None = None
    for number, row in enumerate(table[:_LOOK_LINES], start=1):
        header = headers.of_persons(tuple(cell.strip() for cell in row))
        rank = len(header.personal) + header.understood
        if header.personal and (best is None or rank > best[0]):
            best = rank, Dialect(separator="", header_line=number, header=header)
    return _of_persons(best[1] if best else None, file=file)


def _of_persons(dialect: Dialect | None, *, file: str) -> Dialect:
    """Refuse what cannot be counted. What stands in the file is not quoted: its first line may be a person's."""
    if dialect is None:
        raise FileRefused("no_persons", file=file)
    if dialect.header.missing:
        raise FileRefused("persons_without_segment", file=file)
    return dialect


def shown(cells: tuple[str, ...]) -> str:
    """Return headers as a message quotes them: the first few, each short."""
    short = [cell.strip()[:40] or "–" for cell in cells[:_SHOWN]]
    return ", ".join(short) + (", …" if len(cells) > _SHOWN else "")


def refuse_other_kinds(content: Pieces, *, file: str) -> None:
    """Raise `FileRefused` for a file whose first bytes say that it is no text."""
    for magic, kind in _MAGIC if content[0].startswith(_MAGICS) else ():
        if content[0].startswith(magic):
            if kind == "office" and "EncryptedPackage".encode("utf-16-le") in b"".join(content):
                raise FileRefused("workbook_encrypted", file=file)
            raise FileRefused(
                {"zip": "zip_file", "office": "office_file", "packed": "packed_file", "pdf": "pdf_file"}.get(
                    kind, "binary_file"
                ),
                file=file,
            )
    if _WEB.match(content[0][:1024]):
        raise FileRefused("web_page", file=file)


def cells(line: str, separator: str) -> list[str]:
    """Return the cells of one line; raise `csv.Error` where its quotes cannot be read."""
    return next(csv.reader([line], delimiter=separator, strict=True), [])


def _readings(content: chunks.Text) -> Iterator[tuple[int, list[tuple[str, Header, bool]]]]:
    """Yield each of the first lines that is not blank, by its number, as headers under every separator."""
    lines = content[0].content[:_LOOK_BYTES].split(b"\n", _LOOK_LINES)[:_LOOK_LINES]
    declared = _declared(lines[0].decode("utf-8", errors="replace"))
    for number, raw in enumerate(lines, start=1):
        line = raw.decode("utf-8", errors="replace")
        if line.strip():
            yield number, [_header(line, separator) for separator in dict.fromkeys((*declared, *SEPARATORS))]


@lru_cache(maxsize=256)  # hundreds of files begin with the same line
def _header(line: str, separator: str) -> tuple[str, Header, bool]:
    try:
        inside = cells(line, separator)
        quoted = line.strip()[:1] == line.strip()[-1:] == '"'
        if len(inside) == 1 and quoted and any(sign in inside[0] for sign in SEPARATORS):
            inner = [(sign, headers.understand(tuple(cells(inside[0], sign)))) for sign in SEPARATORS]
            inner_separator, header = max(inner, key=lambda reading: reading[1].understood)
            if not header.missing or header.personal:
                return inner_separator, header, True
    except csv.Error:
        inside = line.split(separator)
    return separator, headers.understand(tuple(cell.strip() for cell in inside)), False


def _declared(first: str) -> tuple[str, ...]:
    match = _SEP_LINE.match(first.strip(" \r")) or _SEP_LINE.match(first.strip(",;|\t\r "))
    return (match[1],) if match and match[1] not in '"\n\r' else ()


def _marked(content: bytes) -> str | None:
    """Return the encoding that a byte order mark declares, or that zero bytes at every second place prove."""
    if content.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    if content.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        return "utf-32"
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    sample = content[:4096]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if odd > len(sample) * 0.2 and even < odd / 10:
        return "utf-16-le"
    if even > len(sample) * 0.2 and odd < even / 10:
        return "utf-16-be"
    return None


def _unmarked(content: Pieces, *, file: str) -> Text:
    sample = content[0][: 64 * 1024]
    if len(sample.translate(None, _CONTROL)) < len(sample) * 0.98:
        raise FileRefused("binary_file", file=file)
    try:
        return Text(pieces=_plain_lines(content), encoding="utf-8")
    except UnicodeDecodeError:
        return _windows(content, file=file)


def _windows(content: Pieces, *, file: str) -> Text:
    try:
        body = tuple(piece.decode("windows-1252").encode() for piece in content)
    except UnicodeDecodeError as error:
        raise FileRefused("encoding_unknown", file=file) from error
    return Text(pieces=_plain_lines(body), encoding="windows-1252", foreign_line=_foreign_line(content))


def _foreign_line(content: Pieces) -> int:
    """Return the number of the first line that is not UTF-8."""
    line = 1
    for piece in content:
        try:
            line += _plain_piece(piece).count(b"\n")
        except UnicodeDecodeError as error:
            return line + _plain_piece(piece[: error.start]).count(b"\n")
    return line


def _plain_lines(content: Pieces) -> chunks.Text:
    """Turn all line ends into plain line feeds; raise `UnicodeDecodeError` for what is not UTF-8."""
    seen = chunks.looked_through(content)
    if all(piece.simple for piece in seen):
        return seen
    plain = [piece.content if piece.simple else _plain_piece(piece.content) for piece in seen]
    plain[-1] = plain[-1].rstrip(b"\x1a") if plain[-1].endswith(b"\x1a") else plain[-1]  # DOS's mark of the end
    if all(now is before for now, before in zip(plain, content, strict=True)):
        return seen
    return chunks.looked_through(tuple(plain))


def _plain_piece(piece: bytes) -> bytes:
    """Polars reads nothing at all from a file with lone CRs. (A cut behind a line feed splits no character.)"""
    if not piece.isascii():
        piece.decode("utf-8")
    return piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in piece else piece
