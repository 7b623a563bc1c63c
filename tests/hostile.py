"""Files that somebody makes to stop a reader, each small to send and large to believe.

They are built from the outside, part by part, as no spreadsheet would; random damage never reaches what they reach.
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Mapping

from tests import old_workbooks

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
MB = 1_000_000
LIMIT = 18 * MB  # below what may be uploaded


def packed(parts: Mapping[str, bytes | str]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


def workbook(*sheets: str | bytes, shared: str = "", styles: str = "", same: int = 0) -> bytes:
    """Return an XLSX of these sheets, as XML; with `same`, the first stands so many times in its list."""
    count = same or len(sheets)
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    targets = [1 if same else at for at in range(1, count + 1)]
    listed = "".join(f'<sheet name="S{at}" sheetId="{at}" r:id="rId{at}"/>' for at in range(1, count + 1))
    related = "".join(
        f'<Relationship Id="rId{at}" Type="{kinds}/worksheet" Target="worksheets/sheet{target}.xml"/>'
        for at, target in enumerate(targets, 1)
    )
    related += f'<Relationship Id="s" Type="{kinds}/sharedStrings" Target="sharedStrings.xml"/>' if shared else ""
    related += f'<Relationship Id="t" Type="{kinds}/styles" Target="styles.xml"/>' if styles else ""
    parts: dict[str, bytes | str] = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": f'<Relationships><Relationship Id="a" Type="{kinds}/officeDocument" Target="xl/workbook.xml"/>'
        "</Relationships>",
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{kinds}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f"<Relationships>{related}</Relationships>",
    }
    parts |= {f"xl/worksheets/sheet{at}.xml": sheet for at, sheet in enumerate(sheets, 1)}
    parts |= {"xl/sharedStrings.xml": shared} if shared else {}
    parts |= {"xl/styles.xml": styles} if styles else {}
    return packed(parts)


def sheet(rows: str, after: str = "", before: str = "") -> str:
    return f'{before}<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{after}</worksheet>'


def cells(*given: tuple[str, str]) -> str:
    return "".join(f'<row><c r="{place}"><v>{value}</v></c></row>' for place, value in given)


ENTITIES = "<!DOCTYPE z [<!ENTITY a0 'lol'>" + "".join(
    f"<!ENTITY a{at} '{f'&a{at - 1};' * 10}'>" for at in range(1, 10)
)  # fmt: skip


def ods(body: str, before: str = "") -> bytes:
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    content = (
        f'{before}<office:document-content {spaces}><office:body><office:spreadsheet><table:table table:name="A">{body}'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    return packed({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": content})


def ods_cell(text: str, **repeated: int) -> str:
    count = "".join(f' table:number-{name}-repeated="{times}"' for name, times in repeated.items())
    return f'<table:table-cell office:value-type="string"{count}><text:p>{text}</text:p></table:table-cell>'


def lying_sizes() -> bytes:
    """Return a workbook whose sheet says that it unpacks to a few bytes, and unpacks to 50 MB."""
    content = bytearray(workbook(sheet(" " * 50 * MB)))
    true = struct.pack("<I", len(sheet(" " * 50 * MB)))
    place = content.find(true)
    while place >= 0:
        content[place : place + 4] = struct.pack("<I", 100)
        place = content.find(true, place + 4)
    return bytes(content)


HEADER = b"Bulan,Cabang,Segmen,Aktif\n"
XLS_ROWS: list[tuple[int, int, object]] = [(0, 0, "Bulan"), (0, 1, "Aktif"), (1, 0, "2023-01"), (1, 1, 5)]

NOTHING = (
    "<table:table-row table:number-rows-repeated='1048576'><table:table-cell table:number-columns-repeated='16384'/>"
    "</table:table-row>"
)


def row_of_ods(cells: str, times: int = 1) -> str:
    return f"<table:table-row table:number-rows-repeated='{times}'>{cells}</table:table-row>"


FILES: dict[str, Callable[[], bytes]] = {
    # XLSX
    "far corner.xlsx": lambda: workbook(sheet(cells(("A1", "1"), ("XFD1048576", "2")))),
    "far rows.xlsx": lambda: workbook(sheet(cells(*((f"XFD{row}", "1") for row in range(1, 1_048_577, 5_000))))),
    "far empty cells.xlsx": lambda: workbook(sheet('<row r="1048576"><c r="XFD1048576" s="1"/></row>' * 40_000)),
    "wide merge.xlsx": lambda: workbook(
        sheet(cells(("A1", "1")), '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>')
    ),
    "many merges.xlsx": lambda: workbook(sheet(cells(("A1", "1")), '<mergeCell ref="A1:XFD1048576"/>' * 100_000)),
    "huge shared text.xlsx": lambda: workbook(
        sheet(cells(("A1", "1"))), shared=f"<sst><si><t>{'x' * 50 * MB}</t></si></sst>"
    ),
    "many shared texts.xlsx": lambda: workbook(
        sheet(cells(("A1", "1"))), shared=f"<sst>{'<si><t>ab</t></si>' * 300_000}</sst>"
    ),
    "huge cell.xlsx": lambda: workbook(sheet(f'<row><c t="str"><v>{"x" * 50 * MB}</v></c></row>')),
    "deep.xlsx": lambda: workbook(sheet("<row>" * 300_000 + "</row>" * 300_000)),
    "deep names.xlsx": lambda: workbook(sheet("".join(f"<{'n' * 4_000}{at}>" for at in range(2_000)))),
    "entities.xlsx": lambda: workbook(sheet("<row><c t='str'><v>&a9;</v></c></row>", before=ENTITIES + "]>")),
    "outside entity.xlsx": lambda: workbook(
        sheet("&x;", before="<!DOCTYPE z [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>")
    ),
    "lying sizes.xlsx": lying_sizes,
    "bomb.xlsx": lambda: workbook(sheet(" " * 210 * MB)),
    "one sheet many times.xlsx": lambda: workbook(sheet(" " * 30 * MB + cells(("A1", "1"))), same=2_000),
    "many wide sheets.xlsx": lambda: workbook(*[sheet(cells(("A1", "1"), ("XFD300", "1")))] * 300),
    "many attributes.xlsx": lambda: workbook(sheet("<row " + " ".join(f'a{at}="1"' for at in range(100_000)) + "/>")),
    "long formats.xlsx": lambda: workbook(
        sheet(cells(("A1", "1"))),
        styles="<s>"
        + "".join(f'<numFmt formatCode="{sign * 50_000}"/>' for sign in ("[", "&quot;", "\\", "[h"))
        + "</s>",
    ),
    "numbers.xlsx": lambda: workbook(sheet(cells(*(("A1", "9" * 200_000),) * 20))),
    "parts.xlsx": lambda: packed({f"{at}": b"" for at in range(25_000)}),
    # ODS
    "far.ods": lambda: ods(row_of_ods(ods_cell("x", columns=16384), 1048576)),
    "far column.ods": lambda: ods(row_of_ods(ods_cell("x", columns=999_999_999))),
    "far row.ods": lambda: ods(row_of_ods(ods_cell("x"), 999999999)),
    "half far.ods": lambda: ods(row_of_ods(ods_cell("x", columns=1000), 4900)),
    "empty far.ods": lambda: ods(NOTHING * 50_000 + row_of_ods(ods_cell("x"))),
    "spaces.ods": lambda: ods("<table:table-row><table:table-cell><text:p>" + '<text:s text:c="999999999"/>' * 90_000),
    "deep.ods": lambda: ods("<table:table>" * 300_000),
    "entities.ods": lambda: ods("<table:table-row>&a9;</table:table-row>", ENTITIES + "]>"),
    # XLS
    "far.xls": lambda: old_workbooks.compound(old_workbooks.stream([*XLS_ROWS, (65_535, 255, 1)])),
    "circle.xls": lambda: old_workbooks.compound(old_workbooks.stream(XLS_ROWS), circle=True),
    "astray.xls": lambda: old_workbooks.compound(old_workbooks.stream(XLS_ROWS), astray=True),
    "no stream.xls": lambda: old_workbooks.compound(b"", name="WordDocument"),
    "many records.xls": lambda: old_workbooks.compound(old_workbooks.stream(XLS_ROWS) + b"\x0a\0\0\0" * 1_500_000),
    "cut.xls": lambda: old_workbooks.compound(old_workbooks.stream(XLS_ROWS))[:1_000],
    "half a head.xls": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 600,
    # Web pages
    "deep.html": lambda: b"<div>" * 2 * MB,
    "deep tables.html": lambda: b"<table><tr><td>" * 400_000,
    "spans.html": lambda: b"<table><tr>" + b"<td rowspan=99999999 colspan=99999999>1" * 20_000,
    "rows of spans.html": lambda: b"<table>" + b"<tr><td rowspan=60000 colspan=900>1" * 20_000,
    "open comment.html": lambda: b"<table>" + b"<!-- " * 2 * MB,
    "open tags.html": lambda: b"<table><tr><td " + b"<" * 4 * MB,
    "entities.html": lambda: b"<table><tr><td>" + b"&amp" * 3 * MB,
    "huge cell.html": lambda: b"<table><tr><td>Bulan</td><td>" + b"x" * LIMIT,
    # Text
    "one line.csv": lambda: b"1,2,3" * (LIMIT // 5),
    "one cell.csv": lambda: b"x" * LIMIT,
    "header and one line.csv": lambda: HEADER + b"2023-01,Palembang,PU," + b"1" * LIMIT,
    "header and many cells.csv": lambda: HEADER + b"2023-01,Palembang,PU,5" + b"," * LIMIT,
    "open quote.csv": lambda: HEADER + b'2023-01,"Palembang,PU,5\n' * 500_000,
    "quotes.csv": lambda: HEADER + b'"' * LIMIT,
    "nothing.csv": lambda: b"\0" * LIMIT,
    "nothing in lines.csv": lambda: HEADER + b"2023-01,\0,PU,5\n" * 500_000,
    "line feeds.csv": lambda: HEADER + b"\n" * LIMIT,
    "returns.csv": lambda: HEADER + b"\r" * LIMIT,
    "separators.csv": lambda: b";" * LIMIT,
    "spaces.csv": lambda: HEADER + b" " * LIMIT,
    "utf-16.csv": lambda: (HEADER.decode() + "2023-01,Palembang,PU,5\n" * 100_000).encode("utf-16"),
    "half utf-16.csv": lambda: b"\xff\xfe" + b"\xd8" * (LIMIT // 2),
    "packed.csv": lambda: b"\x1f\x8b" + b"\0" * MB,
    # Archives
    "bomb.zip": lambda: packed({f"{at}.csv": b"0" * 25 * MB for at in range(9)}),
    "nested.zip": lambda: packed({"a.zip": packed({"b.zip": packed({"c.csv": HEADER})})}),
    "parts.zip": lambda: packed({f"{at}.csv": b"" for at in range(25_000)}),
    "bad names.zip": lambda: packed(
        {"../../../a.csv": HEADER, "/etc/b.csv": HEADER, "c:\\d.csv": HEADER, "\n.csv": b""}
    ),
}
