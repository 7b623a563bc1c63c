"""How do scenarios differ, which lever did it, what matters, and did it come as planned?"""

from __future__ import annotations

from functools import partial

import streamlit as st

from coverage.standing import gaps
from pages.parts import brought, compared, computed, differing, inputs, planned, session, steps, widgets

screen = session.start()
words, view = screen.texts, screen.looked_at

headline = st.container(key="headline")
options = compared.offered(view)
chosen = compared.kept_choice(words, inputs.COMPARED, list(options), compared.opening(view, options))[: compared.MOST]
compared.slots(words, options, chosen)
with st.container(horizontal=True, vertical_alignment="center", key="compare_choices"):
    lens = widgets.lens(gaps.by(view)["segment"].to_list(), words)
    brought.panel(words, partial(compared.put_beside, chosen=chosen))
months_ahead = steps.horizon(screen, *(options[name] for name in chosen))
here = compared.Compared(
    screen=screen,
    options=options,
    chosen=chosen,
    months_ahead=months_ahead,
    lens=lens,
    futures=computed.futures(screen),
)
if len(chosen) < 2:
    headline.title(words("compare.heading"))
    st.info(words("compare.too_few"), icon=":material/info:")
else:
    labelled = differing.show_side_by_side(here, headline)
    widgets.what_to_know(view, words, projected=True, summed=not lens)
    differing.settings_apart(here, labelled)
    differing.explained(here)
planned.plan_and_reality(here)
