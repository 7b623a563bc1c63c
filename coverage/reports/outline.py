"""What does a presentation say, slide by slide?

Sentences, charts and tables of a view and a scenario, in the order in which a meeting asks: where do we stand, each
segment, which branches, where does it lead, who comes and goes, what is set and what did it, what would it take, what
does it cost and when does the money end, and on what does all that rest. `slides` draws them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from coverage import charts
from coverage.answers import credit, money, seek
from coverage.base import months
from coverage.base.errors import NothingToShow
from coverage.base.tables import Gaps, Projection
from coverage.base.texts import NONE, Texts
from coverage.model import chance, scenarios
from coverage.model.projection import Flows, Wobble
from coverage.model.scenarios import Scenario
from coverage.model.view import View
from coverage.reports import provenance, slides
from coverage.reports.provenance import Provenance
from coverage.reports.slides import Bars, Line, Lines, Page, Series, Table
from coverage.standing import gaps
from coverage.wording import reference, remarks, sentences
from coverage.wording.money import (
    cliffs_table,
    describe_cliffs,
    describe_discount,
    describe_payers,
    yearly_payments_table,
)
from coverage.wording.scenarios import describe_scenario
from coverage.wording.seek import describe_solution

PAST_MONTHS = 24
"""So many months of history stand in a chart."""
RANKED = 12
"""So many branches stand in the chart of branches; the table has as many as fit."""
_MORE_ENDS = 2  # programmes whose end is told beside the first
COURSE = ("baseline", "scenario")
"""The terms that the slides of a course need."""
_BEYOND = 24  # months that the slide of the money's end may look further than the others
ASKED = ("new", "lapse", "workers")
"""The levers that the slide "what it takes" solves for."""
ASSUMED = ("history_months", "eligible_growth", "tolerance", "premium_rupiah", "counted_months", "draws")
"""The settings that the last slide names."""


def pages(
    view: View,
    scenario: Scenario,
    *,
    source: Provenance,
    texts: Texts,
    until: date | None = None,
    wobble: Wobble | None = None,
    more: Sequence[tuple[str, Sequence[str]]] = (),
) -> list[Page]:
    """Return what the slides say, in their order."""
    told = look(view, scenario, texts, until, wobble, source)
    found = [standing_page(told)]
    if told.segments.height > 1:
        found += [segment_page(told, row) for row in told.segments["segment"].to_list()]
    if view.series["branch"].n_unique() > 1 and told.total["target"][0] is not None:  # else nothing ranks them
        found.append(branches_page(told))
    found.append(trajectory_page(told))
    if told.flows:  # else nobody knows who came and went
        found.append(flows_page(told))
    if told.changed:
        found.append(differs_page(told))
    found += _takes(told)
    if scenario.programme:
        found += costs_pages(told)
    found += [Page(title=title, lead=lines, notes=_notes(told)) for title, lines in more]
    return [*found, _assumptions(told)]


@dataclass(frozen=True, kw_only=True)
class Told:
    """What every slide is made from: computed once."""

    view: View
    scenario: Scenario
    texts: Texts
    ahead: int
    run: Flows
    changed: bool
    segments: Gaps
    total: Gaps
    wobble: Wobble | None
    source: Provenance

    @property
    def end(self) -> date:
        return months.add(self.view.as_of, self.ahead)

    def table(self, segment: str | None) -> tuple[Projection, Projection]:
        """Return the baseline and the scenario, month by month, of one segment or of all together."""
        keys = ["segment"] if segment else []
        both = (
            scenarios.baseline_table(self.view, self.ahead, keys),
            scenarios.table(self.view, self.run, name="", keys=keys),
        )
        still, moved = (one.filter(segment=segment) if segment else one for one in both)
        return still, moved

    @property
    def flows(self) -> list[str]:
        """Name the flows that move anybody in the months shown."""
        years = charts.yearly(self.table(only_segment(self))[1])
        return [name for name in (*charts.IN, *charts.OUT) if years[name].sum() > 0.5]

    def fan(self, segment: str | None) -> pl.DataFrame | None:
        if self.wobble is None:
            return None
        keys = ["segment"] if segment else []
        return chance.of(chance.fan(self.view, self.scenario, self.ahead, keys, wobble=self.wobble), segment)


def look(
    view: View, scenario: Scenario, texts: Texts, until: date | None, wobble: Wobble | None, source: Provenance
) -> Told:
    ahead = scenarios.horizon(view, scenario, until)
    return Told(
        view=view,
        scenario=scenario,
        texts=texts,
        ahead=ahead,
        run=scenarios.flows(view, scenario, ahead),
        changed=bool(scenarios.simplified(scenario).keys() & {"levers", "rule", "programme"}),
        segments=gaps.by(view),
        total=gaps.by(view, []),
        wobble=wobble,
        source=source,
    )


# The slides


def standing_page(told: Told) -> Page:
    """Where we stand: each segment's active workers against the target, and by when."""
    texts, rows = told.texts, told.segments
    title, *rest = sentences.standing_parts(rows, texts)
    rest += remarks.about(told.view, texts)
    targeted = rows["target"].drop_nulls().len() > 0
    if not targeted:
        past, still = gaps.history(told.view, []), told.table(None)[0]
        title, rest = (
            sentences.so_far(past, sentences.segment_name(only_segment(told), texts), texts, baseline=still),
            [title],
        )
    colours = [charts.colour(one) for one in rows["segment"].to_list()]
    registrations = told.view.measure == "registrations"
    active, target = texts("table.achieved" if registrations else "chart.active"), texts("chart.target")
    series = [Series(name=active, values=rows["achieved"].to_list(), colour=charts.TOTAL[False], colours=colours)]
    if targeted:
        series.append(Series(name=target, values=rows["target"].to_list(), colour="#AEB8C2"))
    chart = Bars(
        categories=_segments(rows, texts),
        series=series,
        alt=texts("overview.bullet_alt", parts=title),
        key=texts("deck.bar_key", active=active.lower()) if targeted else "",
    )
    shown = rows if rows.height < 2 else pl.concat([rows, told.total], how="diagonal")
    names = ("achieved", "target", "attainment", "gap", "required_pace", "status")
    table = _figures(shown, names, told, sum_row=rows.height > 1)
    return Page(
        title=title,
        lead=rest,
        parts=(chart, table),
        split=0.42,
        notes=_notes(told, "attainment", "gap", "required_pace", "status"),
    )


