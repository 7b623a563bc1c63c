"""How is each handed-in file written, and which lines of cells does it hold?

Files in, blocks of lines out: those of one shape together, each sheet for itself, and what was laid out as it came.
"""

from __future__ import annotations

import dataclasses
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

import numpy as np
import polars as pl

from coverage.base import tables
from coverage.base.errors import FileRefused
from coverage.base.settings import Settings
from coverage.intake import chunks, dialect, hand_in, lines, mapping, months, names, recaps, salvage, sheets
from coverage.intake.chunks import Pieces, Text
from coverage.intake.dialect import Dialect
from coverage.intake.finding import Handed
from coverage.intake.headers import Header
from coverage.intake.layout import shown, texts_of_lines
from coverage.intake.layout.shown import SheetShown
from coverage.intake.lines import Lines, Part
from coverage.intake.mapping import FileMap
from coverage.intake.problem_rows import problem
from coverage.intake.recaps import LaidOut

_HEAD_BYTES = 64 * 1024  # far more than the lines that are shown


@dataclass(frozen=True, kw_only=True)
class File:
    """A file or sheet: how it is called, how it is written and what its headers mean."""

    label: str
    stem: str
    encoding: str
    dialect: Dialect
    content: Pieces = dataclasses.field(default=(), repr=False)
    mapping: str = ""
    head: Sequence[Sequence[str]] = ()
    shown: SheetShown | None = None


def opened(
    sources: Sequence[Path | Handed],
    settings: Settings,
    *,
    persons: bool = False,
    refused: list[FileRefused] | None = None,
    laid_out: frozenset[str] = frozenset(),
    maps: Sequence[FileMap] = (),
    known: Known | None = None,
) -> tuple[list[File], list[Lines | LaidOut], list[pl.DataFrame]]:
    """Open every file and split its lines into cells; what cannot be opened goes to `refused`, else it is raised.

    With `persons`, a file has to be a list of persons; without, it must be none. `known` are files that were opened
    before, and keeps those that are opened now: a file of hundreds that has to be looked at again costs the others
    nothing.
    """
    known = {} if known is None else known
    files: list[File] = []
    parts: list[Part] = []
    held: list[Lines | LaidOut] = []
    problems: list[pl.DataFrame] = []
    closed: list[FileRefused] = []
    for source, label in zip(sources, labels(sources), strict=True):
        try:
            whole = recaps.Whole(
                label=label,
                folder=source.parent.name if isinstance(source, Path) else "",
                first=len(files),
                forced=label in laid_out,
                answers=mapping.said_of(maps, label),
                maps=tuple(maps),
            )
            key = (label, whole.first, whole.forced)
            inside = known.get(key) or _opened(source, whole, settings, persons)
            if not any(isinstance(body, list) for _, body, _ in inside):  # the cells of sheets would take much room
                known[key] = inside
            for file, body, notes in inside:
                number = len(files)
                files.append(file)
                problems += [note.with_columns(file=pl.lit(number, dtype=pl.Int32)) for note in notes]
                if isinstance(body, LaidOut):
                    held += [] if any(body is held_body for held_body in held) else [body]
                elif isinstance(body, tuple):
                    parts.append(Part(file=number, pieces=body, dialect=file.dialect, label=file.label))
                else:
                    held.append(_sheet_lines(number, body, file.dialect))
        except FileRefused as error:
            closed.append(error)
    if closed and refused is None:
        raise hand_in.first_of(closed)
    if refused is not None:
        refused.extend(closed)
    hand_in.tell(None)
    return files, [block for group in _grouped(parts) for block in _lines(group, persons)] + held, problems


def _lines(group: list[Part], persons: bool) -> list[Lines]:
    """Return the lines of files of one shape, with what can be saved of those that are broken."""
    blocks = lines.read_lines(group)
    return blocks if persons else [salvage.saved(block, group) for block in blocks]


def labels(sources: Sequence[Path | Handed]) -> list[str]:
    """Return each file's name; where two have the same, the path from the folder that they share."""
    labels = [source.name for source in sources]
    if len(set(labels)) == len(labels):
        return labels
    paths = [source.as_posix() if isinstance(source, Path) else source.name for source in sources]
    shared = len(Path(paths[0]).parts)
    for path in paths:
        both = zip(Path(paths[0]).parent.parts, Path(path).parent.parts, strict=False)
        shared = min(
            shared, next((at for at, (pair, two) in enumerate(both) if pair != two), len(Path(path).parts) - 1)
        )
    labels = [Path(*Path(path).parts[shared:]).as_posix() for path in paths]
    seen: dict[str, int] = defaultdict(int)
    for at, label in enumerate(labels):
        seen[label] += 1
        if seen[label] > 1:  # two uploads of one name
            labels[at] = f"{label} ({seen[label]})"
    return labels


_Opened = tuple[File, Text | list[list[str]] | LaidOut, list[pl.DataFrame]]
Known: TypeAlias = dict[tuple[str, int, bool], list[_Opened]]
"""What was found in files, by their labels, the number of their first sheet, and whether their layout is looked at."""


