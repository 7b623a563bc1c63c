// What Python sends of a view, unpacked; and what a scenario makes of it, for every group that is looked at.

function unpackNumbers(text) {
  if (text === null || text === undefined) return null;
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return new Float64Array(bytes.buffer);
}

const COLUMNS = ["eligible", "paying", "funded", "pool", "back", "growth", "active", "target", "missing", "due", "new", "lapse"];

function unpackModel(sent) {
  const model = { ...sent, count: sent.segment.length };
  for (const name of COLUMNS) model[name] = unpackNumbers(sent[name]);
  model.draws = sent.draws && { count: sent.draws.count, new: unpackNumbers(sent.draws.new), lapse: unpackNumbers(sent.draws.lapse) };
  model.path = unpackNumbers(sent.path);
  model.floor = unpackNumbers(sent.floor);
  model.named = {};
  model.groupsOf = Array.from({ length: model.count }, () => []);
  model.groups.forEach((group, g) => group.members.forEach((s) => model.groupsOf[s].push(g)));
  model.still = computeOutcome(model, {}, { draws: false });
  return model;
}

function sumSeries(model, flow, members) {
  const length = model.horizon + 1, sum = new Float64Array(length);
  for (const s of members) for (let t = 0; t < length; t++) sum[t] += flow[s * length + t];
  return sum;
}

// Where a group stands: reached, on track, at risk or off track (model, section 4); the scenario's run for `expected`.
function statusOf(model, group, end) {
  if (group.target === null) return "unknown";
  if (group.gap <= 0) return "reached";
  if (end >= group.target - 1e-6) return "on_track";
  return end >= group.target - model.settings.tolerance * group.gap - 1e-6 ? "at_risk" : "off_track";
}

function groupOutcome(model, book, group) {
  const length = model.horizon + 1;
  let end = 0, short = 0;
  for (const s of group.members) {
    const reached = book.covered[s * length + model.due[s]];
    end += reached;
    if (!Number.isNaN(model.target[s])) short += Math.max(model.target[s] - reached, 0);
  }
  const falls = sumSeries(model, book.ended, group.members).map((ended, t) => ended);
  const stayed = sumSeries(model, book.stayed, group.members);
  let cliff = null;
  for (let t = 1; t < length; t++) {
    const lost = falls[t] - stayed[t];
    if (lost > 0.5 && (cliff === null || lost > cliff.lost)) cliff = { t, lost };
  }
  return {
    path: sumSeries(model, book.covered, group.members),
    end, cliff, short: group.target === null ? null : short,
    attainment: group.target ? end / group.target : null,
    status: statusOf(model, group, end),
  };
}

function programmeOutcome(model, plan, book, programme, i) {
  const length = model.horizon + 1;
  const members = [...Array(model.count).keys()];
  const paid = sumSeries(model, book.paid[i], members);
  const rupiah = paid.reduce((sum, workers) => sum + workers * (programme.premium ?? model.settings.premium), 0);
  const payer = rupiah * (programme.share ?? 1);
  const { starts, ends } = plan.programmes[i];
  const last = Math.min(ends - 1, length - 1);
  const leave = (last >= 0 ? paid[last] : 0) * (1 - plan.programmes[i].stay);
  const asked = plan.programmes[i].workers.reduce((a, b) => a + b, 0);
  return { paid, payer, starts, ends, leave, enrolled: paid[Math.min(Math.max(starts, 0), length - 1)] ?? 0, asked };
}

// What a programme adds by itself: the end with it less the end without it.
function addsAlone(model, plan, i, members, end) {
  const without = { ...plan, programmes: plan.programmes.filter((_, place) => place !== i), members: null };
  return end - reaches(model, without, members);
}

function computeOutcome(model, scenario, { draws = true } = {}) {
  const plan = makePlan(model, scenario);
  const book = runAll(model, plan);
  const groups = model.groups.map((group) => groupOutcome(model, book, group));
  const programmes = (scenario.programme ?? []).map((programme, i) => programmeOutcome(model, plan, book, programme, i));
  const total = model.groups[model.groups.length - 1];
  programmes.forEach((one, i) => { one.alone = addsAlone(model, plan, i, total.members, groups[groups.length - 1].end); });
  const cost = programmes.reduce((sum, one) => sum + one.payer, 0);
  const drawn = draws && model.draws ? runDraws(model, plan, model.draws) : null;
  return { plan, book, groups, programmes, cost, drawn };
}

// The smallest move of one lever with which a group reaches its target, everything else as it stands: a value, or why
// there is none ("enough": without it, too; "alone": not even at its limit; "none": no target).
function findReach(model, scenario, segment, lever, group) {
  if (group.target === null || group.measure !== "workers") return "none";
  const at = (value) => {
    const plan = makePlan(model, withLever(scenario, segment, lever.name, value));
    return reaches(model, plan, group.members) >= group.target - 1e-6;
  };
  if (at(0)) return "enough";
  const limit = lever.name === "lapse" ? lever.least : lever.most;
  if (!at(limit)) return "alone";
  let [low, high] = [0, limit];
  for (let i = 0; i < 60 && Math.abs(high - low) > (lever.unit === "people" ? 0.5 : 1e-5); i++) {
    const middle = (low + high) / 2;
    if (at(middle)) high = middle; else low = middle;
  }
  return high;
}

// How many workers one programme must have, the others and the levers as they stand.
function findWorkers(model, scenario, i, group) {
  if (group.target === null || group.measure !== "workers") return "none";
  const at = (workers) => {
    const programme = scenario.programme.map((one, place) => (place === i ? { ...one, workers } : one));
    return reaches(model, makePlan(model, { ...scenario, programme }), group.members) >= group.target - 1e-6;
  };
  if (at(0)) return "enough";
  const limit = 1e7;
  if (!at(limit)) return "alone";
  let [low, high] = [0, limit];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (at(middle)) high = middle; else low = middle;
  }
  return high;
}

// A scenario with one lever of a segment set anew; what stands at its default is left out, as in links and files.
function withLever(scenario, segment, name, value) {
  const levers = { ...scenario.levers, [segment]: { ...scenario.levers?.[segment] } };
  if (value === null || value === 0) delete levers[segment][name]; else levers[segment][name] = value;
  if (!Object.keys(levers[segment]).length) delete levers[segment];
  const { levers: _, ...rest } = scenario;
  return Object.keys(levers).length ? { ...rest, levers } : rest;
}

function withProgramme(scenario, i, values) {
  const programme = [...(scenario.programme ?? [])];
  if (values === null) programme.splice(i, 1); else programme[i] = { ...programme[i], ...values };
  const { programme: _, ...rest } = scenario;
  return programme.length ? { ...rest, programme } : rest;
}
