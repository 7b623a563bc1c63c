"""Which branches need help most, and how does each stand?"""

import streamlit as st

from coverage.charts.standing import draw_small
from coverage.standing import gaps, so_far
from coverage.wording import sentences
from pages.parts import goals, inputs, ranking, session, tables, widgets
from pages.parts import map as places_map
from pages.parts import targets as targets_panel

PER_PAGE = 12

screen = session.start()
words = screen.texts
view = session.every_branch(screen)
state = st.session_state

st.title(words("branches.heading"), help=words("branches.every"))
rank = widgets.choice(
    inputs.RANK, words("branches.rank"), gaps.RANKINGS, gaps.RANKINGS[0], lambda name: words(f"branches.by_{name}")
)
ranked = gaps.ranking(view, rank)
with st.container(key="headline"):
    st.markdown(f"## {session.escape(sentences.ranking(ranked, gaps.by(view, []), words))}")
if not ranked["target"].count():
    goals.way(words)
widgets.what_to_know(view, words)


def open_branch(branch: str) -> None:
    """Take a branch into the frame; the page changes once the run begins."""
    state["branch"] = branch
    state["go"] = "overview"


ranking.draw(ranked, words, on_open=open_branch)
widgets.note(words("branches.click"))
if state.pop("go", None):
    session.go_to("overview")

st.markdown(f"## {words('branches.small')}")
history = so_far.history(view, ["branch", "segment"])
pages_needed = -(-ranked.height // PER_PAGE)
widgets.number(inputs.SMALL_PAGE, 1, 1, pages_needed)
shown = st.pagination(pages_needed, key=inputs.SMALL_PAGE) if pages_needed > 1 else 1
if ranked["target"].drop_nulls().len():  # else no card has a picture
    widgets.note(words("branches.small_key"))
    widgets.segment_key(view.series["segment"].unique().sort().to_list(), words)
with st.container(key="small_multiples"):
    grid = st.grid("auto", min_column_width=230, gap="small")
    for row in ranked[(shown - 1) * PER_PAGE : shown * PER_PAGE].to_dicts():
        with grid.cell(), st.container(border=True, gap="xxsmall"):
            name = row["branch"]
            st.button(
                f"**{session.escape(name)}**", key=f"open_{name}", type="tertiary", on_click=open_branch, args=(name,)
            )
            st.markdown(session.escape(sentences.in_short(row, words)))
            past = history.filter(branch=row["branch"]).drop_nulls("attainment")
            if past.is_empty():
                widgets.note(words("branches.no_target"))
                continue
            widgets.show(
                draw_small(past, words, alt_text=sentences.branch(row, words), dark=screen.dark),
                key=f"small_{row['branch']}",
            )
rows = widgets.unfold(words("overview.table"), inputs.SMALL_TABLE)
if rows.open:
    names = ranked["branch"][(shown - 1) * PER_PAGE : shown * PER_PAGE].to_list()
    with rows:
        tables.table(
            so_far.latest_first(history, names),
            words,
            ["branch", "segment", "month", "active", "attainment"],
            key="small_rows",
        )
places_map.panel(screen)
targets_panel.panel(screen)
