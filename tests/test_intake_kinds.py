"""Is every kind of file read that people have, each with its verdict, and none passed over in silence?"""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable
from itertools import count
from pathlib import Path

import openpyxl
import pytest

from coverage.base import settings, texts
from coverage.base.errors import FileRefused
from coverage.commands import cli
from coverage.intake import chunks, finding, hand_in, sheets
from coverage.intake.read import Handed, Intake, find, others, read
from tests import old_workbooks, xlsb

SETTINGS = settings.load()
HEAD = ("Bulan", "Cabang", "Segmen", "Aktif")
ROWS = (("2023-01", "Palembang", "PU", 139_200), ("2023-02", "Palembang", "PU", 139_300))
CSV = "Bulan,Cabang,Segmen,Aktif\n2023-01,Palembang,PU,139200\n2023-02,Palembang,PU,139300\n"
LIMITS = sheets.Limits(unpacked=200_000_000, cells=5_000_000)


def xlsx() -> bytes:
    book, content = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in (HEAD, *ROWS):
        sheet.append(row)
    book.save(content)
    return content.getvalue()


def xls() -> bytes:
    cells = [(row, column, value) for row, line in enumerate((HEAD, *ROWS)) for column, value in enumerate(line)]
    return old_workbooks.compound(old_workbooks.stream(cells))


def html(*, numbers: str = "{}") -> bytes:
    lines = "".join(
        "<tr>"
        + "".join(f"<td>{numbers.format(cell) if isinstance(cell, int) else cell}</td>" for cell in row)
        + "</tr>"
        for row in ROWS
    )
    head = "<tr>" + "".join(f"<th>{cell}</th>" for cell in HEAD) + "</tr>"
    return f"<html><head><title>Rekap</title></head><body><table border=1>{head}{lines}</table></body></html>".encode()


def excel_xml() -> bytes:
    def cell(value: object) -> str:
        kind = "Number" if isinstance(value, int) else "String"
        return f'<Cell><Data ss:Type="{kind}">{value}</Data></Cell>'

    lines = "".join("<Row>" + "".join(map(cell, row)) + "</Row>" for row in (HEAD, *ROWS))
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    return (
        f'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="{space}" xmlns:ss="{space}">'
        f'<Worksheet ss:Name="Data"><Table>{lines}</Table></Worksheet></Workbook>'
    ).encode()


ODS_HEAD = (
    '<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    ' xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'
    ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">'
)
NOTHING = (
    '<table:table-row table:number-rows-repeated="1048570"><table:table-cell table:number-columns-repeated="16384"/>'
)


def ods(body: str | None = None, styles: str = "") -> bytes:
    def cell(value: object) -> str:
        kind = f'float" office:value="{value}' if isinstance(value, int) else "string"
        return f'<table:table-cell office:value-type="{kind}"><text:p>{value}</text:p></table:table-cell>'

    lines = "".join("<table:table-row>" + "".join(map(cell, row)) + "</table:table-row>" for row in (HEAD, *ROWS))
    tables = body or f'<table:table table:name="Data">{lines}{NOTHING}</table:table-row></table:table>'
    content = f"{ODS_HEAD}{styles}<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("content.xml", content + "</office:document-content>")
    return made.getvalue()


