// What does a hand do: move, let go, take back, play again, add a programme?

function makeHand(cockpit) {
  const { state, steps, exchange } = cockpit;
  const hand = {}, say = (key, values) => exchange.words(key, values);
  const base = () => ({ words: exchange.words, numbers: exchange.numbers, months: exchange.months, model: exchange.model });
  const lessUnit = (text) => text.replace(/\s*%$/, "");
  const programmes = () => state.scenario.programme ?? [];
  let stopReplay = null;

  function begin(mark) {
    if (state.dragging === mark) return;
    hand.stop();
    state.dragging = mark;
    state.start = state.scenario;
    state.before = cockpit.outcome.groups.map((group) => group.path);
  }

  hand.stop = () => stopReplay?.();

  hand.moveLever = (lever, value) => {
    begin(`${state.segment}.${lever.name}`);
    state.scenario = withLever(state.scenario, state.segment, lever.name, writtenLever(exchange.model, lever, value));
    cockpit.refresh({ dragging: true });
  };

  hand.commitLever = (lever, value) => {
    const before = leverValue(exchange.model, state.start ?? state.scenario, state.segment, lever);
    commit(`${state.segment}.${lever.name}`, say("last_of", { lever: say(`lever_short_${lever.name}`), before: lessUnit(writeLever(lever, before, base())), after: writeLever(lever, value, base()) }));
  };

  function commit(mark, what) {
    const before = state.start ?? state.scenario;
    Object.assign(state, { dragging: "", before: null, start: null });
    if (JSON.stringify(before) === JSON.stringify(state.scenario)) { cockpit.refresh({ fresh: true }); return; }
    const again = steps.add(before, mark);
    const from = again && steps.last ? steps.last.from : before;
    steps.last = { from, to: state.scenario, what, mark };
    cockpit.refresh({ fresh: true });
    cockpit.tell("set", { lever: mark });
    cockpit.at(".ck-live").textContent = `${cockpit.at("[data-figure=sentence]").textContent}. ${what}`;
  }

  hand.change = (scenario, mark, what) => {
    state.start = state.scenario;
    state.scenario = scenario;
    commit(mark, what);
  };

  hand.chooseLens = (name) => {
    state.lens = name;
    if (name !== "total") state.segment = name;
    cockpit.build();
    cockpit.refresh({ fresh: true });
    cockpit.tell("look");
  };

  function replace(scenario, kind) {
    if (!scenario) return;
    hand.stop();
    Object.assign(state, { scenario, dragging: "", start: null, before: null });
    steps.last = null;
    cockpit.refresh({ fresh: true });
    cockpit.tell(kind);
  }

  hand.replay = () => {
    const { last } = steps;
    if (!last) return;
    hand.stop();
    const shown = cockpit.outcome.groups.map((group) => group.path);
    const show = (scenario) => { Object.assign(state, { scenario, dragging: "replay", before: shown }); cockpit.refresh({ dragging: true }); };
    const done = () => { stopReplay = null; Object.assign(state, { scenario: last.to, dragging: "", before: null }); cockpit.refresh({ fresh: true }); };
    const stop = playAgain(exchange.model, last.from, last.to, show, done);
    stopReplay = () => { stop(); done(); };
  };

  hand.acts = {
    undo: () => replace(steps.undo(state.scenario), "undo"),
    redo: () => replace(steps.redo(state.scenario), "redo"),
    reset: () => {
      const { levers, ...rest } = state.scenario;
      const kept = Object.fromEntries(Object.entries(levers ?? {}).filter(([name]) => name !== state.segment));
      hand.change({ ...rest, ...(Object.keys(kept).length ? { levers: kept } : {}) }, "reset", say("last_reset", { segment: cockpit.labelOf(state.segment) }));
    },
    reset_assumptions: () => {
      let { scenario } = state;
      for (const lever of exchange.sent.assumptions) scenario = withLever(scenario, state.segment, lever.name, null);
      hand.change(scenario, "assumptions", say("last_assumptions"));
    },
    replay: hand.replay,
    pin: () => { state.pinned = state.pinned ? null : state.scenario; cockpit.refresh({ fresh: true }); cockpit.tell("look"); },
    stage: () => { cockpit.stage.open(); cockpit.refresh({ fresh: true }); },
    table: (button) => openTable(cockpit.card, cockpit.shown, button),
    notes: (button) => cockpit.card.open("table", button, say("notes"), exchange.sent.notes.map((note) => ["", escapeText(note)]), ""),
    sheet: () => { cockpit.at(".ck-programmes").scrollIntoView({ block: "center" }); if (!programmes().length) hand.programmes.add(); },
    flows: () => cockpit.at(".ck-below").scrollIntoView({ block: "center" }),
  };

  const named = (i, name) => `${programmes()[i].name}, ${say(`programme_${name}`).toLowerCase()}`;
  const added = (made) => {
    state.open = programmes().length;
    hand.change(withProgramme(state.scenario, state.open, made), "", say("last_added", { name: made.name }));
  };
  const fresh = () => newProgramme({ ...cockpit.shown, scenario: state.scenario });
  hand.programmes = {
    get forms() { return exchange.sent.forms; },
    open: (i) => { state.open = i; state.more = false; cockpit.refresh({ fresh: true }); },
    more: (i) => { state.more = state.open === i || state.open === null ? !state.more : true; state.open = i; cockpit.refresh({ fresh: true }); },
    move: (i, name, value) => {
      begin(`p${i + 1}.${name}`);
      state.scenario = withProgramme(state.scenario, i, { [name]: name === "starts" ? monthCode(exchange.model.month + value) : value });
      cockpit.refresh({ dragging: true });
    },
    commit: (i, name, value) => {
      const lever = programmeLever(name, cockpit.shown, i), before = programmeValue({ ...base(), scenario: state.start ?? state.scenario }, i, name);
      commit(`p${i + 1}.${name}`, say("last_of", { lever: named(i, name), before: writeLever(lever, before, base()), after: writeLever(lever, value, base()) }));
    },
    term: (i, name, value) => hand.change(withProgramme(state.scenario, i, { [name]: value }), `p${i + 1}.${name}`, named(i, name)),
    add: () => added(fresh()),
    copy: (i) => added({ ...programmes()[i], name: fresh().name }),
    remove: (i) => {
      const { name } = programmes()[i];
      Object.assign(state, { open: null, more: false });
      hand.change(withProgramme(state.scenario, i, null), "", say("last_removed", { name }));
    },
  };
  return hand;
}
