"""Do the targets of the sample keep to the sample: on no page, in no command, in no file of somebody's own data?"""

from __future__ import annotations

import io
import re
import sys
import zipfile
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

import pages
from coverage.base import settings, texts
from coverage.commands import cli
from coverage.model import scenarios
from coverage.reports import pictures

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "data" / "samples" / "sumbagsel"
# The sample's targets of Palembang are 174,000 and 95,000.
THEIRS = re.compile(
    r"(?<!\d)(174[.,]?000|95[.,]?000)(?!\d)|annual-2023|ucj-2025|rpjmn|Target tahunan 2023|Annual targets"
)
COMMANDS = {
    "gaps": [],
    "simulate": ["--scenario", "informal-push", "--draws", "0"],
    "compare": ["--scenario", "baseline", "--scenario", "informal-push"],
    "targets": [],
    "milestones": [],
    "ladders": [],
    "plan": ["--scenario", "informal-push"],
    "tornado": ["--scenario", "informal-push"],
    "money": ["--scenario", "funded-programme"],
    "cliffs": ["--scenario", "funded-programme"],
    "rules": [],
    "check": [],
    "clean": [],
    "backtest": [],
}
WITHOUT_A_TARGET = {"solve": ["--lever", "informal.new"], "mix": [], "curve": []}


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """Return a file of one's own that tells the same members of Palembang as the sample does."""
    file = tmp_path / "palembang.csv"
    columns = ["month", "branch", "segment", "active", "new", "lapsed", "returned", "funded"]
    pl.read_csv(SAMPLE / "palembang.csv").select(columns).write_csv(file)
    return file


def asked(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    code = cli.main([*argv, "--language", "en"])
    answer = capsys.readouterr()
    return code, answer.out, answer.err


@pytest.mark.parametrize("form", ["table", "csv", "json"])
@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_holds_own_files_against_the_targets_of_the_sample(command, form, own, capsys):
    code, out, err = asked(capsys, command, "--data", str(own), *COMMANDS[command], "--format", form)

    assert code == 0
    assert not THEIRS.search(out + err)


@pytest.mark.parametrize("command", WITHOUT_A_TARGET)
def test_a_question_about_a_target_says_that_there_is_none(command, own, capsys):
    code, out, err = asked(capsys, command, "--data", str(own), *WITHOUT_A_TARGET[command])

    assert (code, out) == (2, "")
    assert "no target" in err
    assert not THEIRS.search(err)


def test_a_set_of_targets_that_own_files_do_not_have_is_refused_with_what_to_do(own, capsys):
    code, _, err = asked(capsys, "gaps", "--data", str(own), "--target-set", "annual-2023")

    assert code == 2
    assert "--targets" in err


def test_gaps_of_own_files_without_targets_says_how_to_give_them_and_shows_the_rest(own, capsys):
    _, out, err = asked(capsys, "gaps", "--data", str(own), "--format", "csv")

    formal = out.splitlines()[1].split(",")
    assert formal[:3] == ["formal", "2023-01", "139200"]
    assert "--targets" in err


@pytest.mark.parametrize("ending", [".pptx", ".xlsx", ".pdf", ".html", ".zip"])
def test_no_report_of_own_files_has_the_targets_of_the_sample(ending, own, tmp_path, capsys, monkeypatch):
    if ending == ".zip":  # each of its charts is in it as an SVG too, whose words can be read
        monkeypatch.setattr(pictures, "png", lambda *_: b"")
    out = tmp_path / f"report{ending}"

    code, _, err = asked(capsys, "report", "--data", str(own), "--draws", "0", "--out", str(out))

    assert code == 0
    assert not THEIRS.search(err)
    assert not THEIRS.search(unexplained(inside(out.read_bytes())))


def unexplained(text: str) -> str:
    """Leave out the examples that explain what attainment is, and what Excel does to 174.000."""
    return re.sub(r"139,200\s÷\s174,000|174\.000 into 174", "", text)


def inside(content: bytes) -> str:
    """Return all text that can be found in a file, packed ones too."""
    if not content.startswith(b"PK"):
        return re.sub(r"<[^>]*>|/[A-Z]\w* [^\n]*", " ", content.decode("utf-8", "ignore"))
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return "\n".join(
            inside(packed.read(name)) for name in packed.namelist() if not name.endswith((".png", ".fntdata"))
        )


@pytest.mark.parametrize(
    ("name", "mine"),
    [
        ("data/mine/palembang.csv", False),  # in the project, but no sample
        ("data/palembang.csv", False),  # right beside the targets that ship
        ("data/samples/../palembang.csv", False),
        ("data/samples/sumbagsel/palembang.csv", True),
        ("data/samples/sumbagsel", True),
        ("data/samples/*/palembang.csv", True),
    ],
)
def test_the_targets_that_ship_serve_the_data_that_ship_alone(name, mine):
    shipped = settings.DATA / "targets.toml"
    assert settings.own("targets.toml", [ROOT / name]) == (shipped if mine else None)


def test_a_sample_read_beside_own_files_lends_them_no_targets(own):
    assert settings.own("targets.toml", [SAMPLE, own]) is None


def test_a_file_beside_or_above_own_data_goes_before_all_others(own):
    (own.parent / "targets.toml").touch()
    assert settings.own("targets.toml", [own]) == own.parent / "targets.toml"
    assert settings.own("targets.toml", [SAMPLE, own]) == own.parent / "targets.toml"


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch, own: Path) -> AppTest:
    """Open the app with the own file handed in."""
    monkeypatch.setattr(sys, "argv", ["app.py"])
    opened = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    opened.query_params.update({"lang": "en"})
    opened.switch_page("pages/data.py").run()
    opened.file_uploader[0].set_value([(own.name, own.read_bytes(), "text/csv")])
    return opened.run()


