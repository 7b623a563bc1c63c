"""What does this visitor look at, and what has been computed already? State and every cache are here alone.

The state holds strings, numbers, lists and frames; what is derived from it comes from the caches below, so that
`current()` is cheap however often it is called. Uploaded data are cached for their session only.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import importlib
import sys
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NoReturn

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

import pages
from coverage.answers import backtest, realism
from coverage.base import months, settings
from coverage.base import texts as languages
from coverage.base.errors import CakupanError, FileRefused, NothingToShow
from coverage.base.texts import Texts
from coverage.intake import finding, mapping, reader
from coverage.intake import read as intake
from coverage.intake import register as registers
from coverage.intake.finding import Companion
from coverage.live import past, payload
from coverage.model import chance, scenarios, targets
from coverage.model import view as views
from coverage.model.scenarios import Scenario
from coverage.model.targets import TargetBook, TargetSet
from coverage.model.view import Scope, View
from coverage.records import target_books
from coverage.records.target_books import InUse
from coverage.wording import lever_cards, reference
from pages.parts import kept, links

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = settings.SAMPLES
# The founding case: the first screen answers for Palembang.
OPENING = {"sumbagsel": {"branch": "Palembang"}}
UPLOADED, FOLDER = "uploaded", "folder"
ALL = ""
WAITS = "sheets"
"""What a refusal holds of a file that can be read once somebody answers: how it looks."""
# Streamlit imports pandas when it first draws, and Altair looks into a pandas that another visitor's run is still
# importing, and fails (seen on a cold server with two visitors at once): so it is whole before anybody comes.
importlib.import_module("pandas")

_begun: ContextVar[bool] = ContextVar("begun", default=False)


@dataclass(frozen=True, kw_only=True)
class Screen:
    """Everything that a page needs to know; `view` is None where the scope holds nothing."""

    texts: Texts
    dark: bool
    dataset: str
    handed: intake.Intake
    book: TargetBook
    aims: InUse
    target_set: str
    chosen: TargetSet
    view: View | None
    key: str  # names the view in caches
    scope: Scope

    @property
    def sample(self) -> bool:
        return self.dataset not in {UPLOADED, FOLDER}


def begin() -> None:
    """Open the app: page config, language, link, caches. `app.py` calls it first in every run."""
    _begun.set(True)
    for key, value in st.session_state.pop("carried", {}).items():
        st.session_state.setdefault(key, value)
    # A finished chart waits until the thread that sends it gets its turn: by default up to 5 ms, several times a step
    # (measured: the median step 7 ms shorter, the quickest 14).
    sys.setswitchinterval(0.0005)
    links.seed()
    kept.restore()
    opening = st.session_state.setdefault("opening", {})
    opening["language"] = languages.choose(st.context.locale)
    st.session_state.setdefault("language", opening["language"])
    if st.session_state["language"] not in languages.languages():
        links.tell(
            NothingToShow(
                "language_unknown", found=st.session_state["language"], allowed=" | ".join(languages.languages())
            )
        )
        st.session_state["language"] = languages.choose(st.context.locale)
    st.set_page_config(
        page_title=texts()("app.title"), page_icon=str(ROOT / "pages" / "parts" / "icon.svg"), layout="wide"
    )


def start(*, need_view: bool = True) -> Screen:
    """Give a page its screen; every page calls it first. One that can do without a view says so.

    On a freshly started server the first request to a page's own link runs the page without `app.py` (Streamlit's
    old rule for a folder named `pages`). Registering the real menu ends that, and the run starts over.
    """
    if not _begun.get():
        links.seed()
        st.navigation(pages.menu(languages.load(languages.choose(st.context.locale))), position="top")
        st.rerun()
    screen = current()
    if screen.view is None and need_view:
        st.stop()
    return screen


def go_to(screen: str) -> NoReturn:
    """Open another screen with the same scope, data and language.

    `st.switch_page` alone drops what every input holds, the frame's too (Streamlit 1.67: a rerun that no browser asked
    for names no inputs); the menu does not.
    """
    state = st.session_state
    state["carried"] = {key: state[key] for key in links.FRAME.values() if key in state}
    st.switch_page(f"pages/{screen}.py")


def texts() -> Texts:
    return languages.load(st.session_state["language"])


def end() -> None:
    """Close a run: the address bar follows, and after the server's first run the heap is frozen."""
    links.write()
    _settle()


