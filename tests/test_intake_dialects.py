"""Does the same table come back from every dialect, and does nothing that a file holds break the reading?"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import settings as trials
from hypothesis import strategies as st

from coverage.base import settings, tables
from coverage.base.errors import FileRefused
from coverage.intake.read import Handed, Intake, read

SETTINGS = settings.load()
patient = trials(deadline=None, max_examples=60)  # the machine may be busy with other tests
HEADERS = {
    "en": {
        "month": "Month",
        "branch": "branch office",
        "segment": "SEGMENT",
        "active": "active_workers",
        "eligible": "Eligible",
    },
    "id": {
        "month": "PERIODE",
        "branch": " Kantor_Cabang ",
        "segment": "segmen",
        "active": "TK Aktif",
        "eligible": "potensi peserta",
    },
}
SEGMENTS = {"formal": ("PU", "Penerima Upah", "formal"), "informal": ("BPU", "bukan penerima upah", "Informal")}
NAMES = [
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
]
SHORT = ["Jan", "Peb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agt", "Sep", "Okt", "Nop", "Des"]
MONTHS = {
    "iso": lambda month: f"{month:%Y-%m}",
    "digits": lambda month: f"{month:%Y%m}",
    "slash": lambda month: f"{month:%m/%Y}",
    "name": lambda month: f"{NAMES[month.month - 1]} {month.year}",
    "short": lambda month: f"{SHORT[month.month - 1]}-{month:%y}",
    "day": lambda month: f"01/{month:%m/%Y}",
    "serial": lambda month: str((month - date(1899, 12, 30)).days),
}
THOUSANDS = {"plain": "", "dot": ".", "comma": ",", "space": " ", "no-break": "\u00a0"}
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "windows-1252")


@dataclass(frozen=True)
class Written:
    """How a file is written; every value is one that a branch uses."""

    language: str
    separator: str
    encoding: str
    thousands: str
    month: str
    order: tuple[str, ...]
    titles: int
    line_end: str
    last_line_end: bool
    declared: bool
    quoted: bool
    wide: bool


dialects = st.builds(
    Written,
    language=st.sampled_from(sorted(HEADERS)),
    separator=st.sampled_from([",", ";", "\t", "|"]),
    encoding=st.sampled_from(ENCODINGS),
    thousands=st.sampled_from(sorted(THOUSANDS)),
    month=st.sampled_from(sorted(MONTHS)),
    order=st.permutations(["month", "branch", "segment", "active", "eligible"]).map(tuple),
    titles=st.integers(0, 3),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
    last_line_end=st.booleans(),
    declared=st.booleans(),
    quoted=st.booleans(),
    wide=st.booleans(),
)
months = st.builds(date, st.integers(2015, 2030), st.integers(1, 12), st.just(1))
counts = st.integers(1, 3_000_000)
figures = st.dictionaries(
    st.tuples(st.sampled_from(["Jambi", "Pagar Alam", "Lubuk Linggau"]), months),
    st.tuples(counts, counts, counts, counts).map(
        # Eligible workers below a fiftieth of the active are not believed.
        lambda four: (four[0], max(four[1], four[0] // 50 + 1), four[2], max(four[3], four[2] // 50 + 1))
    ),
    min_size=1,
    max_size=12,
)


def grouped(number: int, mark: str) -> str:
    return f"{number:,}".replace(",", mark)


def written(how: Written, rows: dict[tuple[str, date], tuple[int, ...]]) -> bytes:
    names, mark = HEADERS[how.language], THOUSANDS[how.thousands]
    lines: list[list[str]] = []
    if how.wide:
        header = [names["month"], names["branch"]]
        header += [f"{names[count]} {SEGMENTS[one][0]}" for one in SEGMENTS for count in ("active", "eligible")]
        lines = [
            [MONTHS[how.month](month), branch, *(grouped(number, mark) for number in numbers)]
            for (branch, month), numbers in rows.items()
        ]
    else:
        header = [names[one] for one in how.order]
        for (branch, month), numbers in rows.items():
            for at, words in enumerate(SEGMENTS.values()):
                cells = {
                    "month": MONTHS[how.month](month),
                    "branch": branch,
                    "segment": words[month.month % 3],
                    "active": grouped(numbers[2 * at], mark),
                    "eligible": grouped(numbers[2 * at + 1], mark),
                }
                lines.append([cells[one] for one in how.order])
    text = io.StringIO()
    quoting = csv.QUOTE_ALL if how.quoted else csv.QUOTE_MINIMAL
    csv.writer(text, delimiter=how.separator, quoting=quoting, lineterminator="\n").writerows([header, *lines])
    titles = ["Laporan peserta", "", "Kanwil Sumbagsel"][: how.titles]
    above = ([f"sep={how.separator}"] if how.declared else []) + titles
    body = "\n".join([*above, text.getvalue()])
    body = body if how.last_line_end else body.rstrip("\n")
    return body.replace("\n", how.line_end).encode(how.encoding)


def expected(rows: dict[tuple[str, date], tuple[int, ...]]) -> list[tuple[Any, ...]]:
    return sorted(
        (branch, at, month, segment, numbers[2 * at], numbers[2 * at + 1])
        for (branch, month), numbers in rows.items()
        for at, segment in enumerate(SEGMENTS)
    )


@patient
@given(how=dialects, rows=figures)
def test_the_same_table_comes_back_from_every_dialect_each_line_where_a_text_editor_shows_it(
    how: Written, rows: dict[tuple[str, date], tuple[int, ...]]
) -> None:
    content = written(how, rows)
    intake = read([Handed(name="a.csv", content=content)], settings=SETTINGS)
    table = intake.table.with_columns(at=pl.col("segment").to_physical().cast(pl.Int64))
    assert table.select("branch", "at", "month", "segment", "active", "eligible").rows() == expected(rows)
    assert not (intake.problems["severity"] == "error").any()
    adds_up(intake)
    shown = content.decode(how.encoding).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for row in intake.table.iter_rows(named=True):
        line = shown[row["line"] - 1]
        assert row["branch"] in line
        assert grouped(row["active"], THOUSANDS[how.thousands]) in line


def adds_up(intake: Intake) -> None:
    """Check that every line has one fate, and that each line set aside is named by a problem."""
    files = intake.files
    assert (files["read"] == files["kept"] + files["set_aside"] + files["blank"] + files["totals"]).all()
    assert (files.select("read", "kept", "set_aside", "blank", "totals").min_horizontal() >= 0).all()
    kept = intake.table.select("file", "line").unique()
    assert kept.height == files["kept"].sum()
    named = intake.problems.select("file", "line").drop_nulls().unique().join(kept, on=["file", "line"], how="anti")
    assert named.height >= files["set_aside"].sum()
    assert intake.table.schema == tables.BRANCH_MONTHS
    assert intake.problems.schema == tables.PROBLEMS
    assert files.schema == tables.FILES_READ


def survives(content: bytes, name: str = "a.csv") -> None:
    try:
        intake = read([Handed(name=name, content=content)], settings=SETTINGS)
    except FileRefused:
        return
    adds_up(intake)


@patient
@given(content=st.binary(max_size=400))
def test_random_bytes_are_refused_or_accounted_for(content: bytes) -> None:
    survives(content)
    survives(content, "a.xlsx")


@patient
@given(tail=st.binary(max_size=300), separator=st.sampled_from([",", ";", "\t", "|"]))
def test_random_bytes_below_a_header_are_refused_or_accounted_for(tail: bytes, separator: str) -> None:
    header = separator.join(["month", "branch", "segment", "active", "eligible", "cakupan", "status", "source"])
    survives(header.encode() + b"\n" + tail)


cells = st.sampled_from(
    [
        "",
        " ",
        "2023-01",
        "01/02/2023",
        "13/13/2023",
        "Total",
        "Jumlah",
        "Palembang",
        "KC Palembang",
        "PU",
        "BPU",
        "xx",
        "1",
        "-1",
        "0",
        "139.200",
        "61,750",
        "1e5",
        "1.5",
        "65%",
        "70,5 %",
        "-",
        "n/a",
        '"',
        '""',
        '"a"b',
        "\0",
        "a;b",
        "a,b",
        "Sumber: BPS",
        "month",
        "99999999999999999999",
        "\u00a0",
        "Ñ",
        "'5",
        "=1+1",
        "bulan",
    ]
)


@patient
@given(
    lines=st.lists(st.lists(cells, max_size=9), max_size=12), separator=st.sampled_from([",", ";"]), wide=st.booleans()
)
@example([["13/13/2023"], ["BPU"], ["139.200", "=1+1"]], ",", False)  # its layout would say less than its headers
def test_lines_of_odd_cells_are_accounted_for(lines: list[list[str]], separator: str, wide: bool) -> None:
    long = ["month", "branch", "segment", "active", "eligible", "cakupan", "status", "source"]
    other = ["bulan", "cabang", "aktif_pu", "aktif_bpu", "potensi_pu", "cakupan_pu", "sumber"]
    body = "\n".join(separator.join(line) for line in [other if wide else long, *lines])
    intake = read([Handed(name="a.csv", content=body.encode())], settings=SETTINGS)
    adds_up(intake)


@pytest.mark.parametrize("count", [1, 5])
def test_many_files_are_accounted_for_one_by_one(count: int) -> None:
    head = "month,branch,segment,active\n"
    files = [
        Handed(name=f"{at}.csv", content=f"{head}\n2023-01,Cabang {at},PU,5\nx,x,x,x\n".encode()) for at in range(count)
    ]
    intake = read(files, settings=SETTINGS)
    adds_up(intake)
    assert intake.files.select("read", "kept", "set_aside", "blank", "totals").rows() == [(3, 1, 1, 1, 0)] * count
