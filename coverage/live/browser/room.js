// A screen of the presentation: one message, in letters for the last row. On the what-if the few levers that matter
// most stand beside it, and all of it moves with the hand, on the same kernel as the cockpit; the server hears of a
// value once, when it is let go.

function roomTools(words) {
  return `<div class="rm-tools"><button type="button" class="rm-stage" aria-label="${words("stage")}" title="${words("stage")}">${icon("stage", 28)}</button>
  <button type="button" class="ck-table-button" aria-haspopup="dialog" aria-label="${words("table")}" title="${words("table")}">${icon("table", 28)}</button></div>
  <div class="ck-dialog" role="dialog" aria-modal="false" hidden></div><p class="ck-differs" role="status" hidden></p>
  <div class="ck-live" role="status" aria-live="polite"></div>`;
}

function makeRoom(root) {
  const state = { scenario: {}, dragging: "", start: null, before: null };
  const room = { root, state, exchange: makeExchange() }, { exchange } = room;
  const at = (selector) => root.querySelector(selector);
  let sliders = [], built = "", sliding = "", scene, outcome, shown = null, band = null;
  root.classList.add("st", "rm");

  room.take = (data) => {
    const news = exchange.take(data);
    if (!news) return;
    if (news.edition) state.scenario = data.scenario;
    build();
    refresh({ dragging: Boolean(state.dragging) });
    if (news.other) room.stage.show(true);
  };

  function build() {
    const { sent, words } = exchange, key = [sent.language, sent.model_key].join(), wanted = JSON.stringify([key, sent.sliders]);
    if (key !== built) {
      built = key;
      root.innerHTML = roomTools(words);
      scene = makeScene(root, { plain: true, get size() { return parseFloat(getComputedStyle(root).fontSize); } });
      room.card = makeCard(root);
      room.card.closeWord = words("close");
      at(".ck-table-button").onclick = () => openTable(room.card, shown, at(".ck-table-button"));
      at(".rm-stage").onclick = () => room.stage.open();
    }
    root.dataset.screen = sent.showing;
    if (wanted === sliding) return;
    sliding = wanted;
    room.card.close();
    sliders = sent.sliders.map(([segment, name]) => makeRoomSlider(segment, sent.levers.find((lever) => lever.name === name)));
    at(".st-sliders").replaceChildren(...sliders.map(({ slider }) => slider.box));
  }

  function makeRoomSlider(segment, declared) {
    const { model, words } = exchange, lever = { ...declared }, mark = `${segment}.${lever.name}`;
    const several = new Set(model.segment).size > 1, own = words(`lever_short_${lever.name}`);
    const label = several ? `${model.groups.find((group) => group.name === segment).label}: ${own}` : own;
    const slider = makeSlider({ mark: ["data-lever", mark], lever, label, compact: true, hooks: { forms: exchange.sent.forms, move, commit } });
    slider.box.insertAdjacentHTML("beforeend", `<span class="ck-people"></span>`);
    function move(value) {
      if (state.dragging !== mark) Object.assign(state, { dragging: mark, start: state.scenario, before: outcome.groups.map((group) => group.path) });
      state.scenario = withLever(state.scenario, segment, lever.name, writtenLever(model, lever, value));
      refresh({ dragging: true });
    }
    function commit() {
      const { start } = state;
      Object.assign(state, { dragging: "", start: null, before: null });
      refresh();
      if (start === null || JSON.stringify(start) === JSON.stringify(state.scenario)) return;
      at(".ck-live").textContent = at("[data-figure=sentence]").textContent;
      exchange.tell("set", outcome, { scenario: state.scenario, lever: mark });
    }
    return { slider, segment, lever };
  }

  // The segment that the screen is of; else all together.
  const lookedAt = () => {
    const { model, sent } = exchange, own = model.groups.findIndex((group) => group.name === sent.showing);
    return own >= 0 ? own : model.groups.length - 1;
  };

  function refresh({ dragging = false } = {}) {
    const { model, words, numbers, months, sent } = exchange, g = lookedAt();
    outcome = computeOutcome(model, state.scenario, { draws: !(dragging && model.count > 100) });
    if (outcome.drawn || !dragging) band = outcome.drawn ? bandOf(model, outcome.drawn, g, outcome.groups[g].target) : null;
    const course = describeCourse(model, outcome, g, { scenario: state.scenario, band });
    shown = { ...course, words, numbers, months, dragging, sentLevers: sent.levers, subject: `${sent.model_key}|${sent.showing}`, key: sent.language };
    const message = room.said = screenMessage(shown, sent);
    if (message.chart && state.before && shown.moved) message.chart.before = state.before[g];
    scene.draw(message, { words, numbers, months }, dragging);
    at(".ck-table-button").hidden = !message.chart;
    at(".ck-differs").hidden = !exchange.differs.length;
    at(".ck-differs").textContent = exchange.describeDifferences();
    for (const { slider, segment, lever } of sliders) updateRoomSlider(slider, segment, lever);
    room.stage.show();
  }

  function updateRoomSlider(slider, segment, lever) {
    const { model, words, numbers } = exchange, value = leverValue(model, state.scenario, segment, lever);
    slider.update(value, writeLever(lever, value, shown), { zero: 0, moved: Math.abs(value) > 1e-9 });
    const usual = usualFlows(model, state.scenario, segment), before = sumUp(usual[lever.name] ?? [0]);
    const after = lever.unit === "people" ? value : askedFlows(model, outcome.plan, segment, usual)[lever.name];
    slider.box.querySelector(".ck-people").innerHTML = describePeople(lever, before, after, words, numbers);
  }

  const size = watchSize(root, () => { if (outcome) refresh({ dragging: Boolean(state.dragging) }); });
  const onKey = (event) => { if (event.key === "Escape") room.card?.close(); };
  addEventListener("keydown", onKey, true);
  room.message = () => room.said ?? null;
  room.stage = makeConsole(room);
  room.fit = size.fit;
  room.close = () => { size.end(); removeEventListener("keydown", onKey, true); room.stage.close(); };
  return room;
}
