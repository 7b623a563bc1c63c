// What do the screens of the presentation say? Title, large figure and lines come as Python says them (`sent.said`);
// what a scenario moves is said here, from the browser's own run.

function screenMessage(shown, sent) {
  const { said, showing } = sent, base = {
    ...describeSubject(shown, sent), headline: said.title, figure: said.figure ? { name: "", value: null, text: said.figure } : null, label: plainBold(escapeText(said.label)), lines: said.lines,
  };
  const several = shown.model.groups.length > 1;
  if (showing === "what_if") return whatIfScreen(shown, base);
  if (showing === "branches") return branchesScreen(shown, sent, base);
  if (showing === "takes" && sent.needs.length) return takesScreen(shown, sent, base);
  if (showing === "costs") return { ...base, layout: "over", money: shown.outcome.cost ? { programmes: shown.outcome.programmes.map(({ paid, rate }, i) => ({ paid, rate, name: shown.scenario.programme[i].name })), horizon: shown.model.horizon, month: shown.model.month } : null };
  if (showing === "decision") return { ...base, layout: "over", figure: null, label: "", head: said.head, list: said.list };
  return showing === "standing" && several ? standingScreen(shown, base) : courseScreen(shown, base);
}

// Where it ends with the acts of the scenario, or without any, and what is short then.
function describeEndOf(shown, group, now, hidden = "") {
  const { words, numbers, months, model, moved } = shown;
  const short = now.target === null ? "" : `, <span data-figure="short" data-segment="${group.name}" data-value="${now.short}">${shortOrOver(group, now, words, numbers)}</span>`;
  return `<span ${hidden}>${words("room_end", { month: months.short(model.month + model.horizon), acts: words(moved ? "with_acts" : "without_acts"), n: markedFigure("covered", group.name, now.end, numbers.people(now.end)) })}${short}</span>`;
}

const describeStatus = ({ words, numbers }, group, now) =>
  group.target === null ? "" : `${statusWord(group, now, words, numbers)}${group.gap > 0 ? `<span class="st-reason">: ${closes(group, now, words, numbers)}</span>` : ""}`;

// What the pale band holds, and how likely the target is.
function describeSureness({ words, numbers, band, group }, named) {
  if (!band) return "";
  const chance = band.chance === null ? "" : `<span data-figure="chance" data-segment="${group.name}" data-value="${band.chance}">${words("room_chance", { chance: numbers.chance(band.chance).replaceAll(" ", "\u00a0") })}</span>`;
  return [named ? words("room_band") : "", chance].filter(Boolean).join(" ");
}

// One course: of a segment, or of all together.
function courseScreen(shown, base) {
  const { model, outcome, group } = shown, g = model.groups.indexOf(group), now = outcome.groups[g];
  const parts = [describeEndOf(shown, group, now), describeStatus(shown, group, now)].filter(Boolean).map((part) => `<p>${part}</p>`);
  return {
    ...base, bar: { group, outcome: now }, barWords: parts.join(""), chart: sceneChart(shown, now, stillOf(model, shown.scenario).groups[g], shown.moved),
    below: describeSureness(shown, true),
  };
}

// All together, and each segment as a bar.
function standingScreen(shown, base) {
  const { words, numbers, months, model, outcome, group, moved } = shown, total = model.groups.indexOf(group);
  const items = model.groups.slice(0, -1).map((one, g) => {
    const now = outcome.groups[g], gap = one.target === null ? "" : one.gap > 0 ? words("short", { n: numbers.people(one.gap) }) : words("over", { n: numbers.people(-one.gap) });
    const then = now.target === null ? "" : now.short > 0.5 ? numbers.people(now.short) : shortOrOver(one, now, words, numbers);
    const figures = one.target ? `<span class="st-from">${numbers.decimal((one.active / one.target) * 100, 1)} ${ARROW}</span> ${markedFigure("attainment", one.name, now.attainment, numbers.share(now.attainment))}` : `<span class="st-from">${numbers.people(one.active)} ${ARROW}</span> ${markedFigure("covered", one.name, now.end, numbers.people(now.end))}`;
    const short = gap && `<span class="st-short">${gap} ${ARROW} <span data-figure="short" data-segment="${one.name}" data-value="${now.short}">${then}</span></span>`;
    return { name: one.label, colour: one.colour, bar: { group: one, outcome: now }, figures, words: [short, describeStatus(shown, one, now)].filter(Boolean).join(" · ") };
  });
  const marks = words(group.target === null ? "room_bars_alone" : "room_bars", { month: months.short(model.month + model.horizon), acts: words(moved ? "with_acts" : "without_acts") });
  const now = outcome.groups[total], end = [describeEndOf(shown, group, now), describeStatus(shown, group, now)].filter(Boolean).map((part) => `<p>${part}</p>`);
  return { ...base, bar: { group, outcome: now }, barWords: end.join(""), rows: { tall: true, items }, below: marks };
}

