"""Which pages of a report say where it goes and what it takes?"""

from __future__ import annotations

import math

import polars as pl

from coverage.answers import alone, credit, lever_values, seek
from coverage.base.errors import NothingToShow
from coverage.base.texts import NONE, Texts
from coverage.charts import drawing
from coverage.charts.flows import FLOW_COLOURS, OUT, flows_by_period, flows_by_year
from coverage.model import runs
from coverage.model.scenarios import Scenario
from coverage.reports.page_parts import BarChart, Figure, Page, Part, Series, Table, one_bar
from coverage.reports.page_tables import cell_text, column_heading, course_lines, speaker_notes
from coverage.reports.results import COURSE, Results, only_segment
from coverage.wording import chances, headlines, remarks, sentences
from coverage.wording.alone import describe_added
from coverage.wording.credit import describe_credit, named_movers
from coverage.wording.scenarios import describe_scenario
from coverage.wording.seek import describe_solution

ASKED = ("new", "lapse", "workers")
"""The levers that the slide "what it takes" solves for."""


def trajectory_page(results: Results) -> Page:
    """So far, without new steps, with the scenario, and the target; how sure it is."""
    texts, segment = results.texts, only_segment(results)
    still, moved = results.table(segment)
    _, *rest = sentences.describe_outcome_in_parts(still, moved, texts, segment=segment, changed=results.changed)
    title = headlines.headline_of_outcome(moved, texts, segment=segment)
    fan = results.fan(segment)
    if fan is not None:
        rest.append(chances.describe_sureness(fan, texts))
    marks = sorted(
        {0, *range(results.ahead % 3 or 3, results.ahead + 1, max(3, results.ahead // 4 // 3 * 3)), results.ahead}
    )
    rows = [moved.row(mark, named=True) | {"baseline": still["covered"][mark]} for mark in marks]
    heads = ("month", "baseline", "covered", "difference") if results.changed else ("month", "baseline")
    shown = Table(
        heads=[texts("chart.scenario") if name == "covered" else column_heading(name, results) for name in heads],
        rows=[
            [
                cell_text(row["covered"] - row["baseline"] if name == "difference" else row[name], name, texts)
                for name in heads
            ]
            for row in rows
        ],
    )
    chart = course_lines(results, segment, still, moved, fan=fan)
    return Page(
        title=title,
        lead=rest,
        parts=(chart, shown),
        split=0.68,
        notes=speaker_notes(results, "attainment", terms=COURSE),
    )


def flows_page(results: Results) -> Page:
    """Who comes in and who leaves, year by year."""
    texts, used = results.texts, results.flows
    table = results.table(only_segment(results))[1]
    years, drawn = flows_by_year(table), flows_by_period(table)
    first, rest = years.head(1), years.slice(1)
    periods = [texts.period(row["first"], row["last"]) for row in years.to_dicts()]
    chart = BarChart(
        categories=drawn["first"].to_list() if years.height == 1 else periods,
        series=[
            Series(
                name=texts(f"flow.{name}"),
                values=[-people if name in OUT else people for people in drawn[name].to_list()],
                colour=FLOW_COLOURS[name],
            )
            for name in used
        ],
        stacked=True,
        unit=texts("chart.in_and_out"),
        alt=texts("simulate.flows_alt"),
    )
    figures = Table(
        heads=(texts("chart.flow"), *periods),
        rows=[
            (
                texts(f"flow.{name}"),
                *(texts.signed(-people if name in OUT else people) for people in years[name].to_list()),
            )
            for name in used
        ],
    )
    lead = [sentences.describe_flows_by_year(rest, texts)] if rest.height else []
    lead += remarks.net(results.view, only_segment(results), texts)
    notes = speaker_notes(results, terms=("new", "returned", "lapsed", "funded", "cliff"))
    parts = (figures,) if one_bar(chart) else (chart, figures)
    return Page(title=sentences.describe_flows_by_year(first, texts), lead=lead, parts=parts, split=0.6, notes=notes)


def differs_page(results: Results) -> Page:
    """What the scenario sets differently, and which of it does how much."""
    texts = results.texts
    parts = credit.split(results.view, Scenario(), results.scenario, results.ahead, [])
    named = named_movers(parts.sort(pl.col("part").abs(), descending=True, maintain_order=True), texts)
    differences = describe_scenario(results.scenario, texts)
    table = Table(heads=(texts("simulate.differs"),), rows=[(sentence,) for sentence in differences])
    title = headlines.headline_of_credit(parts, texts)
    early = runs.not_simulated(results.view, results.scenario)
    lead = [texts("simulate.too_early", names=", ".join(early), month=texts.month(results.view.as_of))] if early else []
    added = describe_added(alone.added(results.view, results.scenario, results.ahead), texts)
    lead += [added] if added else []
    named = named.filter(pl.col("part").abs() > 0.5)
    if named.is_empty():
        return Page(title=texts("headline.idle"), lead=lead, parts=(table,), notes=speaker_notes(results, terms=COURSE))
    values = named["part"].to_list()
    colours = [drawing.MOVED if value >= 0 else FLOW_COLOURS["lapsed"] for value in values]
    chart = BarChart(
        categories=named["label"].to_list(),
        series=[Series(name=texts("compare.part"), values=values, colour=drawing.MOVED, colours=colours)],
        alt=title,
    )
    notes = [describe_credit(parts, texts), texts("credit.fair"), "", *speaker_notes(results, terms=COURSE)]
    picture: Part = chart
    if one_bar(chart):
        picture = Figure(value=texts.signed(values[0]), label=str(named["label"][0]))
    return Page(title=title, lead=lead, parts=(picture, table), split=0.36, notes=notes)


def what_it_takes_pages(results: Results) -> list[Page]:
    """What one lever alone would have to do; no slide where there is no target ahead.

    A scenario that falls short is what the lever is added to; where it does not, the question is what else would do.
    """
    texts = results.texts
    short = [name for name in results.segments["segment"].to_list() if _falls_short(results, name)]
    start = results.scenario if short else Scenario()
    wanted = results.segments.drop_nulls("target").sort("short", descending=True, nulls_last=True)
    answers = []
    for segment in wanted["segment"].to_list():
        for lever in ASKED:
            try:
                answers.append(seek.solve(results.view, start, f"{segment}.{lever}"))
            except NothingToShow:  # a rule sets the registrations, or the target's month is past
                continue
    if not answers:
        return []
    rows = [
        (
            texts(f"segment.{answer.segment}"),
            texts(f"solve.short.{answer.name}"),
            _wanted(answer, texts),
            NONE if answer.value is None else texts.people(answer.a_month),
            texts.people(answer.usual),
            texts.people(answer.at_limit if answer.value is None else answer.covered),
            texts.people(answer.target),
        )
        for answer in answers
    ]
    names = ("segment", "lever", "value", "a_month", "usual", "reaches", "target")
    heads = [texts(f"deck.takes.{name}") for name in names]
    alike = [answer for answer in answers if answer.name == answers[0].name]
    alike.sort(key=lambda answer: answer.value == 0)  # what has to change is the news
    basis = texts(f"deck.takes.from_{answers[0].onto}")
    notes = [
        *(describe_solution(answer, texts) for answer in answers),
        "",
        *speaker_notes(results, terms=("new", "lapsed", "funded", "baseline")),
    ]
    lead = [*(headlines.headline_of_takes(answer, texts) for answer in alike[1:2]), basis]
    return [
        Page(
            title=headlines.headline_of_takes(alike[0], texts),
            lead=lead,
            parts=(Table(heads=heads, rows=rows, figures=2),),
            notes=notes,
        )
    ]


def _falls_short(results: Results, segment: str) -> bool:
    end = results.table(segment)[1].tail(1)
    return end["target"][0] is not None and end["covered"][0] < end["target"][0] - 0.5


def _wanted(answer: seek.Solution, texts: Texts) -> str:
    """Write what a lever has to be set to, that nothing is needed, or that it is out of reach."""
    if answer.value is None:
        return texts("deck.out_of_reach")
    if not answer.value:
        return texts("deck.enough")
    if answer.name in lever_values.PEOPLE:
        return texts.people(answer.value)
    # To the tenth of a per cent, and to the side on which it is enough: as the sentence says it.
    tenths = math.floor(answer.value * 1000 + 1e-6) if answer.name == "lapse" else math.ceil(answer.value * 1000 - 1e-6)
    return texts.change(tenths / 1000, 1 if tenths % 10 else 0)
