"""On which master do the slides stand: our own, or a template of the user's?

Our own is python-pptx's, stretched to 16:9 and given the app's ink, colours and font. Of a template the master and its
layouts stay, and its slides go.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from typing import Any

from lxml import etree
from pptx import Presentation
from pptx.exc import PythonPptxError
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml.ns import qn
from pptx.util import Emu, Inches

from coverage.base import settings
from coverage.base.errors import FileRefused
from coverage.charts import drawing
from coverage.intake import packed

FONT = "Arial"


@dataclass(frozen=True, kw_only=True)
class Box:
    """A place on a slide, in EMU."""

    left: int
    top: int
    width: int
    height: int

    @property
    def bottom(self) -> int:
        return self.top + self.height


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A presentation without slides, and where on a slide of it things stand."""

    deck: Any
    layout: Any
    title: Box
    title_size: float
    foot: Box
    own: bool


def opened(template: bytes | None = None, *, name: str = "") -> Stage:
    """Open our own 16:9 master, or a template without its slides; raise `FileRefused` where it is none."""
    return _own_stage() if template is None else _template_stage(template, name)


def _own_stage() -> Stage:
    """Make a 16:9 master in the app's colours out of python-pptx's own."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(13.333), Inches(7.5)
    master = deck.slide_master
    layout = next(
        slide_layout for slide_layout in deck.slide_layouts if slide_layout._element.get("type") == "titleOnly"
    )
    for other in list(deck.slide_layouts):
        if other != layout:
            deck.slide_layouts.remove(other)
    _dress(master)
    title = Box(left=Inches(0.6), top=Inches(0.45), width=Inches(12.13), height=Inches(1.2))
    for holder in (master, layout):
        for shape in list(holder.placeholders):
            if shape.placeholder_format.idx == 0:
                shape.left, shape.top, shape.width, shape.height = title.left, title.top, title.width, title.height
            elif holder == layout:
                shape._element.getparent().remove(shape._element)
            else:
                _reach_across(shape, deck)
    foot = Box(left=Inches(0.6), top=Inches(6.9), width=Inches(12.13), height=Inches(0.4))
    return Stage(deck=deck, layout=layout, title=title, title_size=28, foot=foot, own=True)


def _reach_across(shape: Any, deck: Any) -> None:
    """Stretch a placeholder of the 4:3 master to 16:9."""
    factor = deck.slide_width / Inches(10)
    shape.left, shape.width = Emu(int(shape.left * factor)), Emu(int(shape.width * factor))


def _dress(master: Any) -> None:
    """Give the master the app's ink, colours and font, and titles that are sentences: to the left, at the top."""
    style = master._element.find(qn("p:txStyles")).find(qn("p:titleStyle")).find(qn("a:lvl1pPr"))
    style.set("algn", "l")
    letters = style.find(qn("a:defRPr"))
    letters.set("sz", "2800")
    letters.set("b", "1")
    for shape in master.placeholders:
        if shape.placeholder_format.idx == 0:
            body = shape.text_frame._txBody.find(qn("a:bodyPr"))
            for name, value in (("anchor", "t"), ("lIns", "0"), ("rIns", "0"), ("tIns", "0"), ("bIns", "0")):
                body.set(name, value)
            for fitting in list(body):
                body.remove(fitting)
    part = master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    theme = etree.fromstring(part.blob)
    colours = theme.find(f".//{qn('a:clrScheme')}")
    accents = [segment.colour for segment in settings.load().segments]
    wanted = {"dk1": drawing.INK[False], "lt1": "#FFFFFF", "dk2": drawing.FAINT[False], "lt2": drawing.GRID[False]}
    wanted |= {f"accent{place}": colour for place, colour in enumerate([*accents, drawing.FUNDED][:6], 1)}
    for name, colour in wanted.items():
        slot = colours.find(qn(f"a:{name}"))
        for old in list(slot):
            slot.remove(old)
        etree.SubElement(slot, qn("a:srgbClr")).set("val", colour.removeprefix("#"))
    for latin in theme.iterfind(f".//{qn('a:fontScheme')}//{qn('a:latin')}"):
        latin.set("typeface", FONT)
    part._blob = etree.tostring(theme, xml_declaration=True, encoding="UTF-8", standalone=True)


_TEMPLATE = b"application/vnd.openxmlformats-officedocument.presentationml.template.main+xml"
_PRESENTATION = b"application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"


_DAMAGED = (PythonPptxError, AttributeError, TypeError, etree.LxmlError, *packed.BROKEN)
"""What python-pptx raises for a damaged presentation: it trusts what it opens."""


