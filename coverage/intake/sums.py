"""Which places are the sum of others, so that their people would count twice?

A place is left out where the same parts add up in every month, segment and measure in which it stands, and there are
three such figures, or its name or position says total, region or province. Else it is kept and told: in 325 branches
some pair adds up to a third by chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coverage.base import tables
from coverage.intake import names
from coverage.intake.layout import places
from coverage.intake.problem_rows import problem
from coverage.intake.rows import SLICE

WIDER = (
    r"(?i)^\W*(?:kanwil|kantor wilayah|wilayah|regional|region|provinsi|prov|province|nasional|national|indonesia"
    r"|total|jumlah|sub ?total|se[- ])\b"
)
_LOOKED_AT = ("branch", "segment", "active", "file", "line")
_MANY, _PROVEN = 1_000, 3
_AT_ONCE = 1 << 18  # figures compared at once
_MOST_PLACES = 1_500
"""Beyond, every pair would take too long to look at; runs and the sum of all others are still found."""


@dataclass(frozen=True, kw_only=True)
class Sums:
    """Rows (by place in the table) that are sums and left out, and the first row of each place that only looks so."""

    out: NDArray[np.int64]
    doubtful: NDArray[np.int64]


def find(table: pl.DataFrame, branches: Sequence[str], regions: frozenset[str]) -> Sums:
    """Look for places that are sums of others; `branch` counts in `branches`, `regions` are keys of known regions."""
    nothing = Sums(out=np.zeros(0, dtype=np.int64), doubtful=np.zeros(0, dtype=np.int64))
    if table.height < 3:
        return nothing
    month = _fullest_month(table)
    look = table[list(_LOOKED_AT)][np.flatnonzero(table["month"].to_numpy() == month)]
    by_line = np.lexsort((look["line"].to_numpy(), look["file"].to_numpy()))
    places = np.array(list(dict.fromkeys(look["branch"].to_numpy()[by_line].tolist())), dtype=np.int32)
    if len(places) < 3:
        return nothing
    figures = _matrix(look, places)
    out: list[NDArray[np.int64]] = []
    doubtful: list[int] = []
    gone: set[int] = set()
    may = _may_be_a_run(figures, gone)
    paired = _may_be_a_pair(figures)
    for at in _smallest_first(figures):
        if not may[at] and not paired[at]:
            continue
        for parts, by_position in _candidates(figures, at, gone, is_run=bool(may[at]), is_pair=bool(paired[at])):
            total = _verified(table, int(places[at]), places[list(parts)])
            if total is None:
                continue
            rows, equal, everywhere = total
            named = _is_wider(branches[int(places[at])], regions)
            if everywhere and (equal >= _PROVEN or by_position or named):
                out.append(rows)
                gone.add(at)
                may = _may_be_a_run(figures, gone)
            else:
                doubtful.append(int(rows[0]))
            break
    return Sums(out=np.concatenate(out) if out else nothing.out, doubtful=np.array(sorted(doubtful), dtype=np.int64))


def _fullest_month(table: pl.DataFrame) -> int:
    """Return the last month that has as many rows as any."""
    months = table["month"].to_numpy()
    first, last = int(months.min()), int(months.max())
    counts = np.zeros(last - first + 1, dtype=np.int64)
    for at in range(0, len(months), SLICE):
        counts += np.bincount(months[at : at + SLICE] - first, minlength=len(counts))
    return first + int(np.flatnonzero(counts == counts.max())[-1])


def _matrix(look: pl.DataFrame, places: NDArray[np.integer]) -> NDArray[np.float64]:
    """Return active members by place and segment; not a number where a place has none."""
    at = np.zeros(int(places.max()) + 1, dtype=np.int64)
    at[places] = np.arange(len(places))
    figures = np.full((len(places), len(tables.SEGMENTS)), np.nan)
    figures[at[look["branch"].to_numpy()], look["segment"].to_numpy()] = look["active"].cast(pl.Float64).to_numpy()
    return figures


def _smallest_first(figures: NDArray[np.float64]) -> list[int]:
    """Return the places that may be sums: those with a figure that is no small one, the smallest first."""
    order = np.argsort(np.nansum(figures, axis=1), kind="stable")
    many: list[int] = order[(figures[order] >= _MANY).any(axis=1)].tolist()
    return many


def _may_be_a_run(figures: NDArray[np.float64], gone: set[int]) -> NDArray[np.bool_]:
    """Say of each place whether its largest figure is the sum of all others, or of those next to it on one side.

    With running sums one look each will do (they only grow): a thousand places are asked at once, and nearly all are
    out of the question.
    """
    segments = np.nan_to_num(figures).argmax(axis=1)
    known = np.nan_to_num(figures)
    known[sorted(gone)] = 0
    may = np.zeros(len(figures), dtype=np.bool_)
    for segment in np.unique(segments):
        own = np.nan_to_num(figures[:, segment])
        upto = np.concatenate([[0.0], np.cumsum(known[:, segment])])
        place, before, after = np.arange(len(figures)), upto[:-1], upto[1:]
        last = np.searchsorted(upto, after + own, side="right") - 1
        first = np.searchsorted(upto, before - own, side="left")
        here = (upto[last] == after + own) & (last - place > 2)  # at least two parts
        here |= (upto[first] == before - own) & (place - first >= 2)
        here |= upto[-1] - known[:, segment] == own
        may |= here & (segments == segment)
    return may


def _may_be_a_pair(figures: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Say of each place whether its largest figure is the sum of two others.

    All are asked at once, from the largest figures down: nearly all are out of the question.
    """
    may = np.zeros(len(figures), dtype=np.bool_)
    if len(figures) > _MOST_PLACES:
        return may
    known = np.nan_to_num(figures)
    segments = known.argmax(axis=1)
    for segment in np.unique(segments):
        here = np.flatnonzero(segments == segment)
        values = np.unique(figures[~np.isnan(figures[:, segment]), segment])
        for part in np.array_split(here, max(1, len(here) * len(values) // _AT_ONCE)):
            others = known[part, segment][:, np.newaxis] - values
            hits = values[np.searchsorted(values, others).clip(max=len(values) - 1)] == others
            may[part] = hits.any(axis=1)
    return may


def _candidates(
    figures: NDArray[np.float64], at: int, gone: set[int], *, is_run: bool, is_pair: bool
) -> list[tuple[tuple[int, ...], bool]]:
    """Return sets of places that add up to one, and whether its position says that it is their total."""
    alive = [place for place in range(len(figures)) if place != at and place not in gone]
    candidates = _runs(figures, at, alive, gone) if is_run else []
    if is_pair:
        candidates += [(pair, False) for pair in _pairs(figures, at, alive)]
    return candidates


def _runs(
    figures: NDArray[np.float64], at: int, alive: list[int], gone: set[int]
) -> list[tuple[tuple[int, ...], bool]]:
    candidates: list[tuple[tuple[int, ...], bool]] = []
    if len(alive) >= 2 and _add_up(figures, at, alive):
        candidates.append((tuple(alive), at in (0, len(figures) - 1)))
    before = [place for place in alive if place < at]
    after = [place for place in alive if place > at]
    runs = (_run(figures, at, before[::-1]), _run(figures, at, after))
    candidates += [(run, _ends_here(run, at, gone, len(figures))) for run in runs if run is not None]
    return candidates


def _ends_here(run: tuple[int, ...], at: int, gone: set[int], size: int) -> bool:
    """Say whether a run reaches from a sum, or the beginning or end of the table, to the place."""
    edges = {min(run) - 1, max(run) + 1} - {at}
    return all(edge in (-1, size) or edge in gone for edge in edges)


def _add_up(figures: NDArray[np.float64], at: int, parts: Sequence[int]) -> bool:
    whole = figures[at]
    filled = ~np.isnan(whole)
    return bool((np.nansum(figures[list(parts)][:, filled], axis=0) == whole[filled]).all())


def _run(figures: NDArray[np.float64], at: int, places: Sequence[int]) -> tuple[int, ...] | None:
    """Return the run of places next to one, at least two, that adds up to it."""
    if len(places) < 2:
        return None
    filled = ~np.isnan(figures[at])
    sums = np.nancumsum(figures[list(places)][:, filled], axis=0)
    hits = np.flatnonzero((sums == figures[at][filled]).all(axis=1))
    return tuple(places[: int(hits[0]) + 1]) if len(hits) and hits[0] >= 1 else None


def _pairs(figures: NDArray[np.float64], at: int, alive: Sequence[int]) -> list[tuple[int, int]]:
    segment = int(np.nanargmax(figures[at]))
    values = figures[list(alive), segment]
    others = figures[at, segment] - values
    for first in np.flatnonzero(np.isin(others, values)).tolist():
        second = int(np.flatnonzero(values == others[first])[0])
        if second > first and _add_up(figures, at, (alive[first], alive[second])):
            return [(alive[first], alive[second])]
    return []


def _verified(
    table: pl.DataFrame, whole: int, parts: NDArray[np.integer]
) -> tuple[NDArray[np.int64], int, bool] | None:
    """Return the rows of a place, how many of its figures are sums of these parts, and whether all are; nothing where
    one contradicts."""
    counts = [name for name in tables.COUNTS if name in table.columns]
    keyed = table.select("branch", "month", "segment", *counts).with_row_index("_at")
    own = keyed.filter(pl.col("branch") == whole)
    sums = (
        keyed.filter(pl.col("branch").is_in(parts.tolist()))
        .group_by("month", "segment")
        .agg(
            *(pl.col(name).sum().alias(f"_{name}") for name in counts),
            *(pl.col(name).count().alias(f"_n_{name}") for name in counts),
        )
    )
    both = own.join(sums, on=["month", "segment"], how="left", maintain_order="left", validate="1:1")
    equal = 0
    for name in counts:
        stated = both.filter(pl.col(name).is_not_null(), pl.col(f"_n_{name}") >= 2)
        if (stated[name] != stated[f"_{name}"]).any():
            return None
        equal += int((stated[name] >= _MANY).sum())
    if equal == 0:
        return None
    everywhere = both["_active"].null_count() == 0
    return own["_at"].cast(pl.Int64).to_numpy(), equal, everywhere


def _is_wider(name: str, regions: frozenset[str]) -> bool:
    """Say whether a name says total, region or province."""
    series = pl.Series([name])
    return (
        bool(series.str.contains(WIDER)[0]) or bool(names.TOTAL_WORDS.match(name)) or tables.branch_key(name) in regions
    )


def without(table: pl.DataFrame, branches: list[str]) -> tuple[pl.DataFrame, pl.DataFrame, list[pl.DataFrame]]:
    """Return the rows without those of places that are sums of others, these rows, and what is to be told."""
    numbers = {name: at for at, name in enumerate(dict.fromkeys(branches))}
    looked = table
    if len(numbers) < len(branches):  # two spellings of one place
        one_each = pl.Series([numbers[name] for name in branches], dtype=pl.Int32)
        looked = table.with_columns(branch=one_each.gather(table["branch"]))
    looked_like = find(looked, list(numbers), places.regions())
    names_of = pl.Series(list(numbers), dtype=pl.String)
    notes = []
    for rows_, code, severity in (
        (looked_like.out, "sum_left_out", "note"),
        (looked_like.doubtful, "branch_is_sum", "warning"),
    ):
        if len(rows_):
            odd = looked[rows_].unique("branch", keep="first", maintain_order=True)
            value = names_of.gather(odd["branch"])
            notes.append(problem(code, severity, file=odd["file"], line=odd["line"], column="branch", value=value))
    if not len(looked_like.out):
        return table, table.head(0), notes
    out = np.zeros(table.height, dtype=np.bool_)
    out[looked_like.out] = True
    return table.filter(pl.Series(~out)), table.filter(pl.Series(out)), notes
