"""Does one press of Back lead one page back, and is nothing lost on the way, whatever was under way at the time?

What a hand does in the moment before the server has answered is shown by keeping the server's answer back.
"""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.held import Held
from tests.browser.visit import settled

LEVER = "[data-lever='informal.new'] input[type=range]"
OVERVIEW, BRANCHES, SIMULATE, METHOD = 0, 1, 2, 6
PATHS = {OVERVIEW: "/", BRANCHES: "/branches", SIMULATE: "/simulate", METHOD: "/method"}
PATIENCE = 120_000  # milliseconds, for a machine that does much else: what is looked for here is where a page leads


def click(page: Page, screen: int) -> None:
    page.get_by_test_id("stTopNavLink").nth(screen).click()


def stands(page: Page, screen: int) -> None:
    """Expect that a page stands: in the menu, in its address, with its content."""
    link = page.get_by_test_id("stTopNavLink").nth(screen)
    expect(link).to_have_attribute("aria-current", "page", timeout=PATIENCE)
    page.wait_for_function("path => window.location.pathname === path", arg=PATHS[screen], timeout=PATIENCE)
    if screen == SIMULATE:
        expect(page.locator("[data-figure=sentence]")).to_contain_text("2023", timeout=PATIENCE)
    else:
        expect(page.get_by_role("heading", level=1)).not_to_have_count(0, timeout=PATIENCE)
    settled(page, PATIENCE / 1000)


def go(page: Page, screen: int) -> None:
    click(page, screen)
    stands(page, screen)


def at_once(page: Page, *steps: str) -> None:
    """Do several things without a pause between them, each as an event of its own."""
    page.evaluate(
        """async (steps) => {
            for (const step of steps) { (0, eval)(step); await new Promise((done) => setTimeout(done, 0)); }
        }""",
        list(steps),
    )


def moved(value: int) -> str:
    return f"""{{ const lever = document.querySelector("{LEVER}"); lever.value = {value};
        for (const kind of ['input', 'change']) lever.dispatchEvent(new Event(kind, {{ bubbles: true }})); }}"""


def clicked(screen: int) -> str:
    return f"document.querySelectorAll('[data-testid=stTopNavLink]')[{screen}].click()"


def test_one_press_of_back_leads_one_page_back(open_page: Visit) -> None:
    with open_page("/?lens=informal", new=True) as page:
        go(page, BRANCHES)
        go(page, SIMULATE)
        page.locator(LEVER).press("ArrowRight")  # a step on a page is no page
        page.wait_for_url(re.compile(r"informal\.new="), timeout=PATIENCE)
        go(page, METHOD)
        for screen in (SIMULATE, BRANCHES, OVERVIEW):
            page.go_back()
            stands(page, screen)
            if screen == SIMULATE:
                expect(page.locator(LEVER)).to_have_value("1")
        for screen in (BRANCHES, SIMULATE):
            page.go_forward()
            stands(page, screen)
        expect(page.locator(LEVER)).to_have_value("1")


def test_back_leads_to_the_page_that_was_left_however_long_the_server_takes(open_page: Visit) -> None:
    held = Held()
    with open_page("/branches?lens=informal", before=held.stand_between) as page:
        go(page, SIMULATE)
        page.locator(LEVER).press("ArrowRight")
        page.wait_for_url(re.compile(r"informal\.new="), timeout=PATIENCE)
        held.keep()
        click(page, METHOD)
        page.wait_for_url(re.compile("/method"))
        page.go_back()
        held.let_go(page)
        stands(page, SIMULATE)
        expect(page.locator(LEVER)).to_have_value("1")
        page.go_back()
        stands(page, BRANCHES)


def test_back_while_a_button_leads_on_is_no_trap(open_page: Visit) -> None:
    held = Held()
    with open_page("/branches?lens=informal", before=held.stand_between) as page:

        def press_the_button() -> None:
            held.keep()
            page.locator(".st-key-band_needed_open button").click()

        go(page, OVERVIEW)
        press_the_button()
        held.let_go(page)
        stands(page, SIMULATE)
        page.go_back()
        stands(page, OVERVIEW)
        press_the_button()
        held.answered(page)
        page.go_back()
        held.let_go(page)
        stands(page, BRANCHES)
        page.go_forward()
        stands(page, OVERVIEW)


def test_back_in_the_moment_after_a_button_leads_where_back_leads_and_the_button_is_forgotten(open_page: Visit) -> None:
    with open_page("/branches?lens=informal", new=True) as page:
        go(page, OVERVIEW)
        at_once(page, "document.querySelector('.st-key-band_course_open button').click()", "history.back()")
        stands(page, BRANCHES)
        page.wait_for_timeout(1_000)  # what was asked for on the page that was left would come now
        stands(page, BRANCHES)
        go(page, OVERVIEW)


def test_two_quick_clicks_on_the_menu_are_two_steps(open_page: Visit) -> None:
    held = Held()
    with open_page("/?lens=informal", before=held.stand_between) as page:
        held.keep()
        click(page, BRANCHES)
        click(page, SIMULATE)
        held.let_go(page)
        stands(page, SIMULATE)
        page.go_back()
        stands(page, BRANCHES)
        page.go_back()
        stands(page, OVERVIEW)


def test_a_page_that_is_asked_for_while_the_one_before_still_loads_is_not_empty(open_page: Visit) -> None:
    held = Held()
    with open_page("/?lens=informal", before=held.stand_between) as page:
        held.keep()
        click(page, SIMULATE)
        page.evaluate(f"setTimeout(() => {clicked(METHOD)}, 0)")  # the cockpit reports itself after that
        held.let_go(page)
        stands(page, METHOD)
        page.go_back()
        stands(page, SIMULATE)
        page.locator(LEVER).press("ArrowRight")
        page.wait_for_url(re.compile(r"informal\.new=0\.01"), timeout=PATIENCE)


def test_a_lever_that_was_let_go_of_right_before_the_page_was_left_has_moved(open_page: Visit) -> None:
    with open_page("/method?lens=informal", new=True) as page:
        go(page, SIMULATE)
        at_once(page, moved(1), moved(2), moved(3), clicked(METHOD))
        stands(page, METHOD)
        page.wait_for_url(re.compile(r"informal\.new=0\.03"), timeout=PATIENCE)
        go(page, SIMULATE)
        expect(page.locator(LEVER)).to_have_value("3")


def test_a_step_taken_back_right_before_the_page_was_left_is_taken_back(open_page: Visit) -> None:
    with open_page("/simulate?lens=informal", new=True) as page:
        page.locator(LEVER).press("ArrowRight")
        page.wait_for_url(re.compile(r"informal\.new=0\.01"), timeout=PATIENCE)
        at_once(page, "document.querySelector('[data-act=undo]').click()", clicked(METHOD))
        stands(page, METHOD)
        page.wait_for_function("!window.location.search.includes('informal.new')", timeout=PATIENCE)


def test_the_link_that_calls_the_first_page_by_its_name_is_no_trap(open_page: Visit) -> None:
    with open_page("/overview?lens=informal", new=True) as page:
        stands(page, OVERVIEW)
        go(page, BRANCHES)
        page.go_back()
        stands(page, OVERVIEW)
        before = page.evaluate("window.history.length")
        page.go_back()
        stands(page, OVERVIEW)
        go(page, BRANCHES)
        assert page.evaluate("window.history.length") < before + 1
