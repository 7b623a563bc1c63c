"""To which region does the place of each figure belong, and which places only share a name?

A village or a district of one name stands in several regencies: where two of one name have a figure of the same month
and measure, each is called with its region, and that is told. Else the region is the branch's own.
"""

from __future__ import annotations

import polars as pl

from coverage.base import tables
from coverage.intake import names
from coverage.intake.layout.context import FACETS
from coverage.intake.layout.figures import Figures
from coverage.intake.layout.grid import NO_VALUE, Grid

ADDRESS = ["place", "month", "of_year", "year", "due", *FACETS, "company"]
SCHEMA: tables.Schema = {"branch": pl.String(), "region": pl.String()}
"""One row per place of which a region is known."""


def with_regions(figures: Figures, grids: list[Grid]) -> tuple[Figures, list[str]]:
    """Return the figures with the number of their region (`region`, -1 where there is none), and the regions' names."""
    known: dict[str, int] = {}
    regions: list[str] = []
    numbers = []
    for sheet, code in figures.select("sheet", "parent").unique(maintain_order=True).iter_rows():
        grid = grids[sheet]
        if code <= 0 or grid.cells[code].kind == NO_VALUE or grid.reading(code).get("total"):
            continue
        name = names.place(grid.texts[code])
        number = known.setdefault(tables.branch_key(name), len(known))
        if number == len(regions):
            regions.append(name)
        numbers.append((sheet, code, number))
    schema = {"sheet": pl.Int32, "parent": pl.Int32, "region": pl.Int32}
    table = pl.DataFrame(numbers, schema=schema, orient="row")
    joined = figures.join(table, on=["sheet", "parent"], how="left", maintain_order="left", validate="m:1")
    return joined.with_columns(pl.col("region").fill_null(-1)), regions


def told_apart(figures: Figures, places: list[str], regions: list[str]) -> tuple[Figures, list[str], list[str]]:
    """Give places of one name in several regions a number and a name each; return the figures, all names of places by
    `spelling`, and the names that were parted."""
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
