"""A truth, laid out as a table of a random shape: what a reader of any layout must give back.

Months, segments and measures lie across, down, on sheets or in titles and names; headers have one to three lines,
merged (XLSX) or with blanks (CSV); titles, numbers of columns, totals, percentages, units, signatures and repeated
headers stand around the figures, in two languages.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from random import Random

import babel
import xlsxwriter

MONTHS = {
    "id": tuple(babel.Locale.parse("id").months["format"]["wide"].values()),
    "en": tuple(babel.Locale.parse("en").months["format"]["wide"].values()),
}
SHORT = {
    "id": tuple(babel.Locale.parse("id").months["format"]["abbreviated"].values()),
    "en": tuple(babel.Locale.parse("en").months["format"]["abbreviated"].values()),
}
PLACES = ["Palembang", "Jambi", "Lubuklinggau", "Muara Enim", "Bengkulu", "Pangkalpinang", "Kota Metro", "Kab. Lahat"]
SEGMENTS = {
    "formal": {"id": ["PU", "Penerima Upah", "Penerima Upah (PU)"], "en": ["Formal", "Wage earners"]},
    "informal": {"id": ["BPU", "Bukan Penerima Upah"], "en": ["Informal", "Non-wage earners"]},
    "construction": {"id": ["Jakon", "Jasa Konstruksi"], "en": ["Construction"]},
}
WORDS = {
    "month": {"id": ["Bulan", "Periode", "Bulan Laporan"], "en": ["Month", "Period"]},
    "year": {"id": ["Tahun"], "en": ["Year"]},
    "place": {"id": ["Kantor Cabang", "Cabang", "Kabupaten/Kota", "Unit Kerja"], "en": ["Branch", "Branch office"]},
    "segment": {"id": ["Segmen", "Jenis Kepesertaan"], "en": ["Segment"]},
    "active": {"id": ["Aktif", "Peserta Aktif", "TK Aktif"], "en": ["Active", "Active members"]},
    "eligible": {"id": ["Potensi", "Potensi Peserta"], "en": ["Eligible", "Eligible workers"]},
    "new": {"id": ["Akuisisi", "Peserta Baru"], "en": ["New registrations"]},
    "target": {"id": ["Target", "Target Peserta", "Sasaran"], "en": ["Target"]},
    "item": {"id": ["Uraian", "Indikator"], "en": ["Item", "Indicator"]},
    "total": {"id": ["Jumlah", "Total"], "en": ["Total", "Grand Total"]},
    "mean": {"id": ["Rata-rata"], "en": ["Average"]},
    "title": {"id": ["Rekapitulasi Peserta BPJS Ketenagakerjaan", "Data Kepesertaan"], "en": ["Members of BPJS"]},
}
Key = tuple[int, str, str]  # month (year * 12 + month - 1), place, segment ("unsplit": not split)
Cells = list[list[object]]


@dataclass
class Sheet:
    """Cells and merged ranges of a sheet: first row and column, last row and column."""

    name: str
    cells: Cells = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)


@dataclass(frozen=True)
class Laid:
    """A file, and what must come of it."""

    name: str
    content: bytes
    rows: dict[Key, dict[str, int]]
    targets: dict[tuple[str, str, int], int]
    shape: str


class Maker:
    """One random table."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311 - a table, no secret
        pick = self.random.choice
        self.language = pick(["id", "id", "en"])
        self.places = self.random.sample(PLACES, self.random.randint(2, 5))
        self.segments = list(SEGMENTS)[: self.random.randint(2, 3)] if self.random.random() < 0.85 else ["unsplit"]
        first = self.random.randint(2019, 2024) * 12 + self.random.randint(0, 11)
        self.months = list(range(first, first + self.random.randint(1, 6)))
        self.measures = ["active", *self.random.sample(["eligible", "new", "target"], self.random.randint(0, 2))]
        self.book = self.random.random() < 0.5
        self.word = {key: pick(words[self.language]) for key, words in WORDS.items()}
        self.segment_word = {key: pick(words[self.language]) for key, words in SEGMENTS.items()}
        self.style = pick(["long", "short", "iso", "name"])
        self.mark = pick(["", ".", ","]) if not self.book else ""
        self.thousands = self.random.random() < 0.06
        self.repeat = self.random.random() < 0.08
        self.counted = 0
        self.truth = self._truth()

    def _truth(self) -> dict[tuple[int, str, str, str], int]:
        used: set[int] = set()
        truth: dict[tuple[int, str, str, str], int] = {}
        for place in self.places:
            for segment in self.segments:
                base = self.random.randint(3_000, 300_000)
                target = base + self.random.randint(1_000, 90_000)
                for month in self.months:
                    for measure in self.measures:
                        size = {"active": base, "eligible": base * 2, "new": base // 40, "target": target}[measure]
                        value = size if measure == "target" else size + self.random.randint(0, max(size // 20, 9))
                        while value in used and measure != "target":
                            value += 1
                        used.add(value)
                        truth[month, place, segment, measure] = value - value % 1000 if self.thousands else value
        return truth

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def month(self, month: int, *, year: bool = True) -> str:
        number = month % 12
        names = MONTHS[self.language] if self.style in ("long", "name") else SHORT[self.language]
        if self.style == "iso" and year:
            return f"{month // 12}-{number + 1:02d}"
        return f"{names[number]} {month // 12}" if year else names[number]

    def figure(self, value: int) -> object:
        if self.thousands:
            value //= 1000
        if self.book:
            return value
        return f"{value:,}".replace(",", self.mark) if self.mark else str(value)

    def said(self, measure: str) -> str:
        unit = {"id": " (ribu orang)", "en": " (thousand)"}[self.language] if self.thousands else ""
        return self.word[measure] + unit

    def segment(self, segment: str) -> str:
        return self.segment_word[segment]

    def expected(self) -> tuple[dict[Key, dict[str, int]], dict[tuple[str, str, int], int]]:
        rows: dict[Key, dict[str, int]] = {}
        targets: dict[tuple[str, str, int], int] = {}
        for (month, place, segment, measure), value in self.truth.items():
            if measure == "target":
                targets[place, segment, month // 12 * 12 + 11] = value
            else:
                rows.setdefault((month, place, segment), {})[measure] = value
        return rows, targets

    def make(self) -> Laid:
        across = [axis for axis in ("segment", "month", "measure") if self.chance(0.5)]
        split = self.segments != ["unsplit"]
        if "segment" in across and not split:
            across.remove("segment")
        outside = ""
        if len(self.months) == 1 and "month" not in across:
            outside = self.random.choice(["", "title", "file", "sheet"])
        elif "month" not in across and self.book and self.chance(0.2):
            outside = "sheets"
        down_measures = "measure" not in across and len(self.measures) > 1
        caption = split and "segment" not in across and not down_measures and self.chance(0.2)
        sheets = []
        names = [""] if outside != "sheets" else [self.month(month) for month in self.months]
        for at, name in enumerate(names):
            months = [self.months[at]] if outside == "sheets" else self.months
            sheet = Sheet(name=name or ("Sheet1" if outside != "sheet" else self.month(self.months[0])))
            self._sheet(sheet, across, months, outside, down_measures=down_measures, caption=caption)
            sheets.append(sheet)
        rows, targets = self.expected()
        stem = (
            "rekap " + self.month(self.months[0])
            if outside == "file"
            else self.random.choice(["rekap", "data", "laporan"])
        )
        shape = f"across={across} outside={outside} down_measures={down_measures} caption={caption} book={self.book}"
        if self.book:
            return Laid(f"{stem}.xlsx", _workbook(sheets), rows, targets, shape)
        if outside == "sheet":
            stem = "rekap " + self.month(self.months[0])
        return Laid(f"{stem}.csv", self._text(sheets[0]), rows, targets, shape)

    def _sheet(
        self, sheet: Sheet, across: list[str], months: list[int], outside: str, *, down_measures: bool, caption: bool
    ) -> None:
        cells = sheet.cells
        bare = self.measures == ["active"] and self.segments == ["unsplit"]  # nothing else speaks of members
        if outside == "title" or bare or self.chance(0.5):
            title = self.word["title"]
            cells.append([f"{title} {self.month(months[0])}" if outside == "title" else title])
            if self.chance(0.5):
                cells.append([])
        groups = self.segments if caption else [""]
        numbered = self.chance(0.3)
        for group in groups:
            if caption:
                cells.append([f"{'AB C'[self.segments.index(group)]}. {self.segment(group)}"])
            self._table(sheet, across, months, outside, group, down_measures=down_measures, numbered=numbered)
            if caption:
                cells.append([])
        self._below(cells)

    def _keys(
        self, across: list[str], months: list[int], outside: str, group: str, *, down_measures: bool
    ) -> list[str]:
        keys = ["place"]
        if "month" not in across and outside == "":
            keys.append("month")
        if "segment" not in across and not group and self.segments != ["unsplit"]:
            keys.append("segment")
        self.random.shuffle(keys)
        if down_measures:
            keys.append("item")
        return keys

    def _table(
        self,
        sheet: Sheet,
        across: list[str],
        months: list[int],
        outside: str,
        group: str,
        *,
        down_measures: bool,
        numbered: bool,
    ) -> None:
        keys = self._keys(across, months, outside, group, down_measures=down_measures)
        axes = [axis for axis in across if axis != "measure" or len(self.measures) > 1]
        self.random.shuffle(axes)
        values: dict[str, list[object]] = {
            "month": list(months),
            "segment": list(self.segments),
            "measure": list(self.measures),
        }
        columns: list[dict[str, object]] = [{}]
        for axis in axes:
            columns = [column | {axis: value} for column in columns for value in values[axis]]
        cells = sheet.cells
        top = len(cells)
        split_year = "month" in axes and self.chance(0.4)
        levels: list[list[str]] = []
        for axis in axes:
            if axis == "month" and split_year:
                levels.append([str(int(str(column["month"])) // 12) for column in columns])
                levels.append([self.month(int(str(column["month"])), year=False) for column in columns])
            else:
                levels.append([self._head(axis, column[axis]) for column in columns])
        if not axes or (axes == ["segment"] and self.chance(0.5)) or "measure" not in axes:
            single = self.said("active")
            if not down_measures and (not axes or self.chance(0.6)):
                levels.insert(0, [single] * len(columns))
            elif self.thousands:
                levels.insert(0, [single] * len(columns))
        if not levels:
            levels = [[{"id": "Jumlah", "en": "Number"}[self.language]] * len(columns)]
        total_column = self.chance(0.2) and axes == ["segment"] and len(levels) == 1 and not down_measures
        left = len(keys) + numbered
        head_words = (["No"] if numbered else []) + [self.word[key] for key in keys]
        extra = self._extra_columns(axes, levels)
        bottom = self.book or self.chance(0.5)
        for at, level in enumerate(levels):
            line: list[object] = (
                list(head_words) if at == (0 if not bottom or self.book else len(levels) - 1) else [""] * left
            )
            shown: list[object] = []
            for place, text in enumerate(level):
                repeated = (
                    at < len(levels) - 1
                    and place > 0
                    and text == level[place - 1]
                    and all(levels[up][place] == levels[up][place - 1] for up in range(at))
                )
                shown.append("" if repeated else text)
            beside = [self.word["total"]] if total_column and at == 0 else []
            cells.append(line + shown + beside + (extra if at == len(levels) - 1 else [""] * len(extra)))
        if self.book and len(levels) > 1:
            for column in range(left):
                sheet.merged.append((top, column, top + len(levels) - 1, column))
            for at, level in enumerate(levels[:-1]):
                self._merge(sheet, top + at, left, level, levels[:at])
        self.repeat = self.repeat and len(levels) == 1
        self.counted = int(self.chance(0.15))
        if self.counted:
            width = left + len(columns)
            cells.append([f"({number})" for number in range(1, width + 1)])
        self._body(sheet, keys, columns, months, group, numbered=numbered, total_column=total_column, extra=extra)

    def _extra_columns(self, axes: list[str], levels: list[list[str]]) -> list[object]:
        """Return headers of columns that are no counts: a percentage, a gap, a remark."""
        if len(levels) > 1 or self.chance(0.6):
            return []
        words = {"id": ["Capaian (%)", "Selisih", "Keterangan", "%"], "en": ["Attainment (%)", "Gap", "Remarks", "%"]}
        return list(self.random.sample(words[self.language], self.random.randint(1, 2)))

    def _beside(self, word: object) -> object:
        if word in ("Keterangan", "Remarks"):
            return self.random.choice(["", "ok", "dicek"])
        if word in ("Selisih", "Gap"):
            return self.figure(self.random.randint(1, 9_000))
        share = self.random.randint(300, 990) / 10
        return share if self.book else f"{share}".replace(".", ",") + self.random.choice(["", " %"])

    @staticmethod
    def _merge(sheet: Sheet, row: int, left: int, level: list[str], above: list[list[str]]) -> None:
        start = 0
        for at in range(1, len(level) + 1):
            new = at == len(level) or level[at] != level[start] or any(up[at] != up[start] for up in above)
            if new:
                if at - start > 1:
                    sheet.merged.append((row, left + start, row, left + at - 1))
                start = at

    def _head(self, axis: str, value: object) -> str:
        if axis == "month":
            return self.month(int(str(value)))
        return self.segment(str(value)) if axis == "segment" else self.said(str(value))

    def _body(
        self,
        sheet: Sheet,
        keys: list[str],
        columns: list[dict[str, object]],
        months: list[int],
        group: str,
        *,
        numbered: bool,
        total_column: bool,
        extra: list[object],
    ) -> None:
        cells = sheet.cells
        lines: list[dict[str, object]] = [{}]
        for key in keys:
            values: list[object] = {
                "place": list(self.places),
                "month": list(months),
                "segment": list(self.segments),
                "item": list(self.measures),
            }[key]
            lines = [line | {key: value} for line in lines for value in values]
        blanks = self.chance(0.35) and len(keys) > 1
        start = len(cells)
        before: dict[str, object] = {}
        shown_keys: list[list[object]] = []
        for number, line in enumerate(lines, start=1):
            texts: list[object] = []
            same = True
            for key in keys:
                same = same and before.get(key) == line[key]
                text = "" if blanks and same and key != keys[-1] else self._key(key, line[key])
                texts.append(text)
            before = line
            shown_keys.append(texts)
            figures = [self.figure(self._value(line, column, months, group)) for column in columns]
            total = (
                [self.figure(sum(self._value(line, column, months, group) for column in columns))]
                if total_column
                else []
            )
            cells.append(
                ([number] if numbered else []) + texts + figures + total + [self._beside(word) for word in extra]
            )
            if self.repeat and number == len(lines) // 2 and not blanks:
                cells.append(list(cells[start - 1 - self.counted]))
        if blanks and self.book:
            self._merge_keys(sheet, keys, shown_keys, start, int(numbered))
        if self.chance(0.3) and "item" not in keys and keys[0] == "place":
            self._total_line(cells, keys, columns, lines, months, group, numbered=numbered, total_column=total_column)

    def _total_line(
        self,
        cells: Cells,
        keys: list[str],
        columns: list[dict[str, object]],
        lines: list[dict[str, object]],
        months: list[int],
        group: str,
        *,
        numbered: bool,
        total_column: bool,
    ) -> None:
        if len(keys) > 1:
            return
        sums = [sum(self._value(line, column, months, group) for line in lines) for column in columns]
        texts: list[object] = [self.word["total"], *[""] * (len(keys) - 1)]
        total = [self.figure(sum(sums))] if total_column else []
        cells.append(([""] if numbered else []) + texts + [self.figure(value) for value in sums] + total)

    def _merge_keys(self, sheet: Sheet, keys: list[str], shown: list[list[object]], start: int, offset: int) -> None:
        for at in range(len(keys) - 1):
            begin = 0
            for row in range(1, len(shown) + 1):
                if row == len(shown) or shown[row][at] != "":
                    if row - begin > 1:
                        sheet.merged.append((start + begin, at + offset, start + row - 1, at + offset))
                    begin = row

    def _key(self, key: str, value: object) -> str:
        if key == "month":
            return self.month(int(str(value)))
        if key == "segment":
            return self.segment(str(value))
        return self.said(str(value)) if key == "item" else str(value)

    def _value(self, line: dict[str, object], column: dict[str, object], months: list[int], group: str) -> int:
        both = line | column
        month = int(str(both.get("month", months[0])))
        segment = str(both.get("segment", group or self.segments[0]))
        measure = str(both.get("measure", both.get("item", "active")))
        return self.truth[month, str(both["place"]), segment, measure]

    def _below(self, cells: Cells) -> None:
        if self.chance(0.3):
            cells.append([])
            cells.append([{"id": "Sumber: laporan bulanan", "en": "Source: monthly report"}[self.language]])
        if self.chance(0.25):
            cells.append([])
            cells.append(["", "", "Palembang, 5 Februari 2023"])
            cells.append(["", "", "Kepala Kantor"])
            cells.append(["", "", "NIP. 19780512 200312 1 001"])

    def _text(self, sheet: Sheet) -> bytes:
        separator = ";" if self.mark == "," or self.chance(0.6) else ","
        width = max(len(line) for line in sheet.cells)
        padded = self.chance(0.5)
        lines = []
        for line in sheet.cells:
            texts = [str(cell) for cell in line] + [""] * (width - len(line) if padded else 0)
            lines.append(separator.join(f'"{text}"' if separator in text else text for text in texts))
        return ("\n".join(lines) + "\n").encode()


def _workbook(sheets: list[Sheet]) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        for sheet in sheets:
            page = book.add_worksheet(sheet.name)
            for row, line in enumerate(sheet.cells):
                for column, cell in enumerate(line):
                    if cell != "":
                        page.write(row, column, cell)
            for top, left, bottom, right in sheet.merged:
                if (top, left) != (bottom, right):
                    page.merge_range(top, left, bottom, right, sheet.cells[top][left])
    return buffer.getvalue()


def table(seed: int) -> Laid:
    """Return the random table of a seed."""
    maker = Maker(seed)
    if len(maker.measures) > 1 and maker.thousands:
        maker.thousands = False
        maker.truth = maker._truth()
    return maker.make()
