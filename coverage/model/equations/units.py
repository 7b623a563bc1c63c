"""What is a value counted in, and between which bounds does it lie?

`people` are never negative, a `share` is 0 to 1: folding rests on it, and the oracle holds every case against it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, isinf
from typing import Literal, TypeAlias, assert_never

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

Unit: TypeAlias = Literal["people", "signed", "share", "factor", "number"]


@dataclass(frozen=True)
class ValueKind:
    """Whether a value counts people (None: a bare 0 or no limit, which fits both), and its bounds."""

    people: bool | None
    low: float
    high: float


KINDS: dict[Unit, ValueKind] = {
    "people": ValueKind(True, 0, inf),
    "signed": ValueKind(True, -inf, inf),
    "share": ValueKind(False, 0, 1),
    "factor": ValueKind(False, 0, inf),
    "number": ValueKind(False, -inf, inf),
}


class UnitsDiffer(ValueError):
    """People were added to, or compared with, what does not count people."""


def kind_of(expression: Expression, known: Callable[[str], ValueKind]) -> ValueKind:
    """Return what an expression counts, by the kinds of its names; raise `UnitsDiffer` where it mixes them."""
    match expression:
        case Number(value):
            return ValueKind(None if value == 0 or isinf(value) else False, value, value)
        case Unknown():
            return ValueKind(None, -inf, inf)
        case Name(name) | Was(name):
            return known(name)
        case Total(name) | Earlier(name):
            kind = known(name)
            return ValueKind(kind.people, min(kind.low, 0), inf)
        case Negative(of):
            kind = kind_of(of, known)
            return ValueKind(kind.people, -kind.high, -kind.low)
        case Binary(operator, left, right):
            return _of_binary(operator, kind_of(left, known), kind_of(right, known))
        case Call(function, arguments):
            return _of_call(function, [kind_of(argument, known) for argument in arguments])
        case _:
            assert_never(expression)


def fits(value_kind: ValueKind, unit: Unit) -> bool:
    """Say whether what was computed may carry a unit; narrower bounds are a claim that the oracle checks."""
    return value_kind.people in {None, KINDS[unit].people}


def _same(first: ValueKind, second: ValueKind) -> bool | None:
    if None not in {first.people, second.people} and first.people != second.people:
        raise UnitsDiffer
    return second.people if first.people is None else first.people


def _of_binary(operator: Operator, left: ValueKind, right: ValueKind) -> ValueKind:
    match operator:
        case "+":
            return ValueKind(_same(left, right), left.low + right.low, left.high + right.high)
        case "-":
            return ValueKind(_same(left, right), left.low - right.high, left.high - right.low)
        case "*":
            if left.people and right.people:
                raise UnitsDiffer
            ends = [_times(bound, other) for bound in (left.low, left.high) for other in (right.low, right.high)]
            return ValueKind(bool(left.people or right.people), min(ends), max(ends))
        case "/":
            if right.people and not left.people:
                raise UnitsDiffer
            nowhere_below = left.low >= 0 and right.low >= 0
            return ValueKind(bool(left.people) and not right.people, 0 if nowhere_below else -inf, inf)
        case "**":
            if left.people or right.people:
                raise UnitsDiffer
            return ValueKind(False, 0, inf)
        case _:
            assert_never(operator)


def _times(first: float, second: float) -> float:
    return 0.0 if 0 in {first, second} else first * second


def _of_call(function: str, kinds: list[ValueKind]) -> ValueKind:
    if function == "or_zero":
        return kinds[0]
    if function == "ratio":
        return _of_binary("/", *kinds)
    first, second = kinds[-2:]
    people = _same(first, second)
    if function == "if_known":
        return ValueKind(people, min(first.low, second.low), max(first.high, second.high))
    choose = min if function == "min" else max
    return ValueKind(people, choose(first.low, second.low), choose(first.high, second.high))
