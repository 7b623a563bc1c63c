"""How does a visitor see which targets ask for more than was ever done, and what other sets of targets ask?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import streamlit as st

from coverage.base import declarations, months
from coverage.base.texts import Texts
from coverage.charts.targets import draw_ladders
from coverage.model import runs
from coverage.model.targets import SHARE_OUT, ShareOut
from coverage.model.view import View
from coverage.standing import so_far, target_difficulty
from coverage.wording import figures
from coverage.wording.columns import PEOPLE
from coverage.wording.target_difficulty import (
    describe_difficulties,
    describe_ladders,
)
from pages.parts import inputs, session, tables, widgets

STRAIN = ("branch", "segment", "strain", "needed", "best", "target", "active")
SETS = ("set", "month", "workers", "covered_by")


def panel(screen: session.Screen) -> None:
    """Draw the strain of every branch's target, all sets of targets in one chart, and the milestones."""
    words, chosen = screen.texts, screen.chosen
    st.markdown(f"## {words('strain.heading')}")
    view = session.every_branch(screen)
    rule = _share_out(screen)
    if rule != chosen.share_out:
        view = target_difficulty.shared(view, chosen, rule)
    rows = target_difficulty.strain(view)
    st.markdown(session.escape(describe_difficulties(rows, words)))
    if not rows.is_empty():
        _table(figures.strain_rows(rows, words), STRAIN, words, "strain_rows", alt=words("strain.heading"))
        widgets.note(words("strain.note"))
    sets = widgets.unfold(words("strain.sets"), inputs.STRAIN_SETS)
    if sets.open:
        with sets:
            _sets(screen, view, words)
    way = widgets.unfold(words("strain.milestones"), inputs.STRAIN_MILESTONES)
    if way.open:
        with way:
            widgets.note(words("strain.milestones_note"))
            _milestones(figures.milestone_rows(target_difficulty.way_to_targets(view)), words)


def _share_out(screen: session.Screen) -> ShareOut:
    """Let the viewer share a region's figure out in another way, where the set has such a figure."""
    words, chosen = screen.texts, screen.chosen
    if all(target.branch for target in chosen.target):
        widgets.note(words("strain.own_figures"))
        return chosen.share_out
    rule = widgets.choice(
        inputs.SHARE_OUT,
        words("strain.share_out"),
        SHARE_OUT,
        chosen.share_out,
        lambda name: words(f"spread.{name}"),
        control=f"share_out_{screen.target_set}",
        meaning=words("strain.share_out_help"),
        wrap=True,
    )
    return next(known for known in SHARE_OUT if known == rule)


def _sets(screen: session.Screen, view: View, words: Texts) -> None:
    """Draw every set of targets in one chart, with its table."""
    titles = {
        name: declarations.words(target_set.title, words.language) or name
        for name, target_set in screen.book.sets.items()
    }
    steps = target_difficulty.ladders(view, screen.book)
    text = describe_ladders(steps, titles, target_difficulty.active(view), words)
    st.markdown(session.escape(text))
    if steps.is_empty():
        return
    last: date = steps["month"].sort().to_list()[-1]
    ahead = max(months.between(view.as_of, last), 1)
    longest = view.settings.whole("eta_months")
    still = runs.baseline_table(view, min(ahead, longest), [])
    widgets.draw(
        draw_ladders(
            so_far.history(view, []),
            still,
            steps,
            titles,
            words,
            alt_text=words("strain.sets_alt", said=text),
            dark=screen.dark,
        ),
        key=inputs.TARGET_SETS,
        words=words,
        table=lambda: _table(figures.target_set_rows(steps, titles), SETS, words, "target_set_rows"),
    )


def _table(rows: Any, columns: Sequence[str], words: Texts, key: str, *, alt: str | None = None) -> None:
    names = {name: words(f"strain.head.{name}") for name in columns}
    tables.show_table(rows, words, columns, key=key, names=names, alt=alt)


def _milestones(rows: Any, words: Texts) -> None:
    segments = [name for name in rows.columns if name != "month"]
    names = {"month": words("strain.head.month")} | {name: words(f"segment.{name}") for name in segments}
    tables.show_table(
        rows, words, rows.columns, key="milestone_rows", names=names, forms=dict.fromkeys(segments, PEOPLE)
    )
