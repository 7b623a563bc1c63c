"""What was asked on the command line, and of which data?

Every command starts here: options as they were typed become files, a view and scenarios, or one clear refusal.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

from coverage.base import declarations, settings, tables
from coverage.base import months as calendar
from coverage.base.errors import CakupanError, FileRefused, NothingToShow, UsageRefused
from coverage.base.tables import BranchMonths, Problems, Register
from coverage.base.texts import Texts
from coverage.commands.terminal import Part, working
from coverage.intake import finding, mapping, reader
from coverage.intake import read as intake
from coverage.intake import register as registers
from coverage.intake.read import Intake
from coverage.model import chance, links, projection, running, runs, scenarios, targets
from coverage.model import view as views
from coverage.model.aims import due_months
from coverage.model.levers import Programme
from coverage.model.scenarios import Scenario
from coverage.model.view import Scope, View
from coverage.records import target_books
from coverage.records.target_books import InUse
from coverage.wording import assumptions

TOTAL = "total"
FROM_THE_DATA = {"until"}
"""Options whose month may be counted from the as-of month on: `+12`."""
_MOST_DRAWS = 10_000
SAMPLE = settings.DATA / "samples" / "sumbagsel"


@dataclass(frozen=True, kw_only=True)
class Request:
    """The options of a command as they were typed; empty or None is the default."""

    data: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    programmes: str | None = None
    map: str | None = None
    eligible_growth: str | None = None
    target_set: str | None = None
    target_month: str | None = None
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
    draws: str | None = None
    seed: str | None = None
    made: str | None = None
    lever: str | None = None
    each: str | None = None
    by_month: str | None = None
    chance: str | None = None
    share_out: str | None = None
    template: str | None = None
    discount: str | None = None
    budget: str | None = None
    cost: tuple[str, ...] = ()
    horizon: tuple[str, ...] = ()
    strict: bool = False
    unread: list[FileRefused] = field(default_factory=list, init=False, compare=False)
    """Filled while the command works: the files among several that could not be read."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A table, the same for people, what they have to know besides, and the exit code."""

    rows: pl.DataFrame
    page: Callable[[], list[Part]]
    notes: Sequence[str]
    code: int = 0


@dataclass(frozen=True, kw_only=True)
class DataRead:
    """What was read, and from which files. `aims` are the targets that hold, or why they cannot be read."""

    intake: Intake
    register: Register
    files: Sequence[Path]
    paths: Sequence[str]
    aims: InUse | CakupanError


def read(options: Request, texts: Texts) -> DataRead:
    """Read the files asked for; the register of branches that lies beside them is none of them."""
    paths = options.data or (str(SAMPLE),)
    files = files_of(options, paths)
    with working(texts("cli.reading"), sys.stderr):
        sources = _with_map(options, files, paths)
        reading = intake.read if all(reader.is_safe(file) for file in files) else reader.read_apart
        handed = reading(sources, settings=settings.load(), strict=options.strict, passed_over=intake.others(paths))
    options.unread.extend(handed.refused)
    register = registers.of(handed.companions, _register(paths), handed.regions)
    return DataRead(
        intake=handed, register=register, files=files, paths=paths, aims=_aims(options, handed, register, paths)
    )


def _with_map(options: Request, files: Sequence[Path], paths: Sequence[str]) -> list[Path | intake.Handed]:
    """Return the files with the map that was named, else with the one beside or above the data; raise `FileRefused`."""
    others = [file for file in files if finding.companion_of(file.name) != "map"]
    near = settings.own(mapping.FILE, [Path(path) for path in paths])
    if options.map is None:
        return [*files] if near is None or near.resolve() in {file.resolve() for file in files} else [near, *files]
    path = Path(options.map).expanduser()
    try:
        return [*others, intake.Handed(name=mapping.FILE, content=path.read_bytes())]
    except OSError as error:
        raise FileRefused("file_unreadable", file=options.map, found=error.strerror or type(error).__name__) from error


