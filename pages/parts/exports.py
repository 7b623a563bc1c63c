"""Which files can be taken along from this screen, and how does one that was made here open again?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from coverage.base import months, tables
from coverage.base.errors import CakupanError, DeclarationRefused
from coverage.base.texts import Texts
from coverage.model import runs, scenarios
from coverage.model.scenarios import Scenario
from coverage.records import meeting
from coverage.reports import formats, provenance
from coverage.reports.handout import make_handout
from coverage.reports.provenance import Provenance
from coverage.reports.seen import Beside
from pages.parts import computed, inputs, links, own_files, session, widgets

PPTX = formats.BY_ENDING[".pptx"].media_type


def panel(screen: session.Screen, scenario: Scenario) -> None:
    """Offer the screen's files below a heading."""
    st.markdown(f"## {screen.texts('exports.heading')}")
    offers(screen, scenario)


def offers(screen: session.Screen, scenario: Scenario) -> None:
    """Offer the screen's files; each is made only when somebody asks for it."""
    words = screen.texts
    widgets.note(words("exports.help"))
    name = file_name(screen)
    with st.container(horizontal=True, key="exports"):
        report = report_of(screen, scenario, discussed(screen))
        for form in formats.FORMATS:
            st.download_button(
                words(form.label),
                data=partial(form.make, report),
                file_name=f"{name}{form.ending}",
                mime=form.media_type,
                icon=":material/download:",
                on_click="ignore",
                key=f"export_{form.ending[1:]}",
            )
        st.download_button(
            words("exports.handout"),
            data=partial(_handout, report),
            file_name=f"{name}-{words('exports.handout_name')}.html",
            mime="text/html",
            icon=":material/smartphone:",
            on_click="ignore",
            key="export_handout",
        )
    _own_template(words)


def _handout(report: formats.Report) -> bytes:
    """Make the handout of the screen's scenario."""
    ahead = runs.horizon(report.view, report.scenario, report.until)
    return make_handout(
        report.view, report.scenario, ahead, band=report.futures, source=report.source, texts=report.texts
    ).encode()


def _own_template(words: Texts) -> None:
    """Take the visitor's own PowerPoint template for the presentations to come, behind a switch."""
    state = st.session_state
    view = widgets.unfold(words("exports.template"), inputs.TEMPLATE, icon=":material/format_paint:")
    if not view.open:
        return
    with view:
        widgets.note(words("exports.template_help"))
        st.file_uploader(
            words("exports.template_pick"),
            type=["pptx", "potx"],
            key="template_file",
            on_change=_take_template,
            args=(words,),
        )
        if "template_refused" in state:
            st.error(session.escape(state["template_refused"]), icon=":material/error:")
        if "template" in state:
            st.success(
                session.escape(words("exports.template_used", file=state["template"][0])), icon=":material/check:"
            )
            st.button(words("exports.template_drop"), key="template_drop", on_click=lambda: state.pop("template"))


def _take_template(words: Texts) -> None:
    """Keep the template that was dropped, if it is one; a bad one leaves what was kept."""
    from coverage.reports import masters  # with python-pptx, which no page waits for

    state = st.session_state
    state.pop("template_refused", None)
    handed = state["template_file"]
    if handed is None:
        return
    try:
        masters.opened(handed.getvalue(), name=handed.name)
    except CakupanError as error:
        state["template_refused"] = words.error(error)
    else:
        state["template"] = (handed.name, handed.getvalue())


def report_of(
    screen: session.Screen, scenario: Scenario, more: Sequence[tuple[str, Sequence[str]]] = ()
) -> formats.Report:
    """Return what the files of the screen with a scenario are made of, with `more` slides (those of a meeting).

    A file is made outside of the visitor's session: what is the visitor's own is looked up before.
    """
    futures = computed.futures(screen)
    name, template = st.session_state.get("template", ("", None))
    return formats.Report(
        view=screen.looked_at,
        scenario=scenario,
        futures=futures,
        source=source_of(screen, scenario),
        beside=beside_screen(screen),
        texts=screen.texts,
        template=template,
        template_name=name,
        more=more,
    )


def beside_screen(screen: session.Screen) -> Beside:
    """Return what the bundle shows besides."""
    return Beside(
        table=screen.handed.table,
        register=session.branches_known(),
        scope=screen.scope,
        chosen=screen.chosen,
        book=screen.book,
        presets=session.presets(),
        problems=screen.handed.problems,
    )


def file_name(screen: session.Screen) -> str:
    """Return a name without its ending: what is looked at, and as of when."""
    place = provenance.describe_place(source_of(screen, Scenario()), screen.texts)
    plain = "-".join("".join(letter if letter.isalnum() else " " for letter in place).split()).lower()
    return screen.texts("exports.file_name", place=plain[:60], month=months.code(screen.looked_at.as_of))


