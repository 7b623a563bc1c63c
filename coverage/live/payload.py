"""What of a view does a browser need to run any scenario by itself, and to the same person?

Numbers go as base64 of 64-bit floats, for JSON knows neither infinity nor "unknown" (NaN). Arrays lie as in NumPy, by
month, series and draw, the last one moving fastest: so the kernel takes them.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic.fields import FieldInfo

from coverage.base import months
from coverage.base.tables import branch_key
from coverage.base.texts import Texts
from coverage.model import moving_targets, projection, runs, scenarios
from coverage.model import view as views
from coverage.model.levers import extra_of
from coverage.model.plan import Enrolment
from coverage.model.projection import Flows, Rates
from coverage.model.scenarios import Scenario
from coverage.model.view import View

Array = NDArray[np.float64]
TOTAL = "total"
# Lines and bars have the segment's colour; as text it would be too faint, so words have a darker or lighter one.
INK = {
    "#0072B2": ("#005B94", "#7CC0F0"),
    "#D55E00": ("#A84A00", "#FFA566"),
    "#009E73": ("#00694D", "#5FD3B0"),
    "#64748B": ("#334155", "#CBD5E1"),
}
SLATE = "#64748B"


def packed(values: Array) -> str:
    """Write numbers as base64 of 64-bit floats, lowest byte first."""
    return base64.b64encode(np.ascontiguousarray(values, dtype="<f8").tobytes()).decode("ascii")


def model(
    view: View,
    scenario: Scenario,
    horizon: int,
    *,
    band: Rates | None,
    past: Mapping[str, pl.DataFrame],
    milestones: Mapping[str, pl.DataFrame],
    texts: Texts,
) -> dict[str, Any]:
    """Return everything that the browser's kernel needs of a view, as plain values.

    `band` are the rates of each draw (months + 1, series, draws); `past` has for each group its months so far
    (`month, active, new, lapsed, returned`), `milestones` what is to be reached on the way (`month, workers`).
    """
    series, start, plan = view.series, view.start, runs.plan(view, scenario)
    usual = projection.rates_to_run(start, horizon)
    members = view.measure == "workers"
    ahead = np.s_[: horizon + 1]
    sent: dict[str, Any] = {
        "month": months.number(view.as_of),
        "horizon": horizon,
        "branch": series["branch"].to_list(),
        "segment": series["segment"].cast(pl.String).to_list(),
        "groups": groups(view, horizon, texts),
        "levers": [{"name": name, **_lever(field)} for name, field in scenarios.lever_fields()],
        # The kernel's own inputs, by their names there (`model.equations.month`)
        "eligible_0": packed(start.eligible[:, 0]),
        "paying_0": packed(start.paying[:, 0]),
        "funded_0": packed(start.funded[:, 0]),
        "pool_0": packed(start.pool[:, 0]),
        "back_rate": packed(start.back[:, 0]),
        "new_rate": packed(usual.new[ahead]),
        "lapse_rate": packed(usual.lapse[ahead]),
        "path": None if plan.path is None else packed(plan.path[ahead]),
        "floor": None if plan.floor is None else packed(plan.floor[ahead]),
        "running": [_running(held, series.height) for held in plan.enrolments if held.held is not None],
        "draws": None if band is None else _draws(band, horizon),
        # What is asked for
        "active": packed(series["active"].cast(pl.Float64).to_numpy()),
        "measure": view.measure,
        "target": packed(view.target),
        "registered": packed(np.nan_to_num(view.registered)),
        "january": packed(view.months_left - views.months_of_year(view) + 1),
        "rising": packed(_rising(view)),
        "ahead": packed(view.months_left),
        "missing": packed(_missing(view)),
        "past": {name: _past(rows) for name, rows in past.items()},
        "milestones": {name: _marks(view, rows) for name, rows in milestones.items()} if members else {},
        "settings": {
            "stay": view.settings["stay_share"],
            "premium": view.settings["premium_rupiah"],
            "growth": view.settings["eligible_growth"],
            "tolerance": view.settings["tolerance"],
        },
    }
    if not members:
        for group in sent["groups"]:
            known = sent["past"][group["name"]]
            known["active"] = _registered_so_far(view, group["active"], known["new"])
    sent["past"]["months"] = _calendar(past)
    return sent


def key_of_sent(sent: Mapping[str, Any]) -> str:
    """Name what was sent, so that a browser that has it need not get it again."""
    return hashlib.sha256(json.dumps(sent, sort_keys=True).encode()).hexdigest()[:16]


def groups(view: View, horizon: int, texts: Texts) -> list[dict[str, Any]]:
    """Return what is looked at: each segment, then all together if there are several; who is in it, when each is due,
    and its target.

    Where only some series of a group have a target, the group is theirs alone (`View.compared`).
    """
    rows = []
    names = [str(name) for name in view.groups(["segment"])[0]["segment"]]
    colours = {segment.name: segment.colour for segment in view.settings.segments}
    for keys in (["segment"], []) if len(names) > 1 else (["segment"],):
        _, place = view.compared(keys)
        cut, targets = view.parts(keys), _targets(view, keys, place)
        for index, name in enumerate(names if keys else [TOTAL]):
            members = np.flatnonzero(place == index)
            colour = colours[name] if keys else SLATE
            group = _group(view, name, members, targets[index], colour, texts)
            group["due"] = np.clip(cut.end[cut.place[members]], 0, horizon).tolist()
            rows.append(group)
        if not keys:
            without = sorted({str(name) for name in view.series["segment"].gather(np.flatnonzero(place < 0))})
            rows[-1]["untargeted"] = ", ".join(texts(f"segment.{name}").lower() for name in without)
    return rows


def ends(view: View, run: Flows, horizon: int, texts: Texts) -> dict[str, float]:
    """Return where each group ends in a run, every series in the month in which it is asked for."""
    values = towards_targets(view, run)
    return {
        group["name"]: float(values[group["due"], group["members"]].sum()) for group in groups(view, horizon, texts)
    }


def shorts(view: View, run: Flows, groups: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Return what each group's series lack at the end of a run: one's surplus fills no other's shortage."""
    values, aims = towards_targets(view, run), moving_targets.aimed(view, run)
    return {
        group["name"]: float(
            np.maximum(np.nan_to_num(aims[group["members"]]) - values[group["due"], group["members"]], 0).sum()
        )
        for group in groups
    }


