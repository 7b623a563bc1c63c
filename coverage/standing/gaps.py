"""How far is each branch, segment or region from its target, and will it get there at today's pace?

Model, section 4. `gap` is signed: positive is missing, negative is surplus; `short` never lets one branch's
surplus hide another's shortage.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coverage.base import months
from coverage.base.tables import GAPS, Gaps, Standing
from coverage.model import own_months
from coverage.model import view as views
from coverage.model.view import View
from coverage.standing import missing_reports, so_far

Array = NDArray[np.float64]


def by(view: View, keys: Sequence[str] = ("segment",)) -> Gaps:
    """One row per key (`region`, `province`, `branch`, `segment`; none: one row in all) at the as-of month.

    Where only some series of a key have a target, `active`, `eligible` and everything after them are theirs
    alone, so that attainment compares like with like; `untargeted` counts the active workers left out. `due` is
    where a straight line from twelve months before the target's month would stand today. `late` counts series
    that have not reported the month: `active`, `eligible` and `attainment` are without them, `gap` and the rest count
    them where the law leads them by now; where nobody of a key has reported, those three are unknown. Who has reported
    one month only has no pace yet and no part in that of a sum (`without_pace` names them): one new branch must not
    hide where a region leads. With a target for registrations, `achieved` are those of the year so far.

    Parts of a sum that are due in different months keep their own (`own_months`): `target_months` lists them, and
    `due_already` counts those that have no part in the required pace any more.
    """
    return view.once(("gaps", *keys), lambda: _by(view, keys))


def _by(view: View, keys: Sequence[str]) -> Gaps:
    rows, place = view.groups(keys)
    count = rows.height
    targeted = np.isfinite(view.target)
    partly = np.bincount(place[targeted], minlength=count)[place] > 0
    counted = targeted | ~partly
    active = view.series["active"].to_numpy().astype(np.float64)
    reported = counted & (view.series["late"] == 0).to_numpy()

    def total(values: Array, where: NDArray[np.bool_] = counted) -> Array:
        return np.bincount(place[where], weights=values[where], minlength=count).astype(np.float64)

    registrations = view.measure == "registrations"
    achieved = view.registered if registrations else active
    has_target = np.bincount(place[targeted], minlength=count) > 0
    target = np.where(has_target, total(np.nan_to_num(view.target)), np.nan)
    missing = np.nan_to_num(view.target) - achieved
    gap = target - total(achieved)
    short = np.where(has_target, total(np.maximum(missing, 0)), np.nan)
    # Of the late nobody knows the members: attainment compares those who reported with their own targets.
    some = np.bincount(place[reported], minlength=count) > 0
    done, have = (np.where(some, total(values, reported), np.nan) for values in (achieved, active))
    aimed_at = np.where(has_target, total(np.nan_to_num(view.target), reported), np.nan)
    eligible = np.where(some, _known(view.series["eligible"], place, reported, count), np.nan)
    paced = counted & _has_pace(view)
    pace = total(view.series["registrations" if registrations else "pace"].cast(pl.Float64).to_numpy(), paced)
    expected = np.where(has_target & _any_ahead(view, place, count), total(_at_own_month(view), targeted), np.nan)
    path = _path(view, place, counted, count)
    span = _least(view.series["months_of_history"].to_numpy(), place, paced, count)
    required = own_months.required_pace(view.target - achieved, view.months_left, place, count)
    known_short = np.where(has_target, total(np.maximum(missing, 0), reported), np.nan)
    low, high = missing_reports.least_and_most(
        view, rows, keys, np.where(some | ~has_target, aimed_at - done, 0), known_short
    )
    return (
        rows.with_columns(
            month=pl.lit(view.as_of),
            active=_nulls(have),
            eligible=_nulls(eligible),
            target=_nulls(target),
            attainment=_nulls(np.divide(done, aimed_at, out=np.full(count, np.nan), where=aimed_at > 0)),
            coverage=_nulls(np.divide(have, eligible, out=np.full(count, np.nan), where=eligible > 0)),
            gap=_nulls(gap),
            gap_low=_nulls(low.gap),
            gap_high=_nulls(high.gap),
            short=_nulls(short),
            short_low=_nulls(low.short),
            short_high=_nulls(high.short),
            pace=_nulls(np.where(span > 0, pace, np.nan)),
            required_pace=_nulls(required),
            expected=_nulls(expected),
            status=_status(gap, target, expected, span, view.settings["tolerance"]),
            eta=_eta(path, target, view),
            months_of_history=pl.Series(span),
            achieved=_nulls(done),
            due=_nulls(np.where(has_target, total(_due(view), targeted), np.nan)),
            untargeted=pl.Series(total(active, ~counted)),
            late=pl.Series(_late(view, rows, keys)),
            due_already=pl.Series(own_months.due_already(view.months_left, view.target, place, count)),
            measure=pl.lit(view.measure),
            history_months=pl.lit(view.settings.whole("history_months"), dtype=pl.Int64),
        )
        .hstack(_when_and_whence(view, place, count))
        .select(*rows.columns, *GAPS.keys(), *MORE)
    )


MORE = (*("achieved", "due", "untargeted", "late", "target_months", "due_already", "measure", "history_months"),)
"""What `by` has beside the columns of `GAPS`."""
_NAMED = 6  # places of targets, for a sum of many


def _when_and_whence(view: View, place: NDArray[np.intp], count: int) -> pl.DataFrame:
    """One row per key: the last target month, all of them where they differ, and where the targets stand."""
    aimed = view.series.select("branch", "segment").with_columns(
        place=pl.Series(np.where(np.isfinite(view.target), place, -1), dtype=pl.Int64)
    )
    known = aimed.filter(pl.col("place") >= 0).join(
        view.targets.select("branch", "segment", "target_month", "target_source"), on=["branch", "segment"], how="left"
    )
    result = known.group_by("place").agg(
        target_month=pl.col("target_month").max(),
        months=pl.col("target_month").drop_nulls().unique().sort(),
        sources=pl.col("target_source").drop_nulls().unique(maintain_order=True),
    )
    rows = {int(row["place"]): row for row in result.to_dicts()}
    none: dict[str, Any] = {"target_month": None, "months": [], "sources": []}
    listed = [rows.get(at, none) for at in range(count)]
    return pl.DataFrame(
        {
            "target_month": [row["target_month"] for row in listed],
            "target_months": [
                " ".join(months.code(month) for month in row["months"]) if len(row["months"]) > 1 else None
                for row in listed
            ],
            "target_source": [_sources(row["sources"]) for row in listed],
        },
        schema={"target_month": pl.Date, "target_months": pl.String, "target_source": pl.String},
    )


def _sources(places: Sequence[str]) -> str | None:
    """Write where targets stand, file by file: `targets.toml:12,19; kota.csv:3`; of many the first ones."""
    lines: dict[str, list[str]] = {}
    for where in places:
        file, colon, line = where.rpartition(":")
        lines.setdefault(file if colon else where, []).extend([line] if colon else [])
    sentences = []
    for file, numbers in lines.items():
        numbers.sort(key=lambda text: (len(text), text))
        more = ",…" if len(numbers) > _NAMED else ""
        sentences.append(f"{file}:{','.join(numbers[:_NAMED])}{more}" if numbers else file)
    return "; ".join(sentences[:_NAMED]) + ("; …" if len(sentences) > _NAMED else "") or None


def _any_ahead(view: View, place: NDArray[np.intp], count: int) -> NDArray[np.bool_]:
    """Say for which keys a target is due in a month to come, or now (keys,)."""
    ahead = np.flatnonzero(view.months_left >= 0)
    return np.bincount(place[ahead], minlength=count) > 0


def _at_own_month(view: View) -> Array:
    """Return where the baseline leads each series in the month of its own target (series,); who is due already stays
    where it is. 0 without a target."""
    left = np.where(np.isfinite(view.months_left), np.maximum(view.months_left, 0), 0).astype(np.intp)
    series = np.arange(len(left))
    if view.measure == "registrations":
        counted: Array = np.nan_to_num(views.registrations(view, view.baseline.new[:, :, 0]))[left, series]
        return counted
    reached: Array = view.baseline.covered[left, series, 0]
    return reached


def left_out(view: View) -> tuple[float, list[str]]:
    """Return the active workers who stand beside no target where others have one, and their segments."""
    without = ~np.isfinite(view.target)
    if without.all() or not without.any():
        return 0.0, []
    aimless = view.series.filter(pl.Series(without)).join(view.targets, on=["branch", "segment"], how="anti")
    return float(aimless["active"].sum()), [str(segment) for segment in aimless["segment"].unique().sort()]


def counted_apart(view: View) -> list[str]:
    """Return the segments whose target counts registrations, where others' count members: they do not add up."""
    if view.measure == "registrations":
        return []
    return [str(segment) for segment in view.targets.filter(measure="registrations")["segment"].unique().sort()]


