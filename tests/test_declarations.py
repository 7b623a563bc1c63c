"""Is a slip in a TOML file found on its line, and does the refusal say what was probably meant?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import Field

from coverage.base import declarations, texts
from coverage.base.declarations import Declared, Month, Words
from coverage.base.errors import DeclarationRefused
from coverage.model import scenarios, targets


class Inner(Declared):
    size: int = Field(1, ge=1, le=9)
    share: float = Field(0.5, gt=0, lt=1)
    kind: Literal["big", "small"] = "big"


class Outer(Declared):
    name: Words = ""
    begins: Month | None = None
    on: bool = False
    until: Month | None = Field(None, alias="to")
    code: Annotated[str, Field(min_length=1, max_length=5)] = "x"
    inner: dict[str, Inner] = Field(default_factory=dict)
    many: tuple[Inner, ...] = ()
    names: tuple[str, ...] = ()


def refused(text: str) -> DeclarationRefused:
    with pytest.raises(DeclarationRefused) as found:
        declarations.load(text, "x.toml", Outer)
    return found.value


@pytest.mark.parametrize(
    ("text", "line", "column", "found", "advice"),
    [
        ("name = 'x'\nshare = 0,20", 2, 10, "share = 0,20", "0.20"),
        ("share = 20 %", 1, 12, "share = 20 %", "0.2"),
        ("share = 20%", 1, 11, "share = 20%", "0.2"),
        ("size = 10.000.000", 1, 14, "size = 10.000.000", "10000000"),
        ("begins = 12/2023", 1, 12, "begins = 12/2023", '"2023-12"'),
        ("name = Palembang", 1, 8, "name = Palembang", '"Palembang"'),
        ("[inner.a\nsize = 1", 1, 9, "[inner.a", "[inner.a]"),
        ("[[many]\nsize = 1", 1, 7, "[[many]", "[[many]]"),
        ("size: 3", 1, 5, "size: 3", "size = 3"),
        ("name = “Uji”", 1, 8, "name = “Uji”", '"Uji"'),
        ("share = .2", 1, 9, "share = .2", "0.2"),
        ("begins = 2023-02", 1, 14, "begins = 2023-02", '"2023-02"'),
        ('name = "abc', 1, 12, 'name = "abc', '"abc"'),
        ("name", 1, 5, "name", 'key = "text" | key = 0.25 | key = "2023-12"'),
    ],
)
def test_a_slip_of_the_pen_is_found_with_what_was_probably_meant(
    text: str, line: int, column: int, found: str, advice: str
) -> None:
    error = refused(text)

    assert error.code == "toml_syntax"
    assert error.data == {"file": "x.toml", "line": line, "column": column, "found": found, "allowed": advice}
    for language in texts.languages():
        assert advice in texts.load(language).error(error)


@pytest.mark.parametrize(
    ("text", "code", "line", "found"),
    [
        ("size = 1\nsize = 2", "toml_twice", 2, "size = 2"),
        ("inner.a.size = 1\n[inner.a]\nshare = 0.2", "heading_twice", 2, "[inner.a]"),
    ],
)
def test_what_stands_twice_is_told_with_the_line_of_the_second(text: str, code: str, line: int, found: str) -> None:
    error = refused(text)

    assert (error.code, error.data) == (code, {"file": "x.toml", "line": line, "found": found})


@pytest.mark.parametrize(
    ("text", "line", "key", "found", "allowed"),
    [
        ("[inner.a]\nsize = 10", "2", "inner.a.size", "10", "1 … 9 (1, 2, 3 …)"),
        ("[inner.a]\nshare = 1", "2", "inner.a.share", "1", "> 0 … < 1"),
        ('[inner.a]\nkind = "huge"', "2", "inner.a.kind", "huge", "big | small"),
        ('on = "yes"', "1", "on", "yes", "true | false"),
        ('to = "2023"', "1", "to", "2023", "YYYY-MM"),
        ("begins = 2023", "1", "begins", "2023", "YYYY-MM"),
        ('code = "abcdef"', "1", "code", "abcdef", '"…" (≤ 5)'),
        ('names = "x"', "1", "names", "x", '["…"]'),
        ("names = [1]", "1", "names.1", "1", '"…"'),
        ("inner = []", "1", "inner", "[]", "[inner]"),
        ("many = 2", "1", "many", "2", "[[many]]"),
        ("name = ['a']", "1", "name", '["a"]', '"…"'),
    ],
)
def test_a_value_is_refused_with_what_may_stand_there(text: str, line: str, key: str, found: str, allowed: str) -> None:
    error = refused(text)

    said = {"file": "x.toml", "line": line, "key": key, "found": found, "allowed": allowed, "more": 0}
    assert (error.code, error.data) == ("value_refused", said)


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ("[inner.a]\n\n# size\n  size = 0", "4", "inner.a.size"),
        ('[inner."a.b c"]\nsize = 0', "2", "inner.a.b c.size"),
        ("inner.a.size = 0", "1", "inner.a.size"),
        ("inner = { a = { size = 0 } }", "1", "inner.a.size"),
        ("[[many]]\nsize = 1\n[[many]]\nsize = 0", "4", "many.2.size"),
        ("\r\n[[many]]\r\nsize = 0\r\n", "3", "many.1.size"),
        ("\ufeff[[many]]\nsize = 0", "2", "many.1.size"),
        ('name = """\n[inner.a]\nsize = 0\n"""\n[inner.a]\nsize = 0', "6", "inner.a.size"),
        ("name = '''\n[inner.a]\nsize = 0''' # '''\n[inner.a]\nsize = 0", "5", "inner.a.size"),
        ('name = "\'\'\'" # """\n[inner.a]\nsize = 0', "3", "inner.a.size"),
        ('name = "a\u2028b"\n[inner.a]\nsize = 0', "3", "inner.a.size"),
    ],
)
def test_the_line_is_that_of_the_key_however_it_is_written(text: str, line: str, key: str) -> None:
    error = refused(text)

    assert (error.data["line"], error.data["key"]) == (line, key)


