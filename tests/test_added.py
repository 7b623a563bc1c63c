"""Does every surface say the same of what each lever and programme adds by itself?"""

from __future__ import annotations

import csv
import io
import re
import shutil
import sys
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from coverage.answers import alone
from coverage.base import settings, texts
from coverage.commands import cli
from coverage.model import links, runs, scenarios
from coverage.model.scenarios import Scenario
from coverage.reports import briefing, outline, results
from coverage.wording.alone import added_table, describe_added
from tests import sample

AHEAD = 11
LINK = {
    "informal.new": "0.2",
    "formal.lapse": "-0.1",
    "p1.name": "APBD",
    "p1.segment": "informal",
    "p1.workers": "10000",
    "p1.starts": "2023-03",
    "p1.months": "6",
    "p1.stay": "0.25",
}


def moved() -> Scenario:
    return links.from_query(LINK)


def without(scenario: Scenario, name: str) -> Scenario:
    """The scenario without one of its levers, or without its programme."""
    if name == "APBD":
        return scenario.model_copy(update={"programme": ()})
    return links.from_query({key: value for key, value in LINK.items() if key != name})


def by_hand() -> dict[str, float]:
    """What each adds: the run with it less the run without it, each a run of its own."""
    view, scenario = sample.looked()[0], moved()
    end = runs.flows(view, scenario, AHEAD).covered[-1].sum()
    names = {"APBD": "APBD", "informal.new": "new", "formal.lapse": "lapse"}
    return {
        known: float(end - runs.flows(view, without(scenario, name), AHEAD).covered[-1].sum())
        for name, known in names.items()
    }


def test_what_each_adds_is_the_run_with_it_less_the_run_without_it() -> None:
    rows = alone.added(sample.looked()[0], moved(), AHEAD)

    assert {row["name"]: row["by_itself"] for row in rows} == pytest.approx(by_hand(), abs=1e-6)
    # 10,000 are paid until August; a quarter of them stays.
    assert {row["name"]: row["people"] for row in rows} == {"new": None, "lapse": None, "APBD": 2500}


@pytest.mark.parametrize("language", ["id", "en"])
def test_deck_briefing_and_simulate_say_it_in_one_sentence(
    language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words, view, scenario = texts.load(language), sample.looked()[0], moved()
    told = describe_added(alone.added(view, scenario, AHEAD), words)
    for name, people in by_hand().items():
        assert words.signed(people) in told, name
    source = sample.noted(view, scenario, words)
    looked = results.of(view, scenario, words, None, None, source)

    deck = [line for page in outline.pages(view, scenario, source=source, texts=words) for line in page.lead]
    brief = [line for block in briefing.written(looked).first for line in block.lead]

    assert deck.count(told) == 1
    assert brief.count(told) == 1
    assert told in simulate(language, tmp_path, monkeypatch)


def simulate(language: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the texts of Simulate on a folder of the frozen sample with its targets, what differs unfolded."""
    shutil.copytree(sample.FOLDER, folder / "data")
    shutil.copy(settings.DATA / "targets.toml", folder)
    monkeypatch.setattr(sys, "argv", ["app.py", str(folder / "data")])
    app = AppTest.from_file(str(settings.DATA.parent / "app.py"), default_timeout=60)
    where = {"lang": language, "data": "folder", "branch": "Palembang", "open": "differs", "sliders": "plain"}
    app.query_params.update(where | LINK)
    app.switch_page("pages/simulate.py").run()
    assert not app.exception
    parts = [*app.caption, *app.markdown, *app.get("html")]
    return re.sub(r"\\(.)", r"\1", "\n".join(str(getattr(part, "value", part)) for part in parts))


def test_the_command_compares_the_same_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "moved.toml"
    file.write_text(scenarios.dumps(moved()), encoding="utf-8")
    asked = ["compare", *sample.ASKED, "--branch", "Palembang", "--scenario", str(file), "--by", "total"]

    assert cli.main([*asked, "--until", "2023-12", "--draws", "0", "--format", "csv"]) == 0

    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    found = {row["lever"]: float(row["by_itself"]) for row in rows if row["by_itself"]}
    expected = by_hand()
    assert found == pytest.approx(
        {
            "informal.new": expected["new"],
            "formal.lapse": expected["lapse"],
            "programme.APBD": expected["APBD"],
        },
        abs=1e-5,
    )


def test_the_table_has_a_row_for_each_and_counts_only_whom_it_can() -> None:
    table = added_table(alone.added(sample.looked()[0], moved(), AHEAD), texts.load("en"))

    assert [len(cells) for cells in table.values()] == [3, 3, 3]
    assert sorted(table["Counts"]) == ["2,500", "–", "–"]
