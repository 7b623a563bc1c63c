"""How does a sheet look to somebody who checks what was understood of it: its first lines, what each column was taken
for, which lines are not used and why, and in which cell does each figure stand?

Plain values alone, so that it travels with what was read; the words are made elsewhere.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
import polars as pl

from coverage.base import tables
from coverage.intake import months, names
from coverage.intake.headers import Header
from coverage.intake.layout import assembly, blocks, context, meaning
from coverage.intake.layout.columns import RecapColumn
from coverage.intake.layout.context import Context
from coverage.intake.layout.grid import Grid
from coverage.intake.layout.keys import SEGMENTS, VALUES
from coverage.intake.layout.meaning import Meaning
from coverage.intake.layout.recap import Recap, RecapTable
from coverage.intake.layout.vocabulary import MEASURES

IGNORE = "ignore"
TITLE, HEADER, FIGURE, TOTAL, ASIDE, NOTE, BLANK, FOLD = (
    *("title", "header", "figure", "total", "aside", "note", "blank", "fold"),
)
"""What a line of a sheet is; `fold` stands for lines in the middle that are not shown."""
FIRST = 5
"""So many lines of figures are shown from the top."""
_ABOVE, _LAST, _BELOW, _CELL, _COLUMNS = 8, 2, 6, 80, 60
ORIGINS: tables.Schema = {
    "branch": pl.String(),
    "segment": pl.String(),
    "month": pl.Date(),
    "measure": pl.String(),  # or `target of active`
    "value": pl.Float64(),
    "file": pl.Int32(),  # the number of the sheet
    "cell": pl.String(),  # as a spreadsheet names it: C7
}
"""One row per figure that is used: what it is, and where it stands."""


@dataclass(frozen=True, kw_only=True)
class ColumnShown:
    """A column: its header as a map names it, and what it was taken for in a map's words: `active of formal`, `month`,
    `ignore`; empty where nobody can know. `assumed` says that its header alone does not say it."""

    header: str
    meaning: str
    assumed: bool = False


@dataclass(frozen=True, kw_only=True)
class LineShown:
    """A line: its number in the sheet, its cells, what it is (`TITLE` …), and the code and value of a reason; `may` is
    what a title can be said to give to the figures, in a map's words: `place` or `month`, and which."""

    number: int
    cells: tuple[str, ...]
    kind: str
    reason: str = ""
    value: str = ""
    may: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class SheetShown:
    """A sheet as far as it is shown; `figures` and `targets` are how many of each are used of it."""

    label: str
    columns: tuple[ColumnShown, ...]
    lines: tuple[LineShown, ...]
    figures: int = 0
    targets: int = 0

    @property
    def unclear(self) -> tuple[str, ...]:
        """Return the headers of the columns of which nobody can know what they are."""
        return tuple(column.header for column in self.columns if not column.meaning and column.header)


def of_recap(laid: Recap, label: str) -> tuple[SheetShown, ...]:
    """Return each sheet of a file that was laid out, as it is shown."""
    return tuple(_of_sheet(laid, number, grid, label) for number, grid in enumerate(laid.grids))


def _of_sheet(laid: Recap, number: int, grid: Grid, label: str) -> SheetShown:
    parts = [(at, table) for at, table in enumerate(laid.tables) if table.sheet == number]
    fates = _fates(laid, number)
    used, targets = _used(laid, number)
    lines: list[LineShown] = []
    end = 0
    columns = _columns(laid, parts, grid.width)
    for _, table in parts:
        lines += _above(grid, table, end, columns)
        lines += _block(grid, table, fates)
        end = max(end, table.block.stop)
    lines += [_line(grid, at, NOTE, "note") for at in range(end, min(grid.height, end + _BELOW)) if grid.code[at].any()]
    return SheetShown(
        label=f"{label}#{grid.name}" if grid.name else label,
        columns=columns,
        lines=tuple(lines),
        figures=used - targets,
        targets=targets,
    )


def _used(laid: Recap, sheet: int) -> tuple[int, int]:
    """Return how many figures of a sheet are used, and how many of these are targets."""
    if not laid.figures.height:
        return 0, 0
    used = (laid.figures["sheet"] == sheet) & (laid.figures["fate"] == "")
    target = laid.figures["kind"] == VALUES["kind"].index("target")
    return int(used.sum()), int((used & target).sum())


def _columns(laid: Recap, parts: Sequence[tuple[int, RecapTable]], width: int) -> tuple[ColumnShown, ...]:
    states = {(state.block, state.column): state for state in laid.meanings}
    sums = _sums(laid)
    by_column: dict[int, ColumnShown] = {}
    for number, table in parts:
        for column in table.columns:
            shown = _column(column, states.get((number, column.at)))
            if (number, column.at) in sums:  # its figures are the sums of others beside them
                shown = ColumnShown(header=shown.header, meaning=IGNORE)
            by_column.setdefault(column.at, shown)
    empty = ColumnShown(header="", meaning=IGNORE)
    return tuple(by_column.get(at, empty) for at in range(min(width, _COLUMNS)))