@st.cache_resource(show_spinner=False)
def _settle() -> bool:
    """Freeze what imports and the first page left on the heap: Streamlit collects garbage after every run, which
    takes 75 ms without this."""
    gc.collect()
    gc.freeze()
    reader.warm()
    return True


def watched() -> Path | None:
    """Return the folder or file given on the command line (`python3 run.py -- FOLDER`), if any; one that is not
    there is refused when it is read, so that a slip of the pen is told."""
    given = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    return _resolved(given[0]) if given else None


@lru_cache
def _resolved(given: str) -> Path:
    """Ask the disk once what a path leads to: later it may be a share that is out of reach."""
    return Path(given).resolve()


def datasets() -> list[str]:
    """Return the data there are: the visitor's own, the watched folder, the samples."""
    own = [UPLOADED] if st.session_state.get("uploads") else []
    folder = [FOLDER] if watched() else []
    return [*own, *folder, *_samples()]


@st.cache_data(show_spinner=False)
def _samples() -> list[str]:
    folders = {path.parent.relative_to(SAMPLES).as_posix() for path in SAMPLES.rglob("*.csv")}
    return sorted(folders, key=lambda name: (name != "sumbagsel", name))


def signature_of(path: Path) -> str:
    """Change whenever a file of the folder changes (name, size or time), or gets out of reach."""
    seen = hashlib.sha256()
    try:
        for one in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if (finding.is_table(one.name) or finding.companion_of(one.name)) and one.is_file():
                about = one.stat()
                seen.update(f"{one}|{about.st_size}|{about.st_mtime_ns}\n".encode())
    except OSError as error:  # Excel is just putting a new file in the place of the old one, or the share is away
        seen.update(str(error).encode())
    return seen.hexdigest()


@st.cache_resource(show_spinner=False, max_entries=8)
def _read(folder: str, signature: str, answers: str = "") -> intake.Intake:
    files, passed_over = intake.find([folder]), intake.others([folder])
    files = [*files, *_map_of(answers)]
    ours = Path(folder).is_relative_to(SAMPLES)
    reading = intake.read if ours else reader.read_apart
    return reading(files, settings=settings.load(), passed_over=passed_over)


@st.cache_resource(show_spinner=False, max_entries=2, scope="session")
def _read_uploads(signature: str, _files: list[intake.Handed]) -> intake.Intake:
    return reader.read_apart(_files, settings=settings.load())


def _map_of(answers: str) -> list[intake.Handed]:
    """Return what the visitor answered as the file that says it, behind those that were handed in: it goes before."""
    return [intake.Handed(name=mapping.FILE, content=answers.encode())] if answers else []


def _answers() -> str:
    """Return what the visitor answered about columns, as a map; empty where nothing was asked."""
    said = st.session_state.get("answers", {})
    return mapping.dumps(said) if said else ""


@st.cache_resource(show_spinner=False, max_entries=4, scope="session")
def _own_targets(name: str, text: str) -> TargetBook:
    return targets.loads(text, name)


def take_targets(name: str, text: str, *, of_sample: bool = False, whole: bool = False) -> None:
    """Use the visitor's own targets file from now on; raise `CakupanError` where it is refused: nothing changes then.

    Like own files it is held in memory for this visitor alone. `of_sample`: it holds targets of the sample too, which
    never meet somebody's own files. `whole`: it says of everybody what holds, so that no other file has a say.
    """
    book = _own_targets(name, text)
    st.session_state["own_targets"] = [name, text]
    st.session_state["own_targets_of_sample"] = of_sample
    st.session_state["own_targets_whole"] = whole
    st.session_state["targets_file"] = UPLOADED
    st.session_state["target_set"] = book.default


def drop_targets() -> None:
    """Go back to the targets that stand beside the data."""
    for key in ("own_targets", "own_targets_of_sample", "own_targets_whole", "targets_file", "target_set"):
        st.session_state.pop(key, None)


def own_targets() -> list[str] | None:
    """Return the name and text of the visitor's own targets, where they may be held against the data that are open."""
    state = st.session_state
    foreign = state.get("own_targets_of_sample") and state["dataset"] in {UPLOADED, FOLDER}
    return None if foreign else state.get("own_targets")


