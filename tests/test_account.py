"""Does everybody see where each line went, what was understood, and what is wrong?"""

from __future__ import annotations

import json

import polars as pl
import pytest

from coverage.base import settings, texts
from coverage.base.tables import FILES_READ, PROBLEMS
from coverage.intake import read as intake
from coverage.wording import account

ID, EN = texts.load("id"), texts.load("en")


def file_read(**values: object) -> dict[str, object]:
    usual: dict[str, object] = {
        "file": "a.csv",
        "encoding": "utf-8",
        "separator": ";",
        "thousands": ".",
        "header_line": 3,
        "mapping": "{}",
        "read": 10,
        "kept": 6,
        "set_aside": 2,
        "blank": 1,
        "totals": 1,
        "xxh128": "",
    }
    return usual | values


def files(*rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=FILES_READ)


def test_the_lines_of_all_files_add_up_in_one_sentence() -> None:
    both = files(file_read(), file_read(file="b.csv", read=1000, kept=1000, set_aside=0, blank=0, totals=0))

    assert account.lines_read(both) == {"read": 1010, "kept": 1006, "set_aside": 2, "blank": 1, "totals": 1}
    assert account.sentence(both, ID) == (
        "1.010 baris terbaca = 1.006 dipakai + 2 disisihkan + 1 kosong + 1 baris jumlah."
    )
    assert account.sentence(both, EN) == ("1,010 lines read = 1,006 kept + 2 set aside + 1 blank + 1 of totals.")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, ["semicolon", "UTF-8", "dot (174.000)", "3"]),
        (
            {"separator": "\t", "encoding": "windows-1252", "thousands": " "},
            ["tab", "Windows-1252", "space (174 000)", "3"],
        ),
        ({"separator": "|", "encoding": "utf-8-sig", "thousands": ""}, ["vertical bar", "UTF-8 + BOM", "no mark", "3"]),
        ({"separator": "", "encoding": "", "thousands": ","}, ["sheet cells", "XLSX", "comma (174,000)", "3"]),
    ],
)
def test_how_a_file_is_written_is_said_in_words(values: dict[str, object], expected: list[str]) -> None:
    row = account.by_file(files(file_read(**values)), EN)

    assert [str(row[head][0]) for head in ("separator", "encoding", "thousands", "header_line")] == expected


def test_each_header_is_said_with_what_it_was_taken_for() -> None:
    mapping = {"Bulan": "month", "Tahun": "year", "Aktif PU": "active formal", "Ket.": None}
    two = files(file_read(), file_read(file="b.csv", mapping=json.dumps(mapping)))

    assert account.header_rows(two, "b.csv", EN) == {
        "Header in the file": ["Bulan", "Tahun", "Aktif PU", "Ket."],
        "Read as": ["Month", "Year", "Active · Formal", "not used"],
    }


def test_a_problem_is_told_with_place_cell_severity_message_and_remedy() -> None:
    problems = pl.DataFrame(
        [
            {"file": "a.csv", "line": 2, "column": "Aktif", "value": "x", "severity": "error", "code": "negative"},
            {"file": "a.csv", "line": None, "column": None, "value": "Ket.", "severity": "note"}
            | {"code": "columns_not_used"},
        ],
        schema=PROBLEMS,
    )

    assert account.problem_rows(problems, EN) == {
        "Where": ["a.csv · line 2 · Aktif: x", "a.csv · Ket."],
        "What is wrong": [
            '✖ error: The count "x" is negative; there are never fewer than no people.',
            "○ note: Columns that are not known and not used: Ket..",
        ],
        "What to do": [
            "Enter the right count; put corrections into the month they correct.",
            "If one of them matters, give it a header from the data dictionary.",
        ],
    }


@pytest.mark.parametrize("words", [ID, EN], ids=["id", "en"])
def test_every_column_that_intake_understands_has_words(words: texts.Texts) -> None:
    content = b"tahun;bulan;cabang;aktif pu;aktif bpu;potensi pu;cakupan pu\n2023;1;Palembang;139200;61750;174000;80%\n"
    handed = intake.read([intake.Handed(name="a.csv", content=content)], settings=settings.load())

    meanings = account.header_rows(handed.files, "a.csv", words)[words("data.head.meaning")]

    assert len(meanings) == 7
    assert words("data.not_used") not in meanings


@pytest.mark.parametrize(
    "taken", ["place", "region", "year", "target of active of formal", "new of informal", "active"]
)
@pytest.mark.parametrize("words", [EN, texts.load("id")], ids=["en", "id"])
def test_every_meaning_of_a_recaps_header_has_words(taken: str, words: texts.Texts) -> None:
    one = files(file_read(mapping=json.dumps({"Kolom": taken})))

    (said,) = account.header_rows(one, "a.csv", words)[words("data.head.meaning")]

    assert said
    assert taken == "active" or said != taken
