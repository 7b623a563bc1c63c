"""Does a scenario travel in files and links unharmed, is a bad one told apart, and what comes of a good one?"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from coverage.answers import money
from coverage.base import months, settings, texts
from coverage.base.errors import CakupanError, DeclarationRefused
from coverage.base.tables import branch_key
from coverage.model import chance, links, projection, rules, runs, scenarios
from coverage.model import view as views
from coverage.model.levers import FUNDS, LEVERS, Levers, Programme
from coverage.model.scenarios import Scenario
from coverage.model.targets import TargetSet
from coverage.model.view import Scope, View
from coverage.records import programme_table
from coverage.standing import gaps, so_far
from coverage.wording.scenarios import (
    describe_curtailed_programmes,
    describe_lever_value,
    describe_scenario,
    describe_unseen_segments,
)
from tests import frames, sample, slow_law

LANGUAGES = [texts.load(language) for language in texts.languages()]
FULL = """
name = { id = "Dorong informal", en = "Push informal" }
note = "catatan"
author = "A. Nalis"
until = "2023-12"

[levers.informal]
new = 0.20
lapse = -0.25
back = 0.10
extra = 500
eligible_growth = 0.02
starts = "2023-02"
ramp = 3

[levers.informal.branch.Palembang]
new = 0

[[programme]]
name = "APBD pekerja rentan"
segment = "informal"
workers = 10000
starts = "2023-03"
months = 6
stay = 0.25
premium = 16800
share = 1.0
fund = "government"
spread = "uncovered"
branches = ["Palembang"]
"""
PLAIN: dict[str, Any] = {
    "name": {"id": "Dorong informal", "en": "Push informal"},
    "note": "catatan",
    "author": "A. Nalis",
    "until": "2023-12",
    "levers": {
        "informal": {
            "new": 0.2,
            "lapse": -0.25,
            "back": 0.1,
            "extra": 500.0,
            "eligible_growth": 0.02,
            "starts": "2023-02",
            "ramp": 3,
            "branch": {"Palembang": {"new": 0.0}},
        }
    },
    "programme": [
        {
            "name": "APBD pekerja rentan",
            "segment": "informal",
            "workers": 10000,
            "starts": "2023-03",
            "months": 6,
            "stay": 0.25,
            "branches": ["Palembang"],
        }
    ],
}
"""What the file says beyond the defaults."""
PROGRAMME = {"p1.name": "x", "p1.segment": "informal", "p1.workers": "1", "p1.starts": "2023-02", "p1.months": "1"}


# The whole declared space

# Signs that are no writing are refused (test_declarations).
WORDS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff", include_characters="\n\t"),
    max_size=30,
)
ODD = st.sampled_from(
    ["KC A & B", "a.b.c", "p1.new", "branch", "=", "x=1&y=2", "#", "é\u0301", "a\nb", '"', "%20", "+"]
)
NAMES = (WORDS | ODD).filter(bool)
SAID = WORDS | st.fixed_dictionaries({"id": WORDS, "en": WORDS})
MONTH = st.builds(date, st.integers(1000, 9999), st.integers(1, 12), st.just(1)).map(months.code)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "new": st.floats(-1, 5),
    "lapse": st.floats(-1, 5),
    "back": st.floats(-1, 5),
    "extra": st.floats(0, 1_000_000),
    "eligible_growth": st.floats(-0.5, 0.5),
    "starts": MONTH,
    "ramp": st.integers(0, 60),
}
LEVER_SETS = st.fixed_dictionaries({}, optional=VALUES)
SEGMENTS = st.sampled_from(["formal", "informal", "construction", "migrant", "unsplit"])


@st.composite
def segment_levers(draw: st.DrawFn) -> dict[str, Any]:
    # One branch has one set of levers, however it is written.
    pairs = st.tuples(NAMES, LEVER_SETS)
    branches = dict(draw(st.lists(pairs, unique_by=lambda one: branch_key(one[0]) or one[0], max_size=3)))
    return draw(LEVER_SETS) | ({"branch": branches} if branches else {})


PROGRAMMES = st.fixed_dictionaries(
    {
        "name": NAMES,
        "segment": SEGMENTS,
        "workers": st.integers(0, 100_000_000),
        "starts": MONTH,
        "months": st.integers(1, 240),
    },
    optional={
        "stay": st.floats(0, 1),
        "premium": st.floats(0, 10_000_000),
        "share": st.floats(0, 1),
        "fund": st.sampled_from(FUNDS),
        "spread": st.sampled_from(["uncovered", "eligible", "gap", "active"]),
        "branches": st.lists(NAMES, max_size=4),
    },
)
PARAMETERS: dict[str, st.SearchStrategy[Any]] = {
    "points": st.floats(-50, 50),
    "rate": st.floats(-0.9, 5),
    "quantile": st.floats(0, 1),
    "depth": st.floats(0, 1),
    "fall": st.integers(1, 60),
    "recover": st.integers(1, 120),
}
RULES = st.sampled_from(list(rules.PARAMETERS)).flatmap(
    lambda kind: st.fixed_dictionaries(
        {"kind": st.just(kind)}, optional={name: PARAMETERS[name] for name in rules.PARAMETERS[kind]}
    )
)
DOCUMENTS = st.fixed_dictionaries(
    {},
    optional={
        "name": SAID,
        "note": SAID,
        "author": WORDS,
        "until": MONTH,
        "levers": st.dictionaries(SEGMENTS, segment_levers(), max_size=3),
        "rule": st.dictionaries(SEGMENTS, RULES, max_size=3),
        "programme": st.lists(PROGRAMMES, max_size=3),
    },
)


def test_the_whole_declared_space_is_drawn() -> None:
    assert set(VALUES) == LEVERS
    assert set(PARAMETERS) == set(rules.Rule.model_fields) - {"kind"}
    assert set(Programme.model_fields) == {
        "name", "segment", "workers", "starts", "months", "stay", "premium", "share", "fund", "spread", "branches",
    }  # fmt: skip
    assert set(Scenario.model_fields) == {"name", "note", "author", "until", "levers", "rule", "programme"}


@hypothesis_settings(deadline=None, max_examples=150)
@given(DOCUMENTS)
def test_a_scenario_comes_back_from_its_file(document: dict[str, Any]) -> None:
    scenario = scenarios.validated(document, file="x")

    back = scenarios.loads(scenarios.dumps(scenario), "x.toml")

    assert scenarios.simplified(back) == scenarios.simplified(scenario)
    assert back.programme == scenario.programme


@hypothesis_settings(deadline=None, max_examples=150)
@given(DOCUMENTS)
def test_a_scenario_comes_back_from_its_link(document: dict[str, Any]) -> None:
    scenario = scenarios.validated(document, file="x")

    link = urlencode(links.to_query(scenario))
    back = links.from_query(dict(parse_qsl(link, keep_blank_values=True, strict_parsing=bool(link))))

    assert scenarios.simplified(back) == scenarios.simplified(scenario)
    assert back.programme == scenario.programme


@hypothesis_settings(deadline=None, max_examples=200)
@given(
    st.dictionaries(
        st.sampled_from(
            ["name", "name.id", "until", "informal", "informal.new", "informal.branch", "p1.workers", "p1", "p0.x"]
        )
        | st.sampled_from(["informal.branch.A.new", "p2.branches", "informal.branch.new", "formal.starts"])
        | WORDS,
        WORDS | st.sampled_from(["0.2", "1e999", "nan", "2023-02", "2023-13", "[1]", '["a"]', "true", "-0"]),
        max_size=4,
    )
)
def test_any_link_is_read_or_refused_in_words_and_never_a_crash(query: dict[str, str]) -> None:
    refused: list[DeclarationRefused] = []
    try:
        links.from_query(query)
    except DeclarationRefused as error:
        refused.append(error)

    for error in refused:
        assert {"key", "found", "allowed"} <= error.data.keys()
        for words in LANGUAGES:
            assert str(error.data["key"]) in words.error(error)


# Files


def test_a_file_is_read_as_it_is_written() -> None:
    scenario = scenarios.loads(FULL, "x.toml")

    assert scenarios.simplified(scenario) == PLAIN
    assert scenario.levers["informal"].starts == date(2023, 2, 1)
    assert scenario.programme[0].premium == 16800


def test_a_file_is_written_as_the_interface_shows_it() -> None:
    written = scenarios.dumps(scenarios.loads(FULL, "x.toml"))

    assert tomllib.loads(written) == PLAIN
    for line in (
        'name = {id = "Dorong informal", en = "Push informal"}',
        "[levers.informal]",
        "[levers.informal.branch.Palembang]",
        "[[programme]]",
        'branches = ["Palembang"]',
    ):
        assert line in written.splitlines()


def test_the_baseline_is_an_empty_file_and_an_empty_link() -> None:
    assert scenarios.dumps(Scenario()) == ""
    assert links.to_query(Scenario()) == {}
    assert links.from_query({}) == Scenario()
    still = scenarios.loads("[levers.formal]\nnew = 0\nramp = 0\n", "x.toml")
    assert scenarios.simplified(still) == {}


@pytest.mark.parametrize(
    ("text", "code", "line", "key", "found", "allowed"),
    [
        ("[levers.informal]\nnew = 9", "value_refused", "2", "levers.informal.new", "9", "-1 … 5"),
        ('[levers.informal]\nnew = "0.2"', "value_refused", "2", "levers.informal.new", "0.2", "-1 … 5"),
        ("[levers.informal]\nnew = true", "value_refused", "2", "levers.informal.new", "true", "-1 … 5"),
        ("[levers.informal]\nnew = nan", "value_refused", "2", "levers.informal.new", "NaN", "-1 … 5"),
        ("[levers.informal]\nramp = 2.5", "value_refused", "2", "levers.informal.ramp", "2.5", "0 … 60 (1, 2, 3 …)"),
        (
            '[levers.informal]\nstarts = "02/2023"',
            "value_refused",
            "2",
            "levers.informal.starts",
            "02/2023",
            "YYYY-MM | +3",
        ),
        (
            "# ya\n[levers.informal.branch.Palembang]\n\nlapse = -2",
            "value_refused",
            "4",
            "levers.informal.branch.Palembang.lapse",
            "-2",
            "-1 … 5",
        ),
        ("levers = 3", "value_refused", "1", "levers", "3", "[levers]"),
        ("[levers]\ninformal = 2", "value_refused", "2", "levers.informal", "2", "{ key = … }"),
        ('[programme]\nname = "x"', "value_refused", "1", "programme", '{"name": "x"}', "[[programme]]"),
        ("name = { id = 5 }", "value_refused", "1", "name.id", "5", '"…"'),
        (f'author = "{"x" * 130}"', "value_refused", "1", "author", "x" * 57 + "…", '"…" (≤ 120)'),
        (
            "[levers.informal]\nneu = 1",
            "key_unknown",
            "2",
            "levers.informal.neu",
            "neu",
            "new? new | lapse | back | extra | eligible_growth | starts | ramp | branch",
        ),
        (
            "[levers.informl]\nnew = 1",
            "key_unknown",
            "1",
            "levers.informl",
            "informl",
            "informal? formal | informal | construction | migrant | unsplit",
        ),
        (
            "lever = 1",
            "key_unknown",
            "1",
            "lever",
            "lever",
            "levers? name | note | author | until | levers | rule | programme",
        ),
        (
            (
                '[[programme]]\nname = "a"\nsegment = "formal"\nworkers = 1\nstarts = "2023-02"\nmonths = 1\n'
                '[[programme]]\nname = "b"\nsegment = "pu"\nworkers = 1\nstarts = "2023-02"\nmonths = 1'
            ),
            "value_refused",
            "9",
            "programme.2.segment",
            "pu",
            "formal | informal | construction | migrant | unsplit",
        ),
    ],
)
def test_a_file_is_refused_with_line_key_what_stands_there_and_what_may(
    text: str, code: str, line: str, key: str, found: str, allowed: str
) -> None:
    with pytest.raises(DeclarationRefused) as refused:
        scenarios.loads(text, "push.toml")

    said = {"file": "push.toml", "line": line, "key": key, "found": found, "allowed": allowed, "more": 0}
    assert (refused.value.code, refused.value.data) == (code, said)
    for words in LANGUAGES:
        sentence = words.error(refused.value)
        assert all(part in sentence for part in ("push.toml", line, key, allowed))


def test_a_refusal_says_in_words_how_many_more_mistakes_there_are() -> None:
    with pytest.raises(DeclarationRefused) as refused:
        scenarios.loads('[[programme]]\nname = "x"', "push.toml")

    assert refused.value.data["more"] == 3
    assert [words.error(refused.value) for words in LANGUAGES] == [
        (
            'Berkas push.toml, baris 1: "programme.1.segment" belum ada, padahal wajib. '
            "Yang boleh: formal | informal | construction | migrant | unsplit. Masih ada 3 kesalahan lain."
        ),
        (
            'File push.toml, line 1: "programme.1.segment" is missing, but it is needed. '
            "Allowed: formal | informal | construction | migrant | unsplit. There are 3 more mistakes."
        ),
    ]


def test_a_file_that_is_not_there_or_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_bytes(b'name = "\xff"')
    for name, code in {"bad.toml": "not_text", "none.toml": "declaration_unreadable"}.items():
        with pytest.raises(DeclarationRefused) as refused:
            scenarios.load(tmp_path / name)
        assert (refused.value.code, refused.value.data["file"]) == (code, name)


# Links


def test_a_link_is_plain_text() -> None:
    assert links.to_query(scenarios.loads(FULL, "x.toml")) == {
        "name.id": "Dorong informal",
        "name.en": "Push informal",
        "note": "catatan",
        "author": "A. Nalis",
        "until": "2023-12",
        "informal.new": "0.2",
        "informal.lapse": "-0.25",
        "informal.back": "0.1",
        "informal.extra": "500.0",
        "informal.eligible_growth": "0.02",
        "informal.starts": "2023-02",
        "informal.ramp": "3",
        "informal.branch.Palembang.new": "0.0",
        "p1.name": "APBD pekerja rentan",
        "p1.segment": "informal",
        "p1.workers": "10000",
        "p1.starts": "2023-03",
        "p1.months": "6",
        "p1.stay": "0.25",
        "p1.branches": '["Palembang"]',
    }


def test_programmes_of_a_link_come_in_the_order_of_their_numbers() -> None:
    second = {key.replace("p1", "p10"): value for key, value in PROGRAMME.items()} | {"p10.name": "z"}

    assert [one.name for one in links.from_query(second | PROGRAMME).programme] == ["x", "z"]


@pytest.mark.parametrize(
    ("query", "code", "key", "found", "allowed"),
    [
        ({"informal.new": "9"}, "link_value_refused", "informal.new", "9", "-1 … 5"),
        ({"informal.new": "0,2"}, "link_value_refused", "informal.new", "0,2", "-1 … 5"),
        ({"informal.new": "nan"}, "link_value_refused", "informal.new", "nan", "-1 … 5"),
        (
            {"informal.branch.A.B.lapse": "-2"},
            "link_value_refused",
            "informal.branch.A.B.lapse",
            "-2",
            "-1 … 5",
        ),
        (
            {"informal.neu": "1"},
            "link_key_unknown",
            "informal.neu",
            "neu",
            "new? new | lapse | back | extra | eligible_growth | starts | ramp | branch",
        ),
        ({"foo": "1"}, "link_key", "foo", "1", "informal.new=0.2 | p1.workers=10000"),
        ({"informal": "1"}, "link_key", "informal", "1", "informal.new=0.2 | p1.workers=10000"),
        ({"p²": "1"}, "link_key", "p²", "1", "informal.new=0.2 | p1.workers=10000"),
        ({"until": "Maret"}, "link_value_refused", "until", "Maret", "YYYY-MM | +3"),
        ({"name": "x", "name.id": "y"}, "link_key", "name.id", "y", "name | name.id, name.en"),
        (PROGRAMME | {"p1.workers": "-1"}, "link_value_refused", "p1.workers", "-1", "0 … 100000000 (1, 2, 3 …)"),
        (PROGRAMME | {"p1.branches": "Jambi"}, "link_value_refused", "p1.branches", "Jambi", '["Palembang"]'),
        (
            PROGRAMME | {key.replace("p1", "p7"): value for key, value in PROGRAMME.items()} | {"p7.fund": "APBD"},
            "link_value_refused",
            "p7.fund",
            "APBD",
            "government | village | corporate",
        ),
        (
            {"p3.name": "x", "p3.workers": "1", "p3.starts": "2023-02", "p3.months": "1"},
            "link_key_missing",
            "p3.segment",
            "",
            "formal | informal | construction | migrant | unsplit",
        ),
    ],
)
def test_a_link_that_cannot_be_used_is_told_by_the_parameters_name(
    query: dict[str, str], code: str, key: str, found: str, allowed: str
) -> None:
    with pytest.raises(DeclarationRefused) as refused:
        links.from_query(query)

    data = refused.value.data
    assert (refused.value.code, data["key"], data["found"], data["allowed"]) == (code, key, found, allowed)
    for words in LANGUAGES:
        assert all(part in words.error(refused.value) for part in (key, allowed))


def test_what_is_set_over_a_scenario_replaces_it_and_the_rest_stays() -> None:
    scenario = scenarios.loads(FULL, "x.toml")

    changed = links.override(
        scenario, ["informal.new=0.5", " formal.lapse = -0.1", "p1.workers=5", "informal.branch.Palembang.ramp=2"]
    )

    assert changed.levers["informal"].new == 0.5
    assert changed.levers["informal"].lapse == -0.25
    assert changed.levers["informal"].branch["Palembang"].model_dump(exclude_unset=True) == {"new": 0.0, "ramp": 2}
    assert changed.levers["formal"].lapse == -0.1
    assert changed.programme[0].workers == 5
    assert scenario == scenarios.loads(FULL, "x.toml")


@pytest.mark.parametrize(
    ("assignment", "code", "key"),
    [
        ("informal.new", "link_key", "informal.new"),
        ("x=1", "link_key", "x"),
        ("formal.new=7", "link_value_refused", "formal.new"),
    ],
)
def test_what_cannot_be_set_is_refused(assignment: str, code: str, key: str) -> None:
    with pytest.raises(DeclarationRefused) as refused:
        links.override(Scenario(), [assignment])

    assert (refused.value.code, refused.value.data["key"]) == (code, key)


def test_a_lever_moves_without_touching_what_else_is_set() -> None:
    scenario = scenarios.loads(FULL, "x.toml").with_levers("informal", new=0.3).with_levers("formal", ramp=2)

    assert scenario.levers["informal"].new == 0.3
    assert scenario.levers["informal"].branch["Palembang"].new == 0
    assert scenario.levers["formal"].model_dump(exclude_unset=True) == {"ramp": 2}
    assert len(scenario.programme) == 1
    with pytest.raises(DeclarationRefused) as refused:
        scenario.with_levers("informal", new=9)
    assert (refused.value.code, refused.value.data["key"]) == ("link_value_refused", "informal.new")


# Saving


def test_a_saved_scenario_is_there_again(tmp_path: Path) -> None:
    path = tmp_path / "push.toml"
    scenarios.save(scenarios.loads(FULL, "x.toml"), path)

    assert scenarios.load(path) == scenarios.loads(FULL, "x.toml")
    assert [one.name for one in tmp_path.iterdir()] == ["push.toml"]
    assert path.stat().st_mode & 0o777 == 0o666 & ~_umask()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


@pytest.mark.parametrize("step", ["os.fsync", "pathlib.Path.replace"])
def test_the_old_file_survives_a_crash_while_saving(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    path = tmp_path / "push.toml"
    path.write_text('name = "lama"\n', "utf-8")

    def crash(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(step, crash)
    with pytest.raises(OSError, match="disk full"):
        scenarios.save(scenarios.loads(FULL, "x.toml"), path)

    assert path.read_text("utf-8") == 'name = "lama"\n'
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_is_held_for_a_moment_is_still_replaced(tmp_path: Path, held: Callable[[str, int], None]) -> None:
    path = tmp_path / "push.toml"
    path.write_text('name = "lama"\n', "utf-8")
    held("replace", 3)

    scenarios.save(scenarios.loads(FULL, "x.toml"), path)

    assert scenarios.load(path) == scenarios.loads(FULL, "x.toml")
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_stays_open_elsewhere_is_left_as_it_was(
    tmp_path: Path, held: Callable[[str, int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "push.toml"
    path.write_text('name = "lama"\n', "utf-8")
    held("replace", 1000)
    waited: list[float] = []
    monkeypatch.setattr("time.sleep", waited.append)

    with pytest.raises(PermissionError, match="used by another process"):
        scenarios.save(scenarios.loads(FULL, "x.toml"), path)

    assert 0.5 < sum(waited) < 2
    assert path.read_text("utf-8") == 'name = "lama"\n'
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_may_not_be_written_is_refused_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:

        def refuse(*_: object) -> None:
            assert os.name != "nt", "it tries another name"
            patch.setattr(os, "name", "nt")
            raise PermissionError(13, "Permission denied")

        patch.setattr("os.open", refuse)  # what `tempfile` calls
        patch.setattr("io.open", refuse)
        with pytest.raises(PermissionError):
            scenarios.save(scenarios.loads(FULL, "x.toml"), tmp_path / "push.toml")


# Presets


def test_presets_are_those_of_the_folder_the_baseline_first(tmp_path: Path) -> None:
    for name in ("zeta", "alpha", "baseline"):
        (tmp_path / f"{name}.toml").write_text(f'name = "{name}"\n', "utf-8")

    assert {name: one.name for name, one in scenarios.presets(tmp_path).items()} == {
        "baseline": "baseline",
        "alpha": "alpha",
        "zeta": "zeta",
    }
    assert list(scenarios.presets(tmp_path)) == ["baseline", "alpha", "zeta"]
    assert scenarios.named("zeta", tmp_path).name == "zeta"
    assert scenarios.named(str(tmp_path / "alpha.toml")).name == "alpha"
    with pytest.raises(DeclarationRefused) as refused:
        scenarios.named("zebra", tmp_path)
    assert refused.value.data == {"found": "zebra", "allowed": "alpha | baseline | zeta"}


@pytest.mark.parametrize("words", LANGUAGES, ids=texts.languages())
def test_every_shipped_scenario_can_be_said_written_and_linked(words: texts.Texts) -> None:
    for name, scenario in scenarios.presets().items():
        assert scenarios.loads(scenarios.dumps(scenario), "x") == scenario
        assert links.from_query(links.to_query(scenario)) == scenario
        assert bool(describe_scenario(scenario, words)) == (name != "baseline")


# In words


def test_a_scenario_is_said_in_words() -> None:
    scenario = scenarios.loads(FULL + "[levers.formal]\nextra = 50\n", "x.toml")
    indonesian, english = (describe_scenario(scenario, words) for words in LANGUAGES)

    assert indonesian == [
        "Informal: Pendaftaran baru +20\u00a0%, mulai Februari 2023, bertahap selama 3 bulan",
        "Informal: Peserta keluar −25\u00a0%, mulai Februari 2023, bertahap selama 3 bulan",
        "Informal: Peserta aktif kembali +10\u00a0%, mulai Februari 2023, bertahap selama 3 bulan",
        "Informal: Pendaftaran tambahan +500 pekerja per bulan, mulai Februari 2023, bertahap selama 3 bulan",
        "Informal: Pertumbuhan potensi peserta 2,0\u00a0% setahun",
        "Informal, Palembang: Pendaftaran baru seperti biasa",
        "Formal: Pendaftaran tambahan +50 pekerja per bulan",
        (
            "APBD pekerja rentan (Informal): iuran 10.000 pekerja dibiayai selama 6 bulan mulai Maret 2023; "
            "sesudah itu 25\u00a0% membayar sendiri"
        ),
    ]
    assert english == [
        "Informal: New registrations +20%, from February 2023, building up over 3 months",
        "Informal: Members who drop out −25%, from February 2023, building up over 3 months",
        "Informal: Members who come back +10%, from February 2023, building up over 3 months",
        "Informal: Extra registrations +500 workers a month, from February 2023, building up over 3 months",
        "Informal: Growth of eligible workers 2.0% a year",
        "Informal, Palembang: New registrations as usual",
        "Formal: Extra registrations +50 workers a month",
        (
            "APBD pekerja rentan (Informal): contributions of 10,000 workers are paid for 6 months from March 2023; "
            "after that 25% pay for themselves"
        ),
    ]


def test_a_branchs_own_time_is_said_of_all_that_it_takes_over() -> None:
    scenario = scenarios.loads(
        "[levers.informal]\nnew = 0.125\nextra = 70\n[levers.informal.branch.Jambi]\nramp = 2\n", "x.toml"
    )

    assert describe_scenario(scenario, LANGUAGES[1]) == [
        "Informal: New registrations +12.5%",
        "Informal: Extra registrations +70 workers a month",
        "Informal, Jambi: New registrations +12.5%, from the next month, building up over 2 months",
    ]


@pytest.mark.parametrize("words", LANGUAGES, ids=texts.languages())
def test_everything_that_is_declared_has_words(words: texts.Texts) -> None:
    for name, one in scenarios.lever_fields():
        assert words(f"lever.{name}.name")
        assert words(f"lever.{name}.help")
        assert scenarios.unit_of(one) in {"change", "people", "growth", "month", "months"}
    for name in Programme.model_fields:
        assert words(f"programme.{name}")
        assert words(f"programme.{name}.help")
    for name in FUNDS:
        assert words(f"fund.{name}")
    for name in Programme.model_fields["spread"].annotation.__args__:  # type: ignore[union-attr]
        assert words(f"spread.{name}")


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (0.2, "change", ["+20\u00a0%", "+20%"]),
        (-0.255, "change", ["−25,5\u00a0%", "−25.5%"]),
        (0.02, "growth", ["2,0\u00a0% setahun", "2.0% a year"]),
        (1200, "people", ["+1.200 pekerja per bulan", "+1,200 workers a month"]),
        (1, "months", ["1 bulan", "1 month"]),
        (date(2023, 5, 1), "month", ["Mei 2023", "May 2023"]),
    ],
)
def test_a_levers_value_is_written_with_its_unit(value: float | date, unit: str, expected: list[str]) -> None:
    assert [describe_lever_value(value, unit, words) for words in LANGUAGES] == expected


# Simulating


def look(*targets: Mapping[str, object], scope_: Scope | None = None) -> View:
    rows = frames.history("2022-12", [990, 1000], new=[None, 10], lapsed=[None, 0], eligible=[3000, 3000])
    rows += frames.history(
        "2022-12", [495, 500], new=[None, 5], lapsed=[None, 0], eligible=[1000, 1000], branch="Jambi"
    )
    chosen = TargetSet.model_validate({"target": [{"by": "2023-06"} | dict(one) for one in targets]})
    return views.of(
        frames.branch_months(*rows), frames.register(), chosen, scope=scope_ or Scope(), as_of=None,
        settings=settings.load(),
    )  # fmt: skip


def course(branch: str, horizon: int = 5) -> list[float]:
    """Where the law leads a branch of `look`: both grew by a ninety-ninth, and their eligible limit them."""
    rows = {
        "Palembang": frames.history("2022-12", [990, 1000], eligible=[3000, 3000]),
        "Jambi": frames.history("2022-12", [495, 500], eligible=[1000, 1000]),
    }
    return slow_law.run_of(rows[branch], horizon).run


def test_a_simulation_has_a_row_for_each_key_and_month_up_to_the_targets() -> None:
    view = look({"branch": "Jambi", "workers": 600})

    found = runs.simulate(view, scenarios.loads("[levers.informal]\nnew = 1\n", "x"), name="push", keys=["branch"])

    assert found["scenario"].unique().to_list() == ["push"]
    assert found["branch"].to_list() == ["Jambi"] * 6 + ["Palembang"] * 6
    # Nobody lapses where all grow: twice the registrations are twice the growth.
    assert found["covered"].to_list() == pytest.approx(
        [2 * covered - 500 for covered in course("Jambi")] + [2 * covered - 1000 for covered in course("Palembang")]
    )
    assert found["target"].to_list() == [600] * 6 + [None] * 6
    # All members against the target of Jambi alone would be no comparison: together, only Jambi counts.
    total = runs.simulate(view, Scenario(), name="x", keys=[])
    assert total["covered"].to_list() == pytest.approx(course("Jambi"))
    assert total["target"].to_list() == [600] * 6


def test_history_gap_projection_and_chance_speak_of_the_same_workers_where_only_some_have_a_target() -> None:
    view = look({"branch": "Jambi", "workers": 600})
    still = runs.baseline_table(view, 5, [])
    standing = gaps.by(view, []).to_dicts()[0]
    past = so_far.history(view, [])
    rates = projection.rates_to_run(view.start, 5)
    futures = projection.Futures(flows=lambda _: rates, draws=1, known=np.ones(2, dtype=np.bool_))
    fan = chance.fan(view, Scenario(), 5, [], futures=futures)

    assert standing["active"] == past["active"][-1] == still["covered"][0] == fan["p50"][0] == 500
    assert standing["target"] == still["target"][0] == 600
    assert fan["p50"].to_list() == pytest.approx(still["covered"].to_list())
    assert standing["expected"] == pytest.approx(still["covered"][-1])
    assert standing["untargeted"] == 1000


def test_what_is_short_is_counted_series_by_series() -> None:
    # Jambi ends at 523, 73 above its 450; Palembang at 1 046, 104 below its 1 150.
    view = look({"branch": "Jambi", "workers": 450}, {"branch": "Palembang", "workers": 1150})

    total = runs.baseline_table(view, 5, [])

    assert total["covered"][-1] == pytest.approx(course("Jambi")[-1] + course("Palembang")[-1])
    assert (total["target"][-1], total["short"][-1]) == pytest.approx((1600, 1150 - course("Palembang")[-1]))
    assert total["short"][0] == pytest.approx(150)
    assert runs.baseline_table(look(), 5, [])["short"].to_list() == [None] * 6


@pytest.mark.parametrize(
    "text",
    [
        "[levers.informal.branch.Jamby]\nnew = 0.1\n",
        (
            '[[programme]]\nname = "A"\nsegment = "informal"\nworkers = 1\nstarts = "2023-03"\nmonths = 1\n'
            'branches = ["Jamby"]\n'
        ),
    ],
    ids=["lever", "programme"],
)
def test_a_branch_that_the_data_do_not_know_is_named_with_those_that_are_like_it(text: str) -> None:
    view = look({"branch": "Jambi", "workers": 600}, scope_=Scope(branches=("Palembang",)))

    scenario = scenarios.loads(text, "x")
    assert runs.strangers(view, scenario) == ["Jamby"]
    with pytest.raises(CakupanError) as refused:
        runs.require_known(view, scenario)
    assert refused.value.data == {"found": "Jamby", "allowed": "Jambi | …"}
    # Outside the scope is not outside the data.
    assert runs.strangers(view, scenarios.loads(text.replace("Jamby", "JAMBI"), "x")) == []


def test_the_baseline_runs_as_far_as_it_is_asked_for() -> None:
    far = runs.baseline_table(look(), 130, [])
    assert far.height == 131
    assert far["covered"][-1] == pytest.approx(course("Jambi", 130)[-1] + course("Palembang", 130)[-1])


@pytest.mark.parametrize(
    ("until", "own", "targets", "expected"),
    [
        (date(2023, 3, 1), "2023-09", [{"workers": 1}], 2),
        (None, "2023-09", [{"workers": 1}], 8),
        (None, None, [{"workers": 1}], 5),
        (None, None, [{"workers": 1, "by": "2023-01"}], 12),
        (None, None, [], 12),
    ],
)
def test_a_simulation_runs_to_the_month_asked_for_the_scenarios_the_targets_or_a_year(
    until: date | None, own: str | None, targets: list[dict[str, object]], expected: int
) -> None:
    scenario = Scenario.model_validate({"until": own})

    assert runs.horizon(look(*targets), scenario, until) == expected


@pytest.mark.parametrize("until", [date(2023, 1, 1), date(2020, 1, 1), date(2073, 2, 1)])
def test_a_month_that_cannot_be_simulated_is_refused_with_those_that_can(until: date) -> None:
    with pytest.raises(DeclarationRefused) as refused:
        runs.horizon(look(), None, until)

    assert refused.value.data == {"found": months.code(until), "allowed": "2023-02 … 2073-01"}
    assert all("2023-02 … 2073-01" in words.error(refused.value) for words in LANGUAGES)


def test_a_programme_spread_by_gap_goes_to_those_below_their_target() -> None:
    view = look({"branch": "Jambi", "workers": 800}, {"branch": "Palembang", "workers": 900})
    scenario = links.from_query(PROGRAMME | {"p1.workers": "90", "p1.spread": "gap", "p1.months": "3"})

    found = runs.simulate(view, scenario, name="x", keys=["branch"]).filter(month=date(2023, 2, 1))

    assert found["enrolled"].to_list() == [90, 0]


def test_the_money_is_the_premium_for_every_member_and_month() -> None:
    # 100 workers from November 2023 for four months: 200 months in each year, of which the payer bears three quarters.
    scenario = links.from_query(
        PROGRAMME
        | {"p1.workers": "100", "p1.starts": "2023-11", "p1.months": "4", "p1.share": "0.75", "p1.fund": "village"}
    )
    view = look()

    found = money.yearly(money.monthly(view, scenario, runs.flows(view, scenario, 24)))

    told = ["programme", "fund", "year", "workers", "person_months", "payer_rupiah", "members_rupiah"]
    assert found.select(told).rows() == [
        ("x", "village", 2023, 100, 200, 200 * 16800 * 0.75, 200 * 16800 * 0.25),
        ("x", "village", 2024, 100, 200, 200 * 16800 * 0.75, 200 * 16800 * 0.25),
    ]
    assert money.monthly(view, Scenario(), runs.flows(view, Scenario(), 2)).is_empty()


def test_a_programme_that_is_over_already_is_named() -> None:
    early = {key.replace("p1", "p2"): value for key, value in PROGRAMME.items()}
    scenario = links.from_query(PROGRAMME | early | {"p2.starts": "2022-10", "p2.months": "3", "p2.name": "lama"})

    assert runs.not_simulated(look(), scenario) == ["lama"]
    runs_on = links.from_query(PROGRAMME | early | {"p2.starts": "2022-10", "p2.months": "4"})
    assert runs.not_simulated(look(), runs_on) == []


FULL_UP = "its branches, or some of them, have no more eligible workers who are not yet covered."


# Jambi has 500 of 1 000 x 1.02^(1/12) = 1 001.65 eligible workers: room for 501.65 in February.
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"p1.workers": "400"}, []),
        (
            {"p1.workers": "90000"},
            [f'The programme "x" pays for only 502 of 90,000 workers: {FULL_UP}'],
        ),
        (
            {"p1.segment": "migrant"},
            ['The programme "x" reaches nobody here: its segment or its branches are not among those shown.'],
        ),
        (
            {"p1.branches": "[]"},
            ['The programme "x" reaches nobody here: its segment or its branches are not among those shown.'],
        ),
        ({"p1.starts": "2023-04"}, ['The programme "x" begins in April 2023, after the last month shown.']),
        ({"p1.starts": "2023-01"}, []),  # it runs already
        ({"p1.workers": "0"}, []),
    ],
)
def test_a_programme_that_reaches_fewer_than_it_would_pay_for_is_named(change: dict[str, str], said: list[str]) -> None:
    scenario = links.from_query(PROGRAMME | {"p1.branches": '["Jambi"]'} | change)
    view, english = look(), texts.load("en")

    assert describe_curtailed_programmes(view, scenario, runs.flows(view, scenario, 2), english) == said


def test_segments_that_a_scenario_moves_and_the_scope_does_not_hold_are_named() -> None:
    view, english = look(), texts.load("en")
    elsewhere = Scenario().with_levers("migrant", new=0.1).with_levers("unsplit", new=0.0)  # moved by nothing
    both = elsewhere.with_levers("informal", new=0.2)
    funded = links.from_query(PROGRAMME)

    (said,) = describe_unseen_segments(view, elsewhere, english)
    assert said.endswith("so nothing happens there: Migrant workers.")
    assert describe_unseen_segments(view, both, english) == [said]
    assert [describe_unseen_segments(view, one, english) for one in (funded, Scenario())] == [[], []]
    assert [runs.reaches(view, one) for one in (elsewhere, both, funded, Scenario())] == [False, True, True, False]


def test_two_sets_of_levers_for_one_branch_are_refused_with_both_names() -> None:
    text = '[levers.informal.branch.Palembang]\nnew = 0.1\n[levers.informal.branch."KC Palembang"]\nnew = 0.2\n'

    with pytest.raises(DeclarationRefused) as refused:
        scenarios.loads(text, "x.toml")

    assert (refused.value.code, refused.value.data["key"]) == ("value_refused", "levers.informal")
    assert refused.value.data["allowed"] == 'branch."Palembang" | branch."KC Palembang"'


def test_side_by_side_is_one_row_for_each_month_of_past_and_future() -> None:
    view = look({"workers": 2000})
    past = frames.branch_months(*frames.history("2022-12", [1485, 1500])).select("month", "active")
    still = runs.baseline_table(view, 2, [])
    moved = runs.simulate(view, Scenario().with_levers("informal", new=1), name="x", until=date(2023, 3, 1), keys=[])

    found = runs.side_by_side(past, still, moved)

    _, first, then = (sum(both) for both in zip(course("Jambi", 2), course("Palembang", 2), strict=True))
    assert found.select("month", "history", "baseline", "covered", "difference", "target").rows() == [
        (date(2022, 12, 1), 1485, None, None, None, None),
        (date(2023, 1, 1), 1500, 1500, 1500, 0, 2000),
        *[
            (date(2023, month, 1), None, *(pytest.approx(n) for n in (end, 2 * end - 1500, end - 1500)), 2000)
            for month, end in ((2, first), (3, then))
        ],
    ]
    assert "covered" not in runs.side_by_side(past, still, None).columns
    marks = pl.DataFrame({"month": [date(2023, 2, 1), date(2023, 6, 1)], "workers": [1700.0, 1900.0]})
    assert runs.side_by_side(past, still, None, milestones=marks).select("month", "milestone").rows()[2:] == [
        (date(2023, 2, 1), 1700),
        (date(2023, 3, 1), None),
        (date(2023, 6, 1), 1900),
    ]


def test_every_refusal_of_the_model_has_a_sentence_in_both_languages() -> None:
    data = dict.fromkeys(("file", "line", "column", "key", "found", "allowed"), "x")
    for code in [
        "toml_syntax",
        "key_unknown",
        "key_missing",
        "value_refused",
        "link_key",
        "link_key_unknown",
        "link_key_missing",
        "link_value_refused",
        "scenario_unknown",
        "target_set_unknown",
        "declaration_unreadable",
        "until_refused",
        "no_rows",
        "no_month",
        "region_unknown",
        "branch_unknown",
        "segment_unknown",
        "scope_empty",
        "settings_unreadable",
    ]:
        for words in LANGUAGES:
            assert "{" not in words.error(CakupanError(code, **data)), code


def test_levers_over_wider_ones_replace_what_they_say_alone() -> None:
    narrow, wide = Levers(new=0.0, ramp=2), Levers(new=0.5, lapse=-0.1)

    assert narrow.over(wide).model_dump(exclude_unset=True) == {"new": 0.0, "lapse": -0.1, "ramp": 2}


# Months counted from the as-of month on

AHEAD = """
until = "+12"
[levers.informal]
new = 0.2
starts = "+1"
[levers.informal.branch.Palembang]
new = 0.3
starts = "+2"
[[programme]]
name = "Rentan"
segment = "informal"
workers = 100
starts = "+3"
months = 6
"""


def test_a_month_may_be_counted_from_the_as_of_month_on():
    placed = scenarios.loads(AHEAD, "x.toml").at(date(2023, 11, 1))

    assert placed.until == date(2024, 11, 1)
    assert placed.levers["informal"].starts == date(2023, 12, 1)
    assert placed.levers["informal"].branch["Palembang"].starts == date(2024, 1, 1)
    assert placed.programme[0].starts == date(2024, 2, 1)


def test_a_relative_month_travels_as_it_is_written():
    scenario = scenarios.loads(AHEAD, "x.toml")

    assert scenarios.loads(scenarios.dumps(scenario), "y.toml") == scenario
    assert 'starts = "+3"' in scenarios.dumps(scenario)
    assert links.from_query(links.to_query(scenario)) == scenario
    assert links.to_query(scenario)["p1.starts"] == "+3"


def test_a_scenario_of_relative_months_runs_as_one_of_dates():
    view, _ = sample.looked()
    relative = scenarios.loads(AHEAD, "x.toml")
    dated = relative.at(view.as_of)

    assert runs.horizon(view, relative) == 12
    one, other = (runs.simulate(view, scenario, name="x") for scenario in (relative, dated))
    assert one.equals(other)


@pytest.mark.parametrize("wrong", ["+", "-3", "+1.5", "+700", "3"])
def test_a_relative_month_that_is_none_is_refused_with_both_forms(wrong):
    with pytest.raises(DeclarationRefused) as refused:
        scenarios.loads(f'until = "{wrong}"', "x.toml")

    assert refused.value.data["allowed"] == "YYYY-MM | +3"


def test_a_programme_without_a_name_says_which_row_and_what_is_missing() -> None:
    whole = programme_table.programme_table(scenarios.named("funded-programme"))
    nameless = pl.concat([whole, whole.with_columns(name=pl.lit("  ")), whole.with_columns(workers=None, name=None)])

    assert programme_table.unfinished(whole) == {}
    assert programme_table.unfinished(nameless) == {2: ["name"], 3: ["name", "workers"]}
    assert programme_table.programme_documents(nameless) is None


def test_what_a_scenario_assumes_of_the_workforce_is_no_act() -> None:
    acts = {"informal": {"new": 0.2, "eligible_growth": 0.05, "branch": {"Jambi": {"eligible_growth": -0.01}}}}
    scenario = scenarios.validated({"levers": acts | {"formal": {"lapse": -0.1}}}, file="")

    assert scenarios.simplified(scenario.assumed) == {
        "levers": {"informal": {"eligible_growth": 0.05, "branch": {"Jambi": {"eligible_growth": -0.01}}}}
    }
