"""Can the cockpit be used by who hears it, by who has only a keyboard, and by who sees it twice as large?"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.visit import overflowing, settled, stands

LEVER = "[data-lever='informal.new'] input[type=range]"
FAULTY = {"serious", "critical"}


def faults(page: Page) -> list[str]:
    """Return what axe finds against WCAG 2 A and AA, and other serious faults, as "rule: selector"."""
    return [
        f"{rule['id']}: {node['target']}"
        for rule in Axe().run(page).response["violations"]
        if rule["impact"] in FAULTY or rule["id"] == "color-contrast"
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize(
    ("locale", "language", "word", "other"), [("id-ID", "id", "Unggah", "Upload"), ("en-US", "en", "Upload", "Unggah")]
)
def test_a_page_and_the_words_that_streamlit_writes_itself_are_in_the_reader_s_language(
    open_page: Callable[..., Page], locale: str, language: str, word: str, other: str
) -> None:
    with open_page("/data", locale=locale) as page:
        expect(page.locator("html")).to_have_attribute("lang", language)
        uploader = page.get_by_test_id("stFileUploader")
        # In the uploader's box: the first button of all is the help beside its name.
        expect(uploader.get_by_test_id("stFileUploaderDropzone").locator("button").first).to_contain_text(word)
        expect(uploader.get_by_text(other, exact=True)).to_have_count(0)


@pytest.mark.parametrize("sliders", ["cockpit", "plain"])
def test_the_first_lever_is_reached_in_at_most_twelve_tabs(open_page: Callable[..., Page], sliders: str) -> None:
    with open_page(f"/simulate?lens=informal{'&sliders=plain' if sliders == 'plain' else ''}") as page:
        expect(page.locator("[data-testid=stSlider] input, [data-lever] input").first).to_be_visible()
        settled(page)
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        focused = "document.activeElement.matches('[data-lever] input[type=range], [data-testid=stSlider] input')"
        for _ in range(11):
            if page.evaluate(focused):
                break
            page.keyboard.press("Tab")
        assert page.evaluate(focused)


def test_who_skips_on_another_page_lands_on_its_heading(open_page: Callable[..., Page]) -> None:
    with open_page("/branches") as page:
        page.keyboard.press("Tab")
        expect(page.locator("#cakupan-skip")).to_be_focused()
        expect(page.locator("#cakupan-skip")).to_have_text("Langsung ke isi")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_be_focused()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_the_cockpit_with_a_card_open(open_page: Callable[..., Page], theme: str) -> None:
    scenario = "informal.new=0.2&p1.name=APBD&p1.segment=informal&p1.workers=10000&p1.starts=2023-03&p1.months=6"
    with open_page(f"/simulate?lens=informal&{scenario}", theme=theme) as page:
        stands(page)
        assert faults(page) == []
        page.locator("[data-lever='informal.new'] .ck-name").click()
        expect(page.locator(".ck [role=dialog]:visible, .ck dialog[open]").first).to_be_visible()
        assert faults(page) == []


def test_at_release_the_outcome_is_said_aloud_and_not_before(open_page: Callable[..., Page]) -> None:
    with open_page("/simulate?lens=informal") as page:
        stands(page)
        live, sentence = page.locator(".ck-live"), page.locator("[data-figure=sentence]")
        before = live.inner_text()
        box = page.locator(LEVER).bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + box["width"] / 3, box["y"] + box["height"] / 2)
        page.mouse.down()
        for step in range(5):
            page.mouse.move(box["x"] + box["width"] / 3 + 6 * step, box["y"] + box["height"] / 2)
            assert live.inner_text() == before
        page.mouse.up()
        expect(live).not_to_have_text(before)
        covered = re.search(r"[\d.]{6,}", sentence.inner_text())
        assert covered is not None
        expect(live).to_contain_text(covered[0])


def test_twice_as_large_nothing_is_lost(open_page: Callable[..., Page]) -> None:
    # 1280 × 720 at 200 % is a window of 640 × 360.
    with open_page("/simulate?lens=informal", width=640, height=360) as page:
        stands(page)
        assert overflowing(page) == 0
        for part in (LEVER, "[data-chart=trajectory]", "[data-figure=sentence]", "[data-lever='informal.lapse'] input"):
            page.locator(part).first.scroll_into_view_if_needed()
            expect(page.locator(part).first).to_be_in_viewport()


def test_every_act_of_the_cockpit_is_reached_with_the_tab_key(open_page: Callable[..., Page]) -> None:
    with open_page("/simulate?lens=informal&informal.new=0.2") as page:
        stands(page)
        acts = page.evaluate(
            """() => [...document.querySelectorAll('.ck [data-act], .ck [data-lever] input')]
                .filter(one => one.checkVisibility() && !one.disabled).length"""
        )
        assert acts >= 12
        page.keyboard.press("Tab")
        reached, seen = 0, 0
        while seen < 150:
            page.keyboard.press("Tab")
            seen += 1
            if page.evaluate("document.activeElement === document.body"):
                break
            reached += page.evaluate("document.activeElement.matches('.ck [data-act], .ck [data-lever] input') ? 1 : 0")
        assert reached == acts


def test_what_can_be_pressed_in_the_cockpit_is_at_least_24_pixels(open_page: Callable[..., Page]) -> None:
    with open_page("/simulate?lens=informal") as page:
        stands(page)
        small = page.evaluate(
            """() => [...document.querySelectorAll('.ck button, .ck summary, .ck input[type=number]')]
                .filter(one => one.checkVisibility({opacityProperty: true, visibilityProperty: true}))
                .map(one => [one.innerText || one.ariaLabel || one.className, one.getBoundingClientRect()])
                .filter(([, box]) => box.width > 1 && (box.height < 24 || box.width < 24))
                .map(([name, box]) => `${name}: ${Math.round(box.width)} × ${Math.round(box.height)}`)"""
        )
        assert small == []
