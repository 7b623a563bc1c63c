"""Does a view hold what was asked for, and say plainly where there is nothing?"""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from coverage.base import settings, texts
from coverage.base.errors import NothingToShow
from coverage.model import view as views
from coverage.model.targets import TargetSet
from coverage.model.view import Scope, View
from tests import frames

REGISTER = frames.register(Jambi="Sumbagsel", Palembang="Sumbagsel", Medan="Sumbagut")
TABLE = frames.branch_months(
    *frames.history("2022-12", [100, 110, 999], branch="Jambi", source="laporan", status="published"),
    *frames.history("2022-12", [200, 210], branch="Palembang", source="laporan", status="illustrative"),
    *frames.history("2022-12", [50, 60], segment="formal", source="lain"),
    *frames.history("2022-12", [300], branch="Medan"),
    *frames.history("2023-01", [7], branch="Atlantis"),
)
JANUARY = date(2023, 1, 1)


def look(wanted: Scope | None = None, as_of: date | None = JANUARY, chosen: TargetSet | None = None) -> View:
    return views.of(TABLE, REGISTER, chosen, scope=wanted or Scope(), as_of=as_of, settings=settings.load())


def names(view: View) -> list[tuple[Any, ...]]:
    return view.series.select("branch", "segment").rows()


def test_without_a_choice_everything_is_there_and_who_is_late_runs_on() -> None:
    view = look()

    assert names(view) == [
        ("Atlantis", "informal"),
        ("Jambi", "informal"),
        ("Medan", "informal"),
        ("Palembang", "formal"),
        ("Palembang", "informal"),
    ]
    assert view.late.rows() == [("Medan", "informal", "Sumbagut", "Prov. Sumbagut")]
    assert view.table["month"].max() == JANUARY


def test_without_a_month_the_latest_one_counts() -> None:
    view = look(as_of=None)

    assert view.as_of == date(2023, 2, 1)
    assert len(names(view)) == 5
    assert view.late.height == 4  # all but Jambi's informal workers


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Scope(regions=("SUMBAGSEL",)), ["Jambi", "Palembang", "Palembang"]),
        (Scope(branches=("kc jambi", "Atlantis")), ["Atlantis", "Jambi"]),
        (Scope(segments=("formal",)), ["Palembang"]),
        (Scope(branches=("Palembang",), segments=("informal",)), ["Palembang"]),
    ],
)
def test_a_choice_is_matched_as_a_person_writes_it(wanted: Scope, expected: list[str]) -> None:
    assert [branch for branch, _ in names(look(wanted))] == expected


@pytest.mark.parametrize(
    ("wanted", "code", "found", "allowed"),
    [
        (Scope(regions=("Sumbagtim",)), "region_unknown", "Sumbagtim", "Sumbagsel | Sumbagut"),
        (Scope(branches=("Jambu",)), "branch_unknown", "Jambu", "Atlantis | Jambi | Medan | Palembang"),
        (Scope(segments=("migrant",)), "segment_unknown", "migrant", "formal | informal"),
    ],
)
def test_a_choice_that_nothing_fits_is_named_with_what_there_is(
    wanted: Scope, code: str, found: str, allowed: str
) -> None:
    with pytest.raises(NothingToShow) as error:
        look(wanted)

    assert (error.value.code, error.value.data) == (code, {"found": found, "allowed": allowed})
    for language in texts.languages():
        assert found in texts.load(language).error(error.value)


def test_choices_that_do_not_meet_hold_nothing() -> None:
    with pytest.raises(NothingToShow) as error:
        look(Scope(branches=("Jambi",), segments=("formal",)))

    assert error.value.code == "scope_empty"


def test_a_month_before_all_data_is_refused_with_the_first_there_is() -> None:
    with pytest.raises(NothingToShow) as error:
        look(as_of=date(2022, 1, 1))

    assert (error.value.code, error.value.data) == ("no_month", {"found": "2022-01", "allowed": "2022-12 …"})


def test_no_rows_at_all_are_refused() -> None:
    with pytest.raises(NothingToShow) as error:
        views.of(frames.branch_months(), REGISTER, None, scope=Scope(), as_of=None, settings=settings.load())

    assert error.value.code == "no_rows"


