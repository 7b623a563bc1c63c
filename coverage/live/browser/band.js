// Between which bounds does it end, and how likely is each target reached? (Model, section 7.)

// The covered of each group in each draw: `paths[group]` (months + 1, draws) and `ends[group]` (draws), where every
// series counts in the month in which it is asked for.
function runDraws(model, plan) {
  const { count } = model.draws, length = model.horizon + 1;
  const counted = runCounted(model, { ...plan, draws: count, new_rate: model.draws.new_rate, lapse_rate: model.draws.lapse_rate }, count);
  const paths = model.groups.map(() => new Float64Array(length * count));
  const ends = model.groups.map(() => new Float64Array(count));
  for (let t = 0; t < length; t++) {
    for (let s = 0; s < model.count; s++) {
      const from = (t * model.count + s) * count;
      for (const [g, due] of model.groupsOf[s]) {
        const path = paths[g], at = t * count;
        for (let k = 0; k < count; k++) path[at + k] += counted[from + k];
        if (due === t) for (let k = 0; k < count; k++) ends[g][k] += counted[from + k];
      }
    }
  }
  return { paths, ends, count };
}

// Linear between neighbours: place q · (n − 1) in the sorted row.
function quantile(sorted, q) {
  const place = q * (sorted.length - 1), low = Math.floor(place), high = Math.min(low + 1, sorted.length - 1);
  return sorted[low] * (1 - (place - low)) + sorted[high] * (place - low);
}

// P10 and P90 of a group month by month, of its end, and the chance of its target (null without one).
function bandOf(model, drawn, g, target) {
  const { count } = drawn, length = model.horizon + 1;
  const low = new Float64Array(length), high = new Float64Array(length);
  for (let t = 0; t < length; t++) {
    const row = drawn.paths[g].slice(t * count, (t + 1) * count).sort();
    low[t] = quantile(row, 0.1);
    high[t] = quantile(row, 0.9);
  }
  const ends = drawn.ends[g].slice().sort();
  const chance = target === null ? null : ends.filter((value) => value >= target - 1e-6).length / count;
  return { low, high, p10: quantile(ends, 0.1), p90: quantile(ends, 0.9), chance };
}
