// What Python sends of a view, unpacked; and what a scenario makes of it, for every group that is looked at.

function unpackNumbers(text) {
  if (text === null || text === undefined) return null;
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return new Float64Array(bytes.buffer);
}

function unpackModel(sent) {
  const model = { ...sent, count: sent.segment.length, named: {} };
  model.origin = sent.segment.map((_, s) => s);
  for (const name of [...SERIES_INPUTS, ...MONTHLY_INPUTS, ...ASKED_OF_SERIES]) model[name] = unpackNumbers(sent[name]);
  model.draws = sent.draws && { count: sent.draws.count, new_rate: unpackNumbers(sent.draws.new_rate), lapse_rate: unpackNumbers(sent.draws.lapse_rate) };
  model.running = sent.running.map((running) => ({ ...running, workers_k: unpackNumbers(running.workers_k), held_k: unpackNumbers(running.held_k) }));
  model.groupsOf = Array.from({ length: model.count }, () => []);
  model.groups.forEach((group, g) => group.members.forEach((s, i) => model.groupsOf[s].push([g, group.due[i]])));
  model.cuts = {};
  for (const segment of new Set(model.segment)) {
    const keep = model.origin.filter((s) => model.segment[s] === segment);
    model.cuts[segment] = cutModel(model, keep);
    const group = model.groups.find((one) => one.name === segment);
    model.cuts[segment].counts = group.members.map((s, i) => [keep.indexOf(s), group.due[i]]);
  }
  model.stills = new Map();
  return model;
}

// What a scenario only assumes: how fast the workforce grows. That is no act: the course without acts has it too.
function assumedOf(scenario) {
  const levers = {}, kept = (own) => (own?.eligible_growth === undefined || own.eligible_growth === null ? {} : { eligible_growth: own.eligible_growth });
  for (const [segment, own] of Object.entries(scenario.levers ?? {})) {
    const branch = Object.fromEntries(Object.entries(own.branch ?? {}).map(([name, values]) => [name, kept(values)]).filter(([, values]) => "eligible_growth" in values));
    const all = { ...kept(own), ...(Object.keys(branch).length ? { branch } : {}) };
    if (Object.keys(all).length) levers[segment] = all;
  }
  return Object.keys(levers).length ? { levers } : {};
}

// What comes without acts, once for every assumption.
function stillOf(model, scenario) {
  const assumed = assumedOf(scenario), key = JSON.stringify(assumed);
  if (!model.stills.has(key)) {
    if (model.stills.size > 20) model.stills.clear();
    model.stills.set(key, computeOutcome(model, assumed, { draws: false }));
  }
  return model.stills.get(key);
}

// The sum of some series, month by month.
function sumSeries(model, flow, members) {
  const length = model.horizon + 1, sum = new Float64Array(length);
  for (let t = 0; t < length; t++) for (const s of members) sum[t] += flow[t * model.count + s];
  return sum;
}

// What a target counts of a run (months + 1, series, draws): members, or registrations since January of its year.
function countTowards(model, run, draws = 1) {
  if (model.measure !== "registrations") return run.covered;
  const counted = new Float64Array(run.new.length), width = model.count * draws;
  for (let s = 0; s < model.count; s++) {
    if (Number.isNaN(model.target[s])) continue;
    for (let k = 0; k < draws; k++) {
      let sum = model.registered[s];
      for (let t = 0, at = s * draws + k; t <= model.horizon; t++, at += width) {
        if (t >= model.january[s] && t <= model.ahead[s]) sum += run.new[at];
        counted[at] = sum;
      }
    }
  }
  return counted;
}

// Run the month's steps as far as what a target counts: all flows where registrations do.
function runCounted(model, plan, draws = 1) {
  return countTowards(model, cakupanKernel.run(plan, model.measure === "registrations" ? "flows" : "covered"), draws);
}

// What a series is asked for; a share of the eligible asks for more where the workforce grows more than usual.
function targetOf(model, plan, s) {
  if (!(model.rising[s] > 0)) return model.target[s];
  const grown = (yearly) => Math.pow(1 + yearly, model.ahead[s] / 12);
  return model.target[s] + model.rising[s] * (grown(plan.lever_eligible_growth[s]) - grown(model.settings.growth));
}

// Where a group stands: reached, on track, at risk or off track (model, section 4); the scenario's run for `expected`.
function statusOf(model, group, target, end) {
  if (target === null) return "unknown";
  if (group.gap <= 0) return "reached";
  if (end >= target - 1e-6) return "on_track";
  return end >= target - model.settings.tolerance * group.gap - 1e-6 ? "at_risk" : "off_track";
}

