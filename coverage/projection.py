"""How many workers will be covered, month by month, if the levers stand so and these programmes run?

Model, section 5: stocks and flows. The inside is NumPy arrays (series, draws); one draw is the deterministic run,
so that one kernel serves the slider, the fan, the solver and the attribution. Covered = A + F, where A pay for
themselves and F are funded; P is the pool of lapsed people; E the eligible (infinite where unknown: no limit).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import Field

from coverage import months, settings
from coverage.declarations import Declared, Month
from coverage.tables import SEGMENTS, Series, branch_key

Array = NDArray[np.float64]
SegmentName = Literal["formal", "informal", "construction", "migrant", "unsplit"]
FUNDS = ("government", "village", "corporate")
_SETTINGS = settings.load()


class Levers(Declared):
    """What a person can change for a segment, or for one branch of it.

    `new`, `lapse` and `back` are relative changes of the baseline rates (0.20: a fifth more), `extra` is
    registrations a month over the whole scope, `eligible_growth` a share a year. `ramp` counts months until the
    levers work in full, from the month `starts` on.
    """

    new: float = Field(0.0, ge=-1, le=5, json_schema_extra={"unit": "change", "step": 0.05, "reach": 2.0})
    lapse: float = Field(0.0, ge=-1, le=5, json_schema_extra={"unit": "change", "step": 0.05, "reach": 1.0})
    back: float = Field(0.0, ge=-1, le=5, json_schema_extra={"unit": "change", "step": 0.05, "reach": 2.0})
    extra: float = Field(0.0, ge=0, le=1_000_000, json_schema_extra={"unit": "people", "step": 50, "reach": 5000})
    eligible_growth: float | None = Field(
        None, ge=-0.5, le=0.5, json_schema_extra={"unit": "growth", "step": 0.005, "reach": 0.1, "apart": True}
    )
    starts: Month | None = Field(None, json_schema_extra={"unit": "month", "apart": True})
    ramp: int = Field(0, ge=0, le=60, json_schema_extra={"unit": "months", "step": 1, "reach": 12, "apart": True})

    def over(self, wider: Levers) -> Levers:
        """Return the wider levers with what is said here in their place."""
        return wider.model_copy(update={name: getattr(self, name) for name in self.model_fields_set & LEVERS})


LEVERS = frozenset(Levers.model_fields)


class Programme(Declared):
    """Somebody pays for so many workers of a segment for so many months."""

    name: str = Field(min_length=1, max_length=120)
    segment: SegmentName
    workers: int = Field(ge=0, le=100_000_000, json_schema_extra={"unit": "workers"})
    starts: Month = Field(json_schema_extra={"unit": "month"})
    months: int = Field(ge=1, le=240, json_schema_extra={"unit": "months"})
    stay: float = Field(_SETTINGS["stay_share"], ge=0, le=1, json_schema_extra={"unit": "share"})
    premium: float = Field(_SETTINGS["premium_rupiah"], ge=0, le=10_000_000, json_schema_extra={"unit": "rupiah"})
    share: float = Field(_SETTINGS["payer_share"], ge=0, le=1, json_schema_extra={"unit": "share"})
    fund: Literal["government", "village", "corporate"] = "government"
    spread: Literal["uncovered", "eligible", "gap", "active"] = "uncovered"
    branches: tuple[str, ...] | None = None

    @property
    def weight(self) -> float:
        """Return how far a member counts by the branch's performance rule (PROBIS p. 67): a share."""
        full = _SETTINGS["counted_months"]
        if self.fund == "corporate":
            return 1.0 if self.months >= full else 0.0
        return min(1.0, self.months / full)


@dataclass(frozen=True, kw_only=True)
class Start:
    """Month 0 of every series, as columns (series, 1), with the rates of its past."""

    month: date
    eligible: Array  # infinite where unknown
    paying: Array
    funded: Array
    pool: Array
    new: Array
    lapse: Array
    back: Array
    season_new: Array  # (series, 12), January first
    season_lapse: Array


