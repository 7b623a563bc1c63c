"""Which files lie in a ZIP file? It is read like a folder; nothing of it is ever written to the disk."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

from coverage.base.errors import FileRefused
from coverage.intake import finding
from coverage.intake.finding import Companion, Handed
from coverage.intake.packed import Packed

_LOCKED = 0x1


class Member(Handed):
    """A table that lies in an archive."""


@dataclass(frozen=True, kw_only=True)
class Unpacked:
    """What an archive holds: tables and companions, the names of all else, and what cannot be unpacked."""

    tables: list[Member]
    companions: list[Companion]
    others: list[str]
    refused: list[FileRefused]


def is_workbook(content: bytes, *, file: str, limit: int) -> bool:
    """Say whether a ZIP file is a workbook (or another document of Office) and no archive of files."""
    packed = Packed(content, file=file, limit=limit, broken="archive_broken")
    return "[Content_Types].xml" in packed or "content.xml" in packed


def unpack(content: bytes, *, file: str, limit: int) -> Unpacked:
    """Unpack an archive in memory; raise `FileRefused` for one that is broken or unpacks to far too much."""
    packed = Packed(content, file=file, limit=limit, broken="archive_broken")
    result = Unpacked(tables=[], companions=[], others=[], refused=[])
    for part in sorted(packed.parts, key=lambda part: PurePosixPath(_safe(part.filename)).parts):
        name = _safe(part.filename)
        label = f"{file}/{name}"
        kind = finding.companion_of(name)
        if name.lower().endswith(finding.ARCHIVE) and finding.is_table(name):
            result.refused.append(FileRefused("archive_nested", file=label))
        elif kind is None and not finding.is_table(name):
            result.others.append(label)
        elif part.flag_bits & _LOCKED:
            result.refused.append(FileRefused("archive_locked", file=label))
        else:
            try:
                body = b"".join(packed.unpacked(part))
            except FileRefused as error:
                result.refused.append(FileRefused(error.code, file=label))
                continue
            if kind is None:
                result.tables.append(Member(name=label, content=body))
            else:
                result.companions.append(Companion(kind=kind, name=label, content=body))
    if not result.tables and not result.companions and not result.refused:
        raise FileRefused("archive_empty", file=file, found=finding.few(result.others))
    return result


def _safe(name: str) -> str:
    """Return the path of a part without a way out of the archive; it only ever names the file."""
    parts = name.replace("\\", "/").split("/")
    return "/".join(part for part in parts if part not in ("", ".", ".."))
