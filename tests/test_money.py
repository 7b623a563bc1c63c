"""Does each payer's bill, the discount and the cliff come out as a hand works them out?"""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from coverage.answers import money
from coverage.base import months, settings, texts
from coverage.model import runs, scenarios
from coverage.model import view as views
from coverage.model.levers import Programme
from coverage.model.scenarios import Scenario
from coverage.model.targets import TargetSet
from coverage.model.view import Scope, View
from coverage.wording.money import (
    cliffs_table,
    describe_cliffs,
    describe_discount,
    describe_next_cliff,
    describe_payers,
    yearly_payments_table,
)
from tests import frames

LANGUAGES = [texts.load(name) for name in texts.languages()]
GIVEN = settings.load()


def look(as_of: str = "2026-01", *, segment: str = "informal", **columns: int) -> View:
    """One branch of 1000 members that nobody joins or leaves, as of a month."""
    first = months.code(months.add(months.parse(as_of), -12))
    still = {"new": [0] * 13, "lapsed": [0] * 13} | {name: [value] * 13 for name, value in columns.items()}
    table = frames.branch_months(*frames.history(first, [1000] * 13, segment=segment, **still))
    return views.of(table, frames.register(), TargetSet(), scope=Scope(), as_of=None, settings=GIVEN)


def programme(**said: object) -> dict[str, object]:
    usual = {"name": "A", "segment": "informal", "workers": 100, "starts": "2026-03", "months": 4}
    return usual | said


def with_programmes(*programmes: dict[str, object]) -> Scenario:
    return scenarios.validated({"programme": list(programmes)}, file="")


def paid(view: View, scenario: Scenario, horizon: int = 14) -> pl.DataFrame:
    return money.monthly(view, scenario, runs.flows(view, scenario, horizon))


@pytest.mark.parametrize(
    ("month", "rupiah"),
    [
        ("2025-12", 16_800),
        ("2026-03", 16_800),
        ("2026-04", 8_400),
        ("2026-06", 8_400),
        ("2026-12", 8_400),
        ("2027-01", 16_800),
        ("2027-04", 16_800),
    ],
)
def test_who_pays_alone_pays_half_in_the_months_of_the_discount(month: str, rupiah: int) -> None:
    assert money.premium(months.parse(month), GIVEN) == rupiah


def test_two_programmes_of_one_name_are_two() -> None:
    twins = paid(look(), with_programmes(programme(), programme(workers=50)))

    years = money.yearly(twins)
    assert years["programme"].to_list() == ["A", "A (2)"]  # two rows in a table, two series in a chart
    assert years["workers"].to_list() == [100, 50]
    assert years["payer_rupiah"].to_list() == [100 * 4 * 16_800, 50 * 4 * 16_800]
    weight = with_programmes(programme()).programme[0].weight
    assert texts.load("en")("money.payers", listed="x", counted=f"{150 * weight:.0f}", workers="150").split("x")[1] in (
        describe_payers(twins, texts.load("en"))
    )


def test_a_government_programme_pays_the_full_premium_in_june_2026() -> None:
    view = look()

    june = paid(view, with_programmes(programme(months=12))).filter(month=date(2026, 6, 1)).to_dicts()[0]

    assert june["payer_rupiah"] == 100 * 16_800
    assert june["saving_rupiah"] == 0


def test_a_companys_programme_may_save_half_and_a_villages_is_not_known() -> None:
    view = look()
    both = with_programmes(programme(name="C", fund="corporate"), programme(name="V", fund="village"))

    found = paid(view, both)

    # March at the full premium, April to June inside the window: three months of 100 x 8 400.
    years = money.yearly(found)
    assert years["payer_rupiah"].to_list() == [4 * 100 * 16_800] * 2
    assert years["saving_rupiah"].to_list() == [3 * 100 * 8_400, None]
    # Before the window the discount is none, for whomever.
    assert found.filter(month=date(2026, 3, 1))["saving_rupiah"].to_list() == [0, 0]


@pytest.mark.parametrize("fund", money.DISCOUNT)
def test_wage_earners_have_no_discount_whoever_pays(fund: str) -> None:
    # Half of 16 800 for 100 workers in three months, 2.52 million, would be a saving that article 1 does not give.
    formal = with_programmes(programme(segment="formal", fund=fund, starts="2026-05", months=3))
    view = look(segment="formal")

    found = paid(view, formal)

    assert found["saving_rupiah"].to_list() == [0, 0, 0]
    run = runs.flows(view, formal, 14)
    said = describe_discount(view, found, money.own_premiums(view, run), texts.load("en"))
    assert "may save" not in said
    assert "APBDes" not in said


