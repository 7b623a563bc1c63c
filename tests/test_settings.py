"""Has every setting a value, a unit, a source, a date and a name in words?"""

from __future__ import annotations

from pathlib import Path

import pytest

from coverage.base import settings, tables, texts
from coverage.base.errors import DeclarationRefused

SETTINGS = settings.load()


@pytest.mark.parametrize("fact", SETTINGS.facts, ids=lambda fact: fact.name)
def test_a_setting_says_its_unit_source_date_and_name(fact: settings.Fact) -> None:
    assert fact.unit
    assert fact.source
    assert fact.date.year > 2000
    for language in texts.languages():
        assert texts.load(language)(f"setting.{fact.name}")


def test_the_rules_of_the_model_are_set_as_it_says() -> None:
    expected = {
        "history_months": 12,
        "seasonal_months": 24,
        "eligible_growth": 0.02,
        "tolerance": 0.25,
        "eta_months": 120,
        "premium_rupiah": 16800,
        "payer_share": 1,
        "counted_months": 6,
    }

    assert {name: SETTINGS[name] for name in expected} == expected
    assert SETTINGS.whole("eta_months") == 120


def test_an_unknown_setting_is_a_mistake_in_the_program() -> None:
    with pytest.raises(KeyError, match="tolerence"):
        SETTINGS["tolerence"]


def test_segments_have_a_colour_of_their_own_and_names_that_do_not_clash() -> None:
    assert tuple(SETTINGS.colours) == tables.SEGMENTS
    assert len(set(SETTINGS.colours.values())) == len(tables.SEGMENTS)
    names = [tables.plain(name) for segment in SETTINGS.segments for name in {*segment.synonyms, segment.name}]
    assert len(names) == len(set(names))


def test_a_segment_has_a_name_in_each_language() -> None:
    for language in texts.languages():
        for segment in (*tables.SEGMENTS, "total"):
            assert texts.load(language)(f"segment.{segment}")


@pytest.mark.parametrize(
    "text", ["[setting.a]\nvalue = 1\n", "[setting.a\n", '[setting]\n[segment.x]\ncode = "X"\n', "[segment]\n"]
)
def test_a_settings_file_that_cannot_be_used_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(text, "utf-8")

    with pytest.raises(DeclarationRefused) as refused:
        settings.load(path)

    assert (refused.value.code, refused.value.data["file"]) == ("settings_unreadable", "settings.toml")
    for language in texts.languages():
        assert "settings.toml" in texts.load(language).error(refused.value)
