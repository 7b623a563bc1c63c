"""How does a spreadsheet compute the model's months by itself?

Model, section 5, as cell formulas: one row per series and month, one column per step, in the model's order. Every
formula carries the value that the projection computed, so that a viewer which never recalculates shows the same
figures, and a spreadsheet that recalculates only what changed starts from right ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from xlsxwriter.utility import xl_col_to_name

from coverage.base import months
from coverage.model.plan import Plan
from coverage.model.projection import Flows
from coverage.model.view import View

Array = NDArray[np.float64]
STEPS = (
    "segment",
    "branch",
    "month",
    "t",
    "season_new",
    "season_lapse",
    "ramp",
    "eligible",
    "lapsed",
    "returned",
    "ended",
    "stayed",
    "left",
    "kept",
    "room",
    "enrolled",
    "new",
    "funded",
    "covered",
    "paying",
    "pool",
    "counted",
    "path",
    "floor",
)
"""The columns of a month. `kept` is the share of the funded who remain after step 4, `room` that before step 6."""
EFFECTIVE = ("starts", "over", "new", "lapse", "back", "extra", "growth")
"""Columns of a series' first row alone: its levers, its own where it has any, else its segment's."""
OF_PROGRAMME = ("ended", "enrolled", "members")
"""Columns of each programme."""
FIRST = 3
"""Above the first row of figures stand a title, where they come from, and the headings."""


@dataclass(frozen=True, kw_only=True)
class Live:
    """A formula and the value that it has today."""

    formula: str
    value: float


Cell = Live | str | float | date | None


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """Where the assumptions stand, as absolute references.

    `levers` by segment and lever, `own` and `facts` by series and name, `workers` by series and programme,
    `programmes` by programme and name (`starts_at` and `ends_at` are months counted from the as-of month).
    """

    as_of: str
    growth: str
    levers: Mapping[tuple[str, str], str]
    own: Mapping[tuple[int, str], str]
    facts: Mapping[tuple[int, str], str]
    workers: Mapping[tuple[int, int], str]
    programmes: Mapping[tuple[int, str], str]


@lru_cache
def columns(programmes: int) -> dict[str, str]:
    """Return the letter of every column by name; a programme's are `ended.0`, `enrolled.0`, `members.0`, …"""
    names = [*STEPS, *(f"lever.{name}" for name in EFFECTIVE)]
    names += [f"{name}.{index}" for index in range(programmes) for name in OF_PROGRAMME]
    return {name: xl_col_to_name(place) for place, name in enumerate(names)}


def size(view: View, plan: Plan, horizon: int) -> int:
    """Return how many formulas it takes."""
    each = len(STEPS) - 6 + len(OF_PROGRAMME) * len(plan.enrolments)
    return view.series.height * (horizon * each + len(EFFECTIVE))


def row_of(series: int, month: int, horizon: int) -> int:
    """Return the row of a series' month, counted from 1 as formulas do."""
    return FIRST + 1 + series * (horizon + 1) + month


def months_between(first: str, cell: str) -> str:
    """Return the formula that counts the months from one date's month to another's."""
    return f"(YEAR({cell})-YEAR({first}))*12+MONTH({cell})-MONTH({first})"


def rows(view: View, plan: Plan, run: Flows, inputs: Inputs) -> Iterator[dict[str, Cell]]:
    """Yield a row for each series and month, by column name: the series in their order, month 0 first."""
    known = _values(view, plan, run)
    for place in range(view.series.height):
        one = _Series(view=view, plan=plan, inputs=inputs, known=known, place=place, horizon=len(run.covered) - 1)
        yield one.first()
        for t in range(1, len(run.covered)):
            yield one.month(t)


def _values(view: View, plan: Plan, run: Flows) -> dict[str, Array]:
    """Return what each column holds today (months + 1, series), as the projection has it."""
    names = ("eligible", "covered", "funded", "counted", "new", "lapsed", "returned", "enrolled", "ended", "stayed")
    known = {name: getattr(run, name)[:, :, 0] for name in (*names, "left")}
    length = len(run.covered)
    t = np.arange(length)
    calendar = (months.number(view.as_of) + t) % 12
    known["season_new"], known["season_lapse"] = (
        view.start.season_new.T[calendar],
        view.start.season_lapse.T[calendar],
    )
    known["ramp"] = np.clip((t[:, None] - plan["starts"] + 1) / plan["ramp"], 0, 1)
    known["paying"] = known["covered"] - known["funded"]
    net = {name: known[name] for name in ("lapsed", "returned", "ended", "stayed")}
    before = np.vstack([np.zeros(view.series.height), known["paying"][:-1]])
    remaining = before - net["lapsed"] + net["returned"] + net["stayed"]
    funded = np.vstack([np.ones(view.series.height), known["funded"][:-1]]) - net["ended"]
    rest = np.maximum(known["left"] - remaining, 0)
    known["kept"] = 1 - np.divide(rest, funded, out=np.zeros_like(rest), where=funded > 0)
    known["room"] = np.maximum(known["eligible"] - remaining - funded + known["left"], 0)
    pool = np.empty_like(known["covered"])
    pool[0] = view.start.pool[:, 0]
    for month in range(1, length):
        more = net["lapsed"][month] - net["returned"][month] + net["ended"][month] - net["stayed"][month]
        pool[month] = np.minimum(pool[month - 1] + more, known["eligible"][month] - known["covered"][month])
    known["pool"] = pool
    for index, one in enumerate(plan.enrolments):
        members = run.paid[index, :, :, 0]
        known[f"members.{index}"] = members
        known[f"ended.{index}"] = np.where(t[:, None] == one.ends, np.vstack([np.zeros(len(pool[0])), members[:-1]]), 0)
        known[f"enrolled.{index}"] = np.where(t[:, None] == one.starts, members, 0)
    return known


