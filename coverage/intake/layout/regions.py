"""To which region does the place of each figure belong, and which places only share a name?

A village or a district of one name stands in several regencies: where two of one name have a figure of the same month
and measure, each is called with its region, and that is told. Else the region is the branch's own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coverage.base import tables
from coverage.intake import names
from coverage.intake.layout.context import FACETS
from coverage.intake.layout.figures import Figures
from coverage.intake.layout.grid import NO_VALUE, Grid
from coverage.intake.layout.keys import Numbers

ADDRESS = ["place", "month", "of_year", "year", "due", *FACETS, "company"]
SCHEMA: tables.Schema = {"branch": pl.String(), "region": pl.String()}
"""One row per place of which a region is known."""


def numbered(sheet: Numbers, parent: NDArray[np.generic], grids: list[Grid]) -> tuple[Numbers, list[str]]:
    """Return the number of each figure's region, by the text of it in its sheet (-1 where there is none), and the
    regions' names."""
    regions: list[str] = []
    texts = np.where(parent.astype(np.int32) > 0, parent, 0).astype(np.int32)
    if not texts.any():
        return np.full(len(texts), -1, dtype=np.int32), regions
    known: dict[str, int] = {}
    number = np.full((len(grids), int(texts.max()) + 1), -1, dtype=np.int32)
    for at, code in dict.fromkeys(zip(sheet.tolist(), texts.tolist(), strict=True)):
        grid = grids[at]
        if not code or grid.cells[code].kind == NO_VALUE or grid.reading(code).get("total"):
            continue
        name = names.place(grid.texts[code])
        number[at, code] = known.setdefault(tables.branch_key(name), len(known))
        if number[at, code] == len(regions):
            regions.append(name)
    return number[sheet, texts], regions


def told_apart(figures: Figures, places: list[str], regions: list[str]) -> tuple[Figures, list[str], list[str]]:
    """Give places of one name in several regions a number and a name each; return the figures, all names of places by
    `spelling`, and the names that were parted."""
    if not regions:
        return figures, places, []
    placed = figures.filter(pl.col("place") >= 0, pl.col("region") >= 0)
    shared = placed.group_by(ADDRESS).agg(regions=pl.col("region").n_unique()).filter(pl.col("regions") > 1)
    if not shared.height:
        return figures, places, []
    parted = placed.filter(pl.col("place").is_in(shared["place"].unique().implode()))
    pairs = parted.select("place", "region", "spelling").unique(["place", "region"], keep="first", maintain_order=True)
    first = int(str(figures["place"].max())) + 1
    numbered = pairs.select(
        "place",
        "region",
        own=pl.int_range(pl.len(), dtype=pl.Int32) + first,
        named=pl.int_range(pl.len(), dtype=pl.Int32) + len(places),
    )
    more = [f"{names.place(places[spelling])} ({regions[region]})" for _, region, spelling in pairs.iter_rows()]
    apart = figures.join(numbered, on=["place", "region"], how="left", maintain_order="left", validate="m:1")
    return (
        apart.with_columns(
            place=pl.coalesce("own", "place"),
            spelling=pl.coalesce("named", "spelling"),
        ).drop("own", "named"),
        [*places, *more],
        more,
    )


@dataclass(frozen=True, kw_only=True)
class Change:
    """A place of which a file tells another region than in the months before, and the line that does so first."""

    spelling: int
    region: int
    other: int
    sheet: int
    row: int


def changes(figures: Figures, regions: list[str]) -> list[Change]:
    """Return the places of which a file tells several regions, each with the last change."""
    if len(regions) < 2:
        return []
    used = figures.filter(pl.col("fate") == "", pl.col("spelling") >= 0, pl.col("region") >= 0)
    moved = used.filter(pl.col("region").n_unique().over("place") > 1).sort("month", maintain_order=True)
    before: dict[int, int] = {}
    last: dict[int, Change] = {}
    for place, spelling, region, sheet, row in moved.select("place", "spelling", "region", "sheet", "row").iter_rows():
        other = before.get(place, region)
        if other != region:
            last[place] = Change(spelling=spelling, region=region, other=other, sheet=sheet, row=row)
        before[place] = region
    return list(last.values())


def of_places(figures: Figures, places: list[str], regions: list[str]) -> pl.DataFrame:
    """One row per place with figures that are used, and its region (the last that is told of it)."""
    if not figures.height or not regions:
        return pl.DataFrame(schema=SCHEMA)
    used = figures.filter(pl.col("fate") == "", pl.col("spelling") >= 0, pl.col("region") >= 0)
    last = used.sort("month", maintain_order=True).unique("place", keep="last", maintain_order=True)
    return pl.DataFrame(
        {
            "branch": [names.place(places[spelling]) for spelling in last["spelling"].to_list()],
            "region": [regions[region] for region in last["region"].to_list()],
        },
        schema=SCHEMA,
    )
