"""How good is it: how far off would the projection have been, had it been made in the past?

Model, section 8. From each past month (an origin) the projection is made with what was known then and nothing later,
by the same engine as everywhere, and held against what came 1, 3, 6 and 12 months on (or as many as are asked for),
beside four naive ways: as in the last month, as in the same month a year before, the moves of the year before once
more, and a straight line at the pace of the last twelve months.
(Rolling-origin evaluation: Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 3rd ed., section 5.10.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coverage.base import months
from coverage.base.settings import Settings
from coverage.base.tables import BranchMonths, Register
from coverage.model import chance, history, projection, runs
from coverage.model import view as views
from coverage.model.scenarios import Scenario
from coverage.model.view import Scope, View

Array = NDArray[np.float64]
HORIZONS = (1, 3, 6, 12)
LONGEST = 60
"""So many months ahead may be asked for."""
MODEL, NAIVE = "model", ("last", "year", "moves", "line")
METHODS = (MODEL, *NAIVE)
_FIGURES = ("predicted", "actual", "error", "low", "high")
ERRORS: dict[str, pl.DataType] = {
    "origin": pl.Date(),
    "horizon": pl.Int64(),
    "method": pl.String(),
    **dict.fromkeys(_FIGURES, pl.Float64()),
}


def origins(table: BranchMonths, settings: Settings, longest: int = max(HORIZONS)) -> list[date]:
    """Return the months to project from: those with a report, a year of history before and a month after them.

    At most the latest of a setting's number; where `longest` is more than a year ahead so many more, that as many can
    be judged as at a year. In between nothing is thinned out.
    """
    if table.is_empty():
        return []
    reported = sorted(table["month"].unique().to_list())
    first, last = reported[0], reported[-1]
    usable = [
        month for month in reported if months.between(first, month) >= settings.whole("history_months") and month < last
    ]
    return usable[-settings.whole("backtest_origins") - max(longest - max(HORIZONS), 0) :]


def errors(
    table: BranchMonths,
    register: Register,
    *,
    scope: Scope,
    settings: Settings,
    keys: Sequence[str] = ("segment",),
    horizons: Sequence[int] = HORIZONS,
) -> pl.DataFrame:
    """One row per key, origin, horizon and method: `predicted, actual`, their relative `error` (a share, signed) and
    for the model the bounds `low, high` of 8 of 10 futures (null where the history is too short for a band).

    A key counts only where all its series are known at the origin and then: a sum that lacks a branch is no truth. A
    naive way has a row only where what it needs is known (the same month a year before, say).
    """
    return groupings(table, register, scope=scope, settings=settings, by=(tuple(keys),), horizons=horizons)[tuple(keys)]


def groupings(
    table: BranchMonths,
    register: Register,
    *,
    scope: Scope,
    settings: Settings,
    by: Sequence[tuple[str, ...]],
    horizons: Sequence[int] = HORIZONS,
) -> dict[tuple[str, ...], pl.DataFrame]:
    """Return the `errors` by several keys at once: what takes long, looking from each origin, is done once."""
    judged: dict[tuple[str, ...], list[pl.DataFrame]] = {keys: [] for keys in by}
    starts, usual = origins(table, settings, max(horizons)), origins(table, settings)
    truth = _truth(table, max(horizons)) if starts else None
    for origin in starts:
        # The origins before the usual ones judge what is more than a year ahead, and change no other figure.
        ahead = [horizon for horizon in horizons if horizon > max(HORIZONS) or origin in usual]
        view = _seen_from(origin, table, register, wanted=scope, settings=settings)
        if truth is None or view.series.is_empty():
            continue
        futures = _drawn(view, ahead)
        for keys, parts in judged.items():
            parts.append(_judged(view, truth, keys, ahead, futures))
    return {keys: pl.concat(parts) if parts else _nothing(keys) for keys, parts in judged.items()}


def _nothing(keys: Sequence[str]) -> pl.DataFrame:
    own: dict[str, pl.DataType] = {key: pl.String() for key in keys or ("scope",)}
    return pl.DataFrame(schema=own | ERRORS)


def summary(rows: pl.DataFrame, keys: Sequence[str] = ("segment",)) -> pl.DataFrame:
    """One row per key, horizon and method: `mape` (mean absolute error, a share), `bias` (mean signed error),
    `origins`, `inside`: the share of the origins whose truth lay within the bounds, and `score`: the mean interval
    score of the bounds as a share of the truth (both null without bounds).

    The interval score of a band of 8 in 10 is its width, and ten times what the truth lies beyond it (Gneiting and
    Raftery 2007, doi 10.1198/016214506000001437): the smaller, the better.
    """
    low, high, actual = (pl.col(name) for name in ("low", "high", "actual"))
    within = actual.is_between(low, high)
    beyond = (low - actual).clip(lower_bound=0) + (actual - high).clip(lower_bound=0)
    score = (high - low + 2 / _OUTSIDE * beyond) / actual
    return (
        rows.group_by(*keys, "horizon", "method", maintain_order=True)
        .agg(
            mape=pl.col("error").abs().mean(),
            bias=pl.col("error").mean(),
            origins=pl.len(),
            inside=within.mean(),
            score=score.mean(),
        )
        .sort(*keys, "horizon", pl.col("method").replace_strict(list(METHODS), list(range(len(METHODS)))))
    )


_OUTSIDE = 0.2
"""So large a share of the truths lies outside of a band of 8 in 10."""


def verdict(judged: pl.DataFrame, keys: Sequence[str] = ("segment",)) -> pl.DataFrame:
    """One row per key and horizon: the mean absolute error of each way (`error_model, error_last, …`), and the
    model's `inside`, `score` and `origins`."""
    rows, here = summary(judged, keys), [*keys, "horizon"]
    ways = [
        rows.filter(method=method).select(*here, pl.col("mape").alias(f"error_{method}"))
        for method in METHODS
        if method != MODEL
    ]
    table = rows.filter(method=MODEL).select(
        *here, pl.col("mape").alias(f"error_{MODEL}"), "inside", "score", "origins"
    )
    for way in ways:
        table = table.join(way, on=here, how="left", validate="1:1", nulls_equal=True, maintain_order="left")
    return table.select(*here, *VERDICT)


