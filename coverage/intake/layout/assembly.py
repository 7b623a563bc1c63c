"""What comes of a file that was laid out: rows as the intake joins them, targets, problems, and each line's fate."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from coverage.base import tables
from coverage.intake import names
from coverage.intake.layout import context, long_form, meaning, remarks
from coverage.intake.layout.columns import RecapColumn
from coverage.intake.layout.keys import SEGMENTS, VALUES
from coverage.intake.layout.meaning import Meaning
from coverage.intake.layout.recap import Recap
from coverage.intake.rows import Rows

TARGETS: tables.Schema = {
    "branch": pl.String(),
    "segment": pl.String(),
    "by": pl.Date(),
    "measure": pl.String(),
    "value": pl.Float64(),
    "file": pl.Int32(),
    "line": pl.Int64(),
    "column": pl.String(),
}
"""Targets as `Intake.targets` has them, with the number of the file in the place of its name."""


@dataclass(frozen=True, kw_only=True)
class Assembled:
    """The rows and the targets of a file of any layout."""

    result: Rows
    targets: pl.DataFrame


def assemble(recap: Recap, *, first: int, answered: Collection[str] = ()) -> Assembled:
    """Put rows, targets and problems together; the sheets of the file are numbered from `first` on, and
    `answered` are the flows of which somebody said what they are."""
    figures = recap.figures
    unsplit = SEGMENTS.index(context.segments_together())
    if not figures.height:
        empty = pl.DataFrame()
        return Assembled(result=_rows(recap, empty, empty, [], first), targets=pl.DataFrame(schema=TARGETS))
    added = long_form.added(figures)
    is_target = pl.col("kind") == VALUES["kind"].index("target")
    actual = added.with_columns(
        segment=pl.when((pl.col("segment") < 0) & ~is_target).then(unsplit).otherwise("segment").cast(pl.Int32)
    )
    table = long_form.rows(actual)
    given = long_form.targets(actual)
    problems = remarks.every(recap)
    believed = frozenset((first + at, flow) for at in range(len(recap.grids)) for flow in answered)
    result = replace(_rows(recap, table, given, problems, first), believed=believed)
    return Assembled(result=result, targets=_targets(recap, given, first))


def _rows(recap: Recap, table: pl.DataFrame, given: pl.DataFrame, problems: list[pl.DataFrame], first: int) -> Rows:
    lines = _lines(recap, table, given)
    whole, partial = _no_rows(), _no_rows()
    if table.height:
        whole = _canonical(recap, table.filter(pl.col("active").is_not_null()), first)
        partial = _canonical(recap, table.filter(pl.col("active").is_null()), first)
    spellings = [_name(place) for place in recap.places]
    shifted = [frame.with_columns(file=(pl.col("file") + first).cast(pl.Int32)) for frame in problems]
    file = (lines["sheet"] + first).cast(pl.Int32).to_numpy()
    used = lines.filter(pl.col("fate") == "kept")
    return Rows(
        rows=whole,
        partial=partial,
        problems=shifted,
        spellings=spellings,
        keys=[tables.branch_key(place) for place in spellings],
        file=file,
        line=(lines["row"] + 1).cast(pl.Int64).to_numpy(),
        branch=lines["spelling"].to_numpy(),
        blank=file[(lines["fate"] == "blank").to_numpy()],
        totals=file[(lines["fate"] == "total").to_numpy()],
        beside=_places_of(used, first),
        beside_targets=_places_of(_unfolded(given), first),
    )


def _places_of(lines: pl.DataFrame, first: int) -> pl.DataFrame:
    return lines.select(file=(pl.col("sheet") + first).cast(pl.Int32), line=(pl.col("row") + 1).cast(pl.Int64))


def _name(place: str) -> str:
    return names.place(place)


def _no_rows() -> pl.DataFrame:
    return pl.DataFrame(
        schema={"month": pl.Int32, "branch": pl.Int32, "segment": pl.Int16, "file": pl.Int32, "line": pl.Int64}
        | dict.fromkeys(tables.COUNTS, pl.Int64)
    )


def _canonical(recap: Recap, table: pl.DataFrame, first: int) -> pl.DataFrame:
    """Return rows in the columns that the intake joins."""
    return table.select(
        pl.col("month").cast(pl.Int32),
        branch=pl.col("spelling").cast(pl.Int32),
        segment=pl.col("segment").cast(pl.Int16),
        file=(pl.col("sheet") + first).cast(pl.Int32),
        line=(pl.col("row") + 1).cast(pl.Int64),
        **{name: pl.col(name).cast(pl.Int64) for name in tables.COUNTS},
        **_texts(recap, table),
    )


def _texts(recap: Recap, whole: pl.DataFrame) -> dict[str, pl.Series]:
    """Return the sources and the status that stand beside the figures."""
    results: dict[str, pl.Series] = {}
    for name in ("eligible_source", "source", "status"):
        if not any(name in table.keys.texts for table in recap.tables):
            continue
        values: list[str | None] = []
        for block, row in zip(whole["block"].to_list(), whole["row"].to_list(), strict=True):
            table = recap.tables[block]
            codes = table.keys.texts.get(name)
            text = recap.grids[table.sheet].texts[codes[row - table.block.start]] if codes is not None else ""
            values.append(_text_value(name, text))
        results[name] = pl.Series(values, dtype=tables.Status if name == "status" else pl.String)
    return results


def _text_value(name: str, text: str) -> str | None:
    if name == "status":
        return tables.STATUS_WORDS.get(tables.plain(text))
    return names.trimmed(text) or None


def _lines(recap: Recap, table: pl.DataFrame, given: pl.DataFrame) -> pl.DataFrame:
    """One row per line inside the blocks: its fate (kept, total, blank, aside) and the place that it names."""
    frames = []
    for number, part in enumerate(recap.tables):
        block, own = part.block, part.keys
        size = block.stop - block.start
        blank = ~(recap.grids[part.sheet].code[block.start : block.stop, block.left : block.right] != 0).any(axis=1)
        inside = own.data | blank
        frames.append(
            pl.DataFrame(
                {
                    "sheet": np.full(size, part.sheet, dtype=np.int32),
                    "row": np.arange(block.start, block.stop, dtype=np.int32),
                    "blank": blank,
                    "named_total": own.total,
                    "block": np.full(size, number, dtype=np.int32),
                }
            ).filter(pl.Series(inside))
        )
    schema = {"sheet": pl.Int32, "row": pl.Int32, "fate": pl.String, "spelling": pl.Int32}
    if not frames:
        return pl.DataFrame(schema=schema)
    every = pl.concat(frames).unique(["sheet", "row"], keep="first", maintain_order=True)
    used = _used(table, given)
    fates = (
        recap.figures.group_by("sheet", "row").agg(
            summed=(pl.col("fate").is_in(["sum"])).any() & ~(pl.col("fate") == "").any(),
            spelling=pl.col("spelling").first(),
        )
        if recap.figures.height
        else pl.DataFrame(schema={"sheet": pl.Int32, "row": pl.Int32, "summed": pl.Boolean, "spelling": pl.Int32})
    )
    joined = every.join(used, on=["sheet", "row"], how="left", maintain_order="left").join(
        fates, on=["sheet", "row"], how="left", maintain_order="left"
    )
    return joined.select(
        "sheet",
        "row",
        fate=pl.when("blank")
        .then(pl.lit("blank"))
        .when(pl.col("used").fill_null(False))
        .then(pl.lit("kept"))
        .when(pl.col("summed").fill_null(False))
        .then(pl.lit("total"))
        .otherwise(pl.lit("aside")),
        spelling=pl.col("spelling").fill_null(-1),
    )


def _used(table: pl.DataFrame, given: pl.DataFrame) -> pl.DataFrame:
    """Return the lines of which a figure is used: in a row, as a part of one, or as a target."""
    whole = table.filter(pl.col("active").is_not_null()) if table.height else table
    return pl.concat([_unfolded(whole), _unfolded(given)]).unique().with_columns(used=pl.lit(True))


def _unfolded(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the lines that rows are made of."""
    schema: tables.Schema = {"sheet": pl.Int32(), "row": pl.Int32()}
    if not rows.height:
        return pl.DataFrame(schema=schema)
    return rows.select("rows_of").explode("rows_of").unnest("rows_of").cast(dict(schema.items()))


