"""Which thresholds, rates and segments does everything else use, and where does each come from?

All values stand in `data/settings.toml`, each with its unit, source and date; this module only reads them.
The Method page prints the same declarations.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path

from coverage.base.errors import DeclarationRefused

DATA = Path(__file__).resolve().parents[2] / "data"
SAMPLES = DATA / "samples"


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One setting: its value, the unit of the value, where it comes from (in each language) and as of when."""

    name: str
    value: float
    unit: str
    source: str | dict[str, str]
    date: date


@dataclass(frozen=True, kw_only=True)
class Segment:
    """A group of members that is counted apart: its name, its official code, its colour and its other names.

    `rest` is what nobody splits: all of a branch's members, or what the other segments of that month leave of them.
    """

    name: str
    code: str
    colour: str
    synonyms: tuple[str, ...]
    rest: bool = False


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Every setting by name; `settings["tolerance"]` is its value, `settings.facts` are all with their sources."""

    facts: tuple[Fact, ...]
    segments: tuple[Segment, ...]

    def __getitem__(self, name: str) -> float:
        return self.fact(name).value

    def fact(self, name: str) -> Fact:
        """Return a setting with its unit and source; raise `KeyError` where there is none of that name."""
        for fact in self.facts:
            if fact.name == name:
                return fact
        raise KeyError(name)

    def assuming(self, name: str, value: float, source: str | dict[str, str], since: date) -> Settings:
        """Return the settings with another value of one of them, which somebody assumes."""
        facts = [
            replace(fact, value=value, source=source, date=since) if fact.name == name else fact for fact in self.facts
        ]
        return replace(self, facts=tuple(facts))

    def whole(self, name: str) -> int:
        """Return a setting that counts months, bytes or rows, as a whole number."""
        return int(self[name])

    @property
    def colours(self) -> dict[str, str]:
        return {segment.name: segment.colour for segment in self.segments}


@lru_cache
def load(path: Path = DATA / "settings.toml") -> Settings:
    """Read the settings file once; raise `DeclarationRefused` where it cannot be used."""
    try:
        document = tomllib.loads(path.read_text("utf-8"))
        facts = tuple(Fact(name=name, **fact) for name, fact in document["setting"].items())
        segments = tuple(
            Segment(
                name=name,
                code=segment["code"],
                colour=segment["colour"],
                synonyms=tuple(segment["synonyms"]),
                rest=segment.get("rest", False),
            )
            for name, segment in document["segment"].items()
        )
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise DeclarationRefused("settings_unreadable", file=path.name, found=str(error)) from error
    return Settings(facts=facts, segments=segments)


def beside(name: str, paths: Sequence[Path]) -> Path:
    """Return the file of that name beside or above the data, else the one that ships."""
    return next(iter(_near(name, paths)), DATA / name)


def own(name: str, paths: Sequence[Path]) -> Path | None:
    """Return the file of that name that belongs to the data: one beside or above them, None where there is none.

    The file that ships belongs to the data that ship alone, and only where nothing else is read beside them: never to
    somebody's own files, wherever they lie.
    """
    return next(iter(own_of((name,), paths)), None)


def own_of(names: Sequence[str], paths: Sequence[Path]) -> list[Path]:
    """Return the files of these names that belong to the data (`own`): those of the nearest folder that has any."""
    ours = are_samples(paths)
    shipped = {(DATA / name).resolve() for name in names}
    for folder in _folders(paths):
        files = [folder / name for name in names if (folder / name).is_file()]
        files = [file for file in files if ours or file.resolve() not in shipped]
        if files:
            return files
    return sorted(file for file in shipped if file.is_file()) if ours else []


def are_samples(paths: Sequence[Path]) -> bool:
    """Say whether nothing but data that ship is read."""
    samples = SAMPLES.resolve()
    return bool(paths) and all(path.expanduser().resolve().is_relative_to(samples) for path in paths)


def _near(name: str, paths: Sequence[Path]) -> Iterator[Path]:
    """Yield the files of that name beside or above each path, the nearest first."""
    return (folder / name for folder in _folders(paths) if (folder / name).is_file())


def _folders(paths: Sequence[Path]) -> Iterator[Path]:
    """Yield the folders in and above each path, the nearest first."""
    for path in paths:
        start = Path(os.path.normpath(path.expanduser().absolute()))
        yield from (start, *start.parents)
