"""Can everything be reached and used with the keyboard alone?"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

FOCUSED = r"""() => {
    const one = document.activeElement;
    const key = one.closest('[class*=st-key-]')?.className.match(/st-key-(\S+)/)[1];
    return one.dataset.testid === 'stTopNavLink' ? 'menu ' + one.textContent : key ?? one.tagName;
}"""
LEVERS = ("new", "lapse", "back", "extra", "eligible_growth", "starts", "ramp")
FRAME = tuple(f"frame_{name}" for name in ("place", "month", "target", "data", "tools", "share", "gear"))


def stops(page: Page) -> list[str]:
    """Go through the page with the Tab key, once around, and return where it stops."""
    found: list[str] = []
    while "BODY" not in found and len(found) < 200:
        page.keyboard.press("Tab")
        found.append(page.evaluate(FOCUSED))
    return found


def test_the_tab_key_reaches_menu_frame_levers_and_tools(open_page: Callable[..., Page]) -> None:
    with open_page("/simulate?sliders=plain&lens=informal&informal.ramp=3") as page:
        found = stops(page)
        assert [stop for stop in found if stop.startswith("menu ")] == [
            f"menu {name}" for name in ("Ringkasan", "Cabang", "Simulasi", "Bandingkan", "Presentasi", "Data", "Metode")
        ]
        tools = ("undo", "redo", "reset", "lens_control", "simulated_table")
        wanted = {
            *FRAME,
            *tools,
            "more_levers_informal",
            *(f"lever_informal_{name}" for name in LEVERS),
        }
        assert wanted - set(found) == set()


@pytest.mark.parametrize(
    ("path", "charts"),
    [
        ("/?open=charts", ("bullet", "trajectory")),
        (
            "/simulate?sliders=plain&open=differs_panel&p1.name=A&p1.segment=informal&p1.workers=9&p1.starts=2023-03&p1.months=6",
            ("simulated", "flows", "payments"),
        ),
    ],
)
def test_each_chart_s_table_opens_with_a_key(
    open_page: Callable[..., Page], path: str, charts: tuple[str, ...]
) -> None:
    with open_page(path) as page:
        for chart in charts:
            page.locator(f".st-key-{chart}_table summary").press("Enter")
            expect(page.locator(f".st-key-{chart}_table canvas").first).to_be_visible()
