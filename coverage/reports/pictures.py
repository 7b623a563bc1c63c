"""How do charts and tables leave the screen: as pictures that say where they come from, and as tables for programs?

A chart becomes an SVG by Vega itself (vl-convert carries it along: no browser, no network), in letters that ship with
the project (`fonts/`), so that a picture looks the same on every machine. Title, source and date are part of it.
"""

from __future__ import annotations

import base64
import io
import json
import re
import string
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

import polars as pl

from coverage.base.texts import Texts
from coverage.charts import drawing
from coverage.charts.drawing import Chart
from coverage.reports import provenance
from coverage.reports.provenance import Provenance

FONTS = Path(__file__).parent / "fonts"
FAMILY = "Cakupan Sans"
WIDTH = 960
"""Pixels of a picture that stands alone; its PNG has twice as many."""
SCALE = 2.0
_NARROW = 300
"""Pixels below which a legend has room for one column only."""
_MARGIN = 28
_TITLE, _FOOT, _MARK = 20, 11, 15
"""Sizes of the letters around a chart, in pixels."""
_SAMPLE = "#B03A00"
_LINE = 1.3
_USUAL = frozenset(string.printable.strip() + " –−·×…▲▼◆●")
"""Letters that nearly every picture needs: most of them so share one subset of the font."""
_BEYOND = re.compile("[\U00010000-\U0010ffff]")
_ID = re.compile(r'\bid="([^"]+)"')


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A chart with the sentence above it; `name` is its file's, without an ending."""

    name: str
    title: str
    chart: Chart
    height: int = 340
    key: tuple[str, ...] = ()  # what its bands mean


# A chart


def svg_of_chart(chart: Chart, *, width: int, height: int, name: str = "chart") -> str:
    """Return a chart alone as an opaque SVG of so many pixels; `name` keeps its ids apart from another's."""
    import vl_convert

    _register()
    rows = chart.data.with_columns(
        pl.col(column).dt.strftime("%Y-%m-%dT%H:%M:%S")
        for column, dtype in chart.data.schema.items()
        if dtype.is_temporal()
    )
    spec: dict[str, Any] = chart.spec | {
        "datasets": chart.spec.get("datasets", {}) | {drawing.ROWS: rows.to_dicts()},
        "config": chart.spec["config"] | {"background": "white", "font": f"{FAMILY}, {drawing.FONT}"},
        "width": width,
        "height": height,
        "autosize": {"type": "fit", "contains": "padding"},
    }
    if width < _NARROW:
        spec = _one_column(spec)
    # Vega cuts a long name by halves of such signs, which then are none, and the letters that ship have none of them.
    plain = _BEYOND.sub("□", json.dumps(spec, ensure_ascii=False))
    svg: str = vl_convert.vegalite_to_svg(plain, vl_version="6.1", allowed_base_urls=[])
    for identifier in set(_ID.findall(svg)):
        svg = svg.replace(f'id="{identifier}"', f'id="{name}-{identifier}"').replace(
            f"url(#{identifier})", f"url(#{name}-{identifier})"
        )
        svg = svg.replace(f'href="#{identifier}"', f'href="#{name}-{identifier}"')
    return svg


def _one_column(part: Any) -> Any:
    """Set the names of a legend below each other: beside each other they would be cut off."""
    if isinstance(part, dict):
        return {name: 1 if name == "columns" else _one_column(value) for name, value in part.items()}
    return [_one_column(child) for child in part] if isinstance(part, list) else part


@lru_cache
def _register() -> None:
    """Make the project's letters known to the converter, once a process."""
    import vl_convert

    vl_convert.register_font_directory(str(FONTS))


def png(svg: str, scale: float = SCALE) -> bytes:
    """Return an SVG as a PNG of `scale` times as many pixels."""
    import vl_convert
    from PIL import Image

    _register()
    small = io.BytesIO()
    with Image.open(io.BytesIO(vl_convert.svg_to_png(svg, scale=scale))) as image:
        image.convert("RGB").save(small, "PNG")  # nothing shines through: a third of the bytes
    return small.getvalue()


