"""How sure is it: between which bounds will the covered end, and how likely is each target reached?

Model, section 7. The band is the record of this forecast: in each draw the errors that it would have made from one
past month come again, in one direction, for every series alike (`band`). There is no chance in it: the same data give
the same band, and scenarios are compared draw by draw.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coverage.base import months
from coverage.model import ground, projection, runs
from coverage.model.projection import Futures, Rates
from coverage.model.scenarios import Scenario
from coverage.model.view import View

Array = NDArray[np.float64]
QUANTILES = (0.1, 0.5, 0.9)


def reason(view: View) -> str | None:
    """Say why there is no band (`few_months`, `nobody`, `no_series`), or None where there can be one."""
    if not view.series.height:
        return "no_series"
    if view.ground.law.band is None:
        return "few_months"
    return None if _known(view).any() else "nobody"


def why(view: View) -> str:
    """Say why a band is missing: what `reason` says of all in view, else that nobody is covered in a part."""
    return reason(view) or "nobody"


def draw_futures(view: View) -> Futures | None:
    """Return the draws of the law for the series of a view; None where `reason` says why not."""
    whole = view.ground.law.band
    if whole is None or reason(view) is not None:
        return None
    return Futures(flows=lambda horizon: _flows(view, horizon), draws=whole.draws, known=_known(view))


def _known(view: View) -> NDArray[np.bool_]:
    """Say which series have a band of their own: those with somebody covered in their last report."""
    known: NDArray[np.bool_] = view.course.own.stand.covered > 0
    return known


def _flows(view: View, horizon: int) -> Rates:
    """Return n_k(t), lambda_k(t) of every draw, once for as far ahead as anybody has asked."""
    furthest = max(view.drawn, default=0)
    if furthest < horizon:
        way = view.course
        if horizon >= len(way.goal):
            way = view.ground.course(view.places, horizon)
        drawn = way.drawn(horizon)
        if drawn is None:
            raise ValueError("no band to draw from")
        view.drawn.clear()
        view.drawn[horizon] = ground.rates(drawn)
        furthest = horizon
    result = view.drawn[furthest]
    return Rates(new=result.new[: horizon + 1], lapse=result.lapse[: horizon + 1])


def drawn_paths(view: View, scenario: Scenario, horizon: int, keys: Sequence[str], *, futures: Futures) -> Array:
    """Return the covered of each group in each draw, month 0 the as-of month: (months + 1, groups, draws)."""
    view, here = on_ground(view, scenario, futures)
    return projection.covered(view.start, runs.plan(view, scenario), horizon, _member(view, keys), here)


def on_ground(view: View, scenario: Scenario, futures: Futures | None) -> tuple[View, Futures | None]:
    """Return the view on whose ground a scenario's running programmes run, and its draws where there were any."""
    present = runs.grounded(view, scenario)
    return present, futures if present is view or futures is None else draw_futures(present)


def fan(
    view: View, scenario: Scenario, horizon: int, keys: Sequence[str] = ("segment",), *, futures: Futures
) -> pl.DataFrame:
    """One row per key and month: `p10, p50, p90` of the covered, and `chance` that they are at the target then.

    `chance` is a share of the draws; null without a target. A target is measured in its month: who reached it and
    fell back does not count. All are null for a key in which nobody is covered, whatever the others have.
    """
    drawn, counted = counted_paths(view, scenario, horizon, keys, futures=futures)
    target = runs.targets_under(view, scenario, keys)
    return quantiles(view, drawn, keys, target=target, counted=counted, futures=futures)


def counted_paths(
    view: View, scenario: Scenario, horizon: int, keys: Sequence[str], *, futures: Futures
) -> tuple[Array, Array]:
    """Return `paths`, and the same as they count towards the target: where its parts are due in different months, each
    as it was in its own (`own_months`)."""
    cut = view.parts(keys)
    if not cut.differ.any():
        drawn = drawn_paths(view, scenario, horizon, keys, futures=futures)
        return drawn, drawn
    present, here = on_ground(view, scenario, futures)
    member = (cut.place[None, :] == np.arange(len(cut.owner))[:, None]).astype(np.float64)
    parts = projection.covered(present.start, runs.plan(present, scenario), horizon, member, here)
    return cut.together(parts), cut.counted(parts)


def rows_of_segment(shares: pl.DataFrame, segment: str | None) -> pl.DataFrame | None:
    """Return a segment's rows of a `fan` (all of them, if none is named); None where nobody is covered there."""
    rows = shares.filter(segment=segment) if segment else shares
    return None if rows["p50"].null_count() == rows.height else rows


def difference(
    view: View,
    scenario: Scenario,
    other: Scenario,
    horizon: int,
    keys: Sequence[str] = ("segment",),
    *,
    futures: Futures,
) -> pl.DataFrame:
    """One row per key and month: `p10, p50, p90` of what `other` has more than `one`, draw by draw (paired)."""
    first = drawn_paths(view, scenario, horizon, keys, futures=futures)
    return quantiles(view, drawn_paths(view, other, horizon, keys, futures=futures) - first, keys, futures=futures)


def quantiles(
    view: View,
    drawn: Array,
    keys: Sequence[str],
    *,
    futures: Futures,
    target: Array | None = None,
    counted: Array | None = None,
) -> pl.DataFrame:
    """One row per key and month of drawn figures (months + 1, groups, draws); `chance` where a target is given: of the
    figures as they are `counted`, if they are otherwise."""
    rows, _ = view.groups(keys)
    length, count, _ = drawn.shape
    untold = ~futures.tells(_member(view, keys))
    bounds = _sorted_quantiles(drawn)
    bounds[:, :, untold] = np.nan
    columns: dict[str, Any] = {f"p{round(q * 100)}": bounds[i].T.reshape(-1) for i, q in enumerate(QUANTILES)}
    if target is not None:
        # A hair below the target is float noise, not a missing person.
        held = drawn if counted is None else counted
        reached = (held >= target[None, :, None] - 1e-6).mean(axis=2)
        reached[:, ~np.isfinite(target) | untold] = np.nan
        columns["chance"] = reached.T.reshape(-1)
    calendar = pl.Series("month", [months.add(view.as_of, t) for t in range(length)], dtype=pl.Date)
    table = pl.DataFrame(columns, nan_to_null=True)
    return (
        rows[np.repeat(np.arange(count), length)]
        .hstack([calendar.gather(np.tile(np.arange(length), count))])
        .hstack(table)
    )


def _sorted_quantiles(drawn: Array) -> Array:
    """Return the quantiles over the draws (quantiles, months + 1, groups), linear between neighbours."""
    ordered = np.sort(drawn, axis=2)
    last = drawn.shape[2] - 1
    results = []
    for q in QUANTILES:
        low = int(np.floor(q * last))
        high, part = min(low + 1, last), q * last - low
        results.append(ordered[:, :, low] * (1 - part) + ordered[:, :, high] * part)
    return np.stack(results)


def _member(view: View, keys: Sequence[str]) -> Array | None:
    """Return which series belong to each group (groups, series); None where each is one, in their order."""
    rows, place = view.compared(keys)
    if rows.height == len(place) and np.array_equal(place, np.arange(len(place))):
        return None
    member = np.zeros((rows.height, len(place)))
    inside = np.flatnonzero(place >= 0)
    member[place[inside], inside] = 1
    return member
