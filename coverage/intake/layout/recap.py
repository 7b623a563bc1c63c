"""What does a file of any layout hold: rows, targets, problems, and where did each line and figure go?

Sheets in, a `Recap` out. Every sheet is read with what the others of its file prove: a year alone stands at December
only where nothing of the same file has months.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coverage.base import tables
from coverage.base.errors import FileRefused
from coverage.intake import dialect
from coverage.intake import headers as old_headers
from coverage.intake.layout import (
    amounts,
    blocks,
    columns,
    context,
    figures,
    keys,
    meaning,
    regions,
    since_january,
    spoilt,
    times,
    totals,
)
from coverage.intake.layout.blocks import Block
from coverage.intake.layout.columns import RecapColumn
from coverage.intake.layout.context import Context
from coverage.intake.layout.figures import Figures
from coverage.intake.layout.grid import Grid
from coverage.intake.layout.keys import VALUES, Keys
from coverage.intake.layout.meaning import Meaning
from coverage.intake.layout.spoilt import SpoiltCell
from coverage.intake.layout.vocabulary import MEASURES
from coverage.intake.mapping import NOTHING, FileMap, Said, said_of


@dataclass(frozen=True, kw_only=True)
class RecapTable:
    """A block of a sheet with all that was understood of it."""

    sheet: int
    block: Block
    columns: list[RecapColumn]
    keys: Keys
    context: Context


@dataclass(kw_only=True)
class Recap:
    """A file while it is being read: its sheets, tables and figures; `parted` are the names of places that only share
    a name, each with its region."""

    label: str
    grids: list[Grid]
    without_figures: list[Grid] = field(default_factory=list)
    tables: list[RecapTable] = field(default_factory=list)
    figures: Figures = field(default_factory=pl.DataFrame)
    places: list[str] = field(default_factory=list)
    regions: list[str] = field(default_factory=list)
    parted: list[str] = field(default_factory=list)
    spoilt: list[SpoiltCell] = field(default_factory=list)
    meanings: list[Meaning] = field(default_factory=list)
    years_at_december: bool = False

    @property
    def is_used(self) -> bool:
        """Say whether any figure is used."""
        if not self.figures.height:
            return False
        numbers = self.figures["number"].filter(self.figures["fate"] == "")
        return numbers.null_count() < len(numbers)


def read_recap(
    grids: Sequence[Grid],
    *,
    label: str,
    stem: str,
    folder: str = "",
    answers: Said = NOTHING,
    maps: Sequence[FileMap] = (),
) -> Recap:
    """Give every figure of a file its address and its fate; `answers` is what a map says of the file."""
    with_figures = [grid for grid in grids if blocks.tables_of(grid)]
    recap = Recap(label=label, grids=with_figures, without_figures=[grid for grid in grids if grid not in with_figures])
    outer = _of_folder(folder).below(_of_name(stem, "file"))
    named = _sheet_places(recap.grids)
    for number, grid in enumerate(recap.grids):
        of_sheet_ = outer.below(_of_name(grid.name, "sheet", place=named.get(number, "")))
        _read_sheet(recap, number, grid, of_sheet_, said_of(maps, label, grid.name) if maps else answers)
    if not any(table.context.place or (table.keys.place >= 0).any() for table in recap.tables):
        _place_from_name(recap, stem)
    chunks: list[figures.Chunk] = []
    for number, table in enumerate(recap.tables):
        grid = recap.grids[table.sheet]
        of_block, places = figures.of_block(grid, table.block, table.columns, table.keys, table.context, number=number)
        offset = len(recap.places)
        recap.places += places
        for chunk in of_block:
            place = chunk["place"].astype(np.int32)
            chunk["place"] = np.where(place >= 0, place + offset, -1).astype(np.int32)
            chunk["sheet"] = np.full(len(place), table.sheet, dtype=np.int32)
        chunks += of_block
    if not chunks:
        return recap
    _one_number_a_place(recap, figures.joined(chunks))
    recap.meanings = meaning.settle(
        recap.figures,
        [table.columns for table in recap.tables],
        [replace(table.context, members=table.context.members or table.keys.speaks) for table in recap.tables],
    )
    recap.figures = _settled(recap)
    for number, table in enumerate(recap.tables):
        states = [state for state in recap.meanings if state.block == number]
        grid = recap.grids[table.sheet]
        recap.spoilt += spoilt.cells(grid, table.block, table.columns, table.keys, states, sheet=table.sheet)
    return recap


def _of_folder(folder: str) -> Context:
    own = context.of_text(folder, "folder") if folder else Context()
    from coverage.intake.layout import vocabulary

    if not folder or not vocabulary.read(folder).known:
        return Context()
    facets = {facet: value for facet, value in own.facets.items() if facet == "segment"}
    return Context(facets=facets, time=own.time, sources=own.sources)


def _of_name(name: str, source: str, *, place: str = "") -> Context:
    own = context.of_text(name.replace("_", " "), source)
    return Context(
        facets=own.facets,
        time=own.time,
        place=place,
        sources=own.sources | ({"place": source} if place else {}),
        members=own.members,
        foreign=own.foreign,
    )


def _sheet_places(grids: list[Grid]) -> dict[int, str]:
    """Return the places that sheets are called by: a known one, or several that may be."""
    may = {at: name for at, grid in enumerate(grids) if (name := context.name_as_place(grid.name))}
    known = {at: name for at, name in may.items() if context.known_place(" ".join(name.casefold().split()))}
    return may if len(may) >= 2 else known


def _place_from_name(recap: Recap, stem: str) -> None:
    """Let the file's name stand for the place where nothing else does."""
    name = context.name_as_place(stem)
    if not name:
        return
    recap.tables = [
        RecapTable(
            sheet=table.sheet,
            block=table.block,
            columns=table.columns,
            keys=table.keys,
            context=Context(place=name, sources={"place": "file"}).below(table.context),
        )
        for table in recap.tables
    ]


