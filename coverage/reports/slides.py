"""How does a page of sentences, charts and tables become a slide that can be edited?

Everything is native: charts carry their figures in a workbook of their own, tables are tables, the title is the
layout's title. Whether text fits is worked out from the widths of Helvetica's letters (Arial and Liberation Sans have
the same; most fonts of templates are narrower), and letters get smaller before anything is cut off.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any, TypeAlias

from lxml import etree
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_LEGEND_POSITION,
    XL_MARKER_STYLE,
    XL_TICK_LABEL_POSITION,
)
from pptx.enum.dml import MSO_LINE, MSO_THEME_COLOR
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Emu, Inches, Pt

from coverage import charts
from coverage.base.texts import Texts, shortened
from coverage.reports.masters import Box, Stage

Part: TypeAlias = "Lines | Bars | Table"

INK, FAINT, GRID = charts.INK[False], charts.FAINT[False], charts.GRID[False]
_MARK = "#B03A00"
_THEMED = {INK: MSO_THEME_COLOR.TEXT_1, FAINT: MSO_THEME_COLOR.TEXT_2}
_LCID = {"id": "421", "en": "409"}
_SMALLEST_TITLE = 16
_TABLE_SIZES = (14, 13, 12, 11, 10, 9)
_LEAD_SIZES = (18, 17, 16, 15, 14, 13, 12)
_FOOT_SIZES = (10, 9, 8)
_OTHER_FONT = 1.18
"""So many times wider the letters of a template may be, where its font is missing on a computer (DejaVu Sans)."""
_SPLITS = (0.55, 0.45, 0.35)
"""The shares of the width to which the left part may give way to a table."""
_LINE = 1.2
"""Height of a line of text in sizes of its letters."""
_CELL = Inches(0.07)
_GAP = Inches(0.15)
# Widths of Helvetica's letters from space to tilde, in thousandths of their size (Adobe's font metrics).
_WIDTHS = (
    "278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 278 278 "
    "584 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 667 944 "
    "667 667 611 278 278 278 469 556 333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 "
    "278 556 500 722 500 500 500 334 260 334 584"
)
_WIDTH = dict(zip(map(chr, range(32, 127)), map(int, _WIDTHS.split()), strict=True))
_WIDTH["\u00a0"] = _WIDTH[" "]
_BOLD = {"lower": 1.1, "upper": 1.05}
"""How much wider bold letters are; figures and marks are as wide as they were."""
_Figures: Any = CategoryChartData
_Colour: Any = RGBColor
"""python-pptx is typed in part."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a chart; None is a gap. `dash` is solid, dash or dot."""

    name: str
    values: Sequence[float | None]
    colour: str
    dash: str = "solid"
    points: float = 2.5


@dataclass(frozen=True, kw_only=True)
class Lines:
    """A line chart over months."""

    months: Sequence[date]
    lines: Sequence[Line]
    alt: str


@dataclass(frozen=True, kw_only=True)
class Series:
    """The bars of one name, a value for each category (None: no bar); `colours` where each bar has its own."""

    name: str
    values: Sequence[float | None]
    colour: str
    colours: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Bars:
    """A bar chart: lying with a number at each bar, or standing and stacked. `unit` says what the axis counts."""

    categories: Sequence[str] | Sequence[date]  # dates are months
    series: Sequence[Series]
    alt: str
    stacked: bool = False
    unit: str = ""
    key: str = ""  # said above the bars instead of a legend


@dataclass(frozen=True, kw_only=True)
class Table:
    """Cells in the reader's language; columns from `figures` on are aligned to the right."""

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    figures: int = 1
    strong: bool = False  # the last row is a sum


@dataclass(frozen=True, kw_only=True)
class Page:
    """A slide: the sentence that is its title, what else there is to say, one or two parts, what the speaker needs.

    `split` is the left part's share of the width.
    """

    title: str
    lead: Sequence[str] = ()
    parts: Sequence[Part] = ()
    split: float = 0.6
    notes: Sequence[str] = ()


