"""Does what is assumed of the workforce move the baseline, the targets that are shares of it, and nothing else?"""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from coverage.base import settings, texts
from coverage.commands import cli
from coverage.live import payload
from coverage.model import links, runs, scenarios
from tests import frames, sample
from tests.test_live import needs_node, run_script, sent

TARGETS = """
default = "plan"
[sets.plan]
title = "Plan"
source = "test"
[[sets.plan.target]]
by = "2024-01"
coverage = 0.9
"""


@pytest.fixture
def nearly_full(tmp_path: Path) -> Path:
    """A branch that grows by 200 a month to 10 000 of 10 010 eligible in January 2023: there is hardly any room."""
    rows = frames.history("2021-01", [5_200 + 200 * month for month in range(25)])
    lines = ["month,branch,segment,active,eligible"]
    lines += [f"{row['month']},Palembang,informal,{row['active']},10010" for row in rows]
    (tmp_path / "data.csv").write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / "targets.toml").write_text(TARGETS, encoding="utf-8")
    return tmp_path


def asked(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[list[dict[str, str]], str]:
    assert cli.main([*words, "--format", "csv", "--language", "en"]) == 0
    printed = capsys.readouterr()
    return list(csv.DictReader(io.StringIO(printed.out))), printed.err


@pytest.mark.parametrize(
    ("growth", "covered", "target"),
    [
        # The path rises by about 2 % a month, the workforce by g a year: the baseline is the workforce.
        # 10 010 × 1.02 = 10 210.2, and nine tenths of it 9 189.18.
        ([], 10_210.2, 9_189.18),
        (["--eligible-growth", "0.05"], 10_510.5, 9_459.45),
        (["--eligible-growth", "-0.1"], 9_009.0, 8_108.1),
    ],
    ids=["usual", "more", "fewer"],
)
def test_an_assumed_growth_moves_the_baseline_and_a_target_for_a_share(
    nearly_full: Path, capsys: pytest.CaptureFixture[str], growth: list[str], covered: float, target: float
) -> None:
    rows, _ = asked(capsys, "simulate", "--data", str(nearly_full), "--until", "2024-01", *growth)
    (stands,), said = asked(capsys, "gaps", "--data", str(nearly_full), *growth)

    assert float(rows[-1]["covered"]) == pytest.approx(covered, abs=1e-6)
    assert float(rows[-1]["target"]) == pytest.approx(target, abs=1e-6)
    assert (float(stands["expected"]), float(stands["target"])) == pytest.approx((covered, target), abs=1e-6)
    assert ("Assumed: the eligible workers grow" in said) == bool(growth)


def test_the_past_is_judged_with_the_growth_that_is_assumed(
    nearly_full: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Of the past months January 2022 alone has a month twelve months later: 10 000 came. With half of the workforce
    # gone by then the forecast could not have been above 10 010 ÷ 2 = 5 005.
    asked_for = ["backtest", "--data", str(nearly_full), "--horizon", "12", "--by", "total"]

    rows, _ = asked(capsys, *asked_for, "--eligible-growth", "-0.5")

    (row,) = [row for row in rows if row["method"] == "model"]
    assert float(row["mape"]) == pytest.approx(0.4995, abs=1e-6)


def test_a_growth_beyond_its_bounds_is_refused(nearly_full: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = cli.main(["gaps", "--data", str(nearly_full), "--eligible-growth", "5", "--language", "en"])

    assert code == 2
    assert "--eligible-growth" in capsys.readouterr().err


def test_the_course_without_acts_has_the_growth_that_a_scenario_assumes() -> None:
    view = sample.looked()[0]
    only = links.from_query({"informal.eligible_growth": "-0.3"})
    both = links.from_query({"informal.eligible_growth": "-0.3", "informal.new": "0.5"})

    without = runs.baseline_table(view, 11, assumed=both)

    assert without["covered"].to_list() == runs.simulate(view, only, name="only")["covered"].to_list()
    assert without["covered"].to_list() != runs.baseline_table(view, 11)["covered"].to_list()


@needs_node
def test_the_browsers_course_without_acts_is_ours_whatever_is_assumed() -> None:
    view = sample.looked()[0]
    both = links.from_query({"informal.eligible_growth": "-0.3", "informal.new": "0.5", "formal.starts": "2023-04"})
    given = {
        "model": sent(view, both),
        "scenario": scenarios.simplified(both),
        "named": payload.series_of_named_branches(view, both),
    }
    script = """
    const model = unpackModel(given.model);
    Object.assign(model.named, given.named);
    const still = stillOf(model, given.scenario);
    const answer = {assumed: assumedOf(given.scenario), paths: still.groups.map((one) => [...one.path])};
    """

    found = json.loads(json.dumps(run_script(script, given)))

    ours = runs.baseline_table(view, 11, assumed=both)
    assert found["assumed"] == scenarios.simplified(both.assumed)
    for place, segment in enumerate(("formal", "informal")):
        assert found["paths"][place] == pytest.approx(ours.filter(segment=segment)["covered"].to_list(), abs=1e-6)


def test_a_setting_that_is_assumed_says_by_whom() -> None:
    usual = settings.load()
    source = texts.load("en")("cli.assumed")

    assumed = usual.assuming("eligible_growth", 0.05, source, usual.fact("tolerance").date)

    assert (assumed["eligible_growth"], assumed.fact("eligible_growth").source) == (0.05, source)
    assert assumed["tolerance"] == usual["tolerance"]


# In the app


def app(nearly_full: Path, monkeypatch: pytest.MonkeyPatch, page: str, **link: str) -> AppTest:
    monkeypatch.setattr(sys, "argv", ["app.py", str(nearly_full)])
    opened = AppTest.from_file(str(settings.DATA.parent / "app.py"), default_timeout=60)
    opened.query_params.update({"lang": "en", "data": "folder"} | link)
    return opened.switch_page(f"pages/{page}.py").run()


def text_of(opened: AppTest) -> str:
    parts = [*opened.caption, *opened.markdown, *opened.get("html"), *opened.warning, *opened.error]
    return re.sub(r"\\(.)", r"\1", "\n".join(str(getattr(part, "value", part)) for part in parts))


def test_a_link_with_an_assumed_growth_moves_the_first_pages_baseline(
    nearly_full: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual, more = (app(nearly_full, monkeypatch, "overview", **link) for link in ({}, {"growth": "0.05"}))

    # 10 010 eligible grow by 2 or 5 %: that is the baseline of January 2024, as on the command line.
    assert "10,210" in text_of(usual)
    assert "10,510" in text_of(more) or "10,511" in text_of(more)
    assert "Assumed: the eligible workers grow" in text_of(more)
    assert "Assumed" not in text_of(usual)


def test_the_growth_is_set_and_set_back_and_the_acts_stay(nearly_full: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = app(nearly_full, monkeypatch, "method", **{"informal.new": "0.2"})

    opened.number_input(key="growth_control").set_value(5.0).run()
    assert opened.session_state["assumed_growth"] == "0.05"
    opened.button(key="growth_back").click().run()

    assert opened.session_state["assumed_growth"] == ""
    assert opened.session_state["scenario"] == {"levers": {"informal": {"new": 0.2}}}


@pytest.mark.parametrize("growth", ["7", "much"])
def test_a_link_with_a_growth_that_cannot_be_is_told_and_the_usual_one_holds(
    nearly_full: Path, monkeypatch: pytest.MonkeyPatch, growth: str
) -> None:
    monkeypatch.setattr(sys, "argv", ["app.py", str(nearly_full)])
    opened = AppTest.from_file(str(settings.DATA.parent / "app.py"), default_timeout=60)
    opened.query_params.update({"lang": "en", "data": "folder", "growth": growth})
    opened.run()  # the first page, as the first thing that a visitor does

    assert not opened.exception
    assert f'"growth" holds "{growth}"' in text_of(opened)
    assert "10,210" in text_of(opened)
