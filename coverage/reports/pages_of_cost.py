"""Which pages of a report say what it costs, when money ends, and what is assumed?"""

from __future__ import annotations

import polars as pl

from coverage.answers import money
from coverage.base import months
from coverage.base.texts import Texts
from coverage.charts import drawing
from coverage.charts.flows import FLOW_COLOURS
from coverage.model import runs
from coverage.reports import provenance
from coverage.reports.page_parts import BarChart, Figure, Page, Series, Table, one_bar
from coverage.reports.page_tables import speaker_notes, worded_table
from coverage.reports.results import BEYOND_MONTHS, Results
from coverage.wording import headlines, reference, sentences
from coverage.wording.money import (
    cliffs_table,
    describe_cliffs,
    describe_discount,
    describe_payers,
    yearly_payments_table,
)

_MORE_ENDS = 2  # programmes whose end is told beside the first


ASSUMED = ("history_months", "eligible_growth", "tolerance", "premium_rupiah", "counted_months", "draws")
"""The settings that the last slide names."""


def costs_pages(results: Results) -> list[Page]:
    """What the programmes cost whom, and what happens when their money ends."""
    texts = results.texts
    paid = money.monthly(results.view, results.scenario, results.run)
    if paid.is_empty():
        return []
    years = money.yearly(paid)
    every = sorted(set(years["year"].to_list()))
    spans = years.group_by("year").agg(pl.col("first").min(), pl.col("last").max())
    periods = {row["year"]: texts.period(row["first"], row["last"]) for row in spans.to_dicts()}
    programmes = years["programme"].unique(maintain_order=True).to_list()
    palette = list(dict.fromkeys([drawing.FUNDED, drawing.MOVED, *FLOW_COLOURS.values()]))

    # The months of a single year, or of a part of it: one bar compares nothing.
    column, table = ("month", paid) if len(every) == 1 else ("year", years)
    places = sorted(set(table[column].to_list()))

    def millions(programme: str) -> list[float]:
        rows = table.filter(programme=programme).group_by(column).agg(pl.col("payer_rupiah").sum())
        result = dict(rows.iter_rows())
        return [result.get(place, 0.0) / 1e6 for place in places]

    chart = BarChart(
        categories=[periods[year] for year in every] if column == "year" else places,
        series=[
            Series(name=programme, values=millions(programme), colour=palette[place % len(palette)])
            for place, programme in enumerate(programmes)
        ],
        stacked=True,
        unit=texts("chart.million_rupiah"),
        alt=texts("simulate.money_alt"),
    )
    title = sentences.describe_costs(years, texts)
    shown = yearly_payments_table(years, texts)
    discount = describe_discount(results.view, paid, money.own_premiums(results.view, results.run), texts)
    pages = [
        Page(
            title=title,
            lead=[describe_payers(paid, texts)],
            parts=(chart if not one_bar(chart) else _whole(years, texts), worded_table(shown, figures=3)),
            split=0.4,
            notes=[discount, "", *speaker_notes(results, terms=("funded", "cliff"))],
        )
    ]
    return [*pages, *cliff_pages(results)]


def _whole(years: pl.DataFrame, texts: Texts) -> Figure:
    """Say what is paid in all where it is a single month's."""
    paid = texts.rupiah(float(years["payer_rupiah"].sum()), short=True)
    return Figure(value=paid, label=texts("table.payer_rupiah"))


def cliff_pages(results: Results) -> list[Page]:
    """Members whose contributions are paid for, month by month: what falls away, however late that is."""
    texts, view = results.texts, results.view
    last = max(months.add(programme.starts, programme.months) for programme in results.scenario.programme)
    ahead = min(max(results.ahead, months.between(view.as_of, last) + 2), results.ahead + BEYOND_MONTHS)
    run = runs.flows(view, results.scenario, ahead)
    ends = money.cliffs(view, results.scenario, run)
    if ends.is_empty():
        return []
    # Everybody's, as in the sentences and the table beside it: also of those who have no target.
    paid = run.funded[:, :, 0].sum(axis=1).tolist()
    chart = BarChart(
        categories=[months.add(view.as_of, t) for t in range(len(paid))],
        series=[Series(name=texts("table.funded"), values=paid, colour=drawing.FUNDED)],
        stacked=True,
        unit=texts("deck.funded_members"),
        alt=texts("money.cliffs"),
    )
    title, rest = headlines.headline_of_cliff(ends, texts), describe_cliffs(ends, texts)
    if len(rest) > _MORE_ENDS + 1:  # the table says them all
        more = texts("present.more", count=texts.people(len(rest) - _MORE_ENDS - 1))
        rest = [*rest[1 : _MORE_ENDS + 1], more]
    table = worded_table(cliffs_table(ends, texts), figures=1)
    return [
        Page(
            title=title,
            lead=rest,
            parts=(chart, table),
            split=0.5,
            notes=speaker_notes(results, terms=("funded", "cliff")),
        )
    ]


def _drawn(results: Results) -> list[tuple[str, str]]:
    """Return how many futures were drawn, where any were."""
    if results.futures is None:
        return []
    count = results.texts.people(results.futures.draws)
    return [(results.texts("chance.draws"), f"{count} {results.texts('method.unit.draws')}")]


def assumptions_page(results: Results) -> Page:
    """What is assumed, and where the figures come from."""
    texts, given = results.texts, results.view.settings
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
        + _drawn(results),
    )
    sources = Table(
        heads=(texts("deck.sources"),),
        rows=[(line,) for line in provenance.describe_provenance(results.source, texts, seen=True)],
    )
    return Page(
        title=texts(
            "deck.assumptions",
            assumptions=texts.people(len(assumed.rows)),
            sources=texts.count("unit.sources", max(len(results.source.sources), 1)),
        ),
        parts=(assumed, sources),
        split=0.46,
        notes=speaker_notes(results, terms=("status",)),
    )
