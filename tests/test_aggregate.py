"""Does a list of persons become counts, each person once, without a word of it getting out?"""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from types import SimpleNamespace

import openpyxl
import pytest

from coverage.base import texts
from coverage.commands import cli
from coverage.intake.headers import CARD, NIK, of_persons

HEADER = "NIK;KPJ;Nama Peserta;Bulan;Cabang;Segmen;Status Kepesertaan"
ONE, TWO, THREE = "9999010101900001", "9999010101900002", "9999010101900003"


@pytest.fixture
def run(capsys, monkeypatch):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)

    def call(*argv, language="en"):
        capsys.readouterr()
        code = cli.main([*map(str, argv), "--language", language])
        said = capsys.readouterr()
        return SimpleNamespace(code=code, out=said.out, err=said.err)

    return call


@pytest.fixture
def counted(run, tmp_path):
    """Aggregate a list given as lines of text."""

    def call(*lines, name="list.csv", options=(), language="en"):
        file = tmp_path / name
        file.write_text("\n".join(lines) + "\n", "utf-8")
        return run("aggregate", "--data", file, *options, language=language)

    return call


def table(answer):
    return [tuple(row.values()) for row in csv.DictReader(io.StringIO(answer.out))]


def account(answer):
    """Return read, counted, repeated, not active, set aside and blank, as the last line says them."""
    last = answer.err.splitlines()[-1]
    return tuple(int(one.replace(",", "").replace(".", "")) for one in re.findall(r"[\d.,]*\d", last))


# --- the counts


def test_persons_become_one_row_per_month_branch_and_segment(counted):
    answer = counted(
        HEADER,
        f"{ONE};1001;Siti;2023-01;Palembang;PU;Aktif",
        f"{TWO};1002;Budi;Januari 2023;palembang;penerima upah;aktif",
        f"{THREE};1003;Wati;2023-01;Palembang;BPU;AKTIF",
        f"{ONE};1001;Siti;Feb-23;Palembang;PU;aktif",
        f"{THREE};1003;Wati;01/2023;Jambi;BPU;aktif",
    )
    assert answer.code == 0
    assert answer.out == (
        "month,branch,segment,active\n"
        "2023-01,Jambi,informal,1\n"
        "2023-01,Palembang,formal,2\n"
        "2023-02,Palembang,formal,1\n"
        "2023-01,Palembang,informal,1\n"
    )
    assert account(answer) == (5, 5, 0, 0, 0, 0)


def test_the_counts_are_read_by_check_clean_and_gaps_without_a_word(run, counted, tmp_path):
    out = tmp_path / "counts.csv"
    counted(
        HEADER,
        f"{ONE};1001;Siti;2023-01;Palembang;PU;Aktif",
        f"{TWO};1002;Budi;2023-01;Jambi;BPU;Aktif",
        options=("--out", out),
    )
    check = run("check", "--data", out)
    assert (check.code, check.out) == (0, "No problems found.\n")
    assert [row[:4] for row in table(run("clean", "--data", out))] == [
        ("2023-01", "Jambi", "informal", "1"),
        ("2023-01", "Palembang", "formal", "1"),
    ]
    assert run("gaps", "--data", out, "--by", "branch").code == 0


def test_json_and_a_table_say_the_same(counted):
    lines = (HEADER, f"{ONE};1001;Siti;2023-01;Palembang;PU;Aktif")
    assert json.loads(counted(*lines, options=("--format", "json")).out) == [
        {"month": "2023-01", "branch": "Palembang", "segment": "formal", "active": 1}
    ]
    assert re.search(r"Palembang +Formal +Jan 2023 +1", counted(*lines, options=("--format", "table")).out)


