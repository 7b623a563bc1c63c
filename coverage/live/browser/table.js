// The chart's figures as a table, for those who read rather than look: the last month first.

function openTable(card, shown, button) {
  const host = card.open("table", button, shown.words("table"), [], "");
  host.querySelector("dl").outerHTML = trajectoryTable(shown);
  host.classList.add("ck-wide");
}

function trajectoryTable(shown) {
  const { words, numbers, months, model, history, back, course, still, band, target } = shown;
  const heads = [words("table_month"), words("table_active"), words("table_without"), words("table_with"), ...(band ? [words("table_low"), words("table_high")] : []), ...(target === null ? [] : [words("table_target")])];
  const rows = [];
  for (let t = model.horizon; t >= -back; t--) {
    const cells = [months.short(model.month + t), t <= 0 ? numbers.people(history[t + back]) : "", t > 0 ? numbers.people(still[t]) : "", t > 0 ? numbers.people(course[t]) : ""];
    if (band) cells.push(t > 0 ? numbers.people(band.low[t]) : "", t > 0 ? numbers.people(band.high[t]) : "");
    if (target !== null) cells.push(t === model.horizon ? numbers.people(target) : "");
    rows.push(cells);
  }
  return `<div class="ck-scroll" tabindex="0"><table><thead><tr>${heads.map((head) => `<th scope="col">${escapeText(head)}</th>`).join("")}</tr></thead><tbody>` +
    rows.map(([month, ...cells]) => `<tr><th scope="row">${month}</th>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`).join("") + "</tbody></table></div>";
}
