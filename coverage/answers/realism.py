"""Has anybody ever done that? What a scenario asks for, beside what each branch did at its best.

What is asked for is measured as a rate, so that branches of any size can be compared, and held against the same rate
in every branch's history, over equally many months in a row (twelve, or as many as are looked ahead if those are
fewer: a season is not a year). Branches are all those of the data, whoever is looking. Of several years ahead the
hardest stretch is what counts. Registrations and returns are those that the levers ask for, on top of what comes
without new steps, not those that room and pool leave of them: a lever that asks for more than there are has asked for
it.

- registrations (`new`, `extra`, growth rules): a month, for each eligible worker; for each active member where the
  eligible of any are unknown
- lapses (`lapse`): a month, for each member who pays for himself; the record is the lowest
- returns (`back`): a month, for each active member (the pool of those who lapsed is not in the data)
- funded members (`workers`): the most in a month, for each eligible worker, else for each active member
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coverage.base import months
from coverage.base.tables import Schema, Segment
from coverage.model import history, runs
from coverage.model.equations.month import flow_moved_by
from coverage.model.levers import ACTS, covers_more
from coverage.model.projection import Flows
from coverage.model.scenarios import Scenario
from coverage.model.view import View

Array = NDArray[np.float64]
YEAR = 12
FEWEST = 2
"""With fewer branches there is nobody to compare with."""
_DEEDS = {"new": "registered", "lapsed": "lapsed", "returned": "returned", "enrolled": "funded", "stayed": "funded"}
MEASURE_OF = {name: _DEEDS[flow] for name in ACTS if (flow := flow_moved_by(name)) is not None} | {"workers": "funded"}
"""Which deed each lever asks for."""
LOWEST = "lapsed"
_ASKED_FOR = {"registered", "returned"}
"""Of these the levers' own figure counts, not what room and pool leave of it."""
_HAIR = 1e-9

RECORDS: Schema = {
    "segment": Segment,
    "measure": pl.String(),
    "branch": pl.String(),
    "best": pl.Float64(),  # null: too short a history, or its flows are not known
    "month": pl.Date(),  # the last of the months in a row
}
REALISM: Schema = {
    "segment": Segment,
    "measure": pl.String(),
    "needed": pl.Float64(),
    "branches": pl.Int64(),  # whose record is known
    "never": pl.Int64(),  # of them have never done as much
    "best": pl.Float64(),
    "best_branch": pl.String(),
    "best_month": pl.Date(),
    "times": pl.Float64(),  # best ÷ needed
    "months": pl.Int64(),  # in a row
    "of": pl.String(),  # eligible | active
    "reason": pl.String(),  # why there is nothing to compare: one_branch | no_records; null where there is
}


@dataclass(frozen=True, kw_only=True)
class Records:
    """The best that each branch ever did, so many months in a row, and what sizes are measured by in each segment."""

    rows: pl.DataFrame
    months: int
    of: Mapping[str, str]


def records(view: View, months_ahead: int) -> Records:
    """Find the record of every branch of the data: `RECORDS`, one row per segment, measure and branch.

    It takes a moment and depends on no lever: keep it beside the view.
    """
    past = history.grid(view.whole, as_of=view.as_of)
    window = max(1, min(YEAR, months_ahead))
    segment = past.keys["segment"].cast(pl.String).to_numpy()
    of = {str(name): _basis(view, past, segment == name, str(name)) for name in np.unique(segment)}
    by_eligible = np.array([of[str(name)] == "eligible" for name in segment], dtype=bool)
    size = np.where(by_eligible[:, None], _eligible(past), past.active)
    funded = np.nan_to_num(past.funded)
    rates = {
        "registered": _rolling(past.new, size, window),
        "lapsed": _rolling(past.lapsed, _before(np.maximum(past.active - funded, 0)), window),
        "returned": _rolling(past.returned, _before(past.active), window),
        "funded": _rolling(past.funded, size, 1),
    }
    calendar = [months.add(past.last, t) for t in range(1 - past.active.shape[1], 1)]
    rows = []
    for measure, rate in rates.items():
        best, where = _best(rate, lowest=measure == LOWEST)
        columns = {
            "measure": pl.Series([measure] * past.keys.height, dtype=pl.String),
            "best": pl.Series(best, nan_to_null=True, dtype=pl.Float64),
            "month": pl.Series([calendar[place] if place >= 0 else None for place in where], dtype=pl.Date),
        }
        rows.append(past.keys.select("branch", "segment").with_columns(**columns).select(RECORDS.keys()))
    return Records(rows=pl.concat(rows), months=window, of=of)


