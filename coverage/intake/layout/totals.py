"""Which figures are sums of others, and which are parts to be added up?

One rule: a figure that lacks a part of the address which others like it have is a sum over it. Sums over months,
places and segments are set apart; of companies, gender and funding the sum is what counts, and where it does not stand
there the parts are added.
"""

from __future__ import annotations

from itertools import combinations

import polars as pl

from coverage.intake.layout.figures import Figures
from coverage.intake.layout.keys import VALUES

KEYS = ("month", "place", "segment")
PARTS = ("gender", "funding", "company")
_SAME = ("measure", "kind", "span")


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
    figures = figures.with_row_index("_at")
    for missing in _some(tuple(facet for facet in KEYS if facet in split)):
        figures = _mark(figures, missing, coarse="sum", fine="")
    for missing in _some(tuple(facet for facet in PARTS if facet in split)):
        figures = _mark(figures, missing, coarse="", fine="part")
    return figures.drop("_at")


def _split(figures: Figures) -> set[str]:
    """Return the parts of an address that some figures have and others lack: only these can be summed over."""
    alive = figures["fate"] == ""
    known = {facet: (figures[facet].filter(alive).to_numpy() >= 0) for facet in (*KEYS, *PARTS)}
    return {facet for facet, given in known.items() if given.any() and not given.all()}


def _some(facets: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [chosen for size in range(1, len(facets) + 1) for chosen in combinations(facets, size)]


def _mark(figures: Figures, missing: tuple[str, ...], *, coarse: str, fine: str) -> Figures:
    """Mark figures that lack all of `missing` where others of the same address have all of it (or those others)."""
    alive = figures.filter(pl.col("fate") == "")
    lacking = alive.filter(pl.all_horizontal(pl.col(facet) < 0 for facet in missing))
    having = alive.filter(pl.all_horizontal(pl.col(facet) >= 0 for facet in missing))
    if not lacking.height or not having.height:
        return figures
    rest = [facet for facet in (*KEYS, *PARTS, "programme", *_SAME, "year") if facet not in missing]
    if coarse:  # a sum over segments may stand beside parts by gender or company
        rest = [facet for facet in rest if facet not in PARTS]
    both = lacking.join(having.select(rest).unique(), on=rest, how="semi")
    if not both.height:
        return figures
    if coarse:
        sums = having.group_by(rest).agg(
            _sum=pl.col("number").sum(), _mean=pl.col("number").mean(), _last=pl.col("number").last(), _count=pl.len()
        )
        judged = both.join(sums, on=rest, how="left", validate="m:1").select(
            "_at", "_count", _sum_of=pl.col("_sum"), _mean_of=pl.col("_mean"), _last_of=pl.col("_last")
        )
        kept = figures.join(judged, on="_at", how="left", maintain_order="left", validate="1:1")
        hit = pl.col("_sum_of").is_not_null()
        named = pl.col("total")
        near = (
            (pl.col("number") == pl.col("_sum_of"))
            | ((pl.col("number") - pl.col("_mean_of")).abs() <= 1)
            | (pl.col("number") == pl.col("_last_of"))
        ).fill_null(pl.col("number").is_null())
        alone = pl.lit("month" in missing) & (pl.col("_count") < 2)  # a month may be missing by mistake
        reason = pl.when(named | (near & ~alone)).then(pl.lit(coarse)).otherwise(pl.lit("unlike"))
        return kept.with_columns(
            fate=pl.when(hit).then(reason).otherwise("fate"),
            sum_of=pl.when(hit).then("_sum_of").otherwise("sum_of"),
            mean_of=pl.when(hit).then("_mean_of").otherwise("mean_of"),
            last_of=pl.when(hit).then("_last_of").otherwise("last_of"),
            over=pl.when(hit).then(pl.lit(" ".join(missing))).otherwise("over"),
        ).drop("_sum_of", "_mean_of", "_last_of", "_count")
    parts = having.join(lacking.select(rest).unique(), on=rest, how="semi").select("_at")
    hit = pl.col("_at").is_in(parts["_at"].implode())
    return figures.with_columns(fate=pl.when(hit).then(pl.lit(fine)).otherwise("fate"))
