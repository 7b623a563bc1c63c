"""Which cells may a reader change, and what comes of it?

Every lever, programme and rate of the scenario stands in a cell of its own; the calculation refers to these cells.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import polars as pl
from annotated_types import Ge, Le
from numpy.typing import NDArray
from pydantic.fields import FieldInfo
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from coverage.base import months
from coverage.base.tables import branch_key
from coverage.model import runs, scenarios
from coverage.model.levers import LEVERS
from coverage.model.scenarios import SegmentLevers
from coverage.model.shares import room_weights
from coverage.reports.workbook import equations
from coverage.reports.workbook.equations import Cell, Inputs
from coverage.reports.workbook.results import PROJECTED, WorkbookResults
from coverage.reports.workbook.sheets import HEAD, Book
from coverage.wording import reference
from coverage.wording.rules import describe_segment_rule
from coverage.wording.scenarios import describe_curtailed_programmes

Array = NDArray[np.float64]
_FORMS = {"change": "change", "growth": "share", "share": "share", "people": "people", "month": "month"}
_FORMS["months"] = "whole"
_RESULTS = ("baseline", "covered", "difference", "target", "gap")
_BASELINE, _MOVED, _TARGET = "#52606D", "#7B4FB5", "#1F2933"
_CHART_ROWS = 18
_NAME = 34
_FIRST = (_NAME, 33, 25)
"""The widths of the columns that hold words."""
_BELOW = 0.8
"""The chart begins below this share of the fewest active workers: a lever may lower them."""
_PROGRAMME = {"starts": "month", "months": "whole", "stay": "share", "premium": "rupiah", "share": "share"}
_STARTS = {
    "active": "people",
    "funded": "people",
    "eligible": "people",
    "pool": "people",
    "back": "rate",
}
_PAGE = 100  # letters across a page
_PAYS = 13
"""The column of what a programme pays."""
_WEIGHTS = ("extra_weight", "shared_weight", "total_weight")
_WEIGHT = 2 + len(_STARTS)
_OWN = _WEIGHT + len(_WEIGHTS)
_WORKERS = _OWN + len(LEVERS)


def write(book: Book, results: WorkbookResults) -> Inputs:
    """Write the sheet; return where everything stands."""
    texts = results.texts
    note = texts("workbook.assumptions_live") if results.live else texts("workbook.too_many")
    sheet = book.sheet(texts("workbook.sheet.assumptions"), texts("workbook.title.assumptions"), note)
    widths = [*_FIRST, *([12.0] * (_WORKERS + len(results.scenario.programme) - 3))]
    for wide in (_results_column(results) + 6, _PAYS):
        widths[wide] = 22
    book.widths(sheet, widths)
    _across(sheet, widths)
    where = _Where(book=book, sheet=sheet, results=results)
    row = _levers(where)
    _results(where)
    row = _rules(where, _chart(where, row + 2))
    row = _programmes(where, row)
    last = _starting_points(where, row)
    # Of several tables below each other none has headings that may stay in sight above the next.
    book.finish(sheet, last, _WORKERS + len(results.scenario.programme), 1, head=2)
    return where.inputs()


def _across(sheet: Worksheet, widths: Sequence[float]) -> None:
    """Print what a reader changes, and what comes of it, on one page across, and the branches' own levers beside."""
    sheet.fit_page = False
    sheet.set_print_scale(max(10, int(100 * _PAGE / sum(widths[: _PAYS + 1]))))
    sheet.set_v_pagebreaks([_PAYS + 1])


def paid_by_all(results: WorkbookResults) -> str:
    """Return the reference to what all payers pay."""
    return f"{results.sheet('assumptions')}!{xl_rowcol_to_cell(HEAD + 1, _results_column(results) + 6, True, True)}"


def _results_column(results: WorkbookResults) -> int:
    return 3 + len(results.segments)


