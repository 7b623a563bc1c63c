"""How do several scenarios look beside each other, and a plan beside what came?

Every line has a dash and a mark at its end of its own: none is told by its colour alone. Its name and its last figure
stand at its end, in its colour: where several end at about the same height they are pushed apart.
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
    finish,
    half_years,
    lone_dots,
    point_tip,
    short_labels,
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
_HEIGHT = 300
_APART = 18
"""So many pixels lie between two labels at least."""
_LABELS = "(width < 460 ? 110 : 250)"
"""What the labels take of a chart's width: on a telephone there is room for a figure and a letter only."""
_SOON = 6
"""So many months lie beside the name of the history."""
_NAMED = " · "
"""The sign behind the letter of a scenario."""


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
    data, span = labelled(data, texts)
    spec = _lines(texts.language, dark, tuple(projections), span, banded=tuple(fans), targeted=targeted, dotted=dotted)
    return Chart(spec=spec, data=data, alt=alt_text)


def labelled(data: pl.DataFrame, texts: Texts) -> tuple[pl.DataFrame, tuple[float, float]]:
    """Write at the end of each line its last figure and its name (`label`, where there is little room `brief`), at the
    height `label_at`; return the rows, and from where to where the axis goes. The history, which leads to all others,
    is named where it begins."""
    columns = [name for name in ("workers", "low", "high") if name in data.columns]
    values: list[float] = [value for name in columns for value in data[name].drop_nulls().to_list()]
    least, most = min(values, default=0.0), max(values, default=1.0)
    room = max((most - least) * 0.05, 1.0)
    low, high = least - 2 * room, most + room
    rows = data.with_row_index("row").drop_nulls("workers")
    ends = rows.sort("month", maintain_order=True).group_by("kind", maintain_order=True).last()
    reached = ends["month"].max()
    ends = ends.filter(pl.col("month") == reached).sort("workers", descending=True)
    places = [(high - workers) / (high - low) * _HEIGHT for workers in ends["workers"]]
    for number in range(1, len(places)):
        places[number] = max(places[number], places[number - 1] + _APART)
    limit = _HEIGHT - 6.0
    for number in reversed(range(len(places))):
        places[number] = min(places[number], limit)
        limit = places[number] - _APART
    written = [
        {
            "row": row["row"],
            "label": f"{texts.people(row['workers'])}  {row['kind']}",
            "brief": f"{texts.people(row['workers'])} {row['kind'].partition(_NAMED)[0]}",
            "label_at": high - place / _HEIGHT * (high - low),
        }
        for row, place in zip(ends.to_dicts(), places, strict=True)
    ]
    begun = rows.filter(~pl.col("kind").is_in(ends["kind"].to_list())).sort("month", maintain_order=True)
    for _, line in begun.group_by("kind", maintain_order=True):
        first, soon = line.row(0, named=True), line["workers"].head(_SOON).to_list()[-1]
        aside = (-14 if soon > first["workers"] else 14) / _HEIGHT * (high - low)  # where the line does not go
        at = first["workers"] + aside
        written.append({"row": first["row"], "label": first["kind"], "brief": first["kind"], "label_at": at})
    schema = {"row": pl.UInt32, "label": pl.String, "brief": pl.String, "label_at": pl.Float64}
    named = pl.DataFrame(written, schema=schema)
    joined = data.with_row_index("row").join(named, on="row", how="left", validate="1:1", maintain_order="left")
    return joined.drop("row"), (low, high)


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
    data, span = labelled(data.with_columns(pl.col("month").cast(pl.Datetime("ms"))), texts)
    return Chart(spec=_plan(texts.language, dark, span, banded, bool(came[ALONE].any())), data=data, alt=alt_text)


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
    language: str,
    dark: bool,
    names: tuple[str, ...],
    span: tuple[float, float],
    *,
    banded: tuple[str, ...],
    targeted: bool,
    dotted: bool,
) -> Spec:
    texts = load(language)
    kinds = [texts("chart.history"), *names, *([texts("chart.target")] if targeted else [])]
    colours = [INK[dark], *COLOURS[dark][: len(names)], *([INK[dark]] if targeted else [])]
    dashes = [[1, 0], *DASHES[: len(names)], *([[2, 3]] if targeted else [])]
    layers = _layers(texts, kinds, colours, dashes, span, banded=banded)
    # A layer for each shape: a scale of shapes would ask for a legend of its own.
    marks = [
        alt.Chart()
        .mark_point(size=110, filled=True, opacity=1, shape=shape, color=colour, aria=False)
        .encode(x=_months(), y=_workers(texts, span), tooltip=point_tip(texts))
        .transform_filter((alt.datum.kind == name) & alt.datum.end)
        for name, shape, colour in zip(names, SHAPES, COLOURS[dark], strict=False)
    ]
    marks += [lone_dots(alt.Y("workers:Q"), INK[dark], point_tip(texts))] if dotted else []
    return finish(alt.layer(*layers, *marks).properties(height=_HEIGHT), texts, dark)