def _aims(options: Request, handed: Intake, register: Register, paths: Sequence[str]) -> InUse | CakupanError:
    """Return the targets that hold for the data; a refusal waits until somebody needs them."""
    try:
        given = [target_books.read(Path(name)) for name in options.targets]
        return target_books.in_use(handed, register, given=given, paths=[Path(path) for path in paths])
    except CakupanError as error:
        return error


def files_of(options: Request, paths: Sequence[str]) -> list[Path]:
    """Return the files that hold data; refuse to write over one of them."""
    files = intake.find(paths)
    if options.out is not None and Path(options.out).expanduser().resolve() in {file.resolve() for file in files}:
        raise UsageRefused("out_is_input", file=options.out)
    return files


def _register(paths: Sequence[str]) -> Path:
    return settings.beside("branches.csv", [Path(path) for path in paths])


def read_targets(options: Request, handed: DataRead, *, needed: bool = True) -> targets.TargetSet | None:
    """Return the set of targets; where none is needed, one that was asked for must still be usable."""
    if not needed and not options.targets and options.target_set is None:
        return None
    return target_book(options, handed).named(options.target_set)


def target_book(options: Request, handed: DataRead) -> targets.TargetBook:
    """Return the sets of targets there are: those given, those in the files, those beside them; or none."""
    if isinstance(handed.aims, CakupanError):
        raise handed.aims
    if handed.aims.book == targets.EMPTY and options.target_set is not None:
        raise UsageRefused("no_sets", found=options.target_set)
    return handed.aims.book


def problems_of_targets(handed: DataRead) -> Problems:
    """Return what is wrong with the targets that hold for the data: contradictions, and places that nobody knows; or
    why a file of them cannot be read."""
    if isinstance(handed.aims, CakupanError):
        return target_books.refusal_row(handed.aims)
    places = target_books.problems_of_places(handed.aims.book, handed.intake, handed.register)
    return pl.concat([handed.aims.problems, places])


def view_of(options: Request, handed: DataRead, texts: Texts) -> tuple[View, declarations.Words]:
    """Return what is asked about, and the title of the targets it is held against."""
    chosen = read_targets(options, handed)
    as_of, in_view = month_of("as-of", options.as_of), month_of("target-month", options.target_month)
    with working(texts("cli.computing"), sys.stderr):
        view = views.of(
            handed.intake.table,
            handed.register,
            chosen,
            scope=scope_of(options),
            as_of=as_of,
            settings=settings_of(options, texts),
            in_view=in_view,
            programmes=programmes_of(options, handed),
        )
    if view.series.is_empty():
        raise NothingToShow("not_reported", found=texts.month(view.as_of))
    present = [calendar.code(month) for month in due_months(view.paths)]
    if in_view is not None and calendar.code(in_view) not in present:
        raise NothingToShow("due_month_unknown", found=calendar.code(in_view), allowed=" | ".join(present) or "–")
    for scenario in scenarios_of(options).values():
        runs.require_known(view, scenario)
    return view, chosen.title if chosen and chosen.target else texts("sentence.no_target")


def settings_of(options: Request, texts: Texts) -> settings.Settings:
    """Return the settings with what was assumed of the scope: how fast its workforce grows, a year."""
    growth = options.eligible_growth
    chosen = assumptions.settings_with(growth or "", texts)
    if chosen is None or growth == "":
        raise UsageRefused("option_value", option="--eligible-growth", found=growth or "", allowed=assumptions.ALLOWED)
    return chosen


def programmes_of(options: Request, handed: DataRead) -> tuple[Programme, ...]:
    """Return the programmes that run already: of the file that was named, else of the one beside or above the data,
    else of one in an archive among them."""
    if options.programmes:
        return running.load(Path(options.programmes).expanduser())
    near = settings.own("programmes.toml", [Path(path) for path in handed.paths])
    if near is not None:
        return running.load(near)
    packed = [file for file in handed.intake.companions if file.kind == "programmes" and file.path is None]
    return running.loads(packed[-1].content, packed[-1].name) if packed else ()


def rows_of(handed: DataRead, options: Request) -> BranchMonths:
    """Return the rows of the scope up to the as-of month."""
    wanted, as_of = scope_of(options), month_of("as-of", options.as_of)
    if wanted == Scope() and as_of is None:
        return handed.intake.table
    view = views.of(handed.intake.table, handed.register, None, scope=wanted, as_of=as_of, settings=settings.load())
    return view.table


