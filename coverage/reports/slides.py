"""How does a page of sentences, charts and tables become a slide that can be edited?

Everything is native: charts carry their figures in a workbook of their own, tables are tables, the title is the
layout's title. Whether text fits is worked out from the widths of Helvetica's letters (Arial and Liberation Sans have
the same; most fonts of templates are narrower), and letters get smaller before anything is cut off.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from lxml import etree
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Inches, Pt

from coverage.base.texts import Texts
from coverage.reports.lettering import (
    FAINT,
    INK,
    LINE_HEIGHT,
    SPACE,
    add_text_box,
    add_words,
    count_lines,
    width_in_emu,
)
from coverage.reports.masters import Box, Stage
from coverage.reports.native_charts import draw_bars, draw_lines
from coverage.reports.native_tables import TABLE_SIZES, column_widths, draw_table, table_height
from coverage.reports.page_parts import Figure, LineChart, Page, Part, Table

_MARK = "#B03A00"


_SMALLEST_TITLE = 16


_LEAD_SIZES = (18, 17, 16, 15, 14, 13, 12)


_FOOT_SIZES = (10, 9, 8)


_FIGURE_SIZES = (80, 66, 54, 44, 36, 28)


_COVER_SIZE = 40
"""Letters of the title of the first slide, on our own master."""


_OTHER_FONT = 1.18
"""So many times wider the letters of a template may be, where its font is missing on a computer (DejaVu Sans)."""


_TABLE_SHARE = 0.7


_HIGH_CHART = Inches(2.3)


_LOW_SHARE = 0.45
"""A table is low where it needs no more than this share of the height."""


_SPLITS = (0.55, 0.45, 0.35, 0.28)
"""The shares of the width to which the left part may give way to a table."""


def draw(at: Stage, pages: Sequence[Page], texts: Texts, *, foot: str, mark: str = "") -> None:
    """Add the pages as slides; each has `foot` at its foot, with `mark` (a sample) in bold before it."""
    for page in pages:
        _draw(at, page, texts, foot=foot, mark=mark)


def _draw(at: Stage, page: Page, texts: Texts, *, foot: str, mark: str) -> None:
    slide = at.deck.slides.add_slide(at.layout)
    for placeholder in list(slide.placeholders):
        if placeholder.placeholder_format.type is not None and placeholder != slide.shapes.title:
            placeholder._element.getparent().remove(placeholder._element)
    if page.cover:
        _cover(slide, at, page, mark)
        _foot(slide, at, foot, mark)
        slide.notes_slide.notes_text_frame.text = "\n".join(page.notes)
        return
    size = _write_title(slide, at, page.title)
    top = at.title.bottom
    if at.own:
        lines = count_lines(page.title, at.title.width, size, bold=True)
        top = at.title.top + min(at.title.height, int(Pt(size) * LINE_HEIGHT * lines)) + Inches(0.12)
    left = Box(left=at.title.left, top=top, width=at.title.width, height=at.foot.top - top - SPACE)
    if page.lead:
        left = _lead(slide, left, page.lead, alone=not page.parts, wider=_wider(at))
    for box, part in zip(_places(left, page, at), page.parts, strict=True):
        _part(slide, box, part, texts, _wider(at))
    _foot(slide, at, foot, mark)
    slide.notes_slide.notes_text_frame.text = "\n".join(page.notes)


def _cover(slide: Any, at: Stage, page: Page, mark: str) -> None:
    """Write the first slide: the place as its title, in the middle on our own master, and its lines below."""
    box = at.title
    if at.own:
        box = replace(at.title, top=Inches(1.7), height=Inches(1.4))
        shape = slide.shapes.title
        shape.left, shape.top, shape.width, shape.height = box.left, box.top, box.width, box.height
    _write_title(slide, at, page.title, _COVER_SIZE if at.own else 0, box)
    top = box.bottom + SPACE
    frame = add_text_box(slide, replace(box, top=top, height=at.foot.top - top - SPACE))
    for place, line in enumerate([*([mark] if mark else []), *page.lead]):
        paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        marked = bool(mark) and place == 0
        add_words(paragraph, line, 24 if marked else 20, (_MARK if at.own else INK) if marked else FAINT, bold=marked)
        paragraph.space_after = Pt(6)


def _places(whole: Box, page: Page, at: Stage) -> list[Box]:
    """Return where the parts stand: side by side, or where a table's words would break there, below each other.

    Before that the left part gives way.
    """
    if len(page.parts) < 2:
        return [whole][: len(page.parts)]
    for split in (page.split, *(candidate for candidate in _SPLITS if candidate < page.split)):
        beside = _beside(whole, split)
        if all(_keeps_words(part, box, at) for part, box in zip(page.parts, beside, strict=True)):
            table, box = page.parts[1], beside[1]
            if split < page.split and isinstance(table, Table) and _low(table, whole, at):
                break  # few rows below a wide chart are easier to read than beside a narrow one
            crowded = isinstance(table, Table) and not _holds_rows(table, box, at)
            if (
                crowded
                and isinstance(table, Table)
                and _holds_rows(table, replace(whole, height=int(whole.height * _TABLE_SHARE)), at)
            ):
                break
            return beside
    return _below_each_other(whole, page.parts, at)


def _below_each_other(whole: Box, parts: Sequence[Part], at: Stage) -> list[Box]:
    """Give a table the height that it needs, up to a share, and what is above it the rest."""
    needed = (whole.height - SPACE) // 2
    if isinstance(parts[1], Table):
        needed = table_height(int(whole.width / _wider(at)), parts[1], int(whole.height * _TABLE_SHARE))
    first = whole.height - SPACE - needed
    return [
        replace(whole, height=first),
        replace(whole, top=whole.top + first + SPACE, height=needed),
    ]


def _low(table: Table, whole: Box, at: Stage) -> bool:
    """Say whether a table is so low that a chart above it keeps its height."""
    most = min(int(whole.height * _LOW_SHARE), whole.height - SPACE - _HIGH_CHART)
    return most > 0 and table_height(int(whole.width / _wider(at)), table, most) < most


def _holds_rows(table: Table, box: Box, at: Stage) -> bool:
    """Say whether every row of a table has room in its smallest letters."""
    return table_height(int(box.width / _wider(at)), table, box.height) < box.height


def _beside(whole: Box, split: float) -> list[Box]:
    width = int((whole.width - 2 * SPACE) * split)
    start = whole.left + width + 2 * SPACE
    return [
        Box(left=whole.left, top=whole.top, width=width, height=whole.height),
        Box(left=start, top=whole.top, width=whole.left + whole.width - start, height=whole.height),
    ]


def _keeps_words(part: Part, box: Box, at: Stage) -> bool:
    """Say whether no word of a table has to break in its smallest letters."""
    if not isinstance(part, Table):
        return True
    width = int(box.width / _wider(at))
    return sum(column_widths(width, part.heads, part.rows, TABLE_SIZES[-1], wrap=True, whole=True)) <= width


def _wider(at: Stage) -> float:
    return 1.0 if at.own else _OTHER_FONT


def _part(slide: Any, box: Box, part: Part, texts: Texts, wider: float) -> None:
    if isinstance(part, Table):
        draw_table(slide, box, part, texts, wider)
    elif isinstance(part, LineChart):
        draw_lines(slide, box, part, texts)
    elif isinstance(part, Figure):
        _figure(slide, box, part, wider)
    else:
        draw_bars(slide, box, part, texts)


def _figure(slide: Any, box: Box, part: Figure, wider: float) -> None:
    """Write a number as large as its place, and below it what it counts."""
    frame = add_text_box(slide, box)
    room = int(box.width / wider)
    size = next(
        (size for size in _FIGURE_SIZES if width_in_emu(part.value, size, bold=True) <= room), _FIGURE_SIZES[-1]
    )
    add_words(frame.paragraphs[0], part.value, size, INK, bold=True)
    add_words(frame.add_paragraph(), part.label, 18, FAINT)


def _write_title(slide: Any, at: Stage, text: str, largest: float = 0, box: Box | None = None) -> float:
    """Write the title in the layout's own size, the largest one given, or smaller where it would not fit; return it."""
    box = box or at.title
    frame = slide.shapes.title.text_frame
    frame.text = text
    frame.word_wrap = True
    size = largest or at.title_size
    while size > _SMALLEST_TITLE and Pt(size) * LINE_HEIGHT * count_lines(
        text, int((box.width - Inches(0.2) * (not at.own)) / _wider(at)), size, bold=True
    ) > box.height - Inches(0.1) * (not at.own):
        size -= 1
    if size != at.title_size:
        frame.paragraphs[0].runs[0].font.size = Pt(size)
    return size


