"""Does the browser get what it needs of a view, and are its words and numbers ours?"""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from datetime import date

import numpy as np
import pytest

from coverage.answers import seek
from coverage.base import settings, texts
from coverage.live import files, payload, words
from coverage.live import past as live_past
from coverage.model import chance, links, runs, scenarios
from coverage.model import view as views
from coverage.model.scenarios import Scenario
from coverage.model.targets import TargetSet
from coverage.model.view import Scope
from tests import frames, sample

ID, EN = texts.load("id"), texts.load("en")
NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="runs the browser's script without a browser")


def palembang():
    return sample.looked()[0]


def sent(view, scenario: Scenario, horizon: int = 11):
    drawn = chance.draw_futures(view)
    return payload.model(
        view,
        scenario,
        horizon,
        band=None if drawn is None else drawn.rates(horizon),
        past=live_past.by_group(view),
        milestones=live_past.milestones_of_groups(view),
        texts=ID,
    )


def run_script(script: str, given: object) -> object:
    """Run the browser's kernel with Node on what stands in `given`, and return what `answer` is at its end."""
    code = (
        "const atob = (text) => Buffer.from(text, 'base64').toString('latin1');\n"
        + files.script_of_kernel()
        + "\n"
        + script
    )
    code += "\nprocess.stdout.write(JSON.stringify(answer));"
    code = f"const given = JSON.parse(require('fs').readFileSync(0, 'utf8'));\n{code}"
    done = subprocess.run([str(NODE), "-e", code], input=json.dumps(given).encode(), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def test_numbers_travel_as_they_are_unknown_and_without_limit_too() -> None:
    packed = payload.packed(np.array([1.5, np.inf, np.nan]))
    back = np.frombuffer(base64.b64decode(packed), dtype="<f8")

    assert back[:2].tolist() == [1.5, np.inf]
    assert np.isnan(back[2])


def test_a_group_has_its_members_target_and_gap() -> None:
    found = {group["name"]: group for group in payload.groups(palembang(), 11, ID)}

    assert list(found) == ["formal", "informal", "total"]
    assert found["informal"]["target"] == 95_000
    assert found["informal"]["gap"] == 95_000 - 61_750
    assert sorted(found["total"]["members"]) == sorted(found["formal"]["members"] + found["informal"]["members"])
    assert found["total"]["target"] == 269_000


def test_only_more_than_half_a_person_is_a_difference() -> None:
    assert payload.differences({"formal": 10.4, "informal": 10.6}, {"formal": 10.0, "informal": 10.0}) == [
        {"segment": "informal", "here": 10.6, "server": 10.0}
    ]


def test_a_month_in_which_a_branch_is_missing_is_unknown_for_the_group() -> None:
    known = live_past.by_group(palembang())

    assert known["informal"]["active"][-1] == 61_750
    assert known["total"]["active"][-1] == 200_950


@pytest.mark.parametrize("language", [ID, EN], ids=["id", "en"])
@needs_node
def test_the_browser_writes_numbers_as_we_do(language) -> None:
    numbers = [0, 2.5, 3.5, -2.5, 0.4, -0.4, 999.5, 1_000, 174_000, 1_234_567.89, -350.2, 12_345_678_901]
    shares = [0.9018947, 0.005, -0.02, 1.0, 0.33333, 0.12345, 0.2, -0.25]
    money = [16_800, 999_999, 1e6, 1_344_000_000, 672_000_000, 2.5e12, 1_500_000, 20_000_000]
    script = """
    const numbers = makeNumbers(given.forms);
    const answer = {people: given.numbers.map((x) => numbers.people(x)),
      signed: given.numbers.map((x) => numbers.signed(x)),
      share: given.shares.map((x) => numbers.share(x)), change: given.shares.map((x) => numbers.change(x)),
      rupiah: given.money.map((x) => numbers.rupiah(x, true)),
      months: [0, 5, 11].map((m) => makeMonths(given.forms).long(2023 * 12 + m))};
    """
    found = run_script(script, {"forms": words.forms(language), "numbers": numbers, "shares": shares, "money": money})

    assert found == {
        "people": [language.people(x) for x in numbers],
        "signed": [language.signed(x) for x in numbers],
        "share": [language.share(x) for x in shares],
        "change": [language.change(x, 0 if abs(x * 100 - round(x * 100)) < 1e-9 else 1) for x in shares],
        "rupiah": [language.rupiah(x, short=True) for x in money],
        "months": [language.month(date(2023, month, 1)) for month in (1, 6, 12)],
    }


@pytest.mark.parametrize(
    "link",
    [
        {},
        {"informal.new": "0.2", "formal.lapse": "-0.1", "informal.starts": "2023-04", "informal.ramp": "3"},
        {"informal.extra": "500", "informal.back": "0.5", "formal.eligible_growth": "0.05"},
        {
            "p1.name": "A",
            "p1.segment": "informal",
            "p1.workers": "10000",
            "p1.starts": "2023-03",
            "p1.months": "6",
            "p1.stay": "0.25",
            "informal.branch.Palembang.new": "0.5",
        },
    ],
    ids=["nothing", "levers", "people", "programme"],
)
@needs_node
def test_the_browser_s_course_is_ours_to_a_millionth_of_a_person(link: dict[str, str]) -> None:
    view, scenario = palembang(), links.from_query(link)
    given = {
        "model": sent(view, scenario),
        "scenario": scenarios.simplified(scenario),
        "named": payload.series_of_named_branches(view, scenario),
    }
    script = """
    const model = unpackModel(given.model);
    Object.assign(model.named, given.named);
    const outcome = computeOutcome(model, given.scenario, {draws: true});
    const band = model.groups.map((group, g) => bandOf(model, outcome.drawn, g, outcome.groups[g].target));
    const answer = {paths: outcome.groups.map((group) => [...group.path]), p10: band.map((one) => [...one.low]),
      chance: band.map((one) => one.chance)};
    """
    found = run_script(script, given)

    run = runs.flows(view, scenario, 11)
    rows = [runs.table_of_run(view, run, name="x", keys=["segment"]), runs.table_of_run(view, run, name="x", keys=[])]
    expected = [rows[0].filter(segment=name)["covered"].to_list() for name in ("formal", "informal")]
    expected.append(rows[1]["covered"].to_list())
    np.testing.assert_allclose(found["paths"], expected, atol=1e-6, rtol=0)
    fan = chance.fan(view, scenario, 11, ["segment"], futures=chance.draw_futures(view))
    own = [fan.filter(segment=name) for name in ("formal", "informal")]
    np.testing.assert_allclose(found["p10"][:2], [rows["p10"].to_list() for rows in own], atol=1e-6, rtol=0)
    assert found["chance"][:2] == [rows["chance"][-1] for rows in own]


def registering():
    """A branch that registers 100 a month and is to register 2 400 in the year; its formal workers have no target."""
    months = {"active": [10_000] * 15, "new": [100] * 15, "lapsed": [40] * 15, "returned": [0] * 15}
    formal = {**months, "new": [50] * 15}
    table = frames.branch_months(
        *frames.history("2022-01", months.pop("active"), branch="A", segment="informal", **months),
        *frames.history("2022-01", formal.pop("active"), branch="A", segment="formal", **formal),
    )
    asked = TargetSet.model_validate({"target": [{"by": "2023-12", "segment": "informal", "new": 2_400}]})
    return views.of(table, frames.register(), asked, scope=Scope(), as_of=None, settings=settings.load())


@needs_node
def test_the_browser_counts_registrations_where_the_target_does() -> None:
    view, scenario = registering(), links.from_query({"informal.new": "0.2", "informal.extra": "10"})
    given = {"model": sent(view, scenario, 9), "scenario": scenarios.simplified(scenario)}
    script = """
    const model = unpackModel(given.model), lever = {name: "new", unit: "change", least: -1, most: 5};
    const lapse = {...lever, name: "lapse"};
    const outcome = computeOutcome(model, given.scenario, {draws: false});
    const {groups} = outcome;
    const answer = {now: model.groups.map((group) => group.active), paths: groups.map((group) => [...group.path]),
      targets: groups.map((group) => group.target), short: groups.map((group) => group.short),
      reach: leverReach(model, {}, "informal", lever), alone: leverReach(model, {}, "informal", lapse)};
    """
    found = run_script(script, given)

    run = runs.flows(view, scenario, 9)
    rows = runs.table_of_run(view, run, name="x", keys=["segment"]).filter(segment="informal")
    # Formal, informal, all together: of the formal nothing is asked, January to March brought 300.
    assert found["now"] == [0, 300, 300]
    assert found["targets"] == [None, 2_400, 2_400]
    np.testing.assert_allclose(found["paths"][1], rows["registered"].to_list(), atol=1e-6, rtol=0)
    np.testing.assert_allclose(found["paths"][2], found["paths"][1], atol=1e-9, rtol=0)
    assert found["short"][2] == pytest.approx(2_400 - rows["registered"][-1], abs=1e-6)
    assert payload.ends(view, run, 9, ID)["total"] == pytest.approx(rows["registered"][-1], abs=1e-6)
    assert found["reach"] == pytest.approx(seek.solve(view, Scenario(), "informal.new").value, abs=1e-3)
    assert found["alone"] == "alone"  # nobody who stays is registered anew


def test_a_target_for_registrations_is_spoken_of_as_such() -> None:
    assert words.of(ID)["what_is_shown"].startswith("Peserta aktif")
    assert words.of(ID, "registrations")["what_is_shown"].startswith("Pendaftaran sejak Januari")


def test_every_lever_has_a_slider_and_only_assumptions_stand_apart() -> None:
    acts, apart = words.declared_levers(apart=False), words.declared_levers(apart=True)

    assert {lever["name"] for lever in acts + apart} == {name for name, _ in scenarios.lever_fields()}
    assert all(lever["least"] <= lever["low"] < lever["high"] <= lever["most"] for lever in acts + apart)
    assert {f"cockpit.lever_{lever['name']}" for lever in acts + apart} - set(ID.messages) == set()


def test_the_script_needs_nothing_from_elsewhere_and_makes_no_code() -> None:
    script = files.script()

    assert [
        word for word in ("http://", "https://", "import ", "eval(", "new Function", "fetch(") if word in script
    ] == []
