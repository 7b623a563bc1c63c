"""Do the drawn futures wobble as the past did, alike for every series and scenario, and by hand where a hand can?"""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as thorough
from hypothesis import strategies as st

from coverage.base import settings
from coverage.commands import cli
from coverage.model import chance, history, projection, runs
from coverage.model import view as views
from coverage.model.levers import Levers, Programme
from coverage.model.plan import Enrolment, resolved
from coverage.model.projection import Wobble
from coverage.model.scenarios import Scenario
from coverage.model.targets import TargetSet
from coverage.model.view import Scope, View
from tests import frames

PUSH = Scenario().with_levers("informal", new=0.5)


def rows(branch: str, length: int, *, new: list[int], first: str = "2021-01", active: int = 10_000) -> list[dict]:
    """A branch that registers in turn so many and loses 50 a month, in balance."""
    registered = [new[t % len(new)] for t in range(length)]
    stocks, stock = [], active
    for one in registered:
        stock += one - 50
        stocks.append(stock)
    return frames.history(first, stocks, branch=branch, new=registered, lapsed=[50] * length)


def look(*histories: list[dict], target: int | None = None) -> View:
    table = frames.branch_months(*[row for one in histories for row in one])
    chosen = TargetSet.model_validate(
        {"target": [{"by": "2023-12", "segment": "informal", "workers": target}] if target else []}
    )
    register = frames.register(Palembang="Sumbagsel")
    return views.look(table, register, chosen, scope=Scope(), as_of=None, settings=settings.load())


@pytest.fixture(scope="module")
def view() -> View:
    return look(
        rows("Palembang", 25, new=[100, 300, 200, 80, 150]), rows("Jambi", 25, new=[60, 90, 30, 45]), target=24_000
    )


def test_a_month_to_come_is_the_rate_times_what_the_picked_month_deviated_by() -> None:
    # 1000 members, 100 registrations a month, 10 % lapse. Draw 1 picks the past months 0 and 1, draw 2 twice month 1.
    # Draw 1: 1000 - 100 * 1.5 + 100 * 0.5 = 900, then 900 - 90 * 0.5 + 100 * 2 = 1055.
    # Draw 2: 1000 - 100 * 0.5 + 100 * 2 = 1150, then 1150 - 115 * 0.5 + 200 = 1292.5.
    series = frames.series({"active": 1000.0, "new": 100.0, "lapse": 0.1})
    plan = resolved(series, {}, {}, (), as_of=series["month"][0], growth=0.0)
    wobble = Wobble(new=np.array([[0.5, 2.0]]), lapse=np.array([[1.5, 0.5]]), picks=np.array([[0, 0], [0, 1], [1, 1]]))

    flows = projection.run(projection.start(series), plan, 2, wobble)

    assert flows.covered[:, 0, 0] == pytest.approx([1000, 900, 1055])
    assert flows.covered[:, 0, 1] == pytest.approx([1000, 1150, 1292.5])


def test_extra_registrations_of_a_lever_do_not_wobble() -> None:
    # What a person plans on top is planned: 100 * 0.5 + 40.
    series = frames.series({"active": 1000.0, "new": 100.0})
    plan = resolved(series, {"informal": Levers(extra=40)}, {}, (), as_of=series["month"][0], growth=0.0)
    wobble = Wobble(new=np.array([[0.5]]), lapse=np.ones((1, 1)), picks=np.zeros((2, 1), dtype=np.intp))

    assert projection.run(projection.start(series), plan, 1, wobble).new[1, 0, 0] == pytest.approx(90)


def test_lapses_never_exceed_the_members_however_bad_the_month() -> None:
    series = frames.series({"active": 1000.0, "lapse": 0.4})
    plan = resolved(series, {}, {}, (), as_of=series["month"][0], growth=0.0)
    wobble = Wobble(new=np.ones((1, 1)), lapse=np.array([[9.0]]), picks=np.zeros((2, 1), dtype=np.intp))

    assert projection.run(projection.start(series), plan, 1, wobble).covered[1, 0, 0] == 0


def test_draws_that_do_not_wobble_are_the_deterministic_run(view: View) -> None:
    fan = chance.fan(view, PUSH, 11, ["branch"], wobble=chance.steady(view, 7))
    certain = runs.table(view, runs.flows(view, PUSH, 11), name="", keys=["branch"])

    for bound in ("p10", "p50", "p90"):
        assert fan[bound].to_list() == pytest.approx(certain["covered"].to_list())


