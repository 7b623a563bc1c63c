"""Has every headline, wherever it stands, a figure in it and at most sixteen words, in both languages?"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

import pytest

from coverage.answers import money
from coverage.base import settings, texts
from coverage.commands import request
from coverage.commands.request import Request
from coverage.model import chance, scenarios
from coverage.model import view as views
from coverage.model.scenarios import Scenario
from coverage.model.targets import TargetSet
from coverage.model.view import Scope, View
from coverage.reports import briefing, gallery, outline, results, screens
from coverage.standing import gaps
from coverage.wording import headlines, sentences
from tests import sample

NATION = settings.DATA / "samples" / "published" / "national"
LONG = """
[[programme]]
name = "Perlindungan pekerja rentan, nelayan, petani, pemulung dan pengemudi kabupaten dan kota"
segment = "informal"
workers = 5000
starts = "+2"
months = 5
"""
SCENARIOS = {
    "nothing new": Scenario(),
    "all together": scenarios.named("all-together"),
    "a long name": scenarios.loads(LONG, "x.toml"),
}
PLACES = ("branch", "region", "without targets", "nation")


@lru_cache
def view_of(place: str) -> View:
    if place == "nation":
        asked = Request(data=(str(NATION),))
        return request.view_of(asked, request.read(asked, texts.load("id")), texts.load("id"))[0]
    view, _ = sample.looked(Scope() if place == "region" else sample.PALEMBANG)
    if place != "without targets":
        return view
    return views.retarget(view, TargetSet.model_validate({"target": []}))


@pytest.fixture(autouse=True)
def _no_charts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw none below the headlines: that takes most of the time."""
    for draw in ("draw_bullet", "draw_trajectory"):
        monkeypatch.setattr(gallery, draw, lambda *_, **__: None)


def headlines_of(view: View, scenario: Scenario, words: texts.Texts) -> dict[str, str]:
    """Return every headline by where it stands."""
    source = sample.noted(view, scenario, words)
    futures = chance.draw_futures(view)
    pages = outline.pages(view, scenario, source=source, texts=words, futures=futures)
    found = {f"slide {number}": page.title for number, page in enumerate(pages, 1) if not page.cover}
    told = results.of(view, scenario, words, None, futures, source)
    written = briefing.written(told)
    found |= {
        f"briefing: {block.name}": block.heading for block in (*written.first, *written.segments, *written.second)
    }
    still, moved = told.table(None)
    spent = money.yearly(money.monthly(view, told.scenario, told.run))
    messages = {
        "standing": screens.message_of_standing(view, words),
        "branches": screens.message_of_branches(view, words),
        "what if": screens.message_of_what_if(still, moved, None, words, changed=told.changed),
        "costs": screens.message_of_costs(view, told.scenario, spent, words),
        "takes": screens.message_of_demand(view, screens.needed(view), words),
    }
    shown = {name.replace("_", " ") for name in screens.order(view, view, scenario)}
    segments = [str(name) for name in view.series["segment"].unique().sort()]
    found |= {f"screen: {name}": message.title for name, message in messages.items() if name in shown}
    found |= {f"screen: {name}": screens.message_of_segment(view, name, words).title for name in segments}
    (total,) = gaps.by(view, []).to_dicts()
    found["first page"] = sentences.describe_headline(sample_place(view), total, words)
    found["outcome"] = headlines.headline_of_outcome(moved, words, segment=None)
    return found


def sample_place(view: View) -> str:
    names = view.series["branch"].unique().to_list()
    return names[0] if len(names) == 1 else "Sumbagsel"


def count_words(text: str) -> int:
    return len([word for word in text.split() if re.search(r"\w", word)])


@pytest.mark.files  # what slides, briefing and screens say, as a whole
@pytest.mark.parametrize("language", texts.languages())
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("named", SCENARIOS)
def test_a_headline_has_at_most_sixteen_words_and_a_figure(language: str, place: str, named: str) -> None:
    found = headlines_of(view_of(place), SCENARIOS[named], texts.load(language))

    assert len(found) > 6
    assert {where: text for where, text in found.items() if count_words(text) > headlines.MOST_WORDS} == {}
    assert {where: text for where, text in found.items() if not re.search(r"\d", text)} == {}


def test_what_is_missing_in_a_headline_is_what_the_parts_lack() -> None:
    """One branch's surplus of formal members fills nothing of another's shortage: 153,500 are missing, not 152,520."""
    view = view_of("region")
    (formal,) = gaps.by(view).filter(segment="formal").to_dicts()

    assert (formal["gap"], formal["short"]) == (152_520, 153_500)
    said = screens.message_of_segment(view, "formal", texts.load("en"))
    assert replace(said, lines=()).title == "Formal is 153,500 workers short of the target of 1,392,000."
