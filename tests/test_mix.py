"""Is the mix the cheapest, does the full projection give it, and is the truth told where the target is out of reach?"""

from __future__ import annotations

import csv
import io
import itertools
import sys
from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import settings as thorough
from hypothesis import strategies as st
from scipy.optimize import linprog
from streamlit.testing.v1 import AppTest

from coverage.answers import costs, mix, piecewise
from coverage.answers.costs import Costs, LeverCosts
from coverage.base import settings, texts
from coverage.base.errors import DeclarationRefused, NothingToShow
from coverage.charts.mix import draw_gap_by_money
from coverage.commands import cli
from coverage.model import links, runs, scenarios
from coverage.model import view as views
from coverage.model.scenarios import Scenario
from coverage.model.targets import TargetSet
from coverage.model.view import Scope, View
from coverage.wording.mix import curve_table, describe_mix, mix_table
from tests import frames, sample

BASE = Scenario()
LANGUAGES = [texts.load(name) for name in texts.languages()]
FIRST = "2022-01"


def rows(
    branch: str,
    *,
    active: int,
    new: int,
    lapsed: int,
    returned: int = 0,
    eligible: int | None = None,
    segment: str = "informal",
) -> list[dict]:
    """Thirteen months of a branch with the same flows every month, the last one January 2023."""
    length = 13
    change = new + returned - lapsed
    stocks = [active + change * (t - length + 1) for t in range(length)]
    columns: dict = {"new": [new] * length, "lapsed": [lapsed] * length, "returned": [returned] * length}
    if eligible is not None:
        columns["eligible"] = [eligible] * length
    return frames.history(FIRST, stocks, branch=branch, segment=segment, **columns)


def look(*histories: list[dict], by: str = "2023-12", **targets: int) -> View:
    """Look at histories with a target for each segment named."""
    chosen = TargetSet.model_validate(
        {"target": [{"by": by, "segment": segment, "workers": workers} for segment, workers in targets.items()]}
    )
    table = frames.branch_months(*[row for one in histories for row in one])
    register = frames.register(Palembang="Sumbagsel", Jambi="Sumbagsel")
    return views.of(table, register, chosen, scope=Scope(), as_of=None, settings=settings.load())


def costs_of(**values: float) -> Costs:
    return costs.checked({"every": values})


def cell(found: mix.Mix, lever: str, column: str, segment: str = "informal") -> float:
    return found.rows.filter(lever=lever, segment=segment)[column].item()


@pytest.fixture(scope="module")
def small() -> View:
    """One branch, with a pool of people who lapsed and little room."""
    return look(rows("Palembang", active=10_000, new=300, lapsed=250, returned=40, eligible=14_000), informal=12_400)


def test_the_cheapest_lever_goes_first_and_the_next_does_the_rest() -> None:
    # A month from now 1000 - 100 + 100 = 1000 are covered. Of 30 missing, 25 may be kept at 15 000 each (a quarter of
    # the lapses), and the other 5 are registered at 25 000: 375 000 + 125 000 rupiah.
    view = look(rows("Palembang", active=1000, new=100, lapsed=100), by="2023-02", informal=1030)

    found = mix.solve(view, BASE, costs_of(new=25_000, lapse=15_000, back=20_000))

    assert found.reached
    assert found.settled
    assert (found.covered, found.gap, found.gap_before) == pytest.approx((1030, 0, 30))
    assert found.cost_rupiah == pytest.approx(500_000)
    assert cell(found, "lapse", "value") == -0.25
    assert cell(found, "lapse", "at_limit") is True
    assert cell(found, "new", "value") == pytest.approx(0.05)
    assert [cell(found, one, "people") for one in ("lapse", "new", "workers")] == pytest.approx([25, 5, 0])
    # One more worker: another registration. The funded worker costs twelve months of 16 800.
    assert cell(found, "new", "marginal_rupiah") == pytest.approx(25_000)
    assert cell(found, "workers", "marginal_rupiah") == pytest.approx(201_600)
    assert found.month == date(2023, 2, 1)


