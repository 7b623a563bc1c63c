"""Do targets in tables count for the data they belong to, what is given first, and is what nobody knows told?"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from coverage.base import tables
from coverage.commands import cli
from coverage.intake import mapping
from coverage.model import target_places, target_tables, targets
from coverage.model.targets import TargetBook

JANUARY, DECEMBER = date(2023, 1, 1), date(2023, 12, 1)


def rows(*found: dict[str, Any]) -> pl.DataFrame:
    """Targets as they stand in files; Palembang's of December 2023 for members unless said otherwise."""
    usual = {"branch": "Palembang", "segment": "formal", "by": DECEMBER, "measure": "workers", "file": "rekap.csv"}
    return pl.DataFrame(
        [usual | {"line": line, "column": "Target"} | row for line, row in enumerate(found, 2)],
        schema=tables.FILE_TARGETS,
        orient="row",
    )


def figures(book: TargetBook) -> list[tuple[object, ...]]:
    return [
        (*target.place.items(), target.segment, target.by, target.workers or target.new or target.coverage)
        for target in book.named(None).target
    ]


def test_a_table_of_targets_is_a_set_of_its_own_that_knows_where_each_stands() -> None:
    book, problems = target_tables.book(
        rows({"value": 150_000.0}, {"value": 0.5, "measure": "coverage", "segment": None})
    )

    assert (book.default, problems.height) == ("files", 0)
    assert figures(book) == [
        (("branch", "Palembang"), "formal", DECEMBER, 150_000),
        (("branch", "Palembang"), None, DECEMBER, 0.5),
    ]
    assert [target.origin.place for target in book.named(None).target] == ["rekap.csv:2", "rekap.csv:3"]


def test_two_figures_for_the_same_thing_are_told_and_neither_is_used() -> None:
    book, problems = target_tables.book(
        rows(
            {"value": 100.0},
            {"value": 120.0, "branch": "KC PALEMBANG", "file": "lain.csv"},
            {"value": 7.0, "segment": "informal"},
        )
    )

    assert figures(book) == [(("branch", "Palembang"), "informal", DECEMBER, 7)]
    assert problems.select("file", "line", "value", "severity", "code").rows() == [
        ("rekap.csv", 2, "100", "error", "target_contradicts"),
        ("lain.csv", 3, "120", "error", "target_contradicts"),
    ]
    assert '"other": "lain.csv:3"' in problems["details"][0]


def test_the_same_figure_twice_is_one_target() -> None:
    book, problems = target_tables.book(rows({"value": 100.0}, {"value": 100.0, "file": "lain.csv"}))

    assert (len(book.named(None).target), problems.height) == (1, 0)


@pytest.mark.parametrize("wrong", [{"value": -1.0}, {"value": 1.5, "measure": "coverage"}, {"value": 2e9}])
def test_a_figure_that_can_be_no_target_is_told(wrong: dict[str, Any]) -> None:
    book, problems = target_tables.book(rows(wrong))

    assert book == targets.EMPTY
    assert problems["code"].to_list() == ["target_refused"]


def test_a_target_of_a_regions_name_is_the_regions() -> None:
    book, _ = target_tables.book(
        rows({"branch": "SUMBAGSEL", "value": 9.0}), wider={"region": {"Sumbagsel"}, "province": {"Jambi"}}
    )

    assert book.named(None).target[0].place == {"region": "Sumbagsel"}


def test_books_of_one_rank_that_contradict_each_other_lose_that_target_alone() -> None:
    one, _ = target_tables.book(rows({"value": 100.0}, {"value": 5.0, "segment": "informal"}))
    other, _ = target_tables.book(rows({"value": 120.0, "file": "b.csv"}))

    book, problems = target_tables.of_one_rank([one, targets.EMPTY, other])

    assert figures(book) == [(("branch", "Palembang"), "informal", DECEMBER, 5)]
    assert problems["file"].to_list() == ["rekap.csv", "b.csv"]


def test_a_set_without_any_target_lends_no_figure_its_name() -> None:
    empty = targets.loads('default = "a"\n[sets.a]\ntitle = "Gubernur 2024"\nsource = "SK 1"\n', "a.toml")
    lower = targets.loads(
        'default = "b"\n[sets.b]\ntitle = "RKAT"\nsource = "Kantor"\n[[sets.b.target]]\nby = "2023-12"\nworkers = 9\n',
        "b.toml",
    )

    used = targets.together([empty, lower]).named(None)

    assert (used.title, used.source, [target.workers for target in used.target]) == ("RKAT", "Kantor", [9])


