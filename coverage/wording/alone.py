"""What does each lever and programme add by itself, and which adds less than it seems to, in words?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from coverage.base.texts import Texts
from coverage.wording import sentences
from coverage.wording.credit import describe_mover

_NAMED = 4


def describe_added(rows: Sequence[Mapping[str, Any]], texts: Texts) -> str:
    """Say what each lever and programme adds by itself (rows of `alone.added`), the largest first; nothing where there
    is none. Every surface says it in this sentence."""
    if not rows:
        return ""
    largest = sorted(rows, key=lambda row: -abs(row["by_itself"]))
    parts = [
        texts("credit.part", mover=describe_mover(row, texts), part=texts.signed(row["by_itself"]))
        for row in largest[:_NAMED]
    ]
    if len(largest) > _NAMED:
        parts.append(texts.count("alone.others", len(largest) - _NAMED))
    return texts("alone.added", month=texts.month(rows[0]["month"]), parts=sentences.join_words(parts, texts))


def added_table(rows: Sequence[Mapping[str, Any]], texts: Texts) -> dict[str, list[str]]:
    """Write what each lever and programme adds by itself, and whom it counts, for people: heading -> cells."""
    return {
        texts("compare.lever"): [describe_mover(row, texts) for row in rows],
        texts("alone.adds"): [texts.signed(row["by_itself"]) for row in rows],
        texts("alone.counts"): [texts.people(row["people"]) for row in rows],
    }


def describe_alone(rows: Sequence[Mapping[str, Any]], texts: Texts) -> list[str]:
    """Say of each row of `alone.fall_short` what it adds by itself, and why that is less than it counts."""
    results = []
    for row in rows:
        fewer = row["by_itself"] < 0
        values = {
            "mover": describe_mover(row, texts),
            "adds": texts.people(abs(row["by_itself"])),
            "month": texts.month(row["month"]),
            "people": texts.people(row["people"]),
        }
        results.append(texts("alone.negative" if fewer else "alone.less", **values))
    return results
