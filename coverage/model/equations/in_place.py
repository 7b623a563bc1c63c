"""How do the equations become NumPy that allocates nothing while it runs?

An expression is taken apart into single operations; each writes into a buffer whose last use this is, and flows that
are kept are written straight into their row. At the end of a month names of buffers are exchanged, nothing is copied.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
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

OPERATIONS: dict[Operator, str] = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide", "**": "power"}
FUNCTIONS = {"min": "minimum", "max": "maximum", "ratio": "ratio", "if_known": "if_known", "or_zero": "or_zero"}


@dataclass(frozen=True)
class Outside:
    """What an operation reads and never writes: a number, an input, a row that is known ahead."""

    text: str


@dataclass(frozen=True)
class Value:
    """What an operation made, or a stock as the month found it; by number."""

    number: int


Operand: TypeAlias = Outside | Value


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One call of NumPy: what it makes, of what."""

    result: Value
    function: str
    operands: tuple[Operand, ...]
    each: bool = False  # of every programme: an array of its own, made anew


@dataclass
class Taken:
    """Operations of a month in their order, and what stands for each step's name."""

    operations: list[Operation] = field(default_factory=list)
    named: dict[str, Operand] = field(default_factory=dict)
    each: set[Value] = field(default_factory=set)
    made: int = 0

    def branch(self) -> Taken:
        """Return a continuation that leaves this one as it is."""
        return Taken(operations=[], named=dict(self.named), each=set(self.each), made=self.made)

    def only(self, needed: Collection[Value]) -> list[Operation]:
        """Return the operations that lead to these values."""
        wanted, result = set(needed), []
        for operation in reversed(self.operations):
            if operation.result in wanted:
                wanted |= {operand for operand in operation.operands if isinstance(operand, Value)}
                result.append(operation)
        return result[::-1]

    def value(self) -> Value:
        """Return a value that nothing stands for yet."""
        self.made += 1
        return Value(self.made)

    def take(self, expression: Expression, ahead: Callable[[Expression], str | None]) -> Operand:
        """Take an expression apart; `ahead` returns what stands for one that is known before the month begins."""
        known = ahead(expression)
        if known is not None:
            return Outside(known)

        def take(inner: Expression) -> Operand:
            return self.take(inner, ahead)

        match expression:
            case Number() | Unknown():
                raise TypeError(expression)  # known ahead
            case Name(name):
                return self.named[name]
            case Was(name):
                return self.named[f"was {name}"]
            case Total(name):
                return self.add("total", (self.named[name],), each=False)
            case Earlier():
                raise TypeError(expression)  # only where a programme begins
            case Negative(of):
                return self.add("negative", (take(of),))
            case Binary(operator, left, right):
                return self.add(OPERATIONS[operator], (take(left), take(right)))
            case Call(function, arguments):
                return self.add(FUNCTIONS[function], tuple(take(argument) for argument in arguments))
            case _:
                assert_never(expression)

    def add(self, function: str, operands: tuple[Operand, ...], *, each: bool | None = None) -> Operand:
        """Add an operation and return what it makes; of every programme if anything in it is."""
        result = self.value()
        is_each = any(operand in self.each for operand in operands) if each is None else each
        if is_each:
            self.each.add(result)
        self.operations.append(Operation(result=result, function=function, operands=operands, each=is_each))
        return result


@dataclass
class Buffers:
    """Which name holds which value; names are given anew only where no old one is free."""

    holds: dict[Value, str]
    free: list[str]
    fixed: set[str]  # rows and the like: never written but by the step they belong to
    made: list[str] = field(default_factory=list)

    def branch(self) -> Buffers:
        """Return a copy that shares the names that were made: all branches may use all of them."""
        return Buffers(holds=dict(self.holds), free=list(self.free), fixed=set(self.fixed), made=self.made)

    def new(self) -> str:
        """Return a name that holds nothing: a free one, else one made anew."""
        if self.free:
            return self.free.pop()
        name = f"b{len(self.made)}"
        self.made.append(name)
        return name

    def release(self, value: Value) -> None:
        """Let the name of a value be used again, but not that of a row."""
        name = self.holds.pop(value, None)
        if name is not None and name not in self.fixed:
            self.free.append(name)

    def text(self, operand: Operand) -> str:
        """Return the name, or the text, that stands for an operand."""
        match operand:
            case Outside(text):
                return text
            case Value():
                return self.holds[operand]
            case _:
                assert_never(operand)


