// Undo, redo, and playing the last step again, slowly.

function makeSteps() {
  const steps = { past: [], future: [], last: null, lever: "", at: 0 };
  // Moves of one lever in a row are one step, as on the server.
  steps.add = (before, lever) => {
    const again = lever && steps.lever === lever && performance.now() - steps.at < 2000;
    if (!again) steps.past = [...steps.past.slice(-99), before];
    steps.future = [];
    steps.lever = lever;
    steps.at = performance.now();
    return again;
  };
  steps.undo = (now) => {
    if (!steps.past.length) return null;
    const before = steps.past.pop();
    steps.future.push(now);
    steps.lever = "";
    return before;
  };
  steps.redo = (now) => {
    if (!steps.future.length) return null;
    const next = steps.future.pop();
    steps.past.push(now);
    steps.lever = "";
    return next;
  };
  return steps;
}

// A scenario between two: `part` 0 is the first, 1 the other. What is no number changes at half way.
function between(model, a, b, part) {
  const mix = (x, y) => x + (y - x) * part;
  const levers = {};
  for (const segment of new Set([...Object.keys(a.levers ?? {}), ...Object.keys(b.levers ?? {})])) {
    const [one, other] = [a.levers?.[segment] ?? {}, b.levers?.[segment] ?? {}];
    levers[segment] = { ...(part < 0.5 ? one : other) };
    for (const { name, unit } of model.levers) if (["change", "share", "people"].includes(unit)) levers[segment][name] = mix(one[name] ?? 0, other[name] ?? 0);
    for (const name of ["eligible_growth"]) if (name in one || name in other) levers[segment][name] = mix(one[name] ?? model.settings.growth, other[name] ?? model.settings.growth);
  }
  const [first, second] = [a.programme ?? [], b.programme ?? []];
  const programme = Array.from({ length: Math.max(first.length, second.length) }, (_, i) => {
    const [one, other] = [first[i] ?? { ...second[i], workers: 0 }, second[i] ?? { ...first[i], workers: 0 }];
    const mixed = { ...(part < 0.5 ? one : other) };
    mixed.workers = Math.round(mix(one.workers, other.workers));
    mixed.months = Math.max(1, Math.round(mix(one.months, other.months)));
    mixed.stay = mix(one.stay ?? model.settings.stay, other.stay ?? model.settings.stay);
    mixed.starts = monthCode(model.month + Math.round(mix(monthsAhead(model, one.starts), monthsAhead(model, other.starts))));
    return mixed;
  });
  const rest = part < 0.5 ? a : b;
  return { ...rest, levers, programme };
}

const REPLAY_MS = 1600;

// Show the way from one scenario to the other over everything in view; `done` at its end. Returns what stops it.
function playAgain(model, a, b, show, done) {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
    show(a);
    const timer = setTimeout(done, REPLAY_MS / 2);
    return () => clearTimeout(timer);
  }
  const started = performance.now();
  let frame = 0;
  const step = (time) => {
    const part = Math.min(Math.max((time - started) / REPLAY_MS, 0), 1);
    if (part >= 1) { done(); return; }
    show(between(model, a, b, part));
    frame = requestAnimationFrame(step);
  };
  show(a);
  frame = requestAnimationFrame(step);
  return () => cancelAnimationFrame(frame);
}
