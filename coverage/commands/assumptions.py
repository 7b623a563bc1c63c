"""What does whoever asks assume of the scope, in the place of a setting, and how is that said?"""

from __future__ import annotations

from coverage.base import settings
from coverage.base.errors import UsageRefused
from coverage.base.settings import Settings
from coverage.base.texts import Texts
from coverage.model.levers import Levers

GROWTH = "eligible_growth"


def settings_with(growth: str | None, texts: Texts) -> Settings:
    """Return the settings with the growth of the workforce that was typed, a share a year; raise `UsageRefused` where
    it is none, or beyond what the lever of that name allows."""
    usual = settings.load()
    if growth is None:
        return usual
    low, high = (
        next(getattr(bound, kind) for bound in Levers.model_fields[GROWTH].metadata if hasattr(bound, kind))
        for kind in ("ge", "le")
    )
    try:
        share = float(growth)
    except ValueError:
        share = float("nan")
    if not low <= share <= high:
        allowed = f"{low} … {high} (0.03)"
        raise UsageRefused("option_value", option="--eligible-growth", found=growth, allowed=allowed)
    return usual.assuming(GROWTH, share, texts("cli.assumed"), usual.fact(GROWTH).date)


def describe(chosen: Settings, texts: Texts) -> list[str]:
    """Say what is assumed otherwise than usual; mostly nothing."""
    growth, usual = chosen[GROWTH], settings.load()[GROWTH]
    if growth == usual:
        return []
    return [texts("cli.growth_assumed", growth=texts.change(growth, 1), usual=texts.change(usual, 1))]
