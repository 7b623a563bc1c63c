"""Is what a person said of a file's columns used, for every file that it fits, and refused where it says nothing?"""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from coverage.base import settings
from coverage.base.errors import CakupanError, DeclarationRefused, FileRefused
from coverage.commands import cli
from coverage.intake import mapping, read
from coverage.intake.read import Handed, Intake

UNCLEAR = b"Bulan;Cabang;Jml A;Jml B\n2023-01;Palembang;139.200;61.750\n2023-01;Jambi;90.100;40.300\n"
COLUMNS = {"Jml A": "active of formal", "Jml B": "active of informal"}


def taken(*files: tuple[str, bytes]) -> Intake:
    return read.read([Handed(name=name, content=content) for name, content in files], settings=settings.load())


def figures(intake: Intake) -> list[tuple[str, str, int]]:
    rows = intake.table.sort("branch", "segment")
    return [(row["branch"], str(row["segment"]), row["active"]) for row in rows.to_dicts()]


def test_columns_that_nobody_can_know_are_read_as_a_map_says() -> None:
    with pytest.raises(FileRefused):
        taken(("rekap.csv", UNCLEAR))

    found = taken(("rekap.csv", UNCLEAR), ("map.toml", mapping.dumps(COLUMNS).encode()))

    assert figures(found) == [
        ("Jambi", "formal", 90100),
        ("Jambi", "informal", 40300),
        ("Palembang", "formal", 139200),
        ("Palembang", "informal", 61750),
    ]


def test_a_map_counts_for_the_files_whose_name_fits_and_the_next_months_is_read_without_a_question() -> None:
    answers = mapping.dumps(COLUMNS, name="rekap-*.csv").encode()

    found = taken(("rekap-feb.csv", UNCLEAR.replace(b"2023-01", b"2023-02")), ("map.toml", answers))

    assert found.table["month"].unique().to_list() == [date(2023, 2, 1)]
    with pytest.raises(FileRefused):
        taken(("lain.csv", UNCLEAR), ("map.toml", answers))


def test_a_target_that_a_map_names_is_a_target_and_not_a_member() -> None:
    columns = {"Jml A": "active of formal", "Jml B": "target of active of formal"}

    found = taken(("rekap.csv", UNCLEAR), ("map.toml", mapping.dumps(columns).encode()))

    assert figures(found) == [("Jambi", "formal", 90100), ("Palembang", "formal", 139200)]
    targets = found.targets.sort("branch").select("branch", "segment", "measure", "value").rows()
    assert targets == [("Jambi", "formal", "workers", 40300.0), ("Palembang", "formal", "workers", 61750.0)]


def test_a_header_is_found_whatever_its_case_and_padding_and_what_is_said_goes_before_what_it_says() -> None:
    columns = {" pu ": "active of informal", "BPU": "ignore"}
    table = b"Bulan;Cabang;PU;BPU\n2023-01;Palembang;61.750;1\n"

    found = taken(("rekap.csv", table), ("map.toml", mapping.dumps(columns).encode()))

    assert figures(found) == [("Palembang", "informal", 61750)]


def test_a_place_and_a_month_that_the_file_does_not_say() -> None:
    text = b'[[file]]\nname = "*"\nplace = "Kota Uji"\nmonth = "2023-04"\n'

    found = taken(("x1.csv", b"Segmen;Peserta aktif\nPU;300\nBPU;200\n"), ("map.toml", text))

    assert found.table.select("branch", "month").unique().rows() == [("Kota Uji", date(2023, 4, 1))]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('[[file]]\ncolumns = { "PU" = "aktif formal" }\n', "aktif formal"),
        ('[[file]]\ncolums = { "PU" = "active" }\n', "colums"),
        ('[[file]]\nunit = "dozens"\n', "dozens"),
    ],
)
def test_a_map_with_words_that_are_none_is_refused_with_what_may_stand_there(text: str, found: str) -> None:
    with pytest.raises(DeclarationRefused) as refused:
        taken(("rekap.csv", UNCLEAR), ("map.toml", text.encode()))

    assert found in str(refused.value.data["found"])
    assert refused.value.data["file"] == "map.toml"


def test_answers_are_written_beside_those_that_stand_in_a_folder(tmp_path: Path) -> None:
    mapping.add(tmp_path, {"Jml A": "active"})
    mapping.add(tmp_path, COLUMNS)

    said = mapping.said_of(mapping.loads((tmp_path / mapping.FILE).read_text("utf-8"), "map.toml").file, "a.csv")
    assert (said.of("jml a"), said.of("Jml B")) == ("active of formal", "active of informal")

    (tmp_path / mapping.FILE).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CakupanError):
        mapping.add(tmp_path, COLUMNS)


def test_what_was_said_of_flows_goes_before_what_they_look_like(tmp_path: Path) -> None:
    sums = [400, 920, 1230, 1680, 2060, 2560, 2980, 3590]
    lines = [f"2022-{at + 3:02d};Batam;PU;{50_000 + at};{count}" for at, count in enumerate(sums)]
    text = "\n".join(["Bulan;Cabang;Segmen;Aktif;Akuisisi", *lines]) + "\n"
    for said, expected in (
        ("month", sums),
        ("since January", [None, *(after - before for before, after in pairwise(sums))]),
        ("stock", [None] * 8),
    ):
        intake = taken(("a.csv", text.encode()), ("map.toml", f'[[file]]\nnew = "{said}"\n'.encode()))
        assert intake.table.sort("month")["new"].to_list() == expected
        assert not [code for code in intake.problems["code"] if code.startswith("since_january_unsaid")]


