"""What does each command of the command line answer?

A command reads what was handed in, asks the model once and returns an `Answer`: the table for programs, the same in
words for people, and what else they have to know. `run` delivers it.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from coverage import (
    checks,
    declarations,
    export,
    listing,
    scenarios,
    scope,
    sentences,
    settings,
    tables,
    targets,
    template,
)
from coverage import gaps as measures
from coverage import months as calendar
from coverage.errors import NothingToShow, UsageRefused
from coverage.intake import read as intake
from coverage.intake import register as registers
from coverage.intake.read import Intake
from coverage.scenarios import Scenario
from coverage.scope import Scope, View
from coverage.tables import BranchMonths, Problems, Register
from coverage.terminal import Part, plain, show, working
from coverage.texts import Texts

FORMATS = ("table", "csv", "json")
TOTAL = "total"
NAMED = 8
"""So many late branches are named; the others are only counted."""
SAMPLE = settings.DATA / "samples" / "sumbagsel"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The options of a command as they were typed; empty or None is the default."""

    data: tuple[str, ...] = ()
    targets: str | None = None
    target_set: str | None = None
    branch: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    segment: tuple[str, ...] = ()
    as_of: str | None = None
    format: str | None = None
    out: str | None = None
    by: str | None = None
    scenario: tuple[str, ...] = ()
    until: str | None = None
    set: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A table, the same for people, what they have to know besides, and the exit code."""

    rows: pl.DataFrame
    page: Callable[[], list[Part]]
    notes: Sequence[str]
    code: int = 0


@dataclass(frozen=True, kw_only=True)
class _Handed:
    """What was read, and from which files."""

    intake: Intake
    register: Register
    files: Sequence[Path]
    paths: Sequence[str]


def run(name: str, asked: Asked, texts: Texts) -> int:
    """Answer a command: the result to standard output or the file asked for, everything else to standard error."""
    if name == "template":
        return _template(asked, texts)
    form = _form(asked, default="csv" if name == "clean" else "table")
    _check_out(asked)
    answer = COMMANDS[name](asked, texts)
    if form == "table":
        _deliver_page(answer.page(), asked)
    else:
        _deliver((export.csv if form == "csv" else export.json)(answer.rows).encode(), asked)
    for note in answer.notes:
        sys.stderr.write(plain(note) + "\n")
    return answer.code


def check(asked: Asked, texts: Texts) -> Answer:
    """One row per problem; code 1 if a person must look at one."""
    handed = _read(asked, texts)
    _targets(asked, handed, needed=False)
    problems = _in_scope(handed, asked)
    words = checks.in_words(problems, texts)
    account = {name: int(handed.intake.files[name].sum()) for name in ("read", "kept", "set_aside", "blank", "totals")}
    serious = bool((problems["severity"] != "note").any())
    return Answer(
        rows=words,
        page=lambda: [listing.problems(words, texts)] if words.height else [texts("cli.clean")],
        notes=[texts.fill("cli.account", account)],
        code=int(serious),
    )


def clean(asked: Asked, texts: Texts) -> Answer:
    """One row per branch, segment and month that can be used."""
    handed = _read(asked, texts)
    _targets(asked, handed, needed=False)
    rows = _rows(handed, asked).sort("branch", "segment", "month")
    return Answer(rows=rows, page=lambda: [listing.clean(rows, texts)], notes=[_set_aside(handed, texts)])


def gaps(asked: Asked, texts: Texts) -> Answer:
    """One row per key: where it stands."""
    keys = _keys(asked.by)
    handed = _read(asked, texts)
    view, chosen = _view(asked, handed, texts)
    rows = measures.by(view, keys)

    def page() -> list[Part]:
        title = texts("cli.as_of", month=texts.month(view.as_of), targets=declarations.words(chosen, texts.language))
        parts: list[Part] = [listing.gaps(rows, keys or (), title, texts)]
        if set(keys) <= {"segment"}:
            parts.append(sentences.standing(rows, texts))
        return parts

    return Answer(rows=rows, page=page, notes=_notes(view, handed, texts))


def simulate(asked: Asked, texts: Texts) -> Answer:
    """One row per scenario, key and month."""
    keys, until = _keys(asked.by), _month("until", asked.until)
    wanted = _scenarios(asked)
    handed = _read(asked, texts)
    view, _ = _view(asked, handed, texts)
    with working(texts("cli.computing"), sys.stderr):
        parts = {name: scenarios.simulate(view, one, name=name, until=until, keys=keys) for name, one in wanted.items()}
    notes = _notes(view, handed, texts)
    for one in wanted.values():
        names = scenarios.not_simulated(view, one)
        if names:
            notes.append(texts("simulate.too_early", names=", ".join(names), month=texts.month(view.as_of)))

    def page() -> list[Part]:
        shown: list[Part] = []
        for name, one in wanted.items():
            title = texts("cli.scenario_title", name=declarations.words(one.name, texts.language) or name)
            shown += [
                listing.simulation(parts[name], keys, title, texts),
                _outcome(view, one, until, texts) + "\n",
            ]
        return shown

    return Answer(rows=pl.concat(list(parts.values())), page=page, notes=notes)


COMMANDS: dict[str, Callable[[Asked, Texts], Answer]] = {
    "check": check,
    "clean": clean,
    "gaps": gaps,
    "simulate": simulate,
}


def _template(asked: Asked, texts: Texts) -> int:
    ending = Path(asked.out).suffix.lower() if asked.out is not None else ".csv"
    if ending not in {".csv", ".xlsx"}:
        raise UsageRefused("out_ending", file=asked.out, allowed=".csv | .xlsx")
    _check_out(asked)
    _deliver(template.csv(texts) if ending == ".csv" else template.workbook(texts), asked)
    return 0


def _read(asked: Asked, texts: Texts) -> _Handed:
    """Read the files asked for; the register of branches that lies beside them is none of them."""
    paths = asked.data or (str(SAMPLE),)
    place = settings.beside("branches.csv", [Path(one) for one in paths])
    found = intake.find(paths)
    files = [one for one in found if one.resolve() != place.resolve()] or found
    if asked.out is not None and Path(asked.out).expanduser().resolve() in {one.resolve() for one in files}:
        raise UsageRefused("out_is_input", file=asked.out)
    with working(texts("cli.reading"), sys.stderr):
        handed = intake.read(files, settings=settings.load())
    return _Handed(intake=handed, register=registers.read(place), files=files, paths=paths)


def _targets(asked: Asked, handed: _Handed, *, needed: bool = True) -> targets.TargetSet | None:
    """Return the set of targets; where none is needed, one that was asked for must still be usable."""
    if not needed and asked.targets is None and asked.target_set is None:
        return None
    near = [Path(one) for one in handed.paths]
    path = Path(asked.targets).expanduser() if asked.targets else settings.beside("targets.toml", near)
    return targets.load(path).named(asked.target_set)


def _view(asked: Asked, handed: _Handed, texts: Texts) -> tuple[View, declarations.Words]:
    """Return what is asked about, and the title of the targets it is held against."""
    chosen = _targets(asked, handed)
    as_of = _month("as-of", asked.as_of)
    with working(texts("cli.computing"), sys.stderr):
        view = scope.look(
            handed.intake.table,
            handed.register,
            chosen,
            scope=_scope(asked),
            as_of=as_of,
            settings=settings.load(),
        )
    if view.series.is_empty():
        raise NothingToShow("not_reported", found=texts.month(view.as_of))
    return view, chosen.title if chosen else ""


def _rows(handed: _Handed, asked: Asked) -> BranchMonths:
    """Return the rows of the scope up to the as-of month."""
    wanted, as_of = _scope(asked), _month("as-of", asked.as_of)
    if wanted == Scope() and as_of is None:
        return handed.intake.table
    view = scope.look(handed.intake.table, handed.register, None, scope=wanted, as_of=as_of, settings=settings.load())
    return view.table


def _in_scope(handed: _Handed, asked: Asked) -> Problems:
    """Leave out the problems of rows that are known to lie outside the scope; what has no place is everybody's."""
    whole = handed.intake.table
    if whole.is_empty():
        return handed.intake.problems
    lines = ["file", "line"]
    outside = whole.select(lines).join(_rows(handed, asked).select(lines), on=lines, how="anti").unique()
    return handed.intake.problems.join(outside, on=lines, how="anti", maintain_order="left")


