// The cockpit: everything follows the hand at once, here; the server hears of a value once, when it is let go.

const KNOWN_MODELS = new Map(), KNOWN_STAGE = { page: "" };

function makeCockpit(root) {
  const state = { scenario: {}, lens: "", segment: "", second: "flows", number: 0, edition: null, open: null, more: false, dragging: "", before: null, pinned: null, differs: [] };
  const steps = makeSteps();
  const cockpit = { send: () => {}, state, steps };
  const at = (selector) => root.querySelector(selector);
  const narrow = () => (cockpit.width ??= root.clientWidth) < 640;
  let sent, model, words, numbers, months, strip, chart, second, card, programmes, sliders = {}, assumptions = [], built = "", outcome, stopReplay = null;

  // ---- what Python says: at first, after each release, and when something else was changed on the page
  cockpit.take = (data) => {
    if (data.model) KNOWN_MODELS.set(data.model_key, unpackModel(data.model));
    if (data.stage_page) KNOWN_STAGE.page = data.stage_page;
    if (!KNOWN_MODELS.has(data.model_key)) { cockpit.send({ kind: "need", number: state.number }); return; }
    const other = !sent || sent.model_key !== data.model_key || sent.language !== data.language;
    sent = cockpit.sent = data;
    if (other) {
      model = KNOWN_MODELS.get(data.model_key);
      numbers = makeNumbers(data.forms);
      months = makeMonths(data.forms);
      words = (key, values = {}) => fill(data.words[key] ?? key, values);
    }
    Object.assign(model.named, data.named);
    if (data.edition !== state.edition) {
      Object.assign(state, { scenario: data.scenario, edition: data.edition, lens: data.lens, segment: data.segment, second: data.second, pinned: data.pinned, differs: [] });
      Object.assign(steps, { past: [...data.past], future: [...data.future], last: null });
    }
    if (data.answered === state.number) state.differs = data.differs;
    build();
    refresh({ fresh: other || !state.dragging });
  };

  function build() {
    const key = [sent.language, sent.model_key].join();
    if (key !== built) {
      root.innerHTML = cockpitSkeleton(words);
      built = key;
      sliders = {};
      strip = makeStrip(at(".ck-strip"), { chooseLens });
      strip.build(model, words);
      chart = makeChart(at(".ck-chart"), { narrow });
      second = makeSecond(at(".ck-second"), { narrow });
      card = makeCard(root);
      card.closeWord = words("close");
      programmes = makeProgrammes(at(".ck-programmes"), programmeHooks);
      root.querySelectorAll("[data-act]").forEach((button) => { button.onclick = () => acts[button.dataset.act](button); });
    }
    if (at(".ck-acts").dataset.segment !== state.segment) buildLevers();
  }

  function buildLevers() {
    const { segment } = state;
    at(".ck-acts").dataset.segment = segment;
    at(".ck-acts").textContent = "";
    at(".ck-assumptions .ck-sliders").textContent = "";
    const made = (declared, compact) => {
      const lever = { ...declared };
      return makeSlider({
        mark: ["data-lever", `${segment}.${lever.name}`], lever, label: words(`lever_${lever.name}`), compact,
        hooks: {
          forms: sent.forms, move: (value) => moveLever(lever, value), commit: (value) => commitLever(lever, value),
          card: (anchor) => openCard(lever, anchor),
        },
      });
    };
    sliders = Object.fromEntries(sent.levers.map((lever) => [lever.name, made(lever, false)]));
    assumptions = sent.assumptions.map((lever) => made(lever, true));
    at(".ck-acts").append(...Object.values(sliders).map((slider) => slider.box));
    at(".ck-assumptions .ck-sliders").append(...assumptions.map((slider) => slider.box));
  }

  // ---- what a hand does
  function begin(mark) {
    if (state.dragging === mark) return;
    stopReplay?.();
    state.dragging = mark;
    state.start = state.scenario;
    state.before = outcome.groups.map((group) => group.path);
  }

  const written = (lever, value) => {
    if (lever.unit === "month") return value === 1 ? null : monthCode(model.month + value);
    if (lever.name === "eligible_growth") return Math.abs(value - model.settings.growth) < 1e-9 ? null : value;
    return lever.name === "ramp" && value <= 1 ? null : value;
  };

  function moveLever(lever, value) {
    begin(`${state.segment}.${lever.name}`);
    state.scenario = withLever(state.scenario, state.segment, lever.name, written(lever, value));
    refresh({ dragging: true });
  }

  function commitLever(lever, value) {
    const before = leverValue(state.start ?? state.scenario, lever);
    commit(`${state.segment}.${lever.name}`, words("last_of", { lever: words(`lever_short_${lever.name}`), before: lessUnit(writeLever(lever, before, shownBase())), after: writeLever(lever, value, shownBase()) }));
  }
  const lessUnit = (text) => text.replace(/\s*%$/, "");

  function commit(mark, what) {
    const before = state.start ?? state.scenario;
    state.dragging = "";
    state.before = null;
    state.start = null;
    if (JSON.stringify(before) === JSON.stringify(state.scenario)) { refresh({ fresh: true }); return; }
    const again = steps.add(before, mark);
    const from = again && steps.last ? steps.last.from : before;
    steps.last = { from, to: state.scenario, what, mark };
    refresh({ fresh: true });
    tell("set", { lever: mark });
    at(".ck-live").textContent = `${at("[data-figure=sentence]").textContent}. ${what}`;
  }

  // The server learns what stands here, with the figures that stand here, and answers whether it finds the same.
  function tell(kind, more = {}) {
    state.number += 1;
    state.differs = [];
    const figures = Object.fromEntries(model.groups.map((group, g) => [group.name, outcome.groups[g].end]));
    cockpit.send({ kind, number: state.number, scenario: state.scenario, figures, lens: state.lens, segment: state.segment, second: state.second, pinned: state.pinned, have: sent.model_key, ...more });
  }

  function chooseLens(name) {
    state.lens = name;
    if (name !== "total") state.segment = name;
    build();
    refresh({ fresh: true });
    tell("look");
  }

  function replace(scenario, kind) {
    if (!scenario) return;
    stopReplay?.();
    Object.assign(state, { scenario, dragging: "", start: null, before: null });
    steps.last = null;
    refresh({ fresh: true });
    tell(kind);
  }

  const acts = {
    undo: () => replace(steps.undo(state.scenario), "undo"),
    redo: () => replace(steps.redo(state.scenario), "redo"),
    reset: () => {
      const { levers, ...rest } = state.scenario;
      const kept = Object.fromEntries(Object.entries(levers ?? {}).filter(([name]) => name !== state.segment));
      change({ ...rest, ...(Object.keys(kept).length ? { levers: kept } : {}) }, "reset", words("last_reset", { segment: labelOf(state.segment) }));
    },
    reset_assumptions: () => {
      let scenario = state.scenario;
      for (const lever of sent.assumptions) scenario = withLever(scenario, state.segment, lever.name, null);
      change(scenario, "assumptions", words("last_assumptions"));
    },
    replay: () => replay(),
    pin: () => { state.pinned = state.pinned ? null : state.scenario; refresh({ fresh: true }); tell("look"); },
    stage: () => { cockpit.stage.open(sent.stage_page ?? KNOWN_STAGE.page); refresh({ fresh: true }); },
    table: (button) => { card.open("table", button, words("table"), [], ""); at(".ck-dialog dl").outerHTML = trajectoryTable(cockpit.shown); at(".ck-dialog").classList.add("ck-wide"); },
    notes: (button) => card.open("table", button, words("notes"), sent.notes.map((note) => ["", escapeText(note)]), ""),
    sheet: () => { at(".ck-programmes").scrollIntoView({ block: "center" }); if (!(state.scenario.programme ?? []).length) programmeHooks.add(); },
    flows: () => at(".ck-below").scrollIntoView({ block: "center" }),
  };

  function change(scenario, mark, what) {
    state.start = state.scenario;
    state.scenario = scenario;
    commit(mark, what);
  }

  function replay() {
    const { last } = steps;
    if (!last) return;
    stopReplay?.();
    const shown = outcome.groups.map((group) => group.path);
    const show = (scenario) => { state.scenario = scenario; state.dragging = "replay"; state.before = shown; refresh({ dragging: true }); };
    const done = () => { stopReplay = null; Object.assign(state, { scenario: last.to, dragging: "", before: null }); refresh({ fresh: true }); };
    const stop = playAgain(model, last.from, last.to, show, done);
    stopReplay = () => { stop(); done(); };
  }

  const programmeHooks = {
    get forms() { return sent.forms; },
    open: (i) => { state.open = i; state.more = false; refresh({ fresh: true }); },
    more: (i) => { state.more = state.open === i || state.open === null ? !state.more : true; state.open = i; refresh({ fresh: true }); },
    move: (i, name, value) => {
      begin(`p${i + 1}.${name}`);
      state.scenario = withProgramme(state.scenario, i, { [name]: name === "starts" ? monthCode(model.month + value) : value });
      refresh({ dragging: true });
    },
    commit: (i, name, value) => {
      const lever = programmeLever(name, cockpit.shown, i), before = programmeValue({ ...shownBase(), scenario: state.start ?? state.scenario }, i, name);
      commit(`p${i + 1}.${name}`, words("last_of", { lever: `${state.scenario.programme[i].name}, ${words(`programme_${name}`).toLowerCase()}`, before: writeLever(lever, before, shownBase()), after: writeLever(lever, value, shownBase()) }));
    },
    term: (i, name, value) => change(withProgramme(state.scenario, i, { [name]: value }), `p${i + 1}.${name}`, `${state.scenario.programme[i].name}, ${words(`programme_${name}`).toLowerCase()}`),
    add: () => {
      const made = newProgramme({ ...cockpit.shown, scenario: state.scenario });
      state.open = (state.scenario.programme ?? []).length;
      change(withProgramme(state.scenario, state.open, made), "", words("last_added", { name: made.name }));
    },
    copy: (i) => {
      const made = { ...state.scenario.programme[i], name: newProgramme({ ...cockpit.shown, scenario: state.scenario }).name };
      state.open = state.scenario.programme.length;
      change(withProgramme(state.scenario, state.open, made), "", words("last_added", { name: made.name }));
    },
    remove: (i) => { const { name } = state.scenario.programme[i]; state.open = null; state.more = false; change(withProgramme(state.scenario, i, null), "", words("last_removed", { name })); },
  };

  // ---- what stands on the screen
  const labelOf = (segment) => model.groups.find((group) => group.name === segment)?.label ?? segment;
  const groupOf = (name) => model.groups.findIndex((group) => group.name === name);
  const shownBase = () => ({ words, numbers, months, model });
  const leverValue = (scenario, lever) => {
    const value = scenario.levers?.[state.segment]?.[lever.name];
    if (lever.unit === "month") return value ? monthsAhead(model, value) : 1;
    return value ?? (lever.name === "eligible_growth" ? model.settings.growth : 0);
  };

  function usualOf(segment) {
    const members = model.groups[groupOf(segment)].members, length = model.horizon + 1, found = {};
    const flows = { new: "new", lapse: "lapsed", back: "returned" };
    for (const [lever, flow] of Object.entries(flows)) {
      found[lever] = members.map((s) => { let sum = 0; for (let t = 1; t < length; t++) sum += stillOf(model, state.scenario).run[flow][t * model.count + s]; return sum / model.horizon; });
    }
    return found;
  }

  function reachesNow() {
    const found = {};
    for (const lever of sent.levers) found[lever.name] = leverReach(model, state.scenario, state.segment, lever);
    (state.scenario.programme ?? []).forEach((_, i) => { found[`${i}.workers`] = workersReach(model, state.scenario, i); });
    return found;
  }

  function refresh({ dragging = false, fresh = false }) {
    const quick = dragging && model.count > 100;
    outcome = computeOutcome(model, state.scenario, { draws: !quick });
    const g = Math.max(groupOf(state.lens), 0), group = model.groups[g];
    cockpit.band = outcome.drawn ? bandOf(model, outcome.drawn, g, outcome.groups[g].target) : quick ? cockpit.band : null;
    if (fresh || !cockpit.reaches) { cockpit.reaches = reachesNow(); cockpit.usual = usualOf(state.segment); cockpit.pinnedPath = state.pinned ? computeOutcome(model, state.pinned, { draws: false }).groups[g].path : null; }
    const shown = cockpit.shown = describe(g, group, dragging);
    root.style.setProperty("--own", group.colour);
    root.dataset.segment = group.name;
    for (const side of ["light", "dark"]) root.style.setProperty(`--own-${side}`, group[`ink_${side}`]);
    root.classList.toggle("ck-dragging", dragging);
    strip.update(shown);
    updateLevers(shown, fresh);
    programmes.update(shown, fresh);
    updateHead(shown);
    chart.draw(shown);
    shown.labelWidth = chart.labels;
    second.draw(shown);
    updatePhone(shown);
    cockpit.stage.show(shown);
  }

  function describe(g, group, dragging) {
    const { horizon } = model, back = Math.min(12, model.past[group.name].active.length - 1);
    const history = model.past[group.name].active.slice(-back - 1);
    const still = stillOf(model, state.scenario).groups[g].path, now = outcome.groups[g], { band } = cockpit;
    const moved = JSON.stringify(state.scenario.levers ?? {}) !== "{}" || (state.scenario.programme ?? []).length > 0 || Boolean(state.scenario.rule);
    const { target } = now, milestones = model.milestones[group.name] ?? [];
    const range = axisRange(model, [history, [...still], [...now.path], band ? [...band.low, ...band.high] : [], target === null ? [] : [target], cockpit.pinnedPath ? [...cockpit.pinnedPath] : []]);
    const usual = Object.fromEntries(Object.entries(cockpit.usual).map(([name, each]) => [name, each.reduce((a, b) => a + b, 0)]));
    const members = model.groups[groupOf(state.segment)].members;
    const asked = Object.fromEntries(Object.entries(cockpit.usual).map(([name, each]) => [name, each.reduce((sum, value, i) => sum + value * Math.max(0, 1 + outcome.plan[`lever_${name}`][members[i]]), 0)]));
    const values = Object.fromEntries([...sent.levers, ...sent.assumptions].map((lever) => [lever.name, leverValue(state.scenario, lever)]));
    const base = state.start ?? state.scenario;
    const { last } = steps;
    if (last && !dragging) last.people = now.end - computeOutcome(model, last.from, { draws: false }).groups[g].end;
    const lastNow = dragging && state.dragging !== "replay" && state.before ? { people: now.path[horizon] - state.before[g][horizon], what: words("moving") } : last;
    const flows = Object.fromEntries(["new", "returned", "lapsed", "ended", "stayed"].map((name) => [name, sumSeries(model, outcome.run[name], group.members)]));
    flows.enrolled = sumSeries(model, outcome.run.enrolled, group.members);
    const length = horizon + 1;
    const chances = outcome.drawn && target !== null ? Array.from({ length }, (_, t) => {
      let reached = 0;
      for (let k = 0; k < outcome.drawn.count; k++) reached += outcome.drawn.paths[g][t * outcome.drawn.count + k] >= target - 1e-6;
      return reached / outcome.drawn.count;
    }) : null;
    return {
      model, words, numbers, months, outcome, group, lens: group.name, segment: state.segment, scenario: state.scenario, back, history, past: { months: model.past.months, ...model.past[group.name] },
      still, course: now.path, end: now.end, short: now.short, target, band, cliff: now.cliff, milestones, moved, range, dragging,
      before: state.before && moved ? state.before[g] : null, pinned: cockpit.pinnedPath, chance: band ? band.chance : null,
      last: lastNow, programmes: outcome.programmes, flows, chances, lines: branchLines(g), second: state.second,
      subject: `${sent.model_key}|${group.name}|${state.second}`, key: sent.language, wordsKey: sent.language, modelKey: sent.model_key,
      usual, usualNew: usual.new, asked, values, sentLevers: sent.levers, done: sent.done[state.segment] ?? {}, doneWorkers: Object.fromEntries(Object.entries(sent.done).map(([name, done]) => [name, done.workers])),
      reaches: cockpit.reaches, openProgramme: state.open, moreProgramme: state.more,
    };
  }

  // Each branch's attainment (or cover of its eligible) by month; of a single branch its segments'.
  function branchLines(g) {
    if (state.second !== "branches") return [];
    const branches = [...new Set(model.branch)], length = model.horizon + 1, { members } = model.groups[g];
    const sets = branches.length > 1
      ? branches.map((name) => ({ name, members: members.filter((s) => model.branch[s] === name) }))
      : model.groups.slice(0, -1).map((group) => ({ name: group.label, members: group.members }));
    return sets.filter((set) => set.members.length).map(({ name, members: own }) => {
      const path = sumSeries(model, outcome.run.covered, own);
      const whole = own.reduce((sum, s) => sum + (Number.isNaN(model.target[s]) ? model.active[s] : model.target[s]), 0);
      return { name, values: path.map((value) => value / (whole || 1)).slice(0, length) };
    });
  }

  function updateLevers(shown, fresh) {
    const short = narrow(), options = model.groups.filter((group) => group.name !== "total").map((group) => [group.name, group.label]);
    switchButtons(at(".ck-levers .ck-switch"), options, state.segment, chooseLens);
    at(".ck-switch-row").classList.toggle("ck-single", options.length < 2);
    for (const [name, slider] of Object.entries(sliders)) {
      const { lever } = slider, value = shown.values[name], reach = shown.reaches[name];
      if (lever.unit === "people" && !shown.dragging) {
        lever.high = roundUp(Math.max(typeof reach === "number" ? reach * 1.5 : 0, value, typeof reach === "number" ? 0 : 2 * shown.usualNew, 100));
        lever.step = stepOf(lever.high);
      }
      const zero = 0, moved = Math.abs(value) > 1e-9;
      slider.update(value, writeLever(lever, value, shown), { zero, moved });
      const people = slider.box.querySelector(".ck-people");
      const before = shown.usual[name] ?? 0, after = lever.unit === "people" ? value : shown.asked[name] ?? 0;
      people.innerHTML = Math.abs(after - before) < 0.5 || lever.unit === "people"
        ? words(lever.unit === "people" ? "extra_a_month" : "a_month", { n: `<b>${numbers.people(after)}</b>` })
        : words("a_month", { n: `${numbers.people(before)} → <b>${numbers.people(after)}</b>` });
      people.dataset.value = String(after);
      if (!shown.dragging) markTrack(slider, { done: shown.done[name]?.best ?? null, reach, words, write: (one) => writeLever(lever, one > 0 && isShare(lever) ? Math.ceil(one * 100 - 1e-6) / 100 : isShare(lever) ? Math.floor(one * 100 + 1e-6) / 100 : Math.ceil(one), shown), short });
      slider.box.classList.toggle("ck-other", shown.dragging && state.dragging !== `${state.segment}.${name}`);
    }
    const { values } = shown;
    at(".ck-assumptions summary").innerHTML = `${icon("chevron", 14)}<span>${words("assumptions", { growth: numbers.change(values.eligible_growth), month: months.short(model.month + values.starts) })}${values.ramp > 1 ? ` · ${words("ramp_of", { n: numbers.people(values.ramp) })}` : ""}</span>`;
    assumptions.forEach((slider) => {
      const { lever } = slider, value = values[lever.name];
      slider.update(value, writeLever(lever, value, shown), { zero: lever.low, moved: true });
    });
    if (card.name && card.name !== "table") openCard(sent.levers.find((lever) => lever.name === card.name), null);
  }

  function openCard(lever, anchor) {
    const told = sent.cards[`${state.segment}.${lever.name}`] ?? { what: "", who: "", foot: "" };
    const title = words("card_title", { lever: words(`lever_${lever.name}`), segment: labelOf(state.segment).toLowerCase() });
    const rows = leverCard(cockpit.shown, lever, told);
    at(".ck-dialog").classList.remove("ck-wide");
    if (anchor) card.open(lever.name, anchor, title, rows, told.foot); else card.fill(title, rows, told.foot);
  }

  function updateHead(shown) {
    const { group, target, end, short, band } = shown, month = months.long(model.month + model.horizon);
    const values = { segment: group.label, month, n: numbers.people(end), gap: numbers.people(short), more: numbers.people(end - (target ?? 0)) };
    const said = target === null ? "said_no_target" : short > 0.5 ? "said_short" : end - target >= 0.5 ? "said_over" : "said_exact";
    at("[data-figure=sentence]").textContent = words(said, values);
    at(".ck-second-line").textContent = `${words("what_is_shown", { segment: group.label.toLowerCase(), place: sent.place })}   ${band ? words("band_is", { low: numbers.people(band.low[model.horizon]), high: numbers.people(band.high[model.horizon]) }) : sent.no_band}`;
    const differs = at(".ck-differs");
    differs.hidden = !state.differs.length;
    differs.textContent = state.differs.map((one) => words("differs", { segment: labelOf(one.segment), here: numbers.decimal(one.here, 1), server: numbers.decimal(one.server, 1) })).join(" ");
    at(".ck-stage-bar").hidden = !cockpit.stage.opened;
    switchButtons(at(".ck-stage-bar .ck-switch"), STAGE_KINDS.map((kind) => [kind, words(`stage_${kind}`)]), cockpit.stage.kind, (kind) => { cockpit.stage.choose(kind); updateHead(shown); });
    const notes = at(".ck-notes"), [first, ...others] = sent.notes;
    notes.hidden = !first;
    notes.textContent = others.length ? words("notes_more", { text: first, n: others.length }) : first ?? "";
    if (!shown.dragging) fitHead();
    at(".ck-chart").setAttribute("aria-label", `${words(said, values)}. ${at(".ck-second-line").textContent}`);
    at(".ck-second").setAttribute("aria-label", words(`second_${state.second}_of`, { place: sent.place }));
    root.querySelectorAll("[data-act=undo]").forEach((button) => { button.disabled = !steps.past.length; });
    at("[data-act=redo]").disabled = !steps.future.length;
    root.querySelectorAll("[data-act=replay]").forEach((button) => { button.disabled = !steps.last; });
    at("[data-act=pin]").setAttribute("aria-pressed", String(Boolean(state.pinned)));
    at("[data-act=reset]").disabled = !state.scenario.levers?.[state.segment];
    const choices = ["flows", "money", "branches", "chance"].map((name) => [name, words(`second_${name}`)]);
    at(".ck-below-name").textContent = words(`second_${state.second}_name`);
    switchButtons(at(".ck-choices"), choices, state.second, (name) => { state.second = name; refresh({ fresh: true }); tell("look"); });
    const funds = [...new Set((state.scenario.programme ?? []).map((one) => words(`fund_${one.fund ?? "government"}`)))];
    const cost = at(".ck-cost-of");
    cost.textContent = funds.length ? `${funds.join(", ")}${(state.scenario.programme ?? []).length === 1 ? `, ${words("months_n", { n: numbers.people(state.scenario.programme[0].months) })}` : ""}` : words("cost_none");
  }

  // Where the headline needs the room of their words, the buttons beside it are icons.
  function fitHead() {
    const head = at(".ck-head");
    head.classList.remove("ck-icons-only");
    head.classList.toggle("ck-icons-only", head.firstElementChild.offsetHeight > 30);
  }

  function updatePhone(shown) {
    const g = groupOf(shown.lens), now = outcome.groups[g], { group } = shown;
    switchButtons(at(".ck-phone .ck-switch"), model.groups.map((one) => [one.name, one.label]), shown.lens, chooseLens);
    at(".ck-phone-figure").innerHTML = now.attainment === null ? `<b>${numbers.people(now.end)}</b>` : `${numbers.decimal((group.active / group.target) * 100, 1)} → <b>${numbers.share(now.attainment)}</b>`;
    at(".ck-phone-bar").innerHTML = goalBar(group, now, "ck-tall");
    const said = shortOrOver(group, now, words, numbers);
    at(".ck-phone-words").innerHTML = `<span><b>${numbers.people(now.end)}</b>${said ? ` · ${said}` : ""}${shown.chance === null ? "" : ` · ${words("chance_phone", { chance: numbers.chance(shown.chance) })}`}</span>${group.target === null ? "" : statusWord(group, now, words, numbers)}`;
  }

  // ---- keys and sizes
  const onKey = (event) => {
    const typing = event.target.closest?.("input:not([type=range]), textarea, select, [contenteditable=true]");
    if (typing || !root.isConnected) return;
    const held = event.ctrlKey || event.metaKey;
    if (!held && !event.altKey && event.key.toLowerCase() === "r") { event.stopImmediatePropagation(); event.preventDefault(); replay(); }
    if (held && event.key.toLowerCase() === "z") { event.stopImmediatePropagation(); event.preventDefault(); acts[event.shiftKey ? "redo" : "undo"](); }
    if (event.key === "Escape") card?.close();
  };
  const fit = () => {
    const scroller = root.closest("[data-testid=stMain]");
    const top = root.getBoundingClientRect().top + (scroller?.scrollTop ?? 0);
    root.style.setProperty("--ck-height", `${Math.max(innerHeight - top, 560)}px`);
    const size = [root.clientWidth, innerHeight, top, root.dataset.theme = isDark(root) ? "dark" : "light"].join();
    if (size === cockpit.size) return;
    cockpit.size = size;
    cockpit.width = root.clientWidth;
    if (model && outcome) refresh({ fresh: !state.dragging });
  };
  const onPress = (event) => { if (card && card.name && !root.querySelector(".ck-dialog").contains(event.target) && !event.target.closest?.(".ck-name, .ck-table-button")) card.close(); };
  addEventListener("keydown", onKey, true);
  addEventListener("pointerdown", onPress, true);
  const watcher = new ResizeObserver(() => requestAnimationFrame(fit));
  watcher.observe(root);
  addEventListener("resize", fit);
  cockpit.stage = makeConsole(cockpit);
  cockpit.onStage = () => { if (outcome) updateHead(cockpit.shown); };
  cockpit.fit = fit;
  cockpit.close = () => { removeEventListener("keydown", onKey, true); removeEventListener("pointerdown", onPress, true); removeEventListener("resize", fit); watcher.disconnect(); stopReplay?.(); cockpit.stage.close(); };
  return cockpit;
}

// The app's theme may differ from the system's: what ground does the page really have?
function isDark(root) {
  const ground = getComputedStyle(root).getPropertyValue("--st-background-color").trim() || getComputedStyle(document.body).backgroundColor;
  const context = document.createElement("canvas").getContext("2d");
  context.fillStyle = ground;
  const [red, green, blue] = [1, 3, 5].map((i) => parseInt(context.fillStyle.slice(i, i + 2), 16));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue < 128;
}
