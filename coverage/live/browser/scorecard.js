// Places as rows: bar, figures, status with its reason. A heading sorts by its numbers, a row opens its place; above
// what fits there are pages, a search, and the statuses as a filter.

const SCORECARDS = new WeakMap();

function scorecard(component) {
  const { data, parentElement, setTriggerValue } = component;
  let card = SCORECARDS.get(parentElement);
  if (!card) {
    const root = document.createElement("div");
    root.className = "ck sc";
    parentElement.append(root);
    card = { root, sorted: "", down: false, page: 0, search: "", status: "" };
    SCORECARDS.set(parentElement, card);
  }
  if (card.subject !== data.subject) Object.assign(card, { subject: data.subject, page: 0, search: "", status: "" });
  card.data = data;
  card.open = (name) => setTriggerValue("opened", name);
  drawScorecard(card);
  return () => SCORECARDS.delete(parentElement);
}

// The rows that are looked for, in the order that is asked for.
function chooseRows({ data, sorted, down, search, status }) {
  const wanted = search.trim().toLowerCase();
  const rows = data.rows.filter((row) => (!status || row.status === status) && `${row.name} ${row.place}`.toLowerCase().includes(wanted));
  const number = (row) => row.numbers[sorted] ?? -Infinity;
  return sorted ? rows.sort((a, b) => (number(a) - number(b)) * (down ? -1 : 1) || a.name.localeCompare(b.name)) : rows;
}

function drawScorecard(card) {
  const { root, data } = card, { heads } = data, typed = document.activeElement?.classList.contains("sc-search") && root.contains(document.activeElement);
  root.dataset.theme = isDarkGround(root) ? "dark" : "light";
  root.classList.toggle("sc-full", data.columns.includes("recent"));
  const rows = chooseRows(card), pages = Math.max(1, Math.ceil(rows.length / data.per_page));
  card.page = Math.min(card.page, pages - 1);
  const first = card.page * data.per_page, shown = rows.slice(first, first + data.per_page);
  const many = data.rows.length > data.per_page;
  root.innerHTML = (many ? drawFilters(card) : "") + drawHeads(card) + (data.sum ? drawRow(data.sum, data, "div") : "") +
    (shown.map((row) => drawRow(row, data, data.known.includes(row.name) ? "button" : "div")).join("") || `<p class="sc-none">${escapeText(heads.found_none)}</p>`) +
    (pages > 1 ? drawPages(card, pages, first, shown.length, rows.length) : "");
  listenToRows(card);
  if (typed) { const field = root.querySelector(".sc-search"); field.focus(); field.setSelectionRange(field.value.length, field.value.length); }
}

function drawFilters({ data, search, status }) {
  const { heads } = data, counts = {};
  for (const row of data.rows) counts[row.status] = (counts[row.status] ?? 0) + 1;
  const choice = (name, label) => `<button type="button" data-status="${name}" aria-pressed="${status === name}">${label}</button>`;
  return `<div class="sc-filters"><input type="search" class="sc-search" value="${escapeText(search)}" placeholder="${escapeText(heads.search)}" aria-label="${escapeText(heads.search)}">` +
    `<span class="ck-switch" role="group" aria-label="${escapeText(heads.closes)}">${choice("", escapeText(heads.every_status))}${Object.keys(SIGNS).filter((name) => counts[name]).map((name) => choice(name, `<span class="ck-status ck-${name}">${SIGNS[name]} ${escapeText(heads[`status_${name}`])}</span> ${counts[name]}`)).join("")}</span></div>`;
}

function drawHeads({ data, sorted, down }) {
  const { heads } = data;
  const head = (name) => (name === "recent" ? `<span class="sc-recent">${escapeText(heads.recent)}</span>`
    : `<button type="button" class="sc-${name}" data-sort="${name}" aria-pressed="${sorted === name}">${escapeText(heads[name])}${sorted === name ? (down ? " ↓" : " ↑") : ""}</button>`);
  return `<div class="sc-row sc-head"><span class="sc-name">${escapeText(heads.name)}</span><span class="sc-bar">${escapeText(heads.bar)}</span>${data.columns.map(head).join("")}</div>`;
}

function drawRow(row, data, tag) {
  const cell = (name) => {
    if (name === "recent") return `<span class="sc-recent">${sparkLine(row.recent)}</span>`;
    if (name === "closes") return `<span class="sc-closes"><b class="ck-status ck-${row.status}">${SIGNS[row.status]} ${escapeText(row.word)}</b> <small>${escapeText(row.reason)}</small></span>`;
    return `<span class="sc-${name}" data-figure="${name}">${escapeText(row.texts[name]).replace("–", "–<wbr>")}</span>`;
  };
  const kind = tag === "button" ? `type="button" data-branch="${escapeText(row.name)}"` : "";
  return `<${tag} ${kind} class="sc-row${row.chosen ? " sc-chosen" : ""}${row.late ? " sc-late" : ""}${row === data.sum ? " sc-sum" : ""}"><span class="sc-name"><b>${escapeText(row.name)}</b><small>${escapeText(row.place)}</small></span>` +
    `<span class="sc-bar">${goalBar(row, { target: row.target, end: row.end })}</span>${data.columns.map(cell).join("")}</${tag}>`;
}

function sparkLine(values) {
  if (values.length < 2) return "";
  const low = Math.min(...values), high = Math.max(...values), x = (i) => 3 + (92 * i) / (values.length - 1), y = (value) => 19 - (16 * (value - low)) / (high - low || 1);
  return `<svg viewBox="0 0 98 22" aria-hidden="true"><path d="${values.map((value, i) => `${i ? "L" : "M"}${x(i).toFixed(1)} ${y(value).toFixed(1)}`).join("")}"/><circle cx="${x(values.length - 1)}" cy="${y(values.at(-1))}" r="2.2"/></svg>`;
}

function drawPages({ data, page }, pages, first, count, all) {
  const { heads } = data, said = heads.page.replace("{first}", first + 1).replace("{last}", first + count).replace("{of}", all);
  return `<div class="sc-pages"><button type="button" class="ck-plain" data-page="${page - 1}"${page ? "" : " disabled"}>${escapeText(heads.earlier)}</button><span>${escapeText(said)}</span>` +
    `<button type="button" class="ck-plain" data-page="${page + 1}"${page < pages - 1 ? "" : " disabled"}>${escapeText(heads.later)}</button></div>`;
}

function listenToRows(card) {
  const { root } = card, on = (selector, act) => root.querySelectorAll(selector).forEach((element) => act(element));
  const again = (changes) => { Object.assign(card, changes); drawScorecard(card); };
  on("[data-sort]", (button) => { button.onclick = () => again({ sorted: button.dataset.sort, down: card.sorted === button.dataset.sort ? !card.down : false }); });
  on("[data-status]", (button) => { button.onclick = () => again({ status: button.dataset.status, page: 0 }); });
  on("[data-page]", (button) => { button.onclick = () => again({ page: Number(button.dataset.page) }); });
  on(".sc-search", (field) => { field.oninput = () => again({ search: field.value, page: 0 }); });
  on("[data-branch]", (button) => { button.onclick = () => card.open(button.dataset.branch); });
}

function isDarkGround(root) {
  const ground = getComputedStyle(root).getPropertyValue("--st-background-color").trim() || "#fff";
  const canvas = document.createElement("canvas").getContext("2d");
  canvas.fillStyle = ground;
  return [1, 3, 5].reduce((sum, i) => sum + parseInt(canvas.fillStyle.slice(i, i + 2), 16), 0) < 384;
}

export default scorecard;
