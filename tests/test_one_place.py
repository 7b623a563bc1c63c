"""Is a change one place? Each row of CONTRIBUTING's table is added to a copy, in that place alone, and looked for."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("id", "en")

# What is asked of the copy, in one process; each answer is looked at by a test of its own.
ASK = """
import io, json, sys
from contextlib import redirect_stdout
from pathlib import Path
from coverage.base import settings, tables, texts
from coverage.commands import cli
from coverage.intake import checks, read, template
from coverage.model import rules, scenarios, targets
from coverage.reports import export, formats
from coverage.wording import reference
from coverage import charts

def run(*words):
    out = io.StringIO()
    with redirect_stdout(out):
        code = cli.main([str(word) for word in words])
    return [code, out.getvalue()]

Path("own.csv").write_text("bulan,cabang,segmen,aktif,Iuran Rata-rata\\n2023-01,Palembang,formal,139200,88250\\n"
    "2023-02,Palembang,formal,139200,88250\\n2023-02,Palembang,pensioned,1200,88250\\n", "utf-8")
handed = read.read([Path("own.csv")], settings=settings.load())
words = {name: texts.load(name) for name in texts.languages()}
sample = ["--data", "data/samples/sumbagsel", "--branch", "Palembang", "--format", "json"]
answers = {
    "rows": handed.table.select("branch", "segment", "average_premium").rows(),
    "problems": handed.problems["code"].to_list(),
    "exported": export.csv(handed.table.select(list(tables.BRANCH_MONTHS))).splitlines()[0],
    "template": template.csv(words["en"]).decode("utf-8-sig"),
    "dictionary": {name: json.dumps(reference.dictionary(text), default=str) for name, text in words.items()},
    "segments": list(tables.SEGMENTS),
    "colours": settings.load().colours,
    "segment_gaps": run("gaps", "--data", "own.csv", "--format", "json"),
    "languages": list(texts.languages()),
    "spoken": run("gaps", *sample[:4], "--language", "xx")[1] if "xx" in texts.languages() else "",
    "months_spoken": texts.load("xx").month(__import__("datetime").date(2023, 1, 1)),
    "ruled": run("rules", *sample),
    "rule_link": run("simulate", *sample, "--set", "informal.rule=double", "--until", "2023-12"),
    "endings": [form.ending for form in formats.FORMATS],
    "written": run("report", *sample[:4], "--out", "x.txt"),
    "text": Path("x.txt").read_text() if Path("x.txt").exists() else "",
    "presets": list(scenarios.presets()),
    "simulated": run("simulate", *sample, "--scenario", "pushed"),
    "sets": list(targets.load(settings.DATA / "targets.toml").sets),
    "gaps_of_set": run("gaps", *sample, "--target-set", "next"),
}
from streamlit.testing.v1 import AppTest
app = AppTest.from_file("app.py", default_timeout=120).run()
app.session_state["frame_share"] = True
app.run()
screens = {"exports": [button.label for button in app.get("download_button")],
    "screens": __import__("pages").SCREENS, "pickers": {box.key: list(box.options) for box in app.selectbox}}
