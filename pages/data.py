"""Which data are in use, what was understood of them, and what is wrong with them?"""

from __future__ import annotations

import streamlit as st

from coverage.base import settings
from coverage.base.errors import CakupanError
from coverage.base.tables import SEVERITIES
from coverage.intake import checks, finding, template
from coverage.records import target_books
from coverage.reports import export
from coverage.wording import account, reference, sentences
from coverage.wording.problems import problems_with_messages
from pages.parts import backtest, exports, goals, reading, session, tables, widgets

PER_PAGE = 25  # problems
SHOWN_REFUSED = 8  # files that could not be read
# Pixels: what goes side by side on a wide screen, beside the longest file name of the sample.
FILE_WIDTHS = {"read": 68, "kept": 68, "set_aside": 86, "blank": 64, "totals": 96}
FILE_WIDTHS |= {"separator": 82, "thousands": 118, "header_line": 88}

screen = session.start(need_view=False)
words, handed = screen.texts, screen.handed
state = st.session_state


def take() -> None:
    """Take what was dropped, or keep the refusal, as data: the language may still change."""
    dropped = state[uploader_key()]
    state["edition_of_uploads"] = state.get("edition_of_uploads", 0) + 1
    state.pop("upload_refused", None)
    state.pop("upload_kept", None)
    decks = [one for one in dropped if one.name.lower().endswith(".pptx")]
    try:
        data = goals.taken([one for one in dropped if one not in decks])
        refused = session.take(data) if data else []
        state["upload_refused"] = [(error.code, dict(error.data)) for error in refused]
    except CakupanError as error:
        state["upload_refused"] = [(error.code, dict(error.data))]
        state["upload_kept"] = True
    exports.reopened(decks)  # last: it looks for its data and targets, which may have come with it


def give_back() -> None:
    state.pop("upload_refused", None)
    session.give_back()


def uploader_key() -> str:
    """Name the uploader anew after each drop: an emptied one keeps no bytes."""
    return f"uploads_{state.get('edition_of_uploads', 0)}"


def own_files() -> None:
    """Let the visitor hand in files and give them back, and say what happens to them."""
    exports.told(screen)
    st.file_uploader(
        words("data.upload"),
        type=[*(ending.removeprefix(".") for ending in finding.TABLES), "pptx", "toml"],
        accept_multiple_files=True,
        key=uploader_key(),
        on_change=take,
    )
    limit = reference.value(settings.load().fact("upload_limit_bytes"), words)
    widgets.note(words("data.upload_help", limit=limit) + " " + words("exports.drop"))
    refused = [words.error(CakupanError(code, **data)) for code, data in state.get("upload_refused", [])]
    if refused and state.get("upload_kept"):
        st.error(f"{session.escape(refused[0])}\n\n{words('data.still')}", icon=":material/error:")
    elif refused:
        shown = "\n\n".join(session.escape(text) for text in refused[:SHOWN_REFUSED])
        more = len(refused) - SHOWN_REFUSED
        shown += f"\n\n{words.count('error_others', more)}" if more > 0 else ""
        st.warning(f"{shown}\n\n{words('data.others_used')}", icon=":material/warning:")
    if state.get("uploads"):
        files = words.count("unit.files", len(state["uploads"]))
        st.markdown(session.escape(words("data.own", names=", ".join(state["uploads"]), files=files)))
        st.button(words("frame.back_to_sample"), icon=":material/undo:", key="give_back", on_click=give_back)
    widgets.note(words("data.private"))


def templates() -> None:
    st.markdown(f"**{words('data.template')}**")
    widgets.note(words("data.template_help"))
    with st.container(horizontal=True):
        name = words("data.template_file")
        download("CSV", lambda: template.csv(words), f"{name}.csv", "text/csv", "template_csv")
        download("XLSX", lambda: template.workbook(words), f"{name}.xlsx", XLSX, "template_xlsx")
    with st.expander(words("data.folder"), key="data_folder", on_change="rerun"):
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
    st.markdown(f"## {words('data.understood')}")
    with st.container(key="account"):
        st.markdown(f"**{session.escape(account.sentence(handed.files, words))}**")
    rows = account.by_file(handed.files, words)
    tables.table(
        rows,
        words,
        list(rows.columns),
        key="files_read",
        names={name: words(f"data.head.{name}") for name in rows.columns},
        widths=FILE_WIDTHS,
        alt=words("data.understood"),
    )
    files = handed.files["file"].to_list()
    st.markdown(f"**{words('data.headers')}**")
    file = widgets.chosen("headers_of", files, files[0])
    if len(files) > 1:
        key = f"headers_of_{handed.fingerprint}"
        state.setdefault(key, file)
        st.selectbox(
            words("data.head.file"), files, key=key, on_change=lambda: state.update(headers_of=state[key] or files[0])
        )
    tables.plain_table(account.headers(handed.files, file, words), alt=words("data.headers"))


def problems() -> None:
    """Show what is wrong, the worst first, and offer all of it."""
    st.markdown(f"## {words('data.problems')}")
    wrong = target_books.every_problem(handed, screen.aims, session.branches_known())
    tally = checks.tally(wrong)
    wanted = widgets.several("severities", SEVERITIES)
    if not tally:
        widgets.number("problem_page", 1, 1, 1)
        st.markdown(f"✔ {words('data.no_problems')}")
        return
    key = f"severities_{handed.fingerprint}"
    if key not in state:
        state[key] = [one for one in wanted if one in tally]
    chosen = st.pills(
        words("data.severities"),
        list(tally),
        selection_mode="multi",
        key=key,
        on_change=lambda: state.update(severities=state[key], problem_page=1),
        format_func=lambda one: f"{sentences.severity(one, words)} ({words.people(tally[one])})",
    )
    asked = sum(tally[one] for one in chosen or tally)
    pages = -(-asked // PER_PAGE)
    page = widgets.number("problem_page", 1, 1, pages)
    if pages > 1:
        turned = f"page_{handed.fingerprint}_{pages}_{'_'.join(chosen)}"
        page = state["problem_page"] = st.pagination(pages, default=page, key=turned)
    shown = checks.worst_first(wrong, chosen, skip=(page - 1) * PER_PAGE, limit=PER_PAGE)
    with st.container(key="problems"):
        tables.plain_table(account.problems(shown, words), alt=words("data.problems"))
    download(
        words("data.download_problems"),
        lambda: export.csv(problems_with_messages(wrong, words)).encode(),
        f"{words('data.problems_file')}.csv",
        "text/csv",
        "problems_csv",
    )


def cleaned() -> None:
    """Offer the canonical table: the same bytes as `python -m coverage clean` writes."""
    st.markdown(f"## {words('data.cleaned')}")
    widgets.note(words("data.cleaned_help", rows=words.count("unit.rows", handed.table.height)))
    download(
        words("data.download_cleaned"),
        lambda: export.csv(handed.table).encode(),
        f"{words('data.cleaned_file')}.csv",
        "text/csv",
        "cleaned_csv",
    )


st.title(words("data.heading"))
reading.panel(screen)
left, right = st.columns([0.6, 0.4], gap="large")
with left:
    own_files()
with right:
    templates()
goals.panel(screen)
understood()
problems()
cleaned()
if screen.view is not None:
    backtest.panel(screen)
