"""How does a sheet of a workbook look, so that it can be read, printed, and never runs what stands in the data?

Text is always written as text: a cell that begins with = + - @ is no formula (OWASP, "CSV Injection"). Numbers keep
their full value; their form follows the reader's own spreadsheet.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from coverage.base.texts import Texts
from coverage.reports import provenance
from coverage.reports.provenance import Provenance
from coverage.reports.workbook.equations import Cell, Live

LONGEST = 32_000
"""A cell holds 32,767 characters; a longer text would be left out without a word."""
_FOOT = 200  # a header or footer holds 255 characters, its own marks included
_A4 = 9
_LINE_HEIGHT, _HEAD_HEIGHT, _MOST_LINES = 15, 46, 26
_LETTERS = 1.05
"""So many letters of usual text fit into the width of one."""
_BOLD = 0.8  # so many times fewer where they are bold
_INK, _FAINT, _LINE, _HEAD, _INPUT, _WARNING = "#1F2933", "#52606D", "#B8C2CC", "#E9EEF3", "#FFF6CC", "#A34100"
NUMBERS = {
    "people": "#,##0",
    "signed": "+#,##0;-#,##0;0",
    "share": "0.0%",
    "change": "+0%;-0%;0%",
    "rate": "0.0000",
    "tenth": "#,##0.0",
    "rupiah": '"Rp"#,##0',
    "whole": "0",
}
HEAD = 4
"""The row of a sheet's first headings, below its title, where the figures come from, and what to do."""


class _Sheet(Worksheet):  # type: ignore[misc]  # xlsxwriter is not typed
    """A sheet that takes a formula as it stands: xlsxwriter looks in each for thirty functions that want a prefix."""

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:  # noqa: ARG002
        return formula.removeprefix("=")


@dataclass(frozen=True, kw_only=True)
class Book:
    """An open workbook and the forms of its cells."""

    file: xlsxwriter.Workbook
    texts: Texts
    provenance: Provenance
    forms: dict[str, Format]

    def sheet(self, name: str, title: str, note: str = "") -> Worksheet:
        """Add a sheet that says above the figures and on every printed page where they come from."""
        text = provenance.short(self.provenance, self.texts)
        sheet = self.file.add_worksheet(name, worksheet_class=_Sheet)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.set_margins(left=0.5, right=0.5, top=0.7, bottom=0.8)
        sheet.fit_to_pages(1, 0)
        sheet.set_header(f"&L&10{_escaped(title)}&R&10{_escaped(self._sample)}")
        foot = provenance.short(self.provenance, self.texts, most=_FOOT)
        sheet.set_footer(f"&L&8{_escaped(_cut(foot, _FOOT))}&R&8&P / &N")
        sheet.write_string(0, 0, _cut(" · ".join(filter(None, [title, self._sample])), LONGEST), self.forms["title"])
        sheet.write_string(1, 0, _cut(text, LONGEST), self.forms["faint"])
        if note:
            sheet.write_string(2, 0, note, self.forms["note"])
        return sheet

    @property
    def _sample(self) -> str:
        return self.texts("provenance.sample") if self.provenance.sample else ""

    def heads(self, sheet: Worksheet, row: int, column: int, words: Sequence[str], figures_from: int = 1) -> None:
        """Write headings; from the `figures_from`-th on they stand over figures."""
        for place, head in enumerate(words):
            sheet.write_string(row, column + place, head, self.forms["head" if place < figures_from else "head_right"])
        sheet.set_row(row, _HEAD_HEIGHT)

    def tall_head(self, sheet: Worksheet, row: int, words: Sequence[str], widths: Sequence[float]) -> None:
        """Make a row of headings as tall as its longest one in bold letters, but never lower than others."""
        most = max((_lines(word, width * _BOLD) for word, width in zip(words, widths, strict=False)), default=1)
        sheet.set_row(row, max(_HEAD_HEIGHT, _LINE_HEIGHT * min(most, _MOST_LINES)))

    def put(self, sheet: Worksheet, row: int, column: int, cell: Cell, form: str = "text") -> None:
        """Write one cell; text is never a formula, an unknown number leaves it empty."""
        shape = self.forms[form]
        if isinstance(cell, Live):
            known = math.isfinite(cell.value)
            sheet.write_formula(row, column, cell.formula, shape, cell.value if known else "")
        elif isinstance(cell, str):
            sheet.write_string(row, column, _cut(cell, LONGEST), shape)
        elif isinstance(cell, date):
            sheet.write_datetime(row, column, datetime(cell.year, cell.month, cell.day), shape)
        elif cell is None or not math.isfinite(cell):
            sheet.write_blank(row, column, None, shape)
        else:
            sheet.write_number(row, column, cell, shape)

    def widths(self, sheet: Worksheet, widths: Sequence[float]) -> None:
        """Set the width of the first columns, in letters."""
        for place, width in enumerate(widths):
            sheet.set_column(place, place, width)

    def finish(
        self, sheet: Worksheet, last: int, columns: int, keys: int, *, head: int = HEAD, printed: bool = True
    ) -> None:
        """Keep the headings and the first columns in sight, on the screen and on each printed page.

        A hidden sheet is not `printed`: LibreOffice prints what has a print area, seen or not.
        """
        sheet.freeze_panes(head + 1, keys)
        if not printed:
            return
        sheet.repeat_rows(head)
        sheet.print_area(0, 0, last, columns - 1)

    def tall(self, sheet: Worksheet, row: int, words: Sequence[str | None], widths: Sequence[float]) -> None:
        """Make a row as tall as its longest wrapped cell: not every program does so by itself."""
        most = max(_lines(word or "", width) for word, width in zip(words, widths, strict=False))
        sheet.set_row(row, _LINE_HEIGHT * min(most, _MOST_LINES))

    def merged(self, sheet: Worksheet, rows: tuple[int, int], column: int, words: str, form: str, width: float) -> None:
        """Write a text over several rows, and make them tall enough together."""
        count = rows[1] - rows[0] + 1
        if count > 1:
            sheet.merge_range(rows[0], column, rows[1], column, _cut(words, LONGEST), self.forms[form])
        else:
            self.put(sheet, rows[0], column, words, form)
        height = max(_LINE_HEIGHT, min(_LINE_HEIGHT * _lines(words, width) / count, _LINE_HEIGHT * _MOST_LINES))
        for row in range(rows[0], rows[1] + 1):
            sheet.set_row(row, height)

    def lines(self, sheet: Worksheet, row: int, words: Sequence[str], form: str = "text", column: int = 0) -> int:
        """Write lines one below the other; return the row after the last."""
        for place, line in enumerate(words):
            self.put(sheet, row + place, column, line, form)
        return row + len(words)


