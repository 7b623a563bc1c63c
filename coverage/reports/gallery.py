"""What is there to see of a view and a scenario: which charts, and which tables?

Every chart that a screen draws is here as a picture with its sentence, and every table with the columns that the
commands write; a bundle holds them all. What depends on a choice of the viewer's is as the screen opens: the cheapest
mix at the prices of the settings, the plan of half a year ago.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import polars as pl

from coverage.answers import backtest, credit, credit_steps, mix, money, plans, sensitivity
from coverage.base import declarations, months
from coverage.base.errors import NothingToShow
from coverage.base.tables import BranchMonths, Problems, Register
from coverage.charts import branch_places
from coverage.charts.backtest import draw_backtest
from coverage.charts.compare import draw_plan, draw_scenarios
from coverage.charts.credit import draw_tornado, draw_waterfall
from coverage.charts.flows import draw_flows, draw_payments
from coverage.charts.map import draw_map
from coverage.charts.mix import draw_gap_by_money
from coverage.charts.present import draw_demand, draw_shortages
from coverage.charts.standing import draw_bullet
from coverage.charts.targets import draw_ladders
from coverage.charts.trajectory import draw_trajectory
from coverage.model import chance, runs
from coverage.model import view as views
from coverage.model.scenarios import Scenario
from coverage.model.targets import TargetBook, TargetSet
from coverage.model.view import Scope
from coverage.reports import (
    export,
    page_tables,
    pages_of_course,
    pages_of_standing,
    pictures,
    provenance,
    results,
    screens,
)
from coverage.reports.pictures import Picture
from coverage.reports.results import Results
from coverage.standing import gaps, missing_reports, target_difficulty
from coverage.wording import sentences
from coverage.wording.backtest import describe_backtest
from coverage.wording.comparison import describe_comparison, describe_plan_and_actual
from coverage.wording.credit import describe_credit, describe_sensitivity, named_movers, named_steps
from coverage.wording.mix import describe_mix
from coverage.wording.problems import problems_with_messages
from coverage.wording.scenarios import describe_scenario
from coverage.wording.target_difficulty import describe_ladders

COMPARED = 4
"""So many scenarios stand in one chart."""
SEVERAL = 2


@dataclass(frozen=True, kw_only=True)
class Beside:
    """What else the app knows: all months and branches, every set of targets, other scenarios, the problems."""

    table: BranchMonths
    register: Register
    scope: Scope
    chosen: TargetSet
    book: TargetBook
    presets: Mapping[str, Scenario]
    problems: Problems


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A view and a scenario with what stands beside them; what several charts and tables need is computed once."""

    told: Results
    beside: Beside

    @cached_property
    def mixed(self) -> mix.Mix | None:
        """The cheapest mix at the usual prices; none without a target ahead."""
        try:
            return mix.solve(self.told.view, self.told.scenario, name=self.told.texts("mix.programme"))
        except NothingToShow:
            return None

    @cached_property
    def chosen(self) -> dict[str, Scenario]:
        """What is compared: nothing new, the scenario, and others that ship."""
        texts = self.told.texts
        found = {provenance.scenario_name(Scenario(), texts): Scenario()}
        if self.told.changed:
            found[self.told.source.scenario] = self.told.scenario
        for one in reversed(list(self.beside.presets.values())):
            if len(found) < COMPARED and describe_scenario(one, texts):
                found.setdefault(provenance.scenario_name(one, texts), one)
        return found

    @cached_property
    def outcomes(self) -> dict[str, pl.DataFrame]:
        """Where each of them leads all together."""
        view, ahead = self.told.view, self.told.ahead
        return {
            name: runs.table(view, runs.flows(view, one, ahead), name=name, keys=[])
            for name, one in self.chosen.items()
        }

    @cached_property
    def ends(self) -> pl.DataFrame:
        """How they differ in the end."""
        return plans.ends(self.told.view, self.chosen, self.told.ahead, futures=self.told.futures)

    @cached_property
    def held(self) -> tuple[date, pl.DataFrame] | None:
        """When a plan without new steps was made, and what came since; none where nothing was known then."""
        view, beside = self.told.view, self.beside
        made = plans.usual(view)
        if made is None:
            return None
        try:
            then = views.look(
                beside.table,
                beside.register,
                beside.chosen,
                scope=beside.scope,
                as_of=made,
                settings=view.settings,
            )
        except NothingToShow:
            return None
        held = plans.against(then, Scenario(), view, futures=chance.draw(then))
        return None if held.is_empty() else (made, held)

    @cached_property
    def judged(self) -> dict[tuple[str, ...], pl.DataFrame]:
        """How far off projections of the past were, for all, by segment, and by segment and branch."""
        view, beside = self.told.view, self.beside
        known = beside.table.filter(pl.col("month") <= view.as_of)
        by = ((), ("segment",), ("segment", "branch"))
        return backtest.groupings(known, beside.register, scope=beside.scope, settings=view.settings, by=by)


