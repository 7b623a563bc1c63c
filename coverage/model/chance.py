"""How sure is it: between which bounds will the covered end, and how likely is each target reached?

Model, section 7. The future wobbles as the past did: what registrations and lapses were in a past month, over what
their own rate and season led to expect, multiplies them in a month to come. Months are drawn in blocks, for what
follows each other belongs together; one draw picks the same past months for every series, so that branches move
together as they did; and the seed makes the draws the same for all scenarios, so that comparisons are paired
(moving-block bootstrap: Kunsch 1989, doi 10.1214/aos/1176347265; common random numbers).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coverage.base import months
from coverage.model import history, projection, runs
from coverage.model.projection import Wobble
from coverage.model.scenarios import Scenario
from coverage.model.view import View

Array = NDArray[np.float64]
NEEDED = 12
"""So many months of flows are needed (model, section 7)."""
QUANTILES = (0.1, 0.5, 0.9)
_LONGEST = 600


def reason(view: View) -> str | None:
    """Say why there is no fan (`few_flows`, `no_series`), or None where there can be one."""
    return _reason(view, *_deviations(view))


def why(view: View) -> str:
    """Say why a fan is missing: what `reason` says of all in view, else that too few flows of a part are known."""
    return reason(view) or "few_flows"


def draw(view: View, *, draws: int | None = None, seed: int | None = None) -> Wobble | None:
    """Draw the months to come out of the past; None where `reason` says why not.

    The same seed gives the same months, whatever the scenario and however far it runs: a longer projection goes on
    where a shorter one ends.
    """
    new, lapse = _deviations(view)
    if _reason(view, new, lapse) is not None:
        return None
    known = np.flatnonzero(np.isfinite(new).any(axis=0) & np.isfinite(lapse).any(axis=0))
    count = view.settings.whole("draws") if draws is None else draws
    block = view.settings.whole("block_months")
    generator = np.random.default_rng(view.settings.whole("seed") if seed is None else seed)
    blocks = -(-_LONGEST // block)
    first = generator.integers(0, len(known), size=(blocks, count))
    # A block that reaches the end of the past goes on at its beginning, so that no month is rarer than another.
    picks = (first[:, None, :] + np.arange(block)[None, :, None]) % len(known)
    picks = picks.reshape(-1, count)[:_LONGEST]
    none = np.zeros((1, count), dtype=np.intp)
    return Wobble(
        new=_centred(new[:, known]),
        lapse=_centred(lapse[:, known]),
        picks=np.concatenate([none, picks.astype(np.intp)]),
        enough=_enough(new, lapse),
    )


def steady(view: View, draws: int = 1) -> Wobble:
    """Return draws that do not wobble at all: each is the deterministic run."""
    still = np.ones((view.series.height, 1))
    return Wobble(new=still, lapse=still, picks=np.zeros((_LONGEST + 1, draws), dtype=np.intp))


def paths(view: View, scenario: Scenario, horizon: int, keys: Sequence[str], *, wobble: Wobble) -> Array:
    """Return the covered of each group in each draw, month 0 the as-of month: (months + 1, groups, draws)."""
    return projection.covered(view.start, runs.plan(view, scenario), horizon, _member(view, keys), wobble)


def fan(
    view: View, scenario: Scenario, horizon: int, keys: Sequence[str] = ("segment",), *, wobble: Wobble
) -> pl.DataFrame:
    """One row per key and month: `p10, p50, p90` of the covered, and `chance` that they are at the target then.

    `chance` is a share of the draws; null without a target. A target is measured in its month: who reached it and
    fell back does not count. All are null for a key whose members' flows are mostly unknown, whatever the others have.
    """
    drawn = paths(view, scenario, horizon, keys, wobble=wobble)
    return quantiles(view, drawn, keys, target=runs.group_targets(view, keys), wobble=wobble)


def of(found: pl.DataFrame, segment: str | None) -> pl.DataFrame | None:
    """Return a segment's rows of a `fan` (all of them, if none is named); None where too few of its flows are known."""
    rows = found.filter(segment=segment) if segment else found
    return None if rows["p50"].null_count() == rows.height else rows


def difference(
    view: View, one: Scenario, other: Scenario, horizon: int, keys: Sequence[str] = ("segment",), *, wobble: Wobble
) -> pl.DataFrame:
    """One row per key and month: `p10, p50, p90` of what `other` has more than `one`, draw by draw (paired)."""
    first = paths(view, one, horizon, keys, wobble=wobble)
    return quantiles(view, paths(view, other, horizon, keys, wobble=wobble) - first, keys, wobble=wobble)


