"""What has been computed already? Every cache is here, and nowhere else.

What is made of data that ship with the app, or lie in the watched folder, is kept for everybody; what is made of a
visitor's own files is kept for that visitor's session alone. One decorator says so.
"""

from __future__ import annotations

import gc
import hashlib
import threading
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Generic, ParamSpec, TypeVar

import streamlit as st

from coverage.answers import backtest, realism
from coverage.base import months, settings
from coverage.base.tables import BranchMonths, Register
from coverage.base.texts import Texts
from coverage.intake import finding, mapping, reader
from coverage.intake import read as intake
from coverage.intake import register as registers
from coverage.live import past, payload
from coverage.live import words as live_words
from coverage.model import chance, running, scenarios, targets
from coverage.model import view as views
from coverage.model.levers import Programme
from coverage.model.projection import Futures
from coverage.model.scenarios import Scenario
from coverage.model.targets import TargetBook, TargetSet
from coverage.model.view import Scope, View
from coverage.records import target_books
from coverage.records.target_books import InUse
from coverage.wording import bands, lever_cards, scorecard

SAMPLES = settings.SAMPLES
ALL = ""
Given = ParamSpec("Given")
Made = TypeVar("Made")


class Kept(Generic[Given, Made]):
    """A function whose results are kept by a key: for everybody, or for one visitor's session alone."""

    def __init__(self, make: Callable[Given, Made], *, shared: int, own: int) -> None:
        self._shared = _cache(make, "shared", max_entries=shared, scope="global")
        self._own = _cache(make, "own", max_entries=own, scope="session")

    def __call__(self, key: Hashable, private: bool, *given: Given.args, **_: Given.kwargs) -> Made:
        """Return what the function makes of what is `given`; `private`: it is the visitor's own."""
        keep = self._own if private else self._shared
        result: Made = keep(key, given)
        return result


def _cache(make: Callable[..., Any], name: str, **limits: Any) -> Callable[[Hashable, tuple[Any, ...]], Any]:
    def made(key: Hashable, _given: tuple[Any, ...]) -> Any:
        return make(*_given)

    # Streamlit tells caches apart by the name and the text of a function.
    made.__module__, made.__qualname__ = make.__module__, f"{make.__qualname__}.{name}"
    cached: Callable[[Hashable, tuple[Any, ...]], Any] = st.cache_resource(show_spinner=False, **limits)(made)
    return cached


def kept(*, shared: int, own: int) -> Callable[[Callable[Given, Made]], Kept[Given, Made]]:
    """Keep so many results of a function for everybody, and so many in each session for whose own data they are."""

    def decorate(make: Callable[Given, Made]) -> Kept[Given, Made]:
        return Kept(make, shared=shared, own=own)

    return decorate


@st.cache_resource(show_spinner=False)
def settle() -> bool:
    """Freeze what imports and the first page left on the heap: to collect garbage takes 75 ms without this."""
    gc.collect()
    gc.freeze()
    reader.warm()
    return True


@st.cache_resource(show_spinner=False, ttl=20)
def collect() -> bool:
    """Collect garbage a moment later, when the page is there, once in twenty seconds at the most: after each release of
    a slider, as Streamlit would, it takes a fifth of the server's time, while everybody else waits."""
    later = threading.Timer(1, gc.collect)
    later.daemon = True
    later.start()
    return True


@st.cache_data(show_spinner=False)
def samples() -> list[str]:
    """Return the names of the data that ship, the founding case first."""
    folders = {path.parent.relative_to(SAMPLES).as_posix() for path in SAMPLES.rglob("*.csv")}
    return sorted(folders, key=lambda name: (name != "sumbagsel", name))


def signature_of(path: Path) -> str:
    """Change whenever a file of the folder changes (name, size or time), or gets out of reach."""
    seen = hashlib.sha256()
    try:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if (finding.is_table(file.name) or finding.companion_of(file.name)) and file.is_file():
                about = file.stat()
                seen.update(f"{file}|{about.st_size}|{about.st_mtime_ns}\n".encode())
    except OSError as error:  # Excel is just putting a new file in the place of the old one, or the share is away
        seen.update(str(error).encode())
    return seen.hexdigest()


