// The levers of a segment: a slider and a number box each, with what a branch has done and what reaches the target.

// A lever's own scale: relative changes are shown in whole percent, people as people.
const isShare = (lever) => lever.unit === "change" || lever.unit === "growth" || lever.unit === "share";
const toStep = (lever, value) => (isShare(lever) ? Math.round(value * 1e6) / 1e4 : value);
const fromStep = (lever, step) => (isShare(lever) ? Math.round(step * 1e4) / 1e6 : step);

function writeLever(lever, value, { words, numbers, months, model }) {
  if (lever.unit === "change") return numbers.change(value);
  if (lever.unit === "growth") return words("a_year", { n: numbers.share(value, 1) });
  if (lever.unit === "share") return numbers.share(value, 0);
  if (lever.unit === "months") return value <= 1 && lever.name === "ramp" ? words("at_once") : words("months_n", { n: numbers.people(value) });
  if (lever.unit === "month") return months.long(model.month + value);
  return numbers.people(value);
}

// What a person typed: `+20`, `20 %`, `1.154`, `−5`; null where it is no number.
function readTyped(text, lever, forms) {
  const plain = text.replace(/[\s%\u00a0]/g, "").replace(/[−–]/g, "-").split(forms.thousands).join("").replace(forms.decimal, ".");
  const number = /^[+-]?\d*\.?\d+$/.test(plain) ? Number(plain) : NaN;
  if (Number.isNaN(number)) return null;
  const value = isShare(lever) ? number / 100 : Math.round(number);
  return Math.min(Math.max(value, lever.least), lever.most);
}

// A slider with its box. `lever`: name, unit, least, most (what may be), low, high (the track), step (in track units).
function makeSlider({ mark, lever, label, compact = false, hooks }) {
  const box = document.createElement("div");
  box.className = compact ? `ck-slider ck-compact${lever.unit === "share" ? " ck-narrow" : ""}` : "ck-slider";
  box.setAttribute(mark[0], mark[1]);
  const id = `ck-${mark[1].replace(/\W/g, "-")}`;
  const head = compact
    ? `<div class="ck-slider-head"><label for="${id}">${escapeText(label)}</label><input class="ck-box" type="text" inputmode="decimal" autocomplete="off" aria-label="${escapeText(label)}"></div>`
    : `<div class="ck-slider-head"><button type="button" class="ck-name" aria-haspopup="dialog">${escapeText(label)}</button><span class="ck-people"></span><button type="button" class="ck-alone-not" hidden></button></div>`;
  box.innerHTML = `${head}<div class="ck-track"><i class="ck-rail"></i><i class="ck-zone" hidden></i><i class="ck-fill"></i><i class="ck-tick" hidden></i>` +
    `<input id="${id}" type="range" aria-label="${escapeText(label)}"></div>` +
    (compact ? "" : `<div class="ck-captions"><span class="ck-done"></span><span class="ck-reach"></span></div><input class="ck-box" type="text" inputmode="decimal" autocomplete="off" aria-label="${escapeText(label)}">`);
  const range = box.querySelector("input[type=range]"), typed = box.querySelector(".ck-box");
  const slider = { box, lever, held: false, waiting: false };
  const now = () => fromStep(lever, Number(range.value));
  const commit = () => { slider.waiting = false; hooks.commit(now()); };
  range.oninput = () => hooks.move(now());
  // Each key press is a change of its own: while a key is held nothing is handed over.
  range.onchange = () => { if (slider.held) slider.waiting = true; else commit(); };
  range.onkeydown = (event) => { slider.held = event.key.startsWith("Arrow") || event.key.startsWith("Page"); };
  range.onkeyup = () => { slider.held = false; if (slider.waiting) commit(); };
  range.onblur = () => { slider.held = false; if (slider.waiting) commit(); };
  const take = () => {
    const value = readTyped(typed.value, lever, hooks.forms);
    if (value === null || Math.abs(value - slider.value) < 1e-9) { typed.value = slider.text; return; }
    hooks.move(value);
    hooks.commit(value);
  };
  typed.onblur = take;
  typed.onfocus = () => typed.select();
  typed.onkeydown = (event) => {
    if (event.key === "Enter") { event.preventDefault(); take(); typed.select(); }
    if (event.key === "Escape") { typed.value = slider.text; typed.blur(); }
    if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      event.preventDefault();
      const step = (event.key === "ArrowUp" ? 1 : -1) * (range.step === "any" ? 1 : Number(range.step));
      const value = Math.min(Math.max(fromStep(lever, toStep(lever, slider.value) + step), lever.least), lever.most);
      hooks.move(value);
      hooks.commit(value);
    }
  };
  const name = box.querySelector(".ck-name");
  if (name) name.onclick = () => hooks.card(name);
  const notAlone = box.querySelector(".ck-alone-not");
  if (notAlone) notAlone.onclick = () => hooks.ways?.(notAlone);
  slider.place = (value) => Math.min(Math.max((toStep(lever, value) - Number(range.min)) / (Number(range.max) - Number(range.min)), 0), 1);
  slider.update = (value, text, shown, { stretch = true } = {}) => {
    slider.value = value;
    slider.text = text;
    const low = stretch ? Math.min(toStep(lever, lever.low), toStep(lever, value)) : toStep(lever, lever.low);
    const high = stretch ? Math.max(toStep(lever, lever.high), toStep(lever, value)) : toStep(lever, lever.high);
    range.min = String(low); range.max = String(high);
    range.step = String(lever.step);
    range.value = String(toStep(lever, value));
    range.setAttribute("aria-valuetext", text);
    if (document.activeElement !== typed || slider.fresh) typed.value = text;
    const zero = slider.place(shown.zero ?? 0), at = slider.place(value), fill = box.querySelector(".ck-fill");
    fill.style.left = `${Math.min(zero, at) * 100}%`;
    fill.style.width = `${Math.abs(at - zero) * 100}%`;
    box.classList.toggle("ck-moved", Boolean(shown.moved));
  };
  return slider;
}

