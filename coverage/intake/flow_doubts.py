"""Which flows are perhaps none: sums since January that nobody calls so, or a stock?

Sums since January never fall within a year and at least halve each January; a stock is of the size of the active
members and hardly changes. Where a balance fits the differences better than it fits the figures, they are not used
until somebody says what they are; without a balance they are asked about, and used as they stand until then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

FLOWS = ("new", "lapsed", "returned")
_MOST_LOOKED_AT = 20_000
"""Of a larger table some branches are looked at: a column is what it is for all of them."""
_SERIES = ["unit", "branch", "segment"]
_MONTHS, _STEPS = 3, 2
_RISING, _GROWN = 0.8, 1.8
_STOCK, _STILL = 0.15, 0.1
"""A flow of more than 15 % of the stock a month, that changes by less than a tenth, is a stock itself."""


@dataclass(frozen=True, kw_only=True)
class FlowDecision:
    """What is made of a flow in some files: whether it is used, and which rows it is about."""

    flow: str
    code: str
    used: bool
    holds: pl.Expr


def decide(table: pl.DataFrame) -> list[FlowDecision]:
    """Return what is to be said of flows that are perhaps none."""
    flows = [flow for flow in FLOWS if flow in table.columns and table[flow].null_count() < table.height]
    if not flows or not table.height:
        return []
    sample = table if table.height <= _MOST_LOOKED_AT else table.filter(pl.col("branch") < _branches(table))
    counts = sample.group_by("file").agg(months=pl.col("month").n_unique())
    alone = counts.filter(pl.col("months") < _MONTHS)["file"]
    # A file of one month says nothing of it; all of those together do.
    unit = pl.when(pl.col("file").is_in(alone.implode())).then(-1).otherwise("file").cast(pl.Int64).alias("unit")
    steps = _steps(sample.with_columns(unit), flows)
    summed, stocks = _summed(steps, flows), _stocks(steps, flows)
    decisions = []
    for code, odd in (("since_january_unsaid", summed), ("flow_is_stock", stocks)):
        for where, of_unit in odd.items():
            fits = _fits_differences(steps.filter(pl.col("unit") == where), of_unit, flows, yearly=odd is summed)
            if fits is False:
                continue  # the figures balance as they stand
            holds = pl.col("file") == where if where >= 0 else pl.col("file").is_in(alone.implode())
            decisions += [
                FlowDecision(flow=flow, code=code if fits else f"{code}_used", used=not fits, holds=holds)
                for flow in of_unit
            ]
    return decisions


def _branches(table: pl.DataFrame) -> int:
    """Return how many of the first branches have about as many rows as are looked at."""
    most = int(str(table["branch"].max())) + 1
    return max(2, most * _MOST_LOOKED_AT // table.height)


def _steps(table: pl.DataFrame, flows: Sequence[str]) -> pl.DataFrame:
    """One row per figure of a series with the month before: `before_…` of each flow and of the active members."""
    counted = ["active", *flows]
    ordered = table.select(*_SERIES, "month", *counted).sort(*_SERIES, "month")
    # In that order the row above is the month before, unless a series begins: a fifth of the time of a window each.
    same = pl.all_horizontal(pl.col(name) == pl.col(name).shift(1) for name in _SERIES).fill_null(False)
    return (
        ordered.with_columns(same=same)
        .with_columns(
            *(pl.when("same").then(pl.col(name).shift(1)).alias(f"before_{name}") for name in counted),
            step=pl.when("same").then(pl.col("month").diff()),
            january=pl.col("month") % 12 == 0,
            year=pl.col("month") // 12,
        )
        .drop("same")
    )


def _summed(steps: pl.DataFrame, flows: Sequence[str]) -> dict[int, list[str]]:
    """Return, by file, the flows that look like sums since January."""
    judged = steps.group_by("unit").agg(
        measure for flow in flows for measure in _as_sums(flow)
    )  # all flows in one look
    by_unit: dict[int, list[str]] = {}
    for flow in flows:
        fitting = judged.filter(
            pl.col(f"steps_{flow}") >= _STEPS,
            pl.col(f"falls_{flow}") == 0,
            pl.col(f"rising_{flow}") >= _RISING,
            pl.col(f"turns_{flow}") == pl.col(f"halves_{flow}"),
        )
        if not fitting.height:
            continue
        grown = _grown(steps.join(fitting.select("unit"), on="unit", how="semi"), flow)
        for where in sorted(set(fitting["unit"]) & set(grown)):
            by_unit.setdefault(where, []).append(flow)
    return by_unit


def _as_sums(flow: str) -> list[pl.Expr]:
    """Return how often a flow rises and falls within a year, and halves in January."""
    now, before = pl.col(flow), pl.col(f"before_{flow}")
    follows = (pl.col("step") == 1) & now.is_not_null() & before.is_not_null()
    within, turn = follows & ~pl.col("january"), follows & pl.col("january")
    return [
        within.sum().alias(f"steps_{flow}"),
        (within & (now < before)).sum().alias(f"falls_{flow}"),
        (now > before).filter(within).mean().alias(f"rising_{flow}"),
        turn.sum().alias(f"turns_{flow}"),
        (turn & (now * 2 <= before)).sum().alias(f"halves_{flow}"),
    ]


def _grown(steps: pl.DataFrame, flow: str) -> list[int]:
    """Return the files in which a flow ends its years as a multiple of what it began them with."""
    now = pl.col(flow)
    return (
        steps.filter(now.is_not_null())
        .group_by(*_SERIES, "year")
        .agg(first=now.first(), last=now.last(), months=pl.len())
        .filter(pl.col("months") >= _MONTHS)
        .group_by("unit")
        .agg(first=pl.col("first").sum(), last=pl.col("last").sum())
        .filter(pl.col("last") >= pl.col("first") * _GROWN)["unit"]
        .to_list()
    )


def _stocks(steps: pl.DataFrame, flows: Sequence[str]) -> dict[int, list[str]]:
    """Return, by file, the flows that are of the size of the stock and hardly change."""
    by_unit: dict[int, list[str]] = {}
    for flow in flows:
        now, before = pl.col(flow), pl.col(f"before_{flow}")
        large = (now / pl.col("active") >= _STOCK).sum() * 2 >= pl.len()  # the cheap half of the question first
        judged = (
            steps.filter(pl.col("step") == 1, now > 0, before.is_not_null(), pl.col("active") > 0)
            .filter(large.over("unit"))
            .group_by("unit")
            .agg(share=(now / pl.col("active")).median(), moved=((now - before).abs() / now).median())
            .filter(pl.col("share") >= _STOCK, pl.col("moved") <= _STILL)
        )
        for where in judged["unit"].sort().to_list():
            by_unit.setdefault(where, []).append(flow)
    return by_unit


def _fits_differences(steps: pl.DataFrame, odd: Sequence[str], flows: Sequence[str], *, yearly: bool) -> bool | None:
    """Say whether the balance fits the differences of these flows better than the flows; nothing without a balance."""
    if not {"new", "lapsed"} <= set(flows):
        return None
    signs = {"new": 1, "returned": 1, "lapsed": -1}
    known = steps.filter(pl.col("step") == 1, *(pl.col(flow).is_not_null() for flow in ("new", "lapsed")))
    if known.height < _STEPS:
        return None

    def balance(differences: bool) -> pl.Expr:
        total = pl.col("before_active").cast(pl.Float64)
        for flow in flows:
            part = pl.col(flow).fill_null(0)
            if differences and flow in odd:
                part = part - pl.col(f"before_{flow}").fill_null(0)
                part = pl.when(pl.col("january")).then(pl.col(flow)).otherwise(part) if yearly else part
            total = total + signs[flow] * part
        return (pl.col("active") - total).abs().sum()

    as_told, as_differences = known.select(told=balance(False), differences=balance(True)).row(0)
    return bool(as_differences < as_told)
