"""Which cells below the header of a figure hold words, so that their figure would vanish?

`9x.500`, `belum lapor`: the other figures of the line are used, and this one is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from coverage.intake.layout import meaning
from coverage.intake.layout.blocks import Block
from coverage.intake.layout.columns import FIGURES, RecapColumn
from coverage.intake.layout.grid import TIME, WORDS, Grid
from coverage.intake.layout.keys import Keys
from coverage.intake.layout.meaning import Meaning


@dataclass(frozen=True, kw_only=True)
class SpoiltCell:
    """A cell that holds words in the place of a figure; row and column count from 0."""

    block: int
    sheet: int
    row: int
    column: int


def cells(
    grid: Grid, block: Block, columns: Sequence[RecapColumn], keys: Keys, meanings: Sequence[Meaning], *, sheet: int
) -> Iterator[SpoiltCell]:
    """Yield the spoilt cells of a block: in lines with other figures, and in lines with a place and a digit."""
    used = {state.column: state.block for state in meanings if state.state in (meaning.READ, meaning.ASSUMED)}
    code = grid.code[block.start : block.stop]
    kinds = grid.kind[block.start : block.stop]
    placed = (keys.place >= 0) & ((code != 0).sum(axis=1) >= 2)
    for column in columns:
        if column.part != FIGURES or column.at not in used:
            continue
        spoilt = np.isin(kinds[:, column.at], (WORDS, TIME)) & ~keys.total
        for line in np.flatnonzero(spoilt & (keys.data | placed)).tolist():
            text = grid.texts[code[line, column.at]]
            if keys.data[line] or any(character.isdigit() for character in text):
                yield SpoiltCell(block=used[column.at], sheet=sheet, row=line + block.start, column=column.at)
