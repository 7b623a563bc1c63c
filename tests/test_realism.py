"""Are records found as a hand would find them, and is a scenario held against the right one?"""

from __future__ import annotations

import pytest

from coverage.answers import realism
from coverage.base import settings, texts
from coverage.model import runs, scenarios
from coverage.model import view as views
from coverage.model.levers import Programme
from coverage.model.scenarios import Scenario
from coverage.model.view import Scope, View
from coverage.wording.realism import describe_record
from tests import frames

EN, ID = texts.load("en"), texts.load("id")


def branch(
    name: str,
    new: list[int],
    *,
    active: int = 1000,
    eligible: int | None = 2000,
    lapsed: int = 20,
    **columns: list[int],
) -> list[dict]:
    """A branch whose members stay as many: its flows are what is looked at."""
    count = len(new)
    return frames.history(
        "2022-01",
        [active] * count,
        branch=name,
        eligible=[eligible] * count,
        new=new,
        lapsed=[lapsed] * count,
        **columns,
    )


def look(*histories: list[dict], branches: tuple[str, ...] = ()) -> View:
    table = frames.branch_months(*[row for one in histories for row in one])
    return views.of(
        table, frames.register(), None, scope=Scope(branches=branches), as_of=None, settings=settings.load()
    )


# Palembang registers 20 a month of 2000, Jambi 30 but once 60 in three months running, Bengkulu 10 of 500.
THREE = (
    branch("Palembang", [20] * 13),
    branch("Jambi", [30] * 5 + [60] * 3 + [30] * 5, lapsed=10),
    branch("Bengkulu", [10] * 13, active=250, eligible=500, lapsed=25),
)


def record(view: View, months: int, measure: str, name: str) -> float:
    rows = realism.records(view, months).rows
    return float(rows.filter(measure=measure, branch=name)["best"].item())


def held(view: View, scenario: Scenario, ahead: int) -> list[dict]:
    run = runs.flows(view, scenario, ahead)
    return realism.against_records(view, realism.records(view, ahead), scenario, run).to_dicts()


def test_a_record_is_the_best_of_as_many_months_in_a_row_for_the_size() -> None:
    view = look(*THREE)

    # Three months of 60 for each of 2000; over twelve months nine of 30 and three of 60.
    assert record(view, 3, "registered", "Jambi") == pytest.approx(0.03)
    assert record(view, 12, "registered", "Jambi") == pytest.approx((9 * 30 + 3 * 60) / (12 * 2000))
    assert record(view, 3, "registered", "Bengkulu") == pytest.approx(0.02)
    assert realism.records(view, 24).months == 12


def test_the_record_of_lapses_is_the_lowest() -> None:
    view = look(branch("A", [20] * 13), branch("B", [20] * 13, lapsed=10))

    assert record(view, 3, "lapsed", "A") == pytest.approx(0.02)
    assert record(view, 3, "lapsed", "B") == pytest.approx(0.01)


def test_the_records_month_is_the_last_of_the_months_in_a_row() -> None:
    rows = realism.records(look(*THREE), 3).rows

    assert rows.filter(measure="registered", branch="Jambi")["month"].item().isoformat() == "2022-08-01"


def test_what_is_asked_for_is_held_against_every_branch_of_the_data_whoever_is_looking() -> None:
    view = look(*THREE, branches=("Palembang",))
    # 20 a month and 10 more, of 2000 that do not grow: 1.5 % a month. Jambi did 3 %, Bengkulu 2 %, Palembang 1 %.
    more = Scenario().with_levers("informal", new=0.5, eligible_growth=0.0)

    [row] = held(view, more, 3)

    assert (row["segment"], row["measure"], row["of"], row["months"]) == ("informal", "registered", "eligible", 3)
    assert row["needed"] == pytest.approx(0.015)
    assert (row["branches"], row["never"], row["best_branch"]) == (3, 1, "Jambi")
    assert row["times"] == pytest.approx(2)
    assert describe_record(row, EN) == (
        "1 of 3 branches has never registered as many for their size over 3 months in a row. The best, Jambi, did "
        "2.0 × that."
    )


def test_what_nobody_ever_did_is_said_so() -> None:
    view = look(*THREE, branches=("Palembang",))

    [row] = held(view, Scenario().with_levers("informal", extra=100, eligible_growth=0.0), 3)

    # 120 of 2000 a month are twice what the best did.
    assert (row["never"], row["times"]) == (3, pytest.approx(0.5))
    assert describe_record(row, ID).startswith("Belum satu pun dari 3 cabang pernah mendaftarkan sebanyak itu")


