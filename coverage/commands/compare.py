"""What does `compare` answer: how do scenarios differ from the first, and which lever did it?"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from coverage.answers import alone, credit, movers
from coverage.base import months
from coverage.base.texts import Texts
from coverage.commands import footnotes, listing, request
from coverage.commands.request import TOTAL, Answer, Request
from coverage.commands.terminal import Part, working
from coverage.model import chance, projection, runs
from coverage.model.scenarios import Scenario
from coverage.model.view import View
from coverage.wording import remarks
from coverage.wording.alone import describe_alone
from coverage.wording.comparison import describe_comparison
from coverage.wording.credit import describe_credit

BASELINE = "baseline"
_BOUNDS = ("p10", "p50", "p90")


def answer_compare(options: Request, texts: Texts) -> Answer:
    """One row per scenario after the first, key and lever, and one for their sum (`lever` = total), in the last month.

    Columns: `scenario, against`, the keys, `month, lever, part, error, covered, reference, difference`; with draws
    `p10, p50, p90` of the paired difference. What is not a lever's own (from `covered` on) stands in the sum's row
    alone, so that no column counts twice. Last `by_itself`: the scenario with a lever and without it.
    """
    keys, until = request.keys_of(options.by), request.month_of("until", options.until)
    (against, first), *others = _compared(options)
    handed = request.read(options, texts)
    view, _ = request.view_of(options, handed, texts)
    first = first.at(view.as_of)
    others = [(name, scenario.at(view.as_of)) for name, scenario in others]
    # Of several scenarios the first says how long to run, of one alone that one.
    horizon = runs.horizon(view, first if len(others) > 1 else others[0][1], until)
    with working(texts("cli.computing"), sys.stderr):
        futures = request.futures_of(options, view)
        parts = [_rows(view, first, scenario, horizon, keys, futures) for _, scenario in others]
    notes = [*footnotes.notes_of(view, handed, texts), *remarks.unprojected(view, texts)]
    notes += [*footnotes.unseeded(options, texts), *footnotes.unsure(options, view, futures, texts)]
    if options.draws != "0" and futures is None:
        parts = [part.with_columns(pl.lit(None, dtype=pl.Float64).alias(name) for name in _BOUNDS) for part in parts]
    if futures is not None:
        notes += footnotes.unsure_of(parts[0].filter(lever=TOTAL), keys, texts)
    for scenario in (first, *(other for _, other in others)):
        notes += footnotes.not_as_asked(view, scenario, horizon, texts)
        notes += describe_alone(alone.fall_short(view, scenario, horizon), texts)

    def page() -> list[Part]:
        shown: list[Part] = []
        first_name = request.title_of(against, first, texts)
        month = texts.month(months.add(view.as_of, horizon))
        for (name, scenario), part in zip(others, parts, strict=True):
            title = texts("compare.listed", name=request.title_of(name, scenario, texts), first=first_name, month=month)
            shown.append(listing.list_comparison(part, keys, title, texts))
            whole = part if not keys else _rows(view, first, scenario, horizon, (), futures)
            shown.append(_sentences(whole, request.title_of(name, scenario, texts), first_name, texts) + "\n")
        return shown

    named = [
        part.drop(name for name in movers.MOVER if name != "lever").select(
            pl.lit(name).alias("scenario"), pl.lit(against).alias("against"), pl.all()
        )
        for (name, _), part in zip(others, parts, strict=True)
    ]
    return Answer(rows=pl.concat(named), page=page, notes=notes)


def _compared(options: Request) -> list[tuple[str, Scenario]]:
    """Return what is compared, the first first: one scenario alone, or only `--set`, is compared with the baseline."""
    wanted = list(request.scenarios_of(options).items())
    if len(wanted) > 1:
        return wanted
    ((name, scenario),) = wanted
    if name == BASELINE and options.set:  # what was changed is no baseline any more
        name = " ".join(options.set)
    return [*request.scenarios_of(replace(options, scenario=(BASELINE,), set=())).items(), (name, scenario)]


def _rows(
    view: View,
    first: Scenario,
    other: Scenario,
    horizon: int,
    keys: Sequence[str],
    futures: projection.Futures | None,
) -> pl.DataFrame:
    """One row per key and lever, the sum of each key before its levers, the largest parts first."""
    month = months.add(view.as_of, horizon)
    names = list(keys) or ["scope"]
    ends = [
        runs.simulate(view, scenario, name="", until=month, keys=keys).filter(month=month)
        for scenario in (first, other)
    ]
    whole = ends[1].select(*names, "month", "covered").with_columns(reference=ends[0]["covered"])
    whole = whole.with_columns(
        difference=pl.col("covered") - pl.col("reference"),
        part=pl.col("covered") - pl.col("reference"),
        lever=pl.lit(TOTAL),
        error=pl.lit(0.0),
        place=pl.int_range(pl.len()),
        size=pl.lit(float("inf")),
    )
    if futures is not None:
        fan = chance.difference(view, first, other, horizon, keys, futures=futures).filter(month=month)
        whole = whole.hstack(fan.select(_BOUNDS))
    levers = credit.split(view, first, other, horizon, keys).join(
        whole.select(*names, "place"), on=names, validate="m:1", nulls_equal=True, maintain_order="left"
    )
    levers = levers.with_columns(size=pl.col("part").abs())
    columns = [*names, "month", "lever", "part", "error", "covered", "reference", "difference"]
    columns += list(_BOUNDS) if futures is not None else []
    columns.append("by_itself")
    rows = pl.concat([whole, levers], how="diagonal")
    rows = rows.sort("place", "size", descending=[False, True], maintain_order=True)
    return rows.select(*columns, *(name for name in movers.MOVER if name != "lever"))


def _sentences(whole: pl.DataFrame, name: str, first: str, texts: Texts) -> str:
    """Say the difference of the whole scope, its bounds, and which levers made it."""
    end = whole.filter(lever=TOTAL).to_dicts()[0]
    bounds = (end.get("p10"), end.get("p90"))
    text = describe_comparison(name, first, end["difference"], end["month"], texts, bounds=bounds)
    return text + " " + describe_credit(whole.filter(pl.col("lever") != TOTAL), texts)