VERDICT = (*(f"error_{method}" for method in METHODS), "inside", "score", "origins")


def against_naive(judged: pl.DataFrame, keys: Sequence[str] = ("segment",)) -> pl.DataFrame:
    """One row per key and horizon: the model's `mape, bias, origins, inside`, and the naive way that does best beside
    it: `naive, naive_mape`, the model's error over the same origins (`model_mape`) and how many (`naive_origins`).

    Best is the way that gains most on the model, so that none which is closer hides behind one that knows few months.
    Null where no naive way is known.
    """
    rows = summary(judged, keys)
    model = rows.filter(pl.col("method") == MODEL).drop("method")
    here = [*keys, "horizon"]
    own = judged.filter(pl.col("method") == MODEL).select(*here, "origin", own="error")
    naive = (
        judged.filter(pl.col("method") != MODEL)
        .join(own, on=[*here, "origin"], how="inner", validate="m:1", nulls_equal=True)
        .group_by(*here, "method", maintain_order=True)
        .agg(naive_mape=pl.col("error").abs().mean(), model_mape=pl.col("own").abs().mean(), naive_origins=pl.len())
        .sort(pl.col("naive_mape") - pl.col("model_mape"), maintain_order=True)
        .unique(here, keep="first", maintain_order=True)
        .rename({"method": "naive"})
    )
    return model.join(naive, on=here, how="left", validate="1:1", nulls_equal=True, maintain_order="left")


@dataclass(frozen=True, kw_only=True)
class _Truth:
    """What every series reported, and which of its months stands in which column."""

    keys: pl.DataFrame  # branch, segment, place
    first: int  # the number of the first column's month
    active: Array  # (series, months), NaN before and after what there is, as far as a horizon may look
    reach: int  # so many months before and after an origin are looked at

    def around(self, origin: date, series: pl.DataFrame) -> Array:
        """Return these series so far before an origin and after it as is looked at (series, months)."""
        placed = series.select("branch", "segment").join(
            self.keys, on=["branch", "segment"], how="left", validate="1:1", maintain_order="left"
        )
        middle = months.number(origin) - self.first
        part: Array = self.active[
            placed["place"].to_numpy().astype(np.intp), middle - self.reach : middle + self.reach + 1
        ]
        return part


def _truth(table: BranchMonths, longest: int) -> _Truth:
    reach = max(12, longest)  # a year back at least: the same month a year before is one of the naive ways
    last = max(table["month"].unique().to_list())
    grid = history.grid(table, as_of=last)
    beyond = np.full((grid.active.shape[0], reach), np.nan)
    return _Truth(
        keys=grid.keys.with_row_index("place"),
        first=months.number(last) - grid.active.shape[1] + 1 - reach,
        active=np.concatenate([beyond, grid.active, beyond], axis=1),
        reach=reach,
    )


