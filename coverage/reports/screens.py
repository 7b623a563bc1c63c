"""What does each screen of a presentation say: its title, its one large figure, and the few lines beside it?

The title is the message, a whole sentence; the figure is what the last row should remember of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from coverage.answers import goals, money, movers, seek, sensitivity
from coverage.base.errors import CakupanError
from coverage.base.tables import Projection, Schema
from coverage.base.texts import Texts, shortened
from coverage.model import runs
from coverage.model.scenarios import Scenario
from coverage.model.view import View
from coverage.records import meeting
from coverage.records.meeting import Meeting
from coverage.standing import gaps, so_far
from coverage.wording import chances, headlines, sentences

SLIDING = ("new", "lapse", "back")
"""The levers that a room can talk about with one slider each."""
HANDFUL = 3
BRANCHES_SHOWN = 9
"""So many branches are told apart from the last row; the others are on the Branches page."""
BESIDE = 1e6
"""So many heads, written in full, leave no room for a picture beside them."""
_TITLE = 140  # letters of a decision that fit above what it rests on


@dataclass(frozen=True, kw_only=True)
class Message:
    """One screen in words."""

    title: str
    figure: str
    label: str
    lines: tuple[str, ...] = ()


def order(view: View, every: View, scenario: Scenario) -> list[str]:
    """Return the screens that have something of their own to say; `every` is the view of all branches.

    One segment, or one branch, stands where the whole scope does. Without a target nobody is short of it, nothing has
    to be taken to reach it, and there is a cost only where a programme has one.
    """
    segments = [str(segment) for segment in view.series["segment"].unique().sort()]
    aimed = bool(np.isfinite(view.target).any())
    possible = {
        "branches": every.series["branch"].n_unique() > 1 and bool(np.isfinite(every.target).any()),
        "what_if": True,
        "takes": aimed,
        "costs": aimed or bool(scenario.programme),
        "decision": True,
    }
    return ["standing", *(segments if len(segments) > 1 else []), *(name for name, shown in possible.items() if shown)]


def message_of_standing(view: View, texts: Texts) -> Message:
    """Say where the whole scope stands, and each segment in a line; without a target, where it comes from."""
    total, rows = gaps.by(view, []), gaps.by(view)
    several = rows.height > 1
    if total["target"][0] is None:
        name = sentences.segment_name(None if several else str(rows["segment"][0]), texts)
        return replace(
            _attained(total.to_dicts()[0], sentences.describe_so_far(so_far.history(view, []), name, texts), (), texts),
            lines=(
                *((_segment_line(row, texts) for row in rows.to_dicts()) if several else ()),
                _pace(total.to_dicts()[0], texts),
                texts("sentence.no_target"),
            ),
        )
    parts = sentences.describe_standing_in_parts(total if several else rows, texts)
    # One segment's surplus fills no other's shortage, so each is said by itself.
    lines = [_segment_line(row, texts) for row in rows.to_dicts()] if several else parts[1:]
    return _attained(total.to_dicts()[0], headlines.headline_of_standing(rows, texts), lines, texts)


def lines_besides_segments(view: View, message: Message) -> list[str]:
    """Return the lines of `message_of_standing` that speak of all together, where each segment stands beside them."""
    segments = view.series["segment"].n_unique()
    return list(message.lines[segments if segments > 1 else 0 :])


def message_of_segment(view: View, name: str, texts: Texts) -> Message:
    """Say where one segment stands, when it gets there and what pace it takes."""
    rows = gaps.by(view).filter(pl.col("segment") == name)
    _, *more = sentences.describe_standing_in_parts(rows, texts)
    title = headlines.headline_of_standing(rows, texts)
    return _attained(rows.to_dicts()[0], title, more, texts)


def _attained(row: Mapping[str, Any], title: str, lines: Sequence[str], texts: Texts) -> Message:
    if row["target"] is None:
        return Message(
            title=title,
            figure=large(row["active"], texts, most=BESIDE),
            label=texts("present.active"),
            lines=(
                *(
                    [texts("overview.active_only", active=texts.people(row["active"]))]
                    if (row["active"] or 0) >= BESIDE
                    else []
                ),
                _pace(row, texts),
            ),
        )
    label = texts("present.of_target", achieved=texts.people(row["achieved"]), target=texts.people(row["target"]))
    return Message(title=title, figure=texts.share(row["attainment"]), label=label, lines=tuple(lines))


def _pace(row: Mapping[str, Any], texts: Texts) -> str:
    text = sentences.describe_pace_needed(row, texts)
    if not 0 < row["months_of_history"] < row["history_months"]:
        return text
    span = texts.count("unit.months", row["months_of_history"])
    return f"{text}, {texts('overview.pace_months', months=span)}"


def large(number: float | None, texts: Texts, *, most: float = 1e7) -> str:
    """Write a head count that fills half a screen: from `most` on in short, the words beside it hold all of it."""
    return texts.people(number) if number is None or number < most else texts.compact(number)


def _segment_line(row: Mapping[str, Any], texts: Texts) -> str:
    name = texts(f"segment.{row['segment']}")
    if row["target"] is None:
        return texts("present.segment_only", segment=name, active=texts.people(row["active"]))
    gap = sentences.describe_gap(sentences.lacking(row) or row["gap"], texts)
    return texts("present.segment_line", segment=name, share=texts.share(row["attainment"]), gap=gap)


def message_of_branches(view: View, texts: Texts) -> Message:
    """Say how many branches are short and where most is missing."""
    ranked = gaps.ranking(view)
    total = gaps.by(view, [])
    title, *more = sentences.describe_ranking_in_parts(ranked, total, texts)
    short, aimed = ranked.filter(pl.col("short") > 0).height, ranked["target"].drop_nulls().len()
    return Message(
        title=title,
        figure=texts("present.some_of", some=texts.people(short), all=texts.people(aimed)),
        label=texts.count("present.branches_short", short),
        lines=tuple(more),
    )


def message_of_what_if(
    still: Projection, moved: Projection, fan: pl.DataFrame | None, texts: Texts, *, changed: bool
) -> Message:
    """Say where the scenario ends (one key's rows of `PROJECTION`), what one must not miss, and how sure that is."""
    _, *more = sentences.describe_outcome_in_parts(still, moved, texts, segment=None, changed=changed)
    title = headlines.headline_of_outcome(moved, texts, segment=None)
    last = moved.tail(1).to_dicts()[0]
    target, apart = last["target"], sentences.short_apart(last)
    if sentences.cliff(moved) is not None:
        more = more[-1:]  # what one must not miss comes first
    elif apart:
        more = more[1:]
    if not changed:
        more = [texts("present.nothing_moved")]
    elsewhere = [texts("present.short_apart", short=texts.people(last["short"]))] if apart else []
    done, wanted = last["covered"], target
    if last.get("registrations_target"):
        done, wanted = last["registered"], last["registrations_target"]
    return Message(
        title=title,
        figure=texts.share(done / wanted) if wanted else large(done, texts),
        label=texts(
            "present.in_month" if wanted else "present.active_in", month=texts.month(last["month"], short=True)
        ),
        lines=(*elsewhere, more[0], *describe_band(fan, texts)[1:]),  # the room has seen the band on the screens before
    )


def describe_band(fan: pl.DataFrame | None, texts: Texts) -> list[str]:
    """Say what the pale band of a chart holds and the chance of the target (one key's fan), shorter than
    `chances.describe_sureness`; nothing where every future is the same, for then there is no band to be seen."""
    last = fan.tail(1).to_dicts()[0] if fan is not None else None
    if last is None or last["p90"] - last["p10"] < 0.5:
        return []
    lines = [texts("present.band")]
    if last["chance"] is not None:
        lines.append(texts("present.chance", chance=chances.describe_likelihood(last["chance"], texts)))
    return lines


def levers_that_matter(view: View, months_ahead: int) -> list[tuple[str, str]]:
    """Return (segment, lever) of the few levers that move the outcome most when each is a tenth higher or lower.

    They are measured without any scenario, so that they stay where they are while one of them is moved.
    """
    effects = sensitivity.tornado(view, Scenario(), months_ahead)
    rows = effects.filter((pl.col("kind") == movers.LEVER) & pl.col("name").is_in(SLIDING)).head(HANDFUL)
    return [(str(row["of_segment"]), str(row["name"])) for row in rows.to_dicts()]


DEMAND: Schema = {
    "segment": pl.String(),
    "needed": pl.Float64(),  # registrations a month, on average of the months to the target; at its limit out of reach
    "now": pl.Float64(),  # the same without new steps
    "ratio": pl.Float64(),
    "reachable": pl.Boolean(),
}


def needed(view: View) -> pl.DataFrame:
    """One row per segment: the registrations a month that the target takes if all else stays without new steps: what
    `solve` says (`seek.solve`). No rows where no target for members is ahead."""
    rows = []
    if view.target_month is not None and view.target_month > view.as_of and view.measure != "registrations":
        for segment in goals.targeted(view):
            try:
                answer = seek.solve(view, Scenario(), f"{segment}.new")
            except CakupanError:
                continue
            wanted, now = answer.a_month or 0.0, answer.usual or 0.0
            ratio = wanted / now if now else None
            rows.append((segment, wanted, now, ratio, answer.reachable))
    return pl.DataFrame(rows, schema=DEMAND, orient="row")


def message_of_demand(view: View, needs: pl.DataFrame, texts: Texts) -> Message:
    """Say how many registrations a month the target takes, against now (the table of `needed`)."""
    row = gaps.by(view, [])
    enough = row["target"][0] is not None and row["short"][0] < 0.5 and (row["expected"][0] or 0) >= row["target"][0]
    if needs.is_empty() or enough:  # who is there and stays there needs nothing
        rough = sentences.brief(row, texts)
        title = [sentence for sentence in sentences.describe_standing_in_parts(row, texts) if sentence not in rough][-1]
        required = row["required_pace"][0]
        figure = large(required if required is not None else row["active"][0], texts)
        label = texts("present.a_month") if required is not None else texts("present.active")
        return Message(title=title, figure=figure, label=label)
    if not needs["reachable"].all():
        title = texts("present.takes_unreachable", month=texts.month(view.target_month), count=_unreached(needs, texts))
        return Message(
            title=title,
            figure=large(float(needs["needed"].sum()), texts),
            label=texts("present.at_most"),
            lines=_demands(needs, texts),
        )
    total, now = float(needs["needed"].sum()), float(needs["now"].sum())
    month = texts.month(view.target_month)
    values = {"month": month, "needed": texts.people(total), "now": texts.people(now)}
    key = "present.takes" if now > 0 else "present.takes_alone"
    title = texts(key, ratio=texts.decimal(total / now) if now > 0 else "", **values)
    return Message(
        title=title,
        figure=large(total, texts),
        label=texts("present.a_month_now", now=texts.people(now)),
        lines=_demands(needs, texts),
    )


def _unreached(needs: pl.DataFrame, texts: Texts) -> str:
    return texts.people(needs.filter(~pl.col("reachable")).height)


def _demands(needs: pl.DataFrame, texts: Texts) -> tuple[str, ...]:
    """Say what each segment takes, and on top of what."""
    lines = []
    for row in needs.to_dicts():
        values = {"now": texts.people(row["now"]), "needed": texts.people(row["needed"])}
        words = texts("bands.from_to", **values) if row["reachable"] else texts("bands.out_of_reach")
        lines.append(f"{texts('segment.' + row['segment'])}: {words}")
    return (*lines, texts("solve.onto.baseline"))


def bills(view: View, scenario: Scenario, months_ahead: int) -> pl.DataFrame:
    """Return what the scenario's programmes cost, year by year (`money.yearly`)."""
    return money.yearly(money.monthly(view, scenario, runs.flows(view, scenario, months_ahead)))


def message_of_costs(view: View, scenario: Scenario, costs: pl.DataFrame, texts: Texts) -> Message:
    """Say what the scenario's programmes cost (`money.yearly`); without one, what it would cost for a year to pay
    for everybody who is missing."""
    if costs.is_empty():
        total = gaps.by(view, [])
        if total["target"][0] is None:
            return _attained(total.to_dicts()[0], headlines.headline_of_active(gaps.by(view), texts), (), texts)
        missing = float(total["short"][0])
        premium = view.settings["premium_rupiah"]
        rupiah = texts.rupiah(missing * premium * 12, short=True)
        title = texts("present.would_cost", rupiah=rupiah, missing=texts.people(missing))
        return Message(
            title=title if missing > 0 else texts("present.costs_nothing"),
            figure=rupiah,
            label=texts("present.a_year"),
            lines=(texts("present.premium", premium=texts.rupiah(premium)), texts("present.no_programme")),
        )
    paid = float(costs["payer_rupiah"].sum())
    lines = [
        texts(
            "present.programme_year",
            name=row["programme"],
            year=texts.period(row["first"], row["last"]),
            rupiah=texts.rupiah(row["payer_rupiah"], short=True),
            workers=texts.people(row["workers"]),
        )
        for row in costs.to_dicts()
    ]
    early = runs.not_simulated(view, scenario)
    if early:
        lines.append(texts("simulate.too_early", names=", ".join(early), month=texts.month(view.as_of)))
    return Message(
        title=sentences.describe_costs(costs, texts),
        figure=texts.rupiah(paid, short=True),
        label=texts("present.in_all"),
        lines=tuple(lines),
    )


def message_of_decision(scenario: Scenario, held: Meeting, texts: Texts) -> Message:
    """Say what was decided last, or what lies before the room; the scenario stands below it in words."""
    last = held.decision[-1] if held.decision else None
    return Message(
        title=shortened(last.what, _TITLE) if last else texts("present.decide"),
        figure=texts.people(len(held.decision)),
        label=texts("present.decided"),
        lines=tuple(meeting.basis(scenario, texts)),
    )
