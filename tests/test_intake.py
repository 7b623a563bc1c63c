"""Is every mess that branches send read right, or refused with a reason?"""

from __future__ import annotations

import io
import json
import tomllib
import zipfile
from dataclasses import replace
from functools import lru_cache
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath
from typing import Any

import openpyxl
import pytest

from coverage.base import settings, texts
from coverage.base.errors import FileRefused
from coverage.intake import chunks
from coverage.intake.read import Handed, Intake, find, in_order, read
from coverage.wording.problems import problems_with_messages

HERE = Path(__file__).parent
MESSES = HERE / "messes"
CASES: list[dict[str, Any]] = tomllib.loads((HERE / "cases" / "messes.toml").read_text("utf-8"))["mess"]
GOOD = [case for case in CASES if "refused" not in case]
BAD = [case for case in CASES if "refused" in case]
SETTINGS = settings.load()


def handed(text: str | bytes, name: str = "a.csv") -> Handed:
    return Handed(name=name, content=text if isinstance(text, bytes) else text.encode())


def account(intake: Intake) -> list[tuple[int, ...]]:
    return intake.files.select("read", "kept", "set_aside", "blank", "totals").rows()


def rows(intake: Intake) -> list[tuple[Any, ...]]:
    table = intake.table.with_columns(month=intake.table["month"].dt.strftime("%Y-%m"))
    return table.select("month", "branch", "segment", "active", "eligible").fill_null(-1).rows()


def test_every_mess_has_its_expectation() -> None:
    assert sorted(path.name for path in MESSES.iterdir()) == sorted(case["file"] for case in CASES)


@lru_cache
def mess(file: str) -> Intake:
    return read([MESSES / file], settings=SETTINGS)


@pytest.mark.parametrize("case", GOOD, ids=[case["file"] for case in GOOD])
def test_a_mess_is_read_and_accounted_for(case: dict[str, Any]) -> None:
    intake = mess(case["file"])
    assert account(intake) == [tuple(case["account"])]
    if "rows" in case:
        assert rows(intake) == [tuple(row) for row in case["rows"]]
    found = intake.problems.select("line", "column", "code", "severity").rows()
    assert sorted((line or 0, column or "", code, severity) for line, column, code, severity in found) == sorted(
        tuple(one) for one in case["problems"]
    )
    assert set(intake.problems["file"]) <= {case.get("sheet", case["file"])}


@pytest.mark.parametrize("case", GOOD, ids=[case["file"] for case in GOOD])
@pytest.mark.parametrize("language", texts.languages())
def test_a_problem_is_told_in_each_language(case: dict[str, Any], language: str) -> None:
    intake = mess(case["file"])
    words = problems_with_messages(intake.problems, texts.load(language))
    assert words.height == intake.problems.height
    assert all(text and "{" not in text for text in (*words["message"], *words["remedy"]))


@pytest.mark.parametrize("case", BAD, ids=[case["file"] for case in BAD])
def test_a_bad_file_is_refused_with_a_reason_in_each_language(case: dict[str, Any]) -> None:
    with pytest.raises(FileRefused) as refused:
        read([MESSES / case["file"]], settings=SETTINGS)
    assert refused.value.code == case["refused"]
    assert str(refused.value.data["file"]).split("#")[0] == case["file"]
    for language in texts.languages():
        assert case["file"] in texts.load(language).error(refused.value)


def test_the_first_of_several_bad_files_is_named_and_the_others_are_counted() -> None:
    with pytest.raises(FileRefused) as refused:
        read([handed("", "one.csv"), handed("%PDF", "two.csv"), handed("a,b\n", "three.csv")], settings=SETTINGS)
    assert refused.value.code == "empty_file"
    assert refused.value.data == {"file": "one.csv", "others": 2}
    assert texts.load("en").error(refused.value).endswith("2 other files cannot be read either.")


def test_a_refusal_for_headers_says_what_was_seen_and_what_is_needed() -> None:
    with pytest.raises(FileRefused) as refused:
        read([MESSES / "header_unknown.csv"], settings=SETTINGS)
    sentence = texts.load("id").error(refused.value)
    assert "tanggal, kota, suhu" in sentence
    assert "Belum jelas: suhu." in sentence
    assert "Yang belum ada: aktif." in sentence
    assert "Missing: active." in texts.load("en").error(refused.value)


