"""Does a target ask for more than was ever done, where should one stand on the way, and what do other targets ask?

Model, section 3. Strain: what a branch's share asks for, over twelve months, against the best twelve months that it
ever had. Milestones: the way to the target in the shape of the branch's own seasons. Ladders: every set of targets
for the same scope, for the public ones differ by 20 points.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coverage.base import months
from coverage.base.tables import Schema, Segment
from coverage.model import history
from coverage.model import view as views
from coverage.model.shares import share_out
from coverage.model.targets import ShareOut, TargetBook, TargetSet
from coverage.model.view import View

Array = NDArray[np.float64]
_YEAR = 12

STRAIN: Schema = {
    "branch": pl.String(),
    "segment": Segment,
    "active": pl.Float64(),
    "target": pl.Float64(),
    "target_month": pl.Date(),
    "gap": pl.Float64(),  # target - achieved
    "months": pl.Int64(),  # left until the target's month
    "needed": pl.Float64(),  # over twelve months, at the pace that the gap asks for
    "best": pl.Float64(),  # net growth of the best twelve months in a row; null: none known
    "best_month": pl.Date(),  # in which they ended
    "ratio": pl.Float64(),  # needed / best; null where best is unknown or no growth
    "strained": pl.Boolean(),  # null: unknown
}


def strain(view: View) -> pl.DataFrame:
    """One row per branch and segment whose target is still ahead (`STRAIN`), the most strained first.

    Needed is gap x 12 / months left; best the largest net growth of active members over any twelve months in a row
    (of registrations, where they are what the target counts). Strained is who needs more than that best, or anything
    at all where twelve months never brought growth. Unknown below thirteen months of history.
    """
    best, ended = _best(view)
    registrations = view.measure == "registrations"
    achieved = view.registered if registrations else view.series["active"].to_numpy().astype(np.float64)
    gap, left = view.target - achieved, view.months_left
    ahead = np.isfinite(gap) & (left > 0)
    needed = np.maximum(gap, 0) * _YEAR / np.where(ahead, left, 1)
    grew = best > 0
    ratio = np.divide(needed, best, out=np.full(len(best), np.nan), where=grew)
    # A hair above is float noise, not a missing person.
    strained = pl.Series(needed > np.maximum(best, 0) + 1e-6).set(pl.Series(np.isnan(best)), None)
    due = view.series.select("branch", "segment").join(
        view.targets.select("branch", "segment", "target_month"),
        on=["branch", "segment"],
        how="left",
        validate="1:1",
        maintain_order="left",
    )
    rows = view.series.select("branch", "segment", pl.col("active").cast(pl.Float64)).with_columns(
        target=pl.Series(view.target).fill_nan(None),
        target_month=due["target_month"],
        gap=pl.Series(gap).fill_nan(None),
        months=pl.Series(np.where(ahead, left, 0).astype(np.int64)),
        needed=pl.Series(needed),
        best=pl.Series(best).fill_nan(None),
        best_month=pl.Series([months.add(view.as_of, -int(ago)) if ago >= 0 else None for ago in ended], dtype=pl.Date),
        ratio=pl.Series(ratio).fill_nan(None),
        strained=strained,
    )
    return (
        rows.filter(pl.Series(ahead))
        .select(STRAIN.keys())
        .sort("strained", "ratio", "needed", "branch", descending=[True, True, True, False], nulls_last=True)
    )


def _best(view: View) -> tuple[Array, NDArray[np.int64]]:
    """Return the most that each series grew in twelve months in a row (NaN: unknown), and how many months ago they
    ended (-1: unknown)."""
    past = history.grid(view.table, as_of=view.as_of)
    wanted = view.series.select("branch", "segment").join(
        past.keys.with_row_index("place"), on=["branch", "segment"], how="left", validate="1:1", maintain_order="left"
    )
    place = wanted["place"].to_numpy().astype(np.intp)
    if view.measure == "registrations":
        known = np.isfinite(past.new[place])
        total = np.cumsum(np.nan_to_num(past.new[place]), axis=1)
        total = np.concatenate([np.zeros((len(place), 1)), total], axis=1)
        count = np.concatenate([np.zeros((len(place), 1)), np.cumsum(known, axis=1)], axis=1)
        growth = total[:, _YEAR:] - total[:, :-_YEAR]
        growth[count[:, _YEAR:] - count[:, :-_YEAR] < _YEAR] = np.nan
    else:
        active = past.active[place]
        growth = active[:, _YEAR:] - active[:, :-_YEAR]
    if not growth.size:
        return np.full(len(place), np.nan), np.full(len(place), -1)
    seen = np.isfinite(growth).any(axis=1)
    at = np.argmax(np.where(np.isfinite(growth), growth, -np.inf), axis=1)
    best = np.where(seen, growth[np.arange(len(place)), at], np.nan)
    return best, np.where(seen, growth.shape[1] - 1 - at, -1).astype(np.int64)


def shared(view: View, chosen: TargetSet, rule: ShareOut) -> View:
    """Return the view with wider figures of the set shared out by this rule."""
    return views.retarget(view, chosen.shared_out(rule))


def way_to_targets(view: View) -> pl.DataFrame:
    """One row per branch, segment and month up to its target's: `workers` to have by then; `given` where the targets
    file sets that month itself.

    Between today, the milestones that are given and the target, the way is shared over the months in proportion to
    what the season brings, net of lapses and never less than nothing; evenly where it brings nothing. Whole people,
    by largest remainder; members never have to fall on the way to a higher target. Who is above the target already
    only has to stay at it. Targets that count registrations have no such path.
    """
    if view.measure == "registrations":
        return pl.DataFrame(schema=PATH)
    given: dict[tuple[str, str], dict[int, float]] = {}
    for row in view.milestones.to_dicts():
        at = months.between(view.as_of, row["month"])
        given.setdefault((row["branch"], row["segment"]), {})[at] = row["workers"]
    net = _net(view)
    columns: dict[str, list[Any]] = {name: [] for name in PATH}
    branches, segments = view.series["branch"].to_list(), view.series["segment"].to_list()
    for place in np.flatnonzero(np.isfinite(view.target) & (view.months_left > 0)).tolist():
        last = int(view.months_left[place])
        marks = given.get((branches[place], segments[place]), {})
        set_here = {at: workers for at, workers in marks.items() if 0 < at < last}
        active, target = float(view.series["active"][place]), float(view.target[place])
        columns["branch"] += [branches[place]] * last
        columns["segment"] += [segments[place]] * last
        columns["month"] += [months.add(view.as_of, t) for t in range(1, last + 1)]
        columns["workers"] += _way(active, target, last, set_here, net[: last + 1, place])
        columns["given"] += [t in set_here for t in range(1, last + 1)]
    return pl.DataFrame(columns, schema=PATH)


PATH: Schema = {
    "branch": pl.String(),
    "segment": Segment,
    "month": pl.Date(),
    "workers": pl.Float64(),
    "given": pl.Boolean(),
}


def _net(view: View) -> Array:
    """Return what the season brings each series in each month to come, net of lapses (months + 1, series)."""
    longest = int(np.nanmax(view.months_left, initial=0))
    run, ahead = view.baseline, np.s_[: max(longest, 0) + 1]
    net: Array = (run.new + run.returned - run.lapsed)[ahead, :, 0]
    return net


def _way(active: float, target: float, last: int, given: Mapping[int, float], net: Array) -> list[float]:
    """Return the workers to have in months 1 to `last`; `net` is what the season brings in months 0 to `last`."""
    if target <= active and not given:
        return [target] * last
    anchors = [(0, active), *sorted(given.items()), (last, target)]
    workers: list[float] = []
    for (begin, low), (end, high) in itertools.pairwise(anchors):
        weights = np.maximum(net[begin + 1 : end + 1], 0)
        parts = share_out(round(high - low), weights)
        workers += (low + np.cumsum(parts)).tolist()
        workers[-1] = high
    return workers


def ladders(view: View, book: TargetBook) -> pl.DataFrame:
    """One row per set of targets and month that it names: `set, month, workers` of the scope, `covered_by` (the share
    of today's active members whose branch and segment have a target in it).

    Where only some have one, the figure is theirs alone plus today's active members of the others, so that all sets
    are figures for the same people: those who have a target in the chosen set, where only some have one, as everywhere
    (`View.compared`). Targets of registrations are no head counts and are left out.
    """
    mine = view.compared([])[1] >= 0
    active = np.where(mine, view.series["active"].to_numpy().astype(np.float64), 0)
    rows = []
    for name, chosen in book.sets.items():
        for by in sorted({target.by for target in chosen.target if target.new is None}):
            due = tuple(target for target in chosen.target if target.by == by and target.new is None)
            aimed = views.retarget(view, chosen.model_copy(update={"target": due})).target
            known = np.isfinite(aimed) & mine
            if known.any():
                rows.append(
                    {
                        "set": name,
                        "month": by,
                        "workers": float(np.where(known, aimed, active).sum()),
                        "covered_by": float(active[known].sum() / max(active.sum(), 1)),
                    }
                )
    return pl.DataFrame(rows, schema=LADDERS).sort("month", "workers", "set")


LADDERS: Schema = {"set": pl.String(), "month": pl.Date(), "workers": pl.Float64(), "covered_by": pl.Float64()}


def active(view: View) -> float:
    """Return today's active members, of those alone who have a target where only some have one (`View.compared`)."""
    return float(view.series["active"].to_numpy()[view.compared([])[1] >= 0].sum())


def by_month(way: pl.DataFrame, keys: Sequence[str] = ()) -> pl.DataFrame:
    """One row per key and month of the milestones of `path`: `workers` together, of those whose target is not past.

    A series whose target's month has come stays at its target in the sum.
    """
    calendar, who = way.select("month").unique(), way.select("branch", "segment").unique()
    return (
        who.join(calendar, how="cross")
        .join(way.select("branch", "segment", "month", "workers"), on=["branch", "segment", "month"], how="left")
        .sort("branch", "segment", "month")
        .with_columns(pl.col("workers").forward_fill().over("branch", "segment"))
        .group_by(*keys, "month")
        .agg(pl.col("workers").sum())
        .sort(*keys, "month")
    )
