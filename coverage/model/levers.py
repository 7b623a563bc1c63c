"""What can a person change: the levers of a segment or branch, and programmes that pay for workers.

A lever is declared here, and once: its bounds, unit, step and symbol stand in its field. `model.equations` says what
it does, the language files what it is called; everything else follows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from pydantic import Field
from pydantic.fields import FieldInfo

from coverage.base import settings
from coverage.base.declarations import Declared, When
from coverage.base.tables import SEGMENTS

if TYPE_CHECKING:
    SegmentName: TypeAlias = str
else:
    SegmentName = Literal[SEGMENTS]  # those of the settings: a segment is added there alone
FUNDS = ("government", "village", "corporate")
_SETTINGS = settings.load()


class Levers(Declared):
    """What a person can change for a segment, or for one branch of it.

    `new`, `lapse` and `back` are relative changes of the baseline rates (0.20: a fifth more), `extra` is
    registrations a month over the whole scope, `eligible_growth` a share a year. `ramp` counts months until the
    levers work in full, from the month `starts` on.
    """

    new: float = Field(
        0.0, ge=-1, le=5, json_schema_extra={"unit": "change", "symbol": "uₙ", "step": 0.05, "reach": 2.0}
    )
    lapse: float = Field(
        0.0, ge=-1, le=5, json_schema_extra={"unit": "change", "symbol": "uₗ", "step": 0.05, "reach": 1.0, "less": True}
    )
    back: float = Field(
        0.0, ge=-1, le=5, json_schema_extra={"unit": "change", "symbol": "u_b", "step": 0.05, "reach": 2.0}
    )
    extra: float = Field(
        0.0,
        ge=0,
        le=1_000_000,
        json_schema_extra={"unit": "people", "symbol": "x", "step": 50, "reach": 5000, "shared": True},
    )
    eligible_growth: float | None = Field(
        None,
        ge=-0.5,
        le=0.5,
        json_schema_extra={"unit": "growth", "symbol": "g", "step": 0.005, "reach": 0.1, "apart": True},
    )
    starts: When | None = Field(None, json_schema_extra={"unit": "month", "symbol": "t₀", "apart": True})
    ramp: int = Field(
        0, ge=0, le=60, json_schema_extra={"unit": "months", "symbol": "k", "step": 1, "reach": 12, "apart": True}
    )

    def over(self, wider: Levers) -> Levers:
        """Return the wider levers with what is said here in their place."""
        return wider.model_copy(update={name: getattr(self, name) for name in self.model_fields_set & LEVERS})


LEVERS = frozenset(Levers.model_fields)


def extra_of(field: FieldInfo, name: str) -> object:
    """Return what a lever's declaration says beside its bounds, None where it says nothing of this:

    `unit` (change, share, people, growth, month, months), `symbol` in formulas, `step` and `reach` of its slider,
    `apart` where it is no act, `shared` where a segment's people are shared over its branches, `less` where less of it
    covers more.
    """
    extra = field.json_schema_extra
    return extra.get(name) if isinstance(extra, dict) else None


ACTS = tuple(name for name, field in Levers.model_fields.items() if not extra_of(field, "apart"))
"""The levers that are acts, in their order; the others are an assumption, or say when the acts begin."""


def covers_more(name: str, value: float) -> bool:
    """Say whether a lever's value asks for more than usual, so that more are covered."""
    return value < 0 if name in LESS else value > 0


LESS = frozenset(name for name, field in Levers.model_fields.items() if extra_of(field, "less"))
"""Levers of which less covers more."""


class Programme(Declared):
    """Somebody pays for so many workers of a segment for so many months."""

    name: str = Field(min_length=1, max_length=120)
    segment: SegmentName
    workers: int = Field(ge=0, le=100_000_000, json_schema_extra={"unit": "workers"})
    starts: When = Field(json_schema_extra={"unit": "month"})
    months: int = Field(ge=1, le=240, json_schema_extra={"unit": "months"})
    stay: float = Field(_SETTINGS["stay_share"], ge=0, le=1, json_schema_extra={"unit": "share"})
    premium: float = Field(_SETTINGS["premium_rupiah"], ge=0, le=10_000_000, json_schema_extra={"unit": "rupiah"})
    share: float = Field(_SETTINGS["payer_share"], ge=0, le=1, json_schema_extra={"unit": "share"})
    fund: Literal["government", "village", "corporate"] = "government"
    spread: Literal["uncovered", "eligible", "gap", "active"] = "uncovered"
    branches: tuple[str, ...] | None = None

    @property
    def weight(self) -> float:
        """Return how far a member counts by the branch's performance rule (PROBIS p. 67): a share."""
        full = _SETTINGS["counted_months"]
        if self.fund == "corporate":
            return 1.0 if self.months >= full else 0.0
        return min(1.0, self.months / full)
