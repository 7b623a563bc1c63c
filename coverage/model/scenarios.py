"""What if: which levers, rules and programmes does a scenario set?

A scenario is a TOML file (`interface.md`, "A scenario file"), or the same as query parameters of a link (`links`).
Both are checked against the declarations of `Levers` and `Programme`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Self, TypeVar

import tomlkit
from pydantic import Field, ValidationError, model_validator
from pydantic.fields import FieldInfo

from coverage.base import declarations, files, months
from coverage.base.declarations import Declared, When, Words
from coverage.base.errors import DeclarationRefused
from coverage.base.settings import DATA
from coverage.base.tables import branch_key
from coverage.model.levers import LEVERS, Levers, Programme, SegmentName
from coverage.model.rules import Rule

FOLDER = DATA / "scenarios"


_Dated = TypeVar("_Dated", bound=Declared)


class SegmentLevers(Levers):
    """The levers of a segment, and those of single branches that replace them."""

    branch: dict[Annotated[str, Field(min_length=1, max_length=120)], Levers] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _once(self) -> Self:
        """Refuse two sets of levers for one branch, however it is written: which of them would count?"""
        names: dict[str, str] = {}
        for name in self.branch:
            other = names.setdefault(branch_key(name) or name, name)
            if other != name:
                raise ValueError(f'branch."{other}" | branch."{name}"')
        return self


class Scenario(Declared):
    """Levers and rules by segment, and programmes, under a name; nothing set is the baseline."""

    name: Words = ""
    note: Words = ""
    author: str = Field("", max_length=120)
    until: When | None = None
    levers: dict[SegmentName, SegmentLevers] = Field(default_factory=dict)
    rule: dict[SegmentName, Rule] = Field(default_factory=dict)
    programme: tuple[Programme, ...] = ()

    def with_levers(self, segment: str, **values: object) -> Scenario:
        """Return the scenario with some levers of a segment set anew; raise `DeclarationRefused` out of bounds."""
        old = next((wide for name, wide in self.levers.items() if name == segment), SegmentLevers()).model_dump(
            exclude_unset=True
        )
        levers = self.model_dump(exclude_unset=True).get("levers", {}) | {segment: old | values}
        return validated(self.model_dump(exclude_unset=True) | {"levers": levers}, file="")

    def with_branches(self, segment: SegmentName, own: Mapping[str, Levers]) -> Scenario:
        """Return the scenario with the own levers of some branches of a segment set anew."""
        wide = self.levers.get(segment, SegmentLevers())
        keys = {branch_key(name) for name in own}
        others = {name: levers for name, levers in wide.branch.items() if branch_key(name) not in keys}
        moved = wide.model_copy(update={"branch": others | dict(own)})
        return self.model_copy(update={"levers": self.levers | {segment: moved}})

    def at(self, as_of: date) -> Scenario:
        """Return the scenario with its months as dates: `+3` is three months after the as-of month."""
        wide = {segment: self._placed(levers, as_of) for segment, levers in self.levers.items()}
        levers = {
            segment: moved.model_copy(
                update={"branch": {name: self._placed(own, as_of) for name, own in moved.branch.items()}}
            )
            if moved.branch
            else moved
            for segment, moved in wide.items()
        }
        return self.model_copy(
            update={
                "until": None if self.until is None else months.at(self.until, as_of),
                "levers": levers,
                "programme": tuple(self._placed(programme, as_of) for programme in self.programme),
            }
        )

    @staticmethod
    def _placed(declared: _Dated, as_of: date) -> _Dated:
        starts = getattr(declared, "starts", None)
        if not isinstance(starts, months.Ahead):
            return declared
        return declared.model_copy(update={"starts": months.at(starts, as_of)})

    @property
    def assumed(self) -> Scenario:
        """Return what the scenario only assumes: how fast the workforce grows. That is no act, so that the course
        without acts has it too."""
        kept = {"eligible_growth"}
        levers = {
            segment: {name: value for name, value in _values_of(wide).items() if name in kept}
            | {
                "branch": {
                    branch: {name: value for name, value in _values_of(own).items() if name in kept}
                    for branch, own in wide.branch.items()
                }
            }
            for segment, wide in self.levers.items()
        }
        return Scenario.model_validate({"levers": levers})

    @property
    def programme_names(self) -> tuple[str, ...]:
        """Return what each programme is called; the second of one name is told apart by its number."""
        names: list[str] = []
        for programme in self.programme:
            number, name = 1, programme.name
            while name in names:
                number += 1
                name = f"{programme.name} ({number})"
            names.append(name)
        return tuple(names)

    @property
    def branch_levers(self) -> dict[tuple[str, str], Levers]:
        """The levers that branches have of their own, by segment and branch."""
        return {
            (segment, branch): each_branch
            for segment, wide in self.levers.items()
            for branch, each_branch in wide.branch.items()
        }


def validated(document: Mapping[str, object], *, file: str) -> Scenario:
    """Check a document against the declarations; raise `DeclarationRefused` with key, found and allowed.

    Without a file the refusal names the key as links and `--set` write it.
    """
    try:
        return Scenario.model_validate(document)
    except ValidationError as error:
        if file:
            raise declarations.refusal(error, Scenario, document, file=file, lines={}) from error
        raise refusal_of_parameter(error, document) from error


def loads(text: str, file: str) -> Scenario:
    """Read a scenario from TOML; raise `DeclarationRefused` with file, line, key, found and allowed."""
    return declarations.load(text, file, Scenario)


def loads_own(text: str, file: str) -> tuple[Scenario, tuple[str, ...]]:
    """Read a scenario that we wrote ourselves, in this version or a later one; the keys that this version does not
    know come beside it."""
    return declarations.load_own(text, file, Scenario)


def load(path: Path) -> Scenario:
    """Read a scenario file."""
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DeclarationRefused("not_text", file=path.name) from error
    except OSError as error:
        result = error.strerror or str(error)
        raise DeclarationRefused("declaration_unreadable", file=path.name, found=result) from error
    return loads(text, path.name)


def presets(folder: Path = FOLDER) -> dict[str, Scenario]:
    """Return the scenarios of a folder by file stem, the baseline first."""
    paths = sorted(folder.glob("*.toml"), key=lambda path: (path.stem != "baseline", path.stem))
    return {path.stem: load(path) for path in paths}


def named(name: str, folder: Path = FOLDER) -> Scenario:
    """Return a shipped scenario by name, or the one in a file; raise `DeclarationRefused` where there is neither."""
    path = Path(name)
    if path.suffix == ".toml" and path.is_file():
        return load(path)
    present = [file.stem for file in sorted(folder.glob("*.toml"))]
    if name not in present:
        raise DeclarationRefused("scenario_unknown", found=name, allowed=" | ".join(present))
    return load(folder / f"{name}.toml")


def simplified(scenario: Scenario) -> dict[str, Any]:
    """Return what a scenario says beyond the defaults, as plain values: the form of files and links."""
    document = scenario.model_dump(mode="json", exclude_defaults=True)
    for programme, each_programme in zip(document.get("programme", []), scenario.programme, strict=False):
        programme |= {
            "name": each_programme.name,
            "segment": each_programme.segment,
            "workers": each_programme.workers,
            "months": each_programme.months,
        }
    levers = {}
    for segment, wide in scenario.levers.items():
        # A branch's own lever may stand at its default and still replace the segment's: keep what was said.
        branches = {branch: values for branch, name in wide.branch.items() if (values := _values_of(name))}
        words = {name: value for name, value in _values_of(wide).items() if value != Levers.model_fields[name].default}
        if words or branches:
            levers[segment] = words | ({"branch": branches} if branches else {})
    return {key: value for key, value in document.items() if key != "levers"} | ({"levers": levers} if levers else {})


def _values_of(levers: Levers) -> dict[str, Any]:
    values = levers.model_dump(mode="json", include=set(levers.model_fields_set & LEVERS))
    return {name: values[name] for name in Levers.model_fields if values.get(name) is not None}


def dumps(scenario: Scenario) -> str:
    """Write a scenario as TOML, keys in the order of the declaration."""
    document = tomlkit.document()
    plain = simplified(scenario)
    for key in ("name", "note", "author", "until"):
        if key in plain:
            document[key] = declarations.inline(plain[key])
    for segment, levers in plain.get("levers", {}).items():
        table = document.setdefault("levers", tomlkit.table(is_super_table=True))
        own = tomlkit.table()
        for name, value in levers.items():
            if name != "branch":
                own[name] = value
        for branch, values in levers.get("branch", {}).items():
            own.setdefault("branch", tomlkit.table(is_super_table=True))[branch] = values
        table[segment] = own
    for segment, values in plain.get("rule", {}).items():
        document.setdefault("rule", tomlkit.table(is_super_table=True))[segment] = values
    if plain.get("programme"):
        tables = tomlkit.aot()
        for programme in plain["programme"]:
            table_of_programme = tomlkit.table()
            for name in Programme.model_fields:
                if programme.get(name) is not None:
                    table_of_programme[name] = programme[name]
            tables.append(table_of_programme)
        document["programme"] = tables
    return tomlkit.dumps(document)


def save(scenario: Scenario, path: Path) -> None:
    """Write a scenario file whole or not at all: the old file survives a crash."""
    files.write_whole(path, dumps(scenario).encode())


def refusal_of_parameter(
    error: ValidationError, document: Mapping[str, object], numbers: Sequence[int] = ()
) -> DeclarationRefused:
    """Turn what pydantic found into a refusal that names the parameter; `numbers` are those of the programmes there."""
    refused = declarations.refusal(error, Scenario, document, file="", lines={})
    key = str(refused.data["key"]).removeprefix("levers.")
    key = re.sub(r"^rule\.(\w+)", r"\1.rule", key).removesuffix(".kind") if key.startswith("rule.") else key
    programme = re.match(r"programme\.(\d+)", key)
    if programme:
        place = int(programme[1])
        key = f"p{numbers[place - 1] if numbers else place}" + key[programme.end() :]
    words = {name: value for name, value in refused.data.items() if name not in {"file", "line"}}
    return DeclarationRefused("link_" + refused.code, **(words | {"key": key}))


def lever_fields() -> Iterator[tuple[str, FieldInfo]]:
    """Yield the levers in the order of their declaration; bounds, unit and step stand in each field."""
    yield from Levers.model_fields.items()


def unit_of(field: FieldInfo) -> str:
    """Return the declared unit of a lever."""
    extra = field.json_schema_extra
    return str(extra["unit"]) if isinstance(extra, dict) else ""
