"""Do the data that ship keep their promises: founding figures, balance, saw-tooth, sources, both languages?"""

from __future__ import annotations

import importlib.util
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest

from coverage.base import tables
from coverage.model import scenarios, targets

DATA = Path(__file__).resolve().parent.parent / "data"
SAMPLE = DATA / "samples" / "sumbagsel"
PUBLISHED = DATA / "samples" / "published"
NAMES = [column.name for column in tables.CANONICAL]
KEY = ["branch", "segment", "month"]
ARTICLE = "https://paltv.disway.id/read/373/2023-bpjs-ketenagakerjaan-bidik-perlindungan-pekerja-informal"


def read(folder: Path) -> pl.DataFrame:
    """Every row of a folder's files as text and whole numbers, by series and month."""
    files = sorted(folder.rglob("*.csv"))
    types = {name: pl.Int64 if name in tables.COUNTS else pl.String for name in NAMES}
    return pl.concat(pl.read_csv(file, schema=types) for file in files).sort(KEY)


@pytest.fixture(scope="module")
def sample() -> pl.DataFrame:
    return read(SAMPLE)


@pytest.fixture(scope="module")
def published() -> pl.DataFrame:
    return read(PUBLISHED)


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_sumbagsel", SAMPLE.with_name("make_sumbagsel.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up there
    spec.loader.exec_module(module)
    return module


HOLES = {
    ("Bengkulu", "construction"): {"2020-06", "2020-07"},
    ("Lubuklinggau", "formal"): {"2021-07"},
    ("Lubuklinggau", "informal"): {"2021-07"},
    ("Muara Bungo", "informal"): {"2022-05"},
}
"""The months that were never reported."""


def step(column: str) -> pl.Expr:
    """The change of a column since the month before, within a series; null where that month was never reported."""
    month = pl.col("month").str.to_date("%Y-%m")
    follows = month == month.shift(1).dt.offset_by("1mo")
    return pl.when(follows).then(pl.col(column) - pl.col(column).shift(1)).over("branch", "segment")


def test_the_founding_case_is_exact(sample: pl.DataFrame) -> None:
    founding = sample.filter(pl.col("branch") == "Palembang", pl.col("month") == "2023-01")

    assert founding.select("segment", "active", "eligible", "status").rows() == [
        ("formal", 139_200, 174_000, "derived"),
        ("informal", 61_750, 95_000, "derived"),
    ]
    assert founding["source"].str.contains(ARTICLE, literal=True).all()
    assert founding["eligible_source"].str.contains("set equal to the target", literal=True).all()


def test_every_other_row_of_the_sample_says_that_it_is_illustrative(sample: pl.DataFrame) -> None:
    others = sample.filter((pl.col("branch") != "Palembang") | (pl.col("month") != "2023-01"))

    assert others["status"].unique().to_list() == ["illustrative"]
    assert others["source"].str.contains("ilustrasi / illustrative", literal=True).all()
    assert others["eligible_source"].str.contains("ilustrasi / illustrative", literal=True).all()


def test_every_series_of_the_sample_has_its_37_months_but_for_the_holes_in_the_reports(sample: pl.DataFrame) -> None:
    calendar = {f"{2020 + at // 12}-{at % 12 + 1:02}" for at in range(37)}
    missing = {
        key: calendar - set(part["month"].to_list())
        for key, part in sample.partition_by("branch", "segment", as_dict=True).items()
    }

    assert {key: months for key, months in missing.items() if months} == HOLES
    assert len(missing) == 22
    assert sum(sample.null_count().row(0)) == 0


def test_every_branch_has_formal_and_informal_and_only_others_than_palembang_construction(sample: pl.DataFrame) -> None:
    segments = {
        branch: set(part["segment"].to_list())
        for (branch,), part in sample.partition_by("branch", as_dict=True).items()
    }

    assert all({"formal", "informal"} <= own for own in segments.values())
    assert segments["Palembang"] == {"formal", "informal"}
    assert sum("construction" in own for own in segments.values()) >= 2


def test_stocks_follow_from_flows_in_every_month(sample: pl.DataFrame) -> None:
    off = sample.with_columns(
        unexplained=step("active") - (pl.col("new") + pl.col("returned") - pl.col("lapsed"))
    ).filter(pl.col("unexplained") != 0)

    assert off.height == 0


def test_nobody_is_counted_twice_or_below_zero(sample: pl.DataFrame) -> None:
    counts = ["active", "eligible", "new", "lapsed", "returned", "funded"]
    off = sample.filter(
        (pl.min_horizontal(counts) < 0)
        | (pl.col("funded") > pl.col("active"))
        | (pl.col("active") > pl.col("eligible"))
    )

    assert off.height == 0


def test_funded_members_enter_as_new_and_leave_as_lapsed(sample: pl.DataFrame) -> None:
    change = sample.with_columns(change=step("funded")).drop_nulls("change")

    assert change.filter(pl.col("change") > pl.col("new")).height == 0
    assert change.filter(-pl.col("change") > pl.col("lapsed")).height == 0
    assert sample.filter(pl.col("segment") != "informal")["funded"].sum() == 0


