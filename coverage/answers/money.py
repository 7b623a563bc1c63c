"""Who pays how much and when, what falls away when the money ends, and what would it cost to go on?

A programme pays its premium for every member and month from its start until its money ends. Its payers' bill is always
the full premium: the discount of PP 50/2025 (half of JKK and JKM for non-wage earners) is not for members whose
contribution comes from the state's or the region's budget (APBN, APBD: article 3). Of a company's money the regulation
says nothing, so by its letter the discount holds for the informal workers that it pays for, and what it may save is
told beside the full bill. Wage earners have no discount, whoever pays. Whether a
village's budget (APBDes) counts as one of those named is not known: nothing is promised there.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from coverage.base import months
from coverage.base.settings import Settings
from coverage.model import runs
from coverage.model.projection import Flows
from coverage.model.scenarios import Scenario
from coverage.model.view import View

DISCOUNT = {"government": "excluded", "village": "unclear", "corporate": "holds"}
"""Fund -> whether the discount of PP 50/2025 is for its members."""
PAID: dict[str, pl.DataType] = {
    "number": pl.Int64(),  # which of the scenario's programmes, from 1: two may have one name
    "programme": pl.String(),
    "fund": pl.String(),
    "month": pl.Date(),
    "workers": pl.Float64(),
    "counted": pl.Float64(),  # by the branch's performance rule
    "payer_rupiah": pl.Float64(),
    "members_rupiah": pl.Float64(),
    "saving_rupiah": pl.Float64(),  # what the discount may save payer and members together; null where unclear
}
CLIFFS: dict[str, pl.DataType] = {
    "programme": pl.String(),
    "fund": pl.String(),
    "month": pl.Date(),  # the first month without money
    "workers": pl.Float64(),
    "leave": pl.Float64(),
    "before": pl.Float64(),  # covered in the last paid month, and in the month after; null beyond the projection
    "after": pl.Float64(),
    "renew_by": pl.Date(),  # the last paid month
    "months": pl.Int64(),
    "renew_rupiah": pl.Float64(),  # the payer's part of as many months again
    "renew_members_rupiah": pl.Float64(),
    "running": pl.Boolean(),  # it runs at the as-of month already
    "renewed_by": pl.String(),  # the programme that pays for the same segment from then on, if the scenario has one
}
NON_WAGE = "informal"
"""The segment whose members the discount is for (article 1: bukan penerima upah)."""
GROUPS = {"general": "discount", "transport": "discount_transport"}
"""Which non-wage earners are looked at -> how the settings name the months of their discount. How many work in
transport is not known: the months of all others are used unless somebody says that these do."""
USUAL = next(iter(GROUPS))


def discount_window(settings: Settings, group: str = USUAL) -> tuple[date, date]:
    """Return the first and the last month of the discount for a group of non-wage earners."""
    first, last = (settings.whole(f"{GROUPS[group]}_{end}") for end in ("first", "last"))
    return date(first // 100, first % 100, 1), date(last // 100, last % 100, 1)


def premium(month: date, settings: Settings, group: str = USUAL) -> float:
    """Return what a non-wage earner who pays alone owes for a month, at the lowest declared income (rupiah)."""
    first, last = discount_window(settings, group)
    return settings["premium_discounted_rupiah" if first <= month <= last else "premium_rupiah"]


def monthly(view: View, scenario: Scenario, run: Flows, group: str = USUAL) -> pl.DataFrame:
    """One row per programme and month in which it pays (`PAID`); its informal members are of the `group`."""
    first, last = discount_window(view.settings, group)
    whole = view.settings["premium_rupiah"]
    half = 1 - view.settings["premium_discounted_rupiah"] / whole
    rows, names = [], scenario.programme_names
    for index, programme in enumerate(scenario.programme):
        kind = DISCOUNT[programme.fund] if programme.segment == NON_WAGE else "none"
        for t, workers in enumerate(run.paid[index, :, :, 0].sum(axis=1).tolist()):
            month = months.add(view.as_of, t)
            if workers <= 0:
                continue
            # Half of the two insurances only: what a higher premium pays besides (old-age savings) is not discounted.
            saved = (
                workers * min(programme.premium, whole) * half if first <= month <= last and kind == "holds" else 0.0
            )
            rows.append(
                {
                    "number": index + 1,
                    "programme": names[index],
                    "fund": programme.fund,
                    "month": month,
                    "workers": workers,
                    "counted": workers * programme.weight,
                    "payer_rupiah": workers * programme.premium * programme.share,
                    "members_rupiah": workers * programme.premium * (1 - programme.share),
                    "saving_rupiah": None if kind == "unclear" and first <= month <= last else saved,
                }
            )
    return pl.DataFrame(rows, schema=PAID, orient="row")


def yearly(paid: pl.DataFrame) -> pl.DataFrame:
    """One row per programme and calendar year of `monthly`: `workers` and `counted` are the most in a month,
    `person_months` and the rupiah are sums of the months `first` to `last`; `saving_rupiah` is null where it is
    unclear in any month."""
    return (
        paid.with_columns(year=pl.col("month").dt.year().cast(pl.Int64))
        .group_by("number", "programme", "fund", "year", maintain_order=True)
        .agg(
            pl.col("month").min().alias("first"),
            pl.col("month").max().alias("last"),
            pl.col("workers", "counted").max(),
            pl.col("workers").sum().alias("person_months"),
            pl.col("payer_rupiah", "members_rupiah").sum(),
            pl.when(pl.col("saving_rupiah").is_not_null().all())
            .then(pl.col("saving_rupiah").sum())
            .alias("saving_rupiah"),
        )
        .drop("number")
    )


def by_fund(paid: pl.DataFrame) -> pl.DataFrame:
    """One row per fund and calendar year: `person_months, payer_rupiah, members_rupiah`."""
    return (
        paid.with_columns(year=pl.col("month").dt.year().cast(pl.Int64))
        .group_by("fund", "year", maintain_order=True)
        .agg(pl.col("workers").sum().alias("person_months"), pl.col("payer_rupiah", "members_rupiah").sum())
        .sort("year", "fund")
    )


def own_premiums(view: View, run: Flows, group: str = USUAL) -> pl.DataFrame:
    """One row per month to come: informal `workers` who pay for themselves, `full_rupiah` at the full premium and
    `due_rupiah` with the discount in its months. Empty where nobody informal is in view."""
    who = (view.series["segment"].cast(pl.String) == NON_WAGE).to_numpy()
    paying = (run.covered - run.funded)[1:, who, 0].sum(axis=1)
    calendar = [months.add(view.as_of, t) for t in range(1, len(run.covered))]
    due = np.array([premium(month, view.settings, group) for month in calendar])
    table = pl.DataFrame(
        {
            "month": pl.Series(calendar, dtype=pl.Date),
            "workers": paying,
            "full_rupiah": paying * view.settings["premium_rupiah"],
            "due_rupiah": paying * due,
        }
    )
    return table if who.any() else table.clear()


def own_yearly(months_paid: pl.DataFrame) -> pl.DataFrame:
    """One row per calendar year of `own`: `person_months, full_rupiah, due_rupiah, saving_rupiah`."""
    return (
        months_paid.group_by(pl.col("month").dt.year().cast(pl.Int64).alias("year"), maintain_order=True)
        .agg(
            pl.col("month").min().alias("first"),
            pl.col("month").max().alias("last"),
            pl.col("workers").sum().alias("person_months"),
            pl.col("full_rupiah", "due_rupiah").sum(),
        )
        .with_columns(saving_rupiah=pl.col("full_rupiah") - pl.col("due_rupiah"))
    )


def cliffs(view: View, scenario: Scenario, run: Flows) -> pl.DataFrame:
    """One row per programme whose members are paid for in the projection (`CLIFFS`), the earliest end first: a calendar
    of cliffs and of the months until which each can be renewed.

    Renewing pays as many months again for those who are there when the money ends. Where that is beyond the
    projection, its last month's members stand for them.
    """
    covered, horizon = run.covered[:, :, 0].sum(axis=1), len(run.covered) - 1
    rows, names = [], scenario.programme_names
    for index, programme in enumerate(scenario.programme):
        end = months.between(view.as_of, programme.starts) + programme.months
        workers = float(run.paid[index, min(end - 1, horizon), :, 0].sum()) if end > 0 else 0.0
        if workers <= 0:
            continue
        rupiah = workers * programme.months * programme.premium
        rows.append(
            {
                "programme": names[index],
                "fund": programme.fund,
                "month": months.add(view.as_of, end),
                "workers": workers,
                "leave": workers * (1 - programme.stay),
                "before": float(covered[end - 1]) if end <= horizon else None,
                "after": float(covered[end]) if end <= horizon else None,
                "renew_by": months.add(view.as_of, end - 1),
                "months": programme.months,
                "renew_rupiah": rupiah * programme.share,
                "renew_members_rupiah": rupiah * (1 - programme.share),
                "running": programme.starts <= view.as_of,
                "renewed_by": _renewal(scenario, index),
            }
        )
    return pl.DataFrame(rows, schema=CLIFFS, orient="row").sort("month", maintain_order=True)


def _renewal(scenario: Scenario, index: int) -> str | None:
    """Return the programme that begins when another one's money ends, for the same segment and a branch of it."""
    ended = scenario.programme[index]
    end = months.add(ended.starts, ended.months)
    for name, other in zip(scenario.programme_names, scenario.programme, strict=True):
        places = None if ended.branches is None or other.branches is None else set(ended.branches) & set(other.branches)
        if other.segment == ended.segment and other.starts == end and other.workers and places != set():
            return name
    return None


def running_cliffs(view: View) -> pl.DataFrame:
    """One row per programme that runs already (`CLIFFS`): when its money ends, the earliest first."""
    return cliffs(view, runs.with_running(view, Scenario()), view.baseline)