def test_a_budget_buys_the_cheapest_people_first() -> None:
    view = look(rows("Palembang", active=1000, new=100, lapsed=100), by="2023-02", informal=1030)

    found = mix.solve(view, BASE, costs_of(new=25_000, lapse=15_000, back=20_000), budget=450_000)

    # 25 lapses avoided leave 75 000 rupiah: three registrations.
    assert not found.reached
    assert found.gap == pytest.approx(2, abs=0.02)
    assert found.cost_rupiah <= 450_000


def test_workers_are_funded_where_the_levers_limits_are_not_enough() -> None:
    view = look(rows("Palembang", active=1000, new=100, lapsed=100), by="2023-03", informal=1300)

    found = mix.solve(view, BASE, costs_of(new_limit=0, lapse_limit=0, back_limit=0, months=6))

    # Without levers the covered stay at 1000 (lapses and registrations are 100 each); nobody funded lapses.
    assert cell(found, "workers", "value") == 300
    assert found.cost_rupiah == 300 * 6 * 16_800
    assert found.funded_until == date(2023, 8, 1)
    (paid,) = found.scenario.programme
    assert (paid.workers, paid.months, paid.starts, paid.segment) == (300, 6, date(2023, 2, 1), "informal")


def test_funded_months_end_with_the_targets_month_when_that_is_far_away() -> None:
    view = look(rows("Palembang", active=1000, new=100, lapsed=100), by="2024-12", informal=1300)

    found = mix.solve(view, BASE, costs_of(new_limit=0, lapse_limit=0, back_limit=0))

    (paid,) = found.scenario.programme
    assert paid.starts == date(2024, 1, 1)
    assert found.funded_until == date(2025, 1, 1)


def test_a_programme_that_ends_before_the_targets_month_is_renewed_and_not_crowded_out() -> None:
    # 1000 of 1500 eligible; the scenario funds 400 from March to October. In November they are free again: funding 300
    # from then on reaches the target; 300 funded at once would only leave the scenario's own programme without room.
    view = look(rows("Palembang", active=1000, new=0, lapsed=0, eligible=1500), by="2023-12", informal=1300)
    own = {"name": "x", "segment": "informal", "workers": 400, "starts": "2023-03", "months": 8}
    start = scenarios.validated({"programme": [own]}, file="")

    found = mix.solve(view, start)

    (_, paid) = found.scenario.programme
    assert found.reached
    assert (paid.starts, paid.workers) == (date(2023, 11, 1), 300)
    assert found.cost_rupiah == 300 * 201_600


def test_only_informal_workers_are_funded_unless_a_limit_says_so() -> None:
    view = look(rows("Palembang", active=1000, new=100, lapsed=100, segment="formal"), by="2023-03", formal=1300)
    none = costs_of(new_limit=0, lapse_limit=0, back_limit=0)

    assert mix.solve(view, BASE, none).gap == pytest.approx(300)
    assert mix.solve(view, BASE, none.with_said(["formal.workers_limit=200"])).gap == pytest.approx(100)


def test_the_scenario_of_the_answer_gives_the_answer(small: View) -> None:
    found = mix.solve(small, BASE)

    covered = runs.simulate(small, found.scenario, name="mix", keys=())["covered"].to_list()[-1]

    assert covered == pytest.approx(found.covered)
    assert covered >= 12_400 - 0.5
    assert covered < 12_400 + 5


def by_hand(view: View, new: np.ndarray, lapse: np.ndarray, back: np.ndarray, workers: np.ndarray, unit: LeverCosts):
    """Run one branch by the model's eight steps for many settings at once; return covered in month 11 and cost."""
    start = view.start
    a, p = np.full(new.shape, start.paying.item()), np.full(new.shape, start.pool.item())
    e, f = start.eligible.item(), np.zeros(new.shape)
    cost = np.zeros(new.shape)
    rates = start.rates
    assert rates is not None
    for t in range(1, 12):
        e *= 1.02 ** (1 / 12)
        leaving, registering = rates.lapse[t].item(), rates.new[t].item()
        usual, lapsed = leaving * a, leaving * (1 - lapse) * a
        came_back, returned = start.back.item() * p, start.back.item() * (1 + back) * p
        cost += unit.lapse * (usual - lapsed) + unit.back * (returned - came_back)
        a, p = a - lapsed + returned, p + lapsed - returned
        out = np.maximum(a + f - e, 0)
        a = a - out
        room = np.maximum(e - a - f, 0)
        if t == 1:
            f = np.minimum(workers, room)
            room = room - f
            cost += f * unit.premium * unit.months
        registered = np.minimum(registering * (1 + new), room)
        cost += unit.new * np.maximum(registered - registering, 0)
        a = a + registered
        p = np.minimum(p, np.maximum(e - a - f, 0))
    return a + f, cost