@dataclass(frozen=True, kw_only=True)
class _Where:
    """The sheet while it is written, and where everything stands on it."""

    book: Book
    sheet: Worksheet
    results: WorkbookResults
    levers: dict[tuple[str, str], str] = field(default_factory=dict)
    own: dict[tuple[int, str], str] = field(default_factory=dict)
    facts: dict[tuple[int, str], str] = field(default_factory=dict)
    workers: dict[tuple[int, int], str] = field(default_factory=dict)
    programmes: dict[tuple[int, str], str] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)

    def inputs(self) -> Inputs:
        return Inputs(
            as_of=self.settings["as_of"],
            growth=self.settings["growth"],
            levers=self.levers,
            own=self.own,
            facts=self.facts,
            workers=self.workers,
            programmes=self.programmes,
        )

    def put(self, row: int, column: int, cell: Cell, form: str, *, given: bool = False) -> str:
        """Write a cell, marked as one to change where `given`; return its reference from other sheets."""
        kind = "input." if given and self.results.live else ""
        self.book.put(self.sheet, row, column, cell, kind + form)
        return f"{self.results.sheet('assumptions')}!{xl_rowcol_to_cell(row, column, True, True)}"

    def bound(self, row: int, column: int, info: FieldInfo) -> None:
        """Let the spreadsheet refuse what the model refuses."""
        low = next((each_bound.ge for each_bound in info.metadata if isinstance(each_bound, Ge)), None)
        high = next((each_bound.le for each_bound in info.metadata if isinstance(each_bound, Le)), None)
        if low is not None and high is not None and self.results.live:
            allowed = {"validate": "decimal", "criteria": "between", "minimum": low, "maximum": high}
            self.sheet.data_validation(row, column, row, column, allowed)


def _levers(where: _Where) -> int:
    """Write a row for each lever, a column for each segment; return the last row."""
    result, texts, row = where.results, where.results.texts, HEAD
    heads = [
        texts("workbook.lever"),
        texts("workbook.bounds"),
        *(result.segment(each_segment) for each_segment in result.segments),
    ]
    where.book.heads(where.sheet, HEAD, 0, heads, 2)
    for row, (name, info) in enumerate(scenarios.lever_fields(), HEAD + 1):
        where.put(row, 0, texts(f"lever.{name}.name"), "text")
        where.put(row, 1, reference.describe_bounds(info, texts), "text")
        for place, segment in enumerate(result.segments, 2):
            levers = next((lever for key, lever in result.scenario.levers.items() if key == segment), SegmentLevers())
            usual = months.add(result.view.as_of, 1) if name == "starts" else None
            value = getattr(levers, name) if getattr(levers, name) is not None else usual
            form = _FORMS[scenarios.unit_of(info)]
            where.levers[segment, name] = where.put(row, place, value, form, given=True)
            where.bound(row, place, info)
    given: dict[str, tuple[str, Cell, str]] = {
        "growth": (texts("workbook.default_growth"), result.view.settings["eligible_growth"], "share"),
        "counted": (texts("workbook.counted_months"), result.view.settings["counted_months"], "whole"),
        "as_of": (texts("workbook.as_of"), result.view.as_of, "month"),
    }
    first = row + 1
    for row, (name, (words, value, form)) in enumerate(given.items(), first):
        where.put(row, 0, words, "text")
        where.settings[name] = where.put(row, 2, value, form, given=name != "as_of")
    return row


def _results(where: _Where) -> None:
    """Show beside the levers what comes of them at the last month."""
    result, column = where.results, _results_column(where.results)
    heads = [result.texts("workbook.result", month=result.texts.month(result.end, short=True))]
    where.book.heads(where.sheet, HEAD, column, heads + [result.head(name) for name in (*_RESULTS, "payer_rupiah")])
    for index, block in enumerate(result.wide):
        row = HEAD + 1 + index
        where.put(row, column, result.segment(block.segment), "bold.text")
        for place, (name, value) in enumerate(result.outcome(block).items(), column + 1):
            cell = result.either(result.projected(index, name), value) if np.isfinite(value) else None
            where.put(row, place, cell, "bold.signed" if name == "difference" else "bold.people")


