"""What did it: which part of the difference between two scenarios is each lever's?

Model, section 8. The parts are Shapley values: a lever's part is what it adds on average, over all orders in which the
levers could have been moved; so the parts add up to the whole and no order is favoured (Shapley 1953, doi
10.1515/9781400881970-018). What a set of moved levers attains comes from the projection itself, many sets side by
side as draws of one run.

The players are the `movers`. Branches and segments never act upon each other in the projection, so each set of series
that the same movers touch is a game of its own: seldom are there more than eight movers in one, however many a scenario
has.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import factorial
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coverage.answers import movers
from coverage.answers.movers import Mask
from coverage.base import months
from coverage.model import projection, runs
from coverage.model.plan import Enrolment, Plan
from coverage.model.projection import Start
from coverage.model.scenarios import Scenario
from coverage.model.view import View

Array = NDArray[np.float64]

EXACT = 8
"""Up to so many movers of the same series every set of them is tried; beyond, orders are drawn."""
PAIRS = 128
"""So many orders are drawn beyond that, each with its reverse (antithetic: Mitchell et al. 2022, JMLR 23:43)."""
# So many numbers of one kind fit into a core's cache (as in `projection.covered`, measured there).
_CACHED = 32_768


def split(
    view: View,
    baseline: Scenario,
    alternative: Scenario,
    horizon: int,
    keys: Sequence[str] = (),
    *,
    seed: int = 20230112,
) -> pl.DataFrame:
    """One row per key and mover: this mover's `part` of the difference in covered workers, `alternative` minus
    `baseline`, in the last month.

    Only movers that touch a key have a row there; the rows of a key add up to its difference. `error` is the standard
    error of a part in workers: 0 where every set of movers was tried, otherwise (more than `EXACT` movers of the same
    series) from drawn orders, fixed by `seed`. `by_itself` is what a mover adds where all others have moved:
    `alternative` with and without it (model, section 5.3); these do not add up.
    Columns: keys, `month`, `movers.MOVER`, `part`, `error`, `by_itself`.
    """
    game = _game(view, baseline, alternative)
    rows, place = view.compared(keys)
    parts = np.zeros((len(game.movers), rows.height))
    variances, alone = np.zeros_like(parts), np.zeros_like(parts)
    generator = np.random.default_rng(seed)
    for series, players in _blocks(game):
        inside = np.unique(place[series][place[series] >= 0])
        member = (place[series] == inside[:, None]).astype(np.float64)
        table = _Sets(game=game.part(series, players), horizon=horizon, member=member)
        part_of_block, variance = _exact(table) if len(players) <= EXACT else _sampled(table, generator)
        parts[np.ix_(players, inside)] += part_of_block
        variances[np.ix_(players, inside)] += variance
        alone[np.ix_(players, inside)] += _with_and_without(table)
    touched = _touched(game, place, rows.height)
    numbers = {"part": parts, "error": np.sqrt(variances), "by_itself": alone}
    return movers.mover_rows(game.movers, rows, touched, numbers, months.add(view.as_of, horizon))


def by_itself(
    view: View, baseline: Scenario, alternative: Scenario, horizon: int, keys: Sequence[str] = ()
) -> pl.DataFrame:
    """One row per key and mover: what it adds where all others have moved (`by_itself` of `split`), without the parts,
    which take a run for every set of movers. Columns: keys, `month`, `movers.MOVER`, `by_itself`."""
    game = _game(view, baseline, alternative)
    rows, place = view.compared(keys)
    alone = np.zeros((len(game.movers), rows.height))
    for series, players in _blocks(game):
        inside = np.unique(place[series][place[series] >= 0])
        member = (place[series] == inside[:, None]).astype(np.float64)
        table = _Sets(game=game.part(series, players), horizon=horizon, member=member)
        alone[np.ix_(players, inside)] += _with_and_without(table)
    touched = _touched(game, place, rows.height)
    return movers.mover_rows(game.movers, rows, touched, {"by_itself": alone}, months.add(view.as_of, horizon))


def _touched(game: _Game, place: NDArray[np.intp], groups: int) -> Mask:
    """Say which groups each mover touches (movers, groups)."""
    touched = np.zeros((len(game.movers), groups), dtype=bool)
    for index, touches in enumerate(game.touches):
        touched[index, place[touches & (place >= 0)]] = True
    return touched


@dataclass(frozen=True, kw_only=True)
class _Entry:
    """A programme in the runs: always there, or only without (`present` False) or with (True) its mover's move."""

    enrolment: Enrolment
    mover: int | None
    present: bool = True


