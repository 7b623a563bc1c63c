"""What does each branch need to reach its own target, and do sums count each part in its own month?"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from coverage.answers import each, mix, seek
from coverage.base import settings, texts
from coverage.base.errors import NothingToShow
from coverage.commands import cli
from coverage.model import chance, runs
from coverage.model import view as views
from coverage.model.scenarios import Scenario
from coverage.model.targets import TargetSet
from coverage.model.view import Scope, View
from coverage.wording.each import describe_needs
from coverage.wording.mix import describe_mix
from tests import frames

JANUARY = date(2023, 1, 1)
EN = texts.load("en")


def look(*targets: Mapping[str, object], wave: int = 0, **choice: Any) -> View:
    """Two branches whose members do not change: 100 come and 100 go each month, of 1,000 among 5,000.

    With a `wave` more of them each third month, so that the forecast has a record of errors.
    """
    flows = {"new": [100] * 31, "lapsed": [100] * 31} if not wave else {}
    known: dict[str, Any] = flows | {"returned": [0] * 31, "funded": [0] * 31}
    active = [1000 + wave * (month % 3) * (1 + month % 4) for month in range(31)]
    rows = [
        row | {"branch": branch, "eligible": 5000}
        for branch in ("Jambi", "Palembang")
        for row in frames.history("2020-07", active, **known)
    ]
    chosen = TargetSet.model_validate({"target": [{"by": "2023-12"} | dict(target) for target in targets]})
    register = frames.register(Palembang="Sumbagsel", Jambi="Sumbagsel")
    return views.look(
        frames.branch_months(*rows),
        register,
        chosen,
        scope=Scope(**choice),
        as_of=JANUARY,
        settings=settings.load(),
    )


AIMS = ({"branch": "Jambi", "workers": 900}, {"branch": "Palembang", "workers": 1100})


def test_each_branch_is_asked_for_what_it_needs_by_itself() -> None:
    needs = each.solve(look(*AIMS), Scenario(), "informal.new")

    alone = seek.solve(look(*AIMS, branches=("Palembang",)), Scenario(), "informal.new")
    assert [(need.branch, need.answer and need.answer.value) for need in needs] == [
        ("Jambi", 0.0),
        ("Palembang", alone.value),
    ]
    assert alone.value is not None
    assert alone.value > 0


def test_a_sum_that_is_reached_needs_nothing_while_a_branch_is_far_from_its_own() -> None:
    view = look({"branch": "Jambi", "workers": 850}, {"branch": "Palembang", "workers": 1100})

    assert seek.solve(view, Scenario(), "informal.new").value == 0.0
    assert max(need.answer.value or 0 for need in each.solve(view, Scenario(), "informal.new") if need.answer) > 0


@pytest.mark.parametrize("lever", ["informal.new", "informal.lapse", "informal.extra", "informal.workers"])
def test_with_what_each_needs_every_branch_reaches_its_own(lever: str) -> None:
    view = look(*AIMS)

    for need in each.solve(view, Scenario(), lever):
        assert need.answer is not None
        run = runs.flows(view, need.answer.scenario, 11)
        place = view.series["branch"].to_list().index(need.branch)
        assert run.covered[11, place, 0] >= view.target[place] - 1e-6


def test_what_no_branch_can_reach_is_told_and_the_others_keep_their_answer() -> None:
    view = look({"branch": "Jambi", "workers": 6000}, {"branch": "Palembang", "workers": 1100})
    needs = each.solve(view, Scenario(), "informal.new")

    assert [need.answer is not None and need.answer.reachable for need in needs] == [False, True]
    assert "1 of 2 branches can reach their own target" in " ".join(describe_needs(needs, EN))


def test_a_branch_whose_month_is_past_is_not_asked_and_the_others_are() -> None:
    needs = each.solve(look({"branch": "Jambi", "by": "2022-12", "workers": 5}, AIMS[1]), Scenario(), "informal.new")

    assert [(need.branch, need.answer is None) for need in needs] == [("Jambi", True), ("Palembang", False)]


def test_without_any_target_nothing_can_be_asked() -> None:
    with pytest.raises(NothingToShow) as refused:
        each.solve(look(), Scenario(), "informal.new")
    assert refused.value.code == "solve_no_target"


# Sums over different target months


def test_what_a_sum_takes_counts_each_branch_in_its_own_month() -> None:
    view = look({"branch": "Jambi", "by": "2023-06", "workers": 1050}, {"branch": "Palembang", "workers": 1100})

    found = seek.solve(view, Scenario(), "informal.new")

    run = runs.flows(view, found.scenario, 11)
    own = float(run.covered[5, 0, 0] + run.covered[11, 1, 0])
    assert found.covered == pytest.approx(own)
    assert own >= 2150
    assert found.reached_month == date(2023, 12, 1)
    # By a month that is named, all of them count in that month.
    assert seek.solve(view, Scenario(), "informal.new", by=date(2023, 12, 1)).covered == pytest.approx(2150, abs=1)


def test_a_share_of_the_eligible_asks_for_more_where_the_workforce_grows() -> None:
    view = look({"branch": "Palembang", "coverage": 0.25})
    scenario = Scenario().with_levers("informal", eligible_growth=0.10)

    still, grown = seek.solve(view, Scenario(), "informal.new"), seek.solve(view, scenario, "informal.new")

    assert still.target == pytest.approx(1250 * 1.02 ** (11 / 12))
    assert grown.target == pytest.approx(1250 * 1.10 ** (11 / 12))
    assert (grown.value or 0) > (still.value or 0)
    table = runs.simulate(view, scenario, name="x", keys=())
    assert table["target"][0] == pytest.approx(1250 * 1.10 ** (11 / 12))


def test_the_chance_of_a_sum_counts_each_branch_in_its_own_month() -> None:
    view = look({"branch": "Jambi", "by": "2023-06", "workers": 1000}, {"branch": "Palembang", "workers": 1000}, wave=5)
    futures = chance.draw(view)
    assert futures is not None

    drawn, counted = chance.counted_paths(view, Scenario(), 11, [], futures=futures)

    each_one = chance.paths(view, Scenario(), 11, ["branch"], futures=futures)
    assert drawn[11] == pytest.approx(each_one[11].sum(axis=0)[None, :])
    assert counted[11] == pytest.approx((each_one[5, 0] + each_one[11, 1])[None, :])
    assert counted[3] == pytest.approx(drawn[3])
    fan = chance.fan(view, Scenario(), 11, [], futures=futures)
    assert fan["chance"][-1] == pytest.approx((counted[11, 0] >= 2000 - 1e-6).mean())


def test_a_mix_counts_each_branch_in_its_own_month_and_says_whether_every_branch_is_there() -> None:
    late = look({"branch": "Jambi", "by": "2023-06", "workers": 1050}, {"branch": "Palembang", "workers": 1150})
    found = mix.solve(late, Scenario())
    run = runs.flows(late, found.scenario, 11)

    assert found.covered == pytest.approx(float(run.covered[5, 0, 0] + run.covered[11, 1, 0]), abs=1)
    assert found.branches == 2
    whose = "mix.every_branch" if found.short < 0.5 else "mix.the_sum"
    assert EN(whose, short=EN.people(found.short)) in describe_mix(found, EN)


# On the command line


def test_solve_each_branch_has_a_row_for_each(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["solve", "--lever", "BPU.new", "--each", "branch", "--draws", "0", "--format", "csv", "--language", "en"]
    assert cli.main(asked) == 0

    found = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    names = "branch,lever,value,unit,reached_month,covered,target,chance,reachable,at_limit"
    assert list(found[0])[:10] == names.split(",")
    assert len(found) == 9
    assert all(float(row["covered"]) >= float(row["target"]) - 1 for row in found)


def test_each_of_something_else_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["solve", "--lever", "BPU.new", "--each", "region", "--language", "en"]) == 2
    assert "branch" in capsys.readouterr().err


def test_a_rule_that_reaches_the_target_reaches_the_share_that_the_workforce_leads_to() -> None:
    view = look({"branch": "Palembang", "coverage": 0.25}, branches=("Palembang",))
    scenario = Scenario.model_validate(
        {"levers": {"informal": {"eligible_growth": 0.10}}, "rule": {"informal": {"kind": "reach"}}}
    )

    run = runs.flows(view, scenario, 11)

    assert run.covered[11, 0, 0] == pytest.approx(1250 * 1.10 ** (11 / 12))
