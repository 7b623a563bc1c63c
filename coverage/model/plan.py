"""What do levers and programmes mean for each series of a scope, in the kernel's terms?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coverage.base import months
from coverage.base.tables import SEGMENTS, Series, branch_key
from coverage.model.levers import Levers, Programme
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
    """The levers of every series, (series,) or (series, draws), the ramp starting so many months after the as-of month.

    Where `path` is known (months + 1, series; NaN elsewhere), registrations are what it takes to follow it; where
    `floor` is known they are at least what it takes not to fall below it (model, section 6).
    """

    new: Array
    lapse: Array
    back: Array
    extra: Array
    growth: Array
    starts: Array
    ramp: Array
    enrolments: tuple[Enrolment, ...] = ()
    path: Array | None = None
    floor: Array | None = None

    def of(self, series: NDArray[np.intp]) -> Plan:
        """Return the plan of some series."""
        columns = {name: getattr(self, name)[series] for name in PLANNED}
        return replace(
            self,
            **columns,
            path=None if self.path is None else self.path[:, series],
            floor=None if self.floor is None else self.floor[:, series],
            enrolments=tuple(one.of(series) for one in self.enrolments),
        )


PLANNED: tuple[str, ...] = tuple(one.name for one in fields(Plan) if one.name not in {"enrolments", "path", "floor"})
"""What a plan holds of the levers: an array with a row for each series."""


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
    apart = [False] * len(SEGMENTS) + ["extra" in one.model_fields_set for one in branch_levers.values()]
    month0 = months.number(as_of)

    def column(values: Iterable[float]) -> Array:
        return np.array(list(values), dtype=np.float64)[which]

    return Plan(
        new=column(one.new for one in chosen),
        lapse=column(one.lapse for one in chosen),
        back=column(one.back for one in chosen),
        extra=_extra(who, column(one.extra for one in chosen), shared=~np.array(apart)[which]),
        growth=column(growth if one.eligible_growth is None else one.eligible_growth for one in chosen),
        starts=column(1 if one.starts is None else months.number(one.starts) - month0 for one in chosen),
        ramp=column(max(one.ramp, 1) for one in chosen),
        enrolments=tuple(_enrolment(who, one, month0, gaps) for one in programmes),
    )


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


def _extra(who: _Who, extra: Array, *, shared: NDArray[np.bool_]) -> Array:
    """Share a segment's extra registrations over its branches; a branch's own figure is its own."""
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
