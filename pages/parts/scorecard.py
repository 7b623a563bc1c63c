"""How do places stand as rows that can be sorted, searched and opened? The same on Overview and on Branches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from coverage.live import files
from coverage.model import runs
from coverage.wording import scorecard
from pages.parts import computed, session

KEY = "scorecard"
PER_PAGE = 12
FEW, ALL = ("now", "end", "short", "chance", "closes"), ("now", "end", "short", "chance", "recent", "pace", "closes")


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    """Register the rows once for the server."""
    style = files.style() + files.scorecard_style()
    return st.components.v2.component("cakupan_scorecard", js=files.scorecard(), css=style, isolate_styles=False)


def show(
    screen: session.Screen,
    on_open: Callable[[str], None],
    *,
    level: str = "branch",
    segment: str | None = None,
    most: int | None = None,
) -> None:
    """Draw the places of a level, the worst first: as many as are asked for, or page by page under their sum."""
    view = session.every_branch(screen, segment)
    horizon = runs.horizon(view)
    rows = computed.scorecard_rows(screen, segment, horizon, level)
    for row in rows:
        row["chosen"] = level == "branch" and row["name"] == st.session_state["branch"]
        row["name"] = row["name"] or screen.texts("bands.no_place")
    names = {row["name"] for row in rows} - {screen.texts("bands.no_place")}
    data: dict[str, Any] = {
        "rows": rows[:most],
        "sum": _sum(screen, segment, horizon) if most is None and len(rows) > 1 else None,
        "heads": scorecard.heads(view, horizon, level, screen.texts),
        "columns": FEW if most is not None else ALL,
        "known": sorted(names),
        "per_page": PER_PAGE,
        "subject": f"{level}|{session.inside()}",
    }

    def opened() -> None:
        name = st.session_state[KEY].opened
        if name in names:
            on_open(name)

    _component()(key=KEY, data=data, height="content", on_opened_change=opened)


def _sum(screen: session.Screen, segment: str | None, horizon: int) -> dict[str, Any]:
    """Return the row of all together: nobody's surplus hides what another lacks."""
    row = computed.scorecard_rows(screen, segment, horizon, "")[0]
    return row | {"name": session.describe_place(screen.texts, compares=True), "chosen": False}
