"""How does a visitor see where the branches are, and how each stands?"""

from __future__ import annotations

import streamlit as st

from coverage.charts import branch_places
from coverage.charts.map import draw_map
from coverage.standing import gaps
from pages.parts import inputs, session, tables, widgets


def panel(screen: session.Screen) -> None:
    """Offer the map behind a switch: it is drawn only when somebody wants it, with a table that says the same."""
    words = screen.texts
    shown = widgets.unfold(words("map.heading"), inputs.MAP, icon=":material/map:")
    if not shown.open:
        return
    ranked = gaps.ranking(session.every_branch(screen), "short")
    placed, others = branch_places.located(ranked, session.branches_known())
    with shown:
        if placed.is_empty():
            st.info(words("map.none"), icon=":material/info:")
        else:
            text = branch_places.describe_places(placed, words)
            st.markdown(session.escape(text))
            widgets.draw(
                draw_map(placed, words, alt_text=words("map.alt", said=text), dark=screen.dark),
                key=inputs.PLACES,
                words=words,
                table=lambda: tables.show_table(
                    placed,
                    words,
                    ["branch", "province", "status", "short", "attainment"],
                    key="places_rows",
                    names={"short": words("map.missing")},
                ),
            )
            widgets.note(words("map.key"))
        if others:
            widgets.note(session.escape(branch_places.describe_not_placed(others, words)))
