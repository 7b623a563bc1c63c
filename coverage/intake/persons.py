"""How many active members stand in a list of persons, by month, branch and segment?

Only counts leave this room: no cell of a person is in the table, in what is said about it, or in a refusal. A line
leaves with exactly one fate: read = counted + repeated + not active + set aside + blank.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeAlias

import numpy as np
import polars as pl

from coverage.base import tables
from coverage.base.errors import FileRefused
from coverage.base.settings import Settings
from coverage.intake import hand_in, opening
from coverage.intake.finding import Handed
from coverage.intake.hand_in import HandedIn
from coverage.intake.headers import CARD, NIK, PERSON_KEYS, Field
from coverage.intake.lines import Lines
from coverage.intake.opening import File
from coverage.intake.problem_rows import problem
from coverage.intake.row_reader import Mask, Named, RowReader

Counts: TypeAlias = pl.DataFrame
"""One row per month, branch and segment: how many active members the lists name."""
Aside: TypeAlias = pl.DataFrame
"""One row per file, column and reason: how many lines were set aside for it, and which are the first."""
Told: TypeAlias = pl.DataFrame
"""One row per thing to know about a file or one of its lines; never a cell of a person."""

FATES = ("read", "counted", "repeated", "not_active", "set_aside", "blank")
COUNTS: tables.Schema = {name: tables.BRANCH_MONTHS[name] for name in (*PERSON_KEYS, "active")}
ASIDE: tables.Schema = {
    "file": pl.String(),
    "column": pl.String(),  # the header as it stands in the file; null: the line as a whole
    "code": pl.String(),  # a key below `aggregate.aside.` in languages/*.toml
    "lines": pl.Int64(),
    "first": pl.List(pl.Int64()),
}
TOLD: tables.Schema = {name: tables.PROBLEMS[name] for name in ("file", "line", "column", "value", "severity", "code")}
"""`code` is a key below `problem.`; `value` the name of a sheet, or of the branch that a file stands for."""
HARMLESS = frozenset({"total_line", "header_again", "text_line"})
"""Lines that hold no person, set aside without harm."""

_FIRST = 3  # so many lines are named for each reason
_KEYS = list(PERSON_KEYS)
_ACTIVE = ("aktif", "active", "ya", "yes", "y", "1", "true")
_INACTIVE = ("nonaktif", "non aktif", "tidak aktif", "inactive", "tidak", "no", "n", "0", "false", "keluar")
_STANDING = dict.fromkeys(_ACTIVE, True) | dict.fromkeys(_INACTIVE, False)
_NAMES_A_THING = frozenset({"branch_from_name", "sheet_hidden", "sheet_not_read", "sheet_without_branch"})
_LONG_NUMBER = 8  # digits that no branch's name has, but a person's number
_SHORTENED = r"(?i)^\D*\d+(?:[.,]\d+)?\s*E\s*\+?\d+\s*$"
_NOBODYS = "^(?:" + "|".join(["0*", *(f"{digit}{{8,}}" for digit in range(1, 10))]) + ")$"
_ROUNDED = 8  # zeros at the end that no NIK has: a birth on 1 October 2000 and the number 0000 make seven
_EXACT = 15  # digits that Excel keeps of a number; it puts 0 in the place of the others


@dataclass(frozen=True, kw_only=True)
class Counted:
    """The counts, what was set aside, what else is to be told, and the account of every line.

    `anonymous` are lines without a usable number in a list that has a column for it: each counts as one person.
    `spelled` are branches written otherwise than they are called. The last lists name files: those without a column for
    who is active, those without one for a person's number, those with a month of their own although one was given;
    `refused` are those that could not be read.
    """

    table: Counts
    aside: Aside
    notes: Told
    account: dict[str, int]
    anonymous: int
    spelled: list[tuple[str, str]]
    without_standing: list[str]
    without_number: list[str]
    dated: list[str]
    refused: tuple[FileRefused, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Block:
    """The lists of the same headers: one row per line that says all that is needed, and the fate of the others.

    `rows` has month and segment as numbers, `branch` as the number of its spelling, `active`, and the person's number
    (`person`; null: unknown).
    """

    rows: pl.DataFrame
    spellings: list[str]
    keys: list[str]
    lines: int
    blank: int
    filled: set[int]  # the files with a line that is not blank
    problems: pl.DataFrame  # what is wrong with which line, and what is to be told; without what stands there
    anonymous: int


def count(sources: Sequence[Path | Handed], *, settings: Settings, month: date | None, strict: bool = False) -> Counted:
    """Count the persons in all lists together; `month` is that of lists which do not say one.

    A file that is no list of persons, or cannot be read, is told and costs the others nothing. Raise `FileRefused`
    where none is left (it names the first, and how many others), and with `strict` for the first of them.
    """
    handed = hand_in.sorted_out(sources, settings)
    lists = _read(handed, settings, month, strict=strict)
    files, read = lists.files, lists.blocks
    rows, spelled = _one_name(read)
    table, fates = _counts(rows)
    empty = sorted({*range(len(files))} - {file for block in read for file in block.filled})
    problems = [*lists.problems, problem("no_lines", "warning", file=empty)]
    seen = _named([*problems, *(block.problems for block in read)], files)
    lines, blank = sum(block.lines for block in read), sum(block.blank for block in read)
    undated = _without(files, "month")
    return Counted(
        table=table,
        aside=_reasons(seen),
        notes=seen.filter(pl.col("severity") != "error", ~pl.col("code").is_in(HARMLESS)).select(*TOLD),
        account={"read": lines, **fates, "set_aside": lines - blank - rows.height, "blank": blank},
        anonymous=sum(block.anonymous for block in read),
        spelled=spelled,
        without_standing=_without(files, "status"),
        without_number=_without(files, NIK, CARD),
        dated=[file.label for file in files if file.label not in undated] if month is not None else [],
        refused=tuple(handed.refused),
    )


@dataclass(frozen=True, kw_only=True)
class _Lists:
    """The lists that can be read: their files, their lines, and what is to be told of whole files."""

    files: list[File]
    blocks: list[_Block]
    problems: list[pl.DataFrame]


def _read(handed: HandedIn, settings: Settings, month: date | None, *, strict: bool) -> _Lists:
    """Read the lists that can be read; the others go to `handed.refused`."""
    remaining = dict(zip(opening.labels(handed.tables), handed.tables, strict=True)) if handed.tables else {}
    while remaining and not (strict and handed.refused):
        closed: list[FileRefused] = []
        try:
            files, blocks, problems = opening.opened(list(remaining.values()), settings, persons=True, refused=closed)
            if month is None:
                closed += [FileRefused("persons_without_month", file=name) for name in _without(files, "month")]
            if not closed:
                names = [Named(label=file.label, stem=file.stem) for file in files]
                read = [_block(block, names, month) for block in blocks if isinstance(block, Lines)]
                return _Lists(files=files, blocks=read, problems=problems)
        except FileRefused as error:  # only its lines showed it
            closed.append(error)
        culprits = {name for name in remaining for error in closed if _is_of(name, error)}
        handed.refused.extend(closed)
        remaining = {name: source for name, source in remaining.items() if name not in culprits} if culprits else {}
    raise handed.nothing()


def _is_of(name: str, error: FileRefused) -> bool:
    """Say whether a refusal is about this file, or about a sheet of it."""
    label = str(error.data["file"])
    return label == name or label.startswith(f"{name}#")


def _without(files: list[File], *columns: str) -> list[str]:
    """Name the files that have none of these columns."""
    return [file.label for file in files if not {*map(Field, columns)} & {*file.dialect.header.fields}]


def _block(lines: Lines, names: list[Named], month: date | None) -> _Block:
    sheet = RowReader(lines, names, *([month.year * 12 + month.month - 1] if month is not None else []))
    sheet.read_months()
    sheet.read_branches()
    sheet.read_segments()
    sheet.settle_lines()
    sheet.report_keys()
    good = ~sheet.dead & ~sheet.bad
    active, unclear = _standing(sheet)
    like_persons, unclear = good & _long_numbers(sheet), good & unclear
    places = [
        *sheet.problems,
        _places(sheet, sheet.total, "total_line", "note"),
        _places(sheet, like_persons, "branch_is_number", "error", Field("branch")),
        _places(sheet, unclear, "standing_unclear", "error", Field("status")),
    ]
    good &= ~like_persons & ~unclear
    person = _persons(sheet)
    rows = pl.DataFrame(
        {"month": sheet.month, "branch": sheet.branch, "segment": sheet.segment, "active": active, "person": person},
        schema_overrides={"month": pl.Int32, "branch": pl.Int32, "segment": pl.Int16},
    ).filter(pl.Series(good))
    numbered = any(Field(key) in sheet.positions for key in (NIK, CARD))
    return _Block(
        rows=rows,
        spellings=sheet.spellings,
        keys=sheet.keys,
        lines=sheet.size,
        blank=int(lines.blank.sum()),
        filled=set(np.unique(lines.file[~lines.blank]).tolist()),
        problems=pl.concat(places),
        anonymous=rows.filter("active")["person"].null_count() if numbered else 0,
    )


def _places(sheet: RowReader, where: Mask, code: str, severity: str, column: Field | None = None) -> pl.DataFrame:
    """One row per line in question: where it stands, and what is wrong with it."""
    name = sheet.name(column) if column is not None and column in sheet.positions else None
    return problem(code, severity, file=sheet.lines.file[where], line=sheet.lines.line[where], column=name)


def _named(places: list[pl.DataFrame], files: list[File]) -> pl.DataFrame:
    """Put the names of the files in the place of their numbers, and leave out what stands in cells."""
    labels = pl.Series([file.label for file in files], dtype=pl.String)
    safe = pl.when(pl.col("code").is_in(_NAMES_A_THING)).then("value").alias("value")
    every = pl.concat(places).sort("file", "line", maintain_order=True).select(pl.exclude("details", "value"), safe)
    return every.with_columns(file=labels.gather(every["file"]))


def _reasons(seen: pl.DataFrame) -> Aside:
    aside = seen.filter((pl.col("severity") == "error") | pl.col("code").is_in(HARMLESS))
    by_reason = aside.group_by("file", "column", "code", maintain_order=True)
    lines = pl.col("line").unique(maintain_order=True)
    return by_reason.agg(lines=lines.len(), first=lines.head(_FIRST)).cast(dict(ASIDE.items()))


def _long_numbers(sheet: RowReader) -> Mask:
    """Say where a person's number has slipped into the column of branches."""
    if Field("branch") not in sheet.positions:
        return np.zeros(sheet.size, dtype=np.bool_)
    numbers = [sum(letter.isdigit() for letter in text) >= _LONG_NUMBER for text in sheet.spellings]
    return np.array([*numbers, False])[np.maximum(sheet.branch, -1)]  # below zero is no branch, for whatever reason


