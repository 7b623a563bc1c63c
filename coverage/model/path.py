"""Where would each calendar month's usual change and the fading pace of the last year lead?

Model, section 5.2, the path U. All cuts (series and months) at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coverage.model import past
from coverage.model.past import Array, Cuts, Past

FADING = 0.97
"""So much of the pace is left a month later."""
YEARS = 3
"""So many years back the season looks."""
_FEWEST = 10
"""So many months of each year must be known."""


@dataclass(frozen=True, kw_only=True)
class Path:
    """The relative change that each cut expects: its season's columns are the 12 months ahead, from the first on."""

    season: Array  # s (cuts, 12)
    pace: Array  # p, a month


def at(known: Past, cuts: Cuts) -> Path:
    """Return the season and the pace at each cut."""
    season = _season(known, cuts)
    return Path(season=season, pace=_pace(known, cuts, season))


def levels(path: Path, start: Array, horizon: int) -> Array:
    """Return U_h = y_0 max(0, 1 + sum of (p 0.97^i + s_c(i)) for i = 1 ... h), from h = 0 on (cuts, horizon + 1)."""
    ahead = np.arange(1, horizon + 1)
    steps = path.pace[:, None] * FADING**ahead + path.season[:, (ahead - 1) % 12]
    result = np.empty((len(start), horizon + 1))
    result[:, 0] = start
    result[:, 1:] = start[:, None] * np.maximum(0, 1 + np.cumsum(steps, axis=1))
    return result


def _season(known: Past, cuts: Cuts) -> Array:
    """Return s: how each calendar month's change deviates from its year's, shrunk by how much the years disagree."""
    finite = np.isfinite(known.change)
    length = finite.shape[1]
    first = np.where(finite.any(axis=1), np.argmax(finite, axis=1), length)[cuts.series]
    years = np.clip((cuts.month - first + 1) // 12, 0, YEARS)
    change = past.months_up_to(known.plain, cuts, 12 * YEARS).reshape(-1, YEARS, 12)
    counted = np.isfinite(change) & (np.arange(YEARS)[None, :] >= YEARS - years[:, None])[:, :, None]
    count = counted.sum(axis=2)
    level = np.where(counted, change, 0).sum(axis=2) / np.maximum(count, 1)
    deviation = np.where(counted, change - level[:, :, None], 0)
    shape = deviation.sum(axis=1) / np.maximum(counted.sum(axis=1), 1)
    shape -= shape.mean(axis=1, keepdims=True)
    rest = np.where(counted, deviation - shape[:, None, :], 0)
    noise = (rest**2).sum(axis=(1, 2)) / (12 * np.maximum(years - 1, 1))
    size = (shape**2).mean(axis=1)
    trust = 1 - np.divide(noise / np.maximum(years, 1), size, out=np.ones_like(size), where=size > 0)
    weight = np.where(years >= 2, np.maximum(trust, 0), 1)
    enough = (years > 0) & (count.sum(axis=1) >= _FEWEST * years)
    return np.where(enough[:, None], weight[:, None] * shape, 0)


def _pace(known: Past, cuts: Cuts, season: Array) -> Array:
    """Return p: the change of the last 12 months without its season, a freak month cut to median +- 3 k."""
    rest = past.months_up_to(known.change, cuts, 24) - np.tile(season, 2)
    middle = _median(rest)[:, None]
    away = np.abs(rest - middle)
    width = 3 * np.fmax(1.4826 * _median(away), past.mean(away))[:, None]
    recent = np.clip(rest, middle - width, middle + width)[:, 12:]
    base = past.months_up_to(past.a_month_before(known.bridged), cuts, 12)
    both = np.isfinite(recent) & np.isfinite(base)
    under = np.where(both, base, 0).sum(axis=1)
    over = np.where(both, recent * base, 0).sum(axis=1)
    pace: Array = np.divide(over, under, out=np.zeros_like(under), where=under > 0)
    return pace


def _median(values: Array) -> Array:
    """Return the median over what is known of each row, NaN where nothing is."""
    ordered = np.sort(values, axis=1)  # unknown ones come last
    count = np.isfinite(values).sum(axis=1)
    rows = np.arange(len(values))
    lower, upper = ordered[rows, np.maximum(count - 1, 0) // 2], ordered[rows, np.minimum(count // 2, 23)]
    middle: Array = (lower + upper) / 2
    return middle
