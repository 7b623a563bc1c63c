"""What stands behind a lever: what it is in the field, who does it, what it costs, and which branch ever did it?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from coverage.answers import realism
from coverage.base.settings import Settings
from coverage.base.texts import Texts
from coverage.model import projection, runs, scenarios
from coverage.model.scenarios import Scenario
from coverage.model.view import View

COSTS = {"new": "cost_new_rupiah", "extra": "cost_new_rupiah", "lapse": "cost_lapse_rupiah", "back": "cost_back_rupiah"}
"""Which setting says what one person of a lever costs."""


def describe_cards(texts: Texts, segments: Sequence[str], settings: Settings) -> dict[str, dict[str, Any]]:
    """Return what the card of each lever says: `what`, `who`, what one costs (illustrative) and the sources."""
    cards = {}
    for segment in segments:
        for name, _ in scenarios.lever_fields():
            cost = COSTS.get(name)
            cards[f"{segment}.{name}"] = {
                "what": _message(texts, name, "what", segment) or texts(f"lever.{name}.help"),
                "who": _message(texts, name, "who", segment),
                "cost": settings[cost] if cost else None,
                "foot": _message(texts, name, "source", segment),
            }
    return cards


def _message(texts: Texts, name: str, part: str, segment: str) -> str:
    """Return what the language files say of a lever for this segment, else for any; nothing where they are silent."""
    for key in (f"card.{name}.{part}_{segment}", f"card.{name}.{part}"):
        if key in texts:
            return texts(key)
    return ""


def best_of_branches(
    view: View, known: realism.Records, months_ahead: int, texts: Texts
) -> dict[str, dict[str, dict[str, Any]]]:
    """Return for each segment and lever what branches did at their best, as values of that lever, the best first."""
    still = Scenario()
    run = runs.flows(view, still, months_ahead)
    best: dict[str, dict[str, dict[str, Any]]] = {}
    for segment in [str(name) for name in view.groups(["segment"])[0]["segment"]]:
        best[segment] = {}
        for lever in realism.MEASURE_OF:
            row = realism.of_lever(view, known, still, run, segment, lever)
            values = None if row["reason"] is not None else _values(known, row, lever, texts, _people(view, run, row))
            if values:
                best[segment][lever] = values
    return best


def _people(view: View, run: projection.Flows, row: Mapping[str, Any]) -> float:
    """Return how many people a rate of 1 would be: for levers that are counted in people, not in shares."""
    members = (view.series["segment"] == row["segment"]).to_numpy()
    size = run.eligible if row["of"] == "eligible" else run.covered
    return float(size[1:, members, 0].sum(axis=1).mean())


def _values(
    known: realism.Records, row: Mapping[str, Any], lever: str, texts: Texts, people: float
) -> dict[str, Any] | None:
    measure, needed = realism.MEASURE_OF[lever], row["needed"]
    own = (pl.col("segment") == row["segment"]) & (pl.col("measure") == measure)
    rows = known.rows.filter(own).drop_nulls("best")
    if lever in {"extra", "workers"}:
        usual = needed * people if lever == "extra" else 0.0
        values = [best * people - usual for best in rows["best"].to_list()]
    elif needed > 0:
        values = [best / needed - 1 for best in rows["best"].to_list()]
    else:
        return None
    listed = [
        {"branch": branch, "value": value, "month": texts.month(month)}
        for branch, value, month in zip(rows["branch"].to_list(), values, rows["month"].to_list(), strict=True)
    ]
    listed.sort(key=lambda record: record["value"], reverse=lever != "lapse")
    return {"best": listed[0]["value"], "list": listed}
