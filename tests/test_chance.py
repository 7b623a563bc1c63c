"""Are the futures the errors of this forecast in the past, alike for every series and scenario?"""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from coverage.base import settings
from coverage.commands import cli
from coverage.model import chance, projection, runs
from coverage.model import view as views
from coverage.model.levers import Levers, Programme
from coverage.model.plan import Enrolment, resolved
from coverage.model.projection import Futures, Rates
from coverage.model.scenarios import Scenario
from coverage.model.targets import TargetSet
from coverage.model.view import Scope, View
from tests import frames, slow_law

PUSH = Scenario().with_levers("informal", new=0.5)


def rows(
    branch: str, length: int, *, new: list[int], first: str = "2021-01", active: int = 10_000, lapsed: int = 50
) -> list[dict]:
    """A branch that registers in turn so many and loses 50 a month, in balance."""
    registered = [new[t % len(new)] for t in range(length)]
    stocks, stock = [], active
    for one in registered:
        stock += one - lapsed
        stocks.append(stock)
    return frames.history(first, stocks, branch=branch, new=registered, lapsed=[lapsed] * length)


def look(*histories: list[dict], target: int | None = None) -> View:
    table = frames.branch_months(*[row for one in histories for row in one])
    chosen = TargetSet.model_validate(
        {"target": [{"by": "2023-12", "segment": "informal", "workers": target}] if target else []}
    )
    register = frames.register(Palembang="Sumbagsel")
    return views.of(table, register, chosen, scope=Scope(), as_of=None, settings=settings.load())


@pytest.fixture(scope="module")
def view() -> View:
    return look(
        rows("Palembang", 25, new=[100, 300, 200, 80, 150]), rows("Jambi", 25, new=[60, 90, 30, 45]), target=24_000
    )


def told(new: list[list[float]], lapse: list[list[float]]) -> Futures:
    """Futures of one series with such registrations and lapses, month by month and draw by draw."""
    rates = Rates(
        new=np.array([[0.0] * len(new[0]), *new])[:, None], lapse=np.array([[0.0] * len(new[0]), *lapse])[:, None]
    )
    return Futures(flows=lambda _: rates, draws=len(new[0]), known=np.ones(1, dtype=np.bool_))


def alike(view: View, draws: int) -> Futures:
    """Futures that are all the baseline."""
    rates = projection.rates_to_run(view.start, 12)
    same = Rates(new=np.repeat(rates.new, draws, axis=2), lapse=np.repeat(rates.lapse, draws, axis=2))
    return Futures(flows=lambda _: same, draws=draws, known=np.ones(view.series.height, dtype=np.bool_))


def test_each_draw_runs_with_registrations_and_lapses_of_its_own() -> None:
    # Draw 1: 1000 - 150 + 50 = 900, then 900 - 45 + 200 = 1055. Draw 2: 1000 - 50 + 200 = 1150, 1150 - 57.5 + 200.
    series = frames.series({"active": 1000.0, "new": 100.0, "lapse": 0.1})
    plan = resolved(series, {}, {}, (), as_of=series["month"][0], growth=0.0)
    futures = told(new=[[50, 200], [200, 200]], lapse=[[0.15, 0.05], [0.05, 0.05]])

    flows = projection.run(projection.start(series), plan, 2, futures)

    assert flows.covered[:, 0, 0] == pytest.approx([1000, 900, 1055])
    assert flows.covered[:, 0, 1] == pytest.approx([1000, 1150, 1292.5])


def test_extra_registrations_of_a_lever_are_the_same_in_every_draw() -> None:
    # What a person plans on top is planned: 50 + 40.
    series = frames.series({"active": 1000.0, "new": 100.0})
    plan = resolved(series, {"informal": Levers(extra=40)}, {}, (), as_of=series["month"][0], growth=0.0)
    futures = told(new=[[50]], lapse=[[0]])

    assert projection.run(projection.start(series), plan, 1, futures).new[1, 0, 0] == pytest.approx(90)


def test_lapses_never_exceed_the_members_however_bad_the_month() -> None:
    series = frames.series({"active": 1000.0, "lapse": 0.4})
    plan = resolved(series, {}, {}, (), as_of=series["month"][0], growth=0.0)
    futures = told(new=[[0]], lapse=[[3.6]])

    assert projection.run(projection.start(series), plan, 1, futures).covered[1, 0, 0] == 0


def test_draws_that_are_all_the_baseline_are_the_deterministic_run(view: View) -> None:
    fan = chance.fan(view, PUSH, 11, ["branch"], futures=alike(view, 7))
    certain = runs.table_of_run(view, runs.flows(view, PUSH, 11), name="", keys=["branch"])

    for bound in ("p10", "p50", "p90"):
        assert fan[bound].to_list() == pytest.approx(certain["covered"].to_list())


