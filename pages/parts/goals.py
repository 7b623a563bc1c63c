"""How does a visitor give targets of their own: typed into a table, or as a targets file?"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from coverage.base import texts
from coverage.base.errors import DeclarationRefused
from coverage.base.texts import Texts
from coverage.intake import finding
from coverage.model import scenarios, targets
from coverage.model.targets import TargetBook, TargetSet
from coverage.model.view import View
from coverage.records import target_books, target_table
from coverage.wording import account
from pages.parts import answers, inputs, own_files, session, tables, widgets

OWN = "own"
"""The name of the set that was typed."""
FILE = "targets.toml"
FIGURES = ("active", "workers")
MOST_NAMES = 4
MOST_BYTES = 200_000
"""A table of targets is small; a larger one holds members, and is not read twice to find out."""


def taken(dropped: list[UploadedFile]) -> list[UploadedFile]:
    """Use the last targets file among the files that were dropped, TOML or a table that holds nothing else; return the
    others, which are data."""
    files = [file for file in dropped if _holds_targets(file)]
    if files:
        content = files[-1].getvalue()
        own_files.forget_files(files)
        _take(files[-1].name, content)
    return [file for file in dropped if file not in files]


def _holds_targets(file: UploadedFile) -> bool:
    kind = finding.companion_of(file.name)
    if file.name.lower().endswith(".toml"):
        return kind in (None, "targets") and own_files.name_of(file) != own_files.PROGRAMMES
    if kind is not None or file.size > MOST_BYTES or not finding.is_table(file.name):
        return kind == "targets"
    return target_books.only_targets(file.name, file.getvalue()) is not None


def _take(name: str, content: bytes) -> None:
    if not name.lower().endswith(".toml"):
        own_files.take_targets(name, targets.dumps(target_books.of_table(name, content)[0]))
        return
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DeclarationRefused("not_text", file=name) from error
    try:
        own_files.take_targets(name, text)
    except DeclarationRefused as error:
        if _is_scenario(text, name):
            raise DeclarationRefused("scenario_as_targets", file=name) from error
        raise


def _is_scenario(text: str, name: str) -> bool:
    try:
        scenarios.loads(text, name)
    except DeclarationRefused:
        return False
    return True


def way(words: Texts) -> None:
    """Lead to where targets are typed; for a page that has none to show."""
    if st.button(words("own_targets.fill"), icon=":material/flag:", key="to_targets"):
        st.session_state[inputs.OWN_TARGETS] = True
        session.go_to("data")


def panel(screen: session.Screen) -> None:
    """Say which targets are in use, let them be typed, and offer them as a file."""
    words = screen.texts
    st.markdown(f"## {words('own_targets.heading')}")
    own = own_files.own_targets()
    used = words("own_targets.in_use", title=session.target_title(screen, words), file=_files(screen) or FILE)
    text = used if screen.chosen.target else words("own_targets.none")
    st.markdown(session.escape(f"{text} {words('own_targets.private')}" if own else text))
    _offer_places(screen)
    with st.container(horizontal=True):
        if screen.chosen.target:
            st.download_button(
                words("own_targets.download"),
                data=lambda: targets.dumps(screen.book).encode(),
                file_name=FILE,
                mime="application/toml",
                icon=":material/download:",
                on_click="ignore",
                key="download_targets",
            )
        if own:
            st.button(
                words("own_targets.drop"), icon=":material/undo:", key="drop_targets", on_click=own_files.drop_targets
            )
    table = widgets.unfold(words("own_targets.open"), inputs.OWN_TARGETS, icon=":material/edit:")
    if table.open and screen.view is not None:
        with table:
            _typed(screen)


def _files(screen: session.Screen) -> str:
    """Return the names of the files that the targets in use stand in."""
    names = dict.fromkeys(target.origin.file for target in screen.chosen.target if target.origin.file)
    return ", ".join(list(names)[:MOST_NAMES]) + (", …" if len(names) > MOST_NAMES else "")


def _offer_places(screen: session.Screen) -> None:
    """Ask of places of targets that may be branches of the data whether they are; one click joins them."""
    if screen.view is None:
        return
    words = screen.texts
    for written, branch in screen.view.remarks.alike:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(session.escape(words("own_targets.alike", written=written, branch=branch)))
            st.button(
                words("own_targets.join", branch=branch),
                icon=":material/merge:",
                key=f"join_{written}",
                on_click=answers.join_places,
                args=(written, branch),
            )


@dataclass(kw_only=True)
class _Table:
    """The table that is being typed into: what it opened with stays, else each change would make it a new one."""

    key: str
    scope: tuple[object, ...]
    rows: Any  # as `target_table.prefilled` makes them
    view: View
    before: TargetSet
    chosen: str
    own: list[str] | None
    changes: dict[int, dict[str, str | None]] = field(default_factory=dict)


def _typed(screen: session.Screen) -> None:
    words, column = screen.texts, st.column_config
    widgets.note(words("own_targets.help"))
    table = _table(screen)
    names = {segment: words(f"segment.{segment}") for segment in table.rows["segment"].unique()}
    st.data_editor(
        table.rows.with_columns(segment=table.rows["segment"].replace_strict(names)),
        hide_index=True,
        width="stretch",
        disabled=["branch", "segment", "active"],
        key=table.key,
        column_order=["branch", "segment", "workers", "by", "active"],  # on a telephone, what is typed is seen
        on_change=_use,
        args=(screen, table),
        column_config={
            name: column.TextColumn(words(f"own_targets.{name}"), alignment="right" if name in FIGURES else "left")
            for name in table.rows.columns
        },
    )
    typed = _read(screen, table)
    if not typed.problems.is_empty():
        if typed.refused:
            st.error(words("own_targets.refused"), icon=":material/error:")
        tables.show_plain_table(account.problem_rows(typed.problems, words), alt=words("own_targets.problems"))


def _table(screen: session.Screen) -> _Table:
    """Return the table that is open, or a new one where other data, targets or words are looked at."""
    state, words = st.session_state, screen.texts
    scope = (screen.handed.fingerprint, repr(screen.scope), screen.looked_at.as_of, words.language)
    table = state.get("targets_typed")
    now = (scope, screen.target_set, own_files.own_targets())
    if table is None or (table.scope, table.chosen, table.own) != now:
        table = _Table(
            key=_new_key(),
            scope=scope,
            rows=target_table.prefilled(screen.looked_at, words),
            view=screen.looked_at,
            before=screen.chosen,
            chosen=screen.target_set,
            own=own_files.own_targets(),
        )
        state["targets_typed"] = table
    elif table.key not in state:  # it was folded, or another page was open: Streamlit has forgotten what was typed
        table.key, table.rows = _new_key(), target_table.changed(table.rows, table.changes)
        table.changes = {}
    return table


def _new_key() -> str:
    state = st.session_state
    state["targets_edition"] = state.get("targets_edition", 0) + 1
    return f"targets_typed_{state['targets_edition']}"


def _read(screen: session.Screen, table: _Table) -> target_table.Typed:
    return target_table.read(target_table.changed(table.rows, table.changes), screen.texts)


def _use(screen: session.Screen, table: _Table) -> None:
    """Use what was typed at once, unless something is wrong with it: that stands below the table then."""
    table.changes = st.session_state[table.key]["edited_rows"]
    words, typed = screen.texts, _read(screen, table)
    if typed.refused:
        return
    titles = {language: texts.load(language)("own_targets.title") for language in texts.languages()}
    source = words("own_targets.source", day=words.day(date.today()))
    own = target_table.with_typed(typed.targets, table.view, table.before, {"title": titles, "source": source})
    sets = {name: chosen for name, chosen in screen.book.sets.items() if chosen.target}
    book = TargetBook(default=OWN, sets=sets | {OWN: own})
    ours = screen.sample and own_files.targets_of_sample()
    own_files.take_targets(FILE, targets.dumps(book), of_sample=ours, whole=True)
    table.chosen, table.own = OWN, own_files.own_targets()
