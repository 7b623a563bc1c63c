"""How is a scenario saved in the library, found there again, compared with its older versions, and made the plan?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import streamlit as st

from coverage.base import declarations
from coverage.base.errors import CakupanError
from coverage.base.texts import Texts
from coverage.model import scenarios
from coverage.model.scenarios import Scenario
from coverage.records import library, meeting
from coverage.records.library import Entry
from pages.parts import inputs, links, session, widgets
from pages.parts.meeting import folder

PER_PAGE = 8
LAST = 4  # so many names are offered
Put = Callable[[dict[str, Any]], None]


def panel(screen: session.Screen, scenario: Scenario, put: Put) -> None:
    """Draw the library: the plan of record, saving, and what is there; `put` opens a scenario."""
    words = screen.texts
    if message := st.session_state.pop("library_said", None):
        st.toast(session.escape(message), icon=":material/check:")
    _plan(words, put)
    saving = widgets.unfold(words("library.save"), inputs.LIBRARY_SAVE, icon=":material/save:")
    if saving.open:
        with saving:
            _save(scenario, words, put)
    _shelf(words, put)
    _deleted(words)
    widgets.note(words("library.where", folder=f"`{folder()}`"))


def _plan(words: Texts, put: Put) -> None:
    try:
        plan = library.plan_of_record(folder())
        entry = library.opened(folder(), plan.scenario, plan.version) if plan else None
    except CakupanError as error:
        _tell(error, words)
        return
    if plan is None or entry is None:
        st.markdown(words("library.no_plan"))
        return
    with st.container(horizontal=True, vertical_alignment="center", key="library_plan"):
        text = words("library.is_plan", name=_name(entry, words), version=plan.version)
        by = words("library.planned_by", by=plan.by or words("library.nobody"), day=words.day(plan.on.date()))
        st.markdown(f":material/flag: **{session.escape(text)}**  \n:small[{session.escape(by)}]")
        st.button(words("library.open"), key="open_plan", on_click=_open, args=(entry, put))


def _save(scenario: Scenario, words: Texts, put: Put) -> None:
    """Save as a new scenario, or as a new version of the one that was opened from the library."""
    opened = _opened(words)
    author = _author(words)
    with st.form("library_form", border=False):
        name = st.text_input(
            words("library.name"), value=declarations.words(scenario.name, words.language), max_chars=120
        )
        note = st.text_input(
            words("library.note"), value=declarations.words(scenario.note, words.language), max_chars=1000
        )
        tags = st.text_input(words("library.tags"), value=", ".join(opened.tags if opened else ()), max_chars=400)
        new = st.form_submit_button(words("library.save_new"), key="save_new")
        version = False
        if opened:
            label = words("library.save_version", name=_name(opened, words))
            version = st.form_submit_button(session.escape(label), key="save_version")
    if not (new or version):
        return
    named = scenario.model_copy(update={"name": name.strip(), "note": note.strip()})
    try:
        entry = library.save(
            folder(),
            named,
            author=author,
            tags=[tags],
            now=_now(),
            key=opened.key if opened and version else None,
            based_on=opened.version if opened and version else None,
        )
    except CakupanError as error:
        _tell(error, words)
        return
    _open(entry, put)  # from here on it has the name under which it was saved: in links, exports and the next version
    message = words("library.saved", name=_name(entry, words), version=entry.version)
    st.session_state["library_said"] = message
    st.rerun()  # the next save may be a version of this one


def _author(words: Texts) -> str:
    """Let the visitor say once who they are: for what they save and for the plan of record; who saved last can be
    taken by a click, and the browser offers what was typed on earlier visits."""
    state = st.session_state
    state.setdefault("library_by", state.get("library_author", ""))

    def keep() -> None:
        state["library_author"] = state["library_by"].strip()

    def take() -> None:
        state["library_by"] = state["library_last"] or ""
        keep()

    st.text_input(words("library.author"), key="library_by", max_chars=120, autocomplete="name", on_change=keep)
    last = library.authors(folder())[:LAST]
    if last and not state["library_by"]:
        st.pills(words("library.last_authors"), last, key="library_last", on_change=take)
    return str(state["library_by"])


def _shelf(words: Texts, put: Put) -> None:
    every, state = library.tags(folder()), st.session_state
    wanted = widgets.several_chosen(inputs.LIBRARY_WITH, every)
    if state.get("library_with") != wanted:
        state["library_with"] = wanted  # without what the link says and nobody uses
    with st.container(horizontal=True, vertical_alignment="bottom"):
        search = st.text_input(
            words("library.search"), key=inputs.LIBRARY_SEARCH, help=words("library.search_help"), live="300ms"
        )
        tags = (
            st.pills(words("library.with_tags"), every, selection_mode="multi", key=inputs.LIBRARY_WITH)
            if every
            else []
        )
    shelf = library.shelf(folder(), search=search or "", tags=tags or [])
    for error in shelf.refused:
        st.warning(session.escape(words("library.refused", said=words.error(error))), icon=":material/error:")
    if not shelf.entries:
        st.markdown(words("library.none_found" if search or tags else "library.none"))
        return
    count = -(-len(shelf.entries) // PER_PAGE)
    widgets.number_chosen(inputs.LIBRARY_PAGE, 1, 1, count)
    page = st.pagination(count, key=inputs.LIBRARY_PAGE) if count > 1 else 1
    for entry in shelf.entries[(page - 1) * PER_PAGE : page * PER_PAGE]:
        _entry(entry, words, put)


def _entry(entry: Entry, words: Texts, put: Put) -> None:
    """Draw one scenario: what it is, who saved it, and what can be done with it; its history behind a switch."""
    with st.container(border=True, key=f"library_{entry.key}"):
        st.markdown(f"**{session.escape(_name(entry, words))}**  \n:small[{session.escape(_by(entry, words))}]")
        note = declarations.words(entry.scenario.note, words.language)
        if note:
            widgets.note(session.escape(note))
        with st.container(horizontal=True):
            for what, act in (("open", _open), ("make_plan", _make_plan), ("delete", _delete)):
                more = (put,) if act is _open else ()
                st.button(
                    words(f"library.{what}"),
                    key=f"{what}_{entry.key}",
                    on_click=act,
                    args=(entry, *more),
                    type="tertiary",
                )
        past = st.expander(
            words("library.versions") + f" ({words.count('unit.versions', entry.version)})",
            key=f"versions_{entry.key}",
            on_change="rerun",
        )
        if past.open:
            with past:
                _history(entry, words, put)


def _history(entry: Entry, words: Texts, put: Put) -> None:
    versions = library.versions_with_changes(folder(), entry.key, words)
    for older, (step, changes) in zip([*(pair[0] for pair in versions[1:]), None], versions, strict=True):
        st.markdown(
            f"**{words('library.version', version=step.version)}** · {session.escape(_by(step, words, tags=False))}"
        )
        if older is not None and step.based_on not in (None, older.version):
            widgets.note(words("library.parallel", version=step.based_on))
        lines = changes or [words("library.unchanged" if older is not None else "library.first")]
        st.markdown("\n".join(f"- {session.escape(line)}" for line in lines))
        st.button(
            words("library.open"),
            key=f"open_{step.key}_{step.version}",
            on_click=_open,
            args=(step, put),
            type="tertiary",
        )


def _deleted(words: Texts) -> None:
    gone = library.shelf(folder(), deleted=True).entries
    if not gone:
        return
    label = words("library.deleted") + f" ({len(gone)})"
    with widgets.unfold(label, inputs.LIBRARY_DELETED):
        for entry in gone[: 3 * PER_PAGE]:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(session.escape(_name(entry, words)))
                st.button(words("library.restore"), key=f"restore_{entry.key}", on_click=_restore, args=(entry,))


def _open(entry: Entry, put: Put) -> None:
    _remember(entry)
    put(scenarios.simplified(entry.scenario))


def _make_plan(entry: Entry) -> None:
    _try(lambda: library.make_plan(folder(), entry, by=st.session_state.get("library_author", ""), now=_now()))


def _delete(entry: Entry) -> None:
    if str(st.session_state.get("library_tie") or "").startswith(f"{entry.key}@"):
        st.session_state["library_tie"] = None  # whoever deletes what is open need not be told that it is gone
    _try(lambda: library.delete(folder(), entry.key))


def _restore(entry: Entry) -> None:
    _try(lambda: library.restore(folder(), entry.key))


def _try(act: Callable[[], None]) -> None:
    try:
        act()
    except CakupanError as error:
        st.toast(session.escape(session.texts().error(error)), icon=":material/error:")


def _remember(entry: Entry) -> None:
    """Remember what is open, so that it can be saved as its next version, also by who opens the link."""
    st.session_state["library_tie"] = f"{entry.key}@{entry.version}"


def _opened(words: Texts) -> Entry | None:
    """Return what was opened from the library, here or by who made the link; tell what is not there."""
    tie = st.session_state.get("library_tie")
    if not tie:
        return None
    key, _, version = tie.rpartition("@")
    try:
        return library.opened(folder(), key, links.whole_number(version) or 0)
    except CakupanError as error:
        _tell(error, words)
        st.session_state["library_tie"] = None
        return None


def _name(entry: Entry, words: Texts) -> str:
    return declarations.words(entry.scenario.name, words.language) or entry.key


def _by(entry: Entry, words: Texts, *, tags: bool = True) -> str:
    when = meeting.moment(entry.saved.astimezone(), words) if entry.saved else words("library.undated")
    text = words("library.by_on", author=entry.scenario.author or words("library.nobody"), moment=when)
    return " · ".join([text, *(entry.tags if tags else ())])


def _tell(error: CakupanError, words: Texts) -> None:
    st.error(session.escape(words.error(error)), icon=":material/error:")


def _now() -> datetime:
    return datetime.now().astimezone().replace(microsecond=0)
