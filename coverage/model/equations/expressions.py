"""What may an equation say: numbers, names, a few operators and functions, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

Operator: TypeAlias = Literal["+", "-", "*", "/", "**"]
Function: TypeAlias = Literal["min", "max", "ratio", "if_known", "or_zero"]

ARGUMENTS: dict[Function, int] = {"min": 2, "max": 2, "ratio": 2, "if_known": 3, "or_zero": 1}
"""How many values a function takes.

`ratio(a, b)` is a ÷ b, and 0 where b is 0. `if_known(x, a, b)` is a where x is known, else b. `or_zero(x)` is x, and
0 where there is no limit: a lever on an endless room would be 0 × ∞.
"""


@dataclass(frozen=True)
class Number:
    """A number as it stands; infinite where there is no limit."""

    value: float


@dataclass(frozen=True)
class Unknown:
    """A value that nobody gave; only `if_known` may ask for it."""


@dataclass(frozen=True)
class Name:
    """An input, or a step of the same month."""

    name: str


@dataclass(frozen=True)
class Was:
    """A stock as it stood at the end of the month before."""

    name: str


@dataclass(frozen=True)
class Total:
    """The sum of a step over all programmes."""

    name: str


@dataclass(frozen=True)
class Earlier:
    """The sum of a step over the programmes that stand before this one."""

    name: str


@dataclass(frozen=True)
class Negative:
    """What follows, its sign turned."""

    of: Expression


@dataclass(frozen=True)
class Binary:
    """Two values and an operator between them; association is that of the text."""

    operator: Operator
    left: Expression
    right: Expression


@dataclass(frozen=True)
class Call:
    """A function of a few values."""

    function: Function
    arguments: tuple[Expression, ...]


Expression: TypeAlias = Number | Unknown | Name | Was | Total | Earlier | Negative | Binary | Call
ZERO, ONE, UNLIMITED, UNKNOWN = Number(0.0), Number(1.0), Number(float("inf")), Unknown()


def operands(expression: Expression) -> tuple[Expression, ...]:
    """Return what an expression is directly made of."""
    match expression:
        case Negative(of):
            return (of,)
        case Binary(_, left, right):
            return (left, right)
        case Call(_, arguments):
            return arguments
        case _:
            return ()


def walk(expression: Expression) -> Iterator[Expression]:
    """Yield an expression and everything within it."""
    yield expression
    for part in operands(expression):
        yield from walk(part)


def names(expression: Expression) -> set[str]:
    """Return the inputs and steps of the same month that an expression needs, sums over programmes too."""
    return {part.name for part in walk(expression) if isinstance(part, Name | Total | Earlier)}


def stocks(expression: Expression) -> set[str]:
    """Return the stocks whose last value an expression needs."""
    return {part.name for part in walk(expression) if isinstance(part, Was)}