// The zone "a branch has done this" from the easy end of the track to the best, and the tick that reaches the target.
function markTrack(slider, { done, reach, words, write, short, asked = false }) {
  const { box, lever } = slider, zone = box.querySelector(".ck-zone"), tick = box.querySelector(".ck-tick");
  const down = lever.name === "lapse", known = done !== null && done !== undefined;
  const end = known ? slider.place(done) : 0;
  zone.hidden = !known || (lever.unit === "people" && done <= 0);
  zone.style.left = down ? `${end * 100}%` : "0";
  zone.style.width = `${(down ? 1 - end : end) * 100}%`;
  zone.classList.toggle("ck-down", down);
  const number = typeof reach === "number";
  tick.hidden = !number;
  const where = number ? slider.place(reach) : 0, beyond = number && (toStep(lever, reach) > Number(box.querySelector("input").max) + 1e-9 || toStep(lever, reach) < Number(box.querySelector("input").min) - 1e-9);
  tick.style.left = `${where * 100}%`;
  tick.classList.toggle("ck-beyond", beyond);
  const captions = box.querySelector(".ck-captions");
  if (!captions) return;
  const [left, right] = captions.children, width = captions.clientWidth || 298;
  const doneText = zone.hidden ? "" : words(short ? "done_short" : "done", { value: write(done) });
  const reachText = number ? words(short ? "reach_short" : "reach", { value: write(reach) }) + (beyond ? (where > 0.5 ? " →" : "") : "") : "";
  left.textContent = doneText;
  right.textContent = reachText;
  const aside = box.querySelector(".ck-alone-not");
  aside.textContent = reach === "alone" ? words("alone_not") : reach === "enough" ? words("enough") : "";
  aside.title = aside.textContent;
  aside.hidden = !aside.textContent;
  aside.disabled = reach !== "alone" || !asked;
  placeCaptions(left, right, end * width, where * width, width);
}

// Each caption stands at its mark, inside the track's width, and they keep apart.
function placeCaptions(left, right, a, b, width) {
  const wide = [left.offsetWidth || textWidth(left.textContent, 11), right.offsetWidth || textWidth(right.textContent, 11)];
  const places = [Math.min(Math.max(a - wide[0] / 2, 0), width - wide[0]), Math.min(Math.max(b - wide[1] / 2, 0), width - wide[1])];
  if (left.textContent && right.textContent) {
    const [first, second] = places[0] <= places[1] ? [0, 1] : [1, 0];
    const overlap = places[first] + wide[first] + 8 - places[second];
    if (overlap > 0) {
      places[second] = Math.min(places[second] + overlap, width - wide[second]);
      places[first] = Math.min(places[first], places[second] - 8 - wide[first]);
    }
  }
  left.style.left = `${Math.max(places[0], 0)}px`;
  right.style.left = `${Math.max(places[1], 0)}px`;
}
