"""How does a table look as a picture, and what does the picture say in words?

Every chart is a function of a table and texts that returns a `Chart`: a Vega-Lite specification without data, the
data, and the message as alternative text. The specification is built by Altair once for each language and theme
and kept: building costs 20 ms, and a page that swaps only the data redraws in place (measured; a changed
specification, even a title, mounts the chart anew). So sentences that carry numbers stand above the chart, not in it.
"""

from __future__ import annotations

from functools import lru_cache

import altair as alt
import polars as pl

from coverage.base.tables import SEGMENTS, Gaps, Projection
from coverage.base.texts import Texts, load
from coverage.charts.backtest import backtest as backtest
from coverage.charts.compare import plan as plan
from coverage.charts.compare import scenarios as scenarios
from coverage.charts.credit import tornado as tornado
from coverage.charts.credit import waterfall as waterfall
from coverage.charts.drawing import (
    ALONE,
    alone,
    finish,
    half_years,
    heads,
    lone_dots,
    named_segments,
    percent_labels,
    point_tip,
    short_labels,
)
from coverage.charts.drawing import FAINT as FAINT
from coverage.charts.drawing import FONT as FONT
from coverage.charts.drawing import FUNDED as FUNDED
from coverage.charts.drawing import GRID as GRID
from coverage.charts.drawing import INK as INK
from coverage.charts.drawing import MOVED as MOVED
from coverage.charts.drawing import ROWS as ROWS
from coverage.charts.drawing import TOTAL as TOTAL
from coverage.charts.drawing import Chart as Chart
from coverage.charts.drawing import Spec as Spec
from coverage.charts.drawing import colour as colour
from coverage.charts.map import places as places
from coverage.charts.mix import gap_by_money as gap_by_money
from coverage.charts.present import demand as demand
from coverage.charts.present import enlarged as enlarged
from coverage.charts.present import shortages as shortages
from coverage.charts.targets import ladders as ladders

FLOW_COLOURS = {
    "new": "#3E7C9A",
    "returned": "#8FB8CC",
    "enrolled": FUNDED,
    "lapsed": "#8C2D4F",
    "ended": "#C98BA0",
    "left": "#9AA5B1",
}
IN, OUT = ("new", "returned", "enrolled"), ("lapsed", "ended", "left")


def trajectory(
    history: pl.DataFrame,
    baseline: Projection,
    scenario: Projection | None,
    texts: Texts,
    *,
    segment: str | None,
    milestones: pl.DataFrame | None = None,
    fan: pl.DataFrame | None = None,
    alt_text: str,
    outcome: str = "",
    dark: bool = False,
) -> Chart:
    """Draw active workers so far, where they lead, and the target.

    `history` has `month, active`; the projections are one key's rows of `PROJECTION`; `milestones` has
    `month, workers`. The funded part of the scenario (of the baseline without one) is the band below its line;
    `fan` (`month, p10, p90`, the same months) is the band around it. `outcome` is what the scenario's line says to
    those who hear the chart: as a part of the data it may change without the chart being mounted anew.
    """
    names = {kind: texts(f"chart.{kind}") for kind in ("history", "baseline", "scenario", "target")}
    parts = [
        history.select(
            "month",
            alone(),
            kind=pl.lit(names["history"]),
            workers=pl.col("active").cast(pl.Float64),
            own=pl.lit(None, pl.Float64),
        ),
        _line(baseline, names["baseline"], band=scenario is None, fan=fan if scenario is None else None),
    ]
    if scenario is not None:
        line = _line(scenario, names["scenario"], band=True, fan=fan)
        parts.append(line.with_columns(said=pl.lit(f"{names['scenario']}: {outcome}")) if outcome else line)
    target = baseline["target"].drop_nulls()
    targeted = len(target) > 0 and not history.is_empty()
    if targeted:
        span = pl.concat([history["month"], baseline["month"]])
        parts.append(
            pl.DataFrame({"month": [span.min(), span.max()], "workers": [target[0]] * 2}).select(
                "month", kind=pl.lit(names["target"]), workers="workers", own=pl.lit(None, pl.Float64)
            )
        )
    if milestones is not None and not milestones.is_empty():
        parts.append(
            milestones.select(
                "month", kind=pl.lit(texts("chart.milestone")), workers="workers", own=pl.lit(None, pl.Float64)
            )
        )
    data = pl.concat(parts, how="diagonal").with_columns(pl.col("month").cast(pl.Datetime("ms")))
    marked = milestones is not None and not milestones.is_empty()
    dotted = bool(parts[0][ALONE].any())
    there = {"scenario": scenario is not None, "target": targeted, "milestone": marked}
    drawn = frozenset({"history", "baseline", *(one for one, is_there in there.items() if is_there)})
    spec = _trajectory(texts.language, dark, segment, drawn, fan is not None, dotted)
    return Chart(spec=spec, data=data, alt=alt_text)


