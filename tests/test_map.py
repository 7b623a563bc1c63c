"""Does the map put every branch where it is, tell its status without colour, and name those that it leaves out?"""

from __future__ import annotations

import itertools
import json
import sys
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from coverage.base import settings, tables, texts
from coverage.charts import branch_places, drawing
from coverage.charts import map as drawn
from coverage.charts.map import draw_map
from coverage.intake import register as registers

LANGUAGES = [texts.load(language) for language in texts.languages()]
EN = texts.load("en")
STATUSES = ("off_track", "at_risk", "on_track", "reached", "unknown")


def ranked(*rows: tuple[str, str, float | None]) -> pl.DataFrame:
    """What of a ranking the map needs: branch, status, missing workers."""
    return pl.DataFrame(
        [{"branch": branch, "status": status, "short": short, "attainment": 0.7} for branch, status, short in rows],
        schema={"branch": pl.String, "status": tables.Standing, "short": pl.Float64, "attainment": pl.Float64},
    )


def register(*rows: tuple[str, float | None, float | None]) -> tables.Register:
    return pl.DataFrame(
        [
            dict.fromkeys(tables.REGISTER) | {"branch": branch, "latitude": north, "longitude": east, "province": "P"}
            for branch, north, east in rows
        ],
        schema=tables.REGISTER,
    )


PLACED = ranked(
    ("Palembang", "off_track", 900.0), ("Jambi", "at_risk", 100.0), ("Bengkulu", "reached", 0.0)
).with_columns(latitude=pl.Series([-2.98, -1.61, -3.79]), longitude=pl.Series([104.78, 103.61, 102.26]))


def test_a_branch_is_found_however_its_name_is_written():
    placed, others = branch_places.located(
        ranked(("KC palembang", "reached", 0.0)), register(("Palembang", -2.98, 104.78))
    )

    assert placed.select("branch", "latitude", "longitude").rows() == [("KC palembang", -2.98, 104.78)]
    assert others == []


def test_a_branch_without_a_place_is_named_and_not_drawn():
    rows = ranked(("Palembang", "reached", 0.0), ("Curup", "reached", 0.0), ("Lahat", "reached", 0.0))

    placed, others = branch_places.located(rows, register(("Palembang", -2.98, 104.78), ("Curup", None, 102.5)))

    assert placed["branch"].to_list() == ["Palembang"]
    assert others == ["Curup", "Lahat"]
    assert branch_places.describe_not_placed(others, EN).endswith("(2): Curup, Lahat.")


def test_many_branches_without_a_place_are_not_all_named():
    said = branch_places.describe_not_placed([f"B{place}" for place in range(30)], EN)

    assert "B9" in said
    assert "B10" not in said
    assert "30" in said


@pytest.mark.parametrize("words", LANGUAGES, ids=lambda words: words.language)
def test_the_summary_counts_each_status_and_names_where_most_are_missing(words: texts.Texts):
    said = branch_places.describe_places(PLACED, words)

    assert said.startswith("3 ")
    assert said.index(words("standing.off_track").lower()) < said.index(words("standing.reached").lower())
    assert words("map.most", branch="Palembang", short="900") in said
    assert words("map.most", branch="", short="").split("{")[0][:6] not in branch_places.describe_places(
        PLACED.with_columns(short=pl.lit(0.0)), words
    )


def test_the_more_workers_a_branch_misses_the_larger_its_sign():
    rows = draw_map(PLACED, EN, alt_text="so").data.drop_nulls("branch")

    assert rows["branch"].to_list() == ["Palembang", "Jambi", "Bengkulu"]  # the small ones last, on top
    sizes = rows["size"].to_list()
    # In area: of 900, 100 and 0 the first is the largest sign, the last the smallest, and the second lies a ninth up.
    assert (sizes[1] - sizes[2]) / (sizes[0] - sizes[2]) == pytest.approx(100 / 900)


def test_where_nobody_is_missing_every_sign_is_small():
    rows = draw_map(PLACED.with_columns(short=pl.lit(0.0)), EN, alt_text="so").data.drop_nulls("branch")

    assert rows["size"].n_unique() == 1


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("words", LANGUAGES, ids=lambda words: words.language)
def test_each_status_has_a_shape_a_colour_and_a_word_of_its_own(words: texts.Texts, dark: bool):
    rows = ranked(*[(status, status, 1.0) for status in STATUSES]).with_columns(
        latitude=pl.Series([-1.0, -2.0, -3.0, -4.0, -5.0]), longitude=pl.lit(104.0)
    )

    encoding = draw_map(rows, words, alt_text="so", dark=dark).spec["layer"][1]["encoding"]

    scales = [encoding[name]["scale"] for name in ("shape", "color")]
    for scale in scales:
        assert set(scale["domain"]) == {words(f"standing.{status}") for status in STATUSES}
        assert len(set(scale["range"])) == len(STATUSES)
    assert {encoding[name]["field"] for name in ("shape", "color")} == {"standing"}


