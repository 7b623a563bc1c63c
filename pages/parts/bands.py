"""How do the three answers of the first page stand: a question, a figure, the answer, and a button that leads on?"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

import streamlit as st

from coverage.base.tables import Gaps
from coverage.base.texts import Texts
from coverage.live import files, markup
from coverage.wording import bands as describe
from coverage.wording.bands import SIGNS, SegmentAnswer
from coverage.wording.chances import describe_chance
from coverage.wording.money import describe_next_cliff
from pages.parts import computed, next_screen, session, steps

WIDTHS = [1.4, 1.25, 5.4, 1.75]


def give_look() -> None:
    """Give the bands their look; `.ck` has the same colours as the cockpit."""
    st.html(f"<style>{files.style()}{files.scorecard_style()}</style>")


def open_scenario(document: dict[str, Any] | None) -> None:
    """Open Simulate once the run begins, with a scenario where one is given."""
    if document is not None:
        steps.put(document)
    next_screen.ask_for("simulate", on="overview")


def open_branches() -> None:
    next_screen.ask_for("branches", on="overview")


def open_branch(branch: str) -> None:
    """Take a branch into the frame."""
    st.session_state["branch"] = branch


def where_are_we(screen: session.Screen, by_segment: Gaps, row: Mapping[str, Any]) -> None:
    """Draw where each segment stands today."""
    words = screen.texts
    has_target = row["target"] is not None
    share = row["attainment"]
    figure = words.people(row["active"]) if not has_target else words.decimal(share * 100) if share is not None else "–"
    draw_band(
        screen,
        "now",
        question=(words("bands.where"), words.month(screen.looked_at.as_of)),
        figure=(
            figure,
            "\u00a0%" if has_target and share is not None else "",
            words("cockpit.active_n", n=words.people(row["active"])) if has_target else words("bands.members"),
        ),
        answer=write_lines(describe.standing_lines(by_segment, words), _colours(screen), words),
        button=words("bands.see_branches"),
        on_click=open_branches,
    )


def where_does_it_end(screen: session.Screen, row: Mapping[str, Any], past: Any, course: Any, fan: Any) -> None:
    """Draw where it ends without new steps, and how sure that is."""
    words, end = screen.texts, course.to_dicts()[-1]
    month = _month(words, end["month"])
    target, covered = end["target"], row["expected"] if row["expected"] is not None else end["covered"]
    share = words.decimal(covered / target * 100) if target else words.people(covered)
    short = words("cockpit.short", n=words.people(end["short"])) if target else words("bands.members")
    side = [words("bands.ends_at", n=words.people(covered), month=month)]
    if fan is not None:
        last = fan.to_dicts()[-1]
        side.append(words("bands.range", low=words.people(last["p10"]), high=words.people(last["p90"])))
        if last["chance"] is not None:
            side.append(words("bands.chance", chance=describe_chance(last["chance"], words)))
    if ahead := describe_next_cliff(screen.looked_at, words, brief=True):
        side.append(ahead)
    picture = spark(past["active"].tail(24).to_list(), course["covered"].to_list(), target, dark=screen.dark)
    text = "".join(f"<div>{session.plain_html(line)}</div>" for line in side)
    draw_band(
        screen,
        "course",
        question=(words("bands.until", month=month), words("bands.without_steps")),
        figure=(share, "\u00a0%" if target else "", short),
        answer=f'<div class="bd-two">{picture}<div class="bd-side">{text}</div></div>',
        button=words("bands.month_by_month"),
        on_click=open_scenario,
        arguments=(None,),
    )


def what_does_it_take(screen: session.Screen, months_ahead: int) -> None:
    """Draw how many registrations it takes, whether a branch ever had as many, and the cheapest mix."""
    words = screen.texts
    answer = computed.solved(screen, months_ahead)
    if answer is None:
        return
    month = _month(words, screen.looked_at.target_month)
    times = answer.needed / answer.usual if answer.usual else None
    draw_band(
        screen,
        "needed",
        question=(words("bands.needs"), words("bands.every_segment", month=month)),
        figure=(
            words.decimal(times) if times is not None and answer.reachable else "–",
            "\u00a0×" if times is not None and answer.reachable else "",
            words("bands.registrations", now=words.people(answer.usual), needed=words.people(answer.needed))
            if answer.reachable
            else words("bands.out_of_reach"),
        ),
        answer=write_lines(answer.lines, _colours(screen), words, note=answer.mix),
        button=words("bands.try_it"),
        on_click=open_scenario,
        arguments=(describe.scenario_document(answer),),
        primary=True,
    )


def _month(words: Texts, month: Any) -> str:
    """Write a month without its year."""
    return words.month(month).rsplit(" ", 1)[0]


def _colours(screen: session.Screen) -> dict[str, str]:
    return {segment.name: segment.colour for segment in screen.looked_at.settings.segments}


def draw_band(
    screen: session.Screen,
    key: str,
    *,
    question: tuple[str, str],
    figure: tuple[str, str, str],
    answer: str,
    button: str,
    on_click: Callable[..., None],
    arguments: tuple[Any, ...] = (),
    primary: bool = False,
) -> None:
    """Draw a band; `question` has its second line, `figure` its unit and what it counts."""
    with st.container(key=f"band_{key}"):
        left, middle, right, last = st.columns(WIDTHS, vertical_alignment="center", gap="medium")
        left.html(
            _framed(screen, f'<div class="bd-question">{escape(question[0])}<small>{escape(question[1])}</small></div>')
        )
        number, unit, caption = figure
        middle.html(
            _framed(
                screen,
                f'<div class="bd-figure">{escape(number)}<small>{escape(unit)}</small></div>'
                f'<div class="bd-caption">{escape(caption)}</div>',
            )
        )
        right.html(_framed(screen, answer))
        last.button(
            button,
            key=f"band_{key}_open",
            on_click=on_click,
            args=arguments,
            type="primary" if primary else "secondary",
            icon=":material/arrow_forward:",
            icon_position="right",
            width="stretch",
        )


def write_lines(rows: Sequence[SegmentAnswer], colours: dict[str, str], words: Texts, note: str = "") -> str:
    """Write a segment's answer on each line: name, bar, figures, words."""
    written = []
    for row in rows:
        bar = markup.goal_bar(row.active, row.end, row.target, colours.get(row.segment, "#64748B"))
        status = ""
        if row.status:
            word = words("cockpit.status_" + row.status)
            status = f'<b class="ck-status ck-{row.status}">{SIGNS[row.status]} {escape(word)}</b> '
        written.append(
            f'<div class="bd-line" data-segment="{row.segment}"><b>{escape(row.name)}</b>{bar}'
            f'<span>{escape(row.figures)}</span><span class="bd-words">{status}{escape(row.words)}</span></div>'
        )
    return "".join(written) + (f'<div class="bd-note">{escape(note)}</div>' if note else "")


