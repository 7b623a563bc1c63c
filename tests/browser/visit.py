"""How does a test visit a page: open it, know that it has settled, and hear what went wrong on the way?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Literal

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
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
# on the page is left over from the run before: for a tenth of a second without a break, since Streamlit says "running"
# a moment after the click. Each wait begins anew: what was calm before an action says nothing of later.
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
    return calm && performance.now() - window.calm.since > 100;
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
    const written = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode())
        written.push([node, node.parentElement, node.textContent.trim()]);
    for (const field of document.querySelectorAll('input:not([type=range], [type=checkbox], [type=radio]), textarea'))
        written.push([field, field, field.value.trim()]);
    for (const [node, element, text] of written) {
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
    page.wait_for_function(SETTLED, arg=next(WAITS), polling=40, timeout=seconds * 1000)  # not at each picture


def stands(page: Page) -> None:
    """Wait until the cockpit (or the room's what-if) stands, the server has heard so, and the page has settled."""
    expect(page.locator(".ck[data-heard=true]")).to_be_attached(timeout=30_000)
    settled(page)


def resize(page: Page, width: int, height: int) -> None:
    """Give a window another size, and wait until what stands in it has followed; a settled page of that size stays."""
    if page.viewport_size == {"width": width, "height": height}:
        return
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
    ears: dict[Page, dict[Any, Callable[..., None]]] = field(default_factory=dict)

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

        def uncaught(error: object) -> None:
            self.said.append(f"uncaught: {error}")

        ears: dict[Any, Callable[..., None]] = {
            "console": console,
            "request": request,
            "websocket": connected,
            "pageerror": uncaught,
        }
        for event, ear in ears.items():
            page.on(event, ear)
        self.ears[page] = ears

    def leave(self, page: Page) -> None:
        """Hear no more of a page."""
        for event, ear in self.ears.pop(page).items():
            page.remove_listener(event, ear)


class Visitors:
    """One browser for each language, so that a page's scripts are read once and not for every test (half a second
    each). Each visit is a session of its own all the same. A page that stays open keeps what was read.

    A window is handed on from one visitor to the next: to open a new one takes a third of the time of a visit. Nobody
    wishes for motion: Streamlit's own, sixty pictures a second while a page loads, is a seventh of a browser's work.
    """

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.known: dict[str, BrowserContext] = {}
        self.idle: dict[BrowserContext, list[Page]] = defaultdict(list)

    def of(self, locale: str, url: str) -> BrowserContext:
        if locale not in self.known:
            made = self.known[locale] = self.browser.new_context(locale=locale, reduced_motion="reduce")
            made.new_page().goto(url + "/_stcore/health")  # stays open, of the same site and without a script
        return self.known[locale]

    def window(self, locale: str, url: str, *, new: bool) -> Page:
        """Return a window that nobody looks at; one without a past if it has to be new."""
        context = self.of(locale, url)
        if new or not self.idle[context]:
            return context.new_page()
        page = self.idle[context].pop()
        page.bring_to_front()  # behind another window it would draw once a second
        return page

    def take_back(self, page: Page, url: str) -> None:
        """Let the next visitor have a window, on which nothing is left of this one."""
        try:
            page.evaluate("sessionStorage.clear()")
            page.mouse.move(-1, -1)
            page.goto(url + "/_stcore/health")  # of the same site and without a script: the session ends
        except Error:  # its server has gone, or it has
            page.close()
        else:
            self.idle[page.context].append(page)

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
    before: Callable[[Page], object] | None = None,
    new: bool = False,
) -> Iterator[Page]:
    """Open a page as a new visitor whose browser speaks `locale` and prefers `theme`, and wait until it has settled.

    What has to be there before the page opens is done by `before`. Who looks at the window's own past, or leaves
    something in it that outlives a page (a route, a script), asks for a new one, which is closed at the end.
    """
    page = visitors.window(locale, url, new=new or before is not None)
    # The last visitor may have wished for motion, or for paper.
    page.emulate_media(media="null", color_scheme=theme, reduced_motion="reduce")
    page.set_viewport_size(ViewportSize(width=width, height=height))
    overheard.listen(page, url)
    if before is not None:
        before(page)
    whole = False
    try:
        page.goto(url + path)
        settled(page, 180)  # a cold server imports before it answers the first visitor
        yield page
        whole = not new and before is None
    finally:
        overheard.leave(page)
        if whole:
            visitors.take_back(page, url)
        else:
            page.close()
