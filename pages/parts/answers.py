"""Which answers did the visitor give about columns that the files do not explain, and where are they kept?

An answer counts for every file of the session that has a column of that header. It is kept as `map.toml`: as a
download, or beside the data where they are a watched folder.
"""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from coverage.base.texts import Texts
from coverage.intake import mapping
from pages.parts import own_files, session

FILE = "map.toml"


def given() -> dict[str, str]:
    """Return what was answered: header -> what a column of it holds, in a map's words."""
    return dict(st.session_state.get("answers", {}))


def places_answered() -> dict[str, str]:
    """Return which branches the visitor said that places of targets are."""
    return dict(st.session_state.get("target_places", {}))


def join_places(written: str, branch: str) -> None:
    """Take the targets of a place for those of a branch from now on, and keep that beside the data of a watched
    folder."""
    own_files.join_place(written, branch)
    keep()


def take_answers(more: Mapping[str, str]) -> None:
    """Take answers, and read everything anew with them."""
    state = st.session_state
    state["answers"] = given() | dict(more)
    own_files.read_anew()


def of_titles() -> dict[str, dict[str, str]]:
    """Return what was said of titles, by the label of their sheet: its `place`, its `month`."""
    return {label: dict(answers) for label, answers in st.session_state.get("titles", {}).items()}


def take_title(label: str, key: str, value: str) -> None:
    """Take a title for the place or month of its sheet (no value: take that back), and read everything anew."""
    known = of_titles()
    mine = {name: words for name, words in known.get(label, {}).items() if name != key} | (
        {key: value} if value else {}
    )
    st.session_state["titles"] = {name: words for name, words in (known | {label: mine}).items() if words}
    own_files.read_anew()


def take_back() -> None:
    """Take all answers back."""
    for key in ("answers", "titles"):
        st.session_state.pop(key, None)
    own_files.read_anew()


def offer(words: Texts) -> None:
    """Offer the answers as a file, and a way to take them back."""
    st.download_button(
        words("sheet.remember"),
        data=mapping.dumps_for(given(), _headers(), places=places_answered(), titles=of_titles()).encode(),
        file_name=FILE,
        mime="application/toml",
        icon=":material/download:",
        on_click="ignore",
        key="download_map",
        help=words("sheet.remember_help"),
    )
    st.button(words("sheet.forget"), type="tertiary", key="forget_answers", on_click=take_back)


def _headers() -> dict[str, list[str]]:
    """Return the headers of each file that is open."""
    headers: dict[str, list[str]] = {}
    for sheet in session.handed().sheets:
        headers.setdefault(sheet.label.partition("#")[0], []).extend(column.header for column in sheet.columns)
    return headers


def keep() -> None:
    """Write the answers beside the data of a watched folder; others are for the visitor to download."""
    folder = session.watched()
    if (
        not (given() or places_answered() or of_titles())
        or folder is None
        or st.session_state.get("dataset") != session.FOLDER
    ):
        return
    mapping.add(
        folder if folder.is_dir() else folder.parent,
        given(),
        places=places_answered(),
        headers=_headers(),
        titles=of_titles(),
    )
    for key in ("answers", "titles", "target_places"):
        st.session_state.pop(key, None)