def test_funded_members_and_all_members_fall_in_january(sample: pl.DataFrame) -> None:
    januaries = sample.with_columns(funded_change=step("funded"), change=step("active")).filter(
        pl.col("month").is_in(["2021-01", "2022-01", "2023-01"])
    )
    informal = januaries.filter(pl.col("segment") == "informal")

    assert januaries.height == 22 * 3
    assert (januaries["change"] < 0).all()
    assert (informal["funded_change"] < 0).all()


def test_the_sample_wobbles_about_as_much_as_the_published_nation(
    sample: pl.DataFrame, published: pl.DataFrame
) -> None:
    def moves(rows: pl.DataFrame) -> pl.DataFrame:
        month = pl.col("month").str.to_date("%Y-%m")
        sums = rows.group_by("month").agg(pl.col("active").sum()).sort("month")
        follows = month == month.shift(1).dt.offset_by("1mo")
        return sums.select(pl.when(follows).then(pl.col("active") / pl.col("active").shift(1) - 1)).drop_nulls()

    whole = sample.filter(~pl.col("branch").is_in(["Lubuklinggau", "Muara Bungo", "Bengkulu"]))  # without holes
    nation = published.filter(pl.col("branch") == "Indonesia", pl.col("month") >= "2024-12")

    # December 2024 to June 2025, 45.22 to 39.35 million: 2.4 % a month in the mean.
    assert 0.5 < moves(whole)["active"].abs().mean() / moves(nation)["active"].abs().mean() < 1.5


def test_the_sample_has_no_jump_that_a_check_would_warn_of(sample: pl.DataFrame) -> None:
    change = sample.with_columns(share=step("active") / pl.col("active").shift(1).over("branch", "segment"))

    assert change.drop_nulls("share").filter(pl.col("share").abs() > 0.5).height == 0


def test_palembang_grows_more_slowly_than_its_targets_require(sample: pl.DataFrame) -> None:
    ends = sample.filter(pl.col("branch") == "Palembang", pl.col("month").is_in(["2022-01", "2023-01"]))
    last_year = ends.with_columns(pace=(pl.col("active") - pl.col("active").shift(1)).over("segment") / 12)
    pace = dict(last_year.drop_nulls("pace").select("segment", "pace").rows())

    assert 500 < pace["formal"] < 3163.6
    assert 700 < pace["informal"] < 3022.7


def test_the_script_makes_the_very_files_that_ship(maker: ModuleType) -> None:
    made = {name: text.encode() for name, text in maker.files().items()}
    shipped = {path.name: path.read_bytes().replace(b"\r\n", b"\n") for path in SAMPLE.glob("*.csv")}

    assert made == shipped


def test_files_have_the_canonical_header_in_order() -> None:
    for path in sorted((DATA / "samples").rglob("*.csv")):
        first = path.read_text("utf-8").splitlines()[0]

        assert first == ",".join(NAMES), path.name


def test_every_published_row_has_an_address_and_is_not_made_up(published: pl.DataFrame) -> None:
    assert published["source"].str.contains("https?://").all()
    assert set(published["status"].to_list()) == {"published", "derived"}
    assert published.filter(pl.col("eligible").is_not_null())["eligible_source"].str.contains("https?://").all()


def test_published_figures_hold_stocks_only_and_no_key_twice(published: pl.DataFrame) -> None:
    assert published.select("new", "lapsed", "returned", "funded").null_count().row(0) == (published.height,) * 4
    assert published.select(KEY).is_duplicated().sum() == 0


@pytest.mark.parametrize(
    ("branch", "month", "total"),
    [
        ("Indonesia", "2023-02", 35_300_000),
        ("Indonesia", "2025-04", 39_700_000),
        ("Provinsi Sumatera Selatan", "2024-08", 1_033_000),
        ("Provinsi Bengkulu", "2024-12", 261_814),
        ("Provinsi Kepulauan Bangka Belitung", "2025-06", 144_070),
        ("Sumbagsel", "2023-12", 2_581_020),
        ("Palembang", "2024-10", 418_101),
    ],
)
def test_the_segments_of_a_month_add_up_to_its_published_total(
    published: pl.DataFrame, branch: str, month: str, total: int
) -> None:
    rows = published.filter(pl.col("branch") == branch, pl.col("month") == month)

    assert rows["active"].sum() == total


def test_the_provinces_add_up_to_the_region_in_december_2023(published: pl.DataFrame) -> None:
    december = published.filter(pl.col("month") == "2023-12")
    provinces = december.filter(pl.col("branch").str.starts_with("Provinsi"))
    region = december.filter(pl.col("branch") == "Sumbagsel")

    assert provinces.height == 5
    assert provinces["active"].sum() == region["active"].sum()


