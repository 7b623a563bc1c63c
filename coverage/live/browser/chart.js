// The chart of the covered: history, course with and without acts, band, target, gap and cliff. What stands still while
// a hand drags (axes, history, target) is drawn apart from what moves.

const measuring = { context: null };
function textWidth(text, size, weight = 400) {
  measuring.context ??= document.createElement("canvas").getContext("2d");
  measuring.context.font = `${weight} ${size}px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif`;
  return measuring.context.measureText(text).width;
}

// Round steps of an axis: 1, 2 or 5 times a power of ten, at most so many of them.
function axisSteps(low, high, most) {
  const raw = Math.max(high - low, 1e-9) / most;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((n) => n * power).find((one) => one >= raw);
  const steps = [];
  for (let value = Math.ceil(low / step) * step; value <= high + step * 1e-6; value += step) steps.push(value);
  return steps;
}

// Push labels apart to a least distance, in the order of their places; none leaves the frame.
function spreadLabels(labels, distance, top, bottom) {
  labels.sort((a, b) => a.y - b.y || a.rank - b.rank);
  for (let i = 1; i < labels.length; i++) labels[i].y = Math.max(labels[i].y, labels[i - 1].y + distance);
  let limit = bottom;
  for (let i = labels.length - 1; i >= 0; i--) { labels[i].y = Math.min(labels[i].y, limit); limit = labels[i].y - distance; }
  for (let i = 0; i < labels.length; i++) labels[i].y = Math.max(labels[i].y, top + i * distance);
  return labels;
}

const polyline = (points) => points.map(([x, y], i) => `${i ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");

function svgText(x, y, html, { size = 13, anchor = "start", cls = "", weight = 400 } = {}) {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" font-size="${size}" font-weight="${weight}" text-anchor="${anchor}" class="${cls}">${html}</text>`;
}

// The frame of both charts: months from `back` before the as-of month to the end, and the room for labels.
function makeFrame({ width, height, back, horizon, labels, top = 8, bottom = 22, scale = 1, plain = false, sizes = textSizes(scale) }) {
  const right = width - labels;
  const x = (t) => 6 + ((t + back) / (back + horizon)) * (right - 6);
  return { width, height, back, horizon, right, top, bottom: height - bottom, x, scale, plain, sizes };
}

// A `plain` chart is for the last row: all its letters are as large as the text beside it, and it has few of them.
const textSizes = (scale, plain = 0) => (plain ? { axis: plain, end: plain, note: plain, flag: plain } : { axis: 11 * scale, end: 14 * scale, note: 13 * scale, flag: 12 * scale });

function monthLabels(frame, model, months, every = 3) {
  const { x, back, horizon } = frame, size = frame.sizes.axis;
  // Where there is no room for today's month and the last one with their years, the years are left out.
  const wide = (textWidth(months.short(model.month), size) + textWidth(months.short(model.month + horizon), size)) / 2 + 12;
  const write = frame.plain && x(horizon) - x(0) < wide ? months.brief : months.short;
  const marks = [{ t: 0, text: write(model.month), rank: 0 }, { t: horizon, text: write(model.month + horizon), rank: 0 }];
  for (let t = -back; t <= horizon; t++) {
    const month = (model.month + t) % 12;
    if (t === 0 || t === horizon || (t !== -back && month % every)) continue;
    marks.push({ t, text: t === -back || month === 0 ? months.short(model.month + t) : months.brief(model.month + t), rank: 1 });
  }
  const taken = [];
  return marks.filter((mark) => {
    const half = textWidth(mark.text, size) / 2 + 6;
    const middle = mark.t === -back ? x(mark.t) + half - 8 : x(mark.t);
    if (taken.some(([a, b]) => middle + half > a && middle - half < b)) return false;
    taken.push([middle - half, middle + half]);
    mark.x = middle;
    return true;
  });
}

// The values that the axis has to hold; it only grows, and only at release.
function axisRange(model, parts) {
  const values = parts.flat().filter((value) => value !== null && Number.isFinite(value));
  const low = Math.min(...values), high = Math.max(...values), room = Math.max((high - low) * 0.06, 1);
  return [Math.max(0, low - room), high + room];
}

