"""Which targets does a table hold whose headers are the keys of a targets file: `branch,segment,by,workers`?

That is how a list of targets looks that a program or a careful person writes. Every other table of targets is read as
any file of data is.
"""

from __future__ import annotations

import contextlib
import csv
import io
import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import polars as pl

from coverage.base import settings as declared
from coverage.base.settings import Settings
from coverage.base.tables import FILE_TARGETS, FileTargets, plain
from coverage.intake import months, sheets

KEYS = ("branch", "region", "province", "segment", "by")
MEASURES = ("workers", "new", "coverage")
_THOUSANDS = re.compile(r"\d{1,3}(?:([., \u00a0])\d{3})(?:\1\d{3})*")
_SHARE = re.compile(r"(\d+(?:[.,]\d+)?)\s*(%?)")


def read(name: str, content: bytes, settings: Settings) -> FileTargets | None:
    """One row per target of the table; None where its headers are not the keys of a targets file.

    A figure or month that cannot be read has a value of -1 or no month: that is told by whoever uses the table.
    """
    for label, cells in _tables(name, content, settings):
        head = next((at for at, row in enumerate(cells) if any(cell.strip() for cell in row)), None)
        if head is None:
            continue
        names = [plain(cell) for cell in cells[head]]
        if "by" in names and set(names) & set(MEASURES) and set(names) <= {*KEYS, *MEASURES, "source", "note", ""}:
            rows = [
                target | {"file": label, "line": line}
                for line, given in enumerate(cells[head + 1 :], head + 2)
                for target in _targets(dict(zip(names, given, strict=False)), cells[head], names)
            ]
            return pl.DataFrame(rows, schema=FILE_TARGETS)
    return None


def _tables(name: str, content: bytes, settings: Settings) -> Iterator[tuple[str, Sequence[Sequence[str]]]]:
    if sheets.holds(content, name=name):
        limits = sheets.Limits(unpacked=settings.whole("unpacked_limit_bytes"), cells=settings.whole("cells_limit"))
        for sheet in sheets.read(content, file=name, limits=limits):
            yield f"{name}#{sheet.name}", sheet.cells
        return
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    first = text.split("\n", 1)[0]
    mark = max(";\t|,", key=first.count)
    with contextlib.suppress(csv.Error):  # what is no table of targets may be anything: the intake says what
        yield name, list(csv.reader(io.StringIO(text, newline=None), delimiter=mark))


def _targets(row: dict[str, str], headers: Sequence[str], names: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield the targets of a line: one for each figure that stands in it."""
    place = next((row[key].strip() for key in ("branch", "province", "region") if row.get(key, "").strip()), None)
    for measure in MEASURES:
        written = row.get(measure, "").strip()
        if not written:
            continue
        yield {
            "branch": place,
            "segment": _segment(row.get("segment", "")),
            "by": _month(row.get("by", "")),
            "measure": measure,
            "value": _share(written) if measure == "coverage" else _people(written),
            "column": headers[names.index(measure)],
        }


def _segment(written: str) -> str | None:
    """Return the segment that a word means; the word itself where none does; None where nothing is said."""
    word = plain(written)
    for segment in declared.load().segments:
        if word in {plain(name) for name in (segment.name, segment.code, *segment.synonyms)}:
            return segment.name
    return written.strip() or None


def _month(written: str) -> date | None:
    """Return the month that a cell means; a year alone is its December."""
    if re.fullmatch(r"(?:19|20)\d\d", written.strip()):
        return date(int(written), 12, 1)
    month = months.read(written)
    if isinstance(month, tuple):
        month = months.settle(month, day_is_first=True)
    return None if month is None else date(month // 12, month % 12 + 1, 1)


def _people(written: str) -> float:
    text = re.sub(r"[., \u00a0]", "", written) if _THOUSANDS.fullmatch(written) else written
    return float(text) if re.fullmatch(r"\d+(?:\.0+)?", text) else -1.0


def _share(written: str) -> float:
    match = _SHARE.fullmatch(written)
    if match is None:
        return -1.0
    number = float(match[1].replace(",", "."))
    return number / 100 if match[2] else number
