"""Does the first page answer the founding question, in the visitor's language?"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_links import query_of
from tests.browser.visit import settled

# Formal 139 200 of 174 000, informal 61 750 of 95 000: missing 34 800 and 33 250, together 68 050.
FOUNDING = {
    "id-ID": {
        "headline": ("kurang 34.800 pekerja dari target 174.000", "kurang 33.250 pekerja dari target 95.000"),
        "formal": ("80,0 %", "139.200 aktif dari target 174.000", "kurang 34.800", "Cakupan 80,0 %"),
        "informal": ("65,0 %", "61.750 aktif dari target 95.000", "kurang 33.250", "Cakupan 65,0 %"),
        "total": ("74,7 %", "200.950 aktif dari target 269.000", "kurang 68.050", "perlu 6.186"),
    },
    "en-US": {
        "headline": ("34,800 workers short of the target of 174,000", "33,250 workers short of the target of 95,000"),
        "formal": ("80.0%", "139,200 active of a target of 174,000", "34,800 short", "Coverage 80.0%"),
        "informal": ("65.0%", "61,750 active of a target of 95,000", "33,250 short", "Coverage 65.0%"),
        "total": ("74.7%", "200,950 active of a target of 269,000", "68,050 short", "6,186 needed"),
    },
}


@pytest.mark.parametrize("locale", FOUNDING)
def test_the_founding_figures_stand_on_the_first_page_in_the_browser_s_language(
    open_page: Callable[..., Page], locale: str
) -> None:
    with open_page("/", locale=locale) as page:
        for part in FOUNDING[locale]["headline"]:
            expect(page.locator(".st-key-headline")).to_contain_text(part)
        for segment in ("formal", "informal", "total"):
            for part in FOUNDING[locale][segment]:
                expect(page.locator(f".st-key-card_{segment}")).to_contain_text(part)
        charts = page.locator("[role=graphics-document][aria-label]")
        expect(charts).to_have_count(5)
        for chart in charts.all():
            label = chart.get_attribute("aria-label") or ""
            assert any(figure.isdigit() for figure in label), label


def test_switching_the_language_keeps_scope_and_scenario(open_page: Callable[..., Page]) -> None:
    with open_page(
        "/simulate?branch=Jambi&month=2022-10&segments=formal|informal&lens=informal&informal.new=0.25", locale="id-ID"
    ) as page:
        expect(page.locator("[data-figure=sentence]")).to_contain_text("Informal Desember")
        page.locator(".st-key-frame_gear button").first.click()
        page.locator(".st-key-language").get_by_role("radio", name="English").click()
        expect(page.locator("[data-figure=sentence]")).to_contain_text("Informal December")
        settled(page)
        expect(page.get_by_test_id("stTopNavLink").first).to_have_text("Overview")
        expect(page.locator("[data-lever='informal.new'] input[type=range]")).to_have_attribute(
            "aria-valuetext", "+25%"
        )
        expect(page.locator(".st-key-frame_place")).to_contain_text("Jambi")
        expect(page.locator(".st-key-frame_month")).to_contain_text("October 2022")
        kept = {"branch": "Jambi", "month": "2022-10", "segments": "formal|informal", "informal.new": "0.25"}
        assert query_of(page) == {"lang": "en", "lens": "informal", **kept}
        page.locator(".st-key-language").get_by_role("radio", name="Indonesia").click()
        expect(page.locator("[data-figure=sentence]")).to_contain_text("Informal Desember")


def test_switching_the_language_leaves_unfolded_what_was_unfolded(open_page: Callable[..., Page]) -> None:
    with open_page("/branches?open=map|small_table", locale="id-ID") as page:
        expect(page.locator("details[open]")).to_have_count(2)
        page.locator(".st-key-frame_gear button").first.click()
        page.locator(".st-key-language").get_by_role("radio", name="English").click()
        expect(page.get_by_test_id("stTopNavLink").first).to_have_text("Overview")
        settled(page)
        expect(page.locator("details[open]")).to_have_count(2)
        assert query_of(page) == {"lang": "en", "open": "map|small_table"}
