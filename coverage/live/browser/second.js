// The second chart, on the same months as the first: flows, money, branches or the chance.

function makeSecond(host, options) {
  host.innerHTML = `<svg class="ck-svg" aria-hidden="true"></svg>`;
  const svg = host.firstElementChild, chart = { range: null, subject: "" };
  chart.draw = (shown) => {
    if (!shown.dragging || !chart.size) chart.size = [host.clientWidth, host.clientHeight];
    const [width, height] = chart.size, scale = options.scale ?? 1;
    if (!width || !height) return;
    const phone = options.narrow?.() ?? false;
    const labels = shown.labelWidth ?? (phone ? 94 : 172 * scale); // as wide as above: the same months stand below each other
    const frame = makeFrame({ width, height, back: shown.back, horizon: shown.model.horizon, labels, scale, top: 16, bottom: 14 });
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const ground = `<rect class="ck-future" x="${frame.x(0)}" y="0" width="${frame.right - frame.x(0)}" height="${height}"/>`;
    const now = `<line class="ck-now" x1="${frame.x(0)}" x2="${frame.x(0)}" y1="0" y2="${height}"/>`;
    const draw = { flows: drawFlows, money: drawMoney, branches: drawBranches, chance: drawChance }[shown.second];
    if (chart.subject !== shown.subject || !shown.dragging) { chart.range = null; chart.subject = shown.subject; }
    const most = draw.most(shown);
    chart.range = shown.dragging && chart.range !== null ? chart.range : most;
    svg.innerHTML = ground + draw(frame, shown, chart.range) + now;
  };
  return chart;
}

function bars(frame, values, y0, toY, cls) {
  const wide = Math.max(3, Math.min(14 * frame.scale, ((frame.right - 6) / (frame.back + frame.horizon)) * 0.5));
  return values.map(([t, from, to]) => {
    const [a, b] = [toY(from), toY(to)];
    const left = Math.min(Math.max(frame.x(t) - wide / 2, 0), frame.right - wide);
    return Math.abs(a - b) < 0.2 ? "" : `<rect class="${cls} ${t <= 0 ? "ck-gone" : ""}" x="${left.toFixed(1)}" y="${Math.min(a, b).toFixed(1)}" width="${wide.toFixed(1)}" height="${Math.abs(a - b).toFixed(1)}"/>`;
  }).join("");
}

function endLabels(frame, rows) {
  const size = 12 * frame.scale;
  return spreadLabels(rows, size * 1.45, size, frame.height - 6).map((row) => svgText(frame.right + 24 * frame.scale, row.y + 4, row.html, { size, cls: row.cls })).join("");
}

const boldly = (text) => `<tspan font-weight="600">${text}</tspan>`;

function flowRows(shown) {
  const { past, flows, model, back } = shown, rows = [];
  for (let t = -back + 1; t <= 0; t++) {
    const i = past.months.indexOf(model.month + t);
    const at = (name) => (i < 0 ? 0 : past[name][i] ?? 0);
    rows.push({ t, new: at("new"), returned: at("returned"), lapsed: at("lapsed"), enrolled: 0, dropped: 0 });
  }
  for (let t = 1; t <= model.horizon; t++) {
    rows.push({ t, new: flows.new[t], returned: flows.returned[t], lapsed: flows.lapsed[t], enrolled: flows.enrolled[t], dropped: flows.ended[t] - flows.stayed[t] });
  }
  return rows;
}

function drawFlows(frame, shown, most) {
  const { words, numbers } = shown, rows = flowRows(shown);
  const y0 = frame.top + (frame.bottom - frame.top) * (most[0] / (most[0] + most[1] || 1));
  const toY = (value) => y0 - (value / (most[0] + most[1] || 1)) * (frame.bottom - frame.top);
  const parts = [
    bars(frame, rows.map((row) => [row.t, 0, Math.min(row.new, most[0])]), y0, toY, "ck-bar-new"),
    bars(frame, rows.map((row) => [row.t, row.new, Math.min(row.new + row.returned, most[0])]), y0, toY, "ck-bar-back"),
    bars(frame, rows.map((row) => [row.t, 0, -Math.min(row.lapsed, most[1])]), y0, toY, "ck-bar-out"),
    `<line class="ck-axis ck-zero" x1="0" x2="${frame.right}" y1="${y0}" y2="${y0}"/>`,
  ];
  const size = 11 * frame.scale;
  // In words where there is room for them, else the figure alone.
  const text = (n, sign, key) => {
    const whole = `${sign} ${words(key, { n: numbers.signed(n) })}`;
    return textWidth(whole, size) < frame.right ? whole : `${sign} ${numbers.signed(n)}`;
  };
  // The largest first; one that would lie on another is left out.
  const place = (list, sign, key, y) => {
    const taken = [];
    for (const [row, n] of list.filter(([, n]) => Math.abs(n) > 0.5).sort((a, b) => Math.abs(b[1]) - Math.abs(a[1]))) {
      const said = text(n, sign, key), half = textWidth(said, size) / 2;
      const at = Math.min(Math.max(frame.x(row.t), half), frame.right - half);
      if (taken.some((other) => Math.abs(other.at - at) < other.half + half + 12)) continue;
      taken.push({ at, half });
      parts.push(svgText(at, y, said, { size, anchor: "middle", cls: n < 0 ? "ck-bad" : "ck-soft" }));
    }
  };
  place(rows.map((row) => [row, row.enrolled]), "▲", "enrolled", 10 * frame.scale);
  place(rows.map((row) => [row, -row.dropped]), "▼", "money_gone", frame.height - 3);
  const last = rows[rows.length - 1];
  parts.push(endLabels(frame, [
    { y: toY(last.new + last.returned), rank: 0, cls: "ck-own", html: words("flow_back", { n: boldly(numbers.people(last.returned)) }) },
    { y: toY(last.new / 2), rank: 1, cls: "ck-own", html: words("flow_new", { n: boldly(numbers.people(last.new)) }) },
    { y: toY(-last.lapsed), rank: 2, cls: "ck-soft", html: words("flow_out", { n: boldly(numbers.people(last.lapsed)) }) },
  ]));
  return parts.join("");
}
drawFlows.most = (shown) => {
  const rows = flowRows(shown), high = (values) => Math.max(1, ...values);
  return [high(rows.map((row) => row.new + row.returned)), high(rows.map((row) => row.lapsed))];
};

