"""How does a test visit a page: open it, know that it has settled, and hear what went wrong on the way?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Literal

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    ViewportSize,
    WebSocket,
    expect,
)
from playwright.sync_api import TimeoutError as Expired

# The script has run (a cold server says so once before it has drawn a word), the connection stands, the rows of
# places are drawn, the server has heard of a cockpit that stands there (it draws the page once more then), and nothing
# on the page is left over from the run before: for two tenths of a second without a break, since Streamlit says
# "running" a moment after the click. Each wait begins anew: what was calm before an action says nothing of later.
SETTLED = """(wait) => {
    const app = document.querySelector('[data-testid=stApp]');
    const calm = app && app.dataset.testConnectionState === 'CONNECTED' && app.dataset.testScriptState === 'notRunning'
        && document.querySelector('[data-testid=stMain] :is(h1, h2, p, [role=slider])')
        && !document.querySelector('[data-stale=true], [data-testid=stSkeleton], [data-testid=stAppSkeleton]')
        && !document.querySelector('.st-key-scorecard [data-testid=stBidiComponentRegular]:empty')
        && !document.querySelector('.st-key-cockpit:not(:has(.ck[data-heard=true]))')
        && !document.getAnimations().some(one => one.playState === 'running'
            && one.effect?.getComputedTiming().endTime < 5000);  // a fading text is too faint for a moment
    if (!calm || window.calm?.wait !== wait) window.calm = { wait, since: calm ? performance.now() : null };
    if (calm) window.calm.since ??= performance.now();
    return calm && performance.now() - window.calm.since > 200;
}"""

# Charts are drawn anew a moment after the window has changed; until then they stand beyond their places.
FITTED = """() => [...document.querySelectorAll('svg.marks')].every(one =>
    Math.abs(one.getBoundingClientRect().width - one.closest('.stElementContainer').clientWidth) < 2)"""
# What watches a size hears of it at the next picture, and draws at the one after that.
DRAWN = """() => new Promise(done => {
    let left = 4;
    const next = () => left-- ? requestAnimationFrame(next) : done();
    next();
})"""

# Every text that stands on the page too faintly for WCAG 2 AA: below 4.5:1, or 3:1 where it is large. What is switched
# off is exempt; what lies on a picture or a gradient cannot be told and is left out.
FAINT = """() => {
    const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
    const parse = (text) => {
        canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = '#000'; canvas.fillStyle = text; canvas.fillRect(0, 0, 1, 1);
        const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
        return [r, g, b, a / 255];
    };
    const over = (top, ground) => [0, 1, 2].map(i => top[i] * top[3] + ground[i] * (1 - top[3])).concat(1);
    const light = (colour) => {
        const linear = (c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
        const [r, g, b] = colour.map(c => linear(c / 255));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ground = (element, node) => {  // a text may stand outside its parent: a slider's figure above its thumb
        const range = document.createRange();
        range.selectNode(node);
        const {left, top, width, height} = range.getBoundingClientRect();
        const [x, y] = [left + width / 2, top + height / 2];
        const layers = [];
        for (let one = element; one; one = one.parentElement) {
            const box = one.getBoundingClientRect();
            if (x < box.left || x > box.right || y < box.top || y > box.bottom) continue;
            const colour = parse(getComputedStyle(one).backgroundColor);
            if (colour[3] > 0) layers.push(colour);
            if (colour[3] === 1) break;
        }
        return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255, 1]);
    };
    const found = new Map();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const element = node.parentElement;
        const text = node.textContent.trim();
        if (!text || !element || element.closest('style, script, noscript, [disabled], [aria-disabled=true]')) continue;
        if (!element.checkVisibility({opacityProperty: true, visibilityProperty: true})) continue;
        const style = getComputedStyle(element);
        const colour = parse(element.closest('svg') ? style.fill : style.color);
        let opacity = 1;
        for (let one = element; one; one = one.parentElement) opacity *= parseFloat(getComputedStyle(one).opacity);
        colour[3] *= opacity;
        const below = ground(element, node);
        const [a, b] = [light(over(colour, below)), light(below)];
        const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        const size = parseFloat(style.fontSize);
        const large = size >= 24 || (size >= 18.66 && parseInt(style.fontWeight) >= 700);
        if (ratio < (large ? 3 : 4.5)) found.set(text.slice(0, 60), ratio.toFixed(2));
    }
    return [...found].map(([text, ratio]) => `${ratio}: ${text}`);
}"""


WAITS = count()


def settled(page: Page, seconds: float = 30) -> None:
    """Wait until a page shows the outcome of the last action; after an action, wait for its value besides."""
    page.wait_for_function(SETTLED, arg=next(WAITS), timeout=seconds * 1000)


def stands(page: Page) -> None:
    """Wait until the cockpit (or the room's what-if) stands, the server has heard so, and the page has settled."""
    expect(page.locator(".ck[data-heard=true]")).to_be_attached(timeout=30_000)
    settled(page)


def resize(page: Page, width: int, height: int) -> None:
    """Give a window another size, and wait until what stands in it has followed."""
    page.set_viewport_size(ViewportSize(width=width, height=height))
    page.evaluate(DRAWN)
    page.wait_for_function(FITTED)
    settled(page)


def faults_that_stay(page: Page, look: Callable[[], list[str]]) -> list[str]:
    """Return what is wrong with a page once it has come to rest: on a busy machine a chart that is drawn once more,
    when the browser has measured its place, takes a second."""
    found: list[str] = []
    for _ in range(20):
        if not (found := look()):
            break
        page.wait_for_timeout(200)
    return found


def unfold(button: Locator, content: Locator) -> None:
    """Click until something is unfolded: on a busy machine a click can fall between two drawings of a button, and is
    lost to everybody. What is unfolded and yet empty is a fault."""
    for patience in (5_000, 5_000, 30_000):
        button.click()
        try:
            content.wait_for(timeout=patience)
        except Expired:
            if patience > 5_000 or button.get_attribute("aria-expanded") == "true":
                raise
        else:
            return


def faint(page: Page) -> list[str]:
    """Return each text whose contrast is below WCAG 2 AA, as "ratio: text"."""
    found: list[str] = page.evaluate(FAINT)
    return found


def overflowing(page: Page) -> int:
    """Return by how many pixels the page is wider than its window; 0 if nothing has to be scrolled sideways."""
    excess: int = page.evaluate(
        """() => Math.max(0, ...[document.documentElement, ...document.querySelectorAll('[data-testid=stMain]')]
            .map(one => one.scrollWidth - one.clientWidth))"""
    )
    return excess


@dataclass
class Overheard:
    """What pages said while they were open: warnings and errors of the console, and requests to other hosts.

    A test that provokes something on purpose takes it out: `overheard.said.clear()`.
    """

    said: list[str] = field(default_factory=list)

    def listen(self, page: Page, url: str) -> None:
        own = (url + "/", url.replace("http", "ws", 1) + "/", "data:", "blob:", "about:", "chrome")

        def console(message: ConsoleMessage) -> None:
            if message.type in ("warning", "error", "assert"):
                self.said.append(f"console {message.type}: {message.text} ({message.location.get('url', '')})")

        def request(sent: Request) -> None:
            if not f"{sent.url}/".startswith(own):
                self.said.append(f"request elsewhere: {sent.url}")

        def connected(socket: WebSocket) -> None:
            if not socket.url.startswith(own):
                self.said.append(f"connection elsewhere: {socket.url}")

        page.on("console", console)
        page.on("request", request)
        page.on("websocket", connected)
        page.on("pageerror", lambda error: self.said.append(f"uncaught: {error}"))


class Visitors:
    """One browser for each language and theme, so that a page's scripts are read once and not for every test (half a
    second each). Each page is a session of its own all the same. A page that stays open keeps what was read."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.known: dict[tuple[str, str], BrowserContext] = {}

    def of(self, locale: str, theme: Literal["light", "dark"], url: str) -> BrowserContext:
        if (locale, theme) not in self.known:
            made = self.known[locale, theme] = self.browser.new_context(locale=locale, color_scheme=theme)
            made.new_page().goto(url + "/_stcore/health")  # stays open, of the same site and without a script
        return self.known[locale, theme]

    def close(self) -> None:
        for one in self.known.values():
            one.close()


@contextmanager
def visit(
    visitors: Visitors,
    url: str,
    path: str = "/",
    *,
    overheard: Overheard,
    locale: str = "id-ID",
    theme: Literal["light", "dark"] = "light",
    width: int = 1440,
    height: int = 900,
    before: Callable[[Page], object] = lambda page: None,
) -> Iterator[Page]:
    """Open a page as a new visitor whose browser speaks `locale` and prefers `theme`, and wait until it has settled.

    What has to be there before the page opens is done by `before`.
    """
    page = visitors.of(locale, theme, url).new_page()
    page.set_viewport_size(ViewportSize(width=width, height=height))
    overheard.listen(page, url)
    before(page)
    try:
        page.goto(url + path)
        settled(page, 180)  # a cold server imports before it answers the first visitor
        yield page
    finally:
        page.close()
