"""What stands in a key's cell that is blank, because it is written once for several lines?

In merged ranges the cell that was merged; else the value above, where no key further left begins anew.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coverage.intake.layout.blocks import KEYS, Block
from coverage.intake.layout.columns import MIXED, UNKNOWN, RecapColumn
from coverage.intake.layout.grid import Grid, Mask

FILLED = frozenset({*KEYS, "place", "region", "company", "unit", UNKNOWN})
"""Columns in which a blank may stand for what is written above it."""
Codes = NDArray[np.int32]


@dataclass(frozen=True, kw_only=True)
class BlockLines:
    """The lines of a block: which hold figures (`data`) and which call themselves totals."""

    grid: Grid
    block: Block
    columns: list[RecapColumn]
    data: Mask
    total: Mask

    @property
    def code(self) -> Codes:
        return self.grid.code[self.block.start : self.block.stop]


def filled(lines: BlockLines, column: RecapColumn) -> tuple[Codes, int]:
    """Return the texts of a column with its blanks filled, and how many were."""
    grid, block = lines.grid, lines.block
    codes = lines.code[:, column.at].copy()
    spans = [span for span in grid.merged if span[1] <= column.at <= span[3] and span[2] >= block.start]
    tall = [span for span in spans if span[2] > span[0] and span[0] < block.stop and span[2] >= block.start]
    if not tall:
        goes_down = (codes == 0).any() and _is_written_once(lines, codes)
        return codes, _fill_down(lines, column, codes) if goes_down else 0
    count = 0
    for top, left, bottom, _ in tall:
        for line in range(max(top, block.start), min(bottom + 1, block.stop)):
            if not codes[line - block.start]:
                codes[line - block.start] = grid.code[top, left]
                count += 1
    return codes, count


def _is_written_once(lines: BlockLines, codes: Codes) -> bool:
    """Say whether a column is written only where it changes: no two lines in a row say the same."""
    written = codes[lines.data & ~lines.total]
    return not bool(((written[1:] == written[:-1]) & (written[1:] != 0)).any())


def _fill_down(lines: BlockLines, column: RecapColumn, codes: Codes) -> int:
    before = [other.at for other in lines.columns if other.at < column.at and other.part in FILLED]
    behind = [other.at for other in lines.columns if other.at > column.at and other.part in (*FILLED, MIXED)]
    last, count, fresh, last_line = 0, 0, True, 0
    above = dict.fromkeys(before, 0)
    for line in range(len(codes)):
        changed = False
        for at in before:
            code = int(lines.code[line, at])
            if code and code != above[at]:
                changed = above[at] != 0 or changed
                above[at] = code
        if changed:
            fresh = False
        if codes[line]:
            last, fresh = int(codes[line]), True
        elif last and fresh and _goes_on(lines, line, last_line, behind):
            codes[line] = last
            count += 1
        if lines.data[line]:
            last_line = line
    return count


def _goes_on(lines: BlockLines, line: int, last: int, behind: list[int]) -> bool:
    """Say whether a line goes on with the key above: it has figures, is no total, and another key in it is new."""
    if not lines.data[line] or lines.total[line]:
        return False
    return any(lines.code[line, at] and lines.code[line, at] != lines.code[last, at] for at in behind)
