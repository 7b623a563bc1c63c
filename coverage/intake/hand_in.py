"""What was handed in: tables, archives of tables, files that say something about them, and what cannot be read at all?

Each file has its verdict: it is read, it is refused, or it is named as one that holds no table.
"""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import polars as pl

from coverage.base.errors import FileRefused
from coverage.base.settings import Settings
from coverage.intake import archives, chunks, finding
from coverage.intake.chunks import Pieces
from coverage.intake.finding import Companion, Handed
from coverage.intake.problem_rows import problem

_TRIES = 3
_WAIT, _TICK = 0.05, 0.01  # seconds: for whoever is writing; how finely a disk notes the time
_MOST_OTHERS = 100  # files without a table are named each; of more, only how many


@dataclass(frozen=True, kw_only=True)
class HandedIn:
    """The tables, those of archives unpacked; the companions; and the verdicts on all else."""

    tables: list[Path | Handed] = field(default_factory=list)
    companions: list[Companion] = field(default_factory=list)
    refused: list[FileRefused] = field(default_factory=list)
    others: list[str] = field(default_factory=list)

    def set_notes_apart(self) -> None:
        """Name the plain texts in which there is no table (`README.txt`) among the files that hold none."""
        notes = [error for error in self.refused if _is_note(error)]
        self.refused[:] = [error for error in self.refused if error not in notes]
        self.others.extend(str(error.data["file"]) for error in notes)

    def nothing(self) -> FileRefused:
        """Return the refusal where no table is left: the first one, and how many others."""
        if not self.refused:
            return FileRefused(
                "no_tables", file=finding.few([*(companion.name for companion in self.companions), *self.others])
            )
        return first_of(self.refused)


def _is_note(error: FileRefused) -> bool:
    name = str(error.data["file"]).lower()
    return error.code == "header_not_understood" and name.endswith(finding.PROSE)


def sorted_out(sources: Sequence[Path | Handed], settings: Settings) -> HandedIn:
    """Sort what was handed in by what it is; the tables are not read yet, but for those in an archive."""
    result = HandedIn()
    for source in sources:
        kind = finding.companion_of(source.name)
        try:
            if kind is not None:
                body = b"".join(content(source, source.name, settings))
                path = source if isinstance(source, Path) else None
                result.companions.append(Companion(kind=kind, name=source.name, content=body, path=path))
            elif source.name.lower().endswith(finding.ARCHIVE):
                _unpack(result, source, settings)
            else:
                result.tables.append(source)
        except FileRefused as error:
            result.refused.append(error)
    return result


def _unpack(result: HandedIn, source: Path | Handed, settings: Settings) -> None:
    body, limit = b"".join(content(source, source.name, settings)), settings.whole("unpacked_limit_bytes")
    if archives.is_workbook(body, file=source.name, limit=limit):
        result.tables.append(source)
        return
    inside = archives.unpack(body, file=source.name, limit=limit)
    result.tables.extend(inside.tables)
    result.companions.extend(inside.companions)
    result.refused.extend(inside.refused)
    result.others.extend(inside.others)


def first_of(refused: Sequence[FileRefused]) -> FileRefused:
    """Return the first refusal, with how many others there are."""
    first, count = refused[0], len(refused) - 1
    return FileRefused(first.code, **(first.data | ({"others": count} if count else {})))


_Tell: TypeAlias = Callable[[Path | Handed | None], None]
_tell: ContextVar[_Tell | None] = ContextVar("tell", default=None)


@contextmanager
def telling(tell: _Tell) -> Iterator[None]:
    """Call `tell` with each file that is opened, and with None when all are open."""
    token = _tell.set(tell)
    try:
        yield
    finally:
        _tell.reset(token)


def tell(source: Path | Handed | None) -> None:
    """Tell whoever watches over the reading which file is being opened; None: all are open."""
    if (listener := _tell.get()) is not None:
        listener(source)


def content(source: Path | Handed, label: str, settings: Settings) -> Pieces:
    """Read a file; raise `FileRefused` for one that is too large, cannot be opened, or changes all the time."""
    tell(source)
    if isinstance(source, archives.Member):
        return (source.content,)  # measured with its archive
    limit = settings.whole("file_limit_bytes" if isinstance(source, Path) else "upload_limit_bytes")
    try:
        if isinstance(source, Path):
            return _unchanged(source, label, limit)
        _refuse_large(len(source.content), label, limit)
        return (source.content,)
    except OSError as error:
        raise FileRefused("file_unreadable", file=label, found=error.strerror or type(error).__name__) from error


def _refuse_large(size: int, label: str, limit: int) -> None:
    if size > limit:
        raise FileRefused("file_too_large", file=label, found=size, allowed=limit)


def _unchanged(path: Path, label: str, limit: int) -> Pieces:
    """Read a file that nobody rewrites meanwhile: half old and half new, it would be read without a complaint."""
    for _ in range(_TRIES):
        before = path.stat()
        _refuse_large(before.st_size, label, limit)
        pieces = chunks.read(path, before.st_size)
        if 0 <= time.time() - before.st_mtime < _TICK:
            time.sleep(_TICK)
        after = path.stat()
        same = (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
        if same and sum(map(len, pieces)) == after.st_size:
            return pieces
        time.sleep(_WAIT)
    raise FileRefused("file_changing", file=label)


def verdicts(refused: Sequence[FileRefused], others: Sequence[str]) -> dict[str, list[pl.DataFrame]]:
    """Return by its name what is to be told of each file that is not read; their numbers come later."""
    notes: dict[str, list[pl.DataFrame]] = defaultdict(list)
    for error in refused:
        details = json.dumps(error.data, ensure_ascii=False)
        notes[str(error.data["file"])].append(problem(error.code, "error", file=[0], details=details))
    for name in others[:_MOST_OTHERS]:
        notes[name].append(problem("not_a_table", "note", file=[0]))
    if len(others) > _MOST_OTHERS:
        details = json.dumps({"more": len(others) - _MOST_OTHERS})
        notes["…"].append(problem("not_tables", "note", file=[0], details=details))
    return notes
