"""How are the month's equations written for people, and what do their letters mean?

The formulas are the list itself (`model.equations.month`), so that the page says what the projection computes.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import assert_never

from coverage.base.texts import Texts
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
from coverage.model.equations.month import MONTHLY, PARTS
from coverage.model.equations.steps import MONTH, Step

_SIGNS: dict[Operator, str] = {"+": " + ", "-": " − ", "*": " · ", "/": " ÷ ", "**": "^"}
_RANKS: dict[Operator, int] = {"+": 1, "-": 1, "*": 2, "/": 2, "**": 3}


def of_parts(texts: Texts) -> Iterator[tuple[str, str]]:
    """Yield each part of a month, by name, with its equations: `L = λ′ · A⁻`."""
    places = [[step.name for step in MONTHLY.steps].index(first) for first in PARTS.values()]
    for name, (begin, end) in zip(PARTS, pairwise([*places, len(MONTHLY.steps)]), strict=True):
        yield name, "; ".join(equation(step, texts) for step in MONTHLY.steps[begin:end])


def describe_letters(texts: Texts) -> Iterator[tuple[str, str]]:
    """Yield each letter of the equations and what it stands for: inputs, levers, then the steps in their order."""
    yield MONTH, texts(f"equation.input.{MONTH}")
    for each_input in MONTHLY.inputs:
        yield (
            each_input.symbol,
            texts(f"lever.{each_input.lever}.name" if each_input.lever else f"equation.input.{each_input.name}"),
        )
    for step in MONTHLY.steps:
        yield step.symbol, texts(f"equation.step.{step.name}")


def equation(step: Step, texts: Texts) -> str:
    """Write one equation in letters."""
    written = f"{step.symbol} = {describe_formula(step.expression, texts)}"
    if not step.when:
        return written
    return f"{written} ({texts('equation.function.when', month=_letter(step.when))})"


def describe_formula(expression: Expression, texts: Texts) -> str:
    """Write an expression in letters; `A⁻` is A at the end of the month before."""
    return _written(expression, texts)[0]


def _letter(name: str) -> str:
    if name == MONTH:
        return MONTH
    result = MONTHLY.step.get(name) or MONTHLY.input[name]
    return result.symbol


def _written(expression: Expression, texts: Texts) -> tuple[str, int]:
    """Return a text, and how tightly its outermost sign binds."""
    match expression:
        case Number(value):
            return texts.decimal(value, 3) if not value.is_integer() else f"{value:.0f}", 9
        case Unknown():
            return "?", 9
        case Name(name):
            return _letter(name), 9
        case Was(name):
            return f"{_letter(name)}⁻", 9
        case Total(name):
            return f"Σ {_letter(name)}", 2
        case Earlier(name):
            return f"Σ⁻ {_letter(name)}", 2
        case Negative(of):
            return f"−{_within(of, texts, 3)}", 1
        case Binary(operator, left, right):
            rank = _RANKS[operator]
            return f"{_within(left, texts, rank)}{_SIGNS[operator]}{_within(right, texts, rank + 1)}", rank
        case Call("min" | "max" as function, arguments):
            inner = ", ".join(describe_formula(argument, texts) for argument in arguments)
            return f"{texts(f'equation.function.{function}')}({inner})", 9
        case Call(function, arguments):
            written = {f"x{place}": _within(argument, texts, 3) for place, argument in enumerate(arguments)}
            return f"({texts(f'equation.function.{function}', **written)})", 9
        case _:
            assert_never(expression)


def _within(expression: Expression, texts: Texts, rank: int) -> str:
    text, own = _written(expression, texts)
    return text if own >= rank else f"({text})"
