"""What comes if nobody does anything: half the path, half last year's flows run on, less the ends of what runs?

Model, section 5.2: the flows V, the baseline N, the baseline run B. All cuts (series and months) at once, from each
cut's own month 0 on; arrays are shaped (cuts, horizon + 1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from coverage.model import path, rates
from coverage.model.past import Array, Cuts, Past
from coverage.model.path import Path
from coverage.model.rates import RatesOfCuts


@dataclass(frozen=True, kw_only=True)
class Stand:
    """Where each cut stands at its month 0."""

    covered: Array
    funded: Array  # F_0, never above the covered
    eligible: Array  # E_0, infinite where it is unknown


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """N of each cut, and what it is made of."""

    stand: Stand
    rates: RatesOfCuts
    path: Path
    eligible: Array
    upon_path: Array  # U
    upon_flows: Array  # V
    line: Array  # N


def stand(known: Past, cuts: Cuts, funded_unknown: Array | None = None) -> Stand:
    """Return where each cut stands; `funded_unknown` stands in where the funded are not given (nobody: 0)."""
    place = cuts.series, cuts.month
    covered, eligible, funded = known.active[place], known.eligible[place], known.funded[place]
    missing = np.zeros(len(covered)) if funded_unknown is None else funded_unknown
    return Stand(
        covered=covered,
        funded=np.minimum(np.where(np.isfinite(funded), funded, missing), covered),
        eligible=np.where(np.isfinite(eligible), eligible, np.inf),
    )


def at(
    known: Past,
    cuts: Cuts,
    horizon: int,
    *,
    growth: float | Array,
    months: int = 12,
    seasonal: int = 24,
    funded_unknown: Array | None = None,
) -> Baseline:
    """Return N_h = min(max(U_h / 2 + V_h / 2, F_0), E_h); where only stocks are known U_h stands alone."""
    here = stand(known, cuts, funded_unknown)
    result = rates.at(known, cuts, months=months, seasonal=seasonal)
    way = path.at(known, cuts)
    eligible = grown(here.eligible, growth, horizon)
    upon_path = path.levels(way, here.covered, horizon)
    upon_flows = _flows(here, result, eligible)
    middle = np.where(result.stocks_only[:, None], upon_path, (upon_path + upon_flows) / 2)
    line = np.minimum(np.maximum(middle, here.funded[:, None]), eligible)
    line[:, 0] = here.covered
    return Baseline(
        stand=here,
        rates=result,
        path=way,
        eligible=eligible,
        upon_path=upon_path,
        upon_flows=upon_flows,
        line=line,
    )


def grown(eligible: Array, growth: float | Array, horizon: int) -> Array:
    """Return E_h = E_0 (1 + g)^(h / 12)."""
    factor = (1 + np.asarray(growth, dtype=np.float64)) ** (1 / 12)
    return eligible[:, None] * np.power(np.broadcast_to(factor, eligible.shape)[:, None], np.arange(horizon + 1))


def _flows(here: Stand, rates_of_cuts: RatesOfCuts, eligible: Array) -> Array:
    """Return V: steps 1 to 8 (model, section 5.3) with n s_n and lambda s_l, no lever and no programme."""
    paying, funded, pool = here.covered - here.funded, here.funded, rates_of_cuts.pool
    result = np.empty_like(eligible)
    result[:, 0] = here.covered
    lapse = np.minimum(rates_of_cuts.lapse[:, None] * rates_of_cuts.season_lapse, 1)
    register = np.maximum(rates_of_cuts.new[:, None] * rates_of_cuts.season_new, 0)
    back = np.minimum(rates_of_cuts.back, 1)
    for month in range(1, eligible.shape[1]):
        season = (month - 1) % 12
        limit = eligible[:, month]
        lapsed, returned = lapse[:, season] * paying, back * pool
        paying = paying - lapsed + returned
        pool = pool + lapsed - returned
        excess = np.maximum(paying + funded - limit, 0)
        leaving = np.minimum(excess, paying)
        paying = paying - leaving
        funded = funded - (excess - leaving)
        room = np.maximum(limit - paying - funded, 0)
        new = np.minimum(register[:, season], room)
        paying = paying + new
        pool = np.minimum(pool, room - new)
        result[:, month] = paying + funded
    return result


@dataclass(frozen=True, kw_only=True)
class Held:
    """Whom a running programme holds of each series at month 0, and in which month its money ends."""

    members: Array  # (series,)
    ends: int
    stay: float


def with_ends(line: Array, running: Sequence[Held]) -> Array:
    """Return B_t = N_t - sum over ends up to t of max(D - max(N before - N, 0), 0), D the people who drop out.

    A drop counts first against what N already takes away in that month: a January that falls every year because
    budgets end is not counted twice.
    """
    if not running:
        return line
    dropped = np.zeros_like(line)
    for held in running:
        if held.ends < line.shape[1]:
            dropped[:, held.ends] += held.members * (1 - held.stay)
    fall = np.zeros_like(line)
    fall[:, 1:] = np.maximum(line[:, :-1] - line[:, 1:], 0)
    taken: Array = np.cumsum(np.maximum(dropped - fall, 0), axis=1)
    return line - taken