def _line(table: Projection, kind: str, *, band: bool, fan: pl.DataFrame | None) -> pl.DataFrame:
    own = pl.col("covered") - pl.col("funded") if band else pl.lit(None, pl.Float64)
    rows = table.select("month", kind=pl.lit(kind), workers=pl.col("covered"), own=own)
    return rows if fan is None else rows.with_columns(low=fan["p10"], high=fan["p90"])


@lru_cache
def _trajectory(
    language: str, dark: bool, segment: str | None, drawn: frozenset[str], fanned: bool, dotted: bool
) -> Spec:
    texts = load(language)
    styles: dict[str, tuple[str, list[int]]] = {
        "history": (INK[dark], [1, 0]),
        "baseline": (FAINT[dark], [6, 4]),
        "scenario": (colour(segment, dark=dark) if segment else MOVED, [1, 0]),
        "target": (INK[dark], [2, 3]),
        "milestone": (INK[dark], [1, 0]),
    }
    kinds = [kind for kind in styles if kind in drawn]
    names = [texts(f"chart.{kind}") for kind in kinds]
    colours, dashes = [styles[kind][0] for kind in kinds], [styles[kind][1] for kind in kinds]
    base, y = alt.Chart().encode(x=half_years()), heads(texts)
    tip = point_tip(texts, "own", *(("low", "high") if fanned else ()))
    scale = alt.Scale(domain=names, range=colours)
    # Two names beside each other: a third is cut off on a telephone.
    legend = alt.Legend(title=None, orient="top", columns=2, symbolOpacity=1)
    # A line is heard as its first point: it says what it is, and the scenario's what comes of it; bands are silent.
    heard = alt.ExprRef("datum.said || datum.kind")
    lines = base.mark_line(strokeWidth=2.5, interpolate="linear", description=heard).encode(
        y=y,
        color=alt.Color("kind:N", scale=scale, legend=legend),
        strokeDash=alt.StrokeDash("kind:N", scale=alt.Scale(domain=names, range=dashes), legend=legend),
        tooltip=tip,
    )
    milestone = texts("chart.milestone")
    lines = lines.transform_filter(alt.datum.kind != milestone)
    band = base.mark_area(color=FUNDED, opacity=0.35, aria=False).encode(y=alt.Y("own:Q"), y2="workers:Q", tooltip=tip)
    band = band.transform_filter("isValid(datum.own)")
    # The legend shows a diamond for the milestones, and a line, drawn as a path, for all others.
    shapes = ["diamond" if one == milestone else "M-1,0L1,0" for one in names]
    told = alt.ExprRef("datum.kind + ', ' + timeFormat(datum.month, '%B %Y') + ': ' + format(datum.workers, ',.0f')")
    dots = base.mark_point(size=90, filled=True, opacity=1, color=INK[dark], description=told).encode(
        y=y, shape=alt.Shape("kind:N", scale=alt.Scale(domain=names, range=shapes), legend=legend), tooltip=tip
    )
    dots = dots.transform_filter(alt.datum.kind == milestone)
    around = styles["scenario" if "scenario" in drawn else "baseline"][0]
    wobble = base.mark_area(color=around, opacity=0.2, aria=False).encode(
        y=alt.Y("low:Q", title=texts("chart.active_workers")), y2="high:Q", tooltip=tip
    )
    wobble = wobble.transform_filter("isValid(datum.low)")
    # A layer without rows would make Vega complain about a scale of nothing.
    lone = [lone_dots(y, INK[dark], tip)] if dotted else []
    layers = [*([wobble] if fanned else []), band, lines, *([dots] if "milestone" in drawn else []), *lone]
    return finish(alt.layer(*layers).properties(height=340), texts, dark)