function makeChart(host, options) {
  host.innerHTML = `<svg class="ck-svg" aria-hidden="true"><g class="ck-still"></g><g class="ck-moving"></g></svg>`;
  const svg = host.firstElementChild;
  const [still, moving] = svg.children;
  const chart = { range: null, key: "" };

  // `shown`: model, group, history, target, course, before, band, cliff, words, numbers, months, colour names.
  chart.draw = (shown) => {
    const { model, words, numbers, months } = shown;
    const body = options.plain ? options.size : 0, scale = body ? body / 14 : options.scale ?? 1, plain = body > 0;
    // Asking for a size makes the browser lay the page out at once: while a hand drags nothing changes its size.
    if (!shown.dragging || !chart.size) chart.size = [host.clientWidth, host.clientHeight];
    const [width, height] = chart.size;
    if (!width || !height) return;
    const phone = options.narrow?.() ?? false;
    const sizes = textSizes(scale, body), target = shown.target;
    const texts = plain ? [numbers.people(shown.course[model.horizon]), numbers.people(shown.still[model.horizon]), words("without_acts"), shown.moved ? words("with_acts") : ""] : [
      target === null ? "" : `${numbers.people(target)} ${words("target")}`,
      `${numbers.people(shown.course[model.horizon])} ${phone ? "" : words("with_acts")}`,
      `${numbers.people(shown.still[model.horizon])} ${phone ? "" : words("without_acts")}`,
    ];
    const least = plain ? 0 : phone ? 98 : 172 * scale;
    const labels = Math.max(least, ...texts.map((text) => textWidth(text, sizes.end, 600) + (plain ? 20 : 26 * scale)));
    chart.labels = labels;
    const frame = makeFrame({ width, height, back: shown.back, horizon: model.horizon, labels, scale, plain, sizes, top: plain ? body * 1.5 : 8, bottom: plain ? body * 1.4 : 22 * scale });
    if (!chart.range || chart.subject !== shown.subject) { chart.range = shown.range; chart.subject = shown.subject; }
    else if (!shown.dragging) chart.range = [Math.min(chart.range[0], shown.range[0]), Math.max(chart.range[1], shown.range[1])];
    const [low, high] = chart.range;
    const y = (value) => frame.bottom - ((value - low) / (high - low)) * (frame.bottom - frame.top);
    const key = [width, height, labels, low, high, shown.subject, shown.key, phone].join("|");
    if (key !== chart.key) {
      svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
      still.innerHTML = drawStill(frame, y, chart.range, shown, phone);
      chart.key = key;
    }
    moving.innerHTML = drawMoving(frame, y, shown, phone);
  };
  return chart;
}

