"""How does a page answer again after its server was started anew, or its connection was lost?

Streamlit connects again by itself, says that it is connected, and on a server that was started anew never answers. So
the page asks once whenever it is connected again; where no run begins it opens itself anew, with its link: what the
link says stays. A server that only was out of reach for a moment answers, and nothing of the visitor's is lost.

The browser's Back leads to the page before, and one press does: Streamlit adds a step to the history for the page and
another for each change of its link.
"""

from __future__ import annotations

import streamlit as st

LOOK = "<style>.st-key-healing { position: absolute; width: 0; height: 0; overflow: hidden; }</style>"

SCRIPT = """
export default function ({ setTriggerValue }) {
  const PATIENCE = 4000;  // milliseconds: a run begins long before
  window.cakupanAsk = () => setTriggerValue('awake', Date.now());
  if (window.cakupanHealing) return;
  const push = window.history.pushState.bind(window.history);
  window.history.pushState = (state, unused, url) => {
    const same = new URL(url ?? '', document.baseURI).pathname === window.location.pathname;
    if (same) window.history.replaceState(state, unused, url); else push(state, unused, url);
  };
  const app = document.querySelector('[data-testid=stApp]');
  if (!app) return;
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


def watch() -> None:
    """Let the page look whether its server still answers."""
    st.html(LOOK)
    with st.container(key="healing"):
        st.components.v2.component("cakupan_healing", js=SCRIPT)(
            key="healing_ears", height=1, on_awake_change=lambda: None
        )
