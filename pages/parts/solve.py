"""How does a visitor ask what it would take, and how often anybody has done as much?"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from coverage.answers import arrivals, each, goals, lever_values, realism, seek
from coverage.base import months
from coverage.base.errors import CakupanError
from coverage.base.texts import Texts
from coverage.model import chance, runs, scenarios
from coverage.model.projection import Flows, Futures
from coverage.model.scenarios import Scenario
from coverage.wording.each import describe_needs, needs_table
from coverage.wording.realism import describe_record, describe_records
from coverage.wording.seek import describe_arrival, describe_solution
from pages.parts import computed, inputs, session, tables, widgets

AHEAD = 36
CHANCES = ("", "0.5", "0.8", "0.9")  # "": no chance is asked for


def panel(screen: session.Screen, lens: str | None, scenario: Scenario, put: Callable[..., None]) -> None:
    """Draw what it takes to reach the target, when this scenario gets there, and a button that sets the lever.

    `put` makes a document the scenario.
    """
    widgets.note(screen.texts("solve.help"))
    futures = computed.futures(screen)
    _arrival(screen, lens, scenario, futures)
    _question(screen, lens, scenario, futures, put)


def realism_line(screen: session.Screen, lens: str | None, scenario: Scenario, run: Flows) -> None:
    """Say, for everything that a scenario asks of a segment (of all, if none), how many branches ever did as much."""
    known = computed.records(screen, len(run.covered) - 1)
    rows = realism.against_records(screen.looked_at, known, scenario, run)
    for row in (rows.filter(segment=lens) if lens else rows).to_dicts():
        what = screen.texts(f"realism.{row['measure']}.name")
        what = what if lens else f"{screen.texts('segment.' + row['segment'])}, {what.lower()}"
        widgets.note(session.escape(f"{what}: {describe_record(row, screen.texts)}"))


def _arrival(screen: session.Screen, lens: str | None, scenario: Scenario, futures: Futures | None) -> None:
    """Say when this scenario gets there."""
    try:
        arrival = arrivals.when(screen.looked_at, scenario, segment=lens or goals.TOTAL, futures=futures)
    except CakupanError:
        return  # without a target there is no date; the question below says so
    st.markdown(session.escape(describe_arrival(arrival, screen.texts)))


def _question(
    screen: session.Screen,
    lens: str | None,
    scenario: Scenario,
    futures: Futures | None,
    put: Callable[..., None],
) -> None:
    """Draw the choices and the answer."""
    words, view = screen.texts, screen.looked_at
    targeted = [segment for segment in goals.targeted(view) if lens in {None, segment}]
    if not targeted:
        st.info(words("solve.no_target"), icon=":material/info:")
        return
    with st.container(horizontal=True, vertical_alignment="top", key="solve_choices"):
        segment = targeted[0]
        if len(targeted) > 1:
            names = {segment: words(f"segment.{segment}") for segment in [*targeted, goals.TOTAL]}
            segment = _choice("segment", words("solve.segment_choice"), names, targeted[-1], words)
        levers = {name: _short_name(name, words) for name in lever_values.NAMES}
        name = _choice("lever", words("solve.lever_choice"), levers, "new", words)
        by = _month(segment, screen)
        required = None
        if futures is not None:
            labels = {
                segment: words.share(float(segment), 0) if segment else words("solve.chance_off") for segment in CHANCES
            }
            chance_choice = _choice(
                "chance", words("solve.chance_choice"), labels, CHANCES[0], words, meaning=words("solve.chance_help")
            )
            required = float(chance_choice) if chance_choice else None
    if futures is None:
        widgets.note(words(f"chance.{chance.why(view)}"))
    try:
        answer = seek.solve(view, scenario, f"{segment}.{name}", by=months.parse(by), chance=required, futures=futures)
    except CakupanError as error:
        st.warning(session.escape(words.error(error)), icon=":material/info:")
        return
    _say(screen, scenario, answer, put)
    if len(each.targeted_branches(view, segment)) > 1:
        _each(screen, scenario, f"{segment}.{name}", by, required, futures)


def _each(
    screen: session.Screen,
    scenario: Scenario,
    lever: str,
    by: str,
    required: float | None,
    futures: Futures | None,
) -> None:
    """Show what each branch needs so that every one reaches its own target, when that is asked for."""
    words, view = screen.texts, screen.looked_at
    more = widgets.unfold(words("solve.each"), inputs.SOLVE_EACH)
    if not more.open:
        return
    usual = months.code(goals.due(view, lever.rpartition(".")[0]))
    month = None if by == usual else months.parse(by)  # else each in its own month
    with more:
        needs = each.needs_of_branches(view, scenario, lever, by=month, chance=required, futures=futures)
        st.markdown(session.escape(" ".join(describe_needs(needs, words))))
        rows = [each.row(need) for need in needs]
        tables.show_plain_table(needs_table(rows, words), alt=words("solve.each"))


def _say(screen: session.Screen, scenario: Scenario, answer: seek.Solution, put: Callable[..., None]) -> None:
    """Say the answer, and how realistic it is; let it be used where it changes anything."""
    words, view = screen.texts, screen.looked_at
    text = session.escape(describe_solution(answer, words))
    if not answer.reachable:
        st.warning(text, icon=":material/block:")
        return
    st.markdown(f"**{text}**")
    document = scenarios.simplified(answer.scenario)
    if answer.value:
        ahead = runs.horizon(view, until=answer.by)
        run = runs.flows(view, answer.scenario, ahead)
        known = computed.records(screen, ahead)
        held = realism.of_segments(view, known, answer.scenario, run, answer.segments, answer.name)
        st.markdown(session.escape("\n\n".join(describe_records(held, words))))
    if document != scenarios.simplified(scenario) and st.button(
        words("solve.apply"), icon=":material/check:", key="solve_apply", help=words("solve.apply_help")
    ):
        put(document)
        st.rerun()  # the table of programmes stands outside the fragment


def _short_name(lever: str, words: Texts) -> str:
    """Return a lever's short name; its own where none is written down."""
    key = f"solve.short.{lever}"
    return words(key if key in words else f"lever.{lever}.name")


