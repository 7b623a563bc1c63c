// What the console tells the stage: a message of plain figures with every move; any number of windows may listen.

const STAGE_KINDS = ["position", "course", "acts", "money", "branches"];

function makeConsole(cockpit) {
  const id = sessionStorage.getItem("cakupan-stage") ?? Math.random().toString(36).slice(2, 10);
  sessionStorage.setItem("cakupan-stage", id);
  const name = `cakupan-stage-${id}`, channel = new BroadcastChannel(name);
  const stage = { kind: "acts", opened: false };
  const tellAll = () => {
    const { shown, exchange: { sent } } = cockpit;
    if (!sent || !shown) return;
    channel.postMessage({ kind: "setup", words: sent.words, forms: sent.forms });
    channel.postMessage({ kind: "shown", message: stageMessage(shown, stage.kind, sent) });
  };
  channel.onmessage = ({ data }) => { if (data.kind === "hello") { stage.opened = true; tellAll(); cockpit.onStage?.(); } };
  const beat = setInterval(() => { if (stage.opened) channel.postMessage({ kind: "alive" }); }, 1000);
  const gone = () => channel.postMessage({ kind: "gone" });
  addEventListener("pagehide", gone);
  stage.show = (shown) => { if (stage.opened) channel.postMessage({ kind: "shown", message: stageMessage(shown, stage.kind, cockpit.exchange.sent) }); };
  stage.choose = (kind) => { stage.kind = kind; tellAll(); };
  stage.open = (page) => {
    stage.opened = true;
    const address = URL.createObjectURL(new Blob([page.replace("CHANNEL", name)], { type: "text/html" }));
    window.open(address, "_blank", "popup,width=1280,height=720");
    setTimeout(() => URL.revokeObjectURL(address), 20000);
  };
  stage.close = () => { gone(); clearInterval(beat); removeEventListener("pagehide", gone); channel.close(); };
  return stage;
}

const plainBold = (text) => `<b>${text}</b>`;

// Everything that the stage draws of one message, as plain values.
function stageMessage(shown, kind, sent) {
  const { words, numbers, months, model, group, outcome } = shown;
  const g = model.groups.indexOf(group), now = outcome.groups[g], still = stillOf(model, shown.scenario).groups[g];
  const end = months.long(model.month + model.horizon), today = months.long(model.month);
  const here = kind === "position" || kind === "course" ? still : now;
  const value = kind === "position" ? group.active : here.end, { target } = here;
  const lacking = kind === "position" ? Math.max(target - group.active, 0) : here.short;
  const share = target ? numbers.decimal((value / target) * 100, 1) : numbers.people(value);
  const month = kind === "position" ? today : end;
  const headline = target === null ? words("stage_plain", { month, n: numbers.people(value) })
    : lacking > 0.5 ? words("stage_short", { month, n: numbers.people(lacking) }) : words("stage_over", { month, n: numbers.people(value - target) });
  const base = {
    place: sent.place, what: words("stage_of", { segment: group.label.toLowerCase() }), when: words("position", { month: today }),
    colour: group.colour, ink_light: group.ink_light, ink_dark: group.ink_dark, headline, figure: share, unit: target ? " %" : "",
    label: target === null ? words("stage_members") : words("stage_of_target", { n: plainBold(numbers.people(value)), target: plainBold(numbers.people(target)) }),
    group: { active: group.active, target: group.target }, outcome: { target, end: value },
    barWords: target === null ? "" : words("stage_now", { share: numbers.share(group.active / target) }),
    cliffWords: kind === "acts" && now.cliff ? `○ ${words("cliff_money", { month: months.name(model.month + now.cliff.t) })}, ${words("cliff_people", { n: numbers.people(now.cliff.lost) })}` : "",
    acts: kind === "acts" ? stageActs(shown) : "", note: sent.sample, rows: "",
    chart: stageChart(shown, here, still, kind),
  };
  if (kind === "money") {
    const cost = numbers.rupiah(outcome.cost, true).split(" ");
    return { ...base, headline: outcome.cost ? words("stage_money_headline", { rupiah: numbers.rupiah(outcome.cost, true) }) : words("no_money"), figure: cost[0], unit: cost[1] ? ` ${cost[1]}` : "",
      label: words("stage_money_label"), group: null, barWords: "", cliffWords: now.cliff ? `○ ${words("cliff_money", { month: months.name(model.month + now.cliff.t) })}, ${words("cliff_people", { n: numbers.people(now.cliff.lost) })}` : "", acts: stageActs(shown) };
  }
  if (kind === "branches") return { ...base, rows: stageRows(shown), acts: stageActs(shown) };
  return base;
}

function stageChart(shown, here, still, kind) {
  const moved = shown.moved && (kind === "acts" || kind === "money" || kind === "branches");
  return {
    horizon: shown.model.horizon, month: shown.model.month, back: shown.back, history: shown.history, still: still.path, course: moved ? here.path : still.path,
    end: here.end, short: here.short, target: here.target, band: moved || !shown.moved ? shown.band : null, cliff: moved ? here.cliff : null, milestones: [],
    moved, range: shown.range, dragging: shown.dragging, subject: `${shown.subject}|${kind}`, key: shown.key, before: null, pinned: null,
  };
}

// The acts in play, in one line.
function stageActs(shown) {
  const { words, numbers, months, model, outcome, scenario, sentLevers, values, asked, segment } = shown;
  const parts = sentLevers.filter((lever) => Math.abs(values[lever.name]) > 1e-9).map((lever) => {
    const people = lever.unit === "people" ? values[lever.name] : asked[lever.name];
    return `${words(`lever_${lever.name}`)} ${plainBold(words("a_month", { n: numbers.people(people) }))}${lever.unit === "people" ? "" : ` (${numbers.change(values[lever.name])})`}`;
  });
  (scenario.programme ?? []).forEach((programme, i) => {
    const run = outcome.programmes[i];
    parts.push(`${escapeText(programme.name)}: ${plainBold(words("stage_workers", { n: numbers.people(programme.workers) }))}, ${months.name(model.month + run.starts)}–${months.name(model.month + run.ends - 1)}, ${plainBold(numbers.rupiah(run.payer, true))}`);
  });
  return parts.join('<span class="st-gap"></span>') || words("stage_no_acts");
}

// Each branch (of one branch: each segment) as a goal bar, those that close least first.
function stageRows(shown) {
  const { model, outcome, numbers } = shown, names = [...new Set(model.branch)];
  const members = model.groups[model.groups.indexOf(shown.group)].members;
  const sets = names.length > 1 ? names.map((name) => ({ name, members: members.filter((s) => model.branch[s] === name) })) : model.groups.slice(0, -1).map((group) => ({ name: group.label, members: group.members, colour: group.colour }));
  const rows = sets.filter((set) => set.members.length).map((set) => {
    let active = 0, end = 0, target = 0;
    for (const s of set.members) {
      active += model.measure === "workers" ? model.active[s] : model.registered[s];
      end += outcome.run.counted[model.horizon * model.count + s];
      target += Number.isNaN(model.target[s]) ? 0 : model.target[s];
    }
    return { ...set, active, end, target: target || null };
  }).sort((a, b) => (a.target ? a.end / a.target : 1) - (b.target ? b.end / b.target : 1));
  return `<div class="st-rows">${rows.slice(0, 9).map((row) => `<div class="st-row" style="${row.colour ? `--own:${row.colour}` : ""}"><b>${escapeText(row.name)}</b>${goalBar(row, { target: row.target, end: row.end })}<span>${row.target ? numbers.share(row.end / row.target) : numbers.people(row.end)}</span></div>`).join("")}</div>`;
}
