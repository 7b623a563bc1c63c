"""Where do all series stand at a month, by the law and with the programmes that run already?

One `Ground` serves every scope: what is shared (the band's errors, a running programme's members) does not depend on
who is looking.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coverage.base.settings import Settings
from coverage.base.tables import BranchMonths, Register, Series
from coverage.model import course, history, running
from coverage.model.course import Course, Law
from coverage.model.goal_flows import GoalFlows
from coverage.model.levers import Programme
from coverage.model.plan import Enrolment
from coverage.model.projection import Rates, Start
from coverage.model.running import Running

Array = NDArray[np.float64]
Places = NDArray[np.intp]


@dataclass(frozen=True, kw_only=True)
class Ground:
    """All data read, as of a month."""

    as_of: date
    law: Law
    whole: Series  # everybody's series, late ones too, in the order of the law's
    running: Running
    given: tuple[Programme, ...]  # all programmes that were given, running or not

    def course(self, places: Places, horizon: int) -> Course:
        """Return the course of some of the series."""
        return self.law.course(places, horizon, running=self.running.held, funded_unknown=self.running.stand_in)

    def also(self, programmes: Sequence[Programme]) -> Ground:
        """Return the ground on which these programmes run as well, after those that were given."""
        given = (*self.given, *programmes)
        return replace(self, given=given, running=_running(self.law, self.whole, given, self.as_of))


def of(
    table: BranchMonths,
    register: Register,
    *,
    as_of: date,
    first: date | None = None,
    settings: Settings,
    programmes: Sequence[Programme] = (),
) -> Ground:
    """Lay the ground of all rows; the calendar begins with their first month, or an earlier one that is given."""
    grid = history.grid(table, as_of=as_of, first=first)
    law = course.of(
        grid,
        grid.keys["segment"].cast(pl.String).to_numpy().astype(np.str_),
        growth=settings["eligible_growth"],
        months=settings.whole("history_months"),
        seasonal=settings.whole("seasonal_months"),
    )
    whole = history.described(grid, law.known, register, settings)
    return Ground(
        as_of=as_of,
        law=law,
        whole=whole,
        running=_running(law, whole, programmes, as_of),
        given=tuple(programmes),
    )


def _running(law: Law, whole: Series, programmes: Sequence[Programme], as_of: date) -> Running:
    known = law.known
    each, last = np.arange(whole.height), np.maximum(known.last, 0)
    return running.hold_members(programmes, whole, known.active[each, last], known.funded[each, last], law.run, as_of)


def series_to_run(ground: Ground, places: Places, way: Course) -> Series:
    """One row per series that is run: as reported; of the late ones where the law leads them by the as-of month."""
    rows = ground.whole[places.tolist()]
    late = pl.Series(way.late > 0)
    eligible = np.where(np.isfinite(way.eligible[0]), way.eligible[0], np.nan)
    now = {
        "active": pl.Series(way.paying + way.supported.funded[0]),
        "eligible": pl.Series(eligible).fill_nan(None),
        "pool": pl.Series(way.pool),
    }
    standing: Series = rows.with_columns(
        funded=pl.Series(way.supported.funded[0]),
        **{name: pl.when(late).then(values).otherwise(pl.col(name)) for name, values in now.items()},
    )
    return standing


def start_on_ground(series: Series, way: Course, further: Callable[[int], Course]) -> Start:
    """Return month 0 of these series with the flows of the baseline run."""
    result = way.own.rates

    def column(values: Array) -> Array:
        return np.ascontiguousarray(values[:, None])

    return Start(
        month=series["month"][0] if series.height else date(1, 1, 1),
        eligible=column(way.eligible[0]),
        paying=column(way.paying),
        funded=column(way.supported.funded[0]),
        pool=column(way.pool),
        new=column(result.new),
        lapse=column(result.lapse),
        back=column(result.back),
        season_new=series["season_new"].to_numpy().reshape(-1, 12),
        season_lapse=series["season_lapse"].to_numpy().reshape(-1, 12),
        rates=replace(rates(way.flows), further=lambda horizon: rates(further(horizon).flows)),
    )


def rates(flows: GoalFlows) -> Rates:
    """Return n(t) and lambda(t) in the kernel's terms."""
    return Rates(new=flows.new, lapse=flows.lapse)


def enrolments(ground: Ground, way: Course) -> tuple[Enrolment, ...]:
    """Return the running programmes in the kernel's terms: members whom they hold, and when their money ends."""
    return tuple(
        Enrolment(
            starts=held.ends - programme.months,
            ends=held.ends,
            workers=held.members[:, None],
            stay=held.stay,
            weight=programme.weight,
            held=held.members[:, None],
        )
        for programme, held in zip(ground.running.programmes, way.running, strict=True)
    )
