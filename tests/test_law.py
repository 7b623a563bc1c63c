"""Is the quick law that of its text, whatever was reported, and does every run keep its accounts?"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from coverage.model import course
from coverage.model.baseline import Held
from coverage.model.course import Course, Law
from tests import slow_law
from tests.slow_law import Reported

Array = NDArray[np.float64]
FROZEN = Path(__file__).parent / "frozen" / "sumbagsel"
FIGURES = ("active", "eligible", "new", "lapsed", "returned", "funded")
JANUARY_2020, JANUARY_2023 = 2020 * 12, 2023 * 12


@dataclass(frozen=True, kw_only=True)
class Arrays:
    """Reports as arrays (series, months), NaN where nothing was reported."""

    active: Array
    eligible: Array
    new: Array
    lapsed: Array
    returned: Array
    funded: Array


def law_of(data: Sequence[Reported], growth: float = 0.02) -> Law:
    arrays = {
        name: np.array([[np.nan if value is None else value for value in getattr(told, name)] for told in data])
        for name in FIGURES
    }
    return course.of(Arrays(**arrays), np.array([told.segment for told in data]), growth=growth)


# Worked example (2) of the model


@pytest.fixture(scope="module")
def frozen() -> list[Reported]:
    """What the nine branches of the frozen sample reported from January 2020 to January 2023."""
    series: dict[tuple[str, str], dict[str, list[float | None]]] = {}
    for path in sorted(FROZEN.glob("*.csv")):
        with path.open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                place = int(row["month"][:4]) * 12 + int(row["month"][5:7]) - 1 - JANUARY_2020
                empty: dict[str, list[float | None]] = {name: [None] * 37 for name in FIGURES}
                columns = series.setdefault((row["branch"], row["segment"]), empty)
                for name in FIGURES:
                    columns[name][place] = float(row[name]) if row[name] else None
    return [Reported(branch=branch, segment=segment, **columns) for (branch, segment), columns in series.items()]


def palembang(frozen: Sequence[Reported]) -> int:
    return next(place for place, told in enumerate(frozen) if (told.branch, told.segment) == ("Palembang", "informal"))


def test_the_rates_of_the_worked_example_are_the_models(frozen: list[Reported]) -> None:
    found = law_of(frozen).course(np.array([palembang(frozen)]), 12).own

    assert found.stand.funded == [1880]
    assert found.rates.pool == [25476]
    assert found.path.pace == pytest.approx([0.025891], abs=5e-7)
    assert found.path.pace * 61750 == pytest.approx([1598.793], abs=5e-4)
    assert (found.rates.new, found.rates.lapse, found.rates.back) == (
        pytest.approx([2117.667], abs=5e-4),
        pytest.approx([0.027552], abs=5e-7),
        pytest.approx([0.041318], abs=5e-7),
    )
    season = [0.006898, 0.020543, 0.008127, -0.004529, -0.003977, 0.002481]
    season += [0.014969, 0.015918, 0.011046, -0.000003, 0.001654, -0.073125]
    assert found.path.season[0] == pytest.approx(season, abs=5e-7)


@pytest.mark.parametrize(
    ("ahead", "path", "flows", "run", "new", "lapse", "low", "high"),
    [
        (1, 63726.779, 63284.829, 63505.804, 2083.855, 0.023061, 62771.736, 64239.871),
        (2, 66499.606, 65444.344, 65971.975, 2826.027, 0.023140, 64688.571, 67255.379),
        (3, 68460.628, 67160.830, 67810.729, 2295.882, 0.023999, 66011.238, 69610.220),
        (6, 72208.641, 71143.758, 71676.199, 2084.379, 0.024234, 68722.428, 74629.970),
        (8, 76660.712, 75266.146, 75963.429, 2854.065, 0.022209, 72084.557, 79842.301),
        (11, 80982.790, 79681.716, 80332.253, 2370.360, 0.023722, 76107.223, 84557.282),
        (12, 77576.603, 75512.102, 76544.353, 1293.520, 0.073412, 72405.514, 80683.191),
    ],
)
def test_each_month_of_the_worked_example_is_the_models(
    frozen: list[Reported],
    ahead: int,
    path: float,
    flows: float,
    run: float,
    new: float,
    lapse: float,
    low: float,
    high: float,
) -> None:
    law = law_of(frozen)
    course = law.course(np.array([palembang(frozen)]), 12)

    assert law.record is not None
    assert (len(law.record.months), law.record.count) == (11, 11)
    near = {"abs": 5.1e-4}
    assert course.own.upon_path[0, ahead] == pytest.approx(path, **near)
    assert course.own.upon_flows[0, ahead] == pytest.approx(flows, **near)
    assert course.goal[ahead, 0] == pytest.approx(run, **near)
    assert course.flows.new[ahead, 0, 0] == pytest.approx(new, **near)
    assert course.flows.lapse[ahead, 0, 0] == pytest.approx(lapse, abs=5.1e-7)
    drawn = draws(course, 12)
    assert drawn.shape[2] == 22
    assert np.quantile(drawn[ahead, 0], [0.1, 0.9]) == pytest.approx([low, high], **near)


@pytest.mark.parametrize(
    ("segment", "low", "middle", "high"),
    [
        ("formal", 1309233, 1321558, 1333883),
        ("informal", 521236, 548265, 575295),
        ("construction", 217419, 223743, 230066),
        (None, 2065503, 2093567, 2121630),
    ],
)
def test_the_sums_twelve_months_ahead_are_the_models(
    frozen: list[Reported], segment: str | None, low: float, middle: float, high: float
) -> None:
    law = law_of(frozen)
    course = law.course(np.array([place for place, told in enumerate(frozen) if segment in {None, told.segment}]), 12)

    summed = draws(course, 12)[12].sum(axis=0)

    assert course.goal[12].sum() == pytest.approx(middle, abs=0.5)
    assert np.quantile(summed, [0.1, 0.9]) == pytest.approx([low, high], abs=0.5)


@pytest.mark.parametrize(
    ("ends", "in_july", "in_january"), [(6, 70266.199, 75134.353), (12, 71676.199, 76544.353)], ids=["july", "january"]
)
def test_a_budget_that_ends_counts_first_against_what_falls_anyway(
    frozen: list[Reported], ends: int, in_july: float, in_january: float
) -> None:
    place = palembang(frozen)
    members = np.zeros(len(frozen))
    members[place] = 1880

    course = law_of(frozen).course(np.array([place]), 12, running=[Held(members=members, ends=ends, stay=0.25)])

    assert course.goal[[6, 12], 0] == pytest.approx([in_july, in_january], abs=5.1e-4)
    walked, _ = walk(course, course.flows.new[:, :, 0], course.flows.lapse[:, :, 0])
    assert walked[12, 0] == pytest.approx(in_january, abs=5.1e-4)


# What the flows lead to, by the steps of the month written out once more


def draws(course: Course, horizon: int) -> Array:
    """The covered of every draw, by the month's steps with that draw's flows (months + 1, series, draws)."""
    drawn = course.drawn(horizon)
    assert drawn is not None
    return walk(course, drawn.new, drawn.lapse)[0]


def walk(course: Course, new: Array, lapse: Array) -> tuple[Array, Array]:
    """Steps 1 to 8 without levers, and the accounts that always hold: the covered, and whom the returns alone leave.

    Flows and results are (months + 1, series), or (months + 1, series, draws).
    """

    def each(figures: Array) -> Array:
        """Return figures of months and series, or of series alone, as they stand beside every draw."""
        return figures[..., np.newaxis] + np.zeros(new.shape[2]) if new.ndim == 3 else figures.copy()

    paying, pool, back = each(course.paying), each(course.pool), each(course.usual.back)
    funded, eligible = each(course.supported.funded[0]), each(course.eligible)
    members = [each(held.members) for held in course.running]
    covered, least = [paying + funded], [paying + funded]
    for month in range(1, len(new)):
        before = paying + funded
        lapsed, returned = np.minimum(lapse[month], 1) * paying, back * pool
        paying, pool = paying - lapsed + returned, pool + lapsed - returned
        ended, stayed = np.zeros_like(paying), np.zeros_like(paying)
        for place, held in enumerate(course.running):
            if held.ends == month:
                ended, stayed = ended + members[place], stayed + held.stay * members[place]
                members[place] = members[place] * 0
        paying, pool, funded = paying + stayed, pool + ended - stayed, funded - ended
        excess = np.maximum(paying + funded - eligible[month], 0)
        from_paying = np.minimum(excess, paying)
        kept = 1 - np.divide(excess - from_paying, funded, out=np.zeros_like(funded), where=funded > 0)
        paying, funded, members = paying - from_paying, funded * kept, [group * kept for group in members]
        room = np.maximum(eligible[month] - paying - funded, 0)
        came = np.minimum(np.maximum(new[month], 0), room)
        paying = paying + came
        pool = np.minimum(pool, np.maximum(eligible[month] - paying - funded, 0))
        covered.append(paying + funded)
        least.append(np.minimum(returned + stayed + funded, eligible[month]))
        change = came + returned - lapsed - (ended - stayed) - excess
        np.testing.assert_allclose(covered[-1], before + change, atol=1e-6, rtol=1e-12)
        assert (covered[-1] <= eligible[month] + 1e-6).all()
        for figure in (paying, pool, funded, came, lapsed, returned):
            assert (figure >= -1e-6).all()
    return np.array(covered), np.array(least)


# Data of every kind


def made(seed: int) -> list[Reported]:
    """Reports with holes, young and late series, stocks only, lost flows, nobody covered, E unknown or shrinking."""
    dice = np.random.default_rng(seed)
    months = int(dice.integers(2, 72))
    gaps_of_all = dice.random() < 0.1
    shared_holes = [month for month in range(1, months - 1) if gaps_of_all and dice.random() < 0.2]
    data = []
    for number in range(int(dice.integers(1, 9))):
        segment = str(dice.choice(["formal", "informal", "construction"]))
        begins = 0 if dice.random() < 0.5 else int(dice.integers(0, months))
        ends = months if dice.random() < 0.7 else max(int(dice.integers(months - 16, months)), begins + 1)
        level = float(dice.choice([0, 30, 5_000, 90_000]))
        eligible = level * float(dice.choice([0.9, 1.02, 1.6, 3])) + 1
        season = dice.normal(0, dice.choice([0.0, 0.01, 0.05]), 12)
        stocks_only, holes, lost = dice.random() < 0.25, dice.random() < 0.3, dice.random() < 0.3
        unknown_eligible, funded_kind = dice.random() < 0.2, int(dice.integers(0, 3))
        columns: dict[str, list[float | None]] = {name: [None] * months for name in FIGURES}
        now, pace = level, dice.normal(0.005, 0.01)
        for month in range(begins, ends):
            before = now
            new, returned = (float(np.floor(dice.gamma(2, 0.01) * before)) for _ in range(2))
            change = before * (pace + season[month % 12] + dice.normal(0, 0.01))
            if dice.random() < 0.02:
                change = float(dice.choice([-0.6, 1.5, -1])) * before
            now = float(max(np.floor(before + change), 0))
            if level == 0 and dice.random() < 0.1:
                now = float(dice.integers(0, 50))
            lapsed = max(new + returned - (now - before), 0)
            hole = month not in {begins, ends - 1} and holes and dice.random() < 0.2
            if hole or (month in shared_holes and month > begins):
                continue
            columns["active"][month] = now
            if not unknown_eligible and dice.random() > 0.03:
                columns["eligible"][month] = float(np.floor(eligible * (1 + 0.001 * month))) + 1
            if funded_kind and dice.random() > 0.05:
                columns["funded"][month] = float(np.floor(now * (0.1 if funded_kind == 1 else dice.random() * 1.3)))
            if not stocks_only:
                for name, value in (("new", new), ("lapsed", lapsed), ("returned", returned)):
                    if not lost or dice.random() < 0.7:
                        columns[name][month] = float(np.floor(value))
        if columns["active"].count(None) == months:
            columns["active"][begins] = level
        data.append(Reported(branch=f"B{number}", segment=segment, **columns))
    return data


def programmes(seed: int, data: Sequence[Reported]) -> list[list[slow_law.Held]]:
    """Running programmes: each holds part of the funded that no earlier one holds."""
    dice = np.random.default_rng(seed + 1_000_000)
    held: list[list[slow_law.Held]] = [[] for _ in data]
    for _ in range(int(dice.integers(0, 3))):
        ends, stay = int(dice.integers(1, 20)), float(dice.choice([0, 0.25, 1]))
        for place, told in enumerate(data):
            last = told.last_report
            free = min(told.funded[last] or 0.0, told.active[last] or 0.0) - sum(one.members for one in held[place])
            held[place].append(slow_law.Held(members=free * float(dice.choice([0, 0.5, 1])), ends=ends, stay=stay))
    return held


@pytest.mark.parametrize("block", range(5))
def test_the_quick_law_is_that_of_its_text(block: int) -> None:
    for seed in range(24 * block, 24 * block + 24):
        compare(seed)


def compare(seed: int, horizon: int = 30) -> None:
    data, growth = made(seed), (0.02, 0.0, -0.03)[seed % 3]
    held = programmes(seed, data)
    first = JANUARY_2020 + seed % 12
    expected = slow_law.law(data, first_month=first, horizon=horizon, growth=growth, programmes=held)

    law = law_of(data, growth)
    running = [
        Held(members=np.array([one[place].members for one in held]), ends=held[0][place].ends, stay=held[0][place].stay)
        for place in range(len(held[0]))
    ]
    run = np.flatnonzero(law.run)
    found = law.course(run, horizon, running=running)

    assert [place for place, one in enumerate(expected.runs) if one is not None] == run.tolist(), seed
    assert (law.band is None) == (expected.band.reason is not None), seed
    drawn = None if law.band is None else found.drawn(horizon)
    covered = None if law.band is None else draws(found, horizon)
    for place, series in enumerate(run):
        slow = expected.runs[series]
        assert slow is not None
        late = slow.late
        same(found.own.upon_path[place, late : late + horizon + 1], slow.path[late:], seed)
        same(found.own.upon_flows[place, late : late + horizon + 1], slow.flows[late:], seed)
        same(found.before_ends[:, place], slow.baseline[late:], seed)
        same(found.goal[:, place], slow.run[late:], seed)
        same(found.supported.funded[:, place], slow.funded[late:], seed)
        same(found.flows.new[1:, place, 0], slow.new[late + 1 :], seed)
        # Of (almost) nobody any share lapses.
        some = np.array(slow.run[late:-1]) - np.array(slow.funded[late:-1]) > 1e-3
        same(found.flows.lapse[1:, place, 0][some], np.array(slow.lapse[late + 1 :])[some], seed)
        if drawn is not None and covered is not None:
            for k, line in enumerate(slow.draws):
                same(covered[:, place, k], line[late:], seed)
                same(drawn.new[1:, place, k], slow.draws_new[k][late + 1 :], seed)
    no_levers_give(found, found.goal, found.flows.new[:, :, 0], found.flows.lapse[:, :, 0])
    if drawn is not None and found.errors is not None:
        no_levers_give(found, found.goal[:, :, np.newaxis] + found.errors, drawn.new, drawn.lapse)


def same(found: Array, expected: Sequence[float] | Array, seed: int) -> None:
    np.testing.assert_allclose(found, expected, atol=1e-6, rtol=1e-12, err_msg=f"seed {seed}")


def no_levers_give(course: Course, goal: Array, new: Array, lapse: Array) -> None:
    """Without levers the steps lead exactly to the goal; to more only where the returns of a month alone exceed it."""
    covered, least = walk(course, new, lapse)
    funded, eligible = course.supported.funded, course.eligible
    if goal.ndim == 3:
        funded, eligible = funded[:, :, np.newaxis], eligible[:, :, np.newaxis]
    wanted = np.minimum(np.maximum(goal, funded), eligible)
    np.testing.assert_allclose(covered[1:], np.maximum(wanted, least)[1:], atol=1e-6, rtol=1e-12)
