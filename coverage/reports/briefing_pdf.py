"""How does a briefing become a PDF in which nothing is cut and no letter is too small to read?

Two A4 pages where that has room. What has none flows onto another page rather than into smaller letters.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from coverage.base.texts import Texts
from coverage.charts import drawing
from coverage.reports import pdf_tables, pictures
from coverage.reports.briefing import COLUMNS, SAMPLE_COLOUR, Briefing, BriefingBlock, cut_table, written
from coverage.reports.briefing_html import height_of
from coverage.reports.pdf_tables import LINE, POINT, LaidTable
from coverage.reports.pictures import Picture
from coverage.reports.results import Results

SMALLEST = pdf_tables.SIZES[-1]


_WIDE, _HIGH, _SIDE, _TOP, _BOTTOM = 210.0, 297.0, 14.0, 12.0, 15.0


_BODY = _WIDE - 2 * _SIDE


_START, _END = _TOP + 9, _HIGH - _BOTTOM
"""Between these millimetres stands what a page says."""


_PIXEL = 25.4 / 96


_SCALE = 2.2
"""Pixels of a chart's picture for each of its own: 211 to the inch."""


_LEAST = 42.0
"""Millimetres below which a chart gets no smaller: then the next page has it."""


_FLOWING = 0.75
"""The share of the height that a chart wants, where one page is too short for its charts however low they are."""


_BESIDE, _BELOW = 6.0, 3.0
"""Millimetres between blocks beside each other, and below each of them."""


_ROWS = {"standing": 8, "branches": 12, "differs": 6, "costs": 8}
"""So many rows of a table stand on paper; of a longer one it is said how many more there are."""


_FAINT, _INK = drawing.FAINT[False], drawing.INK[False]


@dataclass(frozen=True, kw_only=True)
class _Lines:
    """A text in lines that fit their width."""

    rows: Sequence[str] = ()
    size: float = SMALLEST
    bold: bool = False
    faint: bool = False

    @property
    def line(self) -> float:
        return self.size * LINE * POINT

    @property
    def height(self) -> float:
        return len(self.rows) * self.line + 1 if self.rows else 0.0


@dataclass(frozen=True, kw_only=True)
class _Laid:
    """A block as it will stand: its texts in lines, its chart, and its table."""

    heading: _Lines
    lead: _Lines
    picture: Picture | None
    key: _Lines
    table: LaidTable | None
    more: _Lines
    width: float

    @property
    def fixed(self) -> float:
        """Return the millimetres of all but the chart."""
        table = 0.0 if self.table is None else self.table.height()
        lines = sum(part.height for part in (self.heading, self.lead, self.key, self.more))
        return lines + table + _BELOW + (self.picture is not None)

    @property
    def together(self) -> float:
        """Return the millimetres, without the chart, that stay on one page: of a table the heads and two rows."""
        return self.fixed if self.table is None else self.fixed - self.table.height() + self.table.height(2)

    @property
    def wanted(self) -> float:
        """Return how many millimetres high the chart would be where there is room."""
        return 0.0 if self.picture is None else height_of(self.picture, int(self.width / _PIXEL)) * _PIXEL


_Strip = Sequence[_Laid]
"""Blocks beside each other, or one alone."""


def pdf(results: Results) -> bytes:
    """Return the briefing as a PDF: where we stand and where it leads on the first page, then all the rest."""
    briefing = written(results)
    sheet = _Sheet(briefing, results.texts, results.source.made_on)
    sources = [
        _lines(briefing.basis, 9, _BODY, bold=True),
        _lines("\n".join(briefing.sources), 8, _BODY, faint=True),
    ]
    sheet.page()
    sheet.stack([[_laid(block, results.texts)] for block in briefing.first])
    if sheet.pdf.pages_count == 1:
        sheet.page()
    strips = [*_beside(briefing.segments, results.texts), *([_laid(block, results.texts)] for block in briefing.second)]
    sheet.stack(strips, below=sum(part.height for part in sources))
    sheet.keep(sum(part.height for part in sources))
    for part in sources:
        sheet.text(part)
    return sheet.done()


