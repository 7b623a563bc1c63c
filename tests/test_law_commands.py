"""Does the command line give the law of the text, to a thousandth of a person, whatever was reported?

The expected figures are the model's worked example (2) and those of `slow_law`, which shares nothing with the project.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from coverage.commands import cli
from tests import law_files, sample, slow_law
from tests.slow_law import SlowRun

NEAR = 1e-3
PUSHED = """
[levers.informal]
new = 0.20
lapse = -0.25
starts = "2023-02"
ramp = 3

[[programme]]
name = "APBD"
segment = "informal"
workers = 10000
starts = "2023-03"
months = 6
stay = 0.25
"""
Row = dict[str, str]


def simulated(capsys: pytest.CaptureFixture[str], *words: str) -> list[Row]:
    code = cli.main(["simulate", *words, "--by", "branch,segment", "--format", "csv", "--language", "en"])
    printed = capsys.readouterr()
    assert code == 0, printed.err
    return list(csv.DictReader(io.StringIO(printed.out)))


# Worked example (2) of the model, its scenario


@pytest.mark.parametrize(
    ("month", "covered", "low", "high"),
    [
        ("2023-02", 63759.782, 62976.777, 64542.788),
        ("2023-03", 76830.775, 75422.643, 78238.907),
        ("2023-04", 79180.443, 77180.943, 81179.942),
        ("2023-07", 83827.473, 80645.782, 87229.632),
        ("2023-09", 81484.725, 77107.191, 86057.465),
        ("2023-12", 87532.098, 82817.583, 92679.006),
        ("2024-01", 84748.843, 79706.658, 90008.910),
    ],
)
def test_the_worked_examples_scenario_and_its_band_are_the_models(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], month: str, covered: float, low: float, high: float
) -> None:
    file = tmp_path / "pushed.toml"
    file.write_text(PUSHED, encoding="utf-8")
    scope = ["--branch", "Palembang", "--segment", "informal", "--as-of", "2023-01", "--until", "2024-01"]

    rows = simulated(capsys, "--data", str(sample.FOLDER), "--scenario", str(file), *scope)

    (row,) = [row for row in rows if row["month"] == month]
    assert float(row["covered"]) == pytest.approx(covered, abs=NEAR)
    assert (float(row["p10"]), float(row["p90"])) == (pytest.approx(low, abs=NEAR), pytest.approx(high, abs=NEAR))


# Data of every kind


@pytest.mark.parametrize("seed", range(5))
def test_the_baseline_by_branch_and_segment_is_the_laws(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], seed: int
) -> None:
    compare(tmp_path, capsys, seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5, 65))
def test_the_baseline_of_many_more_data_is_the_laws(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], seed: int
) -> None:
    compare(tmp_path, capsys, seed)


@pytest.mark.parametrize("seed", [3, 4])
def test_later_rows_change_nothing_of_an_earlier_months_law(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], seed: int
) -> None:
    data, first, _ = law_files.branches(seed)
    file = tmp_path / "data.csv"
    law_files.write(data, first, file)
    as_of = max(told.last_report for told in data) - 3
    known = [told.until(as_of) for told in data if told.first_report <= as_of]

    rows = simulated(capsys, "--data", str(file), *until(first + as_of, 12), "--as-of", law_files.code(first + as_of))

    law = law_files.law(known, first, 12, [])
    for told, run in zip(known, law.runs, strict=True):
        if run is not None:
            held_against(mine(rows, told), run, 12)


def until(last: int, horizon: int) -> tuple[str, str]:
    return "--until", law_files.code(last + horizon)


def compare(tmp_path: Path, capsys: pytest.CaptureFixture[str], seed: int, horizon: int = 18) -> None:
    """Hold the command against the law, without programmes and with those of a file that is named."""
    data, first, budgets = law_files.branches(seed)
    last = first + len(data[0].active) - 1
    (tmp_path / "elsewhere").mkdir()
    file, going = tmp_path / "data.csv", tmp_path / "elsewhere" / "going.toml"
    law_files.write(data, first, file)
    going.write_text("".join(one.toml(f"P{place}", last) for place, one in enumerate(budgets)), encoding="utf-8")
    for programmes in ([], budgets):
        named = ["--programmes", str(going)] if programmes else []

        rows = simulated(capsys, "--data", str(file), "--scenario", "baseline", *until(last, horizon), *named)

        law = law_files.law(data, first, horizon, programmes)
        assert len(rows) == (horizon + 1) * sum(run is not None for run in law.runs)
        for told, run in zip(data, law.runs, strict=True):
            if run is not None:
                held_against(mine(rows, told), run, horizon)


def mine(rows: list[Row], told: slow_law.Reported) -> list[Row]:
    return [row for row in rows if (row["branch"], row["segment"]) == (told.branch, told.segment)]


def held_against(rows: list[Row], run: SlowRun, horizon: int) -> None:
    """The covered, P10 and P90 of every month; who has nobody has no band of its own."""
    for ahead in range(horizon + 1):
        row, place = rows[ahead], run.late + ahead
        assert float(row["covered"]) == pytest.approx(run.covered[place], abs=NEAR)
        drawn = [line[place] for line in run.draws] if run.covered[0] > 0 else []
        for name, share in (("p10", 0.1), ("p90", 0.9)):
            expected = slow_law.quantile(drawn, share) if drawn else None
            assert (float(row[name]) if row[name] else None) == pytest.approx(expected, abs=NEAR)
