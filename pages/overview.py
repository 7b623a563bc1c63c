"""Where do we stand, by when do we get there at today's pace, and what pace does it take?"""

import streamlit as st

from coverage.base.tables import Gaps
from coverage.charts.standing import draw_bullet
from coverage.charts.trajectory import draw_trajectory
from coverage.model import chance, runs, scenarios
from coverage.standing import gaps, so_far
from coverage.wording import remarks, sentences
from pages.parts import bands, computed, goals, inputs, levels, scorecard, session, tables, widgets

screen = session.start()
words, view = screen.texts, screen.looked_at
by_segment, total = gaps.by(view), gaps.by(view, [])
history = so_far.history(view)
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
if st.session_state.get("go"):
    session.go_to(st.session_state.pop("go"))
if view.target_month is not None and view.measure == "workers":
    with needed:  # last, for the first answer takes half a second: until then the page stands
        bands.what_does_it_take(screen, until)
widgets.what_to_know(view, words)


def standing_table(rows: Gaps, key: str) -> None:
    columns = ["segment", "active", "target", "attainment", "gap", "coverage", "pace", "required_pace", "expected"]
    tables.show_table(rows, words, [*columns, "status", "eta"], key=key)


st.markdown(f"## {words('overview.heading')}")
st.markdown(session.escape(sentences.describe_standing(by_segment, words)))
if by_segment["target"].drop_nulls().len():
    marked = gaps.milestones(view)
    parts = " ".join(
        sentences.describe_standing(by_segment.filter(segment=segment), words) for segment in by_segment["segment"]
    )
    widgets.draw(
        draw_bullet(
            by_segment,
            words,
            alt_text=words("overview.bullet_alt", parts=parts),
            milestones=marked,
            dark=screen.dark,
        ),
        key=inputs.BULLET,
        words=words,
        table=lambda: standing_table(by_segment, "bullet_rows"),
    )
    drawn = {
        "bullet_key_registered" if view.measure == "registrations" else "bullet_key": True,
        "bullet_key_due": by_segment["due"].drop_nulls().len() > 0,
        "bullet_key_milestone": not marked.is_empty(),
    }
    widgets.note(" ".join(words(f"overview.{name}") for name, present in drawn.items() if present))

st.markdown(f"## {words('overview.trajectory')}")
lens = widgets.lens(by_segment["segment"].to_list(), words)
keys = ["segment"] if lens else []
baseline = runs.baseline_table(view, until, keys)
past = history_total
marks = gaps.milestones(view, keys)
if lens:
    baseline, past, marks = baseline.filter(segment=lens), history.filter(segment=lens), marks.filter(segment=lens)
fan = None
if futures is not None:
    fan = chance.rows_of_segment(chance.fan(view, scenarios.Scenario(), until, keys, futures=futures), lens)
message = sentences.describe_so_far(past, sentences.segment_name(lens, words), words, baseline=baseline)
if fan is not None:
    message += " " + sentences.describe_sureness(fan, words)
widgets.draw(
    draw_trajectory(
        past, baseline, None, words, segment=lens, milestones=marks, fan=fan, alt_text=message, dark=screen.dark
    ),
    key=inputs.TRAJECTORY,
    words=words,
    table=lambda: widgets.trajectory_table(
        past, baseline, None, words, key="trajectory_rows", fan=fan, milestones=marks
    ),
)
if why := remarks.past(view, past, words):
    widgets.note(session.escape(why))
band = sentences.funded_band(baseline, words, ends=False)
said_of_fan = words(f"chance.{chance.why(view)}") if fan is None else widgets.about_band(words)
widgets.note(" ".join([message, *band, said_of_fan]))
