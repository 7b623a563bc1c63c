"""What is wrong with the data, where do they come from, and how was the projection computed, cell by cell?"""

from __future__ import annotations

from coverage.base.tables import Problems
from coverage.intake import checks
from coverage.model import view as views
from coverage.model.equations.month import MONTHLY
from coverage.reports import provenance
from coverage.reports.workbook import equations
from coverage.reports.workbook.equations import Inputs
from coverage.reports.workbook.results import WorkbookResults
from coverage.reports.workbook.sheets import HEAD, Book
from coverage.wording import reference, sentences
from coverage.wording.problems import problems_with_messages

MOST_PROBLEMS = 5_000
_PROBLEM = {"file": 28, "line": 8, "column": 16, "value": 20, "severity": 14, "message": 60, "remedy": 60}
_SOURCE = (70, 34, 80)


def problems(book: Book, told: WorkbookResults, found: Problems | None) -> None:
    """List what is wrong with the files, the worst first; not with rows that are known to lie outside the view."""
    texts = book.texts
    if found is not None:
        lines = ["file", "line"]
        outside = told.view.whole.select(lines).join(told.view.table.select(lines), on=lines, how="anti").unique()
        found = found.join(outside, on=lines, how="anti", maintain_order="left")
    count = 0 if found is None else found.height
    said = texts("workbook.problems_unknown") if found is None else texts.count("workbook.problems", count)
    if count > MOST_PROBLEMS:
        said += " " + texts("workbook.problems_cut", shown=texts.people(MOST_PROBLEMS))
    sheet = book.sheet(texts("workbook.sheet.problems"), texts("workbook.title.problems"), said)
    book.heads(sheet, HEAD, 0, [texts(f"workbook.problem.{name}") for name in _PROBLEM], len(_PROBLEM))
    row = HEAD
    if found is not None:
        words = problems_with_messages(checks.worst_first(found, limit=MOST_PROBLEMS), texts)
        for row, one in enumerate(words.iter_rows(named=True), HEAD + 1):
            shown = one | {"severity": sentences.severity(str(one["severity"]), texts)}
            for place, name in enumerate(_PROBLEM):
                book.put(sheet, row, place, shown[name], "whole" if name == "line" else "wrap")
            written = [None if shown[name] is None else str(shown[name]) for name in _PROBLEM]
            book.tall(sheet, row, written, list(_PROBLEM.values()))
    book.widths(sheet, list(_PROBLEM.values()))
    sheet.autofilter(HEAD, 0, max(row, HEAD + 1), len(_PROBLEM) - 1)
    book.finish(sheet, row, len(_PROBLEM), 0)


def sources(book: Book, told: WorkbookResults) -> None:
    """Say where every figure comes from, which settings are used, and the scenario as a file."""
    texts = told.texts
    sheet = book.sheet(texts("workbook.sheet.sources"), texts("workbook.title.sources"))
    row = book.lines(sheet, HEAD - 1, provenance.lines(book.provenance, texts)) + 1
    book.heads(sheet, row, 0, [texts("workbook.source"), texts("workbook.rows")])
    for source, count in views.sources(told.view):
        row += 1
        book.put(sheet, row, 0, source, "wrap")
        book.put(sheet, row, 1, count, "people")
        book.tall(sheet, row, [source], _SOURCE)
    facts = reference.facts(told.view.settings, texts)
    book.heads(sheet, row + 2, 0, list(facts), len(facts))
    first = row + 3
    for row, cells in enumerate(zip(*facts.values(), strict=True), first):
        for place, cell in enumerate(cells):
            book.put(sheet, row, place, cell, "wrap")
        book.tall(sheet, row, cells, _SOURCE)
    row += 2
    book.put(sheet, row, 0, texts("workbook.scenario_file"), "heading")
    row = book.lines(sheet, row + 1, book.provenance.scenario_toml.splitlines(), "code")
    book.widths(sheet, _SOURCE)
    book.finish(sheet, row, 3, 0, head=2)


def calculation(book: Book, told: WorkbookResults, inputs: Inputs) -> None:
    """Write the model's months as formulas, one row per series and month, on a sheet that is hidden until wanted."""
    texts = told.texts
    sheet = book.sheet(texts("workbook.sheet.calculation"), texts("workbook.title.calculation"))
    letters = list(equations.columns(len(told.plan.enrolments)))
    for place, name in enumerate(letters):
        sheet.write_string(equations.FIRST - 1, place, _step(name, told), book.forms["head"])
    forms = {"month": "month", "segment": "text", "branch": "text", "t": "whole", "lever.starts": "whole"}
    rates = {"lapse_rate", *(one.name for one in MONTHLY.steps if one.unit in {"share", "factor"})}
    rates |= {f"lever.{one.lever}" for one in MONTHLY.levers if one.unit in {"share", "number"}} - {"lever.starts"}
    row = equations.FIRST - 1
    for row, cells in enumerate(equations.rows(told.view, told.plan, told.horizon, inputs), equations.FIRST):
        cells["segment"] = told.segment(str(cells["segment"]))
        for place, name in enumerate(letters):
            if cells.get(name) is not None:
                book.put(sheet, row, place, cells[name], forms.get(name, "rate" if name in rates else "tenth"))
    book.widths(sheet, [16, 26, *([12] * (len(letters) - 2))])
    book.finish(sheet, row, len(letters), 4, head=equations.FIRST - 1)
    sheet.hide()


def _step(name: str, told: WorkbookResults) -> str:
    """Return the heading of a column of the calculation."""
    head, _, rest = name.partition(".")
    if head == "lever":
        return told.texts("workbook.effective", name=told.texts(f"lever.{rest}.name"))
    if rest:
        programme = told.scenario.programme_names[int(rest)]
        return told.texts("workbook.of_programme", step=told.texts(f"equation.step.{head}"), name=programme)
    room = "step" if name in MONTHLY.step else "input" if name in MONTHLY.input else "row"
    return told.texts(f"equation.{room}.{name}")
