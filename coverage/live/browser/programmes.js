// Programmes as cards: somebody pays for so many workers from a month on. The one touched last is open, the others one line.

const PROGRAMME_SLIDERS = ["workers", "months", "starts", "stay"];

function programmeLever(name, shown, i) {
  const { model, scenario } = shown, reach = shown.reaches[`${i}.workers`];
  const value = scenario.programme[i].workers;
  const most = typeof reach === "number" ? reach * 1.5 : Math.max(2 * shown.usualNew * model.horizon, 1000);
  return {
    workers: { name, unit: "people", least: 0, most: 1e8, low: 0, high: roundUp(Math.max(most, value)), step: stepOf(roundUp(Math.max(most, value))) },
    months: { name, unit: "months", least: 1, most: 240, low: 1, high: Math.max(12, model.horizon), step: 1 },
    starts: { name, unit: "month", least: 1, most: 120, low: 1, high: Math.max(12, model.horizon), step: 1 },
    stay: { name, unit: "share", least: 0, most: 1, low: 0, high: 1, step: 1 },
  }[name];
}

// The next round number: 1, 1.5, 2, 3, 5, 7.5 times a power of ten.
function roundUp(number) {
  const power = 10 ** Math.floor(Math.log10(Math.max(number, 1)));
  return [1, 1.5, 2, 3, 5, 7.5, 10].map((n) => n * power).find((one) => one >= number - 1e-9);
}
const stepOf = (high) => Math.max(1, 10 ** Math.floor(Math.log10(high / 200)) * (high / 200 / 10 ** Math.floor(Math.log10(high / 200)) >= 5 ? 5 : 1));

function programmeValue(shown, i, name) {
  const programme = shown.scenario.programme[i];
  if (name === "starts") return monthsAhead(shown.model, programme.starts);
  return programme[name] ?? shown.model.settings[name];
}

function newProgramme(shown) {
  const { model, words } = shown, count = (shown.scenario.programme ?? []).length;
  const names = new Set((shown.scenario.programme ?? []).map((one) => one.name));
  let n = count + 1;
  while (names.has(words("programme_name", { n }))) n++;
  const reach = roundUp(Math.max(shown.usualNew * 2, 100));
  return {
    name: words("programme_name", { n }), segment: shown.segment, workers: reach,
    starts: monthCode(model.month + Math.min(2, model.horizon)), months: Math.max(1, Math.min(8, model.horizon - 2)), stay: 0.5,
  };
}

function makeProgrammes(host, hooks) {
  const cards = { built: "", sliders: [] };
  cards.update = (shown, fresh) => {
    const list = shown.scenario.programme ?? [];
    const open = Math.min(shown.openProgramme ?? list.length - 1, list.length - 1);
    const key = [list.map((one) => `${one.name}|${one.segment}`).join(), open, shown.moreProgramme, shown.wordsKey, shown.modelKey].join("/");
    if (key !== cards.built) buildCards(host, cards, shown, open, hooks, key);
    list.forEach((programme, i) => updateCard(host.children[i], cards, shown, i, i === open, fresh));
    const add = host.lastElementChild;
    add.textContent = "";
    add.insertAdjacentHTML("beforeend", `${icon("plus", 14)} ${shown.words(list.length ? "programme_again" : "programme_first")}`);
  };
  return cards;
}

function buildCards(host, cards, shown, open, hooks, key) {
  const { words, scenario } = shown, list = scenario.programme ?? [];
  cards.built = key;
  cards.sliders = [];
  host.innerHTML = list.map((programme, i) => `<section class="ck-card ck-programme${i === open ? " ck-open" : ""}" data-number="${i}" aria-label="${escapeText(programme.name)}">
      <header>${icon("money", 16)}<button type="button" class="ck-programme-name">${escapeText(programme.name)}</button><span class="ck-fund"></span>
      <button type="button" class="ck-plain ck-more" aria-label="${words("programme_more")}" title="${words("programme_more")}" aria-expanded="${Boolean(i === open && shown.moreProgramme)}">${icon("more", 18)}</button></header>
      <div class="ck-sliders"></div><div class="ck-terms"></div><p class="ck-adds"></p></section>`).join("") +
    `<button type="button" class="ck-add"></button>`;
  list.forEach((programme, i) => {
    const card = host.children[i];
    card.querySelector(".ck-programme-name").onclick = () => hooks.open(i);
    card.querySelector(".ck-more").onclick = () => hooks.more(i);
    cards.sliders.push(i !== open ? [] : PROGRAMME_SLIDERS.map((name) => {
      const slider = makeSlider({
        mark: ["data-programme", `${i}.${name}`], lever: programmeLever(name, shown, i), label: words(`programme_${name}`), compact: true,
        hooks: { forms: hooks.forms, move: (value) => hooks.move(i, name, value), commit: (value) => hooks.commit(i, name, value) },
      });
      card.querySelector(".ck-sliders").append(slider.box);
      return slider;
    }));
    if (i === open && shown.moreProgramme) buildTerms(card.querySelector(".ck-terms"), shown, i, hooks);
  });
  host.lastElementChild.onclick = hooks.add;
}