def segment_page(told: Told, segment: str) -> Page:
    """One segment: where it stands, and where it leads with and without new steps."""
    texts = told.texts
    row = told.segments.filter(segment=segment)
    still, moved = told.table(segment)
    title, *rest = sentences.standing_parts(row, texts)
    one = row.to_dicts()[0]
    if segment in gaps.counted_apart(told.view):
        title = texts("sentence.counted_apart", segments=texts(f"segment.{segment}"))
    elif one["target"] is None:  # then the news is how many there are and where that leads
        past = gaps.history(told.view, ["segment"]).filter(segment=segment)
        said = sentences.so_far(past, sentences.segment_name(segment, texts), texts, baseline=still)
        title, rest = said, [title, *rest]
    if told.changed:
        rest += sentences.outcome_parts(still, moved, texts, segment=segment, changed=True)[:2]
    names = ["achieved", "target", "attainment", "eligible", "coverage", "gap", "pace", "required_pace", "expected"]
    if told.view.measure == "registrations":  # coverage is of the active members, not of those who registered
        names.insert(3, "active")
    facts = Table(
        heads=(texts(f"segment.{segment}"), texts.month(told.view.as_of, short=True)),
        rows=[(_head(name, told), _cell(one[name], name, texts)) for name in (*names, "eta", "status")],
    )
    return Page(
        title=title,
        lead=rest,
        parts=(_lines(told, segment, still, moved), facts),
        split=0.66,
        notes=_notes(told, "attainment", "coverage", "gap", "pace", "required_pace", "expected", "eta", "status"),
    )


