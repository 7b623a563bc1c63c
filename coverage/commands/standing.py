"""What do `check`, `clean`, `gaps` and `simulate` answer?"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

import polars as pl

from coverage.answers import alone, track_record
from coverage.base import declarations, tables
from coverage.base.errors import FileRefused
from coverage.base.tables import Problems, Projection
from coverage.base.texts import Texts
from coverage.commands import footnotes, listing, request
from coverage.commands.request import Answer, Request
from coverage.commands.terminal import Part, working
from coverage.intake import mapping
from coverage.model import chance, projection, runs
from coverage.model.scenarios import Scenario
from coverage.model.view import View
from coverage.standing import gaps as measures
from coverage.standing import missing_reports
from coverage.wording import remarks, sentences
from coverage.wording.account import describe_figures
from coverage.wording.alone import describe_alone
from coverage.wording.missing_reports import describe_missing_reports
from coverage.wording.problems import problems_with_messages
from coverage.wording.rules import describe_demand
from coverage.wording.track_record import describe_track_records

_UNCLEAR = frozenset({"layout_unclear", "programmes_unclear"})
REFUSED = 2
"""The exit code where no file could be read."""


def answer_check(options: Request, texts: Texts) -> Answer:
    """One row per problem; code 1 if a person must look at one, 2 where no figure is usable before an answer."""
    try:
        handed = request.read(options, texts)
    except FileRefused as error:
        if error.code not in _UNCLEAR:
            raise
        words = problems_with_messages(_unclear(error), texts)
        return Answer(
            rows=words, page=lambda: [listing.list_problems(words, texts)], notes=[texts.error(error)], code=REFUSED
        )
    request.read_targets(options, handed, needed=False)
    problems = pl.concat([request.in_scope(handed, options), request.problems_of_targets(handed)])
    words = problems_with_messages(problems, texts)
    account = {name: int(handed.intake.files[name].sum()) for name in ("read", "kept", "set_aside", "blank", "totals")}
    serious = bool((problems["severity"] != "note").any())
    figures, laid_out = handed.intake.figures, handed.intake.origins["file"].unique().to_list()
    return Answer(
        rows=pl.concat([words, _figures(figures.filter(pl.col("file").is_in(laid_out)), texts)]),
        page=lambda: [listing.list_problems(words, texts)] if words.height else [texts("cli.clean")],
        notes=[*([describe_figures(figures, texts)] if figures.height else []), texts.fill("cli.account", account)],
        code=int(serious),
    )


def _figures(figures: pl.DataFrame, texts: Texts) -> pl.DataFrame:
    """One row per file: what became of them, beside the account by line."""
    names = figures["file"].unique(maintain_order=True).to_list()
    rows = [
        {
            "file": name,
            "severity": "note",
            "code": "figures",
            "message": describe_figures(figures.filter(pl.col("file") == name), texts),
            "remedy": "",
        }
        for name in names
    ]
    columns = ("file", "line", "column", "value", "severity", "code", "message", "remedy")
    schema = tables.PROBLEMS | {"message": pl.String(), "remedy": pl.String()}
    return pl.DataFrame(rows, schema={name: schema[name] for name in columns})


def _unclear(error: FileRefused) -> Problems:
    """One row: what of a refused file is not clear, with the choices."""
    unclear = str(error.data.get("unclear") or error.data.get("found") or "–")
    row = {
        "file": str(error.data["file"]),
        "value": unclear,
        "severity": "error",
        "code": "unclear",
        "details": json.dumps({"choices": list(mapping.MEASURES)}),
    }
    return pl.DataFrame([row], schema=tables.PROBLEMS)


def answer_clean(options: Request, texts: Texts) -> Answer:
    """One row per branch, segment and month that can be used."""
    handed = request.read(options, texts)
    request.read_targets(options, handed, needed=False)
    rows = request.rows_of(handed, options).sort("branch", "segment", "month")
    return Answer(
        rows=rows, page=lambda: [listing.list_clean_rows(rows, texts)], notes=[footnotes.set_aside(handed, texts)]
    )


def answer_gaps(options: Request, texts: Texts) -> Answer:
    """One row per key: where it stands."""
    keys = request.keys_of(options.by)
    handed = request.read(options, texts)
    view, chosen = request.view_of(options, handed, texts)
    rows = missing_reports.with_the_silent(view, measures.by(view, keys), keys)

    def page() -> list[Part]:
        title = texts("cli.as_of", month=texts.month(view.as_of), targets=declarations.words(chosen, texts.language))
        parts: list[Part] = [listing.list_gaps(rows, keys or (), title, texts)]
        if set(keys) <= {"segment"}:
            parts.append(sentences.describe_standing(rows, texts))
        return parts

    notes = [*footnotes.notes_of(view, handed, texts), *filter(None, [describe_missing_reports(view, texts)])]
    notes += describe_track_records(track_record.of(view), texts)
    return Answer(rows=rows, page=page, notes=notes)


def answer_simulate(options: Request, texts: Texts) -> Answer:
    """One row per scenario, key and month."""
    keys, until = request.keys_of(options.by), request.month_of("until", options.until)
    wanted = request.scenarios_of(options)
    handed = request.read(options, texts)
    view, _ = request.view_of(options, handed, texts)
    wanted = {name: scenario.at(view.as_of) for name, scenario in wanted.items()}
    with working(texts("cli.computing"), sys.stderr):
        futures = request.futures_of(options, view)
        parts = {
            name: runs.simulate(view, scenario, name=name, until=until, keys=keys) for name, scenario in wanted.items()
        }
        if futures is not None:
            parts = {name: _with_fan(part, view, wanted[name], keys, futures) for name, part in parts.items()}
    notes = [*footnotes.notes_of(view, handed, texts), *remarks.unprojected(view, texts)]
    notes += [*footnotes.unseeded(options, texts), *footnotes.unsure(options, view, futures, texts)]
    if options.draws != "0" and futures is None:
        parts = {name: part.with_columns(_NO_FAN) for name, part in parts.items()}
    if futures is not None:
        notes += footnotes.unsure_of(next(iter(parts.values())), keys, texts)
    for scenario in wanted.values():
        ahead = runs.horizon(view, scenario, until)
        notes += footnotes.not_as_asked(view, scenario, ahead, texts)
        notes += describe_alone(alone.fall_short(view, scenario, ahead), texts)
        if scenario.rule:
            notes += describe_demand(runs.required(view, scenario, runs.flows(view, scenario, ahead)), texts)

    def page() -> list[Part]:
        shown: list[Part] = []
        for name, scenario in wanted.items():
            # What `--set` changed is no longer what the name alone says.
            called = " · ".join([declarations.words(scenario.name, texts.language) or name, *options.set])
            title = texts("cli.scenario_title", name=called)
            shown += [
                listing.list_simulation(parts[name], keys, title, texts),
                footnotes.outcome_of(view, scenario, until, texts) + "\n",
            ]
        return shown

    return Answer(rows=pl.concat(list(parts.values())), page=page, notes=notes)


_NO_FAN = [pl.lit(None, dtype=pl.Float64).alias(name) for name in ("p10", "p50", "p90", "chance")]


def _with_fan(
    part: Projection, view: View, scenario: Scenario, keys: Sequence[str], futures: projection.Futures
) -> pl.DataFrame:
    """Put the bounds and the chance of the drawn futures beside a projection; both have the same keys and months."""
    months_ahead = part["month"].n_unique() - 1
    fan = chance.fan(view, scenario, months_ahead, keys, futures=futures)
    return part.hstack(fan.select("p10", "p50", "p90", "chance"))
