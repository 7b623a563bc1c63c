"""Is a table of any layout read right, or asked about; and is a table of something else never read?"""

from __future__ import annotations

import io
import tomllib
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from coverage.base import settings
from coverage.base.errors import FileRefused
from coverage.commands import cli
from coverage.intake import read as intake_read
from coverage.intake import recaps
from coverage.intake.read import Handed, Intake, read
from tests import random_tables
from tests.random_tables import Laid

SETTINGS = settings.load()
HERE = Path(__file__).resolve().parent
DATA = HERE.parent / "data" / "samples"
ASKED = {
    "unclear", "no_month", "no_branch", "no_segment", "month_missing_above", "place_missing", "no_active",
    "key_unknown", "unit_unclear", "segment_unknown", "month_unreadable", "programme_unclear",
}  # fmt: skip
"""What a person has to answer before the figures in question are used."""


def handed(text: str, name: str = "a.csv") -> Intake:
    return read([Handed(name=name, content=text.encode())], settings=SETTINGS)


def figures(intake: Intake) -> dict[tuple[int, str, str], dict[str, int]]:
    """Return the measures of each month, place and segment."""
    return {
        (row["month"].year * 12 + row["month"].month - 1, row["branch"], row["segment"]): {
            measure: row[measure] for measure in ("active", "eligible", "new") if row[measure] is not None
        }
        for row in intake.table.iter_rows(named=True)
    }


def targets(intake: Intake) -> dict[tuple[str, str, int], int]:
    return {
        (row["branch"], row["segment"] or "unsplit", row["by"].year * 12 + row["by"].month - 1): int(row["value"])
        for row in intake.targets.iter_rows(named=True)
    }


def outcome(laid: Laid) -> str:
    """Say whether a random table came back as it was: right, asked, missing (in silence) or wrong."""
    try:
        intake = read([Handed(name=laid.name, content=laid.content)], settings=SETTINGS)
    except FileRefused:
        return "asked"
    rows, due = figures(intake), targets(intake)
    if rows == laid.rows and due == laid.targets:
        return "right"
    for key, measures in rows.items():
        if any(laid.rows.get(key, {}).get(measure) != value for measure, value in measures.items()):
            return "wrong"
    if any(laid.targets.get(target) != value for target, value in due.items()):
        return "wrong"
    return "asked" if ASKED & set(intake.problems["code"]) else "missing"


def shown(laid: Laid) -> str:
    text = laid.content.decode() if laid.name.endswith(".csv") else "(workbook)"
    return f"{laid.name}: {laid.shape}\n{text}"


def judge(seeds: range) -> None:
    outcomes = {seed: outcome(random_tables.table(seed)) for seed in seeds}
    bad = [seed for seed, word in outcomes.items() if word in ("wrong", "missing")]
    assert not bad, shown(random_tables.table(bad[0])) + f"\nseeds {bad}"
    asked = [seed for seed, word in outcomes.items() if word == "asked"]
    assert len(asked) <= 0.02 * len(seeds), shown(random_tables.table(asked[0])) + f"\nseeds {asked}"


@pytest.mark.parametrize("start", range(0, 200, 50))
def test_random_tables_come_back_and_none_is_wrong_in_silence(start: int) -> None:
    judge(range(start, start + 50))


@pytest.mark.slow
@pytest.mark.parametrize("start", range(1000, 2500, 250))
def test_many_random_tables_come_back_and_none_is_wrong_in_silence(start: int) -> None:
    judge(range(start, start + 250))


