"""Which rows of the canonical table come of the figures, and which line does each stand in?

One row per month, place and segment, as often as a measure is told again of it: the intake compares what stands twice.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coverage.intake.layout.figures import Figures
from coverage.intake.layout.keys import SEGMENTS, VALUES
from coverage.intake.layout.vocabulary import MEASURES

KEYS = ["month", "place", "segment"]
KEPT = tuple(measure for measure in MEASURES if measure != "inactive")
"""Measures that the canonical table has."""
_ORIGINS = ["from_month", "from_place", "from_segment", "from_measure"]
_FIRST = ["row", "column", "block", "spelling", *_ORIGINS]
_SHARED = ["sheet", *KEYS, "measure", "kind", "due", "number", *_FIRST]
TARGET = VALUES["kind"].index("target")
Numbers = NDArray[np.int64]


def lines_of(figures: Figures) -> Numbers:
    """Return for each figure one number for its sheet and line."""
    return numbered_lines(figures["sheet"].to_numpy(), figures["row"].to_numpy())


def numbered_lines(sheets: NDArray[np.int32], rows: NDArray[np.int32]) -> Numbers:
    """Return one number for each sheet and line."""
    return (sheets.astype(np.int64) << 32) | rows


def added(figures: Figures) -> Figures:
    """Add up companies, genders and who pays: one row per figure of the table, with the lines of its parts
    (`lines`, as `lines_of` numbers them)."""
    alive = np.flatnonzero((figures["fate"] == "").to_numpy() & ~np.isnan(figures["number"].to_numpy()))
    parted = np.logical_or.reduce([figures[facet].to_numpy()[alive] >= 0 for facet in ("gender", "funding", "company")])
    every = figures[_SHARED][alive[~parted]]
    lines = pl.Series("lines", lines_of(every)).reshape((every.height, 1)).cast(pl.List(pl.Int64))
    every = every.hstack([lines, pl.Series("funded_part", [None], dtype=pl.Int64).new_from_index(0, every.height)])
    if parted.any():
        every = pl.concat([every, _of_parts(figures[alive[parted]]).select(every.columns)])
    ordered: Figures = every[np.lexsort([every[name].to_numpy() for name in ("column", "row", "block", "sheet")])]
    return ordered


def _of_parts(figures: Figures) -> Figures:
    """Return the sums of figures that are parts, with what is funded of each."""
    funded = pl.col("funding") == VALUES["funding"].index("funded")
    return (
        figures.with_columns(pl.Series("lines", lines_of(figures)))
        .group_by(*KEYS, "sheet", "measure", "kind", "due", maintain_order=True)
        .agg(
            pl.col("number").sum(),
            pl.col(_FIRST).first(),
            pl.col("lines"),
            funded_part=pl.col("number").filter(funded).sum(),
            has_funded=funded.any(),
        )
        .with_columns(funded_part=pl.when("has_funded").then("funded_part"))
    )


def rows(figures: Figures) -> tuple[pl.DataFrame, Numbers]:
    """One row per month, place, segment and time it is told, with the measures; and the lines used of those that tell
    the active members."""
    is_actual = (figures["kind"] != TARGET) & (figures["measure"] != MEASURES.index("inactive"))
    every = _with_funded(figures if is_actual.all() else figures.filter(is_actual))
    measure, number = every["measure"].to_numpy(), every["number"]
    group, first = _groups(every)
    is_active = measure == MEASURES.index("active")
    first[group[is_active]] = np.flatnonzero(is_active)  # a row stands where its active members do
    table = every[[*KEYS, "sheet", *_FIRST]][first]
    nothing = pl.Series([None], dtype=pl.Int64).new_from_index(0, len(first))
    counts = []
    for name in KEPT:
        of_measure = np.flatnonzero(measure == MEASURES.index(name))
        values = nothing.clone().scatter(group[of_measure], number[of_measure]) if len(of_measure) else nothing
        counts.append(values.alias(name))
    used = np.zeros(len(first), dtype=np.bool_)
    used[group[is_active]] = True
    lines = every["lines"].filter(pl.Series(used[group])).explode()
    return table.hstack(counts), lines.to_numpy()


def _with_funded(figures: Figures) -> Figures:
    """Add those who are funded within the sum of parts, where no figure of their own says how many."""
    if not figures["funded_part"].null_count() < figures.height:
        return figures
    funded = MEASURES.index("funded")
    extra = figures.filter(pl.col("funded_part").is_not_null()).with_columns(
        measure=pl.lit(funded, dtype=pl.Int32), number=pl.col("funded_part")
    )
    known = figures.filter(pl.col("measure") == funded).select(*KEYS)
    return pl.concat([figures, extra.join(known, on=KEYS, how="anti", maintain_order="left")])


def _groups(figures: Figures) -> tuple[Numbers, Numbers]:
    """Return the number of each figure's row, and the first figure of each row.

    A measure that a key has already begins a further row: what stands twice is compared later.
    """
    month, place, segment, measure = (figures[name].to_numpy().astype(np.int64) + 1 for name in (*KEYS, "measure"))
    key = (month * (place.max(initial=0) + 1) + place) * (len(SEGMENTS) + 1) + segment
    turn = _turns(key * (len(MEASURES) + 1) + measure)
    _, first, group = np.unique(key * (turn.max(initial=0) + 1) + turn, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty(len(first), dtype=np.int64)
    rank[order] = np.arange(len(first))
    return rank[group], first[order]


def _turns(keys: Numbers) -> Numbers:
    """Return how often each key stood before."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    begins = np.flatnonzero(np.diff(ordered, prepend=-1))
    turns = np.empty(len(keys), dtype=np.int64)
    turns[order] = np.arange(len(keys)) - np.repeat(begins, np.diff(begins, append=len(keys)))
    return turns


def targets(figures: Figures) -> pl.DataFrame:
    """One row per target: place, segment, when it is due, which measure, how many and where it stands."""
    is_target = figures["kind"] == TARGET
    if not is_target.any():
        return figures.clear()
    given = figures.filter(is_target)
    measures = {"active": "workers", "new": "new"}
    named = given.with_columns(
        name=pl.Series(MEASURES, dtype=pl.String)
        .gather(given["measure"].cast(pl.UInt32))
        .replace_strict(measures, default=None, return_dtype=pl.String)
    ).filter(pl.col("name").is_not_null())
    # The same figure for all months of a year, or a single month: due in December. Changing within the year: a path.
    year = pl.when(pl.col("due") >= 0).then(pl.col("due") // 12).otherwise(pl.col("month") // 12)
    series = ["place", "segment", "name", "_year"]
    dated = named.with_columns(_year=year).with_columns(_steady=(pl.col("number").n_unique().over(series) == 1))
    december = pl.col("_year") * 12 + 11
    by = (
        pl.when(pl.col("due") >= 0)
        .then("due")
        .when(pl.col("_steady") | (pl.col("month") < 0))
        .then(december)
        .otherwise("month")
    )
    return (
        dated.with_columns(by=by)
        .filter(pl.col("by") >= 12)
        .unique(["place", "segment", "name", "by", "number"], keep="first", maintain_order=True)
    )


def segment_name(number: int) -> str | None:
    return SEGMENTS[number] if number >= 0 else None
