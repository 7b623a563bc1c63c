"""What does a reader have to know of a set of targets: whom does nobody know, and where does it say two things?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from coverage.base.tables import BranchMonths, Register, Series
from coverage.model import target_places
from coverage.model.allotment import Difference, allot, ground, layers_of
from coverage.model.targets import FOLDS, TargetSet


@dataclass(frozen=True, kw_only=True)
class Remarks:
    """What a reader has to know of a set of targets.

    `unknown`: the places it names that are neither in the data nor in the register of branches; `nobody`: none of its
    places is in the data. `alike`: those that differ from a branch of the data by what comes before the name alone
    (Kota, Kab., KC), with that branch. `above`: the branches and segments whose part is more than their eligible of
    the target's month.
    """

    unknown: list[str]
    differ: list[Difference]
    alike: list[tuple[str, str]]
    above: list[tuple[str, str]]
    nobody: bool = False


def remarks(
    chosen: TargetSet, series: Series, table: BranchMonths, register: Register, *, as_of: date, growth: float = 0.0
) -> Remarks:
    """Look through a set of targets for what it says of nobody, or twice; `series` are all, not a scope's."""
    on = ground(series, table, as_of=as_of, growth=growth)
    known = {
        column: {fold(name) for name in (*series[column], *register[column]) if name} for column, fold in FOLDS.items()
    }
    named = {
        column: dict.fromkeys(
            target.place[column]
            for target in chosen.target
            if column in target.place and FOLDS[column](target.place[column]) not in known[column]
        )
        for column in FOLDS
    }
    close = target_places.alike(named["branch"], [str(name) for name in series["branch"].unique().sort()])
    offered = {written for written, _ in close}
    in_order = dict.fromkeys(name for target in chosen.target for name in target.place.values())
    unknown = [name for name in in_order if name not in offered and any(name in names for names in named.values())]
    differ: list[Difference] = []
    above: dict[tuple[str, str], None] = {}
    for by, measure, layers in layers_of(chosen):
        for due in layers:
            part = allot(due, on, by, chosen.share_out)
            differ += part.differ
            if measure == "workers" and by >= as_of:
                over = part.amounts > on.eligible(by) + 0.5
                above |= dict.fromkeys(on.series.filter(pl.Series(over)).select("branch", "segment").iter_rows())
    places = on.places
    return Remarks(
        unknown=unknown,
        differ=differ,
        alike=close,
        above=[(str(branch), str(segment)) for branch, segment in above],
        nobody=bool(chosen.target) and not any(places.of(target).any() for target in chosen.target),
    )
