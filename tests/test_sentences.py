"""Do the sentences say what the tables hold, in both languages?"""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from coverage.base import texts
from coverage.base.tables import Standing
from coverage.wording import chances, sentences

ID, EN = texts.load("id"), texts.load("en")


def standing_row(**values: object) -> dict[str, object]:
    """Return a row of gaps: Palembang's formal workers, with some values changed."""
    row: dict[str, object] = {
        "segment": "formal",
        "active": 139_200.0,
        "achieved": 139_200.0,
        "target": 174_000.0,
        "target_month": date(2023, 12, 1),
        "attainment": 0.8,
        "gap": 34_800.0,
        "short": 34_800.0,
        "pace": 990.0,
        "required_pace": 34_800 / 11,
        "status": "off_track",
        "eta": date(2028, 9, 1),
        "months_of_history": 12,
        "history_months": 12,
        "measure": "workers",
    }
    return row | values


def gaps(*rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(list(rows)).with_columns(pl.col("status").cast(Standing))


def months_of(covered: list[float], **others: list[float]) -> pl.DataFrame:
    """Return one key's projection from January 2023 on, with a target of 100."""
    flows = {"ended": [0.0] * len(covered), "stayed": [0.0] * len(covered)} | others
    calendar = [date(2023, 1 + index, 1) for index in range(len(covered))]
    aims = {"target": [100.0] * len(covered), "short": [max(100 - one, 0) for one in covered]}
    return pl.DataFrame({"month": calendar, "covered": covered} | aims | flows)


def test_the_standing_says_what_is_missing_by_when_and_what_pace_it_takes():
    assert sentences.describe_standing(gaps(standing_row()), ID) == (
        "Formal kurang 34.800 pekerja dari target 174.000. Tanpa langkah baru, formal baru tercapai September 2028. "
        "Agar tercapai Desember 2023, formal perlu bertambah bersih 3.164 pekerja sebulan (kini +990)."
    )


def test_a_pace_from_fewer_than_twelve_months_says_so():
    rows = gaps(standing_row(months_of_history=4), standing_row(segment="informal", months_of_history=1))
    assert sentences.describe_standing(rows, ID).endswith(
        "Laju informal dan formal baru dihitung dari 1 bulan, belum 12: perkiraannya masih kasar."
    )
    alone = sentences.describe_standing(gaps(standing_row(months_of_history=4)), EN)
    assert alone.endswith("The pace of formal comes from 4 months, not 12: the projection is rough.")
    assert "not 12" not in sentences.describe_standing(
        gaps(standing_row(months_of_history=0)), EN
    )  # that has its own words


def test_a_target_that_is_never_reached_is_said_so():
    said = sentences.describe_standing(gaps(standing_row(eta=None)), EN)
    assert "formal does not get there within 10 years" in said


def test_a_pace_that_is_not_known_leaves_what_it_takes_to_be_said_in_both_languages():
    row = standing_row(pace=None, eta=None, months_of_history=0)
    assert (
        "Agar tercapai Desember 2023, formal perlu bertambah bersih 3.164 pekerja sebulan."
        in sentences.describe_standing(gaps(row), ID)
    )
    assert (
        "To get there by December 2023, formal has to grow by 3,164 workers a month net of lapses."
        in sentences.describe_standing(gaps(row), EN)
    )


def test_what_is_reached_is_said_without_a_pace():
    row = standing_row(gap=-500.0, short=0.0, status="reached", required_pace=0.0, attainment=1.003)
    assert sentences.describe_standing(gaps(row), EN) == "Formal is past the target of 174,000 by 500 workers."


def test_who_is_just_there_has_no_surplus():
    row = standing_row(gap=0.0, short=0.0, status="reached", required_pace=0.0, attainment=1.0)
    assert sentences.describe_standing(gaps(row), EN) == "Formal has reached the target of 174,000."
    assert sentences.describe_in_short(row, EN) == "✔ Reached · 100.0% · just on target"


def test_who_gets_there_in_time_is_told_no_pace():
    late = standing_row(segment="informal")
    in_time = standing_row(eta=date(2023, 12, 1), status="on_track")
    said = sentences.describe_standing(gaps(in_time, late), EN)
    assert "formal gets there in time, in December 2023" in said
    assert "To get there by December 2023, informal has to grow by 3,164" in said
    assert "formal has to grow" not in said.replace("informal has to grow", "")
    assert "has to grow" not in sentences.describe_standing(gaps(in_time), EN)


def test_each_target_is_asked_for_by_its_own_month():
    june = standing_row(segment="informal", target_month=date(2023, 6, 1), required_pace=17.0)
    said = sentences.describe_standing(gaps(standing_row(), june), EN)
    assert "To get there by June 2023, informal has to grow by 17" in said
    assert "To get there by December 2023, formal has to grow by 3,164" in said


def test_a_target_for_registrations_asks_for_registrations():
    row = standing_row(measure="registrations", achieved=1_665.0, target=12_000.0, gap=10_335.0, pace=1_665.0)
    said = sentences.describe_standing(gaps(row | {"required_pace": 939.5}), EN)
    assert said.startswith("Formal has registered 1,665 of a target of 12,000.")
    assert said.endswith("formal needs 940 registrations a month (now 1,665).")


def test_an_outcome_says_what_a_surplus_elsewhere_does_not_fill():
    still = months_of([50.0, 110.0]).with_columns(short=pl.Series([60.0, 15.0]))
    said = sentences.describe_outcome(still, still, EN, segment=None, changed=True)
    assert said.startswith("All together reaches 110 in February 2023: the target of 100 is met (110.0%).")
    assert "segment by segment, 15 workers are still short" in said


def test_branches_without_a_target_have_not_reached_it():
    reached = standing_row(branch="A", gap=-5.0, short=0.0, status="reached")
    aimless = standing_row(branch="B", target=None, gap=None, short=None, attainment=None, status="unknown")
    said = sentences.describe_ranking(gaps(reached, aimless), gaps(reached), EN)
    assert said == "A has reached its target of 174,000. 1 branch has no target."
    both = sentences.describe_ranking(gaps(reached, reached | {"branch": "C"}), gaps(reached), ID)
    assert both == "Semua 2 cabang sudah mencapai target."


def test_without_a_target_nothing_is_missing():
    row = standing_row(target=None, gap=None, short=None, attainment=None)
    assert sentences.describe_standing(gaps(row), ID) == "Belum ada target untuk pilihan ini."


def test_a_card_counts_the_shortage_that_a_surplus_elsewhere_would_hide():
    row = standing_row(gap=24_070.0, short=25_050.0, attainment=0.883, status="on_track")
    assert sentences.describe_in_short(row, EN) == "▲ On track · 88.3% · 25,050 short"


def test_the_outcome_names_the_cliff_and_the_gain_over_the_baseline():
    still = months_of([50.0, 55.0, 60.0])
    moved = months_of([50.0, 90.0, 80.0], ended=[0.0, 0.0, 20.0], stayed=[0.0, 0.0, 5.0])
    said = sentences.describe_outcome(still, moved, EN, segment="informal", changed=True)
    assert said == (
        "Informal reaches 80 of the target of 100 in March 2023 (80.0%), still 20 workers short. "
        "That is 20 workers more than without new steps. "
        "Mind March 2023: the programme's money ends and 15 workers drop out."
    )


def test_an_outcome_that_is_met_early_says_when():
    still, moved = months_of([50.0, 55.0, 60.0]), months_of([50.0, 101.0, 110.0])
    said = sentences.describe_outcome(still, moved, EN, segment=None, changed=True)
    assert said.startswith("All together reaches 110 in March 2023: the target of 100 is met (110.0%).")
    assert said.endswith("The target is reached in February 2023.")


def test_untouched_levers_are_said_to_be_untouched():
    still = months_of([50.0, 55.0])
    said = sentences.describe_outcome(still, still, ID, segment="formal", changed=False)
    assert said.endswith("Belum ada yang diubah: inilah arah tanpa langkah baru.")


def test_a_ranking_adds_shortages_and_names_the_surplus_that_does_not_fill_them():
    ranked = gaps(
        standing_row(branch="A", gap=30.0, short=30.0),
        standing_row(branch="B", gap=-20.0, short=0.0, status="reached"),
    )
    total = gaps(standing_row(gap=10.0, short=30.0))
    assert sentences.describe_ranking(ranked, total, EN) == (
        "1 of 2 branches is short of 30 workers; most A (30). "
        "A surplus of 20 workers in other branches or segments does not fill it."
    )


def test_the_only_branch_with_a_target_is_ranked_among_none():
    short = standing_row(branch="A", gap=30.0, short=30.0)
    aimless = standing_row(branch="B", target=None, gap=None, short=None, attainment=None, status="unknown")
    total = gaps(standing_row(gap=30.0, short=30.0))
    assert sentences.describe_ranking(gaps(short), total, EN) == "A is 30 workers short of its target."
    assert sentences.describe_ranking(gaps(short, aimless), total, ID) == (
        "A masih kurang 30 pekerja dari target. 1 cabang belum punya target."
    )


def test_the_cost_of_programmes_is_said_in_rupiah_and_months():
    # 10 000 workers for six months at Rp16 800 each.
    money = pl.DataFrame({"payer_rupiah": [1_008_000_000.0], "person_months": [60_000.0]})
    assert sentences.describe_costs(money, ID) == "Seluruhnya Rp1,01 miliar untuk 60.000 bulan iuran."


@pytest.mark.parametrize(
    ("chance", "cell", "words"),
    [
        (0.0, "< 1 in 10", "less than 1 in 10"),
        (0.09, "< 1 in 10", "less than 1 in 10"),
        (0.1, "1 in 10", "1 in 10"),
        (0.34, "3 in 10", "3 in 10"),
        (0.9, "9 in 10", "9 in 10"),
        (0.91, "> 9 in 10", "more than 9 in 10"),
        (1.0, "> 9 in 10", "more than 9 in 10"),
    ],
)
def test_a_chance_is_told_in_tenths_and_never_as_certain(chance: float, cell: str, words: str) -> None:
    assert (chances.describe_chance(chance, EN), chances.describe_likelihood(chance, EN)) == (cell, words)
    assert chances.describe_chance(None, EN) == "–"
