"""How quickly does a release come back when fifty people move sliders at once?

`python -m bench.visitors` serves the sample, takes the messages of one visitor's release out of Chromium, and then lets
fifty visitors without a browser say the same, each a value of its own every two seconds for two minutes. Prints a
Markdown table of the milliseconds from a release until the server has confirmed it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import time
from dataclasses import dataclass, field
from pathlib import Path

import websockets
from playwright.sync_api import Page, WebSocket, sync_playwright
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from bench.latency import served
from tests.browser.find import OPTIONS, find
from tests.browser.visit import settled

ROOT = Path(__file__).resolve().parent.parent
LEVER = "[data-lever='informal.new'] input[type=range]"
LINK = "/simulate?lens=informal"
OWN_FRAME = 2**26  # a page's figures come in one message


@dataclass
class Told:
    """What happened: milliseconds from each release to its confirmation, and what went wrong."""

    taken: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def messages(url: str) -> tuple[BackMsg, BackMsg]:
    """Return what a browser says to open Simulate, and what it says when a lever is released."""
    sent: list[BackMsg] = []

    def listen(socket: WebSocket) -> None:
        def keep(data: str | bytes) -> None:
            message = BackMsg()
            message.ParseFromString(data if isinstance(data, bytes) else data.encode("latin-1"))
            sent.append(message)

        socket.on("framesent", keep)

    path = find()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*OPTIONS])
        page: Page = browser.new_page(viewport={"width": 1280, "height": 720})
        page.on("websocket", listen)
        page.goto(url + LINK)
        page.locator(LEVER).wait_for(timeout=60_000)
        settled(page)
        page.wait_for_timeout(2_500)
        page.locator(LEVER).press("ArrowRight")
        page.wait_for_timeout(1_500)
        browser.close()
    return sent[0], sent[-1]


def released(message: BackMsg, value: float, number: int) -> bytes:
    """Return the message of a release at a value."""
    said = BackMsg()
    said.CopyFrom(message)
    for widget in said.rerun_script.widget_states.widgets:
        if widget.json_value and '"set"' in widget.json_value:
            act = json.loads(widget.json_value)
            act["act"] |= {"number": number, "figures": {}, "scenario": {"levers": {"informal": {"new": value}}}}
            widget.json_value = json.dumps(act)
    return said.SerializeToString()


async def finished(socket: websockets.ClientConnection, told: Told) -> None:
    """Wait until a run has ended; keep what it showed as an error."""
    while True:
        message = ForwardMsg()
        data = await asyncio.wait_for(socket.recv(), 60)
        message.ParseFromString(data if isinstance(data, bytes) else data.encode())
        if message.delta.new_element.WhichOneof("type") == "exception":
            told.wrong.append(message.delta.new_element.exception.message)
        if message.WhichOneof("type") == "script_finished":
            return


async def visitor(number: int, url: str, opening: bytes, release: BackMsg, until: asyncio.Event, told: Told) -> None:
    """Open Simulate, then release a lever every two seconds until the time is up."""
    chance = random.Random(number)
    address = url.replace("http", "ws", 1) + "/_stcore/stream"
    try:
        async with websockets.connect(address, max_size=OWN_FRAME, origin=url) as socket:  # type: ignore[arg-type]
            await socket.send(opening)
            await finished(socket, told)
            await asyncio.sleep(2 * chance.random())
            step = 0
            while not until.is_set():
                step += 1
                began = time.perf_counter()
                await socket.send(released(release, chance.randint(1, 150) / 100, step))
                await finished(socket, told)
                told.taken.append(1000 * (time.perf_counter() - began))
                await asyncio.sleep(max(2 - (time.perf_counter() - began), 0))
    except (OSError, TimeoutError, websockets.WebSocketException) as error:
        told.wrong.append(f"visitor {number}: {error!r}")


async def meeting(url: str, opening: bytes, release: BackMsg, visitors: int, seconds: float) -> Told:
    """Let so many visitors move sliders for so long; they come one after another."""
    told, until = Told(), asyncio.Event()
    tasks = []
    for number in range(visitors):
        tasks.append(asyncio.create_task(visitor(number, url, opening, release, until, told)))
        await asyncio.sleep(0.2)
    told.taken.clear()
    await asyncio.sleep(seconds)
    until.set()
    await asyncio.gather(*tasks)
    return told


def main() -> None:
    """Measure one visitor and many, and print them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--visitors", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=120)
    asked = parser.parse_args()
    print("| visitors | releases | p50 ms | p95 ms | errors |\n|---:|---:|---:|---:|---:|")
    with served(ROOT / "app.py", ROOT) as url:
        opening, release = messages(url)
        for visitors, seconds in ((1, min(asked.seconds, 20)), (asked.visitors, asked.seconds)):
            told = asyncio.run(meeting(url, opening.SerializeToString(), release, visitors, seconds))
            cuts = statistics.quantiles(told.taken, n=20)
            print(
                f"| {visitors} | {len(told.taken)} | {statistics.median(told.taken):.0f} | {cuts[-1]:.0f} "
                f"| {len(told.wrong)} |"
            )
            for text in sorted(set(told.wrong))[:5]:
                print(f"\n{text}")


if __name__ == "__main__":
    main()
