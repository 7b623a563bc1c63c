"""Is what a sentence calls short always what the parts lack, and never the net gap, in which a surplus hides it?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import polars as pl
import pytest

from coverage.base import texts
from coverage.model import chance, moving_targets, runs, scenarios
from coverage.model import view as views
from coverage.model.scenarios import Scenario
from coverage.model.targets import TargetSet
from coverage.model.view import Scope, View
from coverage.reports import handout, outline, results, screens
from coverage.reports.results import Results
from coverage.standing import gaps
from coverage.wording import bands, headlines, sentences
from tests import sample

LANGUAGES = [texts.load(name) for name in texts.languages()]
SHORT = {
    "id": re.compile(r"(?i:\bkurang) (\d[\d.]*\d|\d)"),
    "en": re.compile(r"(\d[\d,]*\d|\d)(?: (?:workers|registrations|members))?(?: are)?(?: still)? short\b"),
}
SCENARIOS = {"baseline": Scenario(), "all-together": scenarios.named("all-together")}


def region() -> View:
    """Return a region one branch of which is past its target, so that the net gap hides what the others lack."""
    return sample.looked(Scope(regions=("Sumbagsel",)))[0]


def lacking(view: View, reached: np.ndarray, target: np.ndarray) -> set[int]:
    """Add up, series by series, what each group of the view lacks: by hand, from the figures of the series alone."""
    each = view.series.select("branch", "segment").with_columns(
        lacks=pl.Series(np.maximum(np.nan_to_num(target) - np.nan_to_num(reached), 0))
    )
    sums = {round(float(each["lacks"].sum()))}
    for keys in (["segment"], ["branch"], ["branch", "segment"]):
        sums |= {round(value) for value in each.group_by(keys).agg(pl.col("lacks").sum())["lacks"].to_list()}
    return sums


@lru_cache
def allowed(name: str) -> frozenset[int]:
    """Return every figure that may be called short: of today, and of the end with and without the scenario."""
    view = region()
    now = view.series["active"].cast(pl.Float64).to_numpy()
    figures = lacking(view, now, view.target)
    for scenario in (Scenario(), SCENARIOS[name]):
        run = runs.flows(view, scenario.at(view.as_of), 11)
        figures |= lacking(view, run.covered[-1, :, 0], moving_targets.aimed(view, run))
    return frozenset(figures)


def told(name: str, words: texts.Texts) -> Results:
    view, scenario = region(), SCENARIOS[name]
    source = sample.noted(view, scenario, words)
    return results.of(view, scenario, words, None, chance.draw_futures(view), source)


def said(name: str, words: texts.Texts) -> Iterator[str]:
    """Yield what files, screens, the handout and the command line say of the region."""
    result = told(name, words)
    view, scenario = result.view, result.scenario
    for page in outline.pages(view, scenario, source=result.source, texts=words, futures=result.futures):
        yield page.title
        yield from page.lead
    yield headlines.headline_of_standing(result.segments, words)
    yield sentences.describe_standing(result.segments, words)
    yield sentences.describe_standing(result.total, words)
    for row in (*result.segments.to_dicts(), *result.total.to_dicts(), *gaps.by(view, ["branch"]).to_dicts()):
        yield sentences.describe_in_short(row, words)
        yield sentences.describe_headline("Sumbagsel", row, words)
    messages = [screens.message_of_standing(view, words), screens.message_of_branches(view, words)]
    messages += [screens.message_of_segment(view, name, words) for name in result.segments["segment"].to_list()]
    for message in messages:
        yield from (message.title, *message.lines)
    for segment in (*result.segments["segment"].to_list(), None):
        still, moved = result.table(segment)
        yield headlines.headline_of_outcome(moved, words, segment=segment)
        yield sentences.describe_outcome(still, moved, words, segment=segment, changed=result.changed)
        message = screens.message_of_what_if(still, moved, result.fan(segment), words, changed=result.changed)
        yield from (message.title, *message.lines)
    for line in bands.standing_lines(result.segments, words):
        yield line.figures
    page = handout.make_handout(view, scenario, 11, band=None, source=result.source, texts=words)
    yield re.sub(r"<[^>]+>", " ", page.partition("<script")[0])


@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.parametrize("words", LANGUAGES, ids=lambda words: words.language)
def test_what_is_called_short_is_what_the_parts_lack(name: str, words: texts.Texts) -> None:
    whole = list(said(name, words))
    found = [(int(re.sub(r"\D", "", number)), text) for text in whole for number in SHORT[words.language].findall(text)]

    assert len(found) > 15
    assert [(number, text) for number, text in found if number not in allowed(name)] == []


def test_this_region_tells_the_two_measures_apart() -> None:
    total = gaps.by(region(), []).to_dicts()[0]
    assert total["short"] - total["gap"] == pytest.approx(980)  # Pangkalpinang's formal workers: 117,980 of 117,000


@pytest.mark.parametrize("words", LANGUAGES, ids=lambda words: words.language)
def test_registrations_that_one_branch_has_too_many_fill_no_other_s_shortage(words: texts.Texts) -> None:
    targets = [
        {"by": "2023-12", "segment": "formal", "branch": "Palembang", "new": 60_000},
        {"by": "2023-12", "segment": "formal", "branch": "Jambi", "new": 1_000},
    ]
    both = sample.looked(Scope(branches=("Palembang", "Jambi"), segments=("formal",)))[0]
    view = views.retarget(both, TargetSet.model_validate({"target": targets}))
    run = runs.flows(view, Scenario(), 11)
    come = dict(zip(view.series["branch"], view.registered + run.new[1:, :, 0].sum(axis=0), strict=True))
    short, net = 60_000 - come["Palembang"], 61_000 - sum(come.values())
    assert short - net > 5_000  # so many more than 1,000 register in Jambi

    still = runs.table_of_run(view, run, name="", keys=["segment"])
    title = headlines.headline_of_outcome(still, words, segment="formal")
    lines = sentences.describe_outcome_in_parts(still, still, words, segment="formal", changed=False)

    assert words.people(short) in title
    assert words.people(short) in lines[0]
    assert not [text for text in (title, *lines) if words.people(net) in text]


@pytest.mark.parametrize("words", LANGUAGES, ids=lambda words: words.language)
def test_where_a_surplus_hides_a_shortage_the_net_gap_is_called_by_its_name(words: texts.Texts) -> None:
    result = told("all-together", words)
    still, moved = result.table("construction")
    last = moved.tail(1).to_dicts()[0]
    assert last["short"] > last["target"] - last["covered"] + 1 > 1

    lines = sentences.describe_outcome_in_parts(still, moved, words, segment="construction", changed=True)

    (net,) = [line for line in lines if words.people(last["target"] - last["covered"]) in line]
    assert words("table.gap").lower() in net.lower()
