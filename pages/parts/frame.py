"""What stands on every page: where, as of when, against which targets, in which language, and whose data?"""

from __future__ import annotations

from base64 import b64encode

import streamlit as st

from coverage.base import declarations, months
from coverage.base import texts as languages
from coverage.base.errors import CakupanError
from coverage.model import view as views
from coverage.wording import reference
from coverage.wording.missing_reports import describe_missing_reports
from pages.parts import caches, exports, inputs, links, own_files, pickers, session, steps, tools, widgets
from pages.parts.caches import Choices

# One line of pickers below the menu, and the page: 48 pixels each for the header and 40 for the line, 24 beside. The
# same on every page: else it jumps when the page is turned. The sentence that answers is larger than other headings.
LOOK = """<style>
[data-testid=stHeader] { height: 3rem; min-height: 3rem; border-bottom: 1px solid #88888833; }
.stMainBlockContainer { padding: 3rem 1.5rem 1rem; }
@media (max-width: 640px) { .stMainBlockContainer { padding: 3rem 1rem 1rem; } }
/* The product's name before the menu; `st.logo` would be a button that speaks English. */
:has(> [data-testid=stTopNav])::before, [data-testid=stToolbar]:has([data-testid=stExpandSidebarButton])::after {
  content: "Cakupan"; font-weight: 600; font-size: 1rem; flex: none;
  padding-left: 30px; margin: 0 4px 0 1.5rem; align-self: center; line-height: 24px;
  background: url("data:image/svg+xml;base64,ICON") left center / 22px no-repeat; }
[data-testid=stToolbar]:has([data-testid=stExpandSidebarButton])::after { position: absolute; left: 56px; margin: 0; }
[data-testid=stExpandSidebarButton] [data-testid=stIconMaterial] { font-size: 0; }
[data-testid=stExpandSidebarButton] [data-testid=stIconMaterial]::before { content: "menu"; font-size: 1.5rem; }
.st-key-frame_line { margin-top: -1rem; min-height: 40px; gap: 0 4px; border-bottom: 1px solid #88888833; }
/* Where the line is narrow: signs for words whose sign is known, then no words that only lead to others. What still
   does not fit is cut off with an ellipsis: the choices behind it say it whole. */
@media (max-width: 1240px) {
  .st-key-frame_line { flex-wrap: nowrap; }
  .st-key-frame_line > * { flex: 0 0 auto; min-width: 0; max-width: 100%; }
  .st-key-frame_line > :has(> [data-testid=stSpace]) { flex: 1 1 0; width: 0; }
  .st-key-frame_line > :is(.st-key-frame_place, .st-key-frame_target, .st-key-frame_data) { flex-shrink: 1; }
  :is(.st-key-frame_place, .st-key-frame_target, .st-key-frame_data) :is(div, span) { min-width: 0; }
  .st-key-frame_line button { max-width: 100%; min-width: 0; }
  .st-key-frame_line button p { overflow: hidden; text-overflow: ellipsis; }
  :is(.st-key-frame_share, .st-key-frame_tools) p { position: absolute; width: 1px; height: 1px; overflow: hidden;
    clip-path: inset(50%); }
  :is(.st-key-frame_share, .st-key-frame_tools, .st-key-frame_gear) button > div > [aria-hidden=true] { display: none; }
}
@media (max-width: 1100px) {
  .st-key-frame_line .st-key-frame_month p { font-size: 0; }
  .st-key-frame_month strong { font-size: 13px; }
}
@media (max-width: 640px) {
  .st-key-frame_line > :is(.st-key-to_everywhere, .st-key-to_region, .st-key-to_province) { display: none; }
  .st-key-frame_line :is(.st-key-frame_place, .st-key-frame_target) p { font-size: 0; }
  :is(.st-key-frame_place, .st-key-frame_target) strong { font-size: 13px; }
  .st-key-frame_data:has(button > div > :first-child [data-testid=stIconMaterial]) p {
    position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .st-key-frame_line { gap: 0; }
  .st-key-frame_line button { padding: 0 4px; }
  .st-key-frame_line > .st-key-frame_target { flex-shrink: 4; }
  .st-key-frame_line > :is(.st-key-frame_share, .st-key-frame_tools, .st-key-frame_gear) { position: fixed; top: 8px;
    right: 16px; z-index: 999991; width: auto; }
  .st-key-frame_line > .st-key-frame_share { right: 56px; }
  .st-key-frame_line > .st-key-frame_tools { right: 96px; }
  [class*=st-key-lens] [role=radiogroup] { flex-wrap: wrap; }
  [class*=st-key-lens] [role=radiogroup] button { padding: 0 8px; }
  [class*=st-key-lens] [role=radiogroup] p { font-size: 13px; }
}
.st-key-frame_line button { min-height: 32px; padding: 0 8px; white-space: nowrap; }
.st-key-frame_line p { font-size: 13px; }
.st-key-frame_gear p { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.st-key-frame_share button, .st-key-frame_gear button { border: 1px solid #88888866; border-radius: 6px; }
:is(.st-key-headline, .st-key-outcome, .st-key-plan_said) :is(h1, h2, h3) {
  font-size: 1.5rem; padding: 0.75rem 0; }
.st-key-headline { margin-top: -0.75rem; }
/* Streamlit writes in white on the primary colour, which is light in the dark theme. */
button[data-testid=stBaseButton-primary] { background: #334155; border-color: #94A3B8; color: #FFFFFF; }
button[data-testid=stBaseButton-primary]:hover { background: #475569; }
/* The label says which kinds of files; the list beside the button is cut off where the page is narrow. */
[data-testid=stFileUploaderDropzoneInstructions] { display: none; }
[data-testid=stElementContainer]:has(> [data-testid=stHtml] > style:only-child), .st-key-frame_style { display: none; }
.st-key-frame_printed, *:has(> .st-key-frame_printed) { display: none; }
/* On paper: what was looked at, and the answers. */
@media print {
  [data-testid=stHeader], .st-key-frame_line, .stMainBlockContainer :is([data-testid=stButton],
    [data-testid=stDownloadButton], [data-testid=stButtonGroup], [data-testid=stPopover], [data-testid=stSelectbox],
    [data-testid=stMultiSelect], [data-testid=stSlider], [data-testid=stNumberInput], [data-testid=stTextInput],
    [data-testid=stTextArea], [data-testid=stFileUploader], [data-testid=stCheckbox], [data-testid=stRadio],
    [data-testid=stTooltipIcon], details:not([open]), .ck-skip) { display: none !important; }
  .st-key-frame_printed, *:has(> .st-key-frame_printed) { display: flex; }
  .stMainBlockContainer { padding: 0; }
  .stVegaLiteChart, [data-testid=stMarkdownContainer] { break-inside: avoid; }
}
</style>""".replace("ICON", b64encode(session.ICON.read_bytes()).decode())