def draw(at: Stage, pages: Sequence[Page], texts: Texts, *, foot: str, mark: str = "") -> None:
    """Add the pages as slides; each has `foot` at its foot, with `mark` (a sample) in bold before it."""
    for page in pages:
        _draw(at, page, texts, foot=foot, mark=mark)


def _draw(at: Stage, page: Page, texts: Texts, *, foot: str, mark: str) -> None:
    slide = at.deck.slides.add_slide(at.layout)
    for one in list(slide.placeholders):
        if one.placeholder_format.type is not None and one != slide.shapes.title:
            one._element.getparent().remove(one._element)
    size = _write_title(slide, at, page.title)
    top = at.title.bottom
    if at.own:
        lines = _lines_of(page.title, at.title.width, size, bold=True)
        top = at.title.top + min(at.title.height, int(Pt(size) * _LINE * lines)) + Inches(0.12)
    left = Box(left=at.title.left, top=top, width=at.title.width, height=at.foot.top - top - _GAP)
    if page.lead:
        left = _lead(slide, left, page.lead, alone=not page.parts, wider=_wider(at))
    for box, part in zip(_places(left, page, at), page.parts, strict=True):
        _part(slide, box, part, texts, _wider(at))
    _foot(slide, at, foot, mark)
    slide.notes_slide.notes_text_frame.text = "\n".join(page.notes)


def _places(whole: Box, page: Page, at: Stage) -> list[Box]:
    """Return where the parts stand: side by side, or where a table's words would break there, below each other.

    Before that the left part gives way.
    """
    if len(page.parts) < 2:
        return [whole][: len(page.parts)]
    for split in (page.split, *(one for one in _SPLITS if one < page.split)):
        beside = _beside(whole, split)
        if all(_keeps_words(part, box, at) for part, box in zip(page.parts, beside, strict=True)):
            return beside
    height = (whole.height - _GAP) // 2
    tops = (whole.top, whole.top + height + _GAP)
    return [Box(left=whole.left, top=top, width=whole.width, height=height) for top in tops]


def _beside(whole: Box, split: float) -> list[Box]:
    width = int((whole.width - 2 * _GAP) * split)
    start = whole.left + width + 2 * _GAP
    return [
        Box(left=whole.left, top=whole.top, width=width, height=whole.height),
        Box(left=start, top=whole.top, width=whole.left + whole.width - start, height=whole.height),
    ]


def _keeps_words(part: Part, box: Box, at: Stage) -> bool:
    """Say whether no word of a table has to break in its smallest letters."""
    if not isinstance(part, Table):
        return True
    width = int(box.width / _wider(at))
    return sum(_column_widths(width, part.heads, part.rows, _TABLE_SIZES[-1], wrap=True)) <= width


def _wider(at: Stage) -> float:
    return 1.0 if at.own else _OTHER_FONT


def _part(slide: Any, box: Box, part: Part, texts: Texts, wider: float) -> None:
    if isinstance(part, Table):
        _table(slide, box, part, texts, wider)
    elif isinstance(part, Lines):
        _line_chart(slide, box, part, texts)
    else:
        _bar_chart(slide, box, part, texts)


# Text


def width_of(text: str, size: float, *, bold: bool = False) -> int:
    """Return how wide a text is in letters of so many points (EMU)."""
    return int(Pt(size) * sum(_letter(one, bold) for one in text) / 1000)


@lru_cache(maxsize=4096)
def _letter(letter: str, bold: bool) -> float:
    width = _WIDTH.get(letter, 600 if ord(letter) < 0x2190 else 1000)  # arrows, signs and all that follow are wide
    if not bold:
        return width
    return width * (_BOLD["lower"] if letter.islower() else _BOLD["upper"] if letter.isupper() else 1)


def _lines_of(text: str, width: int, size: float, *, bold: bool = False) -> int:
    """Return how many lines a text takes in a box of this width; a word longer than a line is broken."""
    space, count, used = width_of(" ", size, bold=bold), 1, 0
    for word in text.split(" "):  # a no-break space breaks no line
        wide = width_of(word, size, bold=bold)
        if used and used + space + wide > width:
            count, used = count + 1, 0
        count += max(0, math.ceil(wide / width) - 1)
        used += wide % width + (space if used else 0) if wide > width else wide + (space if used else 0)
    return count