def _beside(blocks: Sequence[BriefingBlock], texts: Texts) -> list[_Strip]:
    """Return blocks side by side, so many in a row as are wide enough to be read."""
    columns = min(max(len(blocks), 1), COLUMNS)
    width = (_BODY - _BESIDE * (columns - 1)) / columns
    laid = [_laid(block, texts, width) for block in blocks]
    return [laid[start : start + columns] for start in range(0, len(laid), columns)]


def _laid(block: BriefingBlock, texts: Texts, width: float = _BODY) -> _Laid:
    narrow, table, more = width < _BODY, None, ""
    if block.table is not None:
        most = _ROWS.get(block.name, 8)
        most += len(block.table.rows) == most + 1  # a line that says "1 more row" is as high as that row
        shown, more = cut_table(block.table, most, texts)
        table = pdf_tables.lay(shown, width)
    key = " ".join(block.picture.key) if block.picture is not None and not narrow else ""
    return _Laid(
        heading=_lines(block.heading, 10 if narrow else 13, width, bold=True),
        lead=_lines(" ".join(block.lead), 8 if narrow else 9, width),
        picture=block.picture,
        key=_lines(key, SMALLEST, width, faint=True),
        table=table,
        more=_lines(more, SMALLEST, width, faint=True),
        width=width,
    )


def _lines(text: str, size: float, width: float, *, bold: bool = False, faint: bool = False) -> _Lines:
    parts = text.split("\n") if text else []
    rows = [row for part in parts for row in pictures.wrapped(part, width, size * POINT, bold=bold)]
    return _Lines(rows=rows, size=size, bold=bold, faint=faint)


def _chart_heights(strips: Sequence[_Strip], below: float) -> list[float]:
    """Return each strip's chart: as high as it wants, or lower, so that all strips share one page.

    Where even low charts leave no room for what comes `below`, that has a page of its own; where the strips need more
    than a page without it, they flow.
    """
    wanted = [max(block.wanted for block in strip) for strip in strips]
    fixed = sum(max(block.fixed for block in strip) for strip in strips)
    for rest in (below, 0.0):
        for share in range(20, -1, -1):
            heights = [min(want, max(_LEAST, want * share / 20)) for want in wanted]
            if fixed + sum(heights) + rest <= _END - _START:
                return heights
    return [min(want, max(_LEAST, want * _FLOWING)) for want in wanted]