def test_a_map_may_say_something_of_one_sheet_alone() -> None:
    maps = mapping.loads('[[file]]\nsheet = "PU*"\nmonth = "2023-01"\n', "map.toml").file
    assert mapping.said_of(maps, "a.xlsx", "PU Batam").month == 2023 * 12
    assert mapping.said_of(maps, "a.xlsx", "BPU").month == -1


def test_the_command_line_reads_the_map_that_is_named_or_lies_beside_the_data(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "rekap.csv"
    data.write_bytes(UNCLEAR)
    answers = tmp_path / "answers.toml"
    answers.write_text(mapping.dumps(COLUMNS), encoding="utf-8")
    assert cli.main(["clean", "--data", str(data)]) == 2
    capsys.readouterr()
    assert cli.main(["clean", "--data", str(data), "--map", str(answers), "--format", "csv"]) == 0
    assert "Jambi,formal,90100" in capsys.readouterr().out
    answers.rename(tmp_path / "map.toml")
    assert cli.main(["clean", "--data", str(data), "--format", "csv"]) == 0
    assert "Jambi,formal,90100" in capsys.readouterr().out
    assert cli.main(["clean", "--data", str(data), "--map", str(answers)]) == 2


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("rekap-januari-2023.xlsx", "rekap-*.xlsx"),
        ("Rekap Jan 2023.xlsx", "Rekap *.xlsx"),
        ("rekap_202301_final.csv", "rekap_*_final.csv"),
        ("2023-01.csv", "*.csv"),
        ("Peserta s.d. 31 Desember 2022 (1).xls", "Peserta s.d. * (*).xls"),
        ("data TW III 2023.xlsx", "data TW *.xlsx"),
        ("rekap.xlsx", "rekap.xlsx"),
        ("maret.csv", "*.csv"),
        ("mayor.csv", "mayor.csv"),
        ("[final] 2023.csv", "[[]final] *.csv"),
        ("2023/rekap 01.csv", "rekap *.csv"),
    ],
)
def test_the_pattern_of_a_name_leaves_out_what_changes_from_month_to_month(name: str, pattern: str) -> None:
    assert mapping.pattern(name) == pattern


def test_an_answer_is_kept_for_the_files_that_have_the_column_and_holds_for_next_months() -> None:
    headers = {"rekap-jan-2023.csv": ["Bulan", "Cabang", "Jml A", "Jml B"], "lain.csv": ["Bulan", "Jml A"]}
    text = mapping.dumps_for(COLUMNS | {"Ket": "ignore"}, headers)
    entries = {entry.name: entry.columns for entry in mapping.loads(text, "map.toml").file}
    assert entries == {"rekap-*.csv": COLUMNS, "lain.csv": {"Jml A": "active of formal"}, "*": {"Ket": "ignore"}}
    found = taken(("rekap-feb-2023.csv", UNCLEAR.replace(b"2023-01", b"2023-02")), ("map.toml", text.encode()))
    assert figures(found)[0] == ("Jambi", "formal", 90100)


FIRST = b"month,branch,segment,active\n2023-01,Palembang,PU,100\n2023-02,Palembang,PU,110\n2023-02,Jambi,PU,50\n"
LATER = b"month,branch,segment,active\n2023-02,Palembang,PU,115\n2023-03,Palembang,PU,120\n"
PREFER = b'[[file]]\nname = "rekap*.csv"\nprefer = "later file"\n'


def months(intake: Intake) -> list[tuple[str, int, int]]:
    return [
        (row["branch"], row["month"].month, row["active"]) for row in intake.table.sort("branch", "month").to_dicts()
    ]


@pytest.mark.parametrize(
    ("first", "later"),
    [
        ("rekap februari 2023.csv", "rekap maret 2023.csv"),
        ("rekap_2023-02.csv", "rekap_2023-03.csv"),
        ("rekap 9.csv", "rekap 10.csv"),
        ("rekap mar 2023.csv", "rekap mar 2023 rev.csv"),
    ],
)
def test_of_two_files_that_tell_a_month_differently_the_later_is_used_where_a_map_prefers_it(
    first: str, later: str
) -> None:
    intake = taken((later, LATER), (first, FIRST), ("map.toml", PREFER))
    assert months(intake) == [("Jambi", 2, 50), ("Palembang", 1, 100), ("Palembang", 2, 115), ("Palembang", 3, 120)]
    told = intake.problems.select("file", "line", "severity", "code").rows()
    assert told == [(first, 3, "note", "later_file_used")]
    account = dict(zip(intake.files["file"], intake.files["set_aside"], strict=True))
    assert account == {first: 1, later: 0}


def test_without_such_a_map_neither_of_two_figures_is_used() -> None:
    intake = taken(("rekap feb 2023.csv", FIRST), ("rekap mar 2023.csv", LATER))
    assert [row for row in months(intake) if row[1] == 2] == [("Jambi", 2, 50)]
    assert intake.problems["code"].to_list().count("twice_differs") == 2


def test_two_lines_of_the_later_file_that_contradict_each_other_are_still_told() -> None:
    intake = taken(
        ("rekap feb 2023.csv", FIRST),
        ("rekap mar 2023.csv", LATER + b"2023-02,Palembang,PU,999\n"),
        ("map.toml", PREFER),
    )
    assert [row for row in months(intake) if row[1] == 2] == [("Jambi", 2, 50)]
    assert intake.problems["code"].to_list().count("twice_differs") == 2


def test_a_map_that_prefers_what_nobody_knows_is_refused() -> None:
    with pytest.raises(DeclarationRefused):
        taken(("rekap.csv", FIRST), ("map.toml", b'[[file]]\nprefer = "earlier file"\n'))