def every(seen: Seen) -> list[Picture]:
    """Return every chart of a view and a scenario, with the sentence that it shows."""
    told = seen.told
    texts, only = told.texts, results.only_segment(told)
    found = bullet(told)
    found.append(course(told, only))
    if only is None:
        found += [course(told, one) for one in told.segments["segment"].to_list()]
    found += [*_branches(told), *_map(told, seen.beside)]
    chart = draw_flows(told.table(only)[1], texts, alt_text=texts("simulate.flows_alt"))
    if told.flows:
        found.append(Picture(name="flows", title=pages_of_course.flows_page(told).title, chart=chart, height=400))
    found += [*_parts(told), *_movers(told), *paid(told), *_demand(told)]
    return [*found, *_mix(seen), *_compared(seen), *_plan(seen), *_ladders(told, seen.beside), *_past(seen)]


def bullet(told: Results) -> list[Picture]:
    """Return each segment's active workers against its target; nothing where nobody set one."""
    count = told.segments["target"].drop_nulls().len()
    if not count:
        return []
    said = sentences.standing_parts(told.segments, told.texts)[0]
    alt = told.texts("overview.bullet_alt", parts=said)
    chart = draw_bullet(told.segments, told.texts, alt_text=alt)
    return [Picture(name="standing", title=said, chart=chart, height=64 * count + 50)]


def course(told: Results, segment: str | None) -> Picture:
    """Return where one segment, or all together, has been and where it leads, with its fan and target."""
    texts = told.texts
    past = gaps.history(told.view, ["segment"] if segment else [])
    past = past.filter(segment=segment) if segment else past
    past = past.filter(pl.col("month") >= months.add(told.view.as_of, 1 - page_tables.PAST_MONTHS))
    still, moved = told.table(segment)
    fan = told.fan(segment)
    said = sentences.outcome_parts(still, moved, texts, segment=segment, changed=told.changed)
    alt = [sentences.so_far(past, sentences.segment_name(segment, texts), texts, baseline=still), *said]
    if fan is not None:
        alt.append(sentences.sureness(fan, texts))
    chart = draw_trajectory(
        past, still, moved if told.changed else None, texts, segment=segment, fan=fan, alt_text=" ".join(alt)
    )
    key = [] if fan is None else [texts("chance.band")]
    band = sentences.funded_band(moved, texts, ends=bool(told.scenario.programme))
    key += [texts("simulate.dashed"), *band] if band else []
    return Picture(name=f"course-{segment or 'total'}", title=said[0], chart=chart, height=400, key=tuple(key))


def _parts(told: Results) -> list[Picture]:
    """Return which step of the scenario does how much, and which matters most."""
    if not told.changed:
        return []
    texts = told.texts
    parts = credit.split(told.view, Scenario(), told.scenario, told.ahead, [])
    if parts.is_empty():
        return []
    still, moved = told.table(None)
    ends = [float(one["covered"][place]) for one, place in ((still, 0), (still, -1), (moved, -1))]
    steps = named_steps(
        credit_steps.steps(ends[0], ends[1], parts, end=ends[2]),
        texts,
        today=told.view.as_of,
        reference="",
        end=told.source.scenario,
    )
    said = describe_credit(parts, texts)
    target = moved["target"][-1]
    chart = draw_waterfall(steps, texts, target=target, alt_text=said)
    return [Picture(name="parts", title=said, chart=chart, height=70 + 40 * (steps.height + 1))]


def paid(told: Results) -> list[Picture]:
    """Return what the programmes cost their payers, year by year."""
    years = money.yearly(money.monthly(told.view, told.scenario, told.run))
    if years.is_empty():
        return []
    said = sentences.costs(years, told.texts)
    chart = draw_payments(years, told.texts, alt_text=said)
    return [Picture(name="payments", title=said, chart=chart, height=320)]


