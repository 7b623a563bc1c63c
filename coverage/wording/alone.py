"""Which lever or programme adds less by itself than it seems to, in words?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from coverage.base.texts import Texts
from coverage.wording.credit import describe_mover


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
