"""How does a scenario that is neither shipped nor set on Simulate come to Compare: from a file, or from the library?

Those of the library are named by their version in the link, so that they are there for whoever has the same library;
those of a file stay in the session.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath
from typing import Any

import streamlit as st

from coverage.base import declarations
from coverage.base.errors import CakupanError
from coverage.base.texts import Texts
from coverage.model import scenarios
from coverage.model.scenarios import Scenario
from coverage.records import library
from coverage.records.library import Entry
from pages.parts import editor, links, session
from pages.parts.meeting import folder

FILE, SHELF = "file.", "library."


def scenarios_brought(wanted: list[str]) -> dict[str, Scenario]:
    """Return what was brought to this session by its key, and those of the library that a link wants."""
    kept = st.session_state.setdefault("brought", {})
    for key in wanted:
        if key.startswith(SHELF) and key not in kept:
            _take_up(key, kept)
    return {key: scenarios.validated(document, file="") for key, document in kept.items()}


def _take_up(key: str, kept: dict[str, dict[str, Any]]) -> None:
    """Take a version out of the library; one that is not there (any more) is told like any unknown scenario."""
    name, _, version = key.removeprefix(SHELF).rpartition(".")
    number = links.whole_number(version)
    if number is None:
        return
    try:
        kept[key] = scenarios.simplified(library.opened(folder(), name, number).scenario)
    except CakupanError:
        return


def describe_origin(key: str, choice: str, words: Texts) -> str:
    """Say where a scenario comes from behind its name."""
    if key.startswith(FILE):
        return words("compare.of_file", name=choice or key.removeprefix(FILE))
    return words("compare.of_library", name=choice or key, version=key.rpartition(".")[2])


def panel(words: Texts, add: Callable[[str], None]) -> None:
    """Draw a file's and the library's way in; `add` takes the key of what was brought into the comparison."""
    door = st.popover(words("compare.bring"), icon=":material/add:", key="bring_popover", on_change="rerun")
    if not door.open:
        return
    with door:
        handed = editor.take_file(words, key="bring_file", meaning=words("compare.bring_help"))
        if handed is not None:
            file, scenario = handed
            key = FILE + PurePath(file).stem.replace("|", "-")  # the sign that parts names in a link
            st.session_state["brought"][key] = scenarios.simplified(scenario)
            add(key)
            st.rerun()
        _shelf(words, add)


def _shelf(words: Texts, add: Callable[[str], None]) -> None:
    try:
        plan = library.plan_of_record(folder())
        planned = [library.opened(folder(), plan.scenario, plan.version)] if plan else []
    except CakupanError as error:
        st.error(session.escape(words.error(error)), icon=":material/error:")
        planned = []
    entries = {_key(entry): entry for entry in [*planned, *library.shelf(folder()).entries]}
    if not entries:
        st.markdown(words("library.none"))
        return

    def written(key: str) -> str:
        name = declarations.words(entries[key].scenario.name, words.language)
        is_plan = any(key == _key(entry) for entry in planned)
        version = entries[key].version
        return words("library.is_plan", name=name, version=version) if is_plan else describe_origin(key, name, words)

    def take() -> None:
        chosen = st.session_state["bring_library"]
        if chosen:
            st.session_state["brought"][chosen] = scenarios.simplified(entries[chosen].scenario)
            add(chosen)
        st.session_state["bring_library"] = None

    st.selectbox(
        words("compare.bring_library"),
        list(entries),
        index=None,
        key="bring_library",
        placeholder=words("simulate.choose"),
        format_func=written,
        on_change=take,
    )


def _key(entry: Entry) -> str:
    return f"{SHELF}{entry.key}.{entry.version}"
