"""Do the baseline's flows follow from the month's own list, and lead to the goal exactly?"""

from __future__ import annotations

import numpy as np

from coverage.model import goal_flows
from coverage.model.baseline import Held
from coverage.model.equations import oracle
from coverage.model.equations.goal import TO_A_GOAL
from coverage.model.equations.month import MONTHLY
from coverage.model.goal_flows import Usual

MONTHS = 12
CASES = range(400)


def case(seed: int) -> dict[str, oracle.Given]:
    """One series with a goal of any course; programmes that run and end, a workforce that shrinks, unknown eligible."""
    draw = np.random.default_rng(seed)
    eligible = np.inf if draw.random() < 0.25 else draw.uniform(500, 5000)
    covered = (4000 if np.isinf(eligible) else eligible) * draw.uniform(0, 1)
    funded = covered * draw.uniform(0, 1) * (draw.random() < 0.7)
    goal = np.maximum(covered * (1 + np.cumsum(draw.normal(0, 0.06, MONTHS + 1))), 0)
    count = int(draw.integers(0, 4))
    held, left = [], funded
    for _ in range(count):
        held.append(left * draw.uniform(0, 1))
        left -= held[-1]
    return {
        "eligible_0": float(eligible),
        "paying_0": float(covered - funded),
        "funded_0": float(funded),
        "pool_0": float(draw.uniform(0, 800)) * float(draw.random() < 0.8),
        "back_rate": float(draw.uniform(0, 0.3)),
        "growth": float(draw.uniform(-0.4, 0.05)) if draw.random() < 0.3 else 0.02,
        "goal": [float(one) for one in goal],
        "usual_new": [float(one) for one in draw.uniform(0, 150, MONTHS + 1)],
        "usual_lapse": [float(one) for one in draw.uniform(0, 0.2, MONTHS + 1)],
        "starts_k": [-3.0] * count,
        "ends_k": [float(one) for one in draw.integers(1, MONTHS + 3, count)],
        "stay_k": [float(one) for one in draw.uniform(0, 1, count)],
        "weight_k": [1.0] * count,
        "workers_k": [0.0] * count,
        "held_k": [float(one) for one in held],
    }


def column(given: dict[str, oracle.Given], name: str) -> np.ndarray:
    return np.array(given[name], dtype=np.float64)[:, None]


def by_code(given: dict[str, oracle.Given]) -> goal_flows.GoalFlows:
    """The same flows as `model.goal_flows` finds them."""
    one = {name: np.array([given[name]], dtype=np.float64) for name in ("paying_0", "funded_0", "pool_0", "back_rate")}
    growth = (1 + float(given["growth"])) ** (np.arange(MONTHS + 1) / 12)  # type: ignore[arg-type]
    eligible = float(given["eligible_0"]) * growth[:, None]  # type: ignore[arg-type]
    usual = Usual(
        new=column(given, "usual_new"), lapse=column(given, "usual_lapse"), back=one["back_rate"], eligible=eligible
    )
    running = [
        Held(members=np.array([members]), ends=int(ends), stay=stay)
        for members, ends, stay in zip(given["held_k"], given["ends_k"], given["stay_k"], strict=True)  # type: ignore[arg-type]
    ]
    supported = goal_flows.support(one["funded_0"], running, eligible)
    goal = column(given, "goal")[:, :, None]
    return goal_flows.lead(goal, usual, supported, one["paying_0"][:, None], one["pool_0"][:, None])


def test_the_code_of_the_goal_flows_is_the_list() -> None:
    for seed in CASES:
        given = case(seed)
        course, found = oracle.run_months(TO_A_GOAL, given, MONTHS), by_code(given)
        np.testing.assert_allclose(found.new[:, 0, 0], course.steps["wanted"], atol=1e-6)
        np.testing.assert_allclose(found.lapse[:, 0, 0], course.steps["lapse_share"], atol=1e-9)
        np.testing.assert_allclose(found.paying[0, 0], course.steps["paying"][-1], atol=1e-6)
        np.testing.assert_allclose(found.pool[0, 0], course.steps["pool"][-1], atol=1e-6)


def test_no_levers_give_the_goal() -> None:
    for seed in CASES:
        given = case(seed)
        found = by_code(given)
        rates = {"new_rate": found.new[:, 0, 0].tolist(), "lapse_rate": found.lapse[:, 0, 0].tolist()}
        still = {name: value for name, value in given.items() if name in MONTHLY.input}
        course = oracle.run_months(MONTHLY, still | rates | {"lever_eligible_growth": given["growth"]}, MONTHS)

        covered, funded = np.array(course.steps["covered"][1:]), np.array(course.steps["funded"][1:])
        goal = np.array(given["goal"][1:])  # type: ignore[index]
        expected = np.minimum(np.maximum(goal, funded), course.steps["eligible"][1:])
        # Only where the returns of a month alone exceed what is wanted, there are more.
        returned = np.array(course.steps["paying_1"][1:])
        np.testing.assert_allclose(covered, np.maximum(expected, np.minimum(covered, returned + funded)), atol=1e-6)
        assert (covered >= expected - 1e-6).all()