def bullet(
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
    rows = rows.with_columns(_label_place())
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


def _label_place() -> pl.Expr:
    """Return where each bar's label begins: in the bar (0) if it holds it, else where nothing else is drawn."""
    most = pl.max_horizontal("target", "active").max()
    last = pl.max_horizontal(*(pl.col(name).max().over("name") for name in ("active", "due", "milestone")))
    return (
        pl.when(pl.col("active") >= _LABEL * most)
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
    ink = alt.when("datum.label_at > 0").then(alt.value(INK[dark])).otherwise(alt.value("#FFFFFF"))
    label = base.mark_text(align="left", dx=6, fontSize=19, fontWeight="bold").encode(
        x="label_at:Q", text="label:N", color=ink
    )
    label = label.transform_filter("isValid(datum.label)")
    marks = marks.transform_filter("isValid(datum.milestone)")
    whole, done = whole.transform_filter("isValid(datum.target)"), done.transform_filter("isValid(datum.active)")
    limit, due = limit.transform_filter("isValid(datum.target)"), due.transform_filter("isValid(datum.due)")
    layers = [whole, done, limit, *([due] if dated else []), *([marks] if marked else []), label]
    return finish(alt.layer(*layers).properties(height=64 * max(count, 1) + 40), texts, dark)


def flows(table: Projection, texts: Texts, *, alt_text: str, dark: bool = False) -> Chart:
    """Draw who comes in and who leaves, by calendar year (one key's rows of `PROJECTION`)."""
    years = yearly(table)
    names = {name: texts(f"flow.{name}") for name in (*IN, *OUT)}
    data = years.unpivot(index=["year", "months"], variable_name="flow", value_name="workers").with_columns(
        workers=pl.when(pl.col("flow").is_in(OUT)).then(-pl.col("workers")).otherwise(pl.col("workers")),
        kind=pl.col("flow").replace_strict(names, return_dtype=pl.String),
        people=pl.col("workers"),
        place=pl.col("flow").replace_strict(
            {name: place for place, name in enumerate((*IN, *OUT))}, return_dtype=pl.Int64
        ),
        year=pl.col("year").cast(pl.String),
    )
    return Chart(spec=_flows(texts.language, dark), data=data.drop("flow"), alt=alt_text)


def yearly(table: Projection) -> pl.DataFrame:
    """One row per calendar year: the sums of the flows, and how many months of the year are projected.

    `ended` is without those who stayed on as paying members: they do not leave.
    """
    return (
        table.drop_nulls("new")
        .with_columns(year=pl.col("month").dt.year(), ended=pl.col("ended") - pl.col("stayed"))
        .group_by("year", maintain_order=True)
        .agg(pl.len().alias("months"), *(pl.col(name).sum() for name in (*IN, *OUT)))
        .sort("year")
    )


@lru_cache
def _flows(language: str, dark: bool) -> Spec:
    texts = load(language)
    names = [texts(f"flow.{name}") for name in (*IN, *OUT)]
    scale = alt.Scale(domain=names, range=[FLOW_COLOURS[name] for name in (*IN, *OUT)])
    bars = (
        alt.Chart()
        .mark_bar(size=46)
        .encode(
            x=alt.X("year:N", title=None, axis=alt.Axis(labelAngle=0)),
            y=alt.Y("workers:Q", title=texts("chart.in_and_out"), axis=alt.Axis(labelExpr=short_labels(texts))),
            color=alt.Color(
                "kind:N", scale=scale, legend=alt.Legend(title=None, orient="top", columns=1, labelFontSize=12)
            ),
            order=alt.Order("place:Q"),
            tooltip=[
                alt.Tooltip("year:N", title=texts("chart.year")),
                alt.Tooltip("kind:N", title=texts("chart.flow")),
                alt.Tooltip("people:Q", title=texts("chart.workers"), format=",.0f"),
                alt.Tooltip("months:Q", title=texts("chart.months_projected")),
            ],
        )
    )
    zero = alt.Chart().mark_rule(color=FAINT[dark], aria=False).encode(y=alt.datum(0))
    return finish(alt.layer(bars, zero).properties(height=340), texts, dark)


def payments(years: pl.DataFrame, texts: Texts, *, alt_text: str, dark: bool = False) -> Chart:
    """Draw what each programme's payer spends by calendar year (`money.yearly`)."""
    data = years.select(
        pl.col("year").cast(pl.String),
        "programme",
        million=pl.col("payer_rupiah") / 1e6,
        amount=pl.col("payer_rupiah").map_elements(
            lambda value: texts.rupiah(value, short=True), return_dtype=pl.String
        ),
    )
    return Chart(spec=_payments(texts.language, dark), data=data, alt=alt_text)


@lru_cache
def _payments(language: str, dark: bool) -> Spec:
    texts = load(language)
    bars = (
        alt.Chart()
        .mark_bar(size=46, color=FUNDED, stroke=GRID[dark])
        .encode(
            x=alt.X("year:N", title=None, axis=alt.Axis(labelAngle=0)),
            y=alt.Y("million:Q", title=texts("chart.million_rupiah"), axis=alt.Axis(format=",.0f", tickCount=5)),
            detail="programme:N",
            tooltip=[
                alt.Tooltip("programme:N", title=texts("chart.programme")),
                alt.Tooltip("year:N", title=texts("chart.year")),
                alt.Tooltip("amount:N", title=texts("chart.paid")),
            ],
        )
    )
    return finish(bars.properties(height=240), texts, dark)


def spark(history: pl.DataFrame, texts: Texts, *, segment: str | None, alt_text: str, dark: bool = False) -> Chart:
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


def small(history: pl.DataFrame, texts: Texts, *, alt_text: str, dark: bool = False) -> Chart:
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