def branches_page(told: Told) -> Page:
    """Which branches are short, those that need most help first."""
    texts = told.texts
    ranked = gaps.ranking(told.view)
    title, *rest = sentences.ranking_parts(ranked, told.total, texts)
    first = ranked.drop_nulls("short").head(RANKED)
    chart = Bars(
        categories=first["branch"].to_list(),
        series=[Series(name=texts("table.gap"), values=first["short"].to_list(), colour=charts.TOTAL[False])],
        alt=title,
    )
    names = ("attainment", "short", "pace", "required_pace", "eta", "status")
    table = Table(
        heads=(
            texts("table.branch"),
            *(texts("table.gap") if name == "short" else _head(name, told) for name in names),
        ),
        rows=[(row["branch"], *(_cell(row[name], name, texts) for name in names)) for row in ranked.to_dicts()],
    )
    notes = _notes(told, "short", "attainment", "pace", "required_pace", "eta", "status")
    parts = (chart, table) if first.height else (table,)
    return Page(title=title, lead=rest, parts=parts, split=0.36, notes=notes)


def trajectory_page(told: Told) -> Page:
    """So far, without new steps, with the scenario, and the target; how sure it is."""
    texts, segment = told.texts, only_segment(told)
    still, moved = told.table(segment)
    title, *rest = sentences.outcome_parts(still, moved, texts, segment=segment, changed=told.changed)
    fan = told.fan(segment)
    if fan is not None:
        rest.append(sentences.sureness(fan, texts))
    marks = sorted({0, *range(told.ahead % 3 or 3, told.ahead + 1, max(3, told.ahead // 4 // 3 * 3)), told.ahead})
    rows = [moved.row(mark, named=True) | {"baseline": still["covered"][mark]} for mark in marks]
    heads = ("month", "baseline", "covered", "difference") if told.changed else ("month", "baseline")
    shown = Table(
        heads=[texts("chart.scenario") if name == "covered" else _head(name, told) for name in heads],
        rows=[
            [
                _cell(row["covered"] - row["baseline"] if name == "difference" else row[name], name, texts)
                for name in heads
            ]
            for row in rows
        ],
    )
    chart = _lines(told, segment, still, moved, fan=fan)
    return Page(
        title=title, lead=rest, parts=(chart, shown), split=0.68, notes=_notes(told, "attainment", terms=COURSE)
    )


def flows_page(told: Told) -> Page:
    """Who comes in and who leaves, year by year."""
    texts, used = told.texts, told.flows
    years = charts.yearly(told.table(only_segment(told))[1])
    first, rest = years.head(1), years.slice(1)
    chart = Bars(
        categories=[str(one) for one in years["year"].to_list()],
        series=[
            Series(
                name=texts(f"flow.{name}"),
                values=[-one if name in charts.OUT else one for one in years[name].to_list()],
                colour=charts.FLOW_COLOURS[name],
            )
            for name in used
        ],
        stacked=True,
        unit=texts("chart.in_and_out"),
        alt=texts("simulate.flows_alt"),
    )
    table = Table(
        heads=(texts("chart.flow"), *(str(one) for one in years["year"].to_list())),
        rows=[
            (
                texts(f"flow.{name}"),
                *(texts.signed(-one if name in charts.OUT else one) for one in years[name].to_list()),
            )
            for name in used
        ],
    )
    lead = [sentences.yearly(rest, texts)] if rest.height else []
    lead += remarks.net(told.view, only_segment(told), texts)
    notes = _notes(told, terms=("new", "returned", "lapsed", "funded", "cliff"))
    return Page(title=sentences.yearly(first, texts), lead=lead, parts=(chart, table), split=0.6, notes=notes)


def differs_page(told: Told) -> Page:
    """What the scenario sets differently, and which of it does how much."""
    texts = told.texts
    parts = credit.split(told.view, Scenario(), told.scenario, told.ahead, [])
    named = sentences.named_movers(parts.sort(pl.col("part").abs(), descending=True, maintain_order=True), texts)
    said = describe_scenario(told.scenario, texts)
    table = Table(heads=(texts("simulate.differs"),), rows=[(one,) for one in said])
    title = sentences.credited(parts, texts)
    early = scenarios.not_simulated(told.view, told.scenario)
    lead = [texts("simulate.too_early", names=", ".join(early), month=texts.month(told.view.as_of))] if early else []
    named = named.filter(pl.col("part").abs() > 0.5)
    if named.is_empty():
        return Page(title=texts("credit.idle"), lead=lead, parts=(table,), notes=_notes(told, terms=COURSE))
    values = named["part"].to_list()
    colours = [charts.MOVED if one >= 0 else charts.FLOW_COLOURS["lapsed"] for one in values]
    chart = Bars(
        categories=named["label"].to_list(),
        series=[Series(name=texts("compare.part"), values=values, colour=charts.MOVED, colours=colours)],
        alt=title,
    )
    notes = [texts("credit.fair"), "", *_notes(told, terms=COURSE)]
    return Page(title=title, lead=lead, parts=(chart, table), split=0.45, notes=notes)


def _takes(told: Told) -> list[Page]:
    """What one lever alone would have to do; no slide where there is no target ahead.

    A scenario that falls short is what the lever is added to; where it does not, the question is what else would do.
    """
    texts = told.texts
    short = [one for one in told.segments["segment"].to_list() if _falls_short(told, one)]
    start = told.scenario if short else Scenario()
    wanted = told.segments.drop_nulls("target").sort("short", descending=True, nulls_last=True)
    answers = []
    for segment in wanted["segment"].to_list():
        for lever in ASKED:
            try:
                answers.append(seek.solve(told.view, start, f"{segment}.{lever}"))
            except NothingToShow:  # a rule sets the registrations, or the target's month is past
                continue
    if not answers:
        return []
    rows = [
        (
            texts(f"segment.{one.segment}"),
            texts(f"solve.short.{one.name}"),
            _wanted(one, texts),
            NONE if one.value is None else texts.people(one.a_month),
            texts.people(one.usual),
            texts.people(one.at_limit if one.value is None else one.covered),
            texts.people(one.target),
        )
        for one in answers
    ]
    names = ("segment", "lever", "value", "a_month", "usual", "reaches", "target")
    heads = [texts(f"deck.takes.{name}") for name in names]
    title, *rest = [describe_solution(one, texts) for one in answers if one.name == answers[0].name][:2]
    basis = texts("deck.takes.from_scenario" if short and told.changed else "deck.takes.from_baseline")
    notes = [
        *(describe_solution(one, texts) for one in answers),
        "",
        *_notes(told, terms=("new", "lapsed", "funded", "baseline")),
    ]
    return [Page(title=title, lead=[*rest, basis], parts=(Table(heads=heads, rows=rows, figures=2),), notes=notes)]


def _falls_short(told: Told, segment: str) -> bool:
    end = told.table(segment)[1].tail(1)
    return end["target"][0] is not None and end["covered"][0] < end["target"][0] - 0.5


def _wanted(answer: seek.Answer, texts: Texts) -> str:
    """Write what a lever has to be set to, that nothing is needed, or that it is out of reach."""
    if answer.value is None:
        return texts("deck.out_of_reach")
    if not answer.value:
        return texts("deck.enough")
    if answer.name in seek.PEOPLE:
        return texts.people(answer.value)
    # To the tenth of a per cent, and to the side on which it is enough: as the sentence says it.
    tenths = math.floor(answer.value * 1000 + 1e-6) if answer.name == "lapse" else math.ceil(answer.value * 1000 - 1e-6)
    return texts.change(tenths / 1000, 1 if tenths % 10 else 0)


def costs_pages(told: Told) -> list[Page]:
    """What the programmes cost whom, and what happens when their money ends."""
    texts = told.texts
    paid = money.monthly(told.view, told.scenario, told.run)
    if paid.is_empty():
        return []
    years = money.yearly(paid)
    every = sorted(set(years["year"].to_list()))
    programmes = years["programme"].unique(maintain_order=True).to_list()
    palette = list(dict.fromkeys([charts.FUNDED, charts.MOVED, *charts.FLOW_COLOURS.values()]))

    def millions(programme: str) -> list[float]:
        found = dict(years.filter(programme=programme).group_by("year").agg(pl.col("payer_rupiah").sum()).iter_rows())
        return [found.get(year, 0.0) / 1e6 for year in every]

    chart = Bars(
        categories=[str(year) for year in every],
        series=[
            Series(name=one, values=millions(one), colour=palette[place % len(palette)])
            for place, one in enumerate(programmes)
        ],
        stacked=True,
        unit=texts("chart.million_rupiah"),
        alt=texts("simulate.money_alt"),
    )
    title = sentences.costs(years, texts)
    shown = yearly_payments_table(years, texts)
    discount = describe_discount(told.view, paid, money.own(told.view, told.run), texts)
    found = [
        Page(
            title=title,
            lead=[describe_payers(paid, texts)],
            parts=(chart, _shown(shown, figures=3)),
            split=0.3,
            notes=[discount, "", *_notes(told, terms=("funded", "cliff"))],
        )
    ]
    return [*found, *_cliff(told)]


def _cliff(told: Told) -> list[Page]:
    """Members whose contributions are paid for, month by month: what falls away, however late that is."""
    texts, view = told.texts, told.view
    last = max(months.add(one.starts, one.months) for one in told.scenario.programme)
    ahead = min(max(told.ahead, months.between(view.as_of, last) + 2), told.ahead + _BEYOND)
    run = scenarios.flows(view, told.scenario, ahead)
    ends = money.cliffs(view, told.scenario, run)
    if ends.is_empty():
        return []
    # Everybody's, as in the sentences and the table beside it: also of those who have no target.
    paid = run.funded[:, :, 0].sum(axis=1).tolist()
    chart = Bars(
        categories=[months.add(view.as_of, t) for t in range(len(paid))],
        series=[Series(name=texts("table.funded"), values=paid, colour=charts.FUNDED)],
        stacked=True,
        unit=texts("deck.funded_members"),
        alt=texts("money.cliffs"),
    )
    title, *rest = describe_cliffs(ends, texts)
    if len(rest) > _MORE_ENDS:  # the table says them all
        rest = [*rest[:_MORE_ENDS], texts("present.more", count=texts.people(len(rest) - _MORE_ENDS))]
    table = _shown(cliffs_table(ends, texts), figures=1)
    return [
        Page(title=title, lead=rest, parts=(chart, table), split=0.5, notes=_notes(told, terms=("funded", "cliff")))
    ]


def _drawn(told: Told) -> list[tuple[str, str]]:
    """Return how many futures were drawn, where any were."""
    if told.wobble is None:
        return []
    count = told.texts.people(told.wobble.picks.shape[1])
    unit = told.view.settings.fact("draws").unit
    return [(told.texts("setting.draws"), f"{count} {told.texts(f'method.unit.{unit}')}")]


def _assumptions(told: Told) -> Page:
    """What is assumed, and where the figures come from."""
    texts, given = told.texts, told.view.settings
    assumed = Table(
        heads=(texts("deck.assumption"), texts("method.head.value")),
        rows=[
            (
                texts(f"setting.{name}"),
                f"{reference.value(given.fact(name), texts)} {texts(f'method.unit.{given.fact(name).unit}')}",
            )
            for name in ASSUMED
            if name != "draws"
        ]
        + _drawn(told),
    )
    sources = Table(heads=(texts("deck.sources"),), rows=[(one,) for one in provenance.lines(told.source, texts)])
    return Page(
        title=texts("deck.assumptions"), parts=(assumed, sources), split=0.46, notes=_notes(told, terms=("status",))
    )


# Their parts


def _lines(
    told: Told, segment: str | None, still: Projection, moved: Projection, fan: pl.DataFrame | None = None
) -> Lines:
    """Draw the last two years, where they lead, and the target."""
    texts = told.texts
    past = gaps.history(told.view, ["segment"] if segment else [])
    past = past.filter(segment=segment) if segment else past
    # The axis is labelled from its first month on: from a January or July.
    back = PAST_MONTHS - 1 + (months.add(told.view.as_of, 1 - PAST_MONTHS).month - 1) % 6
    past = past.filter(pl.col("month") >= months.add(told.view.as_of, -back))
    rows = scenarios.side_by_side(past, still, moved if told.changed else None, fan)
    colour = charts.colour(segment) if segment else charts.MOVED
    found = [
        Line(name=texts("chart.history"), values=rows["history"].to_list(), colour=slides.INK),
        Line(name=texts("chart.baseline"), values=rows["baseline"].to_list(), colour=slides.FAINT, dash="dash"),
    ]
    if told.changed:
        found.append(Line(name=texts("chart.scenario"), values=rows["covered"].to_list(), colour=colour, points=3.5))
    target = still["target"].drop_nulls()
    if len(target):
        found.append(Line(name=texts("chart.target"), values=[target[0]] * rows.height, colour=slides.INK, dash="dot"))
    if fan is not None:
        bounds = {"low": "p10", "high": "p90"}
        found += [
            Line(name=texts(f"chart.{end}"), values=rows[name].to_list(), colour=colour, dash="dot", points=1)
            for end, name in bounds.items()
        ]
    name = sentences.segment_name(segment, texts)
    said = sentences.so_far(past, name, texts, baseline=still)
    return Lines(months=rows["month"].to_list(), lines=found, alt=said)


def _figures(rows: Gaps, names: Sequence[str], told: Told, *, sum_row: bool) -> Table:
    texts = told.texts
    return Table(
        heads=(texts("table.segment"), *(_head(name, told) for name in names)),
        rows=[
            (sentences.segment_name(row["segment"], texts), *(_cell(row[name], name, texts) for name in names))
            for row in rows.to_dicts()
        ],
        strong=sum_row,
    )


def _shown(words: Mapping[str, Sequence[str]], *, figures: int) -> Table:
    rows = list(zip(*words.values(), strict=True))
    return Table(heads=tuple(words), rows=rows, figures=figures)


def _segments(rows: Gaps, texts: Texts) -> list[str]:
    return [sentences.segment_name(one, texts) for one in rows["segment"].to_list()]


def only_segment(told: Told) -> str | None:
    """Return the scope's segment where it has one alone."""
    return str(told.segments["segment"][0]) if told.segments.height == 1 else None


def _head(name: str, told: Told) -> str:
    """Return a column's heading; what is held against the target are the active members, or who registered."""
    members = name == "achieved" and told.view.measure != "registrations"
    return told.texts("table.active" if members else f"table.{name}")


def _cell(value: Any, name: str, texts: Texts) -> str:
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


def _notes(told: Told, *measures: str, terms: Sequence[str] = ()) -> list[str]:
    """Say what the words of a slide mean, what the scenario sets, and where the figures come from."""
    texts, given = told.texts, told.view.settings
    said = []
    if measures and told.view.measure == "registrations":
        said.append(f"{texts('method.kind.new.name')}: {texts('method.kind.new.meaning')}")
    for name in measures:
        if f"method.measure.{name}.formula" in texts:
            formula, meaning = (
                reference.said(f"measure.{name}.{part}", given, texts) for part in ("formula", "meaning")
            )
            said.append(f"{texts(f'table.{name}')} = {formula}. {meaning}")
    said += [
        f"{texts(f'method.term.{name}.name')}: {reference.said(f'term.{name}.meaning', given, texts)}" for name in terms
    ]
    if said:
        said = [f"{texts('deck.definitions')}:", *said, ""]
    said.append(f"{texts('provenance.scenario', scenario=told.source.scenario)}.")
    said += describe_scenario(told.scenario, texts)
    said += ["", f"{texts('deck.sources')}:", *provenance.lines(told.source, texts)]
    return said
