"""Which files tell another measure of the same places and months than those that tell the active members?

One file has the active members, another the eligible workers, a third the registrations. They are joined where branch,
segment and month agree and no figure contradicts another; what finds no active members is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coverage.base import tables
from coverage.intake.problem_rows import problem
from coverage.intake.rows import Rows

_KEYS = ["branch", "segment", "month"]
_LINES: tables.Schema = {"file": pl.Int32(), "line": pl.Int64()}


@dataclass(frozen=True, kw_only=True)
class Joined:
    """The rows with what other files tell of them, the lines of those that are used, and what is to be told."""

    table: pl.DataFrame
    used: pl.DataFrame
    problems: list[pl.DataFrame]


def join(table: pl.DataFrame, results: Sequence[Rows], ranks: Sequence[NDArray[np.int32]], labels: pl.Series) -> Joined:
    """Fill in what files without active members tell; `ranks` are the numbers of branches in the table, by the numbers
    of each result."""
    parts = [
        result.partial.with_columns(branch=pl.Series(rank).gather(result.partial["branch"]))
        for result, rank in zip(results, ranks, strict=True)
        if result.partial.height
    ]
    if not parts:
        return Joined(table=table, used=pl.DataFrame(schema=_LINES), problems=[])
    partial = pl.concat(parts, how="diagonal_relaxed").cast({key: table.schema[key] for key in _KEYS})
    here = table.select(_KEYS).unique()
    lonely = partial.join(here, on=_KEYS, how="anti").unique(["file", "line"], keep="first", maintain_order=True)
    problems = [problem("no_active", "error", file=lonely["file"], line=lonely["line"])] if lonely.height else []
    known = partial.join(here, on=_KEYS, how="semi", maintain_order="left")
    used = [pl.DataFrame(schema=_LINES)]
    for measure in tables.COUNTS:
        if measure != "active" and measure in known.columns and known[measure].null_count() < known.height:
            table, lines, contradictions = _filled(table, known, measure, labels)
            used.append(lines)
            problems += contradictions
    return Joined(table=table, used=pl.concat(used).unique(), problems=problems)


def _filled(
    table: pl.DataFrame, known: pl.DataFrame, measure: str, labels: pl.Series
) -> tuple[pl.DataFrame, pl.DataFrame, list[pl.DataFrame]]:
    """Fill in one measure; where two figures contradict each other, neither is used."""
    given = known.filter(pl.col(measure).is_not_null()).select(*_KEYS, "file", "line", _given=pl.col(measure))
    if measure not in table.columns:
        table = table.with_columns(pl.lit(None, dtype=pl.Int64).alias(measure))
    own = table.select(*_KEYS, _own=pl.col(measure), _own_file="file", _own_line="line").unique(
        _KEYS, keep="first", maintain_order=True
    )
    judged = given.join(own, on=_KEYS, how="left", maintain_order="left", validate="m:1").with_columns(
        _apart=((pl.col("_given").n_unique() > 1) | (pl.col("_own") != pl.col("_given")).fill_null(False).any()).over(
            _KEYS
        )
    )
    agreed = judged.filter(~pl.col("_apart"))
    wrong = judged.filter("_apart")
    one_each = judged.unique(_KEYS, keep="first", maintain_order=True).select(*_KEYS, "_given", "_apart")
    filled = table.join(one_each, on=_KEYS, how="left", maintain_order="left", validate="m:1").with_columns(
        pl.when(pl.col("_apart").fill_null(False))
        .then(None)
        .otherwise(pl.coalesce(measure, "_given"))
        .cast(table.schema[measure])
        .alias(measure)
    )
    problems = []
    if wrong.height:
        named = wrong.select(other="_own_line", other_file=labels.gather(wrong["_own_file"]))
        problems = [
            problem(
                "twice_differs",
                "error",
                file=wrong["file"],
                line=wrong["line"],
                column=measure,
                value=wrong["_given"].cast(pl.String),
                details=named.select(pl.struct("other", "other_file").struct.json_encode()).to_series(),
            )
        ]
    return filled.drop("_given", "_apart"), agreed.select(*_LINES), problems