def deeds_asked_for(scenario: Scenario) -> list[tuple[str, str]]:
    """Return (segment, measure) that a scenario asks more of than usual, in the order of its levers."""
    results: list[tuple[str, str]] = []
    for segment, wide in scenario.levers.items():
        for branch in (wide, *wide.branch.values()):
            harder = [name for name in ACTS if name in MEASURE_OF and covers_more(name, getattr(branch, name))]
            results += [(str(segment), MEASURE_OF[name]) for name in harder]
    results += [(str(segment), "registered") for segment in scenario.rule]
    results += [(str(programme.segment), "funded") for programme in scenario.programme if programme.workers]
    return list(dict.fromkeys(results))


def against_records(view: View, known: Records, scenario: Scenario, run: Flows) -> pl.DataFrame:
    """One row (`REALISM`) for each segment and deed that a scenario asks for; `run` is that of the scenario."""
    present = set(view.series["segment"].unique().cast(pl.String).to_list())
    rows = [
        _held(view, known, scenario, run, segment, measure)
        for segment, measure in deeds_asked_for(scenario)
        if segment in present
    ]
    return pl.DataFrame(rows, schema=REALISM, orient="row")


def of_lever(view: View, known: Records, scenario: Scenario, run: Flows, segment: str, lever: str) -> dict[str, Any]:
    """Return the row (`REALISM`) of one lever, `new` or `workers`, whatever its value; `run` is the scenario's."""
    return _held(view, known, scenario, run, segment, MEASURE_OF[lever])


def of_segments(
    view: View, known: Records, scenario: Scenario, run: Flows, segments: Sequence[str], lever: str
) -> list[dict[str, Any]]:
    """Return the row (`REALISM`) of a solved lever for each segment that it is set for."""
    return [_held(view, known, scenario, run, segment, MEASURE_OF[lever]) for segment in segments]


def of_branches(
    view: View, known: Records, scenario: Scenario, run: Flows, segments: Mapping[str, str], lever: str
) -> dict[str, dict[str, Any]]:
    """Return the row (`REALISM`) of each branch's own lever, which is set for one segment, in a run of all of them."""
    measure = MEASURE_OF[lever]
    wanted = _wanted(view, scenario, run, measure) if measure in _ASKED_FOR else None
    return {
        branch: _held(view, known, scenario, run, segment, measure, branch, wanted)
        for branch, segment in segments.items()
    }


def _held(
    view: View,
    known: Records,
    scenario: Scenario,
    run: Flows,
    segment: str,
    measure: str,
    branch: str | None = None,
    wanted: tuple[Array, Flows] | None = None,
) -> dict[str, Any]:
    """Hold what a scenario asks of a segment against the records of all branches."""
    if wanted is None and measure in _ASKED_FOR:
        wanted = _wanted(view, scenario, run, measure)
    needed = _needed(view, known, run, wanted, segment, measure, branch)
    rows = known.rows.filter((pl.col("segment") == segment) & (pl.col("measure") == measure))
    known_records = rows.drop_nulls("best")
    row: dict[str, Any] = dict.fromkeys(REALISM)
    row |= {"segment": segment, "measure": measure, "needed": needed, "branches": known_records.height}
    row |= {"months": 1 if measure == "funded" else known.months, "of": known.of.get(segment, "active")}
    if known_records.height < FEWEST or not np.isfinite(needed):
        return row | {"needed": None, "reason": "one_branch" if rows.height < FEWEST else "no_records"}
    best = known_records["best"].to_numpy()
    lowest = measure == LOWEST
    done = best <= needed * (1 + _HAIR) if lowest else best >= needed * (1 - _HAIR)
    place = int(best.argmin() if lowest else best.argmax())
    return row | {
        "never": int((~done).sum()),
        "best": float(best[place]),
        "best_branch": known_records["branch"][place],
        "best_month": known_records["month"][place],
        "times": float(best[place] / needed) if needed > 0 else None,
    }


