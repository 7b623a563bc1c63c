// The card behind a lever's name: what it is in the field, who does it, what it costs, who ever did it, what it takes.

function makeCard(root) {
  const host = root.querySelector(".ck-dialog");
  let opener = null;
  const card = { name: null };
  card.close = () => {
    if (host.hidden) return;
    host.hidden = true;
    card.name = null;
    opener?.focus();
  };
  card.open = (name, anchor, title, rows, foot) => {
    opener = anchor;
    card.name = name;
    host.hidden = false;
    host.classList.remove("ck-wide");
    host.setAttribute("aria-label", title);
    card.fill(title, rows, foot);
    host.querySelector(".ck-close").focus();
    return host;
  };
  card.fill = (title, rows, foot) => {
    host.innerHTML = `<header><b>${escapeText(title)}</b><button type="button" class="ck-plain ck-close" aria-label="${card.closeWord}">${icon("close", 18)}</button></header>` +
      `<dl>${rows.map(([term, text]) => `<dt>${escapeText(term)}</dt><dd>${text}</dd>`).join("")}</dl>${foot ? `<footer>${escapeText(foot)}</footer>` : ""}`;
    host.querySelector(".ck-close").onclick = card.close;
  };
  host.onkeydown = (event) => { if (event.key === "Escape") { event.stopPropagation(); card.close(); } };
  return card;
}

// The rows of a lever's card. `told`: what the language files say of it.
function leverCard(shown, lever, told) {
  const { words, numbers, segment } = shown, value = shown.values[lever.name], usual = shown.usual[lever.name];
  const people = lever.unit === "people" ? value : usual * value;
  const rows = [[words("card_what"), escapeText(told.what)], [words("card_who"), escapeText(told.who)]];
  const low = Math.ceil(Math.abs(people) / 13), high = Math.ceil(Math.abs(people) / 11);
  if (Math.abs(people) >= 0.5) {
    const hands = people > 0 && (lever.name === "new" || lever.name === "extra") && segment === "informal" ? words("card_agents", { low: numbers.people(low), high: numbers.people(high) }) : words("card_days", { n: numbers.decimal(Math.abs(people) / 21, Math.abs(people) < 210 ? 1 : 0) });
    rows.push([words("card_equals"), `<b>${words("card_people", { n: numbers.signed(people) })}</b>: ${hands}`]);
  } else rows.push([words("card_equals"), words("card_unmoved", { n: numbers.people(usual) })]);
  if (told.cost) rows.push([words("card_cost"), `${words("card_cost_each", { rupiah: numbers.rupiah(told.cost) })} <small>(${words("illustrative")})</small>`]);
  const done = shown.done[lever.name];
  if (done) {
    const best = done.list[0], harder = lever.name === "lapse" ? (x) => x <= value + 1e-9 : (x) => x >= value - 1e-9;
    const count = done.list.filter((one) => harder(one.value)).length;
    const best_value = writeLever(lever, best.value, shown);
    rows.push([words("card_done"), `${words("card_best", { branch: `<b>${escapeText(best.branch)}</b>`, value: best_value, month: best.month })} ${words("card_count", { count: numbers.people(count), of: numbers.people(done.list.length) })}`]);
  } else rows.push([words("card_done"), words("card_no_record")]);
  const reach = shown.reaches[lever.name];
  const takes = typeof reach === "number"
    ? words(lever.unit === "people" ? "card_takes_people" : "card_takes", { value: `<b>${writeLever(lever, reach, shown)}</b>`, n: numbers.people(lever.unit === "people" ? reach : usual * (1 + reach)) })
    : words(`card_reach_${reach}`);
  rows.push([words("card_needs"), takes]);
  return rows;
}
