// Branches as rows: bar, figures, status with its reason. A heading sorts by its numbers, a row opens its branch.

const OPEN_CARDS = new WeakMap();

function scorecard(component) {
  const { data, parentElement, setTriggerValue } = component;
  let root = OPEN_CARDS.get(parentElement);
  if (!root) {
    root = document.createElement("div");
    root.className = "ck sc";
    parentElement.append(root);
    OPEN_CARDS.set(parentElement, root);
    root.sorted = { key: "", down: false };
  }
  const open = (name) => setTriggerValue("opened", name);
  const rows = [...data.rows];
  const { key, down } = root.sorted;
  if (key) rows.sort((a, b) => ((a.numbers[key] ?? -Infinity) - (b.numbers[key] ?? -Infinity)) * (down ? -1 : 1) || a.name.localeCompare(b.name));
  const ground = getComputedStyle(root).getPropertyValue("--st-background-color").trim() || "#fff";
  const canvas = document.createElement("canvas").getContext("2d");
  canvas.fillStyle = ground;
  root.dataset.theme = [1, 3, 5].reduce((sum, i) => sum + parseInt(canvas.fillStyle.slice(i, i + 2), 16), 0) < 384 ? "dark" : "light";
  const head = (name, label) => `<button type="button" class="sc-${name}" data-sort="${name}" aria-pressed="${key === name}">${escapeText(label)}${key === name ? (down ? " ↓" : " ↑") : ""}</button>`;
  const cell = (name, text) => `<span class="sc-${name}" data-figure="${name}">${escapeText(text)}</span>`;
  root.innerHTML = `<div class="sc-row sc-head"><span class="sc-name">${escapeText(data.heads.name)}</span><span class="sc-bar">${data.heads.bar}</span>` +
    ["now", "end", "short", "chance", "closes"].map((name) => head(name, data.heads[name])).join("") + `</div>` +
    rows.map((row) => `<button type="button" class="sc-row${row.chosen ? " sc-chosen" : ""}" data-branch="${escapeText(row.name)}"><span class="sc-name"><b>${escapeText(row.name)}</b><small>${escapeText(row.place)}</small></span>` +
      `<span class="sc-bar" style="--own:var(--slate)">${goalBar(row, { target: row.target, end: row.end })}</span>${["now", "end", "short", "chance"].map((name) => cell(name, row.texts[name])).join("")}` +
      `<span class="sc-closes"><b class="ck-status ck-${row.status}">${SIGNS[row.status]} ${escapeText(row.word)}</b> <small>${escapeText(row.reason)}</small></span></button>`).join("");
  root.querySelectorAll("[data-sort]").forEach((button) => {
    button.onclick = () => {
      root.sorted = { key: button.dataset.sort, down: root.sorted.key === button.dataset.sort ? !root.sorted.down : false };
      root.redraw();
    };
  });
  root.querySelectorAll("[data-branch]").forEach((button) => { button.onclick = () => open(button.dataset.branch); });
  root.redraw = () => scorecard(component);
  return () => OPEN_CARDS.delete(parentElement);
}

export default scorecard;
