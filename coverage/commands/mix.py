"""What does `mix` answer: who has to do how much, so that the target is reached for the least money?"""

from __future__ import annotations

import sys

import polars as pl

from coverage import mix as mixes
from coverage import scenarios
from coverage.commands import asking
from coverage.commands.asking import Answer, Asked
from coverage.costs import FIELDS, Costs
from coverage.errors import UsageRefused
from coverage.terminal import Column, Listing, Part, working
from coverage.texts import Texts

OUT_OF_REACH = 1


_MOST_RUPIAH = 10**15  # more is a slip of the pen


def mix(asked: Asked, texts: Texts) -> Answer:
    """One row per segment and lever: what it is set to, whom it brings, what that costs; code 1 out of reach."""
    by, budget, costs = asking.month_of("by-month", asked.by_month), _budget(asked), _costs(asked)
    wanted = asking.scenarios_of(asked)
    if len(wanted) > 1:
        raise UsageRefused("option_value", option="--scenario", found=" ".join(asked.scenario), allowed="1")
    ((name, start),) = wanted.items()
    handed = asking.read(asked, texts)
    view, _ = asking.view_of(asked, handed, texts)
    with working(texts("cli.computing"), sys.stderr):
        found = mixes.solve(view, start, costs, budget=budget, by=by, name=texts("mix.programme"))
    notes = [texts("mix.basis_note", premium=texts.rupiah(view.settings["premium_rupiah"]))]
    early = scenarios.not_simulated(view, start)
    if early:
        notes.append(texts("simulate.too_early", names=", ".join(early), month=texts.month(view.as_of)))

    def page() -> list[Part]:
        return [_listing(found, texts), " ".join(mixes.in_words(found, texts))]

    rows = mixes.table(found)
    return Answer(
        rows=rows.select(pl.lit(name).alias("scenario"), pl.all()),
        page=page,
        notes=[*asking.notes_of(view, handed, texts), *notes],
        code=0 if found.reached else OUT_OF_REACH,
    )


def _listing(found: mixes.Mix, texts: Texts) -> Listing:
    words = mixes.shown(found, texts)
    return Listing(
        columns=[
            Column(head=head, cells=cells, figures=place > 1) for place, (head, cells) in enumerate(words.items())
        ],
        title=texts("mix.heading"),
    )


def _budget(asked: Asked) -> float | None:
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


def _costs(asked: Asked) -> Costs:
    """Put what was said over the shipped costs; a segment may be named by a synonym (`BPU.new=25000`)."""
    said = []
    for one in asked.cost:
        key, equals, value = one.partition("=")
        head, dot, name = key.rpartition(".")
        if not equals or name.strip() not in FIELDS:
            raise UsageRefused("option_value", option="--cost", found=one, allowed=" | ".join(FIELDS))
        said.append(f"{asking.segment_of(head)}{dot}{name}={value}" if dot else one)
    return Costs().with_said(said)