def draw(*, compares: bool = False, tooled: bool = False) -> None:
    """Draw what stands on every page: scope, month, targets, language, and whether the data are a sample.

    A page that `compares` looks at all branches of the region, whichever one is chosen; one that is `tooled` has the
    tools of Simulate.
    """
    words = session.texts()
    _follow()
    st.html(LOOK)
    try:
        screen = session.current()
    except CakupanError as error:
        st.error(session.escape(words.error(error)), icon=":material/error:")
        _language_picker()
        st.button(words("frame.back_to_sample"), key="back_to_sample", on_click=own_files.give_back)
        if watched := session.watched():
            _watch(caches.signature_of(watched))  # whoever mends the file need not touch the page
        st.stop()
    options = session.choices(screen.handed, session.branches_known())
    _keep_unfolded(words.language)
    with st.container(horizontal=True, vertical_alignment="center", gap=None, key="frame_line"):
        _places(screen, options, compares=compares)
        _sources(screen)
        st.space("stretch")
        if tooled and screen.view is not None:
            with st.popover(words("frame.tools"), icon=":material/construction:", type="tertiary", key="frame_tools"):
                tools.preset(words)
                tools.tool_switches(words)
        if screen.view is not None:
            _share(screen)
        _settings(words)
    _printed(screen, compares=compares)
    for sentence in links.describe_refusals(words):
        st.warning(session.escape(sentence), icon=":material/link_off:")
    links.put_aside()
    _late(screen, compares=compares)
    if screen.view is None and screen.handed.table.is_empty():
        st.info(words("frame.no_rows"), icon=":material/info:")
    if watched := session.watched():
        _watch(caches.signature_of(watched))


