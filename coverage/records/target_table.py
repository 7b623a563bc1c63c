"""How are targets typed into a table, branch by branch, and what do its cells mean?

The cells are read like those of a branch's file: `174.000` is a head count with its thousands marked, never 174, and
what cannot be read is a problem that a person can act on, not a guess.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from coverage.base import months, tables
from coverage.base.tables import Problems
from coverage.base.texts import Texts
from coverage.intake import months as cells
from coverage.intake import numbers
from coverage.model.allotment import spelled_out
from coverage.model.targets import Target, TargetSet
from coverage.model.view import View

TYPED = {"branch": pl.String, "segment": pl.String, "active": pl.String, "workers": pl.String, "by": pl.String}
"""One row per branch and segment: who they are, how many are active, how many are to be by which month, as text."""
MOST = 1_000_000_000  # as `Target.workers` allows


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What was typed: the targets, and what is wrong. With an error among the problems there are no targets."""

    targets: tuple[Target, ...]
    problems: Problems

    @property
    def refused(self) -> bool:
        return bool((self.problems["severity"] == "error").any())


def prefilled(view: View, texts: Texts) -> pl.DataFrame:
    """One row per branch and segment of a scope, with the target that it has, to be typed over (`TYPED`).

    Where there is none the figure is empty and the month is the next December.
    """
    due = view.targets.filter(measure="workers").select("branch", "segment", "target", "target_month")
    here = pl.concat(
        [view.series.select("branch", "segment", "active"), view.not_run.select("branch", "segment")], how="diagonal"
    )
    rows = here.sort("branch", "segment").join(
        due, on=["branch", "segment"], how="left", validate="1:1", maintain_order="left"
    )
    december = date(view.as_of.year + (view.as_of.month == 12), 12, 1)
    return pl.DataFrame(
        [
            {
                "branch": row["branch"],
                "segment": str(row["segment"]),
                "active": texts.people(row["active"]),
                "workers": texts.people(row["target"]) if row["target"] is not None else "",
                "by": texts.month(row["target_month"] or december),
            }
            for row in rows.iter_rows(named=True)
        ],
        schema=TYPED,
    )


def changed(rows: pl.DataFrame, changes: Mapping[int, Mapping[str, str | None]]) -> pl.DataFrame:
    """Return a table of `TYPED` with some cells changed, by row and column."""
    return pl.DataFrame([row | dict(changes.get(at, {})) for at, row in enumerate(rows.to_dicts())], schema=TYPED)


def read(typed: pl.DataFrame, texts: Texts) -> Typed:
    """Read a table of `TYPED`; a row without a figure has no target."""
    figures = _figures(typed["workers"].fill_null("").str.strip_chars(), texts)
    targets, problems = [], []
    for row, figure in zip(typed.iter_rows(named=True), figures.iter_rows(named=True), strict=True):
        where = f"{row['branch']} · {texts('segment.' + row['segment'])}"
        month, wrong = _month(row["by"] or "")
        for column, value, code in (("workers", row["workers"], figure["code"]), ("by", row["by"], wrong)):
            if code is not None and (column == "workers" or figure["number"] is not None):
                problems.append(
                    {
                        "file": where,
                        "column": texts(f"own_targets.{column}"),
                        "value": (value or "").strip() or None,
                        "severity": "warning" if code == "ambiguous_number" else "error",
                        "code": code,
                        "details": f'{{"number": {figure["number"]}}}' if code == "ambiguous_number" else None,
                    }
                )
        if figure["number"] is not None and month is not None:
            targets.append(Target(branch=row["branch"], segment=row["segment"], by=month, workers=figure["number"]))
    result = pl.DataFrame(problems, schema=tables.PROBLEMS)
    whole = Typed(targets=tuple(targets), problems=result)
    return replace(whole, targets=()) if whole.refused else whole


def with_typed(typed: tuple[Target, ...], view: View, before: TargetSet, about: Mapping[str, object]) -> TargetSet:
    """Return a set with the typed targets of a scope, in which all that was not changed is as in the set `before`.

    `about` holds the title and source of the new set. Wider figures are spelled out for each branch: else a changed
    row would change what is left for the others. A row that was emptied has no target in any month; one that was
    changed keeps those months that its new figure does not stand for. Registrations are not typed here and stay.
    """
    due = view.targets.filter(measure="workers").select("branch", "segment", "target", "target_month")
    shown = {_place(branch, segment): (people, by) for branch, segment, people, by in due.iter_rows()}
    own = {_place(target.branch, target.segment): target for target in typed}
    here = {
        _place(branch, segment)
        for frame in (view.series, view.not_run)
        for branch, segment in frame.select("branch", "segment").iter_rows()
    }
    changed = {at for at in here if shown.get(at) != ((own[at].workers, own[at].by) if at in own else None)}
    kept = [
        target
        for target in spelled_out(
            before, view.peers, view.whole, as_of=view.as_of, growth=view.settings["eligible_growth"]
        )
        if target.new is not None
        or (at := _place(target.branch, target.segment)) not in changed
        or (at in own and _stands_beside(target.by, own[at].by, view.as_of))
    ]
    new = [target for at, target in own.items() if at in changed]
    return TargetSet.model_validate({"share_out": before.share_out, **about, "target": (*new, *kept)})


def _stands_beside(other: date, typed: date, as_of: date) -> bool:
    """Say whether a target of another month leaves the typed one to be the one that counts now."""
    if typed < as_of:
        return other < typed
    return not as_of <= other <= typed


def _place(branch: str | None, segment: str | None) -> tuple[str, str | None]:
    return tables.branch_key(branch or ""), segment


def _figures(text: pl.Series, texts: Texts) -> pl.DataFrame:
    """One row per cell: its `number` (null: nothing stands there, or nothing that can be trusted) and its `code`."""
    plain = text.cast(pl.Int64, strict=False)
    cell = pl.DataFrame({"file": 0, "position": 0, "row": range(len(text)), "text": text, "plain": plain})
    kinds = {"file": pl.Int32, "position": pl.Int32}
    large = pl.DataFrame({"file": [0], "position": [0], "large": [int((plain >= 1000).sum())]}, schema_overrides=kinds)
    odd = cell.filter(pl.col("plain").is_null()).select(pl.col("file", "position").cast(pl.Int32), "row", "text")
    judged = numbers.read(odd, large).select("row", "number", "code", "mark")
    thousands = texts.people(1000)[1]  # as this page writes them: no doubt about what is meant
    return (
        cell.join(judged, on="row", how="left", validate="1:1", maintain_order="left")
        .with_columns(number=pl.coalesce("number", "plain"))
        .with_columns(
            code=pl.when(pl.col("number") < 0)
            .then(pl.lit("negative"))
            .when(pl.col("number") > MOST)
            .then(pl.lit("number_too_large"))
            .when(
                (pl.col("code") != "thousands_assumed")
                & ((pl.col("code") != "ambiguous_number") | (pl.col("mark") != thousands))
            )
            .then("code")
        )
        .with_columns(number=pl.when(pl.col("code").is_null() | (pl.col("code") == "ambiguous_number")).then("number"))
        .select("number", "code")
    )


def _month(text: str) -> tuple[date | None, str | None]:
    """Return the month of a cell, or what is wrong with it. A day stands before its month, as anywhere here."""
    if not text.strip():
        return None, "no_month"
    result = cells.read(text)
    if isinstance(result, tuple):
        result = cells.settle(result, day_is_first=True)
    return (None, "month_unreadable") if result is None else (months.from_number(result), None)
