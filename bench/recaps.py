"""What does a messy recap cost, and a large workbook that is none?

`python -m bench.recaps` makes a recap of some 2 000 lines and 27 columns (fourteen blocks, each with a caption, two
lines of headers, totals and blanks), the same twice as long, and workbooks of 800 000 cells in which there is nothing
to read; it prints the processor time of each, which other work on the machine hurts less than the clock.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import time
from collections.abc import Callable, Iterator

import xlsxwriter

from coverage.base import settings
from coverage.base.errors import FileRefused
from coverage.intake import read
from coverage.intake.read import Handed

Lines = list[list[str | int]]
MONTHS = ["Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"]
PLACES, YEARS = 140, 14


def recap(places: int) -> Lines:
    """Write a block for each year: two segments in each of twelve months across, places down, parted by regions."""
    lines: Lines = [["Rekapitulasi Peserta Aktif BPJS Ketenagakerjaan"], ["Dalam orang"], []]
    for year in range(2023 - YEARS + 1, 2024):
        lines += [[f"Tahun {year}"]]
        lines += [["No", "Kabupaten/Kota", "Wilayah", *[cell for month in MONTHS for cell in (month, "")]]]
        lines += [["", "", "", *["PU", "BPU"] * 12]]
        lines += [["(1)", "(2)", "(3)", *[f"({column})" for column in range(4, 28)]]]
        figures = [
            [
                3_000 + 131 * place + 17 * (year - 2000) + month * 3 + part * 911
                for month in range(12)
                for part in (0, 1)
            ]
            for place in range(places)
        ]
        for place, of_place in enumerate(figures):
            region = f"Wilayah {place // 20 + 1}" if place % 20 == 0 else ""
            lines.append([place + 1, f"Kab. Contoh {place:03d}", region, *of_place])
        lines.append(["", "Jumlah", "", *(sum(column) for column in zip(*figures, strict=True))])
        lines.append([])
    return [*lines, ["Palembang, 5 Februari 2024"], ["Kepala Bidang"], ["NIP. 197001012000031001"]]


def as_text(lines: Lines) -> bytes:
    return "\n".join(
        ";".join(f"{cell:,}".replace(",", ".") if isinstance(cell, int) else cell for cell in line) for line in lines
    ).encode()


def as_workbook(lines: Lines) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet("Rekap")
        for row, line in enumerate(lines):
            sheet.write_row(row, 0, line)
    return content.getvalue()


def words(cells: int) -> Lines:
    return [[f"catatan {row} {column % 7}" for column in range(20)] for row in range(cells // 20)]


def measurements(cells: int) -> Lines:
    """Write figures of another subject, each line with a name of its own."""
    head: Lines = [["Sensor", "Waktu", *[f"Kanal {column}" for column in range(18)]]]
    return head + [
        [f"S{row % 90}", f"t{row}", *[row * 7 % 997 + column for column in range(18)]] for row in range(cells // 20)
    ]


def seconds(name: str, content: bytes, repeats: int) -> float:
    """Return the least processor time of several readings, of which the first may have to learn its words."""
    times = []
    for _ in range(repeats):
        start = time.process_time()
        with contextlib.suppress(FileRefused):
            read.read([Handed(name=name, content=content)], settings=settings.load())
        times.append(time.process_time() - start)
    return min(times)


def measure(repeats: int) -> Iterator[str]:
    kinds: dict[str, Callable[[Lines], bytes]] = {"rekap.csv": as_text, "rekap.xlsx": as_workbook}
    for name, make in kinds.items():
        once, twice = (seconds(name, make(recap(places)), repeats) for places in (PLACES, 2 * PLACES))
        yield f"| {name}, {len(recap(PLACES)):,} lines x 27 | {once:.2f} s | {twice:.2f} s | {twice / once:.2f} |"
    for title, of in (("words alone", words), ("figures of another subject", measurements)):
        for name, make in {"a.csv": as_text, "a.xlsx": as_workbook}.items():
            half, whole = (seconds(name, make(of(cells)), 1) for cells in (400_000, 800_000))
            yield f"| {name}, {title}, 400 000 cells | {half:.2f} s | {whole:.2f} s | {whole / half:.2f} |"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--repeats", type=int, default=3)
    given = options.parse_args()
    print("| file | once | twice as long | ratio |")
    print("|---|---:|---:|---:|")
    for line in measure(given.repeats):
        print(line, flush=True)


if __name__ == "__main__":
    main()
