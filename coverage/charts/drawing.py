"""What do all charts have in common: ink, colours, the language's numbers and months?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import altair as alt
import polars as pl
from babel.dates import get_month_names

from coverage.base import settings
from coverage.base.tables import SEGMENTS
from coverage.base.texts import Texts

Spec = dict[str, Any]

# Ink that keeps at least 4.5 : 1 on the page's own background (light, dark).
INK = {False: "#1F2933", True: "#E8ECF1"}
FAINT = {False: "#52606D", True: "#B3BDC9"}
GRID = {False: "#E1E6EB", True: "#333D49"}
TOTAL = {False: "#334E68", True: "#B8C9DB"}
MOVED = "#7B4FB5"
"""The scenario of all segments together: no segment's colour, and not the ink of the history."""
FUNDED = "#E69F00"
FONT = "system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', 'Noto Sans', 'Liberation Sans', Arial, sans-serif"
ROWS = "rows"
"""The name under which a specification expects its data."""


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A specification without data, the data it draws, and its message in words."""

    spec: Spec
    data: pl.DataFrame
    alt: str


def colour(segment: str | None, *, dark: bool = False) -> str:
    """Return a segment's colour, the same everywhere; the total's is neutral."""
    return settings.load().colours.get(segment or "", TOTAL[dark])


def named_segments(texts: Texts) -> pl.Expr:
    names = {segment: texts(f"segment.{segment}") for segment in SEGMENTS}
    return pl.col("segment").cast(pl.String).replace_strict(names, return_dtype=pl.String)


def percent_labels(texts: Texts) -> str:
    return "format(datum.value * 100, ',.0f') + '" + texts("form.percent", number="") + "'"


def short_labels(texts: Texts) -> str:
    """Return the axis label of a head count, short in this language: `1,2 jt`, `174 rb`."""
    thousand, million = texts("form.thousand"), texts("form.million")
    return (
        f"abs(datum.value) >= 1e6 ? format(datum.value / 1e6, ',.2~f') + '{million}' : "
        f"abs(datum.value) >= 1e4 ? format(datum.value / 1e3, ',.1~f') + '{thousand}' : format(datum.value, ',.0f')"
    )


def half_years() -> alt.X:
    """Return an axis of months, labelled every half year; where that is too dense every second label goes, so that
    Januaries stay."""
    step = alt.TimeIntervalStep(interval="month", step=6)
    axis = alt.Axis(format="%b %Y", tickCount=step, labelOverlap="parity", labelSeparation=6, labelFlush=False)
    return alt.X("month:T", title=None, axis=axis)


def axis_of_workers(texts: Texts, *, padding: int = 8) -> alt.Y:
    """Return an axis of active workers, which need not begin at 0."""
    scale = alt.Scale(zero=False, nice=True, padding=padding)
    return alt.Y(
        "workers:Q", title=texts("chart.active_workers"), scale=scale, axis=alt.Axis(labelExpr=short_labels(texts))
    )


ALONE = "alone"
"""The column that marks a known month between unknown ones: no line reaches it, so it is drawn as a dot."""


def alone(column: str = "active") -> pl.Expr:
    """Mark the rows of a history (sorted by month) that no line reaches."""
    known = pl.col(column).is_not_null()
    return (known & ~known.shift(1, fill_value=False) & ~known.shift(-1, fill_value=False)).alias(ALONE)


def lone_dots(y: alt.Y, colour: str, tip: list[alt.Tooltip]) -> alt.Chart:
    """Return the layer of those months; a layer without rows would make Vega complain, so only where there are any."""
    dots = alt.Chart().mark_point(size=50, filled=True, opacity=1, color=colour, aria=False)
    drawn: alt.Chart = dots.encode(x="month:T", y=y, tooltip=tip).transform_filter(f"datum.{ALONE}")
    return drawn


def point_tip(texts: Texts, *more: str) -> list[alt.Tooltip]:
    """Say of a point which line it lies on, its month, its workers, and what `more` fields hold (`chart.<field>`)."""
    fields = [alt.Tooltip(f"{field}:Q", title=texts(f"chart.{field}"), format=",.0f") for field in more]
    return [
        alt.Tooltip("kind:N", title=texts("chart.line")),
        alt.Tooltip("month:T", title=texts("chart.month"), format="%B %Y"),
        alt.Tooltip("workers:Q", title=texts("chart.workers"), format=",.0f"),
        *fields,
    ]


def finish(chart: alt.LayerChart | alt.FacetChart | alt.Chart, texts: Texts, dark: bool) -> Spec:
    """Give a chart the page's ink and the language's numbers and months; return it as a plain specification."""
    # Vega's own locale covers axes and tooltips; embedding options do not. What Vega says of axes and legends to a
    # screen reader is English whatever the language: the alternative text, the marks and the table say it instead.
    finished = chart.configure(
        background="transparent",
        font=FONT,
        locale={"number": _numbers(texts), "time": _times(texts)},
        view=alt.ViewConfig(stroke=None),
        axis=alt.AxisConfig(
            aria=False,
            labelColor=FAINT[dark],
            titleColor=FAINT[dark],
            gridColor=GRID[dark],
            domainColor=GRID[dark],
            tickColor=GRID[dark],
            labelFontSize=12,
            titleFontSize=12,
            titleFontWeight="normal",
            labelLimit=160,
        ),
        legend=alt.LegendConfig(
            aria=False, labelColor=INK[dark], labelFontSize=13, labelLimit=260, symbolStrokeWidth=3
        ),
    )
    spec: Spec = finished.to_dict(validate=False)
    spec.pop("$schema", None)
    for layer in spec.get("layer", []):
        layer.pop("data", None)  # Altair names data that nobody gave "empty"; all layers draw the same rows
    spec["data"] = {"name": ROWS}
    return spec


def _numbers(texts: Texts) -> dict[str, object]:
    marks = texts.locale.number_symbols["latn"]
    return {"decimal": marks["decimal"], "thousands": marks["group"], "grouping": [3], "currency": ["Rp", ""]}


def _times(texts: Texts) -> dict[str, object]:
    def names(width: Literal["wide", "abbreviated"]) -> Sequence[str]:
        return list(get_month_names(width, context="stand-alone", locale=texts.locale).values())

    days = texts.locale.days["stand-alone"]
    return {
        "dateTime": "%A, %e %B %Y %X",
        "date": "%d/%m/%Y",
        "time": "%H:%M:%S",
        "periods": ["AM", "PM"],
        "days": [days["wide"][(day - 1) % 7] for day in range(7)],
        "shortDays": [days["abbreviated"][(day - 1) % 7] for day in range(7)],
        "months": names("wide"),
        "shortMonths": names("abbreviated"),
    }
