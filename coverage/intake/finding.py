"""Which files are there, and which of them hold tables?

Beside tables a folder holds files that say something about them (targets, programmes, the list of branches): they are
known by their names. Whatever else lies there is named, none passed over in silence.
"""

from __future__ import annotations

import glob
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import TypeVar

from coverage.base.errors import FileRefused
from coverage.intake import sheets

AnyPath = TypeVar("AnyPath", bound=PurePath)

TEXTS = (".csv", ".tsv", ".txt")
PROSE = ".txt"
"""A text of this name may be a table, or a note to the reader of the folder."""
ARCHIVE = ".zip"
TABLES = (*TEXTS, *sheets.ENDINGS, *sheets.PAGES, ARCHIVE)
COMPANIONS = {
    "branches.csv": "branches",
    "targets.toml": "targets",
    "targets.csv": "targets",
    "targets.xlsx": "targets",
    "targets.ods": "targets",
    "programmes.toml": "programmes",
    "map.toml": "map",
}
"""What a file of this name says something about; it is no table of members itself."""


@dataclass(frozen=True, kw_only=True)
class Handed:
    """A file that somebody uploaded: its name and what stands in it."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Companion:
    """A file that says something about the tables: `kind` is branches, targets, programmes or map."""

    kind: str
    name: str
    content: bytes = field(repr=False)
    path: Path | None = None


def companion_of(name: str) -> str | None:
    """Return the kind of companion that a file of this name is; nothing where it is none."""
    return COMPANIONS.get(PurePath(name.replace("\\", "/")).name.casefold())


def is_table(name: str) -> bool:
    """Say whether a file of this name may hold a table; a locked copy of Excel's and a hidden file never do."""
    plain = PurePath(name.replace("\\", "/"))
    return plain.suffix.lower() in TABLES and not is_litter(plain)


def is_litter(path: PurePath) -> bool:
    """Say whether a system or a program left a file behind for itself: `.DS_Store`, `__MACOSX/…`, `~$rekap.xlsx`."""
    return path.name.startswith(("~$", ".")) or any(
        part == "__MACOSX" or (part.startswith(".") and part not in (".", "..")) for part in path.parts
    )


def find(paths: Sequence[str]) -> list[Path]:
    """Return the tables and companions that paths, folders (all below) and patterns name; each once, in order."""
    unique: dict[Path, None] = {}
    for name in paths:
        path = Path(name).expanduser()
        if path.is_dir():
            every = _below(path)
            here = in_order(file for file in every if companion_of(file.name) or is_table(_within(file, path)))
            if not any(is_table(_within(file, path)) for file in here):
                raise FileRefused("no_files", file=name, found=few(file.name for file in every))
        else:
            here = [path] if path.is_file() else in_order(_matches(path))
            if not here:
                raise FileRefused("no_files", file=name, found="–")
        unique |= dict.fromkeys(here)
    return list(unique)


def others(paths: Sequence[str]) -> list[str]:
    """Return the names of the files in these folders that hold no table, in order; a folder of litter as one name."""
    names: dict[str, None] = {}
    for name in paths:
        folder = Path(name).expanduser()
        for file in in_order(_below(folder)) if folder.is_dir() else ():
            within = _within(file, folder)
            if companion_of(file.name) or is_table(within):
                continue
            parts = PurePath(within).parts
            litter = next((at for at, part in enumerate(parts[:-1]) if is_litter(PurePath(part))), None)
            names[within if litter is None else PurePath(*parts[: litter + 1]).as_posix() + "/"] = None
    return list(names)


def in_order(paths: Iterable[AnyPath]) -> list[AnyPath]:
    """Sort paths alike on every system: a folder must read the same everywhere, and Windows compares without case."""
    return sorted(paths, key=lambda path: path.parts)


def _below(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file()]


def _within(file: Path, folder: Path) -> str:
    return file.relative_to(folder).as_posix()


def _matches(pattern: Path) -> Iterator[Path]:
    """Yield the files that a pattern names: tables and companions, unless it names a file exactly."""
    for match in glob.glob(str(pattern), recursive=True):  # noqa: PTH207 - the pattern may be absolute
        if Path(match).is_file() and (companion_of(match) or is_table(Path(match).name)):
            yield Path(match)


def few(names: Iterable[str]) -> str:
    shown = sorted(names)
    return ", ".join(shown[:6]) + (", …" if len(shown) > 6 else "") or "–"