def test_a_person_who_stands_twice_counts_once_but_in_each_segment_and_branch(counted):
    answer = counted(
        HEADER,
        f"{ONE};1001;Siti;2023-01;Palembang;PU;Aktif",
        "'9999.0101.0190.0001;1001;SITI;2023-01;KC Palembang;PU;Aktif",  # the same digits, the same branch
        f"{ONE};1001;Siti;2023-01;Palembang;BPU;Aktif",
        f"{ONE};1001;Siti;2023-01;Jambi;PU;Aktif",
        f"{ONE};1001;Siti;2023-02;Palembang;PU;Aktif",
    )
    assert table(answer) == [
        ("2023-01", "Jambi", "formal", "1"),
        ("2023-01", "Palembang", "formal", "1"),
        ("2023-02", "Palembang", "formal", "1"),
        ("2023-01", "Palembang", "informal", "1"),
    ]
    assert account(answer) == (5, 4, 1, 0, 0, 0)
    assert "Repeated, and so not counted again: 1 row (" in answer.err
    assert '"KC Palembang" and "Palembang" are the same branch; "Palembang" is used.' in answer.err


def test_a_person_counts_once_in_several_files_together(run, tmp_path):
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(f"NIK;Bulan;Cabang;Segmen\n{ONE};2023-01;Palembang;PU\n")
    answer = run("aggregate", "--data", tmp_path / "a.csv", "--data", tmp_path / "b.csv")
    assert table(answer) == [("2023-01", "Palembang", "formal", "1")]
    assert account(answer) == (2, 1, 1, 0, 0, 0)
    assert "a.csv, b.csv: no column says who is active" in answer.err


def test_a_list_that_cannot_be_read_is_told_and_costs_the_others_nothing(run, tmp_path):
    head = "NIK;Nama Peserta;Bulan;Cabang;Segmen"
    (tmp_path / "a.csv").write_text("month;branch;segment;active\n2023-01;Jambi;PU;5\n", "utf-8")  # no list of persons
    (tmp_path / "b.csv").write_text(f"{head}\n{ONE};Siti;2023-01;Palembang;PU\n", "utf-8")
    (tmp_path / "c.csv").write_text(f"NIK;Nama Peserta;Cabang;Segmen\n{TWO};Budi;Jambi;PU\n", "utf-8")  # no month
    (tmp_path / "d.xlsx").write_bytes(b"no workbook")
    answer = run("aggregate", "--data", tmp_path)
    assert answer.code == 1
    assert table(answer) == [("2023-01", "Palembang", "formal", "1")]
    assert [name for name in ("a.csv", "c.csv", "d.xlsx") if name not in answer.err] == []
    assert not re.search("Siti|Budi|9999", answer.err)
    strict = run("aggregate", "--data", tmp_path, "--strict")
    assert (strict.code, strict.out) == (2, "")


def test_without_a_nik_the_number_of_the_card_tells_persons_apart(counted):
    answer = counted(
        "NIK;No. Peserta;Bulan;Cabang;Segmen",
        ";88;2023-01;Palembang;PU",
        "-;88;2023-01;Palembang;PU",
        ";89;2023-01;Palembang;PU",
    )
    assert table(answer) == [("2023-01", "Palembang", "formal", "2")]
    assert account(answer) == (3, 2, 1, 0, 0, 0)


def test_without_any_number_every_row_is_one_person_and_a_note_says_so(counted):
    answer = counted("Nama Peserta;Bulan;Cabang;Segmen", "Siti;2023-01;Palembang;PU", "Siti;2023-01;Palembang;PU")
    assert table(answer) == [("2023-01", "Palembang", "formal", "2")]
    assert account(answer) == (2, 2, 0, 0, 0, 0)
    assert "list.csv: no column with NIK or KPJ; every row counts as one person." in answer.err