@pytest.mark.parametrize(
    ("target", "values"),
    [
        (12_400, {}),
        (12_400, {"lapse": 60_000.0}),
        (12_000, {"new": 60_000.0, "back": 5_000.0}),
        (13_900, {"new_limit": 1.0, "back_limit": 1.0}),
        (13_000, {"premium": 1_000.0, "months": 11}),
    ],
)
def test_no_point_of_a_grid_is_cheaper(target: int, values: dict[str, float]) -> None:
    branch = rows("Palembang", active=10_000, new=300, lapsed=250, returned=40, eligible=14_000)
    view, prices = look(branch, informal=target), costs_of(**values)
    unit = prices.of("informal")
    found = mix.solve(view, BASE, prices)

    fine = np.linspace(0, 1, 21)
    workers = np.arange(0, 3001, 100)
    grid = [
        one.ravel()
        for one in np.meshgrid(fine * unit.new_limit, fine * unit.lapse_limit, fine * unit.back_limit, workers)
    ]
    covered, cost = by_hand(view, *grid, unit)
    best = cost[covered >= target].min()
    ours = [np.array([abs(cell(found, lever, "value"))]) for lever in mix.PRICED]
    reached, spent = by_hand(view, *ours, unit)

    assert found.reached
    assert reached[0] >= target - 0.5
    assert spent[0] == pytest.approx(found.cost_rupiah, rel=1e-6)
    assert spent[0] <= best + 1


def test_a_target_out_of_reach_is_told_with_what_the_limits_give(small: View) -> None:
    view = look(rows("Palembang", active=10_000, new=300, lapsed=250, returned=40), informal=50_000)
    few = costs_of(workers_limit=100)

    found = mix.solve(view, BASE, few)

    # What every lever at its limit gives, by the full projection.
    most = BASE.with_levers("informal", new=0.5, lapse=-0.25, back=0.5)
    paid = {"name": "x", "segment": "informal", "workers": 100, "starts": "2023-02", "months": 12}
    most = scenarios.validated(scenarios.simplified(most) | {"programme": [paid]}, file="")
    limit = runs.simulate(view, most, name="x", keys=())["covered"].to_list()[-1]
    assert not found.reached
    assert found.settled
    assert found.covered == pytest.approx(limit)
    assert found.rows["at_limit"].all()
    assert found.gap == pytest.approx(50_000 - limit)
    for words in LANGUAGES:
        assert words.people(found.gap) in describe_mix(found, words)[0]


def test_nothing_is_spent_where_the_target_is_reached_anyway() -> None:
    view = look(rows("Palembang", active=1000, new=100, lapsed=50), by="2023-02", informal=900)

    found = mix.solve(view, BASE)

    assert found.reached
    assert found.cost_rupiah == 0
    assert found.rows["amount"].to_list() == [0] * 4
    assert describe_mix(found, LANGUAGES[0])[0].startswith("Tidak perlu biaya tambahan")


def test_one_segments_surplus_fills_no_other_segments_gap() -> None:
    view = look(
        rows("Palembang", active=1000, new=100, lapsed=100),
        rows("Palembang", active=5000, new=100, lapsed=100, segment="formal"),
        by="2023-02",
        informal=1030,
        formal=2000,
    )

    found = mix.solve(view, BASE)

    assert found.gap_before == pytest.approx(30)
    assert found.reached
    assert cell(found, "lapse", "amount", "formal") == 0
    assert cell(found, "lapse", "amount") == pytest.approx(25)


