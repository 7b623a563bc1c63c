"""With which registrations and lapses do the month's steps lead exactly to a goal?

Model, section 5.2, "The flows of the baseline": for the baseline run, and for each draw of the band. Some people
always register (at least half of the usual); where the stock falls by more than the usual lapses, more lapse.
Arrays are shaped (months + 1, series) or (months + 1, series, draws); row 0 is month 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from coverage.model.baseline import Held
from coverage.model.past import Array


@dataclass(frozen=True, kw_only=True)
class Usual:
    """What is usual for each series month by month, and its limit."""

    new: Array  # n s_n(t)
    lapse: Array  # lambda s_l(t), at most 1
    back: Array  # (series,)
    eligible: Array  # infinite where it is unknown


@dataclass(frozen=True, kw_only=True)
class Support:
    """Whom others pay for after steps 3 and 4 of each month, and who leaves a programme whose money ends in it."""

    funded: Array
    stayed: Array
    dropped: Array


@dataclass(frozen=True, kw_only=True)
class GoalFlows:
    """n(t) and lambda(t), month 0 is 0; and A and P where the last month ends (series, draws)."""

    new: Array
    lapse: Array
    paying: Array
    pool: Array


def support(start: Array, running: Sequence[Held], eligible: Array) -> Support:
    """Return F_t: F_0 less the members of ended programmes, never above E_t.

    Where the workforce shrinks below the funded, every programme, and what none holds, loses in proportion.
    """
    funded = np.empty_like(eligible)
    stayed, dropped = np.zeros_like(eligible), np.zeros_like(eligible)
    now, members = start, [held.members for held in running]
    funded[0] = now
    for month in range(1, len(eligible)):
        for place, held in enumerate(running):
            if held.ends == month:
                stayed[month] += held.stay * members[place]
                dropped[month] += (1 - held.stay) * members[place]
                now = np.maximum(now - members[place], 0)
                members[place] = np.zeros_like(now)
        over = now > eligible[month]
        if over.any():
            kept = np.divide(eligible[month], now, out=np.ones_like(now), where=over)
            now, members = now * kept, [group * kept for group in members]
        funded[month] = now
    return Support(funded=funded, stayed=stayed, dropped=dropped)


def lead(goal: Array, usual: Usual, supported: Support, paying: Array, pool: Array) -> GoalFlows:
    """Return the flows that lead to a goal (months + 1, series, draws) from A and P, month by month.

    With a = A + rho P + stayed, want = min(max(G - F, 0), E - F) and l = lambda s_l A:
    n = max(want - a + l, n s_n / 2); lapsed = min(max(a + n - want, 0), A); n = min(n, max(want - a + lapsed, 0));
    lambda = lapsed / A; then A and P as after steps 2 to 8 (model, section 5.3).
    """
    new, lapse = np.zeros(goal.shape), np.zeros(goal.shape)
    paying, pool = (np.array(np.broadcast_to(stock, goal.shape[1:])) for stock in (paying, pool))
    back = usual.back[:, None]
    for month in range(1, len(goal)):
        funded = supported.funded[month][:, None]
        room = usual.eligible[month][:, None] - funded
        want = np.minimum(np.maximum(goal[month] - funded, 0), room)
        returned = back * pool
        everybody = paying + returned
        everybody += supported.stayed[month][:, None]
        surplus = everybody - want
        register = np.maximum(usual.lapse[month][:, None] * paying - surplus, usual.new[month][:, None] / 2)
        lapsed = np.minimum(np.maximum(surplus + register, 0), paying)
        np.minimum(register, np.maximum(lapsed - surplus, 0), out=new[month])
        np.divide(lapsed, paying, out=lapse[month], where=paying > 0)
        pool += lapsed
        pool -= returned
        pool += supported.dropped[month][:, None]
        staying = np.minimum(everybody - lapsed, room)
        room = room - staying
        came = np.minimum(new[month], room)
        paying = staying + came
        np.minimum(pool, room - came, out=pool)
    return GoalFlows(new=new, lapse=lapse, paying=paying, pool=pool)
