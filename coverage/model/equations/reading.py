"""Is this text an equation, and does everything in it stand where it may?

Python's own parser reads the text; a short list says what of Python is allowed.
"""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterable

from coverage.model.equations.expressions import (
    ARGUMENTS,
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
    Was,
)

_OPERATORS: dict[type[ast.operator], Operator] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "**",
}
_REFERENCES: dict[str, type[Was | Total | Earlier]] = {"was": Was, "sum": Total, "earlier": Earlier}
_FUNCTIONS: dict[str, Function] = {name: name for name in ARGUMENTS}


class EquationRefused(ValueError):
    """An equation that cannot be read, or names what is not there: which step, what, from which column on."""

    def __init__(
        self, code: str, *, step: str, text: str, column: int = 0, result: str = "", allowed: str = ""
    ) -> None:
        self.code, self.step, self.text, self.column = code, step, text, column
        self.found, self.allowed = result, allowed
        where = f"step {step}, column {column + 1} of {text!r}"
        super().__init__(f"{where}: {code}: {result}" + (f" (allowed: {allowed})" if allowed else ""))


def expression(text: str, step: str = "") -> Expression:
    """Read a text as an expression; raise `EquationRefused`."""
    try:
        tree = ast.parse(text, mode="eval")
    except SyntaxError as error:
        raise EquationRefused("syntax", step=step, text=text, column=(error.offset or 1) - 1, result=text) from error
    return _Reader(text, step).read(tree.body)


def refuse_unknown(name: str, known: Iterable[str], *, step: str, text: str, code: str = "name") -> EquationRefused:
    """Return the refusal of a name that is not there, with those that are close to it."""
    close = difflib.get_close_matches(name, list(known), n=3)
    return EquationRefused(
        code, step=step, text=text, column=max(text.find(name), 0), result=name, allowed=" | ".join(close)
    )


class _Reader:
    """One text while it is read: where it stands is part of every refusal."""

    def __init__(self, text: str, step: str) -> None:
        self.text, self.step = text, step

    def read(self, node: ast.expr) -> Expression:
        match node:
            case ast.Constant(value=bool()):
                pass  # True is a number to Python, not here
            case ast.Constant(value=int() | float() as value):
                return Number(float(value))
            case ast.Name(id=name):
                return Name(name)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return Negative(self.read(operand))
            case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _OPERATORS:
                return Binary(_OPERATORS[type(operator)], self.read(left), self.read(right))
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                return self.call(node, name, arguments)
            case _:
                pass
        raise self.refused("syntax", node, result=ast.unparse(node))

    def call(self, node: ast.expr, name: str, arguments: list[ast.expr]) -> Expression:
        if name in _REFERENCES:
            match arguments:
                case [ast.Name(id=referred)]:
                    return _REFERENCES[name](referred)
                case _:
                    raise self.refused("arguments", node, result=ast.unparse(node), allowed=f"{name}(step)")
        if name not in _FUNCTIONS:
            raise self.refused("function", node, result=name, allowed=" | ".join([*ARGUMENTS, *_REFERENCES]))
        function = _FUNCTIONS[name]
        if len(arguments) != ARGUMENTS[function]:
            raise self.refused("arguments", node, result=ast.unparse(node), allowed=str(ARGUMENTS[function]))
        return Call(function, tuple(self.read(argument) for argument in arguments))

    def refused(self, code: str, node: ast.expr, *, result: str, allowed: str = "") -> EquationRefused:
        return EquationRefused(
            code, step=self.step, text=self.text, column=node.col_offset, result=result, allowed=allowed
        )
