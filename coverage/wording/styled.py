"""How does a table keep its numbers and read as a language writes them?

Streamlit sorts a column by its values and shows what a styled table makes of each.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from coverage.base.texts import NONE, Texts
from coverage.wording import columns

RAW = "raw"
"""The form of what the table draws by itself: a bar, a line."""


def styled_columns(frame: Any, texts: Texts, heads: Mapping[str, str], forms: Mapping[str, str] | None = None) -> Any:
    """Return the columns of a frame (or of lists by column) below their headings: numbers and months as values with
    what they read as, everything else in words."""
    values: dict[str, list[Any]] = {}
    writers: dict[str, Callable[[Any], str]] = {}
    for column, head in heads.items():
        cells, form = list(frame[column]), form_of(column, forms)
        if form == columns.TEXT:
            values[head] = [columns.write_value(value, column, texts, as_form=form) for value in cells]
            continue
        values[head] = cells
        if form != RAW:
            writers[head] = _writer(column, form, texts)
    return pd.DataFrame(values).style.format(writers)


def form_of(column: str, forms: Mapping[str, str] | None = None) -> str:
    """Return how a column is written, or as `forms` says."""
    return (forms or {}).get(column) or columns.form(column)


def _writer(column: str, form: str, texts: Texts) -> Callable[[Any], str]:
    return lambda value: NONE if pd.isna(value) else columns.write_value(value, column, texts, as_form=form)
