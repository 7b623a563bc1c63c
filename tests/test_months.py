"""Are months read, written and counted alike everywhere?"""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.base import months

MONTHS = st.builds(date, st.integers(1, 9998), st.integers(1, 12), st.just(1))


@pytest.mark.parametrize(("text", "expected"), [("2023-01", date(2023, 1, 1)), (" 1999-12 ", date(1999, 12, 1))])
def test_a_month_is_read(text: str, expected: date) -> None:
    assert months.parse(text) == expected


@pytest.mark.parametrize(
    "text", ["", "2023", "2023-13", "2023-00", "2023-1", "23-01", "2023-01-01", "01/2023", "0000-01", "2023-01x"]
)
def test_anything_else_is_refused_with_what_would_be_right(text: str) -> None:
    with pytest.raises(ValueError, match="YYYY-MM"):
        months.parse(text)


@given(MONTHS)
def test_a_month_comes_back_from_its_text_and_its_number(month: date) -> None:
    assert months.parse(months.code(month)) == month
    assert months.from_number(months.number(month)) == month


@given(MONTHS, st.integers(-11, 11))
def test_as_many_months_lie_between_as_were_added(month: date, count: int) -> None:
    there = months.add(date(5000, month.month, 1), count)

    assert months.between(date(5000, month.month, 1), there) == count


def test_months_are_counted_over_the_years() -> None:
    assert months.add(date(2022, 11, 1), 3) == date(2023, 2, 1)
    assert months.add(date(2023, 1, 1), -1) == date(2022, 12, 1)
    assert months.between(date(2023, 1, 1), date(2023, 12, 1)) == 11
    assert months.between(date(2023, 1, 1), date(2022, 1, 1)) == -12
