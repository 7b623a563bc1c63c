"""Is this TOML file (or link) what it has to be, and if not: which line, which key, what may stand there?

tomli says line and column of a syntax error; pydantic checks every value against its declaration and says all that
is wrong; this module adds the line, because neither knows both.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, TypeAlias, TypeVar, cast

import tomli
from annotated_types import Ge, Gt, Le, Lt, MaxLen, MinLen
from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer, ValidationError
from pydantic_core import ErrorDetails

from coverage import months
from coverage.errors import DeclarationRefused


class Declared(BaseModel):
    """A frozen declaration: unknown keys, wrong types and values out of bounds are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def _month(value: object) -> object:
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return value.replace(day=1)
    if isinstance(value, str):
        return months.parse(value)
    raise ValueError("month")


Month = Annotated[date, BeforeValidator(_month), PlainSerializer(months.code, return_type=str)]
"""A month, written `YYYY-MM`."""

Words: TypeAlias = str | dict[str, str]
"""Words for a person: one string, or one for each language."""

Path: TypeAlias = tuple[str | int, ...]
Model = TypeVar("Model", bound=Declared)


def words(value: Words | None, language: str) -> str:
    """Return the words in this language; in another one if this is missing."""
    if value is None or isinstance(value, str):
        return value or ""
    return value.get(language) or next(iter(value.values()), "")


def load(text: str, file: str, model: type[Model]) -> Model:
    """Read a TOML text as a declaration; raise `DeclarationRefused` with file, line, key, found and allowed."""
    try:
        document = tomli.loads(text.removeprefix("\ufeff").replace("\r\n", "\n"))
    except tomli.TOMLDecodeError as error:
        line = error.lineno
        found = text.splitlines()[line - 1].strip() if 0 < line <= len(text.splitlines()) else ""
        raise DeclarationRefused(
            "toml_syntax", file=file, line=line, column=error.colno, found=found, allowed=_advice(found)
        ) from error
    try:
        return model.model_validate(document, strict=False)
    except ValidationError as error:
        raise refusal(error, model, document, file=file, lines=_lines(text)) from error


def refusal(
    error: ValidationError, model: type[BaseModel], document: object, *, file: str, lines: Mapping[Path, int]
) -> DeclarationRefused:
    """Turn what pydantic found into one refusal about the first problem, which counts the others."""
    problems = error.errors(include_url=False)
    first = problems[0]
    path = _path(first["loc"], document)
    key = ".".join(str(part + 1) if isinstance(part, int) else part for part in path)
    code, allowed = _meaning(first, model, path)
    found = _shown(first["input"]) if first["type"] not in {"missing", "extra_forbidden"} else ""
    return DeclarationRefused(
        code,
        file=file,
        line=str(_nearest(path, lines)) if lines else "–",
        key=key,
        found=found,
        allowed=allowed,
        others=len({_path(one["loc"], document) for one in problems}) - 1,
    )


def _path(loc: Sequence[str | int], document: object) -> Path:
    """Drop what pydantic adds to a place (union branches, "[key]"), keep what stands in the document."""
    path: list[str | int] = []
    here: Any = document
    for part in loc:
        if isinstance(here, Mapping) and part in here:
            here = here[part]
        elif isinstance(here, list | tuple) and isinstance(part, int) and part < len(here):
            here = here[int(part)]
        elif part == "[key]" or (path and here is not document and not isinstance(here, Mapping)):
            continue
        else:
            here = None
        path.append(part)
    return tuple(path)


