"""At which rates did members come, leave and return in the months before a cut?

Model, section 5.1. All cuts (series and months) at once; a month that is not known is left out of every mean.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coverage.model import past
from coverage.model.past import Array, Cuts, Flags, Past, Places

FEWEST = 6
"""In so many of the last 12 months both flows must be known; else only the stocks speak."""


@dataclass(frozen=True, kw_only=True)
class RatesOfCuts:
    """The rates of each cut; the seasons' columns are the 12 months ahead, from the first on."""

    new: Array  # n, people a month
    lapse: Array  # lambda, share of the self-paying a month
    back: Array  # rho, share of the pool a month
    pool: Array  # P at the cut
    season_new: Array  # (cuts, 12)
    season_lapse: Array
    stocks_only: Flags


def at(known: Past, cuts: Cuts, *, months: int = 12, seasonal: int = 24) -> RatesOfCuts:
    """Return the rates of the last 12 months (a setting) before each cut, all 0 where only stocks are known."""
    new, lapsed = past.months_up_to(known.new, cuts, months), past.months_up_to(known.lapsed, cuts, months)
    stocks = (np.isfinite(new) & np.isfinite(lapsed)).sum(axis=1) < FEWEST
    staying = past.months_up_to(past.a_month_before(known.active), cuts, months)
    # Before the first month of the calendar the pool is empty, and that is known.
    waiting = past.months_up_to(np.nan_to_num(past.a_month_before(known.pool)), cuts, months)
    share = known.lapsed / np.where(past.a_month_before(known.active) > 0, past.a_month_before(known.active), np.nan)
    return RatesOfCuts(
        new=np.where(stocks, 0, np.nan_to_num(past.mean(new))),
        lapse=np.where(stocks, 0, _ratio(lapsed, staying)),
        back=np.where(stocks, 0, _ratio(past.months_up_to(known.returned, cuts, months), waiting)),
        pool=np.where(stocks, 0, known.pool[cuts.series, cuts.month]),
        season_new=np.where(stocks[:, None], 1, _season(known.new, known, cuts, seasonal)),
        season_lapse=np.where(stocks[:, None], 1, _season(share, known, cuts, seasonal)),
        stocks_only=stocks,
    )


def _ratio(flow: Array, stock: Array) -> Array:
    """Return a flow's sum / the sum of the stock it comes from, over the months where both are known; at most 1."""
    both = np.isfinite(flow) & np.isfinite(stock)
    base = np.where(both, stock, 0).sum(axis=1)
    summed = np.where(both, flow, 0).sum(axis=1)
    share: Array = np.minimum(np.divide(summed, base, out=np.zeros_like(base), where=base > 0), 1)
    return share


def _season(flow: Array, known: Past, cuts: Cuts, needed: int) -> Array:
    """Return how each calendar month compares with its year, every year with the same weight (cuts, 12), mean 1.

    Years are blocks of 12 months counted back from the cut, as many whole ones as fit since the first report. Cuts
    that lie whole years apart share their blocks, so that each block is worked out once.
    """
    result = np.ones((len(cuts.series), 12))
    counts = np.cumsum(np.isfinite(flow), axis=1)[cuts.series, cuts.month]
    enough = (counts >= needed) & (cuts.month >= 11)
    for month in range(12):
        which = np.flatnonzero(enough & (cuts.month % 12 == month))
        if len(which):
            skipped = (month + 1) % 12
            index = _blocks(flow[:, skipped:], known.first - skipped)
            result[which] = index[cuts.series[which], (cuts.month[which] - skipped) // 12]
    return result


def _blocks(flow: Array, first: Places) -> Array:
    """Return the index after each block of 12 months (series, blocks, 12), of the blocks since the first report."""
    count = flow.shape[1] // 12
    blocks = flow[:, : 12 * count].reshape(len(flow), count, 12)
    level = past.mean(blocks)
    whole = 12 * np.arange(count)[None, :] >= first[:, None]
    usable = np.isfinite(blocks) & (whole & (level > 0))[:, :, None]
    ratios = np.divide(blocks, level[:, :, None], where=usable, out=np.zeros_like(blocks))
    seen = np.cumsum(usable, axis=1)
    index = np.where(seen > 0, np.cumsum(ratios, axis=1) / np.maximum(seen, 1), 1)
    index /= index.mean(axis=2, keepdims=True)
    return index