FOREIGN = {
    "unemployment rates": "Provinsi;TPT Feb 2023;TPT Agu 2023\nSumatera Selatan;4,53;4,11\nJambi;4,50;4,53\n",
    "open unemployment": "Kabupaten/Kota;2021;2022\nPalembang;10,11;8,20\nLahat;4,11;3,90\n",
    "minimum wages": "Kabupaten/Kota;UMK 2022;UMK 2023\nPalembang;3289409;3565409\nJambi;2972192;3230207\n",
    "wages by status": "Kabupaten/Kota;Lapangan Usaha;Formal;Informal\nPalembang;Perdagangan;3.412.500;2.105.300\n",
    "wages by month": "Upah rata-rata\nKota;Jan 2023;Feb 2023\nPalembang;3412500;3420100\nJambi;3112500;3120100\n",
    "prices": "Komoditas;Jan 2023;Feb 2023\nBeras;12500;12800\nGula;14000;14100\n",
    "prices by town": "Kota;Harga Beras;Harga Gula\nPalembang;12500;14000\nJambi;12700;14100\n",
    "hospitals": "Kabupaten/Kota;Rumah Sakit;Puskesmas\nPalembang;32;41\nLahat;3;33\n",
    "beds": "Kabupaten/Kota;Jumlah Tempat Tidur\nPalembang;3210\nLahat;330\n",
    "job seekers": "Pencari Kerja Terdaftar\nKabupaten/Kota;Laki-laki;Perempuan;Jumlah\nPalembang;3000;2000;5000\n",
    "vacancies": "Kabupaten/Kota;Lowongan 2022;Lowongan 2023\nPalembang;1200;1300\nLahat;200;210\n",
    "pupils": "Kecamatan;Jumlah Siswa 2023\nIlir Timur;12000\nIlir Barat;13000\n",
    "cooperatives": "Kabupaten/Kota;Koperasi Aktif;Koperasi Tidak Aktif\nPalembang;900;120\nLahat;300;45\n",
    "cooperatives in the title": "Jumlah Koperasi 2023\nKabupaten/Kota;Aktif;Tidak Aktif\nPalembang;900;120\n",
    "family planning": "Peserta KB 2023\nKabupaten/Kota;Peserta Aktif;Peserta Baru\nPalembang;150000;12000\n",
    "health insurance": "Peserta JKN 2023\nKabupaten/Kota;PBI;Non PBI\nPalembang;350000;812000\n",
    "health insurance members": "Kabupaten/Kota;Peserta Aktif BPJS Kesehatan 2023\nPalembang;1350000\n",
    "population": "Kabupaten/Kota;2021;2022\nPalembang;1686073;1707996\nLahat;433520;440214\n",
    "population in the title": "Jumlah Penduduk\nKabupaten/Kota;2021;2022\nPalembang;1686073;1707996\n",
    "labour force": "Kabupaten/Kota;Angkatan Kerja 2023;Bekerja 2023\nPalembang;850000;800000\n",
    "poverty": "Kabupaten/Kota;Penduduk Miskin 2022;Penduduk Miskin 2023\nPalembang;181640;174200\n",
    "claims": "Kantor Cabang;Bulan;Klaim JHT;Nominal (Rp)\nPalembang;2023-01;1200;14000000000\n",
    "contributions": "Kantor Cabang;Bulan;Iuran\nPalembang;2023-01;14000000000\n",
    "training": "Peserta Pelatihan\nKabupaten/Kota;2022;2023\nPalembang;1200;1340\n",
    "voters": "Kecamatan;Pemilih Laki-laki;Pemilih Perempuan\nIlir Timur;30210;31200\n",
    "vehicles": "Kabupaten/Kota;Mobil;Motor\nPalembang;120000;540000\n",
    "weather": "tanggal;kota;suhu\n2023-01-01;Palembang;31\n",
    "inflation": "Kota;Inflasi Jan 2023;Inflasi Feb 2023\nPalembang;5,2;5,1\n",
}


@pytest.mark.parametrize("subject", FOREIGN)
def test_a_table_of_another_subject_never_gives_a_row(subject: str) -> None:
    with pytest.raises(FileRefused) as refused:
        handed(FOREIGN[subject])
    assert refused.value.code in ("layout_unclear", "programmes_unclear", "header_not_understood")