def without_pace(view: View) -> tuple[float, list[str]]:
    """Return the active workers who have no pace yet where others have one, and their branches."""
    paced = _has_pace(view)
    if not paced.any():
        return 0.0, []
    new = view.series.filter(pl.Series(~paced))
    return float(new["active"].sum()), new["branch"].unique(maintain_order=True).to_list()


def _has_pace(view: View) -> NDArray[np.bool_]:
    known = (
        view.series["registrations"].is_not_null()
        if view.measure == "registrations"
        else view.series["pace"].is_not_null()
    )
    return (known & (view.series["months_of_history"] > 0)).to_numpy()


def _nulls(values: Array) -> pl.Series:
    return pl.Series(values).fill_nan(None)


def _known(column: pl.Series, place: NDArray[np.intp], counted: NDArray[np.bool_], count: int) -> Array:
    """Sum a column by key; unknown for one is unknown for the sum."""
    values = column.cast(pl.Float64).fill_null(np.nan).to_numpy()
    return np.bincount(place[counted], weights=values[counted], minlength=count).astype(np.float64)


def _least(
    values: NDArray[np.int64], place: NDArray[np.intp], counted: NDArray[np.bool_], count: int
) -> NDArray[np.int64]:
    """Return the shortest history of each key, 0 where nobody has any: a sum goes back only as far as all its parts."""
    least = np.full(count, np.iinfo(np.int64).max)
    np.minimum.at(least, place[counted], values[counted])
    return np.where(least == np.iinfo(np.int64).max, 0, least)


