"""How does a visitor hand in files and give them back, what is told of those that cannot be read, and where is an empty
file to fill in?"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from coverage.base import settings
from coverage.base.errors import CakupanError
from coverage.base.texts import Texts
from coverage.intake import finding, template
from coverage.wording import reference
from pages.parts import exports, goals, inputs, own_files, reading_progress, running_already, session, widgets

SHOWN_REFUSED = 8  # files that could not be read
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def panel(screen: session.Screen) -> None:
    """Let the visitor hand in files and give them back, and say what happens to them."""
    words, state = screen.texts, st.session_state
    exports.write_reopened(screen)
    st.file_uploader(
        words("data.upload"),
        type=[*(ending.removeprefix(".") for ending in finding.TABLES), "pptx", "toml"],
        accept_multiple_files=True,
        key=_uploader_key(),
        help=words("data.upload_more") + " " + words("exports.drop"),
        on_change=_take,
        args=(_uploader_key(),),
    )
    limit = reference.value(settings.load().fact("upload_limit_bytes"), words)
    widgets.note(words("data.upload_help", limit=limit))
    _refused(words)
    if state.get("uploads"):
        files = words.count("unit.files", len(state["uploads"]))
        st.markdown(session.escape(words("data.own", names=", ".join(state["uploads"]), files=files)))
        if text := running_already.describe(words):
            widgets.note(session.escape(text))
        st.button(words("frame.back_to_sample"), icon=":material/undo:", key="give_back", on_click=_give_back)
    widgets.note(words("data.private"))


def _take(uploader: str) -> None:
    """Take what was dropped, or keep the refusal, as data: the language may still change.

    A run that is asked for meanwhile ends this one where it draws (how far the reading has come), and calls this again
    for the same uploader: so that is made anew only once everything is taken.
    """
    state = st.session_state
    dropped = state.get(uploader)
    if not dropped:
        return
    state.pop("upload_refused", None)
    state.pop("upload_kept", None)
    decks = [file for file in dropped if file.name.lower().endswith(".pptx")]
    try:
        with reading_progress.while_reading(session.texts()):
            data = goals.taken([file for file in dropped if file not in decks])
            refused = own_files.take(data) if data else []
        state["upload_refused"] = [(error.code, dict(error.data)) for error in refused]
    except CakupanError as error:
        state["upload_refused"] = [(error.code, dict(error.data))]
        state["upload_kept"] = True
    state["edition_of_uploads"] = state.get("edition_of_uploads", 0) + 1
    exports.reopened(decks)  # last: it looks for its data and targets, which may have come with it


def _give_back() -> None:
    st.session_state.pop("upload_refused", None)
    own_files.give_back()


def _uploader_key() -> str:
    """Name the uploader anew after each drop: an emptied one keeps no bytes."""
    return f"uploads_{st.session_state.get('edition_of_uploads', 0)}"


def _refused(words: Texts) -> None:
    """Tell which files could not be read, and that the others are used."""
    state = st.session_state
    given = [CakupanError(code, **data) for code, data in state.get("upload_refused", [])]
    refused = [session.escape(words.error(error, on_screen=True)) for error in given]
    if refused and state.get("upload_kept"):
        st.error(f"{refused[0]}\n\n{words('data.still')}", icon=":material/error:")
    elif refused:
        more = len(refused) - SHOWN_REFUSED
        shown = [*refused[:SHOWN_REFUSED], *([words.count("error_others", more)] if more > 0 else [])]
        listed = "\n\n".join(shown)
        st.warning(f"{listed}\n\n{words('data.others_used')}", icon=":material/warning:")


def templates(words: Texts) -> None:
    """Offer an empty file to fill in, and say how a folder is watched."""
    st.markdown(f"**{words('data.template')}**")
    widgets.note(words("data.template_help"))
    with st.container(horizontal=True):
        name = words("data.template_file")
        download("CSV", lambda: template.csv(words), f"{name}.csv", "text/csv", "template_csv")
        download("XLSX", lambda: template.workbook(words), f"{name}.xlsx", XLSX, "template_xlsx")
    with widgets.unfold(words("data.folder"), inputs.DATA_FOLDER):
        st.markdown(words("data.folder_help"))
        # Not `st.code`: it brings the grammars of all languages, 1.5 MB, and takes 0.4 seconds of the browser.
        st.markdown("`python3 run.py -- FOLDER`")


def download(label: str, make: Callable[[], bytes], file: str, mime: str, key: str) -> None:
    """Offer a file that is only made when somebody asks for it."""
    st.download_button(
        label, data=make, file_name=file, mime=mime, icon=":material/download:", on_click="ignore", key=key
    )
