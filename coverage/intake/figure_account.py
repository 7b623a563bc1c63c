"""What became of each figure of the files: used, a target, a total, or set aside, and why?

A bad cell among 24 of a line costs the line nothing, and would vanish in an account by line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import polars as pl

from coverage.base import tables
from coverage.intake.fates import NO_ACTIVE, NUMBERED, SCHEMA, TARGET, TOTAL, TWICE, USED, WRONG
from coverage.intake.layout.keys import VALUES
from coverage.intake.layout.recap import Recap
from coverage.intake.rows import Rows

_LINE = ["file", "line"]


def of_recap(laid: Recap, *, first: int) -> pl.DataFrame:
    """Count the figures of a file by their fate; cells that say no value are none."""
    figures = laid.figures
    if not figures.height:
        return pl.DataFrame(schema=NUMBERED)
    counted = (figures["text"] != "") & (figures["fate"] != "empty")
    target = figures["kind"] == VALUES["kind"].index("target")
    of_each = (column.filter(counted).to_list() for column in (figures["sheet"], figures["fate"], target))
    counts: Counter[tuple[int, str]] = Counter()
    for (sheet, fate, is_target), count in Counter(zip(*of_each, strict=True)).items():
        word = (TARGET if is_target else USED) if fate == "" else TOTAL if fate == "sum" else fate
        counts[sheet + first, word] += count
    counts.update((cell.sheet + first, WRONG) for cell in laid.spoilt)
    rows = [(file, fate, count) for (file, fate), count in sorted(counts.items())]
    return pl.DataFrame(rows, schema=NUMBERED, orient="row")


def settled(
    counted: Sequence[pl.DataFrame],
    results: Sequence[Rows],
    kept: pl.DataFrame,
    summed: pl.DataFrame,
    used: pl.DataFrame,
    labels: pl.Series,
) -> pl.DataFrame:
    """Return the account of all files; what was read and is not kept in the end is taken from what is used."""
    counts: Counter[tuple[int, str]] = Counter()
    for frame in counted:
        for file, fate, count in frame.iter_rows():
            counts[file, fate] += count
    files = {file for file, _ in counts}
    for file, fate, count in _moved(results, kept, summed, used):
        if file in files:
            counts[file, fate] += count
            counts[file, USED] -= count
    rows = [(labels[file], fate, count) for (file, fate), count in sorted(counts.items()) if count > 0]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _moved(
    results: Sequence[Rows], kept: pl.DataFrame, summed: pl.DataFrame, used: pl.DataFrame
) -> Iterator[tuple[int, str, int]]:
    """Yield files, and what else becomes of how many figures that were to be used."""
    if kept.height < sum(result.rows.height for result in results):
        held = kept.select(_LINE).unique()
        for result in results:
            yield from _lost(result.rows.join(held, on=_LINE, how="anti"), summed.select(_LINE))
    for result in results:
        if result.partial.height:
            yield from _counts(result.partial.join(used, on=_LINE, how="anti"), NO_ACTIVE)


def _lost(rows: pl.DataFrame, summed: pl.DataFrame) -> Iterator[tuple[int, str, int]]:
    """Count the figures of rows that are not kept: those of places that are sums are totals."""
    if rows.height:
        sums = summed.unique()
        of_sums, others = (rows.join(sums, on=_LINE, how=how) for how in ("semi", "anti"))
        yield from _counts(of_sums, TOTAL)
        yield from _counts(others, TWICE)


def _counts(rows: pl.DataFrame, fate: str) -> Iterator[tuple[int, str, int]]:
    measures = [name for name in tables.COUNTS if name in rows.columns]
    if rows.height and measures:
        figures = pl.sum_horizontal(pl.col(name).is_not_null().cast(pl.Int64) for name in measures)
        for file, count in rows.group_by("file").agg(count=figures.sum()).iter_rows():
            yield file, fate, count
