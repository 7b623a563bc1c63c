"""How many branches have ever done as much, in words?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from coverage.answers.realism import LOWEST
from coverage.base.texts import Texts


def describe_records(rows: Sequence[Mapping[str, Any]], texts: Texts) -> list[str]:
    """Say each row of a solved lever; the segment is told where there are several."""
    heads = [f"{texts('segment.' + row['segment'])}: " if len(rows) > 1 else "" for row in rows]
    return [head + describe_record(row, texts) for head, row in zip(heads, rows, strict=True)]


def describe_record(row: Mapping[str, Any], texts: Texts) -> str:
    """Say how many branches ever did as much, and how far the best went; or why nothing can be compared."""
    if row["reason"] is not None:
        return texts(f"realism.{row['reason']}")
    measure = row["measure"]
    deed = texts(f"realism.{measure}.deed")
    if row["months"] > 1:
        deed = texts("realism.in_a_row", deed=deed, months=texts.count("unit.months", row["months"]))
    values = {"never": texts.people(row["never"]), "branches": texts.people(row["branches"]), "deed": deed}
    if 0 < row["never"] < row["branches"]:
        text = texts.count("realism.some", row["never"], **values)
    else:
        text = texts("realism.none" if row["never"] else "realism.all", **values)
    if not row["best"] and measure != LOWEST:
        return text  # nobody ever did any of it: none of them is the best
    places = _places(row)
    best = texts(
        f"realism.{measure}.best",
        branch=row["best_branch"],
        times=texts.decimal(row["times"], places),
        share=texts.share(row["best"], places),
        needed=texts.share(row["needed"], places),
        size=texts(f"realism.of_{row['of']}"),
    )
    return f"{text} {best}"


def _places(row: Mapping[str, Any]) -> int:
    """Return so many decimals that a record beside what is asked for does not read as the same; three at most."""
    apart = abs(row["best"] - row["needed"]) * 100
    if row["measure"] == "registered" and row["times"] is not None:
        apart = abs(row["times"] - 1)
    return 1 if apart >= 0.1 or not apart else 2 if apart >= 0.01 else 3
