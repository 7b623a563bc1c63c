"""Does somebody who drops a recap as it is come to the right figures and the file's own targets with two clicks?"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests import recap_books
from tests.browser.conftest import Visit
from tests.browser.visit import settled

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SECONDS = 60_000


def drop(page: Page, name: str, content: bytes, mime: str = XLSX) -> None:
    """Drop a file on the Data page, and wait until its sheet stands there."""
    page.locator("[data-testid=stFileUploader] input[type=file]").first.set_input_files(
        [{"name": name, "mimeType": mime, "buffer": content}]
    )
    page.locator(".sheet").first.wait_for(timeout=SECONDS)
    settled(page, 60)


def marked(figure: int, locale: str) -> str:
    return f"{figure:,}".replace(",", "." if locale.startswith("id") else ",")


BOOKS = {  # book -> informal members of the latest month, their target; what all segments lack, their targets
    recap_books.merged_header: (61_750, 80_000, 20_800 + 18_250, 240_000),
    recap_books.bare_columns: (61_750 + 40_300, 130_000, 30_700 + 27_950 + 2_000, 405_000),
    recap_books.months_across: (62_310, 80_000, 20_100 + 17_690, 240_000),
    recap_books.sheet_a_month: (61_750, 80_000, 20_800 + 18_250, 240_000),
}


@pytest.mark.parametrize("locale", ["id-ID", "en-US"])
def test_a_recap_as_people_have_it_is_answered_with_two_clicks(open_page: Visit, locale: str) -> None:
    with open_page("/data", locale=locale) as page:
        for book, (informal, target, missing, together) in BOOKS.items():
            drop(page, f"{book.__name__}.xlsx", book())  # the first click is the drop
            expect_reading(page, marked(informal, locale))
            expect_reading(page, marked(target, locale))

            page.locator(".st-key-use_reading button").click()

            headline = page.locator(".st-key-headline")
            expect(headline).to_contain_text(marked(missing, locale), timeout=SECONDS)
            expect(headline).to_contain_text(marked(together, locale))
            settled(page, 60)
            assert "data=uploaded" in page.url
            page.get_by_test_id("stTopNavLink").nth(5).click()
            page.locator(".st-key-give_back button").click()
            expect(page.locator(".sheet")).to_have_count(0, timeout=SECONDS)
            settled(page, 60)


UNCLEAR = "Bulan;Cabang;Jml A;Jml B\n2023-01;Palembang;139.200;61.750\n2023-01;Jambi;90.100;40.300\n"


def expect_reading(page: Page, text: str) -> None:
    """Wait until the reading says a text; while the page is drawn anew, what it said before stands below it."""
    expect(page.locator(".st-key-reading_result").filter(has_text=text).first).to_be_visible(timeout=SECONDS)


def test_what_nobody_can_know_is_asked_above_its_column_and_used_at_once(open_page: Visit) -> None:
    with open_page("/data") as page:
        drop(page, "rekap.csv", UNCLEAR.encode(), "text/csv")
        expect_reading(page, "Jml A")
        assert "python" not in page.locator(".stMainBlockContainer").inner_text()

        page.locator(".sheet th[data-column='Jml A'] select").select_option("active of formal")
        expect_reading(page, "229.300")  # 139.200 and 90.100 formal members
        page.locator(".sheet th[data-column='Jml B'] select").select_option("active of informal")
        expect_reading(page, "102.050")

        with page.expect_download() as kept:
            page.locator(".st-key-download_map button").first.click()
        assert kept.value.suggested_filename == "map.toml"
        assert re.search(r"Jml A.*active of formal", kept.value.path().read_text("utf-8"))
        drop(page, "rekap.csv", UNCLEAR.replace("61.750", "61.850").encode(), "text/csv")
        expect_reading(page, "102.150")


TITLED = "Ilir Barat\nDicetak Februari 2023\nPosisi 31 Januari 2023\nSegmen;Aktif\nPU;139200\nBPU;61750\n"


def test_a_title_is_said_to_be_the_place_or_the_month_of_its_sheet_and_that_is_kept(open_page: Visit) -> None:
    with open_page("/data") as page:
        drop(page, "rekap.csv", TITLED.encode(), "text/csv")
        title = page.locator(".sheet tr[data-line='1'] select")
        expect(title).to_have_value("-1")

        title.select_option("cabang: Ilir Barat")
        expect_reading(page, "Ilir Barat, Januari 2023")
        expect(page.locator(".sheet tr[data-line='1']")).not_to_have_class(re.compile("grey"))
        settled(page, 60)
        page.locator(".sheet tr[data-line='2'] select").select_option("bulan: Februari 2023")
        expect_reading(page, "Ilir Barat, Februari 2023")
        settled(page, 60)

        with page.expect_download() as kept:
            page.locator(".st-key-download_map button").first.click()
        written = kept.value.path().read_text("utf-8")
        assert 'place = "Ilir Barat"' in written
        assert 'month = "2023-02"' in written

        page.locator(".sheet tr[data-line='2'] select").select_option("-1")  # taken back
        expect_reading(page, "Ilir Barat, Januari 2023")


def test_on_a_telephone_the_columns_are_a_list_and_the_page_does_not_scroll_sideways(open_page: Visit) -> None:
    with open_page("/data", width=390, height=844) as page:
        page.locator("[data-testid=stFileUploader] input[type=file]").first.set_input_files(
            [{"name": "rekap.xlsx", "mimeType": XLSX, "buffer": recap_books.merged_header()}]
        )
        shown = page.locator(".sheet-list")
        expect(shown.locator("select[aria-label^='Isi kolom']").nth(2)).to_have_value(
            "active of formal", timeout=SECONDS
        )
        expect(shown).to_contain_text("138709")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
