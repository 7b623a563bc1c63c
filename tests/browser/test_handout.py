"""Does the handout open by itself, without a network, and say what the app says?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from coverage.commands import cli
from tests.browser.test_simulate import figure
from tests.browser.visit import stands

SETTINGS = {"informal.new": "0.2", "p1.name": "A", "p1.segment": "informal", "p1.workers": "10000"}
SETTINGS |= {"p1.starts": "2023-03", "p1.months": "8", "p1.stay": "0.5"}


def test_a_handout_opens_without_a_network_and_equals_the_app_to_half_a_person(
    browser: Browser, open_page: Callable[..., Page], tmp_path: Path
) -> None:
    file = tmp_path / "usulan.html"
    settings = [word for key, value in SETTINGS.items() for word in ("--set", f"{key}={value}")]
    assert cli.main(["handout", "--branch", "Palembang", *settings, "--out", str(file), "--language", "id"]) == 0
    context = browser.new_context(offline=True, viewport={"width": 390, "height": 844})
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(file.as_uri())
    box = page.locator("[data-lever='informal.new'] .ck-box")
    link = "&".join(f"{key}={value}" for key, value in SETTINGS.items())
    with open_page(f"/simulate?lens=informal&{link}") as app:
        stands(app)
        for value in ("20", "45"):
            for where in (box, app.locator("[data-lever='informal.new'] .ck-box")):
                where.fill(value)
                where.press("Enter")
            for segment in ("formal", "informal", "total"):
                there = page.locator(f"[data-figure=covered][data-segment={segment}]").get_attribute("data-value")
                assert abs(float(there or "nan") - figure(app, "covered", segment)) < 0.5
    expect(page.locator("h1")).to_contain_text("Dengan pilihan Anda")
    assert page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0
    assert faults == []
    context.close()
