"""Which scenarios were saved, by whom, and what has changed in them since?

A library is a folder, on this computer or a shared one; nothing else is needed. Each scenario has a folder, and each
time it is saved one more numbered file: an ordinary scenario file, which `--scenario` and the app open like any other.
What a scenario does not say itself (when, which tags, on which version it builds) stands in comments at its top:

    library/dorong-informal/0001.toml      the first version
    library/dorong-informal/0002.toml      the second; no file is ever written over
    library/deleted/…                      what was deleted, whole, until it is put back
    library/plan.toml                      which version is the plan of record

Two people who save at once get two numbers, for a number is taken by creating its file and only one can (O_EXCL). A
crash leaves at most an empty file, which is no version.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Annotated

import tomlkit
from pydantic import Field

from coverage.base import declarations, files
from coverage.base.declarations import Declared
from coverage.base.errors import CakupanError, DeclarationRefused, FileRefused
from coverage.base.texts import Texts
from coverage.model import scenarios
from coverage.model.scenarios import Scenario
from coverage.records import changes

DELETED, PLAN = "deleted", "plan.toml"
MARK = "#| "
"""What a line at the top of a file begins with that is about the file, not about the scenario."""
_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_VERSION = re.compile(r"[0-9]{4,}\.toml")
_DEVICE = re.compile(r"con|prn|aux|nul|com[0-9]|lpt[0-9]")  # Windows makes no folder of such a name
_FULL_BYTES = 200_000  # far beyond any scenario: whoever may save may not fill the disk at one go

FORMAT = 1
"""How a version and the plan of record are written; a later format may have more keys, and opens all the same."""
TAG_LETTERS = 40
Tag = Annotated[str, Field(min_length=1, max_length=TAG_LETTERS)]


class About(Declared):
    """What stands at the top of a version: when it was saved, its tags, and the version that it builds on."""

    saved: datetime | None = None
    tags: tuple[Tag, ...] = ()
    based_on: int | None = Field(None, ge=1)
    format: int = FORMAT


class PlanOfRecord(Declared):
    """Which version of which scenario is the plan of record, and who said so when."""

    scenario: str = Field(pattern=_KEY.pattern)
    version: int = Field(ge=1)
    by: str = Field("", max_length=120)
    on: datetime
    format: int = FORMAT


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One saved version of a scenario; `key` names the scenario, `scenario.author` is who saved this version."""

    key: str
    version: int
    scenario: Scenario
    saved: datetime | None  # None: a file that was put there by hand and does not say
    tags: tuple[str, ...]
    based_on: int | None
    unknown: tuple[str, ...] = ()  # keys of a later version, which this one leaves as they stand


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """The newest version of each scenario, the latest first, and what could not be read."""

    entries: tuple[Entry, ...]
    refused: tuple[CakupanError, ...]


def folder_of_library(environment: Mapping[str, str], *, watched: Path | None, usual: Path) -> Path:
    """Return the library's folder: the one that `CAKUPAN_LIBRARY` names; else a folder `library` that stands beside
    the watched data already; else the usual one."""
    named = environment.get("CAKUPAN_LIBRARY", "").strip()
    if named:
        return Path(named).expanduser().absolute()
    if watched is not None and (beside := watched.absolute().parent / "library").is_dir():
        return beside
    return usual


def save(
    root: Path,
    scenario: Scenario,
    *,
    author: str,
    tags: Sequence[str] = (),
    now: datetime,
    key: str | None = None,
    based_on: int | None = None,
) -> Entry:
    """Save a scenario as one more version of `key`, or as a new one, and return it; nothing is ever overwritten.

    If `key` was deleted meanwhile it is saved as a new one. Raise `FileRefused` where the folder cannot be written,
    and `DeclarationRefused` for a scenario without a name.
    """
    name = declarations.words(scenario.name, "")
    if not name.strip():
        raise DeclarationRefused("library_name")
    words = split_tags(",".join(tags))
    if long := next((word for word in words if len(word) > TAG_LETTERS), None):
        raise DeclarationRefused("library_tag", found=long, allowed=TAG_LETTERS)
    about = About(saved=now, tags=words, based_on=based_on)
    signed = scenarios.validated(scenario.model_dump(exclude_unset=True) | {"author": author.strip()}, file="")
    content = (_top(about) + scenarios.dumps(signed)).encode()
    if len(content) > _FULL_BYTES:
        raise FileRefused("file_too_large", file=name, found=len(content), allowed=_FULL_BYTES)
    try:
        root.mkdir(parents=True, exist_ok=True)
        folder = _within(root, key) if key is not None else _new_folder(root, name)
        try:
            path = _take_number(folder)
            files.write_whole(path, content)
        except FileNotFoundError:
            folder = _new_folder(root, name)
            path = _take_number(folder)
            files.write_whole(path, content)
    except OSError as error:
        raise FileRefused("library_unwritable", file=str(root), found=error.strerror or str(error)) from error
    return Entry(
        key=folder.name, version=int(path.stem), scenario=signed, saved=now, tags=about.tags, based_on=based_on
    )


