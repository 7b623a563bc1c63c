"""Does a column of regions say to whom a branch belongs, and are places that only share a name told apart by it?"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import polars as pl
import pytest

from coverage.base import settings, tables, texts
from coverage.commands import cli
from coverage.intake import register
from coverage.intake.read import Handed, Intake, read
from coverage.wording.problems import problems_with_messages

SETTINGS = settings.load()


def handed(text: str, name: str = "peserta aktif.csv") -> Intake:
    return read([Handed(name=name, content=text.encode())], settings=SETTINGS)


def figures(intake: Intake) -> list[tuple[object, ...]]:
    table = intake.table.sort("branch", "month")
    return table.select(pl.col("month").dt.strftime("%Y-%m"), "branch", "active").rows()


VILLAGES = """Kabupaten;Kecamatan;Jan 2023;Feb 2023
Lahat;Merapi;1200;1310
Lahat;Kikim;803;907
Muara Enim;Merapi;511;553
Muara Enim;Lawang;702;754
"""


def test_districts_of_one_name_in_two_regencies_are_two_places() -> None:
    intake = handed(VILLAGES)
    assert figures(intake) == [
        ("2023-01", "Kikim", 803),
        ("2023-02", "Kikim", 907),
        ("2023-01", "Lawang", 702),
        ("2023-02", "Lawang", 754),
        ("2023-01", "Merapi (Lahat)", 1200),
        ("2023-02", "Merapi (Lahat)", 1310),
        ("2023-01", "Merapi (Muara Enim)", 511),
        ("2023-02", "Merapi (Muara Enim)", 553),
    ]
    parted = intake.problems.filter(pl.col("code") == "places_parted")
    assert parted["value"].to_list() == ["Merapi (Lahat), Merapi (Muara Enim)"]


def test_they_stay_two_places_where_their_figures_are_the_same() -> None:
    intake = handed(VILLAGES.replace("511;553", "1200;1310"))
    assert [row for row in figures(intake) if "Merapi" in str(row[1])] == [
        ("2023-01", "Merapi (Lahat)", 1200),
        ("2023-02", "Merapi (Lahat)", 1310),
        ("2023-01", "Merapi (Muara Enim)", 1200),
        ("2023-02", "Merapi (Muara Enim)", 1310),
    ]


def test_a_branch_that_changes_its_region_stays_one_branch() -> None:
    lines = ["Bulan;Wilayah;Kantor Cabang;Aktif PU", "2023-01;Utara;Lahat;5000", "2023-02;Selatan;Lahat;5100"]
    intake = handed("\n".join([*lines, "2023-01;Utara;Jambi;7000", "2023-02;Utara;Jambi;7100"]))
    assert {branch for _, branch, _ in figures(intake)} == {"Lahat", "Jambi"}
    assert dict(intake.regions.rows()) == {"Lahat": "Selatan", "Jambi": "Utara"}


def test_a_change_of_region_within_one_file_is_told_with_the_line_and_which_is_used() -> None:
    lines = ["Bulan;Wilayah;Kantor Cabang;Aktif PU", "2023-01;Utara;Lahat;5000", "2023-02;Selatan;KC Lahat;5100"]
    intake = handed("\n".join([*lines, "2023-03;SELATAN ;Lahat;5200", "2023-01;Utara;Jambi;7000"]))
    changes = intake.problems.filter(pl.col("code") == "region_changes")
    assert changes.select("file", "line", "severity").rows() == [("peserta aktif.csv", 3, "warning")]
    sentence = problems_with_messages(changes, texts.load("en"))["message"][0]
    assert "Lahat: Selatan from this line on, Utara in the months before" in sentence
    assert {tables.branch_key(branch): region for branch, region in intake.regions.rows()} == {
        "lahat": "Selatan",
        "jambi": "Utara",
    }


def test_months_that_stand_in_any_order_tell_the_region_of_the_latest() -> None:
    lines = ["Bulan;Wilayah;Kantor Cabang;Aktif PU", "2023-02;Selatan;Lahat;5100", "2023-01;Utara;Lahat;5000"]
    intake = handed("\n".join([*lines, "2023-02;Utara;Jambi;7000"]))
    changes = intake.problems.filter(pl.col("code") == "region_changes")
    assert changes.select("line", "value").rows() == [(2, "Lahat")]
    assert dict(intake.regions.rows()) == {"Lahat": "Selatan", "Jambi": "Utara"}


def test_places_that_are_told_apart_by_their_regions_change_none() -> None:
    assert "region_changes" not in set(handed(VILLAGES).problems["code"])


def monthly(month: str, region: str, branch: str = "Lahat", active: int = 5000) -> bytes:
    return (
        f"Bulan;Wilayah;Kantor Cabang;Aktif PU\n{month};{region};{branch};{active}\n{month};Utara;Jambi;7000\n".encode()
    )


def test_two_files_that_tell_two_regions_of_a_branch_are_told_with_which_is_used() -> None:
    files = [
        Handed(name="2023-01.csv", content=monthly("2023-01", "Utara")),
        Handed(name="2023-02.csv", content=monthly("2023-02", "Selatan", "KC Lahat")),
        Handed(name="2023-03.csv", content=monthly("2023-03", "SELATAN ")),
    ]
    intake = read(files, settings=SETTINGS)
    told = intake.problems.filter(pl.col("code") == "region_differs")
    assert told.select("file", "severity").rows() == [("2023-02.csv", "warning")]
    sentence = problems_with_messages(told, texts.load("en"))["message"][0]
    assert "Selatan here, Utara in 2023-01.csv" in sentence
    assert {tables.branch_key(branch): region.lower() for branch, region in intake.regions.rows()} == {
        "lahat": "selatan",
        "jambi": "utara",
    }


def test_a_figure_of_another_region_of_the_same_month_is_not_used_in_silence() -> None:
    files = [
        Handed(name="a.csv", content=monthly("2023-01", "Utara")),
        Handed(name="b.csv", content=monthly("2023-01", "Selatan", active=6000)),
    ]
    codes = set(read(files, settings=SETTINGS).problems["code"])
    assert {"region_differs", "twice_differs"} <= codes


def test_the_region_that_a_table_tells_is_that_of_its_branches(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = ["Bulan;Kanwil;Kantor Cabang;Aktif PU;Potensi PU"]
    lines += [f"2023-{month:02d};Utara;Aceh Jaya;{5_000 + month};9000" for month in range(1, 5)]
    lines += [f"2023-{month:02d};Selatan;Palembang;{7_000 + month};9000" for month in range(1, 5)]
    (tmp_path / "rekap.csv").write_text("\n".join(lines), "utf-8")

    code = cli.main(["gaps", "--data", str(tmp_path), "--by", "region", "--format", "csv", "--language", "en"])

    out = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert code == 0
    assert {row["region"]: row["active"] for row in out} == {"Utara": "5004", "Selatan": "7004"}


def test_a_dropped_list_of_branches_goes_before_the_column(tmp_path: Path) -> None:
    known = pl.DataFrame([{"branch": "KC Palembang", "region": "Sumbagsel"}], schema=tables.REGISTER)
    regions = pl.DataFrame({"branch": ["Palembang", "Aceh Jaya"], "region": ["Selatan", "Utara"]})
    every = register.with_regions(known, regions).select("branch", "region").rows()
    assert every == [("KC Palembang", "Selatan"), ("Aceh Jaya", "Utara")]
    (tmp_path / "branches.csv").write_text("branch,region\nPalembang,Sumbagsel\n", "utf-8")
    intake = read(
        [
            Handed(name="branches.csv", content=(tmp_path / "branches.csv").read_bytes()),
            Handed(name="a.csv", content=b"Bulan;Kanwil;Cabang;Aktif PU\n2023-01;Selatan;Palembang;5000\n"),
        ],
        settings=SETTINGS,
    )
    chosen = register.of(intake.companions, tmp_path / "none.csv", intake.regions)
    assert chosen.select("branch", "region").rows() == [("Palembang", "Sumbagsel")]
