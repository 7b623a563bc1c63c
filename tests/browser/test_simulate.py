"""Does the cockpit follow the hand by itself, tell the server once, and take every step back?"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, WebSocket, WebSocketRoute, expect

from tests.browser.server import PATIENCE, serve
from tests.browser.test_links import query_of
from tests.browser.visit import Overheard, Visitors, faults_that_stay, resize, settled, stands, visit

PROGRAMME = "p1.name=Program+1&p1.segment=informal&p1.workers=10000&p1.starts=2023-03&p1.months=8&p1.stay=0.5"
LASTING = b'"lasting": {"model": {'
LEVER = "[data-lever='informal.new'] input[type=range]"


def figure(page: Page, name: str, segment: str = "informal") -> float:
    """Return the plain number of a figure."""
    value = page.locator(f".ck-strip [data-figure={name}][data-segment={segment}]").get_attribute("data-value")
    assert value is not None
    return float(value)


def course(page: Page) -> str:
    """Return the shape of the scenario's line."""
    return page.locator("[data-chart=trajectory] .ck-course").get_attribute("d") or ""


def drag(page: Page, slider: Locator, steps: int, pixels: float, look: Callable[[], None]) -> None:
    """Hold a slider's thumb with the mouse and move it, looking after every step; it is not let go."""
    box = slider.bounding_box()
    assert box is not None
    low, high, value = (float(slider.get_attribute(name) or 0) for name in ("min", "max", "value"))
    value = float(slider.input_value())
    left = box["x"] + 8 + (box["width"] - 16) * (value - low) / (high - low)
    page.mouse.move(left, box["y"] + box["height"] / 2)
    page.mouse.down()
    for step in range(1, steps + 1):
        page.mouse.move(left + pixels * step, box["y"] + box["height"] / 2)
        look()


def test_everything_follows_the_hand_and_the_server_hears_of_it_once(open_page: Callable[..., Page]) -> None:
    with open_page("/simulate?lens=informal") as page:
        sent: list[int] = []
        received: list[bytes] = []

        def listen(socket: WebSocket) -> None:
            socket.on("framesent", lambda data: sent.append(len(data)))
            socket.on("framereceived", lambda data: received.append(data if isinstance(data, bytes) else data.encode()))

        page.on("websocket", listen)
        page.reload()
        stands(page)
        seen: set[tuple[float, str, str]] = set()
        before, opening = len(sent), len(received)

        def look() -> None:
            sentence = page.locator("[data-figure=sentence]").inner_text()
            seen.add((figure(page, "covered"), course(page), sentence))

        drag(page, page.locator(LEVER), 12, 3, look)
        assert len(seen) == 12  # figure, line and sentence moved with every step
        assert len(sent) == before  # and nothing was sent
        page.mouse.up()
        expect(page).to_have_url(re.compile(r"informal\.new="))
        settled(page)
        assert len(sent) == before + 1
        # Nor is said again what lasts: the model's series, the words and the cards.
        assert any(LASTING in message for message in received[:opening])
        answer = [message for message in received[opening:] if b'"model_key"' in message]
        assert answer
        assert not any(LASTING in message for message in answer)
        end = figure(page, "covered")
        expect(page.locator(".ck-differs")).to_be_hidden()
        value = float(query_of(page)["informal.new"])
        assert value > 0.05
        page.reload()
        stands(page)
        assert figure(page, "covered") == end
        assert float(page.locator(LEVER).input_value()) == pytest.approx(value * 100)


def test_a_programme_costs_and_falls_off_its_cliff_as_worked_out_by_hand(open_page: Callable[..., Page]) -> None:
    with open_page(f"/simulate?lens=informal&{PROGRAMME}") as page:
        stands(page)
        # 10 000 workers × 8 months × Rp16 800; half of them leave in November.
        assert figure(page, "cost", "total") == 10_000 * 8 * 16_800
        expect(page.locator("[data-chart=trajectory]")).to_contain_text("5.000 peserta berhenti")
        box = page.locator("[data-programme='0.workers'] .ck-box")
        box.fill("20.000")
        box.press("Enter")
        expect(page).to_have_url(re.compile("p1.workers=20000"))
        assert figure(page, "cost", "total") == 20_000 * 8 * 16_800


