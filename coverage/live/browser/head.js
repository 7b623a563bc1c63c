// What does the headline say, what can be done beside it, and what stands there on a telephone?

function updateHead(cockpit, shown) {
  const { state, steps, at, root, hand, exchange } = cockpit, { model, words, numbers, sent } = exchange, { group, band } = shown;
  const said = describeEnd(shown);
  at("[data-figure=sentence]").textContent = said;
  at(".ck-second-line").textContent = `${words("what_is_shown", { segment: group.label.toLowerCase(), place: sent.place })}   ${band ? words("band_is", { low: numbers.people(band.low[model.horizon]), high: numbers.people(band.high[model.horizon]) }) : sent.no_band}`;
  const differs = at(".ck-differs");
  differs.hidden = !exchange.differs.length;
  differs.textContent = exchange.describeDifferences();
  at(".ck-stage-bar").hidden = !cockpit.stage.opened;
  switchButtons(at(".ck-stage-bar .ck-switch"), STAGE_KINDS.map((kind) => [kind, words(`stage_${kind}`)]), cockpit.stage.kind, (kind) => { cockpit.stage.choose(kind); updateHead(cockpit, shown); });
  const notes = at(".ck-notes"), [first, ...others] = sent.notes;
  notes.hidden = !first;
  notes.textContent = others.length ? words("notes_more", { text: first, n: others.length }) : first ?? "";
  notes.title = notes.textContent; // cut where the page is narrow; pressed, it says all of it
  if (!shown.dragging) fitHead(at(".ck-head"));
  at(".ck-chart").setAttribute("aria-label", `${said}. ${at(".ck-second-line").textContent}`);
  at(".ck-second").setAttribute("aria-label", words(`second_${state.second}_of`, { place: sent.place }));
  root.querySelectorAll("[data-act=undo]").forEach((button) => { button.disabled = !steps.past.length; });
  at("[data-act=redo]").disabled = !steps.future.length;
  root.querySelectorAll("[data-act=replay]").forEach((button) => { button.disabled = !steps.last; });
  at("[data-act=pin]").setAttribute("aria-pressed", String(Boolean(state.pinned)));
  at("[data-act=reset]").disabled = !state.scenario.levers?.[state.segment];
  const choices = ["flows", "money", "branches", "chance"].map((name) => [name, words(`second_${name}`)]);
  at(".ck-below-name").textContent = words(`second_${state.second}_name`);
  switchButtons(at(".ck-choices"), choices, state.second, (name) => { state.second = name; cockpit.refresh({ fresh: true }); cockpit.tell("look"); });
  at(".ck-cost-of").textContent = at(".ck-cost-of").title = describeCost(state.scenario.programme ?? [], words, numbers);
}

function describeCost(programmes, words, numbers) {
  const funds = [...new Set(programmes.map((one) => words(`fund_${one.fund ?? "government"}`)))];
  if (!funds.length) return words("cost_none");
  return programmes.length === 1 ? `${funds[0]}, ${words("months_n", { n: numbers.people(programmes[0].months) })}` : funds.join(", ");
}

// Where the headline needs the room of their words, the buttons beside it are icons.
function fitHead(head) {
  head.classList.remove("ck-icons-only");
  head.classList.toggle("ck-icons-only", head.firstElementChild.offsetHeight > 30);
}

function updatePhone(cockpit, shown) {
  const { at, hand, exchange, outcome } = cockpit, { model, words, numbers } = exchange, { group } = shown, now = outcome.groups[cockpit.lensPlace()];
  switchButtons(at(".ck-phone .ck-switch"), model.groups.map((one) => [one.name, one.label]), shown.lens, hand.chooseLens);
  at(".ck-phone-figure").innerHTML = now.attainment === null ? `<b>${numbers.people(now.end)}</b>` : `<span>${numbers.decimal((group.active / group.target) * 100, 1)} → </span><b>${numbers.share(now.attainment)}</b>`;
  at(".ck-phone-bar").innerHTML = goalBar(group, now, "ck-tall");
  const said = shortOrOver(group, now, words, numbers);
  at(".ck-phone-words").innerHTML = `<span><b>${numbers.people(now.end)}</b>${said ? ` · ${said}` : ""}</span>${group.target === null ? "" : statusWord(group, now, words, numbers)}${shown.chance === null ? "" : `<span>${words("chance_phone", { chance: numbers.chance(shown.chance) })}</span>`}`;
}
