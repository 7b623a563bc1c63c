"""What do levers and programmes mean for each series of a scope, in the kernel's terms?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coverage.base import months
from coverage.base.tables import SEGMENTS, Series, branch_key
from coverage.model.levers import Levers, Programme, extra_of
from coverage.model.shares import room_weights, share_out

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Enrolment:
    """A programme in the kernel's terms: months counted from the as-of month, workers for each series.

    `held` are the members whom a programme that is running already has in month 0; they are among the funded there.
    """

    starts: int
    ends: int
    workers: Array  # (series, 1), or (series, draws)
    stay: float
    weight: float
    held: Array | None = None  # (series, 1); None where it begins later

    def of(self, series: NDArray[np.intp]) -> Enrolment:
        """Return the same programme for some series."""
        held = None if self.held is None else self.held[series]
        return replace(self, workers=self.workers[series], held=held)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What every declared lever is for each series: (series,), or (series, draws) where values are tried side by side.

    `plan["new"]` is the lever `new`; `starts` counts months from the as-of month. Where `path` is known (months + 1,
    series; NaN elsewhere), registrations are what it takes to follow it; where `floor` is known they are at least what
    it takes not to fall below it (model, section 6).
    """

    levers: Mapping[str, Array]
    enrolments: tuple[Enrolment, ...] = ()
    path: Array | None = None
    floor: Array | None = None

    def __getitem__(self, lever: str) -> Array:
        return self.levers[lever]

    def moved(self, **levers: Array) -> Plan:
        """Return the plan with some levers set anew."""
        return replace(self, levers={**self.levers, **levers})

    def of(self, series: NDArray[np.intp]) -> Plan:
        """Return the plan of some series."""
        return replace(
            self,
            levers={name: values[series] for name, values in self.levers.items()},
            path=None if self.path is None else self.path[:, series],
            floor=None if self.floor is None else self.floor[:, series],
            enrolments=tuple(enrolment.of(series) for enrolment in self.enrolments),
        )


def resolved(
    series: Series,
    levers: Mapping[str, Levers],
    branch_levers: Mapping[tuple[str, str], Levers],
    programmes: Sequence[Programme],
    *,
    as_of: date,
    growth: float,
    gaps: Array | None = None,
) -> Plan:
    """Resolve levers and programmes for every series of a scope.

    `branch_levers` are keyed by segment and branch and replace what they say of the segment's; `gaps` (series,)
    are the people missing to each series' target, for programmes spread by gap.
    """
    who = _Who(
        segment=series["segment"].to_physical().to_numpy().astype(np.intp),
        branch=series["branch"],
        active=series["active"].to_numpy().astype(np.float64),
        eligible=series["eligible"].fill_null(np.nan).to_numpy(),
    )
    chosen, which = _chosen(who, levers, branch_levers)
    month0 = months.number(as_of)
    moved = {}
    for name, field in Levers.model_fields.items():
        values = np.array([_number(levers, name, month0, growth) for levers in chosen], dtype=np.float64)[which]
        if extra_of(field, "shared"):
            own = [False] * len(SEGMENTS) + [name in levers.model_fields_set for levers in branch_levers.values()]
            values = _shared(who, values, shared=~np.array(own)[which])
        moved[name] = values
    return Plan(levers=moved, enrolments=tuple(_enrolment(who, programme, month0, gaps) for programme in programmes))


def _number(levers: Levers, name: str, month0: int, growth: float) -> float:
    """Return a lever as the equations take it: a month as a count from the as-of month, what is not said as usual."""
    value, unit = getattr(levers, name), extra_of(Levers.model_fields[name], "unit")
    if unit == "month":
        return 1.0 if value is None else float(months.number(value) - month0)
    if value is None:
        return growth
    return max(float(value), 1.0) if unit == "months" else float(value)


@dataclass(frozen=True, kw_only=True)
class _Who:
    """The series that levers and programmes are resolved for, as arrays (series,)."""

    segment: NDArray[np.intp]  # place in SEGMENTS
    branch: pl.Series
    active: Array
    eligible: Array  # NaN where unknown

    def named(self, branches: Iterable[str]) -> NDArray[np.bool_]:
        """Say which series belong to these branches, however their names are written."""
        wanted = {branch_key(name) for name in branches}
        return np.array([key in wanted for key in self._keys], dtype=np.bool_)

    @cached_property
    def _keys(self) -> list[str]:
        return [branch_key(name) for name in self.branch.to_list()]


def _chosen(
    who: _Who, levers: Mapping[str, Levers], branch_levers: Mapping[tuple[str, str], Levers]
) -> tuple[list[Levers], NDArray[np.intp]]:
    """Return each segment's levers, then those of single branches, and which of them moves each series (series,)."""
    still = Levers()
    chosen = [levers.get(segment, still) for segment in SEGMENTS]
    which = who.segment.copy()
    for (segment, branch), own in branch_levers.items():
        place = SEGMENTS.index(segment)
        which[(who.segment == place) & who.named([branch])] = len(chosen)
        chosen.append(own.over(chosen[place]))
    return chosen, which


def _shared(who: _Who, extra: Array, *, shared: NDArray[np.bool_]) -> Array:
    """Share a segment's people over its branches; a branch's own figure is its own."""
    for place in np.unique(who.segment[shared & (extra > 0)]):
        members = shared & (who.segment == place)
        weights = room_weights(who.eligible[members], who.active[members])
        if weights.sum() <= 0:
            weights = np.ones_like(weights)
        extra[members] *= weights / weights.sum()
    return extra


def _enrolment(who: _Who, programme: Programme, month0: int, gaps: Array | None) -> Enrolment:
    members = who.segment == SEGMENTS.index(programme.segment)
    if programme.branches is not None:
        members &= who.named(programme.branches)
    active, eligible = who.active[members], who.eligible[members]
    room = room_weights(eligible, active)
    weights = {
        "uncovered": room,
        "eligible": eligible if np.isfinite(eligible).all() else active,
        "gap": np.maximum(gaps[members], 0) if gaps is not None else room,
        "active": active,
    }[programme.spread]
    workers = np.zeros(len(members))
    workers[members] = share_out(programme.workers, weights)
    starts = months.number(programme.starts) - month0
    return Enrolment(
        starts=starts,
        ends=starts + programme.months,
        workers=workers[:, None],
        stay=programme.stay,
        weight=programme.weight,
    )
