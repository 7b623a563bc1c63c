"""How does a scenario change step by step, and how is a meeting kept: bookmarks, decisions, undo, back to the plan?

The state holds the meeting as plain values (`coverage.meeting.simplified`), the scenario before it (`past`) and after
it (`future`), and the scenario with which the meeting began (`meeting_start`).
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import streamlit as st

from coverage.base import months, texts
from coverage.base.errors import CakupanError, DeclarationRefused
from coverage.base.texts import Texts
from coverage.model import runs, scenarios
from coverage.model.scenarios import Scenario
from coverage.records import changes, library, meeting
from coverage.records.meeting import Bookmark, Decision, Meeting, Place
from coverage.reports import provenance
from coverage.wording import sentences
from coverage.wording.scenarios import describe_scenario
from pages.parts import exports, kept, links, session, steps

STEPS = 5
Put = Callable[[dict[str, Any]], None]


def folder() -> Path:
    """Return the folder of the library: of the environment, beside the watched data, or the project's own."""
    return library.folder_of_library(os.environ, watched=session.watched(), usual=session.ROOT / "library")


def held() -> Meeting:
    """Return the meeting of this session so far."""
    return meeting.validated(st.session_state.get("meeting", {}))


def remember_start() -> None:
    """Remember the scenario with which the meeting begins, once."""
    st.session_state.setdefault("meeting_start", st.session_state["scenario"])


def panel(screen: session.Screen, put: Put, *, deciding: bool = True) -> None:
    """Draw the meeting beside the scenario: last changes with undo, bookmarks, decisions, and what to take away.

    A page that has the form for decisions itself is not `deciding` here.
    """
    remember_start()
    words = screen.texts
    left, right = st.columns(2, gap="large")
    with left:
        last_changes(words, put)
        bookmarks(words, put)
    with right:
        decisions(words, deciding=deciding)
        take_away(screen)


def last_changes(words: Texts, put: Put) -> None:
    """Say the last steps in words, the newest first, with undo, redo and the way back to the plan."""
    state = st.session_state
    st.markdown(f"**{words('meeting.last_changes')}**")
    documents = [*state["past"], state["scenario"]][-STEPS - 1 :]
    checked = [scenarios.validated(document, file="") for document in documents]
    pairs = list(itertools.pairwise(checked))[::-1]
    lines = [text for before, after in pairs for text in changes.describe_changes(before, after, words)][:STEPS]
    st.markdown("\n".join(f"- {session.escape(text)}" for text in lines) or words("meeting.no_changes"))
    with st.container(horizontal=True):
        st.button(words("meeting.undo"), key="meeting_undo", on_click=steps.undo, disabled=not state["past"])
        st.button(words("meeting.redo"), key="meeting_redo", on_click=steps.redo, disabled=not state["future"])
        st.button(
            words("meeting.to_plan"), key="to_plan", on_click=_to_plan, args=(put,), help=words("meeting.to_plan_help")
        )


def _to_plan(put: Put) -> None:
    try:
        plan = library.plan_of_record(folder())
        saved = library.opened(folder(), plan.scenario, plan.version).scenario if plan else None
    except CakupanError as error:
        st.toast(session.escape(session.texts().error(error)), icon=":material/error:")
        return
    put(scenarios.simplified(saved) if saved else st.session_state["meeting_start"])


