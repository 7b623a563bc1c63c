"""Which charts are there to see of a view and a scenario? Each that a screen draws, as a picture with its sentence."""

from __future__ import annotations

import polars as pl

from coverage.answers import backtest, credit, credit_steps, mix, money, sensitivity
from coverage.base import declarations, months
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
from coverage.model.scenarios import Scenario
from coverage.reports import page_tables, pages_of_course, pages_of_standing, results, screens
from coverage.reports.pictures import Picture
from coverage.reports.results import Results
from coverage.reports.seen import Beside, Seen
from coverage.standing import gaps, so_far, target_difficulty
from coverage.wording import chances, headlines, sentences
from coverage.wording.backtest import describe_backtest
from coverage.wording.comparison import describe_comparison, describe_plan_and_actual
from coverage.wording.credit import describe_credit, describe_sensitivity_in_parts, named_movers, named_steps
from coverage.wording.mix import describe_mix
from coverage.wording.target_difficulty import describe_ladders

SEVERAL = 2


def pictures_of(seen: Seen) -> list[Picture]:
    """Return every chart of a view and a scenario, with the sentence that it shows."""
    result = seen.results
    texts, only = result.texts, results.only_segment(result)
    outcome = bullet(result)
    outcome.append(course_of(result, only))
    if only is None:
        outcome += [course_of(result, segment) for segment in result.segments["segment"].to_list()]
    outcome += [*_branches(result), *_map(result, seen.beside)]
    chart = draw_flows(result.table(only)[1], texts, alt_text=texts("simulate.flows_alt"))
    if result.flows and chart.data["period"].n_unique() >= SEVERAL:
        outcome.append(Picture(name="flows", title=pages_of_course.flows_page(result).title, chart=chart, height=400))
    outcome += [*_parts(result), *_movers(result), *payments(result), *_demand(result)]
    return [*outcome, *_mix(seen), *_compared(seen), *_plan(seen), *_ladders(result, seen.beside), *_past(seen)]


def bullet(results: Results) -> list[Picture]:
    """Return each segment's active workers against its target; nothing where nobody set one."""
    count = results.segments["target"].drop_nulls().len()
    if not count:
        return []
    text = sentences.describe_standing_in_parts(results.segments, results.texts)[0]
    alt = results.texts("overview.bullet_alt", parts=text)
    chart = draw_bullet(results.segments, results.texts, alt_text=alt)
    title = headlines.headline_of_standing(results.segments, results.texts)
    return [Picture(name="standing", title=title, chart=chart, height=64 * count + 50)]


def course_of(results: Results, segment: str | None) -> Picture:
    """Return where one segment, or all together, has been and where it leads, with its fan and target."""
    texts = results.texts
    past = so_far.history(results.view, ["segment"] if segment else [])
    past = past.filter(segment=segment) if segment else past
    past = past.filter(pl.col("month") >= months.add(results.view.as_of, 1 - page_tables.PAST_MONTHS))
    still, moved = results.table(segment)
    fan = results.fan(segment)
    text = sentences.describe_outcome_in_parts(still, moved, texts, segment=segment, changed=results.changed)
    alt = [sentences.describe_so_far(past, sentences.segment_name(segment, texts), texts, baseline=still), *text]
    if fan is not None:
        alt.append(chances.describe_sureness(fan, texts))
    chart = draw_trajectory(
        past, still, moved if results.changed else None, texts, segment=segment, fan=fan, alt_text=" ".join(alt)
    )
    key = [] if fan is None else [texts("chance.band")]
    band = sentences.funded_band(moved, texts, ends=bool(results.scenario.programme))
    key += [texts("simulate.dashed"), *band] if band else []
    title = headlines.headline_of_outcome(moved, texts, segment=segment)
    return Picture(name=f"course-{segment or 'total'}", title=title, chart=chart, height=400, key=tuple(key))


def _parts(results: Results) -> list[Picture]:
    """Return which step of the scenario does how much, and which matters most."""
    if not results.changed:
        return []
    texts = results.texts
    parts = credit.split(results.view, Scenario(), results.scenario, results.ahead, [])
    if parts.is_empty():
        return []
    still, moved = results.table(None)
    ends = [float(pair["covered"][place]) for pair, place in ((still, 0), (still, -1), (moved, -1))]
    steps = named_steps(
        credit_steps.steps(ends[0], ends[1], parts, end=ends[2]),
        texts,
        today=results.view.as_of,
        reference="",
        end=results.source.scenario,
    )
    text = describe_credit(parts, texts)
    target = moved["target"][-1]
    chart = draw_waterfall(steps, texts, target=target, alt_text=text)
    title = headlines.headline_of_credit(parts, texts)
    return [Picture(name="parts", title=title, chart=chart, height=70 + 40 * (steps.height + 1), key=(text,))]


def payments(results: Results) -> list[Picture]:
    """Return what the programmes cost their payers; nothing where all of it falls into one month."""
    paid = money.monthly(results.view, results.scenario, results.run)
    if paid["month"].n_unique() < SEVERAL:
        return []
    text = sentences.describe_costs(money.yearly(paid), results.texts)
    chart = draw_payments(paid, results.texts, alt_text=text)
    return [Picture(name="payments", title=text, chart=chart, height=320)]


