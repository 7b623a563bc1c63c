"""Is this TOML file (or link) what it has to be, and if not: which line, which key, what may stand there?

tomli says line and column of a syntax error; pydantic checks every value against its declaration and says all that
is wrong; this module adds the line, because neither knows both.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, TypeAlias, TypeVar, cast, get_args, get_origin

import tomli
import tomlkit
from annotated_types import Ge, Gt, Le, Lt, MaxLen, MinLen
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    PlainValidator,
    ValidationError,
    field_validator,
)
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from coverage.base import months, toml_lines
from coverage.base.errors import DeclarationRefused
from coverage.base.toml_lines import KeyPath

_NO_WRITING = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class Declared(BaseModel):
    """A frozen declaration: unknown keys, wrong types and values out of bounds are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @field_validator("*")
    @classmethod
    def _written(cls, value: object) -> object:
        """Refuse signs that are no writing: no slide and no sheet can hold them."""
        for words in value.values() if isinstance(value, dict) else [value]:
            if isinstance(words, str) and _NO_WRITING.search(words):
                raise ValueError("control character")
        return value


def _month(value: object) -> object:
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return value.replace(day=1)
    if isinstance(value, str):
        return months.parse(value)
    raise ValueError("YYYY-MM")


Month = Annotated[date, BeforeValidator(_month), PlainSerializer(months.code, return_type=str)]
"""A month, written `YYYY-MM`."""


def _when(value: object) -> object:
    return (
        months.parse_any(value)
        if isinstance(value, str)
        else value
        if isinstance(value, months.Ahead)
        else _month(value)
    )


When = Annotated[date, PlainValidator(_when), PlainSerializer(months.code, return_type=str)]
"""A month, written `YYYY-MM`, or `+3` for three months after the as-of month (`months.Ahead`)."""

Words: TypeAlias = str | dict[str, str]
"""Words for a person: one string, or one for each language."""

Model = TypeVar("Model", bound=Declared)


def words(value: Words | None, language: str) -> str:
    """Return the words in this language; in another one if this is missing."""
    if value is None or isinstance(value, str):
        return value or ""
    return value.get(language) or next(iter(value.values()), "")


def inline(value: object) -> object:
    """Return a value as TOML writes it: words for each language stand beside each other in one line."""
    if not isinstance(value, Mapping):
        return value
    table = tomlkit.inline_table()
    table.update(value)
    return table


_TWICE = re.compile("overwrite|twice|already|redefin", re.IGNORECASE)


def load(text: str, file: str, model: type[Model]) -> Model:
    """Read a TOML text as a declaration; raise `DeclarationRefused` with file, line, key, found and allowed."""
    return _load(text, file, model)[0]


def load_own(text: str, file: str, model: type[Model]) -> tuple[Model, tuple[str, ...]]:
    """Read a TOML text that we wrote ourselves, in this version or another; return the keys that this version does not
    know beside what it declares. Missing keys take their default; a wrong value is refused as `load` does."""
    return _load(text, file, model, known_alone=True)


def _load(text: str, file: str, model: type[Model], *, known_alone: bool = False) -> tuple[Model, tuple[str, ...]]:
    text = text.removeprefix("\ufeff")
    unknown: list[str] = []
    try:
        document = tomli.loads(text)
        plain = json.dumps(document, default=_plain)
    except RecursionError as error:
        raise _too_deep(text, file) from error
    except tomli.TOMLDecodeError as error:
        line, lines = error.lineno, text.split("\n")
        content = lines[line - 1].strip() if 0 < line <= len(lines) else ""
        if _TWICE.search(str(error)):
            code = "heading_twice" if content.startswith("[") else "toml_twice"
            raise DeclarationRefused(code, file=file, line=line, found=_shown(content)) from error
        advice = _shown(toml_lines.advice(content))
        raise DeclarationRefused(
            "toml_syntax", file=file, line=line, column=error.colno, found=_shown(content), allowed=advice
        ) from error
    while True:
        try:
            # Strict, as JSON: lists may become tuples, but "0.2" is no number and `true` is not 1.
            return model.model_validate_json(plain, strict=True), tuple(unknown)
        except ValidationError as error:
            if error.errors()[0]["type"] == "json_invalid":  # it is JSON, but pydantic goes 200 brackets deep
                raise _too_deep(text, file) from error
            strangers = _unknown_keys(error, document) if known_alone else []
            if not strangers:
                raise refusal(error, model, document, file=file, lines=toml_lines.of_keys(text)) from error
            unknown += [_dotted(path) for path in strangers]
            document = _without(document, set(strangers))
            plain = json.dumps(document, default=_plain)


