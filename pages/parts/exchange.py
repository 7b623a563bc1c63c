"""What does the browser say that it did, and what do we answer? The cockpit and the room's what-if share this.

The browser says what it did as one message (`act`): a kind, a running number, the scenario that stands there and the
figures that stand there. We answer with the number and with where our figures differ.
"""

from __future__ import annotations

import logging
import os
from typing import Any

import streamlit as st

from coverage.answers import mix
from coverage.base.errors import CakupanError
from coverage.live import files, payload
from coverage.model import projection, scenarios
from coverage.model.scenarios import Scenario
from coverage.wording.mix import describe_mix
from pages.parts import computed, links, session, steps

KEY = "cockpit"
PAGES = {"cockpit": "simulate", "room": "present"}
"""The page on which each kind stands: once it is left, the browser says nothing for it any more."""
PATIENCE = int(os.environ.get("CAKUPAN_PATIENCE", "3"))
"""How often the page looks, once a second, whether the browser's part has reported itself; then it waits no more. A
machine that does much else at once (the tests) may need longer."""
PLAIN = "plain"
"""The link asks for the plain sliders with `sliders=plain`."""
_log = logging.getLogger("cakupan.cockpit")


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    """Register the component once for the server: its script and style go to the browser as text."""
    return st.components.v2.component("cakupan_cockpit", js=files.script(), css=files.app_style(), isolate_styles=False)


def why_not(screen: session.Screen) -> str | None:
    """Say why the sliders of the server stand here instead; None where the browser can do it by itself."""
    state = st.session_state
    if state.get("sliders") == PLAIN:
        return screen.texts("cockpit.plain")
    if state.get("cockpit_failed"):
        return screen.texts("cockpit.failed", reason=str(state["cockpit_failed"]))
    return None


def mount(
    screen: session.Screen, scenario: Scenario, run: projection.Flows, months_ahead: int, *, kind: str, **more: Any
) -> list[dict[str, Any]]:
    """Put the browser's part on the page with what it knows of the model; return where its figures differ from ours.

    `kind` says which screen it is; `more` is what that needs besides.
    """
    state, view, words = st.session_state, screen.looked_at, screen.texts
    if state.pop("cockpit_news", False):
        _end_waiting()
    model_key, lasting = computed.live_model(screen, scenario, months_ahead)
    held = state.get("cockpit_have") == model_key
    answered, differs = _answer(screen, run, months_ahead)
    sent = {
        "model_key": model_key,
        "lasting": None if held else {**lasting, "stage_page": files.stage()},
        "named": payload.series_of_named_branches(view, scenario),
        "language": words.language,
        "scenario": scenarios.simplified(scenario),
        "edition": state.get("edition", 0),
        "kind": kind,
        "page": PAGES[kind],
        "answered": answered,
        "differs": differs,
        "heard": bool(state.get("cockpit_ready")),
        **more,
    }
    _component()(
        key=KEY,
        data={"sent": sent},  # Streamlit looks into each of the values whether it is a table
        height="content" if kind == "cockpit" else "stretch",
        on_act_change=_take,
    )
    return differs


def _take() -> None:
    """Take what the browser did into the state; what cannot be is left out, and the browser is told what holds."""
    state = st.session_state
    act: dict[str, Any] = dict(state[KEY].act or {})
    kind = act.get("kind")
    if kind in {"ready", "need"}:
        state["cockpit_news"] = not state.get("cockpit_ready")
        state["cockpit_ready"] = True
        state["cockpit_have"] = act.get("have") if kind == "ready" else None
    elif kind == "failed":
        state["cockpit_news"] = True
        state["cockpit_failed"] = str(act.get("message", ""))[:200]
        _log.warning("The cockpit failed in the browser: %s", state["cockpit_failed"])
    elif kind in {"set", "undo", "redo", "look", "mix"}:
        state["cockpit_have"] = act.get("have")
        state["cockpit_said"] = {"number": int(act.get("number", 0)), "figures": dict(act.get("figures") or {})}
        _look(act)
        try:
            document = scenarios.simplified(scenarios.validated(act["scenario"], file=""))
        except CakupanError:
            state["edition"] = state.get("edition", 0) + 1
            return
        _step(kind, document, str(act.get("lever") or ""))
        if kind == "mix":
            _mix(act.get("segment"))


def _look(act: dict[str, Any]) -> None:
    """Remember what is looked at: segment, levers, second chart, what is pinned."""
    state = st.session_state
    for name, key in (("lens", "lens"), ("segment", "lever_lens"), ("second", "second_chart")):
        if isinstance(act.get(name), str):
            state[key] = act[name]
    if "pinned" in act:
        state["pinned"] = act["pinned"] if isinstance(act["pinned"], dict) else None


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


def _mix(segment: object) -> None:
    """Make the cheapest mix on top of what stands there the scenario, and say what it costs."""
    screen = session.current()
    words = screen.texts
    try:
        cheapest = mix.solve(
            screen.looked_at,
            steps.current_scenario(),
            segment=segment if isinstance(segment, str) else None,
            name=words("mix.programme"),
        )
    except CakupanError as error:
        st.toast(session.escape(words("cockpit.ways_none", reason=words.error(error))), icon=":material/info:")
        return
    steps.put(scenarios.simplified(cheapest.scenario))
    st.toast(session.escape(describe_mix(cheapest, words)[0]), icon=":material/savings:")


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
    if not st.session_state.get("cockpit_ready"):
        st.session_state["cockpit_looks"] = 0
        _look_again()


@st.fragment(run_every=1.0)
def _look_again() -> None:
    """Look whether the browser has reported itself. Looks are counted, not seconds: the browser sends for them, so a
    slow machine has as many as a fast one. A whole run ends them, this one or the one of `mount`."""
    state = st.session_state
    if state.get("cockpit_ready") or state.get("cockpit_failed"):
        _end_waiting()
    state["cockpit_looks"] += 1
    if state["cockpit_looks"] > PATIENCE:  # the first is at once
        state["cockpit_failed"] = session.texts()("cockpit.silent")
        _log.warning("The cockpit did not report within %s s", PATIENCE)
        _end_waiting()


def _end_waiting() -> None:
    links.say_again()
    st.rerun()