def test_what_is_usual_everybody_has_done() -> None:
    rows = [branch("A", [20] * 13), branch("B", [20] * 13)]
    run_of = look(*rows)
    still = Scenario().with_levers("informal", eligible_growth=0.0)

    row = realism.of_lever(run_of, realism.records(run_of, 3), still, runs.flows(run_of, still, 3), "informal", "new")

    assert row["never"] == 0
    assert describe_record(row, EN).startswith("All 2 branches have registered as many")


def test_fewer_lapses_are_held_against_the_lowest_anybody_had() -> None:
    view = look(*THREE, branches=("Palembang",))

    # 2 % lapse a month; half of that is what Jambi had all along.
    [row] = held(view, Scenario().with_levers("informal", lapse=-0.5), 12)

    assert row["needed"] == pytest.approx(0.01)
    assert (row["never"], row["best_branch"]) == (2, "Jambi")


def test_returns_and_funded_members_have_their_own_records() -> None:
    view = look(
        branch("A", [20] * 13, returned=[10] * 13, funded=[100] * 13),
        branch("B", [20] * 13, returned=[5] * 13, funded=[0] * 12 + [400]),
        branches=("A",),
    )
    programme = Programme.model_validate(
        {"name": "APBD", "segment": "informal", "workers": 200, "starts": "2023-02", "months": 6}
    )
    both = Scenario(programme=(programme,)).with_levers("informal", back=0.1, eligible_growth=0.0)

    rows = {row["measure"]: row for row in held(view, both, 3)}

    assert record(view, 3, "returned", "A") == pytest.approx(0.01)
    assert record(view, 3, "funded", "B") == pytest.approx(0.2)
    # 100 funded and 200 more of 2000.
    assert rows["funded"]["needed"] == pytest.approx(0.15)
    assert (rows["funded"]["never"], rows["funded"]["best_branch"]) == (1, "B")
    assert set(rows) == {"returned", "funded"}


def test_of_what_nobody_ever_did_any_no_branch_is_called_the_best() -> None:
    view = look(branch("A", [20] * 13, funded=[0] * 13), branch("B", [20] * 13, funded=[0] * 13))
    programme = Programme.model_validate(
        {"name": "APBD", "segment": "informal", "workers": 200, "starts": "2023-02", "months": 6}
    )

    [row] = held(view, Scenario(programme=(programme,)), 3)

    assert describe_record(row, EN) == "None of the 2 branches has ever had as large a share funded."


def test_where_the_eligible_of_any_are_unknown_sizes_are_active_members() -> None:
    view = look(branch("A", [20] * 13), branch("B", [30] * 13, eligible=None))

    assert record(view, 3, "registered", "A") == pytest.approx(0.02)
    assert record(view, 3, "registered", "B") == pytest.approx(0.03)
    assert realism.records(view, 3).of["informal"] == "active"


def test_a_single_branch_has_nobody_to_be_compared_with() -> None:
    view = look(THREE[0])

    [row] = held(view, Scenario().with_levers("informal", new=0.5), 3)

    assert (row["reason"], row["needed"]) == ("one_branch", None)
    assert describe_record(row, EN) == "There is no other branch to compare with."


def test_histories_that_are_too_short_or_have_no_flows_say_so() -> None:
    short = look(branch("A", [20] * 2), branch("B", [20] * 2))
    no_flows = look(
        frames.history("2022-01", [1000] * 13, branch="A", eligible=[2000] * 13),
        frames.history("2022-01", [1000] * 13, branch="B", eligible=[2000] * 13),
    )

    for view in (short, no_flows):
        [row] = held(view, Scenario().with_levers("informal", new=0.5), 12)
        assert row["reason"] == "no_records"
        assert "too short" in describe_record(row, EN)


def test_a_month_without_figures_breaks_the_row() -> None:
    broken = [row for row in branch("B", [90] * 13) if row["month"] not in {"2022-04", "2022-08", "2022-12"}]
    view = look(branch("A", [20] * 13), broken)

    assert realism.records(view, 4).rows.filter(measure="registered", branch="B")["best"].item() is None


def test_only_what_asks_for_more_than_usual_is_held_against_anybody() -> None:
    easier = Scenario().with_levers("informal", new=-0.2, lapse=0.3, back=-0.1)
    harder = Scenario().with_levers("informal", new=0.2, extra=10, lapse=-0.3, back=0.1)
    ruled = scenarios.validated({"rule": {"formal": {"kind": "hold"}}}, file="")

    assert realism.deeds_asked_for(easier) == []
    assert realism.deeds_asked_for(harder) == [(("informal"), one) for one in ("registered", "lapsed", "returned")]
    assert realism.deeds_asked_for(ruled) == [("formal", "registered")]
