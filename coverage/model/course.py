"""What does the law say of these series from the as-of month on: the baseline run, its flows, the draws of the band?

Model, sections 5.2 and 7. `Law` is made once for all series read; a `Course` is that of the series looked at. A late
series runs from its last report to the as-of month first, so that all stand at the same month. Arrays are shaped
(months + 1, series) or (months + 1, series, draws); row 0 is the as-of month.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from coverage.model import band, baseline, goal_flows, past, record
from coverage.model.band import Band
from coverage.model.baseline import Baseline, Held
from coverage.model.goal_flows import GoalFlows, Support, Usual
from coverage.model.past import Array, Cuts, Flags, Past, Places, Reports

LATEST = 12
"""A series whose last report is longer ago than so many months is not run."""


@dataclass(frozen=True, kw_only=True)
class Law:
    """Everything read, as of a month, and what the law makes of it."""

    known: Past
    segment: NDArray[np.str_]  # (series,)
    growth: float
    months: int  # rates of the last so many months
    seasonal: int  # so many months before a seasonal index is believed

    @property
    def late(self) -> Places:
        """Return how many months ago each series reported last (series,)."""
        result: Places = self.known.active.shape[1] - 1 - self.known.last
        return result

    @property
    def run(self) -> Flags:
        """Say which series are run: those whose last report is not too long ago."""
        result: Flags = self.late <= LATEST
        return result

    @cached_property
    def record(self) -> record.Record | None:
        """Return the errors of the past; None where too few past months are known."""
        return record.errors_made(self.known, growth=self.growth, months=self.months, seasonal=self.seasonal)

    @cached_property
    def band(self) -> Band | None:
        """Return the band of all series."""
        if self.record is None:
            return None
        return band.of(self.record, self.segment, self.known.active[:, self.record.months].T)

    def course(
        self,
        series: Places,
        horizon: int,
        *,
        running: Sequence[Held] = (),
        funded_unknown: Array | None = None,
        growth: float | None = None,
    ) -> Course:
        """Return the course of some of the series; `running` and `funded_unknown` are about all of them."""
        late = self.late[series]
        furthest = horizon + int(late.max(initial=0))
        result = baseline.at(
            self.known,
            Cuts(series=series, month=self.known.last[series]),
            furthest,
            growth=self.growth if growth is None else growth,
            months=self.months,
            seasonal=self.seasonal,
            funded_unknown=None if funded_unknown is None else funded_unknown[series],
        )
        held = [replace(held, members=held.members[series]) for held in running]
        return _course(self, series, result, late, held, horizon)


def of(reports: Reports, segment: NDArray[np.str_], *, growth: float, months: int = 12, seasonal: int = 24) -> Law:
    """Return the law of everything read."""
    return Law(known=past.of(reports), segment=segment, growth=growth, months=months, seasonal=seasonal)


@dataclass(frozen=True, kw_only=True)
class Course:
    """The baseline run of some series, from where they stand at the as-of month."""

    law: Law
    series: Places
    late: Places
    own: Baseline  # from each series' own month 0
    running: Sequence[Held]  # as they stand at the as-of month
    paying: Array  # A, P at the as-of month (series,)
    pool: Array
    eligible: Array
    before_ends: Array  # N
    goal: Array  # B
    usual: Usual
    supported: Support
    flows: GoalFlows  # n(t), lambda(t) of B

    @cached_property
    def errors(self) -> Array | None:
        """Return the errors of every draw in people, as far as the course goes (months + 1, series, draws)."""
        whole = self.law.band
        if whole is None:
            return None
        return whole.of(self.series).paths(len(self.goal) - 1, self.late) * self.own.stand.covered[None, :, None]

    def drawn(self, horizon: int) -> GoalFlows | None:
        """Return n_k(t), lambda_k(t) of every draw; None without a band."""
        errors = self.errors
        if errors is None:
            return None
        ahead = np.s_[: horizon + 1]
        return goal_flows.lead(
            goals(self.goal[ahead], errors[ahead], self.supported.funded[ahead], self.eligible[ahead]),
            self.usual,
            self.supported,
            self.paying[:, None],
            self.pool[:, None],
        )


def goals(line: Array, errors: Array, funded: Array, eligible: Array) -> Array:
    """Return G_k(t) = min(max(B_t + y_0 eps_k(t), F_t), E_t) (months + 1, series, draws)."""
    wanted = line[:, :, None] + errors
    np.maximum(wanted, funded[:, :, None], out=wanted)
    return np.minimum(wanted, eligible[:, :, None], out=wanted)


def _course(law: Law, series: Places, known: Baseline, late: Places, running: Sequence[Held], horizon: int) -> Course:
    start = known.stand
    most = int(late.max(initial=0))
    # From the earliest last report on: row `most` is the as-of month, a series begins `late` months before it.
    clock = np.arange(-most, horizon + 1)[:, None] + late[None, :]
    own = np.maximum(clock, 0)
    each = np.arange(len(series))[None, :]
    line, eligible = known.line[each, own], known.eligible[each, own]
    season = (own - 1) % 12
    usual = Usual(
        new=known.rates.new * known.rates.season_new[each, season],
        lapse=np.minimum(known.rates.lapse * known.rates.season_lapse[each, season], 1),
        back=np.minimum(known.rates.back, 1),
        eligible=eligible,
    )
    ending = [replace(held, ends=held.ends + most) for held in running]
    goal = baseline.with_ends(line.T, ending).T
    # Before a series begins, and at its month 0, nothing is asked of its workforce.
    supported = goal_flows.support(start.funded, ending, np.where(clock > 0, eligible, np.inf))
    paying, pool = start.covered - start.funded, known.rates.pool
    if most:
        paying, pool = _caught_up(goal, usual, supported, paying, pool, late)
    now = np.s_[most:]
    # No programme ends before the as-of month; where the workforce shrank, each has lost in proportion.
    kept = np.divide(supported.funded[most], start.funded, out=np.ones_like(start.funded), where=start.funded > 0)
    usual = replace(usual, new=usual.new[now], lapse=usual.lapse[now], eligible=eligible[now])
    supported = Support(funded=supported.funded[now], stayed=supported.stayed[now], dropped=supported.dropped[now])
    return Course(
        law=law,
        series=series,
        late=late,
        own=known,
        running=[replace(held, members=held.members * kept) for held in running],
        paying=paying,
        pool=pool,
        eligible=eligible[now],
        before_ends=line[now],
        goal=goal[now],
        usual=usual,
        supported=supported,
        flows=goal_flows.lead(goal[now][:, :, None], usual, supported, paying[:, None], pool[:, None]),
    )


def _caught_up(
    goal: Array, usual: Usual, supported: Support, paying: Array, pool: Array, late: Places
) -> tuple[Array, Array]:
    """Return A and P of the late series at the as-of month: the law goes on from their last report to it."""
    paying, pool = paying.copy(), pool.copy()
    most = int(late.max())
    for months in np.unique(late[late > 0]):
        which = late == months
        since = np.s_[most - months : most + 1, which]
        run = goal_flows.lead(
            goal[since][:, :, None],
            Usual(
                new=usual.new[since], lapse=usual.lapse[since], back=usual.back[which], eligible=usual.eligible[since]
            ),
            Support(funded=supported.funded[since], stayed=supported.stayed[since], dropped=supported.dropped[since]),
            paying[which][:, None],
            pool[which][:, None],
        )
        paying[which], pool[which] = run.paying[:, 0], run.pool[:, 0]
    return paying, pool