def test_who_is_still_missing_is_said_by_segment_where_one_gets_there_and_another_does_not() -> None:
    view = look(
        rows("Palembang", active=1000, new=100, lapsed=100),
        rows("Palembang", active=5000, new=100, lapsed=100, segment="formal"),
        by="2023-02",
        informal=1030,
        formal=6000,
    )

    found = mix.solve(view, BASE)

    # Formal: 50 registrations, 25 lapses kept; nobody has left, so nobody returns. 6,000 - 5,075 = 925.
    assert found.gaps == pytest.approx({"formal": 925, "informal": 0})
    assert "Selisih bersih yang tersisa: Formal 925." in describe_mix(found, LANGUAGES[0])
    assert "Net gap left: Formal 925." in describe_mix(found, LANGUAGES[1])


def test_a_segment_alone_is_solved_without_the_others() -> None:
    view = look(
        rows("Palembang", active=1000, new=100, lapsed=100),
        rows("Palembang", active=5000, new=100, lapsed=100, segment="formal"),
        by="2023-02",
        informal=1030,
        formal=6000,
    )

    found = mix.solve(view, BASE, segment="informal")

    assert found.rows["segment"].unique().to_list() == ["informal"]
    assert found.reached
    assert found.target == 1030


def test_what_the_scenario_does_already_is_not_paid_again() -> None:
    view = look(rows("Palembang", active=1000, new=100, lapsed=100), by="2023-02", informal=1030)
    start = BASE.with_levers("informal", new=0.1)

    found = mix.solve(view, start, costs_of(lapse_limit=0))

    # The scenario registers 10 of the 30 itself; the mix adds 20.
    assert found.gap_before == pytest.approx(20)
    assert cell(found, "new", "value") == pytest.approx(0.3)
    assert cell(found, "new", "amount") == pytest.approx(20)


def test_a_branch_with_a_lever_of_its_own_is_not_paid_for_its_segments() -> None:
    view = look(
        rows("Palembang", active=1000, new=100, lapsed=100),
        rows("Jambi", active=1000, new=100, lapsed=100),
        by="2023-02",
        informal=2030,
    )
    start = links.from_query({"informal.branch.Jambi.new": "0.0"})

    found = mix.solve(view, start, costs_of(lapse_limit=0, workers_limit=0))

    # Only Palembang's hundred registrations follow the lever: 30 more are 30 % more.
    assert cell(found, "new", "value") == pytest.approx(0.3)
    assert cell(found, "new", "amount") == pytest.approx(30)


def test_registrations_that_a_rule_sets_are_not_for_sale() -> None:
    view = look(rows("Palembang", active=1000, new=100, lapsed=100, eligible=3000), by="2023-02", informal=1030)

    found = mix.solve(view, links.from_query({"informal.rule": "hold"}), costs_of(workers_limit=0))

    assert not found.reached
    assert found.cost_rupiah == 0
    for words in LANGUAGES:
        assert words("mix.ruled", segments=words("segment.informal")) in describe_mix(found, words)


def test_money_that_is_left_over_is_not_what_stops_it(small: View) -> None:
    view = look(rows("Palembang", active=10_000, new=300, lapsed=250, returned=40), informal=50_000)

    few = mix.solve(view, BASE, costs_of(workers_limit=0), budget=1_000_000_000)
    assert few.cost_rupiah < 500_000_000
    said = describe_mix(few, texts.load("en"))[0]
    assert said.startswith("The target of December 2023 is out of reach within these limits: ")
    assert texts.load("en").rupiah(few.cost_rupiah, short=True) in said


def test_a_mix_added_to_a_mix_has_a_programme_of_another_name() -> None:
    view = look(rows("Palembang", active=1000, new=100, lapsed=100), by="2023-06", informal=1300)
    few = costs_of(new_limit=0, lapse_limit=0, back_limit=0, workers_limit=100)

    once = mix.solve(view, BASE, few, name="Mix").scenario
    twice = mix.solve(view, once, few, name="Mix").scenario

    assert [(one.name, one.workers) for one in twice.programme] == [("Mix", 100), ("Mix 2", 100)]


@pytest.fixture(scope="module")
def two() -> View:
    """Two segments and two branches, one with little room."""
    return look(
        rows("Palembang", active=10_000, new=300, lapsed=250, returned=40, eligible=12_500),
        rows("Jambi", active=4_000, new=90, lapsed=80, returned=20, eligible=9_000),
        rows("Palembang", active=20_000, new=400, lapsed=380, returned=50, eligible=30_000, segment="formal"),
        informal=16_800,
        formal=21_500,
    )