def test_a_branchs_part_of_a_regions_target_does_not_depend_on_who_is_looking() -> None:
    chosen = TargetSet.model_validate(
        {"target": [{"region": "Sumbagsel", "segment": "informal", "by": "2023-12", "workers": 640}]}
    )

    whole, part = look(chosen=chosen), look(Scope(branches=("Jambi",)), chosen=chosen)

    # By active members, 110 and 210 of 320.
    assert whole.targets.select("branch", "target").rows() == [("Jambi", 220), ("Palembang", 420)]
    assert part.targets.select("branch", "target").rows() == [("Jambi", 220)]
    assert part.months_left.tolist() == [11]
    assert part.target_month == date(2023, 12, 1)


def test_registrations_are_no_targets_where_members_are_counted_too() -> None:
    chosen = TargetSet.model_validate(
        {
            "target": [
                {"branch": "Jambi", "by": "2023-12", "new": 50},
                {"branch": "Palembang", "segment": "informal", "by": "2023-12", "workers": 400},
            ]
        }
    )

    assert look(chosen=chosen).measure == "workers"
    assert look(Scope(branches=("Jambi",)), chosen=chosen).measure == "registrations"
    assert [one for one in look(chosen=chosen).target.tolist() if one == one] == [400]


def test_groups_place_every_series_also_where_the_region_is_unknown() -> None:
    rows, place = look().groups(["region"])

    assert rows["region"].to_list() == ["Sumbagsel", "Sumbagut", None]
    assert place.tolist() == [2, 0, 1, 0, 0]
    assert look().groups([])[0].rows() == [("total",)]


def test_the_baseline_runs_ten_years_on() -> None:
    assert look().baseline.covered.shape == (121, 5, 1)


def test_places_are_all_branches_with_their_region() -> None:
    assert views.places(TABLE, REGISTER) == [
        ("Atlantis", None),
        ("Jambi", "Sumbagsel"),
        ("Medan", "Sumbagut"),
        ("Palembang", "Sumbagsel"),
    ]


def test_illustrative_rows_and_sources_are_counted() -> None:
    view = look(Scope(branches=("Jambi", "Palembang")))

    assert views.illustrative_share(view) == pytest.approx(2 / 6)
    assert views.statuses(view)["illustrative"] == pytest.approx(2 / 6)
    assert sum(views.statuses(view).values()) == pytest.approx(1)
    assert views.sources(view) == [("laporan", 2), ("lain", 1)]


def nation(*rows: tuple[str, str, int]) -> pl.DataFrame:
    return frames.branch_months(
        *(
            {"month": month, "branch": "Indonesia", "segment": segment, "active": active}
            for month, segment, active in rows
        )
    )


SPLIT = nation(
    ("2022-12", "unsplit", 3_500),
    ("2023-02", "formal", 2_200),
    ("2023-02", "informal", 600),
    ("2023-02", "unsplit", 650),
    ("2023-04", "unsplit", 3_600),
    ("2023-05", "formal", 2_300),
    ("2023-05", "informal", 620),
    ("2023-08", "informal", 640),
    ("2023-08", "unsplit", 3_100),
)


@pytest.mark.parametrize(
    ("month", "active", "pace"),
    [
        (date(2023, 4, 1), {"unsplit": 3_600}, {"unsplit": 25}),  # totals: 100 more in four months
        (date(2023, 2, 1), {"formal": 2_200, "informal": 600, "unsplit": 650}, {}),  # a remainder is compared with none
        (date(2023, 8, 1), {"informal": 640, "unsplit": 3_100}, {"informal": 20 / 3}),  # nor one without formal with it
        (date(2023, 5, 1), {"formal": 2_300, "informal": 620}, {"formal": 100 / 3, "informal": 20 / 3}),
    ],
)
def test_a_total_is_compared_with_totals_and_a_rest_with_rests(
    month: date, active: dict[str, int], pace: dict[str, float]
) -> None:
    view = views.of(SPLIT, frames.register(), None, scope=Scope(), as_of=month, settings=settings.load())

    found = {str(row["segment"]): row for row in view.series.to_dicts()}
    assert {name: row["active"] for name, row in found.items()} == active
    known = {name: row["pace"] for name, row in found.items() if row["pace"] is not None}
    assert known == pytest.approx(pace)
    # Everybody is counted, in one segment or another: nobody is late.
    assert view.late.is_empty()
