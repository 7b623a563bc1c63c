"""What stands on every page: where, as of when, against which targets, in which language, and whose data?"""

from __future__ import annotations

import streamlit as st

from coverage.base import months
from coverage.base import texts as languages
from coverage.base.errors import CakupanError
from coverage.model import targets
from coverage.model import view as views
from coverage.wording import reference
from coverage.wording.missing_reports import describe_missing_reports
from pages.parts import links, session

# Beside the frame at 1440 pixels the tables fit if the margins are a little smaller than Streamlit's; so do two
# segments beside each other at 1024. The same on every page: else it jumps when the page is turned. The sentence that
# answers is larger than the other headings of its level.
LOOK = """<style>
@media (min-width: 900px) { .stMainBlockContainer { padding-inline: 2rem; } }
:is(.st-key-headline, .st-key-outcome, .st-key-plan_said) :is(h1, h2, h3) {
  font-size: 1.5rem; padding: 0.75rem 0 1rem; }
</style>"""


def draw(*, compares: bool = False) -> None:
    """Draw what stands on every page: scope, month, targets, language, and whether the data are a sample.

    A page that `compares` looks at all branches of the region, whichever one is chosen.
    """
    words = session.texts()
    _follow()
    try:
        screen = session.current()
    except CakupanError as error:
        st.error(session.escape(words.error(error)), icon=":material/error:")
        _language_picker()
        st.button(words("frame.back_to_sample"), key="back_to_sample", on_click=session.give_back)
        if session.watched():
            _watch(session.signature_of(session.watched()))  # whoever mends the file need not touch the page
        st.stop()
    options = session.choices(screen.handed, session.branches_known())
    _say_choices_in(words.language)
    with st.sidebar:
        st.markdown(f"## {words('app.title')}")
        st.selectbox(
            words("frame.region"), options.regions, key="region", format_func=lambda v: v or words("frame.all")
        )
        st.selectbox(
            words("frame.branch"),
            options.branches(st.session_state["region"]),
            key="branch",
            format_func=lambda v: v or words("frame.all_branches"),
        )
        if len(options.segments) > 1:
            st.pills(
                words("frame.segments"),
                options.segments,
                selection_mode="multi",
                key="segments",
                format_func=lambda v: words(f"segment.{v}"),
                help=words("frame.segments_help"),
            )
        st.selectbox(
            words("frame.month"),
            options.months,
            key="month",
            format_func=lambda v: words.month(months.parse(v)) if v else "–",
        )
        st.selectbox(
            words("frame.targets"),
            list(screen.book.sets),
            key="target_set",
            format_func=lambda name: reference.target_title(screen.book.sets[name], name, words),
        )
        st.selectbox(
            words("frame.data"),
            session.datasets(),
            key="dataset",
            format_func=lambda v: session.dataset_name(v, words),
            on_change=session.open_anew,
        )
        _language_picker()
    for sentence in links.told(words):
        st.warning(session.escape(sentence), icon=":material/link_off:")
    st.session_state["told"] = []
    st.html(LOOK)
    _caption(screen, compares=compares)
    if screen.view is None and screen.handed.table.is_empty():
        st.info(words("frame.no_rows"), icon=":material/info:")
    if session.watched():
        _watch(session.signature_of(session.watched()))


def _say_choices_in(language: str) -> None:
    """Hand the choices to their inputs once more in another language: the browser keeps a choice by its label,
    and what was unfolded under another heading would fold."""
    state = st.session_state
    if state.get("choices_said_in") == language:
        return
    state["choices_said_in"] = language
    for key in ("region", "branch", "segments", "month", "target_set", "dataset", *links.PANELS):
        if key in state:
            state[key] = state[key]


def _language_picker() -> None:
    st.segmented_control(
        "Bahasa · Language",
        languages.languages(),
        key="language",
        required=True,
        format_func=lambda name: languages.load(name).messages["name"],
    )


def _caption(screen: session.Screen, *, compares: bool) -> None:
    words, view = screen.texts, screen.view
    if view is None:
        return
    view = session.every_branch(screen) if compares else view
    illustrative = views.illustrative_share(view)
    against = words("frame.no_target") if view.targets.is_empty() else session.target_title(screen, words)
    parts = [
        f"**{session.escape(session.place(words, compares=compares))}**",
        words.month(view.as_of),
        session.escape(against),
        session.escape(session.data_said(screen, words)),
    ]
    if illustrative > 0:
        parts.append(words("frame.illustrative", share=words.part(illustrative)))
    with st.container(key="frame_caption"):
        text, source = st.columns([3, 1], vertical_alignment="center")
        text.markdown(" · ".join(parts))
        with source, st.popover(words("frame.sources"), icon=":material/source:"):
            st.markdown(words("frame.target_source", source=session.escape(screen.chosen.source or "–")))
            note = targets.declarations.words(screen.chosen.note, words.language)
            if note:
                st.markdown(session.escape(note))
            for source, count in views.sources(view):
                st.markdown(f"- {session.escape(source)} ({words.count('unit.rows', count)})")
    if not view.late.is_empty():
        said = words(
            "frame.late",
            count=words.count("unit.series", view.late.height),
            month=words.month(view.as_of),
            names=session.escape(", ".join(sorted(set(view.late["branch"].to_list()))[:5])),
        )
        with st.container(key="frame_late"):
            st.warning(
                said + "  \n" + session.escape(describe_missing_reports(view, words)), icon=":material/schedule:"
            )


def _follow() -> None:
    """Let who looks at the latest month of the watched folder, or at its first set of targets, go on doing so when a
    file of it has changed."""
    state = st.session_state
    now = session.signature_of(session.watched()) if session.watched() else ""
    if state.get("dataset") == session.FOLDER and state.get("signature_seen", now) != now:
        for key in ("month", "target_set"):
            if state.get(key) == state["opening"].get(key):
                state.pop(key, None)
    state["signature_seen"] = now


@st.fragment(run_every="3s")
def _watch(signature: str) -> None:
    """Look whether a file of the watched folder changed; if so, run everything anew."""
    if session.signature_of(session.watched()) != signature:
        st.rerun()
