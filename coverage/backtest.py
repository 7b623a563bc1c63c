"""How good is it: how far off would the projection have been, had it been made in the past?

Model, section 8. From each past month (an origin) the projection is made with what was known then and nothing later,
by the same engine as everywhere, and held against what came 1, 3, 6 and 12 months on, beside three naive ways: as in
the last month, as in the same month a year before, and a straight line at the pace of the last twelve months.
(Rolling-origin evaluation: Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 3rd ed., section 5.10.)
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coverage import chance, history, months, scope
from coverage.scenarios import Scenario
from coverage.scope import Scope, View
from coverage.settings import Settings
from coverage.tables import BranchMonths, Register

Array = NDArray[np.float64]
HORIZONS = (1, 3, 6, 12)
MODEL, NAIVE = "model", ("last", "year", "line")
METHODS = (MODEL, *NAIVE)
_FIGURES = ("predicted", "actual", "error", "low", "high")
ERRORS: dict[str, pl.DataType] = {
    "origin": pl.Date(),
    "horizon": pl.Int64(),
    "method": pl.String(),
    **dict.fromkeys(_FIGURES, pl.Float64()),
}


def origins(table: BranchMonths, settings: Settings) -> list[date]:
    """Return the months to project from: those with a report, a year of history before and a month after them.

    At most the latest of a setting's number; in between nothing is thinned out.
    """
    if table.is_empty():
        return []
    reported = sorted(table["month"].unique().to_list())
    first, last = reported[0], reported[-1]
    usable = [one for one in reported if months.between(first, one) >= settings.whole("history_months") and one < last]
    return usable[-settings.whole("backtest_origins") :]


def errors(
    table: BranchMonths,
    register: Register,
    *,
    scope: Scope,
    settings: Settings,
    keys: Sequence[str] = ("segment",),
) -> pl.DataFrame:
    """One row per key, origin, horizon and method: `predicted, actual`, their relative `error` (a share, signed) and
    for the model the bounds `low, high` of 8 of 10 futures (null where there are too few flows).

    A key counts only where all its series are known at the origin and then: a sum that lacks a branch is no truth. A
    naive way has a row only where what it needs is known (the same month a year before, say).
    """
    found = [
        part
        for origin in origins(table, settings)
        for part in _from(origin, table, register, scope=scope, settings=settings, keys=keys)
    ]
    own: dict[str, pl.DataType] = {key: pl.String() for key in keys or ("scope",)}
    return pl.concat(found) if found else pl.DataFrame(schema=own | ERRORS)


def summary(found: pl.DataFrame, keys: Sequence[str] = ("segment",)) -> pl.DataFrame:
    """One row per key, horizon and method: `mape` (mean absolute error, a share), `bias` (mean signed error),
    `origins`, and `inside`: the share of the origins whose truth lay within the bounds (null without bounds)."""
    within = pl.col("actual").is_between(pl.col("low"), pl.col("high"))
    return (
        found.group_by(*keys, "horizon", "method", maintain_order=True)
        .agg(
            mape=pl.col("error").abs().mean(),
            bias=pl.col("error").mean(),
            origins=pl.len(),
            inside=within.mean(),
        )
        .sort(*keys, "horizon", pl.col("method").replace_strict(list(METHODS), list(range(len(METHODS)))))
    )


def against_naive(found: pl.DataFrame, keys: Sequence[str] = ("segment",)) -> pl.DataFrame:
    """One row per key and horizon: the model's `mape, bias, origins, inside`, and the naive way that errs least
    (`naive, naive_mape`) beside the model's error over the same origins (`model_mape`); null where none is known."""
    rows = summary(found, keys)
    model = rows.filter(pl.col("method") == MODEL).drop("method")
    here = [*keys, "horizon"]
    own = found.filter(pl.col("method") == MODEL).select(*here, "origin", own="error")
    naive = (
        found.filter(pl.col("method") != MODEL)
        .join(own, on=[*here, "origin"], how="inner", validate="m:1", nulls_equal=True)
        .group_by(*here, "method", maintain_order=True)
        .agg(naive_mape=pl.col("error").abs().mean(), model_mape=pl.col("own").abs().mean())
        .sort("naive_mape", maintain_order=True)
        .unique(here, keep="first", maintain_order=True)
        .rename({"method": "naive"})
    )
    return model.join(naive, on=here, how="left", validate="1:1", nulls_equal=True, maintain_order="left")


