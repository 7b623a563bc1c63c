"""What does a workbook cost beside plain cells, as many and as long, written by the same library?

`python -m bench.workbook` measures by turns in one run and prints a Markdown table of medians: 650 series
of ten years, eleven months ahead, without and with formulas for every series, and a third of them, near
the limit.
"""

from __future__ import annotations

import io
import statistics
from datetime import date
from functools import partial

import openpyxl
import polars as pl
import xlsxwriter

from bench import projection as peer
from bench import turns
from coverage.base import settings, tables, texts
from coverage.model import scenarios
from coverage.model import view as views
from coverage.model.targets import TargetSet
from coverage.model.view import Scope, View
from coverage.reports import provenance, workbook

TARGETS = TargetSet.model_validate({"target": [{"by": "2023-12", "workers": 9_000_000}]})
TEXTS = texts.load("id")
UNLIMITED = 10_000_000


def look(branches: int) -> View:
    table = peer.history()
    names = table["branch"].unique().sort().head(branches)
    return views.of(
        table.filter(pl.col("branch").is_in(names.to_list())),
        pl.DataFrame(schema=tables.REGISTER),
        TARGETS,
        scope=Scope(),
        as_of=None,
        settings=settings.load(),
    )


def ours(view: View, most: int) -> bytes:
    """Write our workbook with at most so many formulas."""
    scenario = scenarios.named("all-together")
    said = provenance.of(
        view,
        dataset="bench",
        sample=True,
        targets_title="bench",
        target_set="bench",
        scenario=scenario,
        fingerprint="bench",
        made_on=date(2026, 11, 23),
        texts=TEXTS,
    )
    return workbook.write(view, scenario, provenance=said, texts=TEXTS, most_formulas=most)


def cells(content: bytes) -> list[list[list[object]]]:
    """Return every cell of every sheet."""
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    return [[list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book]


def plain(sheets: list[list[list[object]]]) -> bytes:
    """Write the same cells without a form, a width, or a look."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        for rows in sheets:
            sheet = book.add_worksheet()
            for place, row in enumerate(rows):
                for column, one in enumerate(row):
                    if isinstance(one, str) and one.startswith("="):
                        sheet.write_formula(place, column, one)
                    elif isinstance(one, str):
                        sheet.write_string(place, column, one)
                    elif isinstance(one, int | float):
                        sheet.write_number(place, column, one)
    return content.getvalue()


def main() -> None:
    repetitions = turns.repetitions(__doc__, 5)
    print("| measured | formulas | MB | median, s | ratio to the same cells plainly written |")
    print("|---|---:|---:|---:|---:|")
    for name, branches, most in (("live", 110, UNLIMITED), ("live", 325, UNLIMITED), ("values", 325, 0)):
        view = look(branches)
        content = ours(view, most)
        held = cells(content)
        formulas = sum(isinstance(one, str) and one.startswith("=") for rows in held for row in rows for one in row)
        told = turns.taken({"plain": partial(plain, held), "ours": partial(ours, view, most)}, repetitions)
        spent = statistics.median(told["ours"]) / 1000
        words = f"{name}, {view.series.height} series x 11 months"
        ratio = turns.ratio(told, "ours", "plain")
        print(f"| {words} | {formulas} | {len(content) / 1e6:.1f} | {spent:.2f} | {ratio:.2f} |")


if __name__ == "__main__":
    main()
