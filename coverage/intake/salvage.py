"""Which of the broken lines of a text can still be used, in whole or in part?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from coverage.intake import flaws, lines
from coverage.intake.headers import Header
from coverage.intake.lines import Lines, Part

_MOST_MENDED, _LOOKED_AT = 500, 300
"""Broken lines that are mended, and good lines that show how: a file with more of them is another matter."""


def saved(block: Lines, parts: Sequence[Part]) -> Lines:
    """Put what is certain of the broken lines into their places."""
    rows = block.broken["row"].unique().sort().to_list()[:_MOST_MENDED]
    if not rows:
        return block
    good = ~block.blank
    good[block.broken["row"].to_numpy()] = False
    width = len(block.header.cells)
    places: list[int] = []
    cells: list[tuple[str, ...]] = []
    mended: list[tuple[int, str, str]] = []
    for part in parts:
        of_file = [row for row in rows if int(block.file[row]) == part.file]
        if not of_file:
            continue
        first = int(np.searchsorted(block.file, part.file))
        like = np.flatnonzero(good & (block.file == part.file))[:_LOOKED_AT]
        sample = block.cells[like].select(pl.all().cast(pl.String).fill_null("")).rows()
        columns = flaws.kinds(block.header, sample)
        texts = (
            b"".join(piece.content for piece in lines.below_header(part)).decode("utf-8", errors="replace").split("\n")
        )
        for row in of_file:
            text = texts[row - first]
            settled = flaws.mend(text, part.dialect.separator, block.header, columns)
            if settled is not None:
                places.append(row)
                cells.append(settled.cells)
                mended.append((row, ", ".join(settled.lost), text[: lines.SHOWN]))
    if not places:
        return block
    by_hand = pl.DataFrame(cells, schema=dict.fromkeys(map(str, range(width)), pl.String), orient="row")
    texts_only = block.cells.select(pl.all().cast(pl.String))
    complete = lines.filled(texts_only, by_hand.select(texts_only.columns), np.array(places, dtype=np.int64))
    if complete is None:
        return block
    return replace(
        block,
        cells=complete.cast(dict(lines.schema(block.header).items())),
        broken=block.broken.filter(~pl.col("row").is_in(places)),
        mended=pl.DataFrame(mended, schema=lines.BROKEN, orient="row"),
    )


def of_sheet(rows: list[list[str]], header: Header) -> tuple[list[list[str]], pl.DataFrame, pl.DataFrame]:
    """Return the rows of a sheet, each as wide as its header, with what can be saved of those that are too wide or have
    a stray quote; the broken rows, and the mended ones."""
    width = len(header.cells)
    needed = 1 + max((at for at, cell in enumerate(header.cells) if cell.strip()), default=0)
    named = replace(header, cells=header.cells[:needed], fields=header.fields[:needed])
    rows = [(row + [""] * width)[: max(width, len(row))] for row in rows]
    odd = [at for at, row in enumerate(rows) if any(cell.strip() for cell in row[needed:]) or _has_stray_quote(row)]
    broken: list[tuple[int, str, str]] = []
    mended: list[tuple[int, str, str]] = []
    columns = flaws.kinds(named, [row for at, row in enumerate(rows[:_LOOKED_AT]) if at not in odd]) if odd else []
    for at in odd[:_MOST_MENDED]:
        row = [cell.strip().strip('"') if cell.count('"') == 1 else cell for cell in rows[at]]
        text = " ".join(cell for cell in rows[at] if cell)[: lines.SHOWN]
        if all(kind.fits(cell) for kind, cell in zip(columns, row, strict=False)):
            mended += [(at, "", text)] if row != rows[at] else []  # what stands beside the table is told elsewhere
            rows[at] = row
            continue
        settled = flaws.settle([row], named, columns)
        if settled is None:
            broken += [(at, "too_many_cells", text)] if any(cell.strip() for cell in row[needed:]) else []
        else:
            mended.append((at, ", ".join(settled.lost), text))
            rows[at] = [*settled.cells, *[""] * (width - needed)]
    narrow = [row[:width] for row in rows]
    told_broken = pl.DataFrame(broken, schema=lines.BROKEN, orient="row")
    return narrow, told_broken, pl.DataFrame(mended, schema=lines.BROKEN, orient="row")


def _has_stray_quote(row: Sequence[str]) -> bool:
    return any(cell.count('"') == 1 and cell.strip()[:1] + cell.strip()[-1:] != '""' for cell in row if '"' in cell)
