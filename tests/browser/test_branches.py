"""Do branches, provinces and regions stand as rows that are sorted, searched and opened, and leave all else as it was
chosen?"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.server import ROOT, Server, serve
from tests.browser.test_links import query_of
from tests.browser.visit import Overheard, Visitors, settled, visit

ROW, NAME = 35, 70  # pixels: the height of a row, and where a name begins behind the box


def opened(page: Page) -> str:
    expect(page.locator("a[aria-current=page]")).to_have_text("Ringkasan")
    settled(page)
    return page.locator(".st-key-headline").inner_text()


def names(page: Page) -> list[str]:
    """Return the names of the rows below the sum, in their order."""
    return page.locator(".sc-row[data-branch] .sc-name b").all_inner_texts()


def test_a_click_on_a_row_opens_its_branch(open_page: Visit) -> None:
    with open_page("/branches") as page:
        page.locator(".sc-row[data-branch='Muara Enim']").click()
        assert "Muara Enim" in opened(page)


def test_a_click_on_a_name_opens_the_branch_in_the_table_and_above_its_picture(open_page: Visit) -> None:
    with open_page("/branches?by=table") as page:
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
        page.locator(".sc-row[data-branch='Muara Enim']").click()
        expect(page.locator("a[aria-current=page]")).to_have_text("Overview")
        settled(page)
        assert dict(parse_qsl(urlsplit(page.url).query)) == {**CHOSEN, "branch": "Muara Enim"}

    with open_page(f"/present?{urlencode({**CHOSEN, 'branch': 'Jambi'})}") as page:
        page.locator(".st-key-stage_leave button").first.click()
        expect(page.locator("a[aria-current=page]")).to_have_text("Overview")
        settled(page)
        assert dict(parse_qsl(urlsplit(page.url).query)) == {**CHOSEN, "branch": "Jambi"}


def test_a_click_on_a_heading_of_the_table_sorts_by_the_numbers_and_a_row_still_opens_its_branch(
    open_page: Visit,
) -> None:
    with open_page("/branches?by=table") as page:
        table = page.locator(".st-key-ranking [data-testid=stDataFrame]")
        rows = table.locator("table tbody tr")
        box = table.bounding_box()
        assert box is not None
        expect(rows.nth(3)).to_be_attached()  # the table draws itself first, and tells what is in it a moment later

        def missing() -> list[float]:
            shown = [row.locator("td").nth(1).inner_text() for row in rows.all()]
            return [float(text) for text in shown if text not in ("", "None")]

        before = missing()
        page.mouse.click(box["x"] + 350, box["y"] + 15)  # the heading behind the names
        for _ in range(50):
            if missing() != before:
                break
            page.wait_for_timeout(200)
        assert len(missing()) > 3
        assert missing() == sorted(missing()) != before
        name = rows.first.locator("td").nth(0).inner_text()
        page.mouse.click(box["x"] + 80, box["y"] + 52)
        expect(page.locator(".st-key-frame_place")).to_contain_text(name)


def test_a_heading_sorts_the_rows_by_their_numbers_not_by_their_texts(open_page: Visit) -> None:
    with open_page("/branches") as page:
        page.locator("[data-sort=short]").click()
        missing = page.locator(".sc-row[data-branch] [data-figure=short]").all_inner_texts()
        numbers = [int(text.replace(".", "")) for text in missing]
        assert len(numbers) == 9
        assert numbers == sorted(numbers)
        page.locator("[data-sort=short]").click()
        assert page.locator(".sc-row[data-branch] [data-figure=short]").all_inner_texts() == missing[::-1]


def test_provinces_are_a_level_and_the_breadcrumb_follows_down_and_up(open_page: Visit) -> None:
    with open_page("/branches") as page:
        page.get_by_role("radio", name="Provinsi").click()
        row = page.locator(".sc-row[data-branch='Sumatera Selatan']")
        # Palembang, Musi Banyuasin-Banyuasin, Muara Enim and Lubuklinggau, as data/branches.csv has them.
        expect(row).to_contain_text("4 cabang")
        assert sorted(names(page)) == [
            "Bengkulu",
            "Jambi",
            "Kepulauan Bangka Belitung",
            "Lampung",
            "Sumatera Selatan",
        ]
        row.click()
        expect(page.locator(".sc-row[data-branch]")).to_have_count(4)
        settled(page)
        assert sorted(names(page)) == ["Lubuklinggau", "Muara Enim", "Musi Banyuasin-Banyuasin", "Palembang"]
        expect(page.locator(".st-key-frame_place")).to_contain_text("Sumatera Selatan")
        assert query_of(page)["province"] == "Sumatera Selatan"

        page.locator(".sc-row[data-branch=Palembang]").click()
        assert "Palembang" in opened(page)
        province = page.locator(".st-key-to_province button")
        expect(province).to_contain_text("Sumatera Selatan")
        province.click()
        # The page answers for the province: its four branches together.
        expect(page.locator(".st-key-headline")).to_contain_text("Sumatera Selatan masih kurang 127.050")
        page.locator(".st-key-to_everywhere button").click()
        expect(page.locator(".st-key-frame_place")).to_contain_text("Nasional")
        settled(page)
        assert "province" not in query_of(page)


def test_the_row_of_all_adds_what_each_lacks_and_no_surplus_hides_it(open_page: Visit) -> None:
    with open_page("/branches") as page:
        rows = page.locator(".sc-row[data-branch] [data-figure=short]").all_inner_texts()
        total = page.locator(".sc-sum [data-figure=short]").inner_text()
        # Each is written in whole people, so nine of them may be off by four and a half.
        assert abs(sum(int(text.replace(".", "")) for text in rows) - int(total.replace(".", ""))) <= 5


@pytest.fixture(scope="module")
def nation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve thirty branches: fourteen in the north just beyond their targets, sixteen in the south at half of them."""
    lines = ["bulan;wilayah;cabang;segmen;aktif;target"]
    for number in range(1, 31):
        region, target = ("Utara", 1_000) if number <= 14 else ("Selatan", 2_000)
        for month, active in (("2022-12", 900 + number), ("2023-01", 1_000 + number)):
            lines.append(f"{month};{region};Cabang {number:02};PU;{active};{target}")
    folder = tmp_path_factory.mktemp("thirty")
    (folder / "thirty.csv").write_text("\n".join(lines) + "\n", "utf-8")
    with serve(tmp_path_factory.mktemp("served"), "--", str(folder)) as server:
        yield server


