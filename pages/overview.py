"""Where do we stand, by when do we get there at today's pace, and what pace does it take?"""

import streamlit as st

from coverage.base.tables import Gaps
from coverage.charts.standing import draw_bullet, draw_spark
from coverage.charts.trajectory import draw_trajectory
from coverage.model import chance, runs, scenarios
from coverage.standing import gaps
from coverage.wording import remarks, sentences
from coverage.wording.money import describe_next_cliff
from pages.parts import computed, goals, session, tables, widgets

screen = session.start()
words, view = screen.texts, screen.view
by_segment, total = gaps.by(view), gaps.by(view, [])
several = by_segment.height > 1
history = gaps.history(view)
history_total = gaps.history(view, [])

st.title(words("overview.heading"))
with st.container(key="headline"):
    # What is missing is read from the last row; by when and what it takes, by who reads on.
    title, *more = sentences.standing_parts(by_segment, words)
    st.markdown(f"## {session.escape(title)}")
    if more:
        st.markdown(session.escape(" ".join(more)))
if total["target"][0] is None:
    goals.way(words)


def card(row: dict, recent) -> None:
    """Draw one segment's card: the figure, what is missing, the pace and its status."""
    name = sentences.segment_name(row.get("segment"), words)
    has_target = row["target"] is not None
    with st.container(border=True, height="stretch", key=f"card_{row.get('segment', 'total')}"):
        widgets.badge(row["status"], words)
        st.metric(
            words("overview.attainment", segment=name) if has_target else name,
            words.share(row["attainment"]) if has_target else words.people(row["active"]),
            sentences.over_or_short(row["gap"], words) if has_target else None,
            delta_color="off",
            delta_arrow="off",
        )
        if recent.drop_nulls("active").height > 1:
            key = f"spark_{row.get('segment', 'total')}"
            widgets.show(
                draw_spark(
                    recent,
                    words,
                    segment=row.get("segment"),
                    alt_text=sentences.so_far(recent, name, words),
                    dark=screen.dark,
                ),
                key=key,
            )
        if has_target:
            said = words(
                "overview.registered_of_target" if row["measure"] == "registrations" else "overview.active_of_target",
                active=words.people(row["achieved"]),
                target=words.people(row["target"]),
            )
        else:
            said = words("overview.active_only", active=words.people(row["active"]))
        lines = [said, sentences.pace(row, words)]
        if 0 < row["months_of_history"] < 12:
            span = words.count("unit.months", row["months_of_history"])
            lines.append(words("overview.pace_months", months=span))
        st.markdown("  \n".join(session.escape(line) for line in lines))
        if row["coverage"] is not None:
            widgets.note(
                words(
                    "overview.coverage",
                    coverage=words.share(row["coverage"]),
                    eligible=words.people(row["eligible"]),
                ),
                meaning=words("overview.coverage_help"),
            )


cards = by_segment.to_dicts() + (total.to_dicts() if several else [])
with st.container(key="cards"):
    # Four in a row or two by two: three and one would look as if one were missing. No column stays empty beside them.
    grid = st.grid(max(len(cards), 3), min_column_width=230 if len(cards) % 4 == 0 else 260, gap="small")
    for one in cards:
        past = history.filter(segment=one["segment"]) if "segment" in one else history_total
        with grid.cell():
            card(one, past.tail(24))

if several and total["gap"][0] is not None and total["short"][0] > max(total["gap"][0], 0) + 0.5:
    st.info(words("overview.short_note", short=words.people(total["short"][0])), icon=":material/info:")

if ahead := describe_next_cliff(view, words):
    st.warning(session.escape(ahead), icon=":material/event_busy:")

widgets.what_to_know(view, words)


def standing_table(rows: Gaps, key: str) -> None:
    columns = ["segment", "active", "target", "attainment", "gap", "coverage", "pace", "required_pace", "expected"]
    tables.table(rows, words, [*columns, "status", "eta"], key=key)


if by_segment["target"].drop_nulls().len():
    st.markdown(f"## {words('overview.bullet')}")
    marked = gaps.milestones(view)
    parts = " ".join(sentences.standing(by_segment.filter(segment=one), words) for one in by_segment["segment"])
    widgets.draw(
        draw_bullet(
            by_segment,
            words,
            alt_text=words("overview.bullet_alt", parts=parts),
            milestones=marked,
            dark=screen.dark,
        ),
        key="bullet",
        words=words,
        table=lambda: standing_table(by_segment, "bullet_rows"),
    )
    drawn = {
        "bullet_key_registered" if view.measure == "registrations" else "bullet_key": True,
        "bullet_key_due": by_segment["due"].drop_nulls().len() > 0,
        "bullet_key_milestone": not marked.is_empty(),
    }
    widgets.note(" ".join(words(f"overview.{name}") for name, there in drawn.items() if there))

st.markdown(f"## {words('overview.trajectory')}")
lens = widgets.lens(by_segment["segment"].to_list(), words)
keys = ["segment"] if lens else []
until = runs.horizon(view)
baseline = runs.baseline_table(view, until, keys)
past = history_total
marks = gaps.milestones(view, keys)
if lens:
    baseline, past, marks = baseline.filter(segment=lens), history.filter(segment=lens), marks.filter(segment=lens)
futures = computed.futures(screen)
fan = None
if futures is not None:
    fan = chance.of(chance.fan(view, scenarios.Scenario(), until, keys, futures=futures), lens)
message = sentences.so_far(past, sentences.segment_name(lens, words), words, baseline=baseline)
if fan is not None:
    message += " " + sentences.sureness(fan, words)
widgets.draw(
    draw_trajectory(
        past, baseline, None, words, segment=lens, milestones=marks, fan=fan, alt_text=message, dark=screen.dark
    ),
    key="trajectory",
    words=words,
    table=lambda: widgets.trajectory_table(
        past, baseline, None, words, key="trajectory_rows", fan=fan, milestones=marks
    ),
)
if why := remarks.past(view, past, words):
    widgets.note(session.escape(why))
band = sentences.funded_band(baseline, words, ends=False)
said_of_fan = words(f"chance.{chance.why(view)}") if fan is None else widgets.about_band(words)
widgets.note(" ".join([message, *band, said_of_fan]))
