"""Does every language say everything, and write numbers, months and errors in its own way?"""

from __future__ import annotations

import ast
import errno
import math
import os
import re
import string
from datetime import date
from pathlib import Path

import pytest

from coverage.base import texts
from coverage.base.errors import CakupanError
from coverage.base.texts import Texts
from tests.source import MODULES, PAGES, nodes

ID, EN = texts.load("id"), texts.load("en")


def placeholders(message: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(message) if name}


def test_indonesian_comes_first() -> None:
    assert texts.languages()[0] == "id"
    assert "en" in texts.languages()


@pytest.mark.parametrize("language", [one for one in texts.languages() if one != "id"])
def test_every_language_has_the_same_messages_with_the_same_places_to_fill_in(language: str) -> None:
    other = texts.load(language).messages

    assert set(other) == set(ID.messages)
    # "1 branch" needs no number where a language says "one branch".
    assert {
        key: placeholders(other[key]) for key in other if placeholders(other[key]) != placeholders(ID.messages[key])
    } == {}


@pytest.mark.parametrize("words", [ID, EN], ids=["id", "en"])
def test_no_message_is_empty_or_holds_a_stray_brace(words: Texts) -> None:
    for key, message in words.messages.items():
        assert message.strip(), key
        assert not re.search(r"\{\W|\s\}", message), key


@pytest.mark.files
def test_no_message_is_kept_that_nobody_says() -> None:
    folder = Path(texts.__file__).parents[1]
    said, composed = set(), set()
    for path in (*MODULES, *PAGES):
        for node in nodes(path):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                said.add(node.value)
            elif isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                parts = [re.escape(one.value) if isinstance(one, ast.Constant) else "[^.]+" for one in node.values]
                # A text that ends in a dot is the room of many: f"branch.{name}." + what is asked of it.
                composed.add("".join(parts) + (".*" if parts[-1].endswith(".") else ""))
    composed.add(r"workbook\.head\.[^.]+")  # told.heading looks into one room after the other
    for path in (folder / "live" / "browser").glob("*.js"):  # there the room's name is left out
        script = path.read_text("utf-8")
        said |= {f"cockpit.{name}" for name in re.findall(r'"([a-z_]+)"', script)}
        parts = re.findall(r"`([a-z_]+_)\$\{", script) + re.findall(r'"([a-z_]+_)" \+', script)
        composed |= {rf"cockpit\.{part}[^.]+" for part in parts}
    composed.add(r"cockpit\.(fund|spread)_[^.]+")
    composed.add(r"card\.[^.]+\.[^.]+")  # asked for by lever, part and segment
    spoken = re.compile("|".join(composed))

    # `texts.count` chooses among the forms of a number.
    names = {re.sub(r"\.(one|other)$", "", key) for key in ID.messages}
    assert {one for one in names if one not in said and not spoken.fullmatch(one)} == set()


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [("id-ID", "id"), ("en_US.UTF-8", "en"), ("EN", "en"), ("fr-FR", "id"), ("", "id"), (None, "id"), ("C", "id")],
)
def test_the_language_that_fits_best_is_chosen_else_indonesian(wanted: str | None, expected: str) -> None:
    assert texts.choose(wanted) == expected


def test_money_that_is_less_than_nothing_has_its_sign_in_front() -> None:
    assert ID.rupiah(-1_591) == "\u2212Rp1.591"
    assert EN.rupiah(-2_500_000, short=True) == "\u2212Rp2.5 million"
    assert ID.rupiah(-0.2) == "Rp0"


@pytest.mark.parametrize("name", ["fr", "../id", ""])
def test_a_language_that_is_not_there_is_a_key_error(name: str) -> None:
    with pytest.raises(KeyError):
        texts.load(name)


@pytest.mark.parametrize(
    ("method", "number", "expected"),
    [
        ("people", 174000, ["174.000", "174,000"]),
        ("people", 0.4, ["0", "0"]),
        ("people", 1234567.5, ["1.234.568", "1,234,568"]),
        ("signed", 1200, ["+1.200", "+1,200"]),
        ("signed", -350.2, ["−350", "−350"]),
        ("signed", 0.3, ["0", "0"]),
        ("decimal", 3163.636, ["3.163,6", "3,163.6"]),
        ("share", 0.65, ["65,0 %", "65.0%"]),
        ("change", 0.2, ["+20 %", "+20%"]),
        ("change", -0.25, ["−25 %", "−25%"]),
        ("change", 0, ["0 %", "0%"]),
        ("compact", 1_200_000, ["1,2 jt", "1.2M"]),
        ("compact", 174_000, ["174 rb", "174K"]),
        ("rupiah", 16800, ["Rp16.800", "Rp16,800"]),
    ],
)
def test_a_number_takes_the_form_of_the_language(method: str, number: float, expected: list[str]) -> None:
    assert [getattr(words, method)(number).replace("\xa0", " ") for words in (ID, EN)] == expected