def targets_of_sample() -> bool:
    """Say whether the targets in use are those of the sample, or were typed over them."""
    return own_targets() is None or bool(st.session_state.get("own_targets_of_sample"))


def join_place(written: str, branch: str) -> None:
    """Take the targets of a place for those of a branch from now on: a person said that they are the same."""
    st.session_state["target_places"] = st.session_state.get("target_places", {}) | {written: branch}


def _aims(found: intake.Intake, register) -> tuple[InUse, str]:
    """Return the targets in use, and what tells them from others in a cache."""
    state = st.session_state
    own = own_targets()
    if own and state.get("own_targets_whole"):
        return InUse(book=_own_targets(*own)), hashlib.sha256(own[1].encode()).hexdigest()
    if not state.get("own_targets") and state.pop("targets_file", ""):
        links.tell(NothingToShow("targets_gone"))  # a link that was made of somebody's own targets
        state.pop("target_set", None)
    folders, places = _folders(), state.get("target_places", {})
    files = target_books.beside(found, folders)
    told_apart = repr((found.fingerprint, own, [(str(file), signature_of(file)) for file in files], places))
    key = hashlib.sha256(told_apart.encode()).hexdigest()
    keep = _own_in_use if own or places or state["dataset"] == UPLOADED else _in_use
    return keep(key, found, register, own, folders, places), key


@st.cache_resource(show_spinner=False, max_entries=8)
def _in_use(key: str, _found: intake.Intake, _register_table, _own, _folders_of, _places) -> InUse:
    return _find_in_use(_found, _register_table, _own, _folders_of, _places)


@st.cache_resource(show_spinner=False, max_entries=4, scope="session")
def _own_in_use(key: str, _found: intake.Intake, _register_table, _own, _folders_of, _places) -> InUse:
    return _find_in_use(_found, _register_table, _own, _folders_of, _places)


def _find_in_use(found: intake.Intake, register, own: list[str] | None, folders: list[Path], places: dict) -> InUse:
    given = [(_own_targets(*own), target_books.nothing_wrong())] if own else []
    return target_books.in_use(found, register, given=given, paths=folders, places=places)


@st.cache_resource(show_spinner=False, max_entries=4)
def _register(path: str, signature: str):
    return registers.read(Path(path))


@st.cache_resource(show_spinner=False, max_entries=2, scope="session")
def _own_register(name: str, content: bytes):
    return registers.loads(content, name)


def _own_branches() -> Companion | None:
    """Return the list of branches that the visitor handed in beside the data, if any."""
    if st.session_state.get("dataset") != UPLOADED:
        return None
    return next((companion for companion in _own_intake().companions if companion.kind == "branches"), None)


@st.cache_resource(show_spinner=False, max_entries=64)
def _view(key: str, _handed: intake.Intake, _register_table, _chosen: TargetSet, _scope: Scope, month: str) -> View:
    return _look(_handed, _register_table, _chosen, _scope, month)


@st.cache_resource(show_spinner=False, max_entries=16, scope="session")
def _own_view(key: str, _handed: intake.Intake, _register_table, _chosen: TargetSet, _scope: Scope, month: str) -> View:
    return _look(_handed, _register_table, _chosen, _scope, month)


def due_months(chosen: TargetSet) -> list[str]:
    """Return which month's target can be looked at: the next one due, or one of those that the set names."""
    return [ALL, *(months.code(month) for month in sorted({target.by for target in chosen.target}))]


def _look(handed: intake.Intake, register, chosen: TargetSet, wanted: Scope, month: str) -> View:
    as_of = months.parse(month) if month else None
    due = st.session_state.get("due_month")
    in_view = months.parse(due) if due in due_months(chosen)[1:] else None
    return views.look(
        handed.table, register, chosen, scope=wanted, as_of=as_of, settings=settings.load(), in_view=in_view
    )


@st.cache_resource(show_spinner=False)
def _presets() -> dict[str, Scenario]:
    return scenarios.presets()


def presets() -> dict[str, Scenario]:
    """Return the scenarios that ship, their months counted from the one that is looked at."""
    view = current().view
    return {name: scenario if view is None else scenario.at(view.as_of) for name, scenario in _presets().items()}