@pytest.mark.parametrize(
    "numbers",
    [
        ("9,99901E+15", "9,99901E+15"),  # as a CSV saved by Excel shows them
        ("9999010101900000", "9999010101900000"),  # Excel keeps 15 digits
        ("9999010101900010", "9999010101900010"),  # every long number of the file ends in 0
        ("", "-"),
        ("0", "0000000000000000"),
        ("1111111111111111", "1111111111111111"),
    ],
)
def test_a_number_that_tells_nobody_apart_merges_nobody(counted, numbers):
    first, second = numbers
    answer = counted("NIK;Bulan;Cabang;Segmen", f"{first};2023-01;Palembang;PU", f"{second};2023-01;Palembang;PU")
    assert table(answer) == [("2023-01", "Palembang", "formal", "2")]
    assert account(answer) == (2, 2, 0, 0, 0, 0)
    assert "(empty, or shortened by Excel): 2 rows; each counts as one person." in answer.err


@pytest.mark.parametrize("number", ["9999010101900000", "9999011010000000", "9999010101900100"])
def test_a_nik_that_ends_in_zeros_is_a_number_where_another_was_not_shortened(counted, number):
    answer = counted(
        "NIK;Bulan;Cabang;Segmen",
        f"{number};2023-01;Palembang;PU",
        f"{number};2023-01;Palembang;PU",
        f"{ONE};2023-01;Palembang;PU",
    )
    assert table(answer) == [("2023-01", "Palembang", "formal", "2")]
    assert "shortened by Excel" not in answer.err


def test_the_only_nik_of_a_list_may_end_in_0000(counted):
    answer = counted("NIK;Bulan;Cabang;Segmen", "9999010101900000;2023-01;Palembang;PU")
    assert table(answer) == [("2023-01", "Palembang", "formal", "1")]
    assert "shortened by Excel" not in answer.err


def test_a_number_that_was_rounded_long_ago_is_shortened_whatever_the_others_are(counted):
    answer = counted(
        "NIK;Bulan;Cabang;Segmen",
        "9999010000000000;2023-01;Palembang;PU",
        f"{ONE};2023-01;Palembang;PU",
        f"{TWO};2023-01;Palembang;PU",
    )
    assert "(empty, or shortened by Excel): 1 row" in answer.err


def test_a_nik_that_ends_in_a_zero_is_a_number_where_others_do_not(counted):
    answer = counted(
        "NIK;Bulan;Cabang;Segmen",
        "9999010101900010;2023-01;Palembang;PU",
        "9999010101900010;2023-01;Palembang;PU",
        f"{ONE};2023-01;Palembang;PU",
    )
    assert table(answer) == [("2023-01", "Palembang", "formal", "2")]
    assert account(answer) == (3, 2, 1, 0, 0, 0)


# --- who is active


@pytest.mark.parametrize(
    "header", ["status kepesertaan", "Status_Peserta", "STATUS TK", "Status", "Keaktifan", "Aktif"]
)
def test_a_column_that_says_who_is_active_is_known_by_its_header(counted, header):
    answer = counted(
        f"NIK;Bulan;Cabang;Segmen;{header}", f"{ONE};2023-01;Palembang;PU;Ya", f"{TWO};2023-01;Palembang;PU;Tidak"
    )
    assert table(answer) == [("2023-01", "Palembang", "formal", "1")]
    assert account(answer) == (2, 1, 0, 1, 0, 0)


@pytest.mark.parametrize("word", ["aktif", " AKTIF ", "active", "ya", "Y", "1"])
def test_an_active_person_is_counted_however_that_is_written(counted, word):
    assert table(counted(HEADER, f"{ONE};1;Siti;2023-01;Palembang;PU;{word}"))[0][-1] == "1"


@pytest.mark.parametrize(
    "word", ["nonaktif", "Non-Aktif", "NON AKTIF", "tidak aktif", "inactive", "tidak", "n", "0", "keluar"]
)
def test_a_person_who_is_not_active_is_not_counted_and_a_note_says_how_many(counted, word):
    answer = counted(HEADER, f"{ONE};1;Siti;2023-01;Palembang;PU;{word}")
    assert table(answer) == [("2023-01", "Palembang", "formal", "0")]  # nobody there is active: that is a figure
    assert account(answer) == (1, 0, 0, 1, 0, 0)
    assert "Not active, and so not counted: 1 row." in answer.err
    assert answer.code == 0


