"""Where is a naive way, or a band that is too wide or too narrow, a branch's record, in words?"""

from __future__ import annotations

import polars as pl

from coverage.answers import track_record
from coverage.base.texts import Texts
from coverage.model.view import View
from coverage.wording import sentences

_NAMED = 4


def describe_track_records(rows: pl.DataFrame, texts: Texts) -> list[str]:
    """Say whose forecasts a simple way would have beaten, and whose band is too narrow or too wide
    (`track_record.of`); nothing where nobody has such a record."""
    lines = []
    closer = rows.drop_nulls("naive").sort(pl.col("naive_mape") / pl.col("mape"), maintain_order=True)
    if closer.height:
        lines.append(
            texts(
                "track_record.naive",
                count=texts.people(closer.height),
                parts=sentences.join_words([_closer(row, texts) for row in closer.head(_NAMED).to_dicts()], texts),
            )
        )
    for band in ("narrow", "wide"):
        part = rows.filter(band=band).sort("held", descending=band == "wide", maintain_order=True)
        if part.height:
            listed = [
                texts(
                    "track_record.held",
                    place=_place(row["branch"], row["segment"], texts),
                    times=texts.people(round(10 * row["held"])),
                    months=texts.count("unit.months", row["origins"]),
                )
                for row in part.head(_NAMED).to_dicts()
            ]
            lines.append(
                texts(
                    f"track_record.{band}", count=texts.people(part.height), parts=sentences.join_words(listed, texts)
                )
            )
    return lines


def describe_own_record(view: View, texts: Texts) -> list[str]:
    """Say of a branch that is looked at alone what its record is; nothing of several."""
    alone = view.series["branch"].n_unique() == 1
    return describe_track_records(track_record.of(view), texts) if alone else []


def _closer(row: dict[str, object], texts: Texts) -> str:
    return texts(
        "track_record.closer",
        place=_place(str(row["branch"]), str(row["segment"]), texts),
        naive=texts(f"backtest.method.{row['naive']}"),
        naive_error=texts.share(float(str(row["naive_mape"]))),
        error=texts.share(float(str(row["mape"]))),
        horizon=texts.count("unit.months", int(str(row["horizon"]))),
        months=texts.count("unit.months", int(str(row["origins"]))),
    )


def _place(branch: str, segment: str, texts: Texts) -> str:
    return f"{branch} {sentences.segment_name(segment, texts).lower()}"