@st.cache_resource(show_spinner=False, max_entries=8)
def read(folder: str, signature: str, answers: str = "") -> intake.Intake:
    """Return what a folder holds, with what was answered about it."""
    files, passed_over = intake.find([folder]), intake.others([folder])
    ours = Path(folder).is_relative_to(SAMPLES)
    reading = intake.read if ours else reader.read_apart
    return reading([*files, *map_of(answers)], settings=settings.load(), passed_over=passed_over)


@st.cache_resource(show_spinner=False, max_entries=2, scope="session")
def read_uploads(signature: str, _files: list[intake.Handed]) -> intake.Intake:
    """Return what the visitor's own files hold."""
    return reader.read_apart(_files, settings=settings.load())


def map_of(answers: str) -> list[intake.Handed]:
    """Return what the visitor answered as the file that says it, behind those that were handed in: it goes before."""
    return [intake.Handed(name=mapping.FILE, content=answers.encode())] if answers else []


@st.cache_resource(show_spinner=False, max_entries=4, scope="session")
def target_book(name: str, text: str) -> TargetBook:
    """Return the visitor's own targets."""
    return targets.loads(text, name)


@kept(shared=8, own=4)
def in_use(
    handed: intake.Intake, register: Register, own: list[str] | None, folders: list[Path], places: Mapping[str, str]
) -> InUse:
    """Return the targets that hold for these data: those of files, and the visitor's own before them."""
    given = [(target_book(*own), target_books.nothing_wrong())] if own else []
    return target_books.in_use(handed, register, given=given, paths=folders, places=places)


@st.cache_resource(show_spinner=False, max_entries=4)
def register(path: str, signature: str) -> Register:
    """Return the list of branches in a file."""
    return registers.read(Path(path))


@st.cache_resource(show_spinner=False, max_entries=2, scope="session")
def own_register(name: str, content: bytes) -> Register:
    """Return the list of branches that the visitor handed in."""
    return registers.loads(content, name)


@kept(shared=64, own=16)
def view(
    table: BranchMonths,
    branches: Register,
    chosen: TargetSet,
    wanted: Scope,
    month: str,
    due: str,
    programmes: tuple[Programme, ...],
    used: settings.Settings,
) -> View:
    """Return what is looked at: a scope of the data as of a month, against a set of targets."""
    return views.of(
        table,
        branches,
        chosen,
        scope=wanted,
        as_of=months.parse(month) if month else None,
        settings=used,
        in_view=_month(due),
        programmes=programmes,
    )


@st.cache_resource(show_spinner=False, max_entries=4)
def programmes(path: str, signature: str) -> tuple[Programme, ...]:
    """Return the programmes that a file says are running."""
    return running.load(Path(path))


@st.cache_resource(show_spinner=False, max_entries=4, scope="session")
def own_programmes(name: str, content: bytes) -> tuple[Programme, ...]:
    """Return the programmes that a file of the visitor's own says are running."""
    return running.loads(content, name)


def _month(code: str) -> date | None:
    return months.parse(code) if code else None


@st.cache_resource(show_spinner=False)
def presets() -> dict[str, Scenario]:
    """Return the scenarios that ship."""
    return scenarios.presets()


@kept(shared=16, own=4)
def errors_of_the_past(
    known: BranchMonths, branches: Register, wanted: Scope, by: tuple[tuple[str, ...], ...]
) -> dict[tuple[str, ...], Any]:
    """Return how far off projections of the past were, by several keys."""
    return backtest.groupings(known, branches, scope=wanted, settings=settings.load(), by=by)


@kept(shared=64, own=16)
def futures(looked_at: View) -> Futures | None:
    """Return the drawn futures of a view, the same for every scenario; None where there can be none."""
    return chance.draw_futures(looked_at)


