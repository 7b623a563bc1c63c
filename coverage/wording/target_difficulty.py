"""Which targets ask for more than was ever done, and what do other targets ask, in words?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from coverage.base.texts import Texts
from coverage.standing import target_difficulty

ICONS = {True: "▼", False: "✔", None: "?"}
"""A sign for each answer, so that none is told by colour alone."""


def difficulty_table(rows: pl.DataFrame, texts: Texts) -> dict[str, list[str]]:
    """Write the strain as a table ready to be shown: heading -> cells, one row per branch and segment."""
    heads = ("branch", "segment", "strain", "needed", "best", "target", "active")
    written = [
        (
            row["branch"],
            texts(f"segment.{row['segment']}"),
            describe_difficulty(row, texts),
            texts.signed(row["needed"]),
            texts.signed(row["best"]),
            texts.people(row["target"]),
            texts.people(row["active"]),
        )
        for row in rows.to_dicts()
    ]
    return {texts(f"strain.head.{head}"): [row[place] for row in written] for place, head in enumerate(heads)}


def describe_difficulty(row: Mapping[str, Any], texts: Texts) -> str:
    """Say by its sign and in words how one share compares with the best year: `▼ berat: 1,8 ×`."""
    strained, ratio = row["strained"], row["ratio"]
    if strained is None:
        text = texts("strain.unknown")
    elif not row["needed"] > 0:
        text = texts("strain.reached")
    elif ratio is None:
        text = texts("strain.never_grew")
    else:
        close = round(ratio, 1) == 1  # more than one may not read as one
        text = texts("strain.above" if strained else "strain.within", ratio=texts.decimal(ratio, 2 if close else 1))
    return f"{ICONS[strained]} {text}"


def describe_difficulties(rows: pl.DataFrame, texts: Texts) -> str:
    """Say how many shares ask for more than the best twelve months ever gave, and which asks for most."""
    if rows.is_empty():
        return texts("strain.none_ahead")
    above = rows.filter("strained")
    unknown = rows["strained"].null_count()
    if above.is_empty():
        text = texts.count("strain.nobody", rows.height - unknown) if rows.height > unknown else ""
    else:
        text = texts("strain.some", strained=texts.people(above.height), shares=texts.people(rows.height))
        worst = above.drop_nulls("ratio").sort("ratio", descending=True).head(1).to_dicts()
        if worst:
            text += " " + texts(
                "strain.worst",
                branch=worst[0]["branch"],
                segment=texts(f"segment.{worst[0]['segment']}").lower(),
                ratio=texts.decimal(worst[0]["ratio"]),
            )
    more = texts.count("strain.some_unknown", unknown) if unknown else ""
    return " ".join(filter(None, (text, more)))


def describe_ladders(rows: pl.DataFrame, titles: Mapping[str, str], active: float, texts: Texts) -> str:
    """Say what each set asks for, in the order of the months (the table of `ladders`)."""
    if rows.is_empty():
        return texts("strain.no_sets")
    parts = [
        texts(
            "strain.step",
            month=texts.month(row["month"], short=True),
            workers=texts.people(row["workers"]),
            title=titles[row["set"]],
        )
        for row in rows.to_dicts()
    ]
    return texts("strain.steps", active=texts.people(active), parts="; ".join(parts))


def ladders_table(rows: pl.DataFrame, titles: Mapping[str, str], texts: Texts) -> dict[str, list[str]]:
    """Write what each set asks for as a table ready to be shown: heading -> cells (the table of `ladders`)."""
    return {
        texts("strain.head.set"): [titles[name] for name in rows["set"].to_list()],
        texts("strain.head.month"): [texts.month(month) for month in rows["month"].to_list()],
        texts("strain.head.workers"): [texts.people(workers) for workers in rows["workers"].to_list()],
        texts("strain.head.covered_by"): [texts.share(share, 0) for share in rows["covered_by"].to_list()],
    }


def milestones_table(way: pl.DataFrame, texts: Texts) -> dict[str, list[str]]:
    """Write the milestones of all branches together as a table ready to be shown: month, then each segment."""
    together = target_difficulty.by_month(way, ["segment"])
    calendar = together["month"].unique().sort()
    table = {texts("strain.head.month"): [texts.month(month, short=True) for month in calendar.to_list()]}
    for (segment,), rows in together.group_by("segment", maintain_order=True):
        table[texts(f"segment.{segment}")] = [texts.people(workers) for workers in rows["workers"].to_list()]
    return table
