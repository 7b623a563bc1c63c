"""Where does each segment stand, as bars and small lines?"""

from __future__ import annotations

from functools import lru_cache

import altair as alt
import polars as pl

from coverage.base.tables import SEGMENTS, Gaps
from coverage.base.texts import Texts, load
from coverage.charts.drawing import FAINT as FAINT
from coverage.charts.drawing import FUNDED as FUNDED
from coverage.charts.drawing import GRID as GRID
from coverage.charts.drawing import INK as INK
from coverage.charts.drawing import Chart as Chart
from coverage.charts.drawing import Spec as Spec
from coverage.charts.drawing import colour as colour
from coverage.charts.drawing import finish, named_segments, percent_labels, short_labels


def draw_bullet(
    gaps: Gaps, texts: Texts, *, alt_text: str, milestones: pl.DataFrame | None = None, dark: bool = False
) -> Chart:
    """Draw active workers against the target, a bar for each segment, with where they should be today.

    `gaps` is one row per segment; `milestones` has `segment, month, workers`.
    """
    rows = gaps.drop_nulls("target").select(
        name=named_segments(texts),
        active=pl.col("achieved"),
        target="target",
        due="due",
        attainment=pl.col("attainment"),
    )
    rows = rows.with_columns(
        label=pl.col("attainment").map_elements(texts.share, return_dtype=pl.String),
        milestone=pl.lit(None, pl.Float64),
        milestone_month=pl.lit(None, pl.String),
    )
    marked = milestones is not None and not milestones.is_empty()
    if milestones is not None and marked:
        marks = milestones.select(
            name=named_segments(texts),
            milestone="workers",
            milestone_month=pl.col("month").map_elements(texts.month, return_dtype=pl.String),
        )
        rows = pl.concat([rows, marks], how="diagonal")
    rows = rows.with_columns(_label_place(), on_bar=_holds_label())
    return Chart(
        spec=_bullet(
            texts.language,
            dark,
            gaps["target"].drop_nulls().len(),
            marked,
            bool(gaps["due"].drop_nulls().len()),
            "registered" if "registrations" in gaps.get_column("measure", default=pl.Series([""])) else "active",
        ),
        data=rows,
        alt=alt_text,
    )


_LABEL = 0.3  # of the chart's width: so much a label needs on a telephone


def _holds_label() -> pl.Expr:
    return (pl.col("active") >= _LABEL * pl.max_horizontal("target", "active").max()).fill_null(value=False)


def _label_place() -> pl.Expr:
    """Return where each bar's label begins: in the bar (0) if it holds it, else where nothing else is drawn."""
    most = pl.max_horizontal("target", "active").max()
    last = pl.max_horizontal(*(pl.col(name).max().over("name") for name in ("active", "due", "milestone")))
    return (
        pl.when(_holds_label())
        .then(0.0)
        .when(pl.col("target") <= (1 - _LABEL) * most)
        .then(pl.max_horizontal("target", last))
        .when(pl.col("target") - last >= _LABEL * most)
        .then(last)
        .otherwise("active")
        .alias("label_at")
    )


