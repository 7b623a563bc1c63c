"""What does each branch need to reach its own target, and do sums count each part in its own month?"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

import pytest

from coverage.answers import each, mix, realism, seek
from coverage.base import months, settings, texts
from coverage.base.errors import NothingToShow
from coverage.commands import cli
from coverage.model import chance, links, runs
from coverage.model import view as views
from coverage.model.scenarios import Scenario
from coverage.model.targets import TargetSet
from coverage.model.view import Scope, View
from coverage.wording.each import describe_needs
from coverage.wording.mix import describe_mix
from tests import frames, sample

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
    return views.of(
        frames.branch_months(*rows),
        register,
        chosen,
        scope=Scope(**choice),
        as_of=JANUARY,
        settings=settings.load(),
    )


AIMS = ({"branch": "Jambi", "workers": 900}, {"branch": "Palembang", "workers": 1100})


def test_each_branch_is_asked_for_what_it_needs_by_itself() -> None:
    needs = each.needs_of_branches(look(*AIMS), Scenario(), "informal.new")

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
    assert (
        max(need.answer.value or 0 for need in each.needs_of_branches(view, Scenario(), "informal.new") if need.answer)
        > 0
    )


@pytest.mark.parametrize("lever", ["informal.new", "informal.lapse", "informal.extra", "informal.workers"])
def test_with_what_each_needs_every_branch_reaches_its_own(lever: str) -> None:
    view = look(*AIMS)

    for need in each.needs_of_branches(view, Scenario(), lever):
        assert need.answer is not None
        run = runs.flows(view, need.answer.scenario, 11)
        place = view.series["branch"].to_list().index(need.branch)
        assert run.covered[11, place, 0] >= view.target[place] - 1e-6


def test_what_no_branch_can_reach_is_told_and_the_others_keep_their_answer() -> None:
    view = look({"branch": "Jambi", "workers": 6000}, {"branch": "Palembang", "workers": 1100})
    needs = each.needs_of_branches(view, Scenario(), "informal.new")

    assert [need.answer is not None and need.answer.reachable for need in needs] == [False, True]
    assert "1 of 2 branches can reach their own target" in " ".join(describe_needs(needs, EN))


def test_a_branch_whose_month_is_past_is_not_asked_and_the_others_are() -> None:
    needs = each.needs_of_branches(
        look({"branch": "Jambi", "by": "2022-12", "workers": 5}, AIMS[1]), Scenario(), "informal.new"
    )

    assert [(need.branch, need.answer is None) for need in needs] == [("Jambi", True), ("Palembang", False)]


def test_without_any_target_nothing_can_be_asked() -> None:
    with pytest.raises(NothingToShow) as refused:
        each.needs_of_branches(look(), Scenario(), "informal.new")
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
    futures = chance.draw_futures(view)
    assert futures is not None

    drawn, counted = chance.counted_paths(view, Scenario(), 11, [], futures=futures)

    each_one = chance.drawn_paths(view, Scenario(), 11, ["branch"], futures=futures)
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


# All branches in one run, against one after the other


PUSHED = {
    "informal.new": "0.1",
    "informal.extra": "900",
    "informal.branch.Jambi.new": "-0.2",
    "informal.branch.Bengkulu.extra": "50",
    "formal.lapse": "-0.1",
    "p1.name": "APBD",
    "p1.segment": "informal",
    "p1.workers": "4000",
    "p1.starts": "2023-03",
    "p1.months": "6",
    "p1.stay": "0.25",
}


@lru_cache
def sample_with(measure: str = "workers") -> View:
    """The frozen sample's branches, each with targets a little above where it would be, due in two different months."""
    still = sample.looked(Scope())[0]
    wanted = []
    for place, (branch, segment) in enumerate(still.series.select("branch", "segment").rows()):
        ahead = 11 if place % 4 else 17
        figure = still.baseline.covered[ahead, place, 0] * (1 + 0.011 * (place % 5))
        if measure == "new":
            figure = 1.2 * still.baseline.new[1:12, place, 0].sum()
        wanted.append(
            {
                "branch": branch,
                "segment": segment,
                "by": "2023-12" if place % 4 else "2024-06",
                measure: int(figure) + 1,
            }
        )
    return views.of(
        sample.handed().table,
        frames.register(),
        TargetSet.model_validate({"target": wanted}),
        scope=Scope(),
        as_of=None,
        settings=settings.load(),
    )