@dataclass(frozen=True, kw_only=True)
class _Game:
    """Two plans for the same series, and who moves what between them.

    `touches` (movers, series) says where a mover acts; a series' lever is moved by one mover at most.
    """

    start: Start
    first: Plan
    second: Plan
    movers: Sequence[movers.Mover]
    touches: Mask
    entries: Sequence[_Entry]

    def part(self, series: NDArray[np.intp], players: NDArray[np.intp]) -> _Game:
        """Return the game of these series and movers alone."""
        number = {int(mover): index for index, mover in enumerate(players)}
        entries = [
            _Entry(
                enrolment=entry.enrolment.of(series),
                mover=None if entry.mover is None else number[entry.mover],
                present=entry.present,
            )
            for entry in self.entries
            if entry.enrolment.workers[series].any() and (entry.mover is None or entry.mover in number)
        ]
        return _Game(
            start=self.start.of(series),
            first=replace(self.first.of(series), enrolments=()),
            second=replace(self.second.of(series), enrolments=()),
            movers=[self.movers[player] for player in players],
            touches=self.touches[np.ix_(players, series)],
            entries=entries,
        )


def _game(view: View, baseline: Scenario, alternative: Scenario) -> _Game:
    view = runs.grounded(view, baseline, alternative)
    first, second = movers.in_one_time(runs.plan(view, baseline), runs.plan(view, alternative))
    touches = movers.levers_moved(view, baseline, alternative, first, second)
    # What runs already runs on in both.
    entries = [_Entry(enrolment=enrolment, mover=None) for enrolment in view.enrolments]
    for mover, enrolment, present in movers.programmes_moved(
        *movers.begun(baseline, first), *movers.begun(alternative, second)
    ):
        if mover is None:
            entries.append(_Entry(enrolment=enrolment, mover=None))
            continue
        seen = touches.setdefault(mover, np.zeros(view.series.height, dtype=bool))
        seen |= enrolment.workers[:, 0] > 0
        entries.append(_Entry(enrolment=enrolment, mover=list(touches).index(mover), present=present))
    return _Game(
        start=view.start,
        first=first,
        second=second,
        movers=list(touches),
        touches=np.array(list(touches.values()), dtype=bool).reshape(len(touches), view.series.height),
        entries=entries,
    )


