"""What does twice the size cost, for every kind of file?

`python -m bench.kinds` makes each kind of file with so many rows and with twice as many, reads both, and prints the
processor time of each (other work on the machine hurts it less than the clock) and their ratio: 2.5 is the limit.
"""

from __future__ import annotations

import argparse
import io
import time
import zipfile
from collections.abc import Callable, Iterator

import xlsxwriter

from coverage.base import settings
from coverage.intake import read
from coverage.intake.read import Handed

Lines = list[list[str | int]]
HEAD: list[str | int] = ["Bulan", "Cabang", "Segmen", "Aktif", "Potensi"]
SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
)
EXCEL = "urn:schemas-microsoft-com:office:spreadsheet"


def lines_of(rows: int) -> Lines:
    """One line per branch and month, all figures plausible."""
    body: Lines = [
        [f"{2013 + row // 12 % 10}-{row % 12 + 1:02d}", f"Cabang {row // 120:05d}", "PU", 5_000 + row % 120, 9_000]
        for row in range(rows)
    ]
    return [HEAD, *body]


def as_csv(lines: Lines) -> bytes:
    return "\n".join(",".join(map(str, line)) for line in lines).encode()


def as_xlsx(lines: Lines) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet()
        for row, line in enumerate(lines):
            sheet.write_row(row, 0, line)
    return content.getvalue()


def as_ods(lines: Lines) -> bytes:
    def cell(value: str | int) -> str:
        kind = f'float" office:value="{value}' if isinstance(value, int) else "string"
        return f'<table:table-cell office:value-type="{kind}"><text:p>{value}</text:p></table:table-cell>'

    rows = "".join("<table:table-row>" + "".join(map(cell, line)) + "</table:table-row>" for line in lines)
    body = f'<office:spreadsheet><table:table table:name="A">{rows}</table:table></office:spreadsheet>'
    document = f"<office:document-content {SPACES}><office:body>{body}</office:body></office:document-content>"
    return packed({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": document})


def as_page(lines: Lines) -> bytes:
    return ("<table>" + "".join(f"<tr><td>{'<td>'.join(map(str, line))}</tr>" for line in lines) + "</table>").encode()


def as_xml(lines: Lines) -> bytes:
    def cell(value: str | int) -> str:
        kind = "Number" if isinstance(value, int) else "String"
        return f'<Cell><Data ss:Type="{kind}">{value}</Data></Cell>'

    rows = "".join("<Row>" + "".join(map(cell, line)) + "</Row>" for line in lines)
    head = f'<?xml version="1.0"?><Workbook xmlns="{EXCEL}" xmlns:ss="{EXCEL}"><Worksheet ss:Name="A"><Table>'
    return f"{head}{rows}</Table></Worksheet></Workbook>".encode()


def packed(parts: dict[str, str | bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return content.getvalue()


KINDS: dict[str, Callable[[Lines], bytes]] = {
    "a.csv": as_csv,
    "a.xlsx": as_xlsx,
    "a.ods": as_ods,
    "page.xls": as_page,
    "xml.xls": as_xml,
    "a.zip": lambda lines: packed({"a.csv": as_csv(lines)}),
}


def seconds(name: str, content: bytes, repeats: int) -> float:
    """Return the least processor time of several readings."""
    times = []
    for _ in range(repeats):
        start = time.process_time()
        read.read([Handed(name=name, content=content)], settings=settings.load())
        times.append(time.process_time() - start)
    return min(times)


def measure(rows: int, repeats: int) -> Iterator[str]:
    for name, make in KINDS.items():
        once, twice = (seconds(name, make(lines_of(count)), repeats) for count in (rows, 2 * rows))
        yield f"| {name} | {rows:,} | {once * 1000:.0f} ms | {twice * 1000:.0f} ms | {twice / once:.2f} |"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=12_000)
    options.add_argument("--repeats", type=int, default=3)
    given = options.parse_args()
    print("| file | rows | once | twice the rows | ratio |")
    print("|---|---:|---:|---:|---:|")
    for line in measure(given.rows, given.repeats):
        print(line, flush=True)


if __name__ == "__main__":
    main()
