"""How do the tables of the command line read, in the reader's language?

Each function chooses the columns that matter to a person and writes them in that language's form; programs get the
whole table instead (`export`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from coverage.base import tables
from coverage.base.tables import BranchMonths, Gaps, Projection
from coverage.base.texts import Texts
from coverage.commands.terminal import Listing, ListingColumn
from coverage.wording import chances, sentences
from coverage.wording.credit import describe_mover

_STYLES = {"reached": "green", "on_track": "green", "at_risk": "yellow", "off_track": "red", "unknown": "dim"}
_SEVERITIES = {"error": "red", "warning": "yellow", "note": "dim"}


def list_problems(words: pl.DataFrame, texts: Texts) -> Listing:
    """List problems: where, how bad, what is wrong (with what stands there) and what to do."""
    rows = words.to_dicts()
    return Listing(
        columns=[
            ListingColumn(
                head=texts("cli.head.where"),
                cells=[row["file"] + (f":{row['line']}" if row["line"] is not None else "") for row in rows],
            ),
            ListingColumn(
                head=texts("cli.head.severity"),
                cells=[texts(f"severity.{row['severity']}") for row in rows],
                style=[_SEVERITIES[row["severity"]] for row in rows],
            ),
            ListingColumn(head=texts("cli.head.column"), cells=[row["column"] or "" for row in rows]),
            ListingColumn(head=texts("cli.head.problem"), cells=[f"{row['message']} {row['remedy']}" for row in rows]),
        ]
    )


def list_clean_rows(rows: BranchMonths, texts: Texts) -> Listing:
    """List the rows that can be used, without their sources."""
    counts = [
        ListingColumn(
            head=texts(f"column.{name}.name"),
            cells=[texts.people(value) for value in rows[name].to_list()],
            figures=True,
        )
        for name in tables.COUNTS
        if name in rows.columns
    ]
    keys = _key_columns(rows, ("branch", "segment"), texts)
    return Listing(columns=[*keys, _month_column(rows, texts), *counts])


def list_gaps(rows: Gaps, keys: Sequence[str], title: str, texts: Texts) -> Listing:
    """List where each key stands, under a title that says when and against which targets."""
    # Where a target counts registrations, members are not what is measured against it.
    done = "achieved" if rows["measure"].to_list()[:1] == ["registrations"] else "active"
    status = [str(name) for name in rows["status"].to_list()]

    def people(name: str, head: str | None = None) -> ListingColumn:
        cells = [texts.people(value) for value in rows[name].to_list()]
        return ListingColumn(head=texts(f"table.{head or name}"), cells=cells, figures=True)

    def months(name: str) -> ListingColumn:
        cells = [texts.month(value, short=True) for value in rows[name].to_list()]
        return ListingColumn(head=texts(f"table.{name}"), cells=cells, figures=True)

    return Listing(
        columns=[
            *_key_columns(rows, keys, texts),
            people(done),
            people("target"),
            ListingColumn(
                head=texts("cli.head.attainment"),
                cells=[texts.share(value) for value in rows["attainment"].to_list()],
                figures=True,
            ),
            ListingColumn(
                head=texts("table.short"), cells=[_short(row, texts) for row in rows.to_dicts()], figures=True
            ),
            ListingColumn(
                head=texts("table.pace"), cells=[texts.signed(value) for value in rows["pace"].to_list()], figures=True
            ),
            people("required_pace"),
            ListingColumn(
                head=texts("table.status"),
                cells=[f"{sentences.ICONS[name]} {texts('standing.' + name)}" for name in status],
                style=[_STYLES[name] for name in status],
            ),
            months("eta"),
        ],
        title=title,
    )


def _short(row: Mapping[str, Any], texts: Texts) -> str:
    """Write what the parts lack, or between which bounds it lies while branches are late; a surplus is none."""
    short, *bounds = (row[name] for name in ("short", "short_low", "short_high"))
    if short is not None and all(bound is not None and abs(bound - short) < 0.5 for bound in bounds):
        return texts.people(short)
    return texts.people(short) if bounds == [None, None] else " … ".join(texts.people(bound) for bound in bounds)


def list_simulation(rows: Projection, keys: Sequence[str], title: str, texts: Texts) -> Listing:
    """List a projection by key and month."""
    heads = {name: f"table.{name}" for name in ("covered", "target", "funded")} | {
        name: f"column.{name}.name" for name in ("new", "lapsed", "returned")
    }
    figures = [
        ListingColumn(
            head=texts(heads[name]), cells=[texts.people(value) for value in rows[name].to_list()], figures=True
        )
        for name in ("covered", "target", "new", "lapsed", "returned", "funded")
    ]
    if "chance" in rows.columns:
        figures += [
            ListingColumn(
                head=texts(f"table.{name}"), cells=[texts.people(value) for value in rows[name].to_list()], figures=True
            )
            for name in ("p10", "p90")
        ]
        cells = [chances.describe_chance(value, texts) for value in rows["chance"].to_list()]
        figures.append(ListingColumn(head=texts("table.chance"), cells=cells, figures=True))
    return Listing(columns=[*_key_columns(rows, keys, texts), _month_column(rows, texts), *figures], title=title)


def list_comparison(rows: pl.DataFrame, keys: Sequence[str], title: str, texts: Texts) -> Listing:
    """List a difference and each lever's part in it, by key (the rows of `compare`)."""
    names = [texts("compare.total") if row["kind"] is None else describe_mover(row, texts) for row in rows.to_dicts()]
    figures = [
        ListingColumn(
            head=texts("compare.part"), cells=[texts.signed(value) for value in rows["part"].to_list()], figures=True
        )
    ]
    if rows["error"].max():
        errors = [texts.decimal(value) if value else "" for value in rows["error"].to_list()]
        figures.append(ListingColumn(head=texts("compare.error"), cells=errors, figures=True))
    for name, head, write in (
        ("by_itself", "compare.by_itself", texts.signed),
        ("covered", "compare.covered", texts.people),
        ("reference", "compare.reference", texts.people),
        ("p10", "table.p10", texts.signed),
        ("p90", "table.p90", texts.signed),
    ):
        if name in rows.columns and rows[name].drop_nulls().len():
            cells = ["" if value is None else write(value) for value in rows[name].to_list()]
            figures.append(ListingColumn(head=texts(head), cells=cells, figures=True))
    levers = ListingColumn(head=texts("compare.lever"), cells=names)
    return Listing(columns=[*_key_columns(rows, keys, texts), levers, *figures], title=title)


