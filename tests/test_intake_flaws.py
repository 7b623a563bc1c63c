"""Does one flaw of a hand-edited file cost no more than what it spoils, and never change a figure in silence?

A grid of single flaws on twenty lines of a sample of ours: a separator more or less in each place of each line and of
the header, a stray quote before and after each cell, one line with another separator.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

import polars as pl
import pytest
import xlsxwriter

from coverage.base import settings
from coverage.base.errors import FileRefused
from coverage.base.tables import COUNTS
from coverage.intake.read import Handed, read
from tests import sample

SETTINGS = settings.load()
KEYS = ["branch", "segment", "month"]


def lines() -> list[str]:
    """Return the header and twenty lines of a sample, formal and informal by turns."""
    text = (sample.FOLDER / "palembang.csv").read_text("utf-8").splitlines()
    formal = [line for line in text if ",formal," in line][:10]
    informal = [line for line in text if ",informal," in line][:10]
    return [text[0], *(line for pair in zip(formal, informal, strict=True) for line in pair)]


def spoilt(whole: list[str], at: int) -> Iterator[tuple[str, list[str]]]:
    """Yield each single flaw of a line: what was done, and the lines with it."""
    cells = whole[at].split(",")

    def with_line(line: str) -> list[str]:
        return [*whole[:at], line, *whole[at + 1 :]]

    for place in range(len(cells) + 1):
        yield f"separator more, {place}", with_line(",".join([*cells[:place], "", *cells[place:]]))
    for place in range(len(cells) - 1):
        glued = [*cells[:place], cells[place] + cells[place + 1], *cells[place + 2 :]]
        yield f"separator less, {place}", with_line(",".join(glued))
    for place, cell in enumerate(cells):
        yield f"quote before, {place}", with_line(",".join([*cells[:place], '"' + cell, *cells[place + 1 :]]))
        yield f"quote behind, {place}", with_line(",".join([*cells[:place], cell + '"', *cells[place + 1 :]]))
    yield "other separator", with_line(";".join(cells))


def figures(content: str) -> tuple[dict[tuple[object, ...], int], pl.DataFrame]:
    intake = read([Handed(name="a.csv", content=content.encode())], settings=SETTINGS)
    found = {
        (*(row[key] for key in KEYS), count): row[count]
        for row in intake.table.iter_rows(named=True)
        for count in COUNTS
        if row[count] is not None
    }
    return found, intake.problems


@pytest.mark.files  # a thousand files
def test_a_single_flaw_costs_hardly_a_figure_and_changes_none_in_silence() -> None:
    whole = lines()
    truth, _ = figures("\n".join(whole) + "\n")
    kept = wanted = 0
    lost: dict[str, int] = {}
    for at in range(0, len(whole), 4):
        for flaw, content in spoilt(whole, at):
            try:
                found, problems = figures("\n".join(content) + "\n")
            except FileRefused as error:
                found, problems = {}, pl.DataFrame({"severity": ["error"], "code": [error.code]})
            changed = {key: value for key, value in found.items() if truth.get(key) != value}
            assert not changed, (at, flaw, changed)
            missing = len(truth) - len(found)
            if missing:
                lost[f"line {at}, {flaw}"] = missing
                assert (problems["severity"] != "note").any(), (at, flaw)
            kept += len(found)
            wanted += len(truth)
    assert kept / wanted >= 0.996, lost


def workbook(rows: list[list[object]]) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        page = book.add_worksheet("Data")
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                if cell != "":
                    page.write(at, column, cell)
    return buffer.getvalue()


def typed(cell: str) -> object:
    return int(cell) if cell.isdigit() else cell


def test_a_flaw_of_a_workbook_changes_no_figure_in_silence_either() -> None:
    whole = [line.split(",") for line in lines()]
    cells = [[typed(cell) for cell in row] for row in whole]

    def found(rows: list[list[object]]) -> tuple[dict[tuple[object, ...], int], pl.DataFrame]:
        intake = read([Handed(name="a.xlsx", content=workbook(rows))], settings=SETTINGS)
        return {
            (*(row[key] for key in KEYS), count): row[count]
            for row in intake.table.iter_rows(named=True)
            for count in COUNTS
            if row[count] is not None
        }, intake.problems

    truth, _ = found(cells)
    kept = wanted = 0
    for at in (1, 10):
        row = cells[at]
        flaws: list[list[object]] = [[*row[:place], "", *row[place:]] for place in range(len(row) + 1)]
        flaws += [[*row[:place], f'"{cell}', *row[place + 1 :]] for place, cell in enumerate(row)]
        flaws += [[*row[:place], f'{cell}"', *row[place + 1 :]] for place, cell in enumerate(row)]
        for flaw in flaws:
            figures_, problems = found([*cells[:at], flaw, *cells[at + 1 :]])
            assert {key: value for key, value in figures_.items() if truth.get(key) != value} == {}, flaw
            assert len(figures_) == len(truth) or (problems["severity"] != "note").any(), flaw
            kept += len(figures_)
            wanted += len(truth)
    assert kept / wanted >= 0.996
