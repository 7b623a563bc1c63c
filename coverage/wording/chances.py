"""How sure is it? A chance is a share of few drawn futures, so it is told in tenths and never as certain."""

from __future__ import annotations

import polars as pl

from coverage.base.texts import Texts


def describe_sureness(fan: pl.DataFrame, texts: Texts) -> str:
    """Say between which bounds it ends in 8 of 10 futures, and the chance of the target (one key's fan)."""
    last = fan.tail(1).to_dicts()[0]
    if last["p90"] - last["p10"] < 0.5:
        return texts("sentence.certain")
    text = texts("sentence.between", low=texts.people(last["p10"]), high=texts.people(last["p90"]))
    if last["chance"] is None:
        return text
    return (
        text
        + " "
        + texts("sentence.chance", chance=describe_likelihood(last["chance"], texts), month=texts.month(last["month"]))
    )


def describe_likelihood(chance: float, texts: Texts) -> str:
    """Write a chance within a sentence, in tenths: `kurang dari 1 dari 10`."""
    if 0.1 <= chance <= 0.9:
        return describe_chance(chance, texts)
    return texts("sentence.chance_least" if chance < 0.1 else "sentence.chance_most")


def describe_chance(chance: float | None, texts: Texts) -> str:
    """Write a chance where there is little room (a cell, a figure): `< 1 dari 10`."""
    if chance is None:
        return texts("cockpit.none")
    if chance < 0.1:
        return texts("cockpit.chance_least")
    if chance > 0.9:
        return texts("cockpit.chance_most")
    return texts("cockpit.chance_tenths", n=texts.people(chance * 10))
