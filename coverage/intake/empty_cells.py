"""Which cells of a column are empty, or hold spaces alone? Cheap where there is none, as in most files."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray


def find(cells: pl.Series) -> NDArray[np.int64]:
    """Return the rows whose cell is empty."""
    if cells.dtype == pl.Int64 or isinstance(cells.dtype, pl.Categorical):
        several = cells.unique() if isinstance(cells.dtype, pl.Categorical) else cells.head(0)
        if not cells.null_count() and not (several.cast(pl.String).str.strip_chars() == "").any():
            return np.zeros(0, dtype=np.int64)
    texts = cells.cast(pl.String)
    if not texts.null_count():  # an empty cell, or one of spaces alone, sorts before or after all printable ASCII
        may = np.flatnonzero(((texts < "!") | (texts > "\x7f")).to_numpy())
        blank: NDArray[np.int64] = may[(texts[may].str.strip_chars() == "").to_numpy()]
        return blank
    texts = texts.str.strip_chars()
    return np.flatnonzero((texts.is_null() | (texts == "")).to_numpy())