def _opened(source: Path | Handed, whole: recaps.Whole, settings: Settings, persons: bool) -> list[_Opened]:
    content = hand_in.content(source, whole.label, settings)
    book = sheets.holds(content[0], name=whole.label)
    inside = _sheets(b"".join(content), whole, settings, persons) if book else _text(content, whole, persons)
    return [(replace(file, content=content), body, notes) for file, body, notes in inside]


def _text(content: Pieces, whole: recaps.Whole, persons: bool) -> Iterator[_Opened]:
    label = whole.label
    text = dialect.text(content, file=label)
    laid = dialect.find_persons(text.pieces, file=label) if persons else recaps.of_text(text.pieces, whole)
    if isinstance(laid, LaidOut):
        notes = [] if text.foreign_line is None else [problem("windows_1252", "note", file=[0], line=text.foreign_line)]
        yield from _laid_out(laid, text.encoding, notes)
        return
    understood = laid
    notes = _notes(understood.header, persons)
    if understood.mended:
        shown_cells = dialect.shown(understood.header.cells)
        notes.append(problem("header_mended", "warning", file=[0], line=understood.header_line, value=shown_cells))
    if text.foreign_line is not None:
        notes.append(problem("windows_1252", "note", file=[0], line=text.foreign_line))
    head = () if persons else _head_of_text(text.pieces, understood)
    file = File(label=label, stem=names.stem(label), encoding=text.encoding, dialect=understood, head=head)
    yield file, text.pieces, notes


def _head_of_text(pieces: Text, understood: Dialect) -> list[list[str]]:
    """Return the first lines of a text as cells, to be shown."""
    most = understood.header_line + shown.FIRST
    parts = pieces[0].content[:_HEAD_BYTES].split(b"\n", most)
    first = b"\n".join([*parts[:most], b""] if len(parts) > most else parts)
    return texts_of_lines.rows(first.decode("utf-8", errors="replace").splitlines()[:most], understood.separator)


def _laid_out(body: LaidOut, encoding: str = "", notes: list[pl.DataFrame] | None = None) -> Iterator[_Opened]:
    """Yield each sheet of a file that was laid out; all have the same body."""
    for sheet in body.sheets:
        header = Header(cells=(), fields=(), missing=(), twice=(), personal=(), understood=0)
        understood = Dialect(separator=body.separator, header_line=sheet.header_line, header=header)
        file = File(
            label=sheet.label,
            stem=body.stem,
            encoding=encoding,
            dialect=understood,
            mapping=sheet.mapping,
            shown=sheet.shown,
        )
        yield file, body, (notes or []) if sheet is body.sheets[0] else []


def _sheets(content: bytes, whole: recaps.Whole, settings: Settings, persons: bool) -> Iterator[_Opened]:
    """Yield each sheet that has headers; the others are noted with the first."""
    label = whole.label
    if not content.strip():
        raise FileRefused("empty_file", file=label)
    passed_over: list[pl.DataFrame] = []
    refused: FileRefused | None = None
    ready: list[_Opened] = []
    limits = sheets.Limits(unpacked=settings.whole("unpacked_limit_bytes"), cells=settings.whole("cells_limit"))
    every = list(sheets.read(content, file=label, limits=limits))
    laid = None if persons else recaps.of_sheets(every, whole)
    if laid is not None:
        yield from _laid_out(laid)
        return
    for sheet in every:
        if sheet.hidden:  # often an older copy: nobody who sends the file sees it
            passed_over.append(problem("sheet_hidden", "note", file=[0], value=sheet.name))
            continue
        name = f"{label}#{sheet.name}"
        try:
            understood, cells = _sheet_dialect(sheet.cells, name, persons)
        except FileRefused as error:
            if error.code in ("person_level", "persons_without_segment"):
                raise
            refused = refused or (error if error.code != "empty_file" else None)
            passed_over.append(problem("sheet_not_read", "note", file=[0], value=sheet.name))
            continue
        head = () if persons else sheet.cells[: understood.header_line + shown.FIRST]
        file = File(label=name, stem=names.stem(label), encoding="", dialect=understood, head=head)
        beside = _unnamed(cells, understood) if isinstance(cells, list) and not persons else []
        ready.append((file, cells, _notes(understood.header, persons) + beside))
    if not ready:
        raise refused or FileRefused("empty_file", file=label)
    ready, unnamed = _branch_sheets(ready, label, settings)
    passed_over += [problem("sheet_without_branch", "warning", file=[0], value=title) for title in unnamed]
    for at, (file, body, notes) in enumerate(ready):
        yield file, body, notes if at else notes + passed_over