@contextmanager
def open_book(content: io.BytesIO, origin: Provenance, texts: Texts, title: str) -> Iterator[Book]:
    """Open a workbook that is written into `content` when it is closed."""
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(content, options) as file:
        made = datetime(origin.made_on.year, origin.made_on.month, origin.made_on.day)
        file.set_properties({"title": title, "comments": provenance.short(origin, texts), "created": made})
        yield Book(file=file, texts=texts, provenance=origin, forms=_forms(file, texts))


def _forms(file: xlsxwriter.Workbook, texts: Texts) -> dict[str, Format]:
    """Return the forms of cells by name; `input.people` is a number that a person may change."""
    plain: dict[str, object] = {"font_color": _INK, "valign": "top"}
    numbers = NUMBERS | {"month": texts("workbook.month_format"), "text": "@"}
    forms = {name: plain | {"num_format": number} for name, number in numbers.items()}
    forms["text"] = plain
    forms["name"] = plain | {"shrink": True}  # a long name gets smaller rather than being cut by its neighbour
    forms["wrap"] = plain | {"text_wrap": True}
    forms["apart"] = plain | {"align": "right"}
    inputs = {
        f"input.{name}": form | {"bg_color": _INPUT, "border": 1, "border_color": _LINE} for name, form in forms.items()
    }
    head: dict[str, object] = {
        "bold": True,
        "bg_color": _HEAD,
        "text_wrap": True,
        "valign": "vcenter",
        "bottom": 1,
        "font_color": _INK,
    }
    others = {
        "title": {"bold": True, "font_size": 15, "font_color": _INK},
        "heading": {"bold": True, "font_size": 12, "font_color": _INK},
        "faint": {"font_size": 9, "font_color": _FAINT},
        "note": {"font_color": _INK, "italic": True},
        "warning": {"font_color": _WARNING, "bold": True},
        "head": head,
        "head_right": head | {"align": "right"},
        "code": plain | {"font_name": "Consolas", "font_size": 9},
    }
    bold = {f"bold.{name}": form | {"bold": True} for name, form in forms.items()}
    return {name: file.add_format(form) for name, form in {**forms, **inputs, **others, **bold}.items()}


def _lines(words: str, width: float) -> int:
    """Return how many lines a text takes in a cell so many letters wide."""
    return max(1, sum(max(1, math.ceil(len(line) / (width * _LETTERS))) for line in words.splitlines()))


def _escaped(words: str) -> str:
    """Keep an ampersand in a header or footer from being a mark."""
    return words.replace("&", "&&").replace("\n", " ")


def _cut(words: str, longest: int) -> str:
    return words if len(words) <= longest else words[: longest - 1] + "…"
