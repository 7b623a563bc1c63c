"""How does Simulate stand where the cockpit cannot: sliders of the server's, and a chart that follows at release?"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import streamlit as st

from coverage.charts.trajectory import draw_trajectory
from coverage.model import chance, runs, scenarios
from coverage.standing import gaps, so_far
from coverage.wording import chances, sentences
from coverage.wording.scenarios import describe_scenario
from pages.parts import computed, inputs, links, session, solve, steps, tools, widgets


@dataclass(frozen=True, kw_only=True)
class _Here:
    """What no lever changes: the segment looked at, its past and its course without new steps."""

    screen: session.Screen
    months_ahead: int
    segments: list[str]
    lens: str | None
    past: Any
    marks: Any


def show(screen: session.Screen, months_ahead: int) -> None:
    """Draw toolbar, levers, chart and tools."""
    words, view = screen.texts, screen.looked_at
    segments = gaps.by(view)["segment"].to_list()
    lens = widgets.chosen_lens(segments)
    keys = ["segment"] if lens else []
    past = so_far.history(view, keys)
    # With all segments together a step must not wait for more than it has to: no milestones there.
    marks = gaps.milestones(view, keys) if lens else None
    if lens:
        past = past.filter(segment=lens)
        marks = None if marks is None else marks.filter(segment=lens)
    here = _Here(screen=screen, months_ahead=months_ahead, segments=segments, lens=lens, past=past, marks=marks)
    with st.container(horizontal=True, vertical_alignment="bottom", key="toolbar"):
        st.button(words("simulate.undo"), icon=":material/undo:", key="undo", on_click=steps.undo)
        st.button(words("simulate.redo"), icon=":material/redo:", key="redo", on_click=steps.redo)
        st.button(words("simulate.reset"), icon=":material/restart_alt:", key="reset", on_click=_reset)
    widgets.lens(segments, words)
    widgets.what_to_know(view, words, projected=True, summed=not lens)
    for line in sentences.brief(gaps.by(view, ["segment"]), words):
        widgets.note(session.escape(line))
    _what_if(here)
    tools.draw_outside(screen)


def _reset(segment: str | None = None) -> None:
    """Set all levers and programmes back, or the levers of one segment."""
    state = st.session_state
    document = {key: value for key, value in state["scenario"].items() if segment is not None}
    for part in ("levers", "rule"):
        if segment is not None and segment in document.get(part, {}):
            document[part] = {name: values for name, values in document[part].items() if name != segment}
            if not document[part]:
                document.pop(part)
    steps.put(document)


def _sliders(here: _Here) -> None:
    """Draw the levers of one segment: the one in the chart, or a choice of its own."""
    words, segment = here.screen.texts, here.lens
    if segment is None:
        # A link opens with the levers that it moves; they stay whatever is moved later.
        moved = scenarios.simplified(steps.current_scenario()).get("levers", {})
        opening = next((name for name in here.segments if name in moved), here.segments[0])
        st.session_state.setdefault("lever_lens", opening)
        segment = widgets.choice(
            inputs.LEVER_LENS,
            words("simulate.levers_of"),
            here.segments,
            opening,
            lambda name: words(f"segment.{name}"),
            control="lever_segment",
            wrap=True,
        )
    else:
        st.markdown(f"**{words('simulate.levers', segment=words(f'segment.{segment}'))}**")
    widgets.lever_sliders(segment, here.screen, steps.move)
    st.button(
        words("simulate.reset_segment", segment=words(f"segment.{segment}")),
        key="reset_segment",
        on_click=_reset,
        args=(segment,),
    )


@st.fragment
def _what_if(here: _Here) -> None:
    """Draw everything that a lever changes: the chart first, for that is what the hand on the slider waits for."""
    screen, lens = here.screen, here.lens
    words, view = screen.texts, screen.looked_at
    keys = ["segment"] if lens else []
    scenario = steps.current_scenario()
    run = runs.flows(view, scenario, here.months_ahead)
    moved = runs.table_of_run(view, run, name="scenario", keys=keys)
    moved = moved.filter(segment=lens) if lens else moved
    # What is assumed of the workforce moves the course without acts too.
    still = runs.baseline_table(view, here.months_ahead, keys, assumed=scenario)
    still = still.filter(segment=lens) if lens else still
    changed = bool(describe_scenario(scenario, words))
    outcome_text = sentences.describe_outcome(still, moved, words, segment=lens, changed=changed)
    futures, fan = computed.futures(screen), None
    if futures is not None:
        fan = chance.rows_of_segment(chance.fan(view, scenario, here.months_ahead, keys, futures=futures), lens)
    # A chart whose alternative text changes is mounted anew (40 ms a step, measured), so its text tells what no lever
    # moves and points to the sentence above it, which tells the rest; so does the scenario's line, out of the data.
    known = sentences.describe_so_far(here.past, sentences.segment_name(lens, words), words, baseline=still)
    shown = words("simulate.alt", known=known, target=words.people(still["target"][0]))
    chart = draw_trajectory(
        here.past,
        still,
        moved,
        words,
        segment=lens,
        milestones=here.marks,
        fan=fan,
        alt_text=shown,
        outcome=outcome_text,
        dark=screen.dark,
    )
    # Nothing is sent before the chart is ready: else the browser draws the empty frames first, and the chart waits.
    outcome = st.container(key="outcome")
    left, right = st.columns([0.36, 0.64], gap="large")
    with right:
        widgets.draw(
            chart,
            key=inputs.SIMULATED,
            words=words,
            table=lambda: widgets.trajectory_table(
                here.past, still, moved, words, key="simulated_rows", fan=fan, milestones=here.marks
            ),
        )
        if time.monotonic() - st.session_state.get("moved_at", 0) < 1:
            # What comes with the chart is rendered with it, before it; what comes a moment later is not waited for
            # (measured: the chart 19 ms sooner, of 76; all else 23 ms later).
            time.sleep(0.03)
        unsure = chance.why(view) if futures is None else "few_flows"  # of a segment alone
        about = widgets.about_band(words) if fan is not None else words(f"chance.{unsure}")
        band = sentences.funded_band(moved, words, ends=bool(scenario.programme))
        widgets.note(" ".join([words("simulate.dashed"), *band, about]))
    outcome.markdown(f"# {session.escape(outcome_text)}")
    if fan is not None:
        outcome.markdown(session.escape(chances.describe_sureness(fan, words)))
    for line in tools.notes(screen, scenario, run):
        outcome.warning(session.escape(line), icon=":material/help:")
    with left:
        _sliders(here)
        solve.realism_line(screen, lens, scenario, run)
    tools.draw_inside(screen, lens, scenario, here.months_ahead)
    links.write()
