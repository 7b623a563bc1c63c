"""What the reader of workbooks gives: cells as text, at their own addresses, and the ranges that were merged."""

from __future__ import annotations

import contextlib
import io
import re
import string
import sys
import tracemalloc
import zipfile
from collections.abc import Callable, Mapping
from datetime import date, datetime

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import settings as trials
from hypothesis import strategies as st

from coverage.base.errors import FileRefused
from coverage.intake import sheets
from coverage.intake.grid import letters

LIMITS = sheets.Limits(unpacked=200_000_000, cells=10_000_000)
HEAD = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TAIL = "</sheetData></worksheet>"


def read(content: bytes, *, file: str = "a.xlsx", cells: int = LIMITS.cells) -> list[sheets.Sheet]:
    return list(sheets.read(content, file=file, limits=sheets.Limits(unpacked=LIMITS.unpacked, cells=cells)))


def saved(book: openpyxl.Workbook) -> bytes:
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def with_parts(content: bytes, changed: Mapping[str, Callable[[bytes], bytes] | bytes]) -> bytes:
    """Return the workbook with some of its parts changed, as another program may have written them."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            change = changed.get(name, old.read(name))
            new.writestr(name, change if isinstance(change, bytes) else change(old.read(name)))
    return made.getvalue()


def of_xml(rows: str, *, tail: str = TAIL) -> bytes:
    """Return a workbook whose only sheet holds these rows, as XML."""
    return with_parts(saved(openpyxl.Workbook()), {"xl/worksheets/sheet1.xml": (HEAD + rows + tail).encode()})


def test_a_merged_range_is_given_by_its_first_and_last_cell_from_nought() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["B2"] = "Rekap"
    sheet["F9"] = 1
    sheet.merge_cells("B2:E3")
    sheet.merge_cells("A4:A9")

    (found,) = read(saved(book))

    assert set(found.merged) == {(1, 1, 2, 4), (3, 0, 8, 0)}
    assert found.cells[1][1] == "Rekap"


def test_a_merged_range_ends_where_the_cells_end() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"], sheet["B2"] = "Rekap", 1
    sheet.merge_cells("A1:XFD1")
    sheet.merge_cells("A9:C9")

    assert read(saved(book))[0].merged == ((0, 0, 0, 1),)


def test_a_sheet_without_merged_cells_has_none() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"] = 1
    assert read(saved(book))[0].merged == ()


def test_two_cells_in_opposite_corners_are_refused_before_room_is_made_for_what_lies_between() -> None:
    content = of_xml('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>')
    tracemalloc.start()
    try:
        with pytest.raises(FileRefused, match="sheet_too_wide") as refused:
            read(content)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert refused.value.data == {"file": "a.xlsx#Sheet", "found": "XFD1048576", "allowed": 10_000_000}
    assert peak < 5_000_000


def test_cells_that_are_only_formatted_span_nothing() -> None:
    rows = "".join(f'<row r="{row}"><c r="A{row}" s="1"/><c r="XFD{row}" s="1"></c></row>' for row in range(2, 900))
    assert read(of_xml('<row r="1"><c r="B1"><v>7</v></c></row>' + rows))[0].cells == [["", "7"]]


@pytest.mark.parametrize("empty", ['<c r="B1" s="1"/>', '<c r="B1" s="1"></c>', '<c r="B1" s="1" />', "<c r='B1'/>"])
def test_an_error_behind_an_empty_formatted_cell_stands_in_its_own_cell(empty: str) -> None:
    row = f'<row r="1"><c r="A1"><v>1</v></c>{empty}<c r="C1" t="e"><f>A1/0</f><v>#DIV/0!</v></c></row>'
    assert read(of_xml(row))[0].cells == [["1", "", "#DIV/0!"]]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('<c r="A1"><v>139200</v></c>', "139200"),
        ('<c r="A1"><v>139200.0</v></c>', "139200"),
        ('<c r="A1"><v>1.392E5</v></c>', "139200"),
        ('<c r="A1"><v>88.25</v></c>', "88.25"),
        ('<c r="A1"><v>88.125</v></c>', "88.1250"),  # never like thousands
        ('<c r="A1"><v>-5</v></c>', "-5"),
        ('<c r="A1" t="n"><v>007</v></c>', "7"),
        ('<c r="A1"><v>9171010101900001234</v></c>', "9.171010E+18"),
        ('<c r="A1"><v>nan</v></c>', "nan"),
        ('<c r="A1" t="b"><v>1</v></c>', "TRUE"),
        ('<c r="A1" t="e"><v>#N/A</v></c>', "#N/A"),
        ('<c r="A1" t="d"><v>2023-01-31T00:00:00</v></c>', "2023-01-31"),
        ('<c r="A1" t="str"><f>B1</f><v>174.000</v></c>', "174.000"),
        ('<c r="A1" t="str"><f>B1</f></c>', ""),
        ("<c r='A1'><f>B1+1</f></c>", "=…"),
        ("<c r='A1'><f>B1+1</f><v/></c>", "=…"),
        ("<c r='A1'><f>B1+1</f><v></v></c>", "=…"),
        ('<c r="A1" t="inlineStr"><is><t>Palem</t></is></c>', "Palem"),
        ('<c r="A1" t="inlineStr"><is><r><t>Palem</t></r><r><rPr><b/></rPr><t>bang</t></r></is></c>', "Palembang"),
        ('<c r="A1" t="inlineStr"><is><t>東京</t><rPh sb="0" eb="2"><t>とうきょう</t></rPh></is></c>', "東京"),
        ('<c r="A1" t="inlineStr"><is><t>TK_x000D_\nAktif</t></is></c>', "TK Aktif"),
        ('<c r="A1" t="inlineStr"><is><t>a &lt; b &amp; c</t></is></c>', "a < b & c"),
    ],
)
def test_a_cell_becomes_a_text_that_cannot_be_mistaken(cell: str, text: str) -> None:
    assert read(of_xml(f'<row r="1">{cell}<c r="B1"><v>1</v></c></row>'))[0].cells == [[text, "1"]]


def test_rows_and_cells_without_an_address_follow_the_one_before() -> None:
    rows = '<row><c><v>1</v></c><c/><c><v>3</v></c></row><row r="4"><c r="B4"><v>5</v></c><c><v>6</v></c></row>'
    rows += "<row><c><v>7</v></c></row>"
    assert read(of_xml(rows))[0].cells == [["1", "", "3"], ["", "", ""], ["", "", ""], ["", "5", "6"], ["7", "", ""]]


def test_elements_with_a_prefix_are_read_too() -> None:
    sheet = (
        '<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>'
        '<x:row r="2"><x:c r="B2" t="e"><x:v>#REF!</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    )
    content = with_parts(saved(openpyxl.Workbook()), {"xl/worksheets/sheet1.xml": sheet.encode()})
    assert read(content)[0].cells == [["", ""], ["", "#REF!"]]


@pytest.mark.parametrize(
    ("form", "number", "text"),
    [
        ("yyyy-mm-dd", 44927, "2023-01-01"),
        ("mmm-yy", 44957, "2023-01-31"),
        ("[$-421]mmmm yyyy;@", 44927, "2023-01-01"),
        ('"Posisi" dd/mm/yyyy', 44927.75, "2023-01-01"),
        ("m/d/yy", 59, "1900-02-28"),
        ("m/d/yy", 61, "1900-03-01"),
        ("h:mm", 0.3125, "7:30:00"),
        ("#,##0", 139200, "139200"),
        ('#,##0 "orang sehari"', 139200, "139200"),
        ('[$Rp-421]#,##0', 5, "5"),
        ("[Red]#,##0;[Blue]-#,##0", 5, "5"),
        ("#,##0_);(#,##0)", -5, "-5"),
        ("0%", 0.65, "65%"),
        ("0.00%", 0.6543, "65.43%"),
        ("0.0%;[Red]-0.0%", -0.0125, "-1.25%"),
        ("General", 5, "5"),
        ("@", 5, "5"),
    ],
)  # fmt: skip
def test_a_number_is_what_its_format_shows(form: str, number: float, text: str) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"] = number
    sheet["A1"].number_format = form
    assert read(saved(book))[0].cells == [[text]]


def test_a_workbook_may_count_its_days_from_1904() -> None:
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    sheet = book.active
    assert sheet is not None
    sheet["A1"] = date(2023, 1, 31)
    assert read(saved(book))[0].cells == [["2023-01-31"]]


def test_shared_texts_are_read_with_their_runs_and_without_aids_to_reading() -> None:
    book = io.BytesIO()
    with xlsxwriter.Workbook(book) as made:
        made.add_worksheet().write_row("A1", ["one", "two"])
    shared = (
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><r><t xml:space="preserve">KC </t>'
        '</r><r><t>Palembang</t></r><phoneticPr fontId="1"/></si>'
        '<si><t>Aktif</t><rPh sb="0" eb="1"><t>x</t></rPh></si></sst>'
    )
    content = with_parts(book.getvalue(), {"xl/sharedStrings.xml": shared.encode()})
    assert read(content)[0].cells == [["KC Palembang", "Aktif"]]


def test_hidden_sheets_say_so_and_sheets_of_charts_are_none() -> None:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        book.add_worksheet("Data").write("A1", 1)
        hidden = book.add_worksheet("Lama")
        hidden.write("A1", 2)
        hidden.hide()
        book.add_worksheet("Sangat lama").very_hidden()
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "=Data!$A$1:$A$1"})
        book.add_chartsheet("Grafik").set_chart(chart)

    assert [(sheet.name, sheet.hidden) for sheet in read(made.getvalue())] == [
        ("Data", False), ("Lama", True), ("Sangat lama", True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "sheet",
    [
        HEAD + '<row r="1"><c r="A1"><v>1</v></row>' + TAIL,  # not well-formed
        HEAD + '<row r="0"><c><v>1</v></c></row>' + TAIL,
        HEAD + '<row r="1"><c r="XFE1"><v>1</v></c></row>' + TAIL,
        HEAD + '<row r="1"><c r="A1048577"><v>1</v></c></row>' + TAIL,
        HEAD + '<row r="1"><c r="A١٢٣٤٥٦٧٨٩٠"><v>1</v></c></row>' + TAIL,
        HEAD + '<row r="1"><c r="A1" t="s"><v>999</v></c></row>' + TAIL,
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>'
        + HEAD + '<row r="1"><c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row>' + TAIL,
        "",
    ],
)  # fmt: skip
def test_a_sheet_that_is_no_sheet_is_refused(sheet: str) -> None:
    with pytest.raises(FileRefused, match="workbook_broken"):
        read(with_parts(saved(openpyxl.Workbook()), {"xl/worksheets/sheet1.xml": sheet.encode()}))


@pytest.mark.parametrize("seed", range(40))
def test_a_workbook_with_bytes_changed_anywhere_is_read_or_refused(seed: int) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in range(40):
        sheet.append([f"2023-{row % 12 + 1:02d}", "Palembang", "PU", 100 + row])
    content = bytearray(saved(book))
    place = len(content) * seed // 40
    content[place : place + seed % 3] = bytes((seed * 37 + at) % 256 for at in range(1 + seed % 5))

    with contextlib.suppress(FileRefused):
        read(bytes(content))


ERRORS = ["#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!"]
WORDS = st.text(string.ascii_letters + "0123456789.,% -äé東", min_size=1, max_size=12).filter(
    lambda text: text.strip() == text and not text.startswith(("=", "{"))
)
FILLED = st.one_of(
    st.integers(-(10**12), 10**12), WORDS, st.sampled_from(ERRORS), st.booleans(),
    st.datetimes(datetime(1901, 1, 1), datetime(2090, 1, 1)).map(lambda moment: moment.date()),
)  # fmt: skip
PLACES = st.one_of(
    st.tuples(st.integers(0, 30), st.integers(0, 12)),
    st.tuples(st.integers(0, 5), st.integers(0, 4_000)),  # far to the right
    st.tuples(st.integers(0, 4_000), st.integers(0, 5)),  # far down
)


def as_read(value: object) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return value.isoformat() if isinstance(value, date) else str(value)


@trials(deadline=None, max_examples=30)
@given(filled=st.dictionaries(PLACES, FILLED, min_size=1, max_size=40), empty=st.sets(PLACES, max_size=80))
def test_every_cell_comes_back_from_its_own_address(
    filled: dict[tuple[int, int], object], empty: set[tuple[int, int]]
) -> None:
    expected = {place: as_read(value) for place, value in filled.items()}
    for content in (by_openpyxl(filled, empty), by_xlsxwriter(filled, empty)):
        (sheet,) = read(content, cells=100_000_000)
        found = {(row, at): cell for row, line in enumerate(sheet.cells) for at, cell in enumerate(line) if cell}
        assert found == expected


def by_openpyxl(filled: dict[tuple[int, int], object], empty: set[tuple[int, int]]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row, column in empty:
        sheet.cell(row + 1, column + 1).number_format = "#,##0"
    for (row, column), value in filled.items():
        cell = sheet.cell(row + 1, column + 1, value)
        if value in ERRORS:
            cell.data_type = "e"
        elif isinstance(value, str):
            cell.data_type = "s"
    return saved(book)


def by_xlsxwriter(filled: dict[tuple[int, int], object], empty: set[tuple[int, int]]) -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        sheet = book.add_worksheet()
        border, day = book.add_format({"border": 1}), book.add_format({"num_format": "dd/mm/yyyy"})
        for row, column in empty:
            sheet.write_blank(row, column, None, border)
        for (row, column), value in filled.items():
            if value in ERRORS:
                sheet.write_formula(row, column, "=NA()", None, value)
            elif isinstance(value, date):
                sheet.write_datetime(row, column, value, day)
            elif isinstance(value, bool):
                sheet.write_boolean(row, column, value)
            elif isinstance(value, str):
                sheet.write_string(row, column, value)
            else:
                sheet.write_number(row, column, value)
    return made.getvalue()


@pytest.mark.parametrize("column", [0, 25, 26, 701, 702, 16_383])
def test_the_letters_of_a_column_are_those_of_another_program(column: int) -> None:
    assert letters(column) == openpyxl.utils.get_column_letter(column + 1)


def calls(work: Callable[[], object]) -> int:
    """Count the calls of functions that some work makes: the same on every machine, however busy."""
    count = 0

    def note(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def bordered(rows: int) -> bytes:
    """Return a workbook with a few figures and borders far below them, with a formula in each row."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        sheet = book.add_worksheet()
        border = book.add_format({"border": 1})
        for row in range(rows):
            sheet.write_row(row, 0, [f"2023-{row % 12 + 1:02d}", "Palembang", "PU"])
            sheet.write_formula(row, 3, "=1+1", None, 2)
            for column in range(4, 12):
                sheet.write_blank(row, column, None, border)
    return made.getvalue()


def test_twice_the_rows_are_at_most_two_and_a_half_times_the_work() -> None:
    small, large = (bordered(rows) for rows in (400, 800))
    assert re.match(rb"PK", small)
    assert calls(lambda: read(large)) < 2.5 * calls(lambda: read(small))
