// The handout: one page, no network, the same kernel and drawing as the cockpit, two levers to try.

function makeHandout(root, sent) {
  const model = unpackModel(sent.model), numbers = makeNumbers(sent.forms), months = makeMonths(sent.forms);
  const words = (key, values = {}) => fill(sent.words[key] ?? key, values);
  Object.assign(model.named, sent.named);
  const at = (selector) => root.querySelector(selector), groupOf = (name) => model.groups.findIndex((group) => group.name === name);
  const narrow = () => root.clientWidth < 640;
  const state = { scenario: structuredClone(sent.scenario), lens: sent.lens, dragging: false };
  const chart = makeChart(at(".ho-chart"), { narrow });
  const tries = [];
  let outcome;

  const describe = () => {
    const g = groupOf(state.lens), band = outcome.drawn ? bandOf(model, outcome.drawn, g, outcome.groups[g].target) : null;
    return { ...describeCourse(model, outcome, g, { scenario: state.scenario, band }), words, numbers, months, milestones: [], dragging: state.dragging,
      subject: state.lens, key: sent.forms.locale, segment: state.lens, reaches: {}, usualNew: 0 };
  };

  function refresh() {
    outcome = computeOutcome(model, state.scenario);
    const shown = describe(), total = model.groups.length - 1, end = months.name(model.month + model.horizon);
    root.style.setProperty("--own", shown.group.colour);
    for (const side of ["light", "dark"]) root.style.setProperty(`--own-${side}`, shown.group[`ink_${side}`]);
    root.dataset.theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    const same = JSON.stringify(state.scenario) === JSON.stringify(sent.scenario), now = outcome.groups[total];
    at("[data-figure=sentence]").textContent = now.target === null ? words("handout_plain", { month: end, n: numbers.people(now.end) })
      : words(`handout_${same ? "proposal" : "own"}_${now.short > 0.5 ? "short" : "over"}`, { month: end, n: numbers.people(now.short > 0.5 ? now.short : now.end - now.target) });
    model.groups.forEach((group, g) => {
      const box = at(`.ho-bar[data-group="${group.name}"]`), here = outcome.groups[g];
      if (!box) return;
      setFigure(box.querySelector("[data-figure=attainment]"), here.attainment, here.attainment === null ? "" : numbers.share(here.attainment));
      box.querySelector(".ho-goal").innerHTML = goalBar(group, here, "ck-tall");
      setFigure(box.querySelector("[data-figure=covered]"), here.end, numbers.people(here.end));
      setFigure(box.querySelector("[data-figure=short]"), here.short, shortOrOver(group, here, words, numbers));
    });
    const own = model.groups.filter((group) => group.name !== "total");
    switchButtons(at(".ho-switch"), [...own, ...(own.length > 1 ? [model.groups[total]] : [])].map((group) => [group.name, group.label]), state.lens, (name) => { state.lens = name; refresh(); });
    chart.draw(shown);
    at(".ho-chart").setAttribute("aria-label", at("[data-figure=sentence]").textContent);
    for (const attempt of tries) attempt(shown);
    at(".ho-cost").textContent = outcome.cost ? words("handout_cost", { rupiah: numbers.rupiah(outcome.cost, true) }) : "";
    at(".ho-reset").disabled = same;
  }

  const moveTo = (scenario, dragging) => { Object.assign(state, { scenario, dragging }); refresh(); };

  function addLever(segment, lever, several) {
    const members = model.groups[groupOf(segment)].members, flow = { new: "new", extra: "new", lapse: "lapsed", back: "returned" }[lever.name];
    const usual = members.reduce((sum, s) => sum + sumSeries(model, stillOf(model, state.scenario).run[flow], [s]).slice(1).reduce((a, b) => a + b, 0) / model.horizon, 0);
    const label = several ? `${words(`lever_short_${lever.name}`)}, ${model.groups[groupOf(segment)].label.toLowerCase()}` : words(`lever_${lever.name}`);
    const set = (value, dragging) => moveTo(withLever(state.scenario, segment, lever.name, value), dragging);
    const slider = makeSlider({ mark: ["data-lever", `${segment}.${lever.name}`], lever, label, hooks: { forms: sent.forms, move: (value) => set(value, true), commit: (value) => set(value, false), card: () => {} } });
    at(".ho-sliders").append(slider.box);
    tries.push((shown) => {
      const value = state.scenario.levers?.[segment]?.[lever.name] ?? 0, write = (one) => writeLever(lever, one, shown);
      const reach = shown.dragging ? slider.reach : (slider.reach = leverReach(model, state.scenario, segment, lever));
      if (lever.unit === "people" && !shown.dragging) { lever.high = roundUp(Math.max(typeof reach === "number" ? reach * 1.5 : 2 * usual, value, 100)); lever.step = stepOf(lever.high); }
      slider.update(value, write(value), { moved: Math.abs(value) > 1e-9 });
      const after = lever.unit === "people" ? value : usual * Math.max(0, 1 + value);
      slider.box.querySelector(".ck-people").innerHTML = lever.unit === "people" ? words("extra_a_month", { n: `<b>${numbers.people(after)}</b>` }) : words("a_month", { n: `${numbers.people(usual)} → <b>${numbers.people(after)}</b>` });
      if (!shown.dragging) markTrack(slider, { done: sent.done[segment]?.[lever.name]?.best ?? null, reach, words, write: (one) => write(isShare(lever) ? Math.round(one * 100) / 100 : Math.ceil(one)), short: true });
    });
  }

  function addWorkers(i) {
    const programme = sent.scenario.programme[i];
    const lever = { name: "workers", unit: "people", least: 0, most: 1e8, low: 0, high: 1000, step: 1 };
    const set = (value, dragging) => moveTo(withProgramme(state.scenario, i, { workers: value }), dragging);
    const slider = makeSlider({ mark: ["data-programme", `${i}.workers`], lever, label: words("handout_workers"), hooks: { forms: sent.forms, move: (value) => set(value, true), commit: (value) => set(value, false), card: () => {} } });
    at(".ho-sliders").append(slider.box);
    tries.push((shown) => {
      const { workers } = state.scenario.programme[i], run = outcome.programmes[i];
      const reach = shown.dragging ? slider.reach : (slider.reach = workersReach(model, state.scenario, i));
      if (!shown.dragging) { lever.high = roundUp(Math.max(typeof reach === "number" ? reach * 1.1 : 0, workers * 1.5, 100)); lever.step = stepOf(lever.high); }
      slider.update(workers, numbers.people(workers), { moved: true });
      slider.box.querySelector(".ck-people").innerHTML = words("handout_people", { n: `<b>${numbers.people(workers)}</b>`, from: months.brief(model.month + run.starts), to: months.brief(model.month + run.ends - 1) });
      if (!shown.dragging) markTrack(slider, { done: sent.done[programme.segment]?.workers?.best ?? null, reach, words, write: numbers.people, short: true });
    });
  }

  // The levers of the proposal; where it has none, registrations.
  const moved = Object.entries(sent.scenario.levers ?? {}).flatMap(([segment, levers]) => sent.levers.filter((lever) => levers[lever.name]).map((lever) => [segment, lever]));
  const programmes = (sent.scenario.programme ?? []).map((_, i) => i).filter((i) => model.cuts[sent.scenario.programme[i].segment]);
  const chosen = moved.filter(([segment]) => groupOf(segment) >= 0).slice(0, programmes.length ? 1 : 2);
  if (!chosen.length) chosen.push([model.groups[groupOf(state.lens)].name === "total" ? model.groups[0].name : state.lens, sent.levers.find((lever) => lever.name === "new")]);
  const several = new Set(chosen.map(([segment]) => segment)).size > 1;
  chosen.forEach(([segment, lever]) => addLever(segment, { ...lever }, several));
  programmes.slice(0, 1).forEach(addWorkers);

  at(".ho-reset").onclick = () => moveTo(structuredClone(sent.scenario), false);
  at(".ho-send").onclick = async () => {
    const text = scenarioText(state.scenario, words("handout_choice"));
    at(".ho-text").hidden = false;
    at(".ho-text textarea").value = text;
    const file = new File([text], "pilihan.toml", { type: "text/plain" });
    if (navigator.canShare?.({ files: [file] })) { try { await navigator.share({ files: [file], title: document.title }); return; } catch { /* the reader changed their mind: the text stands there */ } }
    const link = document.createElement("a");
    link.href = URL.createObjectURL(file);
    link.download = "pilihan.toml";
    link.click();
  };
  addEventListener("resize", refresh);
  refresh();
}

