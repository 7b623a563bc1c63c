"""Do figures that contradict each other get noticed, and only those?"""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from coverage.base import settings, tables, texts
from coverage.intake import checks
from coverage.wording.problems import problems_with_messages

SETTINGS = settings.load()
MONTHS = [date(2022, 11, 1), date(2022, 12, 1), date(2023, 1, 1), date(2023, 2, 1)]


def table(**columns: list[Any]) -> tables.BranchMonths:
    """One branch and segment, from November 2022 on, at lines 2, 3, …; columns that are not given are unknown."""
    many = len(columns["active"])
    given: dict[str, list[Any]] = {
        "month": MONTHS[:many],
        "branch": ["Palembang"] * many,
        "segment": ["formal"] * many,
        "file": ["a.csv"] * many,
        "line": list(range(2, many + 2)),
    } | columns
    return pl.DataFrame(
        {name: given.get(name, [None] * many) for name in tables.BRANCH_MONTHS}, schema=tables.BRANCH_MONTHS
    )


def found(rows: pl.DataFrame) -> list[tuple[int, str, str]]:
    return checks.run(rows, settings=SETTINGS).select("line", "column", "code").rows()


def test_a_table_without_rows_has_no_problems() -> None:
    assert checks.run(table(active=[]), settings=SETTINGS).schema == tables.PROBLEMS


def test_active_above_eligible_is_noticed() -> None:
    assert found(table(active=[100, 101], eligible=[100, 100])) == [(3, "active", "active_above_eligible")]


def test_unknown_eligible_contradicts_nothing() -> None:
    assert found(table(active=[100, 101], eligible=[None, 200])) == []


def test_funded_above_active_is_noticed() -> None:
    assert found(table(active=[100, 100], funded=[100, 101])) == [(3, "funded", "funded_above_active")]


def test_a_stock_that_does_not_follow_from_the_flows_is_noticed() -> None:
    rows = table(active=[100, 110, 111, 120], new=[0, 20, 5, 9], returned=[0, 5, 1, 0], lapsed=[0, 15, 4, 0])
    assert found(rows) == [(4, "active", "flows_contradict")]  # 110 + 5 + 1 - 4 = 112
    told = problems_with_messages(checks.run(rows, settings=SETTINGS), texts.load("en"))
    assert "110 the month before" in told["message"][0]
    assert "make 112" in told["message"][0]


@pytest.mark.parametrize("unknown", ["new", "returned", "lapsed"])
def test_unknown_flows_contradict_nothing_that_they_may_explain(unknown: str) -> None:
    flows: dict[str, list[int | None]] = {"new": [0, 20], "returned": [0, 5], "lapsed": [0, 15]}
    assert found(table(active=[100, 120], **(flows | {unknown: [0, None]}))) == []


def test_flows_are_not_compared_across_a_missing_month() -> None:
    rows = table(active=[100, 120], month=[MONTHS[0], MONTHS[2]], new=[0, 5], returned=[0, 0], lapsed=[0, 0])
    assert found(rows) == [(3, "month", "month_missing")]


def test_a_missing_month_is_noticed_with_how_many() -> None:
    problems = checks.run(table(active=[100, 100], month=[MONTHS[0], MONTHS[3]]), settings=SETTINGS)
    assert problems.select("line", "value", "code", "details").rows() == [
        (3, "2023-02", "month_missing", '{"missing":2}')
    ]


def test_another_branch_or_segment_begins_a_new_series() -> None:
    assert found(table(active=[100, 900], branch=["Jambi", "Palembang"])) == []
    assert found(table(active=[100, 900], segment=["formal", "informal"], month=[MONTHS[0], MONTHS[3]])) == []


def branches(months: int = 1, **active: int) -> tables.BranchMonths:
    """These branches' formal members, the same in every month."""
    each = [
        table(active=[one] * months, branch=[name.replace("_", " ")] * months).with_columns(
            line=pl.int_range(at * months + 2, (at + 1) * months + 2, dtype=pl.Int64)
        )
        for at, (name, one) in enumerate(sorted(active.items()))
    ]
    return pl.concat(each)


def test_a_region_or_province_among_branches_is_noticed_once_at_its_first_line() -> None:
    rows = branches(2, Jambi=5000, Kanwil_Sumbagsel=9000, Palembang=3000, Provinsi_Jambi=5000)
    assert found(rows) == [(4, "branch", "branch_is_sum"), (8, "branch", "branch_is_sum")]


def test_regions_by_themselves_are_no_sums_of_anybody() -> None:
    assert found(branches(Provinsi_Jambi=5000, Provinsi_Bengkulu=3000)) == []


def test_a_name_that_only_begins_like_a_regions_is_a_branch() -> None:
    assert found(branches(Palembang=5000, Regionalis=3000, Wilayahku=10)) == []


