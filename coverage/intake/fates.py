"""What became of each figure of a clean long table: used, a target, in a line of totals, or set aside, and why?

A line of such a table leaves with one fate, but holds several figures: one that cannot be read costs the others of its
line. Where nothing is odd, the columns are counted and no line is looked at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
import polars as pl

from coverage.base import tables
from coverage.intake.headers import Field
from coverage.intake.row_reader import Mask, RowReader

USED, TARGET, TOTAL = "used", "target", "total"
TWICE, NO_ACTIVE, WRONG, NEGATIVE, ZERO = "twice", "no_active", "wrong", "negative", "zero"
UNREAD, UNUSED, IN_LINE = "unread", "unused", "line"
SCHEMA: tables.Schema = {"file": pl.String(), "fate": pl.String(), "count": pl.Int64()}
"""One row per file and fate: `used`, `target`, `total`, or the reason why figures are set aside."""
NUMBERED: tables.Schema = SCHEMA | {"file": pl.Int32()}


def of_lines(reader: RowReader) -> pl.DataFrame:
    """One row per file and fate: how many figures of the lines that were read have it."""
    counts: Counter[tuple[int, str]] = Counter()
    for field, number in reader.counts.items():
        if field.column in tables.COUNTS or field.column == "stated_target":
            for fate, where in _fates(reader, field, number):
                for file, count in _per_file(reader, where):
                    counts[file, fate] += count
    rows = [(file, fate, count) for (file, fate), count in sorted(counts.items()) if count]
    return pl.DataFrame(rows, schema=NUMBERED, orient="row")


def _fates(reader: RowReader, field: Field, number: pl.Series) -> Iterator[tuple[str, Mask | None]]:
    """Yield fates and the lines in which the figures of a column have them; no mask: in all lines."""
    kept = TARGET if field.column == "stated_target" else USED
    if reader.header.wide and Field("active", field.segment) not in reader.counts:
        yield UNUSED, number.is_not_null().to_numpy() & ~reader.dead
        return
    keep, wrong = reader.kept.get(field.segment), reader.wrong[field]
    negative, below = reader.beyond.get(field, (None, None))
    if keep is None and below is None and not number.null_count():
        yield kept, None
        return
    known = number.is_not_null().to_numpy()
    alive = ~reader.dead
    nothing = np.zeros(reader.size, dtype=np.bool_)
    negative, below = (nothing if where is None else where for where in (negative, below))
    keep = alive if keep is None else keep
    lost = known & alive & ~keep
    without = reader.without.get(field.segment, nothing)
    yield kept, known & keep
    yield TOTAL, known & reader.total
    yield NEGATIVE, negative
    yield ZERO, below
    yield WRONG, wrong & (alive | reader.total) & ~negative
    yield UNREAD, lost & reader.bad
    yield NO_ACTIVE, lost & ~reader.bad & without
    yield IN_LINE, (lost & ~reader.bad & ~without) | (known & reader.dead & ~reader.total)


def _per_file(reader: RowReader, where: Mask | None) -> Iterator[tuple[int, int]]:
    """Yield each file's number, and how many of its lines are meant."""
    only = reader.lines.only_file
    if only is not None:
        yield only, reader.size if where is None else int(np.count_nonzero(where))
        return
    file = reader.lines.file if where is None else reader.lines.file[where]
    yield from enumerate(np.bincount(file, minlength=1).tolist())
