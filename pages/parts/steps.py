"""How does the scenario change on the screen, so that every step can be taken back?"""

from __future__ import annotations

import time
from typing import Any

import streamlit as st

from coverage.base.errors import CakupanError
from coverage.model import runs, scenarios
from coverage.model.scenarios import Scenario
from coverage.model.view import View
from pages.parts import session, widgets


def current_scenario(known: View | None = None) -> Scenario:
    """Return the scenario of the state; what is in the state has been checked before. Who knows the view hands it in:
    to look it up again is a quarter of what a slider's release costs the server."""
    scenario = scenarios.validated(st.session_state["scenario"], file="")
    view = session.current().view if known is None else known
    return scenario if view is None else scenario.at(view.as_of)


def horizon(screen: session.Screen, *chosen: Scenario) -> int:
    """Return the months to run for the farthest of these scenarios (the current one); an end that cannot be is told."""
    months = []
    for scenario in chosen or (current_scenario(),):
        try:
            months.append(runs.horizon(screen.looked_at, scenario))
        except CakupanError as error:
            st.warning(session.escape(screen.texts.error(error)), icon=":material/event_busy:")
    return max(months, default=runs.horizon(screen.looked_at))


def put(document: dict[str, Any], *, lever: str = "") -> None:
    """Make this the scenario, so that it can be undone; moves of one lever in a row count as one step."""
    state = st.session_state
    if document == state["scenario"]:
        return
    again = bool(lever) and state.get("moved") == lever and time.monotonic() - state.get("moved_at", 0) < 2
    if not again:
        state["past"] = [*state["past"][-99:], state["scenario"]]
    state["future"] = []
    state["moved"], state["moved_at"] = lever, time.monotonic()
    state["scenario"] = document
    if not lever:
        state["edition"] = state.get("edition", 0) + 1


def move(segment: str, name: str, key: str, view: View) -> None:
    """Take the new value of a slider that was drawn for this view into the scenario."""
    value = widgets.lever_value(name, st.session_state[key], view)
    levers = {segment: dict(values) for segment, values in st.session_state["scenario"].get("levers", {}).items()}
    own = levers.setdefault(segment, {})
    own.pop(name, None)
    if value is not None:
        own[name] = value
    document = {**st.session_state["scenario"], "levers": {name: values for name, values in levers.items() if values}}
    if not document["levers"]:
        document.pop("levers")
    put(document, lever=f"{segment}.{name}")


def undo() -> None:
    """Take the last step back."""
    state = st.session_state
    if state["past"]:
        state["future"] = [*state["future"], state["scenario"]]
        state["scenario"], state["past"] = state["past"][-1], state["past"][:-1]
        state["edition"], state["moved"] = state.get("edition", 0) + 1, ""


def redo() -> None:
    """Take a step that was taken back again."""
    state = st.session_state
    if state["future"]:
        state["past"] = [*state["past"], state["scenario"]]
        state["scenario"], state["future"] = state["future"][-1], state["future"][:-1]
        state["edition"], state["moved"] = state.get("edition", 0) + 1, ""