def zipped(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return made.getvalue()


KINDS: dict[str, Callable[[], bytes]] = {
    "a.csv": CSV.encode,
    "a.tsv": lambda: CSV.replace(",", "\t").encode(),
    "a.txt": lambda: CSV.replace(",", "|").encode(),
    "a.xlsx": xlsx,
    "a.xlsm": xlsx,
    "old.xls": xls,
    "a.xlsb": lambda: xlsb.workbook([HEAD, *ROWS]),
    "page.xls": html,
    "thousands.xls": lambda: html(numbers="{:,}").replace(b",", b"."),
    "xml.xls": excel_xml,
    "text.xls": lambda: CSV.replace(",", "\t").encode(),
    "new.xls": xlsx,
    "a.html": html,
    "a.htm": html,
    "a.ods": ods,
    "csv.zip": lambda: zipped({"2023/a.csv": CSV.encode()}),
    "book.zip": lambda: zipped({"a.ods": ods()}),
    "renamed.zip": xlsx,
}


def figures(intake: Intake) -> list[tuple[str, str, str, int]]:
    table = intake.table.select(intake.table["month"].dt.strftime("%Y-%m"), "branch", "segment", "active")
    return [tuple(row) for row in table.rows()]


EXPECTED = [("2023-01", "Palembang", "formal", 139_200), ("2023-02", "Palembang", "formal", 139_300)]


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_of_file_is_read_alike_from_a_folder_and_from_an_upload(name: str, tmp_path: Path) -> None:
    content = KINDS[name]()
    (tmp_path / name).write_bytes(content)

    assert figures(read([Handed(name=name, content=content)], settings=SETTINGS)) == EXPECTED
    assert figures(read(find([str(tmp_path)]), settings=SETTINGS)) == EXPECTED
    assert others([str(tmp_path)]) == []


def test_all_kinds_lie_in_one_folder_and_agree(tmp_path: Path) -> None:
    for name, make in KINDS.items():
        (tmp_path / name).write_bytes(make())
    intake = read(find([str(tmp_path)]), settings=SETTINGS)
    assert figures(intake) == EXPECTED
    assert intake.refused == ()
    assert set(intake.problems["code"]) <= {"twice_same", "ambiguous_number"}


def test_what_cannot_be_read_is_told_and_costs_the_others_nothing(tmp_path: Path) -> None:
    (tmp_path / "good.csv").write_text(CSV)
    (tmp_path / "bad.xlsx").write_bytes(b"PK\x03\x04 nothing")
    (tmp_path / "empty.csv").write_bytes(b"")

    intake = read(find([str(tmp_path)]), settings=SETTINGS)

    assert figures(intake) == EXPECTED
    assert [(error.code, error.data["file"]) for error in intake.refused] == [
        ("workbook_broken", "bad.xlsx"), ("empty_file", "empty.csv"),
    ]  # fmt: skip
    told = intake.problems.filter(severity="error")
    assert told.select("file", "line", "code").rows() == [
        ("bad.xlsx", None, "workbook_broken"), ("empty.csv", None, "empty_file"),
    ]  # fmt: skip
    with pytest.raises(FileRefused, match="workbook_broken"):
        read(find([str(tmp_path)]), settings=SETTINGS, strict=True)


def test_a_file_whose_rows_make_no_sense_costs_the_others_nothing() -> None:
    months = "".join(f"{at},Jambi,PU,1\n" for at in range(5_100))
    strange = Handed(name="strange.csv", content=("Bulan,Cabang,Segmen,Aktif\n" + months).encode())
    intake = read([strange, Handed(name="good.csv", content=CSV.encode())], settings=SETTINGS)
    assert figures(intake) == EXPECTED
    assert [(error.code, error.data["file"]) for error in intake.refused] == [("too_many_values", "strange.csv")]
    assert intake.files["file"].to_list() == ["good.csv"]


def test_where_no_file_can_be_read_the_first_is_refused_and_the_others_are_counted() -> None:
    bad = [Handed(name=f"{at}.csv", content=b"") for at in range(3)]
    with pytest.raises(FileRefused) as refused:
        read(bad, settings=SETTINGS)
    assert refused.value.data == {"file": "0.csv", "others": 2}


def test_every_other_file_of_a_folder_is_named(tmp_path: Path) -> None:
    for name in ("a.csv", "notes.pdf", "picture.png", ".DS_Store", "~$a.xlsx", "__MACOSX/._a.csv", ".git/HEAD"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(CSV)

    names = others([str(tmp_path)])

    assert names == [".DS_Store", ".git/", "__MACOSX/", "notes.pdf", "picture.png", "~$a.xlsx"]
    assert [path.name for path in find([str(tmp_path)])] == ["a.csv"]
    intake = read(find([str(tmp_path)]), settings=SETTINGS, passed_over=names)
    assert intake.problems.select("file", "severity", "code").rows() == [
        (name, "note", "not_a_table") for name in names
    ]


README = """Rekap peserta, satu berkas per cabang.
1. Data sementara, per 31 Januari 2023
2. Angka 139.200, 61.750 sudah diperiksa; hubungi 0812-3456-7890
"""


def test_a_plain_text_without_a_table_is_named_and_spoils_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(CSV)
    (tmp_path / "README.txt").write_text(README)

    intake = read(find([str(tmp_path)]), settings=SETTINGS)

    assert (figures(intake), intake.refused) == (EXPECTED, ())
    problems = intake.problems.select("file", "severity", "code").rows()
    assert problems == [("README.txt", "note", "not_a_table")]
    assert cli.main(["check", "--data", str(tmp_path), "--format", "csv", "--out", str(tmp_path / "out")]) == 0


def test_a_plain_text_alone_is_refused() -> None:
    with pytest.raises(FileRefused) as refused:
        read([Handed(name="README.txt", content=README.encode())], settings=SETTINGS)
    assert refused.value.code == "header_not_understood"


def test_of_very_many_other_files_the_rest_is_counted() -> None:
    names = [f"{at:03}.pdf" for at in range(250)]
    intake = read([Handed(name="a.csv", content=CSV.encode())], settings=SETTINGS, passed_over=names)
    assert intake.problems.height == 101
    assert intake.problems.row(-1, named=True)["details"] == '{"more": 150}'


def test_files_that_say_something_about_the_tables_are_known_by_their_names(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(CSV)
    kinds = {"Branches.csv": "branches", "map.toml": "map", "programmes.toml": "programmes", "targets.toml": "targets"}
    for name in kinds:
        (tmp_path / name).write_text("# said\n")

    intake = read(find([str(tmp_path)]), settings=SETTINGS)

    assert {one.name: one.kind for one in intake.companions} == kinds
    assert {one.path for one in intake.companions} == {tmp_path / name for name in kinds}
    assert {one.content for one in intake.companions} == {b"# said\n"}
    assert figures(intake) == EXPECTED
    assert intake.files["file"].to_list() == ["a.csv"]
    assert others([str(tmp_path)]) == []


def test_companions_alone_are_no_table() -> None:
    with pytest.raises(FileRefused, match="no_tables") as refused:
        read([Handed(name="targets.toml", content=b"")], settings=SETTINGS)
    assert refused.value.data == {"file": "targets.toml"}


def test_an_archive_is_read_like_a_folder() -> None:
    content = zipped(
        {
            "rekap/2023/a.csv": CSV.encode(),
            "rekap/targets.toml": b"x = 1",
            "rekap/foto.jpg": b"x",
            "__MACOSX/rekap/._a.csv": b"x",
            "rekap/.DS_Store": b"x",
            "rekap/lama.zip": zipped({"b.csv": CSV.encode()}),
            "../../etc/passwd.csv": CSV.replace("2023", "2022").encode(),
        }
    )
    intake = read([Handed(name="kirim.zip", content=content)], settings=SETTINGS)

    assert [row[0] for row in figures(intake)] == ["2022-01", "2022-02", "2023-01", "2023-02"]
    assert intake.files["file"].to_list() == ["kirim.zip/etc/passwd.csv", "kirim.zip/rekap/2023/a.csv"]
    assert [(one.kind, one.name) for one in intake.companions] == [("targets", "kirim.zip/rekap/targets.toml")]
    assert [(error.code, error.data["file"]) for error in intake.refused] == [
        ("archive_nested", "kirim.zip/rekap/lama.zip")
    ]
    passed_over = intake.problems.filter(code="not_a_table")["file"].to_list()
    assert passed_over == ["kirim.zip/__MACOSX/rekap/._a.csv", "kirim.zip/rekap/.DS_Store", "kirim.zip/rekap/foto.jpg"]


def test_an_archive_that_unpacks_to_far_too_much_is_refused_before_it_does() -> None:
    bomb = zipped({f"{at}.csv": b"0" * 30_000_000 for at in range(8)})
    with pytest.raises(FileRefused, match="unpacked_too_large") as refused:
        read([Handed(name="a.zip", content=bomb)], settings=SETTINGS)
    assert refused.value.data == {"file": "a.zip", "found": 240_000_000, "allowed": 200_000_000}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "archive_broken"),
        (b"PK\x03\x04 nothing", "archive_broken"),
        ({"a.pdf": b"x"}, "archive_empty"),
        ({}, "archive_empty"),
        ({"a.zip": b"x"}, "archive_nested"),
        ({f"{at}.csv": b"" for at in range(20_001)}, "too_many_parts"),
    ],
)
def test_an_archive_without_a_table_that_can_be_read_is_refused(content: bytes | dict[str, bytes], code: str) -> None:
    archive = zipped(content) if isinstance(content, dict) else content
    with pytest.raises(FileRefused, match=code) as refused:
        read([Handed(name="a.zip", content=archive)], settings=SETTINGS)
    for language in texts.languages():
        assert "a.zip" in texts.load(language).error(refused.value)