def test_the_sums_alone_are_those_of_the_whole_run(view: View) -> None:
    futures = chance.draw_futures(view)
    assert futures is not None
    paid = Programme.model_validate(
        {"name": "x", "segment": "informal", "workers": 500, "starts": "2023-03", "months": 3, "stay": 0.5}
    )
    plan = runs.plan(view, replace_programme(PUSH, paid))
    whole = projection.run(view.start, plan, 11, futures)

    sums = projection.covered(view.start, plan, 11, np.ones((1, 2)), futures)

    assert sums[:, 0] == pytest.approx(whole.covered.sum(axis=1))


def test_groups_of_one_series_each_are_the_series_in_the_order_asked_for(view: View) -> None:
    futures = chance.draw_futures(view)
    plan = runs.plan(view, PUSH)
    whole = projection.run(view.start, plan, 11, futures).covered

    for order in ([0, 1], [1, 0], [1]):
        alone = projection.covered(view.start, plan, 11, np.eye(2)[order], futures)

        assert np.array_equal(alone, whole[:, order])
    assert np.array_equal(projection.covered(view.start, plan, 11, None, futures), whole)


def test_a_series_that_counts_half_is_no_group_of_its_own(view: View) -> None:
    half = projection.covered(view.start, runs.plan(view, PUSH), 1, np.eye(2) / 2)

    assert half[0] == pytest.approx((view.start.paying + view.start.funded) / 2)


def test_draws_in_parts_are_the_draws_at_once(view: View, monkeypatch: pytest.MonkeyPatch) -> None:
    futures = chance.draw_futures(view)
    plan = runs.plan(view, PUSH)
    at_once = projection.covered(view.start, plan, 11, np.eye(2), futures)
    assert at_once.shape[2] > 8
    monkeypatch.setattr(projection, "_CACHED", 16)

    assert np.array_equal(projection.covered(view.start, plan, 11, np.eye(2), futures), at_once)


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


def test_the_same_data_give_the_same_band(view: View) -> None:
    again = look(
        rows("Palembang", 25, new=[100, 300, 200, 80, 150]), rows("Jambi", 25, new=[60, 90, 30, 45]), target=24_000
    )
    first, second = chance.draw_futures(view), chance.draw_futures(again)

    assert first is not None
    assert second is not None
    assert np.array_equal(first.rates(11).new, second.rates(11).new)
    assert np.array_equal(first.rates(11).lapse, second.rates(11).lapse)


def test_a_longer_projection_goes_on_where_a_shorter_one_ends(view: View) -> None:
    futures = chance.draw_futures(view)
    assert futures is not None

    short = chance.drawn_paths(view, PUSH, 6, [], futures=futures)

    assert np.array_equal(chance.drawn_paths(view, PUSH, 11, [], futures=futures)[:7], short)


def test_without_levers_each_draw_is_the_baseline_and_an_error_of_the_past(view: View) -> None:
    futures = chance.draw_futures(view)
    assert futures is not None
    errors = view.course.errors
    assert errors is not None

    drawn = chance.drawn_paths(view, Scenario(), 11, ["branch"], futures=futures)

    assert drawn == pytest.approx(view.baseline.covered[:12] + errors[:12], abs=1e-6)


def test_branches_move_together_as_they_did() -> None:
    # Jambi is half of Palembang in all: in no future does one err upwards and the other downwards, so the spread of
    # the sum is the sum of the spreads.
    view = look(
        rows("Palembang", 25, new=[100, 300, 200]), rows("Jambi", 25, new=[50, 150, 100], active=5_000, lapsed=25)
    )
    futures = chance.draw_futures(view)
    assert futures is not None

    each = chance.drawn_paths(view, Scenario(), 11, ["branch"], futures=futures)[11]
    both = chance.drawn_paths(view, Scenario(), 11, [], futures=futures)[11, 0]

    assert both.std() > 0
    assert both.std() == pytest.approx(each[0].std() + each[1].std())


def test_pairing_narrows_the_interval_of_a_difference(view: View) -> None:
    futures = chance.draw_futures(view)
    assert futures is not None
    paired = chance.difference(view, Scenario(), PUSH, 11, [], futures=futures).tail(1)
    still, push = (chance.drawn_paths(view, one, 11, [], futures=futures)[11, 0] for one in (Scenario(), PUSH))
    low, high = np.quantile(push[::-1] - still, [0.1, 0.9])

    width = paired["p90"][0] - paired["p10"][0]

    assert 0 < width < (high - low) / 2


