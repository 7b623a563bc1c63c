"""How is it computed, with which rates and sources, and what is not known?"""

from __future__ import annotations

import streamlit as st

import coverage
from coverage.base import settings
from coverage.wording import reference
from coverage.wording.reference import Words
from pages.parts import assumed, inputs, session, tables, widgets

screen = session.start(need_view=False)
words = screen.texts
given = settings.load()


def _part(name: str, rows: Words | None = None) -> None:
    """Draw one list of a page: its heading, what there is to say about it, and its table."""
    st.markdown(f"## {words(f'method.{name}.heading')}")
    st.markdown(reference.describe_method(f"{name}.text", given, words))
    if rows is not None:
        tables.show_plain_table(rows, alt=words(f"method.{name}.heading"))


def _terms() -> None:
    _part("terms", reference.table_of_terms(given, words))


def _measures() -> None:
    _part("measures", reference.table_of_measures(given, words))
    _part("goals", reference.table_of_kinds(words))


def _projection() -> None:
    _part("rates", reference.table_of_rates(given, words))
    _part("month", reference.table_of_steps(words))
    _part("letters", reference.table_of_letters(words))
    _part("always")


def _scenarios() -> None:
    _part("levers", reference.table_of_levers(words))
    _part("programmes", reference.table_of_programme(words))


def _answers() -> None:
    _part("answers", reference.table_of_answers(given, words))


def _numbers() -> None:
    assumed.panel(words)
    _part("settings", reference.table_of_facts(given, words))
    _part("segments", reference.table_of_segments(given, words))
    widgets.segment_key([segment.name for segment in given.segments], words)


def _targets() -> None:
    chosen = screen.chosen
    _part("targets")
    st.markdown(f"**{session.escape(session.target_title(screen, words))}**")
    tables.show_plain_table(reference.target_set(chosen, words), alt=words("method.targets.heading"))
    tables.show_plain_table(reference.table_of_targets(chosen, words), alt=words("method.targets.heading"))


def _dictionary() -> None:
    _part("dictionary", reference.dictionary(words))


def _unknown() -> None:
    _part("unknowns")
    st.markdown("\n".join(f"- {unknown}" for unknown in reference.unknowns(given, words)))
    _part("version")
    st.code(
        words("method.this", version=coverage.__version__, fingerprint=screen.handed.fingerprint),
        language=None,
        wrap_lines=True,
    )


PARTS = {
    "terms": _terms,
    "measures": _measures,
    "projection": _projection,
    "scenarios": _scenarios,
    "answers": _answers,
    "numbers": _numbers,
    "targets": _targets,
    "dictionary": _dictionary,
    "unknown": _unknown,
}

with st.container(key="headline"):
    st.title(words("method.heading"))
widgets.note(words("method.about"))
labels = {words(f"method.tab.{name}"): name for name in PARTS}
# The tabs know their labels only, and those change with the language: the state keeps the name, which the link carries.
st.session_state["parts"] = words(f"method.tab.{widgets.chosen(inputs.METHOD_TAB, list(PARTS), next(iter(PARTS)))}")
tabs = st.tabs(
    list(labels),
    key="parts",
    on_change=lambda: st.session_state.update(method_tab=labels[st.session_state["parts"]]),
)
for tab, draw in zip(tabs, PARTS.values(), strict=True):
    with tab:
        draw()