def _drawn(view: View, horizons: Sequence[int]) -> Array | None:
    """Return the covered of every series at every horizon in each draw (horizons, series, draws), None without draws.

    One run serves every key; `chance.drawn_paths`, which sums while it runs, would have to run for each.
    """
    futures = chance.draw_futures(view)
    if futures is None:
        return None
    run = projection.run(view.start, runs.plan(view, Scenario()), max(horizons), futures)
    return run.covered[list(horizons)]


def _judged(
    view: View, truth: _Truth, keys: Sequence[str], horizons: Sequence[int], drawn: Array | None
) -> pl.DataFrame:
    """Hold every way from a view's month against what came: one row per horizon, method and key that are known."""
    rows, place = view.groups(keys)
    actual, late = (truth.around(view.as_of, series) for series in (view.series, view.not_run))
    pace = view.series["pace"].fill_null(np.nan).to_numpy()
    missed = _places(rows, view.not_run, keys)
    reach, shape = truth.reach, (len(horizons), len(METHODS), rows.height)
    predicted, came, low, high = (np.full(shape, np.nan) for _ in range(4))
    if drawn is not None:
        # Sorted by key, the series of each key lie side by side and are summed in one go; no key is without series.
        begins = np.searchsorted(np.sort(place), np.arange(rows.height))
        sums = np.add.reduceat(drawn[:, np.argsort(place, kind="stable")], begins, axis=1)
        low[:, 0], high[:, 0] = np.quantile(sums, [0.1, 0.9], axis=2)
        nobody = np.bincount(place, weights=actual[:, reach] > 0, minlength=rows.height) == 0
        low[:, 0, nobody], high[:, 0, nobody] = np.nan, np.nan
    for at, horizon in enumerate(horizons):
        a_year_before = horizon - 12 * -(-horizon // 12)  # the latest of these months that had been reported
        ways = {
            MODEL: view.baseline.covered[horizon, :, 0],
            "last": actual[:, reach],
            "year": actual[:, reach + a_year_before],
            "moves": _moved_again(actual, reach, horizon),
            "line": actual[:, reach] + horizon * pace,
        }
        came[at] = _sums(actual[:, reach + horizon], place, rows.height)
        # Who had not reported then and has since is part of the truth, and was none of the projection.
        came[at][:, missed[np.isfinite(late[:, reach + horizon]) & (missed >= 0)]] = np.nan
        predicted[at] = [_sums(ways[way], place, rows.height) for way in METHODS]
    known = np.isfinite(came) & (came > 0) & np.isfinite(predicted)
    horizon_of, way_of, row_of = np.nonzero(known)
    figures = (predicted, came, predicted / np.where(known, came, 1) - 1, low, high)
    return (
        rows[row_of]
        .with_columns(
            origin=pl.lit(view.as_of),
            horizon=pl.Series(np.array(horizons, dtype=np.int64)[horizon_of]),
            method=pl.Series(METHODS, dtype=pl.String).gather(way_of),
        )
        .hstack(
            pl.DataFrame(
                {name: figure[known] for name, figure in zip(_FIGURES, figures, strict=True)}, nan_to_null=True
            )
        )
    )


def _moved_again(actual: Array, origin: int, horizon: int) -> Array:
    """Return where each series would be, had the year before come once more: its changes month by month (series,)."""
    years, rest = divmod(horizon, 12)
    a_year_ago = actual[:, origin - 12]
    moved: Array = actual[:, origin] + years * (actual[:, origin] - a_year_ago)
    return moved + (actual[:, origin - 12 + rest] - a_year_ago)


def _seen_from(origin: date, table: BranchMonths, register: Register, *, wanted: Scope, settings: Settings) -> View:
    """Look at the scope as it was known then: not a row of later months is handed on."""
    then = table.filter(pl.col("month") <= origin)
    return views.of(then, register, None, scope=wanted, as_of=origin, settings=settings)


def _places(rows: pl.DataFrame, series: pl.DataFrame, keys: Sequence[str]) -> NDArray[np.intp]:
    """Return for each series the row of its key, -1 for none."""
    if not keys:
        return np.zeros(series.height, dtype=np.intp)
    placed = series.select(keys).join(
        rows.with_row_index("place"), on=list(keys), how="left", nulls_equal=True, maintain_order="left"
    )
    return placed["place"].cast(pl.Int64).fill_null(-1).to_numpy().astype(np.intp)


def _sums(values: Array, place: NDArray[np.intp], count: int) -> Array:
    """Sum series by key; one that is not known makes its key unknown."""
    return np.bincount(place, weights=values, minlength=count).astype(np.float64)
