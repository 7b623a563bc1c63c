"""Where do we stand, by when do we get there at today's pace, and what pace does it take?"""

import streamlit as st

from coverage.model import chance, runs, scenarios
from coverage.standing import gaps, so_far
from coverage.wording import sentences
from pages.parts import bands, computed, detail, goals, inputs, levels, next_screen, scorecard, session, widgets

screen = session.start()
words, view = screen.texts, screen.looked_at
by_segment, total = gaps.by(view), gaps.by(view, [])
history_total = so_far.history(view, [])

until = runs.horizon(view)
baseline_total = runs.baseline_table(view, until, [])
row = total.to_dicts()[0]
bands.give_look()
with st.container(key="headline"):
    st.markdown(f"# {session.escape(sentences.describe_headline(session.describe_place(words), row, words))}")
if row["target"] is None:
    goals.way(words)


futures = computed.futures(screen)
fan_total = None
if futures is not None:
    fan_total = chance.rows_of_segment(chance.fan(view, scenarios.Scenario(), until, [], futures=futures), None)
bands.where_are_we(screen, by_segment, row)
bands.where_does_it_end(screen, row, history_total, baseline_total, fan_total)
needed = st.container()
branches = session.every_branch(screen).series["branch"].n_unique()
if branches > 1:
    which = "bands.branches" if session.inside() else "bands.branches_everywhere"
    heading = words(which, n=words.people(branches), place=session.describe_place(words, compares=True))
    with st.container(horizontal=True, vertical_alignment="center", key="overview_rows"):
        st.markdown(f"## {session.escape(heading)}")
        level = levels.switch(session.options(), words, key=inputs.OVERVIEW_LEVEL)
        st.button(words("bands.all_branches"), type="tertiary", key="all_branches", on_click=bands.open_branches)
    scorecard.show(screen, levels.opener(level, bands.open_branch, key=inputs.OVERVIEW_LEVEL), level=level, most=5)
next_screen.follow()
if view.target_month is not None and view.measure == "workers":
    with needed:  # last, for the first answer takes half a second: until then the page stands
        bands.what_does_it_take(screen, until)
widgets.what_to_know(view, words)
st.markdown(f"## {words('overview.heading')}")
st.markdown(session.escape(sentences.describe_standing(by_segment, words)))
detail.look_closer(screen, by_segment, until, futures)
