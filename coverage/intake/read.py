"""Which rows do the handed-in files hold, what is wrong with them, and where did each line go?

Files in, the canonical table, the problems and the account of every line out. A bad file is never half-read: it is
refused as a whole (`FileRefused`); a bad line is a row of `Problems`.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import xxhash
from numpy.typing import NDArray

from coverage.base import tables
from coverage.base.errors import FileRefused
from coverage.base.settings import Settings
from coverage.base.tables import BranchMonths, FilesRead, FileTargets, Problems
from coverage.intake import (
    checks,
    chunks,
    dialect,
    doubts,
    hand_in,
    heads,
    lines,
    mapping,
    months,
    names,
    recaps,
    rows,
    salvage,
    sheets,
    sums,
)
from coverage.intake.chunks import Pieces, Text
from coverage.intake.dialect import Dialect
from coverage.intake.finding import Companion, Handed, find, in_order, others
from coverage.intake.hand_in import HandedIn
from coverage.intake.headers import Header
from coverage.intake.layout import shown, texts_of_lines
from coverage.intake.layout.shown import ORIGINS, SheetShown
from coverage.intake.lines import Lines, Part
from coverage.intake.mapping import FileMap
from coverage.intake.recaps import LaidOut
from coverage.intake.rows import Named, Rows, Whole

__all__ = ["Companion", "File", "Handed", "Intake", "find", "in_order", "opened", "others", "read"]


_HEAD_BYTES = 64 * 1024  # far more than the lines that are shown


@dataclass(frozen=True, kw_only=True)
class Intake:
    """What the files hold: one row per branch, segment and month; what is wrong; where each line went.

    `fingerprint` is the same for the same contents, in whatever order they came, and another for others. `refused` are
    the files that could not be read (each is a row of `problems` too), `companions` those that say something about the
    tables.
    """

    table: BranchMonths
    problems: Problems
    files: FilesRead
    fingerprint: str
    refused: tuple[FileRefused, ...] = ()
    companions: tuple[Companion, ...] = ()
    targets: FileTargets = dataclasses.field(default_factory=lambda: pl.DataFrame(schema=tables.FILE_TARGETS))
    sheets: tuple[SheetShown, ...] = ()
    origins: pl.DataFrame = dataclasses.field(default_factory=lambda: pl.DataFrame(schema=ORIGINS))


def read(
    sources: Sequence[Path | Handed],
    *,
    settings: Settings,
    strict: bool = False,
    passed_over: Sequence[str] = (),
    refused: Sequence[FileRefused] = (),
) -> Intake:
    """Read all files together; `passed_over` names the files beside them that hold no table, `refused` what is known
    to be unreadable.

    A file that cannot be read is told and costs the others nothing. Raise `FileRefused` where none can be read (it
    names the first, and how many others), and with `strict` for the first that cannot.
    """
    if not sources:
        raise FileRefused("no_files", file="–", found="–")
    handed = hand_in.sorted_out(sources, settings)
    handed.others.extend(passed_over)
    handed.refused.extend(refused)
    tables_of = dict(zip(_labels(handed.tables), handed.tables, strict=True))
    while not (strict and handed.refused):
        known = len(handed.refused)
        try:
            intake = _together(list(tables_of.values()), handed, settings)
            if not (strict and intake.refused):
                return intake
        except FileRefused as error:  # only its rows showed it
            label = str(error.data["file"])
            culprit = next((name for name in tables_of if label == name or label.startswith(f"{name}#")), None)
            if culprit is None or strict or len(tables_of) == 1:
                raise
            del handed.refused[known:], tables_of[culprit]
            handed.refused.append(error)
    raise hand_in.first_of(handed.refused)


def _together(
    sources: Sequence[Path | Handed],
    handed: HandedIn,
    settings: Settings,
    laid_out: frozenset[str] = frozenset(),
) -> Intake:
    """Read the tables; those that are refused are told, or refused where nothing else is left.

    `laid_out` are files whose layout is looked at although their headers are those of a clean long table.
    """
    before = len(handed.refused)
    maps = mapping.of(handed.companions)
    files, blocks, problems = opened(sources, settings, refused=handed.refused, laid_out=laid_out, maps=maps)
    if not files:
        raise handed.nothing()
    of_files = [Named(label=file.label, stem=file.stem) for file in files]
    aside = chunks.threads()  # what follows keeps one core busy; this takes the other
    hashed = aside.submit(_hashes, [file.content for file in files])
    results = [block.result if isinstance(block, LaidOut) else rows.read(block, of_files) for block in blocks]
    met = {files[at].label for at in recaps.may_be_laid_out(results)}
    odd_ones = {
        name for name in _labels(sources) if any(label == name or label.startswith(f"{name}#") for label in met)
    }
    if odd_ones - laid_out:  # what the head of a file did not show
        del handed.refused[before:]
        return _together(sources, handed, settings, laid_out | odd_ones)
    problems += [problem for result in results for problem in result.problems]
    table, rank, branches, notes = _joined(results)
    named = aside.submit(_public, table, files, branches)  # nearly always the rows that are kept, in their order
    labels = pl.Series([file.label for file in files], dtype=pl.String)
    kept, order, steps, more = _in_order(table, rank, labels)
    kept, summed, sum_notes = sums.without(kept, branches)
    kept, doubted = doubts.settle(kept, {pair for result in results for pair in result.believed})
    if summed.height:
        kept, order, steps, _ = _in_order(kept, rank, labels)
    more += [*sum_notes, *doubted]
    active = kept["active"] if order is None else kept["active"].gather(order)
    calm = checks.is_calm(pl.DataFrame({"active": active, checks.STEP: steps}), settings=settings)
    public = named.result() if kept is table else _public(kept, files, branches)
    public = (public if order is None else public[order]).with_columns(pl.Series(checks.STEP, steps))
    odd = checks.run(public, settings=settings, headers=_headers(files), calm=calm)
    hashes = hashed.result()
    account = _account(files, blocks, results, kept, summed).with_columns(xxh128=pl.Series(hashes))
    empty = np.flatnonzero((account["read"] == account["blank"]).to_numpy())
    if len(empty):
        problems.append(rows.problem("no_lines", "warning", file=empty.astype(np.int32)))
    return Intake(
        table=public.select(*tables.BRANCH_MONTHS),
        problems=_sorted_problems(
            [*problems, *notes, *more], odd, files, hand_in.verdicts(handed.refused, handed.others)
        ),
        files=account.select(*tables.FILES_READ),
        targets=recaps.targets(blocks, results, labels),
        sheets=_shown(files, account),
        origins=recaps.origins(blocks, labels),
        fingerprint=_fingerprint(hashes, maps),
        refused=tuple(handed.refused),
        companions=tuple(handed.companions),
    )


def _fingerprint(hashes: Sequence[str], maps: Sequence[FileMap]) -> str:
    """Return a text that changes with the contents of the files, and with what somebody said of them."""
    said = [one.model_dump_json() for one in maps]
    return xxhash.xxh3_64_hexdigest("".join([*sorted(hashes), *said]).encode())


def _shown(files: Sequence[File], account: pl.DataFrame) -> tuple[SheetShown, ...]:
    """Return each sheet as it is shown; of clean long tables every row that is kept holds a figure."""
    kept = account["kept"].to_list()
    sheets = []
    for file, count in zip(files, kept, strict=True):
        if file.shown is not None:
            sheets.append(file.shown)
            continue
        understood = file.dialect
        sheets.append(shown.of_plain(file.label, file.head, understood.header, understood.header_line, count))
    return tuple(sheets)


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


def _hashes(contents: list[Pieces]) -> list[str]:
    """Return a hash of each file; the sheets of one workbook share theirs.

    XXH3 tells files apart as surely as any hash of 128 bits, in a twentieth of the time of SHA-256. It does not
    withstand somebody who makes two files alike on purpose; there is nothing to gain by that.
    """
    known = {id(content): content for content in contents}
    hashes = {key: _hash(content) for key, content in known.items()}
    return [hashes[id(content)] for content in contents]


def _hash(content: Pieces) -> str:
    hasher = xxhash.xxh3_128()
    for piece in content:
        hasher.update(piece)
    return hasher.hexdigest()


def opened(
    sources: Sequence[Path | Handed],
    settings: Settings,
    *,
    persons: bool = False,
    refused: list[FileRefused] | None = None,
    laid_out: frozenset[str] = frozenset(),
    maps: Sequence[FileMap] = (),
) -> tuple[list[File], list[Lines | LaidOut], list[pl.DataFrame]]:
    """Open every file and split its lines into cells; what cannot be opened goes to `refused`, else it is raised.

    With `persons`, a file has to be a list of persons; without, it must be none.
    """
    files: list[File] = []
    parts: list[Part] = []
    held: list[Lines | LaidOut] = []
    problems: list[pl.DataFrame] = []
    closed: list[FileRefused] = []
    for source, label in zip(sources, _labels(sources), strict=True):
        try:
            content = hand_in.content(source, label, settings)
            book = sheets.holds(content[0], name=label)
            whole = recaps.Whole(
                label=label,
                folder=source.parent.name if isinstance(source, Path) else "",
                first=len(files),
                forced=label in laid_out,
                said=mapping.said_of(maps, label),
                maps=tuple(maps),
            )
            inside = _sheets(b"".join(content), whole, settings, persons) if book else _text(content, whole, persons)
            for file, body, notes in inside:
                number = len(files)
                files.append(replace(file, content=content))
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
    blocks = lines.read(group)
    return blocks if persons else [salvage.saved(block, group) for block in blocks]


def _labels(sources: Sequence[Path | Handed]) -> list[str]:
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


def _text(content: Pieces, whole: recaps.Whole, persons: bool) -> Iterator[_Opened]:
    label = whole.label
    text = dialect.text(content, file=label)
    laid = None if persons else recaps.of_text(text.pieces, whole)
    if laid is not None:
        notes = (
            []
            if text.foreign_line is None
            else [rows.problem("windows_1252", "note", file=[0], line=text.foreign_line)]
        )
        yield from _laid_out(laid, text.encoding, notes)
        return
    understood = (dialect.find_persons if persons else heads.find)(text.pieces, file=label)
    notes = _notes(understood.header, persons)
    if understood.mended:
        shown_cells = dialect.shown(understood.header.cells)
        notes.append(rows.problem("header_mended", "warning", file=[0], line=understood.header_line, value=shown_cells))
    if text.foreign_line is not None:
        notes.append(rows.problem("windows_1252", "note", file=[0], line=text.foreign_line))
    head = () if persons else _head_of_text(text.pieces, understood)
    file = File(label=label, stem=names.stem(label), encoding=text.encoding, dialect=understood, head=head)
    yield file, text.pieces, notes


def _head_of_text(pieces: Text, understood: Dialect) -> list[list[str]]:
    """Return the first lines of a text as cells, to be shown."""
    first = pieces[0].content[:_HEAD_BYTES].decode("utf-8", errors="replace").splitlines()
    return texts_of_lines.rows(first[: understood.header_line + shown.FIRST], understood.separator)


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
            passed_over.append(rows.problem("sheet_hidden", "note", file=[0], value=sheet.name))
            continue
        name = f"{label}#{sheet.name}"
        try:
            understood, cells = _sheet_dialect(sheet.cells, name, persons)
        except FileRefused as error:
            if error.code in ("person_level", "persons_without_segment"):
                raise
            refused = refused or (error if error.code != "empty_file" else None)
            passed_over.append(rows.problem("sheet_not_read", "note", file=[0], value=sheet.name))
            continue
        head = () if persons else sheet.cells[: understood.header_line + shown.FIRST]
        file = File(label=name, stem=names.stem(label), encoding="", dialect=understood, head=head)
        beside = _unnamed(cells, understood) if isinstance(cells, list) and not persons else []
        ready.append((file, cells, _notes(understood.header, persons) + beside))
    if not ready:
        raise refused or FileRefused("empty_file", file=label)
    ready, unnamed = _branch_sheets(ready, label, settings)
    passed_over += [rows.problem("sheet_without_branch", "warning", file=[0], value=title) for title in unnamed]
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
    body = chunks.look(("\n".join(row[0] if row else "" for row in cells).encode(),))
    return (dialect.find_persons if persons else dialect.find)(body, file=name), body


def _notes(header: Header, persons: bool) -> list[pl.DataFrame]:
    notes = []
    if header.twice:
        notes += [rows.problem("column_twice", "warning", file=[0], column=cell.strip()) for cell in header.twice]
    if persons:  # what else stands in their columns is nobody's business
        return notes
    unused = tuple(cell for cell in header.unused if cell not in header.twice)
    stated = {field.column: cell for cell, field in zip(header.cells, header.fields, strict=True) if field is not None}
    if "stated_target" in stated:
        notes.append(rows.problem("target_compared", "note", file=[0], column=stated["stated_target"].strip()))
    elif "stated_attainment" in stated:
        notes.append(rows.problem("attainment_alone", "note", file=[0], column=stated["stated_attainment"].strip()))
    alone = [] if "eligible" in stated else ["stated_coverage"]
    alone += [] if "eligible" in stated and "stated_target" in stated else ["stated_share"]
    for field in alone:
        if field in stated:
            notes.append(rows.problem("percentage_alone", "note", file=[0], column=stated[field].strip()))
    if unused:
        notes.append(rows.problem("columns_not_used", "note", file=[0], value=dialect.shown(unused)))
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
            return [rows.problem("cell_without_header", "note", file=[0], line=line, value=value)]
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


def _joined(results: list[Rows]) -> tuple[pl.DataFrame, NDArray[np.int32], list[str], list[pl.DataFrame]]:
    """One row per branch, segment and month of all files, as they stand there; where the name of each branch's number
    stands in the order; the name of each number; and the problems."""
    branches, ranks, notes = _branches(results)
    if len(results) == 1:  # the numbers of the spellings will do; putting others in their place takes time
        return results[0].rows, ranks[0], [branches[at] if at >= 0 else "" for at in ranks[0].tolist()], notes
    parts = [_ranked(result.rows, rank) for result, rank in zip(results, ranks, strict=True)]
    return pl.concat(parts, how="diagonal_relaxed"), np.arange(len(branches), dtype=np.int32), branches, notes


def _in_order(
    table: pl.DataFrame, rank: NDArray[np.int32], labels: pl.Series
) -> tuple[pl.DataFrame, NDArray[np.int64] | None, Whole, list[pl.DataFrame]]:
    """Return the rows without those that stand twice (the same object where none does), their order by branch, segment
    and month (nothing: they are in order), the months since the row before in that order, and the problems."""
    key, span = _key(table, rank)
    order, twice = _order(key)
    more: list[pl.DataFrame] = []
    if twice:
        table, more = _without_twice(table, key, labels)
        key, span = _key(table, rank)
        order, _ = _order(key)
    return table, order, _steps(key if order is None else key[order], span), more


def _ranked(table: pl.DataFrame, rank: NDArray[np.int32]) -> pl.DataFrame:
    """Put the number of the branch's name in the place of the number of its spelling."""
    return table.with_columns(branch=pl.Series(rank).gather(table["branch"]))


