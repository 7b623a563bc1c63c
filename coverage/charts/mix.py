"""How many people are still missing, for how much money?"""

from __future__ import annotations

from functools import lru_cache

import altair as alt
import polars as pl

from coverage.base.texts import Texts, load
from coverage.charts.drawing import FAINT, INK, MOVED, Chart, Spec, finish, short_labels


def draw_gap_by_money(
    curve: pl.DataFrame,
    texts: Texts,
    *,
    spent: float | None = None,
    left: float | None = None,
    alt_text: str,
    dark: bool = False,
) -> Chart:
    """Draw the gap left over the money spent (`budget_rupiah, gap`, from nothing on), with a diamond at the answer.

    The answer costs `spent` and leaves `left`; without it the last point is marked.
    """
    here = curve.tail(1)
    if spent is not None and left is not None:  # the curve has steps, and the answer lies between two of them
        here = here.with_columns(budget_rupiah=pl.lit(spent, pl.Float64), gap=pl.lit(left, pl.Float64))
    data = pl.concat([curve.with_columns(mark=pl.lit(value=False)), here.with_columns(mark=pl.lit(value=True))])
    data = data.with_columns(
        million=pl.col("budget_rupiah") / 1e6,
        amount=pl.col("budget_rupiah").map_elements(
            lambda rupiah: texts.rupiah(rupiah, short=True), return_dtype=pl.String
        ),
        label=pl.col("gap").map_elements(texts.people, return_dtype=pl.String),
    )
    return Chart(spec=_gap_by_money(texts.language, dark), data=data.drop("budget_rupiah"), alt=alt_text)


@lru_cache
def _gap_by_money(language: str, dark: bool) -> Spec:
    texts = load(language)
    base = alt.Chart().encode(
        x=alt.X("million:Q", title=texts("mix.money_axis"), axis=alt.Axis(format=",.2~f", tickCount=5)),
        y=alt.Y(
            "gap:Q",
            title=texts("mix.gap_axis"),
            scale=alt.Scale(zero=True, nice=True),
            axis=alt.Axis(labelExpr=short_labels(texts)),
        ),
        tooltip=[
            alt.Tooltip("amount:N", title=texts("mix.head.budget_rupiah")),
            alt.Tooltip("gap:Q", title=texts("mix.head.gap"), format=",.0f"),
        ],
    )
    line = base.mark_line(
        strokeWidth=2.5, color=MOVED, point=alt.OverlayMarkDef(filled=True, size=40, color=MOVED)
    ).transform_filter("!datum.mark")
    here = base.mark_point(shape="diamond", size=140, filled=True, opacity=1, color=INK[dark]).transform_filter(
        "datum.mark"
    )
    label = base.mark_text(align="right", dx=-10, dy=14, fontSize=13, fontWeight="bold", color=INK[dark]).encode(
        text="label:N"
    )
    zero = alt.Chart().mark_rule(color=FAINT[dark], aria=False).encode(y=alt.datum(0))
    return finish(alt.layer(line, here, label.transform_filter("datum.mark"), zero).properties(height=280), texts, dark)
