"""How does what is on the screen travel in the address bar, and come back the same?

One place reads and writes the query parameters. They are checked like any other input: what cannot be used is told
to the visitor, never silently replaced.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from coverage.base import texts
from coverage.base.errors import CakupanError, DeclarationRefused
from coverage.model import links, scenarios
from pages.parts.inputs import AROUND, INPUTS, PANELS, Panel

FRAME = {declared.parameter: declared.key for declared in INPUTS}
"""Parameter in the link -> key in the session's state; what is missing means the opening view."""
PLACE = tuple(declared.parameter for declared in INPUTS if declared.place)
"""The parameters that say what is looked at, whatever the scenario."""
INSIDE = {declared.parameter: declared.inside for declared in INPUTS if declared.inside}
"""The panel of a parameter's input: it is on the screen only while that is open."""
SWITCHES = "switches"
"""The key under which an input with a switch for each of several panels holds those that are open."""
RENAMED = {declared.formerly: declared.parameter for declared in INPUTS if declared.formerly}
"""What parameters were called in links of before."""
LISTS = {declared.key for declared in INPUTS if declared.many}
"""The keys that hold lists."""
MOST_NAMED = 12
RESERVED = {"embed", "embed_options", "sliders"}


def seed() -> None:
    """Take the first run's parameters into the state; remember what could not be used."""
    state = st.session_state
    if "seeded" in state:
        return
    state["seeded"] = True
    state["told"] = []
    state["sliders"] = st.query_params.get("sliders")
    given = {RENAMED.get(name, name): value for name, value in st.query_params.to_dict().items()}
    for name in st.query_params:
        values = st.query_params.get_all(name)
        if len(set(values)) > 1:  # Streamlit takes the last
            tell(DeclarationRefused("link_twice", key=name, found=" · ".join(values), used=values[-1]))
    for parameter, key in FRAME.items():
        if parameter in given:
            state[key] = given[parameter].split("|") if key in LISTS else given[parameter]
    state["linked"] = [key for parameter, key in FRAME.items() if parameter in given]
    for written in filter(None, given.pop("open", "").split("|")):
        # Links are short: they leave out the ending.
        panel = Panel(written if written in PANELS else f"{written}_panel")
        if panel in PANELS:
            state[panel] = True
            if panel in AROUND:
                state[AROUND[panel]] = True
        else:
            tell(refusal_of_link("open", written, PANELS))
    rest = {name: value for name, value in given.items() if name not in FRAME and name not in RESERVED}
    state["scenario"] = {}
    state["past"], state["future"] = [], []
    state["scenario"] = _scenario(rest)


def _scenario(query: dict[str, str]) -> dict[str, object]:
    """Read the scenario of a link; tell each setting that cannot be used, and keep the others."""
    while query:
        try:
            return scenarios.simplified(links.from_query(query))
        except CakupanError as error:
            tell(error)
            query = _without(query, str(error.data.get("key", "")))
    return {}


def _without(query: dict[str, str], refused: str) -> dict[str, str]:
    """Leave out what was refused: a setting, else the whole programme or rule to which it belongs, else everything."""
    whole = re.match(r"p\d+(?=\.|$)|\w+\.rule(?=\.|$)", refused)
    start = whole[0] if whole else refused
    left = {key: value for key, value in query.items() if key != start and not key.startswith(f"{start}.")}
    return left if len(left) < len(query) else {}


def tell(error: CakupanError) -> None:
    """Keep a refusal for the top of the page, as data: the language may still change."""
    refusal = [error.code, dict(error.data)]
    if refusal not in st.session_state["told"]:
        st.session_state["told"].append(refusal)


def refusal_of_link(parameter: str, value: object, allowed: Sequence[object]) -> CakupanError:
    """Say that a link's parameter holds what cannot be chosen."""
    return DeclarationRefused("link_value_refused", key=parameter, found=str(value), allowed=describe_choices(allowed))


