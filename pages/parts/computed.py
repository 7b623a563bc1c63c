"""What is computed of a screen, and kept: futures, records, errors of the past, and what the browser needs?"""

from __future__ import annotations

from typing import Any

from coverage.answers import realism
from coverage.model import chance, scenarios
from coverage.model import view as views
from coverage.model.projection import Futures
from coverage.model.scenarios import Scenario
from coverage.model.view import View
from pages.parts import caches, session
from pages.parts.session import Screen


def futures(screen: Screen) -> Futures | None:
    """Return the drawn futures of the screen's view, the same for every scenario; None where there can be none."""
    return caches.futures(screen.key, screen.private, screen.looked_at)


def futures_of(screen: Screen, month: str, view: View) -> Futures | None:
    """Return the drawn futures of the view as it was known in an earlier month."""
    return caches.futures(f"{screen.key} as of {month}", screen.private, view)


def backtested(screen: Screen, by: tuple[tuple[str, ...], ...]) -> dict[tuple[str, ...], Any]:
    """Return how far off projections of the past were, by several keys, for the screen's scope."""
    table = screen.handed.table
    known = table.filter(table["month"] <= screen.looked_at.as_of)
    branches = session.branches_known()
    return caches.errors_of_the_past((screen.key, by), screen.private, known, branches, screen.scope, by)


def live_model(screen: Screen, scenario: Scenario, months_ahead: int) -> tuple[str, dict[str, Any]]:
    """Return what the browser needs of the screen's view, and its name; it changes with no lever."""
    # A growth rule sets the path of its series, and a link may name branches: those are part of what is sent.
    ruled = repr(scenarios.simplified(scenario).get("rule"))
    key = (screen.key, months_ahead, screen.texts.language, ruled)
    best = best_of_branches(screen, months_ahead)
    return caches.live_model(
        key, screen.private, screen.looked_at, scenario, months_ahead, futures(screen), best, screen.texts
    )


def records(screen: Screen, months_ahead: int) -> Any:
    """Return every branch's record over as many months in a row as are looked ahead, to hold a scenario against."""
    ahead = min(months_ahead, realism.YEAR)
    return caches.records((screen.key, ahead), screen.private, screen.looked_at, ahead)


def best_of_branches(screen: Screen, months_ahead: int) -> Any:
    """Return what branches did at their best, as values of each lever; it changes with no lever."""
    key = (screen.key, months_ahead, screen.texts.language)
    known = records(screen, months_ahead)
    return caches.best_of_branches(key, screen.private, screen.looked_at, known, months_ahead, screen.texts)


def scorecard_rows(screen: Screen, segment: str | None, horizon: int, level: str) -> list[dict[str, Any]]:
    """Return the scorecard's row of each region, province or branch (all of them); without a level, of all together."""
    view = session.every_branch(screen, segment)
    key = (screen.key, "rows", session.inside(), segment, horizon, level, screen.texts.language)
    rows: list[dict[str, Any]] = caches.scorecard_rows(key, screen.private, view, horizon, level, screen.texts)
    return [dict(row) for row in rows]


def solved(screen: Screen, months_ahead: int) -> Any:
    """Return what it takes to reach the targets of the screen's view; None without one."""
    best = best_of_branches(screen, months_ahead)
    return caches.solved((screen.key, screen.texts.language), screen.private, screen.looked_at, best, screen.texts)


def sample_note(screen: Screen) -> str:
    """Say that figures are illustrative, where most of them are; nothing otherwise."""
    if screen.view is None or views.illustrative_share(screen.view) < 0.5:
        return ""
    return screen.texts("cockpit.sample")


def no_band(screen: Screen) -> str:
    """Say why there is no band; nothing where there is one."""
    return "" if futures(screen) is not None else screen.texts(f"chance.{chance.why(screen.looked_at)}")
