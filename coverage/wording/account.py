"""What was understood of each file, where did each of its lines go, and what is wrong with it, in words?

The Data page shows these tables; every cell is written for people.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import polars as pl

from coverage.base.tables import SEGMENTS, FilesRead, Problems
from coverage.base.texts import Texts
from coverage.intake.fates import TARGET, TOTAL, USED
from coverage.wording import sentences
from coverage.wording.problems import problems_with_messages
from coverage.wording.sheets import describe_column

COUNTED = ("read", "kept", "set_aside", "blank", "totals")
"""read = kept + set aside + blank + totals, always."""
_SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", "": "workbook"}
_ENCODINGS = {"utf-8-sig": "UTF-8 + BOM", "windows-1252": "Windows-1252", "": "XLSX"}
_THOUSANDS = {".": "dot", ",": "comma", " ": "space", "": "plain"}

Words = dict[str, list[str]]
"""A table ready to be shown: heading -> cells, in the reader's language."""


def describe_figures(figures: pl.DataFrame, texts: Texts) -> str:
    """Say where the figures went: used, targets, totals, and set aside with the reasons, the most frequent first."""
    fates = figures.group_by("fate").agg(pl.col("count").sum()).sort("count", "fate", descending=[True, False])
    counts = dict(fates.iter_rows())
    kept = {name: counts.pop(name, 0) for name in (USED, TARGET, TOTAL)}
    aside, whole = sum(counts.values()), sum(counts.values()) + sum(kept.values())
    reasons = ", ".join(f"{texts(f'figure_fate.{fate}')} {texts.people(count)}" for fate, count in counts.items())
    set_aside = texts.people(aside) + (f" ({reasons})" if reasons else "")
    words = {name: texts.people(count) for name, count in kept.items()}
    return texts("cli.figures", read=texts.people(whole), **words, aside=set_aside)


def lines_read(files: FilesRead) -> dict[str, int]:
    """Return how many lines of all files were read, and where they went."""
    return {name: int(files[name].sum()) for name in COUNTED}


def sentence(files: FilesRead, texts: Texts) -> str:
    """Say where the lines of all files went."""
    count = lines_read(files)
    parts = {name: texts.people(count[name]) for name in COUNTED[1:]}
    return texts("data.account", read=texts.count("unit.lines", count["read"]), **parts)


def by_file(files: FilesRead, texts: Texts) -> pl.DataFrame:
    """One row per file or sheet: where its lines went, and how it is written."""
    rows = files.to_dicts()
    written = {
        "separator": [texts(f"data.separator.{_SEPARATORS.get(row['separator'], 'workbook')}") for row in rows],
        "encoding": [_ENCODINGS.get(row["encoding"], row["encoding"].upper()) for row in rows],
        "thousands": [texts(f"data.thousands.{_THOUSANDS[row['thousands']]}") for row in rows],
    }
    words = [pl.Series(name, cells, dtype=pl.String) for name, cells in written.items()]
    return files.select("file", *COUNTED).with_columns(*words, files["header_line"])


def header_rows(files: FilesRead, file: str, texts: Texts) -> Words:
    """One row per header of a file, in its order: the header as it stands there, and what it was taken for."""
    mapping: dict[str, str | None] = json.loads(files.filter(file=file)["mapping"][0])
    return {
        texts("data.head.header"): list(mapping),
        texts("data.head.meaning"): [_meaning(taken, texts) for taken in mapping.values()],
    }


def problem_rows(problems: Problems, texts: Texts) -> Words:
    """One row per problem: where it is and what stands there, how bad and what is wrong, what to do."""
    rows = problems_with_messages(problems, texts).to_dicts()
    return {
        texts("data.head.where"): [_where(row, texts) for row in rows],
        texts("data.head.message"): [
            f"{sentences.describe_severity(row['severity'], texts)}: {row['message']}" for row in rows
        ],
        texts("data.head.remedy"): [row["remedy"] for row in rows],
    }


def _where(row: Mapping[str, object], texts: Texts) -> str:
    line = texts("data.line", number=row["line"]) if row["line"] is not None else ""
    written = f"{row['column']}: {row['value']}" if row["column"] and row["value"] else row["column"] or row["value"]
    return " · ".join(str(part) for part in (row["file"], line, written) if part)


def _meaning(taken: str | None, texts: Texts) -> str:
    """Write what a header was taken for: `active formal` of a clean long table, `active of formal` of any other."""
    if taken is None:
        return texts("data.not_used")
    column, _, segment = taken.partition(" ")
    if segment in SEGMENTS:
        return f"{texts(f'column.{column}.name')} · {texts(f'segment.{segment}')}"
    key = f"column.{taken}.name"
    return texts(key) if key in texts else describe_column(taken, texts)
