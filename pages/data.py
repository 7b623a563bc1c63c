"""Which data are in use, what was understood of them, and what is wrong with them?"""

from __future__ import annotations

import streamlit as st

from pages.parts import backtest, goals, reading, session, understood, uploads

screen = session.start(need_view=False)

with st.container(key="headline"):
    st.title(session.escape(reading.describe_what_was_read(screen) or screen.texts("data.heading")))
reading.panel(screen)
left, right = st.columns([0.6, 0.4], gap="large")
with left:
    uploads.panel(screen)
with right:
    uploads.templates(screen.texts)
goals.panel(screen)
understood.files(screen)
understood.show_problems(screen)
understood.cleaned(screen)
if screen.view is not None:
    backtest.panel(screen)
