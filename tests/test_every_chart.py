"""Is every chart of the package complete? The charts are found, not listed: a new one is looked at by itself."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from typing import Any

import pytest

from coverage import charts
from coverage.base import texts
from coverage.charts.drawing import Chart
from coverage.model import scenarios
from coverage.model.view import Scope
from coverage.reports import gallery, pictures, results
from coverage.reports.seen import Seen
from tests import sample
from tests.test_charts import small, spark

ID = texts.load("id")
OF_A_PAGE_ALONE = {"draw_spark": spark, "draw_small": small}
"""Charts that only a page draws: what draws them here."""


def find() -> dict[str, Callable[..., Chart]]:
    """Return every function of the package of charts that draws one, by its name."""
    modules = [
        importlib.import_module(f"coverage.charts.{each.name}") for each in pkgutil.iter_modules(charts.__path__)
    ]
    return {
        name: function
        for module in modules
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and name.startswith("draw_")
    }


@pytest.fixture(scope="module")
def drawn() -> dict[str, list[Chart]]:
    """Return what each function draws for the bundle of the sample with a scenario, or for its page."""
    charts_of: dict[str, list[Chart]] = {name: [draw(ID, dark=False)] for name, draw in OF_A_PAGE_ALONE.items()}

    def recorded(name: str, draw: Callable[..., Chart]) -> Callable[..., Chart]:
        def record(*values: Any, **named: Any) -> Chart:
            chart = draw(*values, **named)
            charts_of.setdefault(name, []).append(chart)
            return chart

        return record

    view, _ = sample.looked(Scope())
    scenario = scenarios.named("funded-programme")
    told = results.of(view, scenario, ID, None, None, sample.noted(view, scenario, ID))
    with pytest.MonkeyPatch.context() as patch:
        for name, draw in find().items():
            if hasattr(gallery, name):
                patch.setattr(gallery, name, recorded(name, draw))
        gallery.pictures_of(Seen(results=told, beside=sample.beside(Scope())))
    return charts_of


def marks(spec: Any) -> list[Any]:
    """Return every mark of a specification that shows something: one with an encoding."""
    if isinstance(spec, list):
        return [mark for part in spec for mark in marks(part)]
    if not isinstance(spec, dict):
        return []
    own = [spec["mark"]] if "mark" in spec and spec.get("encoding") else []
    return own + [mark for key, part in spec.items() if key != "encoding" for mark in marks(part)]


@pytest.mark.parametrize("name", sorted(find()))
def test_a_chart_is_drawn_by_the_bundle_or_by_a_page(name: str, drawn: dict[str, list[Chart]]):
    assert drawn.get(name), "neither the gallery nor OF_A_PAGE_ALONE draws it"


@pytest.mark.parametrize("name", sorted(find()))
def test_a_chart_has_rows_marks_and_a_message(name: str, drawn: dict[str, list[Chart]]):
    for chart in drawn[name]:
        assert chart.data.height > 0
        assert marks(chart.spec)
        assert chart.alt.strip()


@pytest.mark.parametrize("name", sorted(find()))
def test_a_chart_becomes_a_picture(name: str, drawn: dict[str, list[Chart]]):
    assert "<path" in pictures.svg_of_chart(drawn[name][0], width=600, height=300)


def test_an_empty_specification_is_seen():
    assert marks({"layer": [], "encoding": {"x": {"field": "month"}}}) == []
    assert marks({"mark": "line"}) == []
