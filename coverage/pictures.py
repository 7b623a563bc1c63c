"""How do charts and tables leave the screen: as pictures that say where they come from, and as tables for programs?

A chart becomes an SVG by Vega itself (vl-convert carries it along: no browser, no network), in letters that ship with
the project (`fonts/`), so that a picture looks the same on every machine. Title, source and date are part of it.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

import polars as pl

from coverage import chance, charts, credit, export, gaps, money, months, provenance, scenarios, script, sentences
from coverage.charts import Chart
from coverage.provenance import Provenance
from coverage.scenarios import Scenario
from coverage.script import Told
from coverage.texts import Texts

FONTS = Path(__file__).parent / "fonts"
FAMILY = "Cakupan Sans"
WIDTH = 960
"""Pixels of a picture that stands alone; its PNG has twice as many."""
SCALE = 2.0
_MARGIN = 28
_TITLE, _FOOT, _MARK = 20, 11, 15
"""Sizes of the letters around a chart, in pixels."""
_SAMPLE = "#B03A00"
_LINE = 1.3
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


def drawn(chart: Chart, *, width: int, height: int, name: str = "chart") -> str:
    """Return a chart alone as an opaque SVG of so many pixels; `name` keeps its ids apart from another's."""
    import vl_convert

    _register()
    rows = chart.data.with_columns(
        pl.col(column).dt.strftime("%Y-%m-%dT%H:%M:%S")
        for column, dtype in chart.data.schema.items()
        if dtype.is_temporal()
    )
    spec: dict[str, Any] = chart.spec | {
        "datasets": chart.spec.get("datasets", {}) | {charts.ROWS: rows.to_dicts()},
        "config": chart.spec["config"] | {"background": "white", "font": f"{FAMILY}, {charts.FONT}"},
        "width": width,
        "height": height,
        "autosize": {"type": "fit", "contains": "padding"},
    }
    svg: str = vl_convert.vegalite_to_svg(spec, vl_version="6.1", allowed_base_urls=[])
    for found in set(_ID.findall(svg)):
        svg = svg.replace(f'id="{found}"', f'id="{name}-{found}"').replace(f"url(#{found})", f"url(#{name}-{found})")
        svg = svg.replace(f'href="#{found}"', f'href="#{name}-{found}"')
    return svg


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
        image.convert("RGB").save(small, "PNG", optimize=True)  # nothing shines through, and a third of the bytes
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
    inner = drawn(picture.chart, width=wide, height=picture.height, name=picture.name)
    size = f'width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" font-family="{_family()}" lang="{texts.language}">',
        f"<title>{escape(picture.title)}</title><desc>{escape(picture.chart.alt)}</desc>",
        f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
        *_rows(title, _MARGIN, _TITLE, charts.INK[False], weight="bold"),
        inner.replace("<svg ", f'<svg x="{_MARGIN}" y="{top:.0f}" ', 1),
        *_rows(foot, below, _FOOT, charts.FAINT[False]),
    ]
    if mark:
        parts.append(
            f'<text x="{WIDTH - _MARGIN}" y="{_MARGIN + _MARK}" font-size="{_MARK}" font-weight="bold" '
            f'text-anchor="end" fill="{_SAMPLE}">{escape(mark)}</text>'
        )
    return "".join([*parts, "</svg>"])


def _family() -> str:
    return escape(f"{FAMILY}, {charts.FONT}", quote=True)


def _foot(source: Provenance, texts: Texts) -> list[str]:
    """Return the lines below a picture: where its figures come from, and when it was made."""
    return [*(texts("provenance.source", source=one) for one in source.sources[:2]), provenance.short(source, texts)]


def _rows(said: Sequence[str], top: float, size: int, fill: str, *, weight: str = "normal") -> list[str]:
    return [
        f'<text x="{_MARGIN}" y="{top + size + place * size * _LINE:.1f}" font-size="{size}" font-weight="{weight}" '
        f'fill="{fill}">{escape(row)}</text>'
        for place, row in enumerate(said)
    ]