@kept(shared=64, own=16)
def records(looked_at: View, months_ahead: int) -> Any:
    """Return every branch's record over as many months in a row, to hold a scenario against."""
    return realism.records(looked_at, months_ahead)


@kept(shared=32, own=8)
def live_model(
    looked_at: View, scenario: Scenario, months_ahead: int, drawn: Futures | None, best: Any, words: Texts
) -> tuple[str, dict[str, Any]]:
    """Return what the browser needs of a view whatever a lever does, and its name: the model, words, levers, cards."""
    model = payload.model(
        looked_at,
        scenario,
        months_ahead,
        band=None if drawn is None else drawn.rates(months_ahead),
        past=past.longest(past.by_group(looked_at), 37),
        milestones=past.milestones_of_groups(looked_at),
        texts=words,
    )
    segments = [str(name) for name in looked_at.groups(["segment"])[0]["segment"]]
    sent = {
        "model": model,
        "words": live_words.of(words, looked_at.measure),
        "forms": live_words.forms(words),
        "levers": live_words.declared_levers(apart=False),
        "assumptions": live_words.declared_levers(apart=True),
        "cards": lever_cards.describe_cards(words, segments, looked_at.settings),
        "done": best,
    }
    return payload.key_of_sent(sent), sent


@kept(shared=32, own=8)
def best_of_branches(looked_at: View, known: Any, months_ahead: int, words: Texts) -> Any:
    """Return what branches did at their best, as values of each lever."""
    return lever_cards.best_of_branches(looked_at, known, months_ahead, words)


@kept(shared=32, own=8)
def scorecard_rows(looked_at: View, horizon: int, level: str, words: Texts) -> list[dict[str, Any]]:
    """Return the scorecard's row of each place of a level: a fan of every branch takes a moment."""
    drawn, keys = chance.draw_futures(looked_at), [level] if level else []
    fan = None if drawn is None else chance.fan(looked_at, Scenario(), horizon, keys, futures=drawn)
    return scorecard.rows(looked_at, horizon, level, fan, words)


@kept(shared=32, own=8)
def solved(looked_at: View, best: Any, words: Texts) -> bands.Solved | None:
    """Return what it takes to reach the targets: the cheapest mix takes half a second."""
    return bands.solved(looked_at, best, words)


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What can be chosen in these data; the first of each list means all (or the latest month)."""

    regions: list[str]
    by_region: Mapping[str, Sequence[str]]
    province_of: Mapping[str, str]
    segments: list[str]
    months: list[str]

    def branches(self, region: str, province: str = ALL) -> list[str]:
        """Return the branches of a region (all of them where there is none), or those of one of its provinces."""
        inside = self.by_region.get(region, self.by_region[ALL])
        return [ALL, *(branch for branch in inside if province in (ALL, self.province_of.get(branch)))]

    def provinces(self, region: str) -> list[str]:
        """Return the provinces in which a region has branches; of some nobody knows the province."""
        known = {self.province_of.get(branch) for branch in self.branches(region)}
        return [ALL, *sorted(province for province in known if province)]

    def scope(self, region: str, province: str, branch: str, segments: Sequence[str]) -> Scope:
        """Return what is looked at: a branch, the branches of a province, or those of a region."""
        inside = self.branches(region, province)[1:] if province else ()
        return Scope(
            regions=(region,) if region else (),
            branches=(branch,) if branch else tuple(inside),
            segments=tuple(segments),
        )


@kept(shared=8, own=2)
def choices(table: BranchMonths, branches: Register) -> Choices:
    """Return what can be chosen in a table."""
    listed = views.places(table, branches)
    return Choices(
        regions=[ALL, *sorted({region for _, region in listed if region})],
        by_region={ALL: [branch for branch, _ in listed]}
        | {region: [b for b, r in listed if r == region] for _, region in listed if region},
        province_of=views.provinces(table, branches),
        segments=[str(name) for name in table["segment"].unique().sort().to_list()],
        months=[months.code(month) for month in table["month"].unique().sort(descending=True).to_list()] or [""],
    )
