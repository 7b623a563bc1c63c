"""Small frames for tests: only what matters is said, the rest is what the contract needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from coverage.base import months, tables

NO_SEASON = [1.0] * 12


def branch_months(*rows: Mapping[str, object]) -> tables.BranchMonths:
    """The canonical table; months as `2023-01`, branch Palembang and segment informal unless said otherwise."""
    usual = {"branch": "Palembang", "segment": "informal", "file": "test.csv"}
    return pl.DataFrame(
        [
            dict.fromkeys(tables.BRANCH_MONTHS) | usual | row | {"month": months.parse(str(row["month"])), "line": line}
            for line, row in enumerate(rows, 2)
        ],
        schema=tables.BRANCH_MONTHS,
        orient="row",
    )


def history(first: str, active: Sequence[int | None], **columns: Sequence[int | None] | str) -> list[dict[str, object]]:
    """The rows of one branch and segment, month by month; a month whose active is None is missing."""
    rows: list[dict[str, object]] = []
    for place, count in enumerate(active):
        if count is None:
            continue
        row: dict[str, object] = {"month": months.code(months.add(months.parse(first), place)), "active": count}
        for name, values in columns.items():
            row[name] = values if isinstance(values, str) else values[place]
        rows.append(row)
    return rows


def series(*rows: Mapping[str, object]) -> tables.Series:
    """Series as of January 2023 with no funded, no pool, no flows and no seasons unless said otherwise."""
    usual: dict[str, object] = {
        "branch": "Palembang",
        "segment": "informal",
        "month": date(2023, 1, 1),
        "active": 0.0,
        "funded": 0.0,
        "pool": 0.0,
        "new": 0.0,
        "lapse": 0.0,
        "back": 0.0,
        "season_new": NO_SEASON,
        "season_lapse": NO_SEASON,
        "months_of_history": 12,
        "rates_from": "flows",
    }
    return pl.DataFrame(
        [dict.fromkeys(tables.SERIES) | usual | row for row in rows], schema=tables.SERIES, orient="row"
    )


def register(**regions: str) -> tables.Register:
    """A register of branches with their region; a province `Prov. X` for a region `X`."""
    return pl.DataFrame(
        [
            dict.fromkeys(tables.REGISTER)
            | {"branch": branch.replace("_", " "), "region": region, "province": f"Prov. {region}"}
            for branch, region in regions.items()
        ],
        schema=tables.REGISTER,
        orient="row",
    )