def _sums(laid: Recap) -> set[tuple[int, int]]:
    """Return the columns, by block, whose figures are all sums of others or parts of a sum."""
    if not laid.figures.height:
        return set()
    fate = laid.figures["fate"]
    summed = (fate == "sum") | (fate == "part")
    if not summed.any():
        return set()
    columns = laid.figures[["block", "column"]]
    others = columns.filter(~summed & (fate != "empty"))
    return set(columns.filter(summed).iter_rows()) - set(others.iter_rows())


def _column(column: RecapColumn, state: Meaning | None) -> ColumnShown:
    header = column.path.lowest or column.path.shown
    if state is not None and state.state == meaning.UNCLEAR:
        return ColumnShown(header=header, meaning="")
    taken = assembly.describe(column, state) or IGNORE
    assumed = state is not None and state.state == meaning.ASSUMED
    if taken == IGNORE and column.part == "unknown":
        return ColumnShown(header=header, meaning="" if state is not None else IGNORE)
    return ColumnShown(header=header, meaning=taken, assumed=assumed)


def _fates(laid: Recap, sheet: int) -> dict[int, str]:
    """Return for each line with figures what becomes of it: nothing where one is used, else what most are."""
    if not laid.figures.height:
        return {}
    of_sheet = laid.figures["sheet"] == sheet
    rows, fates = laid.figures["row"].filter(of_sheet), laid.figures["fate"].filter(of_sheet)
    reasons: dict[int, Counter[str]] = defaultdict(Counter)
    for row, fate in zip(rows.filter(fates != "").to_list(), fates.filter(fates != "").to_list(), strict=True):
        reasons[row][fate] += 1
    by_line = {row: min(counts, key=lambda fate: (-counts[fate], fate)) for row, counts in reasons.items()}
    return by_line | dict.fromkeys(rows.filter(fates == "").to_list(), "")


def _above(grid: Grid, table: RecapTable, begin: int, columns: Sequence[ColumnShown]) -> list[LineShown]:
    """Return the lines above a table: those that say something of its figures, and the others."""
    wanted = [at for at in table.block.above if at >= begin and grid.code[at].any()]
    lines = [_line(grid, at, TITLE, *_gives(grid, at, table.context)) for at in wanted[-_ABOVE:]]
    return [replace(line, may=_may_give(line.cells, columns)) for line in lines]


