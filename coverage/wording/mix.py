"""What does the cheapest mix cost, of whom does it consist, and what is still missing, in words?"""

from __future__ import annotations

import polars as pl

from coverage.answers.costs import PRICED
from coverage.answers.mix import HALF_A_PERSON, Mix
from coverage.base.texts import Texts
from coverage.wording.scenarios import describe_lever_value

_SHOWN = ("segment", "lever", "value", "amount", "unit_rupiah", "cost_rupiah", "people", "marginal_rupiah")


def describe_mix(mix: Mix, texts: Texts) -> list[str]:
    """Say what the mix costs and reaches, then of whom it consists, and when the money for the funded ends."""
    values: dict[str, object] = {
        "month": texts.month(mix.month),
        "before": texts.people(mix.gap_before),
        "gap": texts.people(mix.gap),
        "rupiah": texts.rupiah(mix.cost_rupiah, short=True),
        "budget": texts.rupiah(mix.budget_rupiah, short=True),
    }
    apart = _describe_whose_target(mix, texts)
    if mix.gap_before < HALF_A_PERSON:
        return [texts("mix.nothing", **values), *apart]
    # Where money is left over, it is the limits that stop it.
    capped = mix.budget_rupiah is not None and mix.cost_rupiah >= 0.99 * mix.budget_rupiah
    stuck = mix.gap_before - mix.gap < HALF_A_PERSON
    short = ("mix.capped_stuck" if stuck else "mix.capped") if capped else "mix.stuck" if stuck else "mix.short"
    sentences = [texts("mix.reached" if mix.reached else short, **values)]
    ruled = [segment for segment in mix.gaps if segment in mix.scenario.rule and not mix.reached]
    if ruled:
        names = ", ".join(texts(f"segment.{segment}") for segment in ruled)
        sentences.append(texts("mix.ruled", segments=names))
    sums = {lever: float(mix.rows.filter(lever=lever)["amount"].sum()) for lever in PRICED}
    parts = [texts.count(f"mix.part.{lever}", sums[lever]) for lever in PRICED if sums[lever] >= 1]
    if parts:
        sentences.append(texts("mix.parts", parts="; ".join(parts)))
    if len(mix.gaps) > 1 and not mix.reached:  # the other segments got there: more of theirs would fill nothing
        left = {texts(f"segment.{segment}"): gap for segment, gap in mix.gaps.items() if gap >= HALF_A_PERSON}
        sentences.append(
            texts("mix.left", parts="; ".join(f"{name} {texts.people(gap)}" for name, gap in left.items()))
        )
    if mix.funded_until is not None:
        sentences.append(texts.count("mix.cliff", sums["workers"], month=texts.month(mix.funded_until)))
    sentences += apart
    return sentences if mix.settled else [*sentences, texts("mix.unsettled")]


def _describe_whose_target(mix: Mix, texts: Texts) -> list[str]:
    """Say whether every branch is at its own target or the sum alone; nothing where there is only one branch."""
    hidden = mix.short > mix.gap + HALF_A_PERSON
    if mix.branches < 2 and not hidden:
        return []
    if mix.gap >= HALF_A_PERSON:
        return [texts("sentence.short_apart", short=texts.people(mix.short))] if hidden else []
    if not hidden:
        return [texts("mix.every_branch")]
    return [texts("mix.the_sum", short=texts.people(mix.short))]


def mix_table(mix: Mix, texts: Texts) -> dict[str, list[str]]:
    """Write who does what for people: heading -> cells, a row for each segment and lever."""
    cells: dict[str, list[str]] = {name: [] for name in _SHOWN}
    for row in mix.rows.iter_rows(named=True):
        funded = row["lever"] == "workers"
        value = texts.people(row["value"]) if funded else describe_lever_value(row["value"], "change", texts)
        written = {
            "segment": texts(f"segment.{row['segment']}"),
            "lever": texts(f"mix.lever.{row['lever']}"),
            "value": texts("mix.limit", value=value) if row["at_limit"] else value,
            "amount": texts.people(row["amount"]),
            "people": texts.people(row["people"]),
            "unit_rupiah": texts(
                "mix.cost", rupiah=texts.rupiah(row["unit_rupiah"]), basis=texts(f"mix.basis.{row['cost_basis']}")
            ),
            "cost_rupiah": texts.rupiah(row["cost_rupiah"], short=True),
            "marginal_rupiah": texts.rupiah(row["marginal_rupiah"]),
        }
        for name in _SHOWN:
            cells[name].append(written[name])
    return {texts(f"mix.head.{name}"): cells[name] for name in _SHOWN}


def curve_table(steps: pl.DataFrame, texts: Texts) -> dict[str, list[str]]:
    """Write the curve of `curve` for people: heading -> cells."""
    return {
        texts("mix.head.budget_rupiah"): [texts.rupiah(rupiah) for rupiah in steps["budget_rupiah"].to_list()],
        texts("mix.head.gap"): [texts.people(gap) for gap in steps["gap"].to_list()],
    }
