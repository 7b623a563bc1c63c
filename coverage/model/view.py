"""What is being looked at: which branches and segments, as of which month, against which targets?

`look` brings the parts together once; gaps, projections and charts all start from the same `View`, so that the
status on the first page and the baseline in the simulation are one truth.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coverage.base import months
from coverage.base.errors import NothingToShow
from coverage.base.settings import Settings
from coverage.base.tables import BranchMonths, Register, Series, SeriesTargets, branch_key, plain
from coverage.model import aims, ground, own_months, projection, running
from coverage.model.aims import Aims
from coverage.model.course import Course
from coverage.model.ground import Ground
from coverage.model.known_answers import KnownAnswers
from coverage.model.levers import Programme
from coverage.model.plan import Enrolment, resolved
from coverage.model.target_remarks import Remarks
from coverage.model.targets import TargetSet

Array = NDArray[np.float64]
KEYS = ("region", "province", "branch", "segment")


@dataclass(frozen=True, kw_only=True)
class Scope:
    """A choice of regions, branches and segments; an empty one means all."""

    regions: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class View(KnownAnswers):
    """A scope at a month, ready to be measured and projected.

    `series` has those that reported the as-of month, and of the `late` ones those that the law leads there from a last
    report of a year ago at most. `target` and `months_left` (series,) are NaN where there is none. `baseline` runs on
    without any lever, at least to the target's month.
    """

    as_of: date
    settings: Settings
    table: BranchMonths  # the scope's rows up to the as-of month
    whole: BranchMonths  # everybody's rows: what a target is relative to may lie outside the scope
    series: Series
    peers: Series  # everybody's series, late ones too: whom a branch is compared with does not depend on who is looking
    late: pl.DataFrame  # branch, segment, region, province
    targets: SeriesTargets
    late_targets: SeriesTargets
    paths: SeriesTargets  # every month of the set, past and to come, the late ones' too
    target: Array  # in the baseline run; `aimed` says it in another one
    share: Array  # of the eligible of the target's month, which the target moves with (series,); NaN where it does not
    months_left: Array  # from the as-of month to the month of the series' own target; negative when it is past
    target_month: date | None  # the latest of the targets in scope
    in_view: date | None  # the month that the viewer has chosen, where a set has several for a series
    measure: str
    registered: Array  # registrations since January of the target's year (series,), for targets that count them
    milestones: pl.DataFrame
    remarks: Remarks  # what the set of targets says of nobody, or twice
    register: Register
    ground: Ground
    places: NDArray[np.intp]  # of the series on the ground
    course: Course
    start: projection.Start
    enrolments: tuple[Enrolment, ...]  # the running programmes
    baseline: projection.Flows
    # A slider asks for the same groups at every step; a view never changes, so they are found once.
    grouped: dict[tuple[str, ...], tuple[pl.DataFrame, NDArray[np.intp]]] = field(
        default_factory=dict, repr=False, compare=False
    )
    cut: dict[tuple[str, ...], own_months.Parts] = field(default_factory=dict, repr=False, compare=False)
    # The flows of the band's draws by months ahead, and the same view with a scenario's running programmes (`chance`).
    drawn: dict[int, projection.Rates] = field(default_factory=dict, repr=False, compare=False)
    grounds: dict[tuple[str, ...], View] = field(default_factory=dict, repr=False, compare=False)
    # The paths of growth rules, for the same reason (`rules`).
    ruled: dict[Hashable, tuple[Array | None, Array | None]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def not_run(self) -> pl.DataFrame:
        """Return the late ones that are in no sum: their last report is too long ago."""
        return self.late.join(
            self.series.select("branch", "segment"), on=["branch", "segment"], how="anti", maintain_order="left"
        )

    def groups(self, keys: Sequence[str]) -> tuple[pl.DataFrame, NDArray[np.intp]]:
        """Return one row per key, and for each series (series,) the row that it belongs to."""
        if tuple(keys) not in self.grouped:
            self.grouped[tuple(keys)] = self._find_groups(keys)
        return self.grouped[tuple(keys)]

    def compared(self, keys: Sequence[str]) -> tuple[pl.DataFrame, NDArray[np.intp]]:
        """Return what `groups` does, but -1 for a series that has no target for members where others of its key have
        one: all members against the target of some would be no comparison (`gaps` counts those who are left out).
        """
        rows, place = self.groups(keys)
        targeted = np.isfinite(self.target) & (self.measure == "workers")
        partly = np.bincount(place[targeted], minlength=rows.height)[place] > 0
        return rows, np.where(targeted | ~partly, place, -1)

    def parts(self, keys: Sequence[str]) -> own_months.Parts:
        """Return the groups of `compared` cut into parts that are due in the same month."""
        name = ("due", *keys)
        if name not in self.cut:
            rows, place = self.compared(keys)
            self.cut[name] = own_months.parts(place, self.months_left, rows.height)
        return self.cut[name]

    def _find_groups(self, keys: Sequence[str]) -> tuple[pl.DataFrame, NDArray[np.intp]]:
        if not keys:
            return pl.DataFrame({"scope": ["total"] if self.series.height else []}), np.zeros(
                self.series.height, dtype=np.intp
            )
        rows = self.series.select(keys).unique(maintain_order=True).sort(keys, nulls_last=True)
        placed = self.series.select(keys).join(
            rows.with_row_index("place"), on=list(keys), how="left", nulls_equal=True, maintain_order="left"
        )
        return rows, placed["place"].to_numpy().astype(np.intp)


def of(
    table: BranchMonths,
    register: Register,
    chosen: TargetSet | None,
    *,
    scope: Scope,
    as_of: date | None,
    settings: Settings,
    in_view: date | None = None,
    programmes: Sequence[Programme] = (),
) -> View:
    """Choose the scope's rows and compute its series, targets and baseline; `as_of` None is the latest month.

    Of several months that the set has for a series, the target of the month `in_view` counts, else the next one due.
    Of the `programmes` those that run at the as-of month are part of the baseline.

    Targets are shared out before the scope is cut, so that a branch's part of a region's figure does not depend
    on who is looking. Raises `NothingToShow` where the scope holds no rows.
    """
    if table.is_empty():
        raise NothingToShow("no_rows")
    latest = table["month"].max()
    month = as_of or latest
    if not isinstance(month, date) or not (table["month"] <= month).any():
        first = table["month"].min()
        raise NothingToShow(
            "no_month",
            found=months.code(month) if isinstance(month, date) else "",
            allowed=f"{months.code(first) if isinstance(first, date) else ''} …",
        )
    first = table["month"].min()
    table = _comparable(table, month, settings)
    laid = ground.of(
        table,
        register,
        as_of=month,
        first=first if isinstance(first, date) else None,
        settings=settings,
        programmes=programmes,
    )
    whole = laid.whole
    inside = _inside(whole, scope)
    reported = whole["active"].is_not_null().to_numpy()
    silent = inside & ~reported & _owes(whole, settings)
    growth = settings["eligible_growth"]
    allotted = aims.allot_to_all(chosen, whole, table, register, as_of=month, growth=growth, in_view=in_view)
    places = np.flatnonzero(inside & laid.law.run & (reported | silent))
    late = whole.filter(pl.Series(silent)).select("branch", "segment", "region", "province")
    both = whole.filter(pl.Series(inside & (reported | silent))).select("branch", "segment")
    rows = table.filter(pl.col("month") <= month).join(both, on=["branch", "segment"], how="semi")
    way = laid.course(places, settings.whole("eta_months"))
    series = ground.series_to_run(laid, places, way)
    return _with_baseline(
        View(
            as_of=month,
            settings=settings,
            table=rows,
            whole=table,
            series=series,
            peers=whole,
            late=late,
            register=register,
            ground=laid,
            places=places,
            course=way,
            start=_start(laid, places, series, way),
            enrolments=ground.enrolments(laid, way),
            baseline=None,  # type: ignore[arg-type]  # made from the rest of the view
            **vars(aims.of(rows, series, late, allotted, month)),
        )
    )


def _rest(settings: Settings) -> pl.Expr:
    return pl.col("segment").cast(pl.String).is_in([segment.name for segment in settings.segments if segment.rest])


def _comparable(table: BranchMonths, month: date, settings: Settings) -> BranchMonths:
    """Leave out the months in which what nobody splits means something else than in the branch's latest month.

    Once it is all of a branch's members, once what the other segments leave of them: from 35 to 6 million is no loss.
    It is the same only beside the same segments.
    """
    rest = _rest(settings)
    if not table.select(rest.any()).item():
        return table
    parts = pl.col("segment").cast(pl.String).filter(~rest).unique().sort().str.join("|")
    split = table.group_by("branch", "month").agg(parts=parts)
    latest = table.filter(pl.col("month") <= month).group_by("branch").agg(pl.col("month").max())
    now = split.join(latest, on=["branch", "month"], how="semi").select("branch", now="parts")
    marked = table.join(split, on=["branch", "month"], how="left", validate="m:1", maintain_order="left")
    marked = marked.join(now, on="branch", how="left", validate="m:1", maintain_order="left")
    same = pl.col("parts") == pl.col("now")
    return marked.filter(~rest | same | (pl.col("month") > month)).drop("parts", "now")


def _owes(whole: Series, settings: Settings) -> NDArray[np.bool_]:
    """Say which silent series owe a report: none whose branch's members are counted in another segment.

    A branch that reports what nobody splits has reported everybody; one that splits them owes no rest.
    """
    rest = _rest(settings)
    present = whole.filter(pl.col("active").is_not_null())
    everybody, in_parts = (present.filter(part)["branch"].unique().implode() for part in (rest, ~rest))
    counted = pl.col("branch").is_in(everybody) | (rest & pl.col("branch").is_in(in_parts))
    return whole.select(~counted).to_series().to_numpy()


def retarget(view: View, chosen: TargetSet) -> View:
    """Hold the same view against other targets, or against the same ones shared out by another rule."""
    allotted = aims.allot_to_all(
        chosen,
        view.peers,
        view.whole,
        view.register,
        as_of=view.as_of,
        growth=view.settings["eligible_growth"],
        in_view=view.in_view,
    )
    aimed_at: Aims = aims.of(view.table, view.series, view.late, allotted, view.as_of)
    held = replace(view, cut={}, ruled={}, grounds={}, **vars(aimed_at))
    return held if _due(held) < len(view.baseline.covered) else _with_baseline(held)


def grounded(view: View, programmes: Sequence[Programme]) -> View:
    """Return the view on whose ground those of these programmes that run at the as-of month run as well.

    The same view where all of them run already, or none does.
    """
    known = list(view.ground.running.programmes)
    more = []
    for programme in running.at(programmes, view.as_of):
        if programme in known:
            known.remove(programme)
        else:
            more.append(programme)
    if not more:
        return view
    key = tuple(programme.model_dump_json() for programme in more)
    if key not in view.grounds:
        laid = view.ground.also(more)
        way = laid.course(view.places, view.settings.whole("eta_months"))
        series = ground.series_to_run(laid, view.places, way)
        view.grounds[key] = _with_baseline(
            replace(
                view,
                series=series,
                ground=laid,
                course=way,
                start=_start(laid, view.places, series, way),
                enrolments=ground.enrolments(laid, way),
                ruled={},
                grounds={},
                drawn={},
            )
        )
    return view.grounds[key]


def _start(laid: Ground, places: NDArray[np.intp], series: Series, way: Course) -> projection.Start:
    longer: dict[int, Course] = {}

    def further(horizon: int) -> Course:
        if horizon not in longer:
            longer[horizon] = laid.course(places, horizon)
        return longer[horizon]

    return ground.start_on_ground(series, way, further)


def _due(view: View) -> int:
    return months.between(view.as_of, view.target_month) if view.target_month else 0


def _with_baseline(view: View) -> View:
    """Run the view on without any lever, with the programmes that run already."""
    horizon = max(view.settings.whole("eta_months"), _due(view))
    still = resolved(view.series, {}, {}, (), as_of=view.as_of, growth=view.settings["eligible_growth"])
    still = replace(still, enrolments=view.enrolments)
    return replace(view, baseline=projection.run(view.start, still, horizon))


def _inside(series: Series, scope: Scope) -> NDArray[np.bool_]:
    """Say which series a scope holds; raise `NothingToShow` naming the first choice that nothing fits."""
    inside = np.ones(series.height, dtype=bool)
    for column, wanted in (("region", scope.regions), ("branch", scope.branches), ("segment", scope.segments)):
        if not wanted:
            continue
        fold = branch_key if column == "branch" else plain
        values = [None if value is None else fold(value) for value in series[column].to_list()]
        for name in wanted:
            if fold(name) not in values:
                present = sorted({str(value) for value in series[column].drop_nulls().to_list()})
                raise NothingToShow(
                    f"{column}_unknown",
                    found=name,
                    allowed=" | ".join(present[:12]) + (" | …" if len(present) > 12 else ""),
                )
        folded = {fold(name) for name in wanted}
        inside &= np.array([value in folded for value in values])
    if not inside.any():
        raise NothingToShow("scope_empty")
    return inside


def months_of_year(view: View) -> Array:
    """Return how many months the registrations of each series' target count, January to its month (series,)."""
    length: Array = (months.number(view.as_of) + view.months_left) % 12 + 1
    return length


