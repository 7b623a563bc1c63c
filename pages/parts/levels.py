"""At which level are places looked at: regions, provinces or branches? A row opens the level below it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from coverage.base.texts import Texts
from pages.parts import inputs, session, widgets
from pages.parts.caches import Choices


def levels_offered(options: Choices) -> list[str]:
    """Return the levels at which there is more than one place to compare, the widest first; branches always."""
    state = st.session_state
    levels = []
    if not state["region"] and len(options.regions) > 2:
        levels.append("region")
    if not state["province"] and len(options.provinces(state["region"])) > 2:
        levels.append("province")
    return [*levels, "branch"]


TABLE = "table"
"""Beside the levels Branches offers its branches as a table."""


def switch(options: Choices, words: Texts, *, key: inputs.Key, tabled: bool = False, opening: str = "") -> str:
    """Let the viewer choose a level (or the table, where it is offered), kept in the state under `key`; a nation of
    several regions opens with those."""
    levels = [*levels_offered(options), *([TABLE] if tabled else [])]
    opening = opening or ("region" if "region" in levels else "branch")
    if st.session_state.get(key) not in {None, *levels}:
        st.session_state.pop(key)  # a level that is not there below this place
    if len(levels) < 2:
        return levels[0]
    return widgets.choice(
        key,
        words("branches.level"),
        levels,
        opening,
        lambda name: words(f"branches.level_{name}"),
        control=f"{key}_{session.inside()}",
        hidden=True,
    )


def opener(level: str, open_branch: Callable[[str], None], *, key: inputs.Key) -> Callable[[str], None]:
    """Return what a click on a row of this level does: a branch opens its page, others the level below them."""

    def go_down(name: str) -> None:
        state = st.session_state
        state[level] = name
        state["branch"] = session.ALL
        state[key] = "branch"

    return open_branch if level == "branch" else go_down
