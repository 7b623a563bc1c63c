"""Do targets that somebody types mean what was typed, and is what cannot be read told and not guessed?"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from coverage import account, scope, settings, target_table, targets, texts
from coverage.scope import Scope
from coverage.targets import Target, TargetBook, TargetSet
from tests import sample

ID, EN = texts.load("id"), texts.load("en")
SHIPPED = targets.load(settings.DATA / "targets.toml")
BEFORE = SHIPPED.named("annual-2023")


def typed(workers: str, by: str = "2023-12", language: texts.Texts = ID, *more: str) -> target_table.Typed:
    """Read a table of the founding branch's informal workers, and of as many more branches as there are figures."""
    rows = [
        {"branch": f"Cabang {at}" if at else "Palembang", "segment": "informal", "active": "", "workers": one, "by": by}
        for at, one in enumerate((workers, *more))
    ]
    return target_table.read(pl.DataFrame(rows, schema=target_table.TYPED), TargetSet(), language)


def test_the_table_opens_with_who_there_is_and_the_targets_that_they_have():
    view, _ = sample.looked()

    rows = target_table.prefilled(view, ID).rows()

    assert rows == [
        ("Palembang", "formal", "139.200", "174.000", "Desember 2023"),
        ("Palembang", "informal", "61.750", "95.000", "Desember 2023"),
    ]


def test_who_has_no_target_gets_an_empty_row_and_the_next_december():
    view = scope.look(
        sample.handed().table,
        sample.looked()[0].register,
        TargetSet(),
        scope=sample.PALEMBANG,
        as_of=date(2022, 12, 1),
        settings=settings.load(),
    )

    rows = target_table.prefilled(view, EN).rows()

    assert [row[3:] for row in rows] == [("", "December 2023"), ("", "December 2023")]


@pytest.mark.parametrize(
    ("workers", "language", "means"),
    [
        ("174000", ID, 174_000),
        ("174.000", ID, 174_000),
        ("174,000", EN, 174_000),
        (" 174 000 ", ID, 174_000),
        ("1.033", ID, 1_033),
        ("1.200.000", ID, 1_200_000),
        ("0", ID, 0),
    ],
)
def test_a_figure_is_read_as_this_language_writes_it(workers: str, language: texts.Texts, means: int):
    found = typed(workers, language=language)

    assert [one.workers for one in found.targets] == [means]
    assert found.problems.is_empty()


@pytest.mark.parametrize("nothing", ["", "  ", "-", "tidak ada"])
def test_a_row_without_a_figure_has_no_target_and_needs_no_month(nothing: str):
    found = typed(nothing, by="")

    assert found.targets == ()
    assert found.problems.is_empty()