def _path(view: View, place: NDArray[np.intp], counted: NDArray[np.bool_], count: int) -> Array:
    """Return the baseline by month and key (months + 1, keys): members, or registrations of the year so far."""
    member = np.zeros((len(place), count))
    member[np.flatnonzero(counted), place[counted]] = 1
    if view.measure == "registrations":
        # After the target's month as well: when would it be met?
        registered: Array = np.nan_to_num(views.registrations(view, view.baseline.new[:, :, 0], late=True)) @ member
        return registered
    return view.baseline.covered[:, :, 0] @ member


def _status(gap: Array, target: Array, expected: Array, span: NDArray[np.int64], tolerance: float) -> pl.Series:
    """Name where each key stands; the expected figure comes from the same projection as the simulation."""
    known = np.isfinite(target)
    reached = known & (gap <= 0)
    unknown = ~known | (span == 0)
    with np.errstate(invalid="ignore"):
        # A hair below is float noise: nobody is off track for a millionth of a worker.
        on_track = expected >= target - 1e-6
        at_risk = expected >= target - tolerance * gap - 1e-6
    names = np.select([reached, unknown, on_track, at_risk], ["reached", "unknown", "on_track", "at_risk"], "off_track")
    return pl.Series(names, dtype=Standing)


def _eta(path: Array, target: Array, view: View) -> pl.Series:
    """Return the first month in which the baseline reaches the target within the limit; null if never."""
    limit = view.settings.whole("eta_months")
    reached: NDArray[np.bool_] = np.greater_equal(path[: limit + 1], target - 1e-6)
    results = [months.add(view.as_of, int(np.argmax(reached))) if reached.any() else None for reached in reached.T]
    return pl.Series(results, dtype=pl.Date)


