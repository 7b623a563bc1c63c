"""How is a table drawn, so that it sorts by its numbers and reads as this language writes them?

Streamlit sorts a column by its values and writes numbers as the browser's language does, or as English does. So a
table of figures is handed over with its values, and beside them what this language makes of each.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from coverage.base.texts import NONE, Texts
from coverage.wording import columns as written
from coverage.wording import styled
from pages.parts import session

ADDRESS = re.compile(r"https?://([\w.-]+)(?:[\w./?&=%~+:#-]*[\w/])?")


# A file's name is one long word; on a telephone it has to break somewhere, or the table is cut off. Streamlit holds
# each cell to 400 pixels, and where all are held the columns share what is left evenly: short names get half a table.
# On a telephone three columns and more stand below each other, the first in bold: side by side each holds two words.
LOOK = """<style>
[data-testid=stTable] td * { overflow-wrap: anywhere !important; }
[data-testid=stTable] :is(th, td) > div { max-width: 44rem !important; }
[data-testid=stTable] th { vertical-align: bottom; }
[data-testid=stTable] td { vertical-align: top; }
@media (max-width: 640px) {
  [data-testid=stTable] table:has(th:nth-child(3)) :is(tbody, tr, td) { display: block; border: 0; }
  [data-testid=stTable] table:has(th:nth-child(3)) thead { display: block; }
  [data-testid=stTable] table:has(th:nth-child(3)) th { display: inline-block; border: 0; padding: 0 12px 0 0; }
  [data-testid=stTable] table:has(th:nth-child(3)) tbody tr { border-top: 1px solid #88888866; padding: 6px 0; }
  [data-testid=stTable] table:has(th:nth-child(3)) td { padding: 1px 0; }
  [data-testid=stTable] table:has(th:nth-child(3)) td:first-child { font-weight: 600; }
}
</style>"""


def show_table(
    frame: Any,
    words: Texts,
    columns: Sequence[str],
    *,
    key: str,
    names: Mapping[str, str] | None = None,
    forms: Mapping[str, str] | None = None,
    widths: Mapping[str, int] | None = None,
    alt: str | None = None,
) -> None:
    """Show a table in this language's numbers and months; `columns` in order, `names` for special headings, `forms`
    for columns that are written otherwise than `FORMATS` says, `widths` in pixels."""
    heads = {column: (names or {}).get(column) or heading_of_column(column, words) for column in columns}
    st.dataframe(
        styled.styled_columns(frame, words, heads, forms),
        hide_index=True,
        width="stretch",
        placeholder=NONE,
        column_config={
            head: st.column_config.Column(alignment=side(column, forms), width=(widths or {}).get(column))
            for column, head in heads.items()
        },
        key=key,
        alt=alt,
    )


def heading_of_column(column: str, words: Texts) -> str:
    """Return the usual heading of a column."""
    return words(f"table.{column}" if f"table.{column}" in words else f"flow.{column}")


def side(column: str, forms: Mapping[str, str] | None = None) -> Any:
    """Say on which side of its column a value stands: figures at the right."""
    return "right" if styled.form_of(column, forms) in written.FIGURES else "left"


def show_plain_table(rows: Mapping[str, Sequence[str]], *, alt: str) -> None:
    """Show words in a table that wraps: heading -> cells, all of them data and none of them Markdown."""
    st.html(LOOK)
    st.table(
        {heading: [_linked(cell) for cell in cells] for heading, cells in rows.items()},
        border="horizontal",
        hide_index=True,
        hide_header=False,
        alt=alt,
    )


def _linked(text: str) -> str:
    """Let addresses be followed, by the name of their host; everything else stays as it is written."""
    done, end = "", 0
    for match in ADDRESS.finditer(text):
        done += session.escape(text[end : match.start()]) + f"[{match[1]}]({match[0]})"
        end = match.end()
    return done + session.escape(text[end:])