@pytest.fixture(scope="module")
def price(two: View) -> float:
    return mix.solve(two, BASE).cost_rupiah


@thorough(max_examples=15, deadline=None)
@given(first=st.floats(0, 1.2), second=st.floats(0, 1.2), little=st.floats(0.001, 0.01))
def test_more_budget_never_leaves_a_bigger_gap(
    two: View, price: float, first: float, second: float, little: float
) -> None:
    # A little more than one of them as well: far apart, more money would hide that it is spent worse.
    budgets = sorted((first, first + little, second))
    found = [mix.solve(two, BASE, budget=price * one) for one in budgets]

    assert all(more.gap <= less.gap + 1e-6 for less, more in itertools.pairwise(found))
    assert all(one.cost_rupiah <= one.budget_rupiah + 1 for one in found)


def test_the_curve_falls_from_the_whole_gap_to_what_is_left(two: View) -> None:
    found = mix.solve(two, BASE)
    steps = mix.curve(found)

    assert steps.height >= 12
    assert steps.row(0) == (0, pytest.approx(found.gap_before))
    assert steps.row(-1) == (pytest.approx(found.cost_rupiah, abs=1), pytest.approx(found.gap, abs=0.5))
    assert (steps["gap"].diff().drop_nulls() <= 0).all()
    assert (steps["budget_rupiah"].diff().drop_nulls() >= 0).all()
    # Half the money does more than half of the work: the cheapest people are bought first.
    half = mix.solve(two, BASE, budget=found.cost_rupiah / 2)
    assert half.gap < found.gap_before / 2


def test_the_parts_add_up(two: View) -> None:
    found = mix.solve(two, BASE)
    before = runs.simulate(two, BASE, name="x", keys=())["covered"].to_list()[-1]

    assert found.rows["people"].sum() == pytest.approx(found.covered - before, abs=1)
    assert found.rows["cost_rupiah"].sum() == pytest.approx(found.cost_rupiah)


def test_no_two_levers_could_be_exchanged_for_less(two: View) -> None:
    # At the least cost every lever in use that is not at its limit has the same price for one more worker, and no
    # lever that is left has a lower one.
    found = mix.solve(two, BASE)
    for segment in ("formal", "informal"):
        rows_ = found.rows.filter(segment=segment).drop_nulls("marginal_rupiah")
        used = rows_.filter((pl.col("amount") > 0) & ~pl.col("at_limit"))["marginal_rupiah"].to_list()
        unused = rows_.filter(pl.col("amount") == 0)["marginal_rupiah"].to_list()
        assert all(cheap <= dear * 1.05 for cheap, dear in itertools.product(used, unused))


def test_free_help_is_used_without_limit_of_money() -> None:
    view = look(rows("Palembang", active=1000, new=100, lapsed=100), by="2023-02", informal=1030)

    found = mix.solve(view, BASE, costs_of(new=0, lapse=0), budget=0)

    assert found.reached
    assert found.cost_rupiah == 0


@pytest.mark.parametrize(
    ("targets", "by", "code"),
    [({}, "2023-12", "mix_no_target"), ({"informal": 1100}, "2023-01", "mix_past")],
)
def test_without_a_target_to_come_there_is_nothing_to_price(targets: dict[str, int], by: str, code: str) -> None:
    view = look(rows("Palembang", active=1000, new=100, lapsed=100), by=by, **targets)

    with pytest.raises(NothingToShow) as refused:
        mix.solve(view, BASE)

    assert refused.value.code == code
    assert all("{" not in words.error(refused.value) for words in LANGUAGES)


def test_a_target_for_registrations_is_not_priced() -> None:
    chosen = TargetSet.model_validate({"target": [{"by": "2023-12", "segment": "informal", "new": 3000}]})
    table = frames.branch_months(*rows("Palembang", active=1000, new=100, lapsed=100))
    view = views.of(table, frames.register(), chosen, scope=Scope(), as_of=None, settings=settings.load())

    with pytest.raises(NothingToShow, match="mix_registrations"):
        mix.solve(view, BASE)


