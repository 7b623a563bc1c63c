"""How does a briefing fit two pages of PDF?"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime, time
from typing import Any

from coverage.base.texts import Texts
from coverage.charts import drawing
from coverage.reports import pictures
from coverage.reports.briefing import COLUMNS, ROWS, SAMPLE_COLOUR, Briefing, BriefingBlock, cut_table, written
from coverage.reports.briefing_html import height_of
from coverage.reports.page_parts import Table
from coverage.reports.pictures import Picture
from coverage.reports.results import Results

_WIDE, _HIGH, _SIDE, _TOP, _BOTTOM = 210.0, 297.0, 14.0, 12.0, 15.0


_BODY = _WIDE - 2 * _SIDE


_POINT = 25.4 / 72


_PIXEL = 25.4 / 96


_SCALE = 2.2
"""Pixels of a chart's picture for each of its own: 211 to the inch."""


_LINE = 1.25


_SIZES = (
    *((size, _BODY) for size in (8.5, 8, 7.5, 7)),
    *((size, _BODY * 0.38) for size in (8.5, 8, 7.5, 7, 6.5, 6)),
    *((size, _BODY * 0.24) for size in (7, 6.5, 6, 5.5)),
)
"""Letters of a table, and how wide its first column may be: the first pair that fits."""


_ROW = 5.2


_SOURCES = 8.0  # points


def pdf(results: Results) -> bytes:
    """Return the briefing as a PDF of two A4 pages; what has no room gets smaller, then ends with an ellipsis."""
    briefing = written(results)
    sheet = _Sheet(briefing, results.texts, results.source.made_on)
    sheet.page(1)
    for block in briefing.first:
        sheet.block(block, most=_most(block, len(briefing.first)))
    sheet.page(2)
    if briefing.segments:
        sheet.pairs(briefing.segments)
    for place, block in enumerate(briefing.second):
        sheet.block(block, most=max(_most(block, len(briefing.second)), sheet.room() / (len(briefing.second) - place)))
    sheet.listed(briefing.basis, briefing.sources)
    return sheet.done()


def _most(block: BriefingBlock, count: int) -> float:
    """Return the most millimetres of a block, so that the largest ones together fill their page."""
    return {"standing": 108, "course": 98, "differs": 58, "branches": 50, "costs": 34, "flows": 52}.get(
        block.name, 250 / count
    )


