"""What does the room have to see? One message a screen, readable from the last row.

Screens are turned with arrows, Page Up and Down (a clicker) or a swipe; each has its link (`?screen=3`).
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence
from typing import Any

import streamlit as st

from coverage.answers import money
from coverage.base.errors import NothingToShow
from coverage.base.texts import shortened
from coverage.charts import drawing
from coverage.charts.drawing import Chart
from coverage.charts.flows import draw_payments
from coverage.charts.present import draw_demand, draw_shortages, enlarge
from coverage.charts.standing import draw_bullet
from coverage.charts.trajectory import draw_trajectory
from coverage.model import chance, runs, scenarios
from coverage.reports import screens
from coverage.reports.screens import Message
from coverage.standing import gaps, so_far
from coverage.wording import sentences
from coverage.wording.scenarios import describe_scenario
from pages.parts import computed, links, meeting, session, stage, steps, widgets

screen = session.start()
stage.dress()
words, view = screen.texts, screen.looked_at
state = st.session_state
segments = gaps.by(view)["segment"].to_list()
NAMES = screens.order(view, session.every_branch(screen), steps.current())
LETTERS = 2.34  # twelve pixels become twenty-eight
SHOWN = 5
NARROW, WIDE = 23, 33  # letters on a line of the left and right part of the smallest window
months_ahead = steps.horizon(screen)


def place() -> int:
    """Return the number of the screen, from 1; a number that is none is told."""
    state.setdefault("opening", {})["screen"] = "1"
    screen_number = str(state.setdefault("screen", state.get("stage_left_at", "1")))
    number = links.whole(screen_number)
    if number is not None and 1 <= number <= len(NAMES):
        return number
    state["screen"] = "1"
    error = NothingToShow("screen_unknown", found=screen_number, allowed=f"1 … {len(NAMES)}")
    st.toast(session.escape(words.error(error)), icon=":material/link_off:")
    return 1


def turn(to: int) -> None:
    state["screen"] = str(min(max(to, 1), len(NAMES)))


def leave() -> None:
    """Go back to the app; who comes again finds the screen that was left."""
    state["stage_left_at"], state["stage_leaves"] = state.pop("screen"), True


def show(chart: Chart, key: str, *, inside: bool = True) -> None:
    """Draw a chart that fills its place, in letters for the last row; words `inside` it may be left out."""
    large = enlarge(chart, LETTERS, words=inside)
    with st.container(key=f"chart_{key}", height="stretch"):
        st.vega_lite_chart(
            large.spec | {"datasets": {drawing.ROWS: large.data}}, theme=None, alt=large.alt, key=key, height="stretch"
        )


def plain(text: str) -> str:
    """Show a sentence as it is; no line begins with a sign that belongs to the figure before it."""
    return session.escape(text).replace(" ×", "\u00a0×")


def say(message: Message, *, lines: int = SHOWN) -> None:
    """Write the figure, what it is, and the lines beside it."""
    figure(message)
    label(message)
    tell(message.lines, lines)


def figure(message: Message) -> None:
    with st.container(key="stage_figure"):
        st.markdown(plain(message.figure))


def label(message: Message) -> None:
    with st.container(key="stage_label"):
        st.markdown(plain(message.label))


def tell(text: Sequence[str], lines: int) -> None:
    shown = [*text[: lines - 1], words("present.more", count=len(text) - lines + 1)] if len(text) > lines else text
    st.markdown("\n\n".join(plain(sentence) for sentence in shown))


def fitting(lines: Sequence[str], letters: int, most: int) -> None:
    """Write as many texts as so many lines of so many letters hold; a text longer than all of them is cut."""
    lines = [shortened(sentence, letters * (most - 1)) for sentence in lines]
    taken = list(itertools.accumulate(-(-len(sentence) // letters) for sentence in lines))
    if not taken or taken[-1] <= most:
        tell(lines, len(lines))
    else:  # the last line says how many more there are, be it a single one
        kept = sum(sentence < most for sentence in taken)
        more = words("present.more", count=len(lines) - kept)
        tell([*lines[:kept], more], kept + 1)


def together(text: Sequence[str]) -> None:
    """Write short sentences in one paragraph below a picture, if there are any."""
    if text:
        tell([" ".join(text)], 1)


def heading(key: str) -> None:
    with st.container(key=f"stage_label_{key.partition('.')[0]}"):
        st.markdown(words(key))


def two(message: Message, *, part: float = 0.42, gap: Any = "medium") -> tuple[Any, Any]:
    """Write a screen's title; return its left part, for the words, and its right one, for the picture."""
    st.title(plain(message.title), anchor=False)
    body = st.container(key="stage_body")
    left, right = body.columns([part, 1 - part], gap=gap)
    return left, right


