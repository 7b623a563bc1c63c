"""A frozen sample of Sumbagsel as the app opens it, and what a file made of it says of itself."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path

from coverage.base import settings, texts
from coverage.intake import read, register
from coverage.intake.read import Intake
from coverage.model import scenarios, targets
from coverage.model import view as views
from coverage.model.scenarios import Scenario
from coverage.model.view import Scope, View
from coverage.reports import provenance
from coverage.reports.provenance import Provenance
from coverage.reports.seen import Beside

FOLDER = Path(__file__).parent / "frozen" / "sumbagsel"
"""A frozen copy, so that figures worked out on it stand whatever becomes of the sample that is shipped."""
ASKED = ("--data", str(FOLDER), "--targets", str(settings.DATA / "targets.toml"))
"""The frozen sample and its targets on a command line."""
SHIPPED = settings.DATA / "samples" / "sumbagsel"
PALEMBANG = Scope(branches=("Palembang",))
FINGERPRINT = "0123456789abcdef"


@lru_cache
def handed() -> Intake:
    """Return what the files of the sample hold."""
    return read.read(read.find([str(FOLDER)]), settings=settings.load())


@lru_cache
def looked(wanted: Scope = PALEMBANG) -> tuple[View, str]:
    """Return the view of the sample under the targets of 2023, and the fingerprint of its files."""
    view = views.of(
        handed().table,
        register.read(settings.DATA / "branches.csv"),
        targets.load(settings.DATA / "targets.toml").named(None),
        scope=wanted,
        as_of=None,
        settings=settings.load(),
    )
    return view, handed().fingerprint


def noted(
    view: View,
    scenario: Scenario,
    words: texts.Texts,
    *,
    sample: bool = True,
    dataset: str = "Sumbagsel",
    fingerprint: str = FINGERPRINT,
    wanted: Scope | None = None,
) -> Provenance:
    """Return what a file made on 23 November 2026 says of itself."""
    return provenance.of(
        view,
        dataset=dataset,
        sample=sample,
        targets_title="Target 2023",
        target_set="annual-2023",
        scenario=scenario,
        fingerprint=fingerprint,
        made_on=date(2026, 11, 23),
        texts=words,
        wanted=wanted,
    )


def beside(wanted: Scope = PALEMBANG) -> Beside:
    """Return what else the app knows when it makes a bundle."""
    book = targets.load(settings.DATA / "targets.toml")
    return Beside(
        table=handed().table,
        register=register.read(settings.DATA / "branches.csv"),
        scope=wanted,
        chosen=book.named(None),
        book=book,
        presets=scenarios.presets(),
        problems=handed().problems,
    )