def _standing(sheet: RowReader) -> tuple[Mask, Mask]:
    """Say for each line whether the person is an active member, and whether that cannot be told."""
    if Field("status") not in sheet.positions:
        return np.ones(sheet.size, dtype=np.bool_), np.zeros(sheet.size, dtype=np.bool_)
    codes, words = sheet.codes(Field("status"))
    meant = [_STANDING.get(tables.plain(word)) for word in words]
    place = codes.to_numpy()
    active = np.array([active is True for active in [*meant, None]])
    unclear = np.array([active is None for active in [*meant, None]])
    return active[place], unclear[place]


def _persons(sheet: RowReader) -> pl.Series:
    """Return for each line what tells its person apart: the NIK, else the number of the card; null where neither can
    be used."""
    texts = {key: sheet.column(Field(key)) for key in (NIK, CARD) if Field(key) in sheet.positions}
    if not texts:
        return pl.repeat(None, sheet.size, dtype=pl.String, eager=True)
    table = pl.DataFrame({"file": sheet.lines.file} | texts)
    known = [pl.concat_str(pl.lit(text), _number(text)) for text in texts]
    return table.lazy().select(pl.coalesce(known)).collect().to_series()


def _number(column: str) -> pl.Expr:
    """Return the digits of a number; null where there are none, where one digit fills a whole number, or where Excel
    has shortened it: then many persons would share it.

    Excel keeps 15 digits: of 16 it makes the last a 0. So where every long number of a file ends in 0 (and there are
    two lines or more) they were shortened; where one does not, Excel was not there, and who ends in 0000 has a number
    like others. `1,67101E+15` that was read again keeps a few digits before many zeros, whatever the others are.
    """
    text = pl.col(column)
    digits = text.str.replace(r"[.,]0{1,2}\s*$", "").str.replace_all(r"\D", "").str.strip_chars_start("0")
    long = digits.str.len_bytes() > _EXACT
    cut = digits.str.ends_with("0")
    all_cut = ~(long & ~cut).any().over("file") & ((long & cut).sum().over("file") > 1)
    rounded = digits.str.ends_with("0" * _ROUNDED)
    shortened = text.str.contains(_SHORTENED) | (long & (rounded | (cut & all_cut)))
    return pl.when(~digits.str.contains(_NOBODYS) & ~shortened).then(digits)