// Each branch's bar, the most short first. The scenario is of the branches in the scope: theirs move with it.
function branchesScreen(shown, sent, base) {
  const { words, numbers, months, model, moved } = shown, own = new Map((new Set(model.branch).size > 1 ? placesOf(shown) : [placeOfAll(shown)]).map((row) => [row.name, row]));
  const items = sent.branches.map((row) => {
    const mine = own.get(row.name), end = mine ? mine.end : row.end, target = mine?.target ?? row.target, status = row.target === null ? "unknown" : statusOf(model, { gap: row.gap }, target, end);
    return {
      name: row.name, chosen: Boolean(mine) && own.size < sent.branches.length, bar: { group: row, outcome: { target, end } }, figures: plainBold(numbers.people(row.short)),
      words: statusWord({ active: row.active, gap: row.gap, target: row.target }, { status, end, target }, words, numbers),
    };
  });
  const apart = moved && own.size < sent.branches.length ? `${words("without_acts")}, ${[...own.keys()].slice(0, 1).map(escapeText)} ${words("with_acts")}` : "";
  const acts = apart || words(moved ? "with_acts" : "without_acts");
  return { ...base, layout: "over", label: [base.label, ...base.lines.slice(0, 1).map(escapeText)].map((text) => `<p>${text}</p>`).join(""), lines: [], rows: { tall: false, items }, below: words("room_bars_short", { month: months.short(model.month + model.horizon), acts }) };
}

// The one branch in the scope, with all its segments.
function placeOfAll(shown) {
  const { model, outcome, group } = shown, now = outcome.groups[model.groups.indexOf(group)];
  return { name: model.branch[0], active: group.active, end: now.end, target: now.target };
}

// Registrations a month of each segment: without acts, with those of the scenario, and what the target takes.
function takesScreen(shown, sent, base) {
  const { words, numbers, model, outcome, scenario, moved } = shown;
  const items = sent.needs.map((need) => {
    const group = model.groups.find((one) => one.name === need.segment), usual = usualFlows(model, scenario, need.segment);
    const asked = askedFlows(model, outcome.plan, need.segment, usual).new, times = need.ratio ? ` (${numbers.decimal(need.ratio, 1)}\u00a0×)` : "";
    const then = moved ? `${words("with_acts")} ${markedFigure("asked", need.segment, asked, words("a_month", { n: numbers.people(asked) }))}` : "";
    return {
      name: group.label, colour: group.colour, bar: { group: { active: need.now }, outcome: { target: need.reachable ? need.needed : null, end: asked } },
      figures: `<span class="st-from">${numbers.people(need.now)} ${ARROW}</span> ${markedFigure("needed", need.segment, need.needed, words("a_month", { n: numbers.people(need.needed) }))}${times}`, words: [then, escapeText(need.words)].filter(Boolean).join(" · "),
    };
  });
  return { ...base, layout: "over", lines: [], rows: { tall: true, items }, below: `${words(moved ? "room_takes_bars" : "room_takes_bars_alone")} ${escapeText(sent.said.lines.at(-1) ?? "")}` };
}

// What the room tries: everything moves with the hand.
function whatIfScreen(shown, base) {
  const { words, numbers, months, model, outcome, group, end, cliff, target } = shown, g = model.groups.indexOf(group), now = outcome.groups[g];
  const what = cliff ? words("programme_cliff", { month: months.name(model.month + cliff.t), n: numbers.people(cliff.lost) }) : isMoved(shown.scenario) ? "" : words("room_unmoved");
  const cost = `<span data-figure="cost" data-segment="total" data-value="${outcome.cost}">${outcome.cost ? words("room_cost", { rupiah: numbers.rupiah(outcome.cost, true) }) : ""}</span>`;
  return {
    ...base, headline: describeEnd(shown), figure: { name: "attainment", value: target ? now.attainment : end, text: target ? numbers.share(now.attainment) : numbers.people(end) }, label: "", lines: [],
    bar: { group, outcome: now }, barWords: describeEndOf(shown, group, now, "hidden"), chart: sceneChart(shown, now, stillOf(model, shown.scenario).groups[g], shown.moved),
    below: [what && `<span class="${cliff ? "ck-bad" : ""}">${what}.</span>`, describeSureness(shown, false), cost].filter(Boolean).join(" "),
  };
}
