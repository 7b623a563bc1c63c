"""How do the programmes of a scenario look as rows that a person edits, and what do edited rows say?"""

from __future__ import annotations

from typing import Any

import polars as pl

from coverage.model.scenarios import Scenario

_TABLE: dict[str, pl.DataType] = {
    "name": pl.String(),
    "segment": pl.String(),
    "workers": pl.Int64(),
    "starts": pl.String(),
    "months": pl.Int64(),
    "stay": pl.Float64(),  # percent: that is how a person types it
    "premium": pl.Float64(),
    "share": pl.Float64(),  # percent
    "fund": pl.String(),
    "spread": pl.String(),
    "branches": pl.List(pl.String()),
}


def programme_table(scenario: Scenario) -> pl.DataFrame:
    """One row per programme, as a person edits it: shares as percentages, months as `YYYY-MM`."""
    rows = [
        programme.model_dump(mode="json")
        | {
            "stay": round(programme.stay * 100, 6),
            "share": round(programme.share * 100, 6),
            "branches": list(programme.branches or ()),
        }
        for programme in scenario.programme
    ]
    return pl.DataFrame(rows, schema=_TABLE)


def unfinished(edited: pl.DataFrame) -> dict[int, list[str]]:
    """Return what is still missing: number of the row, from 1 -> its columns without a value."""
    missing = {
        number: [name for name in _TABLE if name != "branches" and not str(_or_empty(row[name])).strip()]
        for number, row in enumerate(edited.to_dicts(), 1)
    }
    return {number: names for number, names in missing.items() if names}


def _or_empty(value: object) -> object:
    return "" if value is None else value


def programme_documents(edited: pl.DataFrame) -> list[dict[str, Any]] | None:
    """Turn edited rows back into what a scenario file says; None while a row still misses something needed."""
    if unfinished(edited):
        return None
    documents = []
    for row in edited.to_dicts():
        branches = list(row.pop("branches") or [])
        row |= {"stay": row["stay"] / 100, "share": row["share"] / 100}
        documents.append(row | ({"branches": branches} if branches else {}))
    return documents
