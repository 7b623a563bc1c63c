"""What was promised, for whom, by when, and how much of it falls to each branch and segment?

Model, section 3. Targets come in named sets; the user chooses one, for the public ladders differ by 20 points.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self

import numpy as np
import polars as pl
import tomlkit
from numpy.typing import NDArray
from pydantic import BeforeValidator, Field, model_validator
from tomlkit.items import Table

from coverage.base import declarations, months
from coverage.base.declarations import Declared, Month, Words
from coverage.base.errors import DeclarationRefused
from coverage.base.tables import SERIES_TARGETS, BranchMonths, Register, Series, SeriesTargets, branch_key, plain
from coverage.model.levers import SegmentName
from coverage.model.shares import room_weights, share_out

Array = NDArray[np.float64]
Rule = Literal["eligible", "uncovered", "gap", "active"]
SHARE_OUT: tuple[Rule, ...] = ("eligible", "uncovered", "gap", "active")
"""How a wider figure can be shared out over its branches."""


Whole = Annotated[int, Field(ge=0, le=1_000_000_000)]


class Target(Declared):
    """One figure to reach: where, for which segment, by which month, and one of four kinds.

    `workers`: active members; `coverage`: share of the eligible of the as-of month; `growth`: relative to the
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
    share_out: Rule = "eligible"
    target: tuple[Target, ...] = ()


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


def load(path: Path) -> TargetBook:
    """Read a targets file; raise `DeclarationRefused` with file, line, key, found and allowed."""
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DeclarationRefused("not_text", file=path.name) from error
    except OSError as error:
        found = error.strerror or str(error)
        raise DeclarationRefused("declaration_unreadable", file=path.name, found=found) from error
    return loads(text, path.name)


def loads(text: str, file: str) -> TargetBook:
    """Read the text of a targets file; raise `DeclarationRefused` with file, line, key, found and allowed."""
    book = declarations.load(text, file, TargetBook)
    if book.default not in book.sets:
        raise DeclarationRefused(
            "value_refused",
            file=file,
            line=declarations.line_of(text, "default"),
            key="default",
            found=book.default,
            allowed=" | ".join(book.sets),
        )
    for name, chosen in book.sets.items():
        _refuse_twice(chosen, name, file, text)
    return book


def dumps(book: TargetBook) -> str:
    """Write a targets file: what `loads` reads back as the same book."""
    document = tomlkit.document()
    document["default"] = book.default
    sets = document.setdefault("sets", tomlkit.table(is_super_table=True))
    for name, chosen in book.sets.items():
        said = chosen.model_dump(mode="json", exclude_defaults=True, by_alias=True)
        table = tomlkit.table()
        for key in (one for one in TargetSet.model_fields if one in said and one != "target"):
            table[key] = declarations.inline(said[key])
        entries = tomlkit.aot()
        for target in chosen.target:
            entries.append(_entry(target))
        if chosen.target:
            table["target"] = entries
        sets[name] = table
    return tomlkit.dumps(document)


def _entry(target: Target) -> Table:
    said = target.model_dump(mode="json", exclude_defaults=True, by_alias=True)
    said["by"] = months.code(target.by)
    if target.milestones:
        said["milestones"] = {months.code(month): workers for month, workers in sorted(target.milestones.items())}
    table = tomlkit.table()
    for field, one in Target.model_fields.items():
        key = one.alias or field
        if key in said:
            table[key] = declarations.inline(said[key])
    return table


def _refuse_twice(chosen: TargetSet, name: str, file: str, text: str) -> None:
    """Refuse a set that says two things of one place, segment, month and measure: which of them would count?"""
    lines: dict[tuple[object, ...], str] = {}
    for at, one in enumerate(chosen.target):
        place = tuple((column, _FOLDS[column](name)) for column, name in one.place.items())
        line = declarations.line_of(text, "sets", name, "target", at)
        other = lines.setdefault((place, one.segment, one.by, one.new is None), line)
        if other != line:
            found = " · ".join(filter(None, (*one.place.values(), one.segment, months.code(one.by))))
            raise DeclarationRefused("target_twice", file=file, line=line, other=other, found=found)


def resolve(chosen: TargetSet, series: Series, table: BranchMonths, *, as_of: date) -> SeriesTargets:
    """One row per branch and segment that has a target: the next one due, the latest one if all are past.

    A particular target goes before a wider one: what a region's figure leaves after its branches' own targets is
    shared out over the rest. Series that have not reported the as-of month get their share by their last report, so
    that a late branch does not raise the targets of the others.
    """
    series = _last_reported(series, table, as_of)
    found: list[pl.DataFrame] = []
    for by, measure, due in _together(chosen):
        amounts, _, _ = _allot(due, series, table, chosen.share_out)
        found.append(
            series.select("branch", "segment").with_columns(
                target=pl.Series(amounts).fill_nan(None), target_month=pl.lit(by), measure=pl.lit(measure)
            )
        )
    if not found:
        return pl.DataFrame(schema=SERIES_TARGETS)
    distance = pl.col("target_month").sub(pl.lit(as_of)).dt.total_days()
    return (
        pl.concat(found)
        .drop_nulls("target")
        .sort(
            pl.when(distance >= 0).then(distance).otherwise(10**9 - distance),
            "measure",
            descending=[False, True],
            maintain_order=True,
        )
        .unique(["branch", "segment"], keep="first", maintain_order=True)
        .sort("branch", "segment")
        .select(SERIES_TARGETS.keys())
    )


