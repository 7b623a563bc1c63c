"""Do the parts of a difference add up, favour nobody, and agree with all orders tried one by one and with a hand?"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import permutations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import settings as thorough
from hypothesis import strategies as st

from coverage.answers import credit, credit_steps, sensitivity
from coverage.base import settings, texts
from coverage.model import links, runs, scenarios
from coverage.model import view as views
from coverage.model.scenarios import Scenario
from coverage.model.targets import TargetSet
from coverage.model.view import Scope, View
from coverage.wording.credit import describe_sensitivity_in_parts, named_movers
from tests import frames

NONE = Scenario()


def rows(branch: str, segment: str, active: int, *, new: int, lapsed: int, eligible: int | None = None) -> list[dict]:
    """Thirteen months in balance: the rates are `new` and `lapsed` over `active` exactly."""
    return frames.history(
        "2022-01",
        [active] * 13,
        branch=branch,
        segment=segment,
        new=[new] * 13,
        lapsed=[lapsed] * 13,
        returned=[max(lapsed - new, 0)] * 13,
        eligible=[eligible] * 13,
    )


def look(*histories: list[dict]) -> View:
    table = frames.branch_months(*[row for one in histories for row in one])
    return views.of(
        table, frames.register(Palembang="Sumbagsel"), TargetSet(), scope=Scope(), as_of=None, settings=settings.load()
    )


@pytest.fixture(scope="module")
def view() -> View:
    return look(
        rows("Palembang", "informal", 10_000, new=100, lapsed=150, eligible=12_000),
        rows("Jambi", "informal", 5_000, new=40, lapsed=70, eligible=9_000),
        rows("Palembang", "formal", 20_000, new=300, lapsed=340, eligible=22_000),
    )


@pytest.fixture(scope="module")
def simple() -> View:
    """One series of 1000 members, 100 registrations a month, a tenth lapsing, nobody returning, no limit."""
    return look(rows("Palembang", "informal", 1000, new=100, lapsed=100))


def read(**query: object) -> Scenario:
    return links.from_query({key.replace("__", "."): str(value) for key, value in query.items()})


def programme(name: str, workers: int = 500, **more: object) -> dict[str, object]:
    paid = {"name": name, "segment": "informal", "workers": workers, "starts": "2023-03", "months": 4, "stay": 0.3}
    return paid | more


def written(levers: Mapping[str, object], *programmes: dict[str, object]) -> Scenario:
    return scenarios.validated({"levers": levers, "programme": programmes}, file="")


def reached(view: View, scenario: Scenario, horizon: int) -> float:
    return float(runs.flows(view, scenario, horizon).covered[-1].sum())


def parts(frame: pl.DataFrame) -> dict[str, float]:
    return dict(zip(frame["lever"].to_list(), frame["part"].to_list(), strict=True))


EVERYTHING = written(
    {
        "informal": {"new": 0.5, "lapse": -0.3, "extra": 200, "starts": "2023-02", "ramp": 3},
        "formal": {"back": 0.4, "eligible_growth": 0.03},
    },
    programme("APBD", 1500),
    programme("Desa", 900, starts="2023-04"),
)


def by_all_orders(view: View, scenario: Scenario, horizon: int) -> dict[str, float]:
    """Take each lever and programme into the scenario in every possible order, one whole run for each set."""
    query = links.to_query(scenario)
    names = {number: query[f"p{number}.name"] for number in range(1, len(scenario.programme) + 1)}
    codes = {key: key for key in query if key.split(".")[-1] in {"new", "lapse", "back", "extra", "eligible_growth"}}
    codes |= {f"p{number}": f"programme.{name}" for number, name in names.items()}
    known: dict[frozenset[str], float] = {}

    def value(players: frozenset[str]) -> float:
        if players not in known:
            chosen = {
                key: said
                for key, said in query.items()
                if key in players or key.split(".")[0] in players or key.split(".")[-1] in {"starts", "ramp"}
            }
            chosen = {key: said for key, said in chosen.items() if not key.startswith("p") or key[:2] in players}
            known[players] = reached(view, links.from_query(chosen), horizon)
        return known[players]

    orders = list(permutations(codes))
    found = dict.fromkeys(codes.values(), 0.0)
    for order in orders:
        before: frozenset[str] = frozenset()
        for player in order:
            found[codes[player]] += (value(before | {player}) - value(before)) / len(orders)
            before |= {player}
    return found


def test_two_levers_share_what_they_do_only_together_in_halves(simple: View) -> None:
    # Two months. Nothing: 1000, 1000. Half more registrations: 1050, 945 + 150 = 1095.
    # Half as many lapses: 1050, 997.5 + 100 = 1097.5. Both: 1100, 1045 + 150 = 1195.
    # Registrations: (95 + 97.5) / 2; lapses: (97.5 + 100) / 2.
    found = credit.split(simple, NONE, read(informal__new=0.5, informal__lapse=-0.5), 2)

    assert parts(found) == pytest.approx({"informal.new": 96.25, "informal.lapse": 98.75})
    assert found["error"].to_list() == [0, 0]
    assert found["month"].dt.to_string("%Y-%m").unique().to_list() == ["2023-03"]


def test_the_parts_are_the_means_over_all_orders(view: View) -> None:
    found = credit.split(view, NONE, EVERYTHING, 11)

    assert parts(found) == pytest.approx(by_all_orders(view, EVERYTHING, 11), abs=1e-6)


share = st.floats(-0.9, 2).map(lambda value: round(value, 3))
one_segment = st.fixed_dictionaries(
    {},
    optional={
        "new": share,
        "lapse": share,
        "back": share,
        "extra": st.integers(0, 800),
        "eligible_growth": st.floats(-0.1, 0.1),
        "starts": st.sampled_from(["2023-02", "2023-06"]),
        "ramp": st.integers(0, 6),
        "branch": st.dictionaries(
            st.sampled_from(["Palembang", "jambi"]),
            st.fixed_dictionaries({}, optional={"new": share, "extra": st.integers(0, 90), "ramp": st.integers(0, 4)}),
        ),
    },
)
some_programmes = st.lists(
    st.builds(programme, st.sampled_from(["A", "B"]), st.integers(0, 4000), months=st.integers(1, 9)), max_size=2
)
any_scenario = st.builds(
    lambda informal, formal, paid: written({"informal": informal, "formal": formal}, *paid),
    one_segment,
    one_segment,
    some_programmes,
)


@thorough(max_examples=30, deadline=None)
@given(one=any_scenario, other=any_scenario)
def test_the_parts_add_up_to_the_whole_difference_of_any_two_scenarios(one: Scenario, other: Scenario) -> None:
    here = look(
        rows("Palembang", "informal", 10_000, new=100, lapsed=150, eligible=12_000),
        rows("Jambi", "informal", 5_000, new=40, lapsed=70, eligible=5_400),
        rows("Palembang", "formal", 20_000, new=300, lapsed=340, eligible=22_000),
    )
    found = credit.split(here, one, other, 9, ("branch", "segment"))

    assert found["part"].sum() == pytest.approx(reached(here, other, 9) - reached(here, one, 9), abs=1e-6)
    table = runs.simulate(here, other, name="", keys=("branch", "segment"), until=found["month"].max())
    still = runs.simulate(here, one, name="", keys=("branch", "segment"), until=found["month"].max())
    ends = table.with_columns(whole=pl.col("covered") - still["covered"]).group_by("branch", "segment").last()
    each = found.group_by("branch", "segment").agg(pl.col("part").sum())
    both = ends.join(each, on=["branch", "segment"], how="left")
    assert both["part"].fill_null(0).to_numpy() == pytest.approx(both["whole"].to_numpy(), abs=1e-6)


def test_exchanging_the_scenarios_turns_every_part_round(view: View) -> None:
    there = parts(credit.split(view, NONE, EVERYTHING, 11))
    back = parts(credit.split(view, EVERYTHING, NONE, 11))

    assert back == pytest.approx({lever: -part for lever, part in there.items()})


def test_two_programmes_alike_get_the_same_part_though_the_first_takes_the_last_room(view: View) -> None:
    # 2 000 and 4 000 workers are uncovered: two programmes of 4 000 fight for them.
    found = parts(credit.split(view, NONE, written({}, programme("A", 4000), programme("B", 4000)), 3))

    assert found["programme.A"] == pytest.approx(found["programme.B"])
    assert found["programme.A"] > 0


def test_whoever_changes_nothing_gets_nothing(view: View) -> None:
    # The programme starts after the last month; of nobody, as many as before return.
    late = written({"informal": {"new": 0.3}}, programme("Terlambat", starts="2024-06"))

    found = parts(credit.split(view, NONE, late, 11))

    assert found["programme.Terlambat"] == 0
    assert found["informal.new"] == pytest.approx(reached(view, late, 11) - reached(view, NONE, 11))


def test_what_both_scenarios_share_has_no_part(view: View) -> None:
    shared = written({"informal": {"new": 0.3, "lapse": -0.1}}, programme("APBD"))
    more = written({"informal": {"new": 0.3, "lapse": -0.2}}, programme("APBD"))

    assert credit.split(view, shared, more, 11)["lever"].to_list() == ["informal.lapse"]
    assert credit.split(view, more, more, 11).is_empty()


def test_a_programme_that_grew_is_one_mover(view: View) -> None:
    small, large = written({}, programme("APBD", 500)), written({}, programme("APBD", 800))

    found = parts(credit.split(view, small, large, 3))

    assert found == pytest.approx({"programme.APBD": 300})


def test_a_time_is_a_mover_only_where_both_scenarios_move_something(view: View) -> None:
    early = read(informal__new=0.3, informal__starts="2023-02")
    late = read(informal__new=0.3, informal__starts="2023-06")

    assert credit.split(view, NONE, late, 11)["lever"].to_list() == ["informal.new"]
    found = credit.split(view, early, late, 11)
    assert found["lever"].to_list() == ["informal.starts"]
    assert found["part"].sum() == pytest.approx(reached(view, late, 11) - reached(view, early, 11))


def test_a_branch_of_its_own_is_told_apart_from_its_segment(view: View) -> None:
    scenario = written({"informal": {"new": 0.3, "branch": {"JAMBI": {"new": 1.0}}}})

    found = credit.split(view, NONE, scenario, 11, ("branch",))

    assert found.select("branch", "lever").rows() == [
        ("Jambi", "informal.branch.Jambi.new"),
        ("Palembang", "informal.new"),
    ]


def test_a_rule_is_a_mover_beside_the_levers(view: View) -> None:
    scenario = scenarios.validated(
        {"rule": {"informal": {"kind": "rate", "rate": 0.1}}, "levers": {"informal": {"lapse": -0.2}}}, file=""
    )

    found = credit.split(view, NONE, scenario, 11)

    assert set(found["lever"]) == {"informal.rule", "informal.lapse"}
    assert found["part"].sum() == pytest.approx(reached(view, scenario, 11) - reached(view, NONE, 11))


def test_growth_moves_the_path_that_follows_it(view: View) -> None:
    rule = {"rule": {"informal": {"kind": "linear", "points": 3}}}
    grown = scenarios.validated(rule | {"levers": {"informal": {"eligible_growth": 0.08}}}, file="")
    same = scenarios.validated(rule, file="")

    found = credit.split(view, same, grown, 11)

    assert parts(found) == pytest.approx(
        {"informal.eligible_growth": reached(view, grown, 11) - reached(view, same, 11)}
    )


MANY = written(
    {"informal": {"new": 0.5, "lapse": -0.3, "back": 0.4, "extra": 300}},
    *(programme(f"P{number}", 400 + 100 * number, starts="2023-04") for number in range(6)),
)


def test_drawn_orders_agree_with_all_sets_within_the_error_they_state(
    view: View, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = credit.split(view, NONE, MANY, 8)
    monkeypatch.setattr(credit, "EXACT", 10)
    exact = credit.split(view, NONE, MANY, 8)

    away = np.abs(drawn["part"].to_numpy() - exact["part"].to_numpy())
    assert (drawn["error"] > 0).all()
    assert (exact["error"] == 0).all()
    assert (away <= 4 * drawn["error"].to_numpy()).all()
    assert away.max() > 0
    assert drawn["part"].sum() == pytest.approx(exact["part"].sum(), abs=1e-6)


def test_the_same_seed_draws_the_same_orders(view: View) -> None:
    one, same, another = (credit.split(view, NONE, MANY, 8, seed=seed)["part"].to_list() for seed in (1, 1, 2))

    assert one == same
    assert one != another


def test_the_steps_lead_from_today_over_the_baseline_to_the_scenario(view: View) -> None:
    today, still, end = (reached(view, *pair) for pair in ((NONE, 0), (NONE, 11), (EVERYTHING, 11)))

    found = credit_steps.steps(today, still, credit.split(view, NONE, EVERYTHING, 11), end=end)

    assert found["step"].to_list() == ["today", "still", *["mover"] * 7, "end"]
    assert found["begin"].to_list()[1:-1] == pytest.approx(found["finish"].to_list()[:-2])
    assert found["finish"].to_list()[-2:] == pytest.approx([end, end])
    sizes = found.filter(step="mover")["amount"].abs().to_list()
    assert sizes == sorted(sizes, reverse=True)


def test_the_steps_pass_the_scenario_that_is_compared_with(view: View) -> None:
    first = read(informal__new=0.2)
    still, reference, end = (reached(view, one, 11) for one in (NONE, first, EVERYTHING))

    found = credit_steps.steps(35_000, still, credit.split(view, first, EVERYTHING, 11), reference=reference, end=end)

    assert found["step"].to_list()[:3] == ["today", "still", "reference"]
    assert found["amount"][2] == pytest.approx(reference - still)
    assert found["finish"].to_list()[-2:] == pytest.approx([end, end])


def test_a_tenth_of_each_rate_by_hand(simple: View) -> None:
    # Two months. 90 registrations: 990, 891 + 90 = 981; 110: 1019.
    # 9 % lapse: 1010, 919.1 + 100 = 1019.1; 11 %: 990, 881.1 + 100 = 981.1. Nobody returns, nothing is extra.
    found = sensitivity.tornado(simple, NONE, 2)

    assert found["lever"].to_list() == ["informal.lapse", "informal.new"]
    assert found["low"].to_list() == pytest.approx([19.1, -19])
    assert found["high"].to_list() == pytest.approx([-18.9, 19])


def test_a_tenth_of_what_a_scenario_adds_by_hand(simple: View) -> None:
    # One month, nothing returns: extra 50 and a programme of 500, a tenth of each; registrations are now 150.
    scenario = written({"informal": {"new": 0.5, "extra": 50}}, programme("APBD", starts="2023-02"))

    found = sensitivity.tornado(simple, scenario, 1)

    high = dict(zip(found["lever"].to_list(), found["high"].to_list(), strict=True))
    assert high == pytest.approx({"informal.new": 15, "informal.lapse": -10, "informal.extra": 5, "programme.APBD": 50})
    assert found["lever"][0] == "programme.APBD"


def test_a_tenth_of_the_growth_of_the_eligible_matters_where_nobody_else_is_left(simple: View) -> None:
    full = look(rows("Palembang", "informal", 1000, new=120, lapsed=100, eligible=1000))

    # More would register than there are people left.
    found = sensitivity.tornado(full, written({"informal": {"new": 0.5}}), 12)

    growth = found.filter(name="eligible_growth").to_dicts()[0]
    assert growth["high"] == pytest.approx(1000 * (1.022 - 1.02))
    assert growth["low"] == pytest.approx(1000 * (1.018 - 1.02))


def test_the_effects_of_all_keys_add_up_to_those_of_the_whole(view: View) -> None:
    whole = sensitivity.tornado(view, EVERYTHING, 11)
    each = sensitivity.tornado(view, EVERYTHING, 11, ("branch", "segment")).group_by("lever").agg(pl.col("high").sum())

    joined = whole.join(each, on="lever", validate="1:1", suffix="_sum")
    assert joined.height == whole.height
    assert joined["high_sum"].to_numpy() == pytest.approx(joined["high"].to_numpy())


def test_two_programmes_of_one_name_are_two_rows_that_are_told_apart(simple: View) -> None:
    twins = written({}, programme("A", 30, months=12), programme("A", 20, months=12))

    movers = named_movers(credit.split(simple, NONE, twins, 6), texts.load("en"))

    assert sorted(movers["label"].to_list()) == ["A (2) (Informal)", "A (Informal)"]
    assert sorted(movers["part"].to_list()) == pytest.approx([20, 30])


def test_a_second_programme_of_one_name_takes_a_number_that_is_free() -> None:
    assert written({}, *(programme(name) for name in ("A", "A (2)", "A"))).programme_names == ("A", "A (2)", "A (3)")


def test_a_name_with_a_full_stop_in_it_stays_whole_in_the_sentence_of_what_matters_most():
    mover = {"kind": "programme", "of_segment": "informal", "of_branch": None, "name": "PT. Maju. Tbk"}
    effects = pl.DataFrame([mover | {"low": -5.0, "high": 5.0}])
    first, second = describe_sensitivity_in_parts(effects, texts.load("en"))
    assert "PT. Maju. Tbk" in first
    assert second == "A tenth lower changes the end by −5 workers, a tenth higher by +5."
