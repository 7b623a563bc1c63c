"""How is a problem written down, for one line or for many at once?"""

from __future__ import annotations

from functools import lru_cache
from typing import TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coverage.base import tables

FOUND = {name: dtype for name, dtype in tables.PROBLEMS.items() if name != "file"} | {"file": pl.Int32()}
"""A problem with the number of its file; the file's name comes last."""

Cells: TypeAlias = pl.Series | NDArray[np.int64] | NDArray[np.int32] | list[int] | str | int | None
"""A column of cells, or one value for all rows."""


def problem(
    code: str,
    severity: str,
    *,
    file: pl.Series | NDArray[np.int32] | list[int],
    line: Cells = None,
    column: Cells = None,
    value: Cells = None,
    details: Cells = None,
) -> pl.DataFrame:
    """One row per problem, from columns or single values; `file` decides how many."""
    given = {"line": line, "column": column, "value": value, "code": code, "severity": severity, "details": details}
    files = pl.Series("file", file, dtype=pl.Int32)
    columns = {name: _column(name, cells, len(files)) for name, cells in given.items()} | {"file": files}
    return pl.DataFrame([columns[name] for name in FOUND])


def _column(name: str, cells: Cells, size: int) -> pl.Series:
    """Return a column as it is given, or as one value so many times."""
    if isinstance(cells, pl.Series | np.ndarray | list):
        return pl.Series(name, cells).cast(FOUND[name])
    return _single(name, cells).new_from_index(0, size)


@lru_cache(maxsize=1_000)
def _single(name: str, cell: str | int | None) -> pl.Series:
    return pl.Series(name, [cell], dtype=FOUND[name])