def handed() -> intake.Intake:
    """Return what was read of the chosen data; raise `CakupanError` where a file is refused."""
    # Nobody else opens with a visitor's own files: a link has to say that it was made of some.
    return _handed(_chosen("dataset", datasets(), next(one for one in datasets() if one != UPLOADED)))


def _handed(chosen: str) -> intake.Intake:
    if chosen == UPLOADED:
        return _own_intake()
    folder = watched() if chosen == FOLDER else SAMPLES / chosen
    try:
        return _read(str(folder), signature_of(folder), _answers()) if chosen == FOLDER else _read(str(folder), "")
    except OSError as error:  # a share that is out of reach
        found = error.strerror or type(error).__name__
        raise FileRefused("file_unreadable", file=str(folder), found=found) from error


def dataset_of(fingerprint: str) -> str | None:
    """Return which of the data that there are has this fingerprint, those that are open first; None: none."""
    opened = st.session_state.get("dataset")
    for name in sorted(datasets(), key=lambda one: one != opened):
        with contextlib.suppress(CakupanError):  # a folder whose files are refused is not what is looked for
            if _handed(name).fingerprint == fingerprint:
                return name
    return None


def options() -> Choices:
    """Return what can be chosen in the data that are open."""
    return choices(current().handed, branches_known())


def take(files: list[UploadedFile]) -> list[FileRefused]:
    """Look at the visitor's own files from now on, beside those handed in before; one of the same name replaces.

    Return those that cannot be read; they are not kept, but for those that wait for an answer. Raise `CakupanError`
    where none can be read: nothing changes then. Either way no byte is left in Streamlit's own store, which would keep
    what was refused until the visitor leaves.
    """
    handed_in = {one.name: one.getvalue() for one in files}
    forget(files)
    refused = _take(handed_in)
    open_anew()
    return refused


def _take(handed_in: dict[str, bytes]) -> list[FileRefused]:
    state = st.session_state
    before = state.get("uploads", {})
    try:
        refused = list(_read_own(before | handed_in).refused)
    except FileRefused as error:
        if WAITS in error.data:
            state["waiting"] = state.get("waiting", {}) | handed_in
        raise
    bad = {str(error.data["file"]): WAITS in error.data for error in refused}
    kept = before | {name: content for name, content in handed_in.items() if name not in bad}
    state["waiting"] = {name: content for name, content in handed_in.items() if bad.get(name)}
    _read_own(kept)
    state["uploads"] = kept
    state.pop("uploads_signature", None)
    state["dataset"] = UPLOADED
    return refused


def read_anew() -> None:
    """Read the visitor's own files with the answers that there are now, those that waited for one included."""
    state = st.session_state
    state.pop("uploads_signature", None)
    if not state.get("waiting"):
        return
    try:
        refused = _take(dict(state["waiting"]))
    except FileRefused as error:
        state["upload_refused"] = [(error.code, dict(error.data))]
        return
    state["upload_refused"] = [(error.code, dict(error.data)) for error in refused]
    state.pop("upload_kept", None)
    open_anew()


def give_back() -> None:
    """Drop the visitor's own files and open the sample."""
    for key in ("uploads", "uploads_signature", "waiting", "answers"):
        st.session_state.pop(key, None)
    st.session_state["dataset"] = _samples()[0]
    open_anew()


def open_anew() -> None:
    """Open other data as if nothing had been chosen: the branch and month of the last ones may not be there."""
    state = st.session_state
    own = state.get("dataset") in {UPLOADED, FOLDER} or state.get("target_set") == targets.NO_TARGETS
    for key in ("region", "branch", "segments", "month", *(["target_set"] if own else [])):
        state.pop(key, None)


def _own_intake() -> intake.Intake:
    """Return what was read of the visitor's own files; their bytes are hashed once, and not in every run."""
    state = st.session_state
    if "uploads_signature" not in state:
        state["uploads_signature"] = _signature_of_uploads(state["uploads"])
    return _read_own(state["uploads"], state["uploads_signature"])


def _read_own(uploads: dict[str, bytes], signature: str = "") -> intake.Intake:
    files = [intake.Handed(name=name, content=content) for name, content in uploads.items()]
    answers = _answers()
    told_apart = f"{signature or _signature_of_uploads(uploads)} {hashlib.sha256(answers.encode()).hexdigest()}"
    return _read_uploads(told_apart, [*files, *_map_of(answers)])


