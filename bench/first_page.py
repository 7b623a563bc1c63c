"""How long until the first page can be used, beside a bare Streamlit page with the same imports?

`python -m bench.first_page` starts a server anew for each try, by turns ours on the sample and a page that imports what
ours imports and writes one heading; takes the time from the browser's request until the heading stands and the run has
ended, for the first visitor and for the next one. Prints a Markdown table.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from bench.latency import served
from tests.browser.find import OPTIONS, find
from tests.browser.visit import settled

ROOT = Path(__file__).resolve().parent.parent
BARE = """
import importlib, sys
sys.path.insert(0, {root!r})
import streamlit as st
for name in {names!r}:
    importlib.import_module(name)
st.title("A heading")
"""
IMPORTED = """
import sys
from streamlit.testing.v1 import AppTest
AppTest.from_file("app.py", default_timeout=60).run()
print("\\n".join(name for name in sys.modules if name.split(".")[0] in ("coverage", "pages")))
"""


def opened(browser: Browser, url: str) -> float:
    """Open a page as a new visitor; return the milliseconds until its heading stands and the run has ended."""
    page = browser.new_context(locale="id-ID", viewport={"width": 1280, "height": 720}).new_page()
    began = time.perf_counter()
    page.goto(url)
    page.get_by_role("heading", level=1).first.wait_for(timeout=60_000)
    settled(page, 60)
    taken = 1000 * (time.perf_counter() - began)
    page.context.close()
    return taken


def imported() -> list[str]:
    """Return the modules of ours that the first page imports."""
    run = subprocess.run([sys.executable, "-c", IMPORTED], cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in run.stdout.split() if not name.startswith("pages") or name.startswith("pages.parts")]


def main() -> None:
    """Measure both by turns and print them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=5)
    turns = parser.parse_args().turns
    path = find()
    taken: dict[tuple[str, str], list[float]] = {}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        bare = Path(folder) / "bare.py"
        bare.write_text(BARE.format(root=str(ROOT), names=imported()), "utf-8")
        browser = playwright.chromium.launch(executable_path=path, args=[*OPTIONS])
        for _ in range(turns):
            for name, script in (("ours", ROOT / "app.py"), ("bare", bare)):
                with served(script, ROOT) as url:
                    for visitor in ("first visitor", "next visitor"):
                        taken.setdefault((visitor, name), []).append(opened(browser, url))
        browser.close()
    print("| | ours, ms | bare page, ms | ratio |\n|---|---:|---:|---:|")
    for visitor in ("first visitor", "next visitor"):
        ours, floor = (statistics.median(taken[visitor, name]) for name in ("ours", "bare"))
        print(f"| {visitor} | {ours:.0f} | {floor:.0f} | {ours / floor:.2f} |")


if __name__ == "__main__":
    main()
