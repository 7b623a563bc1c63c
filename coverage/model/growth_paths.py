"""Which path does each kind of growth rule set?

Model, section 6. One function with `@kind` is one kind of rule: for the series of its segment it returns their path, or
their floor, for every month up to `LONGEST` (months + 1, series), NaN where the rule says nothing. Its words stand in
the languages below `rules.<name>`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coverage.base.tables import Series
from coverage.model import moving_targets, projection
from coverage.model.plan import resolved
from coverage.model.view import View

Array = NDArray[np.float64]
LONGEST = 600
"""A path is known for so many months; no simulation runs longer."""
YEAR = 12
BASELINE = "baseline"
"""The name under which a view keeps its long baseline."""


class Values(Protocol):
    """What a rule's parameters are set to."""

    @property
    def points(self) -> float: ...
    @property
    def rate(self) -> float: ...
    @property
    def quantile(self) -> float: ...
    @property
    def depth(self) -> float: ...
    @property
    def fall(self) -> int: ...
    @property
    def recover(self) -> int: ...


@dataclass(frozen=True, kw_only=True)
class RuledSeries:
    """The series of a segment that a rule is set for: their places in the view, and how their eligible grow a year."""

    view: View
    values: Values
    segment: str
    members: NDArray[np.intp]
    growth: Array

    @property
    def active(self) -> Array:
        """The active members of the as-of month (series,)."""
        return active_of(self.view)[self.members]


Path: TypeAlias = Callable[[RuledSeries], Array]
MONTHS: Array = np.arange(LONGEST + 1.0)[:, None]


@dataclass(frozen=True, kw_only=True)
class RuleKind:
    """A kind of rule: which parameters it takes (others are refused), what path it sets, whether that is a floor."""

    parameters: tuple[str, ...]
    path: Path
    is_floor: bool = False


KINDS: dict[str, RuleKind] = {}


def kind(*parameters: str, is_floor: bool = False) -> Callable[[Path], Path]:
    """Register a kind of rule under the function's own name."""

    def register(path: Path) -> Path:
        KINDS[path.__name__] = RuleKind(parameters=parameters, path=path, is_floor=is_floor)
        return path

    return register


@kind()
def hold(series: RuledSeries) -> Array:
    """Return today's members in every month."""
    return _grown(series, 0.0)


@kind("points")
def linear(series: RuledSeries) -> Array:
    """Return E(t) · max(A(0) / E(0) + p / 100 · t / 12, 0): `points` of coverage more a year, of growing eligible."""
    eligible = series.view.series["eligible"].fill_null(np.nan).to_numpy()[series.members]
    path: Array = np.maximum(series.active / eligible + series.values.points / 100 * MONTHS / YEAR, 0)
    path *= eligible * (1 + series.growth[series.members]) ** (MONTHS / YEAR)
    return path


@kind("rate")
def rate(series: RuledSeries) -> Array:
    """Return A(0) · (1 + r) ^ (t / 12): growth by the same rate a year."""
    return _grown(series, series.values.rate)


@kind()
def reach(series: RuledSeries) -> Array:
    """Return a straight line to each series' target in its month, level before and after; none without a target.

    Who is above the target already stays where it is: nobody is asked to shrink.
    """
    view, active = series.view, series.active
    left = view.months_left[series.members]
    target = moving_targets.aimed_at(view, series.growth)[series.members].copy()
    target[~(left > 0)] = np.nan
    if view.measure != "workers":
        target[:] = np.nan
    way = np.minimum(MONTHS / np.where(left > 0, left, 1), 1)
    path: Array = active + np.maximum(target - active, 0) * way
    return path


@kind()
def like_best(series: RuledSeries) -> Array:
    """Return growth by the fastest rate of twelve months that any branch of the segment had."""
    return _grown(series, rate_of(series.view, series.segment, 1.0))


@kind("quantile")
def like_quantile(series: RuledSeries) -> Array:
    """Return growth by a quantile of the rates of twelve months that the branches of the segment had."""
    return _grown(series, rate_of(series.view, series.segment, series.values.quantile))


@kind(is_floor=True)
def halt_decline(series: RuledSeries) -> Array:
    """Return today's members as a floor: who is above it does as without the rule."""
    return np.broadcast_to(series.active, (LONGEST + 1, len(series.members)))


@kind("depth", "fall", "recover")
def dip(series: RuledSeries) -> Array:
    """Return the baseline less a share that grows for `fall` months and is made good within `recover` more."""
    down = MONTHS / series.values.fall
    up = (series.values.fall + series.values.recover - MONTHS) / series.values.recover
    path: Array = _long_baseline(series.view)[:, series.members] * (
        1 - series.values.depth * np.clip(np.minimum(down, up), 0, 1)
    )
    return path


def active_of(view: View) -> Array:
    """Return the active members of each series."""
    return view.series["active"].to_numpy().astype(np.float64)


def _grown(series: RuledSeries, yearly: float) -> Array:
    path: Array = series.active * (1 + yearly) ** (MONTHS / YEAR)
    return path


def _long_baseline(view: View) -> Array:
    """Return the baseline's covered for as long as a path is (months + 1, series); kept, for each depth asks anew."""
    known = view.ruled.get(BASELINE, (None, None))[0]
    if known is not None:
        return known
    still = resolved(view.series, {}, {}, (), as_of=view.as_of, growth=view.settings["eligible_growth"])
    still = replace(still, enrolments=view.enrolments)
    covered: Array = projection.run(view.start, still, LONGEST).covered[:, :, 0].copy()
    view.ruled[BASELINE] = (covered, None)
    return covered


def growth_of(peers: Series) -> pl.DataFrame:
    """One row per branch and segment of which twelve months are known: `branch, segment, growth` (a share a year).

    The relative net growth of active members over the last twelve months. A shorter history says nothing about a
    year, for membership is a saw-tooth; and growth out of nothing is no rate.
    """
    before = pl.col("active") - pl.col("pace") * pl.col("months_of_history")
    return (
        peers.filter((pl.col("months_of_history") >= YEAR) & pl.col("pace").is_not_null() & (before > 0))
        .with_columns(growth=pl.col("active") / before - 1)
        .select("branch", "segment", "growth")
    )


def rate_of(view: View, segment: str, quantile: float) -> float:
    """Return the yearly growth of that quantile of all branches of a segment, linear between neighbours.

    1 is the best branch; NaN where no branch's growth is known. Peers are those of the whole data, in view or not.
    """
    known = growth_of(view.peers).filter(pl.col("segment") == segment)["growth"].to_numpy()
    return float(np.quantile(known, quantile)) if len(known) else float("nan")


def best_of(view: View, segment: str) -> tuple[str, float] | None:
    """Return the branch of a segment that grew most in the last twelve months, and its rate; None if unknown."""
    known = (
        growth_of(view.peers).filter(pl.col("segment") == segment).sort("growth", "branch", descending=[True, False])
    )
    return (str(known["branch"][0]), float(known["growth"][0])) if known.height else None
