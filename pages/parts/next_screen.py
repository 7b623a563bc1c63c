"""Which screen did a button ask for? A callback cannot open one itself: the run that it begins does."""

from __future__ import annotations

import streamlit as st

from pages.parts import session


def ask_for(screen: str, *, on: str) -> None:
    """Let the screen that we are `on` open another one once its run begins."""
    st.session_state["asked_for"] = [on, screen]


def forget_asked_elsewhere(here: str) -> None:
    """Forget what was asked for on a screen that was left before the server could open it: who pressed Back in that
    moment gets the callback and the page that Back leads to in one run."""
    if st.session_state.get("asked_for", [here])[0] != here:
        del st.session_state["asked_for"]


def follow() -> None:
    """Open the screen that was asked for on this one, if any was."""
    if request := st.session_state.pop("asked_for", None):
        session.go_to(request[1])