def _read_sheet(recap: Recap, number: int, grid: Grid, outer: Context, answers: Said) -> None:
    holds = outer
    for block in blocks.tables_of(grid):
        _refuse_persons(recap, grid, block)
        holds = holds.below(context.above(grid, block.above, block.left, block.right))
        understood = columns.understand(grid, block, answers)
        if not any(column.part == columns.FIGURES for column in understood):
            continue
        recap.tables.append(
            RecapTable(
                sheet=number,
                block=block,
                columns=understood,
                keys=keys.read_keys(grid, block, understood),
                context=holds.below(_of_map(answers)),
            )
        )


def _of_map(answers: Said) -> Context:
    """Return what a map says of all figures of a file."""
    facets = {"unit": answers.unit} if answers.unit else {}
    time = times.of_month(answers.month) if answers.month >= 0 else None
    sources = (
        dict.fromkeys(facets, "map") | ({"place": "map"} if answers.place else {}) | ({"time": "map"} if time else {})
    )
    return Context(facets=facets, time=time, place=answers.place, sources=sources)


def _refuse_persons(recap: Recap, grid: Grid, block: Block) -> None:
    """Refuse a list of persons by the header of the table itself."""
    for line in block.headers:
        cells = tuple(grid.texts[code].strip() for code in grid.code[line, block.left : block.right])
        personal = old_headers.understand(cells).personal
        if personal and not _are_genders(grid, block, line, personal):
            raise FileRefused("person_level", file=recap.label, found=dialect.shown(personal))


def _are_genders(grid: Grid, block: Block, line: int, personal: tuple[str, ...]) -> bool:
    """Say whether all that sounds like persons is a column of genders: a table of counts may have one as a key."""
    if not {tables.plain(column) for column in personal} <= {"jenis kelamin", "gender"}:
        return False
    at = [column for column in range(block.left, block.right) if grid.text(line, column).strip() in personal]
    codes = {int(code) for column in at for code in grid.code[block.start : block.stop, column] if code}
    return all(grid.reading(code).get("gender") or grid.reading(code).get("total") for code in codes)


def _one_number_a_place(recap: Recap, data: figures.Chunk) -> None:
    """Give spellings of one place one number, and each of several places of one name a number and a name of its own."""
    keys_: dict[str, int] = {}
    numbers = [keys_.setdefault(tables.branch_key(name), len(keys_)) for name in recap.places]
    spelling = data["place"].astype(np.int32)
    region, recap.regions = regions.numbered(data["sheet"].astype(np.int32), data["parent"], recap.grids)
    place = np.array([*numbers, -1], dtype=np.int32)[spelling]
    placed = data | {"spelling": spelling, "place": place, "region": region}
    located = figures.table(placed, [[cell.figure for cell in grid.cells] for grid in recap.grids])
    recap.figures, recap.places, recap.parted = regions.told_apart(located, recap.places, recap.regions)