def test_a_refusal_for_persons_never_repeats_what_the_cells_hold() -> None:
    with pytest.raises(FileRefused) as refused:
        read([handed("NIK;Nama Peserta;Bulan\n1671;Budi;2023-01\n")], settings=SETTINGS)
    sentence = texts.load("en").error(refused.value)
    assert "NIK, Nama Peserta" in sentence
    assert "Budi" not in sentence
    assert "PivotTable" in sentence  # how to aggregate it
    assert "python -m coverage template" in sentence


@pytest.mark.parametrize(
    "header",
    ["NIK/No. KTP", "Nomor Induk Kependudukan (NIK)", "NIK (16 digit)", "KPJ_TK", "No. Kartu Peserta",
     "Jenis Kelamin (L/P)", "Tgl. Lahir Peserta", "Nama Lengkap TK", "No. HP Peserta"],
)  # fmt: skip
def test_a_list_of_persons_is_refused_however_its_headers_are_written(header: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read([handed(f"bulan;cabang;segmen;aktif;{header}\n2023-01;Palembang;PU;1;X\n")], settings=SETTINGS)
    assert refused.value.code == "person_level"
    assert refused.value.data["found"] == header


@pytest.mark.parametrize("header", ["Jumlah NIK valid", "Peserta ber-KTP Palembang", "Nama", "Keterangan KPJ"])
def test_a_count_of_what_persons_have_is_no_list_of_them(header: str) -> None:
    intake = read([handed(f"bulan;cabang;segmen;aktif;{header}\n2023-01;Palembang;PU;1;5\n")], settings=SETTINGS)
    assert account(intake) == [(1, 1, 0, 0, 0)]


def test_a_file_over_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="file_too_large") as refused:
        read([handed(b"x" * (SETTINGS.whole("upload_limit_bytes") + 1))], settings=SETTINGS)
    assert refused.value.data["allowed"] == 20_000_000


def test_a_workbook_that_unpacks_to_too_much_is_refused_before_it_is_unpacked() -> None:
    small = [replace(one, value=1000) if one.name == "unpacked_limit_bytes" else one for one in SETTINGS.facts]
    with pytest.raises(FileRefused, match="unpacked_too_large") as refused:
        read([MESSES / "workbook.xlsx"], settings=replace(SETTINGS, facts=tuple(small)))
    assert refused.value.data["allowed"] == 1000


def test_too_many_different_months_are_refused() -> None:
    lines = "".join(f"{number},Palembang,PU,1\n" for number in range(5_001))
    with pytest.raises(FileRefused, match="too_many_values") as refused:
        read([handed("month,branch,segment,active\n" + lines)], settings=SETTINGS)
    assert refused.value.data["column"] == "month"


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="file_unreadable"):
        read([tmp_path / "gone.csv"], settings=SETTINGS)


def test_files_of_different_shapes_are_joined_and_sorted() -> None:
    one = handed("month,branch,segment,active\n2023-02,Palembang,PU,3\n2023-01,Palembang,PU,2\n", "one.csv")
    two = handed("Bulan;Cabang;Aktif PU;Aktif BPU;Potensi PU\nJan-23;Jambi;5;4;10\n", "two.csv")
    intake = read([one, two], settings=SETTINGS)
    assert rows(intake) == [
        ("2023-01", "Jambi", "formal", 5, 10),
        ("2023-01", "Jambi", "informal", 4, -1),
        ("2023-01", "Palembang", "formal", 2, -1),
        ("2023-02", "Palembang", "formal", 3, -1),
    ]
    assert intake.table.select("file", "line").rows() == [
        ("two.csv", 2),
        ("two.csv", 2),
        ("one.csv", 3),
        ("one.csv", 2),
    ]
    assert account(intake) == [(2, 2, 0, 0, 0), (1, 1, 0, 0, 0)]


def test_quoted_cells_below_plain_headers_are_read_as_cells() -> None:
    text = 'bulan;cabang;segmen;aktif\n"2023-01";"Palembang";"PU";"5"\n'
    assert rows(read([handed(text)], settings=SETTINGS)) == [("2023-01", "Palembang", "formal", 5, -1)]