def _write_title(slide: Any, at: Stage, text: str) -> float:
    """Write the title in the layout's own size, or smaller where it would not fit; return the size."""
    frame = slide.shapes.title.text_frame
    frame.text = text
    frame.word_wrap = True
    size = at.title_size
    while size > _SMALLEST_TITLE and Pt(size) * _LINE * _lines_of(
        text, int((at.title.width - Inches(0.2) * (not at.own)) / _wider(at)), size, bold=True
    ) > at.title.height - Inches(0.1) * (not at.own):
        size -= 1
    if size != at.title_size:
        frame.paragraphs[0].runs[0].font.size = Pt(size)
    return size


def _lead(slide: Any, space: Box, said: Sequence[str], *, alone: bool, wider: float) -> Box:
    """Write sentences below the title, in at most a third of the space where parts follow; return the space left."""
    most = space.height if alone else space.height // 3
    bullets = len(said) > 1 and alone
    sizes = (24, 22, 20, *_LEAD_SIZES) if alone else _LEAD_SIZES
    gap = 0.5 if alone else 0.15

    def needed(size: float) -> int:
        lines = sum(_lines_of(one, int((space.width - Pt(size) * bullets) / wider), size) for one in said)
        return int(Pt(size) * (_LINE * lines + gap * len(said))) + Inches(0.05)

    size = next((one for one in sizes if needed(one) <= most), sizes[-1])
    height = min(needed(size), space.height)
    frame = _text_box(slide, Box(left=space.left, top=space.top, width=space.width, height=height))
    for place, one in enumerate(said):
        paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        _run(paragraph, f"• {one}" if bullets else one, size, FAINT if not alone else INK)
        paragraph.space_after = Pt(size * gap)
    top = space.top + height + _GAP
    return Box(left=space.left, top=top, width=space.width, height=space.bottom - top)


def _text_box(slide: Any, box: Box) -> Any:
    frame = slide.shapes.add_textbox(box.left, box.top, box.width, box.height).text_frame
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    return frame


def _run(paragraph: Any, text: str, size: float, colour: str, *, bold: bool = False) -> None:
    run = paragraph.add_run()
    run.text = text
    run.font.size, run.font.bold = Pt(size), bold
    _paint(run.font.color, colour)


def _paint(what: Any, colour: str) -> None:
    """Give a colour to letters, a line or a fill: ink is the master's own, so that it can be read on a dark one."""
    if colour in _THEMED:
        what.theme_color = _THEMED[colour]
    else:
        what.rgb = _Colour(*bytes.fromhex(colour.removeprefix("#")))


def _foot(slide: Any, at: Stage, text: str, mark: str) -> None:
    """Write where the figures come from, and the slide's number at the right."""
    number = Inches(0.5)
    box = Box(left=at.foot.left, top=at.foot.top, width=at.foot.width - number - _GAP, height=at.foot.height)
    marked = f"{mark} · {text}" if mark else text

    def fits(size: float) -> bool:
        return Pt(size) * _LINE * _lines_of(marked, int(box.width / _wider(at)), size, bold=True) <= box.height

    size = next((one for one in _FOOT_SIZES if fits(one)), _FOOT_SIZES[-1])
    frame = _text_box(slide, box)
    frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    if mark:
        _run(frame.paragraphs[0], f"{mark} · ", size, _MARK if at.own else INK, bold=True)
    _run(frame.paragraphs[0], text, size, FAINT)
    place = Box(left=at.foot.left + at.foot.width - number, top=at.foot.top, width=number, height=at.foot.height)
    frame = _text_box(slide, place)
    frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    frame.paragraphs[0].alignment = PP_ALIGN.RIGHT
    _slide_number(frame.paragraphs[0], len(slide.part.package.presentation_part.presentation.slides))