@pytest.mark.files
@pytest.mark.parametrize("sample", ["published", "sumbagsel"])
def test_the_shipped_samples_read_the_same_through_the_layout_as_past_it(
    sample: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = intake_read.find([str(DATA / sample)])
    past = read(files, settings=SETTINGS)
    monkeypatch.setattr(recaps, "is_plain", lambda *_: False)
    through = read(files, settings=SETTINGS)
    assert through.table.height == past.table.height
    assert through.table.equals(past.table)


RECAPS: list[dict[str, Any]] = tomllib.loads((HERE / "cases" / "recaps.toml").read_text("utf-8"))["recap"]


@pytest.mark.parametrize("case", RECAPS, ids=[case["name"] for case in RECAPS])
def test_a_recap_of_each_shape_is_read_or_asked_about(case: dict[str, Any]) -> None:
    if case.get("asked"):
        with pytest.raises(FileRefused, match="layout_unclear"):
            handed(case["text"], case["name"])
        return
    intake = handed(case["text"], case["name"])
    table = intake.table.with_columns(month=intake.table["month"].dt.strftime("%Y-%m")).sort("month", "branch")
    assert sorted(table.select("month", "branch", "segment", "active").rows()) == sorted(map(tuple, case["rows"]))
    due = intake.targets.with_columns(by=intake.targets["by"].dt.strftime("%Y-%m"))
    assert sorted(due.select("branch", "segment", "by", "value").rows()) == sorted(map(tuple, case.get("targets", [])))
    for flow in ("new", "lapsed", "funded"):
        if flow in case:
            told = intake.table[flow].fill_null(-1).to_list()
            assert [count for count in told if count >= 0 or flow != "funded"] == case[flow]


def workbook(sheets: dict[str, list[list[object]]]) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        for name, cells in sheets.items():
            page = book.add_worksheet(name)
            for row, line in enumerate(cells):
                for column, cell in enumerate(line):
                    if cell not in ("", None):
                        page.write(row, column, cell)
    return buffer.getvalue()


def of_workbook(sheets: dict[str, list[list[object]]], name: str = "a.xlsx") -> Intake:
    return read([Handed(name=name, content=workbook(sheets))], settings=SETTINGS)


def actives(intake: Intake) -> list[tuple[str, str, str, int]]:
    table = intake.table.with_columns(month=intake.table["month"].dt.strftime("%Y-%m"))
    return sorted(table.select("month", "branch", "segment", "active").rows())


def test_targets_on_a_sheet_of_their_own_are_the_targets_of_the_figures() -> None:
    intake = of_workbook(
        {
            "Realisasi": [["Bulan", "Cabang", "PU", "BPU"], ["Januari 2023", "Batam", 50200, 14100]],
            "Target 2023": [["Cabang", "PU", "BPU"], ["Batam", 60000, 20000]],
        }
    )
    assert actives(intake) == [("2023-01", "Batam", "formal", 50200), ("2023-01", "Batam", "informal", 14100)]
    assert targets(intake) == {("Batam", "formal", 24287): 60000, ("Batam", "informal", 24287): 20000}


def test_sheets_called_by_their_segment_give_it_and_the_title_the_month() -> None:
    cells: list[list[object]] = [["Peserta aktif per 28 Februari 2023"], [], ["Kantor Cabang", "Jumlah Peserta"]]
    intake = of_workbook({"PU": [*cells, ["Batam", 50200]], "BPU": [*cells, ["Batam", 14100]]})
    assert actives(intake) == [("2023-02", "Batam", "formal", 50200), ("2023-02", "Batam", "informal", 14100)]


def test_a_sheet_for_each_branch_names_it() -> None:
    cells: list[list[object]] = [["Bulan", "PU", "BPU"]]
    intake = of_workbook({"Batam": [*cells, ["Jan 2023", 50200, 14100]], "Kupang": [*cells, ["Jan 2023", 10200, 2100]]})
    assert actives(intake) == [
        ("2023-01", "Batam", "formal", 50200),
        ("2023-01", "Batam", "informal", 14100),
        ("2023-01", "Kupang", "formal", 10200),
        ("2023-01", "Kupang", "informal", 2100),
    ]


def test_a_sum_on_a_sheet_of_its_own_counts_nobody_twice() -> None:
    cells: list[list[object]] = [["Kantor Cabang", "Segmen", "Aktif"]]
    intake = of_workbook(
        {
            "Januari 2023": [*cells, ["Batam", "PU", 50200], ["Kupang", "PU", 10200]],
            "Februari 2023": [*cells, ["Batam", "PU", 50400], ["Kupang", "PU", 10300]],
        }
    )
    assert [row[3] for row in actives(intake)] == [50200, 10200, 50400, 10300]
    assert (intake.files["read"] == intake.files["kept"]).all()


def test_check_shows_what_is_unclear_although_the_file_counts_as_not_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(FOREIGN["wages by status"], encoding="utf-8")
    assert cli.main(["check", "--data", str(path), "--format", "csv", "--language", "en"]) == 2
    out, err = capsys.readouterr()
    assert "unclear" in out
    assert "Lapangan Usaha" in out
    assert "Nothing of a.csv can be used yet" in err
