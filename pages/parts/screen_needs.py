"""Which screens of the presentation say what the target takes, what that costs, and what was decided?"""

from __future__ import annotations

import streamlit as st

from coverage.answers import money
from coverage.charts.flows import draw_payments
from coverage.charts.present import draw_demand
from coverage.model import runs
from coverage.reports import screens
from pages.parts import meeting, screen_standing, session, steps
from pages.parts.screen_writing import (
    NARROW,
    SHOWN,
    WIDE,
    fitting,
    heading_inside,
    over,
    plain_sentence,
    show_large,
    top,
    two,
    write_some_lines,
)


def takes(screen: session.Screen, months_ahead: int) -> None:
    """Show how many registrations a month the target takes, against now."""
    words, view = screen.texts, screen.looked_at
    needs = screens.needed(view)
    message = screens.message_of_demand(view, needs, words)
    if needs.is_empty():
        screen_standing.by_time(screen, months_ahead, message)
        return
    alt = words("present.takes_alt", said=" ".join([message.title, *message.lines]))
    over(message, draw_demand(needs, words, alt_text=alt, dark=screen.dark), "stage_takes", words)


def costs(screen: session.Screen, months_ahead: int) -> None:
    """Show what the programmes of the scenario cost."""
    words, view, scenario = screen.texts, screen.looked_at, steps.current_scenario()
    run = runs.flows(view, scenario, months_ahead)
    bills = money.yearly(money.monthly(view, scenario, run))
    message = screens.message_of_costs(view, scenario, bills, words)
    st.title(plain_sentence(message.title), anchor=False)
    with st.container(key="stage_body"):
        top(message, words)
        if bills.is_empty():
            write_some_lines(message.lines, words, SHOWN)
            return
        left, right = st.columns([0.45, 0.55], gap="medium")
        with left:
            write_some_lines(message.lines, words, SHOWN)
        with right:
            heading_inside("chart.million_rupiah", words)
            alt = words("simulate.money_alt") + " " + message.title
            show_large(draw_payments(bills, words, alt_text=alt, dark=screen.dark), "stage_costs")


def decision(screen: session.Screen) -> None:
    """Show what was decided last, the scenario below it, and take down the next decision."""
    words, scenario, held = screen.texts, steps.current_scenario(), meeting.held()
    message = screens.message_of_decision(scenario, held, words)
    left, right = two(message)
    with left:
        heading_inside("present.scenario", words)
        fitting(message.lines, words, NARROW, 13)
    with right:
        heading_inside("meeting.decisions", words)
        meeting.decide(words)
        fitting([meeting.describe_decision(decision) for decision in held.decision[::-1]], words, WIDE, 7)
