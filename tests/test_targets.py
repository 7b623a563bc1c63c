"""Is every target shared out to whom it belongs, to the last person, and is a bad file refused with its line?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from coverage.base import declarations, texts
from coverage.base.errors import DeclarationRefused
from coverage.model import allotment, target_remarks, targets
from coverage.model.targets import TargetSet
from tests import frames

AS_OF = date(2023, 1, 1)
# Two branches and a third one of another region, uncovered 300, 100 and 200.
BRANCHES = frames.series(
    {"branch": "Jambi", "region": "Sumbagsel", "province": "Jambi", "active": 100.0, "eligible": 400.0},
    {"branch": "Muara Enim", "region": "Sumbagsel", "province": "Sumatera Selatan", "active": 300.0, "eligible": 400.0},
    {"branch": "Medan", "region": "Sumbagut", "province": "Sumatera Utara", "active": 200.0, "eligible": 400.0},
)
NOTHING = frames.branch_months()


def a_set(*found: Mapping[str, object], **about: object) -> TargetSet:
    return TargetSet.model_validate({"target": [{"by": "2023-12"} | dict(one) for one in found]} | about)


def shares(
    chosen: TargetSet, series: pl.DataFrame = BRANCHES, table: pl.DataFrame = NOTHING, as_of: date = AS_OF
) -> dict[str, float]:
    found = allotment.resolve(chosen, series, table, as_of=as_of)
    return {row["branch"]: row["target"] for row in found.to_dicts()}


# Four kinds


def test_a_target_of_workers_is_taken_as_it_stands() -> None:
    assert shares(a_set({"branch": "kc JAMBI", "workers": 250})) == {"Jambi": 250}


def test_a_target_of_coverage_is_a_share_of_the_eligible() -> None:
    assert shares(a_set({"branch": "Jambi", "coverage": 0.5215})) == {"Jambi": pytest.approx(208.6)}


def test_a_target_of_coverage_is_a_share_of_the_eligible_of_its_own_month() -> None:
    chosen = a_set({"branch": "Jambi", "coverage": 0.5}, {"branch": "Medan", "coverage": 0.5, "by": "2025-01"})

    found = allotment.resolve(chosen, BRANCHES, NOTHING, as_of=AS_OF, growth=0.02)

    # 400 grow by 2 % a year: for eleven months, and for twenty-four.
    assert found["target"].to_list() == [pytest.approx(200 * 1.02 ** (11 / 12)), pytest.approx(200 * 1.02**2)]


def test_a_target_of_coverage_whose_month_is_past_is_a_share_of_what_was_eligible_then() -> None:
    table = frames.branch_months({"month": "2022-12", "branch": "Jambi", "active": 90, "eligible": 380})
    chosen = a_set({"branch": "Jambi", "coverage": 0.5, "by": "2022-12"})

    assert shares(chosen, table=table) == {"Jambi": 190}
    assert shares(chosen) == {}  # nobody said what was eligible then


def test_the_eligible_of_a_late_branch_grow_from_its_last_report_on() -> None:
    late = pl.col("branch") == "Jambi"
    series = BRANCHES.with_columns(pl.when(~late).then("active"), pl.when(~late).then("eligible"))
    table = frames.branch_months({"month": "2022-11", "branch": "Jambi", "active": 90, "eligible": 400})
    chosen = a_set({"branch": "Jambi", "coverage": 0.5})

    found = allotment.resolve(chosen, series, table, as_of=AS_OF, growth=0.02)

    assert found["target"].to_list() == [pytest.approx(200 * 1.02 ** (13 / 12))]


def test_a_held_branch_keeps_its_figure_and_the_rest_shares_what_a_share_or_growth_leaves() -> None:
    table = frames.branch_months(
        {"month": "2022-12", "branch": "Jambi", "active": 100},
        {"month": "2022-12", "branch": "Muara Enim", "active": 300},
    )
    held = {"branch": "Jambi", "workers": 150}

    # Half of 800 are 400; a tenth more than 400 are 440.
    assert shares(a_set({"region": "Sumbagsel", "coverage": 0.5}, held)) == {"Jambi": 150, "Muara Enim": 250}
    growth = {"region": "Sumbagsel", "growth": 0.1, "from": "2022-12"}
    assert shares(a_set(growth, held), table=table) == {"Jambi": 150, "Muara Enim": 290}


def test_a_branch_that_is_asked_for_more_than_its_eligible_is_told() -> None:
    table = frames.branch_months(
        {"month": "2022-12", "branch": "Jambi", "active": 100},
        {"month": "2022-12", "branch": "Muara Enim", "active": 300},
    )
    growth = a_set({"region": "Sumbagsel", "growth": 0.5, "from": "2022-12"}, share_out="active")

    # 600 in all, by 100 to 300 members: 150 and 450, of 400 who could be covered.
    assert shares(growth, table=table) == {"Jambi": 150, "Muara Enim": 450}
    found = target_remarks.remarks(growth, BRANCHES, table, BRANCHES, as_of=AS_OF)
    assert found.above == [("Muara Enim", "informal")]


# Whose targets


def book(*found: Mapping[str, object], name: str = "one") -> targets.TargetBook:
    return targets.TargetBook(default=name, sets={name: a_set(*found)})


def test_what_is_given_goes_before_the_others_place_by_place_segment_and_month() -> None:
    given = book({"branch": "Jambi", "workers": 250}, name="given")
    beside = book(
        {"branch": "Jambi", "workers": 240},
        {"branch": "Jambi", "workers": 400, "by": "2024-12"},
        {"branch": "Medan", "workers": 300},
    )

    chosen = targets.together([given, beside]).named(None)

    assert shares(chosen) == {"Jambi": 250, "Medan": 300}
    assert shares(chosen, as_of=date(2024, 1, 1)) == {"Jambi": 400, "Medan": 300}


def test_a_regions_figure_that_is_given_goes_before_its_branches_own_of_lower_rank() -> None:
    given, beside = book({"region": "Sumbagsel", "workers": 600}), book({"branch": "Jambi", "workers": 500})

    assert shares(targets.together([given, beside]).named(None)) == {"Jambi": 300, "Muara Enim": 300}


def test_registrations_that_are_given_go_before_members_of_lower_rank() -> None:
    given, beside = book({"branch": "Jambi", "new": 50}), book({"branch": "Jambi", "workers": 500})
    found = allotment.resolve(targets.together([given, beside]).named(None), BRANCHES, NOTHING, as_of=AS_OF)

    assert found.select("target", "measure").rows() == [(50, "registrations")]


def test_sets_of_one_name_become_one_and_others_stay_apart() -> None:
    given = book({"branch": "Jambi", "workers": 250})
    beside = targets.TargetBook(
        default="two",
        sets={"one": a_set({"branch": "Medan", "workers": 1}), "two": a_set({"branch": "Muara Enim", "workers": 2})},
    )

    together = targets.together([given, beside])

    assert (together.default, shares(together.named(None))) == ("one", {"Jambi": 250, "Medan": 1, "Muara Enim": 2})
    assert shares(together.named("two")) == {"Muara Enim": 2}


def test_no_books_are_no_targets() -> None:
    assert targets.together([targets.EMPTY, targets.EMPTY]) == targets.EMPTY


def test_a_target_of_coverage_leaves_out_whose_eligible_is_unknown() -> None:
    series = BRANCHES.with_columns(eligible=pl.when(pl.col("branch") != "Jambi").then("eligible"))

    assert shares(a_set({"region": "Sumbagsel", "coverage": 0.5}), series) == {"Muara Enim": 200}


def test_a_target_of_growth_is_relative_to_the_month_it_names() -> None:
    table = frames.branch_months(
        {"month": "2022-12", "branch": "Jambi", "active": 90}, {"month": "2022-11", "branch": "Jambi", "active": 1}
    )

    assert shares(a_set({"branch": "Jambi", "growth": 0.2, "from": "2022-12"}), table=table) == {"Jambi": 108}


def test_a_target_of_growth_over_nothing_known_is_no_target() -> None:
    table = frames.branch_months({"month": "2022-12", "branch": "Jambi", "active": 90})

    assert shares(a_set({"branch": "Jambi", "growth": 0.2, "from": "2019-12"}), table=table) == {}
    # Muara Enim reported nothing then: it has no part in the growth, and takes none of Jambi's.
    assert shares(a_set({"region": "Sumbagsel", "growth": 0.2, "from": "2022-12"}), table=table) == {"Jambi": 108}


def test_a_target_of_registrations_says_so() -> None:
    found = allotment.resolve(a_set({"branch": "Jambi", "new": 1200}), BRANCHES, NOTHING, as_of=AS_OF)

    assert found.drop("share", "target_source", "rank").rows() == [
        ("Jambi", "informal", 1200, date(2023, 12, 1), "registrations")
    ]


# Who goes before whom


def test_a_branchs_own_target_goes_before_its_provinces_its_regions_and_everybodys() -> None:
    chosen = a_set(
        {"workers": 1000},
        {"region": "sumbagsel", "workers": 700},
        {"province": "Jambi", "workers": 333},
        {"branch": "Muara Enim", "workers": 222},
    )

    # The province has Jambi alone; the region's 700 are all taken; everybody's 1000 leave 1000 − 555 for Medan.
    assert shares(chosen) == {"Jambi": 333, "Muara Enim": 222, "Medan": 445}


def test_what_a_regions_figure_leaves_goes_to_the_others() -> None:
    assert shares(a_set({"region": "Sumbagsel", "workers": 700}, {"branch": "Jambi", "workers": 300})) == {
        "Jambi": 300,
        "Muara Enim": 400,
    }


def test_branches_that_promised_more_than_their_region_leave_the_others_without_a_target() -> None:
    # A target of nobody would be reached at once, and praise a branch that was never asked.
    chosen = a_set({"region": "Sumbagsel", "workers": 700}, {"branch": "Jambi", "workers": 900})

    assert shares(chosen) == {"Jambi": 900}
    assert differing(chosen) == [("Sumbagsel", 900)]


def test_a_target_of_nobody_that_was_set_as_one_stays() -> None:
    assert shares(a_set({"branch": "Jambi", "workers": 0})) == {"Jambi": 0}
    # Nothing is left of nothing for the other.
    assert shares(a_set({"region": "Sumbagsel", "workers": 0}, {"branch": "Jambi", "workers": 5})) == {"Jambi": 5}


# What a reader has to know


def remarks(chosen: TargetSet, series: pl.DataFrame = BRANCHES) -> target_remarks.Remarks:
    register = pl.DataFrame({"branch": ["Bengkulu"], "region": ["Sumbagsel"], "province": ["Bengkulu"]})
    return target_remarks.remarks(chosen, series, NOTHING, register, as_of=AS_OF)


def differing(chosen: TargetSet) -> list[tuple[str, int]]:
    return [
        (next(iter(difference.target.place.values()), "all"), int(difference.taken))
        for difference in remarks(chosen).differ
    ]


def test_a_wider_figure_that_its_parts_do_not_fill_is_told_with_their_sum() -> None:
    parts = [{"branch": "Jambi", "workers": 300}, {"branch": "Muara Enim", "workers": 350}]

    assert differing(a_set({"region": "Sumbagsel", "workers": 700}, *parts)) == [("Sumbagsel", 650)]
    assert differing(a_set({"region": "Sumbagsel", "workers": 600}, *parts)) == [("Sumbagsel", 650)]
    assert differing(a_set({"region": "Sumbagsel", "workers": 650}, *parts)) == []
    assert differing(a_set({"region": "Sumbagsel", "new": 650}, *parts)) == []  # registrations are something else


def test_a_part_that_is_not_in_the_data_may_be_what_is_missing() -> None:
    parts = [{"branch": one, "workers": 200} for one in ("Jambi", "Muara Enim", "Bengkulu")]

    assert differing(a_set({"region": "Sumbagsel", "workers": 600}, *parts)) == []


def test_a_rest_that_others_get_is_nothing_to_tell() -> None:
    assert differing(a_set({"region": "Sumbagsel", "workers": 700}, {"branch": "Jambi", "workers": 300})) == []


def test_names_that_nobody_has_are_told_and_those_of_the_register_are_known() -> None:
    chosen = a_set(
        {"branch": "Palmbang", "workers": 1},
        {"branch": "KC BENGKULU", "workers": 1},
        {"region": "sumbagsel", "segment": "formal", "workers": 1},
        {"region": "Sumbagtengah", "workers": 1},
        {"province": "Sumatra Utara", "workers": 1},
        {"branch": "Palmbang", "segment": "formal", "workers": 1},
    )

    assert remarks(chosen).unknown == ["Palmbang", "Sumbagtengah", "Sumatra Utara"]


def test_a_segments_target_goes_before_one_for_all_segments() -> None:
    series = frames.series(
        {"segment": "formal", "active": 10.0, "eligible": 100.0},
        {"segment": "informal", "active": 10.0, "eligible": 100.0},
        {"segment": "migrant", "active": 10.0, "eligible": 300.0},
    )
    chosen = a_set({"branch": "Palembang", "workers": 100}, {"branch": "Palembang", "segment": "formal", "workers": 60})

    found = allotment.resolve(chosen, series, NOTHING, as_of=AS_OF)

    assert found.select("segment", "target").rows() == [("formal", 60), ("informal", 10), ("migrant", 30)]


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [("2022-01", 1), ("2022-12", 1), ("2023-01", 2), ("2023-12", 2), ("2024-01", 3), ("2025-01", 3), ("2030-01", 3)],
)
def test_the_next_target_due_counts_and_after_the_last_one_the_last(as_of: str, expected: int) -> None:
    chosen = a_set(
        {"by": "2024-06", "branch": "Jambi", "workers": 3},
        {"by": "2022-12", "branch": "Jambi", "workers": 1},
        {"by": "2023-12", "branch": "Jambi", "workers": 2},
    )

    assert shares(chosen, as_of=date(int(as_of[:4]), int(as_of[5:]), 1)) == {"Jambi": expected}


def test_of_two_for_one_month_the_members_count_before_the_registrations() -> None:
    assert shares(a_set({"branch": "Jambi", "new": 5}, {"branch": "Jambi", "workers": 150})) == {"Jambi": 150}


# Sharing out


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("eligible", {"Jambi": 300, "Muara Enim": 300}),
        ("active", {"Jambi": 150, "Muara Enim": 450}),
        # 200 are missing: 300 to 100 uncovered, on top of what each has.
        ("uncovered", {"Jambi": 100 + 150, "Muara Enim": 300 + 50}),
        # Each should have 300: Jambi lacks 200, Muara Enim none.
        ("gap", {"Jambi": 300, "Muara Enim": 300}),
    ],
)
def test_a_regions_figure_is_shared_out_by_the_rule_of_its_set(rule: str, expected: dict[str, float]) -> None:
    assert shares(a_set({"region": "Sumbagsel", "workers": 600}, share_out=rule)) == expected


def test_by_gap_nobody_is_given_less_than_they_have_while_something_is_missing() -> None:
    # 450 are 50 more than there are. Each should have 225; Jambi lacks 125, Muara Enim is 75 above.
    assert shares(a_set({"region": "Sumbagsel", "workers": 450}, share_out="gap")) == {"Jambi": 150, "Muara Enim": 300}


@pytest.mark.parametrize("rule", ["uncovered", "gap"])
def test_a_figure_below_what_there_is_is_shared_in_proportion(rule: str) -> None:
    expected = {"uncovered": {"Jambi": 50, "Muara Enim": 150}, "gap": {"Jambi": 50, "Muara Enim": 150}}

    assert shares(a_set({"region": "Sumbagsel", "workers": 200}, share_out=rule)) == expected[rule]


@pytest.mark.parametrize("rule", ["uncovered", "gap"])
def test_registrations_go_where_the_uncovered_are(rule: str) -> None:
    # 300 and 100 are uncovered; by the members there would be three times as many for Muara Enim.
    assert shares(a_set({"region": "Sumbagsel", "new": 40}, share_out=rule)) == {"Jambi": 30, "Muara Enim": 10}


def test_without_a_place_a_target_is_everybodys() -> None:
    # Of equal remainders the first gets the person who is left.
    assert shares(a_set({"workers": 1000})) == {"Jambi": 334, "Muara Enim": 333, "Medan": 333}


def test_where_any_eligible_is_unknown_active_members_stand_in() -> None:
    series = BRANCHES.with_columns(eligible=pl.when(pl.col("branch") != "Jambi").then("eligible"))

    assert shares(a_set({"region": "Sumbagsel", "workers": 800}), series) == {"Jambi": 200, "Muara Enim": 600}


def test_a_late_branch_is_weighed_by_its_last_report() -> None:
    late = pl.col("branch") == "Jambi"
    series = BRANCHES.with_columns(pl.when(~late).then("active"), pl.when(~late).then("eligible"))
    table = frames.branch_months(
        {"month": "2022-10", "branch": "Jambi", "active": 90, "eligible": 1200},
        {"month": "2022-11", "branch": "Jambi", "active": 95},
    )

    assert shares(a_set({"region": "Sumbagsel", "workers": 800}), series, table) == {"Jambi": 600, "Muara Enim": 200}


@hypothesis_settings(deadline=None, max_examples=80)
@given(
    st.lists(st.tuples(st.integers(0, 10**6), st.none() | st.integers(1, 10**6)), min_size=1, max_size=12),
    st.integers(0, 10**7),
    st.sampled_from(["eligible", "uncovered", "gap", "active"]),
)
def test_the_parts_are_whole_people_and_add_up_to_the_whole(
    branches: list[tuple[int, int | None]], total: int, rule: str
) -> None:
    rows = [
        {"branch": f"B{place:02d}", "active": float(active), "eligible": eligible and float(eligible)}
        for place, (active, eligible) in enumerate(branches)
    ]

    parts = np.array(list(shares(a_set({"workers": total}, share_out=rule), frames.series(*rows)).values()))

    assert parts.sum() == total
    assert (parts == np.round(parts)).all()
    assert (parts >= 0).all()


# Milestones


def test_milestones_belong_to_targets_of_one_series() -> None:
    chosen = a_set(
        {"branch": "Jambi", "workers": 300, "milestones": {"2023-09": 250, "2023-06": 200}},
        {"region": "Sumbagsel", "workers": 900, "milestones": {"2023-06": 500}},
        {"branch": "Medan", "coverage": 0.9, "milestones": {"2023-06": 500}},
    )

    assert allotment.milestones_of_series(chosen, BRANCHES).rows() == [
        ("Jambi", "informal", date(2023, 6, 1), 200.0),
        ("Jambi", "informal", date(2023, 9, 1), 250.0),
    ]


def test_no_milestones_are_an_empty_table() -> None:
    assert allotment.milestones_of_series(TargetSet(), BRANCHES).is_empty()


def test_an_empty_set_gives_nobody_a_target() -> None:
    assert allotment.resolve(TargetSet(), BRANCHES, NOTHING, as_of=AS_OF).is_empty()


# The file

GOOD = 'default = "one"\n[sets.one]\ntitle = "Satu"\n'
TARGET = GOOD + "[[sets.one.target]]\nby = "


@pytest.mark.parametrize(
    ("text", "line", "key", "found", "allowed"),
    [
        ('default = "two"\n[sets.one]\n', "1", "default", "two", "one"),
        (GOOD + 'share_out = "half"', "4", "sets.one.share_out", "half", "eligible | uncovered | gap | active"),
        (TARGET + '"2023-13"\nworkers = 1', "5", "sets.one.target.1.by", "2023-13", "YYYY-MM"),
        (TARGET + '"2023-12"\nworkers = -1', "6", "sets.one.target.1.workers", "-1", "0 … 1000000000 (1, 2, 3 …)"),
        (TARGET + '"2023-12"\nworkers = 1.5', "6", "sets.one.target.1.workers", "1.5", "0 … 1000000000 (1, 2, 3 …)"),
        (TARGET + '"2023-12"\ncoverage = 80', "6", "sets.one.target.1.coverage", "80", "> 0 … 1"),
        (
            TARGET + '"2023-12"\nworkers = 1\ncoverage = 0.8',
            "4",
            "sets.one.target.1",
            '{"by": "2023-12", "workers": 1, "coverage": 0.8}',
            "workers | coverage | growth | new: 1",
        ),
        (TARGET + '"2023-12"', "4", "sets.one.target.1", '{"by": "2023-12"}', "workers | coverage | growth | new: 1"),
        (
            TARGET + '"2023-12"\ngrowth = 0.2',
            "4",
            "sets.one.target.1",
            '{"by": "2023-12", "growth": 0.2}',
            'growth: from = "YYYY-MM"',
        ),
        (
            TARGET + '"2023-12"\nworkers = 1\nmilestones = { "Juni" = 1 }',
            "7",
            "sets.one.target.1.milestones.Juni",
            "Juni",
            "YYYY-MM",
        ),
        (
            TARGET + '"2023-12"\nworkers = 1\nmilestones = { "2023-06" = -4 }',
            "7",
            "sets.one.target.1.milestones.2023-06",
            "-4",
            "≥ 0",
        ),
        (TARGET + '"2023-12"\nworkers = 1\nregion = ""', "7", "sets.one.target.1.region", "", '"…"'),
        (
            TARGET + '"2023-12"\nworkers = 1\nsegment = "pu"',
            "7",
            "sets.one.target.1.segment",
            "pu",
            "formal | informal | construction | migrant | unsplit",
        ),
    ],
)
def test_a_value_that_cannot_stand_is_refused_with_its_place(
    tmp_path: Path, text: str, line: str, key: str, found: str, allowed: str
) -> None:
    path = tmp_path / "targets.toml"
    path.write_text(text, "utf-8")

    with pytest.raises(DeclarationRefused) as refused:
        targets.load(path)

    said = {"file": "targets.toml", "line": line, "key": key, "found": found, "allowed": allowed}
    assert refused.value.code == "value_refused"
    assert said.items() <= refused.value.data.items()


def test_an_unknown_key_is_refused_with_what_was_probably_meant() -> None:
    with pytest.raises(DeclarationRefused) as refused:
        declarations.load(TARGET + '"2023-12"\nworker = 5', "t.toml", targets.TargetBook)

    assert refused.value.code == "key_unknown"
    assert refused.value.data["line"] == "6"
    assert str(refused.value.data["allowed"]).startswith("workers? branch | region")


def test_two_targets_for_one_place_segment_and_month_are_refused_with_both_lines(tmp_path: Path) -> None:
    path = tmp_path / "targets.toml"
    one = '[[sets.one.target]]\nby = "2023-12"\nbranch = "{}"\nworkers = {}\n'
    path.write_text(GOOD + one.format("Palembang", 174000) + one.format("KC PALEMBANG", 175000), "utf-8")

    with pytest.raises(DeclarationRefused) as refused:
        targets.load(path)

    assert (refused.value.code, refused.value.data) == (
        "target_twice",
        {"file": "targets.toml", "line": "8", "other": "4", "found": "KC PALEMBANG · 2023-12"},
    )


@pytest.mark.parametrize("other", ['segment = "formal"\nworkers = 1', "new = 1"])
def test_a_segment_or_another_measure_makes_it_another_target(tmp_path: Path, other: str) -> None:
    path = tmp_path / "targets.toml"
    one = '[[sets.one.target]]\nby = "2023-12"\nbranch = "Palembang"\n'
    path.write_text(GOOD + one + "workers = 5\n" + one + other, "utf-8")

    assert len(targets.load(path).named("one").target) == 2


def test_a_missing_month_is_refused() -> None:
    with pytest.raises(DeclarationRefused) as refused:
        declarations.load(GOOD + "[[sets.one.target]]\nworkers = 5", "t.toml", targets.TargetBook)

    data = refused.value.data
    assert refused.value.code == "key_missing"
    assert (data["key"], data["line"], data["allowed"]) == ("sets.one.target.1.by", "4", "YYYY-MM")


def test_a_set_is_found_by_name_and_an_unknown_one_refused_with_those_there_are() -> None:
    book = declarations.load(GOOD + "[sets.two]\n", "t.toml", targets.TargetBook)

    assert book.named(None).title == "Satu"
    assert book.named("two").title == ""
    with pytest.raises(DeclarationRefused) as refused:
        book.named("three")
    assert (refused.value.code, refused.value.data) == (
        "target_set_unknown",
        {"found": "three", "allowed": "one | two"},
    )
    assert texts.load("id").error(refused.value) == 'Tidak ada daftar target "three". Yang ada: one | two.'


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DeclarationRefused) as refused:
        targets.load(tmp_path / "nowhere.toml")

    assert refused.value.code == "declaration_unreadable"
    assert refused.value.data["file"] == "nowhere.toml"
