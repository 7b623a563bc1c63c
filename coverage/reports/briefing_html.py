"""How does a briefing look as one HTML file without requests to anybody?"""

from __future__ import annotations

from html import escape

from coverage.charts import drawing
from coverage.reports import pictures
from coverage.reports.briefing import (
    COLUMNS,
    ROWS,
    SAMPLE_COLOUR,
    Briefing,
    BriefingBlock,
    cut_table,
    share_rows,
    written,
)
from coverage.reports.page_parts import Table
from coverage.reports.pictures import Picture
from coverage.reports.results import Results

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
/* On paper the texts take what they need, and the charts share what is left of two pages. */
@page{size:A4;margin:11mm 13mm;
@bottom-right{content:counter(page) "%(between)s" counter(pages);font:7.5pt system-ui,sans-serif;color:%(faint)s}}
@media print{body{font-size:10pt;print-color-adjust:exact;-webkit-print-color-adjust:exact}
main{max-width:none;padding:0}section{break-inside:avoid}section+section{break-before:page}
section{min-height:274mm;display:flex;flex-direction:column}section>*{flex:none}footer{margin-top:auto}.scroll{overflow:visible}
article:has(figure),section>.pair:has(figure){flex:1 1 auto}article:has(figure){display:flex;flex-direction:column}
figure{flex:1 1 22mm;min-height:22mm;display:flex;flex-direction:column;margin:.2rem 0}
.chart{flex:1 1 20mm;position:relative}.chart svg{position:absolute;inset:0;height:100%%}
.standing{flex-grow:.4!important}ul{columns:2}
.pair{grid-template-columns:repeat(var(--columns),1fr);grid-template-rows:auto auto 1fr}
.pair article{display:grid!important;grid-row:span 3;grid-template-rows:subgrid}.pair figure{grid-row:3}
.costs td,.branches td{white-space:nowrap}
:is(.costs,.branches) tbody th{width:30%%}
.costs p,.branches p{font-size:9pt}
h2{font-size:11pt;margin:.5rem 0 .2rem}.costs h2,.branches h2{font-size:10pt}
table{font-size:7.5pt}th,td{padding:1.5px 4px}p.more{margin:0}
.tight :is(.costs,.branches) :is(h2,p){font-size:8.5pt;line-height:1.2}.tight ul{line-height:1.2}
.pair h2{font-size:10pt}.pair p,ul{font-size:8pt}footer{font-size:7.5pt}figcaption,.more{font-size:7.5pt}}
"""


def html(results: Results) -> str:
    """Return the briefing as one HTML file: style, letters and charts are in it, and nothing runs."""
    briefing, texts = written(results), results.texts
    first = "".join(_html_block(block, results, 690) for block in briefing.first)
    columns = min(max(len(briefing.segments), 1), COLUMNS)
    wide = 335 if columns < COLUMNS else 230
    segments = "".join(_html_block(block, results, wide) for block in briefing.segments)
    rows = share_rows(briefing.second)
    second = "".join(_html_block(block, results, 690, most) for block, most in zip(briefing.second, rows, strict=True))
    listed = "".join(f"<li>{escape(line)}</li>" for line in briefing.sources)
    second = (
        f'<div class="pair" style="--columns:{columns}">{segments}</div>{second}'
        f"<h3>{escape(briefing.basis)}</h3><ul>{listed}</ul>"
    )
    colours = {
        "ink": drawing.INK[False],
        "faint": drawing.FAINT[False],
        "grid": drawing.GRID[False],
        "sample": SAMPLE_COLOUR,
        "between": texts("briefing.page", page="", pages=""),  # how many pages there are is known to the printer alone
    }
    pages = "".join(_html_page(briefing, body, page) for page, body in ((1, first), (2, second)))
    faces = pictures.faces(pages)
    return (
        f'<!DOCTYPE html>\n<html lang="{texts.language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
        'font-src data:">'
        f"<title>{escape(f'{briefing.title}: {briefing.place}')}</title>"
        f"<style>{faces}{_STYLE % colours}</style></head><body><main>{pages}</main></body></html>\n"
    )


def _html_page(briefing: Briefing, body: str, page: int) -> str:
    mark = f'<span class="mark">{escape(briefing.mark)}</span>' if briefing.mark else ""
    name = "h1" if page == 1 else "p"
    head = f"<{name}>{escape(briefing.title)} · {escape(briefing.place)}</{name}>"
    tight = ' class="tight"' if page == 2 and len(briefing.second) > 2 else ""
    return f"<section{tight}><header>{head}{mark}</header>{body}<footer>{escape(briefing.foot)}</footer></section>"


def _html_block(block: BriefingBlock, results: Results, width: int, most: int | None = None) -> str:
    parts = [f'<article class="{block.name}"><h2>{escape(block.heading)}</h2>']
    if block.lead:
        parts.append(f"<p>{escape(' '.join(block.lead))}</p>")
    if block.picture is not None:
        parts.append(_html_chart(block.picture, width))
    if block.table is not None:
        parts.append(
            _html_table(*cut_table(block.table, ROWS.get(block.name, 8) if most is None else most, results.texts))
        )
    return "".join([*parts, "</article>"])


def _html_chart(picture: Picture, width: int) -> str:
    svg = pictures.svg_of_chart(picture.chart, width=width, height=height_of(picture, width), name=picture.name)
    alt = escape(picture.chart.alt, quote=True)
    opened = svg.replace("<svg ", f'<svg role="img" aria-label="{alt}" ', 1)
    key = f"<figcaption>{escape(' '.join(picture.key))}</figcaption>" if picture.key and width > 400 else ""
    return f'<figure><div class="chart">{opened}</div>{key}</figure>'


def height_of(picture: Picture, width: int) -> int:
    """Return how many pixels high a chart is: a bar for each segment, else what two pages have room for."""
    if picture.name == "standing":
        return min(picture.height, 210)
    return 270 if width > 400 else 230


def _html_table(table: Table, more: str) -> str:
    head = "".join(
        f'<th scope="col"{_number(place, table)}>{escape(heading)}</th>' for place, heading in enumerate(table.heads)
    )
    rows = []
    for number, row in enumerate(table.rows):
        strong = ' class="sum"' if table.strong and number == len(table.rows) - 1 else ""
        cells = "".join(f"<td{_number(place, table)}>{escape(cell)}</td>" for place, cell in enumerate(row) if place)
        first = f'<th scope="row">{escape(row[0])}</th>' if len(row) > 1 else f"<td>{escape(row[0])}</td>"
        rows.append(f"<tr{strong}>{first}{cells}</tr>")
    left_out = f'<p class="more">{escape(more)}</p>' if more else ""
    whole = f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    return f'<div class="scroll">{whole}</div>{left_out}'


def _number(place: int, table: Table) -> str:
    return ' class="n"' if place >= table.figures else ""
