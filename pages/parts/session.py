"""What does this visitor look at? The state holds strings, numbers, lists and frames; what is derived from it comes
from the caches, so that `current()` is cheap however often it is called.
"""

from __future__ import annotations

import contextlib
import hashlib
import html
import importlib
import sys
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NoReturn

import streamlit as st

import pages
from coverage.base import months, settings
from coverage.base import texts as languages
from coverage.base.errors import CakupanError, FileRefused, NothingToShow
from coverage.base.tables import Register
from coverage.base.texts import Texts
from coverage.intake import read as intake
from coverage.intake import register as registers
from coverage.model.scenarios import Scenario
from coverage.model.targets import TargetBook, TargetSet
from coverage.model.view import Scope, View
from coverage.records import target_books
from coverage.records.target_books import InUse
from coverage.wording import reference
from pages.parts import assumed, caches, inputs, kept, links, own_files, running_already
from pages.parts.caches import Choices

ROOT = Path(__file__).resolve().parents[2]
ICON = ROOT / "pages" / "parts" / "icon.svg"
SAMPLES = settings.SAMPLES
# The founding case: the first screen answers for Palembang.
OPENING = {"sumbagsel": {"branch": "Palembang"}}
UPLOADED, FOLDER, ALL = own_files.UPLOADED, own_files.FOLDER, caches.ALL
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
        """Say whether these data ship with the app."""
        return self.dataset not in {UPLOADED, FOLDER}

    @property
    def private(self) -> bool:
        """Say whether these data are the visitor's own."""
        return self.dataset == UPLOADED

    @property
    def looked_at(self) -> View:
        """Return the view, for pages that `start` lets in only where there is one."""
        if self.view is None:
            raise RuntimeError("a page that needs a view was opened without one")
        return self.view


def begin() -> None:
    """Open the app: page config, language, link, caches. `app.py` calls it first in every run."""
    _begun.set(True)
    for key, value in st.session_state.pop("carried", {}).items():
        st.session_state.setdefault(key, value)
    # A finished chart waits until the thread that sends it gets its turn: by default up to 5 ms, several times a step
    # (measured: the median step 7 ms shorter, the quickest 14).
    sys.setswitchinterval(0.0005)
    links.seed()
    kept.take_up()
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
    st.set_page_config(page_title=texts()("app.title"), page_icon=str(ICON), layout="wide")


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


def end(page: str | None = None) -> None:
    """Close a run of a page: the address bar follows, and garbage is collected."""
    links.write(page)
    caches.settle()
    caches.collect()


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
    return [*own, *folder, *caches.samples()]


def is_private() -> bool:
    """Say whether the visitor's own files are open."""
    return bool(st.session_state.get("dataset") == UPLOADED)


def _aims(read: intake.Intake, register: Register) -> tuple[InUse, str]:
    """Return the targets in use, and what tells them from others in a cache."""
    state = st.session_state
    own = own_files.own_targets()
    if own and state.get("own_targets_whole"):
        return InUse(book=caches.target_book(*own)), hashlib.sha256(own[1].encode()).hexdigest()
    if not state.get("own_targets") and state.pop("targets_file", ""):
        links.tell(NothingToShow("targets_gone"))  # a link that was made of somebody's own targets
        state.pop("target_set", None)
    folders, places = _folders(), state.get("target_places", {})
    files = target_books.files_beside(read, folders)
    told_apart = repr((read.fingerprint, own, [(str(file), caches.signature_of(file)) for file in files], places))
    key = hashlib.sha256(told_apart.encode()).hexdigest()
    private = bool(own or places) or is_private()
    return caches.in_use(key, private, read, register, own, folders, places), key


def due_choices(chosen: TargetSet) -> list[str]:
    """Return which month's target can be looked at: the next one due, or one of those that the set names."""
    return [ALL, *(months.code(month) for month in sorted({target.by for target in chosen.target}))]


def presets() -> dict[str, Scenario]:
    """Return the scenarios that ship, their months counted from the one that is looked at."""
    view = current().view
    return {name: scenario if view is None else scenario.at(view.as_of) for name, scenario in caches.presets().items()}