@lru_cache
def _bullet(language: str, dark: bool, count: int, marked: bool, dated: bool, counted: str) -> Spec:
    texts = load(language)
    names = [texts(f"segment.{segment}") for segment in SEGMENTS]
    colours = [colour(segment) for segment in SEGMENTS]
    base = alt.Chart().encode(
        y=alt.Y(
            "name:N", title=None, sort=names, axis=alt.Axis(labelLimit=200, ticks=False, domain=False, labelFontSize=14)
        )
    )
    x = alt.X(
        "target:Q", title=texts(f"chart.{counted}_workers"), axis=alt.Axis(labelExpr=short_labels(texts), tickCount=5)
    )
    tip = [
        alt.Tooltip("name:N", title=texts("chart.segment")),
        alt.Tooltip("active:Q", title=texts(f"chart.{counted}"), format=",.0f"),
        alt.Tooltip("target:Q", title=texts("chart.target"), format=",.0f"),
        alt.Tooltip("due:Q", title=texts("chart.due"), format=",.0f"),
    ]
    whole = base.mark_bar(size=38, color=GRID[dark], cornerRadiusEnd=3).encode(x=x, tooltip=tip)
    done = base.mark_bar(size=26, cornerRadiusEnd=3).encode(
        x="active:Q", color=alt.Color("name:N", scale=alt.Scale(domain=names, range=colours), legend=None), tooltip=tip
    )
    limit = base.mark_tick(size=44, thickness=3, color=INK[dark]).encode(x="target:Q", tooltip=tip)
    due = base.mark_tick(size=34, thickness=2.5, color=FUNDED).encode(x="due:Q", tooltip=tip)
    marks = base.mark_point(shape="diamond", size=80, filled=True, color=INK[dark], opacity=1).encode(
        x="milestone:Q",
        tooltip=[
            alt.Tooltip("milestone_month:N", title=texts("chart.milestone")),
            alt.Tooltip("milestone:Q", title=texts("chart.workers"), format=",.0f"),
        ],
    )
    # White on vermilion is 3.9:1, enough for large letters only: 19 pixels and bold.
    ink = alt.when("datum.on_bar").then(alt.value("#FFFFFF")).otherwise(alt.value(INK[dark]))
    label = base.mark_text(align="left", dx=6, fontSize=19, fontWeight="bold").encode(
        x="label_at:Q", text="label:N", color=ink
    )
    label = label.transform_filter("isValid(datum.label)")
    marks = marks.transform_filter("isValid(datum.milestone)")
    whole, done = whole.transform_filter("isValid(datum.target)"), done.transform_filter("isValid(datum.active)")
    limit, due = limit.transform_filter("isValid(datum.target)"), due.transform_filter("isValid(datum.due)")
    layers = [whole, done, limit, *([due] if dated else []), *([marks] if marked else []), label]
    return finish(alt.layer(*layers).properties(height=64 * max(count, 1) + 40), texts, dark)


def draw_spark(history: pl.DataFrame, texts: Texts, *, segment: str | None, alt_text: str, dark: bool = False) -> Chart:
    """Draw active workers over the last months, small and without axes (`history` has `month, active`)."""
    data = history.drop_nulls("active").select(pl.col("month").cast(pl.Datetime("ms")), workers="active")
    return Chart(spec=_spark(texts.language, dark, segment), data=data, alt=alt_text)


@lru_cache
def _spark(language: str, dark: bool, segment: str | None) -> Spec:
    texts = load(language)
    line = (
        alt.Chart()
        .mark_line(strokeWidth=2.5, color=colour(segment, dark=dark), point=False)
        .encode(
            x=alt.X("month:T", axis=None),
            y=alt.Y("workers:Q", axis=None, scale=alt.Scale(zero=False)),
            tooltip=[
                alt.Tooltip("month:T", title=texts("chart.month"), format="%B %Y"),
                alt.Tooltip("workers:Q", title=texts("chart.workers"), format=",.0f"),
            ],
        )
    )
    return finish(line.properties(height=48), texts, dark)


def draw_small(history: pl.DataFrame, texts: Texts, *, alt_text: str, dark: bool = False) -> Chart:
    """Draw one branch's attainment over the last months, a line for each segment.

    `history` has `month, segment, attainment` (a share).
    """
    data = history.select("month", "attainment", name=named_segments(texts)).with_columns(
        pl.col("month").cast(pl.Datetime("ms"))
    )
    return Chart(spec=_small(texts.language, dark), data=data, alt=alt_text)


@lru_cache
def _small(language: str, dark: bool) -> Spec:
    texts = load(language)
    names = [texts(f"segment.{segment}") for segment in SEGMENTS]
    base = alt.Chart().encode(
        x=alt.X(
            "month:T",
            title=None,
            axis=alt.Axis(
                format="%Y",
                tickCount=alt.TimeIntervalStep(interval="year", step=1),
                labelOverlap=True,
                labelFlush=True,
                grid=False,
            ),
        ),
        y=alt.Y(
            "attainment:Q",
            title=None,
            scale=alt.Scale(domainMin=0),
            axis=alt.Axis(labelExpr=percent_labels(texts), tickCount=3),
        ),
    )
    lines = base.mark_line(strokeWidth=2).encode(
        color=alt.Color("name:N", scale=alt.Scale(domain=names, range=[colour(s) for s in SEGMENTS]), legend=None),
        tooltip=[
            alt.Tooltip("name:N", title=texts("chart.segment")),
            alt.Tooltip("month:T", title=texts("chart.month"), format="%B %Y"),
            alt.Tooltip("attainment:Q", title=texts("chart.attainment"), format=".1%"),
        ],
    )
    full = alt.Chart().mark_rule(strokeDash=[2, 3], color=FAINT[dark], aria=False).encode(y=alt.datum(1))
    return finish(alt.layer(full, lines).properties(height=120), texts, dark)