def _branches(results: list[Rows]) -> tuple[list[str], list[NDArray[np.int32]], list[pl.DataFrame]]:
    """Give each branch one name, the most frequent (else first) spelling; return the names in order, and each
    result's spellings as numbers of names."""
    pairs = [pair for result in results for pair in zip(result.keys, result.spellings, strict=True)]
    chosen, many = dict(pairs), {}
    if len(chosen) < len(pairs):  # somebody writes a branch in two ways
        many = _spellings(results)
        chosen = {key: max(spellings, key=lambda spelling: spellings[spelling]) for key, spellings in many.items()}
    branches = sorted(chosen.values())
    rank = {name: at for at, name in enumerate(branches)}
    ranks = [np.array([rank.get(chosen.get(key, ""), -1) for key in result.keys], dtype=np.int32) for result in results]
    return branches, ranks, [note for result in results for note in _spelled(result, many, chosen)]


def _spellings(results: list[Rows]) -> dict[str, dict[str, int]]:
    """Return each branch's spellings with how many rows use them, in the order in which they first stand."""
    many: dict[str, dict[str, int]] = defaultdict(dict)
    for result in results:
        counts = np.bincount(result.rows["branch"].to_numpy(), minlength=len(result.spellings))
        for spelling, key, count in zip(result.spellings, result.keys, counts.tolist(), strict=True):
            if count:
                many[key][spelling] = many[key].get(spelling, 0) + count
    return many


