"""How does a spreadsheet write an equation?

Its precedence is its own: `-B1^2` is (−B1)², `a^b^c` goes from the left, and there is no infinity, so that what is
unknown has to be folded out before (`folding`).
"""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from typing import assert_never

from coverage.model.equations.expressions import (
    Binary,
    Call,
    Earlier,
    Expression,
    Function,
    Name,
    Negative,
    Number,
    Operator,
    Total,
    Unknown,
    Was,
)

Reference = Callable[[Name | Was | Total | Earlier], str]
_SIGNS: dict[Operator, str] = {"+": "+", "-": "-", "*": "*", "/": "/", "**": "^"}
_RANKS: dict[Operator, int] = {"+": 1, "-": 1, "*": 2, "/": 2, "**": 3}
_ATOM = 9


class NoCell(ValueError):
    """An expression that no cell can hold: an infinity, or a value that nobody gave."""


def formula(expression: Expression, reference: Reference) -> str:
    """Return an expression as a formula without its `=`; `reference` says where each name stands."""
    return _written(expression, reference)[0]


def _written(expression: Expression, reference: Reference) -> tuple[str, int]:
    """Return a formula, and how tightly its outermost sign binds."""
    match expression:
        case Number(value):
            if not isfinite(value):
                raise NoCell(expression)
            return (f"{value:.15g}", _ATOM if value >= 0 else 0)
        case Unknown():
            raise NoCell(expression)
        case Name() | Was() | Total() | Earlier():
            text = reference(expression)
            return text, _ATOM if text.replace("$", "").replace("!", "").isalnum() or "'" in text else 0
        case Negative(of):
            return f"-{_within(of, reference, _ATOM)}", 0
        case Binary(operator, left, right):
            rank = _RANKS[operator]
            return f"{_within(left, reference, rank)}{_SIGNS[operator]}{_within(right, reference, rank + 1)}", rank
        case Call(function, arguments):
            return _called(function, [_written(argument, reference) for argument in arguments]), _ATOM
        case _:
            assert_never(expression)


def _within(expression: Expression, reference: Reference, rank: int) -> str:
    text, own = _written(expression, reference)
    return text if own >= rank else f"({text})"


def _called(function: Function, arguments: list[tuple[str, int]]) -> str:
    texts = [text for text, _ in arguments]
    match function:
        case "min" | "max":
            return f"{function.upper()}({','.join(texts)})"
        case "ratio":
            over, under = (text if rank == _ATOM else f"({text})" for text, rank in arguments)
            return f"IF({texts[1]}=0,0,{over}/{under})"
        case "if_known":
            return f"IF(ISNUMBER({texts[0]}),{texts[1]},{texts[2]})"
        case "or_zero":
            return texts[0]
        case _:
            assert_never(function)
