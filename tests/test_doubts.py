"""Is nothing believed against the figures, and is what they cannot decide asked about?"""

from __future__ import annotations

from itertools import accumulate, permutations

import numpy as np
import polars as pl
import pytest

from coverage.base import settings
from coverage.intake import sums
from coverage.intake.read import Handed, Intake, read

SETTINGS = settings.load()
NEW = [400, 520, 310, 450, 380, 500, 420, 610, 330, 470, 390, 560]
LAPSED = [300, 310, 290, 320, 300, 280, 310, 330, 300, 290, 310, 300]


def handed(columns: dict[str, list[int]], *, first: tuple[int, int] = (2022, 1)) -> Intake:
    """Read a file of one branch, a row for each month from the first on."""
    lines = [";".join(["Bulan", "Cabang", "Segmen", *columns])]
    for at, figures in enumerate(zip(*columns.values(), strict=True)):
        month = first[0] * 12 + first[1] - 1 + at
        lines.append(f"{month // 12}-{month % 12 + 1:02d};Batam;PU;" + ";".join(map(str, figures)))
    return read([Handed(name="a.csv", content=("\n".join(lines) + "\n").encode())], settings=SETTINGS)


def stock(new: list[int], lapsed: list[int]) -> list[int]:
    return [50_000 + rise for rise in accumulate(now - gone for now, gone in zip(new, lapsed, strict=True))]


def since_january(flow: list[int]) -> list[int]:
    """Sum a flow that begins in January from each January on."""
    return [sum(flow[at - at % 12 : at + 1]) for at in range(len(flow))]


def codes(intake: Intake) -> set[str]:
    return set(intake.problems["code"])


def test_sums_since_january_that_nobody_calls_so_are_not_used_where_the_stock_follows_their_differences() -> None:
    new, lapsed = NEW * 2, LAPSED * 2
    intake = handed({"Aktif": stock(new, lapsed), "Akuisisi": since_january(new), "Keluar": lapsed})
    assert "since_january_unsaid" in codes(intake)
    assert intake.table["new"].null_count() == 24
    assert intake.table["lapsed"].to_list() == lapsed


def test_sums_since_january_without_a_balance_are_asked_about_and_used_as_they_stand() -> None:
    new, lapsed = NEW * 2, LAPSED * 2
    intake = handed({"Aktif": stock(new, lapsed), "Akuisisi": since_january(new)})
    assert "since_january_unsaid_used" in codes(intake)
    assert intake.table["new"].to_list() == since_january(new)


def test_a_single_year_without_a_january_is_asked_about() -> None:
    new, lapsed = NEW[:8], LAPSED[:8]
    sums = list(accumulate(new))
    intake = handed({"Aktif": stock(new, lapsed), "Akuisisi": sums}, first=(2022, 3))
    assert "since_january_unsaid_used" in codes(intake)
    assert intake.table["new"].to_list() == sums


def test_registrations_that_are_merely_low_every_january_are_sound() -> None:
    new = [100 if at % 12 == 0 else NEW[at % 12] for at in range(24)]
    lapsed = LAPSED * 2
    intake = handed({"Aktif": stock(new, lapsed), "Akuisisi": new, "Keluar": lapsed})
    assert not {code for code in codes(intake) if code.startswith("since_january")}
    assert intake.table["new"].to_list() == new


def test_a_stock_taken_for_a_flow_is_not_used_where_the_stock_of_active_members_follows_its_differences() -> None:
    lapsed = [20_000 + 60 * at for at in range(12)]
    active = [50_000 + rise for rise in accumulate(now - 60 for now in NEW)]
    intake = handed({"Aktif": active, "Akuisisi": NEW, "Keluar": lapsed})
    assert "flow_is_stock" in codes(intake)
    assert intake.table["lapsed"].null_count() == 12


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"Aktif": [50_000, 50_900], "Akuisisi": [400, 500]}, "rose_beyond_flows"),
        ({"Aktif": [50_000, 49_000], "Keluar": [400, 500]}, "fell_beyond_flows"),
    ],
)
def test_a_balance_of_one_side_is_held_against_the_stock(columns: dict[str, list[int]], code: str) -> None:
    intake = handed(columns)
    assert intake.problems.filter(pl.col("code") == code)["line"].to_list() == [3]


@pytest.mark.parametrize("columns", [{"Aktif": [50_000, 50_500], "Akuisisi": [400, 500]},
                                     {"Aktif": [50_000, 49_500], "Keluar": [400, 500]}])  # fmt: skip
def test_a_stock_that_moves_within_its_flows_is_sound(columns: dict[str, list[int]]) -> None:
    assert not codes(handed(columns)) & {"rose_beyond_flows", "fell_beyond_flows"}


def test_eligible_workers_in_thousands_that_nobody_mentions_are_not_used() -> None:
    intake = handed({"Aktif": [139_200, 139_450], "Potensi": [174, 175]})
    assert "thousands_unsaid" in codes(intake)
    assert intake.table["eligible"].null_count() == 2


@pytest.mark.files
def test_the_look_at_all_pairs_at_once_overlooks_no_place_that_two_others_add_up_to() -> None:
    random = np.random.default_rng(5)
    for _ in range(40):
        figures = random.integers(1, 60, size=(12, 2)).astype(float)
        figures[random.random(figures.shape) < 0.2] = np.nan
        figures[np.isnan(figures).all(axis=1), 0] = 7
        may = sums._may_be_a_pair(figures)
        for at, one, two in permutations(range(12), 3):
            column = int(np.nanargmax(figures[at]))
            assert may[at] or figures[one, column] + figures[two, column] != figures[at, column]
