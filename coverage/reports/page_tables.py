"""How do tables, lines and notes stand on a page of a report?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from coverage.base import months
from coverage.base.tables import Gaps, Projection
from coverage.base.texts import NONE, Texts
from coverage.charts import drawing
from coverage.model import runs
from coverage.reports import lettering, provenance
from coverage.reports.page_parts import Line, LineChart, Table
from coverage.reports.results import Results
from coverage.standing import so_far
from coverage.wording import reference, sentences
from coverage.wording.scenarios import describe_scenario

PAST_MONTHS = 24
"""So many months of history stand in a chart."""


def course_lines(
    results: Results, segment: str | None, still: Projection, moved: Projection, fan: pl.DataFrame | None = None
) -> LineChart:
    """Draw the last two years, where they lead, and the target."""
    texts = results.texts
    past = so_far.history(results.view, ["segment"] if segment else [])
    past = past.filter(segment=segment) if segment else past
    # The axis is labelled from its first month on: from a January or July.
    back = PAST_MONTHS - 1 + (months.add(results.view.as_of, 1 - PAST_MONTHS).month - 1) % 6
    past = past.filter(pl.col("month") >= months.add(results.view.as_of, -back))
    rows = runs.side_by_side(past, still, moved if results.changed else None, fan)
    colour = drawing.colour(segment) if segment else drawing.MOVED
    lines = [
        Line(name=texts("chart.history"), values=rows["history"].to_list(), colour=lettering.INK),
        Line(name=texts("chart.baseline"), values=rows["baseline"].to_list(), colour=lettering.FAINT, dash="dash"),
    ]
    if results.changed:
        lines.append(Line(name=texts("chart.scenario"), values=rows["covered"].to_list(), colour=colour, points=3.5))
    target = still["target"].drop_nulls()
    if len(target):
        lines.append(
            Line(name=texts("chart.target"), values=[target[0]] * rows.height, colour=lettering.INK, dash="dot")
        )
    if fan is not None:
        bounds = {"low": "p10", "high": "p90"}
        lines += [
            Line(name=texts(f"chart.{end}"), values=rows[name].to_list(), colour=colour, dash="dot", points=1)
            for end, name in bounds.items()
        ]
    name = sentences.segment_name(segment, texts)
    text = sentences.describe_so_far(past, name, texts, baseline=still)
    return LineChart(months=rows["month"].to_list(), lines=lines, alt=text)


def gap_table(rows: Gaps, names: Sequence[str], results: Results, *, sum_row: bool) -> Table:
    texts = results.texts
    return Table(
        heads=(texts("table.segment"), *(column_heading(name, results) for name in names)),
        rows=[
            (sentences.segment_name(row["segment"], texts), *(cell_text(row[name], name, texts) for name in names))
            for row in rows.to_dicts()
        ],
        strong=sum_row,
    )


def worded_table(words: Mapping[str, Sequence[str]], *, figures: int) -> Table:
    rows = list(zip(*words.values(), strict=True))
    return Table(heads=tuple(words), rows=rows, figures=figures)


def segment_names(rows: Gaps, texts: Texts) -> list[str]:
    return [sentences.segment_name(segment, texts) for segment in rows["segment"].to_list()]


def column_heading(name: str, results: Results) -> str:
    """Return a column's heading; what is held against the target are the active members, or who registered."""
    members = name == "achieved" and results.view.measure != "registrations"
    return results.texts("table.active" if members else f"table.{name}")


def cell_text(value: Any, name: str, texts: Texts) -> str:
    """Write one value as its column is written."""
    if value is None:
        return NONE
    if name == "status":
        return f"{sentences.ICONS[str(value)]} {texts(f'standing.{value}')}"
    if name in {"attainment", "coverage"}:
        return texts.share(value)
    if name in {"pace", "difference"}:
        return texts.signed(value)
    if name in {"month", "eta"}:
        return texts.month(value, short=True)
    return texts.people(value)


def speaker_notes(results: Results, *measures: str, terms: Sequence[str] = ()) -> list[str]:
    """Say what the words of a slide mean, what the scenario sets, and where the figures come from."""
    texts, given = results.texts, results.view.settings
    notes = []
    if measures and results.view.measure == "registrations":
        notes.append(f"{texts('method.kind.new.name')}: {texts('method.kind.new.meaning')}")
    for name in measures:
        if f"method.measure.{name}.formula" in texts:
            formula, meaning = (
                reference.describe_method(f"measure.{name}.{part}", given, texts) for part in ("formula", "meaning")
            )
            notes.append(f"{texts(f'table.{name}')} = {formula}. {meaning}")
    notes += [
        f"{texts(f'method.term.{name}.name')}: {reference.describe_method(f'term.{name}.meaning', given, texts)}"
        for name in terms
    ]
    if notes:
        notes = [f"{texts('deck.definitions')}:", *notes, ""]
    notes.append(f"{texts('provenance.scenario', scenario=results.source.scenario)}.")
    notes += describe_scenario(results.scenario, texts)
    notes += ["", f"{texts('deck.sources')}:", *provenance.describe_provenance(results.source, texts)]
    return notes
