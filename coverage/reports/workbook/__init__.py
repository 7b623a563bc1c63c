"""What does somebody get who asks for "the file": every figure, and a projection that recalculates in the sheet?

Changing a lever's cell on the sheet of assumptions recalculates the projection with the model's own equations
(`equations`), series by series. A scope that would take too many formulas has values instead, and says so.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date

from coverage.base.tables import Problems
from coverage.base.texts import Texts
from coverage.model.scenarios import Scenario
from coverage.model.view import View
from coverage.reports.provenance import Provenance
from coverage.reports.workbook import answers, assumptions, papers, sheets
from coverage.reports.workbook.results import MOST_FORMULAS, results_of


def write(
    view: View,
    scenario: Scenario,
    *,
    provenance: Provenance,
    texts: Texts,
    until: date | None = None,
    compared: Mapping[str, Scenario] | None = None,
    problems: Problems | None = None,
    most_formulas: int = MOST_FORMULAS,
) -> bytes:
    """Write the workbook of a scenario; `compared` are further scenarios by name, listed beside it as values.

    `problems` are those of the files, None where nobody looked; what lies outside the view is left out. Raise
    `DeclarationRefused` for an `until` that cannot be projected.
    """
    results = results_of(view, scenario, compared or {}, until, texts, most_formulas)
    content = io.BytesIO()
    with sheets.open_book(content, provenance, texts, f"{texts('app.title')} · {provenance.scenario}") as book:
        inputs = assumptions.write(book, results)  # what a reader may change comes first
        answers.write_standing(book, results)
        answers.projected(book, results)
        answers.write_side_by_side(book, results)
        known_problems = papers.within_view(results, problems)
        if known_problems is not None and not known_problems.is_empty():  # an empty sheet would be an empty page
            papers.write_problems(book, known_problems)
        papers.write_sources(book, results, known_problems)
        if results.live:
            papers.calculation(book, results, inputs)
    return content.getvalue()
