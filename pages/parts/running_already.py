"""Which programmes run already in the data that are open: by a file beside or above their folder, or one handed in
among them? They are part of the baseline of those data, and of no others."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from coverage.base import settings
from coverage.base.errors import CakupanError
from coverage.base.texts import Texts
from coverage.model.levers import Programme
from pages.parts import caches, links, own_files


def programmes(folders: Sequence[Path]) -> tuple[Programme, ...]:
    """Return the programmes of the data that are open; a file that cannot be used is told, and none is used."""
    try:
        if st.session_state.get("dataset") == own_files.UPLOADED:
            own = own_files.companion("programmes")
            return () if own is None else caches.own_programmes(own.name, own.content)
        path = settings.own(own_files.PROGRAMMES, list(folders))
        return () if path is None else caches.programmes(str(path), caches.signature_of(path))
    except CakupanError as error:
        links.tell(error)
        return ()


def describe(words: Texts) -> str:
    """Say which programmes of a handed-in file are part of the baseline; nothing without one."""
    own = programmes([]) if st.session_state.get("dataset") == own_files.UPLOADED else ()
    if not own:
        return ""
    names = ", ".join(programme.name for programme in own)
    return words.count(
        "data.programmes", len(own), names=names, workers=words.people(sum(programme.workers for programme in own))
    )
