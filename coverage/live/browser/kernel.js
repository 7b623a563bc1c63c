// The months of one series, step by step (model, section 5.3). Series do not act upon each other, so each runs alone.

const FLOWS = ["covered", "funded", "new", "lapsed", "returned", "enrolled", "ended", "stayed", "left"];

// `newRate` and `lapseRate` begin at `base` with month 0; `covered` is written from `at` on. `book` keeps all flows.
function runSeries(model, plan, s, newRate, lapseRate, base, covered, at, book) {
  const length = model.horizon + 1, first = s * length, { programmes, path, floor } = plan;
  let paying = model.paying[s], funded = model.funded[s], pool = model.pool[s], eligible = model.eligible[s];
  const members = programmes.length ? plan.members ??= new Float64Array(programmes.length) : null;
  if (members) members.fill(0);
  covered[at] = paying + funded;
  for (let t = 1; t < length; t++) {
    const ramp = plan.ramp[first + t];
    eligible *= plan.monthly[s];
    const lapsed = Math.min(1, lapseRate[base + t] * Math.max(0, 1 + plan.lapse[s] * ramp)) * paying;
    const returned = Math.min(1, model.back[s] * Math.max(0, 1 + plan.back[s] * ramp)) * pool;
    let ended = 0, stayed = 0, enrolled = 0, left = 0;
    paying = paying - lapsed + returned;
    pool = pool + lapsed - returned;
    for (let i = 0; i < programmes.length; i++) {
      if (programmes[i].ends !== t) continue;
      const kept = programmes[i].stay * members[i];
      ended += members[i]; stayed += kept;
      paying += kept; pool += members[i] - kept; funded -= members[i];
      members[i] = 0;
    }
    let room = eligible - paying - funded;
    if (room < 0) { // they have left the workforce: those who pay first, then the funded in proportion
      left = -room;
      const fromPaying = Math.min(left, paying), rest = left - fromPaying;
      paying -= fromPaying;
      for (let i = 0; i < programmes.length; i++) if (funded > 0) members[i] *= 1 - rest / funded;
      funded -= rest;
      room = 0;
    }
    for (let i = 0; i < programmes.length; i++) {
      if (programmes[i].starts !== t) continue;
      members[i] = Math.min(programmes[i].workers[s], room);
      enrolled += members[i]; funded += members[i];
      room = Math.max(room - members[i], 0);
    }
    let wanted = Math.max(0, newRate[base + t] * Math.max(0, 1 + plan.new[s] * ramp) + plan.extra[s] * ramp);
    if (path && path[first + t] === path[first + t]) wanted = Math.max(path[first + t] - paying - funded, 0);
    if (floor && floor[first + t] === floor[first + t]) wanted = Math.max(wanted, floor[first + t] - paying - funded);
    const joined = Math.min(wanted, room);
    paying += joined;
    pool = Math.min(pool, room - joined);
    covered[at + t] = paying + funded;
    if (!book) continue;
    const place = first + t;
    book.funded[place] = funded; book.new[place] = joined; book.lapsed[place] = lapsed; book.returned[place] = returned;
    book.enrolled[place] = enrolled; book.ended[place] = ended; book.stayed[place] = stayed; book.left[place] = left;
    for (let i = 0; i < programmes.length; i++) book.paid[i][place] = members[i];
  }
}

// All series on their expected course, with all flows.
function runAll(model, plan) {
  const size = model.count * (model.horizon + 1);
  const book = Object.fromEntries(FLOWS.map((name) => [name, new Float64Array(size)]));
  book.paid = plan.programmes.map(() => new Float64Array(size));
  for (let s = 0; s < model.count; s++) {
    const first = s * (model.horizon + 1);
    book.funded[first] = model.funded[s];
    runSeries(model, plan, s, model.new, model.lapse, first, book.covered, first, book);
  }
  return book;
}

// What some series reach on their expected course, each in the month that it is asked for.
function reaches(model, plan, members) {
  const course = (model.scratch ??= new Float64Array(model.horizon + 1));
  let sum = 0;
  for (const s of members) {
    runSeries(model, plan, s, model.new, model.lapse, s * (model.horizon + 1), course, 0, null);
    sum += course[model.due[s]];
  }
  return sum;
}
