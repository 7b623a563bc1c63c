"""Which of several files is used where they tell the same month differently, and a person prefers the later one?

Later is the file whose name says a later month, else the one whose name comes later (`rekap 10` after `rekap 9`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

import polars as pl

from coverage.base import tables
from coverage.intake import mapping, names
from coverage.intake.layout import vocabulary
from coverage.intake.mapping import FileMap
from coverage.intake.problem_rows import problem

_KEYS = ["branch", "segment", "month"]


def turns(labels: Sequence[str], maps: Sequence[FileMap]) -> dict[int, int]:
    """Return for the numbers of the files of which a later one is preferred which comes when: 0 is the earliest."""
    may = [at for at, label in enumerate(labels) if maps and mapping.said_of(maps, _file(label)).prefers_later]
    order = {key: turn for turn, key in enumerate(sorted({_when(_file(labels[at])) for at in may}))}
    return {at: order[_when(_file(labels[at]))] for at in may}


def _file(label: str) -> str:
    """Return the file of a sheet: `rekap.xlsx` of `rekap.xlsx#Januari`."""
    return label.partition("#")[0]


def _when(name: str) -> tuple[int, tuple[tuple[int, str], ...]]:
    """Return what sorts files by the month of their names, and then by their names as people count."""
    stem = names.stem(name)
    time = vocabulary.read(stem).time
    month = -1
    if time is not None:
        month = time.month if time.month >= 0 else time.year * 12 + (time.of_year - 1 if time.of_year else 11)
    parts = re.findall(r"\d+|\D+", stem.casefold())
    return month, tuple((int(part), "") if part.isdigit() else (-1, part) for part in parts)


def without_earlier(
    table: pl.DataFrame, order: dict[int, int], labels: pl.Series
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Return the rows without those that a later of these files tells otherwise, and what is to be told."""
    if len(set(order.values())) < 2:
        return table, []
    counts = [name for name in tables.COUNTS if name in table.columns]
    turn = pl.col("file").replace_strict(order, default=None, return_dtype=pl.Int32)
    of_these = table.with_columns(_turn=turn).filter(pl.col("_turn").is_not_null())
    last = of_these.filter(pl.col("_turn") == pl.col("_turn").max().over(_KEYS)).unique(_KEYS, keep="first")
    at_last = last.select(*_KEYS, _last="_turn", _later="file", **{f"_{name}": pl.col(name) for name in counts})
    judged = table.with_row_index("_at").with_columns(_turn=turn)
    judged = judged.join(at_last, on=_KEYS, how="inner", maintain_order="left", validate="m:1")
    otherwise = pl.any_horizontal(~pl.col(name).eq_missing(pl.col(f"_{name}")) for name in counts)
    earlier = judged.filter(pl.col("_turn") < pl.col("_last"), otherwise)
    if not earlier.height:
        return table, []
    by_file = earlier.group_by("file", maintain_order=True).agg(
        pl.col("line").first(), other=pl.col("_later").last(), count=pl.len()
    )
    details = [
        json.dumps({"other_file": labels[other], "count": count}, ensure_ascii=False)
        for other, count in by_file.select("other", "count").iter_rows()
    ]
    written = pl.Series(details, dtype=pl.String)
    notes = problem("later_file_used", "note", file=by_file["file"], line=by_file["line"], details=written)
    numbered = table.with_row_index("_at")
    return numbered.join(earlier.select("_at"), on="_at", how="anti", maintain_order="left").drop("_at"), [notes]