def _signature_of_uploads(uploads: dict[str, bytes]) -> str:
    signature = hashlib.sha256()
    for name, content in uploads.items():
        signature.update(f"{name}|{len(content)}|".encode() + hashlib.sha256(content).digest())
    return signature.hexdigest()


def forget(files: list[UploadedFile]) -> None:
    """Leave no byte of handed-in files in Streamlit's own store, which would keep them until the visitor leaves."""
    context = get_script_run_ctx()
    if context is not None and isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
        for one in files:
            context.uploaded_file_mgr.remove_file(session_id=context.session_id, file_id=one.file_id)


def _beside(name: str) -> Path:
    """Return a file of declarations beside or above the watched folder, else the one that ships."""
    return settings.beside(name, _folders() if st.session_state.get("dataset") == FOLDER else [])


def _folders() -> list[Path]:
    """Return the folder of the data that are open; handed-in files lie in none."""
    chosen = st.session_state.get("dataset")
    folder = None if chosen == UPLOADED else watched() if chosen == FOLDER else SAMPLES / str(chosen)
    return [folder] if folder else []


def _chosen(key: str, options: list[str], opening: str | None = None) -> str:
    """Return the choice that stands under a key, if it is one of the options; else tell, and open with the first."""
    state = st.session_state
    first = opening if opening in options else options[0]
    state.setdefault("opening", {})[key] = first
    if key in state and state[key] not in options:
        if state[key] not in (None, ALL):
            code = "upload_gone" if state[key] == UPLOADED else f"{key}_unknown"
            links.tell(NothingToShow(code, found=str(state[key]), allowed=links.listed([o for o in options if o])))
        state[key] = first
    state.setdefault(key, first)
    return state[key]


def current() -> Screen:
    """Return the screen that the state describes; computed parts come from the caches."""
    words, state = texts(), st.session_state
    found = handed()
    table = found.table
    path = _register_key()
    register = branches_known()
    aims, told_apart = _aims(found, register)
    book = aims.book
    name = _chosen("target_set", list(book.sets), book.default)
    options = choices(found, register)
    wanted = Scope(
        regions=(state["region"],) if _chosen("region", options.regions) else (),
        branches=(state["branch"],)
        if _chosen("branch", options.branches(state["region"]), OPENING.get(state["dataset"], {}).get("branch"))
        else (),
        segments=tuple(_segments(options.segments)),
    )
    month = _chosen("month", options.months)
    due = _chosen("due_month", due_months(book.sets[name]))
    key = repr((found.fingerprint, path, name, told_apart, wanted, month, due))
    keep = _own_view if state["dataset"] == UPLOADED else _view
    view: View | None = None
    if not table.is_empty():
        try:
            view = keep(key, found, register, book.sets[name], wanted, month)
        except NothingToShow as error:
            links.tell(error)
    return Screen(
        texts=words,
        dark=st.context.theme.type == "dark",
        dataset=state["dataset"],
        handed=found,
        book=book,
        aims=aims,
        target_set=name,
        chosen=book.sets[name],
        view=view,
        key=key,
        scope=wanted,
    )


def every_branch(screen: Screen) -> View:
    """Return the view of the screen's region with all its branches, whichever one the frame shows."""
    state = st.session_state
    wanted = Scope(regions=(state["region"],) if state["region"] else (), segments=tuple(state.get("segments") or ()))
    keep = _own_view if screen.dataset == UPLOADED else _view
    key = f"{screen.key} every branch {state['region']}"
    return keep(key, screen.handed, branches_known(), screen.chosen, wanted, state["month"])


def view_of(screen: Screen, month: str) -> View | None:
    """Return the screen's scope as it was known in an earlier month; None where it held nothing then."""
    state = st.session_state
    wanted = Scope(
        regions=(state["region"],) if state["region"] else (),
        branches=(state["branch"],) if state["branch"] else (),
        segments=tuple(state.get("segments") or ()),
    )
    keep = _own_view if screen.dataset == UPLOADED else _view
    try:
        return keep(f"{screen.key} as of {month}", screen.handed, branches_known(), screen.chosen, wanted, month)
    except NothingToShow:
        return None


