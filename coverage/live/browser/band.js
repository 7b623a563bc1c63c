// Between which bounds does it end, and how likely is each target reached? (Model, section 7.)

// The covered of each group in each draw: `paths[group]` (months + 1, draws) and `ends[group]` (draws), where every
// series counts in the month in which it is asked for.
function runDraws(model, plan, draws) {
  const length = model.horizon + 1, { count } = draws;
  const course = (draws.scratch ??= new Float64Array(length));
  const paths = model.groups.map(() => new Float64Array(length * count));
  const ends = model.groups.map(() => new Float64Array(count));
  for (let s = 0; s < model.count; s++) {
    for (let k = 0; k < count; k++) {
      runSeries(model, plan, s, draws.new, draws.lapse, (s * count + k) * length, course, 0, null);
      for (const g of model.groupsOf[s]) {
        const path = paths[g];
        for (let t = 0; t < length; t++) path[t * count + k] += course[t];
        ends[g][k] += course[model.due[s]];
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
function bandOf(model, drawn, g) {
  const { count } = drawn, length = model.horizon + 1;
  const low = new Float64Array(length), high = new Float64Array(length);
  for (let t = 0; t < length; t++) {
    const row = drawn.paths[g].slice(t * count, (t + 1) * count).sort();
    low[t] = quantile(row, 0.1);
    high[t] = quantile(row, 0.9);
  }
  const ends = drawn.ends[g].slice().sort();
  const { target } = model.groups[g];
  const chance = target === null ? null : ends.filter((value) => value >= target - 1e-6).length / count;
  return { low, high, p10: quantile(ends, 0.1), p90: quantile(ends, 0.9), chance };
}
