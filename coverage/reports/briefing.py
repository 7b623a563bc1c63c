"""What does an executive read on two pages: where we stand, where it leads, what differs, what it costs, on what basis?

One content (`written`), two forms: a PDF of two A4 pages, and one HTML file that asks the
network for nothing. Headings are the sentences that stand on the screens.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from html import escape
from typing import Any

from coverage import charts
from coverage.base.texts import Texts
from coverage.reports import gallery, outline, pictures, provenance
from coverage.reports.outline import Told
from coverage.reports.pictures import Picture
from coverage.reports.slides import Page, Table
from coverage.wording import sentences

_ROWS = {"standing": 6, "branches": 6, "differs": 9, "costs": 6}
"""So many rows of a table have room; the last one says how many more there are."""
_ROWS_OF_SECOND = {1: 10, 2: 10, 3: 7}
"""So many rows have room in all tables of the second page together, by how many blocks it has."""
_COLUMNS = 3
"""So many segments stand side by side at the most."""
_SAMPLE = "#B03A00"


@dataclass(frozen=True, kw_only=True)
class Block:
    """A heading, what follows it, a chart and a table: as far as there is any."""

    name: str
    heading: str
    lead: Sequence[str] = ()
    picture: Picture | None = None
    table: Table | None = None


@dataclass(frozen=True, kw_only=True)
class Briefing:
    """The blocks of the two pages (`segments` stand side by side), and what is said around them."""

    title: str
    place: str
    mark: str
    first: Sequence[Block]
    segments: Sequence[Block]
    second: Sequence[Block]
    basis: str
    sources: Sequence[str]
    foot: str


def written(told: Told) -> Briefing:
    """Return what the two pages say."""
    texts, source, only = told.texts, told.source, outline.only_segment(told)
    standing = outline.standing_page(told)
    bullet = gallery.bullet(told)
    first = [_block("standing", standing, bullet[0] if bullet else None)]
    course = outline.trajectory_page(told)
    first.append(_block("course", replace(course, parts=()), gallery.course(told, only)))
    if told.changed:
        first.append(_block("differs", outline.differs_page(told)))
    names = [] if only else told.segments["segment"].to_list()
    second = []
    if told.view.series["branch"].n_unique() > 1 and told.total["target"][0] is not None:
        second.append(_block("branches", outline.branches_page(told)))
    spent = outline.costs_pages(told) if told.scenario.programme else []
    second += [_block("costs", page) for page in spent]
    if only and told.flows:
        page = replace(outline.flows_page(told), lead=())
        second.insert(0, _block("flows", page))
    mark = texts("provenance.sample") if source.sample else ""
    return Briefing(
        title=texts("briefing.title"),
        place=provenance.place(source, texts),
        mark=mark,
        first=first,
        segments=[_segment(told, name) for name in names],
        second=second,
        basis=texts("deck.sources"),
        sources=provenance.lines(source, texts),
        foot=provenance.short(source, texts),
    )


def _block(name: str, page: Page, picture: Picture | None = None) -> Block:
    """Return a slide's sentences and table as a block; a table that is too long says how many more rows there are."""
    tables = [part for part in page.parts if isinstance(part, Table)]
    return Block(name=name, heading=page.title, lead=page.lead, picture=picture, table=tables[0] if tables else None)


def _segment(told: Told, segment: str) -> Block:
    still, moved = told.table(segment)
    said = sentences.outcome_parts(still, moved, told.texts, segment=segment, changed=told.changed)
    fan = told.fan(segment)
    rest = [*said[1:], *([] if fan is None else [sentences.sureness(fan, told.texts)])]
    return Block(name=f"segment-{segment}", heading=said[0], lead=rest, picture=gallery.course(told, segment))


def _rows_of(blocks: Sequence[Block]) -> list[int]:
    """Return how many rows each table of the second page has: none more than it needs, the room shared fairly."""
    wanted = [0 if one.table is None else min(len(one.table.rows), _ROWS.get(one.name, 8)) for one in blocks]
    found = [0] * len(wanted)
    while sum(found) < min(_ROWS_OF_SECOND.get(len(blocks), 7), sum(wanted)):
        found[min((at for at, most in enumerate(wanted) if found[at] < most), key=found.__getitem__)] += 1
    return found


def _cut(table: Table, most: int, texts: Texts) -> tuple[Table, str]:
    """Return the rows that have room (a sum stays), and how many are left out in words."""
    rest = len(table.rows) - most
    if rest <= 0:
        return table, ""
    last = list(table.rows[-1:]) if table.strong else []
    rows = [*table.rows[: max(most - len(last), 0)], *last]
    return replace(table, rows=rows), texts.count("deck.more_rows", len(table.rows) - len(rows))


