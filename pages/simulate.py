"""What happens if? Levers and programmes, and at once where they lead."""

from __future__ import annotations

import time

import streamlit as st

from coverage import charts, gaps, projection, scenarios, sentences
from coverage.errors import CakupanError
from coverage.scenarios import Scenario
from pages.parts import editor, links, session, widgets

screen = session.start()
words, view = screen.texts, screen.view
segments = gaps.by(view)["segment"].to_list()
state = st.session_state
months_ahead = scenarios.horizon(view)


def put(document: dict, *, lever: str = "") -> None:
    """Make this the scenario, so that it can be undone; moves of one lever in a row count as one step."""
    if document == state["scenario"]:
        return
    again = bool(lever) and state.get("moved") == lever and time.monotonic() - state.get("moved_at", 0) < 2
    if not again:
        state["past"] = [*state["past"][-99:], state["scenario"]]
    state["future"] = []
    state["moved"], state["moved_at"] = lever, time.monotonic()
    state["scenario"] = document
    if not lever:
        state["edition"] = state.get("edition", 0) + 1


def move(segment: str, name: str, key: str) -> None:
    """Take a slider's new value into the scenario."""
    value = widgets.lever_value(name, state[key], view)
    levers = {one: dict(values) for one, values in state["scenario"].get("levers", {}).items()}
    own = levers.setdefault(segment, {})
    own.pop(name, None)
    if value is not None:
        own[name] = value
    document = {**state["scenario"], "levers": {one: values for one, values in levers.items() if values}}
    if not document["levers"]:
        document.pop("levers")
    put(document, lever=f"{segment}.{name}")


def undo() -> None:
    if state["past"]:
        state["future"] = [*state["future"], state["scenario"]]
        state["scenario"], state["past"] = state["past"][-1], state["past"][:-1]
        state["edition"], state["moved"] = state.get("edition", 0) + 1, ""


def redo() -> None:
    if state["future"]:
        state["past"] = [*state["past"], state["scenario"]]
        state["scenario"], state["future"] = state["future"][-1], state["future"][:-1]
        state["edition"], state["moved"] = state.get("edition", 0) + 1, ""


def take_preset() -> None:
    chosen = session.presets().get(state["preset"] or "")
    if chosen is not None:
        put(scenarios.simplified(chosen))


def reset(segment: str | None = None) -> None:
    document = dict(state["scenario"])
    if segment is None:
        put({})
        return
    levers = {one: values for one, values in document.get("levers", {}).items() if one != segment}
    put({key: value for key, value in document.items() if key != "levers"} | ({"levers": levers} if levers else {}))


@st.fragment
def screen_body() -> None:
    scenario = current()
    toolbar(scenario)
    with st.container(key="outcome"):
        sentence = st.empty()
    left, right = st.columns([0.36, 0.64], gap="large")
    with right:
        lens = widgets.lens(segments, words)
        run = scenarios.flows(view, scenario, months_ahead)
        keys = ["segment"] if lens else []
        moved = scenarios.table(view, run, name="scenario", keys=keys)
        still = scenarios.baseline_table(view, months_ahead, keys)
        past = gaps.history(view, keys)
        marks = view.milestones if lens else view.milestones.clear()
        if lens:
            moved, still = moved.filter(segment=lens), still.filter(segment=lens)
            past, marks = past.filter(segment=lens), marks.filter(segment=lens)
        said = sentences.outcome(still, moved, words, segment=lens, changed=bool(scenarios.in_words(scenario, words)))
        sentence.markdown(f"#### {session.escape(said)}")
        widgets.draw(
            charts.trajectory(
                past, still, moved, words, segment=lens, milestones=marks, alt_text=said, dark=screen.dark
            ),
            key="simulated",
            words=words,
            table=lambda: widgets.trajectory_table(past, still, moved, words, key="simulated_rows"),
        )
        widgets.note(words("simulate.band"))
    with left:
        sliders(lens)
    programmes(scenario)
    consequences(scenario, run, moved)
    links.write()


def current() -> Scenario:
    """Return the scenario of the state; what is in the state has been checked before."""
    return scenarios.validated(state["scenario"], file="")


