"""What does a what-if cost: the kernel beside a plain NumPy loop of the same equations, and a lever to its table?

`python -m bench.projection` measures everything by turns in one run (other work on the machine then hurts all alike)
and prints a Markdown table of medians. The limits are those of the issue that asked for them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bench import turns
from coverage.base import months, settings, tables
from coverage.model import chance, projection, runs, scenarios
from coverage.model import view as views
from coverage.model.levers import Levers, Programme
from coverage.model.plan import Plan, resolved
from coverage.model.projection import Futures, Start
from coverage.model.targets import TargetSet
from coverage.model.view import Scope, View

BRANCHES, PAST, AHEAD = 325, 120, 60
AS_OF = date(2023, 1, 1)
DRAWN = "a fan: the law's 24 draws x 650 series x 24 months"
DRAWN_APART = "the same fan by branch and segment: 650 groups"
PLAIN_DRAWN = "plain NumPy loop of the same draws"
KERNEL, PLAIN = "kernel: 650 series x 60 months", "plain NumPy loop of the same equations"


def history() -> tables.BranchMonths:
    """Regular flows in balance: so many branches and months, formal and informal."""
    branch = np.repeat(np.arange(BRANCHES), PAST * 2)
    formal = np.tile(np.repeat([True, False], PAST), BRANCHES)
    t = np.tile(np.arange(PAST), BRANCHES * 2)
    new = 150 + (branch + 5 * t) % 60
    lapsed = 90 + (3 * branch + t) % 40
    returned = 5 + t % 7
    size = np.where(formal, 9_000, 4_000) + 37 * branch
    change = np.where(t == 0, 0, new + returned - lapsed).reshape(-1, PAST)
    active = size + np.cumsum(change, axis=1).reshape(-1)
    calendar = pl.Series([months.add(AS_OF, one + 1 - PAST) for one in range(PAST)], dtype=pl.Date)
    frame = pl.DataFrame(
        {
            "month": calendar.gather(t),
            "branch": [f"Cabang {one:03d}" for one in branch],
            "segment": pl.Series(np.where(formal, "formal", "informal")).cast(tables.Segment),
            "active": active,
            "eligible": 3 * size,
            "new": new,
            "lapsed": lapsed,
            "returned": returned,
            "funded": active // 40,
        }
    )
    missing = [
        pl.lit(None, dtype=kind).alias(name) for name, kind in tables.BRANCH_MONTHS.items() if name not in frame.columns
    ]
    return frame.with_columns(*missing).select(tables.BRANCH_MONTHS.keys())


def plain(start: Start, plan: Plan, horizon: int) -> NDArray[np.float64]:
    """The month's eight steps as a person would write them for one draw, keeping nothing but covered."""
    a, f, p = start.paying[:, 0].copy(), start.funded[:, 0].copy(), start.pool[:, 0].copy()
    e = start.eligible[:, 0].copy()
    monthly = (1 + plan["eligible_growth"]) ** (1 / 12)
    members: dict[int, NDArray[np.float64]] = {}
    covered = np.empty((horizon + 1, len(a)))
    covered[0] = a + f
    first = months.number(start.month)
    for t in range(1, horizon + 1):
        calendar = (first + t) % 12
        r = np.clip((t - plan["starts"] + 1) / plan["ramp"], 0, 1)
        e = e * monthly
        lapse = np.minimum(
            1, start.lapse[:, 0] * start.season_lapse[:, calendar] * np.maximum(0, 1 + plan["lapse"] * r)
        )
        back = np.minimum(1, start.back[:, 0] * np.maximum(0, 1 + plan["back"] * r))
        lapsed, returned = lapse * a, back * p
        a, p = a - lapsed + returned, p + lapsed - returned
        for number, one in enumerate(plan.enrolments):
            if one.ends == t and number in members:
                freed = members.pop(number)
                a, p, f = a + one.stay * freed, p + (1 - one.stay) * freed, f - freed
        excess = np.maximum(a + f - e, 0)
        out = np.minimum(excess, a)
        share = np.where(f > 0, (excess - out) / np.where(f > 0, f, 1), 0)
        a, f = a - out, f * (1 - share)
        members = {number: one * (1 - share) for number, one in members.items()}
        room = np.maximum(0, e - a - f)
        for number, one in enumerate(plan.enrolments):
            if one.starts == t:
                members[number] = np.minimum(one.workers[:, 0], room)
                f, room = f + members[number], room - members[number]
        wanted = (
            start.new[:, 0] * start.season_new[:, calendar] * np.maximum(0, 1 + plan["new"] * r) + plan["extra"] * r
        )
        a = a + np.minimum(np.maximum(0, wanted), room)
        p = np.minimum(p, np.maximum(0, e - a - f))
        covered[t] = a + f
    return covered


