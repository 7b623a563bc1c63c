"""Are the rates of the past those of the model, section 5, and is a missing month left out?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from coverage.base import months, settings, tables
from coverage.model import history, projection
from coverage.model.plan import resolved
from tests import frames

SETTINGS = settings.load()
NOBODY = frames.register()


def rates(rows: Sequence[Mapping[str, object]], as_of: date | None = None) -> dict[str, Any]:
    """The one series of these rows."""
    table = frames.branch_months(*rows)
    last = as_of or table["month"].max()
    assert isinstance(last, date)
    found = history.series(table, NOBODY, as_of=last, settings=SETTINGS)
    assert found.height == 1
    return found.to_dicts()[0]


STILL = [0, 0, 0]
"""Three months in which nothing happens: six have to be known before flows have rates."""


def test_rates_from_full_flows_are_the_models() -> None:
    # 1000 +100 −50 +0, 1050 +90 −63 +6, 1083 +80 −27 +9 = 1145
    found = rates(
        frames.history(
            "2022-07",
            [1000, 1050, 1083, 1145, 1145, 1145, 1145],
            new=[None, 100, 90, 80, *STILL],
            lapsed=[None, 50, 63, 27, *STILL],
            returned=[None, 0, 6, 9, *STILL],
            funded=[0, 0, 0, 45, 45, 45, 45],
            eligible=[2000, 2000, 2000, 2100, 2100, 2100, 2100],
        )
    )

    assert found["new"] == pytest.approx((100 + 90 + 80) / 6)
    assert found["lapse"] == pytest.approx((50 + 63 + 27) / (1000 + 1050 + 1083 + 3 * 1145))
    # The pool: 50, 107, 125; what returned is compared with the pool of the month before (0, 50, 107, 125, …).
    assert found["pool"] == 50 - 0 + 63 - 6 + 27 - 9
    assert found["back"] == pytest.approx((0 + 6 + 9) / (0 + 50 + 107 + 3 * 125))
    assert found["active"] == 1145
    assert found["funded"] == 45
    assert found["eligible"] == 2100
    assert found["pace"] == pytest.approx(145 / 6)
    assert found["months_of_history"] == 6
    assert found["rates_from"] == "flows"
    assert found["season_new"] == [1.0] * 12


def test_the_pool_is_empty_before_the_first_month_whose_flows_count() -> None:
    # The pool: 60 - 50 = 10, then 98 for good. Before the six months it was 0, 10 and four times 98.
    found = rates(
        frames.history("2022-08", [1000] * 6, new=[0] * 6, lapsed=[60, 90, 0, 0, 0, 0], returned=[50, 2, 0, 0, 0, 0]),
    )

    assert found["pool"] == 98
    assert found["back"] == pytest.approx(52 / (0 + 10 + 4 * 98))


def test_the_pool_never_holds_more_people_than_are_uncovered() -> None:
    # 80 lapse and 10 return a month: the pool would be 70, 140, 210, …, but of 1000 only 100 are uncovered.
    found = rates(
        frames.history(
            "2022-07",
            [900] * 7,
            new=[None, *[70] * 6],
            lapsed=[None, *[80] * 6],
            returned=[None, *[10] * 6],
            eligible=[1000] * 7,
        )
    )

    assert found["pool"] == 100
    # Fitted on the pool that the projection keeps: of 0, 70 and four times 100, not of 0, 70, 140, …
    assert found["back"] == pytest.approx(60 / 470)


def test_where_the_eligible_are_unknown_for_a_month_the_pool_has_no_limit_in_it() -> None:
    # 70, then 140 (nobody knows E), then at most 100 again.
    found = rates(
        frames.history(
            "2022-07",
            [900] * 7,
            new=[None, *[70] * 6],
            lapsed=[None, *[80] * 6],
            returned=[None, *[10] * 6],
            eligible=[1000, 1000, None, *[1000] * 4],
        )
    )

    assert found["pool"] == 100
    assert found["back"] == pytest.approx(60 / (0 + 70 + 140 + 3 * 100))


def test_only_the_last_twelve_months_set_the_rates_but_the_pool_goes_back_to_the_beginning() -> None:
    # 24 months of 10 in and 20 out, then 12 of 30 in and 10 out.
    active = [2000]
    for new, lapsed in [(10, 20)] * 24 + [(30, 10)] * 12:
        active.append(active[-1] + new - lapsed)
    found = rates(
        frames.history("2020-01", active, new=[None, *[10] * 24, *[30] * 12], lapsed=[None, *[20] * 24, *[10] * 12])
    )

    assert found["new"] == 30
    assert found["lapse"] == pytest.approx(120 / sum(active[24:36]))
    assert found["pool"] == 24 * 20 + 12 * 10
    assert found["pace"] == 20
    assert found["months_of_history"] == 12


@pytest.mark.parametrize(
    ("known", "values"), [("new", [None, 100, 90, 80]), ("lapsed", [None, 50, 63, 27])], ids=["lapsed", "new"]
)
def test_a_flow_that_is_missing_follows_from_the_balance(known: str, values: list[int]) -> None:
    columns: dict[str, Any] = {known: [*values, *STILL], "returned": [None, 0, 6, 9, *STILL]}

    found = rates(frames.history("2022-07", [1000, 1050, 1083, *[1145] * 4], **columns))

    assert found["new"] == pytest.approx(270 / 6)
    assert found["lapse"] == pytest.approx(140 / (3133 + 3 * 1145))
    assert found["pool"] == 125
    assert found["rates_from"] == "flows"


def test_a_balance_that_would_need_negative_flows_counts_none() -> None:
    # 10 registered, yet 30 more members: nobody lapsed, rather than −20.
    found = rates(frames.history("2022-07", list(range(1000, 1210, 30)), new=[None, *[10] * 6]))

    assert found["lapse"] == 0
    assert found["new"] == 10


def test_where_only_stocks_are_known_no_flow_has_a_rate() -> None:
    found = rates(frames.history("2022-10", [1000, 1100, 1060, 1120]))

    assert (found["new"], found["lapse"], found["back"], found["pool"]) == (0, 0, 0, 0)
    assert (found["registrations"], found["rates_from"]) == (None, "stocks")


def test_flows_of_five_months_are_too_few_for_rates_but_are_counted() -> None:
    flows: dict[str, Any] = {"new": [None, *[30] * 5], "lapsed": [None, *[10] * 5]}
    found = rates(frames.history("2022-08", list(range(1000, 1120, 20)), **flows))

    assert (found["new"], found["lapse"], found["rates_from"], found["registrations"]) == (0, 0, "stocks", 30)


def test_a_missing_month_is_left_out_of_the_means() -> None:
    # December is missing: its flows and January's net change are unknown; the others stay.
    found = rates(
        frames.history(
            "2022-06",
            [1000, 1000, 1000, 1000, 1050, 1083, None, 1145],
            new=[None, *STILL, 100, 90, 999, 80],
            lapsed=[None, *STILL, 50, 63, 999, 27],
        )
    )

    assert found["new"] == pytest.approx((100 + 90 + 80) / 6)
    # January's lapses have no month before to be a share of.
    assert found["lapse"] == pytest.approx((50 + 63) / (4 * 1000 + 1050))
    assert found["pace"] == pytest.approx(145 / 7)
    assert found["months_of_history"] == 7


def test_a_single_month_tells_no_rates_whatever_its_flows() -> None:
    found = rates(frames.history("2023-01", [1000], new=[100], lapsed=[100], returned=[7]))

    assert (found["new"], found["lapse"], found["back"], found["months_of_history"]) == (0, 0, 0, 0)


def test_sparse_stocks_have_the_pace_between_them() -> None:
    up = rates([{"month": "2022-07", "active": 1000}, {"month": "2023-01", "active": 1300}])
    down = rates([{"month": "2022-07", "active": 1300}, {"month": "2023-01", "active": 1000}])

    assert (up["pace"], up["months_of_history"]) == (50, 6)
    assert (down["pace"], down["months_of_history"]) == (-50, 6)


def test_the_pace_spans_twelve_months_at_most_and_says_how_many() -> None:
    rows = [
        {"month": "2020-01", "active": 1},
        {"month": "2022-01", "active": 1000},
        {"month": "2022-06", "active": 1060},
        {"month": "2023-01", "active": 1120},
    ]

    assert (rates(rows)["pace"], rates(rows)["months_of_history"]) == (10, 12)
    assert (rates(rows[2:])["pace"], rates(rows[2:])["months_of_history"]) == (pytest.approx(60 / 7), 7)


def test_a_single_month_has_no_history() -> None:
    found = rates([{"month": "2023-01", "active": 1000}])

    assert found["pace"] is None
    assert (found["months_of_history"], found["new"], found["lapse"], found["back"], found["pool"]) == (0, 0, 0, 0, 0)
    assert found["rates_from"] == "none"


def test_history_older_than_the_window_is_no_pace() -> None:
    found = rates([{"month": "2021-01", "active": 1000}, {"month": "2023-01", "active": 2000}])

    assert (found["pace"], found["months_of_history"], found["rates_from"]) == (None, 0, "none")


def test_rows_after_the_as_of_month_are_not_looked_at() -> None:
    rows = frames.history("2022-10", [1000, 1100, 1200, 99999])

    assert rates(rows, date(2022, 12, 1)) == rates(rows[:3], date(2022, 12, 1))


def test_a_branch_that_has_not_reported_is_not_carried_forward() -> None:
    found = rates(frames.history("2022-10", [1000, 1100, 1200]), date(2023, 1, 1))

    assert found["active"] is None
    # Its pace is that of its last report, a month ago.
    assert (found["pace"], found["months_of_history"], found["late"]) == (100, 2, 1)


def test_more_funded_than_active_count_as_all_of_them() -> None:
    assert rates([{"month": "2023-01", "active": 100, "funded": 120}])["funded"] == 100


def test_a_branch_finds_its_region_however_it_is_written() -> None:
    table = frames.branch_months(
        {"month": "2023-01", "active": 1, "branch": "KC  muara ENIM"},
        {"month": "2023-01", "active": 1, "branch": "Atlantis"},
    )

    found = history.series(table, frames.register(Muara_Enim="Sumbagsel"), as_of=date(2023, 1, 1), settings=SETTINGS)

    assert found.select("branch", "region", "province").rows() == [
        ("Atlantis", None, None),
        ("KC  muara ENIM", "Sumbagsel", "Prov. Sumbagsel"),
    ]
    assert found.schema == tables.SERIES


def test_no_rows_are_no_series() -> None:
    found = history.series(frames.branch_months(), NOBODY, as_of=date(2023, 1, 1), settings=SETTINGS)

    assert found.is_empty()
    assert found.columns == list(tables.SERIES)


@hypothesis_settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), min_size=6, max_size=30))
def test_the_pool_never_falls_below_nobody(flows: list[tuple[int, int]]) -> None:
    expected, least = 0, 0
    for lapsed, returned in flows:
        expected = max(0, expected + lapsed - returned)
        least = min(least, expected)
    rows = frames.history(
        "2020-01",
        [10_000] * (len(flows) + 1),
        new=[None, *[0] * len(flows)],
        lapsed=[None, *(one for one, _ in flows)],
        returned=[None, *(one for _, one in flows)],
    )

    assert rates(rows)["pool"] == expected
    assert least == 0


# Seasons

YEAR = [50, 150, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100]
"""Registrations from February to January: few in February, many in March."""


def seasonal(years: float, level: int = 1, *, flows: bool = True) -> list[dict[str, object]]:
    length = round(years * 12)
    new = [level * one for one in (YEAR * 10)[-length:]]
    active = np.cumsum([10_000, *new]).tolist()
    columns: dict[str, Any] = {"new": [None, *new], "lapsed": [None, *[0] * length]} if flows else {}
    first = months.code(months.add(date(2023, 1, 1), -length))
    return frames.history(first, active, **columns)


def test_two_years_of_flows_give_a_seasonal_shape_by_calendar_month() -> None:
    found = rates(seasonal(2))

    assert found["season_new"] == pytest.approx([1, 0.5, 1.5, *[1] * 9])
    assert found["season_lapse"] == [1.0] * 12
    assert np.mean(found["season_new"]) == pytest.approx(1)


def test_less_than_two_years_of_flows_give_none() -> None:
    assert rates(seasonal(23 / 12))["season_new"] == [1.0] * 12


def test_a_season_is_a_shape_not_a_trend() -> None:
    # Twice as many in the second year, in the same shape.
    rows = seasonal(2)
    new = [*YEAR, *(2 * one for one in YEAR)]
    active = np.cumsum([10_000, *new]).tolist()
    for place, row in enumerate(rows):
        row |= {"active": active[place], "new": None if place == 0 else new[place - 1]}

    assert rates(rows)["season_new"] == pytest.approx([1, 0.5, 1.5, *[1] * 9])


def test_lapses_have_a_shape_of_their_own_as_a_share_of_members() -> None:
    lapsed = [100, *[0] * 11] * 2  # all of a year's lapses fall in February
    active = [1000]
    for one in lapsed:
        active.append(active[-1] - one + (100 if len(active) % 12 == 0 else 0))
    new = [None, *np.diff(active) + np.array(lapsed)]

    found = rates(
        frames.history("2021-01", active, new=[None if n is None else int(n) for n in new], lapsed=[None, *lapsed])
    )

    assert found["season_lapse"] == pytest.approx([0, 12, *[0] * 10])


def test_the_shape_starts_at_the_right_month_whatever_the_as_of_month() -> None:
    for back in range(12):
        as_of = months.add(date(2023, 1, 1), -back)
        length = 36 - back
        new = (YEAR * 3)[:length]
        rows = frames.history(
            "2020-01", np.cumsum([10_000, *new]).tolist(), new=[None, *new], lapsed=[None, *[0] * length]
        )

        assert rates(rows, as_of)["season_new"][1:3] == pytest.approx([0.5, 1.5]), as_of


def test_series_are_alone_each_with_its_own_rates() -> None:
    one = frames.history("2022-10", [1000, 1050, 1083, 1145], new=[None, 100, 90, 80], lapsed=[None, 50, 57, 18])
    other = frames.history("2022-12", [500, 400], branch="Jambi")
    table = frames.branch_months(*one, *other)

    together = history.series(table, NOBODY, as_of=date(2023, 1, 1), settings=SETTINGS)

    alone = [
        history.series(frames.branch_months(*rows), NOBODY, as_of=date(2023, 1, 1), settings=SETTINGS)
        for rows in (other, one)
    ]
    assert together.equals(pl.concat(alone))


COUNT = st.none() | st.integers(0, 5000)


@hypothesis_settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.fixed_dictionaries(
            {"active": COUNT, "eligible": st.none() | st.integers(1, 9000)}
            | dict.fromkeys(("new", "lapsed", "returned", "funded"), COUNT)
        ),
        min_size=1,
        max_size=40,
    )
)
def test_whatever_a_branch_sends_its_rates_are_numbers_that_can_be_projected(months_sent: list[dict[str, Any]]) -> None:
    months_sent[-1]["active"] = months_sent[-1]["active"] or 0
    columns = {name: [row[name] for row in months_sent] for name in ("eligible", "new", "lapsed", "returned", "funded")}
    rows = frames.history("2020-01", [row["active"] for row in months_sent], **columns)

    series = history.series(
        frames.branch_months(*rows),
        NOBODY,
        as_of=months.parse(str(rows[-1]["month"])),
        settings=SETTINGS,
    )
    found = series.to_dicts()[0]
    still = resolved(series, {}, {}, (), as_of=found["month"], growth=0.02)
    flows = projection.run(projection.start(series), still, 24)

    assert 0 <= found["lapse"] <= 1
    assert 0 <= found["back"] <= 1
    assert found["new"] >= 0
    assert found["pool"] >= 0
    assert found["funded"] <= found["active"]
    for shape in (found["season_new"], found["season_lapse"]):
        assert min(shape) >= 0
        assert np.mean(shape) == pytest.approx(1)
    assert np.isfinite(flows.covered).all()
    assert (flows.covered >= -1e-6).all()
