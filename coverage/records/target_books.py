"""Which targets hold for these data: those given, those in the files themselves, or those beside them?

Model, section 3. What is given goes before what stands in the files, and that before a file beside or above them: place
by place, segment and month. The targets that ship serve the data that ship alone (`settings.own`).
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath

import polars as pl

from coverage.base import settings, texts
from coverage.base.declarations import Words
from coverage.base.errors import CakupanError, DeclarationRefused, FileRefused
from coverage.base.tables import PROBLEMS, Problems, Register, branch_key, plain
from coverage.intake import mapping, plain_targets, reader
from coverage.intake import read as intake
from coverage.intake.read import Handed, Intake
from coverage.model import target_places, target_tables, targets
from coverage.model.targets import EMPTY, Target, TargetBook

TOML = ".toml"
BESIDE = ("targets.toml", "targets.csv", "targets.xlsx", "targets.ods")
"""The names of a file of targets beside or above the data."""
_UNLIKE_A_COMPANION = "given "  # a table of this name is read as one, whatever it is called


@dataclass(frozen=True, kw_only=True)
class InUse:
    """The targets that hold, and what is wrong with those that there are."""

    book: TargetBook
    problems: Problems = field(default_factory=lambda: pl.DataFrame(schema=PROBLEMS))


def read(path: Path) -> tuple[TargetBook, Problems]:
    """Read a file of targets, TOML or a table; raise `CakupanError` where it holds none that can be used."""
    path = path.expanduser()
    if path.suffix.lower() == TOML:
        return targets.load(path), pl.DataFrame(schema=PROBLEMS)
    try:
        content = path.read_bytes()
    except OSError as error:
        result = error.strerror or str(error)
        raise DeclarationRefused("declaration_unreadable", file=path.name, found=result) from error
    return of_table(path.name, content)


def of_content(name: str, content: bytes) -> tuple[TargetBook, Problems]:
    """Read a handed-in file of targets; raise `CakupanError` where it holds none that can be used."""
    if PurePath(name).suffix.lower() != TOML:
        return of_table(name, content)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DeclarationRefused("not_text", file=name) from error
    return targets.loads(text, name), pl.DataFrame(schema=PROBLEMS)


def of_table(name: str, content: bytes) -> tuple[TargetBook, Problems]:
    """Read a table of targets as any file of data is read; raise `FileRefused` where it holds none."""
    label = _UNLIKE_A_COMPANION + name
    handed = Handed(name=label, content=content)
    safe = reader.is_safe(handed)
    table = plain_targets.read(name, content, settings.load()) if safe else None
    if table is None:
        try:
            result = (intake.read if safe else reader.read_apart)([handed], settings=settings.load())
        except FileRefused as error:
            raise FileRefused(error.code, **(dict(error.data) | {"file": name})) from error
        table = result.targets.with_columns(pl.col("file").str.strip_prefix(_UNLIKE_A_COMPANION))
    given, problems = target_tables.book(table, titles())
    if given == EMPTY and problems.is_empty():
        raise FileRefused("no_targets_in_file", file=name)
    return given, problems


def titles() -> Words:
    """Return what the set of targets that stand in files is called, in every language."""
    return {language: texts.load(language)("own_targets.in_files") for language in texts.languages()}


def of_files(handed: Intake, register: Register) -> tuple[TargetBook, Problems]:
    """Return the targets that stand in the data files themselves; those of a region's name are the region's."""
    branches = {branch_key(name) for name in handed.table["branch"].unique()}
    wider = {
        column: {str(name) for name in register[column].drop_nulls() if branch_key(str(name)) not in branches}
        for column in ("province", "region")
    }
    return target_tables.book(handed.targets, titles(), wider=wider)


def files_beside(handed: Intake, paths: Sequence[Path]) -> list[Path]:
    """Return the files of targets beside or above the data, and those that lie among them, each once."""
    near = settings.own_of(BESIDE, paths)
    lying = [companion.path for companion in handed.companions if companion.kind == "targets" and companion.path]
    ours = settings.are_samples(paths)
    shipped = (settings.DATA / "targets.toml").resolve()
    known = {path.resolve(): path for path in [*near, *lying] if ours or path.resolve() != shipped}
    return list(known.values())


def in_use(
    handed: Intake,
    register: Register,
    *,
    given: Sequence[tuple[TargetBook, Problems]] = (),
    paths: Sequence[Path] = (),
    places: Mapping[str, str] | None = None,
) -> InUse:
    """Return the targets that hold for these data, what is given first, in its order.

    `paths` are where the data lie; `places` are the branches that a person said places of targets are.
    """
    packed = [
        of_content(companion.name, companion.content)
        for companion in handed.companions
        if companion.kind == "targets" and companion.path is None
    ]
    lying = [read(path) for path in files_beside(handed, paths)]
    near, contradictions = target_tables.of_one_rank([each for each, _ in (*lying, *packed)])
    inside, wrong = of_files(handed, register)
    ranks = [each for each, _ in given]
    problems = [result for _, result in given]
    return InUse(
        book=target_tables.renamed(
            targets.together([*ranks, inside, near]), mapping.places_of(handed.companions) | dict(places or {})
        ),
        problems=pl.concat([*problems, wrong, *(result for _, result in (*lying, *packed)), contradictions]),
    )


def every_problem(handed: Intake, aims: InUse, register: Register) -> Problems:
    """Return what is wrong with the files and with the targets that hold for them."""
    return pl.concat([handed.problems, aims.problems, problems_of_places(aims.book, handed, register)])


def refusal_row(error: CakupanError) -> Problems:
    """One row: why a file of targets beside the data cannot be read."""
    row = {
        "file": str(error.data.get("file", "")),
        "line": error.data.get("line"),
        "severity": "error",
        "code": "targets_refused",
        "details": json.dumps(error.data | {"refusal": error.code}, ensure_ascii=False),
    }
    return pl.DataFrame([row], schema=PROBLEMS)


def nothing_wrong() -> Problems:
    return pl.DataFrame(schema=PROBLEMS)


def only_targets(name: str, content: bytes) -> TargetBook | None:
    """Return the targets of a table that holds nothing else; None where it holds members, or cannot be read."""
    handed = Handed(name=_UNLIKE_A_COMPANION + name, content=content)
    with contextlib.suppress(CakupanError):
        if reader.is_safe(handed) and plain_targets.read(name, content, settings.load()) is not None:
            return of_table(name, content)[0]
        result = reader.read_apart([handed], settings=settings.load())
        return of_table(name, content)[0] if result.table.is_empty() and result.targets.height else None
    return None


def problems_of_places(book: TargetBook, handed: Intake, register: Register) -> Problems:
    """One row per place that targets name and the data do not know, with where it stands; a whole file of them once."""
    known = {
        "branch": {branch_key(name) for name in (*handed.table["branch"].unique(), *register["branch"]) if name},
        "region": {plain(name) for name in register["region"].drop_nulls()},
        "province": {plain(name) for name in register["province"].drop_nulls()},
    }
    here = [str(name) for name in handed.table["branch"].unique().sort()]
    branches = {branch_key(name) for name in here}
    every = [target for chosen in book.sets.values() for target in chosen.target]
    used = {target.origin.file for target in every if not target.branch or branch_key(target.branch) in branches}
    rows: dict[tuple[str, str], dict[str, object]] = {}
    for target in every:
        file = target.origin.file
        if file not in used:
            rows.setdefault((file, ""), _problem_row(target, None, "warning", "targets_of_nobody", {}))
        for column, name in target.place.items():
            if targets.FOLDS[column](name) in known[column]:
                continue
            close = target_places.alike([name], here) if column == "branch" else []
            details = {"place": name} | ({"branch": close[0][1]} if close else {})
            code = "target_place_alike" if close else "target_place_unknown"
            rows.setdefault((file, name), _problem_row(target, name, "warning", code, details))
    return pl.DataFrame(list(rows.values()), schema=PROBLEMS)


def _problem_row(
    target: Target, value: str | None, severity: str, code: str, details: Mapping[str, object]
) -> dict[str, object]:
    return {
        "file": target.origin.file,
        "line": None if value is None else target.origin.line,
        "column": None,
        "value": value,
        "severity": severity,
        "code": code,
        "details": json.dumps(details, ensure_ascii=False),
    }
