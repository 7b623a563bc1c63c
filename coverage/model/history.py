"""At which rates did each branch and segment grow and lose members, and where does it stand now?

Model, section 5, "Baseline rates". Everything is computed on one grid (series, months) at once: a missing month
stays missing (NaN) and is left out of every mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coverage.base import months
from coverage.base.settings import Settings
from coverage.base.tables import SERIES, BranchMonths, Register, Series, branch_key

Array = NDArray[np.float64]
FIGURES = ("active", "eligible", "new", "lapsed", "returned", "funded")


@dataclass(frozen=True, kw_only=True)
class Grid:
    """The history of every series as arrays (series, months), NaN where nothing is known; the last month is as-of."""

    keys: pl.DataFrame  # branch, segment; one row per series
    last: date
    active: Array
    eligible: Array
    new: Array
    lapsed: Array
    returned: Array
    funded: Array


@dataclass(frozen=True, kw_only=True)
class Rates:
    """The monthly flows as the rates use them (series, months), and what they were taken from."""

    new: Array
    lapsed: Array
    from_flows: NDArray[np.bool_]  # (series,)


def grid(table: BranchMonths, *, as_of: date) -> Grid:
    """Lay the rows up to the as-of month out as arrays; later rows are not looked at."""
    rows = table.filter(pl.col("month") <= as_of)
    keys = rows.select("branch", "segment").unique().sort("branch", "segment")
    if rows.is_empty():
        empty = np.empty((0, 1))
        return Grid(keys=keys, last=as_of, **dict.fromkeys(FIGURES, empty))
    placed = rows.join(keys.with_row_index("series"), on=["branch", "segment"], how="left", validate="m:1").select(
        "series", *FIGURES, number=pl.col("month").dt.year().cast(pl.Int64) * 12 + pl.col("month").dt.month() - 1
    )
    last = months.number(as_of)
    first = int(placed["number"].min())  # type: ignore[arg-type]
    place = (placed["series"].to_numpy(), placed["number"].to_numpy() - first)
    arrays: dict[str, Array] = {}
    for figure in FIGURES:
        array = np.full((keys.height, last - first + 1), np.nan)
        array[place] = placed[figure].cast(pl.Float64).to_numpy()
        arrays[figure] = array
    return Grid(keys=keys, last=as_of, **arrays)


def series(table: BranchMonths, register: Register, *, as_of: date, settings: Settings) -> Series:
    """One row per branch and segment: the stocks of the as-of month and the rates of the months before it.

    `active` is null where the branch has not reported the as-of month: it is never carried forward.
    """
    history = grid(table, as_of=as_of)
    window = settings.whole("history_months")
    known_flows = flows(history, window)
    pool = _pool(history, known_flows)
    pace, spans = _pace(history.active, window)
    mean_new, lapse = _means(history, known_flows, pace, spans, window)
    back = _back(history, pool, window)
    season_new, season_lapse = _seasons(history, known_flows, window, settings.whole("seasonal_months"))
    known = np.isfinite(pace)
    frame = history.keys.with_columns(
        month=pl.lit(as_of),
        active=_column(history.active[:, -1]),
        eligible=_column(history.eligible[:, -1]),
        funded=pl.Series(np.minimum(np.nan_to_num(history.funded[:, -1]), np.nan_to_num(history.active[:, -1]))),
        pool=pl.Series(pool[:, -1]),
        new=pl.Series(mean_new),
        lapse=pl.Series(lapse),
        back=pl.Series(back),
        season_new=pl.Series(season_new, dtype=pl.Array(pl.Float64, 12)),
        season_lapse=pl.Series(season_lapse, dtype=pl.Array(pl.Float64, 12)),
        pace=_column(pace),
        months_of_history=pl.Series(spans),
        rates_from=pl.Series(
            np.where(known_flows.from_flows, "flows", np.where(known, "stocks", "none")), dtype=pl.String
        ),
    )
    return frame.pipe(_with_places, register).select(SERIES.keys())


def _with_places(frame: pl.DataFrame, register: Register) -> pl.DataFrame:
    known = register.select(
        pl.col("branch").map_elements(branch_key, return_dtype=pl.String).alias("key"), "region", "province"
    ).unique("key", keep="first", maintain_order=True)
    return (
        frame.with_columns(key=pl.col("branch").map_elements(branch_key, return_dtype=pl.String))
        .join(known, on="key", how="left", validate="m:1", maintain_order="left")
        .drop("key")
    )


def _column(array: Array) -> pl.Series:
    return pl.Series(array).fill_nan(None)


def _before(array: Array) -> Array:
    """Shift by a month, so that each month faces the month before it."""
    return np.concatenate([np.full((array.shape[0], 1), np.nan), array[:, :-1]], axis=1)


def flows(history: Grid, window: int) -> Rates:
    """Complete the flows: a missing one follows from the balance; without any, net gains and losses stand in.

    Mixing gross registrations with net losses would count the losses twice, so where only one of the two flows
    is known the other is taken from active = active before + new + returned - lapsed.
    """
    net = history.active - _before(history.active)
    returned = np.nan_to_num(history.returned)
    lapsed = np.where(np.isnan(history.lapsed), np.maximum(history.new + returned - net, 0), history.lapsed)
    new = np.where(np.isnan(history.new), np.maximum(net + history.lapsed - returned, 0), history.new)
    recent = np.s_[:, -window:]
    from_flows: NDArray[np.bool_] = np.logical_and(
        np.any(np.isfinite(new[recent]), axis=1), np.any(np.isfinite(lapsed[recent]), axis=1)
    )
    return Rates(
        new=np.where(from_flows[:, None], new, np.maximum(net, 0)),
        lapsed=np.where(from_flows[:, None], lapsed, np.maximum(-net, 0)),
        from_flows=from_flows,
    )


def _pool(history: Grid, flows: Rates) -> Array:
    """Return the pool of lapsed people month by month (series, months): P_m = min(max(P_{m-1} + lapsed - returned, 0),
    max(E_m - active_m, 0)); an unknown flow adds nothing, an unknown E or active is no limit (model, section 5.1).

    The limit is the one that the projection keeps (step 8): nobody returns out of a pool larger than the uncovered.
    """
    change = np.where(flows.from_flows[:, None], np.nan_to_num(flows.lapsed) - np.nan_to_num(history.returned), 0.0)
    uncovered = np.maximum(history.eligible - history.active, 0)
    limit = np.where(np.isfinite(uncovered), uncovered, np.inf)
    pool = np.empty_like(change)
    now = np.zeros(change.shape[0])
    for month in range(change.shape[1]):
        now = np.minimum(np.maximum(now + change[:, month], 0), limit[:, month])
        pool[:, month] = now
    return pool


def _pace(active: Array, window: int) -> tuple[Array, NDArray[np.int64]]:
    """Return the net change a month over the last months, and how many months it spans (0: no history)."""
    past = active[:, :-1][:, -window:]
    width = past.shape[1]
    if not width:
        return np.full(active.shape[0], np.nan), np.zeros(active.shape[0], dtype=np.int64)
    known = np.isfinite(past)
    first = np.argmax(known, axis=1)
    usable = known.any(axis=1) & np.isfinite(active[:, -1])
    spans = np.where(usable, width - first, 0)
    change = active[:, -1] - past[np.arange(active.shape[0]), first]
    return np.where(usable, change / np.maximum(spans, 1), np.nan), spans.astype(np.int64)


def _mean(array: Array) -> Array:
    """Return the mean over the months that are known, NaN where none is."""
    known = np.isfinite(array)
    count = known.sum(axis=1)
    return np.where(count > 0, np.where(known, array, 0).sum(axis=1) / np.maximum(count, 1), np.nan)


def _means(history: Grid, flows: Rates, pace: Array, spans: NDArray[np.int64], window: int) -> tuple[Array, Array]:
    """Return registrations a month and the share that lapses a month, over the last months."""
    new, lapsed = flows.new[:, -window:], flows.lapsed[:, -window:]
    before = _before(history.active)[:, -window:]
    both = np.isfinite(lapsed) & np.isfinite(before)
    base = np.where(both, before, 0).sum(axis=1)
    gross = np.where(base > 0, np.where(both, lapsed, 0).sum(axis=1) / np.where(base > 0, base, 1), 0.0)
    # Only stocks known: mean net loss over mean active. Where less than half of the net changes is known month by
    # month, the pace stands in for both: the fall of one January is not that of a year.
    active = _mean(history.active[:, -window:])
    mean_new, loss = _mean(new), _mean(lapsed)
    sparse = ~flows.from_flows & (2 * np.isfinite(new).sum(axis=1) < spans)
    mean_new = np.where(sparse, np.maximum(np.nan_to_num(pace), 0), mean_new)
    loss = np.where(sparse, np.maximum(-np.nan_to_num(pace), 0), loss)
    net = np.where(active > 0, loss / np.where(active > 0, active, 1), 0.0)
    # With nothing before the as-of month nobody knows what comes: its own flows alone, with no stock that they are a
    # share of, would be gains without losses.
    ahead = spans > 0
    return np.where(ahead, np.nan_to_num(mean_new), 0), np.where(
        ahead, np.minimum(np.where(flows.from_flows, gross, np.nan_to_num(net)), 1), 0
    )


def _back(history: Grid, pool: Array, window: int) -> Array:
    """Return the share of the pool that returns a month: sum of returned over sum of the pool the month before.

    The first month of a history has no month before: who returns in it came out of a pool that nobody counted.
    """
    returned = history.returned[:, -window:]
    begun = np.logical_or.accumulate(np.isfinite(history.active), axis=1)
    before = np.where(_before(begun.astype(np.float64)) == 1, np.nan_to_num(_before(pool)), np.nan)[:, -window:]
    known = np.isfinite(returned) & np.isfinite(before)
    base = np.where(known, before, 0).sum(axis=1)
    return np.where(
        base > 0, np.minimum(np.where(known, returned, 0).sum(axis=1) / np.where(base > 0, base, 1), 1), 0.0
    )


def _seasons(history: Grid, flows: Rates, window: int, needed: int) -> tuple[Array, Array]:
    """Return indices by calendar month (series, 12) for registrations and lapses, mean 1; all 1 where unknown."""
    before = _before(history.active)
    share = np.divide(flows.lapsed, before, out=np.full_like(before, np.nan), where=before > 0)
    stocks = ~flows.from_flows
    # With only stocks known, the net changes of the last twelve months repeat, if all twelve are known.
    repeats = stocks & (np.isfinite(flows.new[:, -window:]).sum(axis=1) >= 12)
    wanted_new = np.isfinite(flows.new).sum(axis=1) >= needed
    wanted_lapse = np.isfinite(share).sum(axis=1) >= needed
    last = months.number(history.last)
    full_new, full_lapse = _shape(flows.new, last), _shape(share, last)
    year_new, year_lapse = _shape(flows.new[:, -12:], last), _shape(share[:, -12:], last)

    def pick(full: Array, year: Array, wanted: NDArray[np.bool_]) -> Array:
        chosen = np.where(repeats[:, None], year, np.where((wanted & ~stocks)[:, None], full, 1.0))
        return np.ascontiguousarray(chosen)

    return pick(full_new, year_new, wanted_new), pick(full_lapse, year_lapse, wanted_lapse)


def _shape(flow: Array, last: int) -> Array:
    """Return how each calendar month compares with its year: every year counts the same, whatever its level.

    Years are counted back from the as-of month, so that a trend over the years does not look like a season.
    """
    count = flow.shape[0]
    years = flow.shape[1] // 12
    if not years:
        return np.ones((count, 12))
    blocks = flow[:, -12 * years :].reshape(count, years, 12)
    known = np.isfinite(blocks)
    sums = np.where(known, blocks, 0).sum(axis=2)
    means = sums / np.maximum(known.sum(axis=2), 1)
    usable = known & (means > 0)[:, :, None]
    ratios = np.where(usable, blocks / np.where(means > 0, means, 1)[:, :, None], 0)
    seen = usable.sum(axis=1)
    index = np.where(seen > 0, ratios.sum(axis=1) / np.maximum(seen, 1), 1.0)
    level = index.mean(axis=1, keepdims=True)
    index = np.where(level > 0, index / np.where(level > 0, level, 1), 1.0)
    # Column 0 of a block is the calendar month after the as-of month; put January first.
    return np.roll(index, (last + 1) % 12, axis=1)