def test_bounds_are_the_quantiles_of_the_draws_and_the_chance_their_share(view: View) -> None:
    futures = chance.draw_futures(view)
    assert futures is not None
    drawn = chance.drawn_paths(view, PUSH, 11, [], futures=futures)
    middle = float(np.median(drawn[11, 0]))
    aimed = replace(view, target=np.array([middle - 5_000, 5_000.0]))

    last = chance.fan(aimed, PUSH, 11, [], futures=futures).tail(1).to_dicts()[0]

    assert [last["p10"], last["p50"], last["p90"]] == pytest.approx(np.quantile(drawn[11, 0], [0.1, 0.5, 0.9]))
    assert last["chance"] == 0.5  # the half above the middle


def test_without_a_target_there_is_no_chance_of_it() -> None:
    view = look(rows("Palembang", 25, new=[100, 300]))
    futures = chance.draw_futures(view)
    assert futures is not None

    assert chance.fan(view, PUSH, 3, futures=futures)["chance"].to_list() == [None] * 4


@pytest.mark.parametrize(("length", "expected"), [(13, "few_months"), (14, None)])
def test_a_band_needs_fourteen_months(length: int, expected: str | None) -> None:
    # Six past months, each with six months before it and two after it.
    view = look(rows("Palembang", length, new=[100, 300, 200]))

    assert chance.reason(view) == expected
    assert (chance.draw_futures(view) is None) == (expected is not None)


def test_stocks_alone_give_a_band_too() -> None:
    view = look(
        frames.history("2021-12", [1000, 1010, 1030, 1020, 1040, 1060, 1050, 1070, 1090, 1080, 1100, 1120, 1110, 1130])
    )
    futures = chance.draw_futures(view)
    assert futures is not None

    fan = chance.fan(view, Scenario(), 3, futures=futures).tail(1).to_dicts()[0]

    assert chance.reason(view) is None
    assert fan["p10"] < fan["p50"] < fan["p90"]


def test_a_young_branch_has_the_band_of_its_like() -> None:
    wide = look(rows("Palembang", 25, new=[100, 300, 200]), frames.history("2022-12", [90, 100], branch="Prabumulih"))
    futures = chance.draw_futures(wide)
    assert futures is not None

    young = chance.fan(wide, Scenario(), 3, ["branch"], futures=futures).filter(branch="Prabumulih").tail(1)

    assert young["p10"][0] < young["p90"][0]


def test_where_nobody_is_covered_yet_there_is_no_band_among_others_that_have_one() -> None:
    wide = look(
        rows("Palembang", 25, new=[100, 300, 200]),
        frames.history("2021-01", [0] * 25, branch="Palembang", segment="formal"),
        target=24_000,
    )
    futures = chance.draw_futures(wide)
    assert futures is not None
    fan = chance.fan(wide, Scenario(), 3, futures=futures)
    together = chance.fan(wide, Scenario(), 3, [], futures=futures)
    apart = chance.difference(wide, Scenario(), PUSH, 3, futures=futures)

    assert fan.filter(segment="formal").select("p10", "p50", "p90", "chance").null_count().row(0) == (4, 4, 4, 4)
    assert apart.filter(segment="formal")["p50"].null_count() == 4
    assert chance.rows_of_segment(fan, "formal") is None
    assert chance.rows_of_segment(fan, "informal") is not None
    assert chance.rows_of_segment(together, None) is not None
    assert chance.why(wide) == "nobody"


def test_what_always_was_the_same_is_foreseen_closely() -> None:
    view = look(rows("Palembang", 25, new=[120]))
    futures = chance.draw_futures(view)
    assert futures is not None

    fan = chance.fan(view, Scenario(), 11, futures=futures).tail(1).to_dicts()[0]

    # It grows by 70 a month, of ever more members: the law errs by what that share falls, by the slow reading.
    data, first = slow_law.read(rows("Palembang", 25, new=[120]))
    (slow,) = slow_law.law(data, first_month=first, horizon=11).runs
    assert slow is not None
    drawn = [line[11] for line in slow.draws]
    low, high = (slow_law.quantile(drawn, share) for share in (0.1, 0.9))
    assert (fan["p10"], fan["p90"]) == (pytest.approx(low), pytest.approx(high))
    assert high - low < 0.02 * slow.run[11]


def test_the_command_line_names_those_without_a_band(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    known = rows("Palembang", 25, new=[100, 300, 200])
    unknown = frames.history("2021-01", [0] * 25, segment="formal")
    table = frames.branch_months(*known, *unknown).select("month", "branch", "segment", "active", "new", "lapsed")
    table.write_csv(tmp_path / "history.csv")

    asked = ["--data", str(tmp_path), "--draws", "20", "--until", "2023-03"]
    code = cli.main(["simulate", *asked, "--format", "csv", "--language", "en"])
    said = capsys.readouterr()

    assert code == 0
    assert "No band for Formal: nobody is covered there yet." in said.err
    found = {row["segment"]: row["p10"] for row in csv.DictReader(io.StringIO(said.out)) if row["month"] == "2023-03"}
    assert (found["formal"], bool(found["informal"])) == ("", True)
