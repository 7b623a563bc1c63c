"""How does a meeting outlive a reload of its page, and open again from the page's link?

Each change of the notes is kept under a word of its own, which stands in the link. It is never changed: whoever opens
a link finds what was there when it was made, and two people who opened one do not write over each other. The words
last as long as the server runs; the files of a meeting last longer.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from typing import Any

import streamlit as st

from coverage.base.errors import NothingToShow
from pages.parts import links

MOST = 1000  # so many states of notes, the oldest go first


@st.cache_resource(show_spinner=False)
def _kept() -> OrderedDict[str, dict[str, Any]]:
    return OrderedDict()


def keep_meeting(document: dict[str, Any]) -> None:
    """Make this the meeting of the session, and keep it for its link; an empty one needs none."""
    state = st.session_state
    state["meeting"] = document
    state["meeting_kept"] = ""
    if document:
        state["meeting_kept"] = secrets.token_urlsafe(9)
        _kept()[state["meeting_kept"]] = {"meeting": document, "start": state.get("meeting_start")}
        while len(_kept()) > MOST:
            _kept().popitem(last=False)


def take_up() -> None:
    """Take up the meeting that the link names, once; tell it where it is kept no more."""
    state = st.session_state
    named = state.get("meeting_kept")
    if not named or "meeting" in state:
        return
    kept_meeting = _kept().get(named)
    if kept_meeting is None:
        links.tell(NothingToShow("meeting_gone"))
        state["meeting_kept"] = ""
        return
    state["meeting"] = kept_meeting["meeting"]
    if kept_meeting["start"] is not None:
        state["meeting_start"] = kept_meeting["start"]