@pytest.mark.parametrize(
    ("workers", "by", "column", "code"),
    [
        ("174,5", "2023-12", "workers", "fraction"),
        ("kira-kira", "2023-12", "workers", "number_unreadable"),
        ("1,74E+05", "2023-12", "workers", "number_shortened"),
        ("-5", "2023-12", "workers", "negative"),
        ("1000000001", "2023-12", "workers", "number_too_large"),
        ("99999999999999999999", "2023-12", "workers", "number_too_large"),
        ("174.000", "", "by", "no_month"),
        ("174.000", "akhir tahun", "by", "month_unreadable"),
        ("174.000", "13/2023", "by", "month_unreadable"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place_and_gives_no_targets(workers: str, by: str, column: str, code: str):
    found = typed(workers, by, ID, "500")

    assert found.refused
    assert found.targets == ()
    wrong = found.problems.filter(file="Palembang · Informal").to_dicts()
    assert [(one["column"], one["value"], one["code"]) for one in wrong] == [
        (ID(f"own_targets.{column}"), (workers if column == "workers" else by) or None, code)
    ]
    assert account.problems(found.problems, ID)[ID("data.head.remedy")][0]


def test_marks_that_contradict_each_other_are_not_trusted():
    found = typed("174.000", "2023-12", ID, "95,000")

    assert found.refused
    assert found.problems["code"].to_list() == ["separators_contradict"] * 2


def test_a_lone_mark_of_the_other_language_is_taken_with_a_warning():
    found = typed("1.033", language=EN)

    assert [one.workers for one in found.targets] == [1_033]
    assert found.problems.select("severity", "code").rows() == [("warning", "ambiguous_number")]
    assert "1,033" in account.problems(found.problems, EN)[EN("data.head.message")][0]


@pytest.mark.parametrize(
    ("by", "means"),
    [
        ("2023-12", date(2023, 12, 1)),
        ("Desember 2023", date(2023, 12, 1)),
        ("December 2023", date(2023, 12, 1)),
        ("Des-23", date(2023, 12, 1)),
        ("12/2023", date(2023, 12, 1)),
        ("31/12/2023", date(2023, 12, 1)),
        ("05/06/2023", date(2023, 6, 1)),
    ],
)
def test_a_month_is_read_in_every_form_that_branches_write(by: str, means: date):
    assert [one.by for one in typed("500", by).targets] == [means]


def test_a_target_that_was_not_changed_keeps_its_milestones_and_source_and_a_changed_one_does_not():
    view, _ = sample.looked()
    table = target_table.prefilled(view, ID).with_columns(workers=pl.Series(["174.000", "100.000"]))

    formal, informal = target_table.read(table, BEFORE, ID).targets

    assert formal.milestones[date(2023, 6, 1)] == 155_000
    assert formal.status == "published"
    assert informal == Target.model_validate(
        {"branch": "Palembang", "segment": "informal", "by": "2023-12", "workers": 100_000}
    )


def test_the_typed_targets_stand_beside_those_of_the_other_branches():
    view, _ = sample.looked()
    before = TargetSet.model_validate(
        {
            "target": [
                {"branch": "KC Palembang", "by": "2023-12", "workers": 250_000},
                {"branch": "palembang", "segment": "formal", "by": "2024-12", "workers": 180_000},
                {"branch": "Palembang", "segment": "formal", "by": "2023-12", "new": 20_000},
                {"branch": "Jambi", "by": "2023-12", "workers": 300_000},
                {"region": "Sumbagsel", "by": "2023-12", "workers": 900_000},
            ]
        }
    )
    own = typed("96.000").targets

    joined = target_table.joined(own, view, before, {"title": {"id": "Milik saya"}, "source": "Rakor"})

    assert joined.title == {"id": "Milik saya"}
    assert joined.source == "Rakor"
    assert [(one.branch, one.segment, one.workers or one.new) for one in joined.target] == [
        ("Palembang", "informal", 96_000),
        ("Palembang", "formal", 20_000),
        ("Jambi", None, 300_000),
    ]


def test_a_typed_target_is_what_the_branch_is_measured_against_also_after_a_file():
    everybody, _ = sample.looked(Scope())
    table = target_table.prefilled(everybody, ID).with_columns(
        workers=pl.when(branch="Palembang", segment="informal").then(pl.lit("100.000")).otherwise("workers")
    )
    own = target_table.joined(target_table.read(table, BEFORE, ID).targets, everybody, BEFORE, {})
    again = targets.loads(targets.dumps(TargetBook(default="own", sets={"own": own})), "targets.toml").named(None)

    before = {tuple(row[:2]): row[2] for row in everybody.targets.select("branch", "segment", "target").rows()}
    view = scope.look(
        everybody.table, everybody.register, again, scope=Scope(), as_of=everybody.as_of, settings=settings.load()
    )
    after = {tuple(row[:2]): row[2] for row in view.targets.select("branch", "segment", "target").rows()}

    assert after == before | {("Palembang", "informal"): 100_000}


@pytest.mark.parametrize("path", sorted(settings.DATA.rglob("targets.toml")), ids=lambda path: path.parent.name)
def test_a_written_targets_file_says_what_the_read_one_said(path: Path):
    book = targets.load(path)

    assert targets.loads(targets.dumps(book), "again.toml") == book


def test_every_kind_of_target_and_every_word_about_it_survives_being_written():
    book = TargetBook.model_validate(
        {
            "default": "a b",
            "sets": {
                "a b": {
                    "title": 'Satu = "dua"',
                    "note": {"id": "baris\nkedua", "en": "é"},
                    "status": "derived",
                    "share_out": "gap",
                    "target": [
                        {"by": "2024-06", "coverage": 0.5215, "province": "Jambi", "source": "https://example.org"},
                        {"by": "2024-06", "growth": 0.2, "from": "2023-01", "segment": "formal"},
                        {"by": "2024-06", "new": 12_000, "region": "Sumbagsel"},
                        {"by": "2025-01", "workers": 0, "branch": "A # B", "milestones": {"2024-12": 7}},
                    ],
                },
                "empty": {},
            },
        }
    )

    assert targets.loads(targets.dumps(book), "again.toml") == book
