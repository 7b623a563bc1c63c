"""Which rows do all files hold together: one name for each branch, one row for each branch, segment and month?"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coverage.base import tables
from coverage.intake.problem_rows import problem
from coverage.intake.row_reader import Whole
from coverage.intake.rows import SLICE, Rows


@dataclass(frozen=True, kw_only=True)
class AllRows:
    """One row per branch, segment and month of all files, as they stand there (`table`).

    `rank` says where the name of each branch's number stands in the order, `branches` is the name of each number, and
    `numbers` are the numbers of each result's own spellings.
    """

    table: pl.DataFrame
    rank: NDArray[np.int32]
    branches: list[str]
    numbers: list[NDArray[np.int32]]
    problems: list[pl.DataFrame]


def joined(results: list[Rows]) -> AllRows:
    """Put the rows of all files together, with one name for each branch."""
    branches, ranks, notes = _branches(results)
    if len(results) == 1:  # the numbers of the spellings will do; putting others in their place takes time
        names_of = [branches[at] if at >= 0 else "" for at in ranks[0].tolist()]
        own = [np.arange(len(names_of), dtype=np.int32)]
        return AllRows(table=results[0].rows, rank=ranks[0], branches=names_of, numbers=own, problems=notes)
    parts = [_ranked(result.rows, rank) for result, rank in zip(results, ranks, strict=True)]
    table = pl.concat(parts, how="diagonal_relaxed")
    rank = np.arange(len(branches), dtype=np.int32)
    return AllRows(table=table, rank=rank, branches=branches, numbers=ranks, problems=notes)


def in_order(
    table: pl.DataFrame, rank: NDArray[np.int32], labels: pl.Series
) -> tuple[pl.DataFrame, NDArray[np.int64] | None, Whole, list[pl.DataFrame]]:
    """Return the rows without those that stand twice (the same object where none does), their order by branch, segment
    and month (nothing: they are in order), the months since the row before in that order, and the problems."""
    steps = _steps_in_order(table, rank)
    if steps is not None:
        return table, None, steps, []
    key, span = _key(table, rank)
    order, twice = _order(key)
    more: list[pl.DataFrame] = []
    if twice:
        table, more = _without_twice(table, key, labels)
        key, span = _key(table, rank)
        order, _ = _order(key)
    return table, order, _steps(key if order is None else key[order], span), more


def _ranked(table: pl.DataFrame, rank: NDArray[np.int32]) -> pl.DataFrame:
    """Put the number of the branch's name in the place of the number of its spelling."""
    return table.with_columns(branch=pl.Series(rank).gather(table["branch"]))


def _branches(results: list[Rows]) -> tuple[list[str], list[NDArray[np.int32]], list[pl.DataFrame]]:
    """Give each branch one name, the most frequent (else first) spelling; return the names in order, and each
    result's spellings as numbers of names."""
    pairs = [pair for result in results for pair in zip(result.keys, result.spellings, strict=True)]
    chosen, many = dict(pairs), {}
    if len(chosen) < len(pairs):  # somebody writes a branch in two ways
        many = _spellings(results)
        chosen = {key: max(spellings, key=lambda spelling: spellings[spelling]) for key, spellings in many.items()}
    branches = sorted(chosen.values())
    rank = {name: at for at, name in enumerate(branches)}
    ranks = [np.array([rank.get(chosen.get(key, ""), -1) for key in result.keys], dtype=np.int32) for result in results]
    return branches, ranks, [note for result in results for note in _spelled(result, many, chosen)]


def _spellings(results: list[Rows]) -> dict[str, dict[str, int]]:
    """Return each branch's spellings with how many rows use them, in the order in which they first stand."""
    many: dict[str, dict[str, int]] = defaultdict(dict)
    for result in results:
        counts = np.bincount(result.rows["branch"].to_numpy(), minlength=len(result.spellings))
        for spelling, key, count in zip(result.spellings, result.keys, counts.tolist(), strict=True):
            if count:
                many[key][spelling] = many[key].get(spelling, 0) + count
    return many


def _spelled(result: Rows, many: dict[str, dict[str, int]], chosen: dict[str, str]) -> list[pl.DataFrame]:
    """Note, once for each file, where a branch is written otherwise than it is called."""
    if not many:
        return []
    pairs = list(zip(result.keys, result.spellings, strict=True))
    other = np.array([len(many.get(key, ())) > 1 and chosen[key] != spelling for key, spelling in pairs])
    if not other.any():
        return []
    places = np.flatnonzero((result.branch >= 0) & other[np.maximum(result.branch, 0)])
    first = pl.DataFrame({"file": result.file[places], "branch": result.branch[places], "place": places}).unique(
        ["file", "branch"], keep="first", maintain_order=True
    )
    details = [json.dumps({"name": chosen[pairs[at][0]]}, ensure_ascii=False) for at in first["branch"]]
    value = [pairs[at][1] for at in first["branch"]]
    line = result.line[first["place"].to_numpy()]
    text = pl.Series(details, dtype=pl.String), pl.Series(value, dtype=pl.String)
    return [problem("branch_spelling", "note", file=first["file"], line=line, value=text[1], details=text[0])]


