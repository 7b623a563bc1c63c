"""Is the briefing that a browser prints two pages, as its PDF, and a printed page free of controls?"""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from coverage.base import settings
from coverage.commands import cli
from pages import SCREENS
from tests.browser.visit import settled

SAMPLE = str(settings.DATA / "samples" / "sumbagsel")
# Pixels by which a page's content is longer than the page, and the height of its lowest chart.
ROOM = """() => [
    Math.max(...[...document.querySelectorAll('section')].map(one => one.scrollHeight - one.clientHeight)),
    Math.min(...[...document.querySelectorAll('.chart')].map(one => one.clientHeight)),
]"""


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_longest_briefing_prints_on_two_pages(language: str, browser: Browser, tmp_path: Path) -> None:
    """Three segments, nine branches, a funded programme: of all that ship, this says most."""
    out = tmp_path / "briefing.html"
    scenario = ["--scenario", "funded-programme", "--language", language]
    assert cli.main(["report", "--data", SAMPLE, *scenario, "--out", str(out)]) == 0
    page = browser.new_page(viewport={"width": 696, "height": 1040})  # the print's width: 184 mm
    try:
        page.set_content(out.read_text("utf-8"))
        printed = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages
        page.emulate_media(media="print")
        longer, lowest = page.evaluate(ROOM)
    finally:
        page.close()
    assert len(printed) == 2
    assert longer == 0
    assert lowest >= 110  # 3 cm: a chart that can be read
    feet = [one.extract_text() for one in printed]
    assert all("Cakupan" in foot for foot in feet)
    of = {"id": "dari", "en": "of"}[language]
    assert [f"{page} {of} 2" in foot for page, foot in enumerate(feet, 1)] == [True, True]


# Rows and bars that open something are what is printed; everything else that can be pressed or moved is not.
CONTROLS = """() => [...document.querySelectorAll('button, input, select, textarea, summary, [role=slider]')]
    .filter(one => one.checkVisibility({opacityProperty: true, visibilityProperty: true}) && !one.closest('.ck'))
    .filter(one => one.getBoundingClientRect().width > 2)
    .map(one => one.innerText || one.ariaLabel || one.outerHTML.slice(0, 60))"""


def test_a_printed_page_says_what_was_looked_at_and_has_no_controls(open_page: Callable[..., Page]) -> None:
    with open_page("/") as page:
        for screen in SCREENS[:4] + SCREENS[5:]:
            link = page.get_by_test_id("stTopNavLink").nth(SCREENS.index(screen))
            link.click()
            expect(link).to_have_attribute("aria-current", "page")
            settled(page)
            expect(page.locator("h1, [data-figure=sentence]").first).to_be_visible()
            page.emulate_media(media="print")
            expect(page.locator(".st-key-frame_printed")).to_contain_text("Posisi per Januari 2023")
            expect(page.locator(".st-key-frame_printed")).to_contain_text("ilustrasi")
            assert page.evaluate(CONTROLS) == [], screen
            assert page.locator("h1, [data-figure=sentence]").first.is_visible()
            page.emulate_media(media="screen")
            expect(page.locator(".st-key-frame_printed")).to_be_hidden()
