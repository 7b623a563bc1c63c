"""What do settings of the cheapest mix lead to, as the full projection says, and what do they cost?"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from coverage.answers.mix_problem import Array, Problem
from coverage.base import months
from coverage.model import projection, runs
from coverage.model.levers import Programme
from coverage.model.plan import Enrolment
from coverage.model.projection import Flows
from coverage.model.scenarios import Scenario


class Result(NamedTuple):
    """What settings lead to: covered (S, D) at the due month, and the people of each lever (S, L, D)."""

    covered: Array
    people: Array

    def missing(self, problem: Problem) -> Array:
        """Return who is short in each draw (D,); one segment's surplus fills no other's gap."""
        short: Array = np.maximum(problem.target[:, None] - self.covered, 0).sum(axis=0)
        return short

    def cost(self, problem: Problem) -> Array:
        """Return the cost in rupiah by segment and draw (S, D)."""
        rupiah: Array = (self.people * problem.price[:, :, None]).sum(axis=1)
        return rupiah


def try_settings(problem: Problem, x: Array) -> Result:
    """Put settings (S, L, D) into the full projection, all side by side as draws."""
    lift = np.einsum("sn,sld->lnd", problem.member, x)  # (L, series, D)
    plan = problem.plan
    moved = problem.moves[:, :, None] * lift[:3]
    workers = problem.share[:, None] * lift[3]
    paid = tuple(
        Enrolment(
            starts=int(problem.starts[place]),
            ends=int(problem.starts[place]) + problem.own[place].months,
            workers=workers * problem.member[place][:, None],
            stay=0.0,
            weight=1.0,
        )
        for place in funded_segments(problem)
    )
    tried = replace(plan, enrolments=plan.enrolments + paid).moved(
        new=plan["new"][:, None] + moved[0],
        lapse=np.maximum(plan["lapse"][:, None] - moved[1], -1),
        back=plan["back"][:, None] + moved[2],
    )
    run = projection.run(problem.view.start, tried, int(problem.due.max()))
    return count_people(problem, run, funded_segments(problem), len(plan.enrolments))


def funded_segments(problem: Problem) -> list[int]:
    """Return the segments in which workers can be funded."""
    return [place for place, most in enumerate(problem.limit[:, 3]) if most > 0]


def count_people(problem: Problem, run: Flows, funded: Sequence[int], first: int) -> Result:
    """Count the covered at the due month, and the people whom each lever brought until then.

    A lapse is avoided where a member stays who would have lapsed at the scenario's own rate; a return and a
    registration count as far as they exceed the scenario's own. The run's programmes from the `first` on are those of
    the `funded`.
    """
    wanted, lapse, usual_back = problem.usual
    before = run.covered[:-1] - run.funded[:-1]
    rate = run.back_share
    more = 1 - np.divide(usual_back[:, :, None], rate, out=np.ones_like(rate), where=rate > 0)
    flows = (
        np.maximum(run.new[1:] - wanted[1:, :, None], 0) * problem.moves[0][:, None],
        np.maximum(lapse[1:, :, None] * before - run.lapsed[1:], 0) * problem.moves[1][:, None],
        np.maximum(run.returned[1:] * more[1:], 0) * problem.moves[2][:, None],
    )
    covered = problem.counted @ run.covered[problem.ends, np.arange(len(problem.ends))]
    within = np.arange(1, len(run.covered))[:, None, None] <= problem.due[:, None]
    sums = [(np.matmul(problem.member, flow) * within).sum(axis=0) for flow in flows]
    people = np.stack([*sums, np.zeros_like(sums[0])], axis=1)
    for number, place_of_segment in enumerate(funded):
        people[place_of_segment, 3] = run.paid[first + number, problem.starts[place_of_segment]].sum(axis=0)
    return Result(covered=covered, people=people)


def confirm(problem: Problem, x: Array) -> tuple[Scenario, Result]:
    """Write the settings into the scenario, run the full projection of that, and count."""
    moved = problem.scenario
    for segment, now, more in zip(problem.segments, problem.now, x, strict=True):
        sign = {"new": 1, "lapse": -1, "back": 1}
        values = {
            lever: round(float(now[place] + way * more[place]), 6)
            for place, (lever, way) in enumerate(sign.items())
            if more[place] > 0
        }
        moved = moved.with_levers(segment, **values) if values else moved
    funded = [place for place in range(len(x)) if x[place, 3] >= 1]
    paid = tuple(_programme(problem, place, int(x[place, 3])) for place in funded)
    moved = moved.model_copy(update={"programme": (*moved.programme, *paid)})
    plan = runs.plan(problem.view, moved)
    run = projection.run(problem.view.start, plan, int(problem.due.max()))
    return moved, count_people(problem, run, funded, len(problem.scenario.programme))


def _programme(problem: Problem, place: int, workers: int) -> Programme:
    return Programme.model_validate(
        {
            "name": _free(problem.name, [programme.name for programme in problem.scenario.programme]),
            "segment": problem.segments[place],
            "workers": workers,
            "starts": months.add(problem.view.as_of, int(problem.starts[place])),
            "months": problem.own[place].months,
            "premium": problem.own[place].premium,
        }
    )


def _free(name: str, taken: Sequence[str]) -> str:
    """Return a name that no other programme has: a mix may be added to a mix."""
    numbered = (f"{name} {number}" for number in itertools.count(2))
    return next(candidate for candidate in itertools.chain([name], numbered) if candidate not in taken)
