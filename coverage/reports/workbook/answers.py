"""Which figures stand on the sheets of gaps, of the projection and of the scenarios?"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import date

from xlsxwriter.utility import xl_rowcol_to_cell

from coverage.answers import money
from coverage.base import months
from coverage.model import runs
from coverage.model.projection import Flows
from coverage.model.scenarios import Scenario
from coverage.reports import provenance
from coverage.reports.workbook import assumptions, equations
from coverage.reports.workbook.equations import Cell, Live
from coverage.reports.workbook.results import PROJECTED, CellBlock, WorkbookResults
from coverage.reports.workbook.sheets import HEAD, Book
from coverage.standing import gaps
from coverage.wording import sentences
from coverage.wording.scenarios import describe_scenario

_MOST_LEFT_OUT = 25  # a formula holds 8 192 characters
_FLOWS = ("new", "lapsed", "returned", "enrolled", "ended", "stayed", "left")
_STOCKS = ("eligible", "funded", "counted")
_NAMES = (30, 74)
"""The widths of a scenario's name, and of what it does."""
_BRANCH = (28, 56)
"""The least and the most width of a branch's name."""
_KEYS = ("segment", "region", "branch")
_FIGURES = {
    "active": "people",
    "eligible": "people",
    "achieved": "people",
    "target": "people",
    "target_month": "month",
    "attainment": "share",
    "coverage": "share",
    "gap": "people",
    "short": "people",
    "pace": "signed",
    "required_pace": "people",
    "expected": "people",
    "status": "apart",
    "eta": "month",
}


def write_standing(book: Book, results: WorkbookResults) -> None:
    """List where everybody stands: all together, by segment, by branch and segment."""
    texts = results.texts
    sheet = book.sheet(texts("workbook.sheet.gaps"), texts("workbook.title.gaps"), texts("workbook.gaps_note"))
    registrations = results.view.measure == "registrations"
    columns = [*_KEYS, *(name for name in _FIGURES if name != "achieved" or registrations)]
    book.heads(sheet, HEAD, 0, [results.head(name) for name in columns], len(_KEYS))
    row = HEAD
    for keys in dict.fromkeys(block.keys for block in results.blocks):
        bold = "" if "branch" in keys else "bold."
        for figures in gaps.by(results.view, ("region", *keys) if "branch" in keys else keys).to_dicts():
            row += 1
            words = (
                results.segment(figures.get("segment")),
                figures.get("region"),
                figures.get("branch") or results.everywhere,
            )
            for place, word in enumerate(words):
                book.put(sheet, row, place, word, f"{bold}name")
            for place, name in enumerate(columns[len(_KEYS) :], len(_KEYS)):
                cell = _measure(figures, name, row, columns, results)
                book.put(sheet, row, place, cell, bold + _FIGURES[name])
    book.widths(sheet, [16, 14, _wide(results), *(20 if name == "status" else 13 for name in columns[3:])])
    book.finish(sheet, row, len(columns), len(_KEYS))


def _measure(
    figures: Mapping[str, object], name: str, row: int, columns: Sequence[str], results: WorkbookResults
) -> Cell:
    """Return a measure's cell: those that follow from the figures beside them are formulas."""
    value = figures[name]
    if name == "status":
        return f"{sentences.ICONS[str(value)]} {results.texts(f'standing.{value}')}"
    if value is None or isinstance(value, date):
        return value
    done = "achieved" if "achieved" in columns else "active"
    parts = {"attainment": (done, "target"), "coverage": ("active", "eligible"), "gap": ("target", done)}
    if name not in parts:
        return float(str(value))
    first, second = (xl_rowcol_to_cell(row, columns.index(part)) for part in parts[name])
    return Live(formula=f"={first}{'-' if name == 'gap' else '/'}{second}", value=float(str(value)))


def projected(book: Book, results: WorkbookResults) -> None:
    """List the projection month by month, a block for each group."""
    texts = results.texts
    note = texts("workbook.projection_live") if results.live else texts("workbook.too_many")
    sheet = book.sheet(texts("workbook.sheet.projection"), texts("workbook.title.projection"), note)
    columns = [*PROJECTED, *_STOCKS, *_FLOWS]
    book.heads(sheet, HEAD, 0, [results.head(name) for name in columns], 3)
    tables = {keys: _table(results, keys) for keys in dict.fromkeys(block.keys for block in results.blocks)}
    for index, block in enumerate(results.blocks):
        first, last = results.rows_of(index)
        rows = tables[block.keys][block.place * (results.horizon + 1) :]
        bold = "" if block.branch else "bold."
        for t, row in enumerate(range(first, last + 1)):
            book.put(sheet, row, 0, results.segment(block.segment), f"{bold}text")
            book.put(sheet, row, 1, block.branch or results.everywhere, f"{bold}name")
            book.put(sheet, row, 2, months.add(results.view.as_of, t), "month")
            for place, name in enumerate(columns[3:], 3):
                cell = _figure(results, block, rows[t], name, row, t)
                book.put(sheet, row, place, cell, "signed" if name == "difference" else "people")
    book.widths(sheet, [16, _wide(results), *([14] * (len(columns) - 2))])
    last = results.rows_of(len(results.blocks) - 1)[1]
    sheet.autofilter(HEAD, 0, last, 2)
    book.finish(sheet, last, len(columns), 3)


