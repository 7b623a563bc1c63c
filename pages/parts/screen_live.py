"""How does a screen of the presentation stand on the page? The browser draws it with the cockpit's own parts.

We say title, figure and lines; bars, courses and whatever a scenario moves come from the browser's kernel, and a
projector's window follows. On the what-if a few levers move it all with the hand. Where the browser cannot, plain
words and the sliders of the server stand here.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from coverage.base.texts import Texts
from coverage.model import runs
from coverage.reports import screens
from coverage.standing import gaps
from coverage.wording import bands
from pages.parts import computed, exchange, links, meeting, screen_plain, session, steps
from pages.parts.screen_messages import message_of_screen


def draw(screen: session.Screen, months_ahead: int, name: str) -> None:
    """Draw a screen by its name."""
    if exchange.why_not(screen) is None:
        _live(screen, months_ahead, name)
        exchange.wait()
    else:
        screen_plain.draw(screen, months_ahead, name)


@st.fragment
def _live(screen: session.Screen, months_ahead: int, name: str) -> None:
    view, words, scenario = screen.looked_at, screen.texts, steps.current_scenario(screen.looked_at)
    run = runs.flows(view, scenario, months_ahead)
    message = message_of_screen(screen, months_ahead, name)
    lines = list(message.lines)
    if name == "standing":  # each segment is a bar of its own there
        lines = screens.lines_besides_segments(view, message)
    more: dict[str, Any] = {"head": "", "list": None}
    if name == "decision":
        decided = [meeting.describe_decision(decision) for decision in meeting.held().decision[::-1]]
        lines_of_decisions = decided or [words("meeting.no_decisions")]
        more = {
            "head": words("present.scenario"),
            "list": {"head": words("meeting.decisions"), "lines": lines_of_decisions},
        }
    with st.container(key="stage_body", height="stretch"):
        exchange.mount(
            screen,
            scenario,
            run,
            months_ahead,
            kind="room",
            showing=name,
            place=session.describe_place(words, compares=name == "branches"),
            sample=computed.sample_note(screen),
            said={"title": message.title, "figure": message.figure, "label": message.label, "lines": lines, **more},
            sliders=_sliders(screen, months_ahead) if name == "what_if" else [],
            branches=_branches(screen) if name == "branches" else [],
            needs=_needs(screen, months_ahead, words) if name == "takes" else [],
        )
        if name == "decision":
            meeting.decide(words)
    links.write()


def _sliders(screen: session.Screen, months_ahead: int) -> list[list[str]]:
    return [list(lever) for lever in screens.levers_that_matter(screen.looked_at, months_ahead)]


def _branches(screen: session.Screen) -> list[dict[str, Any]]:
    """Return the branches that lack most, with where they stand and end without acts."""
    every = session.every_branch(screen)
    rows = {row["name"]: row for row in computed.scorecard_rows(screen, None, runs.horizon(every), "branch")}
    lacking = gaps.ranking(every).sort("short", descending=True, nulls_last=True).drop_nulls("short")
    return [
        {name: rows[row["branch"]][name] for name in ("name", "active", "end", "target", "late")}
        | {"short": row["short"], "gap": row["gap"]}
        for row in lacking.head(screens.BRANCHES_SHOWN).to_dicts()
    ]


def _needs(screen: session.Screen, months_ahead: int, words: Texts) -> list[dict[str, Any]]:
    """Return the registrations a month that each segment needs, and whether a branch ever had as many."""
    best, rows = computed.best_of_branches(screen, months_ahead), []
    for row in screens.needed(screen.looked_at).to_dicts():
        most = bands.most_of_branches(best, row["segment"], row["now"])
        record = bands.describe_what_was_done(row["now"], row["needed"], most, words, reachable=row["reachable"])
        rows.append(row | {"words": record})
    return rows
