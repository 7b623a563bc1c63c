"""In which forms can a report be taken away?

One declaration is one form: the command line and the app both loop over `FORMATS`, so that neither forgets one. What
makes a form is imported when its first file is asked for: no first page waits for python-pptx, XlsxWriter and fpdf2, a
tenth of what the app imports.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from coverage.base.texts import Texts
from coverage.model.projection import Futures
from coverage.model.scenarios import Scenario
from coverage.model.view import View
from coverage.reports import provenance, results
from coverage.reports.provenance import Provenance
from coverage.reports.seen import Beside


@dataclass(frozen=True, kw_only=True)
class Report:
    """Everything that a file may be made of; `more` are the slides of a meeting (title and lines)."""

    view: View
    scenario: Scenario
    futures: Futures | None  # None: too short a history, or no band is wanted
    source: Provenance
    beside: Beside
    texts: Texts
    until: date | None = None
    template: bytes | None = None
    template_name: str = ""
    more: Sequence[tuple[str, Sequence[str]]] = ()


@dataclass(frozen=True, kw_only=True)
class Format:
    """A form of a report: how its file ends, what it is called (a key of the texts), and what makes it."""

    ending: str
    media_type: str
    label: str
    make: Callable[[Report], bytes]
    takes_template: bool = False


def _slides(report: Report) -> bytes:
    from coverage.reports import deck

    return deck.make(
        report.view,
        report.scenario,
        source=report.source,
        texts=report.texts,
        until=report.until,
        futures=report.futures,
        more=report.more,
        template=report.template,
        template_name=report.template_name,
    )


def _workbook(report: Report) -> bytes:
    from coverage.reports import workbook

    presets = report.beside.presets.values()
    return workbook.write(
        report.view,
        report.scenario,
        provenance=report.source,
        texts=report.texts,
        until=report.until,
        compared={provenance.scenario_name(scenario, report.texts): scenario for scenario in presets},
        problems=report.beside.problems,
    )


def _pdf(report: Report) -> bytes:
    from coverage.reports import briefing_pdf

    return briefing_pdf.pdf(_results(report))


def _html(report: Report) -> bytes:
    from coverage.reports import briefing_html

    return briefing_html.html(_results(report)).encode()


def _zip(report: Report) -> bytes:
    from coverage.reports import bundle

    return bundle.zipped(_results(report), report.beside)


def _results(report: Report) -> results.Results:
    return results.of(report.view, report.scenario, report.texts, report.until, report.futures, report.source)


FORMATS = (
    Format(
        ending=".pptx",
        media_type="application/vnd.openxmlformats-officedocument.presentationml.presentation",
        label="exports.pptx",
        make=_slides,
        takes_template=True,
    ),
    Format(
        ending=".xlsx",
        media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        label="exports.xlsx",
        make=_workbook,
    ),
    Format(
        ending=".pdf",
        media_type="application/pdf",
        label="briefing.pdf",
        make=_pdf,
    ),
    Format(
        ending=".html",
        media_type="text/html",
        label="briefing.html",
        make=_html,
    ),
    Format(
        ending=".zip",
        media_type="application/zip",
        label="briefing.zip",
        make=_zip,
    ),
)
BY_ENDING = {form.ending: form for form in FORMATS}
