"""What was understood of each file, what is wrong with it, and what can be used of all of them?"""

from __future__ import annotations

import streamlit as st

from coverage.base.tables import SEVERITIES
from coverage.intake import checks
from coverage.records import target_books
from coverage.reports import export
from coverage.wording import account, sentences
from coverage.wording.problems import problems_with_messages
from pages.parts import inputs, session, tables, uploads, widgets

PER_PAGE = 25  # problems
# Pixels: what goes side by side on a wide screen, beside the longest file name of the sample.
FILE_WIDTHS = {"read": 68, "kept": 68, "set_aside": 86, "blank": 64, "totals": 96}
FILE_WIDTHS |= {"separator": 82, "thousands": 118, "header_line": 88}


def files(screen: session.Screen) -> None:
    """Show where the lines went, how each file is written, and what its headers were taken for."""
    words, handed, state = screen.texts, screen.handed, st.session_state
    st.markdown(f"## {words('data.understood')}")
    with st.container(key="account"):
        st.markdown(f"**{session.escape(account.sentence(handed.files, words))}**")
        if not handed.figures.is_empty():  # of tables that were laid out: a bad cell among others does not vanish
            st.markdown(session.escape(account.describe_figures(handed.figures, words)))
    rows = account.by_file(handed.files, words)
    tables.show_table(
        rows,
        words,
        list(rows.columns),
        key="files_read",
        names={name: words(f"data.head.{name}") for name in rows.columns},
        widths=FILE_WIDTHS,
        alt=words("data.understood"),
    )
    names = handed.files["file"].to_list()
    st.markdown(f"**{words('data.headers')}**")
    file = widgets.chosen(inputs.HEADERS_OF, names, names[0])
    if len(names) > 1:
        key = f"headers_of_{handed.fingerprint}"
        state.setdefault(key, file)
        st.selectbox(
            words("data.head.file"), names, key=key, on_change=lambda: state.update(headers_of=state[key] or names[0])
        )
    tables.show_plain_table(account.header_rows(handed.files, file, words), alt=words("data.headers"))


def show_problems(screen: session.Screen) -> None:
    """Show what is wrong, the worst first, and offer all of it."""
    words, handed, state = screen.texts, screen.handed, st.session_state
    st.markdown(f"## {words('data.problems')}")
    wrong = target_books.every_problem(handed, screen.aims, session.branches_known())
    tally = checks.tally(wrong)
    wanted = widgets.several_chosen(inputs.SEVERITIES, SEVERITIES)
    if not tally:
        widgets.number_chosen(inputs.PROBLEM_PAGE, 1, 1, 1)
        st.markdown(f"✔ {words('data.no_problems')}")
        return
    key = f"severities_{handed.fingerprint}"
    if key not in state:
        state[key] = [severity for severity in wanted if severity in tally]
    chosen = st.pills(
        words("data.severities"),
        list(tally),
        selection_mode="multi",
        key=key,
        on_change=lambda: state.update(severities=state[key], problem_page=1),
        format_func=lambda severity: (
            f"{sentences.describe_severity(severity, words)} ({words.people(tally[severity])})"
        ),
    )
    count = sum(tally[severity] for severity in chosen or tally)
    pages = -(-count // PER_PAGE)
    page = widgets.number_chosen(inputs.PROBLEM_PAGE, 1, 1, pages) or 1
    if pages > 1:
        turned = f"page_{handed.fingerprint}_{pages}_{'_'.join(chosen)}"
        page = state["problem_page"] = st.pagination(pages, default=page, key=turned)
    shown = checks.worst_first(wrong, chosen, skip=(page - 1) * PER_PAGE, limit=PER_PAGE)
    with st.container(key="problems"):
        tables.show_plain_table(account.problem_rows(shown, words), alt=words("data.problems"))
    uploads.download(
        words("data.download_problems"),
        lambda: export.csv(problems_with_messages(wrong, words)).encode(),
        f"{words('data.problems_file')}.csv",
        "text/csv",
        "problems_csv",
    )


def cleaned(screen: session.Screen) -> None:
    """Offer the canonical table: the same bytes as `python -m coverage clean` writes."""
    words, handed = screen.texts, screen.handed
    st.markdown(f"## {words('data.cleaned')}")
    widgets.note(words("data.cleaned_help", rows=words.count("unit.rows", handed.table.height)))
    uploads.download(
        words("data.download_cleaned"),
        lambda: export.csv(handed.table).encode(),
        f"{words('data.cleaned_file')}.csv",
        "text/csv",
        "cleaned_csv",
    )