class _Sheet:
    """A PDF that is written from top to bottom; no text may pass the height that it is given."""

    def __init__(self, briefing: Briefing, texts: Texts, made: Any) -> None:
        from fpdf import FPDF

        self.briefing, self.texts, self.y = briefing, texts, _TOP
        self.pdf: Any = FPDF(format="A4")
        self.pdf.set_auto_page_break(False)
        self.pdf.c_margin = 0
        self.pdf.set_lang(texts.language)
        self.pdf.set_title(f"{briefing.title}: {briefing.place}")
        self.pdf.set_author("Cakupan")
        self.pdf.set_creator("Cakupan")
        self.pdf.set_subject(briefing.foot)
        self.pdf.set_creation_date(datetime.combine(made, time(), UTC))
        for bold in (False, True):
            self.pdf.add_font("Cakupan", "B" if bold else "", pictures.font(bold=bold))

    def page(self, number: int) -> None:
        briefing = self.briefing
        self.pdf.add_page()
        self.y = _TOP
        self._letters(12, bold=True, colour=SAMPLE_COLOUR)
        wide = self.pdf.get_string_width(briefing.mark) if briefing.mark else 0.0
        self._at(_WIDE - _SIDE - wide, _TOP, briefing.mark)
        self.text(f"{briefing.title} · {briefing.place}", (9, 6), 9, bold=True, faint=True, width=_BODY - wide - 6)
        self.y = _TOP + 9
        keep = self.y
        self.y = _HIGH - _BOTTOM + 3
        self._rule(self.y - 1.5)
        self.text(briefing.foot, (6.5, 4), 6.5, faint=True, width=_BODY - 16)
        self._letters(7, colour=drawing.FAINT[False])
        label = self.texts("briefing.page", page=number)
        self._at(_WIDE - _SIDE - self.pdf.get_string_width(label), _HIGH - _BOTTOM + 3, label)
        self.y = keep

    def block(self, block: BriefingBlock, *, most: float, left: float = _SIDE, width: float = _BODY) -> None:
        end = min(self.y + most, _HIGH - _BOTTOM)
        narrow = width < _BODY
        heading = 10 if narrow else 13
        self.text(block.heading, (heading, 7), 10 if narrow else 13, bold=True, left=left, width=width)
        if block.lead:
            sizes = (8, 5.5) if narrow else (9, 6)
            self.text(" ".join(block.lead), sizes, 24 if narrow else 15, left=left, width=width)
        rows = 0 if block.table is None else len(block.table.rows)
        if block.picture is not None:  # it gives way to so many rows
            rows = min(rows, ROWS.get(block.name, 8))
        if block.picture is not None:
            self.picture(block.picture, max(20, end - self.y - (_ROW * (rows + 1) + 6 if rows else 0)), left, width)
        if block.table is not None:
            self.table(block.table, min(rows, max(1, int((end - self.y - 4) / _ROW) - 1)))
        self.y += 3

    def pairs(self, blocks: Sequence[BriefingBlock]) -> None:
        """Set blocks side by side."""
        gap, columns = 6.0, min(len(blocks), COLUMNS)
        rows = -(-len(blocks) // columns)
        most = 98.0 if rows == 1 else 130 / rows
        for start in range(0, len(blocks), columns):
            top, bottoms = self.y, []
            for place, block in enumerate(blocks[start : start + columns]):
                self.y, width = top, (_BODY - gap * (columns - 1)) / columns
                self.block(block, most=most, left=_SIDE + place * (width + gap), width=width)
                bottoms.append(self.y)
            self.y = max(bottoms)

    def picture(self, picture: Picture, high: float, left: float, width: float) -> None:
        """Draw a chart as high as its room, but not higher than it needs."""
        key = " ".join(picture.key) if width >= _BODY else ""
        wanted = height_of(picture, int(width / _PIXEL)) * _PIXEL
        high = min(wanted, high - (8 if key else 0))
        svg = pictures.svg_of_chart(
            picture.chart, width=int(width / _PIXEL), height=int(high / _PIXEL), name=picture.name
        )
        image = io.BytesIO(pictures.png(svg, _SCALE))
        self.pdf.image(image, x=left, y=self.y, w=width, h=high, alt_text=picture.chart.alt, keep_aspect_ratio=True)
        self.y += high + 1
        if key:
            self.text(key, (7.5, 5), 7, faint=True, left=left, width=width)

    def table(self, whole: Table, most: int) -> None:
        """Write at most so many rows."""
        table, more = cut_table(whole, most, self.texts)
        widths, size = self._widths(table)
        for number, row in enumerate([table.heads, *table.rows]):
            bold = number == 0 or (table.strong and number == len(table.rows))
            self._letters(size, bold=bold, colour=drawing.FAINT[False] if number == 0 else drawing.INK[False])
            x = _SIDE
            for place, (cell, wide) in enumerate(zip(row, widths, strict=True)):
                shown = self._fit(cell, wide - 2)
                at = x + wide - 1 - self.pdf.get_string_width(shown) if place >= table.figures else x
                self._at(at, self.y + 1, shown)
                x += wide
            self.y += _ROW
            self._rule(self.y)
        if more:
            self.text(more, (7.5, 5), 4, faint=True)

    def _widths(self, table: Table) -> tuple[list[float], float]:
        """Return each column's width and the letters' size: smaller where the widest cells would not fit. Rather than
        in letters too small, a long name is written in part: heads and figures are always whole."""
        for size, most in _SIZES:
            self._letters(size, bold=True)
            needed = [
                max(self.pdf.get_string_width(str(row[place])) for row in [table.heads, *table.rows]) + 3
                for place in range(len(table.heads))
            ]
            needed[0] = min(needed[0], most)
            if sum(needed) <= _BODY:
                break
        spare = _BODY - sum(needed)
        if spare >= 0:
            return [need + spare / len(needed) for need in needed], size
        return [need * _BODY / sum(needed) for need in needed], size

    def room(self) -> float:
        """Return the millimetres that are left above the sources."""
        rows = sum(len(_rows(source, _BODY, _SOURCES, bold=False)) for source in self.briefing.sources)
        return _HIGH - _BOTTOM - self.y - 8 - rows * _SOURCES * _LINE * _POINT

    def listed(self, heading: str, lines: Sequence[str]) -> None:
        """Write what everything rests on, in the room that is left."""
        self.text(heading, (9, 7), 5, bold=True)
        left = _HIGH - _BOTTOM - self.y - 1
        self.text("\n".join(lines), (_SOURCES, 4.5), left, faint=True)

    def text(
        self,
        text: str,
        sizes: tuple[float, float],
        most: float,
        *,
        bold: bool = False,
        faint: bool = False,
        left: float = _SIDE,
        width: float = _BODY,
    ) -> None:
        """Write a text in the largest size that fits `most` millimetres; cut it where the smallest does not."""
        size, smallest = sizes
        while True:
            rows = [row for part in text.split("\n") for row in _rows(part, width, size, bold=bold)]
            if len(rows) * size * _LINE * _POINT <= most or size <= smallest:
                break
            size = max(smallest, size - 0.5)
        high = size * _LINE * _POINT
        room = max(1, int(most / high + 1e-6))
        if len(rows) > room:
            rows = [*rows[: room - 1], rows[room - 1][:-2].rstrip() + "…"]
        self._letters(size, bold=bold, colour=drawing.FAINT[False] if faint else drawing.INK[False])
        for row in rows:
            self._at(left, self.y, row)
            self.y += high
        self.y += 1

    def _at(self, x: float, y: float, text: str) -> None:
        """Write one line with its upper left corner here; a sign that the letters do not have is seen as a box."""
        if text:
            known = self.pdf.current_font.cmap
            shown = "".join(letter if ord(letter) in known else "□" for letter in text)
            self.pdf.text(x, y + self.pdf.font_size_pt * _POINT * 0.95, shown)

    def _fit(self, text: str, width: float) -> str:
        if self.pdf.get_string_width(text) <= width:
            return text
        while text and self.pdf.get_string_width(text + "…") > width:
            text = text[:-1]
        return text + "…"

    def _letters(self, size: float, *, bold: bool = False, colour: str = "#000000") -> None:
        self.pdf.set_font("Cakupan", "B" if bold else "", size)
        self.pdf.set_text_color(*(int(colour[place : place + 2], 16) for place in (1, 3, 5)))

    def _rule(self, y: float) -> None:
        self.pdf.set_draw_color(*(int(drawing.GRID[False][place : place + 2], 16) for place in (1, 3, 5)))
        self.pdf.line(_SIDE, y, _WIDE - _SIDE, y)

    def done(self) -> bytes:
        return bytes(self.pdf.output())


def _rows(text: str, width: float, size: float, *, bold: bool) -> list[str]:
    return pictures.wrapped(text, width, size * _POINT, bold=bold)
