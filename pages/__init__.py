"""The menu, in order. A screen is one script in this folder and its name here."""

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from coverage.base.texts import Texts

SCREENS = ("overview", "branches", "simulate", "compare", "present", "data", "method")


def menu(texts: Texts) -> list[StreamlitPage]:
    """Return the pages with their titles in this language; the first one opens by itself.

    Streamlit gives the first page no name in links, and calls a link with its name "not found": so the name leads to
    the page as well.
    """
    folder = Path(__file__).parent
    first, *others = SCREENS
    return [
        st.Page(folder / f"{first}.py", title=texts(f"page.{first}"), url_path="", default=True),
        *(st.Page(folder / f"{name}.py", title=texts(f"page.{name}"), url_path=name) for name in others),
        st.Page(open_first, title=texts(f"page.{first}"), url_path=first, visibility="hidden"),
    ]


def open_first() -> None:
    """Open the first page from the link that calls it by its name."""
    st.switch_page(f"pages/{SCREENS[0]}.py")
