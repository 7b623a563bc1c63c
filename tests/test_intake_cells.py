"""Does each cell and each header mean what a person means by it?"""

from __future__ import annotations

import datetime

import polars as pl
import pytest

from coverage.base import settings, tables
from coverage.intake import headers, months, numbers
from coverage.intake.headers import Field

JANUARY_2023 = 2023 * 12


@pytest.mark.parametrize(
    "text",
    [
        "2023-01",
        "2023-1",
        "2023/01",
        "2023.01",
        "2023-01-31",
        "2023-01-31 00:00:00",
        "2023-01-31T00:00:00",
        "202301",
        "20230131",
        "012023",
        "01/2023",
        "1-2023",
        "1 2023",
        "Januari 2023",
        "JANUARI 2023",
        "januari-2023",
        "Jan-23",
        "Jan 23",
        "Jan.2023",
        "Jan '23",
        "January 2023",
        "31 Januari 2023",
        "1-Jan-2023",
        "2023 Januari",
        "44927",
        "44957",
        " Jan 2023 ",
        "'2023-01",
    ],
)
def test_a_month_is_read_in_every_form(text: str) -> None:
    assert months.read(text) == JANUARY_2023


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("Peb 2022", 2),
        ("Pebruari 2022", 2),
        ("Maret 2022", 3),
        ("Mar 2022", 3),
        ("Mei 2022", 5),
        ("May 2022", 5),
        ("Agu 2022", 8),
        ("Agt 2022", 8),
        ("Ags 2022", 8),
        ("Agust 2022", 8),
        ("Agustus 2022", 8),
        ("Aug 2022", 8),
        ("Sept 2022", 9),
        ("Okt 2022", 10),
        ("Oct 2022", 10),
        ("Nop 2022", 11),
        ("Nopember 2022", 11),
        ("Des 2022", 12),
        ("Dec 2022", 12),
    ],
)
def test_a_month_is_known_by_its_names(text: str, month: int) -> None:
    assert months.read(text) == months.number(2022, month)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2023",
        "Jan",
        "23-Jan",
        "Q1 2023",
        "202313",
        "2023-13",
        "31/02/2023",
        "1900-01",
        "Mai 2023",
        "0",
        "99999",
        "2023-02-30",
        "٢٠٢٣-٠١",
        "²02301",
    ],
)
def test_what_is_no_month_is_not_read(text: str) -> None:
    assert months.read(text) is None


def test_a_date_with_two_small_numbers_is_left_open() -> None:
    assert months.read("05/06/2023") == (5, 6, 2023)
    assert months.settle((5, 6, 2023), day_is_first=None) is None
    assert months.settle((5, 6, 2023), day_is_first=True) == months.number(2023, 6)
    assert months.settle((5, 6, 2023), day_is_first=False) == months.number(2023, 5)


@pytest.mark.parametrize(
    ("dates", "day_is_first"),
    [
        ([(31, 1, 2023), (5, 6, 2023)], True),
        ([(1, 31, 2023), (5, 6, 2023)], False),
        ([(1, 2, 2023), (1, 3, 2023)], True),
        ([(month, 1, 2023) for month in range(2, 8)], False),
        ([(2, 1, 2023), (3, 1, 2023)], None),  # the second and third of January, or two months
        ([(2, 1, 2023)], None),
        ([(5, 6, 2023), (7, 8, 2023)], None),
        ([(31, 1, 2023), (1, 31, 2023)], None),
        ([(5, 2, 2023), (5, 3, 2023)], None),
    ],
)
def test_the_other_dates_of_a_file_say_which_part_is_the_day(
    dates: list[tuple[int, int, int]], day_is_first: bool | None
) -> None:
    assert months.day_first(dates) is day_is_first


def read_numbers(*texts: str, large: int = 0) -> list[tuple[int | None, str | None]]:
    cells = pl.DataFrame(
        {"file": [0] * len(texts), "row": range(len(texts)), "text": texts, "position": [3] * len(texts)},
        schema={"file": pl.Int32, "row": pl.Int64, "text": pl.String, "position": pl.Int32},
    )
    plain = pl.DataFrame(
        {"file": [0], "position": [3], "large": [large]},
        schema={"file": pl.Int32, "position": pl.Int32, "large": pl.UInt32},
    )
    return numbers.read(cells, plain).sort("row").select("number", "code").rows()


