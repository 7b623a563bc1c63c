"""Which data are in use, what was understood of them, and what is wrong with them?"""

from __future__ import annotations

import streamlit as st

from coverage import account, checks, export, sentences, template
from coverage.errors import CakupanError
from pages.parts import session, widgets

SHOWN = 500  # problems; all of them stand in the download

screen = session.start(need_view=False)
words, handed = screen.texts, screen.handed
state = st.session_state


def take() -> None:
    """Take what was dropped, or keep the refusal, as data: the language may still change."""
    dropped = state[uploader_key()]
    state["edition_of_uploads"] = state.get("edition_of_uploads", 0) + 1
    state.pop("upload_refused", None)
    try:
        session.take(dropped)
    except CakupanError as error:
        state["upload_refused"] = [error.code, dict(error.data)]


def give_back() -> None:
    state.pop("upload_refused", None)
    session.give_back()


def uploader_key() -> str:
    """Name the uploader anew after each drop: an emptied one keeps no bytes."""
    return f"uploads_{state.get('edition_of_uploads', 0)}"


def own_files() -> None:
    """Let the visitor hand in files and give them back, and say what happens to them."""
    st.file_uploader(
        words("data.upload"),
        type=["csv", "xlsx"],
        accept_multiple_files=True,
        key=uploader_key(),
        on_change=take,
    )
    widgets.note(words("data.upload_help"))
    if state.get("upload_refused"):
        code, data = state["upload_refused"]
        refused = words.error(CakupanError(code, **data))
        st.error(f"{session.escape(refused)} {words('data.still')}", icon=":material/error:")
    if state.get("uploads"):
        names = ", ".join(state["uploads"])
        st.markdown(session.escape(words("data.own", names=names, files=words.count("unit.files", len(state["uploads"])))))
        st.button(words("data.give_back"), icon=":material/undo:", key="give_back", on_click=give_back)
    widgets.note(words("data.private"))


def templates() -> None:
    st.markdown(f"**{words('data.template')}**")
    widgets.note(words("data.template_help"))
    with st.container(horizontal=True):
        name = words("data.template_file")
        download("CSV", lambda: template.csv(words), f"{name}.csv", "text/csv", "template_csv")
        download("XLSX", lambda: template.workbook(words), f"{name}.xlsx", XLSX, "template_xlsx")
    with st.expander(words("data.folder")):
        st.markdown(words("data.folder_help"))
        st.code("python3 run.py -- FOLDER", language=None)


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def download(label: str, make, file: str, mime: str, key: str) -> None:
    """Offer a file that is only made when somebody asks for it."""
    st.download_button(
        label, data=make, file_name=file, mime=mime, icon=":material/download:", on_click="ignore", key=key
    )


def understood() -> None:
    """Show where the lines went, how each file is written, and what its headers were taken for."""
    st.markdown(f"##### {words('data.understood')}")
    with st.container(key="account"):
        st.markdown(f"**{session.escape(account.sentence(handed.files, words))}**")
    st.dataframe(account.by_file(handed.files, words), hide_index=True, width="stretch", key="files_read")
    files = handed.files["file"].to_list()
    st.markdown(f"**{words('data.headers')}**")
    file = files[0]
    if len(files) > 1:
        file = st.selectbox(words("data.head.file"), files, key="headers_of") or file
    widgets.plain_table(account.headers(handed.files, file, words), alt=words("data.headers"))


def problems() -> None:
    """Show what is wrong, the worst first, and offer all of it."""
    st.markdown(f"##### {words('data.problems')}")
    tally = checks.tally(handed.problems)
    if not tally:
        st.markdown(f"✔ {words('data.no_problems')}")
        return
    chosen = st.pills(
        words("data.severities"),
        list(tally),
        selection_mode="multi",
        key="severities",
        format_func=lambda one: f"{severity(one)} ({words.people(tally[one])})",
    )
    asked = sum(tally[one] for one in chosen or tally)
    shown = checks.in_words(checks.worst_first(handed.problems, chosen, limit=SHOWN), words)
    st.dataframe(
        {
            words("data.head.severity"): [severity(str(one)) for one in shown["severity"]],
            words("data.head.file"): shown["file"].to_list(),
            words("data.head.line"): ["" if one is None else str(one) for one in shown["line"]],
            words("data.head.column"): [one or "" for one in shown["column"]],
            words("data.head.value"): [one or "" for one in shown["value"]],
            words("data.head.message"): shown["message"].to_list(),
            words("data.head.remedy"): shown["remedy"].to_list(),
        },
        hide_index=True,
        width="stretch",
        row_height=64,
        key="problems",
        alt=words("data.problems"),
    )
    if asked > SHOWN:
        widgets.note(words("data.capped", shown=words.people(SHOWN), all=words.people(asked)))
    download(
        words("data.download_problems"),
        lambda: export.csv(checks.in_words(handed.problems, words)).encode(),
        f"{words('data.problems_file')}.csv",
        "text/csv",
        "problems_csv",
    )


def severity(name: str) -> str:
    return f"{sentences.SEVERITY_ICONS[name]} {words(f'severity.{name}')}"


def cleaned() -> None:
    """Offer the canonical table: the same bytes as `python -m coverage clean` writes."""
    st.markdown(f"##### {words('data.cleaned')}")
    widgets.note(words("data.cleaned_help", rows=words.count("unit.rows", handed.table.height)))
    download(
        words("data.download_cleaned"),
        lambda: export.csv(handed.table).encode(),
        f"{words('data.cleaned_file')}.csv",
        "text/csv",
        "cleaned_csv",
    )


st.subheader(words("data.heading"))
left, right = st.columns([0.6, 0.4], gap="large")
with left:
    own_files()
with right:
    templates()
understood()
problems()
cleaned()
