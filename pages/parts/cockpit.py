"""How does the cockpit stand on the page? It moves by itself in the browser; the server hears of a value at release.

The browser says what it did as one message (`act`): a kind, a running number, the scenario that stands there and the
figures that stand there. We answer with the number and with where our figures differ.
"""

from __future__ import annotations

import logging
import time
from typing import Any

import streamlit as st

from coverage.base.errors import CakupanError
from coverage.live import files, payload
from coverage.live import words as live_words
from coverage.model import projection, runs, scenarios
from coverage.wording import lever_cards, remarks
from pages.parts import computed, inputs, links, session, steps, tools, widgets

KEY = "cockpit"
PATIENCE_SECONDS = 3.0
PLAIN = "plain"
"""The link asks for the plain sliders with `sliders=plain`."""
SECONDS = ("flows", "money", "branches", "chance")
_log = logging.getLogger("cakupan.cockpit")


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    """Register the component once for the server: its script and style go to the browser as text."""
    return st.components.v2.component("cakupan_cockpit", js=files.script(), css=files.style(), isolate_styles=False)


def why_not(screen: session.Screen) -> str | None:
    """Say why the sliders of the server stand here instead; None where the cockpit can."""
    state = st.session_state
    if state.get("sliders") == PLAIN:
        return screen.texts("cockpit.plain")
    if state.get("cockpit_failed"):
        return screen.texts("cockpit.failed", reason=str(state["cockpit_failed"]))
    if screen.view is not None and screen.looked_at.measure == "registrations":
        return screen.texts("cockpit.registrations")
    return None


def show(screen: session.Screen, months_ahead: int) -> None:
    """Draw the cockpit with what the link or the visitor chose to look at."""
    own = [str(name) for name in screen.looked_at.groups(["segment"])[0]["segment"]]
    lens = widgets.chosen_lens(own)
    widgets.chosen(inputs.LEVER_LENS, own, lens or _opening(own))
    widgets.chosen(inputs.SECOND_CHART, SECONDS, SECONDS[0])
    _draw(screen, months_ahead)


@st.fragment
def _draw(screen: session.Screen, months_ahead: int) -> None:
    """Draw the cockpit, and answer what it said last."""
    state, view = st.session_state, screen.looked_at
    scenario = steps.current()
    model_key, model = computed.live_model(screen, scenario, months_ahead)
    run = runs.flows(view, scenario, months_ahead)
    answered, differs = _answer(screen, run, months_ahead)
    segments = [group["name"] for group in model["groups"]]
    lens = state.get("lens") if state.get("lens") in segments else segments[-1]
    own = [name for name in segments if name != payload.TOTAL]
    chosen = lens if lens in own else state.get("lever_lens")
    _component()(
        key=KEY,
        data={
            "model_key": model_key,
            "model": None if state.get("cockpit_have") == model_key else model,
            "stage_page": None if state.get("cockpit_have") == model_key else files.stage(),
            "sample": computed.sample_note(screen),
            "named": payload.named(view, scenario),
            "language": screen.texts.language,
            "words": live_words.of(screen.texts),
            "forms": live_words.forms(screen.texts),
            "place": session.place(screen.texts),
            "no_band": computed.no_band(screen),
            "levers": live_words.levers(apart=False),
            "assumptions": live_words.levers(apart=True),
            "cards": lever_cards.describe_cards(screen.texts, own, view.settings),
            "done": computed.best_of_branches(screen, months_ahead),
            "scenario": scenarios.simplified(scenario),
            "edition": state.get("edition", 0),
            "past": state["past"][-20:],
            "future": state["future"][-20:],
            "pinned": state.get("pinned"),
            "lens": lens,
            "segment": chosen if chosen in own else _opening(own),
            "second": state.get("second_chart") if state.get("second_chart") in SECONDS else SECONDS[0],
            "answered": answered,
            "differs": differs,
            "notes": tools.notes(screen, scenario, run) + remarks.overdue(view, screen.texts),
        },
        height="content",
        on_act_change=_take,
    )
    tools.inside(screen, None if lens == payload.TOTAL else lens, scenario, months_ahead)
    links.write()


def _opening(own: list[str]) -> str:
    """A link opens with the levers that it moves."""
    moved = st.session_state["scenario"].get("levers", {})
    return next((name for name in own if name in moved), own[0])


def _take() -> None:
    """Take what the browser did into the state; what cannot be is left out, and the browser is told what holds."""
    state = st.session_state
    act: dict[str, Any] = dict(state[KEY].act or {})
    kind = act.get("kind")
    if kind in {"ready", "need"}:
        state["cockpit_ready"] = True
        state["cockpit_have"] = act.get("have") if kind == "ready" else None
    elif kind == "failed":
        state["cockpit_failed"] = str(act.get("message", ""))[:200]
        _log.warning("The cockpit failed in the browser: %s", state["cockpit_failed"])
    elif kind in {"set", "undo", "redo", "look"}:
        state["cockpit_have"] = act.get("have")
        state["cockpit_said"] = {"number": int(act.get("number", 0)), "figures": dict(act.get("figures") or {})}
        _look(act)
        try:
            document = scenarios.simplified(scenarios.validated(act["scenario"], file=""))
        except CakupanError:
            state["edition"] = state.get("edition", 0) + 1
            return
        _step(kind, document, str(act.get("lever") or ""))


def _look(act: dict[str, Any]) -> None:
    """Remember what is looked at: segment, levers, second chart, what is pinned."""
    state = st.session_state
    for name, key in (("lens", "lens"), ("segment", "lever_lens"), ("second", "second_chart")):
        if isinstance(act.get(name), str):
            state[key] = act[name]
    pinned = act.get("pinned")
    state["pinned"] = pinned if isinstance(pinned, dict) else None


def _step(kind: str, document: dict[str, Any], lever: str) -> None:
    """Make this the scenario. The browser has it already: its edition stays, so that it is not told to change."""
    state = st.session_state
    edition = state.get("edition", 0)
    if kind == "undo" and state["past"] and state["past"][-1] == document:
        steps.undo()
    elif kind == "redo" and state["future"] and state["future"][-1] == document:
        steps.redo()
    else:
        steps.put(document, lever=lever)
    state["edition"] = edition


def _answer(screen: session.Screen, run: projection.Flows, months_ahead: int) -> tuple[int, list[dict[str, Any]]]:
    """Return the number of what was said last, and where our figures differ by more than half a person."""
    report = st.session_state.get("cockpit_said")
    if not report:
        return 0, []
    differences = payload.differences(
        report["figures"], payload.ends(screen.looked_at, run, months_ahead, screen.texts)
    )
    for difference in differences:
        _log.warning("Browser and server differ: %s", difference)
    return report["number"], differences


def wait() -> None:
    """Give the browser three seconds to report; then today's sliders come up."""
    state = st.session_state
    if state.get("cockpit_ready"):
        return
    state.setdefault("cockpit_since", time.monotonic())
    _wait()


@st.fragment(run_every=1.0)
def _wait() -> None:
    state = st.session_state
    if not state.get("cockpit_ready") and time.monotonic() - state["cockpit_since"] > PATIENCE_SECONDS:
        state["cockpit_failed"] = session.texts()("cockpit.silent")
        _log.warning("The cockpit did not report within %s s", PATIENCE_SECONDS)
    if state.get("cockpit_ready") or state.get("cockpit_failed"):
        links.say_again()
        st.rerun()
