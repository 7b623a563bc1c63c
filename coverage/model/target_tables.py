"""Which targets does a table hold, and which of them contradict each other?

A table has one row per target that stands in a file: `branch, segment, by, measure, value, file, line, column`
(`segment` null: all together; `measure` workers, new or coverage). Two figures of one rank for the same thing are a
problem, and neither is used.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import polars as pl
from pydantic import ValidationError

from coverage.base import months
from coverage.base.declarations import Words
from coverage.base.tables import PROBLEMS, Problems, branch_key, plain
from coverage.model.targets import EMPTY, FOLDS, Origin, Target, TargetBook, TargetSet

FILES = "files"
"""The name of the set of those that stand in files."""


def book(
    table: pl.DataFrame, title: Words = "", *, wider: Mapping[str, Collection[str]] | None = None
) -> tuple[TargetBook, Problems]:
    """Return the targets of a table as a book of one set, and what is wrong with them.

    `wider` are the names of regions and provinces that are no branches, by column: a target of such a name is theirs.
    """
    names = {
        plain(name): (column, name) for column, places in (wider or {}).items() for name in sorted(places, key=str)
    }
    results: list[tuple[Target, dict[str, Any]]] = []
    problems: list[dict[str, Any]] = []
    for row in table.iter_rows(named=True):
        try:
            results.append((_target(row, names), row))
        except ValidationError:
            problems.append(_problem(row, "target_refused", {}))
    kept, contradictions = _once(results)
    problems += contradictions
    chosen = TargetSet(
        title=title, source=", ".join(dict.fromkeys(str(row["file"]) for _, row in results)), target=kept
    )
    whole = TargetBook(default=FILES, sets={FILES: chosen}) if results else EMPTY
    return whole, pl.DataFrame(problems, schema=PROBLEMS)


def _target(row: Mapping[str, Any], wider: Mapping[str, tuple[str, str]]) -> Target:
    value, measure = float(row["value"]), str(row["measure"])
    figure = value if measure == "coverage" else round(value)
    column, name = wider.get(plain(row["branch"] or ""), ("branch", row["branch"]))
    return Target.model_validate(
        {column: name, "segment": row["segment"], "by": row["by"], measure: figure, "source": str(row["file"])}
    ).coming_from(Origin(file=str(row["file"]), line=row["line"]))


def _once(results: Sequence[tuple[Target, dict[str, Any]]]) -> tuple[tuple[Target, ...], list[dict[str, Any]]]:
    """Keep each target once; where two differ neither is kept, and each is told with where the other stands."""
    same: dict[tuple[object, ...], list[tuple[Target, dict[str, Any]]]] = {}
    for target, row in results:
        same.setdefault(key(target), []).append((target, row))
    kept: list[Target] = []
    problems = []
    for group in same.values():
        first = group[0]
        other = next((later for later in group if _figure(later[0]) != _figure(first[0])), None)
        if other is None:
            kept.append(first[0])
            continue
        for target, row in group:
            against = other if _figure(target) == _figure(first[0]) else first
            where = {"other": against[0].origin.place, "figure": _figure(against[0])}
            problems.append(_problem(row, "target_contradicts", where))
    return tuple(kept), problems


def key(target: Target) -> tuple[object, ...]:
    """Return what two targets of the same thing have in common: place, segment, month, and what is counted."""
    place = tuple(sorted((column, FOLDS[column](name)) for column, name in target.place.items()))
    return place, target.segment, target.by, target.new is None


def _figure(target: Target) -> float | None:
    return next(value for value in (target.workers, target.new, target.coverage, target.growth) if value is not None)


def _problem(row: Mapping[str, Any], code: str, details: Mapping[str, Any]) -> dict[str, Any]:
    where = {"place": row["branch"], "month": months.code(row["by"]) if row["by"] else ""}
    value = row["value"]
    present = value is not None and value >= 0
    return {
        "file": row["file"],
        "line": row["line"],
        "column": row["column"],
        "value": (f"{value:.0f}" if value == int(value) else str(value)) if present else None,
        "severity": "error",
        "code": code,
        "details": json.dumps(where | dict(details), ensure_ascii=False),
    }


def of_one_rank(books: Sequence[TargetBook]) -> tuple[TargetBook, Problems]:
    """Put books of the same rank together: where two say different things of the same, neither is used."""
    books = [given for given in books if given != EMPTY]
    if len(books) < 2:
        return (books[0] if books else EMPTY), pl.DataFrame(schema=PROBLEMS)
    names = dict.fromkeys(name for given in books for name in given.sets)
    first, sets, problems = books[0].default, {}, []
    for name in names:
        parts = [given.sets[name] for given in books if name in given.sets]
        if name == first:  # the set that each would use belongs to it
            parts += [given.named(None) for given in books[1:] if given.default != first]
        results = [(target, _row(target)) for part in parts for target in part.target]
        kept, contradictions = _once(results)
        sets[name] = parts[0].model_copy(update={"target": kept})
        problems += contradictions
    return TargetBook(default=first, sets=sets), pl.DataFrame(problems, schema=PROBLEMS).unique(maintain_order=True)


def _row(target: Target) -> dict[str, Any]:
    """Return a target as a row of a table."""
    return {
        "branch": next(iter(target.place.values()), ""),
        "segment": target.segment,
        "by": target.by,
        "value": _figure(target),
        "file": target.origin.file,
        "line": target.origin.line,
        "column": None,
    }


def renamed(given: TargetBook, places: Mapping[str, str]) -> TargetBook:
    """Return the targets of places as those of the branches that a person said they are."""
    if not places:
        return given
    known = {branch_key(written): branch for written, branch in places.items()}

    def named(target: Target) -> Target:
        branch = known.get(branch_key(target.branch or ""))
        return target if branch is None else target.model_copy(update={"branch": branch})

    sets = {
        name: chosen.model_copy(update={"target": tuple(named(target) for target in chosen.target)})
        for name, chosen in given.sets.items()
    }
    return given.model_copy(update={"sets": sets})
