"""Which path do the active members follow if a rule sets it, and how many registrations a month does that take?

Model, section 6. A rule is set for a segment and holds for each of its branches: it yields a path, or a floor, for
every series; the projection then registers whom it takes to follow it (step 7), whatever the levers of registrations
say. Lapses, returns and programmes go on as the scenario has them. Registrations are never negative, so that a path
may fall no faster than members leave; and nobody registers who is not eligible, so that a path may be out of reach.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import Field, model_validator
from pydantic.fields import FieldInfo

from coverage.base import months
from coverage.base.declarations import Declared
from coverage.base.tables import Schema, Segment, Series
from coverage.model import projection
from coverage.model.plan import Plan, resolved
from coverage.model.projection import Flows
from coverage.model.view import View

Array = NDArray[np.float64]
Kind = Literal["hold", "linear", "rate", "reach", "like_best", "like_quantile", "halt_decline", "dip"]
LONGEST = 600
"""A path is known for so many months; no simulation runs longer."""
_YEAR = 12
# A rule that was seen before is looked up: its path is the same at every step of a slider.
_KEPT = 4
_STILL = "baseline"


class Rule(Declared):
    """The path of a segment's branches, each from where it stands today.

    `hold`: as many as today; `linear`: so many `points` of coverage more a year; `rate`: so much growth a year;
    `reach`: a straight line to the target in its month, level from then on; `like_best`: at the yearly rate of the
    best branch of the segment; `like_quantile`: at the rate of that `quantile` of them; `halt_decline`: as usual, but
    never below today; `dip`: down to `depth` below the baseline within `fall` months, back on it `recover` months on.
    """

    kind: Kind
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


PARAMETERS: dict[Kind, tuple[str, ...]] = {
    "hold": (),
    "linear": ("points",),
    "rate": ("rate",),
    "reach": (),
    "like_best": (),
    "like_quantile": ("quantile",),
    "halt_decline": (),
    "dip": ("depth", "fall", "recover"),
}
"""Which parameters each kind of rule takes; others are refused."""


def fields(kind: Kind) -> dict[str, FieldInfo]:
    """Return the declarations of a kind's parameters: bounds, unit, and the span and step of its input."""
    return {name: Rule.model_fields[name] for name in PARAMETERS[kind]}


def stops(name: str) -> list[float]:
    """Return the values that an input offers for a parameter: a handy span, narrower than what may be declared."""
    declared = Rule.model_fields[name].json_schema_extra
    if not isinstance(declared, dict):
        return []
    least, most, step = (float(str(declared[end])) for end in ("least", "most", "step"))
    values = [round(least + step * place, 6) for place in range(round((most - least) / step) + 1)]
    return [int(one) for one in values] if declared["unit"] == "months" else values


def applied(view: View, chosen: Mapping[str, Rule], plan: Plan) -> Plan:
    """Return the plan with the paths and floors of its rules; the plan itself where there are none."""
    if not chosen:
        return plan
    # Of the levers only the growth of the eligible moves a path.
    key = (tuple(sorted(chosen.items(), key=lambda item: item[0])), plan.growth.shape, plan.growth.tobytes())
    known = view.ruled.get(key)
    if known is None:
        known = paths(view, chosen, plan.growth)
        for oldest in [one for one in list(view.ruled) if one != _STILL][: max(len(view.ruled) - _KEPT, 0)]:
            view.ruled.pop(oldest, None)
        view.ruled[key] = known
    return replace(plan, path=known[0], floor=known[1])


def paths(view: View, chosen: Mapping[str, Rule], growth: Array) -> tuple[Array | None, Array | None]:
    """Return path and floor (months + 1, series), NaN where no rule is known; None where no rule sets any.

    `growth` is that of the eligible, a share a year (series,).
    """
    path = np.full((LONGEST + 1, view.series.height), np.nan)
    floor = np.full_like(path, np.nan)
    for segment, rule in chosen.items():
        members = np.flatnonzero((view.series["segment"] == segment).to_numpy())
        if not len(members):
            continue
        if rule.kind == "halt_decline":
            floor[:, members] = _active(view)[members]
        else:
            path[:, members] = _path(view, rule, segment, members, growth)
    return (
        path if np.isfinite(path).any() else None,
        floor if np.isfinite(floor).any() else None,
    )


def _active(view: View) -> Array:
    return view.series["active"].to_numpy().astype(np.float64)