def test_every_branch_is_known_once_and_lies_where_it_should(sample: pl.DataFrame, published: pl.DataFrame) -> None:
    register = pl.read_csv(DATA / "branches.csv", schema=tables.REGISTER)
    keys = [tables.branch_key(name) for name in register["branch"]]
    placed = register.drop_nulls("latitude")

    assert len(keys) == len(set(keys))
    assert set(sample["branch"]) | set(published["branch"]) == set(register["branch"])
    assert placed["latitude"].is_between(-6, -0.7).all()
    assert placed["longitude"].is_between(101, 108.8).all()
    assert set(register.filter(pl.col("branch").is_in(sample["branch"].unique().to_list()))["region"]) == {"Sumbagsel"}
    assert register.filter(pl.col("region") == "Sumbagsel")["source"].str.contains("contoh / sample.*https://").all()


def test_every_series_of_the_sample_has_a_target_and_only_palembangs_are_published(sample: pl.DataFrame) -> None:
    annual = targets.load(DATA / "targets.toml").sets["annual-2023"]
    named = {(target.branch, target.segment): target for target in annual.target}

    assert set(named) == set(sample.select("branch", "segment").unique().rows())
    assert named["Palembang", "formal"].workers == 174_000
    assert named["Palembang", "informal"].workers == 95_000
    assert all(
        target.status == ("published" if branch == "Palembang" else "illustrative")
        for (branch, _), target in named.items()
    )


def test_published_targets_have_an_address() -> None:
    book = targets.load(DATA / "targets.toml")
    stated = [one for each in book.sets.values() for one in each.target if one.status == "published"]

    assert book.default == "annual-2023"
    assert list(book.sets) == ["annual-2023", "ucj-2025", "rpjmn-2025"]
    assert all(one.source.startswith("https://") for one in stated)
    assert [one.coverage for one in book.sets["rpjmn-2025"].target] == [0.3215, 0.3499, 0.4392]
    assert {one.province: one.coverage for one in book.sets["ucj-2025"].target} == {
        None: 0.5215,
        "Sumatera Selatan": 0.4946,
        "Lampung": 0.3839,
        "Kepulauan Bangka Belitung": 0.5717,
        "Bengkulu": 0.48,
        "Jambi": 0.55,
    }


def test_provinces_with_a_target_are_in_the_register() -> None:
    provinces = set(pl.read_csv(DATA / "branches.csv")["province"].drop_nulls())
    book = targets.load(DATA / "targets.toml")

    assert {one.province for each in book.sets.values() for one in each.target if one.province} <= provinces


@pytest.mark.parametrize(
    "name",
    ["baseline", "informal-push", "keep-them", "funded-programme", "workforce-growth", "all-together"],
)
def test_every_scenario_is_in_both_languages_and_says_that_it_is_illustrative(name: str) -> None:
    path = DATA / "scenarios" / f"{name}.toml"
    scenario = scenarios.load(path)

    assert path.read_text("utf-8").startswith("# Pengaturan ini ilustrasi")
    assert "These settings are illustrative" in path.read_text("utf-8").splitlines()[0]
    assert isinstance(scenario.name, dict)
    assert isinstance(scenario.note, dict)
    assert scenario.name.keys() == scenario.note.keys() == {"id", "en"}
    assert all(scenario.name.values())
    assert all(programme.branches is None for programme in scenario.programme)
    assert not scenario.branch_levers


def test_there_are_six_scenarios_and_the_baseline_changes_nothing() -> None:
    presets = scenarios.presets(DATA / "scenarios")

    assert len(presets) == 6
    assert next(iter(presets)) == "baseline"
    assert not presets["baseline"].levers
    assert not presets["baseline"].programme
    assert all(one.levers or one.programme for name, one in presets.items() if name != "baseline")


def test_titles_of_target_sets_are_in_both_languages() -> None:
    document = tomllib.loads((DATA / "targets.toml").read_text("utf-8"))

    assert all(each["title"].keys() == {"id", "en"} for each in document["sets"].values())


@pytest.mark.parametrize("column", tables.CANONICAL, ids=lambda column: column.name)
def test_the_data_dictionary_explains_every_column(column: tables.Column) -> None:
    lines = (DATA / "README.md").read_text("utf-8").splitlines()
    row = next(line for line in lines if line.startswith(f"| `{column.name}` |") and line.count("|") == 8)
    _, _, kind, unit, needed, meaning, arti, headers, _ = (cell.strip() for cell in row.split("|"))

    assert all((kind, unit, meaning, arti))
    assert needed == ("yes" if column.needed else "no")
    assert [header.strip() for header in headers.split(",")] == list(column.synonyms)


def test_the_data_dictionary_names_every_segment_with_its_code() -> None:
    text = (DATA / "README.md").read_text("utf-8")

    for name, segment in tomllib.loads((DATA / "settings.toml").read_text("utf-8"))["segment"].items():
        assert f"| `{name}` | {segment['code']} |" in text