def _branches(results: Results) -> list[Picture]:
    """Return what is missing in each branch, where there are several."""
    ranked = gaps.ranking(results.view)
    short = ranked.filter(pl.col("short") > 0)
    if ranked.height < SEVERAL or not short.height:
        return []
    text = pages_of_standing.branches_page(results).title
    chart = draw_shortages(ranked, results.texts, alt_text=text)
    return [Picture(name="branches", title=text, chart=chart, height=80 + 24 * short.height)]


def _map(results: Results, beside: Beside) -> list[Picture]:
    """Return where the branches are and how each stands."""
    placed, _ = branch_places.located(gaps.ranking(results.view, "short"), beside.register)
    if placed.height < SEVERAL:
        return []
    text = branch_places.describe_places(placed, results.texts)
    chart = draw_map(placed, results.texts, alt_text=results.texts("map.alt", said=text))
    return [Picture(name="map", title=text, chart=chart, height=520, key=(results.texts("map.key"),))]


def _movers(results: Results) -> list[Picture]:
    """Return what a tenth more or less of each rate would do."""
    effects = named_movers(sensitivity.tornado(results.view, results.scenario, results.ahead, []), results.texts)
    if effects.is_empty():
        return []
    title, *more = describe_sensitivity_in_parts(effects, results.texts)
    chart = draw_tornado(effects, results.texts, alt_text=" ".join([title, *more]))
    key = (*more, results.texts("credit.matters_key"))
    return [Picture(name="movers", title=title, chart=chart, height=110 + 34 * effects.height, key=key)]


def _demand(results: Results) -> list[Picture]:
    """Return the registrations a month, now and needed."""
    needs = screens.needed(results.view)
    if needs.is_empty():
        return []
    text = screens.message_of_demand(results.view, needs, results.texts).title
    chart = draw_demand(needs, results.texts, alt_text=text)
    return [Picture(name="demand", title=text, chart=chart, height=80 + 70 * needs.height)]


def _mix(seen: Seen) -> list[Picture]:
    """Return the gap left over the money spent."""
    texts, result = seen.results.texts, seen.mixed
    if result is None or result.gap_before < 1:
        return []
    steps = mix.curve(result)
    alt = sentences.describe_gap_by_money(steps, texts)
    chart = draw_gap_by_money(steps, texts, spent=result.cost_rupiah, left=result.gap, alt_text=alt)
    key = texts("mix.basis_note", premium=texts.rupiah(seen.results.view.settings["premium_rupiah"]))
    return [Picture(name="mix", title=describe_mix(result, texts)[0], chart=chart, height=340, key=(key,))]


def _compared(seen: Seen) -> list[Picture]:
    """Return several scenarios in one chart."""
    result = seen.results
    first, row = seen.ends.to_dicts()[:2]
    compared = (row["scenario"], first["scenario"], row["difference"], row["month"], result.texts)
    title, text = describe_comparison(*compared), describe_comparison(*compared, bounds=(row["p10"], row["p90"]))
    fans = {}
    if result.futures is not None:
        fans = {
            name: chance.fan(result.view, scenario, result.ahead, [], futures=result.futures)
            for name, scenario in seen.chosen.items()
        }
    chart = draw_scenarios(so_far.history(result.view, []), seen.outcomes, result.texts, fans=fans, alt_text=text)
    key = (text.removeprefix(title).strip(), result.texts("compare.bands")) if fans else ()
    return [Picture(name="comparison", title=title, chart=chart, height=400, key=key)]


def _plan(seen: Seen) -> list[Picture]:
    """Return where a plan of half a year ago would be now, and where we are."""
    if seen.held is None:
        return []
    result, (made, held) = seen.results, seen.held
    text = describe_plan_and_actual(held, made, result.texts)
    alt = result.texts("compare.plan_alt", said=" ".join(text))
    chart = draw_plan(so_far.history(result.view, []), held, result.texts, alt_text=alt)
    return [Picture(name="plan", title=text[0], chart=chart, key=tuple(text[1:]))]


def _ladders(results: Results, beside: Beside) -> list[Picture]:
    """Return what every set of targets asks for."""
    view, texts = results.view, results.texts
    titles = {
        name: declarations.words(each_set.title, texts.language) or name for name, each_set in beside.book.sets.items()
    }
    steps = target_difficulty.ladders(view, beside.book)
    if steps.is_empty():
        return []
    ahead = max(months.between(view.as_of, max(steps["month"].to_list())), 1)
    still = runs.baseline_table(view, min(ahead, view.settings.whole("eta_months")), [])
    text = describe_ladders(steps, titles, target_difficulty.active(view), texts)
    alt = texts("strain.sets_alt", said=text)
    chart = draw_ladders(so_far.history(view, []), still, steps, titles, texts, alt_text=alt)
    return [Picture(name="targets", title=texts("strain.sets_title"), chart=chart, height=400, key=(text,))]


def _past(seen: Seen) -> list[Picture]:
    """Return how far off the projection was in the past."""
    result, judged = seen.results, seen.judged
    rows = backtest.against_naive(judged[()], ("scope",))
    if rows.is_empty():
        return []
    text = describe_backtest(rows, result.texts)
    alt = result.texts("backtest.alt", said=text)
    chart = draw_backtest(backtest.summary(judged[()], ("scope",)), result.texts, alt_text=alt)
    heading = result.texts("backtest.heading")  # what is said is too long for a title
    return [Picture(name="backtest", title=heading, chart=chart, height=640, key=(text,))]
