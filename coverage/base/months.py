"""How are calendar months written, parsed and counted? (A month is the date of its first day.)"""

from __future__ import annotations

import re
from datetime import date

_FORM = re.compile(r"(?!0000)([0-9]{4})-(0[1-9]|1[0-2])")


def parse(text: str) -> date:
    """Read `YYYY-MM`; raise `ValueError`, which says so, for anything else."""
    found = _FORM.fullmatch(text.strip())
    if not found:
        raise ValueError("YYYY-MM")
    return date(int(found[1]), int(found[2]), 1)


def code(month: date) -> str:
    """Write a month as `YYYY-MM`, the form of every file, link and command."""
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