def spark(past: Sequence[float | None], course: Sequence[float], target: float | None, *, dark: bool) -> str:
    """Draw history and course as one small line, with the target: a picture, for markup of drawings is not let in."""
    values = [value for value in past if value is not None] + list(course)
    levels = [*values, *([target] if target else [])]
    low, high, count = min(levels), max(levels), max(len(past) + len(course) - 2, 1)
    ink, slate = ("#e5e7eb", "#94a3b8") if dark else ("#111827", "#475569")

    def point(place: int, value: float) -> str:
        return f"{4 + 392 * place / count:.1f},{70 - 62 * (value - low) / (high - low or 1):.1f}"

    before = " ".join(point(place, value) for place, value in enumerate(past) if value is not None)
    after = " ".join(point(len(past) - 1 + t, value) for t, value in enumerate(course))
    goal = ""
    if target:
        height = point(0, target).split(",")[1]
        goal = f'<line x1="0" x2="400" y1="{height}" y2="{height}" stroke="{ink}" stroke-width="1.5"/>'
    end = point(count, course[-1]).split(",")
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 76">{goal}'
        f'<polyline points="{before}" fill="none" stroke="{slate}" stroke-width="2"/>'
        f'<polyline points="{after}" fill="none" stroke="{slate}" stroke-width="2" stroke-dasharray="5 4"/>'
        f'<circle cx="{end[0]}" cy="{end[1]}" r="4" fill="{slate}"/></svg>'
    )
    packed = base64.b64encode(drawing.encode()).decode("ascii")
    return f'<img class="bd-spark" alt="" src="data:image/svg+xml;base64,{packed}">'


def _framed(screen: session.Screen, body: str) -> str:
    return f'<div class="ck bd" data-theme="{"dark" if screen.dark else "light"}">{body}</div>'