def _branches(told: Results) -> list[Picture]:
    """Return what is missing in each branch, where there are several."""
    ranked = gaps.ranking(told.view)
    short = ranked.filter(pl.col("short") > 0)
    if ranked.height < SEVERAL or not short.height:
        return []
    said = pages_of_standing.branches_page(told).title
    chart = draw_shortages(ranked, told.texts, alt_text=said)
    return [Picture(name="branches", title=said, chart=chart, height=80 + 24 * short.height)]


def _map(told: Results, beside: Beside) -> list[Picture]:
    """Return where the branches are and how each stands."""
    placed, _ = branch_places.located(gaps.ranking(told.view, "short"), beside.register)
    if placed.height < SEVERAL:
        return []
    said = branch_places.describe_places(placed, told.texts)
    chart = draw_map(placed, told.texts, alt_text=told.texts("map.alt", said=said))
    return [Picture(name="map", title=said, chart=chart, height=520, key=(told.texts("map.key"),))]


def _movers(told: Results) -> list[Picture]:
    """Return what a tenth more or less of each rate would do."""
    effects = named_movers(sensitivity.tornado(told.view, told.scenario, told.ahead, []), told.texts)
    if effects.is_empty():
        return []
    said = describe_sensitivity(effects, told.texts)
    chart = draw_tornado(effects, told.texts, alt_text=said)
    key = (told.texts("credit.matters_key"),)
    return [Picture(name="movers", title=said, chart=chart, height=110 + 34 * effects.height, key=key)]


def _demand(told: Results) -> list[Picture]:
    """Return the registrations a month, now and needed."""
    needs = screens.needed(told.view)
    if needs.is_empty():
        return []
    said = screens.takes(told.view, needs, told.texts).title
    chart = draw_demand(needs, told.texts, alt_text=said)
    return [Picture(name="demand", title=said, chart=chart, height=80 + 70 * needs.height)]


def _mix(seen: Seen) -> list[Picture]:
    """Return the gap left over the money spent."""
    texts, found = seen.told.texts, seen.mixed
    if found is None or found.gap_before < 1:
        return []
    steps = mix.curve(found)
    alt = sentences.gap_by_money(steps, texts)
    chart = draw_gap_by_money(steps, texts, spent=found.cost_rupiah, left=found.gap, alt_text=alt)
    key = texts("mix.basis_note", premium=texts.rupiah(seen.told.view.settings["premium_rupiah"]))
    return [Picture(name="mix", title=describe_mix(found, texts)[0], chart=chart, height=340, key=(key,))]


def _compared(seen: Seen) -> list[Picture]:
    """Return several scenarios in one chart."""
    told = seen.told
    first, row = seen.ends.to_dicts()[:2]
    said = describe_comparison(
        row["scenario"],
        first["scenario"],
        row["difference"],
        row["month"],
        told.texts,
        bounds=(row["p10"], row["p90"]),
    )
    fans = {}
    if told.futures is not None:
        fans = {
            name: chance.fan(told.view, one, told.ahead, [], futures=told.futures) for name, one in seen.chosen.items()
        }
    chart = draw_scenarios(gaps.history(told.view, []), seen.outcomes, told.texts, fans=fans, alt_text=said)
    key = (told.texts("compare.bands"),) if fans else ()
    return [Picture(name="comparison", title=said, chart=chart, height=400, key=key)]


def _plan(seen: Seen) -> list[Picture]:
    """Return where a plan of half a year ago would be now, and where we are."""
    if seen.held is None:
        return []
    told, (made, held) = seen.told, seen.held
    said = describe_plan_and_actual(held, made, told.texts)
    alt = told.texts("compare.plan_alt", said=" ".join(said))
    chart = draw_plan(gaps.history(told.view, []), held, told.texts, alt_text=alt)
    return [Picture(name="plan", title=said[0], chart=chart, key=tuple(said[1:]))]


def _ladders(told: Results, beside: Beside) -> list[Picture]:
    """Return what every set of targets asks for."""
    view, texts = told.view, told.texts
    titles = {name: declarations.words(one.title, texts.language) or name for name, one in beside.book.sets.items()}
    steps = target_difficulty.ladders(view, beside.book)
    if steps.is_empty():
        return []
    ahead = max(months.between(view.as_of, max(steps["month"].to_list())), 1)
    still = runs.baseline_table(view, min(ahead, view.settings.whole("eta_months")), [])
    said = describe_ladders(steps, titles, target_difficulty.active(view), texts)
    alt = texts("strain.sets_alt", said=said)
    chart = draw_ladders(gaps.history(view, []), still, steps, titles, texts, alt_text=alt)
    return [Picture(name="targets", title=said, chart=chart, height=400)]