def test_costs_say_whose_they_are() -> None:
    given_ = Costs().with_said(["informal.new=30000", "lapse=9000"])

    assert [Costs().of("informal").basis(one) for one in mix.PRICED] == ["illustrative"] * 3 + ["published"]
    assert [given_.of("informal").basis(one) for one in mix.PRICED] == ["given", "given", "illustrative", "published"]
    assert (given_.of("informal").new, given_.of("formal").new, given_.of("formal").lapse) == (30_000, 25_000, 9_000)


@pytest.mark.parametrize(
    ("said", "key"),
    [("informal.new=-1", "informal.new"), ("premium=x", "premium"), ("informl.new=1", "informl"), ("new", "new")],
)
def test_costs_out_of_bounds_are_refused_by_their_name(said: str, key: str) -> None:
    with pytest.raises(DeclarationRefused) as refused:
        Costs().with_said([said])

    assert refused.value.data["key"] == key
    assert all("{" not in words.error(refused.value) for words in LANGUAGES)


def test_a_convex_chain_keeps_the_corners_that_no_line_beats() -> None:
    # Gain 0, 1, 2, 3, 3 at costs 0, 5, 6, 12, 20: the line from nothing to (2, 6) beats (1, 5); the last adds nobody.
    grid = np.array([[[0.0, 1.0, 2.0, 3.0, 4.0]]])
    covered, cost = np.array([[0.0, 0, 1, 2, 3, 3]]), np.array([[0.0, 0, 5, 6, 12, 20]])

    (lever,) = piecewise.measured(grid, covered, cost).levers

    assert lever.gain.tolist() == [2, 1]
    assert lever.cost.tolist() == [6, 6]
    assert (lever.z.tolist(), lever.covered.tolist()) == ([0, 1, 2, 3], [0, 1, 2, 3])


def test_of_a_piece_that_ends_where_nobody_is_left_only_what_is_needed_is_taken() -> None:
    # Up to 30 settings cover one each, and then everybody is covered: 15 people take 15, not half of 100.
    grid = np.array([[[0.0, 10.0, 20.0, 30.0, 100.0]]])
    tried = np.array([[0.0, 0, 10, 20, 30, 30]])
    chain = piecewise.measured(grid, tried, 7 * tried)

    assert piecewise.cheapest(chain, np.array([15.0]), (1, 1)) == pytest.approx(np.array([[15.0]]))


@pytest.mark.parametrize("seed", range(20))
def test_the_cheapest_pieces_are_those_that_a_solver_of_linear_programmes_fills(seed: int) -> None:
    chance = np.random.default_rng(seed)
    # Three segments of three levers at six settings; what each covers and costs rises, in steps of any size.
    grid = np.tile(np.arange(6.0), (3, 3, 1))
    covered = np.hstack([np.zeros((3, 1)), chance.integers(0, 500, (3, 3, 6)).cumsum(axis=2).reshape(3, 18)])
    cost = np.hstack([np.zeros((3, 1)), chance.integers(1, 900, (3, 3, 6)).cumsum(axis=2).reshape(3, 18)])
    chain = piecewise.measured(grid, covered, cost)
    room = np.array([chain.gain[chain.segment == place].sum() for place in range(3)])
    need = room * chance.uniform(0, 1, 3)
    sums = np.where(chain.segment == np.arange(3)[:, None], -chain.gain, 0.0)
    solved = linprog(chain.cost, A_ub=sums, b_ub=-need, bounds=(0, 1))

    chosen = piecewise.cheapest(chain, need, (3, 3))

    bought = [
        [np.interp(chosen[s, n], grid[s, n], covered[s, 1 + 6 * n : 7 + 6 * n]) for n in range(3)] for s in range(3)
    ]
    first = [[covered[s, 1 + 6 * n] for n in range(3)] for s in range(3)]
    assert (np.array(bought) - first).sum(axis=1) == pytest.approx(need)
    filled = np.array([chain.gain[chain.segment == s] @ solved.x[chain.segment == s] for s in range(3)])
    assert filled == pytest.approx(need)
    assert _paid(chain, np.array(bought) - first) == pytest.approx(solved.fun, abs=1e-3)