def shown(app: AppTest) -> str:
    """Return every text of a page, the choices that its inputs offer too."""
    texts_of = [str(part.value) for part in [*app.markdown, *app.error, *app.warning, *app.info, *app.title]]
    tables = [str(part.value.to_dict()) for part in [*app.table, *app.dataframe]]
    choices = [str(part.options) for part in app.selectbox]
    return re.sub(r"\\(.)", r"\1", "\n".join(texts_of + tables + choices))


def test_no_page_shows_the_targets_of_the_sample_beside_own_files(app):
    for page in pages.SCREENS:
        app.switch_page(f"pages/{page}.py").run()
        assert not app.exception, page
        assert not THEIRS.search(unexplained(shown(app))), page


def test_only_a_scenario_that_ships_is_called_illustrative_beside_own_files(app):
    note, said_of_samples = "From our own plan of work.", texts.load("en")("simulate.illustrative")
    app.query_params["sliders"] = "plain"
    app.session_state["sliders"] = "plain"  # the cockpit needs a browser
    app.session_state["scenario"] = {"note": note, "levers": {"informal": {"new": 0.2}}}
    app.switch_page("pages/simulate.py").run()
    assert note in shown(app)
    assert said_of_samples not in shown(app)

    app.session_state["scenario"] = scenarios.simplified(scenarios.named("informal-push"))
    app.run()
    assert said_of_samples in shown(app)


def test_the_data_page_says_how_own_files_get_targets(app):
    assert texts.load("en")("own_targets.none") in shown(app)
    assert "download_targets" not in [button.key for button in app.get("download_button")]


def test_targets_typed_over_those_of_the_sample_stay_with_the_sample(app, own):
    app.session_state["own_targets"] = ["targets.toml", (settings.DATA / "targets.toml").read_text("utf-8")]
    app.session_state["own_targets_of_sample"] = True
    app.switch_page("pages/overview.py").run()
    assert not THEIRS.search(shown(app))
