"""What does `solve` answer: how much of one lever it takes, or when a scenario gets there?"""

from __future__ import annotations

import sys
from datetime import date
from math import ceil, floor
from typing import Any

import polars as pl

from coverage.answers import arrivals, each, goals, lever_values, realism, seek
from coverage.base import months
from coverage.base.errors import UsageRefused
from coverage.base.tables import Schema
from coverage.base.texts import Texts
from coverage.commands import footnotes, listing, request
from coverage.commands.request import Answer, Request
from coverage.commands.terminal import Listing, ListingColumn, Part, working
from coverage.model import chance, runs
from coverage.model.levers import LESS
from coverage.model.scenarios import Scenario
from coverage.model.view import View
from coverage.reports import export
from coverage.wording.chances import describe_chance
from coverage.wording.each import describe_needs, needs_table
from coverage.wording.realism import describe_records
from coverage.wording.seek import describe_arrival, describe_solution

DATE, BRANCH = "date", "branch"
_MONTHS = "months"

ANSWER: Schema = {
    "lever": pl.String(),
    "value": pl.Float64(),
    "unit": pl.String(),
    "reached_month": pl.Date(),
    "covered": pl.Float64(),
    "target": pl.Float64(),
    "chance": pl.Float64(),
    "reachable": pl.Boolean(),
    "at_limit": pl.Float64(),
    "by_month": pl.Date(),
    "required_chance": pl.Float64(),
    "measure": pl.String(),
    "short": pl.Float64(),  # missing branch by branch in that month, whatever the others have too many
}
VALUE: Schema = ANSWER | {
    "limit": pl.Float64(),
    "a_month": pl.Float64(),
    "usual": pl.Float64(),
    "branches": pl.Int64(),
    "never": pl.Int64(),
    "best_branch": pl.String(),
    "times": pl.Float64(),
    "shared": pl.String(),
}
ARRIVAL: Schema = ANSWER | {"p10": pl.Date(), "p50": pl.Date(), "p90": pl.Date()}


def answer_solve(options: Request, texts: Texts) -> Answer:
    """One row: the smallest value of a lever that reaches the target, or the month; code 1 if out of reach."""
    if options.lever is None:
        raise UsageRefused("option_value", option="--lever", found="", allowed=_levers())
    _, start = request.one_scenario(options)
    required = _chance_of(options.chance)
    by = request.month_of("by-month", options.by_month)
    handed = request.read(options, texts)
    view, _ = request.view_of(options, handed, texts)
    start = start.at(view.as_of)
    segment, name = _lever(options.lever, view)
    if name == DATE and required is not None:  # its P10, P50 and P90 say by when it is how sure
        raise UsageRefused("solve_date_chance")
    notes = footnotes.notes_of(view, handed, texts)
    if options.each is not None:
        if options.each.strip().lower() != BRANCH:
            raise UsageRefused("option_value", option="--each", found=options.each, allowed=BRANCH)
        return _each(options, view, start, f"{segment}.{name}", by, required, notes, texts)
    with working(texts("cli.computing"), sys.stderr):
        futures = request.futures_of(options, view)
        if name == DATE:
            result = arrivals.when(view, start, segment=segment, by=by, futures=futures)
            row, sentences = _arrival(result, view, within=by is not None), [describe_arrival(result, texts)]
        else:
            answer = seek.solve(view, start, f"{segment}.{name}", by=by, chance=required, futures=futures)
            row, sentences = _value(answer, view, texts)
    notes += footnotes.unseeded(options, texts)
    if row["chance"] is None and options.draws != "0":
        notes.append(texts(f"chance.{chance.why(view)}"))
    rows = pl.DataFrame([row], schema=ARRIVAL if name == DATE else VALUE, orient="row")

    def page() -> list[Part]:
        return [" ".join(sentences), _listing(row, texts)]

    return Answer(rows=rows, page=page, notes=notes, code=int(not row["reachable"]))


def _each(
    options: Request,
    view: View,
    start: Scenario,
    lever: str,
    by: date | None,
    required: float | None,
    notes: list[str],
    texts: Texts,
) -> Answer:
    """One row per branch: what it needs to reach its own target; code 1 if any of them cannot."""
    segment, _, name = lever.rpartition(".")
    with working(texts("cli.computing"), sys.stderr):
        futures = request.futures_of(options, view)
        if name == DATE:
            arrivals = each.arrivals_of_branches(view, start, segment=segment, by=by, futures=futures)
            rows = [{"branch": branch} | _arrival(arrival, view, within=by is not None) for branch, arrival in arrivals]
            sentences: list[str] = []
        else:
            needs = each.needs_of_branches(view, start, lever, by=by, chance=required, futures=futures)
            rows = [{"branch": need.branch} | _need(need) for need in needs]
            sentences = describe_needs(needs, texts)
    notes += footnotes.unseeded(options, texts)
    schema = {"branch": pl.String()} | (ARRIVAL if name == DATE else VALUE)

    def page() -> list[Part]:
        return [listing.list_words(needs_table(rows, texts), texts("solve.each"), named=1), " ".join(sentences)]

    table = pl.DataFrame(rows, schema=schema, orient="row")
    return Answer(rows=table, page=page, notes=notes, code=int(not table["reachable"].fill_null(value=False).all()))


