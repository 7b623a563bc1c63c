"""What does Overview draw for who looks closer: each segment beside its target, and the course month by month?

It stands folded: the three bands have answered already, and two charts more cost every visitor the library that draws
them and a third of the page's time.
"""

import streamlit as st

from coverage.base.tables import Gaps
from coverage.charts.standing import draw_bullet
from coverage.charts.trajectory import draw_trajectory
from coverage.model import chance, runs, scenarios
from coverage.model.projection import Futures
from coverage.standing import gaps, so_far
from coverage.wording import chances, remarks, sentences
from pages.parts import inputs, session, tables, widgets


def look_closer(screen: session.Screen, by_segment: Gaps, until: int, futures: Futures | None) -> None:
    """Draw both charts with their tables behind a line; a link that asks for their segment opens it."""
    if "lens" in st.session_state["linked"]:
        st.session_state.setdefault(inputs.CHARTS, True)
    folded = widgets.unfold(screen.texts("overview.charts"), inputs.CHARTS, icon=":material/show_chart:")
    if folded.open:
        with folded:
            _standing(screen, by_segment)
            _course(screen, by_segment, until, futures)


def _standing(screen: session.Screen, by_segment: Gaps) -> None:
    words, view = screen.texts, screen.looked_at
    if by_segment["target"].drop_nulls().is_empty():
        return
    marked = gaps.milestones(view)
    parts = " ".join(
        sentences.describe_standing(by_segment.filter(segment=segment), words) for segment in by_segment["segment"]
    )
    widgets.draw(
        draw_bullet(
            by_segment,
            words,
            alt_text=words("overview.bullet_alt", parts=parts),
            milestones=marked,
            dark=screen.dark,
        ),
        key=inputs.BULLET,
        words=words,
        table=lambda: _standing_table(by_segment, screen),
    )
    drawn = {
        "bullet_key_registered" if view.measure == "registrations" else "bullet_key": True,
        "bullet_key_due": by_segment["due"].drop_nulls().len() > 0,
        "bullet_key_milestone": not marked.is_empty(),
    }
    widgets.note(" ".join(words(f"overview.{name}") for name, present in drawn.items() if present))


def _standing_table(rows: Gaps, screen: session.Screen) -> None:
    columns = ["segment", "active", "target", "attainment", "gap", "coverage", "pace", "required_pace", "expected"]
    tables.show_table(rows, screen.texts, [*columns, "status", "eta"], key="bullet_rows")


def _course(screen: session.Screen, by_segment: Gaps, until: int, futures: Futures | None) -> None:
    words, view = screen.texts, screen.looked_at
    st.markdown(f"## {words('overview.trajectory')}")
    lens = widgets.lens(by_segment["segment"].to_list(), words)
    keys = ["segment"] if lens else []
    past, baseline = so_far.history(view, keys), runs.baseline_table(view, until, keys)
    marks = gaps.milestones(view, keys)
    if lens:
        baseline, past, marks = (rows.filter(segment=lens) for rows in (baseline, past, marks))
    fan = None
    if futures is not None:
        fan = chance.rows_of_segment(chance.fan(view, scenarios.Scenario(), until, keys, futures=futures), lens)
    message = sentences.describe_so_far(past, sentences.segment_name(lens, words), words, baseline=baseline)
    if fan is not None:
        message += " " + chances.describe_sureness(fan, words)
    widgets.draw(
        draw_trajectory(
            past, baseline, None, words, segment=lens, milestones=marks, fan=fan, alt_text=message, dark=screen.dark
        ),
        key=inputs.TRAJECTORY,
        words=words,
        table=lambda: widgets.trajectory_table(
            past, baseline, None, words, key="trajectory_rows", fan=fan, milestones=marks
        ),
    )
    if why := remarks.past(view, past, words):
        widgets.note(session.escape(why))
    band = sentences.funded_band(baseline, words, ends=False)
    about_band = words(f"chance.{chance.why(view)}") if fan is None else widgets.about_band(words)
    widgets.note(" ".join([message, *band, about_band]))