@lru_cache(maxsize=64)
def _plan(language: str, dark: bool, span: tuple[float, float], banded: bool, dotted: bool) -> Spec:
    texts = load(language)
    kinds = [texts("compare.actual"), texts("compare.planned")]
    colours, dashes = [INK[dark], COLOURS[dark][1]], [[1, 0], [6, 4]]
    layers = _layers(texts, kinds, colours, dashes, span, banded=kinds[1:] if banded else [])
    layers += [lone_dots(alt.Y("workers:Q"), INK[dark], point_tip(texts))] if dotted else []
    return finish(alt.layer(*layers).properties(height=_HEIGHT), texts, dark)


def _months() -> alt.X:
    """Return the axis of months, which ends where the labels begin."""
    return half_years().scale(range=[0, alt.ExprRef(f"width - {_LABELS}")])


def _workers(texts: Texts, span: tuple[float, float], field: str = "workers") -> alt.Y:
    axis = alt.Axis(labelExpr=short_labels(texts))
    scale = alt.Scale(domain=list(span), nice=False, zero=False)
    return alt.Y(f"{field}:Q", title=texts("chart.active_workers"), scale=scale, axis=axis)


def _layers(
    texts: Texts,
    kinds: list[str],
    colours: list[str],
    dashes: list[list[int]],
    span: tuple[float, float],
    *,
    banded: Sequence[str],
) -> list[alt.Chart]:
    """Draw a line for each kind with its label, and a band round those that are `banded`."""
    base = alt.Chart().encode(x=_months())
    colour = alt.Color("kind:N", scale=alt.Scale(domain=kinds, range=colours), legend=None)
    tip = point_tip(texts, *(("low", "high") if banded else ()))
    # A line is heard as its first point: it says what it is; bands and marks are silent, the table says them.
    lines = base.mark_line(strokeWidth=2.5, description=alt.ExprRef("datum.kind")).encode(
        y=_workers(texts, span),
        color=colour,
        strokeDash=alt.StrokeDash("kind:N", scale=alt.Scale(domain=kinds, range=dashes), legend=None),
        tooltip=tip,
    )
    text = alt.ExprRef("width < 460 ? datum.brief : datum.label")
    labels = base.mark_text(
        align="left", dx=10, fontSize=13, limit=alt.ExprRef(f"{_LABELS} - 10"), text=text, aria=False
    )
    labels = labels.encode(y=_workers(texts, span, "label_at"), color=colour)
    labels = labels.transform_filter("isValid(datum.label_at)")
    if not banded:
        return [lines, labels]
    # Each of a colour of its own: areas that shared the scale of the lines would turn the lines into blots.
    bands = [
        base.mark_area(color=shade, opacity=0.16, aria=False)
        .encode(y=_workers(texts, span, "low"), y2="high:Q", tooltip=tip)
        .transform_filter("isValid(datum.low)")
        .transform_filter(alt.datum.kind == kind)
        for kind, shade in zip(kinds, colours, strict=True)
        if kind in banded
    ]
    return [*bands, lines, labels]
