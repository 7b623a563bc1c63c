"""The menu, in order. A screen is one script in this folder and its name here."""

from pathlib import Path

import streamlit as st

from coverage.texts import Texts

SCREENS = ("overview", "branches", "simulate", "compare", "present", "data", "method")


def menu(texts: Texts) -> list:
    """Return the pages with their titles in this language; the first one opens by itself."""
    folder = Path(__file__).parent
    return [
        st.Page(folder / f"{name}.py", title=texts(f"page.{name}"), url_path=name, default=name == SCREENS[0])
        for name in SCREENS
    ]