def _chart(where: _Where, row: int) -> int:
    """Draw the first block of the projection, so that a changed cell shows at once; return the row below."""
    result, texts = where.results, where.results.texts
    chart = where.book.file.add_chart({"type": "line"})
    name, (first, last) = texts("workbook.sheet.projection"), result.rows_of(0)
    for column, colour, dash in (
        ("baseline", _BASELINE, "dash"),
        ("covered", _MOVED, "solid"),
        ("target", _TARGET, "round_dot"),
    ):
        place = PROJECTED.index(column)
        chart.add_series(
            {
                "name": texts(f"chart.{'scenario' if column == 'covered' else column}"),
                "categories": [name, first, 2, last, 2],
                "values": [name, first, place, last, place],
                "line": {"color": colour, "width": 2.25, "dash_type": dash},
            }
        )
    chart.set_title(
        {
            "name": f"{texts('chart.active_workers')}: {result.segment(result.wide[0].segment)}",
            "name_font": {"size": 12},
        }
    )
    chart.set_x_axis(
        {
            "date_axis": True,
            "num_format": texts("workbook.month_format"),
            "major_unit": max(1, result.horizon // 12),
            "major_unit_type": "months",
        }
    )
    chart.set_y_axis(
        {
            "num_format": "#,##0",
            "min": _floor(result),
            "major_gridlines": {"visible": True, "line": {"color": "#E1E6EB"}},
        }
    )
    chart.set_legend({"position": "top"})
    chart.set_size({"width": 980, "height": 320})
    where.sheet.insert_chart(row, 0, chart, {"description": texts("workbook.chart_alt"), "object_position": 2})
    return row + _CHART_ROWS


def _floor(results: WorkbookResults) -> float:
    """Return where the chart's axis begins: well below today, at a round number."""
    least = float(results.run.covered[:, results.members(results.wide[0]), 0].sum(axis=1).min()) * _BELOW
    step = 10 ** math.floor(math.log10(least)) if least > 1 else 1
    return float(math.floor(least / step) * step)


def _rules(where: _Where, row: int) -> int:
    """Say which rules set a path, and which programmes are none here; return the row below."""
    result, texts = where.results, where.results.texts
    sentences = [describe_segment_rule(str(segment), rule, texts) for segment, rule in result.scenario.rule.items()]
    if sentences:
        sentences.append(texts("workbook.rules_fixed"))
    early = runs.not_simulated(result.view, result.scenario)
    if early:
        sentences.append(texts("simulate.too_early", names=", ".join(early), month=texts.month(result.view.as_of)))
    sentences += describe_curtailed_programmes(result.view, result.scenario, result.run, texts)
    return where.book.lines(where.sheet, row, sentences) + bool(sentences)


def _programmes(where: _Where, row: int) -> int:
    """Write a row for each programme, with what it pays; return the row below."""
    result, texts = where.results, where.results.texts
    count = len(result.scenario.programme)
    own = len(result.own.programme)  # what runs already is paid for with or without the scenario
    total = sum(_rupiah(result, index) for index in range(own))
    first, cells = row + 2, [xl_rowcol_to_cell(at, _PAYS, True, True) for at in (row + 2, row + 1 + own)]
    money = result.either(f"SUM({cells[0]}:{cells[1]})", total) if own else 0.0
    where.put(HEAD + 1, _results_column(result) + 6, money, "bold.rupiah")
    if not count:
        return row
    where.book.put(where.sheet, row, 0, texts("simulate.programmes"), "heading")
    heads = [texts(f"programme.{name}") for name in ("name", "segment", "fund", "workers", *_PROGRAMME)]
    heads += [texts(f"workbook.{name}") for name in ("starts_at", "ends_at", "weight")]
    heads += [result.head(name) for name in ("person_months", "payer_rupiah")]
    where.book.heads(where.sheet, row + 1, 0, heads, 3)
    for index in range(count):
        _programme(where, first + index, index, starting_points=first + count + 3)
    return first + count + 1


def _rupiah(results: WorkbookResults, index: int) -> float:
    programme = results.scenario.programme[index]
    return float(results.run.paid[index, :, :, 0].sum()) * programme.premium * programme.share


def _programme(where: _Where, row: int, index: int, *, starting_points: int) -> None:
    """Write one programme; the workers of its series stand below, from the row of the first starting point on."""
    result, programme = where.results, where.results.scenario.programme[index]
    enrolment = result.plan.enrolments[index]
    name = result.scenario.programme_names[index]
    if index >= len(result.own.programme):
        name = result.texts("workbook.runs_already", name=name)
    where.put(row, 0, name, "wrap")
    where.book.tall(where.sheet, row, [name], [_NAME])
    where.put(row, 1, result.segment(programme.segment), "text")
    where.put(row, 2, result.texts(f"fund.{programme.fund}"), "text")
    ends = (starting_points, starting_points + result.view.series.height - 1)
    span = ":".join(xl_rowcol_to_cell(at, _WORKERS + index, True, True) for at in ends)
    where.put(row, 3, result.either(f"SUM({span})", float(enrolment.workers.sum())), "people")
    cells = {}
    for place, (key, form) in enumerate(_PROGRAMME.items(), 4):
        cells[key] = where.put(row, place, getattr(programme, key), form, given=True)
        where.bound(row, place, type(programme).model_fields[key])
    since = equations.months_between(where.settings["as_of"], cells["starts"])
    full, length = where.settings["counted"], cells["months"]
    counted = f"IF({length}>={full},1,0)" if programme.fund == "corporate" else f"MIN(1,{length}/{full})"
    starts = where.put(row, 9, result.either(since, enrolment.starts), "whole")
    stops = where.put(row, 10, result.either(f"{starts}+{length}", enrolment.ends), "whole")
    weight = where.put(row, 11, result.either(counted, enrolment.weight), "share")
    results = {"starts_k": starts, "ends_k": stops, "stay_k": cells["stay"], "weight_k": weight}
    where.programmes.update({(index, name): cell for name, cell in results.items()})
    months_paid = float(result.run.paid[index, :, :, 0].sum())
    paid_for = where.put(row, 12, result.either(f"SUM({result.span(f'members.{index}')})", months_paid), "people")
    rupiah = result.either(f"{paid_for}*{cells['premium']}*{cells['share']}", _rupiah(result, index))
    where.put(row, _PAYS, rupiah, "rupiah")


def _starting_points(where: _Where, row: int) -> int:
    """Write a row for each series: where it starts, its rates, its own levers, its workers of each programme."""
    result, texts = where.results, where.results.texts
    where.book.put(where.sheet, row, 0, texts("workbook.starting_points"), "heading")
    where.book.put(where.sheet, row, 3, texts("workbook.own_levers"), "note")
    heads = [result.head("branch"), result.head("segment"), *(texts(f"workbook.start.{name}") for name in _STARTS)]
    heads += [texts(f"workbook.{name}") for name in _WEIGHTS]
    heads += [texts("workbook.own", lever=texts(f"lever.{name}.name")) for name, _ in scenarios.lever_fields()]
    heads += [texts("workbook.workers_of", name=name) for name in result.scenario.programme_names]
    where.book.heads(where.sheet, row + 1, 0, heads, 2)
    where.book.tall_head(where.sheet, row + 1, heads, [*_FIRST, *([12.0] * len(heads))])
    own = _own_levers(result)
    weights = _weights(result, own)
    first = row + 2
    for place in range(result.view.series.height):
        _starting_point(where, first, place, own[place])
        _weigh(where, first, place, weights)
    return first + result.view.series.height - 1


def _starting_point(where: _Where, first: int, place: int, own: Mapping[str, object]) -> None:
    result, row, start = where.results, first + place, where.results.view.start
    figures = result.view.series.row(place, named=True)
    where.put(row, 0, figures["branch"], "name")
    where.put(row, 1, result.segment(figures["segment"]), "text")
    for column, (name, form) in enumerate(_STARTS.items(), 2):
        values = start.paying + start.funded if name == "active" else getattr(start, name)
        where.facts[place, name] = where.put(row, column, float(values[place, 0]), form, given=True)
    for column, (name, info) in enumerate(scenarios.lever_fields(), _OWN):
        value = own.get(name)
        cell = value if value is None or isinstance(value, date) else float(str(value))
        where.own[place, name] = where.put(row, column, cell, _FORMS[scenarios.unit_of(info)], given=True)
        where.bound(row, column, info)
    for index, (programme, enrolment) in enumerate(zip(result.scenario.programme, result.plan.enrolments, strict=True)):
        if programme.segment == figures["segment"]:
            workers = float(enrolment.workers[place, 0])
            where.workers[place, index] = where.put(row, _WORKERS + index, workers, "people", given=True)


@dataclass(frozen=True, kw_only=True)
class _Weights:
    """By what extra registrations are shared over the branches of a segment, as arrays (series,)."""

    own: Array  # of each series, whether it takes part or not
    shared: Array  # 0 where a branch has its own figure
    total: Array  # of the segment


def _weigh(where: _Where, first: int, place: int, weights: _Weights) -> None:
    """Write a series' part of the extra registrations; a branch that has its own takes none of its segment's."""
    result, row = where.results, first + place
    extra = xl_rowcol_to_cell(row, _OWN + [name for name, _ in scenarios.lever_fields()].index("extra"))
    ends = (first, first + result.view.series.height - 1)

    def span(column: int) -> str:
        return ":".join(xl_rowcol_to_cell(at, column, True, True) for at in ends)

    where.put(row, _WEIGHT, float(weights.own[place]), "people")
    shared = result.either(f"IF(ISNUMBER({extra}),0,{xl_rowcol_to_cell(row, _WEIGHT)})", float(weights.shared[place]))
    where.facts[place, "shared_weight"] = where.put(row, _WEIGHT + 1, shared, "people")
    total = result.either(
        f"SUMIF({span(1)},{xl_rowcol_to_cell(row, 1)},{span(_WEIGHT + 1)})", float(weights.total[place])
    )
    where.facts[place, "total_weight"] = where.put(row, _WEIGHT + 2, total, "people")


def _own_levers(results: WorkbookResults) -> list[dict[str, object]]:
    """Return for each series what its branch sets apart; the last spelling of a branch wins, as in the model."""
    names = [branch_key(name) for name in results.view.series["branch"].to_list()]
    segments = results.view.series["segment"].cast(pl.String).to_list()
    own_levers: list[dict[str, object]] = [{} for _ in names]
    for (segment, branch), levers in results.scenario.branch_levers.items():
        for place, name in enumerate(names):
            if name == branch_key(branch) and segments[place] == segment:
                own_levers[place] = {lever: getattr(levers, lever) for lever in levers.model_fields_set & LEVERS}
    return own_levers


def _weights(results: WorkbookResults, own: Sequence[Mapping[str, object]]) -> _Weights:
    """Return the weights of `projection`: uncovered workers, else active ones, else all the same."""
    start = results.view.start
    active = (start.paying + start.funded)[:, 0]
    eligible = np.where(np.isfinite(start.eligible), start.eligible, np.nan)[:, 0]
    weights, total = np.where(np.isfinite(eligible), np.maximum(eligible - active, 0), active), np.zeros(len(active))
    shares = np.array(["extra" not in levers for levers in own], dtype=np.bool_)
    segments = results.view.series["segment"].cast(pl.String).to_numpy()
    for segment in results.segments:
        members = shares & (segments == segment)
        weights[members] = room_weights(eligible[members], active[members])
        if weights[members].sum() <= 0:
            weights[members] = 1.0
        total[segments == segment] = weights[members].sum()
    return _Weights(own=weights, shared=np.where(shares, weights, 0), total=total)
