"""Which tools stand beside the levers: presets, questions the other way round, what differs, saving and loading?"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Any

import streamlit as st

from coverage.answers import alone
from coverage.base import declarations
from coverage.base.errors import CakupanError
from coverage.base.texts import Texts
from coverage.charts.flows import draw_flows, flows_by_year
from coverage.model import projection, runs, scenarios
from coverage.model.scenarios import Scenario
from coverage.model.view import View
from coverage.wording import remarks, sentences
from coverage.wording.alone import added_table, describe_added, describe_alone
from coverage.wording.scenarios import describe_curtailed_programmes, describe_scenario, describe_unseen_segments
from pages.parts import editor, inputs, library, meeting, mix, money, session, solve, steps, tables, widgets
from pages.parts import rules as ruled
from pages.parts.inputs import Panel

PANELS = {
    inputs.DIFFERS: ("difference", "simulate.differs"),
    inputs.PROGRAMMES: ("payments", "simulate.programmes"),
    inputs.SOLVE: ("target", "solve.heading"),
    inputs.MIX: ("savings", "mix.open"),
    inputs.RULES: ("rule", "rules.heading"),
    inputs.FILE: ("save", "simulate.file"),
    inputs.LIBRARY: ("bookmarks", "library.heading"),
    inputs.MEETING: ("groups", "meeting.heading"),
}
BEYOND = (inputs.LIBRARY, inputs.MEETING)
"""They change more than a lever does, so they stand outside of what a lever draws anew."""


def take_preset() -> None:
    """Make the chosen preset the scenario."""
    chosen = session.presets().get(st.session_state["preset"] or "")
    if chosen is not None:
        steps.put(scenarios.simplified(chosen))


def preset(words: Texts) -> None:
    """Draw the choice of a shipped scenario."""
    shipped = session.presets()
    st.selectbox(
        words("simulate.preset"),
        list(shipped),
        index=None,
        key="preset",
        placeholder=words("simulate.choose"),
        format_func=lambda name: declarations.words(shipped[name].name, words.language) or name,
        on_change=take_preset,
        help=words("simulate.preset_help"),
        width=280,
    )


def tool_switches(words: Texts) -> list[Panel]:
    """Draw a switch for each tool, all of them one input: eight that unfold by themselves cost the browser at each
    step (measured)."""
    named = {panel: f":material/{icon}: {words(name)}" for panel, (icon, name) in PANELS.items()}
    return widgets.switches(words("simulate.tools"), named)


def beyond(opened: Iterable[Panel]) -> list[Panel]:
    """Name the open tools that stand outside."""
    return [name for name in BEYOND if name in opened]


def notes(screen: session.Screen, scenario: Scenario, run: projection.Flows) -> list[str]:
    """Say what of a scenario happens nowhere or not in full, and what it says of itself."""
    words, view = screen.texts, screen.looked_at
    lines = []
    note = declarations.words(scenario.note, words.language)
    if note:
        shipped = any(scenario.note == preset.note for preset in session.presets().values())
        lines.append(f"{note} {words('simulate.illustrative')}" if shipped else note)
    strangers = runs.strangers(view, scenario)
    if strangers:
        lines.append(words("simulate.strangers", names=", ".join(strangers)))
    lines += describe_unseen_segments(view, scenario, words)
    early = runs.not_simulated(view, scenario)
    if early:
        lines.append(words("simulate.too_early", names=", ".join(early), month=words.month(view.as_of)))
    lines += describe_curtailed_programmes(view, scenario, run, words)
    return lines + describe_alone(alone.fall_short(view, scenario, len(run.covered) - 1), words)


def draw_inside(screen: session.Screen, lens: str | None, scenario: Scenario, months_ahead: int) -> None:
    """Draw the open tools that a lever changes."""
    opened = widgets.switched(PANELS)
    request = (screen, lens, scenario, steps.put)
    if inputs.DIFFERS in opened:
        with _frame(inputs.DIFFERS, screen):
            differs(screen, lens, scenario, months_ahead)
    if inputs.PROGRAMMES in opened:
        with _frame(inputs.PROGRAMMES, screen):
            edit_programmes(screen)
    for panel, draw in ((inputs.SOLVE, solve.panel), (inputs.MIX, mix.panel), (inputs.RULES, ruled.panel)):
        if panel in opened:
            with _frame(panel, screen):
                draw(*request)
    if inputs.FILE in opened:
        with _frame(inputs.FILE, screen):
            editor.save_and_load(scenario, screen.texts, steps.put)


def draw_outside(screen: session.Screen) -> None:
    """Draw the open tools that change more than a lever does."""
    opened = widgets.switched(PANELS)
    if inputs.LIBRARY in opened:
        with _frame(inputs.LIBRARY, screen):
            library.panel(screen, steps.current_scenario(), steps.put)
    if inputs.MEETING in opened:
        with _frame(inputs.MEETING, screen):
            meeting.panel(screen, steps.put)


def _frame(panel: Panel, screen: session.Screen) -> AbstractContextManager[Any]:
    frame = st.container(border=True, key=panel)
    frame.markdown(f"## {screen.texts(PANELS[panel][1])}")
    return frame


def edit_programmes(screen: session.Screen) -> None:
    """Draw the programmes as a table that can be edited."""
    state, words = st.session_state, screen.texts
    widgets.note(words("simulate.programmes_help"))
    edited = editor.edited_programmes(steps.current_scenario(), screen, edition=state.get("edition", 0))
    if edited is None:
        return
    document = {key: value for key, value in state["scenario"].items() if key != "programme"}
    try:
        checked = scenarios.validated(document | ({"programme": edited} if edited else {}), file="")
    except CakupanError as error:
        st.error(session.escape(words.error(error)), icon=":material/error:")
        return
    plain = scenarios.simplified(checked)
    if plain != scenarios.simplified(steps.current_scenario()):
        steps.put(plain, lever="programmes")
        st.rerun()


def _added(view: View, lens: str | None, scenario: Scenario, months_ahead: int, words: Texts) -> None:
    """Draw what each lever and programme adds by itself, of the segment that is looked at."""
    rows = [row for row in alone.added(view, scenario, months_ahead) if lens in (None, row["of_segment"])]
    if not rows:
        return
    st.markdown(f"### {words('alone.heading')}")
    widgets.note(session.escape(f"{describe_added(rows, words)} {words('alone.explained')}"))
    if len(rows) > 1:
        tables.show_plain_table(added_table(rows, words), alt=words("alone.heading"))


def differs(screen: session.Screen, lens: str | None, scenario: Scenario, months_ahead: int) -> None:
    """Draw what differs from the baseline, the flows of each year and the money."""
    words, view = screen.texts, screen.looked_at
    run: projection.Flows = runs.flows(view, scenario, months_ahead)
    moved = runs.table_of_run(view, run, name="scenario", keys=["segment"] if lens else [])
    moved = moved.filter(segment=lens) if lens else moved
    left, right = st.columns(2, gap="large")
    with left:
        differences = describe_scenario(scenario, words)
        st.markdown("\n".join(f"- {session.escape(line)}" for line in differences) or words("simulate.nothing"))
        _added(view, lens, scenario, months_ahead, words)
        money.panel(screen, scenario, run)
    with right:
        st.markdown(f"### {words('simulate.flows')}")
        years = flows_by_year(moved)
        widgets.note(
            session.escape(" ".join([sentences.describe_flows_by_year(years, words), *remarks.net(view, lens, words)]))
        )
        widgets.draw(
            draw_flows(moved, words, alt_text=words("simulate.flows_alt"), dark=screen.dark),
            key=inputs.FLOWS,
            words=words,
            table=lambda: tables.show_table(years, words, years.columns, key="flow_rows"),
        )
