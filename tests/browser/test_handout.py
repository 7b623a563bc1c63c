"""Does the handout open by itself, without a network, and say what the app says?"""

from __future__ import annotations

import json
import re
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


REGISTRATIONS = """default = "a"
[sets.a]
title = "A"
[[sets.a.target]]
branch = "Palembang"
segment = "informal"
by = "2023-12"
new = 60000
"""


def test_a_handout_of_a_target_for_registrations_counts_registrations_as_the_command_does(
    browser: Browser, tmp_path: Path
) -> None:
    file, aims = tmp_path / "usulan.html", tmp_path / "targets.toml"
    aims.write_text(REGISTRATIONS, "utf-8")
    asked = ["--targets", str(aims), "--branch", "Palembang", "--segment", "informal"]
    proposal = ["--set", "informal.new=0.2", "--out", str(file), "--language", "id"]
    assert cli.main(["handout", *asked, *proposal]) == 0
    context = browser.new_context(offline=True, viewport={"width": 390, "height": 844})
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(file.as_uri())
    covered, headline = page.locator("[data-figure=covered][data-segment=informal]"), page.locator("h1")
    box = page.locator("[data-lever='informal.new'] .ck-box")
    for value, whose in (("20", "Dengan usulan rapat"), ("45", "Dengan pilihan Anda")):
        box.fill(value)
        box.press("Enter")
        registered = registrations(asked, f"informal.new={int(value) / 100}", tmp_path)
        expect(covered).to_have_text(f"{registered:,.0f}".replace(",", "."))
        assert abs(float(covered.get_attribute("data-value") or "nan") - registered) < 0.5
        missing = f"{60_000 - registered:,.0f}".replace(",", ".")
        over = f"{registered - 60_000:,.0f}".replace(",", ".")
        rest = f"masih kurang {missing} pendaftaran" if registered < 60_000 else f"lebih {over}"
        expect(headline).to_contain_text(re.compile(f"{whose}.*{rest}"))
    assert page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0
    assert faults == []
    context.close()


def registrations(asked: list[str], setting: str, folder: Path) -> float:
    """Return the registrations from January to December of a scenario, as the command says them."""
    out = folder / "course.json"
    command = ["simulate", *asked, "--set", setting, "--draws", "0", "--format", "json", "--out", str(out)]
    assert cli.main(command) == 0
    (last,) = [row for row in json.loads(out.read_text("utf-8")) if row["month"] == "2023-12"]
    return float(last["registered"])
