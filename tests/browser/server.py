"""How does a test or a benchmark get a server of its own, freshly started?"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60
PATIENCE = "CAKUPAN_PATIENCE"
"""How many seconds a page waits for the cockpit before plain sliders come up. Where several servers and browsers share
a machine, three may pass before the browser comes to its turn."""


@dataclass(frozen=True, kw_only=True)
class Server:
    """A running app: where it answers, its process, and the file that holds what it says."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path

    def said(self) -> str:
        """Return what the server has written so far, tracebacks included."""
        return self.log.read_text("utf-8", errors="replace")


@contextmanager
def serve(
    folder: Path,
    *options: str,
    script: Path = ROOT / "app.py",
    environment: Mapping[str, str] | None = None,
    port: int | None = None,
) -> Iterator[Server]:
    """Serve a script with the project's own settings until the block ends; the log goes into `folder`.

    The server is cold: nothing is imported by a page yet. `options` go to Streamlit; `environment` is added to ours,
    from which Streamlit's own variables are taken out, and to a patience for a busy machine; `port` is any that is
    free, unless one is named. Raise `RuntimeError`, with the log, if it does not answer.
    """
    port = port or _free_port()
    log = folder / f"server-{port}.log"
    own = {name: value for name, value in os.environ.items() if not name.startswith("STREAMLIT_")}
    quiet = ("--server.port", str(port), "--server.headless", "true", "--browser.gatherUsageStats", "false")
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", str(script), *quiet, *options],
            cwd=ROOT,
            env=own | {PATIENCE: "60"} | dict(environment or {}),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        server = Server(url=f"http://127.0.0.1:{port}", process=process, log=log)
        try:
            _wait(server)
            yield server
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(server: Server) -> None:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # a proxy would not know our own address
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and server.process.poll() is None:
        try:
            with direct.open(server.url + "/_stcore/health", timeout=5):
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"The server did not answer at {server.url}; it said:\n{server.said()}")
