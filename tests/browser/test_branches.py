"""Does a click on a branch open it, in the table and beneath its picture, and leave all else as it was chosen?"""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.visit import settled

ROW, NAME = 35, 70  # pixels: the height of a row, and where a name begins behind the box


def opened(page: Page) -> str:
    expect(page.locator("a[aria-current=page]")).to_have_text("Ringkasan")
    settled(page)
    return page.locator(".st-key-headline").inner_text()


def test_a_click_on_a_name_opens_the_branch_in_the_ranking_and_above_its_picture(open_page: Visit) -> None:
    with open_page("/branches") as page:
        table = page.locator(".st-key-ranking canvas").first.bounding_box()
        assert table is not None
        page.mouse.click(table["x"] + NAME, table["y"] + 2 * ROW + ROW // 2)  # the second row below the heads: Jambi
        assert "Jambi" in opened(page)

        page.get_by_test_id("stTopNavLink").nth(1).click()
        page.get_by_role("button", name="Muara Enim", exact=True).click()
        assert "Muara Enim" in opened(page)


CHOSEN = {"region": "Sumbagsel", "segments": "informal", "month": "2022-06", "targets": "ucj-2025", "lang": "en"}


def test_opening_a_branch_or_leaving_the_presentation_keeps_language_scope_month_and_targets(open_page: Visit) -> None:
    with open_page(f"/branches?{urlencode(CHOSEN)}") as page:
        page.get_by_role("button", name="Muara Enim", exact=True).click()
        expect(page.locator("a[aria-current=page]")).to_have_text("Overview")
        settled(page)
        assert dict(parse_qsl(urlsplit(page.url).query)) == {**CHOSEN, "branch": "Muara Enim"}

    with open_page(f"/present?{urlencode({**CHOSEN, 'branch': 'Jambi'})}") as page:
        page.locator(".st-key-stage_leave button").first.click()
        expect(page.locator("a[aria-current=page]")).to_have_text("Overview")
        settled(page)
        assert dict(parse_qsl(urlsplit(page.url).query)) == {**CHOSEN, "branch": "Jambi"}


def test_a_click_on_a_heading_sorts_by_the_numbers_and_a_row_still_opens_its_branch(
    open_page: Visit,
) -> None:
    with open_page("/branches") as page:
        table = page.locator(".st-key-ranking [data-testid=stDataFrame]")
        rows = table.locator("table tbody tr")
        box = table.bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + 350, box["y"] + 15)  # the heading behind the names
        page.wait_for_timeout(300)
        shown = [row.locator("td").nth(1).inner_text() for row in rows.all()]
        missing = [float(text) for text in shown if text not in ("", "None")]
        assert len(missing) > 3
        assert missing == sorted(missing)
        name = rows.first.locator("td").nth(0).inner_text()
        page.mouse.click(box["x"] + 80, box["y"] + 52)
        expect(page.locator(".st-key-frame_place")).to_contain_text(name)
