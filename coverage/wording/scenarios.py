"""What does a scenario change, and where does it reach nobody, in words?"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import polars as pl

from coverage.base import months
from coverage.base.tables import SEGMENTS, branch_key
from coverage.base.texts import Texts
from coverage.model import scenarios
from coverage.model.levers import LEVERS, Levers
from coverage.model.projection import Flows
from coverage.model.scenarios import Scenario
from coverage.model.view import View
from coverage.wording.rules import describe_segment_rule


def describe_unseen_segments(view: View, scenario: Scenario, texts: Texts) -> list[str]:
    """Say for which segments a scenario has levers or rules that are not looked at: what is asked of them happens
    nowhere. Of programmes `describe_curtailed_programmes` says it."""
    present = set(view.series["segment"].cast(pl.String))
    moved = {*scenarios.simplified(scenario).get("levers", {}), *scenario.rule}
    names = [texts(f"segment.{segment}") for segment in SEGMENTS if segment in moved - present]
    return [texts("simulate.unseen", names=", ".join(names))] if names else []


def describe_curtailed_programmes(view: View, scenario: Scenario, run: Flows, texts: Texts) -> list[str]:
    """Say which programmes reach fewer workers in a run than they would pay for, and why; mostly none."""
    sentences = []
    for name, programme, paid in zip(scenario.programme_names, scenario.programme, run.paid, strict=False):
        starts = months.between(view.as_of, programme.starts)
        if starts < 1 or not programme.workers:  # what began already is told of elsewhere
            continue
        if starts >= len(paid):
            sentences.append(texts("simulate.too_late", name=name, month=texts.month(programme.starts)))
            continue
        named = None if programme.branches is None else {branch_key(branch) for branch in programme.branches}
        branches = view.series.filter(pl.col("segment") == programme.segment)["branch"]
        if not any(named is None or branch_key(branch) in named for branch in branches):
            sentences.append(texts("simulate.elsewhere", name=name))
            continue
        enrolled = float(paid[starts, :, 0].sum())
        if enrolled < programme.workers - 0.5:
            people, workers = texts.people(enrolled), texts.count("unit.people_n", programme.workers)
            sentences.append(texts("simulate.curtailed", name=name, enrolled=people, workers=workers))
    return sentences


def describe_scenario(scenario: Scenario, texts: Texts) -> list[str]:
    """Say what differs from the baseline, one sentence for each lever, rule and programme."""
    sentences = []
    for segment, wide in scenario.levers.items():
        name = texts(f"segment.{segment}")
        sentences += _describe_levers(wide, LEVERS, name, texts)
        for branch, each_branch in wide.branch.items():
            # A time of its own moves all that the branch takes over from its segment; of `extra` that is only a part.
            own = each_branch.model_fields_set | (
                LEVERS - {"extra"} if each_branch.model_fields_set & {"starts", "ramp"} else set()
            )
            sentences += _describe_levers(
                each_branch.over(wide), own, f"{name}, {branch}", texts, apart=each_branch.model_fields_set
            )
    sentences += [describe_segment_rule(segment, rule, texts) for segment, rule in scenario.rule.items()]
    for paid in scenario.programme:
        sentences.append(
            texts(
                "scenario.programme_words",
                name=paid.name,
                workers=texts.count("unit.people_n", paid.workers),
                segment=texts(f"segment.{paid.segment}"),
                starts=texts.month(paid.starts),
                months=texts.count("unit.months", paid.months),
                stay=texts.share(paid.stay, 0),
            )
        )
    return sentences


def _describe_levers(
    levers: Levers, names: Collection[str], where: str, texts: Texts, *, apart: Collection[str] = ()
) -> list[str]:
    """Say what these levers do; those `apart` are said even at their default, which replaces the segment's."""
    sentences = []
    for name, field in scenarios.lever_fields():
        value, unit = getattr(levers, name), scenarios.unit_of(field)
        usual = value is None or value == field.default
        if name not in names or unit in {"month", "months"} or (usual and (value is None or name not in apart)):
            continue
        sentences.append(
            texts(
                "scenario.lever_words",
                where=where,
                lever=texts(f"lever.{name}.name"),
                value=texts("scenario.as_usual") if usual else describe_lever_value(value, unit, texts),
            )
            + ("" if usual or unit == "growth" else _describe_start(levers, texts))
        )
    return sentences


def _describe_start(levers: Levers, texts: Texts) -> str:
    """Say from when on levers work, and how fast; nothing where they work at once from the next month on."""
    if levers.starts is None and levers.ramp <= 1:
        return ""
    starts = texts.month(levers.starts) if levers.starts else texts("scenario.next_month")
    slowly = texts("scenario.ramp_words", months=texts.count("unit.months", levers.ramp)) if levers.ramp > 1 else ""
    return texts("scenario.from_words", starts=starts) + slowly


def describe_lever_value(value: float | date, unit: str, texts: Texts) -> str:
    """Write a lever's value with its unit: `+20 %`, `+500 pekerja per bulan`, `2,0 % setahun`."""
    if isinstance(value, date):
        return texts.month(value)
    if unit == "change":
        return texts.change(value, 0 if abs(value * 100 - round(value * 100)) < 1e-9 else 1)
    if unit == "growth":
        return texts("lever.unit.growth", number=texts.share(value))
    if unit == "months":
        return texts.count("unit.months", value)
    if unit == "share":
        return texts.share(value, 0 if abs(value * 100 - round(value * 100)) < 1e-9 else 1)
    return texts("lever.unit.people", number=texts.people(value)) if value else texts.people(0)
