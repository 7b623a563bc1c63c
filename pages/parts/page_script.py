"""What does a page need that Streamlit leaves out? A script of its own, in the browser, the same on every page.

It heals: Streamlit connects again by itself, says that it is connected, and on a server that was started anew never
answers. So the page asks once whenever it is connected again; where no run begins it opens itself anew, with its link:
what the link says stays. A server that only was out of reach for a moment answers, and nothing of the visitor's is
lost.

One press of Back leads one page back. Streamlit adds a step to the browser's history for the page, and another for
each change of its link; and it adds that of the page late, once the server has begun with it: whoever pressed Back
before left from the page before, and the step was then added where Back had led. So a page's step is made at the click
that asks for it, and what nobody did anything for since the last step is no new one.

A page is left when the server has heard what was moved on it. Streamlit asks for the next page at once, while what a
hand let go of is sent a moment later: it then reached a page that knew nothing of it, was lost, and left that empty.

The page says which language it is in, and the first stop of the Tab key leads past menu and pickers. The few words that
Streamlit writes itself, and takes from nobody, are said in the reader's language (`streamlit` in the language files).
"""

from __future__ import annotations

import streamlit as st

from coverage.base import texts as languages
from coverage.base.texts import Texts

LOOK = """<style>
.st-key-page_script { position: absolute; width: 0; height: 0; overflow: hidden; }
#cakupan-skip { position: fixed; left: -9999px; top: 8px; z-index: 1000000; padding: 8px 16px; border-radius: 6px;
  border: 1px solid #FFFFFF; background: #111827; color: #FFFFFF; font: inherit; }
#cakupan-skip:focus { left: 8px; }
@media print { #cakupan-skip { display: none; } }
</style>"""

