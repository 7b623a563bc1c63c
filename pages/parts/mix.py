"""How does a visitor ask for the cheapest way to the target, say what things cost, and use the answer?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from coverage.answers import costs, mix
from coverage.answers.costs import Costs, LeverCosts
from coverage.base.errors import CakupanError
from coverage.base.texts import Texts
from coverage.charts.mix import draw_gap_by_money
from coverage.model import scenarios
from coverage.model.scenarios import Scenario
from coverage.wording import figures, sentences
from coverage.wording.columns import PEOPLE
from coverage.wording.mix import describe_mix
from pages.parts import inputs, session, tables, widgets

PRICES = ("new", "lapse", "back", "premium", "months")
LIMITS = ("new_limit", "lapse_limit", "back_limit", "workers_limit")
MILLION = 1_000_000


MIX_ROWS = (
    *("segment", "lever", "value", "amount", "unit_rupiah", "cost_basis", "cost_rupiah", "people", "marginal_rupiah"),
)


def panel(screen: session.Screen, lens: str | None, scenario: Scenario, put: Callable[..., None]) -> None:
    """Draw the costs, the cheapest mix on top of this scenario, and the gap left over the money spent.

    `put` makes a document the scenario.
    """
    words = screen.texts
    widgets.note(words("mix.help"))
    try:
        prices, budget = _costs_and_budget(screen)
        cheapest = mix.solve(
            screen.looked_at, scenario, prices, segment=lens, budget=budget, name=words("mix.programme")
        )
    except CakupanError as error:
        st.info(session.escape(words.error(error)), icon=":material/info:")
        return
    _answer(screen, scenario, cheapest, put)


def _costs_and_budget(screen: session.Screen) -> tuple[Costs, float | None]:
    """Draw the inputs and return what is in them; None is no cap on the budget."""
    words = screen.texts
    given: dict[str, float] = {}
    for names in (PRICES[:3], (*PRICES[3:], "budget")):
        for column, name in zip(st.columns(3), names, strict=True):
            with column:
                given |= _input(name, screen)
    with st.popover(words("mix.limits"), icon=":material/tune:", key="mix_limits"):
        for name in LIMITS:
            given |= _input(name, screen)
        widgets.note(words("mix.limit_note"))
    budget = given.pop("budget", None)
    usual = LeverCosts()
    typed = {name: value for name, value in given.items() if value != getattr(usual, name)}
    prices = costs.checked({"every": typed})
    if prices.illustrative():
        widgets.note(words("mix.basis_note", premium=words.rupiah(screen.looked_at.settings["premium_rupiah"])))
    return prices, None if budget is None else budget * MILLION


def _input(name: str, screen: session.Screen) -> dict[str, float]:
    """Draw one input and return its value under its name; nothing where it is empty.

    What was typed outlives the panel, whose own state goes when it is closed. Shares are typed as percentages.
    """
    words, share = screen.texts, name in LIMITS[:3]
    usual = None if name == "budget" else getattr(LeverCosts(), name)
    shown = None if usual is None else round(usual * 100) if share else int(usual)
    key = f"mix_{name}"
    least = 1 if name == "months" else 0
    most = {"months": 240, "lapse_limit": 100, "new_limit": 500, "back_limit": 500}.get(name, 10_000_000)
    if key not in st.session_state:
        st.session_state[key] = widgets.number_chosen(inputs.MIXING[name], shown, least, most)
    label = {"premium": "premium_cost", "months": "funded_months", "budget": "budget"}.get(
        name, name if name in LIMITS else f"{name}_cost"
    )
    value = st.number_input(
        words(f"mix.{label}"),
        min_value=least,
        max_value=most,
        step={"months": 1, "budget": 50, "workers_limit": 1000, "premium": 100}.get(name, 5 if share else 1000),
        key=key,
        help=words(f"mix.{name}_help") if name in {"budget", "workers_limit"} else None,
        on_change=_keep,
        args=(name, key),
    )
    if value is None:
        return {}
    return {name: value / 100 if share else value}


def _keep(name: str, key: str) -> None:
    st.session_state[inputs.MIXING[name]] = st.session_state[key]


def _answer(screen: session.Screen, scenario: Scenario, cheapest: mix.Mix, put: Callable[..., None]) -> None:
    """Say what it costs and what it reaches, who does what, and what less money would leave."""
    words = screen.texts
    outcome, *more = describe_mix(cheapest, words)
    st.markdown("  \n".join([f"**{session.escape(outcome)}**", *(session.escape(sentence) for sentence in more)]))
    document = scenarios.simplified(cheapest.scenario)
    if document != scenarios.simplified(scenario) and st.button(
        words("mix.use"), icon=":material/check:", key="mix_use"
    ):
        put(document)
        st.rerun()  # the table of programmes stands outside the fragment
    if cheapest.gap_before < 1:
        return
    _table(figures.mix_rows(cheapest, words), MIX_ROWS, words, "mix_rows")
    widgets.note(words("mix.verified"))
    steps = mix.curve(cheapest)
    st.markdown(f"**{words('mix.curve_title')}**")
    widgets.draw(
        draw_gap_by_money(
            steps,
            words,
            spent=cheapest.cost_rupiah,
            left=cheapest.gap,
            dark=screen.dark,
            alt_text=sentences.describe_gap_by_money(steps, words),
        ),
        key=inputs.MIX_CURVE,
        words=words,
        table=lambda: _table(steps, ("budget_rupiah", "gap"), words, "mix_curve_rows"),
    )


def _table(rows: Any, columns: Sequence[str], words: Texts, key: str) -> None:
    heads = {name: words(f"mix.head.{name}") for name in columns}
    tables.show_table(rows, words, columns, key=key, names=heads, forms={"amount": PEOPLE})
