"""Does every lever act wherever people meet one: those that are declared, and one that is made up on a copy?

The made-up one is added as CONTRIBUTING says: one declaration, one term in the equations, one label in each language.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from coverage.model.levers import ACTS, Levers, extra_of
from tests.recalculated import recalculated

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("id", "en")
MADE_UP = "walk_in"
DECLARED = """    walk_in: float = Field(
        0.0, ge=0, le=1, json_schema_extra={"unit": "share", "symbol": "a", "step": 0.01, "reach": 0.2}
    )
"""
TERM = ' + lever_walk_in * ramp * or_zero(room_1)", "people"),'

ASK = """
import io, json, sys
from contextlib import redirect_stdout
from datetime import date
from pathlib import Path
import numpy as np
import openpyxl
from pptx import Presentation
from coverage.answers import credit, lever_values, mix, realism, seek, sensitivity
from coverage.base import settings, tables, texts
from coverage.commands import cli
from coverage.model import links, projection, runs, scenarios, targets, view as views
from coverage.model.equations import javascript
from coverage.model.equations.month import MONTHLY, flow_moved_by
from coverage.model.levers import Levers, extra_of
from coverage.reports import deck, outline, provenance, workbook
from coverage.reports.page_parts import Table
from coverage.wording import reference
from coverage.wording.scenarios import describe_scenario
from tests import frames

def run(*words):
    out = io.StringIO()
    with redirect_stdout(out):
        code = cli.main([str(word) for word in words])
    return [code, out.getvalue()]

