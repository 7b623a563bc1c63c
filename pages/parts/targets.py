"""How does a visitor see which targets ask for more than was ever done, and what other sets of targets ask?"""

from __future__ import annotations

import streamlit as st

from coverage import charts
from coverage.base import months
from coverage.base.texts import Texts
from coverage.model import runs, targets
from coverage.model.targets import SHARE_OUT
from coverage.standing import gaps, target_difficulty
from coverage.wording.target_difficulty import (
    describe_difficulties,
    describe_ladders,
    difficulty_table,
    ladders_table,
    milestones_table,
)
from pages.parts import session, widgets


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
        table = difficulty_table(rows, words)
        right = {words(f"strain.head.{name}"): "right" for name in ("active", "target", "needed", "best")}
        st.dataframe(
            table,
            hide_index=True,
            width="stretch",
            key="strain_rows",
            column_config={head: st.column_config.TextColumn(alignment=right.get(head, "left")) for head in table},
            alt=words("strain.heading"),
        )
        widgets.note(words("strain.note"))
    sets = st.expander(words("strain.sets"), key="strain_sets", on_change="rerun")
    if sets.open:
        with sets:
            _sets(screen, view, words)
    way = st.expander(words("strain.milestones"), key="strain_milestones", on_change="rerun")
    if way.open:
        with way:
            widgets.note(words("strain.milestones_note"))
            widgets.figures(milestones_table(target_difficulty.path(view), words), key="milestone_rows")


def _share_out(screen: session.Screen) -> str:
    """Let the viewer share a region's figure out in another way, where the set has such a figure."""
    words, chosen = screen.texts, screen.chosen
    if all(target.branch for target in chosen.target):
        widgets.note(words("strain.own_figures"))
        return chosen.share_out
    return widgets.choice(
        "share_out",
        words("strain.share_out"),
        SHARE_OUT,
        chosen.share_out,
        lambda name: words(f"spread.{name}"),
        control=f"share_out_{screen.target_set}",
        meaning=words("strain.share_out_help"),
        wrap=True,
    )


def _sets(screen: session.Screen, view, words: Texts) -> None:
    """Draw every set of targets in one chart, with its table."""
    titles = {
        name: targets.declarations.words(one.title, words.language) or name for name, one in screen.book.sets.items()
    }
    steps = target_difficulty.ladders(view, screen.book)
    said = describe_ladders(steps, titles, target_difficulty.active(view), words)
    st.markdown(session.escape(said))
    if steps.is_empty():
        return
    ahead = max(months.between(view.as_of, steps["month"].max()), 1)
    longest = view.settings.whole("eta_months")
    still = runs.baseline_table(view, min(ahead, longest), [])
    widgets.draw(
        charts.ladders(
            gaps.history(view, []),
            still,
            steps,
            titles,
            words,
            alt_text=words("strain.sets_alt", said=said),
            dark=screen.dark,
        ),
        key="target_sets",
        words=words,
        table=lambda: widgets.figures(ladders_table(steps, titles, words), key="target_set_rows", named=2),
    )
