"""Does every figure of a recap have its fate, and does `check` say so beside the account by line?"""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import polars as pl
import pytest

from coverage.base import settings, texts
from coverage.commands import cli
from coverage.intake import fates
from coverage.intake.headers import Field
from coverage.intake.read import Handed, Intake, read
from coverage.intake.row_reader import RowReader
from coverage.wording.account import describe_figures

SETTINGS = settings.load()
# Two months, two segments, a total of each month, a percentage and a target: of eleven figures in each line
RECAP = """Rekap peserta aktif
Cabang;Jan 2023;;;Feb 2023;;;Target PU 2023;Capaian (%)
;PU;BPU;Jumlah;PU;BPU;Jumlah;;
Palembang;139.200;61.750;200.950;139.900;61.800;201.700;174.000;80,4
Jambi;90.100;40.300;130.400;9x.500;40.400;130.900;100.000;90,5
"""


def handed(*files: tuple[str, str]) -> Intake:
    return read([Handed(name=name, content=content.encode()) for name, content in files], settings=SETTINGS)


def account(intake: Intake, name: str = "rekap.csv") -> dict[str, int]:
    return {fate: count for file, fate, count in intake.figures.iter_rows() if file == name}


def test_a_bad_cell_among_many_of_a_line_does_not_vanish() -> None:
    # 16 figures: 4 totals, 2 targets, 2 percentages, and `9x.500`
    intake = handed(("rekap.csv", RECAP))
    assert account(intake) == {"share": 2, "target": 2, "total": 4, "used": 7, "wrong": 1}
    told = intake.problems.filter(pl.col("severity") == "error").select("line", "column", "code", "value").rows()
    assert told == [(5, "Feb 2023 · PU", "number_unreadable", "9x.500")]


def test_words_in_the_place_of_a_figure_are_told_wherever_they_stand() -> None:
    lines = ["Peserta aktif", "Cabang;Jan 2023;Feb 2023"]
    lines += [f"Kota {name};{1_000 + at};{1_100 + at}" for at, name in enumerate("ABCDEFGHIJ")]
    lines[4] = "Kota C;belum lapor;1102"
    lines[7] = "Kota F;1OO5;"
    intake = handed(("rekap.csv", "\n".join(lines)))
    told = intake.problems.filter(pl.col("severity") == "error").select("line", "column", "value").rows()
    assert told == [(5, "Jan 2023", "belum lapor"), (8, "Jan 2023", "1OO5")]
    assert intake.table.height == 17
    assert account(intake) == {"used": 17, "wrong": 2}


def test_a_note_below_a_table_is_no_spoilt_figure() -> None:
    lines = "Peserta aktif\nCabang;Jan 2023;Feb 2023\nKota A;1000;1100\nKota B;1001;1101\n;Catatan: per 3 Maret;\n;x;\n"
    intake = handed(("rekap.csv", lines))
    assert intake.problems.filter(pl.col("severity") == "error").is_empty()


def test_a_negative_figure_is_set_aside_with_its_reason() -> None:
    fates = account(handed(("rekap.csv", RECAP.replace("9x.500", "-90.500"))))
    assert (fates["negative"], fates["used"]) == (1, 7)
    assert sum(fates.values()) == 16


def test_figures_of_lines_that_contradict_each_other_are_not_used() -> None:
    lines = "Cabang;Jan 2023;Feb 2023\nPalembang;139200;139900\nJambi;61750;61800\nJambi;60000;60100\n"
    assert account(handed(("peserta aktif.csv", lines)), "peserta aktif.csv") == {"twice": 4, "used": 2}


def test_figures_for_which_nobody_tells_the_active_members_are_not_used() -> None:
    active = "Cabang;Jan 2023;Feb 2023\nPalembang;139200;139900\n"
    eligible = "Cabang;Jan 2023;Feb 2023\nPalembang;267000;268000\nLahat;7000;7100\n"
    intake = handed(("peserta aktif.csv", active), ("potensi peserta.csv", eligible))
    assert account(intake, "potensi peserta.csv") == {"no_active": 2, "used": 2}


LONG = """Bulan;Cabang;Segmen;Aktif;Potensi;Target
2023-01;Palembang;PU;139200;267000;174000
2023-01;Palembang;BPU;61750;90000;80000
2023-01;Jambi;PU;90100;;100000
"""