@pytest.mark.parametrize("mark", ["", "."])
def test_lines_that_cannot_be_read_leave_all_others_in_their_places(mark: str) -> None:
    lines = [f"2023-01,Cabang {number:02d},PU,{1 + number}{mark}000,90{mark}000" for number in range(12)]
    lines[2] += ",1,2,3"
    lines[4] = lines[4].replace("Cabang", '"Cabang')  # a quote too many, and only one way to read the rest
    lines[5] = lines[5].replace("Cabang", 'Ca"bang')  # odd: may swallow the next line
    lines[7] = lines[7].replace("Cabang 07", 'Cabang "07"')  # loose, but a person can read it
    lines[8] = lines[8].replace("Cabang", '"Cabang"')  # loose, and nobody can
    lines[10] = lines[10].replace("PU", "P\0U")
    text = "\n".join(["month,branch,segment,active,eligible", *lines])
    intake = read([handed(text)], settings=SETTINGS)
    assert intake.table.sort("line").select("line", "active").rows() == [
        (2 + number, (1 + number) * 1000) for number in (0, 1, 3, 4, 6, 7, 9, 11)
    ]
    found = intake.problems.filter(severity="error").select("line", "code").sort("line").rows()
    assert found == [
        (4, "too_many_cells"),
        (7, "odd_quotes"),
        (10, "odd_quotes"),
        (12, "nul_bytes"),
    ]
    assert account(intake) == [(12, 8, 4, 0, 0)]


def test_a_file_is_the_same_read_whole_and_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [
        f'{2015 + number // 12 % 10}-{number % 12 + 1:02d},"Cabang {number // 120}",PU,{number}'
        for number in range(900)
    ]
    lines[300] += ",,,7"
    lines[600] = lines[600].replace('"C', "C")
    path = tmp_path / "a.csv"
    path.write_bytes("\r\n".join(["month,branch,segment,active", *lines]).encode("utf-8-sig"))
    whole = read([path], settings=SETTINGS)
    monkeypatch.setattr(chunks, "SIZE", 4096)
    monkeypatch.setattr(chunks, "_SMALL", 4096)
    monkeypatch.setattr(chunks, "_FIRST", 1024)
    cut = chunks.read(path)
    assert len(cut) > 5
    assert b"".join(cut) == path.read_bytes()
    assert all(piece.endswith(b"\n") for piece in cut[:-1])
    again = read([path], settings=SETTINGS)
    assert again.table.equals(whole.table)
    assert again.problems.equals(whole.problems)
    assert again.files.equals(whole.files)
    assert set(again.problems["line"]) >= {302, 602}


def test_a_long_last_line_leaves_no_empty_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "SIZE", 100)
    monkeypatch.setattr(chunks, "_SMALL", 100)
    monkeypatch.setattr(chunks, "_FIRST", 10)
    path = tmp_path / "a.csv"
    path.write_bytes(b"month,branch\n" + b"x" * 300 + b"\n")
    assert chunks.read(path) == (b"month,branch\n", b"x" * 300 + b"\n")


def test_one_odd_file_among_many_of_the_same_shape_spoils_none() -> None:
    head = "month,branch,segment,active\n"
    files = [handed(f"{head}2023-01,Cabang {number},PU,5\n", f"{number}.csv") for number in range(5)]
    files[2] = handed(f"{head}2023-01,Cabang 2,PU,5,6,7\n2023-02,Cabang 2,PU,5\n", "2.csv")
    intake = read(files, settings=SETTINGS)
    assert intake.table.height == 5
    assert intake.problems.select("file", "line", "code").rows() == [("2.csv", 2, "too_many_cells")]


def test_the_same_row_in_two_files_names_the_other_place() -> None:
    head = "month,branch,segment,active\n"
    one, two = (
        handed(f"{head}2023-01,Palembang,PU,5\n", "one.csv"),
        handed(f"{head}2023-01,Palembang,PU,6\n", "two.csv"),
    )
    words = problems_with_messages(read([one, two], settings=SETTINGS).problems, texts.load("en"))
    assert words.select("file", "line", "code").rows() == [
        ("one.csv", 2, "twice_differs"),
        ("two.csv", 2, "twice_differs"),
    ]
    assert "two.csv, line 2" in words["message"][0]
    assert "one.csv, line 2" in words["message"][1]


