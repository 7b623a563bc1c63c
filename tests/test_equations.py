"""Are the month's equations, written once, the model's; and is everything made from them equal to their oracle?"""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest

from coverage.model.equations import javascript, oracle, reading
from coverage.model.equations.every_step import every_step
from coverage.model.equations.expressions import UNKNOWN, UNLIMITED, ZERO, Name, Number
from coverage.model.equations.folding import folded
from coverage.model.equations.month import KEPT, MONTHLY, STEPS
from coverage.model.equations.numpy_kernel import kernel
from coverage.model.equations.numpy_text import Kind
from coverage.model.equations.reading import EquationRefused
from coverage.model.equations.steps import Equations, Input, checked, step
from coverage.model.levers import ACTS, LESS
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
    course = oracle.run_months(MONTHLY, given, 11)

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
        oracle.run_months(wrong, EXAMPLE, 1)


def test_a_value_outside_its_unit_is_found() -> None:
    with pytest.raises(oracle.ClaimBroken, match="is no share"):
        oracle.run_months(MONTHLY, EXAMPLE | {"back_rate": -0.5}, 1)


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


def expected_of(course: oracle.SeriesCourse, name: str, months: int) -> np.ndarray:
    if name == "members":
        return np.array(course.each[name])
    if name in course.steps:
        return np.array(course.steps[name])
    return np.array(course.each[name]).sum(axis=0) if course.each[name] else np.zeros(months + 1)


def test_no_name_of_the_script_is_a_word_of_javascript() -> None:
    script = javascript.text(MONTHLY)

    assert "const new =" not in script
    assert "eval(" not in script
    assert "Function(" not in script


# NumPy, and all of them on the same 2,000 cases

CASES = 2_000


def kernel_inputs(case: random_months.Case) -> dict[str, np.ndarray]:
    """A case's inputs as the kernel takes them."""
    found = {}
    for one in MONTHLY.inputs:
        if one.name not in case.given and one.neutral is None:
            continue
        shape = {("series",): (case.series,), ("programme", "series"): (case.programmes, case.series)}
        values = case.given.get(one.name, np.full(shape.get(one.by, (case.series,)), one.neutral))
        if one.by == ("programme",):
            values = values[:, None, None]
        elif one.by in {("programme", "series"), ("month", "series")}:
            values = values[..., None] if values.ndim == 2 else np.full((len(case.given["new_rate"]), 1, 1), np.nan)
        elif "month" not in one.by:
            values = values[:, None]
        found[one.name] = values
    return found


def by_kernel(case: random_months.Case, kept: tuple[str, ...] = KEPT) -> dict[str, np.ndarray]:
    """Run a case by the kernel in NumPy; warnings of it are errors here."""
    kept = tuple(name for name in kept if case.programmes or name != "members")
    kind = Kind(
        kept=kept,
        ruled="path" in case.given,
        paid=case.programmes > 0,
        drawn=case.draws > 1,
        weighed=bool((case.given.get("weight_k", np.ones(1)) != 1).any()),
    )
    shape = (case.series, case.draws)
    out = {name: np.zeros((case.months + 1, *shape)) for name in kept}
    if "members" in kept:
        out["members"] = np.zeros((case.programmes, case.months + 1, *shape))
    with np.errstate(all="raise", under="ignore"):
        for _ in kernel(MONTHLY, kind).run(kernel_inputs(case), out, case.months, shape, 1):
            pass
    return out


@pytest.fixture(scope="module")
def cases() -> list[random_months.Case]:
    return [random_months.case(seed, series=3, months=9) for seed in range(CASES)]


@pytest.fixture(scope="module")
def runs(cases: list[random_months.Case]) -> list[dict[str, np.ndarray]]:
    return [by_kernel(case) for case in cases]


def test_the_cases_hold_what_is_hard(cases: list[random_months.Case], runs: list[dict[str, np.ndarray]]) -> None:
    shrunk = sum(run["left"].sum() > 0 for run in runs)
    held = sum("held_k" in case.given and case.given["held_k"].sum() > 0 for case in cases)
    ended = sum(run["ended"].sum() > 0 for run in runs)
    together = sum(
        run["left"].sum() > 0 and run["ended"].sum() > 0 and np.isinf(run["eligible"]).any() and case.draws > 1
        for case, run in zip(cases, runs, strict=True)
    )
    nobody = sum((case.given["paying_0"] + case.given["funded_0"] == 0).any() for case in cases)
    assert min(shrunk, ended, nobody) > 500
    assert held > 100
    assert together > 10


