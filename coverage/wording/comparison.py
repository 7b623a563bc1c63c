"""How do two scenarios differ, and did it come as planned, in words?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from coverage.base.texts import Texts


def describe_comparison(
    name: str,
    first: str,
    difference: float,
    month: date,
    texts: Texts,
    *,
    bounds: tuple[float | None, float | None] = (None, None),
) -> str:
    """Say how many workers more or fewer a scenario covers than the first, and between which bounds (paired)."""
    key = "same" if abs(difference) < 0.5 else "difference" if difference > 0 else "fewer"
    values: dict[str, object] = {"name": name, "first": first, "month": texts.month(month)}
    if key != "same":
        values["workers"] = texts.people(abs(difference))
    text = texts(f"compare.{key}", **values)
    low, high = bounds
    if low is None or high is None:
        return text
    return text + " " + texts("compare.between", low=texts.signed(low), high=texts.signed(high))


def describe_farthest(ends: Mapping[str, Mapping[str, Any]], texts: Texts) -> str:
    """Say which of several scenarios covers most at the end, and what it still lacks, in one line; `ends` holds by
    name the last row of each scenario's projection, for one key."""
    name, best = max(ends.items(), key=lambda named: named[1]["covered"])
    values = {"name": name, "covered": texts.people(best["covered"]), "month": texts.month(best["month"])}
    if best["covered"] - min(row["covered"] for row in ends.values()) < 0.5:
        return texts("compare.all_same", **values)
    if best["target"] is None:
        return texts("compare.farthest", **values)
    if best["short"] < 0.5:
        return texts("compare.farthest_reached", **values)
    return texts("compare.farthest_short", **values, short=texts.people(best["short"]))


def describe_plan_and_actual(held: pl.DataFrame, made: date, texts: Texts) -> list[str]:
    """Say what a plan expected of the latest month and what came (one key's rows of `plans.against`), sentence by
    sentence."""
    if held.is_empty():
        return [texts("compare.plan_nothing", made=texts.month(made))]
    row = held.tail(1).to_dicts()[0]
    month = texts.month(row["month"])
    first = texts(
        "compare.plan_below",
        made=texts.month(made),
        month=month,
        planned=texts.people(row["planned"]),
        actual=texts.people(row["actual"]),
        deviation=texts.signed(row["deviation"]),
    )
    sentences = [first]
    if row.get("p10") is not None:
        inside = row["p10"] <= row["actual"] <= row["p90"]
        key = "compare.plan_inside" if inside else "compare.plan_outside"
        sentences.append(texts(key, low=texts.people(row["p10"]), high=texts.people(row["p90"])))
    if row["reported"] < row["known"]:
        reported, known = texts.people(row["reported"]), texts.people(row["known"])
        sentences.append(texts("compare.plan_partly", month=month, reported=reported, known=known))
    return sentences
