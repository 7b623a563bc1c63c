"""Does a link open the screen that it says, even as the very first request, and is a wrong one told?"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from playwright.sync_api import Page, expect

from coverage.commands import cli
from tests.browser.server import serve
from tests.browser.visit import Overheard, Visitors, settled, stands, visit

SCENARIO = {
    "informal.new": "0.2",
    "informal.ramp": "3",
    "p1.name": "APBD",
    "p1.segment": "informal",
    "p1.workers": "10000",
    "p1.starts": "2023-03",
    "p1.months": "6",
    "p1.stay": "0.25",
}
MENU = {
    "id": ["Ringkasan", "Cabang", "Simulasi", "Bandingkan", "Presentasi", "Data", "Metode"],
    "en": ["Overview", "Branches", "Simulate", "Compare", "Present", "Data", "Method"],
}


def query_of(page: Page) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(page.url).query))


def from_the_command_line(out: Path) -> float:
    """Ask the command line what the scenario of the link comes to in Palembang in December 2023."""
    values = [word for key, value in SCENARIO.items() for word in ("--set", f"{key}={value}")]
    command = ["simulate", "--branch", "Palembang", "--by", "total", "--draws", "0", *values, "--out", str(out)]
    assert cli.main(command) == 0
    return float(json.loads(out.read_text("utf-8"))[-1]["covered"])


# The browser speaks the other language each time: the link decides.
@pytest.mark.parametrize(("language", "locale"), [("id", "en-US"), ("en", "id-ID")])
def test_a_link_with_a_scenario_opens_it_as_the_first_request_to_a_fresh_server(
    visitors: Visitors, overheard: Overheard, tmp_path: Path, language: str, locale: str
) -> None:
    covered = round(from_the_command_line(tmp_path / "ends.json"))
    mark = "." if language == "id" else ","
    query = {"lang": language, "lens": "informal", **SCENARIO}
    with serve(tmp_path) as cold:
        link = "/simulate?" + urlencode(query)
        with visit(visitors, cold.url, link, overheard=overheard, locale=locale) as page:
            expect(page.get_by_test_id("stTopNavLink")).to_have_text(MENU[language])
            expect(page.locator("a[aria-current=page]")).to_have_text(MENU[language][2])
            new = page.locator("[data-lever='informal.new'] input[type=range]")
            expect(new).to_have_attribute("aria-valuetext", {"id": "+20\u00a0%", "en": "+20%"}[language])
            ramp = page.locator("[data-lever='informal.ramp'] input[type=range]")
            expect(ramp).to_have_attribute("aria-valuetext", {"id": "3 bulan", "en": "3 months"}[language])
            # Three of four workers leave when the money ends: 10 000 − 2 500.
            fall = {"id": "7.500 peserta berhenti", "en": "7,500 members leave"}[language]
            expect(page.locator("[data-chart=trajectory]")).to_contain_text(fall)
            assert query_of(page) == query
            page.locator(".ck-gauge").last.click()
            expect(page.locator("[data-figure=sentence]")).to_contain_text(f"{covered:,}".replace(",", mark))
        assert "Traceback" not in cold.said()


def test_the_first_page_opens_by_its_name_too_and_tells_what_is_wrong_in_the_link(
    open_page: Callable[..., Page],
) -> None:
    with open_page("/overview?lang=en&branch=Jambi&informal.new=9") as page:
        expect(page.get_by_role("dialog")).to_have_count(0)  # Streamlit's own "Page not found"
        expect(page.locator("a[aria-current=page]")).to_have_text("Overview")
        expect(page.get_by_role("alert")).to_contain_text("informal.new")
        assert urlsplit(page.url).path == "/"
        assert query_of(page) == {"lang": "en", "branch": "Jambi"}


WRONG = {  # what stands wrong in a link, and what is told of it
    "informal.new=9": [r"informal\.new.*9"],
    "informal.nwe=1": [r"informal\.nwe"],
    "p1.name=A&p1.segment=informal&p1.starts=2023-03&p1.months=6&p1.workers=abc": [r"p1\.workers.*abc"],
    "branch=Nowhere&month=2031-01&lang=xx": [r"Nowhere.*Palembang", "2031-01", r"xx.*id"],
}


def test_whatever_is_wrong_in_a_link_is_told_and_the_page_stands(open_page: Callable[..., Page]) -> None:
    with open_page(f"/simulate?{'&'.join(WRONG)}") as page:
        for part in (part for parts in WRONG.values() for part in parts):
            expect(page.get_by_role("alert").filter(has_text=re.compile(part))).to_have_count(1)
        expect(page.locator("[data-figure=sentence]")).to_contain_text("Total Desember 2023")
        assert query_of(page) == {}  # what was not used is not handed on
        stands(page)
        page.get_by_test_id("stTopNavLink").first.click()
        settled(page)
        expect(page.get_by_role("alert")).to_have_count(0)
        expect(page.locator(".st-key-band_now")).to_contain_text("34.800")
