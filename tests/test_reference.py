"""Does the Method page tell every declaration that the code runs on, in both languages?"""

from __future__ import annotations

from datetime import date

import pytest

from coverage.base import settings, tables, texts
from coverage.base.settings import Fact
from coverage.base.texts import Texts
from coverage.model import targets
from coverage.model.equations.month import MONTHLY
from coverage.model.levers import Levers, Programme
from coverage.model.targets import TargetSet
from coverage.wording import formulas, reference

ID, EN = texts.load("id"), texts.load("en")
GIVEN = settings.load()
BOOK = targets.load(settings.DATA / "targets.toml")
both = pytest.mark.parametrize("words", [ID, EN], ids=["id", "en"])
# Not computed: what is counted, or chosen.
PLAIN = {"month", "active", "eligible", "target", "target_month", "target_source", "months_of_history"}


def column(table: reference.Words, place: int) -> list[str]:
    return list(table.values())[place]


@both
def test_every_setting_is_told_with_value_unit_source_and_date(words: Texts) -> None:
    table = reference.table_of_facts(GIVEN, words)

    assert len(column(table, 0)) == len(GIVEN.facts)
    assert all(cell.strip() for cells in table.values() for cell in cells)


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (12, "months", "12"),
        (0.02, "share a year", "2\u00a0%"),
        (0.025, "share a year", "2,5\u00a0%"),
        (0, "share", "0\u00a0%"),
        (16800, "rupiah per person-month", "Rp16.800"),
        (100, "times the neighbouring months", "100 ×"),
        (20_000_000, "bytes", "20 MB"),
    ],
)
def test_a_setting_is_written_as_its_unit_is(value: float, unit: str, expected: str) -> None:
    fact = Fact(name="x", value=value, unit=unit, source="", date=date(2023, 1, 1))

    assert reference.value(fact, ID) == expected


@both
def test_every_lever_is_told_with_its_bounds(words: Texts) -> None:
    table = reference.table_of_levers(words)

    assert [cell.rpartition("(")[2].rstrip(")") for cell in column(table, 0)] == list(Levers.model_fields)


def test_bounds_are_those_of_the_declaration() -> None:
    bounds = dict(zip(Levers.model_fields, column(reference.table_of_levers(EN), 1), strict=True))

    assert bounds["new"] == "−100% … +500%"
    assert bounds["extra"] == "0 … +1,000,000 workers a month"
    assert bounds["starts"] == "any month"
    assert bounds["ramp"] == "0 months … 60 months"


def test_the_fields_of_a_programme_say_what_stands_there_unless_said_otherwise() -> None:
    fields = dict(zip(Programme.model_fields, column(reference.table_of_programme(EN), 1), strict=True))

    assert fields["workers"] == "0 … 100,000,000 · must be given"
    assert fields["premium"] == "Rp0 … Rp10,000,000 · default Rp16,800"
    assert fields["stay"] == "0% … 100% · default 0%"
    assert fields["branches"] == "free"
    assert fields["fund"].endswith(f"default {EN('fund.government')}")


@both
def test_every_computed_measure_has_a_formula(words: Texts) -> None:
    told = column(reference.table_of_measures(GIVEN, words), 0)

    assert told == [words(f"table.{name}") for name in tables.GAPS if name not in PLAIN]


@both
def test_every_canonical_column_is_in_the_data_dictionary(words: Texts) -> None:
    told = [cell.partition(" ")[0] for cell in column(reference.dictionary(words), 0)]

    assert told == [one.name for one in tables.CANONICAL]


@both
@pytest.mark.parametrize("name", BOOK.sets)
def test_every_target_of_every_set_is_told(name: str, words: Texts) -> None:
    chosen = BOOK.sets[name]

    assert len(column(reference.table_of_targets(chosen, words), 0)) == len(chosen.target)
    assert chosen.source in column(reference.target_set(chosen, words), 1)


def test_each_kind_of_target_is_written_in_its_own_way() -> None:
    chosen = TargetSet.model_validate(
        {
            "target": [
                {"branch": "Palembang", "segment": "formal", "by": "2023-12", "workers": 174000}
                | {"milestones": {"2023-06": 150000}, "status": "published", "source": "koran"},
                {"province": "Jambi", "by": "2025-12", "coverage": 0.5215},
                {"region": "Sumbagsel", "by": "2023-12", "growth": 0.1, "from": "2022-12"},
                {"by": "2023-12", "new": 12000},
            ]
        }
    )

    assert list(zip(*reference.table_of_targets(chosen, EN).values(), strict=True)) == [
        (
            "Palembang · Formal",
            "174,000 workers · Dec 2023",
            "published · koran · Milestones: Jun 2023: 150,000.",
        ),
        (f"Province Jambi · {EN('segment.total')}", "52.15% of the eligible workers · Dec 2025", "–"),
        (f"Region Sumbagsel · {EN('segment.total')}", "+10.0% since Dec 2022 · Dec 2023", "–"),
        (f"Everywhere · {EN('segment.total')}", "12,000 registrations in the year · Dec 2023", "–"),
    ]


@both
def test_the_month_has_the_eight_steps_of_the_model(words: Texts) -> None:
    steps = column(reference.table_of_steps(words), 0)

    assert [step.partition(".")[0] for step in steps if step[0].isdigit()] == list("12345678")


@both
def test_every_letter_of_the_equations_has_a_meaning_and_no_two_are_alike(words: Texts) -> None:
    letters = column(reference.table_of_letters(words), 0)
    named = {one.symbol for one in MONTHLY.inputs} | {one.symbol for one in MONTHLY.steps} | {"t"}

    assert set(letters) == named
    assert len(letters) == len(set(letters))
    assert all(column(reference.table_of_letters(words), 1))


def test_the_equations_are_written_as_the_projection_computes_them() -> None:
    steps = {one.name: formulas.equation(one, EN) for one in MONTHLY.steps}

    assert steps["lapsed"] == "L = λ′ · A⁻"
    assert steps["lapse_share"] == "λ′ = min(1, λ · max(0, 1 + uₗ · r))"
    assert steps["ended"] == "Xᵢ = Fᵢ⁻ (only in month eᵢ, else 0)"
    assert steps["enrolled"] == "Gᵢ = min(Wᵢ, max(M − Σ⁻ Gᵢ, 0)) (only in month sᵢ, else 0)"
    assert steps["kept"] == "κ = 1 − (Z_F ÷ F¹, 0 where F¹ is 0)"
    assert (
        formulas.equation(MONTHLY.step["asked"], texts.load("id"))
        == "N² = (maks(N¹, w₋ − C¹) bila w₋ ada, selain itu N¹)"
    )


@both
def test_what_the_texts_say_of_settings_is_what_the_settings_say(words: Texts) -> None:
    said = " ".join(cell for cells in reference.table_of_measures(GIVEN, words).values() for cell in cells)

    assert f"÷ {GIVEN.whole('history_months')}" in said
    assert words.share(GIVEN["tolerance"], 0) in said
    assert "{" not in said + "".join(reference.unknowns(GIVEN, words))


@both
def test_what_is_not_known_is_said(words: Texts) -> None:
    assert len(reference.unknowns(GIVEN, words)) >= 3
    assert words.share(GIVEN["stay_share"], 0) in " ".join(reference.unknowns(GIVEN, words))


@pytest.mark.parametrize("fact", GIVEN.facts, ids=lambda fact: fact.name)
def test_every_setting_tells_its_source_in_every_language(fact: Fact) -> None:
    assert isinstance(fact.source, dict)
    assert set(fact.source) == set(texts.languages())