def bookmarks(words: Texts, put: Put) -> None:
    """Bookmark the scenario as it is, and go back to one that was bookmarked."""
    st.markdown(f"**{words('meeting.bookmarks')}**", help=words("meeting.mark_help"))
    with (
        st.form("bookmark", clear_on_submit=True, border=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        st.text_input(words("meeting.mark_title"), key="mark_title", max_chars=200)
        st.form_submit_button(words("meeting.mark"), icon=":material/bookmark_add:", key="mark", on_click=_mark)
    marks = held().bookmark
    if marks:
        st.markdown(f":small[{words('meeting.mark_links')}]")
    for index, bookmark in enumerate(marks):
        with st.container(horizontal=True, vertical_alignment="center", key=f"bookmark_{index}"):
            link = links.address(scenarios.simplified(bookmark.scenario), _parameters(bookmark))
            st.markdown(f"{index + 1}. [{session.escape(bookmark.title)}]({link})")
            st.button(words("meeting.return"), key=f"open_mark_{index}", on_click=_open, args=(index, put))
            st.button(words("meeting.remove"), key=f"drop_mark_{index}", on_click=_drop, args=("bookmark", index))


def decisions(words: Texts, *, deciding: bool) -> None:
    """Note decisions beside the scenario, and list them."""
    st.markdown(f"**{words('meeting.decisions')}**")
    if deciding:
        decide(words)
    for index, decision in enumerate(held().decision):
        with st.container(horizontal=True, vertical_alignment="center", key=f"decision_{index}"):
            st.markdown(f"{index + 1}. " + session.escape(describe_decision(decision)))
            st.button(words("meeting.remove"), key=f"drop_decision_{index}", on_click=_drop, args=("decision", index))


def decide(words: Texts) -> None:
    """Take down one decision: what, who, when."""
    with st.form("decision", clear_on_submit=True, border=False):
        st.text_input(words("meeting.what"), key="decided_what", max_chars=1000)
        left, right = st.columns(2)
        left.text_input(words("meeting.who"), key="decided_who", max_chars=200)
        right.text_input(words("meeting.when"), key="decided_when", max_chars=120)
        st.form_submit_button(words("meeting.note_decision"), icon=":material/gavel:", key="decide", on_click=_decide)


def describe_decision(decision: Decision) -> str:
    """Write a decision on one line."""
    return " · ".join(part for part in (decision.what, decision.who, decision.when) if part)


def take_away(screen: session.Screen) -> None:
    """Offer the meeting as a Markdown page and as a file that opens again."""
    words, now = screen.texts, held()
    st.markdown(f"**{words('meeting.take_away')}**")
    name = words("meeting.file_name")
    source, talked, scenario = (
        exports.source_of(screen, steps.current_scenario()),
        exports.discussed(screen),
        steps.current_scenario(),
    )
    with st.container(horizontal=True):
        st.download_button(
            words("exports.pptx"),
            data=exports.presentation(screen, scenario, talked),
            file_name=f"{name}.pptx",
            mime=exports.PPTX,
            icon=":material/download:",
            on_click="ignore",
            key="meeting_pptx",
        )
        for kind, content in (
            ("markdown", meeting.markdown(now, words, lines=provenance.describe_provenance(source, words))),
            ("toml", meeting.dumps(now)),
        ):
            st.download_button(
                words(f"meeting.as_{kind}"),
                data=content,
                file_name=f"{name}.{'md' if kind == 'markdown' else kind}",
                icon=":material/download:",
                on_click="ignore",
                disabled=now.empty,
                key=f"meeting_{kind}",
            )
    handed = st.file_uploader(words("meeting.open_again"), type=["toml"], key="load_meeting")
    if handed is None or st.session_state.get("meeting_loaded") == handed.file_id:
        return
    st.session_state["meeting_loaded"] = handed.file_id
    try:
        loaded, unknown = meeting.loads_own(handed.getvalue().decode("utf-8-sig"), handed.name)
    except CakupanError as error:
        st.error(session.escape(words.error(error)), icon=":material/error:")
    except UnicodeDecodeError:
        st.error(session.escape(words.error(CakupanError("not_text", file=handed.name))), icon=":material/error:")
    else:
        if unknown:
            links.tell(DeclarationRefused("keys_of_later", file=handed.name, found=", ".join(unknown)))
        kept.keep_meeting(meeting.simplified(loaded))
        st.rerun()


def describe_sources(screen: session.Screen, *, compares: bool = False) -> list[str]:
    """Say where the figures on a screen come from: place, month, data. A screen that `compares` shows all branches.
    (The target and its month are in the titles, and every file says the set of targets: more would not fit in letters
    for the last row.)"""
    words, view = screen.texts, screen.looked_at
    month = words.month(view.as_of, short=True) if view else ""
    return [session.describe_place(words, compares=compares), month, session.data_said(screen, words)]


def _where(screen: session.Screen) -> dict[str, str]:
    """Say in each language what is looked at: place, month, targets, data."""
    scopes = {}
    for language in texts.languages():
        words = texts.load(language)
        parts = [session.describe_place(words), words.month(screen.view.as_of) if screen.view else ""]
        parts += [session.target_title(screen, words), session.data_said(screen, words)]
        scopes[language] = " · ".join(part for part in parts if part)
    return scopes


def _place(screen: session.Screen) -> Place:
    """Return what is looked at so that a link opens it, whatever that link's reader would see first."""
    state = st.session_state
    return Place(
        data=screen.dataset,
        region=state["region"],
        province=state.get("province") or "",
        branch=state["branch"],
        segments="|".join(state.get("segments") or []),
        month=months.code(screen.view.as_of) if screen.view else "",
        targets=screen.target_set,
    )


def _parameters(record: Bookmark | Decision) -> dict[str, str] | None:
    """Return a note's place as parameters of a link; nothing where it does not say (a file of an older version)."""
    if record.place is None:
        return None
    place = record.place.model_dump()
    return {name: value for name, value in place.items() if value or name == "branch"}


def _outcome(screen: session.Screen, scenario: Scenario) -> dict[str, str]:
    """Say in each language where a scenario leads all segments together."""
    view = screen.looked_at
    ahead = runs.horizon(view, scenario)
    moved = runs.table_of_run(view, runs.flows(view, scenario, ahead), name="scenario", keys=[])
    still = runs.baseline_table(view, ahead, [])
    outcomes = {}
    for language in texts.languages():
        words = texts.load(language)
        changed = bool(describe_scenario(scenario, words))
        outcomes[language] = sentences.describe_outcome(still, moved, words, segment=None, changed=changed)
    return outcomes


def _mark() -> None:
    """Bookmark what the state holds now: a slider may have moved since the page was last drawn as a whole."""
    scenario, screen = steps.current_scenario(), session.current()
    words = screen.texts
    differences = describe_scenario(scenario, words)
    title = st.session_state["mark_title"].strip() or (differences[-1] if differences else words("meeting.no_steps"))
    _add(
        Bookmark(
            title=title[:200],
            at=_now(),
            outcome=_outcome(screen, scenario),
            scenario=scenario,
            where=_where(screen),
            place=_place(screen),
        )
    )
    st.toast(words("meeting.marked"), icon=":material/bookmark:")


def _decide() -> None:
    state = st.session_state
    what, who, when = (state[f"decided_{part}"].strip() for part in ("what", "who", "when"))
    if what:
        scenario, screen = steps.current_scenario(), session.current()
        where, place = _where(screen), _place(screen)
        _add(Decision(what=what, who=who, when=when, at=_now(), scenario=scenario, where=where, place=place))
        st.toast(session.texts()("meeting.noted"), icon=":material/gavel:")


def _now() -> datetime:
    return datetime.now().astimezone().replace(microsecond=0)


def _add(record: Bookmark | Decision) -> None:
    now = held()
    more = (
        {"bookmark": (*now.bookmark, record)} if isinstance(record, Bookmark) else {"decision": (*now.decision, record)}
    )
    kept.keep_meeting(meeting.simplified(now.model_copy(update=more)))


def _drop(kind: str, index: int) -> None:
    left = [record for place, record in enumerate(getattr(held(), kind)) if place != index]
    kept.keep_meeting(meeting.simplified(held().model_copy(update={kind: tuple(left)})))


def _open(index: int, put: Put) -> None:
    """Open a bookmark: its scenario, where it was made."""
    bookmark = held().bookmark[index]
    put(scenarios.simplified(bookmark.scenario))
    for name, value in (_parameters(bookmark) or {}).items():
        key = links.FRAME[name]
        st.session_state[key] = value.split("|") if key in links.LISTS else value
