"""Cakupan in the browser: `streamlit run app.py`, or `python3 run.py`."""

import streamlit as st

import pages
from pages.parts import frame, next_screen, page_script, session

session.begin()
page = st.navigation(pages.menu(session.texts()), position="top")
if page.url_path == pages.SCREENS[0]:  # before the frame, which would tell about the link and then be gone
    pages.open_first()
next_screen.forget_asked_elsewhere(page.url_path or pages.SCREENS[0])
page_script.draw(session.texts())
frame.draw(compares=page.url_path == "branches", tooled=page.url_path == "simulate")
page.run()
session.end(page.url_path)