def discussed(screen: session.Screen) -> list[tuple[str, list[str]]]:
    """Return this session's bookmarks and decisions as slides."""
    return meeting.slides(meeting.validated(st.session_state.get("meeting", {})), screen.texts)


def presentation(
    screen: session.Screen, scenario: Scenario, more: Sequence[tuple[str, Sequence[str]]] = ()
) -> Callable[[], bytes]:
    """Return what makes the screen with a scenario a presentation, with `more` slides (those of a meeting)."""
    return partial(formats.BY_ENDING[".pptx"].make, report_of(screen, scenario, more))


def source_of(screen: session.Screen, scenario: Scenario) -> Provenance:
    """Note where the screen's figures come from, as of today."""
    words = screen.texts
    return provenance.of(
        screen.looked_at,
        dataset=session.dataset_name(screen.dataset, words),
        sample=screen.sample,
        targets_title=session.target_title(screen, words),
        target_set=screen.target_set,
        scenario=scenario,
        fingerprint=screen.handed.fingerprint,
        made_on=date.today(),
        texts=words,
        wanted=screen.scope,
    )


def reopened(decks: list[UploadedFile]) -> None:
    """Open the last of the presentations that were dropped, if any."""
    if decks:
        content = decks[-1].getvalue()
        own_files.forget_files(decks)
        reopen(decks[-1].name, content)


def reopen(name: str, content: bytes) -> None:
    """Open the scenario that a presentation carries, with the scope, month and targets as far as they are there.

    It is called before the page is drawn (a widget's callback). What cannot be opened is kept for `told` to tell.
    """
    from coverage.reports import deck  # with python-pptx, which no page waits for

    state = st.session_state
    state.pop("reopened", None)
    try:
        source = deck.carried(content, name)
        loaded, unknown = scenarios.loads_own(source.scenario_toml, name)
    except CakupanError as error:
        links.tell(error)
        return
    if strange := [*(key for key, _ in source.others), *unknown]:
        links.tell(DeclarationRefused("keys_of_later", file=name, found=", ".join(strange)))
    state["past"], state["future"] = [*state.get("past", [])[-99:], state["scenario"]], []
    state["scenario"] = scenarios.simplified(loaded)
    state["edition"], state["moved"] = state.get("edition", 0) + 1, ""
    missing = _look_at(source)
    state["reopened"] = [name, provenance.to_json(source), missing]


def _look_at(source: Provenance) -> list[str]:
    """Choose the data, scope, month and targets of a file where they are there; name what is not (`place`, `set`)."""
    state, missing = st.session_state, []
    same = session.dataset_of(source.fingerprint)
    if same is not None and same != state.get("dataset"):
        state["dataset"] = same
        own_files.open_anew()
    screen, options = session.current(), session.options()
    region = _spelled(source.regions[0], options.regions) if len(source.regions) == 1 else session.ALL
    branch = _spelled(source.branches[0], options.branches(region)) if len(source.branches) == 1 else session.ALL
    known = region in options.regions and branch in options.branches(region)
    if known and len(source.regions) < 2 and len(source.branches) < 2:
        state["region"], state["province"], state["branch"] = region, session.ALL, branch
    else:
        missing.append("place")
    state["segments"] = [segment for segment in source.segments if segment in options.segments]
    month = months.code(source.as_of)
    if month in options.months:
        state["month"] = month
    if source.target_set in screen.book.sets:
        state["target_set"] = source.target_set
    else:
        missing.append("set")
    return missing


def _spelled(name: str, options: Sequence[str]) -> str:
    """Return the option that a name means, however somebody typed it."""
    return next((option for option in options if tables.branch_key(option) == tables.branch_key(name)), name)


def write_reopened(screen: session.Screen) -> None:
    """Say what was opened again, and what differs now from when the file was made."""
    words, kept = screen.texts, st.session_state.get("reopened")
    if not kept:
        return
    name, text, missing = kept
    then = provenance.from_json(text, name)
    sentence = words("exports.reopened", scenario=then.scenario, file=name, day=words.day(then.made_on))
    differs = []
    if "place" in missing:
        differs.append(words("exports.no_place", place=provenance.describe_place(then, words)))
    if "set" in missing:
        differs.append(words("exports.no_set", targets=then.targets, set=then.target_set))
    if screen.view is not None:
        current = scenarios.validated(st.session_state["scenario"], file="").at(screen.view.as_of)
        differs += provenance.describe_differences(then, source_of(screen, current), words)
    if not differs:
        st.success(session.escape(f"{sentence} {words('exports.same')}"), icon=":material/slideshow:")
        return
    listed = "\n".join(f"- {session.escape(differ)}" for differ in differs)
    st.warning(f"{session.escape(sentence)} {words('exports.differs')}\n\n{listed}", icon=":material/slideshow:")