@dataclass(frozen=True, kw_only=True)
class Enrolment:
    """A programme in the kernel's terms: months counted from the as-of month, workers for each series."""

    starts: int
    ends: int
    workers: Array  # (series, 1)
    stay: float
    weight: float


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The levers of every series (series,), the ramp starting so many months after the as-of month."""

    new: Array
    lapse: Array
    back: Array
    extra: Array
    growth: Array
    starts: Array
    ramp: Array
    enrolments: tuple[Enrolment, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Flows:
    """What happens: arrays (months + 1, series, draws), month 0 the as-of month, whose flows are 0."""

    eligible: Array  # infinite where unknown; (months + 1, series, 1)
    covered: Array
    funded: Array
    counted: Array
    new: Array
    lapsed: Array
    returned: Array
    enrolled: Array
    ended: Array
    stayed: Array
    left: Array
    paid: Array  # (programmes, months + 1, series, draws): members whom each programme pays for that month


def start(series: Series) -> Start:
    """Take month 0 and the rates out of the table of series; every series must have reported."""

    def column(name: str) -> Array:
        return series[name].fill_null(0).to_numpy().astype(np.float64)[:, None]

    eligible = series["eligible"].fill_null(np.inf).to_numpy().astype(np.float64)[:, None]
    funded = column("funded")
    month = series["month"][0] if series.height else date(1, 1, 1)
    return Start(
        month=month,
        eligible=eligible,
        paying=column("active") - funded,
        funded=funded,
        pool=column("pool"),
        new=column("new"),
        lapse=column("lapse"),
        back=column("back"),
        season_new=series["season_new"].to_numpy().reshape(-1, 12),
        season_lapse=series["season_lapse"].to_numpy().reshape(-1, 12),
    )


def plan(
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


def room_weights(eligible: Array, active: Array) -> Array:
    """Return uncovered workers of each series; active ones for all, if the eligible of any is unknown (NaN)."""
    return np.maximum(eligible - active, 0) if np.isfinite(eligible).all() else active


def share_out(total: int, weights: Array) -> NDArray[np.int64]:
    """Share whole people out in proportion to weights by largest remainder; the parts add up to the total.

    Where no weight is positive everybody gets the same.
    """
    if not len(weights):
        return np.zeros(0, dtype=np.int64)
    weights = np.maximum(np.nan_to_num(weights), 0)
    if weights.sum() <= 0:
        weights = np.ones_like(weights)
    exact = total * (weights / weights.sum())
    parts: NDArray[np.int64] = np.floor(exact).astype(np.int64)
    # Stable order: of equal remainders the first series is served first, on every machine.
    order = np.argsort(-(exact - parts), kind="stable")
    missing = int(total - parts.sum())
    np.add.at(parts, order[np.arange(abs(missing)) % len(parts)], int(np.sign(missing)))
    return parts


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


def run(start: Start, plan: Plan, horizon: int) -> Flows:
    """Run the months 1 to `horizon`; the order of the steps within a month is the model's (section 5)."""
    count, draws = start.paying.shape
    shape = (horizon + 1, count, draws)
    covered, funded_path, uncounted = np.empty(shape), np.empty(shape), np.zeros(shape)
    new, lapsed, returned, enrolled, ended, stayed, left = (np.zeros(shape) for _ in range(7))
    paid = np.zeros((len(plan.enrolments), *shape))
    registers, lapses, backs, eligible = _rates(start, plan, horizon)

    paying, funded, pool = start.paying.copy(), start.funded.copy(), start.pool.copy()
    groups: dict[int, Array] = {}  # programme -> members now
    covered[0], funded_path[0] = paying + funded, funded
    for t in range(1, horizon + 1):
        limit = eligible[t]
        np.multiply(lapses[t], paying, out=lapsed[t])
        np.multiply(backs[t], pool, out=returned[t])
        change = returned[t] - lapsed[t]
        paying += change
        pool -= change
        for index, one in enumerate(plan.enrolments):
            if one.ends == t and index in groups:
                members = groups.pop(index)
                kept = one.stay * members
                ended[t] += members
                stayed[t] += kept
                paying += kept
                pool += members - kept
                funded = funded - members
        room = limit - paying - funded
        if (room < 0).any():
            funded = _leave(room, paying, funded, groups, left[t])
            np.maximum(room, 0, out=room)
        for index, one in enumerate(plan.enrolments):
            if one.starts == t:
                members = np.minimum(one.workers, room)
                groups[index] = members
                enrolled[t] += members
                funded = funded + members
                room -= members
        np.minimum(registers[t], room, out=new[t])
        paying += new[t]
        np.minimum(pool, room - new[t], out=pool)
        np.add(paying, funded, out=covered[t])
        funded_path[t] = funded
        for index, members in groups.items():
            paid[index, t] = members
            uncounted[t] += (1 - plan.enrolments[index].weight) * members
    return Flows(
        eligible=eligible,
        covered=covered,
        funded=funded_path,
        counted=covered - uncounted,
        new=new,
        lapsed=lapsed,
        returned=returned,
        enrolled=enrolled,
        ended=ended,
        stayed=stayed,
        left=left,
        paid=paid,
    )


