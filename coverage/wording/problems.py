"""What is wrong with what was handed in, and what is to be done about it, in words?"""

from __future__ import annotations

import json
import re

import polars as pl

from coverage.base.errors import FileRefused
from coverage.base.tables import Problems
from coverage.base.texts import Texts

_STATED = re.compile(r"(\d+\.\d)%")  # as `checks` writes it
_LONG = 16  # digits of what is no figure any more, but a slip or a number of a person


def problems_with_messages(problems: Problems, texts: Texts) -> pl.DataFrame:
    """One row per problem with what is wrong (`message`) and what to do (`remedy`) in the reader's language."""
    words = [_describe_problem(row, texts) for row in problems.iter_rows(named=True)]
    return problems.select("file", "line", "column", "value", "severity", "code").with_columns(
        message=pl.Series([pair[0] for pair in words], dtype=pl.String),
        remedy=pl.Series([pair[1] for pair in words], dtype=pl.String),
    )


def _describe_problem(row: dict[str, object], texts: Texts) -> tuple[str, str]:
    details = json.loads(str(row["details"])) if row["details"] else {}
    code, value = row["code"], row["value"]
    if details and isinstance(value, str) and value.isdecimal() and len(value) < _LONG:
        value = int(value)  # a figure, written as the language writes the figures beside it
    if isinstance(value, str) and (stated := _STATED.fullmatch(value)):
        value = texts.share(float(stated[1]) / 100)
    shares = {name: texts.share(share) for name, share in details.items() if name.endswith("_share")}
    if f"problem.{code}.message" not in texts:  # a file that could not be read
        why = details.pop("refusal", str(code))
        return texts.error(FileRefused(why, **details)), texts("problem.not_read.remedy")
    values = {"file": row["file"], "column": row["column"], "value": value} | details | shares
    return texts.fill(f"problem.{code}.message", values), texts.fill(f"problem.{code}.remedy", values)
