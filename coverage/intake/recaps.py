"""Which files go the way of clean long tables, and what do all others hold?

A clean long table has one line of headers that are all known and used; it is read as typed columns. Everything else is
given an address figure by figure (`layout`), and comes out as the same rows, problems and account.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial

import polars as pl

from coverage.base import tables
from coverage.base.errors import FileRefused
from coverage.intake import dialect, figure_account, heads, names
from coverage.intake.chunks import Text
from coverage.intake.dialect import Dialect
from coverage.intake.headers import Header
from coverage.intake.layout import (
    assembly,
    blocks,
    long_form,
    recap,
    refusal,
    regions,
    shown,
    texts_of_lines,
    vocabulary,
)
from coverage.intake.layout.blocks import KEYS
from coverage.intake.layout.figures import with_parts
from coverage.intake.layout.grid import FIGURE, NO_VALUE, Grid, cell_of, of_sheet
from coverage.intake.layout.recap import Recap
from coverage.intake.layout.shown import SheetShown
from coverage.intake.lines import Lines
from coverage.intake.mapping import NOTHING, FileMap, Said
from coverage.intake.problem_rows import problem
from coverage.intake.rows import Rows
from coverage.intake.sheets import Sheet

_FEW, _HEAD = 5_000, 256 * 1024
_TELLING = ("unit", "kind", "span", "version", "programme", "foreign")
_MEANT = ("measure", "kind", "segment", "share", "gender", "funding", "programme", "foreign")


TARGETS = assembly.TARGETS


@dataclass(frozen=True, kw_only=True)
class Whole:
    """A file to be laid out: its name, its folder's, the number of its first sheet, and whether somebody insists."""

    label: str
    folder: str
    first: int
    forced: bool = False
    answers: Said = NOTHING
    maps: tuple[FileMap, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SheetRead:
    """A sheet that was laid out: its name, the line of its first header, what its headers were taken for, and how it
    is shown."""

    label: str
    header_line: int
    mapping: str
    shown: SheetShown


@dataclass(frozen=True, kw_only=True)
class LaidOut:
    """What a file of any layout holds, its sheets numbered from `Whole.first` on; `alone` is its refusal where no other
    file tells the active members of its figures."""

    stem: str
    separator: str
    sheets: tuple[SheetRead, ...]
    result: Rows
    targets: pl.DataFrame
    origins: pl.DataFrame
    regions: pl.DataFrame
    recap: Recap
    account: pl.DataFrame
    alone: FileRefused | None = None
    first: int = 0

    def has(self, files: pl.Series) -> bool:
        """Say whether one of these numbers is that of a sheet of this file."""
        return bool(files.is_between(self.first, self.first + len(self.sheets) - 1).any())


def find_plain(content: Text) -> tuple[bool, Dialect | None]:
    """Say whether a text is a clean long table, or nothing that a layout could help; and how it is written, where its
    headers are known."""
    try:
        plain = heads.find(content, file="")
    except FileRefused as error:
        nothing = error.code == "binary_file" or (
            error.code == "person_level" and sum(text.lines for text in content) > _FEW
        )
        return nothing, None
    above: list[list[str]] = []
    if plain.header_line > 1:
        head = content[0].content[:_HEAD].decode("utf-8", errors="replace").split("\n")[: plain.header_line - 1]
        above = texts_of_lines.rows(head, plain.separator)
    return is_plain(plain.header, above), plain


def is_plain_sheet(sheet: Sheet, numbered: Callable[[], Grid]) -> bool:
    """Say whether a sheet is a clean long table, or has no figures that a layout could give a meaning; `numbered`
    returns it by the numbers of its texts."""
    try:
        plain = dialect.find_in_cells(sheet.cells, file="")
    except FileRefused as error:
        if error.code == "person_level":
            return len(sheet.cells) > _FEW
        return not blocks.tables_of(numbered())
    wide = [span for span in sheet.merged if span[0] >= plain.header_line - 1]
    return not wide and is_plain(plain.header, sheet.cells[: plain.header_line - 1])


def of_text(content: Text, whole: Whole) -> LaidOut | Dialect:
    """Read a text of any layout; where it is a clean long table, say only how it is written; raise `FileRefused`."""
    plain, written = find_plain(content)
    if plain and not whole.forced and whole.answers.empty:
        return written or heads.find(content, file=whole.label)
    body = b"".join(text.content for text in content).decode("utf-8", errors="replace").replace("\0", "\ufffd")
    cells, separator = texts_of_lines.cells(body)
    sheet = Sheet(name="", hidden=False, cells=cells, merged=())
    try:
        laid = _read([of_sheet(sheet)], whole, separator)
        if plain and laid.alone is not None and whole.answers.empty:
            raise laid.alone
        return laid
    except FileRefused as error:
        if plain and error.code != "person_level":
            return written or heads.find(content, file=whole.label)  # the plain way says more of it
        if error.code == "header_not_understood":
            dialect.find(content, file=whole.label)  # it may say more: a list of persons, no text at all
        raise


def of_sheets(sheets: Sequence[Sheet], whole: Whole) -> LaidOut | None:
    """Read the sheets of a workbook of any layout; nothing where all are clean long tables. Hidden ones are often older
    copies, which nobody sees who sends the file."""
    seen = [sheet for sheet in sheets if not sheet.hidden]
    numbered = cache(lambda at: of_sheet(_split(seen[at])))  # once, for both ways
    plain = all(is_plain_sheet(sheet, partial(numbered, at)) for at, sheet in enumerate(seen))
    if plain and not whole.forced and whole.answers.empty:
        return None
    try:
        laid = _read([numbered(at) for at in range(len(seen))], whole, "")
        if plain and laid.alone is not None and whole.answers.empty:
            raise laid.alone
    except FileRefused as error:
        if plain and error.code != "person_level":
            return None
        raise
    hidden = [problem("sheet_hidden", "note", file=[whole.first], value=sheet.name) for sheet in sheets if sheet.hidden]
    laid.result.problems.extend(hidden)
    return laid


def _split(sheet: Sheet) -> Sheet:
    """Read a sheet whose only column holds lines of text as that text."""
    if not sheet.cells or any(cell for row in sheet.cells for cell in row[1:]):
        return sheet
    cells, _ = texts_of_lines.cells("\n".join(row[0] if row else "" for row in sheet.cells))
    return Sheet(name=sheet.name, hidden=False, cells=cells, merged=())


def targets_of(result: Rows, header: Header) -> pl.DataFrame:
    """One row per target that stands in a column of a clean long table."""
    table = result.rows
    if "stated_target" not in table.columns or not table["stated_target"].drop_nulls().len():
        return pl.DataFrame(schema=TARGETS)
    fields = [field is not None and field.column == "stated_target" for field in header.fields]
    column = next((cell.strip() for cell, is_target in zip(header.cells, fields, strict=True) if is_target), "")
    measures = pl.DataFrame({"measure": pl.Series([0], dtype=pl.Int32)})
    given = table.filter(pl.col("stated_target").is_not_null()).select(
        place=pl.col("branch").cast(pl.Int32),
        segment=pl.col("segment").cast(pl.Int32),
        month=pl.col("month").cast(pl.Int32),
        due=pl.lit(-1, dtype=pl.Int32),
        number=pl.col("stated_target"),
        kind=pl.lit(long_form.TARGET, dtype=pl.Int32),
        measure=pl.lit(measures["measure"][0], dtype=pl.Int32),
        file=pl.col("file"),
        line=pl.col("line"),
    )
    dated = long_form.targets(given)
    return dated.select(
        branch=pl.Series(result.spellings, dtype=pl.String).gather(dated["place"]),
        segment=pl.Series([long_form.segment_name(segment) for segment in dated["segment"].to_list()], dtype=pl.String),
        by=pl.date(pl.col("by") // 12, pl.col("by") % 12 + 1, 1),
        measure=pl.col("name"),
        value=pl.col("number").cast(pl.Float64),
        file=pl.col("file").cast(pl.Int32),
        line=pl.col("line"),
        column=pl.lit(column),
    ).unique(["branch", "segment", "by", "measure", "value"], keep="first", maintain_order=True)


def targets(blocks_: Sequence[Lines | LaidOut], results: Sequence[Rows], labels: pl.Series) -> tables.FileTargets:
    """One row per target that stands in the files themselves."""
    given = [
        block.targets if isinstance(block, LaidOut) else targets_of(result, block.header)
        for block, result in zip(blocks_, results, strict=True)
    ]
    given = [frame for frame in given if frame.height]
    if not given:
        return pl.DataFrame(schema=tables.FILE_TARGETS)
    every = pl.concat(given)
    return with_parts(every, labels[every["file"].to_numpy()].alias("file"))[list(tables.FILE_TARGETS)]


def origins(blocks_: Sequence[Lines | LaidOut], labels: pl.Series) -> pl.DataFrame:
    """One row per figure of the files that were laid out: what it is, in which file or sheet, in which cell."""
    given = [block.origins for block in blocks_ if isinstance(block, LaidOut)]
    if not given:
        return pl.DataFrame(schema=shown.ORIGINS | {"file": pl.String()})
    every = pl.concat(given)
    return with_parts(every, labels[every["file"].to_numpy()].alias("file"))


def regions_of(blocks_: Sequence[Lines | LaidOut], labels: pl.Series) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """One row per place of which the files say its region, and what is to be told: where a file says another region
    than the file before, it goes before that."""
    known: dict[str, tuple[str, str, int]] = {}
    notes = []
    for block in (block for block in blocks_ if isinstance(block, LaidOut)):
        for branch, region in block.regions.iter_rows():
            key = tables.branch_key(branch)
            _, other, file = known.get(key, (branch, region, block.first))
            if tables.branch_key(other) != tables.branch_key(region):
                contradiction = {"region": region, "other": other, "other_file": labels[file]}
                details = json.dumps(contradiction, ensure_ascii=False)
                notes.append(problem("region_differs", "warning", file=[block.first], value=branch, details=details))
            known[key] = branch, region, block.first
    rows = [(branch, region) for branch, region, _ in known.values()]
    return pl.DataFrame(rows, schema=regions.SCHEMA, orient="row"), notes


def is_plain(header: Header, above: Sequence[Sequence[str]]) -> bool:
    """Say whether a table with this complete header is a clean long one, all of whose words are known and used."""
    columns = {field.column for field in header.fields if field is not None}
    unused = [cell for cell in header.unused if not _is_idle(cell) and cell not in header.twice]
    if any(_is_meant(cell) for cell in unused) or ("branch" not in columns and unused):
        return False
    if any(
        field is not None and field.column == "lapsed" and vocabulary.read(cell).get("measure") == "inactive"
        for field, cell in zip(header.fields, header.cells, strict=True)
    ):
        return False
    return not any(_tells(row) for row in above)


def _is_idle(cell: str) -> bool:
    reading = vocabulary.read(cell)
    return reading.get("role") == "ignore" or bool(reading.get("derived"))


def _is_meant(cell: str) -> bool:
    """Say whether a header that the plain way does not use has a meaning that matters."""
    reading = vocabulary.read(cell)
    if reading.rest and not reading.get("role"):
        return False
    return (
        reading.get("role") in (*KEYS, "company", "value")
        or any(reading.get(facet) for facet in _MEANT)
        or reading.time is not None
    )


def _tells(row: Sequence[str]) -> bool:
    """Say whether a line above the headers tells of units, targets and the like, or is a header itself."""
    filled = [cell for cell in row if cell.strip()]
    readings = [vocabulary.read(cell) for cell in filled]
    readings = [reading for reading in readings if not reading.is_prose and not reading.get("note")]
    if any(reading.get(facet) or facet in reading.several for reading in readings for facet in _TELLING):
        return True
    if len(filled) >= 2 and sum(reading.known and not reading.get("role") for reading in readings) >= 2:
        return True
    return any(reading.get("measure") not in ("", "active") for reading in readings)


def may_be_laid_out(results: Sequence[Rows]) -> set[int]:
    """Return the numbers of the files in which the plain way met a cell that a layout explains."""
    files: set[int] = set().union(*(result.blank_keys for result in results))
    for frame in (problems for result in results for problems in result.problems):
        if not any((frame["code"] == sign).any() for sign in _SIGNS):
            continue
        odd = frame.filter(pl.col("code").is_in(list(_SIGNS))).select("file", "code", "value").unique()
        files |= {int(file) for file, code, value in odd.iter_rows() if _SIGNS[code](str(value or ""))}
    return files


def _is_segment(value: str) -> bool:
    return bool(vocabulary.read(value).get("segment"))


def _is_caption(value: str) -> bool:
    reading = vocabulary.read(value)
    return (
        reading.known
        and not reading.get("note")
        and any(reading.get(facet) for facet in ("segment", "measure", "kind", "unit"))
    )


def _is_figure(value: str) -> bool:
    cell = cell_of(value)
    return cell.kind == NO_VALUE or (cell.kind == FIGURE and (cell.size > 1 or cell.figure != value.strip()))


def _is_time(value: str) -> bool:
    reading = vocabulary.read(value)
    return (reading.time is not None and not reading.rest) or reading.get("role") in KEYS


_SIGNS: dict[str, Callable[[str], bool]] = {
    "segment_unknown": _is_segment,
    "number_unreadable": _is_figure,
    "month_unreadable": _is_time,
    "text_line": _is_caption,
    "header_elsewhere": lambda _: True,
}


def _read(grids: Sequence[Grid], whole: Whole, separator: str) -> LaidOut:
    """Read a file of any layout; raise `FileRefused` where nothing of it can be used before somebody answers."""
    stem = names.stem(whole.label)
    laid = recap.read_recap(
        grids, label=whole.label, stem=stem, folder=whole.folder, answers=whole.answers, maps=whole.maps
    )
    if not laid.is_used:  # in a large table of another subject all that follows is in vain
        raise refusal.refused(laid, whole.label)
    assembled = assembly.assemble(laid, first=whole.first, answered=whole.answers.flows)
    alone = None
    if not assembled.result.rows.height and not assembled.targets.height:
        alone = refusal.refused(laid, whole.label)
        if not assembled.result.partial.height:
            raise alone
    read = []
    for at, sheet in enumerate(shown.of_recap(laid, whole.label)):
        read.append(
            SheetRead(label=sheet.label, header_line=header_line(laid, at), mapping=mapping(laid, at), shown=sheet)
        )
    passed = [problem("sheet_not_read", "note", file=[whole.first], value=sheet.name) for sheet in laid.without_figures]
    assembled.result.problems.extend(passed)
    return LaidOut(
        stem=stem,
        separator=separator,
        sheets=tuple(read),
        result=assembled.result,
        targets=assembled.targets,
        origins=shown.origins(laid, first=whole.first),
        regions=regions.of_places(laid.figures, laid.places, laid.regions),
        recap=laid,
        account=figure_account.of_recap(laid, first=whole.first),
        alone=alone,
        first=whole.first,
    )


def header_line(laid: Recap, sheet: int) -> int:
    lines = [table.block.headers[-1] + 1 for table in laid.tables if table.sheet == sheet and table.block.headers]
    return min(lines, default=0)


def mapping(laid: Recap, sheet: int) -> str:
    """Return what each header of a sheet was taken for, as JSON."""
    pairs: dict[str, str | None] = {}
    states = {(meaning.block, meaning.column): meaning for meaning in laid.meanings}
    for number, table in enumerate(laid.tables):
        if table.sheet != sheet:
            continue
        for column in table.columns:
            if column.path.shown:
                state = states.get((number, column.at))
                pairs.setdefault(column.path.shown, assembly.describe(column, state))
    return json.dumps(pairs, ensure_ascii=False)
