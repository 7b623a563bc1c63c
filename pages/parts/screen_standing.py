"""Which screens of the presentation say where things stand: all together, each segment, the branches?"""

from __future__ import annotations

from coverage.charts.present import draw_shortages
from coverage.charts.standing import draw_bullet
from coverage.charts.trajectory import draw_trajectory
from coverage.model import chance, runs, scenarios
from coverage.reports import screens
from coverage.reports.screens import Message
from coverage.standing import gaps, so_far
from coverage.wording import sentences
from pages.parts import computed, session
from pages.parts.screen_writing import NARROW, figure, fitting, label, over, say, show_large, two, write_paragraph


def everything(screen: session.Screen, months_ahead: int) -> None:
    """Show where the whole scope stands, and each segment as a bar."""
    words, view = screen.texts, screen.looked_at
    message = screens.message_of_standing(view, words)
    left, right = two(message)
    with left:
        say(message, words)
    with right:
        rows = gaps.by(view)
        if rows["target"].drop_nulls().len():
            bars = draw_bullet(rows, words, alt_text=sentences.describe_standing(rows, words), dark=screen.dark)
            show_large(bars, "stage_bullet", inside=False)
            due = [words("present.bullet_due")] if rows["due"].drop_nulls().len() else []
            write_paragraph([words("present.bullet_target"), *due], words)
        else:
            trajectory(screen, months_ahead, None)


def one_segment(screen: session.Screen, months_ahead: int, name: str) -> None:
    """Show where one segment stands and leads."""
    message = screens.message_of_segment(screen.looked_at, name, screen.texts)
    left, right = two(message)
    with left:
        figure(message)
        label(message)
        fitting(message.lines, screen.texts, NARROW, 10)
    with right:
        trajectory(screen, months_ahead, name)


def trajectory(screen: session.Screen, months_ahead: int, name: str | None) -> None:
    """Draw where a segment, or all together, came from and where it leads without new steps."""
    words, view = screen.texts, screen.looked_at
    keys = ["segment"] if name else []
    past, still = so_far.history(view, keys), runs.baseline_table(view, months_ahead, keys)
    futures = computed.futures(screen)
    fan = None
    if futures is not None:
        fan = chance.rows_of_segment(chance.fan(view, scenarios.Scenario(), months_ahead, keys, futures=futures), name)
    if name:
        past, still = past.filter(segment=name), still.filter(segment=name)
    text = sentences.describe_so_far(past, sentences.segment_name(name, words), words, baseline=still)
    chart = draw_trajectory(past, still, None, words, segment=name, fan=fan, alt_text=text, dark=screen.dark)
    show_large(chart, f"stage_{name or 'total'}")
    write_paragraph(screens.describe_band(fan, words), words)


def by_time(screen: session.Screen, months_ahead: int, message: Message) -> None:
    """Say a message beside where all together came from and where it leads."""
    left, right = two(message)
    with left:
        say(message, screen.texts)
    with right:
        trajectory(screen, months_ahead, None)


def branches(screen: session.Screen) -> None:
    """Show which branches are short, and by how much."""
    words, every = screen.texts, session.every_branch(screen)
    message = screens.message_of_branches(every, words)
    ranked = gaps.ranking(every)
    text = words("present.branches_alt", said=message.title)
    over(message, draw_shortages(ranked, words, alt_text=text, dark=screen.dark), "stage_branches", words)
