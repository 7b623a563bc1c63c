// What a scenario asks of every series, as the kernel takes it: levers, extra registrations and programmes.

const KEPT_FLOWS = ["new", "lapsed", "returned", "enrolled", "ended", "stayed"];
const SERIES_INPUTS = ["eligible_0", "paying_0", "funded_0", "pool_0", "back_rate"];
const ASKED_OF_SERIES = ["active", "missing", "target", "rising", "ahead", "registered", "january"];
const MONTHLY_INPUTS = ["new_rate", "lapse_rate", "path", "floor"];

function shareOut(total, weights) {
  // Whole people in proportion to weights, by largest remainder; of equal remainders the first is served first.
  const positive = weights.map((weight) => (weight > 0 ? weight : 0));
  const sum = positive.reduce((a, b) => a + b, 0);
  const exact = positive.map((weight) => (sum > 0 ? total * (weight / sum) : total / weights.length));
  const parts = exact.map(Math.floor);
  const order = exact.map((_, index) => index).sort((a, b) => exact[b] - parts[b] - (exact[a] - parts[a]) || a - b);
  const missing = Math.round(total - parts.reduce((a, b) => a + b, 0));
  for (let i = 0; i < Math.abs(missing); i++) parts[order[i % order.length]] += Math.sign(missing);
  return parts;
}

// A month of a scenario is a code (`2023-03`) or so many months after the as-of month (`+2`).
function monthsAhead(model, text) {
  return text.startsWith("+") ? Number(text) : monthNumber(text) - model.month;
}

const isNamed = (model, name, s) => Boolean(model.named[name]?.includes(model.origin[s]));

// What stands for a segment, and what a branch of its own has in its place.
function leversOf(model, scenario, s) {
  const wide = scenario.levers?.[model.segment[s]] ?? {};
  const own = wide.branch && Object.entries(wide.branch).find(([name]) => isNamed(model, name, s));
  return own ? { ...wide, ...own[1], own: own[1] } : wide;
}

function leverNumber(model, lever, value) {
  if (lever.unit === "month") return value ? monthsAhead(model, value) : 1;
  if (lever.unit === "growth") return value ?? model.settings.growth;
  return lever.unit === "months" ? Math.max(value ?? 0, 1) : value ?? 0;
}

function roomWeights(model, members) {
  const unknown = members.some((s) => !Number.isFinite(model.eligible_0[s]));
  return members.map((s) => (unknown ? model.active[s] : Math.max(model.eligible_0[s] - model.active[s], 0)));
}

function spreadWeights(model, spread, members) {
  const unknown = members.some((s) => !Number.isFinite(model.eligible_0[s]));
  if (spread === "active") return members.map((s) => model.active[s]);
  if (spread === "eligible") return members.map((s) => (unknown ? model.active[s] : model.eligible_0[s]));
  if (spread === "gap") return members.map((s) => Math.max(model.missing[s], 0));
  return roomWeights(model, members);
}

// Registrations of a whole segment are shared over its branches; what a branch has of its own stays its own.
function shareLever(model, scenario, name, values) {
  const shared = new Map();
  for (let s = 0; s < model.count; s++) {
    if (values[s] > 0 && !(name in (leversOf(model, scenario, s).own ?? {}))) shared.set(model.segment[s], [...(shared.get(model.segment[s]) ?? []), s]);
  }
  for (const members of shared.values()) {
    let weights = roomWeights(model, members);
    if (weights.reduce((a, b) => a + b, 0) <= 0) weights = members.map(() => 1);
    const sum = weights.reduce((a, b) => a + b, 0);
    members.forEach((s, i) => { values[s] *= weights[i] / sum; });
  }
}

function programmeWorkers(model, programme, workers, first) {
  const members = [];
  for (let s = 0; s < model.count; s++) {
    const inside = !programme.branches || programme.branches.some((name) => isNamed(model, name, s));
    if (model.segment[s] === programme.segment && inside) members.push(s);
  }
  shareOut(programme.workers, spreadWeights(model, programme.spread ?? "uncovered", members)).forEach((part, i) => { workers[first + members[i]] = part; });
}

// Programmes that run already come first, then the scenario's.
function planProgrammes(model, given, own) {
  const count = model.running.length + own.length, { count: series } = model;
  given.programmes = count;
  for (const name of ["starts_k", "ends_k", "stay_k", "weight_k"]) given[name] = new Float64Array(count);
  for (const name of ["workers_k", "held_k"]) given[name] = new Float64Array(count * series);
  model.running.forEach((running, k) => {
    for (const name of ["starts_k", "ends_k", "stay_k", "weight_k"]) given[name][k] = running[name];
    for (const name of ["workers_k", "held_k"]) given[name].set(running[name], k * series);
  });
  own.forEach((programme, i) => {
    const k = model.running.length + i;
    given.starts_k[k] = monthsAhead(model, programme.starts);
    given.ends_k[k] = given.starts_k[k] + programme.months;
    given.stay_k[k] = programme.stay ?? model.settings.stay;
    given.weight_k[k] = 1;
    programmeWorkers(model, programme, given.workers_k, k * series);
  });
}

function makePlan(model, scenario) {
  const given = { series: model.count, draws: 1, months: model.horizon, rows: model.horizon + 1 };
  for (const name of [...SERIES_INPUTS, ...MONTHLY_INPUTS]) if (model[name]) given[name] = model[name];
  for (const lever of model.levers) {
    const values = new Float64Array(model.count);
    for (let s = 0; s < model.count; s++) values[s] = leverNumber(model, lever, leversOf(model, scenario, s)[lever.name]);
    if (lever.shared) shareLever(model, scenario, lever.name, values);
    given[`lever_${lever.name}`] = values;
  }
  planProgrammes(model, given, scenario.programme ?? []);
  return given;
}

// A part of the model: some of its series, for questions that concern a segment alone.
function cutModel(model, keep) {
  const length = model.horizon + 1, cut = { ...model, count: keep.length, origin: keep, segment: keep.map((s) => model.segment[s]), draws: null };
  const column = (values) => values && Float64Array.from(keep, (s) => values[s]);
  for (const name of [...SERIES_INPUTS, ...ASKED_OF_SERIES]) cut[name] = column(model[name]);
  for (const name of MONTHLY_INPUTS) {
    if (!model[name]) continue;
    cut[name] = new Float64Array(length * keep.length);
    for (let t = 0; t < length; t++) keep.forEach((s, i) => { cut[name][t * keep.length + i] = model[name][t * model.count + s]; });
  }
  cut.running = model.running.map((running) => ({ ...running, workers_k: column(running.workers_k), held_k: column(running.held_k) }));
  return cut;
}