def test_a_target_for_registrations_has_its_sliders_too(
    visitors: Visitors, overheard: Overheard, tmp_path: Path
) -> None:
    lines = ["bulan,cabang,segmen,aktif,akuisisi,keluar"]
    for number, month in enumerate([*(f"2022-{m:02}" for m in range(1, 13)), "2023-01", "2023-02", "2023-03"]):
        lines.append(f"{month},Palembang,BPU,{10_000 + 60 * number},100,40")
    folder = tmp_path / "registrations"
    folder.mkdir()
    (folder / "palembang.csv").write_text("\n".join(lines) + "\n", "utf-8")
    (folder / "targets.toml").write_text(
        'default = "a"\n[sets.a]\ntitle = "A"\n[[sets.a.target]]\nsegment = "informal"\nby = "2023-12"\nnew = 2400\n',
        "utf-8",
    )
    with (
        serve(tmp_path, "--", str(folder)) as server,
        visit(visitors, server.url, "/simulate", overheard=overheard) as page,
    ):
        expect(page.locator(".ck-second-line")).to_contain_text("Pendaftaran sejak Januari", timeout=30_000)
        # January to March brought 300 of 2 400: 12,5 %.
        expect(page.locator(".ck-gauge-now").first).to_have_text("12,5 → ")
        still = figure(page, "covered")
        assert still < 2_400
        box = page.locator("[data-lever='informal.extra'] .ck-box")
        reach = page.locator("[data-lever='informal.extra'] .ck-reach").inner_text()
        box.fill(reach.split()[0])
        box.press("Enter")
        expect(page.locator("[data-figure=short][data-segment=informal]").first).to_have_attribute("data-value", "0")
        settled(page)
        expect(page.locator(".ck-differs")).to_be_hidden()
        assert figure(page, "covered") >= 2_400


def test_steps_are_taken_back_and_again_and_played(open_page: Callable[..., Page]) -> None:
    with open_page("/simulate?lens=informal") as page:
        stands(page)
        page.emulate_media(reduced_motion="no-preference")
        still = figure(page, "covered")
        box = page.locator("[data-lever='informal.new'] .ck-box")
        box.fill("+20")
        box.press("Enter")
        settled(page)
        moved = figure(page, "covered")
        assert moved > still
        expect(page.locator("[data-lever='informal.new'] .ck-people")).to_contain_text("→")
        page.locator("h1").first.click()
        page.keyboard.press("r")
        page.wait_for_function(
            """([still, moved]) => {
                const now = document.querySelector('.ck-strip [data-figure=covered][data-segment=informal]').dataset;
                return still < Number(now.value) && Number(now.value) < moved;
            }""",
            arg=[still, moved],
        )
        expect(page.locator(".ck-strip [data-figure=covered][data-segment=informal]")).to_have_attribute(
            "data-value", str(moved), timeout=5_000
        )
        # Who wishes for no motion sees the two ends of the way, and nothing between them.
        page.emulate_media(reduced_motion="reduce")
        page.evaluate("""() => {
            const strip = '.ck-strip [data-figure=covered][data-segment=informal]';
            window.seen = [];
            const look = () => {
                const now = Number(document.querySelector(strip).dataset.value);
                if (seen.at(-1) !== now) seen.push(now);
                requestAnimationFrame(look);
            };
            look();
        }""")
        page.keyboard.press("r")
        page.wait_for_function("() => seen.length > 2")
        assert page.evaluate("seen") == [moved, still, moved]
        page.locator(".ck-tools [data-act=undo]").click()
        expect(page).not_to_have_url(re.compile(r"informal\.new"))
        assert figure(page, "covered") == still
        page.locator(".ck-tools [data-act=redo]").click()
        expect(page).to_have_url(re.compile(r"informal\.new=0\.2"))
        assert figure(page, "covered") == moved


def test_a_lever_s_card_opens_by_key_closes_by_escape_and_gives_the_focus_back(open_page: Callable[..., Page]) -> None:
    with open_page("/simulate?lens=informal") as page:
        stands(page)
        name = page.locator("[data-lever='informal.new'] .ck-name")
        name.press("Enter")
        card = page.locator(".ck-dialog")
        expect(card).to_contain_text("Perisai")
        expect(card).to_contain_text("Palembang")
        page.keyboard.press("Escape")
        expect(card).to_be_hidden()
        expect(name).to_be_focused()


def test_nothing_scrolls_on_a_desk(open_page: Callable[..., Page]) -> None:
    with open_page(f"/simulate?lens=informal&{PROGRAMME}", width=1280, height=720) as page:
        stands(page)
        for width, height in ((1280, 720), (1440, 900)):
            resize(page, width, height)
            excess = page.evaluate(
                "() => (main => main.scrollHeight - main.clientHeight)(document.querySelector('[data-testid=stMain]'))"
            )
            assert excess == 0, width
            column = page.locator(".ck-levers").evaluate("column => column.scrollHeight - column.clientHeight")
            assert column <= 1, width


