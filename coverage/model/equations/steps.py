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
        return {one.name: one for one in self.inputs}

    @cached_property
    def step(self) -> Mapping[str, Step]:
        return {one.name: one for one in self.steps}

    @cached_property
    def levers(self) -> tuple[Input, ...]:
        return tuple(one for one in self.inputs if one.lever)

    @cached_property
    def stocks(self) -> tuple[Step, ...]:
        return tuple(one for one in self.steps if one.start)

    def kind(self, name: str) -> ValueKind:
        """Return what a name counts, and its bounds."""
        if name == MONTH:
            return ValueKind(False, 1, float("inf"))
        found = self.step.get(name) or self.input[name]
        return KINDS[found.unit]

    @cached_property
    def ahead(self) -> frozenset[str]:
        """Name the steps that depend on no stock of people who are covered, and so are known for all months at once.

        A stock that depends on nothing but such steps and itself (the eligible) is among them.
        """
        found: set[str] = set()
        for one in self.steps:
            needs = names(one.expression) - {MONTH} - set(self.input)
            if not one.each and needs <= found and stocks(one.expression) <= {one.name}:
                found.add(one.name)
        return frozenset(found)

    def by(self, name: str) -> frozenset[Axis]:
        """Return by what an input or a step known ahead differs; series and draws for what depends on a stock."""
        return self._by[name]

    @cached_property
    def _by(self) -> Mapping[str, frozenset[Axis]]:
        found: dict[str, frozenset[Axis]] = {one.name: frozenset(one.by) for one in self.inputs}
        found[MONTH] = frozenset({"month"})
        for one in self.steps:
            if one.name in self.ahead:
                axes: set[Axis] = {"month"} if one.start else set()
                found[one.name] = frozenset(axes.union(*(found[name] for name in names(one.expression))))
            else:
                axes = {"month", "series", "draw"}
                found[one.name] = frozenset(axes | {"programme"} if one.each else axes)
        return found

    @cached_property
    def standing(self) -> frozenset[str]:
        """Name the steps that the stocks of the same month tell, so that they are known in month 0 too."""
        found = {one.name for one in self.stocks}
        given = {one.name for one in self.inputs if "month" not in one.by}
        for one in self.steps:
            if names(one.expression) <= found | given and not stocks(one.expression) and one.name not in self.ahead:
                found.add(one.name)
        return frozenset(found)

    def needed_for(self, kept: Collection[str], expression: Callable[[Step], Expression]) -> tuple[Step, ...]:
        """Return the steps, in order, that these and the stocks need; `expression` says what a step is folded to."""
        wanted = set(kept) | {one.name for one in self.stocks}
        for one in reversed(self.steps):
            if one.name in wanted:
                folded = expression(one)
                wanted |= names(folded) | stocks(folded)
        return tuple(one for one in self.steps if one.name in wanted)

    def users_of(self, name: str) -> frozenset[str]:
        """Name the steps that need an input or step of the same month, directly or through others."""
        found = {name}
        for one in self.steps:
            if names(one.expression) & found:
                found.add(one.name)
        return frozenset(found - {name})


def checked(equations: Equations) -> Equations:
    """Return a list that is in order; raise `EquationRefused` where a name is unknown, late, double, or counts else."""
    given = set(equations.input) | {MONTH}
    later = set(equations.step)
    known: set[str] = set(given)
    for one in equations.steps:
        _refuse_double(one, known)
        for expression in (one.expression, one.quiet):
            if expression is not None:
                _refuse_unknown(equations, one, expression, known, later)
                _refuse_mixed(equations, one, expression)
        for name in (one.start, one.when):
            if name and name not in given:
                raise reading.refuse_unknown(name, given, step=one.name, text=one.text, code="input")
        known.add(one.name)
    if equations.signal not in equations.step:
        raise EquationRefused("name", step="", text=equations.signal, found=equations.signal)
    return equations


def _refuse_double(one: Step, known: set[str]) -> None:
    if one.name in known:
        raise EquationRefused("double", step=one.name, text=one.text, found=one.name)


def _refuse_unknown(equations: Equations, one: Step, expression: Expression, known: set[str], later: set[str]) -> None:
    started = {step.name for step in equations.stocks}
    for part in walk(expression):
        if isinstance(part, Was) and part.name not in started:
            raise reading.refuse_unknown(part.name, started, step=one.name, text=one.text, code="no_stock")
        if isinstance(part, Was) and part.name in known:
            # Its new value may stand in the same place already.
            raise EquationRefused("too_late", step=one.name, text=one.text, found=part.name, allowed=part.name)
        itself = isinstance(part, Earlier) and part.name == one.name
        if isinstance(part, Name | Total | Earlier) and part.name not in known and not itself:
            if part.name in later:
                allowed = f"was({part.name})" if part.name in started else ""
                column = max(one.text.find(part.name), 0)
                raise EquationRefused(
                    "not_yet", step=one.name, text=one.text, column=column, found=part.name, allowed=allowed
                )
            raise reading.refuse_unknown(part.name, known, step=one.name, text=one.text)
        if isinstance(part, Total | Earlier) and not _of_programmes(equations, part.name):
            raise EquationRefused("no_programme", step=one.name, text=one.text, found=part.name)
        if isinstance(part, Name | Was) and not one.each and _of_programmes(equations, part.name):
            allowed = f"sum({part.name})"
            raise EquationRefused("each_programme", step=one.name, text=one.text, found=part.name, allowed=allowed)


def _of_programmes(equations: Equations, name: str) -> bool:
    if name in equations.step:
        return equations.step[name].each
    return name in equations.input and "programme" in equations.input[name].by


def _refuse_mixed(equations: Equations, one: Step, expression: Expression) -> None:
    try:
        kind = kind_of(expression, equations.kind)
    except UnitsDiffer as error:
        raise EquationRefused("units", step=one.name, text=one.text, found=one.text, allowed=one.unit) from error
    if not fits(kind, one.unit):
        found = "people" if kind.people else "number"
        raise EquationRefused("units", step=one.name, text=one.text, found=found, allowed=one.unit)
