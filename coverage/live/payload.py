"""What of a view does a browser need to run any scenario by itself, and to the same person?

Numbers go as base64 of 64-bit floats, for JSON knows neither infinity nor "unknown" (NaN). Arrays lie series by
series: what is of one series lies together.
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

from coverage.base import months
from coverage.base.tables import branch_key
from coverage.base.texts import Texts
from coverage.model import projection, runs
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
    "#475569": ("#334155", "#CBD5E1"),
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
    usual = start.rates or projection.seasonal(start, horizon)
    sent: dict[str, Any] = {
        "month": months.number(view.as_of),
        "horizon": horizon,
        "branch": series["branch"].to_list(),
        "segment": series["segment"].cast(pl.String).to_list(),
        "groups": groups(view, texts),
        "eligible": packed(start.eligible[:, 0]),
        "paying": packed(start.paying[:, 0]),
        "funded": packed(start.funded[:, 0]),
        "pool": packed(start.pool[:, 0]),
        "back": packed(start.back[:, 0]),
        "growth": packed(np.full(series.height, view.settings["eligible_growth"])),
        "active": packed(series["active"].cast(pl.Float64).to_numpy()),
        "target": packed(view.target if view.measure == "workers" else np.full(series.height, np.nan)),
        "missing": packed(_missing(view)),
        "due": packed(due(view, horizon).astype(np.float64)),
        "new": packed(_by_series(usual.new, horizon)),
        "lapse": packed(_by_series(usual.lapse, horizon)),
        "draws": None if band is None else _draws(band, horizon),
        "path": None if plan.path is None else packed(plan.path[: horizon + 1].T),
        "floor": None if plan.floor is None else packed(plan.floor[: horizon + 1].T),
        "past": {name: _past(rows) for name, rows in past.items()},
        "milestones": {name: _marks(view, rows) for name, rows in milestones.items()},
        "settings": {
            "stay": view.settings["stay_share"],
            "premium": view.settings["premium_rupiah"],
            "growth": view.settings["eligible_growth"],
            "tolerance": view.settings["tolerance"],
        },
    }
    sent["past"]["months"] = _calendar(past)
    return sent


def key(sent: Mapping[str, Any]) -> str:
    """Name what was sent, so that a browser that has it need not get it again."""
    return hashlib.sha256(json.dumps(sent, sort_keys=True).encode()).hexdigest()[:16]


def groups(view: View, texts: Texts) -> list[dict[str, Any]]:
    """Return what is looked at: each segment, then all together if there are several; who is in it, and its target.

    Where only some series of a group have a target, the group is theirs alone (`View.compared`).
    """
    rows = []
    names = [str(segment) for segment in view.groups(["segment"])[0]["segment"]]
    _, place = view.compared(["segment"])
    targets = runs.group_targets(view, ["segment"])
    colours = {segment.name: segment.colour for segment in view.settings.segments}
    for index, name in enumerate(names):
        rows.append(_group(view, name, np.flatnonzero(place == index), targets[index], colours[name], texts))
    if len(names) > 1:
        _, together = view.compared([])
        target = runs.group_targets(view, [])[0]
        group = _group(view, TOTAL, np.flatnonzero(together == 0), target, SLATE, texts)
        without = sorted({str(segment) for segment in view.series["segment"].gather(np.flatnonzero(together < 0))})
        group["untargeted"] = ", ".join(texts(f"segment.{segment}").lower() for segment in without)
        rows.append(group)
    return rows


def due(view: View, horizon: int) -> NDArray[np.intp]:
    """Return in which month each series is asked for: its target's, or the last one where it has none ahead."""
    ahead = np.isfinite(view.months_left) & (view.months_left >= 1) & (view.months_left <= horizon)
    return np.where(ahead, np.nan_to_num(view.months_left, nan=horizon), horizon).astype(np.intp)


def ends(view: View, run: Flows, horizon: int, texts: Texts) -> dict[str, float]:
    """Return where each group ends in a run, every series in the month in which it is asked for."""
    reached = run.covered[due(view, horizon), np.arange(view.series.height), 0]
    return {group["name"]: float(reached[group["members"]].sum()) for group in groups(view, texts)}


def differences(here: Mapping[str, float], ours: Mapping[str, float]) -> list[dict[str, Any]]:
    """Return where the browser's figures differ from ours by more than half a person."""
    return [
        {"segment": name, "here": float(here[name]), "server": value}
        for name, value in ours.items()
        if name in here and not abs(float(here[name]) - value) <= 0.5
    ]


def named(view: View, scenario: Scenario) -> dict[str, list[int]]:
    """Return which series each branch is that a scenario names, however it writes them."""
    names = {branch for _, branch in scenario.branch_levers}
    names |= {branch for programme in scenario.programme for branch in programme.branches or ()}
    keys = [branch_key(branch) for branch in view.series["branch"].to_list()]
    return {name: [place for place, key in enumerate(keys) if key == branch_key(name)] for name in sorted(names)}


def _group(
    view: View, name: str, members: NDArray[np.intp], target: float, colour: str, texts: Texts
) -> dict[str, Any]:
    active = float(view.series["active"].cast(pl.Float64).to_numpy()[members].sum())
    light, dark = INK.get(colour, (colour, colour))
    known = bool(np.isfinite(target))
    return {
        "name": name,
        "label": texts("cockpit.total") if name == TOTAL else texts(f"segment.{name}"),
        "members": members.tolist(),
        "target": float(target) if known else None,
        "active": active,
        "gap": float(target) - active if known else None,
        "measure": view.measure,
        "colour": colour,
        "ink_light": light,
        "ink_dark": dark,
        "untargeted": "",
    }


def _missing(view: View) -> Array:
    achieved = view.registered if view.measure == "registrations" else view.series["active"].to_numpy()
    return np.where(np.isfinite(view.target), view.target - achieved, 0.0)


def _by_series(rates: Array, horizon: int) -> Array:
    """Turn rates (months, series, 1) into one row of months for each series."""
    return rates[: horizon + 1, :, 0].T


def _draws(band: Rates, horizon: int) -> dict[str, Any]:
    count = band.draws

    def by_series(rates: Array) -> str:
        cut = rates[: horizon + 1]
        return packed(np.broadcast_to(cut, (*cut.shape[:2], count)).transpose(1, 2, 0))

    return {"count": count, "new": by_series(band.new), "lapse": by_series(band.lapse)}


def _calendar(past: Mapping[str, pl.DataFrame]) -> list[int]:
    return [months.number(month) for month in next(iter(past.values()))["month"].to_list()]


def _past(rows: pl.DataFrame) -> dict[str, list[float | None]]:
    return {name: rows[name].cast(pl.Float64).to_list() for name in ("active", "new", "lapsed", "returned")}


def _marks(view: View, rows: pl.DataFrame) -> list[list[float]]:
    ahead: Sequence[int] = [months.between(view.as_of, month) for month in rows["month"].to_list()]
    return [[float(t), float(workers)] for t, workers in zip(ahead, rows["workers"].to_list(), strict=True)]