def _slide_number(paragraph: Any, number: int) -> None:
    """Write the number as a field, so that it follows when slides are moved."""
    field = etree.SubElement(paragraph._p, qn("a:fld"))
    field.set("id", "{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}")
    field.set("type", "slidenum")
    look = etree.SubElement(field, qn("a:rPr"))
    look.set("sz", "1000")
    etree.SubElement(etree.SubElement(look, qn("a:solidFill")), qn("a:schemeClr")).set("val", "tx2")
    etree.SubElement(field, qn("a:t")).text = str(number)


# Tables


def _table(slide: Any, box: Box, table: Table, texts: Texts, wider: float) -> None:
    """Draw a table as large as fits; rows that do not fit even in the smallest letters are counted in a last one."""
    rows, size, widths, heights = _fitted(replace(box, width=int(box.width / wider)), table, texts)
    widths = [int(one * wider) for one in widths]
    shape = slide.shapes.add_table(len(rows) + 1, len(table.heads), box.left, box.top, sum(widths), sum(heights))
    shape._element.nvGraphicFramePr.cNvPr.set("descr", "; ".join(table.heads))
    native = shape.table
    native.horz_banding = False
    # The plain style: it has no colours of its own, so that the table looks the same in every template.
    shape._element.graphic.graphicData.tbl.tblPr.find(qn("a:tableStyleId")).text = _PLAIN
    for place, width in enumerate(widths):
        native.columns[place].width = Emu(width)
    for number, cells in enumerate([table.heads, *rows]):
        native.rows[number].height = Emu(heights[number])
        last = table.strong and number == len(rows)
        for place, text in enumerate(cells):
            cell = native.cell(number, place)
            _cell(cell, text, size, right=place >= table.figures, bold=number == 0 or last)
            _rule(cell, INK if number == 0 or (table.strong and number == len(rows) - 1) else GRID)


_PLAIN = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # PowerPoint's "No Style, No Grid"


def _cell(cell: Any, text: str, size: float, *, right: bool, bold: bool) -> None:
    cell.margin_left = cell.margin_right = _CELL
    cell.margin_top = cell.margin_bottom = Inches(0.03)
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    paragraph = cell.text_frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.RIGHT if right else PP_ALIGN.LEFT
    _run(paragraph, text, size, INK, bold=bold)


def _rule(cell: Any, colour: str) -> None:
    """Draw a line below a cell; python-pptx has no borders of cells."""
    look = cell._tc.get_or_add_tcPr()
    rule = etree.SubElement(look, qn("a:lnB"), w=str(Pt(1)))
    fill = etree.SubElement(rule, qn("a:solidFill"))
    kind, value = ("a:schemeClr", "tx1") if colour == INK else ("a:srgbClr", colour.removeprefix("#"))
    etree.SubElement(fill, qn(kind)).set("val", value)


def _fitted(box: Box, table: Table, texts: Texts) -> tuple[list[list[str]], float, list[int], list[int]]:
    """Return the rows that fit, the size of their letters, the columns' widths and the rows' heights (head first)."""
    rows = [list(row) for row in table.rows]
    # First so that no cell has to wrap, then so that sentences do.
    for size, wrap in [*((one, False) for one in _TABLE_SIZES[:-2]), *((one, True) for one in _TABLE_SIZES)]:
        widths = _column_widths(box.width, table.heads, rows, size, wrap=wrap)
        heights = [
            _row_height(cells, widths, size, bold=place == 0) for place, cells in enumerate([table.heads, *rows])
        ]
        if sum(widths) <= box.width and sum(heights) <= box.height:
            return rows, size, widths, heights
    size = _TABLE_SIZES[-1]
    while len(rows) > 1 and sum(heights) + heights[-1] > box.height:
        rows.pop()
        heights.pop()
    dropped = len(table.rows) - len(rows)
    if dropped:
        rows.append([texts.count("deck.more_rows", dropped), *[""] * (len(table.heads) - 1)])
        heights.append(_row_height(rows[-1], widths, size, bold=False))
    return rows, size, widths, heights


