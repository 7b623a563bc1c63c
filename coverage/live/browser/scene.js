// How is one message drawn, large: headline, figure, goal bar, words, and a picture? The projector's window and the
// presentation's screens differ in their sizes alone, which their style sheets give.

function sceneSkeleton() {
  return `<div class="st-top"><b class="st-place"></b><span class="st-what"></span><span class="st-lost" hidden></span><span class="st-when"></span></div>
  <h1 class="st-headline" data-figure="sentence"></h1>
  <div class="st-main"><div class="st-key"><div class="st-figure"></div><div class="st-label"></div></div>
  <div class="st-text"><div class="st-bar"></div><div class="st-bar-words"></div><div class="st-cliff"></div><b class="st-head"></b><div class="st-lines"></div><div class="st-sliders"></div></div>
  <div class="st-right"><div class="st-picture"></div><p class="st-below"></p></div></div>
  <div class="st-foot"><span class="st-acts"></span><span class="st-note"></span></div>`;
}

// The unit behind a large figure is smaller: `90,2 %`, `Rp1,34 miliar`, `9 dari 9`.
const largeFigure = (text) => escapeText(text).replace(/^(\S+?)(\s?%|\s.+)$/, "$1<small>$2</small>");

// `options` are those of the chart: `scale`, or `plain` with the `size` of its letters.
function makeScene(root, options) {
  root.insertAdjacentHTML("afterbegin", sceneSkeleton());
  const at = (selector) => root.querySelector(selector), scene = { at };
  const put = (selector, html) => { const element = at(selector); element.hidden = !html; if (element.innerHTML !== html) element.innerHTML = html; };
  let chart = null, drawn = "", last = null, room = "";

  scene.draw = (message, tools, dragging = false) => {
    last = { message, tools };
    root.dataset.layout = message.layout;
    root.classList.toggle("st-bare", !message.bar && !message.lines.length && !message.head && message.layout === "over");
    root.style.setProperty("--own", message.colour);
    root.style.setProperty("--own-light", message.ink_light);
    root.style.setProperty("--own-dark", message.ink_dark);
    at(".st-place").textContent = message.place;
    at(".st-what").innerHTML = `<i class="ck-dot"></i> ${escapeText(message.what)}`;
    at(".st-when").textContent = message.when;
    at(".st-headline").textContent = message.headline;
    const { figure } = message, large = at(".st-figure");
    put(".st-figure", figure ? largeFigure(figure.text) : "");
    if (figure?.name) Object.assign(large.dataset, { figure: figure.name, segment: message.segment, value: String(figure.value) });
    else for (const name of ["figure", "segment", "value"]) delete large.dataset[name];
    put(".st-label", message.label);
    put(".st-bar", message.bar ? goalBar(message.bar.group, message.bar.outcome) : "");
    put(".st-bar-words", message.barWords);
    put(".st-cliff", message.cliff);
    put(".st-head", escapeText(message.head));
    put(".st-below", message.below);
    at(".st-acts").innerHTML = message.acts;
    at(".st-note").textContent = message.note;
    drawPicture(message, tools, dragging);
    if (dragging) return;
    fitLines(at(".st-text"), at(".st-lines"), message.lines, tools);
    room = measure();
    requestAnimationFrame(follow);
  };

  // What has room is decided by the place beside the words, which changes with the page around it: a foot that wraps, or
  // is gone for a moment in which a message comes.
  const measure = () => [at(".st-main").clientWidth, at(".st-main").clientHeight].join();
  const follow = () => { if (last && measure() !== room) scene.draw(last.message, last.tools); };
  new ResizeObserver(() => requestAnimationFrame(follow)).observe(at(".st-main"));

  function drawPicture(message, tools, dragging) {
    const host = at(".st-picture"), kind = ["chart", "money", "rows", "list"].find((one) => message[one]) ?? "";
    at(".st-right").hidden = !kind && !message.below;
    if (kind !== drawn) { host.innerHTML = ""; chart = null; drawn = kind; }
    host.dataset.kind = kind;
    const seen = kind === "chart" || kind === "money";
    for (const [name, value] of [["role", "img"], ["data-chart", kind === "chart" ? "trajectory" : kind], ["aria-label", [message.headline, at(".st-below").textContent.trim()].filter(Boolean).join(". ")]]) {
      if (seen) host.setAttribute(name, value); else host.removeAttribute(name);
    }
    if (kind === "chart") {
      chart ??= makeChart(host, options);
      chart.draw({ ...message.chart, ...tools, dragging, model: { horizon: message.chart.horizon, month: message.chart.month } });
    } else if (kind === "money") drawMoneyByMonth(host, message.money, tools, options.size ?? 14 * options.scale);
    else if (kind === "rows") fitRows(host, message.rows, tools);
    else if (kind === "list") { host.innerHTML = `<b class="st-head">${escapeText(message.list.head)}</b><div class="st-lines"></div>`; fitLines(host, host.lastElementChild, message.list.lines, tools); }
  }
  // Where the rows need more room than there is, where a bar starts goes first, then reasons, what the marks mean, and the last rows.
  function fitRows(host, { tall, items }, { words, numbers }) {
    const over = () => host.scrollHeight > host.clientHeight + 1;
    host.innerHTML = drawRows({ tall, items });
    host.classList.remove("st-tight", "st-narrow");
    host.classList.toggle("st-narrow", [...host.querySelectorAll(".st-figures")].some((one) => one.scrollWidth > one.clientWidth + 1));
    host.classList.toggle("st-tight", over());
    if (over()) at(".st-below").hidden = true;
    for (let kept = items.length - 1; kept > 0 && over(); kept--) host.innerHTML = drawRows({ tall, items: items.slice(0, kept), more: words("room_more", { n: numbers.people(items.length - kept) }) });
  }
  return scene;
}