def handed() -> intake.Intake:
    """Return what was read of the chosen data; raise `CakupanError` where a file is refused."""
    # Nobody else opens with a visitor's own files: a link has to say that it was made of some.
    return _handed(_chosen(inputs.DATASET, datasets(), next(name for name in datasets() if name != UPLOADED)))


def _handed(chosen: str) -> intake.Intake:
    if chosen == UPLOADED:
        return own_files.read()
    folder = watched() if chosen == FOLDER else None
    try:
        if folder is None:
            return caches.read(str(SAMPLES / chosen), "")
        return caches.read(str(folder), caches.signature_of(folder), own_files.map_of_answers())
    except OSError as error:  # a share that is out of reach
        reason = error.strerror or type(error).__name__
        raise FileRefused("file_unreadable", file=str(folder), found=reason) from error


def dataset_of(fingerprint: str) -> str | None:
    """Return which of the data that there are has this fingerprint, those that are open first; None: none."""
    opened = st.session_state.get("dataset")
    for name in sorted(datasets(), key=lambda name: name != opened):
        with contextlib.suppress(CakupanError):  # a folder whose files are refused is not what is looked for
            if _handed(name).fingerprint == fingerprint:
                return name
    return None


def options() -> Choices:
    """Return what can be chosen in the data that are open."""
    return choices(current().handed, branches_known())


def _beside(name: str) -> Path:
    """Return a file of declarations beside or above the watched folder, else the one that ships."""
    return settings.beside(name, _folders() if st.session_state.get("dataset") == FOLDER else [])


def _folders() -> list[Path]:
    """Return the folder of the data that are open; handed-in files lie in none."""
    chosen = st.session_state.get("dataset")
    folder = None if chosen == UPLOADED else watched() if chosen == FOLDER else SAMPLES / str(chosen)
    return [folder] if folder else []


def _chosen(key: inputs.Key, options: Sequence[str], opening: str | None = None) -> str:
    """Return the choice that stands under a key, if it is one of the options; else tell, and open with the first."""
    state = st.session_state
    first = opening if opening is not None and opening in options else options[0]
    state.setdefault("opening", {})[key] = first
    if key in state and state[key] not in options:
        if state[key] not in (None, ALL):
            code = "upload_gone" if state[key] == UPLOADED else f"{key}_unknown"
            links.tell(
                NothingToShow(code, found=str(state[key]), allowed=links.describe_choices([o for o in options if o]))
            )
        state[key] = first
    return str(state.setdefault(key, first))


def current() -> Screen:
    """Return the screen that the state describes; computed parts come from the caches."""
    words, state = texts(), st.session_state
    read = handed()
    table = read.table
    path, register = _register_key(), branches_known()
    aims, told_apart = _aims(read, register)
    book = aims.book
    name = _chosen(inputs.TARGET_SET, list(book.sets), book.default)
    options = choices(read, register)
    region = _chosen(inputs.REGION, options.regions)
    province = _chosen(inputs.PROVINCE, options.provinces(region))
    opening = OPENING.get(state["dataset"], {}).get("branch")
    branch = _chosen(inputs.BRANCH, options.branches(region, province), opening)
    wanted = options.scope(region, province, branch, _segments(options.segments))
    month = _chosen(inputs.MONTH, options.months)
    due = _chosen(inputs.DUE_MONTH, due_choices(book.sets[name]))
    going, used = running_already.programmes(_folders()), assumed.settings_in_use(words)
    key = repr((read.fingerprint, path, name, told_apart, wanted, month, due, going, state.get(inputs.GROWTH)))
    view: View | None = None
    if not table.is_empty():
        try:
            view = caches.view(key, is_private(), table, register, book.sets[name], wanted, month, due, going, used)
        except NothingToShow as error:
            links.tell(error)
    return Screen(
        texts=words,
        dark=st.context.theme.type == "dark",
        dataset=state["dataset"],
        handed=read,
        book=book,
        aims=aims,
        target_set=name,
        chosen=book.sets[name],
        view=view,
        key=key,
        scope=wanted,
    )


