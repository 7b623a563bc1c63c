"""What is the text of a kernel in NumPy? It is made from the list alone, never from what anybody typed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from coverage.model.equations.expressions import (
    ONE,
    UNKNOWN,
    ZERO,
    Binary,
    Earlier,
    Expression,
    Name,
    Number,
    Total,
    Unknown,
    Was,
    names,
    stocks,
    walk,
)
from coverage.model.equations.folding import folded, without
from coverage.model.equations.in_place import (
    Buffers,
    Operand,
    Taken,
    Value,
    all_at_once,
    as_it_stands,
    exchanged,
    in_python,
    lines,
)
from coverage.model.equations.steps import MONTH, Equations, Step


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What a kernel is made for; `kept` are the steps that are written down."""

    kept: tuple[str, ...]
    ruled: bool = False
    paid: bool = False
    drawn: bool = False
    weighed: bool = True  # False: every member of every programme counts in full


@dataclass
class _Hoisted:
    """Parts of equations within the loop that are known before it, by what they say."""

    lines: list[str] = field(default_factory=list)
    names: dict[Expression, str] = field(default_factory=dict)


class Writer:
    """The text of one kernel while it is written."""

    def __init__(self, equations: Equations, kind: Kind) -> None:
        self.equations, self.kind = equations, kind
        self.known: dict[str, Expression] = {} if kind.ruled else {"path": UNKNOWN, "floor": UNKNOWN}
        self.nothing: set[str] = set()
        if not kind.weighed:
            self.known["weight_k"] = ONE
        self.nothing |= {step.name for step in equations.steps if step.each and self.folded(step) == ZERO}
        self.steps = [step for step in equations.needed_for(kind.kept, self.folded) if kind.paid or not step.each]
        self.kept = [step.name for step in self.steps if step.name in kind.kept]
        self.ahead = {step.name for step in self.steps if self._is_ahead(step)}
        self.hoisted = _Hoisted()
        used = {name for step in self.steps for name in names(self.folded(step)) | {step.start, step.when}}
        self.needs = {name for name in used if name in equations.input}

    @property
    def events(self) -> set[str]:
        """Name the steps of which nothing happens in a calm month."""
        return self.nothing | {step.name for step in self.equations.steps if step.when}

    def folded(self, step: Step, *, calm: bool = False, quiet: bool = False) -> Expression:
        """Return a step as it is in a calm month (no programme begins or ends), and where nobody leaves."""
        known = dict(self.known)
        if calm:
            known |= {other.name: ZERO for other in self.equations.steps if other.when}
        if quiet:
            for other in self.equations.steps:
                if other.quiet is not None:
                    known[other.name] = folded(other.quiet, self.equations, known)
            if step.quiet is not None:
                return folded(step.quiet, self.equations, known, programmes=self.kind.paid)
        raw = without(step.expression, self.events if calm else self.nothing)
        positive = {self.equations.signal} if quiet else ()
        return folded(raw, self.equations, known, programmes=self.kind.paid, positive=positive)

    def _is_ahead(self, step: Step) -> bool:
        """Say whether a step is known before the loop; where each draw has its own rates, what needs them is not."""
        return step.name in self.equations.ahead and not (self.kind.drawn and self._needs_drawn(step.name))

    def _needs_drawn(self, name: str) -> bool:
        if name in self.equations.input:
            source = self.equations.input[name]
            return not source.lever and "draw" in source.by
        if name not in self.equations.step:
            return False
        return any(self._needs_drawn(other) for other in names(self.equations.step[name].expression))

    # The whole

    def text(self) -> str:
        """Return the Python text of `months(x, out, horizon, shape, stride)`, which yields each month."""
        inside = [step for step in self.steps if step.name not in self.ahead]
        calm, made = self.calm_month(inside)
        event = list(self.event_month(inside)) if self.kind.paid else []
        before = [*self.unpacked(), *self.known_ahead(), *self.hoisted.lines, *self.beginning(inside)]
        before += [f"{name} = empty(shape)" for name in made]
        body = [*self.rows(inside)]
        if event:
            body += ["if t in events:", *_indented(event), "else:", *_indented(calm)]
        else:
            body += calm
        body += ["yield t"]
        head = "def months(x, out, horizon, shape, stride):"
        return "\n".join([head, *_indented([*before, "for t in range(1, horizon + 1):", *_indented(body)]), ""])

    def unpacked(self) -> Iterator[str]:
        for name in sorted(self.needs):
            yield f'x_{name} = x["{name}"]'
        if self.kind.paid:
            whens = list(dict.fromkeys(step.when for step in self.steps if step.when))
            for when in whens:
                yield f"at_{when} = months_of(x_{when}, horizon)"
            yield f"events = {' | '.join(f'at_{when}.keys()' for when in whens) or 'set()'}"

    def known_ahead(self) -> Iterator[str]:
        yield "t_all = arange(horizon + 1.0)[:, None, None]"
        for step in self.steps:
            if step.name not in self.ahead:
                continue
            match self.folded(step):
                case Binary("*", Was(name), Name(factor)) if name == step.name and not self._by_month(factor):
                    yield f"{step.name} = grown(x_{step.start}, {self.all_months(Name(factor))}, horizon)"
                case expression if step.start:
                    start, wide = f"x_{step.start}", self.all_months(expression, was=f"{step.name}_0")
                    yield f"{step.name}_0 = {start}"
                    yield f"{step.name} = zeros((horizon + 1, *({wide})[-1].shape))"
                    yield f"{step.name}[0] = {start}"
                    yield "for t in range(1, horizon + 1):"
                    yield f"    {step.name}[t] = {self.at_month(expression, was=f'{step.name}[t - 1]')}"
                case expression:
                    yield f"{step.name} = {self.all_months(expression)}"
            if step.name in self.kept:
                yield f'out["{step.name}"] = {step.name}'

    def beginning(self, inside: Sequence[Step]) -> Iterator[str]:
        """Yield where the stocks begin, and what is known in month 0."""
        for step in inside:
            if step.each and step.start:
                held = f"zeros((len(x_{step.start}), *shape)) + x_{step.start}"
                yield f"{step.name} = {held}"
                if step.name in self.kept:
                    yield f'out["{step.name}"][:, 0] = {step.name}'
            elif step.start:
                yield f"{step.name} = zeros(shape) + x_{step.start}"
        for step in inside:
            if step.name not in self.equations.standing:
                continue
            if step.each and not step.start:
                value = self.plain(self.folded(step), k=True)
                yield f"{step.name} = {{k: {value} for k in range(len({self._members()}))}}"
                yield f"sum_{step.name} = summed({step.name})"
            elif not step.start and not step.each:
                yield f"{step.name} = {self.plain(self.folded(step), month_0=True)}"
            if step.name in self.kept and not step.each:
                yield f'out["{step.name}"][0] = {step.name}'
        for step in inside:
            if step.name in self.kept and step.start and not step.each:
                yield f'{step.name} = out["{step.name}"][0]'
        yield "yield 0"

    def _members(self) -> str:
        return next(step.name for step in self.equations.steps if step.each and step.start)

    def rows(self, inside: Sequence[Step]) -> Iterator[str]:
        for step in inside:
            if step.name in self.kept and not (step.each and step.start):
                yield f'r_{step.name} = out["{step.name}"][t * stride]'

    # A calm month, in place

    def calm_month(self, inside: Sequence[Step]) -> tuple[list[str], list[str]]:
        """Return the lines of a calm month, and the buffers that they need."""
        signal = next((place for place, step in enumerate(inside) if step.name == self.equations.signal), None)
        first = list(inside) if signal is None else list(inside[: signal + 1])
        rest = [] if signal is None else list(inside[signal + 1 :])
        taken = Taken()
        buffers = Buffers(holds={}, free=[], fixed=set())
        for step in inside:
            if not step.start:
                continue
            value = taken.value()
            taken.named[f"was {step.name}"] = value
            buffers.holds[value] = step.name
            if step.each:
                taken.each.add(value)
            if step.each or step.name in self.kept:
                buffers.fixed.add(step.name)
        rows: dict[Value, str] = {}
        copied = self.taken_steps(first, taken, rows, quiet=False)
        branches = []
        for quiet in (False, True):
            branch, own = taken.branch(), dict(rows)
            more = self.taken_steps(rest, branch, own, quiet=quiet)
            branches.append((branch, own, more))
        ends = [self.ends(inside, branch) for branch, _, _ in branches]
        for (branch, own, more), end in zip(branches, ends, strict=True):
            branch.operations = branch.only(_values(end.values()) | _values(more.values()) | own.keys())
        later: set[Value] = set()
        for (branch, _, more), end in zip(branches, ends, strict=True):
            later |= _values([operand for operation in branch.operations for operand in operation.operands])
            later |= _values(end.values()) | _values(more.values())
        if signal is not None:
            later |= _values([taken.named[self.equations.signal]])
        written = list(lines(taken.operations, buffers, rows, later | _values(copied.values())))
        written += [f"copyto({row}, {buffers.text(operand)})" for row, operand in copied.items()]
        texts = [
            self.branch_text(inside, buffers.branch(), *branch, end) for branch, end in zip(branches, ends, strict=True)
        ]
        if signal is None:
            return [*written, *texts[1]], buffers.made
        check = f"if {buffers.text(taken.named[self.equations.signal])}.min(initial=0.0) < 0:"
        choice = [check, *_indented(texts[0] or ["pass"]), "else:", *_indented(texts[1] or ["pass"])]
        return [*written, *choice], buffers.made

    def branch_text(
        self,
        inside: Sequence[Step],
        buffers: Buffers,
        branch: Taken,
        rows: Mapping[Value, str],
        copied: Mapping[str, Operand],
        end: Mapping[str, Operand],
    ) -> list[str]:
        """Return the lines after the signal: operations, what is copied into rows, and the exchange of names."""
        used = _values([operand for operation in branch.operations for operand in operation.operands])
        needed = _values(end.values()) | _values(copied.values())
        for value in list(buffers.holds):
            if value not in used | needed:
                buffers.release(value)
        written = list(lines(branch.operations, buffers, rows, needed))
        written += [f"copyto({row}, {buffers.text(operand)})" for row, operand in copied.items()]
        plain = [step.name for step in inside if step.start and not step.each and step.name not in self.kept]
        written += exchanged(buffers, {name: end[name] for name in plain})
        for step in inside:
            if step.start and not step.each and step.name in self.kept:
                written.append(f"{step.name} = r_{step.name}")
            elif step.start and step.each:
                name = buffers.text(end[step.name])
                written += [f"{step.name} = {name}"] if name != step.name else []
                written += [f'out["{step.name}"][:, t] = {step.name}'] if step.name in self.kept else []
        return written

    def taken_steps(
        self, steps: Sequence[Step], taken: Taken, rows: dict[Value, str], *, quiet: bool
    ) -> dict[str, Operand]:
        """Take steps apart; return which rows are copies of what has a place already."""
        copied: dict[str, Operand] = {}
        for step in steps:
            if step.when:
                continue  # nothing of it in a calm month
            expression = self.folded(step, calm=True, quiet=quiet)
            before = len(taken.operations)
            operand = taken.take(expression, self.known_in_loop)
            taken.named[step.name] = operand
            if step.name not in self.kept or step.each:
                continue
            row = f"r_{step.name}"
            made_here = len(taken.operations) > before and taken.operations[-1].result == operand
            if made_here and isinstance(operand, Value) and operand not in rows:
                rows[operand] = row
            elif expression != ZERO:
                copied[row] = operand
        return copied

    def ends(self, inside: Sequence[Step], branch: Taken) -> dict[str, Operand]:
        return {step.name: branch.named[step.name] for step in inside if step.start}

    def known_in_loop(self, expression: Expression) -> str | None:
        """Return what stands in the loop for an expression that is known before it; None where it is not."""
        match expression:
            case Number(value):
                return in_python(value)
            case Unknown():
                return "nan"
            case Name(name) if name in self.ahead or name in self.equations.input or name == MONTH:
                return self.at_month(expression)
            case _:
                pass
        if stocks(expression) or any(isinstance(part, Total | Earlier) for part in walk(expression)):
            return None
        needed = names(expression)
        if not all(name in self.ahead | self.equations.input.keys() | {MONTH} for name in needed):
            return None
        if self.kind.drawn and any(self._needs_drawn(name) and name not in self.ahead for name in needed):
            return None
        by_month = any(self._by_month(name) for name in needed)
        if by_month and any("programme" in self.equations.by(name) for name in needed):
            return self.plain(expression)
        if expression not in self.hoisted.names:
            name = f"h{len(self.hoisted.names)}"
            self.hoisted.names[expression] = name
            self.hoisted.lines.append(f"{name} = {self.all_months(expression)}")
        return self.hoisted.names[expression] + ("[t]" if by_month else "")

    def _by_month(self, name: str) -> bool:
        return name == MONTH or "month" in self.equations.by(name)

    # A month in which a programme begins or ends, as it stands

    def event_month(self, inside: Sequence[Step]) -> Iterator[str]:
        whens = dict.fromkeys(step.when for step in self.steps if step.when)
        yield f"touched = {{{', '.join(f'*at_{when}.get(t, ())' for when in whens)}}}"
        for step in inside:
            name = f"v_{step.name}" if step.start else step.name
            if step.each and step.when:
                yield f"{step.name}, sum_{step.name} = {{}}, 0.0"
                yield f"for k in at_{step.when}.get(t, ()):"
                yield f"    {step.name}[k] = {self.plain(self.folded(step), k=True)}"
                yield f"    sum_{step.name} = sum_{step.name} + {step.name}[k]"
            elif step.each:
                value = self.plain(self.folded(step), k=True)
                if step.start:
                    stays = self.folded(step, calm=True, quiet=True) == Was(step.name)
                    several = f"touched if quiet else range(len({step.name}))" if stays else f"range(len({step.name}))"
                    yield f"for k in {several}:"
                    yield f"    {step.name}[k] = {value}"
                    if step.name in self.kept:
                        yield f'out["{step.name}"][:, t] = {step.name}'
                else:
                    yield f"{step.name} = {{k: {value} for k in range(len({self._members()}))}}"
                    yield f"sum_{step.name} = summed({step.name})"
            else:
                yield f"{name} = {self.plain(self.folded(step))}"
                if step.name == self.equations.signal:
                    yield f"quiet = {name}.min(initial=0.0) >= 0"
            if step.name in self.kept and not (step.each and step.start):
                yield f"copyto(r_{step.name}, {f'sum_{step.name}' if step.each else name})"
        for step in inside:
            if step.start and not step.each:
                kept = step.name in self.kept
                yield f"{step.name} = r_{step.name}" if kept else f"copyto({step.name}, v_{step.name})"

    # Expressions as they stand

    def all_months(self, expression: Expression, was: str = "") -> str:
        """Return an expression over all months at once."""
        return all_at_once(expression, lambda name: self.reference_ahead(name, ""), lambda _: was)

    def at_month(self, expression: Expression, was: str = "") -> str:
        """Return an expression of what is known ahead, in the month t."""
        return as_it_stands(expression, lambda name: self.reference_ahead(name, "[t]"), lambda _: was)

    def reference_ahead(self, name: str, at: str) -> str:
        if name == MONTH:
            return "t" if at else "t_all"
        own = f"x_{name}" if name in self.equations.input else name
        if name in self.equations.input and self._by_month(name):
            return own + (at or "[: horizon + 1]")
        return own + at if self._by_month(name) else own

    def plain(self, expression: Expression, *, k: bool = False, month_0: bool = False) -> str:
        """Return an expression of one month as it stands, of one programme where `k`."""

        def reference(name: str) -> str:
            if name in self.ahead or name == MONTH:
                return self.reference_ahead(name, "[t]")
            if name in self.equations.input:
                by = self.equations.by(name)
                if "programme" in by:
                    return f"x_{name}[k]" if k else f"x_{name}"
                return self.reference_ahead(name, "[t]")
            step = self.equations.step[name]
            if step.each and step.start:
                return f"{name}[k]"
            if step.each:
                return f"{name}.get(k, 0.0)"
            return f"v_{name}" if step.start and not month_0 else name

        def was(name: str) -> str:
            return f"{name}[k]" if k and self.equations.step[name].each else name

        return as_it_stands(expression, reference, was)


def _values(operands: Sequence[Operand] | Any) -> set[Value]:
    return {operand for operand in operands if isinstance(operand, Value)}


def _indented(several: Sequence[str]) -> list[str]:
    return [f"    {line}" for line in several]
