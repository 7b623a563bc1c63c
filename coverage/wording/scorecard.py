"""How does each branch stand, as a row that says its reason: bar, December's figure, status and why?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from coverage.base.texts import Texts
from coverage.model import runs
from coverage.model.view import View
from coverage.standing import gaps
from coverage.wording.bands import closing, describe_closing

_WORST_FIRST = {"off_track": 0, "at_risk": 1, "on_track": 2, "reached": 3, "unknown": 4}


def heads(view: View, horizon: int, texts: Texts) -> dict[str, str]:
    """Return the headings of the rows."""
    end = runs.baseline_table(view, horizon, [])["month"][-1]
    now, then = (texts.month(month, short=True).rsplit(" ", 1)[0] for month in (view.as_of, end))
    return {
        "name": texts("table.branch"),
        "bar": texts("bands.head_bar", now=now, then=then),
        "now": now,
        "end": then,
        "short": texts("bands.head_short", then=then),
        "chance": texts("cockpit.chance"),
        "closes": texts("bands.head_status"),
    }


def branch_rows(
    view: View, horizon: int, fan: pl.DataFrame | None, texts: Texts, *, chosen: str
) -> list[dict[str, Any]]:
    """Return a row for each branch, the least closing first: texts, numbers to sort by, status and its reason."""
    standing = gaps.by(view, ["branch", "province"]).to_dicts()
    course = runs.baseline_table(view, horizon, ["branch"]).group_by("branch", maintain_order=True).last().to_dicts()
    ends = {row["branch"]: row for row in course}
    chances: dict[str, float | None] = {}
    if fan is not None:
        last = fan.group_by("branch", maintain_order=True).last()
        chances = dict(zip(last["branch"].to_list(), last["chance"].to_list(), strict=True))
    rows = [_row(row, ends[row["branch"]], chances.get(row["branch"]), texts) for row in standing]
    rows.sort(key=lambda row: (row["rank"], row["numbers"]["closes"] if row["numbers"]["closes"] is not None else 9e9))
    for row in rows:
        row["chosen"] = row["name"] == chosen
    return rows


def _row(row: Mapping[str, Any], end: Mapping[str, Any], chance: float | None, texts: Texts) -> dict[str, Any]:
    target, reached = row["target"], row["expected"] if row["expected"] is not None else end["covered"]
    closes = None
    if target is not None and row["gap"] > 0 and row["expected"] is not None:
        closes = closing(row)
    then = reached / target if target else None
    return {
        "name": row["branch"],
        "place": row["province"] or "",
        "active": row["active"],
        "end": reached,
        "target": target,
        "status": row["status"],
        "rank": _WORST_FIRST[row["status"]],
        "word": texts("cockpit.status_" + row["status"]),
        "reason": describe_closing(row, texts),
        "texts": {
            "now": texts.share(row["attainment"]) if target else texts.people(row["active"]),
            "end": texts.share(then) if target else texts.people(reached),
            "short": texts.people(end["short"]) if target else "",
            "chance": describe_chance(chance, texts),
        },
        "numbers": {
            "now": row["attainment"],
            "end": then,
            "short": end["short"],
            "chance": chance,
            "closes": closes if closes is not None else (1.0 if target and row["gap"] <= 0 else None),
        },
    }


def describe_chance(chance: float | None, texts: Texts) -> str:
    """Say a chance in tenths: it is a share of few draws."""
    if chance is None:
        return texts("cockpit.none")
    if chance < 0.1:
        return texts("cockpit.chance_least")
    if chance > 0.9:
        return texts("cockpit.chance_most")
    return texts("cockpit.chance_tenths", n=texts.people(chance * 10))