def _need(need: each.Need) -> dict[str, Any]:
    """Return the row of what one branch needs; without an answer nothing but the branch is known."""
    if need.answer is None:
        return dict.fromkeys(VALUE) | {"reachable": False}
    record = need.record or {}
    return _solved(need.answer) | {name: record.get(name) for name in ("branches", "never", "best_branch", "times")}


def _chance_of(text: str | None) -> float | None:
    """Read a share above 0, 1 at most."""
    if text is None:
        return None
    try:
        share = float(text)
    except ValueError:
        share = 0.0
    if not 0 < share <= 1:
        raise UsageRefused("option_value", option="--chance", found=text, allowed="0.01 … 1 (0.8)")
    return share


def _levers() -> str:
    return " | ".join(
        [*(f"informal.{name}" for name in lever_values.NAMES), f"{goals.TOTAL}.{lever_values.NAMES[0]}", DATE]
    )


def _lever(text: str, view: View) -> tuple[str, str]:
    """Read `BPU.new`, or `new` where there is only one segment in view; a date may be that of all together."""
    head, _, name = text.strip().rpartition(".")
    if name not in {*lever_values.NAMES, DATE}:
        raise UsageRefused("option_value", option="--lever", found=text, allowed=_levers())
    if head:
        return (head if head == goals.TOTAL else request.segment_of(head)), name
    present = [str(segment) for segment in view.series["segment"].unique().sort().to_list()]
    if len(present) > 1 and name != DATE:
        allowed = " | ".join(f"{part}.{name}" for part in [*present, goals.TOTAL])
        raise UsageRefused("option_value", option="--lever", found=text, allowed=allowed)
    return (present[0] if len(present) == 1 else goals.TOTAL), name


def _value(answer: seek.Solution, view: View, texts: Texts) -> tuple[dict[str, Any], list[str]]:
    """Return the row and the sentences of a solved lever, with how many branches ever did as much."""
    row = _solved(answer)
    sentences = [describe_solution(answer, texts)]
    if answer.value:
        ahead = runs.horizon(view, until=answer.by)
        run = runs.flows(view, answer.scenario, ahead)
        known = realism.records(view, ahead)
        held = realism.of_segments(view, known, answer.scenario, run, answer.segments, answer.name)
        sentences += describe_records(held, texts)
        if answer.segment != goals.TOTAL:
            row |= {name: held[0][name] for name in ("branches", "never", "best_branch", "times")}
    return row, sentences


def _solved(answer: seek.Solution) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(VALUE) | {
        name: getattr(answer, name) for name in VALUE if name in seek.Solution.__dataclass_fields__
    }
    row |= {"by_month": answer.by, "required_chance": answer.required, "value": _written(answer)}
    row["shared"] = " ".join(f"{segment}={people:.0f}" for segment, people in answer.shared) or None
    return row


def _written(answer: seek.Solution) -> float | None:
    """Round a rate to the decimals of the export so that it still reaches the target."""
    if answer.value is None:
        return None
    scale = 10**export.PLACES
    away = floor if answer.name in LESS else ceil
    return float(away(round(answer.value * scale, 6)) / scale)


def _arrival(arrival: arrivals.Arrival, view: View, *, within: bool) -> dict[str, Any]:
    """Return the row of a date; in reach is what arrives by the month asked for, else at all."""
    ahead = None if arrival.month is None else months.between(view.as_of, arrival.month)
    return dict.fromkeys(ARRIVAL) | {
        "lever": DATE if arrival.segment == goals.TOTAL else f"{arrival.segment}.{DATE}",
        "value": ahead,
        "unit": _MONTHS,
        "reached_month": arrival.month,
        "covered": arrival.covered,
        "target": arrival.target,
        "chance": arrival.chance,
        "reachable": arrival.month is not None and (arrival.month <= arrival.by or not within),
        "by_month": arrival.by,
        "measure": arrival.measure,
        "short": arrival.short,
        "p10": arrival.p10,
        "p50": arrival.p50,
        "p90": arrival.p90,
    }


def _listing(row: dict[str, Any], texts: Texts) -> Listing:
    """List the answer for a person: one line."""
    figures = {
        "reached_month": texts.month(row["reached_month"], short=True),
        "covered": texts.people(row["covered"]),
        "target": texts.people(row["target"]),
        "at_limit": texts.people(row["at_limit"]),
        "chance": describe_chance(row["chance"], texts),
    }
    heads: dict[str, str] = {}
    if row["unit"] == _MONTHS:
        figures.pop("at_limit")
        figures |= {name: texts.month(row[name], short=True) for name in ("p10", "p50", "p90")}
        # The chance is that of the month asked for, the outcome that of the month in which it is reached.
        heads["chance"] = texts("solve.head.chance_in", month=texts.month(row["by_month"], short=True))
    shown = {"lever": row["lever"], "value": _shown(row, texts), **figures}
    return Listing(
        columns=[
            ListingColumn(head=heads.get(name) or texts(f"solve.head.{name}"), cells=[cell], figures=name != "lever")
            for name, cell in shown.items()
        ]
    )


def _shown(row: dict[str, Any], texts: Texts) -> str:
    if row["value"] is None:
        return texts("solve.none")
    if row["unit"] == "change":
        return texts.change(row["value"], 2)
    return texts.count("unit.months", row["value"]) if row["unit"] == _MONTHS else texts.people(row["value"])