@pytest.mark.parametrize("deep", [250, 5000])
@pytest.mark.parametrize("pair", ["[]", "{}"])
def test_brackets_within_brackets_without_end_are_refused(deep: int, pair: str) -> None:
    inside = "a = " if pair == "{}" else ""
    error = refused("name = 'x'\nnames = " + (pair[0] + inside) * deep + "1" + pair[1] * deep)

    assert (error.code, error.data["line"]) == ("toml_deep", 2)
    assert len(str(error.data["found"])) <= 60


def test_a_long_line_is_cut_where_it_is_quoted() -> None:
    error = refused("name = " + "x" * 3000)

    assert (error.data["found"], error.data["allowed"]) == ("name = " + "x" * 50 + "…", '"' + "x" * 56 + "…")


def test_the_first_problem_is_told_and_the_others_are_counted() -> None:
    error = refused("[inner.a]\nsize = 0\nshare = 2\n[inner.b]\nkind = 1\ncolour = 1\n")

    assert (error.data["key"], error.data["more"]) == ("inner.a.size", 3)


def test_an_unknown_key_names_those_that_may_stand_there() -> None:
    error = refused("[inner.a]\nsise = 1")

    assert (error.code, error.data["found"]) == ("key_unknown", "sise")
    assert error.data["allowed"] == "size? size | share | kind"
    assert refused("zzz = 1").data["allowed"] == "name | begins | on | to | code | inner | many | names"


def test_a_good_file_is_read_whatever_its_line_ends() -> None:
    read = declarations.load('\ufeffname = "a"\r\nto = 2023-05-17\r\n[inner.a]\r\nshare = 0.25\r\n', "x", Outer)

    assert read.until is not None
    assert (read.until.isoformat(), read.inner["a"].share) == ("2023-05-01", 0.25)


@pytest.mark.parametrize(
    ("words", "language", "expected"),
    [
        ("satu", "en", "satu"),
        ({"id": "satu", "en": "one"}, "en", "one"),
        ({"id": "satu"}, "en", "satu"),
        ({}, "en", ""),
        (None, "en", ""),
    ],
)
def test_words_are_those_of_the_language_or_of_another_one(words: Words | None, language: str, expected: str) -> None:
    assert declarations.words(words, language) == expected


@pytest.mark.parametrize(
    ("text", "code", "told"),
    [
        ("[levers.informal]\nnew = 0.2\nnew = 0.3\n", "toml_twice", {"line": 3, "found": "new = 0.3"}),
        (
            "[levers.informal]\nnew = = 2\n",
            "toml_syntax",
            {"line": 2, "allowed": 'key = "text" | key = 0.25 | key = "2023-12"'},
        ),
    ],
)
def test_a_slip_is_named_for_what_it_is(text: str, code: str, told: dict[str, object]) -> None:
    with pytest.raises(DeclarationRefused) as refused:
        scenarios.loads(text, "x.toml")
    assert refused.value.code == code
    assert told.items() <= refused.value.data.items()


def test_a_declaration_that_is_no_utf_8_is_said_to_be_none(tmp_path: Path) -> None:
    file = tmp_path / "x.toml"
    file.write_text('name = "x"\n', "utf-16")
    for load in (scenarios.load, targets.load):
        with pytest.raises(DeclarationRefused) as refused:
            load(file)
        assert refused.value.code == "not_text"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('name = "Bad\\u0001name"', "Bad□name"),
        ('name = {id = "a", en = "Bad\\u0001name"}', '{"id": "a", "en": "Bad\\u0001name"}'),
    ],
)
def test_a_sign_that_is_no_writing_is_refused_and_shown(text: str, found: str) -> None:
    with pytest.raises(DeclarationRefused) as refused:
        declarations.load(text, "x.toml", Outer)
    assert refused.value.data["found"] == found
    assert refused.value.data["line"] == "1"
    assert declarations.load('name = "Dua\\nbaris 🚀"', "x.toml", Outer).name == "Dua\nbaris 🚀"


def test_our_own_file_of_a_later_version_opens_with_the_keys_that_are_not_known():
    text = """name = "A"
mood = "bright"
[levers.informal]
new = 0.2
luck = 3
[levers.gig]
new = 0.1
[[programme]]
name = "P"
segment = "informal"
workers = 10
starts = "2023-03"
months = 2
colour = "red"
"""

    scenario, unknown = scenarios.loads_own(text, "own.toml")

    assert sorted(unknown) == ["levers.gig", "levers.informal.luck", "mood", "programme.1.colour"]
    assert (scenario.levers["informal"].new, scenario.programme[0].workers) == (0.2, 10)
    with pytest.raises(DeclarationRefused):
        scenarios.loads(text, "typed.toml")
    with pytest.raises(DeclarationRefused):  # a value out of bounds is no key of a later version
        scenarios.loads_own("[levers.informal]\nnew = 99.0\n", "own.toml")
