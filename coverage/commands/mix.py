"""What do `mix` and `curve` answer: who does how much for the least money, and what would more money change?"""

from __future__ import annotations

import sys

import polars as pl

from coverage.answers import mix as mixes
from coverage.answers.costs import FIELDS, Costs
from coverage.base.errors import UsageRefused
from coverage.base.texts import Texts
from coverage.commands import listing, request
from coverage.commands.request import Answer, Request
from coverage.commands.terminal import Part, working
from coverage.wording import sentences
from coverage.wording.mix import curve_table, describe_mix, mix_table

OUT_OF_REACH = 1
_MOST_RUPIAH = 10**15  # more is a slip of the pen


def mix(asked: Request, texts: Texts) -> Answer:
    """One row per segment and lever: what it is set to, whom it brings, what that costs; code 1 out of reach."""
    name, found, notes = _solved(asked, texts)

    def page() -> list[Part]:
        shown = listing.worded(mix_table(found, texts), texts("mix.heading"), named=2)
        return [shown, " ".join(describe_mix(found, texts))]

    return Answer(
        rows=mixes.table(found).select(pl.lit(name).alias("scenario"), pl.all()),
        page=page,
        notes=notes,
        code=0 if found.reached else OUT_OF_REACH,
    )


def curve(asked: Request, texts: Texts) -> Answer:
    """One row per step of the money spent: `scenario, budget_rupiah, gap`, the people that are still missing then."""
    name, found, notes = _solved(asked, texts)
    steps = mixes.curve(found)

    def page() -> list[Part]:
        shown = listing.worded(curve_table(steps, texts), texts("mix.curve_title"), named=0)
        return [shown, sentences.gap_by_money(steps, texts)]

    return Answer(rows=steps.select(pl.lit(name).alias("scenario"), pl.all()), page=page, notes=notes)


def _solved(asked: Request, texts: Texts) -> tuple[str, mixes.Mix, list[str]]:
    """Return the scenario's name, the cheapest mix on top of it, and what a reader has to know."""
    by, budget, costs = request.month_of("by-month", asked.by_month), _budget(asked), _costs(asked)
    name, start = request.one_scenario(asked)
    handed = request.read(asked, texts)
    view, _ = request.view_of(asked, handed, texts)
    start = start.at(view.as_of)
    with working(texts("cli.computing"), sys.stderr):
        found = mixes.solve(view, start, costs, budget=budget, by=by, name=texts("mix.programme"))
    basis = texts("mix.basis_note", premium=texts.rupiah(view.settings["premium_rupiah"]))
    return name, found, [*request.notes_of(view, handed, texts), basis, *request.too_early(view, start, texts)]


def _budget(asked: Request) -> float | None:
    """Read the cap on the money in rupiah; None where there is none."""
    if asked.budget is None:
        return None
    try:
        budget = float(asked.budget)
    except ValueError:
        budget = -1.0
    if not 0 <= budget <= _MOST_RUPIAH:
        raise UsageRefused("option_value", option="--budget", found=asked.budget, allowed=f"0 … {_MOST_RUPIAH}")
    return budget


def _costs(asked: Request) -> Costs:
    """Put what was said over the shipped costs; a segment may be named by a synonym (`BPU.new=25000`)."""
    said = []
    for one in asked.cost:
        key, equals, value = one.partition("=")
        head, dot, name = key.rpartition(".")
        if not equals or name.strip() not in FIELDS:
            raise UsageRefused("option_value", option="--cost", found=one, allowed=" | ".join(FIELDS))
        said.append(f"{request.segment_of(head)}{dot}{name}={value}" if dot else one)
    return Costs().with_said(said)
