"""What comes of a scenario for the people of a view: run it, and put the runs side by side."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coverage.base import months
from coverage.base.errors import DeclarationRefused, NothingToShow
from coverage.base.tables import REGISTERED, Projection, branch_key
from coverage.model import moving_targets, projection, rules, running, scenarios
from coverage.model import view as views
from coverage.model.plan import Enrolment, Plan, resolved
from coverage.model.projection import Flows
from coverage.model.rules import Rule
from coverage.model.scenarios import Scenario
from coverage.model.view import View


def grounded(view: View, *chosen: Scenario) -> View:
    """Return the view on whose ground the programmes of these scenarios run that run at the as-of month.

    A run that is already going on is part of the baseline (model, section 5.3).
    """
    return views.grounded(view, [programme for scenario in chosen for programme in scenario.at(view.as_of).programme])


def plan(view: View, scenario: Scenario) -> Plan:
    """Resolve a scenario for the series of a view, in the kernel's terms; what runs on its ground runs on."""
    scenario = scenario.at(view.as_of)
    achieved = view.registered if view.measure == "registrations" else view.series["active"].to_numpy()
    missing = np.where(np.isfinite(view.target), view.target - achieved, 0)
    moved = resolved(
        view.series,
        {str(segment): wide for segment, wide in scenario.levers.items()},
        scenario.branch_levers,
        scenario.programme,
        as_of=view.as_of,
        growth=view.settings["eligible_growth"],
        gaps=missing,
    )
    moved = replace(moved, enrolments=_with_running(view, scenario, moved.enrolments))
    return rules.applied(view, {str(segment): rule for segment, rule in scenario.rule.items()}, moved)


def _with_running(view: View, scenario: Scenario, enrolments: Sequence[Enrolment]) -> tuple[Enrolment, ...]:
    """Put the members whom running programmes hold in the place of the scenario's own ones; add the others at the end,
    so that a programme of the scenario keeps its place."""
    going = list(zip(view.ground.running.programmes, view.enrolments, strict=True))
    mine = []
    for programme, enrolment in zip(scenario.programme, enrolments, strict=True):
        place = next((at for at, (known, _) in enumerate(going) if known == programme), None)
        mine.append(enrolment if place is None else going.pop(place)[1])
    return (*mine, *(enrolment for _, enrolment in going))


def with_running(view: View, scenario: Scenario) -> Scenario:
    """Return the scenario with what runs on its ground written out behind its own programmes, in the plan's order."""
    going = list(view.ground.running.programmes)
    for programme in scenario.at(view.as_of).programme:
        if programme in going:
            going.remove(programme)
    return scenario.model_copy(update={"programme": (*scenario.programme, *going)}) if going else scenario


def flows(view: View, scenario: Scenario, horizon: int) -> Flows:
    """Run a scenario over the series of a view, so many months."""
    view = grounded(view, scenario)
    return projection.run(view.start, plan(view, scenario), horizon)


def required(view: View, scenario: Scenario, run: Flows) -> pl.DataFrame:
    """One row per segment with a rule: the registrations that a run of the scenario took (`rules.required`)."""
    chosen = {str(segment): rule for segment, rule in scenario.rule.items()}
    return rules.required(view, chosen, plan(view, scenario), run)


def every_rule(
    view: View, scenario: Scenario, months_ahead: int, segments: Sequence[str] | None = None
) -> pl.DataFrame:
    """One row per segment (all of the view, unless some are named) and kind of rule: what that rule alone would take
    (`rules.required`).

    The scenario's levers and programmes go on; a rule that it has set itself keeps its parameters.
    """
    results = []
    for segment in segments or view.series["segment"].unique().sort().to_list():
        for kind in rules.PARAMETERS:
            own = next((rule for name, rule in scenario.rule.items() if name == segment and rule.kind == kind), None)
            tried = scenario.model_copy(update={"rule": {segment: own or Rule(kind=kind)}})
            results.append(required(view, tried, flows(view, tried, months_ahead)))
    return pl.concat(results) if results else pl.DataFrame(schema=rules.REQUIRED)