def _column_widths(
    most: int, heads: Sequence[str], rows: Sequence[Sequence[str]], size: float, *, wrap: bool
) -> list[int]:
    """Return widths in which every word fits; what is left over is shared, and where it is too wide, sentences wrap."""
    margin = 2 * _CELL + Pt(2)

    def widest(place: int) -> int:
        return max((width_of(row[place], size, bold=True) for row in rows), default=0)

    def longest_word(place: int) -> int:
        words = [word for cells in (heads, *rows) for word in cells[place].split(" ")]
        return max((width_of(word, size, bold=True) for word in words), default=0)

    # An address is a word without end: it may break.
    limit = most if len(heads) == 1 else most // 2
    least = [min(longest_word(place) + margin, limit) for place in range(len(heads))]
    wished = [max(widest(place) + margin, low) for place, low in enumerate(least)]
    spare = most - sum(wished)
    if spare >= 0:
        return [one + spare // len(heads) for one in wished]
    if not wrap:
        return wished
    # Only sentences give way: a figure is one word.
    soft = [wish - low for wish, low in zip(wished, least, strict=True)]
    if sum(soft) + spare < 0:
        return least
    return [wish + spare * one // max(sum(soft), 1) for wish, one in zip(wished, soft, strict=True)]


def _row_height(cells: Sequence[str], widths: Sequence[int], size: float, *, bold: bool) -> int:
    lines = max(_lines_of(text, width - 2 * _CELL, size, bold=bold) for text, width in zip(cells, widths, strict=True))
    return int(Pt(size) * _LINE * lines) + Inches(0.1)


# Charts

_NAME_SIZES = (12, 11, 10, 9)
_NAMES_SHARE = 0.36
"""The part of a chart of lying bars that their names take."""
_KEY_SIZES = (13, 12, 11, 10)
_KEY = Inches(0.6)
"""The room in a legend for the sign of a name, and around both."""


def people_format(texts: Texts) -> str:
    """Return a number format that writes head counts as this language does, whatever computer shows them.

    `#,##0` takes the marks of whoever opens the file: an Indonesian slide would read 174,000 on an English computer.
    """
    mark = texts.locale.number_symbols["latn"]["group"]
    return f'[>=1000000]#"{mark}"000"{mark}"000;[>=1000]#"{mark}"000;0'


def short_format(texts: Texts, largest: float) -> str:
    """Return a number format for an axis with negatives: in thousands or millions, without a sign of a group."""
    scale, unit = ("", "")
    if largest >= 1e7:
        scale, unit = ",,", texts("form.million")
    elif largest >= 1e4:
        scale, unit = ",", texts("form.thousand")
    return f'0{scale}"{unit}";−0{scale}"{unit}";0'


def _line_chart(slide: Any, box: Box, chart: Lines, texts: Texts) -> None:
    data = _Figures(number_format=people_format(texts))
    data.categories = list(chart.months)
    for line in chart.lines:
        data.add_series(line.name, [None if one is None else round(one) for one in line.values])
    native = _chart(slide, box, XL_CHART_TYPE.LINE, data, chart.alt)
    for line, plotted in zip(chart.lines, native.plots[0].series, strict=True):
        plotted.smooth = False
        if _alone(line.values):
            _dots(plotted, line.colour)
        _paint(plotted.format.line.color, line.colour)
        plotted.format.line.width = Pt(line.points)
        if line.dash != "solid":
            plotted.format.line.dash_style = MSO_LINE.DASH if line.dash == "dash" else MSO_LINE.ROUND_DOT
    known = [value for line in chart.lines for value in line.values if value is not None]
    axis = native.value_axis
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = people_format(texts), False
    axis.minimum_scale = _floor(min(known, default=0), max(known, default=1))
    _month_axis(native.category_axis, len(chart.months), texts)


def _alone(values: Sequence[float | None]) -> bool:
    """Say whether a month is known whose neighbours are not: a line through it would not be seen."""
    around = [None, *values, None]
    return any(
        one is not None and before is None and after is None
        for before, one, after in zip(around, around[1:], around[2:], strict=False)
    )


def _dots(plotted: Any, colour: str) -> None:
    plotted.marker.style, plotted.marker.size = XL_MARKER_STYLE.CIRCLE, 8
    plotted.marker.format.fill.solid()
    _paint(plotted.marker.format.fill.fore_color, colour)


def _month_axis(axis: Any, count: int, texts: Texts) -> None:
    """Label every third or sixth month, in words of the language whatever computer shows them.

    python-pptx has no setter for the distance of labels, and without it 48 of them crowd the axis.
    """
    months = f"[$-{_LCID.get(texts.language, '409')}]mmm yyyy"
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = months, False
    element = axis._element
    anchor = element.find(qn("c:baseTimeUnit"))
    if anchor is None:
        anchor = etree.SubElement(element, qn("c:baseTimeUnit"))
    anchor.set("val", "months")
    step = 3 if count <= 18 else 6 if count <= 48 else 12
    for name, value in (("c:majorTimeUnit", "months"), ("c:majorUnit", str(step))):
        one = etree.Element(qn(name))
        one.set("val", value)
        anchor.addnext(one)


def _floor(low: float, high: float) -> float:
    """Return a round number at or below the lowest value, so that lines use the height; 0 where that is near."""
    if low <= 0 or low < (high - low) / 2:
        return 0.0
    step = 10.0 ** math.floor(math.log10(max(high - low, high / 100, 1)))
    return max(0.0, math.floor(low / step - 0.25) * step)


def _bar_chart(slide: Any, box: Box, chart: Bars, texts: Texts) -> None:
    data = _Figures(number_format=people_format(texts))
    size, names = _names(chart, box)
    data.categories = names
    for series in chart.series:
        data.add_series(
            _in_one_line(series.name, box.width - _KEY, _KEY_SIZES[-1]),
            [None if one is None else round(one, 6) for one in series.values],
        )
    kind = XL_CHART_TYPE.COLUMN_STACKED if chart.stacked else XL_CHART_TYPE.BAR_CLUSTERED
    native = _chart(slide, box, kind, data, chart.alt)
    if native.has_legend and not chart.key:
        _fit_legend(native.legend, data, box)
    plot = native.plots[0]
    most = max(len(chart.categories), 1)
    plot.gap_width, plot.overlap = (max(60, 240 // most), 100) if chart.stacked else (max(45, 240 // most), -5)
    for series, plotted in zip(chart.series, plot.series, strict=True):
        plotted.invert_if_negative = False
        plotted.format.fill.solid()
        _paint(plotted.format.fill.fore_color, series.colour)
        for place, colour in enumerate(series.colours):
            point = plotted.points[place].format.fill
            point.solid()
            _paint(point.fore_color, colour)
    known = _known(chart)
    largest = max((abs(one) for one in known), default=0)
    axis = native.value_axis
    axis.tick_labels.number_format_is_linked = False
    lowest, highest = min(known, default=0), max(known, default=0)
    below = lowest < 0
    # A bar is as long as its figure: left to themselves, programs begin the axis near the smallest one.
    if not below:
        axis.minimum_scale = 0
    if highest <= 0:
        axis.maximum_scale = 0
    axis.tick_labels.number_format = short_format(texts, largest) if below else people_format(texts)
    if chart.unit:
        _axis_title(axis, chart.unit)
    if chart.stacked:
        native.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
        if chart.categories and isinstance(chart.categories[0], date):
            _month_axis(native.category_axis, len(chart.categories), texts)
        return
    # Lying bars run from the bottom up; a reader begins at the top.
    native.category_axis.reverse_order = True
    native.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    axis.tick_label_position = XL_TICK_LABEL_POSITION.NONE
    axis.has_major_gridlines = False
    axis.visible = False
    plot.has_data_labels = True
    labels = plot.data_labels
    labels.show_value, labels.position = True, XL_LABEL_POSITION.OUTSIDE_END
    labels.number_format, labels.number_format_is_linked = _label_format(chart, texts), False
    labels.font.size = Pt(12)
    labels._element.find(f"{qn('c:txPr')}/{qn('a:bodyPr')}").set("wrap", "none")  # a figure is one word
    if below:  # room for the numbers between the bars and their names
        long = max(width_of(texts.signed(one), 13) for one in known) / (box.width * (1 - _NAMES_SHARE))
        axis.minimum_scale = (lowest - min(long, 0.5) * max(highest, 0)) / (1 - min(long, 0.5))
    _every_name(native.category_axis, size)
    _paint(labels.font.color, INK)
    if chart.key:
        # A legend shows one colour for a name, and here there are several.
        native.has_legend, native.has_title = False, True
        _words(native.chart_title.text_frame, chart.key)


def _names(chart: Bars, box: Box) -> tuple[float, Sequence[str | date]]:
    """Return the size of the names at lying bars, and the names: one that is too long even in small letters is cut."""
    names: list[str | date] = list(chart.categories)
    width = int(box.width * _NAMES_SHARE)
    if chart.stacked or not names:
        return _NAME_SIZES[0], names
    room = box.height * 0.9 / len(names)
    for size in _NAME_SIZES:
        if max(_lines_of(str(one), width, size) for one in names) * Pt(size) * _LINE <= room:
            return size, names
    size = _NAME_SIZES[-1]
    most = max(1, int(room / (Pt(size) * _LINE)))
    return size, [_in_one_line(str(one), int(width * most * (1 if most == 1 else 0.85)), size) for one in names]


def _in_one_line(text: str, width: int, size: float) -> str:
    """Cut a text that is wider than this."""
    most = len(text)
    while most > 3 and width_of(shortened(text, most), size) > width:
        most -= 1
    return shortened(text, most)


def _every_name(axis: Any, size: float) -> None:
    """Write the name of every bar: left to themselves, programs leave out every other one of long names.

    python-pptx has no words for that: PowerPoint is told to skip none, LibreOffice by a turn of 0 degrees.
    """
    axis.tick_labels.font.size = Pt(size)
    look = axis._element.find(f"{qn('c:txPr')}/{qn('a:bodyPr')}")
    look.set("rot", "0")
    look.set("vert", "horz")
    skip = etree.Element(qn("c:tickLblSkip"))
    skip.set("val", "1")
    axis._element.find(qn("c:noMultiLvlLbl")).addprevious(skip)


def _fit_legend(legend: Any, data: Any, box: Box) -> None:
    """Make the letters of a legend so small that no name needs a second line: programs write it over the next name."""
    widest = max(width_of(one.name, 1) for one in data)
    legend.font.size = Pt(next((one for one in _KEY_SIZES if widest * one <= box.width - _KEY), _KEY_SIZES[-1]))


def _known(chart: Bars) -> list[float]:
    return [one for series in chart.series for one in series.values if one is not None]


def _label_format(chart: Bars, texts: Texts) -> str:
    """Return the format of the numbers at the bars: whole people, with a sign where some are below nothing.

    Programs disagree about the sign in a section with a condition, so there the marks are those of the computer that
    shows it, unless it follows the format's language (LibreOffice does).
    """
    if all(one >= 0 for one in _known(chart)):
        return people_format(texts)
    spoken = f"[$-{_LCID.get(texts.language, '409')}]"
    return f"{spoken}#,##0;{spoken}−#,##0;0"


def _axis_title(axis: Any, text: str) -> None:
    axis.has_title = True
    _words(axis.axis_title.text_frame, text)


def _words(frame: Any, text: str) -> None:
    frame.text = text
    run = frame.paragraphs[0].runs[0]
    run.font.size, run.font.bold = Pt(12), False
    _paint(run.font.color, FAINT)


def _chart(slide: Any, box: Box, kind: Any, data: Any, alt: str) -> Any:
    shape = slide.shapes.add_chart(kind, box.left, box.top, box.width, box.height, data)
    shape._element.nvGraphicFramePr.cNvPr.set("descr", alt)
    native = shape.chart
    native.has_title = False
    native.font.size = Pt(12)
    _paint(native.font.color, FAINT)
    native.has_legend = len(data) > 1
    if native.has_legend:
        native.legend.position, native.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
        native.legend.font.size = Pt(13)
        _paint(native.legend.font.color, INK)
    _paint(native.value_axis.major_gridlines.format.line.color, GRID)
    for axis in (native.value_axis, native.category_axis):
        _paint(axis.format.line.color, GRID)
    native.category_axis.has_major_gridlines = False
    return native
