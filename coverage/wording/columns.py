"""How is each column of our tables written for people: as a head count, a share, a month, an amount of money, a word?

One place for all columns: a screen's table keeps the numbers (so that it sorts by them) and shows what `write` makes.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from coverage.answers import backtest
from coverage.base.texts import NONE, Texts
from coverage.wording.chances import describe_chance
from coverage.wording.sentences import ICONS

TEXT, PEOPLE, SIGNED, SHARE, PART, LIKELY = "text", "people", "signed", "share", "part", "likely"
MONTH, RUPIAH, TIMES, YEAR = "month", "rupiah", "times", "year"
FIGURES = frozenset({PEOPLE, SIGNED, SHARE, PART, LIKELY, RUPIAH, TIMES})
"""The formats that stand at the right of their column."""

_ERRORS = tuple(f"error_{method}" for method in backtest.METHODS)
_COLUMNS = {
    PEOPLE: (
        *("active", "achieved", "eligible", "target", "milestone", "gap", "short", "expected", "covered", "funded"),
        *("counted", "new", "lapsed", "returned", "enrolled", "ended", "stayed", "left", "baseline", "history"),
        *("p10", "p50", "p90", "workers", "person_months", "months", "due", "required_pace", "finish", "planned"),
        *("actual", "error", "origins", "naive_origins", "horizon", "before", "after", "leave", "people", "peak"),
        *("missed", "read", "kept", "set_aside", "blank", "totals", "header_line"),
    ),
    SIGNED: ("pace", "difference", "deviation", "part", "by_itself", "low", "high", "amount", "needed", "best"),
    SHARE: ("attainment", "coverage", "mape", "naive_mape", "bias", "inside", "score", *_ERRORS),
    PART: ("covered_by",),
    LIKELY: ("chance",),
    MONTH: ("month", "first", "last", "target_month", "eta", "peak_month", "renew_by"),
    TIMES: ("ratio",),
    YEAR: ("year",),
    RUPIAH: (
        *("payer_rupiah", "members_rupiah", "renew_rupiah", "full_rupiah", "due_rupiah", "saving_rupiah"),
        *("unit_rupiah", "cost_rupiah", "marginal_rupiah", "budget_rupiah"),
    ),
}
FORMATS = {name: form for form, names in _COLUMNS.items() for name in names}
"""Column -> its format; a column that is not named here holds words."""


def form(column: str) -> str:
    """Return how a column is written; one of several (`covered_2`) as its name without the number says."""
    numbered = "_" in column and column[-1:].isdigit()
    return FORMATS.get(column.rstrip("0123456789").removesuffix("_") if numbered else column, TEXT)


def write_value(value: Any, column: str, texts: Texts, *, as_form: str = "") -> str:
    """Write one value as its column is written, or as another format says."""
    if value is None:
        return NONE
    words: dict[str, Callable[[], str]] = {
        "status": lambda: f"{ICONS[str(value)]} {texts(f'standing.{value}')}",
        "segment": lambda: texts(f"segment.{value}"),
        "method": lambda: texts(f"backtest.method.{value}"),
        "naive": lambda: texts(f"backtest.method.{value}"),
        "fund": lambda: texts(f"fund.{value}"),
    }
    if column in words:
        return words[column]()
    writers: dict[str, Callable[[Any], str]] = {
        PEOPLE: texts.people,
        SIGNED: texts.signed,
        SHARE: texts.share,
        PART: lambda share: texts.share(share, 0),
        LIKELY: lambda share: describe_chance(share, texts),
        RUPIAH: texts.rupiah,
        TIMES: lambda ratio: f"{texts.decimal(ratio)} ×",
        MONTH: lambda month: texts.month(month, short=True) if isinstance(month, date) else str(month),
        YEAR: lambda year: str(int(year)),
        TEXT: str,
    }
    return writers[as_form or form(column)](value)
