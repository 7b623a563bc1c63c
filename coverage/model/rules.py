"""Which path do the active members follow if a rule sets it, and how many registrations a month does that take?

Model, section 6. A rule is set for a segment and holds for each of its branches: it yields a path, or a floor, for
every series; the projection then registers whom it takes to follow it (step 7), whatever the levers of registrations
say. Lapses, returns and programmes go on as the scenario has them. Registrations are never negative, so that a path
may fall no faster than members leave; and nobody registers who is not eligible, so that a path may be out of reach.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, Self, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import Field, model_validator
from pydantic.fields import FieldInfo

from coverage.base import months
from coverage.base.declarations import Declared
from coverage.base.tables import Schema, Segment
from coverage.model.growth_paths import BASELINE, KINDS, LONGEST, RuledSeries, best_of, rate_of
from coverage.model.plan import Plan
from coverage.model.projection import Flows
from coverage.model.view import View

Array = NDArray[np.float64]
if TYPE_CHECKING:
    KindName: TypeAlias = str
else:
    KindName = Literal[tuple(KINDS)]  # those that are registered: a rule is added there alone
# A rule that was seen before is looked up: its path is the same at every step of a slider.
_KEPT = 4


class Rule(Declared):
    """The path of a segment's branches, each from where it stands today.

    `hold`: as many as today; `linear`: so many `points` of coverage more a year; `rate`: so much growth a year;
    `reach`: a straight line to the target in its month, level from then on; `like_best`: at the yearly rate of the
    best branch of the segment; `like_quantile`: at the rate of that `quantile` of them; `halt_decline`: as usual, but
    never below today; `dip`: down to `depth` below the baseline within `fall` months, back on it `recover` months on.
    """

    kind: KindName
    points: float = Field(
        2.0, ge=-50, le=50, json_schema_extra={"unit": "points", "step": 0.5, "least": -10, "most": 20}
    )
    rate: float = Field(
        0.05, ge=-0.9, le=5, json_schema_extra={"unit": "growth", "step": 0.01, "least": -0.2, "most": 0.5}
    )
    quantile: float = Field(0.75, ge=0, le=1, json_schema_extra={"unit": "share", "step": 0.05, "least": 0, "most": 1})
    depth: float = Field(0.1, ge=0, le=1, json_schema_extra={"unit": "share", "step": 0.01, "least": 0, "most": 0.5})
    fall: int = Field(3, ge=1, le=60, json_schema_extra={"unit": "months", "step": 1, "least": 1, "most": 12})
    recover: int = Field(9, ge=1, le=120, json_schema_extra={"unit": "months", "step": 1, "least": 1, "most": 36})

    @model_validator(mode="after")
    def _own_parameters(self) -> Self:
        if not self.model_fields_set <= {"kind", *PARAMETERS[self.kind]}:
            raise ValueError(" | ".join([f'kind = "{self.kind}"', *PARAMETERS[self.kind]]))
        return self


PARAMETERS: dict[str, tuple[str, ...]] = {name: kind.parameters for name, kind in KINDS.items()}
"""Which parameters each kind of rule takes; others are refused."""


def fields(kind: str) -> dict[str, FieldInfo]:
    """Return the declarations of a kind's parameters: bounds, unit, and the span and step of its input."""
    return {name: Rule.model_fields[name] for name in PARAMETERS[kind]}


def stops(name: str) -> list[float]:
    """Return the values that an input offers for a parameter: a handy span, narrower than what may be declared."""
    declared = Rule.model_fields[name].json_schema_extra
    if not isinstance(declared, dict):
        return []
    least, most, step = (float(str(declared[end])) for end in ("least", "most", "step"))
    values = [round(least + step * place, 6) for place in range(round((most - least) / step) + 1)]
    return [int(value) for value in values] if declared["unit"] == "months" else values


def applied(view: View, chosen: Mapping[str, Rule], plan: Plan) -> Plan:
    """Return the plan with the paths and floors of its rules; the plan itself where there are none."""
    if not chosen:
        return plan
    # Of the levers only the growth of the eligible moves a path.
    growth = plan["eligible_growth"]
    key = (tuple(sorted(chosen.items(), key=lambda item: item[0])), growth.shape, growth.tobytes())
    known = view.ruled.get(key)
    if known is None:
        known = paths_of_rules(view, chosen, growth)
        for oldest in [key for key in list(view.ruled) if key != BASELINE][: max(len(view.ruled) - _KEPT, 0)]:
            view.ruled.pop(oldest, None)
        view.ruled[key] = known
    return replace(plan, path=known[0], floor=known[1])