def in_scope(handed: DataRead, options: Request) -> Problems:
    """Leave out the problems of rows that are known to lie outside the scope; what has no place is everybody's."""
    whole = handed.intake.table
    if whole.is_empty():
        return handed.intake.problems
    lines = ["file", "line"]
    outside = whole.select(lines).join(rows_of(handed, options).select(lines), on=lines, how="anti").unique()
    return handed.intake.problems.join(outside, on=lines, how="anti", maintain_order="left")


def scope_of(options: Request) -> Scope:
    return Scope(
        regions=options.region, branches=options.branch, segments=tuple(segment_of(name) for name in options.segment)
    )


def segment_of(word: str) -> str:
    """Return the segment that a word such as PU or BPU means; the word itself where none does."""
    wanted = tables.plain(word)
    for segment in settings.load().segments:
        if wanted and wanted in {tables.plain(synonym) for synonym in (segment.name, segment.code, *segment.synonyms)}:
            return segment.name
    return word


def month_of(option: str, text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return calendar.parse_any(text) if option in FROM_THE_DATA else calendar.parse(text)
    except ValueError as error:
        allowed = "YYYY-MM (2023-01)" + (" | +12" if option in FROM_THE_DATA else "")
        raise UsageRefused("option_value", option=f"--{option}", found=text, allowed=allowed) from error


def whole_of(option: str, text: str | None, *, low: int, high: int) -> int | None:
    """Read a whole number between bounds; None where the option was not given."""
    if text is None:
        return None
    if not text.strip().isdecimal() or not low <= int(text) <= high:
        raise UsageRefused("option_value", option=f"--{option}", found=text, allowed=f"{low} … {high}")
    return int(text)


def futures_of(options: Request, view: View) -> projection.Futures | None:
    """Return the law's draws; None where none were wanted (`--draws 0`), or where `chance.reason` says why not."""
    wanted = whole_of("draws", options.draws, low=0, high=_MOST_DRAWS)
    return None if wanted == 0 else chance.draw_futures(view)


def keys_of(text: str | None) -> tuple[str, ...]:
    """Read `branch,segment`; `total` is no key at all."""
    keys = tuple(dict.fromkeys(part.strip().lower() for part in (text or "segment").split(",")))
    if keys == (TOTAL,):
        return ()
    if not set(keys) <= set(views.KEYS):
        allowed = " | ".join((*views.KEYS, TOTAL, "branch,segment"))
        raise UsageRefused("option_value", option="--by", found=text, allowed=allowed)
    return keys


def scenarios_of(options: Request, as_of: date | None = None) -> dict[str, Scenario]:
    """Return the scenarios asked for by the names that their rows carry, with what `--set` changes.

    Where the as-of month is known, `+3` is three months after it.
    """
    wanted: dict[str, Scenario] = {}
    for given in options.scenario or ("baseline",):
        name = Path(given).stem if given.endswith(".toml") else given
        scenario = scenarios.named(given)
        name = given if name in wanted else name
        scenario = (
            links.override(scenario, [_assignment(change) for change in options.set]) if options.set else scenario
        )
        wanted[name] = scenario if as_of is None else scenario.at(as_of)
    return wanted


def one_scenario(options: Request) -> tuple[str, Scenario]:
    """Return the one scenario asked for, by the name that its rows carry; refuse several."""
    wanted = scenarios_of(options)
    if len(wanted) > 1:
        raise UsageRefused(
            "option_value", option="--scenario", found=" ".join(options.scenario), allowed=options.scenario[0]
        )
    return next(iter(wanted.items()))


def title_of(name: str, scenario: Scenario, texts: Texts) -> str:
    """Return the scenario's own name, unless the command line changed it into another."""
    return name if "=" in name else declarations.words(scenario.name, texts.language) or name


def _assignment(change: str) -> str:
    """Let a segment be named by a synonym: `BPU.new=0.2`."""
    head, dot, rest = change.partition(".")
    return f"{segment_of(head)}{dot}{rest}" if dot else change
