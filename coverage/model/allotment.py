"""How much of the targets falls to each branch and segment?

Model, section 3. A particular target goes before a wider one: what a region's figure leaves after its branches' own
targets is shared out over the rest. A share of the eligible is one of the eligible of the target's own month: where the
workforce grows it asks for more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coverage.base import months
from coverage.base.tables import SERIES_TARGETS, BranchMonths, Series, SeriesTargets
from coverage.model.shares import room_weights, share_out
from coverage.model.targets import FOLDS, ShareOut, Target, TargetSet

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
_YEAR = 12


@dataclass(frozen=True, kw_only=True)
class TargetBasis:
    """What targets are measured on: everybody's series with their last report, their rows, the growth a year.

    `silent` (series,) are the months since the last report: 0 where the as-of month was reported.
    """

    series: Series
    table: BranchMonths
    as_of: date
    growth: float
    silent: Array

    @cached_property
    def places(self) -> Places:
        """Say where each series is."""
        return Places(self.series)

    def eligible(self, by: date) -> Array:
        """Return the eligible of a month (series,): as they grow from the last report on, as reported before the as-of
        month; NaN where unknown."""
        ahead = months.between(self.as_of, by)
        if ahead < 0:
            present = self.table.filter(month=by).select("branch", "segment", then=pl.col("eligible").cast(pl.Float64))
            result = self.series.join(
                present, on=["branch", "segment"], how="left", validate="1:1", maintain_order="left"
            )
            return result["then"].fill_null(np.nan).to_numpy()
        today = self.series["eligible"].cast(pl.Float64).fill_null(np.nan).to_numpy()
        grown: Array = today * (1 + self.growth) ** ((ahead + self.silent) / _YEAR)
        return grown


def ground(series: Series, table: BranchMonths, *, as_of: date, growth: float = 0.0) -> TargetBasis:
    """Give the series that have not reported the as-of month the figures of their last report.

    So a late branch does not raise the targets of the others.
    """
    late = pl.col("active").is_null()
    if not series.select(late.any()).item():
        return TargetBasis(series=series, table=table, as_of=as_of, growth=growth, silent=np.zeros(series.height))
    known = table.filter(pl.col("month") <= as_of, pl.col("active").is_not_null()).sort("month")
    last = known.group_by("branch", "segment").agg(
        pl.col("active", "eligible").drop_nulls().last().cast(pl.Float64).name.prefix("last_"),
        last_month=pl.col("month").last(),
    )
    joined = series.join(last, on=["branch", "segment"], how="left", validate="1:1", maintain_order="left")
    silent = [
        months.between(month, as_of) if present is None and month is not None else 0
        for present, month in joined.select("active", "last_month").iter_rows()
    ]
    filled = joined.with_columns(
        active=pl.coalesce("active", "last_active"),
        eligible=pl.when(late).then("last_eligible").otherwise("eligible"),
    )
    return TargetBasis(
        series=filled, table=table, as_of=as_of, growth=growth, silent=np.array(silent, dtype=np.float64)
    )


def resolve(
    chosen: TargetSet,
    series: Series,
    table: BranchMonths,
    *,
    as_of: date,
    growth: float = 0.0,
    in_view: date | None = None,
) -> SeriesTargets:
    """One row per branch and segment that has a target: the next one due, the latest one if all are past.

    Series that have one in the month `in_view` have that one.
    """
    return headline(targets_by_month(chosen, ground(series, table, as_of=as_of, growth=growth)), as_of, in_view)


def targets_by_month(chosen: TargetSet, on: TargetBasis) -> SeriesTargets:
    """One row per branch, segment, month and measure that there is a target for: all of a set's, past and to come."""
    results: list[pl.DataFrame] = []
    for by, measure, layers in layers_of(chosen):
        whole: Allotment | None = None
        for due in layers:  # what goes before others first
            part = allot(due, on, by, chosen.share_out)
            whole = part if whole is None else whole.over(part)
        if whole is not None:
            results.append(_rows(whole, on, by, measure, chosen.share_out))
    return pl.concat(results).drop_nulls("target") if results else pl.DataFrame(schema=SERIES_TARGETS)