def describe_choices(allowed: Sequence[object]) -> str:
    """Name what can be chosen; where it is much, the first of it, with a sign that there is more."""
    return " | ".join(str(name) for name in allowed[:MOST_NAMED]) + (" …" if len(allowed) > MOST_NAMED else "")


def whole_number(value: object) -> int | None:
    """Read a whole number out of a link; nothing where it is none, or longer than any that is meant."""
    return int(value) if isinstance(value, str) and value.isdecimal() and len(value) <= 9 else None


def describe_refusals(words: texts.Texts) -> list[str]:
    """Return what has to be told about the link, in words."""
    return [words.error(CakupanError(code, **data)) for code, data in st.session_state.get("told", [])]


def put_aside() -> None:
    """Say what was refused once: the next run, which the visitor asks for, says it no more."""
    st.session_state["refused"], st.session_state["told"] = st.session_state.get("told", []), []


def say_again() -> None:
    """Let the next run say it too: the visitor did not ask for that run."""
    st.session_state["told"] = st.session_state.pop("refused", [])


def parameters(scenario: Mapping[str, object] | None = None) -> dict[str, str]:
    """Return what is on the screen as parameters, without what equals the opening view; with another scenario than
    the one that is set, if one is given."""
    state = st.session_state.to_dict()  # read once: each look into it takes a lock
    opening = state.get("opening", {})
    unfolded = _unfolded(state)
    unseen = {parameter for parameter, panel in INSIDE.items() if panel not in unfolded}
    query = {}
    for parameter, key in FRAME.items():
        value = state.get(key)
        # Everywhere ("") is said where the app opens with one branch.
        if value is None or value == opening.get(key, type(value)()) or parameter in unseen:
            continue
        query[parameter] = "|".join(value) if isinstance(value, list) else str(value)
    # What unfolds by itself (levers that are set), or with what stands in it, need not be said.
    opened = [panel for panel in unfolded if AROUND.get(panel, panel) in unfolded]
    around = {AROUND.get(panel) for panel in opened}
    opened = [panel for panel in opened if panel not in around and not opening.get(panel)]
    query |= {"open": "|".join(panel.removesuffix("_panel") for panel in opened)} if opened else {}
    document = state.get("scenario") if scenario is None else scenario
    return query | links.to_query(scenarios.validated(document, file="")) if document else query


def _unfolded(state: Mapping[str, Any]) -> list[Panel]:
    """Name the panels that are unfolded, by a switch of their own or one of several, in the order of the link."""
    switched = state.get(SWITCHES, ())
    return [panel for panel in PANELS if state.get(panel) is True or panel in switched]


def write(page: str | None = None) -> None:
    """Bring the address bar up to date; it is left alone where nothing changed.

    On a page that was just turned to it still says what the page before said, which Streamlit does not tell us: so a
    run of a whole page names it, and it is written once.
    """
    present = st.query_params.to_dict()
    turned = page is not None and page != st.session_state.get("written_on")
    if page is not None:
        st.session_state["written_on"] = page
    reserved = {name: value for name, value in present.items() if name in RESERVED}
    if plain := st.session_state.get("sliders"):  # the menu leaves it out, and a reload would bring the cockpit
        reserved["sliders"] = plain
    if (wanted := parameters() | reserved) != present or turned:
        st.query_params.from_dict(wanted)


def address(scenario: Mapping[str, object] | None = None, place: Mapping[str, str] | None = None) -> str:
    """Return the whole link to this page as it stands, or with another scenario and another place (`PLACE`); the
    language is said, for the reader's browser may speak another."""
    query = {"lang": st.session_state["language"]} | parameters(scenario)
    if place is not None:
        query = {name: value for name, value in query.items() if name not in PLACE} | dict(place)
    # What a query may hold as it is (RFC 3986, section 3.4) is not written longer: some programs cut long links.
    return f"{(st.context.url or '').split('?')[0]}?{urlencode(query, safe='/:@,')}"
