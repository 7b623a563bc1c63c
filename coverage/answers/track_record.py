"""Whose own record is a naive way's, or a band's that is too wide or too narrow?

From the record that the band is made of (model, section 7): each branch and segment's errors in the past months, beside
the errors that four naive ways would have made from the same months, and how often the errors of the other past months
would have held this one's. No projection is made for it.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coverage.answers.backtest import HORIZONS, NAIVE
from coverage.model import past
from coverage.model.past import Cuts, Past
from coverage.model.record import Record
from coverage.model.view import View

Array = NDArray[np.float64]
FEWEST = 6
"""Fewer past months than these say nothing."""
CLEARLY = 0.8
"""A naive way whose error is at most this share of the projection's is a branch's record."""
NARROW, WIDE = 0.6, 0.97
"""A band of 8 in 10 that held fewer or more of the truths than these is too narrow or too wide."""


def of(view: View) -> pl.DataFrame:
    """One row per branch and segment of the view that has a record: `naive`, the way that was clearly closer at
    `horizon` months (`naive_mape` against `mape`), and `band`, "narrow" or "wide", with the share `held`.
    """
    result = view.ground.law.record
    columns = {
        "branch": pl.String(),
        "segment": pl.String(),
        "horizon": pl.Int64(),
        "mape": pl.Float64(),
        "naive": pl.String(),
        "naive_mape": pl.Float64(),
        "band": pl.String(),
        "held": pl.Float64(),
        "origins": pl.Int64(),
    }
    if result is None:
        return pl.DataFrame(schema=columns)
    places = view.places
    closer = _closer(view.ground.law.known, result, places)
    held, judged = _held(result.errors[:, places], 1 + 2 / result.count)
    rows = []
    for at, (branch, segment) in enumerate(view.series.select("branch", pl.col("segment").cast(pl.String)).iter_rows()):
        share = float(held[at])
        band = None
        if judged[at] >= FEWEST:
            band = "narrow" if share < NARROW else "wide" if share > WIDE else None
        naive = closer.get(at)
        if band is None and naive is None:
            continue
        horizon, mape, way, naive_mape, origins = naive or (None, None, None, None, int(judged[at]))
        rows.append((branch, segment, horizon, mape, way, naive_mape, band, share if band else None, origins))
    return pl.DataFrame(rows, schema=columns, orient="row")


def _closer(known: Past, record: Record, places: NDArray[np.intp]) -> dict[int, tuple[int, float, str, float, int]]:
    """Return for each series that has one the way that gains most: horizon, own error, way, its error, past months."""
    best: dict[int, tuple[int, float, str, float, int]] = {}
    months, series = np.meshgrid(record.months, places, indexing="ij")
    cuts = Cuts(series=series.reshape(-1), month=months.reshape(-1))
    year = past.months_up_to(known.active, cuts, 13).reshape(*months.shape, 13)
    stood = year[:, :, -1]
    first = np.argmax(np.isfinite(year), axis=2)
    begun = np.take_along_axis(year, first[:, :, None], axis=2)[:, :, 0]
    pace = (stood - begun) / np.maximum(12 - first, 1)
    for horizon in HORIZONS:
        error = record.errors[:, places, horizon - 1]
        came = _later(known.active, series, months + horizon)
        law = came - error * stood
        again = year[:, :, horizon]  # of the months o - 12 ... o the one twelve before o + horizon
        ways = {"last": stood, "year": again, "moves": stood + again - year[:, :, 0], "line": stood + horizon * pace}
        for way in NAIVE:
            both = np.isfinite(law) & np.isfinite(ways[way]) & (came > 0)
            count = both.sum(axis=0)
            scale = np.where(both, came, 1)
            own, naive = (
                np.where(both, np.abs(line - came) / scale, 0).sum(axis=0) / np.maximum(count, 1)
                for line in (law, ways[way])
            )
            for at in np.flatnonzero((count >= FEWEST) & (naive <= CLEARLY * own) & (own > 0)).tolist():
                if at not in best or own[at] - naive[at] > best[at][1] - best[at][3]:
                    best[at] = (horizon, float(own[at]), way, float(naive[at]), int(count[at]))
    return best


def _later(active: Array, series: NDArray[np.intp], months: NDArray[np.intp]) -> Array:
    """Return what was reported in later months; unknown beyond the last."""
    inside = months < active.shape[1]
    return np.where(inside, active[series, np.where(inside, months, 0)], np.nan)


def _held(errors: Array, factor: float) -> tuple[Array, NDArray[np.int64]]:
    """Return how often the errors of the other past months, in both directions, hold a past month's (series,), over the
    horizons together; and from how many past months."""
    held, known = np.zeros(errors.shape[1]), np.zeros(errors.shape[1])
    for horizon in HORIZONS:
        error = np.abs(errors[:, :, horizon - 1])
        for at in range(len(error)):
            others = np.delete(error, at, axis=0)
            some = np.isfinite(error[at]) & (np.isfinite(others).sum(axis=0) >= FEWEST - 1)
            if some.any():
                # Of draws in both directions P10 and P90 lie where 8 of 10 sizes end.
                limit = factor * np.nanquantile(others[:, some], 0.8, axis=0)
                held[some] += error[at, some] <= limit
                known[some] += 1
    months = np.isfinite(errors).any(axis=2).sum(axis=0)
    return np.divide(held, known, out=np.full(len(held), np.nan), where=known > 0), np.where(known > 0, months, 0)
