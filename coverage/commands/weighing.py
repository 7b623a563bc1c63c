"""What do `tornado` and `plan` answer: what matters most, and did it come as planned?"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from coverage.answers import movers, plans, sensitivity
from coverage.base import months
from coverage.base.errors import UsageRefused
from coverage.base.texts import Texts
from coverage.commands import footnotes, listing, request
from coverage.commands.request import Answer, Request
from coverage.commands.terminal import Part, working
from coverage.model import runs
from coverage.wording.comparison import describe_plan_and_actual
from coverage.wording.credit import describe_sensitivity, named_movers


def answer_tornado(options: Request, texts: Texts) -> Answer:
    """One row per key and lever: how many workers more are covered in the last month with it a tenth lower or higher.

    Columns: `scenario`, the keys, `month, lever, low, high`; what matters most comes first.
    """
    keys, until = request.keys_of(options.by), request.month_of("until", options.until)
    name, scenario = request.one_scenario(options)
    handed = request.read(options, texts)
    view, _ = request.view_of(options, handed, texts)
    scenario = scenario.at(view.as_of)
    ahead = runs.horizon(view, scenario, until)
    effects = sensitivity.tornado(view, scenario, ahead, keys)
    whole = sensitivity.tornado(view, scenario, ahead) if keys else effects
    kept = [column for column in effects.columns if column == "lever" or column not in movers.MOVER]

    def page() -> list[Part]:
        shown = named_movers(effects, texts)
        figures = {
            texts("compare.lever"): shown["label"].to_list(),
            **{texts(f"compare.{end}"): [texts.signed(part) for part in shown[end]] for end in ("low", "high")},
        }
        words = listing.key_words(shown, keys, texts) | figures
        text = f"{describe_sensitivity(named_movers(whole, texts), texts)} {texts('credit.matters_key')}"
        return [listing.list_words(words, texts("credit.matters_heading"), named=len(keys) + 1), text]

    return Answer(
        rows=effects.select(pl.lit(name).alias("scenario"), *kept),
        page=page,
        notes=[*footnotes.notes_of(view, handed, texts), *footnotes.not_as_asked(view, scenario, ahead, texts)],
    )


def answer_plan(options: Request, texts: Texts) -> Answer:
    """One row per key and month since a scenario was made the plan: what it expected, and what came (`plans.against`).

    Columns: `scenario, made`, the keys, `month, planned, actual, deviation, reported, known`; with draws `p10, p90`.
    """
    keys = request.keys_of(options.by)
    name, scenario = request.one_scenario(options)
    handed = request.read(options, texts)
    now, _ = request.view_of(options, handed, texts)
    made, known = request.month_of("made", options.made) or plans.usual_month(now), plans.made_in(now)
    if made is None or made not in known:
        allowed = f"{months.code(known[-1])} … {months.code(known[0])}" if known else "–"
        raise UsageRefused("option_value", option="--made", found=options.made or "–", allowed=allowed)
    then, _ = request.view_of(replace(options, as_of=months.code(made)), handed, texts)
    scenario = scenario.at(then.as_of)
    with working(texts("cli.computing"), sys.stderr):
        futures = request.futures_of(options, then)
        held = plans.against(then, scenario, now, keys, futures=futures)
        whole = plans.against(then, scenario, now, futures=futures) if keys else held
    notes = [*footnotes.notes_of(now, handed, texts), *footnotes.too_early(then, scenario, texts)]
    notes += [*footnotes.unseeded(options, texts), *footnotes.unsure(options, then, futures, texts)]

    def page() -> list[Part]:
        title = texts("compare.plan_listed", name=request.title_of(name, scenario, texts), made=texts.month(made))
        return [
            listing.list_words(_held(held, keys, texts), title, named=len(keys) + 1),
            " ".join(describe_plan_and_actual(whole, made, texts)),
        ]

    return Answer(
        rows=held.select(pl.lit(name).alias("scenario"), pl.lit(made).alias("made"), pl.all()), page=page, notes=notes
    )


def _held(held: pl.DataFrame, keys: Sequence[str], texts: Texts) -> dict[str, list[str]]:
    """Write what was planned and what came for people: heading -> cells."""
    words = listing.key_words(held, keys, texts)
    words[texts("table.month")] = [texts.month(month, short=True) for month in held["month"]]
    for name in ("planned", "actual"):
        words[texts(f"compare.{name}")] = [texts.people(value) for value in held[name]]
    words[texts("compare.deviation")] = [texts.signed(value) for value in held["deviation"]]
    for name in ("p10", "p90"):
        if name in held.columns:
            words[texts(f"table.{name}")] = [texts.people(value) for value in held[name]]
    words[texts("compare.reported")] = [
        f"{texts.people(reported)} / {texts.people(known)}"
        for reported, known in zip(held["reported"], held["known"], strict=True)
    ]
    return words
