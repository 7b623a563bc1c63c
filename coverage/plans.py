"""Did it come as planned: what did a plan made in an earlier month expect of the months since, and what came?

The plan is a scenario projected from the month in which it was made, with what was known then; later rows of the data
are what came. Only branches and segments that the plan knew and that have reported the month are compared, in the plan
as in the data, so that a late branch looks like no shortfall.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from coverage import chance, months, projection, scenarios
from coverage.projection import Wobble
from coverage.scenarios import Scenario
from coverage.scope import View

OWN = ("branch", "segment")


def against(
    then: View, scenario: Scenario, now: View, keys: Sequence[str] = (), *, wobble: Wobble | None = None
) -> pl.DataFrame:
    """One row per key and month since the plan was made: `planned, actual, deviation` (actual less planned), of how
    many series (`reported`, `known` to the plan), and with `wobble` the plan's bounds `p10, p90`.

    `then` is the view as of the month in which the plan was made, `now` the same scope later. `planned` counts those
    series only that have reported the month; a month that nobody reported has no row. The bounds are null in a month
    that some have not reported. Columns: keys, `month`, and these.
    """
    horizon = months.between(then.as_of, now.as_of)
    rows, place = then.groups(OWN)
    names = [name for name in keys if name not in OWN]
    known = then.series.select(*OWN, *names).with_columns(scope=pl.lit("total"))
    run = scenarios.flows(then, scenario, horizon)
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
    if wobble is None:
        return compared
    fan = chance.fan(then, scenario, horizon, keys, wobble=wobble).select(*kept, "month", "p10", "p90")
    whole = pl.col("reported") == pl.col("known")
    return compared.join(
        fan, on=[*kept, "month"], how="left", validate="1:1", nulls_equal=True, maintain_order="left"
    ).with_columns(pl.when(whole).then(name).alias(name) for name in ("p10", "p90"))