def list_backtest(rows: pl.DataFrame, keys: Sequence[str], title: str, texts: Texts) -> Listing:
    """List how far off each way was, by key and months ahead."""

    def shares(name: str) -> ListingColumn:
        cells = [texts.share(value) for value in rows[name].to_list()]
        return ListingColumn(head=texts(f"backtest.head.{name}"), cells=cells, figures=True)

    def counts(name: str) -> ListingColumn:
        cells = [texts.people(value) for value in rows[name].to_list()]
        return ListingColumn(head=texts(f"backtest.head.{name}"), cells=cells, figures=True)

    ways = [texts(f"backtest.method.{method}") for method in rows["method"].to_list()]
    return Listing(
        columns=[
            *_key_columns(rows, keys, texts),
            counts("horizon"),
            ListingColumn(head=texts("backtest.head.method"), cells=ways),
            shares("mape"),
            counts("origins"),
            shares("inside"),
            shares("score"),
        ],
        title=title,
    )


def list_words(words: Mapping[str, Sequence[str]], title: str, *, named: int | None = None) -> Listing:
    """List a table that is written already, heading -> cells; the first columns so many are names (None: look)."""
    return Listing(
        columns=[
            ListingColumn(head=head, cells=cells, figures=_is_figure(cells) if named is None else place >= named)
            for place, (head, cells) in enumerate(words.items())
        ],
        title=title,
    )


def _is_figure(cells: Sequence[str]) -> bool:
    return any(cell[-1:].isdigit() for cell in cells) and all(cell[:1] in "+−–0123456789" or not cell for cell in cells)


def key_words(rows: pl.DataFrame, keys: Sequence[str], texts: Texts) -> dict[str, list[str]]:
    """Write the keys of a table for people: heading -> cells."""
    if not keys:
        return {"": [texts("segment.total")] * rows.height}
    words = {}
    for key in keys:
        cells = ["–" if value is None else str(value) for value in rows[key].to_list()]
        words[texts(f"table.{key}")] = [texts(f"segment.{cell}") for cell in cells] if key == "segment" else cells
    return words


def _key_columns(rows: pl.DataFrame, keys: Sequence[str], texts: Texts) -> list[ListingColumn]:
    return [ListingColumn(head=head, cells=cells) for head, cells in key_words(rows, keys, texts).items()]


def _month_column(rows: pl.DataFrame, texts: Texts) -> ListingColumn:
    cells = [texts.month(value, short=True) for value in rows["month"].to_list()]
    return ListingColumn(head=texts("table.month"), cells=cells, figures=True)