# HTML

_STYLE = """
*{box-sizing:border-box}
body{margin:0;background:#fff;color:%(ink)s;font:14px/1.4 "Cakupan Sans",system-ui,sans-serif;orphans:2;widows:2}
main{max-width:46rem;margin:0 auto;padding:1.2rem}
header,footer{display:flex;justify-content:space-between;gap:1rem;color:%(faint)s;font-size:12px}
footer{border-top:1px solid %(grid)s;margin-top:1rem;padding-top:.4rem;font-size:10px}
.mark{color:%(sample)s;font-weight:bold;white-space:nowrap;font-size:14px}
h1{font-size:16px;margin:0}h2{font-size:17px;line-height:1.25;margin:1rem 0 .3rem}h3{font-size:13px;margin:.4rem 0}
p{margin:.2rem 0}figure{margin:.4rem 0}figure svg{display:block;width:100%%;height:auto}
figcaption,.more{font-size:11px;color:%(faint)s}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%%;margin:.4rem 0;font-size:12px}
th,td{padding:3px 5px;border-bottom:1px solid %(grid)s;text-align:left;vertical-align:top;overflow-wrap:break-word}
thead th{color:%(faint)s;border-bottom:1.5px solid %(faint)s}
.n{text-align:right;font-variant-numeric:tabular-nums}.sum th,.sum td{font-weight:bold}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(20rem,100%%),1fr));gap:0 1.2rem}
.pair h2{font-size:14px}.pair p{font-size:12px}ul{margin:.2rem 0;padding-left:1.1rem;font-size:11px}
li{overflow-wrap:anywhere}
/* On paper the texts take what they need, and the charts share what is left: so there are always two pages. */
@page{size:A4;margin:11mm 13mm}
@media print{body{font-size:10pt;print-color-adjust:exact;-webkit-print-color-adjust:exact}
main{max-width:none;padding:0}section{break-inside:avoid}section+section{break-before:page}
section{height:274mm;contain:size;display:flex;flex-direction:column}section>*{flex:none}footer{margin-top:auto}.scroll{overflow:visible}
article:has(figure),section>.pair:has(figure){flex:1 1 auto}article:has(figure){display:flex;flex-direction:column}
figure{flex:1 1 22mm;min-height:22mm;display:flex;flex-direction:column;margin:.2rem 0}
.chart{flex:1 1 20mm;position:relative}.chart svg{position:absolute;inset:0;height:100%%}
.standing{flex-grow:.4!important}ul{columns:2}
.pair{grid-template-columns:repeat(var(--columns),1fr);grid-template-rows:auto auto 1fr}
.pair article{display:grid!important;grid-row:span 3;grid-template-rows:subgrid}.pair figure{grid-row:3}
.costs td,.branches td{white-space:nowrap}
:is(.costs,.branches) tbody th{max-width:0;width:30%%;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
footer span+span{white-space:nowrap}.costs p,.branches p{font-size:9pt}
h2{font-size:11pt;margin:.5rem 0 .2rem}.costs h2,.branches h2{font-size:10pt}
table{font-size:7.5pt}th,td{padding:1.5px 4px}p.more{margin:0}
.tight :is(.costs,.branches) :is(h2,p){font-size:8.5pt;line-height:1.2}.tight ul{line-height:1.2}
.pair h2{font-size:10pt}.pair p,ul{font-size:8pt}footer{font-size:6.5pt}figcaption,.more{font-size:7.5pt}}
"""


def html(told: Told) -> str:
    """Return the briefing as one HTML file: style, letters and charts are in it, and nothing runs."""
    said, texts = written(told), told.texts
    first = "".join(_html_block(block, told, 690) for block in said.first)
    columns = min(max(len(said.segments), 1), _COLUMNS)
    wide = 335 if columns < _COLUMNS else 230
    segments = "".join(_html_block(block, told, wide) for block in said.segments)
    rows = _rows_of(said.second)
    second = "".join(_html_block(block, told, 690, most) for block, most in zip(said.second, rows, strict=True))
    listed = "".join(f"<li>{escape(line)}</li>" for line in said.sources)
    second = (
        f'<div class="pair" style="--columns:{columns}">{segments}</div>{second}'
        f"<h3>{escape(said.basis)}</h3><ul>{listed}</ul>"
    )
    colours = {"ink": charts.INK[False], "faint": charts.FAINT[False], "grid": charts.GRID[False], "sample": _SAMPLE}
    pages = "".join(_html_page(said, body, page, texts) for page, body in ((1, first), (2, second)))
    faces = pictures.faces(pages)
    return (
        f'<!DOCTYPE html>\n<html lang="{texts.language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
        'font-src data:">'
        f"<title>{escape(f'{said.title}: {said.place}')}</title>"
        f"<style>{faces}{_STYLE % colours}</style></head><body><main>{pages}</main></body></html>\n"
    )