def _scope(asked: Asked) -> Scope:
    return Scope(regions=asked.region, branches=asked.branch, segments=tuple(_segment(one) for one in asked.segment))


def _segment(word: str) -> str:
    """Return the segment that a word such as PU or BPU means; the word itself where none does."""
    wanted = tables.plain(word)
    for segment in settings.load().segments:
        if wanted and wanted in {tables.plain(one) for one in (segment.name, segment.code, *segment.synonyms)}:
            return segment.name
    return word


def _month(option: str, text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return calendar.parse(text)
    except ValueError as error:
        raise UsageRefused("option_value", option=f"--{option}", found=text, allowed="YYYY-MM (2023-01)") from error


def _keys(text: str | None) -> tuple[str, ...]:
    """Read `branch,segment`; `total` is no key at all."""
    keys = tuple(dict.fromkeys(one.strip().lower() for one in (text or "segment").split(",")))
    if keys == (TOTAL,):
        return ()
    if not set(keys) <= set(scope.KEYS):
        allowed = " | ".join((*scope.KEYS, TOTAL, "branch,segment"))
        raise UsageRefused("option_value", option="--by", found=text, allowed=allowed)
    return keys


def _scenarios(asked: Asked) -> dict[str, Scenario]:
    """Return the scenarios asked for by the names that their rows carry, with what `--set` changes."""
    wanted: dict[str, Scenario] = {}
    for given in asked.scenario or ("baseline",):
        name = Path(given).stem if given.endswith(".toml") else given
        one = scenarios.named(given)
        name = given if name in wanted else name
        wanted[name] = scenarios.override(one, [_assignment(change) for change in asked.set]) if asked.set else one
    return wanted


def _assignment(change: str) -> str:
    """Let a segment be named by a synonym: `BPU.new=0.2`."""
    head, dot, rest = change.partition(".")
    return f"{_segment(head)}{dot}{rest}" if dot else change


def _outcome(view: View, one: Scenario, until: date | None, texts: Texts) -> str:
    """Say in a sentence where a scenario leads the scope as a whole."""
    whole = scenarios.simulate(view, one, name="", until=until, keys=())
    end = whole["month"].max()
    still = scenarios.simulate(view, Scenario(), name="", until=end if isinstance(end, date) else until, keys=())
    segments = view.series["segment"].unique().to_list()
    moved = scenarios.simplified(one)
    return sentences.outcome(
        still,
        whole,
        texts,
        segment=str(segments[0]) if len(segments) == 1 else None,
        changed="levers" in moved or "programme" in moved,
    )


def _notes(view: View, handed: _Handed, texts: Texts) -> list[str]:
    """Say what a reader of the figures has to know about them."""
    notes = []
    share = scope.illustrative_share(view)
    if share > 0:
        notes.append(texts("frame.illustrative", share=texts.share(share, 0)) + ".")
    if view.late.height:
        late = view.late["branch"].unique(maintain_order=True).to_list()
        names = ", ".join(late[:NAMED]) + (", …" if len(late) > NAMED else "")
        count = texts.count("unit.series", view.late.height)
        notes.append(texts("frame.late", count=count, month=texts.month(view.as_of), names=names))
    if view.targets.is_empty():
        notes.append(texts("cli.no_target"))
    if int(handed.intake.files["set_aside"].sum()):
        notes.append(_set_aside(handed, texts))
    return notes


def _set_aside(handed: _Handed, texts: Texts) -> str:
    count = int(handed.intake.files["set_aside"].sum())
    said = texts("cli.set_aside", rows=texts.count("unit.rows", count))
    return f"{said} {texts('cli.see_why')}" if count else said


def _form(asked: Asked, default: str) -> str:
    """Return how to print: what was asked for, else what the file's ending says."""
    ending = Path(asked.out).suffix.lower() if asked.out is not None else ""
    if asked.format is not None:
        form = asked.format.lower()
        if form not in FORMATS:
            raise UsageRefused("option_value", option="--format", found=asked.format, allowed=" | ".join(FORMATS))
        return form
    if ending in {".csv", ".json"}:
        return ending[1:]
    if ending not in {"", ".txt"}:
        raise UsageRefused("out_ending", file=asked.out, allowed=".csv | .json | .txt")
    return default


def _check_out(asked: Asked) -> None:
    """Refuse at once, before any work, a file that cannot be written."""
    if asked.out is None:
        return
    path = Path(asked.out).expanduser()
    folder = path.absolute().parent
    if path.is_dir():
        raise UsageRefused("out_refused", file=str(path), found=os.strerror(errno.EISDIR))
    if not folder.is_dir():
        raise UsageRefused("out_refused", file=str(path), found=os.strerror(errno.ENOENT))


def _deliver_page(parts: list[Part], asked: Asked) -> None:
    if asked.out is None:
        show(parts, sys.stdout)
        return
    text = io.StringIO()
    show(parts, text)
    _deliver(text.getvalue().encode(), asked)


def _deliver(content: bytes, asked: Asked) -> None:
    """Write to standard output, or to the file asked for: whole or not at all."""
    if asked.out is None:
        sys.stdout.write(content.decode())
        return
    path = Path(asked.out).expanduser()
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(content)  # a device or a pipe: replacing it would destroy it
        else:
            scenarios.write_whole(path.resolve(), content)
    except OSError as error:
        raise UsageRefused("out_refused", file=asked.out, found=error.strerror or type(error).__name__) from error
