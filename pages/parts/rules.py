"""How does a visitor let a rule set a segment's path, and what does the rule take?"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from coverage.base.texts import Texts
from coverage.model import links, rules, runs
from coverage.model.rules import Rule
from coverage.model.scenarios import Scenario
from coverage.wording import figures
from coverage.wording.columns import PEOPLE
from coverage.wording.rules import describe_demand, describe_rule_parameter
from pages.parts import inputs, session, tables, widgets

COMPARED = ("rule", "needed", "ratio", "peak", "peak_month", "covered", "missed")


def panel(screen: session.Screen, lens: str | None, scenario: Scenario, put: Callable[..., None]) -> None:
    """Draw the choice of a rule for a segment, its parameters, and the registrations that it takes.

    `put` makes a document the scenario; moves of one parameter in a row count as one step.
    """
    words, view = screen.texts, screen.looked_at
    widgets.note(words("rules.choose_help"))
    segment = lens or _segment(view.series["segment"].unique().sort().to_list(), words)
    own = next((rule for name, rule in scenario.rule.items() if name == segment), None)
    name = words(f"segment.{segment}")
    key = f"rule_{segment}"
    _write(key, own.kind if own else links.NO_RULE, words)
    st.selectbox(
        words("rules.choose", segment=name),
        [links.NO_RULE, *rules.PARAMETERS],
        key=key,
        format_func=lambda kind: words("rules.none" if kind == links.NO_RULE else f"rules.{kind}.name"),
        on_change=_take,
        args=(segment, key, put),
    )
    months_ahead = runs.horizon(view, scenario)
    if own is not None:
        _parameters(segment, own, words, put)
        needs = runs.required(view, scenario, runs.flows(view, scenario, months_ahead))
        for text in describe_demand(needs.filter(segment=segment), words):
            st.markdown(session.escape(text))
        st.button(
            words("rules.reset", segment=name),
            key=f"{key}_reset",
            icon=":material/close:",
            on_click=_keep,
            args=(segment, None, put),
        )
    every = widgets.unfold(words("rules.table"), inputs.RULE_TABLES[segment])
    if every.open:
        with every:
            rows = runs.every_rule(view, scenario, months_ahead, [segment])
            tables.show_table(
                figures.rule_rows(rows, words),
                words,
                COMPARED,
                key=f"{key}_rows",
                names={name: words(f"rules.head.{name}") for name in COMPARED},
                forms={"needed": PEOPLE},
                alt=words("rules.table"),
            )


def _segment(segments: list[str], words: Texts) -> str:
    """Let the viewer choose a segment where all together are drawn."""
    if len(segments) == 1:
        return segments[0]
    return widgets.choice(
        inputs.RULED,
        words("rules.segment"),
        segments,
        segments[0],
        lambda name: words(f"segment.{name}"),
        hidden=True,
        wrap=True,
    )


def _parameters(segment: str, own: Rule, words: Texts, put: Callable[..., None]) -> None:
    """Draw a slider for each parameter of a rule, from its declaration."""
    for name in rules.fields(own.kind):
        value, options = getattr(own, name), rules.stops(name)
        if value not in options:
            options = sorted([*options, value])
        key = f"rule_{segment}_{own.kind}_{name}"
        _write(key, value, words)
        st.select_slider(
            words(f"rules.parameter.{name}"),
            options,
            key=key,
            format_func=partial(_parameter, name, words),
            on_change=_move,
            args=(segment, name, key, put),
        )


def _parameter(name: str, words: Texts, value: Any) -> str:
    return describe_rule_parameter(name, value, words)


def _write(key: str, value: object, words: Texts) -> None:
    """Let an input show what the scenario says; once more in another language: the browser knows labels."""
    written = st.session_state.setdefault("rules_written_in", {})
    if st.session_state.get(key) != value or written.get(key) != words.language:
        st.session_state[key], written[key] = value, words.language


def _take(segment: str, key: str, put: Callable[..., None]) -> None:
    kind = st.session_state[key]
    _keep(segment, None if kind == links.NO_RULE else {"kind": kind}, put)


def _move(segment: str, name: str, key: str, put: Callable[..., None]) -> None:
    rule = st.session_state["scenario"]["rule"][segment]
    _keep(segment, rule | {name: st.session_state[key]}, put, lever=f"{segment}.rule.{name}")


def _keep(segment: str, rule: dict[str, Any] | None, put: Callable[..., None], *, lever: str = "") -> None:
    """Put the scenario with this segment's rule, or without one."""
    document = dict(st.session_state["scenario"])
    ruled = {name: each_rule for name, each_rule in document.pop("rule", {}).items() if name != segment}
    if rule is not None:
        ruled[segment] = rule
    put(document | ({"rule": ruled} if ruled else {}), lever=lever)
