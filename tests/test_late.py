"""Is a branch that has not reported left out of the figures, and bounded by nothing but its own history?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from coverage.base import settings, texts
from coverage.commands import cli
from coverage.model import view as views
from coverage.model.targets import TargetSet
from coverage.model.view import Scope, View
from coverage.standing import gaps, missing_reports
from coverage.wording import bands, sentences
from coverage.wording.missing_reports import describe_missing_reports
from tests import frames

ID, EN = texts.load("id"), texts.load("en")
FIRST = "2021-01"
AS_OF = date(2022, 2, 1)  # the fourteenth month


def branch(name: str, active: Sequence[int | None], **columns: Any) -> list[dict[str, object]]:
    return [row | {"branch": name} for row in frames.history(FIRST, active, **columns)]


def view(*parts: Sequence[dict[str, object]], **scope_of: Any) -> View:
    return views.of(
        frames.branch_months(*[row for part in parts for row in part]),
        frames.register(Palembang="Sumbagsel", Jambi="Sumbagsel", Medan="Sumbagut"),
        None,
        scope=Scope(**scope_of),
        as_of=AS_OF,
        settings=settings.load(),
    )


THERE = branch("Palembang", [500] * 14)
# Thirteen months, the last in January 2022; month by month the factors are 0.5 once, 1.25 once and 1 ten times.
SILENT = branch("Jambi", [800, 400, 500, *[500] * 10, None])


def rows(table: pl.DataFrame) -> list[dict[str, Any]]:
    return table.to_dicts()


def test_a_late_branch_is_bounded_by_the_lowest_and_highest_change_that_it_ever_had() -> None:
    found = rows(missing_reports.bounds_of_missing(view(THERE, SILENT), []))

    # 500 reported, and between 0.5 × 500 and 1.25 × 500.
    assert found == [
        {
            "scope": "total",
            "reported": 500.0,
            "late": 1,
            "branches": 2,
            "late_branches": 1,
            "low": 750.0,
            "high": 1125.0,
            "unbounded": 0,
        }
    ]


def test_two_months_of_silence_are_bounded_by_changes_over_two_months() -> None:
    # 14 reports, then two months of silence at March 2022 + ...: factors over two months from 100 to 150 and back.
    active = [100, 100, 150, 150, *[100] * 10, None, None]
    silent = [row | {"branch": "Jambi"} for row in frames.history("2020-12", active)]
    there = [row | {"branch": "Palembang"} for row in frames.history("2020-12", [10] * 16)]
    table = frames.branch_months(*silent, *there)
    seen = views.of(table, frames.register(), None, scope=Scope(), as_of=date(2022, 3, 1), settings=settings.load())

    one = rows(missing_reports.late_series(seen))[0]

    assert (one["branch"], one["last"], one["last_month"]) == ("Jambi", 100.0, date(2022, 1, 1))
    assert (one["low"], one["high"]) == (pytest.approx(100 * 100 / 150), pytest.approx(150.0))


def test_nobody_is_bounded_above_those_who_are_eligible() -> None:
    silent = branch("Jambi", [800, 400, 500, *[500] * 10, None], eligible=[600] * 14)

    # The eligible of the last report, a month on: 2 % more a year.
    assert rows(missing_reports.late_series(view(THERE, silent)))[0]["high"] == pytest.approx(600 * 1.02 ** (1 / 12))


def test_not_even_the_lower_bound_is_above_those_who_are_eligible() -> None:
    silent = branch("Jambi", [800, 400, 500, *[500] * 10, None], eligible=[200] * 14)
    found = rows(missing_reports.late_series(view(THERE, silent)))[0]

    assert found["low"] == found["high"] == pytest.approx(200 * 1.02 ** (1 / 12))


def test_a_short_history_bounds_nothing_and_that_is_said() -> None:
    young = branch("Jambi", [None] * 5 + [500] * 8 + [None])
    seen = view(THERE, young)

    found = rows(missing_reports.bounds_of_missing(seen, []))[0]

    assert (found["reported"], found["low"], found["high"], found["unbounded"]) == (500, 500, None, 1)
    for words in (ID, EN):
        assert words.people(500) in describe_missing_reports(seen, words)
    assert "terlalu pendek" in describe_missing_reports(seen, ID)


def test_a_short_history_may_stand_anywhere_between_nobody_and_the_eligible() -> None:
    young = branch("Jambi", [None] * 5 + [500] * 8 + [None], eligible=[900] * 14)

    found = rows(missing_reports.late_series(view(THERE, young)))[0]

    assert (found["low"], found["high"]) == (0, pytest.approx(900 * 1.02 ** (1 / 12)))


def test_who_has_been_silent_for_more_than_a_year_may_be_anywhere_whatever_its_history() -> None:
    old = [row | {"branch": "Jambi"} for row in frames.history("2018-01", [500] * 36, eligible=[900] * 36)]

    found = rows(missing_reports.late_series(view(THERE, old)))[0]

    # The last report is of December 2020, fourteen months ago.
    assert (found["low"], found["high"]) == (0, pytest.approx(900 * 1.02 ** (14 / 12)))


def aimed(*parts: Sequence[dict[str, object]], **figures: int) -> View:
    chosen = TargetSet.model_validate(
        {"target": [{"branch": name, "by": "2022-12", "workers": workers} for name, workers in figures.items()]}
    )
    return views.of(
        frames.branch_months(*[row for part in parts for row in part]),
        frames.register(Palembang="Sumbagsel", Jambi="Sumbagsel"),
        chosen,
        scope=Scope(),
        as_of=AS_OF,
        settings=settings.load(),
    )


def test_a_late_branchs_target_stays_in_the_bounds_of_what_is_missing() -> None:
    found = rows(gaps.by(aimed(THERE, SILENT, Palembang=600, Jambi=1000), []))[0]

    # All targets are 1,600; 500 are reported, and Jambi has 250 to 625.
    assert (found["gap_low"], found["gap_high"]) == (1600 - 500 - 625, 1600 - 500 - 250)
    assert (found["short_low"], found["short_high"]) == (100 + 375, 100 + 750)


def test_a_surplus_of_a_late_branch_fills_no_other_shortage() -> None:
    found = rows(gaps.by(aimed(THERE, SILENT, Palembang=600, Jambi=300), []))[0]

    # Between 50 short and 325 too many.
    assert (found["gap_low"], found["gap_high"]) == (100 - 325, 100 + 50)
    assert (found["short_low"], found["short_high"]) == (100, 150)


def test_where_nothing_bounds_a_late_branch_neither_does_anything_the_gap() -> None:
    young = branch("Jambi", [None] * 5 + [500] * 8 + [None])
    found = rows(gaps.by(aimed(THERE, young, Palembang=600, Jambi=1000), []))[0]

    # It may have nobody; how many it may have at most is unknown.
    assert (found["gap_low"], found["gap_high"], found["short_low"], found["short_high"]) == (None, 1100, None, 1100)


def test_of_a_branch_that_has_not_reported_nothing_is_known_but_the_bounds() -> None:
    found = {row["branch"]: row for row in rows(gaps.by(aimed(THERE, SILENT, Palembang=600, Jambi=1000), ["branch"]))}

    jambi = found["Jambi"]
    unknown = ("active", "eligible", "achieved", "attainment", "coverage")
    assert {name: jambi[name] for name in unknown} == dict.fromkeys(unknown)
    # Between 250 and 625 of 1,000.
    assert (jambi["target"], jambi["gap_low"], jambi["gap_high"]) == (1000, 375, 750)
    assert (found["Palembang"]["active"], found["Palembang"]["gap_high"]) == (500, 100)


def test_a_branch_that_is_run_no_more_keeps_its_target_in_the_table_and_nothing_else() -> None:
    # Medan had 200 of 300 eligible in January 2021, thirteen months ago: 300 × 1.02 ^ (13/12) = 306.505 at most.
    medan = branch("Medan", [200, *[None] * 13], eligible=[300] * 14)
    seen = aimed(THERE, medan, Palembang=600, Medan=1000)

    found = missing_reports.with_the_silent(seen, gaps.by(seen, ["branch"]), ["branch"])

    assert found["branch"].to_list() == ["Medan", "Palembang"]
    row = rows(found)[0]
    assert (row["target"], row["gap_low"], row["gap_high"]) == (1000, pytest.approx(693.495, abs=5e-4), 1000)
    assert (row["status"], row["active"], row["gap"], row["expected"]) == ("unknown", None, None, None)
    assert found["active"].to_list() == [None, 500]


@pytest.mark.parametrize(
    ("active", "expected"),
    [
        # 500 of 600 in February, 560 in December: six tenths of what is missing close.
        ({"active": 500.0, "target": 600.0, "gap": 100.0, "expected": 560.0}, 0.6),
        # Nobody has reported; the law has 500 of 600.
        ({"active": None, "target": 600.0, "gap": 100.0, "expected": 560.0}, 0.6),
        # One of two has reported 500; the law has 300 of the other's.
        ({"active": 500.0, "target": 1000.0, "gap": 200.0, "expected": 850.0}, 0.25),
    ],
    ids=["all", "none", "one of two"],
)
def test_the_part_that_closes_counts_the_late_in_both_months(active: dict[str, float], expected: float) -> None:
    assert bands.closing(active) == pytest.approx(expected)


def test_the_headline_says_the_bounds() -> None:
    by_segment = gaps.by(aimed(THERE, SILENT, Palembang=600, Jambi=1000))

    assert "between 475 and 850 short" in sentences.describe_standing(by_segment, EN)
    assert "kekurangan antara 475 dan 850" in sentences.describe_standing(by_segment, ID)


def test_bounds_are_kept_by_key_and_a_key_where_all_are_late_has_nothing_reported() -> None:
    medan = branch("Medan", [*[200] * 13, None])

    found = missing_reports.bounds_of_missing(view(THERE, SILENT, medan), ["region"])

    assert found.select("region", "reported", "late", "low", "high").rows() == [
        ("Sumbagsel", 500.0, 1, 750.0, 1125.0),
        ("Sumbagut", 0.0, 1, 200.0, 200.0),
    ]


def test_where_everybody_reported_the_total_is_the_total_and_nothing_is_said() -> None:
    seen = view(THERE)

    found = rows(missing_reports.bounds_of_missing(seen, ["segment"]))[0]

    assert (found["reported"], found["late"], found["low"], found["high"]) == (500, 0, 500, 500)
    assert describe_missing_reports(seen, ID) == ""


def test_the_sentence_says_how_many_are_late_and_the_bounds() -> None:
    said = describe_missing_reports(view(THERE, SILENT), ID)

    assert said.startswith("1 dari 2 cabang belum melapor Februari 2022: totalnya antara 750 dan 1.125 pekerja")
    assert "1 of 2 branches" in describe_missing_reports(view(THERE, SILENT), EN)


@hypothesis_settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(1, 10_000), min_size=13, max_size=13), st.integers(0, 11))
def test_what_a_branch_repeats_of_its_past_lies_within_its_bounds(active: list[int], place: int) -> None:
    one = rows(missing_reports.late_series(view(THERE, branch("Jambi", [*active, None]))))[0]

    again = active[-1] * active[place + 1] / active[place]
    assert one["low"] <= again * (1 + 1e-12)
    assert one["high"] >= again * (1 - 1e-12)


def test_the_table_of_branches_shows_bounds_and_no_zero(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [f"{row['month']},{row['branch']},informal,{row['active']}" for row in [*THERE, *SILENT]]
    (tmp_path / "x.csv").write_text("\n".join(["month,branch,segment,active", *lines]), "utf-8")
    targets = 'default = "a"\n[sets.a]\ntitle = "A"\nsource = "-"\n[[sets.a.target]]\nby = "2022-12"\nworkers = 1600\n'
    (tmp_path / "targets.toml").write_text(targets + 'branch = "Jambi"\n', "utf-8")

    assert cli.main(["gaps", "--data", str(tmp_path), "--by", "branch", "--language", "en"]) == 0

    (jambi,) = [line.split() for line in capsys.readouterr().out.splitlines() if line.split()[:1] == ["Jambi"]]
    assert jambi[:7] == ["Jambi", "–", "1,600", "–", "975", "…", "1,350"]  # 250 to 625 of 1,600


def test_the_command_says_the_bounds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [*THERE, *SILENT]
    lines = [f"{row['month']},{row['branch']},informal,{row['active']}" for row in rows]
    (tmp_path / "x.csv").write_text("\n".join(["month,branch,segment,active", *lines]), "utf-8")

    assert cli.main(["gaps", "--data", str(tmp_path), "--language", "en"]) == 0

    assert "1 of 2 branches has not reported February 2022: the total is between 750 and 1,125" in (
        capsys.readouterr().err
    )