def _wide(results: WorkbookResults) -> int:
    """Return how wide the branches' names are, as far as that leaves room for the figures."""
    longest = max((len(name) for name in results.view.series["branch"].to_list()), default=0)
    return min(max(_BRANCH[0], longest + 2), _BRANCH[1])


def _table(results: WorkbookResults, keys: Sequence[str]) -> list[dict[str, object]]:
    """Return the projection's rows by these keys with the baseline beside them."""
    still = runs.baseline_table(results.view, results.horizon, keys)["covered"].alias("baseline")
    rows = runs.table_of_run(results.view, results.run, name="", keys=keys).hstack([still])
    return rows.with_columns(difference=rows["covered"] - still, gap=rows["target"] - rows["covered"]).to_dicts()


def _figure(
    results: WorkbookResults, block: CellBlock, figures: Mapping[str, object], name: str, row: int, t: int
) -> Cell:
    """Return a group's figure: its series' own, or the sum of its series' rows in that month."""
    if figures[name] is None:
        return None
    value = float(str(figures[name]))
    if not results.live or name in {"baseline", "target"}:
        return value
    covered, baseline, target = (
        xl_rowcol_to_cell(row, PROJECTED.index(at)) for at in ("covered", "baseline", "target")
    )
    if name in {"difference", "gap"}:
        return Live(formula=f"={covered}-{baseline}" if name == "difference" else f"={target}-{covered}", value=value)
    if block.branch:
        letter = equations.columns(len(results.plan.enrolments))[name]
        place = results.series_of[block]
        formula = f"{results.sheet('calculation')}!{letter}{equations.row_of(place, t, results.horizon)}"
        return Live(formula=f"={formula}", value=value)
    wanted = f"{results.span('month')},$C{row + 1}"
    if block.segment:
        wanted += f",{results.span('segment')},$A{row + 1}"
    left_out = results.left_out[block]
    if len(left_out) > _MOST_LEFT_OUT:
        return value
    apart = ""
    for segment, branch in left_out:
        named = f"{results.span('segment')},{_exactly(results.segment(segment))}"
        named += f",{results.span('branch')},{_exactly(branch)}" if branch else ""
        apart += f"-SUMIFS({results.span(name)},{results.span('month')},$C{row + 1},{named})"
    return Live(formula=f"=SUMIFS({results.span(name)},{wanted}){apart}", value=value)


def _exactly(text: str) -> str:
    """Return the criterion that only this text meets: no sign in it means "any" or "more than"."""
    return '"=' + re.sub("[~*?]", r"~\g<0>", text).replace('"', '""') + '"'


def write_side_by_side(book: Book, results: WorkbookResults) -> None:
    """Hold the scenario beside the baseline and others, at the last month."""
    texts, view = results.texts, results.view
    note = texts(
        "workbook.scenarios_note" if results.live else "workbook.scenarios_values", month=texts.month(results.end)
    )
    sheet = book.sheet(texts("workbook.sheet.scenarios"), texts("workbook.title.scenarios"), note)
    names = ("covered", "difference", "target", "gap")
    heads = [texts("workbook.scenario"), texts("workbook.what_differs"), results.head("segment")]
    book.heads(sheet, HEAD, 0, [*heads, *(results.head(name) for name in (*names, "payer_rupiah"))], 3)
    row = HEAD + 1
    for name, scenario in _named(results).items():
        run = runs.flows(view, scenario, results.horizon)
        differs = "\n".join(describe_scenario(scenario, texts)) or texts("workbook.as_usual")
        rows = (row, row + len(results.wide) - 1)
        book.merged(sheet, rows, 0, name[:1].upper() + name[1:], "bold.wrap", _NAMES[0])
        book.merged(sheet, rows, 1, differs, "wrap", _NAMES[1])
        rupiah = float(money.monthly(view, scenario, run)["payer_rupiah"].sum())
        live = scenario is results.own
        book.put(sheet, row, 7, results.either(assumptions.paid_by_all(results), rupiah) if live else rupiah, "rupiah")
        for index, block in enumerate(results.wide):
            book.put(sheet, row, 2, results.segment(block.segment))
            for place, (measure, value) in enumerate(_compared(results, block, run, names).items(), 3):
                cell = (
                    results.either(results.projected(index, measure), value) if live and math.isfinite(value) else value
                )
                book.put(sheet, row, place, cell, "signed" if measure == "difference" else "people")
            row += 1
    book.widths(sheet, [*_NAMES, 18, 13, 13, 13, 13, 22])
    book.finish(sheet, row - 1, 8, 1)


def _compared(results: WorkbookResults, block: CellBlock, run: Flows, names: Sequence[str]) -> dict[str, float]:
    figures = results.outcome(block, run)
    return {name: figures[name] for name in names}


def _named(results: WorkbookResults) -> dict[str, Scenario]:
    """Return the scenarios by name: the baseline, the one that is live, and others that are neither."""
    mine = provenance.scenario_name(results.own, results.texts)
    named = {results.texts("provenance.baseline"): Scenario(), mine: results.own}
    others = {
        name: scenario for name, scenario in results.compared.items() if describe_scenario(scenario, results.texts)
    }
    return named | {name: scenario for name, scenario in others.items() if name not in named}
