"""What does `report` write: a scenario as a file for a meeting, in the form that the file's ending names?"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

from coverage.base import declarations
from coverage.base.declarations import Words
from coverage.base.errors import UsageRefused
from coverage.base.texts import Texts
from coverage.commands import footnotes, request
from coverage.commands.request import Request
from coverage.commands.terminal import working
from coverage.model import runs, scenarios
from coverage.model.scenarios import Scenario
from coverage.model.view import View
from coverage.reports import formats, provenance
from coverage.reports.formats import Report
from coverage.reports.handout import make_handout
from coverage.reports.provenance import Provenance
from coverage.reports.seen import Beside


def report(options: Request, texts: Texts) -> tuple[bytes, list[str]]:
    """Return the file that was asked for, and what its reader has to know besides."""
    ending = _ending(options)
    template = _template(options, ending)
    if len(options.scenario) > 1:
        raise UsageRefused(
            "option_value", option="--scenario", found=" ".join(options.scenario), allowed=options.scenario[0]
        )
    scenario = _scenario(options, texts)
    until = request.month_of("until", options.until)
    handed = request.read(options, texts)
    view, title = request.view_of(options, handed, texts)
    scenario = scenario.at(view.as_of)
    with working(texts("cli.computing"), sys.stderr):
        futures = request.futures_of(options, view)
        source = _source(options, handed, view, scenario, title, texts)
        made = formats.BY_ENDING[ending].make(
            Report(
                view=view,
                scenario=scenario,
                until=until,
                futures=futures,
                source=source,
                beside=_beside(options, handed),
                template=None if template is None else template.read_bytes(),
                template_name="" if template is None else template.name,
                texts=texts,
            )
        )
    ahead = runs.horizon(view, scenario, until)
    notes = [*footnotes.notes_of(view, handed, texts), *footnotes.not_as_asked(view, scenario, ahead, texts)]
    return made, [*notes, texts("report.written", file=options.out, scenario=source.scenario)]


def handout(options: Request, texts: Texts) -> tuple[bytes, list[str]]:
    """Return the handout that was asked for, and what its reader has to know besides."""
    if options.out is None or Path(options.out).suffix.lower() not in {".html", ".htm"}:
        raise UsageRefused("out_ending" if options.out else "report_out", file=options.out or "", allowed=".html")
    if len(options.scenario) > 1:
        raise UsageRefused(
            "option_value", option="--scenario", found=" ".join(options.scenario), allowed=options.scenario[0]
        )
    scenario, until = _scenario(options, texts), request.month_of("until", options.until)
    handed = request.read(options, texts)
    view, title = request.view_of(options, handed, texts)
    scenario = scenario.at(view.as_of)
    ahead = runs.horizon(view, scenario, until)
    with working(texts("cli.computing"), sys.stderr):
        futures = request.futures_of(options, view)
        source = _source(options, handed, view, scenario, title, texts)
        page = make_handout(view, scenario, ahead, band=futures, source=source, texts=texts)
    notes = [*footnotes.notes_of(view, handed, texts), *footnotes.not_as_asked(view, scenario, ahead, texts)]
    return page.encode(), [*notes, texts("report.written", file=options.out, scenario=source.scenario)]


def _source(
    options: Request, handed: request.DataRead, view: View, scenario: Scenario, title: Words, texts: Texts
) -> Provenance:
    """Return what a file says of its figures."""
    return provenance.of(
        view,
        dataset=_dataset(handed, texts),
        sample=provenance.is_sample(handed.paths),
        targets_title=declarations.words(title, texts.language),
        target_set=options.target_set or request.target_book(options, handed).default,
        scenario=scenario,
        fingerprint=handed.intake.fingerprint,
        made_on=date.today(),
        texts=texts,
        wanted=request.scope_of(options),
    )


def _beside(options: Request, handed: request.DataRead) -> Beside:
    book = request.target_book(options, handed)
    return Beside(
        table=handed.intake.table,
        register=handed.register,
        scope=request.scope_of(options),
        chosen=book.named(options.target_set),
        book=book,
        presets=scenarios.presets(),
        problems=handed.intake.problems,
    )


def _scenario(options: Request, texts: Texts) -> Scenario:
    """Return the scenario that was asked for; what `--set` changed in it stands in its name."""
    _, scenario = request.one_scenario(options)
    until = request.month_of("until", options.until)
    if until is not None:  # a part of what the file carries, or it would open again with another end
        scenario = scenario.model_copy(update={"until": until})
    if not options.set:
        return scenario
    name = declarations.words(scenario.name, texts.language) or texts("provenance.unnamed")
    return scenario.model_copy(update={"name": f"{name} ({', '.join(options.set)})"})


def _dataset(handed: request.DataRead, texts: Texts) -> str:
    """Name the data: a shipped set by its title, what was handed in by the names of its files and folders."""
    names = [Path(path).name or path for path in handed.paths]
    key = f"dataset.{names[0]}"
    return texts(key) if handed.paths == (str(request.SAMPLE),) and key in texts else ", ".join(names)


def _ending(options: Request) -> str:
    """Return the file's ending; refuse before any work what cannot be made."""
    allowed = " | ".join(formats.BY_ENDING)
    if options.out is None:
        raise UsageRefused("report_out", allowed=allowed)
    ending = Path(options.out).suffix.lower()
    if ending not in formats.BY_ENDING:
        raise UsageRefused("out_ending", file=options.out, allowed=allowed)
    return ending


def _template(options: Request, ending: str) -> Path | None:
    if options.template is None:
        return None
    path = Path(options.template).expanduser()
    if not formats.BY_ENDING[ending].takes_template:
        allowed = " | ".join(form.ending for form in formats.FORMATS if form.takes_template)
        raise UsageRefused("option_value", option="--template", found=options.template, allowed=allowed)
    if not path.is_file():
        raise UsageRefused("option_value", option="--template", found=options.template, allowed=".pptx | .potx")
    if options.out is not None and path.resolve() == Path(options.out).expanduser().resolve():
        raise UsageRefused("out_is_input", file=options.out)
    return path