def _go(region: str | None = None, province: str | None = None) -> None:
    """Look at everything, at one region, or at a province."""
    st.session_state["region"] = region or session.ALL
    st.session_state["province"] = province or session.ALL
    st.session_state["branch"] = session.ALL


def _places(screen: session.Screen, options: Choices, *, compares: bool) -> None:
    """Draw nation, region, province and branch as levels, then month and targets; each is a word that opens its
    choices."""
    words, state = screen.texts, st.session_state
    region, province, branch = state["region"], state["province"], "" if compares else state["branch"]
    if branch and not region:
        region = next((name for name, branches in options.by_region.items() if name and branch in branches), "")
    below = bool(region or province or branch)
    if below:
        st.button(words("frame.everywhere"), type="tertiary", key="to_everywhere", on_click=_go)
    if region and (province or branch):
        st.button(f"› {session.escape(region)}", type="tertiary", key="to_region", on_click=_go, args=(region,))
    if province and branch:
        to = (state["region"], province)
        st.button(f"› {session.escape(province)}", type="tertiary", key="to_province", on_click=_go, args=to)
    here = session.escape(branch or province or region or words("frame.everywhere"))
    with st.popover(("› " if below else "") + f"**{here}**", type="tertiary", key="frame_place"):
        pickers.select(inputs.REGION, words("frame.region"), options.regions, lambda v: v or words("frame.all"))
        if len(options.provinces(state["region"])) > 2:  # all of them, and at least two
            pickers.select(
                inputs.PROVINCE,
                words("frame.province"),
                options.provinces(state["region"]),
                lambda v: v or words("frame.all_provinces"),
            )
        pickers.select(
            inputs.BRANCH,
            words("frame.branch"),
            options.branches(state["region"], state["province"]),
            lambda v: v or words("frame.all_branches"),
        )
        # Not beside the language: what is changed there closes its popover, and would take this choice with it.
        if len(options.segments) > 1:
            pickers.several(
                inputs.IN_VIEW,
                words("frame.segments"),
                options.segments,
                lambda v: words(f"segment.{v}"),
                meaning=words("frame.segments_help"),
            )
    month = words.month(screen.view.as_of) if screen.view is not None else "–"
    with st.popover(words("frame.as_of", month=f"**{month}**"), type="tertiary", key="frame_month"):
        pickers.select(
            inputs.MONTH, words("frame.month"), options.months, lambda v: words.month(months.parse(v)) if v else "–"
        )
    none = screen.view is None or screen.view.targets.is_empty()
    against = words("frame.no_target") if none else session.target_title(screen, words).removeprefix("Target ")
    with st.popover(
        words("frame.against", title=f"**{session.escape(against)}**"), type="tertiary", key="frame_target"
    ):
        pickers.select(
            inputs.TARGET_SET,
            words("frame.targets"),
            list(screen.book.sets),
            lambda name: reference.title_of_targets(screen.book.sets[name], name, words),
        )
        due = session.due_choices(screen.chosen)
        if len(due) > 2:
            pickers.select(
                inputs.DUE_MONTH,
                words("frame.due"),
                due,
                lambda code: words.month(months.parse(code)) if code else words("frame.next_due"),
            )


