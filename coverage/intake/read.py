"""Which rows do the handed-in files hold, what is wrong with them, and where did each line go?

Files in, the canonical table, the problems and the account of every line out. A bad file is never half-read: it is
refused as a whole (`FileRefused`); a bad line is a row of `Problems`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from coverage.base import tables
from coverage.base.errors import FileRefused
from coverage.base.settings import Settings
from coverage.base.tables import BranchMonths, FilesRead, FileTargets, Problems
from coverage.intake import (
    accounts,
    checks,
    chunks,
    doubts,
    fates,
    figure_account,
    hand_in,
    joining,
    mapping,
    opening,
    other_measures,
    preferred,
    recaps,
    rows,
    sums,
)
from coverage.intake.finding import Companion, Handed, find, in_order, others
from coverage.intake.hand_in import HandedIn
from coverage.intake.layout import regions
from coverage.intake.layout.shown import ORIGINS, SheetShown
from coverage.intake.lines import Lines
from coverage.intake.problem_rows import problem
from coverage.intake.recaps import LaidOut
from coverage.intake.row_reader import Named

__all__ = ["Companion", "Handed", "Intake", "find", "in_order", "others", "read"]


@dataclass(frozen=True, kw_only=True)
class Intake:
    """What the files hold: one row per branch, segment and month; what is wrong; where each line went.

    `fingerprint` is the same for the same contents, in whatever order they came, and another for others. `refused` are
    the files that could not be read (each is a row of `problems` too), `companions` those that say something about the
    tables.
    """

    table: BranchMonths
    problems: Problems
    files: FilesRead
    fingerprint: str
    refused: tuple[FileRefused, ...] = ()
    companions: tuple[Companion, ...] = ()
    targets: FileTargets = dataclasses.field(default_factory=lambda: pl.DataFrame(schema=tables.FILE_TARGETS))
    sheets: tuple[SheetShown, ...] = ()
    origins: pl.DataFrame = dataclasses.field(default_factory=lambda: pl.DataFrame(schema=ORIGINS))
    figures: pl.DataFrame = dataclasses.field(default_factory=lambda: pl.DataFrame(schema=fates.SCHEMA))
    regions: pl.DataFrame = dataclasses.field(default_factory=lambda: pl.DataFrame(schema=regions.SCHEMA))


def read(
    sources: Sequence[Path | Handed],
    *,
    settings: Settings,
    strict: bool = False,
    passed_over: Sequence[str] = (),
    refused: Sequence[FileRefused] = (),
) -> Intake:
    """Read all files together; `passed_over` names the files beside them that hold no table, `refused` what is known
    to be unreadable.

    A file that cannot be read is told and costs the others nothing. Raise `FileRefused` where none can be read (it
    names the first, and how many others), and with `strict` for the first that cannot.
    """
    if not sources:
        raise FileRefused("no_files", file="–", found="–")
    handed = hand_in.sorted_out(sources, settings)
    handed.others.extend(passed_over)
    handed.refused.extend(refused)
    tables_of = dict(zip(opening.labels(handed.tables), handed.tables, strict=True))
    opened: opening.Known = {}
    while not (strict and handed.refused):
        known = len(handed.refused)
        try:
            intake = _together(list(tables_of.values()), handed, settings, opened)
            if not (strict and intake.refused):
                return intake
        except FileRefused as error:  # only its rows showed it
            label = str(error.data["file"])
            culprit = next((name for name in tables_of if label == name or label.startswith(f"{name}#")), None)
            if culprit is None or strict or len(tables_of) == 1:
                raise
            del handed.refused[known:], tables_of[culprit]
            handed.refused.append(error)
    raise hand_in.first_of(handed.refused)


def _together(
    sources: Sequence[Path | Handed],
    handed: HandedIn,
    settings: Settings,
    opened: opening.Known,
    laid_out: frozenset[str] = frozenset(),
) -> Intake:
    """Read the tables; those that are refused are told, or refused where nothing else is left.

    `opened` are tables that were opened before; `laid_out` are files whose layout is looked at although their headers
    are those of a clean long table.
    """
    before = len(handed.refused)
    maps = mapping.entries_of(handed.companions)
    files, blocks, problems = opening.opened(
        sources, settings, refused=handed.refused, laid_out=laid_out, maps=maps, known=opened
    )
    if not files:
        raise handed.nothing()
    of_files = [Named(label=file.label, stem=file.stem) for file in files]
    aside = chunks.threads()  # what follows keeps one core busy; this takes the other
    hashed = aside.submit(accounts.hashes, [file.content for file in files])
    results = [block.result if isinstance(block, LaidOut) else rows.read_rows(block, of_files) for block in blocks]
    met = {files[at].label for at in recaps.may_be_laid_out(results)}
    odd_ones = {
        name for name in opening.labels(sources) if any(label == name or label.startswith(f"{name}#") for label in met)
    }
    if odd_ones - laid_out:  # what the head of a file did not show
        del handed.refused[before:]
        return _together(sources, handed, settings, opened, laid_out | odd_ones)
    handed.set_notes_apart()
    problems += [frame for result in results for frame in result.problems]
    every = joining.joined(results)
    table, rank, branches = every.table, every.rank, every.branches
    named = aside.submit(accounts.public, table, files, branches)  # nearly always those that are kept
    labels = pl.Series([file.label for file in files], dtype=pl.String)
    chosen, more = preferred.without_earlier(table, preferred.turns([file.label for file in files], maps), labels)
    kept, order, steps, twice = joining.in_order(chosen, rank, labels)
    filled = other_measures.join(kept, results, every.numbers, labels)
    _refuse_alone(blocks, filled.used)
    kept, summed, sum_notes = sums.without(filled.table, branches)
    kept, doubted = doubts.settle(kept, {pair for result in results for pair in result.believed})
    if summed.height:
        kept, order, steps, _ = joining.in_order(kept, rank, labels)
    more += [*twice, *filled.problems, *sum_notes, *doubted]
    active = kept["active"] if order is None else kept["active"][order]
    calm = checks.is_calm(pl.DataFrame({"active": active, checks.STEP: steps}), settings=settings)
    public = named.result() if kept is table else accounts.public(kept, files, branches)
    public = (public if order is None else public[order]).hstack([pl.Series(checks.STEP, steps)])
    odd = checks.run(public, settings=settings, headers=lambda: accounts.headers(files), calm=calm)
    of_places, region_notes = recaps.regions_of(blocks, labels)
    more += region_notes
    hashes = hashed.result()
    account = accounts.account(files, blocks, results, kept, summed, used=filled.used).hstack(
        [pl.Series("xxh128", hashes, dtype=pl.String)]
    )
    empty = np.flatnonzero((account["read"] == account["blank"]).to_numpy())
    if len(empty):
        problems.append(problem("no_lines", "warning", file=empty.astype(np.int32)))
    return Intake(
        table=public[list(tables.BRANCH_MONTHS)],
        problems=accounts.sorted_problems(
            [*problems, *every.problems, *more], odd, files, hand_in.verdicts(handed.refused, handed.others)
        ),
        files=account[list(tables.FILES_READ)],
        targets=recaps.targets(blocks, results, labels),
        sheets=accounts.sheets_shown(files, account),
        origins=recaps.origins(blocks, labels),
        figures=figure_account.settled(
            [
                block.account if isinstance(block, LaidOut) else result.figures
                for block, result in zip(blocks, results, strict=True)
            ],
            results,
            kept,
            summed,
            filled.used,
            labels,
        ),
        regions=of_places,
        fingerprint=accounts.fingerprint(hashes, maps),
        refused=tuple(handed.refused),
        companions=tuple(handed.companions),
    )


def _refuse_alone(blocks: Sequence[Lines | LaidOut], used: pl.DataFrame) -> None:
    """Raise the refusal of a file of which nothing can be used, because no other tells the active members."""
    for block in blocks:
        if isinstance(block, LaidOut) and block.alone is not None and not block.has(used["file"]):
            raise block.alone
