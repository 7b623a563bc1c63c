"""How does a browser compute the same months? The text of its kernel, made from the list before anybody asks.

`text()` is a script without imports, `eval` or `new Function`; it defines one constant, `cakupanKernel`, with two
functions:

    cakupanKernel.run(given, kept) -> {covered: Float64Array, …}
    cakupanKernel.growth(yearly) -> the twelfth root of a year's growth, the last bits of which may differ from Python's

`given` has:

- `series`, `draws`, `months` (so many months are run), `rows` (so many months, month 0 first, stand in every array by
  month; at least `months` + 1) and `programmes`: whole numbers;
- for each input of the list (`month.GIVEN`, `RULED`, `PROGRAMMES`, and `lever_<name>` for every lever) a
  Float64Array, in the order of its axes, the last one moving fastest:

      by series                          x[s]                              eligible_0 is Infinity where unknown
      by month, series (, draw)          x[(t * series + s) * D + d]       D is `draws`, or 1: the same in all draws
      by month, series                   x[t * series + s]                 path, floor: NaN where no rule says anything
      by programme                       x[k]
      by programme, series               x[k * series + s]

  A lever, `path`, `floor` or `held_k` that is left out does nothing. Months are counted from the as-of month.

`kept` is "covered", for the covered alone, or "flows", for everything of `KEPT` beside it. Each is a Float64Array
`x[(t * series + s) * draws + d]`, t from 0 to `months`; `members` is by programme first:
`x[((k * (months + 1) + t) * series + s) * draws + d]`. What stands by programme in the list, and is no stock, comes
as its sum over the programmes. `ahead` are those by month and series alone (`eligible`): `x[t * series + s]`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import product
from math import isnan
from typing import assert_never

from coverage.model.equations.expressions import (
    UNKNOWN,
    ZERO,
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
    names,
    walk,
)
from coverage.model.equations.folding import folded
from coverage.model.equations.javascript_words import WrittenLines, bracketed, called, number, safe
from coverage.model.equations.month import KEPT
from coverage.model.equations.steps import MONTH, Equations, Input, Step


@cache
def text(equations: Equations) -> str:
    """Return the script."""
    shapes = product((False, True), repeat=3)
    functions = "\n".join(_Shape(equations, *shape).text() for shape in shapes)
    return _SCRIPT.replace("/* functions */", functions)


_SCRIPT = """// Made from the list of the month's equations. Do not edit: change the list.
const cakupanKernel = (() => {
"use strict";
const drawsOf = (x, given, by) => x.length / ((by ? given.rows : 1) * given.series);
const lacking = (name) => { throw new Error("kernel: " + name + " is missing"); };
/* functions */
const shapes = { run_000, run_001, run_010, run_011, run_100, run_101, run_110, run_111 };
const known = (x) => x !== undefined && x.some((value) => value === value);
return {
  growth: (yearly) => Math.pow(1 + yearly, 1 / 12),
  run: (given, kept) => {
    const ruled = known(given.path) || known(given.floor) ? 1 : 0;
    return shapes["run_" + ruled + (given.programmes > 0 ? 1 : 0) + (kept === "flows" ? 1 : 0)](given);
  },
};
})();
"""


class _Shape:
    """One function for one kind of run: with or without rules, programmes, and flows beside the covered."""

    def __init__(self, equations: Equations, ruled: bool, paid: bool, all_kept: bool) -> None:
        self.equations, self.paid = equations, paid
        self.known: dict[str, Expression] = {} if ruled else {"path": UNKNOWN, "floor": UNKNOWN}
        self.label = "".join(str(int(one)) for one in (ruled, paid, all_kept))
        self.kept = [one for one in (KEPT if all_kept else ("covered",)) if paid or not self._is_stock_of_each(one)]
        self.steps = [one for one in equations.needed_for(self.kept, self.folded) if paid or not one.each]

    def folded(self, one: Step, *, calm: bool = False) -> Expression:
        known = dict(self.known)
        if calm:
            known |= {other.name: ZERO for other in self.equations.steps if other.when}
        return folded(one.expression, self.equations, known, programmes=self.paid)

    def _is_stock_of_each(self, name: str) -> bool:
        return self.equations.step[name].each and bool(self.equations.step[name].start)

    def axes(self, name: str) -> frozenset[str]:
        """Return by what a name differs here: a lever is the same in all draws."""
        if name in self.equations.input:
            one = self.equations.input[name]
            return frozenset(one.by) - (frozenset({"draw"}) if one.lever else frozenset())
        if name not in self.equations.ahead:
            return self.equations.by(name)
        one_step = self.equations.step[name]
        found = frozenset({"month"} if one_step.start else ())
        return found.union(*(self.axes(other) for other in names(one_step.expression) if other != MONTH)) | (
            frozenset({"month"}) if MONTH in names(one_step.expression) else frozenset()
        )

    def is_ahead(self, one: Step) -> bool:
        return one.name in self.equations.ahead and "draw" not in self.axes(one.name)

    # The text

    def text(self) -> str:
        ahead = [one for one in self.steps if self.is_ahead(one)]
        within = [one for one in self.steps if not self.is_ahead(one)]
        lines = [f"function run_{self.label}(given) {{"]
        lines += ["const S = given.series, D = given.draws, H = given.months, K = given.programmes;"]
        lines += list(self.declared())
        lines += [f"const {safe(one.name)} = new Float64Array(H + 1);" for one in ahead if self.by_month(one)]
        lines += ["for (let s = 0; s < S; s++) {"]
        lines += list(self.of_series())
        for one in ahead:
            lines += list(self.ahead_lines(one))
        lines += ["for (let d = 0; d < D; d++) {"]
        lines += list(self.of_draw(within))
        lines += ["for (let t = 1; t <= H; t++) {"]
        for one in within:
            lines += list(self.step_lines(one))
        lines += list(self.end_of_month(within))
        lines += ["}", "}", "}"]
        lines += [f"return {{ {', '.join(f'{name}: out_{name}' for name in self.kept)} }};", "}"]
        return "\n".join(lines)

    def by_month(self, one: Step) -> bool:
        return "month" in self.axes(one.name)

    def inputs(self) -> list[Input]:
        needed = {name for one in self.steps for name in names(self.folded(one)) | {one.start, one.when}}
        return [one for one in self.equations.inputs if one.name in needed]

    def declared(self) -> Iterator[str]:
        """Yield what the whole run needs: inputs as arrays, rows to write into, and which months have an event."""
        for one in self.inputs():
            name = one.name
            size = {"series": "S", "programme": "K"}
            length = " * ".join(size.get(axis, "given.rows") for axis in one.by if axis != "draw")
            if one.neutral is None:
                yield f'const x_{name} = given.{name} || lacking("{name}");'
            else:
                neutral = "NaN" if isnan(one.neutral) else number(one.neutral)
                yield f"const x_{name} = given.{name} || new Float64Array({length}).fill({neutral});"
            if "draw" in self.axes(name):
                yield f"const D_{name} = drawsOf(x_{name}, given, true) > 1 ? D : 1;"
        for name in self.kept:
            each = self._is_stock_of_each(name)
            draws = "" if self.is_ahead(self.equations.step[name]) else " * D"
            yield f"const out_{name} = new Float64Array({'K * ' if each else ''}(H + 1) * S{draws});"
        if self.paid:
            yield "const event = new Uint8Array(H + 2);"
            for when in dict.fromkeys(one.when for one in self.steps if one.when):
                yield f"for (let k = 0; k < K; k++) {{ const at = x_{when}[k]; if (at > 0 && at <= H) event[at] = 1; }}"
            yield from (f"const {safe(step.name)} = new Float64Array(K);" for step in self.steps if step.each)

    def of_series(self) -> Iterator[str]:
        for one in self.inputs():
            if self.axes(one.name) == {"series"}:
                yield f"const {safe(one.name)} = x_{one.name}[s];"

    def ahead_lines(self, one: Step) -> Iterator[str]:
        """Yield what is known for all months at once."""
        yield from self.told(one)
        block, name = WrittenLines(), safe(one.name)
        if not self.by_month(one):
            value = self.written(self.folded(one), block, {})
            yield from [*block.lines, f"const {name} = {value};"]
            return
        if one.start:
            yield f"{name}[0] = {safe(one.start)};"
        value = self.written(self.folded(one), block, {f"was {one.name}": f"{name}[t - 1]"})
        yield "for (let t = 1; t <= H; t++) {"
        yield from [*block.lines, f"{name}[t] = {value};", "}"]
        if one.name in self.kept:
            yield f"for (let t = 0; t <= H; t++) out_{one.name}[t * S + s] = {name}[t];"

    def of_draw(self, within: Sequence[Step]) -> Iterator[str]:
        """Yield where each draw begins: stocks, and what they tell in month 0."""
        for one in within:
            if one.start and one.each:
                yield f"for (let k = 0; k < K; k++) {safe(one.name)}[k] = x_{one.start}[k * S + s];"
            elif one.start:
                yield f"let was_{one.name} = {safe(one.start)};"
        yield "{"
        for one in within:
            if one.name not in self.equations.standing:
                continue
            if one.start and not one.each:
                yield f"const {safe(one.name)} = was_{one.name};"
            elif one.each and not one.start:
                yield f"let sum_{one.name} = 0;"
                block = WrittenLines()
                value = self.written(self.folded(one), block, {}, each=True)
                yield "for (let k = 0; k < K; k++) {"
                yield from [*block.lines, f"{safe(one.name)}[k] = {value};"]
                yield f"sum_{one.name} += {safe(one.name)}[k]; }}"
            elif not one.start:
                block = WrittenLines()
                value = self.written(self.folded(one), block, {})
                yield from [*block.lines, f"const {safe(one.name)} = {value};"]
        yield from self.kept_lines(within, "0", month_0=True)
        yield "}"

    def told(self, one: Step) -> Iterator[str]:
        """Yield the equation as it stands in the list, in the one function that has them all."""
        if self.label == "111":
            yield f"// {one.name} = {one.text}"

    def step_lines(self, one: Step) -> Iterator[str]:
        """Yield one step of a month."""
        yield from self.told(one)
        name = safe(one.name)
        if not one.each:
            block = WrittenLines()
            block.count = 0
            value = self.written(self.folded(one), block, {})
            numbered = [re.sub(r"\bu(\d+)\b", rf"u\1_{one.name}", line) for line in [*block.lines, value]]
            yield from [*numbered[:-1], f"const {name} = {numbered[-1]};"]
            return
        summed = one.name in self.summed()
        if summed:
            yield f"let sum_{one.name} = 0;"
        for calm in (False, True) if not one.when else (False,):
            block = WrittenLines()
            value = self.written(self.folded(one, calm=calm), block, {}, each=True)
            if one.when:
                value = f"x_{one.when}[k] === t ? {value} : 0"
            yield "if (event[t]) {" if not calm else "} else {"
            add = f" sum_{one.name} += {name}[k];" if summed else ""
            yield from ["for (let k = 0; k < K; k++) {", *block.lines, f"{name}[k] = {value};{add}", "}"]
        yield "}"

    def summed(self) -> set[str]:
        """Name the steps of each programme whose sum is needed."""
        found = {
            part.name for one in self.steps for part in walk(self.folded(one)) if isinstance(part, Total | Earlier)
        }
        return found | {one for one in self.kept if self.equations.step[one].each and not self._is_stock_of_each(one)}

    def end_of_month(self, within: Sequence[Step]) -> Iterator[str]:
        yield from self.kept_lines(within, "t", month_0=False)
        for one in within:
            if one.start and not one.each:
                yield f"was_{one.name} = {safe(one.name)};"

    def kept_lines(self, within: Sequence[Step], t: str, *, month_0: bool) -> Iterator[str]:
        kept = [one for one in within if one.name in self.kept]
        if month_0:
            kept = [one for one in kept if one.name in self.equations.standing]
        yield f"const i = ({t} * S + s) * D + d;"
        for one in kept:
            if one.each and one.start:
                at = f"((k * (H + 1) + {t}) * S + s) * D + d"
                yield f"for (let k = 0; k < K; k++) out_{one.name}[{at}] = {safe(one.name)}[k];"
            else:
                yield f"out_{one.name}[i] = {f'sum_{one.name}' if one.each else safe(one.name)};"

    # An expression

    def written(self, expression: Expression, block: WrittenLines, said: dict[str, str], *, each: bool = False) -> str:
        """Return an expression as JavaScript; what has to be named stands in the block before it."""

        def write(inner: Expression) -> str:
            match inner:
                case Number(value):
                    return number(value)
                case Unknown():
                    return "NaN"
                case Name(name):
                    return self.reference(name)
                case Was(name):
                    is_each = each and self.equations.step[name].each
                    return said.get(f"was {name}", f"{safe(name)}[k]" if is_each else f"was_{name}")
                case Total(name) | Earlier(name):
                    return f"sum_{name}"
                case Negative(of):
                    return f"-{bracketed(of, write(of), 3)}"
                case Binary("**", left, right):
                    return f"Math.pow({write(left)}, {write(right)})"
                case Binary(operator, left, right):
                    rank = 1 if operator in "+-" else 2
                    # The right side of a minus or a division, and of a sum as well: the order of the terms stays.
                    second = bracketed(right, write(right), rank + 1)
                    return f"{bracketed(left, write(left), rank)} {operator} {second}"
                case Call(function, arguments):
                    atoms = [block.named(write(one)) for one in arguments]
                    return "(" + called(function, atoms) + ")"
                case _:
                    assert_never(inner)

        return write(expression)

    def reference(self, name: str) -> str:
        if name == MONTH:
            return "t"
        axes = self.axes(name)
        if name in self.equations.input:
            if axes == {"series"}:
                return safe(name)
            if axes == {"programme"}:
                return f"x_{name}[k]"
            if axes == {"programme", "series"}:
                return f"x_{name}[k * S + s]"
            if "draw" in axes:
                return f"x_{name}[(t * S + s) * D_{name} + (D_{name} > 1 ? d : 0)]"
            return f"x_{name}[t * S + s]"
        one = self.equations.step[name]
        if one.each:
            return f"{safe(name)}[k]"
        return f"{safe(name)}[t]" if self.is_ahead(one) and self.by_month(one) else safe(name)