def toolbar(scenario: Scenario) -> None:
    """Draw presets, undo and redo, the link, and saving and loading."""
    shipped = session.presets()
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
        st.button(words("simulate.undo"), icon=":material/undo:", key="undo", on_click=undo, disabled=not state["past"])
        st.button(
            words("simulate.redo"), icon=":material/redo:", key="redo", on_click=redo, disabled=not state["future"]
        )
        st.button(
            words("simulate.reset"),
            icon=":material/restart_alt:",
            key="reset",
            on_click=reset,
            disabled=not state["scenario"],
        )
        with st.popover(words("simulate.link"), icon=":material/link:", key="link_popover"):
            widgets.note(words("simulate.link_help"))
            st.code(links.address(), language=None, wrap_lines=True)
        with st.popover(words("simulate.file"), icon=":material/save:", key="file_popover"):
            editor.save_and_load(scenario, words, put)
    note = scenarios.declarations.words(scenario.note, words.language)
    if note:
        widgets.note(session.escape(note) + " " + words("simulate.illustrative"))
    late = scenarios.not_simulated(view, scenario)
    if late:
        st.warning(
            words("simulate.too_early", names=session.escape(", ".join(late)), month=words.month(view.as_of)),
            icon=":material/history:",
        )


def sliders(lens: str | None) -> None:
    """Draw the levers of one segment: the one in the chart, or a choice of its own."""
    if lens is None:
        segment = st.segmented_control(
            words("simulate.levers_of"),
            segments,
            key="lever_segment",
            default=state.get("lever_lens") if state.get("lever_lens") in segments else segments[0],
            required=True,
            format_func=lambda name: words(f"segment.{name}"),
            on_change=lambda: state.update(lever_lens=state["lever_segment"]),
        )
    else:
        segment = lens
        st.markdown(f"**{words('simulate.levers', segment=words(f'segment.{lens}'))}**")
    widgets.levers(segment, screen, move)
    st.button(
        words("simulate.reset_segment", segment=words(f"segment.{segment}")),
        key="reset_segment",
        on_click=reset,
        args=(segment,),
        disabled=segment not in state["scenario"].get("levers", {}),
    )


def programmes(scenario: Scenario) -> None:
    """Draw the programmes as a table that can be edited."""
    st.markdown(f"##### {words('simulate.programmes')}", help=words("simulate.programmes_help"))
    edited = editor.programmes(scenario, screen, edition=state.get("edition", 0))
    if edited is None:
        return
    document = {key: value for key, value in state["scenario"].items() if key != "programme"}
    try:
        checked = scenarios.validated(document | ({"programme": edited} if edited else {}), file="")
    except CakupanError as error:
        st.error(words.error(error), icon=":material/error:")
        return
    plain = scenarios.simplified(checked)
    if plain != scenarios.simplified(scenario):
        put(plain, lever="programmes")
        st.rerun(scope="fragment")


def consequences(scenario: Scenario, run: projection.Flows, moved) -> None:
    """Draw what differs, the flows of each year, the money, and the table of segments."""
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown(f"##### {words('simulate.differs')}")
        said = scenarios.in_words(scenario, words)
        st.markdown("\n".join(f"- {session.escape(one)}" for one in said) or words("simulate.nothing"))
    with right:
        st.markdown(f"##### {words('simulate.flows')}")
        years = charts.yearly(moved)
        widgets.draw(
            charts.flows(moved, words, alt_text=sentences.yearly(years, words), dark=screen.dark),
            key="flows",
            words=words,
            table=lambda: widgets.table(years, words, years.columns, key="flow_rows"),
        )
    with left:
        st.markdown(f"##### {words('simulate.money')}")
        costs = scenarios.money(view, scenario, run)
        if costs.is_empty():
            st.markdown(words("simulate.no_money"))
            return
        said_costs = sentences.costs(costs, words)
        st.markdown(session.escape(said_costs))
        widgets.draw(
            charts.payments(costs, words, alt_text=said_costs, dark=screen.dark),
            key="payments",
            words=words,
            table=lambda: widgets.table(costs, words, costs.columns, key="money_rows"),
        )
        widgets.note(words("simulate.counted"))


screen_body()
