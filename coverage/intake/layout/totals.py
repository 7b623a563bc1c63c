"""Which figures are sums of others, and which are parts to be added up?

One rule: a figure that lacks a part of the address which others like it have is a sum over it. Sums over months,
places and segments are set apart; of companies, gender and funding the sum is what counts, and where it does not stand
there the parts are added.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coverage.intake.layout.figures import Figures, with_parts
from coverage.intake.layout.keys import VALUES

KEYS = ("month", "place", "segment")
PARTS = ("gender", "funding", "company")
_SAME = ("measure", "kind", "span")
_STATED = ("sum_of", "mean_of", "last_of", "over")
_MOST = 1 << 62
Rows = NDArray[np.int64]


def versions(figures: Figures) -> Figures:
    """Mark the preliminary figures of which an updated one stands beside: the updated counts."""
    updated = VALUES["version"].index("updated")
    is_newer = (figures["version"] == updated) & (figures["fate"] == "")
    if not is_newer.any():
        return figures
    keys = [*KEYS, *PARTS, "programme", *_SAME]
    newer = figures.filter(is_newer).select(*keys).unique()
    marked = figures.join(
        newer.with_columns(_newer=pl.lit(True)), on=keys, how="left", maintain_order="left", validate="m:1"
    )
    older = (pl.col("_newer").fill_null(False)) & (pl.col("version") != updated) & (pl.col("fate") == "")
    return marked.with_columns(fate=pl.when(older).then(pl.lit("older")).otherwise("fate")).drop("_newer")


def set_apart(figures: Figures) -> Figures:
    """Mark the sums over months, places and segments, and the parts whose sum stands beside them."""
    split = _split(figures)
    if not split:
        return figures
    marks = _Marks(figures)
    for missing in _some(tuple(facet for facet in KEYS if facet in split)):
        marks.sums(missing)
    for missing in _some(tuple(facet for facet in PARTS if facet in split)):
        marks.parts(missing)
    return with_parts(figures, *marks.columns())


def _split(figures: Figures) -> set[str]:
    """Return the parts of an address that some figures have and others lack: only these can be summed over."""
    alive = figures["fate"] == ""
    known = {facet: (figures[facet].filter(alive).to_numpy() >= 0) for facet in (*KEYS, *PARTS)}
    return {facet for facet, given in known.items() if given.any() and not given.all()}


def _some(facets: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [chosen for size in range(1, len(facets) + 1) for chosen in combinations(facets, size)]


class _Marks:
    """Figures that are sums or parts of others; those that are marked are no longer asked."""

    def __init__(self, figures: Figures) -> None:
        self.facets = {name: figures[name].to_numpy() for name in (*KEYS, *PARTS, "programme", *_SAME, "year")}
        self.number = figures["number"].to_numpy().astype(np.float64)  # not a number where there is no value
        self.total = figures["total"].to_numpy()
        self.alive = (figures["fate"] == "").to_numpy()
        self.fate = figures["fate"].clone()
        self.stated = [figures[name].clone() for name in _STATED]

    def columns(self) -> list[pl.Series]:
        return [self.fate, *self.stated]

    def sums(self, missing: tuple[str, ...]) -> None:
        """Mark figures that lack all of `missing` where others of the same address have all of it."""
        # A sum over segments may stand beside parts by gender or company.
        lacking, having, key = self._parted(missing, [facet for facet in self.facets if facet not in PARTS])
        keys, part = np.unique(key[having], return_inverse=True)
        rows = lacking[np.isin(key[lacking], keys)]
        if not len(rows):
            return
        number = self.number[having]
        known, count = np.bincount(part, weights=~np.isnan(number)), np.bincount(part)
        sum_, last = np.bincount(part, weights=np.nan_to_num(number)), np.empty(len(keys))
        last[part] = number  # the last of each stays
        with np.errstate(invalid="ignore"):
            mean = sum_ / known
        at = np.searchsorted(keys, key[rows])
        own, sum_, mean, last = self.number[rows], sum_[at], mean[at], last[at]
        near = np.isnan(own) | (own == sum_) | (np.abs(own - mean) <= 1) | (own == last)
        alone = ("month" in missing) & (count[at] < 2)  # a month may be missing by mistake
        is_sum = self.total[rows] | (near & ~alone)
        self._mark(rows[is_sum], "sum")
        self._mark(rows[~is_sum], "unlike")
        values: tuple[pl.Series | str, ...] = (
            _nullable(sum_).cast(pl.Int64),
            _nullable(mean),
            _nullable(last).cast(pl.Int64),
            " ".join(missing),
        )
        self.stated = [column.scatter(rows, value) for column, value in zip(self.stated, values, strict=True)]

    def parts(self, missing: tuple[str, ...]) -> None:
        """Mark figures that have all of `missing` where one of the same address lacks all of it: their sum."""
        lacking, having, key = self._parted(missing, list(self.facets))
        self._mark(having[np.isin(key[having], key[lacking])], "part")

    def _parted(self, missing: tuple[str, ...], facets: list[str]) -> tuple[Rows, Rows, Rows]:
        """Return the figures that lack all of `missing`, those that have all of it, and a number for the rest of the
        address of each figure."""
        given = [self.facets[facet] >= 0 for facet in missing]
        lacking = np.flatnonzero(self.alive & ~np.logical_or.reduce(given))
        having = np.flatnonzero(self.alive & np.logical_and.reduce(given))
        return lacking, having, _numbered([self.facets[facet] for facet in facets if facet not in missing])

    def _mark(self, rows: Rows, fate: str) -> None:
        self.fate = self.fate.scatter(rows, fate)
        self.alive[rows] = False


def _numbered(columns: Sequence[NDArray[np.int32]]) -> Rows:
    """Return one number for each combination of values."""
    number, size = np.zeros(len(columns[0]), dtype=np.int64), 1
    for column in columns:
        least = int(column.min(initial=0))
        span = int(column.max(initial=0)) - least + 1
        if size * span > _MOST:
            distinct, number = np.unique(number, return_inverse=True)
            size = len(distinct)
        number = number * span + (column - least)
        size *= span
    return number


def _nullable(values: NDArray[np.number]) -> pl.Series:
    column = pl.Series(values)
    return column.fill_nan(None) if np.isnan(values).any() else column
