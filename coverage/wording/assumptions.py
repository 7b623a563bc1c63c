"""What does whoever asks assume of the scope, in the place of a setting, and how is that said?"""

from __future__ import annotations

from coverage.base import settings
from coverage.base.settings import Settings
from coverage.base.texts import Texts
from coverage.model.levers import Levers

GROWTH = "eligible_growth"
LEAST, MOST = (
    next(float(getattr(bound, kind)) for bound in Levers.model_fields[GROWTH].metadata if hasattr(bound, kind))
    for kind in ("ge", "le")
)
"""Between these shares a year the workforce may be assumed to grow: what the lever of that name allows."""
ALLOWED = f"{LEAST} … {MOST} (0.03)"


def settings_with(growth: str, texts: Texts) -> Settings | None:
    """Return the settings with the growth of the workforce that was typed, a share a year; the usual ones where nothing
    was, None where it is no share or beyond its bounds."""
    usual = settings.load()
    if not growth:
        return usual
    try:
        share = float(growth)
    except ValueError:
        return None
    if not LEAST <= share <= MOST:
        return None
    return usual.assuming(GROWTH, share, texts("cli.assumed"), usual.fact(GROWTH).date)


def describe_assumptions(chosen: Settings, texts: Texts) -> list[str]:
    """Say what is assumed otherwise than usual; mostly nothing."""
    growth, usual = chosen[GROWTH], settings.load()[GROWTH]
    if growth == usual:
        return []
    return [texts("cli.growth_assumed", growth=texts.change(growth, 1), usual=texts.change(usual, 1))]
