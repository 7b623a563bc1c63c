"""How far off would this forecast have been, month after month of the past?

Model, section 7, "Past months", "Errors" and "Size": the record that the band is made of, over all series read.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coverage.model import baseline, past
from coverage.model.past import Array, Cuts, Past, Places

REACH = 12
"""So many months after a past month are held against the forecast."""
FEWEST = 6
"""So many past months are needed."""
_KNOWING = 4
_AGE = 6
_SMALLEST = 1e-9


@dataclass(frozen=True, kw_only=True)
class Record:
    """The errors of the past: by past month used, series and months ahead (1 ... 12), as shares of the stock then."""

    months: Places  # the past months used
    count: int  # K: so many were found before any was left out
    errors: Array  # (past months, series, 12), NaN where not known
    size: Array  # g for 0 ... 12 months ahead, g(0) = 0


def past_months(last: int) -> tuple[Places, int]:
    """Return the past months to look ahead from, of a calendar whose as-of month is `last`, and how many were found.

    Of t - 24 ... t - 2 those with 24 months before them; if fewer than 8, with 12; if fewer than 8, with 6. From 16
    on every second one is used, back from t - 2.
    """
    for needed in (24, 12, 6):
        result = np.arange(max(last - 24, needed), last - 1)
        if len(result) >= 8:
            break
    if len(result) < FEWEST:
        return result[:0], len(result)
    return (result[::-2][::-1] if len(result) >= 16 else result), len(result)


def errors_made(known: Past, *, growth: float, months: int = 12, seasonal: int = 24) -> Record | None:
    """Return the errors of N from each past month, made with what was known then; None where too few are known."""
    last = known.active.shape[1] - 1
    used, count = past_months(last)
    if not len(used):
        return None
    stood = known.active[:, used].T
    place, series = np.nonzero((stood > 0) & (known.first[None, :] <= used[:, None] - _AGE))
    cuts = Cuts(series=series, month=used[place])
    line = baseline.at(known, cuts, REACH, growth=growth, months=months, seasonal=seasonal).line
    beyond = np.concatenate([known.active, np.full((len(known.active), REACH), np.nan)], axis=1)
    came = np.lib.stride_tricks.sliding_window_view(beyond, REACH, axis=1)[series, used[place] + 1]
    errors = np.full((*stood.shape, REACH), np.nan)
    errors[place, series] = (came - line[:, 1:]) / line[:, :1]
    some = np.isfinite(errors).any(axis=(1, 2))
    if some.sum() < FEWEST:
        return None
    errors = errors[some]
    return Record(months=used[some], count=count, errors=errors, size=_size(errors))


def _size(errors: Array) -> Array:
    """Return g: the mean size of the errors by months ahead, never falling; where few know it, it goes on by a root."""
    size = np.zeros(REACH + 1)
    means = np.nan_to_num(past.mean(np.moveaxis(np.abs(errors), 2, 0).reshape(REACH, -1)))
    knowing = np.isfinite(errors).any(axis=1).sum(axis=0)
    for ahead in range(1, REACH + 1):
        if knowing[ahead - 1] >= _KNOWING:
            size[ahead] = max(size[ahead - 1], means[ahead - 1])
        elif ahead > 1:
            size[ahead] = size[ahead - 1] * np.sqrt(ahead / (ahead - 1))
        size[ahead] = max(size[ahead], _SMALLEST)
    return size


def sizes(size: Array, horizon: int) -> Array:
    """Return g as far ahead as wanted: beyond 12 months g(h) = g(12) sqrt(h / 12)."""
    ahead = np.arange(horizon + 1)
    further = size[REACH] * np.sqrt(np.maximum(ahead, REACH) / REACH)
    further[: REACH + 1] = size[: horizon + 1]
    result: Array = further
    return result
