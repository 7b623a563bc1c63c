"""How far has the reading of handed-in files come, where it takes longer than a second?

A thread of its own draws it: what is read is kept by Streamlit, which would keep what is drawn meanwhile as well.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from streamlit.runtime.scriptrunner import add_script_run_ctx, get_script_run_ctx

from coverage.base.texts import Texts
from coverage.intake import reader

PATIENCE, LOOK = 1.0, 0.2  # seconds before anything is shown, and between two looks


@contextmanager
def while_reading(words: Texts) -> Iterator[None]:
    """Show how many files are read, of how many, as long as this lasts and once it has lasted a second."""
    place = st.empty()
    done = threading.Event()
    files = (0, 0)

    def watch(read: int, every: int) -> None:
        nonlocal files
        files = (read, every)

    def draw() -> None:
        wait = PATIENCE
        while not done.wait(wait):
            wait = LOOK
            read, every = files
            if every:
                place.progress(
                    read / every, text=words("data.reading", read=read, files=words.count("unit.files", every))
                )

    thread = threading.Thread(target=draw, name="reading-progress", daemon=True)
    add_script_run_ctx(thread, get_script_run_ctx())
    try:
        with reader.watching(watch):
            thread.start()
            yield
    finally:
        done.set()
        thread.join()
        place.empty()