def _lead(slide: Any, space: Box, sentences: Sequence[str], *, alone: bool, wider: float) -> Box:
    """Write sentences below the title, in at most a third of the space where parts follow; return the space left."""
    most = space.height if alone else space.height // 3
    bullets = len(sentences) > 1 and alone
    sizes = (24, 22, 20, *_LEAD_SIZES) if alone else _LEAD_SIZES
    gap = 0.5 if alone else 0.15

    def needed(size: float) -> int:
        lines = sum(
            count_lines(sentence, int((space.width - Pt(size) * bullets) / wider), size) for sentence in sentences
        )
        return int(Pt(size) * (LINE_HEIGHT * lines + gap * len(sentences))) + Inches(0.05)

    size = next((size for size in sizes if needed(size) <= most), sizes[-1])
    height = min(needed(size), space.height)
    frame = add_text_box(slide, Box(left=space.left, top=space.top, width=space.width, height=height))
    for place, sentence in enumerate(sentences):
        paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        add_words(paragraph, f"• {sentence}" if bullets else sentence, size, FAINT if not alone else INK)
        paragraph.space_after = Pt(size * gap)
    top = space.top + height + SPACE
    return Box(left=space.left, top=top, width=space.width, height=space.bottom - top)


def _foot(slide: Any, at: Stage, text: str, mark: str) -> None:
    """Write where the figures come from, and the slide's number at the right."""
    number = Inches(0.5)
    box = Box(left=at.foot.left, top=at.foot.top, width=at.foot.width - number - SPACE, height=at.foot.height)
    marked = f"{mark} · {text}" if mark else text

    def fits(size: float) -> bool:
        return Pt(size) * LINE_HEIGHT * count_lines(marked, int(box.width / _wider(at)), size, bold=True) <= box.height

    size = next((size for size in _FOOT_SIZES if fits(size)), _FOOT_SIZES[-1])
    frame = add_text_box(slide, box)
    frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    if mark:
        add_words(frame.paragraphs[0], f"{mark} · ", size, _MARK if at.own else INK, bold=True)
    add_words(frame.paragraphs[0], text, size, FAINT)
    place = Box(left=at.foot.left + at.foot.width - number, top=at.foot.top, width=number, height=at.foot.height)
    frame = add_text_box(slide, place)
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