def test_a_table_in_an_archive_whose_packing_is_damaged_costs_the_others_nothing() -> None:
    content = bytearray(zipped({"a.csv": CSV.encode(), "b.csv": (CSV.replace("2023", "2022") * 50).encode()}))
    place = content.index(b"b.csv") + 5
    content[place : place + 20] = b"\xff" * 20
    intake = read([Handed(name="a.zip", content=bytes(content))], settings=SETTINGS)
    assert figures(intake) == EXPECTED
    assert [(error.code, error.data["file"]) for error in intake.refused] == [("archive_broken", "a.zip/b.csv")]


def grid(content: bytes, name: str) -> sheets.Sheet:
    return next(iter(sheets.read(content, file=name, limits=LIMITS)))


def test_an_error_in_a_binary_workbook_is_set_aside_at_its_cell_and_is_no_blank() -> None:
    content = xlsb.workbook([(*HEAD, "Potensi"), (*ROWS[0], 200_000), (*ROWS[1], None)])
    intake = read([Handed(name="a.xlsb", content=content)], settings=SETTINGS)
    assert figures(intake) == EXPECTED[:1]
    assert intake.problems.select("line", "column", "code").rows() == [(3, "Potensi", "formula_lost")]


def test_a_binary_workbook_with_a_far_cell_is_refused_before_room_is_made() -> None:
    content = xlsb.workbook([["a"], *[[] for _ in range(3_000)], [1.0] * 3_000])
    with pytest.raises(FileRefused) as refused:
        list(sheets.read(content, file="a.xlsb", limits=LIMITS))
    assert refused.value.code == next(iter(refused.value.args))
    assert "a.xlsb" in str(refused.value.data["file"])