def horizon(view: View, scenario: Scenario | None = None, until: date | None = None) -> int:
    """Return the months to run: until the month asked for, the scenario's, the target's, else 12 months on."""
    wanted = until or (scenario.until if scenario else None)
    wanted = None if wanted is None else months.at(wanted, view.as_of)
    if wanted is None:
        wanted = view.target_month if view.target_month and view.target_month > view.as_of else None
    if wanted is None:
        return view.settings.whole("horizon_months")
    count = months.between(view.as_of, wanted)
    if not 1 <= count <= 600:
        raise DeclarationRefused(
            "until_refused",
            found=months.code(wanted),
            allowed=f"{months.code(months.add(view.as_of, 1))} … {months.code(months.add(view.as_of, 600))}",
        )
    return count


def simulate(
    view: View, scenario: Scenario, *, name: str, until: date | None = None, keys: Sequence[str] = ("segment",)
) -> Projection:
    """One row per scenario, key and month, the as-of month first (its flows are history and null here)."""
    run = flows(view, scenario, horizon(view, scenario, until))
    return table_of_run(view, run, name=name, keys=keys)


def table_of_run(view: View, run: Flows, *, name: str, keys: Sequence[str] = ("segment",)) -> Projection:
    """One row per scenario, key and month of a run; `target` is the sum of its series' targets, `short` what is
    missing to each series' own.

    Where only some series of a key have one, everything in its rows is theirs (`View.compared`). A target for
    registrations is none here, for `covered` are members: it has two columns of its own (`REGISTERED`).
    """
    rows, place = view.compared(keys)
    aims = group_targets(view, keys, run)
    target = pl.Series("target", np.repeat(aims, run.covered.shape[0]), nan_to_null=True)
    each = np.maximum(np.nan_to_num(moving_targets.aimed(view, run)) - run.covered[:, :, 0], 0)
    missing = np.where(np.isnan(aims)[:, None], np.nan, projection.sums(place, rows.height)(each))
    short = pl.Series("short", missing.reshape(-1), nan_to_null=True)
    # Columns are put together, not computed by a query: under a slider a query of its own costs more than the sums.
    shown = projection.frame(run, rows, place, as_of=view.as_of).hstack([target, short, *_registered(view, run, keys)])
    return shown.insert_column(0, pl.Series("scenario", [name] * shown.height, dtype=pl.String))


def _registered(view: View, run: Flows, keys: Sequence[str]) -> list[pl.Series]:
    """Return the registrations that count for the targets of each key, and those asked for; no column where members
    count. Series without a target have no part in them."""
    if view.measure != "registrations":
        return []
    rows, place = view.groups(keys)
    aimed = np.isfinite(view.target)
    mine = np.where(aimed, place, -1)
    each = np.nan_to_num(views.registrations(view, run.new[:, :, 0]))
    done = projection.sums(mine, rows.height)(each)
    lacking = projection.sums(mine, rows.height)(np.maximum(np.nan_to_num(view.target) - each, 0))
    wanted = np.bincount(place[aimed], weights=view.target[aimed], minlength=rows.height)
    wanted = np.where(np.bincount(place[aimed], minlength=rows.height) > 0, wanted, np.nan)
    done, lacking = (np.where(np.isnan(wanted)[:, None], np.nan, people) for people in (done, lacking))
    values = (done.reshape(-1), np.repeat(wanted, run.new.shape[0]), lacking.reshape(-1))
    return [pl.Series(name, value, nan_to_null=True) for name, value in zip(REGISTERED, values, strict=True)]


def group_targets(view: View, keys: Sequence[str] = ("segment",), run: Flows | None = None) -> NDArray[np.float64]:
    """Return the people that each group has to reach (groups,): the sum of its series' targets; NaN where none has.

    In a `run` a share of the eligible is one of those that this run has (`view.aimed`).
    """
    rows, place = view.compared(keys)
    if view.measure != "workers":
        return np.full(rows.height, np.nan)
    inside = place >= 0
    target = view.target if run is None else moving_targets.aimed(view, run)
    return np.bincount(place[inside], weights=target[inside], minlength=rows.height).astype(np.float64)


