"""Which pages of a report say where everybody stands?"""

from __future__ import annotations

import polars as pl

from coverage.base.tables import Gaps
from coverage.base.texts import Texts
from coverage.charts import drawing
from coverage.reports import provenance
from coverage.reports.page_parts import BarChart, Figure, Page, Part, Series, Table, one_bar
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
from coverage.wording import headlines, remarks, sentences

RANKED = 12
"""So many branches stand in the chart of branches; the table has as many as fit."""


def cover_page(results: Results) -> Page:
    """For whom, which place, month, targets and scenario: what the first slide says."""
    texts, source = results.texts, results.source
    aims = results.view.targets["target_month"].drop_nulls()
    lead = [
        texts("deck.cover_as_of", month=texts.month(source.as_of)),
        texts("deck.cover_targets", targets=source.targets, month=texts.month(results.view.target_month))
        if len(aims) and results.view.target_month
        else texts("deck.cover_no_targets"),
        texts("provenance.scenario", scenario=source.scenario),
        texts(f"deck.cover_for_{'branch' if source.branches else 'region' if source.regions else 'all'}"),
    ]
    place = provenance.describe_place(source, texts)
    return Page(title=place[:1].upper() + place[1:], lead=lead, notes=speaker_notes(results), cover=True)


def standing_page(results: Results) -> Page:
    """Where we stand: each segment's active workers against the target, and by when."""
    texts, rows = results.texts, results.segments
    title, rest = headlines.headline_of_standing(rows, texts), _below(rows, texts)
    rest += remarks.about(results.view, texts)
    targeted = rows["target"].drop_nulls().len() > 0
    if not targeted:
        past, still = so_far.history(results.view, []), results.table(None)[0]
        title, leads = sentences.describe_so_far_in_parts(past, only_segment(results), texts, baseline=still)
        rest = [*leads, texts("sentence.no_target")]
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
    names = ("achieved", "target", "attainment", "short", "required_pace", "status")
    table = gap_table(shown, names, results, sum_row=rows.height > 1)
    picture: Part = chart
    if one_bar(chart):
        picture = Figure(value=texts.people(rows["achieved"][0]), label=active)
    return Page(
        title=title,
        lead=rest,
        parts=(picture, table),
        split=0.42,
        notes=speaker_notes(results, "attainment", "short", "required_pace", "status"),
    )


def _below(rows: Gaps, texts: Texts) -> list[str]:
    """Return what stands below the headline: the sentences of the standing, the first only where it says more."""
    first, *rest = sentences.describe_standing_in_parts(rows, texts)
    return [first, *rest] if "(" in first else rest


def segment_page(results: Results, segment: str) -> Page:
    """One segment: where it stands, and where it leads with and without new steps."""
    texts = results.texts
    row = results.segments.filter(segment=segment)
    still, moved = results.table(segment)
    title, rest = headlines.headline_of_standing(row, texts), _below(row, texts)
    first = row.to_dicts()[0]
    if segment in gaps.counted_apart(results.view):
        name = texts(f"segment.{segment}")
        title = texts("headline.counted_apart", segment=name, active=texts.people(first["active"]))
        rest = [texts("sentence.counted_apart", segments=name)]
    elif first["target"] is None:  # then the news is how many there are and where that leads
        past = so_far.history(results.view, ["segment"]).filter(segment=segment)
        title, leads = sentences.describe_so_far_in_parts(past, segment, texts, baseline=still)
        rest = [*leads, texts("sentence.no_target")]
    if results.changed:
        rest += sentences.describe_outcome_in_parts(still, moved, texts, segment=segment, changed=True)[:2]
    names = ["achieved", "target", "attainment", "eligible", "coverage", "short", "pace", "required_pace", "expected"]
    if results.view.measure == "registrations":  # coverage is of the active members, not of those who registered
        names.insert(3, "active")
    names += ["eta", "status"]
    if first["target"] is None:  # a row of dashes says nothing, and nobody is asked to register
        names = ["active", "eligible", "coverage", "pace"]
    facts = Table(
        heads=(texts(f"segment.{segment}"), texts.month(results.view.as_of, short=True)),
        rows=[(column_heading(name, results), cell_text(first[name], name, texts)) for name in names],
    )
    return Page(
        title=title,
        lead=rest,
        parts=(course_lines(results, segment, still, moved), facts),
        split=0.66,
        notes=speaker_notes(
            results, "attainment", "coverage", "short", "pace", "required_pace", "expected", "eta", "status"
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
        series=[Series(name=texts("table.short"), values=first["short"].to_list(), colour=drawing.TOTAL[False])],
        alt=title,
    )
    names = ("attainment", "short", "pace", "required_pace", "eta", "status")
    table = Table(
        heads=(
            texts("table.branch"),
            *(column_heading(name, results) for name in names),
        ),
        rows=[(row["branch"], *(cell_text(row[name], name, texts) for name in names)) for row in ranked.to_dicts()],
    )
    notes = speaker_notes(results, "short", "attainment", "pace", "required_pace", "eta", "status")
    parts = (table,) if one_bar(chart) else (chart, table)
    return Page(title=title, lead=rest, parts=parts, split=0.36, notes=notes)
