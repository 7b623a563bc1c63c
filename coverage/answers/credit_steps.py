"""Which steps lead from today over the baseline to where a scenario ends?"""

from __future__ import annotations

import polars as pl

from coverage.answers.movers import MOVER

STEP: dict[str, pl.DataType] = {
    "step": pl.String(),  # today | still | reference | mover | end
    **MOVER,
    "amount": pl.Float64(),
    "begin": pl.Float64(),
    "finish": pl.Float64(),
}


def steps(
    today: float, still: float, parts: pl.DataFrame, *, reference: float | None = None, end: float
) -> pl.DataFrame:
    """One row per step from today over the baseline to the scenario (`STEP`): where it begins and finishes, in workers.

    `still` is where the baseline ends, `reference` where the scenario ends that `parts` (one key's rows of `split`)
    start from, None where that is the baseline; `end` is where the scenario ends. The largest parts come first.
    """
    rows: list[dict[str, object]] = [{"step": "today", "amount": today, "begin": today, "finish": today}]
    at = still if reference is None else reference
    rows.append({"step": "still", "amount": still - today, "begin": today, "finish": still})
    if reference is not None:
        rows.append({"step": "reference", "amount": reference - still, "begin": still, "finish": reference})
    ordered = parts.sort(pl.col("part").abs(), descending=True, maintain_order=True)
    for row in ordered.select(*MOVER, "part").to_dicts():
        amount = row.pop("part")
        rows.append({"step": "mover", **row, "amount": amount, "begin": at, "finish": at + amount})
        at += amount
    rows.append({"step": "end", "amount": end, "begin": end, "finish": end})
    return pl.DataFrame(rows, schema=STEP, orient="row")
