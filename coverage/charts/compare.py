"""How do several scenarios look beside each other, and a plan beside what came?

Every line has a dash and a mark at its end of its own: none is told by its colour alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import altair as alt
import polars as pl

from coverage.charts.drawing import INK, Chart, Spec, finish, short_labels
from coverage.tables import Projection
from coverage.texts import Texts, load

# Four that are told apart by people who see few colours (Wong 2011, doi 10.1038/nmeth.1618), none of them a segment's.
COLOURS = {
    False: ("#52606D", "#7B4FB5", "#0B7A75", "#B0446A"),
    True: ("#B3BDC9", "#B79AE0", "#4FC1B8", "#E08AAE"),
}
DASHES = ([6, 4], [1, 0], [10, 3, 2, 3], [14, 5])
_RECENT = 24
"""So many months of history are drawn."""
SHAPES = ("circle", "square", "triangle-up", "diamond")


def scenarios(
    history: pl.DataFrame,
    projections: Mapping[str, Projection],
    texts: Texts,
    *,
    alt_text: str,
    dark: bool = False,
) -> Chart:
    """Draw active workers so far and where each scenario leads, and the target.

    `history` has `month, active`; `projections` are up to four scenarios' rows of one key by the name shown.
    """
    recent = history.tail(_RECENT)  # more would press the scenarios, which are what is asked about, to the edge
    parts = [_points(recent, texts("chart.history"), "active")]
    parts += [_points(table, name, "covered") for name, table in projections.items()]
    parts += _target(recent, next(iter(projections.values())), texts)
    data = pl.concat(parts).with_columns(pl.col("month").cast(pl.Datetime("ms")))
    last = data["month"].max()
    data = data.with_columns(end=(pl.col("month") == last) & pl.col("kind").is_in(list(projections)))
    spec = _lines(texts.language, dark, tuple(projections), banded=False, targeted="target" in _kinds(data, texts))
    return Chart(spec=spec, data=data, alt=alt_text)


def plan(history: pl.DataFrame, held: pl.DataFrame, texts: Texts, *, alt_text: str, dark: bool = False) -> Chart:
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
    data = pl.concat([_points(history, texts("compare.actual"), "active"), begun, line], how="diagonal")
    banded = bool(bounds) and held["p10"].drop_nulls().len() > 0
    return Chart(
        spec=_plan(texts.language, dark, banded),
        data=data.with_columns(pl.col("month").cast(pl.Datetime("ms"))),
        alt=alt_text,
    )


def _points(rows: pl.DataFrame, kind: str, column: str) -> pl.DataFrame:
    return rows.select("month", kind=pl.lit(kind), workers=pl.col(column).cast(pl.Float64))


def _target(history: pl.DataFrame, projected: Projection, texts: Texts) -> list[pl.DataFrame]:
    target = projected["target"].drop_nulls()
    if target.is_empty() or history.is_empty():
        return []
    span = pl.concat([history["month"], projected["month"]])
    rows = pl.DataFrame({"month": [span.min(), span.max()], "workers": [target[0]] * 2})
    return [_points(rows, texts("chart.target"), "workers")]


def _kinds(data: pl.DataFrame, texts: Texts) -> set[str]:
    return {"target"} if (data["kind"] == texts("chart.target")).any() else set()


@lru_cache(maxsize=64)
def _lines(language: str, dark: bool, names: tuple[str, ...], *, banded: bool, targeted: bool) -> Spec:
    texts = load(language)
    kinds = [texts("chart.history"), *names, *([texts("chart.target")] if targeted else [])]
    colours = [INK[dark], *COLOURS[dark][: len(names)], *([INK[dark]] if targeted else [])]
    dashes = [[1, 0], *DASHES[: len(names)], *([[2, 3]] if targeted else [])]
    layers = _layers(texts, kinds, colours, dashes, banded=banded)
    # A layer for each shape: a scale of shapes would ask for a legend of its own.
    marks = [
        alt.Chart()
        .mark_point(size=110, filled=True, opacity=1, shape=shape, color=colour)
        .encode(x="month:T", y="workers:Q", tooltip=_tip(texts, banded=False))
        .transform_filter((alt.datum.kind == name) & alt.datum.end)
        for name, shape, colour in zip(names, SHAPES, COLOURS[dark], strict=False)
    ]
    return finish(alt.layer(*layers, *marks).properties(height=360), texts, dark)


@lru_cache
def _plan(language: str, dark: bool, banded: bool) -> Spec:
    texts = load(language)
    kinds = [texts("compare.actual"), texts("compare.planned")]
    layers = _layers(texts, kinds, [INK[dark], COLOURS[dark][1]], [[1, 0], [6, 4]], banded=banded)
    return finish(alt.layer(*layers).properties(height=300), texts, dark)


def _layers(
    texts: Texts, kinds: list[str], colours: list[str], dashes: list[list[int]], *, banded: bool
) -> list[alt.Chart]:
    legend = alt.Legend(title=None, orient="top", columns=1, symbolOpacity=1, labelLimit=300, symbolSize=300)
    base = alt.Chart().encode(
        x=alt.X(
            "month:T",
            title=None,
            axis=alt.Axis(
                format="%b %Y",
                tickCount=alt.TimeIntervalStep(interval="month", step=6),
                labelOverlap="parity",
                labelSeparation=6,
                labelFlush=False,
            ),
        )
    )
    y = alt.Y(
        "workers:Q",
        title=texts("chart.active_workers"),
        scale=alt.Scale(zero=False, nice=True, padding=8),
        axis=alt.Axis(labelExpr=short_labels(texts)),
    )
    lines = base.mark_line(strokeWidth=2.5).encode(
        y=y,
        color=_colour(kinds, colours, legend),
        strokeDash=alt.StrokeDash("kind:N", scale=alt.Scale(domain=kinds, range=dashes), legend=legend),
        tooltip=_tip(texts, banded=banded),
    )
    if not banded:
        return [lines]
    band = base.mark_area(color=colours[-1], opacity=0.2).encode(y=alt.Y("low:Q"), y2="high:Q")
    return [band.transform_filter("isValid(datum.low)"), lines]


def _colour(kinds: list[str], colours: list[str], legend: alt.Legend | None = None) -> alt.Color:
    scale = alt.Scale(domain=kinds, range=colours)
    return alt.Color("kind:N", scale=scale, legend=legend) if legend is not None else alt.Color("kind:N", scale=scale)


def _tip(texts: Texts, *, banded: bool) -> list[alt.Tooltip]:
    tip = [
        alt.Tooltip("kind:N", title=texts("chart.line")),
        alt.Tooltip("month:T", title=texts("chart.month"), format="%B %Y"),
        alt.Tooltip("workers:Q", title=texts("chart.workers"), format=",.0f"),
    ]
    if banded:
        tip += [alt.Tooltip(f"{end}:Q", title=texts(f"chart.{end}"), format=",.0f") for end in ("low", "high")]
    return tip