def _shown(value: object) -> str:
    text = months.code(value) if isinstance(value, date) else str(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _meaning(problem: ErrorDetails, model: type[BaseModel], path: Path) -> tuple[str, str]:
    kind, context = problem["type"], problem.get("ctx", {})
    if kind == "extra_forbidden":
        keys = _keys(model, path[:-1])
        close = difflib.get_close_matches(str(path[-1]), keys, n=1)
        return "key_unknown", (f"{close[0]}? " if close else "") + " | ".join(keys)
    if kind == "missing":
        return "key_missing", bounds(model, path)
    if kind == "value_error" and isinstance(context.get("error"), DeclarationRefused):
        refused = cast("DeclarationRefused", context["error"])
        return refused.code, str(refused.data.get("allowed", ""))
    return "value_refused", bounds(model, path) or str(context.get("expected", ""))


def _keys(model: type[BaseModel], path: Path) -> list[str]:
    found = _model_at(model, path)
    return list(found.model_fields) if found else []


def _model_at(model: type[BaseModel], path: Path) -> type[BaseModel] | None:
    """Return the model that describes the table at a path of the document."""
    here: type[BaseModel] | None = model
    for part in path:
        if here is None:
            return None
        if isinstance(part, str) and part in here.model_fields:
            inner = _inner(here.model_fields[part].annotation)
            here = inner or here
    return here


def _inner(annotation: object) -> type[BaseModel] | None:
    """Return the model inside `dict[str, M]`, `tuple[M, ...]`, `M | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        found = _inner(argument)
        if found:
            return found
    return None


def bounds(model: type[BaseModel], path: Path) -> str:
    """Say what may stand at a path, in a notation that needs no language: `-1 … 5`, `a | b`, `YYYY-MM`."""
    owner = _model_at(model, path[:-1])
    name = str(path[-1]) if path else ""
    if owner is None or name not in owner.model_fields:
        return ""
    field = owner.model_fields[name]
    low = high = ""
    for one in field.metadata:
        if isinstance(one, Ge | Gt):
            low = f"{one.ge if isinstance(one, Ge) else one.gt:g}"
        if isinstance(one, Le | Lt):
            high = f"{one.le if isinstance(one, Le) else one.lt:g}"
        if isinstance(one, MaxLen):
            high = f'"…" (≤ {one.max_length})'
        if isinstance(one, MinLen):
            low = ""
    if low and high:
        whole = " (1, 2, 3 …)" if field.annotation is int else ""
        return f"{low} … {high}{whole}"
    if high or low:
        return high or f"≥ {low}"
    return _notation(field.annotation, field.metadata)


def _notation(annotation: object, metadata: Sequence[object]) -> str:
    if any(isinstance(one, BeforeValidator) and one.func is _month for one in metadata) or "_month" in repr(annotation):
        return "YYYY-MM"
    choices = getattr(annotation, "__args__", ())
    if choices and all(isinstance(choice, str) for choice in choices):
        return " | ".join(choices)
    return {str: '"…"', int: "1, 2, 3 …", float: "0.25", bool: "true | false"}.get(cast("type", annotation), '"…"')


def _nearest(path: Path, lines: Mapping[Path, int]) -> int:
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


_HEADER = re.compile(r"^\s*(\[\[?)(.+?)(\]\]?)\s*(?:#.*)?$")
_KEY = re.compile(r"^\s*((?:\"[^\"]*\"|'[^']*'|[A-Za-z0-9_.\s-])+?)\s*=")


def _lines(text: str) -> dict[Path, int]:
    """Return the line on which each table and key of a TOML text stands."""
    found: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    for number, line in enumerate(text.splitlines(), 1):
        header, key = _HEADER.match(line), _KEY.match(line)
        if header and "=" not in header[2]:
            parts = _parts(header[2])
            if header[1] == "[[":
                counts[parts] = counts.get(parts, -1) + 1
                table = (*parts, counts[parts])
            else:
                table = _within(parts, counts)
            found.setdefault(table, number)
        elif key:
            found.setdefault((*table, *_parts(key[1])), number)
    return found


def _within(parts: Path, counts: Mapping[Path, int]) -> Path:
    """Place `[a.b]` inside the latest `[[a]]`."""
    for length in range(len(parts), 0, -1):
        if parts[:length] in counts:
            return (*parts[:length], counts[parts[:length]], *parts[length:])
    return parts


def _parts(key: str) -> Path:
    """Split a TOML key as TOML itself does."""
    try:
        here: Any = tomli.loads(f"{key} = 0")
    except tomli.TOMLDecodeError:
        return (key.strip(),)
    path: list[str] = []
    while isinstance(here, dict):
        name = next(iter(here))
        path.append(name)
        here = here[name]
    return tuple(path)


def _advice(line: str) -> str:
    """Return what the writer probably meant: the slips that an Indonesian spreadsheet teaches."""
    value = line.partition("=")[2].strip()
    if re.fullmatch(r"-?\d+,\d+", value):
        return value.replace(",", ".")
    if re.fullmatch(r"-?\d+([.,]\d+)?\s*%", value):
        return f"{float(value.rstrip('% ').replace(',', '.')) / 100:g}"
    if re.fullmatch(r"\d{1,3}(\.\d{3})+", value):
        return value.replace(".", "")
    if re.fullmatch(r"\d{1,2}/(\d{1,2}/)?\d{4}", value):
        parts = value.split("/")
        return f'"{parts[-1]}-{int(parts[-2]):02d}"'
    if value and not re.match(r"[\"'\[{\d+-]", value):
        return f'"{value}"'
    return 'key = "text" | key = 0.25 | key = "2023-12"'
