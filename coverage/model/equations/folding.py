"""What remains of an equation where something is known: no limit, no rule, no programme, nobody who leaves?

One function with many uses: the quick months of the kernel, the browser's inner loop, and formulas of a sheet, which
knows no infinity. It keeps the order of the terms, so that floats come out the same.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from math import inf, isinf, isnan

from coverage.model.equations.expressions import (
    UNLIMITED,
    ZERO,
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
from coverage.model.equations.steps import Equations
from coverage.model.equations.units import ValueKind, kind_of

Known = Mapping[str, Expression]


def folded(
    expression: Expression,
    equations: Equations,
    known: Known,
    *,
    programmes: bool = True,
    positive: Collection[str] = (),
    given: Collection[str] = (),
) -> Expression:
    """Put in what is known of names and stocks, and simplify; without programmes their sums are 0.

    The steps named `positive` are known to be 0 or more, whatever their unit says; of the inputs named `given`
    somebody gave a value, so that `if_known` need not ask.
    """

    def kind(name: str) -> ValueKind:
        result = equations.kind(name)
        return ValueKind(result.people, max(result.low, 0), result.high) if name in positive else result

    def fold(inner: Expression) -> Expression:
        match inner:
            case Name(name) | Was(name):
                return known.get(name, inner) if isinstance(inner, Name) else known.get(f"was {name}", inner)
            case Total(name) | Earlier(name):
                return inner if programmes else ZERO
            case Negative(of):
                return negative(fold(of))
            case Binary(operator, left, right):
                return binary(operator, fold(left), fold(right))
            case Call("if_known", (Name(name), then, _)) if name in given:
                return fold(then)
            case Call(function, arguments):
                return call(function, tuple(fold(argument) for argument in arguments), kind)
            case _:
                return inner

    return fold(expression)


def negative(of: Expression) -> Expression:
    """Return what follows with its sign turned."""
    return Number(-of.value) if isinstance(of, Number) else Negative(of)


def binary(operator: Operator, left: Expression, right: Expression) -> Expression:
    """Return two values and an operator, simplified."""
    match operator, left, right:
        case _, Number(first), Number(second) if not (isinf(first) and isinf(second)):
            return Number(_computed(operator, first, second))
        case "+" | "-", Number(first), _ if isinf(first):
            return left
        case "+", Number(0), _:
            return right
        case "+" | "-", _, Number(0):
            return left
        case "+", _, Number(second) if isinf(second):
            return right
        case "*", Number(0), _:
            return ZERO
        case "*", _, Number(0):
            return ZERO
        case "*", Number(1), _:
            return right
        case "*" | "/" | "**", _, Number(1):
            return left
        case "*", Number(first), _ if first == inf:
            return UNLIMITED
        case "*", _, Number(second) if second == inf:
            return UNLIMITED
        case "/", Number(0), _:
            return ZERO
        case _:
            return Binary(operator, left, right)


def _computed(operator: Operator, first: float, second: float) -> float:
    computed: dict[Operator, Callable[[], float]] = {
        "+": lambda: first + second,
        "-": lambda: first - second,
        "*": lambda: 0.0 if 0 in {first, second} else first * second,
        "/": lambda: first / second,
        "**": lambda: float(first**second),
    }
    return computed[operator]()


def call(function: Function, arguments: tuple[Expression, ...], kind: Callable[[str], ValueKind]) -> Expression:
    """Return a function of some values, simplified by what they can be."""
    match function, arguments:
        case "if_known", (Unknown(), _, otherwise):
            return otherwise
        case "if_known", (Number(value), then, otherwise):
            return otherwise if isnan(value) else then
        case "if_known", (_, then, otherwise) if then == otherwise:
            return then
        case "or_zero", (Number(value),):
            return ZERO if isinf(value) else Number(value)
        case "ratio", (Number(0), _):
            return ZERO
        case "ratio", (Number(first), Number(second)):
            return ZERO if second == 0 else Number(first / second)
        case "min" | "max", (first, second):
            return _chosen(function, first, second, kind)
        case _:
            return Call(function, arguments)


def _chosen(function: Function, first: Expression, second: Expression, kind: Callable[[str], ValueKind]) -> Expression:
    """Return the lower or higher of two where their bounds tell which it is; else ask."""
    if isinstance(first, Number) and isinstance(second, Number):
        return Number((min if function == "min" else max)(first.value, second.value))
    of_first, of_second = kind_of(first, kind), kind_of(second, kind)
    first_is_low, second_is_low = of_first.high <= of_second.low, of_second.high <= of_first.low
    if first_is_low or second_is_low:
        return first if first_is_low == (function == "min") else second
    return Call(function, (first, second))


def without(expression: Expression, steps: Collection[str]) -> Expression:
    """Put 0 for the sums over programmes of these steps."""

    def clear(inner: Expression) -> Expression:
        match inner:
            case Total(name) if name in steps:
                return ZERO
            case Negative(of):
                return Negative(clear(of))
            case Binary(operator, left, right):
                return Binary(operator, clear(left), clear(right))
            case Call(function, arguments):
                return Call(function, tuple(clear(argument) for argument in arguments))
            case _:
                return inner

    return clear(expression)
