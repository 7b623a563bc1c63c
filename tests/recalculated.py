"""What does another program make of our workbooks? Formulas are parsed once for all the workbooks that share them.

Parsing takes most of the time. A workbook that has the formulas of another, cell by cell, differs from it in nothing
but what is typed into the other cells; so it is computed as the other one with those cells typed over.
"""

from __future__ import annotations

import io
import tempfile
import warnings
from collections.abc import Iterable
from contextlib import redirect_stderr
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils.datetime import to_excel

Cell = tuple[str, str]
"""A sheet by its title and a place on it: `Calculation`, `E7`."""


@cache
def _known() -> dict[object, tuple[Any, dict[Cell, object]]]:
    """Hold the parsed workbooks of this process by their formulas, and what is typed into each."""
    return {}


def _reference(sheet: str, place: str, book: str = "book.xlsx") -> str:
    return f"'[{book}]{sheet.upper()}'!{place}"


def _parsed(content: bytes, wanted: frozenset[Cell]) -> Any:
    with warnings.catch_warnings(), redirect_stderr(io.StringIO()), tempfile.TemporaryDirectory() as folder:
        warnings.simplefilter("ignore")  # the library's own code, compiled the first time
        import formulas

        path = Path(folder) / "book.xlsx"
        path.write_bytes(content)
        return formulas.ExcelModel().from_ranges(*(_reference(*cell, str(path)) for cell in sorted(wanted))).finish()


def recalculated(content: bytes, wanted: Iterable[Cell]) -> dict[Cell, Any]:
    """Return the values that the library "formulas" computes for cells; no stored value is looked at."""
    cells = [cell for sheet in openpyxl.load_workbook(io.BytesIO(content)) for row in sheet.iter_rows() for cell in row]
    written = {(cell.parent.title, cell.coordinate): cell for cell in cells if cell.value is not None}
    typed = {
        place: to_excel(cell.value) if isinstance(cell.value, date) else cell.value
        for place, cell in written.items()
        if cell.data_type != "f"
    }
    chosen = frozenset(wanted)
    key = (frozenset((place, cell.value) for place, cell in written.items() if cell.data_type == "f"), chosen)
    if key not in _known():
        _known()[key] = (_parsed(content, chosen), typed)
    model, before = _known()[key]

    from schedula import EMPTY

    changes = {
        _reference(*place): typed.get(place, EMPTY)
        for place in before.keys() | typed.keys()
        if before.get(place) != typed.get(place)
    }
    found = model.calculate(inputs={place: value for place, value in changes.items() if place in model.dsp.nodes})
    return {cell: found[_reference(*cell)].value[0, 0] for cell in chosen}