def _may_give(cells: Sequence[str], columns: Sequence[ColumnShown]) -> tuple[tuple[str, str], ...]:
    """Return what somebody can say that a title gives to the figures: the place it names, the month in it; nothing
    that each line has for itself."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    if not 1 <= len(filled) <= 2:
        return ()
    own = context.of_text(filled[-1], "title")
    known = {column.meaning for column in columns}
    choices = []
    if "place" not in known and (own.place or own.time is None):
        choices.append(("place", own.place or names.place(filled[-1])))
    if "month" not in known and own.time is not None and own.time.month >= 0:
        choices.append(("month", f"{own.time.month // 12}-{own.time.month % 12 + 1:02d}"))
    return tuple(choices)


def _gives(grid: Grid, at: int, holds: Context) -> tuple[str, str]:
    """Return what a line above a table gives to its figures: the place, the month or the year, another word."""
    pair = blocks.key_and_value(grid, at)
    contexts = [context.of_pair(*pair)] if pair is not None else []
    if pair is None:
        contexts = [context.of_text(grid.texts[code], "title") for code in grid.code[at] if code]
    for own in contexts:
        if own.place and own.place == holds.place:
            return "place", own.place
        if own.time is not None and holds.time is not None:
            time = holds.time
            if own.time.month >= 0 and time.month != own.time.month:
                continue
            if time.month >= 0:
                return "month", f"{time.month // 12}-{time.month % 12 + 1:02d}"
            if time.year:
                return "year", str(time.year)
        facets = [facet for facet in ("segment", "measure", "kind", "unit") if own.facets.get(facet)]
        if facets and holds.facets.get(facets[0]) == own.facets[facets[0]]:
            return facets[0], own.facets[facets[0]]
    return "title", ""


def _block(grid: Grid, table: RecapTable, fates: dict[int, str]) -> list[LineShown]:
    block = table.block
    lines = [_line(grid, at, HEADER) for at in block.headers]
    inside = [at for at in range(block.start, block.stop) if grid.code[at].any()]
    shown = inside if len(inside) <= FIRST + _LAST + 1 else [*inside[:FIRST], *inside[-_LAST:]]
    for before, at in zip([None, *shown], shown, strict=False):
        skipped = 0 if before is None else inside.index(at) - inside.index(before) - 1
        if skipped:
            lines.append(LineShown(number=0, cells=(), kind=FOLD, value=str(skipped)))
        lines.append(_inside(grid, at, fates, table))
    return lines


def _inside(grid: Grid, at: int, fates: dict[int, str], table: RecapTable) -> LineShown:
    fate = fates.get(at)
    if fate == "":
        return _line(grid, at, FIGURE)
    if fate in ("sum", "part") or (fate is not None and bool(table.keys.total[at - table.block.start])):
        return _line(grid, at, TOTAL, "total")
    return _line(grid, at, ASIDE, fate or "caption")


def _line(grid: Grid, at: int, kind: str, reason: str = "", value: str = "") -> LineShown:
    cells = tuple(grid.texts[code][:_CELL] for code in grid.code[at, :_COLUMNS])
    return LineShown(number=at + 1, cells=cells, kind=kind, reason=reason, value=value)


def plain_columns(header: Header) -> tuple[ColumnShown, ...]:
    """Return what the headers of a clean long table were taken for."""
    columns = [
        ColumnShown(
            header=cell.strip(),
            meaning=IGNORE if field is None else _plain_meaning(str(field.column), field.segment),
        )
        for cell, field in zip(header.cells, header.fields, strict=True)
    ]
    return tuple(columns[:_COLUMNS])


def of_plain(
    label: str, rows: Sequence[Sequence[str]], columns: tuple[ColumnShown, ...], *, header_line: int, kept: int
) -> SheetShown:
    """Return a clean long table as it is shown: what its headers were taken for, and its first lines."""
    lines = []
    for number, cells in enumerate(rows[: header_line + FIRST], 1):
        kind = HEADER if number == header_line else TITLE if number < header_line else FIGURE
        texts = tuple([cell[:_CELL] for cell in cells[:_COLUMNS]])
        reason, may = ("title", _may_give(texts, columns)) if kind == TITLE else ("", ())
        lines.append(LineShown(number=number, cells=texts, kind=kind, reason=reason, may=may))
    more = kept - FIRST
    if more > 0:
        lines.append(LineShown(number=0, cells=(), kind=FOLD, value=str(more)))
    return SheetShown(label=label, columns=columns, lines=tuple(lines), figures=kept)


def _plain_meaning(column: str, segment: str | None) -> str:
    name = {"branch": "place", "stated_target": "target of active"}.get(column, column)
    if name not in ("month", "year", "place", "segment", "region", "target of active", *MEASURES):
        return IGNORE
    return f"{name} of {segment}" if segment else name


def origins(laid: Recap, *, first: int) -> pl.DataFrame:
    """One row per figure that is used (`ORIGINS`); the sheets of the file are numbered from `first` on."""
    figures = laid.figures
    if not figures.height:
        return pl.DataFrame(schema=ORIGINS)
    target = figures["kind"] == VALUES["kind"].index("target")
    due = figures["due"].to_numpy()
    month = np.where(target.to_numpy() & (due >= 0), due, figures["month"].to_numpy())
    kept = (figures["fate"] == "") & (figures["spelling"] >= 0) & pl.Series(month >= _FIRST_MONTH)
    kept = kept & ~pl.Series(np.isnan(figures["number"].to_numpy()))
    target = target.filter(kept)
    spelling, segment, measure, number, sheet, row, column = (
        figures[name].filter(kept) for name in ("spelling", "segment", "measure", "number", "sheet", "row", "column")
    )
    names_of = pl.Series([names.place(place) for place in laid.places], dtype=pl.String)
    letters = pl.Series([_letters(column) for column in range(max(grid.width for grid in laid.grids))])
    return pl.DataFrame(
        [
            names_of[spelling.to_numpy()].alias("branch"),
            _SEGMENTS[segment.to_numpy() + 1].alias("segment"),
            months.first_days(month[kept.to_numpy()]).alias("month"),
            _MEASURES[measure.to_numpy().clip(0) + len(MEASURES) * target.to_numpy()].alias("measure"),
            number.cast(pl.Float64).alias("value"),
            (sheet + first).alias("file"),
            (letters[column.to_numpy()] + (row + 1).cast(pl.String)).alias("cell"),
        ]
    )


_SEGMENTS = pl.Series([None, *SEGMENTS], dtype=pl.String)
_MEASURES = pl.Series([*MEASURES, *(f"target of {measure}" for measure in MEASURES)])
_FIRST_MONTH = 12  # of the year 1: before, there is no date


def _letters(column: int) -> str:
    """Write a column as a spreadsheet does: 0 is A, 26 is AA."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def dumps(sheets: Sequence[SheetShown]) -> str:
    """Write sheets as JSON, to travel with a refusal."""
    return json.dumps([asdict(sheet) for sheet in sheets], ensure_ascii=False)


def loads(text: str) -> tuple[SheetShown, ...]:
    """Read sheets back from what `dumps` wrote."""
    return tuple(
        SheetShown(
            label=plain["label"],
            columns=tuple(ColumnShown(**column) for column in plain["columns"]),
            lines=tuple(
                LineShown(**line | {"cells": tuple(line["cells"]), "may": tuple(map(tuple, line["may"]))})
                for line in plain["lines"]
            ),
            figures=plain["figures"],
            targets=plain["targets"],
        )
        for plain in json.loads(text)
    )