def registrations(view: View, new: Array, *, late: bool = False) -> Array:
    """Return the registrations that count for each series' target, month by month (months + 1, series), of a run's
    `new` of the same shape; NaN where a series has no target.

    They count from January of the target's year to its month, or if `late` on to the year's end; then they stay.
    """
    t = np.arange(len(new))[:, None]
    january = view.months_left - months_of_year(view) + 1
    last = january + 11 if late else view.months_left
    counted = np.where((t >= january) & (t <= last), new, 0)
    total: Array = np.where(np.isfinite(view.months_left), view.registered + np.cumsum(counted, axis=0), np.nan)
    return total


def places(table: BranchMonths, register: Register) -> list[tuple[str, str | None]]:
    """Return every branch of a table with its region, in the order of their names."""
    regions = {branch_key(row["branch"]): row["region"] for row in register.select("branch", "region").to_dicts()}
    return [(branch, regions.get(branch_key(branch))) for branch in sorted(table["branch"].unique().to_list())]


def provinces(table: BranchMonths, register: Register) -> dict[str, str]:
    """Return the province of each branch of a table, for those of which the register says one."""
    known = {branch_key(row["branch"]): row["province"] for row in register.select("branch", "province").to_dicts()}
    named = {branch: known.get(branch_key(branch)) for branch in sorted(table["branch"].unique().to_list())}
    return {branch: province for branch, province in named.items() if province}


def illustrative_share(view: View) -> float:
    """Return which share of the rows in view are illustrative."""
    return statuses(view).get("illustrative", 0.0)


def statuses(view: View) -> dict[str, float]:
    """Return the shares of the rows in view by what they say of how far to trust them; "" is those that say nothing."""
    return view.once("statuses", lambda: _statuses(view))


def _statuses(view: View) -> dict[str, float]:
    counts = (
        view.table["status"]
        .cast(pl.String)
        .fill_null("")
        .value_counts(sort=True)
        .sort("count", "status", descending=[True, False])
    )
    return {str(status): int(count) / view.table.height for status, count in counts.iter_rows()}


def sources(view: View) -> list[tuple[str, int]]:
    """Return the sources of the as-of month's rows, with how many rows each."""
    return view.once("sources", lambda: _sources(view))


def _sources(view: View) -> list[tuple[str, int]]:
    rows = view.table.filter(pl.col("month") == view.as_of).drop_nulls("source")
    counts = rows.group_by("source").len().sort("len", "source", descending=[True, False])
    return [(str(source), int(count)) for source, count in counts.iter_rows()]