def _past(seen: Seen) -> list[Picture]:
    """Return how far off the projection was in the past."""
    told, judged = seen.told, seen.judged
    rows = backtest.against_naive(judged[()], ("scope",))
    if rows.is_empty():
        return []
    said = describe_backtest(rows, told.texts)
    alt = told.texts("backtest.alt", said=said)
    chart = draw_backtest(backtest.summary(judged[()], ("scope",)), told.texts, alt_text=alt)
    heading = told.texts("backtest.heading")  # what is said is too long for a title
    return [Picture(name="backtest", title=heading, chart=chart, height=640, key=(said,))]


def tables(seen: Seen) -> dict[str, pl.DataFrame]:
    """Return every table by the name of its file, with the columns that the commands write; none that is empty."""
    told, beside = seen.told, seen.beside
    view, name = told.view, told.source.scenario
    keys = ["branch", "segment"]
    ranked = gaps.ranking(view)
    found = {
        "gaps": told.segments,
        "gaps-by-branch": gaps.by(view, keys),
        "ranking": ranked,
        "history": gaps.history(view, keys),
        "baseline": runs.baseline_table(view, told.ahead, ["segment"]),
        "projection": runs.table(view, told.run, name=name, keys=["segment"]),
        "projection-by-branch": runs.table(view, told.run, name=name, keys=keys),
    }
    if told.futures is not None:
        found["fan"] = chance.fan(view, told.scenario, told.ahead, ["segment"], futures=told.futures)
    if told.changed:
        found["parts"] = credit.split(view, Scenario(), told.scenario, told.ahead, [])
    found["movers"] = sensitivity.tornado(view, told.scenario, told.ahead, [])
    spent = money.monthly(view, told.scenario, told.run)
    if not spent.is_empty():
        found |= {"money": money.yearly(spent), "money-by-month": spent}
        found["money-ends"] = money.cliffs(view, told.scenario, told.run)
    found |= {
        "demand": screens.needed(view),
        "strain": target_difficulty.strain(view),
        "milestones": target_difficulty.path(view),
    }
    found |= {"targets": target_difficulty.ladders(view, beside.book), "late": missing_reports.bounds(view)}
    found |= {"comparison": seen.ends, "comparison-by-month": pl.concat(seen.outcomes.values())}
    found |= {} if seen.held is None else {"plan": seen.held[1]}
    judged = seen.judged
    found["backtest"] = backtest.summary(judged[()], ("scope",))
    found["backtest-by-branch"] = backtest.summary(judged["segment", "branch"], ("segment", "branch"))
    if seen.mixed is not None:
        found |= {"mix": mix.table(seen.mixed), "mix-by-budget": mix.curve(seen.mixed)}
    found["problems"] = problems_with_messages(beside.problems, told.texts)
    return {name: _flat(table) for name, table in found.items() if not table.is_empty()}


def _flat(table: pl.DataFrame) -> pl.DataFrame:
    """Leave out lists: a cell of a CSV file holds one value."""
    return table.select(name for name, dtype in table.schema.items() if not dtype.is_nested())


def bundle(told: Results, beside: Beside) -> bytes:
    """Return a ZIP of every chart as SVG and PNG and every table as CSV, with what they rest on as text and JSON."""
    source, made, seen = told.source, io.BytesIO(), Seen(told=told, beside=beside)
    day = source.made_on
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:

        def put(name: str, content: str | bytes) -> None:
            entry = zipfile.ZipInfo(name, (max(day.year, 1980), day.month, day.day, 0, 0, 0))
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, content)

        put("sources.txt", "\n".join(provenance.lines(source, told.texts)) + "\n")
        put("provenance.json", provenance.to_json(source) + "\n")
        put("scenario.toml", source.scenario_toml)
        for place, picture in enumerate(every(seen), start=1):
            whole = pictures.svg(picture, source, told.texts)
            put(f"charts/{place:02d}-{picture.name}.svg", whole)
            put(f"charts/{place:02d}-{picture.name}.png", pictures.png(whole))
        for name, table in tables(seen).items():
            put(f"tables/{name}.csv", export.csv(table))
    return made.getvalue()