def test_the_sums_alone_are_those_of_the_whole_run(view: View) -> None:
    wobble = chance.draw(view, draws=40)
    assert wobble is not None
    paid = Programme.model_validate(
        {"name": "x", "segment": "informal", "workers": 500, "starts": "2023-03", "months": 3, "stay": 0.5}
    )
    plan = runs.plan(view, replace_programme(PUSH, paid))
    whole = projection.run(view.start, plan, 11, wobble)

    sums = projection.covered(view.start, plan, 11, np.ones((1, 2)), wobble)

    assert sums[:, 0] == pytest.approx(whole.covered.sum(axis=1))


def test_groups_of_one_series_each_are_the_series_in_the_order_asked_for(view: View) -> None:
    wobble = chance.draw(view, draws=40)
    plan = runs.plan(view, PUSH)
    whole = projection.run(view.start, plan, 11, wobble).covered

    for order in ([0, 1], [1, 0], [1]):
        alone = projection.covered(view.start, plan, 11, np.eye(2)[order], wobble)

        assert np.array_equal(alone, whole[:, order])


def test_a_series_that_counts_half_is_no_group_of_its_own(view: View) -> None:
    half = projection.covered(view.start, runs.plan(view, PUSH), 1, np.eye(2) / 2)

    assert half[0] == pytest.approx((view.start.paying + view.start.funded) / 2)


def test_draws_in_parts_are_the_draws_at_once(view: View, monkeypatch: pytest.MonkeyPatch) -> None:
    wobble = chance.draw(view, draws=50)
    plan = runs.plan(view, PUSH)
    at_once = projection.covered(view.start, plan, 11, np.eye(2), wobble)
    monkeypatch.setattr(projection, "_CACHED", 16)

    assert np.array_equal(projection.covered(view.start, plan, 11, np.eye(2), wobble), at_once)


def replace_programme(scenario: Scenario, programme: Programme) -> Scenario:
    return scenario.model_copy(update={"programme": (programme,)})


def test_values_of_a_lever_tried_side_by_side_are_runs_of_their_own() -> None:
    series = frames.series(
        {"active": 1000.0, "new": 100.0, "lapse": 0.1, "back": 0.1, "pool": 300.0, "eligible": 2500.0},
        {"branch": "Jambi", "active": 500.0, "new": 20.0, "lapse": 0.05, "eligible": 900.0},
    )
    start = projection.start(series)
    none = np.zeros(2)
    still = resolved(series, {}, {}, (), as_of=series["month"][0], growth=0.0).moved(ramp=none + 3)
    values = np.array([0.0, 0.5, 2.0])

    def programme(workers: list[float]) -> Enrolment:
        return Enrolment(starts=2, ends=5, workers=np.array([workers, workers]), stay=0.2, weight=1.0)

    tried = replace(still, enrolments=(programme([0.0, 40.0, 90.0]),)).moved(new=values + none[:, None])
    together = projection.covered(start, tried, 8, np.eye(2))

    for place, workers in enumerate([0.0, 40.0, 90.0]):
        alone = replace(still, enrolments=(programme([workers]),)).moved(new=none + values[place])
        assert together[:, :, place] == pytest.approx(projection.covered(start, alone, 8, np.eye(2))[:, :, 0])


def test_a_path_is_followed_by_registrations_as_far_as_there_is_room() -> None:
    # 100 of 1000 lapse a month. To stay at 1000 it takes 100; to reach 1300 another 400, but there is room for 300.
    series = frames.series({"active": 1000.0, "new": 5.0, "lapse": 0.1, "eligible": 1200.0})
    plan = resolved(series, {}, {}, (), as_of=series["month"][0], growth=0.0)

    ruled = replace(plan, path=np.array([[np.nan], [1000.0], [1300.0], [np.nan]]))
    flows = projection.run(projection.start(series), ruled, 3)

    assert flows.new[:, 0, 0] == pytest.approx([0, 100, 300, 5])
    assert flows.covered[:, 0, 0] == pytest.approx([1000, 1000, 1200, 1085])


