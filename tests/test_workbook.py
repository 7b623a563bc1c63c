"""Does the workbook recalculate what the model computes, say its sources, and run nothing of the data?"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import warnings
import zipfile
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

import numpy as np
import openpyxl
import polars as pl
import pytest
from openpyxl.workbook import Workbook

from coverage.base import months, settings, tables, texts
from coverage.commands import cli
from coverage.model import links, runs, scenarios
from coverage.model import view as views
from coverage.model.scenarios import Scenario
from coverage.model.targets import TargetSet
from coverage.model.view import Scope, View
from coverage.reports import provenance, workbook
from coverage.reports.workbook import equations
from tests import frames
from tests.recalculated import Cell, recalculated

LANGUAGES = [texts.load(language) for language in texts.languages()]
EN = texts.load("en")
OFFICE = shutil.which("soffice")
SHEETS = ("assumptions", "gaps", "projection", "scenarios", "sources", "calculation")
TRUST = {"status": "illustrative"}
RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>
"""
"""A profile of LibreOffice that recalculates on loading; of itself it believes the stored values."""
# Everything at once: a branch's own levers, extra registrations shared out, a workforce that shrinks below its members
# while two programmes run, one of them a company's, one over a branch alone, and an end within the horizon; one more
# runs already in the month of the data.
EVERYTHING = """
name = "Everything"
[levers.informal]
new = 0.3
lapse = -0.2
back = 0.5
extra = 300
eligible_growth = -0.4
starts = "2023-03"
ramp = 4
[levers.informal.branch.Palembang]
new = 1.0
extra = 40
[levers.formal]
extra = 120
[[programme]]
name = "APBD"
segment = "informal"
workers = 3001
starts = "2023-02"
months = 5
stay = 0.3
[[programme]]
name = "CSR"
segment = "informal"
workers = 700
starts = "2023-04"
months = 6
stay = 0.1
fund = "corporate"
branches = ["KC Jambi"]
[[programme]]
name = "Formal"
segment = "formal"
workers = 500
starts = "2023-03"
months = 4
[[programme]]
name = "Old"
segment = "informal"
workers = 150
starts = "2022-11"
months = 6
stay = 0.4
"""
RULES = """
[levers.formal]
new = 0.4
[rule.informal]
kind = "reach"
[rule.formal]
kind = "halt_decline"
"""