def _targets(recap: Recap, given: pl.DataFrame, first: int) -> pl.DataFrame:
    """One row per target that the file holds."""
    if not given.height:
        return pl.DataFrame(schema=TARGETS)
    columns_ = {
        (number, column.at): column.path.shown for number, part in enumerate(recap.tables) for column in part.columns
    }
    spelled = [_name(recap.places[place]) for place in given["spelling"].to_list()]
    header = [columns_[block, column] for block, column in given.select("block", "column").iter_rows()]
    return given.select(
        branch=pl.Series(spelled, dtype=pl.String),
        segment=pl.Series([long_form.segment_name(number) for number in given["segment"].to_list()], dtype=pl.String),
        by=pl.date(pl.col("by") // 12, pl.col("by") % 12 + 1, 1),
        measure=pl.col("name"),
        value=pl.col("number").cast(pl.Float64),
        file=(pl.col("sheet") + first).cast(pl.Int32),
        line=(pl.col("row") + 1).cast(pl.Int64),
        column=pl.Series(header, dtype=pl.String),
    ).unique(["branch", "segment", "by", "measure", "value"], keep="first", maintain_order=True)


def describe(column: RecapColumn, state: Meaning | None) -> str | None:
    """Return what a column was taken for, as a map names it; nothing where it is not used."""
    if column.part != "figures":
        return {"place": "place", "mixed": "place"}.get(column.part, column.part if column.part in _NAMED else None)
    if state is None or state.state in (meaning.UNUSED, meaning.UNCLEAR, meaning.SHARE):
        return None
    words = ["target of"] if column.path.get("kind") == "target" else []
    words.append(column.path.get("measure") or "active")
    if column.path.get("segment"):
        words += ["of", column.path.get("segment")]
    return " ".join(words)


_NAMED = frozenset({"month", "year", "segment", "region"})
