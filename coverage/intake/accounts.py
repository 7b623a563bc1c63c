"""What is told of the files that were read: names for numbers, where each line went, and what is wrong?"""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
import polars as pl
import xxhash

from coverage.base import tables
from coverage.base.tables import FilesRead, Problems
from coverage.intake import months
from coverage.intake.chunks import Pieces
from coverage.intake.headers import Header
from coverage.intake.layout import shown
from coverage.intake.layout.shown import SheetShown
from coverage.intake.lines import Lines
from coverage.intake.mapping import FileMap
from coverage.intake.opening import File
from coverage.intake.problem_rows import FOUND
from coverage.intake.recaps import LaidOut
from coverage.intake.rows import Rows


def headers(files: list[File]) -> pl.DataFrame:
    """One row per file, column and segment: the header as written."""
    schema = {"column": pl.String(), "segment": tables.Segment, "header": pl.String()}
    alike: dict[int, tuple[Header, list[str]]] = {}  # hundreds of files share the very same header
    for file in files:
        header = file.dialect.header
        alike.setdefault(id(header), (header, []))[1].append(file.label)
    every = [pl.DataFrame(schema={"file": pl.String(), **schema})]
    for header, labels in alike.values():
        columns = [
            (field.column, segment, cell.strip())
            for cell, field in zip(header.cells, header.fields, strict=True)
            if field is not None
            for segment in (tables.SEGMENTS if field.segment is None else (field.segment,))
        ]
        named = pl.DataFrame(columns, schema=schema, orient="row")
        every.append(pl.DataFrame({"file": labels}).join(named, how="cross"))
    return pl.concat(every)


def public(table: pl.DataFrame, files: list[File], branches: list[str]) -> pl.DataFrame:
    """Put names and dates in the place of numbers, and empty columns in the place of columns nobody sent."""
    labels = pl.Series([file.label for file in files], dtype=pl.String)
    named: dict[str, pl.Expr | pl.Series] = {
        "month": months.first_days(table["month"].to_numpy()),
        "branch": pl.lit(pl.Series(branches, dtype=pl.String)).gather("branch"),
        "segment": pl.Series(table["segment"].to_numpy().astype(np.uint8)).cat.to(tables.Segment),
        "file": pl.lit(labels).gather("file") if len(files) > 1 else pl.lit(labels[0]),  # not a million copies
    }
    given = {name: named.get(name, pl.col(name)) for name in table.columns}
    absent = {name: pl.lit(None, dtype=dtype) for name, dtype in tables.BRANCH_MONTHS.items() if name not in given}
    order = [*tables.BRANCH_MONTHS, *(name for name in given if name not in tables.BRANCH_MONTHS)]
    return table.select(**{name: (given | absent)[name] for name in order})


def account(
    files: list[File],
    blocks: list[Lines | LaidOut],
    results: list[Rows],
    table: pl.DataFrame,
    summed: pl.DataFrame,
    *,
    used: pl.DataFrame,
) -> FilesRead:
    """One row per file: read = kept + set aside + blank + totals, counted by lines below the header.

    In the wide form a line is kept if at least one segment of it is kept. `used` are lines that others are filled from.
    """
    many = len(files)
    read = np.zeros(many, dtype=np.int64)
    blank, totals = read.copy(), read.copy()
    for result in results:
        edges = np.arange(many + 1, dtype=np.int32)
        read += np.diff(np.searchsorted(result.file, edges)) if many > 1 else result.file.size  # one after the other
        blank += np.bincount(result.blank, minlength=many)
        totals += np.bincount(result.totals, minlength=many)
    wide = any(isinstance(block, LaidOut) or block.header.wide for block in blocks)
    lines_kept = _lines_kept(results, table, used) if wide else table
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
            "mapping": _mappings(files),
            "read": read,
            "kept": kept,
            "set_aside": read - kept - blank - totals,
            "blank": blank,
            "totals": totals,
        },
        schema={name: dtype for name, dtype in tables.FILES_READ.items() if name != "xxh128"},
    )


