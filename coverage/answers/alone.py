"""Does each lever and programme add what it seems to: what is the run with it, and without it?

Model, section 5.3. A programme whose people would have registered anyway, or who fill the room of others, adds fewer
than it counts; more of one thing may even leave fewer covered. Such an outcome is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from coverage.answers import credit, movers
from coverage.model import runs
from coverage.model.levers import Levers, extra_of
from coverage.model.scenarios import Scenario
from coverage.model.view import View

HALF = 0.5
_A_PERSON = 0.5


def added(view: View, scenario: Scenario, months_ahead: int) -> list[dict[str, Any]]:
    """Return what every lever and programme of a scenario adds by itself by the last month: the run with it less the
    run without it. These do not add up to the scenario's difference.

    Each is a row of `credit.by_itself` with `people`: members whom a programme still pays for then, or who have stayed;
    of registrations beyond the usual as many as were asked for. Of other levers, which count nobody, `people` is None.
    """
    rows = credit.by_itself(view, Scenario(), scenario, months_ahead).to_dicts()
    return [{**row, "people": _people(view, scenario, months_ahead, row)} for row in rows]


def fall_short(view: View, scenario: Scenario, months_ahead: int) -> list[dict[str, Any]]:
    """Return those of `added` that add less than half of their people by the last month, or take some away."""
    return fallen_short(added(view, scenario, months_ahead))


def fallen_short(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Keep those of the rows of `added` that add less than half of their people, or take some away."""
    results = []
    for row in rows:
        little = row["people"] is not None and row["people"] >= 1 and row["by_itself"] < HALF * row["people"]
        if row["by_itself"] <= -_A_PERSON or little:
            results.append(dict(row))
    return results


def _people(view: View, scenario: Scenario, months_ahead: int, row: dict[str, Any]) -> float | None:
    """Return whom a mover counts in the last month; None where it counts nobody."""
    if row["kind"] == movers.PROGRAMME:
        return _members(view, scenario, months_ahead, row)
    if row["kind"] != movers.LEVER or extra_of(Levers.model_fields[row["name"]], "unit") != "people":
        return None
    plan = runs.plan(view, scenario)
    ramp = np.clip((np.arange(1, months_ahead + 1)[:, None] - plan["starts"] + 1) / plan["ramp"], 0, 1)
    inside = (view.series["segment"].cast(pl.String) == row["of_segment"]).to_numpy()
    return float((ramp * plan[row["name"]])[:, inside].sum())


def _members(view: View, scenario: Scenario, months_ahead: int, row: dict[str, Any]) -> float | None:
    """Return the members whom a programme still pays for in the last month; or who stayed when its money ended."""
    run = runs.flows(view, scenario, months_ahead)
    names = [f"{name} ({turn})" if turn > 1 else name for name, turn in _turns(scenario)]
    if row["name"] not in names:
        return None
    place = names.index(row["name"])
    programme, paid = scenario.programme[place], run.paid[place, :, :, 0].sum(axis=1)
    if paid[-1] > 0 or not paid.any():
        return float(paid[-1])
    return float(paid[np.flatnonzero(paid)[-1]]) * programme.stay


def _turns(scenario: Scenario) -> list[tuple[str, int]]:
    """Return each programme's name, and the how manyth of that name it is."""
    seen: dict[str, int] = {}
    results = []
    for programme in scenario.programme:
        seen[programme.name] = seen.get(programme.name, 0) + 1
        results.append((programme.name, seen[programme.name]))
    return results
