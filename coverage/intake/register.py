"""Which branches are known, where are they, and to which regional office do they belong?

A branch that is not in the register still works; it only has no place on a map and no region.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from coverage.base import tables
from coverage.base.errors import DeclarationRefused
from coverage.base.tables import Register
from coverage.intake.finding import Companion

LATITUDES = (-11.0, 6.0)
LONGITUDES = (95.0, 141.0)
"""Indonesia, from Rote to Weh and from Weh to Merauke; what lies outside has its two coordinates mixed up."""

_BOUNDS = {"latitude": LATITUDES, "longitude": LONGITUDES}


def read(path: Path) -> Register:
    """One row per branch; an empty register where there is no file.

    Raise `DeclarationRefused` for an unknown or missing column, a branch that stands twice, a coordinate that is no
    number or lies outside Indonesia, and an unknown status.
    """
    if not path.is_file():
        return pl.DataFrame(schema=tables.REGISTER)
    try:
        return loads(path.read_bytes(), path.name)
    except OSError as error:
        raise DeclarationRefused("register_unreadable", file=path.name, found=str(error)) from error


def loads(content: bytes, file: str) -> Register:
    """Read a register that was handed in; raise `DeclarationRefused` as `read` does."""
    try:
        text = content.decode("utf-8-sig")
        first = text.partition("\n")[0]
        separator = ";" if ";" in first and "," not in first else ","  # as Excel writes it in Indonesia
        lines = csv.DictReader(io.StringIO(text, newline=""), strict=True, delimiter=separator)
        _check_header(file, list(lines.fieldnames or []))
        rows = [_row(file, lines.line_num, line) for line in lines]
    except (UnicodeDecodeError, csv.Error) as error:
        raise DeclarationRefused("register_unreadable", file=file, found=str(error)) from error
    _check_once(file, rows)
    return pl.DataFrame(rows, schema=tables.REGISTER, orient="row")


def of(companions: Sequence[Companion], otherwise: Path, regions: pl.DataFrame | None = None) -> Register:
    """Return the register that was handed in beside the tables, else the one of a file with the regions that the tables
    themselves tell (`branch`, `region`)."""
    own = next((companion for companion in companions if companion.kind == "branches"), None)
    if own is not None:
        return loads(own.content, own.name)
    register = read(otherwise)
    return register if regions is None else with_regions(register, regions)


def with_regions(register: Register, regions: pl.DataFrame) -> Register:
    """Return the register with the regions that tables tell of their branches; one that it does not know is added."""
    if regions.is_empty():
        return register
    own_regions = {
        tables.branch_key(branch): region for branch, region in regions.select("branch", "region").iter_rows()
    }
    keys = [tables.branch_key(branch) for branch in register["branch"].to_list()]
    own = [own_regions.get(key, region) for key, region in zip(keys, register["region"].to_list(), strict=True)]
    known = register.with_columns(region=pl.Series(own, dtype=register.schema["region"]))
    new = regions.filter(~pl.Series([tables.branch_key(branch) in set(keys) for branch in regions["branch"]]))
    return pl.concat([known, new.unique("branch", keep="first", maintain_order=True)], how="diagonal")


def _check_header(file: str, names: list[str]) -> None:
    if {"branch"} <= set(names) <= set(tables.REGISTER):
        return
    raise DeclarationRefused(
        "register_value", file=file, line=1, key="header", found=", ".join(names), allowed=", ".join(tables.REGISTER)
    )


def _row(file: str, line: int, given: dict[str | None, str | list[str] | None]) -> dict[str, object]:
    if None in given or None in given.values():
        raise DeclarationRefused(
            "register_value",
            file=file,
            line=line,
            key="–",
            found=str(given.get("branch")),
            allowed="one cell per header",
        )
    texts = {name: str(given.get(name) or "").strip() or None for name in tables.REGISTER}
    row: dict[str, object] = dict(texts)
    for name in _BOUNDS:
        row[name] = _coordinate(file, line, name, texts[name])
    if texts["branch"] is None:
        raise DeclarationRefused(
            "register_value", file=file, line=line, key="branch", found="–", allowed="Palembang, …"
        )
    if texts["status"] not in (None, *tables.STATUSES):
        allowed = ", ".join(tables.STATUSES)
        raise DeclarationRefused(
            "register_value", file=file, line=line, key="status", found=texts["status"], allowed=allowed
        )
    return row


def _coordinate(file: str, line: int, name: str, text: str | None) -> float | None:
    low, high = _BOUNDS[name]
    if text is None:
        return None
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if low <= number <= high:
        return number
    raise DeclarationRefused(
        "register_value", file=file, line=line, key=name, found=text, allowed=f"{low:g} … {high:g}"
    )


def _check_once(file: str, rows: list[dict[str, object]]) -> None:
    seen: dict[str, int] = {}
    for at, row in enumerate(rows):
        key = tables.branch_key(str(row["branch"]))
        if key in seen:
            raise DeclarationRefused("register_twice", file=file, line=at + 2, key="branch", found=str(row["branch"]))
        seen[key] = at
