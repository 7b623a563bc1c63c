"""Where does each branch and segment stand now, and at which rates did it grow and lose members?

One row per series; what stands there is the model's (sections 4 and 5.1), worked out for all series at once.
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
from coverage.model import past, rates
from coverage.model.past import Cuts, Past

Array = NDArray[np.float64]
FIGURES = ("active", "eligible", "new", "lapsed", "returned", "funded")


@dataclass(frozen=True, kw_only=True)
class MonthGrid:
    """The history of every series as arrays (series, months), NaN where nothing is known; the last month is as-of."""

    keys: pl.DataFrame  # branch, segment; one row per series
    last: date
    active: Array
    eligible: Array
    new: Array
    lapsed: Array
    returned: Array
    funded: Array


def grid(table: BranchMonths, *, as_of: date, first: date | None = None) -> MonthGrid:
    """Lay the rows up to the as-of month out as arrays; later rows are not looked at.

    The calendar begins with the first month of the rows, or with an earlier one that is given.
    """
    rows = table.filter(pl.col("month") <= as_of)
    keys = rows.select("branch", "segment").unique().sort("branch", "segment")
    if rows.is_empty():
        empty = np.empty((0, 1))
        return MonthGrid(keys=keys, last=as_of, **dict.fromkeys(FIGURES, empty))
    placed = rows.join(keys.with_row_index("series"), on=["branch", "segment"], how="left", validate="m:1").select(
        "series", *FIGURES, number=pl.col("month").dt.year().cast(pl.Int64) * 12 + pl.col("month").dt.month() - 1
    )
    last = months.number(as_of)
    begins = int(placed["number"].min())  # type: ignore[arg-type]
    if first is not None:
        begins = min(begins, months.number(first))
    place = (placed["series"].to_numpy(), placed["number"].to_numpy() - begins)
    arrays: dict[str, Array] = {}
    for figure in FIGURES:
        array = np.full((keys.height, last - begins + 1), np.nan)
        array[place] = placed[figure].cast(pl.Float64).to_numpy()
        arrays[figure] = array
    return MonthGrid(keys=keys, last=as_of, **arrays)


def series(table: BranchMonths, register: Register, *, as_of: date, settings: Settings) -> Series:
    """One row per branch and segment, as `described`."""
    history = grid(table, as_of=as_of)
    return described(history, past.of(history), register, settings)


def described(history: MonthGrid, known: Past, register: Register, settings: Settings) -> Series:
    """One row per branch and segment: the stocks of the as-of month and the rates of the months before it.

    `active` is null where the branch has not reported the as-of month: it is never carried forward. Its rates and pace
    are those of its last report, `late` months ago.
    """
    window = settings.whole("history_months")
    cuts = Cuts(series=np.arange(history.keys.height), month=np.maximum(known.last, 0))
    result = rates.at(known, cuts, months=window, seasonal=settings.whole("seasonal_months"))
    pace, spans = _pace(known, cuts, window)
    # The seasons' columns are the months after the cut; put January first.
    calendar = (
        np.arange(12)[None, :] - (months.number(history.last) - (known.active.shape[1] - 1 - cuts.month))[:, None] - 1
    ) % 12
    seasons = {
        name: pl.Series(np.take_along_axis(array, calendar, axis=1), dtype=pl.Array(pl.Float64, 12))
        for name, array in (("season_new", result.season_new), ("season_lapse", result.season_lapse))
    }
    frame = history.keys.with_columns(
        month=pl.lit(history.last),
        active=_column(history.active[:, -1]),
        eligible=_column(history.eligible[:, -1]),
        funded=pl.Series(np.minimum(np.nan_to_num(history.funded[:, -1]), np.nan_to_num(history.active[:, -1]))),
        pool=pl.Series(result.pool),
        new=pl.Series(result.new),
        registrations=_column(past.mean(past.months_up_to(known.new, cuts, window))),
        lapse=pl.Series(result.lapse),
        back=pl.Series(result.back),
        **seasons,
        pace=_column(pace),
        months_of_history=pl.Series(spans),
        rates_from=pl.Series(
            np.where(~result.stocks_only, "flows", np.where(np.isfinite(pace), "stocks", "none")), dtype=pl.String
        ),
        late=pl.Series(known.active.shape[1] - 1 - known.last, dtype=pl.Int64),
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


def _pace(known: Past, cuts: Cuts, window: int) -> tuple[Array, NDArray[np.int64]]:
    """Return the net change a month over the last months, and how many months it spans (0: no history)."""
    active = past.months_up_to(known.active, cuts, window + 1)
    before = np.isfinite(active[:, :-1])
    first = np.argmax(before, axis=1)
    usable = before.any(axis=1) & np.isfinite(active[:, -1])
    spans = np.where(usable, window - first, 0)
    change = active[:, -1] - active[np.arange(len(active)), first]
    return np.where(usable, change / np.maximum(spans, 1), np.nan), spans.astype(np.int64)