def spelled_out(chosen: TargetSet, series: Series, table: BranchMonths, *, as_of: date) -> list[Target]:
    """Say for each branch and segment what a set asks of it: what `resolve` shares out of wider figures becomes a
    target of its own, for every month there is a target for. `series` are all, not a scope's.

    What names nobody in the data stays as it is. Each target says its source and status, which may be the set's.
    """
    series, places = _last_reported(series, table, as_of), _Places(series)
    found: list[Target] = []
    for _, measure, due in _together(chosen):
        amounts, givers, _ = _allot(due, series, table, chosen.share_out)
        found += [one for one in due if (one.branch and one.segment) or not places.of(one).any()]
        figure = "workers" if measure == "workers" else "new"
        for name, segment, people, giver in zip(series["branch"], series["segment"], amounts, givers, strict=True):
            if giver is None or (giver.branch and giver.segment):
                continue
            own = {"branch": name, "segment": segment, "by": giver.by, figure: int(people), "source": giver.source}
            alone = giver.workers is not None and np.count_nonzero(places.of(giver)) == 1  # else nobody's milestones
            more = {"status": giver.status, "note": giver.note, "milestones": giver.milestones if alone else {}}
            found.append(Target.model_validate(own | more))
    inherited = ("source", "status")
    return [
        one.model_copy(update={key: getattr(one, key) or getattr(chosen, key) for key in inherited}) for one in found
    ]


@dataclass(frozen=True, kw_only=True)
class Remarks:
    """What a reader has to know of a set of targets.

    `unknown`: the places it names that are neither in the data nor in the register of branches.
    `differ`: the wider figures that the targets inside them do not leave room for, or do not fill, with what those add
    up to: a region of 200,000 whose branches have targets of 210,000. The particular ones count.
    """

    unknown: list[str]
    differ: list[tuple[Target, int]]


def remarks(chosen: TargetSet, series: Series, table: BranchMonths, register: Register, *, as_of: date) -> Remarks:
    """Look through a set of targets for what it says of nobody, or twice; `series` are all, not a scope's."""
    known = {
        column: {fold(one) for one in (*series[column], *register[column]) if one} for column, fold in _FOLDS.items()
    }
    named = {
        name: None
        for one in chosen.target
        for column, name in one.place.items()
        if _FOLDS[column](name) not in known[column]
    }
    series = _last_reported(series, table, as_of)
    differ = [one for _, _, due in _together(chosen) for one in _allot(due, series, table, chosen.share_out)[2]]
    return Remarks(unknown=list(named), differ=differ)


def _together(chosen: TargetSet) -> Iterator[tuple[date, str, list[Target]]]:
    """Yield the targets of a month and measure, which share out what they name."""
    for by in sorted({target.by for target in chosen.target}):
        for measure in ("workers", "registrations"):
            due = [
                one for one in chosen.target if one.by == by and (one.new is not None) == (measure == "registrations")
            ]
            if due:
                yield by, measure, due


def _last_reported(series: Series, table: BranchMonths, as_of: date) -> Series:
    """Give the series that have not reported the as-of month the figures of their last report."""
    late = pl.col("active").is_null()
    if not series.select(late.any()).item():
        return series
    last = (
        table.filter(pl.col("month") <= as_of)
        .sort("month")
        .group_by("branch", "segment")
        .agg(pl.col("active", "eligible").drop_nulls().last().cast(pl.Float64).name.prefix("last_"))
    )
    return series.join(last, on=["branch", "segment"], how="left", validate="1:1", maintain_order="left").with_columns(
        active=pl.coalesce("active", "last_active"),
        eligible=pl.when(late).then("last_eligible").otherwise("eligible"),
    )


