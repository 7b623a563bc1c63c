"""Are the numbers in the tables of the screen numbers, so that a table sorts by them, and do they read as people write
them?"""

from __future__ import annotations

import re
from datetime import date

import polars as pl
import pytest

import pages
from coverage.base.texts import Texts, load
from coverage.wording import columns, styled
from pages.parts import inputs
from tests.test_pages import EN, ID, opened

WRITTEN = re.compile(r"[+−-]?(Rp ?)?\d{1,3}([.,]\d{3})*([.,]\d+)?( ?(%|×))?")
MIXED = {"mix.head.value", "compare.reported"}
"""People in one row and a share in the next, or `9` beside `8 of 9`: there is no order in them."""


@pytest.mark.parametrize("page", pages.SCREENS)
def test_no_table_holds_a_number_as_words(page: str) -> None:
    link = {"informal.new": "0.2", "branch": "", "view": "informal", "p1.name": "A", "p1.segment": "informal"}
    link |= {"p1.workers": "9000", "p1.starts": "2023-03", "p1.months": "6", "informal.rule": "steady"}
    app = opened(page, **link, open="|".join(inputs.PANELS))

    assert not app.exception
    words = load("id")
    mixed = {words(key) for key in MIXED}
    found = [
        (table.key, head, cell)
        for table in app.dataframe
        if not str(table.key).startswith("targets_typed")  # an editor: people type `174.000`, and it is read
        for head in set(table.value.columns) - mixed
        for cell in table.value[head]
        if isinstance(cell, str) and WRITTEN.fullmatch(cell)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("words", "people", "share", "month"),
    [(ID, "129.930", "65,0\xa0%", "Jan 2023"), (EN, "129,930", "65.0%", "Jan 2023")],
    ids=["id", "en"],
)
def test_a_number_keeps_its_value_and_reads_as_the_language_writes_it(
    words: Texts, people: str, share: str, month: str
) -> None:
    rows = pl.DataFrame(
        {"short": [80200.0, 129930.0, None], "attainment": [None, 0.65, 1.0], "month": [date(2023, 1, 1), None, None]}
    )

    shown = styled.styled_columns(rows, words, {"short": "S", "attainment": "A", "month": "M"})

    assert shown.data["S"].to_list()[:2] == [80200.0, 129930.0]
    body = [[cell["display_value"] for cell in row[1:]] for row in shown._translate(False, False)["body"]]
    assert [body[1][0], body[1][1], body[0][2]] == [people, share, month]
    assert [body[2][0], body[0][1], body[1][2]] == ["–"] * 3


def test_every_column_of_figures_has_one_format() -> None:
    named = [name for names in columns._COLUMNS.values() for name in names]

    assert sorted(set(named)) == sorted(named)
    assert columns.form("covered_2") == columns.PEOPLE
    assert columns.form("branch") == columns.TEXT
