"""What does `backtest` answer?"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import polars as pl

from coverage.answers import backtest as measures
from coverage.base.errors import UsageRefused
from coverage.base.texts import Texts
from coverage.commands import footnotes, listing, request
from coverage.commands.request import Answer, Request
from coverage.commands.terminal import Part, working
from coverage.wording.backtest import describe_backtest


def answer_backtest(options: Request, texts: Texts) -> Answer:
    """One row per key, months ahead and way: how far off it was on average, and how often the band held the truth."""
    keys, horizons = request.keys_of(options.by), _horizons(options.horizon)
    handed = request.read(options, texts)
    view, _ = request.view_of(options, handed, texts)
    known = handed.intake.table.filter(pl.col("month") <= view.as_of)
    by = tuple(dict.fromkeys(((), tuple(keys))))
    with working(texts("cli.computing"), sys.stderr):
        result = measures.groupings(
            known, handed.register, scope=request.scope_of(options), settings=view.settings, by=by, horizons=horizons
        )
    rows = measures.summary(result[tuple(keys)], keys or ("scope",))
    whole = measures.against_naive(result[()], ("scope",))

    def page() -> list[Part]:
        title = texts("backtest.title", scope=texts.month(view.as_of))
        return [listing.list_backtest(rows, keys, title, texts), describe_backtest(whole, texts)]

    return Answer(rows=rows, page=page, notes=footnotes.notes_of(view, handed, texts))


def _horizons(wanted: Sequence[str]) -> tuple[int, ...]:
    """Read `6`, or `1,6,24`; the usual ones where nothing is asked for."""
    words = [number.strip() for part in wanted for number in part.split(",")]
    for word in words:
        if not (word.isascii() and word.isdecimal() and 1 <= int(word) <= measures.LONGEST):
            allowed = f"1 … {measures.LONGEST} (1,6,24)"
            raise UsageRefused("option_value", option="--horizon", found=word, allowed=allowed)
    return tuple(sorted({int(word) for word in words})) or measures.HORIZONS