def _one_name(blocks: list[_Block]) -> tuple[pl.DataFrame, list[tuple[str, str]]]:
    """Give each branch one name, the most frequent (else first) spelling; return all rows, and the other spellings."""
    used: dict[str, Counter[str]] = defaultdict(Counter)
    for block in blocks:
        often_used = np.bincount(block.rows["branch"].to_numpy(), minlength=len(block.spellings)).tolist()
        for spelling, key, often in zip(block.spellings, block.keys, often_used, strict=True):
            if often:
                used[key][spelling] += often
    names = {key: spellings.most_common(1)[0][0] for key, spellings in used.items()}
    rows = [
        block.rows.with_columns(
            branch=pl.lit(pl.Series([names.get(key, "") for key in block.keys], dtype=pl.String)).gather("branch")
        )
        for block in blocks
    ]
    return pl.concat(rows), [
        (spelling, names[key]) for key, many in used.items() for spelling in many if spelling != names[key]
    ]


def _counts(rows: pl.DataFrame) -> tuple[Counts, dict[str, int]]:
    """Count each person once in a month, branch and segment; return how many lines were counted, and why not."""
    active = rows.filter("active")
    numbered = active.filter(pl.col("person").is_not_null())
    once = numbered.select(*_KEYS, "person").unique()
    alone = active.filter(pl.col("person").is_null())
    many = pl.concat([once.select(_KEYS), alone.select(_KEYS)]).group_by(_KEYS).agg(active=pl.len().cast(pl.Int64))
    # A segment of which all are known to be inactive has none: that is a figure, too.
    every = rows.select(_KEYS).unique().join(many, on=_KEYS, how="left", validate="1:1")
    table = every.select(
        month=pl.date(pl.col("month") // 12, pl.col("month") % 12 + 1, 1),
        branch="branch",
        segment=pl.lit(pl.Series(tables.SEGMENTS, dtype=tables.Segment)).gather("segment"),
        active=pl.col("active").fill_null(0),
    ).sort("branch", "segment", "month")
    counted, repeated = once.height + alone.height, numbered.height - once.height
    fates = {"counted": counted, "repeated": repeated, "not_active": rows.height - active.height}
    return table.cast(dict(COUNTS.items())), fates
