"""How does a spreadsheet compute the model's months by itself?

The list of the month's equations (`model.equations`) as cell formulas: one row per series and month, one column per
step, in the list's order. Every formula carries the value that the projection computed, so that a viewer which never
recalculates shows the same figures, and a spreadsheet that recalculates only what changed starts from right ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray
from xlsxwriter.utility import xl_col_to_name

from coverage.base import months
from coverage.model import projection
from coverage.model.equations.every_step import EveryStep, every_step
from coverage.model.equations.expressions import UNKNOWN, UNLIMITED, Earlier, Expression, Name, Number, Total, Was
from coverage.model.equations.folding import folded
from coverage.model.equations.month import MONTHLY
from coverage.model.equations.sheet import formula
from coverage.model.equations.steps import MONTH, Step
from coverage.model.levers import Levers, extra_of
from coverage.model.plan import Plan
from coverage.model.view import View

Array = NDArray[np.float64]
WHO = ("segment", "branch", "month", MONTH)
RATES = ("new_rate", "lapse_rate")
"""What the baseline says of each month; a value, not a formula."""
RULED = ("path", "floor")
MONTHLY_INPUTS = (*RATES, *RULED)
EACH = tuple(step.name for step in MONTHLY.steps if step.each)
"""Columns of each programme; of those that are no stock another one has their sum."""
FIRST = 3
"""Above the first row of figures stand a title, where they come from, and the headings."""


@dataclass(frozen=True, kw_only=True)
class Live:
    """A formula and the value that it has today."""

    formula: str
    value: float


Cell = Live | str | float | date | None


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """Where the assumptions stand, as absolute references.

    `levers` by segment and lever, `own` and `facts` by series and name, `workers` by series and programme,
    `programmes` by programme and name (`starts_k` and `ends_k` are months counted from the as-of month).
    """

    as_of: str
    growth: str
    levers: Mapping[tuple[str, str], str]
    own: Mapping[tuple[int, str], str]
    facts: Mapping[tuple[int, str], str]
    workers: Mapping[tuple[int, int], str]
    programmes: Mapping[tuple[int, str], str]


@lru_cache
def columns(programmes: int) -> dict[str, str]:
    """Return the letter of every column by name; a programme's are `ended.0`, `enrolled.0`, `members.0`, …"""
    names = [*WHO, *MONTHLY_INPUTS, *(step.name for step in MONTHLY.steps if not (step.each and step.start))]
    names += [f"lever.{lever.lever}" for lever in MONTHLY.levers]
    names += [f"{name}.{index}" for index in range(programmes) for name in EACH]
    return {name: xl_col_to_name(place) for place, name in enumerate(names)}


def size(view: View, plan: Plan, horizon: int) -> int:
    """Return how many formulas it takes."""
    each = len(MONTHLY.steps) + len(EACH) * len(plan.enrolments)
    return view.series.height * (horizon * each + len(MONTHLY.levers))


def row_of(series: int, month: int, horizon: int) -> int:
    """Return the row of a series' month, counted from 1 as formulas do."""
    return FIRST + 1 + series * (horizon + 1) + month


def months_between(first: str, cell: str) -> str:
    """Return the formula that counts the months from one date's month to another's."""
    return f"(YEAR({cell})-YEAR({first}))*12+MONTH({cell})-MONTH({first})"


def rows(view: View, plan: Plan, horizon: int, inputs: Inputs) -> Iterator[dict[str, Cell]]:
    """Yield a row for each series and month, by column name: the series in their order, month 0 first."""
    x = projection.inputs(view.start, plan, horizon)
    known = every_step(MONTHLY, x, horizon)
    for place in range(view.series.height):
        course = _Series(view=view, plan=plan, inputs=inputs, x=x, known=known, place=place, horizon=horizon)
        for t in range(horizon + 1):
            yield course.month(t)


@lru_cache(maxsize=4096)
def _folded(
    step: str, constants: frozenset[tuple[str, Expression]], programmes: bool, given: frozenset[str]
) -> Expression:
    """Return what remains of a step: the same in most months of most series."""
    return folded(MONTHLY.step[step].expression, MONTHLY, dict(constants), programmes=programmes, given=given)