@pytest.mark.parametrize("word", ["", "Meninggal", "2", "aktif?nonaktif"])
def test_whoever_is_neither_is_set_aside_and_never_guessed(counted, word):
    answer = counted(HEADER, f"{ONE};1;Siti;2023-01;Palembang;PU;{word}", f"{TWO};2;Budi;2023-01;Palembang;PU;ya")
    assert table(answer) == [("2023-01", "Palembang", "formal", "1")]
    assert account(answer) == (2, 1, 0, 0, 1, 0)
    assert "list.csv, column Status Kepesertaan: 1 row set aside: it is not clear whether" in answer.err
    assert answer.code == 1


def test_without_such_a_column_every_row_is_active_and_a_note_says_so(counted):
    answer = counted("NIK;Bulan;Cabang;Segmen", f"{ONE};2023-01;Palembang;PU")
    assert "list.csv: no column says who is active; every row counts as an active member." in answer.err
    assert answer.code == 0


def test_one_who_stands_there_as_active_and_as_not_counts_once(counted):
    answer = counted(HEADER, f"{ONE};1;Siti;2023-01;Palembang;PU;nonaktif", f"{ONE};1;Siti;2023-01;Palembang;PU;aktif")
    assert table(answer) == [("2023-01", "Palembang", "formal", "1")]
    assert account(answer) == (2, 1, 0, 1, 0, 0)


# --- month, branch, segment


def test_the_month_is_never_that_of_a_birth_or_an_entry(counted):
    lines = ("NIK;Tanggal Lahir;Tgl Kepesertaan;Cabang;Segmen", f"{ONE};1990-05-01;2019-07-01;Palembang;PU")
    refused = counted(*lines)
    assert (refused.code, refused.out) == (2, "")
    assert refused.err == (
        "The list of persons list.csv has no month column. Add one, or say which month it is of: --as-of 2023-01\n"
    )
    assert table(counted(*lines, options=("--as-of", "2023-02"))) == [("2023-02", "Palembang", "formal", "1")]


def test_a_year_beside_the_month_belongs_to_it(counted):
    answer = counted("NIK;Bulan;Tahun;Cabang;Segmen", f"{ONE};Mei;2023;Palembang;PU")
    assert table(answer) == [("2023-05", "Palembang", "formal", "1")]


def test_the_month_of_the_list_goes_before_the_one_that_was_given(counted):
    answer = counted("NIK;Bulan;Cabang;Segmen", f"{ONE};2023-01;Palembang;PU", options=("--as-of", "2022-06"))
    assert table(answer) == [("2023-01", "Palembang", "formal", "1")]
    assert "list.csv: the months are those of the month column; --as-of is not used." in answer.err


@pytest.mark.parametrize("month", ["2023-13", "January", "0001-01"])
def test_a_month_that_is_none_is_refused(counted, month):
    refused = counted("NIK;Cabang;Segmen", f"{ONE};Palembang;PU", options=("--as-of", month))
    assert (refused.code, refused.out) == (2, "")
    assert "--as-of" in refused.err


def test_without_a_branch_column_the_name_of_the_file_is_the_branch(counted):
    answer = counted("NIK;Bulan;Segmen", f"{ONE};2023-01;PU", name="kota_prabumulih.csv")
    assert table(answer) == [("2023-01", "kota prabumulih", "formal", "1")]
    assert "kota_prabumulih.csv: There is no branch column; the name of the file or sheet stands" in answer.err


def test_without_a_segment_column_the_list_is_refused_and_it_is_said_what_is_needed(counted):
    refused = counted("NIK;Nama Peserta;Bulan;Cabang", f"{ONE};Siti;2023-01;Palembang")
    assert (refused.code, refused.out) == (2, "")
    assert "Needed: segment (PU, BPU, Jakon, PMI), and month or --as-of" in refused.err
    assert "Siti" not in refused.err