def _sources(screen: session.Screen) -> None:
    """Draw whose data these are, with their sources behind it."""
    words, view = screen.texts, screen.view
    illustrative = 0.0 if view is None else views.illustrative_share(view)
    sources = session.escape(session.data_said(screen, words))
    if illustrative > 0:
        sources = words("frame.sample_share", share=words.part(illustrative))
    with st.popover(sources, type="tertiary", icon=":material/science:" if illustrative else None, key="frame_data"):
        pickers.select(
            inputs.DATASET,
            words("frame.data"),
            session.datasets(),
            lambda v: session.dataset_name(v, words),
            then=own_files.open_anew,
        )
        if view is None:
            return
        st.markdown(session.escape(session.data_said(screen, words)))
        if illustrative > 0:
            st.markdown(words("frame.illustrative", share=words.part(illustrative)))
        st.markdown(words("frame.target_source", source=session.escape(screen.chosen.source or "–")))
        note = declarations.words(screen.chosen.note, words.language)
        if note:
            st.markdown(session.escape(note))
        for source, count in views.sources(view):
            st.markdown(f"- {session.escape(source)} ({words.count('unit.rows', count)})")


def _printed(screen: session.Screen, *, compares: bool) -> None:
    """Say on paper what the line of pickers says on the screen."""
    words, view = screen.texts, screen.view
    if view is None:
        return
    illustrative = views.illustrative_share(view)
    sentences = [
        session.describe_place(words, compares=compares),
        words("frame.as_of", month=words.month(view.as_of)),
        session.target_title(screen, words),
        words("frame.sample_share", share=words.part(illustrative))
        if illustrative > 0
        else session.data_said(screen, words),
    ]
    with st.container(key="frame_printed"):
        st.markdown(session.escape(" · ".join(sentences)))


def _share(screen: session.Screen) -> None:
    """Draw what can be taken along: the link and the files, each made only when it is asked for."""
    words = screen.texts
    shared = st.popover(
        words("frame.share"), icon=":material/ios_share:", type="tertiary", key="frame_share", on_change="rerun"
    )
    if shared.open:
        with shared:
            widgets.note(words("simulate.link_help"))
            st.code(links.address(), language=None, wrap_lines=True)
            exports.offers(screen, steps.current_scenario())


def _settings(words: languages.Texts) -> None:
    """Draw the gear: the language."""
    with st.popover(words("frame.settings"), icon=":material/settings:", type="tertiary", key="frame_gear"):
        _language_picker()


def _keep_unfolded(language: str) -> None:
    """Say once more in another language what is unfolded: under another heading it would fold."""
    state = st.session_state
    if state.get("unfolded_in") == language:
        return
    state["unfolded_in"] = language
    for key in inputs.PANELS:
        if key in state:
            state[key] = state[key]


def _language_picker() -> None:
    pickers.one_of(
        inputs.LANGUAGE, "Bahasa · Language", languages.languages(), lambda name: languages.load(name).messages["name"]
    )


def _late(screen: session.Screen, *, compares: bool) -> None:
    words, view = screen.texts, screen.view
    if view is None:
        return
    view = session.every_branch(screen) if compares else view
    if view.late.is_empty():
        return
    text = words(
        "frame.late",
        count=words.count("unit.series", view.late.height),
        month=words.month(view.as_of),
        names=session.escape(", ".join(sorted(set(view.late["branch"].to_list()))[:5])),
    )
    with st.container(key="frame_late"):
        st.warning(text + "  \n" + session.escape(describe_missing_reports(view, words)), icon=":material/schedule:")


def _follow() -> None:
    """Let who looks at the latest month of the watched folder, or at its first set of targets, go on doing so when a
    file of it has changed."""
    state = st.session_state
    watched = session.watched()
    now = caches.signature_of(watched) if watched else ""
    if state.get("dataset") == session.FOLDER and state.get("signature_seen", now) != now:
        for key in ("month", "target_set"):
            if state.get(key) == state["opening"].get(key):
                state.pop(key, None)
    state["signature_seen"] = now


@st.fragment(run_every="3s")
def _watch(signature: str) -> None:
    """Look whether a file of the watched folder changed; if so, run everything anew."""
    watched = session.watched()
    if watched is not None and caches.signature_of(watched) != signature:
        st.rerun()
