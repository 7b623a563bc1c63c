// What a scenario asks of every series: levers, ramp, extra registrations and programmes (model, section 5.3).

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

function leversOf(model, scenario, s) {
  const wide = scenario.levers?.[model.segment[s]] ?? {};
  const own = wide.branch && Object.entries(wide.branch).find(([name]) => model.named[name]?.includes(s));
  return own ? { ...wide, ...own[1], ownExtra: "extra" in own[1] } : wide;
}

function roomWeights(model, members) {
  const unknown = members.some((s) => !Number.isFinite(model.eligible[s]));
  return members.map((s) => (unknown ? model.active[s] : Math.max(model.eligible[s] - model.active[s], 0)));
}

function spreadWeights(model, spread, members) {
  const unknown = members.some((s) => !Number.isFinite(model.eligible[s]));
  if (spread === "active") return members.map((s) => model.active[s]);
  if (spread === "eligible") return members.map((s) => (unknown ? model.active[s] : model.eligible[s]));
  if (spread === "gap") return members.map((s) => Math.max(model.missing[s], 0));
  return roomWeights(model, members);
}

function planProgramme(model, programme) {
  const members = [];
  for (let s = 0; s < model.count; s++) {
    const inside = !programme.branches || programme.branches.some((name) => model.named[name]?.includes(s));
    if (model.segment[s] === programme.segment && inside) members.push(s);
  }
  const workers = new Float64Array(model.count);
  shareOut(programme.workers, spreadWeights(model, programme.spread ?? "uncovered", members)).forEach((part, i) => {
    workers[members[i]] = part;
  });
  const starts = monthsAhead(model, programme.starts);
  return { starts, ends: starts + programme.months, stay: programme.stay ?? model.settings.stay, workers };
}

function makePlan(model, scenario) {
  const { count, horizon } = model;
  const plan = {
    new: new Float64Array(count), lapse: new Float64Array(count), back: new Float64Array(count),
    extra: new Float64Array(count), monthly: new Float64Array(count), ramp: new Float64Array(count * (horizon + 1)),
    programmes: (scenario.programme ?? []).map((programme) => planProgramme(model, programme)),
    path: model.path, floor: model.floor,
  };
  const shared = new Map();
  for (let s = 0; s < count; s++) {
    const levers = leversOf(model, scenario, s);
    for (const name of ["new", "lapse", "back", "extra"]) plan[name][s] = levers[name] ?? 0;
    plan.monthly[s] = Math.pow(1 + (levers.eligible_growth ?? model.growth[s]), 1 / 12);
    const starts = levers.starts ? monthsAhead(model, levers.starts) : 1;
    const over = Math.max(levers.ramp ?? 0, 1);
    for (let t = 0; t <= horizon; t++) plan.ramp[s * (horizon + 1) + t] = Math.min(Math.max((t - starts + 1) / over, 0), 1);
    if (!levers.ownExtra && plan.extra[s] > 0) shared.set(model.segment[s], [...(shared.get(model.segment[s]) ?? []), s]);
  }
  for (const members of shared.values()) {
    let weights = roomWeights(model, members);
    if (weights.reduce((a, b) => a + b, 0) <= 0) weights = members.map(() => 1);
    const sum = weights.reduce((a, b) => a + b, 0);
    members.forEach((s, i) => { plan.extra[s] *= weights[i] / sum; });
  }
  return plan;
}
