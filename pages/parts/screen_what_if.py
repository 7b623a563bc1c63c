"""How does the room try a step: a few large sliders, and everything else moves with the hand?

The browser moves it by itself, on the cockpit's kernel; where it cannot, sliders of the server's stand here.
"""

from __future__ import annotations

import time

import streamlit as st

from coverage.charts.trajectory import draw_trajectory
from coverage.model import chance, runs
from coverage.reports import screens
from coverage.standing import so_far
from coverage.wording import sentences
from coverage.wording.scenarios import describe_scenario
from pages.parts import computed, exchange, links, session, steps, widgets
from pages.parts.screen_writing import figure, show_large, two, write_paragraph


def draw(screen: session.Screen, months_ahead: int) -> None:
    """Draw the few levers that matter most, and where they lead."""
    if exchange.why_not(screen) is None:
        _live(screen, months_ahead)
        exchange.wait()
    else:
        _plain(screen, months_ahead)


@st.fragment
def _live(screen: session.Screen, months_ahead: int) -> None:
    scenario = steps.current_scenario()
    with st.container(key="stage_body", height="stretch"):
        exchange.mount(
            screen,
            scenario,
            runs.flows(screen.looked_at, scenario, months_ahead),
            months_ahead,
            kind="room",
            sliders=[list(lever) for lever in screens.levers_that_matter(screen.looked_at, months_ahead)],
        )
    links.write()


@st.fragment
def _plain(screen: session.Screen, months_ahead: int) -> None:
    words, view, scenario = screen.texts, screen.looked_at, steps.current_scenario()
    past, still = so_far.history(view, []), runs.baseline_table(view, months_ahead, [], assumed=scenario)
    moved = runs.table_of_run(view, runs.flows(view, scenario, months_ahead), name="scenario", keys=[])
    futures = computed.futures(screen)
    fan = chance.fan(view, scenario, months_ahead, [], futures=futures) if futures is not None else None
    changed = bool(describe_scenario(scenario, words))
    message = screens.message_of_what_if(still, moved, fan, words, changed=changed)
    left, right = two(message, part=0.48, gap="small")
    with right:
        alt = words(
            "simulate.alt",
            known=sentences.describe_so_far(past, sentences.segment_name(None, words), words, baseline=still),
            target=words.people(still["target"][0]),
        )
        chart = draw_trajectory(past, still, moved, words, segment=None, fan=fan, alt_text=alt, dark=screen.dark)
        show_large(chart, "stage_what_if")
        write_paragraph(message.lines, words)
        if time.monotonic() - st.session_state.get("moved_at", 0) < 1:
            time.sleep(0.03)  # as on Simulate: the chart is drawn before what comes after it
    with left:
        figure(message)
        for segment, name in screens.levers_that_matter(view, months_ahead):
            widgets.lever(segment, name, screen, steps.move)
    links.write()
