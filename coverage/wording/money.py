"""Who pays how much, what falls away when the money ends, and what does the discount save, in words?"""

from __future__ import annotations

import polars as pl

from coverage.answers import money
from coverage.base.texts import NONE, Texts
from coverage.model.view import View


def describe_payers(paid: pl.DataFrame, texts: Texts) -> str:
    """Say what each fund pays in all, and how many members count by the performance rule."""
    funds = paid.group_by("fund", maintain_order=True).agg(pl.col("payer_rupiah").sum())
    listed = [
        texts("money.payer", fund=texts(f"fund.{fund}"), rupiah=texts.rupiah(rupiah, short=True))
        for fund, rupiah in funds.iter_rows()
    ]
    most = paid.group_by("number", maintain_order=True).agg(pl.col("workers", "counted").max())
    return texts(
        "money.payers",
        listed="; ".join(listed),
        counted=texts.people(float(most["counted"].sum())),
        workers=texts.people(float(most["workers"].sum())),
    )


def describe_cliffs(ends: pl.DataFrame, texts: Texts) -> list[str]:
    """Say of each programme how many fall out of how many when its money ends, and what renewing costs, by when."""
    return [
        texts(
            "money.cliff" if row["before"] is not None else "money.cliff_beyond",
            programme=row["programme"],
            month=texts.month(row["month"]),
            leave=texts.people(row["leave"]),
            workers=texts.people(row["workers"]),
            months=texts.count("unit.months", row["months"]),
            rupiah=texts.rupiah(row["renew_rupiah"], short=True),
            renew_by=texts.month(row["renew_by"]),
        )
        for row in ends.iter_rows(named=True)
    ]


def describe_next_cliff(view: View, texts: Texts, *, brief: bool = False) -> str:
    """Say when the first of the running programmes ends, and who falls out then; nothing if none runs."""
    ends = money.running_cliffs(view).to_dicts()
    if not ends:
        return ""
    row = ends[0]
    return texts(
        "money.next_cliff_brief" if brief else "money.next_cliff",
        month=texts.month(row["month"]),
        programme=row["programme"],
        leave=texts.people(row["leave"]),
        workers=texts.people(row["workers"]),
        renew_by=texts.month(row["renew_by"]),
    )


def describe_discount(
    view: View, paid: pl.DataFrame, months_paid: pl.DataFrame, texts: Texts, group: str = money.USUAL
) -> str:
    """Say whom the discount of PP 50/2025 helps within the projection, and what is not known of it."""
    first, last = money.discount_window(view.settings, group)
    values = {
        "first": texts.month(first),
        "last": texts.month(last),
        "full": texts.rupiah(view.settings["premium_rupiah"]),
        "half": texts.rupiah(view.settings["premium_discounted_rupiah"]),
    }
    inside = months_paid.filter(pl.col("month").is_between(first, last))
    within = pl.col("month").is_between(first, last)
    if inside.is_empty() and paid.filter(within).is_empty():
        return texts("money.no_discount", **values)
    saved = float((inside["full_rupiah"] - inside["due_rupiah"]).sum())
    text = texts("money.discount", **values, saved=texts.rupiah(saved, short=True))
    text += " " + texts(f"money.discount_{group}")
    company = float(paid.filter(within & (pl.col("fund") == "corporate"))["saving_rupiah"].sum())
    if company:
        may = texts.rupiah(company, short=True)
        text += " " + texts("money.discount_corporate", saved=may)
    if paid.filter(within & (pl.col("fund") == "village"))["saving_rupiah"].null_count():
        text += " " + texts("money.discount_village")
    return text


def yearly_payments_table(years: pl.DataFrame, texts: Texts) -> dict[str, list[str]]:
    """Write `yearly` for people: heading -> cells."""
    return {
        texts("table.programme"): years["programme"].to_list(),
        texts("table.fund"): [texts(f"fund.{fund}") for fund in years["fund"].to_list()],
        texts("table.year"): [texts.period(row["first"], row["last"]) for row in years.to_dicts()],
        texts("table.workers"): [texts.people(workers) for workers in years["workers"].to_list()],
        texts("table.counted"): [texts.people(workers) for workers in years["counted"].to_list()],
        texts("table.person_months"): [
            texts.people(person_months) for person_months in years["person_months"].to_list()
        ],
        texts("table.payer_rupiah"): [texts.rupiah(rupiah) for rupiah in years["payer_rupiah"].to_list()],
        texts("table.members_rupiah"): [texts.rupiah(rupiah) for rupiah in years["members_rupiah"].to_list()],
    }


def cliffs_table(ends: pl.DataFrame, texts: Texts) -> dict[str, list[str]]:
    """Write `cliffs` for people: heading -> cells."""
    rows = ends.to_dicts()
    return {
        texts("table.programme"): [row["programme"] for row in rows],
        texts("money.head.month"): [texts.month(row["month"], short=True) for row in rows],
        texts("money.head.leave"): [
            texts("money.of", part=texts.people(row["leave"]), whole=texts.people(row["workers"])) for row in rows
        ],
        texts("money.head.covered"): [
            texts("money.to", before=texts.people(row["before"]), after=texts.people(row["after"])) for row in rows
        ],
        texts("money.head.renew"): [texts.rupiah(row["renew_rupiah"]) for row in rows],
        texts("money.head.renew_by"): [texts.month(row["renew_by"], short=True) for row in rows],
        texts("money.head.renewed_by"): [row["renewed_by"] or NONE for row in rows],
    }
