"""What does a file of any layout hold: rows, targets, problems, and where did each line and figure go?

Sheets in, a `Recap` out. Every sheet is read with what the others of its file prove: a year alone stands at December
only where nothing of the same file has months.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

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
        return (
            self.figures.height > 0
            and not self.figures.filter(pl.col("fate") == "", pl.col("number").is_not_null()).is_empty()
        )


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
    recap.figures = figures.joined(
        chunks, [pl.Series([cell.figure for cell in grid.cells], dtype=pl.String) for grid in recap.grids]
    )
    _one_number_a_place(recap)
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


def _one_number_a_place(recap: Recap) -> None:
    """Give spellings of one place one number, and each of several places of one name a number and a name of its own."""
    keys_: dict[str, int] = {}
    numbers = [keys_.setdefault(tables.branch_key(name), len(keys_)) for name in recap.places]
    spelled = recap.figures["place"]
    key = pl.Series(numbers, dtype=pl.Int32) if numbers else pl.Series([], dtype=pl.Int32)
    placed = spelled.replace(-1, None)
    numbered = recap.figures.with_columns(spelling=spelled, place=key.gather(placed).fill_null(-1).cast(pl.Int32))
    located, recap.regions = regions.with_regions(numbered, recap.grids)
    recap.figures, recap.places, recap.parted = regions.told_apart(located, recap.places, recap.regions)


def _settled(recap: Recap) -> Figures:
    """Decide the fate of each figure: "" is used, all else says why not."""
    table = meaning.assumed(recap.figures, recap.meanings)
    table = _dated(recap, table)
    table = amounts.with_numbers(table).with_columns(
        sum_of=pl.lit(None, dtype=pl.Int64),
        mean_of=pl.lit(None, dtype=pl.Float64),
        last_of=pl.lit(None, dtype=pl.Int64),
        over=pl.lit(None, dtype=pl.String),
    )
    wrong = pl.col("code").is_in(amounts.ERRORS)
    fate = (
        pl.when(pl.col("derived") & (pl.col("state") != meaning.UNCLEAR))
        .then(pl.lit("share"))
        .when(pl.col("state").is_in([meaning.SHARE, meaning.UNUSED, meaning.UNCLEAR]))
        .then("state")
        .when(pl.col("measure") == MEASURES.index("inactive"))
        .then(pl.lit("inactive"))
        .when(pl.col("text") == "")
        .then(pl.lit("empty"))
        .when(wrong)
        .then(pl.lit("wrong"))
        .when(pl.col("unread"))
        .then(pl.lit("unread"))
        .when(pl.col("number") < 0)
        .then(pl.lit("negative"))
        .when((pl.col("number") == 0) & (pl.col("measure") == MEASURES.index("eligible")))
        .then(pl.lit("zero"))
        .otherwise(pl.lit(""))
    )
    table = table.with_columns(fate=fate)
    kind = (
        pl.when((pl.col("kind") < 0) & (fate == "")).then(0).otherwise("kind").cast(pl.Int32)
    )  # said or not, it is actual
    table = since_january.settle(table.with_columns(kind=kind, since=pl.lit(False)))
    table = totals.versions(table)
    table = totals.set_apart(table)
    programmes = pl.col("programme") >= 0
    open_ = pl.col("fate") == ""
    target = pl.col("kind") == VALUES["kind"].index("target")
    return table.with_columns(
        fate=pl.when(open_ & programmes)
        .then(pl.lit("programme"))
        .when(open_ & pl.col("total") & ((pl.col("place") < 0) | (pl.col("segment") < 0)))
        .then(pl.lit("sum"))
        .when(open_ & (pl.col("month") < 0) & (pl.col("due") < 0))
        .then(pl.lit("no_month"))
        .when(open_ & (pl.col("place") < 0))
        .then(pl.lit("no_place"))
        .when(open_ & ~target & (pl.col("month") < 0))
        .then(pl.lit("no_month"))
        .otherwise("fate")
    )


def _dated(recap: Recap, table: Figures) -> Figures:
    """Let a year alone stand at December where nothing of the file has months; a target's year is its December."""
    target = pl.col("kind") == VALUES["kind"].index("target")
    counted = pl.col("state").is_in([meaning.READ, meaning.ASSUMED]) & ~pl.col("derived")
    has_months = table.filter(counted & ~target & ((pl.col("month") >= 0) | (pl.col("of_year") > 0))).height > 0
    alone = (pl.col("month") < 0) & (pl.col("year") > 0) & (pl.col("of_year") == 0)
    recap.years_at_december = not has_months and table.filter(alone & ~target & counted).height > 0
    december = pl.col("year") * 12 + 11
    own_months = table.filter(counted & ~target & (pl.col("month") >= 0))["month"].unique()
    # A target below a month of its own, of which nothing else is told, is due then.
    own = target & (pl.col("due") < 0) & (pl.col("from_month") == figures.HEADER) & (pl.col("month") >= 0)
    own = own & pl.lit(len(own_months) > 0) & ~pl.col("month").is_in(own_months.implode())
    table = table.with_columns(due=pl.when(own).then("month").otherwise("due"))
    return table.with_columns(
        due=pl.when(target & (pl.col("due") < 0) & alone).then(december).otherwise("due").cast(pl.Int32),
        month=(pl.col("month") if has_months else pl.when(alone & ~target).then(december).otherwise("month")).cast(
            pl.Int32
        ),
    )
