"""How long does a slider step take until the first chart is redrawn, beside the smallest app there is?

`python -m bench.latency` serves three apps at once: the smallest (one slider, one Altair chart of 60 points, default
settings), the sample's Simulate page, and the same page with 325 branches. In each it presses an arrow key 40 times
and measures, inside the page, from the key to the first change in the chart. The apps take turns, ten steps each, so
that other work on the machine hurts all alike. Then it presses 40 keys in a burst at 30 Hz and waits until the page
has settled. Prints a Markdown table.
"""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from playwright.sync_api import Error, Page, sync_playwright

from bench.branches import write_branches
from tests.browser.find import find

ROOT = Path(__file__).resolve().parent.parent
STEPS, TURN = 40, 10
SMALLEST = """
import altair as alt, pandas as pd, streamlit as st
growth = st.slider("growth", 0, 100, 20, key="growth")
table = pd.DataFrame({"month": range(60), "workers": [1000 * (1 + growth / 1000) ** t for t in range(60)]})
st.altair_chart(alt.Chart(table).mark_line().encode(x="month", y="workers"))
"""
WATCH = """
([chart]) => {
    window.marks = {key: null, first: null, last: null};
    const begin = event => { window.marks = {key: event.timeStamp, first: null, last: null}; };
    document.addEventListener("keydown", begin, true);
    new MutationObserver(records => {
        for (const record of records) {
            const node = record.target.nodeType === 1 ? record.target : record.target.parentElement;
            if (window.marks.key !== null && node && node.closest(chart) && node.closest("svg, canvas")) {
                const now = performance.now();
                window.marks.first ??= now;
                window.marks.last = now;
            }
        }
    }).observe(document.body, {subtree: true, childList: true, attributes: true, characterData: true});
}
"""


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(script: Path, folder: Path, *arguments: str) -> Iterator[str]:
    """Serve a script from a folder (whose settings count) and yield its address."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port)]
    command += ["--server.headless", "true", "--browser.gatherUsageStats", "false", "--server.address", "127.0.0.1"]
    own = {name: value for name, value in os.environ.items() if not name.startswith("STREAMLIT_")}
    with subprocess.Popen(
        [*command, "--", *arguments], cwd=folder, env=own, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            for _ in range(300):
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1).close()
                    break
                except OSError:
                    time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def opened(page: Page, address: str, slider: str, chart: str) -> None:
    """Open an app, wait until its chart stands, focus its slider and begin to watch."""
    page.goto(address)
    try:
        page.wait_for_selector(f"{chart} svg", timeout=30_000)
    except Error as error:
        page.screenshot(path=Path(tempfile.gettempdir()) / "latency-failed.png")
        raise SystemExit(f"{address} drew no chart") from error
    page.wait_for_timeout(2500)
    page.evaluate(WATCH, [chart])
    page.locator(f"{slider} input[type=range], {slider} [role=slider]").first.focus()


def step(page: Page, key: str) -> float:
    """Press a key once; return milliseconds until the first change of the chart."""
    page.keyboard.press(key)
    page.wait_for_function("window.marks.first !== null", timeout=10_000)
    taken = page.evaluate("window.marks.first - window.marks.key")
    page.wait_for_timeout(350)
    return float(taken)


def burst(page: Page) -> float:
    """Press 40 keys at 30 Hz; return milliseconds from the last one to the last change of the chart."""
    for index in range(STEPS):
        page.keyboard.press("ArrowRight" if index % 14 < 9 else "ArrowLeft")
        page.wait_for_timeout(33 - 8)
    page.wait_for_timeout(4000)
    return float(page.evaluate("window.marks.last === null ? 0 : window.marks.last - window.marks.key"))


def main() -> None:
    browser_path = find()
    if browser_path is None:
        raise SystemExit("no Chromium, Chrome or Edge found")
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack, sync_playwright() as playwright:
        folder = Path(name)
        (folder / "smallest").mkdir()
        (folder / "smallest" / "app.py").write_text(SMALLEST)
        many = folder / "many"
        write_branches(many, branches=325, months=36)
        link = "/simulate?view=informal&lang=id"
        apps = {
            "smallest app, default settings": (
                stack.enter_context(served(folder / "smallest" / "app.py", folder / "smallest")),
                ".st-key-growth",
                "[data-testid=stVegaLiteChart]",
            ),
            "Simulate, sample (Palembang)": (
                stack.enter_context(served(ROOT / "app.py", ROOT)) + link,
                ".st-key-lever_informal_new",
                ".st-key-chart_simulated",
            ),
            "Simulate, 325 branches": (
                stack.enter_context(served(ROOT / "app.py", ROOT, str(many))) + link,
                ".st-key-lever_informal_new",
                ".st-key-chart_simulated",
            ),
        }
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
        arguments += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
        browser = playwright.chromium.launch(executable_path=browser_path, args=arguments)
        pages = {}
        for label, (address, slider, chart) in apps.items():
            pages[label] = browser.new_page(viewport={"width": 1440, "height": 1000})
            opened(pages[label], address, slider, chart)
        taken: dict[str, list[float]] = {label: [] for label in apps}
        for turn in range(STEPS // TURN):
            for label, page in pages.items():
                page.bring_to_front()
                taken[label] += [step(page, "ArrowLeft" if turn % 2 else "ArrowRight") for _ in range(TURN)]
        settled = {}
        for label, page in pages.items():
            page.bring_to_front()
            settled[label] = burst(page)
        report(taken, settled)


def report(taken: dict[str, list[float]], settled: dict[str, float]) -> None:
    floor = None
    print("| app | step p50 ms | p95 ms | p50 ratio | settled after 40 keys, ms |\n|---|---|---|---|---|")
    for label, values in taken.items():
        half = statistics.median(values)
        floor = floor or half
        high = statistics.quantiles(values, n=20)[-1]
        print(f"| {label} | {half:.0f} | {high:.0f} | {half / floor:.2f} | {settled[label]:.0f} |")


if __name__ == "__main__":
    main()