@pytest.mark.parametrize(
    ("written", "known", "expected"),
    [
        ("Kota Palembang", ["Palembang", "Jambi"], [("Kota Palembang", "Palembang")]),
        ("Kab. Ogan Ilir", ["Ogan Ilir"], [("Kab. Ogan Ilir", "Ogan Ilir")]),
        ("Bandung", ["Kota Bandung", "Kab. Bandung"], []),  # which of the two?
        ("Bandung", ["KCP Bandung"], [("Bandung", "KCP Bandung")]),
        ("Palmbang", ["Palembang"], []),
        ("Kotabumi", ["Bumi"], []),
    ],
)
def test_names_that_differ_only_by_what_kind_of_place_it_is_are_offered(
    written: str, known: list[str], expected: list[tuple[str, str]]
) -> None:
    assert target_places.alike([written], known) == expected


def test_what_a_person_said_of_a_place_is_its_name_from_then_on() -> None:
    book, _ = target_tables.book(rows({"branch": "Kota Palembang", "value": 5.0}))

    assert figures(target_tables.renamed(book, {"KOTA PALEMBANG": "Palembang"}))[0][0] == ("branch", "Palembang")


# On the command line

DATA = "month,branch,segment,active\n2022-12,Palembang,formal,139000\n2023-01,Palembang,formal,139200\n"
DATA += "2022-12,Palembang,informal,61000\n2023-01,Palembang,informal,61750\n"


def toml(*found: tuple[str, str, str, int], name: str = "x") -> str:
    parts = [
        f'[[sets.{name}.target]]\nbranch = "{branch}"\nsegment = "{segment}"\nby = "{by}"\nworkers = {workers}\n'
        for branch, segment, by, workers in found
    ]
    return f'default = "{name}"\n[sets.{name}]\n' + "".join(parts)