@dataclass(frozen=True, kw_only=True)
class _Series:
    """One series' rows: what its formulas refer to."""

    view: View
    plan: Plan
    inputs: Inputs
    x: Mapping[str, Array]
    known: EveryStep
    place: int
    horizon: int
    first_levers: dict[str, str] = field(default_factory=dict)

    @cached_property
    def segment(self) -> str:
        return str(self.view.series["segment"][self.place])

    @cached_property
    def branch(self) -> str:
        return str(self.view.series["branch"][self.place])

    @cached_property
    def limited(self) -> bool:
        """Say whether it is known how many are eligible; where not, nothing limits the covered."""
        return bool(np.isfinite(self.view.start.eligible[self.place, 0]))

    @cached_property
    def programmes(self) -> list[int]:
        """Return the programmes that may enrol here."""
        count = len(self.plan.enrolments)
        return [index for index in range(count) if (self.place, index) in self.inputs.workers]

    def month(self, t: int) -> dict[str, Cell]:
        """Return the row of a month: who, what is given, and the list's steps in their order."""
        row: dict[str, Cell] = {
            "segment": self.segment,
            "branch": self.branch,
            "month": months.add(self.view.as_of, t),
            MONTH: float(t),
        }
        values = {name: float(self.x[name][t, self._wide(name), 0]) for name in MONTHLY_INPUTS if t}
        row |= {name: value for name, value in values.items() if np.isfinite(value)}
        constants: dict[str, Expression] = {"eligible": UNLIMITED} if not self.limited else {}
        constants |= {name: UNKNOWN for name in RULED if name not in row}
        for step in MONTHLY.steps:
            if step.name == "eligible" and not self.limited:
                continue
            if t or step.name in MONTHLY.standing:
                self._step(step, t, row, constants)
        return row | ({} if t else {f"lever.{name}": cell for name, cell in self._effective().items()})

    def _wide(self, name: str) -> int:
        """Return the place of the series among an input's rows: a line that no rule sets has one for all."""
        return self.place if self.x[name].shape[1] > 1 else 0

    def _step(self, step: Step, t: int, row: dict[str, Cell], constants: dict[str, Expression]) -> None:
        """Put a step into its cell, of each programme into one of its own; nothing where no cell can hold it."""
        if step.each:
            for k in self.programmes:
                value = float(self.known.each[step.name][k, t, self.place])
                row[f"{step.name}.{k}"] = Live(formula=f"={self._each(step, t, k, constants)}", value=value)
            if not step.start:
                cells = "+".join(self._at(t, f"{step.name}.{k}") for k in self.programmes)
                value = float(self.known.each[step.name][:, t, self.place].sum())
                row[step.name] = Live(formula=f"={cells or '0'}", value=value)
            return
        if not t and step.start:
            written = self._started(step)
        else:
            expression = _folded(step.name, frozenset(constants.items()), bool(self.programmes), frozenset(row))
            if isinstance(expression, Number):
                constants[step.name] = expression
                if np.isfinite(expression.value):
                    row[step.name] = expression.value
                return
            if isinstance(expression, Name) and step.name == MONTHLY.signal:
                constants[step.name] = expression
            written = formula(expression, lambda name: self._reference(name, t, 0))
        row[step.name] = Live(formula=f"={written}", value=float(self.known.steps[step.name][t, self.place]))

    def _each(self, step: Step, t: int, k: int, constants: Mapping[str, Expression]) -> str:
        if not t and step.start:
            return f"{self.x[step.start][k, self.place, 0]:.15g}"
        expression = _folded(step.name, frozenset(constants.items()), True, frozenset())
        written = formula(expression, lambda name: self._reference(name, t, k))
        if not step.when:
            return written
        return f"IF({self._reference(Name(MONTH), t, k)}={self._given(step.when, t, k)},{written},0)"

    def _started(self, step: Step) -> str:
        """Return where a stock begins."""
        facts = {name: self.inputs.facts[self.place, name] for name in ("active", "funded", "pool", "eligible")}
        if step.start == "paying_0":
            return f"{facts['active']}-{facts['funded']}"
        return facts[step.name]

    def _reference(self, name: Name | Was | Total | Earlier, t: int, k: int) -> str:
        match name:
            case Was(stock):
                return self._at(t - 1, f"{stock}.{k}" if stock in EACH else stock)
            case Total(each):
                return self._at(t, each)
            case Earlier(each):
                return "+".join(self._at(t, f"{each}.{index}") for index in self.programmes if index < k) or "0"
            case Name(step) if step in MONTHLY.step or step == MONTH:
                return self._at(t, f"{step}.{k}" if step in EACH else step)
            case Name(given):
                return self._given(given, t, k)

    def _given(self, name: str, t: int, k: int) -> str:
        """Return where an input stands."""
        given = MONTHLY.input[name]
        if given.lever:
            return self._lever(given.lever)
        if name in MONTHLY_INPUTS:
            return self._at(t, name)
        if name == "workers_k":
            return self.inputs.workers[self.place, k]
        if "programme" in given.by:
            return self.inputs.programmes[k, name]
        return self.inputs.facts[self.place, {"back_rate": "back"}.get(name, name)]

    def _effective(self) -> dict[str, Cell]:
        """Return the series' levers: its own where one stands, else its segment's."""
        results: dict[str, Cell] = {}
        for name, declared in Levers.model_fields.items():
            own, wide = self.inputs.own[self.place, name], self.inputs.levers[self.segment, name]
            unit = extra_of(declared, "unit")
            if unit == "month":
                wide = f"IF(ISNUMBER({wide}),{months_between(self.inputs.as_of, wide)},1)"
                text = f"IF(ISNUMBER({own}),{months_between(self.inputs.as_of, own)},{wide})"
            elif unit == "growth":
                text = f"IF(ISNUMBER({own}),{own},IF(ISNUMBER({wide}),{wide},{self.inputs.growth}))"
            else:
                if extra_of(declared, "shared"):
                    wide = self._part(wide)
                text = f"IF(ISNUMBER({own}),{own},{wide})"
            text = f"MAX(1,{text})" if unit == "months" else text
            results[name] = Live(formula=f"={text}", value=float(self.plan[name][self.place]))
        return results

    def _part(self, wide: str) -> str:
        """Return a series' part of its segment's people."""
        total = self.inputs.facts[self.place, "total_weight"]
        return f"IF({total}>0,{wide}*{self.inputs.facts[self.place, 'shared_weight']}/{total},0)"

    def _lever(self, name: str) -> str:
        letter = columns(len(self.plan.enrolments))[f"lever.{name}"]
        return f"${letter}${row_of(self.place, 0, self.horizon)}"

    def _at(self, t: int, name: str) -> str:
        """Return the reference of a column in a month's row."""
        return f"{columns(len(self.plan.enrolments))[name]}{row_of(self.place, t, self.horizon)}"
