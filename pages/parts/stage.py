"""How does a page fill the whole window, and how is it turned: keys, a clicker, a swipe?

Everything is one style and one small script, both of them ours and served by ourselves: nothing is asked of the
network. Sizes follow the window: at 1280 × 720 a text is 28 pixels high and the key figure 96 at the least.
"""

from __future__ import annotations

import streamlit as st

STYLE = """
<style>
:root {
  --body: max(28px, min(3.9vh, 2.2vw));
  --title: max(34px, min(5.2vh, 2.9vw));
  --figure: max(96px, min(14vh, 8vw));
}
[data-testid=stSidebar], [data-testid=stHeader], [data-testid=stExpandSidebarButton], .st-key-frame_line,
.st-key-frame_late, .stMain [data-testid=stElementToolbar] { display: none !important; }
[data-testid=stMain] { overflow: hidden; }
[data-testid=stMainBlockContainer] { padding: 2.2vh 3vw 1vh; max-width: none; height: 100dvh; }
[data-testid=stMainBlockContainer] > [data-testid=stVerticalBlock] { height: 100%; gap: 0; flex-wrap: nowrap; }
[data-testid=stMainBlockContainer] > [data-testid=stVerticalBlock] > *:has(> .st-key-stage) {
  flex: 1 1 auto; min-height: 0; height: auto; }
.st-key-stage { height: 100%; gap: 1.2vh; flex-wrap: nowrap; }
.st-key-stage :has(.st-key-stage_body), .st-key-stage_body { flex: 1 1 auto; min-height: 0; }
.st-key-stage_body { overflow: hidden auto; scrollbar-width: none; }
.st-key-stage h1 { font-size: var(--title); line-height: 1.2; padding: 0; font-weight: 650; }
.st-key-stage_body p, .st-key-stage_body li, .st-key-stage_body label p, .st-key-stage_body input,
.st-key-stage_body button p { font-size: var(--body) !important; line-height: 1.25; }
.st-key-stage_body p + p { margin-top: 0.75vh; }
.st-key-stage_body li { margin-left: 0; }
.st-key-stage_figure p { font-size: var(--figure) !important; line-height: 1.2; font-weight: 700; white-space: nowrap;
  letter-spacing: -0.02em; margin: 0; }
[class*=st-key-stage_label] p { font-weight: 600; margin-bottom: 0.4vh; }
.st-key-stage_top { flex-wrap: nowrap; }
.st-key-stage_top > *:has(> .st-key-stage_figure) { flex: none; width: auto; }
.st-key-stage_top > *:has(> .st-key-stage_figure) * { width: auto; }
.st-key-stage_top > *:not(:has(> .st-key-stage_figure)) { flex: 1 1 0; min-width: 0; }
.st-key-stage [data-testid=stMarkdownContainer], .st-key-stage_body p { margin-bottom: 0; }
.st-key-stage_body > *:last-child:has(> [data-testid=stHorizontalBlock]) { flex: 1 1 0; min-height: 0; }
.st-key-stage_body > *:last-child > [data-testid=stHorizontalBlock] { height: 100%; align-items: stretch;
  flex-wrap: nowrap; }
.st-key-stage_body [data-testid=stColumn] > * { height: 100%; }
.st-key-stage_body [data-testid=stColumn] [data-testid=stVerticalBlock] { gap: 1.2vh; }
.st-key-stage_body [data-testid=stColumn], .st-key-stage_body *:has(> [class*=st-key-chart_]),
.st-key-stage_body [class*=st-key-chart_] { min-height: 0; }
.st-key-stage_body .stSlider label { margin-bottom: calc(var(--body) * 2.2 - 25px); }
.st-key-stage_body .stSlider [style*="translate(-50%"] {
  width: calc(var(--body) * 1.07); height: calc(var(--body) * 1.07); }
.st-key-stage_body .stSlider [data-orientation=horizontal] > div:not([style]):first-child { transform: scaleY(2.5); }
.st-key-stage_foot { flex-wrap: nowrap; }
.st-key-stage_foot > *:has(> .st-key-stage_source) { flex: 1 1 0; min-width: 0; }
.st-key-stage_foot > .st-key-stage_first, .st-key-stage_foot > .st-key-stage_last { display: none; }
.st-key-stage_foot p { font-size: var(--body); line-height: 1.1; white-space: nowrap; }
.st-key-stage_source p { white-space: normal; }
/* Their words are for those who hear them; the others see the sign, and the words when they point at it. */
.st-key-stage_foot button [data-testid=stMarkdownContainer] { position: absolute; width: 1px; height: 1px;
  overflow: hidden; clip-path: inset(50%); }
.st-key-stage_body .stSlider label > div { display: none; }
.st-key-stage_foot button [data-testid=stIconMaterial] { font-size: var(--body); }
.st-key-stage_foot button { min-height: max(40px, 5.4vh); min-width: max(44px, 5.6vh); }
/* A popover's arrow has no room beside so large a sign. */
.st-key-stage_meeting button > div > [aria-hidden=true] { display: none; }
/* What is typed is as large as what is read; Streamlit's small English hint would lie on it. */
.st-key-stage_body [data-testid=stTextInputRootElement] { height: calc(var(--body) * 1.6); }
.st-key-stage_body [data-testid=stTextInputField] { padding-block: 0; height: 100%; }
.st-key-stage_body [data-testid=InputInstructions] { display: none; }
.st-key-stage_body button [data-testid=stIconMaterial] { font-size: var(--body); width: auto; height: auto; }
.st-key-stage_body input[type=range] ~ *, .st-key-stage_body [data-testid=stSliderThumbValue] {
  font-size: var(--body) !important; }
/* What the browser draws fills the screen, its title included; a form below it stands in one line. */
.st-key-stage_body:has(.rm) { overflow: hidden; gap: 0.8vh; flex-wrap: nowrap; }
.st-key-stage_body:has(.rm) > *:not(:has(.rm)) { flex: none; }
@media (min-width: 801px) {
  .st-key-stage_body:has(.rm) .stForm > * { flex-direction: row; align-items: flex-end; }
  .st-key-stage_body:has(.rm) .stForm > * > * { flex: 1 1 0; min-width: 0; }
  .st-key-stage_body:has(.rm) .stForm > * > .st-key-decide { flex: none; width: auto; }
}
.st-key-stage_body:has(.rm) *:has(> .rm), .st-key-stage_body *:has(.rm) { height: 100%; min-height: 0; flex: 1 1 auto; }
/* Of an old projector (4 : 3) more is high and less is wide. */
@media (max-aspect-ratio: 3/2) and (min-width: 801px) {
  :root { --title: max(30px, min(5.2vh, 2.9vw)); }
  .ck.rm:not([data-screen=what_if], [data-screen=costs]) { --st-left: 47%; }
}
@media (max-width: 800px) {
  .st-key-stage_body:has(.rm) { overflow: visible; }
  :root { --body: 18px; --title: 22px; --figure: 56px; }
  .st-key-stage_figure p { white-space: normal; }
  .st-key-stage_foot, .st-key-stage_top, .st-key-stage_body > *:last-child > [data-testid=stHorizontalBlock] {
    flex-wrap: wrap; }
  .st-key-stage_top > *:not(:has(> .st-key-stage_figure)) { flex: 1 1 100%; }
  .st-key-stage_foot > *:has(> .st-key-stage_source) { flex: 1 1 100%; order: 1; }
  .st-key-stage_body > *:last-child:has(> [data-testid=stHorizontalBlock]) { flex: none; }
  .st-key-stage_body > *:last-child > [data-testid=stHorizontalBlock] { height: auto; }
  [data-testid=stMain] { overflow: auto; }
  [data-testid=stMainBlockContainer] { height: auto; }
  .st-key-stage_body { overflow: visible; }
}
</style>
"""