def over(message: Message, chart: Chart, key: str) -> None:
    """Write a screen's title and figure over a picture that needs the whole width."""
    st.title(plain(message.title), anchor=False)
    with st.container(key="stage_body"):
        top(message, message.lines[:1] if key == "stage_branches" else ())
        show(chart, key)


def top(message: Message, lines: Sequence[str] = ()) -> None:
    """Write the figure, and beside it what it is."""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="stage_top"):
        figure(message)
        with st.container():
            label(message)
            if lines:
                tell(lines, len(lines))


def standing() -> None:
    message = screens.standing(view, words)
    left, right = two(message)
    with left:
        say(message)
    with right:
        rows = gaps.by(view)
        if rows["target"].drop_nulls().len():
            bars = draw_bullet(rows, words, alt_text=sentences.standing(rows, words), dark=screen.dark)
            show(bars, "stage_bullet", inside=False)
            due = [words("present.bullet_due")] if rows["due"].drop_nulls().len() else []
            together([words("present.bullet_target"), *due])
        else:
            trajectory(None)


def one_segment(name: str) -> None:
    message = screens.segment(view, name, words)
    left, right = two(message)
    with left:
        figure(message)
        label(message)
        fitting(message.lines, NARROW, 10)
    with right:
        trajectory(name)


def trajectory(name: str | None) -> None:
    """Draw where a segment, or all together, came from and where it leads without new steps."""
    keys = ["segment"] if name else []
    past, still = so_far.history(view, keys), runs.baseline_table(view, months_ahead, keys)
    futures = computed.futures(screen)
    fan = None
    if futures is not None:
        fan = chance.rows_of_segment(chance.fan(view, scenarios.Scenario(), months_ahead, keys, futures=futures), name)
    if name:
        past, still = past.filter(segment=name), still.filter(segment=name)
    text = sentences.so_far(past, sentences.segment_name(name, words), words, baseline=still)
    chart = draw_trajectory(past, still, None, words, segment=name, fan=fan, alt_text=text, dark=screen.dark)
    show(chart, f"stage_{name or 'total'}")
    together(screens.band(fan, words))


def by_time(message: Message) -> None:
    """Say a message beside where all together came from and where it leads."""
    left, right = two(message)
    with left:
        say(message)
    with right:
        trajectory(None)


def branches() -> None:
    every = session.every_branch(screen)
    message = screens.branches(every, words)
    ranked = gaps.ranking(every)
    text = words("present.branches_alt", said=message.title)
    over(message, draw_shortages(ranked, words, alt_text=text, dark=screen.dark), "stage_branches")


@st.fragment
def what_if() -> None:
    """Draw the few levers that matter most, as large sliders, and where they lead."""
    scenario = steps.current()
    past, still = so_far.history(view, []), runs.baseline_table(view, months_ahead, [])
    moved = runs.table(view, runs.flows(view, scenario, months_ahead), name="scenario", keys=[])
    futures = computed.futures(screen)
    fan = chance.fan(view, scenario, months_ahead, [], futures=futures) if futures is not None else None
    changed = bool(describe_scenario(scenario, words))
    message = screens.what_if(still, moved, fan, words, changed=changed)
    left, right = two(message, part=0.48, gap="small")
    with right:
        alt = words(
            "simulate.alt",
            known=sentences.so_far(past, sentences.segment_name(None, words), words, baseline=still),
            target=words.people(still["target"][0]),
        )
        chart = draw_trajectory(past, still, moved, words, segment=None, fan=fan, alt_text=alt, dark=screen.dark)
        show(chart, "stage_what_if")
        together(message.lines)
        if time.monotonic() - state.get("moved_at", 0) < 1:
            time.sleep(0.03)  # as on Simulate: the chart is drawn before what comes after it
    with left:
        figure(message)
        for segment, name in screens.levers(view, months_ahead):
            widgets.lever(segment, name, screen, steps.move)
    links.write()