function buildTerms(host, shown, i, hooks) {
  const { words, scenario, model } = shown, programme = scenario.programme[i];
  const select = (name, options, value) => `<label>${words(`programme_${name}`)}<select data-term="${name}">${options.map((one) => `<option value="${one}"${one === value ? " selected" : ""}>${words(`${name}_${one}`)}</option>`).join("")}</select></label>`;
  host.innerHTML = select("fund", ["government", "village", "corporate"], programme.fund ?? "government") +
    `<label>${words("programme_premium")}<input data-term="premium" type="text" inputmode="numeric" value="${shown.numbers.people(programme.premium ?? model.settings.premium)}"></label>` +
    `<label>${words("programme_share")}<input data-term="share" type="text" inputmode="decimal" value="${shown.numbers.share(programme.share ?? 1, 0)}"></label>` +
    select("spread", ["uncovered", "eligible", "gap", "active"], programme.spread ?? "uncovered") +
    `<span class="ck-buttons"><button type="button" class="ck-plain ck-copy">${words("programme_copy")}</button><button type="button" class="ck-plain ck-remove">${words("programme_remove")}</button></span>`;
  const limits = { premium: { unit: "people", least: 0, most: 1e7 }, share: { unit: "share", least: 0, most: 1 } };
  host.querySelectorAll("[data-term]").forEach((field) => {
    field.onchange = () => {
      const name = field.dataset.term, limit = limits[name];
      const value = limit ? readTyped(field.value, limit, hooks.forms) : field.value;
      if (value !== null) hooks.term(i, name, value);
    };
  });
  host.querySelector(".ck-copy").onclick = () => hooks.copy(i);
  host.querySelector(".ck-remove").onclick = () => hooks.remove(i);
}

function updateCard(card, cards, shown, i, open, fresh) {
  const { words, numbers, months, model, outcome, scenario } = shown, programme = scenario.programme[i], run = outcome.programmes[i];
  card.querySelector(".ck-fund").textContent = open ? words(`fund_${programme.fund ?? "government"}`) : `${numbers.people(programme.workers)} · ${months.brief(model.month + run.starts)}–${months.brief(model.month + run.ends - 1)}`;
  cards.sliders[i]?.forEach((slider) => {
    const { name } = slider.lever, value = programmeValue(shown, i, name);
    if (!shown.dragging) Object.assign(slider.lever, programmeLever(name, shown, i));
    slider.update(value, writeLever(slider.lever, value, shown), { zero: slider.lever.low, moved: true });
    if (name === "workers" && !shown.dragging) {
      const done = shown.doneWorkers[programme.segment];
      markTrack(slider, { done: done ? done.best : null, reach: shown.reaches[`${i}.workers`], words, write: numbers.people, short: true });
      const tick = slider.box.querySelector(".ck-tick"), reach = shown.reaches[`${i}.workers`];
      tick.title = typeof reach === "number" ? words("reach", { value: numbers.people(reach) }) : "";
    }
  });
  const full = run.enrolled < run.asked - 0.5 && run.starts >= 1 && run.starts <= model.horizon;
  const adds = words("programme_adds", { n: `<b>${numbers.signed(run.alone)}</b>` }) + (full ? ` · ${words("programme_full", { n: numbers.people(run.enrolled) })}` : run.alone < programme.workers / 2 && programme.workers ? `<span class="ck-anyway"> · ${words("programme_anyway")}</span>` : "");
  const late = run.starts > model.horizon || run.starts < 1;
  const cliff = run.leave > 0.5 ? `<span class="ck-bad">${icon("flag", 13)} ${words("programme_cliff", { month: months.brief(model.month + run.ends), n: numbers.people(run.leave) })}</span> · ${words("programme_decide", { month: months.brief(model.month + run.ends - 1) })}` : words("programme_no_cliff");
  card.querySelector(".ck-adds").innerHTML = late ? words("programme_outside") : `<span><b>${numbers.rupiah(run.payer, true)}</b> · ${adds}</span>${open ? `<span>${cliff}</span>` : ""}`;
}
