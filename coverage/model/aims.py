"""What is aimed at in a view: each series' target, when it is due, and all the other months of its set?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coverage.base import months
from coverage.base.tables import SERIES_TARGETS, BranchMonths, Register, Series, SeriesTargets
from coverage.model import allotment, target_remarks
from coverage.model.allotment import TargetBasis
from coverage.model.target_remarks import Remarks
from coverage.model.targets import TargetSet

Array = NDArray[np.float64]
OWN = ["branch", "segment"]


@dataclass(frozen=True, kw_only=True)
class Aims:
    """The part of a view that its targets decide; each field is the view's of the same name."""

    targets: SeriesTargets  # of the series that reported
    late_targets: SeriesTargets  # of those that did not
    paths: SeriesTargets  # of both: every month of the set
    target: Array
    share: Array
    months_left: Array
    target_month: date | None
    in_view: date | None
    measure: str
    registered: Array
    milestones: pl.DataFrame
    remarks: Remarks


@dataclass(frozen=True, kw_only=True)
class Allotted:
    """What a set of targets asks of everybody, whoever looks, and what has to be known of it."""

    chosen: TargetSet
    paths: SeriesTargets
    headline: SeriesTargets
    in_view: date | None
    remarks: Remarks


def allot_to_all(
    chosen: TargetSet | None,
    whole: Series,
    table: BranchMonths,
    register: Register,
    *,
    as_of: date,
    growth: float,
    in_view: date | None,
) -> Allotted:
    """Share a set of targets out over all series; `in_view` is the month that the viewer has chosen of several."""
    chosen = chosen or TargetSet()
    on: TargetBasis = allotment.ground(whole, table, as_of=as_of, growth=growth)
    paths = allotment.targets_by_month(chosen, on)
    return Allotted(
        chosen=chosen,
        paths=paths,
        headline=allotment.headline(paths, as_of, in_view),
        in_view=in_view,
        remarks=target_remarks.remarks(chosen, whole, table, register, as_of=as_of, growth=growth),
    )


def of(rows: BranchMonths, series: Series, late: pl.DataFrame, allotted: Allotted, as_of: date) -> Aims:
    """Return what is aimed at by the series of a view; `rows` are theirs."""
    wanted = _joined(series, allotted.headline)
    owed = _joined(late, allotted.headline)
    due = pl.concat([wanted["target_month"], owed["target_month"]]).max()
    measures = {*wanted["measure"].drop_nulls().to_list(), *owed["measure"].drop_nulls().to_list()}
    measure = "registrations" if measures == {"registrations"} else "workers"
    target = wanted["target"].fill_null(np.nan).to_numpy().copy()
    if measure == "workers":  # registrations and members do not add up: in a mixed scope members count
        target[(wanted["measure"] == "registrations").fill_null(value=False).to_numpy()] = np.nan
        owed = owed.filter(pl.col("measure") != "registrations")
    both = pl.concat([series.select(OWN), late.select(OWN)]).unique(maintain_order=True)
    return Aims(
        targets=wanted.drop_nulls("target"),
        late_targets=owed.drop_nulls("target"),
        paths=both.join(allotted.paths, on=OWN, how="inner", validate="1:m").sort(*OWN, "target_month"),
        target=target,
        share=np.where(np.isfinite(target), wanted["share"].fill_null(np.nan).to_numpy(), np.nan),
        months_left=np.where(
            np.isfinite(target),
            wanted["target_month"].map_elements(lambda by: float(months.between(as_of, by)), return_dtype=pl.Float64),
            np.nan,
        ),
        target_month=due if isinstance(due, date) else None,
        in_view=allotted.in_view,
        measure=measure,
        registered=_registered(rows, wanted),
        milestones=_marks(allotted, series),
        remarks=allotted.remarks,
    )


def _marks(allotted: Allotted, series: Series) -> pl.DataFrame:
    """One row per branch, segment and month that is drawn beside the target: milestones, the other months of a path."""
    given = allotment.milestones_of_series(allotted.chosen, series)
    if allotted.paths.height == allotted.headline.height:
        return given
    due = [*OWN, "target_month"]
    others = (
        allotted.paths.filter(measure="workers")
        .join(allotted.headline.select(due), on=due, how="anti")
        .join(series.select(OWN), on=OWN, how="semi")
        .select(*OWN, month="target_month", workers="target")
    )
    return pl.concat([given, others.cast(given.schema)]).unique([*OWN, "month"], keep="first").sort(*OWN, "month")


def _joined(series: pl.DataFrame, headline: SeriesTargets) -> pl.DataFrame:
    if headline.is_empty():
        headline = pl.DataFrame(schema=SERIES_TARGETS)
    return series.select(OWN).join(headline, on=OWN, how="left", validate="1:1", maintain_order="left")


def _registered(rows: BranchMonths, wanted: pl.DataFrame) -> Array:
    """Sum the registrations from January of each series' target year to the target's month (series,)."""
    due = wanted.select(*OWN, "target_month")
    sums = (
        rows.select(*OWN, "month", "new")
        .join(due.drop_nulls(), on=OWN, validate="m:1")
        .filter(pl.col("month").is_between(pl.col("target_month").dt.truncate("1y"), pl.col("target_month")))
        .group_by(OWN)
        .agg(pl.col("new").sum().cast(pl.Float64))
    )
    joined = due.join(sums, on=OWN, how="left", validate="1:1", maintain_order="left")
    return joined["new"].fill_null(0).to_numpy()


def due_months(paths: SeriesTargets) -> Sequence[date]:
    """Return every month that a set of targets names for these series, in order."""
    return paths["target_month"].unique().sort().to_list()
