"""What has to be told about a file that was laid out: what was assumed, taken from elsewhere, summed, left out?

Each thing is told once for a sheet, where it first stands, unless it is wrong with a single cell.
"""

from __future__ import annotations

import json
from collections import defaultdict

import numpy as np
import polars as pl

from coverage.base import tables
from coverage.intake import names
from coverage.intake.layout import amounts, meaning, regions
from coverage.intake.layout.context import FROM
from coverage.intake.layout.figures import Figures
from coverage.intake.layout.keys import VALUES
from coverage.intake.layout.recap import Recap, RecapTable
from coverage.intake.layout.vocabulary import MEASURES
from coverage.intake.problem_rows import problem

_TITLE = (FROM.index("caption"), FROM.index("title"))
_NAME = (FROM.index("sheet"), FROM.index("file"), FROM.index("folder"))
_COUNTED = ["", "wrong", "negative", "zero", "sum", "part"]
"""Fates of figures that are people."""


def every(recap: Recap) -> list[pl.DataFrame]:
    """Return all problems of a file, with the number of the sheet in the place of the file's."""
    figures = _Figures(recap.figures)
    used = figures.having("fate", "")
    return [
        *_cells(recap),
        *_spoilt(recap),
        *_totals(recap, figures),
        *_unlike(recap, figures),
        *_from_elsewhere(recap, used),
        *_of_blocks(recap),
        *_meanings(recap, used),
        *_parted(recap),
        *_moved(recap),
        *_left_out(recap, figures, used),
    ]


class _Figures:
    """Figures that are asked for one value after the other: mostly none has it, which a look at the values tells."""

    def __init__(self, figures: Figures) -> None:
        self.all = figures
        self.values: dict[str, set[str | int | None]] = {}

    def having(self, column: str, value: str | int) -> Figures:
        """Return the figures with this value."""
        if column not in self.values:
            self.values[column] = set(self.all[column].to_list())
        return self.all.filter(pl.col(column) == value) if value in self.values[column] else self.all.clear()


def shown(recap: Recap, block: int, column: int) -> str:
    """Return the header of a column as it stands in the file."""
    path = next(each_column.path for each_column in recap.tables[block].columns if each_column.at == column)
    return path.shown or str(column + 1)


def _cells(recap: Recap) -> list[pl.DataFrame]:
    """One problem for each cell that cannot be read; what is only assumed once for each column."""
    if not (recap.figures["code"].null_count() < recap.figures.height or _has_odd(recap.figures)):
        return []
    counted = _Figures(recap.figures.filter(pl.col("fate").is_in(_COUNTED)))
    problems = []
    for code in amounts.ERRORS:
        problems += _per_cell(recap, counted.having("code", code), code, "error")
    problems += _per_cell(recap, counted.having("fate", "negative"), "negative", "error")
    problems += _per_cell(recap, counted.having("fate", "zero"), "below_lowest", "warning", '{"lowest": 1}')
    problems += _per_cell(recap, counted.having("code", "ambiguous_number"), "ambiguous_number", "warning")
    for code, severity in (("thousands_assumed", "note"), ("unit_not_so", "warning")):
        problems += _per_cell(recap, _first_of_sheets(counted.having("code", code)), code, severity)
    for unit, code in ((1, "in_thousands"), (2, "in_millions")):
        problems += _per_cell(recap, _first_of_sheets(counted.having("unit", unit)), code, "note")
    return problems


def _has_odd(figures: Figures) -> bool:
    """Say whether some figures are below or zero, or said in another unit than people."""
    fate = figures["fate"]
    return bool(((fate == "negative") | (fate == "zero") | (figures["unit"] > 0)).any())


def _first_of_sheets(cells: Figures) -> Figures:
    return cells.unique("sheet", keep="first", maintain_order=True) if cells.height else cells


def _spoilt(recap: Recap) -> list[pl.DataFrame]:
    """One problem for each cell that holds words in the place of a figure."""
    if not recap.spoilt:
        return []
    values = [recap.grids[cell.sheet].text(cell.row, cell.column).strip() for cell in recap.spoilt]
    return [
        problem(
            "number_unreadable",
            "error",
            file=[cell.sheet for cell in recap.spoilt],
            line=[cell.row + 1 for cell in recap.spoilt],
            column=pl.Series([shown(recap, cell.block, cell.column) for cell in recap.spoilt], dtype=pl.String),
            value=pl.Series(values, dtype=pl.String),
        )
    ]


def _per_cell(recap: Recap, cells: Figures, code: str, severity: str, details: str | None = None) -> list[pl.DataFrame]:
    if not cells.height:
        return []
    written = [
        recap.grids[sheet].text(row, column).strip()
        for sheet, row, column in cells.select("sheet", "row", "column").iter_rows()
    ]
    headers = [shown(recap, block, column) for block, column in cells.select("block", "column").iter_rows()]
    numbers = [json.dumps({"number": number}) if details is None else details for number in cells["number"].to_list()]
    return [
        problem(
            code,
            severity,
            file=cells["sheet"],
            line=(cells["row"] + 1).cast(pl.Int64),
            column=pl.Series(headers, dtype=pl.String),
            value=pl.Series(written, dtype=pl.String),
            details=pl.Series(numbers, dtype=pl.String),
        )
    ]


