"""Cakupan in the browser: `streamlit run app.py`, or `python3 run.py`."""

import streamlit as st

import pages
from pages.parts import session

session.begin()
page = st.navigation(pages.menu(session.texts()), position="top")
session.frame_bar(compares=page.url_path == "branches")
page.run()
session.end()