def towards_targets(view: View, run: Flows) -> Array:
    """Return what the targets count of a run, members or registrations (months + 1, series)."""
    if view.measure == "workers":
        return run.covered[:, :, 0]
    return np.nan_to_num(views.registrations(view, run.new[:, :, 0]))


def differences(here: Mapping[str, float], ours: Mapping[str, float]) -> list[dict[str, Any]]:
    """Return where the browser's figures differ from ours by more than half a person."""
    return [
        {"segment": name, "here": float(here[name]), "server": value}
        for name, value in ours.items()
        if name in here and not abs(float(here[name]) - value) <= 0.5
    ]


def series_of_named_branches(view: View, scenario: Scenario) -> dict[str, list[int]]:
    """Return which series each branch is that a scenario names, however it writes them."""
    names = {branch for _, branch in scenario.branch_levers}
    names |= {branch for programme in scenario.programme for branch in programme.branches or ()}
    keys = [branch_key(branch) for branch in view.series["branch"].to_list()]
    return {name: [place for place, own in enumerate(keys) if own == branch_key(name)] for name in sorted(names)}


def _group(
    view: View, name: str, members: NDArray[np.intp], target: float, colour: str, texts: Texts
) -> dict[str, Any]:
    achieved = view.series["active"].cast(pl.Float64).to_numpy()
    if view.measure == "registrations":
        achieved = np.where(np.isfinite(view.target), np.nan_to_num(view.registered), 0)
    active = float(achieved[members].sum())
    light, dark = INK.get(colour, (colour, colour))
    known = bool(np.isfinite(target))
    return {
        "name": name,
        "label": texts("cockpit.total") if name == TOTAL else texts(f"segment.{name}"),
        "members": members.tolist(),
        "target": float(target) if known else None,
        "active": active,
        "gap": float(target) - active if known else None,
        "short": float(np.nan_to_num(np.maximum(_missing(view), 0))[members].sum()) if known else None,
        "measure": view.measure,
        "colour": colour,
        "ink_light": light,
        "ink_dark": dark,
        "untargeted": "",
    }


