"""How fast does the visitor assume that the workforce of what is looked at grows? That is no act: it moves the baseline
too, on every page, and its own reset leaves the acts alone."""

from __future__ import annotations

import streamlit as st

from coverage.base import settings
from coverage.base.settings import Settings
from coverage.base.texts import Texts
from coverage.wording import assumptions
from pages.parts import inputs, links

CONTROL = "growth_control"


def settings_in_use(words: Texts) -> Settings:
    """Return the settings with what is assumed; a link that asks for what cannot be is told, and changes nothing."""
    state = st.session_state
    growth = str(state.get(inputs.GROWTH) or "")
    chosen = assumptions.settings_with(growth, words)
    if chosen is None:
        links.tell(links.refusal_of_link("growth", growth, [assumptions.ALLOWED]))
        state[inputs.GROWTH] = ""
    return chosen or settings.load()


def panel(words: Texts) -> None:
    """Let the growth be set, in per cent a year, and set back."""
    usual, now = settings.load()[assumptions.GROWTH], settings_in_use(words)[assumptions.GROWTH]
    st.session_state[CONTROL] = round(100 * now, 6)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.number_input(
            words("assumed.growth"),
            min_value=100 * assumptions.LEAST,
            max_value=100 * assumptions.MOST,
            step=0.5,
            format="%g",
            key=CONTROL,
            on_change=_take,
            help=words("assumed.growth_help", usual=words.change(usual, 1)),
            width=320,
        )
        st.button(words("assumed.back"), key="growth_back", on_click=_set_back, disabled=now == usual)


def _take() -> None:
    share, usual = st.session_state[CONTROL] / 100, settings.load()[assumptions.GROWTH]
    st.session_state[inputs.GROWTH] = "" if abs(share - usual) < 1e-9 else f"{share:.6g}"


def _set_back() -> None:
    st.session_state[inputs.GROWTH] = ""
