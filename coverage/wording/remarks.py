"""What does a reader have to know beside the answer: whom does it leave out, what do the targets contradict?"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from coverage.base.texts import Texts
from coverage.model.view import View
from coverage.standing import gaps, so_far
from coverage.wording import sentences

NAMED = 5
"""So many names are written out; the rest are an ellipsis."""


def about(view: View, texts: Texts) -> list[str]:
    """Say whom the figures leave out, and where the targets contradict themselves; a sentence each, mostly none."""
    remarks = overdue(view, texts)
    workers, branches = gaps.without_pace(view)
    if branches:
        count = texts.count("unit.people_n", workers)
        window = texts.people(view.settings.whole("history_months"))
        remarks.append(texts("sentence.without_pace", workers=count, names=first_of(branches), months=window))
    workers, segments = gaps.left_out(view)
    if segments:
        names = ", ".join(texts(f"segment.{segment}") for segment in segments)
        remarks.append(texts("sentence.left_out", workers=texts.count("unit.people_n", workers), segments=names))
    if apart := gaps.counted_apart(view):
        remarks.append(
            texts("sentence.counted_apart", segments=", ".join(texts(f"segment.{segment}") for segment in apart))
        )
    if view.remarks.nobody:
        remarks.append(texts("sentence.targets_of_nobody"))
    for written, branch in view.remarks.alike:
        remarks.append(texts("sentence.targets_alike", written=written, branch=branch))
    if view.remarks.above:
        names = first_of([f"{branch} ({texts(f'segment.{segment}')})" for branch, segment in view.remarks.above])
        remarks.append(texts("sentence.targets_above_eligible", names=names))
    if view.remarks.unknown:
        remarks.append(texts("sentence.targets_unknown", names=first_of(view.remarks.unknown)))
    for difference in view.remarks.differ:
        target, whole, taken = difference.target, difference.whole, difference.taken
        segment = sentences.segment_name(target.segment, texts) if target.segment else texts("sentence.all_segments")
        remarks.append(
            texts(
                "sentence.targets_more" if taken > whole else "sentence.targets_less",
                place=next(iter(target.place.values()), texts("method.everywhere")),
                segment=segment.lower(),
                month=texts.month(target.by),
                whole=texts.people(whole),
                taken=texts.people(taken),
            )
        )
    return remarks


def overdue(view: View, texts: Texts) -> list[str]:
    """Say which targets that are not met have their month behind them; nothing if none."""
    if not (view.months_left < 0).any():
        return []
    rows = gaps.by(view, ["branch", "segment"]).filter(pl.col("gap") > 0, pl.col("target_month") < pl.col("month"))
    parts = [
        f"{texts.month(month)} ({', '.join(texts(f'segment.{segment}') for segment in segments)})"
        for month, segments in rows.group_by("target_month")
        .agg(pl.col("segment").unique().sort())
        .sort("target_month")
        .iter_rows()
    ]
    return [texts(f"sentence.overdue_{view.measure}", months="; ".join(parts))] if parts else []


def unprojected(view: View, texts: Texts) -> list[str]:
    """Say that a projection of members is held against no target where the target counts registrations."""
    return [texts("sentence.unprojected", question=texts("solve.heading"))] if view.measure == "registrations" else []


def net(view: View, segment: str | None, texts: Texts) -> list[str]:
    """Say that who comes and who leaves are net changes, where stocks are all that is known of some."""
    rows = view.series.filter(pl.col("segment") == segment) if segment else view.series
    return [texts("sentence.net_flows")] if (rows["rates_from"] == "stocks").any() else []


def past(view: View, history: pl.DataFrame, texts: Texts) -> str:
    """Say why a history begins later than some of its parts; nothing if it does not."""
    beginning = so_far.late_beginning(view, history)
    if beginning is None:
        return ""
    since, branches = beginning
    kind = "history_from" if branches else "history_gap"
    return texts(f"sentence.{kind}", month=texts.month(since), names=first_of(branches))


def first_of(names: Sequence[str]) -> str:
    """Write the first names of a list."""
    return ", ".join(names[:NAMED]) + (", …" if len(names) > NAMED else "")