def _template_stage(content: bytes, name: str) -> Stage:
    """Open a template of the user's own: its master and layouts, none of its slides.

    A slide is added to a copy and the copy saved: where a part is damaged, it shows now, and not after the work.
    """
    archive = packed.Packed(
        content, file=name, limit=settings.load().whole("unpacked_limit_bytes"), broken="template_refused"
    )
    try:
        content = _as_presentation(content, archive)
        trial = Presentation(io.BytesIO(content))
        layout = _layout(trial)
        if layout is None:
            raise FileRefused("template_no_title", file=name)
        _stage_of(trial, layout)
        trial.slides.add_slide(layout)
        saved(trial)
        deck = Presentation(io.BytesIO(content))
        return _stage_of(deck, _layout(deck))
    except _DAMAGED as error:
        raise FileRefused("template_refused", file=name) from error


def _stage_of(deck: Any, layout: Any) -> Stage:
    _clear(deck)
    shape = next(placeholder for placeholder in layout.placeholders if placeholder.placeholder_format.idx == 0)
    title = Box(left=shape.left, top=shape.top, width=shape.width, height=shape.height)
    return Stage(
        deck=deck,
        layout=layout,
        title=title,
        title_size=_title_size(layout),
        foot=_foot_of(deck, layout, title),
        own=False,
    )


def _as_presentation(content: bytes, archive: packed.Packed) -> bytes:
    """Turn a .potx into a .pptx: only the type that it says it is differs."""
    if _TEMPLATE not in archive.read("[Content_Types].xml"):
        return content
    changed = io.BytesIO()
    with zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as copy:
        for entry in archive.parts:
            part = b"".join(archive.unpacked(entry))
            kinds = entry.filename == "[Content_Types].xml"
            copy.writestr(entry.filename, part.replace(_TEMPLATE, _PRESENTATION) if kinds else part)
    return changed.getvalue()


def _layout(deck: Any) -> Any | None:
    """Return the layout "Title Only", else the one with a title and the fewest other places; None without a title."""
    high = deck.slide_height
    titled = [
        slide_layout
        for slide_layout in deck.slide_layouts
        if any(_heads(shape, high) for shape in slide_layout.placeholders)
    ]
    only = [layout for layout in titled if layout._element.get("type") == "titleOnly"]
    ranked = only or sorted(titled, key=lambda layout: len(list(layout.placeholders)))
    return ranked[0] if ranked else None


def _heads(shape: Any, high: int) -> bool:
    """Say whether this is the place of a title, with a size, above what a slide shows."""
    if shape.placeholder_format.idx != 0 or None in (shape.left, shape.top, shape.width, shape.height):
        return False
    return bool(shape.width > high // 4 and shape.height > 0 and shape.top + shape.height <= high * 0.6)


def _clear(deck: Any) -> None:
    """Take all slides out, and the sections that name them; a part that nothing points to is not saved."""
    listed = deck.slides._sldIdLst
    for entry in list(listed):
        deck.part.drop_rel(entry.rId)
        listed.remove(entry)
    extras = deck.part._element.find(qn("p:extLst"))
    if extras is not None:
        deck.part._element.remove(extras)


def _title_size(layout: Any) -> float:
    """Return the size of the layout's titles in points: its own, else the master's."""
    shape = next(placeholder for placeholder in layout.placeholders if placeholder.placeholder_format.idx == 0)
    own = shape._element.find(f".//{qn('a:lstStyle')}/{qn('a:lvl1pPr')}/{qn('a:defRPr')}")
    master = layout.slide_master._element.find(
        f"{qn('p:txStyles')}/{qn('p:titleStyle')}/{qn('a:lvl1pPr')}/{qn('a:defRPr')}"
    )
    sizes = [int(size.get("sz")) for size in (own, master) if size is not None and size.get("sz")]
    return sizes[0] / 100 if sizes else 44.0


def _foot_of(deck: Any, layout: Any, title: Box) -> Box:
    """Return the band of the layout's own footer, which an added slide does not show; else the slide's last strip."""
    kinds = {"ftr", "dt", "sldNum"}
    tops = []
    for shape in (*layout.placeholders, *layout.slide_master.placeholders):
        place = shape._element.find(f".//{qn('p:nvPr')}/{qn('p:ph')}")
        if place is not None and place.get("type") in kinds and shape.top is not None:
            tops.append((int(shape.top), int(shape.height)))
    height = int(deck.slide_height)
    low = [topmost for topmost in tops if topmost[0] > height * 0.8]
    top, tall = low[0] if low else (int(height * 0.93), int(height * 0.05))
    return Box(left=title.left, top=top, width=title.width, height=max(tall, Inches(0.35)))


def saved(deck: Any) -> bytes:
    """Return the presentation as a file."""
    file = io.BytesIO()
    deck.save(file)
    return file.getvalue()