def _html_page(said: Briefing, body: str, page: int, texts: Texts) -> str:
    mark = f'<span class="mark">{escape(said.mark)}</span>' if said.mark else ""
    name = "h1" if page == 1 else "p"
    head = f"<{name}>{escape(said.title)} · {escape(said.place)}</{name}>"
    number = escape(texts("briefing.page", page=page))
    foot = f"<span>{escape(said.foot)}</span><span>{number}</span>"
    tight = ' class="tight"' if page == 2 and len(said.second) > 2 else ""
    return f"<section{tight}><header>{head}{mark}</header>{body}<footer>{foot}</footer></section>"


def _html_block(block: Block, told: Told, width: int, most: int | None = None) -> str:
    parts = [f'<article class="{block.name}"><h2>{escape(block.heading)}</h2>']
    if block.lead:
        parts.append(f"<p>{escape(' '.join(block.lead))}</p>")
    if block.picture is not None:
        parts.append(_html_chart(block.picture, width))
    if block.table is not None:
        parts.append(_html_table(*_cut(block.table, _ROWS.get(block.name, 8) if most is None else most, told.texts)))
    return "".join([*parts, "</article>"])


def _html_chart(picture: Picture, width: int) -> str:
    svg = pictures.drawn(picture.chart, width=width, height=_height(picture, width), name=picture.name)
    alt = escape(picture.chart.alt, quote=True)
    opened = svg.replace("<svg ", f'<svg role="img" aria-label="{alt}" ', 1)
    key = f"<figcaption>{escape(' '.join(picture.key))}</figcaption>" if picture.key and width > 400 else ""
    return f'<figure><div class="chart">{opened}</div>{key}</figure>'


def _height(picture: Picture, width: int) -> int:
    """Return how many pixels high a chart is: a bar for each segment, else what two pages have room for."""
    if picture.name == "standing":
        return min(picture.height, 210)
    return 270 if width > 400 else 230


def _html_table(table: Table, more: str) -> str:
    head = "".join(
        f'<th scope="col"{_number(place, table)}>{escape(one)}</th>' for place, one in enumerate(table.heads)
    )
    rows = []
    for number, row in enumerate(table.rows):
        strong = ' class="sum"' if table.strong and number == len(table.rows) - 1 else ""
        cells = "".join(f"<td{_number(place, table)}>{escape(one)}</td>" for place, one in enumerate(row) if place)
        rows.append(f'<tr{strong}><th scope="row">{escape(row[0])}</th>{cells}</tr>')
    left_out = f'<p class="more">{escape(more)}</p>' if more else ""
    whole = f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    return f'<div class="scroll">{whole}</div>{left_out}'


def _number(place: int, table: Table) -> str:
    return ' class="n"' if place >= table.figures else ""


# PDF, in millimetres

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


def pdf(told: Told) -> bytes:
    """Return the briefing as a PDF of two A4 pages; what has no room gets smaller, then ends with an ellipsis."""
    said = written(told)
    sheet = _Sheet(said, told.texts, told.source.made_on)
    sheet.page(1)
    for block in said.first:
        sheet.block(block, most=_most(block, len(said.first)))
    sheet.page(2)
    if said.segments:
        sheet.pairs(said.segments)
    for place, block in enumerate(said.second):
        sheet.block(block, most=max(_most(block, len(said.second)), sheet.room() / (len(said.second) - place)))
    sheet.listed(said.basis, said.sources)
    return sheet.done()


def _most(block: Block, count: int) -> float:
    """Return the most millimetres of a block, so that the largest ones together fill their page."""
    return {"standing": 108, "course": 98, "differs": 58, "branches": 50, "costs": 34, "flows": 52}.get(
        block.name, 250 / count
    )