@dataclass(frozen=True, kw_only=True)
class _Series:
    """One series' rows: what its formulas refer to."""

    view: View
    plan: Plan
    inputs: Inputs
    known: Mapping[str, Array]
    place: int
    horizon: int

    @property
    def limited(self) -> bool:
        """Say whether it is known how many are eligible; where not, nothing limits the covered."""
        return bool(np.isfinite(self.view.start.eligible[self.place, 0]))

    @property
    def programmes(self) -> list[int]:
        """Return the programmes that may enrol here."""
        count = len(self.plan.enrolments)
        return [index for index in range(count) if (self.place, index) in self.inputs.workers]

    def first(self) -> dict[str, Cell]:
        """Return the row of the as-of month: where the series starts, and its levers."""
        facts = {name: self.inputs.facts[self.place, name] for name in ("active", "funded", "pool")}
        row = self._said(0)
        row["eligible"] = self._live(0, "eligible", self.inputs.facts[self.place, "eligible"]) if self.limited else None
        row["covered"] = self._live(0, "covered", facts["active"])
        row["counted"] = self._live(0, "counted", facts["active"])
        row["funded"] = self._live(0, "funded", facts["funded"])
        row["paying"] = self._live(0, "paying", f"{facts['active']}-{facts['funded']}")
        row["pool"] = self._live(0, "pool", facts["pool"])
        row |= {f"members.{index}": 0.0 for index in self.programmes}
        return row | {f"lever.{name}": cell for name, cell in self._effective().items()}

    def _effective(self) -> dict[str, Cell]:
        """Return the series' levers: its own where one stands, else its segment's."""
        segment = str(self.view.series["segment"][self.place])
        own = {name: self.inputs.own[self.place, name] for name in ("starts", "ramp", *EFFECTIVE[2:-1])}
        wide = {name: self.inputs.levers[segment, name] for name in own}
        growth = self.inputs.own[self.place, "eligible_growth"], self.inputs.levers[segment, "eligible_growth"]

        def since(cell: str) -> str:
            return months_between(self.inputs.as_of, cell)

        total = self.inputs.facts[self.place, "total_weight"]
        part = f"IF({total}>0,{wide['extra']}*{self.inputs.facts[self.place, 'shared_weight']}/{total},0)"
        starts = f"IF(ISNUMBER({wide['starts']}),{since(wide['starts'])},1)"
        formulas = {
            "starts": f"IF(ISNUMBER({own['starts']}),{since(own['starts'])},{starts})",
            "over": f"MAX(1,IF(ISNUMBER({own['ramp']}),{own['ramp']},{wide['ramp']}))",
            **{name: f"IF(ISNUMBER({own[name]}),{own[name]},{wide[name]})" for name in ("new", "lapse", "back")},
            "extra": f"IF(ISNUMBER({own['extra']}),{own['extra']},{part})",
            "growth": f"IF(ISNUMBER({growth[0]}),{growth[0]},IF(ISNUMBER({growth[1]}),{growth[1]},"
            f"{self.inputs.growth}))",
        }
        lever = {"over": "ramp", "growth": "eligible_growth"}
        today = {name: self.plan[lever.get(name, name)] for name in EFFECTIVE}
        return {name: Live(formula=f"={said}", value=float(today[name][self.place])) for name, said in formulas.items()}

    def month(self, t: int) -> dict[str, Cell]:
        """Return the row of a month: the model's steps, in their order."""
        row = self._said(t)
        now, last = self._at(t), self._at(t - 1)
        lever = self._levers()
        fact = {name: self.inputs.facts[self.place, name] for name in ("new", "lapse", "back")}
        season = {"new": f"*{now['season_new']}", "lapse": f"*{now['season_lapse']}", "back": ""}

        def rate(name: str) -> str:
            return f"{fact[name]}{season[name]}*MAX(0,1+{lever[name]}*{now['ramp']})"

        remaining = f"{last['paying']}-{now['lapsed']}+{now['returned']}+{now['stayed']}"
        funded = f"({last['funded']}-{now['ended']})"
        room = f"{now['eligible']}-({remaining})-{funded}+{now['left']}"
        formulas = {
            "ramp": f"MIN(MAX(({now['t']}-{lever['starts']}+1)/{lever['over']},0),1)",
            "lapsed": f"MIN(1,{rate('lapse')})*{last['paying']}",
            "returned": f"MIN(1,{rate('back')})*{last['pool']}",
            "ended": self._sum(now, "ended"),
            "stayed": "+".join(f"{self._programme(index, 'stay')}*{now[f'ended.{index}']}" for index in self.programmes)
            or "0",
            "enrolled": self._sum(now, "enrolled"),
            "new": self._registered(t, now, f"MAX(0,{rate('new')})+{lever['extra']}*{now['ramp']}", remaining, funded),
            "funded": f"{funded}*{now['kept']}+{now['enrolled']}",
            "covered": f"{last['covered']}+{now['new']}+{now['returned']}+{now['enrolled']}-{now['lapsed']}"
            f"-({now['ended']}-{now['stayed']})-{now['left']}",
            "paying": f"{now['covered']}-{now['funded']}",
            "pool": f"{last['pool']}+{now['lapsed']}-{now['returned']}+{now['ended']}-{now['stayed']}",
            "counted": now["covered"] + "".join(f"-{self._uncounted(now, index)}" for index in self.programmes),
        }
        if self.limited:
            formulas |= {
                "eligible": f"{last['eligible']}*(1+{lever['growth']})^(1/12)",
                "left": f"MAX(0,{remaining}+{funded}-{now['eligible']})",
                "kept": f"1-IF({funded}>0,MAX(0,{now['left']}-({remaining}))/{funded},0)",
                "room": f"MAX(0,{room})",
                "pool": f"MIN({formulas['pool']},{now['eligible']}-{now['covered']})",
            }
        else:
            row |= {"left": 0.0, "kept": 1.0}
        formulas |= self._enrolments(now, last)
        return row | {name: self._live(t, name, formula) for name, formula in formulas.items()}

    def _enrolments(self, now: Mapping[str, str], last: Mapping[str, str]) -> dict[str, str]:
        """Return the formulas of the programmes: steps 3 and 6, each after the one before it."""
        formulas: dict[str, str] = {}
        for index in self.programmes:
            earlier = "".join(f"-{now[f'enrolled.{one}']}" for one in self.programmes if one < index)
            workers = self.inputs.workers[self.place, index]
            fits = f"MIN({workers},MAX(0,{now['room']}{earlier}))" if self.limited else workers
            before = last[f"members.{index}"]
            formulas |= {
                f"ended.{index}": f"IF({now['t']}={self._programme(index, 'ends_at')},{before},0)",
                f"enrolled.{index}": f"IF({now['t']}={self._programme(index, 'starts_at')},{fits},0)",
                f"members.{index}": f"({before}-{now[f'ended.{index}']})*{now['kept']}+{now[f'enrolled.{index}']}",
            }
        return formulas

    def _registered(self, t: int, now: Mapping[str, str], usual: str, remaining: str, funded: str) -> str:
        """Return step 7: as usual, or what a rule's path or floor asks for; within the room."""
        before = f"({remaining}+{funded}-{now['left']}+{now['enrolled']})"
        asked = usual
        if self._ruled(self.plan.path, t) is not None:
            asked = f"MAX(0,{now['path']}-{before})"
        elif self._ruled(self.plan.floor, t) is not None:
            asked = f"MAX({usual},{now['floor']}-{before})"
        return f"MIN({asked},MAX(0,{now['room']}-{now['enrolled']}))" if self.limited else asked

    def _uncounted(self, now: Mapping[str, str], index: int) -> str:
        return f"(1-{self._programme(index, 'weight')})*{now[f'members.{index}']}"

    def _said(self, t: int) -> dict[str, Cell]:
        """Return what is no formula: whose row it is, the seasons, and the path of a rule."""
        row: dict[str, Cell] = {
            "segment": str(self.view.series["segment"][self.place]),
            "branch": self.view.series["branch"][self.place],
            "month": months.add(self.view.as_of, t),
            "t": float(t),
        }
        if not t:
            return row
        row |= {name: float(self.known[name][t, self.place]) for name in ("season_new", "season_lapse")}
        return row | {"path": self._ruled(self.plan.path, t), "floor": self._ruled(self.plan.floor, t)}

    def _ruled(self, line: Array | None, t: int) -> float | None:
        value = float("nan") if line is None else float(line[t, self.place])
        return value if np.isfinite(value) else None

    def _live(self, t: int, name: str, formula: str) -> Live:
        return Live(formula=f"={formula}", value=float(self.known[name][t, self.place]))

    def _at(self, t: int) -> dict[str, str]:
        """Return the reference of every column in a month's row."""
        row = row_of(self.place, t, self.horizon)
        return {name: f"{letter}{row}" for name, letter in columns(len(self.plan.enrolments)).items()}

    def _levers(self) -> dict[str, str]:
        row = row_of(self.place, 0, self.horizon)
        letters = columns(len(self.plan.enrolments))
        return {name: f"${letters[f'lever.{name}']}${row}" for name in EFFECTIVE}

    def _programme(self, index: int, name: str) -> str:
        return self.inputs.programmes[index, name]

    def _sum(self, now: Mapping[str, str], name: str) -> str:
        return "+".join(now[f"{name}.{index}"] for index in self.programmes) or "0"
