"""What happens if? Levers and programmes, and at once where they lead.

The cockpit moves by itself in the browser (`coverage.live`); where it cannot, sliders of the server's stand here.
"""

from __future__ import annotations

import streamlit as st

from pages.parts import cockpit, exchange, session, sliders, steps, tools

# The cockpit fills the window: no gap above it, and nothing to scroll below it.
FILLED = """<style>
.stMainBlockContainer { padding-bottom: 0; }
.st-key-frame_line { margin-top: 0; }
[data-testid=stVerticalBlock]:is(:has(> .st-key-frame_line), :has(> * > .st-key-frame_line)) { gap: 0; }
</style>"""

screen = session.start()
months_ahead = steps.horizon(screen)
reason = exchange.why_not(screen)
if reason is None:
    st.html(FILLED)
    cockpit.show(screen, months_ahead)
    exchange.wait()
    tools.draw_outside(screen)
else:
    st.info(reason, icon=":material/info:")
    sliders.show(screen, months_ahead)