@pytest.mark.parametrize(
    "line", ["month;branch;segment;active", f"{ONE};Siti Rahma;2023-01;Palembang"], ids=["counts", "no headers"]
)
def test_what_lists_no_persons_is_refused_without_being_quoted(counted, line):
    refused = counted(line, f"{TWO};Budi;2023-01;Jambi")
    assert (refused.code, refused.out) == (2, "")
    assert "python -m coverage check --data FILE" in refused.err
    assert refused.err.count("\n") == 1
    assert not re.search("Siti|Budi|9999", refused.err)


@pytest.mark.parametrize("language", texts.languages())
def test_the_help_says_what_two_options_mean_here(run, language):
    page = " ".join(run("aggregate", "--help", language=language).out.split())
    words = texts.load(language)
    assert words("cli.command.aggregate.data") in page
    assert words("cli.command.aggregate.as-of") in page
    assert words("cli.command.aggregate.as-of") not in " ".join(run("gaps", "--help", language=language).out.split())


def test_without_data_nothing_is_counted(run):
    assert (run("aggregate").code, run("aggregate").err) == (2, "The option --data needs a value.\n")


def test_the_list_itself_is_never_written_over(counted, tmp_path):
    lines = ("NIK;Bulan;Cabang;Segmen", f"{ONE};2023-01;Palembang;PU")
    assert counted(*lines, options=("--out", tmp_path / "list.csv")).code == 2
    assert (tmp_path / "list.csv").read_text().startswith("NIK")


# --- what is set aside


BAD = (
    "DAFTAR PESERTA;;;;;;",
    HEADER,
    f"{ONE};1001;Siti Rahma;2023-01;Palembang;PU;Aktif",  # line 3
    f"{TWO};1002;Rahasia Dua;20x3;Palembang;PU;Aktif",
    f"{TWO};1002;Rahasia Dua;;Palembang;PU;Aktif",
    f"{TWO};1002;Rahasia Dua;2023-01;;PU;Aktif",
    f"{TWO};1002;Rahasia Dua;2023-01;Palembang;Rahasia;Aktif",  # line 7
    f"{TWO};1002;Rahasia Dua;2023-01;Palembang;;Aktif",
    f"{TWO};1002;Rahasia Dua;2023-01;Palembang;PU",
    f"{TWO};1002;Rahasia Dua;2023-01;Palembang;PU;Aktif;Rahasia",
    f'{TWO};1002;"Rahasia Dua;2023-01;Palembang;PU;Aktif',
    ";;;;;;",  # line 12
    f"1002;Rahasia Dua;x;2023-01;{TWO};PU;Aktif",
    f"{TWO};1002;Rahasia Dua;2023-01;Palembang;PU;Rahasia",
    f"{TWO};1002;Rahasia\0Dua;2023-01;Palembang;PU;Aktif",
    "Jumlah;;;;;;12",
    "Rahasia Saja;;;;;;",  # line 17
    HEADER,
)


def test_bad_lines_are_set_aside_by_file_line_and_column_with_a_count(counted):
    answer = counted(*BAD)
    assert answer.code == 1
    assert table(answer) == [("2023-01", "Palembang", "formal", "1")]
    assert account(answer) == (16, 1, 0, 0, 14, 1)
    assert answer.err.splitlines()[:-1] == [
        "list.csv, column Bulan: 1 row set aside: the month cannot be read; write it as 2023-01 (line 4).",
        "list.csv, column Bulan: 2 rows set aside: the month is empty (lines 5, 17).",
        "list.csv, column Cabang: 2 rows set aside: the branch is empty (lines 6, 17).",
        "list.csv, column Segmen: 1 row set aside: the segment is not known; use PU, BPU, Jakon or PMI (line 7).",
        "list.csv, column Segmen: 2 rows set aside: the segment is empty (lines 8, 17).",
        "list.csv: 1 row set aside: there are fewer cells than headers (line 9).",
        "list.csv: 1 row set aside: there are more cells than headers (line 10).",
        "list.csv: 1 row set aside: the quotes do not pair up, perhaps for a line break inside a cell (line 11).",
        "list.csv, column Cabang: 1 row set aside: a long number stands in the place of the branch (line 13).",
        "list.csv, column Status Kepesertaan: 1 row set aside: "
        + texts.load("en")("aggregate.aside.standing_unclear")
        + " (line 14).",
        "list.csv: 1 row set aside: the file is damaged here (line 15).",
        "list.csv: 1 row set aside: totals, not persons (line 16).",
        "list.csv, column Bulan: 1 row set aside: the headers once more (line 18).",
    ]


