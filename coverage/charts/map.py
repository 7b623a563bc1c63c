"""Where are the branches, how does each stand, and how many workers does each miss?

Points by longitude and latitude over a coarse outline that ships with the project: no tiles, no network. A status is
told by its shape and its word as well as by its colour.
"""

from __future__ import annotations

import math
from functools import lru_cache

import altair as alt
import polars as pl

from coverage.base import settings
from coverage.base.texts import Texts, load
from coverage.charts.drawing import FAINT, GRID, INK, Chart, Spec, finish

_COLOURS = {
    False: {
        "reached": "#1B7F4B",
        "on_track": "#0072B2",
        "at_risk": "#A85B00",
        "off_track": "#B3261E",
        "unknown": FAINT[False],
    },
    True: {
        "reached": "#5CC98C",
        "on_track": "#6DB9F0",
        "at_risk": "#F0A64B",
        "off_track": "#FF8A80",
        "unknown": FAINT[True],
    },
}
# The same signs as those of `sentences.ICONS`, as far as Vega has them.
_SHAPES = {
    "reached": "circle",
    "on_track": "triangle-up",
    "at_risk": "diamond",
    "off_track": "triangle-down",
    "unknown": "cross",
}
_SMALLEST, _LARGEST = 110.0, 1500.0  # square pixels of a point
_NAMED = 12
"""So many branches carry their name on the map, those that miss most; all say theirs under the pointer."""
_TYPICAL, _LETTER, _POINT, _ROW = 5.3, 0.042, 0.15, 0.6
"""On a map so many degrees high half a letter is so wide, half a point so wide, and a name with its point so high."""
_MARGIN, _LEAST = 0.2, 2.0
"""Around the outermost branches so much of the span is shown, and at least so many degrees."""


def draw_map(located: pl.DataFrame, texts: Texts, *, alt_text: str, dark: bool = False) -> Chart:
    """Draw every branch where it is: `located` is a `gaps.ranking` with `latitude` and `longitude`.

    The larger a point, the more workers its branch misses; where targets are missed by nobody all are small.
    """
    most = float(located["short"].max() or 0)  # type: ignore[arg-type]
    share = pl.col("short").fill_null(0) / (most or 1)
    points = located.select(
        "branch",
        "status",
        "short",
        "attainment",
        longitude=pl.col("longitude"),
        latitude=pl.col("latitude"),
        standing=pl.col("status").cast(pl.String).replace_strict(_words(texts), return_dtype=pl.String),
        size=_SMALLEST + share * (_LARGEST - _SMALLEST),
        name=pl.when(pl.col("short").fill_null(-1).rank("ordinal", descending=True) <= _NAMED).then("branch"),
    )
    frame = _frame(points)
    away = (pl.col("size") / math.pi).sqrt() + 11
    points = points.with_columns(
        down=pl.when(pl.Series(_above(points, frame), dtype=pl.Boolean)).then(-away).otherwise(away)
    )
    shapes = tuple(shape for shape in _SHAPES if (points["status"] == shape).fill_null(value=False).any())
    # Drawn in the order of the rows: the small ones last, so that none is hidden.
    shown = pl.concat([outline(frame), points.drop("status").sort("size", descending=True)], how="diagonal")
    return Chart(spec=_places(texts.language, dark, frame, shapes), data=shown, alt=alt_text)


Frame = tuple[float, float, float, float]
"""West, south, east and north, in degrees."""


def outline(frame: Frame) -> pl.DataFrame:
    """One row per corner of the islands that the frame touches: `part, corner, longitude, latitude`."""
    west, south, east, north = frame
    longitude, latitude = pl.col("longitude"), pl.col("latitude")
    touches = (
        (longitude.max().over("part") >= west)
        & (longitude.min().over("part") <= east)
        & (latitude.max().over("part") >= south)
        & (latitude.min().over("part") <= north)
    )
    return _islands().filter(touches)


@lru_cache
def _islands() -> pl.DataFrame:
    corners = pl.read_csv(settings.DATA / "outline.csv", schema_overrides={"longitude": pl.Float64})
    return corners.with_columns(corner=pl.int_range(pl.len()).cast(pl.Float64))