def _unknown_keys(error: ValidationError, document: object) -> list[KeyPath]:
    """Return where a document holds a key that its declaration does not know, each place once."""
    problems = error.errors(include_url=False)
    strangers = [
        _path(problem, document)
        for problem in problems
        if problem["type"] == "extra_forbidden" or problem["loc"][-1] == "[key]"
    ]
    return list(dict.fromkeys(strangers))


def _without(document: Any, strangers: set[KeyPath], here: KeyPath = ()) -> Any:
    """Return a document without the keys at these places."""
    if isinstance(document, Mapping):
        return {
            key: _without(value, strangers, (*here, key))
            for key, value in document.items()
            if (*here, key) not in strangers
        }
    if isinstance(document, list):
        return [_without(value, strangers, (*here, place)) for place, value in enumerate(document)]
    return document


def _dotted(path: KeyPath) -> str:
    """Write a place as people count: `programme.1.name`."""
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in path)


def _too_deep(text: str, file: str) -> DeclarationRefused:
    """Refuse brackets within brackets that no reader of TOML follows to their end; the line has most of them."""
    line, content = max(enumerate(text.split("\n"), 1), key=lambda numbered: sum(map(numbered[1].count, "[{.")))
    return DeclarationRefused("toml_deep", file=file, line=line, found=_shown(content.strip()))


def _plain(value: object) -> str:
    """Write a TOML date as a month, and a time as it is (which no declaration takes)."""
    return months.code(value) if isinstance(value, date) else str(value)


def refusal(
    error: ValidationError, model: type[BaseModel], document: object, *, file: str, lines: Mapping[KeyPath, int]
) -> DeclarationRefused:
    """Turn what pydantic found into one refusal about the first problem, which counts the others."""
    problems = [(_path(problem, document), problem) for problem in error.errors(include_url=False)]
    # Of a union (one string, or one for each language) every branch complains: the deepest place says most.
    path, first = max(
        ((place, problem) for place, problem in problems if place[: len(problems[0][0])] == problems[0][0]),
        key=lambda pair: len(pair[0]),
    )
    key = _dotted(path)
    code, allowed = _meaning(first, model, path)
    content = {"missing": "", "extra_forbidden": str(path[-1])}.get(first["type"], _shown(first["input"]))
    return DeclarationRefused(
        code,
        file=file,
        line=str(toml_lines.nearest(path, lines)) if lines else "–",
        key=key,
        found=content,
        allowed=allowed,
        more=len(_apart({place for place, _ in problems})) - 1,
    )


def _path(problem: ErrorDetails, document: object) -> KeyPath:
    """Drop what pydantic adds to a place (union branches, "[key]"), keep what stands, or is missing, there."""
    path: list[str | int] = []
    here: Any = document
    for part in problem["loc"]:
        if isinstance(here, Mapping) and part in here:
            here = here[part]
        elif isinstance(here, list | tuple) and isinstance(part, int) and part < len(here):
            here = here[int(part)]
        else:
            continue
        path.append(part)
    return (*path, problem["loc"][-1]) if problem["type"] == "missing" else tuple(path)


def _apart(places: set[KeyPath]) -> set[KeyPath]:
    """Leave out the places that hold another one: of a union both are complained about."""
    return {place for place in places if not any(place != other and other[: len(place)] == place for other in places)}


def _shown(value: object) -> str:
    # Tables, lists and booleans as the file writes them, not as Python does.
    text = str(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=_plain)
    text = _NO_WRITING.sub("□", text)
    return text if len(text) <= 60 else text[:57] + "…"


def _meaning(problem: ErrorDetails, model: type[BaseModel], path: KeyPath) -> tuple[str, str]:
    kind, context = problem["type"], problem.get("ctx", {})
    if kind == "extra_forbidden":
        return "key_unknown", _keys(str(path[-1]), _fields(model, path[:-1]))
    if problem["loc"][-1] == "[key]" and kind == "literal_error":
        return "key_unknown", _keys(str(path[-1]), re.findall(r"'([^']*)'", str(context["expected"])))
    if kind == "missing":
        return "key_missing", bounds(model, path)
    # What a declaration checks as a whole (one of four kinds of target) says itself what may stand there.
    stated = str(context.get("error", context.get("expected", "")))
    # The values of a table within a field have no field of their own: pydantic says the bound that was passed.
    stated = next((f"{sign} {_number(context[name])}" for name, sign in _SIGNS.items() if name in context), stated)
    return "value_refused", bounds(model, path) or stated or _NOTATIONS.get(kind.partition("_")[0], "")


