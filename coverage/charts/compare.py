"""How do several scenarios look beside each other, and a plan beside what came?

Every line has a dash and a mark at its end of its own: none is told by its colour alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import altair as alt
import polars as pl

from coverage.base.tables import Projection
from coverage.base.texts import Texts, load
from coverage.charts.drawing import (
    ALONE,
    INK,
    Chart,
    Spec,
    alone,
    axis_of_workers,
    finish,
    half_years,
    lone_dots,
    point_tip,
)

# Four that are told apart by people who see few colours (Wong 2011, doi 10.1038/nmeth.1618), none of them a segment's.
COLOURS = {
    False: ("#52606D", "#7B4FB5", "#0B7A75", "#B0446A"),
    True: ("#B3BDC9", "#B79AE0", "#4FC1B8", "#E08AAE"),
}
DASHES = ([6, 4], [1, 0], [10, 3, 2, 3], [14, 5])
_RECENT = 24
"""So many months of history are drawn."""
SHAPES = ("circle", "square", "triangle-up", "diamond")


def draw_scenarios(
    history: pl.DataFrame,
    projections: Mapping[str, Projection],
    texts: Texts,
    *,
    fans: Mapping[str, pl.DataFrame] | None = None,
    alt_text: str,
    dark: bool = False,
) -> Chart:
    """Draw active workers so far and where each scenario leads, and the target.

    `history` has `month, active`; `projections` are up to four scenarios' rows of one key by the name shown, `fans`
    (`month, p10, p90`, the same months) the bands round them.
    """
    fans = fans or {}
    recent = history.tail(_RECENT)  # more would press the scenarios, which are what is asked about, to the edge
    parts = [_points(recent, texts("chart.history"), "active").with_columns(alone("workers"))]
    parts += [_ahead(table, name, fans.get(name)) for name, table in projections.items()]
    parts += _target(recent, next(iter(projections.values())), texts)
    data = pl.concat(parts, how="diagonal").with_columns(pl.col("month").cast(pl.Datetime("ms")))
    last = data["month"].max()
    data = data.with_columns(end=(pl.col("month") == last) & pl.col("kind").is_in(list(projections)))
    targeted = bool((data["kind"] == texts("chart.target")).any())
    dotted = bool(parts[0][ALONE].any())
    spec = _lines(texts.language, dark, tuple(projections), banded=tuple(fans), targeted=targeted, dotted=dotted)
    return Chart(spec=spec, data=data, alt=alt_text)


def draw_plan(history: pl.DataFrame, held: pl.DataFrame, texts: Texts, *, alt_text: str, dark: bool = False) -> Chart:
    """Draw a plan beside what came: `history` (`month, active`) all along, `held` (`plans.against`, one key's rows)
    since the plan was made, with its bounds where they are known."""
    first = held["month"].min()
    history = history.filter(pl.col("month") >= pl.lit(first).dt.offset_by("-13mo"))
    bounds = {"low": "p10", "high": "p90"} if "p10" in held.columns else {}
    line = held.select(
        "month",
        kind=pl.lit(texts("compare.planned")),
        workers="planned",
        **{name: pl.col(column) for name, column in bounds.items()},
    )
    # The plan sets out from what stood there when it was made.
    made = history.filter(pl.col("month") < first).tail(1).drop_nulls("active")
    begun = _points(made, texts("compare.planned"), "active")
    begun = begun.with_columns(pl.col("workers").alias(name) for name in bounds)
    came = _points(history, texts("compare.actual"), "active").with_columns(alone("workers"))
    data = pl.concat([came, begun, line], how="diagonal")
    banded = bool(bounds) and held["p10"].drop_nulls().len() > 0
    return Chart(
        spec=_plan(texts.language, dark, banded, bool(came[ALONE].any())),
        data=data.with_columns(pl.col("month").cast(pl.Datetime("ms"))),
        alt=alt_text,
    )


def _points(rows: pl.DataFrame, kind: str, column: str) -> pl.DataFrame:
    return rows.select("month", kind=pl.lit(kind), workers=pl.col(column).cast(pl.Float64))


def _ahead(table: Projection, name: str, fan: pl.DataFrame | None) -> pl.DataFrame:
    rows = _points(table, name, "covered")
    return rows if fan is None else rows.with_columns(low=fan["p10"], high=fan["p90"])


def _target(history: pl.DataFrame, projected: Projection, texts: Texts) -> list[pl.DataFrame]:
    target = projected["target"].drop_nulls()
    if target.is_empty() or history.is_empty():
        return []
    span = pl.concat([history["month"], projected["month"]])
    rows = pl.DataFrame({"month": [span.min(), span.max()], "workers": [target[0]] * 2})
    return [_points(rows, texts("chart.target"), "workers")]


@lru_cache(maxsize=64)
def _lines(
    language: str, dark: bool, names: tuple[str, ...], *, banded: tuple[str, ...], targeted: bool, dotted: bool
) -> Spec:
    texts = load(language)
    kinds = [texts("chart.history"), *names, *([texts("chart.target")] if targeted else [])]
    colours = [INK[dark], *COLOURS[dark][: len(names)], *([INK[dark]] if targeted else [])]
    dashes = [[1, 0], *DASHES[: len(names)], *([[2, 3]] if targeted else [])]
    layers = _layers(texts, kinds, colours, dashes, banded=banded)
    # A layer for each shape: a scale of shapes would ask for a legend of its own.
    marks = [
        alt.Chart()
        .mark_point(size=110, filled=True, opacity=1, shape=shape, color=colour)
        .encode(x="month:T", y="workers:Q", tooltip=point_tip(texts))
        .transform_filter((alt.datum.kind == name) & alt.datum.end)
        for name, shape, colour in zip(names, SHAPES, COLOURS[dark], strict=False)
    ]
    marks += [lone_dots(alt.Y("workers:Q"), INK[dark], point_tip(texts))] if dotted else []
    height = 240 + 24 * len(kinds)  # each has its line in the legend
    return finish(alt.layer(*layers, *marks).properties(height=height), texts, dark)


@lru_cache
def _plan(language: str, dark: bool, banded: bool, dotted: bool) -> Spec:
    texts = load(language)
    kinds = [texts("compare.actual"), texts("compare.planned")]
    layers = _layers(texts, kinds, [INK[dark], COLOURS[dark][1]], [[1, 0], [6, 4]], banded=kinds[1:] if banded else [])
    layers += [lone_dots(alt.Y("workers:Q"), INK[dark], point_tip(texts))] if dotted else []
    return finish(alt.layer(*layers).properties(height=300), texts, dark)


def _layers(
    texts: Texts, kinds: list[str], colours: list[str], dashes: list[list[int]], *, banded: Sequence[str]
) -> list[alt.Chart]:
    """Draw a line for each kind, and a band round those that are `banded`."""
    legend = alt.Legend(title=None, orient="top", columns=1, symbolOpacity=1, labelLimit=300, symbolSize=300)
    base = alt.Chart().encode(x=half_years())
    colour = alt.Color("kind:N", scale=alt.Scale(domain=kinds, range=colours), legend=legend)
    tip = point_tip(texts, *(("low", "high") if banded else ()))
    lines = base.mark_line(strokeWidth=2.5).encode(
        y=axis_of_workers(texts),
        color=colour,
        strokeDash=alt.StrokeDash("kind:N", scale=alt.Scale(domain=kinds, range=dashes), legend=legend),
        tooltip=tip,
    )
    if not banded:
        return [lines]
    # Each of a colour of its own: areas that shared the scale of the lines would turn the legend's lines into blots.
    y = alt.Y("low:Q", title=texts("chart.active_workers"))
    bands = [
        base.mark_area(color=shade, opacity=0.16)
        .encode(y=y, y2="high:Q", tooltip=tip)
        .transform_filter("isValid(datum.low)")
        .transform_filter(alt.datum.kind == kind)
        for kind, shade in zip(kinds, colours, strict=True)
        if kind in banded
    ]
    return [*bands, lines]