def _lines_kept(results: Sequence[Rows], table: pl.DataFrame, used: pl.DataFrame) -> pl.DataFrame:
    """Return the lines of which a figure is used; those of rows that stood twice with other figures are not."""
    kept = _line_of(table)
    beside = pl.concat([result.beside for result in results])
    if kept.height < sum(result.rows.height for result in results):
        every = pl.concat([_line_of(result.rows) for result in results])
        lost = every.join(kept, on=kept.columns, how="anti")
        beside = beside.join(lost, on=kept.columns, how="anti")
    return pl.concat([kept, beside, *(result.beside_targets for result in results), used]).unique()


def _line_of(rows: pl.DataFrame) -> pl.DataFrame:
    return pl.DataFrame([rows["file"], rows["line"]])


def _mappings(files: Sequence[File]) -> list[str]:
    """Return what the headers of each file were taken for, as JSON; hundreds of files share the very same header."""
    plain = {id(file.dialect.header): file.dialect.header for file in files if not file.mapping}
    written = {key: _mapping(header) for key, header in plain.items()}
    return [file.mapping or written[id(file.dialect.header)] for file in files]


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


def sorted_problems(
    problems: list[pl.DataFrame], odd: Problems, files: list[File], verdicts: dict[str, list[pl.DataFrame]]
) -> Problems:
    """One row per problem, by file, line, severity and code; last the files that were not read."""
    labels = list(dict.fromkeys([*(file.label for file in files), *verdicts]))
    numbers = {label: at for at, label in enumerate(labels)}
    notes = [
        row.with_columns(file=pl.lit(numbers[name], dtype=pl.Int32))
        for name, of_name in verdicts.items()
        for row in of_name
    ]
    every = [frame for frame in (*problems, *notes) if frame.height]
    if odd.height:
        every.append(_without_known(odd, every, numbers))
    if not every:
        return pl.DataFrame(schema=tables.PROBLEMS)
    ordered = pl.concat(every).sort("file", "line", "severity", "code", maintain_order=True)
    names = pl.Series(labels, dtype=pl.String)[ordered["file"].to_numpy()]
    return pl.DataFrame([names.alias("file"), *(ordered[name] for name in tables.PROBLEMS if name != "file")])


def _without_known(odd: Problems, known: Sequence[pl.DataFrame], numbers: dict[str, int]) -> pl.DataFrame:
    """Return contradictions with the number of their files, but for sums of branches that were told before."""
    numbered = odd.with_columns(file=pl.col("file").replace_strict(numbers, return_dtype=pl.Int32)).select(*FOUND)
    if not (odd["code"] == "branch_is_sum").any():
        return numbered
    doubtful = [frame.filter(pl.col("code") == "branch_is_sum").select(_SAME) for frame in known]
    return numbered.join(pl.concat(doubtful), on=_SAME, how="anti", maintain_order="left") if doubtful else numbered


_SAME = ["file", "line", "code"]


def sheets_shown(files: Sequence[File], account: pl.DataFrame) -> tuple[SheetShown, ...]:
    """Return each sheet as it is shown; of clean long tables every row that is kept holds a figure."""
    kept = account["kept"].to_list()
    columns = {id(file.dialect.header): file.dialect.header for file in files if file.shown is None}
    meanings = {key: shown.plain_columns(header) for key, header in columns.items()}
    return tuple(
        file.shown
        or shown.of_plain(
            file.label, file.head, meanings[id(file.dialect.header)], header_line=file.dialect.header_line, kept=count
        )
        for file, count in zip(files, kept, strict=True)
    )


def hashes(contents: list[Pieces]) -> list[str]:
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


def fingerprint(hashes: Sequence[str], maps: Sequence[FileMap]) -> str:
    """Return a text that changes with the contents of the files, and with what somebody said of them."""
    answers = [entry.model_dump_json() for entry in maps]
    return xxhash.xxh3_64_hexdigest("".join([*sorted(hashes), *answers]).encode())
