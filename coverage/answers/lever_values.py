"""Which levers can be solved for, in which bounds, and what does a value of one make of a scenario?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coverage.answers import goals, line_search
from coverage.base import months
from coverage.base.errors import NothingToShow
from coverage.base.tables import SEGMENTS, branch_key
from coverage.model import scenarios
from coverage.model.levers import ACTS, LESS, Levers, Programme, extra_of
from coverage.model.scenarios import Scenario
from coverage.model.shares import room_weights, share_out
from coverage.model.view import View

Array = NDArray[np.float64]

RATES = tuple(name for name in ACTS if extra_of(Levers.model_fields[name], "unit") in {"change", "share"})
PEOPLE = (*(name for name in ACTS if name not in RATES), "workers")
NAMES = (*RATES, *PEOPLE)
"""The levers that can be solved for: those of a segment, and the workers of a funded programme."""
_COARSE = 0.01


def parse_lever(view: View, lever: str) -> tuple[str, str]:
    """Read `informal.new`."""
    segment, _, name = lever.rpartition(".")
    if name not in NAMES or not segment:
        allowed = " | ".join(f"{part}.{name}" for part in ("informal", goals.TOTAL) for name in NAMES)
        raise NothingToShow("solve_lever", found=lever, allowed=allowed)
    return goals.known_segment(view, segment), name


def unit_of(name: str) -> str:
    """Return the declared unit of a lever, or of the workers of a programme."""
    return scenarios.unit_of(Programme.model_fields[name] if name == "workers" else Levers.model_fields[name])


def span_of(scenario: Scenario, segment: str, name: str, view: View) -> line_search.Span:
    """Return where a search of a lever begins, its declared limit, and the step that a value is a multiple of.

    It begins at 0, or at the scenario's own value where that is worse than nothing.
    """
    declared = (Programme if name == "workers" else Levers).model_fields[name].metadata
    bounds = {kind: getattr(bound, kind) for bound in declared for kind in ("ge", "le") if hasattr(bound, kind)}
    if name in PEOPLE:
        return line_search.Span(begin=0, limit=float(bounds["le"]), tick=1)
    own = [getattr(wide, name) for key, wide in scenario.levers.items() if str(key) in segments_of(view, segment)]
    if name in LESS:
        return line_search.Span(begin=max([0.0, *own]), limit=float(bounds["ge"]), tick=_COARSE)
    return line_search.Span(begin=min([0.0, *own]), limit=float(bounds["le"]), tick=_COARSE)


def segments_of(view: View, segment: str) -> list[str]:
    """Return the segments in view that `total` stands for, else the one."""
    return view.series["segment"].unique().cast(pl.String).to_list() if segment == goals.TOTAL else [segment]


@dataclass(frozen=True, kw_only=True)
class Sharing:
    """Which segments a lever is set for, and in what proportion they share people (None: the same change in each)."""

    segments: list[str]
    branch: str | None = None  # whose own lever it is
    weights: Array | None = None  # (segments,)
    basis: str = "uncovered"

    def of(self, values: Array) -> Array:
        """Return what values of the lever are for each segment (segments, values)."""
        if self.weights is None:
            return np.tile(values, (len(self.segments), 1))
        return np.stack([share_out(int(value), self.weights) for value in values], axis=1).astype(np.float64)

    def parts(self, value: float) -> dict[str, float]:
        """Return the part of each segment of one value, in people or as the same change."""
        return dict(zip(self.segments, self.of(np.array([value]))[:, 0].tolist(), strict=True))


def sharing_of(view: View, segment: str, name: str, branch: str | None = None) -> Sharing:
    """Find who shares: a segment alone has all; a segment without a target gets none of the total's people."""
    if segment != goals.TOTAL or name not in PEOPLE:
        return Sharing(segments=segments_of(view, segment), branch=branch)
    mine = pl.Series(goals.series_of(view, branch))
    aimed = view.series.filter(mine & pl.Series(np.isfinite(view.target)))["segment"].cast(pl.String).unique().to_list()
    segments = [name for name in SEGMENTS if name in aimed]
    rows = view.series.filter(mine & pl.col("segment").cast(pl.String).is_in(segments))
    eligible, active = (rows[column].cast(pl.Float64).fill_null(np.nan).to_numpy() for column in ("eligible", "active"))
    place = [segments.index(each_segment) for each_segment in rows["segment"].cast(pl.String)]
    return Sharing(
        segments=segments,
        branch=branch,
        weights=np.bincount(place, room_weights(eligible, active)).astype(np.float64),
        basis="uncovered" if np.isfinite(eligible).all() else "active",
    )


def with_value(view: View, scenario: Scenario, sharing: Sharing, name: str, ahead: int, value: float) -> Scenario:
    """Put a value of the lever into a scenario; no workers are no programme."""
    parts = sharing.parts(value)
    if name == "workers":
        added = [
            new_programme(view, scenario, segment, ahead, several=len(parts) > 1, branch=sharing.branch).model_copy(
                update={"workers": int(part)}
            )
            for segment, part in parts.items()
            if part
        ]
        return scenario.model_copy(update={"programme": (*scenario.programme, *added)})
    return with_lever(scenario, name, parts, sharing.branch)


def with_lever(scenario: Scenario, name: str, parts: Mapping[str, float], branch: str | None = None) -> Scenario:
    """Set a lever of some segments, or a branch's own in them."""
    for segment, part in parts.items():
        if branch is None:
            scenario = scenario.with_levers(segment, **{name: part})
            continue
        wide = next((levers for key, levers in scenario.levers.items() if key == segment), None)
        own = {key: levers.model_dump(exclude_unset=True) for key, levers in wide.branch.items()} if wide else {}
        known = next((key for key in own if branch_key(key) == branch_key(branch)), branch)
        scenario = scenario.with_levers(segment, branch=own | {known: own.get(known, {}) | {name: part}})
    return scenario


def new_programme(
    view: View, scenario: Scenario, segment: str, ahead: int, *, several: bool, branch: str | None = None
) -> Programme:
    """Return the programme whose workers are asked for: paid from next month until after the target's month.

    `several`: there is one for each of some segments, so that its name tells which.
    """
    name = f"Target {months.code(months.add(view.as_of, ahead))}"
    terms: dict[str, object] = {
        "name": f"{name} ({segment})" if several else name,
        "segment": segment,
        "workers": 0,
        "starts": months.add(view.as_of, 1),
        "months": min(ahead, 240),
    } | ({} if branch is None else {"branches": (branch,)})
    like = next((programme for programme in scenario.programme if programme.segment == segment), None)
    if like is not None:
        return like.model_copy(update={key: value for key, value in terms.items() if key != "segment"})
    return Programme.model_validate(terms)
