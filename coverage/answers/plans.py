"""Where do several scenarios end beside each other, and did it come as one of them planned?

A plan is a scenario projected from the month in which it was made, with what was known then; later rows of the data
are what came. Only branches and segments that the plan knew and that have reported the month are compared, in the plan
as in the data, so that a late branch looks like no shortfall.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import polars as pl

from coverage.base import months
from coverage.model import chance, projection, runs
from coverage.model.levers import ACTS
from coverage.model.projection import Futures
from coverage.model.scenarios import Scenario
from coverage.model.view import View

OWN = ("branch", "segment")
AGE = 6
"""The plan that is looked at unless another is named was made so many months ago, if the data reach back so far."""


def differences_at_end(
    view: View,
    chosen: Mapping[str, Scenario],
    horizon: int,
    keys: Sequence[str] = (),
    *,
    futures: Futures | None = None,
) -> pl.DataFrame:
    """One row per scenario and key in the last month: `covered, target, gap, short`, and `difference` to the first
    scenario.

    With `futures` also `chance` of the target, and `p10, p50, p90` of the difference within the same futures (paired);
    all four are null without. Columns: `scenario`, keys, `month`, these.
    """
    rows, _ = view.groups(keys)
    month = months.add(view.as_of, horizon)
    results = []
    before = first = None
    for name, scenario in chosen.items():
        run = runs.flows(view, scenario, horizon)
        covered = runs.table_of_run(view, run, name=name, keys=keys).filter(month=month)
        reached, target = covered["covered"].to_numpy(), covered["target"].cast(pl.Float64).to_numpy()
        before = reached if before is None else before
        columns = {
            "covered": reached,
            "target": target,
            "gap": target - runs.counted(view, run, keys)[-1],
            "short": covered["short"].cast(pl.Float64).to_numpy(),
            "difference": reached - before,
            **dict.fromkeys(("p10", "p50", "p90", "chance"), np.full(rows.height, np.nan)),
        }
        if futures is not None:
            whole, counted = chance.counted_paths(view, scenario, horizon, keys, futures=futures)
            drawn, counted = whole[-1:], counted[-1:]
            first = drawn if first is None else first
            columns |= _last(chance.quantiles(view, drawn - first, keys, futures=futures), "p10", "p50", "p90")
            likely = chance.quantiles(view, drawn, keys, target=target, counted=counted, futures=futures)
            columns |= _last(likely, "chance")
        named = pl.DataFrame({"scenario": [name] * rows.height}).hstack(rows)
        calendar = pl.Series("month", [month] * rows.height, dtype=pl.Date)
        results.append(named.with_columns(calendar).hstack(pl.DataFrame(columns, nan_to_null=True)))
    return pl.concat(results)


def _last(table: pl.DataFrame, *names: str) -> dict[str, np.ndarray]:
    return {name: table[name].cast(pl.Float64).to_numpy() for name in names}


def wide(history: pl.DataFrame, projections: Sequence[pl.DataFrame], fans: Sequence[pl.DataFrame] = ()) -> pl.DataFrame:
    """One row per month: `month, history`, `covered_1, covered_2, …` in the order of the scenarios, and `target`.

    `history` has `month, active`; the projections are one key's rows, and so are `fans` (`month, p10, p90`), which
    give `p10_1, p90_1, …` behind each scenario.
    """
    rows = history.select("month", history="active")
    for number, table in enumerate(projections, 1):
        columns = {f"covered_{number}": "covered"} | ({"target": "target"} if number == 1 else {})
        rows = rows.join(table.select("month", **columns), on="month", how="full", coalesce=True, validate="1:1")
    for number, fan in enumerate(fans, 1):
        bounds = {f"{end}_{number}": end for end in ("p10", "p90")}
        rows = rows.join(fan.select("month", **bounds), on="month", how="left", validate="1:1")
    return rows.sort("month")


def made_in(view: View) -> list[date]:
    """Return the months before the as-of month in which a plan may have been made, the latest first."""
    known = view.table.filter(pl.col("month") < view.as_of)["month"].unique().sort(descending=True)
    return list(known.to_list())


def usual_month(view: View) -> date | None:
    """Return the month in which the plan that is looked at first was made; None where there is none before."""
    known = made_in(view)
    return known[min(AGE, len(known)) - 1] if known else None


def first_step(scenario: Scenario, made: date) -> date | None:
    """Return the first month in which a scenario does anything, if it was made in that month; None if it never does."""
    starts = [programme.starts for programme in scenario.programme]
    for wide_levers in scenario.levers.values():
        for branch in (wide_levers, *wide_levers.branch.values()):
            if any(getattr(branch, name) for name in ACTS):
                starts.append(branch.starts or wide_levers.starts or months.add(made, 1))
            if branch.eligible_growth is not None:
                starts.append(months.add(made, 1))
    if scenario.rule:
        starts.append(months.add(made, 1))
    return min((max(start, months.add(made, 1)) for start in starts), default=None)


def against(
    then: View, scenario: Scenario, now: View, keys: Sequence[str] = (), *, futures: Futures | None = None
) -> pl.DataFrame:
    """One row per key and month since the plan was made: `planned, actual, deviation` (actual less planned), of how
    many series (`reported`, `known` to the plan), and with `futures` the plan's bounds `p10, p90`.

    `then` is the view as of the month in which the plan was made, `now` the same scope later. `planned` counts those
    series only that have reported the month; a month that nobody reported has no row. Where only some series of a key
    have a target, the others are left out of all of it, as everywhere (`View.compared`). The bounds are null in a month
    that some have not reported. Columns: keys, `month`, and these.
    """
    horizon = months.between(then.as_of, now.as_of)
    rows, place = then.groups(OWN)
    names = [name for name in keys if name not in OWN]
    mine = then.compared(keys)[1] >= 0
    known = then.series.select(*OWN, *names).with_columns(scope=pl.lit("total")).filter(pl.Series(mine))
    run = runs.flows(then, scenario, horizon)
    planned = projection.frame(run, rows, place, as_of=then.as_of).select(*OWN, "month", planned="covered")
    came = now.table.filter(pl.col("month") > then.as_of).select(
        *OWN, "month", actual=pl.col("active").cast(pl.Float64)
    )
    kept = list(keys) or ["scope"]
    sizes = known.group_by(kept).agg(known=pl.len())
    compared = (
        planned.join(came, on=[*OWN, "month"], validate="1:1")
        .join(known, on=list(OWN), validate="m:1")
        .group_by(*kept, "month")
        .agg(pl.col("planned").sum(), pl.col("actual").sum(), reported=pl.len())
        .join(sizes, on=kept, validate="m:1", nulls_equal=True)
        .with_columns(deviation=pl.col("actual") - pl.col("planned"))
        .sort(*kept, "month")
        .select(*kept, "month", "planned", "actual", "deviation", "reported", "known")
    )
    if futures is None:
        return compared
    fan = chance.fan(then, scenario, horizon, keys, futures=futures).select(*kept, "month", "p10", "p90")
    whole = pl.col("reported") == pl.col("known")
    return compared.join(
        fan, on=[*kept, "month"], how="left", validate="1:1", nulls_equal=True, maintain_order="left"
    ).with_columns(pl.when(whole).then(name).alias(name) for name in ("p10", "p90"))