@pytest.mark.parametrize("value", ["#N/A", "#REF!", "#DIV/0!", "=#VALUE!", "=#NAME?"])
def test_an_error_in_an_old_workbook_stands_in_its_own_cell(value: str) -> None:
    cells: list[tuple[int, int, object]] = [(0, 0, "a"), (0, 1, 1), (2, 1, value), (2, 2, 7)]
    content = old_workbooks.compound(old_workbooks.stream(cells, merged=[(0, 0, 0, 1)]))
    found = grid(content, "a.xls")
    assert found.cells == [["a", "1", ""], ["", "", ""], ["", value.removeprefix("="), "7"]]
    assert found.merged == ((0, 0, 0, 1),)


def ods_cells(cells: str, styles: str = "") -> sheets.Sheet:
    row = f"<table:table-row>{cells}</table:table-row>"
    return grid(ods(f'<table:table table:name="Data" table:style-name="ta1">{row}</table:table>', styles), "a.ods")


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('office:value-type="float" office:value="139200"><text:p>139.200</text:p>', "139200"),
        ('office:value-type="percentage" office:value="0.654"><text:p>65,4%</text:p>', "65.4%"),
        ('office:value-type="date" office:date-value="2023-01-31"><text:p>Jan 23</text:p>', "2023-01-31"),
        ('office:value-type="boolean" office:boolean-value="true"><text:p>WAHR</text:p>', "TRUE"),
        ('office:value-type="string" calcext:value-type="error"><text:p>#N/A</text:p>', "#N/A"),
        ('table:formula="of:=A1" calcext:value-type="error"><text:p>Err:508</text:p>', "Err:508"),
        ('table:formula="of:=A1">', "=…"),
        ('office:value-type="string"><text:p>TK<text:s/>Aktif</text:p><text:p>PU</text:p>', "TK Aktif PU"),
        ('office:value-type="string"><office:annotation><text:p>x</text:p></office:annotation><text:p>a</text:p>', "a"),
        ('table:style-name="bordered">', ""),
    ],
)
def test_a_cell_of_an_ods_becomes_a_text_that_cannot_be_mistaken(cell: str, text: str) -> None:
    end = '<table:table-cell office:value-type="float" office:value="1"/>'
    assert ods_cells(f"<table:table-cell {cell}</table:table-cell>{end}").cells == [[text, "1"]]


