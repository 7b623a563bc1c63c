"""How many branches are late, and between which bounds does the total lie, in words?"""

from __future__ import annotations

from coverage.base.texts import Texts
from coverage.model.view import View
from coverage.standing import missing_reports


def describe_missing_reports(view: View, texts: Texts) -> str:
    """Say how many branches are late, and between which bounds the total lies; nothing where none is late."""
    if view.late.is_empty():
        return ""
    row = missing_reports.bounds_of_missing(view, ()).to_dicts()[0]
    values = {
        "late": texts.people(row["late_branches"]),
        "branches": texts.people(row["branches"]),
        "month": texts.month(view.as_of),
        "reported": texts.people(row["reported"]),
    }
    if row["low"] is None or row["high"] is None:
        return texts.count("late.unbounded", row["late_branches"], **values)
    return texts.count(
        "late.between", row["late_branches"], **values, low=texts.people(row["low"]), high=texts.people(row["high"])
    )
