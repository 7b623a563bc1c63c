"""Is every chart complete: rows, a message, labels in the reader's language, ink that can be read?"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest

from coverage.base import texts
from coverage.base.tables import PROJECTION, Segment
from coverage.base.texts import Texts
from coverage.charts import drawing
from coverage.charts.drawing import Chart
from coverage.charts.flows import draw_flows, draw_payments, flows_by_year
from coverage.charts.present import draw_shortages
from coverage.charts.standing import draw_bullet, draw_small, draw_spark
from coverage.charts.trajectory import draw_trajectory
from coverage.reports import pictures

MONTHS = [date(2022, 12, 1), date(2023, 1, 1)]
HISTORY = pl.DataFrame({"month": MONTHS, "active": [65_000.0, 61_750.0]})


def projection() -> pl.DataFrame:
    row = dict.fromkeys(PROJECTION, 0.0) | {"covered": 62_995.0, "funded": 1_000.0, "target": 95_000.0, "new": 2_400.0}
    return pl.DataFrame([row | {"month": date(2023, 2, 1)}, row | {"month": date(2023, 3, 1)}])


def trajectory(words: Texts, *, dark: bool) -> Chart:
    marks = pl.DataFrame({"month": [date(2023, 6, 1)], "workers": [77_000.0]})
    return draw_trajectory(
        HISTORY, projection(), projection(), words, segment="informal", milestones=marks, alt_text="so", dark=dark
    )


def bullet(words: Texts, *, dark: bool) -> Chart:
    row = {"segment": "formal", "achieved": 139_200.0, "target": 174_000.0, "due": 144_000.0, "attainment": 0.8}
    table = pl.DataFrame([row]).with_columns(pl.col("segment").cast(Segment))
    return draw_bullet(table, words, alt_text="so", dark=dark)


def flows(words: Texts, *, dark: bool) -> Chart:
    return draw_flows(projection(), words, alt_text="so", dark=dark)


def payments(words: Texts, *, dark: bool) -> Chart:
    return draw_payments(paid([date(2023, 3, 1), date(2023, 4, 1)]), words, alt_text="so", dark=dark)


def paid(months: list[date]) -> pl.DataFrame:
    return pl.DataFrame({"month": months}).with_columns(number=1, programme=pl.lit("APBD"), payer_rupiah=168e6)


def spark(words: Texts, *, dark: bool) -> Chart:
    return draw_spark(HISTORY, words, segment="formal", alt_text="so", dark=dark)


def small(words: Texts, *, dark: bool) -> Chart:
    table = pl.DataFrame({"month": MONTHS, "segment": ["formal"] * 2, "attainment": [0.7, 0.8]})
    return draw_small(table.with_columns(pl.col("segment").cast(Segment)), words, alt_text="so", dark=dark)


EVERY = (trajectory, bullet, flows, payments, spark, small)


def named_fields(node: Any) -> set[str]:
    """Return every data field that a specification draws."""
    if isinstance(node, dict):
        own = {node["field"]} if isinstance(node.get("field"), str) else set()
        return own.union(*(named_fields(value) for value in node.values()))
    if isinstance(node, list):
        return set().union(*(named_fields(value) for value in node))
    return set()


@pytest.mark.parametrize("language", texts.languages())
@pytest.mark.parametrize("draw", EVERY, ids=lambda draw: draw.__name__)
def test_a_chart_draws_only_columns_that_its_rows_have(draw: Callable[..., Chart], language: str):
    chart = draw(texts.load(language), dark=False)
    assert chart.data.height > 0
    assert named_fields(chart.spec) <= set(chart.data.columns)
    assert chart.alt == "so"


@pytest.mark.parametrize("draw", EVERY, ids=lambda draw: draw.__name__)
def test_a_chart_takes_the_numbers_and_months_of_its_language(draw: Callable[..., Chart]):
    locale = draw(texts.load("id"), dark=False).spec["config"]["locale"]
    assert (locale["number"]["decimal"], locale["number"]["thousands"]) == (",", ".")
    assert locale["time"]["months"][7] == "Agustus"
    assert draw(texts.load("en"), dark=False).spec["config"]["locale"]["number"]["thousands"] == ","


@pytest.mark.parametrize("draw", EVERY, ids=lambda draw: draw.__name__)
def test_a_specification_is_built_once_and_carries_no_data(draw: Callable[..., Chart]):
    first, second = draw(texts.load("id"), dark=False), draw(texts.load("id"), dark=False)
    assert first.spec is second.spec
    assert first.spec["data"] == {"name": drawing.ROWS}
    assert '"values"' not in json.dumps(first.spec["data"])


def test_the_funded_part_lies_between_what_pays_for_itself_and_all():
    rows = trajectory(texts.load("id"), dark=False).data.filter(kind="Skenario")
    assert rows["own"].to_list() == [61_995.0, 61_995.0]
    assert rows["workers"].to_list() == [62_995.0, 62_995.0]


def test_only_the_milestones_are_diamonds_in_the_legend_and_lines_stay_lines():
    words = texts.load("en")
    [dots] = [layer for layer in trajectory(words, dark=False).spec["layer"] if layer["mark"]["type"] == "point"]

    scale = dots["encoding"]["shape"]["scale"]
    shapes = dict(zip(scale["domain"], scale["range"], strict=True))
    assert [kind for kind, shape in shapes.items() if shape == "diamond"] == [words("chart.milestone")]
    assert shapes[words("chart.history")].startswith("M")


def test_the_legend_names_a_target_only_where_there_is_one():
    def names(baseline: pl.DataFrame) -> list[str]:
        chart = draw_trajectory(HISTORY, baseline, None, texts.load("en"), segment=None, alt_text="so")
        (line,) = (one for one in chart.spec["layer"] if one["mark"]["type"] == "line")
        return line["encoding"]["color"]["scale"]["domain"]

    assert names(projection()) == ["So far", "Without new steps", "Target"]
    assert names(projection().with_columns(target=pl.lit(None, pl.Float64))) == ["So far", "Without new steps"]


def test_a_month_known_between_unknown_ones_is_drawn_as_a_dot_for_no_line_reaches_it():
    words, months = texts.load("en"), pl.date_range(date(2022, 9, 1), date(2023, 1, 1), "1mo", eager=True)
    history = pl.DataFrame({"month": months, "active": [10, None, 20, 30, None]})
    chart = draw_trajectory(history, projection(), None, words, segment=None, alt_text="so")

    assert chart.data.filter("alone")["month"].dt.date().to_list() == [date(2022, 9, 1)]
    assert [one["transform"] for one in chart.spec["layer"] if one["mark"]["type"] == "point"] == [
        [{"filter": "datum.alone"}]
    ]
    whole = draw_trajectory(HISTORY, projection(), None, words, segment=None, alt_text="so")
    assert [one for one in whole.spec["layer"] if one["mark"]["type"] == "point"] == []


def test_bars_are_years_and_the_months_of_a_single_year():
    words = texts.load("en")
    march, december, january = date(2023, 3, 1), date(2023, 12, 1), date(2024, 1, 1)

    several, single = (
        draw_payments(paid(months), words, alt_text="so").data.select("period", "million").rows()
        for months in ([march, december, january], [march, december])
    )

    assert several == [("Mar–Dec 2023", 336), ("Jan 2024", 168)]
    assert single == [("Mar 2023", 168), ("Dec 2023", 168)]


def test_two_programmes_of_one_name_are_two_bars():
    twins = pl.concat([paid([date(2023, 3, 1)]), paid([date(2023, 3, 1)]).with_columns(number=2)])

    chart = draw_payments(twins, texts.load("en"), alt_text="so")

    assert chart.data.select("number", "million").rows() == [(1, 168), (2, 168)]


def test_those_who_stayed_on_are_not_drawn_as_leaving():
    table = projection().with_columns(ended=pl.lit(100.0), stayed=pl.lit(25.0))
    assert flows_by_year(table)["ended"].to_list() == [150.0]


def contrast(ink: str, ground: str) -> float:
    """Return the contrast ratio of two colours (WCAG 2.2, "relative luminance")."""

    def luminance(colour: str) -> float:
        parts = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(ink), luminance(ground)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("dark", "ground"), [(False, "#FFFFFF"), (True, "#14171C")])
def test_ink_and_labels_can_be_read_in_both_themes(dark: bool, ground: str):
    assert contrast(drawing.INK[dark], ground) >= 4.5
    assert contrast(drawing.FAINT[dark], ground) >= 4.5
    # Lines need 3 : 1 (WCAG 2.2, 1.4.11).
    for segment in ("formal", "informal", "construction", "migrant"):
        assert contrast(drawing.colour(segment), ground) >= 3
    assert contrast(drawing.MOVED, ground) >= 3


def test_a_bar_s_label_stands_inside_it_only_where_it_has_room() -> None:
    # The longest bar's chart is 100,000 wide: 30,000 hold a label on a telephone.
    rows = [
        {"segment": "formal", "achieved": 80_000.0, "target": 100_000.0, "due": 82_000.0},
        {"segment": "informal", "achieved": 10_000.0, "target": 20_000.0, "due": 12_000.0},
        {"segment": "construction", "achieved": 5_000.0, "target": 95_000.0, "due": 9_000.0},
    ]
    table = pl.DataFrame(rows).with_columns(pl.col("segment").cast(Segment), attainment=pl.lit(0.5))

    drawn = draw_bullet(table, texts.load("en"), alt_text="so")

    # In the bar; behind the target; behind where it should be today, in the bar of what is still missing.
    assert drawn.data["label_at"].to_list() == [0, 20_000, 9_000]
    assert drawn.data["on_bar"].to_list() == [True, False, False]  # white letters on a bar alone


def test_of_a_bar_of_nobody_the_label_can_be_read() -> None:
    rows = [{"segment": "formal", "achieved": 0.0, "target": 30_000.0, "due": 0.0}]
    table = pl.DataFrame(rows).with_columns(pl.col("segment").cast(Segment), attainment=pl.lit(0.0))

    drawn = draw_bullet(table, texts.load("en"), alt_text="so")

    assert drawn.data["on_bar"].to_list() == [False]  # then its letters are dark


@pytest.mark.parametrize("letters", range(28, 34))
def test_a_long_name_with_signs_of_two_halves_is_drawn_wherever_it_is_cut(letters: int) -> None:
    rows = pl.DataFrame({"branch": ["x" * letters + "🚀" * 30], "short": [5.0], "attainment": [0.5]})
    chart = draw_shortages(rows, texts.load("en"), alt_text="x")
    assert "<svg" in pictures.svg_of_chart(chart, width=400, height=200)
