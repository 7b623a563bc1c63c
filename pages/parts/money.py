"""How is it shown who pays what and when, what the discount saves, and what happens when the money ends?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from coverage.answers import money
from coverage.base.texts import Texts
from coverage.charts.flows import draw_payments
from coverage.model.projection import Flows
from coverage.model.scenarios import Scenario
from coverage.wording import sentences
from coverage.wording.money import (
    describe_cliffs,
    describe_discount,
    describe_payers,
)
from pages.parts import inputs, session, tables, widgets

YEARLY = (
    "programme",
    "fund",
    "year",
    "first",
    "last",
    "workers",
    "counted",
    "person_months",
    "payer_rupiah",
    "members_rupiah",
)
CLIFFS = ("programme", "month", "leave", "workers", "before", "after", "renew_rupiah", "renew_by")
OWN = ("year", "first", "last", "person_months", "full_rupiah", "due_rupiah", "saving_rupiah")


def panel(screen: session.Screen, scenario: Scenario, run: Flows) -> None:
    """Draw the bills of a scenario's programmes, their cliffs and renewals, and what the self-paying owe."""
    words, view = screen.texts, screen.looked_at
    st.markdown(f"## {words('simulate.money')}")
    group = widgets.chosen(inputs.DISCOUNT_GROUP, list(money.GROUPS), money.USUAL)
    bills, own = money.monthly(view, scenario, run, group), money.own_premiums(view, run, group)
    if bills.is_empty():
        st.markdown(words("simulate.no_money"))
    else:
        _programmes(screen, scenario, run, bills)
    widgets.note(session.escape(describe_discount(view, bills, own, words, group)))
    if money.NON_WAGE in view.series["segment"]:
        options = list(money.GROUPS)
        label = words("money.window")
        widgets.choice(inputs.DISCOUNT_GROUP, label, options, money.USUAL, lambda name: words(f"money.window_{name}"))
    if own.is_empty():
        return
    more = widgets.unfold(words("money.own"), inputs.MONEY_OWN)
    if more.open:
        with more:
            _table(money.own_yearly(own), OWN, words, "money_own_rows")


def _programmes(screen: session.Screen, scenario: Scenario, run: Flows, bills: Any) -> None:
    """Draw who pays how much in which year, and what happens when the money ends."""
    words, view = screen.texts, screen.looked_at
    years, ends = money.yearly(bills), money.cliffs(view, scenario, run)
    st.markdown(session.escape(f"{sentences.describe_costs(years, words)} {describe_payers(bills, words)}"))
    for text in describe_cliffs(ends, words):
        st.markdown(f"- {session.escape(text)}")
    widgets.draw(
        draw_payments(bills, words, alt_text=words("simulate.money_alt"), dark=screen.dark),
        key=inputs.PAYMENTS,
        words=words,
        table=lambda: _tables(screen, years, ends),
    )


def _tables(screen: session.Screen, years: Any, ends: Any) -> None:
    words = screen.texts
    widgets.note(words("money.by_year"))
    _table(years, YEARLY, words, "money_rows")
    widgets.note(words("money.cliffs"))
    _table(ends, CLIFFS, words, "money_cliffs")


def _table(rows: Any, columns: Sequence[str], words: Texts, key: str) -> None:
    names = {name: words(f"money.head.{name}") for name in columns if f"money.head.{name}" in words}
    if columns == YEARLY:
        names = {}
    tables.show_table(rows, words, columns, key=key, names=names)