def test_an_ods_repeats_and_merges_and_hides() -> None:
    repeated = '<table:table-cell table:number-columns-repeated="3" office:value-type="float" office:value="5"/>'
    merged = (
        '<table:table-cell table:number-columns-spanned="2" office:value-type="string"><text:p>a</text:p>'
        "</table:table-cell><table:covered-table-cell/>"
    )
    hidden = (
        '<office:automatic-styles><style:style style:name="ta1" style:family="table">'
        '<style:table-properties table:display="false"/></style:style></office:automatic-styles>'
    )
    found = ods_cells(merged + repeated, hidden)
    assert found == sheets.Sheet(name="Data", hidden=True, cells=[["a", "", "5", "5", "5"]], merged=((0, 0, 0, 1),))


def test_a_table_of_a_page_has_its_merged_cells_and_its_exact_numbers() -> None:
    page = (
        "<table><tr><td rowspan=2>Cabang<td colspan=2>Aktif</tr><tr><td>PU<td>BPU</tr>"
        '<tr><td>Ogan&nbsp;Ilir<br>(KCP)<td x:num="1234.5">1.235<td>7 <script>8</script></tr></table>'
    )
    found = grid(page.encode(), "a.xls")
    assert found.cells == [["Cabang", "Aktif", ""], ["", "PU", "BPU"], ["Ogan Ilir (KCP)", "1234.5", "7"]]
    assert set(found.merged) == {(0, 0, 1, 0), (0, 1, 0, 2)}


def test_of_tables_in_tables_the_innermost_is_read() -> None:
    page = b"<table><tr><td>menu</td><td><table><tr><td>a</td><td>1</td></tr></table></td></tr></table>"
    read_sheets = list(sheets.read(page, file="a.html", limits=LIMITS))
    assert read_sheets[0].cells == [["a", "1"]]


@pytest.mark.parametrize("page", [b"<html><body>Masuk</body></html>", b"<p>", b"<!-- -->", b"<table></table>"])
def test_a_page_without_a_table_is_refused_as_a_page(page: bytes) -> None:
    with pytest.raises(FileRefused, match="web_page"):
        read([Handed(name="a.xls", content=page)], settings=SETTINGS)


def test_a_file_that_is_rewritten_all_the_time_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.csv"
    path.write_text(CSV)
    whole, later = chunks.read, count(path.stat().st_mtime_ns, 1_000_000)

    def rewritten(read_path: Path, size: int) -> object:
        pieces = whole(read_path, size)
        path.write_text(CSV)
        os.utime(path, ns=(0, next(later)))  # also where a tick of the clock is longer than this test
        return pieces

    monkeypatch.setattr(hand_in.chunks, "read", rewritten)
    next(later)
    with pytest.raises(FileRefused, match="file_changing"):
        read([path], settings=SETTINGS)
    monkeypatch.undo()
    assert read([path], settings=SETTINGS).files.height == 1


def test_a_name_says_whether_a_file_may_hold_a_table() -> None:
    tables = ["a.CSV", "b.tsv", "c.txt", "d.xlsx", "e.xlsm", "f.xls", "g.ods", "h.htm", "i.html", "j.zip"]
    assert all(finding.is_table(name) for name in tables)
    assert not any(finding.is_table(name) for name in ("a.pdf", "~$d.xlsx", ".a.csv", "x/__MACOSX/a.csv", "a"))


def test_the_command_line_uses_the_others_and_says_so_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "good.csv").write_text(CSV)
    (tmp_path / "bad.xlsx").write_bytes(b"PK\x03\x04 nothing")
    (tmp_path / "notes.pdf").write_bytes(b"%PDF")

    for command in ("clean", "check", "gaps"):
        assert cli.main([command, "--data", str(tmp_path), "--format", "csv", "--language", "en"]) == 1
        out, errors = capsys.readouterr()
        assert [line for line in errors.splitlines() if "bad.xlsx" in line and "broken" in line]
        assert ("bad.xlsx,,,,error,workbook_broken," in out) == (command == "check")
        assert ("notes.pdf,,,,note,not_a_table," in out) == (command == "check")

    assert cli.main(["clean", "--data", str(tmp_path), "--strict"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    (tmp_path / "good.csv").unlink()
    assert cli.main(["clean", "--data", str(tmp_path)]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
