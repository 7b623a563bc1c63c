"""What is a list of equations made of, and is this one in order?

Every name is given once a month: a stock's last value is `was(x)`, so that a sheet, a page and a browser need no
reassignment, and what is used before it is known is an error of reading.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

from coverage.model.equations import reading
from coverage.model.equations.expressions import Earlier, Expression, Name, Total, Was, names, stocks, walk
from coverage.model.equations.reading import EquationRefused
from coverage.model.equations.units import KINDS, Unit, UnitsDiffer, ValueKind, fits, kind_of

Axis: TypeAlias = Literal["month", "series", "draw", "programme"]
MONTH = "t"
"""The number of the month, 1 the first after the as-of month."""


@dataclass(frozen=True, kw_only=True)
class Input:
    """What the equations are given, and by what it differs; `neutral` does nothing (None: it has to be given)."""

    name: str
    symbol: str
    unit: Unit
    by: tuple[Axis, ...]
    neutral: float | None = None
    lever: str = ""  # the field of `Levers` that it comes from
    limitless: bool = False  # may be infinite: no limit


@dataclass(frozen=True, kw_only=True)
class Step:
    """One equation.

    A stock has a `start`, the input that it stands at in month 0 (or a number). A step of `each` programme happens
    only in the month that the input `when` names, if it names one, and is 0 else. `quiet` is a shorter expression that
    holds in a month in which the step named by the list's `signal` is below 0 nowhere.
    """

    name: str
    symbol: str
    unit: Unit
    text: str
    expression: Expression
    start: str = ""
    each: bool = False
    when: str = ""
    quiet: Expression | None = None


def step(
    name: str,
    symbol: str,
    text: str,
    unit: Unit,
    *,
    start: str = "",
    each: bool = False,
    when: str = "",
    quiet: str = "",
) -> Step:
    """Read one equation; raise `EquationRefused` where its text is none."""
    return Step(
        name=name,
        symbol=symbol,
        unit=unit,
        text=text,
        expression=reading.expression(text, name),
        start=start,
        each=each,
        when=when,
        quiet=reading.expression(quiet, name) if quiet else None,
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class Equations:
    """A list of equations in its order, with what it is given; each list equals itself alone."""

    inputs: tuple[Input, ...]
    steps: tuple[Step, ...]
    signal: str

    @cached_property
    def input(self) -> Mapping[str, Input]:
        """The inputs by their names."""
        return {each_input.name: each_input for each_input in self.inputs}

    @cached_property
    def step(self) -> Mapping[str, Step]:
        """The steps by their names."""
        return {each_step.name: each_step for each_step in self.steps}

    @cached_property
    def levers(self) -> tuple[Input, ...]:
        """The inputs that are levers, in their order."""
        return tuple(each_input for each_input in self.inputs if each_input.lever)

    @cached_property
    def stocks(self) -> tuple[Step, ...]:
        """The steps that begin somewhere and go on from month to month."""
        return tuple(each_step for each_step in self.steps if each_step.start)

    def kind(self, name: str) -> ValueKind:
        """Return what a name counts, and its bounds."""
        if name == MONTH:
            return ValueKind(False, 1, float("inf"))
        result = self.step.get(name) or self.input[name]
        return KINDS[result.unit]

    @cached_property
    def ahead(self) -> frozenset[str]:
        """Name the steps that depend on no stock of people who are covered, and so are known for all months at once.

        A stock that depends on nothing but such steps and itself (the eligible) is among them.
        """
        result: set[str] = set()
        for each_step in self.steps:
            needs = names(each_step.expression) - {MONTH} - set(self.input)
            if not each_step.each and needs <= result and stocks(each_step.expression) <= {each_step.name}:
                result.add(each_step.name)
        return frozenset(result)

    def by(self, name: str) -> frozenset[Axis]:
        """Return by what an input or a step known ahead differs; series and draws for what depends on a stock."""
        return self._by[name]

    @cached_property
    def _by(self) -> Mapping[str, frozenset[Axis]]:
        results: dict[str, frozenset[Axis]] = {each_input.name: frozenset(each_input.by) for each_input in self.inputs}
        results[MONTH] = frozenset({"month"})
        for each_step in self.steps:
            if each_step.name in self.ahead:
                axes: set[Axis] = {"month"} if each_step.start else set()
                results[each_step.name] = frozenset(
                    axes.union(*(results[name] for name in names(each_step.expression)))
                )
            else:
                axes = {"month", "series", "draw"}
                results[each_step.name] = frozenset(axes | {"programme"} if each_step.each else axes)
        return results

    @cached_property
    def standing(self) -> frozenset[str]:
        """Name the steps that the stocks of the same month tell, so that they are known in month 0 too."""
        known = {stock.name for stock in self.stocks}
        given = {each_input.name for each_input in self.inputs if "month" not in each_input.by}
        for each_step in self.steps:
            if (
                names(each_step.expression) <= known | given
                and not stocks(each_step.expression)
                and each_step.name not in self.ahead
            ):
                known.add(each_step.name)
        return frozenset(known)

    def needed_for(self, kept: Collection[str], expression: Callable[[Step], Expression]) -> tuple[Step, ...]:
        """Return the steps, in order, that these and the stocks need; `expression` says what a step is folded to."""
        wanted = set(kept) | {stock.name for stock in self.stocks}
        for each_step in reversed(self.steps):
            if each_step.name in wanted:
                folded = expression(each_step)
                wanted |= names(folded) | stocks(folded)
        return tuple(each_step for each_step in self.steps if each_step.name in wanted)

    def users_of(self, name: str) -> frozenset[str]:
        """Name the steps that need an input or step of the same month, directly or through others."""
        known = {name}
        for each_step in self.steps:
            if names(each_step.expression) & known:
                known.add(each_step.name)
        return frozenset(known - {name})


def checked(equations: Equations) -> Equations:
    """Return a list that is in order; raise `EquationRefused` where a name is unknown, late, double, or counts else."""
    given = set(equations.input) | {MONTH}
    later = set(equations.step)
    known: set[str] = set(given)
    for step in equations.steps:
        _refuse_double(step, known)
        for expression in (step.expression, step.quiet):
            if expression is not None:
                _refuse_unknown(equations, step, expression, known, later)
                _refuse_mixed(equations, step, expression)
        for name in (step.start, step.when):
            if name and name not in given:
                raise reading.refuse_unknown(name, given, step=step.name, text=step.text, code="input")
        known.add(step.name)
    if equations.signal not in equations.step:
        raise EquationRefused("name", step="", text=equations.signal, result=equations.signal)
    return equations


def _refuse_double(step: Step, known: set[str]) -> None:
    if step.name in known:
        raise EquationRefused("double", step=step.name, text=step.text, result=step.name)


def _refuse_unknown(
    equations: Equations, each_step: Step, expression: Expression, known: set[str], later: set[str]
) -> None:
    started = {step.name for step in equations.stocks}
    for part in walk(expression):
        if isinstance(part, Was) and part.name not in started:
            raise reading.refuse_unknown(part.name, started, step=each_step.name, text=each_step.text, code="no_stock")
        if isinstance(part, Was) and part.name in known:
            # Its new value may stand in the same place already.
            raise EquationRefused(
                "too_late", step=each_step.name, text=each_step.text, result=part.name, allowed=part.name
            )
        itself = isinstance(part, Earlier) and part.name == each_step.name
        if isinstance(part, Name | Total | Earlier) and part.name not in known and not itself:
            if part.name in later:
                allowed = f"was({part.name})" if part.name in started else ""
                column = max(each_step.text.find(part.name), 0)
                raise EquationRefused(
                    "not_yet",
                    step=each_step.name,
                    text=each_step.text,
                    column=column,
                    result=part.name,
                    allowed=allowed,
                )
            raise reading.refuse_unknown(part.name, known, step=each_step.name, text=each_step.text)
        if isinstance(part, Total | Earlier) and not _of_programmes(equations, part.name):
            raise EquationRefused("no_programme", step=each_step.name, text=each_step.text, result=part.name)
        if isinstance(part, Name | Was) and not each_step.each and _of_programmes(equations, part.name):
            allowed = f"sum({part.name})"
            raise EquationRefused(
                "each_programme", step=each_step.name, text=each_step.text, result=part.name, allowed=allowed
            )


def _of_programmes(equations: Equations, name: str) -> bool:
    if name in equations.step:
        return equations.step[name].each
    return name in equations.input and "programme" in equations.input[name].by


def _refuse_mixed(equations: Equations, step: Step, expression: Expression) -> None:
    try:
        kind = kind_of(expression, equations.kind)
    except UnitsDiffer as error:
        raise EquationRefused("units", step=step.name, text=step.text, result=step.text, allowed=step.unit) from error
    if not fits(kind, step.unit):
        result = "people" if kind.people else "number"
        raise EquationRefused("units", step=step.name, text=step.text, result=result, allowed=step.unit)