def _allot(
    due: Sequence[Target], series: Series, table: BranchMonths, rule: Rule
) -> tuple[Array, list[Target | None], list[tuple[Target, int]]]:
    """Return the people that each series has to reach, NaN where no target applies (series,), which target each owes
    that to, and the wider figures that differ from what the particular ones add up to."""
    amounts, places = np.full(series.height, np.nan), _Places(series)
    givers: list[Target | None] = [None] * series.height
    differ: list[tuple[Target, int]] = []
    absent = False  # a target of nobody here may be what is missing from a wider one
    for target in sorted(due, key=lambda one: one.rank, reverse=True):
        members = places.of(target)
        absent = absent or not members.any()
        free = members & np.isnan(amounts)
        if target.coverage is not None:
            free &= series["eligible"].is_not_null().to_numpy()
        if target.growth is not None:  # growth of nothing known is no target
            free &= _has_base(target, series, table)
        taken = int(np.nansum(amounts[members]))
        whole = target.workers if target.workers is not None else target.new
        if whole is not None and members.any() and (taken > whole or (taken < whole and not free.any() and not absent)):
            differ.append((target, taken))
        if not free.any() or (whole is not None and 0 < taken >= whole):  # what is left is nothing, and no target
            continue
        for at in np.flatnonzero(free):
            givers[at] = target
        if whole is not None and np.count_nonzero(free) == 1:  # nothing to share out; most sets have only such
            amounts[free] = whole - taken
            continue
        chosen = series.filter(free)
        total = whole - taken if whole is not None else _total(target, chosen, table)
        amounts[free] = _shared(total, chosen, rule, registrations=target.new is not None)
    return amounts, givers, differ


def _has_base(target: Target, series: Series, table: BranchMonths) -> NDArray[np.bool_]:
    there = table.filter(pl.col("month") == target.base, pl.col("active").is_not_null())
    known = there.select("branch", "segment", based=pl.lit(True))
    found = series.join(known, on=["branch", "segment"], how="left", maintain_order="left", validate="1:1")
    return found["based"].fill_null(value=False).to_numpy()


_FOLDS: dict[str, Callable[[str], str]] = {"branch": branch_key, "region": plain, "province": plain}


class _Places:
    """The names of all series, folded once: a set may hold a target for each of them."""

    def __init__(self, series: Series) -> None:
        self.names = {
            column: np.array([None if name is None else fold(name) for name in series[column].to_list()], dtype=object)
            for column, fold in _FOLDS.items()
        }
        self.segments = np.array(series["segment"].to_list(), dtype=object)

    def of(self, target: Target) -> NDArray[np.bool_]:
        """Say which series a target speaks of (series,)."""
        inside = np.ones(len(self.segments), dtype=bool)
        for column, name in target.place.items():
            inside &= self.names[column] == _FOLDS[column](name)
        return inside if target.segment is None else inside & (self.segments == target.segment)


def _total(target: Target, chosen: Series, table: BranchMonths) -> int:
    """Return the whole people that a share or growth asks of these series; a started worker counts as a whole one."""
    if target.coverage is not None:
        return _ceiling(target.coverage * float(chosen["eligible"].sum()))
    base = table.filter(pl.col("month") == target.base).join(
        chosen.select("branch", "segment"), on=["branch", "segment"], how="semi"
    )
    return _ceiling((1 + (target.growth or 0)) * float(base["active"].sum()))


def _ceiling(people: float) -> int:
    # A hair below a whole number is float noise, not a part of a person.
    return int(np.ceil(people - 1e-6))


def _shared(total: int, chosen: Series, rule: Rule, *, registrations: bool) -> NDArray[np.int64]:
    """Share a figure out over series in whole people.

    By `eligible` and `active` the figure itself is shared in proportion. By `uncovered` and `gap` what is still
    missing is shared, on top of what each already has: in proportion alone, a branch with few uncovered workers
    would be given a target below its own members. `gap` is what each lacks to its proportional part.
    """
    if chosen.height == 1:
        return np.array([total])
    active = chosen["active"].fill_null(0).to_numpy().astype(np.float64)
    eligible = chosen["eligible"].fill_null(np.nan).to_numpy()
    level = eligible if np.isfinite(eligible).all() else active
    if registrations and rule in {"uncovered", "gap"}:
        return share_out(total, room_weights(eligible, active))
    missing = total - int(active.sum())
    if rule in {"eligible", "active"} or missing <= 0:
        return share_out(total, level if rule == "eligible" else active)
    if rule == "uncovered":
        return active.astype(np.int64) + share_out(missing, room_weights(eligible, active))
    return active.astype(np.int64) + share_out(missing, np.maximum(total * level / level.sum() - active, 0))


def milestones(chosen: TargetSet, series: Series) -> pl.DataFrame:
    """One row per branch, segment and month of the milestones that were set for exactly one series."""
    rows, places = [], _Places(series)
    for target in chosen.target:
        if not target.milestones or target.workers is None:
            continue
        place = np.flatnonzero(places.of(target))
        if len(place) == 1:
            branch, segment = series["branch"][int(place[0])], series["segment"][int(place[0])]
            rows += [
                {"branch": branch, "segment": segment, "month": month, "workers": float(workers)}
                for month, workers in sorted(target.milestones.items())
            ]
    return pl.DataFrame(
        rows,
        schema={"branch": pl.String, "segment": series.schema["segment"], "month": pl.Date, "workers": pl.Float64},
    )
