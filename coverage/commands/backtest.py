"""What does `backtest` answer?"""

from __future__ import annotations

import sys

import polars as pl

from coverage import backtest as measures
from coverage import listing, sentences, settings
from coverage.commands import asking
from coverage.commands.asking import Answer, Asked
from coverage.terminal import Part, working
from coverage.texts import Texts


def backtest(asked: Asked, texts: Texts) -> Answer:
    """One row per key, months ahead and way: how far off it was on average, and how often the band held the truth."""
    keys = asking.keys_of(asked.by)
    handed = asking.read(asked, texts)
    view, _ = asking.view_of(asked, handed, texts)
    known = handed.intake.table.filter(pl.col("month") <= view.as_of)
    by = tuple(dict.fromkeys(((), ("segment",), tuple(keys))))
    with working(texts("cli.computing"), sys.stderr):
        found = measures.groupings(
            known, handed.register, scope=asking.scope_of(asked), settings=settings.load(), by=by
        )
    rows = measures.summary(found[tuple(keys)], keys or ("scope",))
    whole = measures.against_naive(found[()], ("scope",))
    segments = measures.against_naive(found["segment",])

    def page() -> list[Part]:
        title = texts("backtest.title", scope=texts.month(view.as_of))
        return [listing.backtest(rows, keys, title, texts), sentences.backtest(whole, texts, segments)]

    return Answer(rows=rows, page=page, notes=asking.notes_of(view, handed, texts))
