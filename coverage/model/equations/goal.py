"""With which registrations and lapses does a month end at a goal: the same list, two of its steps replaced.

Model, section 5.2, "The flows of the baseline". Instead of the rates and what the levers make of them a goal is given;
from `paying_1` on every step is the month's own. `model.goal_flows` computes it for all series at once, and is held
against this list.
"""

from __future__ import annotations

from coverage.model.equations.month import GIVEN, MONTHLY, PROGRAMMES, SIGNAL
from coverage.model.equations.steps import Equations, Input, checked, step

INPUTS = (
    *(given for given in GIVEN if given.name not in {"new_rate", "lapse_rate"}),
    Input(name="goal", symbol="G", unit="people", by=("month", "series", "draw")),
    Input(name="usual_new", symbol="n̂", unit="people", by=("month", "series")),
    Input(name="usual_lapse", symbol="λ̂", unit="share", by=("month", "series")),
    Input(name="growth", symbol="g", unit="number", by=("series",)),
)
_REPLACED = (
    step("monthly", "γ", "(1 + growth) ** (1 / 12)", "factor"),
    MONTHLY.step["eligible"],
    step("returned", "R", "back_rate * was(pool)", "people"),
    MONTHLY.step["ended"],
    MONTHLY.step["stayed"],
    step("supported", "F′", "min(was(funded) - sum(ended), eligible)", "people"),
    step("everybody", "a", "was(paying) + returned + sum(stayed)", "people"),
    step("want", "A*", "min(max(goal - supported, 0), eligible - supported)", "people"),
    step("usually", "l̂", "usual_lapse * was(paying)", "people"),
    step("register", "n′", "max(want - everybody + usually, usual_new / 2)", "people"),
    step("lapsed", "L", "min(max(everybody + register - want, 0), was(paying))", "people"),
    step("wanted", "n(t)", "min(register, max(want - everybody + lapsed, 0))", "people"),
    step("lapse_share", "λ(t)", "ratio(lapsed, was(paying))", "share"),
)
_SAME = (
    *("paying_1", "funded_1", "short", "left", "left_paying", "left_funded", "kept", "room", "enrolled", "members"),
    *("room_1", "before"),
)
_LAST = ("paying", "funded", "pool", "covered")

TO_A_GOAL = checked(
    Equations(
        inputs=(*INPUTS, *PROGRAMMES),
        steps=(
            *_REPLACED,
            *(MONTHLY.step[name] for name in _SAME),
            step("new", "N", "min(wanted, room_1)", "people"),
            *(MONTHLY.step[name] for name in _LAST),
        ),
        signal=SIGNAL,
    )
)
"""`wanted` and `lapse_share` are n(t) and λ(t) of the baseline, or of a draw."""
