"""How does what is chosen in a picker stay what everything else believes, also while the picker is closed?

What stands in a closed popover is not in the page: the browser does not hear that its value was set by something else
(dropped files, a breadcrumb, a month that came), and says the old one again with the next run. So the choice stands in
the state under a name of its own, and its input is another one whenever something else has changed the choice, or the
language, by whose labels the browser knows a choice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from pages.parts.inputs import Key


def select(
    name: Key,
    label: str,
    options: Sequence[str],
    write: Callable[[str], str],
    *,
    then: Callable[[], None] | None = None,
) -> None:
    """Draw a list to choose one of, kept in the state under `name`; `then` is called after the viewer chose."""
    control = _control(name)
    with st.container(key=name):
        st.selectbox(
            label,
            options,
            index=list(options).index(st.session_state[name]),
            key=control,
            format_func=write,
            on_change=_take,
            args=(name, control, then),
        )


def several(
    name: Key, label: str, options: Sequence[str], write: Callable[[str], str], *, meaning: str | None = None
) -> None:
    """Draw words to choose any of, kept in the state as a list under `name`."""
    control = _control(name)
    with st.container(key=name):
        st.pills(
            label,
            options,
            selection_mode="multi",
            default=[choice for choice in options if choice in (st.session_state.get(name) or ())],
            key=control,
            format_func=write,
            help=meaning,
            on_change=_take,
            args=(name, control),
        )


def one_of(name: Key, label: str, options: Sequence[str], write: Callable[[str], str]) -> None:
    """Draw a few words to choose one of, kept in the state under `name`."""
    control = _control(name)
    with st.container(key=name):
        st.segmented_control(
            label,
            options,
            default=st.session_state[name],
            required=True,
            key=control,
            format_func=write,
            on_change=_take,
            args=(name, control),
        )


def _control(name: str) -> str:
    """Return the key of the input that stands for a choice: a new one where the choice is not what it showed."""
    state = st.session_state
    shown = state.setdefault("picked", {})
    language, number, value = shown.get(name, (None, 0, None))
    now = state.get(name)
    if (language, value) != (state["language"], now):
        shown[name] = (state["language"], number + 1, now)
    return f"{name}_{shown[name][1]}"


def _take(name: str, control: str, then: Callable[[], None] | None = None) -> None:
    """Let a choice be what the viewer chose in its input, which goes on standing for it."""
    state = st.session_state
    value: Any = state[control]
    state[name] = value
    language, number, _ = state["picked"][name]
    state["picked"][name] = (language, number, value)
    if then is not None:
        then()