def takes() -> None:
    needs = screens.needed(view)
    message = screens.takes(view, needs, words)
    if needs.is_empty():
        by_time(message)
        return
    alt = words("present.takes_alt", said=" ".join([message.title, *message.lines]))
    over(message, draw_demand(needs, words, alt_text=alt, dark=screen.dark), "stage_takes")


def costs() -> None:
    scenario = steps.current()
    run = runs.flows(view, scenario, months_ahead)
    bills = money.yearly(money.monthly(view, scenario, run))
    message = screens.costs(view, scenario, bills, words)
    st.title(plain(message.title), anchor=False)
    with st.container(key="stage_body"):
        top(message)
        if bills.is_empty():
            tell(message.lines, SHOWN)
            return
        left, right = st.columns([0.45, 0.55], gap="medium")
        with left:
            tell(message.lines, SHOWN)
        with right:
            heading("chart.million_rupiah")
            alt = words("simulate.money_alt") + " " + message.title
            show(draw_payments(bills, words, alt_text=alt, dark=screen.dark), "stage_costs")


def decision() -> None:
    scenario, held = steps.current(), meeting.held()
    message = screens.decision(scenario, held, words)
    left, right = two(message)
    with left:
        heading("present.scenario")
        fitting(message.lines, NARROW, 13)
    with right:
        heading("meeting.decisions")
        meeting.decide(words)
        fitting([meeting.in_short(decision) for decision in held.decision[::-1]], WIDE, 7)


def foot(number: int) -> None:
    """Draw the way on and back, where the figures come from, the meeting, and the way out."""
    with st.container(horizontal=True, vertical_alignment="center", key="stage_foot"):
        for name, icon, to in (("previous", "chevron_left", number - 1), ("next", "chevron_right", number + 1)):
            st.button(
                words(f"present.{name}"),
                icon=f":material/{icon}:",
                key=f"stage_{name}",
                on_click=turn,
                args=(to,),
                disabled=not 1 <= to <= len(NAMES),
                help=words(f"present.{name}"),
            )
        for name, to in (("first", 1), ("last", len(NAMES))):
            st.button(name, key=f"stage_{name}", on_click=turn, args=(to,))
        st.markdown(words("present.place", number=number, count=len(NAMES)), width="content")
        with st.container(key="stage_source"):
            text = meeting.sources(screen, compares=NAMES[number - 1] == "branches")
            if not view.late.is_empty():
                text.append(words.count("present.late", view.late.height))
            st.markdown(plain(" · ".join(text)))
        talk = st.popover(
            words("meeting.heading"),
            icon=":material/groups:",
            key="stage_meeting",
            on_change="rerun",
            help=words("meeting.heading"),
        )
        st.button(words("present.full"), icon=":material/fullscreen:", key="stage_full", help=words("present.full"))
        st.button(
            words("present.leave"),
            icon=":material/close:",
            key="stage_leave",
            on_click=leave,
            help=words("present.leave"),
        )
    if talk.open:
        with talk:
            meeting.panel(screen, steps.put, deciding=NAMES[number - 1] != "decision")


if state.pop("stage_leaves", False):
    session.go_to("overview")
meeting.begin()
number = place()
with st.container(key="stage"):
    name = NAMES[number - 1]
    if name in segments:
        one_segment(name)
    else:
        {
            "standing": standing,
            "branches": branches,
            "what_if": what_if,
            "takes": takes,
            "costs": costs,
            "decision": decision,
        }[name]()
    foot(number)
