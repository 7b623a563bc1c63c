"""Is the question what is needed answered alike everywhere: the figure, and what all else is meant to be like?"""

from __future__ import annotations

import json
import re
from datetime import date
from functools import lru_cache
from pathlib import Path

import polars as pl
import pytest

from coverage.base import texts
from coverage.commands import cli
from coverage.model import scenarios
from coverage.model.scenarios import Scenario
from coverage.reports import briefing, bundle, outline, results, screens
from coverage.reports.page_parts import Page, Table
from coverage.reports.results import Results
from coverage.reports.seen import Seen
from coverage.wording import bands
from tests import sample
from tests.test_pages import everything, opened

BOTH = pytest.mark.parametrize("language", texts.languages())
SEGMENTS = ("formal", "informal")


@lru_cache
def solved(segment: str, scenario: str, folder: Path) -> dict[str, object]:
    """Return what the command says of registrations."""
    out = folder / f"{segment}.json"
    asked = ["--branch", "Palembang", "--lever", f"{segment}.new", "--scenario", scenario, "--draws", "0"]
    cli.main(["solve", *sample.ASKED, *asked, "--format", "json", "--out", str(out)])
    (row,) = json.loads(out.read_text("utf-8"))
    return row


def told(language: str, scenario: Scenario) -> Results:
    words, (view, _) = texts.load(language), sample.looked()
    return results.of(view, scenario, words, None, None, sample.noted(view, scenario, words))


def needed_slide(language: str, scenario: Scenario) -> Page:
    words, (view, _) = texts.load(language), sample.looked()
    every = outline.pages(view, scenario, source=sample.noted(view, scenario, words), texts=words)
    (slide,) = [page for page in every if any(words("deck.takes.a_month") in part.heads for part in tables(page))]
    return slide


def tables(page: Page) -> list[Table]:
    return [part for part in page.parts if isinstance(part, Table)]


@lru_cache
def bundled_demand() -> pl.DataFrame:
    """Return the table of a bundle, which has the same figures in every language."""
    return bundle.tables(Seen(results=told("id", Scenario()), beside=sample.beside()))["demand"]


@BOTH
def test_without_new_steps_every_place_names_the_registrations_that_solve_names(language: str, tmp_path: Path) -> None:
    words, (view, _) = texts.load(language), sample.looked()
    figures = {
        segment: words.people(float(str(solved(segment, "baseline", tmp_path)["a_month"]))) for segment in SEGMENTS
    }
    still = Scenario()
    slide, result = needed_slide(language, still), told(language, still)
    (block,) = [block for block in briefing.written(result).second if block.name == "takes"]
    band = bands.solved(view, {}, words)
    needs = screens.needed(view)
    screen = screens.message_of_demand(view, needs, words)
    demand = bundled_demand()

    assert band is not None
    for place, segment in enumerate(SEGMENTS):
        figure = figures[segment]
        assert figure in {row[3] for row in tables(slide)[0].rows}
        assert figure in " ".join([slide.title, *slide.lead])
        assert figure in " ".join([block.heading, *block.lead])
        assert figure in band.lines[place].figures
        assert figure in screen.lines[place]
        assert words.people(demand.filter(segment=segment)["needed"][0]) == figure
    # Each says that all else is as without new steps.
    assert words("solve.onto_short.baseline") in slide.title
    assert words("solve.onto_short.baseline") in block.heading
    assert words("deck.takes.from_baseline") in slide.lead
    assert words("solve.onto.baseline") in screen.lines


@BOTH
def test_on_top_of_a_scenario_slide_and_briefing_say_so_with_the_figure_of_solve(language: str, tmp_path: Path) -> None:
    words, scenario = texts.load(language), scenarios.named("all-together")
    figure = words.people(float(str(solved("formal", "all-together", tmp_path)["a_month"])))
    slide, result = needed_slide(language, scenario), told(language, scenario)
    (block,) = [block for block in briefing.written(result).second if block.name == "takes"]

    for heading in (slide.title, block.heading):
        assert figure in heading
        assert words("solve.onto_short.scenario") in heading
    assert words("deck.takes.from_scenario") in slide.lead


@BOTH
def test_the_app_names_the_same_figure_on_its_first_page_and_where_it_is_solved(language: str, tmp_path: Path) -> None:
    """The app opens the shipped sample, so the command is asked of that."""
    words, out = texts.load(language), tmp_path / "x.json"
    asked = ["--branch", "Palembang", "--lever", "informal.new", "--draws", "0", "--format", "json", "--out", str(out)]
    cli.main(["solve", *asked])
    (row,) = json.loads(out.read_text("utf-8"))
    figure = words.people(row["a_month"])
    link = {"lang": language, "branch": "Palembang"}
    first = everything(opened(**link))
    simulate = everything(opened("simulate", **link, open="solve_panel", **{"solve.segment": "informal"}))

    assert re.search(rf"→\s*{re.escape(figure)}", first)
    month = words.month(date(2023, 12, 1)).rsplit(" ", 1)[0]
    assert words("bands.every_segment", month=month) in first
    assert figure in simulate
    assert words("solve.onto.baseline") in simulate