def _due(view: View) -> Array:
    """Return where a straight line to each series' target would stand today (series,), NaN where unknown.

    It starts twelve months before the target's month; for registrations at nothing, with their year.
    """
    if view.measure == "registrations":
        length = views.months_of_year(view)
        return view.target * np.clip(length - view.months_left, 0, length) / length
    passed = np.minimum(12 - view.months_left, 12)
    base = [months.add(view.as_of, int(left) - 12) if np.isfinite(left) else None for left in view.months_left]
    then = view.series.select("branch", "segment", month=pl.Series(base, dtype=pl.Date)).join(
        view.table.select("branch", "segment", "month", pl.col("active").cast(pl.Float64)),
        on=["branch", "segment", "month"],
        how="left",
        validate="1:1",
        maintain_order="left",
    )["active"]
    level = then.fill_null(np.nan).to_numpy()
    # Twelve months before or earlier nothing is due yet.
    return np.where(passed > 0, level + (view.target - level) * passed / 12, np.nan)


def _late(view: View, rows: pl.DataFrame, keys: Sequence[str]) -> NDArray[np.int64]:
    shared = [key for key in keys if key in view.late.columns]
    if not shared or view.late.is_empty():
        return np.full(rows.height, 0 if shared else view.late.height, dtype=np.int64)
    counts = view.late.group_by(shared).len()
    return (
        rows.join(counts, on=shared, how="left", nulls_equal=True, maintain_order="left")["len"]
        .fill_null(0)
        .to_numpy()
        .astype(np.int64)
    )


RANKINGS = ("short", "attainment", "pace_ratio", "status")
"""By what branches can be ranked: people missing, attainment, pace against the pace needed, status."""


def milestones(view: View, keys: Sequence[str] = ("segment",)) -> pl.DataFrame:
    """One row per key and month: `workers` to be reached on the way, as the targets file says.

    Only where each branch and segment of the key has a milestone in that month: those of some beside the members of
    all would look like a target long passed, or never to be reached.
    """
    rows, place = view.compared(keys)
    members = view.series.select("branch", "segment").with_columns(place=pl.Series(place, dtype=pl.Int64))
    members = members.filter(pl.col("place") >= 0).cast({"place": pl.UInt32})
    sums = (
        view.milestones.join(members, on=["branch", "segment"], validate="m:1")
        .group_by("place", "month")
        .agg(pl.col("workers").sum(), there=pl.len())
        .join(members.group_by("place").agg(size=pl.len()), on="place", validate="m:1")
        .filter(pl.col("there") == pl.col("size"))
    )
    return (
        rows.with_row_index("place")
        .join(sums, on="place", validate="1:m")
        .sort("place", "month")
        .drop("place", "there", "size")
    )


def ranking(view: View, rank: str = "short", months_back: int = 24) -> pl.DataFrame:
    """One row per branch, those that need most help first: `GAPS` with `region`, `pace_ratio` and `recent`.

    `pace_ratio` is pace over required pace (null where nothing is missing or no month is left), `recent` the active
    workers of the last months.
    """
    rows = by(view, ["branch", "region"]).with_columns(
        pace_ratio=pl.when(pl.col("required_pace") > 0).then(pl.col("pace") / pl.col("required_pace"))
    )
    first = months.add(view.as_of, 1 - months_back)
    recent = (
        so_far.history(view, ["branch"])
        .filter(pl.col("month") >= first)
        .group_by("branch", maintain_order=True)
        .agg(recent=pl.col("active"))
    )
    order = {
        "short": pl.col("short"),
        "attainment": -pl.col("attainment"),
        "pace_ratio": -pl.col("pace_ratio"),
        # The worst first: off track, at risk, on track, reached; unknown last.
        "status": pl.col("status")
        .cast(pl.String)
        .replace_strict(
            {"off_track": 4, "at_risk": 3, "on_track": 2, "reached": 1, "unknown": 0}, return_dtype=pl.Int64
        ),
    }[rank]
    return rows.join(recent, on="branch", how="left", maintain_order="left").sort(
        order, pl.col("short"), descending=True, nulls_last=True, maintain_order=True
    )