class _Sheet:
    """A PDF that is written from top to bottom; no text may pass the height that it is given."""

    def __init__(self, said: Briefing, texts: Texts, made: Any) -> None:
        from fpdf import FPDF

        self.said, self.texts, self.y = said, texts, _TOP
        self.pdf: Any = FPDF(format="A4")
        self.pdf.set_auto_page_break(False)
        self.pdf.c_margin = 0
        self.pdf.set_lang(texts.language)
        self.pdf.set_title(f"{said.title}: {said.place}")
        self.pdf.set_author("Cakupan")
        self.pdf.set_creator("Cakupan")
        self.pdf.set_subject(said.foot)
        self.pdf.set_creation_date(datetime.combine(made, time(), UTC))
        for bold in (False, True):
            self.pdf.add_font("Cakupan", "B" if bold else "", pictures.font(bold=bold))

    def page(self, number: int) -> None:
        said = self.said
        self.pdf.add_page()
        self.y = _TOP
        self._letters(12, bold=True, colour=_SAMPLE)
        wide = self.pdf.get_string_width(said.mark) if said.mark else 0.0
        self._at(_WIDE - _SIDE - wide, _TOP, said.mark)
        self.text(f"{said.title} · {said.place}", (9, 6), 9, bold=True, faint=True, width=_BODY - wide - 6)
        self.y = _TOP + 9
        keep = self.y
        self.y = _HIGH - _BOTTOM + 3
        self._rule(self.y - 1.5)
        self.text(said.foot, (6.5, 4), 6.5, faint=True, width=_BODY - 16)
        self._letters(7, colour=charts.FAINT[False])
        label = self.texts("briefing.page", page=number)
        self._at(_WIDE - _SIDE - self.pdf.get_string_width(label), _HIGH - _BOTTOM + 3, label)
        self.y = keep

    def block(self, block: Block, *, most: float, left: float = _SIDE, width: float = _BODY) -> None:
        end = min(self.y + most, _HIGH - _BOTTOM)
        narrow = width < _BODY
        heading = 10 if narrow else 13
        self.text(block.heading, (heading, 7), 10 if narrow else 13, bold=True, left=left, width=width)
        if block.lead:
            sizes = (8, 5.5) if narrow else (9, 6)
            self.text(" ".join(block.lead), sizes, 24 if narrow else 15, left=left, width=width)
        rows = 0 if block.table is None else len(block.table.rows)
        if block.picture is not None:  # it gives way to so many rows
            rows = min(rows, _ROWS.get(block.name, 8))
        if block.picture is not None:
            self.picture(block.picture, max(20, end - self.y - (_ROW * (rows + 1) + 6 if rows else 0)), left, width)
        if block.table is not None:
            self.table(block.table, min(rows, max(1, int((end - self.y - 4) / _ROW) - 1)))
        self.y += 3

    def pairs(self, blocks: Sequence[Block]) -> None:
        """Set blocks side by side."""
        gap, columns = 6.0, min(len(blocks), _COLUMNS)
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
        wanted = _height(picture, int(width / _PIXEL)) * _PIXEL
        high = min(wanted, high - (8 if key else 0))
        svg = pictures.drawn(picture.chart, width=int(width / _PIXEL), height=int(high / _PIXEL), name=picture.name)
        image = io.BytesIO(pictures.png(svg, _SCALE))
        self.pdf.image(image, x=left, y=self.y, w=width, h=high, alt_text=picture.chart.alt, keep_aspect_ratio=True)
        self.y += high + 1
        if key:
            self.text(key, (7.5, 5), 7, faint=True, left=left, width=width)

    def table(self, whole: Table, most: int) -> None:
        """Write at most so many rows."""
        table, more = _cut(whole, most, self.texts)
        widths, size = self._widths(table)
        for number, row in enumerate([table.heads, *table.rows]):
            bold = number == 0 or (table.strong and number == len(table.rows))
            self._letters(size, bold=bold, colour=charts.FAINT[False] if number == 0 else charts.INK[False])
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
            return [one + spare / len(needed) for one in needed], size
        return [one * _BODY / sum(needed) for one in needed], size

    def room(self) -> float:
        """Return the millimetres that are left above the sources."""
        rows = sum(len(_rows(one, _BODY, _SOURCES, bold=False)) for one in self.said.sources)
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
        self._letters(size, bold=bold, colour=charts.FAINT[False] if faint else charts.INK[False])
        for row in rows:
            self._at(left, self.y, row)
            self.y += high
        self.y += 1

    def _at(self, x: float, y: float, text: str) -> None:
        """Write one line with its upper left corner here; a sign that the letters do not have is seen as a box."""
        if text:
            known = self.pdf.current_font.cmap
            shown = "".join(one if ord(one) in known else "□" for one in text)
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
        self.pdf.set_draw_color(*(int(charts.GRID[False][place : place + 2], 16) for place in (1, 3, 5)))
        self.pdf.line(_SIDE, y, _WIDE - _SIDE, y)

    def done(self) -> bytes:
        return bytes(self.pdf.output())


def _rows(text: str, width: float, size: float, *, bold: bool) -> list[str]:
    return pictures.wrapped(text, width, size * _POINT, bold=bold)
