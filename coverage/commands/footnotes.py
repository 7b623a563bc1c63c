"""Which sentences stand below a command's figures: what a reader of them has to know besides?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from coverage.base.texts import Texts
from coverage.commands.request import DataRead, Request
from coverage.model import chance, projection, runs, scenarios
from coverage.model import view as views
from coverage.model.scenarios import Scenario
from coverage.model.view import View
from coverage.standing import gaps
from coverage.wording import remarks, sentences
from coverage.wording.assumptions import describe_assumptions
from coverage.wording.running import describe_running
from coverage.wording.scenarios import describe_curtailed_programmes, describe_unseen_segments

NAMED = 8
"""At most this many late branches are named; the others are only counted."""


def unseeded(options: Request, texts: Texts) -> list[str]:
    """Say that a seed changes nothing, where one was given."""
    return [] if options.seed is None else [texts("chance.no_seed")]


def unsure(options: Request, view: View, futures: projection.Futures | None, texts: Texts) -> list[str]:
    """Say why there is no band, where one was wanted."""
    return [] if options.draws == "0" or futures is not None else [texts(f"chance.{chance.why(view)}")]


def unsure_of(rows: pl.DataFrame, keys: Sequence[str], texts: Texts) -> list[str]:
    """Name the keys that have no band, where others have one: nobody is covered there."""
    untold = rows.filter(pl.col("p50").is_null()).select(keys).unique(maintain_order=True) if keys else pl.DataFrame()
    if untold.is_empty():
        return []
    names = [
        " ".join(texts(f"segment.{figure}") if key == "segment" else str(figure or "–") for key, figure in row.items())
        for row in untold.to_dicts()
    ]
    return [texts("chance.nobody_of", names=", ".join(names))]


def too_early(view: View, scenario: Scenario, texts: Texts) -> list[str]:
    """Name what a scenario holds for months before the as-of month: it is not simulated."""
    names = runs.not_simulated(view, scenario)
    return [texts("simulate.too_early", names=", ".join(names), month=texts.month(view.as_of))] if names else []


def not_as_asked(view: View, scenario: Scenario, ahead: int, texts: Texts) -> list[str]:
    """Say what of a scenario is not simulated as it stands there, so many months ahead, and why."""
    cut = (
        describe_curtailed_programmes(view, scenario, runs.flows(view, scenario, ahead), texts)
        if scenario.programme
        else []
    )
    return [*describe_unseen_segments(view, scenario, texts), *too_early(view, scenario, texts), *cut]


def outcome_of(view: View, scenario: Scenario, until: date | None, texts: Texts) -> str:
    """Say in a sentence where a scenario leads the scope as a whole."""
    whole = runs.simulate(view, scenario, name="", until=until, keys=())
    end = whole["month"].max()
    still = runs.simulate(view, Scenario(), name="", until=end if isinstance(end, date) else until, keys=())
    segments = view.series["segment"].unique().to_list()
    moved = scenarios.simplified(scenario)
    text = sentences.describe_outcome(
        still,
        whole,
        texts,
        segment=str(segments[0]) if len(segments) == 1 else None,
        changed=bool(moved.keys() & {"levers", "rule", "programme"}),
    )
    return " ".join([text, *sentences.brief(gaps.by(view, ["segment"]), texts)])


def notes_of(view: View, handed: DataRead, texts: Texts) -> list[str]:
    """Say what a reader of the figures has to know about them."""
    notes = describe_assumptions(view.settings, texts)
    share = views.illustrative_share(view)
    if share > 0:
        notes.append(texts("frame.illustrative", share=texts.part(share)) + ".")
    if view.late.height:
        late = view.late["branch"].unique(maintain_order=True).to_list()
        names = ", ".join(late[:NAMED]) + (", …" if len(late) > NAMED else "")
        count = texts.count("unit.series", view.late.height)
        notes.append(texts("frame.late", count=count, month=texts.month(view.as_of), names=names))
    if view.targets.is_empty():
        notes.append(texts("cli.no_target"))
    notes += [*remarks.about(view, texts), *describe_running(view, texts)]
    if int(handed.intake.files["set_aside"].sum()):
        notes.append(set_aside(handed, texts))
    return notes


def set_aside(handed: DataRead, texts: Texts) -> str:
    """Say how many rows were set aside, and where the reasons stand."""
    count = int(handed.intake.files["set_aside"].sum())
    sentence = texts("cli.set_aside", rows=texts.count("unit.rows", count))
    return f"{sentence} {texts('cli.see_why')}" if count else sentence