def svg(picture: Picture, source: Provenance, texts: Texts) -> str:
    """Return a chart with its sentence above and source and date below, as an opaque SVG that says itself in words."""
    wide = WIDTH - 2 * _MARGIN
    mark = texts("provenance.sample") if source.sample else ""
    title = wrapped(picture.title, wide - (90 if mark else 0), _TITLE, bold=True)
    foot = [row for line in (*picture.key, *_foot(source, texts)) for row in wrapped(line, wide, _FOOT)]
    top = _MARGIN + len(title) * _TITLE * _LINE + 10
    below = top + picture.height + 14
    height = int(below + len(foot) * _FOOT * _LINE + _MARGIN / 2)
    inner = svg_of_chart(picture.chart, width=wide, height=picture.height, name=picture.name)
    size = f'width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" font-family="{_family()}" lang="{texts.language}">',
        f"<title>{escape(picture.title)}</title><desc>{escape(picture.chart.alt)}</desc>",
        f"<style>{faces(picture.title, *foot, inner)}</style>",
        f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
        *_rows(title, _MARGIN, _TITLE, drawing.INK[False], weight="bold"),
        inner.replace("<svg ", f'<svg x="{_MARGIN}" y="{top:.0f}" ', 1),
        *_rows(foot, below, _FOOT, drawing.FAINT[False]),
    ]
    if mark:
        parts.append(
            f'<text x="{WIDTH - _MARGIN}" y="{_MARGIN + _MARK}" font-size="{_MARK}" font-weight="bold" '
            f'text-anchor="end" fill="{_SAMPLE}">{escape(mark)}</text>'
        )
    return "".join([*parts, "</svg>"])


def _family() -> str:
    return escape(f"{FAMILY}, {drawing.FONT}", quote=True)


def _foot(source: Provenance, texts: Texts) -> list[str]:
    """Return the lines below a picture: where its figures come from, and when it was made."""
    return [*(texts("provenance.source", source=name) for name in source.sources[:2]), provenance.short(source, texts)]


def _rows(lines: Sequence[str], top: float, size: int, fill: str, *, weight: str = "normal") -> list[str]:
    return [
        f'<text x="{_MARGIN}" y="{top + size + place * size * _LINE:.1f}" font-size="{size}" font-weight="{weight}" '
        f'fill="{fill}">{escape(row)}</text>'
        for place, row in enumerate(lines)
    ]


def wrapped(text: str, width: float, size: float, *, bold: bool = False) -> list[str]:
    """Break a text into lines that fit `width` pixels in letters of `size`; a word that is too long is broken too."""
    rows, row = [], ""
    for word in text.replace("\n", " ").split(" "):  # a space that does not break stays
        while width_of(word, size, bold=bold) > width and len(word) > 1:
            fits = max(1, sum(width_of(word[:end], size, bold=bold) <= width for end in range(1, len(word))))
            rows += [row] if row else []
            rows.append(word[:fits])
            word, row = word[fits:], ""
        longer = f"{row} {word}" if row else word
        if width_of(longer, size, bold=bold) <= width:
            row = longer
        else:
            rows, row = [*rows, row], word
    return [*rows, row] if row else rows


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """Return how wide a text is in the project's letters (in the unit of `size`)."""
    return _units(text, bold) * size / _widths(bold)[2]


@lru_cache(maxsize=4096)
def _units(text: str, bold: bool) -> int:
    """Return a text's width in the font's own units: a text that is to fit is measured at one size after another."""
    widths, unknown, _ = _widths(bold)
    return sum(widths.get(ord(letter), unknown) for letter in text)


@lru_cache
def _widths(bold: bool) -> tuple[dict[int, int], int, int]:
    """Return each letter's width, that of letters the font lacks, and how many units make the letters' size."""
    from fontTools.ttLib import TTFont

    with TTFont(font(bold=bold)) as read:
        wide, unit = read["hmtx"].metrics, int(read["head"].unitsPerEm)
        return {code: wide[name][0] for code, name in read.getBestCmap().items()}, unit, unit


def faces(*texts: str) -> str:
    """Return the letters of these texts as a style, so that they look the same where nobody has the font."""
    return _faces(frozenset(_USUAL.union(*texts)))


@lru_cache(maxsize=16)
def _faces(letters: frozenset[str]) -> str:
    from fontTools import subset

    rules = ""
    for bold in (False, True):
        options = subset.Options(flavor="woff", hinting=False, layout_features=["kern"], notdef_outline=True)
        cutter, content = subset.Subsetter(options), io.BytesIO()
        cutter.populate(text="".join(sorted(letters)))
        with subset.load_font(str(font(bold=bold)), options) as part:
            cutter.subset(part)
            subset.save_font(part, content, options)
        code = base64.b64encode(content.getvalue()).decode()
        weight = "bold" if bold else "normal"
        rules += f'@font-face{{font-family:"{FAMILY}";font-weight:{weight};src:url(data:font/woff;base64,{code})}}'
    return rules


def font(*, bold: bool = False) -> Path:
    """Return the file of the project's letters."""
    return FONTS / f"CakupanSans-{'Bold' if bold else 'Regular'}.ttf"
