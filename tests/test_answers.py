"""Does every shipped scenario get all its answers, and do they agree with one another?"""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from coverage.answers import credit, mix, money, realism, seek
from coverage.model import chance, links, runs, scenarios
from coverage.model.scenarios import Scenario
from coverage.model.view import View
from tests import sample

SHIPPED = sorted(path.stem for path in scenarios.FOLDER.glob("*.toml"))


@pytest.fixture(scope="module")
def view() -> View:
    return sample.looked()[0]


def test_six_scenarios_ship() -> None:
    assert len(SHIPPED) == 6


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_scenario_leaves_room_in_a_link_of_2000_characters(name: str) -> None:
    # Some 300 go to the address, the scope and what is compared.
    assert len(urlencode(links.to_query(scenarios.named(name)))) <= 1700


@pytest.mark.parametrize("name", SHIPPED)
def test_the_parts_of_a_shipped_scenario_add_up_to_what_it_changes(view: View, name: str) -> None:
    scenario, ahead = scenarios.named(name), runs.horizon(view)
    parts = credit.split(view, Scenario(), scenario, ahead)

    ends = [runs.flows(view, one, ahead).covered[ahead].sum() for one in (Scenario(), scenario)]

    assert parts["part"].sum() == pytest.approx(ends[1] - ends[0], abs=1e-6)


@pytest.mark.parametrize("name", SHIPPED)
def test_the_bounds_of_a_shipped_scenario_hold_its_projection(view: View, name: str) -> None:
    scenario, ahead = scenarios.named(name), runs.horizon(view)
    futures = chance.draw_futures(view)
    assert futures is not None

    fan = chance.fan(view, scenario, ahead, futures=futures)
    certain = runs.table_of_run(view, runs.flows(view, scenario, ahead), name="")["covered"]

    assert (fan["p10"] <= certain + 1e-6).all()
    assert (certain <= fan["p90"] + 1e-6).all()


@pytest.mark.parametrize("name", SHIPPED)
def test_the_solved_lever_of_a_shipped_scenario_reaches_where_it_says(view: View, name: str) -> None:
    answer = seek.solve(view, scenarios.named(name), "informal.new")
    there = runs.table_of_run(view, runs.flows(view, answer.scenario, 11), name="").filter(segment="informal").tail(1)

    assert answer.reachable
    assert there["covered"][0] == pytest.approx(answer.covered, abs=0.5)
    assert there["covered"][0] >= 95_000 - 1e-6


@pytest.mark.parametrize("name", SHIPPED)
def test_the_cheapest_mix_on_top_of_a_shipped_scenario_leaves_no_larger_gap(view: View, name: str) -> None:
    found = mix.solve(view, scenarios.named(name), segment="informal")

    assert found.gap <= found.gap_before + 1e-6
    assert found.cost_rupiah >= 0


@pytest.mark.parametrize("name", SHIPPED)
def test_the_money_and_the_records_of_a_shipped_scenario_are_those_of_its_programmes_and_levers(
    view: View, name: str
) -> None:
    scenario, ahead = scenarios.named(name), runs.horizon(view)
    run = runs.flows(view, scenario, ahead)

    bills = money.monthly(view, scenario, run)
    asked = realism.against_records(view, realism.records(view, ahead), scenario, run)

    assert (bills.height > 0) == bool(scenario.programme)
    assert (asked.height > 0) == bool(scenario.levers or scenario.programme)
