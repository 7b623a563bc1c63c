"""How is it shown who pays what and when, what the discount saves, and what happens when the money ends?"""

from __future__ import annotations

import streamlit as st

from coverage import charts
from coverage.answers import money
from coverage.model.projection import Flows
from coverage.model.scenarios import Scenario
from coverage.wording import sentences
from coverage.wording.money import (
    cliffs_table,
    describe_cliffs,
    describe_discount,
    describe_payers,
    own_contributions_table,
    yearly_payments_table,
)
from pages.parts import session, widgets


def panel(screen: session.Screen, scenario: Scenario, run: Flows) -> None:
    """Draw the bills of a scenario's programmes, their cliffs and renewals, and what the self-paying owe."""
    words, view = screen.texts, screen.view
    st.markdown(f"## {words('simulate.money')}")
    bills, own = money.monthly(view, scenario, run), money.own(view, run)
    if bills.is_empty():
        st.markdown(words("simulate.no_money"))
    else:
        _programmes(screen, scenario, run, bills)
    widgets.note(session.escape(describe_discount(view, bills, own, words)))
    if own.is_empty():
        return
    more = st.expander(words("money.own"), key="money_own", on_change="rerun")
    if more.open:
        with more:
            widgets.figures(own_contributions_table(money.own_yearly(own), words), key="money_own_rows")


def _programmes(screen: session.Screen, scenario: Scenario, run: Flows, bills) -> None:
    """Draw who pays how much in which year, and what happens when the money ends."""
    words, view = screen.texts, screen.view
    years, ends = money.yearly(bills), money.cliffs(view, scenario, run)
    st.markdown(session.escape(f"{sentences.costs(years, words)} {describe_payers(bills, words)}"))
    for said in describe_cliffs(ends, words):
        st.markdown(f"- {session.escape(said)}")
    widgets.draw(
        charts.payments(years, words, alt_text=words("simulate.money_alt"), dark=screen.dark),
        key="payments",
        words=words,
        table=lambda: _tables(screen, years, ends),
    )


def _tables(screen: session.Screen, years, ends) -> None:
    words = screen.texts
    widgets.note(words("money.by_year"))
    widgets.figures(yearly_payments_table(years, words), key="money_rows", named=2)
    widgets.note(words("money.cliffs"))
    widgets.figures(cliffs_table(ends, words), key="money_cliffs")
