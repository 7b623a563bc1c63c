"""Are programmes that run already part of the baseline, from a file, beside the data and in a scenario?"""

from __future__ import annotations

import csv
import io
import re
import shutil
import sys
import zipfile
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from coverage.base import settings
from coverage.commands import cli
from coverage.model import running
from coverage.model.levers import Programme
from tests import sample

AS_OF = date(2023, 1, 1)
BUDGET = """
[[programme]]
name = "APBD"
segment = "informal"
workers = 1880
starts = "2022-{starts}"
months = {months}
stay = 0.25
branches = ["KC palembang"]
"""


def budget(**values: object) -> Programme:
    usual = {"name": "APBD", "segment": "informal", "workers": 100, "starts": date(2022, 8, 1), "months": 11}
    return Programme.model_validate(usual | values)


def hold(*programmes: Programme, funded: list[float | None], active: list[float]) -> running.Running:
    keys = pl.DataFrame({"branch": ["A", "B"], "segment": ["informal", "informal"]})
    known = np.array([np.nan if value is None else value for value in funded])
    return running.hold_members(programmes, keys, np.array(active), known, np.array([True, True]), AS_OF)


def simulated(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[dict[str, dict[str, str]], str]:
    asked = ["--branch", "Palembang", "--segment", "informal", "--until", "2024-01", "--format", "csv"]
    assert cli.main(["simulate", *asked, *words, "--language", "en"]) == 0
    said = capsys.readouterr()
    return {row["month"]: row for row in csv.DictReader(io.StringIO(said.out))}, said.err


def test_a_budget_that_ends_where_the_stock_grows_takes_whom_it_drops(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "going.toml"
    file.write_text(BUDGET.format(starts="08", months=11), encoding="utf-8")

    rows, said = simulated(capsys, "--data", str(sample.FOLDER), "--programmes", str(file))

    # The worked example: 1 410 of 1 880 drop out in July, and stay out.
    assert float(rows["2023-06"]["covered"]) == pytest.approx(70_189.609, abs=5e-4)
    assert float(rows["2023-07"]["covered"]) == pytest.approx(70_266.199, abs=5e-4)
    assert float(rows["2024-01"]["covered"]) == pytest.approx(75_134.353, abs=5e-4)
    assert (float(rows["2023-07"]["ended"]), float(rows["2023-07"]["stayed"])) == (1880, 470)
    assert [float(rows[month]["funded"]) for month in ("2023-06", "2023-07")] == [1880, 0]
    assert "no known end" not in said


def test_a_budget_that_ends_where_the_stock_falls_anyway_changes_nothing_in_the_sum(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "going.toml"
    file.write_text(BUDGET.format(starts="07", months=18), encoding="utf-8")

    rows, _ = simulated(capsys, "--data", str(sample.FOLDER), "--programmes", str(file))

    assert float(rows["2024-01"]["covered"]) == pytest.approx(76_544.353, abs=5e-4)
    assert float(rows["2024-01"]["ended"]) == 1880


def test_the_file_beside_the_data_counts_and_without_it_the_funded_have_no_known_end(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(sample.FOLDER, tmp_path / "data")

    before, said = simulated(capsys, "--data", str(tmp_path / "data"))
    (tmp_path / "programmes.toml").write_text(BUDGET.format(starts="08", months=11), encoding="utf-8")
    after, _ = simulated(capsys, "--data", str(tmp_path / "data"))

    assert "1,880 funded members have no known end" in said
    assert float(before["2023-07"]["covered"]) == pytest.approx(71_676.199, abs=5e-4)
    assert float(after["2023-07"]["covered"]) == pytest.approx(70_266.199, abs=5e-4)


def test_a_scenarios_own_running_programme_is_part_of_its_baseline_and_renewing_gives_back_the_drop(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    going, renewed = tmp_path / "going.toml", tmp_path / "renewed.toml"
    going.write_text(BUDGET.format(starts="08", months=11), encoding="utf-8")
    more = BUDGET.replace("2022-{starts}", "2023-07").replace("APBD", "APBD lagi").replace("1880", "1410")
    renewed.write_text(BUDGET.format(starts="08", months=11) + more.format(months=12), encoding="utf-8")

    alone, _ = simulated(capsys, "--data", str(sample.FOLDER), "--scenario", str(going))
    again, _ = simulated(capsys, "--data", str(sample.FOLDER), "--scenario", str(renewed))

    assert float(alone["2023-07"]["covered"]) == pytest.approx(70_266.199, abs=5e-4)
    assert float(again["2023-07"]["covered"]) == pytest.approx(71_676.199, abs=5e-4)


def test_programmes_hold_by_funded_whom_no_earlier_one_holds() -> None:
    # 90 and 30 are funded. The first one's 100 are 75 and 25; of the second's 100 there are 15 and 5 left.
    found = hold(budget(), budget(name="CSR"), funded=[90, 30], active=[1000, 500])

    assert [held.members.tolist() for held in found.held] == [[75, 25], [15, 5]]
    assert [held.ends for held in found.held] == [6, 6]


def test_where_the_funded_are_not_given_the_running_programmes_are_the_funded_spread_by_active() -> None:
    found = hold(budget(workers=300), funded=[None, 10], active=[1000, 500])

    # 200 and 100 by active; where ten are funded ten are held.
    assert found.held[0].members.tolist() == [200, 10]
    assert found.stand_in[0] == 200


@pytest.mark.parametrize(
    ("starts", "months", "runs"),
    [("2023-01", 1, True), ("2022-02", 11, False), ("2022-02", 12, True), ("2023-02", 5, False)],
)
def test_what_runs_has_begun_and_is_still_paid_after_this_month(starts: str, months: int, runs: bool) -> None:
    year, month = (int(part) for part in starts.split("-"))

    found = running.at([budget(starts=date(year, month, 1), months=months)], AS_OF)

    assert (len(found) == 1) == runs


@pytest.mark.parametrize(("starts", "runs"), [("+0", True), ("+1", False)])
def test_a_months_count_from_the_as_of_month_is_placed_there(starts: str, runs: bool) -> None:
    given = running.loads(BUDGET.replace("2022-{starts}", starts).format(months=5).encode(), "programmes.toml")

    found = running.at(given, AS_OF)

    assert [programme.starts for programme in found] == ([AS_OF] if runs else [])


def test_a_file_of_programmes_with_an_unknown_key_is_refused_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "going.toml"
    file.write_text("[levers.informal]\nnew = 0.2\n", encoding="utf-8")

    code = cli.main(["gaps", "--data", str(sample.FOLDER), "--programmes", str(file), "--language", "en"])

    assert code == 2
    assert "going.toml" in capsys.readouterr().err


def test_a_file_of_programmes_in_an_archive_of_data_counts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    packed = tmp_path / "sumbagsel.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for file in sample.FOLDER.glob("*.csv"):
            archive.write(file, file.name)
        archive.writestr("programmes.toml", BUDGET.format(starts="08", months=11))

    rows, _ = simulated(capsys, "--data", str(packed))

    assert float(rows["2023-07"]["covered"]) == pytest.approx(70_266.199, abs=5e-4)


# Handed in among own files in the app


def opened(monkeypatch: pytest.MonkeyPatch, *files: tuple[str, str]) -> AppTest:
    """Open the Data page and hand in the frozen sample's files and these."""
    monkeypatch.setattr(sys, "argv", ["app.py"])
    app = AppTest.from_file(str(settings.DATA.parent / "app.py"), default_timeout=60)
    app.query_params.update({"lang": "en"})
    app.switch_page("pages/data.py").run()
    data = [(file.name, file.read_bytes(), "text/csv") for file in sorted(sample.FOLDER.glob("*.csv"))]
    given = [(name, text.encode(), "application/toml") for name, text in files]
    app.file_uploader[0].set_value([*data, *given])
    return app.run()


def text_of(app: AppTest) -> str:
    parts = [*app.caption, *app.markdown, *app.get("html")]
    return re.sub(r"\\(.)", r"\1", "\n".join(str(getattr(part, "value", part)) for part in parts))


@pytest.mark.parametrize("name", ["programmes.toml", "Programmes (1).toml", "anggaran.toml"])
def test_a_handed_in_file_of_programmes_is_known_for_what_it_is_and_runs(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    app = opened(monkeypatch, (name, BUDGET.format(starts="08", months=11)))

    assert not app.exception
    assert "programmes.toml" in app.session_state["uploads"]
    assert "one programme for 1,880 workers (APBD)" in text_of(app)
    app.session_state["branch"] = "Palembang"
    app.switch_page("pages/overview.py").run()
    # The next real cliff stands on the first page: three quarters of 1,880 drop out.
    assert "1,410" in text_of(app)


def test_given_back_the_programmes_go_with_the_files(monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(monkeypatch, ("programmes.toml", BUDGET.format(starts="08", months=11)))

    app.button(key="give_back").click().run()

    assert "uploads" not in app.session_state
    assert "one programme" not in text_of(app)


def test_a_handed_in_file_of_programmes_that_cannot_be_used_is_told_and_the_others_are_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = opened(monkeypatch, ("programmes.toml", BUDGET.format(starts="08", months=11).replace("1880", '"many"')))

    assert not app.exception
    assert "palembang.csv" in app.session_state["uploads"]
    assert "programmes.toml" not in app.session_state["uploads"]
    told = re.sub(r"\\(.)", r"\1", "\n".join(str(part.value) for part in app.warning))
    assert "programmes.toml, line 5" in told
    assert "many" in told