def lines(
    operations: Sequence[Operation], buffers: Buffers, rows: Mapping[Value, str], needed: Collection[Value]
) -> Iterator[str]:
    """Yield one call for each operation; `rows` are where kept values are written, `needed` those used afterwards."""
    last = {operand: place for place, operation in enumerate(operations) for operand in operation.operands}
    for place, operation in enumerate(operations):
        given = ", ".join(buffers.text(operand) for operand in operation.operands)
        done = [
            operand
            for operand in dict.fromkeys(operation.operands)
            if isinstance(operand, Value) and last[operand] == place and operand not in needed
        ]
        if operation.each:
            name = f"e{operation.result.number}"
            buffers.fixed.add(name)
            yield f"{name} = {operation.function}({given})"
        else:
            reads_late = operation.function in {"ratio", "if_known", "total"}
            if not reads_late:
                for operand in done:
                    buffers.release(operand)
            name = rows.get(operation.result) or buffers.new()
            yield f"{operation.function}({given}, out={name})"
        buffers.holds[operation.result] = name
        if operation.result in rows:
            buffers.fixed.add(name)
        for operand in done:
            buffers.release(operand)
        if operation.result not in last and operation.result not in needed:
            buffers.release(operation.result)


def exchanged(buffers: Buffers, stocks: Mapping[str, Operand]) -> Iterator[str]:
    """Yield what gives each stock's value its stock's name at the end of a month (those that live in buffers)."""
    held: dict[str, str] = {}
    for stock, operand in stocks.items():
        name = buffers.text(operand)
        if name in buffers.fixed or isinstance(operand, Outside) or name in held.values():
            buffer = buffers.new()
            yield f"copyto({buffer}, {name})"
            name = buffer
        held[stock] = name
    names = [*stocks, *buffers.made]
    spare = [name for name in names if name not in held.values()]
    after = {**held}
    # What keeps its name keeps its array, so that most months exchange nothing.
    for name in [each_name for each_name in names if each_name not in after and each_name in spare]:
        after[name] = name
        spare.remove(name)
    for name in names:
        if name not in after:
            after[name] = spare.pop()
    moved = [name for name in names if after[name] != name]
    if moved:
        yield f"{', '.join(moved)} = {', '.join(after[name] for name in moved)}"


def as_it_stands(expression: Expression, reference: Callable[[str], str], was: Callable[[str], str]) -> str:
    """Return an expression as one line of Python, with an array for each of its parts."""

    def write(inner: Expression) -> str:
        match inner:
            case Number(value):
                return in_python(value)
            case Unknown():
                return 'float("nan")'
            case Name(name):
                return reference(name)
            case Was(name):
                return was(name)
            case Total(name) | Earlier(name):
                return f"sum_{name}"
            case Negative(of):
                return f"(-{write(of)})"
            case Binary(operator, left, right):
                return f"({write(left)} {operator} {write(right)})"
            case Call(function, arguments):
                return f"{FUNCTIONS[function]}({', '.join(write(part) for part in arguments)})"
            case _:
                assert_never(inner)

    return write(expression)


def all_at_once(expression: Expression, reference: Callable[[str], str], was: Callable[[str], str]) -> str:
    """Return an expression over all months: what was made on the way is written over, where its shape allows it."""

    def write(inner: Expression) -> tuple[str, bool]:
        match inner:
            case Binary(operator, left, right):
                return _over(OPERATIONS[operator], write(left), write(right)), True
            case Call("min" | "max" as function, (first, second)):
                return _over(FUNCTIONS[function], write(first), write(second)), True
            case _:
                return as_it_stands(inner, reference, was), False

    return write(expression)[0]


def _over(function: str, first: tuple[str, bool], second: tuple[str, bool]) -> str:
    place = "over_first" if first[1] else "over_second" if second[1] else ""
    given = f"{first[0]}, {second[0]}"
    return f"{place}({function}, {given})" if place else f"{function}({given})"


def in_python(value: float) -> str:
    """Return a number as Python reads it."""
    return repr(float(value)) if isfinite(value) else f'float("{value}")'
