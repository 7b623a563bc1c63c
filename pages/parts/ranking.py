"""How are the ranked branches drawn as a table, so that a click opens one?"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from coverage.base.tables import Gaps
from coverage.base.texts import NONE, Texts
from coverage.wording import styled
from pages.parts import tables

RANKED = ("branch", "status", "attainment", "short", "target", "pace", "required_pace", "eta", "recent")
RANKED_ORDER = (
    *("branch", "short"),  # on a telephone, the only figure that is seen at once
    *("status", "attainment", "progress"),  # where the window ends, a bar may be cut, but no figure
    *("recent", "target", "pace", "required_pace", "eta"),
)


def draw(ranked: Gaps, words: Texts, *, on_open: Callable[[str], None]) -> None:
    """Draw the ranked branches; a click on a name, or a tick before it (by keyboard, too), calls `on_open` with it."""
    column = st.column_config

    def clicked() -> None:
        on_open(ranked["branch"][st.session_state["ranking_name"]["row"]])

    def ticked() -> None:
        rows = st.session_state["ranking"]["selection"]["rows"]
        if rows:
            on_open(ranked["branch"][rows[0]])

    data = ranked.select(*RANKED).to_dict(as_series=False)
    data["progress"] = [min(value or 0, 1) for value in data["attainment"]]
    data["recent"] = [[value for value in values or [] if value is not None] for values in data["recent"]]
    heads = {name: name for name in (*RANKED, "progress")}
    # No column is cut: half a figure reads as another one.
    widths = {"attainment": 95, "short": 74, "target": 80, "pace": 104, "required_pace": 104, "status": 136, "eta": 84}
    plain = {
        name: column.Column(
            words("table.gap" if name == "short" else f"table.{name}"), alignment=tables.side(name), width=width
        )
        for name, width in widths.items()
    }
    st.dataframe(
        styled.shown(data, words, heads, {"progress": styled.RAW, "recent": styled.RAW}),
        hide_index=True,
        width="stretch",
        placeholder=NONE,
        key="ranking",
        on_select=ticked,
        selection_mode="single-row",
        column_order=RANKED_ORDER,
        column_config=plain
        | {
            "branch": column.ButtonColumn(
                words("table.branch"),
                width=214,
                type="tertiary",
                alignment="left",
                on_click=clicked,
                key="ranking_name",
            ),
            "progress": column.ProgressColumn(words("table.progress"), min_value=0, max_value=1, format=" ", width=66),
            "recent": column.LineChartColumn(words("table.recent"), width=74),
        },
        alt=words("branches.heading"),
    )
