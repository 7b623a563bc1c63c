"""Take the README's pictures of the app anew: `python -m bench.pictures`.

They go into docs/pictures: four screens of the sample and a drag of one lever as a moving picture. The picture of a
slide is made by hand, from a deck that an office program draws.
"""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from bench.latency import served
from tests.browser.find import OPTIONS, find
from tests.browser.visit import settled

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "pictures"
PROGRAMME = "p1.name=APBD&p1.segment=informal&p1.workers=10000&p1.starts=2023-03&p1.months=8&p1.stay=0.15"
SCREENS = {
    "overview": "/?lang=en",
    "simulate": f"/simulate?lang=en&lens=informal&{PROGRAMME}",
    "branches": "/branches?lang=en",
    "present": "/present?lang=en&screen=6",
}
LEVER = "[data-lever='informal.new'] input[type=range]"
STEPS, FRAME_MS = 24, 90


def opened(browser: Browser, url: str) -> Page:
    """Open a page and wait until everything on it stands."""
    page = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 720}).new_page()
    page.goto(url)
    settled(page, 120)
    page.wait_for_timeout(2_500)
    settled(page, 60)
    return page


def small(picture: bytes) -> Image.Image:
    """Return a picture in few colours: most of a page is ground and ink."""
    whole = Image.open(io.BytesIO(picture)).convert("RGB")
    return whole.quantize(192, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)


def film(page: Page) -> list[Image.Image]:
    """Drag a lever to where it reaches the target and a little back, and return what was seen at each step."""
    box = page.locator(LEVER).bounding_box()
    if box is None:
        raise RuntimeError("no lever in view")
    low, high, now = (float(page.locator(LEVER).get_attribute(name) or 0) for name in ("min", "max", "value"))
    now = float(page.locator(LEVER).input_value())
    left = box["x"] + 8 + (box["width"] - 16) * (now - low) / (high - low)
    middle = box["y"] + box["height"] / 2
    page.mouse.move(left, middle)
    page.mouse.down()
    frames = []
    for step in range(STEPS):
        page.mouse.move(left + 3.2 * step, middle)
        page.wait_for_timeout(60)
        frames.append(Image.open(io.BytesIO(page.screenshot())).convert("RGB").resize((960, 540)))
    page.mouse.up()
    return frames


def main() -> None:
    """Take them all."""
    path = find()
    with sync_playwright() as playwright, served(ROOT / "app.py", ROOT) as url:
        browser = playwright.chromium.launch(executable_path=path, args=[*OPTIONS])
        for name, link in SCREENS.items():
            small(opened(browser, url + link).screenshot()).save(FOLDER / f"{name}.png", optimize=True)
        frames = film(opened(browser, f"{url}/simulate?lang=en&lens=informal"))
        frames += frames[-1:] * 8 + frames[::-2]
        first, *others = frames
        target = FOLDER / "drag.webp"
        first.save(target, save_all=True, append_images=others, duration=FRAME_MS, loop=0, quality=55, method=6)
        print(f"{target.name}: {target.stat().st_size / 1e3:.0f} kB")
        browser.close()


if __name__ == "__main__":
    main()
