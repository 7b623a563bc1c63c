"""Which sentences does the browser say, and how does it write a number in this language?

They stand in the language files, under `cockpit`; nothing is said in a script.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from coverage.base.texts import NONE, Texts
from coverage.model import scenarios

_PREFIX = "cockpit."
_UNITS = (1e12, 1e9, 1e6)


def of(texts: Texts, measure: str = "workers") -> dict[str, str]:
    """Return every message of the cockpit by its short name; where a target counts registrations, theirs."""
    named = {key.removeprefix(_PREFIX): text for key, text in texts.messages.items() if key.startswith(_PREFIX)}
    if measure == "registrations":
        for name in list(named):
            if other := texts.messages.get(f"cockpit.{name}_registered"):
                named[name] = other
    return named


def forms(texts: Texts) -> dict[str, Any]:
    """Return how this language writes numbers, money and months."""
    sample = texts.decimal(1234.5)
    return {
        "locale": texts.language,
        "thousands": sample[1],
        "decimal": sample[5],
        "minus": texts.people(-1)[0],
        "none": NONE,
        "percent": texts("form.percent", number="{number}"),
        "chance": texts("cockpit.chance_tenths", n="{n}"),
        "chance_least": texts("cockpit.chance_least"),
        "chance_most": texts("cockpit.chance_most"),
        "rupiah_units": [[unit, _money(unit, texts)] for unit in _UNITS],
        "months": [texts.month(date(2000, month, 1)).removesuffix(" 2000") for month in range(1, 13)],
        "months_short": [texts.month(date(2000, month, 1), short=True).removesuffix(" 2000") for month in range(1, 13)],
    }


def _money(unit: float, texts: Texts) -> str:
    """Return how a large unit of money is written: `{number} miliar`."""
    return texts.rupiah(unit, short=True).removeprefix("Rp").replace("1", "{number}", 1)


TRACKS = {"lapse": (-0.75, 0.25)}
"""How far the slider of a relative lever goes where it is not from half less to twice as many."""
_APART = {"growth": (-0.05, 0.1, 0.5), "months": (0, 12, 1), "month": (1, 24, 1)}
_LIMITS = {"month": (1, 120)}


def declared_levers(*, apart: bool) -> list[dict[str, Any]]:
    """Return the acts (or the assumptions, `apart`), each with its unit, its limits and its slider's track.

    A step is in the slider's own units: whole percent, people, months.
    """
    rows = []
    for name, field in scenarios.lever_fields():
        unit, extra = scenarios.unit_of(field), field.json_schema_extra
        if bool(isinstance(extra, dict) and extra.get("apart")) is not apart:
            continue
        bounds = {
            kind: getattr(bound, kind) for bound in field.metadata for kind in ("ge", "le") if hasattr(bound, kind)
        }
        least, most = (bounds["ge"], bounds["le"]) if bounds else _LIMITS[unit]
        low, high, step = _APART.get(unit, (*TRACKS.get(name, (-0.5, 1.0)), 1))
        low, high, step = (0, 1000, 10) if unit == "people" else (low, high, step)
        rows.append({"name": name, "unit": unit, "least": least, "most": most, "low": low, "high": high, "step": step})
    return rows