@pytest.fixture
def ask(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, list[dict[str, str]], str]]:
    """Ask a command about a file of one's own, as rows."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "rekap.csv").write_text(DATA, "utf-8")

    def call(command: str, *argv: object) -> tuple[int, list[dict[str, str]], str]:
        words = [command, "--data", str(tmp_path / "data"), *map(str, argv), "--format", "csv", "--language", "en"]
        code = cli.main(words)
        said = capsys.readouterr()
        return code, list(csv.DictReader(io.StringIO(said.out))), said.err

    return call


def by_segment(found: list[dict[str, str]]) -> dict[str, tuple[str, str]]:
    return {row["segment"]: (row["target"], row["target_source"]) for row in found}


def test_what_is_given_goes_before_what_lies_beside_in_the_order_given(ask, tmp_path: Path) -> None:
    (tmp_path / "targets.toml").write_text(
        toml(("Palembang", "formal", "2023-12", 150_000), ("Palembang", "informal", "2023-12", 70_000)), "utf-8"
    )
    (tmp_path / "first.toml").write_text(toml(("Palembang", "formal", "2023-12", 160_000), name="a"), "utf-8")
    (tmp_path / "second.toml").write_text(
        toml(("Palembang", "formal", "2023-12", 165_000), ("Palembang", "informal", "2023-12", 80_000), name="b"),
        "utf-8",
    )

    assert by_segment(ask("gaps")[1]) == {
        "formal": ("150000", "targets.toml:3"),
        "informal": ("70000", "targets.toml:8"),
    }
    assert by_segment(ask("gaps", "--targets", tmp_path / "first.toml")[1]) == {
        "formal": ("160000", "first.toml:3"),
        "informal": ("70000", "targets.toml:8"),
    }
    both = ["--targets", tmp_path / "first.toml", "--targets", tmp_path / "second.toml"]
    assert by_segment(ask("gaps", *both)[1]) == {
        "formal": ("160000", "first.toml:3"),
        "informal": ("80000", "second.toml:8"),
    }


def test_a_file_of_targets_whose_names_nobody_has_is_told(ask, tmp_path: Path) -> None:
    (tmp_path / "wrong.toml").write_text(toml(("Medan", "formal", "2023-12", 150_000)), "utf-8")

    code, found, _ = ask("check", "--targets", tmp_path / "wrong.toml")

    assert code == 1
    assert [(row["file"], row["code"]) for row in found] == [
        ("wrong.toml", "targets_of_nobody"),
        ("wrong.toml", "target_place_unknown"),
    ]
    assert "None of the places in these targets is in the data" in ask("gaps", "--targets", tmp_path / "wrong.toml")[2]


def test_a_file_of_targets_beside_the_data_that_cannot_be_read_is_told_by_check(ask, tmp_path: Path) -> None:
    (tmp_path / "data" / "targets.toml").write_text('default = "a"\n[sets.a]\nworkers = 5\n', "utf-8")

    code, found, _ = ask("check")

    assert code == 1
    assert [(row["file"], row["line"], row["severity"]) for row in found] == [("targets.toml", "3", "error")]
    assert "workers" in found[0]["message"]


def test_a_place_that_differs_only_by_kota_is_offered_and_not_joined(ask, tmp_path: Path) -> None:
    (tmp_path / "kota.toml").write_text(toml(("Kota Palembang", "formal", "2023-12", 150_000)), "utf-8")

    _, found, err = ask("gaps", "--targets", tmp_path / "kota.toml")

    assert [row["target"] for row in found] == ["", ""]
    assert "The target of Kota Palembang is not used: the data know Palembang." in err
    problem = ask("check", "--targets", tmp_path / "kota.toml")[1][1]
    assert (problem["code"], problem["line"]) == ("target_place_alike", "3")


def test_two_files_beside_the_data_that_contradict_each_other_are_told_by_check(ask, tmp_path: Path) -> None:
    (tmp_path / "data" / "targets.toml").write_text(toml(("Palembang", "formal", "2023-12", 150_000)), "utf-8")
    (tmp_path / "data" / "sub").mkdir()
    (tmp_path / "data" / "sub" / "targets.toml").write_text(toml(("Palembang", "formal", "2023-12", 151_000)), "utf-8")

    code, found, _ = ask("check")

    assert code == 1
    assert [row["code"] for row in found] == ["target_contradicts", "target_contradicts"]
    assert by_segment(ask("gaps")[1])["formal"] == ("", "")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t.csv", "branch,segment,by,workers\nPalembang,formal,2023-12,174000\nPalembang,BPU,2023,95.000\n"),
        ("t.csv", "cabang;segmen;target 2023\nPalembang;PU;174.000\nPalembang;BPU;95.000\n"),
        ("t.csv", "Cabang,Segmen,Bulan,Sasaran\nPalembang,PU,2023-12,174000\nPalembang,BPU,2023-12,95000\n"),
        ("targets.csv", "Kantor Cabang;Target PU 2023;Target BPU 2023\nKC Palembang;174.000;95.000\n"),
    ],
)
def test_a_table_of_targets_is_read_like_any_file_of_data(name: str, content: str, ask, tmp_path: Path) -> None:
    (tmp_path / name).write_text(content, "utf-8")

    found = by_segment(ask("gaps", "--targets", tmp_path / name)[1])

    assert {segment: target for segment, (target, _) in found.items()} == {"formal": "174000", "informal": "95000"}
    assert all(source.startswith(f"{name}:") for _, source in found.values())


def test_a_workbook_of_targets_beside_the_data_counts_for_them(ask, tmp_path: Path) -> None:
    table = pl.DataFrame({"Cabang": ["Palembang"], "Segmen": ["PU"], "Target 2023": [174000]})
    table.write_excel(tmp_path / "data" / "targets.xlsx")

    assert by_segment(ask("gaps")[1])["formal"] == ("174000", "targets.xlsx#Sheet1:2")


def test_targets_in_the_data_files_go_before_those_beside_and_after_those_given(ask, tmp_path: Path) -> None:
    (tmp_path / "data" / "rekap.csv").write_text(
        "month,branch,segment,active,target\n2022-12,Palembang,formal,139000,150000\n"
        "2023-01,Palembang,formal,139200,150000\n2023-01,Palembang,informal,61750,\n",
        "utf-8",
    )
    (tmp_path / "targets.toml").write_text(
        toml(("Palembang", "formal", "2023-12", 160_000), ("Palembang", "informal", "2023-12", 70_000)), "utf-8"
    )
    (tmp_path / "given.csv").write_text("branch,segment,by,workers\nPalembang,formal,2023-12,170000\n", "utf-8")

    assert by_segment(ask("gaps")[1]) == {"formal": ("150000", "rekap.csv:3"), "informal": ("70000", "targets.toml:8")}
    given = ask("gaps", "--targets", tmp_path / "given.csv")[1]
    assert by_segment(given) == {"formal": ("170000", "given.csv:2"), "informal": ("70000", "targets.toml:8")}


def test_a_target_that_changes_within_the_year_is_a_path(ask, tmp_path: Path) -> None:
    (tmp_path / "data" / "rekap.csv").write_text(
        "month,branch,segment,active,target\n2023-01,Palembang,formal,139200,140000\n"
        "2023-02,Palembang,formal,139300,141000\n2023-03,Palembang,formal,139400,142000\n",
        "utf-8",
    )

    row = ask("gaps", "--as-of", "2023-01")[1][0]
    assert (row["target"], row["target_month"]) == ("140000", "2023-01")
    row = ask("gaps", "--as-of", "2023-02")[1][0]
    assert (row["target"], row["target_month"]) == ("141000", "2023-02")


def test_a_table_without_any_target_is_refused(ask, tmp_path: Path) -> None:
    (tmp_path / "none.csv").write_text("Cabang,Segmen,Bulan,Aktif\nPalembang,PU,2023-12,174000\n", "utf-8")

    code, _, err = ask("gaps", "--targets", tmp_path / "none.csv")

    assert (code, err.count("\n")) == (2, 1)
    assert "none.csv" in err


def test_a_figure_or_month_that_cannot_be_read_is_told_with_its_line(ask, tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text(
        "branch,segment,by,workers\nPalembang,formal,2023-12,banyak\nPalembang,informal,kelak,5\n", "utf-8"
    )

    found = ask("check", "--targets", tmp_path / "bad.csv")[1]

    assert [(row["file"], row["line"], row["code"]) for row in found] == [
        ("bad.csv", "2", "target_refused"),
        ("bad.csv", "3", "target_refused"),
    ]


def test_the_month_in_view_can_be_chosen_and_one_that_is_none_is_refused(ask, tmp_path: Path) -> None:
    (tmp_path / "targets.toml").write_text(
        toml(("Palembang", "formal", "2023-06", 150_000), ("Palembang", "formal", "2023-12", 160_000)), "utf-8"
    )

    assert by_segment(ask("gaps")[1])["formal"][0] == "150000"
    assert by_segment(ask("gaps", "--target-month", "2023-12")[1])["formal"][0] == "160000"
    code, _, err = ask("gaps", "--target-month", "2024-12")
    assert (code, "2023-06 | 2023-12" in err) == (2, True)


def test_what_a_person_said_of_a_place_in_the_map_joins_its_targets(ask, tmp_path: Path) -> None:
    (tmp_path / "kota.toml").write_text(toml(("Kota Palembang", "formal", "2023-12", 150_000)), "utf-8")
    (tmp_path / "data" / "map.toml").write_text('[places]\n"Kota Palembang" = "Palembang"\n', "utf-8")

    assert by_segment(ask("gaps", "--targets", tmp_path / "kota.toml")[1])["formal"][0] == "150000"


def test_answers_about_places_stand_beside_those_about_columns_in_the_map(tmp_path: Path) -> None:
    mapping.add(tmp_path, {"Jml": "active"})
    mapping.add(tmp_path, {}, places={"Kota Palembang": "Palembang"})
    mapping.add(tmp_path, {"Pot": "eligible"}, places={"Kab. Muara Enim": "Muara Enim"})

    kept = mapping.loads((tmp_path / "map.toml").read_text("utf-8"), "map.toml")
    assert kept.places == {"Kota Palembang": "Palembang", "Kab. Muara Enim": "Muara Enim"}
    assert [file.columns for file in kept.file] == [{"Jml": "active"}, {"Pot": "eligible"}]
    said = mapping.dumps({"Jml": "active"}, places={"Kota Palembang": "Palembang"})
    assert mapping.loads(said, "map.toml").places == {"Kota Palembang": "Palembang"}
