"""How far off was the projection, and was a naive way closer, in words?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from coverage.base.texts import Texts
from coverage.wording import sentences


def describe_backtest(rows: pl.DataFrame, texts: Texts, segments: pl.DataFrame | None = None) -> str:
    """Say how far off the projection was, how often its band held the truth, and where a naive way was closer, or the
    band too narrow (one key's rows of `backtest.against_naive`, and those of each segment)."""
    if rows.is_empty():
        return texts("backtest.too_short")
    parts = [
        texts("backtest.off", error=texts.share(row["mape"]), horizon=texts.count("unit.months", row["horizon"]))
        for row in rows.to_dicts()
    ]
    text = texts.count("backtest.said", max(rows["origins"].to_list()), parts=sentences.joined(parts, texts))
    held = _held(rows)
    if held is not None:
        text += " " + texts("backtest.held", times=texts.people(round(10 * held)))
    closer = naive_closer(rows)
    if closer.is_empty():
        text += " " + texts("backtest.better")
    for row in closer.to_dicts():
        text += " " + texts("backtest.worse", **_closer(row, texts))
    least = min(rows["origins"].to_list())
    if least < _LITTLE:
        text += " " + texts("backtest.little", months=texts.count("unit.months", least))
    return text if segments is None else text + _by_segment(segments, texts)


_LITTLE = 6
"""Fewer months than these are a hint, not a proof."""


_NARROW_SHARE = 0.65
"""A band of 8 in 10 that holds the truth less often than this is said to be too narrow."""


def _held(rows: pl.DataFrame) -> float | None:
    judged = rows.drop_nulls("inside")
    counts = judged["origins"].to_list()
    shares = judged["inside"].to_list()
    return sum(share * many for share, many in zip(shares, counts, strict=True)) / sum(counts) if counts else None


def _closer(row: Mapping[str, Any], texts: Texts) -> dict[str, str]:
    return {
        "naive": texts(f"backtest.method.{row['naive']}"),
        "horizon": texts.count("unit.months", row["horizon"]),
        "naive_error": texts.share(row["naive_mape"]),
        "error": texts.share(row["model_mape"]),
    }


def _by_segment(segments: pl.DataFrame, texts: Texts) -> str:
    """Say in which segments a naive way was closer, and in which the band was too narrow; nothing of a single one."""
    names = {
        segment_key: sentences.segment_name(segment_key, texts)
        for segment_key in segments["segment"].unique(maintain_order=True).to_list()
    }
    if len(names) < 2:
        return ""
    text = ""
    parts = [
        texts("backtest.worse_part", segment=names[row["segment"]], **_closer(row, texts))
        for row in naive_closer(segments).to_dicts()
    ]
    if parts:
        text += " " + texts("backtest.worse_parts", parts=sentences.joined(parts, texts))
    for segment, name in names.items():
        held = _held(segments.filter(pl.col("segment") == segment))
        if held is not None and held < _NARROW_SHARE:
            text += " " + texts("backtest.narrow", segment=name.lower(), times=texts.people(round(10 * held)))
    return text


def naive_closer(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows in which a naive way errs less than the model, by more than a rounding, and as it is written."""
    naive, model = pl.col("naive_mape"), pl.col("model_mape")
    return rows.filter(naive < model - 5e-4, naive.round(3) < model.round(3))