def futures_of(screen: Screen, month: str, view: View):
    """Return the drawn futures of such an earlier view."""
    keep = _own_futures if screen.dataset == UPLOADED else _futures
    return keep(f"{screen.key} as of {month}", view)


def backtested(screen: Screen, by: tuple[tuple[str, ...], ...]):
    """Return how far off projections of the past were, by several keys, for the screen's scope; kept, for it takes a
    second."""
    keep = _own_backtest if screen.dataset == UPLOADED else _backtest
    known = screen.handed.table.filter(screen.handed.table["month"] <= screen.view.as_of)
    return keep(screen.key, by, known, branches_known(), screen.scope)


@st.cache_resource(show_spinner=False, max_entries=16)
def _backtest(key: str, by: tuple[tuple[str, ...], ...], _table, _register_table, _scope: Scope):
    return backtest.groupings(_table, _register_table, scope=_scope, settings=settings.load(), by=by)


@st.cache_resource(show_spinner=False, max_entries=4, scope="session")
def _own_backtest(key: str, by: tuple[tuple[str, ...], ...], _table, _register_table, _scope: Scope):
    return backtest.groupings(_table, _register_table, scope=_scope, settings=settings.load(), by=by)


def live_model(screen: Screen, scenario: Scenario, months_ahead: int):
    """Return what the browser needs of the screen's view, by its name; kept, for it changes with no lever."""
    keep = _own_live_model if screen.dataset == UPLOADED else _live_model
    # A growth rule sets the path of its series, and a link may name branches: those are part of what is sent.
    ruled = repr(scenarios.simplified(scenario).get("rule"))
    key = f"{screen.key} {months_ahead} {screen.texts.language} {ruled}"
    return keep(key, screen, scenario, months_ahead)


@st.cache_resource(show_spinner=False, max_entries=32)
def _live_model(key: str, _screen: Screen, _scenario: Scenario, _months_ahead: int):
    return _make_live_model(_screen, _scenario, _months_ahead)


@st.cache_resource(show_spinner=False, max_entries=8, scope="session")
def _own_live_model(key: str, _screen: Screen, _scenario: Scenario, _months_ahead: int):
    return _make_live_model(_screen, _scenario, _months_ahead)


def _make_live_model(screen: Screen, scenario: Scenario, months_ahead: int):
    drawn = futures(screen)
    sent = payload.model(
        screen.view,
        scenario,
        months_ahead,
        band=None if drawn is None else drawn.rates(months_ahead),
        past=past.longest(past.by_group(screen.view), 37),
        milestones=past.milestones(screen.view),
        texts=screen.texts,
    )
    return payload.key(sent), sent


def sample_note(screen: Screen) -> str:
    """Say that figures are illustrative, where most of them are; nothing otherwise."""
    if screen.view is None or views.illustrative_share(screen.view) < 0.5:
        return ""
    return screen.texts("cockpit.sample")


def no_band(screen: Screen) -> str:
    """Say why there is no band; nothing where there is one."""
    return "" if futures(screen) is not None else screen.texts(f"chance.{chance.why(screen.view)}")


def futures(screen: Screen):
    """Return the drawn futures of the screen's view, the same for every scenario; None where there can be none."""
    keep = _own_futures if screen.dataset == UPLOADED else _futures
    return keep(screen.key, screen.view)


@st.cache_resource(show_spinner=False, max_entries=64)
def _futures(key: str, _view_shown: View):
    return chance.draw(_view_shown)


@st.cache_resource(show_spinner=False, max_entries=16, scope="session")
def _own_futures(key: str, _view_shown: View):
    return chance.draw(_view_shown)


def records(screen: Screen, months_ahead: int):
    """Return every branch's record over as many months in a row as are looked ahead, to hold a scenario against."""
    keep = _own_records if screen.dataset == UPLOADED else _records
    return keep(screen.key, min(months_ahead, realism.YEAR), screen.view)


@st.cache_resource(show_spinner=False, max_entries=64)
def _records(key: str, months_ahead: int, _view_shown: View):
    return realism.records(_view_shown, months_ahead)


@st.cache_resource(show_spinner=False, max_entries=16, scope="session")
def _own_records(key: str, months_ahead: int, _view_shown: View):
    return realism.records(_view_shown, months_ahead)


