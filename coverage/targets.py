"""What was promised, for whom, by when, and how much of it falls to each branch and segment?

Model, section 3. Targets come in named sets; the user chooses one, for the public ladders differ by 20 points.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import BeforeValidator, Field, model_validator

from coverage import declarations, months
from coverage.declarations import Declared, Month, Words
from coverage.errors import DeclarationRefused
from coverage.projection import SegmentName, room_weights, share_out
from coverage.tables import SERIES_TARGETS, BranchMonths, Series, SeriesTargets, branch_key, plain

Array = NDArray[np.float64]
Rule = Literal["eligible", "uncovered", "gap", "active"]
SHARE_OUT: tuple[Rule, ...] = ("eligible", "uncovered", "gap", "active")
"""How a wider figure can be shared out over its branches."""


class Target(Declared):
    """One figure to reach: where, for which segment, by which month, and one of four kinds.

    `workers`: active members; `coverage`: share of the eligible of the as-of month; `growth`: relative to the
    active members of the month `from`; `new`: registrations summed over the target's year.
    """

    branch: str | None = None
    region: str | None = None
    province: str | None = None
    segment: SegmentName | None = None
    by: Month
    workers: int | None = Field(None, ge=0, le=1_000_000_000)
    coverage: float | None = Field(None, gt=0, le=1)
    growth: float | None = Field(None, ge=-1, le=10)
    base: Month | None = Field(None, alias="from")
    new: int | None = Field(None, ge=0, le=1_000_000_000)
    milestones: dict[Annotated[date, BeforeValidator(lambda key: months.parse(key))], int] = Field(default_factory=dict)
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


def load(path: Path) -> TargetBook:
    """Read a targets file; raise `DeclarationRefused` with file, line, key, found and allowed."""
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DeclarationRefused("not_text", file=path.name) from error
    except OSError as error:
        raise DeclarationRefused("declaration_unreadable", file=path.name, found=str(error)) from error
    book = declarations.load(text, path.name, TargetBook)
    if book.default not in book.sets:
        raise DeclarationRefused(
            "value_refused",
            file=path.name,
            line=declarations.line_of(text, "default"),
            key="default",
            found=book.default,
            allowed=" | ".join(book.sets),
        )
    return book


def resolve(chosen: TargetSet, series: Series, table: BranchMonths, *, as_of: date) -> SeriesTargets:
    """One row per branch and segment that has a target: the next one due, the latest one if all are past.

    A particular target goes before a wider one: what a region's figure leaves after its branches' own targets is
    shared out over the rest. Series that have not reported the as-of month get their share by their last report, so
    that a late branch does not raise the targets of the others.
    """
    series = _last_reported(series, table, as_of)
    found: list[pl.DataFrame] = []
    for by in sorted({target.by for target in chosen.target}):
        for measure in ("workers", "registrations"):
            due = [
                one for one in chosen.target if one.by == by and (one.new is not None) == (measure == "registrations")
            ]
            if due:
                amounts = _allot(due, series, table, chosen.share_out)
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


def _allot(due: Sequence[Target], series: Series, table: BranchMonths, rule: Rule) -> Array:
    """Return the people that each series has to reach, NaN where no target applies (series,)."""
    amounts = np.full(series.height, np.nan)
    for target in sorted(due, key=lambda one: one.rank, reverse=True):
        members = _members(target, series)
        free = members & np.isnan(amounts)
        if target.coverage is not None:
            free &= series["eligible"].is_not_null().to_numpy()
        if target.growth is not None:  # growth of nothing known is no target
            free &= _has_base(target, series, table)
        if not free.any():
            continue
        chosen = series.filter(free)
        taken = amounts[members & ~free]
        total = _total(target, chosen, table)
        if target.workers is not None or target.new is not None:
            total = max(total - int(np.nansum(taken)), 0)
        amounts[free] = _shared(total, chosen, rule)
    return amounts


def _has_base(target: Target, series: Series, table: BranchMonths) -> NDArray[np.bool_]:
    there = table.filter(pl.col("month") == target.base, pl.col("active").is_not_null())
    known = there.select("branch", "segment", based=pl.lit(True))
    found = series.join(known, on=["branch", "segment"], how="left", maintain_order="left", validate="1:1")
    return found["based"].fill_null(value=False).to_numpy()


def _members(target: Target, series: Series) -> NDArray[np.bool_]:
    inside = np.ones(series.height, dtype=bool)
    tests: tuple[tuple[str, str | None, Callable[[str], str]], ...] = (
        ("branch", target.branch, branch_key),
        ("region", target.region, plain),
        ("province", target.province, plain),
    )
    for column, wanted, fold in tests:
        if wanted is not None:
            inside &= np.array(
                [value is not None and fold(value) == fold(wanted) for value in series[column].to_list()], dtype=bool
            )
    if target.segment is not None:
        inside &= (series["segment"] == target.segment).to_numpy()
    return inside


def _total(target: Target, chosen: Series, table: BranchMonths) -> int:
    """Return the whole people that a target asks of these series; a started worker counts as a whole one."""
    if target.workers is not None:
        return target.workers
    if target.new is not None:
        return target.new
    if target.coverage is not None:
        return _ceiling(target.coverage * float(chosen["eligible"].sum()))
    base = table.filter(pl.col("month") == target.base).join(
        chosen.select("branch", "segment"), on=["branch", "segment"], how="semi"
    )
    return _ceiling((1 + (target.growth or 0)) * float(base["active"].sum()))


def _ceiling(people: float) -> int:
    # A hair below a whole number is float noise, not a part of a person.
    return int(np.ceil(people - 1e-6))


def _shared(total: int, chosen: Series, rule: Rule) -> NDArray[np.int64]:
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
    missing = total - int(active.sum())
    if rule in {"eligible", "active"} or missing <= 0:
        return share_out(total, level if rule == "eligible" else active)
    if rule == "uncovered":
        return active.astype(np.int64) + share_out(missing, room_weights(eligible, active))
    return active.astype(np.int64) + share_out(missing, np.maximum(total * level / level.sum() - active, 0))


def milestones(chosen: TargetSet, series: Series) -> pl.DataFrame:
    """One row per branch, segment and month of the milestones that were set for exactly one series."""
    rows = []
    for target in chosen.target:
        if not target.milestones or target.workers is None:
            continue
        place = np.flatnonzero(_members(target, series))
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
