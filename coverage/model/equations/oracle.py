"""What do the equations say, read one number at a time? Slow, and what everything made from them is held against.

It also holds the list to its word: a unit's bounds, a quiet form that must agree, and no value that is no number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import inf, isnan, nan
from typing import TypeAlias, assert_never

from coverage.model.equations.expressions import (
    Binary,
    Call,
    Earlier,
    Expression,
    Name,
    Negative,
    Number,
    Operator,
    Total,
    Unknown,
    Was,
)
from coverage.model.equations.steps import MONTH, Equations, Step
from coverage.model.equations.units import KINDS

Given: TypeAlias = float | Sequence[float]
"""An input of one series and draw: a number, a number for each month (month 0 first), or for each programme."""
_HAIR = 1e-6


class ClaimBroken(ArithmeticError):
    """A step came out where its unit or its quiet form says that it cannot."""


@dataclass(frozen=True, kw_only=True)
class SeriesCourse:
    """One series in one draw: each step's value by month, month 0 first; of each programme, by programme and month.

    In month 0 only the stocks, and what they tell, are known; the rest is 0 there.
    """

    steps: Mapping[str, list[float]]
    each: Mapping[str, list[list[float]]]


def run_months(equations: Equations, given: Mapping[str, Given], horizon: int) -> SeriesCourse:
    """Run the months 1 to `horizon` of one series in one draw; raise `ClaimBroken` where the list breaks its word."""
    count = _programmes(equations, given)
    result = SeriesCourse(
        steps={step.name: [_started(step, given, 0)] for step in equations.steps if not step.each},
        each={step.name: [[_started(step, given, k)] for k in range(count)] for step in equations.steps if step.each},
    )
    standing = _Month(equations=equations, given=given, course=result, t=0, count=count)
    for step in equations.steps:
        standing.stand(step)
    for t in range(1, horizon + 1):
        month = _Month(equations=equations, given=given, course=result, t=t, count=count)
        for step in equations.steps:
            month.take(step)
    return result


def _programmes(equations: Equations, given: Mapping[str, Given]) -> int:
    counts = [
        len(value)
        for each_input in equations.inputs
        if "programme" in each_input.by and isinstance(value := given.get(each_input.name), Sequence)
    ]
    return max(counts, default=0)


def _started(step: Step, given: Mapping[str, Given], programme: int) -> float:
    value = given.get(step.start, 0.0) if step.start else 0.0
    return value[programme] if isinstance(value, Sequence) else value


@dataclass(frozen=True, kw_only=True)
class _Month:
    """One month while it is computed."""

    equations: Equations
    given: Mapping[str, Given]
    course: SeriesCourse
    t: int
    count: int
    now: dict[str, float] = field(default_factory=dict)
    each: dict[str, list[float]] = field(default_factory=dict)

    def stand(self, step: Step) -> None:
        """Write down what is known of a step in month 0."""
        if step.name in self.equations.standing and not step.start:
            for k in range(self.count if step.each else 1):
                course = self.course.each[step.name][k] if step.each else self.course.steps[step.name]
                course[0] = self.value(step.expression, k)
        self.now.update({step.name: self.course.steps[step.name][0]} if not step.each else {})
        self.each.update({step.name: [course[0] for course in self.course.each[step.name]]} if step.each else {})

    def take(self, step: Step) -> None:
        """Compute a step, hold it to its unit, and write it down."""
        if step.each:
            self.each[step.name] = []
            for k in range(self.count):
                happens = not step.when or self.value(Name(step.when), k) == self.t
                value = self.held(step, self.value(step.expression, k) if happens else 0.0)
                self.each[step.name].append(value)
                self.course.each[step.name][k].append(value)
            return
        value = self.held(step, self.value(step.expression, 0))
        self.now[step.name] = value
        self.course.steps[step.name].append(value)
        if step.quiet is not None and self.now[self.equations.signal] >= 0:
            quiet = self.value(step.quiet, 0)
            if quiet != value and abs(quiet - value) > _HAIR:
                raise ClaimBroken(f"{step.name}: {value}, quiet {quiet}")

    def held(self, step: Step, value: float) -> float:
        """Return a value that is within its unit; raise `ClaimBroken`."""
        kind = KINDS[step.unit]
        if isnan(value) or not kind.low - _HAIR <= value <= kind.high + _HAIR:
            raise ClaimBroken(f"{step.name}: {value} is no {step.unit}")
        return value

    def value(self, expression: Expression, k: int) -> float:
        match expression:
            case Number(value):
                return value
            case Unknown():
                return nan
            case Name(name):
                return self.named(name, k)
            case Was(name):
                each = self.course.each.get(name)
                return each[k][self.t - 1] if each is not None else self.course.steps[name][self.t - 1]
            case Total(name):
                return self.summed(name, self.count)
            case Earlier(name):
                return self.summed(name, k)
            case Negative(of):
                return -self.value(of, k)
            case Binary(operator, left, right):
                return computed(operator, self.value(left, k), self.value(right, k))
            case Call(function, arguments):
                return value_of(function, [self.value(argument, k) for argument in arguments])
            case _:
                assert_never(expression)

    def named(self, name: str, k: int) -> float:
        if name == MONTH:
            return float(self.t)
        if name in self.now:
            return self.now[name]
        if name in self.each:
            return self.each[name][k]
        given = self.equations.input[name]
        value = self.given.get(name, given.neutral)
        if value is None:
            raise KeyError(name)
        if not isinstance(value, Sequence):
            return value
        return value[k if "programme" in given.by else self.t]

    def summed(self, name: str, count: int) -> float:
        total = 0.0
        for k in range(count):
            total += self.named(name, k)
        return total


def computed(operator: Operator, left: float, right: float) -> float:
    """Return two numbers and an operator; 0 × ∞ is no number here, so that it is found."""
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/":
            return left / right
        case "**":
            return float(left**right)
        case _:
            assert_never(operator)


def value_of(function: str, values: Sequence[float]) -> float:
    """Return a function of some numbers."""
    match function:
        case "ratio":
            return values[0] / values[1] if values[1] != 0 else 0.0
        case "if_known":
            return values[2] if isnan(values[0]) else values[1]
        case "or_zero":
            return 0.0 if values[0] == inf else values[0]
        case _:
            if any(isnan(value) for value in values):
                return nan
            return min(values) if function == "min" else max(values)
