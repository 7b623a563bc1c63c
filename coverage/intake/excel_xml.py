"""Which cells stand in which row of an "XML Spreadsheet 2003"? Some programs write one and call it `.xls`."""

from __future__ import annotations

from collections.abc import Iterator

from coverage.base.errors import FileRefused
from coverage.intake import grid, markup
from coverage.intake.grid import IncomingCells, Limits, Sheet

NAMESPACE = b"urn:schemas-microsoft-com:office:spreadsheet"
_CHUNK = 1 << 16
_MOST = 1 << 20  # rows, or letters in a cell


def read(content: bytes, *, file: str, limits: Limits) -> Iterator[Sheet]:
    """Yield the sheets of a workbook; raise `FileRefused` for one that is broken or far too large."""
    events = _Events(file, limits)
    made = markup.parser(file=file)
    made.StartElementHandler, made.EndElementHandler = events.start, events.end
    made.CharacterDataHandler = events.characters
    markup.parse(made, (content[at : at + _CHUNK] for at in range(0, len(content), _CHUNK)), file=file)
    yield from events.sheets


class _Events:
    """What the elements of the workbook say, one after the other."""

    def __init__(self, file: str, limits: Limits) -> None:
        self._file, self._limits = file, limits
        self.sheets: list[Sheet] = []
        self._cells: IncomingCells | None = None
        self._hidden = self._taken = self._formula = False
        self._row = self._column = -1
        self._across = 0
        self._kind, self._said = "", ""

    def start(self, name: str, given: dict[str, str]) -> None:
        name = markup.bare(name)
        about = {markup.bare(key): value for key, value in given.items()}
        if name == "Worksheet":
            self._cells = IncomingCells(file=self._file, name=about.get("Name", ""), limit=self._limits.cells)
            self._hidden, self._row = False, -1
        elif name == "Row":
            self._row = self._place(about, self._row)
            self._column, self._across = -1, 0
        elif name == "Cell":
            self._column = self._place(about, self._column + self._across)
            self._across, down = self._whole(about.get("MergeAcross", "0")), self._whole(about.get("MergeDown", "0"))
            if self._cells is not None and (self._across or down):
                self._cells.merge((self._row, self._column, self._row + down, self._column + self._across))
            self._formula = "Formula" in about
        elif name == "Data":
            self._kind, self._taken, self._said = about.get("Type", "String"), True, ""
        elif name == "Visible":
            self._hidden = False

    def end(self, name: str) -> None:
        name = markup.bare(name)
        if name == "Data":
            self._taken = False
            if self._cells is not None and (text := _meaning(self._kind, self._said)):
                self._cells.put(self._row, self._column, text)
            self._formula, self._said = False, ""
        elif name == "Cell" and self._formula and self._cells is not None:
            self._cells.put(self._row, self._column, grid.UNCALCULATED)
        elif name == "Visible":
            self._hidden = self._said.strip() in ("SheetHidden", "SheetVeryHidden")
        elif name == "Worksheet" and self._cells is not None:
            self.sheets.append(self._cells.sheet(hidden=self._hidden))
            self._cells = None
        if name != "Data":
            self._said = ""

    def characters(self, text: str) -> None:
        self._said += text
        if len(self._said) > _MOST:
            raise FileRefused("workbook_broken", file=self._file)

    def _place(self, about: dict[str, str], before: int) -> int:
        return self._whole(about["Index"]) - 1 if "Index" in about else before + 1

    def _whole(self, text: str) -> int:
        if text.isdecimal() and len(text) < 8 and int(text) <= _MOST:
            return int(text)
        raise FileRefused("workbook_broken", file=self._file)


def _meaning(kind: str, text: str) -> str:
    if kind == "DateTime":
        return text.strip()[:10]
    if kind == "Boolean":
        return "TRUE" if text.strip() == "1" else "FALSE"
    if kind != "Number":
        return grid.one_line(text)
    try:
        number = float(text)
    except ValueError:
        return text.strip()
    return grid.digits(number) if abs(number) < float("inf") else text.strip()