def rows(name, segment, active, new, lapsed):
    found = []
    for place in range(36):
        number = 2020 * 12 + 1 + place
        active += new - lapsed + 6
        found.append({"month": "%d-%02d" % (number // 12, number % 12 + 1), "branch": name, "segment": segment,
            "active": active, "eligible": 3 * active, "new": new, "lapsed": lapsed, "returned": 6, "funded": 40})
    return found

table = frames.branch_months(*rows("Palembang", "informal", 9000, 200, 190), *rows("Jambi", "informal", 5000, 90, 80))
aims = targets.TargetSet.model_validate({"target": [{"by": "2023-12", "workers": 22000}]})
view = views.of(table, frames.register(Palembang="S", Jambi="S"), aims, scope=views.Scope(), as_of=None,
    settings=settings.load())
words = {name: texts.load(name) for name in texts.languages()}
values = {"change": 0.25, "share": 0.03, "people": 120.0, "growth": 0.05, "month": "2023-05", "months": 5}
found = {}
still = runs.flows(view, scenarios.Scenario(), 11)
for name, field in Levers.model_fields.items():
    unit = extra_of(field, "unit")
    value = -values[unit] if extra_of(field, "less") else values[unit]
    push = {"new": 0.3} if extra_of(field, "apart") and unit != "growth" else {}
    base = scenarios.Scenario().with_levers("informal", **push) if push else scenarios.Scenario()
    chosen = base.with_levers("informal", **push, **{name: value})
    other = runs.flows(view, base, 11)
    moved = runs.flows(view, chosen, 11)
    one = {"moves": float(np.abs(moved.covered - other.covered).max()), "unit": unit}
    ours = float(moved.covered[-1, :, 0].sum())
    query = links.to_query(chosen)
    one["link"] = links.from_query(query) == chosen and f"informal.{name}" in query
    one["toml"] = scenarios.loads(scenarios.dumps(chosen), "x.toml") == chosen
    one["set"] = links.override(base, [f"informal.{name}={value}"]) == chosen
    branch = links.override(base, [f"informal.branch.Jambi.{name}={value}"])
    one["branch"] = float(np.abs(runs.flows(view, branch, 11).covered - other.covered).max())
    one["words"] = {language: " ".join(describe_scenario(chosen, text)) for language, text in words.items()}
    one["label"] = {language: text(f"lever.{name}.name") for language, text in words.items()}
    one["method"] = {language: json.dumps(reference.table_of_levers(text)) for language, text in words.items()}
    letters = {language: json.dumps([*reference.table_of_letters(text).values()]) for language, text in words.items()}
    one["letters"] = all(json.dumps(text(f"lever.{name}.name"))[1:-1] in letters[n] for n, text in words.items())
    source = provenance.of(view, scenario=chosen, texts=words["en"], dataset="x", sample=False, targets_title="t",
        target_set="t", fingerprint="ab12", made_on=date(2026, 11, 23))
    content = workbook.write(view, chosen, provenance=source, texts=words["en"], until=date(2023, 12, 1))
    Path(f"{name}.xlsx").write_bytes(content)
    sheet = openpyxl.load_workbook(io.BytesIO(content), data_only=True)[words["en"]("workbook.sheet.calculation")]
    heads = [cell.value for cell in sheet[3]]
    at = heads.index(words["en"]("equation.step.covered"))
    whole = [row[at] for row in sheet.iter_rows(min_row=4, values_only=True)]
    one["column"] = openpyxl.utils.get_column_letter(at + 1)
    one["workbook"] = abs(whole[11] + whole[23] - ours)
    written = openpyxl.load_workbook(io.BytesIO(content))[words["en"]("workbook.sheet.assumptions")]
    one["sheet"] = words["en"](f"lever.{name}.name") in [cell.value for cell in written["A"]]
    if name == "walk_in":  # drawn as well: what is drawn is what the pages say
        drawn = list(Presentation(io.BytesIO(deck.make(view, chosen, source=source, texts=words["en"]))).slides)
        said = [shape.text_frame.text for page in drawn for shape in page.shapes if shape.has_text_frame]
        said += [cell.text for page in drawn for shape in page.shapes if shape.has_table for row in shape.table.rows
            for cell in row.cells]
        said += [page.notes_slide.notes_text_frame.text for page in drawn if page.has_notes_slide]
    else:
        said = []
        for page in outline.pages(view, chosen, source=source, texts=words["en"]):
            said += [page.title, *page.lead, *page.notes]
            said += [cell for part in page.parts if isinstance(part, Table) for row in part.rows for cell in row]
    one["slides"] = one["label"]["en"].lower() in " ".join(said).lower()
    parts = credit.split(view, base, chosen, 11)
    kinds = {(row["kind"], row["name"]) for row in parts.to_dicts()}
    one["credit"] = sorted(map(list, kinds))
    one["credited"] = abs(float(parts["part"].sum()) - (ours - float(other.covered[-1, :, 0].sum())))
    rocked = sensitivity.tornado(view, chosen, 11)
    one["tornado"] = [row["name"] for row in rocked.to_dicts() if abs(row["high"]) + abs(row["low"]) > 0]
    if name in lever_values.NAMES:
        near = seek.solve(view, base, f"informal.{name}", by=date(2023, 12, 1))
        reached = runs.flows(view, near.scenario, 11).covered[-1, :, 0].sum() if near.reachable else None
        one["solve"] = [near.value, None if reached is None else float(reached), near.target]
    cheapest = mix.solve(view, chosen)
    one["mix"] = cheapest.covered
    confirmed = runs.flows(view, cheapest.scenario, 11).covered[-1, :, 0].sum()
    one["mix_confirmed"] = abs(float(confirmed) - cheapest.covered)
    known = realism.records(view, 11)
    held = realism.against_records(view, known, chosen, moved)
    one["realism"] = held.select("measure", "needed").rows()
    one["realism_still"] = [
        (row, float(realism.of_lever(view, known, base, other, "informal", name)["needed"]))
        for row in [realism.MEASURE_OF[name]]] if name in realism.MEASURE_OF else []
    x = projection.inputs(view.start, runs.plan(view, chosen), 11)
    given = {key: np.asarray(array, dtype=float).reshape(-1).tolist() for key, array in x.items()}
    given = {key: [None if number != number else "inf" if number == np.inf else number for number in array]
        for key, array in given.items()}
    one["kernel"] = {"given": given, "rows": len(x["new_rate"]), "covered": moved.covered[:, :, 0].reshape(-1).tolist()}
    found[name] = one

from streamlit.testing.v1 import AppTest
from coverage.live import words as live_words
sys.argv = ["app.py"]
app = AppTest.from_file("app.py", default_timeout=120)
app.switch_page("pages/simulate.py").run()
screen = {"errors": [error.message for error in app.exception],
    "live": [lever["name"] for apart in (False, True) for lever in live_words.declared_levers(apart=apart)]}
print(json.dumps({"levers": found, "script": javascript.text(MONTHLY), "screen": screen}, default=str))
"""
NODE = """
const { levers } = JSON.parse(require("fs").readFileSync(0));
const far = {};
for (const [name, { kernel }] of Object.entries(levers)) {
  const given = { series: 2, draws: 1, months: 11, rows: kernel.rows, programmes: 0 };
  for (const [key, array] of Object.entries(kernel.given)) {
    const numbers = array.map((one) => (one === null ? NaN : one === "inf" ? Infinity : one));
    if (key !== "path" && key !== "floor") given[key] = Float64Array.from(numbers);
  }
  const { covered } = cakupanKernel.run(given, "covered");
  far[name] = Math.max(...kernel.covered.map((one, i) => Math.abs(one - covered[i])));
}
console.log(JSON.stringify(far));
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with one lever more, added in the three places that the recipe names."""
    root = tmp_path_factory.mktemp("every_lever")
    for name in ("coverage", "pages", "data", ".streamlit"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("*.pyc.*"))  # half written
    (root / "tests").mkdir()
    for name in ("app.py", "pyproject.toml", "tests/__init__.py", "tests/frames.py"):
        shutil.copy(ROOT / name, root / name)
    levers = root / "coverage" / "model" / "levers.py"
    text = levers.read_text("utf-8")
    before = "    eligible_growth: float | None = Field("
    assert text.count(before) == 1
    levers.write_text(text.replace(before, DECLARED + before), "utf-8")
    month = root / "coverage" / "model" / "equations" / "month.py"
    text = month.read_text("utf-8")
    assert text.count('lever_extra * ramp", "people"),') == 1
    month.write_text(text.replace('lever_extra * ramp", "people"),', f"lever_extra * ramp{TERM}"), "utf-8")
    for language in LANGUAGES:
        path = root / "coverage" / "base" / "languages" / language / "model.toml"
        label = f'\n[lever.{MADE_UP}]\nname = "Walk-ins"\nhelp = "A share of the room registers."\n'
        path.write_text(path.read_text("utf-8") + label, "utf-8")
    return root


def ask(root: Path, script: str) -> dict[str, Any]:
    done = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    answers: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answers


@pytest.fixture(scope="module")
def answers(copy: Path) -> dict[str, Any]:
    return ask(copy, ASK)


NAMES = (*Levers.model_fields, MADE_UP)
MOVING = (*ACTS, MADE_UP)
each = pytest.mark.parametrize("name", NAMES)
each_act = pytest.mark.parametrize("name", MOVING)


def test_the_copy_has_every_lever_and_one_more(answers: dict[str, Any]) -> None:
    assert set(answers["levers"]) == set(NAMES)


@each
def test_a_lever_moves_the_run_of_its_segment_and_of_one_branch(name: str, answers: dict[str, Any]) -> None:
    if name == "eligible_growth":
        return  # it moves only those who fill the room; nobody does here
    assert answers["levers"][name]["moves"] > 1
    assert answers["levers"][name]["branch"] > 0.5


@each
def test_a_lever_travels_by_link_file_and_set(name: str, answers: dict[str, Any]) -> None:
    for way in ("link", "toml", "set"):
        assert answers["levers"][name][way], way


@each
def test_a_lever_is_said_in_both_languages_and_stands_on_the_method_page(name: str, answers: dict[str, Any]) -> None:
    one = answers["levers"][name]
    for language in LANGUAGES:
        assert one["label"][language] in one["method"][language]
        if name not in {"starts", "ramp"}:  # they are said beside what they delay
            assert one["label"][language] in one["words"][language]
    assert one["letters"]


@each
def test_a_lever_is_in_the_workbook_and_its_months(name: str, answers: dict[str, Any]) -> None:
    assert answers["levers"][name]["sheet"]
    assert answers["levers"][name]["workbook"] < 0.01


@each
def test_the_workbook_recalculates_a_lever(name: str, answers: dict[str, Any], copy: Path) -> None:
    path = copy / f"{name}.xlsx"
    column = answers["levers"][name]["column"]
    covered = answers["levers"][name]["kernel"]["covered"]
    last = [("Calculation", f"{column}{4 + series * 12 + 11}") for series in (0, 1)]
    found = recalculated(path.read_bytes(), last)
    for series in (0, 1):
        assert float(found[last[series]]) == pytest.approx(covered[22 + series], abs=0.01)


@each
def test_slides_name_a_lever(name: str, answers: dict[str, Any]) -> None:
    if name in {"starts", "ramp"}:
        return  # said beside what they delay
    assert answers["levers"][name]["slides"]


@each
def test_a_lever_has_its_part_of_the_difference(name: str, answers: dict[str, Any]) -> None:
    one = answers["levers"][name]
    kind = ["time", "starts"] if name in {"starts", "ramp"} else ["lever", name]
    assert kind in one["credit"]
    assert one["credited"] < 1e-6


@each_act
def test_a_tenth_more_of_a_lever_is_weighed(name: str, answers: dict[str, Any]) -> None:
    assert name in answers["levers"][name]["tornado"]


@each_act
def test_a_lever_can_be_solved_for(name: str, answers: dict[str, Any]) -> None:
    value, reached, target = answers["levers"][name]["solve"]
    assert value is None or reached >= target - 1e-3


@each
def test_the_cheapest_mix_goes_on_from_a_lever(name: str, answers: dict[str, Any]) -> None:
    assert answers["levers"][name]["mix_confirmed"] < 0.01


@each_act
def test_a_lever_is_held_against_what_branches_did(name: str, answers: dict[str, Any]) -> None:
    one = answers["levers"][name]
    assert len(one["realism"]) == 1
    measure, needed = one["realism"][0]
    assert one["realism_still"][0][0] == measure
    assert needed != pytest.approx(one["realism_still"][0][1], rel=1e-6)


@pytest.mark.skipif(shutil.which("node") is None, reason="node runs the script outside of a browser")
def test_the_browsers_kernel_knows_every_lever(answers: dict[str, Any]) -> None:
    script = answers["script"] + NODE
    done = subprocess.run(["node", "-e", script], input=json.dumps(answers), capture_output=True, text=True, check=True)

    far = json.loads(done.stdout)
    assert set(far) == set(NAMES)
    assert max(far.values()) < 1e-6, far


@each
def test_a_lever_stands_on_the_screen(name: str, answers: dict[str, Any]) -> None:
    assert answers["screen"]["errors"] == []
    assert name in answers["screen"]["live"]


def test_the_declaration_says_of_each_lever_what_is_needed() -> None:
    for name, field in Levers.model_fields.items():
        assert extra_of(field, "unit") in {"change", "share", "people", "growth", "month", "months"}, name
        assert extra_of(field, "symbol"), name