def _spelled(result: Rows, many: dict[str, dict[str, int]], chosen: dict[str, str]) -> list[pl.DataFrame]:
    """Note, once for each file, where a branch is written otherwise than it is called."""
    if not many:
        return []
    pairs = list(zip(result.keys, result.spellings, strict=True))
    other = np.array([len(many.get(key, ())) > 1 and chosen[key] != spelling for key, spelling in pairs])
    if not other.any():
        return []
    places = np.flatnonzero((result.branch >= 0) & other[np.maximum(result.branch, 0)])
    first = pl.DataFrame({"file": result.file[places], "branch": result.branch[places], "place": places}).unique(
        ["file", "branch"], keep="first", maintain_order=True
    )
    details = [json.dumps({"name": chosen[pairs[at][0]]}, ensure_ascii=False) for at in first["branch"]]
    value = [pairs[at][1] for at in first["branch"]]
    line = result.line[first["place"].to_numpy()]
    text = pl.Series(details, dtype=pl.String), pl.Series(value, dtype=pl.String)
    return [rows.problem("branch_spelling", "note", file=first["file"], line=line, value=text[1], details=text[0])]


def _key(table: pl.DataFrame, rank: NDArray[np.int32]) -> tuple[Whole, int]:
    """Return one whole number per row that sorts by branch, segment and month, and how many months it spans.

    `rank` says for the number of each branch where its name stands in the order. Series lie twice that far apart: a
    step below the span is a number of months, a larger one leads to another series.
    """
    if not table.height:
        return np.zeros(0, dtype=np.int32), 1
    first, last = int(str(table["month"].min())), int(str(table["month"].max()))
    span = last - first + 1
    apart = 2 * span * len(tables.SEGMENTS)
    small = len(rank) * apart <= np.iinfo(np.int32).max  # half the memory, nearly always
    key: Whole = np.empty(table.height, dtype=np.int32 if small else np.int64)
    start = (rank.astype(np.int64) * apart - first).astype(key.dtype)
    branch, segment, month = (table[name].to_numpy() for name in ("branch", "segment", "month"))
    for at in range(0, table.height, rows.SLICE):
        here = slice(at, at + rows.SLICE)
        start.take(branch[here], out=key[here], mode="clip")  # all are in bounds
        key[here] += np.multiply(segment[here], 2 * span, dtype=key.dtype)
        key[here] += month[here]
    return key, span


