"""What are the three answers of the first page: where are we, where does it end, what does it take?

Each segment answers in the same pattern: a bar, two figures, and words with their reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from coverage.answers import goals, mix, seek
from coverage.base.errors import CakupanError
from coverage.base.texts import Texts
from coverage.model import scenarios
from coverage.model.scenarios import Scenario
from coverage.model.view import View
from coverage.wording import sentences

SIGNS = {"reached": "●", "on_track": "▲", "at_risk": "◆", "off_track": "▼", "unknown": "○"}
"""A sign for each status, so that none is told by colour alone."""


@dataclass(frozen=True, kw_only=True)
class SegmentAnswer:
    """One segment's answer: three figures for its bar, what stands behind it, and its status."""

    name: str
    segment: str
    active: float
    end: float
    target: float | None
    figures: str
    words: str
    status: str = ""


@dataclass(frozen=True, kw_only=True)
class Solved:
    """What it takes: each segment's line, the registrations a month in all, and what the cheapest mix costs."""

    lines: tuple[SegmentAnswer, ...]
    usual: float
    needed: float
    reachable: bool
    mix: str
    scenario: Scenario


def describe_closing(row: Mapping[str, Any], texts: Texts) -> str:
    """Say why a status stands: how much of today's gap closes by the target's month."""
    if row["target"] is None:
        return texts("cockpit.no_target")
    if row["gap"] <= 0:
        return texts("cockpit.status_reached")
    if row["expected"] is None:
        return texts("cockpit.status_unknown")
    return texts("cockpit.closes", share=texts.share(closing(row), 0))


def closing(row: Mapping[str, Any]) -> float:
    """Return how much of the gap of the as-of month closes by the target's month, as a share.

    The late count in both as the law leads them; what was reported (`active`) is without them.
    """
    return float((row["expected"] - row["target"] + row["gap"]) / row["gap"])


def standing_lines(rows: pl.DataFrame, texts: Texts) -> tuple[SegmentAnswer, ...]:
    """Return where each segment stands, with its pace and the pace that it needs."""
    return tuple(_standing(row, texts) for row in rows.to_dicts())


def _standing(row: Mapping[str, Any], texts: Texts) -> SegmentAnswer:
    figures = texts("cockpit.active_n", n=texts.people(row["active"]))
    words = _pace(row, texts)
    if row["target"] is not None:
        short = sentences.lacking(row)
        apart = texts("cockpit.over", n=texts.people(-row["gap"]))
        if short > 0.5 or row["gap"] > 0:
            apart = texts("cockpit.short", n=texts.people(short))
        figures = f"{texts.share(row['attainment'])} · {apart}"
    return SegmentAnswer(
        name=texts(f"segment.{row['segment']}"),
        segment=str(row["segment"]),
        active=row["active"] or 0.0,  # nobody has reported: the bar is empty, the words say that it is unknown
        end=row["active"] or 0.0,
        target=row["target"],
        figures=figures,
        words=words,
        status=row["status"],
    )


def _pace(row: Mapping[str, Any], texts: Texts) -> str:
    """Say how many come on top each month and how many it takes, in few words."""
    if row["pace"] is None:
        return sentences.describe_pace_needed(row, texts)
    pace = texts.signed(row["pace"])
    if row["required_pace"] is None:
        return texts("bands.band_pace_only", pace=pace)
    return texts("bands.band_pace", pace=pace, required=texts.people(row["required_pace"]))


def solved(view: View, best: Mapping[str, Mapping[str, Mapping[str, Any]]], texts: Texts) -> Solved | None:
    """Return the registrations a month that each segment with a target needs, and the cheapest mix; None without one.

    `best` is what branches did at their best (`lever_cards.best_of_branches`).
    """
    lines, usual, needed, reachable = [], 0.0, 0.0, True
    scenario = Scenario()
    for segment in goals.targeted(view):
        try:
            answer = seek.solve(view, Scenario(), f"{segment}.new")
        except CakupanError:
            continue
        reachable = reachable and answer.reachable
        today, wanted = answer.usual or 0.0, answer.a_month or 0.0
        usual, needed = usual + today, needed + wanted
        most = most_of_branches(best, segment, today)
        if answer.value:
            scenario = scenario.with_levers(segment, new=round(answer.value, 4))
        lines.append(_needed(segment, today, wanted, most, answer.reachable, texts))
    if not lines:
        return None
    return Solved(
        lines=tuple(lines),
        usual=usual,
        needed=needed,
        reachable=reachable,
        mix=_cheapest(view, texts),
        scenario=scenario,
    )


def _needed(segment: str, today: float, needed: float, most: float, reachable: bool, texts: Texts) -> SegmentAnswer:
    figures = texts("bands.from_to", now=texts.people(today), needed=texts.people(needed))
    return SegmentAnswer(
        name=texts(f"segment.{segment}"),
        segment=segment,
        active=today,
        end=max(today, most),
        target=needed,
        figures=figures,
        words=describe_what_was_done(today, needed, most, texts, reachable=reachable),
    )


def describe_what_was_done(today: float, needed: float, most: float, texts: Texts, *, reachable: bool) -> str:
    """Say whether a branch ever had as many registrations a month as are needed; `most` is the best of them."""
    if not reachable:
        return texts("bands.out_of_reach")
    if needed <= today + 0.5:
        return texts("bands.enough")
    if most >= needed:
        return texts("bands.done_before")
    return texts("bands.never_done", times=texts.decimal(most / needed))


def most_of_branches(best: Mapping[str, Mapping[str, Mapping[str, Any]]], segment: str, today: float) -> float:
    """Return the registrations a month with the best rise of any branch (`lever_cards.best_of_branches`)."""
    record = best.get(segment, {}).get("new")
    return today * (1 + record["best"]) if record else today


def _cheapest(view: View, texts: Texts) -> str:
    """Say what the cheapest mix costs and what it leaves open; nothing where there is none."""
    try:
        cheapest = mix.solve(view, Scenario(), name=texts("mix.programme"))
    except CakupanError:
        return ""
    count = cheapest.rows.filter(pl.col("amount") > 0).height
    if not count:
        return ""
    price = texts("bands.cheapest", rupiah=texts.rupiah(cheapest.cost_rupiah, short=True), count=texts.people(count))
    open_gaps = [
        f"{sentences.segment_name(segment, texts).lower()} {texts('bands.net_gap', n=texts.people(gap))}"
        for segment, gap in cheapest.gaps.items()
        if gap > 0.5
    ]
    return f"{price}; {', '.join(open_gaps)}" if open_gaps else price


def scenario_document(answer: Solved) -> dict[str, Any]:
    """Return the solved levers as a scenario that Simulate opens."""
    return scenarios.simplified(answer.scenario)
