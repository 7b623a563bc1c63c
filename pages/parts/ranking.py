"""How are the ranked branches drawn as a table and as small pictures, so that a click opens one?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from coverage.base.tables import Gaps
from coverage.base.texts import NONE, Texts
from coverage.charts.standing import draw_small
from coverage.model.view import View
from coverage.standing import gaps, so_far
from coverage.wording import sentences, styled
from pages.parts import inputs, session, tables, widgets

PER_PAGE = 12

RANKED = ("branch", "status", "attainment", "short", "target", "pace", "required_pace", "eta", "recent")
RANKED_ORDER = (
    *("branch", "short"),  # on a telephone, the only figure that is seen at once
    *("status", "attainment", "progress"),  # where the window ends, a bar may be cut, but no figure
    *("recent", "target", "pace", "required_pace", "eta"),
)


def panel(screen: session.Screen, view: View, *, on_open: Callable[[str], None]) -> None:
    """Draw the branches of a view as a table in an order of the viewer's choice, and a small picture of each."""
    words = screen.texts
    rank = widgets.choice(
        inputs.RANK, words("branches.rank"), gaps.RANKINGS, gaps.RANKINGS[0], lambda name: words(f"branches.by_{name}")
    )
    ranked = gaps.ranking(view, rank)
    draw(ranked, words, on_open=on_open)
    widgets.note(words("branches.click"))
    _pictures(screen, view, ranked, on_open)


def hold_choices(view: View) -> None:
    """Hold the link's choices of the table against what there is, also while the table is not shown."""
    widgets.chosen(inputs.RANK, gaps.RANKINGS, gaps.RANKINGS[0])
    widgets.number_chosen(inputs.SMALL_PAGE, 1, 1, -(-view.series["branch"].n_unique() // PER_PAGE))


def _pictures(screen: session.Screen, view: View, ranked: Gaps, on_open: Callable[[str], None]) -> None:
    """Draw a small picture of each branch, page by page, with the table behind them."""
    words = screen.texts
    st.markdown(f"## {words('branches.small')}")
    history = so_far.history(view, ["branch", "segment"])
    pages_needed = -(-ranked.height // PER_PAGE)
    widgets.number_chosen(inputs.SMALL_PAGE, 1, 1, pages_needed)
    page = st.pagination(pages_needed, key=inputs.SMALL_PAGE) if pages_needed > 1 else 1
    if ranked["target"].drop_nulls().len():  # else no card has a picture
        widgets.note(words("branches.small_key"))
        widgets.segment_key(view.series["segment"].unique().sort().to_list(), words)
    here = ranked[(page - 1) * PER_PAGE : page * PER_PAGE]
    with st.container(key="small_multiples"):
        grid = st.grid("auto", min_column_width=230, gap="small")
        for row in here.to_dicts():
            with grid.cell(), st.container(border=True, gap="xxsmall"):
                _picture(screen, row, history.filter(branch=row["branch"]).drop_nulls("attainment"), on_open)
    rows = widgets.unfold(words("overview.table"), inputs.SMALL_TABLE)
    if rows.open:
        with rows:
            tables.show_table(
                so_far.latest_first(history, here["branch"].to_list()),
                words,
                ["branch", "segment", "month", "active", "attainment"],
                key="small_rows",
            )


def _picture(screen: session.Screen, row: Mapping[str, Any], past: Any, on_open: Callable[[str], None]) -> None:
    words, name = screen.texts, row["branch"]
    st.button(f"**{session.escape(name)}**", key=f"open_{name}", type="tertiary", on_click=on_open, args=(name,))
    st.markdown(session.escape(sentences.describe_in_short(row, words)))
    if past.is_empty():
        widgets.note(words("branches.no_target"))
        return
    widgets.show(
        draw_small(past, words, alt_text=sentences.describe_branch(row, words), dark=screen.dark), key=f"small_{name}"
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
        name: column.Column(words(f"table.{name}"), alignment=tables.side(name), width=width)
        for name, width in widths.items()
    }
    st.dataframe(
        styled.styled_columns(data, words, heads, {"progress": styled.RAW, "recent": styled.RAW}),
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