def paths_of_rules(view: View, chosen: Mapping[str, Rule], growth: Array) -> tuple[Array | None, Array | None]:
    """Return path and floor (months + 1, series), NaN where no rule is known; None where no rule sets any.

    `growth` is that of the eligible, a share a year (series,).
    """
    path = np.full((LONGEST + 1, view.series.height), np.nan)
    floor = np.full_like(path, np.nan)
    for segment, rule in chosen.items():
        members = np.flatnonzero((view.series["segment"] == segment).to_numpy())
        if not len(members):
            continue
        kind = KINDS[rule.kind]
        (floor if kind.is_floor else path)[:, members] = kind.path(
            RuledSeries(view=view, values=rule, segment=segment, members=members, growth=growth)
        )
    return (
        path if np.isfinite(path).any() else None,
        floor if np.isfinite(floor).any() else None,
    )


def required(view: View, chosen: Mapping[str, Rule], plan: Plan, run: Flows) -> pl.DataFrame:
    """One row per segment with a rule: how many registrations it takes (`run` is that of the plan).

    `needed` a month on average over the run, `peak` in the hardest month `peak_month`, `now` the mean of the last
    twelve months, `ratio` needed ÷ now. `missed` is what the path asks for at the end beyond what was reached, because
    too few are eligible; `above` how far members are above a path that falls faster than they leave. `unruled` counts
    series for which the rule says nothing (no target, no eligible, no peers).
    `covered` are the members in the end; `like` is the branch that is followed, `growth` its rate a year.
    """
    ruled = applied(view, chosen, plan)
    last = run.covered.shape[0] - 1
    rows = []
    for segment, rule in chosen.items():
        members = (view.series["segment"] == segment).to_numpy()
        if not members.any():
            continue
        wanted = ruled.floor if KINDS[rule.kind].is_floor else ruled.path
        end = wanted[last, members] if wanted is not None else np.full(int(members.sum()), np.nan)
        away = np.where(np.isfinite(end), end - run.covered[last, members, 0], 0)
        new = run.new[1:, members, 0].sum(axis=1)
        now = float(view.series["new"].to_numpy()[members].sum())
        needed = float(new.mean())
        hardest = int(np.argmax(new))
        best = best_of(view, segment) if rule.kind == "like_best" else None
        like = rule.kind in {"like_best", "like_quantile"}
        rows.append(
            {
                "segment": segment,
                "kind": rule.kind,
                "parameters": " ".join(f"{name}={getattr(rule, name)}" for name in PARAMETERS[rule.kind]),
                "needed": needed,
                "peak": float(new[hardest]),
                "peak_month": months.add(view.as_of, hardest + 1),
                "now": now,
                "ratio": needed / now if now > 0 else None,
                "missed": float(np.maximum(away, 0).sum()),
                "above": float(np.maximum(-away, 0).sum()) if not KINDS[rule.kind].is_floor else 0.0,
                "unruled": int((~np.isfinite(end)).sum()),
                "series": int(members.sum()),
                "covered": float(run.covered[last, members, 0].sum()),
                "like": best[0] if best else None,
                "growth": rate_of(view, segment, 1.0 if rule.kind == "like_best" else rule.quantile) if like else None,
            }
        )
    return pl.DataFrame(rows, schema=REQUIRED).with_columns(pl.col("growth").fill_nan(None))


REQUIRED: Schema = {
    "segment": Segment,
    "kind": pl.String(),
    "parameters": pl.String(),  # `depth=0.1 fall=3 recover=9`
    "needed": pl.Float64(),
    "peak": pl.Float64(),
    "peak_month": pl.Date(),
    "now": pl.Float64(),
    "ratio": pl.Float64(),
    "missed": pl.Float64(),
    "above": pl.Float64(),
    "unruled": pl.Int64(),
    "series": pl.Int64(),
    "covered": pl.Float64(),
    "like": pl.String(),
    "growth": pl.Float64(),
}
