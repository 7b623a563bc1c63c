"""How far off was the projection, and was a naive way closer, in words?"""

from __future__ import annotations

import polars as pl

from coverage.base.texts import Texts


def describe_backtest(rows: pl.DataFrame, texts: Texts) -> str:
    """Say in one sentence at how many distances the projection was closer than every naive way, and how often its band
    held the truth (one key's rows of `backtest.against_naive`); the table says the rest."""
    if rows.is_empty():
        return texts("backtest.too_short")
    values = {
        "won": texts.people(rows.height - naive_closer(rows).height),
        "all": texts.people(rows.height),
        "months": texts.count("unit.months", max(rows["origins"].to_list())),
    }
    held = _held(rows)
    if held is None:
        return texts("backtest.verdict", **values)
    return texts("backtest.verdict_held", **values, times=texts.people(round(10 * held)))


def _held(rows: pl.DataFrame) -> float | None:
    judged = rows.drop_nulls("inside")
    counts = judged["origins"].to_list()
    shares = judged["inside"].to_list()
    return sum(share * many for share, many in zip(shares, counts, strict=True)) / sum(counts) if counts else None


def naive_closer(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows in which a naive way errs less than the model, by more than a rounding, and as it is written."""
    naive, model = pl.col("naive_mape"), pl.col("model_mape")
    return rows.filter(naive < model - 5e-4, naive.round(3) < model.round(3))
