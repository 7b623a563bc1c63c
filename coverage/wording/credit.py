"""Which levers made the difference, and which matter at all, in words?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from coverage.base.texts import Texts
from coverage.wording import sentences


def describe_mover(row: Mapping[str, Any], texts: Texts) -> str:
    """Name a lever, start, rule or programme (`kind, of_segment, of_branch, name` of a row of `credit`)."""
    where = texts(f"segment.{row['of_segment']}") + (f", {row['of_branch']}" if row["of_branch"] else "")
    if row["kind"] == "programme":
        return texts("credit.programme", name=row["name"], where=where)
    if row["kind"] == "lever":
        return texts("credit.lever", where=where, lever=texts(f"lever.{row['name']}.name"))
    return texts(f"credit.{row['kind']}", where=where)


def named_movers(rows: pl.DataFrame, texts: Texts) -> pl.DataFrame:
    """Put a `label` beside rows of `credit` that says who they are about."""
    labels = [describe_mover(row, texts) for row in rows.to_dicts()]
    return rows.with_columns(label=pl.Series(labels, dtype=pl.String))


def named_steps(steps: pl.DataFrame, texts: Texts, *, today: date, reference: str, end: str) -> pl.DataFrame:
    """Put a `label` beside the steps of `credit_steps.steps`; `reference` and `end` are the scenarios' names."""
    fixed = {
        "today": texts("credit.today", month=texts.month(today)),
        "still": texts("credit.still"),
        "reference": reference,
        "end": end,
    }
    labels = [fixed.get(row["step"]) or describe_mover(row, texts) for row in steps.to_dicts()]
    return steps.with_columns(label=pl.Series(labels, dtype=pl.String))


_NAMED_PARTS = 3


def describe_credit(parts: pl.DataFrame, texts: Texts) -> str:
    """Say which levers and programmes made a difference (one key's rows of `credit.split`), the largest first."""
    if parts.is_empty():
        return texts("credit.none")
    rows = parts.sort(pl.col("part").abs(), descending=True, maintain_order=True).to_dicts()
    rows = [row for row in rows if abs(row["part"]) >= 0.5] or rows  # what did nothing made no difference
    named = [texts("credit.part", mover=describe_mover(row, texts), part=texts.signed(row["part"])) for row in rows]
    if len(named) > _NAMED_PARTS + 1:
        rest = sum(row["part"] for row in rows[_NAMED_PARTS:])
        named = [*named[:_NAMED_PARTS], texts("credit.rest", part=texts.signed(rest))]
    text = texts(
        "credit.of", difference=texts.signed(float(parts["part"].sum())), parts=sentences.join_words(named, texts)
    )
    error = float(parts["error"].max())  # type: ignore[arg-type]
    return text if error == 0 else text + " " + texts("credit.error", error=texts.decimal(error))


def describe_sensitivity(effects: pl.DataFrame, texts: Texts) -> str:
    """Say which lever's tenth changes the end most (one key's rows of `sensitivity.tornado`)."""
    return " ".join(describe_sensitivity_in_parts(effects, texts))


def describe_sensitivity_in_parts(effects: pl.DataFrame, texts: Texts) -> list[str]:
    """Return the sentences: which lever matters most, and by how much; one where there is none to move."""
    if effects.is_empty():
        return [texts("credit.matters_none")]
    row = effects.to_dicts()[0]
    tenth = texts("credit.matters_tenth", low=texts.signed(row["low"]), high=texts.signed(row["high"]))
    return [texts("credit.matters", mover=describe_mover(row, texts)), tenth]
