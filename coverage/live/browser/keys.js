// Which keys are listened to, how large is the page, and is it dark?

function listenToKeys(cockpit) {
  const { root, hand } = cockpit;
  const onKey = (event) => {
    const typing = event.target.closest?.("input:not([type=range]), textarea, select, [contenteditable=true]");
    if (typing || !root.isConnected) return;
    const held = event.ctrlKey || event.metaKey;
    if (!held && !event.altKey && event.key.toLowerCase() === "r") { event.stopImmediatePropagation(); event.preventDefault(); hand.replay(); }
    if (held && event.key.toLowerCase() === "z") { event.stopImmediatePropagation(); event.preventDefault(); hand.acts[event.shiftKey ? "redo" : "undo"](); }
    if (event.key === "Escape") cockpit.card?.close();
  };
  const onPress = (event) => {
    const { card } = cockpit, inside = root.querySelector(".ck-dialog")?.contains(event.target);
    if (card?.name && !inside && !event.target.closest?.(".ck-name, .ck-table-button, .ck-alone-not")) card.close();
  };
  addEventListener("keydown", onKey, true);
  addEventListener("pointerdown", onPress, true);
  return () => { removeEventListener("keydown", onKey, true); removeEventListener("pointerdown", onPress, true); };
}

// Call `changed` where the place's width, its top or the ground's colour is another one; returns `fit`, `drew` and how it
// ends. A page puts its parts away and back within a moment: whoever draws says so by `drew`, since what was drawn
// meanwhile is of a place that is no more, though its size is the known one again.
function watchSize(root, changed) {
  let known = "";
  const measure = () => [root.clientWidth, innerHeight, root.style.getPropertyValue("--ck-height"), root.dataset.theme].join();
  const fit = () => {
    const scroller = root.closest("[data-testid=stMain]");
    const top = root.getBoundingClientRect().top + (scroller?.scrollTop ?? 0);
    root.style.setProperty("--ck-height", `${Math.max(innerHeight - top, 560)}px`);
    root.dataset.theme = isDark(root) ? "dark" : "light";
    if (measure() === known) return;
    known = measure();
    changed(root.clientWidth);
  };
  const watcher = new ResizeObserver(() => requestAnimationFrame(fit));
  watcher.observe(root);
  addEventListener("resize", fit);
  const drew = () => { if (measure() !== known) { known = ""; requestAnimationFrame(fit); } };
  return { fit, drew, end: () => { removeEventListener("resize", fit); watcher.disconnect(); } };
}

// The app's theme may differ from the system's: what ground does the page really have?
function isDark(root) {
  const ground = getComputedStyle(root).getPropertyValue("--st-background-color").trim() || getComputedStyle(document.body).backgroundColor;
  const context = document.createElement("canvas").getContext("2d");
  context.fillStyle = ground;
  const [red, green, blue] = [1, 3, 5].map((i) => parseInt(context.fillStyle.slice(i, i + 2), 16));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue < 128;
}