def test_regions_are_the_level_at_which_a_nation_opens_and_lead_down_to_their_branches(
    visitors: Visitors, overheard: Overheard, nation: Server
) -> None:
    with visit(visitors, nation.url, "/branches", overheard=overheard) as page:
        expect(page.locator(".sc-head .sc-name")).to_have_text("Wilayah")
        assert sorted(names(page)) == ["Selatan", "Utara"]
        south = page.locator(".sc-row[data-branch=Selatan]")
        expect(south).to_contain_text("16 cabang")
        # 16 x 1.000 and 15 + 16 + ... + 30 = 360, of 32.000
        expect(south.locator("[data-figure=now]")).to_have_text("51,1\xa0%")
        page.locator(".sc-row[data-branch=Utara]").click()
        expect(page.locator(".sc-row[data-branch]")).to_have_count(12)
        settled(page)
        expect(page.locator(".st-key-frame_place")).to_contain_text("Utara")
        assert query_of(page)["region"] == "Utara"

        page.get_by_test_id("stTopNavLink").first.click()
        # Beyond their 1.000 by 1, 2, ... 14.
        expect(page.locator(".st-key-headline")).to_contain_text("Utara sudah melewati target 14.000, lebih 105")
        page.locator(".st-key-to_everywhere button").click()
        # The south lacks 32.000 − 16.360; the north's surplus fills none of it.
        expect(page.locator(".st-key-headline")).to_contain_text("masih kurang 15.640 dari target 46.000")
        settled(page)
        assert "region" not in query_of(page)
        row = page.locator(".sc-row[data-branch=Selatan]")
        row.scroll_into_view_if_needed()
        row.click()
        expect(page.locator(".st-key-headline")).to_contain_text("Selatan masih kurang 15.640 dari target 32.000")


def test_more_branches_than_fit_have_pages_a_search_and_a_filter(
    visitors: Visitors, overheard: Overheard, nation: Server
) -> None:
    with visit(visitors, nation.url, "/branches?by=branch", overheard=overheard) as page:
        expect(page.locator(".sc-pages")).to_contain_text("1–12 dari 30")
        assert len(names(page)) == 12
        page.get_by_role("button", name="Berikutnya").click()
        expect(page.locator(".sc-pages")).to_contain_text("13–24 dari 30")
        page.locator(".sc-search").press_sequentially("cabang 07")
        assert names(page) == ["Cabang 07"]
        expect(page.locator(".sc-search")).to_be_focused()
        page.locator(".sc-search").fill("")
        page.locator("[data-status=reached]").click()
        assert len(names(page)) == 12
        expect(page.locator(".sc-pages")).to_contain_text("1–12 dari 14")  # those of the north are beyond theirs
        page.locator(".sc-search").fill("nobody")
        expect(page.locator(".sc-none")).to_have_text("Tidak ada yang cocok.")


def test_a_branch_that_has_not_reported_keeps_its_row_hatched_between_its_bounds(
    visitors: Visitors, overheard: Overheard, tmp_path: Path
) -> None:
    folder = tmp_path / "late"
    shutil.copytree(ROOT / "data" / "samples" / "sumbagsel", folder)
    jambi = folder / "jambi.csv"
    lines = jambi.read_text("utf-8").splitlines()
    jambi.write_text("\n".join(line for line in lines if not line.startswith("2023-01")) + "\n", "utf-8")
    shutil.copy(ROOT / "data" / "targets.toml", folder)
    with (
        serve(tmp_path, "--", str(folder)) as server,
        visit(visitors, server.url, "/branches", overheard=overheard) as page,
    ):
        row = page.locator(".sc-row[data-branch=Jambi]")
        expect(row).to_contain_text("belum melapor")
        expect(row.locator(".ck-late")).to_be_visible()
        low, high = (row.locator("[data-figure=now]").inner_text().replace("\xa0%", "").replace(",", ".")).split("–")
        assert float(low) < float(high)
        expect(page.locator(".sc-row[data-branch=Bengkulu] .ck-late")).to_have_count(0)
        expect(page.locator(".sc-sum .ck-late")).to_be_visible()
        expect(page.locator(".sc-sum")).to_contain_text("sebagian belum melapor")


def test_the_level_and_the_segment_are_kept_in_the_link(open_page: Callable[..., Page]) -> None:
    with open_page("/branches?by=province&lens=informal") as page:
        expect(page.locator(".sc-head .sc-name")).to_have_text("Provinsi")
        # Informal alone: Lampung's 150 000 of the targets, 96 040 active: 64 %.
        expect(page.locator(".sc-row[data-branch=Lampung] [data-figure=now]")).to_have_text("64,0\xa0%")
        page.get_by_role("radio", name="Tabel").click()
        expect(page).to_have_url(re.compile("by=table"))
        assert query_of(page) == {"by": "table", "lens": "informal"}
