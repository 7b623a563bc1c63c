"""How does each place stand, as a row that says its reason: bar, December's figure, status and why?

A place is a region, a province or a branch; without a level, all of them together are one row.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from coverage.base.texts import Texts
from coverage.model import runs
from coverage.model.view import View
from coverage.standing import gaps, missing_reports, so_far
from coverage.wording.bands import closing, describe_closing
from coverage.wording.chances import describe_chance

LEVELS = ("region", "province", "branch")
RECENT = 24
_WORST_FIRST = {"off_track": 0, "at_risk": 1, "on_track": 2, "reached": 3, "unknown": 4}


def heads(view: View, horizon: int, level: str, texts: Texts) -> dict[str, str]:
    """Return the headings of the rows of a level, and what stands beside them."""
    end = runs.baseline_table(view, horizon, [])["month"][-1]
    now, then = (texts.month(month, short=True).rsplit(" ", 1)[0] for month in (view.as_of, end))
    return {
        "name": texts(f"table.{level}"),
        "bar": texts("bands.head_bar", now=now, then=then),
        "now": now,
        "end": then,
        "short": texts("bands.head_short", then=then),
        "chance": texts("cockpit.chance"),
        "recent": texts("table.recent"),
        "pace": texts("bands.head_pace"),
        "closes": texts("bands.head_status"),
        "search": texts("bands.search"),
        "found_none": texts("bands.found_none"),
        "page": texts("bands.page", first="{first}", last="{last}", of="{of}"),
        "earlier": texts("bands.earlier"),
        "later": texts("bands.later"),
        "every_status": texts("bands.every_status"),
        **{f"status_{name}": texts(f"cockpit.status_{name}") for name in _WORST_FIRST},
    }


def rows(view: View, horizon: int, level: str, fan: pl.DataFrame | None, texts: Texts) -> list[dict[str, Any]]:
    """Return a row for each place of a level, the least closing first: texts, numbers to sort by, status and its
    reason. A place of which nobody knows the region or province is left to those who know: its row has no name."""
    keys = [level] if level else []
    standing = gaps.by(view, [*keys, "province"] if level == "branch" else keys).to_dicts()
    ends = _last(runs.baseline_table(view, horizon, keys), level)
    chances = {} if fan is None else _last(fan, level)
    bounds = _last(missing_reports.bounds_of_missing(view, keys), level)
    recent = _recent(so_far.history(view, keys), level)
    counts = _count(view, level)
    made = [
        _row(
            row | {"name": row[level] if level else ""},
            ends[row[level] if level else ""],
            bounds.get(row[level] if level else ""),
            chances.get(row[level] if level else "", {}).get("chance"),
            texts,
        )
        | {"recent": recent.get(row[level] if level else "", []), "place": _place(row, level, counts, texts)}
        for row in standing
    ]
    made.sort(key=lambda row: (row["rank"], row["numbers"]["closes"] if row["numbers"]["closes"] is not None else 9e9))
    return made


def _last(table: pl.DataFrame, level: str) -> dict[Any, dict[str, Any]]:
    """Return the last row of each place of a level, by its name."""
    return {row[level] if level else "": row for row in table.to_dicts()}


def _recent(history: pl.DataFrame, level: str) -> dict[Any, list[float]]:
    """Return the active members of the last two years, month by month, of each place."""
    values: dict[Any, list[float]] = {}
    for row in history.sort("month").to_dicts():
        if row["active"] is not None:
            values.setdefault(row[level] if level else "", []).append(row["active"])
    return {name: months[-RECENT:] for name, months in values.items()}


def _count(view: View, level: str) -> dict[Any, tuple[int, int]]:
    """Return how many branches and how many known provinces there are in each place."""
    columns = ["branch", "province", "region"]
    places = pl.concat([view.series.select(columns), view.late.select(columns)])
    sizes = places.group_by(level) if level else places.group_by(pl.lit("").alias("all"))
    counted = sizes.agg(branches=pl.col("branch").n_unique(), provinces=pl.col("province").drop_nulls().n_unique())
    return {row[0]: (row[1], row[2]) for row in counted.iter_rows()}


def _place(row: Mapping[str, Any], level: str, counts: Mapping[Any, tuple[int, int]], texts: Texts) -> str:
    """Say what stands under a name: a branch's province, of others how many branches and provinces they have."""
    if level == "branch":
        return row["province"] or ""
    branches, provinces = counts[row[level] if level else ""]
    parts = [texts.count("bands.branches_in", branches)]
    if level != "province" and provinces:
        parts.append(texts.count("bands.provinces_in", provinces))
    return ", ".join(parts)


def _row(
    row: Mapping[str, Any], end: Mapping[str, Any], bound: Mapping[str, Any] | None, chance: float | None, texts: Texts
) -> dict[str, Any]:
    target, reached = row["target"], row["expected"] if row["expected"] is not None else end["covered"]
    closes = None
    if target is not None and row["gap"] > 0 and row["expected"] is not None:
        closes = closing(row)
    then = reached / target if target else None
    late = _late(row, bound, texts)
    return {
        "name": row["name"],
        "active": late["low"] if late else row["active"],
        "end": reached,
        "target": target,
        "late": late,
        "status": row["status"],
        "rank": _WORST_FIRST[row["status"]],
        "word": texts("cockpit.status_" + row["status"]),
        "reason": _reason(row, texts),
        "texts": {
            "now": late["text"] if late else texts.share(row["attainment"]) if target else texts.people(row["active"]),
            "end": texts.share(then) if target else texts.people(reached),
            "short": texts.people(end["short"]) if target else "",
            "chance": describe_chance(chance, texts),
            "pace": describe_pace(row, texts),
        },
        "numbers": {
            "now": row["attainment"] if target else row["active"],
            "end": then if target else reached,
            "short": end["short"],
            "chance": chance,
            "pace": row["pace"],
            "closes": closes if closes is not None else (1.0 if target and row["gap"] <= 0 else None),
        },
    }


def _late(row: Mapping[str, Any], bound: Mapping[str, Any] | None, texts: Texts) -> dict[str, Any] | None:
    """Return between which bounds a place with late branches stands; None where all have reported."""
    if not row["late"] or bound is None:
        return None
    low, high = bound["low"], bound["high"]
    if low is None or high is None:  # nobody knows: what was reported stands, and the rest is said
        return {"low": row["active"], "high": row["active"], "text": texts("bands.late_unknown")}
    whole = row["target"]
    write = (lambda value: texts.decimal(value / whole * 100)) if whole else texts.people
    text = texts("form.percent", number=f"{write(low)}–{write(high)}") if whole else f"{write(low)}–{write(high)}"
    return {"low": low, "high": high, "text": text}


def _reason(row: Mapping[str, Any], texts: Texts) -> str:
    """Say why a status stands, and that somebody has not reported."""
    if not row["late"]:
        return describe_closing(row, texts)
    if not row["active"]:
        return texts("bands.late")
    return f"{describe_closing(row, texts)}; {texts('bands.late_partly')}"


def describe_pace(row: Mapping[str, Any], texts: Texts) -> str:
    """Say how many come on top each month, and how many it takes."""
    pace = texts("cockpit.none") if row["pace"] is None else texts.signed(row["pace"])
    if row["required_pace"] is None:
        return pace
    return f"{pace} → {texts.people(row['required_pace'])}"