def _rows(whole: Allotment, on: TargetBasis, by: date, measure: str, rule: ShareOut) -> SeriesTargets:
    sources = [None if giver is None else giver.origin.place or None for giver in whole.givers]
    # A part that goes by another rule than the eligible is a share of its own, and moves with the workforce too.
    shares = [
        None
        if giver is None or giver.coverage is None
        else giver.coverage
        if (giver.origin.share_out or rule) == "eligible"
        else float(amount / eligible)
        for giver, amount, eligible in zip(whole.givers, whole.amounts, on.eligible(by), strict=True)
    ]
    ranks = [None if giver is None else giver.origin.rank for giver in whole.givers]
    return (
        on.series.select("branch", "segment")
        .with_columns(
            target=pl.Series(whole.amounts).fill_nan(None),
            target_month=pl.lit(by),
            measure=pl.lit(measure),
            share=pl.Series(shares, dtype=pl.Float64),
            target_source=pl.Series(sources, dtype=pl.String),
            rank=pl.Series(ranks, dtype=pl.Int64),
        )
        .select(SERIES_TARGETS.keys())
    )


def headline(every: SeriesTargets, as_of: date, in_view: date | None = None) -> SeriesTargets:
    """Keep one row of a `path` per branch and segment: that of the month in view, else the next due, else the latest.

    Of two for one month what goes before others counts, then the members before the registrations.
    """
    distance = pl.col("target_month").sub(pl.lit(as_of)).dt.total_days()
    order = pl.when(distance >= 0).then(distance).otherwise(10**9 - distance)
    return (
        every.sort(
            pl.when(pl.col("target_month") == pl.lit(in_view, dtype=pl.Date)).then(-1).otherwise(order),
            "rank",
            "measure",
            descending=[False, False, True],
            maintain_order=True,
        )
        .unique(["branch", "segment"], keep="first", maintain_order=True)
        .sort("branch", "segment")
    )


def spelled_out(
    chosen: TargetSet, series: Series, table: BranchMonths, *, as_of: date, growth: float = 0.0
) -> list[Target]:
    """Say for each branch and segment what a set asks of it: what `path` shares out of wider figures becomes a
    target of its own, for every month there is a target for. `series` are all, not a scope's.

    What names nobody in the data stays as it is. Each target says its source and status, which may be the set's.
    """
    on = ground(series, table, as_of=as_of, growth=growth)
    places = on.places
    results: list[Target] = []
    for by, measure, layers in layers_of(chosen):
        whole: Allotment | None = None
        for due in layers:
            part = allot(due, on, by, chosen.share_out)
            whole = part if whole is None else whole.over(part)
            results += [
                target
                for target in due
                if not places.of(target).any() or (target.branch and target.segment and _counts(target, whole))
            ]
        for place, giver in enumerate(whole.givers if whole else []):
            if giver is None or (giver.branch and giver.segment):
                continue
            alone = giver.workers is not None and np.count_nonzero(places.of(giver)) == 1  # else nobody's milestones
            own = {
                "branch": on.series["branch"][place],
                "segment": on.series["segment"][place],
                "by": by,
                "source": giver.source,
                "status": giver.status,
                "note": giver.note,
                "milestones": giver.milestones if alone else {},
            }
            people = 0 if whole is None else _ceiling(float(whole.amounts[place]))
            figure: dict[str, float] = {"workers" if measure == "workers" else "new": people}
            if giver.coverage is not None and (giver.origin.share_out or chosen.share_out) == "eligible":
                figure = {"coverage": giver.coverage}  # it goes on moving with the workforce
            results.append(Target.model_validate(own | figure).coming_from(giver.origin))
    inherited = ("source", "status")
    return [
        target.model_copy(update={key: getattr(target, key) or getattr(chosen, key) for key in inherited})
        for target in results
    ]


