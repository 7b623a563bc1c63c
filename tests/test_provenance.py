"""Does every file say where its figures come from, and does it notice what has changed since?"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from functools import lru_cache

import pytest

from coverage import __version__
from coverage.base import settings, texts
from coverage.base.errors import FileRefused
from coverage.intake import read, register
from coverage.model import scenarios
from coverage.model import view as views
from coverage.model.view import Scope
from coverage.reports import provenance
from coverage.reports.provenance import Provenance
from tests import sample


@lru_cache
def note(language: str = "id", *, shipped: bool = True) -> Provenance:
    scenario, words = scenarios.named("informal-push"), texts.load(language)
    return sample.noted(sample.looked()[0], scenario, words, sample=shipped, wanted=sample.PALEMBANG)


@pytest.mark.parametrize("language", texts.languages())
def test_it_says_month_data_status_sources_targets_scenario_version_fingerprint_and_day(language: str):
    words = texts.load(language)
    said = "\n".join(provenance.describe_provenance(note(language), words))
    wanted = [words.month(date(2023, 1, 1)), "Sumbagsel", "Palembang", "97", "paltv.disway.id", "annual-2023"]
    wanted += ["0123456789abcdef", __version__, words.day(date(2026, 11, 23)), note(language).scenario]
    assert [one for one in wanted if one not in said] == []
    assert words("provenance.sample_status") in said


@pytest.mark.parametrize(("language", "word"), [("id", "CONTOH"), ("en", "SAMPLE")])
def test_the_line_at_the_foot_begins_with_the_word_for_a_sample_only_where_it_is_one(language: str, word: str):
    words = texts.load(language)
    assert provenance.short(note(language), words).startswith(word)
    assert word not in provenance.short(note(language, shipped=False), words)


def test_it_comes_back_from_json_the_same():
    assert provenance.from_json(provenance.to_json(note()), "x.pptx") == note()


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"as_of": "2023-01"}', "[" * 5000])
def test_what_was_not_written_by_us_is_refused_with_the_file(text: str):
    with pytest.raises(FileRefused) as refused:
        provenance.from_json(text, "x.pptx")
    assert (refused.value.code, refused.value.data) == ("provenance_unreadable", {"file": "x.pptx"})


@pytest.mark.parametrize(
    ("there", "instead"),
    [("174000.0", '"a"'), ("174000.0", "[]"), ('"2023-01"', "2023")],
)
def test_a_value_that_somebody_changed_into_nonsense_is_refused(there: str, instead: str):
    text = provenance.to_json(note())
    assert there in text
    with pytest.raises(FileRefused):
        provenance.from_json(text.replace(there, instead, 1), "x.pptx")


def test_a_file_of_a_later_version_opens_and_what_it_says_besides_is_kept():
    plain = json.loads(provenance.to_json(note())) | {"format": 9, "weather": {"rain": [1, 2]}}

    found = provenance.from_json(json.dumps(plain), "x.pptx")

    assert replace(found, others=()) == note()
    assert found.others == (("weather", '{"rain": [1, 2]}'),)
    assert json.loads(provenance.to_json(found))["weather"] == {"rain": [1, 2]}


@pytest.mark.parametrize("gone", ["aims", "dataset", "format", "illustrative_share", "made_on", "statuses"])
def test_a_file_of_a_version_that_said_less_opens(gone: str):
    plain = json.loads(provenance.to_json(note()))
    del plain[gone]

    found = provenance.from_json(json.dumps(plain), "x.pptx")

    assert (found.scenario_toml, found.as_of) == (note().scenario_toml, date(2023, 1, 1))


def test_a_file_of_the_time_when_futures_were_drawn_by_chance_opens_without_its_seed():
    plain = json.loads(provenance.to_json(note())) | {"seed": 20230112}

    assert provenance.from_json(json.dumps(plain), "x.pptx") == note()


def test_nothing_differs_from_itself():
    assert provenance.describe_differences(note(), note(), texts.load("en")) == []


def test_it_says_what_differs_now():
    old, words = note(), texts.load("en")
    aims = (replace(old.aims[0], target=180_000.0), old.aims[1])
    now = replace(old, fingerprint="f" * 16, as_of=date(2023, 2, 1), aims=aims, version="9.9.9")
    said = provenance.describe_differences(old, now, words)
    assert len(said) == 4
    assert "ffffffffffffffff" in said[0]
    assert "January 2023" in said[1]
    assert "February 2023" in said[1]
    # 174 000 + 95 000 was promised; 180 000 + 95 000 is.
    assert ("269,000" in said[2], "275,000" in said[2], ": 1)" in said[2]) == (True, True, True)
    assert "9.9.9" in said[3]


def test_another_set_of_targets_is_named_rather_than_its_figures():
    now = replace(note(), target_set="ucj-2025", targets="UCJ", aims=())
    assert provenance.describe_differences(note(), now, texts.load("en")) == [
        "The targets differ: this file uses Target 2023, this screen UCJ."
    ]


def test_shipped_figures_that_somebody_published_are_no_sample():
    handed = read.read(
        read.find([str(settings.DATA / "samples" / "published" / "provinces")]), settings=settings.load()
    )
    view = views.of(
        handed.table,
        register.read(settings.DATA / "branches.csv"),
        None,
        scope=Scope(),
        as_of=None,
        settings=settings.load(),
    )
    said = sample.noted(view, scenarios.Scenario(), texts.load("en"))
    assert (said.sample, said.illustrative_share, said.scenario) == (False, 0.0, "without new steps")


def test_only_what_ships_with_the_project_is_a_sample(tmp_path):
    assert provenance.is_sample([sample.SHIPPED])
    assert provenance.is_sample([tmp_path, sample.SHIPPED / "palembang.csv"])
    assert not provenance.is_sample([tmp_path])


@pytest.mark.parametrize(
    ("statuses", "said"),
    [
        ((("published", 1.0),), "Status of the rows: 100% published."),
        ((("", 0.75), ("derived", 0.25)), "Status of the rows: 75% without a status, 25% derived."),
        ((("illustrative", 0.9975), ("derived", 0.0025)), "Status of the rows: 1% derived."),
    ],
)
def test_it_says_how_far_to_trust_the_rows_whatever_they_are(statuses: tuple[tuple[str, float], ...], said: str):
    shares = dict(statuses)
    one = replace(note("en"), statuses=statuses, illustrative_share=shares.get("illustrative", 0.0))
    lines = provenance.describe_provenance(one, texts.load("en"))
    assert said in lines
    assert ("99% of the rows are illustrative, not official figures." in lines) == ("illustrative" in shares)


def test_where_a_foot_is_narrow_names_give_way_and_the_fingerprint_stays():
    long = replace(note("en"), scenario="Dorong semua cabang " * 20, targets="Peraturan daerah " * 10)
    said = provenance.short(long, texts.load("en"), most=200)
    assert len(said) <= 200
    assert said.endswith(f"Cakupan {__version__}, data 0123456789abcdef · 23 November 2026")
    assert provenance.short(note("en"), texts.load("en"), most=300) == provenance.short(note("en"), texts.load("en"))


def test_the_line_at_the_foot_has_room_for_all_however_many_files_there_are():
    many = replace(note("en"), dataset=", ".join(f"branch-{number}.csv" for number in range(40)))
    said = provenance.short(many, texts.load("en"))
    assert len(said) < 250
    assert many.fingerprint in said
    assert said.endswith("23 November 2026")
