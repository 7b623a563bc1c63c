"""Does each rule set the path that it names, do registrations follow it, and does it travel like any lever?"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from coverage.base import settings, texts
from coverage.base.errors import DeclarationRefused
from coverage.commands import cli
from coverage.model import growth_paths, links, rules, runs, scenarios
from coverage.model import view as views
from coverage.model.projection import Flows
from coverage.model.rules import Rule
from coverage.model.scenarios import Scenario
from coverage.model.targets import TargetSet
from coverage.model.view import Scope, View
from coverage.wording.rules import describe_demand, describe_rule, rules_table
from coverage.wording.scenarios import describe_scenario
from tests import frames

ID, EN = texts.load("id"), texts.load("en")
AS_OF = date(2023, 1, 1)
YEAR_AGO = "2022-01"
KINDS = list(rules.PARAMETERS)


def branch(name: str, first: int, last: int, *, segment: str = "informal", **columns: Any) -> list[dict[str, object]]:
    """Thirteen months in which members change evenly from `first` to `last`; a tenth of them lapses in all."""
    active = [round(first + (last - first) * t / 12) for t in range(13)]
    change = [0] + [after - before for before, after in pairwise(active)]
    lapsed = [max(round(first / 120), -one) for one in change]
    new = [0] + [one + lost for one, lost in zip(change[1:], lapsed[1:], strict=True)]
    written = columns | {"new": new, "lapsed": lapsed, "returned": [0] * 13}
    return [row | {"branch": name, "segment": segment} for row in frames.history(YEAR_AGO, active, **written)]


def view(*parts: Sequence[dict[str, object]], target: int | None = None, **scope_of: Any) -> View:
    table = frames.branch_months(*[row for part in parts for row in part])
    aims = [{"branch": "Palembang", "segment": "informal", "by": "2023-07", "workers": target}] if target else []
    return views.of(
        table,
        frames.register(Palembang="Sumbagsel", Jambi="Sumbagsel", Medan="Sumbagut"),
        TargetSet.model_validate({"target": aims}),
        scope=Scope(**scope_of),
        as_of=AS_OF,
        settings=settings.load(),
    )


def eligible(count: int) -> list[int]:
    return [count] * 13


def run(seen: View, rule: dict[str, Any], months_ahead: int = 12, **more: Any) -> Flows:
    scenario = scenarios.validated({"rule": {"informal": rule}} | more, file="x")
    return runs.flows(seen, scenario, months_ahead)


def covered(flows: Flows, series: int = 0) -> list[float]:
    return [float(one) for one in flows.covered[:, series, 0]]


ONE = branch("Palembang", 1080, 1200, eligible=eligible(4000))
"""1 200 members after 1 080 a year ago: 11.1 % growth; 9 lapse a month, 19 register."""


# Each rule's path, by hand


def test_hold_stays_at_todays_level() -> None:
    assert covered(run(view(ONE), {"kind": "hold"})) == pytest.approx([1200] * 13)


def test_linear_adds_points_of_coverage_of_the_eligible_of_that_month() -> None:
    # Today 1 200 of 4 000 are 30 %. In a year 33 % of 4 000 × 1.02 = 4 080: 1 346.4.
    path = covered(run(view(ONE), {"kind": "linear", "points": 3}))

    assert path[12] == pytest.approx(1346.4)
    assert path[6] == pytest.approx((0.30 + 0.015) * 4000 * 1.02**0.5)


def test_linear_follows_the_growth_of_the_eligible_that_the_scenario_sets() -> None:
    flows = run(view(ONE), {"kind": "linear", "points": 3}, levers={"informal": {"eligible_growth": 0.1}})

    assert covered(flows)[12] == pytest.approx(0.33 * 4400)


def test_rate_grows_by_so_much_a_year() -> None:
    path = covered(run(view(ONE), {"kind": "rate", "rate": 0.21}))

    assert path[12] == pytest.approx(1452)
    assert path[6] == pytest.approx(1320)  # 1.21 ** 0.5 = 1.1


def test_reach_is_a_straight_line_to_the_target_and_level_afterwards() -> None:
    path = covered(run(view(ONE, target=1800), {"kind": "reach"}))

    assert path[:7] == pytest.approx([1200, 1300, 1400, 1500, 1600, 1700, 1800])
    assert path[7:] == pytest.approx([1800] * 6)


def test_reach_asks_nobody_to_shrink() -> None:
    assert covered(run(view(ONE, target=900), {"kind": "reach"})) == pytest.approx([1200] * 13)


def test_like_best_grows_at_the_rate_of_the_best_branch_of_the_whole_data() -> None:
    best = branch("Medan", 1000, 1500)
    other = branch("Jambi", 1000, 9000, segment="formal")

    path = covered(run(view(ONE, best, other, branches=("Palembang",)), {"kind": "like_best"}))

    assert path[12] == pytest.approx(1800)  # half as much again, as in Medan; another segment does not count
    assert path[6] == pytest.approx(1200 * 1.5**0.5)


def test_like_quantile_grows_at_the_rate_between_its_peers() -> None:
    # Rates 1/9, 0.5 and 0: the median is Palembang's own.
    parts = (ONE, branch("Medan", 1000, 1500), branch("Jambi", 1000, 1000))

    path = covered(run(view(*parts, branches=("Palembang",)), {"kind": "like_quantile", "quantile": 0.5}))

    assert path[12] == pytest.approx(1200 * 10 / 9)


def test_who_has_less_than_a_year_of_history_is_nobodys_example() -> None:
    young = branch("Medan", 100, 5000)[6:]

    assert growth_paths.best_of(view(ONE, young), "informal") == ("Palembang", pytest.approx(1200 / 1080 - 1))


def test_halt_decline_lets_who_grows_alone_and_holds_who_shrinks() -> None:
    growing, shrinking = view(ONE), view(branch("Palembang", 1320, 1200, eligible=eligible(4000)))

    assert covered(run(growing, {"kind": "halt_decline"})) == pytest.approx(
        growing.baseline.covered[:13, 0, 0].tolist()
    )
    assert shrinking.baseline.covered[12, 0, 0] < 1150
    assert covered(run(shrinking, {"kind": "halt_decline"})) == pytest.approx([1200] * 13)


def test_dip_falls_below_the_baseline_and_is_back_on_it() -> None:
    seen = view(ONE)
    baseline = seen.baseline.covered[:13, 0, 0]

    path = np.array(covered(run(seen, {"kind": "dip", "depth": 0.01, "fall": 2, "recover": 4})))

    assert (path / baseline).tolist() == pytest.approx([1, 0.995, 0.99, 0.9925, 0.995, 0.9975, 1, 1, 1, 1, 1, 1, 1])


def test_a_path_that_falls_faster_than_members_leave_is_not_followed_down() -> None:
    flows = run(view(ONE), {"kind": "rate", "rate": -0.9})

    assert flows.new[1:, 0, 0].tolist() == [0] * 12
    lapse = 1 - 9 * 12 / sum(round(1080 + 10 * t) for t in range(12))
    assert covered(flows)[1] == pytest.approx(1200 * lapse)


def test_nobody_registers_who_is_not_eligible() -> None:
    full = view(branch("Palembang", 1080, 1200, eligible=eligible(1210)))

    flows = run(full, {"kind": "rate", "rate": 1.0})

    assert covered(flows)[12] == pytest.approx(1210 * 1.02)


# What a rule leaves alone


def test_no_rule_is_the_baseline_exactly() -> None:
    seen = view(ONE, branch("Jambi", 500, 600))

    assert runs.plan(seen, Scenario()).path is None
    assert (runs.flows(seen, Scenario(), 24).covered == seen.baseline.covered[:25]).all()


def test_a_rule_moves_only_its_segment() -> None:
    seen = view(ONE, branch("Palembang", 500, 600, segment="formal"))
    formal = seen.series["segment"].to_list().index("formal")

    assert covered(run(seen, {"kind": "hold"}), formal) == seen.baseline.covered[:13, formal, 0].tolist()


@pytest.mark.parametrize(
    ("kind", "seen"),
    [
        ("reach", view(ONE)),  # no target
        ("linear", view(branch("Palembang", 1080, 1200))),  # no eligible
        ("like_best", view(ONE[6:])),  # half a year
    ],
)
def test_where_a_rule_knows_no_path_all_goes_on_as_usual(kind: str, seen: View) -> None:
    flows = run(seen, {"kind": kind})

    assert (flows.covered == seen.baseline.covered[:13]).all()
    needs = runs.required(seen, scenarios.validated({"rule": {"informal": {"kind": kind}}}, file="x"), flows)
    assert needs.select("unruled", "series").rows() == [(1, 1)]
    for words in (ID, EN):
        assert words(f"rules.{kind}.unknown") in describe_demand(needs, words)[0]


def test_lapses_go_on_and_fewer_of_them_need_fewer_registrations() -> None:
    seen = view(ONE)
    usual = run(seen, {"kind": "hold"})
    kept = run(seen, {"kind": "hold"}, levers={"informal": {"lapse": -0.5}})

    assert covered(kept) == pytest.approx(covered(usual))
    assert kept.new[1:].sum() == pytest.approx(usual.new[1:].sum() / 2)


def test_a_programme_takes_registrations_off_the_rule() -> None:
    paid = {"name": "x", "segment": "informal", "workers": 60, "starts": "2023-02", "months": 24}

    flows = run(view(ONE), {"kind": "rate", "rate": 0.21}, programme=[paid])

    assert covered(flows)[12] == pytest.approx(1452)
    assert flows.funded[12, 0, 0] == 60


@hypothesis_settings(deadline=None, max_examples=25)
@given(st.integers(200, 3000), st.integers(0, 400), st.integers(0, 100))
def test_like_best_is_never_below_hold_where_the_best_branch_grows(first: int, gained: int, lost: int) -> None:
    growing = branch("Medan", first, first + gained)
    seen = view(growing, branch("Palembang", 1000, 1000 - lost, eligible=eligible(1100)))

    best, held = run(seen, {"kind": "like_best"}), run(seen, {"kind": "hold"})

    assert (best.covered >= held.covered - 1e-6).all()


@hypothesis_settings(deadline=None, max_examples=40)
@given(st.sampled_from(KINDS), st.integers(1, 60))
def test_what_comes_and_goes_adds_up_under_every_rule(kind: str, months_ahead: int) -> None:
    flows = run(view(ONE, branch("Jambi", 900, 700), target=2000), {"kind": kind}, months_ahead)

    change = flows.new + flows.returned + flows.enrolled - flows.lapsed - (flows.ended - flows.stayed) - flows.left
    assert np.allclose(np.diff(flows.covered, axis=0), change[1:])
    assert (flows.new >= 0).all()


# What it takes


def test_the_registrations_that_a_rule_takes_are_given_back() -> None:
    # 1 200 to 1 800 in six months: 100 a month and those who lapse; 19 a month register now.
    seen = view(ONE, target=1800)
    scenario = scenarios.validated({"rule": {"informal": {"kind": "reach"}}}, file="x")
    flows = runs.flows(seen, scenario, 6)

    row = runs.required(seen, scenario, flows).to_dicts()[0]

    lapse = 9 * 12 / sum(1080 + 10 * t for t in range(12))
    monthly = [100 + lapse * (1200 + 100 * t) for t in range(6)]
    assert row["needed"] == pytest.approx(sum(monthly) / 6)
    assert (row["peak"], row["peak_month"]) == (pytest.approx(monthly[5]), date(2023, 7, 1))
    assert row["now"] == pytest.approx(19)
    assert row["ratio"] == pytest.approx(sum(monthly) / 6 / 19)
    assert (row["missed"], row["above"], row["unruled"]) == (pytest.approx(0), pytest.approx(0), 0)
    # Lapses 0.793 %: of 1 450 on average 11.5, of the last 1 700 13.5.
    said = describe_demand(pl.DataFrame([row], schema=rules.REQUIRED), ID)[0]
    assert said.startswith("Informal: perlu 111 pendaftaran sebulan, 5,9 × sekarang (19); terberat Juli 2023: 113.")


def test_what_is_out_of_reach_is_said() -> None:
    seen = view(branch("Palembang", 1080, 1200, eligible=eligible(1210)))
    scenario = scenarios.validated({"rule": {"informal": {"kind": "rate", "rate": 1.0}}}, file="x")

    needs = runs.required(seen, scenario, runs.flows(seen, scenario, 12))

    assert needs["missed"][0] == pytest.approx(2400 - 1210 * 1.02)
    assert "1.166 pekerja" in describe_demand(needs, ID)[0]


def test_the_best_branch_is_named() -> None:
    seen = view(ONE, branch("Medan", 1000, 1500))
    scenario = scenarios.validated({"rule": {"informal": {"kind": "like_best"}}}, file="x")

    needs = runs.required(seen, scenario, runs.flows(seen, scenario, 12))

    assert "The best branch: Medan, +50.0% in a year." in describe_demand(needs, EN)[0]


def test_every_kind_is_tried_beside_the_others() -> None:
    seen = view(ONE, target=1800)

    needs = runs.every_rule(seen, Scenario(), 6)

    assert needs["kind"].to_list() == KINDS
    for words in (ID, EN):
        table = rules_table(needs, words)
        assert {len(cells) for cells in table.values()} == {len(KINDS)}
        assert all(cell for cells in table.values() for cell in cells)


# As a scenario


RULES = [
    ({"kind": "reach"}, {"informal.rule": "reach"}),
    ({"kind": "linear", "points": 3.5}, {"informal.rule": "linear", "informal.rule.points": "3.5"}),
    (
        {"kind": "dip", "depth": 0.2, "fall": 4},
        {"informal.rule": "dip", "informal.rule.depth": "0.2", "informal.rule.fall": "4"},
    ),
]


@pytest.mark.parametrize(("rule", "query"), RULES)
def test_a_rule_travels_in_a_link_and_in_a_file(rule: dict[str, Any], query: dict[str, str]) -> None:
    scenario = scenarios.validated({"rule": {"informal": rule}}, file="x")

    assert links.to_query(scenario) == query
    assert links.from_query(query) == scenario
    assert all(links.is_ours(key) for key in query)
    assert "[rule.informal]" in scenarios.dumps(scenario).splitlines()
    assert scenarios.loads(scenarios.dumps(scenario), "x.toml") == scenario


def test_a_rule_is_something_changed_and_is_said_in_words() -> None:
    scenario = scenarios.validated({"rule": {"informal": {"kind": "rate", "rate": 0.05}}}, file="x")

    assert describe_scenario(scenario, ID) == ["Informal: peserta aktif berubah +5\u00a0% setahun"]
    for words in (ID, EN):
        for kind in KINDS:
            assert describe_rule(Rule(kind=kind), words)


def test_what_is_set_takes_the_place_of_another_kind_with_its_parameters() -> None:
    scenario = links.from_query({"informal.rule": "dip", "informal.rule.depth": "0.2", "formal.rule": "hold"})

    changed = links.override(scenario, ["informal.rule=rate", "informal.rule.rate=0.1", "formal.rule=none"])

    assert dict(changed.rule) == {"informal": Rule(kind="rate", rate=0.1)}


@pytest.mark.parametrize(
    ("text", "line", "key", "found", "allowed"),
    [
        ('[rule.informal]\nkind = "linear"\npoints = 99', "3", "rule.informal.points", "99", "-50 … 50"),
        ('[rule.informal]\nkind = "grow"', "2", "rule.informal.kind", "grow", " | ".join(KINDS)),
        (
            '[rule.informal]\nkind = "hold"\nrate = 0.1',
            "1",
            "rule.informal",
            '{"kind": "hold", "rate": 0.1}',
            'kind = "hold"',
        ),
        ('[rule.informal]\nkind = "dip"\nfall = 0', "3", "rule.informal.fall", "0", "1 … 60 (1, 2, 3 …)"),
    ],
)
def test_a_rule_that_cannot_stand_is_refused_with_its_place(
    text: str, line: str, key: str, found: str, allowed: str
) -> None:
    with pytest.raises(DeclarationRefused) as refused:
        scenarios.loads(text, "x.toml")

    said = {"file": "x.toml", "line": line, "key": key, "found": found, "allowed": allowed}
    assert (refused.value.code, said) == ("value_refused", said)
    assert said.items() <= refused.value.data.items()


@pytest.mark.parametrize(
    ("query", "code", "key"),
    [
        ({"informal.rule": "grow"}, "link_value_refused", "informal.rule"),
        ({"informal.rule": "rate", "informal.rule.rate": "9"}, "link_value_refused", "informal.rule.rate"),
        ({"informal.rule.rate": "0.1"}, "link_key_missing", "informal.rule"),
        ({"informal.rule": "rate", "informal.rule.rat": "1"}, "link_key_unknown", "informal.rule.rat"),
    ],
)
def test_a_link_with_a_rule_that_cannot_stand_is_told_by_the_parameters_name(
    query: dict[str, str], code: str, key: str
) -> None:
    with pytest.raises(DeclarationRefused) as refused:
        links.from_query(query)

    assert (refused.value.code, refused.value.data["key"]) == (code, key)


def test_an_input_offers_only_what_may_be_declared() -> None:
    for name in set(Rule.model_fields) - {"kind"}:
        kind = next(kind for kind, names in rules.PARAMETERS.items() if name in names)
        offered = rules.stops(name)
        assert Rule.model_fields[name].default in offered
        for value in (offered[0], offered[-1]):
            assert getattr(Rule.model_validate({"kind": kind, name: value}), name) == value


# On the screen and in the terminal


def simulate_with_rules() -> None:
    """A page that holds nothing but the panel."""
    import streamlit as st

    from coverage.model import scenarios
    from pages.parts import rules as panels
    from pages.parts import session

    session.begin()
    screen = session.start()

    def put(document: dict, *, lever: str = "") -> None:
        st.session_state["scenario"] = document

    panels.panel(screen, None, scenarios.validated(st.session_state["scenario"], file=""), put)


@pytest.mark.parametrize("words", [ID, EN], ids=["id", "en"])
def test_the_panel_sets_a_rule_moves_its_parameter_and_takes_it_away(
    words: texts.Texts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["app.py"])
    app = AppTest.from_function(simulate_with_rules, default_timeout=30)
    app.query_params.update({"lang": words.language})
    app.run()
    assert not app.exception

    app.segmented_control(key="ruled_control").set_value("informal").run()
    app.selectbox(key="rule_informal").set_value("rate").run()
    assert app.session_state["scenario"] == {"rule": {"informal": {"kind": "rate"}}}

    app.select_slider(key="rule_informal_rate_rate").set_value(0.2).run()
    assert app.session_state["scenario"] == {"rule": {"informal": {"kind": "rate", "rate": 0.2}}}
    assert any(" × " in one.value for one in app.markdown)

    app.button(key="rule_informal_reset").click().run()
    assert app.session_state["scenario"] == {}
    assert app.selectbox(key="rule_informal").value == "none"
    assert not app.exception


def test_the_command_tells_what_every_rule_takes(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["rules", "--segment", "BPU", "--branch", "Palembang", "--format", "json"]) == 0

    rows = json.loads(capsys.readouterr().out)
    assert [row["kind"] for row in rows] == KINDS
    assert {row["segment"] for row in rows} == {"informal"}
    reach = rows[KINDS.index("reach")]
    # The hardest month is July, when the running programme ends and those who drop out have to be made good.
    assert (reach["covered"], reach["missed"], reach["peak_month"]) == (95000, 0, "2023-07")


def test_simulating_with_a_rule_says_what_it_takes(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--branch", "Palembang", "--segment", "informal", "--set", "BPU.rule=reach", "--language", "en"]

    assert cli.main(["simulate", *arguments, "--format", "csv"]) == 0

    said = capsys.readouterr()
    assert "Informal: it takes" in said.err
    assert said.out.splitlines()[-1].split(",")[4] == "95000"