def _blocks(game: _Game) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Yield the series (places) that the same movers touch, with these movers."""
    if not game.movers:
        return
    patterns, which = np.unique(game.touches, axis=1, return_inverse=True)
    for index in range(patterns.shape[1]):
        players = np.flatnonzero(patterns[:, index])
        if len(players):
            yield np.flatnonzero(which.reshape(-1) == index), players


@dataclass(frozen=True, kw_only=True)
class _Sets:
    """What each set of moved levers attains, in a game whose movers all touch all series."""

    game: _Game
    horizon: int
    member: Array  # (groups, series)

    def values(self, sets: Mask) -> Array:
        """Return the covered of the last month (sets, groups), for sets of movers (sets, movers)."""
        times, rules = self._switches()
        reached = np.empty((len(sets), self.member.shape[0]))
        # A run has one time and one rule for all its draws.
        timed, ruled = (
            sets[:, switch] if switch is not None else np.zeros(len(sets), dtype=bool) for switch in (times, rules)
        )
        for later in (False, True):
            for other in (False, True):
                alike = np.flatnonzero((timed == later) & (ruled == other))
                size = max(_CACHED // self.member.shape[1], 8)
                for begin in range(0, len(alike), size):
                    some = alike[begin : begin + size]
                    reached[some] = self._run(sets[some], later=later, ruled=other)
        return reached

    def _switches(self) -> tuple[int | None, int | None]:
        """Return who moves the time, and who moves the path of a rule: the rule's mover, or else the growth of the
        eligible, which a path of so many points of coverage follows."""
        place = {(mover.kind, mover.name): index for index, mover in enumerate(self.game.movers)}
        rules = place.get((movers.RULE, "rule"))
        if rules is None and movers.paths_differ(self.game.first, self.game.second).any():
            rules = place.get((movers.LEVER, "eligible_growth"))
        return place.get((movers.TIME, "starts")), rules

    def _run(self, sets: Mask, *, later: bool, ruled: bool) -> Array:
        """Run sets in which the same time and rule hold; each is a draw."""
        game, count = self.game, len(sets)
        times = game.second if later else game.first
        rules = game.second if ruled else game.first
        levers: dict[str, Any] = {}
        for index, mover in enumerate(game.movers):
            if mover.kind == movers.LEVER:
                before, after = game.first[mover.name][:, None], game.second[mover.name][:, None]
                levers[mover.name] = np.where(sets[None, :, index], after, before)
        # At least one of them says how many draws there are; the return rate is the cheapest.
        levers.setdefault("back", np.repeat(game.first["back"][:, None], count, axis=1))
        enrolments = tuple(
            entry.enrolment
            if entry.mover is None
            else replace(
                entry.enrolment,
                workers=entry.enrolment.workers * (sets[None, :, entry.mover] == entry.present),
            )
            for entry in game.entries
        )
        plan = replace(
            game.first,
            enrolments=enrolments,
            path=rules.path,
            floor=rules.floor,
        ).moved(starts=times["starts"], ramp=times["ramp"], **levers)
        reached: Array = projection.covered(game.start, plan, self.horizon, self.member)[-1].T
        return reached


def _with_and_without(sets: _Sets) -> Array:
    """Return what each mover adds to all the others (movers, groups)."""
    count = len(sets.game.movers)
    values = sets.values(np.vstack([np.ones((1, count), dtype=bool), ~np.eye(count, dtype=bool)]))
    difference: Array = values[0] - values[1:]
    return difference


def _exact(sets: _Sets) -> tuple[Array, Array]:
    """Return each mover's part (movers, groups) from all sets, and no variance.

    part(i) = sum over the sets S without i of |S|! (n - |S| - 1)! / n! * (value(S with i) - value(S)).
    """
    count = len(sets.game.movers)
    all_sets = (np.arange(2**count)[:, None] >> np.arange(count)) & 1 == 1
    values = sets.values(all_sets)
    size = all_sets.sum(axis=1)
    parts = np.empty((count, values.shape[1]))
    for index in range(count):
        without = np.flatnonzero(~all_sets[:, index])
        weight = np.array([factorial(k) * factorial(count - k - 1) / factorial(count) for k in size[without]])
        parts[index] = weight @ (values[without + 2**index] - values[without])
    return parts, np.zeros_like(parts)


def _sampled(sets: _Sets, generator: np.random.Generator) -> tuple[Array, Array]:
    """Return each mover's mean part (movers, groups) over drawn orders, and the variance of that mean.

    Each order telescopes from the first scenario to the second, so these parts, too, add up to the whole. An order
    and its reverse lean to opposite sides; their mean is one observation.
    """
    count = len(sets.game.movers)
    orders = np.array([generator.permutation(count) for _ in range(PAIRS)])
    orders = np.concatenate([orders, orders[:, ::-1]])
    place = np.argsort(orders, axis=1)  # when each mover comes
    steps_done = np.arange(count + 1)
    sequences = place[:, None, :] < steps_done[None, :, None]  # (orders, steps, movers)
    distinct, which = np.unique(sequences.reshape(-1, count), axis=0, return_inverse=True)
    values = sets.values(distinct)[which.reshape(-1)].reshape(len(orders), count + 1, -1)
    added = np.diff(values, axis=1)
    parts = np.take_along_axis(added, place[:, :, None], axis=1)  # (orders, movers, groups)
    pairs = (parts[:PAIRS] + parts[PAIRS:]) / 2
    variance: Array = pairs.var(axis=0, ddof=1) / PAIRS
    mean: Array = pairs.mean(axis=0)
    return mean, variance