function groupOutcome(model, plan, run, group) {
  const length = model.horizon + 1;
  let end = 0, short = 0, target = group.target === null ? null : 0;
  group.members.forEach((s, i) => {
    const reached = run.counted[group.due[i] * model.count + s], asked = targetOf(model, plan, s);
    end += reached;
    if (!Number.isNaN(asked)) { short += Math.max(asked - reached, 0); if (target !== null) target += asked; }
  });
  const ended = sumSeries(model, run.ended, group.members), stayed = sumSeries(model, run.stayed, group.members);
  let cliff = null;
  for (let t = 1; t < length; t++) {
    const lost = ended[t] - stayed[t];
    if (model.measure === "workers" && lost > 0.5 && (cliff === null || lost > cliff.lost)) cliff = { t, lost };
  }
  return {
    path: sumSeries(model, run.counted, group.members), end, cliff, target, short: target === null ? null : short,
    attainment: target ? end / target : null, status: statusOf(model, group, target, end),
  };
}

// What some levers and programmes of a segment lead to there, each series in its month; only that segment is run.
function segmentReaches(model, scenario, segment) {
  const cut = model.cuts[segment], plan = makePlan(cut, scenario), counted = runCounted(cut, plan);
  let end = 0, target = 0;
  for (const [s, due] of cut.counts) {
    end += counted[due * cut.count + s];
    target += targetOf(cut, plan, s) || 0; // of some nothing is asked
  }
  return { end, reached: end >= target - 1e-6 };
}

function programmeOutcome(model, plan, run, scenario, i) {
  const length = model.horizon + 1, programme = scenario.programme[i], k = model.running.length + i, size = model.count;
  const paid = new Float64Array(length);
  for (let t = 0; t < length; t++) for (let s = 0; s < size; s++) paid[t] += run.members[(k * length + t) * size + s];
  const rate = (programme.premium ?? model.settings.premium) * (programme.share ?? 1);
  const starts = plan.starts_k[k], ends = plan.ends_k[k], last = Math.min(ends - 1, length - 1);
  let asked = 0;
  for (let s = 0; s < size; s++) asked += plan.workers_k[k * size + s];
  const there = model.cuts[programme.segment];
  // What it adds by itself: the end with it less the end without it.
  const alone = there ? segmentReaches(model, scenario, programme.segment).end - segmentReaches(model, withProgramme(scenario, i, null), programme.segment).end : 0;
  return {
    paid, rate, payer: paid.reduce((sum, workers) => sum + workers * rate, 0), starts, ends, asked, alone,
    leave: (last >= 0 ? paid[last] : 0) * (1 - plan.stay_k[k]), enrolled: paid[Math.min(Math.max(starts, 0), length - 1)] ?? 0,
  };
}

function computeOutcome(model, scenario, { draws = true } = {}) {
  const plan = makePlan(model, scenario);
  const run = cakupanKernel.run(plan, "flows");
  run.counted = countTowards(model, run);
  const groups = model.groups.map((group) => groupOutcome(model, plan, run, group));
  const programmes = (scenario.programme ?? []).map((_, i) => programmeOutcome(model, plan, run, scenario, i));
  const cost = programmes.reduce((sum, programme) => sum + programme.payer, 0);
  const drawn = draws && model.draws ? runDraws(model, plan) : null;
  return { plan, run, groups, programmes, cost, drawn };
}

// The smallest value between 0 and a limit with which something holds, to a tolerance.
function smallestThat(holds, limit, tolerance) {
  let [low, high] = [0, limit];
  for (let i = 0; i < 60 && Math.abs(high - low) > tolerance; i++) {
    const middle = (low + high) / 2;
    if (holds(middle)) high = middle; else low = middle;
  }
  return high;
}

// The smallest move of a lever, or the workers of a programme, that reaches the target, everything else as it stands: a
// value, or why there is none ("enough": without it, too; "alone": not even at its limit; "none": no target).
function findReach(model, segment, moved, limit, tolerance) {
  const group = model.groups.find((one) => one.name === segment);
  if (!group || group.target === null) return "none";
  const holds = (value) => segmentReaches(model, moved(value), segment).reached;
  if (holds(0)) return "enough";
  return holds(limit) ? smallestThat(holds, limit, tolerance) : "alone";
}

const leverReach = (model, scenario, segment, lever) =>
  findReach(model, segment, (value) => withLever(scenario, segment, lever.name, value), lever.name === "lapse" ? lever.least : lever.most, lever.unit === "people" ? 0.5 : 1e-5);

const MOST_WORKERS = 1e7;
const workersReach = (model, scenario, i) => {
  const found = findReach(model, scenario.programme[i].segment, (workers) => withProgramme(scenario, i, { workers: Math.ceil(workers) }), MOST_WORKERS, 0.5);
  return typeof found === "number" ? Math.ceil(found) : found;
};

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
