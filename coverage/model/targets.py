"""What was promised, for whom, by when: the targets as they are given, in named sets.

Model, section 3. The user chooses a set, for the public ladders differ by 20 points. Who owes how much of it is
`allotment`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self

import tomlkit
from pydantic import BeforeValidator, Field, PrivateAttr, model_validator
from tomlkit.items import Table

from coverage.base import declarations, months, toml_lines
from coverage.base.declarations import Declared, Month, Words
from coverage.base.errors import DeclarationRefused
from coverage.base.tables import branch_key, plain
from coverage.model.levers import SegmentName

ShareOut = Literal["eligible", "uncovered", "gap", "active"]
SHARE_OUT: tuple[ShareOut, ...] = ("eligible", "uncovered", "gap", "active")
"""How a wider figure can be shared out over its branches."""


Whole = Annotated[int, Field(ge=0, le=1_000_000_000)]


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where a target stands, and before which others it goes: the lowest rank counts, place by place.

    All origins are equal: a target is what it says, wherever it stands. `share_out` is the rule of the set that it
    came with, where sets were put together.
    """

    file: str = field(default="", compare=False)
    line: int | None = field(default=None, compare=False)
    rank: int = field(default=0, compare=False)
    share_out: ShareOut | None = field(default=None, compare=False)

    @property
    def place(self) -> str:
        """Return file and line as they are told: `targets.toml:12`."""
        return self.file if self.line is None else f"{self.file}:{self.line}"


