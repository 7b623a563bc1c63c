"""Which tables of figures do the screens show where a row needs words of its own?

Their words are written here; their numbers stay numbers, so that a screen sorts by them (`columns` says how each is
written).
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from coverage.answers.mix import Mix
from coverage.base.texts import Texts
from coverage.standing import target_difficulty
from coverage.wording.rules import describe_rule, rule_of
from coverage.wording.scenarios import describe_lever_value
from coverage.wording.target_difficulty import describe_difficulty

_A_PERSON = 0.5


def milestone_rows(way: pl.DataFrame) -> pl.DataFrame:
    """One row per month: the milestones of all branches together, a column for each segment."""
    together = target_difficulty.by_month(way, ["segment"])
    return together.pivot("segment", index="month", values="workers").sort("month")


def target_set_rows(steps: pl.DataFrame, titles: Mapping[str, str]) -> pl.DataFrame:
    """One row per set of targets and its month: the set's title, and what it asks for (the table of `ladders`)."""
    return steps.with_columns(set=pl.col("set").replace_strict(titles, return_dtype=pl.String))


def strain_rows(rows: pl.DataFrame, texts: Texts) -> pl.DataFrame:
    """One row per branch and segment: how its target compares with its best twelve months."""
    verdicts = [describe_difficulty(row, texts) for row in rows.iter_rows(named=True)]
    return rows.with_columns(strain=pl.Series(verdicts, dtype=pl.String))


def rule_rows(needs: pl.DataFrame, texts: Texts) -> pl.DataFrame:
    """One row per segment and rule (`rules.required`): the rule in words, and what it takes; empty where it applies to
    nobody, for that path is the baseline's."""
    ruled = pl.col("unruled") < pl.col("series")
    names = [
        describe_rule(rule_of(row), texts) + ("" if row["unruled"] < row["series"] else f" ({texts('rules.no_path')})")
        for row in needs.iter_rows(named=True)
    ]
    figures = ("needed", "ratio", "peak", "peak_month", "covered", "missed")
    return (
        needs.with_columns(missed=pl.when(pl.col("missed") > _A_PERSON).then("missed"))
        .with_columns(pl.when(ruled).then(pl.col(name)).alias(name) for name in figures)
        .with_columns(rule=pl.Series(names, dtype=pl.String))
    )


def mix_rows(mix: Mix, texts: Texts) -> pl.DataFrame:
    """One row per segment and lever of a mix: what it is set to and where its cost comes from in words, the rest as
    figures. What is set is people here and a share there: no order is in it."""
    values, bases = [], []
    for row in mix.rows.iter_rows(named=True):
        funded = row["lever"] == "workers"
        value = texts.people(row["value"]) if funded else describe_lever_value(row["value"], "change", texts)
        values.append(texts("mix.limit", value=value) if row["at_limit"] else value)
        bases.append(texts(f"mix.basis.{row['cost_basis']}"))
    levers = [texts(f"mix.lever.{name}") for name in mix.rows["lever"].to_list()]
    return mix.rows.with_columns(
        value=pl.Series(values, dtype=pl.String),
        cost_basis=pl.Series(bases, dtype=pl.String),
        lever=pl.Series(levers, dtype=pl.String),
    )
