"""What did the visitor hand in: files, targets, answers about columns? It is held in memory, for this visitor alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from coverage.base.errors import CakupanError, FileRefused
from coverage.intake import mapping
from coverage.intake import read as intake
from coverage.intake.finding import Companion
from coverage.model import running, targets
from pages.parts import caches

UPLOADED, FOLDER = "uploaded", "folder"
PROGRAMMES = "programmes.toml"
WAITS = "sheets"
"""What a refusal holds of a file that can be read once somebody answers: how it looks."""


def take(files: list[UploadedFile]) -> list[CakupanError]:
    """Look at the visitor's own files from now on, beside those handed in before; one of the same name replaces.

    Return those that cannot be read; they are not kept, but for those that wait for an answer. Raise `CakupanError`
    where none can be read: nothing changes then. Either way no byte is left in Streamlit's own store, which would keep
    what was refused until the visitor leaves.
    """
    handed_in = {name_of(file): file.getvalue() for file in files}
    forget_files(files)
    unused = _unusable(handed_in)
    refused = [*unused, *_take(handed_in)]
    open_anew()
    return refused


def _unusable(handed_in: dict[str, bytes]) -> list[CakupanError]:
    """Take a file of programmes out that cannot be used; return its refusal, or raise it where nothing else is left."""
    try:
        if PROGRAMMES in handed_in:
            running.loads(handed_in[PROGRAMMES], PROGRAMMES)
    except CakupanError as error:
        handed_in.pop(PROGRAMMES)
        if not handed_in:
            raise
        return [error]
    return []


def name_of(file: UploadedFile) -> str:
    """Return the name under which a file is kept: one that holds programmes and nothing else is what it is, whatever it
    is called (a browser calls the second one `programmes (1).toml`)."""
    name = str(file.name)
    if not name.lower().endswith(".toml"):
        return name
    text = file.getvalue().decode("utf-8-sig", "replace")
    return PROGRAMMES if name.casefold() == PROGRAMMES or running.holds_programmes(text) else name


def _take(handed_in: dict[str, bytes]) -> list[FileRefused]:
    state = st.session_state
    before = state.get("uploads", {})
    try:
        refused = list(_read(before | handed_in).refused)
    except FileRefused as error:
        if WAITS in error.data:
            state["waiting"] = state.get("waiting", {}) | handed_in
        raise
    bad = {_file_of(error, handed_in): WAITS in error.data for error in refused}
    kept = before | {name: content for name, content in handed_in.items() if name not in bad}
    state["waiting"] = {name: content for name, content in handed_in.items() if bad.get(name)}
    _read(kept)
    state["uploads"] = kept
    state.pop("uploads_signature", None)
    state["dataset"] = UPLOADED
    return refused


def _file_of(error: FileRefused, names: Iterable[str]) -> str:
    """Return the file that a refusal is about; it may name a sheet of it (`rekap.xlsx#Januari`)."""
    label = str(error.data["file"])
    return next((name for name in names if label.startswith(f"{name}#")), label)


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
    for key in ("uploads", "uploads_signature", "waiting", "answers", "titles"):
        st.session_state.pop(key, None)
    st.session_state["dataset"] = caches.samples()[0]
    open_anew()


def open_anew() -> None:
    """Open other data as if nothing had been chosen: the branch and month of the last ones may not be there."""
    state = st.session_state
    own = state.get("dataset") in {UPLOADED, FOLDER} or state.get("target_set") == targets.NO_TARGETS
    for key in ("region", "branch", "segments", "month", *(["target_set"] if own else [])):
        state.pop(key, None)


def read() -> intake.Intake:
    """Return what was read of the visitor's own files; their bytes are hashed once, and not in every run."""
    state = st.session_state
    if "uploads_signature" not in state:
        state["uploads_signature"] = _signature(state["uploads"])
    return _read(state["uploads"], state["uploads_signature"])


def _read(uploads: dict[str, bytes], signature: str = "") -> intake.Intake:
    files = [intake.Handed(name=name, content=content) for name, content in uploads.items()]
    given_answers = map_of_answers()
    told_apart = f"{signature or _signature(uploads)} {hashlib.sha256(given_answers.encode()).hexdigest()}"
    return caches.read_uploads(told_apart, [*files, *caches.map_of(given_answers)])


def _signature(uploads: dict[str, bytes]) -> str:
    signature = hashlib.sha256()
    for name, content in uploads.items():
        signature.update(f"{name}|{len(content)}|".encode() + hashlib.sha256(content).digest())
    return signature.hexdigest()


def map_of_answers() -> str:
    """Return what the visitor said of columns and titles, as a map; empty where nothing was."""
    texts_given, titles = st.session_state.get("answers", {}), st.session_state.get("titles", {})
    return mapping.dumps(texts_given, titles=titles) if texts_given or titles else ""


def forget_files(files: list[UploadedFile]) -> None:
    """Leave no byte of handed-in files in Streamlit's own store, which would keep them until the visitor leaves."""
    context = get_script_run_ctx()
    if context is not None and isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
        for file in files:
            context.uploaded_file_mgr.remove_file(session_id=context.session_id, file_id=file.file_id)


def branch_list() -> Companion | None:
    """Return the list of branches that the visitor handed in beside the data, if any."""
    return companion("branches")


def companion(kind: str) -> Companion | None:
    """Return the last file of a kind (branches, programmes …) that the visitor handed in beside the data, if any."""
    if st.session_state.get("dataset") != UPLOADED:
        return None
    return next((companion for companion in reversed(read().companions) if companion.kind == kind), None)


def take_targets(name: str, text: str, *, of_sample: bool = False, whole: bool = False) -> None:
    """Use the visitor's own targets file from now on; raise `CakupanError` where it is refused: nothing changes then.

    Like own files it is held in memory for this visitor alone. `of_sample`: it holds targets of the sample too, which
    never meet somebody's own files. `whole`: it says of everybody what holds, so that no other file has a say.
    """
    book = caches.target_book(name, text)
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
    given: list[str] | None = None if foreign else state.get("own_targets")
    return given


def targets_of_sample() -> bool:
    """Say whether the targets in use are those of the sample, or were typed over them."""
    return own_targets() is None or bool(st.session_state.get("own_targets_of_sample"))


def join_place(written: str, branch: str) -> None:
    """Take the targets of a place for those of a branch from now on: a person said that they are the same."""
    st.session_state["target_places"] = st.session_state.get("target_places", {}) | {written: branch}
