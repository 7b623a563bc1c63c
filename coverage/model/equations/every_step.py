"""What is each step in each month, for many series at once? Plain NumPy, for those who show everything.

A sheet has a cell for every step of every programme; the kernel keeps no such thing. It is the list read as it stands,
month by month, in one draw.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias, assert_never

import numpy as np
from numpy.typing import NDArray

from coverage.model.equations.expressions import (
    Binary,
    Call,
    Earlier,
    Expression,
    Name,
    Negative,
    Number,
    Total,
    Unknown,
    Was,
)
from coverage.model.equations.steps import MONTH, Equations, Step

Array: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class EveryStep:
    """Each step by month and series (months + 1, series); `each` of every programme (programmes, months + 1, series).

    In month 0 only the stocks, and what they tell, are known; the rest is 0 there.
    """

    steps: Mapping[str, Array]
    each: Mapping[str, Array]


def every_step(equations: Equations, x: Mapping[str, Array], horizon: int) -> EveryStep:
    """Run the months of one draw; `x` are the inputs as the kernel takes them (`numpy_kernel.Months`)."""
    series, count = len(x["paying_0"]), len(x.get("starts_k", ()))
    result = EveryStep(
        steps={step.name: np.zeros((horizon + 1, series)) for step in equations.steps if not step.each},
        each={step.name: np.zeros((count, horizon + 1, series)) for step in equations.steps if step.each},
    )
    for t in range(horizon + 1):
        month = _Month(equations=equations, x=x, course=result, t=t, count=count)
        for step in equations.steps:
            if t or step.name in equations.standing:
                month.take(step)
    return result


@dataclass(frozen=True, kw_only=True)
class _Month:
    """One month while it is computed."""

    equations: Equations
    x: Mapping[str, Array]
    course: EveryStep
    t: int
    count: int
    sums: dict[str, Array] = field(default_factory=dict)

    def take(self, step: Step) -> None:
        if not step.each:
            begins = not self.t and step.start
            self.course.steps[step.name][self.t] = (
                self.given(step.start, 0) if begins else self.value(step.expression, 0)
            )
            return
        for k in range(self.count):
            if not self.t and step.start:
                self.course.each[step.name][k, 0] = self.given(step.start, k)
            elif not step.when or float(self.x[step.when][k, 0, 0]) == self.t:
                self.course.each[step.name][k, self.t] = self.value(step.expression, k)

    def value(self, expression: Expression, k: int) -> Any:
        match expression:
            case Number(value):
                return np.float64(value)
            case Unknown():
                return np.float64("nan")
            case Name(name):
                return self.named(name, k)
            case Was(name):
                if name in self.course.each:
                    return self.course.each[name][k, self.t - 1]
                return self.course.steps[name][self.t - 1]
            case Total(name):
                return self.course.each[name][:, self.t].sum(axis=0)
            case Earlier(name):
                return self.course.each[name][:k, self.t].sum(axis=0)
            case Negative(of):
                return -self.value(of, k)
            case Binary(operator, left, right):
                return _COMPUTED[operator](self.value(left, k), self.value(right, k))
            case Call(function, arguments):
                return _applied(function, [self.value(argument, k) for argument in arguments])
            case _:
                assert_never(expression)

    def named(self, name: str, k: int) -> Any:
        if name == MONTH:
            return np.float64(self.t)
        if name in self.course.steps:
            return self.course.steps[name][self.t]
        if name in self.course.each:
            return self.course.each[name][k, self.t]
        return self.given(name, k)

    def given(self, name: str, k: int) -> Any:
        by = self.equations.by(name)
        values = self.x[name]
        if "programme" in by:
            return values[k, :, 0]
        return values[self.t, :, 0] if "month" in by else values[:, 0]


_COMPUTED = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "**": np.power}


def _applied(function: str, values: list[Any]) -> Any:
    match function:
        case "min":
            return np.minimum(*values)
        case "max":
            return np.maximum(*values)
        case "ratio":
            over, under = np.broadcast_arrays(*values)
            return np.divide(over, under, out=np.zeros(under.shape), where=under != 0)
        case "if_known":
            return np.where(np.isnan(values[0]), values[2], values[1])
        case _:
            return np.where(np.isinf(values[0]), 0.0, values[0])
