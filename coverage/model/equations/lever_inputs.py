"""Which inputs of the equations are levers? Those that `Levers` declares, one for each field, and no list beside it."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic.fields import FieldInfo

from coverage.model.equations.steps import Input
from coverage.model.equations.units import Unit

PREFIX = "lever_"
_UNITS: Mapping[str, Unit] = {
    "change": "number",
    "growth": "number",
    "share": "share",
    "people": "people",
    "month": "number",
    "months": "factor",
}


def inputs_of(fields: Mapping[str, FieldInfo]) -> tuple[Input, ...]:
    """Return an input for each declared lever, in their order: `lever_<name>`, neutral at its default."""
    return tuple(_input(name, field) for name, field in fields.items())


def _input(name: str, field: FieldInfo) -> Input:
    extra = field.json_schema_extra
    text = extra if isinstance(extra, dict) else {}
    unit = str(text["unit"])
    # A month that nobody named is the first one; months are counted from the as-of month.
    neutral = 1.0 if unit == "month" else float(field.default or 0)
    return Input(
        name=PREFIX + name,
        symbol=str(text.get("symbol", name)),
        unit=_UNITS[unit],
        by=("series", "draw"),
        neutral=neutral,
        lever=name,
    )