// A scenario as the file that the app opens (TOML).
function scenarioText(scenario, name) {
  const value = (one) => (typeof one === "number" ? String(one) : Array.isArray(one) ? `[${one.map(value).join(", ")}]` : JSON.stringify(one));
  const lines = [`name = ${value(name)}`];
  if (scenario.until) lines.push(`until = ${value(scenario.until)}`);
  for (const [segment, levers] of Object.entries(scenario.levers ?? {})) {
    lines.push("", `[levers.${segment}]`, ...Object.entries(levers).filter(([key]) => key !== "branch").map(([key, one]) => `${key} = ${value(one)}`));
    for (const [branch, own] of Object.entries(levers.branch ?? {})) lines.push("", `[levers.${segment}.branch.${JSON.stringify(branch)}]`, ...Object.entries(own).map(([key, one]) => `${key} = ${value(one)}`));
  }
  for (const [segment, rule] of Object.entries(scenario.rule ?? {})) lines.push("", `[rule.${segment}]`, ...Object.entries(rule).map(([key, one]) => `${key} = ${value(one)}`));
  for (const programme of scenario.programme ?? []) lines.push("", "[[programme]]", ...Object.entries(programme).filter(([, one]) => one !== null).map(([key, one]) => `${key} = ${value(one)}`));
  return `${lines.join("\n")}\n`;
}
