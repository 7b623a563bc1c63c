"""Do the plain sliders, which stand where the cockpit cannot, change sentence, chart and link?"""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.browser.test_links import query_of
from tests.browser.visit import settled

LEVER = ".st-key-lever_informal_new input"


def lines(page: Page) -> list[str]:
    """Return the shapes of the chart's lines; the scenario's is one of them."""
    shapes: list[str] = page.locator(".st-key-chart_simulated .mark-line path").evaluate_all(
        "paths => paths.map(path => path.getAttribute('d'))"
    )
    return shapes


def shown(page: Page, value: str) -> None:
    """Wait until the lever stands at a value and everything has followed it."""
    expect(page.locator(LEVER)).to_have_attribute("aria-valuetext", value.replace(" ", "\u00a0"))
    settled(page)


def says(page: Page, part: str) -> str:
    """Wait until the sentence holds a part, and return all of it."""
    expect(page.locator(".st-key-outcome h1")).to_contain_text(part)
    settled(page)
    return page.locator(".st-key-outcome h1").inner_text()


def button(page: Page, key: str) -> Locator:
    return page.locator(f".st-key-{key} button").first


def test_a_slider_changes_sentence_chart_and_link_and_each_step_can_be_taken_back(
    open_page: Callable[..., Page],
) -> None:
    with open_page("/simulate?sliders=plain&lens=informal") as page:
        before, drawn = says(page, "Belum ada yang diubah"), lines(page)

        page.locator(LEVER).press("ArrowRight")
        shown(page, "+5 %")
        moved, moved_lines = says(page, "lebih banyak daripada tanpa langkah baru"), lines(page)
        assert len(drawn) == len(moved_lines) == 4
        assert moved_lines != drawn
        heard = page.locator(".st-key-chart_simulated .mark-line path[aria-label^='Skenario: ']")
        assert heard.get_attribute("aria-label") == f"Skenario: {moved}"
        # Vega's own words of axes and legends are English.
        expect(page.locator(".st-key-chart_simulated [aria-label*='axis'], [aria-label*='legend']")).to_have_count(0)
        assert query_of(page) == {"sliders": "plain", "lens": "informal", "informal.new": "0.05"}

        button(page, "undo").click()
        shown(page, "0 %")
        assert (says(page, before), lines(page), query_of(page)) == (
            before,
            drawn,
            {"sliders": "plain", "lens": "informal"},
        )
        button(page, "redo").click()
        shown(page, "+5 %")
        assert (says(page, moved), lines(page)) == (moved, moved_lines)
        assert query_of(page) == {"sliders": "plain", "lens": "informal", "informal.new": "0.05"}

        page.reload()
        shown(page, "+5 %")
        assert (says(page, moved), lines(page)) == (moved, moved_lines)

        page.get_by_test_id("stTopNavLink").nth(1).click()
        expect(page.locator(".sc-row[data-branch]").first).to_be_visible()
        settled(page)
        assert query_of(page)["informal.new"] == "0.05"
        page.get_by_test_id("stTopNavLink").nth(2).click()
        shown(page, "+5 %")
        assert says(page, moved) == moved

        button(page, "reset").click()
        shown(page, "0 %")
        assert says(page, before) == before
        assert query_of(page) == {"sliders": "plain", "lens": "informal"}


def test_a_preset_is_taken_and_its_programme_s_cliff_is_told(open_page: Callable[..., Page]) -> None:
    with open_page("/simulate?sliders=plain&lens=informal") as page:
        page.locator(".st-key-frame_tools button").first.click()
        page.locator(".st-key-preset input").click()
        page.get_by_role("option", name="Program APBD pekerja rentan").click()
        # 20 000 workers for eight months from March; 85 of 100 leave in November.
        expect(page.locator(".st-key-outcome")).to_contain_text("November 2023: dana program habis dan 17.000 pekerja")
        settled(page)
        assert query_of(page)["p1.workers"] == "20000"


def test_a_held_arrow_key_ends_at_the_right_value_and_the_page_lives(open_page: Callable[..., Page]) -> None:
    with open_page("/simulate?sliders=plain&lens=informal") as page:
        page.locator(LEVER).focus()
        # Five seconds at 30 keys a second: fifteen to the right, thirteen to the left, and so on.
        keys = (["ArrowRight"] * 15 + ["ArrowLeft"] * 13) * 5 + ["ArrowRight"] * 10
        started, held = time.monotonic(), ""
        for number, key in enumerate(keys):
            if held and key != held:
                page.keyboard.up(held)
            page.keyboard.down(key)
            held = key
            time.sleep(max(0.0, started + (number + 1) / 30 - time.monotonic()))
        page.keyboard.up(held)
        # 5 × (15 − 13) + 10 steps of 5 %.
        shown(page, "+100 %")
        # The slider shows what the hand did; the link follows the last run, which on a busy machine comes later.
        expect(page).to_have_url(re.compile(r"informal\.new=1\.0(&|$)"), timeout=20_000)
        assert page.locator("[data-testid=stApp]").get_attribute("data-test-connection-state") == "CONNECTED"
        assert {**query_of(page), "informal.new": float(query_of(page)["informal.new"])} == {
            "sliders": "plain",
            "lens": "informal",
            "informal.new": 1,
        }
        end = says(page, "lebih banyak")
        page.reload()
        shown(page, "+100 %")
        assert says(page, end) == end
