"""How are a scenario's programmes edited, and how is a scenario saved as a file and loaded back?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

import streamlit as st

from coverage.base import months
from coverage.base.errors import CakupanError
from coverage.base.texts import Texts
from coverage.model import scenarios
from coverage.model.levers import FUNDS, Programme
from coverage.model.scenarios import Scenario
from coverage.records.programme_table import programme_documents, programme_table, unfinished
from pages.parts import session

SPREADS = ("uncovered", "eligible", "gap", "active")


def edited_programmes(scenario: Scenario, screen: session.Screen, *, edition: int) -> list[dict[str, Any]] | None:
    """Show the programmes as an editable table; return them as documents, None while a row is unfinished.

    The table is a new one with every edition: undo, a preset or a loaded file replace what was typed.
    """
    words, view = screen.texts, screen.looked_at
    base = st.session_state.get("programme_base")
    if base is None or base[0] != edition:
        base = [edition, programme_table(scenario)]
        st.session_state["programme_base"] = base
    kept = base[1]
    segments = [
        segment
        for segment in get_args(Programme.model_fields["segment"].annotation)
        if segment in set(view.series["segment"])
    ]
    calendar = [months.code(months.add(view.as_of, t)) for t in range(1, 37)]
    calendar = sorted({*calendar, *kept["starts"].drop_nulls().to_list()})
    column = st.column_config
    result: Any = st.data_editor(
        kept,
        num_rows="dynamic",
        hide_index=True,
        width="stretch",
        key=f"programmes_{edition}",
        column_config={
            "name": column.TextColumn(words("programme.name"), required=True, max_chars=120),
            "segment": column.SelectboxColumn(
                words("programme.segment"),
                options=segments,
                required=True,
                default=segments[-1],
                format_func=lambda spread: words(f"segment.{spread}"),
            ),
            "workers": column.NumberColumn(
                words("programme.workers"), min_value=0, max_value=100_000_000, step=1, required=True, default=1000
            ),
            "starts": column.SelectboxColumn(
                words("programme.starts"),
                options=calendar,
                required=True,
                default=calendar[0],
                format_func=lambda month: words.month(months.parse(str(month)), short=True),
            ),
            "months": column.NumberColumn(
                words("programme.months"), min_value=1, max_value=240, step=1, required=True, default=12
            ),
            "stay": column.NumberColumn(
                words("programme.stay"), min_value=0, max_value=100, format="%g %%", required=True, default=0
            ),
            "premium": column.NumberColumn(
                words("programme.premium"),
                min_value=0,
                max_value=10_000_000,
                required=True,
                default=int(view.settings["premium_rupiah"]),
                format="Rp%d",
            ),
            "share": column.NumberColumn(
                words("programme.share"), min_value=0, max_value=100, format="%g %%", required=True, default=100
            ),
            "fund": column.SelectboxColumn(
                words("programme.fund"),
                options=FUNDS,
                required=True,
                default=FUNDS[0],
                format_func=lambda spread: words(f"fund.{spread}"),
            ),
            "spread": column.SelectboxColumn(
                words("programme.spread"),
                options=SPREADS,
                required=True,
                default=SPREADS[0],
                format_func=lambda spread: words(f"spread.{spread}"),
            ),
            "branches": column.MultiselectColumn(
                words("programme.branches"), options=sorted(view.series["branch"].unique().to_list())
            ),
        },
    )
    for row, missing in unfinished(result).items():
        names = ", ".join(words(f"programme.{name}") for name in missing)
        st.warning(words("simulate.unfinished", row=row, missing=names), icon=":material/edit:")
    return programme_documents(result)


def save_and_load(scenario: Scenario, words: Texts, put: Callable[[dict[str, Any]], None]) -> None:
    """Offer the scenario as a TOML file, and take one back."""
    st.download_button(
        words("simulate.save"),
        data=scenarios.dumps(scenario),
        file_name=f"{words('simulate.file_name')}.toml",
        mime="application/toml",
        icon=":material/download:",
        on_click="ignore",
        key="save_scenario",
    )
    loaded = take_file(words, key="load_scenario", meaning=words("simulate.load_help"))
    if loaded is not None:
        put(scenarios.simplified(loaded[1]))
        st.rerun()


def take_file(words: Texts, *, key: str, meaning: str) -> tuple[str, Scenario] | None:
    """Draw the way in for a scenario file; return its name and the scenario once, when it was handed over."""
    file = st.file_uploader(words("simulate.load"), type=["toml"], key=key, help=meaning)
    if file is None or st.session_state.get(f"{key}_taken") == file.file_id:
        return None
    try:
        loaded = scenarios.loads(file.getvalue().decode("utf-8-sig"), file.name)
    except CakupanError as error:
        st.error(session.escape(words.error(error)), icon=":material/error:")
    except UnicodeDecodeError:
        st.error(session.escape(words.error(CakupanError("not_text", file=file.name))), icon=":material/error:")
    else:
        st.session_state[f"{key}_taken"] = file.file_id
        return file.name, loaded
    return None