@pytest.mark.parametrize("language", texts.languages())
@pytest.mark.parametrize("form", ["csv", "json", "table"])
def test_no_word_and_no_number_of_a_person_gets_out(counted, language, form):
    answer = counted(*BAD, f"{ONE};1001;Siti Rahma;13/01/2023;Jambi;PU;keluar", options=("--format", form),
                     language=language)  # fmt: skip
    said = answer.out + answer.err
    assert not re.search("Siti|Rahma|Rahasia|20x3|1001|1002|9999|13/01", said)


def test_a_number_in_the_place_of_the_only_branch_harms_no_other_line(counted):
    answer = counted("NIK;Bulan;Cabang;Segmen", f"{ONE};2023-01;{ONE};PU", "Total;;Total;", f"{TWO};2023-01;;PU")
    assert (answer.code, table(answer), account(answer)) == (1, [], (3, 0, 0, 0, 3, 0))


def test_a_list_with_nothing_but_totals_besides_is_no_matter_for_a_person(counted):
    answer = counted(HEADER, f"{ONE};1001;Siti;2023-01;Palembang;PU;Aktif", "Jumlah;;;;;;1")
    assert (answer.code, account(answer)) == (0, (2, 1, 0, 0, 1, 0))


def test_a_list_without_a_filled_line_is_looked_at(counted):
    answer = counted(HEADER)
    assert (answer.code, answer.out) == (1, "month,branch,segment,active\n")
    assert "list.csv: Below the headers stands no line that is filled in." in answer.err


# --- the forms of files


def test_semicolons_a_byte_order_mark_and_windows_1252_are_read(run, tmp_path):
    text = f"NIK;Nama Peserta;Bulan;Cabang;Segmen\r\n{ONE};Renée;2023-01;Kota Bé;PU\r\n"
    (tmp_path / "bom.csv").write_bytes(text.encode("utf-8-sig"))
    (tmp_path / "windows.csv").write_bytes(text.replace(ONE, TWO).encode("windows-1252"))
    (tmp_path / "wide.csv").write_bytes(text.replace(ONE, THREE).replace(";", "\t").encode("utf-16"))
    answer = run("aggregate", "--data", tmp_path)
    assert table(answer) == [("2023-01", "Kota Bé", "formal", "3")]
    assert answer.code == 0
    assert "windows.csv:2: This file is written in Windows-1252" in answer.err
    assert "Renée" not in answer.err


def test_a_table_of_one_quoted_cell_per_line_is_read(counted):
    answer = counted('"NIK,Bulan,Cabang,Segmen"', f'"{ONE},2023-01,Palembang,PU"')
    assert table(answer) == [("2023-01", "Palembang", "formal", "1")]


def test_the_sheets_of_a_workbook_are_read_and_those_without_persons_are_named(run, tmp_path):
    book = openpyxl.Workbook()
    first = book.active
    first.title = "Peserta"
    for row in (
        ["Daftar peserta"],
        ["NIK", "Nama Peserta", "Bulan", "Cabang", "Segmen", "Aktif"],
        [8999010101900001, "Siti", "2023-01", "Palembang", "PU", True],
        ["8999010101900001", "Siti", "2023-01", "Palembang", "PU", 1],
        [TWO, "Budi", "2023-01", "Palembang", "PU", False],
        [],
        [THREE, "Wati", "besok", "Palembang", "PU", True],
    ):
        first.append(row)
    book.create_sheet("Catatan").append(["apa saja"])
    book.save(tmp_path / "list.xlsx")
    answer = run("aggregate", "--data", tmp_path / "list.xlsx")
    assert table(answer) == [("2023-01", "Palembang", "formal", "1")]
    assert account(answer) == (5, 1, 1, 1, 1, 1)
    assert 'The sheet "Catatan" has no headers that are understood; it is not read.' in answer.err
    assert "list.xlsx#Peserta, column Bulan: 1 row set aside: the month cannot be read" in answer.err
    assert "(line 7)" in answer.err
    assert not re.search("Siti|Budi|Wati|besok|999", answer.out + answer.err)