def _needed(
    view: View,
    known: Records,
    run: Flows,
    wanted: tuple[Array, Flows] | None,
    segment: str,
    measure: str,
    branch: str | None,
) -> float:
    """Return the rate that a scenario asks of a segment's series together: the hardest months in a row."""
    inside = (view.series["segment"] == segment).to_numpy()
    if branch is not None:
        inside &= (view.series["branch"] == branch).to_numpy()
    members = np.flatnonzero(inside)

    def total(flow: Array) -> Array:
        summed: Array = flow[:, members, 0].sum(axis=1)
        return summed

    eligible = known.of.get(segment) == "eligible"
    size = total(run.eligible if eligible else run.covered)[1:]
    before = total(run.covered)[:-1]
    if wanted is not None:
        flow, still = wanted
        base = size if measure == "registered" else total(still.covered)[: len(size)]
        flow = flow[:, members].sum(axis=1)
    elif measure == "lapsed":
        flow, base = total(run.lapsed)[1:], before - total(run.funded)[:-1]
    else:
        flow, base = total(run.funded)[1:], size
    window = 1 if measure == "funded" else min(known.months, len(flow))
    rate = _rolling(flow[None, :], base[None, :], window)
    return float(_best(rate, lowest=measure == LOWEST)[0][0])


def _wanted(view: View, scenario: Scenario, run: Flows, measure: str) -> tuple[Array, Flows]:
    """Return the registrations or returns that the levers ask for (months, series), and the course without them."""
    length = len(run.covered) - 1
    still = view.baseline
    if length >= len(still.covered):
        still = runs.flows(view, Scenario(), length)
    usual = still.until(length)
    if measure == "returned":
        more = np.divide(run.back_share, usual.back_share, out=np.ones_like(run.back_share), where=usual.back_share > 0)
        return (usual.returned * more)[1:, :, 0], still
    plan = runs.plan(view, scenario)
    asked_for = (usual.new + run.wanted - usual.wanted)[1:, :, 0]
    for ruled in (plan.path, plan.floor):  # a rule says the path; what it takes to follow it, the run tells
        if ruled is not None:
            asked_for = np.where(np.isfinite(ruled[1 : length + 1]), run.new[1:, :, 0], asked_for)
    return asked_for, still


def _basis(view: View, past: history.MonthGrid, members: NDArray[np.bool_], segment: str) -> str:
    """Measure by the eligible where they are known of all branches, else by the active members."""
    known = np.isfinite(past.eligible[members]).any(axis=1).all()
    ours = view.series.filter(pl.col("segment") == segment)["eligible"].null_count() == 0
    return "eligible" if known and ours else "active"


def _eligible(past: history.MonthGrid) -> Array:
    """Return the eligible of each month; where they were not counted, those of the last count before, else after."""
    filled = pl.DataFrame(past.eligible.T, nan_to_null=True).select(pl.all().forward_fill().backward_fill())
    wide: Array = filled.cast(pl.Float64).to_numpy().T
    return wide.reshape(past.eligible.shape)


def _before(figures: Array) -> Array:
    return np.concatenate([np.full((len(figures), 1), np.nan), figures[:, :-1]], axis=1)


def _rolling(flow: Array, base: Array, window: int) -> Array:
    """Return sums over so many months in a row, flow ÷ base (rows, months); NaN where any month is unknown."""
    known = np.isfinite(flow) & np.isfinite(base)
    sums = [
        np.cumsum(np.concatenate([np.zeros((len(flow), 1)), np.where(known, figures, 0)], axis=1), axis=1)
        for figures in (flow, base, known.astype(np.float64))
    ]
    upper, lower, count = (total[:, window:] - total[:, :-window] for total in sums)
    whole = (count == window) & (lower > 0)
    rate = np.where(whole, upper / np.where(whole, lower, 1), np.nan)
    return np.concatenate([np.full((len(flow), flow.shape[1] - rate.shape[1]), np.nan), rate], axis=1)


def _best(rate: Array, *, lowest: bool) -> tuple[Array, NDArray[np.intp]]:
    """Return the highest (or lowest) of each row, and where it stands: NaN and -1 where nothing is known."""
    worst = np.inf if lowest else -np.inf
    filled = np.where(np.isfinite(rate), rate, worst)
    where = filled.argmin(axis=1) if lowest else filled.argmax(axis=1)
    best = filled[np.arange(len(rate)), where]
    known = np.isfinite(best)
    return np.where(known, best, np.nan), np.where(known, where, -1)
