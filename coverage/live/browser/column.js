// The column of levers: acts, assumptions under them, and what stands behind a lever's name.

function buildColumn(cockpit) {
  const { state, at, hand, exchange } = cockpit, { segment } = state;
  at(".ck-acts").dataset.segment = segment;
  at(".ck-acts").textContent = "";
  at(".ck-assumptions .ck-sliders").textContent = "";
  const made = (declared, compact) => {
    const lever = { ...declared };
    return makeSlider({
      mark: ["data-lever", `${segment}.${lever.name}`], lever, label: exchange.words(`lever_${lever.name}`), compact,
      hooks: {
        forms: exchange.sent.forms, move: (value) => hand.moveLever(lever, value), commit: (value) => hand.commitLever(lever, value),
        card: (anchor) => openLeverCard(cockpit, lever, anchor), ways: (anchor) => openWays(cockpit, lever, anchor),
      },
    });
  };
  cockpit.sliders = Object.fromEntries(exchange.sent.levers.map((lever) => [lever.name, made(lever, false)]));
  cockpit.assumptions = exchange.sent.assumptions.map((lever) => made(lever, true));
  at(".ck-acts").append(...Object.values(cockpit.sliders).map((slider) => slider.box));
  at(".ck-assumptions .ck-sliders").append(...cockpit.assumptions.map((slider) => slider.box));
}

// A mark's value in whole steps, on the side that does reach it.
const wholeStep = (lever, value) => (!isShare(lever) ? Math.ceil(value) : value > 0 ? Math.ceil(value * 100 - 1e-6) / 100 : Math.floor(value * 100 + 1e-6) / 100);

function updateColumn(cockpit, shown) {
  const { state, at, hand, exchange } = cockpit, { model, words, numbers, months, sent } = exchange, short = cockpit.narrow() || cockpit.width < 1060;
  const options = model.groups.filter((group) => group.name !== "total").map((group) => [group.name, group.label]);
  switchButtons(at(".ck-levers .ck-switch"), options, state.segment, hand.chooseLens);
  at(".ck-switch-row").classList.toggle("ck-single", options.length < 2);
  at(".ck-switch-row").classList.toggle("ck-crowded", options.length > 2);
  at(".ck-hint").hidden = model.groups.find((group) => group.name === state.segment)?.target === null; // no marks there
  for (const [name, slider] of Object.entries(cockpit.sliders)) {
    const { lever } = slider, value = shown.values[name], reach = shown.reaches[name];
    if (lever.unit === "people" && !shown.dragging) {
      lever.high = roundUp(Math.max(typeof reach === "number" ? reach * 1.5 : 0, value, typeof reach === "number" ? 0 : 2 * shown.usualNew, 100));
      lever.step = stepOf(lever.high);
    }
    slider.update(value, writeLever(lever, value, shown), { zero: 0, moved: Math.abs(value) > 1e-9 });
    const after = lever.unit === "people" ? value : shown.asked[name] ?? 0;
    const people = slider.box.querySelector(".ck-people");
    people.innerHTML = describePeople(lever, shown.usual[name] ?? 0, after, words, numbers);
    people.dataset.value = String(after);
    if (!shown.dragging) markTrack(slider, { done: shown.done[name]?.best ?? null, reach, words, write: (one) => writeLever(lever, wholeStep(lever, one), shown), short, asked: true });
    slider.box.classList.toggle("ck-other", shown.dragging && state.dragging !== `${state.segment}.${name}`);
  }
  const { values } = shown;
  const told = words("assumptions", { growth: numbers.change(values.eligible_growth), month: months.short(model.month + values.starts) }) + (values.ramp > 1 ? ` · ${words("ramp_of", { n: numbers.people(values.ramp) })}` : "");
  at(".ck-assumptions summary").innerHTML = `${icon("chevron", 14)}<span title="${escapeText(told)}">${escapeText(told)}</span>`;
  cockpit.assumptions.forEach((slider) => {
    const value = values[slider.lever.name];
    slider.update(value, writeLever(slider.lever, value, shown), { zero: slider.lever.low, moved: true });
  });
  const opened = sent.levers.find((lever) => lever.name === cockpit.card.name);
  if (opened) openLeverCard(cockpit, opened, null);
}

// People a month: what they are, and what they become where that differs.
function describePeople(lever, before, after, words, numbers) {
  if (lever.unit === "people") return words("extra_a_month", { n: `<b>${numbers.people(after)}</b>` });
  const now = `<b>${numbers.people(after)}</b>`;
  return words("a_month", { n: Math.abs(after - before) < 0.5 ? now : `${numbers.people(before)} → ${now}` });
}

function openLeverCard(cockpit, lever, anchor) {
  const { sent, words } = cockpit.exchange, { segment } = cockpit.state;
  const told = sent.cards[`${segment}.${lever.name}`] ?? { what: "", who: "", foot: "" };
  const title = words("card_title", { lever: words(`lever_${lever.name}`), segment: cockpit.labelOf(segment).toLowerCase() });
  const rows = leverCard(cockpit.shown, lever, told);
  if (anchor) cockpit.card.open(lever.name, anchor, title, rows, told.foot); else cockpit.card.fill(title, rows, told.foot);
}
