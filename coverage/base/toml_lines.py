"""On which line of a TOML text does each key stand, and what did the writer of a broken line probably mean?

A reader of TOML gives the values without their lines; so the text is looked through once more, line by line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

import tomli

KeyPath: TypeAlias = tuple[str | int, ...]


def line_of(text: str, *path: str | int) -> str:
    """Return the line on which a key of a TOML text stands, as a refusal names it."""
    return str(nearest(path, of_keys(text)))


def line_finder(text: str) -> Callable[..., str]:
    """Return `line_of` of one text, which is looked through once."""
    lines = of_keys(text)
    return lambda *path: str(nearest(path, lines))


def nearest(path: KeyPath, lines: Mapping[KeyPath, int]) -> int:
    """Return the line of a key, or of what it stands in, where it is missing itself."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


_HEADER = re.compile(r"^\s*(\[\[?)(.+?)(\]\]?)\s*(?:#.*)?$")
_KEY = re.compile(r"^\s*((?:\"[^\"]*\"|'[^']*'|[A-Za-z0-9_.\s-])+?)\s*=")


def of_keys(text: str) -> dict[KeyPath, int]:
    """Return the line on which each table and key of a TOML text stands."""
    numbers: dict[KeyPath, int] = {}
    counts: dict[KeyPath, int] = {}
    table: KeyPath = ()
    for number, line in _beginnings(text):
        header, key = _HEADER.match(line), _KEY.match(line)
        if header and "=" not in header[2]:
            parts = _parts(header[2])
            if header[1] == "[[":
                counts[parts] = counts.get(parts, -1) + 1
                table = (*parts, counts[parts])
            else:
                table = _within(parts, counts)
            numbers.setdefault(table, number)
        elif key:
            numbers.setdefault((*table, *_parts(key[1])), number)
    return numbers


_LONG = ('"""', "'''")
# A string of one line and a remark may hold quotes that open nothing.
_QUOTES = re.compile(r'''"""|\'{3}|"(?:\\.|[^"\\])*"|'[^']*'|#.*''')


def _beginnings(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines with their numbers, without those that stand inside a text of several lines."""
    ending = ""
    for number, line in enumerate(text.split("\n"), 1):
        rest = line
        if not ending:
            yield number, line
        while rest:
            if ending:
                _, end, rest = rest.partition(ending)
                ending = "" if end else ending
            else:
                opening = next((match for match in _QUOTES.finditer(rest) if match[0] in _LONG), None)
                ending, rest = (opening[0], rest[opening.end() :]) if opening else ("", "")


def _within(parts: KeyPath, counts: Mapping[KeyPath, int]) -> KeyPath:
    """Place `[a.b]` inside the latest `[[a]]`."""
    for length in range(len(parts), 0, -1):
        if parts[:length] in counts:
            return (*parts[:length], counts[parts[:length]], *parts[length:])
    return parts


def _parts(key: str) -> KeyPath:
    """Split a TOML key as TOML itself does."""
    try:
        here: Any = tomli.loads(f"{key} = 0")
    except tomli.TOMLDecodeError:
        return (key.strip(),)
    path: list[str] = []
    while isinstance(here, dict):
        name = next(iter(here))
        path.append(name)
        here = here[name]
    return tuple(path)


_CURLED = str.maketrans(dict.fromkeys("“”„‟«»", '"') | dict.fromkeys("‘’‚", "'"))


def advice(line: str) -> str:
    """Return what the writer probably meant: the slips that an Indonesian spreadsheet and a word processor teach."""
    if heading := re.fullmatch(r"(\[\[?)([^\[\]=]*)\]*", line):
        return heading[1] + heading[2].strip() + "]" * len(heading[1])
    if colon := re.fullmatch(r"([\w.-]+)\s*:\s*(.+)", line):
        return f"{colon[1]} = {colon[2]}"
    value = line.partition("=")[2].strip()
    straight = value.translate(_CURLED)
    if straight != value:
        return straight
    if re.fullmatch(r"\d{4}-\d{2}", value):
        return f'"{value}"'
    if re.fullmatch(r"-?\.\d+", value):
        return value.replace(".", "0.")
    if re.fullmatch(r"\d+\.", value):
        return f"{value}0"
    if re.fullmatch(r"""["'][^"']+""", value):
        return value + value[0]
    if re.fullmatch(r"-?\d+,\d+", value):
        return value.replace(",", ".")
    if re.fullmatch(r"-?\d+([.,]\d+)?\s*%", value):
        return f"{float(value.rstrip('% ').replace(',', '.')) / 100:g}"
    if re.fullmatch(r"\d{1,3}(\.\d{3})+", value):
        return value.replace(".", "")
    if re.fullmatch(r"\d{1,2}/(\d{1,2}/)?\d{4}", value):
        parts = value.split("/")
        return f'"{parts[-1]}-{int(parts[-2]):02d}"'
    if value and not re.match(r"[\"'\[{\d+=-]", value):
        return f'"{value}"'
    return 'key = "text" | key = 0.25 | key = "2023-12"'
