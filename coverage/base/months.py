"""How are calendar months written, parsed and counted? (A month is the date of its first day.)"""

from __future__ import annotations

import re
from datetime import date

_FORM = re.compile(r"(?!0000)([0-9]{4})-(0[1-9]|1[0-2])")
_AHEAD = re.compile(r"\+([0-9]{1,3})")
MOST_AHEAD = 600


class Ahead(date):
    """A month that is counted from the as-of month on: `+3`. As a date it lies before all data until `at` places it."""

    @property
    def months(self) -> int:
        return (self.year - 1) * 12 + self.month - 1


def ahead(count: int) -> Ahead:
    """Return the month so many months after the as-of month, whichever that will be."""
    return Ahead(count // 12 + 1, count % 12 + 1, 1)


def at(month: date, as_of: date) -> date:
    """Return a month as a date: one that is counted from the as-of month on lies so many months after it."""
    return add(as_of, month.months) if isinstance(month, Ahead) else month


def parse(text: str) -> date:
    """Read `YYYY-MM`; raise `ValueError`, which says so, for anything else."""
    match = _FORM.fullmatch(text.strip())
    if not match:
        raise ValueError("YYYY-MM")
    return date(int(match[1]), int(match[2]), 1)


def parse_any(text: str) -> date:
    """Read `YYYY-MM`, or `+3` for a month counted from the as-of month on; raise `ValueError` for anything else."""
    match = _AHEAD.fullmatch(text.strip())
    if match is None:
        return parse(text)
    if int(match[1]) > MOST_AHEAD:
        raise ValueError("YYYY-MM")
    return ahead(int(match[1]))


def code(month: date) -> str:
    """Write a month as `YYYY-MM`, the form of every file, link and command; as `+3` if it is counted from the as-of
    month on."""
    if isinstance(month, Ahead):
        return f"+{month.months}"
    return f"{month.year:04d}-{month.month:02d}"


def number(month: date) -> int:
    """Return the count of months since year 0, so that months subtract."""
    return month.year * 12 + month.month - 1


def from_number(count: int) -> date:
    """Return the month that so many months since year 0 lead to."""
    return date(count // 12, count % 12 + 1, 1)


def add(month: date, months: int) -> date:
    """Return the month so many months later (earlier if negative)."""
    return from_number(number(month) + months)


def between(earlier: date, later: date) -> int:
    """Return how many months lie from one month to the other (negative if it is the other way round)."""
    return number(later) - number(earlier)
