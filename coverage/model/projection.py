"""How many workers will be covered, month by month, if the levers stand so and these programmes run?

Model, section 5: stocks and flows. The inside is NumPy arrays (series, draws); one draw is the deterministic run,
so that one kernel serves the slider, the fan, the solver and the attribution: a draw is a possible future, or a value
of a lever that is tried beside others. Covered = A + F, where A pay for
themselves and F are funded; P is the pool of lapsed people; E the eligible (infinite where unknown: no limit).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coverage.base import months
from coverage.base.tables import Series
from coverage.model.equations import numpy_kernel
from coverage.model.equations.month import KEPT, MONTHLY
from coverage.model.equations.numpy_text import Kind
from coverage.model.plan import Plan

Array = NDArray[np.float64]


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
    rates: Rates | None = None  # the baseline's flows by month; None: the constant rates of the past with their seasons

    def of(self, series: NDArray[np.intp]) -> Start:
        """Return the start of some series."""
        rows = {
            field.name: getattr(self, field.name)[series]
            for field in fields(self)
            if field.name not in {"month", "rates"}
        }
        return replace(self, **rows, rates=None if self.rates is None else self.rates.of(series))

    def times(self, *, new: Array, lapse: Array, back: Array) -> Start:
        """Return the start with each rate times a factor of its own (series, draws)."""
        rates = None if self.rates is None else self.rates.times(new, lapse)
        return replace(self, new=self.new * new, lapse=self.lapse * lapse, back=self.back * back, rates=rates)


@dataclass(frozen=True, kw_only=True)
class Rates:
    """What would register, and which share of the paying would lapse, without a lever: seasons are in it already.

    Arrays (months + 1, series, draws), or 1 in place of the draws where all of them have the same; month 0 is not
    used. More months than a run needs may stand here.
    """

    new: Array  # people a month
    lapse: Array  # share a month
    further: Callable[[int], Rates] | None = None  # what gives more months than stand here

    def until(self, horizon: int) -> Rates:
        """Return rates that reach as far as a run does, if they can be had."""
        return self if self.further is None or len(self.new) > horizon else self.further(horizon)

    def part(self, first: int, last: int) -> Rates:
        """Return the draws from `first` up to `last`."""
        return Rates(
            new=self.new if self.new.shape[2] == 1 else np.ascontiguousarray(self.new[:, :, first:last]),
            lapse=self.lapse if self.lapse.shape[2] == 1 else np.ascontiguousarray(self.lapse[:, :, first:last]),
        )

    def of(self, series: NDArray[np.intp]) -> Rates:
        """Return the rates of some series."""
        further = self.further
        return Rates(
            new=self.new[:, series],
            lapse=self.lapse[:, series],
            further=None if further is None else lambda horizon: further(horizon).of(series),
        )

    def times(self, new: Array, lapse: Array) -> Rates:
        """Return the rates times factors (series, draws)."""
        further = self.further
        return Rates(
            new=self.new * new,
            lapse=self.lapse * lapse,
            further=None if further is None else lambda horizon: further(horizon).times(new, lapse),
        )

    @property
    def draws(self) -> int:
        """How many draws there are; 1 where no draw differs."""
        return int(max(self.new.shape[2], self.lapse.shape[2]))


def seasonal(start: Start, horizon: int) -> Rates:
    """Return the constant rates of the past by month, each times its season (model, section 5.1)."""
    calendar = (months.number(start.month) + np.arange(horizon + 1)) % 12
    return Rates(
        new=start.new * start.season_new.T[calendar][:, :, None],
        lapse=start.lapse * start.season_lapse.T[calendar][:, :, None],
    )


@dataclass(frozen=True, kw_only=True)
class Futures:
    """The draws of the band: each with registrations and lapses of its own that lead to its goal (model, section 7).

    `flows` says those of all draws and series, as far ahead as is asked for; `known` (series,) is False where a series
    has no band of its own, because nobody is covered there.
    """

    flows: Callable[[int], Rates]
    draws: int
    known: NDArray[np.bool_]
    series: NDArray[np.intp] | None = None  # None: all
    first: int = 0

    def part(self, first: int, last: int) -> Futures:
        """Return the draws from `first` up to `last`."""
        return replace(self, first=self.first + first, draws=last - first)

    def rates(self, horizon: int) -> Rates:
        """Return n(t) and lambda(t) of every draw."""
        rates = self.flows(horizon)
        rates = rates if self.series is None else rates.of(self.series)
        whole = self.first == 0 and self.draws == rates.draws
        return rates if whole else rates.part(self.first, self.first + self.draws)

    def of(self, series: NDArray[np.intp]) -> Futures:
        """Return the futures of some series."""
        return replace(self, series=series if self.series is None else self.series[series], known=self.known[series])

    def tells(self, member: Array | None) -> NDArray[np.bool_]:
        """Say which groups (groups,) of `member` (groups, series) have a band: those in which anybody is covered;
        None: each series is a group."""
        if member is None:
            return self.known
        result: NDArray[np.bool_] = (member @ self.known.astype(np.float64)) > 0
        return result


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
    wanted: Array  # registrations that rates and levers ask for, before any limit
    lapse_share: Array  # with the levers
    back_share: Array

    def until(self, months_ahead: int) -> Flows:
        """Return the months up to so many ahead."""
        cut = {
            field.name: getattr(self, field.name)[: months_ahead + 1] for field in fields(self) if field.name != "paid"
        }
        return Flows(paid=self.paid[:, : months_ahead + 1], **cut)


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


def run(start: Start, plan: Plan, horizon: int, rates: Rates | Futures | None = None) -> Flows:
    """Run the months 1 to `horizon` and keep everything; without `rates` those of the start hold in every draw."""
    rated = rates_to_run(start, horizon, rates)
    shape = (len(start.paying), max(_tried(start, plan), rated.draws))
    kind = _kind(plan, rated, _EVERYTHING)
    out = {name: np.zeros((horizon + 1, *shape)) for name in kind.kept if name not in MONTHLY.ahead or kind.drawn}
    out["members"] = np.zeros((len(plan.enrolments), horizon + 1, *shape))
    for _ in numpy_kernel.kernel(MONTHLY, kind).run(_inputs(start, plan, rated), out, horizon, shape, 1):
        pass
    return Flows(paid=out.pop("members"), **out)


# So many numbers of one kind fit into a core's cache; draws are run in parts of this size (measured: 1.7 times faster).
_CACHED = 32_768
_EVERYTHING = (*KEPT, "wanted", "lapse_share", "back_share")


def _kind(plan: Plan, rates: Rates, kept: tuple[str, ...]) -> Kind:
    return Kind(
        kept=kept,
        ruled=plan.path is not None or plan.floor is not None,
        paid=bool(plan.enrolments),
        drawn=rates.draws > 1,
        weighed=any(enrolment.weight != 1 for enrolment in plan.enrolments),
    )


def inputs(start: Start, plan: Plan, horizon: int) -> dict[str, Array]:
    """Return what the equations are given for a run in one draw, by name (`numpy_kernel.Months`)."""
    return _inputs(start, plan, rates_to_run(start, horizon), narrow=False)


def rates_to_run(start: Start, horizon: int, rates: Rates | Futures | None = None) -> Rates:
    """Return the rates to run with; raise `ValueError` where they end before the run does."""
    result = rates.rates(horizon) if isinstance(rates, Futures) else rates or start.rates
    result = seasonal(start, horizon) if result is None else result.until(horizon)
    if min(len(result.new), len(result.lapse)) <= horizon:
        raise ValueError(f"rates of {len(result.new) - 1} months for a run of {horizon}")
    return result


def _inputs(start: Start, plan: Plan, rates: Rates, *, narrow: bool = True) -> dict[str, Array]:
    """Return what the kernel takes, by the names of the equations' inputs."""
    results = {
        "eligible_0": start.eligible,
        "paying_0": start.paying,
        "funded_0": start.funded,
        "pool_0": start.pool,
        "new_rate": rates.new,
        "lapse_rate": rates.lapse,
        "back_rate": start.back,
    }
    for lever in MONTHLY.levers:
        values = plan[lever.lever]
        values = values if values.ndim == 2 else values[:, None]
        # What all series share is one number: then whole arrays of months are computed once.
        shared = narrow and values.size > 1 and bool((values == values[0, 0]).all())
        results[lever.name] = values[:1, :1] if shared else values
    for name, line in (("path", plan.path), ("floor", plan.floor)):
        results[name] = np.full((len(rates.new), 1, 1), np.nan) if line is None else line[:, :, None]
    if plan.enrolments:
        nobody = np.zeros_like(start.funded)
        each = {
            "starts_k": [enrolment.starts for enrolment in plan.enrolments],
            "ends_k": [enrolment.ends for enrolment in plan.enrolments],
            "stay_k": [enrolment.stay for enrolment in plan.enrolments],
            "weight_k": [enrolment.weight for enrolment in plan.enrolments],
        }
        results |= {name: np.array(values, dtype=np.float64)[:, None, None] for name, values in each.items()}
        results["workers_k"] = np.array(np.broadcast_arrays(*(enrolment.workers for enrolment in plan.enrolments)))
        results["held_k"] = np.array(
            [nobody if enrolment.held is None else enrolment.held for enrolment in plan.enrolments]
        )
    return results


