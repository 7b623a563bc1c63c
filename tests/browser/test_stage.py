"""Do the presentation's screens and the projector's window draw the same messages, of the scenario as it stands?"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from playwright.sync_api import Locator, Page, Request, expect

from coverage.base import texts
from coverage.commands import cli
from tests.browser.test_present import SCREENS, place

ID = texts.load("id")
STANDING, FORMAL, INFORMAL, BRANCHES, WHAT_IF, TAKES, COSTS, DECISION = range(1, 9)
PROGRAMME = {"p1.name": "APBD", "p1.segment": "informal", "p1.workers": "10000", "p1.starts": "2023-03"}
PROGRAMME |= {"p1.months": "8", "p1.stay": "0.5"}


def ends(folder: Path, settings: Mapping[str, str]) -> dict[str, float]:
    """Return where each segment, and all together, ends in December of a scenario, as the command says it."""
    found = {}
    asked = [word for name, value in settings.items() for word in ("--set", f"{name}={value}")]
    for by in ("segment", "total"):
        out = folder / f"{by}.json"
        command = ["simulate", "--branch", "Palembang", *asked, "--by", by, "--draws", "0", "--format", "json"]
        assert cli.main([*command, "--out", str(out)]) == 0
        rows = [row for row in json.loads(out.read_text("utf-8")) if row["month"] == "2023-12"]
        found |= {row.get("segment", "total"): row["covered"] for row in rows}
    return found


def holds(figure: Locator, value: float) -> None:
    """Wait until a figure stands there, in words and as a plain number."""
    expect(figure).to_have_text(ID.people(value))
    assert abs(float(figure.get_attribute("data-value") or "nan") - value) < 0.5


def covered(page: Page, segment: str) -> Locator:
    return page.locator(f"[data-figure=covered][data-segment={segment}]")


def test_what_is_moved_on_the_what_if_stands_on_the_other_screens_and_in_the_projectors_window(
    open_page: Callable[..., Page], tmp_path: Path
) -> None:
    query = "&".join(f"{name}={value}" for name, value in PROGRAMME.items())
    with open_page(f"/present?screen={WHAT_IF}&{query}", width=1280, height=720) as page:
        place(page, WHAT_IF)
        with page.context.expect_page() as opened:
            page.locator(".rm-stage").click()
        stage, headline = opened.value, page.locator("[data-figure=sentence]")
        expect(stage.locator(".st-headline")).to_have_text(headline.inner_text())
        box = page.locator("[data-lever='informal.new'] .ck-box")
        before = headline.inner_text()
        box.fill("20")
        box.press("Enter")
        expect(headline).not_to_have_text(before)
        expect(stage.locator(".st-headline")).to_have_text(headline.inner_text())
        expect(page).to_have_url(re.compile(r"informal\.new=0\.2"))  # the server has heard of it
        expected = ends(tmp_path, PROGRAMME | {"informal.new": "0.2"})
        box.blur()
        for key, number, segment in (
            ("PageUp", BRANCHES, None),
            ("PageUp", INFORMAL, "informal"),
            ("PageUp", FORMAL, "formal"),
            ("PageUp", STANDING, "total"),
        ):
            page.keyboard.press(key)
            place(page, number)
            if segment:
                holds(covered(page, segment), expected[segment])
                holds(covered(stage, segment), expected[segment])
            expect(stage.locator(".st-headline")).to_have_text(headline.inner_text())
        expect(stage.locator(".st-lost")).to_be_hidden()
        stage.close()


def test_each_screen_draws_its_bars_and_courses_with_the_cockpits_parts_and_no_other_library(
    open_page: Callable[..., Page],
) -> None:
    query = "&".join(f"{name}={value}" for name, value in (PROGRAMME | {"informal.new": "0.2"}).items())
    drawn = {
        STANDING: ".st-row .ck-goal",
        FORMAL: "[data-chart=trajectory] .ck-course",
        INFORMAL: "[data-chart=trajectory] .ck-course",
        BRANCHES: ".st-row .ck-goal",
        WHAT_IF: "[data-chart=trajectory] .ck-course",
        TAKES: ".st-row .ck-goal",
        COSTS: "[data-chart=money] .ck-bar-out",
    }
    asked: list[str] = []

    def listen(request: Request) -> None:
        asked.append(request.url)

    with open_page("/data", width=1280, height=720) as page:
        page.on("request", listen)
        page.goto(page.url.replace("/data", f"/present?screen=1&{query}"))
        for number in range(1, SCREENS + 1):
            place(page, number)
            if number in drawn:
                expect(page.locator(drawn[number]).first).to_be_visible()
            page.keyboard.press("PageDown")
        # 10 000 workers for eight months at Rp16 800
        page.keyboard.press("PageUp")
        place(page, COSTS)
        expect(page.locator(".st-figure")).to_have_text(re.compile(r"Rp1,34\smiliar"))
        assert page.locator("[data-chart=money] .ck-bar-out").count() == 8
    assert [url for url in asked if "vega" in url.lower()] == []


def test_the_branches_in_the_scope_move_with_the_scenario_and_the_others_stand(open_page: Callable[..., Page]) -> None:
    bars: list[dict[str, str]] = []
    for query in ("", "&informal.new=0.5"):
        with open_page(f"/present?screen={BRANCHES}{query}", width=1280, height=720) as page:
            place(page, BRANCHES)
            rows = page.locator(".st-row")
            expect(rows).to_have_count(9)
            found = {}
            for row in rows.all():
                later = row.locator(".ck-later").get_attribute("style") or ""
                found[row.locator(".st-name").inner_text()] = later
            bars.append(found)
    still, moved = bars
    assert [name for name in still if still[name] != moved[name]] == ["Palembang"]


def test_a_sentence_of_net_growth_says_so_and_what_is_needed_is_said_in_registrations(
    open_page: Callable[..., Page],
) -> None:
    with open_page(f"/present?screen={FORMAL}", width=1280, height=720, locale="en-US") as page:
        place(page, FORMAL)
        expect(page.locator(".st-lines")).to_contain_text("workers a month net of lapses")
        page.goto(page.url.replace(f"screen={FORMAL}", f"screen={TAKES}"))
        place(page, TAKES)
        expect(page.locator(".st-label")).to_contain_text("registrations a month")
