"""Which browser can the tests drive on this machine, and how is one got where there is none?

`python -m tests.browser.find` prints the path of one that starts, and gets one first if it must; where it cannot, it
says in one line what to install and ends with 2. `CAKUPAN_BROWSER` overrides the search.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

# The address bar's window of suggestions is a page of its own beside each of ours: a fifth of all that a browser does.
# The rest is what Playwright itself turns off, since a browser takes the last such list alone.
TURNED_OFF = (
    "WebUIOmniboxPopup",
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "TcpPortRandomizationWin",
    "ThirdPartyStoragePartitioning",
    "msEdgeUpdateLaunchServicesPreferredVersion",
    "msForceBrowserSignIn",
)
# No sandbox: root and containers have none, and the tests open nothing but our own pages. No name but our own
# address resolves, and the browser's own errands are off: whatever the app tried to fetch elsewhere would fail. The
# pages of one visitor share a process, so that a script that one of them has read is not read again by the next.
OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--process-per-site",
    "--disable-features=" + ",".join(TURNED_OFF),
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge", "msedge")
MAC = (
    "Google Chrome.app/Contents/MacOS/Google Chrome",
    "Chromium.app/Contents/MacOS/Chromium",
    "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
WINDOWS = (r"Google\Chrome\Application\chrome.exe", r"Microsoft\Edge\Application\msedge.exe")
TO_INSTALL = (
    "The tests need a browser: install Chromium, Chrome or Edge"
    " (Debian: apt-get install chromium), or set CAKUPAN_BROWSER to the path of one."
)


def installed() -> Iterator[str]:
    """Yield the paths where a Chromium, Chrome or Edge stands, on Linux, macOS and Windows."""
    for name in NAMES:
        if path := shutil.which(name):
            yield path
    for folder in (Path("/Applications"), Path.home() / "Applications"):
        yield from (str(folder / path) for path in MAC if (folder / path).is_file())
    for variable in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"):
        if folder_name := os.environ.get(variable):
            programs = (Path(folder_name, *rest.split("\\")) for rest in WINDOWS)
            yield from (str(program) for program in programs if program.is_file())


def trouble(path: str) -> str:
    """Return why a browser does not start, in one line; empty if it does."""
    try:
        with sync_playwright() as playwright:
            playwright.chromium.launch(executable_path=path, args=[*OPTIONS], timeout=60_000).close()
    except Error as error:
        return error.message.strip().splitlines()[0]
    return ""


def find() -> str | None:
    """Return the path of a browser that is here and starts, or None."""
    return next((path for path in (*installed(), *_kept()) if not trouble(path)), None)


def get() -> str | None:
    """Install a browser in the way that works on this machine, and return its path; None if no way does.

    What the installers say goes to standard error: standard output is for the path alone.
    """
    if os.name == "posix" and os.geteuid() == 0 and shutil.which("apt-get"):
        sys.stderr.write("No browser found: installing Debian's Chromium.\n")
        done = _ran("apt-get", "update", "-qq") and _ran("apt-get", "install", "-y", "-qq", "chromium")
        if done and (path := find()):
            return path
    sys.stderr.write("No browser found: downloading Playwright's Chromium.\n")
    _ran(sys.executable, "-m", "playwright", "install", "--no-shell", "chromium")
    return find()


def _kept() -> list[str]:
    """Return the path of the browser that Playwright has downloaded, if it has."""
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return [path] if Path(path).is_file() else []


def _ran(*command: str) -> bool:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(command, stdout=sys.stderr, env=environment, check=False).returncode == 0


def main() -> int:
    named = os.environ.get("CAKUPAN_BROWSER")
    if named and (why := trouble(named)):
        sys.stderr.write(f"CAKUPAN_BROWSER: {named} does not start: {why}\n")
        return 2
    path = named or find() or get()
    if path is None:
        sys.stderr.write(TO_INSTALL + "\n")
        return 2
    sys.stdout.write(path + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