def test_where_browser_and_server_differ_by_more_than_half_a_person_the_page_says_both(
    open_page: Callable[..., Page],
) -> None:
    with open_page("/simulate?lens=informal", new=True) as page:
        changed: list[bytes] = []

        def falsify(message: str | bytes) -> bytes | str:
            """Say one figure of the browser's otherwise: a hundred thousand people for the informal segment."""
            if isinstance(message, str):
                return message
            figure = re.search(rb'"informal":(\d+)', message)
            if figure is None:
                return message
            digits = figure.group(1)
            changed.append(digits)
            return message.replace(figure.group(0), b'"informal":' + b"1" * len(digits), 1)

        def between(route: WebSocketRoute) -> None:
            server = route.connect_to_server()
            route.on_message(lambda message: server.send(falsify(message)))

        page.route_web_socket(re.compile("_stcore/stream"), between)
        page.reload()
        stands(page)
        box = page.locator("[data-lever='informal.new'] .ck-box")
        box.fill("+10")
        box.press("Enter")
        line = page.locator(".ck-differs")
        expect(line).to_contain_text("Informal: di sini 11.111")
        end = f"{figure(page, 'covered'):,.1f}".replace(",", ".").rpartition(".")[0]
        expect(line).to_contain_text(f"menurut server {end}")
        assert changed


def test_a_lever_that_is_not_enough_alone_says_how_far_it_comes_and_offers_three_ways(
    open_page: Callable[..., Page],
) -> None:
    with open_page("/simulate?lens=informal") as page:
        stands(page)
        alone = page.locator("[data-lever='informal.back'] .ck-alone-not")
        expect(alone).to_have_text("sendiri tidak cukup")
        for way in range(3):
            alone.click()
            card = page.locator(".ck-dialog")
            expect(card).to_contain_text("Aktif kembali saja tidak cukup: paling tinggi")
            ways = card.locator(".ck-way")
            expect(ways).to_have_count(3)
            expect(ways.nth(2)).to_have_text("Campuran termurah")
            ways.nth(way).click()
            expect(card).to_be_hidden()
            # Each of them does come there: nobody is missing any more.
            expect(page.locator(".ck-strip [data-figure=short][data-segment=informal]")).to_have_attribute(
                "data-value", "0", timeout=20_000
            )
            settled(page)
            page.locator(".ck-tools [data-act=undo]").click()
            expect(page.locator("[data-figure=sentence]")).to_contain_text("masih kurang")
            settled(page)


# Every text of the cockpit that its box cuts, with whether the whole of it can be read by pointing at it.
CUT = """() => [...document.querySelectorAll('.ck *')].filter(one => one.checkVisibility() && one.clientWidth > 2
    && [...one.childNodes].some(node => node.nodeType === 3 && node.textContent.trim())
    && getComputedStyle(one).overflowX !== 'visible' && one.scrollWidth > one.clientWidth + 1)
    .map(one => [one.textContent.trim(), Boolean(one.closest('[title]') ?? one.querySelector('[title]'))])"""


@pytest.mark.parametrize("locale", ["id-ID", "en-US"])
def test_no_figure_and_no_name_is_cut(open_page: Callable[..., Page], locale: str) -> None:
    path = f"/simulate?lens=informal&informal.new=0.2&informal.ramp=3&{PROGRAMME}"
    with open_page(path, locale=locale, width=1280, height=720) as page:

        def cut() -> list[str]:
            # With a bare machine's wide letters a status may be cut: its title says it whole. A figure is never cut.
            column = page.locator(".ck-levers").inner_text()
            return [
                text
                for text, titled in page.evaluate(CUT)
                if not titled or any(sign.isdigit() for sign in text) or text in column
            ]

        stands(page)
        for width, height in ((1280, 720), (1440, 900), (1024, 768), (390, 844)):
            resize(page, width, height)
            assert faults_that_stay(page, cut) == [], width


