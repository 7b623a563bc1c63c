"""How does the cockpit stand on the page? It moves by itself in the browser; the server hears of a value at release."""

from __future__ import annotations

import streamlit as st

from coverage.live import payload
from coverage.model import runs
from coverage.wording import remarks
from pages.parts import computed, exchange, inputs, links, session, steps, tools, widgets

SECONDS = ("flows", "money", "branches", "chance")


def show(screen: session.Screen, months_ahead: int) -> None:
    """Draw the cockpit with what the link or the visitor chose to look at."""
    own = [str(name) for name in screen.looked_at.groups(["segment"])[0]["segment"]]
    lens = widgets.chosen_lens(own)
    widgets.chosen(inputs.LEVER_LENS, own, lens or _opening(own))
    widgets.chosen(inputs.SECOND_CHART, SECONDS, SECONDS[0])
    _draw(screen, months_ahead, own)


@st.fragment
def _draw(screen: session.Screen, months_ahead: int, own: list[str]) -> None:
    """Draw the cockpit, and answer what it said last."""
    state, view, words = st.session_state, screen.looked_at, screen.texts
    scenario = steps.current_scenario(view)
    run = runs.flows(view, scenario, months_ahead)
    segments = [*own, payload.TOTAL] if len(own) > 1 else own
    lens = state.get("lens") if state.get("lens") in segments else segments[-1]
    chosen = lens if lens in own else state.get("lever_lens")
    exchange.mount(
        screen,
        scenario,
        run,
        months_ahead,
        kind="cockpit",
        sample=computed.sample_note(screen),
        place=session.describe_place(words),
        no_band=computed.no_band(screen),
        past=state["past"][-20:],
        future=state["future"][-20:],
        pinned=state.get("pinned"),
        lens=lens,
        segment=chosen if chosen in own else _opening(own),
        second=state.get("second_chart") if state.get("second_chart") in SECONDS else SECONDS[0],
        notes=tools.notes(screen, scenario, run) + remarks.overdue(view, words),
    )
    tools.draw_inside(screen, None if lens == payload.TOTAL else lens, scenario, months_ahead)
    links.write()


def _opening(own: list[str]) -> str:
    """A link opens with the levers that it moves."""
    moved = st.session_state["scenario"].get("levers", {})
    return next((name for name in own if name in moved), own[0])