SCRIPT = """
export default function ({ data, setTriggerValue }) {
  document.documentElement.lang = data.language;
  let skip = document.getElementById('cakupan-skip');
  if (!skip) {
    skip = document.createElement('button');
    Object.assign(skip, { id: 'cakupan-skip', type: 'button' });
    document.body.prepend(skip);
    skip.addEventListener('click', () => {
      const lever = document.querySelector('[data-lever] input[type=range], [data-testid=stSlider] input');
      const to = lever ?? document.querySelector('.stMainBlockContainer h1');
      if (to && to !== lever) to.tabIndex = -1;
      to?.focus();
    });
  }
  skip.textContent = data.skip;
  window.cakupanWords = data.words;
  if (!window.cakupanTranslator) {
    // Only these write words of their own; what a visitor named stands in none of them but by chance, word for word.
    const OWN = '[data-testid=stFileUploader], [data-testid=stElementToolbar], [data-testid=stTooltipContent], '
      + '[data-testid^=stDataFrameColumn], [data-testid=stSelectboxVirtualDropdown], [data-baseweb=popover], '
      + '[role=listbox], [data-testid=stFullScreenFrame] > button, [data-testid=stSelectbox] :is(input, button), '
      + '[data-testid=stMultiSelect] :is(input, button), [data-testid=stNumberInput] button, '
      + '[data-testid=InputInstructions], [data-testid=stTooltipHoverTarget], [data-testid=stHeaderActionElements], '
      + '[data-testid=stSkipToContent], [data-testid=stBaseButton-elementToolbar], '
      + '[data-testid=stExpandSidebarButton], [data-testid=stSidebarCollapseButton]';
    // A word alone, before a colon and what it is about ("Search: Names"), or with it behind ("Help for Names").
    const translated = (text) => {
      const words = window.cakupanWords, own = (word) => (Object.hasOwn(words, word) ? words[word] : null);
      const begun = Object.keys(words).find((word) => word.endsWith(' ') && text.startsWith(word));
      if (begun) return words[begun] + text.slice(begun.length);
      const colon = text.indexOf(': '), head = colon > 0 ? own(text.slice(0, colon)) : null;
      return own(text) ?? (head === null ? null : head + text.slice(colon));
    };
    const say = () => {
      for (const own of document.querySelectorAll(OWN)) {
        const walker = document.createTreeWalker(own, NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) {
          const node = walker.currentNode;
          if (Object.hasOwn(window.cakupanWords, node.data)) node.data = window.cakupanWords[node.data];  // React's own
        }
        for (const element of [own, ...own.querySelectorAll('[aria-label], [title], [placeholder]')]) {
          for (const name of ['aria-label', 'title', 'placeholder']) {
            const word = element.getAttribute(name), other = word === null ? null : translated(word);
            if (other !== null && other !== word) element.setAttribute(name, other);
          }
        }
      }
    };
    let due = null;
    window.cakupanTranslator = new MutationObserver(() => {
      due ??= setTimeout(() => { due = null; say(); }, 50);
    });
    window.cakupanTranslator.observe(document.body, { childList: true, subtree: true });
    window.cakupanSay = say;
  }
  window.cakupanSay();
  const PATIENCE = 4000;  // milliseconds: a run begins long before
  window.cakupanAsk = () => setTriggerValue('awake', Date.now());
  if (window.cakupanHealing) return;
  const app = document.querySelector('[data-testid=stApp]');
  if (!app) return;
  const push = window.history.pushState.bind(window.history);
  let acted = false;  // since the last step; Back and Forward are steps
  // Where a click in the menu leads: what the server says until then is of a page that is being left.
  const PATIENCE_LEAVING = 10000;  // the next page comes from the same server
  let goal = null;
  window.cakupanOnTheWay = () => goal && window.location.pathname !== goal.path
    && performance.now() - goal.since < PATIENCE_LEAVING;
  for (const kind of ['pointerdown', 'keydown', 'click']) {
    addEventListener(kind, () => { acted = true; goal = null; }, true);
  }
  window.history.pushState = (state, unused, url) => {
    const same = new URL(url ?? '', document.baseURI).pathname === window.location.pathname;
    if (same || !acted) { window.history.replaceState(state, unused, url); return; }
    acted = false;
    push(state, unused, url);
  };
  const MENU = ['stTopNavLink', 'stTopNavDropdownLink', 'stSidebarNavLink'].map((id) => `a[data-testid=${id}]`).join();
  const connected = () => app.dataset.testConnectionState === 'CONNECTED';
  const unsaid = () => connected() && window.cakupanUnsaid?.();
  let leaving = 0, passed = false;
  const leave = (event, again) => {
    leaving += 1;
    if (passed || !unsaid()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const asked = leaving, since = performance.now();
    const look = () => {
      if (asked !== leaving) return;  // something else was asked for since
      if (unsaid() && performance.now() - since < PATIENCE_LEAVING) { setTimeout(look, 20); return; }
      passed = true;
      try { again(); } finally { passed = false; }
    };
    look();
  };
  addEventListener('popstate', () => { acted = false; goal = null; leaving += 1; }, true);
  addEventListener('click', (event) => {
    const { href } = event.target.closest?.(MENU) ?? {};
    if (href) leave(event, () => [...document.querySelectorAll(MENU)].find((link) => link.href === href)?.click());
  }, true);
  document.addEventListener('click', (event) => {
    const link = event.target.closest?.(MENU);
    if (!link || !event.defaultPrevented || !connected()) return;
    const path = new URL(link.href).pathname;
    window.history.pushState({}, '', path + window.location.search);
    goal = { path, since: performance.now() };
  });
  let lost = false, waiting = null;
  const open_anew = () => window.location.reload();
  const reachable = async () => {
    try {
      return (await fetch(new URL('_stcore/health', document.baseURI), { cache: 'no-store' })).ok;
    } catch { return false; }
  };
  const look = async () => {
    const connection = app.dataset.testConnectionState;
    if (app.dataset.testScriptState === 'running' && waiting) { clearTimeout(waiting); waiting = null; }
    if (connection === 'DISCONNECTED_FOREVER' && !waiting) {
      waiting = setInterval(async () => { if (await reachable()) open_anew(); }, 1000);
    } else if (connection !== 'CONNECTED') {
      lost = true;
    } else if (lost) {
      lost = false;
      waiting = setTimeout(open_anew, PATIENCE);
      window.cakupanAsk();
    }
  };
  window.cakupanHealing = new MutationObserver(look);
  window.cakupanHealing.observe(app, {
    attributes: true, attributeFilter: ['data-test-connection-state', 'data-test-script-state'],
  });
}
"""


def own_words(words: Texts) -> dict[str, str]:
    """Return Streamlit's own words as they may stand on the page, in whichever language, each in that of the reader."""
    known = [languages.load(name) for name in languages.languages()]
    names = [key.removeprefix("streamlit.") for key in words.messages if key.startswith("streamlit.")]
    every = [(spoken(f"streamlit.{name}"), words(f"streamlit.{name}")) for spoken in known for name in names]
    return {written: own for written, own in every if written != own}


def draw(words: Texts) -> None:
    """Give the page its script; it stands on every page, before anything else."""
    st.html(LOOK)
    with st.container(key="page_script"):
        st.components.v2.component("cakupan_page_script", js=SCRIPT)(
            key="page_script_ears",
            height=1,
            data={"language": words.language, "skip": words("frame.skip"), "words": own_words(words)},
            on_awake_change=lambda: None,
        )
