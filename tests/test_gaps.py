"""Where does everybody stand, and is the status on the first page the simulation's own truth?"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from coverage.base import months, settings, tables, texts
from coverage.model import runs
from coverage.model import view as views
from coverage.model.scenarios import Scenario
from coverage.model.targets import TargetSet
from coverage.model.view import Scope, View
from coverage.standing import gaps, so_far
from coverage.wording import sentences
from tests import frames, slow_law

JANUARY = date(2023, 1, 1)
CASES = sorted((Path(__file__).parent / "cases").glob("gaps-*.toml"))
REGISTER = frames.register(Palembang="Sumbagsel", Jambi="Sumbagsel", Medan="Sumbagut")


def look(
    rows: list[dict[str, object]], *found: Mapping[str, object], as_of: date | None = JANUARY, **choice: Any
) -> View:
    chosen = TargetSet.model_validate({"target": [{"by": "2023-12"} | dict(one) for one in found]})
    return views.of(
        frames.branch_months(*rows), REGISTER, chosen, scope=Scope(**choice), as_of=as_of, settings=settings.load()
    )


def only(view: View, keys: tuple[str, ...] = ()) -> dict[str, Any]:
    found = gaps.by(view, keys)
    assert found.height == 1
    return found.to_dicts()[0]


def steady(step: int, length: int = 13, last: int = 1000, **columns: Any) -> list[dict[str, object]]:
    """A branch that grew by so many a month up to January 2023, stocks only."""
    first = months.code(months.add(JANUARY, 1 - length))
    return frames.history(first, [last - step * back for back in reversed(range(length))], **columns)


@pytest.mark.parametrize("case", CASES, ids=[case.stem for case in CASES])
def test_a_case_that_an_analyst_wrote_down_comes_out(case: Path) -> None:
    given = tomllib.loads(case.read_text("utf-8"))
    chosen = TargetSet.model_validate(given["targets"])
    view = views.of(
        frames.branch_months(*given["rows"]),
        REGISTER,
        chosen,
        scope=Scope(),
        as_of=months.parse(given["as_of"]),
        settings=settings.load(),
    )

    for expected in given["expected"]:
        keys = [key for key in ("region", "branch", "segment") if key in expected]
        [row] = [row for row in gaps.by(view, keys).to_dicts() if all(row[key] == expected[key] for key in keys)]
        for name, value in expected.items():
            found = months.code(row[name]) if isinstance(row[name], date) else row[name]
            if value == "null":
                assert found is None, (keys, name)
            elif isinstance(value, str):
                assert found == value, (keys, name)
            else:
                assert found == pytest.approx(value, abs=0.05 if "pace" in name else 5e-5), (keys, name)


def test_the_columns_are_those_of_the_contract() -> None:
    found = gaps.by(look(steady(10), {"workers": 2000}), ["region", "segment"])

    assert found.columns[: 2 + len(tables.GAPS)] == ["region", "segment", *tables.GAPS]
    assert found.select(tables.GAPS.keys()).schema == tables.GAPS


# Sums over different target months


def in_two_months(palembang: int, jambi: int) -> View:
    """Two branches of 1,000 each that do not move: one is due in June 2023, the other in December."""
    return look(
        steady(0) + steady(0, branch="Jambi"),
        {"branch": "Palembang", "by": "2023-06", "workers": palembang},
        {"branch": "Jambi", "by": "2023-12", "workers": jambi},
    )


def test_a_surplus_counts_only_against_what_is_due_in_the_same_month() -> None:
    found = only(in_two_months(500, 2000))

    # −500 due in 5 months, 1,000 due in 11: 1,000 ÷ 11.
    assert (found["gap"], found["required_pace"]) == (500, pytest.approx(90.909, abs=5e-4))
    assert (found["target_month"], found["target_months"]) == (date(2023, 12, 1), "2023-06 2023-12")


def test_parts_due_in_one_month_are_netted() -> None:
    found = only(
        look(
            steady(0) + steady(0, branch="Jambi"),
            {"branch": "Palembang", "workers": 700},
            {"branch": "Jambi", "workers": 2000},
        )
    )

    # −300 and 1,000, both due in 11 months: 700 ÷ 11.
    assert found["required_pace"] == pytest.approx(63.636, abs=5e-4)
    assert found["target_months"] is None


def test_each_part_needs_its_own_pace_to_its_own_month() -> None:
    assert only(in_two_months(1500, 2100))["required_pace"] == pytest.approx(500 / 5 + 1100 / 11)


def test_parts_that_are_due_already_have_no_part_in_the_pace_and_that_is_said() -> None:
    view = look(
        steady(0) + steady(0, branch="Jambi"),
        {"branch": "Palembang", "by": "2023-01", "workers": 1500},
        {"branch": "Jambi", "workers": 2100},
    )
    found = only(view)

    assert (found["gap"], found["required_pace"], found["due_already"]) == (1600, pytest.approx(100), 1)
    assert texts.load("en").count("sentence.due_already", 1) in sentences.describe_standing(
        gaps.by(view, []), texts.load("en")
    )


def test_where_all_parts_are_due_no_pace_is_known() -> None:
    due = {"by": "2023-01", "workers": 1500}
    assert only(look(steady(0), due))["required_pace"] is None


def test_the_expected_of_a_sum_is_that_of_each_part_in_its_own_month() -> None:
    view = look(
        steady(10) + steady(10, branch="Jambi"),
        {"branch": "Palembang", "by": "2023-06", "workers": 1100},
        {"branch": "Jambi", "by": "2023-12", "workers": 1100},
    )
    [jambi, palembang] = gaps.by(view, ["branch"]).to_dicts()
    found = only(view)

    assert palembang["expected"] == pytest.approx(float(view.baseline.covered[5, 1, 0]))
    assert jambi["expected"] == pytest.approx(float(view.baseline.covered[11, 0, 0]))
    assert found["expected"] == pytest.approx(palembang["expected"] + jambi["expected"])


def test_a_sum_over_several_months_says_the_first_and_the_last() -> None:
    said = sentences.describe_standing(gaps.by(in_two_months(1500, 2100), []), texts.load("en"))

    assert "by June 2023 … December 2023" in said


# Several months of one set


def a_path(**more: Any) -> View:
    chosen = TargetSet.model_validate(
        {"target": [{"by": by, "workers": workers} for by, workers in (("2023-06", 1100), ("2023-12", 1300))]}
    )
    return views.of(
        frames.branch_months(*steady(0)),
        REGISTER,
        chosen,
        scope=Scope(),
        as_of=JANUARY,
        settings=settings.load(),
        **more,
    )


def test_the_next_due_of_a_path_is_the_headline_and_the_others_are_drawn() -> None:
    view = a_path()

    assert (only(view)["target"], only(view)["target_month"]) == (1100, date(2023, 6, 1))
    assert gaps.milestones(view, []).select("month", "workers").rows() == [(date(2023, 12, 1), 1300)]


def test_the_viewer_may_choose_another_month_of_the_path() -> None:
    view = a_path(in_view=date(2023, 12, 1))

    assert (only(view)["target"], only(view)["required_pace"]) == (1300, pytest.approx(300 / 11))
    assert gaps.milestones(view, []).select("month", "workers").rows() == [(date(2023, 6, 1), 1100)]


# Gap, short, partial targets


def test_a_branch_above_target_has_a_surplus_and_nothing_short() -> None:
    found = only(look(steady(0), {"workers": 900}))

    assert (found["gap"], found["short"], found["required_pace"], found["status"]) == (-100, 0, 0, "reached")
    assert found["attainment"] == pytest.approx(10 / 9)
    assert found["eta"] == JANUARY


def test_one_branchs_surplus_never_hides_anothers_shortage() -> None:
    rows = steady(0, last=1000) + steady(0, last=500, branch="Jambi")
    view = look(rows, {"branch": "Palembang", "workers": 700}, {"branch": "Jambi", "workers": 800})

    found = only(view)

    assert (found["target"], found["gap"], found["short"]) == (1500, 0, 300)
    assert gaps.by(view, ["branch"])["short"].to_list() == [300, 0]


def test_where_only_some_have_a_target_like_is_compared_with_like() -> None:
    rows = steady(10, last=1000, eligible=[4000] * 13) + steady(5, last=500, branch="Jambi", eligible=[1000] * 13)
    view = look(rows, {"branch": "Palembang", "workers": 2000})

    found = only(view)

    assert (found["active"], found["eligible"], found["pace"]) == (1000, 4000, 10)
    assert (found["attainment"], found["coverage"], found["untargeted"]) == (0.5, 0.25, 500)
    # By branch each stands alone; without any target all that can be said is said.
    jambi = gaps.by(view, ["branch"]).to_dicts()[0]
    assert (jambi["active"], jambi["coverage"], jambi["pace"], jambi["untargeted"]) == (500, 0.5, 5, 0)
    assert [
        jambi[name] for name in ("target", "attainment", "gap", "short", "required_pace", "expected", "due", "eta")
    ] == [None] * 8
    assert (jambi["target_month"], jambi["status"]) == (None, "unknown")


def test_without_a_set_of_targets_the_rest_still_stands() -> None:
    view = views.of(
        frames.branch_months(*steady(10)), REGISTER, None, scope=Scope(), as_of=None, settings=settings.load()
    )

    found = only(view)

    assert (found["active"], found["pace"], found["target"], found["status"]) == (1000, 10, None, "unknown")


def test_coverage_is_unknown_if_the_eligible_of_any_are() -> None:
    rows = steady(0, eligible=[4000] * 13) + steady(0, branch="Jambi")

    found = gaps.by(look(rows, {"workers": 3000}), ["branch", "segment"])

    assert found["coverage"].to_list() == [None, 0.25]
    assert only(look(rows, {"workers": 3000}))["coverage"] is None


# Pace


def test_the_required_pace_is_the_gap_over_the_months_left() -> None:
    assert only(look(steady(0), {"workers": 1110}))["required_pace"] == 10
    assert only(look(steady(0), {"workers": 1110, "by": "2023-02"}))["required_pace"] == 110


@pytest.mark.parametrize("by", ["2023-01", "2022-12"])
def test_with_no_month_left_no_pace_is_enough(by: str) -> None:
    found = only(look(steady(0), {"workers": 1110, "by": by}))

    assert (found["required_pace"], found["status"], found["gap"]) == (None, "off_track", 110)
    assert only(look(steady(0), {"workers": 900, "by": by}))["required_pace"] == 0


def test_a_sum_is_as_old_as_its_youngest_part() -> None:
    found = only(look(steady(10) + steady(20, length=4, branch="Jambi"), {"workers": 9000}))

    assert (found["pace"], found["months_of_history"]) == (30, 3)


def test_who_came_this_month_has_no_pace_and_hides_nobody_elses() -> None:
    view = look(steady(10) + steady(20, length=1, branch="Jambi"), {"workers": 9000})
    found = only(view)

    # Palembang's twelve months of +10, fading; the 1000 of Jambi stand still until they have a history.
    assert (found["active"], found["pace"], found["months_of_history"]) == (2000, 10, 12)
    assert (found["expected"], found["status"]) == (pytest.approx(1000 + december(steady(10))), "off_track")
    assert gaps.without_pace(view) == (1000, ["Jambi"])
    assert gaps.without_pace(look(steady(10))) == (0, [])


def test_where_nobody_has_a_history_there_is_no_pace_and_nobody_to_name() -> None:
    view = look(steady(10, length=1) + steady(20, length=1, branch="Jambi"), {"workers": 9000})

    assert (only(view)["pace"], only(view)["months_of_history"], only(view)["status"]) == (None, 0, "unknown")
    assert gaps.without_pace(view) == (0, [])


# Expected, status, eta: from the projection

# Stocks only, 13 months, +10 a month: the pace is about 1.07 % a month and fades by 3 % of itself a month; what the
# share of change fell within the year comes back as a season. January 2023's 1000 become 1099.195 in December.


def december(rows: Sequence[Mapping[str, object]]) -> float:
    return slow_law.run_of(rows, 11).run[11]


@pytest.mark.parametrize(
    ("workers", "status", "eta"),
    [
        (1000, "reached", "2023-01"),
        (1001, "on_track", "2023-02"),
        (1099, "on_track", "2023-12"),
        (1100, "at_risk", "2024-01"),  # 1099.2 is at least 1100 − 0.25 × 100 = 1075
        (1132, "at_risk", "2024-05"),  # 1132 − 0.25 × 132 = 1099
        (1133, "off_track", "2024-05"),  # 1133 − 0.25 × 133 = 1099.75
        (1400, "off_track", None),  # the pace fades: nowhere in 120 months
    ],
)
def test_status_and_eta_come_from_the_baseline(workers: int, status: str, eta: str | None) -> None:
    found = only(look(steady(10), {"workers": workers}))

    assert found["expected"] == pytest.approx(1099.195, abs=5e-4)
    assert december(steady(10)) == pytest.approx(1099.195, abs=5e-4)
    assert found["status"] == status
    assert found["eta"] == (months.parse(eta) if eta else None)


def test_who_shrinks_never_gets_there() -> None:
    found = only(look(steady(-10), {"workers": 1100}))

    assert found["expected"] < 1000
    assert (found["status"], found["eta"], found["pace"]) == ("off_track", None, -10)


def test_without_history_the_status_is_unknown_but_what_is_reached_is_reached() -> None:
    assert only(look(steady(0, length=1), {"workers": 1100}))["status"] == "unknown"
    assert only(look(steady(0, length=1), {"workers": 1000}))["status"] == "reached"


def test_what_is_expected_is_the_simulations_baseline_at_the_targets_month() -> None:
    rows = frames.history(
        "2022-09",
        [1000, 1080, 1150, 1214, 1300],
        new=[None, 110, 100, 90, 120],
        lapsed=[None, 40, 36, 30, 44],
        returned=[None, 10, 6, 4, 10],
        eligible=[5000] * 5,
    ) + steady(-7, branch="Jambi", segment="formal")
    view = look(rows, {"workers": 3000})

    for keys in ((), ("segment",), ("branch", "segment")):
        standing = gaps.by(view, keys)
        simulated = runs.simulate(view, Scenario(), name="baseline", keys=keys).filter(month=date(2023, 12, 1))
        assert standing["expected"].to_list() == simulated["covered"].to_list()
        assert standing["target"].to_list() == simulated["target"].to_list()
        still = runs.baseline_table(view, 11, keys).filter(month=date(2023, 12, 1))
        assert standing["expected"].to_list() == pytest.approx(still["covered"].to_list())


def test_each_key_is_measured_by_its_own_targets_month() -> None:
    rows = steady(10, segment="formal") + steady(10, segment="informal")
    view = look(
        rows,
        {"segment": "formal", "workers": 1055, "by": "2023-06"},
        {"segment": "informal", "workers": 1220, "by": "2024-01"},
    )

    found = gaps.by(view)

    assert found["target_month"].to_list() == [date(2023, 6, 1), date(2024, 1, 1)]
    assert found["required_pace"].to_list() == pytest.approx([11, 220 / 12])
    course = slow_law.run_of(steady(10), 12).run
    assert found["expected"].to_list() == pytest.approx([course[5], course[12]])
    # Together each is expected in its own month; the later one is that of the sum.
    both = only(view)
    assert (both["target_month"], both["expected"]) == (date(2024, 1, 1), pytest.approx(course[5] + course[12]))


# Where they should be today


def test_due_is_on_a_straight_line_from_a_year_before_the_targets_month() -> None:
    # 990 in December 2022; a twelfth of the way to 1590 has passed.
    assert only(look(steady(10), {"workers": 1590}))["due"] == pytest.approx(990 + 600 / 12)
    # With June 2023 the line began in June 2022 at 930 and is 7 / 12 along.
    assert only(look(steady(10), {"workers": 1530, "by": "2023-06"}))["due"] == pytest.approx(930 + 600 * 7 / 12)


def test_due_is_the_target_itself_once_its_month_has_come_and_nothing_a_year_before() -> None:
    assert only(look(steady(10), {"workers": 1590, "by": "2023-01"}))["due"] == pytest.approx(1590)
    assert only(look(steady(10), {"workers": 1590, "by": "2024-01"}))["due"] is None


def test_due_is_unknown_where_the_line_has_no_beginning() -> None:
    assert only(look(steady(10, length=1), {"workers": 1590}))["due"] is None


# Registrations

MARCH = date(2023, 3, 1)


def registering(new: list[int], **columns: Any) -> list[dict[str, object]]:
    """From December 2022 on, so many registrations a month and nobody lapses."""
    active = [1000]
    for one in new[1:]:
        active.append(active[-1] + one)
    return frames.history("2022-12", active, new=new, lapsed=[0] * len(new), **columns)


def test_registrations_count_in_the_targets_year_alone() -> None:
    # 99 of December are last year's; January to March are 30 + 40 + 50.
    found = only(look(registering([99, 30, 40, 50]), {"new": 480}, as_of=MARCH))

    assert (found["achieved"], found["gap"], found["short"], found["measure"]) == (120, 360, 360, "registrations")
    assert (found["attainment"], found["required_pace"]) == (0.25, 40)
    assert found["active"] == 1120
    # Ahead is what the law lets register: 42 in April, fading.
    ahead = slow_law.run_of(registering([99, 30, 40, 50]), 9).new
    assert found["pace"] == pytest.approx(54.75)  # the mean of the four months
    assert found["expected"] == pytest.approx(120 + sum(ahead))
    assert found["status"] == "at_risk"  # 456 are at least 480 - 0.25 x 360
    assert found["eta"] is None  # in December the count is over
    assert found["due"] == 120  # a quarter of the year


def test_registrations_before_the_targets_january_are_not_counted_towards_it() -> None:
    found = only(look(registering([60, 60]), {"new": 450, "by": "2024-12"}))

    assert found["achieved"] == 0
    # Twelve months, not the twenty-three to come.
    assert found["expected"] == pytest.approx(sum(slow_law.run_of(registering([60, 60]), 23).new[12:]))
    assert (found["status"], found["eta"], found["due"]) == ("on_track", date(2024, 12, 1), 0)


def test_registrations_after_the_targets_month_are_not_counted_either() -> None:
    found = only(look(registering([60, 60, 60]), {"new": 90, "by": "2022-12"}, as_of=date(2023, 2, 1)))

    assert (found["achieved"], found["gap"], found["status"], found["due"]) == (60, 30, "off_track", 90)


def test_a_target_of_registrations_that_its_year_does_not_bring_is_never_met() -> None:
    # 450.3 in the year; in January 2025 the count begins anew.
    found = only(look(registering([60, 60]), {"new": 451, "by": "2024-12"}))

    assert found["expected"] == pytest.approx(sum(slow_law.run_of(registering([60, 60]), 23).new[12:]))
    assert (found["status"], found["eta"]) == ("at_risk", None)
    # January to June 2024 bring 245.7, July 36.8 more: late, but in its year.
    half = only(look(registering([60, 60]), {"new": 260, "by": "2024-06"}))
    assert half["eta"] == date(2024, 7, 1)


def test_a_half_years_registrations_are_due_by_its_months() -> None:
    found = only(look(registering([0, 10, 10, 10]), {"new": 100, "by": "2023-06"}, as_of=MARCH))

    assert found["due"] == 50


def test_a_projection_does_not_compare_members_with_a_target_for_registrations() -> None:
    view = look(registering([99, 30, 40, 50]), {"new": 480}, as_of=MARCH)

    assert runs.simulate(view, Scenario(), name="x")["target"].null_count() == 10


def test_a_projection_counts_the_registrations_of_the_targets_year_up_to_its_month() -> None:
    rows = registering([99, 30, 40, 50])
    view = look(rows, {"new": 480, "by": "2023-06"}, as_of=MARCH)

    found = runs.simulate(view, Scenario(), name="x", until=date(2023, 9, 1))
    # What comes after June no longer counts.
    new = slow_law.run_of(rows, 6).new
    june = 120 + new[1] + new[2] + new[3]
    assert found["registered"].to_list() == pytest.approx([120, 120 + new[1], 120 + new[1] + new[2], *[june] * 4])
    assert found["registrations_target"].unique().to_list() == [480]
    assert "registered" not in runs.simulate(look(rows, {"workers": 480}, as_of=MARCH), Scenario(), name="x")


def test_registrations_of_who_has_no_target_are_not_held_against_that_of_others() -> None:
    rows = registering([99, 30, 40, 50]) + registering([99, 30, 40, 50], branch="Jambi")
    view = look(rows, {"branch": "Jambi", "new": 480, "by": "2023-04"}, as_of=MARCH)

    found = runs.simulate(view, Scenario(), name="x", keys=["branch"])
    assert found.select("registered", "registrations_target").rows() == [
        *[(120, 480), (pytest.approx(120 + slow_law.run_of(registering([99, 30, 40, 50]), 1).new[1]), 480)],
        *[(None, None)] * 2,
    ]


def test_what_branches_lack_is_said_in_registrations_where_those_are_asked_for() -> None:
    rows = registering([99, 30, 40, 50]) + registering([99, 30, 40, 50], branch="Jambi")
    view = look(rows, {"branch": "Jambi", "new": 480}, {"branch": "Palembang", "new": 100}, as_of=MARCH)

    said = sentences.describe_ranking(gaps.ranking(view), gaps.by(view, []), texts.load("en"))
    # Of 480, 120 are there; Palembang has 20 too many.
    assert said == (
        "1 of 2 branches is short of 360 registrations; most Jambi (360). "
        "A surplus of 20 registrations in other branches or segments does not fill it."
    )


@pytest.mark.parametrize(
    ("new", "target", "said"),
    [
        # 120 so far, and 336 by the law in nine months; twice as many are 336 more.
        (0.0, 700, "Informal: 456 registrations by the target's month, 244 short of the target of 700. Informal: "),
        (
            1.0,
            700,
            (
                "Informal: 792 registrations by the target's month; the target of 700 is met. "
                "That is 336 registrations more than without new steps. Informal: "
            ),
        ),
        (
            -1.0,
            700,
            (
                "Informal: 120 registrations by the target's month, 580 short of the target of 700. "
                "That is 336 registrations fewer than without new steps. Informal: "
            ),
        ),
    ],
)
def test_the_outcome_says_how_many_register_where_the_target_counts_that(new: float, target: int, said: str) -> None:
    view = look(registering([99, 30, 40, 50]), {"new": target}, as_of=MARCH)
    scenario = Scenario().with_levers("informal", new=new)
    still, moved = (runs.simulate(view, one, name="x") for one in (Scenario(), scenario))

    assert sentences.describe_outcome(still, moved, texts.load("en"), segment="informal", changed=True).startswith(said)


# Late branches


def test_late_branches_are_out_of_what_was_reported_and_counted() -> None:
    rows = steady(10) + steady(10, branch="Jambi")[:-1] + steady(10, branch="Jambi", segment="formal")[:-1]
    rows += steady(10, branch="Medan")
    view = look(rows, {"workers": 9000})

    assert only(view)["active"] == 2000
    assert only(view)["late"] == 2
    assert gaps.by(view)["late"].to_list() == [1, 1]
    by_region = gaps.by(view, ["region"])
    assert by_region["region"].to_list() == ["Sumbagsel", "Sumbagut"]
    assert by_region["late"].to_list() == [2, 0]


# History


def test_history_is_a_row_for_each_key_and_month() -> None:
    rows = steady(10, length=2) + steady(10, length=3, last=500, branch="Jambi")
    view = look(rows, {"workers": 3000})

    found = so_far.history(view)

    # November has Jambi alone: a sum without Palembang would look like a rise in December.
    assert found.select("segment", "month", "active").rows() == [
        ("informal", date(2022, 11, 1), None),
        ("informal", date(2022, 12, 1), 1480),
        ("informal", date(2023, 1, 1), 1500),
    ]
    assert found["attainment"].to_list() == [None, pytest.approx(1480 / 3000), 0.5]
    assert isinstance(found, pl.DataFrame)


def test_history_does_not_compare_members_with_a_target_for_registrations() -> None:
    view = look(registering([99, 30, 40, 50]), {"new": 480}, as_of=MARCH)

    assert so_far.history(view)["active"].to_list() == [1000, 1030, 1070, 1120]
    assert so_far.history(view)["attainment"].null_count() == 4


# Ranking


@pytest.mark.parametrize(
    ("rank", "expected"),
    [
        ("short", ["Medan", "Jambi", "Palembang", "Atlantis"]),  # 500, 300 and 0 missing; no target last
        ("attainment", ["Medan", "Jambi", "Palembang", "Atlantis"]),  # 0.5, 0.77, 1.11
        ("pace_ratio", ["Medan", "Jambi", "Palembang", "Atlantis"]),  # 10 of 45.5, 20 of 27.3; none needed
        ("status", ["Medan", "Jambi", "Palembang", "Atlantis"]),
    ],
)
def test_branches_are_ranked_by_who_needs_most_help(rank: str, expected: list[str]) -> None:
    rows = steady(10) + steady(20, branch="Jambi") + steady(10, last=500, branch="Medan")
    rows += steady(0, length=1, branch="Atlantis")
    view = look(
        rows,
        {"branch": "Palembang", "workers": 900},
        {"branch": "Jambi", "workers": 1300},
        {"branch": "Medan", "workers": 1000},
    )

    found = gaps.ranking(view, rank, months_back=2)

    assert found["branch"].to_list() == expected
    assert found["recent"].to_list() == [[490, 500], [980, 1000], [990, 1000], [1000]]
    assert found["pace_ratio"].to_list() == pytest.approx([10 / (500 / 11), 20 / (300 / 11), None, None])


def test_a_milestone_of_several_is_their_sum_and_none_where_one_has_none() -> None:
    rows = [*steady(1), *steady(1, branch="Jambi"), *steady(1, branch="Medan", segment="formal")]
    view = look(
        rows,
        {"branch": "Palembang", "workers": 1300, "milestones": {"2023-06": 1100, "2023-09": 1200}},
        {"branch": "Jambi", "workers": 1200, "milestones": {"2023-06": 1050}},
        {"branch": "Medan", "workers": 1400},
    )

    by_branch = gaps.milestones(view, ["branch"])
    by_segment = gaps.milestones(view)

    assert by_branch.sort("branch", "month")["workers"].to_list() == [1050, 1100, 1200]
    assert by_segment.select("segment", "month", "workers").rows() == [("informal", date(2023, 6, 1), 2150)]
    assert gaps.milestones(view, []).is_empty()  # Medan has none


def test_without_milestones_there_are_none() -> None:
    assert gaps.milestones(look(steady(1), {"workers": 1300})).is_empty()


def test_who_has_no_target_is_counted_apart_where_others_have_one() -> None:
    rows = steady(0, last=1000) + steady(0, last=500, branch="Jambi")

    assert gaps.left_out(look(rows, {"branch": "Palembang", "workers": 2000})) == (500, ["informal"])
    assert gaps.left_out(look(rows, {"workers": 2000})) == (0, [])
    assert gaps.left_out(look(rows)) == (0, [])