def _steps_in_order(table: pl.DataFrame, rank: NDArray[np.int32]) -> Whole | None:
    """Return for each row the months since the row before of the same series (0 where there is none); nothing where
    the rows are not in order, or two tell of the same month.

    Most files are in order: then no row needs a number that sorts it.
    """
    branch, segment, month = (table[name].to_numpy() for name in ("branch", "segment", "month"))
    steps = np.zeros_like(month)
    series = -1
    for at in range(0, len(month), SLICE):
        now = slice(max(at, 1), at + SLICE)
        before = slice(now.start - 1, min(now.stop, len(month)) - 1)
        same = (branch[now] == branch[before]) & (segment[now] == segment[before])
        np.multiply(month[now] - month[before], same, out=steps[now])
        heads = np.flatnonzero(~same) + now.start
        heads = heads if at else np.insert(heads, 0, 0)
        begun = rank[branch[heads]].astype(np.int64) * len(tables.SEGMENTS) + segment[heads]
        rises = (np.diff(begun, prepend=series) > 0).all()
        if not rises or np.count_nonzero(steps[now] > 0) < np.count_nonzero(same):
            return None
        series = int(begun[-1]) if len(begun) else series
    return steps


def _key(table: pl.DataFrame, rank: NDArray[np.int32]) -> tuple[Whole, int]:
    """Return one whole number per row that sorts by branch, segment and month, and how many months it spans.

    `rank` says for the number of each branch where its name stands in the order. Series lie twice that far apart: a
    step below the span is a number of months, a larger one leads to another series.
    """
    if not table.height:
        return np.zeros(0, dtype=np.int32), 1
    first, last = int(str(table["month"].min())), int(str(table["month"].max()))
    span = last - first + 1
    apart = 2 * span * len(tables.SEGMENTS)
    small = len(rank) * apart <= np.iinfo(np.int32).max  # half the memory, nearly always
    key: Whole = np.empty(table.height, dtype=np.int32 if small else np.int64)
    start = (rank.astype(np.int64) * apart - first).astype(key.dtype)
    branch, segment, month = (table[name].to_numpy() for name in ("branch", "segment", "month"))
    for at in range(0, table.height, SLICE):
        here = slice(at, at + SLICE)
        start.take(branch[here], out=key[here], mode="clip")  # all are in bounds
        key[here] += np.multiply(segment[here], 2 * span, dtype=key.dtype)
        key[here] += month[here]
    return key, span


def _steps(key: Whole, span: int) -> Whole:
    """Return for each row the months since the row before of the same series; 0 where there is none."""
    step = np.zeros_like(key)
    for at in range(1, len(key), SLICE):
        part = step[at : at + SLICE]
        np.subtract(key[at : at + SLICE], key[at - 1 : at - 1 + len(part)], out=part)
        part[part >= span] = 0
    return step


def _order(key: Whole) -> tuple[NDArray[np.int64] | None, bool]:
    """Return the order that sorts the keys (nothing: they are sorted), and whether a key stands twice.

    Keys are dense (most branches report most months), so each row is put straight into its place.
    """
    if (key[1:] > key[:-1]).all():
        return None, False
    span = int(key.max()) + 1
    if span > 8 * len(key) + 1_000_000:
        order = np.argsort(key, kind="stable")
        return order, bool((np.diff(key[order]) == 0).any())
    places = np.full(span, -1, dtype=np.int64)
    places[key] = np.arange(len(key))
    order = places[places >= 0]
    return order, len(order) < len(key)


def _without_twice(table: pl.DataFrame, key: Whole, labels: pl.Series) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Keep one of several rows with the same figures, and none where the figures differ."""
    table = table.with_columns(_key=pl.Series(key))
    many = table.filter(pl.col("_key").is_duplicated()).sort("_key", "file", "line", maintain_order=True)
    counts = [name for name in tables.COUNTS if name in table.columns]
    like_first = pl.all_horizontal(pl.col(field).eq_missing(pl.col(field).first().over("_key")) for field in counts)
    judged = many.with_columns(_like_first=like_first).with_columns(
        _same=pl.col("_like_first").all().over("_key"),
        _first=pl.int_range(pl.len()).over("_key") == 0,
        _file=pl.col("file").first().over("_key"),
        _line=pl.col("line").first().over("_key"),
        _file_2=pl.col("file").filter(~pl.col("_like_first")).first().over("_key"),
        _line_2=pl.col("line").filter(~pl.col("_like_first")).first().over("_key"),
    )
    same = judged.filter("_same", ~pl.col("_first"))
    differ = judged.filter(~pl.col("_same"))
    kept = pl.concat(
        [
            table.join(many.select("_key").unique(), on="_key", how="anti", maintain_order="left"),
            judged.filter("_same", "_first").select(table.columns),
        ]
    )
    return kept.drop("_key"), [
        _twice(same, "twice_same", "warning", labels),
        _twice(differ, "twice_differs", "error", labels),
    ]


def _twice(problems: pl.DataFrame, code: str, severity: str, labels: pl.Series) -> pl.DataFrame:
    """Say for each such row where the first one stands; for one like the first, where the first that differs does."""
    alike = pl.col("_like_first") & ~pl.col("_same")
    others = problems.select(
        other=pl.when(alike).then("_line_2").otherwise("_line"),
        other_file=pl.when(alike).then("_file_2").otherwise("_file"),
    )
    named = others.with_columns(other_file=labels.gather(others["other_file"]))
    details = named.select(pl.struct("other", "other_file").struct.json_encode()).to_series()
    return problem(
        code,
        severity,
        file=problems["file"],
        line=problems["line"],
        value=problems["active"].cast(pl.String),
        details=details,
    )