def _totals(recap: Recap, figures: _Figures) -> list[pl.DataFrame]:
    """One problem for each total that is neither the sum nor the mean nor the last of what it stands for."""
    sums = figures.having("fate", "sum")
    if not sums.height:
        return []
    number, sum_of, mean_of, last_of = (
        sums[name].to_numpy().astype(np.float64) for name in ("number", "sum_of", "mean_of", "last_of")
    )
    near = (number == sum_of) | (np.abs(number - mean_of) <= 1) | (number == last_of)
    odd = sums.filter(pl.Series(~near & ~np.isnan(number) & ~np.isnan(sum_of)))
    if not odd.height:
        return []
    headers = [shown(recap, block, column) for block, column in odd.select("block", "column").iter_rows()]
    written = [
        recap.grids[sheet].text(row, column).strip()
        for sheet, row, column in odd.select("sheet", "row", "column").iter_rows()
    ]
    details = [json.dumps({"sum": number}) for number in odd["sum_of"].to_list()]
    return [
        problem(
            "totals_contradict",
            "warning",
            file=odd["sheet"],
            line=(odd["row"] + 1).cast(pl.Int64),
            column=pl.Series(headers, dtype=pl.String),
            value=pl.Series(written, dtype=pl.String),
            details=pl.Series(details, dtype=pl.String),
        )
    ]


def _unlike(recap: Recap, figures: _Figures) -> list[pl.DataFrame]:
    """One problem for each figure that lacks what others like it have, and is no total of them."""
    odd = figures.having("fate", "unlike")
    if not odd.height:
        return []
    problems = []
    for over, code in (("month", "no_month"), ("place", "no_branch"), ("segment", "no_segment")):
        lacking = odd.filter(pl.col("over").str.starts_with(over)).unique(
            ["sheet", "row"], keep="first", maintain_order=True
        )
        problems += _per_cell(recap, lacking, code, "error", "{}")
    return problems


def _from_elsewhere(recap: Recap, used: Figures) -> list[pl.DataFrame]:
    """Tell which parts of addresses stand in titles and names."""
    problems = []
    for part in ("month", "segment", "measure", "place"):
        origins = used[f"from_{part}"].to_numpy()
        for kind, sources in (("title", _TITLE), ("name", _NAME)):
            of_part = np.flatnonzero(np.logical_or.reduce([origins == source for source in sources]))
            pairs = zip(
                used["sheet"].to_numpy()[of_part].tolist(), used[part].to_numpy()[of_part].tolist(), strict=True
            )
            for sheet, value in dict.fromkeys(pairs):
                code = "branch_from_name" if (part, kind) == ("place", "name") else f"{part}_from_{kind}"
                problems.append(problem(code, "note", file=[sheet], value=_word(recap, part, value)))
    return problems


def _word(recap: Recap, part: str, value: int) -> str:
    if part == "month":
        return f"{value // 12}-{value % 12 + 1:02d}" if value >= 0 else ""
    if part == "place":
        keyed: dict[str, int] = {}
        for place in recap.places:
            if keyed.setdefault(tables.branch_key(place), len(keyed)) == value:
                return names.place(place)
        return ""
    return VALUES[part][value] if value >= 0 else ""


def _of_blocks(recap: Recap) -> list[pl.DataFrame]:
    problems = []
    filled: dict[tuple[int, str], int] = defaultdict(int)
    for table in recap.tables:
        for header, count in table.keys.filled.items():
            filled[table.sheet, header] += count
        line = table.block.start + 1
        if table.keys.quarters or any(
            column.path.time and column.path.time.grain in ("quarter", "half") for column in table.columns
        ):
            problems.append(problem("quarter_at_end", "note", file=[table.sheet], line=line))
        problems += _unread(recap, table)
        problems += [
            problem("slip", "warning", file=[table.sheet], line=column.path.line + 1, column=text, value=meant)
            for column in table.columns
            for text, meant in column.path.slips
        ]
    for (sheet, header), count in filled.items():
        details = json.dumps({"count": count})
        problems.append(problem("filled_down", "note", file=[sheet], column=header, details=details))
    return problems


