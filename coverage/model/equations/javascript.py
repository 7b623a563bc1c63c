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
from coverage.model.equations.javascript_words import WrittenLines, bracketed, called, safe, write_number
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
        self.label = "".join(str(int(flag)) for flag in (ruled, paid, all_kept))
        self.kept = [name for name in (KEPT if all_kept else ("covered",)) if paid or not self._is_stock_of_each(name)]
        self.steps = [step for step in equations.needed_for(self.kept, self.folded) if paid or not step.each]

    def folded(self, step: Step, *, calm: bool = False) -> Expression:
        known = dict(self.known)
        if calm:
            known |= {other.name: ZERO for other in self.equations.steps if other.when}
        return folded(step.expression, self.equations, known, programmes=self.paid)

    def _is_stock_of_each(self, name: str) -> bool:
        return self.equations.step[name].each and bool(self.equations.step[name].start)

    def axes(self, name: str) -> frozenset[str]:
        """Return by what a name differs here: a lever is the same in all draws."""
        if name in self.equations.input:
            given = self.equations.input[name]
            return frozenset(given.by) - (frozenset({"draw"}) if given.lever else frozenset())
        if name not in self.equations.ahead:
            return self.equations.by(name)
        one_step = self.equations.step[name]
        result = frozenset({"month"} if one_step.start else ())
        return result.union(*(self.axes(other) for other in names(one_step.expression) if other != MONTH)) | (
            frozenset({"month"}) if MONTH in names(one_step.expression) else frozenset()
        )

    def is_ahead(self, step: Step) -> bool:
        return step.name in self.equations.ahead and "draw" not in self.axes(step.name)

    # The text

    def text(self) -> str:
        ahead = [step for step in self.steps if self.is_ahead(step)]
        within = [step for step in self.steps if not self.is_ahead(step)]
        lines = [f"function run_{self.label}(given) {{"]
        lines += ["const S = given.series, D = given.draws, H = given.months, K = given.programmes;"]
        lines += list(self.declared())
        lines += [f"const {safe(step.name)} = new Float64Array(H + 1);" for step in ahead if self.by_month(step)]
        lines += ["for (let s = 0; s < S; s++) {"]
        lines += list(self.of_series())
        for step in ahead:
            lines += list(self.ahead_lines(step))
        lines += ["for (let d = 0; d < D; d++) {"]
        lines += list(self.of_draw(within))
        lines += ["for (let t = 1; t <= H; t++) {"]
        for step in within:
            lines += list(self.step_lines(step))
        lines += list(self.end_of_month(within))
        lines += ["}", "}", "}"]
        lines += [f"return {{ {', '.join(f'{name}: out_{name}' for name in self.kept)} }};", "}"]
        return "\n".join(lines)

    def by_month(self, step: Step) -> bool:
        return "month" in self.axes(step.name)

    def inputs(self) -> list[Input]:
        needed = {name for step in self.steps for name in names(self.folded(step)) | {step.start, step.when}}
        return [each_input for each_input in self.equations.inputs if each_input.name in needed]

    def declared(self) -> Iterator[str]:
        """Yield what the whole run needs: inputs as arrays, rows to write into, and which months have an event."""
        for each_input in self.inputs():
            name = each_input.name
            size = {"series": "S", "programme": "K"}
            length = " * ".join(size.get(axis, "given.rows") for axis in each_input.by if axis != "draw")
            if each_input.neutral is None:
                yield f'const x_{name} = given.{name} || lacking("{name}");'
            else:
                neutral = "NaN" if isnan(each_input.neutral) else write_number(each_input.neutral)
                yield f"const x_{name} = given.{name} || new Float64Array({length}).fill({neutral});"
            if "draw" in self.axes(name):
                yield f"const D_{name} = drawsOf(x_{name}, given, true) > 1 ? D : 1;"
        for name in self.kept:
            each = self._is_stock_of_each(name)
            draws = "" if self.is_ahead(self.equations.step[name]) else " * D"
            yield f"const out_{name} = new Float64Array({'K * ' if each else ''}(H + 1) * S{draws});"
        if self.paid:
            yield "const event = new Uint8Array(H + 2);"
            for when in dict.fromkeys(step.when for step in self.steps if step.when):
                yield f"for (let k = 0; k < K; k++) {{ const at = x_{when}[k]; if (at > 0 && at <= H) event[at] = 1; }}"
            yield from (f"const {safe(step.name)} = new Float64Array(K);" for step in self.steps if step.each)

    def of_series(self) -> Iterator[str]:
        for each_input in self.inputs():
            if self.axes(each_input.name) == {"series"}:
                yield f"const {safe(each_input.name)} = x_{each_input.name}[s];"

    def ahead_lines(self, step: Step) -> Iterator[str]:
        """Yield what is known for all months at once."""
        yield from self.stated(step)
        block, name = WrittenLines(), safe(step.name)
        if not self.by_month(step):
            value = self.written(self.folded(step), block, {})
            yield from [*block.lines, f"const {name} = {value};"]
            return
        if step.start:
            yield f"{name}[0] = {safe(step.start)};"
        value = self.written(self.folded(step), block, {f"was {step.name}": f"{name}[t - 1]"})
        yield "for (let t = 1; t <= H; t++) {"
        yield from [*block.lines, f"{name}[t] = {value};", "}"]
        if step.name in self.kept:
            yield f"for (let t = 0; t <= H; t++) out_{step.name}[t * S + s] = {name}[t];"

    def of_draw(self, within: Sequence[Step]) -> Iterator[str]:
        """Yield where each draw begins: stocks, and what they tell in month 0."""
        for step in within:
            if step.start and step.each:
                yield f"for (let k = 0; k < K; k++) {safe(step.name)}[k] = x_{step.start}[k * S + s];"
            elif step.start:
                yield f"let was_{step.name} = {safe(step.start)};"
        yield "{"
        for step in within:
            if step.name not in self.equations.standing:
                continue
            if step.start and not step.each:
                yield f"const {safe(step.name)} = was_{step.name};"
            elif step.each and not step.start:
                yield f"let sum_{step.name} = 0;"
                block = WrittenLines()
                value = self.written(self.folded(step), block, {}, each=True)
                yield "for (let k = 0; k < K; k++) {"
                yield from [*block.lines, f"{safe(step.name)}[k] = {value};"]
                yield f"sum_{step.name} += {safe(step.name)}[k]; }}"
            elif not step.start:
                block = WrittenLines()
                value = self.written(self.folded(step), block, {})
                yield from [*block.lines, f"const {safe(step.name)} = {value};"]
        yield from self.kept_lines(within, "0", month_0=True)
        yield "}"

    def stated(self, step: Step) -> Iterator[str]:
        """Yield the equation as it stands in the list, in the one function that has them all."""
        if self.label == "111":
            yield f"// {step.name} = {step.text}"

    def step_lines(self, step: Step) -> Iterator[str]:
        """Yield one step of a month."""
        yield from self.stated(step)
        name = safe(step.name)
        if not step.each:
            block = WrittenLines()
            block.count = 0
            value = self.written(self.folded(step), block, {})
            numbered = [re.sub(r"\bu(\d+)\b", rf"u\1_{step.name}", line) for line in [*block.lines, value]]
            yield from [*numbered[:-1], f"const {name} = {numbered[-1]};"]
            return
        summed = step.name in self.summed()
        if summed:
            yield f"let sum_{step.name} = 0;"
        for calm in (False, True) if not step.when else (False,):
            block = WrittenLines()
            value = self.written(self.folded(step, calm=calm), block, {}, each=True)
            if step.when:
                value = f"x_{step.when}[k] === t ? {value} : 0"
            yield "if (event[t]) {" if not calm else "} else {"
            add = f" sum_{step.name} += {name}[k];" if summed else ""
            yield from ["for (let k = 0; k < K; k++) {", *block.lines, f"{name}[k] = {value};{add}", "}"]
        yield "}"

    def summed(self) -> set[str]:
        """Name the steps of each programme whose sum is needed."""
        known = {
            part.name for step in self.steps for part in walk(self.folded(step)) if isinstance(part, Total | Earlier)
        }
        return known | {
            step for step in self.kept if self.equations.step[step].each and not self._is_stock_of_each(step)
        }

    def end_of_month(self, within: Sequence[Step]) -> Iterator[str]:
        yield from self.kept_lines(within, "t", month_0=False)
        for step in within:
            if step.start and not step.each:
                yield f"was_{step.name} = {safe(step.name)};"

    def kept_lines(self, within: Sequence[Step], t: str, *, month_0: bool) -> Iterator[str]:
        kept = [step for step in within if step.name in self.kept]
        if month_0:
            kept = [step for step in kept if step.name in self.equations.standing]
        yield f"const i = ({t} * S + s) * D + d;"
        for step in kept:
            if step.each and step.start:
                at = f"((k * (H + 1) + {t}) * S + s) * D + d"
                yield f"for (let k = 0; k < K; k++) out_{step.name}[{at}] = {safe(step.name)}[k];"
            else:
                yield f"out_{step.name}[i] = {f'sum_{step.name}' if step.each else safe(step.name)};"

    # An expression

    def written(
        self, expression: Expression, block: WrittenLines, values: dict[str, str], *, each: bool = False
    ) -> str:
        """Return an expression as JavaScript; what has to be named stands in the block before it."""

        def write(inner: Expression) -> str:
            match inner:
                case Number(value):
                    return write_number(value)
                case Unknown():
                    return "NaN"
                case Name(name):
                    return self.reference(name)
                case Was(name):
                    is_each = each and self.equations.step[name].each
                    return values.get(f"was {name}", f"{safe(name)}[k]" if is_each else f"was_{name}")
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
                    atoms = [block.named(write(argument)) for argument in arguments]
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
        step = self.equations.step[name]
        if step.each:
            return f"{safe(name)}[k]"
        return f"{safe(name)}[t]" if self.is_ahead(step) and self.by_month(step) else safe(name)