def _counts(target: Target, whole: Allotment) -> bool:
    return any(giver is target for giver in whole.givers)


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A wider figure that the targets inside it do not leave room for, or do not fill: a region of 200,000 whose
    branches have targets of 210,000. The particular ones count."""

    target: Target
    whole: float
    taken: float


def layers_of(chosen: TargetSet) -> Iterator[tuple[date, str, list[list[Target]]]]:
    """Yield the targets of a month and measure, which share out what they name: rank by rank."""
    for by in sorted({target.by for target in chosen.target}):
        for measure in ("workers", "registrations"):
            due = [
                target
                for target in chosen.target
                if target.by == by and (target.new is not None) == (measure == "registrations")
            ]
            if due:
                ranks = sorted({target.origin.rank for target in due})
                yield by, measure, [[target for target in due if target.origin.rank == rank] for rank in ranks]


@dataclass(frozen=True, kw_only=True)
class Allotment:
    """The people that each series has to reach, NaN where no target applies (series,), which target each owes that
    to, and the wider figures that differ from what the particular ones add up to."""

    amounts: Array
    givers: list[Target | None]
    differ: list[Difference]

    def over(self, lower: Allotment) -> Allotment:
        """Return what goes before, and what the lower ones say where it says nothing."""
        own = np.isfinite(self.amounts)
        return Allotment(
            amounts=np.where(own, self.amounts, lower.amounts),
            givers=[
                upper if mine else under for upper, under, mine in zip(self.givers, lower.givers, own, strict=True)
            ],
            differ=[*self.differ, *lower.differ],
        )


def allot(due: Sequence[Target], on: TargetBasis, by: date, rule: ShareOut) -> Allotment:
    """Share out the targets of one month, measure and rank, the most particular first."""
    series, places = on.series, on.places
    amounts = np.full(series.height, np.nan)
    givers: list[Target | None] = [None] * series.height
    differ: list[Difference] = []
    absent = False  # a target of nobody here may be what is missing from a wider one
    for target in sorted(due, key=lambda target: target.rank, reverse=True):
        members = places.of(target)
        absent = absent or not members.any()
        levels = _levels(target, on, by)  # what a share or growth is relative to; growth of nothing known is no target
        if levels is not None:
            members &= np.isfinite(levels)
        free = members & np.isnan(amounts)
        taken = float(np.nansum(amounts[members]))
        whole = _whole(target, levels, members)
        if members.any() and (taken > whole + 1e-6 or (taken < whole - 1e-6 and not free.any() and not absent)):
            differ.append(Difference(target=target, whole=whole, taken=taken))
        if not free.any() or 0 < taken >= whole:  # what is left is nothing, and no target
            continue
        for place in np.flatnonzero(free):
            givers[place] = target
        left = whole - taken
        how = target.origin.share_out or rule
        if target.coverage is not None and levels is not None and (how == "eligible" or np.count_nonzero(free) == 1):
            amounts[free] = left * levels[free] / levels[free].sum()
        elif np.count_nonzero(free) == 1:  # nothing to share out; most sets have only such
            amounts[free] = _ceiling(left)
        else:
            chosen = series.filter(free)
            amounts[free] = _shared(_ceiling(left), chosen, how, registrations=target.new is not None)
    return Allotment(amounts=amounts, givers=givers, differ=differ)


def _levels(target: Target, on: TargetBasis, by: date) -> Array | None:
    """Return what each series' part of a share or of growth is relative to (series,), NaN where unknown."""
    if target.coverage is not None:
        return on.eligible(by)
    if target.growth is None:
        return None
    base = on.table.filter(month=target.base).select("branch", "segment", base=pl.col("active").cast(pl.Float64))
    result = on.series.join(base, on=["branch", "segment"], how="left", maintain_order="left", validate="1:1")
    return result["base"].fill_null(np.nan).to_numpy()


def _whole(target: Target, levels: Array | None, members: Flags) -> float:
    """Return the people that a target asks of its members together."""
    if levels is None:
        return float((target.workers if target.workers is not None else target.new) or 0)
    factor = target.coverage if target.coverage is not None else 1 + (target.growth or 0)
    return factor * float(levels[members].sum())


class Places:
    """The names of all series, folded once: a set may hold a target for each of them."""

    def __init__(self, series: Series) -> None:
        self.names = {
            column: np.array([None if name is None else fold(name) for name in series[column].to_list()], dtype=object)
            for column, fold in FOLDS.items()
        }
        self.segments = np.array(series["segment"].to_list(), dtype=object)

    def of(self, target: Target) -> Flags:
        """Say which series a target speaks of (series,)."""
        inside = np.ones(len(self.segments), dtype=bool)
        for column, name in target.place.items():
            inside &= self.names[column] == FOLDS[column](name)
        return inside if target.segment is None else inside & (self.segments == target.segment)


def _ceiling(people: float) -> int:
    """Return whole people: a started worker counts as a whole one."""
    # A hair below a whole number is float noise, not a part of a person.
    return int(np.ceil(people - 1e-6))


def _shared(total: int, chosen: Series, rule: ShareOut, *, registrations: bool) -> NDArray[np.int64]:
    """Share a figure out over series in whole people.

    By `eligible` and `active` the figure itself is shared in proportion. By `uncovered` and `gap` what is still
    missing is shared, on top of what each already has: in proportion alone, a branch with few uncovered workers
    would be given a target below its own members. `gap` is what each lacks to its proportional part.
    """
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


def milestones_of_series(chosen: TargetSet, series: Series) -> pl.DataFrame:
    """One row per branch, segment and month of the milestones that were set for exactly one series."""
    rows, places = [], Places(series)
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