function drawStill(frame, y, [low, high], shown, phone) {
  const { model, numbers, months } = shown, { x, right, top, bottom, scale, sizes, plain } = frame;
  const parts = [`<rect class="ck-future" x="${x(0)}" y="0" width="${right - x(0)}" height="${bottom}"/>`], scaleTexts = [];
  const targetText = shown.target === null ? "" : `${shown.words("target")} ${numbers.people(shown.target)}`;
  for (const value of axisSteps(low, high, Math.min(7, Math.max(3, Math.round((bottom - top) / (38 * scale)))))) {
    if (y(value) > bottom - 1 && value > low) continue;
    if (y(value) - 4 < sizes.axis * 0.8) continue; // its figure, written above its line, would be cut off at the top
    parts.push(`<line class="ck-grid" x1="0" x2="${right}" y1="${y(value)}" y2="${y(value)}"/>`);
    const text = numbers.people(value), beside = placePosition(frame, y, shown) - y(value) + 4;
    if (x(0) + 10 < textWidth(text, sizes.axis) && Math.abs(beside) < sizes.axis * 1.2) continue; // a short past: today's figure stands there
    if (plain && shown.target !== null && textWidth(text, sizes.axis) + textWidth(targetText, sizes.end) + 12 > right && Math.abs(y(value) + 3 - y(shown.target)) < sizes.axis * 1.2) continue; // the target's figure stands there
    scaleTexts.push(svgText(0, y(value) - 4, text, { size: sizes.axis, cls: "ck-faint" }));
  }
  parts.push(`<line class="ck-axis" x1="0" x2="${right}" y1="${bottom}" y2="${bottom}"/>`);
  for (const mark of monthLabels(frame, model, months, phone ? 6 : 3)) {
    parts.push(`<line class="ck-axis" x1="${x(mark.t)}" x2="${x(mark.t)}" y1="${bottom}" y2="${bottom + 4}"/>`);
    parts.push(svgText(mark.x, bottom + (plain ? sizes.axis * 1.15 : 17 * scale), mark.text, { size: sizes.axis, anchor: "middle", cls: "ck-soft" }));
  }
  parts.push(`<line class="ck-now" x1="${x(0)}" x2="${x(0)}" y1="0" y2="${bottom}"/>`);
  const pieces = [];
  shown.history.forEach((value, i) => {
    if (value === null) { pieces.push([]); return; }
    if (!pieces.length) pieces.push([]);
    pieces[pieces.length - 1].push([x(i - frame.back), y(value)]);
  });
  for (const piece of pieces) if (piece.length > 1) parts.push(`<path class="ck-past" d="${polyline(piece)}"/>`);
  parts.push(...scaleTexts); // over the line, which may begin behind them
  for (const [t, value] of shown.milestones) {
    if (t < -frame.back || t > frame.horizon || value < low || value > high) continue;
    parts.push(`<path class="ck-milestone" d="M${x(t) - 5} ${y(value)}l5 -5 5 5 -5 5z"><title>${escapeText(shown.words("milestone", { month: months.long(model.month + t), n: numbers.people(value) }))}</title></path>`);
  }
  if (shown.target !== null) parts.push(`<line class="ck-target" x1="0" x2="${right + (plain ? 0 : 18 * scale)}" y1="${y(shown.target)}" y2="${y(shown.target)}"/>`);
  if (shown.target !== null && plain) parts.push(svgText(right, y(shown.target) - 7, targetText, { size: sizes.end, anchor: "end", cls: "ck-ink" }));
  return parts.join("");
}

function drawMoving(frame, y, shown, phone) {
  const { words, numbers, model } = shown, { x, right, top, bottom, scale, plain } = frame;
  const line = (values) => polyline(Array.from(values, (value, t) => [x(t), y(value)]));
  const parts = [];
  const { course, still, band, target, moved } = shown, last = model.horizon;
  if (band) {
    const edge = [...Array.from(band.high, (value, t) => [x(t), y(value)]), ...Array.from(band.low, (value, t) => [x(t), y(value)]).reverse()];
    parts.push(`<path class="ck-band" d="${polyline(edge)}Z"/>`);
  }
  if (moved) parts.push(`<path class="ck-without" d="${line(still)}"/><circle class="ck-without-end" cx="${x(last)}" cy="${y(still[last])}" r="${3 * scale}"/>`);
  if (shown.pinned) parts.push(`<path class="ck-pinned" d="${line(shown.pinned)}"/>`);
  if (shown.before) parts.push(`<path class="ck-before" d="${line(shown.before)}"/>`);
  parts.push(`<path class="${moved ? "ck-course" : "ck-course ck-alone"}" d="${line(course)}"/>`);
  const cliff = shown.cliff;
  if (cliff) parts.push(drawCliff(frame, y, shown, phone));
  parts.push(`<circle class="ck-start" cx="${x(0)}" cy="${y(course[0])}" r="${4.5 * scale}"/><circle class="ck-end" cx="${x(last)}" cy="${y(course[last])}" r="${5 * scale}"/>`);
  parts.push(drawPosition(frame, y, shown, phone));
  const left = plain ? right + 14 : right + 24 * scale - (phone ? 10 : 0), size = frame.sizes.end;
  const bold = (text) => `<tspan font-weight="600">${text}</tspan>`;
  const labels = [];
  const gap = target === null ? 0 : shown.target - shown.end;
  if (target !== null && !plain) {
    labels.push({ y: y(target), rank: 0, cls: "ck-ink", html: `${bold(numbers.people(target))} ${words("target")}` });
    if (Math.abs(gap) >= 0.5) {
      const [a, b] = [y(target), y(shown.end)], at = right + 9 * scale - (phone ? 4 : 0);
      if (Math.abs(b - a) > 8) parts.push(`<path class="ck-bracket" d="M${at - 4} ${a + Math.sign(b - a) * 3}h8m-4 0V${b - Math.sign(b - a) * 2}m-4 0h8"/>`);
      const text = gap > 0 ? words("short", { n: bold(numbers.people(shown.short)) }) : words("over", { n: bold(numbers.people(-gap)) });
      labels.push({ y: (a + b) / 2, rank: 1, cls: "ck-ink", html: text });
    }
  }
  labels.push({ y: y(course[last]), rank: 2, cls: "ck-own", html: `${bold(numbers.people(course[last]))}${plain || phone ? "" : " " + words(moved ? "with_acts" : "without_acts")}`, below: words(moved ? "with_acts" : "without_acts") });
  if (moved) labels.push({ y: y(still[last]), rank: 3, cls: "ck-soft", html: plain || phone ? numbers.people(still[last]) : `${bold(numbers.people(still[last]))} ${words("without_acts")}`, below: words("without_acts") });
  if (shown.pinned) labels.push({ y: y(shown.pinned[last]), rank: 4, cls: "ck-soft", html: `${bold(numbers.people(shown.pinned[last]))} ${words("pinned")}` });
  // In letters for the last row what a figure is stands below it.
  const under = plain && bottom - top > labels.length * size * 2.5 ? size * 1.1 : 0;
  for (const label of spreadLabels(labels, size * 1.35 + under, top + 4, bottom - 2 - under)) {
    parts.push(svgText(left, label.y + size * 0.36, label.html, { size, cls: label.cls }));
    if (under) parts.push(svgText(left, label.y + size * 0.36 + under, label.below, { size, cls: label.cls }));
  }
  return parts.join("");
}