def _month(segment: str, screen: session.Screen) -> str:
    """Let the viewer choose the month to be ready by; the target's, if it is ahead."""
    words, view = screen.texts, screen.looked_at
    codes = [months.code(months.add(view.as_of, t)) for t in range(1, AHEAD + 1)]
    due = months.code(goals.due(view, segment))
    codes = codes if due <= codes[-1] else [*codes, due]
    usual = due if due in codes else codes[11]
    key = f"solve_month_{segment}_{codes[0]}_{usual}"
    chosen = widgets.chosen(inputs.SOLVING["by"], codes, usual)
    _show(key, chosen, words)
    st.selectbox(
        words("solve.by_month"),
        codes,
        key=key,
        format_func=lambda word: words.month(months.parse(word), short=True),
        on_change=_keep,
        args=("by", key),
        width=170,
    )
    return chosen


def _choice(
    name: str, label: str, options: Mapping[str, str], usual: str, words: Texts, *, meaning: str | None = None
) -> str:
    """Let the viewer choose one of a few; the choice outlives the panel, whose own state goes when it is closed."""
    chosen = widgets.chosen(inputs.SOLVING[name], list(options), usual)
    key = f"solve_{name}"
    _show(key, chosen, words)
    st.segmented_control(
        label,
        list(options),
        key=key,
        required=True,
        format_func=lambda value: options[value],
        on_change=_keep,
        args=(name, key),
        help=meaning,
        wrap=True,
    )
    return chosen


def _show(key: str, value: object, words: Texts) -> None:
    """Let an input show what was chosen; once more in another language: the browser knows labels."""
    written = st.session_state.setdefault("solving_written_in", {})
    if st.session_state.get(key) != value or written.get(key) != words.language:
        st.session_state[key], written[key] = value, words.language


def _keep(name: str, key: str) -> None:
    st.session_state[inputs.SOLVING[name]] = st.session_state[key]