def _unread(recap: Recap, table: RecapTable) -> list[pl.DataFrame]:
    """One problem for each key of a table that cannot be read."""
    codes = {"month": "month_unreadable", "year": "month_unreadable", "segment": "segment_unknown"}
    lines: dict[int, list[int]] = defaultdict(list)
    for line, column_at in table.keys.unread:
        lines[column_at].append(table.block.start + line)
    problems = []
    for column_at, rows in lines.items():
        part = next(each_column for each_column in table.columns if each_column.at == column_at)
        values = [recap.grids[table.sheet].text(row, column_at).strip() or None for row in rows]
        problems.append(
            problem(
                codes.get(part.part, "key_unknown"),
                "error",
                file=[table.sheet] * len(rows),
                line=[row + 1 for row in rows],
                column=part.path.shown,
                value=pl.Series(values, dtype=pl.String),
            )
        )
    return problems


def _parted(recap: Recap) -> list[pl.DataFrame]:
    """Tell which places share a name and are called with their regions."""
    if not recap.parted:
        return []
    return [problem("places_parted", "note", file=[0], value=", ".join(recap.parted)[:300])]


def _moved(recap: Recap) -> list[pl.DataFrame]:
    """Tell of which places the file tells two regions."""
    problems = []
    for change in regions.changes(recap.figures, recap.regions):
        two = {"region": recap.regions[change.region], "other": recap.regions[change.other]}
        problems.append(
            problem(
                "region_changes",
                "warning",
                file=[change.sheet],
                line=change.row + 1,
                value=names.place(recap.places[change.spelling]),
                details=json.dumps(two, ensure_ascii=False),
            )
        )
    return problems


def _meanings(recap: Recap, used: Figures) -> list[pl.DataFrame]:
    """Tell which columns were assumed to be active members, which are not used, and which are unclear."""
    problems = []
    by_state: dict[tuple[int, str], list[tuple[str, ...]]] = defaultdict(list)
    for each_meaning in recap.meanings:
        sheet = recap.tables[each_meaning.block].sheet
        words: tuple[str, ...] = each_meaning.words or (shown(recap, each_meaning.block, each_meaning.column),)
        by_state[sheet, each_meaning.state].append(words)
    for (sheet, state), given in by_state.items():
        listed = ", ".join(dict.fromkeys(word for group in given for word in group if word))[:300]
        if state == meaning.ASSUMED and ((used["state"] == meaning.ASSUMED) & (used["sheet"] == sheet)).any():
            problems.append(problem("active_assumed", "warning", file=[sheet], value=listed))
        elif state == meaning.UNUSED:
            problems.append(problem("columns_not_used", "note", file=[sheet], value=listed))
        elif state == meaning.UNCLEAR:
            details = json.dumps({"choices": list(MEASURES)})
            problems.append(problem("unclear", "error", file=[sheet], value=listed, details=details))
    return problems


def _left_out(recap: Recap, figures: _Figures, used: Figures) -> list[pl.DataFrame]:
    """Tell once for each sheet which figures are not used, and why."""
    codes = {
        "inactive": ("inactive_stock", "note"),
        "older": ("older_version", "note"),
        "programme": ("programme_unclear", "error"),
        "no_month": ("month_missing_above", "error"),
        "no_place": ("place_missing", "error"),
        "since_unknown": ("since_january_unknown", "warning"),
    }
    problems = []
    for fate, (code, severity) in codes.items():
        cells = figures.having("fate", fate)
        if not cells.height:
            continue
        for sheet, row, block, column, count in (
            cells.group_by("sheet", maintain_order=True)
            .agg(pl.col("row").first(), pl.col("block").first(), pl.col("column").first(), count=pl.len())
            .iter_rows()
        ):
            problems.append(
                problem(
                    code, severity, file=[sheet], line=row + 1, column=shown(recap, block, column),
                    details=json.dumps({"count": count}),
                )
            )  # fmt: skip
    unsplit = (used["segment"] < 0) & (used["kind"] != VALUES["kind"].index("target"))
    for sheet, rows in _rows_of_sheets(used, unsplit).items():
        problems.append(problem("not_split", "warning", file=[sheet], line=rows[0] + 1))
    if recap.years_at_december:
        problems += [problem("year_at_december", "note", file=[sheet]) for sheet in sorted(set(used["sheet"]))]
    in_parts = (used["gender"] >= 0) | (used["funding"] >= 0) | (used["company"] >= 0)
    for sheet, rows in _rows_of_sheets(used, in_parts).items():
        details = json.dumps({"count": len(rows)})
        problems.append(problem("parts_added", "note", file=[sheet], line=rows[0] + 1, details=details))
    since = _first_of_sheets(figures.having("since", True))
    for sheet, block, column in since.select("sheet", "block", "column").iter_rows() if since.height else ():
        problems.append(problem("since_january", "note", file=[sheet], column=shown(recap, block, column)))
    return problems


def _rows_of_sheets(figures: Figures, which: pl.Series) -> dict[int, list[int]]:
    """Return by sheet, in their order, the rows of these figures."""
    rows: dict[int, list[int]] = {}
    of_these = (figures[name].filter(which).to_list() for name in ("sheet", "row"))
    for sheet, row in zip(*of_these, strict=True):
        rows.setdefault(sheet, []).append(row)
    return rows
