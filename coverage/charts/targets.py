"""How do several sets of targets look beside history and where nothing new leads?"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import altair as alt
import numpy as np
import polars as pl

from coverage.base.tables import Projection
from coverage.base.texts import Texts, load
from coverage.charts.drawing import FAINT, INK, MOVED, TOTAL, Chart, Spec, axis_of_workers, finish, point_tip

# Sets are told apart by shape and dash as well, and each point says its figure.
_COLOURS = {
    False: ("#0072B2", "#A34100", "#007A5A", MOVED, TOTAL[False]),
    True: ("#5BB0E8", "#F08A4B", "#3CC49A", "#B79BE0", TOTAL[True]),
}
_SHAPES = ("circle", "square", "triangle-up", "diamond", "cross")
_LABEL_SHARE = 0.07
"""So much of the chart's height a figure takes with its point."""
_DASHES = ([5, 3], [2, 2], [8, 3, 2, 3], [10, 3], [3, 6])


def draw_ladders(
    history: pl.DataFrame,
    baseline: Projection,
    steps: pl.DataFrame,
    titles: Mapping[str, str],
    texts: Texts,
    *,
    alt_text: str,
    dark: bool = False,
) -> Chart:
    """Draw active workers so far, where nothing new leads, and what each set of targets asks for, month by month.

    `history` has `month, active`, `baseline` is one key's rows of `PROJECTION`, `steps` has `set, month, workers`;
    `titles` names each set. A set's line begins at today's active members.
    """
    shown = [titles[name] for name in titles if name in set(steps["set"])]
    now = baseline.head(1).select("month", workers="covered")
    # A set whose months have all passed is a point: no line leads back to it.
    coming = steps.filter(pl.col("month") > pl.lit(now["month"].first()))
    begins = coming.select("set").unique(maintain_order=True).join(now, how="cross")
    known = history.drop_nulls("active").select("month", kind=pl.lit(texts("chart.history")), workers="active")
    known = known.cast({"workers": pl.Float64})
    ahead = baseline.select("month", kind=pl.lit(texts("chart.baseline")), workers="covered")
    heights = pl.concat([known["workers"], ahead["workers"], steps["workers"]])
    near = _LABEL_SHARE * float(np.ptp(heights.to_numpy()))
    # Of two figures of one month that stand close together the lower one is written below its point.
    points = steps.select("set", "month", "workers").sort("month", "workers")
    is_below = (pl.col("workers").shift(-1).over("month") - pl.col("workers") < near).fill_null(False)
    label = pl.col("workers").map_elements(texts.compact, return_dtype=pl.String)
    points = points.with_columns(
        above=pl.when(is_below).then(pl.lit("")).otherwise(label),
        below=pl.when(is_below).then(label).otherwise(pl.lit("")),
    )
    points = pl.concat([begins, points], how="diagonal").with_columns(
        kind=pl.col("set").replace_strict(dict(titles), return_dtype=pl.String),
        sign=pl.col("set").replace_strict(dict(titles), return_dtype=pl.String),
    )
    rows = pl.concat([known, ahead, points.drop("set").sort("kind", "month")], how="diagonal")
    return Chart(
        spec=_ladders(texts.language, dark, tuple(shown)),
        data=rows.with_columns(pl.col("month").cast(pl.Datetime("ms"))),
        alt=alt_text,
    )


@lru_cache
def _ladders(language: str, dark: bool, sets: tuple[str, ...]) -> Spec:
    texts = load(language)
    names = [texts("chart.history"), texts("chart.baseline"), *sets]
    places = range(len(sets))
    colours = [INK[dark], FAINT[dark], *(_COLOURS[dark][place % len(_COLOURS[dark])] for place in places)]
    dashes = [[1, 0], [6, 4], *(_DASHES[place % len(_DASHES)] for place in places)]
    shapes = [_SHAPES[place % len(_SHAPES)] for place in places]
    base = alt.Chart().encode(
        x=alt.X(
            "month:T", title=None, axis=alt.Axis(format="%Y", tickCount="year", labelOverlap="parity", labelFlush=False)
        ),
        y=axis_of_workers(texts, padding=14),
        tooltip=point_tip(texts),
    )
    legend = alt.Legend(
        title=None, orient="top", columns=1, symbolOpacity=1, symbolType="stroke", labelFontSize=12, labelLimit=420
    )
    colour = alt.Color("kind:N", scale=alt.Scale(domain=names, range=colours), legend=legend)
    dash = alt.StrokeDash("kind:N", scale=alt.Scale(domain=names, range=dashes), legend=legend)
    lines = base.mark_line(strokeWidth=2.5).encode(color=colour, strokeDash=dash)
    points = base.mark_point(size=110, filled=True, opacity=1).encode(
        color=colour,
        # Of a field of its own: else Vega would draw shapes into the legend of the lines.
        shape=alt.Shape("sign:N", scale=alt.Scale(domain=list(sets), range=shapes), legend=None),
    )
    above, below = (
        base.mark_text(dy=dy, fontSize=12, fontWeight="bold", color=INK[dark]).encode(text=f"{where}:N")
        for dy, where in ((-14, "above"), (14, "below"))
    )
    # Both kinds of figures from the same rows: of a layer without rows Vega complains.
    layers = [lines, *(layer.transform_filter("isValid(datum.above)") for layer in (points, above, below))]
    return finish(alt.layer(*layers).properties(height=340), texts, dark)