def test_a_row_that_stands_three_times_names_a_line_with_other_figures() -> None:
    lines = "2023-01;Jambi;PU;100\n2023-01;Jambi;PU;100\n2023-01;Jambi;PU;101\n2023-01;Jambi;PU;100\n"
    intake = read([handed("bulan;cabang;segmen;aktif\n" + lines)], settings=SETTINGS)
    found = [(line, json.loads(details)["other"]) for line, details in intake.problems.select("line", "details").rows()]
    assert found == [(2, 4), (3, 4), (4, 2), (5, 4)]


def test_174_000_is_never_read_as_174() -> None:
    text = "bulan;cabang;segmen;aktif;potensi\n2023-01;Palembang;PU;139.200;174.000\n"
    assert rows(read([handed(text)], settings=SETTINGS)) == [("2023-01", "Palembang", "formal", 139200, 174000)]


def test_a_folder_a_file_and_a_pattern_find_each_file_once(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    for name in ("b.csv", "inner/a.CSV", "c.xlsx", "~$c.xlsx", "notes.pdf"):
        (tmp_path / name).write_text("x")
    found = find([str(tmp_path), str(tmp_path / "b.csv"), str(tmp_path / "*.csv")])
    assert [path.name for path in found] == ["b.csv", "c.xlsx", "a.CSV"]


def test_a_folder_without_tables_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused) as refused:
        find([str(tmp_path)])
    assert refused.value.code == "no_files"
    assert refused.value.data == {"file": str(tmp_path), "found": "–"}


def test_two_files_of_one_name_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    for folder, branch in (("2022", "Palembang"), ("2023", "Jambi")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "data.csv").write_text(f"month,branch,segment,active\n2023-01,{branch},PU,1\n")
    intake = read(find([str(tmp_path)]), settings=SETTINGS)
    assert intake.files["file"].to_list() == ["2022/data.csv", "2023/data.csv"]


def test_the_same_contents_have_the_same_fingerprint_whatever_the_name() -> None:
    text = "month,branch,segment,active\n2023-01,Palembang,PU,1\n"
    one, two = (read([handed(text, name)], settings=SETTINGS) for name in ("one.csv", "two.csv"))
    other = read([handed(text.replace("PU,1", "PU,2"))], settings=SETTINGS)
    assert one.fingerprint == two.fingerprint != other.fingerprint


def test_the_same_files_have_the_same_fingerprint_in_whatever_order_they_came() -> None:
    texts = [f"month,branch,segment,active\n2023-01,{branch},PU,1\n" for branch in ("Jambi", "Palembang")]
    files = [handed(text, f"{place}.csv") for place, text in enumerate(texts)]
    assert read(files, settings=SETTINGS).fingerprint == read(files[::-1], settings=SETTINGS).fingerprint


@pytest.mark.parametrize("system", [PurePosixPath, PureWindowsPath])
def test_the_files_of_a_folder_come_in_the_same_order_on_every_system(system: type[PurePath]) -> None:
    written = ["data/ambon.csv", "data/Palembang.csv", "data/jambi/b.csv", "data/Jambi/a.csv"]
    in_place = [path.as_posix() for path in in_order([system(one) for one in written])]
    assert in_place == ["data/Jambi/a.csv", "data/Palembang.csv", "data/ambon.csv", "data/jambi/b.csv"]


def test_what_was_understood_is_told() -> None:
    intake = read([handed("sep=;\nBulan;Kacab;Aktif PU;Kode\nJan-23;Palembang;139.200;7\n")], settings=SETTINGS)
    told = intake.files.row(0, named=True)
    assert (told["encoding"], told["separator"], told["thousands"], told["header_line"]) == ("utf-8", ";", ".", 2)
    assert told["mapping"] == '{"Bulan": "month", "Kacab": "branch", "Aktif PU": "active formal", "Kode": null}'