_SIGNS = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}


def _keys(key: str, allowed: Sequence[str]) -> str:
    """List the keys that may stand there, with what was probably meant in front."""
    close = difflib.get_close_matches(key, allowed, n=1)
    return (f"{close[0]}? " if close else "") + " | ".join(allowed)


def _fields(model: type[BaseModel], path: KeyPath) -> list[str]:
    owner = _model_at(model, path)
    return [field.alias or name for name, field in owner.model_fields.items()] if owner else []


def _model_at(model: type[BaseModel], path: KeyPath) -> type[BaseModel] | None:
    """Return the model that describes the table at a path of the document."""
    here: type[BaseModel] | None = model
    for part in path:
        if here is None:
            return None
        field = _field(here, part)
        if field is not None:
            here = _inner(field.annotation) or here
    return here


def _field(model: type[BaseModel], key: str | int) -> FieldInfo | None:
    """Return the field that a key of the file fills (`from` fills what Python cannot call so)."""
    return next((info for name, info in model.model_fields.items() if key == (info.alias or name)), None)


def _inner(annotation: object) -> type[BaseModel] | None:
    """Return the model inside `dict[str, M]`, `tuple[M, ...]`, `M | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        inner = _inner(argument)
        if inner:
            return inner
    return None


def bounds(model: type[BaseModel], path: KeyPath) -> str:
    """Say what may stand at a path, in a notation that needs no language: `-1 … 5`, `a | b`, `YYYY-MM`."""
    owner = _model_at(model, path[:-1])
    field = _field(owner, path[-1]) if owner is not None and path else None
    if field is None:
        return ""
    low = high = ""
    for bound in field.metadata:
        if isinstance(bound, Ge | Gt):
            low = _number(bound.ge) if isinstance(bound, Ge) else f"> {_number(bound.gt)}"
        if isinstance(bound, Le | Lt):
            high = _number(bound.le) if isinstance(bound, Le) else f"< {_number(bound.lt)}"
        if isinstance(bound, MaxLen):
            high = f'"…" (≤ {bound.max_length})'
        if isinstance(bound, MinLen):
            low = ""
    if low and high:
        whole = " (1, 2, 3 …)" if _wanted(field.annotation) is int else ""
        return f"{low} … {high}{whole}"
    if high or low:
        return high or f"≥ {low}"
    return _notation(
        _wanted(field.annotation), field.metadata, ".".join(str(part) for part in path if isinstance(part, str))
    )


def _number(bound: object) -> str:
    """Write a bound plainly, as a file may write it: not 1e+09."""
    return f"{bound:.0f}" if isinstance(bound, int | float) and float(bound).is_integer() else str(bound)


def _wanted(annotation: object) -> object:
    """Return the T of `T | None`: a key that may be left out cannot be written as none."""
    kinds = [kind for kind in get_args(annotation) if kind is not type(None)]
    return kinds[0] if len(kinds) == 1 and len(get_args(annotation)) == 2 else annotation


_NOTATIONS = {
    "string": '"…"',
    "int": "1, 2, 3 …",
    "float": "0.25",
    "bool": "true | false",
    "datetime": '"2026-11-23T14:05:00+07:00"',
    "model": "{ key = … }",
}
"""What may stand where pydantic complains about a kind of value, by the first word of its complaint."""


def _notation(annotation: object, metadata: Sequence[object], key: str) -> str:
    if any(isinstance(bound, PlainValidator) and bound.func is _when for bound in metadata) or "_when" in repr(
        annotation
    ):
        return "YYYY-MM | +3"
    if any(isinstance(bound, BeforeValidator) and bound.func is _month for bound in metadata) or "_month" in repr(
        annotation
    ):
        return "YYYY-MM"
    choices = getattr(annotation, "__args__", ())
    if choices and all(isinstance(choice, str) for choice in choices):
        return " | ".join(choices)
    origin = get_origin(annotation)
    if origin is dict:
        return f"[{key}]"
    if origin is tuple:
        return f"[[{key}]]" if _inner(annotation) else '["…"]'
    kinds = {str: "string", int: "int", float: "float", bool: "bool", datetime: "datetime"}
    return _NOTATIONS[kinds.get(cast("type", annotation), "string")]