class _Sheet:
    """A PDF that is written from top to bottom, page after page."""

    def __init__(self, briefing: Briefing, texts: Texts, made: Any) -> None:
        from fpdf import FPDF

        self.briefing, self.texts, self.y = briefing, texts, _START
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

    def page(self) -> None:
        """Begin a page with its head."""
        briefing = self.briefing
        self.pdf.add_page()
        self._letters(12, bold=True, colour=SAMPLE_COLOUR)
        wide = self.pdf.get_string_width(briefing.mark) if briefing.mark else 0.0
        self._at(_WIDE - _SIDE - wide, _TOP, briefing.mark)
        self.y = _TOP
        head = _lines(f"{briefing.title} · {briefing.place}", 9, _BODY - wide - 6, bold=True, faint=True)
        self.text(head)
        self.y = max(_START, self.y)

    def keep(self, height: float) -> None:
        """Begin another page where so many millimetres are not left on this one."""
        if self.y + height > _END and self.y > _START:
            self.page()

    def stack(self, strips: Sequence[_Strip], *, below: float = 0.0) -> None:
        """Set strips below each other; their charts leave room for what comes `below`, as far as they can."""
        for strip, high in zip(strips, _chart_heights(strips, below), strict=True):
            self.keep(max(block.together if len(strip) == 1 else block.fixed for block in strip) + high)
            top, left, bottoms = self.y, _SIDE, []
            for block in strip:
                self.y = top
                self._block(block, left, min(high, block.wanted))
                bottoms.append(self.y)
                left += block.width + _BESIDE
            self.y = bottoms[-1] if len(strip) == 1 else max(bottoms)

    def _block(self, block: _Laid, left: float, high: float) -> None:
        self.text(block.heading, left)
        self.text(block.lead, left)
        if block.picture is not None:
            self._picture(block.picture, left, block.width, high)
            self.text(block.key, left)
        if block.table is not None:
            self._table(block.table)
            self.text(block.more, left)
        self.y += _BELOW

    def _picture(self, picture: Picture, left: float, width: float, high: float) -> None:
        svg = pictures.svg_of_chart(
            picture.chart, width=int(width / _PIXEL), height=int(high / _PIXEL), name=picture.name
        )
        image = io.BytesIO(pictures.png(svg, _SCALE))
        self.pdf.image(image, x=left, y=self.y, w=width, h=high, alt_text=picture.chart.alt, keep_aspect_ratio=True)
        self.y += high + 1

    def _table(self, laid: LaidTable) -> None:
        """Write a table; on another page its heads stand again."""
        for place in range(len(laid.rows)):
            if self.y + laid.row_height(place) > _END:
                self.page()
                if place:
                    self._row(laid, 0)
            self._row(laid, place)

    def _row(self, laid: LaidTable, place: int) -> None:
        self._letters(laid.size, bold=laid.bold(place), colour=_INK if place else _FAINT)
        x, high = _SIDE, laid.size * LINE * POINT
        for column, (cell, wide) in enumerate(zip(laid.rows[place], laid.widths, strict=True)):
            for number, row in enumerate(cell):
                right = column >= laid.table.figures
                at = x + wide - 1 - self.pdf.get_string_width(row) if right else x
                self._at(at, self.y + 1 + number * high, row)
            x += wide
        self.y += laid.row_height(place)
        self._rule(self.y)

    def text(self, lines: _Lines, left: float = _SIDE) -> None:
        """Write lines here, on another page what this one has no room for."""
        if not lines.rows:
            return
        for row in lines.rows:
            if self.y + lines.line > _END + 1:
                self.page()
            self._letters(lines.size, bold=lines.bold, colour=_FAINT if lines.faint else _INK)
            self._at(left, self.y, row)
            self.y += lines.line
        self.y += 1

    def _feet(self) -> None:
        """Write at every page's foot where its figures come from, now that it is known how many pages there are."""
        foot = _lines(self.briefing.foot, SMALLEST, _BODY - 20, faint=True)
        for page in range(1, self.pdf.pages_count + 1):
            self.pdf.page = page
            self.pdf.set_font_size(1)  # else the letters of the last page are taken to be set on this one
            self._rule(_END + 1.5)
            self._letters(SMALLEST, colour=_FAINT)
            for place, row in enumerate(foot.rows):
                self._at(_SIDE, _END + 3 + place * foot.line, row)
            label = self.texts("briefing.page", page=page, pages=self.pdf.pages_count)
            self._at(_WIDE - _SIDE - self.pdf.get_string_width(label), _END + 3, label)

    def _at(self, x: float, y: float, text: str) -> None:
        """Write one line with its upper left corner here; a sign that the letters do not have is seen as a box."""
        if text:
            known = self.pdf.current_font.cmap
            shown = "".join(letter if ord(letter) in known else "□" for letter in text)
            self.pdf.text(x, y + self.pdf.font_size_pt * POINT * 0.95, shown)

    def _letters(self, size: float, *, bold: bool = False, colour: str = "#000000") -> None:
        self.pdf.set_font("Cakupan", "B" if bold else "", size)
        self.pdf.set_text_color(*(int(colour[place : place + 2], 16) for place in (1, 3, 5)))

    def _rule(self, y: float) -> None:
        self.pdf.set_draw_color(*(int(drawing.GRID[False][place : place + 2], 16) for place in (1, 3, 5)))
        self.pdf.line(_SIDE, y, _WIDE - _SIDE, y)

    def done(self) -> bytes:
        self._feet()
        return bytes(self.pdf.output())
