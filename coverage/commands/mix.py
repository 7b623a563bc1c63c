"""What do `mix` and `curve` answer: who does how much for the least money, and what would more money change?"""

from __future__ import annotations

import sys

import polars as pl

from coverage.answers import mix as mixes
from coverage.answers.costs import FIELDS, Costs
from coverage.base.errors import UsageRefused
from coverage.base.texts import Texts
from coverage.commands import footnotes, listing, request
from coverage.commands.request import Answer, Request
from coverage.commands.terminal import Part, working
from coverage.wording import sentences
from coverage.wording.mix import curve_table, describe_mix, mix_table

OUT_OF_REACH = 1
_MOST_RUPIAH = 10**15  # more is a slip of the pen


def answer_mix(options: Request, texts: Texts) -> Answer:
    """One row per segment and lever: what it is set to, whom it brings, what that costs; code 1 out of reach."""
    name, result, notes = _solved(options, texts)

    def page() -> list[Part]:
        shown = listing.list_words(mix_table(result, texts), texts("mix.heading"), named=2)
        return [shown, " ".join(describe_mix(result, texts))]

    return Answer(
        rows=mixes.rows_with_totals(result).select(pl.lit(name).alias("scenario"), pl.all()),
        page=page,
        notes=notes,
        code=0 if result.reached else OUT_OF_REACH,
    )


def answer_curve(options: Request, texts: Texts) -> Answer:
    """One row per step of the money spent: `scenario, budget_rupiah, gap`, the people that are still missing then."""
    name, result, notes = _solved(options, texts)
    steps = mixes.curve(result)

    def page() -> list[Part]:
        shown = listing.list_words(curve_table(steps, texts), texts("mix.curve_title"), named=0)
        return [shown, sentences.describe_gap_by_money(steps, texts)]

    return Answer(rows=steps.select(pl.lit(name).alias("scenario"), pl.all()), page=page, notes=notes)


def _solved(options: Request, texts: Texts) -> tuple[str, mixes.Mix, list[str]]:
    """Return the scenario's name, the cheapest mix on top of it, and what a reader has to know."""
    by, budget, costs = request.month_of("by-month", options.by_month), _budget(options), _costs(options)
    name, start = request.one_scenario(options)
    handed = request.read(options, texts)
    view, _ = request.view_of(options, handed, texts)
    start = start.at(view.as_of)
    with working(texts("cli.computing"), sys.stderr):
        result = mixes.solve(view, start, costs, budget=budget, by=by, name=texts("mix.programme"))
    notes = footnotes.notes_of(view, handed, texts)
    if costs.illustrative():
        notes.append(texts("mix.basis_note", premium=texts.rupiah(view.settings["premium_rupiah"])))
    return name, result, [*notes, *footnotes.too_early(view, start, texts)]


def _budget(options: Request) -> float | None:
    """Read the cap on the money in rupiah; None where there is none."""
    if options.budget is None:
        return None
    try:
        budget = float(options.budget)
    except ValueError:
        budget = -1.0
    if not 0 <= budget <= _MOST_RUPIAH:
        raise UsageRefused("option_value", option="--budget", found=options.budget, allowed=f"0 … {_MOST_RUPIAH}")
    return budget


def _costs(options: Request) -> Costs:
    """Put what was said over the shipped costs; a segment may be named by a synonym (`BPU.new=25000`)."""
    lines = []
    for assignment in options.cost:
        key, equals, value = assignment.partition("=")
        head, dot, name = key.rpartition(".")
        if not equals or name.strip() not in FIELDS:
            raise UsageRefused("option_value", option="--cost", found=assignment, allowed=" | ".join(FIELDS))
        lines.append(f"{request.segment_of(head)}{dot}{name}={value}" if dot else assignment)
    return Costs().with_said(lines)