@pytest.mark.parametrize("digits", [16, 280, 5_000])
def test_a_line_of_digits_without_end_is_told_in_every_language(digits: int) -> None:
    text = f"month,branch,segment,active\n{'9' * digits}\n2023-01,Palembang,PU,1\n"
    problems = read([handed(text)], settings=SETTINGS).problems
    assert problems["code"].to_list() == ["too_few_cells"]
    for language in texts.languages():
        assert problems_with_messages(problems, texts.load(language))["message"].item()


def test_a_file_of_headers_only_has_no_rows_and_says_so() -> None:
    intake = read([handed("month,branch,segment,active\n")], settings=SETTINGS)
    assert intake.table.height == 0
    assert intake.problems["code"].to_list() == ["no_lines"]
    assert account(intake) == [(0, 0, 0, 0, 0)]


def test_a_file_of_blank_lines_below_its_headers_says_so_too() -> None:
    intake = read([handed("month,branch,segment,active\n\n,,,\n")], settings=SETTINGS)
    assert intake.problems["code"].to_list() == ["no_lines"]
    assert account(intake) == [(2, 0, 0, 2, 0)]


def test_no_file_at_all_is_refused() -> None:
    with pytest.raises(FileRefused, match="no_files"):
        read([], settings=SETTINGS)


def workbook_of(**sheets: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, cells in sheets.items():
        sheet = book.create_sheet(title)
        for row in cells:
            sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


@pytest.mark.parametrize(
    ("titles", "branches"),
    [
        (("Palembang", "Muara_Enim"), ["Muara Enim", "Palembang"]),
        (("Januari 2023", "Februari 2023"), ["rekap"]),  # a sheet a month: the file is the branch
        (("Formal", "BPU"), ["rekap"]),
        (("Sheet1", "Palembang"), ["rekap"]),
        (("Januari", "Februari"), ["rekap"]),
        (("Tahun 2022", "Tahun 2023"), ["rekap"]),
        (("TW I", "TW II"), ["rekap"]),
        (("Data PU", "Data BPU"), ["rekap"]),
        (("Realisasi", "Rencana"), ["rekap"]),
    ],
)
def test_a_sheet_for_each_branch_names_the_branch(titles: tuple[str, str], branches: list[str]) -> None:
    head = ["Bulan", "Segmen", "TK Aktif"]
    sheets_ = {title: [head, [f"2023-0{1 + at}", "PU", 1_000 + at]] for at, title in enumerate(titles)}
    intake = read([Handed(name="rekap.xlsx", content=workbook_of(**sheets_))], settings=SETTINGS)

    assert intake.table["branch"].unique().sort().to_list() == branches
    assert intake.table.height == 2
    assert set(intake.problems["code"]) == {"branch_from_name"}


def test_a_sheet_of_sums_beside_a_sheet_for_each_branch_is_left_out_with_a_warning() -> None:
    head = ["Bulan", "Segmen", "TK Aktif"]
    own = {"Rekap": 3_000, "Palembang": 2_000, "Jambi": 1_000}
    sheets_: dict[str, list[list[object]]] = {title: [head, ["2023-01", "PU", active]] for title, active in own.items()}
    sheets_["Data"] = [["Bulan", "Cabang", "Segmen", "TK Aktif"], ["2023-01", "Lahat", "PU", 500]]
    intake = read([Handed(name="laporan.xlsx", content=workbook_of(**sheets_))], settings=SETTINGS)

    assert [row[1:4:2] for row in rows(intake)] == [("Jambi", 1_000), ("Lahat", 500), ("Palembang", 2_000)]
    told = intake.problems.filter(code="sheet_without_branch")
    assert told.select("value", "severity").rows() == [("Rekap", "warning")]


def test_a_cell_that_excel_could_not_calculate_is_told_and_no_empty_cell() -> None:
    head = ["Bulan", "Cabang", "Segmen", "Aktif", "Potensi", "Akuisisi"]
    lines = [
        ["2023-01", "Jambi", "PU", 100, "#REF!", 5],  # an error
        ["2023-01", "Palembang", "PU", "=50+50", 200, 5],  # a formula that nobody calculated
        ["2023-01", "Lahat", "PU", 100, 200, "=TEXT(1)"],  # a formula that gives no text
    ]
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook_of(Data=[head, *lines]))) as old, zipfile.ZipFile(content, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, part.replace(b'<c r="F4">', b'<c r="F4" t="str">') if "sheet1" in name else part)

    intake = read([Handed(name="a.xlsx", content=content.getvalue())], settings=SETTINGS)

    found = intake.problems.select("line", "column", "value", "code").rows()
    assert found == [(2, "Potensi", "#REF!", "formula_lost"), (3, "Aktif", "=…", "formula_lost")]
    assert rows(intake) == [("2023-01", "Lahat", "formal", 100, 200)]
    assert account(intake) == [(3, 1, 2, 0, 0)]


