"""Which programmes run already, whom do they pay for, and who is funded without a known end?

Model, section 5.3, "Running programmes". One that runs is part of the baseline, so that the next cliff stands on the
first page. Which ones run is asked of the as-of month, for late series too.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import Field

from coverage.base import declarations, months
from coverage.base.declarations import Declared
from coverage.base.errors import DeclarationRefused
from coverage.base.tables import branch_key
from coverage.model.baseline import Held
from coverage.model.levers import Programme

Array = NDArray[np.float64]


class Programmes(Declared):
    """A file of programmes: `[[programme]]` as in a scenario."""

    programme: tuple[Programme, ...] = Field(default=())


@dataclass(frozen=True, kw_only=True)
class Running:
    """The programmes that run at a month, and whom each holds of every series at that series' last report."""

    programmes: tuple[Programme, ...]
    held: tuple[Held, ...]
    stand_in: Array  # (series,) the funded where they are not given: those of the running programmes


def load(path: Path) -> tuple[Programme, ...]:
    """Read a file of programmes; raise `DeclarationRefused` with file, line, key, found and allowed."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DeclarationRefused(
            "declaration_unreadable", file=path.name, found=error.strerror or str(error)
        ) from error
    return loads(content, path.name)


def loads(content: bytes, file: str) -> tuple[Programme, ...]:
    """Read what stands in a file of programmes; raise `DeclarationRefused` as `load` does."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DeclarationRefused("not_text", file=file) from error
    return declarations.load(text, file, Programmes).programme


def holds_programmes(text: str) -> bool:
    """Say whether a text is a file of programmes: TOML with `[[programme]]`, and nothing else."""
    try:
        return set(tomllib.loads(text)) == {"programme"}
    except tomllib.TOMLDecodeError:
        return False


def at(programmes: Sequence[Programme], as_of: date) -> tuple[Programme, ...]:
    """Return the programmes that run at a month: begun in it or before, and still paid for after it; `+0` is that
    month."""
    placed = [
        programme.model_copy(update={"starts": months.at(programme.starts, as_of)})
        if isinstance(programme.starts, months.Ahead)
        else programme
        for programme in programmes
    ]
    return tuple(
        programme for programme in placed if programme.starts <= as_of < months.add(programme.starts, programme.months)
    )


def hold_members(
    programmes: Sequence[Programme],
    keys: pl.DataFrame,
    active: Array,
    funded: Array,
    run: NDArray[np.bool_],
    as_of: date,
) -> Running:
    """Say whom each running programme holds: its workers spread by funded, at most those that no earlier one holds.

    `active` and `funded` (series,) are those of each series' last report, `funded` NaN where it is not given: the
    workers are then spread by active, and the running programmes' are the funded.
    """
    chosen = at(programmes, as_of)
    segment = keys["segment"].cast(pl.String).to_numpy()
    branch = np.array([branch_key(name) for name in keys["branch"].to_list()], dtype=object)
    free = np.nan_to_num(np.where(np.isfinite(funded), np.minimum(funded, active), active))
    held = []
    for programme in chosen:
        members = run & (segment == programme.segment)
        if programme.branches is not None:
            members &= np.isin(branch, [branch_key(name) for name in programme.branches])
        known = np.isfinite(funded[members]).all()
        weights = np.where(members, funded if known else active, 0.0)
        # Floats, as everything inside a projection: nothing is enrolled here, people are only told apart.
        workers = programme.workers * np.divide(weights, weights.sum(), out=np.zeros_like(weights), where=weights > 0)
        holds = np.minimum(workers, free)
        free = free - holds
        held.append(Held(members=holds, ends=_ends(programme, as_of), stay=programme.stay))
    return Running(
        programmes=chosen,
        held=tuple(held),
        stand_in=sum((state.members for state in held), np.zeros(len(active))),
    )


def _ends(programme: Programme, as_of: date) -> int:
    return months.between(as_of, months.add(programme.starts, programme.months))
