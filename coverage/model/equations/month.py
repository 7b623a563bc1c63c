"""What happens in a month, step by step (model, section 5.3): the one place where these equations stand.

To add a term, change one line here. To add a lever, declare it in `model.levers`, use `lever_<name>` here, and give it
its words in each language: the projection, the browser, the workbook and the Method page follow.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import nan

from coverage.model.equations.lever_inputs import PREFIX, inputs_of
from coverage.model.equations.steps import Equations, Input, checked, step
from coverage.model.levers import Levers

GIVEN = (
    Input(name="eligible_0", symbol="E₀", unit="people", by=("series",), limitless=True),
    Input(name="paying_0", symbol="A₀", unit="people", by=("series",)),
    Input(name="funded_0", symbol="F₀", unit="people", by=("series",)),
    Input(name="pool_0", symbol="P₀", unit="people", by=("series",)),
    Input(name="new_rate", symbol="n", unit="people", by=("month", "series", "draw")),
    Input(name="lapse_rate", symbol="λ", unit="share", by=("month", "series", "draw")),
    Input(name="back_rate", symbol="ρ", unit="share", by=("series",)),
)
"""Where each series stands in month 0, and what would happen without a lever; the seasons are in n and λ already."""

RULED = (
    Input(name="path", symbol="w", unit="people", by=("month", "series"), neutral=nan),
    Input(name="floor", symbol="w₋", unit="people", by=("month", "series"), neutral=nan),
)
"""The lines of growth rules (model, section 6); unknown where there is none."""

PROGRAMMES = (
    Input(name="starts_k", symbol="sᵢ", unit="number", by=("programme",)),
    Input(name="ends_k", symbol="eᵢ", unit="number", by=("programme",)),
    Input(name="stay_k", symbol="σᵢ", unit="share", by=("programme",)),
    Input(name="weight_k", symbol="ωᵢ", unit="share", by=("programme",)),
    Input(name="workers_k", symbol="Wᵢ", unit="people", by=("programme", "series")),
    Input(name="held_k", symbol="Hᵢ", unit="people", by=("programme", "series"), neutral=0),
)
"""Months counted from the as-of month; `held_k` are the members whom a running programme has in month 0."""

STEPS = (
    # What the levers make of the rates
    step("monthly", "γ", "(1 + lever_eligible_growth) ** (1 / 12)", "factor"),
    step("ramp", "r", "min(max((t - lever_starts + 1) / max(lever_ramp, 1), 0), 1)", "share"),
    step("lapse_share", "λ′", "min(1, lapse_rate * max(0, 1 + lever_lapse * ramp))", "share"),
    step("back_share", "ρ′", "min(1, back_rate * max(0, 1 + lever_back * ramp))", "share"),
    # 1 The workforce
    step("eligible", "E", "was(eligible) * monthly", "people", start="eligible_0"),
    # 2 Who lapses and who returns
    step("lapsed", "L", "lapse_share * was(paying)", "people"),
    step("returned", "R", "back_share * was(pool)", "people"),
    # 3 Programmes end
    step("ended", "Xᵢ", "was(members)", "people", each=True, when="ends_k"),
    step("stayed", "Yᵢ", "stay_k * ended", "people", each=True, when="ends_k"),
    step("paying_1", "A¹", "was(paying) - lapsed + returned + sum(stayed)", "people"),
    step("funded_1", "F¹", "was(funded) - sum(ended)", "people"),
    # 4 Who leaves the workforce
    step("short", "Δ", "eligible - paying_1 - funded_1", "signed"),
    step("left", "Z", "max(-short, 0)", "people", quiet="0"),
    step("left_paying", "Z_A", "min(left, paying_1)", "people", quiet="0"),
    step("left_funded", "Z_F", "left - left_paying", "people", quiet="0"),
    step("kept", "κ", "1 - ratio(left_funded, funded_1)", "share", quiet="1"),
    # 5 Room
    step("room", "M", "max(short, 0)", "people", quiet="short"),
    # 6 Programmes begin
    step(
        "enrolled",
        "Gᵢ",
        "min(workers_k, max(room - earlier(enrolled), 0))",
        "people",
        each=True,
        when="starts_k",
    ),
    step("members", "Fᵢ", "(was(members) - ended) * kept + enrolled", "people", each=True, start="held_k"),
    step("room_1", "M¹", "max(room - sum(enrolled), 0)", "people"),
    # 7 Registrations
    step("wanted", "N*", "new_rate * max(0, 1 + lever_new * ramp) + lever_extra * ramp", "people"),
    step("before", "C¹", "paying_1 - left_paying + funded_1 - left_funded + sum(enrolled)", "people"),
    step("ruled", "N¹", "if_known(path, max(path - before, 0), wanted)", "people"),
    step("asked", "N²", "if_known(floor, max(ruled, floor - before), ruled)", "people"),
    step("new", "N", "min(asked, room_1)", "people"),
    step("paying", "A", "paying_1 - left_paying + new", "people", start="paying_0"),
    step("funded", "F", "funded_1 - left_funded + sum(enrolled)", "people", start="funded_0"),
    # 8 Who may return
    step(
        "pool",
        "P",
        "min(was(pool) + lapsed - returned + sum(ended) - sum(stayed), room_1 - new)",
        "people",
        start="pool_0",
    ),
    step("covered", "C", "paying + funded", "people"),
    # Who counts for the performance of a branch
    step("uncounted", "Uᵢ", "(1 - weight_k) * members", "people", each=True),
    step("counted", "K", "covered - sum(uncounted)", "people"),
)

KEPT = (
    "covered",
    "eligible",
    "funded",
    "counted",
    "new",
    "lapsed",
    "returned",
    "enrolled",
    "ended",
    "stayed",
    "left",
    "members",
)
"""What a run is asked for: stocks and flows that tables, charts and answers show."""

PARTS = {
    "rates": "monthly",
    "eligible": "eligible",
    "lapse": "lapsed",
    "end": "ended",
    "left": "short",
    "room": "room",
    "enrol": "enrolled",
    "new": "wanted",
    "pool": "pool",
    "count": "covered",
}
"""The parts of a month as people are told them (model, section 5.3), each with the step that it begins with."""

SIGNAL = "short"
"""Where it is below 0 nowhere, nobody leaves the workforce: the quiet forms hold."""


def equations(levers: Sequence[Input]) -> Equations:
    """Return the list with these levers among its inputs; raise `EquationRefused` where it is not in order."""
    return checked(Equations(inputs=(*GIVEN, *levers, *RULED, *PROGRAMMES), steps=STEPS, signal=SIGNAL))


_FLOWS = ("lapsed", "returned", "new", "enrolled", "stayed")


def flow_moved_by(lever: str) -> str | None:
    """Return the flow that a lever acts on first, as the list says; None where it acts on none."""
    moved = MONTHLY.users_of(PREFIX + lever)
    return next((step.name for step in MONTHLY.steps if step.name in moved and step.name in _FLOWS), None)


MONTHLY = equations(inputs_of(Levers.model_fields))
"""The list with the levers that are declared."""