def split_tags(text: str) -> tuple[str, ...]:
    """Split tags at their commas: trimmed, each once whatever its case, in the order of the alphabet."""
    spellings = {part.strip().casefold(): part.strip() for part in reversed(text.split(",")) if part.strip()}
    return tuple(spellings[spelling] for spelling in sorted(spellings))


def shelf(root: Path, *, search: str = "", tags: Sequence[str] = (), deleted: bool = False) -> Shelf:
    """Return the newest versions that hold every word of `search` and have every tag; or the deleted ones. What lies
    there under no name of the library's is told with what cannot be read."""
    root = root / DELETED if deleted else root
    entries: list[Entry] = []
    try:
        folders, strays = _folders(root), _strays(root)
    except OSError as error:  # a share that is out of reach, a folder that is somebody else's
        reason = error.strerror or str(error)
        return Shelf(entries=(), refused=(DeclarationRefused("declaration_unreadable", file=str(root), found=reason),))
    refused: list[CakupanError] = [DeclarationRefused("library_stray", file=name) for name in strays]
    for folder in folders:
        # If the newest version cannot be read (somebody edited it by hand), the one before it is there.
        for path in reversed(_files(folder)):
            try:
                entries.append(_read(path))
                if entries[-1].unknown:
                    keys = ", ".join(entries[-1].unknown)
                    refused.append(DeclarationRefused("keys_of_later", file=f"{folder.name}/{path.name}", found=keys))
                break
            except CakupanError as error:
                refused.append(error)
    wanted = {tag.casefold() for tag in tags}
    kept = [entry for entry in entries if _holds(entry, search) and wanted <= {tag.casefold() for tag in entry.tags}]
    kept.sort(key=lambda entry: (-_moment(entry), entry.key))
    return Shelf(entries=tuple(kept), refused=tuple(refused))


def tags(root: Path) -> list[str]:
    """Return every tag in use."""
    return list(split_tags(",".join(tag for entry in shelf(root).entries for tag in entry.tags)))


def authors(root: Path) -> list[str]:
    """Return who saved the newest versions, each once, who saved last first."""
    return list(dict.fromkeys(entry.scenario.author for entry in shelf(root).entries if entry.scenario.author))


def versions(root: Path, key: str) -> list[Entry]:
    """Return all versions of a scenario that can be read, the first one first."""
    versions = []
    for path in _files(_within(root, key)):
        try:
            versions.append(_read(path))
        except CakupanError:
            continue  # `shelf` tells about it
    return versions


def opened(root: Path, key: str, version: int) -> Entry:
    """Return one version; raise `CakupanError` where there is none, or none that can be read."""
    path = _within(root, key) / f"{version:04d}.toml"
    if path not in _files(path.parent):
        raise DeclarationRefused("library_gone", found=key)
    return _read(path)


def versions_with_changes(root: Path, key: str, texts: Texts) -> list[tuple[Entry, list[str]]]:
    """Return the versions, the newest first, each with what it changed in the one that it builds on, in words.

    Two versions may build on the same one: two people changed it at once, and neither is lost.
    """
    all_versions = versions(root, key)
    by_number = {version.version: version for version in all_versions}
    entries = []
    for index, version in enumerate(all_versions):
        before = by_number.get(version.based_on or 0) or (all_versions[index - 1] if index else None)
        entries.append((version, changes.describe_changes(before.scenario, version.scenario, texts) if before else []))
    return entries[::-1]


def delete(root: Path, key: str) -> None:
    """Move a scenario with all its versions aside; `restore` brings it back."""
    source = _within(root, key)
    _move(source, root / DELETED, key)


def restore(root: Path, key: str) -> None:
    """Put a deleted scenario back under its name."""
    _move(_within(root / DELETED, key), root, key)


def make_plan(root: Path, entry: Entry, *, by: str, now: datetime) -> None:
    """Make one version the plan of record; later versions do not change the plan by themselves."""
    plan = PlanOfRecord(scenario=entry.key, version=entry.version, by=by.strip(), on=now)
    try:
        files.write_whole(root / PLAN, tomlkit.dumps(plan.model_dump(mode="json")).encode())
    except OSError as error:
        raise FileRefused("library_unwritable", file=str(root), found=error.strerror or str(error)) from error


def plan_of_record(root: Path) -> PlanOfRecord | None:
    """Return which version is the plan of record; None where there is none, or it was deleted."""
    path = root / PLAN
    try:
        if not path.is_file():
            return None
        plan, _ = declarations.load_own(_text(path, path.name), path.name, PlanOfRecord)
        return plan if (root / plan.scenario / f"{plan.version:04d}.toml").is_file() else None
    except OSError as error:
        reason = error.strerror or str(error)
        raise DeclarationRefused("declaration_unreadable", file=str(path), found=reason) from error


def _top(about: About) -> str:
    """Write what stands at the top of a version, each line a comment to whoever reads the file as a scenario."""
    plain = about.model_dump(mode="json", exclude_defaults=True) | {"format": FORMAT}
    return "".join(f"{MARK}{line}\n" for line in tomlkit.dumps(plain).splitlines()) + "\n"


