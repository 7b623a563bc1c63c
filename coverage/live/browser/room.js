// The what-if of the presentation: the few levers that matter most, in letters for the last row. All of it moves with
// the hand, on the same kernel as the cockpit; the server hears of a value once, when it is let go.

function roomSkeleton(words) {
  return `<h1 data-figure="sentence"></h1>
  <div class="rm-body">
    <div class="rm-left"><div class="rm-figure" data-figure="attainment" data-segment="total"></div><div class="rm-sliders"></div></div>
    <div class="rm-right"><div class="rm-chart" data-chart="trajectory" role="img"></div>
      <p class="rm-words"><span data-figure="covered" hidden></span><span data-figure="short" hidden></span><span class="rm-cliff ck-bad"></span> <span data-figure="chance"></span> <span data-figure="cost" data-segment="total"></span></p></div>
  </div>
  <button type="button" class="rm-table ck-table-button" aria-haspopup="dialog" aria-label="${words("table")}" title="${words("table")}">${icon("table", 28)}</button>
  <div class="ck-dialog" role="dialog" aria-modal="false" hidden></div><p class="ck-differs" role="status" hidden></p>
  <div class="ck-live" role="status" aria-live="polite"></div>`;
}

function makeRoom(root) {
  const state = { scenario: {}, dragging: "", start: null, before: null };
  const room = { root, state, exchange: makeExchange() }, { exchange } = room;
  const at = (selector) => root.querySelector(selector);
  let sliders = [], built = "", chart, outcome, band = null;
  root.classList.add("rm");

  room.take = (data) => {
    const news = exchange.take(data);
    if (!news) return;
    if (news.edition) state.scenario = data.scenario;
    build();
    refresh({ dragging: Boolean(state.dragging) });
  };

  function build() {
    const { sent, words } = exchange, key = [sent.language, sent.model_key, JSON.stringify(sent.sliders)].join();
    if (key === built) return;
    built = key;
    root.innerHTML = roomSkeleton(words);
    chart = makeChart(at(".rm-chart"), { plain: true, get size() { return parseFloat(getComputedStyle(root).fontSize); } });
    room.card = makeCard(root);
    room.card.closeWord = words("close");
    at(".rm-table").onclick = () => openTable(room.card, room.shown, at(".rm-table"));
    sliders = sent.sliders.map(([segment, name]) => makeRoomSlider(segment, sent.levers.find((lever) => lever.name === name)));
    at(".rm-sliders").append(...sliders.map(({ slider }) => slider.box));
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

  function refresh({ dragging = false } = {}) {
    const { model, words, numbers, months, sent } = exchange, g = model.groups.length - 1;
    outcome = computeOutcome(model, state.scenario, { draws: !(dragging && model.count > 100) });
    if (outcome.drawn || !dragging) band = outcome.drawn ? bandOf(model, outcome.drawn, g, outcome.groups[g].target) : null;
    const course = describeCourse(model, outcome, g, { scenario: state.scenario, band, before: state.before?.[g] });
    const shown = room.shown = { ...course, words, numbers, months, dragging, subject: `${sent.model_key}|room`, key: sent.language };
    const { group, target, end, short, cliff } = shown;
    root.style.setProperty("--own", group.colour);
    for (const side of ["light", "dark"]) root.style.setProperty(`--own-${side}`, group[`ink_${side}`]);
    const said = describeEnd(shown);
    at("[data-figure=sentence]").textContent = said;
    const attained = outcome.groups[g].attainment;
    setFigure(at("[data-figure=attainment]"), attained, attained === null ? numbers.people(end) : numbers.share(attained));
    for (const [name, value] of [["covered", end], ["short", short], ["chance", band ? band.chance : null]]) { at(`[data-figure=${name}]`).dataset.segment = group.name; setFigure(at(`[data-figure=${name}]`), value, describeInRoom(name, value, words, numbers)); }
    setFigure(at("[data-figure=cost]"), outcome.cost, outcome.cost ? words("room_cost", { rupiah: numbers.rupiah(outcome.cost, true) }) : "");
    const what = cliff ? words("programme_cliff", { month: months.name(model.month + cliff.t), n: numbers.people(cliff.lost) }) : shown.moved ? "" : words("room_unmoved");
    at(".rm-cliff").textContent = what && `${what}.`;
    at(".rm-cliff").classList.toggle("ck-bad", Boolean(cliff));
    at(".ck-differs").hidden = !exchange.differs.length;
    at(".ck-differs").textContent = exchange.describeDifferences();
    for (const { slider, segment, lever } of sliders) updateRoomSlider(slider, segment, lever, shown);
    chart.draw(shown);
    at(".rm-chart").setAttribute("aria-label", [said, at(".rm-words").textContent.trim()].join(". "));
  }

  function updateRoomSlider(slider, segment, lever, shown) {
    const { model, words, numbers } = exchange, value = leverValue(model, state.scenario, segment, lever);
    slider.update(value, writeLever(lever, value, shown), { zero: 0, moved: Math.abs(value) > 1e-9 });
    const usual = usualFlows(model, state.scenario, segment), before = sumUp(usual[lever.name] ?? [0]);
    const after = lever.unit === "people" ? value : askedFlows(model, outcome.plan, segment, usual)[lever.name];
    slider.box.querySelector(".ck-people").innerHTML = describePeople(lever, before, after, words, numbers);
  }

  const size = watchSize(root, () => { if (outcome) refresh({ dragging: Boolean(state.dragging) }); });
  const onKey = (event) => { if (event.key === "Escape") room.card?.close(); };
  addEventListener("keydown", onKey, true);
  room.fit = size.fit;
  room.close = () => { size.end(); removeEventListener("keydown", onKey, true); };
  return room;
}

function describeInRoom(name, value, words, numbers) {
  if (name === "chance") return value === null ? "" : words("room_chance", { chance: numbers.chance(value) });
  return value === null ? "" : name === "short" ? words("short", { n: numbers.people(value) }) : numbers.people(value);
}
