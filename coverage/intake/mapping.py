"""What did a person say about columns, places and months that the files do not explain (`map.toml`)?

One answer counts for every file whose name fits its pattern, so that next month's file is read without a question. A
map says what a column holds in the words of the model: `month`, `place`, `ignore`, `active of formal`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal, TypeAlias

import tomlkit
from pydantic import Field, field_validator

from coverage.base import declarations, files
from coverage.base.declarations import Declared, Month
from coverage.base.errors import DeclarationRefused, FileRefused
from coverage.base.tables import SEGMENTS
from coverage.intake import months
from coverage.intake.finding import Companion

FILE = "map.toml"
KEYS = ("month", "year", "place", "region", "segment", "ignore")
MEASURES = ("active", "eligible", "new", "lapsed", "returned", "funded")
FLOWS = ("new", "lapsed", "returned")
EVERY = "*"


Flow = Literal["month", "since January", "stock"]
"""What the figures of a flow are: each month's own, sums since January, or a stock (and so no flow)."""


class FileMap(Declared):
    """What was said of the files of one pattern of names; `sheet` is a pattern, too."""

    name: str = EVERY
    sheet: str = EVERY
    columns: dict[str, str] = Field(default_factory=dict)
    place: str = Field("", max_length=120)
    month: Month | None = None
    unit: Literal["people", "thousands"] | None = None
    new: Flow | None = None
    lapsed: Flow | None = None
    returned: Flow | None = None
    prefer: Literal["later file"] | None = None

    @field_validator("columns")
    @classmethod
    def _known(cls, columns: dict[str, str]) -> dict[str, str]:
        for meaning in columns.values():
            if not is_known(meaning):
                raise ValueError(" | ".join([*KEYS, "[target of ]" + "|".join(MEASURES) + "[ of SEGMENT]"]))
        return columns


class MapFile(Declared):
    """A map file: what was said, file by file; where two fit, the later one wins.

    `places` says which branch of the data a place of a target is, where their names differ (`Kota Palembang`).
    """

    file: tuple[FileMap, ...] = ()
    places: dict[str, str] = Field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Said:
    """What holds for one file: its columns by header (whatever the case), its place, month (`year * 12 + month - 1`,
    -1: not said), unit, what its flows are, and whether a later file goes before an earlier one."""

    columns: Mapping[str, str] = field(default_factory=dict)
    place: str = ""
    month: int = -1
    unit: str = ""
    flows: Mapping[str, str] = field(default_factory=dict)
    prefers_later: bool = False

    def of(self, header: str) -> str | None:
        """Return what was said of a column; None: nothing."""
        return self.columns.get(folded(header))

    @property
    def empty(self) -> bool:
        """Say whether nothing was said that changes how the file itself is read."""
        return not (self.columns or self.place or self.month >= 0 or self.unit or self.flows)


NOTHING = Said()
Titles: TypeAlias = Mapping[str, Mapping[str, str]]
"""What was said of the titles above the tables of a file or sheet, by its label: its `place`, its `month`."""


def folded(header: str) -> str:
    """Return a header without case and padding, as a map finds it."""
    return " ".join(header.split()).casefold()


def is_known(meaning: str) -> bool:
    """Say whether these are words of a map for what a column holds."""
    if meaning in KEYS:
        return True
    measure, segment = parted(meaning)
    return measure.removeprefix("target of ") in MEASURES and segment in ("", *SEGMENTS)


def parted(meaning: str) -> tuple[str, str]:
    """Part `target of active of formal` into the measure and the segment."""
    measure, _, segment = meaning.rpartition(" of ")
    return (measure, segment) if segment in SEGMENTS else (meaning, "")


def loads(text: str, file: str) -> MapFile:
    """Read a map; raise `DeclarationRefused` with file, line, key, found and allowed."""
    return declarations.load(text, file, MapFile)


def pattern(name: str) -> str:
    """Return a pattern that next month's file fits, too: a month and a number may be any other (`rekap-*.xlsx`)."""
    stem, dot, ending = name.rsplit("/", 1)[-1].rpartition(".")
    parts = [_ANY if _changes(part) else part for part in _PARTS.findall(stem or ending)]
    written = "".join(part if part == _ANY else part.replace("[", "[[]") for part in parts)
    return _RUN.sub(EVERY, written.replace(_ANY, EVERY)) + (dot + ending if stem else "")


_PARTS = re.compile(r"[^\W\d_]+|\d+|[\W_]")
_RUN = re.compile(r"\*(?:[\s._-]*\*)+")
_QUARTERS = frozenset({"i", "ii", "iii", "iv"})
_ANY = "\0"
_SIGNS = re.compile(r"[\[*?]")


def _changes(part: str) -> bool:
    """Say whether a part of a name changes from month to month: a number, a month's name, a quarter's."""
    word = part.casefold()
    return part.isdigit() or bool(months.of_name(word)) or word in _QUARTERS


def dumps_for(
    columns: Mapping[str, str],
    headers: Mapping[str, Collection[str]],
    *,
    places: Mapping[str, str] | None = None,
    titles: Titles | None = None,
) -> str:
    """Write answers about columns for the files that have them (`headers`: those of each file), each by the pattern of
    its name; an answer about a column that none has holds for all."""
    entries = by_pattern(columns, headers)
    document: dict[str, object] = {"places": dict(places)} if places else {}
    if entries or titles:
        of_files = [{"name": name, "columns": of_name} for name, of_name in entries.items()]
        document["file"] = [*of_files, *_of_titles(titles)]
    return tomlkit.dumps(document)


