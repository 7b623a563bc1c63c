"""What is told of the targets beside the answer?"""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from coverage.base import texts
from coverage.standing import gaps, so_far
from coverage.wording import remarks
from tests.test_gaps import look, steady

BOTH = steady(0, last=1000) + steady(0, last=500, branch="Jambi")


def told(*found: Mapping[str, object], language: str = "en") -> list[str]:
    return remarks.about(look(BOTH, *found), texts.load(language))


def test_targets_that_fit_leave_nothing_to_tell() -> None:
    assert told({"workers": 2000}) == []
    assert told() == []


def test_a_branch_that_came_this_month_is_told_for_it_has_no_pace() -> None:
    rows = steady(10) + [row for i in range(7) for row in steady(0, length=1, last=100, branch=f"Cabang {i}")]
    view = look(rows, {"workers": 9000})

    assert remarks.about(view, texts.load("en")) == [
        (
            "No pace is known for 700 workers (Cabang 0, Cabang 1, Cabang 2, Cabang 3, Cabang 4, …): "
            "they have no other figure in the 12 months before. The pace of all together leaves them out."
        )
    ]


def test_who_has_no_target_is_told_with_how_many() -> None:
    assert told({"branch": "Palembang", "workers": 2000}) == [
        '"All together" leaves out 500 workers without a target (Informal).'
    ]


def test_a_target_whose_month_has_passed_is_said_to_be_late_unless_it_is_met() -> None:
    late, due = {"workers": 2000, "by": "2022-12"}, {"workers": 2000, "by": "2023-01"}

    assert told(late) == [
        "The month of the target has passed: December 2022 (Informal). Dates and chances are those of meeting it late."
    ]
    assert told(due) == []  # this very month
    assert told(late | {"workers": 900}) == []  # met
    assert "sudah lewat: Desember 2022 (Informal)." in told(late, language="id")[0]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "The targets name Palmbang: neither the data nor the register of branches knows them."),
        ("id", "Target menyebut Palmbang: tidak ada dalam data maupun dalam daftar cabang."),
    ],
)
def test_a_name_that_nobody_has_is_told(language: str, said: str) -> None:
    assert told({"workers": 2000}, {"branch": "Palmbang", "workers": 2000}, language=language) == [said]


def test_a_regions_target_that_its_branches_exceed_is_told() -> None:
    assert told(
        {"region": "Sumbagsel", "workers": 2000},
        {"branch": "Palembang", "workers": 1500},
        {"branch": "Jambi", "workers": 600},
    ) == [
        (
            "The target of Sumbagsel for December 2023 (all segments) is 2,000, but the targets within it add up to "
            "2,100. Those count; a branch without one of its own gets no part."
        )
    ]


def test_a_regions_target_that_its_branches_do_not_fill_is_told() -> None:
    assert told(
        {"region": "Sumbagsel", "segment": "informal", "workers": 2000},
        {"branch": "Palembang", "workers": 1200},
        {"branch": "Jambi", "workers": 600},
    ) == [
        (
            "The target of Sumbagsel for December 2023 (informal) is 2,000, but the targets within it add up to only "
            "1,800. Those count."
        )
    ]


def test_a_target_of_registrations_beside_one_of_members_is_no_target_left_out() -> None:
    rows = steady(0, last=1000) + steady(0, last=500, segment="formal")
    found = {"segment": "informal", "workers": 2000}, {"segment": "formal", "new": 300}
    view = look(rows, *found)

    assert gaps.left_out(view) == (0, [])
    assert remarks.about(view, texts.load("en")) == [
        "The target of Formal counts registrations, not members: choose that segment alone to see it."
    ]
    assert gaps.counted_apart(look(rows, *found, segments=("formal",))) == []


@pytest.mark.parametrize(("found", "many"), [({"new": 300}, 1), ({"workers": 3000}, 0)])
def test_a_projection_of_members_says_that_registrations_are_something_else(found: dict[str, int], many: int) -> None:
    said = remarks.unprojected(look(BOTH, found), texts.load("en"))

    assert ['answered under "What would it take?"' in one for one in said] == [True] * many


def test_a_history_that_begins_late_says_who_began_then() -> None:
    whole = look(steady(10) + steady(10, length=3, branch="Jambi") + steady(10, length=2, branch="Medan"))

    said = remarks.past(whole, so_far.history(whole, []), texts.load("en"))

    assert said.startswith("The history begins in December 2022: there are no figures of Medan before it")
    even = look(steady(10) + steady(10, branch="Jambi"))
    assert remarks.past(even, so_far.history(even, []), texts.load("en")) == ""


def test_a_history_is_that_of_its_own_segment() -> None:
    view = look(steady(10) + steady(10, length=11, branch="Jambi") + steady(10, length=1, segment="formal"))

    assert remarks.past(view, so_far.history(view).filter(segment="informal"), texts.load("en")) == (
        "The history begins in March 2022: there are no figures of Jambi before it, and the sum of the others would "
        "look like a jump."
    )


def test_a_history_that_begins_late_for_a_gap_names_nobody() -> None:
    holes = [row for row in steady(10, branch="Jambi") if row["month"] != "2022-02"]
    view = look(steady(10, length=12) + holes)  # from February on, which the other lacks

    assert remarks.past(view, so_far.history(view, []), texts.load("en")) == (
        "The history begins in March 2022: before it, figures of some branches are missing."
    )


def test_flows_that_are_net_changes_are_said_to_be() -> None:
    english = texts.load("en")
    known = steady(0, new=[10] * 13, lapsed=[12] * 13, returned=[2] * 13)

    (said,) = remarks.net(look(BOTH), None, english)
    assert said.startswith("Where only totals of members are reported, these are net changes:")
    assert remarks.net(look(BOTH), "informal", english) == [said]
    assert remarks.net(look(BOTH), "formal", english) == []  # nobody there
    assert remarks.net(look(known), None, english) == []
