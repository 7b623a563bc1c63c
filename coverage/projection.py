"""How many workers will be covered, month by month, if the levers stand so and these programmes run?

Model, section 5: stocks and flows. The inside is NumPy arrays (series, draws); one draw is the deterministic run,
so that one kernel serves the slider, the fan, the solver and the attribution. Covered = A + F, where A pay for
themselves and F are funded; P is the pool of lapsed people; E the eligible (infinite where unknown: no limit).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
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
        None, ge=-0.5, le=0.5, json_schema_extra={"unit": "growth", "step": 0.005, "reach": 0.1}
    )
    starts: Month | None = Field(None, json_schema_extra={"unit": "month"})
    ramp: int = Field(0, ge=0, le=60, json_schema_extra={"unit": "months", "step": 1, "reach": 12})

    def over(self, wider: Levers) -> Levers:
        """Return the wider levers with what is said here in their place."""
        return wider.model_copy(update={name: getattr(self, name) for name in self.model_fields_set & LEVERS})


LEVERS = frozenset(Levers.model_fields)


class Programme(Declared):
    """Somebody pays for so many workers of a segment for so many months."""

    name: str = Field(min_length=1, max_length=120)
    segment: SegmentName
    workers: int = Field(ge=0, le=100_000_000)
    starts: Month
    months: int = Field(ge=1, le=240)
    stay: float = Field(_SETTINGS["stay_share"], ge=0, le=1)
    premium: float = Field(_SETTINGS["premium_rupiah"], ge=0, le=10_000_000)
    share: float = Field(_SETTINGS["payer_share"], ge=0, le=1)
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
    segments = series["segment"].to_list()
    keys = [branch_key(name) for name in series["branch"].to_list()]
    own = {(segment, branch_key(branch)): one for (segment, branch), one in branch_levers.items()}
    still = Levers()
    resolved = []
    for segment, key in zip(segments, keys, strict=True):
        wide = levers.get(segment, still)
        resolved.append(own[segment, key].over(wide) if (segment, key) in own else wide)
    month0 = months.number(as_of)
    return Plan(
        new=np.array([one.new for one in resolved]),
        lapse=np.array([one.lapse for one in resolved]),
        back=np.array([one.back for one in resolved]),
        extra=_extra(series, resolved, own, segments, keys),
        growth=np.array([growth if one.eligible_growth is None else one.eligible_growth for one in resolved]),
        starts=np.array([1 if one.starts is None else months.number(one.starts) - month0 for one in resolved]),
        ramp=np.array([max(one.ramp, 1) for one in resolved]),
        enrolments=tuple(_enrolment(series, one, segments, keys, month0, gaps) for one in programmes),
    )


def room_weights(series: Series) -> Array:
    """Return uncovered workers of each series; active ones for all, if the eligible of any is unknown."""
    uncovered = series["eligible"].fill_null(np.nan).to_numpy() - series["active"].to_numpy()
    return np.maximum(uncovered, 0) if np.isfinite(uncovered).all() else series["active"].to_numpy().astype(np.float64)


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


def _extra(
    series: Series,
    resolved: Sequence[Levers],
    own: Mapping[tuple[str, str], Levers],
    segments: Sequence[str],
    keys: Sequence[str],
) -> Array:
    """Share a segment's extra registrations over its branches; a branch's own figure is its own."""
    extra = np.array([one.extra for one in resolved])
    if not extra.any():
        return extra
    apart = np.array(
        [("extra" in own[pair].model_fields_set) if pair in own else False for pair in zip(segments, keys, strict=True)]
    )
    names = np.array(segments)
    for segment in SEGMENTS:
        members = (names == segment) & ~apart
        if members.any():
            weights = room_weights(series.filter(members))
            if weights.sum() <= 0:
                weights = np.ones_like(weights)
            extra[members] *= weights / weights.sum()
    return extra


def _enrolment(
    series: Series, programme: Programme, segments: Sequence[str], keys: Sequence[str], month0: int, gaps: Array | None
) -> Enrolment:
    wanted = None if programme.branches is None else {branch_key(name) for name in programme.branches}
    members = np.array(
        [s == programme.segment and (wanted is None or k in wanted) for s, k in zip(segments, keys, strict=True)]
    )
    workers = np.zeros(len(keys))
    if members.any():
        chosen = series.filter(members)
        active = chosen["active"].to_numpy().astype(np.float64)
        eligible = chosen["eligible"].fill_null(np.nan).to_numpy()
        weights = {
            "uncovered": room_weights(chosen),
            "eligible": eligible if np.isfinite(eligible).all() else active,
            "gap": np.maximum(gaps[members], 0) if gaps is not None else room_weights(chosen),
            "active": active,
        }[programme.spread]
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
    count, horizon = keys.height, flows.covered.shape[0] - 1
    same = count == len(groups) and bool((groups == np.arange(count)).all())
    member = np.zeros((len(groups), count))
    member[np.arange(len(groups)), groups] = 1

    def column(array: Array) -> Array:
        values = array[:, :, draw if array.shape[2] > 1 else 0]
        return np.ascontiguousarray((values if same else values @ member).T).reshape(-1)

    unknown = ~np.isfinite(flows.eligible[0, :, 0])
    eligible = column(np.where(unknown[None, :, None], 0, flows.eligible))
    hidden = np.repeat(np.bincount(groups[unknown], minlength=count) > 0, horizon + 1)
    first = np.tile(np.arange(horizon + 1) == 0, count)
    calendar = pl.Series([months.add(as_of, t) for t in range(horizon + 1)], dtype=pl.Date)
    rows = np.repeat(np.arange(count), horizon + 1)
    columns: dict[str, pl.Series | Array] = {
        "month": calendar.gather(np.tile(np.arange(horizon + 1), count)),
        "eligible": pl.Series(np.where(hidden, np.nan, eligible)).fill_nan(None),
        "covered": column(flows.covered),
        "funded": column(flows.funded),
        "counted": column(flows.counted),
    }
    for name in ("new", "lapsed", "returned", "enrolled", "ended", "stayed", "left"):
        columns[name] = pl.Series(np.where(first, np.nan, column(getattr(flows, name)))).fill_nan(None)
    return keys[rows].with_columns(**columns)
