"""Who comes in, who leaves, and who pays, as bars: year by year, or month by month where there is but one year?"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import altair as alt
import polars as pl

from coverage.base.tables import Projection
from coverage.base.texts import Texts, load
from coverage.charts.drawing import FAINT as FAINT
from coverage.charts.drawing import FUNDED as FUNDED
from coverage.charts.drawing import GRID as GRID
from coverage.charts.drawing import Chart as Chart
from coverage.charts.drawing import Spec as Spec
from coverage.charts.drawing import finish, short_labels

FLOW_COLOURS = {
    "new": "#3E7C9A",
    "returned": "#8FB8CC",
    "enrolled": FUNDED,
    "lapsed": "#8C2D4F",
    "ended": "#C98BA0",
    "left": "#9AA5B1",
}


IN = ("new", "returned", "enrolled")


OUT = ("lapsed", "ended", "left")


FEW = 4
"""So many bars at most have one breadth, whatever the chart's."""


def draw_flows(table: Projection, texts: Texts, *, alt_text: str, dark: bool = False) -> Chart:
    """Draw who comes in and who leaves, by `flows_by_period` (one key's rows of `PROJECTION`)."""
    periods = _named(flows_by_period(table), texts)
    names = {name: texts(f"flow.{name}") for name in (*IN, *OUT)}
    data = (
        periods.unpivot([*IN, *OUT], index=["period", "months"], variable_name="flow", value_name="workers")
        .with_columns(
            workers=pl.when(pl.col("flow").is_in(OUT)).then(-pl.col("workers")).otherwise(pl.col("workers")),
            kind=pl.col("flow").replace_strict(names, return_dtype=pl.String),
            people=pl.col("workers"),
            place=pl.col("flow").replace_strict(
                {name: place for place, name in enumerate((*IN, *OUT))}, return_dtype=pl.Int64
            ),
        )
        .filter((pl.col("workers") != 0) | (pl.col("place") == 0))
    )  # a bar of nobody is none
    return Chart(spec=_flows(texts.language, dark, periods.height), data=data.drop("flow"), alt=alt_text)


def flows_by_period(table: Projection) -> pl.DataFrame:
    """Return the rows of `flows_by_year`, or a row per month where there is one year: one bar compares nothing."""
    years = flows_by_year(table)
    if years.height != 1:
        return years
    return flows_by_month(table).with_columns(months=pl.lit(1), first="month", last="month").drop("month")


def _named(periods: pl.DataFrame, texts: Texts) -> pl.DataFrame:
    """Name the months `first` to `last` of each row as its `period`."""
    names = [texts.period(row["first"], row["last"]) for row in periods.select("first", "last").to_dicts()]
    return periods.with_columns(period=pl.Series(names, dtype=pl.String))


def _bars(count: int, **marks: Any) -> alt.Chart:
    """Return bars of one breadth where they are few, and of what there is room for where each is a month."""
    breadth = {"band": 0.7} if count > FEW else 46
    bars: alt.Chart = alt.Chart().mark_bar(width=breadth, **marks)
    return bars


def _across() -> alt.X:
    return alt.X("period:N", title=None, sort=None, axis=alt.Axis(labelAngle=0, labelOverlap="greedy"))


def flows_by_year(table: Projection) -> pl.DataFrame:
    """One row per calendar year: the sums of the flows, and how many months of the year are projected: `first` to
    `last`.

    `ended` is without those who stayed on as paying members: they do not leave.
    """
    return (
        table.drop_nulls("new")
        .with_columns(year=pl.col("month").dt.year(), ended=pl.col("ended") - pl.col("stayed"))
        .group_by("year", maintain_order=True)
        .agg(
            pl.len().alias("months"),
            pl.col("month").min().alias("first"),
            pl.col("month").max().alias("last"),
            *(pl.col(name).sum() for name in (*IN, *OUT)),
        )
        .sort("year")
    )


def flows_by_month(table: Projection) -> pl.DataFrame:
    """One row per projected month with its flows; `ended` as in `flows_by_year`."""
    return (
        table.drop_nulls("new")
        .with_columns(ended=pl.col("ended") - pl.col("stayed"))
        .select("month", *(pl.col(name) for name in (*IN, *OUT)))
        .sort("month")
    )


@lru_cache
def _flows(language: str, dark: bool, count: int) -> Spec:
    texts = load(language)
    names = [texts(f"flow.{name}") for name in (*IN, *OUT)]
    scale = alt.Scale(domain=names, range=[FLOW_COLOURS[name] for name in (*IN, *OUT)])
    bars = _bars(count).encode(
        x=_across(),
        y=alt.Y("workers:Q", title=texts("chart.in_and_out"), axis=alt.Axis(labelExpr=short_labels(texts))),
        color=alt.Color(
            "kind:N", scale=scale, legend=alt.Legend(title=None, orient="top", columns=1, labelFontSize=12)
        ),
        order=alt.Order("place:Q"),
        tooltip=[
            alt.Tooltip("period:N", title=texts("chart.period")),
            alt.Tooltip("kind:N", title=texts("chart.flow")),
            alt.Tooltip("people:Q", title=texts("chart.workers"), format=",.0f"),
            alt.Tooltip("months:Q", title=texts("chart.months_projected")),
        ],
    )
    zero = alt.Chart().mark_rule(color=FAINT[dark], aria=False).encode(y=alt.datum(0))
    return finish(alt.layer(bars, zero).properties(height=340), texts, dark)


def draw_payments(paid: pl.DataFrame, texts: Texts, *, alt_text: str, dark: bool = False) -> Chart:
    """Draw what each programme's payer spends (`money.monthly`): by calendar year, or by month where there is but one;
    two programmes of one name are two bars."""
    year = pl.col("month").dt.year()
    by = year if paid["month"].dt.year().n_unique() > 1 else pl.col("month")
    spent = (
        paid.group_by("number", "programme", by.alias("when"), maintain_order=True)
        .agg(pl.col("payer_rupiah").sum(), pl.col("month").min().alias("first"), pl.col("month").max().alias("last"))
        .with_columns(pl.col("first").min().over("when"), pl.col("last").max().over("when"))
        .sort("when", "number")
    )
    data = _named(spent, texts).select(
        "number",
        "period",
        "programme",
        million=pl.col("payer_rupiah") / 1e6,
        amount=pl.col("payer_rupiah").map_elements(
            lambda value: texts.rupiah(value, short=True), return_dtype=pl.String
        ),
    )
    return Chart(spec=_payments(texts.language, dark, spent["when"].n_unique()), data=data, alt=alt_text)


@lru_cache
def _payments(language: str, dark: bool, count: int) -> Spec:
    texts = load(language)
    bars = _bars(count, color=FUNDED, stroke=GRID[dark]).encode(
        x=_across(),
        y=alt.Y("million:Q", title=texts("chart.million_rupiah"), axis=alt.Axis(format=",.0f", tickCount=5)),
        detail=["number:O", "programme:N"],
        tooltip=[
            alt.Tooltip("programme:N", title=texts("chart.programme")),
            alt.Tooltip("period:N", title=texts("chart.period")),
            alt.Tooltip("amount:N", title=texts("chart.paid")),
        ],
    )
    return finish(bars.properties(height=240), texts, dark)