def wrapped(text: str, width: float, size: float, *, bold: bool = False) -> list[str]:
    """Break a text into lines that fit `width` pixels in letters of `size`; a word that is too long is broken too."""
    found, row = [], ""
    for word in text.replace("\n", " ").split(" "):  # a space that does not break stays
        while width_of(word, size, bold=bold) > width and len(word) > 1:
            fits = max(1, sum(width_of(word[:end], size, bold=bold) <= width for end in range(1, len(word))))
            found += [row] if row else []
            found.append(word[:fits])
            word, row = word[fits:], ""
        longer = f"{row} {word}" if row else word
        if width_of(longer, size, bold=bold) <= width:
            row = longer
        else:
            found, row = [*found, row], word
    return [*found, row] if row else found


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """Return how wide a text is in the project's letters (in the unit of `size`)."""
    widths, unknown, em = _widths(bold)
    return sum(widths.get(ord(one), unknown) for one in text) * size / em


@lru_cache
def _widths(bold: bool) -> tuple[dict[int, int], int, int]:
    """Return each letter's width, that of letters the font lacks, and how many units make the letters' size."""
    from fontTools.ttLib import TTFont

    with TTFont(font(bold=bold)) as read:
        wide, unit = read["hmtx"].metrics, int(read["head"].unitsPerEm)
        return {code: wide[name][0] for code, name in read.getBestCmap().items()}, unit, unit


def font(*, bold: bool = False) -> Path:
    """Return the file of the project's letters."""
    return FONTS / f"CakupanSans-{'Bold' if bold else 'Regular'}.ttf"


# Everything that there is to see


def gallery(told: Told) -> list[Picture]:
    """Return every chart of a view and a scenario, with the sentence that it shows."""
    texts, only = told.texts, script.only_segment(told)
    found = bullet(told)
    found.append(course(told, only))
    if only is None:
        found += [course(told, one) for one in told.segments["segment"].to_list()]
    ranked = gaps.ranking(told.view)
    short = ranked.filter(pl.col("short") > 0)
    if ranked.height > 1 and short.height:
        said = script.branches_page(told).title
        chart = charts.shortages(ranked, texts, alt_text=said)
        found.append(Picture(name="branches", title=said, chart=chart, height=80 + 24 * short.height))
    chart = charts.flows(told.table(only)[1], texts, alt_text=texts("simulate.flows_alt"))
    found.append(Picture(name="flows", title=script.flows_page(told).title, chart=chart, height=400))
    return [*found, *_parts(told), *paid(told)]


def bullet(told: Told) -> list[Picture]:
    """Return each segment's active workers against its target; nothing where nobody set one."""
    count = told.segments["target"].drop_nulls().len()
    if not count:
        return []
    said = sentences.standing_parts(told.segments, told.texts)[0]
    alt = told.texts("overview.bullet_alt", parts=said)
    chart = charts.bullet(told.segments, told.texts, alt_text=alt)
    return [Picture(name="standing", title=said, chart=chart, height=64 * count + 50)]


def course(told: Told, segment: str | None) -> Picture:
    """Return where one segment, or all together, has been and where it leads, with its fan and target."""
    texts = told.texts
    past = gaps.history(told.view, ["segment"] if segment else [])
    past = past.filter(segment=segment) if segment else past
    past = past.filter(pl.col("month") >= months.add(told.view.as_of, 1 - script.PAST_MONTHS))
    still, moved = told.table(segment)
    fan = told.fan(segment)
    said = sentences.outcome_parts(still, moved, texts, segment=segment, changed=told.changed)
    alt = [sentences.so_far(past, sentences.segment_name(segment, texts), texts, baseline=still), *said]
    if fan is not None:
        alt.append(sentences.sureness(fan, texts))
    chart = charts.trajectory(
        past, still, moved if told.changed else None, texts, segment=segment, fan=fan, alt_text=" ".join(alt)
    )
    key = [] if fan is None else [texts("chance.band")]
    key += [texts("simulate.band")] if moved["funded"].sum() > 0 else []
    return Picture(name=f"course-{segment or 'total'}", title=said[0], chart=chart, height=400, key=tuple(key))


