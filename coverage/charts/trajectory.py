"""Where do active workers come from and where do they lead, as a line?"""

from __future__ import annotations

from functools import lru_cache

import altair as alt
import polars as pl

from coverage.base.tables import Projection
from coverage.base.texts import Texts, load
from coverage.charts.drawing import ALONE, alone, axis_of_workers, finish, half_years, lone_dots, point_tip
from coverage.charts.drawing import FAINT as FAINT
from coverage.charts.drawing import FUNDED as FUNDED
from coverage.charts.drawing import INK as INK
from coverage.charts.drawing import MOVED as MOVED
from coverage.charts.drawing import Chart as Chart
from coverage.charts.drawing import Spec as Spec
from coverage.charts.drawing import colour as colour


def draw_trajectory(
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
    drawn_or_not = {"scenario": scenario is not None, "target": targeted, "milestone": marked}
    drawn = frozenset({"history", "baseline", *(kind for kind, is_there in drawn_or_not.items() if is_there)})
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
    base, y = alt.Chart().encode(x=half_years()), axis_of_workers(texts)
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
    shapes = ["diamond" if name == milestone else "M-1,0L1,0" for name in names]
    spoken = alt.ExprRef("datum.kind + ', ' + timeFormat(datum.month, '%B %Y') + ': ' + format(datum.workers, ',.0f')")
    dots = base.mark_point(size=90, filled=True, opacity=1, color=INK[dark], description=spoken).encode(
        y=y, shape=alt.Shape("kind:N", scale=alt.Scale(domain=names, range=shapes), legend=legend), tooltip=tip
    )
    dots = dots.transform_filter(alt.datum.kind == milestone)
    around = styles["scenario" if "scenario" in drawn else "baseline"][0]
    futures = base.mark_area(color=around, opacity=0.2, aria=False).encode(
        y=alt.Y("low:Q", title=texts("chart.active_workers")), y2="high:Q", tooltip=tip
    )
    futures = futures.transform_filter("isValid(datum.low)")
    # A layer without rows would make Vega complain about a scale of nothing.
    lone = [lone_dots(y, INK[dark], tip)] if dotted else []
    layers = [*([futures] if fanned else []), band, lines, *([dots] if "milestone" in drawn else []), *lone]
    return finish(alt.layer(*layers).properties(height=340), texts, dark)
