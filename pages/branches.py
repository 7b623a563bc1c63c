"""Which branches need help most, and how does each stand? Regions and provinces are levels of the same rows."""

import streamlit as st

from coverage.standing import gaps
from coverage.wording import sentences
from pages.parts import goals, inputs, levels, next_screen, ranking, scorecard, session, widgets
from pages.parts import map as places_map
from pages.parts import targets as targets_panel

screen = session.start()
words = screen.texts
state = st.session_state

# A link of before the rows asks for the table by what stands in it.
table_linked = state.get("small_table") or {"rank", "small_page"} & set(state["linked"])
opening = state.setdefault("branches_opening", levels.TABLE if table_linked else "")
headline = st.container(key="headline")
with st.container(horizontal=True, vertical_alignment="center", key="branches_switches"):
    level = levels.switch(session.options(), words, key=inputs.ROW_LEVEL, tabled=True, opening=opening)
    segment = widgets.lens(session.every_branch(screen).series["segment"].unique().sort().to_list(), words)
view = session.every_branch(screen, segment)
title, *more = sentences.describe_ranking_in_parts(gaps.ranking(view), gaps.by(view, []), words)
with headline:
    st.title(session.escape(title.removesuffix(".")), help=words("branches.every"))
if not gaps.by(view, [])["target"].count():
    goals.way(words)
widgets.what_to_know(view, words)


def open_branch(branch: str) -> None:
    """Take a branch into the frame; the page changes once the run begins."""
    state["branch"] = branch
    next_screen.ask_for("overview", on="branches")


if level != levels.TABLE:
    scorecard.show(screen, levels.opener(level, open_branch, key=inputs.ROW_LEVEL), level=level, segment=segment)
    widgets.note(words(f"branches.click_{level}"))
    ranking.hold_choices(view)
else:
    ranking.panel(screen, view, on_open=open_branch)
for sentence in more:  # below, so that the rows stand in the first screen
    widgets.note(session.escape(sentence))
next_screen.follow()
places_map.panel(screen)
targets_panel.panel(screen)