def test_a_sign_can_be_told_from_the_land_and_from_the_page():
    def luminance(colour: str) -> float:
        parts = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for dark, ground in ((False, "#FFFFFF"), (True, "#14171C")):
        for colour in drawn._COLOURS[dark].values():
            for behind in (ground, drawing.GRID[dark]):
                high, low = sorted((luminance(colour), luminance(behind)), reverse=True)
                assert (high + 0.05) / (low + 0.05) >= 3, (dark, colour, behind)


def test_the_specification_asks_for_nothing_over_the_network_and_is_kept():
    first, second = (draw_map(PLACED, EN, alt_text="so") for _ in range(2))

    assert first.spec is second.spec
    assert "http" not in json.dumps(first.spec)
    assert "url" not in json.dumps(first.spec)
    assert first.alt == "so"


def test_a_single_branch_has_some_land_around_it():
    chart = draw_map(PLACED.head(1), EN, alt_text="so")

    west, south, east, north = drawn._frame(PLACED.head(1))
    assert west < 103.9 < 105.7 < east
    assert south < -3.8 < -2.1 < north
    assert set(chart.data.drop_nulls("part")["part"]) == {"Sumatra", "Bangka"}


def test_a_degree_is_as_long_eastward_as_northward_in_any_room():
    spec = draw_map(PLACED, EN, alt_text="so").spec["projection"]

    assert spec["type"] == "equirectangular"
    assert spec["scale"]["expr"].startswith("min(width / ")
    assert spec["center"] == pytest.approx([103.52, -2.7], abs=0.1)


def test_a_name_moves_above_its_sign_where_another_branch_lies_below():
    points = pl.DataFrame({"branch": ["North", "South"], "longitude": [104.0, 104.0], "latitude": [-2.0, -2.3]})

    assert drawn._above(points, (101.0, -5.0, 107.0, 0.3)) == [True, False]


def test_every_island_of_the_outline_is_closed_and_lies_in_indonesia():
    corners = pl.read_csv(settings.DATA / "outline.csv")

    for (part,), island in corners.group_by("part", maintain_order=True):
        ends = island.select("longitude", "latitude")
        assert ends.row(0) == ends.row(-1), part
        assert island.height > 4
    assert corners["longitude"].is_between(95, 141.1).all()
    assert corners["latitude"].is_between(-11, 6).all()


def test_every_shipped_branch_lies_on_or_near_its_island():
    """The outline is coarse: within a third of a degree of a corner's edge counts."""
    known = registers.read(settings.DATA / "branches.csv").drop_nulls(["latitude", "longitude"])
    rings = [
        list(zip(one["longitude"], one["latitude"], strict=True))
        for (_,), one in pl.read_csv(settings.DATA / "outline.csv").group_by("part", maintain_order=True)
    ]

    def inside(east: float, north: float, ring: list[tuple[float, float]]) -> bool:
        odd = False
        for (x1, y1), (x2, y2) in itertools.pairwise(ring):
            if (y1 > north) != (y2 > north) and east < (x2 - x1) * (north - y1) / (y2 - y1) + x1:
                odd = not odd
        return odd

    shifts = [(0.0, 0.0), (0.33, 0.0), (-0.33, 0.0), (0.0, 0.33), (0.0, -0.33)]
    for row in known.to_dicts():
        spots = [(row["longitude"] + dx, row["latitude"] + dy) for dx, dy in shifts]
        assert any(inside(*spot, ring) for spot in spots for ring in rings), row["branch"]


# The page


@pytest.fixture(autouse=True)
def _started_without_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take pytest's own arguments away: the app would take one for the folder to watch."""
    monkeypatch.setattr(sys, "argv", ["app.py"])


def page(**state: object) -> AppTest:
    app = AppTest.from_file(str(Path(__file__).resolve().parent.parent / "app.py"), default_timeout=60).run()
    app.session_state["language"] = "en"
    for key, value in state.items():
        app.session_state[key] = value
    app.switch_page("pages/branches.py").run()
    assert not app.exception
    return app


def test_the_page_draws_no_map_until_it_is_opened():
    shown = [one.value for one in page().markdown]

    assert len(shown) > 5
    assert not [one for one in shown if "on the map" in one]


def test_the_opened_map_says_in_words_what_it_shows():
    app = page(map=True)

    assert [one for one in app.markdown if one.value.startswith("9 branches on the map")]


def test_data_without_any_place_say_so_instead_of_an_empty_map():
    app = page(map=True, dataset="published/national")

    assert [one for one in app.info if one.value == EN("map.none")]
    assert [one for one in app.markdown if "Indonesia" in one.value and "Not on the map" in one.value]


def test_without_targets_the_map_still_names_its_branches():
    rows = ranked(("Palembang", "unknown", None), ("Jambi", "unknown", None)).with_columns(
        latitude=pl.Series([-2.98, -1.61]), longitude=pl.Series([104.78, 103.61])
    )

    named = draw_map(rows, EN, alt_text="so").data["name"].drop_nulls().to_list()
    assert sorted(named) == ["Jambi", "Palembang"]
