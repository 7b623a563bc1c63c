"""How do branches stand as rows that can be sorted and opened?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from coverage.live import files
from coverage.model import runs
from coverage.model.view import View
from coverage.wording import scorecard
from pages.parts import computed, session

KEY = "scorecard"


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    """Register the rows once for the server."""
    style = files.style() + files.scorecard_style()
    return st.components.v2.component("cakupan_scorecard", js=files.scorecard(), css=style, isolate_styles=False)


def show(screen: session.Screen, view: View, on_open: Callable[[str], None], *, most: int | None = None) -> int:
    """Draw the branches of a view, the worst first, as many as are asked for; return how many there are."""
    words, horizon = screen.texts, runs.horizon(view)
    rows = computed.branch_rows(screen, view, horizon)
    for row in rows:
        row["chosen"] = row["name"] == st.session_state["branch"]
    data: dict[str, Any] = {"rows": rows[:most], "heads": scorecard.heads(view, horizon, words)}

    def opened() -> None:
        name = st.session_state[KEY].opened
        if any(row["name"] == name for row in rows):
            on_open(name)

    _component()(key=KEY, data=data, height="content", on_opened_change=opened)
    return len(rows)
