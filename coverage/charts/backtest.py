"""How far off was the projection, beside guesses that anybody can make?"""

from __future__ import annotations

from functools import lru_cache

import altair as alt
import polars as pl

from coverage.charts.drawing import FAINT, INK, MOVED, Chart, Spec, finish
from coverage.texts import Texts, load


def backtest(summary: pl.DataFrame, texts: Texts, *, alt_text: str, dark: bool = False) -> Chart:
    """Draw the mean error of each way by how far ahead (`horizon, method, mape`), its name on each bar."""
    data = summary.select(
        "method",
        "horizon",
        error=pl.col("mape") * 100,
        ahead=pl.col("horizon").map_elements(lambda t: texts.count("unit.months", t), return_dtype=pl.String),
        words=pl.concat_str(
            pl.col("method").map_elements(lambda name: texts(f"backtest.method.{name}"), return_dtype=pl.String),
            pl.lit(" "),
            pl.col("mape").map_elements(texts.share, return_dtype=pl.String),
        ),
    )
    methods = tuple(data["method"].unique(maintain_order=True).to_list())
    horizons = tuple(data["ahead"].unique(maintain_order=True).to_list())
    return Chart(spec=_backtest(texts.language, dark, methods, horizons), data=data, alt=alt_text)


@lru_cache
def _backtest(language: str, dark: bool, methods: tuple[str, ...], horizons: tuple[str, ...]) -> Spec:
    texts = load(language)
    base = alt.Chart().encode(
        y=alt.Y("ahead:N", title=None, sort=list(horizons), axis=alt.Axis(labelFontSize=13, ticks=False, domain=False)),
        yOffset=alt.YOffset("method:N", sort=list(methods)),
    )
    x = alt.X("error:Q", title=texts("backtest.error"), axis=alt.Axis(format=",.0f", labelExpr=_percent(texts)))
    bars = base.mark_bar(cornerRadiusEnd=2).encode(
        x=x,
        color=alt.Color(
            "method:N",
            scale=alt.Scale(domain=list(methods), range=[MOVED if one == "model" else FAINT[dark] for one in methods]),
            legend=None,
        ),
        tooltip=[alt.Tooltip("ahead:N", title=texts("backtest.head.horizon")), alt.Tooltip("words:N", title=" ")],
    )
    # Its name is written from the axis on, above the end of short bars: a name in the bar would be cut off by it.
    names = base.mark_text(align="left", dx=5, fontSize=12, color=INK[dark]).encode(x=x, text="words:N")
    return finish(
        alt.layer(bars, names).properties(
            height=alt.Step(20), padding={"right": 150, "left": 5, "top": 5, "bottom": 5}
        ),
        texts,
        dark,
    )


def _percent(texts: Texts) -> str:
    return "format(datum.value, ',.0f') + '" + texts("form.percent", number="") + "'"
