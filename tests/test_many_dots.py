"""A million figures with dots between their thousands: read as they are, and judged as if each were looked at."""

from __future__ import annotations

import random
import re
from pathlib import Path

import polars as pl
import pytest

from coverage.base import settings
from coverage.intake import numbers, read, row_counts

FORM = re.compile(r"[1-9][0-9]{0,2}(\.[0-9]{3}){1,2}\Z")
ROWS = 3 * row_counts._MANY


def test_only_a_number_whose_dots_are_all_in_their_places_is_read() -> None:
    chance = random.Random(7)  # noqa: S311 - figures, no secret
    cells = ["120.000", "1.234.567", "999", "0.500", "012.345", "+12.345", "-12.345", "1.23.456", "12.3456", "1234.567"]
    cells += ["1.234.567.890", "1..234", "...", "", ".", "1.2", "1.234,5", "120.000 ", "1.000.00", "10.000.0", "a.bcd"]
    cells += ["".join(chance.choices("0123456789.", k=chance.randint(1, 12))) for _ in range(20_000)]
    expected = [int(cell.replace(".", "")) if FORM.match(cell) else None for cell in cells]
    assert sum(number is not None for number in expected) > 100
    assert numbers.dotted(pl.Series(cells)).to_list() == expected


def with_dots(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def table(figures: dict[int, str]) -> str:
    """Return a file of many branches of one month, whose figures have dots, with these written otherwise."""
    lines = ["bulan;cabang;segmen;aktif;potensi"]
    for row in range(ROWS):
        active = figures.get(row, with_dots(10_001 + 7 * row))
        lines.append(f"Oktober 2019;Cabang {row:05d};PU;{active};{with_dots(900_001 + row)}")
    return "\n".join(lines) + "\n"


ODD = {
    "nothing odd": {},
    "a dash and a word": {5: "-", 9: "belum"},
    "a comma between thousands": {2000: "139,200"},
    "a fraction": {2500: "12.5"},
    "decimals behind a comma": {1: "139.200,00"},
    "a zero in front": {7: "0.500"},
    "a sign": {7: "-10.500"},
    "plain digits": {row: str(10_001 + 7 * row) for row in range(0, ROWS, 2)},
    "mostly plain digits": {row: str(10_001 + 7 * row) for row in range(10, ROWS)},
    "a million": {3: "1.234.567"},
    "whole thousands": {row: f"{row + 10}.000" for row in range(ROWS)},
    "too large": {8: "99.999.999.999"},
}


@pytest.mark.files
@pytest.mark.parametrize("what", ODD)
def test_many_dotted_figures_are_judged_as_if_each_were_looked_at(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "rekap.csv"
    path.write_text(table(ODD[what]), "utf-8")
    fast = read.read([path], settings=settings.load())
    monkeypatch.setattr(row_counts, "_MANY", 10 * ROWS)
    slow = read.read([path], settings=settings.load())
    assert fast.table.equals(slow.table)
    assert fast.problems.equals(slow.problems)
    assert fast.files.equals(slow.files)
    if what == "nothing odd":
        assert fast.table["active"].to_list() == [10_001 + 7 * row for row in range(ROWS)]
        assert fast.files["thousands"].to_list() == ["."]
        assert fast.problems.filter(pl.col("column") == "aktif").is_empty()


@pytest.mark.files
def test_a_file_in_the_indonesian_way_is_scanned_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scans, texts = [], []
    scan, judge = pl.scan_csv, numbers.read
    monkeypatch.setattr(pl, "scan_csv", lambda *given, **more: scans.append(1) or scan(*given, **more))
    monkeypatch.setattr(numbers, "read", lambda cells, *more: texts.append(cells.height) or judge(cells, *more))
    path = tmp_path / "rekap.csv"
    path.write_text(table({4: "-"}), "utf-8")
    assert read.read([path], settings=settings.load()).table.height == ROWS - 1
    assert len(scans) == 1
    assert sum(texts) < 10