def _of_titles(titles: Titles | None) -> list[dict[str, str]]:
    """Return what was said of the titles of sheets for just these sheets: next month's have titles of their own."""
    entries = []
    for label, of_title in (titles or {}).items():
        name, _, sheet = label.rpartition("/")[2].partition("#")
        entries.append({"name": _exactly(name), **({"sheet": _exactly(sheet)} if sheet else {}), **of_title})
    return entries


def _exactly(name: str) -> str:
    return _SIGNS.sub(r"[\g<0>]", name)


def by_pattern(columns: Mapping[str, str], headers: Mapping[str, Collection[str]]) -> dict[str, dict[str, str]]:
    """Return the answers by the pattern of the names of the files that they are about."""
    entries: dict[str, dict[str, str]] = {}
    for name, of_file in headers.items():
        here = {folded(header) for header in of_file}
        mine = {header: meaning for header, meaning in columns.items() if folded(header) in here}
        if mine:
            entries.setdefault(pattern(name), {}).update(mine)
    of_none = {header: what for header, what in columns.items() if not any(header in mine for mine in entries.values())}
    return entries | ({EVERY: of_none} if of_none else {})


def dumps(
    columns: Mapping[str, str],
    *,
    name: str = EVERY,
    places: Mapping[str, str] | None = None,
    titles: Titles | None = None,
) -> str:
    """Write answers about columns, about places of targets and about the titles of sheets as a map."""
    document: dict[str, object] = {"places": dict(places)} if places else {}
    of_columns = [{"name": name, "columns": dict(columns)}] if columns else []
    if of_columns or titles:
        document["file"] = [*of_columns, *_of_titles(titles)]
    return tomlkit.dumps(document)


def add(
    folder: Path,
    columns: Mapping[str, str],
    *,
    places: Mapping[str, str] | None = None,
    headers: Mapping[str, Collection[str]] | None = None,
    titles: Titles | None = None,
) -> None:
    """Write answers into the map of a folder, beside those that stand there, by the pattern of the names of the files
    that have these `headers`; raise `CakupanError` where it cannot be read or written."""
    path = folder / FILE
    try:
        before = loads(path.read_text("utf-8-sig"), FILE) if path.is_file() else MapFile()
        kept = [entry.model_dump(mode="json", exclude_unset=True) for entry in before.file]
        more = [{"name": name, "columns": mine} for name, mine in by_pattern(columns, headers or {}).items()]
        known = before.places | dict(places or {})
        content = tomlkit.dumps(({"places": known} if known else {}) | {"file": [*kept, *more, *_of_titles(titles)]})
        files.write_whole(path, content.encode())
    except UnicodeDecodeError as error:
        raise DeclarationRefused("not_text", file=FILE) from error
    except OSError as error:
        raise FileRefused("library_unwritable", file=str(path), found=error.strerror or str(error)) from error


def entries_of(companions: Sequence[Companion]) -> tuple[FileMap, ...]:
    """Return what the maps among the companions say of files, in their order."""
    return tuple(entry for given in _maps(companions) for entry in given.file)


def places_of(companions: Sequence[Companion]) -> dict[str, str]:
    """Return which branches the maps among the companions say that places of targets are."""
    return {written: branch for given in _maps(companions) for written, branch in given.places.items()}


def _maps(companions: Sequence[Companion]) -> list[MapFile]:
    results: list[MapFile] = []
    for companion in companions:
        if companion.kind == "map":
            try:
                text = companion.content.decode("utf-8-sig")
            except UnicodeDecodeError as error:
                raise DeclarationRefused("not_text", file=companion.name) from error
            results.append(loads(text, companion.name))
    return results


def said_of(maps: Sequence[FileMap], label: str, sheet: str | None = None) -> Said:
    """Return what was said of a file (`rekap.xlsx`) or of a sheet of it; a later answer goes before an earlier one."""
    if not maps:
        return NOTHING
    name = label.casefold().rsplit("/", 1)[-1]
    fitting = [entry for entry in maps if fnmatchcase(name, entry.name.casefold())]
    if sheet is not None:
        fitting = [entry for entry in fitting if fnmatchcase(sheet.casefold(), entry.sheet.casefold())]
    flows = {flow: next((what for entry in reversed(fitting) if (what := getattr(entry, flow))), "") for flow in FLOWS}
    columns = {folded(header): meaning for entry in fitting for header, meaning in entry.columns.items()}
    place = next((entry.place for entry in reversed(fitting) if entry.place), "")
    month = next((entry.month for entry in reversed(fitting) if entry.month is not None), None)
    unit = next((entry.unit for entry in reversed(fitting) if entry.unit), None)
    return Said(
        columns=columns,
        place=place,
        month=-1 if month is None else month.year * 12 + month.month - 1,
        unit=unit or "",
        flows={flow: what for flow, what in flows.items() if what},
        prefers_later=any(entry.prefer == "later file" for entry in fitting),
    )
