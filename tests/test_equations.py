"""Are the month's equations, written once, the model's; and is everything made from them equal to their oracle?"""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from coverage.model.equations import javascript, oracle, reading
from coverage.model.equations.expressions import UNKNOWN, UNLIMITED, ZERO, Name, Number
from coverage.model.equations.folding import folded
from coverage.model.equations.month import KEPT, MONTHLY, STEPS
from coverage.model.equations.reading import EquationRefused
from coverage.model.equations.steps import Equations, Input, checked, step
from tests import random_months

EXAMPLE: dict[str, float | Sequence[float]] = {
    "eligible_0": 95_000.0,
    "paying_0": 61_750.0,
    "funded_0": 0.0,
    "pool_0": 8_000.0,
    "new_rate": 2_400.0,
    "lapse_rate": 0.02,
    "back_rate": 0.01,
    "lever_eligible_growth": 0.02,
}
SCENARIO: dict[str, float | Sequence[float]] = EXAMPLE | {
    "lever_new": 0.2,
    "lever_lapse": -0.25,
    "lever_ramp": 3.0,
    "starts_k": [2.0],
    "ends_k": [8.0],
    "stay_k": [0.25],
    "weight_k": [1.0],
    "workers_k": [10_000.0],
}


# The worked example (1) of the model, section 5.3


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            EXAMPLE,
            {1: 62995.000, 2: 64226.650, 3: 65445.351, 5: 67845.445, 7: 70198.254, 8: 71357.807, 11: 74773.029},
        ),
        (
            SCENARIO,
            {1: 63257.917, 2: 75014.139, 3: 77019.085, 5: 80965.541, 7: 84824.852, 8: 79195.269, 11: 84649.689},
        ),
    ],
)
def test_the_list_gives_the_worked_example_to_three_decimals(
    given: Mapping[str, oracle.Given], expected: dict[int, float]
) -> None:
    course = oracle.course(MONTHLY, given, 11)

    assert {t: round(course.steps["covered"][t], 3) for t in expected} == expected


# What a list refuses


def listed(*steps: str, unit: str = "people") -> Equations:
    """A list of one input `a` of people, one share `b`, and these steps, `name = expression`."""
    inputs = (
        Input(name="a", symbol="a", unit="people", by=("series",)),
        Input(name="b", symbol="b", unit="share", by=("series",)),
        Input(name="w", symbol="w", unit="people", by=("programme", "series")),
    )
    read = [one.split(" = ") for one in steps]
    made = tuple(step(name, name, text, unit) for name, text in read)  # type: ignore[arg-type]
    return checked(Equations(inputs=inputs, steps=made, signal=made[-1].name))


@pytest.mark.parametrize(
    ("steps", "code", "found", "allowed"),
    [
        (["x = a +"], "syntax", "a +", ""),
        (["x = a if b else a"], "syntax", "a if b else a", ""),
        (["x = a and b"], "syntax", "a and b", ""),
        (["x = True * a"], "syntax", "True", ""),
        (["x = a.b"], "syntax", "a.b", ""),
        (["x = abs(a)"], "function", "abs", "min | max | ratio | if_known | or_zero | was | sum | earlier"),
        (["x = min(a)"], "arguments", "min(a)", "2"),
        (["x = was(a + a)"], "arguments", "was(a + a)", "was(step)"),
        (["x = was(a)"], "no_stock", "a", ""),
        (["x = y", "y = a"], "not_yet", "y", ""),
        (["x = aa"], "name", "aa", "a"),
        (["x = a", "x = a"], "double", "x", ""),
        (["x = a + b"], "units", "a + b", "people"),
        (["x = min(a, b)"], "units", "min(a, b)", "people"),
        (["x = a * a"], "units", "a * a", "people"),
        (["x = b"], "units", "number", "people"),
        (["x = w"], "each_programme", "w", "sum(w)"),
        (["x = sum(a)"], "no_programme", "a", ""),
    ],
)
def test_a_list_that_is_not_in_order_is_refused_by_step_and_place(
    steps: list[str], code: str, found: str, allowed: str
) -> None:
    with pytest.raises(EquationRefused) as refused:
        listed(*steps)

    assert (refused.value.code, refused.value.found, refused.value.allowed) == (code, found, allowed)
    assert refused.value.step in {one.split(" = ")[0] for one in steps}


def test_what_is_used_before_it_is_known_says_how_to_ask_for_last_months() -> None:
    stock = step("pool", "P", "was(pool) - back", "signed", start="a")

    with pytest.raises(EquationRefused) as refused:
        checked(
            Equations(
                inputs=(Input(name="a", symbol="a", unit="people", by=("series",)),),
                steps=(step("back", "R", "0.5 * pool", "people"), stock),
                signal="back",
            )
        )

    assert (refused.value.step, refused.value.column, refused.value.allowed) == ("back", 6, "was(pool)")


def test_what_depends_on_no_member_is_known_ahead() -> None:
    assert MONTHLY.ahead == {"monthly", "ramp", "lapse_share", "back_share", "wanted", "eligible"}
    assert MONTHLY.standing == {"eligible", "paying", "funded", "pool", "members", "covered", "uncounted", "counted"}


# Folding


