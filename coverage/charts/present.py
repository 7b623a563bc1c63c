"""How is a chart drawn for the last row of a room: what is missing by branch, what it takes, and any chart larger?"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

import altair as alt
import polars as pl

from coverage.base.tables import SEGMENTS
from coverage.base.texts import Texts, load
from coverage.charts.drawing import INK, TOTAL, Chart, Spec, colour, finish, named_segments

SHOWN = 9
"""So many branches are told apart from the last row; the others are on the Branches page."""
_LARGER = {"fontSize", "labelFontSize", "titleFontSize"}
_THICKER = {"strokeWidth", "symbolStrokeWidth", "thickness", "dx", "dy", "cornerRadiusEnd"}
_LINES = 1.8
_DASHES = 1.8
TELEPHONE = 800
"""Up to so many pixels wide a window is held in the hand (as in the style of the page)."""
WHEN = ("now", "needed")
_LETTER = 12  # pixels: the height of what stands at a bar's end
_EDGE = 70  # pixels: near half a month in letters for the last row


def enlarge(chart: Chart, letters: float = 2.0, *, words: bool = True) -> Chart:
    """Return a chart that fills its place, its letters and lines so many times as large; `words` that stand in the
    picture may be left out, where they would no longer fit and stand beside it anyway."""
    return replace(chart, spec=_enlarged(_Held(chart.spec), letters, words))


class _Held:
    """A specification that a cache may hold: it is known by its identity, and lives as long as the cache's entry."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and other.spec is self.spec

    def __hash__(self) -> int:
        return id(self.spec)


@lru_cache(maxsize=64)
def _enlarged(held: _Held, letters: float, words: bool) -> Spec:
    spec: Spec = _grown(held.spec, letters)
    if not words:
        spec["layer"] = [layer for layer in spec["layer"] if layer["mark"]["type"] != "text"]
    spec["config"]["axis"] |= {"labelLimit": _scaled(420), "labelPadding": _scaled(10)}
    spec["config"]["legend"] |= {
        "labelFontSize": _scaled(12 * letters),
        "labelLimit": _scaled(620),
        "symbolSize": _scaled(700),
        "columnPadding": _scaled(8),
    }
    # The legend begins where the axis begins, not the lines: else its last name is cut off.
    spec["config"]["legend"]["layout"] = {"top": {"anchor": "start", "bounds": "full", "direction": "horizontal"}}
    if "params" in spec:
        spec["params"] = [{"name": "letter"} | _scaled(_LETTER * letters)]
    room = {"top": 8, "right": 12, "bottom": 5, "left": 5} | spec.get("padding", {})
    return {name: value for name, value in spec.items() if name != "height"} | {"padding": room}


def _grown(part: Any, letters: float) -> Any:
    if isinstance(part, dict):
        # What has no letters of its own takes the configuration's, so only what is said grows.
        sized = _THICKER | ({"size"} if part.get("type") in {"bar", "tick", "point"} else set())
        # What is larger than other letters already need not grow as much to be read as well.
        most = max((part[name] for name in _LARGER if isinstance(part.get(name), int | float)), default=12)
        by = (
            {"labelLimit": letters} | dict.fromkeys(sized, _LINES) | dict.fromkeys(_LARGER, letters * min(1, 14 / most))
        )
        if part.get("type") == "quantitative" and isinstance(part.get("axis"), dict):
            # In large letters there is room for a few figures, and the title of the screen says what they are.
            part = part | {"axis": {"tickCount": 6} | part["axis"], "title": None}
        if part.get("type") == "temporal" and isinstance(part.get("axis"), dict):
            # A month at the edge is written inside: half of its large letters would be cut off.
            part = part | {"axis": part["axis"] | {"labelFlush": _EDGE, "labelSeparation": 40}}
        if part.get("orient") == "top" and "columns" in part:  # two names beside each other need a wide window
            part = part | {"columns": {"expr": f"windowSize()[0] < 1200 ? 1 : {part['columns']}"}}
        if isinstance(part.get("strokeDash"), dict):  # thick lines need longer dashes, or they close to one line
            dashes = part["strokeDash"]["scale"]
            longer = [[length * _DASHES for length in pattern] for pattern in dashes["range"]]
            part = part | {"strokeDash": part["strokeDash"] | {"scale": dashes | {"range": longer}}}
        return {
            name: _scaled(value * by[name]) if name in by and isinstance(value, int | float) else _grown(value, letters)
            for name, value in part.items()
        }
    return [_grown(child, letters) for child in part] if isinstance(part, list) else part


def _scaled(pixels: float) -> dict[str, str]:
    """Write a length that is right at 1280 × 720, and grows with a larger window as the page's letters do; on a
    telephone, which nobody reads from afar, it is half of that."""
    larger = "max(1, min(windowSize()[1] / 720, windowSize()[0] / 1280))"
    return {"expr": f"{round(pixels, 2)} * (windowSize()[0] <= {TELEPHONE} ? 0.5 : {larger})"}


