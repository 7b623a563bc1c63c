"""Which scenarios are compared, and how is one of them chosen?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from coverage.base import declarations
from coverage.base.texts import Texts
from coverage.model import runs, scenarios
from coverage.model.projection import Futures
from coverage.model.scenarios import Scenario
from coverage.model.view import View
from pages.parts import brought, inputs, links, session

MOST = 4
LETTERS = "ABCD"
CURRENT, BASELINE = "current", "baseline"


@dataclass(frozen=True, kw_only=True)
class Compared:
    """The scenarios that can be compared, those that are, and how far and for whom they run."""

    screen: session.Screen
    options: Mapping[str, Scenario]
    chosen: Sequence[str]
    months_ahead: int
    lens: str | None
    futures: Futures | None

    @property
    def words(self) -> Texts:
        """Return the words of the reader's language."""
        return self.screen.texts

    @property
    def view(self) -> View:
        """Return what is looked at."""
        return self.screen.looked_at

    @property
    def keys(self) -> list[str]:
        """Return by what the runs are summed."""
        return ["segment"] if self.lens else []

    def only(self, frame: Any) -> Any:
        """Keep the rows of the segment that is looked at."""
        return frame.filter(segment=self.lens) if self.lens else frame

    def named(self, name: str) -> str:
        """Return a scenario's name."""
        return describe_name(name, self.options, self.words)


def offered(view: View) -> dict[str, Scenario]:
    """Return what can be compared: the baseline, the visitor's own scenario if there is one, the shipped ones, and
    what was brought from a file or the library."""
    state, shipped = st.session_state, session.presets()
    own = {CURRENT: scenarios.validated(state["scenario"], file="")} if state["scenario"] else {}
    wanted = [*(state.get("compared") or []), state.get("plan") or ""]
    known = {BASELINE: shipped[BASELINE], **own, **shipped, **brought.scenarios_brought(wanted)}
    return {name: scenario.at(view.as_of) for name, scenario in known.items()}


def opening(view: View, options: Mapping[str, Scenario]) -> list[str]:
    """Return what is compared at first: the visitor's own scenario, else those that change something here."""
    if CURRENT in options:
        return [BASELINE, CURRENT]
    others = [name for name in options if name != BASELINE]
    telling = [name for name in others if runs.reaches(view, options[name])] or others
    return [BASELINE, *telling[-3:]][:MOST]


def describe_name(name: str, options: Mapping[str, Scenario], words: Texts) -> str:
    """Return a scenario's name, with where it comes from."""
    text = declarations.words(options[name].name, words.language)
    if name == CURRENT:
        return f"{words('compare.current')}: {text}" if text else words("compare.current")
    if name.startswith((brought.FILE, brought.SHELF)):
        return brought.describe_origin(name, text, words)
    return text or name


def kept_choice(words: Texts, key: inputs.Key, allowed: Sequence[str], usual: Sequence[str]) -> list[str]:
    """Return the choice that the state holds, without what is not there (any more); a link that names it is told."""
    wanted = st.session_state.get(key)
    wanted = [wanted] if isinstance(wanted, str) else wanted or []
    for name in wanted:
        if name not in allowed and name != CURRENT:
            refusal = words("compare.unknown", found=name, allowed=links.describe_choices(allowed))
            if key == inputs.PLAN_MADE:  # a month, no scenario
                refusal = words.error(links.refusal_of_link("made", name, allowed))
            st.warning(session.escape(refusal), icon=":material/link_off:")
    return [name for name in dict.fromkeys(wanted) if name in allowed] or list(usual)


def choose_one(
    here: Compared, key: inputs.Key, label: str, allowed: Sequence[str], usual: str, write: Callable[[str], str]
) -> str:
    """Let the viewer choose one of several; the state keeps it, for a widget's own value is lost with its page."""
    state = st.session_state
    chosen = kept_choice(here.words, key, allowed, [usual])[0]
    state[f"{key}_control"] = chosen
    st.selectbox(
        label,
        allowed,
        key=f"{key}_control",
        format_func=write,
        on_change=lambda: state.update({key: state[f"{key}_control"]}),
    )
    return chosen


def slots(words: Texts, options: Mapping[str, Scenario], chosen: Sequence[str]) -> None:
    """Draw a choice for each scenario; the first is the reference, those behind the second may stay empty."""
    grid = st.grid(len(LETTERS), min_column_width=150, gap="small")  # two beside each other on a telephone
    for place, letter in enumerate(LETTERS):
        key = f"slot_{place}"
        with grid.cell():
            st.session_state[key] = chosen[place] if place < len(chosen) else ""
            st.selectbox(
                words("compare.first" if place == 0 else "compare.slot", letter=letter),
                list(options) if place == 0 else ["", *options],
                key=key,
                format_func=lambda name: describe_name(name, options, words) if name else "–",
                help=f"{words('compare.about')} {words('compare.choose_help')}" if place == 0 else None,
                on_change=_take_slots,
            )


def _take_slots() -> None:
    """Take what the slots hold into the state: each scenario once, without gaps."""
    state = st.session_state
    held = [state[f"slot_{place}"] for place in range(MOST)]
    state["compared"] = list(dict.fromkeys(name for name in held if name))


def put_beside(name: str, chosen: Sequence[str]) -> None:
    """Put what was brought beside those that are compared; where all places are taken, in the last."""
    others = [other for other in chosen if other != name]
    st.session_state["compared"] = [*others[: MOST - 1], name]


def heading(words: Texts, key: str) -> None:
    """Write the heading of a part of the page."""
    st.markdown(f"## {words(key)}")
