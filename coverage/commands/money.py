"""What do `money` and `cliffs` answer: who pays what in which year, and what happens when the money ends?"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from coverage.answers import money
from coverage.base.errors import UsageRefused
from coverage.base.texts import Texts
from coverage.commands import footnotes, listing, request
from coverage.commands.request import Answer, Request
from coverage.commands.terminal import Part
from coverage.model import runs
from coverage.model.projection import Flows
from coverage.model.scenarios import Scenario
from coverage.model.view import View
from coverage.wording import sentences
from coverage.wording.money import (
    cliffs_table,
    describe_cliffs,
    describe_discount,
    describe_payers,
    yearly_payments_table,
)


@dataclass(frozen=True, kw_only=True)
class _Run:
    """A scenario as far as it was asked to run."""

    name: str
    scenario: Scenario
    view: View
    flows: Flows
    notes: list[str]

    def named(self, rows: pl.DataFrame) -> pl.DataFrame:
        return rows.select(pl.lit(self.name).alias("scenario"), pl.all())


def answer_money(options: Request, texts: Texts) -> Answer:
    """One row per programme and calendar year: whom it pays for, who counts by the performance rule, and who pays.

    Columns: `scenario, programme, fund, year, workers, counted, person_months, payer_rupiah, members_rupiah,
    saving_rupiah` (what the discount saves; empty where that is unclear).
    """
    run = _run(options, texts)
    group = options.discount or money.USUAL
    if group not in money.GROUPS:
        raise UsageRefused("option_value", option="--discount", found=group, allowed=" | ".join(money.GROUPS))
    bills = money.monthly(run.view, run.scenario, run.flows, group)
    own = money.own_premiums(run.view, run.flows, group)
    years = money.yearly(bills)

    def page() -> list[Part]:
        if years.is_empty():
            return [texts("cli.no_programmes")]
        shown = listing.list_words(yearly_payments_table(years, texts), texts("simulate.money"), named=3)
        text = f"{sentences.describe_costs(years, texts)} {describe_payers(bills, texts)}"
        return [shown, text]

    discount = describe_discount(run.view, bills, own, texts, group)
    return Answer(rows=run.named(years), page=page, notes=[*run.notes, discount])


def answer_cliffs(options: Request, texts: Texts) -> Answer:
    """One row per programme whose members are paid for, one that runs already too: when its money ends, who falls out,
    what renewing costs and by when; the earliest first.

    Columns: `scenario` and those of `money.CLIFFS`; `before` and `after` are the covered of the scope around the end.
    """
    run = _run(options, texts)
    ends = money.cliffs(run.view, runs.with_running(run.view, run.scenario), run.flows)

    def page() -> list[Part]:
        if ends.is_empty():
            return [texts("cli.no_programmes")]
        shown = listing.list_words(cliffs_table(ends, texts), texts("money.cliffs"), named=1)
        return [shown, " ".join(describe_cliffs(ends, texts))]

    return Answer(rows=run.named(ends), page=page, notes=run.notes)


def _run(options: Request, texts: Texts) -> _Run:
    until = request.month_of("until", options.until)
    name, scenario = request.one_scenario(options)
    handed = request.read(options, texts)
    view, _ = request.view_of(options, handed, texts)
    scenario = scenario.at(view.as_of)
    ahead = runs.horizon(view, scenario, until)
    flows = runs.flows(view, scenario, ahead)
    notes = [*footnotes.notes_of(view, handed, texts), *footnotes.not_as_asked(view, scenario, ahead, texts)]
    return _Run(name=name, scenario=scenario, view=view, flows=flows, notes=notes)
