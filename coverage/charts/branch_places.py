"""Where is each branch, and of which is it not known?"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from coverage.base.tables import Register, branch_key
from coverage.base.texts import Texts

WORST_FIRST = ("off_track", "at_risk", "on_track", "reached", "unknown")
_MOST_NAMED = 10


def located(ranked: pl.DataFrame, register: Register) -> tuple[pl.DataFrame, list[str]]:
    """Return the branches of a `gaps.ranking` with `latitude`, `longitude` and `province`, and the names of others.

    The others have no place in the register of branches: they stand in the table, not on the map.
    """
    known = (
        register.drop_nulls(["latitude", "longitude"])
        .with_columns(key=pl.col("branch").map_elements(branch_key, return_dtype=pl.String))
        .unique("key", keep="first", maintain_order=True)
        .select("key", "latitude", "longitude", "province")
    )
    keyed = ranked.with_columns(key=pl.col("branch").map_elements(branch_key, return_dtype=pl.String))
    joined = keyed.join(known, on="key", how="left", validate="m:1", maintain_order="left").drop("key")
    placed = joined.filter(pl.col("latitude").is_not_null())
    return placed, joined.filter(pl.col("latitude").is_null())["branch"].to_list()


def describe_places(placed: pl.DataFrame, texts: Texts) -> str:
    """Say how many branches stand how, and where most workers are missing."""
    counts = {
        status: int((placed["status"].cast(pl.String) == status).fill_null(value=False).sum()) for status in WORST_FIRST
    }
    listed = ", ".join(
        texts("map.so_many", count=texts.people(count), standing=texts(f"standing.{status}").lower())
        for status, count in counts.items()
        if count
    )
    text = texts("map.summary", branches=texts.count("map.branches", placed.height), listed=listed)
    missing = placed.filter(pl.col("short") > 0).sort("short", descending=True)
    if missing.is_empty():
        return text
    most = missing.row(0, named=True)
    return text + " " + texts("map.most", branch=most["branch"], short=texts.people(most["short"]))


def describe_not_placed(names: Sequence[str], texts: Texts) -> str:
    """Say which branches have no place on the map."""
    listed = ", ".join(names[:_MOST_NAMED]) + (", …" if len(names) > _MOST_NAMED else "")
    return texts.count("map.not_placed", len(names), names=listed)