def every_branch(screen: Screen, segment: str | None = None) -> View:
    """Return the view of the screen's region or province with all its branches, whichever one the frame shows; of one
    segment alone where one is asked for."""
    state = st.session_state
    segments = [segment] if segment else state.get("segments") or []
    options = choices(screen.handed, branches_known())
    wanted = options.scope(state["region"], state["province"], ALL, segments)
    return _looked(screen, f"every branch {inside()} {segment or ''}", wanted, state["month"])


def view_of(screen: Screen, month: str) -> View | None:
    """Return the screen's scope as it was known in an earlier month; None where it held nothing then."""
    state = st.session_state
    segments = state.get("segments") or []
    options = choices(screen.handed, branches_known())
    wanted = options.scope(state["region"], state["province"], state["branch"], segments)
    try:
        return _looked(screen, f"as of {month}", wanted, month)
    except NothingToShow:
        return None


def _looked(screen: Screen, what: str, wanted: Scope, month: str) -> View:
    key, due = f"{screen.key} {what}", str(st.session_state.get("due_month") or ALL)
    table, chosen = screen.handed.table, screen.chosen
    going, used = running_already.programmes(_folders()), assumed.settings_in_use(texts())
    return caches.view(key, screen.private, table, branches_known(), chosen, wanted, month, due, going, used)


def _segments(options: Sequence[str]) -> list[str]:
    state = st.session_state
    unknown = [name for name in state.get("segments", []) if name not in options]
    for name in unknown:
        links.tell(NothingToShow("segment_unknown", found=name, allowed=links.describe_choices(options)))
    if unknown:
        state["segments"] = [name for name in state["segments"] if name in options]
    return state.get("segments") or []


def choices(read: intake.Intake, register: Register) -> Choices:
    """Return what can be chosen in these data."""
    return caches.choices((read.fingerprint, _register_key()), is_private(), read.table, register)


def branches_known() -> Register:
    """Return the register of branches: where each is, and to which region it belongs."""
    if (own := own_files.branch_list()) is not None:
        return caches.own_register(own.name, own.content)
    path = _beside("branches.csv")
    register = caches.register(str(path), caches.signature_of(path) if path.is_file() else "")
    return registers.with_regions(register, handed().regions)


def _register_key() -> str:
    """Tell one list of branches from others in a cache."""
    if (own := own_files.branch_list()) is not None:
        return hashlib.sha256(own.content).hexdigest()
    path = _beside("branches.csv")
    return f"{path}|{caches.signature_of(path) if path.is_file() else ''}"


def dataset_name(name: str, words: Texts) -> str:
    if name in {UPLOADED, FOLDER}:
        return words(f"frame.{name}")
    key = f"dataset.{name.replace('/', '_')}"
    return words(key) if key in words else name


def describe_place(words: Texts, *, compares: bool = False) -> str:
    """Say what is looked at: the branch, else the province, the region, or all; a page that `compares` shows all
    branches."""
    state = st.session_state
    branch = None if compares else state["branch"]
    return branch or state.get("province") or state["region"] or words("frame.all_branches")


def target_title(screen: Screen, words: Texts) -> str:
    return reference.title_of_targets(screen.chosen, screen.target_set, words)


def data_said(screen: Screen, words: Texts) -> str:
    """Say whose data are shown. The published figures ship with the app as well, but they are no sample: their name
    says what they are."""
    kind = "frame.sample" if screen.sample and not screen.dataset.startswith("published") else "frame.own"
    return words(kind, name=dataset_name(screen.dataset, words))


def inside() -> str:
    """Name the region and the province that are looked at; nothing is everywhere."""
    return f"{st.session_state['region']}|{st.session_state['province']}".strip("|")


def plain_html(text: str) -> str:
    """Show data in markup of our own as they are."""
    return html.escape(text)


def escape(text: str) -> str:
    """Show data as they are: a branch's name is no Markdown."""
    return "".join("\\" + letter if letter in "\\`*_{}[]()#+-.!|<>~$:" else letter for letter in text)
