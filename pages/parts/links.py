"""How does what is on the screen travel in the address bar, and come back the same?

One place reads and writes the query parameters. They are checked like any other input: what cannot be used is told
to the visitor, never silently replaced.
"""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from coverage import scenarios, texts
from coverage.errors import CakupanError

# Parameter in the link -> key in the session's state; what is missing means the opening view.
FRAME = {
    "lang": "language",
    "data": "dataset",
    "region": "region",
    "branch": "branch",
    "segments": "segments",
    "month": "month",
    "targets": "target_set",
    "view": "lens",
    "rank": "rank",
    "screen": "screen",
    "compare": "compared",
    "explain": "explained",
    "plan": "plan",
    "made": "plan_made",
}
LISTS = {"segments", "compared"}
RESERVED = {"embed", "embed_options"}


def seed() -> None:
    """Take the first run's parameters into the state; remember what could not be used."""
    state = st.session_state
    if "seeded" in state:
        return
    state["seeded"] = True
    state["told"] = []
    given = st.query_params.to_dict()
    for parameter, key in FRAME.items():
        if parameter in given:
            state[key] = given[parameter].split("|") if key in LISTS else given[parameter]
    rest = {name: value for name, value in given.items() if name not in FRAME and name not in RESERVED}
    state["scenario"] = {}
    state["past"], state["future"] = [], []
    try:
        state["scenario"] = scenarios.simplified(scenarios.from_query(rest))
    except CakupanError as error:
        tell(error)


def tell(error: CakupanError) -> None:
    """Keep a refusal for the top of the page, as data: the language may still change."""
    told = [error.code, dict(error.data)]
    if told not in st.session_state["told"]:
        st.session_state["told"].append(told)


def told(words: texts.Texts) -> list[str]:
    """Return what has to be told about the link, in words."""
    return [words.error(CakupanError(code, **data)) for code, data in st.session_state.get("told", [])]


def parameters() -> dict[str, str]:
    """Return what is on the screen as parameters, without what equals the opening view."""
    state = st.session_state
    opening = state.get("opening", {})
    query = {}
    for parameter, key in FRAME.items():
        value = state.get(key)
        if value in (None, "", []) or value == opening.get(key):
            continue
        query[parameter] = "|".join(value) if isinstance(value, list) else str(value)
    document = state.get("scenario") or {}
    return query | scenarios.to_query(scenarios.validated(document, file="")) if document else query


def write() -> None:
    """Bring the address bar up to date; it is left alone where nothing changed."""
    wanted = parameters()
    there = {name: value for name, value in st.query_params.to_dict().items() if name not in RESERVED}
    if wanted != there:
        st.query_params.from_dict(wanted | {n: v for n, v in st.query_params.to_dict().items() if n in RESERVED})


def address() -> str:
    """Return the whole link to this page as it stands, language included: the reader's browser may speak another."""
    query = {"lang": st.session_state["language"]} | parameters()
    return f"{(st.context.url or '').split('?')[0]}?{urlencode(query)}"
