"""What is wrong with the data, where do they come from, and how was the projection computed, cell by cell?"""

from __future__ import annotations

from coverage.base.tables import Problems
from coverage.base.texts import Texts
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


def within_view(results: WorkbookResults, problems: Problems | None) -> Problems | None:
    """Return what is wrong with the files, without rows that are known to lie outside the view; None: nobody looked."""
    if problems is None:
        return None
    lines = ["file", "line"]
    outside = results.view.whole.select(lines).join(results.view.table.select(lines), on=lines, how="anti").unique()
    return problems.join(outside, on=lines, how="anti", maintain_order="left")


def _counted(problems: Problems | None, texts: Texts) -> str:
    """Say how many there are, or that nobody looked."""
    count = 0 if problems is None else problems.height
    text = texts("workbook.problems_unknown") if problems is None else texts.count("workbook.problems", count)
    if count > MOST_PROBLEMS:
        text += " " + texts("workbook.problems_cut", shown=texts.people(MOST_PROBLEMS))
    return text


def write_problems(book: Book, problems: Problems) -> None:
    """List what is wrong with the files, the worst first."""
    texts = book.texts
    text = _counted(problems, texts)
    sheet = book.sheet(texts("workbook.sheet.problems"), texts("workbook.title.problems"), text)
    book.heads(sheet, HEAD, 0, [texts(f"workbook.problem.{name}") for name in _PROBLEM], len(_PROBLEM))
    row = HEAD
    words = problems_with_messages(checks.worst_first(problems, limit=MOST_PROBLEMS), texts)
    for row, cells in enumerate(words.iter_rows(named=True), HEAD + 1):
        shown = cells | {"severity": sentences.describe_severity(str(cells["severity"]), texts)}
        for place, name in enumerate(_PROBLEM):
            book.put(sheet, row, place, shown[name], "whole" if name == "line" else "wrap")
        written = [None if shown[name] is None else str(shown[name]) for name in _PROBLEM]
        book.tall(sheet, row, written, list(_PROBLEM.values()))
    book.widths(sheet, list(_PROBLEM.values()))
    sheet.autofilter(HEAD, 0, max(row, HEAD + 1), len(_PROBLEM) - 1)
    book.finish(sheet, row, len(_PROBLEM), 0)


def write_sources(book: Book, results: WorkbookResults, problems: Problems | None) -> None:
    """Say where every figure comes from, how many `problems` the files have, which settings are used, and the scenario
    as a file."""
    texts = results.texts
    sheet = book.sheet(texts("workbook.sheet.sources"), texts("workbook.title.sources"))
    row = (
        book.lines(
            sheet,
            HEAD - 1,
            [*provenance.describe_provenance(book.provenance, texts), _counted(problems, texts)],
        )
        + 1
    )
    book.heads(sheet, row, 0, [texts("workbook.source"), texts("workbook.rows")])
    for source, count in views.sources(results.view):
        row += 1
        if book.provenance.sample:
            source = provenance.in_language(source, texts.language)
        book.put(sheet, row, 0, source, "wrap")
        book.put(sheet, row, 1, count, "people")
        book.tall(sheet, row, [source], _SOURCE)
    facts = reference.table_of_facts(results.view.settings, texts)
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


def calculation(book: Book, results: WorkbookResults, inputs: Inputs) -> None:
    """Write the model's months as formulas, one row per series and month, on a sheet that is hidden until wanted."""
    texts = results.texts
    sheet = book.sheet(texts("workbook.sheet.calculation"), texts("workbook.title.calculation"))
    letters = list(equations.columns(len(results.plan.enrolments)))
    for place, name in enumerate(letters):
        sheet.write_string(equations.FIRST - 1, place, _step(name, results), book.forms["head"])
    forms = {"month": "month", "segment": "text", "branch": "text", "t": "whole", "lever.starts": "whole"}
    rates = {"lapse_rate", *(step.name for step in MONTHLY.steps if step.unit in {"share", "factor"})}
    rates |= {f"lever.{lever.lever}" for lever in MONTHLY.levers if lever.unit in {"share", "number"}} - {
        "lever.starts"
    }
    row = equations.FIRST - 1
    for row, cells in enumerate(equations.rows(results.view, results.plan, results.horizon, inputs), equations.FIRST):
        cells["segment"] = results.segment(str(cells["segment"]))
        for place, name in enumerate(letters):
            if cells.get(name) is not None:
                book.put(sheet, row, place, cells[name], forms.get(name, "rate" if name in rates else "tenth"))
    book.widths(sheet, [16, 26, *([12] * (len(letters) - 2))])
    book.finish(sheet, row, len(letters), 4, head=equations.FIRST - 1, printed=False)
    sheet.hide()


def _step(name: str, results: WorkbookResults) -> str:
    """Return the heading of a column of the calculation."""
    head, _, rest = name.partition(".")
    if head == "lever":
        return results.texts("workbook.effective", name=results.texts(f"lever.{rest}.name"))
    if rest:
        programme = results.scenario.programme_names[int(rest)]
        return results.texts("workbook.of_programme", step=results.texts(f"equation.step.{head}"), name=programme)
    room = "step" if name in MONTHLY.step else "input" if name in MONTHLY.input else "row"
    return results.texts(f"equation.{room}.{name}")