def test_a_cell_beside_the_table_of_a_sheet_is_noted_and_costs_no_row() -> None:
    head = ["Bulan", "Cabang", "Segmen", "Aktif"]
    lines = [["2023-01", "Jambi", "PU", 100], ["2023-02", "Jambi", "PU", 110, "", 999], ["2023-03", None, "PU", 120]]
    intake = read([Handed(name="a.xlsx", content=workbook_of(Data=[head, *lines]))], settings=SETTINGS)
    found = intake.problems.select("line", "value", "code", "severity").rows()
    assert found == [(3, "999", "cell_without_header", "note"), (4, None, "no_branch", "error")]
    assert account(intake) == [(3, 2, 1, 0, 0)]


def test_a_key_that_a_formula_did_not_find_is_no_name() -> None:
    lines = ["2023-01;#N/A;PU;1", "2023-01;=…;PU;2", "#REF!;Jambi;PU;3", "2023-01;Jambi;#VALUE!;4", "2023-01;n/a;PU;5"]

    intake = read([handed("bulan;cabang;segmen;aktif\n" + "\n".join(lines) + "\n")], settings=SETTINGS)

    found = intake.problems.select("line", "column", "value", "code").rows()
    assert found == [
        (2, "cabang", "#N/A", "formula_lost"),
        (3, "cabang", "=…", "formula_lost"),
        (4, "bulan", "#REF!", "formula_lost"),
        (5, "segmen", "#VALUE!", "formula_lost"),
        (6, "cabang", "n/a", "no_branch"),
    ]
    assert account(intake) == [(5, 0, 5, 0, 0)]


def test_an_office_of_another_rank_is_another_branch_and_a_short_total_is_a_total() -> None:
    text = "bulan;cabang;segmen;aktif\n2023-01;KC Jambi;PU;100\n2023-01;KCP Jambi;PU;40\nJML;;;140\n"

    intake = read([handed(text)], settings=SETTINGS)

    assert [row[1] for row in rows(intake)] == ["KC Jambi", "KCP Jambi"]
    assert account(intake) == [(3, 2, 0, 0, 1)]


@pytest.mark.parametrize(
    "line",
    ["2023-01;Semua Cabang;PU;150", "2023-01;Seluruh Kantor Cabang;PU;150", "2023-01;Gabungan;PU;150",
     "Keseluruhan;;;150", "Rekapitulasi;;;150", "J U M L A H;;;150", "T O T A L :;;;150",
     "2023-01;All branches;PU;150"],
)  # fmt: skip
def test_a_total_in_other_words_is_no_branch(line: str) -> None:
    lines = f"2023-01;Palembang;PU;100\n2023-01;Jambi;PU;50\n{line}\n"
    intake = read([handed("bulan;cabang;segmen;aktif\n" + lines)], settings=SETTINGS)
    assert account(intake) == [(3, 2, 0, 0, 1)]
    assert intake.problems.height == 0
    assert intake.table["branch"].to_list() == ["Jambi", "Palembang"]


def test_a_name_that_begins_like_a_total_is_a_branch() -> None:
    lines = "2023-01;Semua Maju;PU;100\n2023-01;Rekap Jaya;PU;50\n"
    intake = read([handed("bulan;cabang;segmen;aktif\n" + lines)], settings=SETTINGS)
    assert account(intake) == [(2, 2, 0, 0, 0)]


def test_a_no_break_space_in_a_month_is_a_space() -> None:
    intake = read([handed("bulan;cabang;segmen;aktif\nJanuari\u00a02024;Jambi;PU;100\n")], settings=SETTINGS)

    assert [row[0] for row in rows(intake)] == ["2024-01"]