@pytest.mark.parametrize("method", ["people", "signed", "decimal", "share", "change", "compact", "rupiah"])
@pytest.mark.parametrize("nothing", [None, math.nan, math.inf])
def test_what_is_not_known_is_a_dash(method: str, nothing: float | None) -> None:
    assert getattr(ID, method)(nothing) == "–"


def test_large_amounts_of_money_are_written_in_words() -> None:
    assert ID.rupiah(2_016_000_000, short=True) == "Rp2,02 miliar"
    assert EN.rupiah(2_016_000_000, short=True) == "Rp2.02 billion"
    assert ID.rupiah(16_800, short=True) == "Rp16.800"


def test_months_are_named() -> None:
    assert [words.month(date(2023, 5, 1)) for words in (ID, EN)] == ["Mei 2023", "May 2023"]
    assert [words.month(date(2023, 8, 1), short=True) for words in (ID, EN)] == ["Agu 2023", "Aug 2023"]
    assert ID.month(None) == "–"


def test_counts_take_the_plural_of_the_language() -> None:
    assert [words.count("unit.months", 1) for words in (ID, EN)] == ["1 bulan", "1 month"]
    assert [words.count("unit.months", 2000) for words in (ID, EN)] == ["2.000 bulan", "2,000 months"]


def test_an_error_is_one_sentence_with_its_data_in_it() -> None:
    error = CakupanError("file_too_large", file="a.csv", found=1234567, allowed=1000)

    assert "a.csv" in ID.error(error)
    assert "1.234.567" in ID.error(error)
    assert "1,234,567" in EN.error(error)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({}, "The file a.csv is empty. Send the file that holds the figures."),
        ({"others": 0}, "The file a.csv is empty. Send the file that holds the figures."),
        (
            {"others": 2},
            "The file a.csv is empty. Send the file that holds the figures. 2 other files cannot be read either.",
        ),
        ({"more": 1}, "The file a.csv is empty. Send the file that holds the figures. There is 1 more mistake."),
    ],
)
def test_what_else_is_wrong_is_said_after_the_sentence(data: dict[str, int], expected: str) -> None:
    assert EN.error(CakupanError("empty_file", file="a.csv", **data)) == expected


def test_what_the_computer_says_of_a_file_is_said_in_the_language_of_the_reader() -> None:
    nowhere = CakupanError("out_refused", file="a/b.csv", found=os.strerror(errno.ENOENT))
    unheard_of = CakupanError("out_refused", file="a/b.csv", found="Stale file handle")

    assert "(berkas atau foldernya tidak ada)" in ID.error(nowhere)
    assert "(no such file or folder)" in EN.error(nowhere)
    assert "(Stale file handle)" in ID.error(unheard_of)


def test_a_name_with_braces_does_no_harm() -> None:
    assert "{0} {file}" in EN.error(CakupanError("empty_file", file="{0} {file}"))


def test_days_are_named() -> None:
    assert [words.day(date(2025, 12, 22)) for words in (ID, EN)] == ["22 Desember 2025", "22 December 2025"]


def test_a_text_is_cut_behind_a_word_and_only_where_it_is_too_long():
    assert texts.shortened("Daftarkan 20\u00a0% pekerja", 30) == "Daftarkan 20\u00a0% pekerja"
    assert texts.shortened("Daftarkan 10.000 pekerja rentan", 25) == "Daftarkan 10.000 …"
    assert texts.shortened("x" * 200, 20) == "x" * 18 + " …"


@pytest.mark.parametrize("number", [1e19, 1e20, 10**30, -1e40, 1e300])
def test_a_number_of_any_size_is_written_out(number: float) -> None:
    digits = f"{round(number):,}".replace(",", ".").replace("-", "\u2212")
    assert ID.people(number) == digits
    assert len(ID.decimal(number, 1)) == len(digits) + 2
    assert ID.rupiah(abs(number)) == "Rp" + digits.removeprefix("\u2212")
    assert all((ID.compact(number), ID.share(number), ID.signed(number), ID.rupiah(number, short=True)))


@pytest.mark.parametrize(
    ("first", "last", "indonesian", "english"),
    [
        ((2023, 1), (2023, 12), "2023", "2023"),
        ((2023, 2), (2023, 12), "Feb–Des 2023", "Feb–Dec 2023"),
        ((2024, 1), (2024, 8), "Jan–Agu 2024", "Jan–Aug 2024"),
        ((2024, 1), (2024, 1), "Jan 2024", "Jan 2024"),
    ],
)
def test_a_part_of_a_year_is_named_as_such(first, last, indonesian, english):
    period = (date(*first, 1), date(*last, 1))

    assert (texts.load("id").period(*period), texts.load("en").period(*period)) == (indonesian, english)