def test_a_clean_long_table_has_the_account_too_by_file() -> None:
    # nine cells, one of them empty
    intake = handed(("a.csv", LONG), ("b.csv", LONG.replace("Palembang", "Lahat").replace("Jambi", "Bengkulu")))
    assert account(intake, "a.csv") == {"target": 3, "used": 5}
    assert account(intake, "b.csv") == {"target": 3, "used": 5}


@pytest.mark.parametrize(
    ("line", "more"),
    [
        ("2023-01;Jambi;BPU;40300;60000;50000", {"used": 7, "target": 4}),
        ("2023-01;Jambi;BPU;4x300;60000;50000", {"wrong": 1, "line": 2}),  # nothing of the line is used
        ("2023-01;Jambi;BPU;-40300;60000;50000", {"negative": 1, "line": 2}),
        ("2023-01;Jambi;BPU;40300;0;50000", {"used": 6, "zero": 1, "target": 4}),
        ("2023-01;Jambi;BPU;;60000;50000", {"no_active": 2}),
        ("2023-13;Jambi;BPU;40300;60000;50000", {"unread": 3}),
        ("2023-01;Jambi;PU;90000;60000;100000", {"used": 4, "twice": 3, "target": 4}),
        ("Jumlah;;;291050;357000;354000", {"total": 3}),
        ("Sumber: bidang kepesertaan", {}),
        (";;;;;", {}),
    ],
)
def test_a_line_that_is_not_used_takes_its_figures_with_it(line: str, more: dict[str, int]) -> None:
    fates = account(handed(("a.csv", LONG + line + "\n")), "a.csv")
    assert fates == {"used": 5, "target": 3} | more
    figures = sum(bool(cell.strip()) for row in [*LONG.splitlines()[1:], line] for cell in row.split(";")[3:])
    assert sum(fates.values()) == figures


def test_in_the_wide_form_each_segment_has_its_own_figures() -> None:
    wide = (
        "Bulan;Cabang;Aktif PU;Aktif BPU;Potensi PU\n2023-01;Palembang;139200;61750;267000\n2023-01;Jambi;9x;40300;9\n"
    )
    assert account(handed(("a.csv", wide)), "a.csv") == {"line": 1, "used": 4, "wrong": 1}


def test_check_says_it_of_a_clean_long_table_on_standard_error_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.csv").write_text(LONG.replace("90100;;", "90100;150000;"), "utf-8")
    cli.main(["check", "--data", str(tmp_path), "--format", "json", "--language", "en"])
    out, err = capsys.readouterr()
    assert "Figures read 9 = used 6 + targets 3 + totals 0 + set aside 0." in err
    assert not [row for row in json.loads(out) if row["code"] == "figures"]


def test_an_account_of_a_million_figures_looks_at_no_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pl.Series, "is_not_null", None)
    lines = pl.Series([5, 6, 7])
    reader = SimpleNamespace(
        counts={Field("active"): lines},
        wrong={Field("active"): None},
        header=SimpleNamespace(wide=False),
        kept={},
        beyond={},
        size=3,
        lines=SimpleNamespace(only_file=0),
    )
    assert fates.of_lines(cast("RowReader", reader)).rows() == [(0, "used", 3)]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "id",
            (
                "Angka terbaca 16 = dipakai 7 + target 2 + jumlah 4 + disisihkan 3"
                " (persentase atau rata-rata 2, negatif 1)."
            ),
        ),
        (
            "en",
            "Figures read 16 = used 7 + targets 2 + totals 4 + set aside 3 (percentages or averages 2, negative 1).",
        ),
    ],
)
def test_check_says_what_became_of_the_figures_on_standard_error_and_in_its_json(
    language: str, expected: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "rekap.csv").write_text(RECAP.replace("9x.500", "-90.500"), "utf-8")
    cli.main(["check", "--data", str(tmp_path), "--format", "json", "--language", language])
    out, err = capsys.readouterr()
    last = json.loads(out)[-1]
    assert (last["file"], last["severity"], last["code"], last["message"]) == ("rekap.csv", "note", "figures", expected)
    assert expected in err


def test_every_reason_has_a_word_in_both_languages() -> None:
    one, other = (texts.load(language) for language in texts.languages())
    reasons = [key.partition(".")[2] for key in one.messages if key.startswith("figure_fate.")]
    figures = read([Handed(name="rekap.csv", content=RECAP.encode())], settings=SETTINGS).figures
    for words in (one, other):
        assert all(words(f"figure_fate.{reason}") for reason in reasons)
        assert describe_figures(figures, words)