def _paid(chain: piecewise.Pieces, gained: np.ndarray) -> float:
    """Return what it costs to gain so much with each lever: along its pieces, in their order."""
    paid = 0.0
    for lever in chain.levers:
        gain, cost = np.cumsum([0, *lever.gain]), np.cumsum([0, *lever.cost])
        paid += float(np.interp(gained[lever.segment, lever.lever], gain, cost))
    return paid


def test_a_surplus_of_one_branch_is_said_not_to_fill_anothers_gap() -> None:
    # Together 21 500 of 20 000; but of the two that share it evenly, one ends 1 500 below its 10 000.
    table = rows("Palembang", active=13_000, new=0, lapsed=0, eligible=20_000)
    table += rows("Jambi", active=8_500, new=0, lapsed=0, eligible=20_000)
    view = look(table, informal=20_000)

    found = mix.solve(view, Scenario())

    assert (found.reached, found.gap, found.short) == (True, 0, pytest.approx(1_500))
    assert found.gap_before == 0  # nothing has to be spent, and yet one is short
    assert describe_mix(found, LANGUAGES[1])[1:] == [LANGUAGES[1]("mix.the_sum", short="1,500")]


def test_where_nothing_helps_no_money_is_said_to_bring_anybody() -> None:
    # Nobody registers, leaves or may come back, and nobody is funded: no lever moves anybody.
    view = look(rows("Palembang", active=1000, new=0, lapsed=0), by="2023-02", informal=1030)
    words, costs = LANGUAGES[1], costs_of(workers_limit=0)

    assert describe_mix(mix.solve(view, BASE, costs), words) == [
        (
            "The target of February 2023 is out of reach: within these limits nothing brings the segments' "
            "net gap of 30 workers down."
        )
    ]
    assert describe_mix(mix.solve(view, BASE, costs, budget=0), words)[0] == (
        "A budget of Rp0 changes nothing: the segments' net gap of 30 workers in February 2023 stays."
    )


def test_no_more_workers_are_funded_than_are_missing() -> None:
    # Nothing else moves anybody: 1 000 are missing of 9 000, and 2 000 could be funded.
    view = look(rows("Palembang", active=8_000, new=0, lapsed=0, eligible=10_000), informal=9_000)

    found = mix.solve(view, Scenario().with_levers("informal", eligible_growth=0.0))

    assert cell(found, "workers", "amount") == 1_000
    assert found.cost_rupiah == pytest.approx(1_000 * 12 * 16_800)
    assert (found.reached, found.gap, found.covered) == (True, 0, pytest.approx(9_000))


def test_the_programme_fills_what_is_cheap_and_no_more() -> None:
    grid = np.array([[[0.0, 1.0], [0.0, 1.0]]])
    chain = piecewise.measured(grid, np.array([[0.0, 0, 10, 0, 10]]), np.array([[0.0, 0, 100, 0, 300]]))

    assert piecewise.cheapest(chain, np.array([15.0]), (1, 2)) == pytest.approx(np.array([[1.0, 0.5]]))


@pytest.mark.parametrize("words", LANGUAGES, ids=[one.language for one in LANGUAGES])
def test_the_answer_is_said_listed_and_drawn(two: View, words: texts.Texts) -> None:
    found = mix.solve(two, BASE, budget=20_000_000)
    steps = mix.curve(found)
    chart = draw_gap_by_money(steps, words, spent=found.cost_rupiah, left=found.gap, alt_text="so", dark=True)

    assert words.rupiah(20_000_000, short=True) in describe_mix(found, words)[0]
    listed = mix_table(found, words)
    assert {len(cells) for cells in listed.values()} == {found.rows.height}
    assert any(words("mix.basis.illustrative") in one for one in listed[words("mix.head.unit_rupiah")])
    (marked,) = chart.data.filter("mark").to_dicts()
    assert (marked["million"] * 1e6, marked["gap"]) == pytest.approx((found.cost_rupiah, found.gap))
    assert marked["label"] == words.people(found.gap)
    assert len(curve_table(steps, words)[words("mix.head.gap")]) == steps.height
    assert set(mix.rows_with_totals(found).columns) >= {"total_rupiah", "reached", "cost_basis", "marginal_rupiah"}