def _settled(recap: Recap) -> Figures:
    """Decide the fate of each figure: "" is used, all else says why not."""
    table = amounts.with_numbers(_dated(recap, meaning.assumed(recap.figures, recap.meanings)))
    fate = _own_fate(table)
    kind = table["kind"].to_numpy()
    kind = np.where((kind < 0) & (fate == 0), 0, kind)  # said or not, it is actual
    nothing = {"sum_of": pl.Int64(), "mean_of": pl.Float64(), "last_of": pl.Int64(), "over": pl.String()}
    table = figures.with_parts(
        table,
        _FATES[fate].alias("fate"),
        pl.Series("kind", kind, dtype=pl.Int32),
        pl.Series("since", [False]).new_from_index(0, table.height),
        *(pl.Series(name, [None], dtype=dtype).new_from_index(0, table.height) for name, dtype in nothing.items()),
    )
    table = totals.set_apart(totals.versions(since_january.settle(table)))
    return _without_address(table)


_FATES = pl.Series(
    ["", "share", *meaning.STATES[2:], "inactive", "empty", "wrong", "unread", "negative", "zero"], dtype=pl.String
)


def _own_fate(table: Figures) -> NDArray[np.int64]:
    """Return the fate of each figure by itself (a number of `_FATES`), the first reason that holds."""
    state = table["state"]
    measure, number = table["measure"].to_numpy(), table["number"].to_numpy()
    wrong = np.array([code in amounts.ERRORS for code in table["code"].to_list()])
    reasons = [
        table["derived"] & (state != meaning.UNCLEAR),
        *(state == word for word in meaning.STATES[2:]),
        measure == MEASURES.index("inactive"),
        table["text"] == "",
        wrong,
        table["unread"],
        number < 0,
        (number == 0) & (measure == MEASURES.index("eligible")),
    ]
    return np.select([np.asarray(reason) for reason in reasons], range(1, len(reasons) + 1), 0)


def _without_address(table: Figures) -> Figures:
    """Set apart what is open and lacks a part of its address that it needs."""
    open_ = (table["fate"] == "").to_numpy()
    month, due, place, segment, programme, kind = (
        table[name].to_numpy() for name in ("month", "due", "place", "segment", "programme", "kind")
    )
    total, target = table["total"].to_numpy(), kind == VALUES["kind"].index("target")
    reasons = [
        programme >= 0,
        total & ((place < 0) | (segment < 0)),
        (month < 0) & (due < 0),
        place < 0,
        ~target & (month < 0),
    ]
    lacking = np.where(open_, np.select(reasons, range(1, 6), 0), 0)
    if not lacking.any():
        return table
    words = pl.Series([None, "programme", "sum", "no_month", "no_place", "no_month"], dtype=pl.String)
    return table.with_columns(fate=pl.coalesce(words[lacking], "fate"))


def _dated(recap: Recap, table: Figures) -> Figures:
    """Let a year alone stand at December where nothing of the file has months; a target's year is its December."""
    month, of_year, year, due = (table[name].to_numpy() for name in ("month", "of_year", "year", "due"))
    target = table["kind"].to_numpy() == VALUES["kind"].index("target")
    state = table["state"]
    counted = (((state == meaning.READ) | (state == meaning.ASSUMED)) & ~table["derived"]).to_numpy() & ~target
    has_months = bool((counted & ((month >= 0) | (of_year > 0))).any())
    alone = (month < 0) & (year > 0) & (of_year == 0)
    december = year * 12 + 11
    recap.years_at_december = not has_months and bool((alone & counted).any())
    own_months = np.unique(month[counted & (month >= 0)])
    if len(own_months):  # a target below a month of its own, of which nothing else is told, is due then
        own = target & (due < 0) & (table["from_month"].to_numpy() == figures.HEADER) & (month >= 0)
        due = np.where(own & ~np.isin(month, own_months), month, due)
    due = np.where(target & (due < 0) & alone, december, due)
    month = month if has_months else np.where(alone & ~target, december, month)
    dated = (pl.Series(name, part, dtype=pl.Int32) for name, part in (("due", due), ("month", month)))
    return figures.with_parts(table, *dated)
