"""How far off was the projection, beside guesses that anybody can make?"""

from __future__ import annotations

from functools import lru_cache

import altair as alt
import polars as pl

from coverage.base.texts import Texts, load
from coverage.charts.drawing import FAINT, INK, MOVED, Chart, Spec, finish


def draw_backtest(summary: pl.DataFrame, texts: Texts, *, alt_text: str, dark: bool = False) -> Chart:
    """Draw the mean error of each way by how far ahead (`horizon, method, mape, origins`), its name on each bar; a way
    that knows fewer months than another says so, for their bars cannot be compared."""
    rows, place = [], 0
    for (horizon,), part in summary.group_by("horizon", maintain_order=True):
        ahead = texts.count("unit.months", float(str(horizon)))
        rows.append({"place": place, "head": ahead, "method": None, "error": 0.0, "words": None})
        most = max(part["origins"].to_list())
        for row in part.to_dicts():
            place += 1
            words = f"{texts('backtest.method.' + row['method'])} {texts.share(row['mape'])}"
            if row["origins"] != most:
                words += " " + texts("backtest.judged", judged=texts.people(row["origins"]), months=texts.people(most))
            rows.append(
                {"place": place, "head": None, "method": row["method"], "error": row["mape"] * 100, "words": words}
            )
        place += 1
    data = pl.DataFrame(
        rows,
        schema={"place": pl.Int64, "head": pl.String, "method": pl.String, "error": pl.Float64, "words": pl.String},
        orient="row",
    )
    return Chart(spec=_backtest(texts.language, dark, place), data=data, alt=alt_text)


@lru_cache
def _backtest(language: str, dark: bool, count: int) -> Spec:
    texts = load(language)
    # Rows are numbered, not named: a name beside the axis would take half of a telephone.
    base = alt.Chart().encode(
        y=alt.Y("place:Q", axis=None, scale=alt.Scale(domain=[-0.6, count - 0.4], reverse=True, nice=False))
    )
    x = alt.X("error:Q", title=texts("backtest.error"), axis=alt.Axis(labelExpr=_percent(texts), tickCount=4))
    bars = base.mark_bar(size=8, yOffset=9, cornerRadiusEnd=2).encode(
        x=x,
        x2=alt.datum(0),
        color=alt.condition("datum.method === 'model'", alt.value(MOVED), alt.value(FAINT[dark])),
        tooltip=[alt.Tooltip("words:N", title=texts("backtest.head.mape"))],
    )
    bars = bars.transform_filter("isValid(datum.method)")
    # Above its bar: where the bar ends there is no room on a telephone.
    names = base.mark_text(align="left", dy=-5, fontSize=12, color=INK[dark]).encode(x=alt.datum(0), text="words:N")
    names = names.transform_filter("isValid(datum.words)")
    heads = base.mark_text(align="left", dy=6, fontSize=13, fontWeight="bold", color=INK[dark]).encode(
        x=alt.datum(0), text="head:N"
    )
    heads = heads.transform_filter("isValid(datum.head)")
    return finish(alt.layer(bars, names, heads).properties(height=30 * count + 20), texts, dark)


def _percent(texts: Texts) -> str:
    return "format(datum.value, ',.0f') + '" + texts("form.percent", number="") + "'"
