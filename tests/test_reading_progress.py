"""Does whoever hands in files see how far their reading has come, once it takes long, and nothing before and after?"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from coverage.base import texts
from coverage.intake import reader
from pages.parts import reading_progress, uploads


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


def test_what_was_dropped_is_taken_though_another_run_ends_the_one_that_reads_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A run that is asked for ends the other where that draws, and calls it again for the same uploader."""

    class Ended(BaseException):
        """Stands for Streamlit's own: no `Exception`, so that nobody takes it for a fault."""

    ends = [True, False]

    @contextmanager
    def while_reading(_: object) -> Iterator[None]:
        yield
        if ends.pop(0):
            raise Ended

    taken: list[list[str]] = []
    state: dict[str, object] = {"uploads_0": [SimpleNamespace(name="rekap.csv")]}
    monkeypatch.setattr(uploads.st, "session_state", state)
    monkeypatch.setattr(uploads.session, "texts", lambda: texts.load("id"))
    monkeypatch.setattr(uploads.reading_progress, "while_reading", while_reading)
    monkeypatch.setattr(uploads.goals, "taken", lambda files: files)
    monkeypatch.setattr(uploads.own_files, "take", lambda files: taken.append([file.name for file in files]) or [])
    monkeypatch.setattr(uploads.exports, "reopened", lambda _: None)

    with pytest.raises(Ended):
        uploads._take("uploads_0")
    uploads._take("uploads_0")

    assert taken[-1] == ["rekap.csv"]
    assert uploads._uploader_key() == "uploads_1"