def best_of_branches(screen: Screen, months_ahead: int):
    """Return what branches did at their best, as values of each lever; kept, for it changes with no lever."""
    keep = _own_best_of_branches if screen.dataset == UPLOADED else _best_of_branches
    return keep(f"{screen.key} {months_ahead} {screen.texts.language}", screen, months_ahead)


@st.cache_resource(show_spinner=False, max_entries=32)
def _best_of_branches(key: str, _screen: Screen, months_ahead: int):
    return lever_cards.best_of_branches(_screen.view, records(_screen, months_ahead), months_ahead, _screen.texts)


@st.cache_resource(show_spinner=False, max_entries=8, scope="session")
def _own_best_of_branches(key: str, _screen: Screen, months_ahead: int):
    return lever_cards.best_of_branches(_screen.view, records(_screen, months_ahead), months_ahead, _screen.texts)


def _segments(options: list[str]) -> list[str]:
    state = st.session_state
    unknown = [one for one in state.get("segments", []) if one not in options]
    for one in unknown:
        links.tell(NothingToShow("segment_unknown", found=one, allowed=links.listed(options)))
    if unknown:
        state["segments"] = [one for one in state["segments"] if one in options]
    return state.get("segments") or []


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What can be chosen in these data; the first of each list means all (or the latest month)."""

    regions: list[str]
    by_region: dict[str, list[str]]
    segments: list[str]
    months: list[str]

    def branches(self, region: str) -> list[str]:
        return [ALL, *self.by_region.get(region, self.by_region[ALL])]


def choices(found: intake.Intake, register) -> Choices:
    keep = _own_choices if st.session_state.get("dataset") == UPLOADED else _choices
    return keep(f"{found.fingerprint} {_register_key()}", found, register)


@st.cache_resource(show_spinner=False, max_entries=8)
def _choices(fingerprint: str, _found: intake.Intake, _register_table) -> Choices:
    return _list_choices(_found, _register_table)


@st.cache_resource(show_spinner=False, max_entries=2, scope="session")
def _own_choices(fingerprint: str, _found: intake.Intake, _register_table) -> Choices:
    return _list_choices(_found, _register_table)


def _list_choices(found: intake.Intake, register) -> Choices:
    listed = views.places(found.table, register)
    return Choices(
        regions=[ALL, *sorted({region for _, region in listed if region})],
        by_region={ALL: [branch for branch, _ in listed]}
        | {region: [b for b, r in listed if r == region] for _, region in listed if region},
        segments=[str(one) for one in found.table["segment"].unique().sort().to_list()],
        months=[months.code(one) for one in found.table["month"].unique().sort(descending=True).to_list()] or [""],
    )


def branches_known():
    """Return the register of branches: where each is, and to which region it belongs."""
    if (own := _own_branches()) is not None:
        return _own_register(own.name, own.content)
    path = _beside("branches.csv")
    return _register(str(path), signature_of(path) if path.is_file() else "")


def _register_key() -> str:
    """Tell one list of branches from others in a cache."""
    if (own := _own_branches()) is not None:
        return hashlib.sha256(own.content).hexdigest()
    path = _beside("branches.csv")
    return f"{path}|{signature_of(path) if path.is_file() else ''}"


def dataset_name(name: str, words: Texts) -> str:
    if name in {UPLOADED, FOLDER}:
        return words(f"frame.{name}")
    key = f"dataset.{name.replace('/', '_')}"
    return words(key) if key in words else name


def place(words: Texts, *, compares: bool = False) -> str:
    """Say what is looked at: the branch, else the region, else all; a page that `compares` shows all branches."""
    state = st.session_state
    return (None if compares else state["branch"]) or state["region"] or words("frame.all_branches")


def target_title(screen: Screen, words: Texts) -> str:
    return reference.target_title(screen.chosen, screen.target_set, words)


def data_said(screen: Screen, words: Texts) -> str:
    """Say whose data are shown. The published figures ship with the app as well, but they are no sample: their name
    says what they are."""
    kind = "frame.sample" if screen.sample and not screen.dataset.startswith("published") else "frame.own"
    return words(kind, name=dataset_name(screen.dataset, words))


def escape(text: str) -> str:
    """Show data as they are: a branch's name is no Markdown."""
    return "".join("\\" + letter if letter in "\\`*_{}[]()#+-.!|<>~$:" else letter for letter in text)
