"""Can the last row read every screen of the presentation, and is it turned by keys, a clicker and a swipe?"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Literal
from urllib.parse import urlencode

import pptx
import pytest
from playwright.sync_api import Page, WebSocket, expect

from coverage.model import links, scenarios
from tests.browser.test_links import query_of
from tests.browser.test_simulate import drag
from tests.browser.visit import faint, faults_that_stay, overflowing, resize, settled, stands, unfold

SCREENS = 8  # Palembang: standing, two segments, branches, what if, what it takes, what it costs, the decision
LEAST = {"body": 28, "figure": 96, "whole": True}
IN_THE_HAND = {"body": 13, "figure": 50, "whole": False}
SIZES = ((1280, 720), (1920, 1080), (1024, 768))
TELEPHONE = (390, 844)
SCENARIO = (
    "&informal.new=0.2&informal.ramp=3&p1.name=APBD&p1.segment=informal&p1.workers=10000&p1.starts=2023-03"
    "&p1.months=6&p1.stay=0.25"
)
# What is beyond the window, hidden by its box, written over another text, or too small: any text, a chart's and the
# source's included, below 28 pixels (`body`), the figure below 96 (`figure`). A telephone is in the hand: smaller
# letters do, and what is lower may be scrolled to (not `whole`).
FAULTS = """({body: small, figure: large, whole}) => {
    const faults = [], written = [], body = document.querySelector('.st-key-stage_body');
    const main = document.querySelector('[data-testid=stMain]');
    const stands = {left: 0, top: 0, right: innerWidth, bottom: innerHeight};
    const scrolls = {left: 0, top: -Infinity, right: innerWidth, bottom: Infinity};
    const over = main.scrollHeight - main.clientHeight;
    if (whole && over > 0) faults.push(`scrolls by ${over}`);
    const walker = document.createTreeWalker(document.querySelector('.st-key-stage'), NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const element = node.parentElement, text = node.textContent.trim();
        if (!text || !element.checkVisibility({opacityProperty: true, visibilityProperty: true})) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        const box = range.getBoundingClientRect();
        const tiny = element.closest('button, [data-testid=stMarkdownContainer]')?.getBoundingClientRect().width <= 1;
        if (tiny || box.width < 2 || element.closest('[data-testid=stIconMaterial], style, label > div')) continue;
        // The bar of a slider's ends is shown when it is pointed at.
        if (element.closest('[data-testid=stSliderTickBar], [data-testid=InputInstructions]')) continue;
        const inside = element.closest('.st-key-stage_body');
        const frame = !whole ? scrolls : inside ? body.getBoundingClientRect() : stands;
        const out = Math.max(frame.left - box.left, frame.top - box.top, box.right - frame.right,
            box.bottom - frame.bottom);
        if (out > 3) faults.push(`cut off by ${Math.round(out)}: ${text.slice(0, 50)}`);
        const size = parseFloat(getComputedStyle(element).fontSize);
        const least = element.closest('.st-key-stage_figure') ? large : small;
        if (size < least - 0.1) faults.push(`${size} pixels: ${text.slice(0, 50)}`);
        // A line's box is a quarter higher than its letters.
        const lines = [...range.getClientRects()].filter((line) => line.width > 2);
        for (const {left, right, top, bottom, height} of lines)
            written.push({node, text, left, right, top: top + height / 6, bottom: bottom - height / 6});
    }
    for (const [place, one] of written.entries()) for (const other of written.slice(place + 1)) {
        const wide = Math.min(one.right, other.right) - Math.max(one.left, other.left);
        const high = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
        if (one.node !== other.node && wide > 2 && high > 2)
            faults.push(`${one.text.slice(0, 30)} lies on ${other.text.slice(0, 30)}`);
    }
    return [...new Set(faults)];
}"""


def test_each_programme_has_a_shade_and_a_name_of_its_own_where_it_is_said_what_they_cost(
    open_page: Callable[..., Page],
) -> None:
    second = "&p2.name=CSR&p2.segment=informal&p2.workers=4000&p2.starts=2023-06&p2.months=3"
    with open_page(f"/present?screen=7{SCENARIO}{second}") as page:
        chart = page.locator("[data-chart=money] svg")
        expect(chart).to_contain_text("APBD")
        expect(chart).to_contain_text("CSR")
        shades = chart.locator("g[opacity]").evaluate_all("all => all.map(one => one.getAttribute('opacity'))")
        assert len(set(shades)) == len(shades) == 2
        # Six months of the first and three of the second: a bar for each month of each.
        assert chart.locator("g[opacity] rect").count() == 9


def title(page: Page) -> str:
    return page.locator(".st-key-stage h1").inner_text()


def place(page: Page, number: int, count: int = SCREENS) -> None:
    """Wait until this screen is there."""
    expect(page.locator(".st-key-stage_foot")).to_contain_text(f"{number} / {count}")
    settled(page)


def faults_of(page: Page, least: dict[str, object]) -> list[str]:
    """Return what is wrong with a screen."""
    return faults_that_stay(page, lambda: list(page.evaluate(FAULTS, least)))


# In English the narrowest window will do beside the one whose contrast is looked at: what is large there is so in all.
@pytest.mark.parametrize(
    ("language", "theme", "sizes"), [("id-ID", "light", (*SIZES, TELEPHONE)), ("en-US", "dark", SIZES[::2])]
)
def test_each_screen_is_large_whole_and_readable_at_every_size(
    open_page: Callable[..., Page], language: str, theme: Literal["light", "dark"], sizes: tuple[tuple[int, int], ...]
) -> None:
    faults: dict[str, list[object]] = {}
    titles = set()
    with open_page(f"/present?screen=1{SCENARIO}", locale=language, theme=theme, width=1280, height=720) as page:
        for number in range(1, SCREENS + 1):
            place(page, number)
            titles.add(title(page))
            for width, height in sizes[:: 1 if number % 2 else -1]:  # there and back
                resize(page, width, height)
                expect(page.get_by_test_id("stTopNavLink").first).not_to_be_visible()
                at = f"{width} {number}"
                faults[at] = [*faults_of(page, IN_THE_HAND if (width, height) == TELEPHONE else LEAST)]
                if width == 1280:
                    # Large white figures on a segment's bar lie on a picture: 3 : 1 is enough there (test_charts).
                    faults[at] += [text for text in faint(page) if not text.endswith("%")]
                if (width, height) == TELEPHONE:
                    faults[at] += [f"{wide} pixels too wide" for wide in [overflowing(page)] if wide]
                    source = page.locator(".st-key-stage_source p")
                    expect(source).to_be_visible()
                    box = source.bounding_box()
                    faults[at] += [] if box is not None and box["width"] > 300 else [f"a narrow source: {box}"]
            page.keyboard.press("PageDown")
    assert len(titles) == SCREENS
    assert {at: found for at, found in faults.items() if found} == {}


# What is hard to fit: large sums, a short past, long scenarios, national figures without a target, late branches.
HARD = (
    "branch=&targets=ucj-2025",
    "branch=&month=2020-06&targets=rpjmn-2025",
    urlencode({"branch": ""} | links.to_query(scenarios.presets()["all-together"])),
    "data=published/national&branch=",
    "data=published/provinces&branch=",
    "data=published/regional&branch=",
)


@pytest.mark.parametrize("link", HARD)
def test_what_is_hard_to_fit_fits_too(open_page: Callable[..., Page], link: str) -> None:
    faults: dict[str, list[str]] = {}
    with open_page(f"/present?screen=1&{link}", locale="id-ID", width=1024, height=768) as page:
        settled(page)
        count = int(page.locator(".st-key-stage_foot").inner_text().split(" / ")[1].split()[0])
        for number in range(1, count + 1):
            place(page, number, count)
            faults[str(number)] = faults_of(page, LEAST)
            page.keyboard.press("PageDown")
    assert {at: found for at, found in faults.items() if found} == {}


# While the server answers, the foot of a screen is gone for a moment: what was drawn then is of a larger place.
def test_what_was_drawn_while_the_foot_was_gone_is_drawn_anew(open_page: Callable[..., Page]) -> None:
    with open_page("/present?screen=5", width=1280, height=720) as page:
        place(page, 5)
        stands(page)
        # Three pictures later, and before the server has answered, which draws it once more.
        drawn, has = page.evaluate("""async () => {
            const foot = document.querySelector('.st-key-stage_foot');
            const slider = document.querySelector('[data-lever] input[type=range]');
            const chart = document.querySelector('[data-chart=trajectory]');
            foot.style.display = 'none';
            slider.stepUp();
            for (const kind of ['input', 'change']) slider.dispatchEvent(new Event(kind, {bubbles: true}));
            foot.style.display = '';
            for (let left = 3; left; left--) await new Promise(requestAnimationFrame);
            return [chart.querySelector('svg').viewBox.baseVal.height, chart.clientHeight];
        }""")
        assert drawn == has > 100


def test_keys_and_a_clicker_turn_the_screens_but_arrows_belong_to_a_slider(open_page: Callable[..., Page]) -> None:
    with open_page("/present?screen=5", width=1280, height=720) as page:
        place(page, 5)
        slider = page.locator("[data-lever] input[type=range]").first
        slider.focus()
        before = title(page)
        page.keyboard.press("ArrowRight")
        expect(page.locator(".st-key-stage h1")).not_to_have_text(before)
        place(page, 5)
        for key, number in (
            ("PageDown", 6),
            ("PageUp", 5),
            ("End", 8),
            ("Home", 1),
            ("ArrowRight", 2),
            ("ArrowLeft", 1),
        ):
            if key == "End":
                page.locator(".st-key-stage h1").click()
            page.keyboard.press(key)
            place(page, number)
        page.keyboard.press("PageUp")  # there is none before the first
        place(page, 1)


def test_the_what_if_moves_with_the_hand_and_the_server_hears_of_it_once(open_page: Callable[..., Page]) -> None:
    with open_page("/present?screen=5", width=1280, height=720) as page:
        sent: list[int] = []

        def listen(socket: WebSocket) -> None:
            socket.on("framesent", lambda data: sent.append(len(data)))

        page.on("websocket", listen)
        page.reload()
        place(page, 5)
        stands(page)
        slider = page.locator("[data-lever='informal.new'] input[type=range]")
        seen: set[tuple[str | None, ...]] = set()
        before = len(sent)

        def look() -> None:
            figure = page.locator("[data-figure=attainment][data-segment=total]")
            line = page.locator("[data-chart=trajectory] .ck-course")
            seen.add((title(page), figure.get_attribute("data-value"), line.get_attribute("d")))

        drag(page, slider, 10, 4, look)
        assert len(seen) == 10  # the title, the large figure and the line moved with every step
        assert len(sent) == before  # and nothing was sent
        page.mouse.up()
        expect(page).to_have_url(re.compile(r"informal\.new="))
        settled(page)
        assert len(sent) == before + 1
        expect(page.locator(".ck-differs")).to_be_hidden()
        said, value = title(page), float(query_of(page)["informal.new"])
        assert value > 0.05
        # It is the same scenario that Simulate opens, and it ends where the room saw it end.
        page.goto(page.url.replace("/present?screen=5", "/simulate?lens=total"))
        expect(page.locator("[data-figure=sentence]")).to_have_text(said)


def test_the_what_if_has_a_table_behind_its_chart_and_says_its_figures(open_page: Callable[..., Page]) -> None:
    with open_page(f"/present?screen=5{SCENARIO}", width=1280, height=720) as page:
        place(page, 5)
        chart = page.locator("[data-chart=trajectory]")
        expect(chart).to_have_attribute("aria-label", re.compile("Total Desember 2023: .* dana habis"))
        # 10 000 workers, six months, Rp16 800 each
        cost = page.locator("[data-figure=cost]")
        expect(cost).to_have_attribute("data-value", str(10_000 * 6 * 16_800))
        expect(cost).to_contain_text("Rp1,01 miliar")
        for name in ("covered", "short", "chance", "attainment"):
            expect(page.locator(f"[data-figure={name}][data-segment=total]")).to_have_attribute(
                "data-value", re.compile(r"^\d")
            )
        button = page.get_by_role("button", name="Tabel")
        button.click()
        expect(page.locator(".ck-dialog tbody tr").first).to_contain_text("Des 2023")
        page.keyboard.press("Escape")
        expect(page.locator(".ck-dialog")).to_be_hidden()
        expect(button).to_be_focused()


def test_the_plain_sliders_stand_on_the_screen_where_the_link_asks_for_them(open_page: Callable[..., Page]) -> None:
    with open_page("/present?screen=5&sliders=plain", width=1280, height=720) as page:
        place(page, 5)
        slider = page.locator(".st-key-lever_informal_new input[type=range]")
        before = title(page)
        slider.focus()
        page.keyboard.press("ArrowRight")
        expect(page.locator(".st-key-stage h1")).not_to_have_text(before)


def test_the_f_key_fills_the_screen_and_gives_it_back(open_page: Callable[..., Page]) -> None:
    with open_page("/present?screen=2", width=1280, height=720, new=True) as page:
        place(page, 2)
        page.keyboard.press("f")
        page.wait_for_function("document.fullscreenElement === document.documentElement")
        page.keyboard.press("PageDown")
        place(page, 3)
        page.keyboard.press("f")
        page.wait_for_function("document.fullscreenElement === null")
        page.locator(".st-key-stage_full button").first.click()
        page.wait_for_function("document.fullscreenElement !== null")


def test_a_swipe_turns_the_screens(open_page: Callable[..., Page]) -> None:
    swipe = """([from, to]) => {
        const at = document.querySelector('.st-key-stage h1');
        const touch = (x) => new Touch({identifier: 1, target: at, clientX: x, clientY: 300});
        at.dispatchEvent(new TouchEvent('touchstart', {bubbles: true, touches: [touch(from)]}));
        at.dispatchEvent(new TouchEvent('touchend', {bubbles: true, changedTouches: [touch(to)]}));
    }"""
    with open_page("/present?screen=2", width=1280, height=720) as page:
        place(page, 2)
        page.evaluate(swipe, [800, 300])
        place(page, 3)
        page.evaluate(swipe, [300, 800])
        place(page, 2)
        page.evaluate(swipe, [300, 330])  # too short to be one
        place(page, 2)


def test_the_link_holds_the_screen_and_the_menu_is_back_outside(open_page: Callable[..., Page]) -> None:
    with open_page("/present?screen=4", width=1280, height=720) as page:
        place(page, 4)
        page.keyboard.press("PageDown")
        place(page, 5)
        page.wait_for_url("**/present?screen=5")
        page.locator(".st-key-stage_leave button").first.click()
        expect(page.get_by_test_id("stTopNavLink").first).to_be_visible()
        assert "screen=" not in page.url
        page.get_by_test_id("stTopNavLink").filter(has_text="Presentasi").click()
        place(page, 5)  # who comes again finds the screen that was left


def test_a_screen_that_is_none_is_told(open_page: Callable[..., Page]) -> None:
    with open_page("/present?screen=99", width=1280, height=720) as page:
        place(page, 1)
        expect(page.get_by_test_id("stToast")).to_contain_text("99")


def test_a_decision_is_whole_while_it_is_typed_on_a_large_screen(open_page: Callable[..., Page]) -> None:
    with open_page("/present?screen=8", width=1920, height=1080) as page:
        place(page, 8)
        field = page.get_by_label("Apa", exact=True)
        field.fill("Mengajak pasar")
        # Half a letter more than the letters themselves: what hangs below the line is seen too.
        room = "e => e.parentElement.clientHeight / parseFloat(getComputedStyle(e).fontSize)"
        assert field.evaluate(room) > 1.4
        assert field.evaluate("e => e.offsetHeight <= e.parentElement.clientHeight")
        expect(page.get_by_test_id("InputInstructions").first).not_to_be_visible()


def test_a_sign_of_the_foot_lies_on_no_other(open_page: Callable[..., Page]) -> None:
    with open_page("/present?screen=1", width=1920, height=1080) as page:
        place(page, 1)
        signs = page.locator(".st-key-stage_foot button:visible [data-testid=stIconMaterial]:visible")
        boxes = sorted((box for box in (one.bounding_box() for one in signs.all()) if box), key=lambda box: box["x"])
        assert len(boxes) == 5
        assert all(left["x"] + left["width"] <= right["x"] for left, right in pairwise(boxes))


def test_a_decision_is_noted_beside_the_scenario_and_taken_away(open_page: Callable[..., Page]) -> None:
    with open_page(f"/present?screen=8{SCENARIO}", width=1280, height=720) as page:
        place(page, 8)
        page.get_by_label("Apa", exact=True).fill("Daftarkan 10.000 pekerja")
        page.get_by_label("Siapa", exact=True).fill("Kacab")
        page.locator(".st-key-decide button").click()
        expect(page.locator(".st-key-stage h1")).to_have_text("Daftarkan 10.000 pekerja")
        settled(page)
        unfold(page.locator(".st-key-stage_meeting button").first, page.locator(".st-key-meeting_markdown button"))
        with page.expect_download() as caught:
            page.locator(".st-key-meeting_markdown button").click()
        notes = caught.value.path().read_text("utf-8")
        assert "1. **Daftarkan 10.000 pekerja**" in notes
        assert "Pendaftaran baru +20 %" in notes
        assert "Sumbagsel (ilustrasi)" in notes
        with page.expect_download() as caught:
            page.locator(".st-key-meeting_pptx button").click()
        slides = pptx.Presentation(str(caught.value.path())).slides
        said = [shape.text_frame.text for slide in slides for shape in slide.shapes if shape.has_text_frame]
        assert any("Daftarkan 10.000 pekerja" in one for one in said)