def test_a_path_below_the_members_asks_for_no_registrations() -> None:
    series = frames.series({"active": 1000.0, "new": 50.0})
    plan = resolved(series, {}, {}, (), as_of=series["month"][0], growth=0.0)

    flows = projection.run(projection.start(series), replace(plan, path=np.full((2, 1), 900.0)), 1)

    assert flows.new[1, 0, 0] == 0
    assert flows.covered[1, 0, 0] == 1000


def test_a_floor_asks_for_more_only_where_the_usual_falls_below_it() -> None:
    series = frames.series({"active": 1000.0, "new": 50.0, "lapse": 0.1}, {"active": 1000.0, "new": 150.0})
    plan = resolved(series, {}, {}, (), as_of=series["month"][0], growth=0.0)

    flows = projection.run(projection.start(series), replace(plan, floor=np.full((2, 2), 1000.0)), 1)

    assert flows.new[1, :, 0] == pytest.approx([100, 150])


def test_the_same_seed_draws_the_same_months_and_another_seed_others(view: View) -> None:
    first, again, other = (chance.draw(view, draws=30, seed=seed) for seed in (1, 1, 2))

    assert first is not None
    assert again is not None
    assert other is not None
    assert np.array_equal(first.picks, again.picks)
    assert not np.array_equal(first.picks, other.picks)


def test_a_longer_projection_goes_on_where_a_shorter_one_ends(view: View) -> None:
    wobble = chance.draw(view, draws=30)
    assert wobble is not None

    short = chance.paths(view, PUSH, 6, [], wobble=wobble)

    assert np.array_equal(chance.paths(view, PUSH, 11, [], wobble=wobble)[:7], short)


def test_months_are_drawn_in_blocks_that_go_round(view: View) -> None:
    wobble = chance.draw(view, draws=100)
    assert wobble is not None
    past = wobble.new.shape[1]
    block = settings.load().whole("block_months")

    steps = (wobble.picks[2 : block + 1] - wobble.picks[1:block]) % past

    assert (steps == 1).all()
    assert ((wobble.picks >= 0) & (wobble.picks < past)).all()


def test_branches_move_together_as_they_did() -> None:
    # Jambi registers little exactly when Palembang does: in no drawn future does one have a good year and the other
    # a bad one, so the spread of the sum is the sum of the spreads.
    view = look(rows("Palembang", 25, new=[100, 300, 200]), rows("Jambi", 25, new=[50, 150, 100]))
    wobble = chance.draw(view)
    assert wobble is not None

    each = chance.paths(view, Scenario(), 11, ["branch"], wobble=wobble)[11]
    both = chance.paths(view, Scenario(), 11, [], wobble=wobble)[11, 0]

    assert both.std() == pytest.approx(each[0].std() + each[1].std(), rel=0.02)


def test_pairing_narrows_the_interval_of_a_difference(view: View) -> None:
    wobble, other = chance.draw(view), chance.draw(view, seed=99)
    assert wobble is not None
    assert other is not None
    paired = chance.difference(view, Scenario(), PUSH, 11, [], wobble=wobble).tail(1)
    unpaired = chance.paths(view, PUSH, 11, [], wobble=other) - chance.paths(view, Scenario(), 11, [], wobble=wobble)
    low, high = np.quantile(unpaired[11, 0], [0.1, 0.9])

    width = paired["p90"][0] - paired["p10"][0]

    assert 0 < width < (high - low) / 2


def test_bounds_are_the_quantiles_of_the_draws_and_the_chance_their_share(view: View) -> None:
    wobble = chance.draw(view, draws=33)
    assert wobble is not None
    drawn = chance.paths(view, PUSH, 11, [], wobble=wobble)
    middle = float(np.median(drawn[11, 0]))
    aimed = replace(view, target=np.array([middle - 5_000, 5_000.0]))

    last = chance.fan(aimed, PUSH, 11, [], wobble=wobble).tail(1).to_dicts()[0]

    assert [last["p10"], last["p50"], last["p90"]] == pytest.approx(np.quantile(drawn[11, 0], [0.1, 0.5, 0.9]))
    assert last["chance"] == pytest.approx(17 / 33)  # the median itself and the half above it


def test_without_a_target_there_is_no_chance_of_it() -> None:
    view = look(rows("Palembang", 25, new=[100, 300]))
    wobble = chance.draw(view)
    assert wobble is not None

    assert chance.fan(view, PUSH, 3, wobble=wobble)["chance"].to_list() == [None] * 4


