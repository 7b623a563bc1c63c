"""Are files that tell different measures of the same months joined, and is nothing joined that contradicts itself?"""

from __future__ import annotations

import polars as pl
import pytest

from coverage.base import settings
from coverage.base.errors import FileRefused
from coverage.intake.read import Handed, Intake, read

SETTINGS = settings.load()
ACTIVE = "Kabupaten/Kota;Jan 2023;Feb 2023\nPalembang;139200;139900\nJambi;61750;61800\n"
ELIGIBLE = "Kabupaten/Kota;Jan 2023;Feb 2023\nKC Palembang;267000;268000\nJambi;99000;99500\n"
NEW = "Kabupaten/Kota;Jan 2023;Feb 2023\nPalembang;1200;1300\nJambi;700;810\n"


def handed(**files: str) -> Intake:
    names = {"active": "peserta aktif.csv", "eligible": "potensi peserta.csv", "new": "peserta baru.csv"}
    sources = [Handed(name=names.get(name, f"{name}.csv"), content=text.encode()) for name, text in files.items()]
    return read(sources, settings=SETTINGS)


def figures(intake: Intake) -> list[tuple[object, ...]]:
    table = intake.table.sort("branch", "month")
    return table.select(pl.col("month").dt.month(), "branch", "active", "eligible", "new").rows()


def test_a_file_of_active_one_of_eligible_and_one_of_new_are_one_history() -> None:
    intake = handed(active=ACTIVE, eligible=ELIGIBLE, new=NEW)
    assert figures(intake) == [
        (1, "Jambi", 61_750, 99_000, 700),
        (2, "Jambi", 61_800, 99_500, 810),
        (1, "Palembang", 139_200, 267_000, 1_200),
        (2, "Palembang", 139_900, 268_000, 1_300),
    ]
    assert "error" not in set(intake.problems["severity"])
    assert intake.files.select("kept", "set_aside").rows() == [(2, 0)] * 3


def test_a_place_of_which_nobody_tells_the_active_members_is_told() -> None:
    intake = handed(active=ACTIVE, eligible=ELIGIBLE + "Lahat;7000;7100\n")
    told = intake.problems.filter(pl.col("severity") == "error").select("file", "line", "code").rows()
    assert told == [("potensi peserta.csv", 4, "no_active")]
    assert intake.files.select("kept", "set_aside").rows() == [(2, 0), (2, 1)]


def test_two_files_that_contradict_each_other_fill_nothing_in() -> None:
    other = ELIGIBLE.replace("99000", "90000")
    intake = handed(active=ACTIVE, eligible=ELIGIBLE, **{"potensi peserta lagi": other})
    assert [row for row in figures(intake) if row[0] == 1] == [
        (1, "Jambi", 61_750, None, None),
        (1, "Palembang", 139_200, 267_000, None),
    ]
    wrong = intake.problems.filter(pl.col("severity") == "error").select("file", "line", "column", "value").rows()
    assert wrong == [
        ("potensi peserta.csv", 3, "eligible", "99000"),
        ("potensi peserta lagi.csv", 3, "eligible", "90000"),
    ]


def test_a_figure_that_stands_beside_the_active_members_is_not_replaced_in_silence() -> None:
    table = "bulan;cabang;segmen;aktif;potensi\n2023-01;Palembang;PU;139200;260000\n2023-01;Jambi;PU;61750;\n"
    lines = "Bulan;Cabang;Segmen;Potensi\n2023-01;Palembang;PU;267000\n2023-01;Jambi;PU;99000\n"
    intake = handed(rekap=table, eligible=lines)
    assert figures(intake) == [(1, "Jambi", 61_750, 99_000, None), (1, "Palembang", 139_200, None, None)]
    assert intake.problems.filter(pl.col("code") == "twice_differs")["line"].to_list() == [2]


def test_a_file_of_eligible_workers_alone_is_refused_as_before() -> None:
    with pytest.raises(FileRefused) as refused:
        handed(eligible=ELIGIBLE)
    assert refused.value.code == "layout_unclear"


def test_such_a_file_of_other_places_costs_the_others_nothing() -> None:
    intake = handed(active=ACTIVE, eligible=ELIGIBLE.replace("KC Palembang", "Lahat").replace("Jambi", "Batam"))
    assert [error.data["file"] for error in intake.refused] == ["potensi peserta.csv"]
    assert len(figures(intake)) == 4


def test_lines_of_a_recap_that_contradict_each_other_are_set_aside_in_the_account_too() -> None:
    intake = handed(active=ACTIVE + "Palembang;140000;141000\n")
    assert intake.files.select("read", "kept", "set_aside").rows() == [(3, 1, 2)]
