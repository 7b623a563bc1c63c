"""Is the list of known branches read, and refused with line and key where it is wrong?"""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from coverage.base import tables, texts
from coverage.base.errors import DeclarationRefused
from coverage.intake import register
from coverage.intake.finding import Companion

HEADER = "branch,region,province,latitude,longitude,source,status\n"


def read(tmp_path: Path, rows: str, header: str = HEADER) -> tables.Register:
    path = tmp_path / "branches.csv"
    path.write_text(header + rows, "utf-8")
    return register.read(path)


def refused(tmp_path: Path, rows: str, header: str = HEADER) -> DeclarationRefused:
    with pytest.raises(DeclarationRefused) as error:
        read(tmp_path, rows, header)
    for language in texts.languages():
        assert "branches.csv" in texts.load(language).error(error.value)
    return error.value


def test_without_a_file_the_register_is_empty(tmp_path: Path) -> None:
    assert register.read(tmp_path / "branches.csv").equals(pl.DataFrame(schema=tables.REGISTER))


def test_a_branch_is_read_with_its_place(tmp_path: Path) -> None:
    found = read(tmp_path, "Palembang,Sumbagsel,Sumatera Selatan,-2.99,104.76,kantor,published\nJambi,,,,,,\n")
    assert found.schema == tables.REGISTER
    assert found.row(0) == ("Palembang", "Sumbagsel", "Sumatera Selatan", -2.99, 104.76, "kantor", "published")
    assert found.row(1) == ("Jambi", None, None, None, None, None, None)


@pytest.mark.parametrize(
    ("row", "key", "found"),
    [
        ("Palembang,,,104.76,-2.99,,", "latitude", "104.76"),
        ("Palembang,,,-2.99,4.76,,", "longitude", "4.76"),
        ("Palembang,,,-2.99,timur,,", "longitude", "timur"),
        ("Palembang,,,nan,104,,", "latitude", "nan"),
        (",,,,,,", "branch", "–"),
        ("Palembang,,,,,,kira", "status", "kira"),
        ("Palembang,,", "–", "Palembang"),
    ],
)
def test_a_wrong_cell_is_refused_with_its_line_and_key(tmp_path: Path, row: str, key: str, found: str) -> None:
    error = refused(tmp_path, f"Jambi,,,,,,\n{row}\n")
    assert error.code == "register_value"
    assert (error.data["line"], error.data["key"], error.data["found"]) == (3, key, found)


def test_a_branch_that_stands_twice_is_refused(tmp_path: Path) -> None:
    error = refused(tmp_path, "Palembang,,,,,,\nKC PALEMBANG,,,,,,\n")
    assert (error.code, error.data["line"]) == ("register_twice", 3)


def test_an_unknown_column_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, "Palembang,1\n", "branch,code\n").data["found"] == "branch, code"


def test_a_list_handed_in_beside_the_tables_comes_before_the_one_that_ships(tmp_path: Path) -> None:
    given = Companion(kind="branches", name="a.zip/branches.csv", content=b"branch;region\nLahat;Barat\n")
    assert register.of([given], tmp_path / "gone.csv").select("branch", "region").rows() == [("Lahat", "Barat")]
    assert register.of([], tmp_path / "gone.csv").is_empty()