@pytest.mark.parametrize(("length", "expected"), [(12, "few_flows"), (13, None)])
def test_a_fan_needs_twelve_months_of_flows(length: int, expected: str | None) -> None:
    # The first month's lapses have no members before them to be a share of, so twelve shares need thirteen rows.
    view = look(rows("Palembang", length, new=[100, 300, 200]))

    assert chance.reason(view) == expected
    assert (chance.draw(view) is None) == (expected is not None)


def test_stocks_alone_give_no_fan() -> None:
    view = look(frames.history("2020-01", [1000 + 10 * t for t in range(36)]))

    assert chance.reason(view) == "few_flows"


def test_a_small_branch_without_flows_does_not_take_the_fan_from_all(view: View) -> None:
    wide = look(rows("Palembang", 25, new=[100, 300, 200]), frames.history("2022-12", [90, 100], branch="Prabumulih"))

    assert chance.reason(wide) is None


def test_a_segment_without_flows_has_no_fan_of_its_own_among_others_that_do() -> None:
    # The formal are 5 % of all: together there is a fan, but theirs alone would be a line that looks certain.
    wide = look(
        rows("Palembang", 25, new=[100, 300, 200]),
        frames.history("2021-01", [500 + t for t in range(25)], branch="Palembang", segment="formal"),
        target=24_000,
    )
    wobble = chance.draw(wide)
    assert wobble is not None
    fan = chance.fan(wide, Scenario(), 3, wobble=wobble)
    together = chance.fan(wide, Scenario(), 3, [], wobble=wobble)
    apart = chance.difference(wide, Scenario(), PUSH, 3, wobble=wobble)

    assert fan.filter(segment="formal").select("p10", "p50", "p90", "chance").null_count().row(0) == (4, 4, 4, 4)
    assert apart.filter(segment="formal")["p50"].null_count() == 4
    assert chance.of(fan, "formal") is None
    assert chance.of(fan, "informal") is not None
    assert chance.of(together, None) is not None
    assert chance.why(wide) == "few_flows"


@thorough(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 400), min_size=2, max_size=25))
def test_deviations_scatter_round_one_whatever_the_trend(new: list[int]) -> None:
    view = look(rows("Palembang", 40, new=new))
    wobble = chance.draw(view, draws=5)
    assert wobble is not None

    assert wobble.new.mean(axis=1) == pytest.approx(1)
    assert (wobble.new >= 0).all()


def test_what_always_was_the_same_does_not_wobble() -> None:
    view = look(rows("Palembang", 25, new=[120]))
    wobble = chance.draw(view)
    assert wobble is not None

    fan = chance.fan(view, Scenario(), 11, wobble=wobble).tail(1).to_dicts()[0]

    # Lapses are 50 of ever more members, so that their share falls a little: that is all the wobble there is.
    assert fan["p90"] - fan["p10"] < 0.01 * fan["p50"]
    assert history.flows(history.grid(view.table, as_of=view.as_of), 12).new[0, 1:] == pytest.approx(120)


def test_a_branch_that_never_loses_anybody_has_a_fan_too() -> None:
    stocks = [1000 + 10 * t + (t % 3) for t in range(25)]
    new = [10 + (1 if t % 3 else -2) for t in range(25)]
    view = look(frames.history("2021-01", stocks, new=new, lapsed=[0] * 25))

    wobble = chance.draw(view)

    assert wobble is not None
    assert (wobble.lapse == 1).all()


def test_the_command_line_names_those_without_a_band(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    known = rows("Palembang", 25, new=[100, 300, 200])
    unknown = frames.history("2021-01", [500 + t for t in range(25)], segment="formal")
    table = frames.branch_months(*known, *unknown).select("month", "branch", "segment", "active", "new", "lapsed")
    table.write_csv(tmp_path / "history.csv")

    asked = ["--data", str(tmp_path), "--draws", "20", "--until", "2023-03"]
    code = cli.main(["simulate", *asked, "--format", "csv", "--language", "en"])
    said = capsys.readouterr()

    assert code == 0
    assert "No band of uncertainty for Formal: at least 12 months" in said.err
    found = {row["segment"]: row["p10"] for row in csv.DictReader(io.StringIO(said.out)) if row["month"] == "2023-03"}
    assert (found["formal"], bool(found["informal"])) == ("", True)
