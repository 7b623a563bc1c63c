"""Which figures are not believed, because others speak against them?

What is left out or not used is told; nothing is changed in silence. The words of a header are believed only where the
figures let them be.
"""

from __future__ import annotations

import json
from collections.abc import Collection

import polars as pl

from coverage.intake import flow_doubts
from coverage.intake.problem_rows import problem

_THOUSANDS = 50
"""Eligible workers below a fiftieth of the active are in thousands, or belong to something else."""
_SMALL = 1_000
_MOSTLY = 0.9


def settle(table: pl.DataFrame, believed: Collection[tuple[int, str]] = ()) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Return the rows without the figures that are not believed, and what is to be told of them; `believed` are
    flows of files of which somebody said what they are."""
    table, problems = _thousands_unsaid(table)
    for decision in flow_doubts.decide(_open(table, believed)):
        first = table.filter(decision.holds).sort("file", "line").head(1)
        problems.append(
            problem(
                decision.code,
                "warning",
                file=first["file"],
                line=first["line"],
                column=decision.flow,
                value=first[decision.flow].cast(pl.String),
            )
        )
        if not decision.used:
            table = table.with_columns(pl.when(decision.holds).then(None).otherwise(decision.flow).alias(decision.flow))
    return table, problems


def _open(table: pl.DataFrame, believed: Collection[tuple[int, str]]) -> pl.DataFrame:
    """Leave the flows out that are believed, whatever they look like."""
    for file, flow in believed:
        if flow in table.columns:
            table = table.with_columns(pl.when(pl.col("file") != file).then(flow).alias(flow))
    return table


def _thousands_unsaid(table: pl.DataFrame) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Do not use eligible workers that are a fiftieth of the active or less throughout a file."""
    if "eligible" not in table.columns:
        return table, []
    if table["eligible"].null_count() == table.height:
        return table, []
    least, most = int(str(table["eligible"].min())), int(str(table["active"].max()))
    if least * _THOUSANDS >= most:  # in nearly all files: no row has to be asked
        return table, []
    far_below = (pl.col("eligible") * _THOUSANDS < pl.col("active")) & (pl.col("active") >= _SMALL)
    if not table.select(far_below.any()).item():
        return table, []
    per_file = (
        table.filter(pl.col("eligible").is_not_null())
        .group_by("file")
        .agg(share=far_below.mean(), count=far_below.sum())
        .filter(pl.col("share") >= _MOSTLY)
    )
    if not per_file.height:
        return table, []
    odd = pl.col("file").is_in(per_file["file"].implode()) & far_below.fill_null(False)
    first = table.filter(odd).sort("file", "line").unique("file", keep="first", maintain_order=True)
    details = [json.dumps({"active": active}) for active in first["active"].to_list()]
    problems = problem(
        "thousands_unsaid",
        "warning",
        file=first["file"],
        line=first["line"],
        column="eligible",
        value=first["eligible"].cast(pl.String),
        details=pl.Series(details, dtype=pl.String),
    )
    return table.with_columns(eligible=pl.when(odd).then(None).otherwise("eligible")), [problems]
