"""What is a page's headline: one line of at most sixteen words with a figure in it?

What does not fit there stands in the paragraph below it. Missing is what the parts lack (`short`), for one's surplus
fills no other's shortage; the net gap is no headline.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil, floor
from typing import Any

import polars as pl

from coverage.answers.lever_values import PEOPLE
from coverage.answers.seek import Solution
from coverage.base.tables import Gaps, Projection
from coverage.base.texts import Texts, shortened
from coverage.model.levers import LESS
from coverage.wording import sentences
from coverage.wording.credit import describe_mover
from coverage.wording.seek import lever_in_sentence, segment_in_sentence

MOST_WORDS = 16
_NAMED = 3
"""So many segments are named in one line."""
_NAME_LETTERS = 36
"""So many letters of somebody's own name stand in a headline."""


def headline_of_standing(rows: Gaps, texts: Texts) -> str:
    """Say how many are missing, all together and in each segment that lacks some."""
    aimed = [row for row in rows.to_dicts() if row["target"] is not None]
    if not aimed:
        return headline_of_active(rows, texts)
    if len(aimed) == 1:
        return _of_one(aimed[0], texts)
    lacking = sorted((row for row in aimed if sentences.lacking(row) > 0.5), key=sentences.lacking, reverse=True)
    target = texts.people(sum(row["target"] for row in aimed))
    if not lacking:
        return texts("headline.all_reached", count=texts.people(len(aimed)), target=target)
    kind = "registrations" if lacking[0]["measure"] == "registrations" else "workers"
    named = ", ".join(
        texts(
            "headline.part",
            segment=texts(f"segment.{row['segment']}").lower(),
            short=texts.people(sentences.lacking(row)),
        )
        for row in lacking[:_NAMED]
    )
    whole = texts.people(sum(sentences.lacking(row) for row in lacking))
    return texts(f"headline.short_{kind}", short=whole, target=target, parts=named)


def headline_of_active(rows: Gaps, texts: Texts) -> str:
    """Say how many there are, where no target says how many there should be."""
    return texts(
        "sentence.headline_no_target",
        place=sentences.segment_name(str(rows["segment"][0]) if _of_one_segment(rows) else None, texts),
        active=texts.people(float(rows["active"].sum() or 0)),
    )


def _of_one_segment(rows: Gaps) -> bool:
    return "segment" in rows.columns and rows.height == 1


def _of_one(row: Mapping[str, Any], texts: Texts) -> str:
    missing = sentences.lacking(row)
    what = "reached" if row["gap"] < 0 else "reached_exactly"
    if missing > 0.5:
        what = "missing" if row["gap"] > 0 else "parts_missing"
    if row["measure"] == "registrations":
        what = "registered"
    return (
        texts(
            f"sentence.{what}",
            segment=sentences.segment_name(row.get("segment"), texts),
            gap=texts.people(missing if missing > 0.5 else abs(row["gap"])),
            target=texts.people(row["target"]),
            achieved=texts.people(row["achieved"]),
        )
        + "."
    )


def headline_of_outcome(scenario: Projection, texts: Texts, *, segment: str | None) -> str:
    """Say where one key's projection ends, and what is missing then."""
    last = scenario.tail(1).to_dicts()[0]
    registering = last.get("registrations_target") is not None
    target, done = last["target"], last["covered"]
    if registering:
        target, done = last["registrations_target"], last["registered"]
    values = {
        "segment": sentences.segment_name(segment, texts),
        "month": texts.month(last["month"]),
        "covered": texts.people(done),
        "target": texts.people(target),
    }
    if target is None:
        return texts("sentence.ends_at", **values)
    lacking = last["registrations_short" if registering else "short"]
    missing = max(float(lacking or 0), target - done, 0.0)
    kind = "registers" if registering else "ends"
    if missing <= 0.5:
        return texts(f"headline.{kind}_reached", **values)
    if done >= target - 0.5:
        return texts(f"headline.{kind}_apart", short=texts.people(missing), **values)
    return texts(f"headline.{kind}_short", short=texts.people(missing), **values)


def headline_of_credit(parts: pl.DataFrame, texts: Texts) -> str:
    """Say what a scenario changes in all, and which lever or programme does most of it."""
    if parts.is_empty():
        return texts("credit.none")
    whole = texts.signed(float(parts["part"].sum()))
    most = parts.sort(pl.col("part").abs(), descending=True, maintain_order=True).to_dicts()[0]
    named = shortened(describe_mover(most, texts), _NAME_LETTERS)
    if parts.filter(pl.col("part").abs() > 0.5).height < 2:
        return texts("headline.credit_one", difference=whole, mover=named)
    return texts("headline.credit", difference=whole, mover=named, part=texts.signed(most["part"]))


def headline_of_takes(answer: Solution, texts: Texts) -> str:
    """Say what a lever alone has to come to, and on top of what (`Solution.onto`)."""
    values = {
        "segment": segment_in_sentence(answer.segment, texts),
        "lever": lever_in_sentence(answer.name, texts),
        "onto": texts(f"solve.onto_short.{answer.onto}"),
        "target": texts.people(answer.target),
    }
    if answer.value is None:
        return texts("headline.takes_unreachable", at_limit=texts.people(answer.at_limit), **values)
    if not answer.value:
        return texts("headline.takes_enough", covered=texts.people(answer.covered), **values)
    if answer.name in PEOPLE:
        return texts("headline.takes_people", value=texts.people(answer.value), **values)
    must = (answer.value < 0) == (answer.name in LESS)
    size = abs(answer.value) * 1000
    tenths = ceil(size - 1e-6) if must else floor(size + 1e-6)
    return texts(
        "headline.takes_rate",
        verb=texts(f"solve.{'must' if must else 'may'}_{'rise' if answer.value > 0 else 'fall'}"),
        value=texts.share(tenths / 1000, 1 if tenths % 10 else 0),
        a_month=texts.people(answer.a_month),
        **values,
    )


def headline_of_cliff(ends: pl.DataFrame, texts: Texts) -> str:
    """Say when the first programme's money ends and how many leave then (`money.cliffs`)."""
    row = ends.to_dicts()[0]
    return texts(
        "headline.cliff",
        month=texts.month(row["month"]),
        programme=shortened(row["programme"], _NAME_LETTERS),
        leave=texts.people(row["leave"]),
    )