def _about(text: str, file: str) -> tuple[About, tuple[str, ...]]:
    lines = [line.removeprefix(MARK) for line in text.splitlines() if line.startswith(MARK)]
    return declarations.load_own("\n".join(lines), file, About)


def _read(path: Path) -> Entry:
    try:
        about = path.stat()
    except OSError as error:
        reason = error.strerror or str(error)
        raise DeclarationRefused("declaration_unreadable", file=path.name, found=reason) from error
    return _parsed(path, about.st_mtime_ns, about.st_size)


# No version is written twice, but a person may edit one: then its time or size changes.
@lru_cache(maxsize=4096)
def _parsed(path: Path, _time: int, _size: int) -> Entry:
    file = f"{path.parent.name}/{path.name}"
    text = _text(path, file)
    about, strange = _about(text, file)
    # A scenario file that somebody put there by hand has no lines at its top: a slip of the pen in it is refused.
    ours = text.removeprefix("\ufeff").startswith(MARK)
    scenario, unknown = scenarios.loads_own(text, file) if ours else (scenarios.loads(text, file), ())
    return Entry(
        key=path.parent.name,
        version=int(path.stem),
        scenario=scenario,
        saved=about.saved,
        tags=about.tags,
        based_on=about.based_on,
        unknown=(*strange, *unknown),
    )


def _text(path: Path, file: str) -> str:
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DeclarationRefused("not_text", file=file) from error
    except OSError as error:
        raise DeclarationRefused("declaration_unreadable", file=file, found=error.strerror or str(error)) from error


def _moment(entry: Entry) -> float:
    return entry.saved.timestamp() if entry.saved else 0.0


def _holds(entry: Entry, search: str) -> bool:
    scenario = entry.scenario
    parts = [scenario.author, *entry.tags, *(programme.name for programme in scenario.programme)]
    for words in (scenario.name, scenario.note):
        parts += [words] if isinstance(words, str) else list(words.values())
    text = " ".join(parts).casefold()
    return all(word in text for word in search.casefold().split())


def _folders(root: Path) -> list[Path]:
    if not root.is_dir():
        return []
    return sorted(
        path for path in root.iterdir() if path.name != DELETED and _KEY.fullmatch(path.name) and path.is_dir()
    )


def _strays(root: Path) -> list[str]:
    """Return scenario files that the library does not look at: put there by hand, or a second copy that a service
    which keeps folders alike made of one version ("0002 (conflict).toml")."""
    if not root.is_dir():
        return []
    loose = [path for path in root.glob("*.toml") if path.name != PLAN]
    inside = [
        path
        for path in root.glob("*/*.toml")
        if path.parent.name != DELETED and not (_KEY.fullmatch(path.parent.name) and _VERSION.fullmatch(path.name))
    ]
    return sorted(path.relative_to(root).as_posix() for path in [*loose, *inside])


def _files(folder: Path) -> list[Path]:
    """Return the files of a scenario's versions in their order; an empty one is a save that was never finished."""
    try:
        versions = [path for path in folder.iterdir() if _VERSION.fullmatch(path.name) and path.stat().st_size]
    except OSError:  # somebody deletes it at this moment, or the share is out of reach
        return []
    return sorted(versions, key=lambda path: int(path.stem))


def _within(root: Path, key: str) -> Path:
    """Return a scenario's folder; a key that could lead elsewhere is none (it may come from a file or a link)."""
    if not _KEY.fullmatch(key) or key == DELETED:
        raise DeclarationRefused("library_gone", found=key)
    return root / key


def _new_folder(root: Path, name: str) -> Path:
    """Make the folder of a new scenario: named after it, and after no other, a deleted one included."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    slug = "-".join(re.findall(r"[a-z0-9]+", plain))[:48].strip("-") or "scenario"
    number = 2 if slug == DELETED or _DEVICE.fullmatch(slug) else 1
    while True:
        folder = root / (slug if number == 1 else f"{slug}-{number}")
        number += 1
        if (root / DELETED / folder.name).exists():
            continue
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        return folder


def _take_number(folder: Path) -> Path:
    """Create the next version's file, still empty; whoever comes second at this very moment gets the one after."""
    numbers = [int(path.stem) for path in folder.iterdir() if _VERSION.fullmatch(path.name)]
    number = max(numbers, default=0) + 1
    while True:
        path = folder / f"{number:04d}.toml"
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
        except FileExistsError:
            number += 1
            continue
        return path


def _move(source: Path, folder: Path, key: str) -> None:
    try:
        folder.mkdir(exist_ok=True)
        # No rename succeeds onto a folder that holds something, and names are given once (`_new_folder`).
        files.patiently(source.rename, folder / key)
    except FileNotFoundError as error:
        raise DeclarationRefused("library_gone", found=key) from error
    except OSError as error:
        raise FileRefused("library_unwritable", file=str(folder), found=error.strerror or str(error)) from error