# Where the axis ends changes at each release: a round value may stand right below the upper edge.
def test_no_figure_of_the_axis_is_cut_off_at_the_top_of_the_chart(open_page: Callable[..., Page]) -> None:
    with open_page("/simulate?lens=informal", width=1280, height=720) as page:
        stands(page)
        beyond = {}
        box = page.locator("[data-lever='informal.new'] .ck-box")
        for number in ("10", "20", "30", "40", "50"):
            box.fill(number)
            box.press("Enter")
            settled(page)
            # The box of a figure is a sixth of its letters higher than its digits.
            beyond[number] = page.locator("[data-chart=trajectory] svg").evaluate(
                """svg => [...svg.querySelectorAll('text.ck-faint')].map(one => [one.textContent,
                    svg.getBoundingClientRect().top - one.getBoundingClientRect().top])
                    .filter(([, out]) => out > 11 / 6).map(([text]) => text)"""
            )
        assert {number: texts for number, texts in beyond.items() if texts} == {}
        assert page.locator("[data-chart=trajectory] text.ck-faint").count() >= 3


# The widest figures: past the target, where beside each lever stands that the target is reached without it.
@pytest.mark.parametrize("locale", ["id-ID", "en-US"])
def test_on_a_telephone_no_figure_gives_way_to_a_note_and_each_segment_can_be_chosen(
    open_page: Callable[..., Page], locale: str
) -> None:
    with open_page("/simulate?lens=informal&informal.new=0.6", locale=locale, width=390, height=844) as page:
        stands(page)
        # A text that is wider than its box by a hair ends in dots, too.
        figures = page.locator(".ck-people").evaluate_all(
            """all => all.filter(one => one.checkVisibility()).map(one => {
                const range = document.createRange();
                range.selectNodeContents(one);
                return [one.textContent, range.getBoundingClientRect().width - one.getBoundingClientRect().width];
            })"""
        )
        assert len(figures) >= 4
        assert [text for text, beyond in figures if beyond > 0.01] == []
        switch = page.locator(".ck-phone .ck-switch")
        assert switch.evaluate("one => one.scrollWidth - one.clientWidth") <= 1


def test_on_a_telephone_the_chart_stays_in_view_while_the_levers_scroll(open_page: Callable[..., Page]) -> None:
    with open_page("/simulate?lens=informal", width=390, height=844) as page:
        stands(page)
        page.mouse.move(200, 600)
        page.mouse.wheel(0, 400)
        page.wait_for_timeout(500)
        head = page.locator(".ck-acts").bounding_box()
        assert head is not None
        assert head["y"] < 200  # the levers have scrolled
        box = page.locator("[data-chart=trajectory]").bounding_box()
        assert box is not None
        assert 48 <= box["y"] <= 170


def test_the_plain_sliders_come_up_with_a_reason_where_the_cockpit_does_not_answer(
    visitors: Visitors, overheard: Overheard, tmp_path: Path
) -> None:
    # As it ships: the tests' other servers wait longer, since a machine that runs them does much else.
    with (
        serve(tmp_path, environment={PATIENCE: "3"}) as server,
        visit(visitors, server.url, "/", overheard=overheard, new=True) as page,
    ):
        # The browser gets the script as a file of its own memory; one that refuses it never answers.
        page.add_init_script("URL.createObjectURL = () => 'blob:nothing';")
        page.goto(page.url.split("?")[0] + "simulate?lens=informal")
        expect(page.locator(".st-key-lever_informal_new")).to_be_visible(timeout=15_000)
        expect(page.get_by_test_id("stAlert").first).to_contain_text("tidak menjawab dalam 3 detik")
        overheard.said.clear()


def test_any_number_of_windows_for_the_projector_follow_the_console_and_outlive_it(
    open_page: Callable[..., Page], overheard: Overheard
) -> None:
    with open_page(f"/simulate?lens=informal&{PROGRAMME}") as page:
        stands(page)
        stages = []
        for _ in range(2):
            with page.context.expect_page() as opened:
                page.locator(".ck-tools [data-act=stage]").click()
            stages.append(opened.value)
        headline = "masih kurang {n} peserta"
        for number in ("0", "20"):
            box = page.locator("[data-lever='informal.new'] .ck-box")
            box.fill(number)
            box.press("Enter")
            short = page.locator(".ck-strip [data-figure=short][data-segment=informal]").inner_text().split()[-1]
            for stage in stages:
                expect(stage.locator(".st-headline")).to_contain_text(headline.format(n=short))
        page.locator(".ck-stage-bar [data-name=position]").click()
        expect(stages[0].locator(".st-headline")).to_contain_text("33.250")
        stages[0].close()
        expect(page.locator("[data-figure=sentence]")).to_contain_text("Informal")
        page.goto("about:blank")
        expect(stages[1].locator(".st-lost")).to_have_text("terputus")
        expect(stages[1].locator(".st-headline")).to_contain_text("33.250")
        stages[1].close()