def test_a_branch_that_is_always_the_sum_of_all_others_is_noticed_whatever_its_name() -> None:
    whole = {"Bengkulu": 2000, "Jambi": 5000, "Palembang": 3000, "Sumbagsel": 10_000}
    assert found(branches(**whole)) == [(5, "branch", "branch_is_sum")]
    assert found(branches(**whole | {"Sumbagsel": 10_001})) == []


def test_a_branch_that_is_the_sum_in_one_month_or_of_two_others_is_none() -> None:
    once = branches(2, Bengkulu=2000, Jambi=5000, Palembang=3000, Sumbagsel=10_000)
    once = once.with_columns(active=pl.when(pl.col("line") == 2).then(2001).otherwise("active"))
    assert found(once) == []
    assert found(branches(Jambi=5000, Palembang=3000, Sumbagsel=8000)) == []


def test_members_without_a_segment_who_are_the_sum_of_the_segments_are_noticed_once_and_a_real_rest_is_not() -> None:
    segments = {"formal": 5000, "informal": 3000}
    for rest, said in ((8000, [(6, "segment", "rest_is_sum")]), (8001, [])):
        rows = [
            table(active=[one, one], segment=[name] * 2).with_columns(line=pl.Series([2 * at + 2, 2 * at + 3]))
            for at, (name, one) in enumerate((segments | {"unsplit": rest}).items())
        ]
        assert found(pl.concat(rows)) == said


def test_members_without_a_segment_alone_are_no_sum() -> None:
    assert found(table(active=[8000, 8000], segment=["unsplit"] * 2)) == []


def test_a_jump_of_more_than_half_is_noticed_and_of_exactly_half_is_not() -> None:
    assert found(table(active=[1000, 1500, 2251])) == [(4, "active", "jump")]
    assert found(table(active=[1000, 500, 249])) == [(4, "active", "jump")]


def test_a_series_may_begin_at_zero() -> None:
    assert found(table(active=[0, 900, 1000])) == []


def test_a_figure_a_hundred_times_too_small_is_noticed_once() -> None:
    assert found(table(active=[174000, 174, 174500, 175000])) == [(3, "active", "magnitude")]


def test_a_figure_a_hundred_times_too_large_is_noticed_once() -> None:
    assert found(table(active=[950, 960, 97000000, 980])) == [(4, "active", "magnitude")]


def test_a_stated_percentage_that_contradicts_the_figures_is_noticed() -> None:
    rows = table(active=[80, 80, 80], eligible=[100, 100, 100])
    stated = rows.with_columns(stated_coverage=pl.Series([0.80, 0.805, 0.65]))
    assert found(stated) == [(4, "stated_coverage", "percentage_contradicts")]


def test_a_problem_names_the_header_as_the_file_has_it() -> None:
    headers = pl.DataFrame(
        {"file": ["a.csv"], "column": ["active"], "segment": ["formal"], "header": ["TK Aktif PU"]},
        schema_overrides={"segment": tables.Segment},
    )
    problems = checks.run(table(active=[100], eligible=[90]), settings=SETTINGS, headers=lambda: headers)
    assert problems["column"].to_list() == ["TK Aktif PU"]


@pytest.mark.parametrize("language", texts.languages())
def test_every_check_has_its_words(language: str) -> None:
    words = texts.load(language)
    for check in checks.CHECKS:
        assert f"problem.{check.code}.message" in words
        assert f"problem.{check.code}.remedy" in words


@pytest.mark.parametrize("language", texts.languages())
def test_every_column_has_a_name_and_a_meaning(language: str) -> None:
    words = texts.load(language)
    for column in tables.COLUMNS:
        assert words(f"column.{column.name}.name")
        assert words(f"column.{column.name}.meaning")


def problems(*severities: str) -> tables.Problems:
    rows = [{"file": "a.csv", "line": line, "severity": one, "code": "jump"} for line, one in enumerate(severities, 2)]
    return pl.DataFrame(rows, schema=tables.PROBLEMS)


def test_problems_are_counted_by_severity_the_worst_first() -> None:
    assert checks.tally(problems("note", "error", "note")) == {"error": 1, "note": 2}
    assert checks.tally(problems()) == {}


@pytest.mark.parametrize(
    ("severities", "skip", "expected"),
    [((), 0, [3, 5, 4]), ((), 2, [4, 2]), (("warning", "note"), 0, [4, 2]), (("error",), 5, [])],
)
def test_the_worst_problems_come_first_and_keep_their_order(
    severities: tuple[str, ...], skip: int, expected: list[int]
) -> None:
    found = checks.worst_first(problems("note", "error", "warning", "error"), severities, skip=skip, limit=3)

    assert found["line"].to_list() == expected
