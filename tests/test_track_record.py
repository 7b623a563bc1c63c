"""Is a branch told where a simple way was closer than the forecast, and whose band is too narrow?"""

from __future__ import annotations

import polars as pl
import pytest

from coverage.answers import track_record
from coverage.base import settings, texts
from coverage.model import view as views
from coverage.model.view import Scope, View
from coverage.wording.track_record import describe_track_records
from tests import frames


def look(*rows: list[dict[str, object]]) -> View:
    table = frames.branch_months(*[row for part in rows for row in part])
    return views.of(table, frames.register(), None, scope=Scope(), as_of=None, settings=settings.load())


def still_but_for_a_jump(length: int = 40, jump: int = 25) -> list[dict[str, object]]:
    """A branch that never moves, but for one jump that nobody could foresee."""
    return frames.history("2019-10", [1000 + (500 if month >= jump else 0) for month in range(length)])


def test_a_branch_that_stands_still_after_a_jump_is_foreseen_best_by_its_last_month() -> None:
    found = track_record.of(look(still_but_for_a_jump()))

    # The law lets the jump fade out of its pace for a year; as last month errs by nothing.
    (row,) = found.to_dicts()
    assert (row["branch"], row["segment"], row["naive"]) == ("Palembang", "informal", "last")
    assert row["naive_mape"] < row["mape"]
    said = describe_track_records(found, texts.load("en"))
    assert said[0].startswith("In 1 branches and segments a simple way was clearly closer than the forecast: Palembang")
    assert "as in the last month" in said[0]


def test_a_naive_ways_error_is_that_of_the_past_months_worked_out_by_hand() -> None:
    # 40 months, a jump in month 25 (from 0). The past months are 24 to 37, 14 of them; what came twelve months after 28
    # and later is not known yet. "As last month" errs from month 24 alone: 1000 for 1500, a third.
    view = look(still_but_for_a_jump())
    record = view.ground.law.record
    assert record is not None
    assert record.months.tolist() == list(range(24, 38))

    (row,) = track_record.of(view).to_dicts()

    counted = {1: 14, 3: 13, 6: 10, 12: 4}[row["horizon"]]
    assert row["origins"] == counted
    assert row["naive_mape"] == pytest.approx((1 / 3) / counted)


def test_without_a_record_nothing_is_told() -> None:
    found = track_record.of(look(frames.history("2022-10", [1000, 1010, 1020])))

    assert found.is_empty()
    assert describe_track_records(found, texts.load("id")) == []


def test_a_band_that_held_half_of_the_truths_is_called_too_narrow() -> None:
    rows = track_record.of(look(still_but_for_a_jump())).with_columns(
        pl.lit(None, pl.String).alias("naive"), band=pl.lit("narrow"), held=pl.lit(0.5), origins=pl.lit(14)
    )

    said = "Palembang informal (held the truth 5 times out of 10, 14 months judged)"
    assert describe_track_records(rows, texts.load("en")) == [
        f"In 1 branches and segments the band is too narrow: {said}."
    ]