def test_the_command_line_tells_who_does_what_and_whose_figures_the_costs_are(capsys) -> None:
    code = cli.main(["mix", "--branch", "Palembang", "--segment", "BPU", "--cost", "BPU.new=26000", "--format", "csv"])
    out, err = capsys.readouterr()
    found = {row["lever"]: row for row in csv.DictReader(io.StringIO(out))}

    assert code == 0
    assert set(found) == set(mix.PRICED)
    assert (found["new"]["unit_rupiah"], found["new"]["cost_basis"]) == ("26000", "given")
    assert found["lapse"]["cost_basis"] == "illustrative"
    assert {row["reached"] for row in found.values()} == {"true"}
    total = float(found["new"]["total_rupiah"])
    assert sum(float(row["cost_rupiah"]) for row in found.values()) == pytest.approx(total)
    assert "Rp16" in err


def test_too_little_money_ends_with_code_one_and_a_sentence(capsys) -> None:
    frozen = ["--data", str(sample.FOLDER), "--targets", str(settings.DATA / "targets.toml")]
    code = cli.main(["mix", *frozen, "--branch", "Palembang", "--budget", "100000000", "--language", "en"])

    out = " ".join(capsys.readouterr().out.split())
    assert code == 1
    # By the slow reading of the law 152,673 formal and 80,332 informal members in December: 21,327 and 14,668 short.
    assert "A budget of Rp100 million brings the segments' net gap from 35,995 down to" in out


@pytest.mark.parametrize(
    "words", [["--budget", "much"], ["--budget", "-1"], ["--cost", "dear=3"], ["--cost", "new=-3"], ["--cost", "new"]]
)
def test_a_cost_or_budget_that_makes_no_sense_is_refused_in_one_line(words: list[str], capsys) -> None:
    assert cli.main(["mix", *words]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def panel() -> None:
    import streamlit as st

    from coverage.model import runs, scenarios
    from pages.parts import mix, money, session

    session.begin()
    screen = session.start()
    st.session_state.setdefault("scenario", {})
    scenario = scenarios.validated(st.session_state["scenario"], file="")
    mix.panel(screen, "informal", scenario, lambda document: st.session_state.update(scenario=document))
    money.panel(screen, scenario, runs.flows(screen.view, scenario, runs.horizon(screen.view)))


def said(app: AppTest) -> str:
    return "\n".join(str(one.value) for one in app.markdown).replace("\\", "")


def test_costs_typed_on_the_page_change_the_answer_and_using_it_sets_the_levers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "argv", ["app.py"])
    app = AppTest.from_function(panel, default_timeout=30).run()
    assert not app.exception
    assert "Cara termurah menutup selisih bersih per segmen" in said(app)
    assert "ilustrasi" in said(app)

    app.number_input(key="mix_new_limit").set_value(10).run()
    assert not app.exception
    assert "pekerja dibiayai" in said(app)

    app.button(key="mix_use").click().run()
    assert not app.exception
    assert app.session_state["scenario"]["levers"]["informal"]["lapse"] == -0.25
    (paid,) = app.session_state["scenario"]["programme"]
    assert paid["name"] == "Campuran termurah"
    # What was applied reaches the target, and its money is told below.
    assert "sudah mencapai target" in said(app)
    assert "Campuran termurah: dana habis" in said(app)


def test_costs_that_are_all_ones_own_are_not_called_illustrative(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["app.py"])
    app = AppTest.from_function(panel, default_timeout=30).run()
    assert "ilustrasi" in said(app)

    app.number_input(key="mix_new").set_value(26_000).run()
    app.number_input(key="mix_lapse").set_value(9_000).run()
    assert "ilustrasi" in said(app)  # what a return costs is still the project's figure
    app.number_input(key="mix_back").set_value(13_000).run()

    assert not app.exception
    assert "ilustrasi" not in said(app)


def test_a_cap_on_the_page_is_in_millions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["app.py"])
    app = AppTest.from_function(panel, default_timeout=30).run()

    app.number_input(key="mix_budget").set_value(100).run()

    assert "Anggaran Rp100 juta menurunkan selisih bersih per segmen" in said(app)
