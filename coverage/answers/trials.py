"""What do values of a lever achieve: of one question, or of many questions in one run of the projection?

Branches never act upon each other, so that what each asks of its own lever is run in one array with all others: a
value of a lever is a column, and every branch has its own values there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from coverage.answers import goals
from coverage.answers.line_search import Ask, Search
from coverage.model import projection
from coverage.model.plan import Enrolment, Plan
from coverage.model.projection import Futures, Start

Array = NDArray[np.float64]
Answer = TypeVar("Answer")
_SIDE_BY_SIDE = 32


@dataclass(frozen=True, kw_only=True)
class LeverProblem:
    """The series asked about, and what a value of the lever makes of their plan.

    `start`, `plan` and `futures` are those of everybody in view. `usual` (inside,) is the lever without any value, and
    `moved` says what values make of it (inside, values); of programmes that are `added` the workers, one array each.
    """

    goal: goals.Goal
    start: Start
    plan: Plan
    futures: Futures | None
    name: str
    usual: Array
    moved: Callable[[Array], Sequence[Array]]
    added: tuple[Enrolment, ...] = ()
    needed: int | None = None  # so many draws have to be at the target

    @property
    def alike(self) -> tuple[object, ...]:
        """Tell problems apart that cannot be run together."""
        terms = [(enrolment.starts, enrolment.ends, enrolment.stay) for enrolment in self.added]
        return self.goal.ahead, tuple(terms), self.futures is None

    @property
    def alone(self) -> bool:
        """Say whether the problem has to be run by itself: its parts are due in several months, or counted by year."""
        return self.goal.ends is not None or self.goal.measure == "registrations"


def answered(search: Search[Answer], problem: LeverProblem) -> Answer:
    """Answer all that a search asks of one problem, and return what it finds."""
    return answer_together([search], [problem])[0]


def answer_together(searches: Sequence[Search[Answer]], problems: Sequence[LeverProblem]) -> list[Answer]:
    """Answer all that searches ask, each of its problem, as many as can be in one run; return what each finds."""
    results: dict[int, Answer] = {}
    asks: dict[int, Ask] = {}

    def go_on(place: int, answer: Array | None) -> None:
        try:
            asks[place] = next(searches[place]) if answer is None else searches[place].send(answer)
        except StopIteration as end:
            asks.pop(place, None)
            results[place] = end.value

    for place in range(len(searches)):
        go_on(place, None)
    while asks:
        for place, answer in _round(asks, problems):
            go_on(place, answer)
    return [results[place] for place in range(len(searches))]


def _round(asks: dict[int, Ask], problems: Sequence[LeverProblem]) -> list[tuple[int, Array]]:
    """Answer one question of each search."""

    def kind(place: int) -> tuple[str, tuple[object, ...], int]:
        problem = problems[place]
        return asks[place].kind, problem.alike, place if problem.alone else -1

    answers: list[tuple[int, Array]] = []
    for (name, _, _), group in groupby(sorted(asks, key=lambda place: repr(kind(place))), kind):
        places = list(group)
        several = _Stack([problems[place] for place in places])
        answers += zip(places, several.answer(name, [asks[place].values for place in places]), strict=True)
    return answers


class _Stack:
    """Problems in one run: their series below each other."""

    def __init__(self, problems: Sequence[LeverProblem]) -> None:
        self.problems = problems
        first = problems[0]
        inside = np.concatenate([problem.goal.inside for problem in problems])
        sizes = [len(problem.goal.inside) for problem in problems]
        self._owner = np.repeat(np.arange(len(problems)), sizes)
        self._cuts = np.cumsum(sizes)[:-1]
        self._ahead = first.goal.ahead
        self._start, self._base, self._futures = goals.cut_out(first.start, first.plan, first.futures, inside)
        self._base = self._base.moved(**({} if first.added else {first.name: self._below(p.usual for p in problems)}))

    @staticmethod
    def _below(parts: Iterable[Array]) -> Array:
        return np.concatenate(list(parts))

    def _plan(self, values: Sequence[Array]) -> Plan:
        """Return the plan with each problem's own values (values,), side by side."""
        moved = [problem.moved(own) for problem, own in zip(self.problems, values, strict=True)]
        columns = [self._below(parts) for parts in zip(*moved, strict=True)]
        first = self.problems[0]
        if not first.added:
            return self._base.moved(**{first.name: columns[0]})
        added = [replace(enrolment, workers=workers) for enrolment, workers in zip(first.added, columns, strict=True)]
        return replace(self._base, enrolments=(*self._base.enrolments, *added))

    def answer(self, kind: str, values: Sequence[Array]) -> list[Array]:
        """Answer the same question of every problem."""
        if kind == "figures":
            return self._figures(values)
        if kind == "run":
            run = projection.run(self._start, self._plan(values), self._ahead)
            both = np.stack([run.covered[:, :, 0], run.new[:, :, 0]])
            return np.split(both, self._cuts, axis=2)
        if kind == "path":
            return [path[:, 0] for path in self._achieved(self._plan(values), None)]
        drawn = self._achieved(_thin(self._plan(values)), self._futures)
        if kind == "drawn":
            return drawn
        return [
            np.sort(draws[self._ahead])[::-1][problem.needed - 1 : problem.needed]
            for problem, draws in zip(self.problems, drawn, strict=True)
            if problem.needed is not None
        ]

    def _figures(self, values: Sequence[Array]) -> list[Array]:
        most = max(len(own) for own in values)
        even = [np.concatenate([own, np.repeat(own[-1:], most - len(own))]) for own in values]
        parts: list[list[Array]] = []
        for first in range(0, most, _SIDE_BY_SIDE):
            plan = self._plan([own[first : first + _SIDE_BY_SIDE] for own in even])
            parts.append([path[self._ahead] for path in self._achieved(plan, None)])
        whole = [np.concatenate(own) for own in zip(*parts, strict=True)]
        return [figures[: len(own)] for figures, own in zip(whole, values, strict=True)]

    def _achieved(self, plan: Plan, futures: Futures | None) -> list[Array]:
        """Return what each problem achieves (months + 1, values or draws)."""
        if self.problems[0].alone:
            return [goals.achieved(self._start, plan, self.problems[0].goal, self._ahead, futures)]
        counted = np.concatenate([problem.goal.member[0] for problem in self.problems])
        member = (self._owner[None, :] == np.arange(len(self.problems))[:, None]) * counted
        covered = projection.covered(self._start, plan, self._ahead, member, futures)
        return [covered[:, place] for place in range(len(self.problems))]


def _thin(plan: Plan) -> Plan:
    """Return a plan of one column as one that is the same in every draw: the kernel runs those in parts."""
    return plan.moved(**{name: values[:, 0] for name, values in plan.levers.items() if values.ndim == 2})