def _branch_sheets(ready: list[_Opened], label: str, settings: Settings) -> tuple[list[_Opened], list[str]]:
    """Let a sheet for each branch name its branch; also return the titles of those that then stand for nobody.

    That is meant where at least two sheets without a column of branches have titles that may be branches'. Others
    without one (`Rekap`) are left out: they would be a branch of the file's name, with everybody's workers once more.
    """
    named, unnamed = {}, []
    for at, (file, body, notes) in enumerate(ready):
        title = file.label.removeprefix(f"{label}#")
        if any(field is not None and field.column == "branch" for field in file.dialect.header.fields):
            continue
        if _may_be_branch(title, settings):
            named[at] = (replace(file, stem=title.replace("_", " ")), body, notes)
        else:
            unnamed.append((at, title))
    if len(named) < 2:
        return ready, []
    left_out = {at for at, _ in unnamed}
    kept = [named.get(at, kept_file) for at, kept_file in enumerate(ready) if at not in left_out]
    return kept, [title for _, title in unnamed]


_NO_BRANCH = re.compile(
    r"(?:sheet|lembar|tabel|table|data|rekap|total|jumlah|jml|tahun|year|tw|triwulan|kuartal|quarter|semester|bulan|month"
    r"|realisasi|rencana|target|capaian|nasional|kanwil)(?:[\W_\d].*)?|rekapitulasi.*",
    re.IGNORECASE,
)


def _may_be_branch(title: str, settings: Settings) -> bool:
    """Say whether a sheet's title may name a branch: no number, no month, no segment, none of a program's own names."""
    letters = sum(letter.isalpha() for letter in title)
    segments = {
        tables.plain(word) for segment in settings.segments for word in (segment.name, segment.code, *segment.synonyms)
    }
    return (
        letters >= 3
        and months.read(title) is None
        and months.read(f"{title} 2023") is None  # a month alone
        and tables.plain(title) not in segments
        and not _NO_BRANCH.fullmatch(title.strip())
    )


def _sheet_dialect(cells: list[list[str]], name: str, persons: bool) -> tuple[Dialect, Text | list[list[str]]]:
    """Find the headers of a sheet; one whose only column holds lines of text is read as that text."""
    if any(cell for row in cells for cell in row[1:]) or not cells:
        return (dialect.find_persons_in_cells if persons else dialect.find_in_cells)(cells, file=name), cells
    body = chunks.looked_through(("\n".join(row[0] if row else "" for row in cells).encode(),))
    return (dialect.find_persons if persons else dialect.find)(body, file=name), body


def _notes(header: Header, persons: bool) -> list[pl.DataFrame]:
    notes = []
    if header.twice:
        notes += [problem("column_twice", "warning", file=[0], column=cell.strip()) for cell in header.twice]
    if persons:  # what else stands in their columns is nobody's business
        return notes
    unused = tuple(cell for cell in header.unused if cell not in header.twice)
    stated = {field.column: cell for cell, field in zip(header.cells, header.fields, strict=True) if field is not None}
    if "stated_target" in stated:
        notes.append(problem("target_compared", "note", file=[0], column=stated["stated_target"].strip()))
    elif "stated_attainment" in stated:
        notes.append(problem("attainment_alone", "note", file=[0], column=stated["stated_attainment"].strip()))
    alone = [] if "eligible" in stated else ["stated_coverage"]
    alone += [] if "eligible" in stated and "stated_target" in stated else ["stated_share"]
    for field in alone:
        if field in stated:
            notes.append(problem("percentage_alone", "note", file=[0], column=stated[field].strip()))
    if unused:
        notes.append(problem("columns_not_used", "note", file=[0], value=dialect.shown(unused)))
    return notes


def _unnamed(cells: list[list[str]], understood: Dialect) -> list[pl.DataFrame]:
    """Note the first cell of a sheet that stands beside a row, in a column without a header: nobody reads it."""
    named = [bool(cell) for cell in understood.header.cells]  # a sheet's rows are all as long as its headers
    if all(named):
        return []
    for line, row in enumerate(cells[understood.header_line :], start=understood.header_line + 1):
        beside = [cell.strip() for cell, has_name in zip(row, named, strict=False) if not has_name]
        if any(beside) and any(cell for cell, has_name in zip(row, named, strict=False) if has_name):
            value = next(cell for cell in beside if cell)
            return [problem("cell_without_header", "note", file=[0], line=line, value=value)]
    return []


def _sheet_lines(number: int, cells: list[list[str]], understood: Dialect) -> Lines:
    width = len(understood.header.cells)
    below, broken, mended = salvage.of_sheet(cells[understood.header_line :], understood.header)
    text = dict.fromkeys(map(str, range(width)), pl.String())
    frame = pl.DataFrame(below, schema=text, orient="row")
    blank = frame.select(pl.all_horizontal(pl.all().str.strip_chars() == "")).to_series().to_numpy().copy()
    return Lines(
        header=understood.header,
        cells=frame.cast(dict(lines.schema(understood.header).items())),
        file=np.full(frame.height, number, dtype=np.int32),
        line=np.arange(frame.height) + understood.header_line + 1,
        blank=blank,
        broken=broken,
        mended=mended,
    )


def _grouped(parts: list[Part]) -> list[list[Part]]:
    """Put files of the same headers and separator together: one scan for all of them."""
    groups: dict[object, list[Part]] = defaultdict(list)
    for part in parts:
        groups[part.dialect.header.cells, part.dialect.separator].append(part)
    return list(groups.values())