def covered(
    start: Start, plan: Plan, horizon: int, member: Array | None, rates: Rates | Futures | None = None
) -> Array:
    """Run the months and keep only the covered of each group (months + 1, groups, draws).

    `member` (groups, series) is 1 where a series belongs to a group; None: each series is a group, in their order. Ten
    times less memory than `run`, so that hundreds of draws stay quick; the months and their equations are the same.
    """
    tried = _tried(start, plan)
    draws = max(tried, 1 if rates is None else rates.draws, 1 if start.rates is None else start.rates.draws)
    kept = np.empty((horizon + 1, len(start.paying) if member is None else member.shape[0], draws))
    summed = _summing(member)
    # Values that are tried side by side are not cut: their plan would have to be cut as well.
    size = draws if tried > 1 or rates is None else max(_CACHED // max(start.paying.shape[0], 1), 8)
    for first in range(0, draws, size):
        part = np.s_[first : min(first + size, draws)]
        mine = rates.part(part.start, part.stop) if rates is not None and size < draws else rates
        rated = rates_to_run(start, horizon, mine)
        shape = (len(start.paying), part.stop - part.start)
        row = np.zeros((1, *shape))
        months_of = numpy_kernel.kernel(MONTHLY, _kind(plan, rated, ("covered",))).run
        for t in months_of(_inputs(start, plan, rated), {"covered": row}, horizon, shape, 0):
            summed(row[0], kept[t, :, part])
    return kept


def _summing(member: Array | None) -> Callable[[Array, Array], object]:
    """Return what sums series (series, draws) by group into a given array (groups, draws).

    Where every group is one series nothing is summed: a product with zeros took half the time of a fan by branch and
    segment (measured).
    """
    if member is None:
        return lambda series, out: np.copyto(out, series)
    groups, count = member.shape
    # Shares are never negative: where one of 1 stands in each row and they add up to as many, nothing else is there.
    # One look at a large matrix, not three: they took as long as the months of 650 series (measured).
    if member.size and member.sum() == groups:
        if groups == count and (member.diagonal() == 1).all():
            return lambda series, out: np.copyto(out, series)
        alone = member.argmax(axis=1)
        if (member[np.arange(groups), alone] == 1).all():
            return lambda series, out: np.copyto(out, series[alone])
    return lambda series, out: np.matmul(member, series, out=out)


def _tried(start: Start, plan: Plan) -> int:
    """Return how many values are tried side by side."""
    counts = {array.shape[1] for array in (start.eligible, start.paying, start.new, start.lapse, start.back)}
    counts |= {enrolment.workers.shape[1] for enrolment in plan.enrolments}
    counts |= {values.shape[1] for values in plan.levers.values() if values.ndim == 2}
    return int(max(counts))


def sums(groups: NDArray[np.intp], count: int) -> Callable[[Array], Array]:
    """Return what sums figures of series (months + 1, series) by groups (groups, months + 1), always a copy."""
    same = count == len(groups) and bool((groups == np.arange(count)).all())
    member = np.zeros((0 if same else len(groups), count))
    if not same:
        inside = np.flatnonzero(groups >= 0)
        member[inside, groups[inside]] = 1
    return lambda values: np.array((values if same else values @ member).T, order="C")


def frame(flows: Flows, keys: pl.DataFrame, groups: NDArray[np.intp], *, as_of: date, draw: int = 0) -> pl.DataFrame:
    """One row per key and month: the sums of the series of each group.

    `keys` has a row for each group, `groups` (series,) says to which each series belongs (-1: to none). The flows of
    the as-of month are null: they are history, not projection. `eligible` is null where it is unknown for any series.
    """
    count, length = keys.height, flows.covered.shape[0]
    summed = sums(groups, count)

    def column(array: Array) -> Array:
        return summed(array[:, :, draw if array.shape[2] > 1 else 0])

    eligible = column(np.where(np.isfinite(flows.eligible), flows.eligible, 0))
    unknown = ~np.isfinite(flows.eligible[0, :, 0]) & (groups >= 0)
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