const placePosition = ({ plain, sizes, scale, bottom }, y, shown) => Math.min(y(shown.course[0]) + (plain ? sizes.note * 1.3 : 21 * scale), bottom - 6);

// Where it stands today, beside its ring: below the line, so that the course does not run through it.
function drawPosition(frame, y, shown, phone) {
  const { x, plain, sizes, scale } = frame, today = shown.words("position", { month: shown.months.name(shown.model.month) });
  const text = plain || phone ? shown.numbers.people(shown.course[0]) : `${shown.numbers.people(shown.course[0])} ${today}`;
  const place = placePosition(frame, y, shown);
  const bold = `<tspan font-weight="600">${shown.numbers.people(shown.course[0])}</tspan>`;
  return svgText(x(0) + 10 * scale, place, text.replace(shown.numbers.people(shown.course[0]), bold), { size: sizes.note, cls: "ck-own" });
}

// The month in which most are lost because money ended: a ring on the line, a pole down, a tinted flag with words.
function drawCliff(frame, y, shown, phone) {
  const { x, bottom, scale, right } = frame, { words, numbers, months, model, cliff } = shown;
  const at = x(cliff.t), high = y(shown.course[cliff.t]), size = frame.sizes.flag;
  const ring = `<circle class="ck-ring" cx="${at}" cy="${high}" r="${4 * scale}"/>`;
  if (frame.plain) return `<line class="ck-pole" x1="${at}" x2="${at}" y1="${high}" y2="${bottom}"/>${ring}`;
  const month = months.name(model.month + cliff.t), n = numbers.people(cliff.lost);
  const lines = phone ? [words("cliff_short", { month: months.brief(model.month + cliff.t), n })] : [words("cliff_money", { month }), words("cliff_people", { n })];
  const wide = Math.max(...lines.map((line) => textWidth(line, size, 600))) + 14 * scale;
  const tall = lines.length * size * 1.3 + 8 * scale;
  const foot = bottom - 14 * scale;
  const leftwards = at - wide > 0;
  const edge = leftwards ? at - wide : Math.min(at, right - wide);
  const bold = (line) => line.replace(phone ? months.brief(model.month + cliff.t) : month, (word) => `<tspan font-weight="600">${word}</tspan>`).replace(n, (word) => `<tspan font-weight="600">${word}</tspan>`);
  return `<line class="ck-pole" x1="${at}" x2="${at}" y1="${high}" y2="${foot}"/>` +
    `<rect class="ck-flag" x="${edge}" y="${foot - tall}" width="${wide}" height="${tall}" rx="3"/>` +
    lines.map((line, i) => svgText(edge + wide - 7 * scale, foot - tall + size * 1.3 * (i + 1) - 1, bold(escapeText(line)), { size, anchor: "end", cls: "ck-bad" })).join("") +
    ring;
}
