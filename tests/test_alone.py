"""What does a lever or programme add by itself: the run with it, and without it?"""

from __future__ import annotations

from datetime import date

import pytest

from coverage.answers import alone, credit
from coverage.base import settings, texts
from coverage.model import runs
from coverage.model import view as views
from coverage.model.levers import Programme
from coverage.model.scenarios import Scenario
from coverage.model.view import Scope, View
from coverage.wording.alone import describe_alone
from tests import frames

EN, ID = texts.load("en"), texts.load("id")


def look(eligible: int | None) -> View:
    """One branch with 1,000 members, and nobody who comes or goes for a year."""
    flows = {"new": [0] * 13, "lapsed": [0] * 13, "returned": [0] * 13}
    rows = frames.history("2022-01", [1000] * 13, eligible=[eligible] * 13, **flows)
    return views.of(
        frames.branch_months(*rows), frames.register(), None, scope=Scope(), as_of=None, settings=settings.load()
    )


def paid(workers: int, **values: object) -> Programme:
    given = {"name": "APBD", "segment": "informal", "workers": workers, "starts": "2023-02", "months": 24}
    return Programme.model_validate(given | values)


def test_what_a_mover_adds_by_itself_is_the_run_with_and_without_it() -> None:
    view = look(1300)
    scenario = Scenario(programme=(paid(250),)).with_levers("informal", extra=100)

    parts = credit.split(view, Scenario(), scenario, 6).to_dicts()

    ends = {
        "both": runs.flows(view, scenario, 6).covered[-1].sum(),
        "APBD": runs.flows(view, Scenario().with_levers("informal", extra=100), 6).covered[-1].sum(),
        "extra": runs.flows(view, Scenario(programme=(paid(250),)), 6).covered[-1].sum(),
    }
    for row in parts:
        assert row["by_itself"] == pytest.approx(ends["both"] - ends[row["name"]])


def test_a_programme_that_fills_the_room_of_others_is_told_with_its_people() -> None:
    # Those 600 who register anyway have room for all but a few: 250 members add next to nobody.
    view = look(1300)
    scenario = Scenario(programme=(paid(250),)).with_levers("informal", extra=100)

    rows = alone.fall_short(view, scenario, 6)

    told = next(row for row in rows if row["name"] == "APBD")
    assert told["people"] == pytest.approx(250)
    assert told["by_itself"] < 125
    said = describe_alone([told], EN)
    assert said[0].startswith("By itself")
    assert "250" in said[0]
    assert "sendiri" in describe_alone([told], ID)[0]


def test_a_programme_with_room_for_all_is_not_told() -> None:
    assert alone.fall_short(look(None), Scenario(programme=(paid(250),)), 6) == []


def test_a_programme_whose_money_has_ended_counts_those_who_stayed() -> None:
    # 200 for two months, half of them stay: it adds 100, which are all that it still counts.
    view = look(None)

    assert alone.fall_short(view, Scenario(programme=(paid(200, months=2, stay=0.5),)), 6) == []


def test_what_takes_people_away_says_so() -> None:
    row = {"kind": "lever", "of_segment": "informal", "of_branch": None, "name": "new", "by_itself": -40.0}

    said = describe_alone([{**row, "month": date(2023, 7, 1), "people": None}], EN)

    assert "40 people fewer by July 2023" in said[0]
