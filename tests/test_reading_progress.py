"""Does whoever hands in files see how far their reading has come, once it takes long, and nothing before and after?"""

from __future__ import annotations

import time

import pytest

from coverage.base import texts
from coverage.intake import reader
from pages.parts import reading_progress


class Place:
    """Stands for the place on the screen: what is drawn there, and then that it is empty."""

    def __init__(self) -> None:
        self.drawn: list[tuple[float, str] | None] = []

    def progress(self, share: float, *, text: str) -> None:
        self.drawn.append((share, text))

    def empty(self) -> None:
        self.drawn.append(None)


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Place:
    place = Place()
    monkeypatch.setattr(reading_progress.st, "empty", lambda: place)
    return place


def until_drawn(place: Place) -> None:
    patience = time.monotonic() + 20
    while not place.drawn and time.monotonic() < patience:
        time.sleep(0.01)


def test_a_long_reading_shows_how_many_files_are_read_and_then_leaves(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading_progress, "PATIENCE", 0.01)
    with reading_progress.while_reading(texts.load("en")):
        watch = reader._watch.get()
        assert watch is not None
        watch(3, 12)
        until_drawn(place)
    assert place.drawn[0] == (0.25, "3 of 12 files read …")
    assert place.drawn[-1] is None
    assert reader._watch.get() is None


def test_a_quick_reading_shows_nothing(place: Place) -> None:
    with reading_progress.while_reading(texts.load("id")):
        pass
    assert place.drawn == [None]
