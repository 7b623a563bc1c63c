"""Which path does a rule set, and how many registrations a month does it take, in words?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from coverage.base.texts import Texts
from coverage.model.rules import PARAMETERS, Rule

_HALF = 0.5
"""Less than half a person is float noise."""


def describe_segment_rule(segment: str, rule: Rule, texts: Texts) -> str:
    """Say what a segment's rule is, in the list of what differs from the baseline."""
    return texts("rules.words", segment=texts(f"segment.{segment}"), rule=describe_rule(rule, texts))


def describe_rule(rule: Rule, texts: Texts) -> str:
    """Say a rule in a few words, its parameters included."""
    values = {name: describe_rule_parameter(name, getattr(rule, name), texts) for name in PARAMETERS[rule.kind]}
    return texts(f"rules.{rule.kind}.words", **values) if values else texts(f"rules.{rule.kind}.words")


def describe_rule_parameter(name: str, value: float, texts: Texts) -> str:
    """Write a parameter of a rule with its unit."""
    declared = Rule.model_fields[name].json_schema_extra
    unit = declared["unit"] if isinstance(declared, dict) else ""
    if unit == "months":
        return texts.count("unit.months", value)
    if unit == "points":
        return texts(
            "rules.points", number=("+" if value > 0 else "−" if value < 0 else "") + texts.decimal(abs(value))
        )
    places = 0 if float(round(value * 100, 6)).is_integer() else 1
    return texts.change(value, places) if unit == "growth" else texts.share(value, places)


def rules_table(needs: pl.DataFrame, texts: Texts) -> dict[str, list[str]]:
    """Write what several rules take as a table ready to be shown: heading -> cells (`required`).

    The segment is told where there are several.
    """
    rows = [
        (
            describe_rule(rule_of(row), texts),
            texts.people(row["needed"]),
            f"{texts.decimal(row['ratio'])} ×" if row["ratio"] is not None else "–",
            texts.people(row["peak"]),
            texts.month(row["peak_month"], short=True),
            texts.people(row["covered"]),
            texts.people(row["missed"]) if row["missed"] > _HALF else "–",
        )
        if row["unruled"] < row["series"]  # what applies to nobody leads to the baseline: that is not its doing
        else (describe_rule(rule_of(row), texts), texts("rules.no_path"), *["–"] * 5)
        for row in needs.to_dicts()
    ]
    heads = ("rule", "needed", "ratio", "peak", "peak_month", "covered", "missed")
    segments = [texts(f"segment.{segment}") for segment in needs["segment"].to_list()]
    names = {texts("rules.head.segment"): segments} if len(set(segments)) > 1 else {}
    return names | {texts(f"rules.head.{head}"): [row[place] for row in rows] for place, head in enumerate(heads)}


def rule_of(row: Mapping[str, Any]) -> Rule:
    return Rule.model_validate({"kind": row["kind"]} | dict(part.split("=") for part in row["parameters"].split()))


def describe_demand(needs: pl.DataFrame, texts: Texts) -> list[str]:
    """Say what each rule takes: registrations a month, against now; and whom it leaves out (`required`)."""
    return [_describe_segment_demand(row, texts) for row in needs.to_dicts()]


def _describe_segment_demand(row: Mapping[str, Any], texts: Texts) -> str:
    text = texts(
        "rules.needs" if row["ratio"] is not None else "rules.needs_alone",
        segment=texts(f"segment.{row['segment']}"),
        needed=texts.people(row["needed"]),
        ratio=texts.decimal(row["ratio"]),
        now=texts.people(row["now"]),
        peak=texts.people(row["peak"]),
        month=texts.month(row["peak_month"]),
    )
    if row["growth"] is not None:
        growth = texts.change(row["growth"], 1)
        text += " " + (
            texts("rules.like", branch=row["like"], growth=growth) if row["like"] else texts("rules.at", growth=growth)
        )
    for name in ("missed", "above"):
        if row[name] > _HALF:
            text += " " + texts(f"rules.{name}", people=texts.people(row[name]))
    if row["unruled"]:
        text += " " + texts(
            "rules.unruled",
            unruled=texts.people(row["unruled"]),
            series=texts.people(row["series"]),
            reason=texts(f"rules.{row['kind']}.unknown"),
        )
    return text
