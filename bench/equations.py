"""What does the kernel cost that is made from the list of equations, beside a plain NumPy loop of the same equations?

`python -m bench.equations`: 650 series, 60 months, one draw; then 24 months of 24 draws that each have rates of their
own. All by turns in one run: read the ratios.
"""

from __future__ import annotations

import time
from datetime import date

import numpy as np
from numpy.typing import NDArray

from bench import turns
from coverage.model import projection
from coverage.model.equations import javascript, numpy_kernel
from coverage.model.equations.month import MONTHLY
from coverage.model.plan import Enrolment, Plan
from coverage.model.projection import Rates, Start

Array = NDArray[np.float64]
SERIES, AHEAD, DRAWS, FAN = 650, 60, 24, 24
ALONE, ALL, PLAIN = "kernel, covered alone", "kernel, all flows", "plain NumPy loop of the same equations"
BAND, PLAIN_BAND = "kernel, the draws of a band", "plain NumPy loop of the same draws"
MANY, PLAIN_MANY = "kernel, 20 programmes, covered alone", "plain NumPy loop, 20 programmes"
MANY_ALL = "kernel, 20 programmes, all flows and whom each pays for"


def plain(start: Start, plan: Plan, horizon: int, rates: Rates) -> Array:
    """The month's eight steps as a person would write them, keeping nothing but the covered."""
    a, f, p, e = start.paying.copy(), start.funded.copy(), start.pool.copy(), start.eligible.copy()
    new, lapse, back, extra = (plan[name][:, None] for name in ("new", "lapse", "back", "extra"))
    starts, over, monthly = plan["starts"], np.maximum(plan["ramp"], 1), (1 + plan["eligible_growth"]) ** (1 / 12)
    members: dict[int, Array] = {}
    covered = np.empty((horizon + 1, len(a), rates.draws))
    covered[0] = a + f
    for t in range(1, horizon + 1):
        r = np.clip((t - starts + 1) / over, 0, 1)[:, None]
        e = e * monthly[:, None]
        lapsed = np.minimum(1, rates.lapse[t] * np.maximum(0, 1 + lapse * r)) * a
        returned = np.minimum(1, start.back * np.maximum(0, 1 + back * r)) * p
        a, p = a - lapsed + returned, p + lapsed - returned
        for number, programme in enumerate(plan.enrolments):
            if programme.ends == t and number in members:
                freed = members.pop(number)
                a, p, f = a + programme.stay * freed, p + (1 - programme.stay) * freed, f - freed
        excess = np.maximum(a + f - e, 0)
        out = np.minimum(excess, a)
        share = np.where(f > 0, (excess - out) / np.where(f > 0, f, 1), 0)
        a, f = a - out, f * (1 - share)
        members = {number: group * (1 - share) for number, group in members.items()}
        room = np.maximum(0, e - a - f)
        for number, programme in enumerate(plan.enrolments):
            if programme.starts == t:
                members[number] = np.minimum(programme.workers, room)
                f, room = f + members[number], room - members[number]
        a = a + np.minimum(np.maximum(0, rates.new[t] * np.maximum(0, 1 + new * r) + extra * r), room)
        p = np.minimum(p, np.maximum(0, e - a - f))
        covered[t] = a + f
    return covered


def case(draws: int, programmes: int) -> tuple[Start, Plan, Rates]:
    """A regular scope: levers with a ramp, programmes that begin and end within the horizon."""
    draw = np.random.default_rng(7)
    active = draw.uniform(3_000, 20_000, (SERIES, 1))
    start = Start(
        month=date(2023, 1, 1),
        eligible=3 * active,
        paying=active * 0.97,
        funded=active * 0.03,
        pool=active * 0.2,
        new=np.zeros((SERIES, 1)),
        lapse=np.zeros((SERIES, 1)),
        back=np.full((SERIES, 1), 0.03),
        season_new=np.ones((SERIES, 12)),
        season_lapse=np.ones((SERIES, 12)),
    )
    rates = Rates(
        new=active * draw.uniform(0.01, 0.03, (AHEAD + 1, SERIES, draws)),
        lapse=draw.uniform(0.005, 0.03, (AHEAD + 1, SERIES, draws)),
    )
    levers = {"new": 0.2, "lapse": -0.1, "back": 0.0, "extra": 5.0, "eligible_growth": 0.02, "starts": 1.0, "ramp": 3.0}
    paid = tuple(
        Enrolment(starts=2 + k, ends=10 + 2 * k, workers=0.01 * active, stay=0.2, weight=1.0) for k in range(programmes)
    )
    return start, Plan(levers={name: np.full(SERIES, value) for name, value in levers.items()}, enrolments=paid), rates


def measure(repetitions: int) -> None:
    began = time.perf_counter()
    source = javascript.text(MONTHLY)
    script_ms = 1000 * (time.perf_counter() - began)
    one, many, band = case(1, 1), case(1, 20), case(DRAWS, 0)

    def alone(start: Start, plan: Plan, rates: Rates, horizon: int) -> Array:
        return projection.covered(start, plan, horizon, None, rates)

    began = time.perf_counter()
    projection.run(one[0], one[1], AHEAD, one[2])
    first_ms = 1000 * (time.perf_counter() - began)
    for start, plan, rates in (one, many, band):
        ours, theirs = alone(start, plan, rates, FAN), plain(start, plan, FAN, rates)
        if not np.allclose(ours, theirs, atol=1e-6):
            raise SystemExit("the kernel and the plain loop differ")
    taken = turns.taken(
        {
            ALONE: lambda: alone(one[0], one[1], one[2], AHEAD),
            ALL: lambda: projection.run(one[0], one[1], AHEAD, one[2]),
            PLAIN: lambda: plain(one[0], one[1], AHEAD, one[2]),
            BAND: lambda: alone(band[0], band[1], band[2], FAN),
            PLAIN_BAND: lambda: plain(band[0], band[1], FAN, band[2]),
            MANY: lambda: alone(many[0], many[1], many[2], AHEAD),
            MANY_ALL: lambda: projection.run(many[0], many[1], AHEAD, many[2]),
            PLAIN_MANY: lambda: plain(many[0], many[1], AHEAD, many[2]),
        },
        repetitions,
        before=3,
    )
    print(turns.table(taken))
    print()
    for ours, floor in ((ALONE, PLAIN), (ALL, PLAIN), (BAND, PLAIN_BAND), (MANY, PLAIN_MANY), (MANY_ALL, PLAIN_MANY)):
        print(f"- {ours}: {turns.ratio(taken, ours, floor):.2f} x the plain loop")
    kinds = numpy_kernel.kernel.cache_info().currsize
    print(f"- the first run, its kernel made: {first_ms:.1f} ms; {kinds} kernels made so far")
    print(f"- the browser's script, {len(source) / 1000:.0f} kB: {script_ms:.1f} ms to make")


if __name__ == "__main__":
    measure(turns.repetitions(__doc__, 40))
