"""What does it cost to say which lever did it: 8 levers of 650 series over 12 months, beside a plain NumPy floor?

`python -m bench.credit` measures everything by turns in one run and prints a Markdown table of medians. The floor runs
the plain loop of the same equations (`bench/projection.py`) once for every set of levers that has to be tried.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from bench import projection as floor
from bench import turns
from coverage.answers import credit, sensitivity
from coverage.base import settings, tables
from coverage.model import runs, scenarios
from coverage.model import view as views
from coverage.model.scenarios import Scenario
from coverage.model.view import Scope, View

AHEAD = 12
LIMIT = 150.0
ONE_SEGMENT = {"new": 0.3, "lapse": -0.2, "back": 0.4, "extra": 500, "eligible_growth": 0.03, "starts": "2023-03"}


def programme(number: int) -> dict[str, object]:
    paid = {"name": f"P{number}", "segment": "informal", "workers": 5000 * number, "starts": "2023-04", "months": 6}
    return paid | {"stay": 0.2}


def scenario(levers: dict[str, object], programmes: int) -> Scenario:
    paid = [programme(number) for number in range(1, programmes + 1)]
    return scenarios.validated({"levers": levers, "programme": paid}, file="")


def alike() -> View:
    """A view of 650 series of one segment: the hardest case, for no two levers can be told apart by their series."""
    table = floor.history()
    one = table.with_columns(
        branch=pl.col("branch") + pl.col("segment").cast(pl.String),
        segment=pl.lit("informal").cast(tables.Segment),
    )
    return look(one)


def look(table: tables.BranchMonths) -> View:
    register = pl.DataFrame(schema=tables.REGISTER)
    return views.of(table, register, None, scope=Scope(), as_of=None, settings=settings.load())


def tasks() -> dict[str, tuple[Callable[[], object], float | None]]:
    two, one = look(floor.history()), alike()
    spread = scenario({"formal": ONE_SEGMENT, "informal": {"new": 0.2, "lapse": -0.1}}, 1)
    hard, many = scenario({"informal": ONE_SEGMENT}, 3), scenario({"informal": ONE_SEGMENT}, 7)
    plan = runs.plan(one, hard)

    def plain() -> None:
        for _ in range(2**8):
            floor.plain(one.start, plan, AHEAD)

    still = Scenario()
    return {
        "8 levers and programmes in two segments": (lambda: credit.split(two, still, spread, AHEAD), LIMIT),
        "8 levers and programmes of the same 650 series": (lambda: credit.split(one, still, hard, AHEAD), LIMIT),
        "plain NumPy loop, 256 sets one by one": (plain, None),
        "12 of the same 650 series, 256 drawn orders": (lambda: credit.split(one, still, many, AHEAD), None),
        "every rate a tenth either way": (lambda: sensitivity.tornado(two, spread, AHEAD), None),
    }


def measure(repetitions: int) -> None:
    found = tasks()
    told = turns.taken({name: act for name, (act, _) in found.items()}, repetitions)
    print(turns.table(told, {name: limit for name, (_, limit) in found.items()}))
    names = list(found)
    ratio = turns.ratio(told, names[1], names[2])
    print(f"\nAll 256 sets side by side take {ratio:.2f} x the time of the plain loop, one by one.")


if __name__ == "__main__":
    measure(turns.repetitions(__doc__, 7))
