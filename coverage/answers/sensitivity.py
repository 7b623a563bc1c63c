"""Which levers matter at all: what does a tenth more or less of each rate change in the end?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coverage.answers import movers
from coverage.answers.movers import LEVER, MOVED, PROGRAMME, Mask, Mover
from coverage.base import months
from coverage.model import projection, runs
from coverage.model.levers import Programme
from coverage.model.plan import Plan
from coverage.model.projection import Start
from coverage.model.scenarios import Scenario
from coverage.model.view import View

RATES = ("new", "lapse", "back")
"""Levers that change a rate of the past: what is moved is that rate. Of the others it is the lever itself."""
NUDGE = 0.1
"""How far `tornado` moves each rate (model, section 8)."""


def tornado(view: View, scenario: Scenario, horizon: int, keys: Sequence[str] = ()) -> pl.DataFrame:
    """One row per key and lever: how many workers more are covered in the last month, thus fewer missing to the
    target, with the lever a tenth lower (`low`) and a tenth higher (`high`); those that matter most first.

    What is moved is the rate itself, on top of the scenario, in every month to come: registrations a month, the
    shares that lapse and return, extra registrations, the yearly growth of the eligible (a tenth of 2 % is 0.2
    points), and a programme's workers. Levers that are zero in the scenario cannot be moved so and have no row.
    """
    view = runs.grounded(view, scenario)
    plan = runs.plan(view, scenario)
    rows, place = view.compared(keys)
    names = np.array(view.series["segment"].cast(pl.String).to_list(), dtype=object)
    moved = list(_nudged(view.start, plan, names, scenario.programme, horizon))
    draws = 2 * len(moved) + 1
    factor = {name: np.ones((len(names), draws)) for name in MOVED}
    enrolments = [np.repeat(enrolment.workers, draws, axis=1) for enrolment in plan.enrolments]
    for index, (mover, touches, programme) in enumerate(moved):
        for draw, by in ((2 * index + 1, 1 - NUDGE), (2 * index + 2, 1 + NUDGE)):
            if programme is None:
                factor[mover.name][touches, draw] = by
            else:
                enrolments[programme][:, draw] *= by
    shaken = view.start.times(**{name: factor[name] for name in RATES})
    paid = tuple(
        replace(enrolment, workers=workers) for enrolment, workers in zip(plan.enrolments, enrolments, strict=True)
    )
    tried = replace(plan, enrolments=paid).moved(
        **{name: plan[name][:, None] * factor[name] for name in MOVED if name not in RATES}
    )
    member = (place == np.arange(rows.height)[:, None]).astype(np.float64)
    reached = projection.covered(shaken, tried, horizon, member)[-1]
    effect = reached[:, 1:] - reached[:, :1]
    touched = np.array([[touches[place == row].any() for row in range(rows.height)] for _, touches, _ in moved])
    numbers = {"low": effect[:, 0::2].T, "high": effect[:, 1::2].T}
    month = months.add(view.as_of, horizon)
    result = movers.mover_rows(
        [mover for mover, _, _ in moved], rows, touched.reshape(len(moved), rows.height), numbers, month
    )
    return result.sort(
        pl.max_horizontal(pl.col("low").abs(), pl.col("high").abs()), descending=True, maintain_order=True
    )


def _nudged(
    start: Start, plan: Plan, segments: NDArray[Any], programmes: Sequence[Programme], horizon: int
) -> Iterator[tuple[Mover, Mask, int | None]]:
    """Yield what can be moved a tenth: who, which series (series,), and the place among the programmes if it is one."""
    usual = projection.rates_to_run(start, horizon)
    rates = {
        "new": (usual.new[1 : horizon + 1] > 0).any(axis=(0, 2)),
        "lapse": (usual.lapse[1 : horizon + 1] > 0).any(axis=(0, 2)),
        "back": start.back[:, 0] > 0,
    }
    rates |= {name: plan[name] != 0 for name in MOVED if name not in RATES}
    rates["eligible_growth"] &= np.isfinite(start.eligible[:, 0])
    for segment in dict.fromkeys(segments):
        for name, present in rates.items():
            touches = present & (segments == segment)
            if touches.any():
                yield Mover(kind=LEVER, segment=str(segment), name=name), touches, None
    turns: dict[str, int] = {}
    for index, (programme, paid) in enumerate(zip(programmes, plan.enrolments, strict=False)):
        turns[programme.name] = turns.get(programme.name, 0) + 1
        touches = paid.workers[:, 0] > 0
        if 1 <= paid.starts <= horizon and touches.any():
            yield (
                Mover(kind=PROGRAMME, segment=str(programme.segment), name=programme.name, turn=turns[programme.name]),
                touches,
                index,
            )