def test_the_kernel_equals_the_oracle(cases: list[random_months.Case], runs: list[dict[str, np.ndarray]]) -> None:
    for number, (case, run) in enumerate(zip(cases, runs, strict=True)):
        s, d = number % case.series, number % case.draws
        course = oracle.run_months(MONTHLY, case.alone(MONTHLY, s, d), case.months)
        for name, values in run.items():
            mine = values[..., s, d if values.shape[-1] > 1 else 0]
            expected = expected_of(course, name, case.months)
            np.testing.assert_allclose(mine, expected, atol=1e-8, err_msg=f"{name} of case {number}")


def test_covered_alone_is_the_covered_of_all_flows(
    cases: list[random_months.Case], runs: list[dict[str, np.ndarray]]
) -> None:
    for case, run in zip(cases[:300], runs[:300], strict=True):
        np.testing.assert_allclose(by_kernel(case, ("covered",))["covered"], run["covered"], atol=1e-9)


def test_every_step_for_a_sheet_equals_the_oracle(cases: list[random_months.Case]) -> None:
    for number, case in enumerate(cases[:300]):
        x = {name: values[..., :1] for name, values in kernel_inputs(case).items()}
        found, s = every_step(MONTHLY, x, case.months), number % case.series
        course = oracle.run_months(MONTHLY, case.alone(MONTHLY, s, 0), case.months)
        for name, values in found.steps.items():
            np.testing.assert_allclose(values[:, s], course.steps[name], atol=1e-8, err_msg=name)
        for name, values in found.each.items():
            if case.programmes:
                np.testing.assert_allclose(values[:, :, s], course.each[name], atol=1e-8, err_msg=name)


@pytest.mark.skipif(shutil.which("node") is None, reason="node runs the script outside of a browser")
def test_the_script_equals_the_kernel(cases: list[random_months.Case], runs: list[dict[str, np.ndarray]]) -> None:
    given = json.dumps([packed(case) for case in cases]).encode()
    code = javascript.text(MONTHLY) + RUNNER
    done = subprocess.run(["node", "-e", code], input=given, capture_output=True, check=True)

    for case, run, figures in zip(cases, runs, json.loads(done.stdout), strict=True):
        assert set(run) == set(figures) - ({"members"} if not case.programmes else set())
        for name, values in run.items():
            np.testing.assert_allclose(shaped(case, name, decoded(figures[name])), values, atol=1e-6, err_msg=name)


# What is always true, in every draw (model, section 5.3)


def test_the_change_of_the_covered_is_its_flows(runs: list[dict[str, np.ndarray]]) -> None:
    for run in runs:
        change = np.diff(run["covered"], axis=0)
        come = run["new"] + run["returned"] + run["enrolled"]
        gone = run["lapsed"] + run["ended"] - run["stayed"] + run["left"]
        np.testing.assert_allclose(change, (come - gone)[1:], atol=1e-7)


def test_the_covered_are_within_the_eligible_and_nothing_is_negative(runs: list[dict[str, np.ndarray]]) -> None:
    for run in runs:
        assert (run["covered"][1:] <= run["eligible"][1:] + 1e-7).all()
        assert all((values >= -1e-7).all() for values in run.values())
        assert (run["funded"] <= run["covered"] + 1e-7).all()


def test_a_lever_raised_alone_leaves_no_fewer_covered_where_nothing_binds(cases: list[random_months.Case]) -> None:
    """Without a limit, a programme or a rule more of any act covers no fewer, in every month and draw.

    But where a former member is likelier to be a member next month than a member is (returns above what stays): there
    whoever lapses sooner is back sooner.
    """
    seen = 0
    for number, case in enumerate(cases):
        if case.programmes or "path" in case.given or number % 5:
            continue
        free = replace(case, given={**case.given, "eligible_0": np.full(case.series, np.inf)})
        before = by_kernel(free, ("covered", "lapse_share", "back_share"))
        for name in ACTS:
            more = -0.05 if name in LESS else 0.05
            moved = {**free.given, f"lever_{name}": free.given[f"lever_{name}"] + more}
            after = by_kernel(replace(free, given=moved), ("covered", "lapse_share", "back_share"))
            usual = ((run["lapse_share"] + run["back_share"])[1:].max(axis=(0, 2)) <= 1 for run in (before, after))
            steady = np.logical_and(*usual)
            seen += int(steady.sum())
            assert (after["covered"] >= before["covered"] - 1e-7)[:, steady].all(), name
    assert seen > 500
