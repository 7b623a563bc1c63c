"""Is every page silent in the console, readable by everybody, and whole at every width?"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Page, expect

from coverage.base import texts
from pages import SCREENS
from pages.parts import page_script
from tests.browser.conftest import PICTURES
from tests.browser.visit import faint, overflowing, resize, settled

PAGES = ("overview", "branches", "simulate", "compare", "data", "method")
WIDTHS = (1440, 1024, 390)
TALL = {1440: 4600, 1024: 5000, 390: 6600}  # the whole page in one window, whatever its width
IN_README = ("overview", "simulate", "branches")  # CAKUPAN_PICTURES=docs/pictures takes them anew
LOCALES = {"id": "id-ID", "en": "en-US"}
# A scenario with a funded part and its cliff, so that every part of the simulation is drawn.
SCENARIO = (
    "informal.new=0.2&informal.ramp=3&p1.name=APBD&p1.segment=informal&p1.workers=10000"
    "&p1.starts=2023-03&p1.months=6&p1.stay=0.25&open=charts"
)
# Charts of a fragment that is redrawn at each step: their figures stand in the sentence above them.
SAID_ABOVE = ("flows", "payments")
# `faint` looks at the contrast of all that axe sees, and of a chart's texts, in a sixth of the time.
RULES = {"resultTypes": ["violations"], "rules": {"color-contrast": {"enabled": False}}}
# What axe finds in Streamlit's own parts, which we cannot change: rule, a part of the selector, why.
NOT_OURS: tuple[tuple[str, str], ...] = ()
# Who hears a page goes from heading to heading: one names it, and no level is left out.
HEADINGS = {"page-has-heading-one", "heading-order", "empty-heading"}

# Texts that are cut off (in a box that hides what does not fit, or beyond their picture), and texts that lie on
# each other, and pickers that do not stand in one line. Tables draw themselves on a canvas and scroll, a row of tabs
# scrolls and has arrows; what is there for screen readers alone is 1 pixel small. A picker may end in an ellipsis, for
# the choices behind it say it whole; the month is a figure and may not. Of four goal bars and more, where each came
# from stands there whole or not at all.
MISPLACED = """() => {
    const seen = [], faults = [];
    const shown = (element) => element.checkVisibility({opacityProperty: true, visibilityProperty: true});
    const apart = '.ck [title], [data-testid=stDataFrame], [data-testid=stHeader], [role=tablist], style, script, '
        + '.ck-many .ck-gauge-now, '
        + ['place', 'target', 'data'].map(name => `.st-key-frame_${name} button`).join();
    const walker = document.createTreeWalker(document.querySelector('[data-testid=stApp]'), NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const element = node.parentElement, text = node.textContent.trim();
        if (!text || element.closest(apart) || !shown(element)) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        const whole = range.getBoundingClientRect();
        if (whole.width < 2 || whole.height < 2 || whole.right <= 0) continue;
        if (element.closest('[data-testid=stIconMaterial]')) continue;
        const svg = element.closest('svg');
        let clipped = false, tiny = false;
        for (let one = element; one && one.dataset?.testid !== 'stApp'; one = one.parentElement) {
            const style = getComputedStyle(one), box = one.getBoundingClientRect();
            if (style.position === 'absolute' && box.width <= 1) tiny = true;
            const hides = ['hidden', 'clip'].includes(style.overflowX) || one === svg;
            // What scrolls can be reached; a page that is too wide is counted by itself.
            if (['auto', 'scroll'].includes(style.overflowX) && one.scrollWidth > one.clientWidth) break;
            if (hides && (whole.right > box.right + 1.5 || whole.left < box.left - 1.5)) clipped = true;
        }
        if (tiny) continue;
        if (clipped) faults.push(`cut off: ${text.slice(0, 60)}`);
        for (const box of range.getClientRects()) {
            for (const [other, words] of seen) {
                const wide = Math.min(box.right, other.right) - Math.max(box.left, other.left);
                const high = Math.min(box.bottom, other.bottom) - Math.max(box.top, other.top);
                if (wide > 2 && high > 4) faults.push(`overlap: ${text.slice(0, 40)} / ${words.slice(0, 40)}`);
            }
        }
        for (const box of range.getClientRects()) seen.push([box, text]);
    }
    const rows = [...document.querySelectorAll('.st-key-frame_line > * button')].map(one => one.getBoundingClientRect())
        .filter(box => box.height && box.top > 47).map(box => Math.round(box.top + box.height / 2));
    if (rows.length && Math.max(...rows) - Math.min(...rows) > 2) faults.push(`pickers in several rows: ${rows}`);
    return [...new Set(faults)];
}"""


def violations(page: Page) -> list[str]:
    """Return what axe finds against WCAG 2 A and AA but for contrast, and other serious faults, as "rule: selector"."""
    response: dict[str, Any] = Axe().run(page, options=RULES).response
    found = [
        (rule["id"], " ".join(map(str, node["target"])))
        for rule in response["violations"]
        if rule["id"] in HEADINGS or rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]
    return [f"{rule}: {at}" for rule, at in found if not any(rule == r and part in at for r, part in NOT_OURS)]


def too_faint(page: Page) -> list[str]:
    # A slider's value stands above its knob, though it belongs to the knob, which has the ink's colour. The marks of a
    # legend are a picture, for which 3:1 is enough. What stands on a bar is large and white on the bar's colour, not
    # on the page's (test_charts holds it to 3:1).
    aside = {*page.get_by_test_id("stSliderThumbValue").all_inner_texts(), "━━"}
    aside |= set(page.locator(".st-key-chart_bullet .mark-text text[font-size='19px']").all_text_contents())
    return [one for one in faint(page) if one.split(": ", 1)[1] not in aside]


def unsaid(page: Page) -> list[str]:
    """Return the key of each chart whose label holds no figure."""
    keys: list[str] = page.locator("[role=graphics-document]").evaluate_all(
        r"""charts => charts.filter(chart => !/\d/.test(chart.closest('[aria-label]')?.ariaLabel ?? ''))
            .map(chart => chart.closest('[class*=st-key-chart_]').className.match(/st-key-chart_(\w+)/)[1])"""
    )
    return [f"without a figure: {key}" for key in keys if key not in SAID_ABOVE]


def foreign(page: Page, language: str) -> list[str]:
    """Return what Streamlit itself says on the page, seen or heard, in another language than the reader's."""
    words = page_script.own_words(texts.load(language))
    spoken: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('[aria-label], [title], [placeholder]')].flatMap(element =>
            ['aria-label', 'title', 'placeholder'].map(name => element.getAttribute(name))).filter(Boolean)"""
    )
    begun = tuple(word for word in words if word.endswith(" "))
    return [f"foreign: {text}" for text in set(spoken) if text.partition(": ")[0] in words or text.startswith(begun)]


def small(picture: Path, bottom: int) -> Image.Image:
    """Return a picture of a page as far as `bottom`, in few colours."""
    whole = Image.open(picture).convert("RGB")
    cropped = whole.crop((0, 0, whole.width, min(bottom, whole.height)))
    # Most of a page is ground and ink: only a palette that covers the rare colours keeps the segments apart.
    return cropped.quantize(96, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)


def narrow(page: Page, width: int, picture: Path) -> list[str]:
    """Return what does not fit at a width; of that, or where pictures are asked for, take one of the whole page."""
    resize(page, width, TALL[width])
    for _ in range(5):  # the menu slides away a moment after the window has changed; a true fault stays
        excess, faults = overflowing(page), page.evaluate(MISPLACED)
        if not (excess or faults):
            break
        page.wait_for_timeout(1000)
    if excess or faults or PICTURES in os.environ:
        page.screenshot(path=picture)
    return [f"{width}: {fault}" for fault in ([f"{excess} pixels too wide"] if excess else []) + faults]


# Each language and each theme once: the other two pairs say and draw nothing of their own.
@pytest.mark.parametrize(("language", "theme"), [("en", "light"), ("id", "dark")])
def test_each_page_is_silent_readable_and_whole(
    open_page: Callable[..., Page],
    tmp_path: Path,
    language: str,
    theme: Literal["light", "dark"],
) -> None:
    faults: dict[str, list[str]] = {}
    with open_page(f"/?{SCENARIO}", locale=LOCALES[language], theme=theme, height=TALL[1440]) as page:
        for name in PAGES:
            number = SCREENS.index(name)
            menu = page.get_by_test_id("stTopNavLink")
            menu.nth(number).click()
            expect(menu.nth(number)).to_have_attribute("aria-current", "page")
            settled(page)
            expect(page.get_by_test_id("stException")).to_have_count(0)
            faults[name] = [*violations(page), *too_faint(page), *unsaid(page), *foreign(page, language)]
            for width in WIDTHS:
                faults[name] += narrow(page, width, tmp_path / f"{name}-{language}-{theme}-{width}.png")
            page.set_viewport_size({"width": 1440, "height": TALL[1440]})
        if theme == "light" and (folder := os.environ.get(PICTURES)):
            for name in IN_README:
                picture = small(tmp_path / f"{name}-{language}-light-1024.png", bottom=1300)
                picture.save(Path(folder) / f"{name}.png", optimize=True)
    assert {name: found for name, found in faults.items() if found} == {}


def test_what_is_too_faint_is_found_wherever_it_is_written(open_page: Callable[..., Page]) -> None:
    planted = """<div style="background: #fff">
        <p style="color: #999">plain</p> <button style="color: #bbb; background: #fff">button</button>
        <h2 style="color: #bbb; font-size: 30px">large</h2> <p style="color: #333; opacity: 0.4">through</p>
        <p style="color: #777; background: #444">on dark</p> <svg><text y="15" fill="#ccc">chart</text></svg>
        <input value="typed" style="color: #bbb; background: #fff"> <p style="color: #666">strong enough</p></div>"""
    with open_page("/") as page:
        page.get_by_test_id("stMain").evaluate("(main, html) => main.insertAdjacentHTML('afterbegin', html)", planted)
        found = {text.split(": ")[1] for text in faint(page)}
        assert found == {"plain", "button", "large", "through", "on dark", "chart", "typed"}


# A figure in a table that wraps, written over two lines, and a choice of two that does not fit beside each other.
BROKEN = """() => {
    const faults = [];
    for (const cell of document.querySelectorAll('[data-testid=stTable] td')) {
        const text = cell.innerText.trim();
        if (!/^[\\d.,]+$/.test(text)) continue;
        const range = document.createRange();
        range.selectNodeContents(cell);
        const tops = new Set([...range.getClientRects()].filter(box => box.width > 2).map(box => Math.round(box.top)));
        if (tops.size > 1) faults.push(`broken: ${text}`);
    }
    for (const group of document.querySelectorAll('.st-key-lever_segment [role=radiogroup]')) {
        const tops = new Set([...group.children].map(one => Math.round(one.getBoundingClientRect().top)));
        if (tops.size > 1) faults.push(`broken: ${group.innerText}`);
    }
    return faults;
}"""


def test_what_unfolds_and_what_stands_side_by_side_is_whole(open_page: Callable[..., Page], tmp_path: Path) -> None:
    looks = {
        "/?branch=&open=bullet_table": "overview",
        "/branches?branch=&open=strain_sets|strain_milestones|target_sets_table": "targets",
        "/simulate?lang=en&sliders=plain": "levers",
        "/simulate?region=Sumbagsel&branch=": "four goal bars",
        "/data?open=own_targets_panel&branch=": "own targets",
    }
    faults: dict[str, list[str]] = {}
    for path, name in looks.items():
        with open_page(path, height=TALL[1440]) as page:
            for width in WIDTHS:
                faults[f"{name} {width}"] = narrow(page, width, tmp_path / f"{name}-{width}.png") + page.evaluate(
                    BROKEN
                )
    assert {at: found for at, found in faults.items() if found} == {}
