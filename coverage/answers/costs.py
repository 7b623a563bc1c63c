"""What does each person cost by each lever, and how far can each lever go? Assumptions, checked like any input.

What a registration, an avoided lapse and a return cost is published nowhere: the defaults are illustrative and say so
(`data/settings.toml`); only the premium is a published figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import Field, ValidationError

from coverage.base import declarations, settings
from coverage.base.declarations import Declared
from coverage.base.errors import DeclarationRefused
from coverage.model.levers import SegmentName

PRICED = ("new", "lapse", "back", "workers")
FUNDED_SEGMENT = "informal"
"""Funded programmes pay the premium of non-wage earners; elsewhere nobody is funded unless a limit says so."""
_SETTINGS = settings.load()


class LeverCosts(Declared):
    """What each person costs by each lever, and how far each lever can go.

    `new`, `lapse`, `back`: rupiah for a registration, a lapse avoided and a return beyond the scenario's own;
    `premium` a month for a funded worker, paid for `months`. The limits are relative changes, and workers.
    """

    new: float = Field(_SETTINGS["cost_new_rupiah"], ge=0, le=100_000_000, json_schema_extra={"unit": "rupiah"})
    lapse: float = Field(_SETTINGS["cost_lapse_rupiah"], ge=0, le=100_000_000, json_schema_extra={"unit": "rupiah"})
    back: float = Field(_SETTINGS["cost_back_rupiah"], ge=0, le=100_000_000, json_schema_extra={"unit": "rupiah"})
    premium: float = Field(_SETTINGS["premium_rupiah"], ge=0, le=10_000_000, json_schema_extra={"unit": "rupiah"})
    months: int = Field(_SETTINGS.whole("funded_months"), ge=1, le=240, json_schema_extra={"unit": "months"})
    new_limit: float = Field(_SETTINGS["limit_new"], ge=0, le=5, json_schema_extra={"unit": "share"})
    lapse_limit: float = Field(_SETTINGS["limit_lapse"], ge=0, le=1, json_schema_extra={"unit": "share"})
    back_limit: float = Field(_SETTINGS["limit_back"], ge=0, le=5, json_schema_extra={"unit": "share"})
    workers_limit: int | None = Field(None, ge=0, le=100_000_000, json_schema_extra={"unit": "workers"})

    def unit_rupiah(self, lever: str) -> float:
        """Return what one more person costs by a lever: a funded worker costs all months that are paid."""
        return self.premium * self.months if lever == "workers" else float(getattr(self, lever))

    def basis(self, lever: str) -> str:
        """Say where a cost comes from: `given` by the user, `published`, or `illustrative`."""
        text = self.model_fields_set & ({"premium"} if lever == "workers" else {lever})
        return "given" if text else "published" if lever == "workers" else "illustrative"


FIELDS = tuple(LeverCosts.model_fields)


class Costs(Declared):
    """The costs for every segment, and what differs in one."""

    every: LeverCosts = LeverCosts()
    segment: dict[SegmentName, LeverCosts] = Field(default_factory=dict)

    def illustrative(self) -> bool:
        """Say whether the cost of a registration, a lapse avoided or a return is still the illustrative one."""
        return any(self.every.basis(lever) == "illustrative" for lever in PRICED)

    def of(self, segment: str) -> LeverCosts:
        """Return what holds in a segment; only informal workers are funded where no limit is given."""
        own = next((segment_name for name, segment_name in self.segment.items() if name == segment), LeverCosts())
        merged = self.every.model_copy(update={name: getattr(own, name) for name in own.model_fields_set})
        if merged.workers_limit is None and segment != FUNDED_SEGMENT:
            return LeverCosts.model_construct(
                merged.model_fields_set, **{name: getattr(merged, name) for name in FIELDS} | {"workers_limit": 0}
            )
        return merged

    def with_said(self, assignments: Sequence[str]) -> Costs:
        """Return the costs with `new=25000` or `informal.new=25000` said over them; raise `DeclarationRefused`."""
        document = self.model_dump(exclude_unset=True)
        for assignment in assignments:
            key, equals, value = (part.strip() for part in assignment.partition("="))
            segment, dot, name = key.rpartition(".")
            if not equals or name not in FIELDS:
                raise DeclarationRefused("link_key", key=assignment, found=value, allowed=" | ".join(FIELDS))
            place = document.setdefault("segment", {}).setdefault(segment, {}) if dot else document
            (place if dot else document.setdefault("every", {}))[name] = value
        return checked(document)


def checked(document: Mapping[str, Any]) -> Costs:
    """Check costs against their declaration; raise `DeclarationRefused` with key, found and allowed."""
    try:
        return Costs.model_validate(document)
    except ValidationError as error:
        refused = declarations.refusal(error, Costs, document, file="", lines={})
        data = {name: value for name, value in refused.data.items() if name not in {"file", "line"}}
        key = str(data["key"]).removeprefix("every.").removeprefix("segment.")
        raise DeclarationRefused("link_" + refused.code, **(data | {"key": key})) from error
