"""What does each branch need to reach its own target, in words?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from coverage.answers.each import Need, hardest
from coverage.base.texts import NONE, Texts
from coverage.wording.chances import describe_chance
from coverage.wording.seek import lever_in_sentence


def describe_needs(needs: Sequence[Need], texts: Texts) -> list[str]:
    """Say how many branches can reach their own target, which needs most, and for how many nobody ever did as much."""
    wanted = [need for need in needs if need.answer is not None]
    if not wanted:
        return [texts("solve.each_none")]
    reachable = [need for need in wanted if need.answer is not None and need.answer.reachable]
    first = wanted[0].answer
    lever = lever_in_sentence(first.name, texts) if first is not None else ""
    counts = {"reachable": texts.people(len(reachable)), "branches": texts.people(len(needs)), "lever": lever}
    sentences = [texts("solve.each_reachable", **counts)]
    most = hardest(reachable)
    if most is not None and most.answer is not None:
        value = describe_value(most.answer.value, most.answer.unit, texts)
        sentences.append(texts("solve.each_hardest", branch=most.branch, value=value))
    never = [need for need in reachable if need.record and need.record["never"] == need.record["branches"]]
    if never:
        names = ", ".join(need.branch for need in never[:5]) + (", …" if len(never) > 5 else "")
        sentences.append(texts.count("solve.each_never", len(never), names=names))
    return sentences


def needs_table(rows: Sequence[Mapping[str, Any]], texts: Texts) -> dict[str, list[str]]:
    """Write what each branch needs for people: heading -> cells."""
    table = {
        texts("table.branch"): [str(row["branch"]) for row in rows],
        texts("solve.head.value"): [describe_value(row["value"], row["unit"], texts) for row in rows],
        texts("solve.head.reached_month"): [texts.month(row["reached_month"], short=True) for row in rows],
        texts("solve.head.covered"): [texts.people(row["covered"]) for row in rows],
        texts("solve.head.target"): [texts.people(row["target"]) for row in rows],
    }
    if any("never" in row for row in rows):
        table[texts("solve.head.did_as_much")] = [_record(row, texts) for row in rows]
    if any(row["chance"] is not None for row in rows):
        table[texts("solve.head.chance")] = [describe_chance(row["chance"], texts) for row in rows]
    return table


def _record(row: Mapping[str, Any], texts: Texts) -> str:
    """Say how many branches ever did as much: `3 dari 10`."""
    if row["branches"] is None or row["never"] is None:
        return NONE
    did, branches = texts.people(row["branches"] - row["never"]), texts.people(row["branches"])
    return texts("solve.did_as_much", did=did, branches=branches)


def describe_value(value: float | None, unit: str | None, texts: Texts) -> str:
    """Return a value of a lever with its unit; that there is none where the target is out of reach."""
    if value is None:
        return texts("solve.none")
    if unit == "change":
        return texts.change(value, 1)
    return texts.count("unit.months", value) if unit == "months" else texts.people(value)