def _path(view: View, rule: Rule, segment: str, members: NDArray[np.intp], growth: Array) -> Array:
    """Return one rule's path for some series (months + 1, series)."""
    t = np.arange(LONGEST + 1.0)[:, None]
    active = _active(view)[members]
    if rule.kind == "linear":
        eligible = view.series["eligible"].fill_null(np.nan).to_numpy()[members]
        line: Array = np.maximum(active / eligible + rule.points / 100 * t / _YEAR, 0)
        line *= eligible * (1 + growth[members]) ** (t / _YEAR)
        return line
    if rule.kind == "reach":
        return _straight(view, members, active, t)
    if rule.kind == "dip":
        return _dip(view, rule, members, t)
    yearly = _yearly(view, rule, segment)
    path: Array = active * (1 + yearly) ** (t / _YEAR)
    return path


def _yearly(view: View, rule: Rule, segment: str) -> float:
    """Return the growth a year of a rule that is one rate for all branches."""
    if rule.kind in {"like_best", "like_quantile"}:
        return rate_of(view, segment, 1.0 if rule.kind == "like_best" else rule.quantile)
    return rule.rate if rule.kind == "rate" else 0.0


def _straight(view: View, members: NDArray[np.intp], active: Array, t: Array) -> Array:
    """Return a straight line to each series' target in its month, level before and after; none without a target.

    Who is above the target already stays where it is: nobody is asked to shrink.
    """
    left, target = view.months_left[members], view.target[members].copy()
    target[~(left > 0)] = np.nan
    if view.measure != "workers":
        target[:] = np.nan
    way = np.minimum(t / np.where(left > 0, left, 1), 1)
    path: Array = active + np.maximum(target - active, 0) * way
    return path


def _dip(view: View, rule: Rule, members: NDArray[np.intp], t: Array) -> Array:
    """Return the baseline less a share that grows for `fall` months and is made good within `recover` more."""
    baseline = _long_baseline(view)[:, members]
    down = t / rule.fall
    up = (rule.fall + rule.recover - t) / rule.recover
    path: Array = baseline * (1 - rule.depth * np.clip(np.minimum(down, up), 0, 1))
    return path


def _long_baseline(view: View) -> Array:
    """Return the baseline's covered for as long as a path is (months + 1, series); kept, for each depth asks anew."""
    known = view.ruled.get(_STILL, (None, None))[0]
    if known is not None:
        return known
    still = resolved(view.series, {}, {}, (), as_of=view.as_of, growth=view.settings["eligible_growth"])
    covered: Array = projection.run(view.start, still, LONGEST).covered[:, :, 0].copy()
    view.ruled[_STILL] = (covered, None)
    return covered


def growth_of(peers: Series) -> pl.DataFrame:
    """One row per branch and segment of which twelve months are known: `branch, segment, growth` (a share a year).

    The relative net growth of active members over the last twelve months. A shorter history says nothing about a
    year, for membership is a saw-tooth; and growth out of nothing is no rate.
    """
    before = pl.col("active") - pl.col("pace") * pl.col("months_of_history")
    return (
        peers.filter((pl.col("months_of_history") >= _YEAR) & pl.col("pace").is_not_null() & (before > 0))
        .with_columns(growth=pl.col("active") / before - 1)
        .select("branch", "segment", "growth")
    )


def rate_of(view: View, segment: str, quantile: float) -> float:
    """Return the yearly growth of that quantile of all branches of a segment, linear between neighbours.

    1 is the best branch; NaN where no branch's growth is known. Peers are those of the whole data, in view or not.
    """
    known = growth_of(view.peers).filter(pl.col("segment") == segment)["growth"].to_numpy()
    return float(np.quantile(known, quantile)) if len(known) else float("nan")


def best_of(view: View, segment: str) -> tuple[str, float] | None:
    """Return the branch of a segment that grew most in the last twelve months, and its rate; None if unknown."""
    known = (
        growth_of(view.peers).filter(pl.col("segment") == segment).sort("growth", "branch", descending=[True, False])
    )
    return (str(known["branch"][0]), float(known["growth"][0])) if known.height else None


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
        wanted = ruled.floor if rule.kind == "halt_decline" else ruled.path
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
                "above": float(np.maximum(-away, 0).sum()) if rule.kind != "halt_decline" else 0.0,
                "unruled": int((~np.isfinite(end)).sum()),
                "series": int(members.sum()),
                "covered": float(run.covered[last, members, 0].sum()),
                "like": best[0] if best else None,
                "growth": _yearly(view, rule, segment) if like else None,
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