# Turning goes by the page's own buttons, so that it is the same whichever way it is asked for. A clicker sends Page
# Down and Page Up: they turn wherever the focus is, but for texts being typed; arrows belong to a focused slider.
SCRIPT = """
export default function () {
  window.cakupanStage?.abort();
  const stage = new AbortController();
  window.cakupanStage = stage;
  const listen = { signal: stage.signal, capture: true };
  const press = (key) => document.querySelector(`.st-key-${key} button:not(:disabled)`)?.click();
  const full = () =>
    document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();
  const inside = (target, kinds) => target instanceof Element && target.closest(kinds);
  const TYPED =
    'input:not([type=range]), textarea, [contenteditable=true], [role=combobox], [role=listbox], [role=dialog]';
  const ARROWED = '[role=slider], input[type=range], [role=radiogroup], [role=tablist]';
  const KEYS = { PageDown: 'stage_next', PageUp: 'stage_previous', Home: 'stage_first', End: 'stage_last',
    ArrowRight: 'stage_next', ArrowDown: 'stage_next', ArrowLeft: 'stage_previous', ArrowUp: 'stage_previous' };
  window.addEventListener('keydown', (event) => {
    if (!document.querySelector('.st-key-stage')) return stage.abort();
    if (event.ctrlKey || event.metaKey || event.altKey || inside(event.target, TYPED)) return;
    if (event.key.toLowerCase() === 'f') { full(); return; }
    const key = KEYS[event.key];
    const turns = event.key.startsWith('Page');
    if (!key || (!turns && inside(event.target, ARROWED))) return;
    event.preventDefault();
    event.stopPropagation();
    press(key);
  }, listen);
  window.addEventListener('click', (event) => { if (inside(event.target, '.st-key-stage_full')) full(); }, listen);
  let from = null;
  window.addEventListener('touchstart', (event) => {
    const one = event.touches[0];
    const apart = event.touches.length > 1 || inside(event.target, `${ARROWED}, ${TYPED}, .stSlider`);
    from = apart ? null : [one.clientX, one.clientY];
  }, { ...listen, passive: true });
  window.addEventListener('touchend', (event) => {
    if (!from) return;
    const one = event.changedTouches[0];
    const [wide, high] = [one.clientX - from[0], one.clientY - from[1]];
    from = null;
    if (Math.abs(wide) > 60 && Math.abs(wide) > 2 * Math.abs(high)) press(wide < 0 ? 'stage_next' : 'stage_previous');
  }, { ...listen, passive: true });
  return () => stage.abort();
}
"""


def dress() -> None:
    """Take away menu, bar and margins, and listen to keys and swipes, for this page only."""
    st.html(STYLE)
    st.components.v2.component("cakupan_stage", js=SCRIPT)(key="stage_ears", height=1)
