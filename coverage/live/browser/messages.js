// What does a stage say, as plain values? The same messages go to the projector's window and to the screens of the
// presentation; `scene.js` draws them.

const plainBold = (text) => `<b>${text}</b>`;
const ARROW = "→";

// A figure with its plain number beside it, inside a text.
const markedFigure = (name, segment, value, text) => `<b data-figure="${name}" data-segment="${segment}" data-value="${value}">${text}</b>`;

// What every message has: of whom and when it speaks, and in which colour. The rest is empty until it is said.
function describeSubject(shown, sent) {
  const { words, months, model, group } = shown;
  return {
    place: sent.place, what: words("stage_of", { segment: group.label.toLowerCase() }), when: words("position", { month: months.long(model.month) }),
    segment: group.name, colour: group.colour, ink_light: group.ink_light, ink_dark: group.ink_dark, note: sent.sample, acts: describeActs(shown),
    layout: "two", figure: null, label: "", bar: null, barWords: "", cliff: "", head: "", lines: [], chart: null, rows: null, money: null, list: null, below: "",
  };
}

// The acts in play, in one line: of the segment that is looked at, or of all of them.
function describeActs(shown) {
  const { words, numbers, months, model, outcome, scenario, group, sentLevers } = shown, parts = [];
  const looked = model.groups.filter((one) => one.name !== "total" && (group.name === "total" || one === group));
  for (const { name, label } of looked) {
    const usual = usualFlows(model, scenario, name), asked = askedFlows(model, outcome.plan, name, usual), whose = looked.length > 1 ? `${escapeText(label)}: ` : "";
    for (const lever of sentLevers) {
      const value = leverValue(model, scenario, name, lever), people = lever.unit === "people" ? value : asked[lever.name];
      if (Math.abs(value) > 1e-9) parts.push(`${whose}${words(`lever_${lever.name}`)} ${plainBold(words("a_month", { n: numbers.people(people) }))}${lever.unit === "people" ? "" : ` (${numbers.change(value)})`}`);
    }
  }
  (scenario.programme ?? []).forEach((programme, i) => {
    const run = outcome.programmes[i], span = `${months.name(model.month + run.starts)}–${months.name(model.month + run.ends - 1)}`;
    if (looked.some((one) => one.name === programme.segment)) parts.push(`${escapeText(programme.name)}: ${plainBold(words("stage_workers", { n: numbers.people(programme.workers) }))}, ${span}, ${plainBold(numbers.rupiah(run.payer, true))}`);
  });
  return parts.join('<span class="st-gap"></span>') || words("stage_no_acts");
}

const describeCliff = ({ words, numbers, months, model }, cliff) =>
  cliff ? `○ ${words("cliff_money", { month: months.name(model.month + cliff.t) })}, ${words("cliff_people", { n: numbers.people(cliff.lost) })}` : "";

// A course as the chart draws it, with the acts or without them.
function sceneChart(shown, here, still, moved) {
  return {
    horizon: shown.model.horizon, month: shown.model.month, back: shown.back, history: shown.history, still: still.path, course: moved ? here.path : still.path,
    end: here.end, short: here.short, target: here.target, band: moved || !shown.moved ? shown.band : null, cliff: moved ? here.cliff : null, milestones: moved ? shown.milestones : [],
    moved, range: shown.range, dragging: shown.dragging, subject: shown.subject, key: shown.key, before: null, pinned: null,
  };
}

const STAGE_KINDS = ["position", "course", "acts", "money", "branches"];

// A message of the cockpit's: where it stands, where it leads, what the acts make of it, what they cost, each branch.
function stageMessage(shown, kind, sent) {
  const { words, numbers, months, model, group, outcome } = shown;
  const now = outcome.groups[model.groups.indexOf(group)], still = stillOf(model, shown.scenario).groups[model.groups.indexOf(group)];
  const today = kind === "position", acts = kind !== "position" && kind !== "course", here = acts ? now : still;
  const value = today ? group.active : here.end, { target } = here, lacking = today ? group.short : here.short;
  const month = months.long(model.month + (today ? 0 : model.horizon));
  const headline = target === null ? words("stage_plain", { month, n: numbers.people(value) })
    : lacking > 0.5 ? words("stage_short", { month, n: numbers.people(lacking) }) : words("stage_over", { month, n: numbers.people(value - target) });
  const message = {
    ...describeSubject(shown, sent), headline, figure: { name: "attainment", value: target ? value / target : value, text: target ? numbers.share(value / target) : numbers.people(value) },
    label: target === null ? words("stage_members") : words("stage_of_target", { n: plainBold(numbers.people(value)), target: plainBold(numbers.people(target)) }),
    bar: { group: { active: group.active, target: group.target }, outcome: { target, end: value } },
    barWords: target === null ? "" : words("stage_now", { share: numbers.share(group.active / target) }), chart: { ...sceneChart(shown, here, still, acts && shown.moved), milestones: [] },
  };
  if (!acts) return { ...message, acts: "" };
  const cliff = describeCliff(shown, now.cliff);
  if (kind === "acts") return { ...message, cliff };
  if (kind === "branches") return { ...message, chart: null, rows: { tall: false, items: branchRows(shown, placesOf(shown)) } };
  const headlineOfCost = outcome.cost ? words("stage_money_headline", { rupiah: numbers.rupiah(outcome.cost, true) }) : words("no_money");
  return { ...message, cliff, headline: headlineOfCost, figure: { name: "cost", value: outcome.cost, text: numbers.rupiah(outcome.cost, true) }, label: words("stage_money_label"), bar: null, barWords: "" };
}

// Each branch (of one branch: each segment) with where it stands and ends; of some nothing is asked.
function placesOf(shown) {
  const { model, outcome, group } = shown, names = [...new Set(model.branch)];
  const sets = names.length > 1 ? names.map((name) => ({ name, has: (s) => model.branch[s] === name })) : model.groups.filter((one) => one.name !== "total").map((one) => ({ name: one.label, colour: one.colour, has: (s) => model.segment[s] === one.name }));
  return sets.map(({ name, colour, has }) => {
    let active = 0, end = 0, target = 0;
    group.members.forEach((s, i) => {
      if (!has(s)) return;
      active += model.measure === "workers" ? model.active[s] : model.registered[s];
      end += outcome.run.counted[group.due[i] * model.count + s];
      target += Number.isNaN(model.target[s]) ? 0 : targetOf(model, outcome.plan, s);
    });
    return { name, colour, active, end, target: target || null };
  }).filter((row) => row.active || row.end).sort((a, b) => (a.target ? a.end / a.target : 1) - (b.target ? b.end / b.target : 1));
}

const branchRows = ({ numbers }, places) => places.slice(0, 9).map((row) => ({
  name: row.name, colour: row.colour, bar: { group: row, outcome: { target: row.target, end: row.end } }, figures: plainBold(row.target ? numbers.share(row.end / row.target) : numbers.people(row.end)), words: "",
}));