@pytest.mark.files  # four seconds together
@pytest.mark.parametrize("link", [{}, PUSHED], ids=["nothing set", "much set"])
@pytest.mark.parametrize("sure", [None, 0.8], ids=["the middle course", "a chance"])
@pytest.mark.parametrize(
    "lever",
    ["informal.new", "formal.lapse", "informal.back", "informal.extra", "informal.workers", "total.new", "total.extra"],
)
def test_all_branches_at_once_find_what_each_finds_by_itself(
    lever: str, sure: float | None, link: dict[str, str]
) -> None:
    view, scenario = sample_with(), links.from_query(link)
    futures = chance.draw_futures(view)

    together = each.needs_of_branches(view, scenario, lever, chance=sure, futures=futures)

    assert len(together) == 9
    for need in together:
        alone = seek.solve(view, scenario, lever, chance=sure, futures=futures, branch=need.branch)
        found = need.answer
        assert found is not None
        assert (found.value, found.reached_month, found.by) == (alone.value, alone.reached_month, alone.by)
        assert found.covered == pytest.approx(alone.covered, abs=1e-6)
        assert (found.at_limit, found.short) == (pytest.approx(alone.at_limit), pytest.approx(alone.short, abs=1e-6))
        assert (found.chance, found.scenario) == (alone.chance, alone.scenario)
        assert found.a_month == (None if alone.a_month is None else pytest.approx(alone.a_month))
        assert need.record == (None if need.record is None else pytest.approx(record(view, alone, need.branch)))


@lru_cache
def records_of_the_sample() -> realism.Records:
    return realism.records(sample_with(), runs.horizon(sample_with()))


def record(view: View, answer: seek.Solution, branch: str) -> dict[str, Any]:
    """Who ever did as much as one branch needs, in a run with that branch's lever alone."""
    ahead = months.between(view.as_of, answer.by)
    run = runs.flows(view, answer.scenario, ahead)
    known = records_of_the_sample()
    of = {branch: answer.segments[0]}
    return realism.of_branches(view, known, answer.scenario, run, of, answer.name)[branch]


@pytest.mark.parametrize("lever", ["informal.new", "informal.extra", "informal.workers"])
def test_what_each_needs_is_the_least_that_the_projection_itself_says(lever: str) -> None:
    view, name = sample_with(), lever.rpartition(".")[2]

    for need in each.needs_of_branches(view, links.from_query(PUSHED), lever):
        found = need.answer
        assert found is not None
        place = view.series.select("branch", "segment").rows().index((need.branch, "informal"))
        ahead = months.between(view.as_of, found.by)

        def covered(scenario: Scenario, place: int = place, ahead: int = ahead) -> float:
            return float(runs.flows(view, scenario, ahead).covered[ahead, place, 0])

        assert covered(found.scenario) >= view.target[place] - 1e-6
        if not found.value:
            continue
        if name == "workers":
            *others, last = found.scenario.programme
            less = found.scenario.model_copy(
                update={"programme": (*others, last.model_copy(update={"workers": last.workers - 1}))}
            )
        else:
            step = 1 if name == "extra" else 1e-3 * found.value
            own = found.scenario.branch_levers["informal", need.branch]
            moved = own.model_copy(update={name: getattr(own, name) - step})
            less = found.scenario.with_branches("informal", {need.branch: moved})
        assert covered(less) < view.target[place] - 1e-6


def test_targets_for_registrations_are_asked_one_by_one_and_found_all_the_same() -> None:
    view = sample_with("new")

    for need in each.needs_of_branches(view, Scenario(), "informal.new"):
        alone = seek.solve(view, Scenario(), "informal.new", branch=need.branch)
        assert need.answer is not None
        assert (need.answer.value, need.answer.covered) == (alone.value, pytest.approx(alone.covered))