def branch(
    name: str, segment: str, active: int, eligible: int | None, new: int, lapsed: int
) -> list[dict[str, object]]:
    """Three years up to January 2023, with a season: in every December twice as many register and leave."""
    rows: list[dict[str, object]] = []
    for place in range(36):
        month = months.add(date(2020, 2, 1), place)
        double = 2 if month.month == 12 else 1
        active += new * double - lapsed * double + new // 10
        flows = {"new": new * double, "lapsed": lapsed * double, "returned": new // 10}
        row = {"month": months.code(month), "branch": name, "segment": segment, "active": active, "eligible": eligible}
        rows.append(row | flows | {"funded": active // 50 if segment == "informal" else 0, **TRUST})
    return rows


def look(*rows: Mapping[str, object], targets: Mapping[str, object] | None = None, **chosen: tuple[str, ...]) -> View:
    aims = {"target": [{"by": "2023-12", **(targets or {"coverage": 0.9})}]}
    return views.of(
        frames.branch_months(*rows),
        frames.register(Palembang="Sumbagsel", Jambi="Sumbagsel"),
        TargetSet.model_validate(aims),
        scope=Scope(**chosen),
        as_of=None,
        settings=settings.load(),
    )


ROWS = (
    *branch("Palembang", "formal", 20_000, 40_000, 300, 200),
    *branch("Palembang", "informal", 9_000, 15_000, 200, 90),
    *branch("Jambi", "formal", 8_000, None, 90, 100),
    *branch("Jambi", "informal", 5_000, 12_000, 60, 40),
)


@pytest.fixture(scope="module")
def view() -> View:
    """Two branches by two segments; of one it is not known how many are eligible."""
    return look(*ROWS)


@pytest.fixture(scope="module")
def everything(view: View) -> bytes:
    """The workbook of everything at once, made once for all who look at it."""
    return made(view, scenarios.loads(EVERYTHING, "x.toml"))


def said(view: View, scenario: Scenario, words: texts.Texts = EN, **changes: object) -> provenance.Provenance:
    given: dict[str, object] = {
        "dataset": "Sumbagsel",
        "sample": True,
        "targets_title": "Targets",
        "target_set": "annual",
        "fingerprint": "ab12",
        "made_on": date(2026, 11, 23),
    }
    return provenance.of(view, scenario=scenario, texts=words, **(given | changes))


def made(view: View, scenario: Scenario, words: texts.Texts = EN, **options: object) -> bytes:
    options.setdefault("provenance", said(view, scenario, words))
    return workbook.write(view, scenario, texts=words, **options)


@lru_cache
def opened(content: bytes, *, data_only: bool = False) -> Workbook:
    """Return a workbook to look at: whoever changes one opens it anew."""
    return openpyxl.load_workbook(io.BytesIO(content), data_only=data_only)


def by_libreoffice(content: bytes, folder: Path, wanted: Iterable[Cell]) -> dict[Cell, object]:
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(RECALCULATE, "utf-8")
    (folder / "book.xlsx").write_bytes(content)
    command = [OFFICE, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", "xlsx"]
    subprocess.run(
        [*command, "--outdir", folder / "out", folder / "book.xlsx"], check=True, capture_output=True, timeout=120
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl cannot read the chart as LibreOffice writes it
        book = openpyxl.load_workbook(folder / "out" / "book.xlsx", data_only=True)
    return {(sheet, place): book[sheet][place].value for sheet, place in wanted}


def by_formulas(content: bytes, folder: Path, wanted: Iterable[Cell]) -> dict[Cell, object]:
    return recalculated(content, wanted)


ENGINES = [
    pytest.param(by_libreoffice, marks=pytest.mark.skipif(OFFICE is None, reason="no LibreOffice"), id="libreoffice"),
    pytest.param(by_formulas, id="formulas"),
]


def changed(content: bytes, changes: Mapping[str, object]) -> bytes:
    """Type into cells of the sheet of assumptions, as a person would; no stored value survives it."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    for cell, value in changes.items():
        book[EN("workbook.sheet.assumptions")][cell] = value
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def cell_of(content: bytes, row: str, column: str) -> str:
    """Return the cell of the assumptions in the row and below the heading that say so."""
    sheet = opened(content)[EN("workbook.sheet.assumptions")]
    heads = [one for line in sheet.iter_rows() for one in line if one.value == column]
    for head in heads:
        for below in range(head.row + 1, head.row + 12):
            if sheet.cell(below, 1).value == row:
                return f"{head.column_letter}{below}"
    raise AssertionError((row, column))


def agrees(content: bytes, view: View, scenario: Scenario, engine: Callable, folder: Path, horizon: int = 11) -> None:
    """Hold every series, month and flow of the recalculated calculation against the projection: to a tenth worker."""
    run = runs.flows(view, scenario, horizon)
    letters = equations.columns(len(scenario.programme))
    calculation, total_cell = EN("workbook.sheet.calculation"), (EN("workbook.sheet.projection"), f"E{5 + horizon + 1}")
    names = ("covered", "funded", "counted", "new", "lapsed", "returned", "enrolled", "ended", "stayed", "left")
    places = {
        (calculation, f"{letters[name]}{equations.row_of(series, t, horizon)}"): (series, t, name)
        for series in range(view.series.height)
        for t in range(1, horizon + 1)
        for name in names
    }
    computed = engine(content, folder, [*places, total_cell])
    for place, (series, t, name) in places.items():
        expected = getattr(run, name)[t, series, 0]
        assert float(computed[place]) == pytest.approx(expected, abs=0.1), (series, t, name)
    counted = np.isfinite(view.target) | ~np.isfinite(view.target).any()  # no target: not counted beside those with one
    total = run.covered[-1, counted, 0].sum()
    assert float(computed[total_cell]) == pytest.approx(total, abs=1)


# The formulas


def test_the_recalculated_workbook_equals_the_projection(view: View, everything: bytes, tmp_path: Path) -> None:
    scenario = scenarios.loads(EVERYTHING, "x.toml")
    run = runs.flows(view, scenario, 11)
    assert run.left.sum() > 0  # it is worth its name
    assert run.stayed.sum() > 0
    assert run.ended[4].sum() == pytest.approx(150)  # whom the programme that runs already held in January

    agrees(changed(everything, {}), view, scenario, by_libreoffice if OFFICE else by_formulas, tmp_path)


def test_the_recalculated_workbook_of_rules_equals_the_projection(tmp_path: Path) -> None:
    """Half a year will do: each month's formulas are those of the month before, and to parse them takes the time."""
    view, scenario = look(*ROWS, targets={"coverage": 0.9, "by": "2023-06"}), scenarios.loads(RULES, "x.toml")
    engine = by_libreoffice if OFFICE else by_formulas

    agrees(changed(made(view, scenario), {}), view, scenario, engine, tmp_path, horizon=5)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_changed_cell_gives_the_projection_of_the_changed_lever(
    engine: Callable, view: View, everything: bytes, tmp_path: Path
) -> None:
    scenario, content = scenarios.loads(EVERYTHING, "x.toml"), everything
    own = EN("workbook.own", lever=EN("lever.lapse.name"))
    cells = {
        cell_of(content, EN("lever.new.name"), "Informal"): -0.5,
        cell_of(content, EN("lever.extra.name"), "Formal"): 900,
        cell_of(content, EN("lever.starts.name"), "Informal"): datetime(2023, 6, 1),
        cell_of(content, "APBD", EN("programme.starts")): datetime(2023, 5, 1),
        cell_of(content, "APBD", EN("programme.months")): 3,
        cell_of(content, "APBD", EN("programme.stay")): 0.8,
        cell_of(content, "Palembang", own): 0.6,
    }
    # The first of Palembang's rows is the formal one.
    other = links.override(
        scenario,
        [
            "informal.new=-0.5",
            "formal.extra=900",
            "informal.starts=2023-06",
            "p1.starts=2023-05",
            "p1.months=3",
            "p1.stay=0.8",
            f"{view.series['segment'][view.series['branch'].to_list().index('Palembang')]}.branch.Palembang.lapse=0.6",
        ],
    )

    agrees(changed(content, cells), view, other, engine, tmp_path)


def test_every_formula_carries_the_value_that_it_computes_to(view: View, tmp_path: Path) -> None:
    if OFFICE is None:
        pytest.skip("no LibreOffice")
    content = made(view, scenarios.loads(EVERYTHING, "x.toml"), compared=scenarios.presets())
    stored, written = opened(content, data_only=True), opened(content)

    cells = [one for sheet in written for row in sheet.iter_rows() for one in row if one.data_type == "f"]
    assert len(cells) > 1000
    computed = by_libreoffice(content, tmp_path, [(one.parent.title, one.coordinate) for one in cells])
    for one in cells:
        sheet, place = one.parent.title, one.coordinate
        assert float(computed[sheet, place]) == pytest.approx(stored[sheet][place].value, abs=1e-6), (sheet, place)


def test_the_stored_values_are_those_of_the_projection(view: View, everything: bytes) -> None:
    scenario = scenarios.loads(EVERYTHING, "x.toml")

    sheet = opened(everything, data_only=True)[EN("workbook.sheet.projection")]

    expected = runs.simulate(view, scenario, name="", keys=("segment",))
    found = {
        (row[0], row[2].date()): row[4]
        for row in sheet.iter_rows(min_row=6, values_only=True)
        if row[1] == EN("frame.all_branches")
    }
    for one in expected.to_dicts():
        assert found[EN(f"segment.{one['segment']}"), one["month"]] == pytest.approx(one["covered"])


def test_a_scope_beyond_the_limit_has_values_and_says_so(view: View, everything: bytes) -> None:
    content = made(view, scenarios.loads(EVERYTHING, "x.toml"), most_formulas=10)

    book = opened(content)
    assert EN("workbook.sheet.calculation") not in book.sheetnames
    for name in ("projection", "assumptions"):
        sheet = book[EN(f"workbook.sheet.{name}")]
        assert sheet["A3"].value == EN("workbook.too_many")
        assert not [one for row in sheet.iter_rows() for one in row if one.data_type == "f"]
    full = opened(everything, data_only=True)
    place = f"E{5 + 12}"
    name = EN("workbook.sheet.projection")
    assert book[name][place].value == pytest.approx(full[name][place].value)


@pytest.mark.parametrize("targets", [{"coverage": 0.9}, {"new": 5000}], ids=["workers", "registrations"])
def test_gaps_are_formulas_of_the_figures_beside_them(targets: Mapping[str, object]) -> None:
    rows = branch("Palembang", "informal", 9_000, 15_000, 200, 90)
    content = made(look(*rows, targets=targets), Scenario())

    written, stored = (opened(content, data_only=only)[EN("workbook.sheet.gaps")] for only in (False, True))
    heads = {one.value: one.column_letter for one in written[5]}
    done = heads[EN("table.achieved" if "new" in targets else "table.active")]
    target, gap = heads[EN("table.target")], heads[EN("table.gap")]
    assert written[f"{gap}6"].value == f"={target}6-{done}6"
    assert stored[f"{gap}6"].value == pytest.approx(stored[f"{target}6"].value - stored[f"{done}6"].value)


# What stands on every sheet


@pytest.mark.parametrize("words", LANGUAGES, ids=lambda words: words.language)
def test_every_sheet_says_where_its_figures_come_from_and_that_they_are_a_sample(
    words: texts.Texts, view: View
) -> None:
    source = said(view, Scenario(), words)

    book = opened(made(view, Scenario(), words, provenance=source))

    assert book.sheetnames == [words(f"workbook.sheet.{name}") for name in SHEETS]
    for sheet in book:
        assert words("provenance.sample") in sheet["A1"].value
        assert sheet["A2"].value == provenance.short(source, words)
        assert words("provenance.sample") in sheet.oddFooter.left.text
        assert sheet.oddHeader.right.text.endswith(words("provenance.sample"))


def test_what_is_no_sample_is_not_called_one(view: View) -> None:
    book = opened(made(view, Scenario(), provenance=said(view, Scenario(), sample=False)))

    assert not [sheet for sheet in book if EN("provenance.sample") in f"{sheet['A1'].value}{sheet['A2'].value}"]


def test_every_sheet_is_ready_to_be_read_and_printed(everything: bytes) -> None:
    book = opened(everything)

    for sheet in book:
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.paperSize == 9
        assert sheet.freeze_panes
        hidden = sheet.sheet_state == "hidden"  # LibreOffice prints a hidden sheet too, if it has a print area
        assert bool(sheet.print_area) == bool(sheet.print_title_rows) == (not hidden)
    assert book[EN("workbook.sheet.calculation")].sheet_state == "hidden"
    assert book[EN("workbook.sheet.projection")]["E6"].number_format == "#,##0"
    assert book[EN("workbook.sheet.projection")]["C6"].number_format == EN("workbook.month_format")


def test_words_are_not_cut_by_the_cell_beside_them_nor_headings_by_their_row(view: View) -> None:
    long = "APBD provinsi untuk pekerja rentan, nelayan, petani dan pemulung di semua kabupaten"
    sheet = opened(made(view, scenarios.loads(EVERYTHING.replace('"CSR"', f'"{long}"'), "x.toml")))[
        EN("workbook.sheet.assumptions")
    ]

    (name,) = [cell for row in sheet.iter_rows() for cell in row if cell.value == long]
    (head,) = [cell for row in sheet.iter_rows() for cell in row if cell.value == f"Workers: {long}"]
    fund = sheet.cell(name.row, 3)

    assert name.alignment.wrap_text
    assert sheet.row_dimensions[name.row].height >= 15 * (len(long) // sheet.column_dimensions["A"].width)
    assert len(str(fund.value)) < sheet.column_dimensions["C"].width
    assert sheet.row_dimensions[head.row].height >= 15 * 8  # in a column twelve letters wide


def test_no_headings_stay_in_sight_above_a_table_that_is_not_theirs(everything: bytes) -> None:
    book = opened(everything)

    levers, gaps = book[EN("workbook.sheet.assumptions")], book[EN("workbook.sheet.gaps")]

    assert (levers.freeze_panes, levers.print_title_rows) == ("B4", "$3:$3")
    assert (gaps.freeze_panes, gaps.print_title_rows) == ("D6", "$5:$5")
    assert levers.page_setup.fitToWidth is None or not levers.sheet_properties.pageSetUpPr.fitToPage
    assert levers.col_breaks.brk[0].id == 14  # what is set and what comes of it on one page, branches' own beside


def test_the_sources_carry_the_scenario_so_that_it_can_be_opened_again(everything: bytes) -> None:
    scenario = scenarios.loads(EVERYTHING, "x.toml")

    sheet = opened(everything)[EN("workbook.sheet.sources")]

    lines = [str(row[0] or "") for row in sheet.iter_rows(values_only=True)]
    text = "\n".join(lines[lines.index(EN("workbook.scenario_file")) + 1 :])
    assert scenarios.loads(text, "x.toml") == scenario


def test_the_scenarios_of_the_same_name_or_without_effect_are_not_listed_twice(view: View) -> None:
    compared = {"Everything": Scenario(), "Still": Scenario(name="Still"), "Push": scenarios.named("informal-push")}

    sheet = opened(made(view, scenarios.loads(EVERYTHING, "x.toml"), compared=compared))[EN("workbook.sheet.scenarios")]

    names = [row[0] for row in sheet.iter_rows(min_row=6, values_only=True) if row[0]]
    assert names == ["Without new steps", "Everything", "Push"]


@pytest.mark.parametrize("words", LANGUAGES, ids=lambda words: words.language)
def test_what_runs_already_is_no_difference_and_no_money_of_the_scenario(words: texts.Texts, tmp_path: Path) -> None:
    out = tmp_path / "x.xlsx"  # of Palembang, where APBD pays for 1,900 until June: programmes.toml beside the data
    wanted = ["--branch", "Palembang", "--scenario", "all-together", "--draws", "0", "--language", words.language]
    assert cli.main(["report", *wanted, "--out", str(out)]) == 0

    book = opened(out.read_bytes(), data_only=True)

    levers, beside = (book[words(f"workbook.sheet.{name}")] for name in ("assumptions", "scenarios"))
    names = [str(row[0]) for row in levers.iter_rows(values_only=True) if row[0]]
    ours, theirs = "APBD pekerja rentan 2023", words("workbook.runs_already", name="APBD Palembang (ilustrasi)")
    assert {ours, theirs} <= set(names)
    rows = {str(row[0]): row for row in beside.iter_rows(min_row=6, values_only=True) if row[0]}
    mine = rows[provenance.scenario_name(scenarios.named("all-together"), words)]
    assert "APBD Palembang" not in str(mine[1])
    assert mine[7] == 20_000 * 9 * 16_800
    paid = next(cell for cell in levers[6] if cell.column > 3 and cell.number_format.startswith('"Rp"'))
    assert paid.value == 20_000 * 9 * 16_800


@pytest.mark.parametrize("words", LANGUAGES, ids=lambda words: words.language)
@pytest.mark.parametrize("name", [one.stem for one in sorted(scenarios.FOLDER.glob("*.toml"))])
def test_every_shipped_scenario_makes_a_workbook_without_an_error_value(
    words: texts.Texts, name: str, view: View
) -> None:
    content = made(view, scenarios.named(name), words)

    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        written = "".join(parts.read(name).decode() for name in parts.namelist() if name.startswith("xl/"))
    assert written.count("<v>") > 500
    assert re.findall(r">#(?:REF|VALUE|N/A|NAME|DIV|NUM)[^<]*", written) == []


# What the data must not do


@pytest.mark.parametrize("mark", ["=", "+", "-", "@", "\t="])
def test_text_that_begins_like_a_formula_stays_text(mark: str) -> None:
    evil = f'{mark}HYPERLINK("http://x","y")'
    view = look(*branch(evil, "informal", 9_000, 15_000, 200, 90), *branch("Jambi", "informal", 900, 1_500, 20, 9))
    scenario = Scenario.model_validate(
        {
            "name": evil,
            "note": evil,
            "programme": [{"name": evil, "segment": "informal", "workers": 9, "starts": "2023-02", "months": 3}],
        }
    )
    found = pl.DataFrame(
        [{"file": evil, "line": 2, "column": evil, "value": evil, "severity": "error", "code": "no_month"}],
        schema=tables.PROBLEMS,
    )
    content = made(view, scenario, compared={evil + "2": scenario}, problems=found)

    book = opened(content)
    cells = [one for sheet in book for row in sheet.iter_rows() for one in row]
    held = [one for one in cells if isinstance(one.value, str) and "HYPERLINK" in one.value]
    assert len(held) > 20
    assert {one.data_type for one in held} == {"s"}
    assert not [one for one in cells if one.hyperlink]


def test_problems_are_listed_worst_first_and_a_long_list_is_cut_aloud(
    view: View, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [{"file": "a.csv", "line": place, "severity": one, "code": "no_month"} for place, one in enumerate(
        ["note", "error", "warning"], 2
    )]  # fmt: skip
    monkeypatch.setattr(workbook.papers, "MOST_PROBLEMS", 2)
    content = made(view, Scenario(), problems=pl.DataFrame(rows, schema=tables.PROBLEMS))

    sheet = opened(content)[EN("workbook.sheet.problems")]

    assert [sheet.cell(row, 2).value for row in (6, 7, 8)] == [3, 4, None]
    assert sheet["A3"].value == "3 problems in the files. The first 2 are listed, the worst first."


def test_a_text_longer_than_a_cell_holds_is_cut_not_lost(view: View) -> None:
    found = pl.DataFrame(
        [{"file": "a.csv", "line": 2, "value": "x" * 50_000, "severity": "error", "code": "no_month"}],
        schema=tables.PROBLEMS,
    )

    sheet = opened(made(view, Scenario(), problems=found))[EN("workbook.sheet.problems")]

    value = sheet["D6"].value
    assert value.endswith("x…")
    assert len(value) == 32_000


def test_a_footer_longer_than_excel_allows_is_cut(view: View) -> None:
    scenario = Scenario.model_validate({"name": "R&D " * 80})

    sheet = opened(made(view, scenario))[EN("workbook.sheet.gaps")]

    assert len(sheet.oddFooter.left.text) < 255


# The command


def test_report_writes_a_workbook(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "angka.xlsx"

    code = cli.main(
        ["report", "--branch", "Palembang", "--scenario", "all-together", "--out", str(out), "--language", "en"]
    )

    assert code == 0
    book = openpyxl.load_workbook(out, data_only=True)
    sheet = book[EN("workbook.sheet.projection")]
    row = next(
        one for one in sheet.iter_rows(values_only=True) if one[0] == "Informal" and one[2] == datetime(2023, 1, 1)
    )
    assert row[4] == 61_750
    assert "SAMPLE" in book[EN("workbook.sheet.sources")]["A1"].value
    assert np.isclose(row[6], 95_000)
