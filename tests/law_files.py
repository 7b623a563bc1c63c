"""Reports of every kind as a file of data, and what the law of the text makes of them: a judge of whole commands.

Nothing of the project computes here: `slow_law` is the law, and who is held by a running programme is written out once
more from the model (section 5.3).
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests import slow_law
from tests.slow_law import Held, Reported, SlowLaw

FIGURES = ("active", "eligible", "new", "lapsed", "returned", "funded")
SEGMENTS = ("formal", "informal", "construction")


@dataclass(frozen=True, kw_only=True)
class Budget:
    """A programme: `starts` counts months from the as-of month on and is 0 or before where it runs already."""

    segment: str
    workers: int
    starts: int
    months: int
    stay: float
    branches: tuple[str, ...] | None

    def toml(self, name: str, last: int) -> str:
        """Write it as a file of programmes does; `last` numbers the as-of month."""
        lines = ["[[programme]]", f'name = "{name}"', f'segment = "{self.segment}"', f"workers = {self.workers}"]
        lines += [f'starts = "{code(last + self.starts)}"', f"months = {self.months}", f"stay = {self.stay}"]
        if self.branches is not None:
            lines.append(f"branches = {[*self.branches]}".replace("'", '"'))
        return "\n".join(lines) + "\n\n"


def code(number: int) -> str:
    return f"{number // 12}-{number % 12 + 1:02d}"


def write(data: Sequence[Reported], first: int, path: Path) -> None:
    """Write reports as a canonical CSV; a month that was not reported has no row."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["month", "branch", "segment", *FIGURES])
        for told in data:
            for month, active in enumerate(told.active):
                if active is not None:
                    figures = [getattr(told, name)[month] for name in FIGURES]
                    shown = ["" if value is None else int(value) for value in figures]
                    writer.writerow([code(first + month), told.branch, told.segment, *shown])


def held(data: Sequence[Reported], budgets: Sequence[Budget]) -> tuple[list[list[Held]], list[float]]:
    """Return whom each running programme holds of each series, and the funded where they are not given."""
    last = len(data[0].active) - 1
    run = [told for told in data if last - told.last_report <= 12]
    free, active, funded = {}, {}, {}
    for told in run:
        key = told.branch, told.segment
        active[key], funded[key] = told.active[told.last_report] or 0.0, told.funded[told.last_report]
        given = funded[key]
        free[key] = active[key] if given is None else min(given, active[key])
    holds: dict[tuple[str, str], list[Held]] = {(told.branch, told.segment): [] for told in data}
    for budget in budgets:
        if not budget.starts <= 0 < budget.starts + budget.months:
            continue
        mine = [
            key for key in free if key[1] == budget.segment and (budget.branches is None or key[0] in budget.branches)
        ]
        weight = {key: funded[key] for key in mine}
        if None in weight.values():
            weight = {key: active[key] for key in mine}
        total = sum(value or 0.0 for value in weight.values())
        for key in mine:
            members = min(budget.workers * (weight[key] or 0.0) / total if total > 0 else 0.0, free[key])
            free[key] -= members
            holds[key].append(Held(members=members, ends=budget.starts + budget.months, stay=budget.stay))
    results = [holds[told.branch, told.segment] for told in data]
    return results, [sum(one.members for one in line) for line in results]


def law(data: Sequence[Reported], first: int, horizon: int, budgets: Sequence[Budget]) -> SlowLaw:
    programmes, unknown = held(data, budgets)
    return slow_law.law(data, first_month=first, horizon=horizon, programmes=programmes, funded_unknown=unknown)


# Data of some kinds


def branches(seed: int) -> tuple[list[Reported], int, list[Budget]]:
    """Return what some branches reported, the number of the first month, and programmes, running and not.

    By turns: holes, young series, stocks only, late ones, all of it; levels, paces, seasons, clean-ups of the register
    and lost figures are by the dice.
    """
    dice = np.random.default_rng(seed)
    kind = ("holes", "young", "stocks", "late", "all")[seed % 5]
    first, months = 2018 * 12 + int(dice.integers(0, 12)), int(dice.integers(14, 61))
    data = [
        _series(dice, f"Cabang {chr(65 + number)}", segment, months, kind)
        for number in range(int(dice.integers(2, 7)))
        for segment in SEGMENTS[: int(dice.integers(1, 4))]
    ]
    # The calendar ends with a report.
    if all(told.active[-1] is None for told in data):
        data.append(_series(dice, "Cabang Z", "informal", months, "full"))
    begins = min(told.first_report for told in data)
    data = [_after(told, begins) for told in data]
    names = sorted({told.branch for told in data})
    budgets = []
    for _ in range(int(dice.integers(1, 5))):
        starts = -int(dice.integers(-3, 12))
        chosen = dice.random() < 0.4
        budgets.append(
            Budget(
                segment=str(dice.choice(SEGMENTS)),
                workers=int(dice.choice([40, 700, 3_001, 50_000])),
                starts=starts,
                months=int(dice.integers(1, 30)),
                stay=float(dice.choice([0.0, 0.25, 0.5, 1.0])),
                branches=(names[0], *(name for name in names[1:] if dice.random() < 0.5)) if chosen else None,
            )
        )
    return data, first + begins, budgets


def _after(told: Reported, month: int) -> Reported:
    figures = {name: getattr(told, name)[month:] for name in FIGURES}
    return Reported(branch=told.branch, segment=told.segment, **figures)


def _series(dice: np.random.Generator, branch: str, segment: str, months: int, kind: str) -> Reported:
    def has(name: str, share: float) -> bool:
        return (kind == name and dice.random() < share) or (kind == "all" and dice.random() < share / 2)

    begins = int(dice.integers(0, months)) if has("young", 0.6) else 0
    ends = max(months - int(dice.integers(1, 16)), begins + 1) if has("late", 0.5) else months
    stocks, holes = has("stocks", 0.7), has("holes", 0.8)
    level = float(dice.choice([350, 6_000, 90_000]))
    season, pace = dice.normal(0, dice.choice([0.002, 0.02]), 12), dice.normal(0.004, 0.008)
    room = float(dice.choice([1.04, 1.5, 4]))
    funded_share = float(dice.choice([0.0, 0.03, 0.2]))
    loses = dice.random(6) < 0.25  # figures that are now and then not given
    columns: dict[str, list[float | None]] = {name: [None] * months for name in FIGURES}
    now, eligible = level, level * room
    for month in range(begins, ends):
        before = now
        eligible *= 1 + dice.normal(0.002, 0.001)
        change = pace + season[month % 12] + dice.normal(0, 0.006)
        if dice.random() < 0.01:
            change = float(dice.choice([-0.35, 0.3]))
        now = float(np.floor(max(before * (1 + change), 0)))
        back = float(np.floor(before * dice.gamma(2, 0.002)))
        new = float(np.floor(before * dice.gamma(3, 0.01))) + max(now - before, 0)
        figures = {
            "active": now,
            "eligible": float(np.floor(max(eligible, now + 1))),
            "new": None if stocks else new,
            "lapsed": None if stocks else new + back - (now - before),
            "returned": None if stocks else back,
            "funded": float(np.floor(now * funded_share)) if funded_share or dice.random() < 0.5 else None,
        }
        if holes and month not in {begins, ends - 1} and dice.random() < 0.15:
            continue
        for place, (name, value) in enumerate(figures.items()):
            lost = name != "active" and loses[place] and dice.random() < 0.3
            columns[name][month] = None if lost else value
    return Reported(branch=branch, segment=segment, **columns)
