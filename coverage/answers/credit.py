"""What did it: which part of the difference between two scenarios is each lever's, and which levers matter at all?

Model, section 8. The parts are Shapley values: a lever's part is what it adds on average, over all orders in which the
levers could have been moved; so the parts add up to the whole and no order is favoured (Shapley 1953, doi
10.1515/9781400881970-018). What a set of moved levers attains comes from the projection itself, many sets side by
side as draws of one run.

The players (movers):

- a lever of a segment, with its start and build-up: they say when the lever works and do nothing alone. Only where
  both scenarios move a series, at different times, is the time a mover of its own;
- a branch's own lever: it replaces the segment's there, so the whole difference at that branch is its part;
- each programme; one that both scenarios have, but differently, is one mover; one that they share is none;
- a growth rule, where a scenario has one.

Branches and segments never act upon each other in the projection, so each set of series that the same movers touch
is a game of its own: seldom are there more than eight movers in one, however many a scenario has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import SequenceMatcher
from math import factorial
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coverage.base import months
from coverage.base.tables import branch_key
from coverage.model import projection, runs
from coverage.model.levers import LEVERS, Levers, Programme, extra_of
from coverage.model.plan import Enrolment, Plan
from coverage.model.projection import Start
from coverage.model.scenarios import Scenario
from coverage.model.view import View

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

EXACT = 8
"""Up to so many movers of the same series every set of them is tried; beyond, orders are drawn."""
PAIRS = 128
"""So many orders are drawn beyond that, each with its reverse (antithetic: Mitchell et al. 2022, JMLR 23:43)."""
LEVER, TIME, RULE, PROGRAMME = "lever", "time", "rule", "programme"
MOVED = tuple(name for name, field in Levers.model_fields.items() if extra_of(field, "unit") not in {"month", "months"})
"""The levers that do something; the others say when they do."""
_RAMPED = tuple(name for name in MOVED if extra_of(Levers.model_fields[name], "unit") != "growth")
# So many numbers of one kind fit into a core's cache (as in `projection.covered`, measured there).
_CACHED = 32_768

MOVER: dict[str, pl.DataType] = {
    "lever": pl.String(),  # as links name it: informal.new, informal.branch.Palembang.new; programme.NAME
    "kind": pl.String(),
    "of_segment": pl.String(),
    "of_branch": pl.String(),
    "name": pl.String(),
}
"""The columns that say who a row is about."""


@dataclass(frozen=True, kw_only=True)
class Mover:
    """Somebody who had a hand in it: a lever (with its time), a start, a growth rule or a programme."""

    kind: str
    segment: str
    branch: str | None = None
    name: str
    turn: int = 1  # the second programme of one name is another mover

    @property
    def code(self) -> str:
        if self.kind == PROGRAMME:
            return f"programme.{self.name}" + (f".{self.turn}" if self.turn > 1 else "")
        return f"{self.segment}." + (f"branch.{self.branch}." if self.branch is not None else "") + self.name

    def cells(self) -> dict[str, object]:
        name = f"{self.name} ({self.turn})" if self.turn > 1 else self.name
        return dict(zip(MOVER, (self.code, self.kind, self.segment, self.branch, name), strict=True))


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
    Columns: keys, `month`, `MOVER`, `part`, `error`,
    `by_itself`.
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
    touched = np.zeros((len(game.movers), rows.height), dtype=bool)
    for index, touches in enumerate(game.touches):
        touched[index, place[touches & (place >= 0)]] = True
    numbers = {"part": parts, "error": np.sqrt(variances), "by_itself": alone}
    return mover_rows(game.movers, rows, touched, numbers, months.add(view.as_of, horizon))


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
    movers: Sequence[Mover]
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
    first, second = _together(runs.plan(view, baseline), runs.plan(view, alternative))
    touches = _levers_moved(view, baseline, alternative, first, second)
    # What runs already runs on in both.
    entries = [_Entry(enrolment=enrolment, mover=None) for enrolment in view.enrolments]
    for mover, enrolment, present in _programmes(*_begun(baseline, first), *_begun(alternative, second)):
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


def _begun(scenario: Scenario, plan: Plan) -> tuple[list[Programme], list[Enrolment]]:
    """Return a scenario's programmes that are still to begin, and their enrolments."""
    pairs = [
        (programme, enrolment)
        for programme, enrolment in zip(scenario.programme, plan.enrolments, strict=False)
        if enrolment.held is None
    ]
    return [programme for programme, _ in pairs], [enrolment for _, enrolment in pairs]


def _together(first: Plan, second: Plan) -> tuple[Plan, Plan]:
    """Let levers that only one of the plans moves carry their time into the other, where it has no effect."""
    first_moves, two = (np.any([plan[name] != 0 for name in _RAMPED], axis=0) for plan in (first, second))
    before = {name: np.where(first_moves, first[name], second[name]) for name in ("starts", "ramp")}
    after = {name: np.where(two, second[name], before[name]) for name in ("starts", "ramp")}
    return first.moved(**before), second.moved(**after)


