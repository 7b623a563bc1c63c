"""Do the commands beside the main ones say what pages and files say: what matters, what came, who pays, which cliff?"""

from __future__ import annotations

import csv
import io
import json

import pytest

from coverage.commands import cli
from tests import slow_law

# One branch without lapses, and nothing known of who could be covered: 100 more in every month of 2022.
STEADY = "month,branch,segment,active,new,lapsed,returned\n" + "".join(
    f"2022-{month:02d},Palembang,informal,{1000 + 100 * month},100,0,0\n" for month in range(1, 13)
)


def law(until: str, horizon: int) -> slow_law.SlowRun:
    """Return what the slow reading of the law makes of the steady branch as it was known in a month of 2022."""
    table = csv.DictReader(io.StringIO(STEADY))
    return slow_law.run_of([row for row in table if row["month"] <= until], horizon)


TARGETS = """
default = "near"
[sets.near]
[[sets.near.target]]
branch = "Palembang"
segment = "informal"
by = "2023-06"
workers = 3000
[sets.far]
title = "Far away"
[[sets.far.target]]
branch = "Palembang"
segment = "informal"
by = "2024-12"
workers = 9000
"""
FUNDED = """
[[programme]]
name = "Half paid"
segment = "informal"
workers = 1000
starts = "2023-01"
months = 3
stay = 0.25
premium = 16800
share = 0.5
fund = "government"
"""


@pytest.fixture
def ask(tmp_path, capsys, monkeypatch):
    """Answer a command about the steady branch, as rows of CSV, or as a person reads it."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, text in (("data.csv", STEADY), ("targets.toml", TARGETS), ("funded.toml", FUNDED)):
        (tmp_path / name).write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)

    def call(command, *argv, words=False, code=0):
        given = [command, "--data", "data.csv", *argv, *([] if words else ["--format", "csv"]), "--language", "en"]
        assert cli.main(given) == code
        said = capsys.readouterr()
        if code:
            return said.err
        return " ".join(said.out.split()) if words else list(csv.DictReader(io.StringIO(said.out)))

    return call


def test_a_tenth_of_the_registrations_moves_a_tenth_of_them(ask):
    rows = {row["lever"]: row for row in ask("tornado", "--until", "2023-02", "--by", "total")}

    # A tenth of the registrations of two months, as the law has them run on.
    tenth = 0.1 * sum(law("2022-12", 2).new[1:3])
    found = (float(rows["informal.new"]["low"]), float(rows["informal.new"]["high"]))
    assert found == (pytest.approx(-tenth, abs=1e-5), pytest.approx(tenth, abs=1e-5))
    assert (rows["informal.new"]["scenario"], rows["informal.new"]["month"]) == ("baseline", "2023-02")
    assert "informal.lapse" not in rows  # a rate of nothing has no tenth


def test_a_plan_is_held_against_what_came(ask, tmp_path):
    later = STEADY.replace("2022-12,Palembang,informal,2200,100", "2022-12,Palembang,informal,2250,150")
    (tmp_path / "data.csv").write_text(later, "utf-8")

    rows = ask("plan", "--made", "2022-10")

    assert [(row["made"], row["month"]) for row in rows] == [("2022-10", "2022-11"), ("2022-10", "2022-12")]
    planned = law("2022-10", 2).run[1:3]
    assert [float(row["planned"]) for row in rows] == pytest.approx(planned, abs=1e-5)
    assert [float(row["actual"]) for row in rows] == [2100, 2250]
    assert [float(row["deviation"]) for row in rows] == pytest.approx([2100 - planned[0], 2250 - planned[1]], abs=1e-5)
    said = ask("plan", "--made", "2022-10", words=True)
    assert f"December 2022 should be {planned[1]:,.0f}, it is 2,250" in said


def test_a_plan_is_half_a_year_old_unless_told_otherwise(ask):
    assert {row["made"] for row in ask("plan")} == {"2022-06"}


@pytest.mark.parametrize("made", ["2022-12", "2021-01", "2023-05"])
def test_a_plan_of_a_month_without_data_or_without_a_past_is_refused_with_those_there_are(ask, made):
    assert "2022-01 … 2022-11" in ask("plan", "--made", made, code=2)


def test_who_pays_half_pays_half_and_three_months_count_half(ask):
    (row,) = ask("money", "--scenario", "funded.toml")

    # 1,000 people for three months of 16,800 rupiah; of six months that count, they pay three.
    assert (row["programme"], row["fund"], row["year"]) == ("Half paid", "government", "2023")
    assert (float(row["workers"]), float(row["counted"]), float(row["person_months"])) == (1000, 500, 3000)
    assert (float(row["payer_rupiah"]), float(row["members_rupiah"])) == (25_200_000, 25_200_000)
    said = ask("money", "--scenario", "funded.toml", words=True)
    assert "Rp25.2 million in all, for 3,000 months of contributions." in said


def test_three_of_four_fall_out_when_the_money_ends(ask):
    (row,) = ask("cliffs", "--scenario", "funded.toml")

    assert (row["month"], row["renew_by"]) == ("2023-04", "2023-03")
    assert (float(row["workers"]), float(row["leave"])) == (1000, 750)
    # The thousand funded come on top of the law's course; in April 750 of them leave.
    course = law("2022-12", 4).run
    found = (float(row["before"]), float(row["after"]))
    assert found == (pytest.approx(course[3] + 1000, abs=1e-5), pytest.approx(course[4] + 250, abs=1e-5))
    assert float(row["renew_rupiah"]) == 25_200_000


@pytest.mark.parametrize("command", ["money", "cliffs"])
def test_without_a_programme_nobody_pays_and_that_is_said(ask, command):
    assert ask(command, words=True) == "The scenario has no programme that pays anything in these months."
    assert ask(command) == []


def test_the_curve_begins_with_those_who_are_missing_without_money(ask):
    rows = ask("curve")

    missing = 3000 - law("2022-12", 6).run[6]
    assert (float(rows[0]["budget_rupiah"]), float(rows[0]["gap"])) == (0, pytest.approx(missing, abs=1e-5))
    gaps = [float(row["gap"]) for row in rows]
    assert gaps == sorted(gaps, reverse=True)
    assert gaps[-1] < 1
    assert f"net gap by money spent: {missing:.0f} without money" in ask("curve", words=True)


def test_all_sets_of_targets_stand_side_by_side(ask):
    rows = ask("ladders")

    found = [(row["set"], row["month"], float(row["workers"]), float(row["covered_by"])) for row in rows]
    assert found == [("near", "2023-06", 3000, 1), ("far", "2024-12", 9000, 1)]
    assert "Dec 2024 9,000 (Far away)" in ask("ladders", words=True)


@pytest.mark.parametrize("command", ["tornado", "plan", "curve", "money", "cliffs"])
def test_one_scenario_at_a_time_and_the_first_is_offered(ask, command):
    said = ask(command, "--scenario", "keep-them", "--scenario", "baseline", code=2)

    assert "--scenario" in said
    assert "keep-them" in said


def test_months_and_nulls_are_plain_in_json(ask, capsys):
    cli.main(["cliffs", "--data", "data.csv", "--scenario", "funded.toml", "--until", "2023-02", "--format", "json"])

    (row,) = json.loads(capsys.readouterr().out)
    assert (row["month"], row["before"], row["after"]) == ("2023-04", None, None)
