"""Does a page live through a meeting: a server started anew, a lost connection, a laptop that slept, two tabs?"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from tests.browser.relay import relay
from tests.browser.server import Server, serve
from tests.browser.visit import Overheard, Visitors, settled, stands, visit

CONNECTED = "document.querySelector('[data-testid=stApp]').dataset.testConnectionState === 'CONNECTED'"
COVERED = "[data-figure=covered][data-segment=informal]"
LEVER = "[data-lever='informal.new'] input[type=range]"


def answers(page: Page) -> None:
    """Expect that the page does what is asked of it, and that the scenario of its link has stayed."""
    expect(page.locator(LEVER)).to_have_value("20")
    page.locator(LEVER).press("ArrowRight")
    page.wait_for_url(re.compile(r"informal\.new=0\.21"))
    settled(page)


def comes_back(page: Page) -> None:
    page.wait_for_function(CONNECTED, timeout=60_000)
    page.wait_for_timeout(1_000)
    settled(page, 60)


def test_pages_answer_again_after_their_server_was_started_anew(
    visitors: Visitors, overheard: Overheard, tmp_path: Path
) -> None:
    link = "?lens=informal&informal.new=0.2"
    with serve(tmp_path) as first:
        port = urlsplit(first.url).port
        with (
            visit(visitors, first.url, f"/{link}", overheard=overheard) as overview,
            visit(visitors, first.url, f"/simulate{link}", overheard=overheard) as simulate,
        ):
            first.process.terminate()
            first.process.wait(10)
            for page in (overview, simulate):
                page.wait_for_function(f"!({CONNECTED})")
            with serve(tmp_path, port=port):
                comes_back(overview)
                overview.locator(".st-key-lens_control [role=radio]").first.click()
                overview.wait_for_url(re.compile("lens=formal"))
                assert "informal.new=0.2" in overview.url
                comes_back(simulate)
                answers(simulate)
    overheard.said.clear()  # a browser says that it has lost its server


def test_the_cockpit_moves_while_the_connection_is_lost_and_tells_the_server_once_it_is_back(
    visitors: Visitors, warm: Server, overheard: Overheard
) -> None:
    with (
        relay(warm.url) as door,
        visit(visitors, door.url, "/simulate?lens=informal&informal.new=0.2", overheard=overheard) as page,
    ):
        stands(page)
        door.shut()
        page.wait_for_function(f"!({CONNECTED})")
        covered = page.locator(COVERED)
        before = covered.inner_text()
        page.locator(LEVER).press("ArrowRight")  # in the middle of a sentence: people move it all the same
        expect(covered).not_to_have_text(before)
        door.open_again()
        comes_back(page)
        page.locator(LEVER).press("ArrowRight")
        page.wait_for_url(re.compile(r"informal\.new=0\.22"))
        settled(page)
    overheard.said.clear()


def test_a_page_answers_after_the_laptop_slept(visitors: Visitors, warm: Server, overheard: Overheard) -> None:
    with (
        relay(warm.url) as door,
        visit(visitors, door.url, "/simulate?lens=informal&informal.new=0.2", overheard=overheard, new=True) as page,
    ):
        stands(page)
        asleep = page.context.new_cdp_session(page)
        asleep.send("Page.setWebLifecycleState", {"state": "frozen"})
        door.shut()
        page.wait_for_timeout(500)
        door.open_again()
        asleep.send("Page.setWebLifecycleState", {"state": "active"})
        comes_back(page)
        answers(page)
    overheard.said.clear()


def test_two_tabs_are_two_scenarios(open_page: Callable[..., Page]) -> None:
    with open_page("/simulate?lens=informal") as one, open_page("/simulate?lens=informal") as other:
        stands(one)
        stands(other)
        before = other.locator(COVERED).inner_text()
        one.locator(LEVER).press("ArrowRight")
        one.wait_for_url(re.compile(r"informal\.new=0\.01"))
        settled(one)
        other.locator(LEVER).press("PageUp")
        other.wait_for_url(re.compile(r"informal\.new="))
        settled(other)
        assert other.locator(COVERED).inner_text() != before
        expect(one.locator(LEVER)).to_have_value("1")
        assert "informal.new=0.01" in one.url