def _levers_moved(
    view: View, baseline: Scenario, alternative: Scenario, first: Plan, second: Plan
) -> dict[Mover, Mask]:
    """Say which series each lever's, start's and rule's mover touches, in the order of segments and levers."""
    segments = view.series["segment"].cast(pl.String).to_list()
    branches = view.series["branch"].to_list()
    own = _own(baseline) | _own(alternative)
    moved = {(LEVER, name): first[name] != second[name] for name in MOVED}
    moved[TIME, "starts"] = (first["starts"] != second["starts"]) | (first["ramp"] != second["ramp"])
    apart = [
        baseline.rule.get(segment) != alternative.rule.get(segment) for segment in view.series["segment"].to_list()
    ]
    moved[RULE, "rule"] = np.array(apart, dtype=bool) & _paths_differ(first, second)
    touches: dict[Mover, Mask] = {}
    for (kind, name), differs in moved.items():
        for index in np.flatnonzero(differs):
            branch = branches[index] if (segments[index], branch_key(branches[index]), name) in own else None
            mover = Mover(kind=kind, segment=segments[index], branch=branch, name=name)
            touches.setdefault(mover, np.zeros(len(segments), dtype=bool))[index] = True
    order = view.series["segment"].unique(maintain_order=True).cast(pl.String).to_list()
    return dict(sorted(touches.items(), key=lambda item: (order.index(item[0].segment), item[0].branch or "")))


def _own(scenario: Scenario) -> set[tuple[str, str, str]]:
    """Return (segment, branch, lever) that a scenario sets for single branches; a time of its own makes every lever
    that builds up the branch's own, but for its part of the extra registrations."""
    own: set[tuple[str, str, str]] = set()
    for (segment, branch), levers in scenario.branch_levers.items():
        names = set(levers.model_fields_set & LEVERS)
        if names & {"starts", "ramp"}:
            names |= {*_RAMPED, "starts"} - {"extra"}
        own |= {(str(segment), branch_key(branch), name) for name in names}
    return own


def _paths_differ(first: Plan, second: Plan) -> Mask:
    """Say for which series (series,) the paths or floors of rules differ; None and NaN are no rule."""
    differ = np.zeros(len(first["new"]), dtype=bool)
    for pair, two in ((first.path, second.path), (first.floor, second.floor)):
        if pair is None and two is None:
            continue
        before, after = (np.full((1, len(differ)), np.nan) if path is None else path for path in (pair, two))
        differ |= ((before != after) & ~(np.isnan(before) & np.isnan(after))).any(axis=0)
    return differ


def _programmes(
    first: Sequence[Programme],
    enrolled: Sequence[Enrolment],
    second: Sequence[Programme],
    enrolled_then: Sequence[Enrolment],
) -> Iterator[tuple[Mover | None, Enrolment, bool]]:
    """Yield both scenarios' programmes in an order that keeps that of each (who enrols first has the room), with the
    mover who takes it away (False) or brings it (True); None where both scenarios have the very same."""
    turns: dict[tuple[bool, str], int] = {}

    def mover(programme: Programme, *, present: bool) -> Mover:
        turn = turns[present, programme.name] = turns.get((present, programme.name), 0) + 1
        return Mover(kind=PROGRAMME, segment=str(programme.segment), name=programme.name, turn=turn)

    for kind, begin, end, begin_then, end_then in SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from ((None, enrolled[index], True) for index in range(begin, end))
            continue
        yield from ((mover(first[index], present=False), enrolled[index], False) for index in range(begin, end))
        yield from (
            (mover(second[index], present=True), enrolled_then[index], True) for index in range(begin_then, end_then)
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
        rules = place.get((RULE, "rule"))
        if rules is None and _paths_differ(self.game.first, self.game.second).any():
            rules = place.get((LEVER, "eligible_growth"))
        return place.get((TIME, "starts")), rules

    def _run(self, sets: Mask, *, later: bool, ruled: bool) -> Array:
        """Run sets in which the same time and rule hold; each is a draw."""
        game, count = self.game, len(sets)
        times = game.second if later else game.first
        rules = game.second if ruled else game.first
        levers: dict[str, Any] = {}
        for index, mover in enumerate(game.movers):
            if mover.kind == LEVER:
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


def mover_rows(
    movers: Sequence[Mover], rows: pl.DataFrame, touched: Mask, numbers: Mapping[str, Array], month: date
) -> pl.DataFrame:
    """One row per key and mover that touches it, with its numbers (movers, groups)."""
    group, mover = np.nonzero(touched.T)
    who = pl.DataFrame([movers[int(index)].cells() for index in mover], schema=MOVER, orient="row")
    who = who.insert_column(0, pl.Series("month", [month] * len(mover), dtype=pl.Date))
    return rows[group].hstack(who).hstack([pl.Series(name, array[mover, group]) for name, array in numbers.items()])