// Rows of bars: one line each, or `tall` ones with the bar below the name and words below the bar.
function drawRows({ tall, items, more = "" }) {
  return `<div class="st-rows${tall ? " st-tall" : ""}" role="list">${items.map((row) => `<div class="st-row${row.chosen ? " st-chosen" : ""}" role="listitem" style="${row.colour ? `--own:${row.colour}` : ""}"><b class="st-name">${escapeText(row.name)}</b>${goalBar(row.bar.group, row.bar.outcome)}<span class="st-figures">${row.figures}</span><span class="st-words">${row.words}</span></div>`).join("")}${more && `<p class="st-more">${escapeText(more)}</p>`}</div>`;
}

// As many lines as there is room for; the last one says how many more there are.
function fitLines(box, host, lines, { words, numbers }) {
  const write = (texts) => { host.innerHTML = texts.map((text) => `<p>${escapeText(text)}</p>`).join(""); };
  host.hidden = !lines.length;
  write(lines);
  for (let kept = lines.length - 1; kept >= 0 && box.scrollHeight > box.clientHeight + 1; kept--) write([...lines.slice(0, kept), words("room_more", { n: numbers.people(lines.length - kept) })]);
}

// The bars of each programme on those before it, the later ones paler, and their names, each beside its shade, where `size` is given.
function drawEachPayer(frame, programmes, toY, size) {
  const below = new Float64Array(frame.horizon + 1), labels = [], shades = programmes.map((_, i) => Math.max(1 - i * 0.35, 0.25));
  const drawn = programmes.map(({ paid, rate, name }, i) => {
    const rows = Array.from({ length: frame.horizon }, (_, m) => [m + 1, below[m + 1], below[m + 1] + paid[m + 1] * rate]);
    const last = rows.findLast((row) => row[2] > row[1]);
    if (last && size) labels.push({ y: (toY(last[1]) + toY(last[2])) / 2, rank: i, html: escapeText(name), shade: shades[i] });
    for (const [t, , top] of rows) below[t] = top;
    return `<g opacity="${shades[i]}">${bars(frame, rows, frame.bottom, toY, "ck-bar-out")}</g>`;
  });
  const placed = spreadLabels(labels, size * 1.3, frame.top, frame.bottom - size);
  const mark = (label) => `<rect class="ck-bar-out" opacity="${label.shade}" x="${frame.right + size * 0.5}" y="${label.y - size * 0.3}" width="${size * 0.6}" height="${size * 0.6}"/>`;
  return drawn.join("") + placed.map((label) => mark(label) + svgText(frame.right + size * 1.4, label.y + size * 0.36, label.html, { size, cls: "ck-soft" })).join("");
}

// What programmes pay, month by month: several on top of each other, each named.
function drawMoneyByMonth(host, { programmes, horizon, month }, { words, numbers, months }, size) {
  const [width, height] = [host.clientWidth, host.clientHeight];
  if (!width || !height) return;
  const rows = moneyRows({ model: { horizon }, programmes }), top = Math.max(...rows.map((row) => row[2]));
  const several = programmes.length > 1, names = several ? Math.min(width * 0.4, Math.max(...programmes.map((one) => textWidth(one.name, size))) + size * 2) : size;
  const sizes = textSizes(1, size), frame = makeFrame({ width, height, back: 0, horizon, labels: names, sizes, scale: size / 14, top: size * 1.6, bottom: size * 1.5 });
  const toY = (value) => frame.bottom - (value / (top || 1)) * (frame.bottom - frame.top);
  const paid = rows.filter((row) => row[2] > 0).map((row) => row[0]), wide = Math.max(...rows.map((row) => textWidth(months.brief(month + row[0]), size))) + size * 0.4;
  const every = Math.max(1, Math.ceil(wide / (frame.x(1) - frame.x(0))));
  const marks = paid.filter((t) => (t - paid[0]) % every === 0).map((t) => svgText(frame.x(t), frame.bottom + size * 1.2, months.brief(month + t), { size, anchor: "middle", cls: "ck-soft" }));
  host.innerHTML = `<svg class="ck-svg" aria-hidden="true" viewBox="0 0 ${width} ${height}">${svgText(0, size, words("money_most", { n: boldly(numbers.rupiah(top, true)) }), { size, cls: "ck-ink" })}` +
    `${drawEachPayer(frame, programmes, toY, several ? size : 0)}<line class="ck-axis" x1="0" x2="${frame.right}" y1="${frame.bottom}" y2="${frame.bottom}"/>${marks.join("")}</svg>`;
}
