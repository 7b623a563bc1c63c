"""What does the room have to see? One message a screen, readable from the last row.

Screens are turned with arrows, Page Up and Down (a clicker) or a swipe; each has its link (`?screen=3`).
"""

from __future__ import annotations

import streamlit as st

from coverage.base.errors import NothingToShow
from coverage.reports import screens
from pages.parts import links, meeting, screen_live, session, stage, steps
from pages.parts.screen_writing import plain_sentence

screen = session.start()
stage.dress()
words, view = screen.texts, screen.looked_at
state = st.session_state
NAMES = screens.order(view, session.every_branch(screen), steps.current_scenario())
months_ahead = steps.horizon(screen)


def place() -> int:
    """Return the number of the screen, from 1; a number that is none is told."""
    state.setdefault("opening", {})["screen"] = "1"
    screen_number = str(state.setdefault("screen", state.get("stage_left_at", "1")))
    number = links.whole_number(screen_number)
    if number is not None and 1 <= number <= len(NAMES):
        return number
    state["screen"] = "1"
    error = NothingToShow("screen_unknown", found=screen_number, allowed=f"1 … {len(NAMES)}")
    st.toast(session.escape(words.error(error)), icon=":material/link_off:")
    return 1


def turn(to: int) -> None:
    state["screen"] = str(min(max(to, 1), len(NAMES)))


def leave() -> None:
    """Go back to the app; who comes again finds the screen that was left."""
    state["stage_left_at"], state["stage_leaves"] = state.pop("screen"), True


def foot(number: int) -> None:
    """Draw the way on and back, where the figures come from, the meeting, and the way out."""
    with st.container(horizontal=True, vertical_alignment="center", key="stage_foot"):
        for name, icon, to in (("previous", "chevron_left", number - 1), ("next", "chevron_right", number + 1)):
            st.button(
                words(f"present.{name}"),
                icon=f":material/{icon}:",
                key=f"stage_{name}",
                on_click=turn,
                args=(to,),
                disabled=not 1 <= to <= len(NAMES),
                help=words(f"present.{name}"),
            )
        for name, to in (("first", 1), ("last", len(NAMES))):
            st.button(name, key=f"stage_{name}", on_click=turn, args=(to,))
        st.markdown(words("present.place", number=number, count=len(NAMES)), width="content")
        with st.container(key="stage_source"):
            text = meeting.describe_sources(screen, compares=NAMES[number - 1] == "branches")
            if not view.late.is_empty():
                text.append(words.count("present.late", view.late.height))
            st.markdown(plain_sentence(" · ".join(text)))
        talk = st.popover(
            words("meeting.heading"),
            icon=":material/groups:",
            key="stage_meeting",
            on_change="rerun",
            help=words("meeting.heading"),
        )
        st.button(words("present.full"), icon=":material/fullscreen:", key="stage_full", help=words("present.full"))
        st.button(
            words("present.leave"),
            icon=":material/close:",
            key="stage_leave",
            on_click=leave,
            help=words("present.leave"),
        )
    if talk.open:
        with talk:
            meeting.panel(screen, steps.put, deciding=NAMES[number - 1] != "decision")


if state.pop("stage_leaves", False):
    session.go_to("overview")
meeting.remember_start()
number = place()
with st.container(key="stage"):
    screen_live.draw(screen, months_ahead, NAMES[number - 1])
    foot(number)
