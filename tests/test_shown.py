"""Is a sheet shown as it was understood, and is every figure that is used found in the cell where it stands?"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pytest

from coverage.base import settings, texts
from coverage.base.errors import FileRefused
from coverage.intake import mapping, read
from coverage.intake.finding import Handed
from coverage.intake.layout import shown
from coverage.intake.read import Intake
from coverage.wording.sheets import sheet_for_browser

RECAP = """REKAP PESERTA AKTIF
KANTOR CABANG PALEMBANG
Bulan;PU;BPU;Jumlah;Ket.
Des 2022;138.900;61.480;200.380;
Jan 2023;139.200;61.750;200.950;
Jumlah;139.050;61.615;200.665;
Palembang, 6 Februari 2023
Kepala Kantor Cabang
"""


def taken(tmp_path: Path, **files: str) -> Intake:
    paths = []
    for name, text in files.items():
        path = tmp_path / f"{name}.csv"
        path.write_text(text, "utf-8")
        paths.append(path)
    return read.read(paths, settings=settings.load())


def test_a_sheet_is_shown_with_what_its_columns_and_lines_were_taken_for(tmp_path: Path) -> None:
    (sheet,) = taken(tmp_path, rekap=RECAP).sheets

    meanings = {column.header: column.meaning for column in sheet.columns}
    assert meanings["Bulan"] == "month"
    assert meanings["PU"] == "active of formal"
    assert meanings["BPU"] == "active of informal"
    assert meanings["Ket."] == "ignore"
    assert meanings["Jumlah"] == "ignore"  # the sums of PU and BPU beside them
    kinds = {line.number: (line.kind, line.reason, line.value) for line in sheet.lines}
    assert kinds[2] == ("title", "place", "Palembang")
    assert kinds[3][0] == "header"
    assert kinds[4][0] == kinds[5][0] == "figure"
    assert kinds[6][0] == "total"
    assert kinds[8][0] in {"note", "aside"}
    assert (sheet.figures, sheet.targets) == (4, 0)


def test_every_figure_of_a_recap_knows_its_cell(tmp_path: Path) -> None:
    found = taken(tmp_path, rekap=RECAP).origins

    cells = {(row["segment"], str(row["month"])): (row["value"], row["cell"]) for row in found.to_dicts()}
    assert cells == {
        ("formal", "2022-12-01"): (138900, "B4"),
        ("formal", "2023-01-01"): (139200, "B5"),
        ("informal", "2022-12-01"): (61480, "C4"),
        ("informal", "2023-01-01"): (61750, "C5"),
    }
    assert found["file"].unique().to_list() == ["rekap.csv"]


def test_a_long_middle_folds(tmp_path: Path) -> None:
    months = "\n".join(f"2022-{month:02d};{130000 + month};{60000 + month}" for month in range(1, 13))

    (sheet,) = taken(tmp_path, palembang=f"KANTOR CABANG PALEMBANG\nBulan;PU;BPU\n{months}\n").sheets

    assert [line.number for line in sheet.lines if line.kind == "figure"] == [3, 4, 5, 6, 7, 13, 14]
    assert [line.value for line in sheet.lines if line.kind == "fold"] == ["5"]


def test_a_clean_long_table_is_shown_as_well_and_reads_beside_a_recap(tmp_path: Path) -> None:
    plain = "month,branch,segment,active\n2023-01,Jambi,formal,400\n2023-01,Jambi,informal,300\n"

    found = taken(tmp_path, jambi=plain, rekap=RECAP)

    assert found.table.height == 6
    sheet = next(sheet for sheet in found.sheets if sheet.label == "jambi.csv")
    assert [column.meaning for column in sheet.columns] == ["month", "place", "segment", "active"]
    assert [line.kind for line in sheet.lines] == ["header", "figure", "figure"]


def test_a_refused_sheet_travels_with_its_refusal(tmp_path: Path) -> None:
    with pytest.raises(FileRefused) as refused:
        taken(tmp_path, slip="Bulan;Cabang;Jml A\n2023-01;Palembang;139.200\n")

    (sheet,) = shown.loads(str(refused.value.data["sheets"]))
    assert sheet.unclear == ("Jml A",)
    assert shown.dumps([sheet]) == refused.value.data["sheets"]


def test_each_sheet_of_a_workbook_is_shown(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, figure in (("Januari 2023", 139200), ("Februari 2023", 139450)):
        sheet = book.create_sheet(name)
        for row in (["Cabang", "Segmen", "Aktif"], ["Palembang", "PU", figure]):
            sheet.append(row)
    book.save(tmp_path / "bulan.xlsx")

    found = read.read([tmp_path / "bulan.xlsx"], settings=settings.load())

    assert [sheet.label for sheet in found.sheets] == ["bulan.xlsx#Januari 2023", "bulan.xlsx#Februari 2023"]
    assert found.origins.sort("month")["cell"].to_list() == ["C2", "C2"]
    assert found.origins.sort("month")["file"].to_list() == ["bulan.xlsx#Januari 2023", "bulan.xlsx#Februari 2023"]


def read_texts(files: dict[str, str]) -> Intake:
    handed = [Handed(name=name, content=text.encode()) for name, text in files.items()]
    return read.read(handed, settings=settings.load())


TITLED = "Ilir Barat\nDicetak Februari 2023\nPosisi 31 Januari 2023\nSegmen;Aktif\nPU;139200\nBPU;61750\n"


def test_a_title_may_be_said_to_be_the_place_or_the_month_of_what_stands_below() -> None:
    with pytest.raises(FileRefused) as refused:
        read_texts({"rekap.csv": TITLED})
    (sheet,) = shown.loads(str(refused.value.data["sheets"]))
    titles = [line for line in sheet.lines if line.kind == shown.TITLE]
    assert [line.may for line in titles] == [
        (("place", "Ilir Barat"),),
        (("month", "2023-02"),),
        (("month", "2023-01"),),
    ]
    said = {"rekap.csv": {"place": "Ilir Barat", "month": "2023-02"}}
    intake = read_texts({"rekap.csv": TITLED, "map.toml": mapping.dumps({}, titles=said)})
    assert intake.table.select("month", "branch", "segment", "active").rows() == [
        (date(2023, 2, 1), "Ilir Barat", "formal", 139200),
        (date(2023, 2, 1), "Ilir Barat", "informal", 61750),
    ]
    drawn = sheet_for_browser(intake.sheets[0], texts.load("id"), readings={}, of_titles=said["rekap.csv"])
    by_line = {line["number"]: line for line in drawn["lines"]}
    assert by_line[1]["title"]["options"] == [["place", "Ilir Barat", "cabang: Ilir Barat"]]
    assert [by_line[number]["title"]["chosen"] for number in (1, 2, 3)] == [0, 0, None]
    assert [by_line[number]["used"] for number in (1, 2, 3)] == [True, True, False]


def test_a_title_says_nothing_that_each_line_has_for_itself() -> None:
    text = "Ilir Barat\nPosisi Januari 2023\nBulan;Cabang;Segmen;Aktif\n2023-01;Jambi;PU;139200\n"
    (sheet,) = read_texts({"rekap.csv": text}).sheets
    assert [line.may for line in sheet.lines if line.kind == shown.TITLE] == [(), ()]


def test_what_is_said_of_a_title_holds_for_that_sheet_alone() -> None:
    said = {"rekap [1].csv": {"place": "Ilir Barat"}, "buku.xlsx#Lembar *": {"month": "2023-02"}}
    entries = mapping.loads(mapping.dumps({"A": "ignore"}, titles=said), "map.toml").file
    assert mapping.said_of(entries, "rekap [1].csv").place == "Ilir Barat"
    assert mapping.said_of(entries, "rekap 1.csv").place == ""
    assert mapping.said_of(entries, "buku.xlsx", "Lembar *").month == 2023 * 12 + 1
    assert mapping.said_of(entries, "buku.xlsx", "Lembar 2").month == -1
