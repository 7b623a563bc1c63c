"""Which pages of a report say where everybody stands?"""

from __future__ import annotations

import polars as pl

from coverage.charts import drawing
from coverage.reports.page_parts import BarChart, Page, Series, Table
from coverage.reports.page_tables import (
    cell_text,
    column_heading,
    course_lines,
    gap_table,
    segment_names,
    speaker_notes,
)
from coverage.reports.results import Results, only_segment
from coverage.standing import gaps, so_far
from coverage.wording import remarks, sentences

RANKED = 12
"""So many branches stand in the chart of branches; the table has as many as fit."""


def standing_page(results: Results) -> Page:
    """Where we stand: each segment's active workers against the target, and by when."""
    texts, rows = results.texts, results.segments
    title, *rest = sentences.describe_standing_in_parts(rows, texts)
    rest += remarks.about(results.view, texts)
    targeted = rows["target"].drop_nulls().len() > 0
    if not targeted:
        past, still = so_far.history(results.view, []), results.table(None)[0]
        title, rest = (
            sentences.describe_so_far(
                past, sentences.segment_name(only_segment(results), texts), texts, baseline=still
            ),
            [title],
        )
    colours = [drawing.colour(segment) for segment in rows["segment"].to_list()]
    registrations = results.view.measure == "registrations"
    active, target = texts("table.achieved" if registrations else "chart.active"), texts("chart.target")
    series = [Series(name=active, values=rows["achieved"].to_list(), colour=drawing.TOTAL[False], colours=colours)]
    if targeted:
        series.append(Series(name=target, values=rows["target"].to_list(), colour="#AEB8C2"))
    chart = BarChart(
        categories=segment_names(rows, texts),
        series=series,
        alt=texts("overview.bullet_alt", parts=title),
        key=texts("deck.bar_key", active=active.lower()) if targeted else "",
    )
    shown = rows if rows.height < 2 else pl.concat([rows, results.total], how="diagonal")
    names = ("achieved", "target", "attainment", "gap", "required_pace", "status")
    table = gap_table(shown, names, results, sum_row=rows.height > 1)
    return Page(
        title=title,
        lead=rest,
        parts=(chart, table),
        split=0.42,
        notes=speaker_notes(results, "attainment", "gap", "required_pace", "status"),
    )


def segment_page(results: Results, segment: str) -> Page:
    """One segment: where it stands, and where it leads with and without new steps."""
    texts = results.texts
    row = results.segments.filter(segment=segment)
    still, moved = results.table(segment)
    title, *rest = sentences.describe_standing_in_parts(row, texts)
    first = row.to_dicts()[0]
    if segment in gaps.counted_apart(results.view):
        title = texts("sentence.counted_apart", segments=texts(f"segment.{segment}"))
    elif first["target"] is None:  # then the news is how many there are and where that leads
        past = so_far.history(results.view, ["segment"]).filter(segment=segment)
        text = sentences.describe_so_far(past, sentences.segment_name(segment, texts), texts, baseline=still)
        title, rest = text, [title, *rest]
    if results.changed:
        rest += sentences.describe_outcome_in_parts(still, moved, texts, segment=segment, changed=True)[:2]
    names = ["achieved", "target", "attainment", "eligible", "coverage", "gap", "pace", "required_pace", "expected"]
    if results.view.measure == "registrations":  # coverage is of the active members, not of those who registered
        names.insert(3, "active")
    facts = Table(
        heads=(texts(f"segment.{segment}"), texts.month(results.view.as_of, short=True)),
        rows=[
            (column_heading(name, results), cell_text(first[name], name, texts)) for name in (*names, "eta", "status")
        ],
    )
    return Page(
        title=title,
        lead=rest,
        parts=(course_lines(results, segment, still, moved), facts),
        split=0.66,
        notes=speaker_notes(
            results, "attainment", "coverage", "gap", "pace", "required_pace", "expected", "eta", "status"
        ),
    )


def branches_page(results: Results) -> Page:
    """Which branches are short, those that need most help first."""
    texts = results.texts
    ranked = gaps.ranking(results.view)
    title, *rest = sentences.describe_ranking_in_parts(ranked, results.total, texts)
    first = ranked.drop_nulls("short").head(RANKED)
    chart = BarChart(
        categories=first["branch"].to_list(),
        series=[Series(name=texts("table.gap"), values=first["short"].to_list(), colour=drawing.TOTAL[False])],
        alt=title,
    )
    names = ("attainment", "short", "pace", "required_pace", "eta", "status")
    table = Table(
        heads=(
            texts("table.branch"),
            *(texts("table.gap") if name == "short" else column_heading(name, results) for name in names),
        ),
        rows=[(row["branch"], *(cell_text(row[name], name, texts) for name in names)) for row in ranked.to_dicts()],
    )
    notes = speaker_notes(results, "short", "attainment", "pace", "required_pace", "eta", "status")
    parts = (chart, table) if first.height else (table,)
    return Page(title=title, lead=rest, parts=parts, split=0.36, notes=notes)