class Target(Declared):
    """One figure to reach: where, for which segment, by which month, and one of four kinds.

    `workers`: active members; `coverage`: share of the eligible of the month `by`; `growth`: relative to the
    active members of the month `from`; `new`: registrations summed over the target's year.
    """

    branch: str | None = Field(None, min_length=1)
    region: str | None = Field(None, min_length=1)
    province: str | None = Field(None, min_length=1)
    segment: SegmentName | None = None
    by: Month
    workers: int | None = Field(None, ge=0, le=1_000_000_000)
    coverage: float | None = Field(None, gt=0, le=1)
    growth: float | None = Field(None, ge=-1, le=10)
    base: Month | None = Field(None, alias="from")
    new: int | None = Field(None, ge=0, le=1_000_000_000)
    milestones: dict[Annotated[date, BeforeValidator(lambda key: months.parse(key))], Whole] = Field(
        default_factory=dict
    )
    source: str = ""
    status: Literal["published", "derived", "illustrative"] | None = None
    note: Words = ""
    _origin: Origin = PrivateAttr(default_factory=Origin)

    @model_validator(mode="after")
    def _one_figure(self) -> Self:
        given = [name for name in ("workers", "coverage", "growth", "new") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError("workers | coverage | growth | new: 1")
        if self.growth is not None and self.base is None:
            raise ValueError('growth: from = "YYYY-MM"')
        return self

    @property
    def place(self) -> dict[str, str]:
        """Return the names that say where a target holds, by their column; none is everywhere."""
        names = {"branch": self.branch, "region": self.region, "province": self.province}
        return {column: name for column, name in names.items() if name is not None}

    @property
    def origin(self) -> Origin:
        """Where the target stands, and before which others it goes."""
        return self._origin

    def coming_from(self, origin: Origin) -> Self:
        """Return the same target with where it stands."""
        copy = self.model_copy()
        copy._origin = origin
        return copy

    @property
    def rank(self) -> tuple[int, int]:
        """Say how particular a target is: a branch's before a province's, a region's, everybody's."""
        place = 3 if self.branch else 2 if self.province else 1 if self.region else 0
        return place, int(self.segment is not None)


class TargetSet(Declared):
    """Targets that belong together, with where they come from and how wider figures are shared out."""

    title: Words = ""
    source: str = ""
    status: Literal["published", "derived", "illustrative"] | None = None
    note: Words = ""
    share_out: ShareOut = "eligible"
    target: tuple[Target, ...] = ()

    def shared_out(self, rule: ShareOut) -> Self:
        """Return the same targets, all shared out by one rule, whatever set they came with."""
        targets = tuple(target.coming_from(replace(target.origin, share_out=None)) for target in self.target)
        return self.model_copy(update={"share_out": rule, "target": targets})


class TargetBook(Declared):
    """A targets file: named sets, and the one that is used unless another is chosen."""

    default: str
    sets: dict[str, TargetSet]

    def named(self, name: str | None) -> TargetSet:
        """Return a set by name; raise `DeclarationRefused` naming those there are."""
        wanted = name or self.default
        if wanted not in self.sets:
            raise DeclarationRefused("target_set_unknown", found=wanted, allowed=" | ".join(self.sets))
        return self.sets[wanted]


NO_TARGETS = "none"
"""The name of the one set of data that have no targets."""
EMPTY = TargetBook(default=NO_TARGETS, sets={NO_TARGETS: TargetSet()})
"""The targets of data to which nobody gave any."""


FOLDS: dict[str, Callable[[str], str]] = {"branch": branch_key, "region": plain, "province": plain}
"""How the names of each column are compared."""


def together(books: Sequence[TargetBook]) -> TargetBook:
    """Put several files of targets together, those that go before others first: place by place, segment and month.

    Sets of one name become one. The set that is used unless another is chosen is the first file's; what the sets that
    the others would use say besides counts where it says nothing.
    """
    books = [book for book in books if book != EMPTY]
    if not books:
        return EMPTY
    first = books[0].default
    sets: dict[str, TargetSet] = {}
    for rank, book in enumerate(books):
        for name, chosen in book.sets.items():
            lower = _ranked(chosen, rank)
            sets[name] = _below(sets[name], lower) if name in sets else lower
            if name == book.default != first:
                sets[first] = _below(sets[first], lower)
    return TargetBook(default=first, sets=sets)


def _ranked(chosen: TargetSet, rank: int) -> TargetSet:
    """Return the set at its rank; each target says what its set said of all of them."""
    return chosen.model_copy(
        update={
            "target": tuple(
                target.model_copy(
                    update={name: getattr(target, name) or getattr(chosen, name) for name in ("source", "status")}
                ).coming_from(replace(target.origin, rank=rank, share_out=chosen.share_out))
                for target in chosen.target
            )
        }
    )


def _below(upper: TargetSet, lower: TargetSet) -> TargetSet:
    """Return both as one set, called like the upper; one without a target has no figure to lend its name to."""
    if not upper.target:
        return lower
    return upper.model_copy(update={"target": (*upper.target, *lower.target)})


def load(path: Path) -> TargetBook:
    """Read a targets file; raise `DeclarationRefused` with file, line, key, found and allowed."""
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DeclarationRefused("not_text", file=path.name) from error
    except OSError as error:
        result = error.strerror or str(error)
        raise DeclarationRefused("declaration_unreadable", file=path.name, found=result) from error
    return loads(text, path.name)


def loads(text: str, file: str) -> TargetBook:
    """Read the text of a targets file; raise `DeclarationRefused` with file, line, key, found and allowed."""
    book = declarations.load(text, file, TargetBook)
    if book.default not in book.sets:
        raise DeclarationRefused(
            "value_refused",
            file=file,
            line=toml_lines.line_of(text, "default"),
            key="default",
            found=book.default,
            allowed=" | ".join(book.sets),
        )
    line_of = toml_lines.line_finder(text)
    for name, chosen in book.sets.items():
        _refuse_twice(chosen, name, file, line_of)
    return book.model_copy(
        update={
            "sets": {
                name: chosen.model_copy(
                    update={
                        "target": tuple(
                            target.coming_from(Origin(file=file, line=int(line_of("sets", name, "target", place))))
                            for place, target in enumerate(chosen.target)
                        )
                    }
                )
                for name, chosen in book.sets.items()
            }
        }
    )


def dumps(book: TargetBook) -> str:
    """Write a targets file: what `loads` reads back as the same book."""
    document = tomlkit.document()
    document["default"] = book.default
    sets = document.setdefault("sets", tomlkit.table(is_super_table=True))
    for name, chosen in book.sets.items():
        text = chosen.model_dump(mode="json", exclude_defaults=True, by_alias=True)
        table = tomlkit.table()
        for key in (name for name in TargetSet.model_fields if name in text and name != "target"):
            table[key] = declarations.inline(text[key])
        entries = tomlkit.aot()
        for target in chosen.target:
            entries.append(_entry(target))
        if chosen.target:
            table["target"] = entries
        sets[name] = table
    return tomlkit.dumps(document)


def _entry(target: Target) -> Table:
    text = target.model_dump(mode="json", exclude_defaults=True, by_alias=True)
    text["by"] = months.code(target.by)
    if target.milestones:
        text["milestones"] = {months.code(month): workers for month, workers in sorted(target.milestones.items())}
    table = tomlkit.table()
    for name, declared in Target.model_fields.items():
        key = declared.alias or name
        if key in text:
            table[key] = declarations.inline(text[key])
    return table


def _refuse_twice(chosen: TargetSet, name: str, file: str, line_of: Callable[..., str]) -> None:
    """Refuse a set that says two things of one place, segment, month and measure: which of them would count?"""
    lines: dict[tuple[object, ...], str] = {}
    for at, target in enumerate(chosen.target):
        place = tuple((column, FOLDS[column](name)) for column, name in target.place.items())
        line = line_of("sets", name, "target", at)
        other = lines.setdefault((place, target.segment, target.by, target.new is None), line)
        if other != line:
            result = " · ".join(filter(None, (*target.place.values(), target.segment, months.code(target.by))))
            raise DeclarationRefused("target_twice", file=file, line=line, other=other, found=result)
