"""How is a screen of the presentation written where the browser draws none: a figure, a label, lines, a chart?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from coverage.base.texts import Texts
from coverage.charts import drawing
from coverage.charts.drawing import Chart
from coverage.charts.present import enlarge
from coverage.reports.screens import Message
from pages.parts import session

LETTERS = 2.34  # twelve pixels become twenty-eight


def show_large(chart: Chart, key: str) -> None:
    """Draw a chart that fills its place, in letters for the last row."""
    large = enlarge(chart, LETTERS)
    with st.container(key=f"chart_{key}", height="stretch"):
        st.vega_lite_chart(
            large.spec | {"datasets": {drawing.ROWS: large.data}}, theme=None, alt=large.alt, key=key, height="stretch"
        )


def plain_sentence(text: str) -> str:
    """Show a sentence as it is; no line begins with a sign that belongs to the figure before it."""
    return session.escape(text).replace(" ×", "\u00a0×")


def say(message: Message) -> None:
    """Write the figure, what it is, and the lines beside it."""
    figure(message)
    with st.container(key="stage_label"):
        st.markdown(plain_sentence(message.label))
    write_each(message.lines)


def figure(message: Message) -> None:
    """Write the one large figure."""
    with st.container(key="stage_figure"):
        st.markdown(plain_sentence(message.figure))


def write_each(text: Sequence[str]) -> None:
    """Write each sentence as a paragraph."""
    st.markdown("\n\n".join(plain_sentence(sentence) for sentence in text))


def write_paragraph(text: Sequence[str]) -> None:
    """Write short sentences in one paragraph below a picture, if there are any."""
    if text:
        write_each([" ".join(text)])


def heading_inside(key: str, words: Texts) -> None:
    """Write a heading inside a screen."""
    with st.container(key=f"stage_label_{key.partition('.')[0]}"):
        st.markdown(words(key))


def two(message: Message, *, part: float = 0.42, gap: Any = "medium") -> tuple[Any, Any]:
    """Write a screen's title; return its left part, for the words, and its right one, for the picture."""
    st.title(plain_sentence(message.title), anchor=False)
    body = st.container(key="stage_body")
    left, right = body.columns([part, 1 - part], gap=gap)
    return left, right