@pytest.mark.parametrize(
    ("text", "number", "code"),
    [
        (" 174000 ", 174000, None),
        ("+5", 5, None),
        ("'174000", 174000, None),
        ("Rp 1.234.567", 1234567, None),
        ("1.234.567", 1234567, None),
        ("1,234,567", 1234567, None),
        ("174 000", 174000, None),
        ("174\u202f000", 174000, None),
        ("174.000,00", 174000, None),
        ("174,000.0", 174000, None),
        ("174000.0", 174000, None),
        ("174000,00", 174000, None),
        ("(5)", -5, None),
        ("5-", -5, None),
        ("−5", -5, None),
        ("- 5", -5, None),
        ("1.033", 1033, "ambiguous_number"),
        ("1,033", 1033, "ambiguous_number"),
        ("174.000", 174000, "ambiguous_number"),
        ("-", None, None),
        ("n/a", None, None),
        ("N/A", None, None),
        ("...", None, None),
        ("…", None, None),
        ("–", None, None),
        (" ", None, None),
        ("6,175E+04", None, "number_shortened"),
        ("1e3", None, "number_shortened"),
        ("61750,5", None, "fraction"),
        ("0.500", None, "fraction"),
        ("0,5", None, "fraction"),
        ("1234.567", None, "fraction"),
        ("1.23.456", None, "number_unreadable"),
        ("1..2", None, "number_unreadable"),
        ("65%", None, "number_unreadable"),
        ("inf", None, "number_unreadable"),
        ("١٢٣", None, "number_unreadable"),
        ("1 2", None, "number_unreadable"),
        ("#DIV/0!", None, "formula_lost"),
        ("1.234,567", None, "number_unreadable"),
        ("99999999999", None, "number_too_large"),
        ("9" * 30, None, "number_too_large"),
    ],
)
def test_a_count_alone_in_its_column(text: str, number: int | None, code: str | None) -> None:
    assert read_numbers(text) == [(number, code)]


def test_two_grouped_numbers_back_each_other() -> None:
    assert read_numbers("139.200", "61.750") == [(139200, None), (61750, None)]


def test_grouped_numbers_that_all_end_in_000_are_noted() -> None:
    assert read_numbers("174.000", "95.000") == [(174000, "thousands_assumed"), (95000, "thousands_assumed")]


def test_a_grouped_number_among_plain_ones_stays_a_question() -> None:
    assert read_numbers("1.033", "1.044", large=30) == [(1033, "ambiguous_number"), (1044, "ambiguous_number")]


@pytest.mark.parametrize("other", ["61,750", "139.0", "1,234,567", "95,000.00"])
def test_marks_that_contradict_each_other_spoil_all_of_them(other: str) -> None:
    assert read_numbers("139.200", other) == [(None, "separators_contradict")] * 2


def test_marks_that_contradict_each_other_leave_plain_numbers_alone() -> None:
    assert read_numbers("139.200", "61,750", " 95000 ")[2] == (95000, None)


@pytest.mark.parametrize(
    ("text", "share"),
    [("65%", 0.65), ("65,4 %", 0.654), ("0,65", 0.65), ("0.654", 0.654), ("x", None), ("inf", None), ("nan%", None)],
)
def test_a_stated_percentage_is_read(text: str, share: float | None) -> None:
    found = pl.DataFrame({"text": [text]}).select(numbers.share(pl.col("text"))).item()
    assert found == (None if share is None else pytest.approx(share))


@pytest.mark.parametrize("column", tables.COLUMNS, ids=lambda column: column.name)
def test_every_declared_synonym_is_understood(column: tables.Column) -> None:
    for name in (column.name, *column.synonyms):
        for written in (name, name.upper(), f"  {name.title()} ", name.replace(" ", "_"), name.replace(" ", "-")):
            assert headers.understand((written,)).fields == (Field(column.name),), written


@pytest.mark.parametrize("segment", settings.load().segments, ids=lambda segment: segment.name)
def test_every_segment_makes_a_wide_header_in_either_order(segment: settings.Segment) -> None:
    for word in (segment.name, *segment.synonyms):
        for written in (f"aktif_{word}", f"{word} AKTIF", f"Aktif ({word})", f"jumlah aktif {word} (orang)"):
            assert headers.understand((written,)).fields == (Field("active", segment.name),), written


def test_totals_beside_the_wide_form_are_not_used() -> None:
    header = headers.understand(("bulan", "cabang", "aktif", "aktif pu", "aktif bpu", "potensi"))
    assert [one and (one.column, one.segment) for one in header.fields] == [
        ("month", None),
        ("branch", None),
        None,
        ("active", "formal"),
        ("active", "informal"),
        None,
    ]
    assert header.missing == ()


def test_figures_in_thousands_are_not_taken_for_people() -> None:
    assert headers.understand(("bulan", "segmen", "aktif (ribu orang)")).missing == ("active",)


def test_the_more_usual_of_two_headers_is_used() -> None:
    header = headers.understand(("tanggal", "periode", "segmen", "covered", "active"))
    assert [one and one.column for one in header.fields] == [None, "month", "segment", None, "active"]
    assert header.twice == ("tanggal", "covered")


def test_excel_serials_count_from_the_last_day_of_1899() -> None:
    for month in (datetime.date(1990, 1, 1), datetime.date(2023, 1, 31), datetime.date(2049, 12, 31)):
        serial = str((month - datetime.date(1899, 12, 30)).days)
        assert months.read(serial) == months.number(month.year, month.month)
