"""Is a sheet shown as it was understood, and is every figure that is used found in the cell where it stands?"""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from coverage.base import settings
from coverage.base.errors import FileRefused
from coverage.intake import read
from coverage.intake.layout import shown
from coverage.intake.read import Intake

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