def _from(
    origin: date, table: BranchMonths, register: Register, *, scope: Scope, settings: Settings, keys: Sequence[str]
) -> list[pl.DataFrame]:
    view = _seen_from(origin, table, register, wanted=scope, settings=settings)
    if view.series.is_empty():
        return []
    rows, place = view.groups(keys)
    reach = max(HORIZONS)
    actual = _actual(table, view, view.series, reach)
    late = _actual(table, view, view.late, reach)
    missed = _places(rows, view.late, keys)
    wobble = chance.draw(view)
    bounds = None
    if wobble is not None:
        drawn = chance.paths(view, Scenario(), reach, keys, wobble=wobble)
        bounds = np.quantile(drawn, [0.1, 0.9], axis=2)
    pace = view.series["pace"].fill_null(np.nan).to_numpy()
    parts = []
    for horizon in HORIZONS:
        ways = {
            MODEL: view.baseline.covered[horizon, :, 0],
            "last": actual[:, reach],
            "year": actual[:, reach + horizon - 12],
            "line": actual[:, reach] + horizon * pace,
        }
        truth = _sums(actual[:, reach + horizon], place, rows.height)
        # Who had not reported then and has since is part of the truth, and was none of the projection.
        truth[missed[np.isfinite(late[:, reach + horizon]) & (missed >= 0)]] = np.nan
        sums = {way: _sums(values, place, rows.height) for way, values in ways.items()}
        for way, predicted in sums.items():
            known = np.isfinite(truth) & (truth > 0) & np.isfinite(predicted)
            fan = bounds[:, horizon] if bounds is not None and way == MODEL else np.full((2, rows.height), np.nan)
            part = rows.with_columns(
                origin=pl.lit(origin),
                horizon=pl.lit(horizon, dtype=pl.Int64),
                method=pl.lit(way),
                predicted=pl.Series(predicted),
                actual=pl.Series(truth),
                error=pl.Series(predicted / np.where(known, truth, 1) - 1),
                low=pl.Series(fan[0]).fill_nan(None),
                high=pl.Series(fan[1]).fill_nan(None),
            )
            parts.append(part.filter(pl.Series(known)))
    return parts


def _seen_from(origin: date, table: BranchMonths, register: Register, *, wanted: Scope, settings: Settings) -> View:
    """Look at the scope as it was known then: not a row of later months is handed on."""
    then = table.filter(pl.col("month") <= origin)
    return scope.look(then, register, None, scope=wanted, as_of=origin, settings=settings)


def _places(rows: pl.DataFrame, series: pl.DataFrame, keys: Sequence[str]) -> NDArray[np.intp]:
    """Return for each series the row of its key, -1 for none."""
    if not keys:
        return np.zeros(series.height, dtype=np.intp)
    placed = series.select(keys).join(
        rows.with_row_index("place"), on=list(keys), how="left", nulls_equal=True, maintain_order="left"
    )
    return placed["place"].cast(pl.Int64).fill_null(-1).to_numpy().astype(np.intp)


def _actual(table: BranchMonths, view: View, series: pl.DataFrame, reach: int) -> Array:
    """Return what these series reported from so many months before the view's month to so many after."""
    last = months.add(view.as_of, reach)
    grid = history.grid(table, as_of=last)
    placed = series.select("branch", "segment").join(
        grid.keys.with_row_index("place"), on=["branch", "segment"], how="left", validate="1:1", maintain_order="left"
    )
    width = 2 * reach + 1
    active = grid.active[placed["place"].to_numpy().astype(np.intp)][:, -width:]
    missing = np.full((active.shape[0], width - active.shape[1]), np.nan)
    return np.concatenate([missing, active], axis=1)


def _sums(values: Array, place: NDArray[np.intp], count: int) -> Array:
    """Sum series by key; one that is not known makes its key unknown."""
    return np.bincount(place, weights=values, minlength=count).astype(np.float64)
