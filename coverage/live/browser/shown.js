// What stands on the screen, as plain values, before any of it is drawn?

const isMoved = (scenario) => JSON.stringify(scenario.levers ?? {}) !== "{}" || (scenario.programme ?? []).length > 0 || Boolean(scenario.rule);

// A group's past, its courses, its band and where it ends: what a chart needs of it.
function describeCourse(model, outcome, g, { scenario, band = null, pinned = null, before = null }) {
  const group = model.groups[g], now = outcome.groups[g], still = stillOf(model, scenario).groups[g].path;
  const back = Math.min(12, model.past[group.name].active.length - 1), history = model.past[group.name].active.slice(-back - 1);
  const moved = isMoved(scenario) && now.path.some((value, t) => Math.abs(value - still[t]) > 0.005), { target } = now; // acts of other segments move nothing here
  const range = axisRange(model, [history, [...still], [...now.path], band ? [...band.low, ...band.high] : [], target === null ? [] : [target], pinned ? [...pinned] : []]);
  return {
    model, outcome, group, scenario, back, history, still, course: now.path, end: now.end, short: now.short, target, band, cliff: now.cliff,
    milestones: model.milestones[group.name] ?? [], moved, range, before: before && moved ? before : null, pinned,
  };
}

// The value of a lever that stands in a scenario, in the lever's own unit.
function leverValue(model, scenario, segment, lever) {
  const value = scenario.levers?.[segment]?.[lever.name];
  if (lever.unit === "month") return value ? monthsAhead(model, value) : 1;
  return value ?? (lever.name === "eligible_growth" ? model.settings.growth : 0);
}

// What a scenario says where a lever has this value; null where that is what it says anyhow.
function writtenLever(model, lever, value) {
  if (lever.unit === "month") return value === 1 ? null : monthCode(model.month + value);
  if (lever.name === "eligible_growth") return Math.abs(value - model.settings.growth) < 1e-9 ? null : value;
  return lever.name === "ramp" && value <= 1 ? null : value;
}

// People a month of each series of a segment, without the acts of a scenario, as the mean of the months to the target.
function usualFlows(model, scenario, segment) {
  const group = model.groups.find((one) => one.name === segment), length = model.horizon + 1, { run } = stillOf(model, scenario), usual = {};
  for (const [lever, flow] of Object.entries({ new: "new", lapse: "lapsed", back: "returned" })) {
    usual[lever] = group.members.map((s) => { let sum = 0; for (let t = 1; t < length; t++) sum += run[flow][t * model.count + s]; return sum / model.horizon; });
  }
  return usual;
}

const sumUp = (values) => values.reduce((a, b) => a + b, 0);

// The same people with the levers that a plan has.
function askedFlows(model, plan, segment, usual) {
  const { members } = model.groups.find((one) => one.name === segment);
  return Object.fromEntries(Object.entries(usual).map(([name, each]) => [name, each.reduce((sum, value, i) => sum + value * Math.max(0, 1 + plan[`lever_${name}`][members[i]]), 0)]));
}

// In how many of the draws has a group reached its target by each month?
function chancesByMonth(drawn, g, target, length) {
  if (!drawn || target === null) return null;
  return Array.from({ length }, (_, t) => {
    let reached = 0;
    for (let k = 0; k < drawn.count; k++) reached += drawn.paths[g][t * drawn.count + k] >= target - 1e-6;
    return reached / drawn.count;
  });
}

// Each branch's attainment (or cover of its active) by month; of a single branch its segments'.
function branchLines(model, outcome, g) {
  const branches = [...new Set(model.branch)], length = model.horizon + 1, { members } = model.groups[g];
  const sets = branches.length > 1
    ? branches.map((name) => ({ name, members: members.filter((s) => model.branch[s] === name) }))
    : model.groups.slice(0, -1).map((group) => ({ name: group.label, members: group.members }));
  return sets.filter((set) => set.members.length).map(({ name, members: own }) => {
    const path = sumSeries(model, outcome.run.counted, own);
    const whole = own.reduce((sum, s) => sum + (Number.isNaN(model.target[s]) ? model.active[s] : model.target[s]), 0);
    return { name, values: path.map((value) => value / (whole || 1)).slice(0, length) };
  });
}

// The sentence of a group: where it ends, and what is still short.
function describeEnd({ model, words, numbers, months, group, target, end, short }) {
  const values = { segment: group.label, month: months.long(model.month + model.horizon), n: numbers.people(end), gap: numbers.people(short), more: numbers.people(end - (target ?? 0)) };
  return words(target === null ? "said_no_target" : short > 0.5 ? "said_short" : end - target >= 0.5 ? "said_over" : "said_exact", values);
}

// Everything that the cockpit's parts draw.
function describeCockpit(cockpit, dragging) {
  const { exchange, state, steps, outcome, band } = cockpit, { sent, model, words, numbers, months } = exchange;
  const g = cockpit.lensPlace(), group = model.groups[g], before = state.before?.[g];
  const course = describeCourse(model, outcome, g, { scenario: state.scenario, band, pinned: cockpit.pinnedPath, before });
  const usual = Object.fromEntries(Object.entries(cockpit.usual).map(([name, each]) => [name, sumUp(each)]));
  const values = Object.fromEntries([...sent.levers, ...sent.assumptions].map((lever) => [lever.name, leverValue(model, state.scenario, state.segment, lever)]));
  const { last } = steps;
  if (last && !dragging) last.people = course.end - computeOutcome(model, last.from, { draws: false }).groups[g].end;
  const lastNow = dragging && state.dragging !== "replay" && before ? { people: course.course[model.horizon] - before[model.horizon], what: words("moving") } : last;
  const flows = Object.fromEntries(["new", "returned", "lapsed", "ended", "stayed", "enrolled"].map((name) => [name, sumSeries(model, outcome.run[name], group.members)]));
  return {
    ...course, words, numbers, months, lens: group.name, segment: state.segment, dragging, past: { months: model.past.months, ...model.past[group.name] },
    chance: band ? band.chance : null, last: lastNow, programmes: outcome.programmes, flows, chances: chancesByMonth(outcome.drawn, g, course.target, model.horizon + 1),
    lines: state.second === "branches" ? branchLines(model, outcome, g) : [], second: state.second,
    subject: `${sent.model_key}|${group.name}|${state.second}`, key: sent.language, wordsKey: sent.language, modelKey: sent.model_key,
    usual, usualNew: usual.new, asked: askedFlows(model, outcome.plan, state.segment, cockpit.usual), values, sentLevers: sent.levers,
    done: sent.done[state.segment] ?? {}, doneWorkers: Object.fromEntries(Object.entries(sent.done).map(([name, done]) => [name, done.workers])),
    reaches: cockpit.reaches, openProgramme: state.open, moreProgramme: state.more,
  };
}
