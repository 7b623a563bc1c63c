"""Does the first page answer the founding question, in the visitor's language?"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_links import query_of
from tests.browser.visit import faults_that_stay, overflowing, resize, settled

# Formal 139 200 of 174 000, informal 61 750 of 95 000: missing 34 800 and 33 250, together 68 050.
FOUNDING = {
    "id-ID": {
        "headline": ("kurang 68.050 dari target 269.000",),
        "formal": ("80,0 %", "kurang 34.800", "perlu 3.164"),
        "informal": ("65,0 %", "kurang 33.250", "perlu 3.023"),
        "band": ("74,7", "200.950 peserta aktif"),
    },
    "en-US": {
        "headline": ("68,050 short of the target of 269,000",),
        "formal": ("80.0%", "34,800 short", "3,164 needed"),
        "informal": ("65.0%", "33,250 short", "3,023 needed"),
        "band": ("74.7", "200,950 active members"),
    },
}


@pytest.mark.parametrize("locale", FOUNDING)
def test_the_founding_figures_stand_on_the_first_page_in_the_browser_s_language(
    open_page: Callable[..., Page], locale: str
) -> None:
    with open_page("/", locale=locale) as page:
        for part in FOUNDING[locale]["headline"]:
            expect(page.locator(".st-key-headline")).to_contain_text(part)
        for part in FOUNDING[locale]["band"]:
            expect(page.locator(".st-key-band_now")).to_contain_text(part)
        for segment in ("formal", "informal"):
            for part in FOUNDING[locale][segment]:
                expect(page.locator(f".st-key-band_now [data-segment={segment}]")).to_contain_text(part)
        charts = page.locator("[role=graphics-document][aria-label]")
        expect(charts).to_have_count(0)  # they stand folded
        page.locator(".st-key-charts_panel summary").click()
        expect(charts).to_have_count(2)
        for chart in charts.all():
            label = chart.get_attribute("aria-label") or ""
            assert any(figure.isdigit() for figure in label), label


# Texts of the bands that lie on each other, and labels of buttons that are cut.
CROWDED = """() => {
    const written = [], faults = [];
    for (const band of document.querySelectorAll('[class*=st-key-band_]:has(.bd-question)')) {
        const walker = document.createTreeWalker(band, NodeFilter.SHOW_TEXT);
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            const element = node.parentElement, text = node.textContent.trim();
            if (!text || !element.checkVisibility() || element.closest('[data-testid=stIconMaterial]')) continue;
            const range = document.createRange();
            range.selectNodeContents(node);
            for (const {left, right, top, bottom} of range.getClientRects()) {
                if (right > innerWidth + 1) faults.push(`beyond the window: ${text}`);
                written.push({node, text, left, right, top: top + 3, bottom: bottom - 3});
            }
            const box = element.closest('button')?.getBoundingClientRect(), own = range.getBoundingClientRect();
            if (box && (own.left < box.left || own.right > box.right || own.bottom > box.bottom + 1))
                faults.push(`cut: ${text}`);
            if (box && element.scrollWidth > element.clientWidth + 1) faults.push(`cut: ${text}`);
        }
    }
    for (const [place, one] of written.entries()) for (const other of written.slice(place + 1)) {
        const wide = Math.min(one.right, other.right) - Math.max(one.left, other.left);
        const high = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
        if (one.node !== other.node && wide > 2 && high > 2) faults.push(`${one.text} lies on ${other.text}`);
    }
    return [...new Set(faults), ...(written.length > 20 ? [] : ['no texts'])];
}"""


@pytest.mark.parametrize(("locale", "theme"), [("id-ID", "light"), ("en-US", "dark")])
def test_no_text_of_the_bands_lies_on_another_and_no_button_is_cut(
    open_page: Callable[..., Page], locale: str, theme: str
) -> None:
    with open_page("/", locale=locale, theme=theme, width=1440, height=900) as page:
        expect(page.locator(".st-key-band_needed .bd-figure")).to_be_visible(timeout=20_000)
        for width in (1440, 1280, 1024, 390):
            resize(page, width, 900)
            assert faults_that_stay(page, lambda: page.evaluate(CROWDED)) == [], width
            assert overflowing(page) == 0, width


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


def test_a_band_leads_to_simulate_with_what_it_takes_and_a_row_opens_its_branch(open_page: Callable[..., Page]) -> None:
    with open_page("/") as page:
        page.locator(".sc-row[data-branch=Jambi]").click()
        expect(page.locator(".st-key-headline")).to_contain_text("Jambi")
        settled(page)
        page.locator(".st-key-band_needed_open button").click()
        expect(
            page.locator("[data-lever='formal.new'] .ck-people, [data-lever='informal.new'] .ck-people").first
        ).to_contain_text("→")
        assert any(name.endswith(".new") for name in query_of(page))
