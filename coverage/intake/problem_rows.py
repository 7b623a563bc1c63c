"""How is a problem written down, for one line or for many at once?"""

from __future__ import annotations

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
    many = {name: cells for name, cells in given.items() if isinstance(cells, pl.Series | np.ndarray | list)}
    single = {name: cells for name, cells in given.items() if name not in many}
    columns = [pl.Series("file", file, dtype=pl.Int32)]
    columns += [pl.Series(name, cells).cast(FOUND[name]) for name, cells in many.items()]
    return (
        pl.DataFrame(columns)
        .with_columns(pl.lit(cells, dtype=FOUND[name]).alias(name) for name, cells in single.items())
        .select(*FOUND)
    )