def quantiles(
    view: View, drawn: Array, keys: Sequence[str], *, wobble: Wobble, target: Array | None = None
) -> pl.DataFrame:
    """One row per key and month of drawn figures (months + 1, groups, draws); `chance` where a target is given."""
    rows, _ = view.groups(keys)
    length, count, _ = drawn.shape
    untold = ~wobble.tells(_active(view), _member(view, keys))
    bounds = _sorted_quantiles(drawn)
    bounds[:, :, untold] = np.nan
    columns: dict[str, Any] = {f"p{round(q * 100)}": bounds[i].T.reshape(-1) for i, q in enumerate(QUANTILES)}
    if target is not None:
        # A hair below the target is float noise, not a missing person.
        reached = (drawn >= target[None, :, None] - 1e-6).mean(axis=2)
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
    found = []
    for q in QUANTILES:
        low = int(np.floor(q * last))
        high, part = min(low + 1, last), q * last - low
        found.append(ordered[:, :, low] * (1 - part) + ordered[:, :, high] * part)
    return np.stack(found)


def _member(view: View, keys: Sequence[str]) -> Array:
    rows, place = view.compared(keys)
    member = np.zeros((rows.height, len(place)))
    inside = np.flatnonzero(place >= 0)
    member[place[inside], inside] = 1
    return member


def _reason(view: View, new: Array, lapse: Array) -> str | None:
    if not view.series.height:
        return "no_series"
    together = (np.isfinite(new).any(axis=0) & np.isfinite(lapse).any(axis=0)).sum()
    active = _active(view)
    if together < NEEDED or not projection.mostly(_enough(new, lapse), active, np.ones((1, len(active))))[0]:
        return "few_flows"
    return None


def _enough(new: Array, lapse: Array) -> NDArray[np.bool_]:
    """Say which series have enough flows of their own (series,)."""
    told: NDArray[np.bool_] = np.logical_and(*(np.isfinite(one).sum(axis=1) >= NEEDED for one in (new, lapse)))
    return told


def _active(view: View) -> Array:
    return view.series["active"].fill_null(0).to_numpy().astype(np.float64)


def _deviations(view: View) -> tuple[Array, Array]:
    """Return observed over fitted registrations and lapses of every series of the view (series, months).

    Fitted is what the same month would have been at the rate of the twelve months before it (of the first twelve
    for those), times its season. NaN where a month is unknown.
    """
    past = history.grid(view.table, as_of=view.as_of)
    wanted = view.series.select("branch", "segment").join(
        past.keys.with_row_index("place"), on=["branch", "segment"], how="left", validate="1:1", maintain_order="left"
    )
    place = wanted["place"].to_numpy().astype(np.intp)
    flows = history.flows(past, view.settings.whole("history_months"))
    reach = view.settings.whole("chance_months")
    before = np.concatenate([np.full((len(past.active), 1), np.nan), past.active[:, :-1]], axis=1)
    share = np.divide(flows.lapsed, before, out=np.full_like(before, np.nan), where=before > 0)
    calendar = (months.number(past.last) - np.arange(past.active.shape[1])[::-1]) % 12
    found = []
    for observed, season in ((flows.new, "season_new"), (share, "season_lapse")):
        observed = np.where(flows.from_flows[:, None], observed, np.nan)[place]
        seasons = view.series[season].to_numpy().reshape(-1, 12)[:, calendar]
        found.append(_ratio(observed, seasons, reach))
    return found[0], found[1]


def _ratio(observed: Array, seasons: Array, reach: int) -> Array:
    """Return observed over fitted (series, months) of the last months so many."""
    fitted = (_level(observed) * seasons)[:, -reach:]
    observed = observed[:, -reach:]
    usable = np.isfinite(observed) & (fitted > 0)
    # Nothing where nothing was to be expected is no deviation: a branch that never loses anybody has its fan too.
    none = np.isfinite(observed) & (fitted == 0) & (observed == 0)
    return np.where(usable, observed / np.where(usable, fitted, 1), np.where(none, 1.0, np.nan))


def _centred(ratio: Array) -> Array:
    """Give each series' deviations the mean 1: they say how the future may scatter, not where it goes; that is the
    rates' part. Where a month is unknown the series does not wobble in it."""
    known = np.isfinite(ratio)
    sums = np.where(known, ratio, 0).sum(axis=1)
    mean = np.where(sums > 0, sums / np.maximum(known.sum(axis=1), 1), 1)[:, None]
    return np.where(known, ratio / mean, 1.0)


def _level(observed: Array) -> Array:
    """Return the mean of the twelve months before each month, of the first twelve for those (series, months)."""
    known = np.isfinite(observed)
    sums = np.cumsum(np.where(known, observed, 0), axis=1)
    counts = np.cumsum(known, axis=1)
    length = observed.shape[1]
    end = np.maximum(np.arange(length), min(NEEDED, length))  # months before it, at least the first twelve
    begin = np.maximum(end - NEEDED, 0)

    def upto(running: NDArray[Any], where: NDArray[np.intp]) -> NDArray[Any]:
        return np.where(where > 0, running[:, np.maximum(where - 1, 0)], 0)

    count = upto(counts, end) - upto(counts, begin)
    level: Array = (upto(sums, end) - upto(sums, begin)) / np.maximum(count, 1)
    return level
