"""How does a screen of the presentation stand where the browser cannot draw it: words, a course, plain sliders?"""

from __future__ import annotations

import time
from typing import Any

import streamlit as st

from coverage.answers import money
from coverage.base.tables import Projection
from coverage.charts.drawing import Chart
from coverage.charts.flows import draw_payments
from coverage.charts.present import draw_demand, draw_shortages
from coverage.charts.trajectory import draw_trajectory
from coverage.model import chance, runs
from coverage.reports import screens
from coverage.reports.screens import Message
from coverage.standing import gaps, so_far
from coverage.wording import sentences
from coverage.wording.scenarios import describe_scenario
from pages.parts import computed, links, meeting, session, steps, widgets
from pages.parts.screen_messages import message_of_screen
from pages.parts.screen_writing import figure, heading_inside, say, show_large, two, write_each, write_paragraph


def draw(screen: session.Screen, months_ahead: int, name: str) -> None:
    """Draw a screen by its name."""
    words = screen.texts
    if name == "what_if":
        _what_if(screen, months_ahead)
        return
    message = message_of_screen(screen, months_ahead, name)
    left, right = two(message)
    if name == "decision":
        with left:
            heading_inside("present.scenario", words)
            write_each(message.lines)
        with right:
            heading_inside("meeting.decisions", words)
            meeting.decide(words)
            write_each([meeting.describe_decision(decision) for decision in meeting.held().decision[::-1]])
        return
    with left:
        say(message)
    with right:
        if chart := _bars(screen, months_ahead, name, message):
            show_large(chart, f"stage_{name}")
        else:
            past, still, moved, fan = _course(screen, months_ahead, _segment(screen, name))
            _picture(screen, name, past, still, moved, fan)
            write_paragraph(screens.describe_band(fan, words))


def _bars(screen: session.Screen, months_ahead: int, name: str, message: Message) -> Chart | None:
    """Return the bars of a screen that has no course; None of the others."""
    words, view, dark = screen.texts, screen.looked_at, screen.dark
    if name == "branches":
        ranked = gaps.ranking(session.every_branch(screen))
        return draw_shortages(ranked, words, alt_text=words("present.branches_alt", said=message.title), dark=dark)
    if name == "takes" and not (needs := screens.needed(view)).is_empty():
        alt = words("present.takes_alt", said=" ".join([message.title, *message.lines]))
        return draw_demand(needs, words, alt_text=alt, dark=dark)
    scenario = steps.current_scenario()
    paid = money.monthly(view, scenario, runs.flows(view, scenario, months_ahead)) if name == "costs" else None
    if paid is not None and not paid.is_empty():
        return draw_payments(paid, words, alt_text=f"{words('simulate.money_alt')} {message.title}", dark=dark)
    return None


@st.fragment
def _what_if(screen: session.Screen, months_ahead: int) -> None:
    words, view = screen.texts, screen.looked_at
    past, still, moved, fan = _course(screen, months_ahead, None)
    changed = bool(describe_scenario(steps.current_scenario(), words))
    message = screens.message_of_what_if(still, moved, fan, words, changed=changed)
    left, right = two(message, part=0.48, gap="small")
    with right:
        _picture(screen, "what_if", past, still, moved, fan)
        write_paragraph(message.lines)
        if time.monotonic() - st.session_state.get("moved_at", 0) < 1:
            time.sleep(0.03)  # as on Simulate: the chart is drawn before what comes after it
    with left:
        figure(message)
        for segment, name in screens.levers_that_matter(view, months_ahead):
            widgets.lever(segment, name, screen, steps.move)
    links.write()


def _course(screen: session.Screen, months_ahead: int, segment: str | None) -> tuple[Any, Projection, Projection, Any]:
    """Return where a segment, or all together, came from, where it leads without and with the scenario, and its
    band, if there is one."""
    view, scenario = screen.looked_at, steps.current_scenario()
    keys = ["segment"] if segment else []
    past, still = so_far.history(view, keys), runs.baseline_table(view, months_ahead, keys, assumed=scenario)
    moved = runs.table_of_run(view, runs.flows(view, scenario, months_ahead), name="scenario", keys=keys)
    fan, futures = None, computed.futures(screen)
    if futures is not None:
        fan = chance.rows_of_segment(chance.fan(view, scenario, months_ahead, keys, futures=futures), segment)
    if segment:
        past, still, moved = (table.filter(segment=segment) for table in (past, still, moved))
    return past, still, moved, fan


def _picture(
    screen: session.Screen,
    name: str,
    past: Any,
    still: Projection,
    moved: Projection,
    fan: Any,
) -> None:
    words, segment = screen.texts, _segment(screen, name)
    alt = sentences.describe_so_far(past, sentences.segment_name(segment, words), words, baseline=still)
    if name == "what_if":
        alt = words("simulate.alt", known=alt, target=words.people(still["target"][0]))
    chart = draw_trajectory(past, still, moved, words, segment=segment, fan=fan, alt_text=alt, dark=screen.dark)
    show_large(chart, f"stage_{name}")


def _segment(screen: session.Screen, name: str) -> str | None:
    """Return the segment that a screen is of; None where it is of all together."""
    return name if name in screen.looked_at.series["segment"].to_list() else None
