"""What stands on a slide or a block of a briefing, before it is drawn?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

Part: TypeAlias = "LineChart | BarChart | Figure | Table"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a chart; None is a gap. `dash` is solid, dash or dot."""

    name: str
    values: Sequence[float | None]
    colour: str
    dash: str = "solid"
    points: float = 2.5


@dataclass(frozen=True, kw_only=True)
class LineChart:
    """A line chart over months."""

    months: Sequence[date]
    lines: Sequence[Line]
    alt: str


@dataclass(frozen=True, kw_only=True)
class Series:
    """The bars of one name, a value for each category (None: no bar); `colours` where each bar has its own."""

    name: str
    values: Sequence[float | None]
    colour: str
    colours: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class BarChart:
    """A bar chart: lying with a number at each bar, or standing and stacked. `unit` says what the axis counts."""

    categories: Sequence[str] | Sequence[date]  # dates are months
    series: Sequence[Series]
    alt: str
    stacked: bool = False
    unit: str = ""
    key: str = ""  # said above the bars instead of a legend


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One number, large, and what it counts: where a chart would have a single bar."""

    value: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Table:
    """Cells in the reader's language; columns from `figures` on are aligned to the right."""

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    figures: int = 1
    strong: bool = False  # the last row is a sum


@dataclass(frozen=True, kw_only=True)
class Page:
    """A slide: the sentence that is its title, what else there is to say, one or two parts, what the speaker needs.

    `split` is the left part's share of the width; a `cover` is the first slide, with its lines and nothing else.
    """

    title: str
    lead: Sequence[str] = ()
    parts: Sequence[Part] = ()
    split: float = 0.6
    notes: Sequence[str] = ()
    cover: bool = False


def one_bar(chart: BarChart) -> bool:
    """Say whether a chart would compare nothing with nothing: fewer than two of its bars are known."""
    known = [value for series in chart.series for value in series.values if value is not None]
    return len(known) < 2 or (chart.stacked and len(chart.categories) < 2)
