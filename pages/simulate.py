"""What happens if? Levers and programmes, and at once where they lead.

One fragment holds what a slider's step changes, and nothing else: the chart is sent first, for that is what the hand
on the slider waits for. The toolbar stands outside it, because a browser takes longer to look through it than the
server takes to project (measured); the table of programmes and what else is slow to draw stand behind switches.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import AbstractContextManager

import streamlit as st

from coverage.base.errors import CakupanError
from coverage.charts.flows import draw_flows, flows_by_year
from coverage.charts.trajectory import draw_trajectory
from coverage.model import chance, projection, runs, scenarios
from coverage.model.scenarios import Scenario
from coverage.standing import gaps
from coverage.wording import remarks, sentences
from coverage.wording.scenarios import describe_curtailed_programmes, describe_scenario, describe_unseen_segments
from pages.parts import editor, exports, library, links, meeting, mix, money, session, solve, steps, tables, widgets
from pages.parts import rules as ruled

screen = session.start()
words, view = screen.texts, screen.view
segments = gaps.by(view)["segment"].to_list()
state = st.session_state
TOOLS = {
    "solve_panel": ("target", "solve.heading"),
    "mix_panel": ("savings", "mix.open"),
    "rules_panel": ("rule", "rules.heading"),
    "exports_panel": ("download", "exports.heading"),
    "library_panel": ("bookmarks", "library.heading"),
    "meeting_panel": ("groups", "meeting.heading"),
}
months_ahead = steps.horizon(screen)
lens = widgets.chosen_lens(segments)
keys = ["segment"] if lens else []
past, still = gaps.history(view, keys), runs.baseline_table(view, months_ahead, keys)
# With all segments together a step must not wait for more than it has to: no milestones there.
marks = gaps.milestones(view, keys) if lens else None
if lens:
    past, still, marks = (table.filter(segment=lens) for table in (past, still, marks))


def take_preset() -> None:
    chosen = session.presets().get(state["preset"] or "")
    if chosen is not None:
        steps.put(scenarios.simplified(chosen))


def reset(segment: str | None = None) -> None:
    """Set all levers and programmes back, or the levers of one segment."""
    document = {key: value for key, value in state["scenario"].items() if segment is not None}
    for part in ("levers", "rule"):
        if segment is not None and segment in document.get(part, {}):
            document[part] = {one: values for one, values in document[part].items() if one != segment}
            if not document[part]:
                document.pop(part)
    steps.put(document)


def tools() -> None:
    """Draw presets, undo and redo, the link, and saving and loading."""
    scenario, shipped = steps.current(), session.presets()
    with st.container(horizontal=True, vertical_alignment="bottom", key="toolbar"):
        st.selectbox(
            words("simulate.preset"),
            list(shipped),
            index=None,
            key="preset",
            placeholder=words("simulate.choose"),
            format_func=lambda name: scenarios.declarations.words(shipped[name].name, words.language) or name,
            on_change=take_preset,
            help=words("simulate.preset_help"),
            width=280,
        )
        st.button(words("simulate.undo"), icon=":material/undo:", key="undo", on_click=steps.undo)
        st.button(words("simulate.redo"), icon=":material/redo:", key="redo", on_click=steps.redo)
        st.button(words("simulate.reset"), icon=":material/restart_alt:", key="reset", on_click=reset)
        link = st.popover(words("simulate.link"), icon=":material/link:", key="link_popover", on_change="rerun")
        file = st.popover(words("simulate.file"), icon=":material/save:", key="file_popover", on_change="rerun")
    if link.open:
        with link:
            widgets.note(words("simulate.link_help"))
            st.code(links.address(), language=None, wrap_lines=True)
    if file.open:
        with file:
            editor.save_and_load(scenario, words, steps.put)
    note = scenarios.declarations.words(scenario.note, words.language)
    if note:
        widgets.note(session.escape(note) + " " + words("simulate.illustrative"))
    strangers = runs.strangers(view, scenario)
    if strangers:
        names = session.escape(", ".join(strangers))
        st.warning(words("simulate.strangers", names=names), icon=":material/help:")
    for one in describe_unseen_segments(view, scenario, words):
        widgets.note(session.escape(one))
    early = runs.not_simulated(view, scenario)
    if early:
        st.warning(
            words("simulate.too_early", names=session.escape(", ".join(early)), month=words.month(view.as_of)),
            icon=":material/history:",
        )


def sliders() -> None:
    """Draw the levers of one segment: the one in the chart, or a choice of its own."""
    segment = lens
    if segment is None:
        # A link opens with the levers that it moves; they stay whatever is moved later.
        moved = scenarios.simplified(steps.current()).get("levers", {})
        opening = next((one for one in segments if one in moved), segments[0])
        state.setdefault("lever_lens", opening)
        segment = widgets.choice(
            "lever_lens",
            words("simulate.levers_of"),
            segments,
            opening,
            lambda name: words(f"segment.{name}"),
            control="lever_segment",
            wrap=True,
        )
    else:
        st.markdown(f"**{words('simulate.levers', segment=words(f'segment.{lens}'))}**")
    widgets.levers(segment, screen, steps.move)
    st.button(
        words("simulate.reset_segment", segment=words(f"segment.{segment}")),
        key="reset_segment",
        on_click=reset,
        args=(segment,),
    )


def programmes(scenario: Scenario) -> None:
    """Draw the programmes as a table that can be edited. It stands behind a switch, for it is slow to draw."""
    heading = words("simulate.programmes_number", number=words.people(len(scenario.programme)))
    table = st.expander(heading, icon=":material/payments:", key="programmes_panel", on_change="rerun")
    if table.open:
        with table:
            widgets.note(words("simulate.programmes_help"))
            edit_programmes()


def edit_programmes() -> None:
    edited = editor.programmes(steps.current(), screen, edition=state.get("edition", 0))
    if edited is None:
        return
    document = {key: value for key, value in state["scenario"].items() if key != "programme"}
    try:
        checked = scenarios.validated(document | ({"programme": edited} if edited else {}), file="")
    except CakupanError as error:
        st.error(session.escape(words.error(error)), icon=":material/error:")
        return
    plain = scenarios.simplified(checked)
    if plain != scenarios.simplified(steps.current()):
        steps.put(plain, lever="programmes")
        st.rerun()


def consequences(scenario: Scenario, run: projection.Flows, moved) -> None:
    """Draw what differs, the flows of each year and the money."""
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown(f"## {words('simulate.differs')}")
        said = describe_scenario(scenario, words)
        st.markdown("\n".join(f"- {session.escape(one)}" for one in said) or words("simulate.nothing"))
        for one in describe_curtailed_programmes(view, scenario, run, words):
            st.warning(session.escape(one), icon=":material/person_off:")
    with right:
        st.markdown(f"## {words('simulate.flows')}")
        years = flows_by_year(moved)
        widgets.note(session.escape(" ".join([sentences.yearly(years, words), *remarks.net(view, lens, words)])))
        widgets.draw(
            draw_flows(moved, words, alt_text=words("simulate.flows_alt"), dark=screen.dark),
            key="flows",
            words=words,
            table=lambda: tables.table(years, words, years.columns, key="flow_rows"),
        )
    with left:
        money.panel(screen, scenario, run)


def beyond(opened: Iterable[str]) -> list[str]:
    """Name the open tools that change more than a lever does: they stand below the fragment."""
    return [one for one in ("library_panel", "meeting_panel") if one in opened]


def tool(panel: str) -> AbstractContextManager:
    """Draw the frame of an open tool, with its name."""
    frame = st.container(border=True, key=panel)
    frame.markdown(f"## {words(TOOLS[panel][1])}")
    return frame


def questions(scenario: Scenario) -> None:
    """Let the viewer ask the other way round, take files along, or open what was saved: a switch for each, all of them
    one input. Six that unfold by themselves cost the browser 5 ms at each step of a slider (measured)."""
    named = {panel: f":material/{icon}: {words(name)}" for panel, (icon, name) in TOOLS.items()}
    opened = widgets.switches(words("simulate.tools"), named)
    if beyond(opened) != shelves:
        st.rerun()  # those stand outside the fragment
    asked = (screen, lens, scenario, steps.put)
    for panel, draw in (("solve_panel", solve.panel), ("mix_panel", mix.panel), ("rules_panel", ruled.panel)):
        if panel in opened:
            with tool(panel):
                draw(*asked)
    if "exports_panel" in opened:
        with tool("exports_panel"):
            exports.offers(screen, scenario)


# A chart whose alternative text changes is mounted anew (40 ms a step, measured), so its text tells what no lever moves
# and points to the sentence above it, which tells the rest; so does the scenario's line itself, out of the data.
shown = words(
    "simulate.alt",
    known=sentences.so_far(past, sentences.segment_name(lens, words), words, baseline=still),
    target=words.people(still["target"][0]),
)

wobble = session.wobble(screen)
unsure = chance.why(view) if wobble is None else "few_flows"  # of a segment alone


@st.fragment
def what_if() -> None:
    """Draw everything that a lever changes."""
    scenario = steps.current()
    run = runs.flows(view, scenario, months_ahead)
    moved = runs.table(view, run, name="scenario", keys=keys)
    if lens:
        moved = moved.filter(segment=lens)
    changed = bool(describe_scenario(scenario, words))
    said = sentences.outcome(still, moved, words, segment=lens, changed=changed)
    fan = None
    if wobble is not None:
        fan = chance.of(chance.fan(view, scenario, months_ahead, keys, wobble=wobble), lens)
    chart = draw_trajectory(
        past,
        still,
        moved,
        words,
        segment=lens,
        milestones=marks,
        fan=fan,
        alt_text=shown,
        outcome=said,
        dark=screen.dark,
    )
    # Nothing is sent before the chart is ready: else the browser draws the empty frames first, and the chart waits.
    outcome = st.container(key="outcome")
    left, right = st.columns([0.36, 0.64], gap="large")
    with right:
        widgets.draw(
            chart,
            key="simulated",
            words=words,
            table=lambda: widgets.trajectory_table(
                past, still, moved, words, key="simulated_rows", fan=fan, milestones=marks
            ),
        )
        if time.monotonic() - state.get("moved_at", 0) < 1:
            # What comes with the chart is rendered with it, before it; what comes a moment later is not waited for
            # (measured: the chart 19 ms sooner, of 76; all else 23 ms later).
            time.sleep(0.03)
        said_of_fan = widgets.about_band(words) if fan is not None else words(f"chance.{unsure}")
        band = sentences.funded_band(moved, words, ends=bool(scenario.programme))
        widgets.note(" ".join([words("simulate.dashed"), *band, said_of_fan]))
    outcome.markdown(f"# {session.escape(said)}")
    if fan is not None:
        outcome.markdown(session.escape(sentences.sureness(fan, words)))
    programmes(scenario)
    consequences_below = st.container()
    with left:
        sliders()
        solve.realism_line(screen, lens, scenario, run)
    with consequences_below:
        consequences(scenario, run, moved)
        questions(scenario)
    links.write()


shelves = beyond(widgets.switched(TOOLS))
tools()
widgets.lens(segments, words)
widgets.what_to_know(view, words, projected=True, summed=not lens)
for one in sentences.brief(gaps.by(view, ["segment"]), words):
    widgets.note(session.escape(one))
what_if()
if "library_panel" in shelves:
    with tool("library_panel"):
        library.panel(screen, steps.current(), steps.put)
if "meeting_panel" in shelves:
    with tool("meeting_panel"):
        meeting.panel(screen, steps.put)