function moneyRows(shown) {
  return Array.from({ length: shown.model.horizon }, (_, i) => {
    const t = i + 1;
    return [t, 0, shown.programmes.reduce((sum, one) => sum + one.paid[t] * one.rate, 0)];
  });
}

function drawMoney(frame, shown, most) {
  const rows = moneyRows(shown), { numbers, words } = shown;
  const toY = (value) => frame.bottom - (value / (most[0] || 1)) * (frame.bottom - frame.top);
  const sum = rows.reduce((total, row) => total + row[2], 0);
  if (!sum) return svgText(8, frame.height / 2, words("no_money"), { size: 12 * frame.scale, cls: "ck-soft" });
  const top = Math.max(...rows.map((row) => row[2]));
  return bars(frame, rows, frame.bottom, toY, "ck-bar-out") +
    `<line class="ck-axis" x1="0" x2="${frame.right}" y1="${frame.bottom}" y2="${frame.bottom}"/>` +
    endLabels(frame, [
      { y: toY(top), rank: 0, cls: "ck-ink", html: words("money_most", { n: boldly(numbers.rupiah(top, true)) }) },
      { y: frame.bottom - 10, rank: 1, cls: "ck-soft", html: words("money_sum", { n: boldly(numbers.rupiah(sum, true)) }) },
    ]);
}
drawMoney.most = (shown) => [Math.max(1, ...moneyRows(shown).map((row) => row[2])), 0];

// Each branch (of one branch: each segment) as a line of its attainment; the three that end lowest are named.
function drawBranches(frame, shown, most) {
  const { lines, numbers } = shown;
  const toY = (value) => frame.bottom - ((value - most[1]) / (most[0] - most[1] || 1)) * (frame.bottom - frame.top);
  const order = lines.map((line, i) => i).sort((a, b) => lines[a].values.at(-1) - lines[b].values.at(-1));
  const named = new Set(lines.length <= 4 ? order : [...order.slice(0, 3), order.at(-1)]);
  return lines.map((line, i) => `<path class="ck-line ${named.has(i) ? "ck-named" : ""}" d="${polyline(Array.from(line.values, (value, t) => [frame.x(t), toY(value)]))}"/>`).join("") +
    endLabels(frame, [...named].map((i) => ({ y: toY(lines[i].values.at(-1)), rank: i, cls: "ck-ink", html: `${boldly(numbers.share(lines[i].values.at(-1)))} ${escapeText(lines[i].name)}` })));
}
drawBranches.most = (shown) => {
  const values = shown.lines.flatMap((line) => Array.from(line.values));
  return [Math.max(1, ...values), Math.min(...values, 1)];
};

function drawChance(frame, shown) {
  const { words, numbers, chances } = shown;
  if (!chances) return svgText(8, frame.height / 2, words("no_chance"), { size: 12 * frame.scale, cls: "ck-soft" });
  const toY = (value) => frame.bottom - value * (frame.bottom - frame.top);
  const rows = Array.from(chances, (value, t) => [t, 0, value]).slice(1);
  return bars(frame, rows, frame.bottom, toY, "ck-bar-new") +
    `<line class="ck-grid" x1="0" x2="${frame.right}" y1="${toY(1)}" y2="${toY(1)}"/>` + svgText(0, toY(1) + 12, words("always"), { size: 11 * frame.scale, cls: "ck-faint" }) +
    `<line class="ck-axis" x1="0" x2="${frame.right}" y1="${frame.bottom}" y2="${frame.bottom}"/>` +
    endLabels(frame, [{ y: toY(chances.at(-1)), rank: 0, cls: "ck-own", html: boldly(numbers.chance(chances.at(-1))) }]);
}
drawChance.most = () => [1, 0];
