"""Reading XML from strangers: event by event, without entities, and never deeper or longer than it has to be."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NoReturn
from xml.parsers import expat

from coverage.base.errors import FileRefused


def parser(*, file: str) -> expat.XMLParserType:
    """Return a parser that refuses a document type: workbooks have none, and entities are only ever an attack."""

    def refuse(*_declared: object) -> NoReturn:
        raise FileRefused("workbook_broken", file=file)

    made = expat.ParserCreate()
    made.buffer_text = True
    made.buffer_size = 1 << 16
    made.StartDoctypeDeclHandler = refuse
    made.EntityDeclHandler = refuse
    return made


def parse(made: expat.XMLParserType, chunks: Iterable[bytes], *, file: str) -> None:
    """Feed a parser to the end; raise `FileRefused` for what is no well-formed XML."""
    for chunk in chunks:
        parse_some(made, chunk, file=file)
    parse_some(made, b"", file=file, last=True)


def parse_some(made: expat.XMLParserType, chunk: bytes, *, file: str, last: bool = False) -> None:
    """Feed a parser one chunk; raise `FileRefused` for what is no well-formed XML."""
    try:
        made.Parse(chunk, last)
    except (expat.ExpatError, LookupError, ValueError) as error:  # the last two: an encoding nobody knows
        raise FileRefused("workbook_broken", file=file) from error


def elements(chunks: Iterable[bytes], *, file: str) -> list[tuple[str, dict[str, str]]]:
    """Return every element of a small part in its order: the name and the attributes, without their prefixes."""
    seen: list[tuple[str, dict[str, str]]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        seen.append((bare(name), {bare(key): value for key, value in attributes.items()}))

    made = parser(file=file)
    made.StartElementHandler = start
    parse(made, chunks, file=file)
    return seen


def bare(name: str) -> str:
    return name.rpartition(":")[2]
