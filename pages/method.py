"""How is it computed, with which rates and sources, and what is not known?"""

from __future__ import annotations

import streamlit as st

import coverage
from coverage import declarations, reference, settings
from coverage.reference import Words
from pages.parts import session, widgets

screen = session.start(need_view=False)
words = screen.texts
given = settings.load()


def part(name: str, rows: Words | None = None) -> None:
    """Draw one list of a page: its heading, what there is to say about it, and its table."""
    st.markdown(f"##### {words(f'method.{name}.heading')}")
    st.markdown(words(f"method.{name}.text"))
    if rows is not None:
        widgets.plain_table(rows, alt=words(f"method.{name}.heading"))


def terms() -> None:
    part("terms", reference.terms(words))


def measures() -> None:
    part("measures", reference.measures(words))
    part("goals", reference.kinds(words))


def projection() -> None:
    part("rates", reference.rates(words))
    part("month", reference.steps(words))
    part("always")


def scenarios() -> None:
    part("levers", reference.levers(words))
    part("programmes", reference.programme(words))


def numbers() -> None:
    part("settings", reference.facts(given.facts, words))
    part("segments", reference.segments(given.segments, words))
    widgets.segment_key([one.name for one in given.segments], words)


def targets() -> None:
    chosen = screen.chosen
    part("targets")
    st.markdown(f"**{session.escape(declarations.words(chosen.title, words.language) or screen.target_set)}**")
    note = declarations.words(chosen.note, words.language)
    about = {
        words("method.head.source"): [chosen.source or "–"],
        words("method.head.trust"): [words(f"status.{chosen.status}") if chosen.status else "–"],
        words("method.head.shared_out"): [words(f"spread.{chosen.share_out}")],
        words("method.head.note"): [note or "–"],
    }
    widgets.plain_table(about, alt=words("method.targets.heading"))
    widgets.plain_table(reference.targets(chosen, words), alt=words("method.targets.heading"))


def dictionary() -> None:
    part("dictionary", reference.dictionary(words))


def unknown() -> None:
    part("unknowns")
    st.markdown("\n".join(f"- {one}" for one in reference.unknowns(words)))
    part("version")
    st.code(
        words("method.this", version=coverage.__version__, fingerprint=screen.handed.fingerprint),
        language=None,
        wrap_lines=True,
    )


PARTS = {
    "terms": terms,
    "measures": measures,
    "projection": projection,
    "scenarios": scenarios,
    "numbers": numbers,
    "targets": targets,
    "dictionary": dictionary,
    "unknown": unknown,
}

st.subheader(words("method.heading"))
widgets.note(words("method.about"))
for tab, draw in zip(st.tabs([words(f"method.tab.{name}") for name in PARTS], key="parts"), PARTS.values(), strict=True):
    with tab:
        draw()
