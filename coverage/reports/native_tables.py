"""How does a table fit a slide, as one that PowerPoint can edit?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from lxml import etree
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Emu, Inches, Pt

from coverage.base.texts import Texts
from coverage.reports.lettering import CELL_MARGIN, GRID, INK, LINE_HEIGHT, add_words, count_lines, width_in_emu
from coverage.reports.masters import Box
from coverage.reports.page_parts import Table

TABLE_SIZES = (16, 15, 14, 13, 12)
"""Letters of a table: the last row of a room has to read the smallest of them."""


def draw_table(slide: Any, box: Box, table: Table, texts: Texts, wider: float) -> None:
    """Draw a table as large as fits; rows that do not fit even in the smallest letters are counted in a last one."""
    rows, size, widths, heights = _fitted(replace(box, width=int(box.width / wider)), table, texts)
    widths = [int(each_width * wider) for each_width in widths]
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


_SMALLER = (11, 10, 9)


_WHOLE = 18
"""So many letters of a cell stay on one line."""


_PLAIN = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # PowerPoint's "No Style, No Grid"


def _cell(cell: Any, text: str, size: float, *, right: bool, bold: bool) -> None:
    cell.margin_left = cell.margin_right = CELL_MARGIN
    cell.margin_top = cell.margin_bottom = Inches(0.03)
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    paragraph = cell.text_frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.RIGHT if right else PP_ALIGN.LEFT
    add_words(paragraph, text, size, INK, bold=bold)


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
    # First so that no cell has to wrap, then so that sentences do, then short cells too.
    ways = [(size, False, True) for size in TABLE_SIZES[:-2]]
    ways += [(size, True, whole) for whole in (True, False) for size in TABLE_SIZES]
    for size, wrap, whole in ways:
        widths = column_widths(box.width, table.heads, rows, size, wrap=wrap, whole=whole)
        heights = [
            _row_height(cells, widths, size, bold=place == 0) for place, cells in enumerate([table.heads, *rows])
        ]
        if sum(widths) <= box.width and sum(heights) <= box.height:
            return rows, size, widths, heights
    size = TABLE_SIZES[-1]
    for smaller in _SMALLER:  # rather than leave the slide: on a narrow template, with a wide font
        if sum(widths) <= box.width:
            break
        size, widths = smaller, column_widths(box.width, table.heads, rows, smaller, wrap=True)
        heights = [
            _row_height(cells, widths, size, bold=place == 0) for place, cells in enumerate([table.heads, *rows])
        ]
    while len(rows) > 1 and sum(heights) + heights[-1] > box.height:
        rows.pop()
        heights.pop()
    dropped = len(table.rows) - len(rows)
    if dropped:
        rows.append([texts.count("deck.more_rows", dropped), *[""] * (len(table.heads) - 1)])
        heights.append(_row_height(rows[-1], widths, size, bold=False))
    return rows, size, widths, heights


def table_height(width: int, table: Table, most: int) -> int:
    """Return how high a whole table is in letters of a middle size, or in smaller ones where that is above `most`."""
    rows = [table.heads, *table.rows]
    high = most
    for size in TABLE_SIZES[len(TABLE_SIZES) // 2 :]:
        widths = column_widths(width, table.heads, table.rows, size, wrap=True)
        high = sum(_row_height(cells, widths, size, bold=place == 0) for place, cells in enumerate(rows))
        if high <= most:
            return high
    return most


def column_widths(
    most: int, heads: Sequence[str], rows: Sequence[Sequence[str]], size: float, *, wrap: bool, whole: bool = False
) -> list[int]:
    """Return widths in which every word fits, and with `whole` every short cell on one line.

    What is left over is shared, and where it is too wide, sentences wrap.
    """
    margin = 2 * CELL_MARGIN + Pt(2)

    def widest(place: int) -> int:
        return max((width_in_emu(row[place], size, bold=True) for row in rows), default=0)

    def longest_word(place: int, whole: int) -> int:
        words = heads[place].split(" ")
        for row in rows:
            words += [row[place]] if len(row[place]) <= whole else row[place].split(" ")
        return max((width_in_emu(word, size, bold=True) for word in words), default=0)

    # An address is a word without end: it may break.
    limit = most if len(heads) == 1 else most // 2
    # What is as short as a figure, a month or a status is not broken where there is room.
    kept = [[min(longest_word(place, most) + margin, limit) for place in range(len(heads))] for most in (_WHOLE, 0)]
    least = kept[0] if whole or sum(kept[0]) <= most else kept[1]
    wished = [max(widest(place) + margin, low) for place, low in enumerate(least)]
    spare = most - sum(wished)
    if spare >= 0:
        return [width + spare // len(heads) for width in wished]
    if not wrap:
        return wished
    # Only sentences give way: a figure is one word.
    soft = [wish - low for wish, low in zip(wished, least, strict=True)]
    if sum(soft) + spare < 0:
        return least
    return [wish + spare * pair // max(sum(soft), 1) for wish, pair in zip(wished, soft, strict=True)]


def _row_height(cells: Sequence[str], widths: Sequence[int], size: float, *, bold: bool) -> int:
    lines = max(
        count_lines(text, width - 2 * CELL_MARGIN, size, bold=bold) for text, width in zip(cells, widths, strict=True)
    )
    return int(Pt(size) * LINE_HEIGHT * lines) + Inches(0.1)
