"""What stands behind a lever: what it is in the field, who does it, what it costs, and which branch ever did it?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from coverage.answers import realism
from coverage.base.settings import Settings
from coverage.base.texts import Texts
from coverage.model import projection, runs, scenarios
from coverage.model.scenarios import Scenario
from pages.parts import session

COSTS = {"new": "cost_new_rupiah", "extra": "cost_new_rupiah", "lapse": "cost_lapse_rupiah", "back": "cost_back_rupiah"}


def of(texts: Texts, segments: Sequence[str], settings: Settings) -> dict[str, dict[str, Any]]:
    """Return what the card of each lever says: `what`, `who`, what one costs (illustrative) and the sources."""
    found = {}
    for segment in segments:
        for name, _ in scenarios.lever_fields():
            cost = COSTS.get(name)
            found[f"{segment}.{name}"] = {
                "what": _said(texts, name, "what", segment),
                "who": _said(texts, name, "who", segment),
                "cost": settings[cost] if cost else None,
                "foot": _said(texts, name, "source", segment),
            }
    return found


def _said(texts: Texts, name: str, part: str, segment: str) -> str:
    """Return what the language files say of a lever for this segment, else for any; nothing where they are silent."""
    for key in (f"card.{name}.{part}_{segment}", f"card.{name}.{part}"):
        if key in texts:
            return texts(key)
    return texts(f"lever.{name}.help") if part == "what" else ""


def records(screen: session.Screen, months_ahead: int) -> dict[str, dict[str, Any]]:
    """Return for each segment and lever what branches did at their best, as values of that lever, the best first."""
    known = session.records(screen, months_ahead)
    view, texts = screen.view, screen.texts
    still = Scenario()
    run = runs.flows(view, still, months_ahead)
    found: dict[str, dict[str, Any]] = {}
    for segment in [str(one) for one in view.groups(["segment"])[0]["segment"]]:
        own = found.setdefault(segment, {})
        for lever in realism.MEASURE_OF:
            row = realism.of_lever(view, known, still, run, segment, lever)
            if row["reason"] is None:
                own[lever] = _values(known, row, lever, texts, _people(view, run, segment, row))
        own = {name: value for name, value in own.items() if value}
        found[segment] = own
    return found


def _people(view, run: projection.Flows, segment: str, row) -> float:
    """Return how many people a rate of 1 would be: for levers that are counted in people, not in shares."""
    members = (view.series["segment"] == segment).to_numpy()
    size = run.eligible if row["of"] == "eligible" else run.covered
    return float(size[1:, members, 0].sum(axis=1).mean())


def _values(known: realism.Records, row, lever: str, texts: Texts, people: float) -> dict[str, Any] | None:
    measure, needed = realism.MEASURE_OF[lever], row["needed"]
    rows = known.rows.filter(segment=row["segment"], measure=measure).drop_nulls("best")
    if lever in {"extra", "workers"}:
        rate = [best * people - (needed * people if lever == "extra" else 0) for best in rows["best"].to_list()]
    elif needed > 0:
        rate = [best / needed - 1 for best in rows["best"].to_list()]
    else:
        return None
    listed = [
        {"branch": branch, "value": value, "month": texts.month(month)}
        for branch, value, month in zip(rows["branch"].to_list(), rate, rows["month"].to_list(), strict=True)
    ]
    listed.sort(key=lambda one: one["value"], reverse=lever != "lapse")
    return {"best": listed[0]["value"], "list": listed}
