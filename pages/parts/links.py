"""How does what is on the screen travel in the address bar, and come back the same?

One place reads and writes the query parameters. They are checked like any other input: what cannot be used is told
to the visitor, never silently replaced.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

import streamlit as st

from coverage import scenarios, texts
from coverage.errors import CakupanError, DeclarationRefused
from coverage.tables import SEGMENTS

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
    "levers": "lever_lens",
    "share": "share_out",
    "page": "small_page",
    "tab": "method_tab",
    "severity": "severities",
    "problems": "problem_page",
    "rules": "ruled",
    **{f"solve.{name}": f"solving_{name}" for name in ("segment", "lever", "by", "chance")},
    **{
        f"mix.{name}": f"mixing_{name}"
        for name in (
            *("new", "lapse", "back", "premium", "months", "budget"),
            *("new_limit", "lapse_limit", "back_limit", "workers_limit"),
        )
    },
}
PANELS = (
    *("map", "strain_sets", "strain_milestones", "programmes_panel", "solve_panel", "mix_panel", "rules_panel"),
    *("library_panel", "meeting_panel", "money_own", "backtest_open", "template_panel"),
    *("bullet_table", "trajectory_table", "simulated_table", "flows_table", "payments_table", "mix_curve_table"),
    *("target_sets_table", "places_table", "small_table", "compared_lines_table", "waterfall_table", "tornado_table"),
    *("plan_lines_table", "backtest_errors_table", *(f"rule_{segment}_table" for segment in SEGMENTS)),
)
"""What can be unfolded on a page, by its key: a question, a list, the table of a chart."""
INSIDE = {"solve.": "solve_panel", "mix.": "mix_panel", "rules": "rules_panel"}
"""How the parameters of what stands in a panel begin: they are on the screen only while it is open."""
LISTS = {"segments", "compared", "severities"}
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
    state["linked"] = [key for parameter, key in FRAME.items() if parameter in given]
    for panel in filter(None, given.pop("open", "").split("|")):
        if panel in PANELS:
            state[panel] = True
        else:
            tell(refusal("open", panel, PANELS))
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


def refusal(parameter: str, found: object, allowed: Sequence[object]) -> CakupanError:
    """Say that a link's parameter holds what cannot be chosen."""
    listed = " | ".join(str(one) for one in allowed[:12]) + (" …" if len(allowed) > 12 else "")
    return DeclarationRefused("link_value_refused", key=parameter, found=str(found), allowed=listed)


def told(words: texts.Texts) -> list[str]:
    """Return what has to be told about the link, in words."""
    return [words.error(CakupanError(code, **data)) for code, data in st.session_state.get("told", [])]


def parameters(scenario: Mapping[str, object] | None = None) -> dict[str, str]:
    """Return what is on the screen as parameters, without what equals the opening view; with another scenario than
    the one that is set, if one is given."""
    state = st.session_state
    opening = state.get("opening", {})
    query = {}
    for parameter, key in FRAME.items():
        value = state.get(key)
        # Everywhere ("") is said where the app opens with one branch.
        if value is None or value == opening.get(key, type(value)()) or not _on_screen(parameter):
            continue
        query[parameter] = "|".join(value) if isinstance(value, list) else str(value)
    opened = [panel for panel in PANELS if state.get(panel) is True]
    query |= {"open": "|".join(opened)} if opened else {}
    document = state.get("scenario") if scenario is None else scenario
    return query | scenarios.to_query(scenarios.validated(document, file="")) if document else query


def _on_screen(parameter: str) -> bool:
    """Tell whether what a parameter says can be seen now."""
    panels = [panel for start, panel in INSIDE.items() if parameter.startswith(start)]
    return not panels or st.session_state.get(panels[0]) is True


def write() -> None:
    """Bring the address bar up to date; it is left alone where nothing changed."""
    wanted = parameters()
    there = {name: value for name, value in st.query_params.to_dict().items() if name not in RESERVED}
    if wanted != there:
        st.query_params.from_dict(wanted | {n: v for n, v in st.query_params.to_dict().items() if n in RESERVED})


def address(scenario: Mapping[str, object] | None = None) -> str:
    """Return the whole link to this page as it stands, or with another scenario; the language is said, for the
    reader's browser may speak another."""
    query = {"lang": st.session_state["language"]} | parameters(scenario)
    return f"{(st.context.url or '').split('?')[0]}?{urlencode(query)}"
