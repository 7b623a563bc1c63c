"""Is the briefing that a browser prints two pages, as the one that is made as a PDF?"""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from pypdf import PdfReader

from coverage.base import settings
from coverage.commands import cli

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
    assert all("Cakupan" in one.extract_text() for one in printed)  # the foot of each page