def _parts(told: Told) -> list[Picture]:
    """Return which step of the scenario does how much, and which matters most."""
    if not told.changed:
        return []
    texts = told.texts
    parts = credit.split(told.view, Scenario(), told.scenario, told.ahead, [])
    if parts.is_empty():
        return []
    still, moved = told.table(None)
    ends = [float(one["covered"][place]) for one, place in ((still, 0), (still, -1), (moved, -1))]
    steps = sentences.named_steps(
        credit.steps(ends[0], ends[1], parts, end=ends[2]),
        texts,
        today=told.view.as_of,
        reference="",
        end=told.source.scenario,
    )
    said = sentences.credited(parts, texts)
    target = moved["target"][-1]
    chart = charts.waterfall(steps, texts, target=target, alt_text=said)
    return [Picture(name="parts", title=said, chart=chart, height=70 + 40 * (steps.height + 1))]


def paid(told: Told) -> list[Picture]:
    """Return what the programmes cost their payers, year by year."""
    years = scenarios.money(told.view, told.scenario, told.run)
    if years.is_empty():
        return []
    said = sentences.costs(years, told.texts)
    chart = charts.payments(years, told.texts, alt_text=said)
    return [Picture(name="payments", title=said, chart=chart, height=320)]


def tables(told: Told) -> dict[str, pl.DataFrame]:
    """Return every table by the name of its file, with the columns that the commands write."""
    view, name = told.view, told.source.scenario
    keys = ["branch", "segment"]
    ranked = gaps.ranking(view)
    found = {
        "gaps": told.segments,
        "gaps-by-branch": gaps.by(view, keys),
        "ranking": ranked.select(one for one, dtype in ranked.schema.items() if not dtype.is_nested()),
        "history": gaps.history(view, keys),
        "baseline": scenarios.baseline_table(view, told.ahead, ["segment"]),
        "projection": scenarios.table(view, told.run, name=name, keys=["segment"]),
        "projection-by-branch": scenarios.table(view, told.run, name=name, keys=keys),
    }
    if told.wobble is not None:
        found["fan"] = chance.fan(view, told.scenario, told.ahead, ["segment"], wobble=told.wobble)
    if told.changed:
        found["parts"] = credit.split(view, Scenario(), told.scenario, told.ahead, [])
    spent = money.monthly(view, told.scenario, told.run)
    if not spent.is_empty():
        found |= {"money": money.yearly(spent), "money-by-month": spent}
        found["money-ends"] = money.cliffs(view, told.scenario, told.run)
    return found


def bundle(told: Told) -> bytes:
    """Return a ZIP of every chart as SVG and PNG and every table as CSV, with what they rest on as text and JSON."""
    source, made = told.source, io.BytesIO()
    day = source.made_on
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:

        def put(name: str, content: str | bytes) -> None:
            entry = zipfile.ZipInfo(name, (max(day.year, 1980), day.month, day.day, 0, 0, 0))
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, content)

        put("sources.txt", "\n".join(provenance.lines(source, told.texts)) + "\n")
        put("provenance.json", provenance.to_json(source) + "\n")
        put("scenario.toml", source.scenario_toml)
        for place, picture in enumerate(gallery(told), start=1):
            whole = svg(picture, source, told.texts)
            put(f"charts/{place:02d}-{picture.name}.svg", whole)
            put(f"charts/{place:02d}-{picture.name}.png", png(whole))
        for name, table in tables(told).items():
            put(f"tables/{name}.csv", export.csv(table))
    return made.getvalue()