def targets_under(view: View, scenario: Scenario, keys: Sequence[str] = ("segment",)) -> NDArray[np.float64]:
    """Return `group_targets` of a scenario: a share of the eligible is one of those that it leads to."""
    if not np.isfinite(view.share).any():
        return group_targets(view, keys)
    growth = plan(view, scenario)["eligible_growth"]
    return group_targets(replace(view, target=moving_targets.aimed_at(view, growth)), keys)


def counted(view: View, run: Flows, keys: Sequence[str] = ("segment",)) -> NDArray[np.float64]:
    """Return the covered of each group that count towards its target, month by month (months + 1, groups): where its
    parts are due in different months, each as it was in its own (`own_months`)."""
    cut = view.parts(keys)
    sums = projection.sums(cut.place, len(cut.owner))(run.covered[:, :, 0])
    return cut.counted(sums.T)


def baseline_table(
    view: View, months_ahead: int, keys: Sequence[str] = ("segment",), *, assumed: Scenario | None = None
) -> Projection:
    """One row per key and month of the baseline, so many months ahead; up to its length computed with the view, not
    again. Beside a scenario it has what that one is `assumed` to have: how fast the workforce grows."""
    still = Scenario() if assumed is None else assumed.assumed
    if months_ahead >= len(view.baseline.covered) or scenarios.simplified(still):
        return table_of_run(view, flows(view, still, months_ahead), name="baseline", keys=keys)
    return table_of_run(view, view.baseline.until(months_ahead), name="baseline", keys=keys)


def strangers(view: View, scenario: Scenario) -> list[str]:
    """Name the branches of a scenario that the data do not know, each once: what is asked of them happens nowhere."""
    known = {branch_key(name) for name in view.peers["branch"].unique()}
    named = [branch for _, branch in scenario.branch_levers]
    named += [branch for programme in scenario.programme for branch in programme.branches or ()]
    return [name for name in dict.fromkeys(named) if branch_key(name) not in known]


def require_known(view: View, scenario: Scenario) -> None:
    """Raise `NothingToShow` naming the first branch of a scenario that the data do not know."""
    for name in strangers(view, scenario):
        present = sorted(str(branch) for branch in view.peers["branch"].unique())
        close = difflib.get_close_matches(name, present, n=3) or present[:12]
        more = " | …" if close != present else ""
        raise NothingToShow("branch_unknown", found=name, allowed=" | ".join(close) + more)


def not_simulated(view: View, scenario: Scenario) -> list[str]:
    """Name the programmes that are over by the as-of month: what became of their members is in the data already."""
    programmes = scenario.at(view.as_of).programme
    going = running.at(programmes, view.as_of)
    return [programme.name for programme in programmes if programme.starts <= view.as_of and programme not in going]


def reaches(view: View, scenario: Scenario) -> bool:
    """Say whether anything that a scenario sets is set for a segment that is looked at."""
    present = {str(segment) for segment in view.series["segment"].unique()}
    return not present.isdisjoint(
        {*scenario.levers, *scenario.rule, *(programme.segment for programme in scenario.programme)}
    )


def side_by_side(
    history: pl.DataFrame,
    baseline: Projection,
    scenario: Projection | None,
    fan: pl.DataFrame | None = None,
    milestones: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """One row per month: `month, history, baseline, covered, difference, funded, target`, as far as each is known,
    the fan's `p10, p90, chance`, and `milestone`, if there are any."""
    rows = history.select("month", history="active").join(
        baseline.select("month", baseline="covered", target="target"), on="month", how="full", coalesce=True
    )
    if scenario is not None:
        rows = rows.join(scenario.select("month", "covered", "funded"), on="month", how="left")
        rows = rows.with_columns(difference=pl.col("covered") - pl.col("baseline"))
    if fan is not None:
        rows = rows.join(fan.select("month", "p10", "p90", "chance"), on="month", how="left")
    if milestones is not None and not milestones.is_empty():
        marks = milestones.select("month", milestone="workers")
        rows = rows.join(marks, on="month", how="full", coalesce=True, validate="1:1")
    return rows.sort("month")