def plain_drawn(start: Start, plan: Plan, horizon: int, futures: Futures) -> NDArray[np.float64]:
    """The same for many draws without programmes, as a person would write it with (series, draws) arrays."""
    draws, rates = futures.draws, futures.rates(horizon)
    a, p = np.repeat(start.paying + start.funded, draws, axis=1), np.repeat(start.pool, draws, axis=1)
    e = start.eligible.copy()
    covered = np.empty((horizon + 1, draws))
    covered[0] = a.sum(axis=0)
    for t in range(1, horizon + 1):
        r = np.clip((t - plan["starts"] + 1) / plan["ramp"], 0, 1)[:, None]
        e = e * (1 + plan["eligible_growth"][:, None]) ** (1 / 12)
        lapse = np.minimum(1, rates.lapse[t] * np.maximum(0, 1 + plan["lapse"][:, None] * r))
        back = np.minimum(1, start.back * np.maximum(0, 1 + plan["back"][:, None] * r))
        lapsed, returned = lapse * a, back * p
        a, p = a - lapsed + returned, p + lapsed - returned
        a = np.minimum(a, e)
        room = np.maximum(0, e - a)
        wanted = rates.new[t] * np.maximum(0, 1 + plan["new"][:, None] * r) + plan["extra"][:, None] * r
        a = a + np.minimum(np.maximum(0, wanted), room)
        p = np.minimum(p, np.maximum(0, e - a))
        covered[t] = a.sum(axis=0)
    return covered


def tasks(table: tables.BranchMonths, view: View) -> dict[str, tuple[Callable[[], object], float | None]]:
    """Name what is measured, with its limit in milliseconds."""
    paid = Programme.model_validate(
        {"name": "APBD", "segment": "informal", "workers": 20_000, "starts": "2023-03", "months": 8, "stay": 0.2}
    )
    wide = {"informal": Levers(new=0.2, lapse=-0.1, ramp=3), "formal": Levers(extra=500)}
    plan = resolved(view.series, wide, {}, (paid,), as_of=AS_OF, growth=0.02)
    scenario = scenarios.Scenario(programme=(paid,)).with_levers("formal", extra=500.0)
    until = months.add(AS_OF, AHEAD)
    steps = iter(range(10**9))

    def lever(*keys: str) -> Callable[[], object]:
        def change() -> object:
            moved = scenario.with_levers("informal", new=0.05 * (next(steps) % 20), ramp=3)
            return runs.simulate(view, moved, name="what if", until=until, keys=keys)

        return change

    targets = TargetSet.model_validate({"target": [{"by": "2023-12", "segment": "informal", "workers": 4_000_000}]})
    register = pl.DataFrame(schema=tables.REGISTER)

    def look() -> object:
        return views.of(table, register, targets, scope=Scope(), as_of=None, settings=settings.load())

    moved = resolved(view.series, wide, {}, (), as_of=AS_OF, growth=0.02)
    futures = chance.draw_futures(view)
    if futures is None:
        raise SystemExit("the history has no flows to draw from")

    def fan(*keys: str) -> object:
        return chance.fan(view, scenario.model_copy(update={"programme": ()}), 24, keys, futures=futures)

    return {
        DRAWN: (fan, 60.0),
        DRAWN_APART: (lambda: fan("branch", "segment"), None),
        PLAIN_DRAWN: (lambda: plain_drawn(view.start, moved, 24, futures), None),
        KERNEL: (lambda: projection.run(view.start, plan, AHEAD), 3.0),
        PLAIN: (lambda: plain(view.start, plan, AHEAD), None),
        "a lever to its table, by branch and segment": (lever("branch", "segment"), 10.0),
        "a lever to its table, by segment": (lever("segment"), 10.0),
        "scope.look: 325 branches x 120 months x 2 segments": (look, None),
    }


def measure(repetitions: int) -> None:
    table = history()
    view = views.of(
        table, pl.DataFrame(schema=tables.REGISTER), None, scope=Scope(), as_of=None, settings=settings.load()
    )
    found = tasks(table, view)
    told = turns.taken({name: act for name, (act, _) in found.items()}, repetitions, before=3)
    print(turns.table(told, {name: limit for name, (_, limit) in found.items()}))
    ratio = turns.ratio(told, KERNEL, PLAIN)
    print(f"\nThe kernel takes {ratio:.2f} x the plain loop's time, and records twelve arrays where that keeps one.")
    ratio = turns.ratio(told, DRAWN, PLAIN_DRAWN)
    print(f"The fan takes {ratio:.2f} x the plain loop's time over the same draws, quantiles and chances included.")


if __name__ == "__main__":
    measure(turns.repetitions(__doc__, 40))
