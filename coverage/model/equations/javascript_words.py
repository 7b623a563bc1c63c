"""How does JavaScript write a name, a number, a function, and what needs a name of its own before it is used?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf
from typing import assert_never

from coverage.model.equations.expressions import Binary, Expression, Function, Negative, Number

RESERVED = frozenset(
    {
        "arguments",
        "await",
        "break",
        "case",
        "catch",
        "class",
        "const",
        "continue",
        "debugger",
        "default",
        "delete",
        "do",
        "else",
        "enum",
        "eval",
        "export",
        "extends",
        "false",
        "finally",
        "for",
        "function",
        "if",
        "implements",
        "import",
        "in",
        "instanceof",
        "interface",
        "let",
        "new",
        "null",
        "package",
        "private",
        "protected",
        "public",
        "return",
        "static",
        "super",
        "switch",
        "this",
        "throw",
        "true",
        "try",
        "typeof",
        "var",
        "void",
        "while",
        "with",
        "yield",
    }
)
_OWN = frozenset({"given", "kept", "out", "S", "D", "H", "K", "s", "d", "k", "i", "event", "Math", "cakupanKernel"})
"""Names that the script's own lines use."""


def safe(name: str) -> str:
    """Return a name that JavaScript allows."""
    return name + "_" if name in RESERVED | _OWN else name


@dataclass
class WrittenLines:
    """Lines of a block while they are written; parts of an expression that are used twice get a name."""

    count: int = 0
    lines: list[str] = field(default_factory=list)

    def add(self, line: str) -> None:
        """Add a line as it stands."""
        self.lines.append(line)

    def named(self, value: str) -> str:
        """Return an atom for a value: itself if it is one, else a name that is set to it."""
        if re.fullmatch(r"-?[\w.]+(\[[\w]+\])?", value):
            return value
        self.count += 1
        self.add(f"const u{self.count} = {value};")
        return f"u{self.count}"


def called(function: Function, atoms: Sequence[str]) -> str:
    """Return a function of atoms as an expression; only what is not known (NaN) is unequal to itself."""
    match function:
        case "min":
            return f"{atoms[0]} < {atoms[1]} ? {atoms[0]} : {atoms[1]}"
        case "max":
            return f"{atoms[0]} > {atoms[1]} ? {atoms[0]} : {atoms[1]}"
        case "ratio":
            return f"{atoms[1]} !== 0 ? {atoms[0]} / {atoms[1]} : 0"
        case "if_known":
            return f"{atoms[0]} === {atoms[0]} ? {atoms[1]} : {atoms[2]}"
        case "or_zero":
            return f"{atoms[0]} === Infinity ? 0 : {atoms[0]}"
        case _:
            assert_never(function)


def write_number(value: float) -> str:
    """Return a number as a literal: whole ones without a point, the others with every digit."""
    value = float(value)
    if abs(value) == inf:
        return "Infinity" if value > 0 else "-Infinity"
    return repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def bracketed(inner: Expression, written: str, rank: int) -> str:
    """Put brackets around what binds less than its place asks for."""
    own = 4
    if isinstance(inner, Binary) and inner.operator != "**":
        own = 1 if inner.operator in "+-" else 2
    if isinstance(inner, Negative) or (isinstance(inner, Number) and inner.value < 0):
        own = 0
    return f"({written})" if own < rank else written
