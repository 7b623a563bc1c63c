"""Four workbooks as people have them, made by the tests: what a branch's analyst would drop on the app."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

ACTIVE = {  # month -> formal, informal of Palembang
    "Okt 2022": (138_709, 62_057),
    "Nov 2022": (138_914, 61_607),
    "Des 2022": (138_900, 61_480),
    "Jan 2023": (139_200, 61_750),
}
TARGET = (160_000, 80_000)  # of our own: the sample has 174.000 and 95.000


def _book(draw: Callable[[Any], None]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    draw(book)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _rows(sheet: Worksheet, rows: list[list[object]]) -> None:
    for row in rows:
        sheet.append(row)


def merged_header() -> bytes:
    """A merged header of two lines, and the targets in a second sheet."""

    def draw(book: Any) -> None:
        sheet = book.create_sheet("Realisasi")
        _rows(sheet, [["REKAPITULASI PESERTA AKTIF"], ["KANTOR CABANG PALEMBANG"], []])
        _rows(sheet, [["No", "Bulan", "Tenaga Kerja Aktif", None, "Ket."], [None, None, "PU", "BPU", None]])
        for area in ("A4:A5", "B4:B5", "C4:D4", "E4:E5"):
            sheet.merge_cells(area)
        _rows(sheet, [[at, month, *figures] for at, (month, figures) in enumerate(ACTIVE.items(), 1)])
        _rows(book.create_sheet("Target"), [["Cabang", "Segmen", "Target 2023"]])
        _rows(book["Target"], [["Palembang", "PU", TARGET[0]], ["Palembang", "BPU", TARGET[1]]])

    return _book(draw)


def bare_columns() -> bytes:
    """Bare PU, BPU and Jakon with a total and signatures; the targets in a sheet of the same shape."""

    def draw(book: Any) -> None:
        sheet = book.create_sheet("Rekap")
        _rows(
            sheet, [["REKAP PESERTA AKTIF BULAN JANUARI 2023"], [], ["Kantor Cabang", "PU", "BPU", "Jakon", "Jumlah"]]
        )
        figures = [["Palembang", 139_200, 61_750, 8_000, 208_950], ["Jambi", 90_100, 40_300, 5_000, 135_400]]
        _rows(sheet, [*figures, ["JUMLAH", 229_300, 102_050, 13_000, 344_350], []])
        _rows(sheet, [["Palembang, 6 Februari 2023"], ["Kepala Kantor Wilayah"]])
        sheet = book.create_sheet("Target")
        _rows(sheet, [["TARGET PESERTA AKTIF TAHUN 2023"], [], ["Kantor Cabang", "PU", "BPU", "Jakon"]])
        _rows(sheet, [["Palembang", *TARGET, 9_000], ["Jambi", 100_000, 50_000, 6_000]])

    return _book(draw)


def months_across() -> bytes:
    """Months across, the year in the title, the targets in the last column."""

    def draw(book: Any) -> None:
        sheet = book.create_sheet("2023")
        _rows(sheet, [["PESERTA AKTIF TAHUN 2023"], ["Kantor Cabang", "Segmen", "Jan", "Feb", "Mar", "Target 2023"]])
        _rows(sheet, [["Palembang", "PU", 139_200, 139_450, 139_900, TARGET[0]]])
        _rows(sheet, [["Palembang", "BPU", 61_750, 61_900, 62_310, TARGET[1]]])

    return _book(draw)


def sheet_a_month() -> bytes:
    """A sheet for each month, with the target beside the figures."""

    def draw(book: Any) -> None:
        for month, (formal, informal) in {
            "Desember 2022": (138_900, 61_480),
            "Januari 2023": (139_200, 61_750),
        }.items():
            sheet = book.create_sheet(month)
            _rows(sheet, [["Cabang", "Segmen", "Aktif", "Target 2023"]])
            _rows(sheet, [["Palembang", "PU", formal, TARGET[0]], ["Palembang", "BPU", informal, TARGET[1]]])

    return _book(draw)
