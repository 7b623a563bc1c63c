"""Which script and style does the browser get?

The scripts are plain files, put one behind the other as they stand: nothing is built, nothing is fetched. They share
one scope, so a name is used once; the last one says who calls them.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from coverage.model.equations import javascript
from coverage.model.equations.month import MONTHLY

FOLDER = Path(__file__).parent / "browser"
STAGE = ("numbers", "icons", "chart", "second", "strip", "scene")
OUTCOME = ("numbers", "plan", "band", "model")
DRAWING = (
    "icons",
    "chart",
    "second",
    "strip",
    "levers",
    "programmes",
    "card",
    "table",
    "layout",
    "steps",
    "console",
    "exchange",
    "shown",
    "hand",
    "column",
    "ways",
    "head",
    "keys",
    "messages",
    "scene",
    "cockpit",
    "screens",
    "room",
)


@lru_cache
def script(entry: str = "app") -> str:
    """Return the whole script as one text that ends with an entry: `app` for the app's page."""
    return "\n".join([script_of_kernel(), *(_read(f"{name}.js") for name in (*DRAWING, entry))])


@lru_cache
def script_of_kernel() -> str:
    """Return the month's equations, made from their list, and what is asked of them: no drawing."""
    return "\n".join([javascript.text(MONTHLY), *(_read(f"{name}.js") for name in OUTCOME)])


@lru_cache
def style() -> str:
    """Return the style sheet of the cockpit."""
    return _read("cockpit.css")


@lru_cache
def app_style() -> str:
    """Return the style sheet of everything that the app's own script draws."""
    return style() + _read("scene.css") + _read("room.css")


def _read(name: str) -> str:
    return (FOLDER / name).read_text("utf-8")


@lru_cache
def scorecard() -> str:
    """Return the script of the branches' rows."""
    return "\n".join(_read(f"{name}.js") for name in ("icons", "strip", "scorecard"))


@lru_cache
def scorecard_style() -> str:
    """Return what the rows and the bands of the first page have besides."""
    return _read("scorecard.css")


@lru_cache
def handout_style() -> str:
    """Return what the handout's style has besides."""
    return _read("handout.css")


@lru_cache
def stage() -> str:
    """Return the projector's window: one page of its own, which listens to the channel that is put in for CHANNEL."""
    script = "\n".join(_read(f"{name}.js") for name in (*STAGE, "stage"))
    return (
        '<!doctype html><html><head><meta charset="utf-8"><title>Cakupan</title>'
        f"<style>{style()}{_read('scene.css')}{_read('stage.css')}</style></head>"
        '<body><div class="ck st" data-theme="light"></div>'
        f'<script>"use strict";{script}\nmakeStage(document.querySelector(".st"), "CHANNEL");</script></body></html>'
    )