def _targets(view: View, keys: Sequence[str], place: NDArray[np.intp]) -> Array:
    """Return what each group is asked for, members or registrations (groups,); NaN where nothing is."""
    if view.measure == "workers":
        return runs.group_targets(view, keys)
    aimed = np.isfinite(view.target) & (place >= 0)
    count = int(place.max()) + 1
    sums = np.bincount(place[aimed], weights=view.target[aimed], minlength=count)
    return np.where(np.bincount(place[aimed], minlength=count) > 0, sums, np.nan)


def _registered_so_far(view: View, registered: float, new: Sequence[float | None]) -> list[float | None]:
    """Return the registrations since January at the end of each month so far; None before the year began."""
    values: list[float | None] = [None] * len(new)
    left: float | None = registered
    for back in range(min(view.as_of.month + 1, len(new))):
        values[-1 - back] = left
        come = new[-1 - back]
        left = None if left is None or come is None else max(left - come, 0.0)
    return values


def _missing(view: View) -> Array:
    achieved = view.registered if view.measure == "registrations" else view.series["active"].to_numpy()
    return np.where(np.isfinite(view.target), view.target - achieved, 0.0)


def _rising(view: View) -> Array:
    """Return the people of today that a target for a share of the eligible asks for (series,); NaN for the others."""
    moving = np.isfinite(view.share) & (view.months_left > 0)
    return np.where(moving, view.share * view.start.eligible[:, 0], np.nan)


def _lever(field: FieldInfo) -> dict[str, Any]:
    return {"unit": scenarios.unit_of(field), "shared": bool(extra_of(field, "shared"))}


def _running(enrolment: Enrolment, count: int) -> dict[str, Any]:
    """Return a programme that runs already, as the kernel takes it."""
    return {
        "starts_k": enrolment.starts,
        "ends_k": enrolment.ends,
        "stay_k": enrolment.stay,
        "weight_k": enrolment.weight,
        "workers_k": packed(np.broadcast_to(enrolment.workers[:, 0], count)),
        "held_k": packed(np.zeros(count) if enrolment.held is None else enrolment.held[:, 0]),
    }


def _draws(band: Rates, horizon: int) -> dict[str, Any]:
    count = band.draws

    def every(rates: Array) -> str:
        cut = rates[: horizon + 1]
        return packed(np.broadcast_to(cut, (*cut.shape[:2], count)))

    return {"count": count, "new_rate": every(band.new), "lapse_rate": every(band.lapse)}


def _calendar(past: Mapping[str, pl.DataFrame]) -> list[int]:
    return [months.number(month) for month in next(iter(past.values()))["month"].to_list()]


def _past(rows: pl.DataFrame) -> dict[str, list[float | None]]:
    return {name: rows[name].cast(pl.Float64).to_list() for name in ("active", "new", "lapsed", "returned")}


def _marks(view: View, rows: pl.DataFrame) -> list[list[float]]:
    ahead: Sequence[int] = [months.between(view.as_of, month) for month in rows["month"].to_list()]
    return [[float(t), float(workers)] for t, workers in zip(ahead, rows["workers"].to_list(), strict=True)]