def test_a_sheet_of_persons_that_names_no_branch_among_those_that_do_is_told(run, tmp_path):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name in ("Palembang", "Jambi", "Rekap"):
        sheet = book.create_sheet(name)
        sheet.append(["NIK", "Bulan", "Segmen"])
        sheet.append([ONE, "2023-01", "PU"])
    book.save(tmp_path / "all.xlsx")
    answer = run("aggregate", "--data", tmp_path / "all.xlsx")
    assert (answer.code, account(answer)) == (1, (2, 2, 0, 0, 0, 0))
    assert 'The sheet "Rekap" names no branch, while other sheets are called by theirs; it is not read.' in answer.err


def test_a_second_column_of_segments_is_not_used_and_that_is_told(counted):
    answer = counted("NIK;Bulan;Cabang;Segmen;Kepesertaan", f"{ONE};2023-01;Palembang;PU;BPU")
    assert (answer.code, table(answer)) == (1, [("2023-01", "Palembang", "formal", "1")])
    assert 'The column "Kepesertaan" means the same as another one in this file and is not used.' in answer.err


def test_a_number_too_long_for_a_cell_of_a_workbook_tells_nobody_apart(run, tmp_path):
    book = openpyxl.Workbook()
    for row in (["NIK", "Bulan", "Segmen"], [9999010101900003, "2023-01", "PU"], ["9999010101900004", "2023-01", "PU"]):
        book.active.append(row)  # as a number, the first would become the second
    book.save(tmp_path / "jambi.xlsx")
    answer = run("aggregate", "--data", tmp_path / "jambi.xlsx")
    assert table(answer) == [("2023-01", "jambi", "formal", "2")]
    assert "(empty, or shortened by Excel): 1 row; each counts as one person." in answer.err


def test_a_sheet_for_each_branch_names_its_branch(run, tmp_path):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, number in (("Palembang", ONE), ("Jambi", TWO)):
        sheet = book.create_sheet(name)
        sheet.append(["NIK", "Bulan", "Segmen"])
        sheet.append([number, "2023-01", "PU"])
    book.save(tmp_path / "all.xlsx")
    assert table(run("aggregate", "--data", tmp_path / "all.xlsx")) == [
        ("2023-01", "Jambi", "formal", "1"),
        ("2023-01", "Palembang", "formal", "1"),
    ]


@pytest.mark.parametrize("language", texts.languages())
def test_the_refusal_of_a_list_of_persons_names_the_command_that_counts_them(run, language):
    refused = run("check", "--data", Path(__file__).parent / "messes" / "persons.csv", language=language)
    word = texts.load(language)("cli.metavar.file")
    assert refused.code == 2
    assert f"python -m coverage aggregate --data {word} " in refused.err


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (("NIK/No. KTP", "Nama"), {0: NIK}),
        (("No. Identitas", "No Kartu Peserta"), {0: NIK, 1: CARD}),
        (("Nama KTP", "NIK", "No. KTP"), {1: NIK}),
        (("No KK", "KPJ_TK"), {1: CARD}),  # a family's number is nobody's own
    ],
)
def test_a_number_of_a_person_is_known_by_its_header(cells, expected):
    fields = of_persons(cells).fields
    assert {at: one.column for at, one in enumerate(fields) if one is not None} == expected