app.switch_page("pages/bare.py").run()
screens["bare"] = [text.value for text in app.markdown]
app.button_group(key="tone_control").set_value("loud").run()
screens["link"] = {name: value if isinstance(value, str) else value[0] for name, value in app.query_params.items()}
linked = AppTest.from_file("app.py", default_timeout=120)
linked.query_params.update(screens["link"] | {"open": "more"})
linked = linked.switch_page("pages/bare.py").run()
screens["linked"] = [text.value for text in linked.markdown]
linked.button_group(key="tone_control").set_value("calm").run()
screens["link_at_rest"] = list(linked.query_params)
wrong = AppTest.from_file("app.py", default_timeout=120)
wrong.query_params.update({"tone": "shrill"})
screens["refused"] = [text.value for text in wrong.switch_page("pages/bare.py").run().warning]
screens["errors"] = [error.message for page in (app, linked, wrong) for error in page.exception]
print(json.dumps(answers | {"on_screen": screens}, default=str))
"""


def add(path: Path, before: str, more: str) -> None:
    """Put lines before a place that stands once in a file."""
    text = path.read_text("utf-8")
    assert text.count(before) == 1, (path.name, before)
    path.write_text(text.replace(before, more + before), "utf-8")


def label(root: Path, file: str, lines: str) -> None:
    """Add messages to a file of every language."""
    for language in LANGUAGES:
        path = root / "coverage" / "base" / "languages" / language / file
        path.write_text(f"{path.read_text('utf-8')}\n{lines}\n", "utf-8")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("one_place")
    for name in ("coverage", "pages", "data", ".streamlit"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("*.pyc.*"))  # half written
    for name in ("app.py", "pyproject.toml"):
        shutil.copy(ROOT / name, root)
    package, data = root / "coverage", root / "data"
    # A column.
    column = '    Column(name="average_premium", kind="count", synonyms=("iuran rata rata", "average premium")),\n'
    add(package / "base" / "tables.py", '    Column(name="eligible_source"', column)
    label(root, "intake.toml", '[column.average_premium]\nname = "Average premium"\nmeaning = "Rupiah a month"')
    # A segment.
    segment = '[segment.pensioned]\ncode = "Pensiun"\ncolour = "#123456"\nsynonyms = ["pensioned"]\n\n'
    add(data / "settings.toml", "[segment.unsplit]", segment)
    for language in LANGUAGES:
        path = package / "base" / "languages" / language / "base.toml"
        path.write_text(path.read_text("utf-8").replace("[segment]\n", '[segment]\npensioned = "Pensioned workers"\n'))
    # A check.
    check = package / "intake" / "checks.py"
    text = '\n\n@check("active")\ndef exactly_1200(_: Settings) -> pl.Expr:\n    return pl.col("active") == 1200\n'
    check.write_text(check.read_text("utf-8") + text, "utf-8")
    label(root, "intake.toml", '[problem.exactly_1200]\nmessage = "{value} are 1,200"\nremedy = "Count again."')
    # A growth rule.
    rule = package / "model" / "growth_paths.py"
    text = "\n\n@kind()\ndef double(series: RuledSeries) -> Array:\n    return 2 * series.active + 0 * MONTHS\n"
    rule.write_text(rule.read_text("utf-8") + text, "utf-8")
    label(root, "model.toml", '[rules.double]\nname = "Double"\nwords = "twice as many"\nunknown = "nobody knows"')
    # A form of a report.
    form = package / "reports" / "formats.py"
    text = '    Format(ending=".txt", media_type="text/plain", label="form.text", make=lambda report: b"plain"),\n'
    form.write_text(form.read_text("utf-8").replace(")\nBY_ENDING", f"{text})\nBY_ENDING"), "utf-8")
    for language in LANGUAGES:
        path = package / "base" / "languages" / language / "base.toml"
        path.write_text(path.read_text("utf-8").replace("[form]\n", '[form]\ntext = "As plain text"\n'))
    # A language: a folder.
    english = package / "base" / "languages" / "en"
    shutil.copytree(english, english.with_name("xx"))
    own = english.with_name("xx") / "base.toml"
    own.write_text(own.read_text("utf-8").replace('locale = "en"', 'locale = "de"').replace('"English"', '"Deutsch"'))
    # A scenario and a set of targets: a file, a table.
    (data / "scenarios" / "pushed.toml").write_text('name = "Pushed"\n[levers.informal]\nnew = 0.5\n', "utf-8")
    targets = data / "targets.toml"
    more = (
        '\n[sets.next]\ntitle = "Next"\n[[sets.next.target]]\nsegment = "formal"\nby = "2024-12"\nworkers = 2000000\n'
    )
    targets.write_text(targets.read_text("utf-8") + more, "utf-8")
    # A screen: a script and its name.
    page = (
        '"""Bare."""\n\nimport streamlit as st\n\nfrom pages.parts import inputs, session, widgets\n\nsession.start()\n'
    )
    page += 'st.markdown("Nothing but this.")\n'
    page += 'st.markdown(widgets.choice(inputs.TONE, "Tone", ["calm", "loud"], "calm", str))\n'
    page += 'more = widgets.unfold("More", inputs.MORE)\nif more.open:\n    st.markdown("And more.")\n'
    (root / "pages" / "bare.py").write_text(f"{page}session.end()\n", "utf-8")
    # An input that travels in the link, and what can be unfolded: a declaration, and the widgets on the page above.
    inputs = root / "pages" / "parts" / "inputs.py"
    declared = 'TONE = travels("tone")\nMORE = unfolds("more_panel")\n'
    inputs.write_text(f"{inputs.read_text('utf-8')}{declared}", "utf-8")
    screens = root / "pages" / "__init__.py"
    screens.write_text(screens.read_text("utf-8").replace('"method")', '"method", "bare")'), "utf-8")
    label(root, "wording.toml", "")
    for language in (*LANGUAGES, "xx"):
        for path in (package / "base" / "languages" / language).glob("*.toml"):
            text = path.read_text("utf-8")
            path.write_text(re.sub(r"^\[page\]\n", '[page]\nbare = "Bare"\n', text, flags=re.MULTILINE), "utf-8")
    return root


def ask(root: Path, script: str) -> dict[str, Any]:
    """Run a script in the copy and return what it prints last."""
    done = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    answers: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answers


@pytest.fixture(scope="module")
def answers(copy: Path) -> dict[str, Any]:
    return ask(copy, ASK)


@pytest.fixture(scope="module")
def screens(answers: dict[str, Any]) -> dict[str, Any]:
    return dict(answers["on_screen"])


def test_a_column_is_recognised_kept_exported_and_in_template_and_dictionary(answers: dict[str, Any]):
    assert ["Palembang", "formal", 88250] in answers["rows"]
    assert "average_premium" in answers["exported"].split(",")
    assert "average_premium" in answers["template"]
    for language in LANGUAGES:
        assert "average_premium" in answers["dictionary"][language]
        assert "Rupiah a month" in answers["dictionary"][language]


def test_a_segment_is_read_measured_and_has_its_colour(answers: dict[str, Any]):
    assert "pensioned" in answers["segments"]
    assert answers["colours"]["pensioned"] == "#123456"
    assert ["Palembang", "pensioned", 88250] in answers["rows"]
    assert "pensioned" in {row["segment"] for row in json.loads(answers["segment_gaps"][1])}


def test_the_colour_of_a_segment_has_one_place():
    colours = re.findall(r'^colour = "(#\w+)"', (ROOT / "data" / "settings.toml").read_text("utf-8"), re.MULTILINE)
    # A status or a set of targets may have the hue of a segment, and is drawn in its own places.
    files = [*ROOT.glob("pages/**/*.py"), ROOT / ".streamlit" / "config.toml"]
    elsewhere = {
        (path.name, colour) for path in files for colour in colours if colour.lower() in path.read_text("utf-8").lower()
    }
    assert elsewhere == set()


def test_a_check_finds_its_rows(answers: dict[str, Any]):
    assert "exactly_1200" in answers["problems"]


def test_a_check_without_a_mess_is_told():
    checks = re.findall(
        r"^@check\(.*?\)\ndef (\w+)", (ROOT / "coverage/intake/checks.py").read_text(), re.MULTILINE | re.DOTALL
    )
    messes = (ROOT / "tests" / "cases" / "messes.toml").read_text("utf-8")
    assert [name for name in checks if f'"{name}"' not in messes] == []


def test_a_growth_rule_stands_in_the_table_and_is_taken_by_set(answers: dict[str, Any]):
    assert "double" in {row["kind"] for row in json.loads(answers["ruled"][1])}
    informal = [row for row in json.loads(answers["rule_link"][1]) if row["segment"] == "informal"]
    # 61,750 doubled is above the 95,000 who are eligible in January 2023: the path goes on until nobody is left.
    assert informal[-1]["covered"] > 90_000


def test_a_form_of_a_report_is_offered_by_command_and_app(answers: dict[str, Any], screens: dict[str, Any]):
    assert ".txt" in answers["endings"]
    assert answers["text"] == "plain"
    assert "As plain text" in screens["exports"]


def test_a_language_is_picked_and_spoken_with_its_own_months(answers: dict[str, Any]):
    assert "xx" in answers["languages"]
    assert answers["months_spoken"] == "Januar 2023"
    assert answers["spoken"]


def test_a_scenario_and_a_set_of_targets_are_a_file_and_a_table(answers: dict[str, Any], screens: dict[str, Any]):
    assert "pushed" in answers["presets"]
    assert {row["scenario"] for row in json.loads(answers["simulated"][1])} == {"pushed"}
    assert "next" in answers["sets"]
    assert {row["target_month"] for row in json.loads(answers["gaps_of_set"][1]) if row["target"]} == {"2024-12"}


def test_a_screen_opens_by_its_name(screens: dict[str, Any]):
    assert "bare" in screens["screens"]
    assert "Nothing but this." in screens["bare"]
    assert screens["errors"] == []


def test_an_input_travels_in_the_link_and_comes_back(screens: dict[str, Any]):
    assert screens["bare"][-2:] == ["Nothing but this.", "calm"]
    assert screens["link"]["tone"] == "loud"
    assert "open" not in screens["link"]
    assert screens["linked"][-3:] == ["Nothing but this.", "loud", "And more."]
    assert "tone" not in screens["link_at_rest"]  # as the page opens


def test_a_link_that_asks_an_input_for_what_it_has_not_is_told(screens: dict[str, Any]):
    assert any('"tone"' in text and "shrill" in text for text in screens["refused"])
