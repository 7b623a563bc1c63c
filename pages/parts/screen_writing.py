"""How is a screen of the presentation written: a figure, a label, lines, a picture, in letters for the last row?"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import streamlit as st

from coverage.base.texts import Texts, shortened
from coverage.charts import drawing
from coverage.charts.drawing import Chart
from coverage.charts.present import enlarge
from coverage.reports.screens import Message
from pages.parts import session

LETTERS = 2.34  # twelve pixels become twenty-eight
SHOWN = 5
NARROW, WIDE = 23, 33  # letters on a line of the left and right part of the smallest window


def show_large(chart: Chart, key: str, *, inside: bool = True) -> None:
    """Draw a chart that fills its place, in letters for the last row; words `inside` it may be left out."""
    large = enlarge(chart, LETTERS, words=inside)
    with st.container(key=f"chart_{key}", height="stretch"):
        st.vega_lite_chart(
            large.spec | {"datasets": {drawing.ROWS: large.data}}, theme=None, alt=large.alt, key=key, height="stretch"
        )


def plain_sentence(text: str) -> str:
    """Show a sentence as it is; no line begins with a sign that belongs to the figure before it."""
    return session.escape(text).replace(" ×", "\u00a0×")


def say(message: Message, words: Texts, *, lines: int = SHOWN) -> None:
    """Write the figure, what it is, and the lines beside it."""
    figure(message)
    label(message)
    write_some_lines(message.lines, words, lines)


def figure(message: Message) -> None:
    """Write the one large figure."""
    with st.container(key="stage_figure"):
        st.markdown(plain_sentence(message.figure))


def label(message: Message) -> None:
    """Write what the figure is."""
    with st.container(key="stage_label"):
        st.markdown(plain_sentence(message.label))


def write_some_lines(text: Sequence[str], words: Texts, lines: int) -> None:
    """Write at most so many lines; the last one says how many more there are."""
    shown = [*text[: lines - 1], words("present.more", count=len(text) - lines + 1)] if len(text) > lines else text
    st.markdown("\n\n".join(plain_sentence(sentence) for sentence in shown))


def fitting(lines: Sequence[str], words: Texts, letters: int, most: int) -> None:
    """Write as many texts as so many lines of so many letters hold; a text longer than all of them is cut."""
    lines = [shortened(sentence, letters * (most - 1)) for sentence in lines]
    taken = list(itertools.accumulate(-(-len(sentence) // letters) for sentence in lines))
    if not taken or taken[-1] <= most:
        write_some_lines(lines, words, len(lines))
    else:  # the last line says how many more there are, be it a single one
        kept = sum(sentence < most for sentence in taken)
        more = words("present.more", count=len(lines) - kept)
        write_some_lines([*lines[:kept], more], words, kept + 1)


def write_paragraph(text: Sequence[str], words: Texts) -> None:
    """Write short sentences in one paragraph below a picture, if there are any."""
    if text:
        write_some_lines([" ".join(text)], words, 1)


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


def over(message: Message, chart: Chart, key: str, words: Texts) -> None:
    """Write a screen's title and figure over a picture that needs the whole width."""
    st.title(plain_sentence(message.title), anchor=False)
    with st.container(key="stage_body"):
        top(message, words, message.lines[:1] if key == "stage_branches" else ())
        show_large(chart, key)


def top(message: Message, words: Texts, lines: Sequence[str] = ()) -> None:
    """Write the figure, and beside it what it is."""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="stage_top"):
        figure(message)
        with st.container():
            label(message)
            if lines:
                write_some_lines(lines, words, len(lines))