@pytest.mark.parametrize(
    ("text", "known", "expected"),
    [
        ("min(covered, room)", {"room": UNLIMITED}, "covered"),
        ("max(short, 0)", {"short": UNLIMITED}, UNLIMITED),
        ("max(covered, 0)", {}, "covered"),
        ("max(short, 0)", {}, "max(short, 0)"),
        ("min(1, lapse_share)", {}, "lapse_share"),
        ("if_known(path, room, new)", {"path": UNKNOWN}, "new"),
        ("if_known(path, room, new)", {"path": Number(5)}, "room"),
        ("covered - left + sum(enrolled)", {"left": ZERO}, "covered"),
        ("members * kept", {"kept": Number(1)}, "members"),
        ("1 - ratio(left_funded, funded)", {"left_funded": ZERO}, Number(1)),
        ("or_zero(room) * back_share", {"room": UNLIMITED}, ZERO),
    ],
)
def test_what_is_known_is_put_in_and_simplified(text: str, known: dict[str, Number], expected: str | Number) -> None:
    wanted = reading.expression(expected) if isinstance(expected, str) else expected

    assert folded(reading.expression(text), MONTHLY, known, programmes=False) == wanted


def test_an_equation_keeps_the_order_of_its_terms() -> None:
    text = reading.expression("was(paying) - lapsed + returned")

    assert folded(text, MONTHLY, {}) == text
    assert folded(text, MONTHLY, {"returned": ZERO}) == reading.expression("was(paying) - lapsed")
    assert folded(reading.expression("was(paying)"), MONTHLY, {"was paying": Name("paying_0")}) == Name("paying_0")


# The oracle holds the list to its word


def test_a_quiet_form_that_does_not_agree_is_found() -> None:
    steps = tuple(
        step("left", "Z", "max(-short, 0)", "people", quiet="5") if one.name == "left" else one for one in STEPS
    )
    wrong = Equations(inputs=MONTHLY.inputs, steps=steps, signal=MONTHLY.signal)

    with pytest.raises(oracle.ClaimBroken, match=r"left: 0\.0, quiet 5\.0"):
        oracle.course(wrong, EXAMPLE, 1)


def test_a_value_outside_its_unit_is_found() -> None:
    with pytest.raises(oracle.ClaimBroken, match="is no share"):
        oracle.course(MONTHLY, EXAMPLE | {"back_rate": -0.5}, 1)


# JavaScript


def decoded(text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), dtype=np.float64)


def packed(case: random_months.Case) -> dict[str, object]:
    """A case as JSON, arrays as base64: JSON knows neither infinity nor what is no number."""
    arrays = {
        name: base64.b64encode(np.ascontiguousarray(values, dtype=np.float64).tobytes()).decode()
        for name, values in case.given.items()
    }
    size = {"series": case.series, "draws": case.draws, "months": case.months, "programmes": case.programmes}
    return {"size": size | {"rows": len(case.given["new_rate"])}, "arrays": arrays}


RUNNER = """
const floats = (text) => new Float64Array(Uint8Array.from(Buffer.from(text, "base64")).buffer);
const found = JSON.parse(require("fs").readFileSync(0)).map((one) => {
  const given = { ...one.size };
  for (const name in one.arrays) given[name] = floats(one.arrays[name]);
  const flows = cakupanKernel.run(given, "flows"), alone = cakupanKernel.run(given, "covered");
  if (flows.covered.some((value, i) => value !== alone.covered[i])) throw new Error("covered alone differs");
  return Object.fromEntries(Object.entries(flows).map(([name, x]) => [name, Buffer.from(x.buffer).toString("base64")]));
});
process.stdout.write(JSON.stringify(found));
"""


def shaped(case: random_months.Case, name: str, values: np.ndarray) -> np.ndarray:
    """The script's figures of a step as (programmes or nothing, months + 1, series, draws)."""
    length = case.months + 1
    if name == "members":
        return values.reshape(case.programmes, length, case.series, case.draws)
    return values.reshape(length, case.series, -1)


def expected_of(course: oracle.Course, name: str, months: int) -> np.ndarray:
    if name == "members":
        return np.array(course.each[name])
    if name in course.steps:
        return np.array(course.steps[name])
    return np.array(course.each[name]).sum(axis=0) if course.each[name] else np.zeros(months + 1)


@pytest.mark.skipif(shutil.which("node") is None, reason="node runs the script outside of a browser")
def test_the_script_equals_the_oracle_on_random_cases() -> None:
    cases = [random_months.case(seed) for seed in range(150)]
    script = javascript.text(MONTHLY) + RUNNER
    done = subprocess.run(
        ["node", "-e", script],
        input=json.dumps([packed(one) for one in cases]).encode(),
        capture_output=True,
        check=True,
    )

    for case, figures in zip(cases, json.loads(done.stdout), strict=True):
        s, d = case.series - 1, case.draws - 1
        course = oracle.course(MONTHLY, case.alone(MONTHLY, s, d), case.months)
        for name in KEPT if case.programmes else [one for one in KEPT if one != "members"]:
            values = shaped(case, name, decoded(figures[name]))[..., s, min(d, 0) if name == "eligible" else d]
            np.testing.assert_allclose(values, expected_of(course, name, case.months), atol=1e-8, err_msg=name)


def test_no_name_of_the_script_is_a_word_of_javascript() -> None:
    script = javascript.text(MONTHLY)

    assert "const new =" not in script
    assert "eval(" not in script
    assert "Function(" not in script