def _steps(key: Whole, span: int) -> Whole:
    """Return for each row the months since the row before of the same series; 0 where there is none."""
    step = np.zeros_like(key)
    for at in range(1, len(key), rows.SLICE):
        part = step[at : at + rows.SLICE]
        np.subtract(key[at : at + rows.SLICE], key[at - 1 : at - 1 + len(part)], out=part)
        part[part >= span] = 0
    return step


def _order(key: Whole) -> tuple[NDArray[np.int64] | None, bool]:
    """Return the order that sorts the keys (nothing: they are sorted), and whether a key stands twice.

    Keys are dense (most branches report most months), so each row is put straight into its place.
    """
    if (key[1:] > key[:-1]).all():
        return None, False
    span = int(key.max()) + 1
    if span > 8 * len(key) + 1_000_000:
        order = np.argsort(key, kind="stable")
        return order, bool((np.diff(key[order]) == 0).any())
    places = np.full(span, -1, dtype=np.int64)
    places[key] = np.arange(len(key))
    order = places[places >= 0]
    return order, len(order) < len(key)


def _without_twice(table: pl.DataFrame, key: Whole, labels: pl.Series) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Keep one of several rows with the same figures, and none where the figures differ."""
    table = table.with_columns(_key=pl.Series(key))
    many = table.filter(pl.col("_key").is_duplicated()).sort("_key", "file", "line", maintain_order=True)
    counts = [name for name in tables.COUNTS if name in table.columns]
    like_first = pl.all_horizontal(pl.col(field).eq_missing(pl.col(field).first().over("_key")) for field in counts)
    judged = many.with_columns(_like_first=like_first).with_columns(
        _same=pl.col("_like_first").all().over("_key"),
        _first=pl.int_range(pl.len()).over("_key") == 0,
        _file=pl.col("file").first().over("_key"),
        _line=pl.col("line").first().over("_key"),
        _file_2=pl.col("file").filter(~pl.col("_like_first")).first().over("_key"),
        _line_2=pl.col("line").filter(~pl.col("_like_first")).first().over("_key"),
    )
    same = judged.filter("_same", ~pl.col("_first"))
    differ = judged.filter(~pl.col("_same"))
    kept = pl.concat(
        [
            table.join(many.select("_key").unique(), on="_key", how="anti", maintain_order="left"),
            judged.filter("_same", "_first").select(table.columns),
        ]
    )
    return kept.drop("_key"), [
        _twice(same, "twice_same", "warning", labels),
        _twice(differ, "twice_differs", "error", labels),
    ]


def _twice(problems: pl.DataFrame, code: str, severity: str, labels: pl.Series) -> pl.DataFrame:
    """Say for each such row where the first one stands; for one like the first, where the first that differs does."""
    alike = pl.col("_like_first") & ~pl.col("_same")
    others = problems.select(
        other=pl.when(alike).then("_line_2").otherwise("_line"),
        other_file=pl.when(alike).then("_file_2").otherwise("_file"),
    )
    named = others.with_columns(other_file=labels.gather(others["other_file"]))
    details = named.select(pl.struct("other", "other_file").struct.json_encode()).to_series()
    return rows.problem(
        code,
        severity,
        file=problems["file"],
        line=problems["line"],
        value=problems["active"].cast(pl.String),
        details=details,
    )


def _headers(files: list[File]) -> pl.DataFrame:
    """One row per file, column and segment: the header as written."""
    schema = {"file": pl.String(), "column": pl.String(), "segment": tables.Segment, "header": pl.String()}
    columns: list[tuple[str, str, str, str]] = []
    for file in files:
        for cell, field in zip(file.dialect.header.cells, file.dialect.header.fields, strict=True):
            if field is not None:
                of = tables.SEGMENTS if field.segment is None else (field.segment,)
                columns += [(file.label, field.column, segment, cell.strip()) for segment in of]
    return pl.DataFrame(columns, schema=schema, orient="row")


def _public(table: pl.DataFrame, files: list[File], branches: list[str]) -> pl.DataFrame:
    """Put names and dates in the place of numbers, and empty columns in the place of columns nobody sent."""
    numbers = table["month"]
    first = int(str(numbers.min() or 0))
    dates = [
        date(place // 12, place % 12 + 1, 1) for place in range(first, int(str(numbers.max() or 0)) + 1) if place > 11
    ]
    known = {
        "branch": pl.Series(branches, dtype=pl.String),
        "segment": pl.Series(tables.SEGMENTS, dtype=tables.Segment),
        "file": pl.Series([file.label for file in files], dtype=pl.String),
    }
    words = {name: pl.lit(values).gather(name) for name, values in known.items()}
    if len(files) == 1:
        words["file"] = pl.lit(files[0].label)  # not a million copies of a name
    given = table.with_columns(month=pl.lit(pl.Series(dates, dtype=pl.Date)).gather(pl.col("month") - first), **words)
    absent = {name: dtype for name, dtype in tables.BRANCH_MONTHS.items() if name not in given.columns}
    extra = [name for name in given.columns if name not in tables.BRANCH_MONTHS]
    return given.with_columns(pl.lit(None, dtype=dtype).alias(name) for name, dtype in absent.items()).select(
        *tables.BRANCH_MONTHS, *extra
    )


def _account(
    files: list[File],
    blocks: list[Lines | LaidOut],
    results: list[Rows],
    table: pl.DataFrame,
    summed: pl.DataFrame,
) -> FilesRead:
    """One row per file: read = kept + set aside + blank + totals, counted by lines below the header.

    In the wide form a line is kept if at least one segment of it is kept.
    """
    many = len(files)
    read = np.zeros(many, dtype=np.int64)
    blank, totals = read.copy(), read.copy()
    for result in results:
        read += np.diff(
            np.searchsorted(result.file, np.arange(many + 1, dtype=np.int32))
        )  # files stand one after the other
        blank += np.bincount(result.blank, minlength=many)
        totals += np.bincount(result.totals, minlength=many)
    wide = any(isinstance(block, LaidOut) or block.header.wide for block in blocks)
    lines_kept = (
        pl.concat([table.select("file", "line"), *(result.beside for result in results)]).unique() if wide else table
    )
    if summed.height:  # lines of places that are sums are totals, unless something else of them is used
        of_sums = summed.select("file", "line").unique()
        if wide:
            lines_kept = lines_kept.join(of_sums, on=["file", "line"], how="anti")
        totals += np.bincount(of_sums["file"].to_numpy(), minlength=many)
    kept = np.bincount(lines_kept["file"].to_numpy(), minlength=many) if many > 1 else np.array([lines_kept.height])
    thousands = {file: mark for result in results for file, mark in result.thousands.items()}
    return pl.DataFrame(
        {
            "file": [file.label for file in files],
            "encoding": [file.encoding for file in files],
            "separator": [file.dialect.separator for file in files],
            "thousands": [thousands.get(at, "") for at in range(many)],
            "header_line": [file.dialect.header_line for file in files],
            "mapping": [file.mapping or _mapping(file.dialect.header) for file in files],
            "read": read,
            "kept": kept,
            "set_aside": read - kept - blank - totals,
            "blank": blank,
            "totals": totals,
        },
        schema={name: dtype for name, dtype in tables.FILES_READ.items() if name != "xxh128"},
    )


def _mapping(header: Header) -> str:
    pairs = {
        cell.strip(): None
        if field is None
        else field.column
        if field.segment is None
        else f"{field.column} {field.segment}"
        for cell, field in reversed(list(zip(header.cells, header.fields, strict=True)))
        if cell.strip()
    }
    return json.dumps(dict(reversed(pairs.items())), ensure_ascii=False)


def _sorted_problems(
    problems: list[pl.DataFrame], odd: Problems, files: list[File], verdicts: dict[str, list[pl.DataFrame]]
) -> Problems:
    """One row per problem, by file, line, severity and code; last the files that were not read."""
    labels = list(dict.fromkeys([*(file.label for file in files), *verdicts]))
    notes = [
        row.with_columns(file=pl.lit(labels.index(name), dtype=pl.Int32))
        for name, of_name in verdicts.items()
        for row in of_name
    ]
    own = pl.concat([pl.DataFrame(schema=rows.FOUND), *problems, *notes])
    named = own.with_columns(file=pl.Series(labels, dtype=pl.String).gather(own["file"])).select(*tables.PROBLEMS)
    position = pl.col("file").replace_strict(labels, list(range(len(labels))), default=None, return_dtype=pl.Int32)
    same = pl.col("code") == "branch_is_sum"
    doubtful = named.filter(same).select("file", "line")
    odd = odd.join(doubtful.with_columns(code=pl.lit("branch_is_sum")), on=["file", "line", "code"], how="anti")
    return pl.concat([named, odd]).sort(position, "line", "severity", "code", maintain_order=True)