def _frame(points: pl.DataFrame) -> Frame:
    """Return what is shown, rounded so that a specification serves the same branches again."""
    ends = []
    for name in ("longitude", "latitude"):
        low, high = (float(points[name].min() or 0), float(points[name].max() or 0))  # type: ignore[arg-type]
        margin = max((high - low) * _MARGIN, (_LEAST - (high - low)) / 2, 0.4)
        ends.append((round(low - margin, 1), round(high + margin, 1)))
    (west, east), (south, north) = ends
    return west, south, east, north


def _above(points: pl.DataFrame, frame: Frame) -> list[bool]:
    """Say which names stand above their point: those that would lie on another branch below it, and not above it."""
    unit = (frame[3] - frame[1]) / _TYPICAL
    spots = list(zip(points["branch"], points["longitude"], points["latitude"], strict=True))

    def taken(name: str, east: float, north: float, side: int) -> bool:
        reach = (len(name) * _LETTER + _POINT) * unit
        return any(
            abs(other_east - east) < reach and 0 < side * (other_north - north) < _ROW * unit
            for other, other_east, other_north in spots
            if other != name
        )

    return [taken(*spot, -1) and not taken(*spot, 1) for spot in spots]


def _words(texts: Texts) -> dict[str, str]:
    return {status: texts(f"standing.{status}") for status in _SHAPES}


@lru_cache
def _places(language: str, dark: bool, frame: Frame, statuses: tuple[str, ...]) -> Spec:
    texts = load(language)
    words = [texts(f"standing.{status}") for status in statuses]
    legend = alt.Legend(title=None, orient="top", symbolSize=120, symbolStrokeWidth=0, columns=2)
    land = (
        alt.Chart()
        .mark_line(clip=True, strokeWidth=1, stroke=FAINT[dark], strokeOpacity=0.6, aria=False, tooltip=None)
        .encode(longitude="longitude:Q", latitude="latitude:Q", detail="part:N", order="corner:Q")
        .transform_filter("isValid(datum.part)")
    )
    base = (
        alt.Chart().encode(longitude="longitude:Q", latitude="latitude:Q").transform_filter("isValid(datum.standing)")
    )
    points = base.mark_point(filled=True, opacity=0.85, stroke=INK[dark], strokeWidth=0.6).encode(
        color=alt.Color(
            "standing:N",
            scale=alt.Scale(domain=words, range=[_COLOURS[dark][status] for status in statuses]),
            legend=legend,
        ),
        shape=alt.Shape(
            "standing:N",
            scale=alt.Scale(domain=words, range=[_SHAPES[status] for status in statuses]),
            legend=legend,
        ),
        size=alt.Size("size:Q", scale=None, legend=None),
        tooltip=[
            alt.Tooltip("branch:N", title=texts("table.branch")),
            alt.Tooltip("standing:N", title=texts("table.status")),
            alt.Tooltip("short:Q", title=texts("map.missing"), format=",.0f"),
            alt.Tooltip("attainment:Q", title=texts("table.attainment"), format=".1%"),
        ],
    )
    names = base.mark_text(fontSize=12, color=INK[dark], dy=alt.expr("datum.down"), aria=False).encode(text="name:N")
    spec = finish(alt.layer(land, points, names).properties(height=440, width="container"), texts, dark)
    for layer in spec["layer"]:
        if layer["mark"]["type"] == "line":
            layer["mark"] |= {"fill": GRID[dark], "fillOpacity": 0.7, "interpolate": "linear-closed"}
    return spec | {"projection": _projection(frame)}


def _projection(frame: Frame) -> Spec:
    """Fit the frame into whatever room there is, a degree as long eastward as northward: true near the equator."""
    west, south, east, north = frame
    wide, tall = math.radians(east - west), math.radians(north - south)
    return {
        "type": "equirectangular",
        "center": [(west + east) / 2, (south + north) / 2],
        "scale": {"expr": f"min(width / {wide:.6f}, height / {tall:.6f})"},
        "translate": {"expr": "[width / 2, height / 2]"},
    }