def draw_shortages(ranked: pl.DataFrame, texts: Texts, *, alt_text: str, dark: bool = False) -> Chart:
    """Draw what is missing in each branch (`branch, short, attainment` of `gaps.ranking`), the most first."""
    rows = ranked.sort("short", descending=True, nulls_last=True).drop_nulls("short").head(SHOWN)
    data = rows.select(
        "branch",
        "short",
        label=pl.col("short").map_elements(texts.people, return_dtype=pl.String),
        share=pl.col("attainment").map_elements(texts.share, return_dtype=pl.String),
    )
    return Chart(spec=_shortages(texts.language, dark, _longest(data)), data=data, alt=alt_text)


def _longest(data: pl.DataFrame) -> int:
    """Return how many letters the longest text at a bar's end has."""
    return max(data["label"].str.len_chars().to_list(), default=0)


def _beside(field: str, letters: int) -> alt.X:
    """Place bars so that as many letters fit at the end of the longest.

    Vega would measure the texts and shrink the picture to them, in steps that may stop early: on a busy machine a text
    was cut off. Room that is kept beforehand needs no measuring. A letter is 0.6 of its height wide.
    """
    end = f"max(width * 0.15, width - {letters} * 0.6 * letter - 14)"
    # The figure stands at each bar, and what it is in the screen's title.
    return alt.X(f"{field}:Q", axis=None, scale=alt.Scale(range=[0, alt.ExprRef(end)], nice=False))


@lru_cache
def _shortages(language: str, dark: bool, letters: int) -> Spec:
    texts = load(language)
    tip = [
        alt.Tooltip("branch:N", title=texts("table.branch")),
        alt.Tooltip("label:N", title=texts("table.short")),
        alt.Tooltip("share:N", title=texts("chart.attainment")),
    ]
    base = alt.Chart().encode(
        y=alt.Y("branch:N", sort=None, title=None, axis=alt.Axis(ticks=False, domain=False)),
        x=_beside("short", letters),
        tooltip=tip,
    )
    bars = base.mark_bar(color=TOTAL[dark], cornerRadiusEnd=3)
    return _ended(base, bars, texts, dark)


def _ended(base: alt.Chart, bars: alt.Chart, texts: Texts, dark: bool) -> Spec:
    """Write each bar's figure at its end."""
    figures = base.mark_text(align="left", dx=6, fontSize=_LETTER, color=INK[dark]).encode(text="label:N")
    letter = alt.param(name="letter", value=_LETTER)
    return finish(alt.layer(bars, figures).add_params(letter), texts, dark)


def draw_demand(needs: pl.DataFrame, texts: Texts, *, alt_text: str, dark: bool = False) -> Chart:
    """Draw the registrations a month of each segment, now and needed (the table of `rules.required`)."""
    both = [
        needs.select(
            name=named_segments(texts),
            when=pl.lit(texts(f"present.{when}")),
            place=pl.lit(place),
            workers=pl.col(when),
            label=pl.Series([_demanded(row, when, texts) for row in needs.to_dicts()], dtype=pl.String),
        )
        for place, when in enumerate(WHEN)
    ]
    data = pl.concat(both).sort("name", "place")
    return Chart(spec=_demand(texts.language, dark, _longest(data)), data=data, alt=alt_text)


def _demanded(row: dict[str, Any], when: str, texts: Texts) -> str:
    """Write what stands at a bar's end: which one it is, how many, and how many times as many."""
    text = f"{texts(f'present.{when}')} {texts.people(row[when])}"
    return text + (f" ({texts.decimal(row['ratio'])} ×)" if when == "needed" and row["ratio"] else "")


@lru_cache
def _demand(language: str, dark: bool, letters: int) -> Spec:
    texts = load(language)
    names = [texts(f"segment.{segment}") for segment in SEGMENTS]
    order = [texts(f"present.{when}") for when in WHEN]
    base = alt.Chart().encode(
        y=alt.Y("name:N", sort=names, title=None, axis=alt.Axis(ticks=False, domain=False)),
        yOffset=alt.YOffset("when:N", sort=order, scale=alt.Scale(paddingInner=0.15)),
        x=_beside("workers", letters),
        tooltip=[
            alt.Tooltip("name:N", title=texts("chart.segment")),
            alt.Tooltip("label:N", title=texts("present.a_month_chart")),
        ],
    )
    fill = alt.Color(
        "name:N", scale=alt.Scale(domain=names, range=[colour(segment) for segment in SEGMENTS]), legend=None
    )
    bars = base.mark_bar(cornerRadiusEnd=3).encode(
        color=fill,
        # Now is paler, and both are named at their ends: nothing is told by colour alone.
        fillOpacity=alt.FillOpacity("when:O", sort=order, scale=alt.Scale(domain=order, range=[0.35, 1]), legend=None),
        stroke=fill,
    )
    return _ended(base, bars, texts, dark)
