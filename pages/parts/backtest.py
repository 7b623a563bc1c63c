"""How good is the projection? Held against the past when somebody asks, for it takes a second."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from coverage.answers import backtest
from coverage.base.texts import Texts
from coverage.charts.backtest import draw_backtest
from coverage.wording.backtest import describe_backtest
from pages.parts import computed, inputs, session, tables, widgets

BY = ("segment", "branch")


def panel(screen: session.Screen) -> None:
    """Draw the backtest of the screen's scope behind a switch."""
    words = screen.texts
    with st.container(key="backtest"):
        st.markdown(f"## {words('backtest.heading')}")
        more = widgets.unfold(words("backtest.open"), inputs.BACKTEST)
        if more.open:
            with more:
                _drawn(screen)


def _drawn(screen: session.Screen) -> None:
    words = screen.texts
    everything = computed.backtested(screen, ((), BY))
    results = everything[()]
    rows = backtest.against_naive(results, ("scope",))
    text = describe_backtest(rows, words)
    st.markdown(session.escape(text))
    if rows.is_empty():
        return
    summary = backtest.summary(results, ("scope",))
    widgets.draw(
        draw_backtest(summary, words, alt_text=words("backtest.alt", said=text), dark=screen.dark),
        key=inputs.BACKTEST_ERRORS,
        words=words,
        table=lambda: _table(
            summary, ("horizon", "method", "mape", "bias", "origins", "inside"), words, "backtest_rows"
        ),
    )
    table = backtest.verdict(results, ("scope",))
    _table(table, ("horizon", *backtest.VERDICT), words, "backtest_verdict")
    st.markdown(f"**{words('backtest.by_part')}**")
    parts = backtest.against_naive(everything[BY], BY)
    _table(
        parts,
        (*BY, "horizon", "mape", "inside", "score", "origins", "naive", "naive_mape", "naive_origins"),
        words,
        "backtest_parts",
    )


def _table(rows: Any, columns: Sequence[str], words: Texts, key: str) -> None:
    names = {
        column: words(
            f"backtest.method.{column.removeprefix('error_')}"
            if column.startswith("error_")
            else f"backtest.head.{column}"
        )
        for column in columns
        if column not in BY
    }
    tables.show_table(rows, words, columns, key=key, names=names)