@pytest.mark.parametrize(
    ("group", "months_at_half"),
    [("general", 9), ("transport", 12)],  # April to December; January to December
)
def test_the_months_of_transport_workers_can_be_chosen(group: str, months_at_half: int) -> None:
    view = look("2025-12")

    found = money.own_premiums(view, runs.flows(view, Scenario(), 12), group)

    (year,) = money.own_yearly(found).to_dicts()
    assert year["saving_rupiah"] == pytest.approx(1000 * months_at_half * 8_400)


def test_a_programme_of_transport_workers_may_save_in_january_already() -> None:
    view = look("2025-12")
    one = with_programmes(programme(starts="2026-01", months=1, fund="corporate"))

    (bill,) = money.monthly(view, one, runs.flows(view, one, 3), "transport").to_dicts()

    assert bill["saving_rupiah"] == 100 * 8_400


def test_only_the_two_insurances_are_discounted_of_a_higher_premium() -> None:
    # 36 800 are 16 800 and 20 000 of old-age savings: half of the 16 800 may be saved.
    rich = with_programmes(programme(starts="2026-05", months=1, premium=36_800, fund="corporate"))

    found = paid(look(), rich).to_dicts()[0]

    assert (found["payer_rupiah"], found["saving_rupiah"]) == (100 * 36_800, 100 * 8_400)


def test_a_bill_is_split_by_payer_year_and_share() -> None:
    # From November 2026 for four months: two in each year, of which the payer bears three quarters.
    shared = with_programmes(programme(starts="2026-11", share=0.75), programme(name="B", workers=50, fund="village"))
    found = paid(look(), shared)

    years = money.yearly(found).sort("programme", "year")
    assert years["year"].to_list() == [2026, 2027, 2026]
    assert years["person_months"].to_list() == [200, 200, 200]
    assert years["payer_rupiah"].to_list() == pytest.approx([200 * 12_600] * 2 + [200 * 16_800])
    assert years["members_rupiah"].to_list() == pytest.approx([200 * 4_200] * 2 + [0])
    funds = money.by_fund(found)
    assert funds.select("fund", "year").rows() == [("government", 2026), ("village", 2026), ("government", 2027)]


@pytest.mark.parametrize(
    ("fund", "length", "counted"),
    [("government", 3, 50), ("village", 8, 100), ("corporate", 4, 0), ("corporate", 6, 100)],
)
def test_members_count_by_the_performance_rule(fund: str, length: int, counted: float) -> None:
    # The table of PROBIS p. 67: 1000 workers for 3 months count 500, for 8 months 1000; a company's only from 6 on.
    found = paid(look(), with_programmes(programme(fund=fund, months=length)))

    assert money.yearly(found)["counted"].to_list() == [counted]


def test_self_paying_members_owe_less_inside_the_window() -> None:
    # 1000 members, 200 of them funded: 800 pay. The months are January to December 2026, 9 of them at half.
    view = look("2025-12", funded=200)
    found = money.own_premiums(view, runs.flows(view, Scenario(), 12))

    assert found["workers"].to_list() == pytest.approx([800] * 12)
    year = money.own_yearly(found).to_dicts()[0]
    assert year["year"] == 2026
    assert year["full_rupiah"] == pytest.approx(800 * 12 * 16_800)
    assert year["due_rupiah"] == pytest.approx(800 * (3 * 16_800 + 9 * 8_400))
    assert year["saving_rupiah"] == pytest.approx(800 * 9 * 8_400)


def test_wage_earners_owe_no_contribution_of_the_informal() -> None:
    view = look(segment="formal")

    assert money.own_premiums(view, runs.flows(view, Scenario(), 12)).is_empty()


def test_the_cliff_is_what_leaves_when_the_money_ends_and_renewing_costs_as_many_months() -> None:
    # 100 workers from March for four months: June is the last paid month, in July 75 of them drop out.
    view, one = look(), with_programmes(programme(stay=0.25, share=0.5))

    (found,) = money.cliffs(view, one, runs.flows(view, one, 12)).to_dicts()

    assert (found["month"], found["renew_by"]) == (date(2026, 7, 1), date(2026, 6, 1))
    assert (found["workers"], found["leave"]) == (100, 75)
    assert (found["before"], found["after"]) == pytest.approx((1100, 1025))
    assert found["renew_rupiah"] == found["renew_members_rupiah"] == 100 * 4 * 8_400
    for words in LANGUAGES:
        (said,) = describe_cliffs(pl.DataFrame([found], schema=money.CLIFFS), words)
        assert all(
            one in said for one in ("75", "100", words.month(date(2026, 6, 1)), words.rupiah(3_360_000, short=True))
        )


