"""Do targets that somebody types mean what was typed, and is what cannot be read told and not guessed?"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from coverage.base import settings, texts
from coverage.model import targets
from coverage.model import view as views
from coverage.model.targets import Target, TargetBook, TargetSet
from coverage.model.view import Scope
from coverage.records import target_table
from coverage.wording import account
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
    return target_table.read(pl.DataFrame(rows, schema=target_table.TYPED), language)


def test_the_table_opens_with_who_there_is_and_the_targets_that_they_have():
    view, _ = sample.looked()

    rows = target_table.prefilled(view, ID).rows()

    assert rows == [
        ("Palembang", "formal", "139.200", "174.000", "Desember 2023"),
        ("Palembang", "informal", "61.750", "95.000", "Desember 2023"),
    ]


def test_who_has_no_target_gets_an_empty_row_and_the_next_december():
    view = views.of(
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
    assert account.problem_rows(found.problems, ID)[ID("data.head.remedy")][0]


def test_marks_that_contradict_each_other_are_not_trusted():
    found = typed("174.000", "2023-12", ID, "95,000")

    assert found.refused
    assert found.problems["code"].to_list() == ["separators_contradict"] * 2


def test_a_lone_mark_of_the_other_language_is_taken_with_a_warning():
    found = typed("1.033", language=EN)

    assert [one.workers for one in found.targets] == [1_033]
    assert found.problems.select("severity", "code").rows() == [("warning", "ambiguous_number")]
    assert "1,033" in account.problem_rows(found.problems, EN)[EN("data.head.message")][0]


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


def retyped(before: TargetSet, wanted: Scope, **workers: str) -> TargetSet:
    """Look at a scope of the sample under a set, and type figures for some of its segments (or for all rows)."""
    view = under(before, wanted)
    table = target_table.prefilled(view, ID)
    for segment, figure in workers.items():
        table = table.with_columns(workers=pl.when(segment=segment).then(pl.lit(figure)).otherwise("workers"))
    about = {"title": {"id": "Milik saya"}, "source": "Rakor"}
    return target_table.with_typed(target_table.read(table, ID).targets, view, before, about)


def under(chosen: TargetSet, wanted: Scope) -> views.View:
    return views.of(
        sample.handed().table,
        sample.looked()[0].register,
        chosen,
        scope=wanted,
        as_of=date(2022, 12, 1),
        settings=settings.load(),
    )


def said(chosen: TargetSet) -> dict[tuple[str, ...], tuple[object, ...]]:
    """Say by branch and segment what counts now."""
    return {
        row[:2]: row[2:] for row in under(chosen, Scope()).targets.drop("share", "target_source", "rank").iter_rows()
    }


def test_a_target_that_was_not_changed_keeps_its_milestones_and_source_and_a_changed_one_does_not():
    joined = retyped(BEFORE, sample.PALEMBANG, informal="100.000")

    assert joined.title == {"id": "Milik saya"}
    assert joined.source == "Rakor"
    assert next(one for one in BEFORE.target if one.branch == "Palembang" and one.segment == "formal") in joined.target
    assert [one for one in joined.target if one.branch == "Palembang" and one.segment == "informal"] == [
        Target.model_validate({"branch": "Palembang", "segment": "informal", "by": "2023-12", "workers": 100_000})
    ]


def test_what_is_not_changed_says_its_source_also_where_only_its_set_did():
    before = TargetSet.model_validate(
        {"source": "SK 7", "status": "published", "target": [{"branch": "Jambi", "by": "2023-12", "workers": 300_000}]}
    )

    joined = retyped(before, sample.PALEMBANG, formal="150.000")

    assert {(one.branch, one.source, one.status) for one in joined.target} == {
        ("Palembang", "", None),
        ("Jambi", "SK 7", "published"),
    }


@pytest.mark.parametrize(
    "wider",
    [
        {"region": "Sumbagsel", "by": "2023-12", "workers": 900_000},
        {"province": "Sumatera Selatan", "by": "2023-12", "workers": 400_000},
        {"by": "2023-12", "coverage": 0.5},
        {"by": "2023-12", "growth": 0.2, "from": "2021-12"},
        {"branch": "Palembang", "by": "2023-12", "workers": 250_000},
        {"region": "Sumbagsel", "by": "2023-12", "new": 90_000},
    ],
    ids=lambda one: "-".join(one),
)
def test_a_changed_row_changes_nothing_for_other_branches_and_segments(wider: dict[str, object]):
    nobody = {key: figure for key, figure in wider.items() if key not in ("province", "branch")} | {"region": "Jabar"}
    before = TargetSet.model_validate({"share_out": "gap", "target": [wider, nobody]})
    wanted = Scope(branches=("Palembang",), segments=("informal",))

    joined = retyped(before, wanted, informal="100.000")

    mine = ("Palembang", "informal")
    assert said(joined) == said(before) | {mine: (100_000, date(2023, 12, 1), "workers")}
    assert mine not in said(retyped(before, wanted, informal="")) or "new" in wider
    assert before.target[1] in joined.target  # of whom nobody knows yet


def test_later_months_keep_their_targets_and_an_emptied_row_has_none_in_any():
    before = TargetSet.model_validate(
        {
            "target": [
                {"branch": "Palembang", "segment": one, "by": by, "workers": workers}
                for one in ("formal", "informal")
                for by, workers in (("2022-06", 60_000), ("2023-12", 70_000), ("2024-12", 80_000))
            ]
        }
    )

    joined = retyped(before, sample.PALEMBANG, informal="75.000")
    emptied = retyped(before, sample.PALEMBANG, informal="")

    months = [(one.segment, one.by.year, one.workers) for one in joined.target]
    untouched = [("formal", 2022, 60_000), ("formal", 2023, 70_000), ("formal", 2024, 80_000)]
    assert sorted(months) == [
        *untouched,
        ("informal", 2022, 60_000),
        ("informal", 2023, 75_000),
        ("informal", 2024, 80_000),
    ]
    assert sorted((one.segment, one.by.year, one.workers) for one in emptied.target) == untouched


@pytest.mark.parametrize("by", ["2022-03", "2023-06", "2024-12", "2025-06"])
def test_a_typed_target_counts_at_once_whatever_its_month(by: str):
    before = TargetSet.model_validate(
        {
            "target": [
                {"branch": "Palembang", "segment": "informal", "by": month, "workers": 70_000}
                for month in ("2022-01", "2022-06", "2023-12", "2024-12")
            ]
        }
    )
    view = under(before, sample.PALEMBANG)
    own = (Target.model_validate({"branch": "Palembang", "segment": "informal", "by": by, "workers": 75_000}),)

    joined = target_table.with_typed(own, view, before, {})

    assert said(joined)["Palembang", "informal"][:2] == (75_000, own[0].by)


def test_a_typed_target_is_what_the_branch_is_measured_against_also_after_a_file():
    everybody, _ = sample.looked(Scope())
    table = target_table.prefilled(everybody, ID).with_columns(
        workers=pl.when(branch="Palembang", segment="informal").then(pl.lit("100.000")).otherwise("workers")
    )
    own = target_table.with_typed(target_table.read(table, ID).targets, everybody, BEFORE, {})
    again = targets.loads(targets.dumps(TargetBook(default="own", sets={"own": own})), "targets.toml").named(None)

    before = {tuple(row[:2]): row[2] for row in everybody.targets.select("branch", "segment", "target").rows()}
    view = views.of(
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
