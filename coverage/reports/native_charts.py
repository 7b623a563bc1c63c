"""How does a chart become one that PowerPoint can edit?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from typing import Any

from lxml import etree
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_LEGEND_POSITION,
    XL_MARKER_STYLE,
    XL_TICK_LABEL_POSITION,
)
from pptx.enum.dml import MSO_LINE
from pptx.oxml.ns import qn
from pptx.util import Inches, Pt

from coverage.base.texts import Texts, shortened
from coverage.reports.lettering import (
    FAINT,
    GRID,
    INK,
    LANGUAGE_CODES,
    LINE_HEIGHT,
    count_lines,
    fill_colour,
    style_words,
    width_in_emu,
)
from coverage.reports.masters import Box
from coverage.reports.page_parts import BarChart, LineChart

_Figures: Any = CategoryChartData


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


def draw_lines(slide: Any, box: Box, chart: LineChart, texts: Texts) -> None:
    data = _Figures(number_format=people_format(texts))
    data.categories = list(chart.months)
    for line in chart.lines:
        data.add_series(line.name, [None if value is None else round(value) for value in line.values])
    native = _chart(slide, box, XL_CHART_TYPE.LINE, data, chart.alt)
    for line, plotted in zip(chart.lines, native.plots[0].series, strict=True):
        plotted.smooth = False
        if _alone(line.values):
            _dots(plotted, line.colour)
        fill_colour(plotted.format.line.color, line.colour)
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
        value is not None and before is None and after is None
        for before, value, after in zip(around, around[1:], around[2:], strict=False)
    )


def _dots(plotted: Any, colour: str) -> None:
    plotted.marker.style, plotted.marker.size = XL_MARKER_STYLE.CIRCLE, 8
    plotted.marker.format.fill.solid()
    fill_colour(plotted.marker.format.fill.fore_color, colour)


def _month_axis(axis: Any, count: int, texts: Texts) -> None:
    """Label every third or sixth month, in words of the language whatever computer shows them.

    python-pptx has no setter for the distance of labels, and without it 48 of them crowd the axis.
    """
    months = f"[$-{LANGUAGE_CODES.get(texts.language, '409')}]mmm yyyy"
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = months, False
    element = axis._element
    anchor = element.find(qn("c:baseTimeUnit"))
    if anchor is None:
        anchor = etree.SubElement(element, qn("c:baseTimeUnit"))
    anchor.set("val", "months")
    step = 3 if count <= 18 else 6 if count <= 48 else 12
    for name, value in (("c:majorTimeUnit", "months"), ("c:majorUnit", str(step))):
        node = etree.Element(qn(name))
        node.set("val", value)
        anchor.addnext(node)


def _floor(low: float, high: float) -> float:
    """Return a round number at or below the lowest value, so that lines use the height; 0 where that is near."""
    if low <= 0 or low < (high - low) / 2:
        return 0.0
    step = 10.0 ** math.floor(math.log10(max(high - low, high / 100, 1)))
    return max(0.0, math.floor(low / step - 0.25) * step)


def draw_bars(slide: Any, box: Box, chart: BarChart, texts: Texts) -> None:
    data = _Figures(number_format=people_format(texts))
    size, names = _names(chart, box)
    data.categories = names
    for series in chart.series:
        data.add_series(
            _in_one_line(series.name, box.width - _KEY, _KEY_SIZES[-1]),
            [None if value is None else round(value, 6) for value in series.values],
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
        fill_colour(plotted.format.fill.fore_color, series.colour)
        for place, colour in enumerate(series.colours):
            point = plotted.points[place].format.fill
            point.solid()
            fill_colour(point.fore_color, colour)
    known = _known(chart)
    above, under = _piles(chart)
    largest = max(above, under) if chart.stacked else max((abs(value) for value in known), default=0)
    axis = native.value_axis
    axis.tick_labels.number_format_is_linked = False
    lowest, highest = min(known, default=0), max(known, default=0)
    below = lowest < 0
    # A bar is as long as its figure: left to themselves, programs begin the axis near the smallest one.
    if not below:
        axis.minimum_scale = 0
    if highest <= 0:
        axis.maximum_scale = 0
    if chart.stacked and largest > 0:  # left to themselves, some programs end it below the highest pile
        step = _step(above + under)
        axis.major_unit = step
        axis.maximum_scale = math.ceil(above * 1.02 / step) * step
        axis.minimum_scale = -math.ceil(under * 1.02 / step) * step
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
        long = max(width_in_emu(texts.signed(value), 13) for value in known) / (box.width * (1 - _NAMES_SHARE))
        axis.minimum_scale = (lowest - min(long, 0.5) * max(highest, 0)) / (1 - min(long, 0.5))
    _every_name(native.category_axis, size)
    fill_colour(labels.font.color, INK)
    if chart.key:
        # A legend shows one colour for a name, and here there are several.
        native.has_legend, native.has_title = False, True
        style_words(native.chart_title.text_frame, chart.key)


def _names(chart: BarChart, box: Box) -> tuple[float, Sequence[str | date]]:
    """Return the size of the names at lying bars, and the names: one that is too long even in small letters is cut."""
    names: list[str | date] = list(chart.categories)
    width = int(box.width * _NAMES_SHARE)
    if chart.stacked or not names:
        return _NAME_SIZES[0], names
    room = box.height * 0.9 / len(names)
    for size in _NAME_SIZES:
        if max(count_lines(str(name), width, size) for name in names) * Pt(size) * LINE_HEIGHT <= room:
            return size, names
    size = _NAME_SIZES[-1]
    most = max(1, int(room / (Pt(size) * LINE_HEIGHT)))
    return size, [_in_one_line(str(name), int(width * most * (1 if most == 1 else 0.85)), size) for name in names]


def _in_one_line(text: str, width: int, size: float) -> str:
    """Cut a text that is wider than this."""
    most = len(text)
    while most > 3 and width_in_emu(shortened(text, most), size) > width:
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
    widest = max(width_in_emu(row.name, 1) for row in data)
    legend.font.size = Pt(next((size for size in _KEY_SIZES if widest * size <= box.width - _KEY), _KEY_SIZES[-1]))


def _known(chart: BarChart) -> list[float]:
    return [value for series in chart.series for value in series.values if value is not None]


def _step(whole: float) -> float:
    """Return a round distance between grid lines, so that one of them is nothing and there are about five."""
    size = 10.0 ** math.floor(math.log10(whole / 4))
    return next(size * part for part in (1, 2, 5, 10) if whole <= size * part * 6)


def _piles(chart: BarChart) -> tuple[float, float]:
    """Return the heights of the highest piles of stacked bars above and below nothing."""
    piles = list(zip(*([value or 0.0 for value in series.values] for series in chart.series), strict=True))
    above = max((sum(max(value, 0) for value in pile) for pile in piles), default=0.0)
    below = max((sum(max(-value, 0) for value in pile) for pile in piles), default=0.0)
    return above, below


def _label_format(chart: BarChart, texts: Texts) -> str:
    """Return the format of the numbers at the bars: whole people, with a sign where some are below nothing.

    Programs disagree about the sign in a section with a condition, so there the marks are those of the computer that
    shows it, unless it follows the format's language (LibreOffice does).
    """
    if all(value >= 0 for value in _known(chart)):
        return people_format(texts)
    spoken = f"[$-{LANGUAGE_CODES.get(texts.language, '409')}]"
    return f"{spoken}#,##0;{spoken}−#,##0;0"


def _axis_title(axis: Any, text: str) -> None:
    axis.has_title = True
    style_words(axis.axis_title.text_frame, text)


def _chart(slide: Any, box: Box, kind: Any, data: Any, alt: str) -> Any:
    shape = slide.shapes.add_chart(kind, box.left, box.top, box.width, box.height, data)
    shape._element.nvGraphicFramePr.cNvPr.set("descr", alt)
    native = shape.chart
    native.has_title = False
    native.font.size = Pt(12)
    fill_colour(native.font.color, FAINT)
    native.has_legend = len(data) > 1
    if native.has_legend:
        native.legend.position, native.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
        native.legend.font.size = Pt(13)
        fill_colour(native.legend.font.color, INK)
    fill_colour(native.value_axis.major_gridlines.format.line.color, GRID)
    for axis in (native.value_axis, native.category_axis):
        fill_colour(axis.format.line.color, GRID)
    native.category_axis.has_major_gridlines = False
    return native
