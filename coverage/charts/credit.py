"""How do the parts of a difference look, from today to the scenario, and what matters most?

A step's name stands above its bar, not beside it: on a telephone a name beside would leave no room for the bar.
"""

from __future__ import annotations

from functools import lru_cache

import altair as alt
import polars as pl

from coverage.base.texts import Texts, load
from coverage.charts.drawing import FAINT, FUNDED, INK, Chart, Spec, finish, short_labels

MORE, FEWER = "#3E7C9A", "#B0446A"
# So high is a row: its words, and its bar below them.
_ROW = 44
_AXIS, _LEGEND = 48, 44
"""What an axis with its title and a legend of two lines take of a chart's height."""
_SHOWN = 12
"""So many levers are drawn; those that matter less stand in the table."""
_LEAST = 0.5
"""A lever that changes fewer workers is not drawn."""


def draw_waterfall(
    steps: pl.DataFrame, texts: Texts, *, target: float | None = None, alt_text: str, dark: bool = False
) -> Chart:
    """Draw the way from today over the baseline and each lever's part to the scenario, the target as a line.

    `steps` has `step, label, amount, begin, finish` in order (`credit_steps.steps` with labels); `target` in workers.
    """
    level = pl.col("step").is_in(["today", "end"])
    data = steps.with_row_index("place").select(
        pl.col("place").cast(pl.Int64),
        "label",
        "begin",
        "finish",
        figure=pl.when(level)
        .then(pl.col("amount").map_elements(texts.people, return_dtype=pl.String))
        .otherwise(pl.col("amount").map_elements(texts.signed, return_dtype=pl.String)),
        kind=pl.when(level).then(pl.lit("level")).when(pl.col("amount") < 0).then(pl.lit("fewer")).otherwise(
            pl.lit("more")
        ),
    )  # fmt: skip
    if target is not None:
        last = {"place": steps.height, "label": texts("chart.target"), "begin": target, "finish": target}
        rows = pl.DataFrame([last | {"figure": texts.people(target), "kind": "target"}], schema=data.schema)
        data = pl.concat([data, rows]).with_columns(target=pl.lit(target))
    return Chart(spec=_waterfall(texts.language, dark, data.height, target is not None), data=data, alt=alt_text)


@lru_cache
def _waterfall(language: str, dark: bool, count: int, targeted: bool) -> Spec:
    texts = load(language)
    base = _rows()
    x = alt.X(
        "begin:Q",
        title=texts("chart.active_workers"),
        scale=alt.Scale(zero=False, nice=True, padding=12),
        axis=alt.Axis(labelExpr=short_labels(texts), tickCount=4),
    )
    tip = [
        alt.Tooltip("label:N", title=texts("chart.step")),
        alt.Tooltip("figure:N", title=texts("chart.workers")),
        alt.Tooltip("finish:Q", title=texts("chart.so_many_then"), format=",.0f"),
    ]
    bars = base.mark_bar(size=14, yOffset=9, cornerRadius=2).encode(
        x=x,
        x2="finish:Q",
        color=alt.Color("kind:N", scale=alt.Scale(domain=["more", "fewer"], range=[MORE, FEWER]), legend=None),
        tooltip=tip,
    )
    bars = bars.transform_filter("datum.kind === 'more' || datum.kind === 'fewer'")
    levels = base.mark_tick(size=20, thickness=5, yOffset=9, color=INK[dark]).encode(x=x, tooltip=tip)
    levels = levels.transform_filter("datum.kind === 'level' || datum.kind === 'target'")
    # The target is marked in every row below its words: a line through would cross them.
    limit = base.mark_tick(size=19, thickness=2, yOffset=9, color=INK[dark]).encode(x="target:Q", tooltip=tip)
    layers = [*([limit] if targeted else []), bars, levels, *_words(base, dark)]
    return finish(alt.layer(*layers).properties(height=_ROW * count + _AXIS), texts, dark)


def draw_tornado(effects: pl.DataFrame, texts: Texts, *, alt_text: str, dark: bool = False) -> Chart:
    """Draw what a tenth less and a tenth more of each rate changes in the end, the widest first.

    `effects` has `label, low, high` (`sensitivity.tornado` of one key, with labels), widest first.
    """
    names = {"low": texts("credit.tenth_less"), "high": texts("credit.tenth_more")}
    widest = pl.max_horizontal(pl.col("low").abs(), pl.col("high").abs())
    some = effects.filter(widest >= _LEAST)
    shown = (effects.head(1) if some.is_empty() else some.head(_SHOWN)).with_row_index("place")
    figure = pl.struct("low", "high").map_elements(
        lambda row: f"{texts.signed(row['low'])} / {texts.signed(row['high'])}", return_dtype=pl.String
    )
    data = (
        shown.with_columns(pl.col("place").cast(pl.Int64), figure=figure)
        .unpivot(["low", "high"], index=["place", "label", "figure"], variable_name="end", value_name="workers")
        .with_columns(pl.col("end").replace_strict(names, return_dtype=pl.String), begin=pl.lit(0.0))
    )
    return Chart(spec=_tornado(texts.language, dark, shown.height), data=data, alt=alt_text)


@lru_cache
def _tornado(language: str, dark: bool, count: int) -> Spec:
    texts = load(language)
    names = [texts("credit.tenth_less"), texts("credit.tenth_more")]
    base = _rows()
    bars = base.mark_bar(size=14, yOffset=9, cornerRadius=2).encode(
        x=alt.X(
            "workers:Q",
            title=texts("credit.change_at_end"),
            scale=alt.Scale(nice=True, padding=8),
            axis=alt.Axis(labelExpr=short_labels(texts), tickCount=4),
        ),
        x2="begin:Q",
        color=alt.Color(
            "end:N",
            scale=alt.Scale(domain=names, range=[FUNDED, MORE]),
            legend=alt.Legend(title=None, orient="top", columns=1),
        ),
        tooltip=[
            alt.Tooltip("label:N", title=texts("chart.step")),
            alt.Tooltip("end:N", title=texts("credit.moved")),
            alt.Tooltip("workers:Q", title=texts("chart.workers"), format="+,.0f"),
        ],
    )
    zero = base.mark_tick(size=19, thickness=1.5, yOffset=9, color=FAINT[dark], aria=False).encode(x="begin:Q")
    # Each lever has two rows; its words are written once.
    labels = [layer.transform_filter(alt.datum.end == names[0]) for layer in _words(base, dark)]
    height = _ROW * max(count, 1) + _AXIS + _LEGEND
    return finish(alt.layer(bars, zero, *labels).properties(height=height), texts, dark)


def _rows() -> alt.Chart:
    return alt.Chart().encode(y=alt.Y("place:O", axis=None))


def _words(base: alt.Chart, dark: bool) -> list[alt.Chart]:
    """Write each row's name at the left and its figure at the right; a long name ends before the figure."""
    name = base.mark_text(
        align="left", dy=-9, fontSize=13, color=INK[dark], limit=alt.ExprRef("width - 120"), aria=False
    )
    figure = base.mark_text(align="right", dy=-9, fontSize=13, fontWeight="bold", color=INK[dark], aria=False)
    return [
        name.encode(x=alt.value(0), text="label:N"),
        figure.encode(x=alt.value("width"), text="figure:N"),
    ]