def test_an_end_beyond_the_projection_is_told_as_such() -> None:
    view, one = look(), with_programmes(programme(months=24))

    (found,) = money.cliffs(view, one, runs.flows(view, one, 12)).to_dicts()

    assert found["month"] == date(2028, 3, 1)
    assert (found["before"], found["after"]) == (None, None)
    assert found["leave"] == 100
    ends = pl.DataFrame([found], schema=money.CLIFFS)
    assert "sesudah akhir proyeksi" in describe_cliffs(ends, LANGUAGES[0])[0]
    assert cliffs_table(ends, LANGUAGES[0])["Peserta aktif, sebelum → sesudah"] == ["– → –"]


def test_programmes_that_pay_nobody_have_no_cliff_and_no_bill() -> None:
    view = look()
    none = with_programmes(
        programme(name="over", starts="2025-01", months=12),
        programme(name="late", starts="2030-01"),
        programme(workers=0),
    )
    run = runs.flows(view, none, 12)

    assert money.cliffs(view, none, run).is_empty()
    assert money.monthly(view, none, run).is_empty()
    assert money.yearly(money.monthly(view, none, run)).is_empty()


@pytest.mark.parametrize("words", LANGUAGES, ids=[one.language for one in LANGUAGES])
def test_the_discount_is_said_with_what_is_not_known(words: texts.Texts) -> None:
    view = look()
    every = with_programmes(*(programme(name=fund, fund=fund) for fund in money.DISCOUNT))
    run = runs.flows(view, every, 12)

    bills = money.monthly(view, every, run)
    said = describe_discount(view, bills, money.own_premiums(view, run), words)

    # Nine months of 1000 self-paying members at half, and a company's three months of 100.
    assert words.rupiah(9 * 1000 * 8_400, short=True) in said
    assert words.rupiah(3 * 100 * 8_400, short=True) in said
    assert "APBDes" in said
    assert words.rupiah(16_800) in said
    assert words.rupiah(8_400) in said
    assert words("fund.village") in describe_payers(bills, words)


def test_outside_the_window_everybody_pays_in_full() -> None:
    view = look("2023-01")
    run = runs.flows(view, Scenario(), 11)

    said = describe_discount(view, paid(view, Scenario(), 11), money.own_premiums(view, run), LANGUAGES[0])

    assert said.startswith("Iuran penuh Rp16.800 sebulan")
    assert money.own_yearly(money.own_premiums(view, run))["saving_rupiah"].to_list() == [0]


@pytest.mark.parametrize("words", LANGUAGES, ids=[one.language for one in LANGUAGES])
def test_every_table_of_money_is_written_for_people(words: texts.Texts) -> None:
    view, one = look(), with_programmes(programme())
    run = runs.flows(view, one, 12)

    tables = [
        yearly_payments_table(money.yearly(money.monthly(view, one, run)), words),
        cliffs_table(money.cliffs(view, one, run), words),
    ]

    for table in tables:
        assert len({len(cells) for cells in table.values()}) == 1
        assert all(isinstance(cell, str) for cells in table.values() for cell in cells)


# What runs already

RUNNING = Programme.model_validate(
    {"name": "Going", "segment": "informal", "workers": 300, "starts": "2022-11", "months": 6, "stay": 0.25}
)


def test_a_programme_that_runs_already_is_on_the_calendar_and_on_the_first_page() -> None:
    view = views.of(
        frames.branch_months(*frames.history("2022-01", [1000] * 13, funded=[400] * 13)),
        frames.register(),
        None,
        scope=Scope(),
        as_of=date(2023, 1, 1),
        settings=settings.load(),
        programmes=[RUNNING],
    )

    (end,) = money.running_cliffs(view).to_dicts()

    # It began in November 2022 and pays for six months: the first month without money is May 2023.
    assert (end["month"], end["renew_by"], end["running"]) == (date(2023, 5, 1), date(2023, 4, 1), True)
    assert (end["workers"], end["leave"]) == (300, 225)
    said = describe_next_cliff(view, texts.load("en"))
    assert "from May 2023 on the money of Going has ended, and 225 of 300 workers drop out" in said
    assert describe_next_cliff(look(), texts.load("en")) == ""


def test_what_renews_a_programme_stands_beside_its_end() -> None:
    first = {"name": "First", "segment": "informal", "workers": 100, "starts": "2023-02", "months": 3}
    again = {"name": "Again", "segment": "informal", "workers": 100, "starts": "2023-05", "months": 3}
    scenario = Scenario.model_validate({"programme": [first, again]})
    view = views.of(
        frames.branch_months(*frames.history("2022-01", [1000] * 13)),
        frames.register(),
        None,
        scope=Scope(),
        as_of=date(2023, 1, 1),
        settings=settings.load(),
    )

    ends = money.cliffs(view, scenario, runs.flows(view, scenario, 11))

    assert ends.select("programme", "renewed_by").rows() == [("First", "Again"), ("Again", None)]
