"""What does every browser test start from? One browser and one warm server for all, and an ear for what pages say."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.find import OPTIONS, TO_INSTALL, find
from tests.browser.server import ROOT, Server, serve
from tests.browser.visit import Overheard, Visitors, visit

# On a page's own link Streamlit first looks for its server below that page, is told 404 twice, and then finds it.
PROBE = re.compile(
    r"console error: Failed to load resource: the server responded with a status of 404 \(Not Found\)"
    r" \(http://127\.0\.0\.1:\d+/(overview|branches|simulate|compare|present|data|method)/_stcore/(health|host-config)\)"
)
# Seen once in some thousand pages: a whole run that is asked for begins on a thread of its own while the one before
# ends (1.67, `runner.fastReruns`), and both look through the session's widgets (`_remove_stale_widgets`), each with a
# lock of its own; nothing of ours stands in it.
STREAMLITS_RACE = re.compile(
    r"Exception in thread ScriptRunner\.scriptThread:\n(?:(?!Exception in thread)[\s\S])*?_remove_stale_widgets\n"
    r"(?:(?!Exception in thread)[\s\S])*?RuntimeError: dictionary changed size during iteration\n"
)
# A page is open for some seconds: to compile its scripts once more, for speed, is a tenth of a browser's work.
BRIEF = "--js-flags=--no-maglev --no-turbofan"
# Where a picture of a page is kept: a folder of pytest's own, unless this names one.
PICTURES = "CAKUPAN_PICTURES"

Visit = Callable[..., AbstractContextManager[Page]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = os.environ.get("CAKUPAN_BROWSER") or find()
    if path is None:
        pytest.fail(TO_INSTALL)
    expect.set_options(timeout=15_000)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=[*OPTIONS, BRIEF])
        yield started
        started.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serve(tmp_path_factory.mktemp("server")) as running:
        yield running
        said = STREAMLITS_RACE.sub("", running.said())
        assert "Traceback" not in said, said


@pytest.fixture(scope="session")
def visitors(browser: Browser) -> Iterator[Visitors]:
    known = Visitors(browser)
    yield known
    known.close()


@pytest.fixture
def overheard() -> Iterator[Overheard]:
    """Hear what the pages of a test say; at its end nothing may have been said but Streamlit's own probes."""
    heard = Overheard()
    yield heard
    assert [said for said in heard.said if not PROBE.fullmatch(said)] == []


@pytest.fixture(scope="session")
def warm(visitors: Visitors, server: Server) -> Server:
    """Open the heaviest page once: on a cold server it may take longer than the cockpit waits before plain sliders."""
    with visit(visitors, server.url, "/simulate", overheard=Overheard()):
        pass
    return server


@pytest.fixture
def open_page(visitors: Visitors, warm: Server, overheard: Overheard) -> Visit:
    """Open pages of the shared server: `with open_page("/simulate", locale="en-US") as page`."""
    return partial(visit, visitors, warm.url, overheard=overheard)


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    named = os.environ.get(PICTURES)
    folder = ROOT / named if named else tmp_path_factory.mktemp("pictures")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
