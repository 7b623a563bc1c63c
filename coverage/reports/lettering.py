"""How wide are the words of a slide, and how are they written and painted?"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

from pptx.dml.color import RGBColor
from pptx.enum.dml import MSO_THEME_COLOR
from pptx.util import Inches, Pt

from coverage.charts import drawing
from coverage.reports.masters import Box

INK, FAINT, GRID = drawing.INK[False], drawing.FAINT[False], drawing.GRID[False]


_THEMED = {INK: MSO_THEME_COLOR.TEXT_1, FAINT: MSO_THEME_COLOR.TEXT_2}


LANGUAGE_CODES = {"id": "421", "en": "409"}


LINE_HEIGHT = 1.2
"""Height of a line of text in sizes of its letters."""


CELL_MARGIN = Inches(0.07)


SPACE = Inches(0.15)


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


_Colour: Any = RGBColor
"""python-pptx is typed in part."""


def width_in_emu(text: str, size: float, *, bold: bool = False) -> int:
    """Return how wide a text is in letters of so many points (EMU)."""
    return int(Pt(size) * _width_of(text, bold) / 1000)


@lru_cache(maxsize=4096)
def _width_of(text: str, bold: bool) -> float:
    """Return a text's width in thousandths of a size: a table asks of each word again for every size that may fit."""
    return sum(_letter(letter, bold) for letter in text)


@lru_cache(maxsize=4096)
def _letter(letter: str, bold: bool) -> float:
    width = _WIDTH.get(letter, 600 if ord(letter) < 0x2190 else 1000)  # arrows, signs and all that follow are wide
    if not bold:
        return width
    return width * (_BOLD["lower"] if letter.islower() else _BOLD["upper"] if letter.isupper() else 1)


def count_lines(text: str, width: int, size: float, *, bold: bool = False) -> int:
    """Return how many lines a text takes in a box of this width; a word longer than a line is broken."""
    space, count, used = width_in_emu(" ", size, bold=bold), 1, 0
    for word in text.split(" "):  # a no-break space breaks no line
        wide = width_in_emu(word, size, bold=bold)
        if used and used + space + wide > width:
            count, used = count + 1, 0
        count += max(0, math.ceil(wide / width) - 1)
        used += wide % width + (space if used else 0) if wide > width else wide + (space if used else 0)
    return count


def add_text_box(slide: Any, box: Box) -> Any:
    frame = slide.shapes.add_textbox(box.left, box.top, box.width, box.height).text_frame
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    return frame


def add_words(paragraph: Any, text: str, size: float, colour: str, *, bold: bool = False) -> None:
    run = paragraph.add_run()
    run.text = text
    run.font.size, run.font.bold = Pt(size), bold
    fill_colour(run.font.color, colour)


def fill_colour(what: Any, colour: str) -> None:
    """Give a colour to letters, a line or a fill: ink is the master's own, so that it can be read on a dark one."""
    if colour in _THEMED:
        what.theme_color = _THEMED[colour]
    else:
        what.rgb = _Colour(*bytes.fromhex(colour.removeprefix("#")))


def style_words(frame: Any, text: str) -> None:
    frame.text = text
    run = frame.paragraphs[0].runs[0]
    run.font.size, run.font.bold = Pt(12), False
    fill_colour(run.font.color, FAINT)
