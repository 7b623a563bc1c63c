// Small line drawings: no font to fetch, the same in the app, on the stage and in the handout.

const ICONS = {
  undo: "M9 7 4 12l5 5M4 12h10a5 5 0 0 1 0 10h-2",
  redo: "M15 7l5 5-5 5M20 12H10a5 5 0 0 0 0 10h2",
  replay: "M4 5v5h5M4.6 10A8 8 0 1 1 4 14",
  pin: "M6 4h8M6 4v16l5-4 5 4v-9M18 4v6M15 7h6",
  pinned: "M6 4h12v16l-6-4-6 4z",
  stage: "M3 8V5h18v14h-7M3 12a7 7 0 0 1 7 7M3 16a3 3 0 0 1 3 3",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  close: "M6 6l12 12M18 6 6 18",
  plus: "M12 5v14M5 12h14",
  chevron: "M9 6l6 6-6 6",
  flag: "M5 21V4h13l-2.5 4L18 12H5",
  money: "M3 7h18v11H3zM12 15.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6z",
  flows: "M4 20V10M9 20V5M14 20v-8M19 20V8",
  table: "M4 5h16v14H4zM4 10h16M4 14.5h16M10 10v9",
  send: "M4 4l17 8-17 8 3-8z",
};

function icon(name, size = 18) {
  const weight = name === "more" ? 3.2 : 1.8;
  return `<svg class="ck-icon" width="${size}" height="${size}" viewBox="0 0 24 24" fill="none" stroke="currentColor" ` +
    `stroke-width="${weight}" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="${ICONS[name]}"/></svg>`;
}

const SIGNS = { reached: "●", on_track: "▲", at_risk: "◆", off_track: "▼", unknown: "○" };
const ESCAPED = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escapeText = (text) => String(text).replace(/[&<>"']/g, (letter) => ESCAPED[letter]);