def _rates(start: Start, plan: Plan, horizon: int) -> tuple[Array, Array, Array, Array]:
    """Return, for every month at once, (months + 1, series, 1): registrations, lapse and return shares, eligible."""
    t = np.arange(horizon + 1)
    ramp = np.clip((t[:, None] - plan.starts + 1) / plan.ramp, 0, 1)
    calendar = (months.number(start.month) + t) % 12
    new = start.new[:, 0] * start.season_new.T[calendar] * np.maximum(0, 1 + plan.new * ramp) + plan.extra * ramp
    lapse = start.lapse[:, 0] * start.season_lapse.T[calendar] * np.maximum(0, 1 + plan.lapse * ramp)
    back = start.back[:, 0] * np.maximum(0, 1 + plan.back * ramp)
    eligible = start.eligible[:, 0] * (1 + plan.growth) ** (t[:, None] / 12)
    return (
        np.maximum(new, 0)[:, :, None],
        np.minimum(lapse, 1)[:, :, None],
        np.minimum(back, 1)[:, :, None],
        eligible[:, :, None],
    )


def _leave(room: Array, paying: Array, funded: Array, groups: dict[int, Array], left: Array) -> Array:
    """Take those out who left the workforce: of the self-paying first, then of the funded in proportion.

    Changes `paying`, `groups` and `left`; returns the funded who remain. (Step 4 of the month.)
    """
    excess = np.maximum(-room, 0)
    from_paying = np.minimum(excess, paying)
    paying -= from_paying
    rest: Array = excess - from_paying
    share = np.divide(rest, funded, out=np.zeros_like(rest), where=funded > 0)
    for index, members in groups.items():
        groups[index] = members * (1 - share)
    left += excess
    remaining: Array = funded - rest
    return remaining


def frame(flows: Flows, keys: pl.DataFrame, groups: NDArray[np.intp], *, as_of: date, draw: int = 0) -> pl.DataFrame:
    """One row per key and month: the sums of the series of each group.

    `keys` has a row for each group, `groups` (series,) says to which each series belongs. The flows of the as-of
    month are null: they are history, not projection. `eligible` is null where it is unknown for any series.
    """
    count, length = keys.height, flows.covered.shape[0]
    same = count == len(groups) and bool((groups == np.arange(count)).all())
    member = np.zeros((0 if same else len(groups), count))
    if not same:
        member[np.arange(len(groups)), groups] = 1

    def column(array: Array) -> Array:
        values = array[:, :, draw if array.shape[2] > 1 else 0]
        return np.array((values if same else values @ member).T, order="C")  # a copy, always: it is written to below

    eligible = column(np.where(np.isfinite(flows.eligible), flows.eligible, 0))
    unknown = ~np.isfinite(flows.eligible[0, :, 0])
    eligible[np.bincount(groups[unknown], minlength=count) > 0] = np.nan
    columns = {"eligible": eligible} | {name: column(getattr(flows, name)) for name in ("covered", "funded", "counted")}
    for name in ("new", "lapsed", "returned", "enrolled", "ended", "stayed", "left"):
        columns[name] = column(getattr(flows, name))
        columns[name][:, 0] = np.nan
    calendar = pl.Series("month", [months.add(as_of, t) for t in range(length)], dtype=pl.Date)
    # NaN stands for null until here; the reshape is free, for each column lies in memory key by key.
    table = pl.DataFrame({name: values.reshape(-1) for name, values in columns.items()}, nan_to_null=True)
    return (
        keys[np.repeat(np.arange(count), length)]
        .hstack([calendar.gather(np.tile(np.arange(length), count))])
        .hstack(table)
    )
