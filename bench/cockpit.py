"""How long from a slider's step until everything is drawn, beside an empty handler, and what is sent meanwhile?

`python -m bench.cockpit` drags the first lever of Simulate with a mouse in Chromium: of the sample, and of 325 branches
with 650 series. Inside the page it takes the time from the start of the input's handler to its end (everything is drawn
there), and counts frames that came late, beside an empty handler of the same run. Prints a Markdown table.
"""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from bench.branches import write_branches
from bench.latency import served
from tests.browser.find import OPTIONS, find
from tests.browser.visit import settled

ROOT = Path(__file__).resolve().parent.parent
STEPS = 60
LATE_MS = 20.0  # longer than a frame of a sixtieth of a second by a fifth
LEVER = "[data-lever$='.new'] input[type=range]"
WATCH = """
([selector, empty]) => {
    const input = document.querySelector(selector);
    window.handler ??= input.oninput;
    window.times = []; window.frames = [];
    input.oninput = empty ? () => {} : (event) => {
        const from = performance.now();
        window.handler(event);
        window.times.push(performance.now() - from);
    };
    let last = performance.now();
    const frame = (now) => { window.frames.push(now - last); last = now; requestAnimationFrame(frame); };
    if (!window.counting) { window.counting = true; requestAnimationFrame(frame); }
}
"""


def drag(page: Page, empty: bool) -> tuple[list[float], float]:
    """Drag the lever and return the milliseconds of each step, and the share of late frames."""
    page.evaluate(WATCH, [LEVER, empty])
    box = page.locator(LEVER).bounding_box()
    if box is None:
        raise RuntimeError("no lever in view")
    left, middle = box["x"] + box["width"] / 3, box["y"] + box["height"] / 2
    page.mouse.move(left, middle)
    page.mouse.down()
    for step in range(STEPS):
        page.mouse.move(left + step * 2, middle)
        page.wait_for_timeout(16)
    frames: list[float] = page.evaluate("window.frames")
    times: list[float] = page.evaluate("window.times")
    page.mouse.move(left, middle)
    page.mouse.up()
    settled(page)
    return times, sum(gap > LATE_MS for gap in frames) / max(len(frames), 1)


def _listen(page: Page, sent: list[int]) -> None:
    """Keep the size of every message to the server."""
    page.on("websocket", lambda socket: socket.on("framesent", lambda data: sent.append(len(data))))


def main() -> None:
    """Measure both sizes and print them."""
    path = find()
    print("| data | steps | p50 ms | p95 ms | late frames | late, empty handler | sent while dragging |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        large = Path(folder) / "large"
        write_branches(large, branches=325, months=60)
        browser = playwright.chromium.launch(executable_path=path, args=[*OPTIONS])
        for name, arguments in (("sample", []), ("325 branches", [str(large)])):
            with served(ROOT / "app.py", ROOT, *arguments) as url:
                page = browser.new_page(viewport={"width": 1280, "height": 720})
                sent: list[int] = []
                _listen(page, sent)
                page.goto(f"{url}/simulate")
                page.locator(LEVER).wait_for(timeout=120_000)
                settled(page, 120)
                _, empty = drag(page, empty=True)
                before = sum(sent)
                times, late = drag(page, empty=False)
                p95 = statistics.quantiles(times, n=20)[-1]
                print(
                    f"| {name} | {len(times)} | {statistics.median(times):.1f} | {p95:.1f} | {late:.1%} | {empty:.1%} "
                    f"| {sum(sent) - before} bytes in all, at release |"
                )
                page.close()
        browser.close()


if __name__ == "__main__":
    main()
